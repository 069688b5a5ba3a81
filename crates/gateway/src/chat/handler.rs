//! Step 0: enter. Calls the steps in order and does nothing else; an error of any step leaves through one door.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use maig_core::plan::Plan;

use super::admit::admit;
use super::ask::ask;
use super::authenticate::authenticate;
use super::call::{Call, Course};
use super::dispatch::{Answer, dispatch};
use super::early::{EarlyBody, PATIENCE, PATIENCE_WHEN_HELD};
use super::give_up::{settle, shutting_down};
use super::parse::{parse, spill};
use super::record::Record;
use super::render::{self, Labels};
use super::resolve::resolve;
use crate::error::ApiError;
use crate::state::AppState;
use crate::streams::Holding;

/// `POST /v1/chat/completions`
pub async fn chat_completions(State(state): State<AppState>, request: Request<Body>) -> Response {
    let mut record = Record::open(&state);
    match admitted(&state, &mut record, request).await {
        Ok(made) => answer(Box::new(made.into_call(state, record))).await,
        Err(error) => {
            record.failed(&error, None);
            render::error(&error, record.id(), record.route())
        }
    }
}

/// Steps 1 to 5: everything before the first provider is asked.
async fn admitted(state: &AppState, record: &mut Record, request: Request<Body>) -> Result<Made, ApiError> {
    let (head, body) = request.into_parts();
    let snapshot = state.snapshot.load_full();
    let entered = authenticate(&head.headers, &snapshot).and_then(|caller| {
        record.caller(&caller);
        if state.is_draining() { Err(shutting_down()) } else { Ok(caller) }
    });
    let caller = match entered {
        Ok(caller) => caller,
        Err(error) => {
            Box::pin(spill(&head.headers, body)).await;
            return Err(error);
        }
    };
    let incoming = parse(&head.headers, body, state.settings.max_body, record.seed()).await?;
    record.asked(&incoming);
    let route = resolve(&snapshot, &caller, &incoming.envelope)?;
    record.resolved();
    let now = state.clock.now();
    let permit = admit(state, &caller, incoming.user.as_deref(), now)?;
    let holding = incoming.resumable.then(|| Holding::new(state, &caller));
    record.held(holding.as_ref());
    let plan = Plan::new(route.clone(), ask(&route, &incoming, record.seed()), now);
    Ok(Made { snapshot, incoming, permit, holding, plan })
}

/// What steps 1 to 5 made.
struct Made {
    snapshot: std::sync::Arc<crate::snapshot::Snapshot>,
    incoming: super::parse::Incoming,
    permit: super::admit::Permit,
    holding: Option<Holding>,
    plan: Plan,
}

impl Made {
    fn into_call(self, state: AppState, record: Record) -> Call {
        let Self { snapshot, incoming, permit, holding, plan } = self;
        Call { state, snapshot, incoming, permit, holding, course: Course { plan, record } }
    }
}

/// Steps 6 to 8, and the response.
async fn answer(mut call: Box<Call>) -> Response {
    let id = call.course.record.id();
    let route = call.incoming.envelope.model.clone();
    let trace = call.incoming.trace.clone();
    let labels = Labels { id, route: Some(&route), trace: trace.as_ref() };
    let stream = call.incoming.envelope.stream;
    let holding = call.holding.take();
    let patience = if holding.is_some() { PATIENCE_WHEN_HELD } else { PATIENCE };
    // Boxed once: a future of this size would otherwise be copied at every level that it passes on its way up.
    let mut dispatching = Box::pin(dispatch(call));
    let outcome = if stream {
        match tokio::time::timeout(patience, &mut dispatching).await {
            Ok(outcome) => outcome,
            Err(_) => {
                return hold(holding, render::stream(&labels, None, Body::new(EarlyBody::new(dispatching))));
            }
        }
    } else {
        dispatching.await
    };
    match outcome {
        Ok(Answer::Whole(served, whole)) => render::whole(&labels, &served, whole.body),
        Ok(Answer::Stream(served, relaying)) => {
            hold(holding, render::stream(&labels, Some(&served), Body::new(relaying)))
        }
        Err((no_answer, call)) => render::error(&settle(no_answer, call), id, Some(&route)),
    }
}

/// A stream that is to outlive its connection is handed over, now that its head is known.
fn hold(holding: Option<Holding>, response: Response) -> Response {
    match holding {
        Some(holding) => holding.hold(response),
        None => response,
    }
}
