//! What is wrong in the desk: files, rules, links.

use std::collections::{HashMap, HashSet};

use super::approval::{self, APPROVALS};
use super::attach::path_of;
use super::settings::{self, WORKFLOWS};
use super::views::{self, VIEWS};
use super::{
    Session, catalog, commit, conflicts, deployments, models, risk, sla, stray, tick, workflow,
};
use crate::error::CommandError;
use crate::format;
use crate::model::{Kind, Record, RecordId, Relation, folded};
use crate::outcome::{CheckView, Finding, Severity};
use crate::policy::event::RecordChange;
use crate::policy::validate::Breach;
use crate::policy::{Policy, Scene, by_hand, graph, roles, validate};
use crate::store::StoreError;

/// Checks every committed record, and every file edited by hand.
///
/// # Errors
///
/// The settings cannot be read, so there are no rules to check by.
pub fn check(session: &Session) -> Result<CheckView, CommandError> {
    session.store.verify_objects();
    let snapshot = session.snapshot()?;
    let (policy, broken) = settings::lenient(&snapshot)?;
    let list = snapshot.record_ids()?;
    let total = list.records.len() as u64;
    let mut findings: Vec<Finding> = list
        .strays
        .into_iter()
        .map(|path| Finding {
            path,
            line: None,
            severity: Severity::Error,
            rule: "file-stray",
            message: "this is no record's place; records lie where their id says".to_owned(),
        })
        .collect();
    // What is wrong in workflows and roles is told below.
    let is_told = |path: &str| workflow::is_judged(path) && snapshot.file(path).is_ok();
    let broken = broken.iter().filter(|broken| !is_told(&broken.path));
    findings.extend(broken.map(settings::Broken::finding));
    let mut known = Known::default();
    for (done, (id, blob)) in list.records.iter().enumerate() {
        session.progress("checking", done as u64, total);
        match session.store.blob(*blob) {
            Ok(bytes) => {
                if let Some(record) = file(&policy, *id, &bytes, &mut findings) {
                    let ahead = validate::ahead(&record, session.now());
                    findings.extend(ahead.iter().map(|breach| of_field(*id, &bytes, breach)));
                    known.add(&policy, &record);
                }
            }
            Err(error) => findings.push(spoilt(id.path(), error)?),
        }
    }
    known.relations(&mut findings);
    for (digest, ids) in &known.attached {
        if snapshot.blob_of(&path_of(digest))?.is_none() {
            findings.extend(ids.iter().map(|id| Finding {
                path: id.path(),
                line: None,
                severity: Severity::Warning,
                rule: "attachment-missing",
                message: format!("the attached file {} is not on this desk", path_of(digest)),
            }));
        }
    }
    if let Some(bytes) = snapshot.file(VIEWS)? {
        findings.append(&mut views::findings(session, &policy, &bytes));
    }
    if let Some(bytes) = snapshot.file(APPROVALS)? {
        findings.append(&mut approval::findings(session, &policy, &bytes)?);
    }
    let offerings = catalog::Loaded::of(&snapshot)?;
    if !offerings.files.is_empty() {
        let names = approval::names(&snapshot)?;
        findings.append(&mut catalog::findings(&policy, &offerings, names.as_deref()));
    }
    if let Some(bytes) = snapshot.file(deployments::DEPLOYMENTS)? {
        findings.append(&mut deployments::findings(session, &bytes)?);
    }
    if let Some(bytes) = snapshot.file(conflicts::WINDOWS)? {
        findings.append(&mut conflicts::findings(session, &policy, &bytes)?);
    }
    if let Some(bytes) = snapshot.file(tick::RULES)? {
        findings.append(&mut tick::findings(session, &policy, &bytes)?);
    }
    for entry in snapshot.entries(models::FOLDER)? {
        let bytes = snapshot.file(&entry.path)?.unwrap_or_default();
        findings.append(&mut models::findings(&policy, &entry.path, &bytes));
    }
    if let Some(bytes) = snapshot.file(risk::RISK)? {
        findings.append(&mut risk::findings(&bytes));
    }
    findings.append(&mut sla::findings(&snapshot, &policy)?);
    let flows = snapshot.entries(WORKFLOWS)?.into_iter().map(|entry| entry.path);
    let flows = flows.collect::<Vec<_>>();
    let mut read = |path: &str| Ok(snapshot.file(path).unwrap_or_default());
    findings.append(&mut workflow::findings(&policy, flows, &mut read)?);
    let settings = snapshot.entries(".gitsm")?;
    findings.extend(settings.iter().filter_map(|entry| stray::finding(&policy, &entry.path)));
    let edits = session.store.hand_edits()?;
    findings.append(&mut commit::of_settings(session, &edits)?);
    for edit in edits {
        let Some(id) = RecordId::from_path(&edit.path) else { continue };
        match session.store.work_file(&edit.path) {
            Ok(Some(bytes)) => {
                let edited = file(&policy, id, &bytes, &mut findings);
                let committed = snapshot.record_bytes(id).ok().flatten();
                let before = committed.and_then(|bytes| format::read_record(id, &bytes).ok());
                if let (Some(before), Some(after)) = (before, edited) {
                    by_hand(session, &policy, (&before, &after), &bytes, &mut findings)?;
                }
            }
            Ok(None) => {}
            Err(error) => findings.push(spoilt(edit.path, error)?),
        }
    }
    findings.sort();
    findings.dedup();
    Ok(CheckView {
        schema: CheckView::SCHEMA,
        checked: list.records.len(),
        what: CheckView::RECORDS,
        findings,
    })
}

/// What is wrong with an edit by hand, if whoever asks made it.
fn by_hand(
    session: &Session,
    policy: &Policy,
    (before, after): (&Record, &Record),
    bytes: &[u8],
    findings: &mut Vec<Finding>,
) -> Result<(), CommandError> {
    let Some(me) = session.me() else { return Ok(()) };
    // That they cannot be read is told already.
    let Ok(approvals) = session.approvals() else { return Ok(()) };
    let state = |record: &Record| approvals.state(session, policy, record);
    let now = session.now();
    let scene = Scene { actor: &me, now, approvals: &state, policy: Some(policy) };
    let mut found = |field: &str, rule, message| {
        let (path, line) = (after.id().path(), line_of(bytes, field));
        findings.push(Finding { path, line, severity: Severity::Error, rule, message });
    };
    let breaches = by_hand::edit(policy, before, after, &scene);
    // A move that is refused says so by itself.
    let refused = breaches.iter().any(|breach| breach.rule == validate::REFUSED);
    for breach in breaches {
        found(&breach.field, breach.rule, format!("{}: {}", breach.field, breach.message));
    }
    let change = RecordChange { before: Some(before), after };
    if !refused && let Err(denied) = roles::may_change(policy, &me, now, &change) {
        found("", "role", denied.to_string());
    }
    Ok(())
}

/// The finding for a file whose bytes cannot be had, where that is the file's
/// own fault: it hides no other.
pub(super) fn spoilt(path: String, error: StoreError) -> Result<Finding, StoreError> {
    let message = match &error {
        StoreError::NotAFile { what, .. } => format!("it is {what}, not a file"),
        StoreError::TooLarge { size, limit, .. } => {
            format!("it has {size} bytes, more than the limit of {limit}")
        }
        StoreError::BadObject { .. } => error.to_string(),
        _ => return Err(error),
    };
    let (line, severity) = (None, Severity::Error);
    Ok(Finding { path, line, severity, rule: "file-unreadable", message })
}

/// Checks one record's file; gives the record if it can be read at all.
pub(super) fn file(
    policy: &Policy,
    id: RecordId,
    bytes: &[u8],
    findings: &mut Vec<Finding>,
) -> Option<Record> {
    let path = id.path();
    let record = match format::read_record(id, bytes) {
        Ok(record) => record,
        Err(error) => {
            let (line, message) = (error.line, error.told());
            let severity = Severity::Error;
            findings.push(Finding { path, line, severity, rule: "file-unreadable", message });
            return None;
        }
    };
    if let Err(difference) = format::is_canonical(bytes, &record) {
        findings.push(Finding {
            path: path.clone(),
            line: Some(difference.line),
            severity: Severity::Warning,
            rule: "file-not-canonical",
            message: "it is not written the way gitsm writes it; `gitsm commit` does that".into(),
        });
    }
    let breaches = validate::record(policy, &record);
    findings.extend(breaches.iter().map(|breach| of_field(id, bytes, breach)));
    Some(record)
}

/// The finding for what is wrong with a field of a record.
fn of_field(id: RecordId, bytes: &[u8], breach: &Breach) -> Finding {
    Finding {
        path: id.path(),
        line: line_of(bytes, &breach.field),
        severity: if breach.is_error { Severity::Error } else { Severity::Warning },
        rule: breach.rule,
        message: format!("{}: {}", breach.field, breach.message),
    }
}

/// The line on which a field stands, counted from 1.
pub(super) fn line_of(bytes: &[u8], field: &str) -> Option<usize> {
    let wanted = format!("{field}:");
    let text = String::from_utf8_lossy(bytes);
    text.lines().position(|line| line.trim_start().starts_with(&wanted)).map(|line| line + 1)
}

/// What must be known of all records to judge how they fit together.
#[derive(Default)]
struct Known {
    records: HashSet<RecordId>,
    links: Vec<(RecordId, Relation, RecordId)>,
    cis: Vec<(RecordId, RecordId)>,
    names: HashMap<String, Vec<RecordId>>,
    external: HashMap<(Kind, String), Vec<RecordId>>,
    /// By the digests of attached files, the records that name them.
    attached: HashMap<String, Vec<RecordId>>,
}

impl Known {
    fn add(&mut self, policy: &Policy, record: &Record) {
        let id = record.id();
        self.records.insert(id);
        self.links.extend(record.links().iter().map(|link| (id, link.rel, link.to)));
        self.cis.extend(record.cis().iter().map(|ci| (id, *ci)));
        for file in record.attachments() {
            let ids = self.attached.entry(file.sha256.clone()).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if id.kind() == Kind::Ci && policy.category_of(record).is_open() {
            self.names.entry(folded(record.title()).into_owned()).or_default().push(id);
        }
        if let Some(number) = record.external_id() {
            self.external.entry((id.kind(), number.to_owned())).or_default().push(id);
        }
    }

    fn relations(&self, findings: &mut Vec<Finding>) {
        let mut found = |id: RecordId, severity, rule, message| {
            findings.push(Finding { path: id.path(), line: None, severity, rule, message });
        };
        for (from, rel, to) in &self.links {
            if !self.records.contains(to) {
                let message = format!("it is {rel} {to}, which does not exist");
                found(*from, Severity::Error, "link-dangling", message);
            }
        }
        for (from, ci) in &self.cis {
            if !self.records.contains(ci) {
                let message = format!("it concerns {ci}, which does not exist");
                found(*from, Severity::Error, "ci-dangling", message);
            }
        }
        for (from, path) in self.circles() {
            found(from, Severity::Error, "link-circle", path);
        }
        for ids in self.names.values().filter(|ids| ids.len() > 1) {
            for id in ids {
                let message = "another CI in use has the same name".to_owned();
                found(*id, Severity::Error, "ci-name-duplicate", message);
            }
        }
        for ids in self.external.values().filter(|ids| ids.len() > 1) {
            for id in ids {
                let message = "another record has the same external_id".to_owned();
                found(*id, Severity::Warning, "external-id-duplicate", message);
            }
        }
    }

    /// Records from which an acyclic relation leads back to themselves.
    fn circles(&self) -> Vec<(RecordId, String)> {
        let mut links: HashMap<RecordId, Vec<crate::model::Link>> = HashMap::new();
        for (from, rel, to) in &self.links {
            links.entry(*from).or_default().push(crate::model::Link { rel: *rel, to: *to });
        }
        let mut circles = Vec::new();
        for (from, rel, to) in self.links.iter().filter(|(_, rel, _)| rel.is_acyclic()) {
            let look =
                |id| Ok::<_, std::convert::Infallible>(links.get(&id).cloned().unwrap_or_default());
            if let Ok(Err(refusal @ graph::LinkRefusal::Cycle { .. })) =
                graph::check(*from, *rel, *to, look)
            {
                circles.push((*from, refusal.to_string()));
            }
        }
        circles
    }
}
