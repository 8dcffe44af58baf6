//! What was deployed against what was allowed, as auditors compare them.
//!
//! After the populations of ITGC audits: every deployment has its change, every
//! change that was carried out has its deployment, and no change was raised after
//! the fact.

use crate::model::{
    Change, ChangeModel, ChangeOutcome, Deploy, DeployResult, RecordId, Timestamp, same_but_case,
};
use crate::outcome::{DeployLine, DeployStanding, TicketlessLine, UndeployedLine};

/// How far the clocks of two systems may be apart, in seconds.
const APART: i64 = 300;
/// The beginning of a commit's name that is told from others.
const SHORTEST: usize = 7;

/// A change with what people call it.
#[derive(Clone, Debug)]
pub struct KnownChange {
    pub short: String,
    pub change: Change,
}

/// What another system says was deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The line of its listing.
    pub line: u64,
    pub environment: String,
    pub repository: Option<String>,
    /// The commit, or the beginning of its name.
    pub commit: Option<String>,
    pub artefact: Option<String>,
    pub at: Timestamp,
    pub by: Option<String>,
}

/// How a deployment that was recorded on `change` stands.
pub fn deploy_standing(change: &Change, deploy: &Deploy) -> DeployStanding {
    if change.is_unauthorised() {
        let code = change.resolution.as_ref().map(|end| end.code.as_str());
        return match code == Some(Change::UNAUTHORISED) {
            true => DeployStanding::Regularised,
            false => DeployStanding::Unauthorised,
        };
    }
    if change.overrides.iter().any(|by| by.lets(deploy)) {
        return DeployStanding::Overridden;
    }
    let is_late = deploy.at < change.opened_at && change.model != ChangeModel::Emergency;
    match (is_late, is_in_window(change, deploy)) {
        (true, _) => DeployStanding::Late,
        (false, false) => DeployStanding::OutsideWindow,
        (false, true) => DeployStanding::Authorised,
    }
}

/// Whether a deployment was made within the window of its change, give or take two
/// clocks (ITGC control C7). What is taken back is taken back at any time.
fn is_in_window(change: &Change, deploy: &Deploy) -> bool {
    let is_since = |start: Timestamp| start.seconds() <= deploy.at.seconds().saturating_add(APART);
    let is_by = |end: Timestamp| deploy.at.seconds() <= end.seconds().saturating_add(APART);
    deploy.result == DeployResult::RolledBack
        || change.planned_start.is_none_or(is_since) && change.planned_end.is_none_or(is_by)
}

/// The deployments that are recorded on a change.
pub fn deploy_lines(known: &KnownChange) -> impl Iterator<Item = DeployLine> {
    let change = &known.change;
    change.deploys.iter().map(move |deploy| DeployLine {
        at: deploy.at,
        change: change.id,
        short: known.short.clone(),
        title: change.title.clone(),
        repository: change.deployment.as_ref().map(|deployment| deployment.repository.clone()),
        environment: deploy.environment.clone(),
        commit: deploy.commit.clone(),
        artefact: deploy.artefact.clone(),
        result: deploy.result,
        by: deploy.by.clone(),
        standing: deploy_standing(change, deploy),
    })
}

/// A change that was carried out, where nothing says that it was deployed. What
/// failed need not have gone in, and what was cancelled did not.
pub fn undeployed_line(known: &KnownChange) -> Option<UndeployedLine> {
    let change = &known.change;
    let deployment = change.deployment.as_deref()?;
    let outcome = change.outcome.filter(|outcome| *outcome != ChangeOutcome::Failed)?;
    change.deploys.is_empty().then(|| UndeployedLine {
        change: change.id,
        short: known.short.clone(),
        title: change.title.clone(),
        status: change.status.clone(),
        outcome,
        environment: deployment.environment.clone(),
        at: change.resolved_at.unwrap_or(change.updated_at),
    })
}

/// What another system saw deployed and no change accounts for, with the reason.
pub fn ticketless_line(sighting: &Sighting, changes: &[KnownChange]) -> Option<TicketlessLine> {
    let mut near: Option<(RecordId, String)> = None;
    for known in changes {
        let change = &known.change;
        if !is_of_repository(change, sighting) {
            continue;
        }
        let is_it = |deploy: &Deploy| {
            deploy.environment == sighting.environment
                && is_version(sighting, deploy.commit.as_deref(), deploy.artefact.as_deref())
        };
        let is_recorded = change.deploys.iter().any(is_it);
        if !is_recorded && !brings(change, sighting) {
            continue;
        }
        // Whoever raises it afterwards had not asked for it.
        let is_before = sighting.at.seconds().saturating_add(APART) < change.opened_at.seconds();
        if is_before && change.model != ChangeModel::Emergency {
            let why = format!("{} was raised after it", known.short);
            near = near.or(Some((change.id, why)));
            continue;
        }
        if is_recorded {
            return None;
        }
        // It was under way, or over: whether its deployment was recorded is
        // another question.
        if change.started_at.is_some() || change.outcome.is_some() {
            return None;
        }
        let why = format!("{} is about it, and was never carried out", known.short);
        near = near.or(Some((change.id, why)));
    }
    let (change, why) = match near {
        Some((change, why)) => (Some(change), why),
        None => (None, "no change is about it".to_owned()),
    };
    Some(TicketlessLine {
        line: sighting.line,
        at: sighting.at,
        repository: sighting.repository.clone(),
        environment: sighting.environment.clone(),
        commit: sighting.commit.clone(),
        artefact: sighting.artefact.clone(),
        by: sighting.by.clone(),
        change,
        why,
    })
}

fn is_of_repository(change: &Change, sighting: &Sighting) -> bool {
    match (&sighting.repository, &change.deployment) {
        (Some(name), Some(deployment)) => same_but_case(&deployment.repository, name),
        _ => true,
    }
}

/// Whether the change brings what was seen into that environment.
fn brings(change: &Change, sighting: &Sighting) -> bool {
    let Some(deployment) = change.deployment.as_deref() else { return false };
    let is_version = |commit, artefact| is_version(sighting, commit, artefact);
    let commits = deployment.commits.iter().map(|commit| Some(commit.id.as_str()));
    deployment.environment == sighting.environment
        && (is_version(deployment.commit.as_deref(), deployment.artefact.as_deref())
            || commits.into_iter().any(|commit| is_version(commit, None)))
}

/// Whether what was seen is this commit or artefact: the artefact where both have
/// one, else the commit, which may be said by the beginning of its name.
fn is_version(sighting: &Sighting, commit: Option<&str>, artefact: Option<&str>) -> bool {
    if let (Some(seen), Some(known)) = (sighting.artefact.as_deref(), artefact) {
        return same_but_case(seen, known);
    }
    let (Some(seen), Some(known)) = (sighting.commit.as_deref(), commit) else { return false };
    let is_beginning = |short: &str, long: &str| {
        let head = long.get(..short.len());
        short.len() >= SHORTEST && head.is_some_and(|head| head.eq_ignore_ascii_case(short))
    };
    is_beginning(seen, known) || is_beginning(known, seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "0123456789abcdef0123456789abcdef01234567";

    /// An emergency that was overridden at ten and deployed at eleven.
    fn change() -> Change {
        let text = format!(
            "\
id: CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F01
title: t
status: review
impact: low
urgency: low
priority: P5
model: emergency
deployment:
  key: 3333333333333333333333333333333333333333333333333333333333333333
  repository: crm
  environment: production
  range: forward
  commit: '{WHOLE}'
deploys:
- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F02
  at: 2026-11-22T11:00:00Z
  by: bot
  environment: production
  commit: '{WHOLE}'
  result: ok
overrides:
- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F03
  at: 2026-11-22T10:00:00Z
  by: ann
  environment: production
  commit: '{WHOLE}'
  reason: It is down
  incident: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F04
  due: 2026-11-23T10:00:00Z
opened_at: 2026-11-22T09:00:00Z
opened_by: ann
updated_at: 2026-11-22T09:00:00Z
"
        );
        match crate::format::read_record_any(crate::model::Kind::Change, text.as_bytes()) {
            Ok(crate::model::Record::Change(change)) => change,
            other => panic!("{other:?}"),
        }
    }

    fn standing(bend: impl FnOnce(&mut Change)) -> DeployStanding {
        let mut change = change();
        bend(&mut change);
        deploy_standing(&change, &change.deploys[0])
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-22T{text}:00Z").parse().expect("a time")
    }

    #[test]
    fn an_override_is_known_by_itself() {
        assert_eq!(standing(|_| ()), DeployStanding::Overridden);
        assert_eq!(standing(|c| c.tags.clear()), DeployStanding::Overridden);
        // For something else, or no longer.
        for bend in [
            (|c| c.overrides.clear()) as fn(&mut Change),
            |c| c.overrides[0].environment = "staging".into(),
            |c| c.overrides[0].commit = Some("f".repeat(40)),
            |c| c.overrides[0].at = at("11:30"),
            |c| c.overrides[0].due = at("10:30"),
        ] {
            assert_eq!(standing(bend), DeployStanding::Authorised);
        }
        // That nobody had allowed it at all says more.
        let made_up = |c: &mut Change| c.tags.push(Change::UNAUTHORISED.into());
        assert_eq!(standing(made_up), DeployStanding::Unauthorised);
        // An emergency may be written down afterwards, and nothing else.
        let late = |c: &mut Change| {
            c.overrides.clear();
            c.opened_at = at("11:30");
        };
        assert_eq!(standing(late), DeployStanding::Authorised);
        let normal = |c: &mut Change| {
            late(c);
            c.model = ChangeModel::Normal;
        };
        assert_eq!(standing(normal), DeployStanding::Late);
    }

    /// ITGC control C7.
    #[test]
    fn what_went_in_outside_its_window_is_told() {
        let planned = |start: &str, end: &str| {
            let (start, end) = (at(start), at(end));
            standing(|change| {
                change.overrides.clear();
                (change.planned_start, change.planned_end) = (Some(start), Some(end));
            })
        };
        assert_eq!(planned("10:00", "12:00"), DeployStanding::Authorised);
        // Two clocks may be apart.
        assert_eq!(planned("11:05", "12:00"), DeployStanding::Authorised);
        assert_eq!(planned("11:06", "12:00"), DeployStanding::OutsideWindow);
        assert_eq!(planned("10:00", "10:55"), DeployStanding::Authorised);
        assert_eq!(planned("10:00", "10:54"), DeployStanding::OutsideWindow);
        // An override says so already, and what went wrong is taken back at once.
        let early = |change: &mut Change| change.planned_start = Some(at("11:30"));
        assert_eq!(standing(early), DeployStanding::Overridden);
        let back = |change: &mut Change| {
            early(change);
            change.overrides.clear();
            change.deploys[0].result = DeployResult::RolledBack;
        };
        assert_eq!(standing(back), DeployStanding::Authorised);
    }

    #[test]
    fn what_was_raised_after_it_was_seen_does_not_account_for_it() {
        let line = |sighted: &str, bend: &dyn Fn(&mut Change)| {
            let mut change = change();
            change.model = ChangeModel::Normal;
            bend(&mut change);
            let known = KnownChange { short: "CHG-1".into(), change };
            let sighting = Sighting { at: at(sighted), ..seen(Some(WHOLE), None) };
            ticketless_line(&sighting, &[known]).map(|line| line.why)
        };
        assert_eq!(line("11:00", &|_| ()), None);
        let late = Some("CHG-1 was raised after it".to_owned());
        assert_eq!(line("08:50", &|_| ()), late);
        let undeployed = |c: &mut Change| c.deploys.clear();
        assert_eq!(line("08:50", &undeployed), late);
        let never = Some("CHG-1 is about it, and was never carried out".to_owned());
        assert_eq!(line("11:00", &undeployed), never);
        assert_eq!(line("08:50", &|c| c.model = ChangeModel::Emergency), None);
    }

    #[test]
    fn repositories_go_by_their_names_in_any_case() {
        let named = |known: &str, seen_as: &str| {
            let mut change = change();
            change.deployment.as_mut().expect("a deployment").repository = known.into();
            let known = KnownChange { short: "CHG-1".into(), change };
            let repository = Some(seen_as.to_owned());
            let sighting = Sighting { at: at("11:00"), repository, ..seen(Some(WHOLE), None) };
            ticketless_line(&sighting, &[known]).is_none()
        };
        assert!(named("crm", "CRM"));
        assert!(named("büro", "BÜRO"));
        assert!(!named("büro", "buro"));
    }

    fn seen(commit: Option<&str>, artefact: Option<&str>) -> Sighting {
        Sighting {
            line: 2,
            environment: "production".to_owned(),
            repository: None,
            commit: commit.map(str::to_owned),
            artefact: artefact.map(str::to_owned),
            at: Timestamp::from_seconds(0),
            by: None,
        }
    }

    #[test]
    fn commits_match_by_the_beginning_of_their_names() {
        let whole = "0123456789abcdef0123456789abcdef01234567";
        for (text, is_it) in [
            (whole, true),
            ("0123456", true),
            ("0123456789ABCDEF", true),
            ("012345", false),
            ("0123457", false),
            ("", false),
            ("0123456\u{e4}", false),
        ] {
            assert_eq!(is_version(&seen(Some(text), None), Some(whole), None), is_it, "{text}");
        }
        assert!(!is_version(&seen(None, None), Some(whole), None));
    }

    #[test]
    fn an_artefact_tells_more_than_a_commit() {
        let both = seen(Some("0123456"), Some("sha256:aa"));
        assert!(is_version(&both, Some("7654321"), Some("sha256:AA")));
        assert!(!is_version(&both, Some("0123456"), Some("sha256:bb")));
        assert!(is_version(&both, Some("0123456"), None));
        assert!(!is_version(&seen(None, Some("sha256:aa")), Some("0123456"), None));
    }
}
