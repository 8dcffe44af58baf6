//! What the history answers: logs, differences, blames.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{FieldChange, Kind, RecordId, StateName, Timestamp};

/// What happened, newest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LogView {
    /// The name and version of this form.
    #[schemars(extend("const" = LogView::SCHEMA))]
    pub schema: &'static str,
    /// The record whose life story this is; none if more were asked about.
    pub subject: Option<StorySubject>,
    /// Whether a line is enough for each event.
    #[serde(skip)]
    pub brief: bool,
    pub events: Vec<EventView>,
}

/// The record that a log or a blame is about, as it stands now. Title and
/// status are missing when the record is no longer there.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StorySubject {
    pub id: RecordId,
    pub short: String,
    pub title: Option<String>,
    pub status: Option<StateName>,
}

/// One thing that happened: a commit, and what it did to which records.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventView {
    /// The commit, 40 hexadecimal digits.
    pub commit: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down; later than it happened for an import.
    pub recorded: Timestamp,
    /// Who did it: the principal's id, or git's name and address.
    pub actor: String,
    pub action: String,
    /// The commit's subject line.
    pub subject: String,
    /// For an event of another system's history: the source, and the line in it.
    pub imported: Option<String>,
    /// Whether the commit's message says something else than its files.
    pub disputed: bool,
    /// In the story of one record: how many seconds after the event before.
    pub after_seconds: Option<i64>,
    /// How many records it touched, which may be more than are listed.
    pub touched: usize,
    pub records: Vec<EventRecord>,
}

/// What an event did to one record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventRecord {
    pub id: RecordId,
    pub short: String,
    pub title: Option<String>,
    /// In the story of one record: what this other one is to it.
    pub relation: Option<&'static str>,
    pub changes: Vec<FieldChange>,
}

/// What is different between two points in the history.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DiffView {
    /// The name and version of this form.
    #[schemars(extend("const" = DiffView::SCHEMA))]
    pub schema: &'static str,
    /// Where it begins; none for before the desk's first commit.
    pub from: Option<PointView>,
    pub to: PointView,
    /// How many records differ.
    pub total: usize,
    /// How many records each thing happened to; a record can have several.
    pub counts: Vec<DiffCount>,
    /// Those that differ, as far as they are listed.
    pub records: Vec<DiffRecord>,
}

/// A point in the history.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PointView {
    /// The commit, 40 hexadecimal digits.
    pub commit: String,
    /// When what it records happened.
    pub at: Timestamp,
}

/// How many records something happened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DiffCount {
    /// Such as `created`, `resolved` or `reassigned`.
    pub what: &'static str,
    pub count: usize,
}

/// One record that differs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DiffRecord {
    pub id: RecordId,
    pub short: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub title: Option<String>,
    /// The status in the end; none for what was removed.
    pub status: Option<StateName>,
    /// What happened to it, such as `created`, `resolved`, `reassigned`.
    pub what: Vec<&'static str>,
    /// What is different in the end, whatever happened between.
    pub changes: Vec<FieldChange>,
}

/// Who set each field of a record to what it is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlameView {
    /// The name and version of this form.
    #[schemars(extend("const" = BlameView::SCHEMA))]
    pub schema: &'static str,
    pub record: StorySubject,
    pub fields: Vec<BlameField>,
}

/// A field, or an element of a list such as a note, and the event that set it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlameField {
    pub field: String,
    /// The value; null if somebody took it away.
    pub value: Option<serde_json::Value>,
    /// The event; none where the history does not say.
    pub event: Option<BlameEvent>,
    /// Of a text with lines from several events, each line with its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<BlameLine>,
}

/// The event that set something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlameEvent {
    /// The commit, 40 hexadecimal digits.
    pub commit: String,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    pub action: String,
}

/// A line of a text, and the event that wrote it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlameLine {
    pub text: String,
    pub event: BlameEvent,
}
