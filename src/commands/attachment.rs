//! `gitsm attachment`: the files that are kept with a record.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app;
use crate::error::{CommandError, ErrorKind};
use crate::outcome::{AttachmentView, AttachmentsView, Outcome};
use crate::render;

/// List the files that are kept with a record, and get them back
///
/// `gitsm attach ID FILE` keeps one.
#[derive(Debug, Subcommand)]
pub enum AttachmentCommand {
    List(ListAttachmentsArgs),
    Get(GetAttachmentsArgs),
}

/// List the files that are kept with a record
#[derive(Debug, Args)]
pub struct ListAttachmentsArgs {
    /// The record
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
}

/// Get files back that are kept with a record
///
/// Each is checked against its SHA-256 digest and written under its own name
/// into the present folder; characters that could lead elsewhere become `_`.
#[derive(Debug, Args)]
pub struct GetAttachmentsArgs {
    /// The record
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// Which ones, by name or by the first digits of the digest; all, if none
    /// is given
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write the one file here; `-` for standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Write into this folder, which is made if it is not there
    #[arg(short = 'D', long, value_name = "DIR", value_hint = ValueHint::DirPath,
          conflicts_with = "output")]
    dir: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

pub fn run(context: &Context, command: &AttachmentCommand) -> Result<Outcome, CommandError> {
    match command {
        AttachmentCommand::List(args) => list(context, args),
        AttachmentCommand::Get(args) => get(context, args),
    }
}

fn list(context: &Context, args: &ListAttachmentsArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let id = session.find(&args.id)?;
    Ok(Outcome::Attachments(app::attachments(session, id)?))
}

fn get(context: &Context, args: &GetAttachmentsArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let id = session.find(&args.id)?;
    let view = app::attachments(session, id)?;
    let mut chosen = choose(&view, &args.names)?;
    if let Some(output) = &args.output {
        let [only] = &mut chosen[..] else {
            let message = format!("{} files cannot be written as one", chosen.len());
            return Err(CommandError::usage(message)
                .hint("name one of them, or a folder for all with `--dir DIR`"));
        };
        let content = app::content(session, &only.sha256)?;
        if output.as_os_str() == "-" {
            let failed = |error| CommandError::new(ErrorKind::CannotWrite, error);
            context.ui.bytes(&content).map_err(failed)?;
            return Ok(Outcome::Nothing);
        }
        write(context, output, args.force, &content)?;
        only.saved_as = Some(output.display().to_string());
        return Ok(Outcome::Attachments(AttachmentsView { attachments: chosen, ..view }));
    }
    let folder = args.dir.clone().unwrap_or_default();
    let taken: HashSet<String> = HashSet::new();
    let paths: Vec<PathBuf> = chosen
        .iter()
        .scan(taken, |taken, file| {
            let name = app::file_name(&file.name, |name| taken.contains(name));
            taken.insert(name.clone());
            Some(folder.join(name))
        })
        .collect();
    if !args.force
        && let Some(there) =
            paths.iter().find(|path| context.environment.cwd.join(path).symlink_metadata().is_ok())
    {
        return Err(exists(there));
    }
    if !chosen.is_empty() {
        let folder = context.environment.cwd.join(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| {
            let message = format!("cannot make {}: {error}", folder.display());
            CommandError::new(ErrorKind::CannotWrite, message)
        })?;
    }
    for (file, path) in chosen.iter_mut().zip(&paths) {
        let content = app::content(session, &file.sha256)?;
        write(context, path, args.force, &content)?;
        file.saved_as = Some(path.display().to_string());
    }
    Ok(Outcome::Attachments(AttachmentsView { attachments: chosen, ..view }))
}

fn write(
    context: &Context,
    path: &PathBuf,
    force: bool,
    content: &[u8],
) -> Result<(), CommandError> {
    let full = context.environment.cwd.join(path);
    if !force && full.symlink_metadata().is_ok_and(|there| !is_device(&there)) {
        return Err(exists(path));
    }
    let device = full.symlink_metadata().is_ok_and(|there| is_device(&there));
    render::save(&full, force || device, |out| {
        out.write_all(content).map_err(|error| {
            let message = format!("cannot write {}: {error}", path.display());
            CommandError::new(ErrorKind::CannotWrite, message)
        })
    })
}

/// Whether it is something that is written to rather than replaced.
fn is_device(there: &std::fs::Metadata) -> bool {
    !there.is_file() && !there.is_dir() && !there.is_symlink()
}

fn exists(path: &std::path::Path) -> CommandError {
    let message = format!("{} is there already", path.display());
    CommandError::new(ErrorKind::CannotWrite, message)
        .hint("replace it with `--force`, or write elsewhere with `-o FILE`")
}

/// The files that `names` mean, each once; all, if there are no names.
fn choose(view: &AttachmentsView, names: &[String]) -> Result<Vec<AttachmentView>, CommandError> {
    if names.is_empty() {
        return Ok(view.attachments.clone());
    }
    let mut chosen: Vec<usize> = Vec::new();
    for name in names {
        let positions = |fits: &dyn Fn(&AttachmentView) -> bool| -> Vec<usize> {
            let files = view.attachments.iter().enumerate();
            files.filter(|(_, file)| fits(file)).map(|(at, _)| at).collect()
        };
        let mut found = positions(&|file| file.name == *name);
        if found.is_empty() && name.len() >= 4 {
            found = positions(&|file| file.sha256.starts_with(&name.to_ascii_lowercase()));
        }
        match found[..] {
            [at] if chosen.contains(&at) => {}
            [at] => chosen.push(at),
            [] => {
                let names: Vec<_> =
                    view.attachments.iter().map(|file| file.name.as_str()).collect();
                let short = &view.short;
                let error = CommandError::not_found(format!("{short} has no file `{name}`"));
                return Err(if names.is_empty() {
                    error.hint(format!("nothing is kept with {short}"))
                } else {
                    error.hint(format!("it has {}", names.join(", ")))
                });
            }
            ref many => {
                let message = format!("`{name}` names {} files", many.len());
                let files = many.iter().filter_map(|at| view.attachments.get(*at));
                return Err(files.fold(CommandError::not_found(message), |error, file| {
                    error.hint(format!("{}  {} bytes", file.sha256, file.size))
                }));
            }
        }
    }
    Ok(chosen.into_iter().filter_map(|at| view.attachments.get(at)).cloned().collect())
}
