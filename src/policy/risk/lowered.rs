//! Risks that are lower than what was found.

use crate::model::{Record, Risk};

/// The risk that was found, where the one that is given is lower, for which there
/// must be a reason.
pub fn lowered(found: Option<Risk>, given: Option<Risk>) -> Option<Risk> {
    found.filter(|found| given < Some(*found))
}

/// What is wrong where somebody sets the risk of a change lower than what was
/// found, without a reason.
pub fn breach(before: Option<&Record>, after: &Record) -> Option<String> {
    let unexplained = |record: &Record| -> Option<(Option<Risk>, Risk)> {
        let Record::Change(change) = record else { return None };
        let assessment = change.risk_assessment.as_ref()?;
        let found = lowered(assessment.found(), change.risk)?;
        let is_explained =
            assessment.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
        (!is_explained).then_some((change.risk, found))
    };
    let (risk, found) = unexplained(after)?;
    if before.and_then(unexplained) == Some((risk, found)) {
        return None;
    }
    let id = after.id().short();
    let given = risk.map_or("nothing", Risk::name);
    Some(format!(
        "{found} was found, and {given} is less; say why with `gitsm change assess {id} --risk \
         {} --reason TEXT`",
        risk.unwrap_or(Risk::Low)
    ))
}
