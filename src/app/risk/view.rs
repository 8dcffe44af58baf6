//! The risk of a change, explained.

use super::assess::{asked, find, kept_answers};
use super::load::rules;
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{Record, RiskPart};
use crate::outcome::{KeptRisk, RiskPartView, RiskView};
use crate::policy::risk::lowered;

/// What is found about the change `text` now, and where that is other than what
/// was kept when it was assessed.
///
/// # Errors
///
/// There is no such change, or the settings or the index cannot be read.
pub fn risk(session: &Session, text: &str) -> Result<RiskView, CommandError> {
    let id = session.find(text)?;
    let Record::Change(change) = session.record(id)? else {
        let message = format!("{} is no change but {}", id.short(), id.kind().one());
        return Err(CommandError::usage(message));
    };
    let rules = rules(&session.snapshot()?)?;
    let found = find(session, &rules, &change, kept_answers(&rules, &change))?;
    let highest = found.risk();
    let part = |part: &RiskPart| RiskPartView {
        source: part.source,
        risk: part.risk,
        why: part.why.clone(),
        decides: Some(part.risk) == highest,
    };
    let kept = change.risk_assessment.as_ref().map(|kept| {
        let was = |source| kept.parts.iter().find(|part| part.source == source);
        let mut differs = Vec::new();
        for now in &found.parts {
            match was(now.source) {
                None => differs.push(format!("{}: {} now, and nothing then", now.source, now.risk)),
                Some(then) if then.risk != now.risk => {
                    differs.push(format!(
                        "{}: {} now, and {} then ({})",
                        now.source, now.risk, then.risk, then.why
                    ));
                }
                Some(then) if then.why != now.why => {
                    differs.push(format!("{}: then {}", now.source, then.why));
                }
                Some(_) => {}
            }
        }
        for then in &kept.parts {
            if !found.parts.iter().any(|now| now.source == then.source) {
                differs.push(format!("{}: nothing now, and {} then", then.source, then.risk));
            }
        }
        KeptRisk {
            found: kept.found(),
            at: kept.at,
            by: kept.by.clone(),
            reason: kept.reason.clone(),
            differs,
        }
    });
    let questions = rules.settings.questions.iter();
    let questions = questions.map(|(name, question)| {
        asked(name, question, found.answers.get(name.as_str()).map(String::as_str))
    });
    Ok(RiskView {
        schema: RiskView::SCHEMA,
        id,
        short: id.short(),
        title: change.title.clone(),
        risk: change.risk,
        found: highest,
        score: found.score,
        parts: found.parts.iter().map(part).collect(),
        questions: questions.collect(),
        wants_answers: rules.wants_answers,
        is_lower: change.risk.is_some() && lowered(highest, change.risk).is_some(),
        kept,
        now: session.now(),
    })
}
