//! The table of words that a behaviour is written in. It is the only list: parsing, `maig-sim faults`,
//! `GET /_sim/faults` and the tests all read it.

use std::time::Duration;

use super::{Behaviour, Cut, Mood, NoAnswer, Place, Trouble, UnknownWord};

/// One word.
pub struct Word {
    pub word: &'static str,
    /// How it is written, with a value where it takes one.
    pub example: &'static str,
    pub about: &'static str,
    set: fn(&mut Behaviour, Option<&str>) -> Option<()>,
}

macro_rules! words {
    ($($example:literal $about:literal $set:expr;)*) => {
        /// Every word, in the order of a request's life.
        pub const WORDS: &[Word] = &[$(Word { word: before_value($example), example: $example, about: $about, set: $set },)*];
    };
}

words! {
    "slow=300ms" "waits before the head" |b, v| { b.slow = duration(v?)?; Some(()) };
    "reset" "a TCP reset in place of an answer" |b, _| no_answer(b, NoAnswer::Reset);
    "close" "the connection ends in place of an answer" |b, _| no_answer(b, NoAnswer::Close);
    "hang" "takes the request and never answers" |b, _| no_answer(b, NoAnswer::Hang);
    "slow-head-forever" "a header line every 100 ms, for ever" |b, _| no_answer(b, NoAnswer::EndlessHead);
    "flood-head" "header lines for ever, as fast as they are taken" |b, _| no_answer(b, NoAnswer::FloodHead);
    "bad-head" "bytes that are not HTTP" |b, _| no_answer(b, NoAnswer::BadHead);
    "status=503" "an error of that status in the wire's shape; the number alone does too (`+503`)"
        |b, v| trouble(b, Trouble::Status(v?.parse().ok().filter(|s| (400..600).contains(s))?));
    "retry-after=2" "seconds to wait, told with the error" |b, v| { b.retry_after = Some(seconds(v?)?); Some(()) };
    "quota" "the account is empty (insufficient_quota and its like)" |b, _| trouble(b, Trouble::Quota);
    "auth" "the provider key is bad" |b, _| trouble(b, Trouble::Auth);
    "context" "the prompt is larger than the window" |b, _| trouble(b, Trouble::Context);
    "policy" "the prompt is refused by policy" |b, _| trouble(b, Trouble::Policy);
    "html" "the error's body is an HTML page (502 if no status is given)" |b, _| { b.html = true; Some(()) };
    "error-in-200" "the error (500 if none is given) as the body of a 200" |b, _| place(b, Place::In200);
    "error-in-stream=0" "the error (overloaded if none is given) as an event after so many content chunks; 0 is before content"
        |b, v| { let after = count(v)?; place(b, Place::InStream(after)) };
    "hang-after-head" "a head of 200 and then nothing" |b, _| { b.hang_after_head = true; Some(()) };
    "empty-body" "200 without a byte" |b, _| { b.empty_body = true; Some(()) };
    "malformed" "200 with JSON that breaks off; in a stream every frame" |b, _| { b.malformed = true; Some(()) };
    "no-choices" "200 with an empty list of choices" |b, _| { b.no_choices = true; Some(()) };
    "empty" "an answer without text, finished in order" |b, _| mood(b, Mood::Empty);
    "refusal" "the model refuses" |b, _| mood(b, Mood::Refusal);
    "filtered" "the provider's filter stops the answer in its middle" |b, _| mood(b, Mood::Filtered);
    "length" "the answer ends at a length limit" |b, _| mood(b, Mood::Length);
    "pings=3s" "only comments (Anthropic: ping events) for so long before the first content" |b, v| { b.pings = duration(v?)?; Some(()) };
    "stall=2" "silence for ever after so many content chunks; a whole answer stalls in its middle" |b, v| { b.stall = Some(count(v)?); Some(()) };
    "cut=100" "the connection ends after so many bytes of the body" |b, v| { b.cut = Some(Cut::Bytes(v?.parse().ok()?)); Some(()) };
    "cut-before-content" "a head, the frames before content, and the end of the connection" |b, _| { b.cut = Some(Cut::Chunks(0)); Some(()) };
    "cut-after=2" "the connection ends after so many content chunks" |b, v| { b.cut = Some(Cut::Chunks(count(v)?)); Some(()) };
    "rst" "makes a cut a TCP reset" |b, _| { b.rst = true; Some(()) };
    "no-done" "a stream that ends in order without `[DONE]` (or `message_stop`)" |b, _| { b.no_done = true; Some(()) };
    "no-finish" "a stream that ends in order without a finish reason and without `[DONE]`" |b, _| { b.no_finish = true; Some(()) };
    "no-usage" "counts no tokens" |b, _| { b.no_usage = true; Some(()) };
    "bad-frame=1" "a frame that is not JSON after so many content chunks" |b, v| { b.bad_frame = Some(count(v)?); Some(()) };
    "big-frame=50MB" "one frame (or a whole text) of that size" |b, v| { b.big_frame = Some(size(v?)?); Some(()) };
    "invalid-utf8" "bytes that are not UTF-8 inside the text" |b, _| { b.invalid_utf8 = true; Some(()) };
    "tps=50" "so many content chunks a second" |b, v| { b.tps = Some(v?.parse().ok().filter(|n| *n > 0.0)?); Some(()) };
    "chunks=4" "the text in so many chunks" |b, v| { b.chunks = Some(v?.parse().ok().filter(|n| *n > 0)?); Some(()) };
    "words=200" "a text of so many words" |b, v| { b.words = Some(v?.parse().ok()?); Some(()) };
    "split=1" "writes the socket so many bytes at a time" |b, v| { b.split = Some(v?.parse().ok().filter(|n| *n > 0)?); Some(()) };
    "tools=3" "so many tool calls at once, if the request has tools; 0 for none" |b, v| { b.tools = Some(v?.parse().ok().filter(|n| *n <= 64)?); Some(()) };
    "reasoning" "thinks before it speaks, and shows it" |b, _| { b.reasoning = true; Some(()) };
    "rand=0.3" "that share of requests gets a fault by lot, the others are plain" |b, v| { b.rand = Some(v?.parse().ok().filter(|p| (0.0..=1.0).contains(p))?); Some(()) };
    "seed=7" "the lots' seed" |b, v| { b.seed = v?.parse().ok()?; Some(()) };
}

pub(super) fn apply(text: &str, behaviour: &mut Behaviour) -> Result<(), UnknownWord> {
    let (word, value) = match text.split_once('=') {
        Some((word, value)) => (word, Some(value)),
        None if text.bytes().all(|b| b.is_ascii_digit()) => ("status", Some(text)),
        None => (text, None),
    };
    let Some(known) = WORDS.iter().find(|known| known.word == word) else {
        let all: Vec<&str> = WORDS.iter().map(|known| known.word).collect();
        return Err(UnknownWord(format!(
            "the simulator knows no word `{word}`; it knows {}",
            all.join(", ")
        )));
    };
    (known.set)(behaviour, value)
        .ok_or_else(|| UnknownWord(format!("`{text}` cannot be read; write it like `{}`", known.example)))
}

const fn before_value(example: &'static str) -> &'static str {
    let bytes = example.as_bytes();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != b'=' {
        at += 1;
    }
    example.split_at(at).0
}

fn no_answer(behaviour: &mut Behaviour, how: NoAnswer) -> Option<()> {
    behaviour.no_answer = Some(how);
    Some(())
}

fn trouble(behaviour: &mut Behaviour, trouble: Trouble) -> Option<()> {
    let place = behaviour.trouble.map_or(Place::Status, |(_, place)| place);
    behaviour.trouble = Some((trouble, place));
    Some(())
}

fn place(behaviour: &mut Behaviour, place: Place) -> Option<()> {
    let by_default = if place == Place::In200 { Trouble::Status(500) } else { Trouble::Status(503) };
    behaviour.trouble = Some((behaviour.trouble.map_or(by_default, |(trouble, _)| trouble), place));
    Some(())
}

fn mood(behaviour: &mut Behaviour, mood: Mood) -> Option<()> {
    behaviour.mood = mood;
    Some(())
}

/// A count that is 0 when no value is written.
fn count(value: Option<&str>) -> Option<usize> {
    value.map_or(Some(0), |value| value.parse().ok())
}

fn duration(value: &str) -> Option<Duration> {
    let (number, unit) = match value.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (value.strip_suffix('s').unwrap_or(value), 1.0),
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * unit).ok()
}

fn seconds(value: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(value.parse().ok()?).ok()
}

fn size(value: &str) -> Option<usize> {
    let value = value.to_ascii_uppercase();
    let value = value.strip_suffix('B').unwrap_or(&value);
    let (number, unit) = match (value.strip_suffix('M'), value.strip_suffix('K')) {
        (Some(number), _) => (number, 1 << 20),
        (_, Some(number)) => (number, 1 << 10),
        _ => (value, 1),
    };
    number.parse::<usize>().ok()?.checked_mul(unit).filter(|bytes| *bytes <= 1 << 30)
}
