//! Asking for an offering: from answers to a request with its plan.

use indexmap::IndexMap;

use super::Loaded;
use super::read::question_view;
use crate::app::create::{self, NewRecord};
use crate::app::session::Session;
use crate::app::write::{Describe, Work};
use crate::app::{approval, parse_when, resolve, update};
use crate::error::CommandError;
use crate::model::{
    Custom, Kind, Patch, PersonId, Record, RecordId, Timestamp, field_named, summary,
};
use crate::outcome::{QuestionView, Written};
use crate::policy::catalog::{self, Filled, Lookup, Order, VariableType};
use crate::policy::{Inputs, Policy};
use crate::store::Snapshot;

/// What somebody asks for.
#[derive(Clone, Debug, Default)]
pub struct OrderRequest {
    pub offering: String,
    /// Answers by the names of their questions.
    pub given: IndexMap<String, String>,
    /// The title, instead of the offering's.
    pub title: Option<String>,
    pub description: Option<String>,
    /// Fields of the request, instead of what the offering says.
    pub patches: Vec<Patch>,
    pub links: Vec<(String, String)>,
    /// Whom it is for, if it was said apart from the form.
    pub requested_for: Option<String>,
}

impl OrderRequest {
    /// Takes over `name=value` where it answers a question of the offering;
    /// gives it back where it is about a field of the request.
    fn take(&mut self, order: &Order, name: &str, value: String) -> Option<Patch> {
        let is_field = name.starts_with("custom.") || field_named(name).is_some();
        if order.question(name).is_none() && is_field {
            return Some(Patch::Set(name.to_owned(), value));
        }
        self.given.insert(name.to_owned(), value);
        None
    }
}

/// Whether the desk has a catalogue at all. Where it has none, what is ordered
/// is no more than a word on the request.
///
/// # Errors
///
/// The repository cannot be read.
pub fn has_catalog(session: &Session) -> Result<bool, CommandError> {
    is_kept(&session.snapshot()?)
}

/// Whether `snapshot` has a catalogue.
///
/// # Errors
///
/// The repository cannot be read.
pub(in crate::app) fn is_kept(snapshot: &Snapshot<'_>) -> Result<bool, CommandError> {
    Ok(!snapshot.entries(super::FOLDER)?.is_empty())
}

/// Sorts `sets` (name and value) into answers of `request` and fields of the
/// record, and gives the next question to put to a person, if there is one.
///
/// # Errors
///
/// There is no such offering, or its files are broken.
pub fn next_question(
    session: &Session,
    request: &OrderRequest,
    all: bool,
) -> Result<Option<QuestionView>, CommandError> {
    let loaded = Loaded::of(&session.snapshot()?)?;
    let order = loaded.order(&request.offering)?;
    let request = sorted(request, &order);
    let actor = session.actor(session.policy()?)?;
    let desk = Desk { session, policy: session.policy()?, actor: &actor };
    let next = catalog::next(&order, &request.given, &desk, all);
    Ok(next.map(|question| {
        let mut view = question_view(question);
        let answers = catalog::fill(&order, &request.given, &desk).answers;
        view.default = order.default_of(question, &answers);
        view
    }))
}

/// Whether `text` answers the question `key`, as one would be told at once.
///
/// # Errors
///
/// Why it is no answer.
pub fn check_answer(
    session: &Session,
    request: &OrderRequest,
    key: &str,
    text: &str,
) -> Result<(), CommandError> {
    let loaded = Loaded::of(&session.snapshot()?)?;
    let order = loaded.order(&request.offering)?;
    let mut request = sorted(request, &order);
    request.given.insert(key.to_owned(), text.to_owned());
    let actor = session.actor(session.policy()?)?;
    let desk = Desk { session, policy: session.policy()?, actor: &actor };
    let filled = catalog::fill(&order, &request.given, &desk);
    match filled.wrong.into_iter().find(|wrong| wrong.name == key) {
        Some(wrong) => Err(CommandError::usage(wrong.reason)),
        None => Ok(()),
    }
}

/// The request with what was given sorted into answers and fields.
fn sorted(request: &OrderRequest, order: &Order) -> OrderRequest {
    let mut sorted = OrderRequest { given: IndexMap::new(), ..request.clone() };
    for (name, value) in &request.given {
        if let Some(patch) = sorted.take(order, name, value.clone()) {
            sorted.patches.push(patch);
        }
    }
    if let Some(person) = &request.requested_for {
        let asked = order.questions.iter().find(|q| q.variable.of == VariableType::RequestedFor);
        match asked {
            Some(question) => {
                sorted.given.insert(question.key.clone(), person.clone());
            }
            None => sorted.patches.push(Patch::Set("requester".to_owned(), person.clone())),
        }
    }
    sorted
}

/// Makes the request, with its answers and its plan.
///
/// # Errors
///
/// There is no such offering, answers are missing or wrong, or a rule is broken.
pub fn order(
    session: &Session,
    request: &OrderRequest,
    dry_run: bool,
) -> Result<Written, CommandError> {
    let id = RecordId::new(Kind::Request, session.fresh_id());
    let describe = Describe { batch: Some("new"), dry_run, ..Describe::default() };
    session.write(describe, |work| place(work, id, request))
}

/// Makes the new record `id`. A request for something in the catalogue has the
/// offering's form, approvals and plan, by whatever command it is made.
///
/// # Errors
///
/// As [`order`], or as [`create::create`].
pub(in crate::app) fn create(
    work: &mut Work<'_>,
    id: RecordId,
    new: &NewRecord,
) -> Result<(), CommandError> {
    let offering = new.patches.iter().rev().find_map(|patch| match patch {
        Patch::Set(field, value) if field == OFFERING => Some(value),
        _ => None,
    });
    let Some(offering) = offering.filter(|_| new.kind == Kind::Request) else {
        return create::create(work, id, new);
    };
    if !is_kept(work.snapshot)? {
        return create::create(work, id, new);
    }
    let mut request = OrderRequest {
        offering: offering.clone(),
        title: Some(new.title.clone()),
        description: new.description.clone(),
        links: new.links.clone(),
        ..OrderRequest::default()
    };
    for patch in new.patches.iter().filter(|patch| patch.field() != OFFERING) {
        match patch {
            Patch::Set(name, value) => drop(request.given.insert(name.clone(), value.clone())),
            other => request.patches.push(other.clone()),
        }
    }
    place(work, id, &request)
}

const OFFERING: &str = "offering";

/// What a request is for, if it is for something with a name.
pub(in crate::app) fn offering_of(record: &Record) -> Option<&str> {
    match record {
        Record::Request(request) => request.offering.as_deref(),
        _ => None,
    }
}

/// Whether a request is still for what it was for: its approvals and its plan
/// are those of one offering.
///
/// # Errors
///
/// It is not.
pub(in crate::app) fn keeps_order(
    work: &Work<'_>,
    before: Option<&Record>,
    after: &Record,
) -> Result<(), CommandError> {
    let Some(before) = before else { return Ok(()) };
    if offering_of(before) == offering_of(after) || !is_kept(work.snapshot)? {
        return Ok(());
    }
    let id = after.id().short();
    Err(CommandError::refused(format!("{id}: what was ordered stays what it is"))
        .hint("ask for the other thing with `gitsm request new --offering NAME`")
        .hint(format!("and end this one with `gitsm request cancel {id} -m TEXT`")))
}

/// Makes the request `id` as part of some work.
pub(in crate::app) fn place(
    work: &mut Work<'_>,
    id: RecordId,
    request: &OrderRequest,
) -> Result<(), CommandError> {
    let loaded = Loaded::of(work.snapshot)?;
    let order = loaded.order(&request.offering)?;
    if order.offering.retired {
        let message = format!("`{}` can no longer be asked for", order.name);
        return Err(CommandError::refused(message).hint("see `gitsm catalog list`"));
    }
    let names = approval::names(work.snapshot)?;
    let mistake = super::findings::of_order(work.policy, &loaded, &order, names.as_deref());
    if let Some(mistake) = mistake {
        let place = mistake.line.map_or(mistake.path.clone(), |l| format!("{}:{l}", mistake.path));
        return Err(CommandError::invalid(format!("{place}: {}", mistake.message))
            .hint("`gitsm catalog check` lists all that is wrong in the catalogue"));
    }
    let request = sorted(request, &order);
    let desk = Desk { session: work.session, policy: work.policy, actor: work.actor };
    let filled = catalog::fill(&order, &request.given, &desk);
    if let Some(error) = lacking(&order, &filled) {
        return Err(error);
    }
    let answers = filled.answers;
    let new = NewRecord {
        kind: Kind::Request,
        title: request.title.clone().unwrap_or_else(|| line(&order.title(&answers))),
        description: request.description.clone(),
        status: None,
        patches: patches(&order, &request, catalog::requested_for(&order, &answers)),
        links: request.links.clone(),
    };
    create::create(work, id, &new)?;
    work.notices.extend(by_default(&order, &request, &answers));
    let record = work.record(id)?;
    let tasks = catalog::plan(&order, &answers);
    if let Record::Request(made) = record {
        made.answers = answers;
        made.required_approvals.clone_from(&order.offering.approvals);
        made.tasks = tasks;
    }
    // The desk may ask for approval by conditions of its own, too.
    let made = work.peek(id)?;
    let workflow = work.policy.workflow_of(&made);
    let state = work.approvals()?.state(work.session, work.policy, &made);
    if !state.is_satisfied() && workflow.ways("submit", &made).next().is_some() {
        update::act(work, id, "submit", &Inputs::default())?;
    }
    Ok(())
}

/// Tells of answers that nobody gave, since the form has them already.
fn by_default(order: &Order, request: &OrderRequest, answers: &Custom) -> Option<String> {
    let given: Vec<&str> =
        request.given.keys().filter_map(|name| Some(order.question(name)?.key.as_str())).collect();
    let taken: Vec<String> = order
        .questions
        .iter()
        .filter(|question| question.variable.default.is_some())
        .filter(|question| !given.contains(&question.key.as_str()))
        .filter_map(|question| Some(format!("{}={}", question.key, answers.get(&question.key)?)))
        .map(|answer| summary(&answer, 60))
        .collect();
    (!taken.is_empty()).then(|| {
        format!("by default: {}; `--set NAME=ANSWER` or `--ask-all` for others", taken.join(", "))
    })
}

/// What is given for the fields of the record, the offering's first.
fn patches(order: &Order, request: &OrderRequest, person: Option<PersonId>) -> Vec<Patch> {
    let offering = &order.offering;
    let usual = [
        ("offering", Some(order.name.to_string())),
        ("impact", offering.impact.map(|level| level.to_string())),
        ("urgency", offering.urgency.map(|level| level.to_string())),
        ("service", offering.service.clone()),
        ("category", offering.category.clone()),
        ("team", offering.team.as_ref().map(ToString::to_string)),
        ("requester", person.map(|person| person.to_string())),
    ];
    usual
        .into_iter()
        .filter_map(|(field, value)| Some(Patch::Set(field.to_owned(), value?)))
        .chain(request.patches.iter().cloned())
        .collect()
}

/// A title on one line, of a length that lists can show.
fn line(title: &str) -> String {
    let flat = title.split_whitespace().collect::<Vec<_>>().join(" ");
    flat.chars().take(200).collect()
}

/// The error for answers that are missing or wrong, all at once.
fn lacking(order: &Order, filled: &Filled<'_>) -> Option<CommandError> {
    let name = &order.name;
    if filled.missing.is_empty() && filled.wrong.is_empty() {
        return None;
    }
    let mut error = match (&filled.wrong[..], &filled.missing[..]) {
        ([], [one]) => CommandError::usage(format!("`{name}` needs an answer: {}", one.key)),
        ([], many) => CommandError::usage(format!("`{name}` needs {} answers", many.len())),
        ([one], _) => CommandError::usage(format!("`{}`: {}", one.name, one.reason)),
        (many, _) => CommandError::usage(format!("{} answers cannot be taken", many.len())),
    };
    if filled.wrong.len() > 1 {
        for wrong in &filled.wrong {
            error = error.hint(format!("`{}`: {}", wrong.name, wrong.reason));
        }
    }
    for question in &filled.missing {
        let (key, variable) = (&question.key, &question.variable);
        let about = format!("{} ({})", variable.question(), variable.wanted());
        error = error.hint(format!("--set {key}=...  {about}"));
    }
    Some(error.hint(format!("`gitsm catalog show {name}` shows the whole form")))
}

/// What the desk knows of people, CIs and times.
struct Desk<'a> {
    session: &'a Session,
    policy: &'a Policy,
    actor: &'a PersonId,
}

impl Lookup for Desk<'_> {
    fn ci(&self, text: &str) -> Result<String, String> {
        let id = self.session.find(text).map_err(|error| error.message)?;
        match id.kind() {
            Kind::Ci => Ok(id.to_string()),
            _ => Err(format!("{} is no configuration item", id.short())),
        }
    }

    fn person(&self, text: &str) -> Result<String, String> {
        resolve::person(self.policy, self.actor, text, true, self.session)
            .map(|person| person.to_string())
            .map_err(|error| error.message)
    }

    fn date(&self, text: &str) -> Option<String> {
        let time = self.time(text)?;
        Some(self.session.clock().local(time).format("%Y-%m-%d").to_string())
    }

    fn time(&self, text: &str) -> Option<Timestamp> {
        parse_when(self.session, text).ok()
    }
}
