//! How one request is to be answered: plainly, or with faults. A behaviour is written in words behind a model's name
//! (`gpt-4o+503`) or in a script; `words` holds the one table of them. It says nothing about any wire.

mod dice;
mod words;

use std::time::Duration;

pub(crate) use dice::roll;
pub use words::{WORDS, Word};

/// What a provider does with one request. The default answers at once and in full.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Behaviour {
    /// Something else than an HTTP answer.
    pub no_answer: Option<NoAnswer>,
    /// Silence before the head.
    pub slow: Duration,
    /// An error in the wire's own shape, and where it is put.
    pub trouble: Option<(Trouble, Place)>,
    /// `Retry-After` of the error, or Gemini's `RetryInfo`.
    pub retry_after: Option<Duration>,
    /// The error's body is a proxy's HTML page.
    pub html: bool,
    /// The head is sent, and then never a byte.
    pub hang_after_head: bool,
    pub empty_body: bool,
    pub malformed: bool,
    pub no_choices: bool,
    /// Where the body is cut.
    pub cut: Option<Cut>,
    /// A cut is a reset and not an end of file.
    pub rst: bool,
    /// Silence for ever after so many content chunks.
    pub stall: Option<usize>,
    /// A frame (or a whole body) of so many bytes.
    pub big_frame: Option<usize>,
    pub invalid_utf8: bool,
    /// A frame that is not JSON, after so many content chunks.
    pub bad_frame: Option<usize>,
    pub no_done: bool,
    pub no_finish: bool,
    pub no_usage: bool,
    /// For so long only comments (or the wire's pings) before the first content.
    pub pings: Duration,
    /// Content chunks a second.
    pub tps: Option<f64>,
    /// The text comes in so many chunks.
    pub chunks: Option<usize>,
    /// The text has so many words.
    pub words: Option<usize>,
    /// The socket is written in pieces of so many bytes.
    pub split: Option<usize>,
    pub mood: Mood,
    /// So many tool calls, whatever was asked; 0 for none.
    pub tools: Option<usize>,
    pub reasoning: bool,
    /// How often (0 to 1) a fault is drawn in place of all this, and the seed of the draw.
    pub rand: Option<f64>,
    pub seed: u64,
}

/// What happens instead of an HTTP answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    Reset,
    Close,
    Hang,
    /// Header lines for ever, slowly.
    EndlessHead,
    /// Header lines for ever, as fast as they are taken.
    FloodHead,
    /// Bytes that are not HTTP.
    BadHead,
}

/// An error that a provider reports; each wire has its own status and body for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Status(u16),
    /// The account is empty or its spending limit is reached.
    Quota,
    /// The provider key is bad.
    Auth,
    /// The prompt is larger than the model's window.
    Context,
    /// The prompt is refused by policy.
    Policy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An HTTP error.
    Status,
    /// The body of a 200.
    In200,
    /// An event of a stream, after so many content chunks. A whole answer gets the HTTP error.
    InStream(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// After so many bytes of the body.
    Bytes(usize),
    /// After so many content chunks; a whole body is cut in its middle.
    Chunks(usize),
}

/// How the answer ends, when not by having said everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Plain,
    /// No text at all.
    Empty,
    /// The model refuses in words of its own.
    Refusal,
    /// The provider's filter stops the answer.
    Filtered,
    /// The answer ends at a length limit.
    Length,
}

/// A word that is not in the table, or a value that it does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownWord(pub String);

impl Behaviour {
    /// Reads words joined by `+`, for example `429+retry-after=2`. `ok` and the empty text are the default.
    pub fn parse(text: &str) -> Result<Self, UnknownWord> {
        let mut behaviour = Self::default();
        for word in text.split('+').map(str::trim).filter(|word| !word.is_empty() && *word != "ok") {
            words::apply(word, &mut behaviour)?;
        }
        Ok(behaviour)
    }

    /// Splits `gpt-4o+503` into the name and its behaviour. A `+` at the end belongs to the name (`command-r+`).
    pub fn of_model(model: &str) -> Result<(&str, Self), UnknownWord> {
        match model.split_once('+') {
            None | Some((_, "")) => Ok((model, Self::default())),
            Some((name, words)) => Ok((name, Self::parse(words)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(model: &str, name: &str, expect: Behaviour) {
        assert_eq!(Behaviour::of_model(model), Ok((name, expect)), "{model}");
    }

    #[test]
    fn a_model_name_carries_its_behaviour() {
        let plain = Behaviour::default();
        check("gpt-4o", "gpt-4o", plain.clone());
        check("command-r+", "command-r+", plain.clone());
        check("gpt-4o+ok", "gpt-4o", plain.clone());
        let busy = Behaviour {
            trouble: Some((Trouble::Status(429), Place::Status)),
            retry_after: Some(Duration::from_secs(2)),
            ..plain.clone()
        };
        check("gpt-4o+429+retry-after=2", "gpt-4o", busy.clone());
        check("gpt-4o+status=429+retry-after=2", "gpt-4o", busy);
        check(
            "openai/gpt-4o+slow=300ms+cut=17+rst",
            "openai/gpt-4o",
            Behaviour {
                slow: Duration::from_millis(300),
                cut: Some(Cut::Bytes(17)),
                rst: true,
                ..plain.clone()
            },
        );
        check("m+big-frame=50MB", "m", Behaviour { big_frame: Some(50 << 20), ..plain });
    }

    #[test]
    fn a_word_that_nobody_knows_is_refused_with_the_words_that_exist() {
        for wrong in ["m+explode", "m+slow=soon", "m+status=99", "m+stall=x", "m+rand=2"] {
            let UnknownWord(message) = Behaviour::of_model(wrong).unwrap_err();
            assert!(message.contains('`'), "{message}");
        }
    }

    #[test]
    fn every_word_of_the_table_is_taken_with_its_own_example() {
        for word in WORDS {
            assert!(Behaviour::parse(word.example).is_ok(), "{}", word.example);
        }
    }
}
