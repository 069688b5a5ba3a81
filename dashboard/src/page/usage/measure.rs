//! What usage is measured by, and what it is grouped by: the words of the address, of the API and of the page. Pure.

use maig_api::Totals;

use crate::chart::Form;
use crate::chart::scale::Unit;

/// What groups are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Requests,
    Errors,
    Fallbacks,
    Latency,
    FirstToken,
    Tokens,
    Spend,
}

impl Measure {
    /// Their names in the address, and what they are called. The first is what an address without one means.
    pub const ALL: [(&'static str, &'static str, Self); 7] = [
        ("requests", "Requests", Self::Requests),
        ("errors", "Errors", Self::Errors),
        ("fallback", "Fallbacks", Self::Fallbacks),
        ("latency", "Latency", Self::Latency),
        ("first_token", "First token", Self::FirstToken),
        ("tokens", "Tokens", Self::Tokens),
        ("spend", "Spend", Self::Spend),
    ];

    pub fn of(name: &str) -> Self {
        Self::ALL.iter().find(|(own, ..)| *own == name).map_or(Self::Requests, |(.., measure)| *measure)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(.., own)| *own == self).map_or("requests", |(name, ..)| *name)
    }

    /// What stands over a chart of it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Latency => "Latency, p95,",
            Self::FirstToken => "First token, p95,",
            _ => Self::ALL.iter().find(|(.., own)| *own == self).map_or("", |(_, label, _)| *label),
        }
    }

    /// Nothing where nothing was measured, which is not zero.
    pub fn value(self, totals: &Totals) -> Option<u64> {
        match self {
            Self::Requests => Some(totals.requests),
            Self::Errors => Some(totals.errors),
            Self::Fallbacks => Some(totals.fallbacks),
            Self::Latency => totals.p95_ms,
            Self::FirstToken => totals.first_token_p95_ms,
            Self::Tokens => Some(totals.prompt_tokens + totals.completion_tokens),
            Self::Spend => Some(u64::try_from(totals.cost_nano_usd).unwrap_or(0)),
        }
    }

    /// Whether groups are parts of a whole; percentiles are not.
    pub fn adds_up(self) -> bool {
        !matches!(self, Self::Latency | Self::FirstToken)
    }

    pub fn form(self) -> Form {
        if self.adds_up() { Form::Bars } else { Form::Lines }
    }

    pub fn unit(self) -> Unit {
        match self {
            Self::Spend => Unit::Money,
            Self::Latency | Self::FirstToken => Unit::Millis,
            _ => Unit::Count,
        }
    }
}

/// What a report can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// In the page's address.
    pub param: &'static str,
    /// In the API's question.
    pub asked: &'static str,
    pub label: &'static str,
    /// The log's filter for one of its groups.
    pub filter: &'static str,
    /// What a group without a name is.
    pub unnamed: &'static str,
}

const fn grouping(
    param: &'static str,
    asked: &'static str,
    label: &'static str,
    filter: &'static str,
    unnamed: &'static str,
) -> Grouping {
    Grouping { param, asked, label, filter, unnamed }
}

pub const GROUPINGS: &[Grouping] = &[
    grouping("route", "route", "Route", "route", "no route"),
    grouping("model", "model", "Model", "model", "answered by nobody"),
    grouping("key", "key", "Project key", "key", "no key"),
    grouping("user", "user", "End user", "user", "not said"),
    grouping("version", "app_version", "App version", "version", "not said"),
    grouping("platform", "platform", "Platform", "platform", "not said"),
];

impl Grouping {
    pub fn of(name: &str) -> Self {
        GROUPINGS.iter().copied().find(|grouping| grouping.param == name).unwrap_or(GROUPINGS[0])
    }
}
