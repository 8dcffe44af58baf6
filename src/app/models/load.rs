//! Reading the files of the change models.

use crate::app::settings::ReadFile;
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::TemplateName;
use crate::policy::template::{ModelFile, Models};
use crate::store::Snapshot;

/// Where the change models lie.
pub(in crate::app) const FOLDER: &str = ".gitsm/models";

/// Where the file of a model lies.
pub(in crate::app) fn path_of(name: &str) -> String {
    format!("{FOLDER}/{name}.yaml")
}

/// The model whose file lies at `path`.
pub(super) fn name_of(path: &str) -> Option<TemplateName> {
    let name = path.strip_prefix(FOLDER)?.strip_prefix('/')?.strip_suffix(".yaml")?;
    TemplateName::new(name).ok()
}

/// Whether a change model lies at `path`.
pub(in crate::app) fn is_one(path: &str) -> bool {
    name_of(path).is_some()
}

/// The paths of the change models of `snapshot`.
///
/// # Errors
///
/// The repository cannot be read.
pub(in crate::app) fn paths(snapshot: &Snapshot<'_>) -> Result<Vec<String>, CommandError> {
    let paths = snapshot.entries(FOLDER)?.into_iter().map(|entry| entry.path);
    Ok(paths.filter(|path| is_one(path)).collect())
}

/// The change models at `paths`. What they say is read once somebody asks.
///
/// # Errors
///
/// The repository cannot be read.
pub(in crate::app) fn load(
    read: &mut ReadFile<'_>,
    paths: &[String],
    zone: &str,
) -> Result<Models, CommandError> {
    let mut files = Vec::new();
    for path in paths {
        let Some(name) = name_of(path) else { continue };
        let bytes = match read(path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => continue,
            // Something else in its place, or far too much of it: no model.
            Err(error) if error.kind == ErrorKind::Invalid => b"\0".to_vec(),
            Err(error) => return Err(error),
        };
        files.push((name, path.clone(), bytes));
    }
    Ok(Models::new(files, zone, parse))
}

/// What the file of a model says, or what is wrong in it.
pub(super) fn parse(path: &str, bytes: &[u8]) -> Result<ModelFile, String> {
    format::read_settings(path, bytes).map_err(|error| error.told())
}
