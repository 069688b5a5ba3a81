//! Pages of the request log against a search by hand: any rows, filters and places, and blocks of an earlier release among
//! them.

use maig_store::{Cursor, RequestFilter, RequestRow, StatusFilter, Store};

use crate::database::Database;
use crate::log::{Dice, HOUR, newest_first, uuid};

crate::on_both!(
    any_page_is_what_a_search_by_hand_finds,
    a_database_of_the_first_migration_keeps_every_row,
    a_block_whose_places_are_broken_loses_no_row,
);

/// Leaves the database as the first migration had it, with what was written.
const FIRST_MIGRATION: [&str; 3] = [
    "ALTER TABLE request_blocks DROP COLUMN shapes",
    "ALTER TABLE request_blocks DROP COLUMN places",
    "DELETE FROM schema_migrations WHERE version > 1",
];
const ROUTES: [&str; 4] = ["chat", "summarize", "digest", "rare"];
const MODELS: [&str; 3] = ["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "openai/o1"];
const CODES: [&str; 3] = ["all_targets_failed", "rate_limited", "stream_interrupted"];
const USERS: u64 = 40;

/// What is rare in one field does not depend on another; some are late, some at the same moment.
fn rows(dice: &mut Dice, count: usize) -> Vec<RequestRow> {
    let mut rows = dice.rows(count, "p");
    for (n, row) in rows.iter_mut().enumerate() {
        let late = if dice.roll(60) == 0 { dice.number(HOUR.unsigned_abs()) } else { dice.number(9_000_000) };
        row.started_at = 3 * HOUR + i64::try_from(n).unwrap() * 1_000_000 - late;
        if dice.roll(12) == 0 {
            row.started_at -= row.started_at % 30_000_000;
        }
        row.id = uuid(row.started_at, n);
        row.route = if dice.roll(300) == 0 { "rare" } else { dice.pick(&ROUTES[..3]) }.into();
        let model = if dice.roll(200) == 0 { MODELS[2] } else { dice.pick(&MODELS[..2]) };
        let failed = dice.roll(40) == 0;
        row.served_by = (!failed).then(|| model.into());
        row.status = if failed { [400, 429, 502, 999][usize::try_from(dice.roll(4)).unwrap()] } else { 200 };
        row.error_code = (failed || dice.roll(90) == 0).then(|| dice.pick(&CODES).to_owned());
        row.fallback = dice.roll(50) == 0;
        row.test = dice.roll(100) == 0;
        row.end_user = (dice.roll(10) > 0).then(|| format!("user-{}", dice.roll(USERS) * dice.roll(USERS)));
    }
    rows
}

/// In batches of all sizes, by two instances.
async fn write(stores: [&Store; 2], dice: &mut Dice, rows: &[RequestRow]) {
    let mut rest = rows;
    while !rest.is_empty() {
        let size = [1, 7, 60, 200, 700][usize::try_from(dice.roll(5)).unwrap()].min(rest.len());
        let (batch, after) = rest.split_at(size);
        let instance = usize::try_from(dice.roll(2)).unwrap();
        stores[instance].requests().insert(batch).await.unwrap();
        rest = after;
    }
}

fn filter(dice: &mut Dice) -> RequestFilter {
    // Most filters ask for one thing or two.
    let mut ask = |of: u64| dice.roll(of) == 0;
    let asks: [bool; 12] = std::array::from_fn(|n| ask([5, 5, 4, 9, 5, 7, 9, 5, 9, 9, 9, 6][n]));
    let user = |dice: &mut Dice| format!("user-{}", dice.roll(USERS) * dice.roll(USERS));
    RequestFilter {
        from: asks[0].then(|| 3 * HOUR + dice.number(1_000_000_000)),
        to: asks[1].then(|| 3 * HOUR + dice.number(4_000_000_000)),
        status: asks[2].then(|| match dice.roll(5) {
            0 => StatusFilter::Ok,
            1 => StatusFilter::Exactly([200, 429, 503, 5000][usize::try_from(dice.roll(4)).unwrap()]),
            2 => StatusFilter::Class(4 + u16::try_from(dice.roll(2)).unwrap()),
            _ => StatusFilter::Error,
        }),
        error_code: asks[3].then(|| dice.pick(&CODES).to_owned()),
        route: asks[4].then(|| dice.pick(&["rare", "chat", "nothing", "digest"]).to_owned()),
        served_by: asks[5].then(|| dice.pick(&MODELS).to_owned()),
        key: asks[6].then(|| dice.pick(&["k1", "k2", "k3"]).into()),
        fallback: asks[7].then(|| dice.roll(3) > 0),
        test: asks[8].then(|| dice.roll(2) > 0),
        app_version: asks[9].then(|| dice.pick(&["2.4.0", "2.5.0", "9.9"]).to_owned()),
        platform: asks[9].then(|| dice.pick(&["ios", "android"]).to_owned()),
        end_user: asks[10].then(|| user(dice)),
        word: asks[11].then(|| match dice.roll(6) {
            0 => "rare".to_owned(),
            1 => "rate_limited".to_owned(),
            2 => "openai/o1".to_owned(),
            3 => dice.pick(&["2.5.0", "nothing"]).to_owned(),
            _ => user(dice),
        }),
    }
}

fn fits(row: &RequestRow, filter: &RequestFilter) -> bool {
    fn is(asked: Option<&String>, has: Option<&str>) -> bool {
        asked.is_none_or(|asked| has == Some(asked))
    }
    let words = [
        Some(&*row.route),
        row.served_by.as_deref(),
        row.error_code.as_deref(),
        row.end_user.as_deref(),
        row.app_version.as_deref(),
    ];
    filter.from.is_none_or(|from| row.started_at >= from)
        && filter.to.is_none_or(|to| row.started_at < to)
        && match filter.status {
            None => true,
            Some(StatusFilter::Ok) => !row.is_error(),
            Some(StatusFilter::Error) => row.is_error(),
            Some(StatusFilter::Exactly(status)) => row.status == status,
            Some(StatusFilter::Class(hundreds)) => row.status / 100 == hundreds,
        }
        && is(filter.error_code.as_ref(), row.error_code.as_deref())
        && is(filter.route.as_ref(), Some(&*row.route))
        && is(filter.served_by.as_ref(), row.served_by.as_deref())
        && filter.key.as_ref().is_none_or(|key| row.key_id.as_ref() == Some(key))
        && filter.fallback.is_none_or(|so| row.fallback == so)
        && filter.test.is_none_or(|so| row.test == so)
        && is(filter.app_version.as_ref(), row.app_version.as_deref())
        && is(filter.platform.as_ref(), row.platform.as_deref())
        && is(filter.end_user.as_ref(), row.end_user.as_deref())
        && filter.word.as_deref().is_none_or(|word| words.contains(&Some(word)))
}

/// Pages of random filters from random places. Returns how many of them had rows.
async fn compare(store: &Store, dice: &mut Dice, rows: &[RequestRow], times: usize) -> usize {
    let newest = newest_first(rows);
    let mut with_rows = 0;
    for _ in 0..times {
        let filter = filter(dice);
        let place = (dice.roll(3) > 0).then(|| {
            let row = &newest[usize::try_from(dice.roll(newest.len() as u64)).unwrap()];
            (row.started_at + dice.number(2), row.id.to_string())
        });
        let cursor = place.as_ref().map(|(at, id)| Cursor::parse(&format!("{at}_{id}")).unwrap());
        let limit = [1, 2, 20, 200, 1000][usize::try_from(dice.roll(5)).unwrap()];
        let page = store.requests().list(&"p".into(), &filter, cursor.as_ref(), limit).await.unwrap();
        let after =
            |row: &RequestRow| place.as_ref().is_none_or(|at| (row.started_at, row.id.to_string()) < *at);
        let mut expected: Vec<_> =
            newest.iter().filter(|row| fits(row, &filter) && after(row)).cloned().collect();
        let more = expected.len() > limit as usize;
        expected.truncate(limit as usize);
        assert!(
            page.rows == expected,
            "{filter:?} at {place:?}, {limit}: {} and not {} rows",
            page.rows.len(),
            expected.len()
        );
        let next = expected.last().filter(|_| more).map(|row| format!("{}_{}", row.started_at, row.id));
        assert_eq!(page.next.map(|next| next.to_string()), next, "{filter:?} at {place:?}, {limit}");
        with_rows += usize::from(!expected.is_empty());
    }
    with_rows
}

async fn any_page_is_what_a_search_by_hand_finds(db: Database) {
    let (store, other) = (db.open().await, db.open().await);
    let mut dice = Dice(29);
    let rows = rows(&mut dice, 4000);
    let (earlier, later) = rows.split_at(1200);
    write([&store, &other], &mut dice, earlier).await;
    // As an instance of an earlier release beside this one writes.
    db.tamper(&["UPDATE request_blocks SET shapes = '', places = '' WHERE row_count > 100"]).await;
    write([&store, &other], &mut dice, later).await;
    let with_rows = compare(&store, &mut dice, &rows, 400).await;
    assert!((100..390).contains(&with_rows), "{with_rows} of 400 pages had rows");
    let pages = db.texts("SELECT shapes FROM request_blocks").await;
    assert!(pages.iter().any(String::is_empty) && pages.iter().any(|shapes| !shapes.is_empty()));
    // Every row is in one block.
    let counts = db.texts("SELECT CAST(row_count AS TEXT) FROM request_blocks").await;
    assert_eq!(counts.iter().map(|n| n.parse::<usize>().unwrap()).sum::<usize>(), rows.len());
}

async fn a_database_of_the_first_migration_keeps_every_row(db: Database) {
    let store = db.open().await;
    let mut dice = Dice(31);
    let rows = rows(&mut dice, 1500);
    let (earlier, later) = rows.split_at(1000);
    write([&store, &store], &mut dice, earlier).await;
    store.close().await;
    db.tamper(&FIRST_MIGRATION).await;
    let store = db.open().await;
    compare(&store, &mut dice, earlier, 60).await;
    write([&store, &store], &mut dice, later).await;
    compare(&store, &mut dice, &rows, 60).await;
    store.retention().delete_requests(&"p".into(), i64::MAX, 10_000).await.unwrap();
    assert!(db.texts("SELECT id FROM request_blocks").await.is_empty(), "blocks go with their rows");
}

async fn a_block_whose_places_are_broken_loses_no_row(db: Database) {
    let store = db.open().await;
    let mut dice = Dice(37);
    let rows = rows(&mut dice, 900);
    let (earlier, later) = rows.split_at(430);
    store.requests().insert(&earlier[..400]).await.unwrap();
    store.requests().insert(&earlier[400..]).await.unwrap();
    db.tamper(&["UPDATE request_blocks SET places = substr(places, 1, length(places) - 1)"]).await;
    compare(&store, &mut dice, earlier, 40).await;
    write([&store, &store], &mut dice, later).await;
    compare(&store, &mut dice, &rows, 40).await;
}
