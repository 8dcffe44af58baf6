//! `gitsm demo`: build a desk and play a story on it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use clap::{Args, ValueHint};

use super::Context;
use crate::error::{CommandError, ErrorKind};
use crate::exit;
use crate::outcome::{MessageView, Outcome};

/// The story, which is also an example that anyone can read and run.
const STORY: &str = include_str!("../../examples/crm-crash.sh");
/// What it has in common with the other examples, and how it reads that.
const COMMON: &str = include_str!("../../examples/story.sh");
const READS: &str = ". \"$(dirname -- \"$0\")/story.sh\"\n";

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
    let mut story = Command::new("sh");
    story.args(["-c", &STORY.replace(READS, COMMON), "crm-crash.sh"]).arg(&dir).env("GITSM", gitsm);
    if !context.for_people {
        // Standard output is for the answer.
        story.stdout(std::io::stderr());
    }
    let ended = story.status().map_err(failed)?;
    if is_unread(ended) {
        return Ok(Outcome::Nothing);
    }
    if !ended.success() {
        let kind = match ended.code().and_then(|code| u8::try_from(code).ok()) {
            Some(exit::CANNOT_WRITE) => ErrorKind::CannotWrite,
            Some(exit::GIT) => ErrorKind::Git,
            _ => ErrorKind::Internal,
        };
        return Err(CommandError::new(kind, format!("the story ended with {ended}"))
            .hint("the last command above says why"));
    }
    let shown = args.dir.display();
    let message = format!(
        "\nThe desk is in {shown}. Look around:\n\n  cd {shown}\n  gitsm list --all\n  gitsm log\n  git log"
    );
    Ok(Outcome::Message(MessageView::about(&shown, message)))
}

/// Whether the story ended because nobody reads any further (`| head`).
fn is_unread(ended: ExitStatus) -> bool {
    const SIGPIPE: i32 = 13;
    // A shell tells of a command's signal with a code of 128 and more.
    ended.signal() == Some(SIGPIPE) || ended.code() == Some(128 + SIGPIPE)
}
