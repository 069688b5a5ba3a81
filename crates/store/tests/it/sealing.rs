//! Secrets at rest: where they open, and where they do not show.

use maig_core::secret::Secret;
use maig_store::seal::key_file;
use maig_store::{AuditFilter, Header, MasterKey, NewProviderKey, ProviderKeyUpdate, Store, StoreError};

use crate::database::{Database, begin, openai, project};

crate::on_both!(
    a_secret_comes_back_as_it_went_in,
    a_ciphertext_moved_to_another_row_does_not_open,
    no_secret_shows_anywhere_in_the_database,
    rotation_reseals_everything,
    a_rotation_that_fails_changes_nothing,
);

fn with_header(name: &str, secret: &str, value: &str) -> NewProviderKey {
    let headers = vec![Header { name: "x-team".into(), value: value.into() }];
    NewProviderKey { headers, ..openai(name, secret) }
}

async fn a_secret_comes_back_as_it_went_in(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let key =
        change.provider_keys().create(&shop.id, with_header("main", "sk-0123456789ab", "h-1")).await.unwrap();
    let bare = NewProviderKey { secret: None, ..openai("bare", "") };
    let bare = change.provider_keys().create(&shop.id, bare).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!((key.last_four.as_deref(), key.has_secret), (Some("89ab"), true));
    assert_eq!((bare.last_four.as_deref(), bare.has_secret), (None, false));
    assert_eq!(store.provider_keys().list(&shop.id).await.unwrap(), [key.clone(), bare.clone()]);

    let opened = store.provider_keys().credentials(&key.id).await.unwrap().unwrap();
    assert_eq!(opened.secret.unwrap().expose(), "sk-0123456789ab");
    assert_eq!(
        (opened.headers[0].name.as_str(), opened.headers[0].value.expose().as_str()),
        ("x-team", "h-1")
    );
    let opened = store.provider_keys().credentials(&bare.id).await.unwrap().unwrap();
    assert!(opened.secret.is_none() && opened.headers.is_empty());
    assert_eq!(store.provider_keys().all().await.unwrap().len(), 2);
}

async fn a_ciphertext_moved_to_another_row_does_not_open(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let one = change.provider_keys().create(&shop.id, openai("one", "sk-one-0123456789")).await.unwrap();
    let two = change.provider_keys().create(&shop.id, openai("two", "sk-two-0123456789")).await.unwrap();
    change.commit().await.unwrap();
    db.tamper(&["UPDATE provider_keys SET sealed_secret = (SELECT sealed_secret FROM provider_keys WHERE name = 'one') \
         WHERE name = 'two'"])
        .await;
    assert!(store.provider_keys().credentials(&one.id).await.is_ok());
    let error = store.provider_keys().credentials(&two.id).await.err().unwrap();
    assert!(matches!(&error, StoreError::SealBroken { what } if what.contains(two.id.as_str())), "{error}");
    // One broken key does not take the others with it.
    let all = store.provider_keys().all().await.unwrap();
    assert_eq!(all.iter().filter(|(_, opened)| opened.is_ok()).count(), 1);
}

async fn no_secret_shows_anywhere_in_the_database(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let mut keys = change.provider_keys();
    let key = keys.create(&shop.id, with_header("main", "canary-secret-1", "canary-header-1")).await.unwrap();
    let headers = vec![Header { name: "x-team".into(), value: "canary-header-2".into() }];
    let update = ProviderKeyUpdate {
        secret: Some(Some("canary-secret-2".into())),
        headers: Some(headers),
        ..Default::default()
    };
    let key = keys.update(&shop.id, &key.id, None, update).await.unwrap().unwrap();
    keys.delete(&shop.id, &key.id, None).await.unwrap();
    keys.create(&shop.id, openai("other", "canary-secret-3")).await.unwrap();
    change.commit().await.unwrap();
    store.rotate_master_key(&crate::database::root(), MasterKey::generate().unwrap()).await.unwrap();

    let audit = store.audit().list(&AuditFilter::default(), None, 100).await.unwrap().rows;
    assert!(audit.iter().any(|row| row.action == "provider_key.update"));
    let dump = db.dump();
    let found = |needle: &str| memchr_find(&dump, needle.as_bytes());
    assert!(found("x-team"), "the dump must hold what is not secret, or this test cannot fail");
    for secret in ["canary-secret", "canary-header", db.key().to_base64().expose()] {
        assert!(!found(secret), "{secret} is in the database");
    }
}

fn memchr_find(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

async fn rotation_reseals_everything(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let key =
        change.provider_keys().create(&shop.id, with_header("main", "sk-0123456789ab", "h-1")).await.unwrap();
    change.commit().await.unwrap();
    let new = MasterKey::generate().unwrap();
    let text = new.to_base64();
    assert_eq!(store.rotate_master_key(&crate::database::root(), new).await.unwrap(), 2);
    // This handle goes on with the new key, the old key is refused, the new one opens.
    assert!(store.provider_keys().credentials(&key.id).await.is_ok());
    assert!(matches!(Store::open(&db.url, db.key()).await, Err(StoreError::WrongMasterKey)));
    let again = Store::open(&db.url, MasterKey::from_base64(text.expose()).unwrap()).await.unwrap();
    let opened = again.provider_keys().credentials(&key.id).await.unwrap().unwrap();
    assert_eq!(opened.secret.unwrap().expose(), "sk-0123456789ab");
    assert_eq!(opened.headers[0].value.expose(), "h-1");
    let after = again.provider_keys().get(&shop.id, &key.id).await.unwrap().unwrap();
    assert_eq!(after.key_version, key.key_version, "the credential is the same one");
}

async fn a_rotation_that_fails_changes_nothing(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let good = change.provider_keys().create(&shop.id, openai("a", "sk-a-0123456789")).await.unwrap();
    change.provider_keys().create(&shop.id, openai("b", "sk-b-0123456789")).await.unwrap();
    change.commit().await.unwrap();
    db.tamper(&["UPDATE provider_keys SET sealed_secret = 'AQ==' WHERE name = 'b'"]).await;
    let failed = store.rotate_master_key(&crate::database::root(), MasterKey::generate().unwrap()).await;
    assert!(matches!(failed, Err(StoreError::SealBroken { .. })));
    assert!(store.provider_keys().credentials(&good.id).await.is_ok());
    db.open().await;
}

#[test]
fn a_key_file_is_made_once_and_refused_when_others_may_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    let text = |key: MasterKey| -> Secret { key.to_base64() };
    let first = text(key_file::load_or_create(&path).unwrap());
    assert_eq!(first.expose(), text(key_file::load_or_create(&path).unwrap()).expose());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left");

    let new = MasterKey::generate().unwrap();
    key_file::stage(&path, &new).unwrap();
    assert_eq!(text(key_file::staged(&path).unwrap().unwrap()).expose(), new.to_base64().expose());
    assert_eq!(first.expose(), text(key_file::load_or_create(&path).unwrap()).expose());
    key_file::promote(&path).unwrap();
    assert_eq!(new.to_base64().expose(), text(key_file::load_or_create(&path).unwrap()).expose());

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = key_file::load_or_create(&path).err().unwrap();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}

#[test]
fn starts_that_race_for_the_key_file_get_the_same_key() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    let keys: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> =
            (0..8).map(|_| scope.spawn(|| key_file::load_or_create(&path).unwrap().to_base64())).collect();
        starts.into_iter().map(|s| s.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| key.expose() == keys[0].expose()));
}
