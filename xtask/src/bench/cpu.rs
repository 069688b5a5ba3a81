//! CPU time of a process and its children, from the scheduler's own account in nanoseconds.

use std::time::Duration;

use anyhow::{Context, Result};

/// Time on a core so far, of all threads of `pid` and of its children.
pub(crate) fn time(pid: u32) -> Result<Duration> {
    let mut nanos = 0;
    let tasks =
        std::fs::read_dir(format!("/proc/{pid}/task")).with_context(|| format!("process {pid} is gone"))?;
    for task in tasks {
        let path = task?.path();
        // A thread may end between the listing and the reading; its time is lost to all subjects alike.
        if let Ok(stat) = std::fs::read_to_string(path.join("schedstat")) {
            nanos += stat.split_whitespace().next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        }
        let children = std::fs::read_to_string(path.join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|word| word.parse().ok()) {
            nanos += u64::try_from(time(child)?.as_nanos())?;
        }
    }
    Ok(Duration::from_nanos(nanos))
}
