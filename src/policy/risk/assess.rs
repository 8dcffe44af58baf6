//! What each source says about the risk of a change, with the reason in words.

use indexmap::IndexMap;

use super::{CiRisk, HistoryRisk, Question, RiskSettings};
use crate::model::{
    Change, ChangeModel, ChangeOutcome, Criticality, Priority, QuestionName, Risk, RiskPart,
    RiskSource,
};

/// An answer that means nothing to the desk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Nobody asks that.
    #[error("there is no question `{question}` about the risk of changes")]
    NoQuestion { question: String, known: Vec<String> },
    /// It is none of the answers.
    #[error("`{answer}` is no answer to `{question}`: {text}")]
    NoAnswer { question: String, answer: String, text: String, known: Vec<String> },
    /// It is answered in two ways.
    #[error("`{question}` is answered twice: `{first}` and `{second}`")]
    Twice { question: String, first: String, second: String },
}

impl AnswerError {
    /// What could have been said.
    pub fn hint(&self) -> String {
        match self {
            AnswerError::NoQuestion { known, .. } => {
                format!("the questions are {}", known.join(", "))
            }
            AnswerError::NoAnswer { known, .. } => format!("choose {}", known.join(", ")),
            AnswerError::Twice { .. } => "say which of them it is".to_owned(),
        }
    }
}

/// A configuration item that a change touches, or that depends on such a one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiSeen {
    pub name: String,
    pub criticality: Option<Criticality>,
}

/// An earlier change of the same model to the same items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// What people call it.
    pub short: String,
    pub outcome: Option<ChangeOutcome>,
    /// The resolution code.
    pub code: Option<String>,
    /// The priorities of the incidents that it caused.
    pub caused: Vec<Priority>,
}

/// What is known of where a change is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The items that it touches.
    pub own: Vec<CiSeen>,
    /// What depends on these.
    pub dependants: Vec<CiSeen>,
    /// Whether there are more of them.
    pub more: bool,
    /// Earlier changes like it, the newest first.
    pub past: Vec<Past>,
}

/// Answers as they were given, by question.
///
/// # Errors
///
/// A question has two answers.
pub fn answers(given: &[(String, String)]) -> Result<IndexMap<String, String>, AnswerError> {
    let mut answers: IndexMap<String, String> = IndexMap::new();
    for (question, answer) in given {
        let known = answers.insert(question.clone(), answer.clone());
        if let Some(first) = known.filter(|first| first != answer) {
            let (question, second) = (question.clone(), answer.clone());
            return Err(AnswerError::Twice { question, first, second });
        }
    }
    Ok(answers)
}

/// Whether an earlier change, made from the model `template` and authorised as
/// `model`, was one like `change`: made from the same model, or, without one,
/// authorised in the same way and made from none either.
pub fn is_like(change: &Change, template: Option<&str>, model: Option<ChangeModel>) -> bool {
    match change.template.as_deref() {
        Some(own) => template == Some(own),
        None => template.is_none() && model == Some(change.model),
    }
}

/// The questions that `answers` leave open, in their order.
pub fn missing<'a>(
    settings: &'a RiskSettings,
    answers: &IndexMap<String, String>,
) -> Vec<(&'a QuestionName, &'a Question)> {
    let open = |(name, _): &(&QuestionName, &Question)| !answers.contains_key(name.as_str());
    settings.questions.iter().filter(open).collect()
}

/// The sum of the answers and what follows from it (ServiceNow risk assessment:
/// the sum of answer times weight, and the highest threshold below it); nothing
/// while a question is open.
///
/// # Errors
///
/// Something was answered that nobody asks, or that is none of the answers.
pub fn of_questions(
    settings: &RiskSettings,
    answers: &IndexMap<String, String>,
) -> Result<Option<(u32, RiskPart)>, AnswerError> {
    let mut score = 0_u32;
    let mut telling: Vec<(u32, String)> = Vec::new();
    for (name, answer) in answers {
        let question = settings.questions.get(name.as_str()).ok_or_else(|| {
            let known = settings.questions.keys().map(ToString::to_string).collect();
            AnswerError::NoQuestion { question: name.clone(), known }
        })?;
        let given = question.answers.get(answer.as_str()).ok_or_else(|| AnswerError::NoAnswer {
            question: name.clone(),
            answer: answer.clone(),
            text: question.text.clone(),
            known: question.answers.keys().map(ToString::to_string).collect(),
        })?;
        let points = given.score.saturating_mul(question.weight());
        score = score.saturating_add(points);
        if points > 0 {
            telling.push((points, format!("{name} {answer} ({points})")));
        }
    }
    if settings.questions.is_empty() || !missing(settings, answers).is_empty() {
        return Ok(None);
    }
    let Some(thresholds) = settings.thresholds else { return Ok(None) };
    let risk = thresholds.risk(score);
    // The sort keeps questions with as many points in their order.
    telling.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
    let most: Vec<String> = telling.into_iter().take(3).map(|(_, text)| text).collect();
    let against = match risk {
        Risk::High => format!("more than {}", thresholds.high),
        Risk::Moderate => format!("more than {}", thresholds.moderate),
        Risk::Low => format!("not more than {}", thresholds.moderate),
    };
    let parts = if most.is_empty() { String::new() } else { format!(": {}", most.join(", ")) };
    let why = format!("the answers make {score} points, {against}{parts}");
    Ok(Some((score, RiskPart { source: RiskSource::Questionnaire, risk, why })))
}

/// What the items say: the most critical of those that are touched or fail with
/// them, and how many these are. Nothing where no items are named.
pub fn of_cis(settings: &CiRisk, around: &Surroundings) -> Option<RiskPart> {
    if around.own.is_empty() {
        return None;
    }
    let of = |ci: &CiSeen| {
        let criticality = ci.criticality?;
        Some((*settings.criticality.get(&criticality)?, criticality))
    };
    // Of equal ones the first, and what is touched before what depends on it.
    let mut worst: Option<(Risk, Criticality, &CiSeen, bool)> = None;
    let own = around.own.iter().map(|ci| (ci, true));
    for (ci, is_own) in own.chain(around.dependants.iter().map(|ci| (ci, false))) {
        if let Some((risk, criticality)) = of(ci)
            && worst.as_ref().is_none_or(|(known, ..)| risk > *known)
        {
            worst = Some((risk, criticality, ci, is_own));
        }
    }
    let count = u32::try_from(around.dependants.len()).unwrap_or(u32::MAX);
    let by_count = settings.dependants.risk(count);
    let risk = worst.as_ref().map_or(by_count, |(risk, ..)| by_count.max(*risk));
    let mut why = Vec::new();
    match worst {
        Some((_, criticality, ci, true)) => {
            why.push(format!("{} is of {} criticality", ci.name, criticality.name()));
        }
        Some((_, criticality, ci, false)) => why.push(format!(
            "{}, which depends on it, is of {} criticality",
            ci.name,
            criticality.name()
        )),
        None => why.push("nothing is known of how critical it is".to_owned()),
    }
    let more = if around.more { "at least " } else { "" };
    let (limit, relation) = match by_count {
        Risk::High => (settings.dependants.high, "more than"),
        Risk::Moderate => (settings.dependants.moderate, "more than"),
        Risk::Low => (settings.dependants.moderate, "not more than"),
    };
    let verb = if count == 1 { "item depends" } else { "items depend" };
    why.push(format!("{more}{count} {verb} on it, {relation} {limit}"));
    Some(RiskPart { source: RiskSource::Cis, risk, why: why.join("; ") })
}

/// What earlier changes say (ServiceNow change success score: points for each,
/// and for each incident that it caused). Nothing where there were none.
pub fn of_history(settings: &HistoryRisk, past: &[Past]) -> Option<RiskPart> {
    let (mut sum, mut counted, mut went_well) = (0_i64, 0_usize, 0_usize);
    let mut bad: Vec<String> = Vec::new();
    for change in past.iter().take(settings.last) {
        let points = &settings.points;
        let code = change.code.as_deref();
        let failed =
            matches!(change.outcome, Some(ChangeOutcome::Failed | ChangeOutcome::RolledBack));
        let (own, word) = match code {
            _ if failed => (points.unsuccessful, "did not succeed"),
            Some("unsuccessful") => (points.unsuccessful, "did not succeed"),
            Some("successful_with_issues") => (points.with_issues, "had issues"),
            Some("successful") => (points.successful, ""),
            _ if change.outcome == Some(ChangeOutcome::Successful) => (points.successful, ""),
            // It was not carried out, or nobody says how that went.
            _ => (0, ""),
        };
        let caused: i64 =
            change.caused.iter().filter_map(|priority| settings.incidents.get(priority)).sum();
        counted += 1;
        sum = sum.saturating_add(own).saturating_add(caused);
        went_well += usize::from(own > 0 && change.caused.is_empty());
        let mut told = Vec::new();
        if !word.is_empty() {
            told.push(word.to_owned());
        }
        let mut priorities = change.caused.clone();
        priorities.sort();
        if !priorities.is_empty() {
            let names: Vec<&str> = priorities.iter().map(|priority| priority.name()).collect();
            told.push(format!("caused {}", names.join(", ")));
        }
        if !told.is_empty() {
            bad.push(format!("{} {}", change.short, told.join(" and ")));
        }
    }
    if counted == 0 {
        return None;
    }
    let risk = settings.thresholds.risk(sum);
    let changes = if counted == 1 { "change" } else { "changes" };
    let mut why = format!("{counted} {changes} like it, {went_well} without trouble, {sum} points");
    let more = bad.len().saturating_sub(3);
    bad.truncate(3);
    if !bad.is_empty() {
        why.push_str(": ");
        why.push_str(&bad.join(", "));
    }
    if more > 0 {
        why.push_str(&format!(" and {more} more"));
    }
    Some(RiskPart { source: RiskSource::History, risk, why })
}

/// What all sources say.
///
/// # Errors
///
/// As [`of_questions`].
pub fn assess(
    settings: &RiskSettings,
    answers: &IndexMap<String, String>,
    around: &Surroundings,
) -> Result<(Option<u32>, Vec<RiskPart>), AnswerError> {
    let answered = of_questions(settings, answers)?;
    let score = answered.as_ref().map(|(score, _)| *score);
    let cis = settings.cis.as_ref().and_then(|cis| of_cis(cis, around));
    let history = settings.history.as_ref().and_then(|history| of_history(history, &around.past));
    let parts = answered.map(|(_, part)| part).into_iter().chain(cis).chain(history);
    Ok((score, parts.collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format;
    use crate::policy::defaults;

    fn settings() -> RiskSettings {
        format::read_built_in(defaults::RISK).expect("the built-in questions")
    }

    fn answers(given: &[(&str, &str)]) -> IndexMap<String, String> {
        given.iter().map(|(q, a)| ((*q).to_owned(), (*a).to_owned())).collect()
    }

    fn all(worst: bool) -> IndexMap<String, String> {
        let each = settings();
        let pick = |question: &Question| {
            let mut names: Vec<(u32, String)> =
                question.answers.iter().map(|(n, a)| (a.score, n.to_string())).collect();
            names.sort();
            let at = if worst { names.len() - 1 } else { 0 };
            names[at].1.clone()
        };
        each.questions.iter().map(|(name, question)| (name.to_string(), pick(question))).collect()
    }

    #[test]
    fn the_built_in_settings_work() {
        assert_eq!(settings().mistakes(), []);
        let (least, part) = of_questions(&settings(), &all(false)).expect("answers").expect("all");
        assert_eq!((least, part.risk), (0, Risk::Low));
        let (most, part) = of_questions(&settings(), &all(true)).expect("answers").expect("all");
        assert_eq!((most, part.risk), (85, Risk::High));
    }

    #[test]
    fn a_threshold_is_passed_and_not_reached() {
        let limits = settings().thresholds.expect("thresholds");
        let risks = [20, 21, 45, 46].map(|score| limits.risk(score));
        assert_eq!(risks, [Risk::Low, Risk::Moderate, Risk::Moderate, Risk::High]);
    }

    #[test]
    fn answers_are_checked_and_all_are_wanted() {
        let some = answers(&[("users", "all")]);
        assert_eq!(of_questions(&settings(), &some), Ok(None));
        assert_eq!(missing(&settings(), &some).len(), 4);
        let wrong = of_questions(&settings(), &answers(&[("users", "most")]));
        let hint = wrong.expect_err("no such answer").hint();
        assert_eq!(hint, "choose nobody, some, many, all");
        let wrong = of_questions(&settings(), &answers(&[("user", "all")]));
        assert!(wrong.expect_err("no such question").hint().contains("users"));
    }

    fn ci(name: &str, criticality: Option<Criticality>) -> CiSeen {
        CiSeen { name: name.to_owned(), criticality }
    }

    #[test]
    fn the_most_critical_item_counts_and_so_does_their_number() {
        let of = |own: &[CiSeen], dependants: Vec<CiSeen>| {
            let around = Surroundings { own: own.to_vec(), dependants, ..Surroundings::default() };
            of_cis(settings().cis.as_ref().expect("rules"), &around)
        };
        assert_eq!(of(&[], vec![]), None);
        let low = of(&[ci("db", None)], vec![]).expect("a part");
        assert_eq!(low.risk, Risk::Low);
        let part = of(&[ci("db", None)], vec![ci("crm", Some(Criticality::High))]);
        let part = part.expect("a part");
        assert_eq!(part.risk, Risk::High);
        assert!(part.why.starts_with("crm, which depends on it, is of high"), "{}", part.why);
        let many = |count| (0..count).map(|n| ci(&n.to_string(), None)).collect();
        let risks = [5, 6, 20, 21].map(|count| of(&[ci("db", None)], many(count)).map(|p| p.risk));
        let wanted = [Risk::Low, Risk::Moderate, Risk::Moderate, Risk::High];
        assert_eq!(risks, wanted.map(Some));
    }

    fn past(code: &str, caused: &[Priority]) -> Past {
        let (code, caused) = (Some(code.to_owned()), caused.to_vec());
        Past { short: "CHG-1".into(), outcome: None, code, caused }
    }

    /// The points of ServiceNow's change success score.
    #[test]
    fn past_changes_have_their_points() {
        let rules = settings().history.expect("rules");
        let sum = |past: &[Past]| of_history(&rules, past).map(|part| (part.risk, part.why));
        assert_eq!(sum(&[]), None);
        let why = "1 change like it, 1 without trouble, 3 points".to_owned();
        assert_eq!(sum(&[past("successful", &[])]), Some((Risk::Low, why)));
        for (code, caused, points, risk) in [
            ("successful_with_issues", &[][..], -2, Risk::Moderate),
            ("unsuccessful", &[], -5, Risk::Moderate),
            ("successful", &[Priority::P1], -7, Risk::Moderate),
            ("unsuccessful", &[Priority::P1], -15, Risk::High),
            ("unsuccessful", &[Priority::P2], -10, Risk::Moderate),
            ("successful", &[Priority::P3], 1, Risk::Low),
            ("successful", &[Priority::P4], 3, Risk::Low),
            ("cancelled", &[], 0, Risk::Low),
        ] {
            let (found, why) = sum(&[past(code, caused)]).expect("a part");
            assert_eq!(found, risk, "{code} {caused:?}");
            assert!(why.contains(&format!("{points} points")), "{why}");
        }
        let rolled_back = Past {
            outcome: Some(ChangeOutcome::RolledBack),
            ..past("successful_with_issues", &[])
        };
        assert!(sum(&[rolled_back]).expect("a part").1.contains("-5 points"));
        // Only the latest count.
        let mut many = vec![past("successful", &[]); 20];
        many.push(past("unsuccessful", &[Priority::P1, Priority::P1]));
        assert_eq!(sum(&many).map(|(risk, _)| risk), Some(Risk::Low));
    }

    proptest! {
        /// More of what is bad never makes the risk lower.
        #[test]
        fn risks_only_rise(score in 0u32..200, more in 0u32..50, low in 0u32..50, step in 1u32..50) {
            let limits = super::super::Thresholds { moderate: low, high: low + step };
            prop_assert!(limits.risk(score) <= limits.risk(score + more));
            let limits = super::super::Limits { moderate: 0, high: -i64::from(step) };
            let sum = i64::from(score) - 100;
            prop_assert!(limits.risk(sum) <= limits.risk(sum - i64::from(more)));
        }
    }
}
