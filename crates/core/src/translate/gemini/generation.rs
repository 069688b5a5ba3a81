//! Which generation of Gemini a model is. The wire changed at 3 (levels in place of budgets, signatures that must come
//! back, schemas beside tools), and Google serves models that the catalogue has not heard of yet.

/// Generations, in the order of their coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Generation {
    /// Up to 2.0, and what is no Gemini at all (Gemma, tuned endpoints).
    Early,
    /// 2.5: thinks within a budget.
    Two5,
    /// From 3 on: thinks at a level.
    Three,
}

/// Reads the version out of the name: `gemini-3.1-pro-preview`, `models/gemini-2.5-flash`. The `-latest` aliases follow
/// the newest.
pub(super) fn of(model: &str) -> Generation {
    let Some((_, after)) = model.rsplit_once("gemini-") else { return Generation::Early };
    if after.ends_with("-latest") && !after.starts_with(|c: char| c.is_ascii_digit()) {
        return Generation::Three;
    }
    let end = after.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(after.len());
    match after[..end].parse::<f64>() {
        Ok(version) if version >= 3.0 => Generation::Three,
        Ok(version) if version >= 2.5 => Generation::Two5,
        _ => Generation::Early,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_generation() {
        for (name, expect) in [
            ("gemini-1.5-pro", Generation::Early),
            ("gemini-2.0-flash", Generation::Early),
            ("gemma-3-27b-it", Generation::Early),
            ("gemini-2.5-flash-lite", Generation::Two5),
            ("models/gemini-2.5-pro", Generation::Two5),
            ("gemini-3-pro-preview", Generation::Three),
            ("gemini-3.8-flash", Generation::Three),
            ("gemini-10-ultra", Generation::Three),
            ("gemini-flash-latest", Generation::Three),
            ("gemini-pro", Generation::Early),
        ] {
            assert_eq!(of(name), expect, "{name}");
        }
    }
}
