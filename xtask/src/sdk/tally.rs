//! What a suite has proved: which tests passed and which failed, from the words of another language's test runner.
//! A suite that ran nothing, or left out a story, has failed.

use anyhow::{Result, bail};

use crate::say;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Tally {
    passed: Vec<String>,
    failed: Vec<String>,
}

impl Tally {
    pub(crate) fn passed(&mut self, name: &str) {
        say::line(&format!("  ok      {name}"));
        self.passed.push(name.to_owned());
    }

    pub(crate) fn failed(&mut self, name: &str) {
        say::line(&format!("  FAILED  {name}"));
        self.failed.push(name.to_owned());
    }

    /// Counts a step of xtask's own, and goes on after a failed one.
    pub(crate) fn step(&mut self, name: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed(name),
            Err(error) => {
                say::fault(&format!("{error:#}"));
                self.failed(name);
            }
        }
    }

    /// `✔ Test "text" passed after 0.1 seconds.`
    pub(crate) fn read_swift(&mut self, output: &str) {
        for line in output.lines() {
            let Some((_, rest)) = line.split_once("Test \"") else { continue };
            let Some((name, outcome)) = rest.rsplit_once('"') else { continue };
            if outcome.starts_with(" passed after") {
                self.passed.push(name.to_owned());
            } else if outcome.starts_with(" failed after") {
                self.failed.push(name.to_owned());
            }
        }
    }

    /// A report of JUnit's: `<testcase name="text" …/>`, with a `<failure>` inside if it failed.
    pub(crate) fn read_junit(&mut self, report: &str) {
        for case in report.split("<testcase ").skip(1) {
            let Some(name) = case.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()) else {
                continue;
            };
            let name = &name.replace("&apos;", "'");
            if ["<failure", "<error", "<skipped"].iter().any(|mark| case.contains(mark)) {
                self.failed(name);
            } else {
                self.passed(name);
            }
        }
    }

    /// Says the closing line, and fails if anything did or a story was not told.
    pub(crate) fn close(&self, stories: &[String]) -> Result<()> {
        say::line(&format!("{} passed, {} failed", self.passed.len(), self.failed.len()));
        let untold = |story: &&String| !self.passed.contains(story) && !self.failed.contains(story);
        let untold: Vec<&str> = stories.iter().filter(untold).map(String::as_str).collect();
        if !untold.is_empty() {
            bail!("stories that were not told: {}", untold.join(", "));
        }
        if !self.failed.is_empty() {
            bail!("failed: {}", self.failed.join(", "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_test_runners_print_is_counted() {
        let mut tally = Tally::default();
        tally.read_swift(
            "◇ Test \"text\" started.\n✔ Test \"text\" passed after 0.1 seconds.\n✘ Test \"cut\" recorded an issue at a: b\n\
             ✘ Test \"cut\" failed after 2 seconds with 1 issue.\n✔ Test run with 2 tests passed after 1 seconds.\n",
        );
        assert_eq!((&*tally.passed, &*tally.failed), (&["text".to_owned()][..], &["cut".to_owned()][..]));
        let mut tally = Tally::default();
        tally.read_junit(
            "<testsuite name=\"S\">\n<testcase name=\"text\" classname=\"S\" time=\"0.1\"/>\n\
             <testcase name=\"cut\" classname=\"S\"><failure message=\"x\"/></testcase>\n</testsuite>",
        );
        assert_eq!((&*tally.passed, &*tally.failed), (&["text".to_owned()][..], &["cut".to_owned()][..]));
    }

    #[test]
    fn a_story_that_was_not_told_fails_the_suite() {
        let mut tally = Tally::default();
        tally.read_swift("✔ Test \"text\" passed after 0.1 seconds.\n");
        let stories = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(tally.close(&stories(&["text"])).is_ok());
        assert!(tally.close(&stories(&["text", "cut"])).is_err());
    }
}
