//! `gitsm completions`: tab completion for the shell.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, env::Shells, generate};

use super::Cli;
use crate::error::{CommandError, ErrorKind};
use crate::outcome::Outcome;

/// Print the shell's completion script
///
/// The script completes commands, options and live ids of the desk you are in.
/// With --static it knows commands and options only and never runs gitsm.
///
/// bash: `source <(gitsm completions bash)` in ~/.bashrc
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_name = "SHELL")]
    shell: Shell,
    /// Commands and options only
    #[arg(long = "static")]
    only_static: bool,
}

pub fn run(args: &CompletionsArgs) -> Result<Outcome, CommandError> {
    let mut script = Vec::new();
    if args.only_static {
        generate(args.shell, &mut Cli::command(), "gitsm", &mut script);
    } else {
        let name = args.shell.to_string();
        let shells = Shells::builtins();
        let failed = || CommandError::usage(format!("there is no completion for {name}"));
        let shell = shells.completer(&name).ok_or_else(failed)?;
        shell
            .write_registration("COMPLETE", "gitsm", "gitsm", "gitsm", &mut script)
            .map_err(|error| CommandError::new(ErrorKind::Internal, error))?;
    }
    Ok(Outcome::Text(String::from_utf8_lossy(&script).into_owned()))
}
