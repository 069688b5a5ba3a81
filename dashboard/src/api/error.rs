//! What can become of a call, as a page wants to know it.

use maig_api::{ErrorBody, ErrorDetail};

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// The gateway understood and refused: its own words, and the fields at fault.
    Refused { status: u16, detail: ErrorDetail },
    /// Somebody else changed it meanwhile; `detail.current` tells the version that is stored now.
    Stale { current: Option<i64>, detail: ErrorDetail },
    /// The gateway, or what it needs, is out of order.
    Broken { status: u16, detail: ErrorDetail },
    /// No answer: the gateway or the network is away, or too slow.
    Offline,
    /// An answer that this dashboard cannot read: it is older or newer than the gateway.
    Unreadable(String),
}

impl ApiError {
    pub(super) fn from_answer(status: u16, body: &str) -> Self {
        let detail =
            serde_json::from_str::<ErrorBody>(body).map_or_else(|_| foreign(status), |body| body.error);
        match status {
            412 => {
                let current = detail.current.as_ref().and_then(|value| value.get("version")?.as_i64());
                Self::Stale { current, detail }
            }
            502..=504 if detail.code.is_none() => Self::Offline,
            500.. => Self::Broken { status, detail },
            _ => Self::Refused { status, detail },
        }
    }

    /// A sentence for a person.
    pub fn message(&self) -> String {
        match self {
            Self::Refused { detail, .. } | Self::Stale { detail, .. } | Self::Broken { detail, .. } => {
                detail.message.clone()
            }
            Self::Offline => {
                "The gateway does not answer. Nothing is lost; try again when it is back.".to_owned()
            }
            Self::Unreadable(_) => {
                "The answer could not be read. Reload the page: the gateway may have been updated.".to_owned()
            }
        }
    }

    /// A word for a program, to search for.
    pub fn code(&self) -> String {
        match self {
            Self::Refused { status, detail } | Self::Broken { status, detail } => {
                detail.code.clone().unwrap_or_else(|| status.to_string())
            }
            Self::Stale { .. } => "version_mismatch".to_owned(),
            Self::Offline => "offline".to_owned(),
            Self::Unreadable(_) => "unreadable_answer".to_owned(),
        }
    }

    /// What is wrong with the field at that path, in the server's words.
    pub fn at(&self, path: &str) -> Option<String> {
        let Self::Refused { detail, .. } = self else { return None };
        let fault = detail.faults.iter().find(|fault| fault.path == path);
        fault.map(|fault| fault.message.clone()).or_else(|| {
            (detail.faults.is_empty() && detail.param.as_deref() == Some(path))
                .then(|| detail.message.clone())
        })
    }

    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

/// Something between here and the gateway answered.
fn foreign(status: u16) -> ErrorDetail {
    ErrorDetail {
        message: format!("Something between this browser and the gateway answered {status}."),
        kind: "api_error".to_owned(),
        param: None,
        code: None,
        faults: Vec::new(),
        current: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_becomes_what_a_page_wants_to_know() {
        let body = |code: &str, rest: &str| {
            format!(
                "{{\"error\":{{\"message\":\"No.\",\"type\":\"t\",\"param\":null,\"code\":\"{code}\"{rest}}}}}"
            )
        };
        let stale = ApiError::from_answer(412, &body("version_mismatch", ",\"current\":{\"version\":7}"));
        assert!(matches!(stale, ApiError::Stale { current: Some(7), .. }));
        let fault = ",\"faults\":[{\"path\":\"targets[0].model\",\"message\":\"Unknown.\"}]";
        let refused = ApiError::from_answer(422, &body("invalid_request", fault));
        assert_eq!(refused.at("targets[0].model").as_deref(), Some("Unknown."));
        assert_eq!(refused.at("name"), None);
        assert_eq!(ApiError::from_answer(502, "<html>bad gateway</html>"), ApiError::Offline);
        assert!(matches!(ApiError::from_answer(500, &body("internal_error", "")), ApiError::Broken { .. }));
        assert_eq!(ApiError::from_answer(403, "<html>").code(), "403");
    }
}
