//! Whether a failure goes on to the next target. The list of a route, and the kinds that no list can change.
//! It must never look at which targets are left: that is the plan's.

use crate::failure::{Failure, FailureKind};

/// What one level of routes says to a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The next target.
    Next,
    /// The chain ends, and the provider's own error is the client's.
    Pass,
    /// The chain ends, and the failure goes to the client alone.
    End,
    /// The chain ends with `context_length_exceeded`.
    TooLong,
}

/// The failures that a level of routes falls over on.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryOn<'a> {
    pub kinds: &'a [FailureKind],
    /// In place of `kinds`, for failures that have a status.
    pub status_codes: Option<&'a [u16]>,
}

impl RetryOn<'_> {
    pub(super) fn verdict(self, failure: &Failure) -> Verdict {
        use FailureKind as K;
        match failure.kind {
            // The request would be as wrong for the next target.
            K::InvalidRequest => Verdict::Pass,
            // The next target is another model. The validations only fail where a route asks for them.
            K::ModelUnavailable | K::Truncated | K::SchemaMismatch | K::TooShort => Verdict::Next,
            _ if self.lists(failure) => Verdict::Next,
            K::ContentPolicy => Verdict::Pass,
            K::ContextWindow => Verdict::TooLong,
            K::Connect
            | K::ServerError
            | K::RateLimit
            | K::Timeout
            | K::BadResponse
            | K::ProviderAuth
            | K::StreamCut => Verdict::End,
        }
    }

    fn lists(self, failure: &Failure) -> bool {
        // A 200 that turned out to be no answer has no status in this sense: nobody lists 200.
        let status = failure.status.filter(|status| *status >= 400);
        match (self.status_codes, status) {
            (Some(codes), Some(status)) => codes.contains(&status),
            _ => self.lists_kind(failure.kind),
        }
    }

    fn lists_kind(self, kind: FailureKind) -> bool {
        use FailureKind as K;
        let goes_with_server_error = matches!(kind, K::Connect | K::BadResponse | K::StreamCut);
        self.kinds.contains(&kind) || (goes_with_server_error && self.kinds.contains(&K::ServerError))
    }
}
