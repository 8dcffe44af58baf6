//! Keeping files with a record.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::write::Work;
use crate::error::{CommandError, ErrorKind};
use crate::model::{Attachment, RecordId, one_line};

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
fn path_of(sha256: &str) -> String {
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

impl Content {
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
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Content { name, sha256, bytes })
    }
}
