//! Whether commits keep the rules, each judged by the settings that were in
//! force before it and by who its author is.
//!
//! Commands keep the rules by themselves. A commit that was made with plain git
//! need not; this is how `check` and hooks find it.

use std::collections::BTreeSet;

use super::approval::Approvals;
use super::check::{line_of, spoilt};
use super::{Session, elevation, models, settings, views};
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{PersonId, Record, RecordId, StateName, Timestamp};
use crate::outcome::{CheckView, Finding, Severity};
use crate::policy::event::{self, RecordChange};
use crate::policy::{
    Policy, Scene, access, after_note, apply, cascade, committed, merged, roles, template, validate,
};
use crate::store::{BlobId, CommitInfo, Snapshot, StoreError};

/// Judges the commits of `range` (`A..B`, or `A` for all since), the oldest
/// first: each by what it changed, a merge by what none of its sides had.
///
/// # Errors
///
/// There is no such commit, or the history cannot be read.
pub fn check_range(session: &Session, range: &str) -> Result<CheckView, CommandError> {
    let store = &session.store;
    let (from, to) = range.split_once("..").unwrap_or((range, ""));
    let from = store.resolve_commit(from)?;
    let to = if to.is_empty() { store.head()? } else { store.resolve_commit(to)? };
    let commits = store.commits_between(from, to)?;
    let mut findings = Vec::new();
    let total = commits.len() as u64;
    for (done, info) in commits.iter().rev().enumerate() {
        session.progress("checking", done as u64, total);
        let Some(parent) = info.parents.first() else { continue };
        let before = store.snapshot_at(*parent)?;
        let judged = settings::for_writing(store, &before).and_then(|(policy, _)| {
            let mut judge = Judge { session, info, policy: &policy, before, findings: Vec::new() };
            let done = judge.commit();
            findings.append(&mut judge.findings);
            done
        });
        match judged {
            // Whether it keeps rules that nobody can read is not known, and so it
            // does not; the others can be judged all the same.
            Err(error) if error.kind == ErrorKind::Invalid => {
                findings.push(not_judged(info, &error.message));
            }
            judged => judged?,
        }
    }
    let what = ("commit", "commits");
    Ok(CheckView { schema: CheckView::SCHEMA, checked: commits.len(), what, findings })
}

/// A commit that cannot be judged by the settings before it.
fn not_judged(info: &CommitInfo, why: &str) -> Finding {
    let commit = info.id.to_string();
    let short = commit.get(..7).unwrap_or(&commit);
    let path = why.split(':').next().filter(|path| path.starts_with(".gitsm/"));
    Finding {
        path: path.unwrap_or(".gitsm").to_owned(),
        line: None,
        severity: Severity::Error,
        rule: "not-judged",
        message: format!(
            "{short} by {}: it cannot be judged by the settings before it: {why}",
            info.author.name
        ),
    }
}

/// What one commit did against the rules to the file at `path`; nothing of the
/// first commit, which has nothing to be judged by.
///
/// # Errors
///
/// The history cannot be read.
pub(super) fn of_file(
    session: &Session,
    info: &CommitInfo,
    path: &str,
) -> Result<Vec<Finding>, CommandError> {
    let Some(parent) = info.parents.first() else { return Ok(Vec::new()) };
    let before = session.store.snapshot_at(*parent)?;
    let (policy, _) = settings::for_writing(&session.store, &before)?;
    let mut judge = Judge { session, info, policy: &policy, before, findings: Vec::new() };
    judge.paths(&[path.to_owned()], &Sides::of(session, info)?)?;
    Ok(judge.findings)
}

/// One commit under judgement, by the settings of its first parent.
struct Judge<'a> {
    session: &'a Session,
    info: &'a CommitInfo,
    policy: &'a Policy,
    before: Snapshot<'a>,
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

/// One record's change in the commit.
struct Changed {
    before: Option<Record>,
    after: Record,
    bytes: Vec<u8>,
}

impl Judge<'_> {
    fn find(&mut self, path: &str, line: Option<usize>, rule: &'static str, message: &str) {
        let commit = self.info.id.to_string();
        let short = commit.get(..7).unwrap_or(&commit);
        let message = format!("{short} by {}: {message}", self.info.author.name);
        let (path, severity) = (path.to_owned(), Severity::Error);
        self.findings.push(Finding { path, line, severity, rule, message });
    }

    fn commit(&mut self) -> Result<(), CommandError> {
        let sides = Sides::of(self.session, self.info)?;
        let paths = sides.changed(self.session, self.info)?;
        self.paths(&paths, &sides)
    }

    /// Judges what the commit did to the files at `paths`, which it changed.
    fn paths(&mut self, paths: &[String], sides: &Sides<'_>) -> Result<(), CommandError> {
        let (session, info, policy) = (self.session, self.info, self.policy);
        let told = event::parse(&info.message);
        let is_import = told.import.is_some() || told.action == Some("import");
        // The author of what was imported is whoever acted elsewhere.
        let who = if is_import { &info.committer } else { &info.author };
        let now = Timestamp::from_seconds(who.at);
        let actor = match access::actor(policy, &who.name, &who.email, now) {
            Ok(actor) => actor,
            // Who only brings together what others did need not be known.
            Err(_) if paths.is_empty() => return Ok(()),
            Err(error) => {
                let first = paths.first().cloned().unwrap_or_default();
                self.find(&first, None, "actor", &error.to_string());
                return Ok(());
            }
        };
        let is_settings = |path: &&String| path.starts_with(".gitsm/") && *path != views::VIEWS;
        let votes = self.model_votes(paths, &actor, now)?;
        let mut settings = paths.iter().filter(|path| !votes.contains(path)).filter(is_settings);
        if let Some(path) = settings.next() {
            match roles::may_change_settings(policy, &actor, now) {
                Err(denied) => self.find(path, None, "role", &denied.to_string()),
                Ok(()) => self.own_rights(paths, sides, &actor, now)?,
            }
        }
        if is_import && let Err(denied) = roles::may_import(policy, &actor, now) {
            let first = paths.first().cloned().unwrap_or_default();
            self.find(&first, None, "role", &denied.to_string());
        }
        let after = session.store.snapshot_at(info.id)?;
        let mut changes = Vec::new();
        for path in paths {
            let Some(id) = RecordId::from_path(path) else { continue };
            let Some(was) = self.was(sides, id, &after)? else { continue };
            match self.read(&after, id)? {
                Content::Unreadable => {}
                Content::Absent => {
                    self.find(path, None, "record-deleted", "records are never deleted");
                }
                // What was elsewhere, was; whether it may be taken over is all.
                Content::Record(is, _)
                    if is_import && committed::is_of_import(was.as_ref(), &is) => {}
                Content::Record(is, bytes) => {
                    changes.push(Changed { before: was, after: *is, bytes });
                }
            }
        }
        let approvals = Approvals::load(session, &self.before, policy)?.at(now);
        self.records(&approvals, (&actor, now), &changes);
        Ok(())
    }

    /// Judges the votes on change models, and gives the paths of those in which
    /// nothing but the author's own vote changed.
    fn model_votes<'p>(
        &mut self,
        paths: &'p [String],
        actor: &PersonId,
        now: Timestamp,
    ) -> Result<Vec<&'p String>, CommandError> {
        let (session, policy) = (self.session, self.policy);
        let mut own = Vec::new();
        for path in paths.iter().filter(|path| models::is_one(path)) {
            let after = session.store.snapshot_at(self.info.id)?.file(path)?;
            let Some(after) = after else { continue };
            let before = self.before.file(path)?;
            let Some((voters, is_sound)) = models::votes_in(path, before.as_deref(), &after) else {
                continue;
            };
            let line = line_of(&after, "approvals");
            if !is_sound || voters.iter().any(|by| by != actor) {
                let message = "votes on a change model are cast by whoever they are of, for what \
                               its file says, and with nothing else";
                self.find(path, line, "model-vote-forged", message);
                continue;
            }
            let author = match self.before.commit() {
                Some(head) if !policy.is_open_desk() => {
                    models::author(session, policy, path, head)?
                }
                _ => None,
            };
            if let Err(refusal) = template::may_vote(policy, actor, author.as_ref(), now) {
                self.find(path, line, "model-vote-refused", &refusal.to_string());
            }
            let before = before.unwrap_or_default();
            if models::is_vote_of(path, &before, &after, actor) {
                own.push(path);
            }
        }
        Ok(own)
    }

    /// Judges whether the author gave themselves rights: in comparison with every
    /// side of a merge, as another side may have given them before.
    fn own_rights(
        &mut self,
        paths: &[String],
        sides: &Sides<'_>,
        actor: &PersonId,
        now: Timestamp,
    ) -> Result<(), CommandError> {
        let Some(path) = paths.iter().find(|path| elevation::matters(path)) else { return Ok(()) };
        let session = self.session;
        let after = session.store.snapshot_at(self.info.id)?;
        let mut first = None;
        for snapshot in &sides.parents {
            let (policy, _) = settings::for_writing(&session.store, snapshot)?;
            let before = elevation::Before { session, snapshot, policy: &policy };
            let mut read = |path: &str| Ok(after.file(path)?);
            match elevation::refused(before, &mut read, actor, now)? {
                None => return Ok(()),
                Some(refused) => first = first.or(Some(refused)),
            }
        }
        if let Some(refused) = first {
            let message = refused.message.trim_end_matches(" [self-elevation]").to_owned();
            self.find(path, None, "self-elevation", &message);
        }
        Ok(())
    }

    /// What the record was before the commit: for a merge, what its sides made
    /// of it. `None` where that cannot be read.
    fn was(
        &mut self,
        sides: &Sides<'_>,
        id: RecordId,
        after: &Snapshot<'_>,
    ) -> Result<Option<Option<Record>>, CommandError> {
        let mut records = Vec::new();
        for side in &sides.parents {
            match self.read(side, id)? {
                Content::Unreadable => return Ok(None),
                Content::Absent => {}
                Content::Record(record, _) => records.push(*record),
            }
        }
        if sides.parents.len() < 2 || records.is_empty() {
            return Ok(Some(records.pop()));
        }
        let Content::Record(is, _) = self.read(after, id)? else {
            return Ok(Some(records.pop()));
        };
        let base = match &sides.base {
            Some(base) => match self.read(base, id)? {
                Content::Record(record, _) => Some(*record),
                Content::Unreadable | Content::Absent => None,
            },
            None => None,
        };
        Ok(Some(Some(merged::from_its_sides(base.as_ref(), &records, &is))))
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
                let message = error.told();
                self.find(&id.path(), error.line, "file-unreadable", &message);
                Ok(Content::Unreadable)
            }
        }
    }

    /// Judges what was somebody's own doing; what follows from it is only
    /// compared with what has to follow.
    fn records(
        &mut self,
        approvals: &Approvals,
        (actor, now): (&PersonId, Timestamp),
        changed: &[Changed],
    ) {
        let (session, policy) = (self.session, self.policy);
        let state = |record: &Record| approvals.state(session, policy, record);
        let scene = Scene { actor, now, approvals: &state, policy: Some(policy) };
        let changes: Vec<RecordChange<'_>> = changed
            .iter()
            .map(|Changed { before, after, .. }| RecordChange { before: before.as_ref(), after })
            .collect();
        let followers = cascade::followers(policy, &changes, &scene);
        for Changed { before, after, bytes } in changed {
            if !followers.contains(&after.id()) {
                let told =
                    before.as_ref().and_then(|before| answered(policy, before, after, &scene));
                let after = told.as_ref().unwrap_or(after);
                self.record((before.as_ref(), after), bytes, &scene, approvals);
            }
        }
    }

    fn record(
        &mut self,
        (before, after): (Option<&Record>, &Record),
        bytes: &[u8],
        scene: &Scene<'_>,
        approvals: &Approvals,
    ) {
        let policy = self.policy;
        if let Some(before) = before
            && let Some(halfway) = committed::halfway(policy, before, after)
        {
            self.record((Some(before), &halfway), bytes, scene, approvals);
            self.record((Some(&halfway), after), bytes, scene, approvals);
            return;
        }
        let path = after.id().path();
        let of_tasks = |record: &Record, name: &StateName| {
            approvals.of_definition(self.session, policy, record, name)
        };
        let breaches = match before {
            Some(before) => committed::changed(policy, before, after, scene, &of_tasks),
            None => committed::created(policy, after, scene),
        };
        let change = RecordChange { before, after };
        // A move that is refused says so by itself.
        if !breaches.iter().any(|breach| breach.rule == validate::REFUSED)
            && let Err(denied) = roles::may_change(policy, scene.actor, scene.now, &change)
        {
            self.find(&path, None, "role", &denied.to_string());
        }
        for breach in breaches {
            let message = format!("{}: {}", breach.field, breach.message);
            self.find(&path, line_of(bytes, &breach.field), breach.rule, &message);
        }
    }
}

/// The record with nothing but the note that was added, where the rest is what
/// the workflow makes of an answer of the requester.
fn answered(policy: &Policy, before: &Record, after: &Record, scene: &Scene<'_>) -> Option<Record> {
    let note = after.notes().get(before.notes().len())?;
    let mut noted = before.clone();
    noted.notes_mut().push(note.clone());
    let workflow = policy.workflow_of(before);
    let action = after_note(workflow, &noted, note)?;
    let now = after.updated_at();
    let scene = Scene { actor: scene.actor, now, approvals: scene.approvals, policy: None };
    let mut next = noted.clone();
    let mut fresh = ulid::Ulid::nil;
    apply(workflow, &mut next, action, &Default::default(), &scene, &mut fresh).ok()?;
    (next == *after).then_some(noted)
}

/// What a commit is built on.
struct Sides<'a> {
    parents: Vec<Snapshot<'a>>,
    /// Where the sides of a merge went apart.
    base: Option<Snapshot<'a>>,
}

impl<'a> Sides<'a> {
    fn of(session: &'a Session, info: &CommitInfo) -> Result<Self, StoreError> {
        let store = &session.store;
        let parents = info.parents.iter().map(|parent| store.snapshot_at(*parent));
        let parents = parents.collect::<Result<Vec<_>, _>>()?;
        let base = match &info.parents[..] {
            [] | [_] => None,
            many => store.fork_of(many)?.map(|base| store.snapshot_at(base)).transpose()?,
        };
        Ok(Self { parents, base })
    }

    /// The paths that the commit changed; for a merge, those at which it has
    /// something else than the side that changed it.
    fn changed(&self, session: &Session, info: &CommitInfo) -> Result<Vec<String>, StoreError> {
        let mut paths = BTreeSet::new();
        for parent in &info.parents {
            let changes = session.store.changes_between(Some(*parent), info.id)?;
            paths.extend(changes.into_iter().map(|change| change.path));
        }
        if info.parents.len() < 2 {
            return Ok(paths.into_iter().collect());
        }
        let after = session.store.snapshot_at(info.id)?;
        let mut own = Vec::new();
        for path in paths {
            let was = self.base.as_ref().map(|base| base.blob_of(&path)).transpose()?.flatten();
            let sides = self.parents.iter().map(|side| side.blob_of(&path));
            let sides = sides.collect::<Result<Vec<_>, _>>()?;
            if !is_plain(was, &sides, after.blob_of(&path)?) {
                own.push(path);
            }
        }
        Ok(own)
    }
}

/// Whether a merge took a file as the only side that changed it left it.
fn is_plain(base: Option<BlobId>, sides: &[Option<BlobId>], is: Option<BlobId>) -> bool {
    let mut changed = sides.iter().filter(|side| **side != base);
    let first = changed.next().copied().unwrap_or(base);
    changed.all(|other| *other == first) && is == first
}
