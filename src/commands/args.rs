//! Arguments that several commands share.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app::Mode;
use crate::error::CommandError;

/// The largest text that is taken from a file or standard input, in bytes.
const MAX_TEXT: u64 = 1024 * 1024;

/// The most that is taken from standard input as ids, in bytes.
const MAX_IDS: u64 = 64 * 1024 * 1024;

/// The records that a verb works on.
#[derive(Debug, Args)]
pub struct Targets {
    /// Records: a full id, any unambiguous ending of one, a CI's name, or a
    /// number from the system it was imported from; `-` reads them from standard
    /// input
    #[arg(required = true, value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub batch: Batch,
}

impl Targets {
    /// Whether standard input names the records.
    pub fn are_piped(&self) -> bool {
        self.ids.iter().any(|id| id == "-")
    }
}

/// How a verb works on several records.
#[derive(Debug, Args)]
pub struct Batch {
    #[command(flatten)]
    preview: Preview,
    /// Change what can be changed, even if other records are refused; the exit
    /// code is then 4 all the same
    #[arg(short, long, display_order = 91)]
    keep_going: bool,
}

impl Batch {
    /// The mode that was asked for.
    pub fn mode(&self) -> Mode {
        Mode { dry_run: self.preview.dry_run, keep_going: self.keep_going }
    }
}

/// Looking before leaping.
#[derive(Clone, Copy, Debug, Args)]
pub struct Preview {
    /// Show what would change, and write nothing
    #[arg(short = 'n', long, display_order = 90)]
    pub dry_run: bool,
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
            (Some(message), _) if message.trim().is_empty() => {
                Err(CommandError::usage("what is said with `-m` is empty")
                    .hint("say something, or leave `-m` out where it is not asked for"))
            }
            (Some(message), _) => Ok(Some(message.clone())),
            (None, Some(path)) => {
                let text = read_text(context, path)?;
                if text.trim().is_empty() {
                    let name = path.display().to_string();
                    let name = if name == "-" { "standard input" } else { &name };
                    return Err(CommandError::usage(format!("{name} is empty"))
                        .hint("say it with `-m TEXT`, or `-F FILE`"));
                }
                Ok(Some(text))
            }
            (None, None) => Ok(None),
        }
    }

    /// What was given; else, on a terminal, what is typed in the editor.
    pub fn required(
        &self,
        context: &Context,
        targets: &Targets,
        what: &str,
    ) -> Result<String, CommandError> {
        if let Some(text) = self.given(context)? {
            return Ok(text);
        }
        if targets.are_piped() {
            let message = format!("{what} is missing, and standard input is taken by the ids");
            return Err(CommandError::usage(message).hint("say it with `-m TEXT`, or `-F FILE`"));
        }
        context.compose(what)
    }
}

/// Puts the ids that standard input names in the place of each `-`: separated
/// by white space; `#` begins a comment.
pub fn with_piped(context: &Context, ids: &[String]) -> Result<Vec<String>, CommandError> {
    if !ids.iter().any(|id| id == "-") {
        return Ok(ids.to_vec());
    }
    let bytes = read_bytes(context, Path::new("-"), "the ids", MAX_IDS)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        CommandError::invalid(format!("the ids on standard input are not UTF-8 (byte {at})"))
    })?;
    let mut piped: Vec<String> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .flat_map(|line| line.split_whitespace().take_while(|word| !word.starts_with('#')))
        .map(str::to_owned)
        .collect();
    let mut all = Vec::with_capacity(ids.len() + piped.len());
    for id in ids {
        if id == "-" { all.append(&mut piped) } else { all.push(id.clone()) }
    }
    Ok(all)
}

/// Reads a whole file, or standard input where the path is `-`, of at most
/// `limit` bytes; `what` it holds is named in errors.
pub fn read_bytes(
    context: &Context,
    path: &Path,
    what: &'static str,
    limit: u64,
) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    let piped = path.as_os_str() == "-";
    let place = if piped { what.to_owned() } else { path.display().to_string() };
    let failed =
        |error: std::io::Error| CommandError::not_found(format!("cannot read {place}: {error}"));
    if piped {
        context.take_stdin(what)?;
        std::io::stdin().take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(context.environment.cwd.join(path))
            .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
            .map_err(failed)?;
    }
    if bytes.len() as u64 > limit {
        let mebibytes = limit / (1024 * 1024);
        let place =
            if piped { format!("{what} on standard input are") } else { format!("{place} is") };
        return Err(CommandError::invalid(format!("{place} more than {mebibytes} MiB")));
    }
    Ok(bytes)
}

/// Reads a whole text file, or standard input where the path is `-`.
pub fn read_text(context: &Context, path: &PathBuf) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let failed = |error: &std::io::Error| {
        CommandError::not_found(format!("cannot read {}: {error}", path.display()))
    };
    if path.as_os_str() == "-" {
        context.take_stdin("the text")?;
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

/// The point in history that is looked at.
#[derive(Debug, Args)]
pub struct At {
    /// As of then: a date, "2 days ago", a commit or a tag
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    pub at: Option<String>,
}

/// The template of `--template`: the text itself, or the file after an `@`.
pub fn template(text: &str) -> Result<String, String> {
    let Some(path) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    let mut read = String::new();
    let file = std::fs::File::open(path).and_then(|file| {
        let size = file.take(MAX_TEXT + 1).read_to_string(&mut read)?;
        Ok(size as u64 <= MAX_TEXT)
    });
    match file {
        Ok(true) => Ok(read.strip_suffix('\n').unwrap_or(&read).to_owned()),
        Ok(false) => Err(format!("{path} is larger than 1 MiB")),
        Err(error) => Err(format!("cannot read {path}: {error}")),
    }
}
