//! Tokens, roughly: a word with the blank before it is one. Real tokenizers differ; what matters is that the counts
//! are honest about the text and the same every time.

/// The pieces that a stream sends, and whose number is the count.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut in_word = false;
    for letter in text.chars() {
        if letter.is_whitespace() && in_word {
            pieces.push(std::mem::take(&mut piece));
        }
        in_word = !letter.is_whitespace();
        piece.push(letter);
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

pub(crate) fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// JSON text in pieces that know nothing of its tokens, as models give it.
pub(crate) fn fragments(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(5).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up_to_the_text() {
        for text in ["", " ", "a", "a b", "  a  b ", "naïve café\nnext"] {
            assert_eq!(pieces(text).concat(), text);
        }
        assert_eq!(pieces("one two"), ["one", " two"]);
    }
}
