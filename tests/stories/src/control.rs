//! The control port: how a suite makes the network bad, ends the gateway and starts it again. README.md is its
//! documentation.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tokio::net::TcpListener;

use crate::gateway::Gateway;
use crate::network::{Conditions, Network, Tally};

#[derive(Clone)]
struct World {
    network: Arc<Network>,
    gateway: Arc<Gateway>,
}

/// What a suite asks of the gateway.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    what: What,
    /// For how long the gateway that is started holds streams; its own default, if not said.
    grace_s: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Stop,
    Start,
    Restart,
}

pub(crate) async fn listen(network: Arc<Network>, gateway: Arc<Gateway>) -> Result<SocketAddr> {
    let router = Router::new()
        .route("/network", get(tally).put(set))
        .route("/network/cut", post(cut))
        .route("/gateway", post(order))
        .with_state(World { network, gateway });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn tally(State(world): State<World>) -> Json<Tally> {
    Json(world.network.tally())
}

async fn set(State(world): State<World>, Json(conditions): Json<Conditions>) -> Result<(), Refused> {
    world.network.set(conditions).await.map_err(refused)
}

async fn cut(State(world): State<World>) {
    world.network.cut();
}

async fn order(State(world): State<World>, Json(order): Json<Order>) -> Result<(), Refused> {
    if order.what != What::Start {
        world.gateway.stop().await;
    }
    if order.what != What::Stop {
        world.gateway.start(order.grace_s).await.map_err(refused)?;
    }
    Ok(())
}

type Refused = (StatusCode, String);

fn refused(error: anyhow::Error) -> Refused {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}"))
}
