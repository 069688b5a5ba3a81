//! How a change reaches other handles, and how two writers get along.

use std::time::Duration;

use maig_store::{Backend, NewProject, ProjectUpdate, StoreError};
use tokio::time::timeout;

use crate::database::{Database, begin, project, route};

crate::on_both!(
    a_change_raises_the_version_for_every_handle,
    a_change_that_is_dropped_or_empty_raises_nothing,
    another_handle_is_woken,
    two_writers_of_one_version_conflict,
    changes_from_many_handles_all_arrive,
);

async fn a_change_raises_the_version_for_every_handle(db: Database) {
    let (one, two) = (db.open().await, db.open().await);
    assert_eq!(two.version().await.unwrap(), 0);
    project(&one, "shop").await;
    assert_eq!(two.version().await.unwrap(), 1);
    assert_eq!(two.projects().list().await.unwrap().len(), 1);
}

async fn a_change_that_is_dropped_or_empty_raises_nothing(db: Database) {
    let store = db.open().await;
    let mut change = begin(&store).await;
    change.projects().create(NewProject { name: "lost".into(), ..Default::default() }).await.unwrap();
    assert!(change.projects().by_name_or_id("lost").await.unwrap().is_some(), "it sees its own rows");
    drop(change);
    let mut change = begin(&store).await;
    change.projects().create(NewProject { name: "undone".into(), ..Default::default() }).await.unwrap();
    change.roll_back().await.unwrap();
    assert_eq!(begin(&store).await.commit().await.unwrap(), 0);
    assert_eq!(store.version().await.unwrap(), 0);
    assert!(store.projects().list().await.unwrap().is_empty());
}

async fn another_handle_is_woken(db: Database) {
    let (writer, reader) = (db.open().await, db.open().await);
    let mut changes = reader.changes();
    // Long enough for the listener to be there and the first poll to be over.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let mut own = writer.changes();
    project(&writer, "shop").await;
    assert_eq!(timeout(Duration::from_millis(200), own.next()).await.unwrap(), 1);
    // SQLite polls at 250 ms. Postgres would poll at 1 s, so less than that is a notice that came by itself.
    let limit = if reader.backend() == Backend::Postgres { 400 } else { 900 };
    assert_eq!(timeout(Duration::from_millis(limit), changes.next()).await.unwrap(), 1);
    assert!(timeout(Duration::from_millis(1300), changes.next()).await.is_err(), "woken without a change");
}

async fn two_writers_of_one_version_conflict(db: Database) {
    let (one, two) = (db.open().await, db.open().await);
    let shop = project(&one, "shop").await;
    let save = async |store: &maig_store::Store, models: &[&str], expected| {
        let mut change = begin(store).await;
        let saved = change.routes().save(&shop.id, &route("chat", models), expected).await?;
        change.commit().await?;
        Ok::<_, StoreError>(saved.version)
    };
    assert_eq!(save(&one, &["gpt-4o"], Some(0)).await.unwrap(), 1);
    assert!(matches!(save(&two, &["gpt-4"], Some(0)).await, Err(StoreError::Conflict { current: 1 })));
    let (a, b) = tokio::join!(save(&one, &["a"], Some(1)), save(&two, &["b"], Some(1)));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert!(matches!(a.err().or(b.err()), Some(StoreError::Conflict { current: 2 })));
}

async fn changes_from_many_handles_all_arrive(db: Database) {
    let shop = project(&db.open().await, "shop").await;
    let mut tasks = Vec::new();
    for n in 0..4_i64 {
        let (store, id) = (db.open().await, shop.id.clone());
        tasks.push(tokio::spawn(async move {
            for i in 0..10 {
                let mut change = begin(&store).await;
                let update = ProjectUpdate { retention_days: Some(Some(n * 100 + i)), ..Default::default() };
                change.projects().update(&id, None, update).await.unwrap();
                change.commit().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let store = db.open().await;
    assert_eq!(store.projects().get(&shop.id).await.unwrap().unwrap().version, 41);
    assert_eq!(store.version().await.unwrap(), 41);
}
