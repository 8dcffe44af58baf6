//! Saved views: the desk's in `.gitsm/views.yaml`, personal ones in git's
//! configuration, and those that every desk has.

use super::Session;
use super::error::unreadable;
use super::read::DeskVocabulary;
use super::write::Describe;
use crate::error::CommandError;
use crate::format::{self, FormatError};
use crate::model::{View, ViewName, ViewOrigin, Views};
use crate::outcome::{Column, Finding, Outcome, SavedView, Severity, UnknownColumn, ViewsView};
use crate::policy::Policy;
use crate::query::{self, BUILT_IN_VIEWS};
use crate::store::Snapshot;

/// Where the desk's views lie.
pub(super) const VIEWS: &str = ".gitsm/views.yaml";

/// The section of git's configuration in which personal views lie; the name
/// and a variable follow.
const SECTION: &str = "gitsm.view.";

/// Every view that can be used, by whose it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    personal: Views,
    desk: Views,
}

impl Known {
    /// The views of the desk and those of whoever asks, as they are now, even
    /// where an earlier state is asked about.
    ///
    /// # Errors
    ///
    /// The desk's views cannot be read, or one in git's configuration is none.
    pub(super) fn load(session: &Session) -> Result<Self, CommandError> {
        let known = Self::to_mend(session)?;
        match known.personal.0.keys().find_map(|name| wrong_limit(session, name)) {
            Some(error) => Err(error),
            None => Ok(known),
        }
    }

    /// As [`load`](Self::load), for those who are about to mend what is wrong in
    /// git's configuration.
    fn to_mend(session: &Session) -> Result<Self, CommandError> {
        Ok(Self { personal: personal(session), desk: of_desk(&session.store.snapshot()?)? })
    }

    /// The views of the desk alone, which mean the same to everybody.
    pub(super) fn of_desk(snapshot: &Snapshot<'_>) -> Result<Self, CommandError> {
        Ok(Self { personal: Views::default(), desk: of_desk(snapshot)? })
    }

    /// The names of all views, each once.
    pub(super) fn names(&self) -> Vec<String> {
        let own = self.personal.0.keys().chain(self.desk.0.keys()).map(ToString::to_string);
        let built_in = BUILT_IN_VIEWS.iter().map(|(name, ..)| (*name).to_owned());
        let mut names: Vec<String> = own.chain(built_in).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The view of this name: a personal one before the desk's, which goes
    /// before a built-in one.
    pub(super) fn find(&self, name: &str, shared: bool) -> Option<(View, ViewOrigin)> {
        let personal = if shared { None } else { self.personal.0.get(name) };
        if let Some(view) = personal {
            return Some((view.clone(), ViewOrigin::Personal));
        }
        if let Some(view) = self.desk.0.get(name) {
            return Some((view.clone(), ViewOrigin::Desk));
        }
        let (_, query, about) = BUILT_IN_VIEWS.iter().find(|(known, ..)| *known == name)?;
        let view = View {
            query: (*query).to_owned(),
            description: Some((*about).to_owned()),
            ..View::default()
        };
        Some((view, ViewOrigin::BuiltIn))
    }

    fn saved(&self, name: &str) -> Option<SavedView> {
        let (view, origin) = self.find(name, false)?;
        Some(SavedView { name: name.to_owned(), origin, view })
    }
}

fn of_desk(snapshot: &Snapshot<'_>) -> Result<Views, CommandError> {
    match snapshot.file(VIEWS)? {
        Some(bytes) => parsed(&bytes).map_err(|error| unreadable(VIEWS, &error)),
        None => Ok(Views::default()),
    }
}

fn parsed(bytes: &[u8]) -> Result<Views, FormatError> {
    format::read_settings(VIEWS, bytes)
}

/// The views in git's configuration, of all levels. What is no view there is
/// nobody's business but git's.
fn personal(session: &Session) -> Views {
    let mut views = Views::default();
    let store = &session.store;
    for name in store.config_sections(SECTION, "query") {
        let Ok(name) = ViewName::new(name) else { continue };
        let value = |variable: &str| {
            let text = store.config(&format!("{SECTION}{name}.{variable}"))?;
            (!text.trim().is_empty()).then_some(text)
        };
        let columns = value("columns").unwrap_or_default();
        let columns = columns.split(',').map(str::trim).filter(|column| !column.is_empty());
        let view = View {
            query: value("query").unwrap_or_default(),
            description: value("description"),
            columns: columns.map(str::to_owned).collect(),
            limit: written_limit(session, &name).and_then(|limit| limit.trim().parse().ok()),
        };
        views.0.insert(name, view);
    }
    views.0.sort_keys();
    views
}

/// The limit of a personal view, as it is written.
fn written_limit(session: &Session, name: &ViewName) -> Option<String> {
    let text = session.store.config(&format!("{SECTION}{name}.limit"))?;
    (!text.trim().is_empty()).then_some(text)
}

/// What is wrong with the limit of a personal view.
fn wrong_limit(session: &Session, name: &ViewName) -> Option<CommandError> {
    let text = written_limit(session, name)?;
    text.trim().parse::<usize>().err()?;
    let key = format!("{SECTION}{name}.limit");
    let message = format!("your view `@{name}` cannot be used: `{text}` is no number of records");
    let hint = format!(
        "set it with `git config {key} 20`; `git config --show-origin {key}` tells where it is kept"
    );
    Some(CommandError::invalid(message).hint(hint))
}

/// What to say of the views that named `gone`, which is none any more.
fn bereft(known: &Known, gone: &ViewName) -> Option<String> {
    if known.find(gone.as_str(), false).is_some() {
        return None;
    }
    let uses = |name: &String| {
        let view = known.find(name, false).map(|(view, _)| view);
        let query = view.and_then(|view| query::parse(&view.query).ok());
        query.is_some_and(|query| query.views().contains(&gone.as_str()))
    };
    let names = known.names().into_iter().filter(uses);
    let names: Vec<String> = names.map(|name| format!("@{name}")).collect();
    let cannot = "and cannot be used any more";
    match &names[..] {
        [] => None,
        [only] => Some(format!("{only} is made with it, {cannot}")),
        _ => Some(format!("{} are made with it, {cannot}", names.join(", "))),
    }
}

/// The error for a column that does not exist.
pub fn unknown_column(error: &UnknownColumn) -> CommandError {
    let names = Column::names().collect::<Vec<_>>().join(", ");
    let usual = format!("there are {names} and custom.NAME");
    let hint = error.nearest.map_or(usual, |near| format!("did you mean `{near}`?"));
    CommandError::usage(error).hint(hint)
}

/// Checks the view `name` of `known`, as if a query named it; gives warnings.
fn check(
    session: &Session,
    policy: &Policy,
    known: &Known,
    name: &str,
) -> Result<Vec<String>, CommandError> {
    let context = query::Context { now: session.now(), me: session.me() };
    let vocabulary = DeskVocabulary::new(session, policy, Some(known.clone()));
    let query = query::parse(&format!("@{name}"))?;
    let selection = query::check(&query, &context, &vocabulary)?;
    let columns = known.find(name, false).map(|(view, _)| view.columns).unwrap_or_default();
    for column in &columns {
        Column::named(column).map_err(|error| unknown_column(&error))?;
    }
    Ok(selection.warnings)
}

/// What is wrong with the desk's views, given the bytes of their file.
pub(super) fn findings(session: &Session, policy: &Policy, bytes: &[u8]) -> Vec<Finding> {
    let finding = |line, severity, rule, message| {
        vec![Finding { path: VIEWS.to_owned(), line, severity, rule, message }]
    };
    let desk = match parsed(bytes) {
        Ok(views) => views,
        Err(error) => {
            let message = error.told();
            return finding(error.line, Severity::Error, "settings-unreadable", message);
        }
    };
    let text = String::from_utf8_lossy(bytes);
    let names: Vec<ViewName> = desk.0.keys().cloned().collect();
    let known = Known { personal: Views::default(), desk };
    let mut findings = Vec::new();
    for name in names {
        let starts =
            |line: &str| line.strip_prefix(name.as_str()).is_some_and(|l| l.starts_with(':'));
        let line = text.lines().position(starts).map(|line| line + 1);
        match check(session, policy, &known, name.as_str()) {
            // `me` may be nobody here, and somebody elsewhere.
            Err(error) if error.message.contains(query::NOBODY) => {}
            Err(error) => {
                let message =
                    format!("@{name}: {}", error.message.lines().next().unwrap_or_default());
                findings.append(&mut finding(line, Severity::Error, "view-invalid", message));
            }
            Ok(warnings) => findings.extend(warnings.into_iter().flat_map(|warning| {
                let message = format!("@{name}: {warning}");
                finding(line, Severity::Warning, "view-doubtful", message)
            })),
        }
    }
    findings
}

/// Every view, by name.
///
/// # Errors
///
/// The desk's views cannot be read.
pub fn views(session: &Session) -> Result<ViewsView, CommandError> {
    let known = Known::load(session)?;
    let views = known.names().iter().filter_map(|name| known.saved(name)).collect();
    Ok(ViewsView { schema: ViewsView::SCHEMA, views, in_full: false })
}

/// One view.
///
/// # Errors
///
/// There is none of this name, or the desk's views cannot be read.
pub fn view(session: &Session, name: &str) -> Result<ViewsView, CommandError> {
    let known = Known::load(session)?;
    let name = name.strip_prefix('@').unwrap_or(name).to_lowercase();
    match known.saved(&name) {
        Some(view) => Ok(ViewsView { schema: ViewsView::SCHEMA, views: vec![view], in_full: true }),
        None => Err(missing(&name, "view")),
    }
}

fn missing(name: &str, what: &str) -> CommandError {
    CommandError::not_found(format!("there is no {what} `@{name}`"))
        .hint("see what there is with `gitsm view list`")
}

/// Where a view is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the desk, for everybody.
    Desk,
    /// In the configuration of this clone.
    Clone,
    /// In the configuration of the user, for all desks.
    User,
}

impl Place {
    /// The option by which git's own command knows the level.
    const fn level(self) -> &'static str {
        if matches!(self, Place::User) { "--global" } else { "--local" }
    }
}

/// Keeps a view under `name`, in place of one that may have been there.
///
/// # Errors
///
/// The name or the view cannot be used, or nothing can be written.
pub fn save_view(
    session: &Session,
    name: &str,
    view: &View,
    place: Place,
) -> Result<Outcome, CommandError> {
    let name = named(name)?;
    let policy = session.policy()?;
    let mut known = Known::to_mend(session)?;
    if place == Place::Desk {
        known.personal = Views::default();
        known.desk.0.insert(name.clone(), view.clone());
    } else {
        known.personal.0.insert(name.clone(), view.clone());
    }
    check(session, policy, &known, name.as_str())?;
    if place == Place::Desk {
        return change_desk(session, &name, &mut |views| {
            views.0.insert(name.clone(), view.clone());
            Ok(())
        });
    }
    let replaced = forget(session, &name, place);
    let limit = view.limit.map(|limit| limit.to_string());
    let columns = view.columns.join(",");
    let values = [
        ("query", Some(view.query.as_str())),
        ("description", view.description.as_deref()),
        ("columns", Some(columns.as_str()).filter(|columns| !columns.is_empty())),
        ("limit", limit.as_deref()),
    ];
    for (variable, value) in values {
        if let Some(value) = value {
            let key = format!("{SECTION}{name}.{variable}");
            session.store.run_git(&["config", place.level(), &key, value])?;
        }
    }
    let replaced = if replaced { ", in place of another" } else { "" };
    Ok(Outcome::Message(format!("saved @{name} for you{replaced}").into()))
}

/// Removes the view `name`; where no place is given, the one that `@name` stands
/// for.
///
/// # Errors
///
/// There is none in this place, or nothing can be written.
pub fn delete_view(
    session: &Session,
    name: &str,
    place: Option<Place>,
) -> Result<Outcome, CommandError> {
    let name = named(name)?;
    let is_yours = personal(session).0.contains_key(name.as_str());
    let place = match place {
        None if is_yours => own_place(session, &name)?,
        place => place.unwrap_or(Place::Desk),
    };
    if place == Place::Desk {
        return change_desk(session, &name, &mut |views| match views.0.shift_remove(&name) {
            Some(_) => Ok(()),
            None => Err(missing(name.as_str(), "view of the desk")),
        });
    }
    if !forget(session, &name, place) {
        return Err(missing(name.as_str(), "view of yours"));
    }
    let known = Known::to_mend(session)?;
    let left = match known.find(name.as_str(), false).map(|(_, origin)| origin) {
        None => bereft(&known, &name).map(|told| format!("; {told}")).unwrap_or_default(),
        Some(ViewOrigin::Personal) => "; it stands for another one of yours now".to_owned(),
        Some(ViewOrigin::Desk) => "; it stands for the desk's now".to_owned(),
        Some(ViewOrigin::BuiltIn) => "; it stands for the one that every desk has now".to_owned(),
    };
    Ok(Outcome::Message(format!("deleted your @{name}{left}").into()))
}

/// Where the personal view that counts is kept.
fn own_place(session: &Session, name: &ViewName) -> Result<Place, CommandError> {
    let key = format!("{SECTION}{name}.query");
    let is_in =
        |place: &Place| session.store.run_git(&["config", place.level(), "--get", &key]).is_ok();
    [Place::Clone, Place::User].into_iter().find(is_in).ok_or_else(|| {
        CommandError::refused(format!("`@{name}` is yours, but from elsewhere than your settings"))
            .hint(format!("`git config --show-origin --get {key}` tells where it is kept"))
    })
}

/// Removes a personal view; says whether it was there.
fn forget(session: &Session, name: &ViewName, place: Place) -> bool {
    let section = format!("{SECTION}{name}");
    session.store.run_git(&["config", place.level(), "--remove-section", &section]).is_ok()
}

fn named(name: &str) -> Result<ViewName, CommandError> {
    let name = name.strip_prefix('@').unwrap_or(name);
    ViewName::new(name).map_err(|error| CommandError::usage(&error))
}

/// Commits a change of the desk's views.
fn change_desk(
    session: &Session,
    name: &ViewName,
    change: &mut dyn FnMut(&mut Views) -> Result<(), CommandError>,
) -> Result<Outcome, CommandError> {
    let what = format!("view {name}");
    let describe = Describe { settings: Some(&what), ..Describe::default() };
    let written = session.write(describe, |work| {
        let before = work.snapshot.file(VIEWS)?;
        if before.as_deref().is_some_and(format::has_comments) {
            let message = format!("{VIEWS} holds comments, which would be lost");
            return Err(CommandError::refused(message)
                .hint(format!("change {VIEWS} by hand, then `gitsm commit`")));
        }
        let mut views = of_desk(work.snapshot)?;
        let replaced = views.0.get(name).cloned();
        change(&mut views)?;
        let known = Known { personal: personal(session), desk: views.clone() };
        work.notices.push(match (replaced, views.0.get(name)) {
            (Some(old), Some(new)) if old == *new => format!("@{name} is like that already"),
            (Some(_), Some(_)) => format!("saved @{name}, in place of another"),
            (None, Some(_)) => format!("saved @{name}"),
            (_, None) => format!("deleted @{name}"),
        });
        work.notices.extend(bereft(&known, name));
        let content = match views.0.is_empty() {
            true => None,
            false => {
                Some(format::write_settings(&views).map_err(|error| unreadable(VIEWS, &error))?)
            }
        };
        let content = content.map(String::into_bytes);
        if content != before {
            work.file(VIEWS.to_owned(), content);
        }
        Ok(())
    })?;
    Ok(Outcome::Written(written))
}

/// Names of views that begin with what was typed, each with its `@`.
pub fn complete_views(session: &Session, typed: &str) -> Vec<(String, String)> {
    let Ok(known) = Known::to_mend(session) else { return Vec::new() };
    let views = known.names().into_iter().filter_map(|name| known.saved(&name));
    let told = |view: SavedView| {
        let about = view.view.description.unwrap_or(view.view.query);
        (format!("@{}", view.name), about)
    };
    views.map(told).filter(|(name, _)| name.starts_with(typed)).collect()
}
