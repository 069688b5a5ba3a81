//! Arguments of a call that come in pieces, each with the path of the value that it is part of. We never ask for them;
//! a front that sends them all the same is understood. It must never fail: a path that makes no sense is passed over.

use serde_json::{Map, Value};

use crate::wire::gemini::PartialArg;

/// A larger index is a broken stream, not an array.
const MAX_INDEX: usize = 65_536;

/// Puts one piece where its path says; a string's pieces are joined.
pub(super) fn put(args: &mut Value, piece: PartialArg) {
    let Some(place) = find(args, &piece.json_path) else { return };
    if let Some(more) = piece.string_value {
        match place {
            Value::String(text) => text.push_str(&more),
            _ => *place = Value::String(more),
        }
    } else if let Some(number) = piece.number_value {
        *place = number;
    } else if let Some(truth) = piece.bool_value {
        *place = Value::Bool(truth);
    }
}

/// The value at `$.a.b[0]` or `$['a'][0]`, made on the way if it is not there.
fn find<'a>(args: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut rest = path.strip_prefix('$')?;
    let mut place = args;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            place = member(place, &after[..end])?;
            rest = &after[end..];
        } else {
            let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
            rest = after;
            place = match inside.strip_prefix(['\'', '"']) {
                Some(quoted) => member(place, quoted.strip_suffix(['\'', '"'])?)?,
                None => element(place, inside.parse().ok()?)?,
            };
        }
    }
    Some(place)
}

fn member<'a>(place: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    Some(place.as_object_mut()?.entry(name).or_insert(Value::Null))
}

fn element(place: &mut Value, index: usize) -> Option<&mut Value> {
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    let array = place.as_array_mut()?;
    if index >= array.len().max(1) + MAX_INDEX {
        return None;
    }
    if array.len() <= index {
        array.resize(index + 1, Value::Null);
    }
    array.get_mut(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_land_where_their_paths_say() {
        let mut args = serde_json::json!({});
        for (path, piece) in [
            ("$.name", "Las"),
            ("$.name", "agna"),
            ("$.steps[0]", "boil"),
            ("$.parts[1].unit", "g"),
            ("$['odd name']", "x"),
            ("$.name.deeper", "no object there"),
            ("$.steps[9999999999]", "no such array"),
            ("steps", "no root"),
        ] {
            let string_value = Some(piece.to_owned());
            put(&mut args, PartialArg { json_path: path.to_owned(), string_value, ..PartialArg::default() });
        }
        let expect = serde_json::json!({
            "name": "Lasagna", "steps": ["boil"], "parts": [null, {"unit": "g"}], "odd name": "x",
        });
        assert_eq!(args, expect);
    }
}
