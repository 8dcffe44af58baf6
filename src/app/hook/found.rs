//! The hooks of ours that are in a repository.

use std::path::{Path, PathBuf};

use super::event::Event;
use super::plan::{Ground, before, legacy, plain};
use super::stub::MARKER;
use crate::error::CommandError;
use crate::store::hooks::{HookFile, Method};

/// Whether the file at `path` has our marker.
///
/// # Errors
/// It cannot be read.
pub fn is_ours(path: &Path) -> Result<bool, CommandError> {
    Ok(matches!(HookFile::read(path, MARKER)?, HookFile::Ours { .. }))
}

/// What was installed, by what was written down about it and by what stands in
/// the hooks folder.
///
/// # Errors
/// A file cannot be read.
pub fn installed(ground: &Ground<'_>) -> Result<Vec<(Event, Method, PathBuf)>, CommandError> {
    let common = ground.repository.common_dir();
    let mut found = Vec::new();
    for hook in &ground.manifest.hooks {
        // One that a later gitsm knows is left to it.
        let Ok(event) = hook.event.parse::<Event>() else { continue };
        let path = common.join(&hook.path);
        // pre-commit and prek move it out of their way, and back.
        let mut moved = [legacy(&path), plain(&path)].into_iter();
        let path = match is_ours(&path)? {
            true => path,
            false => moved.find(|moved| is_ours(moved).unwrap_or(false)).unwrap_or(path),
        };
        found.push((event, hook.method, path));
    }
    for event in Event::ALL {
        let folder = ground.folder_of(event);
        let path = ground.place(event)?;
        let is_known = found.iter().any(|(_, _, known)| *known == path);
        if !is_known && folder.starts_with(common) && is_ours(&path)? {
            let chained = std::fs::symlink_metadata(before(&path)).is_ok();
            found.push((event, if chained { Method::Chain } else { Method::Stub }, path));
        }
    }
    found.sort_by_key(|(event, _, _)| *event);
    Ok(found)
}
