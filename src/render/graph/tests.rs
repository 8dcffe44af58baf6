//! Drawings of a small workflow.

use insta::assert_snapshot;

use super::plan::Plan;
use crate::model::{Kind, StateCategory, StateName, Timestamp};
use crate::outcome::{WorkflowState, WorkflowView, WorkflowWay, WorkflowsView};
use crate::render::view::Look;

fn name(text: &str) -> StateName {
    StateName::new(text).expect("a name")
}

fn way(action: &str, from: &[&str], to: Option<&str>) -> WorkflowWay {
    WorkflowWay {
        action: name(action),
        from: from.iter().map(|state| name(state)).collect(),
        to: to.map(name),
        models: Vec::new(),
        needs: Vec::new(),
        explain: Vec::new(),
        by: None,
        not_by: Vec::new(),
        set: indexmap::IndexMap::new(),
        clear: Vec::new(),
        vote: None,
        approved: false,
        overridden: false,
    }
}

fn view() -> WorkflowsView {
    let state = |text: &str, category| WorkflowState { name: name(text), category, work: false };
    WorkflowsView {
        schema: WorkflowsView::SCHEMA,
        workflows: vec![WorkflowView {
            kind: Kind::Incident,
            domain: None,
            path: None,
            edited: false,
            entry: vec![name("new")],
            states: vec![
                state("new", StateCategory::Open),
                state("work", StateCategory::Open),
                state("done", StateCategory::Closed),
            ],
            transitions: vec![
                way("start", &["new"], Some("work")),
                way("poke", &["work"], None),
                way("end", &["new", "work"], Some("done")),
                way("undo", &["done"], Some("work")),
            ],
            hold_reasons: Vec::new(),
            resolution_codes: Vec::new(),
            only_in: indexmap::IndexMap::new(),
            on_reply: None,
            follows_up: false,
        }],
    }
}

fn look(width: Option<usize>) -> Look {
    let now = Timestamp::from_seconds(0);
    Look { width, terminal: false, now, columns: None, header: true, verbose: false }
}

#[test]
fn every_edge_has_its_row_and_its_lane() {
    let view = view();
    let plan = Plan::new(&view.workflows[0], None);
    assert_eq!(plan.outs.len(), 4);
    let mut rows: Vec<usize> = plan.outs.iter().map(|out| out.row).collect();
    rows.dedup();
    assert_eq!(rows.len(), 4, "no two edges begin in the same row");
    for out in &plan.outs {
        let lane = &plan.lanes[out.lane];
        assert!((lane.first..=lane.last).contains(&out.row));
    }
}

#[test]
fn as_text() {
    let text = anstream::adapter::strip_str(&super::render(&view(), &look(None)).out).to_string();
    assert_snapshot!(text, @"
    incident workflow

    ╭────────╮
    │ ▸ new  │
    │        ├─ start ────╮
    │        ├─ end ────╮ │
    ╰────────╯          │ │
    ╭────────╮          │ │
    │   work │◀─────────┼─┤
    │        ├─ end ────┤ │
    │        │ ↺ poke   │ │
    ╰────────╯          │ │
    ╭────────╮          │ │
    │   done │◀─────────╯ │
    │        ├─ undo ─────╯
    ╰────────╯
    ");
}

#[test]
fn labels_that_are_too_long_are_put_below_each_other() {
    let mut view = view();
    let ways = ["stop", "give_up", "call_it_a_day"].map(|name| way(name, &["work"], Some("done")));
    view.workflows[0].transitions.extend(ways);
    view.workflows[0].transitions.push(way("prod", &["work"], None));
    view.workflows[0].edited = true;
    let drawn = super::render(&view, &look(Some(36))).out;
    let text = anstream::adapter::strip_str(&drawn).to_string();
    assert!(text.lines().skip(1).all(|line| line.chars().count() <= 36), "{text}");
    assert_snapshot!(text, @"
    incident workflow · built in, not committed yet

    ╭────────╮
    │ ▸ new  │
    │        ├─ start ─────────────────╮
    │        ├─ end ─────────────────╮ │
    ╰────────╯                       │ │
    ╭────────╮                       │ │
    │   work │◀──────────────────────┼─┤
    │        ├─ end, stop, give-up ──┤ │
    │        ├─ call-it-a-day ───────┤ │
    │        │ ↺ poke, prod          │ │
    ╰────────╯                       │ │
    ╭────────╮                       │ │
    │   done │◀──────────────────────╯ │
    │        ├─ undo ──────────────────╯
    ╰────────╯
    ");
}

#[test]
fn as_files() {
    let svg = super::svg(&view()).expect("a picture");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(!svg.contains("<script") && !svg.contains("href") && svg.contains("undo"));
    let opened = svg.matches("<text").count();
    assert_eq!(opened, svg.matches("</text>").count());
    assert_snapshot!(super::dot(&view()), @r#"
    digraph "incident workflow" {
      node [shape=box, style=rounded];
      "new" [style="rounded,bold"];
      "work" [style="rounded"];
      "done" [style="filled"];
      "new" -> "work" [label="start"];
      "work" -> "work" [label="poke"];
      "new" -> "done" [label="end"];
      "work" -> "done" [label="end"];
      "done" -> "work" [label="undo"];
    }
    "#);
}
