//! All parts of a world, started in order, and the line that says where they are. The same line serves every language,
//! so a name in it is never changed for one of them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use maig_core::key::{self, KeyKind};
use maig_sim::Sim;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::gateway::Gateway;
use crate::network::Network;
use crate::secure::{Authority, Validity};
use crate::{control, impostor};

pub(crate) struct World {
    gateway: Arc<Gateway>,
    line: Value,
    _sim: Sim,
    _place: TempDir,
}

impl World {
    pub(crate) async fn start(maig: Option<PathBuf>) -> Result<Self> {
        let sim = Sim::start().await.context("the simulator")?;
        let place = tempfile::tempdir()?;
        let gateway = Arc::new(Gateway::new(maig, place.path(), free_port()?)?);
        gateway.declare(&declared(&sim.base())).await?;
        let keys = keys(&gateway).await?;
        gateway.start(None).await?;

        let network = Network::start(free_port()?, gateway.address()).await?;
        let authority = Authority::new()?;
        let (valid, expired, future) = (
            authority.front(Validity::Now, gateway.address()).await?,
            authority.front(Validity::Past, gateway.address()).await?,
            authority.front(Validity::Future, gateway.address()).await?,
        );
        let control = control::listen(Arc::clone(&network), Arc::clone(&gateway)).await?;
        let line = json!({
            "base_url": http(network.address()),
            "gateway_url": http(gateway.address()),
            "control_url": http(control),
            "provider_url": sim.base(),
            "impostor_url": http(impostor::listen().await?),
            "tls": {
                "root_pem": authority.root_pem(),
                "valid_url": https(valid),
                "expired_url": https(expired),
                "future_url": https(future),
            },
            "keys": keys,
        });
        Ok(Self { gateway, line, _sim: sim, _place: place })
    }

    pub(crate) fn line(&self) -> &Value {
        &self.line
    }

    pub(crate) async fn stop(self) {
        self.gateway.stop().await;
    }
}

fn http(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// By name, since that is what the certificates are for.
fn https(address: SocketAddr) -> String {
    format!("https://localhost:{}", address.port())
}

/// A port that nobody is given for an outgoing connection, so that the gateway can come back to it.
fn free_port() -> Result<SocketAddr> {
    for _ in 0..200 {
        let lot = u16::try_from(getrandom::u32().unwrap_or_default() % 10_000)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 10_000 + lot));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    anyhow::bail!("no port between 10000 and 20000 is free")
}

/// The routes that the stories ask. `words` and `tps` are the simulator's: how much it says, and how fast.
fn declared(provider: &str) -> String {
    let keys = format!(
        "\
provider_keys:
  - {{ name: openai, provider: openai, api_key: \"${{STORIES_PROVIDER_KEY}}\", base_url: {provider}/v1 }}
  - {{ name: anthropic, provider: anthropic, api_key: \"${{STORIES_PROVIDER_KEY}}\", base_url: {provider} }}
"
    );
    format!(
        "\
project: stories
{keys}routes:
  - {{ name: production-chat, targets: [{{ model: gpt-4o }}, {{ model: claude-3-5-sonnet }}] }}
  - {{ name: rescued, targets: [{{ model: openai/gpt-4o+503 }}, {{ model: anthropic/claude-sonnet-4-5 }}] }}
  - {{ name: hundred-words, targets: [{{ model: openai/gpt-4o+words=100+tps=200 }}] }}
  - {{ name: many-words, targets: [{{ model: openai/gpt-4o+words=600+tps=300 }}] }}
  - {{ name: slow-words, targets: [{{ model: openai/gpt-4o+words=400+tps=20 }}] }}
  - {{ name: silent, targets: [{{ model: openai/gpt-4o+hang }}] }}
  - {{ name: cut, targets: [{{ model: openai/gpt-4o+words=20+cut-after=3 }}] }}
  - {{ name: down, targets: [{{ model: openai/gpt-4o-mini+500 }}, {{ model: anthropic/claude-haiku-4-5+529 }}] }}
  - {{ name: busy, targets: [{{ model: openai/gpt-4o-mini+429+retry-after=60 }}] }}
  - {{ name: too-slow, targets: [{{ model: openai/gpt-4o-mini+hang }}], timeouts: {{ first_token_ms: 200, answer_ms: 200, total_ms: 400 }} }}
  - {{ name: bad-provider-key, targets: [{{ model: openai/gpt-4o+auth }}] }}
  - {{ name: too-long, targets: [{{ model: openai/gpt-4o+context }}] }}
---
project: suspended
{keys}routes:
  - {{ name: production-chat, targets: [{{ model: gpt-4o }}] }}
"
    )
}

/// The keys of the line, by what they are for.
async fn keys(gateway: &Gateway) -> Result<Value> {
    let key = async |project: &str, name: &str, more: &[&str]| gateway.key(project, name, more).await;
    let keys = json!({
        "live": key("stories", "live", &[]).await?,
        "test": key("stories", "test", &["--test"]).await?,
        "limited": key("stories", "limited", &["--rate", "1/min"]).await?,
        "scoped": key("stories", "scoped", &["--routes", "production-chat", "--routes-only"]).await?,
        "per_user": key("stories", "per-user", &["--per-user", "60/hour"]).await?,
        "suspended": key("suspended", "suspended", &[]).await?,
        // Whole and free of typos, and known to nobody.
        "unknown": random_key(KeyKind::Live)?,
        "admin": random_key(KeyKind::Admin)?,
    });
    gateway.run(&["project", "suspend", "suspended"]).await?;
    Ok(keys)
}

fn random_key(kind: KeyKind) -> Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(key::generate(kind, random).expose().clone())
}
