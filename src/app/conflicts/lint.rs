//! What is wrong with windows and freezes, with file and line.

use super::load::{WINDOWS, items};
use crate::app::Session;
use crate::app::settings::Broken;
use crate::app::sla::line_of;
use crate::error::CommandError;
use crate::format;
use crate::outcome::{Finding, Severity};
use crate::policy::Policy;
use crate::policy::windows::{WindowsFile, mistakes};

/// What is wrong with the file that reads `bytes`.
///
/// # Errors
///
/// The index cannot be read.
pub(in crate::app) fn findings(
    session: &Session,
    policy: &Policy,
    bytes: &[u8],
) -> Result<Vec<Finding>, CommandError> {
    let file: WindowsFile = match format::read_settings(WINDOWS, bytes) {
        Ok(file) => file,
        Err(error) => return Ok(vec![Broken::unreadable(WINDOWS, &error).finding()]),
    };
    let items = items(session.index()?, &file)?;
    let unknown = items.into_iter().filter(|(_, item)| item.is_none());
    let unknown: Vec<String> = unknown.map(|(name, _)| name.to_owned()).collect();
    let text = String::from_utf8_lossy(bytes);
    let found = mistakes(&file, &policy.settings.time_zone, &unknown).into_iter();
    let finding = |mistake: crate::policy::windows::Mistake| {
        let keys: Vec<&str> = mistake.keys.iter().map(String::as_str).collect();
        Finding {
            path: WINDOWS.to_owned(),
            line: line_of(&text, &keys),
            severity: Severity::Error,
            rule: mistake.rule,
            message: mistake.message,
        }
    };
    Ok(found.map(finding).collect())
}
