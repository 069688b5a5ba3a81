//! Measures the request log: how long a batch takes to write, and a page to read, with a million rows.
//! `cargo run --release -p maig-store --example million_rows -- sqlite:/tmp/x.db 1000000` (or a `postgres://` URL).
//! The database must be empty; with 0 rows, what an earlier run has left in it is read again.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::{Duration, Instant};

use maig_core::id::ProjectId;
use maig_core::money::NanoUsd;
use maig_store::{
    AttemptRow, Cursor, Dimension, MasterKey, RequestFilter, RequestId, RequestRow, RollupQuery,
    StatusFilter, Store,
};

/// Seals nothing here: the same for each run, so that a second one may open the database.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/// A page is read so often; the first finds nothing prepared and little cached, the middle one is as others fare.
const TIMES: usize = 9;
/// As the gateway writes under load.
const BATCH: usize = 1024;
const MADE_AT_ONCE: usize = 16 * BATCH;
const MONTH_US: usize = 30 * 24 * 3600 * 1_000_000;

/// The gateway's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let url = words.next().ok_or("a database URL")?;
    let count: usize = words.next().ok_or("a number of rows")?.parse()?;
    let store = Store::open(&url, MasterKey::from_base64(KEY)?).await?;

    let (mut took, mut cpu) = (Duration::ZERO, Duration::ZERO);
    for first in (0..count).step_by(MADE_AT_ONCE) {
        // Making the rows is not measured: a request does that on its way.
        let rows: Vec<_> = (first..(first + MADE_AT_ONCE).min(count)).map(|n| row(n, count)).collect();
        let (start, cpu_before) = (Instant::now(), cpu_time());
        for batch in rows.chunks(BATCH) {
            store.requests().insert(batch).await?;
        }
        took += start.elapsed();
        cpu += cpu_time().saturating_sub(cpu_before);
    }
    if count > 0 {
        let micros = |d: Duration| d.as_secs_f64() * 1e6 / count as f64;
        println!(
            "{count} rows in batches of {BATCH}: {:.1} µs a row, {:.1} µs of this process's CPU",
            micros(took),
            micros(cpu)
        );
    }

    let some = |text: &str| Some(text.to_owned());
    let none = RequestFilter::default;
    let filters = [
        ("no filter", none()),
        ("errors (1 %)", RequestFilter { status: Some(StatusFilter::Error), ..none() }),
        ("status 503 (never)", RequestFilter { status: Some(StatusFilter::Exactly(503)), ..none() }),
        ("fallback (1 %)", RequestFilter { fallback: Some(true), ..none() }),
        ("a rare route (0.01 %)", RequestFilter { route: some("rare"), ..none() }),
        ("an unknown route", RequestFilter { route: some("nothing"), ..none() }),
        ("a rare model (0.1 %)", RequestFilter { served_by: some("openai/o1"), ..none() }),
        ("a rare key (0.1 %)", RequestFilter { key: Some("key-rare".into()), ..none() }),
        ("one user of 10,000", RequestFilter { end_user: some("user-77"), ..none() }),
        ("an app version (1 %)", RequestFilter { app_version: some("1.0.3"), ..none() }),
        (
            "errors of a rare route",
            RequestFilter { route: some("rare"), status: Some(StatusFilter::Error), ..none() },
        ),
        (
            "a day of errors",
            RequestFilter {
                from: Some(day(10)),
                to: Some(day(11)),
                status: Some(StatusFilter::Error),
                ..none()
            },
        ),
    ];
    let project = ProjectId::from("project-0000-0000-0000-000000000001");
    for (name, filter) in filters {
        let (mut walls, mut pages, mut found, cpu_before) = (Vec::new(), 0, 0, cpu_time());
        for _ in 0..TIMES {
            let (mut worst, mut cursor) = (Duration::ZERO, None::<Cursor>);
            found = 0;
            // Two pages, so that the cursor's cost is in it.
            for _ in 0..2 {
                let start = Instant::now();
                let page = store.requests().list(&project, &filter, cursor.as_ref(), 50).await?;
                worst = worst.max(start.elapsed());
                pages += 1;
                found += page.rows.len();
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            walls.push(worst);
        }
        let first = millis(walls[0]);
        walls.sort_unstable();
        let (least, middle) = (millis(walls[0]), millis(walls[TIMES / 2]));
        // The clock of a process ticks in steps of 10 ms, so only all pages together say what one costs.
        let cpu = millis(cpu_time().saturating_sub(cpu_before)) / f64::from(pages);
        println!(
            "{name}: {found} rows; first {first:.1} ms, middle of {TIMES} {middle:.1}, least {least:.1}; \
             about {cpu:.1} ms of this process's CPU a page"
        );
    }
    let deep = Cursor::parse(&format!("{}_zzz", day(1))).ok_or("a cursor")?;
    let start = Instant::now();
    store.requests().list(&project, &none(), Some(&deep), 50).await?;
    println!("a page 29 days down: {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);

    let query = RollupQuery {
        project,
        from: day(0),
        to: day(31),
        step_hours: 24,
        group: Some(Dimension::Route),
        route: None,
    };
    let start = Instant::now();
    let series = store.rollups().query(&query).await?;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    println!("30 days of sums: {} requests, {took:.1} ms", series.totals.requests);
    Ok(())
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn day(n: usize) -> i64 {
    i64::try_from(1_760_000_000_000_000 + n * (MONTH_US / 30)).unwrap_or(0)
}

/// Nothing is random: the same rows each time.
fn row(n: usize, count: usize) -> RequestRow {
    let one_in = |part: usize| n % part == part / 2;
    let started_at = day(0) + i64::try_from(MONTH_US / count * n).unwrap_or(0);
    RequestRow {
        id: RequestId::parse(&format!("0199a000-{:04x}-7{:03x}-8000-{n:012x}", n >> 16 & 0xffff, n & 0xfff))
            .unwrap_or_default(),
        project_id: ProjectId::from("project-0000-0000-0000-000000000001"),
        key_id: Some(if one_in(1000) {
            "key-rare".into()
        } else {
            "key-0000-0000-0000-0000-000000000001".into()
        }),
        route: if one_in(10_000) { "rare" } else { ["production-chat", "summarize"][n % 2] }.into(),
        endpoint: "chat.completions".into(),
        served_by: Some(if one_in(1000) { "openai/o1" } else { "openai/gpt-4o" }.into()),
        status: if one_in(100) { 502 } else { 200 },
        error_code: None,
        failure_kind: None,
        test: false,
        stream: n.is_multiple_of(2),
        fallback: one_in(101),
        client_gone: false,
        started_at,
        duration_us: i64::try_from(n * 7919 % 9_000_000).unwrap_or(0),
        first_token_us: Some(300_000),
        prompt_tokens: Some(1200),
        cached_tokens: Some(0),
        completion_tokens: Some(300),
        reasoning_tokens: None,
        estimated: false,
        cost: Some(NanoUsd(6_000_000)),
        finish: Some("stop".into()),
        app_version: Some(if one_in(100) { "1.0.3" } else { "2.4.0" }.into()),
        platform: Some("ios".into()),
        bundle_id: Some("com.example.shop".into()),
        install_id: None,
        end_user: Some(format!("user-{}", n % 10_000)),
        resumes: 0,
        skipped: Vec::new(),
        attempt_count: 1,
        attempts: [AttemptRow { model: "openai/gpt-4o".into(), ms: 1200, ..AttemptRow::default() }].into(),
        dropped: Vec::new(),
    }
}

/// Of this process, user and system; zero where /proc does not tell.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
