//! The rules of the house that rustc and clippy cannot check. Each rule takes facts and gives faults, one line each
//! that says what to do; each has a test that it can fail.

mod borders;
mod documents;
mod manifest;
mod sources;
mod supply;

use anyhow::{Context, Result, bail};

use crate::cargo::Metadata;
use crate::{say, workspace};

/// Checks every rule on the workspace as it lies on disk.
pub(crate) fn run() -> Result<()> {
    let faults = faults()?;
    for fault in &faults {
        say::line(&format!("  {fault}"));
    }
    if !faults.is_empty() {
        bail!("{} faults against the rules of the house", faults.len());
    }
    say::line("  no faults");
    Ok(())
}

fn faults() -> Result<Vec<String>> {
    let metadata = Metadata::read()?;
    let files = workspace::files()?;
    let read = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.map(|file| file.text.as_str()).with_context(|| format!("{path} is missing"))
    };
    let policy: supply::Policy = toml::from_str(read("deny.toml")?).context("deny.toml")?;

    let mut faults = Vec::new();
    faults.extend(borders::who_may_know_whom(&metadata));
    faults.extend(borders::only_these_may_use(&metadata));
    faults.extend(borders::core_is_pure(&metadata));
    faults.extend(borders::core_touches_nothing(&files));
    faults.extend(borders::one_http_client(&files));
    faults.extend(sources::every_file_has_a_head(&files));
    faults.extend(sources::no_file_is_too_long(&files));
    faults.extend(sources::no_unfinished_marks(&files));
    faults.extend(sources::no_ignored_tests(&files));
    faults.extend(sources::no_registry_hosts(&files));
    faults.extend(manifest::dependencies_say_their_job(read("Cargo.toml")?));
    faults.extend(manifest::crates_inherit(&files));
    faults.extend(documents::papers_are_present(&files));
    faults.extend(documents::named_files_exist(&files));
    faults.extend(documents::guards_exist(&files));
    faults.extend(supply::licences(&metadata, &policy));
    faults.extend(supply::banned(&metadata, &policy));
    faults.extend(supply::foreign_sources(&metadata));
    Ok(faults)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        let faults = super::faults().unwrap();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
