//! The command line as people meet it: each command in a fresh, closed-off
//! place, and what it says as a whole.
//!
//! One binary, a module for each command or noun. Snapshots stand in the tests;
//! `cargo insta review` shows what changed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test ends where its ground breaks away, and reads its own PATH"
)]

mod common;

mod answer;
mod any_type;
mod apply;
mod apply_refused;
mod approval;
mod approval_request;
mod approval_voters;
mod assign;
mod attach;
mod attachment;
mod batch;
mod blame;
mod broken_settings;
mod by_hand;
mod calendar;
mod cascade;
mod catalog;
mod change;
mod change_model;
mod check;
mod ci;
mod closed_desk;
mod commit;
mod completions;
mod conflict;
mod csat;
mod deployed;
mod deploys;
mod diff;
mod discovery;
mod dora;
mod edit;
mod elevation;
mod evidence;
mod export;
mod gate;
mod gate_forged;
mod gate_override;
mod gate_remote;
mod gate_unknown;
mod help;
mod import;
mod incident;
mod init;
mod json;
mod link;
mod list;
mod list_refused;
mod log;
mod log_parts;
mod log_words;
mod major;
mod merge;
mod new;
mod new_refused;
mod note;
mod own_workflow;
mod points;
mod preview;
mod problem;
mod raise;
mod raise_ways;
mod range;
mod report;
mod request;
mod risk;
mod schedule;
mod search;
mod show;
mod sla;
mod small_refusals;
mod spelling;
mod status;
mod task;
mod tick;
mod triage;
mod usage;
mod view;
mod workflow;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A file that is not listed above would be compiled by nobody.
#[test]
fn every_module_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let listed: BTreeSet<String> = fs::read_to_string(folder.join("main.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .filter(|name| name != "main" && !name.starts_with('.'))
        .collect();
    assert_eq!(listed, there);
}
