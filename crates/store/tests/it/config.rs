//! Projects, provider keys, routes and project keys: what they keep, refuse and write down.

use maig_core::id::ProjectId;
use maig_store::{
    Actor, ActorKind, AuditFilter, KeyKind, KeyLimits, KeyScopes, NewDigest, NewProject, NewProjectKey,
    PreviousDigest, ProjectKeyUpdate, ProjectLimits, ProjectUpdate, ProviderKeyUpdate, StoreError,
};

use crate::database::{Database, begin, openai, project, route};

crate::on_both!(
    a_project_is_made_found_changed_and_deleted,
    a_name_is_taken_once,
    deleting_a_project_takes_its_configuration_along,
    every_save_of_a_route_is_a_version,
    an_old_version_can_be_brought_back,
    a_deleted_route_goes_on_counting,
    a_provider_keys_version_rises_when_the_credential_changes,
    a_refused_key_is_remembered_without_a_change_of_configuration,
    a_rolled_key_keeps_its_id_and_its_old_digest_for_a_while,
    a_revoked_key_frees_its_name,
    every_change_is_in_the_audit_log,
    the_audit_log_comes_in_pages,
);

fn new_project(name: &str) -> NewProject {
    NewProject { name: name.into(), ..Default::default() }
}

fn new_key(name: &str, digest: &str) -> NewProjectKey {
    NewProjectKey {
        name: name.into(),
        kind: KeyKind::Live,
        digest: NewDigest { digest: digest.into(), hint: "maig_live_ab".into() },
        scopes: KeyScopes { routes: vec!["chat".into()], routes_only: true, ..Default::default() },
        limits: KeyLimits { rate: Some("600/min".into()), monthly_requests: Some(2500), per_user: None },
        expires_at: Some(9_000_000_000_000_000),
    }
}

async fn a_project_is_made_found_changed_and_deleted(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    assert_eq!(store.projects().get(&shop.id).await.unwrap().unwrap(), shop);
    assert_eq!(store.projects().by_name_or_id("shop").await.unwrap().unwrap(), shop);
    assert_eq!(store.projects().by_name_or_id(shop.id.as_str()).await.unwrap().unwrap(), shop);
    assert_eq!(store.projects().by_name_or_id("nothing").await.unwrap(), None);

    let mut change = begin(&store).await;
    let limits = ProjectLimits { monthly_requests: Some(10), rate: Some("6/s".into()) };
    let update = ProjectUpdate {
        limits: Some(limits.clone()),
        retention_days: Some(Some(7)),
        name: Some("store".into()),
        ..Default::default()
    };
    let after = change.projects().update(&shop.id, Some(1), update.clone()).await.unwrap().unwrap();
    let stale = change.projects().update(&shop.id, Some(1), ProjectUpdate::default()).await;
    assert!(matches!(stale, Err(StoreError::Conflict { current: 2 })));
    assert_eq!(
        change.projects().update(&shop.id, None, update).await.unwrap().unwrap().version,
        2,
        "nothing changed"
    );
    assert!(change.projects().suspend(&shop.id).await.unwrap().unwrap().suspended);
    assert!(!change.projects().resume(&shop.id).await.unwrap().unwrap().suspended);
    assert_eq!(change.projects().suspend(&ProjectId::from("no")).await.unwrap(), None);
    change.commit().await.unwrap();
    assert_eq!((after.limits, after.retention_days, after.name.as_str()), (limits, Some(7), "store"));
    assert_eq!(store.projects().get(&shop.id).await.unwrap().unwrap().version, 4);

    let mut change = begin(&store).await;
    assert!(change.projects().delete(&shop.id, None).await.unwrap());
    assert!(!change.projects().delete(&shop.id, None).await.unwrap());
    change.commit().await.unwrap();
    assert!(store.projects().list().await.unwrap().is_empty());
}

async fn a_name_is_taken_once(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let blog = project(&store, "blog").await;
    let mut change = begin(&store).await;
    let taken = change.projects().create(new_project("shop")).await;
    assert!(
        matches!(&taken, Err(StoreError::Duplicate { what: "project", name }) if name == "shop"),
        "{taken:?}"
    );
    let rename = ProjectUpdate { name: Some("shop".into()), ..Default::default() };
    assert!(matches!(
        change.projects().update(&blog.id, None, rename).await,
        Err(StoreError::Duplicate { .. })
    ));
    for bad in ["", "a b", "-a", "ü", &"a".repeat(65)] {
        assert!(
            matches!(
                change.projects().create(new_project(bad)).await,
                Err(StoreError::BadField { field: "name", .. })
            ),
            "{bad:?}"
        );
    }
    // A refusal leaves the change usable.
    change.provider_keys().create(&shop.id, openai("main", "sk-1")).await.unwrap();
    let again = change.provider_keys().create(&shop.id, openai("main", "sk-2")).await;
    assert!(matches!(again, Err(StoreError::Duplicate { what: "provider key", .. })));
    change.provider_keys().create(&blog.id, openai("main", "sk-3")).await.unwrap();
    change.project_keys().create(&shop.id, new_key("ios", "d1")).await.unwrap();
    let again = change.project_keys().create(&shop.id, new_key("ios", "d2")).await;
    assert!(matches!(again, Err(StoreError::Duplicate { what: "project key", .. })));
    change.commit().await.unwrap();
}

async fn deleting_a_project_takes_its_configuration_along(db: Database) {
    let store = db.open().await;
    let (shop, blog) = (project(&store, "shop").await, project(&store, "blog").await);
    let mut change = begin(&store).await;
    for of in [&shop.id, &blog.id] {
        change.provider_keys().create(of, openai("main", "sk-1")).await.unwrap();
        change.routes().save(of, &route("chat", &["gpt-4o"]), None).await.unwrap();
        change.project_keys().create(of, new_key("ios", of.as_str())).await.unwrap();
    }
    change.projects().delete(&shop.id, None).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(store.provider_keys().all().await.unwrap().len(), 1);
    assert_eq!(store.routes().all().await.unwrap().len(), 1);
    assert_eq!(store.project_keys().all_live().await.unwrap().len(), 1);
    let filter = AuditFilter { project: Some(shop.id), ..Default::default() };
    assert_eq!(store.audit().list(&filter, None, 100).await.unwrap().rows.len(), 5, "its audit rows stay");
}

async fn every_save_of_a_route_is_a_version(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let ann =
        Actor { ip: Some("10.0.0.1".into()), ..Actor::new(ActorKind::User, Some("u1"), "ann@shop.example") };
    let mut change = store.change(&ann).await.unwrap();
    let first = route("chat", &["gpt-4o", "claude-3-5-sonnet"]);
    let one = change.routes().save(&shop.id, &first, Some(0)).await.unwrap();
    let same = change.routes().save(&shop.id, &first, Some(1)).await.unwrap();
    let two = change.routes().save(&shop.id, &route("chat", &["gpt-4o"]), Some(1)).await.unwrap();
    let until = Some("2027-01-31T12:00:00Z".parse().unwrap());
    let three = change.routes().force_fallback(&shop.id, "chat", true, until, None).await.unwrap().unwrap();
    assert!(change.routes().force_fallback(&shop.id, "none", true, None, None).await.unwrap().is_none());
    change.commit().await.unwrap();
    assert_eq!((one.version, same.version, two.version, three.version), (1, 1, 2, 3));
    assert!(three.spec.force_fallback);
    assert_eq!(store.routes().get(&shop.id, "chat").await.unwrap().unwrap(), three);
    assert_eq!(store.routes().list(&shop.id).await.unwrap(), [three]);

    let versions = store.routes().versions(&shop.id, "chat", None, 10).await.unwrap();
    assert_eq!(versions.iter().map(|v| v.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(versions[2].spec, first);
    assert_eq!(versions[2].saved_by, Actor { ip: None, ..ann });
    let page = store.routes().versions(&shop.id, "chat", Some(3), 1).await.unwrap();
    assert_eq!(page.iter().map(|v| v.version).collect::<Vec<_>>(), [2]);
}

async fn an_old_version_can_be_brought_back(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let first = route("chat", &["gpt-4o"]);
    change.routes().save(&shop.id, &first, None).await.unwrap();
    change.routes().save(&shop.id, &route("chat", &["gpt-4"]), None).await.unwrap();
    let stale = change.routes().bring_back(&shop.id, "chat", 1, Some(1)).await;
    assert!(matches!(stale, Err(StoreError::Conflict { current: 2 })));
    let back = change.routes().bring_back(&shop.id, "chat", 1, Some(2)).await.unwrap().unwrap();
    assert!(change.routes().bring_back(&shop.id, "chat", 9, None).await.unwrap().is_none());
    change.commit().await.unwrap();
    assert_eq!((back.version, back.spec), (3, first));
}

async fn a_deleted_route_goes_on_counting(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let spec = route("chat", &["gpt-4o"]);
    change.routes().save(&shop.id, &spec, None).await.unwrap();
    assert!(matches!(
        change.routes().delete(&shop.id, "chat", Some(7)).await,
        Err(StoreError::Conflict { current: 1 })
    ));
    assert!(change.routes().delete(&shop.id, "chat", Some(1)).await.unwrap());
    assert!(!change.routes().delete(&shop.id, "chat", None).await.unwrap());
    assert!(change.routes().get(&shop.id, "chat").await.unwrap().is_none());
    change.commit().await.unwrap();
    assert!(store.routes().all().await.unwrap().is_empty());
    assert!(store.routes().get(&shop.id, "chat").await.unwrap().is_none());
    assert_eq!(store.routes().version(&shop.id, "chat", 1).await.unwrap().unwrap().spec, spec);
    let mut change = begin(&store).await;
    let again = change.routes().save(&shop.id, &spec, Some(0)).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(again.version, 2);
    assert_eq!(store.routes().list(&shop.id).await.unwrap(), [again]);
}

async fn a_provider_keys_version_rises_when_the_credential_changes(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let key = change.provider_keys().create(&shop.id, openai("main", "sk-0123456789")).await.unwrap();
    let mut keys = change.provider_keys();
    let cases = [
        (ProviderKeyUpdate { enabled: Some(false), ..Default::default() }, 1),
        (ProviderKeyUpdate { name: Some("first".into()), ..Default::default() }, 1),
        (ProviderKeyUpdate { secret: Some(Some("sk-0123456789".into())), ..Default::default() }, 2),
        (ProviderKeyUpdate { base_url: Some(Some("http://x/v1".into())), ..Default::default() }, 3),
        (ProviderKeyUpdate { base_url: Some(Some("http://x/v1".into())), ..Default::default() }, 3),
        (ProviderKeyUpdate { headers: Some(Vec::new()), ..Default::default() }, 4),
        (ProviderKeyUpdate { secret: Some(None), ..Default::default() }, 5),
    ];
    for (n, (update, expected)) in cases.into_iter().enumerate() {
        let after = keys.update(&shop.id, &key.id, None, update).await.unwrap().unwrap();
        assert_eq!(after.key_version, expected, "case {n}");
    }
    change.commit().await.unwrap();
    let after = store.provider_keys().get(&shop.id, &key.id).await.unwrap().unwrap();
    assert_eq!((after.has_secret, after.last_four, after.enabled), (false, None, false));
    assert!(store.provider_keys().by_name(&shop.id, "first").await.unwrap().is_some());
    let elsewhere = ProjectId::from("other");
    assert!(
        store.provider_keys().get(&elsewhere, &key.id).await.unwrap().is_none(),
        "a key is its project's alone"
    );
}

async fn a_refused_key_is_remembered_without_a_change_of_configuration(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let key = change.provider_keys().create(&shop.id, openai("main", "sk-0123456789")).await.unwrap();
    let version = change.commit().await.unwrap();
    store.provider_keys().note_error(&key.id, Some("Incorrect API key")).await.unwrap();
    let noted = store.provider_keys().get(&shop.id, &key.id).await.unwrap().unwrap();
    assert_eq!(noted.last_error.as_deref(), Some("Incorrect API key"));
    assert!(noted.last_error_at.unwrap() >= key.created_at);
    assert_eq!(store.version().await.unwrap(), version);
    store.provider_keys().note_error(&key.id, None).await.unwrap();
    assert_eq!(store.provider_keys().get(&shop.id, &key.id).await.unwrap().unwrap(), key);
}

async fn a_rolled_key_keeps_its_id_and_its_old_digest_for_a_while(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let key = change.project_keys().create(&shop.id, new_key("ios", "d1")).await.unwrap();
    let digest = |d: &str| NewDigest { digest: d.into(), hint: d.into() };
    let rolled = change
        .project_keys()
        .roll(&shop.id, &key.id, digest("d2"), 60_000_000, Some(1))
        .await
        .unwrap()
        .unwrap();
    let until = rolled.updated_at + 60_000_000;
    assert_eq!((rolled.digest.as_str(), rolled.version), ("d2", 2));
    assert_eq!(rolled.previous, Some(PreviousDigest { digest: "d1".into(), until }));
    change.commit().await.unwrap();
    assert_eq!(store.project_keys().get(&shop.id, &key.id).await.unwrap().unwrap(), rolled);
    let mut change = begin(&store).await;
    let at_once =
        change.project_keys().roll(&shop.id, &key.id, digest("d3"), 0, None).await.unwrap().unwrap();
    assert_eq!(at_once.previous, None);
    let update =
        ProjectKeyUpdate { expires_at: Some(None), limits: Some(KeyLimits::default()), ..Default::default() };
    let updated = change.project_keys().update(&shop.id, &key.id, Some(3), update).await.unwrap().unwrap();
    change.commit().await.unwrap();
    assert_eq!((updated.expires_at, updated.version), (None, 4));

    let version = store.version().await.unwrap();
    store.project_keys().note_used(&[(key.id.clone(), 50), (key.id.clone(), 40)]).await.unwrap();
    assert_eq!(store.project_keys().all_live().await.unwrap()[0].last_used_at, Some(50));
    assert_eq!(store.version().await.unwrap(), version);
}

async fn a_revoked_key_frees_its_name(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let key = change.project_keys().create(&shop.id, new_key("ios", "d1")).await.unwrap();
    let revoked = change.project_keys().revoke(&shop.id, &key.id, None).await.unwrap().unwrap();
    assert!(revoked.revoked_at.is_some());
    assert!(change.project_keys().revoke(&shop.id, &key.id, None).await.unwrap().is_none());
    assert!(
        change
            .project_keys()
            .update(&shop.id, &key.id, None, ProjectKeyUpdate::default())
            .await
            .unwrap()
            .is_none()
    );
    let next = change.project_keys().create(&shop.id, new_key("ios", "d2")).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(store.project_keys().all_live().await.unwrap(), std::slice::from_ref(&next));
    assert_eq!(store.project_keys().by_name(&shop.id, "ios").await.unwrap(), Some(next.clone()));
    assert_eq!(store.project_keys().list(&shop.id).await.unwrap(), [revoked, next]);
}

async fn every_change_is_in_the_audit_log(db: Database) {
    let store = db.open().await;
    let ann =
        Actor { ip: Some("10.0.0.1".into()), ..Actor::new(ActorKind::User, Some("u1"), "ann@shop.example") };
    let mut change = store.change(&ann).await.unwrap();
    let shop = change.projects().create(new_project("shop")).await.unwrap();
    let key = change.provider_keys().create(&shop.id, openai("main", "sk-0123456789")).await.unwrap();
    change.provider_keys().delete(&shop.id, &key.id, None).await.unwrap();
    change.routes().save(&shop.id, &route("chat", &["gpt-4o"]), None).await.unwrap();
    change.routes().save(&shop.id, &route("chat", &["gpt-4"]), None).await.unwrap();
    change.routes().delete(&shop.id, "chat", None).await.unwrap();
    let app = change.project_keys().create(&shop.id, new_key("ios", "digest-1")).await.unwrap();
    change.project_keys().revoke(&shop.id, &app.id, None).await.unwrap();
    change.projects().suspend(&shop.id).await.unwrap();
    change.note(Some(&shop.id), "project.export", ("project", shop.id.as_str(), "shop")).await.unwrap();
    change.commit().await.unwrap();

    let mut rows = store.audit().list(&AuditFilter::default(), None, 100).await.unwrap().rows;
    rows.reverse();
    let actions: Vec<_> = rows.iter().map(|r| r.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "project.create",
            "provider_key.create",
            "provider_key.delete",
            "route.save",
            "route.save",
            "route.delete",
            "project_key.create",
            "project_key.revoke",
            "project.suspend",
            "project.export",
        ]
    );
    assert!(rows.iter().all(|r| r.actor == ann && r.project_id.as_ref() == Some(&shop.id)));
    let second_save = &rows[4];
    assert_eq!(second_save.before.as_ref().unwrap()["spec"]["targets"][0]["model"], "gpt-4o");
    assert_eq!(second_save.after.as_ref().unwrap()["spec"]["targets"][0]["model"], "gpt-4");
    assert_eq!(second_save.after.as_ref().unwrap()["version"], 2);
    assert_eq!(rows[8].before.as_ref().unwrap()["suspended"], false);
    assert_eq!(rows[8].after.as_ref().unwrap()["suspended"], true);
    let all = format!("{rows:?}");
    assert!(!all.contains("sk-0123456789") && !all.contains("digest-1"));
}

async fn the_audit_log_comes_in_pages(db: Database) {
    let store = db.open().await;
    for n in 0..7 {
        project(&store, &format!("p{n}")).await;
    }
    let mut names = Vec::new();
    let mut cursor = None;
    loop {
        let page = store.audit().list(&AuditFilter::default(), cursor.as_ref(), 3).await.unwrap();
        names.extend(page.rows.into_iter().map(|row| row.object_name));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        // What comes in between is newer, and moves nothing.
        project(&store, &format!("late{}", names.len())).await;
    }
    assert_eq!(names, ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]);
}
