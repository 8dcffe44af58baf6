//! Whether a record, or an edit of one, is as the desk's rules want it.

use std::collections::HashSet;

use super::{
    Policy, Scene, access, approval, closure, major, overriding, plan, risk, template, transition,
};
use crate::model::{
    Change, CustomType, Deployment, PersonId, Record, StateCategory, StateName, Survey, Timestamp,
    diff, one_line, paragraph,
};

/// The rule of a move that the workflow has, but not for whoever made it, or not
/// yet.
pub const REFUSED: &str = "transition-refused";

/// A rule that a record breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// A stable name, for example `status-unknown`.
    pub rule: &'static str,
    /// Whether it must be mended; else it is only worth knowing.
    pub is_error: bool,
    /// The field concerned, as it is named in the file.
    pub field: String,
    pub message: String,
}

/// The breaches found so far.
#[derive(Default)]
pub(super) struct Breaches(pub(super) Vec<Breach>);

impl Breaches {
    pub(super) fn error(&mut self, rule: &'static str, field: &str, message: impl Into<String>) {
        let (field, message) = (field.to_owned(), message.into());
        self.0.push(Breach { rule, is_error: true, field, message });
    }

    fn warning(&mut self, rule: &'static str, field: &str, message: impl Into<String>) {
        let (field, message) = (field.to_owned(), message.into());
        self.0.push(Breach { rule, is_error: false, field, message });
    }
}

/// The rules that `record` breaks as it stands, without looking at others.
///
/// People are judged as of the record's own last change, so that somebody who
/// has left since does not make old records wrong.
pub fn record(policy: &Policy, record: &Record) -> Vec<Breach> {
    let mut found = Breaches(Vec::new());
    lines(record, &mut found);
    lifecycle(policy, record, &mut found);
    people(policy, record, record.updated_at(), &mut found);
    tasks(policy, record, &mut found);
    links(record, &mut found);
    custom(policy, record, &mut found);
    domain(policy, record, &mut found);
    found.0
}

/// By how much the clocks of machines may differ, in seconds.
const CLOCKS_DIFFER: i64 = 3600;

/// The times of `record` that say of something that it happened, and lie after
/// `now`: a slip in a year, or a clock that was wrong.
pub fn ahead(record: &Record, now: Timestamp) -> Vec<Breach> {
    let closed = if record.kind().is_ticket() { "closed_at" } else { "retired_at" };
    let happened = [
        ("opened_at", Some(record.opened_at())),
        ("updated_at", Some(record.updated_at())),
        ("started_at", record.started_at()),
        ("resolved_at", record.resolved_at()),
        (closed, record.closed_at()),
    ];
    let mut found = Breaches(Vec::new());
    for (field, at) in happened {
        if at.is_some_and(|at| at.seconds().saturating_sub(now.seconds()) > CLOCKS_DIFFER) {
            found.warning("time-ahead", field, "it lies in the future");
        }
    }
    found.0
}

/// The part of the organisation, on a desk that has parts.
fn domain(policy: &Policy, record: &Record, found: &mut Breaches) {
    let domains = &policy.settings.domains;
    let Some(domain) = record.domain().filter(|domain| !domains.contains_key(*domain)) else {
        return;
    };
    if !domains.is_empty() {
        let names: Vec<&str> = domains.keys().map(StateName::as_str).collect();
        let message = format!("there is no domain `{domain}`; there are {}", names.join(", "));
        found.error("domain-unknown", "domain", message);
    }
}

fn lines(record: &Record, found: &mut Breaches) {
    let name = if record.kind().is_ticket() { "title" } else { "name" };
    match one_line(record.title()) {
        Ok(line) if line == record.title() => {}
        Ok(_) => found.warning("text-untidy", name, "there is white space around it"),
        Err(error) => found.error("title-invalid", name, error.to_string()),
    }
    let mut untidy = |field: &str, text: Option<&str>| {
        if let Some(text) = text
            && paragraph(text).as_deref() != Some(text)
        {
            found.warning(
                "text-untidy",
                field,
                "it has trailing blanks, control characters or no final line break",
            );
        }
    };
    untidy("description", record.description());
    for note in record.notes() {
        untidy("notes", Some(&note.text));
    }
}

fn lifecycle(policy: &Policy, record: &Record, found: &mut Breaches) {
    let workflow = policy.workflow_of(record);
    let status = record.status();
    if !workflow.states.contains_key(status) {
        let states = workflow.states.keys().map(StateName::as_str).collect::<Vec<_>>().join(", ");
        found.error(
            "status-unknown",
            "status",
            format!("`{status}` is no state of {}; the states are {states}", record.kind().one()),
        );
    }
    let category = workflow.category(status);
    // The system that a record came from may not have told, and nobody knows then.
    if let Some(field) = untimed(policy, record)
        && record.external_id().is_none()
    {
        found.warning("time-missing", field, format!("it is {status}, but not since when"));
    }
    let order = [
        ("updated_at", Some(record.updated_at())),
        ("resolved_at", record.resolved_at()),
        ("closed_at", record.closed_at()),
    ];
    for (field, at) in order {
        if at.is_some_and(|at| at < record.opened_at()) {
            found.warning("time-order", field, "it lies before opened_at");
        }
    }
    let running = record.holds().iter().filter(|hold| hold.until.is_none()).count();
    let may_be_held = category == StateCategory::Open && workflow.holds_anywhere();
    let expected = usize::from(category == StateCategory::Hold || may_be_held && running > 0);
    if record.kind().is_ticket() && running != expected {
        found.warning(
            "hold-mismatch",
            "holds",
            format!("{running} spans on hold are running while it is {status}"),
        );
    }
    if let Some(hold) = record.holds().last().filter(|hold| hold.until.is_none())
        && !workflow.hold_reasons.is_empty()
        && !workflow.hold_reasons.contains(&hold.reason)
        && hold.reason != *status
    {
        let message = format!("`{}` is no hold reason of this desk", hold.reason);
        found.warning("reason-unknown", "holds", message);
    }
    if let Some(resolution) = record.resolution()
        && !workflow.resolution_codes.is_empty()
        && !workflow.resolution_codes.contains(&resolution.code)
    {
        let message = format!("`{}` is no resolution code of this desk", resolution.code);
        found.warning("code-unknown", "code", message);
    }
    if let Record::Change(change) = record
        && let (Some(start), Some(end)) = (change.planned_start, change.planned_end)
        && end <= start
    {
        found.error("window-empty", "planned_end", "it does not lie after planned_start");
    }
}

/// The field that should say since when a record is resolved or closed, where it
/// does not.
pub fn untimed(policy: &Policy, record: &Record) -> Option<&'static str> {
    let is_ticket = record.kind().is_ticket();
    match policy.category_of(record) {
        StateCategory::Closed if record.closed_at().is_none() => {
            Some(if is_ticket { "closed_at" } else { "retired_at" })
        }
        StateCategory::Resolved if is_ticket && record.resolved_at().is_none() => {
            Some("resolved_at")
        }
        _ => None,
    }
}

fn people(policy: &Policy, record: &Record, at: Timestamp, found: &mut Breaches) {
    if let Some(team) = record.team()
        && let Err(error) = access::known_team(policy, team)
    {
        found.error("team-unknown", "team", error.to_string());
    }
    if let Some(person) = record.assignee()
        && let Err(error) = access::assignable(policy, person, at)
    {
        let field = if record.kind().is_ticket() { "assignee" } else { "owner" };
        match error {
            access::AccessError::Inactive { .. } => {
                found.warning("person-inactive", field, error.to_string());
            }
            error => found.error("person-unknown", field, error.to_string()),
        }
    }
    if let Some(person) = record.requester()
        && let Err(error) = access::requestable(policy, person)
    {
        found.error("person-unknown", "requester", error.to_string());
    }
}

/// The plan, and the survey at the end.
fn tasks(policy: &Policy, record: &Record, found: &mut Breaches) {
    let workflow = policy.workflow_of(record);
    for (rule, message) in plan::flaws(workflow, record) {
        found.error(rule, "tasks", message);
    }
    for task in record.tasks() {
        if let Some(team) = &task.team
            && let Err(error) = access::known_team(policy, team)
        {
            found.error("team-unknown", "tasks", format!("`{}`: {error}", task.id));
        }
        if let Some(person) = &task.assignee
            && let Err(error @ access::AccessError::UnknownPerson { .. }) =
                access::assignable(policy, person, record.updated_at())
        {
            found.error("person-unknown", "tasks", format!("`{}`: {error}", task.id));
        }
        match one_line(&task.title) {
            Ok(line) if line == task.title => {}
            Ok(_) => found.warning("text-untidy", "tasks", "there is white space around a title"),
            Err(error) => found.error("title-invalid", "tasks", format!("`{}`: {error}", task.id)),
        }
    }
    if let Some(survey) = record.csat()
        && !Survey::POINTS.contains(&survey.points)
    {
        found.error("csat-points", "points", format!("{} is not from 1 to 5", survey.points));
    }
}

fn links(record: &Record, found: &mut Breaches) {
    let mut single = HashSet::new();
    for link in record.links() {
        if link.to == record.id() {
            found.error("link-self", "links", "it is linked to itself");
        } else if !link.rel.allows(record.kind(), link.to.kind()) {
            found.error(
                "link-type",
                "links",
                format!("{} cannot be {} {}", record.kind().one(), link.rel, link.to.kind().one()),
            );
        }
        if link.rel.is_single() && !single.insert(link.rel) {
            found.error("link-single", "links", format!("it has more than one {} link", link.rel));
        }
    }
    if !record.links().is_sorted() {
        found.warning("links-unsorted", "links", "they are not in order");
    }
    for ci in record.cis() {
        if ci.kind().is_ticket() {
            found.error("ci-type", "cis", format!("{} is no configuration item", ci.short()));
        }
    }
    let mut ids = HashSet::new();
    if !record.part_ids().all(|id| ids.insert(id)) {
        found.error("part-duplicate", "notes", "two of its notes, votes or files share an id");
    }
}

/// The desk's own fields: any text on a desk that defines none, else as defined.
fn custom(policy: &Policy, record: &Record, found: &mut Breaches) {
    let defined = &policy.settings.custom_fields;
    if defined.is_empty() {
        return;
    }
    for (name, value) in record.custom() {
        let Some(field) = defined.get(name.as_str()) else {
            let message = format!("`{name}` is not among custom_fields in .gitsm/desk.yaml");
            found.error("custom-unknown", name, message);
            continue;
        };
        if !field.on.is_empty() && !field.on.contains(&record.kind()) {
            let message = format!("`{name}` is not for records of type {}", record.kind());
            found.error("custom-unknown", name, message);
        }
        let wanted = match field.custom_type {
            CustomType::Text => None,
            CustomType::Number => value.parse::<f64>().is_err().then(|| "a number".to_owned()),
            CustomType::Boolean => {
                value.parse::<bool>().is_err().then(|| "true or false".to_owned())
            }
            CustomType::Time => {
                value.parse::<Timestamp>().is_err().then(|| "a UTC time".to_owned())
            }
            CustomType::Choice => (!field.choices.contains(value))
                .then(|| format!("one of {}", field.choices.join(", "))),
        };
        if let Some(wanted) = wanted {
            found.error("custom-value", name, format!("`{value}` is not {wanted}"));
        }
    }
}

/// The rules that a change of a record breaks, whoever makes it and however.
pub fn change(policy: &Policy, before: &Record, after: &Record) -> Vec<Breach> {
    let mut found = Breaches(Vec::new());
    let workflow = policy.workflow_of(before);
    if let Some((field, message)) = major::breach(workflow, before, after) {
        found.error("major-incident", field, message);
    }
    if let Some(message) = risk::breach(Some(before), after) {
        found.error("risk-lowered", "risk", message);
    }
    if let Some(message) = approval::requester_lost(workflow, before, after) {
        found.error("requester-changed", "requester", message);
    }
    if let Some(message) = template::breach(before, after) {
        found.error("standard-raised", "model", message);
    }
    if let Some(message) = closure::breach(before, after) {
        found.error("closure-code", "code", message);
    }
    if let Some(message) = closure::cleared(before, after) {
        found.error("unauthorised-cleared", "tags", message);
    }
    if workflow.only_in.is_empty() {
        return found.0;
    }
    for field in diff(Some(before), Some(after)) {
        let Some(states) = workflow.only_in.get(field.field.as_str()) else { continue };
        let by_override = field.field == "model" && overriding::is_recorded(before, after);
        if !states.contains(before.status()) && !by_override {
            let names: Vec<&str> = states.iter().map(StateName::as_str).collect();
            let message = format!("it is fixed while the {} is {}", before.kind(), before.status());
            let message = format!("{message}; it can be changed in {}", names.join(", "));
            found.error("field-fixed", &field.field, message);
        }
    }
    found.0
}

/// What never changes about a record.
pub(super) fn lasting(before: &Record, after: &Record, found: &mut Breaches) {
    if before.id() != after.id() {
        found.error("id-changed", "id", "an id never changes");
    }
    if before.opened_at() != after.opened_at() || before.opened_by() != after.opened_by() {
        found.error("origin-changed", "opened_at", "when and by whom it was opened never changes");
    }
    if let (Record::Change(before), Record::Change(after)) = (before, after) {
        deployed(before, after, found);
        if before.risk_assessment.is_some() && after.risk_assessment.is_none() {
            let message = "what was found about the risk is found anew, never taken away";
            found.error("assessment-removed", "risk_assessment", message);
        }
        if !after.test_evidence.starts_with(&before.test_evidence) {
            let message = "it is added, never changed or removed";
            found.error("evidence-changed", "test_evidence", message);
        }
    }
    if !after.notes().starts_with(before.notes()) {
        found.error("note-changed", "notes", "notes are added, never changed or removed");
    }
}

/// What never changes about what a change deploys, and what became of that.
fn deployed(before: &Change, after: &Change, found: &mut Breaches) {
    if !after.overrides.starts_with(&before.overrides) {
        found.error("override-changed", "overrides", "they are added, never changed or removed");
    }
    if !after.deploys.starts_with(&before.deploys) {
        found.error("deploy-changed", "deploys", "they are added, never changed or removed");
    }
    let Some(was) = &before.deployment else {
        if after.deployment.is_some() {
            let message = "a change deploys something from its beginning, or nothing";
            found.error("deployment-changed", "deployment", message);
        }
        return;
    };
    let fixed = |deployment: &Deployment| {
        let Deployment { key, repository, environment, commit, .. } = deployment;
        (key.clone(), repository.clone(), environment.clone(), commit.clone())
    };
    let same = after.deployment.as_ref().is_some_and(|is| {
        fixed(is) == fixed(was) && (was.artefact.is_none() || is.artefact == was.artefact)
    });
    if !same {
        let message = "what is deployed to where never changes; raise another change";
        found.error("deployment-changed", "deployment", message);
    }
}

/// Whether what people are said to have said and done is what the acting person
/// said and did.
pub(super) fn signed(
    before: Option<&Record>,
    after: &Record,
    actor: &PersonId,
    found: &mut Breaches,
) {
    let known = before.map_or(0, |before| before.notes().len());
    for note in after.notes().iter().skip(known).filter(|note| note.by != *actor) {
        let message = format!("a note of {} that {actor} wrote", note.by);
        found.error("note-forged", "notes", message);
    }
    let files = before.map(Record::attachments).unwrap_or_default();
    for file in after.attachments().iter().filter(|file| !files.contains(file)) {
        if file.by != *actor {
            let message =
                format!("`{}` is said to be of {}, but {actor} added it", file.name, file.by);
            found.error("attachment-forged", "attachments", message);
        }
    }
    let deploys = |record: &Record| match record {
        Record::Change(change) => change.deploys.clone(),
        _ => Vec::new(),
    };
    let known = before.map(deploys).unwrap_or_default();
    for deploy in deploys(after).iter().filter(|deploy| !known.contains(deploy)) {
        if deploy.by != *actor {
            let message = format!("a deployment by {} that {actor} recorded", deploy.by);
            found.error("deploy-forged", "deploys", message);
        }
    }
    let overrides = |record: &Record| match record {
        Record::Change(change) => change.overrides.clone(),
        _ => Vec::new(),
    };
    let known = before.map(overrides).unwrap_or_default();
    for new in overrides(after).iter().filter(|new| !known.contains(new) && new.by != *actor) {
        let message = format!("an override by {} that {actor} recorded", new.by);
        found.error("override-forged", "overrides", message);
    }
    let tests = |record: &Record| match record {
        Record::Change(change) => change.test_evidence.clone(),
        _ => Vec::new(),
    };
    let known = before.map(tests).unwrap_or_default();
    for new in tests(after).iter().filter(|new| !known.contains(new) && new.by != *actor) {
        let message = format!("a test by {} that {actor} recorded", new.by);
        found.error("evidence-forged", "test_evidence", message);
    }
    let accepted = |record: &Record| match record {
        Record::Change(change) => change.accepted_conflicts.clone(),
        _ => Vec::new(),
    };
    let known = before.map(accepted).unwrap_or_default();
    for new in accepted(after).iter().filter(|new| !known.contains(new) && new.by != *actor) {
        let message =
            format!("{} is said to have accepted a conflict, but {actor} wrote it", new.by);
        found.error("acceptance-forged", "accepted_conflicts", message);
    }
    let assessed = |record: &Record| match record {
        Record::Change(change) => change.risk_assessment.clone(),
        _ => None,
    };
    if let Some(is) = assessed(after)
        && before.and_then(assessed).as_ref() != Some(&is)
        && is.by != *actor
    {
        let message = format!("it is said to be of {}, but {actor} wrote it", is.by);
        found.error("assessment-forged", "risk_assessment", message);
    }
    let was = before.and_then(Record::resolution);
    if let Some(is) = after.resolution()
        && was != Some(is)
        && is.by != *actor
    {
        let message = format!("it is said to be of {}, but {actor} wrote it", is.by);
        found.error("resolution-forged", "resolution", message);
    }
}

/// Whether a transition leads from one state to the other, and lets the acting
/// person through.
pub(super) fn moved(
    policy: &Policy,
    before: &Record,
    after: &Record,
    scene: &Scene<'_>,
    found: &mut Breaches,
) {
    let workflow = policy.workflow_of(before);
    let Some((action, ways)) = workflow.ways_between(before, after) else {
        let (from, to) = (before.status(), after.status());
        let message = format!("no transition leads from {from} to {to}");
        found.error("transition-illegal", "status", message);
        return;
    };
    let mut refusals = Vec::new();
    for way in ways {
        match transition::retold(workflow, way, action.as_str(), before, after, scene) {
            Ok(()) => return,
            Err(refusal) => refusals.push(refusal),
        }
    }
    if let Some(refusal) = refusals.into_iter().next() {
        found.error(REFUSED, "status", refusal.to_string());
    }
}
