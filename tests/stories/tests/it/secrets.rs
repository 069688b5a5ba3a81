//! What is printed, and what never is.

use anyhow::{Context as _, Result, ensure};
use maig_client::{GenerateOptions, Message};

use crate::world::{World, ask};

pub(crate) async fn no_secrets(world: World) -> Result<()> {
    let prompt = "the-canary-in-the-prompt";
    let client = world.client_of("live", |options| options.app.version = Some("2.4.0".into()));
    let options = GenerateOptions {
        system: Some(prompt.to_owned()),
        messages: vec![Message::user(prompt)],
        ..ask("down")
    };
    let stream = client.stream(prompt, &options);
    let mut printed = format!("{client:?} {options:?} {stream:?} {:?}", options.messages);
    let error = client.generate(prompt, &options).await.err().context("an error")?;
    printed.push_str(&format!("{error} {error:?}"));
    let answer = client.generate(prompt, &ask("production-chat")).await?;
    // The provider repeats what it is asked.
    ensure!(answer.text.contains(prompt), "the answer prints as its text");
    printed.push_str(&format!("{answer:?}"));
    ensure!(!printed.contains(prompt), "{printed}");
    ensure!(!printed.contains(&world.say("keys.live")), "{printed}");
    Ok(())
}
