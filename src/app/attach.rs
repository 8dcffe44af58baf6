//! Keeping files with a record.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Session;
use super::write::Describe;
use crate::error::{CommandError, ErrorKind};
use crate::model::{Attachment, RecordId, one_line};
use crate::outcome::Written;

/// The largest file that is kept, in bytes: what a repository carries in every
/// clone for ever should be small.
const MAX_SIZE: u64 = 25 * 1024 * 1024;

struct Content {
    name: String,
    sha256: String,
    bytes: Vec<u8>,
}

/// Where content with this digest lies.
fn path_of(sha256: &str) -> String {
    format!("attachments/{}/{sha256}", sha256.get(..2).unwrap_or_default())
}

/// Keeps files with a record. A file that is there already is not stored again.
///
/// # Errors
///
/// A file cannot be read, is too large, or has a name that is no plain line.
pub fn attach(session: &Session, id: RecordId, files: &[PathBuf]) -> Result<Written, CommandError> {
    let contents = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    session.write(Describe::default(), |work| {
        for content in &contents {
            let path = path_of(&content.sha256);
            if work.snapshot.blob_of(&path)?.is_none() {
                work.file(path, Some(content.bytes.clone()));
            }
            let attachment = Attachment {
                id: session.fresh_id(),
                name: content.name.clone(),
                sha256: content.sha256.clone(),
                size: content.bytes.len() as u64,
                at: session.now(),
                by: work.actor.clone(),
            };
            let kept = work.record(id)?.attachments_mut();
            let same = |kept: &Attachment| {
                kept.sha256 == attachment.sha256 && kept.name == attachment.name
            };
            if !kept.iter().any(same) {
                kept.push(attachment);
            }
        }
        Ok(())
    })
}

fn read(path: &Path) -> Result<Content, CommandError> {
    let shown = path.display();
    let failed =
        |error: std::io::Error| CommandError::not_found(format!("cannot read {shown}: {error}"));
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        CommandError::invalid(format!("{shown} has no name that is UTF-8")).hint("rename a copy")
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
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Content { name, sha256, bytes })
}
