//! One message of a conversation, and all that is known of its answer while it comes and afterwards.

use leptos::prelude::*;
use maig_api::LogDetail;

use crate::api::chat::{Exchange, Fault, Said, Served};
use crate::browser;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Run {
    Running,
    Done,
    Failed(Fault),
}

/// Copy it freely.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    /// Its place in the conversation, from 1.
    pub number: usize,
    /// The route or model that was asked.
    pub asked: StoredValue<String>,
    pub message: StoredValue<String>,
    pub run: RwSignal<Run>,
    pub text: RwSignal<String>,
    pub thought: RwSignal<String>,
    pub served: RwSignal<Served>,
    pub finish: RwSignal<Option<String>>,
    pub first_ms: RwSignal<Option<u64>>,
    pub total_ms: RwSignal<Option<u64>>,
    /// The request as the log has it: its attempts, its tokens and what it cost.
    pub log: RwSignal<Option<LogDetail>>,
}

impl Turn {
    pub fn new(number: usize, asked: String, message: String) -> Self {
        Self {
            number,
            asked: StoredValue::new(asked),
            message: StoredValue::new(message),
            run: RwSignal::new(Run::Running),
            text: RwSignal::new(String::new()),
            thought: RwSignal::new(String::new()),
            served: RwSignal::new(Served::default()),
            finish: RwSignal::new(None),
            first_ms: RwSignal::new(None),
            total_ms: RwSignal::new(None),
            log: RwSignal::new(None),
        }
    }

    pub fn is_running(self) -> bool {
        self.run.with(|run| *run == Run::Running)
    }

    /// Whether the page that shows it still is.
    pub fn is_there(self) -> bool {
        !self.run.is_disposed()
    }

    /// What the model is told of it in the turns after it: nothing, unless it was answered.
    pub fn said(self) -> Option<Exchange> {
        let whole = self.run.with_untracked(|run| *run == Run::Done);
        whole.then(|| Exchange { message: self.message.get_value(), answer: self.text.get_untracked() })
    }

    pub fn hear(self, said: Said, since_ms: u64) {
        match said {
            Said::Head(head) => self.served.update(|served| {
                // What comes after an early head does not repeat the id.
                let request_id = head.request_id.clone().or(served.request_id.take());
                *served = Served { request_id, ..head };
            }),
            Said::Text(text) => {
                self.first(since_ms);
                browser::at_the_end(|| self.text.update(|whole| whole.push_str(&text)));
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
