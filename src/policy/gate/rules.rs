//! The rules of the gate but for approval, one function each.

use super::answer::{Findings, Rule};
use super::ask::short as brief;
use super::{Ask, Facts, SKEW};
use crate::model::{Change, ChangeModel, DeployRange, Deployment, Override, Record, StateCategory};
use crate::policy::Policy;
use crate::policy::deployment::Tier;
use crate::policy::evidence::{self, Untested};
use crate::policy::overriding;

/// A clock that runs behind what has happened could make windows and votes look
/// as they are not.
pub(super) fn clock(facts: &Facts<'_>, found: &mut Findings) {
    match facts.last_commit {
        None => found.unknown(Rule::Clock, "when the desk last changed is not known", None),
        Some(last) if last.seconds() > facts.now.seconds().saturating_add(SKEW) => {
            let text = format!("the clock says {}, and the desk's last commit {last}", facts.now);
            found.unknown(Rule::Clock, text, "set the clock of this machine".to_owned());
        }
        Some(_) => {}
    }
}

/// Nobody has asked for it (an unauthorised change).
pub(super) fn nothing(facts: &Facts<'_>, found: &mut Findings) {
    let Ask { environment, change, .. } = facts.ask;
    let text = match change {
        Some(name) => format!("there is no change `{name}`"),
        None => format!("no change covers {} to {environment}", facts.ask.what()),
    };
    let hint = "raise one with `gitsm change raise`, or name it: `gitsm change gate ID`".to_owned();
    found.deny(Rule::NoChange, text, hint);
}

/// What was named is something else.
pub(super) fn no_change(record: &Record, found: &mut Findings) {
    let text = format!("{} is no change but {}", record.id().short(), record.kind().one());
    found.deny(Rule::NoChange, text, "name the change".to_owned());
}

/// What is asked for must be what the change says (ITGC control C13): the same
/// environment, repository, commit and artefact.
pub(super) fn asked(ask: &Ask, change: &Change, found: &mut Findings) {
    let raise = || Some("raise a change for this one: `gitsm change raise`".to_owned());
    let short = change.id.short();
    let Some(deployment) = &change.deployment else {
        if ask.commit.is_some() || ask.artefact.is_some() || ask.repository.is_some() {
            let text = format!(
                "{short} does not say what it deploys, so nobody has approved {}",
                ask.what()
            );
            found.deny(Rule::OtherVersion, text, raise());
        }
        return;
    };
    if deployment.environment != ask.environment {
        let text =
            format!("{short} is for {}, not for {}", deployment.environment, ask.environment);
        found.deny(Rule::OtherEnvironment, text, raise());
    }
    if let Some(repository) = ask.repository.as_ref().filter(|name| **name != deployment.repository)
    {
        let text = format!("{short} is for {}, not for {repository}", deployment.repository);
        found.deny(Rule::OtherRepository, text, raise());
    }
    let versions = [
        ("commit", &ask.commit, &deployment.commit),
        ("artefact", &ask.artefact, &deployment.artefact),
    ];
    for (what, asked, has) in versions {
        let Some(asked) = asked else { continue };
        if has.as_ref() != Some(asked) {
            let has = has.as_ref().map_or_else(|| "none".to_owned(), |has| brief(has));
            let text = format!("{short} is about {what} {has}, not {}", brief(asked));
            found.deny(Rule::OtherVersion, text, raise());
        }
    }
    if deployment.version().is_none() {
        let text = format!("{short} names neither the commit nor the artefact that it deploys");
        found.deny(Rule::OtherVersion, text, raise());
    }
}

/// How far the change has come.
pub(super) fn state(policy: &Policy, record: &Record, found: &mut Findings) {
    let workflow = policy.workflow_of(record);
    let (status, short) = (record.status(), record.id().short());
    let Some(state) = workflow.states.get(status) else {
        let text = format!("`{status}` is no state of this desk");
        found.unknown(Rule::Cannot, text, "see `gitsm workflow show change`".to_owned());
        return;
    };
    match state.category {
        StateCategory::Resolved | StateCategory::Closed => {
            let text = format!("{short} is over ({status})");
            found.deny(Rule::Over, text, "raise a new change: `gitsm change raise`".to_owned());
            return;
        }
        StateCategory::Hold => {
            return found.pending(Rule::OnHold, format!("{short} is {status}"), resume(&short));
        }
        StateCategory::Open => {}
    }
    if workflow.is_held(record) {
        let reason = record.holds().last().map(|hold| hold.reason.as_str()).unwrap_or_default();
        let text = format!("{short} is on hold ({reason})");
        return found.pending(Rule::OnHold, text, resume(&short));
    }
    let leads_to_work = || {
        workflow.transitions.values().flatten().any(|way| {
            let works = |to| workflow.states.get(to).is_some_and(|state| state.work);
            way.vote.is_none() && way.to.as_ref().is_some_and(works) && workflow.fits(way, record)
        })
    };
    if state.work || leads_to_work() {
        return;
    }
    if workflow.entry.contains(status) {
        let text = format!("{short} is {status}: it has not been handed in");
        found.pending(Rule::NotSubmitted, text, format!("gitsm change submit {short}"));
    } else if !workflow.takes_votes(status, record) {
        let text = format!("{short} is in {status}: it has not been authorised");
        found.pending(
            Rule::NotAssessed,
            text,
            format!("`gitsm actions {short}` tells what comes next"),
        );
    } else {
        // Votes alone move it on, and are judged for themselves.
        let text = format!("{short} is in {status}: it has not been authorised");
        found.pending(Rule::Approval, text, format!("gitsm change approve {short}"));
    }
}

fn resume(short: &str) -> String {
    format!("gitsm change resume {short}")
}

/// The time for which the change is planned (ITGC control C7): from its start,
/// to before its end.
pub(super) fn window(facts: &Facts<'_>, change: &Change, found: &mut Findings) {
    let short = change.id.short();
    let plan = || format!("`gitsm change schedule {short} --start TIME --end TIME`");
    match (change.planned_start, change.planned_end) {
        (Some(start), _) if facts.now < start => {
            let text = format!("its window opens {}", start.to_utc().format("%Y-%m-%d %H:%M UTC"));
            let hint = format!("wait until then; to move it, {} and approve it anew", plan());
            found.deny_until(Rule::Early, text, hint, start);
        }
        (_, Some(end)) if facts.now >= end => {
            let text = format!("its window ended {}", end.to_utc().format("%Y-%m-%d %H:%M UTC"));
            let hint = format!("plan another with {}, and have it approved anew", plan());
            found.deny(Rule::Late, text, hint);
        }
        (Some(_), Some(_)) => {}
        _ if facts.tier == Tier::Production && change.model != ChangeModel::Emergency => {
            let text = "it has no planned window".to_owned();
            found.deny(Rule::NoWindow, text, format!("plan one with {}", plan()));
        }
        _ => {}
    }
}

/// Freezes of its items that nobody has given a reason to work in; an emergency can
/// have one (ServiceNow: an emergency in a blackout is warned, and says why).
pub(super) fn freezes(facts: &Facts<'_>, change: &Change, found: &mut Findings) {
    let Some(freezes) = facts.freezes else {
        return found.unknown(Rule::Freeze, "whether there is a freeze is not known", None);
    };
    let short = change.id.short();
    let is_planned = change.planned_start.is_some() && change.planned_end.is_some();
    for freeze in freezes {
        let hint = match (&freeze.with, change.model, is_planned) {
            (Some(with), ChangeModel::Emergency, true) => format!(
                "say why it cannot wait: `gitsm change accept-conflict {short} {with} --reason TEXT`"
            ),
            (_, ChangeModel::Emergency, _) => format!(
                "plan it with `gitsm change schedule {short} --start TIME --end TIME`, and accept the freeze; or let it go with `--override`"
            ),
            _ => "wait until it is over, or make it an emergency".to_owned(),
        };
        match freeze.until {
            Some(until) => found.deny_until(Rule::Freeze, freeze.text.clone(), hint, until),
            None => found.deny(Rule::Freeze, freeze.text.clone(), hint),
        }
    }
}

/// What else happens at its time, unless somebody has accepted that.
pub(super) fn conflicts(facts: &Facts<'_>, found: &mut Findings) {
    let Some(conflicts) = facts.conflicts else {
        return found.unknown(Rule::Conflict, "whether something is in its way is not known", None);
    };
    let short = facts.record.map(|record| record.id().short()).unwrap_or_default();
    for conflict in conflicts {
        let hint = match &conflict.with {
            Some(with) => format!(
                "`gitsm change slots {short}` finds a free time, `gitsm change accept-conflict {short} {with} --reason TEXT` takes it as it is"
            ),
            None => format!("`gitsm change slots {short}` finds a free time"),
        };
        found.deny(Rule::Conflict, conflict.text.clone(), hint);
    }
}

/// What tells more of a commit that the gate does not believe.
const TELLS: &str = "`gitsm check --range` tells more of that commit";

/// Who has accepted what would be in its way must have said so themselves.
pub(super) fn accepted(facts: &Facts<'_>, found: &mut Findings) {
    let short = facts.record.map(|record| record.id().short()).unwrap_or_default();
    for each in facts.accepted {
        let Some(witness) = facts.witness else {
            return found.unknown(Rule::Forged, "who accepted its conflicts is not known", None);
        };
        if let Err(why) = witness.acceptance(each) {
            let with = &each.with;
            let text = format!("that {} accepted {with} does not count: {why}", each.by);
            let hint = format!(
                "{TELLS}; whoever may accepts it: `gitsm change accept-conflict {short} {with} --reason TEXT`"
            );
            found.deny(Rule::Forged, text, hint);
        }
    }
}

/// The same commit or artefact must have been deployed well where it goes before
/// (PCI DSS 6.5.4).
pub(super) fn staged(facts: &Facts<'_>, change: &Change, found: &mut Findings) {
    let Some(after) = facts.after else { return };
    if change.deployment.is_none() {
        return;
    }
    match facts.staged {
        Some(true) => {}
        Some(false) => {
            let text = format!("nothing says that the same was deployed well to {after}");
            let hint = format!(
                "deploy it there first, and record it: `gitsm change deployed --environment {after} --result ok`"
            );
            found.deny(Rule::Staged, text, hint);
        }
        None => {
            let text = format!("whether the same was deployed well to {after} is not known");
            found.unknown(Rule::Staged, text, None);
        }
    }
}

/// Its model may ask for evidence of a test that passed (ITGC control C9).
pub(super) fn tested(facts: &Facts<'_>, change: &Change, found: &mut Findings) {
    let short = change.id.short();
    let hint = format!(
        "whoever tests it records that: `gitsm change evidence {short} FILE --result passed`"
    );
    let why = match evidence::tested(facts.policy, change) {
        Ok(None) => return,
        Ok(Some(test)) => {
            let Some(witness) = facts.witness else {
                return found.unknown(Rule::Forged, "who tested it is not known", None);
            };
            if let Err(why) = witness.test(test) {
                let text = format!("the test by {} does not count: {why}", test.by);
                found.deny(Rule::Forged, text, format!("{TELLS}; {hint}"));
            }
            return;
        }
        Err(why) => why,
    };
    match why {
        Untested::Failed { .. } => found.deny(Rule::Untested, why.to_string(), hint),
        _ => found.pending(Rule::Untested, why.to_string(), hint),
    }
}

/// The override by which it goes without leave: one that counts, and that was
/// recorded by whoever it says.
pub(super) fn overridden<'a>(
    facts: &Facts<'a>,
    change: &'a Change,
    found: &mut Findings,
) -> Option<&'a Override> {
    overriding::live(facts.policy, change, facts.ask, facts.now).find(|by| {
        let seen = facts.witness.map_or(Err("nothing says who recorded it"), |w| w.overriding(by));
        if let Err(why) = seen {
            found.warn(format!("the override of {} does not count: {why}", by.by));
        }
        seen.is_ok()
    })
}

/// What one should know before one goes on.
pub(super) fn told(facts: &Facts<'_>, change: &Change, found: &mut Findings) {
    let Some(deployment) = &change.deployment else { return };
    match deployment.range {
        DeployRange::Unknown => found.warn(
            "which commits go out is not known (raised from a shallow clone), so their authors are not known either",
        ),
        DeployRange::Forced => {
            found.warn("history was rewritten: something that is deployed is no part of it");
        }
        DeployRange::Rollback => found.warn("it goes back to an earlier state"),
        DeployRange::First | DeployRange::Forward => {
            let most = deployment.commit_count.filter(|count| *count >= Deployment::COUNTED);
            if let Some(count) = most {
                let text = format!("{count} commits or more go out, and not all of their authors are known");
                found.warn(text);
            }
        }
    }
    if facts.ask.commit.is_none() && facts.ask.artefact.is_none() {
        let version = deployment.version().map(brief).unwrap_or_default();
        found.warn(format!("this is about {version} and nothing else"));
    }
}
