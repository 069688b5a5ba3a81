//! Streams that outlive a connection (CONTRACT §7), as phones see them: over sockets, with connections that drop.

mod comes_back;
mod drops;
mod leaves;
mod refused;
mod wire_form;

mod phone;

use std::time::Duration;

use crate::world::World;
use phone::Phone;

/// A gateway whose held streams wait so long for their readers.
async fn with_grace(grace: Duration) -> World {
    World::with(|settings| settings.stream_grace = grace).await
}

/// A phone that has asked for a resumable stream and has the answer's head.
async fn ask<'a>(world: &'a World, model: &str) -> Phone<'a> {
    Phone::ask(world, &world.key, model).await
}
