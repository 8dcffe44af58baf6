//! What an import did, or would do.

use super::escape;
use super::style::{self, paint};
use super::view::{Rendered, count, short_commit};
use crate::outcome::ImportView;

/// Each refused row on standard output, the sums on standard error.
pub(crate) fn render(view: &ImportView) -> Rendered {
    let absent: Vec<_> = view.absent.iter().map(|name| escape::line(name)).collect();
    let would = if view.dry_run { "would be " } else { "" };
    let mut sums = vec![
        format!("{} read", count(view.rows, "row", "rows")),
        count(view.tickets, "ticket", "tickets"),
        format!("{} {would}created", view.created),
    ];
    if view.events > 0 {
        sums.push(format!("{} {would}updated", view.updated));
    }
    sums.push(format!("{} present already", view.present));
    if view.skipped > 0 {
        sums.push(format!("{} left out", count(view.skipped, "row", "rows")));
    }
    if view.events > 0 {
        sums.push(match view.commits {
            0 => count(view.events, "event", "events"),
            commits => {
                let commits = count(commits, "commit", "commits");
                format!("{} in {commits}", count(view.events, "event", "events"))
            }
        });
    }
    if view.links > 0 {
        sums.push(format!("{} {would}related", count(view.links, "pair", "pairs")));
    }
    if !view.rejected.is_empty() {
        sums.push(format!("{} rejected", count(view.rejected.len(), "row", "rows")));
    }
    let mut rendered = Rendered::short(refusals(view));
    if !absent.is_empty() {
        rendered.err = format!("not in the source: {}\n", absent.join(", "));
    }
    rendered.err.push_str(&sums.join(", "));
    match &view.commit {
        Some(commit) => {
            let commit = escape::line(short_commit(commit)).into_owned();
            rendered.err.push_str(&format!(" (commit {})\n", paint(style::ID, &commit)));
        }
        None if view.dry_run && view.stopped => {
            rendered.err.push_str("; dry run, and nothing would be written\n");
        }
        None if view.dry_run => rendered.err.push_str("; dry run, nothing was written\n"),
        None => rendered.err.push_str("; nothing was written\n"),
    }
    rendered
}

/// Each refused row, on a line each.
pub(crate) fn refusals(view: &ImportView) -> String {
    let mut text = String::new();
    for row in &view.rejected {
        let id = row.external_id.as_ref().map(|id| format!("{}: ", escape::line(id)));
        text.push_str(&format!(
            "{}: {}{}\n",
            paint(style::ERROR, &format!("{} {}", view.numbered_by, row.line)),
            id.unwrap_or_default(),
            escape::line(&row.reason),
        ));
    }
    text
}
