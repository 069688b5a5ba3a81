//! The store's suite: every case runs on SQLite and on a Postgres that the suite starts itself. Nothing is skipped:
//! without Postgres's programs its half fails and says what to install.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, also in what its cases share"
)]

mod config;
mod database;
mod log;
mod log_search;
mod opening;
mod people;
mod postgres;
mod sealing;
mod watching;

/// Makes each async `fn name(db: Database)` of a module a test on either database.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::database::Database::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::database::Database::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both;
