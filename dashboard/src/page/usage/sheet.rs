//! The ranked table for a spreadsheet: figures as numbers, money in dollars, milliseconds as they are. Pure.

use maig_api::Totals;

use super::measure::Grouping;
use super::shares::Rank;
use crate::chart::table::DataTable;

const HEAD: [&str; 15] = [
    "requests",
    "errors",
    "fallbacks",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cost_usd",
    "unpriced",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "first_token_p50_ms",
    "first_token_p95_ms",
    "first_token_p99_ms",
];

fn figures(totals: &Totals) -> [String; 15] {
    let ms = |ms: Option<u64>| ms.map_or_else(String::new, |ms| ms.to_string());
    [
        totals.requests.to_string(),
        totals.errors.to_string(),
        totals.fallbacks.to_string(),
        totals.prompt_tokens.to_string(),
        totals.cached_tokens.to_string(),
        totals.completion_tokens.to_string(),
        totals.reasoning_tokens.to_string(),
        format!("{:.9}", totals.cost_nano_usd as f64 / 1e9),
        totals.unpriced.to_string(),
        ms(totals.p50_ms),
        ms(totals.p95_ms),
        ms(totals.p99_ms),
        ms(totals.first_token_p50_ms),
        ms(totals.first_token_p95_ms),
        ms(totals.first_token_p99_ms),
    ]
}

/// A row a group; one without a name has none here either.
pub fn sheet(grouping: Grouping, ranks: &[Rank]) -> DataTable {
    let name = |rank: &Rank| if rank.name.is_empty() { String::new() } else { rank.shown.clone() };
    let row = |rank: &Rank| std::iter::once(name(rank)).chain(figures(&rank.totals)).collect();
    let head = std::iter::once(grouping.asked).chain(HEAD).map(str::to_owned).collect();
    DataTable { head, rows: ranks.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_a_figure_under_each_head() {
        let totals = Totals {
            requests: 1,
            errors: 2,
            fallbacks: 3,
            prompt_tokens: 4,
            cached_tokens: 5,
            completion_tokens: 6,
            reasoning_tokens: 7,
            cost_nano_usd: 50,
            unpriced: 8,
            p50_ms: Some(9),
            first_token_p99_ms: Some(10),
            ..Totals::default()
        };
        let rank = |name: &str| Rank {
            name: name.into(),
            shown: "ios-app".into(),
            totals: totals.clone(),
            look: None,
            trend: Vec::new(),
        };
        let csv = sheet(Grouping::of("key"), &[rank("k1"), rank("")]).csv();
        assert!(csv.starts_with("key,requests,errors,"), "{csv}");
        let figures = "1,2,3,4,5,6,7,0.000000050,8,9,,,,,10\r\n";
        assert!(csv.ends_with(&format!("\r\nios-app,{figures},{figures}")), "{csv}");
    }
}
