//! The program: its table, its refusals, and that the README tells the same words.

use std::process::{Command, Output};

use maig_sim::WORDS;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maig-sim")).args(arguments).output().unwrap()
}

#[test]
fn the_readme_has_a_row_for_each_word_and_no_other() {
    let rows: String =
        WORDS.iter().map(|word| format!("| `{}` | {} |\n", word.example, word.about)).collect();
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&format!("| --- | --- |\n{rows}\n")), "the table should be:\n{rows}");
}

#[test]
fn the_words_are_printed() {
    let printed = run(&["faults"]);
    assert!(printed.status.success());
    assert_eq!(String::from_utf8(printed.stdout).unwrap().lines().count(), WORDS.len());
}

#[test]
fn a_port_in_use_and_a_wrong_script_end_with_a_line_and_1() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let script = std::env::temp_dir().join(format!("maig-sim-{}.json", std::process::id()));
    std::fs::write(&script, r#"{"gpt-4o": "explode"}"#).unwrap();
    let rows: [(&[&str], &str); 3] = [
        (&["--listen", &address], "cannot listen on"),
        (&["--listen", "127.0.0.1:0", "--script", script.to_str().unwrap()], "no word `explode`"),
        (&["--listen", "127.0.0.1:0", "--script", "/nowhere.json"], "/nowhere.json"),
    ];
    for (arguments, said) in rows {
        let ended = run(arguments);
        let text = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{text}");
        assert!(text.starts_with("maig-sim: ") && text.contains(said), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    std::fs::remove_file(script).unwrap();
}
