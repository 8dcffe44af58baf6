//! Recording that a change was tested.

use super::attach::{self, Content};
use super::write::Work;
use crate::error::CommandError;
use crate::model::{Record, RecordId, TestEvidence, TestResult, one_line};
use crate::policy::Refusal;

/// What somebody says about a test.
#[derive(Clone, Debug)]
pub struct EvidenceRequest {
    pub result: TestResult,
    /// The report, which is kept with the change.
    pub report: Option<Content>,
    /// SHA-256 of a report that is kept elsewhere.
    pub sha256: Option<String>,
    /// What was tested.
    pub text: Option<String>,
}

/// Adds evidence of a test to the change `id`, about what it deploys as it stands.
///
/// # Errors
///
/// It is no change, has ended, or no report is named.
pub(super) fn add(
    work: &mut Work<'_>,
    id: RecordId,
    request: &EvidenceRequest,
) -> Result<(), CommandError> {
    let record = work.peek(id)?;
    let Record::Change(change) = &record else {
        return Err(CommandError::usage(format!("{} is no change", id.short())));
    };
    if !work.policy.category_of(&record).is_open() {
        let status = record.status().clone();
        return Err(Refusal::NotOpen { id, status }.into());
    }
    let text = request.text.as_deref().map(one_line).transpose();
    let text = text.map_err(|error| CommandError::usage(format!("what was tested: {error}")))?;
    let sha256 = match (&request.report, &request.sha256) {
        (Some(report), _) => report.sha256().to_owned(),
        (None, Some(given)) => digest(given)?,
        (None, None) => {
            return Err(CommandError::usage("the evidence of a test is its report")
                .hint("name its file, or its SHA-256 with `--sha256 DIGEST`"));
        }
    };
    let deployment = change.deployment.as_deref();
    let evidence = TestEvidence {
        id: work.session.fresh_id(),
        result: request.result,
        sha256,
        text,
        commit: deployment.and_then(|deployment| deployment.commit.clone()),
        artefact: deployment.and_then(|deployment| deployment.artefact.clone()),
        at: work.session.now(),
        by: work.actor.clone(),
    };
    if let Some(report) = &request.report {
        attach::attach(work, id, std::slice::from_ref(report))?;
    }
    if let Record::Change(change) = work.record(id)? {
        change.test_evidence.push(evidence);
    }
    Ok(())
}

/// A digest as it is kept.
fn digest(given: &str) -> Result<String, CommandError> {
    let bare = given.trim().to_ascii_lowercase();
    let bare = bare.strip_prefix("sha256:").unwrap_or(&bare);
    if bare.len() == 64 && bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(bare.to_owned());
    }
    Err(CommandError::usage(format!("`{given}` is no SHA-256 digest"))
        .hint("it has 64 hexadecimal digits, as `sha256sum FILE` prints them"))
}
