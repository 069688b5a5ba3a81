//! The outage: requests at an even pace while the primary fails and comes back. It shows what an app would see, and
//! ends by itself within a minute of the start.

use std::sync::Arc;
use std::time::Duration;

use maig_core::secret::Secret;
use maig_sim::Sim;

use super::super::print::{Look, Printer};
use super::ask::ask;

const PRIMARY: &str = "gpt-4o";
/// Time to read what was printed.
const OVERTURE: Duration = Duration::from_secs(4);
const PACE: Duration = Duration::from_millis(900);
/// Longer than any breaker stays open after so short an outage.
const PATIENCE: usize = 35;

pub(super) async fn play(printer: Printer, sim: Arc<Sim>, base: String, key: Secret) {
    tokio::time::sleep(OVERTURE).await;
    let show = Show { printer, base, key };
    printer.line(
        printer.paint(Look::Bold, "Now watch. An app asks the route production-chat about once a second:"),
    );
    show.requests(4).await;
    // The words are the simulator's own; were they not, the show would only have no outage.
    let _ = sim.always(PRIMARY, "503");
    printer.line(printer.paint(Look::Red, "OpenAI is down: gpt-4o answers 503 from now on."));
    let failed = show.requests(8).await;
    sim.clear();
    printer.line(printer.paint(
        Look::Green,
        "OpenAI is back. The route returns to it when its breaker has seen a good answer.",
    ));
    for _ in 0..PATIENCE {
        if !show.request().await.1 {
            break;
        }
        tokio::time::sleep(PACE).await;
    }
    let verdict = match failed {
        0 => "No request failed. That is all an app ever sees of an outage.".to_owned(),
        n => format!("{n} requests failed, which should not be; please report it."),
    };
    printer.line(printer.paint(Look::Bold, &verdict));
    printer.line("The gateway stays up for you to try; Ctrl-C ends it.");
}

struct Show {
    printer: Printer,
    base: String,
    key: Secret,
}

impl Show {
    /// How many failed.
    async fn requests(&self, count: usize) -> usize {
        let mut failed = 0;
        for _ in 0..count {
            let (ok, _) = self.request().await;
            failed += usize::from(!ok);
            tokio::time::sleep(PACE).await;
        }
        failed
    }

    /// Whether it was answered, and whether by the fallback.
    async fn request(&self) -> (bool, bool) {
        let answer = match ask(&self.base, &self.key).await {
            Ok(answer) => answer,
            Err(error) => {
                self.printer.line(format!("  no answer: {error}"));
                return (false, true);
            }
        };
        let look = match (answer.status, answer.fallback) {
            (200, false) => Look::Green,
            (200, true) => Look::Yellow,
            _ => Look::Red,
        };
        let line = format!(
            "  {}  served by {:<28}  x-maig-fallback: {:<5}  {:>4} ms",
            answer.status,
            answer.served_by,
            answer.fallback,
            answer.took.as_millis()
        );
        self.printer.line(self.printer.paint(look, &line));
        (answer.status == 200, answer.fallback)
    }
}
