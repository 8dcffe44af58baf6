//! Assessing the risk of a change.

use indexmap::IndexMap;

use super::around::around;
use super::load::{Rules, rules};
use crate::app::write::Work;
use crate::app::{Session, update};
use crate::error::CommandError;
use crate::model::{
    Change, ChangeModel, NoteKind, Patch, QuestionName, Record, RecordId, Risk, RiskAssessment,
    RiskPart, one_line,
};
use crate::outcome::{RiskChoice, RiskQuestion};
use crate::policy::risk::{self, AnswerError, Question};
use crate::policy::{Inputs, Transition, template};

/// What somebody says about the risk of a change.
#[derive(Clone, Debug, Default)]
pub struct AssessRequest {
    /// Questions and answers.
    pub answers: Vec<(String, String)>,
    /// The risk, if it is not to be the one that is found.
    pub risk: Option<Risk>,
    /// Why it is lower than that.
    pub reason: Option<String>,
    /// What else is said.
    pub comment: Option<String>,
}

/// What was found about a change.
pub(super) struct Found {
    pub answers: IndexMap<String, String>,
    pub score: Option<u32>,
    pub parts: Vec<RiskPart>,
}

impl Found {
    pub(super) fn risk(&self) -> Option<Risk> {
        self.parts.iter().map(|part| part.risk).max()
    }
}

impl From<AnswerError> for CommandError {
    fn from(error: AnswerError) -> Self {
        Self::usage(&error).hint(error.hint())
    }
}

/// What is found about `change` now, with these answers.
pub(super) fn find(
    session: &Session,
    rules: &Rules,
    change: &Change,
    answers: IndexMap<String, String>,
) -> Result<Found, CommandError> {
    let last = rules.settings.history.as_ref().map_or(0, |history| history.last);
    let around = around(session.index()?, change, last)?;
    let (score, parts) = risk::assess(&rules.settings, &answers, &around)?;
    Ok(Found { answers, score, parts })
}

/// The answers that are kept in the record, as far as they still mean something.
pub(super) fn kept_answers(rules: &Rules, change: &Change) -> IndexMap<String, String> {
    let kept = change.risk_assessment.iter().flat_map(|assessment| &assessment.answers);
    let counts = |(question, answer): &(&String, &String)| {
        let question = rules.settings.questions.get(question.as_str());
        question.is_some_and(|question| question.answers.contains_key(answer.as_str()))
    };
    kept.filter(counts).map(|(q, a)| (q.clone(), a.clone())).collect()
}

/// The questions that somebody who assesses the change `text` with `request`
/// still has to answer; none where the desk wants no answers and a risk is given.
///
/// # Errors
///
/// There is no such change, or the settings cannot be read.
pub fn questions(
    session: &Session,
    text: &str,
    request: &AssessRequest,
) -> Result<Vec<RiskQuestion>, CommandError> {
    let id = session.find(text)?;
    let Record::Change(change) = session.record(id)? else { return Ok(Vec::new()) };
    let rules = rules(&session.snapshot()?)?;
    let is_asked = rules.wants_answers
        || !request.answers.is_empty()
        || (request.risk.is_none() && change.risk.is_none());
    if !is_asked {
        return Ok(Vec::new());
    }
    let mut answers = kept_answers(&rules, &change);
    answers.extend(risk::answers(&request.answers)?);
    Ok(open(&rules, &answers))
}

/// A question as answers show it, with the name of what was answered.
pub(super) fn asked(
    name: &QuestionName,
    question: &Question,
    answer: Option<&str>,
) -> RiskQuestion {
    let choices = question.answers.iter().map(|(name, answer)| RiskChoice {
        name: name.to_string(),
        text: answer.text.clone().unwrap_or_else(|| name.to_string()),
        score: answer.score,
    });
    RiskQuestion::of(name, (&question.text, question.weight()), choices.collect(), answer)
}

fn open(rules: &Rules, answers: &IndexMap<String, String>) -> Vec<RiskQuestion> {
    let missing = risk::missing(&rules.settings, answers);
    missing.into_iter().map(|(name, question)| asked(name, question, None)).collect()
}

/// Assesses the change and, where its workflow offers that now, passes it on.
///
/// # Errors
///
/// Answers are missing or mean nothing, a lower risk has no reason, or the
/// workflow refuses.
pub(in crate::app) fn carry_out(
    work: &mut Work<'_>,
    id: RecordId,
    request: &AssessRequest,
) -> Result<(), CommandError> {
    let rules = rules(work.snapshot)?;
    let record = work.peek(id)?;
    let Record::Change(change) = &record else {
        return Err(CommandError::usage(format!("{} is no change", id.short())));
    };
    let workflow = work.policy.workflow_of(&record);
    let passes_on = workflow.ways("assess", &record).next().is_some();
    let says_more = !request.answers.is_empty() || request.reason.is_some();
    let is_open = workflow.category(record.status()).is_open();
    let finds = rules.is_own || says_more || change.risk_assessment.is_some();
    let inputs = |risk: Option<Risk>| Inputs {
        comment: request.comment.clone(),
        patches: risk.map(|risk| Patch::Set("risk".into(), risk.to_string())).into_iter().collect(),
        ..Inputs::default()
    };
    if !is_open || !(passes_on || says_more) {
        return update::act(work, id, "assess", &inputs(request.risk));
    }
    let mut answers = kept_answers(&rules, change);
    answers.extend(risk::answers(&request.answers)?);
    let found = find(work.session, &rules, change, answers)?;
    // Where nobody asks for more, a risk that somebody says is enough, unless what is
    // known says that there is more of it.
    let said = request.risk.or(change.risk);
    if !finds && (said.is_none() || risk::lowered(found.risk(), said).is_none()) {
        return update::act(work, id, "assess", &inputs(request.risk));
    }
    let missing = open(&rules, &found.answers);
    if !missing.is_empty() && (rules.wants_answers || !request.answers.is_empty()) {
        return Err(unanswered(id, &missing));
    }
    let given = if finds { request.risk.or_else(|| found.risk()) } else { said };
    let reason = request.reason.as_deref().map(one_line).transpose();
    let reason = reason
        .map_err(|error| CommandError::usage(format!("the reason cannot be used: {error}")))?;
    let lower = risk::lowered(found.risk(), given);
    if let (Some(found_risk), None) = (lower, &reason) {
        let given = given.map_or("", Risk::name);
        let message =
            format!("{given} is less than the {found_risk} that was found [risk-lowered]");
        let why = found.parts.iter().filter(|part| part.risk == found_risk);
        let told = why.map(|part| format!("{}: {}", part.source, part.why));
        let error = told.fold(CommandError::refused(message), CommandError::hint);
        return Err(error.hint("say why it is lower all the same with `--reason TEXT`"));
    }
    work.notices.push(told(id, &found, given, reason.as_deref().filter(|_| lower.is_some())));
    let (at, by) = (work.session.now(), work.actor.clone());
    if let Record::Change(change) = work.record(id)? {
        change.risk = given.or(change.risk);
        change.risk_assessment = Some(Box::new(RiskAssessment {
            answers: found.answers,
            score: found.score,
            parts: found.parts,
            at,
            by,
            reason: reason.filter(|_| lower.is_some()),
        }));
    }
    if passes_on {
        return update::act(work, id, "assess", &inputs(None));
    }
    match &request.comment {
        Some(text) => update::note(work, id, NoteKind::Work, text),
        None => Ok(()),
    }
}

/// As [`carry_out`], for an assessment that says no more than other actions can.
///
/// # Errors
///
/// As [`carry_out`].
pub(in crate::app) fn step(
    work: &mut Work<'_>,
    id: RecordId,
    inputs: &Inputs,
) -> Result<(), CommandError> {
    let risk = |patch: &Patch| match patch {
        Patch::Set(field, value) if field == "risk" => value.parse().ok(),
        _ => None,
    };
    let mut request = AssessRequest { comment: inputs.comment.clone(), ..Default::default() };
    for patch in &inputs.patches {
        match risk(patch) {
            Some(risk) => request.risk = Some(risk),
            // Other fields come before what is found from them.
            None => update::edit(work, id, std::slice::from_ref(patch))?,
        }
    }
    carry_out(work, id, &request)
}

/// What was found, on one line.
fn told(id: RecordId, found: &Found, given: Option<Risk>, reason: Option<&str>) -> String {
    let parts = found.parts.iter().map(|part| format!("{} {}", part.source, part.risk));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let risk = given.map_or("none", Risk::name);
    let instead = match (reason, found.risk()) {
        (Some(reason), Some(found)) => format!(" instead of {found}: {reason}"),
        _ => String::new(),
    };
    let short = id.short();
    let from = if parts.is_empty() { String::new() } else { format!(" ({parts})") };
    format!("the risk of {short} is {risk}{instead}{from}; `gitsm change risk {short}` says why")
}

/// How the change is assessed, as somebody would type it: where the desk asks
/// questions of its own, with answers to those that are open.
///
/// # Errors
///
/// The desk's settings cannot be read.
pub(in crate::app) fn to_type(work: &Work<'_>, change: &Change) -> Result<String, CommandError> {
    let rules = rules(work.snapshot)?;
    let id = change.id.short();
    if !rules.wants_answers {
        return Ok(format!("gitsm change assess {id} --risk low"));
    }
    let missing = open(&rules, &kept_answers(&rules, change));
    let each = |question: &RiskQuestion| {
        let choices: Vec<&str> = question.choices.iter().map(|c| c.name.as_str()).collect();
        format!(" --answer {}={}", question.name, choices.join("|"))
    };
    let answers: String = missing.iter().map(each).collect();
    Ok(format!("gitsm change assess {id}{answers}"))
}

/// The refusal of an assessment with open questions.
fn unanswered(id: RecordId, missing: &[RiskQuestion]) -> CommandError {
    let short = id.short();
    let names: Vec<&str> = missing.iter().map(|question| question.name.as_str()).collect();
    let is_one = names.len() == 1;
    let message = format!(
        "the assessment of {short} has {} without an answer: {}",
        if is_one { "a question".to_owned() } else { format!("{} questions", names.len()) },
        names.join(", ")
    );
    let each = |question: &RiskQuestion| {
        let choices: Vec<&str> = question.choices.iter().map(|c| c.name.as_str()).collect();
        format!("--answer {}={} ({})", question.name, choices.join("|"), question.text)
    };
    missing.iter().map(each).fold(CommandError::usage(message), CommandError::hint)
}

/// Finds the risk of a standard change that is about to be handed in and whose
/// model sets a bound for it, so that nobody need guess it.
///
/// # Errors
///
/// The settings or the index cannot be read.
pub(in crate::app) fn before_handing_in(
    work: &mut Work<'_>,
    id: RecordId,
    action: &str,
) -> Result<(), CommandError> {
    let record = work.peek(id)?;
    let Record::Change(change) = &record else { return Ok(()) };
    let policy = work.policy;
    let is_bound = change.model == ChangeModel::Standard
        && policy.models.of(change).is_some_and(|(_, file)| {
            file.bounds.as_ref().is_some_and(|bounds| bounds.risk.is_some())
        });
    let workflow = policy.workflow_of(&record);
    let hands_in = |way: &Transition| {
        way.to.as_ref().is_some_and(|to| template::hands_in(workflow, record.status(), to))
    };
    if !is_bound || !workflow.ways(action, &record).any(hands_in) {
        return Ok(());
    }
    let rules = rules(work.snapshot)?;
    let found = find(work.session, &rules, change, kept_answers(&rules, change))?;
    if found.parts.is_empty() {
        return Ok(());
    }
    keep(work, id, change, found)
}

/// Finds the risk of a change that a machine raised, so that a person is only
/// asked where the desk wants answers.
///
/// # Errors
///
/// The desk wants answers, or its settings or the index cannot be read.
pub(in crate::app) fn by_itself(work: &mut Work<'_>, id: RecordId) -> Result<(), CommandError> {
    let rules = rules(work.snapshot)?;
    let record = work.peek(id)?;
    let Record::Change(change) = &record else { return Ok(()) };
    let found = find(work.session, &rules, change, kept_answers(&rules, change))?;
    let missing = open(&rules, &found.answers);
    if rules.wants_answers && !missing.is_empty() {
        return Err(unanswered(id, &missing));
    }
    if found.parts.is_empty() {
        return Ok(());
    }
    let risk = change.risk.max(found.risk());
    work.notices.push(told(id, &found, risk, None));
    keep(work, id, change, found)
}

/// Keeps what was found about `change`. A risk that somebody said is not made
/// less.
fn keep(
    work: &mut Work<'_>,
    id: RecordId,
    change: &Change,
    found: Found,
) -> Result<(), CommandError> {
    let is_known = change.risk_assessment.as_ref().is_some_and(|kept| kept.parts == found.parts);
    if is_known && change.risk.is_some() {
        return Ok(());
    }
    let risk = change.risk.max(found.risk());
    let reason = change.risk_assessment.as_ref().and_then(|kept| kept.reason.clone());
    let reason = reason.filter(|_| change.risk == risk);
    let (at, by) = (work.session.now(), work.actor.clone());
    let Found { answers, score, parts } = found;
    if let Record::Change(change) = work.record(id)? {
        change.risk = risk;
        change.risk_assessment =
            Some(Box::new(RiskAssessment { answers, score, parts, at, by, reason }));
    }
    Ok(())
}
