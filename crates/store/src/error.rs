//! What can go wrong with the database, in words that an operator can act on. Never a secret, a URL or a bound value.

/// "Not found" is no error: reads and changes of a missing row give `Ok(None)`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    #[error(
        "the database is newer than this program: it has schema {found}, this program knows {known}; start a newer maig"
    )]
    Newer { found: i64, known: i64 },
    #[error("the database is half-migrated: {what}; restore it from a backup, or start with an empty one")]
    HalfMigrated { what: String },
    #[error("the database file is damaged, or no database of SQLite's ({0}); restore it from a backup")]
    Damaged(String),
    #[error(
        "migration {version} of the database is not the one that this program has; it was made by another build, or changed by hand"
    )]
    Tampered { version: i64 },
    #[error(
        "wrong master key: the database was sealed under another one; put that one back (in MAIG_MASTER_KEY, or as master.key in the data folder)"
    )]
    WrongMasterKey,
    #[error("bad master key: {0}")]
    BadMasterKey(String),
    #[error("the secret of {what} does not open; it was changed outside of maig")]
    SealBroken { what: String },
    /// The caller's expected version is not the current one.
    #[error("changed meanwhile: the current version is {current}")]
    Conflict { current: i64 },
    #[error("there is already a {what} named {name}")]
    Duplicate { what: &'static str, name: String },
    #[error("{0}")]
    Invalid(String),
    /// One field of what was to be written, by the name that the caller gave it under.
    #[error("{why}")]
    BadField { field: &'static str, why: String },
    /// A row that this program cannot read.
    #[error("{what} in the database cannot be read: {why}")]
    Corrupt { what: String, why: String },
    #[error("the database URL is not usable: {0}")]
    BadUrl(String),
    /// Worth trying again: the database is away, busy, or out of connections.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    #[error("the database refused a statement: {0}")]
    Database(String),
}

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// `self`, or `Duplicate` if a unique index refused the row.
    pub(crate) fn on_insert(error: sqlx::Error, what: &'static str, name: &str) -> Self {
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() => {
                Self::Duplicate { what, name: name.to_owned() }
            }
            _ => error.into(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Unavailable("no free connection in time".into()),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Unavailable("it is closed".into()),
            sqlx::Error::Io(e) => Self::Unavailable(e.to_string()),
            sqlx::Error::Tls(e) => Self::Unavailable(e.to_string()),
            sqlx::Error::Configuration(e) => Self::BadUrl(e.to_string()),
            // SQLITE_BUSY and SQLITE_LOCKED with their extended codes, SQLITE_FULL; Postgres: starting up, shutting down,
            // too many connections, a full disk, out of memory, a standby, a serialisation failure or a deadlock.
            sqlx::Error::Database(e) if is_passing(e.code().as_deref()) => {
                Self::Unavailable(e.message().to_owned())
            }
            // SQLITE_CORRUPT and SQLITE_NOTADB.
            sqlx::Error::Database(e) if matches!(e.code().as_deref(), Some("11" | "26")) => {
                Self::Damaged(e.message().to_owned())
            }
            sqlx::Error::Database(e) => Self::Database(e.message().to_owned()),
            sqlx::Error::ColumnDecode { index, source } => {
                Self::Corrupt { what: format!("column {index}"), why: source.to_string() }
            }
            other => Self::Database(other.to_string()),
        }
    }
}

fn is_passing(code: Option<&str>) -> bool {
    matches!(
        code,
        Some(
            "5" | "6"
                | "261"
                | "262"
                | "517"
                | "13"
                | "53100"
                | "53200"
                | "25006"
                | "57P01"
                | "57P02"
                | "57P03"
                | "53300"
                | "40001"
                | "40P01"
                | "55P03"
        )
    )
}
