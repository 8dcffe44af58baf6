//! Approvals: the desk's definitions, where a record stands, whose vote is
//! waited for.

mod given;
mod told;

use std::borrow::Cow;

use super::Session;
use super::error::unreadable;
use super::read::DeskVocabulary;
use super::views::Known;
use crate::error::CommandError;
use crate::format;
use crate::model::{
    Approval, Kind, Link, PersonId, Record, RecordId, StateName, Task, TaskId, TaskState, Timestamp,
};
use crate::outcome::{ApprovalView, Finding, Severity};
use crate::policy::approval::{self, ApprovalSettings, ApprovalState, Decision};
use crate::policy::plan::own_approvals;
use crate::policy::{Policy, Vote};
use crate::query::{self, Filter, Row, SearchText, Selection, Test, eval};
use crate::store::Snapshot;

use told::view;
pub(super) use told::{after_vote, other_demands, voided};

/// Where the desk says who must approve what.
pub(super) const APPROVALS: &str = ".gitsm/approvals.yaml";

/// The desk's approvals, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Approvals {
    settings: ApprovalSettings,
    conditions: Vec<(StateName, Option<Filter>)>,
    /// The time as of which they are asked for; now, if none.
    at: Option<Timestamp>,
}

impl Approvals {
    /// Those of `snapshot`; none where the desk has no such file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or a condition is no query.
    pub(super) fn load(
        session: &Session,
        snapshot: &Snapshot<'_>,
        policy: &Policy,
    ) -> Result<Self, CommandError> {
        match snapshot.file(APPROVALS)? {
            Some(bytes) => Self::of_desk(session, snapshot, policy, &bytes),
            None => Ok(Self::default()),
        }
    }

    /// Those that `bytes` say, with the saved views of `snapshot`.
    ///
    /// # Errors
    ///
    /// They cannot be read, or a condition is no query.
    pub(super) fn of_desk(
        session: &Session,
        snapshot: &Snapshot<'_>,
        policy: &Policy,
        bytes: &[u8],
    ) -> Result<Self, CommandError> {
        let views = || Known::of_desk(snapshot);
        Self::read(session, policy, bytes, &views)
    }

    /// What the desk says.
    pub(super) const fn settings(&self) -> &ApprovalSettings {
        &self.settings
    }

    fn read(
        session: &Session,
        policy: &Policy,
        bytes: &[u8],
        views: &dyn Fn() -> Result<Known, CommandError>,
    ) -> Result<Self, CommandError> {
        let settings: ApprovalSettings = format::read_settings(APPROVALS, bytes)
            .map_err(|error| unreadable(APPROVALS, &error))?;
        let mut conditions = Vec::new();
        for (name, definition) in &settings.definitions {
            let condition = definition
                .when
                .as_ref()
                .map(|when| condition(session, policy, when, views))
                .transpose()
                .map_err(|error| at_definition(bytes, name, error))?;
            conditions.push((name.clone(), condition));
        }
        Ok(Self { settings, conditions, at: None })
    }

    /// The same, as they stood at another time.
    pub(super) fn at(self, time: Timestamp) -> Self {
        Self { at: Some(time), ..self }
    }

    fn now(&self, session: &Session) -> Timestamp {
        self.at.unwrap_or_else(|| session.now())
    }

    /// Whether the desk defines any approval.
    pub(super) fn is_defined(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Where the approval of `record` stands now.
    pub(super) fn state(
        &self,
        session: &Session,
        policy: &Policy,
        record: &Record,
    ) -> ApprovalState {
        let demanded = required(record);
        let applying: Vec<&StateName> = if self.conditions.is_empty() {
            Vec::new()
        } else {
            let row = Row::new(record, policy.category_of(record));
            let text = || Cow::Owned(SearchText::of(record));
            let incoming = self.incoming(session, record.id());
            let subject = eval::Subject { row: &row, text: &text, incoming: &incoming };
            let holds = |(name, filter): &&(StateName, Option<Filter>)| {
                let matches = |filter: &Filter| eval::matches(filter, &subject);
                demanded.contains(name) || filter.as_ref().is_some_and(matches)
            };
            self.conditions.iter().filter(holds).map(|(name, _)| name).collect()
        };
        let own = without_task_votes(record, &applying);
        let record = own.as_ref().unwrap_or(record);
        approval::state(record, &self.settings, &applying, policy, self.now(session))
    }

    /// As [`state`](Self::state), for what must not go on where a condition cannot
    /// be looked up.
    ///
    /// # Errors
    ///
    /// The relations that a condition asks for cannot be read.
    pub(super) fn state_for_sure(
        &self,
        session: &Session,
        policy: &Policy,
        record: &Record,
    ) -> Result<ApprovalState, CommandError> {
        let mut filters = self.conditions.iter().filter_map(|(_, filter)| filter.as_ref());
        if filters.any(asks_for_links) {
            session.index()?.links_to(record.id())?;
        }
        Ok(self.state(session, policy, record))
    }

    /// The fields of records of type `kind` that votes are about.
    pub(super) fn material(&self, kind: Kind) -> Vec<&str> {
        self.settings.material(kind)
    }

    /// Where the approval of one task stands; nothing, where it needs none or the
    /// desk does not define it.
    pub(super) fn of_task(
        &self,
        session: &Session,
        policy: &Policy,
        record: &Record,
        task: &Task,
    ) -> Option<ApprovalState> {
        let defined = |name: &&StateName| self.settings.definitions.contains_key(*name);
        let applying: Vec<&StateName> = task.approvals.iter().filter(defined).collect();
        if applying.is_empty() || applying.len() < task.approvals.len() {
            return None;
        }
        Some(approval::state(record, &self.settings, &applying, policy, self.now(session)))
    }

    /// Where the votes stand that the definition `name` asks for; nothing, where
    /// there is no such definition.
    pub(super) fn of_definition(
        &self,
        session: &Session,
        policy: &Policy,
        record: &Record,
        name: &StateName,
    ) -> Option<ApprovalState> {
        let (name, _) = self.settings.definitions.get_key_value(name)?;
        Some(approval::state(record, &self.settings, &[name], policy, self.now(session)))
    }

    /// Whether a task waits for votes; for the vote of `person`, if one is named.
    pub(super) fn is_task_asked(
        &self,
        session: &Session,
        policy: &Policy,
        record: &Record,
        task: &Task,
        person: Option<&PersonId>,
    ) -> bool {
        if task.state != TaskState::Waiting || task.approvals.is_empty() {
            return false;
        }
        let state = self.of_task(session, policy, record, task);
        state.filter(|state| state.decision == Decision::Pending).is_some_and(|state| {
            person.is_none_or(|person| state.open_steps().any(|step| step.awaits(person)))
        })
    }

    /// The definitions that only tasks of the record need, with those tasks and
    /// where they stand.
    fn of_tasks(
        &self,
        session: &Session,
        policy: &Policy,
        record: &Record,
        whole: &ApprovalState,
    ) -> Vec<(&StateName, Vec<TaskId>, ApprovalState)> {
        let is_whole = |name: &StateName| {
            whole.steps.iter().any(|step| step.definition.as_ref() == Some(name))
        };
        let names = self.settings.definitions.keys().filter(|name| !is_whole(name));
        names
            .filter_map(|name| {
                let with = record.tasks().iter().filter(|task| task.approvals.contains(name));
                let tasks: Vec<TaskId> = with.map(|task| task.id.clone()).collect();
                if tasks.is_empty() {
                    return None;
                }
                let state = self.of_definition(session, policy, record, name)?;
                Some((name, tasks, state))
            })
            .collect()
    }

    /// The relations that lead to the record, if a condition asks for them.
    fn incoming(&self, session: &Session, id: RecordId) -> Vec<Link> {
        let mut filters = self.conditions.iter().filter_map(|(_, filter)| filter.as_ref());
        if !filters.any(asks_for_links) {
            return Vec::new();
        }
        let links = session.index().and_then(|index| Ok(index.links_to(id)?));
        let links = links.unwrap_or_default().into_iter();
        links.map(|(to, rel)| Link { rel, to }).collect()
    }
}

/// Whether anything about the record may have to be approved.
pub(super) fn concerns(policy: &Policy, record: &Record) -> bool {
    policy.workflow_of(record).has_approvals()
        || record.tasks().iter().any(|task| !task.approvals.is_empty())
        || !record.approvals().is_empty()
}

/// The approvals that the offering of a request demands.
fn required(record: &Record) -> &[StateName] {
    match record {
        Record::Request(request) => &request.required_approvals,
        _ => &[],
    }
}

/// The record without votes that are on single tasks and not on the whole, if it
/// has any.
fn without_task_votes(record: &Record, applying: &[&StateName]) -> Option<Record> {
    let of_tasks: Vec<&StateName> =
        own_approvals(record).filter(|name| !applying.contains(name)).collect();
    let is_on_task = |vote: &Approval| {
        let definition = vote.step.as_deref().and_then(|step| step.split('/').next());
        definition.is_some_and(|name| of_tasks.iter().any(|of| of.as_str() == name))
    };
    if of_tasks.is_empty() || !record.approvals().iter().any(is_on_task) {
        return None;
    }
    let mut own = record.clone();
    if let Some(votes) = own.approvals_mut() {
        votes.retain(|vote| !is_on_task(vote));
    }
    Some(own)
}

fn asks_for_links(filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(asks_for_links),
        Filter::Not(inner) => asks_for_links(inner),
        Filter::Test(test) => matches!(test, Test::Link(_)),
    }
}

/// As [`condition`], with the views of the desk as it is.
///
/// # Errors
///
/// It is no query, or asks for something that conditions cannot ask for.
pub(super) fn condition_of_settings(
    session: &Session,
    policy: &Policy,
    text: &str,
) -> Result<Filter, CommandError> {
    condition(session, policy, text, &|| Known::of_desk(&session.snapshot()?))
}

/// A condition of the desk's settings, which means the same whoever asks: it
/// knows no `me` and no personal views.
fn condition(
    session: &Session,
    policy: &Policy,
    text: &str,
    views: &dyn Fn() -> Result<Known, CommandError>,
) -> Result<Filter, CommandError> {
    let query = query::parse(text)?;
    let known = if query.names_views() { Some(views()?) } else { None };
    let vocabulary = DeskVocabulary::for_settings(session, policy, known);
    let context = query::Context { now: session.now(), me: None };
    let selection = query::check(&query, &context, &vocabulary)?;
    Ok(selection.filter.unwrap_or(Filter::Test(Test::Any)))
}

/// Puts the place before what is wrong with a definition.
fn at_definition(bytes: &[u8], name: &StateName, error: CommandError) -> CommandError {
    let line = line_of(bytes, Some(name), "when");
    let place = line.map_or_else(|| APPROVALS.to_owned(), |line| format!("{APPROVALS}:{line}"));
    let first = error.message.lines().next().unwrap_or_default();
    let mut failed = CommandError::invalid(format!("{place}: {name}: {first}"));
    for hint in error.hints {
        failed = failed.hint(hint);
    }
    failed
}

/// The line, counted from 1, on which `mark` stands, below the definition.
fn line_of(bytes: &[u8], definition: Option<&StateName>, mark: &str) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    let heading = definition.map(|name| format!("{name}:"));
    let mut below = heading.is_none();
    for (at, line) in text.lines().enumerate() {
        below |= heading.as_ref().is_some_and(|heading| line.trim_start().starts_with(heading));
        let is_prose =
            ["description:", "when:"].iter().any(|key| line.trim_start().starts_with(key));
        if below && line.contains(mark) && (!is_prose || mark == "when") {
            return Some(at + 1);
        }
    }
    None
}

/// The names of the definitions of `snapshot`; nothing where the file cannot be
/// read, which is told elsewhere.
pub(super) fn names(snapshot: &Snapshot<'_>) -> Result<Option<Vec<StateName>>, CommandError> {
    Ok(names_in(&snapshot.file(APPROVALS)?.unwrap_or_default()))
}

/// As [`names`], given the bytes of the file; none are no definitions.
pub(super) fn names_in(bytes: &[u8]) -> Option<Vec<StateName>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let settings: ApprovalSettings = format::read_settings(APPROVALS, bytes).ok()?;
    Some(settings.definitions.into_keys().collect())
}

/// What is wrong with the desk's approvals, given the bytes of their file.
pub(super) fn findings(
    session: &Session,
    policy: &Policy,
    bytes: &[u8],
) -> Result<Vec<Finding>, CommandError> {
    let finding = |line, severity, rule, message| Finding {
        path: APPROVALS.to_owned(),
        line,
        severity,
        rule,
        message,
    };
    let settings: ApprovalSettings = match format::read_settings(APPROVALS, bytes) {
        Ok(settings) => settings,
        Err(error) => {
            let message = error.told();
            return Ok(vec![finding(error.line, Severity::Error, "settings-unreadable", message)]);
        }
    };
    let mut findings = Vec::new();
    let views = || Known::of_desk(&session.snapshot()?);
    for (name, definition) in &settings.definitions {
        let Some(when) = &definition.when else { continue };
        if let Err(error) = condition(session, policy, when, &views) {
            let line = line_of(bytes, Some(name), "when");
            let first = error.message.lines().next().unwrap_or_default();
            let hint = error.hints.first().map(|hint| format!("; {hint}")).unwrap_or_default();
            let message = format!("{name}: {first}{hint}");
            findings.push(finding(line, Severity::Error, "approval-condition", message));
        }
    }
    for mistake in settings.mistakes(policy) {
        let line = line_of(bytes, mistake.definition.as_ref(), &mistake.mark);
        let severity = if mistake.is_error { Severity::Error } else { Severity::Warning };
        let message = match &mistake.definition {
            Some(name) => format!("{name}: {}", mistake.message),
            None => mistake.message,
        };
        findings.push(finding(line, severity, mistake.rule, message));
    }
    Ok(findings)
}

/// Where the approval of the record `id` stands.
///
/// # Errors
///
/// The record or the settings cannot be read, or it is no ticket.
pub fn approval(session: &Session, id: RecordId) -> Result<ApprovalView, CommandError> {
    if !id.kind().is_ticket() {
        return Err(CommandError::usage(format!("{} is a ci, which nobody votes on", id.short())));
    }
    let record = session.record(id)?;
    let policy = session.policy()?;
    let approvals = session.approvals()?;
    let state = approvals.state(session, policy, &record);
    Ok(view(session, policy, approvals, &record, &state))
}

/// The same for `show`: nothing, where nothing can be said that the votes
/// themselves do not say.
pub(super) fn told(
    session: &Session,
    record: &Record,
) -> Result<Option<ApprovalView>, CommandError> {
    if !record.kind().is_ticket() {
        return Ok(None);
    }
    let approvals = session.approvals_of(record)?;
    if !approvals.is_defined() && record.approvals().is_empty() {
        return Ok(None);
    }
    let policy = session.policy()?;
    let state = approvals.state(session, policy, record);
    let waits = state.is_defined && policy.category_of(record).is_open();
    if !waits && state.uncounted.is_empty() && record.approvals().is_empty() {
        return Ok(None);
    }
    Ok(Some(view(session, policy, &approvals, record, &state)))
}

/// The open records whose approval is waited for; only those that wait for a
/// vote of `person`, if one is named.
///
/// # Errors
///
/// The settings, the index or a record cannot be read.
pub(super) fn awaiting(
    session: &Session,
    person: Option<&PersonId>,
) -> Result<Vec<RecordId>, CommandError> {
    let policy = session.policy()?;
    let approvals = session.approvals()?;
    let mut found = Vec::new();
    for (id, record) in votable(session)? {
        let state = approvals.state(session, policy, &record);
        let of_tasks =
            |task: &Task| approvals.is_task_asked(session, policy, &record, task, person);
        let waits = is_asked(policy, &record, &state)
            && is_votable(policy, &record)
            && person.is_none_or(|person| state.open_steps().any(|step| step.awaits(person)));
        if waits || record.tasks().iter().any(of_tasks) {
            found.push(id);
        }
    }
    Ok(found)
}

/// The open records that votes can be cast on.
///
/// # Errors
///
/// The settings, the index or a record cannot be read.
pub(super) fn votable(session: &Session) -> Result<Vec<(RecordId, Record)>, CommandError> {
    let policy = session.policy()?;
    let approvals = session.approvals()?;
    let mut states: Vec<Filter> = Vec::new();
    for workflow in policy.workflows.iter() {
        let kind = Filter::Test(Test::Kind(workflow.kind));
        let ways = workflow.transitions.values().flatten();
        let ways = ways.filter(|way| way.vote == Some(Vote::Approve));
        let from =
            ways.flat_map(|way| &way.from).map(|state| Filter::Test(Test::Status(state.clone())));
        let from: Vec<Filter> = from.collect();
        if !from.is_empty() {
            states.push(Filter::And(vec![kind, Filter::Or(from)]));
        }
    }
    if approvals.is_defined() {
        let views = || Ok(Known::default());
        states.push(condition(session, policy, "task_state:waiting", &views)?);
    }
    if states.is_empty() {
        return Ok(Vec::new());
    }
    let selection = Selection { filter: Some(Filter::Or(states)), ..Selection::default() };
    let mut found = Vec::new();
    for (id, blob) in session.index()?.contents(&selection)? {
        let bytes = session.store.blob(blob)?;
        let Ok(record) = format::read_record(id, &bytes) else { continue };
        if policy.category_of(&record).is_open() {
            found.push((id, record));
        }
    }
    Ok(found)
}

/// Whether the record is in a state in which its workflow takes votes.
fn is_votable(policy: &Policy, record: &Record) -> bool {
    policy.workflow_of(record).takes_votes(record.status(), record)
}

/// Whether anybody waits for votes on the record.
fn is_asked(policy: &Policy, record: &Record, state: &ApprovalState) -> bool {
    let has_votes = state.counted + state.uncounted.len() > 0;
    state.decision == Decision::Pending
        && (state.is_defined || has_votes || policy.workflow_of(record).needs_votes(record))
}
