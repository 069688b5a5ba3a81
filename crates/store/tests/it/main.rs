//! The store's suite.
use maig_store::*;

#[tokio::test(flavor = "multi_thread")]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/maig.db", dir.path().display());
    let key = MasterKey::generate().unwrap();
    let store = Store::open(&url, key).await.unwrap();
    let mut c = store.change(&Actor::cli("root")).await.unwrap();
    let p = c.projects().create(NewProject { name: "shop".into(), ..Default::default() }).await.unwrap();
    let k = c
        .provider_keys()
        .create(
            &p.id,
            NewProviderKey::new(
                "openai-main",
                maig_core::provider::Provider::OpenAi,
                Some("sk-canary-0123456789".into()),
            ),
        )
        .await
        .unwrap();
    c.commit().await.unwrap();
    assert_eq!(store.projects().list().await.unwrap(), [p.clone()]);
    assert_eq!(store.provider_keys().list(&p.id).await.unwrap(), [k.clone()]);
    let opened = store.provider_keys().credentials(&k.id).await.unwrap().unwrap();
    assert_eq!(opened.secret.unwrap().expose(), "sk-canary-0123456789");
    assert_eq!(store.version().await.unwrap(), 1);
    assert_eq!(store.audit().list(&AuditFilter::default(), None, 10).await.unwrap().rows.len(), 2);
}
