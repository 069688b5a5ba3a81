//! The catalogue's file: what an operator may write, how one file lies over another, and how rows become cards.
//! Every fault is told with the place where it stands; nothing in a file is ever ignored.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::date::Date;
use crate::money::NanoUsd;
use crate::provider::Provider;

use super::card::{Capabilities, ModelCard, Price, Rates, Tier};

/// What is wrong with a catalogue file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// Not the form; the text of the parser names the line.
    #[error("the catalogue file cannot be read: {0}")]
    Form(String),
    #[error("{place}: {fault}")]
    Row { place: String, fault: String },
}

/// A file as it is written. It can come from TOML or, through serde, from any other notation of the same shape; it is
/// told as JSON to those who judge routes elsewhere.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogFile {
    /// Flags that several rows share, by name.
    #[serde(default)]
    profile: BTreeMap<String, Row>,
    /// Patterns of bare names, by provider; `nobody` for those that need a provider.
    #[serde(default)]
    family: BTreeMap<String, Vec<String>>,
    /// Rows by provider and id.
    #[serde(default)]
    model: BTreeMap<String, BTreeMap<String, Row>>,
}

/// The key of `family` for names that no one provider owns.
pub(super) const NOBODY: &str = "nobody";

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Row {
    /// Another row of the same provider that this one copies where it is silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    like: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_as: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aliases: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_input: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Dollars>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Dollars>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_read: Option<Dollars>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write: Option<Dollars>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tiers: Option<Vec<TierRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    can: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cannot: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TierRow {
    above: u64,
    input: Dollars,
    output: Dollars,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_read: Option<Dollars>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write: Option<Dollars>,
}

impl CatalogFile {
    pub fn from_toml(text: &str) -> Result<Self, CatalogError> {
        toml::from_str(text).map_err(|fault| CatalogError::Form(fault.to_string()))
    }

    /// This file with another on top: a row of `over` replaces what it says of the same row here, field by field.
    #[must_use]
    pub fn overlaid(mut self, over: Self) -> Self {
        for (name, row) in over.profile {
            let below = self.profile.remove(&name).unwrap_or_default();
            self.profile.insert(name, row.over(below));
        }
        for (provider, patterns) in over.family {
            self.family.entry(provider).or_default().extend(patterns);
        }
        for (provider, rows) in over.model {
            let below = self.model.entry(canonical(&provider)).or_default();
            for (id, row) in rows {
                let old = below.remove(&id).unwrap_or_default();
                below.insert(id, row.over(old));
            }
        }
        self
    }

    /// Every card, its profile and what it is like resolved.
    pub(super) fn cards(&self) -> Result<Vec<ModelCard>, CatalogError> {
        let mut cards = Vec::new();
        for (slug, rows) in &self.model {
            let provider = provider(slug, "model")?;
            for (id, row) in rows {
                let fault =
                    |fault: String| CatalogError::Row { place: format!("model.{slug}.\"{id}\""), fault };
                let whole = self.resolved(row, rows, 0).map_err(fault)?;
                cards.push(whole.card(provider, id, row).map_err(fault)?);
            }
        }
        Ok(cards)
    }

    /// The family patterns with their owners.
    pub(super) fn families(&self) -> Result<Vec<(String, Option<Provider>)>, CatalogError> {
        let mut families = Vec::new();
        for (slug, patterns) in &self.family {
            let owner = if slug == NOBODY { None } else { Some(provider(slug, "family")?) };
            families.extend(patterns.iter().map(|pattern| (pattern.clone(), owner)));
        }
        Ok(families)
    }

    fn resolved(&self, row: &Row, rows: &BTreeMap<String, Row>, depth: usize) -> Result<Row, String> {
        // A row that is like itself, through however many others.
        if depth > 8 {
            return Err("`like` goes round in a circle".to_owned());
        }
        let mut whole = row.clone();
        if let Some(name) = &row.profile {
            let profile = self.profile.get(name).ok_or_else(|| format!("there is no profile `{name}`"))?;
            whole = whole.over(profile.clone());
        }
        if let Some(id) = &row.like {
            let other = rows.get(id).ok_or_else(|| format!("there is no model `{id}` to be like"))?;
            whole = whole.over(self.resolved(other, rows, depth + 1)?);
        }
        Ok(whole)
    }
}

impl Row {
    /// This row, and `below` where it is silent. Aliases and the name that is sent belong to one row alone.
    fn over(self, below: Self) -> Self {
        let said = |flag: &String| !self.can.contains(flag) && !self.cannot.contains(flag);
        let below_can: Vec<String> = below.can.into_iter().filter(said).collect();
        let below_cannot: Vec<String> = below.cannot.into_iter().filter(said).collect();
        // New base prices without tiers are not the old tiers' prices.
        let own_price = self.input.is_some() || self.output.is_some();
        Self {
            like: self.like.or(below.like),
            profile: self.profile.or(below.profile),
            send_as: self.send_as.or(below.send_as),
            aliases: self.aliases.or(below.aliases),
            max_input: self.max_input.or(below.max_input),
            max_output: self.max_output.or(below.max_output),
            input: self.input.or(below.input),
            output: self.output.or(below.output),
            cache_read: self.cache_read.or(below.cache_read),
            cache_write: self.cache_write.or(below.cache_write),
            tiers: self.tiers.or(if own_price { None } else { below.tiers }),
            ends: self.ends.or(below.ends),
            reasoning: self.reasoning.or(below.reasoning),
            can: [self.can, below_can].concat(),
            cannot: [self.cannot, below_cannot].concat(),
        }
    }

    /// `own` is the row before it was resolved: its names are not inherited.
    fn card(self, provider: Provider, id: &str, own: &Row) -> Result<ModelCard, String> {
        let mut can = Capabilities::default();
        for (names, value) in [(&self.can, true), (&self.cannot, false)] {
            for name in names {
                can.set(name, value).map_err(|_| {
                    format!("there is no capability `{name}`; there are {}", Capabilities::NAMES.join(", "))
                })?;
            }
        }
        Ok(ModelCard {
            provider,
            id: id.to_owned(),
            aliases: own.aliases.clone().unwrap_or_default(),
            max_input: self.max_input,
            max_output: self.max_output,
            price: self.price()?,
            ends: self.ends,
            reasoning: self.reasoning.unwrap_or(false),
            can,
            send_as: own.send_as.clone(),
        })
    }

    fn price(&self) -> Result<Option<Price>, String> {
        let (input, output) = match (self.input, self.output) {
            (Some(Dollars(input)), Some(Dollars(output))) => (input, output),
            (None, None) => return Ok(None),
            _ => return Err("a price has both `input` and `output`".to_owned()),
        };
        let optional = |price: Option<Dollars>| price.map(|Dollars(amount)| amount);
        let base = Rates {
            input,
            output,
            cache_read: optional(self.cache_read),
            cache_write: optional(self.cache_write),
        };
        let mut tiers: Vec<Tier> = self.tiers.iter().flatten().map(TierRow::tier).collect();
        tiers.sort_by_key(|tier| tier.above);
        Ok(Some(Price { base, tiers }))
    }
}

impl TierRow {
    fn tier(&self) -> Tier {
        let optional = |price: Option<Dollars>| price.map(|Dollars(amount)| amount);
        let rates = Rates {
            input: self.input.0,
            output: self.output.0,
            cache_read: optional(self.cache_read),
            cache_write: optional(self.cache_write),
        };
        Tier { above: self.above, rates }
    }
}

fn provider(slug: &str, table: &str) -> Result<Provider, CatalogError> {
    Provider::from_slug(slug).ok_or_else(|| {
        let known: Vec<&str> = Provider::ALL.iter().map(|p| p.slug()).collect();
        let fault = format!("there is no such provider; there are {}", known.join(", "));
        CatalogError::Row { place: format!("{table}.{slug}"), fault }
    })
}

/// An alias (`google`) lies on the rows of what it stands for.
fn canonical(slug: &str) -> String {
    Provider::from_slug(slug).map_or_else(|| slug.to_owned(), |p| p.slug().to_owned())
}

/// US dollars as a person writes them, `"2.5"` or `2.5`, kept exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dollars(NanoUsd);

impl Dollars {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 9 || !digits(whole) || !digits(fraction) {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let fraction: i64 = format!("{fraction:0<9}").parse().ok()?;
        Some(Self(NanoUsd(whole.checked_mul(1_000_000_000)?.checked_add(fraction)?)))
    }
}

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AsWritten)
    }
}

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let NanoUsd(nano) = self.0;
        let text = format!("{}.{:09}", nano / 1_000_000_000, nano % 1_000_000_000);
        to.serialize_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

struct AsWritten;

impl Visitor<'_> for AsWritten {
    type Value = Dollars;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dollars for a million tokens, such as \"2.5\"")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Dollars, E> {
        Dollars::parse(text).ok_or_else(|| {
            E::custom(format!(
                "`{text}` is not an amount; write dollars for a million tokens, such as \"2.5\""
            ))
        })
    }

    fn visit_i64<E: serde::de::Error>(self, whole: i64) -> Result<Dollars, E> {
        self.visit_str(&whole.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<Dollars, E> {
        self.visit_str(&whole.to_string())
    }

    /// A float's shortest text is what was written, as long as that had at most 15 digits.
    fn visit_f64<E: serde::de::Error>(self, amount: f64) -> Result<Dollars, E> {
        self.visit_str(&amount.to_string())
    }
}
