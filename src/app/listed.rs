//! Lists of records, read a page at a time where they are long.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use super::{Session, doubt, sla};
use crate::error::CommandError;
use crate::format;
use crate::index::{IndexError, Listing};
use crate::model::{Record, RecordId, Timestamp};
use crate::outcome::{Column, Highlights, ListedRow, PAGE, PageError, Pages, Rows, RowsView};
use crate::query::{self, Phrase, Selection, TextPart};
use crate::store::Store;

/// The length of an excerpt, in characters.
const WIDTH: usize = 72;

/// What is wanted of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All that there is to say about them.
    Whole,
    /// What their columns show, for people.
    Shown,
}

/// What `selection` selects; for a search the best matches first, with the
/// places where the words stand.
pub(super) fn rows(
    session: &Session,
    selection: Selection,
    columns: Vec<Column>,
    wanted: Wanted,
    search: bool,
) -> Result<RowsView, CommandError> {
    let asked = selection.asks_for_commitments();
    let shown = columns.iter().any(|column| matches!(column, Column::Due | Column::Sla));
    let promised = asked || shown;
    if promised {
        sla::ensure_for(session, &selection)?;
    }
    let listing = session.index()?.listing(&selection, search)?;
    let (total, more) = listing.total();
    let mut selection = selection;
    if total == 0 {
        doubt::of_nothing(session, &mut selection)?;
    }
    let order = listing.order().to_owned();
    let phrases = selection.phrases().into_iter().cloned().collect();
    let phrases = search.then_some(phrases);
    let promised = promised.then_some(session.now());
    let whole = wanted == Wanted::Whole || !columns.iter().all(Column::is_brief);
    let found = Found { listing, store: Rc::clone(&session.store), whole, phrases, promised };
    let rows = if found.len() <= PAGE {
        Rows::Few(found.read(0..PAGE)?)
    } else {
        Rows::Many(Rc::new(found))
    };
    let (schema, now, warnings) = (RowsView::SCHEMA, session.now(), selection.warnings);
    Ok(RowsView { schema, total, more, order, columns, now, rows, warnings })
}

/// Rows that were found, and are still to be read.
struct Found {
    listing: Listing,
    store: Rc<Store>,
    /// Whether more is wanted of the rows than lists usually show.
    whole: bool,
    /// What a search was for.
    phrases: Option<Vec<Phrase>>,
    /// The time at which commitments are looked at, if they are.
    promised: Option<Timestamp>,
}

impl Pages for Found {
    fn len(&self) -> usize {
        self.listing.len()
    }

    fn page(&self, places: Range<usize>) -> Result<Vec<ListedRow>, PageError> {
        self.read(places).map_err(|error| PageError(error.to_string()))
    }
}

impl Found {
    fn read(&self, places: Range<usize>) -> Result<Vec<ListedRow>, IndexError> {
        let blobs = RefCell::new(Vec::new());
        let mut listed = self.listing.page(places, self.whole, |row, short, blob| {
            if self.phrases.is_some() {
                blobs.borrow_mut().push(blob);
            }
            ListedRow { short, row, excerpt: None, highlights: None }
        })?;
        if let Some(now) = self.promised {
            let ids: Vec<RecordId> = listed.iter().map(|listed| listed.row.id).collect();
            let promises = self.listing.index().promises(&ids)?;
            let rows = listed.iter_mut().map(|listed| &mut listed.row);
            rows.zip(promises).for_each(|(row, promises)| row.promise(promises, now));
        }
        if let Some(phrases) = &self.phrases {
            for (listed, blob) in listed.iter_mut().zip(blobs.into_inner()) {
                if mark_title(listed, phrases) {
                    continue;
                }
                let bytes = self.store.blob(blob).ok();
                let record =
                    bytes.and_then(|bytes| format::read_record(listed.row.id, &bytes).ok());
                if let Some(record) = record {
                    mark_excerpt(listed, &record, phrases);
                }
            }
        }
        Ok(listed)
    }
}

/// Marks where the words stand in the title; whether each of them stands there.
fn mark_title(listed: &mut ListedRow, phrases: &[Phrase]) -> bool {
    let wanted = of_part(phrases, TextPart::Title);
    let title = spans(&listed.row.title, &wanted);
    let all = wanted.len() == phrases.len()
        && wanted.iter().all(|phrase| !query::found_at(&listed.row.title, &[phrase]).is_empty());
    listed.highlights = Some(Highlights { title, excerpt: Vec::new() });
    all
}

/// Adds the place where words stand in the first of the longer texts that holds
/// one: why a record was found whose title does not say so.
fn mark_excerpt(listed: &mut ListedRow, record: &Record, phrases: &[Phrase]) {
    let mut longer = query::texts(record).filter(|(part, _)| *part != TextPart::Title);
    let excerpt = longer.find_map(|(part, text)| {
        let wanted = of_part(phrases, part);
        query::excerpt(text, &wanted, WIDTH).map(|excerpt| (spans(&excerpt, &wanted), excerpt))
    });
    if let (Some((spans, excerpt)), Some(highlights)) = (excerpt, &mut listed.highlights) {
        highlights.excerpt = spans;
        listed.excerpt = Some(excerpt);
    }
}

/// The phrases that may stand in `part`.
fn of_part(phrases: &[Phrase], part: TextPart) -> Vec<&Phrase> {
    phrases.iter().filter(|phrase| phrase.part.is_none_or(|wanted| wanted == part)).collect()
}

fn spans(text: &str, phrases: &[&Phrase]) -> Vec<(usize, usize)> {
    query::found_at(text, phrases).into_iter().map(|span| (span.start, span.end)).collect()
}
