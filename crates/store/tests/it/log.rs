//! The request log, its hourly sums, the monthly counts, and forgetting.

use std::collections::HashSet;

use maig_core::id::{ProjectId, ProjectKeyId};
use maig_core::money::NanoUsd;
use maig_store::{
    AttemptRow, Attempts, Dimension, Histogram, QuotaScope, RequestFilter, RequestId, RequestRow,
    RollupQuery, StatusFilter, UsageDelta,
};

use crate::database::{Database, project};

crate::on_both!(
    a_row_comes_back_as_it_went_in,
    the_hourly_sums_are_those_of_the_rows,
    what_each_user_did_is_the_sum_of_their_rows,
    a_batch_that_is_written_twice_counts_once,
    two_instances_that_write_at_once_lose_nothing,
    every_filter_finds_what_a_search_by_hand_finds,
    a_search_over_many_batches_finds_what_a_search_by_hand_finds,
    pages_stay_put_while_rows_are_added,
    retention_deletes_the_old_in_small_batches,
    the_rows_of_a_deleted_project_are_found,
    monthly_counts_add_up_over_instances,
);

pub(crate) const HOUR: i64 = 3_600_000_000;

/// Rows of every sort, the same for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.roll(of.len() as u64)).unwrap()]
    }

    pub(crate) fn maybe(&mut self, of: &[&str]) -> Option<String> {
        (self.roll(3) > 0).then(|| self.pick(of).to_owned())
    }

    pub(crate) fn number(&mut self, below: u64) -> i64 {
        i64::try_from(self.roll(below)).unwrap()
    }

    fn attempts(&mut self) -> Attempts {
        let one = |dice: &mut Self| AttemptRow {
            message: None,
            model: "openai/gpt-4o".into(),
            kind: dice.maybe(&["timeout", "say \"no\""]).map(Into::into),
            status: (dice.roll(2) == 0).then_some(503),
            start_ms: dice.roll(9),
            ms: 12,
            cancelled: dice.roll(9) == 0,
        };
        (0..self.roll(3)).map(|_| one(self)).collect()
    }

    fn tokens(&mut self) -> Option<i64> {
        (self.roll(4) > 0).then(|| self.number(5000))
    }

    pub(crate) fn row(&mut self, n: usize, project: &str) -> RequestRow {
        let started_at = self.number(5 * HOUR.unsigned_abs());
        RequestRow {
            id: uuid(started_at, n),
            project_id: project.into(),
            key_id: self.maybe(&["k1", "k2"]).map(ProjectKeyId::from),
            route: self.pick(&["chat", "summarize", "gpt-4o"]).into(),
            endpoint: "chat.completions".into(),
            served_by: self.maybe(&["openai/gpt-4o", "anthropic/claude-3-5-sonnet"]).map(Into::into),
            status: [200, 200, 200, 400, 429, 502][usize::try_from(self.roll(6)).unwrap()],
            error_code: self.maybe(&["all_targets_failed", "rate_limited"]),
            failure_kind: self.maybe(&["timeout"]).map(Into::into),
            test: self.roll(5) == 0,
            stream: self.roll(2) == 0,
            fallback: self.roll(4) == 0,
            client_gone: self.roll(9) == 0,
            started_at,
            duration_us: self.number(3_000_000),
            first_token_us: self.tokens(),
            prompt_tokens: self.tokens(),
            cached_tokens: self.tokens(),
            completion_tokens: self.tokens(),
            reasoning_tokens: self.tokens(),
            estimated: self.roll(9) == 0,
            cost: self.tokens().map(|n| NanoUsd(n * 1000)),
            finish: self.maybe(&["stop", "length"]).map(Into::into),
            app_version: self.maybe(&["2.4.0", "2.5.0"]),
            platform: self.maybe(&["ios", "android"]),
            bundle_id: self.maybe(&["com.shop.app"]),
            install_id: self.maybe(&["i1"]),
            end_user: self.maybe(&["u1", "u2", "u3"]),
            resumes: u32::try_from(self.roll(3)).unwrap(),
            skipped: Vec::new(),
            attempt_count: u32::try_from(self.roll(4)).unwrap(),
            attempts: self.attempts(),
            dropped: self.maybe(&["seed"]).into_iter().collect(),
        }
    }

    pub(crate) fn rows(&mut self, count: usize, project: &str) -> Vec<RequestRow> {
        (0..count).map(|n| self.row(n, project)).collect()
    }
}

/// A UUIDv7 of this moment.
pub(crate) fn uuid(at_us: i64, n: usize) -> RequestId {
    let ms = at_us / 1000;
    RequestId::parse(&format!("{:08x}-{:04x}-7000-8000-{n:012x}", ms >> 16, ms & 0xffff)).unwrap()
}

pub(crate) fn newest_first(rows: &[RequestRow]) -> Vec<RequestRow> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| (b.started_at, &b.id).cmp(&(a.started_at, &a.id)));
    rows
}

fn all(project: &str) -> RollupQuery {
    RollupQuery { project: project.into(), from: 0, to: 100 * HOUR, step_hours: 1, group: None, route: None }
}

async fn a_row_comes_back_as_it_went_in(db: Database) {
    let store = db.open().await;
    let rows = Dice(7).rows(90, "p");
    assert!(!store.requests().any(&"p".into()).await.unwrap());
    // More than one size of statement.
    assert_eq!(store.requests().insert(&rows).await.unwrap(), 90);
    assert_eq!(store.requests().insert(&[]).await.unwrap(), 0);
    for row in &rows {
        assert_eq!(store.requests().get(&"p".into(), row.id).await.unwrap().as_ref(), Some(row));
    }
    assert!(store.requests().any(&"p".into()).await.unwrap());
    let elsewhere = store.requests().get(&"other".into(), rows[0].id).await.unwrap();
    assert_eq!(elsewhere, None, "a row is its project's alone");
}

async fn the_hourly_sums_are_those_of_the_rows(db: Database) {
    let store = db.open().await;
    let mut dice = Dice(42);
    let mut rows = dice.rows(700, "p");
    rows.extend(dice.rows(100, "q"));
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let size = usize::try_from(dice.roll(150)).unwrap().min(rest.len());
        let (batch, after) = rest.split_at(size);
        store.requests().insert(batch).await.unwrap();
        rest = after;
    }
    let mine: Vec<_> = rows.iter().filter(|r| r.project_id.as_str() == "p").collect();
    let sum = |of: &dyn Fn(&RequestRow) -> i64| mine.iter().map(|r| of(r)).sum::<i64>();
    let all = all("p");
    for (dimension, name) in [
        (Dimension::Route, (|r: &RequestRow| r.route.to_string()) as fn(&RequestRow) -> String),
        (Dimension::ServedBy, |r| r.served_by.as_deref().unwrap_or_default().to_owned()),
        (Dimension::Key, |r| r.key_id.clone().map_or(String::new(), |k| k.to_string())),
        (Dimension::AppVersion, |r| r.app_version.clone().unwrap_or_default()),
    ] {
        let found =
            store.rollups().query(&RollupQuery { group: Some(dimension), ..all.clone() }).await.unwrap();
        let names: HashSet<_> = mine.iter().map(|r| name(r)).collect();
        assert_eq!(found.groups.len(), names.len());
        for group in &found.groups {
            let of_group = mine.iter().filter(|r| name(r) == group.name);
            assert_eq!(
                group.totals.requests,
                i64::try_from(of_group.count()).unwrap(),
                "{dimension:?} {}",
                group.name
            );
        }
        let totals = &found.totals;
        assert_eq!(totals.requests, 700);
        assert_eq!(totals.errors, sum(&|r| i64::from(r.is_error())));
        assert_eq!(totals.fallbacks, sum(&|r| i64::from(r.fallback)));
        assert_eq!(totals.prompt_tokens, sum(&|r| r.prompt_tokens.unwrap_or(0)));
        assert_eq!(totals.cached_tokens, sum(&|r| r.cached_tokens.unwrap_or(0)));
        assert_eq!(totals.completion_tokens, sum(&|r| r.completion_tokens.unwrap_or(0)));
        assert_eq!(totals.reasoning_tokens, sum(&|r| r.reasoning_tokens.unwrap_or(0)));
        assert_eq!(totals.cost.0, sum(&|r| r.cost.map_or(0, |c| c.0)));
        assert_eq!(totals.unpriced, sum(&|r| i64::from(r.cost.is_none() && r.served_by.is_some())));
        let (mut latency, mut first) = (Histogram::default(), Histogram::default());
        for row in &mine {
            latency.record(row.duration_us);
            row.first_token_us.into_iter().for_each(|us| first.record(us));
        }
        assert_eq!((&totals.latency, &totals.first_token), (&latency, &first));
        assert_eq!(found.steps.iter().map(|(_, t)| t.requests).sum::<i64>(), 700);
        assert_eq!(
            found.steps.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
            [0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]
        );
    }
    let one_hour = RollupQuery { from: HOUR + 5, to: 2 * HOUR, ..all.clone() };
    let expected = sum(&|r| i64::from((HOUR..2 * HOUR).contains(&r.started_at)));
    assert_eq!(store.rollups().query(&one_hour).await.unwrap().totals.requests, expected);
    let days = store.rollups().query(&RollupQuery { step_hours: 24, ..all.clone() }).await.unwrap();
    assert_eq!(days.steps.len(), 1);
    assert!(store.rollups().query(&RollupQuery { to: 0, ..all }).await.is_err());
}

async fn what_each_user_did_is_the_sum_of_their_rows(db: Database) {
    let store = db.open().await;
    let rows = Dice(11).rows(300, "p");
    store.requests().insert(&rows).await.unwrap();
    let found = store.requests().by_user(&"p".into(), Some("chat"), (HOUR, 4 * HOUR)).await.unwrap();
    assert_eq!(found.from, HOUR, "all were counted");
    let asked = |row: &&RequestRow| &*row.route == "chat" && (HOUR..4 * HOUR).contains(&row.started_at);
    let users: HashSet<_> = rows.iter().filter(asked).map(|row| row.end_user.clone()).collect();
    assert_eq!(found.groups.len(), users.len());
    assert!(found.groups.is_sorted_by_key(|group| std::cmp::Reverse(group.totals.requests)));
    for group in &found.groups {
        let named = |row: &&RequestRow| row.end_user.as_deref().unwrap_or_default() == group.name;
        let theirs: Vec<_> = rows.iter().filter(asked).filter(named).collect();
        let sum = |of: &dyn Fn(&RequestRow) -> i64| theirs.iter().map(|row| of(row)).sum::<i64>();
        let totals = &group.totals;
        assert_eq!(totals.requests, sum(&|_| 1));
        assert_eq!(totals.errors, sum(&|row| i64::from(row.is_error())));
        assert_eq!(totals.fallbacks, sum(&|row| i64::from(row.fallback)));
        assert_eq!(totals.prompt_tokens, sum(&|row| row.prompt_tokens.unwrap_or(0)));
        assert_eq!(totals.completion_tokens, sum(&|row| row.completion_tokens.unwrap_or(0)));
        assert_eq!(totals.cost.0, sum(&|row| row.cost.map_or(0, |cost| cost.0)));
        assert_eq!(totals.unpriced, sum(&|row| i64::from(row.cost.is_none() && row.served_by.is_some())));
        let (mut latency, mut first) = (Histogram::default(), Histogram::default());
        for row in &theirs {
            latency.record(row.duration_us);
            row.first_token_us.into_iter().for_each(|us| first.record(us));
        }
        assert_eq!((&totals.latency, &totals.first_token), (&latency, &first), "{}", group.name);
    }
}

async fn a_batch_that_is_written_twice_counts_once(db: Database) {
    let store = db.open().await;
    let rows = Dice(3).rows(30, "p");
    assert_eq!(store.requests().insert(&rows[..20]).await.unwrap(), 20);
    assert_eq!(store.requests().insert(&rows[..20]).await.unwrap(), 0);
    assert_eq!(store.requests().insert(&rows[10..]).await.unwrap(), 10);
    assert_eq!(store.rollups().query(&all("p")).await.unwrap().totals.requests, 30);
}

async fn two_instances_that_write_at_once_lose_nothing(db: Database) {
    let mut dice = Dice(11);
    let mut tasks = Vec::new();
    for n in 0..4 {
        let store = db.open().await;
        let mut rows = dice.rows(120, "p");
        rows.iter_mut().enumerate().for_each(|(at, row)| row.id = uuid(row.started_at, n * 1000 + at));
        tasks.push(tokio::spawn(async move {
            for batch in rows.chunks(10) {
                store.requests().insert(batch).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let totals = db.open().await.rollups().query(&all("p")).await.unwrap().totals;
    assert_eq!((totals.requests, totals.latency.count()), (480, 480));
}

async fn every_filter_finds_what_a_search_by_hand_finds(db: Database) {
    let store = db.open().await;
    let mut dice = Dice(5);
    let rows = dice.rows(300, "p");
    store.requests().insert(&rows).await.unwrap();
    store.requests().insert(&dice.rows(50, "q")).await.unwrap();
    type Wanted = fn(&RequestRow) -> bool;
    let none = RequestFilter::default;
    let cases: Vec<(RequestFilter, Wanted)> = vec![
        (none(), |_| true),
        (RequestFilter { from: Some(HOUR), to: Some(2 * HOUR), ..none() }, |r| {
            (HOUR..2 * HOUR).contains(&r.started_at)
        }),
        (RequestFilter { status: Some(StatusFilter::Ok), ..none() }, |r| !r.is_error()),
        (RequestFilter { status: Some(StatusFilter::Error), ..none() }, RequestRow::is_error),
        (RequestFilter { status: Some(StatusFilter::Exactly(429)), ..none() }, |r| r.status == 429),
        (RequestFilter { status: Some(StatusFilter::Exactly(200)), ..none() }, |r| r.status == 200),
        (RequestFilter { error_code: Some("rate_limited".into()), ..none() }, |r| {
            r.error_code.as_deref() == Some("rate_limited")
        }),
        (RequestFilter { route: Some("chat".into()), ..none() }, |r| &*r.route == "chat"),
        (RequestFilter { served_by: Some("openai/gpt-4o".into()), ..none() }, |r| {
            r.served_by.as_deref() == Some("openai/gpt-4o")
        }),
        (RequestFilter { key: Some("k1".into()), ..none() }, |r| r.key_id == Some("k1".into())),
        (RequestFilter { fallback: Some(true), ..none() }, |r| r.fallback),
        (RequestFilter { fallback: Some(false), ..none() }, |r| !r.fallback),
        (RequestFilter { test: Some(true), ..none() }, |r| r.test),
        (RequestFilter { app_version: Some("2.4.0".into()), ..none() }, |r| {
            r.app_version.as_deref() == Some("2.4.0")
        }),
        (RequestFilter { platform: Some("ios".into()), ..none() }, |r| r.platform.as_deref() == Some("ios")),
        (RequestFilter { end_user: Some("u2".into()), ..none() }, |r| r.end_user.as_deref() == Some("u2")),
        (
            RequestFilter {
                end_user: Some("u2".into()),
                fallback: Some(true),
                status: Some(StatusFilter::Ok),
                ..none()
            },
            |r| r.end_user.as_deref() == Some("u2") && r.fallback && !r.is_error(),
        ),
        (RequestFilter { route: Some("' OR 1=1 --".into()), ..none() }, |_| false),
    ];
    for (filter, wanted) in cases {
        let found = store.requests().list(&"p".into(), &filter, None, 1000).await.unwrap();
        let expected: Vec<_> = newest_first(&rows).into_iter().filter(wanted).collect();
        assert_eq!(found.rows, expected, "{filter:?}");
        assert_eq!(found.next, None);
    }
}

/// Batches of all sizes by two instances, whose times overlap, so that blocks are joined and reach into each other.
async fn a_search_over_many_batches_finds_what_a_search_by_hand_finds(db: Database) {
    let (store, other) = (db.open().await, db.open().await);
    let mut dice = Dice(23);
    let mut rows = dice.rows(3000, "p");
    for (n, row) in rows.iter_mut().enumerate() {
        let late = if n % 50 == 0 { HOUR / 2 } else { dice.number(20_000_000) };
        row.started_at = 3 * HOUR + i64::try_from(n).unwrap() * 1_000_000 - late;
        row.id = uuid(row.started_at, n);
        row.end_user = Some(format!("user-{}", n % 700));
        row.route = if n % 500 == 499 { "rare" } else { "chat" }.into();
        row.error_code = (n < 40).then(|| "ancient".to_owned());
    }
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let size = [1, 3, 40, 200, 300][usize::try_from(dice.roll(5)).unwrap()].min(rest.len());
        let (batch, after) = rest.split_at(size);
        [&store, &other][size % 2].requests().insert(batch).await.unwrap();
        rest = after;
    }
    type Wanted = fn(&RequestRow) -> bool;
    let none = RequestFilter::default;
    let cases: Vec<(RequestFilter, Wanted)> = vec![
        (RequestFilter { route: Some("rare".into()), ..none() }, |r| &*r.route == "rare"),
        (RequestFilter { route: Some("chat".into()), ..none() }, |r| &*r.route == "chat"),
        (RequestFilter { route: Some("nothing".into()), ..none() }, |_| false),
        (RequestFilter { error_code: Some("ancient".into()), ..none() }, |r| r.error_code.is_some()),
        (RequestFilter { end_user: Some("user-7".into()), ..none() }, |r| {
            r.end_user.as_deref() == Some("user-7")
        }),
        (RequestFilter { end_user: Some("user-499".into()), route: Some("rare".into()), ..none() }, |r| {
            r.end_user.as_deref() == Some("user-499") && &*r.route == "rare"
        }),
        (
            RequestFilter {
                from: Some(3 * HOUR + 100_000_000),
                to: Some(3 * HOUR + 2_000_000_000),
                status: Some(StatusFilter::Error),
                ..none()
            },
            |r| (3 * HOUR + 100_000_000..3 * HOUR + 2_000_000_000).contains(&r.started_at) && r.is_error(),
        ),
    ];
    for (filter, wanted) in cases {
        let expected: Vec<_> = newest_first(&rows).into_iter().filter(wanted).collect();
        for limit in [7, 100, 1000] {
            let mut found = Vec::new();
            let mut cursor = None;
            loop {
                let page = store.requests().list(&"p".into(), &filter, cursor.as_ref(), limit).await.unwrap();
                assert!(page.rows.len() <= limit as usize);
                assert!(
                    page.next.is_none() || page.rows.len() == limit as usize,
                    "only the last page is short"
                );
                found.extend(page.rows);
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert!(found == expected, "{filter:?} by {limit}: {} of {}", found.len(), expected.len());
        }
    }
    let rows_of_blocks: usize = db
        .texts("SELECT CAST(row_count AS TEXT) FROM request_blocks")
        .await
        .iter()
        .map(|n| n.parse::<usize>().unwrap())
        .sum();
    assert_eq!(rows_of_blocks, rows.len());
    store.retention().delete_requests(&"p".into(), i64::MAX, 10_000).await.unwrap();
    assert!(db.texts("SELECT id FROM request_blocks").await.is_empty(), "blocks go with their rows");
}

async fn pages_stay_put_while_rows_are_added(db: Database) {
    let store = db.open().await;
    let mut dice = Dice(9);
    let mut rows = dice.rows(57, "p");
    // Several at the same moment: the id decides.
    rows.iter_mut().for_each(|row| row.started_at = row.started_at / HOUR * HOUR);
    store.requests().insert(&rows).await.unwrap();
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page =
            store.requests().list(&"p".into(), &RequestFilter::default(), cursor.as_ref(), 10).await.unwrap();
        assert!(page.rows.len() <= 10);
        found.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        let mut newer = dice.row(1000 + found.len(), "p");
        newer.started_at = 6 * HOUR;
        store.requests().insert(&[newer]).await.unwrap();
    }
    assert_eq!(found, newest_first(&rows));
}

async fn retention_deletes_the_old_in_small_batches(db: Database) {
    let store = db.open().await;
    let mut dice = Dice(13);
    let (rows, others) = (dice.rows(200, "p"), dice.rows(20, "q"));
    store.requests().insert(&rows).await.unwrap();
    store.requests().insert(&others).await.unwrap();
    let (p, before): (ProjectId, _) = ("p".into(), 3 * HOUR);
    let old = rows.iter().filter(|r| r.started_at < before).count() as u64;
    assert!(old > 30);
    let mut gone = 0;
    loop {
        let batch = store.retention().delete_requests(&p, before, 30).await.unwrap();
        assert!(batch <= 30);
        gone += batch;
        if batch < 30 {
            break;
        }
    }
    assert_eq!(gone, old);
    let left = store.requests().list(&p, &RequestFilter::default(), None, 1000).await.unwrap().rows;
    let kept: Vec<_> = rows.iter().filter(|r| r.started_at >= before).cloned().collect();
    assert_eq!(left, newest_first(&kept));
    let others_left =
        store.requests().list(&"q".into(), &RequestFilter::default(), None, 1000).await.unwrap();
    assert_eq!(others_left.rows.len(), 20);
    assert_eq!(store.rollups().query(&all("p")).await.unwrap().totals.requests, 200, "sums are kept longer");
    store.retention().delete_rollups(&p, HOUR).await.unwrap();
    let first_hour = rows.iter().filter(|r| r.started_at < HOUR).count();
    let left = store.rollups().query(&all("p")).await.unwrap().totals.requests;
    assert_eq!(left, i64::try_from(200 - first_hour).unwrap());
}

async fn the_rows_of_a_deleted_project_are_found(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut dice = Dice(17);
    for name in ["gone-1", shop.id.as_str(), "gone-2"] {
        store.requests().insert(&dice.rows(5, name)).await.unwrap();
    }
    let mut orphans = store.retention().orphans().await.unwrap();
    orphans.sort();
    assert_eq!(orphans, ["gone-1".into(), "gone-2".into()] as [ProjectId; 2]);
    for orphan in &orphans {
        store.retention().delete_requests(orphan, i64::MAX, 100).await.unwrap();
        store.retention().delete_rollups(orphan, i64::MAX).await.unwrap();
    }
    assert!(store.retention().orphans().await.unwrap().is_empty());
    assert!(store.requests().any(&shop.id).await.unwrap());
}

async fn monthly_counts_add_up_over_instances(db: Database) {
    let (key, shop) = (QuotaScope::Key("k".into()), QuotaScope::Project("k".into()));
    let add = |scope: &QuotaScope, month, requests| UsageDelta { month, scope: scope.clone(), requests };
    let mut tasks = Vec::new();
    for n in 0..4 {
        let store = db.open().await;
        let mut deltas = vec![add(&key, 7, 2), add(&shop, 7, 3), add(&key, 7, -1), add(&key, 8, 1)];
        if n % 2 == 1 {
            deltas.reverse();
        }
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                store.quota().add(&deltas).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let store = db.open().await;
    let mut counts: Vec<_> =
        store.quota().load(7).await.unwrap().into_iter().map(|r| (r.scope, r.requests)).collect();
    counts.sort();
    assert_eq!(counts, [(shop, 120), (key.clone(), 40)]);
    store.retention().delete_expired(0, 8).await.unwrap();
    assert!(store.quota().load(7).await.unwrap().is_empty());
    assert_eq!(store.quota().load(8).await.unwrap()[0].requests, 40);
}
