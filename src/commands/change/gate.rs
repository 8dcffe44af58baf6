//! `gate`: whether something may go to an environment now.

use std::time::Duration;

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::{self, Beside, GateRequest, OverrideRequest};
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
    /// The code repository: a folder in it, or its name in the desk's settings
    /// [default: the present one]
    #[arg(long, value_name = "DIR|NAME")]
    repository: Option<String>,
    /// The commit that is to be deployed; in full, where the repository is only
    /// named [default: HEAD]
    #[arg(long, value_name = "COMMIT", value_parser = word)]
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
    /// Go without leave, because of an incident: what is missing is approved
    /// within 24 hours
    #[arg(
        long = "override",
        requires = "reason",
        requires = "incident",
        conflicts_with_all = ["at", "remote", "wait"]
    )]
    overrides: bool,
    /// Why it cannot wait; with --override
    #[arg(long, value_name = "TEXT", requires = "overrides")]
    reason: Option<String>,
    /// The open incident that makes it necessary; with --override
    #[arg(long, value_name = "INCIDENT", requires = "overrides", add = ArgValueCompleter::new(complete::records))]
    incident: Option<String>,
    /// Decide again as on this commit of the desk
    #[arg(long, value_name = "COMMIT")]
    at: Option<String>,
    /// Decide again as at this UTC time; with --at
    #[arg(long, value_name = "TIME", requires = "at")]
    time: Option<Timestamp>,
}

pub fn run(context: &Context, args: &GateArgs) -> Result<Outcome, CommandError> {
    let request = request(context, args)?;
    let clock = context.environment.clock;
    if let (true, Some(reason), Some(incident)) = (args.overrides, &args.reason, &args.incident) {
        let wanted = OverrideRequest { reason: reason.clone(), incident: incident.clone() };
        let view = app::gate_override(&request, &wanted, clock, || context.open_anew())?;
        return Ok(Outcome::Gate(Box::new(view)));
    }
    let keep = |what| app::hook::note_went_on(&context.environment, context.named_desk(), what);
    let view = app::gate(&request, args.wait, clock, || context.open_anew(), keep);
    app::hook::catch_up_quietly(&context.environment);
    Ok(Outcome::Gate(Box::new(view)))
}

/// What is asked, if that makes sense.
fn request(context: &Context, args: &GateArgs) -> Result<GateRequest, CommandError> {
    let (pipeline, cwd) = (&context.environment.pipeline, &context.environment.cwd);
    // Who names a change means what it says.
    let unnamed = |given: &Option<String>| given.clone().filter(|_| args.id.is_none());
    let environment = args.environment.clone().or_else(|| unnamed(&pipeline.environment));
    let has_version = args.commit.is_some() || args.artefact.is_some();
    let commit = match has_version {
        true => args.commit.clone(),
        false => unnamed(&pipeline.commit),
    };
    let folder = args.repository.as_ref().map(|name| cwd.join(name)).filter(|path| path.is_dir());
    let is_named = args.repository.is_some() && folder.is_none();
    let is_anything_said = has_version || commit.is_some() || args.environment.is_some();
    if args.id.is_none() && !(is_anything_said || folder.is_some()) {
        let message = "neither a change nor what is to be deployed was named";
        return Err(CommandError::usage(message)
            .hint("gitsm change gate ID")
            .hint("gitsm change gate --repository NAME --commit COMMIT --environment production"));
    }
    if is_named && args.id.is_none() {
        match &commit {
            Some(commit) => whole(commit)?,
            None if args.artefact.is_some() => {}
            None => {
                let message = "neither a commit nor an artefact was named";
                return Err(CommandError::usage(message).hint("name it with `--commit COMMIT`"));
            }
        }
    }
    if let (Some(_), Some(commit)) = (&args.id, &commit) {
        whole(commit)?;
    }
    let beside = Beside {
        folder: folder.unwrap_or_else(|| cwd.clone()),
        known_as: pipeline.repository.clone().into_iter().collect(),
    };
    Ok(GateRequest {
        id: args.id.clone(),
        environment,
        repository: args.repository.clone().filter(|_| is_named),
        commit,
        artefact: args.artefact.clone(),
        at: args.at.clone(),
        time: args.time,
        remote: args.remote,
        beside: (!is_named && args.id.is_none()).then_some(beside),
    })
}

/// A commit's whole name: a part of it could come to mean another one.
fn whole(text: &str) -> Result<(), CommandError> {
    if text.len() == 40 && text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(());
    }
    let message = format!("`{text}` is no whole commit, and the repository is not at hand");
    Err(CommandError::usage(message)
        .hint("name it by its 40 hexadecimal digits, or run it in the code repository"))
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
