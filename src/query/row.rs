//! The short form of a record that lists, filters and counts work on.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    ANSWER, CountField, LengthField, Number, OwnField, Promise, RankField, TextField, TextPart,
    TimeField, first_due, in_a_word, texts,
};
use crate::model::{
    ChangeModel, ChangeOutcome, Criticality, Hold, Kind, Level, Link, Major, Note, PersonId,
    Priority, Record, RecordId, Risk, StateCategory, StateName, TaskState, TeamId, Timestamp,
    Verdict,
};

/// One record as a list shows it and as a query sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    pub id: RecordId,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub title: String,
    pub status: StateName,
    /// What the status means in its workflow.
    pub state: StateCategory,
    pub domain: Option<StateName>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub priority: Option<Priority>,
    pub service: Option<String>,
    pub cis: Vec<RecordId>,
    pub requester: Option<PersonId>,
    /// Who works on a ticket, or owns a configuration item.
    pub assignee: Option<PersonId>,
    pub team: Option<TeamId>,
    /// The category of a ticket, the class of a configuration item.
    pub category: Option<String>,
    pub tags: Vec<String>,
    pub channel: Option<String>,
    pub external_id: Option<String>,
    pub opened_at: Timestamp,
    pub opened_by: PersonId,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// The code of the resolution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<StateName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<PersonId>,
    /// The reason of the hold that is running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<StateName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_since: Option<Timestamp>,
    /// The length of the holds that have ended, in seconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub held: u64,
    /// How often it was opened again.
    #[serde(skip_serializing_if = "is_none")]
    pub reopen_count: u32,
    /// How many support levels an incident went up.
    #[serde(skip_serializing_if = "is_none")]
    pub escalation: u32,
    /// How many notes there are.
    #[serde(skip_serializing_if = "is_none")]
    pub notes: u32,
    /// Who wrote notes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub noted_by: Vec<PersonId>,
    /// How many files are attached.
    #[serde(skip_serializing_if = "is_none")]
    pub attachments: u32,
    /// How many votes there are.
    #[serde(skip_serializing_if = "is_none")]
    pub votes: u32,
    /// The last vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Verdict>,
    /// Who voted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offering: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub known_error: bool,
    /// Whether it is a major incident, or may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub major: Option<Major>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ChangeModel>,
    /// The change model that a change was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_start: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_end: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ChangeOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criticality: Option<Criticality>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The code repository that a change deploys from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The commit that a change deploys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The last attempt to deploy a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed_at: Option<Timestamp>,
    /// How many tasks there are.
    #[serde(skip_serializing_if = "is_none")]
    pub tasks: u32,
    /// How many tasks can be worked on.
    #[serde(skip_serializing_if = "is_none")]
    pub open_tasks: u32,
    /// Who has a task that can be worked on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub task_assignees: Vec<PersonId>,
    /// The teams that have a task that can be worked on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub task_teams: Vec<TeamId>,
    /// The states of the tasks, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub task_states: Vec<TaskState>,
    /// How satisfied the requester was, 1 to 5.
    #[serde(skip_serializing_if = "is_none")]
    pub csat: u32,
    /// What was answered to the form of the offering.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub answers: IndexMap<String, String>,
    /// Relations to other records, in the direction that is kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Which of the longer texts there are, by [`TextPart::bit`].
    #[serde(skip)]
    pub texts: u16,
    pub custom: IndexMap<String, String>,
    /// What was promised; filled in only where somebody asks about it.
    #[serde(skip)]
    pub promises: Vec<Promise>,
    /// When the first open commitment is due; given only where somebody asks
    /// about commitments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// How the commitments stand, the worst of them; as `due`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<String>,
}

/// The value of a field that most records do not have.
#[derive(Clone, Copy, Debug)]
pub enum Usual {
    Null,
    Zero,
    False,
    Empty,
    EmptyMap,
}

impl Usual {
    /// The value as JSON.
    pub fn value(self) -> serde_json::Value {
        match self {
            Usual::Null => serde_json::Value::Null,
            Usual::Zero => 0.into(),
            Usual::False => false.into(),
            Usual::Empty => serde_json::Value::Array(Vec::new()),
            Usual::EmptyMap => serde_json::Value::Object(serde_json::Map::new()),
        }
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_none(number: &u32) -> bool {
    *number == 0
}

/// The length of a list as a number that rows keep.
fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

/// Each of `names` once, in order.
fn once<'a, T: Clone + Ord + 'a>(names: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut names: Vec<T> = names.cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn ended(holds: &[Hold]) -> u64 {
    let length = |hold: &Hold| {
        let until = hold.until?;
        u64::try_from(until.seconds().saturating_sub(hold.from.seconds())).ok()
    };
    holds.iter().filter_map(length).fold(0, u64::saturating_add)
}

impl Row {
    /// The fields that the JSON form leaves out where they have their usual
    /// value, with that value. Most records have few of them.
    pub const SPARSE: &[(&str, Usual)] = &[
        ("resolution", Usual::Null),
        ("resolved_by", Usual::Null),
        ("hold", Usual::Null),
        ("hold_since", Usual::Null),
        ("held", Usual::Zero),
        ("reopen_count", Usual::Zero),
        ("escalation", Usual::Zero),
        ("notes", Usual::Zero),
        ("noted_by", Usual::Empty),
        ("attachments", Usual::Zero),
        ("votes", Usual::Zero),
        ("approval", Usual::Null),
        ("approvers", Usual::Empty),
        ("offering", Usual::Null),
        ("known_error", Usual::False),
        ("major", Usual::Null),
        ("model", Usual::Null),
        ("template", Usual::Null),
        ("risk", Usual::Null),
        ("planned_start", Usual::Null),
        ("planned_end", Usual::Null),
        ("outcome", Usual::Null),
        ("criticality", Usual::Null),
        ("environment", Usual::Null),
        ("location", Usual::Null),
        ("version", Usual::Null),
        ("repository", Usual::Null),
        ("commit", Usual::Null),
        ("deployed_at", Usual::Null),
        ("tasks", Usual::Zero),
        ("open_tasks", Usual::Zero),
        ("task_assignees", Usual::Empty),
        ("task_teams", Usual::Empty),
        ("task_states", Usual::Empty),
        ("csat", Usual::Zero),
        ("answers", Usual::EmptyMap),
        ("links", Usual::Empty),
        ("due", Usual::Null),
        ("sla", Usual::Null),
    ];

    /// Fills in what was promised, and how it stands at `now`.
    pub fn promise(&mut self, promises: Vec<Promise>, now: Timestamp) {
        self.due = first_due(&promises);
        self.sla = in_a_word(&promises, now).map(str::to_owned);
        self.promises = promises;
    }

    /// Makes it the row of a record with these holds.
    pub fn hold_as(&mut self, holds: &[Hold]) {
        let running = holds.iter().rfind(|hold| hold.until.is_none());
        self.hold = running.map(|hold| hold.reason.clone());
        self.hold_since = running.map(|hold| hold.from);
        self.held = ended(holds);
    }

    /// Makes it the row of a record with these notes.
    pub fn note_as(&mut self, notes: &[Note]) {
        self.notes = count(notes);
        if notes.is_empty() {
            self.texts &= !TextPart::Notes.bit();
        } else {
            self.texts |= TextPart::Notes.bit();
        }
        self.noted_by = once(notes.iter().map(|note| &note.by));
    }

    /// The row of `record`, whose status means `state`.
    pub fn new(record: &Record, state: StateCategory) -> Self {
        let change = if let Record::Change(change) = record { Some(change) } else { None };
        let deployment = change.and_then(|change| change.deployment.as_deref());
        let ci = if let Record::Ci(ci) = record { Some(ci) } else { None };
        let active = || record.tasks().iter().filter(|task| task.state.is_active());
        Self {
            title: record.title().to_owned(),
            cis: record.cis().to_vec(),
            tags: record.tags().to_vec(),
            channel: record.channel().map(str::to_owned),
            external_id: record.external_id().map(str::to_owned),
            escalation: match record {
                Record::Incident(incident) => incident.escalation,
                _ => 0,
            },
            notes: count(record.notes()),
            noted_by: once(record.notes().iter().map(|note| &note.by)),
            attachments: count(record.attachments()),
            votes: u32::try_from(record.votes().count()).unwrap_or(u32::MAX),
            approval: record.votes().next_back().map(|vote| vote.verdict),
            approvers: once(record.votes().map(|vote| &vote.by)),
            offering: match record {
                Record::Request(request) => request.offering.clone(),
                _ => None,
            },
            known_error: matches!(record, Record::Problem(problem) if problem.known_error),
            major: match record {
                Record::Incident(incident) => incident.major,
                _ => None,
            },
            model: change.map(|change| change.model),
            template: change.and_then(|change| change.template.clone()),
            risk: change.and_then(|change| change.risk),
            planned_start: change.and_then(|change| change.planned_start),
            planned_end: change.and_then(|change| change.planned_end),
            outcome: change.and_then(|change| change.outcome),
            criticality: ci.and_then(|ci| ci.criticality),
            environment: match deployment {
                Some(deployment) => Some(deployment.environment.clone()),
                None => ci.and_then(|ci| ci.environment.clone()),
            },
            location: ci.and_then(|ci| ci.location.clone()),
            version: match deployment {
                Some(deployment) => deployment.version().map(str::to_owned),
                None => ci.and_then(|ci| ci.version.clone()),
            },
            repository: deployment.map(|deployment| deployment.repository.clone()),
            commit: deployment.and_then(|deployment| deployment.commit.clone()),
            deployed_at: change.and_then(|change| change.deploys.iter().map(|each| each.at).max()),
            tasks: count(record.tasks()),
            open_tasks: u32::try_from(active().count()).unwrap_or(u32::MAX),
            task_assignees: once(active().filter_map(|task| task.assignee.as_ref())),
            task_teams: once(active().filter_map(|task| task.team.as_ref())),
            task_states: TaskState::ALL
                .into_iter()
                .filter(|state| record.tasks().iter().any(|task| task.state == *state))
                .collect(),
            csat: record.csat().map_or(0, |survey| survey.points),
            answers: match record {
                Record::Request(request) => request.answers.clone(),
                _ => IndexMap::new(),
            },
            links: record.links().to_vec(),
            texts: texts(record).fold(0, |bits, (part, _)| bits | part.bit()),
            custom: record.custom().clone(),
            ..Self::core(record, state)
        }
    }

    /// A row that says which record it is, and nothing else: no title, no times.
    pub fn bare(
        id: RecordId,
        status: StateName,
        state: StateCategory,
        opened_by: PersonId,
    ) -> Self {
        Self {
            id,
            kind: id.kind(),
            status,
            state,
            opened_by,
            title: String::new(),
            domain: None,
            impact: None,
            urgency: None,
            priority: None,
            service: None,
            cis: Vec::new(),
            requester: None,
            assignee: None,
            team: None,
            category: None,
            tags: Vec::new(),
            channel: None,
            external_id: None,
            opened_at: Timestamp::from_seconds(0),
            updated_at: Timestamp::from_seconds(0),
            started_at: None,
            resolved_at: None,
            closed_at: None,
            resolution: None,
            resolved_by: None,
            hold: None,
            hold_since: None,
            held: 0,
            reopen_count: 0,
            escalation: 0,
            notes: 0,
            noted_by: Vec::new(),
            attachments: 0,
            votes: 0,
            approval: None,
            approvers: Vec::new(),
            offering: None,
            known_error: false,
            major: None,
            model: None,
            template: None,
            risk: None,
            planned_start: None,
            planned_end: None,
            outcome: None,
            criticality: None,
            environment: None,
            location: None,
            version: None,
            repository: None,
            commit: None,
            deployed_at: None,
            tasks: 0,
            open_tasks: 0,
            task_assignees: Vec::new(),
            task_teams: Vec::new(),
            task_states: Vec::new(),
            csat: 0,
            answers: IndexMap::new(),
            links: Vec::new(),
            texts: 0,
            custom: IndexMap::new(),
            promises: Vec::new(),
            due: None,
            sla: None,
        }
    }

    /// What work changes in a record: its state, people, priority and times, and
    /// nothing else, which is quicker where very many rows are made.
    pub fn core(record: &Record, state: StateCategory) -> Self {
        let running = record.holds().iter().rfind(|hold| hold.until.is_none());
        let resolution = record.resolution();
        Self {
            domain: record.domain().cloned(),
            impact: record.impact(),
            urgency: record.urgency(),
            priority: record.priority(),
            service: record.service().map(str::to_owned),
            requester: record.requester().cloned(),
            assignee: record.assignee().cloned(),
            team: record.team().cloned(),
            category: record.category().map(str::to_owned),
            opened_at: record.opened_at(),
            updated_at: record.updated_at(),
            started_at: record.started_at(),
            resolved_at: record.resolved_at(),
            closed_at: record.closed_at(),
            resolution: resolution.map(|resolution| resolution.code.clone()),
            resolved_by: resolution.map(|resolution| resolution.by.clone()),
            hold: running.map(|hold| hold.reason.clone()),
            hold_since: running.map(|hold| hold.from),
            held: ended(record.holds()),
            reopen_count: record.reopen_count(),
            ..Self::bare(record.id(), record.status().clone(), state, record.opened_by().clone())
        }
    }

    /// The number of a field's value.
    pub fn rank(&self, field: RankField) -> Option<u8> {
        match field {
            RankField::Priority => self.priority.map(Priority::number),
            RankField::Impact => self.impact.map(|level| level as u8 + 1),
            RankField::Urgency => self.urgency.map(|level| level as u8 + 1),
            RankField::Risk => self.risk.map(RankField::of_risk),
            RankField::Criticality => self.criticality.map(|criticality| criticality as u8 + 1),
            RankField::Model => self.model.map(|model| model as u8 + 1),
            RankField::Outcome => self.outcome.map(|outcome| outcome as u8 + 1),
            RankField::Major => self.major.map(|major| major as u8 + 1),
            RankField::Approval => self.approval.map(|verdict| verdict as u8 + 1),
        }
    }

    /// The text of a field that holds one; see [`TextField::is_list`].
    pub fn text(&self, field: &TextField) -> Option<&str> {
        fn person(person: Option<&PersonId>) -> Option<&str> {
            person.map(PersonId::as_str)
        }
        match field {
            TextField::Assignee => person(self.assignee.as_ref()),
            TextField::Requester => person(self.requester.as_ref()),
            TextField::OpenedBy => Some(self.opened_by.as_str()),
            TextField::ResolvedBy => person(self.resolved_by.as_ref()),
            TextField::Team => self.team.as_ref().map(TeamId::as_str),
            TextField::Service => self.service.as_deref(),
            TextField::Category => self.category.as_deref(),
            TextField::Channel => self.channel.as_deref(),
            TextField::Domain => self.domain.as_ref().map(StateName::as_str),
            TextField::External => self.external_id.as_deref(),
            TextField::Resolution => self.resolution.as_ref().map(StateName::as_str),
            TextField::Hold => self.hold.as_ref().map(StateName::as_str),
            TextField::Offering => self.offering.as_deref(),
            TextField::Template => self.template.as_deref(),
            TextField::Environment => self.environment.as_deref(),
            TextField::Location => self.location.as_deref(),
            TextField::Version => self.version.as_deref(),
            TextField::Repository => self.repository.as_deref(),
            TextField::Commit => self.commit.as_deref(),
            TextField::Custom(name) => self.own_text(name),
            TextField::Tag
            | TextField::Approver
            | TextField::NotedBy
            | TextField::TaskAssignee
            | TextField::TaskTeam
            | TextField::TaskState => None,
        }
    }

    /// The texts of a field that can hold several; none for any other field.
    pub fn list(&self, field: &TextField) -> Vec<&str> {
        match field {
            TextField::Tag => self.tags.iter().map(String::as_str).collect(),
            TextField::Approver => self.approvers.iter().map(PersonId::as_str).collect(),
            TextField::NotedBy => self.noted_by.iter().map(PersonId::as_str).collect(),
            TextField::TaskAssignee => self.task_assignees.iter().map(PersonId::as_str).collect(),
            TextField::TaskTeam => self.task_teams.iter().map(TeamId::as_str).collect(),
            TextField::TaskState => self.task_states.iter().map(|state| state.name()).collect(),
            _ => Vec::new(),
        }
    }

    /// The time in a field.
    pub const fn time(&self, field: TimeField) -> Option<Timestamp> {
        match field {
            TimeField::Opened => Some(self.opened_at),
            TimeField::Updated => Some(self.updated_at),
            TimeField::Started => self.started_at,
            TimeField::Resolved => self.resolved_at,
            TimeField::Closed => self.closed_at,
            TimeField::PlannedStart => self.planned_start,
            TimeField::PlannedEnd => self.planned_end,
            TimeField::Deployed => self.deployed_at,
            TimeField::HoldSince => self.hold_since,
        }
    }

    /// How many of something there are.
    pub const fn count(&self, field: CountField) -> u32 {
        match field {
            CountField::Reopened => self.reopen_count,
            CountField::Escalation => self.escalation,
            CountField::Notes => self.notes,
            CountField::Attachments => self.attachments,
            CountField::Votes => self.votes,
            CountField::Tasks => self.tasks,
            CountField::OpenTasks => self.open_tasks,
            CountField::Csat => self.csat,
        }
    }

    /// A span of time, in seconds. What was never on hold has no time on hold.
    pub fn length(&self, field: LengthField) -> Option<i64> {
        let since_opened = |at: Timestamp| at.seconds() - self.opened_at.seconds();
        match field {
            LengthField::ToStart => self.started_at.map(since_opened),
            LengthField::ToResolve => self.resolved_at.map(since_opened),
            LengthField::OnHold(now) => {
                let running = self.hold_since.map_or(0, |from| now.seconds() - from.seconds());
                let ended = i64::try_from(self.held).unwrap_or(i64::MAX);
                Some(ended.saturating_add(running.max(0))).filter(|total| *total > 0)
            }
        }
    }

    /// What the text of one of the desk's own fields stands for.
    pub fn own(&self, field: &OwnField) -> Option<Number> {
        field.of.read(self.own_text(&field.name)?)
    }

    /// The text of one of the desk's own fields, or an answer.
    fn own_text(&self, name: &str) -> Option<&str> {
        let text = match name.strip_prefix(ANSWER) {
            Some(answer) => self.answers.get(answer),
            None => self.custom.get(name),
        };
        text.map(String::as_str)
    }

    /// Whether there is such a text.
    pub const fn has(&self, part: TextPart) -> bool {
        self.texts & part.bit() != 0
    }
}
