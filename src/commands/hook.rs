//! `gitsm hook`: what git runs in repositories of code.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Context, args};
use crate::app::hook::{self, Event, InstallOptions, RunOptions};
use crate::config::hook::HookEnvironment;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Let git tell the desk what is pushed, and ask it before
///
/// Run these in the repository of code, not in the desk. A push to a branch that
/// `.gitsm/deployments.yaml` names raises a change; one that is itself the
/// deployment asks the gate first.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Have git run gitsm in this repository
    Install(InstallArgs),
    /// Say whether the hooks run, and what waits to be told to the desk
    Status,
    /// Take back what was installed
    Uninstall(UninstallArgs),
    /// Do what a hook is for; git calls this
    Run(RunArgs),
    /// Tell the desk what waits
    Drain(DrainArgs),
}

/// Have git run gitsm in this repository
///
/// Notes the desk in the repository's configuration. Nothing of anybody else's
/// is written over: where there is a hook already, or another program manages
/// them, it says what to add, and ends with code 4. All or nothing is installed;
/// again and again changes nothing.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// The hook; several times for several [default: pre-receive and post-receive
    /// in a bare repository, else commit-msg and pre-push]
    #[arg(long = "event", value_name = "HOOK")]
    events: Vec<Event>,
    /// The name of this repository in the desk's deployments.yaml
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,
    /// Run the hook that is there first, and then gitsm
    #[arg(long)]
    chain: bool,
    #[command(flatten)]
    preview: args::Preview,
}

/// Take back what was installed
///
/// The repository is as it was before, byte for byte, as far as nobody else has
/// changed it since.
#[derive(Debug, Args)]
pub struct UninstallArgs {
    #[command(flatten)]
    preview: args::Preview,
}

/// Do what a hook is for; git calls this
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The hook
    #[arg(value_name = "HOOK")]
    event: Event,
    /// A hook that was there before, to be run first
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    /// What git gives to it
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

/// Tell the desk what waits
///
/// What cannot be told yet is kept; what can never be is set aside with the
/// reason, which `gitsm hook status` shows.
#[derive(Debug, Args)]
pub struct DrainArgs {
    /// Try again what was set aside
    #[arg(long)]
    retry: bool,
}

pub fn run(context: &Context, command: &HookCommand) -> Result<Outcome, CommandError> {
    let environment = &context.environment;
    let desk = context.named_desk().map(PathBuf::from);
    Ok(match command {
        HookCommand::Install(args) => {
            let options = InstallOptions {
                events: args.events.clone(),
                repository: args.repository.clone(),
                chain: args.chain,
                dry_run: args.preview.dry_run,
                desk,
            };
            Outcome::HookInstall(Box::new(hook::install(environment, &options)?))
        }
        HookCommand::Status => {
            Outcome::HookStatus(Box::new(hook::status(environment, desk.as_deref())?))
        }
        HookCommand::Uninstall(args) => {
            Outcome::HookInstall(Box::new(hook::uninstall(environment, args.preview.dry_run)?))
        }
        HookCommand::Run(args) => {
            let told = HookEnvironment::read(&environment.cwd);
            let options = RunOptions {
                event: args.event,
                arguments: args.arguments.clone(),
                after: args.after.clone(),
                desk,
            };
            let slow = || context.ui.message("gitsm: still asking the desk");
            Outcome::HookRun(hook::run(environment, told, &options, &slow))
        }
        HookCommand::Drain(args) => Outcome::HookDrain(hook::drain(environment, args.retry)?),
    })
}
