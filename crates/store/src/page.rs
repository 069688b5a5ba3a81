//! Lists in pages: filters that are there, newest first, and a cursor that stays put while rows are added.
//! Column names come from our own code alone; every value is bound.

use std::fmt::Write as _;

use sqlx::any::{Any, AnyArguments, AnyRow};
use sqlx::{Arguments as _, AssertSqlSafe, Executor, Pool};

use crate::error::{Result, StoreError};

/// No page is longer, whatever a caller asks.
pub const MAX_PAGE: u32 = 1000;

#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<Cursor>,
}

/// The place after one row of a list, by its time and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    at: i64,
    id: String,
}

impl Cursor {
    pub(crate) fn at(&self) -> i64 {
        self.at
    }

    pub(crate) fn new(at: i64, id: &str) -> Self {
        Self { at, id: id.to_owned() }
    }

    /// `None`: not a cursor that [`Cursor`]'s `Display` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('_')?;
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        (plain && !id.is_empty() && id.len() <= 64).then_some(())?;
        Some(Self { at: at.parse().ok()?, id: id.to_owned() })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.at, self.id)
    }
}

/// A SELECT that grows by the conditions that are asked for, so that each has its index.
pub(crate) struct Select {
    sql: String,
    arguments: AnyArguments,
    conditions: bool,
}

impl Select {
    pub(crate) fn new(select: &'static str) -> Self {
        Self { sql: select.to_owned(), arguments: AnyArguments::default(), conditions: false }
    }

    pub(crate) fn equal_text(&mut self, column: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            let n = self.bind(value);
            self.condition(format_args!("{column} = ${n}"));
        }
    }

    pub(crate) fn equal_int(&mut self, column: &'static str, value: Option<i64>) {
        if let Some(value) = value {
            let n = self.bind(value);
            self.condition(format_args!("{column} = ${n}"));
        }
    }

    pub(crate) fn at_least(&mut self, column: &'static str, value: Option<i64>) {
        if let Some(value) = value {
            let n = self.bind(value);
            self.condition(format_args!("{column} >= ${n}"));
        }
    }

    /// One of the columns has this text.
    pub(crate) fn any_text(&mut self, columns: &[&'static str], value: Option<&str>) {
        if let Some(value) = value {
            let n = self.bind(value);
            let each: Vec<_> = columns.iter().map(|column| format!("{column} = ${n}")).collect();
            self.condition(format_args!("({})", each.join(" OR ")));
        }
    }

    pub(crate) fn at_most(&mut self, column: &'static str, value: i64) {
        let n = self.bind(value);
        self.condition(format_args!("{column} <= ${n}"));
    }

    pub(crate) fn less_than(&mut self, column: &'static str, value: Option<i64>) {
        if let Some(value) = value {
            let n = self.bind(value);
            self.condition(format_args!("{column} < ${n}"));
        }
    }

    /// A condition without values.
    pub(crate) fn fixed(&mut self, condition: &'static str) {
        self.condition(format_args!("{condition}"));
    }

    /// One of these values; some, and few in comparison with a database's limit of parameters.
    pub(crate) fn one_of(&mut self, column: &'static str, values: &[i64]) {
        // Few lengths, so that each has its prepared statement. A value may be there twice.
        let length = [1, 4, 16, 64].into_iter().find(|length| values.len() <= *length);
        let length = length.unwrap_or(values.len().next_multiple_of(256));
        let padded = values.iter().chain(values.last().into_iter().cycle()).take(length);
        let numbers: Vec<_> = padded.map(|value| format!("${}", self.bind(*value))).collect();
        self.condition(format_args!("{column} IN ({})", numbers.join(", ")));
    }

    /// In order by `time` and `id`, from `cursor` on, at most `limit` rows.
    pub(crate) fn newest_first(&mut self, time: &'static str, cursor: Option<&Cursor>, limit: usize) {
        if let Some(cursor) = cursor {
            let (at, id) = (self.bind(cursor.at), self.bind(cursor.id.as_str()));
            self.condition(format_args!("({time}, id) < (${at}, ${id})"));
        }
        let n = self.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        self.write(format_args!(" ORDER BY {time} DESC, id DESC LIMIT ${n}"));
    }

    /// Puts what there is into a larger statement.
    pub(crate) fn within(&mut self, before: &'static str, after: &'static str) {
        self.sql = format!("{before}{}{after}", self.sql);
    }

    /// Runs it: newest first by `time` and `id`, from `cursor` on, at most `limit` rows.
    pub(crate) async fn page<T>(
        mut self,
        pool: &Pool<Any>,
        time: &'static str,
        cursor: Option<&Cursor>,
        limit: u32,
        read: impl Fn(&AnyRow) -> Result<T>,
        cursor_of: impl Fn(&T) -> Cursor,
    ) -> Result<Page<T>> {
        let limit = limit.clamp(1, MAX_PAGE) as usize;
        // One more than asked tells whether there is a next page.
        self.newest_first(time, cursor, limit + 1);
        let found = self.fetch_all(pool).await?;
        let mut rows = found.iter().take(limit).map(read).collect::<Result<Vec<T>>>()?;
        let next = if found.len() > limit { rows.last().map(cursor_of) } else { None };
        rows.shrink_to_fit();
        Ok(Page { rows, next })
    }

    pub(crate) async fn fetch_all<'c>(self, from: impl Executor<'c, Database = Any>) -> Result<Vec<AnyRow>> {
        Ok(sqlx::query_with(AssertSqlSafe(self.sql), self.arguments).fetch_all(from).await?)
    }

    fn bind<'t, T>(&mut self, value: T) -> usize
    where
        T: sqlx::Encode<'t, Any> + sqlx::Type<Any>,
    {
        // Encoding an integer or a text for `Any` cannot fail; a wrong count would be refused by the database.
        let _ = self.arguments.add(value);
        self.arguments.len()
    }

    fn condition(&mut self, condition: std::fmt::Arguments<'_>) {
        let word = if self.conditions { " AND " } else { " WHERE " };
        self.conditions = true;
        self.write(format_args!("{word}{condition}"));
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.sql.write_fmt(text);
    }
}

/// A limit for lists that are not paged: more than anyone configures, and still a bound.
pub(crate) const MAX_LIST: i64 = 100_000;

/// A list that reached [`MAX_LIST`] is an error, never silently short.
pub(crate) fn whole<T>(rows: Vec<T>, what: &'static str) -> Result<Vec<T>> {
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) >= MAX_LIST {
        return Err(StoreError::Invalid(format!("more than {MAX_LIST} {what}")));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_cursor_survives_its_text_and_nothing_else_is_one() {
        let cursor = Cursor::new(17, "0199-ab");
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for bad in ["", "17", "_a", "17_", "x_a", "17_a b", "17_a'--"] {
            assert_eq!(Cursor::parse(bad), None, "{bad:?}");
        }
    }
}
