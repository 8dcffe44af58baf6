//! Arguments that several commands share.

use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::error::CommandError;

/// The largest text that is taken from a file or standard input, in bytes.
const MAX_TEXT: u64 = 1024 * 1024;

/// The records that a verb works on.
#[derive(Debug, Args)]
pub struct Targets {
    /// Records: a full id, any unambiguous ending of one, a CI's name, or a
    /// number from the system it was imported from
    #[arg(required = true, value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    pub ids: Vec<String>,
}

/// Something said along with an action.
#[derive(Debug, Args)]
pub struct Comment {
    /// What to say
    #[arg(short, long, value_name = "TEXT")]
    pub message: Option<String>,
    /// Take what to say from a file, or from standard input with `-`
    #[arg(short = 'F', long, value_name = "FILE", conflicts_with = "message")]
    pub file: Option<PathBuf>,
}

impl Comment {
    /// What was given, if anything.
    pub fn given(&self, context: &Context) -> Result<Option<String>, CommandError> {
        match (&self.message, &self.file) {
            (Some(message), _) => Ok(Some(message.clone())),
            (None, Some(path)) => read_text(context, path).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// What was given; else, on a terminal, what is typed in the editor.
    pub fn required(&self, context: &Context, what: &str) -> Result<String, CommandError> {
        if let Some(text) = self.given(context)? {
            return Ok(text);
        }
        context.compose(what)
    }
}

/// Reads a whole text file, or standard input where the path is `-`.
pub fn read_text(context: &Context, path: &PathBuf) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let failed = |error: &std::io::Error| {
        CommandError::not_found(format!("cannot read {}: {error}", path.display()))
    };
    if path.as_os_str() == "-" {
        std::io::stdin()
            .take(MAX_TEXT + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(&error))?;
    } else {
        std::fs::File::open(context.environment.cwd.join(path))
            .and_then(|file| file.take(MAX_TEXT + 1).read_to_end(&mut bytes))
            .map_err(|error| failed(&error))?;
    }
    if bytes.len() as u64 > MAX_TEXT {
        let message = format!("{} is larger than 1 MiB", path.display());
        return Err(CommandError::invalid(message)
            .hint("keep the whole as a file with `gitsm attach ID FILE`"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        CommandError::invalid(format!("{} is not UTF-8 (byte {at})", path.display()))
            .hint("convert it, or keep it with `gitsm attach ID FILE`")
    })
}
