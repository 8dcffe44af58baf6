//! Who committed the words by which something could go out: votes on the change
//! and on its model, overrides, evidence of tests, and acceptances of conflicts.
//!
//! Whoever can push to the desk can write anybody's vote into a file. Each word
//! that counts is therefore traced to the commit that brought it, which must be
//! its author's and keep the rules that held before it, as `check --range` has
//! them.

use std::ops::ControlFlow;

use crate::app::{Session, judge, settings};
use crate::error::CommandError;
use crate::format;
use crate::model::{
    AcceptedConflict, Approval, Change, Kind, Override, PersonId, Record, RecordId, TestEvidence,
    TestResult, Timestamp, Verdict,
};
use crate::policy::access;
use crate::policy::gate::{Testimony, Witness};
use crate::policy::template::{ModelFile, ModelVote};
use crate::store::{CommitId, CommitInfo};

/// A commit is made when the word is said, give or take a clock; only where it is
/// not found there all of history is looked through. In seconds.
const NEAR: i64 = 86_400;

/// What history says of the words that could let `change` out: votes on what
/// `digest` is of, overrides that are live, tests that passed, the acceptances that
/// it relies on, and the votes on its `model`.
///
/// # Errors
///
/// The history cannot be read.
pub(super) fn of(
    session: &Session,
    change: &Change,
    digest: &str,
    accepted: &[AcceptedConflict],
    model: Option<(&ModelFile, &str)>,
) -> Result<Witness, CommandError> {
    let now = session.now();
    let is_for_it = |vote: &&Approval| {
        vote.verdict == Verdict::Approved && vote.digest.as_deref() == Some(digest)
    };
    let mut said: Vec<Said> = Vec::new();
    said.extend(change.approvals.iter().filter(is_for_it).cloned().map(Said::Vote));
    let live = change.overrides.iter().filter(|each| each.is_live(now));
    said.extend(live.cloned().map(Said::Override));
    let passed = change.test_evidence.iter().filter(|test| test.result == TestResult::Passed);
    said.extend(passed.cloned().map(Said::Test));
    said.extend(accepted.iter().cloned().map(Said::Acceptance));
    let mut witness = Witness::default();
    if said.iter().any(|word| matches!(word, Said::Vote(_))) {
        witness.requesters = requesters(session, change)?;
    }
    for (of, against) in traced(session, &change.id.path(), Some(change.id), said)? {
        match of {
            Said::Vote(of) => witness.votes.push(Testimony { of, against }),
            Said::Override(of) => witness.overrides.push(Testimony { of, against }),
            Said::Test(of) => witness.tests.push(Testimony { of, against }),
            Said::Acceptance(of) => witness.acceptances.push(Testimony { of, against }),
            Said::ModelVote(_) => {}
        }
    }
    if let Some((file, name)) = model {
        let said = file.votes_for_it().cloned().map(Said::ModelVote).collect();
        for (of, against) in traced(session, &crate::app::models::path_of(name), None, said)? {
            if let Said::ModelVote(of) = of {
                witness.model.push(Testimony { of, against });
            }
        }
    }
    Ok(witness)
}

/// Everybody who was the requester of `change` since it was handed in, the last
/// time.
fn requesters(session: &Session, change: &Change) -> Result<Vec<PersonId>, CommandError> {
    let mut found: Vec<PersonId> = Vec::new();
    let Some(head) = session.snapshot()?.commit() else { return Ok(found) };
    let policy = session.policy_to_judge(Kind::Change)?;
    let opened = change.opened_at.seconds().saturating_sub(NEAR);
    let path = change.id.path();
    let since = |at: i64| at >= opened;
    session.store.each_change_of(&path, head, &since, |commit| -> Result<_, CommandError> {
        let bytes = session.store.snapshot_at(commit)?.file(&path)?;
        let was = bytes.and_then(|bytes| format::read_record(change.id, &bytes).ok());
        let Some(was) = was else { return Ok(ControlFlow::Continue(())) };
        if policy.workflow_of(&was).entry.contains(was.status()) {
            return Ok(ControlFlow::Break(()));
        }
        found.extend(was.requester().filter(|one| !found.contains(one)).cloned());
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// A word of somebody's.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Vote(Approval),
    Override(Override),
    Test(TestEvidence),
    Acceptance(AcceptedConflict),
    ModelVote(ModelVote),
}

impl Said {
    fn by(&self) -> &PersonId {
        match self {
            Said::Vote(vote) => &vote.by,
            Said::Override(each) => &each.by,
            Said::Test(test) => &test.by,
            Said::Acceptance(each) => &each.by,
            Said::ModelVote(vote) => &vote.by,
        }
    }

    fn at(&self) -> Timestamp {
        match self {
            Said::Vote(vote) => vote.at,
            Said::Override(each) => each.at,
            Said::Test(test) => test.at,
            Said::Acceptance(each) => each.at,
            Said::ModelVote(vote) => vote.at,
        }
    }
}

/// Each word with what speaks against it.
fn traced(
    session: &Session,
    path: &str,
    id: Option<RecordId>,
    said: Vec<Said>,
) -> Result<Vec<(Said, Option<String>)>, CommandError> {
    let mut missing = said;
    let mut found = Vec::new();
    let Some(head) = session.snapshot()?.commit() else { return Ok(found) };
    let times: Vec<i64> = missing.iter().map(|word| word.at().seconds()).collect();
    let is_near = |at: i64| times.iter().any(|time| time.abs_diff(at) <= NEAR.unsigned_abs());
    for near in [&is_near as &dyn Fn(i64) -> bool, &|_| true] {
        if missing.is_empty() {
            break;
        }
        session.store.each_change_of(path, head, near, |commit| -> Result<_, CommandError> {
            let info = session.store.commit_info(commit)?;
            let mut brought = words_in(session, path, id, commit)?;
            for parent in &info.parents {
                let known = words_in(session, path, id, *parent)?;
                brought.retain(|word| !known.contains(word));
            }
            let (here, elsewhere) = missing.drain(..).partition(|word| brought.contains(word));
            missing = elsewhere;
            let here: Vec<Said> = here;
            if !here.is_empty() {
                let findings = judge::of_file(session, &info, path)?;
                let broken = findings.first().map(|finding| finding.message.clone());
                for word in here {
                    let against = not_own(session, &info, word.by())?.or_else(|| broken.clone());
                    found.push((word, against));
                }
            }
            Ok(match missing.is_empty() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })?;
    }
    let nobody = "nothing says who committed it".to_owned();
    found.extend(missing.into_iter().map(|word| (word, Some(nobody.clone()))));
    Ok(found)
}

/// Why a commit is not of `by`, by the settings before it.
fn not_own(
    session: &Session,
    info: &CommitInfo,
    by: &PersonId,
) -> Result<Option<String>, CommandError> {
    let before = session.store.snapshot_at(info.parents.first().copied().unwrap_or(info.id))?;
    let (policy, _) = settings::for_writing(&session.store, &before)?;
    let author = &info.author;
    let at = Timestamp::from_seconds(author.at);
    let is_own =
        access::actor(&policy, &author.name, &author.email, at).is_ok_and(|who| who == *by);
    let commit = info.id.to_string();
    let commit = commit.get(..7).unwrap_or(&commit);
    Ok((!is_own).then(|| format!("{commit} that brought it is by {}", author.name)))
}

/// The words that stand in the file in a commit; none, where it cannot be read.
fn words_in(
    session: &Session,
    path: &str,
    id: Option<RecordId>,
    commit: CommitId,
) -> Result<Vec<Said>, CommandError> {
    let Some(bytes) = session.store.snapshot_at(commit)?.file(path)? else {
        return Ok(Vec::new());
    };
    let Some(id) = id else {
        let file = format::read_settings::<ModelFile>(path, &bytes);
        let votes = file.map(|file| file.approvals).unwrap_or_default();
        return Ok(votes.into_iter().map(Said::ModelVote).collect());
    };
    let Ok(Record::Change(change)) = format::read_record(id, &bytes) else {
        return Ok(Vec::new());
    };
    let mut said: Vec<Said> = change.approvals.into_iter().map(Said::Vote).collect();
    said.extend(change.overrides.into_iter().map(Said::Override));
    said.extend(change.test_evidence.into_iter().map(Said::Test));
    said.extend(change.accepted_conflicts.into_iter().map(Said::Acceptance));
    Ok(said)
}
