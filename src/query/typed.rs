//! The fields by what they hold, and which values they take.

use crate::model::{
    ChangeModel, ChangeOutcome, Criticality, Level, Major, Priority, Risk, Timestamp,
};
use crate::model::{UnknownLevel, Verdict};

/// Fields with a fixed list of values, the first of which is number 1. Where
/// the values have an order, 1 is the most pressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankField {
    Priority,
    Impact,
    Urgency,
    Risk,
    Criticality,
    /// How a change is authorised.
    Model,
    /// How carrying out a change ended.
    Outcome,
    /// The last vote.
    Approval,
    /// Whether it is a major incident.
    Major,
}

impl RankField {
    /// Every one of them.
    pub const ALL: [RankField; 9] = [
        RankField::Priority,
        RankField::Impact,
        RankField::Urgency,
        RankField::Risk,
        RankField::Criticality,
        RankField::Model,
        RankField::Outcome,
        RankField::Approval,
        RankField::Major,
    ];

    /// The words for the values, number 1 first.
    pub fn words(self) -> Vec<&'static str> {
        match self {
            RankField::Priority => Priority::ALL.map(Priority::name).to_vec(),
            RankField::Impact | RankField::Urgency => Level::ALL.map(Level::name).to_vec(),
            RankField::Risk => Risk::ALL.iter().rev().map(|risk| risk.name()).collect(),
            RankField::Criticality => Criticality::ALL.map(Criticality::name).to_vec(),
            RankField::Model => ChangeModel::ALL.iter().map(|model| model.name()).collect(),
            RankField::Outcome => ChangeOutcome::ALL.iter().map(|outcome| outcome.name()).collect(),
            RankField::Approval => Verdict::VOTES.map(Verdict::name).to_vec(),
            RankField::Major => Major::ALL.iter().map(|major| major.name()).collect(),
        }
    }

    /// Whether one value is more than another.
    pub const fn is_ordered(self) -> bool {
        !matches!(
            self,
            RankField::Model | RankField::Outcome | RankField::Approval | RankField::Major
        )
    }

    /// The number of the value that `text` names.
    ///
    /// # Errors
    ///
    /// It names none; the error lists those that there are.
    pub fn number(self, text: &str) -> Result<u8, UnknownLevel> {
        let number = match self {
            RankField::Priority => text.parse().map(Priority::number)?,
            RankField::Impact | RankField::Urgency => text.parse::<Level>()? as u8 + 1,
            RankField::Risk => Self::of_risk(text.parse()?),
            RankField::Criticality => text.parse::<Criticality>()? as u8 + 1,
            RankField::Model => text.parse::<ChangeModel>()? as u8 + 1,
            RankField::Outcome => text.replace('-', "_").parse::<ChangeOutcome>()? as u8 + 1,
            RankField::Major => text.parse::<Major>()? as u8 + 1,
            RankField::Approval => {
                let lower = text.to_ascii_lowercase();
                let found = Verdict::VOTES.into_iter().find(|verdict| verdict.name() == lower);
                found.map(|verdict| verdict as u8 + 1).ok_or_else(|| UnknownLevel {
                    text: text.to_owned(),
                    what: "vote",
                    choices: "ask for pending, approved or rejected",
                })?
            }
        };
        Ok(number)
    }

    /// The number of a risk: the highest is the most pressing.
    pub(super) const fn of_risk(risk: Risk) -> u8 {
        match risk {
            Risk::High => 1,
            Risk::Moderate => 2,
            Risk::Low => 3,
        }
    }
}

/// What stands before the name of an answer, where the desk's own fields and
/// answers are kept together.
pub const ANSWER: &str = "answer:";

/// Fields that hold text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextField {
    Assignee,
    Requester,
    /// Who wrote it down.
    OpenedBy,
    ResolvedBy,
    Team,
    Service,
    Category,
    Channel,
    Domain,
    External,
    /// The code of the resolution.
    Resolution,
    /// The reason of the hold that is running.
    Hold,
    /// What was ordered from the catalogue.
    Offering,
    Template,
    Environment,
    Location,
    /// The release of a CI, what a change deploys.
    Version,
    /// The code repository that a change deploys from.
    Repository,
    /// The commit that a change deploys.
    Commit,
    /// Any of the tags.
    Tag,
    /// Anybody who voted on it.
    Approver,
    /// Anybody who wrote a note.
    NotedBy,
    /// Anybody who has a task that can be worked on.
    TaskAssignee,
    /// Any team that has a task that can be worked on.
    TaskTeam,
    /// The state of any task.
    TaskState,
    /// One of the desk's own fields; [`ANSWER`] before the name, an answer to the
    /// form of an offering.
    Custom(String),
}

impl TextField {
    /// Every one of them but the desk's own.
    pub const ALL: [TextField; 25] = [
        TextField::Assignee,
        TextField::Requester,
        TextField::OpenedBy,
        TextField::ResolvedBy,
        TextField::Team,
        TextField::Service,
        TextField::Category,
        TextField::Channel,
        TextField::Domain,
        TextField::External,
        TextField::Resolution,
        TextField::Hold,
        TextField::Offering,
        TextField::Template,
        TextField::Environment,
        TextField::Location,
        TextField::Version,
        TextField::Repository,
        TextField::Commit,
        TextField::Tag,
        TextField::Approver,
        TextField::NotedBy,
        TextField::TaskAssignee,
        TextField::TaskTeam,
        TextField::TaskState,
    ];

    /// Whether the values are people.
    pub const fn is_person(&self) -> bool {
        matches!(
            self,
            TextField::Assignee
                | TextField::Requester
                | TextField::OpenedBy
                | TextField::ResolvedBy
                | TextField::Approver
                | TextField::NotedBy
                | TextField::TaskAssignee
        )
    }

    /// Whether a record can have several values, one of which is enough.
    pub const fn is_list(&self) -> bool {
        matches!(
            self,
            TextField::Tag
                | TextField::Approver
                | TextField::NotedBy
                | TextField::TaskAssignee
                | TextField::TaskTeam
                | TextField::TaskState
        )
    }
}

/// Fields that hold a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    Opened,
    Updated,
    Started,
    Resolved,
    Closed,
    PlannedStart,
    PlannedEnd,
    /// The last attempt to deploy a change.
    Deployed,
    /// Since when it is on hold.
    HoldSince,
}

impl TimeField {
    /// Every one of them.
    pub const ALL: [TimeField; 9] = [
        TimeField::Opened,
        TimeField::Updated,
        TimeField::Started,
        TimeField::Resolved,
        TimeField::Closed,
        TimeField::PlannedStart,
        TimeField::PlannedEnd,
        TimeField::Deployed,
        TimeField::HoldSince,
    ];
}

/// Fields that count something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountField {
    /// How often it was opened again.
    Reopened,
    /// How many support levels it went up.
    Escalation,
    Notes,
    Attachments,
    Votes,
    Tasks,
    /// Tasks that can be worked on.
    OpenTasks,
    /// How satisfied the requester was, 1 to 5; 0 for no answer.
    Csat,
}

impl CountField {
    /// Every one of them.
    pub const ALL: [CountField; 8] = [
        CountField::Reopened,
        CountField::Escalation,
        CountField::Notes,
        CountField::Attachments,
        CountField::Votes,
        CountField::Tasks,
        CountField::OpenTasks,
        CountField::Csat,
    ];
}

/// Spans of time that follow from a record, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthField {
    /// From the report to the start of work.
    ToStart,
    /// From the report to the resolution.
    ToResolve,
    /// All the time on hold, up to this now where a hold is running.
    OnHold(Timestamp),
}

/// One of the desk's own fields, its text taken for something with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnField {
    pub name: String,
    pub of: OwnType,
}

/// What the text of one of the desk's own fields stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnType {
    Number,
    /// A time, in seconds.
    Time,
}

impl OwnType {
    /// What `text` stands for; `None` if it is no such thing.
    pub fn read(self, text: &str) -> Option<Number> {
        match self {
            OwnType::Number => Number::read(text),
            OwnType::Time => {
                let time: Timestamp = text.parse().ok()?;
                Number::new(time.seconds() as f64)
            }
        }
    }
}

/// A finite decimal number.
#[derive(Clone, Copy, Debug)]
pub struct Number(f64);

impl Number {
    /// `None` for what is infinite or no number.
    pub fn new(value: f64) -> Option<Self> {
        // Adding makes one zero of two.
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// Reads digits with a point and a sign, if any.
    pub fn read(text: &str) -> Option<Self> {
        let decimal = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
        let text = text.trim();
        if text.chars().all(decimal) { Self::new(text.parse().ok()?) } else { None }
    }

    /// The value.
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The longer texts of a record, in which words can be looked for one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextPart {
    Title,
    Description,
    Notes,
    /// What was done to resolve it.
    Resolution,
    Cause,
    Workaround,
    /// The plans of a change, the review of it or of a major incident, and the
    /// titles of tasks.
    Plan,
    /// The names of attached files.
    Attachments,
}

impl TextPart {
    /// Every one of them, in the order of the index's columns.
    pub const ALL: [TextPart; 8] = [
        TextPart::Title,
        TextPart::Description,
        TextPart::Notes,
        TextPart::Resolution,
        TextPart::Cause,
        TextPart::Workaround,
        TextPart::Plan,
        TextPart::Attachments,
    ];

    /// The name that queries and the index use.
    pub const fn name(self) -> &'static str {
        match self {
            TextPart::Title => "title",
            TextPart::Description => "description",
            TextPart::Notes => "note",
            TextPart::Resolution => "resolution_text",
            TextPart::Cause => "cause",
            TextPart::Workaround => "workaround",
            TextPart::Plan => "plan",
            TextPart::Attachments => "attachment",
        }
    }

    /// The bit that stands for it in [`Row::texts`](super::Row::texts).
    pub const fn bit(self) -> u16 {
        1 << self as u16
    }
}
