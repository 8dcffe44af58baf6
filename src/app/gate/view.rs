//! The gate's answer, as it is given.

use super::{GateRequest, Known, USUAL};
use crate::exit;
use crate::model::{Record, Timestamp};
use crate::outcome::{GateOverride, GateReason, GateView};
use crate::policy::deployment::Tier;
use crate::policy::gate::{Answer, Authorised, Heals, How, Reason, Verdict};

pub(super) fn of(
    now: Timestamp,
    request: &GateRequest,
    known: &Known,
    answer: &Answer,
) -> GateView {
    let record = known.record.as_ref();
    let deployment = match record {
        Some(Record::Change(change)) => change.deployment.as_ref(),
        _ => None,
    };
    let (environment, settings) = known.environment.clone().unwrap_or_default();
    let environment = match environment.is_empty() {
        true => request.environment.clone().unwrap_or_else(|| USUAL.to_owned()),
        false => environment,
    };
    let mut view = GateView {
        schema: GateView::SCHEMA,
        verdict: answer.verdict().name(),
        exit_code: exit_code(answer),
        id: record.map(Record::id),
        short: record.map(|record| record.id().short()),
        title: record.map(|record| record.title().to_owned()),
        environment,
        tier: tier(settings.tier),
        repository: request
            .repository
            .clone()
            .or_else(|| deployment.map(|deployment| deployment.repository.clone())),
        commit: request.commit.clone().or_else(|| deployment.and_then(|of| of.commit.clone())),
        artefact: request
            .artefact
            .clone()
            .or_else(|| deployment.and_then(|of| of.artefact.clone())),
        reasons: answer.reasons().iter().map(reason).collect(),
        warnings: answer.warnings().iter().chain(&known.warnings).cloned().collect(),
        approved_by: Vec::new(),
        digest: None,
        model: None,
        bypass: answer.is_bypass(),
        overridden: answer.by_override().map(|by| GateOverride {
            by: by.by.clone(),
            at: by.at,
            reason: by.reason.clone(),
            incident: by.incident,
            due: by.due,
            commit: None,
        }),
        desk: known.desk.clone(),
        remote: known.remote.clone(),
        at: now,
        clock_given: false,
        replay: None,
        replayed: request.at.is_some(),
    };
    match answer.proof().map(Authorised::how) {
        Some(How::Votes { by, digest }) => {
            view.approved_by.clone_from(by);
            view.digest = Some(digest.clone());
        }
        Some(How::Model(name)) => view.model = Some(name.clone()),
        Some(How::Standard) | None => {}
    }
    view.replay = replay(request, &view);
    view
}

/// What the command ends with.
fn exit_code(answer: &Answer) -> u8 {
    match answer.verdict() {
        Verdict::Allow => exit::DONE,
        Verdict::Deny => exit::GATE_DENY,
        Verdict::Pending => exit::GATE_PENDING,
        Verdict::Override => exit::GATE_OVERRIDE,
        Verdict::Unknown if answer.is_bypass() => exit::DONE,
        Verdict::Unknown => exit::GATE_UNKNOWN,
    }
}

const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Production => "production",
        Tier::Staging => "staging",
        Tier::Testing => "testing",
        Tier::Development => "development",
    }
}

fn reason(reason: &Reason) -> GateReason {
    GateReason {
        rule: reason.rule.name(),
        verdict: reason.verdict.name(),
        text: reason.text.clone(),
        hint: reason.hint.clone(),
        until: match reason.heals {
            Heals::At(at) => Some(at),
            Heals::Never | Heals::ByPeople => None,
        },
    }
}

/// The command that decides the same again.
fn replay(request: &GateRequest, view: &GateView) -> Option<String> {
    let desk = view.desk.as_ref()?;
    let mut command = "gitsm change gate".to_owned();
    match (&view.id, &request.id) {
        (Some(id), _) => command.push_str(&format!(" {id}")),
        (None, Some(text)) => command.push_str(&format!(" {}", quoted(text))),
        (None, None) => {}
    }
    let options = [
        ("environment", Some(&view.environment)),
        ("repository", request.repository.as_ref()),
        ("commit", request.commit.as_ref()),
        ("artefact", request.artefact.as_ref()),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            command.push_str(&format!(" --{name} {}", quoted(value)));
        }
    }
    command.push_str(&format!(" --at {desk} --time {}", view.at));
    Some(command)
}

/// The word, in quotes where a shell would take it apart.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
