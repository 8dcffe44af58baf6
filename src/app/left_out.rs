//! What a desk's helps leave out, since the desk does not use it.

use super::Session;
use super::approval::APPROVALS;
use crate::error::CommandError;
use crate::model::{Kind, Profile};

/// The verbs of major incidents.
const MAJOR: &[&str] = &["propose", "promote", "decline", "communicate", "review"];
/// The verbs of approvals.
const APPROVAL: &[&str] = &["submit", "approve", "reject", "revise"];

/// The verbs that a help desk has not asked for, by record type: those of major
/// incidents, and those of approvals while it defines none. They work all the
/// same; nobody is told of them.
///
/// # Errors
///
/// There is no desk, or its settings cannot be read.
pub fn left_out(session: &Session) -> Result<Vec<(Kind, &'static [&'static str])>, CommandError> {
    if session.policy()?.settings.profile != Profile::HelpDesk {
        return Ok(Vec::new());
    }
    let mut left_out = vec![(Kind::Incident, MAJOR)];
    if session.snapshot()?.file(APPROVALS)?.is_none() {
        left_out.push((Kind::Request, APPROVAL));
    }
    Ok(left_out)
}
