//! Why an action is refused, and what to do instead.

use super::approval::VoteRefusal;
use super::evidence::Untested;
use super::guard::GuardRefusal;
use super::template::{Exceeded, Unfilled};
use crate::model::{Kind, PatchError, PersonId, RecordId, StateName, Timestamp};

/// An action as people type it: `known-error` for `known_error`.
pub(super) fn verb(action: &str) -> String {
    action.replace('_', "-")
}

/// Why the policy does not let somebody do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No record of this type can do that, ever.
    #[error("{} has no action `{act}`", kind.one(), act = verb(action))]
    NoSuchAction { kind: Kind, action: String },
    /// The record's state does not offer the action.
    #[error("{} is {status}; `{act}` is possible from {from}", id.short(), act = verb(action))]
    WrongState { id: RecordId, action: String, status: StateName, from: String },
    /// It is on hold, and first has to be taken off.
    #[error("{} is on hold ({reason}); `{act}` is not possible meanwhile", id.short(), act = verb(action))]
    OnHold { id: RecordId, action: String, reason: StateName },
    /// There is no hold that could end.
    #[error("{} is not on hold", id.short())]
    NotOnHold { id: RecordId },
    /// The action is for other change models.
    #[error("{} is a {model} change, for which `{act}` is not possible", id.short(), act = verb(action))]
    WrongModel { id: RecordId, action: String, model: String },
    /// Work on it has ended.
    #[error("{} is {status}; only what is open can be escalated", id.short())]
    NotOpen { id: RecordId, status: StateName },
    /// Something must be given with the action.
    #[error("`{act}` of {} needs {what}", id.short(), act = verb(action))]
    Missing { id: RecordId, action: String, what: String },
    /// A hold reason or resolution code that the workflow does not know.
    #[error("`{given}` is no {what} of this desk")]
    UnknownWord { what: &'static str, given: StateName, choices: Vec<StateName> },
    /// Tasks of the record are not over.
    #[error("`{act}` of {} comes after its tasks: {} {} not over", id.short(), tasks.join(", "),
        if tasks.len() == 1 { "is" } else { "are" }, act = verb(action))]
    OpenTasks { id: RecordId, action: String, tasks: Vec<String> },
    /// A value does not fit its field.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The person has no vote here.
    #[error(transparent)]
    Vote(Box<VoteRefusal>),
    /// An approval is missing.
    #[error("`{act}` of {} needs approval, {reason} [approved]", id.short(), act = verb(action))]
    NotApproved { id: RecordId, action: String, reason: String, ask_by: Option<StateName> },
    /// A major incident would end without having been resolved and reviewed.
    #[error("`{act}` of {} is not for a major incident: it is resolved, reviewed and closed", id.short(), act = verb(action))]
    MajorIncident { id: RecordId, action: String },
    /// Its change model asks for more before it is handed in.
    #[error("`{act}` of {} needs more in {}: its change model asks for that [model-requires]",
        id.short(), fields.iter().map(|each| format!("{} ({})", each.field, each.why)).collect::<Vec<_>>().join(", "), act = verb(action))]
    Unfilled { id: RecordId, action: String, fields: Vec<Unfilled> },
    /// A standard change is not what was authorised beforehand.
    #[error("`{act}` of {} is not authorised beforehand: {} [standard-change]", id.short(),
        why.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "), act = verb(action))]
    NotAuthorised { id: RecordId, action: String, why: Vec<Exceeded>, back: Option<StateName> },
    /// It was not tested.
    #[error("`{act}` of {} comes after its test: {why} [test-evidence]", id.short(), act = verb(action))]
    Untested { id: RecordId, action: String, why: Untested },
    /// What was high risk is not closed by who carried it out.
    #[error("`{act}` of {} is for somebody else than {actor}, who carried it out: its risk is high [closure-by]", id.short(), act = verb(action))]
    OwnWork { id: RecordId, action: String, actor: PersonId },
    /// One has to learn from it first.
    #[error("`{act}` of {} needs a review: {why} [review]", id.short(), act = verb(action))]
    Unreviewed { id: RecordId, action: String, why: &'static str },
    /// What went on without leave is approved first.
    #[error("`{act}` of {} comes after its approval: it went on by an override, to be approved until {due} [override]", id.short(), act = verb(action))]
    Overridden { id: RecordId, action: String, due: Timestamp },
    /// The override that opened the way has run out.
    #[error("`{act}` of {} is open no longer: its override has run out [override]", id.short(), act = verb(action))]
    OverrideOver { id: RecordId, action: String },
    /// It has been done.
    #[error("`{act}` of {} would change nothing: it is so already", id.short(), act = verb(action))]
    Done { id: RecordId, action: String },
    /// It is for others to do.
    #[error(transparent)]
    Guard(Box<GuardRefusal>),
}

impl From<GuardRefusal> for Refusal {
    fn from(refusal: GuardRefusal) -> Self {
        Refusal::Guard(Box::new(refusal))
    }
}

impl Refusal {
    /// What to do instead, if there is something to say.
    pub fn hint(&self) -> Option<String> {
        let list = |choices: &[StateName]| {
            choices.iter().map(StateName::as_str).collect::<Vec<_>>().join(", ")
        };
        match self {
            Refusal::UnknownWord { choices, .. } => Some(format!("choose {}", list(choices))),
            Refusal::Missing { id, what, .. } => Some(match what.as_str() {
                what if what.starts_with("comment") || what == "resolution.text" => {
                    "say it with `-m TEXT`".to_owned()
                }
                "hold_reason" => "give it with `--reason`".to_owned(),
                "resolution.code" => "give it with `--code`".to_owned(),
                "planned_start" | "planned_end" => {
                    format!(
                        "set the window with `gitsm change schedule {} --start TIME --end TIME`",
                        id.short()
                    )
                }
                "risk" => "give it with `--risk`: low, moderate or high".to_owned(),
                "review" => {
                    format!("record it with `gitsm {} review {} -m TEXT`", id.kind(), id.short())
                }
                "cause" => {
                    format!("record it with `gitsm problem cause {} -m TEXT`", id.short())
                }
                field => format!("set it with `gitsm edit {} --set {field}=VALUE`", id.short()),
            }),
            Refusal::MajorIncident { id, .. } => Some(format!(
                "if it is none, say so first: `gitsm incident decline {} -m TEXT`",
                id.short()
            )),
            Refusal::Unfilled { id, fields, .. } => Some(format!(
                "set it with `gitsm edit {} --set {}=VALUE`",
                id.short(),
                fields.first().map_or("FIELD", |each| each.field.as_str())
            )),
            Refusal::Untested { id, .. } => Some(format!(
                "whoever tests it records that: `gitsm change evidence {} FILE --result passed`",
                id.short()
            )),
            Refusal::NotAuthorised { id, back, .. } => back.as_ref().map(|action| {
                let (kind, id) = (id.kind(), id.short());
                format!(
                    "take it back with `gitsm {kind} {action} {id} -m TEXT` and hand it in again: \
                     it is then assessed like a normal change; or \
                     make it what was approved again"
                )
            }),
            Refusal::Unreviewed { id, .. } => {
                Some(format!("record it with `gitsm change review {} -m TEXT`", id.short()))
            }
            Refusal::Overridden { id, .. } => Some(format!(
                "have it approved with `gitsm change approve {0}`; `gitsm approval show {0}` tells who may",
                id.short()
            )),
            Refusal::OverrideOver { id, .. } => Some(format!(
                "have it approved with `gitsm change approve {0}`, or decide anew: `gitsm change gate {0} --override`",
                id.short()
            )),
            Refusal::OwnWork { .. } => Some("ask a colleague to do it".to_owned()),
            Refusal::OnHold { id, .. } => {
                Some(format!("gitsm {} resume {}", id.kind(), id.short()))
            }
            Refusal::Vote(refusal) => refusal.hint(),
            Refusal::Guard(refusal) => refusal.hint(),
            Refusal::NotApproved { id, ask_by: Some(action), .. } => {
                Some(format!("ask for votes with `gitsm {} {action} {}`", id.kind(), id.short()))
            }
            Refusal::NotApproved { id, .. } => Some(format!("gitsm approval show {}", id.short())),
            Refusal::OpenTasks { id, .. } => Some(format!(
                "see them with `gitsm task plan {0}`; what is not wanted is skipped with `gitsm task skip {0} TASK -m TEXT`",
                id.short()
            )),
            _ => None,
        }
    }
}
