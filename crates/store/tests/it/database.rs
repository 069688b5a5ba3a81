//! A throw-away database of a test, on either side, and a few things to put into it.

use maig_core::provider::Provider;
use maig_core::route::{RouteSpec, TargetSpec};
use maig_store::{Actor, Change, MasterKey, NewProject, NewProviderKey, Project, Store};
use sqlx::Row as _;
use sqlx::any::AnyPoolOptions;

use crate::postgres;

pub(crate) struct Database {
    pub(crate) url: String,
    key: String,
    /// SQLite's directory, deleted when the test ends.
    pub(crate) dir: Option<tempfile::TempDir>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("maig.db").display());
        Self { url, key: new_key(), dir: Some(dir) }
    }

    pub(crate) async fn postgres() -> Self {
        Self { url: postgres::new_database().await, key: new_key(), dir: None }
    }

    pub(crate) fn key(&self) -> MasterKey {
        MasterKey::from_base64(&self.key).unwrap()
    }

    /// A handle of its own, as another process would have.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url, self.key()).await.unwrap()
    }

    /// Does to the database what no program of ours does.
    pub(crate) async fn tamper(&self, statements: &[&'static str]) {
        sqlx::any::install_default_drivers();
        let pool = AnyPoolOptions::new().max_connections(1).connect(&self.url).await.unwrap();
        for statement in statements {
            sqlx::raw_sql(*statement).execute(&pool).await.unwrap();
        }
        pool.close().await;
    }

    /// The first column of each row as text.
    pub(crate) async fn texts(&self, query: &'static str) -> Vec<String> {
        sqlx::any::install_default_drivers();
        let pool = AnyPoolOptions::new().max_connections(1).connect(&self.url).await.unwrap();
        let rows = sqlx::query(query).fetch_all(&pool).await.unwrap();
        let texts = rows.iter().map(|row| row.get::<String, _>(0)).collect();
        pool.close().await;
        texts
    }

    /// Every byte that the database keeps.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let Some(dir) = &self.dir else { return postgres::dump(&self.url) };
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        bytes
    }
}

fn new_key() -> String {
    MasterKey::generate().unwrap().to_base64().expose().clone()
}

pub(crate) fn root() -> Actor {
    Actor::cli("cli:root")
}

pub(crate) async fn begin(store: &Store) -> Change {
    store.change(&root()).await.unwrap()
}

pub(crate) async fn project(store: &Store, name: &str) -> Project {
    let mut change = begin(store).await;
    let project =
        change.projects().create(NewProject { name: name.into(), ..Default::default() }).await.unwrap();
    change.commit().await.unwrap();
    project
}

pub(crate) fn openai(name: &str, secret: &str) -> NewProviderKey {
    NewProviderKey::new(name, Provider::OpenAi, Some(secret.into()))
}

pub(crate) fn route(name: &str, models: &[&str]) -> RouteSpec {
    let targets =
        models.iter().map(|m| TargetSpec { model: (*m).into(), ..Default::default() }).collect::<Vec<_>>();
    serde_json::from_value(serde_json::json!({ "name": name, "targets": targets })).unwrap()
}
