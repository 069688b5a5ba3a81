//! Streams that outlive a connection (CONTRACT §7), as phones see them: over sockets, with connections that drop.

mod bounds;
mod comes_back;
mod drops;
mod ends;
mod leaves;
mod memory;
mod refused;
mod wire_form;

mod phone;

use std::time::Duration;

use maig_gateway::streams::InUse;

use crate::world::World;
use phone::Phone;

/// A gateway whose held streams wait so long for their readers.
async fn with_grace(grace: Duration) -> World {
    World::with(|settings| settings.stream_grace = grace).await
}

/// The gateway's streams use nothing any more: no keeper, no reader and no event is left.
async fn nothing_is_held(world: &World) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        let nothing = InUse { streams: 0, bytes: 0 };
        while world.state.streams.used() != nothing || world.state.streams.owed() != 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.expect("nothing is held");
}

/// A phone that has asked for a resumable stream and has the answer's head.
async fn ask<'a>(world: &'a World, model: &str) -> Phone<'a> {
    Phone::ask(world, &world.key, model).await
}
