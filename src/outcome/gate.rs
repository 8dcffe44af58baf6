//! What the gate answers.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{PersonId, RecordId, Timestamp};

/// Whether something may go to an environment now.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateView {
    /// The name and version of this form.
    #[schemars(extend("const" = GateView::SCHEMA))]
    pub schema: &'static str,
    #[schemars(extend("enum" = ["allow", "deny", "pending", "override", "unknown"]))]
    pub verdict: &'static str,
    /// What the command ends with: 0 allow, 10 deny, 11 pending, 12 override, 20
    /// unknown. An unknown that may be passed by ends with 0, and `bypass` is set.
    pub exit_code: u8,
    /// The change, where one was found.
    pub id: Option<RecordId>,
    pub short: Option<String>,
    pub title: Option<String>,
    /// Where it is to go.
    pub environment: String,
    #[schemars(extend("enum" = ["production", "staging", "testing", "development"]))]
    pub tier: &'static str,
    pub repository: Option<String>,
    pub commit: Option<String>,
    pub artefact: Option<String>,
    /// Why not, the weightiest first; none where it may go.
    pub reasons: Vec<GateReason>,
    /// What one should know besides.
    pub warnings: Vec<String>,
    /// Who approved it, where votes let it through.
    pub approved_by: Vec<PersonId>,
    /// The digest of what they approved, 64 hexadecimal digits.
    pub digest: Option<String>,
    /// The change model that let it through, for a standard change.
    pub model: Option<String>,
    /// Whether one may go on though it cannot be told: the environment is left
    /// open, which is recorded.
    pub bypass: bool,
    /// The override that lets it through.
    #[serde(rename = "override")]
    pub overridden: Option<GateOverride>,
    /// The commit of the desk on which it was decided, 40 hexadecimal digits.
    pub desk: Option<String>,
    /// The remote whose trunk that is, where it was asked.
    pub remote: Option<String>,
    /// The time for which it was decided.
    pub at: Timestamp,
    /// Whether that time was given by `GITSM_NOW`, and is not what this machine's
    /// clock says.
    pub clock_given: bool,
    /// The command that decides the same again, and is no leave to go on.
    pub replay: Option<String>,
    /// Whether this is such a replay.
    pub replayed: bool,
}

/// Why something may not go.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateReason {
    /// The rule, by a stable name such as `window-early`.
    pub rule: &'static str,
    #[schemars(extend("enum" = ["deny", "pending", "unknown"]))]
    pub verdict: &'static str,
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// When it goes away by itself, if it does.
    pub until: Option<Timestamp>,
}

/// An override that was recorded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateOverride {
    pub by: PersonId,
    pub at: Timestamp,
    pub reason: String,
    /// The incident that made it necessary.
    pub incident: RecordId,
    /// When it must have been approved afterwards.
    pub due: Timestamp,
    /// The commit of the desk that records it, where this call made it.
    pub commit: Option<String>,
}
