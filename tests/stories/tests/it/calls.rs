//! What an app does when everything is well.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use maig_client::{FinishReason, GenerateOptions, ImageInput, Message, Tool, ToolChoice};
use tokio::time::sleep;

use crate::world::{World, ask, words};

/// How soon a provider must know that nobody listens.
const AT_ONCE: Duration = Duration::from_millis(100);

pub(crate) async fn text(world: World) -> Result<()> {
    let answer = world.client().generate("Why is the sky blue?", &ask("production-chat")).await?;
    ensure!(!answer.text.is_empty() && answer.to_string() == answer.text);
    ensure!(answer.finish_reason == FinishReason::Stop, "{:?}", answer.finish_reason);
    ensure!(answer.usage.is_some_and(|usage| usage.total_tokens > 0), "{:?}", answer.usage);
    ensure!(!answer.fallback && answer.attempts == 1 && !answer.request_id.is_empty(), "{answer:?}");
    ensure!(answer.served_by.as_deref() == Some("openai/gpt-4o"), "{:?}", answer.served_by);
    ensure!(answer.model.starts_with("gpt-4o"), "{}", answer.model);
    Ok(())
}

pub(crate) async fn fallback(world: World) -> Result<()> {
    let client = world.client();
    let whole = client.generate("Hello", &ask("rescued")).await?;
    let streamed = client.stream("Hello", &ask("rescued")).finish().await?;
    for answer in [whole, streamed] {
        ensure!(answer.fallback && answer.attempts == 2, "{answer:?}");
        ensure!(answer.served_by.as_deref() == Some("anthropic/claude-sonnet-4-5"), "{answer:?}");
    }
    Ok(())
}

pub(crate) async fn stream(world: World) -> Result<()> {
    let mut stream = world.client().stream("Go on", &ask("hundred-words"));
    let mut pieces = Vec::new();
    let began = Instant::now();
    let mut first = None;
    while let Some(piece) = stream.next().await {
        first.get_or_insert_with(|| began.elapsed());
        pieces.push(piece?);
    }
    let (first, all) = (first.context("a piece")?, began.elapsed());
    ensure!(first < all / 2, "the first piece came after {first:?} of {all:?}");
    ensure!(pieces.len() == 100 && pieces.concat() == words(100), "{} pieces", pieces.len());
    ensure!(stream.next().await.is_none(), "an end is an end");
    let answer = stream.finish().await?;
    ensure!(answer.text == words(100) && answer.finish_reason == FinishReason::Stop, "{answer:?}");
    ensure!(answer.usage.is_some_and(|usage| usage.completion_tokens > 0), "{:?}", answer.usage);
    ensure!(answer.reconnects == 0 && answer.served_by.is_some(), "{answer:?}");
    Ok(())
}

pub(crate) async fn conversation(world: World) -> Result<()> {
    let client = world.client();
    let weather = Tool {
        name: "weather".into(),
        description: Some("The weather in a city.".into()),
        parameters: Some(
            r#"{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"#.into(),
        ),
    };
    let mut options = GenerateOptions {
        system: Some("Be brief.".into()),
        messages: vec![Message::user("Hello"), Message::assistant("Hello to you")],
        images: vec![ImageInput::Bytes {
            data: b"\x89PNG\r\n\x1a\n".to_vec(),
            media_type: "image/png".into(),
        }],
        tools: vec![weather],
        tool_choice: ToolChoice::Required,
        max_tokens: Some(200),
        temperature: Some(0.5),
        ..ask("production-chat")
    };
    let whole = client.generate("What is the weather here?", &options).await?;
    let streamed = client.stream("What is the weather here?", &options).finish().await?;
    for answer in [&whole, &streamed] {
        ensure!(answer.finish_reason == FinishReason::ToolCalls, "{answer:?}");
        let call = answer.tool_calls.first().context("a call")?;
        let arguments: serde_json::Value = serde_json::from_str(&call.arguments)?;
        ensure!(call.name == "weather" && !call.id.is_empty() && arguments["city"].is_string());
    }
    let call = whole.tool_calls.first().context("a call")?.clone();
    options.messages.extend([
        Message { tool_calls: vec![call.clone()], ..Message::assistant("") },
        Message::tool(call.id, "sunny"),
    ]);
    options.images.clear();
    options.tool_choice = ToolChoice::Never;
    let answer = client.generate("", &options).await?;
    ensure!(answer.finish_reason == FinishReason::Stop && !answer.text.is_empty(), "{answer:?}");

    let schema = r#"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}"#;
    let options = GenerateOptions { json_schema: Some(schema.into()), ..ask("production-chat") };
    let answer = client.generate("A number", &options).await?;
    let value: serde_json::Value = serde_json::from_str(&answer.text)?;
    ensure!(value["n"].is_i64(), "{value}");
    Ok(())
}

pub(crate) async fn app_identity(world: World) -> Result<()> {
    let client = world.client_of("per_user", |options| {
        options.app.version = Some("2.4.0".into());
        options.app.platform = Some("ios".into());
        options.app.install_id = Some("install-1".into());
        options.app.user = Some("ann".into());
    });
    // This key refuses requests without a user: what is answered had one.
    client.generate("Hello", &ask("production-chat")).await?;
    let headers = world.last_headers().await?;
    let names = headers.as_object().context("headers")?.keys();
    let told: Vec<_> = names.filter(|name| name.starts_with("x-maig")).collect();
    ensure!(told.is_empty(), "a provider was told {told:?}");
    let other = GenerateOptions { user: Some("bob".into()), ..ask("production-chat") };
    world.client_of("per_user", |_| {}).generate("Hello", &other).await?;
    Ok(())
}

pub(crate) async fn unread_stream(world: World) -> Result<()> {
    let asked = world.asked().await?;
    let mut stream = world.client().stream("Hello", &ask("hundred-words"));
    sleep(Duration::from_millis(300)).await;
    ensure!(world.asked().await? == asked, "nobody read it, and it was sent");
    stream.next().await.context("a piece")??;
    ensure!(world.asked().await? == asked + 1);
    Ok(())
}

pub(crate) async fn cancel(world: World) -> Result<()> {
    // A whole answer.
    let (asked, left) = (world.asked().await?, world.departures().await?);
    let client = world.client();
    let call = tokio::spawn(async move { client.generate("Hello", &ask("silent")).await });
    world.wait_until_asked(asked + 1).await?;
    let gone = Instant::now();
    call.abort();
    at_once(&world, left + 1, gone).await?;

    // A stream before its first piece: before and after the gateway has sent its head.
    for (number, wait) in [(2, 200), (3, 1500)] {
        let mut stream = world.client().stream("Hello", &ask("silent"));
        let waited = tokio::time::timeout(Duration::from_millis(wait), stream.next()).await;
        ensure!(waited.is_err(), "it was to be silent");
        let gone = Instant::now();
        drop(stream);
        at_once(&world, left + number, gone).await?;
    }

    // And one in its middle.
    let mut stream = world.client().stream("Hello", &ask("slow-words"));
    for _ in 0..3 {
        stream.next().await.context("a piece")??;
    }
    let gone = Instant::now();
    drop(stream);
    at_once(&world, left + 4, gone).await
}

async fn at_once(world: &World, departures: usize, gone: Instant) -> Result<()> {
    let after = world.departed_after(departures, gone).await?;
    ensure!(after <= AT_ONCE, "the provider saw the end after {after:?}");
    Ok(())
}
