//! `report deploys`: deployments against changes.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::dora::{changes, later};
use super::{Session, sla, when};
use crate::error::CommandError;
use crate::model::{RecordId, Timestamp};
use crate::outcome::{DeployStanding, DeploysView};
use crate::query::Query;
use crate::report::{KnownChange, Sighting, deploy_lines, ticketless_line, undeployed_line};

/// How many days are looked at unless a period is given.
const DAYS: i64 = 30;
const DAY: i64 = 86_400;

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct DeploysOptions {
    /// The environments; all, if none is named.
    pub environments: Vec<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    /// List only what nobody had authorised.
    pub is_unauthorised: bool,
    /// What another system says was deployed.
    pub compare: Option<PathBuf>,
}

/// Compares what was deployed with the changes that match.
///
/// # Errors
///
/// The query, a time or the listing cannot be understood, or the desk cannot be
/// read.
pub fn deploys(
    session: &Session,
    query: &Query,
    options: &DeploysOptions,
) -> Result<DeploysView, CommandError> {
    let calendars = sla::calendars(&session.snapshot()?, session.policy()?)?;
    let (zone, now) = (calendars.desk_zone(), session.now());
    let edge = |text: &Option<String>, is_end: bool| {
        text.as_ref().map(|text| when::period_edge(session, zone, text, is_end)).transpose()
    };
    // The second that has begun belongs to the period.
    let to = edge(&options.to, true)?.unwrap_or_else(|| later(now, 1));
    let from = edge(&options.from, false)?.unwrap_or_else(|| later(to, -DAYS * DAY));
    if to <= from {
        return Err(CommandError::usage("the period ends before it begins")
            .hint("`--from` comes before `--to`"));
    }
    let is_wanted = |environment: &str, at: Timestamp| {
        let named = &options.environments;
        let is_named = named.is_empty() || named.iter().any(|name| name == environment);
        is_named && from <= at && at < to
    };
    let sightings = match &options.compare {
        Some(path) => read(session, path)?,
        None => Vec::new(),
    };
    let known = known(session, query)?;
    let mut deploys: Vec<_> = known.iter().flat_map(deploy_lines).collect();
    deploys.retain(|line| is_wanted(&line.environment, line.at));
    deploys.sort_by_key(|line| (std::cmp::Reverse(line.at), line.change));
    let mut exceptions = deploys.iter().filter(|line| line.standing.is_exception()).count();
    let all = deploys.len();
    if options.is_unauthorised {
        deploys.retain(|line| line.standing != DeployStanding::Authorised);
    }
    let mut undeployed: Vec<_> = known.iter().filter_map(undeployed_line).collect();
    undeployed.retain(|line| is_wanted(&line.environment, line.at));
    undeployed.sort_by_key(|line| (std::cmp::Reverse(line.at), line.change));
    let seen: Vec<&Sighting> =
        sightings.iter().filter(|seen| is_wanted(&seen.environment, seen.at)).collect();
    let ticketless: Vec<_> = seen.iter().filter_map(|seen| ticketless_line(seen, &known)).collect();
    exceptions += undeployed.len() + ticketless.len();
    Ok(DeploysView {
        schema: DeploysView::SCHEMA,
        now,
        from,
        to,
        environments: options.environments.clone(),
        left_out: all - deploys.len(),
        deploys,
        compared: options.compare.as_deref().map(name_of),
        compared_lines: seen.len(),
        ticketless,
        undeployed,
        exceptions,
    })
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The changes that match, with what people call them.
fn known(session: &Session, query: &Query) -> Result<Vec<KnownChange>, CommandError> {
    let changes = changes(session, query)?;
    let ids: Vec<RecordId> = changes.iter().map(|change| change.id).collect();
    let shorts = session.index()?.shorten(&ids)?;
    let known = changes.into_iter().zip(shorts);
    Ok(known.map(|(change, short)| KnownChange { short, change }).collect())
}

/// What each column of the listing may be called.
const ENVIRONMENT: &[&str] = &["environment", "env"];
const REPOSITORY: &[&str] = &["repository", "repo"];
const COMMIT: &[&str] = &["commit", "sha", "revision"];
const ARTEFACT: &[&str] = &["artefact", "artifact", "digest"];
const TIME: &[&str] = &["time", "at", "deployed_at"];
const ACTOR: &[&str] = &["actor", "by", "user"];

/// Reads what another system says was deployed.
fn read(session: &Session, path: &Path) -> Result<Vec<Sighting>, CommandError> {
    let name = name_of(path);
    let file = File::open(path).map_err(|error| {
        CommandError::not_found(format!("cannot open {}: {error}", path.display()))
            .hint("name a CSV file with the columns environment, time, and commit or artefact")
    })?;
    let broken = |line: u64, what: String| CommandError::invalid(format!("{name}:{line}: {what}"));
    let mended = |line: u64, what: String| broken(line, what).hint("mend or remove that line");
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(file);
    let headers = reader.headers().map_err(|error| broken(1, error.to_string()))?.clone();
    let column = |names: &[&str]| {
        headers.iter().position(|header| {
            let header = header.trim_start_matches('\u{feff}').trim();
            names.iter().any(|name| header.eq_ignore_ascii_case(name))
        })
    };
    let (environment, time) = (column(ENVIRONMENT), column(TIME));
    let (commit, artefact) = (column(COMMIT), column(ARTEFACT));
    if environment.is_none() || time.is_none() || commit.is_none() && artefact.is_none() {
        let message = "there must be the columns environment, time, and commit or artefact";
        return Err(broken(1, message.to_owned())
            .hint("a first line such as: environment,repository,commit,time,actor"));
    }
    let (repository, actor) = (column(REPOSITORY), column(ACTOR));
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            mended(line, error.to_string())
        })?;
        let line = record.position().map_or(1, csv::Position::line);
        let cell = |column: Option<usize>| value(&record, column);
        let Some(environment) = cell(environment) else {
            return Err(mended(line, "the environment is missing".to_owned()));
        };
        let text = cell(time).ok_or_else(|| mended(line, "the time is missing".to_owned()))?;
        let at = when::parse_point(session, &text)
            .map_err(|error| mended(line, error.message.clone()))?;
        let (commit, artefact) = (cell(commit), cell(artefact));
        if commit.is_none() && artefact.is_none() {
            return Err(mended(line, "neither commit nor artefact is given".to_owned()));
        }
        let (repository, by) = (cell(repository), cell(actor));
        found.push(Sighting { line, environment, repository, commit, artefact, at, by });
    }
    Ok(found)
}

fn value(record: &StringRecord, column: Option<usize>) -> Option<String> {
    let text = record.get(column?)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
