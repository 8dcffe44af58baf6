//! When a change could be carried out without any conflict.

use super::view::typed;
use super::{change, others, ties, windows};
use crate::app::read::references;
use crate::app::{Session, parse_when};
use crate::error::CommandError;
use crate::model::Timestamp;
use crate::outcome::{RecordRef, SlotView, SlotsView};
use crate::policy::approval::Span;
use crate::policy::conflict::{self, Facts, HORIZON_DAYS, Planned, Wanted};
use crate::policy::interval::Interval;

/// How long a change takes if nobody says, in seconds.
const USUAL: i64 = 3_600;
/// Slots from now on begin at whole quarters of an hour.
const QUARTER: i64 = 900;
const DAY: i64 = 86_400;
/// No further than this is looked, in days.
const FURTHEST: i64 = 366;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct SlotOptions {
    /// How long it takes, such as `1h30m`; as long as it is planned for, or an
    /// hour, if absent.
    pub duration: Option<String>,
    /// From when on; from now, if absent.
    pub from: Option<String>,
    /// Until when; 90 days, if absent.
    pub to: Option<String>,
    /// How many.
    pub most: usize,
}

/// The first times at which the change that `text` names would have no conflict.
///
/// # Errors
///
/// It is no change, an option makes no sense, or the settings or the index cannot
/// be read.
pub fn slots(
    session: &Session,
    text: &str,
    options: &SlotOptions,
) -> Result<SlotsView, CommandError> {
    let change = change(session, text)?;
    let planned = Planned::of(&change);
    let seconds = match &options.duration {
        Some(text) => {
            let span: Span = text.parse().map_err(|error| CommandError::usage(&error))?;
            let zero = Timestamp::from_seconds(0);
            span.after(zero).seconds()
        }
        None => planned.span.map_or(USUAL, Interval::seconds),
    };
    let from = match &options.from {
        Some(text) => parse_when(session, text)?,
        None => {
            let now = session.now().seconds();
            Timestamp::from_seconds(now + (-now).rem_euclid(QUARTER))
        }
    };
    let days = |days: i64| Timestamp::from_seconds(from.seconds().saturating_add(days * DAY));
    let to = match &options.to {
        Some(text) => parse_when(session, text)?,
        None => days(HORIZON_DAYS),
    };
    if to > days(FURTHEST) {
        return Err(CommandError::usage(format!("{to} is more than {FURTHEST} days later"))
            .hint("look at a shorter time with --from and --to"));
    }
    let within = Interval::new(from, to).ok_or_else(|| {
        CommandError::usage(format!("{to} does not lie after {from}"))
            .hint("give the earlier time with --from, the later one with --to")
    })?;
    let ties = ties(session, &planned.cis)?;
    let others = others(session, within, &[])?;
    let windows = windows(session, &session.snapshot()?)?;
    let facts =
        Facts { change: &planned, accepted: &[], ties: &ties, others: &others, windows: &windows };
    let found = conflict::slots(&facts, &Wanted { seconds, within, most: options.most });
    let id = change.id;
    let known = references(session.index()?, &[id])?.pop();
    let nobody = || RecordRef { id, short: id.short(), title: None, status: None, state: None };
    let change = known.unwrap_or_else(nobody);
    let slot = |slot: Interval| SlotView {
        start: slot.from(),
        end: slot.to(),
        next: format!(
            "gitsm change schedule {} --start {} --end {}",
            change.short,
            typed(slot.from()),
            typed(slot.to())
        ),
    };
    let slots = found.into_iter().map(slot).collect();
    Ok(SlotsView { schema: SlotsView::SCHEMA, slots, change, seconds, from, to })
}
