//! The client, as the hand-written classes of the SDKs call it. Its constructor does nothing that can fail or take time.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::failure::RawError;
use crate::options::{ClientOptions, GenerateOptions};
use crate::response::GenerateResponse;
use crate::runtime::RUNTIME;
use crate::stream::RawTextStream;

/// A gateway, seen from an app.
#[derive(uniffi::Object)]
pub struct RawClient(maig_client::Client);

#[uniffi::export]
impl RawClient {
    /// Neither connects nor fails: a bad key or base URL is told by the first call.
    #[uniffi::constructor]
    pub fn new(api_key: String, options: ClientOptions) -> Arc<Self> {
        Arc::new(Self(maig_client::Client::with_options(api_key, options.into())))
    }

    /// A whole answer. It ends early when `cancel` says so, or when the foreign future is dropped.
    pub async fn generate(
        &self,
        prompt: String,
        options: GenerateOptions,
        cancel: Option<Arc<RawCancel>>,
    ) -> Result<GenerateResponse, RawError> {
        let client = self.0.clone();
        let token = cancel.map(|cancel| cancel.0.clone()).unwrap_or_default();
        let task = RUNTIME.spawn(async move {
            let options = options.into();
            tokio::select! {
                biased;
                () = token.cancelled() => Err(RawError::cancelled()),
                answer = client.generate(&prompt, &options) => Ok(answer?.into()),
            }
        });
        AbortOnDropHandle::new(task).await.unwrap_or_else(|_| Err(RawError::internal()))
    }

    /// A stream of text. Nothing is sent before its first `next`.
    pub fn stream(&self, prompt: String, options: GenerateOptions) -> Arc<RawTextStream> {
        RawTextStream::new(self.0.stream(&prompt, &options.into()))
    }
}

/// Ends a `generate` from outside, for languages whose own cancellation does not reach the Rust future.
#[derive(uniffi::Object)]
pub struct RawCancel(CancellationToken);

#[uniffi::export]
impl RawCancel {
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(CancellationToken::new()))
    }

    pub fn cancel(&self) {
        self.0.cancel();
    }
}
