//! Every control that the page on the gate lists has the test that it names, and
//! that test says which control it is for.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;

/// The rows of the table: control, file, name of the test.
fn rows() -> Vec<(String, String, String)> {
    let page = fs::read_to_string("docs/gate.md").expect("the page is there");
    let lines = page.lines().filter(|line| line.starts_with("| C"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let mut marks = cells[3].split('`').skip(1).step_by(2).map(str::to_owned);
        let file = marks.next().expect("a file");
        (cells[0].to_owned(), file, marks.next().expect("a test"))
    };
    lines.map(row).collect()
}

#[test]
fn every_control_has_its_test() {
    let rows = rows();
    let controls: Vec<&str> = rows.iter().map(|(control, ..)| control.as_str()).collect();
    let all: Vec<String> = (1..=15).map(|number| format!("C{number}")).collect();
    assert_eq!(controls, all);
    for (control, file, test) in &rows {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let head = format!("#[test]\nfn {test}() {{");
        let at = text.find(&head).unwrap_or_else(|| panic!("{file} has no test `{test}`"));
        // The comment right above it.
        let above: Vec<&str> =
            text[..at].lines().rev().take_while(|l| l.starts_with("///")).collect();
        let named = above.join(" ");
        let is_named = named.split(|c: char| !c.is_alphanumeric()).any(|word| word == control);
        assert!(is_named, "{file}: `{test}` does not say that it is for {control}");
    }
}
