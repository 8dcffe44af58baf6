//! What was done in words, and answers about what is no record.

use super::escape;
use super::view::{Rendered, count};
use crate::outcome::{ExportView, MessageView, NamesView, PathView};

/// What was done, on standard error: there is no data in it.
pub(crate) fn message(view: &MessageView) -> Rendered {
    let err = escape::paragraph(view.message.trim_end()).into_owned() + "\n";
    Rendered { err, ..Rendered::default() }
}

/// How much was exported.
pub(crate) fn exported(view: &ExportView) -> Rendered {
    let records = count(view.records, "record", "records");
    let err = format!("exported {records} to {}\n", escape::line(&view.path));
    Rendered { err, ..Rendered::default() }
}

/// The path alone.
pub(crate) fn path(view: &PathView) -> Rendered {
    Rendered::short(format!("{}\n", escape::line(&view.path)))
}

/// A name on each line, with what it is for.
pub(crate) fn names(view: &NamesView) -> Rendered {
    let line = |named: &crate::outcome::NamedThing| match named.about {
        Some(about) => format!("{:<16}{about}\n", named.name),
        None => format!("{}\n", named.name),
    };
    Rendered::paged(view.names.iter().map(line).collect())
}
