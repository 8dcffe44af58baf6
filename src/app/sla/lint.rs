//! What is wrong with commitments and calendars, with file and line.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{CALENDARS, SLA, name_of};
use crate::app::settings::{DESK, PEOPLE, TEAMS};
use crate::error::CommandError;
use crate::format;
use crate::model::Zone;
use crate::outcome::{Finding, Severity};
use crate::policy::Policy;
use crate::policy::calendar::{Calendar, CalendarFile, Calendars};
use crate::policy::sla::{SlaFile, Terms, traps};
use crate::store::Snapshot;

/// Files that are to be other than committed, and what they are to hold; none
/// where the file is to go.
type Edits<'a> = &'a [(String, Option<Vec<u8>>)];

/// What they are judged by: the committed files, but for those that are edited.
struct Files<'a> {
    snapshot: &'a Snapshot<'a>,
    edits: Edits<'a>,
}

impl Files<'_> {
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, CommandError> {
        match self.edits.iter().find(|(edited, _)| edited == path) {
            Some((_, content)) => Ok(content.clone()),
            None => Ok(self.snapshot.file(path)?),
        }
    }

    /// The paths of what lies beside the calendars.
    fn calendars(&self) -> Result<BTreeSet<String>, CommandError> {
        let committed = self.snapshot.entries(CALENDARS)?.into_iter().map(|entry| entry.path);
        let edited = self.edits.iter().map(|(path, _)| path.clone());
        Ok(committed.chain(edited.filter(|path| is_calendar(path))).collect())
    }
}

fn is_calendar(path: &str) -> bool {
    path.strip_prefix(CALENDARS).is_some_and(|rest| rest.starts_with('/'))
}

/// What `edits` would break: what is wrong in the edited files themselves, and
/// what is only wrong elsewhere because of them.
///
/// # Errors
///
/// The repository cannot be read.
pub(in crate::app) fn broken_by(
    snapshot: &Snapshot<'_>,
    (was, policy): (&Policy, &Policy),
    edits: Edits<'_>,
) -> Result<Vec<Finding>, CommandError> {
    let is_edited = |path: &str| edits.iter().any(|(edited, _)| edited == path);
    let matters = |path: &str| [SLA, PEOPLE, TEAMS, DESK].contains(&path) || is_calendar(path);
    if !edits.iter().any(|(path, _)| matters(path)) {
        return Ok(Vec::new());
    }
    let before = findings(snapshot, was)?;
    let mut after = with_edits(&Files { snapshot, edits }, policy)?;
    after.retain(|found| is_edited(&found.path) || !before.contains(found));
    Ok(after)
}

/// Everything that is wrong with them; nothing for a desk that has none.
///
/// # Errors
///
/// The repository cannot be read.
pub(in crate::app) fn findings(
    snapshot: &Snapshot<'_>,
    policy: &Policy,
) -> Result<Vec<Finding>, CommandError> {
    with_edits(&Files { snapshot, edits: &[] }, policy)
}

fn with_edits(desk: &Files<'_>, policy: &Policy) -> Result<Vec<Finding>, CommandError> {
    let mut findings = zones(desk, policy)?;
    let mut files = BTreeMap::new();
    let mut all_read = true;
    for path in desk.calendars()? {
        let path = path.as_str();
        let Some(name) = name_of(path) else {
            let message = format!("this is no calendar; they are called {CALENDARS}/NAME.yaml");
            findings.push(finding(path, None, Severity::Warning, "calendar-stray", message));
            continue;
        };
        let Some(bytes) = desk.file(path)? else { continue };
        match format::read_settings::<CalendarFile>(path, &bytes) {
            Ok(file) => {
                if let Some(found) = calendar(path, &bytes, &file, policy) {
                    findings.push(found);
                }
                files.insert(name, file);
            }
            Err(error) => {
                all_read = false;
                let message = error.told();
                findings.push(unread(path, error.line, message));
            }
        }
    }
    let Some(bytes) = desk.file(SLA)? else { return Ok(findings) };
    let file: SlaFile = match format::read_settings(SLA, &bytes) {
        Ok(file) => file,
        Err(error) => {
            findings.push(unread(SLA, error.line, error.told()));
            return Ok(findings);
        }
    };
    // A calendar that cannot be read would be told once more as unknown.
    let Ok(calendars) = Calendars::new(files, &policy.settings.time_zone) else {
        return Ok(findings);
    };
    if !all_read {
        return Ok(findings);
    }
    let text = String::from_utf8_lossy(&bytes);
    let line = |name: &str, key: &str| line_of(&text, &["commitments", name, key]);
    match Terms::new(&file, calendars, policy) {
        Err(errors) => findings.extend(errors.into_iter().map(|error| {
            let line = line(error.name.as_str(), error.key);
            let message = match &error.hint {
                Some(hint) => format!("{error} ({hint})"),
                None => error.to_string(),
            };
            finding(SLA, line, Severity::Error, "sla-invalid", message)
        })),
        Ok(terms) => findings.extend(traps(&terms, policy).into_iter().map(|trap| {
            let line = line(trap.name.as_str(), trap.key);
            let severity = if trap.is_error { Severity::Error } else { Severity::Warning };
            let message = format!("{}: {}: {}", trap.name, trap.key, trap.message);
            finding(SLA, line, severity, "sla-trap", message)
        })),
    }
    Ok(findings)
}

/// What is wrong with a calendar that can be read.
fn calendar(path: &str, bytes: &[u8], file: &CalendarFile, policy: &Policy) -> Option<Finding> {
    let text = String::from_utf8_lossy(bytes);
    let zone = file.time_zone.as_deref().unwrap_or(&policy.settings.time_zone);
    let error = match Zone::named(zone) {
        None => {
            let line = line_of(&text, &["time_zone"]);
            let message = format!("there is no time zone `{zone}`");
            return Some(finding(path, line, Severity::Error, "calendar-invalid", message));
        }
        Some(zone) => Calendar::new(file, zone).err()?,
    };
    let line = line_of(&text, &[error.key()]);
    let message = match error.hint() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    };
    Some(finding(path, line, Severity::Error, "calendar-invalid", message))
}

/// Zones of people and teams that do not exist.
fn zones(desk: &Files<'_>, policy: &Policy) -> Result<Vec<Finding>, CommandError> {
    let people = policy.people.iter().filter_map(|each| Some((PEOPLE, each.time_zone.as_ref()?)));
    let teams = policy.teams.iter().filter_map(|each| Some((TEAMS, each.time_zone.as_ref()?)));
    let mut findings = Vec::new();
    for (path, zone) in people.chain(teams) {
        if Zone::named(zone).is_some() {
            continue;
        }
        let bytes = desk.file(path)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().position(|line| line.contains("time_zone") && line.contains(zone));
        let message = format!("there is no time zone `{zone}`");
        let line = line.map(|line| line + 1);
        findings.push(finding(path, line, Severity::Error, "zone-unknown", message));
    }
    Ok(findings)
}

fn unread(path: &str, line: Option<usize>, message: String) -> Finding {
    finding(path, line, Severity::Error, "settings-unreadable", message)
}

fn finding(
    path: &str,
    line: Option<usize>,
    severity: Severity,
    rule: &'static str,
    message: String,
) -> Finding {
    Finding { path: path.to_owned(), line, severity, rule, message }
}

/// The line, counted from 1, of the key that the path of keys leads to, or of
/// the last one of them that stands on a line of its own.
pub(in crate::app) fn line_of(text: &str, keys: &[&str]) -> Option<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut found: Option<usize> = None;
    for key in keys {
        let outer = found.and_then(|at| lines.get(at)).map(|line| depth(line));
        let start = found.map_or(0, |at| at + 1);
        let inside = lines.iter().enumerate().skip(start).take_while(|(_, line)| {
            let blank = line.trim().is_empty() || line.trim_start().starts_with('#');
            blank || outer.is_none_or(|outer| depth(line) > outer)
        });
        let named = |line: &str| {
            let line = line.trim_start().trim_start_matches(['"', '\'']);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
        };
        match inside.filter(|(_, line)| named(line)).map(|(at, _)| at).next() {
            Some(at) => found = Some(at),
            None => break,
        }
    }
    found.map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_keys() {
        let text =
            "# x\ncommitments:\n  a:\n    when: x\n  b:\n    # when\n    when: y\n    target: 1h\n";
        assert_eq!(line_of(text, &["commitments", "b", "when"]), Some(7));
        assert_eq!(line_of(text, &["commitments", "a", "target"]), Some(3));
        assert_eq!(line_of(text, &["commitments", "c", "when"]), Some(2));
        assert_eq!(line_of(text, &["hours"]), None);
    }
}
