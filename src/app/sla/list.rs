//! Many commitments: what is due next, and how many were kept.

use super::ensure::ensure;
use super::{calendars, terms};
use crate::app::Session;
use crate::app::read::checked;
use crate::app::when::period_edge;
use crate::error::CommandError;
use crate::model::Timestamp;
use crate::outcome::{Compliance, ComplianceView, SlaListView, SlaRow};
use crate::policy::sla::Terms;
use crate::query::{PromiseStanding, Query, Selection};

/// What the desk promises, if anything, and the records that match `query`.
fn promised(session: &Session, query: &Query) -> Result<(Option<Terms>, Selection), CommandError> {
    let terms = terms(&session.snapshot()?, session.policy()?)?;
    Ok((terms, checked(session, query)?))
}

/// The open commitments of the records that match, what is due first at the
/// top.
///
/// # Errors
///
/// The settings or the history cannot be read.
pub fn list(session: &Session, query: &Query) -> Result<SlaListView, CommandError> {
    let (terms, selection) = promised(session, query)?;
    let definitions = terms.as_ref().map(|terms| &terms.definitions[..]).unwrap_or_default();
    let of_open_alone = terms.as_ref().is_none_or(Terms::end_with_records);
    ensure(session, !selection.wants_open() && !of_open_alone)?;
    let index = session.index()?;
    let (rows, total) = index.open_promises(&selection)?;
    let ids: Vec<_> = rows.iter().map(|(row, _)| row.id).collect();
    let shorts = index.shorten(&ids)?;
    let now = session.now();
    let line = |((row, promise), short): ((crate::query::Row, crate::query::Promise), String)| {
        let definition = definitions.iter().find(|each| each.name.as_str() == promise.name);
        SlaRow {
            id: row.id,
            short,
            title: row.title,
            status: row.status,
            priority: row.priority,
            kind: definition.map_or("", |each| each.file.kind.name()),
            metric: definition.map_or("", |each| each.file.metric.name()),
            standing: match promise.standing {
                PromiseStanding::Paused => "paused",
                _ => "running",
            },
            breached: promise.is_breached(now),
            at_risk: promise.is_at_risk(now),
            due: promise.due,
            name: promise.name,
        }
    };
    let commitments = rows.into_iter().zip(shorts).map(line).collect();
    let promises = terms.is_some();
    let (schema, then) = (SlaListView::SCHEMA, session.past().is_some());
    Ok(SlaListView { schema, promises, then, now, total, commitments })
}

/// How many commitments were kept that were completed in a period (ServiceNow
/// "% breached SLAs", turned round; what is open and late is told besides).
///
/// # Errors
///
/// As [`list`]; a text is no time.
pub fn compliance(
    session: &Session,
    query: &Query,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<ComplianceView, CommandError> {
    let (terms, selection) = promised(session, query)?;
    ensure(session, !selection.wants_open())?;
    let none;
    let zone = match &terms {
        Some(terms) => terms.calendars.desk_zone(),
        None => {
            none = calendars(&session.snapshot()?, session.policy()?)?;
            none.desk_zone()
        }
    };
    let definitions = terms.as_ref().map(|terms| &terms.definitions[..]).unwrap_or_default();
    let now = session.now();
    let from = from.map(|text| period_edge(session, zone, text, false)).transpose()?;
    let to = to.map(|text| period_edge(session, zone, text, true)).transpose()?;
    // The second that has begun belongs to the period.
    let to = to.unwrap_or_else(|| Timestamp::from_seconds(now.seconds() + 1));
    if from.is_some_and(|from| to <= from) {
        return Err(CommandError::usage("the period ends before it begins"));
    }
    let counts = session.index()?.count_promises(selection.filter.as_ref(), from, to, now)?;
    let mut commitments = Vec::with_capacity(definitions.len());
    let mut total = Compliance::default();
    for definition in definitions {
        let mut line = Compliance {
            name: Some(definition.name.to_string()),
            kind: Some(definition.file.kind.name()),
            metric: Some(definition.file.metric.name()),
            calendar: definition.file.calendar.as_ref().map(ToString::to_string),
            ..Compliance::default()
        };
        let own = counts.iter().filter(|(name, ..)| name == definition.name.as_str());
        for (_, standing, late, count) in own {
            for sum in [&mut line, &mut total] {
                match standing {
                    PromiseStanding::Met => {
                        sum.met += count;
                        sum.completed += count;
                    }
                    PromiseStanding::Missed => sum.completed += count,
                    PromiseStanding::Running | PromiseStanding::Paused => {
                        sum.open += count;
                        sum.open_breached += if *late { *count } else { 0 };
                    }
                    PromiseStanding::Cancelled => {}
                }
            }
        }
        commitments.push(line);
    }
    for line in commitments.iter_mut().chain([&mut total]) {
        // Of nothing, no part was kept and none was not.
        line.percent = (line.completed > 0).then(|| {
            let percent = line.met as f64 * 100.0 / line.completed as f64;
            (percent * 100.0).floor() / 100.0
        });
    }
    let (schema, time_zone) = (ComplianceView::SCHEMA, zone.name().to_owned());
    let then = session.past().is_some();
    Ok(ComplianceView { schema, from, to, time_zone, commitments, total, then })
}
