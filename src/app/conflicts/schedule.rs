//! The changes that are planned for some time.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::{as_planned, is_active, ties, windows, workflow_of};
use crate::app::read::checked;
use crate::app::{Session, parse_when};
use crate::error::CommandError;
use crate::model::{AcceptedConflict, Record, RecordId, Timestamp, Zone};
use crate::outcome::{FrozenTime, MaintenanceTimes, ScheduleView, ScheduledChange, TimeSpan};
use crate::policy::Policy;
use crate::policy::conflict::{self, Facts, Planned};
use crate::policy::interval::Interval;
use crate::policy::windows::ChangeWindows;
use crate::query::{Expr, Op, Query, Row};

/// How many days a schedule covers if nobody says.
const DAYS: u64 = 28;
/// No longer time is looked at, in days.
const LONGEST: i64 = 3_660;

/// Which part of the schedule is wanted.
#[derive(Clone, Debug, Default)]
pub struct ScheduleOptions {
    /// Which changes.
    pub query: Query,
    /// From when on; from now, if absent.
    pub from: Option<String>,
    /// Until when; four weeks, if absent.
    pub to: Option<String>,
    /// Whether those that were cancelled are wanted too.
    pub cancelled: bool,
    /// Whether whole weeks are wanted, from Monday on.
    pub weeks: bool,
}

/// The changes that match and whose planned time touches the wanted one.
///
/// # Errors
///
/// The query or a time makes no sense, or the settings or the index cannot be
/// read.
pub fn schedule(
    session: &Session,
    options: &ScheduleOptions,
) -> Result<ScheduleView, CommandError> {
    let policy = session.policy()?;
    let zone_name = &policy.settings.time_zone;
    let span = wanted(session, options, zone_name)?;
    let windows = windows(session, &session.snapshot()?)?;
    let index = session.index()?;
    let all = index.planned(span.from(), span.to())?;
    let query = options.query.clone();
    let query = query
        .and(Expr::field("type", "change"))
        .and(Expr::compare("planned_end", Op::Greater, span.from().to_string()))
        .and(Expr::compare("planned_start", Op::Less, span.to().to_string()));
    let found = index.contents(&checked(session, &query)?)?;
    let wanted: HashSet<RecordId> = found.into_iter().map(|(id, _)| id).collect();
    let rows: Vec<&Row> = all
        .iter()
        .filter(|row| wanted.contains(&row.id))
        .filter(|row| options.cancelled || !is_cancelled(policy, row))
        .collect();
    let counts = counts(session, policy, &windows, &rows, span)?;
    let names = names(session, &rows, &windows)?;
    let named = |ids: &[RecordId]| -> Vec<String> {
        let name = |id: &RecordId| names.get(id).cloned().unwrap_or_else(|| id.short());
        ids.iter().map(name).collect()
    };
    let ids: Vec<RecordId> = rows.iter().map(|row| row.id).collect();
    let shorts = index.shorten(&ids)?;
    let mut changes = Vec::with_capacity(rows.len());
    for (row, short) in rows.iter().zip(shorts) {
        let Some((start, end)) = row.planned_start.zip(row.planned_end) else { continue };
        changes.push(ScheduledChange {
            id: row.id,
            short,
            title: row.title.clone(),
            start,
            end,
            status: row.status.clone(),
            state: row.state,
            confirmed: is_confirmed(policy, row),
            cancelled: is_cancelled(policy, row),
            model: row.model,
            risk: row.risk,
            service: row.service.clone(),
            assignee: row.assignee.clone(),
            team: row.team.clone(),
            cis: named(&row.cis),
            conflicts: counts.get(&row.id).copied().unwrap_or_default(),
            updated_at: row.updated_at,
        });
    }
    let frozen = windows.freezes().iter().filter(|freeze| freeze.span.overlaps(span));
    let mut freezes: Vec<FrozenTime> = frozen
        .map(|freeze| FrozenTime {
            name: freeze.name.to_string(),
            description: freeze.description.clone(),
            start: freeze.span.from(),
            end: freeze.span.to(),
            cis: freeze.cis.as_deref().map(named),
        })
        .collect();
    freezes.sort_by(|a, b| (a.start, &a.name).cmp(&(b.start, &b.name)));
    let maintenance = windows.maintenance().iter().map(|window| MaintenanceTimes {
        name: window.name.to_string(),
        description: window.description.clone(),
        cis: named(&window.cis),
        times: window
            .times(span)
            .into_iter()
            .map(|time| TimeSpan { start: time.from(), end: time.to() })
            .collect(),
    });
    Ok(ScheduleView {
        schema: ScheduleView::SCHEMA,
        desk: policy.settings.name.clone(),
        time_zone: zone_name.clone(),
        now: session.now(),
        from: span.from(),
        to: span.to(),
        changes,
        freezes,
        maintenance: maintenance.collect(),
    })
}

/// The time that is wanted.
fn wanted(
    session: &Session,
    options: &ScheduleOptions,
    zone: &str,
) -> Result<Interval, CommandError> {
    let given =
        |text: &Option<String>| text.as_deref().map(|text| parse_when(session, text)).transpose();
    let zone = Zone::named(zone).or_else(|| Zone::named("UTC"));
    let out = || CommandError::usage("that time is out of range");
    let zone = zone.ok_or_else(out)?;
    let day = |at: Timestamp| zone.wall(at.to_utc()).map(|wall| wall.date());
    let midnight =
        |date: NaiveDate| zone.first_instant(date.and_time(NaiveTime::MIN)).map(Timestamp::new);
    let monday = |date: NaiveDate| {
        date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))
    };
    let mut from = given(&options.from)?.unwrap_or_else(|| session.now());
    if options.weeks {
        from = day(from).and_then(monday).and_then(midnight).ok_or_else(out)?;
    }
    let to = match given(&options.to)? {
        Some(to) if options.weeks => {
            // The week to which the last instant belongs.
            let last = Timestamp::from_seconds(to.seconds().saturating_sub(1));
            let first =
                day(last).and_then(monday).and_then(|day| day.checked_add_days(Days::new(7)));
            first.and_then(midnight).ok_or_else(out)?
        }
        Some(to) => to,
        None => {
            let end = day(from).and_then(|day| day.checked_add_days(Days::new(DAYS)));
            end.and_then(midnight).ok_or_else(out)?
        }
    };
    let span = Interval::new(from, to).ok_or_else(|| {
        CommandError::usage(format!("{to} does not lie after {from}"))
            .hint("give the earlier time with --from, the later one with --to")
    })?;
    if span.seconds() > LONGEST * 86_400 {
        return Err(CommandError::usage("that is more than ten years")
            .hint("look at a shorter time with --from and --to"));
    }
    Ok(span)
}

/// Whether it ended without having been begun.
fn is_cancelled(policy: &Policy, row: &Row) -> bool {
    conflict::is_cancelled(workflow_of(policy, row), &row.status, row.started_at.is_some())
}

/// Whether it can be carried out as far as its state goes, or was.
fn is_confirmed(policy: &Policy, row: &Row) -> bool {
    conflict::is_confirmed(workflow_of(policy, row), &row.status, row.started_at.is_some())
}

/// How many conflicts each open change has that nobody accepted.
fn counts(
    session: &Session,
    policy: &Policy,
    windows: &ChangeWindows,
    rows: &[&Row],
    span: Interval,
) -> Result<HashMap<RecordId, usize>, CommandError> {
    let open: Vec<Planned> =
        rows.iter().filter(|row| row.state.is_open()).map(|row| as_planned(row)).collect();
    // Those that reach beyond the span meet others there.
    let spans = || open.iter().filter_map(|planned| planned.span);
    let first = spans().map(Interval::from).min().unwrap_or(span.from());
    let last = spans().map(Interval::to).max().unwrap_or(span.to());
    let near = session.index()?.planned(first.min(span.from()), last.max(span.to()))?;
    let mut active: Vec<Planned> =
        near.iter().filter(|row| is_active(policy, row)).map(as_planned).collect();
    active.retain(|planned| planned.span.is_some());
    let mut cis: Vec<RecordId> = open.iter().flat_map(|planned| planned.cis.clone()).collect();
    cis.sort();
    cis.dedup();
    let ties = ties(session, &cis)?;
    let mut counts = HashMap::new();
    for planned in &open {
        let Some(own) = planned.span else { continue };
        // In order of their starts.
        let begun = active.partition_point(|other| other.span.is_some_and(|s| s.from() < own.to()));
        let others = active.get(..begun).unwrap_or_default();
        let facts = |accepted| Facts { change: planned, accepted, ties: &ties, others, windows };
        let mut found = conflict::find(&facts(&[]));
        if !found.is_empty() {
            let accepted = accepted(session, planned.id)?;
            found = conflict::find(&facts(&accepted));
            found.retain(conflict::Conflict::stands);
        }
        counts.insert(planned.id, found.len());
    }
    Ok(counts)
}

fn accepted(session: &Session, id: RecordId) -> Result<Vec<AcceptedConflict>, CommandError> {
    match session.record(id)? {
        Record::Change(change) => Ok(change.accepted_conflicts),
        _ => Ok(Vec::new()),
    }
}

/// What the items of changes and windows are called.
fn names(
    session: &Session,
    rows: &[&Row],
    windows: &ChangeWindows,
) -> Result<HashMap<RecordId, String>, CommandError> {
    let mut cis: Vec<RecordId> = rows.iter().flat_map(|row| row.cis.clone()).collect();
    cis.extend(windows.maintenance().iter().flat_map(|window| window.cis.clone()));
    cis.extend(windows.freezes().iter().filter_map(|freeze| freeze.cis.clone()).flatten());
    cis.sort();
    cis.dedup();
    let known = session.index()?.refs(&cis)?;
    let known = cis.into_iter().zip(known);
    Ok(known.filter_map(|(id, known)| Some((id, known?.title))).collect())
}
