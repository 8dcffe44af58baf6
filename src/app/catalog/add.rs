//! Putting built-in examples into the catalogue of a desk.

use std::collections::BTreeMap;

use super::Loaded;
use super::load::path_of;
use super::read::lines;
use crate::app::approval::{self, APPROVALS};
use crate::app::error::unreadable;
use crate::app::nearest::nearest;
use crate::app::session::Session;
use crate::app::write::{Describe, Work};
use crate::error::CommandError;
use crate::format;
use crate::model::{OfferingName, StateName};
use crate::outcome::{CatalogView, Severity, Written};
use crate::policy::approval::ApprovalSettings;
use crate::policy::catalog::{EXAMPLES, Example, example, example_approval};

/// The examples, as a catalogue of their own.
pub fn examples() -> CatalogView {
    lines(&loaded(), true)
}

fn loaded() -> Loaded {
    let path = |example: &Example| format!("{}/{}.yaml", super::FOLDER, example.name);
    let file = |example: &Example| (path(example), example.text.as_bytes().to_vec());
    Loaded::parse(EXAMPLES.iter().map(file).collect::<BTreeMap<_, _>>())
}

/// Names of examples that begin with what was typed, with what people call them.
pub fn complete_examples(typed: &str) -> Vec<(String, String)> {
    let lines = examples().offerings.into_iter();
    let names = lines.map(|line| (line.offering.to_string(), line.name));
    names.filter(|(name, _)| name.starts_with(typed)).collect()
}

/// Adds the examples called `names`, what they include, and the approvals that
/// they name, as one commit. What the desk has already stays as it is.
///
/// # Errors
///
/// There is no such example, the desk has an offering of its own by that name,
/// or what comes out would not fit together.
pub fn add_examples(
    session: &Session,
    names: &[String],
    dry_run: bool,
) -> Result<Written, CommandError> {
    let offerings = loaded().catalog;
    let mut wanted: Vec<(OfferingName, bool)> = Vec::new();
    for name in names {
        let known = example(name).and_then(|example| OfferingName::new(example.name).ok());
        let known = known.ok_or_else(|| no_example(name))?;
        if !wanted.iter().any(|(other, _)| *other == known) {
            wanted.push((known, true));
        }
    }
    let mut at = 0;
    while let Some((name, _)) = wanted.get(at).cloned() {
        at += 1;
        let parts = offerings.offerings.get(&name).into_iter().flat_map(|o| &o.includes);
        for part in parts {
            if !wanted.iter().any(|(other, _)| *other == part.offering) {
                wanted.push((part.offering.clone(), false));
            }
        }
    }
    let mut approvals: Vec<StateName> = Vec::new();
    for offering in wanted.iter().filter_map(|(name, _)| offerings.offerings.get(name)) {
        let of_tasks = offering.tasks.iter().flat_map(|task| &task.approvals);
        for name in offering.approvals.iter().chain(of_tasks) {
            if !approvals.contains(name) {
                approvals.push(name.clone());
            }
        }
    }
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    let what = format!("catalog add {}", list.join(" "));
    let describe = Describe { settings: Some(&what), dry_run, ..Describe::default() };
    session.write(describe, |work| add(work, &wanted, &approvals))
}

fn no_example(name: &str) -> CommandError {
    let error = CommandError::not_found(format!("there is no example `{name}`"));
    match nearest(name, EXAMPLES.iter().map(|example| example.name)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("see what there is with `gitsm catalog add --list`"),
    }
}

fn add(
    work: &mut Work<'_>,
    wanted: &[(OfferingName, bool)],
    approvals: &[StateName],
) -> Result<(), CommandError> {
    let mut edits: Vec<(String, Option<Vec<u8>>)> = Vec::new();
    for (name, is_named) in wanted {
        let path = path_of(name);
        let Some(example) = example(name.as_str()) else { continue };
        match work.snapshot.file(&path)? {
            None => edits.push((path, Some(example.text.as_bytes().to_vec()))),
            Some(there) if there == example.text.as_bytes() || !is_named => {}
            Some(_) => {
                let message = format!("the desk has an offering `{name}` of its own");
                return Err(CommandError::refused(message)
                    .hint(format!("look at it with `gitsm catalog show {name}`"))
                    .hint(format!("to begin anew, delete {path} and `gitsm commit`")));
            }
        }
    }
    let there = work.snapshot.file(APPROVALS)?.unwrap_or_default();
    let known = approval::names_in(&there);
    let missing: Vec<&StateName> = approvals
        .iter()
        .filter(|name| !known.as_ref().is_some_and(|known| known.contains(name)))
        .collect();
    if edits.is_empty() {
        return Ok(());
    }
    if !missing.is_empty() {
        let content = with_definitions(&there, &missing)?;
        work.notices.push(format!(
            "who approves ({}) is for the desk to say, in {APPROVALS}; until then anybody may \
             whose own matter it is not",
            missing.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
        ));
        edits.push((APPROVALS.to_owned(), Some(content)));
    }
    let loaded = Loaded::with_edits(work.snapshot, &edits)?;
    let bytes = edits.iter().find(|(path, _)| path == APPROVALS).and_then(|(_, b)| b.as_deref());
    let names = approval::names_in(bytes.unwrap_or(&there));
    let is_new = |path: &str| edits.iter().any(|(edited, _)| edited == path);
    let mut wrong = super::findings(work.policy, &loaded, names.as_deref()).into_iter();
    let wrong = wrong.find(|found| found.severity == Severity::Error && is_new(&found.path));
    if let Some(wrong) = wrong {
        let message = format!("it does not fit this desk: {}: {}", wrong.path, wrong.message);
        return Err(CommandError::refused(message)
            .hint("an offering of the same name differs from the example that goes with it"));
    }
    for (path, content) in edits {
        work.file(path, content);
    }
    Ok(())
}

/// The file of the approvals with the definitions `missing` added. What it says
/// already, comments too, stays as it is.
fn with_definitions(there: &[u8], missing: &[&StateName]) -> Result<Vec<u8>, CommandError> {
    let by_hand = || {
        CommandError::refused(format!("{APPROVALS} is not written so that more can be added to it"))
            .hint("write `definitions:` on a line of its own, and each definition below it")
    };
    let before = read(there)?;
    let text = std::str::from_utf8(there).map_err(|_| by_hand())?;
    let mut lines: Vec<&str> = text.lines().collect();
    let heading = lines.iter().position(|line| line.trim_end() == "definitions:");
    let at = match heading {
        Some(at) => at + 1,
        None => {
            lines.push("definitions:");
            lines.len()
        }
    };
    let is_entry = |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let next = lines.get(at..).unwrap_or_default().iter().find(is_entry);
    let indent = next.map_or(2, |line| line.len() - line.trim_start().len());
    let indent = if indent == 0 { 2 } else { indent };
    let mut new = String::new();
    for name in missing {
        for line in example_approval(name.as_str()).unwrap_or_default().lines() {
            new.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
    let (above, below) = lines.split_at(at);
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let content = format!("{}{new}{}", joined(above), joined(below)).into_bytes();
    // Whatever the file looks like: it must say what it said, and the rest.
    let mut after = read(&content).map_err(|_| by_hand())?;
    let is_added = missing.iter().all(|name| after.definitions.shift_remove(*name).is_some());
    if !is_added || after != before {
        return Err(by_hand());
    }
    Ok(content)
}

fn read(bytes: &[u8]) -> Result<ApprovalSettings, CommandError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(ApprovalSettings::default());
    }
    format::read_settings(APPROVALS, bytes).map_err(|error| unreadable(APPROVALS, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> Result<String, CommandError> {
        let name = StateName::new("hr").expect("a name");
        let bytes = with_definitions(text.as_bytes(), &[&name])?;
        Ok(String::from_utf8(bytes).expect("UTF-8"))
    }

    #[test]
    fn definitions_join_those_that_are_there() {
        let plain = example_approval("hr").expect("one");
        let inset = |by: usize| -> String {
            plain.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
        };
        assert_eq!(added("").expect("done"), format!("definitions:\n{}", inset(2)));
        let four = "# ours\ndefinitions:\n    # the board\n    cab:\n        when: type:change\n        steps:\n        - quorum: all\nrounding: nearest\n";
        let expected = four.replacen("definitions:\n", &format!("definitions:\n{}", inset(4)), 1);
        assert_eq!(added(four).expect("done"), expected);
        let alone = "rounding: nearest";
        assert_eq!(
            added(alone).expect("done"),
            format!("rounding: nearest\ndefinitions:\n{}", inset(2))
        );
        for flow in ["definitions: {}\n", "{rounding: nearest}\n"] {
            let error = added(flow).expect_err("refused");
            assert!(error.message.contains("not written so"), "{}", error.message);
        }
    }

    #[test]
    fn examples_are_whole() {
        let loaded = loaded();
        assert!(loaded.broken.is_empty() && loaded.strays.is_empty(), "{:?}", loaded.broken);
        assert_eq!(loaded.catalog.offerings.len(), EXAMPLES.len());
        for offering in loaded.catalog.offerings.values() {
            let of_tasks = offering.tasks.iter().flat_map(|task| &task.approvals);
            for name in offering.approvals.iter().chain(of_tasks) {
                let text = example_approval(name.as_str()).expect("a definition");
                let text = format!("definitions:\n  {}", text.trim_end().replace('\n', "\n  "));
                let settings = read(text.as_bytes()).expect("approvals");
                assert!(settings.definitions.contains_key(name));
            }
            for part in &offering.includes {
                assert!(loaded.catalog.offerings.contains_key(&part.offering));
            }
        }
    }
}
