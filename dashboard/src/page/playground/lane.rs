//! One of the two sides: what it asks, and all that is known of the answer. A later run takes the place of an earlier
//! one, whose late words are not heard.

use std::cell::Cell;

use leptos::prelude::*;
use maig_api::LogDetail;
use web_sys::AbortController;

use super::key::Key;
use crate::api::Api;
use crate::api::chat::{Fault, Question, Said, Served, chat};
use crate::browser;

/// How often the log is asked for the request: it is written in the background.
const LOOKS: u32 = 20;
const LOOK_MS: i32 = 300;
const AGAIN_MS: i32 = 250;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Run {
    /// Nothing was asked.
    Idle,
    Running,
    Done,
    Failed(Fault),
}

/// Copy it freely.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    pub model: RwSignal<String>,
    /// What the run on show asked.
    pub asked: RwSignal<String>,
    pub run: RwSignal<Run>,
    pub text: RwSignal<String>,
    pub thought: RwSignal<String>,
    pub served: RwSignal<Served>,
    pub finish: RwSignal<Option<String>>,
    pub first_ms: RwSignal<Option<u64>>,
    pub total_ms: RwSignal<Option<u64>>,
    /// The request as the log has it: its attempts, its tokens and what it cost.
    pub log: RwSignal<Option<LogDetail>>,
    number: StoredValue<u32>,
    stop: StoredValue<Option<AbortController>, LocalStorage>,
}

impl Lane {
    pub fn new(model: String) -> Self {
        let lane = Self {
            model: RwSignal::new(model),
            asked: RwSignal::new(String::new()),
            run: RwSignal::new(Run::Idle),
            text: RwSignal::new(String::new()),
            thought: RwSignal::new(String::new()),
            served: RwSignal::new(Served::default()),
            finish: RwSignal::new(None),
            first_ms: RwSignal::new(None),
            total_ms: RwSignal::new(None),
            log: RwSignal::new(None),
            number: StoredValue::new(0),
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
        self.run.with(|run| *run == Run::Running)
    }

    pub fn stop(self) {
        if let Some(controller) = self.stop.get_value() {
            controller.abort();
        }
    }

    /// Asks nothing, and shows nothing.
    pub fn clear(self) {
        self.begin(String::new());
        self.run.set(Run::Idle);
    }

    fn begin(self, model: String) -> u32 {
        self.stop();
        self.number.update_value(|number| *number += 1);
        self.asked.set(model);
        self.text.set(String::new());
        self.thought.set(String::new());
        self.served.set(Served::default());
        self.finish.set(None);
        self.first_ms.set(None);
        self.total_ms.set(None);
        self.log.set(None);
        self.run.set(Run::Running);
        self.number.get_value()
    }

    /// Asks, and follows the answer to its end and into the log.
    pub async fn ask(self, api: Api, project: String, key: Key, question: Question) {
        let Ok(controller) = AbortController::new() else { return };
        let mine = self.begin(question.model.clone());
        self.stop.set_value(Some(controller.clone()));
        let began = Cell::new(browser::now_ms());
        let since = || u64::try_from(browser::now_ms() - began.get()).unwrap_or(0);
        let is_mine = move || self.number.try_get_value() == Some(mine);
        let end = loop {
            let hear = |said| {
                if is_mine() {
                    self.hear(said, since());
                }
            };
            let end = chat(&key.text, &question, &controller.signal(), hear).await;
            let unknown = matches!(end, Err(Fault::Refused { status: 401, .. }));
            if !(unknown && key.is_fresh(browser::now_ms()) && is_mine()) {
                break end;
            }
            browser::sleep(AGAIN_MS).await;
            // A gateway that knew the key late has not been slow to answer.
            began.set(browser::now_ms());
        };
        if !is_mine() {
            return;
        }
        self.total_ms.set(Some(since()));
        self.run.set(match end {
            Ok(()) => Run::Done,
            Err(fault) => Run::Failed(fault),
        });
        let Some(id) = self.served.with_untracked(|served| served.request_id.clone()) else { return };
        for _ in 0..LOOKS {
            browser::sleep(LOOK_MS).await;
            let found = api.log(&project, &id).await;
            if !is_mine() {
                return;
            }
            if let Ok(detail) = found {
                return self.log.set(Some(detail));
            }
        }
    }

    fn hear(self, said: Said, since_ms: u64) {
        match said {
            Said::Head(head) => self.served.update(|served| {
                // What comes after an early head does not repeat the id.
                let request_id = head.request_id.clone().or(served.request_id.take());
                *served = Served { request_id, ..head };
            }),
            Said::Text(text) => {
                self.first(since_ms);
                self.text.update(|whole| whole.push_str(&text));
            }
            Said::Thought(text) => {
                self.first(since_ms);
                self.thought.update(|whole| whole.push_str(&text));
            }
            Said::Finish(why) => self.finish.set(Some(why)),
        }
    }

    fn first(self, since_ms: u64) {
        if self.first_ms.get_untracked().is_none() {
            self.first_ms.set(Some(since_ms));
        }
    }
}
