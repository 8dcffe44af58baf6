//! Closing changes: what has to be learnt from them, by whom they are closed,
//! and as what.

use chrono::{DateTime, Datelike, Days, Utc, Weekday};

use super::Policy;
use super::approval::{Source, led_to};
use crate::model::{
    Change, ChangeModel, ChangeOutcome, PersonId, Record, Risk, RiskAssessment, StateCategory,
    StateName, Task, TaskId, TaskState, Timestamp, Zone,
};

/// Resolution codes that say that all went well, as far as rules know them.
const SUCCESSFUL: &str = "successful";
const WITH_ISSUES: &str = "successful_with_issues";
/// The resolution code of a change that nobody was asked for.
const UNAUTHORISED: &str = Change::UNAUTHORISED;
/// The field in which a review is written, and the name of the task to write it.
const REVIEW: &str = "review";
/// How many days from Monday to Friday there are to write it.
const REVIEW_DAYS: u32 = 5;

/// Why a review must be written before a change is closed, in words.
///
/// Control C14 of ITGC audits: there is a post-implementation review of what
/// failed, was an emergency, or was of high risk; and, as ServiceNow has it, of
/// what was made without being authorised.
pub fn reviewed_because(change: &Change) -> Option<&'static str> {
    let code = change.resolution.as_ref().map(|end| end.code.as_str());
    match change.outcome {
        Some(ChangeOutcome::Failed) => return Some("it failed"),
        Some(ChangeOutcome::RolledBack) => return Some("it was rolled back"),
        Some(ChangeOutcome::Successful) | None => {}
    }
    if code == Some(UNAUTHORISED) {
        return Some("nobody had authorised it");
    }
    if change.model == ChangeModel::Emergency {
        return Some("it was an emergency");
    }
    (risk_of(change) == Some(Risk::High)).then_some("its risk is high")
}

/// The risk that counts here: what was found, or what was said, whichever is
/// higher.
fn risk_of(change: &Change) -> Option<Risk> {
    let found = change.risk_assessment.as_deref().and_then(RiskAssessment::found);
    change.risk.max(found)
}

/// Whether a record that ends was carried out, as far as it is known.
fn is_closed_after_work(change: &Change, was: StateCategory, will_be: StateCategory) -> bool {
    will_be == StateCategory::Closed
        && was != StateCategory::Closed
        && (was == StateCategory::Resolved || change.outcome.is_some())
}

/// Why a review is missing without which the change must not go from a state of
/// category `was` to one of category `will_be`, in words.
pub fn unreviewed(
    record: &Record,
    was: StateCategory,
    will_be: StateCategory,
) -> Option<&'static str> {
    let Record::Change(change) = record else { return None };
    if is_reviewed(record) || !is_closed_after_work(change, was, will_be) {
        return None;
    }
    reviewed_because(change)
}

/// Why the mark of a deployment that nobody had allowed must not go, in words:
/// it is what auditors ask for, and the change is closed as `unauthorised` with it.
pub(super) fn cleared(before: &Record, after: &Record) -> Option<String> {
    let (Record::Change(before), Record::Change(after)) = (before, after) else { return None };
    let goes = before.is_unauthorised() && !after.is_unauthorised() && !before.deploys.is_empty();
    goes.then(|| format!("nobody had allowed what it deployed, and `{UNAUTHORISED}` says so"))
}

/// Whether the review is written.
fn is_reviewed(record: &Record) -> bool {
    let Record::Change(change) = record else { return false };
    change.review.as_ref().is_some_and(|text| !text.trim().is_empty())
}

/// Whether a task is the one to write the review of a change.
fn is_review(task: &Task) -> bool {
    task.requires == [REVIEW]
}

/// The task to write the review of `record`, as long as it is not done.
pub fn review_task(record: &Record) -> Option<&Task> {
    let is_it = |task: &&Task| is_review(task) && !task.state.is_over();
    record.tasks().iter().find(is_it).filter(|_| matches!(record, Record::Change(_)))
}

/// What the task is called: `review`, or with a number where another has that name.
fn review_id(tasks: &[Task]) -> Option<TaskId> {
    let numbered = (2..).map(|number| format!("{REVIEW}-{number}"));
    let mut names = std::iter::once(REVIEW.to_owned()).chain(numbered);
    let free = names.find(|name| tasks.iter().all(|task| task.id.as_str() != name))?;
    TaskId::new(free.as_str()).ok()
}

/// Gives a change that has been carried out, and of which one has to learn, the
/// task to write that down, with the team or person that has the change.
///
/// After ServiceNow, where such a change gets a task for its post-implementation
/// review; it falls due after five working days (control C11 of ITGC audits).
pub(super) fn ask_for_review(
    next: &mut Record,
    is: StateCategory,
    policy: Option<&Policy>,
    now: Timestamp,
) {
    let Record::Change(change) = &*next else { return };
    let has_one = next.tasks().iter().any(is_review);
    if is != StateCategory::Resolved || has_one || is_reviewed(next) {
        return;
    }
    let Some((why, id)) = reviewed_because(change).zip(review_id(next.tasks())) else { return };
    let mut task = Task::new(id, format!("Write the post-implementation review: {why}"));
    task.state = TaskState::Open;
    task.team.clone_from(&change.team);
    task.requires = vec![REVIEW.to_owned()];
    task.opened_at = Some(now);
    task.due_at = working_days_later(now, policy);
    if let Some(tasks) = next.tasks_mut() {
        tasks.push(task);
    }
}

/// The same time of day so many days from Monday to Friday later, by the clocks of
/// the desk.
fn working_days_later(now: Timestamp, policy: Option<&Policy>) -> Option<Timestamp> {
    let zone = policy.map_or("UTC", |policy| policy.settings.time_zone.as_str());
    let zone = Zone::named(zone).or_else(|| Zone::named("UTC"))?;
    let start: DateTime<Utc> = now.to_utc();
    let mut wall = zone.wall(start)?;
    let mut left = REVIEW_DAYS;
    while left > 0 {
        wall = wall.checked_add_days(Days::new(1))?;
        if !matches!(wall.weekday(), Weekday::Sat | Weekday::Sun) {
            left -= 1;
        }
    }
    zone.first_instant(wall).map(Timestamp::new)
}

/// Ends the task to write the review once that is written.
pub fn end_review(record: &mut Record, actor: &PersonId, now: Timestamp) {
    if !is_reviewed(record) {
        return;
    }
    let tasks = record.tasks_mut().into_iter().flatten();
    for task in tasks.filter(|task| is_review(task) && !task.state.is_over()) {
        task.state = TaskState::Done;
        task.started_at = task.started_at.or(Some(now));
        task.done_at = Some(now);
        task.by = Some(actor.clone());
    }
}

/// Whether the tasks of `after` are those of `before` and the one to write the
/// review: that follows from what was done, and is no edit.
pub fn is_asked_for_review(before: &Record, after: &Record) -> bool {
    let Some((last, rest)) = after.tasks().split_last() else { return false };
    rest == before.tasks() && is_review(last) && last.state == TaskState::Open
}

/// Whether `actor` may close the change: on a desk that lists people, one of
/// high risk is closed by somebody else than who carried it out (control C14 of
/// ITGC audits).
pub fn may_close(
    policy: &Policy,
    record: &Record,
    was: StateCategory,
    will_be: StateCategory,
    actor: &PersonId,
) -> bool {
    let Record::Change(change) = record else { return true };
    if policy.is_open_desk() || !is_closed_after_work(change, was, will_be) {
        return true;
    }
    let did = |source| led_to(source, record, policy).contains(actor);
    risk_of(change) != Some(Risk::High) || !(did(Source::Assignee) || did(Source::Resolver))
}

/// What is wrong with how a change is said to have ended, if it was not so
/// before: what was rolled back or failed was not successful (control C10 of
/// ITGC audits). That part of it went in may be said of what was rolled back.
pub fn breach(before: &Record, after: &Record) -> Option<String> {
    let contradicts = |record: &Record| -> Option<(ChangeOutcome, StateName)> {
        let Record::Change(change) = record else { return None };
        let (outcome, code) = (change.outcome?, change.resolution.as_ref()?.code.clone());
        let is_wrong = match outcome {
            ChangeOutcome::Successful => false,
            ChangeOutcome::RolledBack => code.as_str() == SUCCESSFUL,
            ChangeOutcome::Failed => [SUCCESSFUL, WITH_ISSUES].contains(&code.as_str()),
        };
        is_wrong.then_some((outcome, code))
    };
    let (outcome, code) = contradicts(after)?;
    if contradicts(before).is_some() {
        return None;
    }
    let outcome = match outcome {
        ChangeOutcome::RolledBack => "was rolled back",
        ChangeOutcome::Failed | ChangeOutcome::Successful => "failed",
    };
    Some(format!("the change {outcome}, so it cannot have ended as {code}"))
}
