//! One of the two sides: whom it asks, and its own conversation with them. It asks one thing at a time: a later message
//! stops the answer to an earlier one.

use std::cell::Cell;

use leptos::prelude::*;
use web_sys::AbortController;

use super::key::Key;
use super::turn::{Run, Turn};
use crate::api::Api;
use crate::api::chat::{Exchange, Fault, Question, chat};
use crate::browser;

/// How often the log is asked for the request: it is written in the background.
const LOOKS: u32 = 20;
const LOOK_MS: i32 = 300;
const AGAIN_MS: i32 = 250;

/// Copy it freely.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    pub model: RwSignal<String>,
    /// From the first to the newest.
    pub turns: RwSignal<Vec<Turn>>,
    /// Where turns live: longer than the effect or the call that makes them.
    owner: StoredValue<Owner>,
    stop: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Lane {
    pub fn new(model: String) -> Self {
        let lane = Self {
            model: RwSignal::new(model),
            turns: RwSignal::new(Vec::new()),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            stop: StoredValue::new_local(None),
        };
        // Who leaves the page leaves the request.
        let stop = lane.stop;
        on_cleanup(move || {
            if let Some(Some(controller)) = stop.try_get_value() {
                controller.abort();
            }
        });
        lane
    }

    pub fn is_running(self) -> bool {
        self.turns.with(|turns| turns.last().is_some_and(|turn| turn.is_running()))
    }

    pub fn stop(self) {
        if let Some(controller) = self.stop.get_value() {
            controller.abort();
        }
    }

    /// Begins anew: nothing that was said is shown, or told to a model again.
    pub fn clear(self) {
        self.stop();
        self.turns.set(Vec::new());
    }

    /// What was said so far, as a model is told it.
    pub fn said(self) -> Vec<Exchange> {
        self.turns.with_untracked(|turns| turns.iter().filter_map(|turn| turn.said()).collect())
    }

    /// Asks, and follows the answer to its end and into the log. Gives whether it was answered.
    pub async fn ask(self, api: Api, project: String, key: Key, question: Question) -> bool {
        let Ok(controller) = AbortController::new() else { return false };
        self.stop();
        self.stop.set_value(Some(controller.clone()));
        let (asked, message) = (question.model.clone(), question.message.clone());
        let number = self.turns.with_untracked(Vec::len) + 1;
        let turn = self.owner.get_value().with(|| Turn::new(number, asked, message));
        browser::at_the_end(|| self.turns.update(|turns| turns.push(turn)));
        let began = Cell::new(browser::now_ms());
        let since = || u64::try_from(browser::now_ms() - began.get()).unwrap_or(0);
        let end = loop {
            let hear = |said| {
                if turn.is_there() {
                    turn.hear(said, since());
                }
            };
            let end = chat(&key.text, &question, &controller.signal(), hear).await;
            let unknown = matches!(end, Err(Fault::Refused { status: 401, .. }));
            if !(unknown && key.is_fresh(browser::now_ms()) && turn.is_there()) {
                break end;
            }
            browser::sleep(AGAIN_MS).await;
            // A gateway that knew the key late has not been slow to answer.
            began.set(browser::now_ms());
        };
        if !turn.is_there() {
            return true;
        }
        let answered = end.is_ok();
        turn.total_ms.set(Some(since()));
        turn.run.set(match end {
            Ok(()) => Run::Done,
            Err(fault) => Run::Failed(fault),
        });
        if let Some(id) = turn.served.with_untracked(|served| served.request_id.clone()) {
            leptos::task::spawn_local(self.look_up(api, project, id, turn));
        }
        answered
    }

    /// The request as the log has it, as soon as it does; a later turn may be under way by then.
    async fn look_up(self, api: Api, project: String, id: String, turn: Turn) {
        for _ in 0..LOOKS {
            browser::sleep(LOOK_MS).await;
            let found = api.log(&project, &id).await;
            if !turn.is_there() {
                return;
            }
            if let Ok(detail) = found {
                return browser::at_the_end(|| turn.log.set(Some(detail)));
            }
        }
    }
}
