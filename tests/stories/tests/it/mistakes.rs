//! What goes wrong, each with its name: refusals, wrong clocks, wrong servers, wrong input.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use maig_client::{Client, ClientOptions, Error, ErrorKind, GenerateOptions, WhatToDo};
use serde_json::Value;

use crate::world::{World, ask};

pub(crate) async fn error_kinds(world: World) -> Result<()> {
    for case in world.list["error_kinds"].as_array().context("error_kinds")? {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let client = world.client_of(text("key"), |options| options.retries.most = 0);
        for _ in 1..case["times"].as_u64().unwrap_or(1) {
            client.generate("Hello", &ask(text("model"))).await?;
        }
        let whole = client.generate("Hello", &ask(text("model"))).await.err();
        let streamed = client.stream("Hello", &ask(text("model"))).finish().await.err();
        for error in [whole, streamed] {
            let error = error.with_context(|| format!("{case}: it was answered"))?;
            is(&error, case).with_context(|| format!("{case}: {error:?}"))?;
        }
    }
    Ok(())
}

fn is(error: &Error, case: &Value) -> Result<()> {
    ensure!(snake(&format!("{:?}", error.kind())) == case["kind"], "its kind");
    ensure!(error.code() == case["code"], "its code");
    ensure!(error.status().map(u64::from) == case["status"].as_u64(), "its status");
    ensure!(!error.shown() && error.request_id().is_some() && !error.message().is_empty());
    let what = match error.what_to_do() {
        WhatToDo::Retry => "retry",
        WhatToDo::Wait(wait) if wait > Duration::ZERO => "wait",
        WhatToDo::Wait(_) => "wait for nothing",
        WhatToDo::SignIn => "sign_in",
        WhatToDo::UpdateApp => "update_app",
        WhatToDo::ContactSupport => "contact_support",
    };
    ensure!(what == case["what_to_do"], "it says {what}");
    if case["code"] == "all_targets_failed" {
        let kinds: Vec<_> =
            error.attempts().iter().map(|attempt| (&*attempt.model, attempt.status)).collect();
        ensure!(
            kinds == [("openai/gpt-4o-mini+500", Some(500)), ("anthropic/claude-haiku-4-5+529", Some(529))],
            "{kinds:?}"
        );
    }
    Ok(())
}

/// `RateLimited` as `rate_limited`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

pub(crate) async fn wrong_clock(world: World) -> Result<()> {
    for url in ["tls.expired_url", "tls.future_url"] {
        let error = secure(&world, url, true).generate("Hello", &ask("production-chat")).await.err();
        let error = error.context("it was trusted")?;
        ensure!(error.kind() == ErrorKind::Clock && error.code() == "clock", "{error:?}");
        ensure!(error.message().contains("date") && !error.shown(), "{error:?}");
    }
    Ok(())
}

pub(crate) async fn untrusted(world: World) -> Result<()> {
    let error = secure(&world, "tls.valid_url", false).generate("Hello", &ask("production-chat")).await.err();
    let error = error.context("it was trusted")?;
    ensure!(error.kind() == ErrorKind::Untrusted, "{error:?}");
    let trusting = secure(&world, "tls.valid_url", true);
    trusting.generate("Hello", &ask("production-chat")).await?;
    trusting.stream("Hello", &ask("hundred-words")).finish().await?;
    Ok(())
}

fn secure(world: &World, url: &str, trusting: bool) -> Client {
    world.client_with(|options| {
        options.base_url = Some(world.say(url));
        if trusting {
            options.extra_roots = vec![world.say("tls.root_pem").into_bytes()];
        }
    })
}

pub(crate) async fn bad_input(world: World) -> Result<()> {
    let accepted = world.tally("accepted").await?;
    let live = world.say("keys.live");
    let typo = match live.strip_suffix('x') {
        Some(start) => format!("{start}y"),
        None => format!("{}x", &live[..live.len() - 1]),
    };
    for case in world.list["bad_input"].as_array().context("bad_input")? {
        let code = case["code"].as_str().unwrap_or_default();
        let (mut key, mut prompt) = (live.clone(), "Hello");
        let mut settings =
            ClientOptions { base_url: Some(world.say("base_url")), ..ClientOptions::default() };
        let mut options = ask("production-chat");
        match code {
            "empty_key" => key = String::new(),
            "key_malformed" => key = "maig_live_...".to_owned(),
            "key_typo" => key.clone_from(&typo),
            "admin_key" => key = world.say("keys.admin"),
            "provider_key" => key = "sk-proj-abc".to_owned(),
            "not_a_key" => key = "hello".to_owned(),
            "insecure_base_url" => settings.base_url = Some("http://ai.example.com".to_owned()),
            "bad_base_url" => settings.base_url = Some("ai.example.com".to_owned()),
            "no_model" => options = GenerateOptions::new(""),
            "empty_prompt" => prompt = "",
            "bad_json_schema" => options.json_schema = Some("{".to_owned()),
            "bad_extra" => options.extra = Some("[1]".to_owned()),
            "bad_header" => options.user = Some("ann\r\nx-maig-user: bob".to_owned()),
            other => anyhow::bail!("stories.json lists {other}, and this suite does not know it"),
        }
        let client = Client::with_options(key, settings);
        let whole = client.generate(prompt, &options).await.err();
        let streamed = client.stream(prompt, &options).finish().await.err();
        for error in [whole, streamed] {
            let error = error.with_context(|| format!("{code}: it was answered"))?;
            ensure!(error.kind() == ErrorKind::BadInput && error.code() == code, "{code}: {error:?}");
            ensure!(
                error.what_to_do() == WhatToDo::ContactSupport && error.message().len() > 20,
                "{error:?}"
            );
        }
    }
    ensure!(world.tally("accepted").await? == accepted, "something was sent");
    Ok(())
}

pub(crate) async fn not_maig(world: World) -> Result<()> {
    for (path, kind, code) in [
        ("html", ErrorKind::NotMaig, "not_maig"),
        ("portal", ErrorKind::NotMaig, "not_maig"),
        ("gone", ErrorKind::Unavailable, "gateway_away"),
    ] {
        let client = impostor(&world, path, |options| options.retries.most = 0);
        let whole = client.generate("Hello", &ask("production-chat")).await.err();
        let streamed = client.stream("Hello", &ask("production-chat")).finish().await.err();
        for error in [whole, streamed] {
            let error = error.with_context(|| format!("{path}: it was answered"))?;
            ensure!(error.kind() == kind && error.code() == code, "{path}: {error:?}");
        }
    }
    Ok(())
}

pub(crate) async fn endless(world: World) -> Result<()> {
    let soon = |options: &mut ClientOptions| {
        options.timeouts.total = Duration::from_millis(700);
        options.timeouts.stream = Duration::from_millis(700);
    };
    let patient = |_: &mut ClientOptions| {};
    let check = |error: Option<Error>, path: &str, kind: ErrorKind| -> Result<()> {
        let error = error.with_context(|| format!("{path}: it was answered"))?;
        ensure!(error.kind() == kind, "{path}: {error:?}");
        Ok(())
    };
    let options = ask("production-chat");
    for path in ["endless", "frame"] {
        let client = impostor(&world, path, patient);
        check(client.generate("Hello", &options).await.err(), path, ErrorKind::TooLarge)?;
        check(client.stream("Hello", &options).finish().await.err(), path, ErrorKind::TooLarge)?;
    }
    let client = impostor(&world, "dribble", soon);
    check(client.generate("Hello", &options).await.err(), "dribble", ErrorKind::Timeout)?;
    check(client.stream("Hello", &options).finish().await.err(), "dribble", ErrorKind::Timeout)
}

fn impostor(world: &World, path: &str, change: impl FnOnce(&mut ClientOptions)) -> Client {
    world.client_with(|options| {
        options.base_url = Some(format!("{}/{path}", world.say("impostor_url")));
        change(options);
    })
}
