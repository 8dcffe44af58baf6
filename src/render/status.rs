//! How the desk stands.

use super::escape;
use super::style::{self, paint};
use super::summary::inline;
use super::view::{Rendered, count, short_commit};
use crate::outcome::StatusView;

/// A few lines: which desk, who acts, what is open, what needs attention.
pub(crate) fn render(view: &StatusView) -> Rendered {
    let mut text = format!(
        "{} ({}), {} at {}\n",
        paint(style::STRONG, &escape::line(&view.name)),
        escape::line(&view.profile),
        view.mode,
        escape::line(&view.location),
    );
    text.push_str(&format!(
        "trunk {} at {}, acting as {}\n\n",
        escape::line(&view.trunk),
        paint(style::ID, &escape::line(short_commit(&view.commit))),
        escape::line(&view.actor),
    ));
    let open = inline(&view.open);
    let open = if open.is_empty() { "nothing".to_owned() } else { open };
    text.push_str(&format!("  open        {open}\n"));
    text.push_str(&format!("  mine        {}\n", view.mine));
    text.push_str(&format!("  unassigned  {}\n", view.unassigned));
    if !view.edited.is_empty() {
        text.push_str("\nedited by hand, not committed:\n");
        for path in &view.edited {
            text.push_str(&format!("  {}\n", paint(style::WARNING, &escape::line(path))));
        }
    }
    if view.unreadable > 0 {
        let what =
            count(view.unreadable, "file is no readable record", "files are no readable records");
        text.push_str(&format!("\n{}; `gitsm check` says why\n", paint(style::ERROR, &what)));
    }
    Rendered::short(text)
}
