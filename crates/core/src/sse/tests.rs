//! Every way to cut the same bytes gives the same frames.

use proptest::prelude::*;

use super::*;

fn decode(pieces: &[&[u8]]) -> Vec<(Option<String>, String)> {
    let mut decoder = Decoder::new();
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(Bytes::copy_from_slice(piece));
        while let Some(frame) = decoder.next().unwrap() {
            frames.push(frame);
        }
    }
    while let Some(frame) = decoder.finish().unwrap() {
        frames.push(frame);
    }
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
    frames.iter().map(|frame| (frame.event.as_ref().map(text), text(&frame.data))).collect()
}

fn check(text: &str, expect: &[(Option<&str>, &str)]) {
    let expect: Vec<_> = expect.iter().map(|(e, d)| (e.map(str::to_owned), (*d).to_owned())).collect();
    assert_eq!(decode(&[text.as_bytes()]), expect, "{text:?} at once");
    let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(decode(&bytes), expect, "{text:?} byte by byte");
    for cut in 0..=text.len() {
        let (a, b) = text.as_bytes().split_at(cut);
        assert_eq!(decode(&[a, b]), expect, "{text:?} cut at {cut}");
    }
}

#[test]
fn takes_every_line_end() {
    check("data: a\n\ndata: b\n\n", &[(None, "a"), (None, "b")]);
    check("data: a\r\n\r\ndata: b\r\n\r\n", &[(None, "a"), (None, "b")]);
    check("data: a\r\rdata: b\r\r", &[(None, "a"), (None, "b")]);
    check("data: a\r\n\ndata: b\n\r\n", &[(None, "a"), (None, "b")]);
}

#[test]
fn joins_lines_and_reads_names() {
    check("event: error\ndata: a\ndata: b\ndata:\n\n", &[(Some("error"), "a\nb\n")]);
    check("data:x\ndata:  y\n\n", &[(None, "x\n y")]);
    check("id: 7\nretry: 9\nunknown\ndata\n\n", &[(None, "")]);
    check("event: a\n\ndata: b\n\n", &[(None, "b")]);
}

#[test]
fn skips_the_byte_order_mark_and_comments() {
    check("\u{feff}data: a\n\n", &[(None, "a")]);
    check(": keep-alive\n\n: OPENROUTER PROCESSING\n\ndata: a\n: b\ndata: c\n\n\n\n", &[(None, "a\nc")]);
}

#[test]
fn gives_what_is_cut_before_its_blank_line() {
    check("data: a\n\ndata: [DONE]", &[(None, "a"), (None, "[DONE]")]);
    check("data: a\n", &[(None, "a")]);
    check("", &[]);
}

#[test]
fn counts_comments_as_life() {
    let mut decoder = Decoder::new();
    decoder.push(Bytes::from_static(b": a\n\n: b\n\n"));
    assert_eq!(decoder.next(), Ok(None));
    assert_eq!(decoder.comments(), 2);
}

#[test]
fn an_id_counts_when_its_frame_is_whole() {
    let mut decoder = Decoder::new();
    let mut check = |piece: &'static str, frames: usize, expect: Option<&str>| {
        decoder.push(Bytes::from_static(piece.as_bytes()));
        for _ in 0..frames {
            assert!(decoder.next().unwrap().is_some(), "{piece:?}");
        }
        assert_eq!(decoder.next(), Ok(None));
        let id = decoder.last_event_id().map(|id| std::str::from_utf8(id).unwrap().to_owned());
        assert_eq!(id.as_deref(), expect, "{piece:?}");
    };
    check("data: a\n\n", 1, None);
    check("id: s:1\ndata: b\n\nid: s:2\n", 1, Some("s:1"));
    check("data: c\n", 0, Some("s:1"));
    check("\n", 1, Some("s:2"));
    check("data: d\n\n", 1, Some("s:2"));
    check("id: s:\0\ndata: e\n\n", 1, Some("s:2"));
}

#[test]
fn a_note_is_told_from_other_comments() {
    let mut decoder = Decoder::new();
    decoder.push(Bytes::from_static(b": keep-alive\n\n: maig {\"attempts\":2}\n\n: keep-alive\n\n"));
    assert_eq!(decoder.next(), Ok(None));
    assert_eq!(decoder.note().map(|note| &note[..]), Some(&b"{\"attempts\":2}"[..]));
}

#[test]
fn does_not_copy_what_lies_whole_in_a_chunk() {
    let chunk = Bytes::from_static(b"data: {\"a\":1}\n\ndata: {\"b\":2}\n\n");
    let mut decoder = Decoder::new();
    decoder.push(chunk.clone());
    let inside = chunk.as_ptr_range();
    while let Some(frame) = decoder.next().unwrap() {
        assert!(inside.contains(&frame.data.as_ptr()));
    }
}

#[test]
fn refuses_a_frame_without_end() {
    for piece in [&b"data: x"[..], b"xxxxxxxx", b": comment that goes on", b"data: x\n"] {
        let mebibyte = Bytes::from(piece.repeat(1024 * 1024 / piece.len()));
        let mut decoder = Decoder::new();
        let refused = (0..80).any(|_| {
            decoder.push(mebibyte.clone());
            decoder.next().is_err()
        });
        assert!(refused, "{}", String::from_utf8_lossy(piece));
        assert_eq!(decoder.next(), Err(FrameTooLarge));
    }
}

#[test]
fn takes_many_small_frames_of_more_than_the_limit_together() {
    let mebibyte = Bytes::from(b"data: x\n\n: y\n\n".repeat(80_000));
    let mut decoder = Decoder::new();
    for _ in 0..20 {
        decoder.push(mebibyte.clone());
        while decoder.next().unwrap().is_some() {}
    }
}

proptest! {
    #[test]
    fn every_chunking_gives_the_same_frames(
        text in "(data: ?[a-z\u{e9}]{0,5}|event:[a-z]{0,3}|: ?c|\r|\n|\r\n|\n\n){0,40}",
        cuts in proptest::collection::vec(0usize..400, 0..20),
    ) {
        let bytes = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= bytes.len()).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(decode(&pieces), decode(&[bytes]));
    }
}

#[test]
fn a_stream_is_known_by_its_first_bytes_and_no_json_is_taken_for_one() {
    for stream in
        ["data: {}", "\r\n\r\n: keep-alive", "event: x", "id:1", "retry: 5", "d", "\u{feff}data:", "da"]
    {
        assert!(looks_like_events(stream.as_bytes()), "{stream:?}");
    }
    for other in ["", " ", "{\"data\": 1}", "[1]", "\"data:\"", "<html>", "null", "true", "12", "date", "x"] {
        assert!(!looks_like_events(other.as_bytes()), "{other:?}");
    }
}
