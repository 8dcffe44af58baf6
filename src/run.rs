//! One run of the program: arguments in, exit code out.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::rc::Rc;

use clap::CommandFactory;
use clap_complete::CompleteEnv;

use crate::commands::{self, Cli, Context, GlobalArgs};
use crate::config::Environment;
use crate::error::{CommandError, ErrorKind};
use crate::exit;
use crate::format;
use crate::outcome::{Outcome, Refused, Written};
use crate::render::{ColorChoice, Format, Ui, UiOptions};
use crate::store::global_config;

/// Runs gitsm with the arguments of the process, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = commands::in_brackets(args.into_iter().collect());
    // Answers the shell's question and ends the process if there is one.
    CompleteEnv::with_factory(Cli::command).complete();
    let cli = match commands::parse(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output, mistakes to standard error; a pipe
            // that nobody reads is no failure.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::DONE });
        }
    };
    let environment = Environment::read();
    let ui = Rc::new(Ui::new(options(&environment, &cli.global)));
    let answer = catch_unwind(AssertUnwindSafe(|| answer(environment, &ui, &cli)));
    let code = answer.unwrap_or_else(|_| {
        let defect = CommandError::new(ErrorKind::Internal, "gitsm met a defect of its own")
            .hint("what was acknowledged is safe; please report the command and the lines above");
        ui.error(&defect);
        exit::INTERNAL
    });
    ExitCode::from(code)
}

fn answer(environment: Environment, ui: &Rc<Ui>, cli: &Cli) -> u8 {
    let context = Context::new(environment, Rc::clone(ui), &cli.global);
    let outcome = ui
        .check_options()
        .map_err(CommandError::from)
        .and_then(|()| can_be_drawn(cli))
        .and_then(|()| commands::run(&context, &cli.command));
    context.end_progress();
    context.warn_of_settings(&outcome);
    let shown = outcome.and_then(|outcome| {
        if is_done(&outcome) {
            ui.done(&outcome)?;
        } else {
            ui.outcome(&outcome)?;
        }
        Ok(exit_code(&outcome))
    });
    // The process ends here: what it holds need not be taken apart piece by piece.
    std::mem::forget(context);
    shown.unwrap_or_else(|error| {
        ui.error(&error);
        error.kind.exit_code()
    })
}

/// Whether the form that was asked for fits the command; it must be known before
/// anything is done.
fn can_be_drawn(cli: &Cli) -> Result<(), CommandError> {
    match cli.global.format {
        Some(format) if format.is_drawing() && !commands::draws(&cli.command) => {
            let message = format!("there is nothing to draw here as {format}");
            Err(CommandError::usage(message)
                .hint("for example `gitsm workflow graph change --format svg`"))
        }
        Some(Format::Ics) if !commands::schedules(&cli.command) => {
            Err(CommandError::usage("there is no schedule here to give as ics")
                .hint("for example `gitsm change calendar --format ics`"))
        }
        Some(format @ (Format::Csv | Format::Ids)) if commands::draws(&cli.command) => {
            let message = format!("a drawing has no rows to give as {format}");
            Err(CommandError::usage(message)
                .hint("draw it as table, svg or dot, or take json or yaml"))
        }
        _ => Ok(()),
    }
}

/// Whether the command has changed something.
fn is_done(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Written(written) => written.commit.is_some(),
        Outcome::Applied(applied) => applied.commits > 0,
        Outcome::Import(import) => import.commit.is_some(),
        _ => false,
    }
}

/// Answers that are bad news end with a code of their own.
fn exit_code(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Check(check) if !check.is_sound() => exit::INVALID,
        Outcome::Import(import) if import.has_failed() => exit::INVALID,
        Outcome::Written(Written { refused, .. })
            if !refused.is_empty() && refused.iter().all(Refused::is_setting) =>
        {
            exit::INVALID
        }
        Outcome::Written(Written { records, refused, .. }) => {
            refusals(records.is_empty(), refused.iter().map(|refused| refused.exit_code))
        }
        Outcome::Applied(applied) => {
            let refused = applied.lines.iter().filter_map(|line| line.refused.as_ref());
            let nothing = applied.lines.iter().all(|line| line.records.is_empty());
            refusals(nothing, refused.map(|refused| refused.exit_code))
        }
        Outcome::Gate(gate) => gate.exit_code,
        Outcome::Deploys(view) if view.exceptions > 0 => exit::NO,
        Outcome::Conflicts(view) if view.unaccepted > 0 => exit::NO,
        Outcome::Slots(view) if view.slots.is_empty() => exit::NO,
        Outcome::HookRun(hook) => hook.code,
        Outcome::HookInstall(view) if view.refused => exit::REFUSED,
        Outcome::HookStatus(view) if !view.sound => exit::NO,
        _ => exit::DONE,
    }
}

/// Refusals end with 4; where nothing else was there to do and all have the
/// same reason, with the code of that reason.
fn refusals(nothing_done: bool, mut codes: impl Iterator<Item = u8>) -> u8 {
    match codes.next() {
        None => exit::DONE,
        Some(code) if nothing_done && codes.all(|other| other == code) => code,
        Some(_) => exit::REFUSED,
    }
}

fn options(environment: &Environment, global: &GlobalArgs) -> UiOptions {
    let color = match global.color.as_str() {
        "always" => ColorChoice::Always,
        "never" => ColorChoice::Never,
        _ => match environment.color {
            Some(true) => ColorChoice::Always,
            Some(false) => ColorChoice::Never,
            None => ColorChoice::Auto,
        },
    };
    let pages = environment.stdout_is_terminal && !global.no_pager;
    let pager = || {
        let chosen = environment.pager.clone().or_else(|| global_config("core.pager"));
        chosen.unwrap_or_else(|| "less".to_owned())
    };
    let chosen = if global.json { Some(Format::Json) } else { global.format };
    UiOptions {
        format: chosen.unwrap_or_default(),
        color,
        width: environment.columns,
        pager: pages.then(pager),
        interactive: environment.is_interactive(),
        header: !global.no_header,
        yaml: |value| format::write_data(value).map_err(|error| error.to_string()),
        template: global.template.clone(),
        quiet: global.quiet,
        verbose: global.verbose,
        ..UiOptions::new(environment.clock.now())
    }
}
