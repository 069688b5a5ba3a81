//! How this process is run: flag, then environment, then `maig.toml`, then the default (CONTRACT §2).
//! A setting that this version cannot honour is refused at the start, never taken and ignored.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use maig_core::secret::Secret;
use serde::Deserialize;

/// More threads than this are a slip of the finger.
const MOST_WORKERS: usize = 1024;

/// Flags and environment, as every command takes them.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct SettingsArgs {
    /// Settings file in TOML, with the names below in lower case and without `MAIG_`.
    #[arg(long, env = "MAIG_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Where apps connect [default: 127.0.0.1:8080].
    #[arg(long, env = "MAIG_LISTEN", value_name = "ADDR", global = true)]
    listen: Option<SocketAddr>,
    /// A separate address for the admin API and the dashboard [default: the same as --listen].
    #[arg(long, env = "MAIG_ADMIN_LISTEN", value_name = "ADDR", global = true)]
    admin_listen: Option<SocketAddr>,
    /// The folder of the database and the master key [default: ./maig-data].
    #[arg(long, env = "MAIG_DATA_DIR", value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// `sqlite://FILE` or `postgres://…` [default: sqlite in the data folder].
    #[arg(long, env = "MAIG_DATABASE_URL", value_name = "URL", global = true, hide_env_values = true)]
    database_url: Option<String>,
    /// 32 bytes in base64 that seal provider secrets [default: a key file in the data folder].
    #[arg(long, env = "MAIG_MASTER_KEY", value_name = "BASE64", global = true, hide_env_values = true)]
    master_key: Option<String>,
    /// Largest request body in bytes [default: 33554432].
    #[arg(long, env = "MAIG_MAX_BODY", value_name = "BYTES", global = true)]
    max_body: Option<usize>,
    /// Seconds that running requests get after SIGTERM [default: 30].
    #[arg(long, env = "MAIG_DRAIN_S", value_name = "SECONDS", global = true)]
    drain_s: Option<u64>,
    /// Seconds that a resumable stream waits for its app to come back; 0 for none [default: 30].
    #[arg(long, env = "MAIG_STREAM_GRACE_S", value_name = "SECONDS", global = true)]
    stream_grace_s: Option<u64>,
    /// Bytes that all resumable streams may hold for their apps; half of it for each key [default: 268435456].
    #[arg(long, env = "MAIG_STREAM_MEMORY", value_name = "BYTES", global = true)]
    stream_memory: Option<usize>,
    /// Threads that serve requests [default: one a core].
    #[arg(long, env = "MAIG_WORKERS", value_name = "N", global = true)]
    workers: Option<usize>,
    /// Origins that may call /v1 from a browser, comma-separated, or `*` [default: none].
    #[arg(long, env = "MAIG_CORS_ORIGINS", value_name = "ORIGINS", value_delimiter = ',', global = true)]
    cors_origins: Option<Vec<String>>,
    /// Addresses of proxies whose X-Forwarded-For is believed, comma-separated [default: none].
    #[arg(long, env = "MAIG_TRUSTED_PROXIES", value_name = "IPS", value_delimiter = ',', global = true)]
    trusted_proxies: Option<Vec<IpAddr>>,
    /// The address that people and apps use, if a proxy stands in front.
    #[arg(long, env = "MAIG_PUBLIC_URL", value_name = "URL", global = true)]
    public_url: Option<String>,
    /// A file of models and prices that add to or replace the built-in ones.
    #[arg(long, env = "MAIG_CATALOG", value_name = "FILE", global = true)]
    catalog: Option<PathBuf>,
    /// What is logged, as `info`, `maig_gateway=debug`, … [default: info].
    #[arg(long, env = "MAIG_LOG", value_name = "FILTER", global = true)]
    log: Option<String>,
    /// `pretty` or `json` [default: pretty on a terminal, else json].
    #[arg(long, env = "MAIG_LOG_FORMAT", value_name = "FORMAT", global = true)]
    log_format: Option<LogFormat>,
    /// Not in this version: several instances need shared limits and breakers.
    #[arg(long, env = "MAIG_REDIS_URL", hide = true, hide_env_values = true, global = true)]
    redis_url: Option<String>,
}

/// `maig.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    listen: Option<SocketAddr>,
    admin_listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    database_url: Option<String>,
    master_key: Option<String>,
    max_body: Option<usize>,
    drain_s: Option<u64>,
    stream_grace_s: Option<u64>,
    stream_memory: Option<usize>,
    workers: Option<usize>,
    cors_origins: Option<Vec<String>>,
    trusted_proxies: Option<Vec<IpAddr>>,
    public_url: Option<String>,
    catalog: Option<PathBuf>,
    log: Option<String>,
    log_format: Option<LogFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

/// The settings in force.
#[derive(Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub admin_listen: Option<SocketAddr>,
    pub data_dir: PathBuf,
    /// As configured, or `sqlite://{data_dir}/maig.db`. It may hold a password, so it is never shown.
    pub database_url: Secret,
    /// Base64 text; `None`: the key file in the data folder.
    pub master_key: Option<Secret>,
    pub max_body: usize,
    pub drain: Duration,
    /// Zero: no stream is resumable.
    pub stream_grace: Duration,
    pub stream_memory: usize,
    pub workers: usize,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<IpAddr>,
    /// Without a slash at its end.
    pub public_url: Option<String>,
    pub catalog: Option<PathBuf>,
    pub log: String,
    pub log_format: Option<LogFormat>,
}

impl Settings {
    /// Lays flags and environment over the file, and defaults under both.
    pub fn load(args: SettingsArgs) -> anyhow::Result<Self> {
        if args.redis_url.is_some() {
            bail!(
                "MAIG_REDIS_URL is set, but this version keeps limits and breakers in each instance; unset it to run one instance"
            );
        }
        let file = match &args.config {
            Some(path) => SettingsFile::read(path)?,
            None => SettingsFile::default(),
        };
        let data_dir = args.data_dir.or(file.data_dir).unwrap_or_else(|| PathBuf::from("./maig-data"));
        let database_url = args
            .database_url
            .or(file.database_url)
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("maig.db").display()));
        let max_body = args.max_body.or(file.max_body).unwrap_or(32 * 1024 * 1024);
        if max_body < 1024 {
            bail!("MAIG_MAX_BODY is {max_body} bytes; no chat request fits into less than 1024");
        }
        let workers = args.workers.or(file.workers).unwrap_or_else(cores);
        if !(1..=MOST_WORKERS).contains(&workers) {
            bail!(
                "MAIG_WORKERS is {workers}; it must be from 1 to {MOST_WORKERS}, or left out for one a core"
            );
        }
        let cors_origins = args.cors_origins.or(file.cors_origins).unwrap_or_default();
        if let Some(wrong) = cors_origins.iter().find(|origin| !is_origin(origin)) {
            bail!(
                "MAIG_CORS_ORIGINS has {wrong:?}; write origins as browsers do, without a path: https://app.example.com, or *"
            );
        }
        let public_url = args.public_url.or(file.public_url).map(|url| url.trim_end_matches('/').to_owned());
        if let Some(wrong) = public_url.as_deref().filter(|url| !is_address(url)) {
            bail!("MAIG_PUBLIC_URL is {wrong:?}; write an address as https://maig.example.com");
        }
        Ok(Self {
            listen: args.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            admin_listen: args.admin_listen.or(file.admin_listen),
            data_dir,
            database_url: Secret::new(database_url),
            master_key: args.master_key.or(file.master_key).map(Secret::new),
            max_body,
            drain: Duration::from_secs(args.drain_s.or(file.drain_s).unwrap_or(30)),
            stream_grace: Duration::from_secs(args.stream_grace_s.or(file.stream_grace_s).unwrap_or(30)),
            stream_memory: args.stream_memory.or(file.stream_memory).unwrap_or(256 * 1024 * 1024),
            workers,
            cors_origins,
            trusted_proxies: args.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
            public_url,
            catalog: args.catalog.or(file.catalog),
            log: args.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            log_format: args.log_format.or(file.log_format),
        })
    }

    /// Where people find the dashboard; without a slash at its end.
    pub fn dashboard_url(&self) -> String {
        let local = || format!("http://{}", self.admin_listen.unwrap_or(self.listen));
        self.public_url.as_deref().map_or_else(local, |url| url.trim_end_matches('/').to_owned())
    }

    /// The path of the public URL, with a slash at both ends: `/maig/` of `https://host/maig`. It goes into HTML and
    /// into a header, so it ends where a character would mean something there.
    pub fn public_path(&self) -> String {
        let url = self.public_url.as_deref().unwrap_or_default();
        let path =
            url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%".contains(c);
        let path = path.split(|c| !plain(c)).next().unwrap_or_default().trim_matches('/');
        if path.is_empty() { "/".to_owned() } else { format!("/{path}/") }
    }

    /// Where apps reach this gateway.
    pub fn shown_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

impl SettingsFile {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not a settings file", path.display()))
    }
}

/// `*`, or `scheme://host:port` as a browser says it: with anything behind the host it would match no page. An app's
/// own scheme (`capacitor://localhost`) is one too.
fn is_origin(text: &str) -> bool {
    let parts = text.split_once("://");
    text == "*"
        || parts.is_some_and(|(scheme, host)| {
            let plain = |c: char| c.is_ascii_graphic() && !"/?#@,\"*".contains(c);
            !scheme.is_empty()
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
                && !host.is_empty()
                && host.chars().all(plain)
        })
}

fn is_address(url: &str) -> bool {
    let address = url.parse::<http::Uri>().ok();
    address.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
