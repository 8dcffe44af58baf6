//! `report dora`: what was deployed and what came of it, brought together.

use chrono::{Datelike, NaiveDate, NaiveTime};

use super::nearest::nearest;
use super::read::checked;
use super::{Session, deployments, sla, when};
use crate::error::CommandError;
use crate::format;
use crate::model::{Change, DeployRange, Kind, Record, RecordId, Relation, Timestamp, Zone};
use crate::outcome::{DoraLine, DoraView};
use crate::policy::deployment::{DeploymentSettings, Tier};
use crate::query::{Expr, Query};
use crate::report::{
    Delivery, Deployment, deployments as deployments_of, dora as figures, grouped,
};

/// How many days are looked at unless a period is given.
const DAYS: i64 = 30;
const DAY: i64 = 86_400;
/// Of a longer period only so many weeks or months are told.
const LINES: usize = 1000;

/// What the lines of the report stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoraBy {
    Week,
    Month,
    Team,
    Service,
    Repository,
    Environment,
}

impl DoraBy {
    const fn name(self) -> &'static str {
        match self {
            DoraBy::Week => "week",
            DoraBy::Month => "month",
            DoraBy::Team => "team",
            DoraBy::Service => "service",
            DoraBy::Repository => "repository",
            DoraBy::Environment => "environment",
        }
    }
}

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct DoraOptions {
    /// The environments; those that are production, if none is named.
    pub environments: Vec<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub by: Option<DoraBy>,
}

/// DORA's figures over the deployments of the changes that match.
///
/// # Errors
///
/// The query or a time cannot be understood, or the desk cannot be read.
pub fn dora(
    session: &Session,
    query: &Query,
    options: &DoraOptions,
) -> Result<DoraView, CommandError> {
    let snapshot = session.snapshot()?;
    let settings = deployments::settings(&snapshot)?;
    let calendars = sla::calendars(&snapshot, session.policy()?)?;
    let zone = calendars.desk_zone();
    let now = session.now();
    let edge = |text: &Option<String>, is_end: bool| {
        text.as_ref().map(|text| when::period_edge(session, zone, text, is_end)).transpose()
    };
    // The second that has begun belongs to the period.
    let to = edge(&options.to, true)?.unwrap_or_else(|| later(now, 1));
    let from = edge(&options.from, false)?.unwrap_or_else(|| later(to, -DAYS * DAY));
    if to <= from {
        return Err(CommandError::usage("the period ends before it begins"));
    }
    let mut all = Vec::new();
    let mut seen = Vec::new();
    for change in changes(session, query)? {
        for delivery in deliveries(session, &change, &settings, options, &mut seen)? {
            all.extend(deployments_of(&delivery));
        }
    }
    all.retain(|deployment| from <= deployment.at && deployment.at < to);
    all.sort_by_key(|deployment| deployment.at);
    known(&settings, options, &seen)?;
    let lines = match options.by {
        None => Vec::new(),
        Some(DoraBy::Week) => by_time(zone, (from, to), &all, true),
        Some(DoraBy::Month) => by_time(zone, (from, to), &all, false),
        Some(_) => grouped(&all, &|deployment| deployment.group.clone())
            .into_iter()
            .map(|(name, group)| {
                let name = name.unwrap_or_else(|| "(none)".to_owned());
                figures(Some(name), days(from, to), group)
            })
            .collect(),
    };
    let mut environments = options.environments.clone();
    if environments.is_empty() {
        let is_production = |name: &&str| settings.environment(name).tier == Tier::Production;
        let listed = settings.environment_names().into_iter().filter(is_production);
        environments = listed.map(str::to_owned).collect();
        seen.sort();
        seen.dedup();
        let others = seen.into_iter().filter(|name| !settings.knows(name));
        environments.extend(others);
    }
    Ok(DoraView {
        schema: DoraView::SCHEMA,
        now,
        from,
        to,
        time_zone: zone.name().to_owned(),
        environments,
        by: options.by.map(DoraBy::name),
        lines,
        total: figures(None, days(from, to), &all),
    })
}

/// A line for each week or month of the period, those without deployments too.
/// Of one that the period cuts only that part counts.
fn by_time(
    zone: &Zone,
    (from, to): (Timestamp, Timestamp),
    all: &[Deployment],
    week: bool,
) -> Vec<DoraLine> {
    let mut lines = Vec::new();
    let mut at = from;
    while at < to && lines.len() < LINES {
        let Some((name, begin, end)) = span_of(zone, at, week) else { break };
        let (begin, end) = (begin.max(from), end.min(to).max(later(at, 1)));
        let inside = all.iter().filter(|each| begin <= each.at && each.at < end);
        lines.push(figures(Some(name), days(begin, end), inside));
        at = end;
    }
    lines
}

/// Whether somebody knows each environment that was asked for, or something was
/// deployed there.
fn known(
    settings: &DeploymentSettings,
    options: &DoraOptions,
    seen: &[String],
) -> Result<(), CommandError> {
    for name in &options.environments {
        if settings.knows(name) || seen.contains(name) {
            continue;
        }
        let names = settings.environment_names();
        let error = CommandError::not_found(format!(
            "there is no environment `{name}`, and nothing was deployed to one"
        ));
        return Err(match nearest(name, names.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("there are {}", names.join(", "))),
        });
    }
    Ok(())
}

fn days(from: Timestamp, to: Timestamp) -> f64 {
    (to.seconds() - from.seconds()) as f64 / DAY as f64
}

pub(super) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_seconds(at.seconds().saturating_add(seconds))
}

/// The changes that match and that deploy something, or should have.
pub(super) fn changes(session: &Session, query: &Query) -> Result<Vec<Change>, CommandError> {
    let deployed = Expr::And(vec![
        Expr::field("type", Kind::Change.name()),
        Expr::Or(vec![Expr::field("has", "repository"), Expr::field("has", "outcome")]),
    ]);
    let filter = match &query.filter {
        Some(filter) => Expr::And(vec![filter.clone(), deployed]),
        None => deployed,
    };
    let query = Query { filter: Some(filter), ..query.clone() };
    let wanted = session.index()?.contents(&checked(session, &query)?)?;
    let mut ids = wanted.iter().map(|(id, _): &(RecordId, _)| *id);
    let mut found = Vec::new();
    session.store.each_blob(wanted.iter().map(|(_, blob)| *blob), |_, bytes| {
        // What cannot be read is told by every command, and by `check`.
        if let (Some(id), Ok(bytes)) = (ids.next(), bytes)
            && let Ok(Record::Change(change)) = format::read_record(id, bytes)
        {
            found.push(change);
        }
        Ok::<(), CommandError>(())
    })?;
    Ok(found)
}

/// The change as it went to each of the environments that are looked at, whose
/// names are put into `seen`.
fn deliveries(
    session: &Session,
    change: &Change,
    settings: &DeploymentSettings,
    options: &DoraOptions,
    seen: &mut Vec<String>,
) -> Result<Vec<Delivery>, CommandError> {
    let mut environments: Vec<&str> = Vec::new();
    for deploy in &change.deploys {
        let name = deploy.environment.as_str();
        let is_wanted = match options.environments.is_empty() {
            true => settings.environment(name).tier == Tier::Production,
            false => options.environments.iter().any(|wanted| wanted == name),
        };
        if is_wanted && !environments.contains(&name) {
            environments.push(name);
        }
    }
    if environments.is_empty() {
        return Ok(Vec::new());
    }
    seen.extend(environments.iter().map(|name| (*name).to_owned()));
    let incidents = incidents(session, change.id)?;
    let deployment = change.deployment.as_deref();
    let group = |environment: &str| match options.by? {
        DoraBy::Week | DoraBy::Month => None,
        DoraBy::Team => change.team.as_ref().map(ToString::to_string),
        DoraBy::Service => change.service.clone(),
        DoraBy::Repository => deployment.map(|deployment| deployment.repository.clone()),
        DoraBy::Environment => Some(environment.to_owned()),
    };
    let one = |environment: &&str| Delivery {
        range: deployment.map_or(DeployRange::Unknown, |deployment| deployment.range),
        commits: deployment
            .map(|deployment| deployment.commits.iter().map(|commit| commit.at).collect())
            .unwrap_or_default(),
        attempts: change
            .deploys
            .iter()
            .filter(|deploy| deploy.environment == **environment)
            .map(|deploy| (deploy.at, deploy.result))
            .collect(),
        incidents: incidents.clone(),
        group: group(environment),
    };
    Ok(environments.iter().map(one).collect())
}

/// When the incidents were opened and resolved that the change caused.
fn incidents(
    session: &Session,
    id: RecordId,
) -> Result<Vec<(Timestamp, Option<Timestamp>)>, CommandError> {
    let index = session.index()?;
    let mut found = Vec::new();
    for (from, relation) in index.links_to(id)? {
        if relation != Relation::CausedBy || from.kind() != Kind::Incident {
            continue;
        }
        if let Some(row) = index.row(from)? {
            found.push((row.opened_at, row.resolved_at.or(row.closed_at)));
        }
    }
    found.sort();
    Ok(found)
}

/// The week (`2026-W47`) or month (`2026-11`) of a time by the zone's clocks,
/// with where it begins and ends.
fn span_of(zone: &Zone, at: Timestamp, week: bool) -> Option<(String, Timestamp, Timestamp)> {
    let day = zone.wall(at.to_utc())?.date();
    let (name, first, next) = if week {
        let week = day.iso_week();
        let back = u64::from(day.weekday().num_days_from_monday());
        let first = day.checked_sub_days(chrono::Days::new(back))?;
        let next = first.checked_add_days(chrono::Days::new(7))?;
        (format!("{}-W{:02}", week.year(), week.week()), first, next)
    } else {
        let first = day.with_day(1)?;
        let next = first.checked_add_months(chrono::Months::new(1))?;
        (day.format("%Y-%m").to_string(), first, next)
    };
    let midnight =
        |day: NaiveDate| zone.first_instant(day.and_time(NaiveTime::MIN)).map(Timestamp::from);
    Some((name, midnight(first)?, midnight(next)?))
}
