//! The commitments on one record, minute by minute.

use super::{story, terms};
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{Kind, RecordId, Timestamp};
use crate::outcome::{ClockLine, CommitmentView, PromiseLine, SlaView, StorySubject};
use crate::policy::sla::{Commitment, Phase, Standing, Terms, Why, reckon};

/// What was promised for a record, and how it stands.
///
/// # Errors
///
/// The settings, the record or its history cannot be read.
pub fn show(session: &Session, id: RecordId) -> Result<SlaView, CommandError> {
    let record = session.record(id)?;
    let policy = session.policy()?;
    let terms = terms(&session.snapshot()?, policy)?;
    let mut commitments = Vec::new();
    if let Some(terms) = &terms
        && let Some(life) = story::life(session, policy, id)?
    {
        commitments
            .extend(reckon(&life, terms).iter().map(|each| view(each, terms, session.now())));
    }
    let now = session.now();
    let short = session.index()?.shorten(&[id])?.pop().unwrap_or_else(|| id.short());
    let (title, status) = (Some(record.title().to_owned()), Some(record.status().clone()));
    Ok(SlaView {
        schema: SlaView::SCHEMA,
        promises: terms.is_some(),
        then: session.past().is_some(),
        record: StorySubject { id, short, title, status },
        now,
        commitments,
    })
}

/// The commitments on a record, for a line or two where the record is shown;
/// none where the desk promises nothing.
///
/// # Errors
///
/// As [`show`].
pub fn lines(session: &Session, id: RecordId) -> Result<Vec<PromiseLine>, CommandError> {
    if id.kind() == Kind::Ci {
        return Ok(Vec::new());
    }
    let policy = session.policy()?;
    let Some(terms) = terms(&session.snapshot()?, policy)? else { return Ok(Vec::new()) };
    let Some(life) = story::life(session, policy, id)? else { return Ok(Vec::new()) };
    let now = session.now();
    let line = |commitment: &Commitment| PromiseLine {
        name: commitment.name.to_string(),
        kind: commitment.kind.name(),
        metric: commitment.metric.name(),
        standing: commitment.standing(now).name(),
        breached: commitment.is_breached(now),
        at_risk: commitment.is_at_risk(now),
        due: commitment.due,
        ended: commitment.end.as_ref().map(|end| end.at),
        left_seconds: commitment.left(now),
    };
    // What was replaced by another is told by `sla show`.
    let counts = |each: &&Commitment| each.standing(now) != Standing::Cancelled;
    Ok(reckon(&life, &terms).iter().filter(counts).map(line).collect())
}

fn view(commitment: &Commitment, terms: &Terms, now: Timestamp) -> CommitmentView {
    let definition = terms.definitions.iter().find(|each| each.name == commitment.name);
    let elapsed = commitment.elapsed(now);
    CommitmentView {
        name: commitment.name.to_string(),
        description: definition.and_then(|each| each.file.description.clone()),
        kind: commitment.kind.name(),
        metric: commitment.metric.name(),
        target: commitment.target.to_string(),
        calendar: commitment.calendar_name.as_ref().map(ToString::to_string),
        time_zone: commitment.calendar.zone().name().to_owned(),
        standing: commitment.standing(now).name(),
        breached: commitment.is_breached(now),
        at_risk: commitment.is_at_risk(now),
        start: commitment.start,
        attached: commitment.attached,
        instead_of: commitment.others.iter().map(ToString::to_string).collect(),
        ended: commitment.end.as_ref().map(|end| end.at),
        due: commitment.due,
        target_seconds: commitment.goal.seconds,
        business_seconds: elapsed.business,
        actual_seconds: elapsed.actual,
        left_seconds: commitment.left(now),
        percent: rounded(commitment.percent(now)),
        actual_percent: rounded(commitment.actual_percent(now)),
        timeline: timeline(commitment, now),
    }
}

/// With two digits; whether it was broken does not depend on them.
fn rounded(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
}

/// What the clock did, in order, and what it will do if nothing happens.
fn timeline(commitment: &Commitment, now: Timestamp) -> Vec<ClockLine> {
    let line = |at, what| ClockLine {
        at,
        what,
        until: None,
        business_seconds: None,
        actual_seconds: None,
        percent: None,
        status: None,
        why: None,
    };
    let mut lines = vec![line(commitment.start, "start")];
    if commitment.attached > commitment.start {
        lines.push(line(commitment.attached, "attached"));
    }
    for span in &commitment.spans {
        let what = match span.phase {
            Phase::Running => "running",
            Phase::Paused => "paused",
            Phase::Done => "done",
        };
        let to = span.to.map_or(now, |to| to.min(now)).max(span.from);
        lines.push(ClockLine {
            until: span.to,
            business_seconds: Some(commitment.calendar.open_between(span.from, to)),
            actual_seconds: Some(to.seconds() - span.from.seconds()),
            status: Some(span.status.clone()),
            why: span.hold.as_ref().map(|hold| hold.as_str().replace('_', " ")),
            ..line(span.from, what)
        });
    }
    for threshold in &commitment.thresholds {
        let Some(at) = threshold.at else { continue };
        let passed = commitment.has_passed(threshold, now);
        // An open clock tells what is to come; one that ended does not.
        if (passed || commitment.is_open()) && threshold.percent != 100 {
            lines.push(ClockLine { percent: Some(threshold.percent), ..line(at, "threshold") });
        }
    }
    if let Some(due) = commitment.due {
        let what = if commitment.is_breached(now) { "breach" } else { "due" };
        if commitment.is_open() || what == "breach" {
            lines.push(line(due.max(commitment.attached), what));
        }
    }
    // What happens in the same second is told before the span that begins then.
    let order = |what: &str| match what {
        "start" => 0,
        "attached" => 1,
        "threshold" => 2,
        "breach" | "due" => 3,
        _ => 4,
    };
    lines.sort_by_key(|line| (line.at, order(line.what)));
    if let Some(end) = &commitment.end {
        let (what, why) = match &end.why {
            Why::Fulfilled => ("fulfilled", None),
            Why::Reset => ("reset", Some("a new round begins".to_owned())),
            Why::StartNotMet => ("cancelled", Some("it no longer applies".to_owned())),
            Why::Cancelled => ("cancelled", Some("the record was cancelled".to_owned())),
            Why::TargetChanged => ("cancelled", Some("the record has another target".to_owned())),
            Why::Replaced(name) => ("cancelled", Some(format!("{name} is due earlier"))),
        };
        let why = match end.is_completed && what == "cancelled" {
            true => why.map(|why| format!("{why}; it was late, so it counts as missed")),
            false => why,
        };
        lines.push(ClockLine { why, ..line(end.at, what) });
    }
    lines
}
