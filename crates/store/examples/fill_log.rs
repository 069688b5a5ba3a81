//! Fills a project's log with requests as an app might send them, up to now: for pictures of the dashboard and for its
//! speed with many rows. Nothing is random: the same arguments make the same requests.
//! `MAIG_MASTER_KEY=… cargo run -p maig-store --example fill_log -- sqlite:/tmp/x.db shop 100000 7`: rows, days.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::{SystemTime, UNIX_EPOCH};

use maig_core::id::{ProjectId, ProjectKeyId};
use maig_core::money::NanoUsd;
use maig_store::{AttemptRow, MasterKey, RequestId, RequestRow, Store};
use uuid::{NoContext, Timestamp, Uuid};

const BATCH: usize = 1024;
const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 24 * 3600 * SECOND_US;

/// A route's name, its share of the requests in percent, and its models.
const ROUTES: [(&str, u64, [&str; 2]); 3] = [
    ("production-chat", 62, ["openai/gpt-4o", "anthropic/claude-sonnet-4-5"]),
    ("summarize", 27, ["gemini/gemini-2.5-flash", "openai/gpt-4o-mini"]),
    ("describe-photo", 11, ["openai/gpt-4o", "gemini/gemini-2.5-pro"]),
];
const VERSIONS: [&str; 4] = ["2.6.0", "2.6.0", "2.5.1", "2.4.0"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, project, rows, days] = words.as_slice() else { return Err("URL PROJECT ROWS DAYS".into()) };
    let (rows, days): (usize, i64) = (rows.parse()?, days.parse()?);
    let store = Store::open(url, MasterKey::from_base64(&std::env::var("MAIG_MASTER_KEY")?)?).await?;
    let project = store.projects().by_name_or_id(project).await?.ok_or("no such project")?.id;
    let keys: Vec<_> = store.project_keys().list(&project).await?.into_iter().map(|key| key.id).collect();
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?;
    let moments = moments(rows, now, days);
    for (number, batch) in moments.chunks(BATCH).enumerate() {
        let made: Vec<_> = batch
            .iter()
            .enumerate()
            .map(|(index, at)| request(number * BATCH + index, *at, now - at, &project, &keys))
            .collect();
        store.requests().insert(&made).await?;
    }
    store.close().await;
    println!("{} requests", moments.len());
    Ok(())
}

/// Moments from some days ago until now, denser by day than by night, oldest first.
fn moments(rows: usize, now: i64, days: i64) -> Vec<i64> {
    let first = now - days * DAY_US;
    let hours = usize::try_from(days * 24).unwrap_or(1).max(1);
    let weight = |hour: usize| {
        let at = first + i64::try_from(hour).unwrap_or(0) * DAY_US / 24;
        busy(at) as f64 + noise(hour, 1) as f64 / 8.0
    };
    let whole: f64 = (0..hours).map(weight).sum();
    let mut moments = Vec::with_capacity(rows);
    let mut due = 0.0;
    for hour in 0..hours {
        due += weight(hour) / whole * rows as f64;
        let count = (due.round() as usize).saturating_sub(moments.len());
        let start = first + i64::try_from(hour).unwrap_or(0) * DAY_US / 24;
        for index in 0..count {
            let part = (index as f64 + noise(hour * 7919 + index, 2) as f64 / 100.0) / count as f64;
            moments.push(start + (part * DAY_US as f64 / 24.0) as i64);
        }
    }
    moments
}

/// How busy that hour is, in percent: more by day, less on a weekend.
fn busy(at: i64) -> u64 {
    let of_day = at.rem_euclid(DAY_US) as f64 / DAY_US as f64;
    // 1970 began on a Thursday.
    let weekend = matches!(at.div_euclid(DAY_US).rem_euclid(7), 2 | 3);
    let whole = 50.0 - 37.5 * (std::f64::consts::TAU * (of_day - 0.1)).cos();
    (if weekend { whole * 0.62 } else { whole }) as u64
}

/// 0 to 99, the same for the same numbers.
fn noise(n: usize, salt: u64) -> u64 {
    let mixed = (n as u64 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53) >> 32) % 100
}

fn request(n: usize, at: i64, ago: i64, project: &ProjectId, keys: &[ProjectKeyId]) -> RequestRow {
    let roll = |salt| noise(n, salt);
    let mut share = roll(3);
    let (route, _, models) = ROUTES
        .into_iter()
        .find(|(_, part, _)| {
            let hit = share < *part;
            share = share.saturating_sub(*part);
            hit
        })
        .unwrap_or(ROUTES[0]);
    // The first provider had a bad hour, three hours ago.
    let bad_hour = (ago / (DAY_US / 24)) == 3 && models[0].starts_with("openai/");
    let fails = roll(4) < if bad_hour { 72 } else { 4 };
    let lost = fails && roll(5) < 14;
    let fallback = fails && !lost;
    let stream = roll(6) < 70;
    // Models differ in speed, and every one is slower while many ask.
    let load = 85 + 30 * busy(at) / 100 + roll(20) * roll(21) / 160;
    let pace = load * if models[usize::from(fallback)].contains("flash") { 45 } else { 100 } / 100;
    let thought = ((300 + roll(7) * 11) * pace * 10) as i64;
    let wait = ((180 + roll(8) * 6) * pace * 10) as i64;
    let failed_ms = if fails { 250 + roll(9) * 12 } else { 0 };
    let (kind, status) = match roll(10) {
        0..45 => ("server_error", Some(503)),
        45..75 => ("timeout", None),
        75..95 => ("rate_limit", Some(429)),
        _ => ("connect", None),
    };
    let duration = failed_ms as i64 * 1000 + if lost { failed_ms as i64 * 700 } else { wait + thought };
    let served_by = (!lost).then(|| models[usize::from(fallback)].to_owned());
    let failure = |model: &str, start_ms: u64, ms: u64| AttemptRow {
        model: model.into(),
        kind: Some(kind.into()),
        status,
        start_ms,
        ms,
        ..AttemptRow::default()
    };
    let answer = |model: &str| {
        let ms = (wait + thought).unsigned_abs() / 1000;
        AttemptRow { model: model.into(), start_ms: failed_ms, ms, ..AttemptRow::default() }
    };
    let attempts = match (fails, lost) {
        (false, _) => vec![answer(models[0])],
        (true, false) => vec![failure(models[0], 0, failed_ms), answer(models[1])],
        (true, true) => {
            vec![failure(models[0], 0, failed_ms), failure(models[1], failed_ms, failed_ms * 7 / 10)]
        }
    };
    let (prompt, completion) = ((180 + roll(11) * 23) as i64, (40 + roll(12) * 6) as i64);
    let expensive =
        models[usize::from(fallback)].contains("4o") || models[usize::from(fallback)].contains("claude");
    let price = if expensive { (2_500, 10_000) } else { (300, 2_500) };
    let answered = |value: i64| (!lost).then_some(value);
    let ios = roll(13) < 64;
    RequestRow {
        id: RequestId::parse(&id(at, n)).unwrap_or_default(),
        project_id: project.clone(),
        key_id: keys.get(n % keys.len().max(1)).cloned(),
        route: route.into(),
        endpoint: "chat.completions".into(),
        served_by: served_by.map(Into::into),
        status: if lost { 502 } else { 200 },
        error_code: lost.then(|| "all_targets_failed".to_owned()),
        failure_kind: lost.then(|| kind.into()),
        test: false,
        stream,
        fallback,
        client_gone: false,
        started_at: at,
        duration_us: duration,
        first_token_us: (stream && !lost).then_some(failed_ms as i64 * 1000 + wait),
        prompt_tokens: answered(prompt),
        cached_tokens: answered(if roll(14) < 40 { prompt / 2 } else { 0 }),
        completion_tokens: answered(completion),
        reasoning_tokens: None,
        estimated: false,
        cost: (!lost && roll(15) > 1).then_some(NanoUsd(prompt * price.0 + completion * price.1)),
        finish: (!lost).then(|| "stop".into()),
        app_version: Some(VERSIONS[n % VERSIONS.len()].into()),
        platform: Some(if ios { "ios" } else { "android" }.into()),
        bundle_id: Some("com.example.shop".into()),
        install_id: None,
        end_user: Some(format!("user-{}", noise(n, 16) * noise(n, 17) % 970)),
        resumes: 0,
        skipped: Vec::new(),
        attempt_count: if fails { 2 } else { 1 },
        attempts: attempts.into(),
        dropped: if roll(18) < 6 { vec!["seed".into(), "logit_bias".into()] } else { Vec::new() },
    }
}

/// As the gateway makes them: the moment is in it.
fn id(at: i64, n: usize) -> String {
    let (seconds, micros) = (at / SECOND_US, at % SECOND_US);
    let moment = Timestamp::from_unix(NoContext, seconds.unsigned_abs(), micros.unsigned_abs() as u32 * 1000);
    let random = (noise(n, 19) as u128) << 64 | n as u128;
    let made = Uuid::new_v7(moment).as_u128() >> 76 << 76 | random & ((1 << 62) - 1) | 0b10 << 62;
    Uuid::from_u128(made).to_string()
}
