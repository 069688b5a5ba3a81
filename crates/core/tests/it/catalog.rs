//! The catalogue: every name that people write finds its vendor, prices are exact, and what is unknown stays unknown.

use maig_core::catalog::{Capabilities, Catalog, CatalogFile, Ending, cost, lacks};
use maig_core::chat::{Needs, Usage};
use maig_core::date::Date;
use maig_core::model::ModelRef;
use maig_core::money::NanoUsd;
use maig_core::provider::Provider::{self, *};
use proptest::prelude::*;

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

#[test]
fn every_bare_name_finds_its_vendor() {
    let check = |name: &str, expect: Option<Provider>| {
        assert_eq!(Catalog::built_in().vendor_of(name), expect, "{name}");
    };
    for name in [
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4o-2024-11-20",
        "gpt-5",
        "gpt-5-mini",
        "gpt-5.4",
        "gpt-6.1-sol",
        "gpt-9-nova",
        "o1",
        "o1-preview",
        "o3-mini",
        "o4-mini-2025-04-16",
        "chatgpt-4o-latest",
        "ft:gpt-4o-mini:acme::abc",
        "text-embedding-3-small",
    ] {
        check(name, Some(OpenAi));
    }
    for name in [
        "claude-3-5-sonnet",
        "claude-3-5-sonnet-20241022",
        "claude-3-5-sonnet-latest",
        "claude-3-5-haiku",
        "claude-opus-4",
        "claude-4-5-sonnet",
        "claude-sonnet",
        "claude-opus",
        "claude-2.1",
        "claude-haiku-4-5-20251001",
        "claude-saga-9",
    ] {
        check(name, Some(Anthropic));
    }
    for name in ["gemini-1.5-pro", "gemini-2.0-ultra", "gemini-2.5-pro", "gemini-3-pro", "gemini-3.8-flash"] {
        check(name, Some(Gemini));
    }
    for name in [
        "mistral-large",
        "mistral-small",
        "mistral-large-2411",
        "ministral-8b-latest",
        "codestral-latest",
        "magistral-medium-2507",
        "pixtral-12b",
        "mistral-tiny",
    ] {
        check(name, Some(Mistral));
    }
    for (name, vendor) in [
        ("deepseek-chat", DeepSeek),
        ("deepseek-v4-flash", DeepSeek),
        ("deepseek-v9", DeepSeek),
        ("qwen-plus", Qwen),
        ("qwen-turbo", Qwen),
        ("qwen3-max", Qwen),
        ("qwen3.8-max", Qwen),
        ("qwen4-max", Qwen),
        ("glm-4-flash", Zhipu),
        ("glm-5.2", Zhipu),
        ("doubao-pro-256k", Doubao),
        ("doubao-seed-2-1-pro", Doubao),
        ("grok-4.3", Xai),
        ("grok-3-mini", Xai),
        ("kimi-k3", Moonshot),
        ("moonshot-v1-8k", Moonshot),
        ("sonar", Perplexity),
        ("sonar-pro", Perplexity),
    ] {
        check(name, Some(vendor));
    }
    for name in [
        "gpt-oss-120b",
        "llama-3.3-70b-versatile",
        "qwen3:8b",
        "qwen3.6:latest",
        "meta-llama/llama-3",
        "command-a-03-2025",
        "deepseek-r1-distill-llama-70b",
        "qwen3-30b-a3b",
        "my-own-model",
        "sonarqube",
        "",
        "auto",
    ] {
        check(name, None);
    }
}

#[test]
fn a_name_goes_upstream_as_written_unless_it_never_was_the_providers() {
    let catalog = Catalog::built_in();
    for (provider, name, sent) in [
        (OpenAi, "gpt-4o", "gpt-4o"),
        (Anthropic, "claude-3-5-sonnet", "claude-3-5-sonnet"),
        (Anthropic, "claude-4-5-sonnet", "claude-sonnet-4-5"),
        (Anthropic, "claude-sonnet-4-5-20250929", "claude-sonnet-4-5-20250929"),
        (OpenRouter, "anthropic/claude-4-5-sonnet", "anthropic/claude-4-5-sonnet"),
        (Mistral, "mistral-large", "mistral-large"),
    ] {
        assert_eq!(catalog.upstream_name(provider, name), sent);
    }
    let renamed = catalog.find(Anthropic, "claude-4-5-sonnet").unwrap();
    assert_eq!((renamed.max_input, renamed.can.json_schema), (Some(200_000), Some(true)));
    assert_eq!(renamed.ends, "2026-11-30".parse().ok());
}

#[test]
fn dated_ids_aliases_and_hosts_find_their_card() {
    let check = |provider: Provider, id: &str, card: Option<&str>| {
        let found = Catalog::built_in().find(provider, id);
        assert_eq!(found.as_ref().map(|card| card.id.as_str()), card, "{provider}/{id}");
    };
    check(OpenAi, "gpt-4o-2024-11-20", Some("gpt-4o"));
    check(OpenAi, "gpt-4o-2024-05-13", Some("gpt-4o-2024-05-13"));
    check(Anthropic, "claude-haiku-4-5-20251001", Some("claude-haiku-4-5"));
    check(Anthropic, "claude-3-5-sonnet-latest", Some("claude-3-5-sonnet"));
    check(Anthropic, "claude-sonnet-4-0", Some("claude-sonnet-4"));
    check(Mistral, "mistral-large", Some("mistral-large-latest"));
    check(DeepSeek, "deepseek-flash", Some("deepseek-v4-flash"));
    check(Azure, "gpt-4o", Some("gpt-4o"));
    check(Vertex, "gemini-2.5-flash", Some("gemini-2.5-flash"));
    check(OpenRouter, "anthropic/claude-sonnet-4.6", Some("claude-sonnet-4-6"));
    check(OpenRouter, "openai/gpt-4o-mini:free", Some("gpt-4o-mini"));
    check(OpenRouter, "x-ai/grok-4.3", Some("grok-4.3"));
    check(Groq, "openai/gpt-oss-120b", Some("openai/gpt-oss-120b"));
    check(OpenAi, "claude-3-5-sonnet", None);
    check(Azure, "my-deployment", None);
    check(OpenAiCompatible, "gpt-4o", None);
    check(OpenAi, "-20241022", None);
    check(OpenAi, "", None);
    let schema = |provider, id| Catalog::built_in().find(provider, id).unwrap().can.json_schema;
    assert_eq!(schema(DeepSeek, "deepseek-chat"), Some(false));
    assert_eq!(schema(OpenRouter, "deepseek/deepseek-chat"), None, "another host may hold it to a schema");
    let hosted = Catalog::built_in().find(OpenRouter, "openai/gpt-4o").unwrap();
    assert_eq!(hosted.price, None, "a host has prices of its own");
}

#[test]
fn endings_are_told_in_words() {
    let check = |provider: Provider, id: &str, expect: Option<&str>| {
        let ending = Catalog::built_in().find(provider, id).unwrap().ending(today(), 60);
        assert_eq!(ending.map(|ending| ending.to_string()).as_deref(), expect, "{id}");
    };
    check(Anthropic, "claude-sonnet-4-5", Some("is retired by its provider in 9 days, on 2026-11-30"));
    check(OpenAi, "gpt-5", Some("is retired by its provider in 20 days, on 2026-12-11"));
    check(OpenAi, "gpt-4o", Some("is retired by its provider in 54 days, on 2027-01-14"));
    check(OpenAi, "gpt-5.1", None);
    check(OpenAi, "gpt-6-luna", None);
    check(Anthropic, "claude-haiku-4-5", None);
    for (provider, gone) in [
        (Anthropic, "claude-3-5-sonnet"),
        (Anthropic, "claude-3-5-sonnet-20241022"),
        (Anthropic, "claude-opus-4"),
        (OpenAi, "o4-mini"),
        (OpenAi, "gpt-3.5-turbo"),
        (Gemini, "gemini-1.5-pro"),
        (DeepSeek, "deepseek-chat"),
    ] {
        let ending = Catalog::built_in().find(provider, gone).unwrap().ending(today(), 60);
        assert!(matches!(ending, Some(Ending::Ended(_))), "{gone}: {ending:?}");
    }
    let card = Catalog::built_in().find(Anthropic, "claude-sonnet-4-5").unwrap();
    let on = |day: &str| card.ending(day.parse().unwrap(), 60).map(|ending| ending.to_string());
    assert_eq!(on("2026-11-29").unwrap(), "is retired by its provider tomorrow, on 2026-11-30");
    assert_eq!(on("2026-11-30").unwrap(), "was retired by its provider on 2026-11-30");
}

#[test]
fn costs_are_exact_and_unknown_is_not_nothing() {
    let catalog = Catalog::built_in();
    let usage = |prompt, cached, cache_written, completion| Usage {
        prompt,
        cached,
        cache_written,
        completion,
        ..Usage::default()
    };
    let check = |provider: Provider, id: &str, usage: Usage, nano: Option<i64>| {
        assert_eq!(
            cost(catalog.find(provider, id).as_deref(), &usage, None),
            nano.map(NanoUsd),
            "{id} {usage:?}"
        );
    };
    // 1000 × $2.50 + 500 × $10 a million.
    check(OpenAi, "gpt-4o", usage(1_000, 0, 0, 500), Some(7_500_000));
    // 200 plain, 800 cached at half.
    check(OpenAi, "gpt-4o", usage(1_000, 800, 0, 0), Some(1_500_000));
    // 100 plain at $3, 600 read at $0.30, 300 written at $3.75.
    check(
        Anthropic,
        "claude-sonnet-4-5",
        usage(1_000, 600, 300, 10),
        Some(300_000 + 180_000 + 1_125_000 + 150_000),
    );
    // No price of its own for cached tokens: they cost what others do.
    check(OpenAi, "gpt-5.5-pro", usage(10, 10, 0, 0), Some(300_000));
    // One token of $0.05 a million is 50 nano-dollars.
    check(OpenAi, "gpt-5-nano", usage(1, 0, 0, 0), Some(50));
    // Beyond the threshold the dear rate holds for all of it; at it, not yet.
    check(Gemini, "gemini-2.5-pro", usage(200_000, 0, 0, 0), Some(250_000_000));
    check(Gemini, "gemini-2.5-pro", usage(200_001, 0, 0, 0), Some(500_002_500));
    check(Qwen, "qwen3-max", usage(130_000, 0, 0, 1_000), Some(390_000_000 + 15_000_000));
    // More cached than there was prompt.
    check(OpenAi, "gpt-4o", usage(100, 500, 50, 0), Some(125_000));
    check(OpenAi, "gpt-9-nova", usage(1_000, 0, 0, 500), None);
    check(Qwen, "qwen3-coder-plus", usage(1_000, 0, 0, 500), None);
    check(Zhipu, "glm-4.7-flash", usage(1_000, 0, 0, 500), Some(0));
    let told = cost(None, &usage(1, 0, 0, 1), Some(NanoUsd(42)));
    assert_eq!(told, Some(NanoUsd(42)));
}

#[test]
fn what_a_model_is_known_to_lack_is_named_and_what_is_unknown_is_no_obstacle() {
    let check = |provider: Provider, id: &str, needs: Needs, param: Option<&str>| {
        let card = Catalog::built_in().find(provider, id);
        let lacking = lacks(provider, card.as_deref(), needs);
        assert_eq!(lacking.map(|u| u.param).as_deref(), param, "{provider}/{id} {needs:?}");
    };
    let none = Needs::default();
    let n = Needs { several_choices: true, ..none };
    let audio = Needs { audio: true, ..none };
    let schema = Needs { json_schema: true, ..none };
    let forced = Needs { tools: true, forced_tool_choice: true, ..none };
    let image = Needs { image: true, ..none };
    check(Anthropic, "claude-sonnet-4-6", none, None);
    check(Anthropic, "claude-of-tomorrow", n, Some("n"));
    check(Anthropic, "claude-of-tomorrow", audio, Some("messages"));
    check(Anthropic, "claude-3-5-sonnet", schema, None);
    check(Anthropic, "claude-opus-5-5", forced, Some("tool_choice"));
    check(Anthropic, "claude-sonnet-4-6", forced, None);
    check(
        OpenAi,
        "gpt-4o",
        Needs { image: true, tools: true, json_schema: true, several_choices: true, ..none },
        None,
    );
    check(OpenAi, "gpt-4", image, Some("messages"));
    check(OpenAi, "o3-mini", image, Some("messages"));
    check(OpenAi, "gpt-3.5-turbo", schema, Some("response_format"));
    check(OpenAi, "gpt-9-nova", Needs { image: true, audio: true, file: true, ..forced }, None);
    check(DeepSeek, "deepseek-v4-pro", schema, Some("response_format"));
    check(DeepSeek, "deepseek-v4-pro", image, Some("messages"));
    check(Gemini, "gemini-2.5-flash", n, None);
    check(Gemini, "gemini-2.5-flash", audio, None);
    check(Perplexity, "sonar", Needs { tools: true, ..none }, Some("tools"));
    check(Ollama, "anything", Needs { image: true, ..forced }, None);
}

#[test]
fn the_key_or_the_vendor_says_who_is_asked_where_the_name_does_not() {
    let check = |model: &str, key: Option<Provider>, expect: Option<Provider>| {
        assert_eq!(Catalog::built_in().provider_of(&ModelRef::parse(model), key), expect, "{model} {key:?}");
    };
    check("gpt-4o", None, Some(OpenAi));
    check("gpt-4o", Some(Azure), Some(Azure));
    check("anthropic/claude-opus-4-8", None, Some(Anthropic));
    check("google/gemini-2.5-pro", None, Some(Gemini));
    check("meta-llama/llama-3", None, None);
    check("meta-llama/llama-3", Some(Together), Some(Together));
}

#[test]
fn names_with_a_slip_get_suggestions() {
    let check = |name: &str, first: Option<&str>| {
        let near = Catalog::built_in().suggest(name);
        assert_eq!(near.first().map(String::as_str), first, "{name}: {near:?}");
        assert!(near.len() <= 3);
    };
    check("gtp-4o", Some("gpt-4o"));
    check("GPT-4o", Some("gpt-4o"));
    check("claude-3.5-sonnet", Some("claude-3-5-sonnet"));
    check("cluade-opus-4-8", Some("claude-opus-4-8"));
    check("gemni-2.5-flash", Some("gemini-2.5-flash"));
    check("the-quick-brown-fox-jumps", None);
    check("", None);
}

#[test]
fn an_operators_file_lies_over_the_built_in_one() {
    let catalog = Catalog::with_overrides(
        r#"
        [family]
        openai-compatible = ["acme-*"]
        [model.openai]
        gpt-4o = { input = 2, output = 8.25, ends = "2027-06-30" }
        [model.openai-compatible]
        acme-1 = { max_input = 4096, input = "0", output = "0", can = ["tools"], cannot = ["vision"] }
        [model.google]
        "gemini-3.8-flash" = { can = ["sampling"] }
        "#,
    )
    .unwrap();
    let card = catalog.find(OpenAi, "gpt-4o").unwrap();
    let price = card.price.as_ref().unwrap();
    assert_eq!((price.base.input, price.base.output), (NanoUsd(2_000_000_000), NanoUsd(8_250_000_000)));
    assert_eq!(price.base.cache_read, Some(NanoUsd(1_250_000_000)), "what the file does not say stays");
    assert_eq!((card.max_input, card.can.vision), (Some(128_000), Some(true)));
    assert_eq!(card.ends, "2027-06-30".parse().ok());
    let own = catalog.find(OpenAiCompatible, "acme-1").unwrap();
    assert_eq!(own.can, Capabilities { tools: Some(true), vision: Some(false), ..Capabilities::default() });
    assert_eq!(cost(Some(&own), &Usage { prompt: 9, ..Usage::default() }, None), Some(NanoUsd::ZERO));
    assert_eq!(catalog.vendor_of("acme-2"), Some(OpenAiCompatible));
    assert_eq!(catalog.find(Gemini, "gemini-3.8-flash").unwrap().can.sampling, Some(true));
    // New base prices do not keep the old long-prompt rates.
    let catalog =
        Catalog::with_overrides("[model.gemini]\n\"gemini-2.5-pro\" = { input = 1, output = 1 }").unwrap();
    assert!(catalog.find(Gemini, "gemini-2.5-pro").unwrap().price.as_ref().unwrap().tiers.is_empty());
}

#[test]
fn a_fault_in_an_operators_file_says_where_it_is() {
    let check = |text: &str, expect: &[&str]| {
        let fault = Catalog::with_overrides(text).unwrap_err().to_string();
        for part in expect {
            assert!(fault.contains(part), "{fault} lacks {part}");
        }
    };
    check(
        "[model.openai]\n\"gpt-4o\" = { input = \"cheap\", output = 1 }",
        &["line 2", "`cheap` is not an amount"],
    );
    check("[model.openai]\ngpt-4o = { inputt = 1 }", &["line 2", "inputt"]);
    check("[model.openai]\ngpt-4o = { ends = \"soon\" }", &["line 2", "not a date"]);
    check("[model.openai]\nnew = { input = 1 }", &["model.openai.\"new\"", "both `input` and `output`"]);
    check("[model.openai]\nnew = { input = -1, output = 1 }", &["line 2", "not an amount"]);
    check(
        "[model.openai]\nnew = { can = [\"fly\"] }",
        &["model.openai.\"new\"", "no capability `fly`", "vision"],
    );
    check("[model.openai]\nnew = { profile = \"x\" }", &["no profile `x`"]);
    check("[model.openai]\na = { like = \"b\" }\nb = { like = \"a\" }", &["circle"]);
    check("[model.opnai]\na = { }", &["model.opnai", "no such provider", "openai"]);
    check("[family]\nopnai = [\"x-*\"]", &["family.opnai", "no such provider"]);
    check("[model.openai", &["line 1"]);
}

#[test]
fn the_built_in_file_is_sound() {
    let cards = Catalog::built_in().cards();
    assert!(cards.len() > 120, "{}", cards.len());
    for card in cards {
        let place = format!("{}/{}", card.provider, card.id);
        assert!(card.id == card.id.trim() && !card.id.is_empty(), "{place}");
        if let Some(price) = &card.price {
            assert!(price.tiers.windows(2).all(|pair| pair[0].above < pair[1].above), "{place}");
            for tier in &price.tiers {
                assert!(
                    tier.rates.input >= price.base.input && tier.rates.output >= price.base.output,
                    "{place}"
                );
            }
            assert!(price.base.cache_read.is_none_or(|read| read <= price.base.input), "{place}");
        }
        if let Some(name) = &card.send_as {
            let real = Catalog::built_in().find(card.provider, name);
            assert!(real.is_some_and(|real| real.send_as.is_none()), "{place} is sent as what is not there");
        }
        assert!(card.can.thinking_always_on != Some(true) || card.reasoning, "{place}");
        assert!(!card.reasoning || card.can.thinking != Some(false), "{place}");
    }
}

proptest! {
    #[test]
    fn no_count_and_no_price_overflows(prompt: u64, cached: u64, cache_written: u64, completion: u64) {
        let usage = Usage { prompt, cached, cache_written, completion, ..Usage::default() };
        for card in Catalog::built_in().cards() {
            let got = cost(Some(card), &usage, None);
            prop_assert_eq!(got.is_some(), card.price.is_some());
            prop_assert!(got.is_none_or(|cost| cost >= NanoUsd::ZERO));
        }
    }

    #[test]
    fn no_name_makes_it_panic(name: String) {
        let catalog = Catalog::built_in();
        catalog.vendor_of(&name);
        catalog.suggest(&name);
        for provider in Provider::ALL {
            catalog.find(*provider, &name);
        }
    }
}

#[test]
fn a_catalogue_survives_being_told_as_json() {
    let over =
        "[model.openai.\"my-own\"]\ninput = \"0.125\"\noutput = 3\nmax_input = 7\nends = \"2027-01-31\"\n";
    let catalog = Catalog::with_overrides(over).unwrap();
    let told = serde_json::to_string(catalog.file()).unwrap();
    let heard: CatalogFile = serde_json::from_str(&told).unwrap();
    let again = Catalog::from_file(heard).unwrap();
    assert!(catalog.cards().len() > 100, "{}", catalog.cards().len());
    assert_eq!(again.cards(), catalog.cards());
    for name in ["gpt-9-nova", "claude-next", "gpt-oss-1b", "my-own"] {
        assert_eq!(again.vendor_of(name), catalog.vendor_of(name), "{name}");
    }
}
