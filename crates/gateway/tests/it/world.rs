//! A gateway and its providers, made for one test: its own database, simulator, project and keys, on free ports.
//! Requests go over real sockets; nothing of the gateway is reached past its listener but the store, to look at rows.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use maig_core::id::ProjectId;
use maig_core::key::KeyKind;
use maig_core::provider::Provider;
use maig_core::route::RouteSpec;
use maig_core::secret::Secret;
use maig_gateway::serve::Gateway;
use maig_gateway::settings::{Settings, SettingsArgs};
use maig_gateway::state::AppState;
use maig_sim::Sim;
use maig_store::{
    Actor, Change, KeyLimits, KeyScopes, NewProject, NewProjectKey, NewProviderKey, RequestFilter, RequestId,
    RequestRow,
};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The route of most stories.
pub(crate) const ROUTE: &str = "production-chat";

pub(crate) struct World {
    pub(crate) base: String,
    /// A `maig_live_` key without limits.
    pub(crate) key: String,
    pub(crate) test_key: String,
    pub(crate) project: ProjectId,
    pub(crate) state: AppState,
    pub(crate) sim: Sim,
    pub(crate) data_dir: PathBuf,
    http: Client<HttpConnector, Full<Bytes>>,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<anyhow::Result<()>>>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl World {
    /// A gateway with accounts for every wire and the route `production-chat`: gpt-4o, then claude-3-5-sonnet.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// As `start`, with settings changed.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let data_dir = scratch_dir();
        let mut settings = Settings::load(SettingsArgs::default()).unwrap();
        settings.data_dir.clone_from(&data_dir);
        settings.database_url = Secret::new(format!("sqlite://{}", data_dir.join("maig.db").display()));
        settings.listen = crate::port::free();
        change(&mut settings);
        let base = format!("http://{}", settings.listen);
        let sim = Sim::start().await.unwrap();
        let gateway = Gateway::start(settings).await.unwrap();
        let state = gateway.state.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(gateway.run(axum::Router::new(), async {
            // A world that is dropped stops its gateway too.
            let _ = stopped.await;
        }));
        let http = Client::builder(TokioExecutor::new()).build_http();
        let mut world = Self {
            base,
            key: String::new(),
            test_key: String::new(),
            project: ProjectId::default(),
            state,
            sim,
            data_dir,
            http,
            stop: Some(stop),
            running: Some(running),
        };
        world.furnish().await;
        world
    }

    async fn furnish(&mut self) {
        let mut change = self.state.store.change(&Actor::cli("test")).await.unwrap();
        let project = change
            .projects()
            .create(NewProject { name: "shop".into(), limits: Default::default(), retention_days: None })
            .await
            .unwrap();
        self.project = project.id;
        for (name, provider, base) in [
            ("openai-main", Provider::OpenAi, self.sim.openai_base()),
            ("anthropic-main", Provider::Anthropic, self.sim.base()),
            ("gemini-main", Provider::Gemini, self.sim.base()),
            ("mistral-main", Provider::Mistral, self.sim.vendor_base("mistral")),
            ("deepseek-main", Provider::DeepSeek, self.sim.vendor_base("deepseek")),
        ] {
            let mut key = NewProviderKey::new(name, provider, Some(Secret::new(format!("secret-of-{name}"))));
            key.base_url = Some(base);
            change.provider_keys().create(&self.project, key).await.unwrap();
        }
        change.commit().await.unwrap();
        self.route(json!({"name": ROUTE, "targets": [{"model": "gpt-4o"}, {"model": "claude-3-5-sonnet"}]}))
            .await;
        self.key = self.mint("ios-app", KeyKind::Live, KeyScopes::default(), KeyLimits::default()).await;
        self.test_key =
            self.mint("ios-test", KeyKind::Test, KeyScopes::default(), KeyLimits::default()).await;
    }

    /// Saves a route and waits until it is in force.
    pub(crate) async fn route(&self, spec: Value) {
        let spec: RouteSpec = serde_json::from_value(spec).unwrap();
        let mut change = self.state.store.change(&Actor::cli("test")).await.unwrap();
        change.routes().save(&self.project, &spec, None).await.unwrap();
        let version = change.commit().await.unwrap();
        self.in_force(version).await;
    }

    /// Adds an account at an address of its own (a raw socket, a dead port) and waits until it is in force.
    pub(crate) async fn account(&self, name: &str, provider: Provider, base: &str) {
        let mut key = NewProviderKey::new(name, provider, Some(Secret::new(format!("secret-of-{name}"))));
        key.base_url = Some(base.to_owned());
        let mut change = self.state.store.change(&Actor::cli("test")).await.unwrap();
        change.provider_keys().create(&self.project, key).await.unwrap();
        let version = change.commit().await.unwrap();
        self.in_force(version).await;
    }

    /// Changes the database as `maig` commands do, and waits until the change is in force.
    pub(crate) async fn change<F>(&self, edit: impl FnOnce(Change, ProjectId) -> F)
    where
        F: Future<Output = Change>,
    {
        let change = self.state.store.change(&Actor::cli("test")).await.unwrap();
        let version = edit(change, self.project.clone()).await.commit().await.unwrap();
        self.in_force(version).await;
    }

    /// How many requests for this model, words and all, reached a provider.
    pub(crate) fn asked(&self, model: &str) -> usize {
        self.sim.requests_for(model).len()
    }

    /// Makes a project key and waits until it is in force.
    pub(crate) async fn mint(
        &self,
        name: &str,
        kind: KeyKind,
        scopes: KeyScopes,
        limits: KeyLimits,
    ) -> String {
        let minted = maig_gateway::mint::mint(kind).unwrap();
        let kind = match kind {
            KeyKind::Test => maig_store::KeyKind::Test,
            _ => maig_store::KeyKind::Live,
        };
        let new = NewProjectKey {
            name: name.into(),
            kind,
            digest: minted.new_digest(),
            scopes,
            limits,
            expires_at: None,
        };
        let mut change = self.state.store.change(&Actor::cli("test")).await.unwrap();
        change.project_keys().create(&self.project, new).await.unwrap();
        let version = change.commit().await.unwrap();
        self.in_force(version).await;
        minted.secret.expose().clone()
    }

    /// Waits until the gateway serves the database's `version`; a second is what is promised.
    pub(crate) async fn in_force(&self, version: i64) {
        let waited = tokio::time::timeout(Duration::from_secs(5), async {
            while self.state.snapshot.load().version < version {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        waited.await.expect("the change came into force");
    }

    /// `POST /v1/chat/completions`, its body read to the end.
    pub(crate) async fn chat(&self, body: Value) -> Reply {
        self.send(&self.key, &[], body).await
    }

    /// A question to the route of most stories.
    pub(crate) async fn ask(&self, stream: bool) -> Reply {
        self.chat(question(ROUTE, stream)).await
    }

    pub(crate) async fn send(&self, key: &str, headers: &[(&str, &str)], body: Value) -> Reply {
        read(self.open(key, headers, Bytes::from(body.to_string())).await).await
    }

    /// Sends a body of any bytes, and gives the response with its body still to come.
    pub(crate) async fn open(
        &self,
        key: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> http::Response<Incoming> {
        let mut request = Request::post(format!("{}/v1/chat/completions", self.base))
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.request(request.body(Full::new(body)).unwrap()).await.unwrap()
    }

    /// `chat`, on a task of its own.
    pub(crate) fn detached(&self, body: Value) -> JoinHandle<Reply> {
        let request = Request::post(format!("{}/v1/chat/completions", self.base))
            .header("authorization", format!("Bearer {}", self.key))
            .body(Full::new(Bytes::from(body.to_string())))
            .unwrap();
        let asked = self.http.request(request);
        tokio::spawn(async move { read(asked.await.unwrap()).await })
    }

    /// `GET`, with the response's body still to come.
    pub(crate) async fn get_open(
        &self,
        key: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> http::Response<Incoming> {
        let mut request =
            Request::get(format!("{}{path}", self.base)).header("authorization", format!("Bearer {key}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.request(request.body(Full::default()).unwrap()).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.get_with(&self.key, path).await
    }

    pub(crate) async fn get_with(&self, key: &str, path: &str) -> Reply {
        let request = Request::get(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {key}"))
            .body(Full::default())
            .unwrap();
        self.exchange(request).await
    }

    /// Any request, its answer read to the end.
    pub(crate) async fn exchange(&self, request: Request<Full<Bytes>>) -> Reply {
        read(self.http.request(request).await.unwrap()).await
    }

    /// The log's rows, newest first, once there are `count` of them.
    pub(crate) async fn rows(&self, count: usize) -> Vec<RequestRow> {
        let waited = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                let page = self
                    .state
                    .store
                    .requests()
                    .list(&self.project, &RequestFilter::default(), None, 200)
                    .await
                    .unwrap();
                if page.rows.len() >= count {
                    return page.rows;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.expect("the rows were written")
    }

    /// Every row of the project, once there are `count`; thousands of them, page by page.
    pub(crate) async fn all_rows(&self, count: usize) -> Vec<RequestRow> {
        let waited = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                let (mut rows, mut cursor) = (Vec::new(), None);
                loop {
                    let requests = self.state.store.requests();
                    let filter = RequestFilter::default();
                    let page = requests.list(&self.project, &filter, cursor.as_ref(), 200).await.unwrap();
                    rows.extend(page.rows);
                    cursor = page.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                if rows.len() >= count {
                    return rows;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        waited.await.expect("the rows were written")
    }

    /// The row of one answer, once it is there.
    pub(crate) async fn row_of(&self, reply: &Reply) -> RequestRow {
        let id = RequestId::parse(reply.header("x-maig-request-id")).expect("an answer names its request");
        let waited = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                if let Some(row) = self.state.store.requests().get(&self.project, id).await.unwrap() {
                    return row;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.expect("the row was written")
    }

    /// The newest row, once there are `count`.
    pub(crate) async fn row(&self, count: usize) -> RequestRow {
        self.rows(count).await.remove(0)
    }

    /// Tells the gateway to stop, as SIGTERM does, and gives the task that ends when it has.
    pub(crate) fn stop(&mut self) -> JoinHandle<anyhow::Result<()>> {
        self.stop.take().expect("stopped once").send(()).unwrap();
        self.running.take().expect("stopped once")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.data_dir);
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e} in {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The `data:` of a stream's frames, `[DONE]` among them.
    pub(crate) fn frames(&self) -> Vec<&str> {
        self.text.split("\n\n").filter_map(|frame| frame.strip_prefix("data: ")).collect()
    }

    /// The text of an answer, streamed or not.
    pub(crate) fn content(&self) -> String {
        if !self.header("content-type").starts_with("text/event-stream") {
            return self.json()["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned();
        }
        let chunks = self.frames().into_iter().filter(|frame| *frame != "[DONE]");
        chunks
            .map(|frame| serde_json::from_str::<Value>(frame).unwrap())
            .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
            .collect()
    }

    pub(crate) fn error_code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// A stream that ended as streams that end well do.
    pub(crate) fn is_done(&self) -> bool {
        self.frames().last() == Some(&"[DONE]")
    }

    /// `error.attempts`: model, kind and status of each.
    pub(crate) fn attempts(&self) -> Vec<(String, String, Option<u64>)> {
        let error = match self.header("content-type").starts_with("text/event-stream") {
            true => serde_json::from_str(self.frames().last().unwrap()).unwrap(),
            false => self.json(),
        };
        let attempts = error["error"]["attempts"].as_array().cloned().unwrap_or_default();
        let one = |tried: Value| {
            assert!(tried["ms"].is_u64() && tried.as_object().unwrap().contains_key("status"), "{tried}");
            let text = |field: &str| tried[field].as_str().unwrap().to_owned();
            (text("model"), text("kind"), tried["status"].as_u64())
        };
        attempts.into_iter().map(one).collect()
    }

    /// The code of the error event that ended a stream.
    pub(crate) fn stream_error(&self) -> Option<String> {
        let last: Value = serde_json::from_str(self.frames().last()?).ok()?;
        Some(last["error"]["code"].as_str()?.to_owned())
    }
}

pub(crate) fn question(model: &str, stream: bool) -> Value {
    json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": "What is the tallest hill?"}]})
}

/// The same question with more fields.
pub(crate) fn question_with(model: &str, stream: bool, more: Value) -> Value {
    let mut body = question(model, stream);
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

pub(crate) async fn read(response: http::Response<Incoming>) -> Reply {
    let (head, body) = response.into_parts();
    let bytes = tokio::time::timeout(Duration::from_secs(60), body.collect())
        .await
        .expect("ends")
        .unwrap()
        .to_bytes();
    Reply { status: head.status, headers: head.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

fn scratch_dir() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("maig-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let dir = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}
