//! The one place that prints: answers go to standard output, everything a person is told beside them to standard error,
//! so that `maig key create --json | jq` works. Colours only on a terminal, and never under NO_COLOR.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

/// Where a command speaks.
#[derive(Clone, Copy)]
pub(super) struct Printer {
    colour_out: bool,
    colour_err: bool,
}

/// How a word stands out on a terminal.
#[derive(Clone, Copy)]
pub(super) enum Look {
    Green,
    Yellow,
    Red,
    Bold,
    Dim,
}

impl Printer {
    pub(super) fn new() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            colour_out: wanted && io::stdout().is_terminal(),
            colour_err: wanted && io::stderr().is_terminal(),
        }
    }

    /// A line of the answer. A reader that went away (`| head`) is no fault of ours.
    pub(super) fn line(&self, text: impl AsRef<str>) {
        let _ = writeln!(io::stdout().lock(), "{}", text.as_ref());
    }

    /// The answer as it is, such as a file.
    pub(super) fn raw(&self, text: &str) {
        let _ = io::stdout().lock().write_all(text.as_bytes());
        let _ = io::stdout().lock().flush();
    }

    /// The answer for a program: one JSON value.
    pub(super) fn json(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.line(text);
        }
    }

    /// Something beside the answer.
    pub(super) fn note(&self, text: impl AsRef<str>) {
        let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
    }

    pub(super) fn warning(&self, text: impl AsRef<str>) {
        let word = paint(self.colour_err, Look::Yellow, "warning:");
        self.note(format!("{word} {}", text.as_ref()));
    }

    pub(super) fn error(&self, text: impl AsRef<str>) {
        let word = paint(self.colour_err, Look::Red, "error:");
        self.note(format!("{word} {}", text.as_ref()));
    }

    /// A word of the answer with its look.
    pub(super) fn paint(&self, look: Look, text: &str) -> String {
        paint(self.colour_out, look, text)
    }

    /// Columns under their heads; on a pipe the same columns with tabs between, which `cut` takes.
    pub(super) fn table(&self, heads: &[&str], rows: &[Vec<String>]) {
        if !io::stdout().is_terminal() {
            for row in rows {
                self.line(row.join("\t"));
            }
            return;
        }
        let width = |i: usize| {
            rows.iter().map(|row| row[i].chars().count()).chain([heads[i].len()]).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..heads.len()).map(width).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let padded: Vec<_> = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            padded.join("  ").trim_end().to_owned()
        };
        self.line(self.paint(Look::Dim, &line(&mut heads.iter().copied())));
        for row in rows {
            self.line(line(&mut row.iter().map(String::as_str)));
        }
    }

    /// Asks a person, who says yes with `y`. `None`: there is no person at the other end.
    pub(super) fn confirm(&self, question: &str) -> Option<bool> {
        if !io::stdin().is_terminal() {
            return None;
        }
        let _ = write!(io::stderr().lock(), "{question} [y/N] ");
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).ok()?;
        Some(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// A secret from a person without echo, or the first line of a pipe.
    pub(super) fn secret(&self, prompt: &str) -> io::Result<maig_core::secret::Secret> {
        let text = if io::stdin().is_terminal() {
            rpassword::prompt_password(prompt)?
        } else {
            let mut line = String::new();
            io::stdin().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        };
        Ok(maig_core::secret::Secret::new(text))
    }

    pub(super) fn person_types(&self) -> bool {
        io::stdin().is_terminal()
    }
}

fn paint(colour: bool, look: Look, text: &str) -> String {
    if !colour {
        return text.to_owned();
    }
    let code = match look {
        Look::Green => 32,
        Look::Yellow => 33,
        Look::Red => 31,
        Look::Bold => 1,
        Look::Dim => 2,
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
