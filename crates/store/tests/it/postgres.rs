//! A Postgres of the suite's own: made in a throw-away directory, reached through a socket in it, stopped by its pid when
//! this process ends, however it ends, because it watches a pipe that only this process holds open.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// `initdb` refuses root, so root becomes `postgres` for it. Prints the directory when the server answers.
const SCRIPT: &str = r#"
set -e
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
cd /
dir=$(as mktemp -d /tmp/maig-store-XXXXXX)
end() { if [ -f "$dir/data/postmaster.pid" ]; then kill -INT "$(head -n 1 "$dir/data/postmaster.pid")"; wait || true; fi; rm -rf "$dir"; }
trap end EXIT
as "$BIN/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
as "$BIN/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c max_connections=300 >>"$dir/log" 2>&1 </dev/null &
for _ in $(seq 300); do
    if "$BIN/pg_isready" -q -h "$dir"; then echo "$dir"; read -r _ || true; exit 0; fi
    sleep 0.1
done
cat "$dir/log" >&2
exit 1
"#;

struct Server {
    /// Its stdin is the pipe.
    _watch: Child,
    dir: String,
}

/// A new empty database; gives its URL.
pub(crate) async fn new_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let dir = &tokio::task::spawn_blocking(server).await.unwrap().dir;
    let url = |name: &str| format!("postgres://postgres@localhost/{name}?host={dir}");
    sqlx::any::install_default_drivers();
    let pool = sqlx::any::AnyPoolOptions::new().max_connections(1).connect(&url("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"));
    sqlx::raw_sql(create).execute(&pool).await.unwrap();
    pool.close().await;
    url(&name)
}

/// The database in plain text, as a backup has it.
pub(crate) fn dump(url: &str) -> Vec<u8> {
    let done = Command::new(format!("{}/pg_dump", programs())).arg(url).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let mut watch = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("BIN", programs())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut dir = String::new();
        BufReader::new(watch.stdout.take().unwrap()).read_line(&mut dir).unwrap();
        assert!(!dir.is_empty(), "Postgres did not start; what it said is above");
        Server { _watch: watch, dir: dir.trim().to_owned() }
    })
}

/// The newest that Debian's packages put in place.
fn programs() -> String {
    let mut versions: Vec<u32> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable();
    let newest = versions.last().expect("no Postgres in /usr/lib/postgresql: apt-get install postgresql");
    format!("/usr/lib/postgresql/{newest}/bin")
}
