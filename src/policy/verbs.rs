//! What can be done with a record beside the actions of its workflow: calling
//! an incident a major one, finding the cause of a problem, and the like.

use super::event::RecordChange;
use super::{Policy, major, roles};
use crate::model::{Kind, Major, Patch, PersonId, Profile, Record, TeamId, Timestamp};

/// Something that can be done with a record as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verb {
    pub name: &'static str,
    /// What must be given with it.
    pub needs: &'static [&'static str],
    /// Why it is not for whoever asks, and what to do instead.
    pub refusal: Option<(String, String)>,
}

/// What stands in for a text that is still to be written.
const TEXT: &str = "text";

/// The verbs that the record as it stands takes, beside its workflow's actions;
/// major incidents are no matter of a help desk.
pub fn verbs(policy: &Policy, record: &Record, actor: &PersonId, now: Timestamp) -> Vec<Verb> {
    let mut found = Vec::new();
    let is_open = policy.category_of(record).is_open();
    let mut add = |name, needs, after: &Record| {
        let change = RecordChange { before: Some(record), after };
        let denied = roles::may_change(policy, actor, now, &change).err();
        let refusal = denied.map(|denied| (denied.to_string(), denied.hint()));
        found.push(Verb { name, needs, refusal });
    };
    let with = |field: &str| {
        let mut after = record.clone();
        let done = after.patch(&Patch::Set(field.to_owned(), TEXT.to_owned()));
        done.is_ok().then_some(after)
    };
    match record.kind() {
        Kind::Incident => {
            let has_major = policy.settings.profile != Profile::HelpDesk;
            let steps: [(_, &'static [_], _); 3] = [
                ("propose", &["comment"], Major::Proposed),
                ("promote", &[], Major::Promoted),
                ("decline", &["comment"], Major::Declined),
            ];
            for (name, needs, to) in steps {
                let mut after = record.clone();
                let workflow = policy.workflow_of(record);
                if has_major && major::take_to(workflow, &mut after, to).is_ok() {
                    add(name, needs, &after);
                }
            }
            if major::is_promoted(record) {
                match with("review") {
                    Some(after) if !is_open => add("review", &["comment"], &after),
                    _ => add("communicate", &["comment"], record),
                }
            }
            if is_open {
                let mut after = record.clone();
                after.set_team(TeamId::new("another").ok());
                add("escalate", &["team", "comment"], &after);
            }
        }
        Kind::Problem if is_open => {
            for name in ["cause", "workaround"] {
                if let Some(after) = with(name) {
                    add(name, &["comment"], &after);
                }
            }
            let mut after = record.clone();
            if let Record::Problem(problem) = &mut after {
                problem.whys.push(TEXT.to_owned());
            }
            add("why", &["comment"], &after);
        }
        Kind::Change if is_open => {
            let mut after = record.clone();
            if let Record::Change(change) = &mut after {
                change.planned_end = Some(now);
            }
            add("schedule", &["start", "end"], &after);
        }
        Kind::Change => {
            if let Some(after) = with("review") {
                add("review", &["comment"], &after);
            }
        }
        _ => {}
    }
    let merges = matches!(record.kind(), Kind::Incident | Kind::Problem);
    if merges && is_open && !major::is_promoted(record) {
        add("merge", &["into"], record);
    }
    found
}
