//! What `triage` answers: has this been seen, does it need a change, what is
//! concerned, and who should have it.

use schemars::JsonSchema;
use serde::Serialize;

use super::RecordRef;
use crate::model::{
    Criticality, Kind, Level, Practice, Priority, RecordId, Relation, StateName, Timestamp,
};

/// The three questions of an analyst about a ticket, and what past tickets
/// propose.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TriageView {
    /// The name and version of this form.
    #[schemars(extend("const" = TriageView::SCHEMA))]
    pub schema: &'static str,
    pub now: Timestamp,
    pub ticket: TriagedTicket,
    /// The practices that the desk uses; of the others nobody is asked.
    pub practices: Vec<Practice>,
    /// Has this been seen before?
    pub seen: SeenView,
    /// Does it need a change?
    pub change: ChangeNeed,
    /// What is concerned?
    pub concern: ConcernView,
    /// What past tickets propose, the surest first.
    pub proposals: Vec<Proposal>,
}

/// The ticket that is triaged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TriagedTicket {
    #[serde(flatten)]
    pub record: RecordRef,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub priority: Option<Priority>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub opened_at: Timestamp,
}

/// Whether this has been seen before.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SeenView {
    pub answer: SeenAnswer,
    /// How many records were compared with it.
    pub compared: usize,
    /// The words that were compared, the most telling first.
    pub words: Vec<TellingWord>,
    /// Similar tickets, the most similar first.
    pub tickets: Vec<Similar>,
    /// How many more tickets are similar.
    pub more: usize,
    /// Problems and known errors that may be behind it, the most likely first.
    pub problems: Vec<Similar>,
    /// Whether it happens again and again.
    pub recurring: Option<Recurring>,
}

/// Whether something like it has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeenAnswer {
    /// An open ticket says the same.
    Duplicate,
    /// A problem or known error is likely to be behind it.
    KnownProblem,
    /// Tickets much like it are there.
    Similar,
    /// Only tickets that are somewhat like it.
    Hardly,
    /// Nothing like it is there.
    No,
}

/// A word of the ticket, and how many records hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TellingWord {
    pub word: String,
    /// How many records hold it, this one among them; none if so many that it
    /// tells nothing.
    pub records: Option<usize>,
}

/// A record that is like the ticket.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Similar {
    pub record: RecordRef,
    /// How like it is, in percent: the points of the parts out of those that
    /// could be had.
    pub score: u8,
    pub parts: Vec<Part>,
    pub opened_at: Timestamp,
    /// The code of its resolution.
    pub resolution: Option<StateName>,
    /// What was done about it: its resolution, or a problem's workaround.
    pub remedy: Option<String>,
    /// Whether it is a problem whose cause is known.
    pub known_error: bool,
    /// What it is to the ticket already, as the ticket sees it.
    pub linked: Option<&'static str>,
    /// Whether one of the two is likely to be a duplicate of the other.
    pub duplicate: bool,
    /// The command that would record the tie.
    pub next: Option<String>,
}

/// One part of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    pub part: PartName,
    /// The points it has.
    pub points: u8,
    /// The points it could have.
    pub of: u8,
    /// Why, in words.
    pub why: String,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartName {
    /// The words of title and description.
    Text,
    /// The configuration items.
    Ci,
    /// The business service.
    Service,
    /// The category.
    Category,
    /// Who asked or is affected.
    Requester,
    /// How near in time they were opened.
    Time,
    /// Of a problem: how many similar tickets it is linked to.
    Links,
}

impl PartName {
    /// The word for people.
    pub const fn name(self) -> &'static str {
        match self {
            PartName::Text => "text",
            PartName::Ci => "CI",
            PartName::Service => "service",
            PartName::Category => "category",
            PartName::Requester => "requester",
            PartName::Time => "time",
            PartName::Links => "links",
        }
    }
}

/// Something that happens again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Recurring {
    /// How many much like it were opened, this one among them.
    pub tickets: usize,
    /// In how many days before it.
    pub days: u32,
    /// The command that opens a problem for them, if none is behind them yet.
    pub next: Option<String>,
}

/// Whether the ticket needs a change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangeNeed {
    pub answer: ChangeAnswer,
    /// Why, the weightiest first; none if nothing speaks for it.
    pub reasons: Vec<ChangeReason>,
}

/// How likely it is that a change is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeAnswer {
    Likely,
    Possible,
    NoSign,
}

/// One thing that speaks for a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangeReason {
    pub rule: ChangeRule,
    /// Whether it alone makes a change likely.
    pub strong: bool,
    /// Why, in words.
    pub text: String,
    /// The records it speaks of.
    pub records: Vec<RecordId>,
    /// The command that would act on it.
    pub next: Option<String>,
}

/// What speaks for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeRule {
    /// It is linked to the change that fixes it.
    FixLinked,
    /// It is linked to the change that caused it.
    CausedByChange,
    /// A change that fixes a problem behind it is under way.
    FixPending,
    /// A change was carried out shortly before on what it is about.
    RecentChange,
    /// A change was being carried out when it was opened.
    RunningChange,
    /// Similar tickets ended by a change.
    SimilarEndedByChange,
    /// The cause is known, and no change removes it yet.
    KnownErrorWithoutFix,
}

/// What is concerned.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ConcernView {
    /// The configuration items of the ticket.
    pub cis: Vec<CiNode>,
    /// Items that the text names and the ticket does not.
    pub named: Vec<NamedCi>,
    /// What fails with them, the nearest first.
    pub affected: Vec<CiNode>,
    /// Whether more fails with them than is listed.
    pub more_affected: bool,
    /// What they fail with, the nearest first: the possible causes.
    pub causes: Vec<CiNode>,
    /// Whether there are more possible causes than are listed.
    pub more_causes: bool,
    /// Other open tickets and running changes on any of these.
    pub open: Vec<OnTheWay>,
    /// How many more of these there are.
    pub more_open: usize,
}

/// A configuration item, and how it was reached.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CiNode {
    pub record: RecordRef,
    pub class: Option<String>,
    pub criticality: Option<Criticality>,
    pub environment: Option<String>,
    /// How many steps away; 0 for an item of the ticket.
    pub depth: usize,
    /// The item before it on the way.
    pub via: Option<RecordId>,
    /// The relation between the two, as it is stored.
    pub relation: Option<Relation>,
}

/// An item that the text names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NamedCi {
    pub ci: CiNode,
    /// The command that adds it to the ticket.
    pub next: String,
}

/// An open ticket or running change on the way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OnTheWay {
    pub record: RecordRef,
    pub priority: Option<Priority>,
    pub opened_at: Timestamp,
    /// The nearest of the items that it concerns.
    pub ci: RecordRef,
    pub place: Place,
}

/// Where an item stands, seen from the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// It is the ticket's own.
    Own,
    /// It contributes to the ticket, if that is a problem, or to a problem that
    /// the ticket is linked to; or what contributes depends on it.
    Contributing,
    /// The ticket's items fail with it.
    Cause,
    /// It fails with the ticket's items.
    Affected,
}

/// A value that past tickets propose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proposal {
    pub field: String,
    pub value: String,
    /// What the field holds now.
    pub now: Option<String>,
    /// How sure, in percent.
    pub confidence: u8,
    /// How many of the similar tickets have the value.
    pub agree: usize,
    /// How many similar tickets were asked.
    pub asked: usize,
    /// Why, in words.
    pub why: String,
    /// The command that would apply it.
    pub next: String,
}
