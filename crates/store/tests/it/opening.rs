//! What a start accepts, and what it refuses with one clear line.

use maig_store::{MasterKey, Store, StoreError};

use crate::database::{Database, project};

crate::on_both!(
    an_empty_database_gets_the_schema_and_a_second_start_changes_nothing,
    a_newer_database_is_refused,
    a_half_migrated_database_is_refused,
    a_database_whose_list_of_migrations_is_gone_is_refused,
    a_database_whose_tables_are_gone_is_refused,
    a_database_with_tables_that_nobody_is_known_to_have_made_is_refused,
    a_tampered_migration_is_refused,
    a_wrong_master_key_is_refused,
    eight_first_starts_at_once_make_one_database,
    two_first_starts_with_two_keys_agree_on_one,
);

async fn refusal(db: &Database) -> StoreError {
    match Store::open(&db.url, db.key()).await {
        Ok(_) => panic!("it opened"),
        Err(e) => e,
    }
}

async fn an_empty_database_gets_the_schema_and_a_second_start_changes_nothing(db: Database) {
    let store = db.open().await;
    let made = project(&store, "shop").await;
    let migrations = "SELECT name || checksum FROM schema_migrations ORDER BY version";
    let first = db.texts(migrations).await;
    store.close().await;
    let again = db.open().await;
    assert_eq!(again.projects().list().await.unwrap(), [made]);
    assert_eq!(db.texts(migrations).await, first);
}

async fn a_newer_database_is_refused(db: Database) {
    db.open().await.close().await;
    db.tamper(&[
        "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (99, 'x', 'x', 0)",
    ])
    .await;
    let error = refusal(&db).await;
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert!(!error.to_string().contains('\n'));
}

async fn a_half_migrated_database_is_refused(db: Database) {
    db.open().await.close().await;
    // The first one missing, and another in its place.
    db.tamper(&["UPDATE schema_migrations SET version = 0 WHERE version = 1"]).await;
    let error = refusal(&db).await;
    assert!(matches!(&error, StoreError::HalfMigrated { what } if what.contains("0001_init")), "{error}");
}

async fn a_database_whose_list_of_migrations_is_gone_is_refused(db: Database) {
    db.open().await.close().await;
    db.tamper(&["DROP TABLE schema_migrations"]).await;
    assert!(matches!(refusal(&db).await, StoreError::HalfMigrated { .. }));
}

async fn a_database_whose_tables_are_gone_is_refused(db: Database) {
    db.open().await.close().await;
    db.tamper(&["DROP TABLE config_version"]).await;
    assert!(matches!(refusal(&db).await, StoreError::HalfMigrated { .. }));
}

async fn a_database_with_tables_that_nobody_is_known_to_have_made_is_refused(db: Database) {
    db.open().await.close().await;
    db.tamper(&["DELETE FROM schema_migrations"]).await;
    let error = refusal(&db).await;
    assert!(matches!(&error, StoreError::HalfMigrated { what } if what.contains("0001_init")), "{error}");
}

async fn a_tampered_migration_is_refused(db: Database) {
    db.open().await.close().await;
    db.tamper(&["UPDATE schema_migrations SET checksum = 'other'"]).await;
    assert!(matches!(refusal(&db).await, StoreError::Tampered { version: 1 }));
}

async fn a_wrong_master_key_is_refused(db: Database) {
    db.open().await.close().await;
    let other = MasterKey::generate().unwrap();
    assert!(matches!(Store::open(&db.url, other).await, Err(StoreError::WrongMasterKey)));
    db.open().await;
}

async fn eight_first_starts_at_once_make_one_database(db: Database) {
    let starts = (0..8).map(|_| {
        let (url, key) = (db.url.clone(), db.key());
        tokio::spawn(async move { Store::open(&url, key).await })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.unwrap().unwrap();
    }
    assert_eq!(
        db.texts("SELECT name FROM schema_migrations ORDER BY version").await,
        ["0001_init", "0002_places"]
    );
}

async fn two_first_starts_with_two_keys_agree_on_one(db: Database) {
    let start = |key| {
        let url = db.url.clone();
        tokio::spawn(async move { Store::open(&url, key).await })
    };
    let (a, b) = (start(MasterKey::generate().unwrap()), start(MasterKey::generate().unwrap()));
    let (a, b) = (a.await.unwrap(), b.await.unwrap());
    assert!(a.is_ok() != b.is_ok());
    assert!(matches!(a.err().or(b.err()), Some(StoreError::WrongMasterKey)));
}

#[tokio::test]
async fn a_bad_url_is_refused_in_words() {
    for url in ["mysql://x/y", "maig.db", "sqlite::memory:", "sqlite:/nowhere/at/all.db", "postgres://[bad"] {
        let error = Store::open(url, MasterKey::generate().unwrap()).await.err().unwrap();
        assert!(matches!(error, StoreError::BadUrl(_)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_postgres_that_is_away_is_unavailable_and_its_password_is_not_told() {
    let url = "postgres://maig:hunter2secret@127.0.0.1:1/maig";
    let error = Store::open(url, MasterKey::generate().unwrap()).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let told = format!("{error} {error:?}");
    assert!(!told.contains("hunter2") && told.contains("refused"), "{told}");
}

#[tokio::test]
async fn a_file_that_is_damaged_or_no_database_is_refused_at_once() {
    let db = Database::sqlite();
    db.open().await.close().await;
    let file = db.dir.as_ref().unwrap().path().join("maig.db");
    let whole = std::fs::read(&file).unwrap();
    for bytes in [b"hello, I am a text".repeat(100), whole[..5000].to_vec()] {
        std::fs::write(&file, bytes).unwrap();
        let begun = std::time::Instant::now();
        let error = refusal(&db).await;
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
        assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_sqlite_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let db = Database::sqlite();
    let store = db.open().await;
    project(&store, "shop").await;
    let mut files = 0;
    for entry in std::fs::read_dir(db.dir.as_ref().unwrap().path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.path());
        files += 1;
    }
    assert!(files >= 2, "the database and its log");
}

#[test]
fn every_file_of_the_migrations_folder_is_one_that_the_program_has() {
    let list = include_str!("../../src/migrate.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(stem) = name.strip_suffix(".sql") {
            let number: i64 = stem.split('_').next().unwrap().parse().unwrap();
            assert!(list.contains(&format!("{number} \"{stem}\"")), "{stem} is not in migrate.rs");
            count += 1;
        }
    }
    assert!(count > 0);
}
