//! Everything that can be done to a record, as data.
//!
//! The verbs of the command line and the lines of `apply` both become one of
//! these, so that there is one way to carry each of them out.

use super::write::Work;
use super::{
    AssessRequest, EvidenceRequest, TaskStep, attach, cascade, catalog, conflicts, evidence,
    is_taken, link, merge, risk, survey, update,
};
use crate::error::CommandError;
use crate::model::{Kind, Major, NoteKind, Patch, RecordId, TeamId};
use crate::policy::Inputs;

use super::attach::Content;
use super::create::NewRecord;

/// Something to be done to one record.
#[derive(Clone, Debug)]
pub enum Action {
    /// Makes the record.
    New(NewRecord),
    /// A lifecycle action that the workflow of the record's type defines.
    Step { name: String, inputs: Inputs },
    /// Assigns it to the acting person, and begins if nobody has.
    Take { comment: Option<String> },
    /// Hands it to the next support level.
    Escalate { team: TeamId, comment: String },
    /// Sets fields. The name says for what, such as `edit` or `schedule`.
    Edit { name: &'static str, patches: Vec<Patch> },
    /// Calls an incident a major one, or not.
    Major { to: Major, comment: Option<String> },
    /// Adds an answer to the "why?" of a problem.
    Why { text: String },
    /// Ends it as a duplicate of another one, which takes over its relations.
    Merge { into: String, comment: Option<String> },
    /// Says how risky it is, and passes it on.
    Assess(AssessRequest),
    /// Says something about it.
    Note { kind: NoteKind, text: String },
    /// Gives it to a person (`me`, `none` or an id), a team, or both.
    Assign { person: Option<String>, team: Option<TeamId>, comment: Option<String> },
    /// Relates it to others; the relation may be named from either end.
    Link { relation: String, others: Vec<String> },
    /// Takes relations back.
    Unlink { relation: String, others: Vec<String> },
    /// Says that a change can live with a conflict.
    AcceptConflict { with: String, reason: String },
    /// Says that a change was tested.
    Evidence(EvidenceRequest),
    /// Keeps files with it.
    Attach(Vec<Content>),
    /// Does something with its tasks.
    Task(TaskStep),
    /// Records how satisfied the requester was.
    Csat { points: u32, comment: Option<String>, from: Option<String> },
}

impl Action {
    /// What the action is called in commit messages and answers.
    pub fn name(&self) -> &str {
        match self {
            Action::New(_) => "new",
            Action::Step { name, .. } => name,
            Action::Take { .. } => "take",
            Action::Escalate { .. } => "escalate",
            Action::Edit { name, .. } => name,
            Action::Major { to: Major::Proposed, .. } => "propose",
            Action::Major { to: Major::Promoted, .. } => "promote",
            Action::Major { to: Major::Declined, .. } => "decline",
            Action::Why { .. } => "why",
            Action::Merge { .. } => "duplicate",
            Action::Assess(_) => "assess",
            Action::Note { kind: NoteKind::Communication, .. } => "communicate",
            Action::Note { .. } => "note",
            Action::Assign { .. } => "assign",
            Action::Link { .. } => "link",
            Action::Unlink { .. } => "unlink",
            Action::AcceptConflict { .. } => "accept_conflict",
            Action::Evidence(_) => "evidence",
            Action::Attach(_) => "attach",
            Action::Task(step) => step.name(),
            Action::Csat { .. } => "csat",
        }
    }

    /// Whether one such action may change more than one record.
    pub(super) fn spreads(&self) -> bool {
        match self {
            Action::New(_) => true,
            Action::Link { others, .. } | Action::Unlink { others, .. } => others.len() > 1,
            _ => false,
        }
    }

    /// Carries the action out on the record `id`, and what follows from it on
    /// the records that hang on it.
    ///
    /// # Errors
    ///
    /// Why it cannot be done; some of it may then have been.
    pub(super) fn carry_out(&self, work: &mut Work<'_>, id: RecordId) -> Result<(), CommandError> {
        let before = match self {
            Action::Step { .. } | Action::Take { .. } | Action::Edit { .. } | Action::Assess(_) => {
                Some(work.peek(id)?)
            }
            Action::Assign { .. } if id.kind() == Kind::Change => Some(work.peek(id)?),
            _ => None,
        };
        self.do_to(work, id)?;
        if id.kind() == Kind::Change && (before.is_some() || matches!(self, Action::New(_))) {
            conflicts::tell(work, id, before.as_ref())?;
        }
        before.map_or(Ok(()), |before| cascade::spread(work, id, &before))
    }

    fn do_to(&self, work: &mut Work<'_>, id: RecordId) -> Result<(), CommandError> {
        match self {
            Action::New(new) => catalog::create(work, id, new),
            Action::Step { name, inputs } if name == "assess" && id.kind() == Kind::Change => {
                risk::step(work, id, inputs)
            }
            Action::Step { name, inputs } => update::act(work, id, name, inputs),
            Action::Take { comment } if !is_taken(id.kind(), "take") => {
                // Unless its own workflow has it, the refusal says what there is.
                let inputs = Inputs { comment: comment.clone(), ..Inputs::default() };
                update::act(work, id, "take", &inputs)
            }
            Action::Take { comment } => update::take(work, id, comment.as_deref()),
            Action::Escalate { team, comment } => update::escalate(work, id, team, comment),
            Action::Edit { patches, .. } => update::edit(work, id, patches),
            Action::Major { to, comment } => update::major(work, id, *to, comment.as_deref()),
            Action::Why { text } => update::why(work, id, text),
            Action::Merge { into, comment } => merge::merge(work, id, into, comment.as_deref()),
            Action::Assess(request) => risk::carry_out(work, id, request),
            Action::Note { kind, text } => update::note(work, id, *kind, text),
            Action::Assign { person, team, comment } => {
                update::assign(work, id, person.as_deref(), team.as_ref(), comment.as_deref())
            }
            Action::Link { relation, others } => link::link(work, id, relation, others),
            Action::Unlink { relation, others } => link::unlink(work, id, relation, others),
            Action::AcceptConflict { with, reason } => conflicts::accept(work, id, with, reason),
            Action::Evidence(request) => evidence::add(work, id, request),
            Action::Attach(contents) => attach::attach(work, id, contents),
            Action::Task(step) => step.carry_out(work, id),
            Action::Csat { points, comment, from } => {
                survey::answer(work, id, *points, comment.as_deref(), from.as_deref())
            }
        }
    }
}
