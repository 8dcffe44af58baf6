//! Where the approval of a record stands.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{PersonId, RecordId, TaskId, Timestamp};

/// Where the approval of a record stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApprovalView {
    /// The name and version of this form.
    #[schemars(extend("const" = ApprovalView::SCHEMA))]
    pub schema: &'static str,
    pub id: RecordId,
    pub short: String,
    pub title: String,
    /// For ages.
    pub now: Timestamp,
    /// All definitions together; `not_asked` where nobody needs to vote.
    #[schemars(extend("enum" = ["not_asked", "pending", "approved", "rejected", "expired"]))]
    pub decision: &'static str,
    /// SHA-256 of what votes are about now, 64 hexadecimal digits.
    pub digest: String,
    /// When votes were asked for, if that is recorded.
    pub asked_at: Option<Timestamp>,
    /// The desk's definitions that are for the record.
    pub definitions: Vec<ApprovalDefinition>,
    /// The steps of all of them; a single one without a name where the desk has
    /// none.
    pub steps: Vec<ApprovalStep>,
    /// Votes that do not count.
    pub uncounted: Vec<UncountedVote>,
    /// What is missing now, in words, a sentence's end for each open step.
    pub waits_for: Vec<String>,
}

/// One of the desk's approval definitions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApprovalDefinition {
    pub name: String,
    pub description: Option<String>,
    /// The condition, a query.
    pub when: Option<String>,
    /// The tasks that it is for, where it is not for the whole record.
    pub tasks: Vec<TaskId>,
}

/// One step of an approval.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApprovalStep {
    /// The definition and the step, `cab/board`.
    pub step: Option<String>,
    #[schemars(extend("enum" = ["waiting", "pending", "approved", "rejected", "expired", "not_required"]))]
    pub decision: &'static str,
    pub decided_at: Option<Timestamp>,
    /// `any`, `all`, a number or a percentage.
    pub quorum: String,
    /// Whether one vote against decides.
    pub veto: bool,
    /// How many votes in favour it takes; none if that cannot be counted.
    pub needed: Option<usize>,
    pub approved: usize,
    pub rejected: usize,
    /// Whether anybody may vote; `voters` then holds those who have.
    pub open_to_all: bool,
    /// Whether there are fewer people than votes needed.
    pub too_few: bool,
    pub expires_at: Option<Timestamp>,
    pub voters: Vec<ApprovalSeat>,
    /// Who may not vote, because they asked for it or carry it out.
    pub excluded: Vec<PersonId>,
}

/// Somebody who may vote in a step, or has.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApprovalSeat {
    pub person: PersonId,
    #[schemars(extend("enum" = ["approved", "rejected", "pending", "expired", "not_required"]))]
    pub standing: &'static str,
    pub at: Option<Timestamp>,
    /// Who cast the vote, if it was a delegate.
    pub by: Option<PersonId>,
    /// Who may vote in their place now.
    pub delegates: Vec<PersonId>,
}

/// A vote that does not count.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UncountedVote {
    pub by: PersonId,
    pub at: Timestamp,
    #[schemars(extend("enum" = ["approved", "rejected"]))]
    pub verdict: &'static str,
    pub step: Option<String>,
    /// Why, in words.
    pub why: &'static str,
}
