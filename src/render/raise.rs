//! The changes that were raised, and what became of deployments.

use super::escape;
use super::style::{self, paint};
use super::view::{Look, Rendered, short_commit};
use crate::outcome::{DeployedView, RaiseResult, RaiseView, RaisedChange};

/// The short id of each change alone on standard output, so that
/// `id=$(gitsm change raise)` works; the rest on standard error.
pub(crate) fn render(view: &RaiseView, look: &Look) -> Rendered {
    let mut rendered = Rendered::default();
    for change in &view.changes {
        let is_made_up = view.dry_run && change.result == RaiseResult::Raised;
        if !is_made_up {
            rendered.out.push_str(&format!("{}\n", escape::line(&change.short)));
        }
        one(change, is_made_up, &mut rendered.err);
        if let Some(commit) = change.commit.as_ref().filter(|_| look.verbose) {
            let commit = escape::line(short_commit(commit)).into_owned();
            rendered.err.push_str(&format!("commit {commit}\n"));
        }
    }
    for notice in &view.notices {
        rendered.err.push_str(&format!("{}\n", escape::line(notice)));
    }
    if view.dry_run {
        rendered.err.push_str("dry run: nothing was written\n");
    }
    rendered
}

fn one(change: &RaisedChange, is_made_up: bool, err: &mut String) {
    let id =
        if is_made_up { "a change".into() } else { paint(style::ID, &escape::line(&change.short)) };
    let (title, status) = (escape::line(&change.title), escape::line(change.status.as_str()));
    let what = match change.result {
        RaiseResult::Raised => "raised",
        RaiseResult::Completed => "completed",
        RaiseResult::Unchanged => "is there already:",
    };
    let line = match change.result {
        RaiseResult::Unchanged => format!("{id} {what} {title}"),
        _ => format!("{what} {id}: {title}"),
    };
    err.push_str(&format!("{line}\n"));
    let deployment = &change.deployment;
    let count = |number: Option<u32>, one: &str| match number {
        None => format!("an unknown number of {one}s"),
        Some(1) => format!("1 {one}"),
        Some(number) => format!("{number} {one}s"),
    };
    let commits = count(deployment.commit_count, "commit");
    let files = count(deployment.files_changed, "file");
    let model = change.model;
    err.push_str(&format!("  {model}, {status}; {}: {commits}, {files}\n", deployment.range));
    for link in &change.linked {
        let (rel, short) = (link.rel.replace('_', " "), escape::line(&link.short));
        let title = escape::line(&link.title);
        err.push_str(&format!("  {} {} {title}\n", escape::line(&rel), paint(style::ID, &short)));
    }
    for step in &change.next {
        err.push_str(&format!("  next: {}\n", escape::line(step)));
    }
}

/// The short id of the change alone on standard output; the rest on standard
/// error.
pub(crate) fn deployed(view: &DeployedView, look: &Look) -> Rendered {
    let mut rendered = Rendered::default();
    let short = escape::line(&view.short);
    let id = if view.dry_run { "it".into() } else { paint(style::ID, &short) };
    if !view.dry_run {
        rendered.out.push_str(&format!("{short}\n"));
    }
    let environment = escape::line(&view.environment);
    let status = escape::line(view.status.as_str());
    let result = view.result.name().replace('_', " ");
    let err = &mut rendered.err;
    if view.recorded {
        err.push_str(&format!("{id} {result} in {environment}; it is {status}\n"));
    } else {
        err.push_str(&format!("{id} {result} in {environment}: recorded already\n"));
    }
    if let Some(taken_back) = &view.taken_back {
        let (short, title) = (escape::line(&taken_back.short), escape::line(&taken_back.title));
        err.push_str(&format!("  takes back {} {title}\n", paint(style::ID, &short)));
    }
    for notice in &view.notices {
        err.push_str(&format!("{}\n", escape::line(notice)));
    }
    if let Some(commit) = view.commit.as_ref().filter(|_| look.verbose) {
        err.push_str(&format!("commit {}\n", escape::line(short_commit(commit))));
    }
    if view.dry_run {
        err.push_str("dry run: nothing was written\n");
    }
    rendered
}
