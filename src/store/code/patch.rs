//! What a commit does, whatever it is built on.

use git2::{DiffOptions, ObjectType, Odb, Oid, Patch};
use sha2::{Digest, Sha256};

use super::{Code, FileChange};
use crate::store::error::StoreError;
use crate::store::ids::{BlobId, CommitId};

/// How many files a commit may change at most for its patch to be compared.
const MOST_FILES: usize = 1_000;
/// Larger files, in bytes, are compared as a whole.
const LARGE: usize = 1 << 20;

impl Code {
    /// What tells the same patch on another base: the lines that it takes away and
    /// brings, by file and without white space, as `git patch-id` has it. `None`
    /// for merges, and for what changes nothing or very many files.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if the commit or what it holds is missing or
    /// damaged.
    pub fn patch_id(&self, id: CommitId) -> Result<Option<String>, StoreError> {
        let parents: Vec<CommitId> = self.find(id)?.parent_ids().map(Into::into).collect();
        let parent = match &parents[..] {
            [] => None,
            [_] if self.shallow.contains(&id) => return Ok(None),
            [parent] => Some(*parent),
            _ => return Ok(None),
        };
        let files = self.files_between(parent, id)?;
        if files.more || files.changed.is_empty() || files.changed.len() > MOST_FILES {
            return Ok(None);
        }
        let odb = self.odb()?;
        let mut hash = Sha256::new();
        for file in &files.changed {
            self.one_file(&odb, file, &mut hash)?;
        }
        Ok(Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    fn one_file(
        &self,
        odb: &Odb<'_>,
        file: &FileChange,
        hash: &mut Sha256,
    ) -> Result<(), StoreError> {
        hash.update(file.path.as_bytes());
        hash.update([0]);
        let before = self.content(odb, file.before)?;
        let after = self.content(odb, file.after)?;
        let (Some(before), Some(after)) = (before, after) else {
            // As a whole: what is too large, and what is no file.
            for id in [file.before, file.after] {
                hash.update(id.map(|id| id.to_string()).unwrap_or_default());
                hash.update([0]);
            }
            return Ok(());
        };
        let mut options = DiffOptions::new();
        options.context_lines(0).force_text(true);
        let git = StoreError::git("compare two versions of a file");
        let patch = Patch::from_buffers(&before, None, &after, None, Some(&mut options));
        let patch = patch.map_err(&git)?;
        for hunk in 0..patch.num_hunks() {
            for line in 0..patch.num_lines_in_hunk(hunk).map_err(&git)? {
                let line = patch.line_in_hunk(hunk, line).map_err(&git)?;
                let sign = line.origin();
                if matches!(sign, '+' | '-') {
                    let bare = line.content().iter().filter(|byte| !byte.is_ascii_whitespace());
                    hash.update(sign.to_string());
                    hash.update(bare.copied().collect::<Vec<u8>>());
                    hash.update([0]);
                }
            }
        }
        Ok(())
    }

    /// The content of a file, nothing for none; `None` if it is too large, or no
    /// file's.
    fn content(&self, odb: &Odb<'_>, id: Option<BlobId>) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(id) = id else { return Ok(Some(Vec::new())) };
        let id: Oid = id.oid()?;
        self.whole(id)?;
        // A submodule's commit is in another repository.
        let Ok((size, kind)) = odb.read_header(id) else { return Ok(None) };
        if kind != ObjectType::Blob || size > LARGE {
            return Ok(None);
        }
        Ok(Some(self.read(odb, id)?.data().to_vec()))
    }
}
