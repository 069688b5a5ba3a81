//! One call: the session's CSRF token, versions, a clock, and the two things that may befall it from outside. Without a
//! session it waits until somebody has signed in and goes on; without an answer it says so to the banner, which heals by
//! itself. It must never repeat a write that may have reached the gateway.

use leptos::prelude::*;
use maig_api::Page;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{ApiError, segment};
use crate::browser;
use crate::session::Session;

const ROOT: &str = "api/v1";
const TIMEOUT_MS: u32 = 20_000;
/// The first look after a lost connection; each later one waits twice as long, up to the last.
const FIRST_LOOK_MS: i32 = 1000;
const LAST_LOOK_MS: i32 = 15_000;

/// Whether the gateway answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Up,
    Lost,
}

/// The gateway, for pages. Copy it freely.
#[derive(Clone, Copy)]
pub struct Api {
    pub session: Session,
    pub reach: RwSignal<Reach>,
    /// Counts up when the connection is back: what is on the page refreshes.
    pub healed: RwSignal<u32>,
}

pub fn use_api() -> Api {
    expect_context::<Api>()
}

/// A call that is being put together.
pub struct Call {
    api: Api,
    method: &'static str,
    path: String,
    body: Option<Result<String, String>>,
    if_match: Option<i64>,
    timeout_ms: u32,
    waits_for_session: bool,
}

impl Api {
    pub fn new(session: Session) -> Self {
        Self { session, reach: RwSignal::new(Reach::Up), healed: RwSignal::new(0) }
    }

    /// `path` is below /api/v1 and begins without a slash.
    pub fn get(self, path: impl Into<String>) -> Call {
        self.call("GET", path)
    }

    pub fn post(self, path: impl Into<String>) -> Call {
        self.call("POST", path)
    }

    pub fn put(self, path: impl Into<String>) -> Call {
        self.call("PUT", path)
    }

    pub fn patch(self, path: impl Into<String>) -> Call {
        self.call("PATCH", path)
    }

    pub fn delete(self, path: impl Into<String>) -> Call {
        self.call("DELETE", path)
    }

    /// Every entry of a list, page after page; for what people configure, which is never much.
    pub async fn all<T: DeserializeOwned>(self, path: &str) -> Result<Vec<T>, ApiError> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Page<T> = self.get(format!("{path}?limit=200{cursor}")).send().await?;
            all.extend(page.data);
            match page.next_cursor {
                Some(next) => cursor = format!("&cursor={}", segment(&next)),
                None => return Ok(all),
            }
        }
    }

    fn call(self, method: &'static str, path: impl Into<String>) -> Call {
        Call {
            api: self,
            method,
            path: path.into(),
            body: None,
            if_match: None,
            timeout_ms: TIMEOUT_MS,
            waits_for_session: true,
        }
    }

    /// Looks for the gateway until it answers; a second call while it looks does nothing.
    fn lost(self) {
        if self.reach.get_untracked() == Reach::Lost {
            return;
        }
        self.reach.set(Reach::Lost);
        leptos::task::spawn_local(async move {
            let mut wait = FIRST_LOOK_MS;
            loop {
                browser::sleep(wait).await;
                // Open to everybody, so it tells of the connection and of nothing else.
                if self.get("setup").without_session().raw().await.is_ok() {
                    break;
                }
                wait = (wait * 2).min(LAST_LOOK_MS);
            }
            self.reach.set(Reach::Up);
            self.healed.update(|count| *count += 1);
        });
    }
}

impl Call {
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_string(body).map_err(|error| error.to_string()));
        self
    }

    /// Writes only over this version; another one is `ApiError::Stale`.
    pub fn if_match(mut self, version: i64) -> Self {
        self.if_match = Some(version);
        self
    }

    /// For calls that wait for a provider.
    pub fn timeout_ms(mut self, ms: u32) -> Self {
        self.timeout_ms = ms;
        self
    }

    /// For signing in itself: a 401 is an answer, not a reason to wait.
    pub fn without_session(mut self) -> Self {
        self.waits_for_session = false;
        self
    }

    /// Sends, and reads the answer.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let text = self.text().await?;
        serde_json::from_str(&text).map_err(|error| ApiError::Unreadable(error.to_string()))
    }

    /// Sends, for answers without content.
    pub async fn done(self) -> Result<(), ApiError> {
        self.text().await.map(drop)
    }

    /// Sends, and gives the answer as it came.
    pub async fn text(self) -> Result<String, ApiError> {
        loop {
            let answer = match self.raw().await {
                Ok(answer) => answer,
                Err(NoAnswer) => {
                    self.api.lost();
                    return Err(ApiError::Offline);
                }
            };
            match answer.status {
                401 if self.waits_for_session => self.api.session.wait_for_sign_in().await,
                200..=299 => return Ok(answer.body),
                status => {
                    let error = ApiError::from_answer(status, &answer.body);
                    if error == ApiError::Offline {
                        self.api.lost();
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn raw(&self) -> Result<Answer, NoAnswer> {
        let request = self.request()?;
        let response = JsFuture::from(window().fetch_with_request(&request)).await?;
        let response: web_sys::Response = response.dyn_into()?;
        let body = JsFuture::from(response.text()?).await?;
        Ok(Answer { status: response.status(), body: body.as_string().unwrap_or_default() })
    }

    fn request(&self) -> Result<web_sys::Request, NoAnswer> {
        let init = web_sys::RequestInit::new();
        init.set_method(self.method);
        init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(self.timeout_ms)));
        let headers = web_sys::Headers::new()?;
        if let Some(Ok(body)) = &self.body {
            headers.set("content-type", "application/json")?;
            init.set_body(&JsValue::from_str(body));
        }
        if let Some(version) = self.if_match {
            headers.set("if-match", &format!("\"{version}\""))?;
        }
        if let Some(token) = self.api.session.csrf().filter(|_| self.method != "GET") {
            headers.set("x-csrf-token", &token)?;
        }
        init.set_headers(&headers);
        Ok(web_sys::Request::new_with_str_and_init(&format!("{ROOT}/{}", self.path), &init)?)
    }
}

struct Answer {
    status: u16,
    body: String,
}

/// Refused by the network, by the clock, or by the browser.
struct NoAnswer;

impl From<JsValue> for NoAnswer {
    fn from(_: JsValue) -> Self {
        Self
    }
}
