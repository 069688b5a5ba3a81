//! What an app goes through in lifts, trains and aeroplanes.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use maig_client::{ErrorKind, TextStream, WhatToDo};
use serde_json::json;
use tokio::time::sleep;

use crate::world::{World, ask, words};

pub(crate) async fn retry(world: World) -> Result<()> {
    // Lost before the first byte of the answer: asked anew.
    for streamed in [false, true] {
        let client = world.client();
        world.network(json!({ "drops": 1, "after": [1, 1] })).await?;
        let answer = match streamed {
            false => client.generate("Hello", &ask("hundred-words")).await?,
            true => client.stream("Hello", &ask("hundred-words")).finish().await?,
        };
        ensure!(answer.text == words(100), "{answer:?}");
    }
    // Without resumption, lost after the first piece: never.
    world.calm().await?;
    let asked = world.asked().await?;
    let mut stream =
        world.client_with(|options| options.resume.enabled = false).stream("Hello", &ask("slow-words"));
    read(&mut stream, 3).await?;
    world.network(json!({ "weather": "gone" })).await?;
    let error = stream.finish().await.err().context("an error")?;
    ensure!(error.kind() == ErrorKind::Interrupted && error.shown(), "{error:?}");
    ensure!(world.asked().await? == asked + 1, "a part was shown, and it was asked anew");
    Ok(())
}

pub(crate) async fn drops(world: World) -> Result<()> {
    for seed in [7, 8] {
        let (asked, dropped) = (world.asked().await?, world.tally("dropped").await?);
        world.network(json!({ "drops": 20, "after": [700, 3000], "seed": seed })).await?;
        let mut stream = world.client().stream("Go on", &ask("many-words"));
        let mut text = String::new();
        while let Some(piece) = stream.next().await {
            text.push_str(&piece?);
        }
        ensure!(text == words(600), "{text}");
        let answer = stream.finish().await?;
        ensure!(answer.text == text && answer.reconnects >= 19, "{answer:?}");
        ensure!(
            world.tally("dropped").await? == dropped + 20,
            "{} drops",
            world.tally("dropped").await? - dropped
        );
        ensure!(world.asked().await? == asked + 1, "the provider was asked more than once");
        world.calm().await?;
    }
    Ok(())
}

pub(crate) async fn stall(world: World) -> Result<()> {
    let client = world.client_with(|options| options.timeouts.idle = Duration::from_secs(1));
    let mut stream = client.stream("Go on", &ask("many-words"));
    let mut text = read(&mut stream, 3).await?;
    world.network(json!({ "weather": "stalled" })).await?;
    let clears = tokio::spawn({
        let world = world.clone();
        async move {
            sleep(Duration::from_secs(2)).await;
            world.calm().await
        }
    });
    while let Some(piece) = stream.next().await {
        text.push_str(&piece?);
    }
    clears.await??;
    let answer = stream.finish().await?;
    ensure!(text == words(600) && answer.reconnects >= 1, "{} reconnects", answer.reconnects);
    Ok(())
}

pub(crate) async fn asleep(world: World) -> Result<()> {
    let asked = world.asked().await?;
    let mut stream = world.client().stream("Go on", &ask("slow-words"));
    let mut text = read(&mut stream, 5).await?;
    world.network(json!({ "weather": "gone" })).await?;
    sleep(Duration::from_secs(20)).await;
    world.calm().await?;
    let woke = Instant::now();
    while let Some(piece) = stream.next().await {
        text.push_str(&piece?);
    }
    ensure!(text == words(400), "{text}");
    ensure!(
        woke.elapsed() < Duration::from_secs(10),
        "what was made meanwhile came after {:?}",
        woke.elapsed()
    );
    ensure!(world.asked().await? == asked + 1);
    Ok(())
}

pub(crate) async fn airplane_mode(world: World) -> Result<()> {
    let client = world.client();
    client.generate("Hello", &ask("production-chat")).await?;
    world.network(json!({ "weather": "gone" })).await?;
    let began = Instant::now();
    let whole = client.generate("Hello", &ask("production-chat")).await.err().context("an error")?;
    let streamed =
        client.stream("Hello", &ask("production-chat")).finish().await.err().context("an error")?;
    for error in [whole, streamed] {
        ensure!(error.kind() == ErrorKind::Network && !error.shown(), "{error:?}");
        ensure!(error.code() == "unreachable", "{error:?}");
        ensure!(error.what_to_do() == WhatToDo::Retry && error.status().is_none(), "{error:?}");
    }
    ensure!(began.elapsed() < Duration::from_secs(5), "it took {:?} to say so", began.elapsed());
    world.calm().await?;
    client.generate("Hello", &ask("production-chat")).await?;
    Ok(())
}

pub(crate) async fn read(stream: &mut TextStream, pieces: usize) -> Result<String> {
    let mut text = String::new();
    for _ in 0..pieces {
        text.push_str(&stream.next().await.context("a piece")??);
    }
    Ok(text)
}
