//! `gitsm TYPE ACTION ID`: actions that a desk's own workflow adds.
//!
//! What actions there are stands in the desk's files, so that they cannot be
//! among the commands that are described here. A word after a type that is none
//! of these is taken for such an action, and the arguments are read again with
//! it among the commands.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches};
use clap_complete::ArgValueCompleter;

use super::help::fitting;
use super::{Cli, Command, Context, GlobalArgs, args, called, complete};
use crate::app::{self, Session, SessionOptions};
use crate::config::Environment;
use crate::error::CommandError;
use crate::model::{Kind, Patch, StateName};
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Below the help of each type.
pub const NOTE: &str = "An action that your own workflow adds is a command as well: `gitsm workflow \
                        show` lists them, and `gitsm actions ID` what is open to you.";

/// Something that a workflow of the desk may define.
#[derive(Debug)]
pub struct OwnAction {
    kind: Kind,
    /// As workflows have it.
    action: StateName,
    args: OwnArgs,
    /// What else could have been meant.
    commands: Vec<String>,
}

#[derive(Debug, Args)]
struct OwnArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// What it waits for, where it is put on hold
    #[arg(short, long, value_name = "REASON", add = ArgValueCompleter::new(complete::hold_reasons))]
    reason: Option<StateName>,
    /// The way it ended, where it ends
    #[arg(short, long, value_name = "CODE", add = ArgValueCompleter::new(complete::resolution_codes))]
    code: Option<StateName>,
    /// A field to set along with it: field=value, field+=value and field-=value
    /// for lists; may be repeated
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    sets: Vec<String>,
    /// Where it is a vote: only in this step of the approval
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
    #[command(flatten)]
    comment: args::Comment,
    /// Let the requester read what is said
    #[arg(long)]
    public: bool,
}

/// Reads the arguments of the process, the program's name first.
///
/// # Errors
///
/// What is wrong with them, or the help that they ask for.
pub fn parse(args: &[OsString]) -> Result<Cli, Error> {
    if let Some(cli) = called::parse(args) {
        return Ok(cli);
    }
    let read = read_with(Cli::command(), args);
    match &read {
        Err(error) if shows_help(error) => {
            let mut command = Cli::command();
            command.build();
            read_with(fitting(command, args), args)
        }
        _ => read.map_err(|error| of_a_title(of_a_type(error, args), args)),
    }
}

/// Says that a title of several words, as in `gitsm incident new CRM crashes`, needs
/// quotation marks.
fn of_a_title(mut error: Error, args: &[OsString]) -> Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let is_word = error.kind() == ErrorKind::UnknownArgument && !word.starts_with('-');
    if is_word && args.iter().skip(2).take(1).any(|arg| arg == "new") {
        let tip = StyledStr::from("put a title of several words into quotation marks");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// Names the types whose command was called without one, such as `gitsm new`.
fn of_a_type(error: Error, args: &[OsString]) -> Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let mut command = Cli::command();
    command.build();
    let mut before = args.iter().skip(1).take_while(|arg| *arg != word.as_str());
    if before.any(|arg| command.find_subcommand(arg).is_some()) {
        return error;
    }
    let types = Kind::ALL.into_iter().filter(|kind| names(&command, *kind).contains(word));
    let tips: Vec<String> = types.map(|kind| format!("'gitsm {kind} {word}'")).collect();
    if tips.is_empty() {
        return error;
    }
    let message =
        format!("unrecognized subcommand '{word}'\n\n  tip: say of what: {}", tips.join(", "));
    command.error(ErrorKind::InvalidSubcommand, message)
}

/// Whether a help is shown, which tells of commands that were not called.
fn shows_help(error: &Error) -> bool {
    let alone = ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    error.kind() == ErrorKind::DisplayHelp || error.kind() == alone
}

fn read_with(mut command: clap::Command, args: &[OsString]) -> Result<Cli, Error> {
    let parsed = command.try_get_matches_from_mut(args).and_then(|matches| {
        match unknown(&command, &matches) {
            Some((kind, word)) => {
                let desk = matches.get_one::<PathBuf>("desk").cloned();
                again(args, kind, &word, desk, &mut command)
            }
            None => Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command)),
        }
    });
    // Taking the whole tree of commands apart again would only take time.
    std::mem::forget(command);
    parsed
}

/// The word after a type that is none of its commands.
fn unknown(command: &clap::Command, matches: &ArgMatches) -> Option<(Kind, String)> {
    let (noun, matches) = matches.subcommand()?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == noun)?;
    let (word, _) = matches.subcommand()?;
    let is_known = command.find_subcommand(noun)?.find_subcommand(word).is_some();
    (!is_known).then(|| (kind, word.to_owned()))
}

/// Reads the arguments with `word` among the commands of `kind`.
fn again(
    args: &[OsString],
    kind: Kind,
    word: &str,
    desk: Option<PathBuf>,
    command: &mut clap::Command,
) -> Result<Cli, Error> {
    let commands = names(command, kind);
    let near = app::nearest(word, commands.iter().map(String::as_str)).map(str::to_owned);
    let mut unrecognised = || {
        let noun = command.find_subcommand_mut(kind.name());
        let tip = match of_any_type(word) {
            Some(verb) => Some(format!("\n\n  tip: it needs no type: 'gitsm {verb}'")),
            None => near
                .as_ref()
                .map(|near| format!("\n\n  tip: a similar subcommand exists: '{near}'")),
        };
        let message = format!("unrecognized subcommand '{word}'{}", tip.unwrap_or_default());
        match noun {
            Some(noun) => noun.error(ErrorKind::InvalidSubcommand, message),
            None => Error::raw(ErrorKind::InvalidSubcommand, message),
        }
    };
    let Ok(action) = StateName::new(word.replace('-', "_")) else { return Err(unrecognised()) };
    let about = format!("Carry out `{word}`, an action of the desk's own workflow");
    // The name lives as long as the process, like the command that it is for.
    let named = clap::Command::new(&*word.to_owned().leak());
    let own = OwnArgs::augment_args(named).about(StyledStr::from(about));
    let mut command = Cli::command().mut_subcommand(kind.name(), |noun| noun.subcommand(own));
    let parsed = command.try_get_matches_from_mut(args);
    std::mem::forget(command);
    let matches = parsed.map_err(|error| {
        // Options that do not fit, and a help that is asked for, rather tell that
        // another command was meant, unless the desk has this one.
        if is_there(kind, &action, desk) { error } else { unrecognised() }
    })?;
    let global = GlobalArgs::from_arg_matches(&matches)?;
    let own = matches.subcommand().and_then(|(_, noun)| noun.subcommand());
    let args = own.map(|(_, own)| OwnArgs::from_arg_matches(own)).transpose()?;
    let args = args.ok_or_else(unrecognised)?;
    Ok(Cli { global, command: Command::Own(Box::new(OwnAction { kind, action, args, commands })) })
}

/// Whether a workflow of the desk that would be worked on has the action.
fn is_there(kind: Kind, action: &StateName, desk: Option<PathBuf>) -> bool {
    let environment = Environment::read();
    let options = SessionOptions { desk: desk.or_else(|| environment.desk.clone()) };
    let session = Session::open(&environment, &options);
    session.is_ok_and(|session| app::own_action(&session, kind, action, &[]).is_ok())
}

/// The command for records of any type that `word` is, or that does here what other
/// programs call so.
fn of_any_type(word: &str) -> Option<&'static str> {
    const VERBS: [(&str, &str); 16] = [
        ("show", "show"),
        ("view", "show"),
        ("edit", "edit"),
        ("update", "edit"),
        ("note", "note"),
        ("comment", "note"),
        ("assign", "assign"),
        ("link", "link"),
        ("unlink", "unlink"),
        ("attach", "attach"),
        ("log", "log"),
        ("history", "log"),
        ("blame", "blame"),
        ("search", "search"),
        ("path", "path"),
        ("actions", "actions"),
    ];
    VERBS.into_iter().find(|(name, _)| *name == word).map(|(_, verb)| verb)
}

/// The commands that there are for `kind` in any case.
fn names(command: &clap::Command, kind: Kind) -> Vec<String> {
    let noun = command.find_subcommand(kind.name());
    let each = noun.into_iter().flat_map(clap::Command::get_subcommands);
    each.flat_map(|each| std::iter::once(each.get_name()).chain(each.get_all_aliases()))
        .map(str::to_owned)
        .collect()
}

pub fn run(context: &Context, own: &OwnAction) -> Result<Outcome, CommandError> {
    let OwnAction { kind, action, args, commands } = own;
    app::own_action(context.session()?, *kind, action, commands).map_err(|error| {
        let Some(verb) = of_any_type(action.as_str()) else { return error };
        let error = CommandError::new(error.kind, error.message);
        error.hint(format!("`gitsm {verb}` works on records of every type, without `{kind}`"))
    })?;
    let patches = args.sets.iter().map(|text| Patch::parse(text));
    let inputs = Inputs {
        hold_reason: args.reason.clone(),
        code: args.code.clone(),
        comment: args.comment.given(context)?,
        public: args.public,
        step: args.step.clone(),
        patches: patches.collect::<Result<_, _>>().map_err(|error| CommandError::usage(&error))?,
    };
    context.act(*kind, &args.targets, action.as_str(), inputs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;
    use crate::policy::defaults;

    #[test]
    fn commands_of_types_are_actions_of_the_built_in_workflows_or_known_as_taken() {
        let mut command = Cli::command();
        command.build();
        for kind in Kind::ALL {
            let workflow: crate::policy::Workflow =
                format::read_built_in(defaults::workflow(kind)).expect("a workflow");
            for name in names(&command, kind) {
                let is_step = workflow.transitions.contains_key(name.replace('-', "_").as_str());
                assert_ne!(is_step, app::is_taken(kind, &name), "{kind} {name}");
            }
        }
    }

    #[test]
    fn a_command_without_its_type_is_told_the_types() {
        let told = |args: &str| {
            let args: Vec<OsString> = args.split(' ').map(OsString::from).collect();
            parse(&args).map(|_| ()).map_err(|error| error.to_string()).unwrap_err()
        };
        let gate = told("gitsm --json gate CHG-1");
        assert!(gate.contains("tip: say of what: 'gitsm change gate'\n"), "{gate}");
        let new = told("gitsm new x");
        assert!(new.contains("'gitsm incident new', 'gitsm request new'"), "{new}");
        assert!(!told("gitsm task gate").contains("of what"));
        assert!(told("gitsm lst").contains("similar"));
    }

    #[test]
    fn options_before_and_after_an_own_action_count() {
        let parsed = |args: &str| {
            let args: Vec<OsString> = args.split(' ').map(OsString::from).collect();
            let cli = parse(&args).expect("arguments");
            match cli.command {
                Command::Own(own) => {
                    (own.kind, own.action.to_string(), own.args.targets.ids, cli.global.json)
                }
                other => panic!("{other:?}"),
            }
        };
        let ids = vec!["INC-1".to_owned()];
        let parked = (Kind::Incident, "park_it".to_owned(), ids, true);
        assert_eq!(parsed("gitsm --json inc park-it INC-1"), parked);
        assert_eq!(parsed("gitsm incident park-it INC-1 --json"), parked);
        let refused = |args: &str| {
            let args: Vec<OsString> = args.split(' ').map(OsString::from).collect();
            parse(&args).map(|_| ()).map_err(|error| error.kind())
        };
        assert_eq!(refused("gitsm incident nw x --impact high"), Err(ErrorKind::InvalidSubcommand));
        assert_eq!(refused("gitsm incident park"), Err(ErrorKind::InvalidSubcommand));
        assert_eq!(refused("gitsm incident park --help"), Err(ErrorKind::InvalidSubcommand));
        assert_eq!(refused("gitsm incident -x"), Err(ErrorKind::UnknownArgument));
    }
}
