//! Taking over edits that a person made in the files.

use super::approval::{self, APPROVALS};
use super::check::{file, line_of, spoilt};
use super::conflicts::{self, WINDOWS};
use super::deployments::{self, DEPLOYMENTS};
use super::risk::{self, RISK};
use super::settings::DESK;
use super::tick::{self, RULES};
use super::views::{self, VIEWS};
use super::write::Describe;
use super::{Session, cascade, catalog, models, settings, sla, stray, update, workflow};
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{Record, RecordId};
use crate::outcome::{CheckView, Finding, Outcome, Severity, Written};
use crate::policy::{Policy, Scene, by_hand};
use crate::store::{HandEdit, Snapshot};

/// Checks what was edited by hand (below `paths`, if any are given) and commits
/// it as one action, in canonical form. If a rule is broken nothing is committed and the findings are the
/// answer.
///
/// # Errors
///
/// The desk has no work tree, or the store cannot write.
pub fn commit(session: &Session, paths: &[String], dry_run: bool) -> Result<Outcome, CommandError> {
    if session.store.work_dir().is_none() {
        return Err(CommandError::new(
            ErrorKind::Usage,
            "this desk has no work tree, so there is nothing edited by hand",
        )
        .hint("edit a record with `gitsm edit ID`"));
    }
    let mut edits = session.store.hand_edits()?;
    if !paths.is_empty() {
        edits.retain(|edit| paths.iter().any(|path| lies_below(&edit.path, path)));
    }
    if edits.is_empty() {
        return Ok(Outcome::Written(Written::nothing("nothing was edited by hand")));
    }
    let edited = read(session, &edits)?;
    if edited.findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Ok(Outcome::Check(CheckView {
            schema: CheckView::SCHEMA,
            checked: edits.len(),
            what: CheckView::RECORDS,
            findings: edited.findings,
        }));
    }
    let what = match &edits[..] {
        [only] => only.path.clone(),
        many => format!("{} files", many.len()),
    };
    let batch = match (edited.records.len(), edited.files.is_empty()) {
        (1, true) => None,
        (0, _) => Some("settings"),
        _ => Some("edit"),
    };
    let describe = Describe { batch, settings: Some(&what), dry_run, ..Describe::default() };
    let written = session.write(describe, |work| {
        // None of them follows another one: each is as its file says.
        work.named.extend(edited.records.iter().map(|(_, after)| after.id()));
        for (before, after) in &edited.records {
            let now = match work.snapshot.record_bytes(after.id())? {
                Some(bytes) => format::read_record(after.id(), &bytes).ok(),
                None => None,
            };
            if now != *before {
                let message = format!("{} was changed meanwhile", after.id().short());
                return Err(CommandError::new(ErrorKind::Conflict, message)
                    .hint("compare with `git diff`, then `gitsm commit` again"));
            }
            let mut after = after.clone();
            update::take_over(work, before.as_ref(), &mut after)?;
            after.touch(session.now());
            work.adopt(before.clone(), after);
        }
        for (before, after) in &edited.records {
            if let Some(before) = before {
                cascade::spread(work, after.id(), before)?;
            }
        }
        work.notices.extend(edited.notices.iter().cloned());
        for (path, content) in &edited.files {
            work.file(path.clone(), content.clone());
            work.adopt_path(path.clone());
        }
        Ok(())
    })?;
    Ok(Outcome::Written(written))
}

/// Whether the file at `path` is `wanted` or lies in that folder.
fn lies_below(path: &str, wanted: &str) -> bool {
    let wanted = wanted.trim_start_matches("./").trim_end_matches('/');
    wanted == "."
        || path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[derive(Default)]
struct Edited {
    records: Vec<(Option<Record>, Record)>,
    files: Vec<(String, Option<Vec<u8>>)>,
    findings: Vec<Finding>,
    /// What is told once they are taken over.
    notices: Vec<String>,
}

impl Edited {
    fn error(&mut self, path: &str, line: Option<usize>, rule: &'static str, message: String) {
        let (path, severity) = (path.to_owned(), Severity::Error);
        self.findings.push(Finding { path, line, severity, rule, message });
    }
}

/// What is wrong with the settings among `edits`, as they lie in the work tree.
pub(super) fn of_settings(
    session: &Session,
    edits: &[HandEdit],
) -> Result<Vec<Finding>, CommandError> {
    let is_settings = |edit: &&HandEdit| edit.path.starts_with(".gitsm/");
    let edits: Vec<HandEdit> = edits.iter().filter(is_settings).cloned().collect();
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    Ok(read(session, &edits)?.findings)
}

/// Reads and checks everything that was edited.
fn read(session: &Session, edits: &[HandEdit]) -> Result<Edited, CommandError> {
    let mut edited = Edited::default();
    let snapshot = session.snapshot()?;
    let policy = edited_policy(session, &snapshot, edits, &mut edited)?;
    // Whoever changes the rules does so by the rules that were there.
    let in_force = session.policy()?;
    let mut offerings = false;
    let has_catalog = catalog::is_kept(&snapshot)?;
    for edit in edits {
        let path = &edit.path;
        let content = match session.store.work_file(path) {
            Ok(content) => content,
            Err(error) => {
                edited.findings.push(spoilt(path.clone(), error)?);
                continue;
            }
        };
        let Some(id) = RecordId::from_path(path) else {
            if let (VIEWS, Some(bytes)) = (path.as_str(), &content) {
                edited.findings.append(&mut views::findings(session, &policy, bytes));
            }
            if let (APPROVALS, Some(bytes)) = (path.as_str(), &content) {
                edited.findings.append(&mut approval::findings(session, &policy, bytes)?);
            }
            if let (DEPLOYMENTS, Some(bytes)) = (path.as_str(), &content) {
                edited.findings.append(&mut deployments::findings(session, bytes)?);
            }
            if let (WINDOWS, Some(bytes)) = (path.as_str(), &content) {
                edited.findings.append(&mut conflicts::findings(session, &policy, bytes)?);
            }
            if let (RULES, Some(bytes)) = (path.as_str(), &content) {
                edited.findings.append(&mut tick::findings(session, &policy, bytes)?);
            }
            if let Some(bytes) = &content {
                edited.findings.append(&mut models::findings(&policy, path, bytes));
                let before = snapshot.file(path)?;
                edited.findings.extend(models::of_hand(path, before.as_deref(), bytes));
            }
            if let (RISK, Some(bytes)) = (path.as_str(), &content) {
                edited.findings.append(&mut risk::findings(bytes));
            }
            offerings |= path.starts_with(catalog::FOLDER);
            if let Some(bytes) = content.as_ref().filter(|_| workflow::is_judged(path)) {
                edited.findings.append(&mut workflow::of_file(&policy, path, bytes));
            }
            if content.is_some() {
                edited.findings.extend(stray::finding(&policy, path));
            }
            edited.notices.extend(workflow::left_behind(session, &policy, path)?);
            if path.starts_with(".gitsm/") || path.starts_with("attachments/") {
                edited.files.push((path.clone(), content));
            } else {
                let message = "this is no record's place; records lie where their id says";
                edited.error(path, None, "file-stray", message.to_owned());
            }
            continue;
        };
        let Some(bytes) = content else {
            let message = "records are never deleted; cancel or retire it, or bring the file \
                           back with `git restore`";
            edited.error(path, None, "record-deleted", message.to_owned());
            continue;
        };
        if let Some(line) = format::comment_line(&bytes) {
            let message = "records hold no comments; put it into the description or a note";
            edited.error(path, Some(line), "comment", message.to_owned());
            continue;
        }
        let mut found = Vec::new();
        let record = file(&policy, id, &bytes, &mut found);
        // These are put right by the commit itself.
        let is_mended =
            |rule: &str| ["file-not-canonical", "time-missing", "hold-mismatch"].contains(&rule);
        found.retain(|finding| !is_mended(finding.rule));
        edited.findings.append(&mut found);
        let Some(mut record) = record else { continue };
        record.normalise();
        let before = match snapshot.record_bytes(id)? {
            Some(bytes) => format::read_record(id, &bytes).ok(),
            None => None,
        };
        let (actor, approvals) = (session.actor(in_force)?, session.approvals()?);
        let state = |record: &Record| approvals.state(session, in_force, record);
        let now = session.now();
        let scene = Scene { actor: &actor, now, approvals: &state, policy: Some(in_force) };
        let breaches = match &before {
            Some(before) => by_hand::edit(in_force, before, &record, &scene),
            None => by_hand::born(in_force, &record, &scene),
        };
        for breach in breaches {
            let message = format!("{}: {}", breach.field, breach.message);
            edited.error(path, line_of(&bytes, &breach.field), breach.rule, message);
        }
        if before.is_none() && has_catalog && catalog::offering_of(&record).is_some() {
            let message = "offering: what is in the catalogue is ordered with `gitsm request new`";
            edited.error(path, line_of(&bytes, "offering"), "field-kept", message.to_owned());
        }
        edited.records.push((before, record));
    }
    if offerings {
        let loaded = catalog::Loaded::with_edits(&snapshot, &edited.files)?;
        let own = edited.files.iter().find(|(path, _)| path == APPROVALS);
        let names = match own {
            Some((_, bytes)) => approval::names_in(bytes.as_deref().unwrap_or_default()),
            None => approval::names(&snapshot)?,
        };
        edited.findings.append(&mut catalog::findings(&policy, &loaded, names.as_deref()));
    }
    let promises = sla::broken_by(&snapshot, (session.policy()?, &policy), &edited.files)?;
    edited.findings.extend(promises);
    Ok(edited)
}

/// The rules as they will be with those of the settings that are taken over.
fn edited_policy(
    session: &Session,
    snapshot: &Snapshot<'_>,
    edits: &[HandEdit],
    edited: &mut Edited,
) -> Result<Policy, CommandError> {
    let is_edited = |path: &str| edits.iter().any(|edit| edit.path == path);
    let mut read = |path: &str| match is_edited(path) {
        true => Ok(session.store.work_file(path)?),
        false => Ok(snapshot.file(path)?),
    };
    let mut models = models::paths(snapshot)?;
    models.retain(|path| !is_edited(path));
    models.extend(edits.iter().map(|edit| edit.path.clone()).filter(|path| models::is_one(path)));
    match settings::lenient_from(&mut read, None, &models) {
        Ok((policy, broken)) => {
            // What is wrong in workflows and roles is told with its place.
            let is_told = |path: &str| workflow::is_judged(path) || !is_edited(path);
            let broken = broken.iter().filter(|broken| !is_told(&broken.path));
            edited.findings.extend(broken.map(settings::Broken::finding));
            Ok(policy)
        }
        Err(error) => {
            edited.findings.push(settings::of_desk(session.store.work_file(DESK)?, error));
            Ok(settings::lenient(snapshot)?.0)
        }
    }
}
