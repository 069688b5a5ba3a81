//! The bad network between an app and its gateway: a proxy of bytes that drops, cuts, stalls, delays, or is not there at
//! all, as the control port says. It must never understand what it carries.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

/// What the network is like.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Conditions {
    pub weather: Weather,
    /// So many connections are dropped, each after a random number of bytes for the app.
    pub drops: u32,
    /// The least and the most bytes before a drop.
    pub after: (u32, u32),
    /// Of the randomness: the same seed drops at the same bytes.
    pub seed: u64,
    /// Before each piece for the app.
    pub delay_ms: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Weather {
    #[default]
    Fine,
    /// Connections are refused, and those that stood are gone: airplane mode, or a gateway that is not there.
    Gone,
    /// Connections stand, and nothing comes through.
    Stalled,
}

/// What has happened since the start.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Tally {
    pub accepted: u64,
    pub dropped: u32,
    pub open: usize,
}

pub(crate) struct Network {
    address: SocketAddr,
    gateway: SocketAddr,
    conditions: watch::Sender<Conditions>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    listening: Option<JoinHandle<()>>,
    connections: HashMap<u64, AbortHandle>,
    tally: Tally,
    drops_left: u32,
    random: u64,
}

impl Network {
    pub(crate) async fn start(address: SocketAddr, gateway: SocketAddr) -> Result<Arc<Self>> {
        let network = Arc::new(Self {
            address,
            gateway,
            conditions: watch::Sender::new(Conditions::default()),
            state: Mutex::default(),
        });
        network.set(Conditions::default()).await?;
        Ok(network)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the network, for connections that stand too.
    pub(crate) async fn set(self: &Arc<Self>, conditions: Conditions) -> Result<()> {
        let weather = conditions.weather;
        {
            let mut state = self.state();
            state.drops_left = conditions.drops;
            state.random = conditions.seed;
        }
        self.conditions.send_replace(conditions);
        if weather == Weather::Gone {
            // Only a port without a listener refuses.
            let listening = self.state().listening.take();
            if let Some(listening) = listening {
                listening.abort();
                let _ = listening.await;
            }
            self.cut();
        } else if self.state().listening.is_none() {
            let listener = TcpListener::bind(self.address).await.context("the network's port")?;
            let accepting = tokio::spawn(accept(Arc::clone(self), listener));
            self.state().listening = Some(accepting);
        }
        Ok(())
    }

    /// Ends all connections that stand.
    pub(crate) fn cut(&self) {
        for (_, connection) in self.state().connections.drain() {
            connection.abort();
        }
    }

    pub(crate) fn tally(&self) -> Tally {
        let state = self.state();
        Tally { open: state.connections.len(), ..state.tally }
    }

    /// After how many bytes for the app this connection is to be dropped, if it is.
    fn next_drop(&self) -> Option<usize> {
        let (least, most) = self.conditions.borrow().after;
        let mut state = self.state();
        if state.drops_left == 0 {
            return None;
        }
        state.drops_left -= 1;
        // SplitMix64: a seed is all that it needs.
        state.random = state.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut lot = state.random;
        lot = (lot ^ (lot >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        lot = (lot ^ (lot >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let width = u64::from(most.saturating_sub(least)) + 1;
        usize::try_from(u64::from(least) + (lot ^ (lot >> 31)) % width).ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(network: Arc<Network>, listener: TcpListener) {
    while let Ok((app, _)) = listener.accept().await {
        let number = {
            let mut state = network.state();
            state.tally.accepted += 1;
            state.tally.accepted
        };
        let network_of_it = Arc::clone(&network);
        let carrying = tokio::spawn(async move {
            // However it ends, the app sees the end of its connection.
            let _ = carry(&network_of_it, app).await;
            network_of_it.state().connections.remove(&number);
        });
        network.state().connections.insert(number, carrying.abort_handle());
        if carrying.is_finished() {
            network.state().connections.remove(&number);
        }
    }
}

async fn carry(network: &Network, app: TcpStream) -> Result<()> {
    app.set_nodelay(true)?;
    let gateway = TcpStream::connect(network.gateway).await?;
    gateway.set_nodelay(true)?;
    let (from_app, to_app) = app.into_split();
    let (from_gateway, to_gateway) = gateway.into_split();
    tokio::select! {
        done = up(network, from_app, to_gateway) => done,
        done = down(network, from_gateway, to_app) => done,
    }
}

async fn up(network: &Network, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> Result<()> {
    let mut piece = vec![0; 16 * 1024];
    let mut conditions = network.conditions.subscribe();
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return Ok(());
        }
        conditions.wait_for(|now| now.weather != Weather::Stalled).await?;
        to.write_all(&piece[..count]).await?;
    }
}

async fn down(network: &Network, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> Result<()> {
    let mut piece = vec![0; 16 * 1024];
    let mut conditions = network.conditions.subscribe();
    let mut left: Option<usize> = None;
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            return Ok(());
        }
        let delay = conditions.wait_for(|now| now.weather != Weather::Stalled).await?.delay_ms;
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        // A connection that says nothing is not dropped: its lot is drawn with its first bytes.
        let until = match left {
            Some(until) => Some(until),
            None => network.next_drop(),
        };
        match until {
            Some(until) if count >= until => {
                to.write_all(&piece[..until]).await?;
                network.state().tally.dropped += 1;
                return Ok(());
            }
            Some(until) => left = Some(until - count),
            None => {}
        }
        to.write_all(&piece[..count]).await?;
    }
}
