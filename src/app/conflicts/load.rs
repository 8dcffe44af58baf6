//! The desk's maintenance windows and freezes, read when somebody asks about the
//! time of a change.

use std::collections::HashMap;

use crate::app::Session;
use crate::app::error::unreadable;
use crate::error::CommandError;
use crate::format;
use crate::index::Index;
use crate::model::{Kind, RecordId};
use crate::policy::windows::{ChangeWindows, WindowsFile};
use crate::store::Snapshot;

/// Where they lie.
pub(in crate::app) const WINDOWS: &str = ".gitsm/change-windows.yaml";

/// When what may be changed; nothing, where the desk has no such file.
///
/// # Errors
///
/// The settings cannot be read, or contradict each other.
pub(in crate::app) fn windows(
    session: &Session,
    snapshot: &Snapshot<'_>,
) -> Result<ChangeWindows, CommandError> {
    let Some(bytes) = snapshot.file(WINDOWS)? else { return Ok(ChangeWindows::default()) };
    let file: WindowsFile =
        format::read_settings(WINDOWS, &bytes).map_err(|error| unreadable(WINDOWS, &error))?;
    let names = items(session.index()?, &file)?;
    let zone = &session.policy()?.settings.time_zone;
    let named = |name: &str| names.get(name).copied().flatten();
    ChangeWindows::new(&file, zone, named).map_err(|error| {
        let failed = CommandError::invalid(format!("{WINDOWS}: {error}"));
        let failed = match error.hint() {
            Some(hint) => failed.hint(hint),
            None => failed,
        };
        failed.hint("mend the file and run `gitsm commit`; `gitsm check` lists all mistakes")
    })
}

/// What the names and ids in `file` stand for; a name that several items have
/// stands for none.
pub(super) fn items<'a>(
    index: &Index,
    file: &'a WindowsFile,
) -> Result<HashMap<&'a str, Option<RecordId>>, CommandError> {
    let mut items = HashMap::new();
    for name in file.cis() {
        let mut found = index.resolve(name)?;
        found.retain(|each| each.id.kind() == Kind::Ci);
        if found.len() > 1 {
            found.retain(|each| each.state.is_open());
        }
        let item = if let [one] = &found[..] { Some(one.id) } else { None };
        items.insert(name, item);
    }
    Ok(items)
}
