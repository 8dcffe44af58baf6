//! Helps that fit the desk: a help desk is not told of what it has not asked for.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Command;

use crate::app::{self, Session, SessionOptions};
use crate::config::Environment;

/// The commands with those hidden that the desk leaves out, if `args` ask for
/// help; without a desk all of them are shown.
///
/// Only then is the desk looked at, and every command described.
pub fn fitting(mut command: Command, args: &[OsString]) -> Command {
    if !asks_for_help(args) {
        return command;
    }
    let environment = Environment::read();
    let desk = desk_of(args).or_else(|| environment.desk.clone());
    let session = Session::open(&environment, &SessionOptions { desk });
    let Ok(left_out) = session.and_then(|session| app::left_out(&session)) else {
        return command;
    };
    if left_out.is_empty() {
        return command;
    }
    command.build();
    for (kind, verbs) in left_out {
        command = command
            .mut_subcommand(kind.name(), |noun| noun.mut_subcommands(|verb| without(verb, verbs)));
        // Those for records of any type stand among the types.
        command = command.mut_subcommands(|verb| without(verb, verbs));
    }
    command
}

/// Hides the command if it is one of `left_out`.
fn without(command: Command, left_out: &[&str]) -> Command {
    let is_left_out = left_out.contains(&command.get_name());
    if is_left_out { command.hide(true) } else { command }
}

/// Whether the answer will be a help: it is asked for, or a noun or nothing at all stands
/// alone.
fn asks_for_help(args: &[OsString]) -> bool {
    let is_help = |arg: &OsString| arg == "-h" || arg == "--help" || arg == "help";
    let is_noun = |arg: &OsString| {
        ["incident", "inc", "request", "req"].iter().any(|noun| arg.as_os_str() == *noun)
    };
    args.len() < 2 || args.iter().skip(1).any(is_help) || args.last().is_some_and(is_noun)
}

/// The desk that the arguments name.
fn desk_of(args: &[OsString]) -> Option<PathBuf> {
    let at = args.iter().position(|arg| arg == "--desk");
    let next = at.and_then(|at| args.get(at + 1)).map(PathBuf::from);
    next.or_else(|| {
        let given = args.iter().filter_map(|arg| arg.to_str()?.strip_prefix("--desk="));
        given.map(PathBuf::from).next()
    })
}
