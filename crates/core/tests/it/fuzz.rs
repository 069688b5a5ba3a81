//! The readers of bytes from outside, fed with seeds and with mutations of them; cargo-fuzz reaches the same functions
//! through `fuzz/`.

#[expect(unreachable_pub, reason = "the fuzz crate's own file")]
#[path = "../../../../fuzz/src/feed.rs"]
mod feed;
#[expect(unreachable_pub, reason = "the fuzz crate's own file")]
#[path = "../../../../fuzz/src/wire.rs"]
mod wire;

use feed::feed;

#[test]
fn server_sent_events_do_not_care_where_they_are_cut() {
    feed("sse", wire::sse);
}

#[test]
fn any_body_is_answered_or_refused() {
    feed("envelope", wire::envelope);
}

#[test]
fn any_whole_answer_of_openais_wire_is_read_or_refused() {
    feed("openai_whole", wire::openai_whole);
}

#[test]
fn any_stream_of_openais_wire_becomes_a_whole_stream() {
    feed("openai_stream", wire::openai_stream);
}

#[test]
fn any_whole_answer_of_anthropics_wire_is_read_or_refused() {
    feed("anthropic_whole", wire::anthropic_whole);
}

#[test]
fn any_stream_of_anthropics_wire_becomes_a_whole_stream() {
    feed("anthropic_stream", wire::anthropic_stream);
}

#[test]
fn any_whole_answer_of_geminis_wire_is_read_or_refused() {
    feed("gemini_whole", wire::gemini_whole);
}

#[test]
fn any_stream_of_geminis_wire_becomes_a_whole_stream() {
    feed("gemini_stream", wire::gemini_stream);
}

#[test]
fn any_error_has_a_kind() {
    feed("evidence", wire::evidence);
}
