//! Whether a ticket needs a change.

use super::{ALIKE, DAY, HOUR, argument};
use crate::model::{ChangeOutcome, RecordId, Relation, Timestamp};
use crate::outcome::{ChangeAnswer, ChangeNeed, ChangeReason, ChangeRule, Place};
use crate::query::Row;

/// A change this long before a ticket may have caused it.
const WINDOW: i64 = 3 * DAY;
/// A change this shortly before a ticket is likely to have caused it.
const SHORTLY: i64 = DAY;

/// A change around the ticket.
#[derive(Clone, Copy, Debug)]
pub struct ChangeSeen<'a> {
    pub row: &'a Row,
    /// Its id for people.
    pub short: &'a str,
    /// The item of the ticket, or before it on the way, that it is about.
    pub ci: &'a str,
    pub place: Place,
}

/// A problem that may be behind the ticket.
#[derive(Clone, Debug)]
pub struct ProblemSeen<'a> {
    pub id: RecordId,
    pub short: &'a str,
    /// How likely it is to be behind the ticket, in percent.
    pub score: u8,
    /// Whether the ticket is linked to it.
    pub linked: bool,
    pub known_error: bool,
    /// Whether it is still to be solved.
    pub open: bool,
    /// The changes that fix it, with their ids for people.
    pub fixes: Vec<(&'a Row, &'a str)>,
}

/// What is known around the ticket.
#[derive(Clone, Debug, Default)]
pub struct Around<'a> {
    /// The changes it is linked to, by which relation, and the ids for people.
    pub linked: Vec<(Relation, &'a Row, &'a str)>,
    pub problems: Vec<ProblemSeen<'a>>,
    /// The changes of its items and of what these fail with.
    pub changes: Vec<ChangeSeen<'a>>,
    /// How many tickets much like it are resolved.
    pub ended: usize,
    /// Those of them that a change ended.
    pub ended_by_change: Vec<RecordId>,
}

/// The time from which changes before a ticket that was opened at `opened` are
/// looked at.
pub fn window(opened: Timestamp) -> Timestamp {
    Timestamp::from_seconds(opened.seconds().saturating_sub(WINDOW))
}

/// Whether the ticket that was opened at `opened` needs a change, and why.
/// `short` names it in commands.
pub fn need(opened: Timestamp, short: &str, around: &Around<'_>) -> ChangeNeed {
    let mut reasons: Vec<ChangeReason> = Vec::new();
    reasons.extend(around.linked.iter().map(|(rel, row, chg)| linked(*rel, row, chg)));
    for problem in around.problems.iter().filter(|one| one.linked || one.score >= ALIKE) {
        reasons.extend(of_problem(problem));
    }
    let is_linked = |id: RecordId| around.linked.iter().any(|(_, row, _)| row.id == id);
    for change in around.changes.iter().filter(|change| !is_linked(change.row.id)) {
        reasons.extend(running(opened, change).or_else(|| recent(opened, short, change)));
    }
    reasons.extend(ended_by_change(around));
    reasons.sort_by(|a, b| {
        (!a.strong, a.rule).cmp(&(!b.strong, b.rule)).then_with(|| a.records.cmp(&b.records))
    });
    let answer = match reasons.first() {
        Some(reason) if reason.strong => ChangeAnswer::Likely,
        Some(_) => ChangeAnswer::Possible,
        None => ChangeAnswer::NoSign,
    };
    ChangeNeed { answer, reasons }
}

fn linked(rel: Relation, row: &Row, chg: &str) -> ChangeReason {
    let (rule, does) = match rel {
        Relation::CausedBy => (ChangeRule::CausedByChange, "caused it"),
        Relation::ImplementedBy => (ChangeRule::FixLinked, "carries it out"),
        _ => (ChangeRule::FixLinked, "fixes it"),
    };
    let text = format!("{chg} ({}) {does} and is {}", row.title, row.status);
    // What has been carried out already is not needed again.
    let strong = rule == ChangeRule::CausedByChange || row.state.is_open();
    ChangeReason { rule, strong, text, records: vec![row.id], next: None }
}

fn of_problem(problem: &ProblemSeen<'_>) -> Option<ChangeReason> {
    let prb = problem.short;
    let tie = if problem.linked { "is behind it" } else { "may be behind it" };
    if let Some((row, chg)) = problem.fixes.iter().find(|(row, _)| row.state.is_open()) {
        let planned = row.planned_start.map_or_else(String::new, |at| {
            format!(", planned for {}", at.to_utc().format("%Y-%m-%d %H:%M"))
        });
        return Some(ChangeReason {
            rule: ChangeRule::FixPending,
            strong: true,
            text: format!(
                "{prb} {tie}; {chg} ({}) is to fix it and is {}{planned}",
                row.title, row.status
            ),
            records: vec![problem.id, row.id],
            next: None,
        });
    }
    (problem.open && problem.known_error && problem.fixes.is_empty()).then(|| ChangeReason {
        rule: ChangeRule::KnownErrorWithoutFix,
        strong: false,
        text: format!("{prb} {tie}: its cause is known, and no change removes it yet"),
        records: vec![problem.id],
        next: Some(format!("gitsm change new {} --fixes {prb}", argument(&format!("Fix {prb}")))),
    })
}

/// A change that was being carried out when the ticket was opened.
fn running(opened: Timestamp, change: &ChangeSeen<'_>) -> Option<ChangeReason> {
    let row = change.row;
    let started = row.started_at.filter(|started| *started <= opened)?;
    let ended = row.resolved_at.or(row.closed_at);
    if ended.is_some_and(|ended| ended < opened) || (ended.is_none() && !row.state.is_open()) {
        return None;
    }
    let gap = ago(opened.seconds() - started.seconds());
    Some(ChangeReason {
        rule: ChangeRule::RunningChange,
        strong: false,
        text: format!(
            "{} ({}) was being implemented{}; it had begun {gap} before",
            change.short,
            row.title,
            place(change)
        ),
        records: vec![row.id],
        next: None,
    })
}

/// A change that was carried out shortly before the ticket was opened.
fn recent(opened: Timestamp, short: &str, change: &ChangeSeen<'_>) -> Option<ChangeReason> {
    let row = change.row;
    if row.started_at.is_none() && row.outcome.is_none() {
        // Cancelled before anybody began.
        return None;
    }
    let done = row.resolved_at.or(row.closed_at)?;
    let gap = opened.seconds().saturating_sub(done.seconds());
    if !(0..=WINDOW).contains(&gap) {
        return None;
    }
    let how = match row.outcome {
        Some(ChangeOutcome::Failed) => "failed",
        Some(ChangeOutcome::RolledBack) => "was rolled back",
        _ => "was implemented",
    };
    let has_failed = how != "was implemented";
    Some(ChangeReason {
        rule: ChangeRule::RecentChange,
        strong: has_failed || gap <= SHORTLY,
        text: format!(
            "{} ({}) {how} {} before{}",
            change.short,
            row.title,
            ago(gap),
            place(change)
        ),
        records: vec![row.id],
        next: Some(format!("gitsm link {short} caused_by {}", change.short)),
    })
}

fn place(change: &ChangeSeen<'_>) -> String {
    match change.place {
        Place::Own => format!(" on {}", change.ci),
        Place::Contributing => format!(" on {}, which is behind the problem", change.ci),
        Place::Cause => format!(" on {}, which its items depend on", change.ci),
        Place::Affected => format!(" on {}, which depends on its items", change.ci),
    }
}

fn ended_by_change(around: &Around<'_>) -> Option<ChangeReason> {
    let by_change = around.ended_by_change.len();
    (by_change > 0).then(|| ChangeReason {
        rule: ChangeRule::SimilarEndedByChange,
        strong: by_change * 2 >= around.ended && by_change > 1,
        text: match (by_change, around.ended) {
            (1, 1) => "the only similar ticket that is resolved ended by a change".to_owned(),
            (n, all) => format!("{n} of {all} similar tickets that are resolved ended by a change"),
        },
        records: around.ended_by_change.clone(),
        next: None,
    })
}

/// A span of time in words.
fn ago(seconds: i64) -> String {
    let (number, unit) = match seconds {
        s if s < HOUR => (s / 60, "minute"),
        s if s < 2 * DAY => (s / HOUR, "hour"),
        s => (s / DAY, "day"),
    };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample;
    use super::*;
    use crate::model::{Kind, StateCategory};

    fn change(number: u128, state: StateCategory, fields: Value) -> Row {
        let mut all = json!({"title": "Deploy 4.2", "model": "normal"});
        if let (Some(all), Value::Object(fields)) = (all.as_object_mut(), fields) {
            all.extend(fields);
        }
        Row::new(&sample::record(Kind::Change, number, all), state)
    }

    fn opened() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    fn told(around: &Around<'_>) -> (ChangeAnswer, Vec<String>) {
        let need = need(opened(), "INC-1", around);
        let told = |reason: &ChangeReason| match &reason.next {
            Some(next) => format!("{} | {next}", reason.text),
            None => reason.text.clone(),
        };
        (need.answer, need.reasons.iter().map(told).collect())
    }

    fn seen(row: &Row, place: Place) -> Around<'_> {
        let change = ChangeSeen { row, short: "CHG-1", ci: "crm-db", place };
        Around { changes: vec![change], ..Around::default() }
    }

    #[test]
    fn nothing_known_is_no_sign() {
        assert_eq!(told(&Around::default()), (ChangeAnswer::NoSign, Vec::new()));
    }

    #[test]
    fn a_change_two_hours_before_is_a_likely_cause() {
        let done = json!({
            "started_at": "2026-11-22T09:00:00Z", "resolved_at": "2026-11-22T10:00:00Z",
            "outcome": "successful", "status": "review",
        });
        let row = change(1, StateCategory::Resolved, done);
        assert_eq!(
            told(&seen(&row, Place::Own)),
            (
                ChangeAnswer::Likely,
                vec![
                    "CHG-1 (Deploy 4.2) was implemented 2 hours before on crm-db \
                      | gitsm link INC-1 caused_by CHG-1"
                        .to_owned()
                ]
            )
        );
    }

    #[test]
    fn older_changes_count_less_unless_they_failed() {
        let at = |day: u8, outcome: &str| {
            let day = format!("2026-11-{day}T09:00:00Z");
            let done = json!({"started_at": day, "resolved_at": day, "outcome": outcome});
            let row = change(1, StateCategory::Closed, done);
            told(&seen(&row, Place::Cause)).0
        };
        assert_eq!(at(20, "successful"), ChangeAnswer::Possible);
        assert_eq!(at(20, "failed"), ChangeAnswer::Likely);
        assert_eq!(at(18, "failed"), ChangeAnswer::NoSign);
        assert_eq!(at(23, "failed"), ChangeAnswer::NoSign);
        let cancelled = json!({"closed_at": "2026-11-22T10:00:00Z", "status": "cancelled"});
        let row = change(1, StateCategory::Closed, cancelled);
        assert_eq!(told(&seen(&row, Place::Own)).0, ChangeAnswer::NoSign);
    }

    #[test]
    fn a_running_change_may_be_the_cause() {
        let begun = json!({"started_at": "2026-11-22T11:15:00Z", "status": "implement"});
        let row = change(1, StateCategory::Open, begun);
        assert_eq!(
            told(&seen(&row, Place::Cause)),
            (
                ChangeAnswer::Possible,
                vec![
                    "CHG-1 (Deploy 4.2) was being implemented on crm-db, which its items \
                      depend on; it had begun 45 minutes before"
                        .to_owned()
                ]
            )
        );
    }

    #[test]
    fn a_pending_fix_of_a_problem_is_waited_for() {
        let planned = json!({"status": "scheduled", "planned_start": "2026-11-24T20:00:00Z"});
        let row = change(2, StateCategory::Open, planned);
        let id = sample::id(Kind::Problem, 1);
        let problem = |score, fixes| ProblemSeen {
            id,
            short: "PRB-1",
            score,
            linked: false,
            known_error: true,
            open: true,
            fixes,
        };
        let around = |problem| Around { problems: vec![problem], ..Around::default() };
        assert_eq!(
            told(&around(problem(60, vec![(&row, "CHG-2")]))),
            (
                ChangeAnswer::Likely,
                vec![
                    "PRB-1 may be behind it; CHG-2 (Deploy 4.2) is to fix it and is scheduled, \
                      planned for 2026-11-24 20:00"
                        .to_owned()
                ]
            )
        );
        assert_eq!(
            told(&around(problem(60, Vec::new()))),
            (
                ChangeAnswer::Possible,
                vec![
                    "PRB-1 may be behind it: its cause is known, and no change removes it yet \
                      | gitsm change new 'Fix PRB-1' --fixes PRB-1"
                        .to_owned()
                ]
            )
        );
        assert_eq!(told(&around(problem(40, Vec::new()))).0, ChangeAnswer::NoSign);
    }

    #[test]
    fn similar_tickets_that_a_change_ended_speak_for_one() {
        let ended = |by_change: usize, all| {
            let ended_by_change =
                (0..by_change as u128).map(|n| sample::id(Kind::Incident, n)).collect();
            told(&Around { ended: all, ended_by_change, ..Around::default() }).0
        };
        assert_eq!(ended(3, 5), ChangeAnswer::Likely);
        assert_eq!(ended(1, 5), ChangeAnswer::Possible);
        assert_eq!(ended(1, 1), ChangeAnswer::Possible);
        assert_eq!(ended(0, 5), ChangeAnswer::NoSign);
    }
}
