//! Whether a change of settings gives whoever makes it more rights, or takes away
//! what is asked for before their own records go on.

use super::Session;
use super::approval::{APPROVALS, Approvals};
use super::settings::{self, PEOPLE, ROLES, ReadFile, TEAMS, WORKFLOWS};
use crate::error::CommandError;
use crate::format;
use crate::model::{PersonId, Record, Timestamp};
use crate::policy::approval::{eased, stake};
use crate::policy::roles::{self, Rules};
use crate::policy::{Policy, approval};
use crate::store::{FileChange, Snapshot};

/// Whether rights can depend on what stands at `path`.
pub(super) fn matters(path: &str) -> bool {
    [PEOPLE, TEAMS, ROLES, APPROVALS].contains(&path)
        || path.strip_prefix(WORKFLOWS).is_some_and(|rest| rest.starts_with('/'))
}

/// Settings before somebody changes them.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub session: &'a Session,
    pub snapshot: &'a Snapshot<'a>,
    pub policy: &'a Policy,
}

/// Whether `actor` gives themselves no rights by writing `files`.
///
/// # Errors
///
/// They would, or the desk cannot be read.
pub(super) fn by_files(
    before: Before<'_>,
    files: &[FileChange],
    actor: &PersonId,
    now: Timestamp,
) -> Result<(), CommandError> {
    if !files.iter().any(|file| matters(&file.path)) {
        return Ok(());
    }
    let mut read = |path: &str| match files.iter().find(|file| file.path == path) {
        Some(file) => Ok(file.content.clone()),
        None => Ok(before.snapshot.file(path)?),
    };
    refused(before, &mut read, actor, now)?.map_or(Ok(()), Err)
}

/// Why `actor` must not turn the settings into those that `read` gives, if they
/// must not. Files that cannot be used change nothing, as the last ones that could
/// be still count.
///
/// # Errors
///
/// The desk cannot be read.
pub(super) fn refused(
    before: Before<'_>,
    read: &mut ReadFile<'_>,
    actor: &PersonId,
    now: Timestamp,
) -> Result<Option<CommandError>, CommandError> {
    let Before { session, snapshot, policy } = before;
    if policy.is_open_desk() {
        return Ok(None);
    }
    let (after, broken) = settings::lenient_from(read, None, &[])?;
    if broken.iter().any(|broken| matters(&broken.path)) {
        return Ok(None);
    }
    let was = Approvals::load(session, snapshot, policy)?.at(now);
    let is = match read(APPROVALS)? {
        Some(bytes) => match Approvals::of_desk(session, snapshot, &after, &bytes) {
            Ok(approvals) => approvals,
            Err(_) => return Ok(None),
        },
        None => Approvals::default(),
    };
    let is = is.at(now);
    let rules = |policy, approvals| Rules { policy, approvals };
    let (old, new) = (rules(policy, was.settings()), rules(&after, is.settings()));
    if let Err(elevation) = roles::may_change_rules(old, new, actor, now) {
        let hint = elevation.hint();
        return Ok(Some(CommandError::refused(elevation).hint(hint)));
    }
    for (id, _) in snapshot.record_ids()?.records {
        if !id.kind().is_ticket() {
            continue;
        }
        // What an unreadable record asks for, nobody can say.
        let Some(bytes) = snapshot.record_bytes(id)? else { continue };
        if !may_concern(&bytes, actor) {
            continue;
        }
        let Ok(record) = format::read_record(id, &bytes) else { continue };
        if let Some(how) = in_own_matter(before, (&was, &is), &after, &record, actor) {
            let short = id.short();
            let message = format!("{short} is a matter of {actor}, and {how} [self-elevation]");
            return Ok(Some(
                CommandError::refused(message)
                    .hint("have somebody else change that, or wait until it is over".to_owned()),
            ));
        }
    }
    Ok(None)
}

/// Whether a record can have to do with `actor`; commits name people in other ways.
fn may_concern(bytes: &[u8], actor: &PersonId) -> bool {
    let has = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    has(actor.as_str()) || has("\ndeployment:")
}

/// What less would be asked for of a record that `actor` has to do with.
fn in_own_matter(
    before: Before<'_>,
    (was, is): (&Approvals, &Approvals),
    after: &Policy,
    record: &Record,
    actor: &PersonId,
) -> Option<String> {
    let Before { session, policy, .. } = before;
    if !policy.category_of(record).is_open() || !super::approval::concerns(policy, record) {
        return None;
    }
    let stake: approval::Stake = stake(record, policy, actor)?;
    let (then, now) = (was.state(session, policy, record), is.state(session, after, record));
    eased(&then, &now, is.settings(), stake)
}
