//! Writing files that the user asked for: whole, or not at all.

use std::fs::{self, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::error::{CommandError, ErrorKind};

/// Writes what `fill` gives to the file at `path`. Until it is whole, it lies
/// beside its place under another name, and then takes its place in one step;
/// a link that lies there is replaced, not followed. Devices and pipes are
/// written as they are.
///
/// # Errors
///
/// `fill` fails; something lies there already and `replace` is not set; the
/// disk cannot be written. What lay there before is then still there.
pub fn save(
    path: &Path,
    replace: bool,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let failed = |error: io::Error| {
        let message = format!("cannot write {}: {error}", path.display());
        CommandError::new(ErrorKind::CannotWrite, message)
    };
    let there = fs::symlink_metadata(path).ok();
    if there.is_some() && !replace {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    if there.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_symlink()) {
        let mut file = fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
        fill(&mut file)?;
        return file.flush().map_err(failed);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let message = format!("cannot write {}: there is no such folder", path.display());
        return Err(CommandError::new(ErrorKind::CannotWrite, message)
            .hint(format!("make {} first", folder.display())));
    }
    let usual = || Permissions::from_mode(0o666);
    let mode = there.filter(fs::Metadata::is_file).map_or_else(usual, |file| file.permissions());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gitsm-").suffix(".part").permissions(mode);
    let file = builder.tempfile_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    let mut out = BufWriter::new(file);
    fill(&mut out)?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map(drop).map_err(|error| failed(error.error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, text: &str, replace: bool) -> Result<(), CommandError> {
        save(path, replace, |out| {
            out.write_all(text.as_bytes())
                .map_err(|error| CommandError::new(ErrorKind::CannotWrite, error))
        })
    }

    #[test]
    fn a_file_is_whole_or_as_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.txt");
        put(&path, "one", false).expect("written");
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o600, 0o600);
        assert_ne!(mode & 0o044, 0, "as the umask has it, not private");
        let error = put(&path, "two", false).expect_err("exists");
        assert_eq!(error.kind, ErrorKind::CannotWrite);
        fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("set");
        put(&path, "two", true).expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "two");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
        let failed = save(&path, true, |out| {
            let _ = out.write_all(b"half");
            Err(CommandError::invalid("no"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).expect("there"), "two");
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "nothing is left over");
    }

    #[test]
    fn links_are_replaced_and_folders_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "precious").expect("written");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        assert!(put(&link, "x", false).is_err());
        put(&link, "x", true).expect("written");
        assert_eq!(fs::read_to_string(&target).expect("there"), "precious");
        assert_eq!(fs::read_to_string(&link).expect("there"), "x");
        assert!(put(folder.path(), "x", true).is_err());
        put(Path::new("/dev/null"), "x", true).expect("written");
    }
}
