//! Risks that are lower than what was found.

use crate::model::{Record, Risk};

/// What is wrong where somebody sets the risk of a change lower than what was
/// found, without a reason.
pub fn breach(before: Option<&Record>, after: &Record) -> Option<String> {
    let lowered = |record: &Record| -> Option<(Option<Risk>, Risk)> {
        let Record::Change(change) = record else { return None };
        let assessment = change.risk_assessment.as_ref()?;
        let found = assessment.found()?;
        let is_explained =
            assessment.reason.as_ref().is_some_and(|reason| !reason.trim().is_empty());
        (change.risk < Some(found) && !is_explained).then_some((change.risk, found))
    };
    let (risk, found) = lowered(after)?;
    if before.and_then(lowered) == Some((risk, found)) {
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
