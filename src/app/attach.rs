//! Keeping files with a record, and giving them back.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Session;
use super::write::{self, Work};
use crate::error::{CommandError, ErrorKind};
use crate::model::{Attachment, RecordId, one_line};
use crate::outcome::{AttachmentView, AttachmentsView};

/// The largest file that is kept, in bytes: what a repository carries in every
/// clone for ever should be small.
const MAX_SIZE: u64 = 25 * 1024 * 1024;

/// A file to be kept with a record.
#[derive(Clone, Debug)]
pub struct Content {
    name: String,
    sha256: String,
    bytes: Vec<u8>,
}

/// Where content with this digest lies.
pub(super) fn path_of(sha256: &str) -> String {
    format!("attachments/{}/{sha256}", sha256.get(..2).unwrap_or_default())
}

/// Keeps files with a record. A file that is there already is not stored again.
pub(super) fn attach(
    work: &mut Work<'_>,
    id: RecordId,
    contents: &[Content],
) -> Result<(), CommandError> {
    for content in contents {
        let path = path_of(&content.sha256);
        if work.snapshot.blob_of(&path)?.is_none() {
            work.file(path, Some(content.bytes.clone()));
        }
        let attachment = Attachment {
            id: work.session.fresh_id(),
            name: content.name.clone(),
            sha256: content.sha256.clone(),
            size: content.bytes.len() as u64,
            at: work.session.now(),
            by: work.actor.clone(),
        };
        let kept = work.record(id)?.attachments_mut();
        let same =
            |kept: &Attachment| kept.sha256 == attachment.sha256 && kept.name == attachment.name;
        if !kept.iter().any(same) {
            kept.push(attachment);
        }
    }
    Ok(())
}

/// The files that are kept with a record.
///
/// # Errors
///
/// The record cannot be read.
pub fn attachments(session: &Session, id: RecordId) -> Result<AttachmentsView, CommandError> {
    let record = write::load(&session.snapshot()?, id)?;
    let seen = |kept: &Attachment| AttachmentView {
        name: kept.name.clone(),
        size: kept.size,
        sha256: kept.sha256.clone(),
        at: kept.at,
        by: kept.by.clone(),
        saved_as: None,
    };
    let short = session.opened_index().and_then(|index| index.shorten(&[id]).ok()?.pop());
    Ok(AttachmentsView {
        schema: AttachmentsView::SCHEMA,
        id,
        short: short.unwrap_or_else(|| id.short()),
        now: session.now(),
        attachments: record.attachments().iter().map(seen).collect(),
    })
}

/// The content with this SHA-256 digest, which is checked.
///
/// # Errors
///
/// The desk does not have it, or what lies in its place is something else.
pub fn content(session: &Session, sha256: &str) -> Result<Vec<u8>, CommandError> {
    let path = path_of(sha256);
    let bytes = session.snapshot()?.file(&path)?.ok_or_else(|| {
        CommandError::invalid(format!("the content is missing: there is no {path}"))
            .hint("find out where it went with `git log --stat -- attachments`")
    })?;
    if digest(&bytes) == sha256 {
        return Ok(bytes);
    }
    Err(CommandError::invalid(format!("{path} does not hold what its name says"))
        .hint(format!("see who changed it with `git log -- {path}`")))
}

/// A name for a file in a folder of the user's, after the name that somebody
/// gave it: whatever that is, the file lies in the folder, hides from nobody,
/// and has a name that no other file has (`taken`).
pub fn file_name(given: &str, taken: impl Fn(&str) -> bool) -> String {
    const LONGEST: usize = 200;
    let plain = |c: char| if matches!(c, '/' | '\\' | ':') || c.is_control() { '_' } else { c };
    let mut name: String = given.trim().chars().map(plain).collect();
    if name.is_empty() || name.starts_with(['.', '-', '~']) {
        name.insert(0, '_');
    }
    let (stem, ending) = match name.rfind('.') {
        Some(at) if name.len() - at <= 20 => name.split_at(at),
        _ => (name.as_str(), ""),
    };
    let end = stem.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST);
    let stem = stem.get(..end.unwrap_or(stem.len())).unwrap_or(stem);
    let mut name = format!("{stem}{ending}");
    let mut number = 2;
    while taken(&name) {
        name = format!("{stem}-{number}{ending}");
        number += 1;
    }
    name
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Content {
    /// SHA-256 of the content, 64 lower-case hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// It cannot be read, is too large, or has a name that is no plain line.
    pub fn read(path: &Path) -> Result<Self, CommandError> {
        let shown = path.display();
        let failed = |error: std::io::Error| {
            CommandError::not_found(format!("cannot read {shown}: {error}"))
        };
        let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
            CommandError::invalid(format!("{shown} has no name that is UTF-8"))
                .hint("rename a copy")
        })?;
        let name = one_line(name)
            .map_err(|error| CommandError::invalid(format!("the name of {shown}: {error}")))?;
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(CommandError::new(ErrorKind::Usage, format!("{shown} is a folder"))
                .hint("pack it into one file first"));
        }
        let mut bytes = Vec::new();
        file.take(MAX_SIZE + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_SIZE {
            return Err(CommandError::invalid(format!("{shown} is larger than 25 MiB"))
                .hint("keep it elsewhere and note where: `gitsm note ID -m URL`"));
        }
        let sha256 = digest(&bytes);
        Ok(Content { name, sha256, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_stored_name_leads_nowhere_else() {
        for (given, name) in [
            ("log.txt", "log.txt"),
            ("../../etc/passwd", "_.._.._etc_passwd"),
            ("/etc/passwd", "_etc_passwd"),
            ("C:\\Windows\\x.dll", "C__Windows_x.dll"),
            ("..", "_.."),
            (".", "_."),
            ("", "_"),
            (".bashrc", "_.bashrc"),
            ("-rf", "_-rf"),
            ("~root", "_~root"),
            ("a\u{0}b\u{1b}[31m.txt", "a_b_[31m.txt"),
        ] {
            assert_eq!(file_name(given, |_| false), name, "{given:?}");
        }
        let long = file_name(&format!("{}.txt", "\u{e9}".repeat(400)), |_| false);
        assert!(long.len() <= 204 && long.ends_with("\u{e9}.txt"), "{long}");
        assert_eq!(file_name("a.txt", |name| name == "a.txt"), "a-2.txt");
        assert_eq!(file_name("a", |name| name.len() < 3), "a-2");
    }
}
