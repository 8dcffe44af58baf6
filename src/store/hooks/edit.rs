//! Changing a repository's configuration file, and changing it back.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use super::super::error::StoreError;
use super::super::program;
use super::file::{sync_folder, write_whole};
use super::{CodeRepository, ConfigKey};

impl CodeRepository {
    /// The bytes of the repository's own configuration file.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn config_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let path = self.config_file();
        fs::read(&path).map_err(StoreError::read(&path))
    }

    /// Sets each key to its value, or takes it away where it has none, all at
    /// once or not at all, in git's own spelling.
    ///
    /// # Errors
    /// Another git is writing it; the disk; git refuses.
    pub fn edit_config(&self, keys: &[(&str, Option<&str>)]) -> Result<(), StoreError> {
        self.with_locked_config(&self.config_bytes()?, |draft| {
            for (key, value) in keys {
                let command = |arguments: &[&str]| {
                    let mut all: Vec<&OsStr> =
                        vec!["config".as_ref(), "--file".as_ref(), draft.as_ref()];
                    all.extend(arguments.iter().map(|word| -> &OsStr { word.as_ref() }));
                    program::run(self.git(), &all, b"")
                };
                match value {
                    Some(value) => command(&["--replace-all", key, value])?,
                    None => command(&["--unset-all", key])?,
                };
            }
            Ok(())
        })
    }

    /// Gives the configuration file these bytes.
    ///
    /// # Errors
    /// Another git is writing it; the disk.
    pub fn restore_config(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.with_locked_config(bytes, |_| Ok(()))
    }

    /// Takes back what was set: each key has again what it had before, unless
    /// somebody has changed it since.
    ///
    /// # Errors
    /// As [`edit_config`](Self::edit_config).
    pub fn take_back(&self, keys: &[ConfigKey]) -> Result<(), StoreError> {
        let mut wanted: Vec<(&str, Option<&str>)> = Vec::new();
        for key in keys {
            if self.own_values(&key.key)? == [key.value.as_str()] {
                wanted.push((&key.key, key.before.as_deref()));
            }
        }
        if wanted.is_empty() { Ok(()) } else { self.edit_config(&wanted) }
    }

    fn config_file(&self) -> PathBuf {
        let path = self.common_dir.join("config");
        // The lock lies beside the file, wherever a link leads.
        path.canonicalize().unwrap_or(path)
    }

    /// Lets `change` work on a locked copy with these bytes, which then takes
    /// the file's place.
    fn with_locked_config(
        &self,
        bytes: &[u8],
        change: impl FnOnce(&PathBuf) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let path = self.config_file();
        let mut name = path.clone().into_os_string();
        name.push(".lock");
        let lock = PathBuf::from(name);
        let data = fs::metadata(&path).map_err(StoreError::read(&path))?;
        write_whole(&lock, bytes, 0o600).map_err(StoreError::write(&lock))?;
        let done = change(&lock).and_then(|()| {
            let place = || {
                fs::set_permissions(&lock, data.permissions())?;
                fs::File::open(&lock)?.sync_all()?;
                fs::rename(&lock, &path)
            };
            place().map_err(StoreError::write(&path))
        });
        match done {
            Ok(()) => sync_folder(&path),
            Err(_) => {
                let _ = fs::remove_file(&lock);
            }
        }
        done
    }
}
