//! What the history calls a field: the names that records have for it, whichever
//! of its names somebody types.

use super::Session;
use super::nearest::nearest;
use crate::error::CommandError;
use crate::model::{FIELDS, StateName, field_named};
use crate::query::{CountField, Field, RankField, TextField, TextPart, TimeField};

/// Parts of records that change, besides the fields that can be set by name.
const PARTS: [&str; 18] = [
    "accepted_conflicts",
    "answers",
    "approvals",
    "attachments",
    "csat",
    "custom",
    "deployment",
    "deploys",
    "holds",
    "links",
    "notes",
    "overrides",
    "required_approvals",
    "resolution",
    "risk_assessment",
    "tasks",
    "test_evidence",
    "whys",
];
/// It changes with everything, so that nobody tells of it.
const ALWAYS: &str = "updated_at";

/// The names that the history has for `fields`.
///
/// # Errors
///
/// There is no such field, or none whose changes are recorded.
pub fn recorded_fields(session: &Session, fields: &[String]) -> Result<Vec<String>, CommandError> {
    let mut recorded = Vec::with_capacity(fields.len());
    for field in fields {
        recorded.extend(recorded_field(session, field)?);
    }
    Ok(recorded)
}

fn recorded_field(session: &Session, typed: &str) -> Result<Vec<String>, CommandError> {
    if let Some(own) = typed.strip_prefix("custom.") {
        let known = &session.policy()?.settings.custom_fields;
        if known.contains_key(own) || session.index()?.is_word_of_history(typed)? {
            return Ok(vec![typed.to_owned()]);
        }
        let error = CommandError::usage(format!("there is no field `{typed}`"));
        let near = nearest(own, known.keys().map(StateName::as_str));
        return Err(error.hint(match near {
            Some(near) => format!("did you mean `custom.{near}`?"),
            None => "the desk's own fields are in .gitsm/desk.yaml".to_owned(),
        }));
    }
    let name = typed.to_ascii_lowercase().replace('-', "_");
    let name = name.strip_prefix("answer.").map_or(name.clone(), |name| format!("answers.{name}"));
    let first = name.split('.').next().unwrap_or_default();
    if name != ALWAYS && (field_named(&name).is_some() || PARTS.contains(&first)) {
        return Ok(vec![name]);
    }
    match Field::named(&name) {
        Some(field) => match kept_as(&field) {
            [] => Err(never_recorded(&name, &field)),
            names => Ok(names.iter().map(|name| (*name).to_owned()).collect()),
        },
        None if session.index()?.is_word_of_history(&name)? => Ok(vec![name]),
        None => {
            let known =
                FIELDS.iter().map(|field| field.name).chain(PARTS).chain(Field::relations());
            let error = CommandError::usage(format!("there is no field `{typed}`"));
            Err(match nearest(&name, known) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("name a field, for example `--field status`"),
            })
        }
    }
}

fn never_recorded(name: &str, field: &Field) -> CommandError {
    let error = CommandError::usage(format!("changes of `{name}` are not recorded"));
    match field {
        Field::Sla | Field::Due => error.hint(
            "it follows from other fields and the clock; `gitsm sla show ID --at TIME` tells how \
             it stood",
        ),
        _ => error.hint("ask for a field that is set, for example `--field status,assignee`"),
    }
}

/// What records call the field of a query; nothing, where it follows from other
/// fields or the clock, or stands for many.
const fn kept_as(field: &Field) -> &'static [&'static str] {
    match field {
        Field::Type
        | Field::Is
        | Field::Has
        | Field::Id
        | Field::Age
        | Field::Idle
        | Field::ToStart
        | Field::ToResolve
        | Field::Sla
        | Field::Due
        | Field::Involves
        | Field::Words
        | Field::Time(TimeField::Updated) => &[],
        Field::Status | Field::State => &["status"],
        Field::Ci => &["cis"],
        Field::Planned => &["planned_start", "planned_end"],
        Field::OnHold | Field::Text(TextField::Hold) | Field::Time(TimeField::HoldSince) => {
            &["holds"]
        }
        Field::KnownError => &["known_error"],
        Field::Approver
        | Field::Rank(RankField::Approval)
        | Field::Text(TextField::Approver)
        | Field::Count(CountField::Votes) => &["approvals"],
        Field::Rank(RankField::Priority) => &["priority"],
        Field::Rank(RankField::Impact) => &["impact"],
        Field::Rank(RankField::Urgency) => &["urgency"],
        Field::Rank(RankField::Risk) => &["risk"],
        Field::Rank(RankField::Criticality) => &["criticality"],
        Field::Rank(RankField::Model) => &["model"],
        Field::Rank(RankField::Outcome) => &["outcome"],
        Field::Rank(RankField::Major) => &["major"],
        Field::Text(TextField::Assignee) => &["assignee", "owner"],
        Field::Text(TextField::Requester) => &["requester"],
        Field::Text(TextField::OpenedBy) => &["opened_by"],
        Field::Text(TextField::ResolvedBy) => &["resolution.by"],
        Field::Text(TextField::Team) => &["team"],
        Field::Text(TextField::Service) => &["service"],
        Field::Text(TextField::Category) => &["category", "class"],
        Field::Text(TextField::Channel) => &["channel"],
        Field::Text(TextField::Domain) => &["domain"],
        Field::Text(TextField::External) => &["external_id"],
        Field::Text(TextField::Resolution) => &["resolution.code"],
        Field::Text(TextField::Offering) => &["offering"],
        Field::Text(TextField::Template) => &["template"],
        Field::Text(TextField::Environment) => &["environment", "deployment.environment"],
        Field::Text(TextField::Location) => &["location"],
        Field::Text(TextField::Version) => &["version", "deployment.artefact", "deployment.commit"],
        Field::Text(TextField::Repository) => &["deployment.repository"],
        Field::Text(TextField::Commit) => &["deployment.commit"],
        Field::Text(TextField::Tag) => &["tags"],
        Field::Text(TextField::NotedBy)
        | Field::Count(CountField::Notes)
        | Field::Part(TextPart::Notes) => &["notes"],
        Field::Text(TextField::TaskAssignee | TextField::TaskTeam | TextField::TaskState)
        | Field::Count(CountField::Tasks | CountField::OpenTasks) => &["tasks"],
        Field::Text(TextField::Custom(_)) => &["custom"],
        Field::Time(TimeField::Opened) => &["opened_at"],
        Field::Time(TimeField::Started) => &["started_at"],
        Field::Time(TimeField::Resolved) => &["resolved_at"],
        Field::Time(TimeField::Closed) => &["closed_at", "retired_at"],
        Field::Time(TimeField::PlannedStart) => &["planned_start"],
        Field::Time(TimeField::PlannedEnd) => &["planned_end"],
        Field::Time(TimeField::Deployed) => &["deploys"],
        Field::Count(CountField::Reopened) => &["reopen_count"],
        Field::Count(CountField::Escalation) => &["escalation"],
        Field::Count(CountField::Attachments) | Field::Part(TextPart::Attachments) => {
            &["attachments"]
        }
        Field::Count(CountField::Csat) => &["csat"],
        Field::Part(TextPart::Title) => &["title", "name"],
        Field::Part(TextPart::Description) => &["description"],
        Field::Part(TextPart::Resolution) => &["resolution.text"],
        Field::Part(TextPart::Cause) => &["cause"],
        Field::Part(TextPart::Workaround) => &["workaround"],
        Field::Part(TextPart::Plan) => {
            &["implementation_plan", "test_plan", "backout_plan", "review", "tasks"]
        }
        Field::Link(_) => &["links"],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::format::schema_of;
    use crate::model::{Change, Ci, Incident, Problem, Request};

    /// The history calls changes by the names that records have for their fields, and
    /// the schemas list these, as every part of a record would be told that changes.
    fn told() -> BTreeSet<String> {
        let types = [
            schema_of::<Incident>(),
            schema_of::<Request>(),
            schema_of::<Problem>(),
            schema_of::<Change>(),
            schema_of::<Ci>(),
        ];
        let names = types.iter().flat_map(|schema| schema["properties"].as_object());
        names.flat_map(|fields| fields.keys().cloned()).filter(|name| name != "id").collect()
    }

    fn first(name: &str) -> &str {
        name.split('.').next().unwrap_or(name)
    }

    #[test]
    fn every_part_of_a_record_can_be_asked_for_by_name() {
        for name in told() {
            let is_known = field_named(&name).is_some() || PARTS.contains(&name.as_str());
            assert!(is_known || name == ALWAYS, "{name} changes, and nobody can ask for it");
        }
    }

    #[test]
    fn no_name_is_of_nothing_that_changes() {
        let told = told();
        let set = FIELDS.iter().map(|field| field.name);
        let asked = Field::all().iter().filter_map(|info| Field::named(info.name));
        let asked = asked.flat_map(|field| kept_as(&field).iter().copied());
        for name in set.chain(asked).chain(PARTS) {
            assert!(told.contains(first(name)), "{name} is no part of any record");
        }
        for name in PARTS {
            assert!(field_named(name).is_none(), "{name} stands there twice");
        }
    }
}
