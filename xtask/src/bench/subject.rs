//! What is measured: the upstream itself, nginx in front of it, MAIG in front of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::bench::load::Target;
use crate::bench::process::{Child, TempDir, free_port};
use crate::bench::upstream::Upstream;
use crate::command;

pub(crate) const DIRECT: &str = "direct";
pub(crate) const NGINX: &str = "nginx";
pub(crate) const MAIG: &str = "MAIG";
pub(crate) const MAIG_TRANSLATING: &str = "MAIG to Anthropic";

pub(crate) struct Subject {
    pub name: &'static str,
    pub target: Target,
    /// Whose CPU time is counted.
    pub pid: Option<u32>,
    /// The last subject of a process keeps it running.
    _running: Option<Running>,
}

struct Running(
    #[expect(dead_code, reason = "held until the run ends")] Child,
    #[expect(dead_code, reason = "as above")] TempDir,
);

impl Subject {
    pub(crate) fn direct(upstream: &Upstream) -> Self {
        let path = "/v1/chat/completions".to_owned();
        let target = Target { address: upstream.address, path, model: "gpt-4o".to_owned(), bearer: None };
        Self { name: DIRECT, target, pid: None, _running: None }
    }

    /// Debian's nginx with one worker and nothing but `proxy_pass`, its files in a folder that goes away.
    pub(crate) fn nginx(upstream: &Upstream) -> Result<Self> {
        let folder = TempDir::new("nginx")?;
        let port = free_port()?;
        let text = format!(
            "daemon off; worker_processes 1; pid nginx.pid; error_log stderr error; user root;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\n\
               access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n\
               client_max_body_size 32m; client_body_buffer_size 256k; keepalive_requests 1000000000; tcp_nodelay on;\n\
               upstream up {{ server {address}; keepalive 64; keepalive_requests 1000000000; }}\n\
               server {{ listen 127.0.0.1:{port}; location / {{\n\
                 proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_buffering off;\n\
               }} }}\n\
             }}\n",
            address = upstream.address,
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, text)?;
        let nginx = program("nginx", &["/usr/sbin/nginx"])?;
        let child = Child::pinned(&nginx, |command| {
            command.args(["-e", "stderr", "-p"]).arg(folder.path()).arg("-c").arg(&file);
        })?;
        let address = ([127, 0, 0, 1], port).into();
        await_port(address)?;
        let target = Target { address, ..Self::direct(upstream).target };
        Ok(Self { name: NGINX, target, pid: Some(child.pid()), _running: Some(Running(child, folder)) })
    }

    /// `maig serve` with everything on (keys, limits, log), asked for a route of OpenAI's wire and one of Anthropic's.
    pub(crate) fn maig(upstream: &Upstream, binary: &Path) -> Result<[Self; 2]> {
        let gateway = Gateway::set_up(upstream, binary)?;
        let child = Child::pinned(&gateway.binary, |command| gateway.arrange(command))?;
        await_port(gateway.address())?;
        let subject = |name, model: &str| Self {
            name,
            target: gateway.target(model),
            pid: Some(child.pid()),
            _running: None,
        };
        let (same, mut translating) = (subject(MAIG, "same-wire"), subject(MAIG_TRANSLATING, "to-anthropic"));
        translating._running = Some(Running(child, gateway.folder));
        Ok([same, translating])
    }
}

/// A data folder with a project, two routes and a key, before it is served.
pub(crate) struct Gateway {
    pub binary: PathBuf,
    pub folder: TempDir,
    port: u16,
    key: String,
}

impl Gateway {
    pub(crate) fn set_up(upstream: &Upstream, binary: &Path) -> Result<Self> {
        let folder = TempDir::new("maig")?;
        let file = folder.path().join("bench.yaml");
        let text = format!(
            "project: bench\n\
             provider_keys:\n\
             \x20 - {{ name: openai, provider: openai, api_key: \"${{BENCH_KEY}}\", base_url: \"http://{address}/v1\" }}\n\
             \x20 - {{ name: anthropic, provider: anthropic, api_key: \"${{BENCH_KEY}}\", base_url: \"http://{address}\" }}\n\
             routes:\n\
             \x20 - {{ name: same-wire, targets: [{{ model: gpt-4o }}, {{ model: claude-haiku-4-5 }}] }}\n\
             \x20 - {{ name: to-anthropic, targets: [{{ model: claude-haiku-4-5 }}, {{ model: gpt-4o }}] }}\n",
            address = upstream.address,
        );
        std::fs::write(&file, text)?;
        let mut gateway = Self { binary: binary.to_owned(), folder, port: free_port()?, key: String::new() };
        let mut apply = gateway.maig();
        apply.args(["apply", "-f"]).arg(&file).stdout(Stdio::null());
        command::run(apply)?;
        let mut create = gateway.maig();
        // A limit is on, as it would be, and far away.
        create.args([
            "key",
            "create",
            "--project",
            "bench",
            "--name",
            "load",
            "--rate",
            "100000000/min",
            "--json",
        ]);
        let made: serde_json::Value = serde_json::from_str(&command::output(create)?)?;
        gateway.key = made
            .get("key")
            .and_then(|key| key.as_str())
            .context("`maig key create --json` gave no key")?
            .to_owned();
        Ok(gateway)
    }

    pub(crate) fn arrange(&self, command: &mut Command) {
        command
            .arg("serve")
            .env("MAIG_DATA_DIR", self.folder.path())
            .env("MAIG_LISTEN", self.address().to_string())
            .env("MAIG_LOG", "warn")
            .stdout(Stdio::null());
    }

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    pub(crate) fn target(&self, model: &str) -> Target {
        Target {
            address: self.address(),
            path: "/v1/chat/completions".to_owned(),
            model: model.to_owned(),
            bearer: Some(self.key.clone()),
        }
    }

    fn maig(&self) -> Command {
        let mut maig = Command::new(&self.binary);
        maig.env("MAIG_DATA_DIR", self.folder.path())
            .env("BENCH_KEY", "not-a-secret")
            .env("MAIG_LOG", "warn");
        maig
    }
}

/// The first of a program's usual places, else its bare name.
fn program(name: &str, places: &[&str]) -> Result<PathBuf> {
    let place = places.iter().map(Path::new).find(|place| place.is_file());
    match place {
        Some(place) => Ok(place.to_owned()),
        None => {
            let mut version = Command::new(name);
            version.arg("-v").stderr(Stdio::null()).stdout(Stdio::null());
            command::run(version)?;
            Ok(name.into())
        }
    }
}

pub(crate) fn await_port(address: std::net::SocketAddr) -> Result<()> {
    let start = Instant::now();
    while std::net::TcpStream::connect(address).is_err() {
        if start.elapsed() > Duration::from_secs(60) {
            bail!("nothing listens on {address} after a minute");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
