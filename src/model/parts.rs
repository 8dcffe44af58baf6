//! The parts that records of several types share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{PersonId, StateName, Timestamp};

/// Something said about a record. Notes are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Unique and ordered by time, so that two clones can both add notes.
    #[schemars(with = "String")]
    pub id: Ulid,
    /// When it was said.
    pub at: Timestamp,
    /// Who said it.
    pub by: PersonId,
    /// For whom it is meant.
    pub kind: NoteKind,
    /// What was said.
    pub text: String,
}

/// For whom a note is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// The requester too.
    Public,
    /// The people who work on the record.
    Work,
    /// Everybody who is affected: an announcement about a major incident.
    Communication,
    /// Written by gitsm itself.
    System,
}

impl NoteKind {
    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            NoteKind::Public => "public",
            NoteKind::Work => "work",
            NoteKind::Communication => "communication",
            NoteKind::System => "system",
        }
    }
}

/// A file kept with a record. The content lies under `attachments/`, named by
/// its digest; the original name is data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    #[schemars(with = "String")]
    pub id: Ulid,
    /// The file's name where it came from, without folders.
    pub name: String,
    /// SHA-256 of the content, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Length of the content in bytes.
    pub size: u64,
    pub at: Timestamp,
    pub by: PersonId,
}

/// A span of time on hold. Service level clocks stop while one is running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// What the record waits for, for example `awaiting_requester`.
    pub reason: StateName,
    pub from: Timestamp,
    /// `None` while the record is still on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// How a ticket ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// The kind of end, for example `fixed` or `workaround`.
    pub code: StateName,
    pub by: PersonId,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One vote on a record, or the moment from which votes were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    #[schemars(with = "String")]
    pub id: Ulid,
    pub at: Timestamp,
    /// Who voted.
    pub by: PersonId,
    /// Whose place the voter took, as their delegate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PersonId>,
    pub verdict: Verdict,
    /// The step that the vote is for, such as `cab/board`; none where the desk
    /// has no approval definition for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// SHA-256 of what was voted on, 64 lower-case hexadecimal digits. A vote
    /// counts only as long as the record still has this digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Approval {
    /// Whether it is a vote, and not the moment from which votes were asked for.
    pub const fn is_vote(&self) -> bool {
        !matches!(self.verdict, Verdict::Asked)
    }
}

/// What a vote says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Approved,
    Rejected,
    /// No vote: votes are asked for from here on, and earlier ones are spent.
    Asked,
}

impl Verdict {
    /// What a vote can say.
    pub const VOTES: [Verdict; 2] = [Verdict::Approved, Verdict::Rejected];

    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Approved => "approved",
            Verdict::Rejected => "rejected",
            Verdict::Asked => "asked",
        }
    }
}
