//! A YAML file as a tree whose every node knows its line, so that any fault found later can name it.
//! It knows nothing of projects or routes, and must never stop at the first fault when another document follows.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::fault::Fault;

/// Nesting that no file of ours needs; deeper is refused before it can exhaust the stack.
const MAX_DEPTH: usize = 64;
/// Nodes of one file, aliases counted each time they are used, so that a few lines cannot unfold into gigabytes.
const MAX_NODES: usize = 200_000;

/// A value of the file.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Counted from 1.
    pub line: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// `plain`: written without quotes, so that `true`, `5` and `null` mean what they say.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One `key: value`. Keys that occur twice are kept twice; the reader of the mapping refuses them.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub line: usize,
    pub key: String,
    pub value: Node,
}

impl Node {
    /// Whether nothing was written: an empty value, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What it is, for a sentence that says what was expected instead.
    pub(super) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { .. } if self.is_null() => "nothing",
            Kind::Scalar { .. } => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
        }
    }

    /// The line of what a path such as `targets[1].model` names, as near as the file has it.
    pub(super) fn line_of(&self, path: &str) -> usize {
        let mut here = self;
        let mut line = self.line;
        for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
            let next = match (&here.kind, step.strip_suffix(']')) {
                (Kind::List(items), Some(index)) => {
                    index.parse::<usize>().ok().and_then(|i| items.get(i)).map(|n| (n.line, n))
                }
                (Kind::Map(entries), None) => {
                    entries.iter().find(|e| e.key == step).map(|e| (e.line, &e.value))
                }
                _ => None,
            };
            let Some((found, node)) = next else { break };
            (line, here) = (found, node);
        }
        line
    }
}

/// The documents of a file, and what is not YAML in it. After a syntax error reading goes on at the next `---`.
pub(super) fn parse(text: &str) -> (Vec<Node>, Vec<Fault>) {
    let (mut documents, mut faults) = (Vec::new(), Vec::new());
    let mut first_line = 0;
    let mut rest = text;
    while let Err((line, message)) = parse_part(rest, first_line, &mut documents) {
        faults.push(Fault::new(line, "", format!("not valid YAML: {message}")));
        let Some((skipped, next)) = next_document(rest, line - first_line) else { break };
        first_line += skipped;
        rest = next;
    }
    (documents, faults)
}

/// The text from the first `---` at or after line `from` (counted from 1), and how many lines come before it. Never the
/// text's own first line, which would be read again for ever.
fn next_document(text: &str, from: usize) -> Option<(usize, &str)> {
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if index >= from.saturating_sub(1).max(1) && line.trim_end() == "---" {
            return Some((index, &text[offset..]));
        }
        offset += line.len();
    }
    None
}

fn parse_part(text: &str, first_line: usize, documents: &mut Vec<Node>) -> Result<(), (usize, String)> {
    let mut build = Build::default();
    for step in Parser::new_from_str(text) {
        let (event, span) = step.map_err(|e| (first_line + e.marker().line(), e.info().to_owned()))?;
        let line = first_line + span.start.line();
        if let Some(document) = build.take_event(event, line).map_err(|message| (line, message))?
            && !document.is_null()
        {
            documents.push(document);
        }
    }
    Ok(())
}

/// A container that is still open, and the id under which an alias may ask for it again.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<(usize, String)>,
}

#[derive(Default)]
struct Build {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    nodes: usize,
}

impl Build {
    fn take_event(&mut self, event: Event<'_>, line: usize) -> Result<Option<Node>, String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                self.place(Node { line, kind: Kind::Scalar { text: text.into_owned(), plain } }, anchor)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(line, Kind::List(Vec::new()), anchor)?,
            Event::MappingStart(anchor, _) => self.begin(line, Kind::Map(Vec::new()), anchor)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(done) = self.open.pop() {
                    self.place(done.node, done.anchor)?;
                }
            }
            Event::Alias(id) => {
                let node = self.anchors.get(&id).cloned().ok_or("an alias stands inside its own anchor")?;
                self.nodes += count(&node);
                self.place(node, 0)?;
            }
            Event::DocumentEnd => return Ok(self.root.take()),
            Event::DocumentStart(_) | Event::StreamStart | Event::StreamEnd | Event::Nothing => {}
        }
        Ok(None)
    }

    fn begin(&mut self, line: usize, kind: Kind, anchor: usize) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        self.open.push(Open { node: Node { line, kind }, anchor, key: None });
        Ok(())
    }

    /// Puts a finished node where it belongs: into the container that is open, or at the root.
    fn place(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("more than {MAX_NODES} values"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut parent.node.kind, parent.key.take()) {
            (Kind::List(items), _) => items.push(node),
            (Kind::Map(entries), Some((line, key))) => entries.push(Entry { line, key, value: node }),
            (Kind::Map(_), None) => match node.kind {
                Kind::Scalar { text, .. } => parent.key = Some((node.line, text)),
                _ => return Err("a key must be a word".to_owned()),
            },
            (Kind::Scalar { .. }, _) => {}
        }
        Ok(())
    }
}

fn count(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar { .. } => 1,
        Kind::List(items) => 1 + items.iter().map(count).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|e| count(&e.value)).sum::<usize>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_knows_its_line() {
        let (documents, faults) =
            parse("# head\nproject: shop\nroutes:\n  - name: a\n    targets: [x, y]\n---\nproject: b\n");
        assert!(faults.is_empty());
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].line_of("routes[0].name"), 4);
        assert_eq!(documents[0].line_of("routes[0].targets[1]"), 5);
        assert_eq!(documents[0].line_of("routes[0].nonsense"), 4);
        assert_eq!(documents[1].line_of("project"), 7);
    }

    #[test]
    fn reading_goes_on_at_the_next_document_after_a_syntax_error() {
        let (documents, faults) = parse("project: a\n---\nproject: [b\n---\nproject: c\n---\nx: 'open\n");
        let named: Vec<_> = documents.iter().map(|d| d.line).collect();
        assert_eq!(named, [1, 5], "{faults:?}");
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    #[test]
    fn a_bomb_of_aliases_and_a_tower_of_brackets_are_refused() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for i in 1..9 {
            let refs = vec![format!("*a{}", i - 1); 9].join(",");
            bomb.push_str(&format!("a{i}: &a{i} [{refs}]\n"));
        }
        assert!(parse(&bomb).1[0].message.contains("more than"));
        assert!(parse(&"[".repeat(100)).1[0].message.contains("nested deeper"));
        assert_eq!(parse(&"[".repeat(50_000)).1.len(), 1, "refused by the parser already");
    }
}
