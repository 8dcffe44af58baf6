//! Completion of live values: ids, people, teams and the words of the desk.
//!
//! A completer runs at each press of the tab key, so it must be quick and can
//! never fail: without a desk it offers nothing.

use std::ffi::OsStr;

use clap_complete::CompletionCandidate;

use crate::app::{self, Session, SessionOptions};
use crate::config::Environment;
use crate::model::{Kind, Relation};
use crate::query::Field;

/// How many candidates are offered at most.
const OFFERED: usize = 200;

fn session() -> Option<Session> {
    let environment = Environment::read();
    let options = SessionOptions { desk: environment.desk.clone() };
    Session::open(&environment, &options).ok()
}

fn from_desk(
    current: &OsStr,
    candidates: impl FnOnce(&Session, &str) -> Vec<(String, String)>,
) -> Vec<CompletionCandidate> {
    let (Some(session), Some(typed)) = (session(), current.to_str()) else { return Vec::new() };
    candidates(&session, typed)
        .into_iter()
        .map(|(value, help)| {
            let help = (!help.is_empty()).then(|| help.into());
            CompletionCandidate::new(value).help(help)
        })
        .collect()
}

/// Ids of open records, with their titles.
pub fn records(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, |session, typed| session.complete_ids(typed, None, OFFERED))
}

/// Names of configuration items.
pub fn cis(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, |session, typed| session.complete_ids(typed, Some(Kind::Ci), OFFERED))
}

/// People of the desk.
pub fn people(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, Session::complete_people)
}

/// Teams of the desk.
pub fn teams(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, Session::complete_teams)
}

/// Parts of the organisation.
pub fn domains(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, Session::complete_domains)
}

/// Offerings of the service catalogue.
pub fn offerings(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, app::complete_offerings)
}

/// Examples of offerings, which need no desk.
pub fn example_offerings(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else { return Vec::new() };
    let named =
        |(name, about): (String, String)| CompletionCandidate::new(name).help(Some(about.into()));
    app::complete_examples(typed).into_iter().map(named).collect()
}

/// Change models.
pub fn models(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, app::complete_models)
}

/// Tasks that can be worked on.
pub fn tasks(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, app::complete_tasks)
}

/// Views, and the fields of queries.
pub fn query(current: &OsStr) -> Vec<CompletionCandidate> {
    if !current.is_empty() && !current.to_string_lossy().starts_with('@') {
        let Some(typed) = current.to_str() else { return Vec::new() };
        let names = Field::names().filter(|name| name.starts_with(typed));
        return names.map(|name| CompletionCandidate::new(format!("{name}:"))).collect();
    }
    from_desk(current, app::complete_views)
}

/// Views, without their `@`.
pub fn views(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, |session, typed| {
        let typed = typed.strip_prefix('@').unwrap_or(typed);
        let views = app::complete_views(session, &format!("@{typed}"));
        views.into_iter().map(|(name, about)| (name.replacen('@', "", 1), about)).collect()
    })
}

/// Services that records name.
pub fn services(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, |session, typed| session.complete_values("service", typed))
}

/// Categories that records name.
pub fn categories(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, |session, typed| session.complete_values("category", typed))
}

/// Reasons for a hold.
pub fn hold_reasons(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, |session, typed| {
        session.complete_words(typed, |workflow| &workflow.hold_reasons)
    })
}

/// Ways in which a record may end.
pub fn resolution_codes(current: &OsStr) -> Vec<CompletionCandidate> {
    from_desk(current, |session, typed| {
        session.complete_words(typed, |workflow| &workflow.resolution_codes)
    })
}

/// Relations, in both directions.
pub fn relations(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else { return Vec::new() };
    let mut names: Vec<&str> =
        Relation::ALL.into_iter().flat_map(|rel| [rel.name(), rel.inverse()]).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| name.starts_with(typed));
    names.into_iter().map(CompletionCandidate::new).collect()
}
