//! The one command that is called.
//!
//! Describing all commands and their options takes longer than most commands
//! take to answer, and so does handing every one of them a copy of the global
//! options. The arguments are read first as if the command that they name were
//! the only one. Where that fails, also for a help, all commands are described
//! and the arguments read again: what is said then is what it always was.

use std::ffi::OsString;

use clap::{Args, Command, FromArgMatches, Subcommand};

use super::{Cli, GlobalArgs};
use super::{
    actions, apply, approval, assign, attach, attachment, blame, calendar, catalog, change, check,
    ci, commit, completions, csat, demo, diff, edit, export, hook, import, incident, init, link,
    list, log, man, note, path, problem, report, request, schema, search, show, sla, status, task,
    tick, triage, unlink, verb, view, workflow,
};

/// Adds what a command takes.
type Describe = fn(Command) -> Command;

/// Reads the arguments as those of the command they name; `None` where they
/// name none, or do not fit it.
pub fn parse(args: &[OsString]) -> Option<Cli> {
    let words =
        || args.iter().skip(1).enumerate().filter_map(|(at, arg)| Some((at, arg.to_str()?)));
    let (at, (names, describe)) = words().find_map(|(at, word)| Some((at, described(word)?)))?;
    let name = names.first().copied()?;
    let mut called = describe(Command::new(name));
    if called.has_subcommands() && called.get_arguments().next().is_none() {
        // One of the words after it names a verb.
        let verb = words().skip_while(|(place, _)| *place <= at);
        let verb =
            verb.map(|(_, word)| word).find_map(|word| called.find_subcommand(word))?.clone();
        called = Command::new(name).subcommand(verb);
    }
    let program = Command::new("gitsm").disable_help_subcommand(true);
    let mut command =
        GlobalArgs::augment_args(program).subcommand(called.aliases(names.iter().skip(1).copied()));
    let mut matches = command.try_get_matches_from_mut(args).ok()?;
    // Taking it apart again would only take time.
    std::mem::forget(command);
    Cli::from_arg_matches_mut(&mut matches).ok()
}

/// The names of the command that `word` names, and what describes it.
fn described(word: &str) -> Option<(&'static [&'static str], Describe)> {
    let known: (&[&str], Describe) = match word {
        "init" => (&["init"], init::InitArgs::augment_args),
        "demo" => (&["demo"], demo::DemoArgs::augment_args),
        "status" => (&["status"], status::StatusArgs::augment_args),
        "incident" | "inc" => {
            (&["incident", "inc"], incident::IncidentCommand::augment_subcommands)
        }
        "request" | "req" => (&["request", "req"], request::RequestCommand::augment_subcommands),
        "problem" | "prb" => (&["problem", "prb"], problem::ProblemCommand::augment_subcommands),
        "change" | "chg" => (&["change", "chg"], change::ChangeCommand::augment_subcommands),
        "ci" => (&["ci"], ci::CiCommand::augment_subcommands),
        "approval" => (&["approval"], approval::ApprovalCommand::augment_subcommands),
        "task" => (&["task"], task::TaskCommand::augment_subcommands),
        "csat" => (&["csat"], csat::CsatArgs::augment_args),
        "catalog" => (&["catalog"], catalog::CatalogCommand::augment_subcommands),
        "workflow" => (&["workflow"], workflow::WorkflowCommand::augment_subcommands),
        "show" => (&["show"], show::ShowArgs::augment_args),
        "actions" => (&["actions"], actions::ActionsArgs::augment_args),
        "list" => (&["list"], list::ListArgs::augment_args),
        "triage" => (&["triage"], triage::TriageArgs::augment_args),
        "view" => (&["view"], view::ViewCommand::augment_subcommands),
        "search" => (&["search"], search::SearchArgs::augment_args),
        "log" => (&["log"], log::LogArgs::augment_args),
        "diff" => (&["diff"], diff::DiffArgs::augment_args),
        "blame" => (&["blame"], blame::BlameArgs::augment_args),
        "sla" => (&["sla"], sla::SlaCommand::augment_subcommands),
        "calendar" => (&["calendar"], calendar::CalendarCommand::augment_subcommands),
        "edit" => (&["edit"], edit::EditArgs::augment_args),
        "note" => (&["note"], note::NoteArgs::augment_args),
        "assign" => (&["assign"], assign::AssignArgs::augment_args),
        "take" => (&["take"], verb::take::TakeArgs::augment_args),
        "start" => (&["start"], verb::start::StartArgs::augment_args),
        "hold" => (&["hold"], verb::hold::HoldArgs::augment_args),
        "resume" => (&["resume"], verb::resume::ResumeArgs::augment_args),
        "resolve" => (&["resolve"], verb::resolve::ResolveArgs::augment_args),
        "close" => (&["close"], verb::close::CloseArgs::augment_args),
        "reopen" => (&["reopen"], verb::reopen::ReopenArgs::augment_args),
        "cancel" => (&["cancel"], verb::cancel::CancelArgs::augment_args),
        "approve" => (&["approve"], verb::approve::ApproveArgs::augment_args),
        "reject" => (&["reject"], verb::reject::RejectArgs::augment_args),
        "link" => (&["link"], link::LinkArgs::augment_args),
        "unlink" => (&["unlink"], unlink::UnlinkArgs::augment_args),
        "attach" => (&["attach"], attach::AttachArgs::augment_args),
        "attachment" => (&["attachment"], attachment::AttachmentCommand::augment_subcommands),
        "apply" => (&["apply"], apply::ApplyArgs::augment_args),
        "path" => (&["path"], path::PathArgs::augment_args),
        "tick" => (&["tick"], tick::TickArgs::augment_args),
        "commit" => (&["commit"], commit::CommitArgs::augment_args),
        "check" => (&["check"], check::CheckArgs::augment_args),
        "report" => (&["report"], report::ReportCommand::augment_subcommands),
        "export" => (&["export"], export::ExportCommand::augment_subcommands),
        "import" => (&["import"], import::ImportArgs::augment_args),
        "hook" => (&["hook"], hook::HookCommand::augment_subcommands),
        "schema" => (&["schema"], schema::SchemaArgs::augment_args),
        "completions" => (&["completions"], completions::CompletionsArgs::augment_args),
        "man" => (&["man"], man::ManArgs::augment_args),
        _ => return None,
    };
    Some(known)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn args(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn every_command_is_known_by_all_its_names_and_takes_the_same() {
        let mut whole = Cli::command();
        whole.build();
        let options = |command: &Command| -> Vec<String> {
            let ids = command.get_arguments().map(|arg| arg.get_id().to_string());
            let mut ids: Vec<String> =
                ids.filter(|id| id != "help" && !GLOBAL.contains(&id.as_str())).collect();
            ids.sort();
            ids
        };
        let global = GlobalArgs::augment_args(Command::new("x"));
        assert_eq!(options(&global), [] as [&str; 0]);
        for command in whole.get_subcommands().filter(|each| each.get_name() != "help") {
            for word in std::iter::once(command.get_name()).chain(command.get_all_aliases()) {
                let (names, describe) = described(word).unwrap_or_else(|| panic!("add `{word}`"));
                assert!(names.contains(&word) && names[0] == command.get_name(), "{word}");
                let mut alone = describe(Command::new(names[0]));
                assert_eq!(options(&alone), options(command), "{word}");
                alone.build();
                for verb in command.get_subcommands().filter(|each| each.get_name() != "help") {
                    for word in std::iter::once(verb.get_name()).chain(verb.get_all_aliases()) {
                        let same = alone.find_subcommand(word).expect(word);
                        assert_eq!(options(same), options(verb), "{} {word}", names[0]);
                    }
                }
            }
        }
    }

    const GLOBAL: [&str; 9] = [
        "desk",
        "json",
        "format",
        "template",
        "no_header",
        "color",
        "no_pager",
        "quiet",
        "verbose",
    ];

    #[test]
    fn it_reads_what_all_commands_together_read() {
        for line in [
            "gitsm list",
            "gitsm --json list -a me -n 5 crm",
            "gitsm -q --desk show list --no-header",
            "gitsm --desk=show list",
            "gitsm inc new Broken --impact high",
            "gitsm --desk x inc -q list list --json",
            "gitsm problem known_error PRB-1",
            "gitsm incident duplicate INC-1 INC-2",
            "gitsm view list",
            "gitsm show -f yaml INC-1 list",
            "gitsm change task list CHG-1",
            "gitsm close - -c fixed",
            "gitsm incident close -",
            "gitsm import tickets.csv --map json",
            "gitsm import json tickets.json --map map.yaml",
        ] {
            let alone = parse(&args(line)).map(|cli| format!("{cli:?}"));
            let whole = Cli::command().try_get_matches_from(args(line));
            let whole = whole.and_then(|matches| Cli::from_arg_matches(&matches));
            // What it does not read is read again.
            if let Some(alone) = alone {
                assert_eq!(alone, format!("{:?}", whole.expect(line)), "{line}");
            } else {
                assert!(line.contains("--desk show") || whole.is_err(), "{line}");
            }
        }
        for line in [
            "gitsm",
            "gitsm --version",
            "gitsm help list",
            "gitsm list -h",
            "gitsm lst",
            "gitsm incident",
            "gitsm incident park INC-1",
            "gitsm list --colour",
            "gitsm list --json --format csv",
        ] {
            assert!(parse(&args(line)).is_none(), "{line}");
        }
    }
}
