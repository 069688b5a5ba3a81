//! One entry of `keys`: what an app may do. The key itself is never in a file.

use maig_core::limit::Rate;

use super::Named;
use crate::declare::fields::{Fields, Reading, Value};
use crate::declare::file::ProjectKeyDeclared;

/// Fields of the contract that come later, and what to do until then.
const PLANNED: &[(&str, &str)] = &[
    ("attestation", "remove it"),
    ("budget", "remove it; `monthly_requests` and `rate` limit what a key can cost"),
    ("budgets", "remove it; `monthly_requests` and `rate` limit what a key can cost"),
    ("monthly_usd", "remove it; `monthly_requests` and `rate` limit what a key can cost"),
];

impl Named for ProjectKeyDeclared {
    fn name(&self) -> &str {
        &self.name
    }
}

pub(super) fn read(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<ProjectKeyDeclared> {
    let mut fields = Fields::open(value, reading)?;
    let name =
        fields.require("name", "name the app that carries the key", reading).and_then(|v| v.name(reading));
    let test = fields.take("test").and_then(|v| v.boolean(reading)).unwrap_or(false);
    let routes = fields.take_even_empty("routes").map(|v| read_scope(&v, reading)).unwrap_or_default();
    let routes_only = fields.take("routes_only").and_then(|v| v.boolean(reading)).unwrap_or(false);
    let platforms = fields.take("platforms").map(|v| v.texts(reading)).unwrap_or_default();
    let bundle_ids = fields.take("bundle_ids").map(|v| v.texts(reading)).unwrap_or_default();
    let expires = fields.take("expires").and_then(|v| read_time(&v, reading));
    let rate = fields.take("rate").and_then(|v| read_rate(&v, reading));
    let monthly_requests =
        fields.take("monthly_requests").and_then(|v| v.number(1, i64::MAX as u64, reading));
    let per_user = fields.take("per_user").and_then(|v| read_rate(&v, reading));
    fields.close(PLANNED, reading);
    Some(ProjectKeyDeclared {
        name: name?,
        test,
        routes,
        routes_only,
        platforms,
        bundle_ids,
        expires,
        rate,
        monthly_requests,
        per_user,
    })
}

/// An empty list would be read as "nothing" by a person and as "everything" by the gateway.
fn read_scope(value: &Value<'_>, reading: &mut Reading<'_>) -> Vec<String> {
    let routes = value.texts(reading);
    if value.list(reading).is_empty() {
        value.fault(
            "the list is empty; name the routes and models of the key, or remove `routes` to allow all",
            reading,
        );
    }
    routes
}

fn read_rate(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<Rate> {
    let text = value.text(reading)?;
    let rate = text.parse::<Rate>();
    if rate.is_err() {
        value.fault(
            format!("{text:?} is no rate; write a number and a time, such as 600/min or 60/hour"),
            reading,
        );
    }
    rate.ok()
}

fn read_time(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<i64> {
    let text = value.text(reading)?;
    let moment = crate::when::parse(&text);
    if moment.is_none() {
        value.fault(format!("{text:?} is no moment; write 2027-01-31 or 2027-01-31T12:00:00Z"), reading);
    }
    moment
}
