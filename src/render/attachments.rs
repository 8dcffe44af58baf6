//! The files that are kept with a record.

use super::record::bytes;
use super::table::{Cell, Table};
use super::view::{Look, Rendered};
use super::{escape, style, time};
use crate::outcome::AttachmentsView;

/// How many digits of a digest are shown; enough to name one.
const DIGITS: usize = 12;

/// A table of the files, or where they were written.
pub(crate) fn render(view: &AttachmentsView, look: &Look) -> Rendered {
    let mut rendered = Rendered::default();
    let saved = view.attachments.iter().filter_map(|file| Some((file, file.saved_as.as_ref()?)));
    for (file, path) in saved.clone() {
        rendered.out.push_str(&format!("{}\n", escape::line(path)));
        let name = escape::line(&file.name);
        rendered.err.push_str(&format!("saved {name} ({}), digest checked\n", bytes(file.size)));
    }
    if view.attachments.is_empty() {
        rendered.err.push_str(&format!("nothing is kept with {}\n", escape::line(&view.short)));
        return rendered;
    }
    if saved.count() > 0 {
        return rendered;
    }
    let mut table = Table::new(["NAME", "SIZE", "ADDED", "BY", "SHA256"]).right(1).shrink(0, 20);
    for file in &view.attachments {
        let digest = file.sha256.get(..DIGITS).unwrap_or(&file.sha256);
        table.row(vec![
            Cell::new(&file.name, style::STRONG),
            Cell::plain(&bytes(file.size)),
            Cell::plain(&time::age(file.at, view.now)),
            Cell::plain(file.by.as_str()),
            Cell::new(digest, style::ID),
        ]);
    }
    Rendered::paged(table.render(look.width))
}
