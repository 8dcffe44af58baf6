//! What is different between two points in the history.

use super::style::{self, paint};
use super::view::{Look, Rendered, count, short_commit};
use super::{change, escape, time};
use crate::outcome::{DiffRecord, DiffView, PointView};

/// Counts first, then each record with what is different in the end.
pub(crate) fn render(view: &DiffView, look: &Look) -> Rendered {
    let from = view.from.as_ref().map_or_else(|| "the beginning".to_owned(), point);
    let err = format!("from {from}\nto {}\n", point(&view.to));
    if view.total == 0 {
        let err = format!("{err}nothing is different\n");
        return Rendered { err, ..Rendered::default() };
    }
    let counts: Vec<String> =
        view.counts.iter().map(|each| format!("{} {}", each.count, each.what)).collect();
    let total = count(view.total, "record", "records");
    let mut out = paint(style::STRONG, &format!("{total}: {}", counts.join(", "))) + "\n";
    for record in &view.records {
        out.push('\n');
        one(record, look, &mut out);
    }
    if let (true, more @ 1..) = (!view.records.is_empty(), view.total - view.records.len()) {
        out.push_str(&format!("\nand {}\n", count(more, "more record", "more records")));
    }
    Rendered { err, ..Rendered::paged(out) }
}

fn point(point: &PointView) -> String {
    let commit = escape::line(short_commit(&point.commit)).into_owned();
    format!("commit {}, {} UTC", paint(style::COMMIT, &commit), time::absolute(point.at))
}

fn one(record: &DiffRecord, look: &Look, out: &mut String) {
    let short = paint(style::ID, &escape::line(&record.short));
    let title = escape::line(record.title.as_deref().unwrap_or_default()).into_owned();
    let what = paint(style::STRONG, &record.what.join(", "));
    out.push_str(&format!("{short} {title}: {what}\n"));
    let is_new = record.what.contains(&"created");
    let is_gone = record.what.contains(&"removed");
    for each in &record.changes {
        // Of what came or went whole, a few fields tell enough.
        let telling = matches!(
            each.field.as_str(),
            "status" | "priority" | "assignee" | "owner" | "team" | "service" | "resolution.code"
        );
        // What a status says need not be said by its time stamps.
        let is_stamp = each.field.ends_with("_at");
        if look.verbose || (if is_new || is_gone { telling && !is_gone } else { !is_stamp }) {
            out.push_str(&format!("    {}\n", change::short(each)));
        }
    }
}
