//! What an app sees of a provider that breaks off, and of a gateway that ends.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use maig_client::{ErrorKind, WhatToDo};
use serde_json::json;
use tokio::time::sleep;

use crate::bad_network::read;
use crate::world::{World, ask, words};

pub(crate) async fn cut(world: World) -> Result<()> {
    let asked = world.asked().await?;
    let mut stream = world.client().stream("Go on", &ask("cut"));
    let text = read(&mut stream, 3).await?;
    ensure!(words(20).starts_with(&text) && !text.is_empty(), "{text}");
    let error = stream.next().await.context("the cut")?.err().context("an error")?;
    ensure!(error.kind() == ErrorKind::Interrupted && error.code() == "stream_interrupted", "{error:?}");
    ensure!(error.shown() && error.what_to_do() == WhatToDo::Retry, "{error:?}");
    ensure!(stream.next().await.is_none() && stream.finish().await.is_err());
    ensure!(world.asked().await? == asked + 1, "a part was shown, and it was asked anew");
    Ok(())
}

pub(crate) async fn grace_over(world: World) -> Result<()> {
    world.gateway(json!({ "what": "restart", "grace_s": 1 })).await?;
    let mut stream = world.client().stream("Go on", &ask("slow-words"));
    read(&mut stream, 3).await?;
    world.network(json!({ "weather": "gone" })).await?;
    sleep(Duration::from_secs(3)).await;
    world.calm().await?;
    let error = stream.finish().await.err().context("an error")?;
    ensure!(error.kind() == ErrorKind::Interrupted && error.code() == "stream_expired", "{error:?}");
    ensure!(error.shown() && error.what_to_do() == WhatToDo::Retry, "{error:?}");
    world.gateway(json!({ "what": "restart" })).await
}

pub(crate) async fn gateway_restart(world: World) -> Result<()> {
    let client = world.client_with(|options| options.retries.most = 8);
    let mut stream = client.stream("Go on", &ask("slow-words"));
    read(&mut stream, 3).await?;
    world.gateway(json!({ "what": "stop" })).await?;
    // A call while it is away: it is back before the last retry.
    let during = tokio::spawn({
        let client = client.clone();
        async move { client.generate("Hello", &ask("production-chat")).await }
    });
    sleep(Duration::from_millis(200)).await;
    world.gateway(json!({ "what": "start" })).await?;
    during.await?.context("the call in between")?;
    let error = stream.finish().await.err().context("an error")?;
    ensure!(error.kind() == ErrorKind::Interrupted && error.shown(), "{error:?}");
    client.generate("Hello", &ask("production-chat")).await.context("the next call")?;
    Ok(())
}
