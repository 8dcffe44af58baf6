//! Whether commits keep the rules, each judged by the settings that were in
//! force before it and by who its author is.
//!
//! Commands keep the rules by themselves. A commit that was made with plain git
//! need not; this is how `check` and hooks find it.

use super::approval::Approvals;
use super::check::{line_of, spoilt};
use super::{Session, settings, views};
use crate::error::CommandError;
use crate::format;
use crate::model::{PersonId, Record, RecordId, Timestamp};
use crate::outcome::{CheckView, Finding, Severity};
use crate::policy::event::RecordChange;
use crate::policy::{Policy, Scene, access, roles, validate};
use crate::store::{CommitId, CommitInfo, PathChange, Snapshot};

/// Judges the commits of `range` (`A..B`, or `A` for all since) along first
/// parents, the oldest first. Merges are left to those who look at both sides.
///
/// # Errors
///
/// There is no such commit, or the history cannot be read.
pub fn check_range(session: &Session, range: &str) -> Result<CheckView, CommandError> {
    let store = &session.store;
    let (from, to) = range.split_once("..").unwrap_or((range, ""));
    let from = store.resolve_commit(from)?;
    let to = if to.is_empty() { store.head()? } else { store.resolve_commit(to)? };
    let mut commits = Vec::new();
    let mut at = Some(to);
    while let Some(id) = at.filter(|id| *id != from) {
        let info = store.commit_info(id)?;
        at = info.parents.first().copied();
        commits.push(info);
    }
    let mut findings = Vec::new();
    let total = commits.len() as u64;
    for (done, info) in commits.iter().rev().enumerate() {
        session.progress("checking", done as u64, total);
        if let [parent] = info.parents[..] {
            let mut judge = Judge { session, info, findings: Vec::new() };
            judge.commit(parent)?;
            findings.append(&mut judge.findings);
        }
    }
    let what = ("commit", "commits");
    Ok(CheckView { schema: CheckView::SCHEMA, checked: commits.len(), what, findings })
}

/// One commit under judgement.
struct Judge<'a> {
    session: &'a Session,
    info: &'a CommitInfo,
    findings: Vec<Finding>,
}

/// What a state of the desk has of a record.
enum Content {
    /// Something that is no record; that it is not is among the findings.
    Unreadable,
    Absent,
    /// The record, and the bytes of its file.
    Record(Box<Record>, Vec<u8>),
}

impl Judge<'_> {
    fn find(&mut self, path: &str, line: Option<usize>, rule: &'static str, message: &str) {
        let commit = self.info.id.to_string();
        let short = commit.get(..7).unwrap_or(&commit);
        let message = format!("{short} by {}: {message}", self.info.author.name);
        let (path, severity) = (path.to_owned(), Severity::Error);
        self.findings.push(Finding { path, line, severity, rule, message });
    }

    fn commit(&mut self, parent: CommitId) -> Result<(), CommandError> {
        let (session, info) = (self.session, self.info);
        let before = session.store.snapshot_at(parent)?;
        let after = session.store.snapshot_at(info.id)?;
        let policy = settings::policy(&before)?;
        let now = Timestamp::from_seconds(info.author.at);
        let changes = session.store.changes_between(Some(parent), info.id)?;
        let first = changes.first().map_or("", |change| change.path.as_str()).to_owned();
        let actor = match access::actor(&policy, &info.author.name, &info.author.email, now) {
            Ok(actor) => actor,
            Err(error) => {
                self.find(&first, None, "actor", &error.to_string());
                return Ok(());
            }
        };
        let is_settings = |change: &&PathChange| {
            change.path.starts_with(".gitsm/") && change.path != views::VIEWS
        };
        if let Some(change) = changes.iter().find(is_settings)
            && let Err(denied) = roles::may_change_settings(&policy, &actor, now)
        {
            self.find(&change.path, None, "role", &denied.to_string());
        }
        let approvals = Approvals::load(session, &before, &policy)?;
        for change in &changes {
            let Some(id) = RecordId::from_path(&change.path) else { continue };
            let was = match self.read(&before, id)? {
                Content::Unreadable => continue,
                Content::Absent => None,
                Content::Record(record, _) => Some(*record),
            };
            match self.read(&after, id)? {
                Content::Unreadable => {}
                Content::Absent => {
                    self.find(&change.path, None, "record-deleted", "records are never deleted");
                }
                Content::Record(is, bytes) => {
                    self.record(&policy, &approvals, (&actor, now), was.as_ref(), (&is, &bytes));
                }
            }
        }
        Ok(())
    }

    /// What `snapshot` has of the record.
    fn read(&mut self, snapshot: &Snapshot<'_>, id: RecordId) -> Result<Content, CommandError> {
        let bytes = match snapshot.record_bytes(id) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Content::Absent),
            Err(error) => {
                self.findings.push(spoilt(id.path(), error)?);
                return Ok(Content::Unreadable);
            }
        };
        match format::read_record(id, &bytes) {
            Ok(record) => Ok(Content::Record(Box::new(record), bytes)),
            Err(error) => {
                let message = error.message.to_string();
                self.find(&id.path(), error.line, "file-unreadable", &message);
                Ok(Content::Unreadable)
            }
        }
    }

    fn record(
        &mut self,
        policy: &Policy,
        approvals: &Approvals,
        (actor, now): (&PersonId, Timestamp),
        before: Option<&Record>,
        (after, bytes): (&Record, &[u8]),
    ) {
        let session = self.session;
        let path = after.id().path();
        let state = |record: &Record| approvals.state(session, policy, record);
        let scene = Scene { actor, now, approvals: &state, policy: Some(policy) };
        let breaches = before.map(|before| validate::committed(policy, before, after, &scene));
        let breaches = breaches.unwrap_or_default();
        let change = RecordChange { before, after };
        // A move that is refused says so by itself.
        if !breaches.iter().any(|breach| breach.rule == validate::REFUSED)
            && let Err(denied) = roles::may_change(policy, actor, now, &change)
        {
            self.find(&path, None, "role", &denied.to_string());
        }
        for breach in breaches {
            let message = format!("{}: {}", breach.field, breach.message);
            self.find(&path, line_of(bytes, &breach.field), breach.rule, &message);
        }
    }
}
