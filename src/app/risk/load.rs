//! Reading the desk's settings about risk.

use crate::app::error::unreadable;
use crate::error::CommandError;
use crate::format;
use crate::outcome::{Finding, Severity};
use crate::policy::defaults;
use crate::policy::risk::RiskSettings;
use crate::store::Snapshot;

/// Where the desk says how the risk of changes is found.
pub(in crate::app) const RISK: &str = ".gitsm/risk.yaml";

/// How the risk of changes is found.
#[derive(Debug)]
pub(super) struct Rules {
    pub settings: RiskSettings,
    /// Whether the desk has a file of its own.
    pub is_own: bool,
    /// Whether the desk asks questions of its own, which are then to be answered.
    pub wants_answers: bool,
}

/// What is built in.
fn built_in() -> RiskSettings {
    format::read_built_in(defaults::RISK).unwrap_or_default()
}

/// The rules of `snapshot`, with what is built in for what they do not say.
///
/// # Errors
///
/// The file cannot be read.
pub(super) fn rules(snapshot: &Snapshot<'_>) -> Result<Rules, CommandError> {
    let Some(bytes) = snapshot.file(RISK)? else {
        return Ok(Rules { settings: built_in(), is_own: false, wants_answers: false });
    };
    let own: RiskSettings =
        format::read_settings(RISK, &bytes).map_err(|error| unreadable(RISK, &error))?;
    let wants_answers = !own.questions.is_empty();
    Ok(Rules { settings: own.or(built_in()), is_own: true, wants_answers })
}

/// What is wrong in the file.
pub(in crate::app) fn findings(bytes: &[u8]) -> Vec<Finding> {
    let finding = |line, rule, message| {
        let (path, severity) = (RISK.to_owned(), Severity::Error);
        Finding { path, line, severity, rule, message }
    };
    match format::read_settings::<RiskSettings>(RISK, bytes) {
        Err(error) => vec![finding(error.line, "settings-unreadable", error.told())],
        Ok(settings) => {
            let mistakes = settings.mistakes().into_iter();
            let told = mistakes.map(|mistake| {
                finding(format::line_at(bytes, &mistake.place), mistake.rule, mistake.message)
            });
            told.collect()
        }
    }
}
