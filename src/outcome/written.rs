//! What a command wrote, or would have written.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{FieldChange, Kind, Priority, RecordId, StateName};

/// Records that one commit wrote.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Written {
    /// The name and version of this form.
    #[schemars(extend("const" = Written::SCHEMA))]
    pub schema: &'static str,
    /// Whether nothing was written because only a preview was asked for. The
    /// ids of new records are then made up.
    pub dry_run: bool,
    /// The commit, 40 hexadecimal digits; none if nothing had to change.
    pub commit: Option<String>,
    /// The subject line of the commit, or of the one that would be made.
    pub subject: Option<String>,
    pub records: Vec<WrittenRecord>,
    /// The other files that were written or deleted: settings, attachments.
    pub files: Vec<String>,
    /// What could not be done. Unless the others were to be carried out all
    /// the same, nothing was.
    pub refused: Vec<Refused>,
    /// What else follows from it that one should know, in words.
    pub notices: Vec<String>,
}

impl Written {
    /// Nothing was written, for a reason in words.
    pub fn nothing(notice: impl Into<String>) -> Self {
        Self {
            schema: Self::SCHEMA,
            dry_run: false,
            commit: None,
            subject: None,
            records: Vec::new(),
            files: Vec::new(),
            refused: Vec::new(),
            notices: vec![notice.into()],
        }
    }
}

/// Something that could not be done to a record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Refused {
    /// What was given to name the record; or the settings file, with the line
    /// if it is known, that could not be followed.
    pub given: String,
    /// The record, if one was found.
    pub id: Option<RecordId>,
    pub short: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// What to do next.
    pub hints: Vec<String>,
    /// The exit code that this alone would have ended with.
    pub exit_code: u8,
}

impl Refused {
    /// Whether it is no record but settings that could not be followed.
    pub fn is_setting(&self) -> bool {
        self.id.is_none() && self.given.starts_with(".gitsm/")
    }
}

/// One record that was written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WrittenRecord {
    pub id: RecordId,
    pub short: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub title: String,
    pub status: StateName,
    pub priority: Option<Priority>,
    /// What was done, the name of the transition or `new`, `edit`, `note`, ...
    pub action: String,
    pub changes: Vec<FieldChange>,
}

/// What became of lines of actions, in one commit or one for each line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AppliedView {
    /// The name and version of this form.
    #[schemars(extend("const" = AppliedView::SCHEMA))]
    pub schema: &'static str,
    /// Whether nothing was written because only a preview was asked for. The
    /// ids of new records are then made up.
    pub dry_run: bool,
    /// How many commits were made.
    pub commits: usize,
    /// The subject line of the commit of all lines, or of the one that would
    /// be made; none where each line has its own.
    pub subject: Option<String>,
    pub lines: Vec<AppliedLine>,
}

/// What became of one line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AppliedLine {
    /// The line in the source, counted from 1.
    pub line: usize,
    /// The action as it was given, if the line could be read.
    #[serde(rename = "do")]
    pub action: Option<String>,
    /// The name that the line gave to its new record.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    pub result: LineResult,
    /// The commit, 40 hexadecimal digits, if the line changed something.
    pub commit: Option<String>,
    /// What the line did to which records.
    pub records: Vec<WrittenRecord>,
    /// Why the line was refused.
    pub refused: Option<RefusedLine>,
}

/// How a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineResult {
    /// It was carried out, or would be.
    Done,
    /// Everything was so already.
    Unchanged,
    /// It cannot be carried out.
    Refused,
    /// It was left out because another line was refused.
    LeftOut,
}

/// Why a line was refused.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RefusedLine {
    /// Why, in words.
    pub reason: String,
    /// What to do next.
    pub hints: Vec<String>,
    /// The exit code that this alone would have ended with.
    pub exit_code: u8,
}
