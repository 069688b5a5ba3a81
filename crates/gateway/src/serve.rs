//! What runs: the database, the snapshot that follows it, the jobs, the listeners, and the way all of it ends.
//! SIGTERM or Ctrl-C: `/ready` answers 503 and running requests get the drain time; streams still open then end with
//! `shutting_down`; the log is written to its last row.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use arc_swap::ArcSwap;
use axum::Router;
use maig_core::catalog::Catalog;
use maig_sim::Sim;
use maig_store::seal::key_file;
use maig_store::{MasterKey, Store, StoreError};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::breakers::Breakers;
use crate::clock::Clock;
use crate::dashboard::Dashboard;
use crate::jobs::{self, KeyTrouble, RequestLog};
use crate::limits::Limits;
use crate::listen;
use crate::settings::Settings;
use crate::snapshot::{self, Snapshot};
use crate::state::{AppState, Shared};
use crate::streams::Streams;
use crate::workers::Workers;

/// The master key in the data folder, where none is configured.
pub(crate) const KEY_FILE: &str = "master.key";
/// How often the drain looks whether the last request has ended.
const DRAIN_LOOK: Duration = Duration::from_millis(25);
/// What streams that are told to end get to be told.
const GOODBYE: Duration = Duration::from_millis(500);
/// What the log's writer gets for its last rows.
const LAST_ROWS: Duration = Duration::from_secs(10);

/// A gateway that is ready to listen.
pub struct Gateway {
    pub state: AppState,
    /// Follows the database; it has no end of its own.
    watcher: JoinHandle<()>,
    /// End by themselves when the drain is over.
    jobs: Vec<JoinHandle<()>>,
    writer: JoinHandle<()>,
    /// Answers test keys; it lives as long as the gateway.
    _simulator: Sim,
}

/// Opens the database of these settings, making the data folder and the master key on the first start.
pub async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    std::fs::create_dir_all(&settings.data_dir)
        .with_context(|| format!("cannot make the data folder {}", settings.data_dir.display()))?;
    let url = settings.database_url.expose();
    if let Some(text) = &settings.master_key {
        return Ok(Store::open(url, MasterKey::from_base64(text.expose())?).await?);
    }
    let file = settings.data_dir.join(KEY_FILE);
    match Store::open(url, key_file::load_or_create(&file)?).await {
        Err(StoreError::WrongMasterKey) => finish_rotation(url, &file).await,
        opened => Ok(opened?),
    }
}

/// A rotation that was stopped between the database and the file left the right key beside the wrong one.
async fn finish_rotation(url: &str, file: &Path) -> anyhow::Result<Store> {
    let staged = key_file::staged(file)?.ok_or(StoreError::WrongMasterKey)?;
    let store = Store::open(url, staged).await?;
    key_file::promote(file)?;
    Ok(store)
}

/// The models and prices in force.
pub fn load_catalog(settings: &Settings) -> anyhow::Result<Arc<Catalog>> {
    match &settings.catalog {
        None => Ok(Arc::new(Catalog::built_in().clone())),
        Some(path) => {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let catalog = Catalog::with_overrides(&text).with_context(|| path.display().to_string())?;
            Ok(Arc::new(catalog))
        }
    }
}

impl Gateway {
    /// Starts everything but the listeners.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let store = open_store(&settings).await?;
        let catalog = load_catalog(&settings)?;
        let simulator = Sim::start_private().await.context("the simulator for test keys could not start")?;
        let (log, rows) = RequestLog::new();
        let writer = tokio::spawn(jobs::write_requests(store.clone(), log.state(), rows));
        let empty = Snapshot {
            version: -1,
            catalog: Arc::clone(&catalog),
            callers: HashMap::new(),
            projects: HashMap::new(),
            accounts: HashMap::new(),
            forced_until: None,
        };
        let used = jobs::load_month(&store).await?;
        let state = AppState::new(Shared {
            clock: Clock::start(),
            store,
            snapshot: ArcSwap::from_pointee(empty),
            catalog,
            breakers: Arc::new(Breakers::default()),
            limits: Limits::default(),
            log,
            streams: Streams::new(settings.stream_grace, settings.stream_memory),
            trouble: KeyTrouble::default(),
            simulator: simulator.openai_base(),
            over: CancellationToken::new(),
            draining: AtomicBool::new(false),
            running: AtomicUsize::new(0),
            settings,
        })?;
        let first = snapshot::build(&state, &used).await.context("the configuration could not be read")?;
        state.snapshot.store(Arc::new(first));
        let watcher = tokio::spawn(snapshot::watch(state.clone(), used.clone()));
        let jobs = vec![
            tokio::spawn(jobs::save_months(state.clone(), used)),
            tokio::spawn(jobs::retain(state.clone())),
            tokio::spawn(jobs::write_notes(state.clone())),
            tokio::spawn(jobs::end_forced(state.clone())),
        ];
        Ok(Self { state, watcher, jobs, writer, _simulator: simulator })
    }

    /// Listens until `stop`, then drains. `admin` is what people and their programs call.
    pub async fn run(self, admin: Router, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let Self { state, watcher, jobs, writer, _simulator } = self;
        let settings = &state.settings;
        let close = CancellationToken::new();
        let listener = listen::bind(settings.listen, "MAIG_LISTEN").await?;
        let mut listening = Vec::new();
        let dashboard = Arc::new(Dashboard::load(settings).context("the dashboard's files cannot be read")?);
        let people = match settings.admin_listen {
            None => Some((admin, dashboard)),
            Some(addr) => {
                let admin_listener = listen::bind(addr, "MAIG_ADMIN_LISTEN").await?;
                let people = Some((admin, dashboard));
                let workers =
                    Workers::start(1, &close, || Ok(App::data_plane(state.for_worker()?, people.clone())))?;
                listening.push(tokio::spawn(listen::serve(admin_listener, workers, close.clone())));
                None
            }
        };
        let workers = Workers::start(settings.workers, &close, || {
            Ok(App::data_plane(state.for_worker()?, people.clone()))
        })?;
        listening.push(tokio::spawn(listen::serve(listener, workers, close.clone())));
        if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
            tracing::warn!("OTEL_EXPORTER_OTLP_ENDPOINT is set, but this version sends no traces");
        }
        tracing::info!(listen = %settings.listen, "maig is ready");
        stop.await;
        drain(&state).await;
        close.cancel();
        for task in listening {
            let _ = task.await;
        }
        watcher.abort();
        for job in jobs {
            let _ = tokio::time::timeout(LAST_ROWS, job).await;
        }
        let store = state.store.clone();
        state.log.end();
        if tokio::time::timeout(LAST_ROWS, writer).await.is_err() {
            tracing::warn!("the last log rows could not be written in time");
        }
        store.close().await;
        Ok(())
    }
}

/// Waits for the running requests, no longer than the drain time; then tells the rest to end. The workers run on
/// meanwhile: what makes a stream that nobody reads has only them to say its last words.
async fn drain(state: &AppState) {
    state.draining.store(true, Ordering::Relaxed);
    let running = || state.running.load(Ordering::Relaxed);
    // A stream that was made, and whose end its reader has not been given, is waited for too.
    let owed = || running().max(state.streams.owed());
    tracing::info!(running = owed(), "draining; a second signal ends running requests now");
    let ended = async {
        while owed() > 0 {
            tokio::time::sleep(DRAIN_LOOK).await;
        }
    };
    if tokio::time::timeout(state.settings.drain, ended).await.is_err() {
        tracing::warn!(running = owed(), "the drain time is over; streams end now");
        state.over.cancel();
        let said = async {
            while running() > 0 {
                tokio::time::sleep(DRAIN_LOOK).await;
            }
        };
        let _ = tokio::time::timeout(GOODBYE, said).await;
    }
    state.over.cancel();
}

/// SIGTERM, or Ctrl-C.
pub async fn stop_signal() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            // Without a handler the signal ends the process by itself.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        result = tokio::signal::ctrl_c() => if result.is_err() { std::future::pending::<()>().await },
    }
}
