//! The fields that queries know: the one table of their names and meanings.

use super::{ANSWER, CountField, RankField, TextField, TextPart, TimeField, Way};
use crate::model::Relation;

/// A field of the query language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    Type,
    Status,
    State,
    Is,
    Has,
    Id,
    Ci,
    Age,
    Idle,
    Planned,
    ToStart,
    ToResolve,
    OnHold,
    KnownError,
    /// Whose vote is waited for.
    Approver,
    /// How the commitments stand.
    Sla,
    /// When the first open commitment is due.
    Due,
    /// Anybody who has something to do with the record.
    Involves,
    Rank(RankField),
    Text(TextField),
    Time(TimeField),
    Count(CountField),
    /// Words in one of the texts.
    Part(TextPart),
    /// Words in any of the texts.
    Words,
    /// A relation seen from one end; any relation, without one.
    Link(Option<(Relation, Way)>),
}

/// What there is to say about a field.
#[derive(Debug)]
pub struct FieldInfo {
    /// The name, as `sort:` and columns use it too.
    pub name: &'static str,
    /// Other spellings.
    pub aliases: &'static [&'static str],
    pub(super) field: Field,
    /// What it can be compared with, in a word or two.
    pub values: &'static str,
    /// What it means, one line.
    pub about: &'static str,
}

const fn field(
    name: &'static str,
    aliases: &'static [&'static str],
    field: Field,
    values: &'static str,
    about: &'static str,
) -> FieldInfo {
    FieldInfo { name, aliases, field, values, about }
}

use Field::{Count, Part, Rank, Text, Time};

const PERSON: &str = "person, `me`";
const TEXT: &str = "text";
const TIME: &str = "time";
const SPAN: &str = "duration";
const NUMBER: &str = "number";
const WORDS: &str = "words";
const LEVEL: &str = "`high`, `medium`, `low`";

/// Every field but the relations and the desk's own.
#[rustfmt::skip]
pub(super) const FIELDS: &[FieldInfo] = &[
    field("type", &["kind"], Field::Type, "`incident`, `request`, `problem`, `change`, `ci`", "the type of record"),
    field("status", &[], Field::Status, "a state, or as `state`", "the state in the workflow"),
    field("state", &[], Field::State, "`open`, `hold`, `resolved`, `closed`, `any`", "what the status means; `open` takes in `hold`"),
    field("is", &[], Field::Is, "see below", "short for common conditions"),
    field("has", &[], Field::Has, "a field", "the field has a value"),
    field("id", &[], Field::Id, "id", "the record, by full or short id, CI name or external id"),
    field("title", &["name"], Part(TextPart::Title), WORDS, "words in the title or name"),
    field("priority", &[], Rank(RankField::Priority), "`P1` to `P5`", "the order of work"),
    field("impact", &[], Rank(RankField::Impact), LEVEL, "how far it reaches"),
    field("urgency", &[], Rank(RankField::Urgency), LEVEL, "how soon it must be dealt with"),
    field("assignee", &["owner"], Text(TextField::Assignee), PERSON, "who works on it, or owns the CI"),
    field("team", &[], Text(TextField::Team), "team, `mine`", "which team it is with"),
    field("requester", &[], Text(TextField::Requester), PERSON, "who asked, or is affected"),
    field("opened_by", &["reporter"], Text(TextField::OpenedBy), PERSON, "who wrote it down"),
    field("resolved_by", &["resolution.by"], Text(TextField::ResolvedBy), PERSON, "who resolved it"),
    field("approver", &[], Field::Approver, PERSON, "whose vote it waits for"),
    field("voter", &[], Text(TextField::Approver), PERSON, "anybody who voted on it"),
    field("noted_by", &["commenter"], Text(TextField::NotedBy), PERSON, "anybody who wrote a note"),
    field("involves", &["involved"], Field::Involves, PERSON, "anybody of all those above"),
    field("service", &[], Text(TextField::Service), TEXT, "the business service"),
    field("ci", &["cis"], Field::Ci, "CI", "a configuration item concerned"),
    field("category", &["class"], Text(TextField::Category), TEXT, "the category of a ticket, the class of a CI"),
    field("tag", &["tags"], Text(TextField::Tag), TEXT, "any of the labels"),
    field("channel", &[], Text(TextField::Channel), TEXT, "how it reached the desk"),
    field("domain", &[], Text(TextField::Domain), TEXT, "the part of a hybrid organisation"),
    field("external", &["external_id"], Text(TextField::External), TEXT, "the number in the system it came from"),
    field("opened", &["opened_at", "created"], Time(TimeField::Opened), TIME, "when it was reported"),
    field("updated", &["updated_at"], Time(TimeField::Updated), TIME, "when it last changed"),
    field("started", &["started_at"], Time(TimeField::Started), TIME, "when work began"),
    field("resolved", &["resolved_at"], Time(TimeField::Resolved), TIME, "when it was resolved"),
    field("closed", &["closed_at", "retired_at"], Time(TimeField::Closed), TIME, "when it ended for good"),
    field("age", &[], Field::Age, SPAN, "since it was reported"),
    field("idle", &[], Field::Idle, SPAN, "since it last changed"),
    field("time_to_start", &[], Field::ToStart, SPAN, "from report to start of work; none before"),
    field("time_to_resolve", &[], Field::ToResolve, SPAN, "from report to resolution; none before"),
    field("hold", &["hold_reason"], Text(TextField::Hold), TEXT, "why it is on hold now"),
    field("hold_since", &[], Time(TimeField::HoldSince), TIME, "since when it is on hold"),
    field("on_hold", &[], Field::OnHold, SPAN, "all its time on hold so far"),
    field("sla", &[], Field::Sla, "`breached`, `at_risk`, `running`, `paused`, `met`, a name", "how what was promised stands"),
    field("due", &[], Field::Due, "time, or time left", "when the first open commitment is due"),
    field("reopened", &["reopen_count"], Count(CountField::Reopened), NUMBER, "how often it was opened again"),
    field("escalation", &[], Count(CountField::Escalation), NUMBER, "how many levels an incident went up"),
    field("resolution", &["resolution.code", "code"], Text(TextField::Resolution), TEXT, "the code of its resolution"),
    field("approval", &[], Rank(RankField::Approval), "`pending`, `approved`, `rejected`", "waits for votes; else the last vote"),
    field("votes", &["approvals"], Count(CountField::Votes), NUMBER, "how many votes there are"),
    field("offering", &[], Text(TextField::Offering), TEXT, "what a request orders"),
    field("tasks", &[], Count(CountField::Tasks), NUMBER, "how many tasks there are"),
    field("open_tasks", &["open_task"], Count(CountField::OpenTasks), NUMBER, "how many tasks can be worked on"),
    field("task_assignee", &[], Text(TextField::TaskAssignee), PERSON, "anybody who has such a task"),
    field("task_team", &[], Text(TextField::TaskTeam), "team, `mine`", "any team that has such a task"),
    field("task_state", &[], Text(TextField::TaskState), "`waiting`, `open`, `in_progress`, `pending`, `done`, `incomplete`, `skipped`", "the state of any task"),
    field("csat", &[], Count(CountField::Csat), "`1` to `5`", "how satisfied the requester was"),
    field("known_error", &[], Field::KnownError, "`true`, `false`", "the problem's cause is known"),
    field("model", &[], Rank(RankField::Model), "`normal`, `standard`, `emergency`", "how a change is authorised"),
    field("template", &[], Text(TextField::Template), TEXT, "the change model that a change was made from"),
    field("risk", &[], Rank(RankField::Risk), "`low`, `moderate`, `high`", "the risk of a change"),
    field("major", &[], Rank(RankField::Major), "`proposed`, `promoted`, `declined`", "whether it is a major incident"),
    field("outcome", &[], Rank(RankField::Outcome), "`successful`, `failed`, `rolled_back`", "how a change ended"),
    field("planned", &[], Field::Planned, TIME, "a change's window overlaps with it"),
    field("planned_start", &[], Time(TimeField::PlannedStart), TIME, "when a change is to begin"),
    field("planned_end", &[], Time(TimeField::PlannedEnd), TIME, "when a change is to be finished"),
    field("criticality", &[], Rank(RankField::Criticality), LEVEL, "how much depends on a CI"),
    field("environment", &[], Text(TextField::Environment), TEXT, "where a CI is used, or where to a change deploys"),
    field("location", &[], Text(TextField::Location), TEXT, "where a CI stands"),
    field("version", &["artefact"], Text(TextField::Version), TEXT, "the release of a CI, the artefact or commit that a change deploys"),
    field("repository", &["repo"], Text(TextField::Repository), TEXT, "the code repository that a change deploys from"),
    field("commit", &[], Text(TextField::Commit), TEXT, "the commit that a change deploys"),
    field("deployed", &["deployed_at"], Time(TimeField::Deployed), TIME, "the last attempt to deploy a change"),
    field("text", &[], Field::Words, WORDS, "words in any of the texts, as without a field"),
    field("description", &[], Part(TextPart::Description), WORDS, "words in the description"),
    field("note", &["priority_reason"], Part(TextPart::Notes), WORDS, "words in the notes, and in the reason for a priority of its own"),
    field("notes", &[], Count(CountField::Notes), NUMBER, "how many notes there are"),
    field("resolution_text", &["resolution.text"], Part(TextPart::Resolution), WORDS, "words in what was done"),
    field("cause", &[], Part(TextPart::Cause), WORDS, "words in a problem's cause"),
    field("workaround", &[], Part(TextPart::Workaround), WORDS, "words in a problem's workaround"),
    field("plan", &["implementation_plan", "test_plan", "backout_plan", "review"], Part(TextPart::Plan), WORDS, "words in a change's plans and review, and in titles of tasks"),
    field("attachment", &[], Part(TextPart::Attachments), WORDS, "words in the names of attached files"),
    field("attachments", &[], Count(CountField::Attachments), NUMBER, "how many files are attached"),
    field("links", &["link"], Field::Link(None), "id, `any`", "any relation with the record"),
];

/// The prefix of the desk's own fields.
const CUSTOM: &str = "custom.";
/// The prefix of answers to the form of an offering.
const ANSWERS: &str = "answer.";

impl Field {
    /// The field called `name`, if there is one. Hyphens stand for underscores.
    pub fn named(name: &str) -> Option<Self> {
        if let Some(own) = name.strip_prefix(CUSTOM) {
            return (!own.is_empty()).then(|| Text(TextField::Custom(own.to_owned())));
        }
        if let Some(answer) = name.strip_prefix(ANSWERS).filter(|answer| !answer.is_empty()) {
            return Some(Text(TextField::Custom(format!("{ANSWER}{answer}"))));
        }
        let name = name.to_ascii_lowercase().replace('-', "_");
        let known = |info: &&FieldInfo| info.name == name || info.aliases.contains(&name.as_str());
        if let Some(info) = FIELDS.iter().find(known) {
            return Some(info.field.clone());
        }
        let (relation, turned) = Relation::parse_directed(&name).ok()?;
        let way = match turned {
            _ if relation.is_symmetric() => Way::Either,
            true => Way::To,
            false => Way::From,
        };
        Some(Field::Link(Some((relation, way))))
    }

    /// Whether the field says something about the state, be it that only ended
    /// records have it.
    pub const fn is_about_the_state(&self) -> bool {
        matches!(
            self,
            Field::Status
                | Field::State
                | Field::Is
                | Field::Id
                | Field::ToResolve
                | Time(TimeField::Resolved | TimeField::Closed)
                | Text(TextField::Resolution | TextField::ResolvedBy)
                | Part(TextPart::Resolution)
                | Rank(RankField::Outcome)
        )
    }

    /// Whether values can be compared with one another.
    pub const fn is_ordered(&self) -> bool {
        match self {
            Field::Age
            | Field::Idle
            | Field::Planned
            | Field::ToStart
            | Field::ToResolve
            | Field::OnHold
            | Field::Due
            | Time(_)
            | Count(_) => true,
            Rank(field) => field.is_ordered(),
            _ => false,
        }
    }

    /// The names that can stand before a colon, without the desk's own fields.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let fields = FIELDS
            .iter()
            .flat_map(|info| [info.name].into_iter().chain(info.aliases.iter().copied()));
        fields.chain(Self::relations()).chain(["sort", "limit"])
    }

    /// The names of the relations, in both directions.
    pub fn relations() -> impl Iterator<Item = &'static str> {
        Relation::ALL.into_iter().flat_map(|relation| {
            let inverse = (!relation.is_symmetric()).then(|| relation.inverse());
            [relation.name()].into_iter().chain(inverse)
        })
    }

    /// What there is to say about each field, the relations and the desk's own
    /// apart.
    pub const fn all() -> &'static [FieldInfo] {
        FIELDS
    }
}

impl FieldInfo {
    /// Whether lists can be sorted by it.
    pub fn sorts(&self) -> bool {
        super::order::key(&self.field).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        let mut seen = std::collections::HashSet::new();
        for name in Field::names() {
            assert!(seen.insert(name), "{name} stands for two things");
            assert!(matches!(name, "sort" | "limit") || Field::named(name).is_some(), "{name}");
        }
        assert_eq!(Field::named("Time-To-Resolve"), Some(Field::ToResolve));
        assert_eq!(Field::named("custom."), None);
    }

    #[test]
    fn what_a_record_holds_can_be_asked() {
        // Structure that other fields ask for.
        let apart = ["custom"];
        for spec in crate::model::FIELDS {
            assert!(
                Field::named(spec.name).is_some() || apart.contains(&spec.name),
                "{}",
                spec.name
            );
        }
    }
}
