//! The handle on a running simulator. Dropping it ends the simulator and every connection to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use crate::behaviour::{Behaviour, UnknownWord};
use crate::control;
use crate::http::connection;
use crate::state::{Departure, Recorded, Shared};

/// A simulated provider that listens.
pub struct Sim {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

impl Sim {
    /// Listens on a free port of the loopback interface.
    pub async fn start() -> std::io::Result<Self> {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub async fn start_on(address: SocketAddr) -> std::io::Result<Self> {
        Self::with(address, Shared::default()).await
    }

    /// A simulator for this process alone: its base URL holds a secret, it takes any key, and it keeps no prompt.
    /// It serves a gateway's `maig_test_` keys; its `openai_base` is the base URL of provider `simulator`.
    pub async fn start_private() -> std::io::Result<Self> {
        Self::with(SocketAddr::from(([127, 0, 0, 1], 0)), Shared::private(secret()?)).await
    }

    async fn with(address: SocketAddr, shared: Shared) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(shared);
        let accepting = tokio::spawn(accept(listener, shared.clone())).abort_handle();
        Ok(Self { address, shared, accepting })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`: the base URL of Anthropic, Gemini, Azure and Vertex keys.
    pub fn base(&self) -> String {
        match &self.shared.token {
            Some(token) => format!("http://{}/{token}", self.address),
            None => format!("http://{}", self.address),
        }
    }

    /// `http://127.0.0.1:PORT/v1`, strict as OpenAI is about unknown fields; a private simulator's is lenient.
    pub fn openai_base(&self) -> String {
        match self.shared.token {
            Some(_) => self.vendor_base("simulator"),
            None => format!("{}/v1", self.base()),
        }
    }

    /// The base URL of another vendor of OpenAI's wire by its slug (`mistral`, `vllm`, …), as strict as that vendor.
    pub fn vendor_base(&self, slug: &str) -> String {
        format!("{}/{slug}/v1", self.base())
    }

    /// Answers the next requests for `model` in turn, each as its words say (`"503"`, `"429+retry-after=2"`, `"ok"`);
    /// after the last, as `always` says, else as the model's own name does. Replaces what was left of an earlier script.
    /// `"*"` is every model.
    pub fn script<W: AsRef<str>>(
        &self,
        model: &str,
        next: impl IntoIterator<Item = W>,
    ) -> Result<(), UnknownWord> {
        let next =
            next.into_iter().map(|words| Behaviour::parse(words.as_ref())).collect::<Result<_, _>>()?;
        self.shared.script(model, next);
        Ok(())
    }

    /// Answers every request for `model` as the words say.
    pub fn always(&self, model: &str, words: &str) -> Result<(), UnknownWord> {
        self.shared.always(model, Behaviour::parse(words)?);
        Ok(())
    }

    /// Takes a script as JSON: `{"gpt-4o": {"next": ["503", "ok"], "always": "429"}}`. Models that it does not name
    /// keep theirs.
    pub fn load_script(&self, json: &str) -> Result<(), UnknownWord> {
        let script = serde_json::from_str(json).map_err(|error| UnknownWord(error.to_string()))?;
        control::install(&self.shared, control::read_script(&script)?);
        Ok(())
    }

    /// Forgets every script.
    pub fn clear(&self) {
        self.shared.clear_scripts();
    }

    /// Takes no provider key but this one.
    pub fn require_key(&self, key: &str) {
        self.shared.require_key(Some(key.to_owned()));
    }

    /// The requests so far, the oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.requests()
    }

    /// The requests for one model, words and all.
    pub fn requests_for(&self, model: &str) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(|request| request.model.as_deref() == Some(model));
        requests
    }

    pub fn forget_requests(&self) {
        self.shared.forget_requests();
    }

    /// Answers in progress.
    pub fn open_streams(&self) -> usize {
        self.shared.open()
    }

    /// Clients that left before their answer was complete.
    pub fn departures(&self) -> Vec<Departure> {
        self.shared.departures()
    }

    /// Waits until `done` holds of this simulator; `false` if it does not within the time.
    pub async fn wait_until(&self, within: Duration, mut done: impl FnMut(&Self) -> bool) -> bool {
        let waiting = async {
            loop {
                let changed = self.shared.changed().notified();
                tokio::pin!(changed);
                // Registered before the look, so that no change falls between the look and the wait.
                changed.as_mut().enable();
                if done(self) {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(within, waiting).await.is_ok()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, which ends the connections too.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                connections.spawn(connection::serve(socket, shared.clone()));
            }
            // Out of file descriptors, or a client that left already: neither is a reason to stop.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// 128 bits that nobody can guess.
fn secret() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
