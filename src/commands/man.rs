//! `gitsm man`: manual pages.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory, ValueHint};

use super::Cli;
use crate::error::{CommandError, ErrorKind};
use crate::outcome::{MessageView, Outcome};

/// Write the manual pages into a folder, one per command
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder, for example ~/.local/share/man/man1
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

pub fn run(args: &ManArgs) -> Result<Outcome, CommandError> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot write to {}: {error}", args.dir.display());
        CommandError::new(ErrorKind::CannotWrite, message)
    };
    std::fs::create_dir_all(&args.dir).map_err(failed)?;
    let mut command = Cli::command();
    command.build();
    let count = pages(&command, &args.dir).map_err(failed)?;
    let message = format!("wrote {count} pages to {}", args.dir.display());
    Ok(Outcome::Message(MessageView::about(&args.dir.display(), message)))
}

/// Writes the page of `command` and those of its subcommands.
fn pages(command: &Command, dir: &Path) -> std::io::Result<usize> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    std::fs::write(dir.join(format!("{name}.1")), page)?;
    let mut count = 1;
    for subcommand in command.get_subcommands().filter(|each| each.get_name() != "help") {
        count += pages(subcommand, dir)?;
    }
    Ok(count)
}
