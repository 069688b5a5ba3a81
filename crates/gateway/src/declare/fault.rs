//! What is wrong with a file, and what its reader is told: always a line, a path and what to do.
//! A message must never quote the value of a secret.

/// One fault or warning of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// `routes[0].targets[1].model`; empty for the file as a whole.
    pub path: String,
    /// What is wrong, a semicolon, and what to do.
    pub message: String,
}

impl Fault {
    pub fn new(line: usize, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { line, path: path.into(), message: message.into() }
    }

    /// `maig.yaml:12: routes[0].name: …`, the form that editors and CI logs turn into a link.
    pub fn in_file(&self, file: &str) -> String {
        let Self { line, path, message } = self;
        match path.is_empty() {
            true => format!("{file}:{line}: {message}"),
            false => format!("{file}:{line}: {path}: {message}"),
        }
    }
}

/// What was found while reading: faults stop everything, warnings are said and passed over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    pub faults: Vec<Fault>,
    pub warnings: Vec<Fault>,
}

impl Findings {
    pub fn fault(&mut self, line: usize, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault::new(line, path, message));
    }

    pub fn warn(&mut self, line: usize, path: impl Into<String>, message: impl Into<String>) {
        self.warnings.push(Fault::new(line, path, message));
    }

    /// In the order of the file, each once.
    pub fn sort(&mut self) {
        for list in [&mut self.faults, &mut self.warnings] {
            list.sort();
            list.dedup();
        }
    }
}

/// `; did you mean "x"?` for the name that is near enough to be a slip, else nothing.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance <= (name.len().max(word.len()) / 3).max(1))
        .min()
        .map(|(_, name)| name)
}
