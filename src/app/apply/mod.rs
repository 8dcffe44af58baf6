//! Many actions of different sorts, one on each line.

pub(super) mod json;
mod line;
mod meaning;
mod names;
mod schema;
mod task;

pub use names::Names;
pub use schema::action_schema;

use line::Line;

use super::Session;
use super::action::Action;
use super::batch::Mode;
use super::write::{Describe, Part, Work};
use crate::error::{CommandError, ErrorKind};
use crate::model::RecordId;
use crate::outcome::{AppliedLine, AppliedView, LineResult, RefusedLine};
use crate::policy::event;

/// How lines are carried out.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApplyOptions {
    pub mode: Mode,
    /// Whether each line is a commit of its own.
    pub each: bool,
}

/// A line, or why it could not be read.
type Read = Result<Line, CommandError>;

/// Carries out the actions that `source` holds as JSON lines.
///
/// If one line is refused, nothing is done, and the answer lists every refusal;
/// with `keep_going` the others are carried out all the same.
///
/// # Errors
///
/// The store cannot write.
pub fn apply(
    session: &Session,
    source: &[u8],
    options: ApplyOptions,
) -> Result<AppliedView, CommandError> {
    let ApplyOptions { mode, each } = options;
    let mut batch = Batch::read(session, source)?;
    let rehearsed = Mode { dry_run: true, ..mode };
    let subject = match each {
        false => batch.together(mode)?,
        true if mode.dry_run => batch.together(rehearsed)?.and(None),
        true if mode.keep_going => batch.one_by_one(mode)?,
        true => {
            // All or nothing, as far as it can be known beforehand.
            batch.together(rehearsed)?;
            if batch.lines.iter().all(|line| line.refused.is_none()) {
                batch.one_by_one(mode)?;
            }
            None
        }
    };
    let records = batch.lines.iter_mut().flat_map(|line| &mut line.records);
    session.shorten(records);
    let mut commits: Vec<&String> =
        batch.lines.iter().filter_map(|line| line.commit.as_ref()).collect();
    commits.dedup();
    let commits = commits.len();
    let dry_run = mode.dry_run;
    Ok(AppliedView { schema: AppliedView::SCHEMA, dry_run, commits, subject, lines: batch.lines })
}

struct Batch<'a> {
    session: &'a Session,
    read: Vec<Read>,
    /// What becomes of each.
    lines: Vec<AppliedLine>,
    names: Names,
}

impl<'a> Batch<'a> {
    /// Reads every line, the bad ones too.
    fn read(session: &'a Session, source: &[u8]) -> Result<Self, CommandError> {
        let policy = session.policy()?;
        let source = source.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(source);
        let (mut read, mut lines) = (Vec::new(), Vec::new());
        for (at, bytes) in source.split(|byte| *byte == b'\n').enumerate() {
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let line = Line::read(bytes, session.fresh_id());
            let given = line.as_ref().ok();
            lines.push(AppliedLine {
                line: at + 1,
                action: given.map(|line| line.action.clone()),
                reference: given.and_then(|line| line.reference.clone()),
                result: LineResult::LeftOut,
                commit: None,
                records: Vec::new(),
                refused: None,
            });
            read.push(line.and_then(|line| {
                meaning::known(policy, &line.action)?;
                Ok(line)
            }));
        }
        Ok(Self { session, read, lines, names: Names::default() })
    }

    /// Carries out all lines in one commit; gives its subject.
    fn together(&mut self, mode: Mode) -> Result<Option<String>, CommandError> {
        let Self { session, read, lines, names } = self;
        let (name, total) = (common(read), read.len() as u64);
        let describe = Describe {
            batch: Some(&name),
            dry_run: mode.dry_run,
            names: Some(names),
            mixed: true,
            ..Describe::default()
        };
        let mut stopped = false;
        let written = session.write(describe, |work| {
            names.clear();
            for (done, (read, line)) in read.iter().zip(&mut *lines).enumerate() {
                if done > 0 && done.is_multiple_of(256) {
                    session.progress("applying", done as u64, total);
                }
                carry_out(work, names, read, line);
            }
            stopped = !mode.keep_going && lines.iter().any(|line| line.refused.is_some());
            if stopped { Err(CommandError::refused("nothing was done")) } else { Ok(()) }
        });
        match written {
            Err(_) if stopped => {
                for line in lines.iter_mut().filter(|line| line.refused.is_none()) {
                    line.result = LineResult::LeftOut;
                    line.records.clear();
                }
                Ok(None)
            }
            Err(error) => Err(error),
            Ok(written) => {
                for line in lines.iter_mut().filter(|line| !line.records.is_empty()) {
                    line.commit.clone_from(&written.commit);
                }
                Ok(written.subject)
            }
        }
    }

    /// Carries out each line in a commit of its own. Unless it is to keep
    /// going, it ends with the first that is refused.
    fn one_by_one(&mut self, mode: Mode) -> Result<Option<String>, CommandError> {
        let Self { session, read, lines, names } = self;
        names.clear();
        for line in &mut *lines {
            line.result = LineResult::LeftOut;
            line.records.clear();
        }
        let total = read.len() as u64;
        for (done, (read, line)) in read.iter().zip(&mut *lines).enumerate() {
            if done > 0 && done.is_multiple_of(16) {
                session.progress("applying", done as u64, total);
            }
            let batch = read.as_ref().ok().filter(|line| line.spreads());
            let describe = Describe {
                batch: batch.map(|line| line.action.as_str()),
                names: Some(names),
                mixed: true,
                ..Describe::default()
            };
            let written = session.write(describe, |work| {
                carry_out(work, names, read, line);
                Ok(())
            });
            match written {
                Ok(written) => line.commit = written.commit,
                // Somebody else came first in the end, or edits the file.
                Err(error) => {
                    refuse(names, line, &error);
                    use ErrorKind::{CannotWrite, Git, Internal};
                    if matches!(error.kind, CannotWrite | Git | Internal) {
                        break;
                    }
                }
            }
            if line.refused.is_some() && !mode.keep_going {
                break;
            }
        }
        Ok(None)
    }
}

/// What all lines have in common, as the name of the batch.
fn common(read: &[Read]) -> String {
    let mut actions = read.iter().flatten().map(|line| line.action.as_str());
    match actions.next() {
        Some(first) if actions.all(|other| other == first) => first.to_owned(),
        _ => event::APPLY.to_owned(),
    }
}

/// Carries out one line, and says what became of it.
fn carry_out(work: &mut Work<'_>, names: &Names, read: &Read, line: &mut AppliedLine) {
    line.refused = None;
    line.records.clear();
    let read = match read {
        Ok(read) => read,
        Err(error) => return refuse(names, line, error),
    };
    match one(work, names, read) {
        Ok(part) => {
            line.records = work.written(&part);
            work.steps.extend(line.records.iter().map(|record| record.action.clone()));
            line.result =
                if line.records.is_empty() { LineResult::Unchanged } else { LineResult::Done };
        }
        Err(error) => refuse(names, line, &error),
    }
}

fn one(work: &mut Work<'_>, names: &Names, line: &Line) -> Result<Part, CommandError> {
    if line.action != "new" {
        let id = work.find(line.must("id")?)?;
        let action = meaning::action(line, work.policy, id.kind())?;
        return work.step(|work| action.carry_out(work, id));
    }
    let new = meaning::new_record(line)?;
    let id = RecordId::new(new.kind, line.fresh);
    if let Some(name) = &line.reference {
        names.free(name)?;
    }
    let action = Action::New(new);
    let part = work.step(|work| action.carry_out(work, id))?;
    if let Some(name) = &line.reference {
        names.made(name, id);
    }
    Ok(part)
}

/// Notes why a line is refused, in the words of lines rather than options.
fn refuse(names: &Names, line: &mut AppliedLine, error: &CommandError) {
    if let Some(name) = &line.reference
        && line.action.as_deref() == Some("new")
    {
        names.refused(name, line.line);
    }
    line.result = LineResult::Refused;
    line.records.clear();
    line.refused = Some(RefusedLine {
        reason: error.message.clone(),
        hints: error.hints.iter().map(|hint| reworded(hint)).collect(),
        exit_code: error.kind.exit_code(),
    });
}

/// Hints name options of the command line; a line has keys.
fn reworded(hint: &str) -> String {
    for (option, key) in [
        ("with `-m TEXT`", "as \"message\""),
        ("with `--reason`", "as \"reason\""),
        ("with `--code`", "as \"code\""),
        ("with `--risk`", "as \"set\": {\"risk\": ...}"),
    ] {
        if hint.contains(option) {
            return hint.replace(option, key);
        }
    }
    match hint.split_once(" with `--set ") {
        Some((said, _)) => said.to_owned(),
        None => hint.to_owned(),
    }
}
