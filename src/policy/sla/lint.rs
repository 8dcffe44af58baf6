//! Definitions that can be read and hardly do what was meant.
//!
//! The traps are those that the documentation of ServiceNow's SLA conditions
//! warns of: conditions that shut each other out, so that a clock is always
//! cancelled and never pauses, or never runs at all.

use super::compile::{Condition, Definition, Terms};
use super::file::{Cancel, CommitmentKind, Metric};
use super::target::TargetTable;
use crate::model::{CommitmentName, Kind, Priority, StateCategory, StateName};
use crate::policy::Policy;
use crate::query::{Filter, RankField, RankTest, Test, TextField, TextTest};

/// Something that is hardly meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    pub name: CommitmentName,
    pub key: &'static str,
    pub message: String,
    /// Whether it cannot be meant at all.
    pub is_error: bool,
}

/// A record of which only this is known.
struct Sample<'a> {
    kind: Kind,
    status: &'a StateName,
    state: StateCategory,
    hold: Option<&'a StateName>,
    priority: Option<Priority>,
}

/// What is hardly meant in `terms`.
pub fn traps(terms: &Terms, policy: &Policy) -> Vec<Trap> {
    let samples = samples(policy);
    terms.definitions.iter().flat_map(|definition| of(definition, &samples, policy)).collect()
}

fn of(definition: &Definition, samples: &[Sample<'_>], policy: &Policy) -> Vec<Trap> {
    let mut traps = Vec::new();
    let mut trap = |key, is_error, message: &str| {
        let (name, message) = (definition.name.clone(), message.to_owned());
        traps.push(Trap { name, key, message, is_error });
    };
    let may =
        |condition: &Condition, sample: &Sample<'_>| known(&condition.0, sample) != Some(false);
    let must =
        |condition: &Condition, sample: &Sample<'_>| known(&condition.0, sample) == Some(true);
    let started: Vec<&Sample<'_>> =
        samples.iter().filter(|sample| may(&definition.when, sample)).collect();
    if started.is_empty() {
        trap("when", true, "no record can ever meet this");
        return traps;
    }
    let file = &definition.file;
    let drops = file.cancel_on == Cancel::StartNotMet;
    let pauses = |sample: &Sample<'_>| match &definition.pause {
        Some(pause) => may(pause, sample),
        None => file.kind != CommitmentKind::Contract && sample.state == StateCategory::Hold,
    };
    if let Some(pause) = &definition.pause {
        if !samples.iter().any(|sample| may(pause, sample)) {
            trap("pause", true, "no record can ever meet this");
        } else if drops && !started.iter().any(|sample| pauses(sample)) {
            let message = "it never holds together with `when`: the commitment is always \
                           cancelled and never pauses";
            trap("pause", true, message);
        } else if started.iter().all(|sample| must(pause, sample)) {
            trap("pause", true, "it holds whenever `when` does: the clock never runs");
        } else if drops
            && samples.iter().any(|each| must(pause, each) && !may(&definition.when, each))
            && started.iter().any(|each| must(pause, each))
        {
            let message = "in some states it holds while `when` does not: there the commitment \
                           is cancelled and does not pause";
            trap("pause", false, message);
        }
    } else if drops
        && file.kind != CommitmentKind::Contract
        && !started.iter().any(|sample| pauses(sample))
        && samples.iter().any(|sample| {
            sample.state == StateCategory::Hold && may_apart_from_state(&definition.when, sample)
        })
    {
        let message = "no record on hold meets this: a hold cancels the commitment and does not \
                       pause it";
        trap("when", false, message);
    }
    if let Some(stop) = &definition.stop {
        if started.iter().all(|sample| must(stop, sample)) {
            trap("stop", true, "it holds whenever `when` does: the commitment is never attached");
        } else if !samples.iter().any(|sample| may(stop, sample)) {
            trap("stop", true, "no record can ever meet this: the clock never stops");
        }
    }
    if let Some(cancel) = &definition.cancel
        && started.iter().all(|sample| must(cancel, sample))
    {
        trap("cancel", true, "it holds whenever `when` does: the commitment is never attached");
    }
    if definition.resume.is_some()
        && definition.pause.is_none()
        && file.kind == CommitmentKind::Contract
    {
        trap("resume", false, "there is no `pause` that it could end");
    }
    if file.cancel.is_some() && file.cancel_on == Cancel::Never {
        trap("cancel", false, "it is never asked, since `cancel_on` is `never`");
    }
    if let TargetTable::ByPriority(table) = &file.target {
        let missing: Vec<&str> = Priority::ALL
            .into_iter()
            .filter(|priority| {
                !table.contains_key(priority)
                    && started.iter().any(|sample| sample.priority == Some(*priority))
            })
            .map(Priority::name)
            .collect();
        if !missing.is_empty() {
            let message = format!("records of priority {} have no target", missing.join(", "));
            trap("target", false, &message);
        }
    }
    if file.metric != Metric::Response && file.first_response != super::FirstResponse::default() {
        trap("first_response", false, "only a commitment with `metric: response` asks for it");
    }
    let (people, teams) = (&policy.people, &policy.teams);
    match file.time_zone {
        super::ZoneSource::Requester if people.iter().all(|each| each.time_zone.is_none()) => {
            let message = "nobody in .gitsm/people.yaml has a `time_zone`";
            trap("time_zone", false, message);
        }
        super::ZoneSource::Team if teams.iter().all(|each| each.time_zone.is_none()) => {
            trap("time_zone", false, "no team in .gitsm/teams.yaml has a `time_zone`");
        }
        _ => {}
    }
    traps
}

/// Records in every state that there is, on hold for every reason, of every
/// priority.
fn samples(policy: &Policy) -> Vec<Sample<'_>> {
    let mut samples = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Ci) {
        let workflow = policy.workflow(kind);
        for (status, meaning) in &workflow.states {
            let mut holds = vec![None];
            if meaning.category == StateCategory::Hold {
                holds.extend(workflow.hold_reasons.iter().map(Some));
            }
            for hold in holds {
                for priority in Priority::ALL.into_iter().map(Some).chain([None]) {
                    let state = meaning.category;
                    samples.push(Sample { kind, status, state, hold, priority });
                }
            }
        }
    }
    samples
}

/// What the filter says about such a record; `None` where that depends on more.
fn known(filter: &Filter, sample: &Sample<'_>) -> Option<bool> {
    match filter {
        Filter::And(parts) => all(parts.iter().map(|part| known(part, sample))),
        Filter::Or(parts) => {
            all(parts.iter().map(|part| known(part, sample).map(|holds| !holds))).map(|no| !no)
        }
        Filter::Not(inner) => known(inner, sample).map(|holds| !holds),
        Filter::Test(test) => match test {
            Test::Any => Some(true),
            Test::Kind(kind) => Some(*kind == sample.kind),
            Test::Status(status) => Some(status == sample.status),
            Test::State(state) => Some(*state == sample.state),
            Test::Rank(RankField::Priority, test) => Some(match (test, sample.priority) {
                (RankTest::None, priority) => priority.is_none(),
                (RankTest::Between(..), None) => false,
                (RankTest::Between(low, high), Some(priority)) => {
                    (*low..=*high).contains(&priority.number())
                }
            }),
            Test::Text(TextField::Hold, test) => match (test, sample.hold) {
                (TextTest::None, hold) => Some(hold.is_none()),
                (TextTest::Is(word), Some(hold)) => Some(word.eq_ignore_ascii_case(hold.as_str())),
                (TextTest::StartsWith(start), Some(hold)) => {
                    Some(hold.as_str().starts_with(&start.to_ascii_lowercase()))
                }
                (TextTest::Is(_) | TextTest::StartsWith(_), None) => {
                    if sample.state == StateCategory::Hold { None } else { Some(false) }
                }
            },
            _ => None,
        },
    }
}

/// Whether the record might meet the condition in another state.
fn may_apart_from_state(condition: &Condition, sample: &Sample<'_>) -> bool {
    fn blurred(filter: &Filter, sample: &Sample<'_>) -> Option<bool> {
        match filter {
            Filter::And(parts) => all(parts.iter().map(|part| blurred(part, sample))),
            Filter::Or(parts) => {
                all(parts.iter().map(|part| blurred(part, sample).map(|holds| !holds)))
                    .map(|no| !no)
            }
            Filter::Not(inner) => blurred(inner, sample).map(|holds| !holds),
            Filter::Test(Test::Status(_) | Test::State(_) | Test::Text(TextField::Hold, _)) => None,
            Filter::Test(_) => known(filter, sample),
        }
    }
    blurred(&condition.0, sample) != Some(false)
}

/// Whether all hold: one that does not decides it.
fn all(mut parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut sum = Some(true);
    parts
        .try_for_each(|part| match part {
            Some(false) => Err(()),
            None => {
                sum = None;
                Ok(())
            }
            Some(true) => Ok(()),
        })
        .map_or(Some(false), |()| sum)
}
