//! `gate`: whether something may go to an environment now.

use std::time::Duration;

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::{self, GateRequest};
use crate::commands::{Context, complete};
use crate::error::CommandError;
use crate::model::Timestamp;
use crate::outcome::Outcome;

/// How the command ends.
const CODES: &str = "\
Exit codes: 0 go, 10 deny, 11 pending, 12 go by a recorded override, 20 cannot
tell, 2 wrong usage. Production stays closed unless the answer is 0 or 12.";

/// Ask whether a change may go to its environment now
///
/// Answers from the desk's last commit alone: approved as it reads now by people
/// who may and did not make it themselves, within its window, in no freeze, and
/// the commit or artefact that was approved and no other.
#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub struct GateArgs {
    /// The change; where it is left out, the one that brings --commit or
    /// --artefact of --repository to --environment
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: Option<String>,
    /// Where it is to go; as the change says, else production
    #[arg(short, long, value_name = "NAME")]
    environment: Option<String>,
    /// The code repository, by its name in the desk's settings
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,
    /// The commit that is to be deployed, 40 hexadecimal digits
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    commit: Option<String>,
    /// The digest of the artefact that is to be deployed, such as sha256:...
    #[arg(long, value_name = "DIGEST", value_parser = word)]
    artefact: Option<String>,
    /// Ask again for so long, such as 30m, until it may go or cannot any more
    #[arg(long, value_name = "TIME", value_parser = wait, conflicts_with = "at")]
    wait: Option<Duration>,
    /// Ask the trunk of the desk's remote as it is now; what was not pushed does
    /// not count
    #[arg(long, conflicts_with = "at")]
    remote: bool,
    /// Decide again as on this commit of the desk
    #[arg(long, value_name = "COMMIT")]
    at: Option<String>,
    /// Decide again as at this UTC time; with --at
    #[arg(long, value_name = "TIME", requires = "at")]
    time: Option<Timestamp>,
}

pub fn run(context: &Context, args: &GateArgs) -> Result<Outcome, CommandError> {
    let request = request(args)?;
    let clock = context.environment.clock;
    let view = app::gate(&request, args.wait, clock, || context.open_anew());
    Ok(Outcome::Gate(Box::new(view)))
}

/// What is asked, if that makes sense.
fn request(args: &GateArgs) -> Result<GateRequest, CommandError> {
    let has_version = args.commit.is_some() || args.artefact.is_some();
    if args.id.is_none() && !(has_version && args.repository.is_some()) {
        let message = "neither a change nor what is to be deployed was named";
        return Err(CommandError::usage(message)
            .hint("gitsm change gate ID")
            .hint("gitsm change gate --repository NAME --commit COMMIT --environment production"));
    }
    Ok(GateRequest {
        id: args.id.clone(),
        environment: args.environment.clone(),
        repository: args.repository.clone(),
        commit: args.commit.clone(),
        artefact: args.artefact.clone(),
        at: args.at.clone(),
        time: args.time,
        remote: args.remote,
    })
}

/// A commit's whole name: a part of it could come to mean another one.
fn commit(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    if text.len() == 40 && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err("a commit is named in full here, by 40 hexadecimal digits".to_owned())
    }
}

fn word(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_whitespace) {
        Err("a digest is one word, such as sha256:1234...".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// `30m`, `1h30m`, `90s`.
fn wait(text: &str) -> Result<Duration, String> {
    let bad = || format!("`{text}` is no length of time; write 30m, 1h30m or 90s");
    let (mut seconds, mut digits, mut last) = (0u64, String::new(), 4);
    for c in text.chars() {
        let (unit, rank) = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'h' => (3600, 3),
            'm' => (60, 2),
            's' => (1, 1),
            _ => return Err(bad()),
        };
        let number: u64 = digits.parse().map_err(|_| bad())?;
        if rank >= last || number > 100_000 {
            return Err(bad());
        }
        seconds += number * unit;
        last = rank;
        digits.clear();
    }
    if digits.is_empty() && seconds > 0 { Ok(Duration::from_secs(seconds)) } else { Err(bad()) }
}
