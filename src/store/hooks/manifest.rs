//! What was installed into a repository, so that it can be taken back.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::super::error::StoreError;
use super::CodeRepository;
use super::file::{sync_folder, write_whole};

/// How a hook is put where git runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By `hook.NAME.command` in git's configuration.
    Config,
    /// A file of its own in the hooks folder.
    Stub,
    /// A file that runs what was there before, and then gitsm.
    Chain,
}

/// One hook that was installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// git's name of it.
    pub event: String,
    pub method: Method,
    /// The file that git, or git's configuration, runs.
    pub path: PathBuf,
}

/// A key of the repository's configuration that was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigKey {
    pub key: String,
    pub value: String,
    /// What it had before.
    pub before: Option<String>,
}

/// What was installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub hooks: Vec<Installed>,
    pub keys: Vec<ConfigKey>,
    /// The configuration file before and after, while nobody else has changed
    /// it in between.
    pub config: Option<(String, String)>,
    /// Folders that had to be made.
    pub folders: Vec<PathBuf>,
}

impl Manifest {
    const NAME: &str = "installed.json";

    /// What is known to be installed; nothing, if nothing is.
    ///
    /// # Errors
    /// Where the file cannot be read or understood.
    pub fn read(repository: &CodeRepository) -> Result<Self, StoreError> {
        let path = repository.state_dir().join(Self::NAME);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| StoreError::read(&path)(io::Error::other(error))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(StoreError::read(&path)(error)),
        }
    }

    /// Keeps it, in one step. Only the owner may read it: it has a copy of the
    /// configuration, and that may hold passwords.
    ///
    /// # Errors
    /// [`StoreError::CannotWrite`].
    pub fn write(&self, repository: &CodeRepository) -> Result<(), StoreError> {
        let folder = repository.state_dir();
        let path = folder.join(Self::NAME);
        let written = || {
            fs::create_dir_all(&folder)?;
            let draft = folder.join("installed.new");
            let _ = fs::remove_file(&draft);
            let mut text = serde_json::to_string_pretty(self)?;
            text.push('\n');
            write_whole(&draft, text.as_bytes(), 0o600)?;
            fs::rename(&draft, &path)
        };
        written().map_err(StoreError::write(&path))?;
        sync_folder(&path);
        Ok(())
    }

    /// Forgets it, with the folder it lies in.
    ///
    /// # Errors
    /// [`StoreError::CannotWrite`].
    pub fn forget(repository: &CodeRepository) -> Result<(), StoreError> {
        let folder = repository.state_dir();
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::write(&folder)(error))
            }
            _ => Ok(()),
        }
    }
}
