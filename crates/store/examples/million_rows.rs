//! Measures the request log with a million rows: how long a batch takes to write, and each kind of page that the
//! dashboard's Logs page asks for to read. It ends with exit code 1 if a page ever took longer than [`GOAL`].
//! `cargo run --release -p maig-store --example million_rows -- sqlite:/tmp/x.db 1000000` (or a `postgres://` URL).
//! Of a busy machine it measures how busy it is; there, `chrt -f 1` before it and before Postgres helps.
//! A Postgres that has never analysed its tables, as right after this load, is slow until it has: `ANALYZE`, then read
//! again. The database must be empty; with 0 rows, what an earlier run has left in it is read again. A third word reads only with
//! the filters that have it in their name.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use maig_core::money::NanoUsd;
use maig_store::{
    AttemptRow, Cursor, Dimension, MasterKey, RequestFilter, RequestId, RequestRow, RollupQuery,
    StatusFilter, Store,
};

/// Seals nothing here: the same for each run, so that a second one may open the database.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
const PROJECT: &str = "project-0000-0000-0000-000000000001";
/// No page may take longer.
const GOAL: Duration = Duration::from_millis(50);
/// As the Logs page asks.
const PAGE: u32 = 200;
/// A page is read so often, after once that is not counted: nothing is prepared and little cached then.
const TIMES: usize = 15;
/// As the gateway writes under load.
const BATCH: usize = 1024;
const MADE_AT_ONCE: usize = 16 * BATCH;
const DAY_US: i64 = 24 * 3600 * 1_000_000;
const MONTH: i64 = 30;

/// The gateway's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let url = words.next().ok_or("a database URL")?;
    let count: usize = words.next().ok_or("a number of rows")?.parse()?;
    let only = words.next().unwrap_or_default();
    let store = Store::open(&url, MasterKey::from_base64(KEY)?).await?;
    fill(&store, count).await?;
    println!(
        "{:36}{:>7}{:>11}{:>8}{:>13}{:>8}   (ms of {TIMES}, {PAGE} rows a page)",
        "filter", "rows", "first page", "worst", "second page", "worst"
    );
    let mut slow = 0;
    for (name, filter) in filters().into_iter().filter(|(name, _)| name.contains(&only)) {
        slow += usize::from(!read_pages(&store, name, &filter, None).await?);
    }
    let deep = Cursor::parse(&format!("{}_zzz", day(1))).ok_or("a cursor")?;
    slow += usize::from(!read_pages(&store, "29 days down", &RequestFilter::default(), Some(&deep)).await?);
    slow += usize::from(!read_tail(&store).await?);
    let query = RollupQuery {
        project: PROJECT.into(),
        from: day(0),
        to: day(31),
        step_hours: 24,
        group: Some(Dimension::Route),
        route: None,
    };
    let start = Instant::now();
    let series = store.rollups().query(&query).await?;
    println!("30 days of sums: {} requests, {:.1} ms", series.totals.requests, millis(start.elapsed()));
    store.close().await;
    if slow > 0 {
        println!("{slow} of these took longer than {} ms", GOAL.as_millis());
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

async fn fill(store: &Store, count: usize) -> Result<(), Box<dyn std::error::Error>> {
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
    Ok(())
}

/// Every filter of the page at a common, a rare and an unknown value, and what people join them to.
fn filters() -> Vec<(&'static str, RequestFilter)> {
    let some = |text: &str| Some(text.to_owned());
    let none = RequestFilter::default;
    let failed = || RequestFilter { status: Some(StatusFilter::Error), ..none() };
    let status = |status| RequestFilter { status: Some(status), ..none() };
    let route = |name| RequestFilter { route: some(name), ..none() };
    let model = |name| RequestFilter { served_by: some(name), ..none() };
    let key = |id: &str| RequestFilter { key: Some(id.into()), ..none() };
    let user = |name| RequestFilter { end_user: some(name), ..none() };
    let search = |word| RequestFilter { word: some(word), ..none() };
    let one_day = || RequestFilter { from: Some(day(10)), to: Some(day(11)), ..none() };
    vec![
        ("none", none()),
        ("one day", one_day()),
        ("answered", status(StatusFilter::Ok)),
        ("failed (1.3 %)", failed()),
        ("4xx (0.3 %)", status(StatusFilter::Class(4))),
        ("5xx (1 %)", status(StatusFilter::Class(5))),
        ("status 429 (0.3 %)", status(StatusFilter::Exactly(429))),
        ("status 503 (never)", status(StatusFilter::Exactly(503))),
        ("error code (0.3 %)", RequestFilter { error_code: some("rate_limited"), ..none() }),
        ("fallback only (1 %)", RequestFilter { fallback: Some(true), ..none() }),
        ("fallback none", RequestFilter { fallback: Some(false), ..none() }),
        ("test keys only (0.1 %)", RequestFilter { test: Some(true), ..none() }),
        ("test keys none", RequestFilter { test: Some(false), ..none() }),
        ("route (50 %)", route("production-chat")),
        ("route (0.4 %)", route("digest")),
        ("route (0.01 %)", route("rare")),
        ("route (never)", route("nothing")),
        ("model (55 %)", model("openai/gpt-4o")),
        ("model (0.1 %)", model("openai/o1")),
        ("key (0.1 %)", key("key-rare")),
        ("version (3 %)", RequestFilter { app_version: some("2.1.0"), ..none() }),
        ("platform (36 %)", RequestFilter { platform: some("android"), ..none() }),
        ("platform (never)", RequestFilter { platform: some("web"), ..none() }),
        ("user (0.01 %)", user("user-77")),
        ("user (0.2 %)", user("user-busy")),
        ("user (never)", user("nobody")),
        ("search: a rare route", search("rare")),
        ("search: a user", search("user-77")),
        ("search: nothing", search("nothing")),
        ("failed, one day", RequestFilter { status: Some(StatusFilter::Error), ..one_day() }),
        ("failed, route (0.01 %)", RequestFilter { route: some("rare"), ..failed() }),
        ("failed, route (0.4 %)", RequestFilter { route: some("digest"), ..failed() }),
        ("failed, model (0.1 %)", RequestFilter { served_by: some("openai/o1"), ..failed() }),
        ("failed, key (0.1 %)", RequestFilter { key: Some("key-rare".into()), ..failed() }),
        ("failed, version (3 %)", RequestFilter { app_version: some("2.1.0"), ..failed() }),
        ("failed, test keys", RequestFilter { test: Some(true), ..failed() }),
        ("failed, user (0.01 %)", RequestFilter { end_user: some("user-77"), ..failed() }),
        ("failed, user (0.2 %)", RequestFilter { end_user: some("user-busy"), ..failed() }),
        ("failed, search: a user", RequestFilter { word: some("user-77"), ..failed() }),
        ("fallback, failed (0.01 %)", RequestFilter { fallback: Some(true), ..failed() }),
        (
            "fallback, failed, 1 route",
            RequestFilter { fallback: Some(true), route: some("describe"), ..failed() },
        ),
        ("fallback, user (0.2 %)", RequestFilter { fallback: Some(true), ..user("user-busy") }),
        ("answered, code (never)", {
            RequestFilter { error_code: some("rate_limited"), ..status(StatusFilter::Ok) }
        }),
        ("model of another route (never)", RequestFilter { route: some("digest"), ..model("openai/gpt-4o") }),
        ("route and key (0.00001 %)", RequestFilter { route: some("rare"), ..key("key-rare") }),
    ]
}

/// Measures the page at `cursor` and the one after it. Whether each was fast enough.
async fn read_pages(
    store: &Store,
    name: &str,
    filter: &RequestFilter,
    cursor: Option<&Cursor>,
) -> Result<bool, Box<dyn std::error::Error>> {
    let (mut first, mut second, mut found) = (Vec::new(), Vec::new(), 0);
    for time in 0..=TIMES {
        let start = Instant::now();
        let page = store.requests().list(&PROJECT.into(), filter, cursor, PAGE).await?;
        let took = start.elapsed();
        found = page.rows.len();
        let start = Instant::now();
        let after = match &page.next {
            Some(next) => {
                let page = store.requests().list(&PROJECT.into(), filter, Some(next), PAGE).await?;
                found += page.rows.len();
                Some(start.elapsed())
            }
            None => None,
        };
        if time > 0 {
            first.push(took);
            second.extend(after);
        }
    }
    Ok(tell(name, found, first, second))
}

/// Measures what the page asks every few seconds: what ended since.
async fn read_tail(store: &Store) -> Result<bool, Box<dyn std::error::Error>> {
    let (mut times, mut found) = (Vec::new(), 0);
    for time in 0..=TIMES {
        let after = day(usize::try_from(MONTH)?) - 60_000_000;
        let start = Instant::now();
        found = store
            .requests()
            .ended_after(&PROJECT.into(), &RequestFilter::default(), after, PAGE)
            .await?
            .len();
        if time > 0 {
            times.push(start.elapsed());
        }
    }
    Ok(tell("the tail's last minute", found, times, Vec::new()))
}

/// One line of the table. Whether all were fast enough.
fn tell(name: &str, found: usize, mut first: Vec<Duration>, mut second: Vec<Duration>) -> bool {
    first.sort_unstable();
    second.sort_unstable();
    let middle_and_worst = |times: &[Duration]| match times {
        [] => ("–".to_owned(), String::new()),
        times => {
            let ms = |at: usize| format!("{:.1}", millis(times[at]));
            (ms(times.len() / 2), ms(times.len() - 1))
        }
    };
    let ((a, a_worst), (b, b_worst)) = (middle_and_worst(&first), middle_and_worst(&second));
    let fast = first.iter().chain(&second).all(|took| *took <= GOAL);
    let mark = if fast { "" } else { "   too slow" };
    println!("{name:36}{found:>7}{a:>11}{a_worst:>8}{b:>13}{b_worst:>8}{mark}");
    fast
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn day(n: usize) -> i64 {
    1_760_000_000_000_000 + i64::try_from(n).unwrap_or(0) * DAY_US
}

/// Nothing is random: the same rows each time. What is rare in one field is independent of what is in another.
fn row(n: usize, count: usize) -> RequestRow {
    let started_at =
        day(0) + MONTH * DAY_US / i64::try_from(count).unwrap_or(1) * i64::try_from(n).unwrap_or(0);
    let (route, models) = match roll(n, 1, 10_000) {
        0 => ("rare", ["openai/gpt-4o", "anthropic/claude-sonnet-4-5"]),
        1..40 => ("digest", ["gemini/gemini-2.5-flash", "openai/gpt-4o-mini"]),
        40..1000 => ("describe", ["gemini/gemini-2.5-pro", "openai/gpt-4o"]),
        1000..5000 => ("summarize", ["openai/gpt-4o", "openai/gpt-4o-mini"]),
        _ => ("production-chat", ["openai/gpt-4o", "anthropic/claude-sonnet-4-5"]),
    };
    let fallback = roll(n, 2, 100) == 0;
    let (status, error_code) = match roll(n, 3, 1000) {
        0..10 => (502, Some("all_targets_failed")),
        10..13 => (429, Some("rate_limited")),
        _ => (200, None),
    };
    let served_by = match roll(n, 4, 1000) {
        0 => "openai/o1",
        _ => models[usize::from(fallback)],
    };
    let ios = roll(n, 5, 100) < 64;
    let key = match (roll(n, 6, 1000), ios) {
        (0, _) => "key-rare",
        (_, true) => "key-0000-0000-0000-0000-000000000001",
        (_, false) => "key-0000-0000-0000-0000-000000000002",
    };
    let version = match roll(n, 7, 100) {
        0..3 => "2.1.0",
        3..10 => "2.3.1",
        10..30 => "2.4.0",
        _ => "2.5.0",
    };
    let user = match roll(n, 8, 1000) {
        0..2 => "user-busy".to_owned(),
        _ => format!("user-{}", roll(n, 9, 10_000)),
    };
    let answered = |value: i64| (status == 200).then_some(value);
    RequestRow {
        id: RequestId::parse(&format!("0199a000-{:04x}-7{:03x}-8000-{n:012x}", n >> 16 & 0xffff, n & 0xfff))
            .unwrap_or_default(),
        project_id: PROJECT.into(),
        key_id: Some(key.into()),
        route: route.into(),
        endpoint: "chat.completions".into(),
        served_by: (status == 200).then(|| served_by.into()),
        status,
        error_code: error_code.map(str::to_owned),
        test: roll(n, 10, 1000) == 0,
        stream: n.is_multiple_of(2),
        fallback,
        started_at,
        duration_us: i64::try_from(n * 7919 % 9_000_000).unwrap_or(0),
        first_token_us: answered(300_000),
        prompt_tokens: answered(1200),
        cached_tokens: answered(0),
        completion_tokens: answered(300),
        cost: answered(6_000_000).map(NanoUsd),
        finish: (status == 200).then(|| "stop".into()),
        app_version: Some(version.into()),
        platform: Some(if ios { "ios" } else { "android" }.into()),
        bundle_id: Some("com.example.shop".into()),
        end_user: Some(user),
        attempt_count: 1,
        attempts: [AttemptRow { model: models[0].into(), ms: 1200, ..AttemptRow::default() }].into(),
        ..RequestRow::default()
    }
}

/// Below `sides`, the same for the same numbers.
fn roll(n: usize, salt: u64, sides: u64) -> u64 {
    let mixed = (n as u64 + 1).wrapping_mul(0xff51_afd7_ed55_8ccd) ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (mixed ^ (mixed >> 32)) % sides
}

/// Of this process, user and system; zero where /proc does not tell.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
