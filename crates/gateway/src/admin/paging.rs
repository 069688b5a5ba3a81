//! Pages of lists that people configure, which the store gives whole. The cursor is the last item's id.

use maig_api::{Page, PageQuery};

use super::error::{AdminError, Result};

/// Items of a page, unless the caller says; and at most.
const USUAL: u32 = 200;
const MOST: u32 = 200;

pub(super) fn page<T>(items: Vec<T>, asked: &PageQuery, id: impl Fn(&T) -> &str) -> Result<Page<T>> {
    let limit = asked.limit.unwrap_or(USUAL).clamp(1, MOST) as usize;
    part(items, limit, asked.cursor.as_deref(), id)
}

pub(super) fn part<T>(
    items: Vec<T>,
    limit: usize,
    cursor: Option<&str>,
    id: impl Fn(&T) -> &str,
) -> Result<Page<T>> {
    let start = match cursor {
        None => 0,
        // The item may have been deleted since: then nobody knows where it stood.
        Some(cursor) => match items.iter().position(|item| id(item) == cursor) {
            Some(at) => at + 1,
            None => {
                let message = "That is no cursor of this list any more; read it from its beginning.";
                return Err(AdminError::invalid("cursor", message));
            }
        },
    };
    let more = items.len() > start + limit;
    let data: Vec<T> = items.into_iter().skip(start).take(limit).collect();
    let next_cursor = data.last().filter(|_| more).map(|last| id(last).to_owned());
    Ok(Page { data, next_cursor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_together_are_the_list() {
        let all: Vec<String> = (0..5).map(|n| n.to_string()).collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let found = part(all.clone(), 2, cursor.as_deref(), |item| item).unwrap();
            assert!(found.data.len() <= 2);
            seen.extend(found.data);
            cursor = found.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
        assert!(part(all, 2, Some("gone"), |item| item).is_err());
    }
}
