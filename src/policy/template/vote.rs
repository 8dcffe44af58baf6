//! Votes in favour of a change model.

use super::{ModelFile, ModelVote};
use crate::model::{ChangeModel, PersonId, Timestamp};
use crate::policy::{Policy, roles};

/// Why somebody's vote in favour of a change model does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelVoteRefusal {
    /// Nothing is authorised by it.
    #[error("only standard models are approved; changes of this one are authorised one by one")]
    NotStandard,
    /// They have approved it.
    #[error("{by} has approved it as it reads now")]
    Already { by: PersonId },
    /// Nobody approves their own work.
    #[error("{by} wrote what it says, and somebody else must approve that")]
    OwnWork { by: PersonId },
    /// They have no vote.
    #[error("{by} has no vote on changes [role]")]
    NoVote { by: PersonId, could: Vec<PersonId> },
}

impl ModelVoteRefusal {
    /// What to do instead, if there is something to say.
    pub fn hint(&self) -> Option<String> {
        match self {
            ModelVoteRefusal::NoVote { could, .. } if could.is_empty() => {
                Some("nobody on this desk may; see roles in .gitsm/people.yaml".to_owned())
            }
            ModelVoteRefusal::NoVote { could, .. } => {
                Some(format!("who may: {}", roles::people(could)))
            }
            ModelVoteRefusal::OwnWork { .. } => Some("ask a colleague".to_owned()),
            ModelVoteRefusal::NotStandard | ModelVoteRefusal::Already { .. } => None,
        }
    }
}

/// The file with the vote of `by`, who is not `author`, the last to change what
/// it says. Votes for what it said before are dropped; the history keeps them.
///
/// # Errors
///
/// The vote would not count.
pub fn cast(
    policy: &Policy,
    file: &ModelFile,
    by: &PersonId,
    author: Option<&PersonId>,
    now: Timestamp,
) -> Result<ModelFile, ModelVoteRefusal> {
    if file.model != ChangeModel::Standard {
        return Err(ModelVoteRefusal::NotStandard);
    }
    if file.approved_by().contains(&by) {
        return Err(ModelVoteRefusal::Already { by: by.clone() });
    }
    may_vote(policy, by, author, now)?;
    let digest = file.digest();
    let mut next = file.clone();
    next.approvals.retain(|vote| vote.digest == digest);
    next.approvals.push(ModelVote { by: by.clone(), at: now, digest });
    Ok(next)
}

/// Whether `by` may approve what `author` wrote. On a desk that lists nobody
/// everybody may approve anything, as there nobody can be told from another.
///
/// # Errors
///
/// They have no vote, or it is their own work.
pub fn may_vote(
    policy: &Policy,
    by: &PersonId,
    author: Option<&PersonId>,
    now: Timestamp,
) -> Result<(), ModelVoteRefusal> {
    if policy.is_open_desk() {
        return Ok(());
    }
    let may = |person: &&crate::model::Person| {
        person.is_active(now)
            && roles::may_vote_on_changes(policy, person)
            && Some(&person.id) != author
    };
    let could = || policy.people.iter().filter(may).map(|person| person.id.clone()).collect();
    let has_vote = policy
        .person(by)
        .is_some_and(|person| person.is_active(now) && roles::may_vote_on_changes(policy, person));
    if !has_vote {
        return Err(ModelVoteRefusal::NoVote { by: by.clone(), could: could() });
    }
    if author == Some(by) {
        return Err(ModelVoteRefusal::OwnWork { by: by.clone() });
    }
    Ok(())
}

/// What a change of a model's file does to its votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VotesChange<'a> {
    /// Nothing, or it takes some away.
    None,
    /// These were added, to a file that says what it said before.
    Cast(Vec<&'a ModelVote>),
    /// Votes were added together with other words, or for something else than
    /// what it says.
    Forged,
}

/// What became of the votes when `before` became `after`.
pub fn votes_change<'a>(before: Option<&ModelFile>, after: &'a ModelFile) -> VotesChange<'a> {
    let known = |vote: &ModelVote| before.is_some_and(|before| before.approvals.contains(vote));
    let added: Vec<&ModelVote> = after.approvals.iter().filter(|vote| !known(vote)).collect();
    let digest = after.digest();
    let says_the_same = before.is_some_and(|before| before.digest() == digest);
    if added.is_empty() {
        VotesChange::None
    } else if says_the_same && added.iter().all(|vote| vote.digest == digest) {
        VotesChange::Cast(added)
    } else {
        VotesChange::Forged
    }
}

/// Whether nothing but votes changed, of which those added are of `by`, and
/// those taken away were for other words.
pub fn is_vote_of(before: &ModelFile, after: &ModelFile, by: &PersonId) -> bool {
    let VotesChange::Cast(added) = votes_change(Some(before), after) else { return false };
    let digest = after.digest();
    let is_stale = |vote: &ModelVote| vote.digest != digest || after.approvals.contains(vote);
    added.iter().all(|vote| vote.by == *by) && before.approvals.iter().all(is_stale)
}
