//! `gitsm demo`: build a desk and play a story on it.

use std::path::PathBuf;
use std::process::Command;

use clap::{Args, ValueHint};

use super::Context;
use crate::error::{CommandError, ErrorKind};
use crate::outcome::Outcome;

/// The story, which is also an example that anyone can read and run.
const STORY: &str = include_str!("../../examples/crm-crash.sh");

/// Build a desk and play the CRM story on it, with the commands printed
///
/// Several users report that the CRM crashes; the analyst finds the reports
/// alike and opens a problem; the cause is a bug in the last update; a change
/// deploys the vendor's patch; the problem closes and the incidents are
/// resolved.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The new desk's folder
    #[arg(value_name = "DIR", default_value = "gitsm-demo", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

pub fn run(context: &Context, args: &DemoArgs) -> Result<Outcome, CommandError> {
    let dir = context.environment.cwd.join(&args.dir);
    if std::fs::read_dir(&dir).is_ok_and(|mut entries| entries.next().is_some()) {
        let message = format!("{} exists and is not empty", dir.display());
        return Err(CommandError::new(ErrorKind::Usage, message)
            .hint("gitsm demo DIR, with another folder"));
    }
    let failed = |error: std::io::Error| {
        CommandError::new(ErrorKind::Internal, format!("cannot run the story: {error}"))
            .hint("the story is a shell script; `sh` must be on the PATH")
    };
    let gitsm = std::env::current_exe().map_err(failed)?;
    let ended = Command::new("sh")
        .args(["-c", STORY, "crm-crash.sh"])
        .arg(&dir)
        .env("GITSM", gitsm)
        .status()
        .map_err(failed)?;
    if !ended.success() {
        return Err(CommandError::new(
            ErrorKind::Internal,
            format!("the story ended with {ended}"),
        ));
    }
    let shown = args.dir.display();
    Ok(Outcome::Message(format!(
        "\nThe desk is in {shown}. Look around:\n\n  cd {shown}\n  gitsm list --all\n  gitsm log\n  git log"
    )))
}
