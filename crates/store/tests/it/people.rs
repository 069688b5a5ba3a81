//! Users, roles, sessions, one-time links and admin tokens.

use maig_core::id::UserId;
use maig_store::{
    Actor, ActorKind, AuditFilter, NewAdminToken, NewSession, NewSetupToken, NewUser, Role, StoreError,
    UserUpdate,
};

use crate::database::{Database, begin, project};

crate::on_both!(
    a_user_is_found_by_the_address_in_any_case,
    a_project_keeps_its_last_owner,
    a_session_ends_with_its_time_its_password_and_its_user,
    a_link_works_once,
    a_second_factor_is_in_force_once_confirmed_and_its_codes_work_once,
    an_admin_token_works_until_it_is_revoked_or_over,
);

fn ann() -> NewUser {
    NewUser {
        email: " Ann@Shop.example ".into(),
        name: "Ann".into(),
        password_hash: Some("$argon2id$first".into()),
        instance_admin: true,
    }
}

async fn a_user_is_found_by_the_address_in_any_case(db: Database) {
    let store = db.open().await;
    assert!(!store.users().any().await.unwrap());
    let mut change = begin(&store).await;
    assert!(!change.users().any().await.unwrap());
    let user = change.users().create(ann()).await.unwrap();
    assert!(matches!(change.users().create(ann()).await, Err(StoreError::Duplicate { what: "user", .. })));
    for bad in ["", "ann", "@x", "ann@", "a b@c"] {
        let new = NewUser { email: bad.into(), ..ann() };
        let made = change.users().create(new).await;
        assert!(matches!(made, Err(StoreError::BadField { field: "email", .. })), "{bad:?}");
    }
    change.commit().await.unwrap();
    assert_eq!(user.email, "ann@shop.example");
    assert_eq!(store.users().by_email("ANN@shop.EXAMPLE").await.unwrap().unwrap(), user);
    assert_eq!(store.users().get(&user.id).await.unwrap().unwrap(), user);
    assert_eq!(store.users().password_hash(&user.id).await.unwrap().as_deref(), Some("$argon2id$first"));
    assert_eq!(store.users().password_hash(&UserId::from("no")).await.unwrap(), None);
    let audit = store.audit().list(&AuditFilter::default(), None, 10).await.unwrap();
    assert!(!format!("{audit:?}").contains("argon2id"), "a hash is in the audit log");
    let mut change = begin(&store).await;
    assert!(change.users().delete(&user.id).await.unwrap());
    assert!(!change.users().delete(&user.id).await.unwrap());
    change.commit().await.unwrap();
    assert!(store.users().list().await.unwrap().is_empty());
}

async fn a_project_keeps_its_last_owner(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let ann = change.users().create(ann()).await.unwrap();
    let bob = change.users().create(NewUser { email: "bob@x".into(), ..self::ann() }).await.unwrap();
    let mut users = change.users();
    assert!(users.set_role(&ann.id, &shop.id, Some(Role::Owner)).await.unwrap());
    assert!(users.set_role(&bob.id, &shop.id, Some(Role::Viewer)).await.unwrap());
    assert!(!users.set_role(&UserId::from("no"), &shop.id, Some(Role::Viewer)).await.unwrap());
    assert!(matches!(users.set_role(&ann.id, &shop.id, None).await, Err(StoreError::Invalid(_))));
    assert!(users.set_role(&bob.id, &shop.id, Some(Role::Owner)).await.unwrap());
    assert!(users.set_role(&ann.id, &shop.id, Some(Role::Editor)).await.unwrap());
    change.commit().await.unwrap();
    let members: Vec<_> =
        store.users().members(&shop.id).await.unwrap().into_iter().map(|m| (m.user.email, m.role)).collect();
    assert_eq!(members, [("ann@shop.example".into(), Role::Editor), ("bob@x".into(), Role::Owner)]);
    assert_eq!(store.users().role(&ann.id, &shop.id).await.unwrap(), Some(Role::Editor));
    assert_eq!(store.users().memberships(&bob.id).await.unwrap()[0].role, Role::Owner);
    assert!(Role::Owner > Role::Admin && Role::Editor > Role::Viewer);
}

async fn a_session_ends_with_its_time_its_password_and_its_user(db: Database) {
    let store = db.open().await;
    let mut change = begin(&store).await;
    let user = change.users().create(ann()).await.unwrap();
    let version = change.commit().await.unwrap();
    let open = async |digest: &str| {
        let new = NewSession {
            digest: digest.into(),
            user_id: user.id.clone(),
            created_at: 100,
            expires_at: 200,
            ip: Some("10.0.0.1".into()),
            agent: None,
        };
        store.sessions().create(&new).await.unwrap();
    };
    let live = async |digest: &str, now| store.sessions().get(digest, now).await.unwrap().is_some();
    open("s1").await;
    assert!(live("s1", 199).await && !live("s1", 200).await && !live("s2", 100).await);
    store.sessions().note_used("s1", 150, Some("10.0.0.2")).await.unwrap();
    open("s0").await;
    let listed = store.sessions().list(&user.id, 160).await.unwrap();
    let shown: Vec<_> = listed.iter().map(|s| (s.digest.as_str(), s.last_used_at, s.ip.as_deref())).collect();
    assert_eq!(shown, [("s1", 150, Some("10.0.0.2")), ("s0", 100, Some("10.0.0.1"))]);
    assert!(!store.sessions().delete_one_of(&UserId::from("no"), &listed[1].id).await.unwrap());
    assert!(store.sessions().delete_one_of(&user.id, &listed[1].id).await.unwrap());
    open("s0").await;
    assert_eq!(store.sessions().delete_others_of(&user.id, "s1").await.unwrap(), 1);
    assert!(live("s1", 150).await && !live("s0", 150).await);
    store.sessions().delete("s1").await.unwrap();
    assert!(!live("s1", 150).await);
    assert_eq!(store.version().await.unwrap(), version, "a sign-in is no change of configuration");

    open("s2").await;
    let mut change = begin(&store).await;
    let update = UserUpdate { password_hash: Some("$argon2id$second".into()), ..Default::default() };
    let after = change.users().update(&user.id, Some(1), update).await.unwrap().unwrap();
    change.commit().await.unwrap();
    assert!(!live("s2", 150).await, "a new password signs out");
    assert_eq!(after.version, 2);
    assert_eq!(store.users().password_hash(&user.id).await.unwrap().as_deref(), Some("$argon2id$second"));

    open("s3").await;
    open("s4").await;
    assert_eq!(store.sessions().delete_all_of(&user.id).await.unwrap(), 2);
    open("s5").await;
    store.retention().delete_expired(200, 0).await.unwrap();
    assert!(!live("s5", 150).await, "retention takes what is over");
}

async fn a_second_factor_is_in_force_once_confirmed_and_its_codes_work_once(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let user = change.users().create(ann()).await.unwrap();
    change.users().set_role(&user.id, &shop.id, Some(Role::Owner)).await.unwrap();
    change.commit().await.unwrap();
    let factors = store.second_factors();
    let listed = async || store.users().members(&shop.id).await.unwrap()[0].second_factor;
    assert!(factors.begin(&user.id, &"FIRSTSECRET".into()).await.unwrap());
    assert!(factors.begin(&user.id, &"SECONDSECRET".into()).await.unwrap(), "what waits is replaced");
    assert!(!factors.in_force(&user.id).await.unwrap() && !listed().await);
    let who = (&user.id, user.email.as_str());
    let mut change = begin(&store).await;
    assert!(change.second_factors().confirm(who, 7, &["a".into(), "b".into()]).await.unwrap());
    assert!(!change.second_factors().confirm(who, 7, &[]).await.unwrap(), "nothing waits any more");
    change.commit().await.unwrap();
    assert!(factors.in_force(&user.id).await.unwrap() && listed().await);
    assert!(!factors.begin(&user.id, &"THIRDSECRET".into()).await.unwrap(), "what is in force stays");
    assert_eq!(factors.secret(&user.id).await.unwrap().unwrap().expose(), "SECONDSECRET");
    for (step, taken) in [(7, false), (8, true), (8, false), (6, false), (9, true)] {
        assert_eq!(factors.use_step(&user.id, step).await.unwrap(), taken, "{step}");
    }
    assert!(factors.use_recovery_code(&user.id, "a").await.unwrap());
    assert!(!factors.use_recovery_code(&user.id, "a").await.unwrap());
    assert_eq!(factors.get(&user.id).await.unwrap().unwrap().recovery_codes_left, 1);
    assert!(!String::from_utf8_lossy(&db.dump()).contains("SECONDSECRET"), "the secret lies open");
    let new = maig_store::MasterKey::generate().unwrap();
    store.rotate_master_key(&crate::database::root(), new).await.unwrap();
    assert_eq!(factors.secret(&user.id).await.unwrap().unwrap().expose(), "SECONDSECRET");
    let mut change = begin(&store).await;
    assert!(change.second_factors().remove(who).await.unwrap());
    assert!(!change.second_factors().remove(who).await.unwrap());
    change.commit().await.unwrap();
    assert!(factors.get(&user.id).await.unwrap().is_none());
    assert!(!factors.use_recovery_code(&user.id, "b").await.unwrap(), "its recovery codes went with it");
}

async fn a_link_works_once(db: Database) {
    let store = db.open().await;
    let far = i64::MAX;
    let new = |digest: &str, expires_at| NewSetupToken {
        digest: digest.into(),
        purpose: "first_user".into(),
        email: None,
        created_at: 0,
        expires_at,
    };
    store.setup_tokens().create(&new("t1", far)).await.unwrap();
    store.setup_tokens().create(&new("t2", far)).await.unwrap();
    assert!(store.setup_tokens().get("t1", 5).await.unwrap().is_none(), "a newer link replaces it");
    assert!(store.setup_tokens().get("t2", 5).await.unwrap().is_some());
    let actor = Actor::new(ActorKind::Setup, None, "set-up link");
    let mut change = store.change(&actor).await.unwrap();
    assert_eq!(change.setup_tokens().take("t2").await.unwrap().unwrap().purpose, "first_user");
    drop(change);
    let mut change = store.change(&actor).await.unwrap();
    assert!(
        change.setup_tokens().take("t2").await.unwrap().is_some(),
        "what was not committed used nothing up"
    );
    assert!(change.setup_tokens().take("t2").await.unwrap().is_none());
    change.commit().await.unwrap();
    let mut change = store.change(&actor).await.unwrap();
    assert!(change.setup_tokens().take("t2").await.unwrap().is_none());
    drop(change);
    store.setup_tokens().create(&new("t3", 10)).await.unwrap();
    assert!(store.setup_tokens().get("t3", 9).await.unwrap().is_some());
    assert!(store.setup_tokens().get("t3", 10).await.unwrap().is_none());
}

async fn an_admin_token_works_until_it_is_revoked_or_over(db: Database) {
    let store = db.open().await;
    let shop = project(&store, "shop").await;
    let mut change = begin(&store).await;
    let new = NewAdminToken {
        name: "ci".into(),
        digest: "d1".into(),
        hint: "maig_admin_ab".into(),
        role: Role::Admin,
        project_id: Some(shop.id.clone()),
        expires_at: Some(i64::MAX),
    };
    let token = change.admin_tokens().create(new.clone()).await.unwrap();
    let over = NewAdminToken { name: "old".into(), digest: "d2".into(), expires_at: Some(10), ..new };
    change.admin_tokens().create(over).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(store.admin_tokens().by_digest("d1", 20).await.unwrap().unwrap(), token);
    assert!(store.admin_tokens().by_digest("d2", 20).await.unwrap().is_none());
    assert!(store.admin_tokens().by_digest("d3", 20).await.unwrap().is_none());
    store.admin_tokens().note_used(&token.id, 70_000_000).await.unwrap();
    store.admin_tokens().note_used(&token.id, 70_000_001).await.unwrap();
    assert_eq!(store.admin_tokens().list().await.unwrap()[0].last_used_at, Some(70_000_000));
    let mut change = begin(&store).await;
    assert!(change.admin_tokens().revoke(&token.id).await.unwrap().is_some());
    assert!(change.admin_tokens().revoke(&token.id).await.unwrap().is_none());
    change.commit().await.unwrap();
    assert!(store.admin_tokens().by_digest("d1", 20).await.unwrap().is_none());
}
