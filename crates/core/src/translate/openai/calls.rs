//! Which call a fragment belongs to. Vendors omit the index, give every call index 0, repeat the id or empty it; out
//! comes OpenAI's order: calls of a choice numbered from 0 without gaps, id and name once.

use sha2::{Digest, Sha256};

/// The calls of one choice, so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    wire_index: Option<u64>,
    id: String,
    name: String,
}

/// Where a fragment belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) is_new: bool,
}

impl Calls {
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn id(&self, at: usize) -> &str {
        self.known.get(at).map_or("", |call| &call.id)
    }

    /// Places a fragment; empty words count as absent. `make_id` names a call that has no id of its own.
    pub(super) fn place(
        &mut self,
        index: Option<u64>,
        id: &str,
        name: &str,
        make_id: impl FnOnce(usize) -> String,
    ) -> Place {
        if let Some(at) = self.continued(index, id, name) {
            let call = &mut self.known[at];
            if call.name.is_empty() {
                name.clone_into(&mut call.name);
            }
            return Place { at, is_new: false };
        }
        let at = self.known.len();
        let id = if id.is_empty() { make_id(at) } else { id.to_owned() };
        self.known.push(Known { wire_index: index, id, name: name.to_owned() });
        Place { at, is_new: true }
    }

    fn continued(&self, index: Option<u64>, id: &str, name: &str) -> Option<usize> {
        let latest = |same: &dyn Fn(&Known) -> bool| self.known.iter().rposition(same);
        if !id.is_empty() {
            let same_id = latest(&|call| call.id == id && (index.is_none() || call.wire_index == index));
            // A new id with a name is a new call even under an old index; without a name it is noise on a fragment.
            return same_id.or_else(|| {
                if name.is_empty() && index.is_some() {
                    latest(&|call| call.wire_index == index)
                } else {
                    None
                }
            });
        }
        match index {
            Some(_) => latest(&|call| {
                call.wire_index == index && (name.is_empty() || call.name.is_empty() || call.name == name)
            }),
            None if name.is_empty() => self.known.len().checked_sub(1),
            None => None,
        }
    }
}

/// An id for a call that came without one: short (OpenAI takes 40 characters back), and the same for the same answer.
pub(super) fn made_id(answer: &str, choice: u32, at: usize) -> String {
    format!("call_{}", letters(&format!("{answer}/{choice}/{at}"), 24))
}

/// So many letters and digits that stand for a text.
pub(super) fn letters(text: &str, length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(length).map(|byte| char::from(ALPHABET[usize::from(*byte) % 62])).collect()
}
