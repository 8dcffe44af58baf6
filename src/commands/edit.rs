//! `gitsm edit`: change fields, or the whole record in an editor.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::{self, Action};
use crate::error::CommandError;
use crate::model::{Level, Patch, Priority, Risk};
use crate::outcome::{Outcome, Written};

/// Change a record
///
/// Without options, opens the record's file in your editor. The state is
/// changed by lifecycle verbs such as `gitsm incident resolve`.
#[derive(Debug, Args)]
pub struct EditArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// A field: field=value, field+=value and field-=value for lists, field= to
    /// empty it; may be repeated
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    sets: Vec<String>,
    /// Another title, or the name of a CI
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// How far it reaches: high, medium or low
    #[arg(short, long, value_name = "LEVEL")]
    impact: Option<Level>,
    /// How soon it must be dealt with: high, medium or low
    #[arg(short, long, value_name = "LEVEL")]
    urgency: Option<Level>,
    /// P1 to P5, instead of what impact and urgency give
    #[arg(short, long, value_name = "PRIORITY")]
    priority: Option<Priority>,
    /// Why the priority is not what impact and urgency give
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The business service concerned
    #[arg(short, long, value_name = "SERVICE", add = ArgValueCompleter::new(complete::services))]
    service: Option<String>,
    /// Who asked or is affected
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    requester: Option<String>,
    /// Who is to work on it; `me` for yourself, `none` for nobody
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    assignee: Option<String>,
    /// The team it is for; `none` for no team
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<String>,
    /// What it is about, levels separated by `/`
    #[arg(short, long, value_name = "CATEGORY", add = ArgValueCompleter::new(complete::categories))]
    category: Option<String>,
    /// How it reached you, for example phone, email or chat
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// The risk of a change: low, moderate or high
    #[arg(long, value_name = "RISK")]
    risk: Option<Risk>,
    /// When a change is to begin: 2026-11-22T22:00Z, "tomorrow 22:00"
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// When a change is to be finished
    #[arg(long, value_name = "TIME")]
    end: Option<String>,
    /// Another description
    #[arg(short = 'd', long, value_name = "TEXT")]
    description: Option<String>,
}

pub fn run(context: &Context, args: &EditArgs) -> Result<Outcome, CommandError> {
    let mode = args.targets.batch.mode();
    let mut patches = Vec::new();
    for text in &args.sets {
        patches.push(Patch::parse(text).map_err(|error| CommandError::usage(&error))?);
    }
    let mut set = |field: &str, value: Option<String>| {
        if let Some(value) = value {
            patches.push(Patch::Set(field.to_owned(), value));
        }
    };
    set("title", args.title.clone());
    set("impact", args.impact.map(|level| level.to_string()));
    set("urgency", args.urgency.map(|level| level.to_string()));
    set("priority", args.priority.map(|priority| priority.to_string()));
    set("priority_reason", args.reason.clone());
    set("service", args.service.clone());
    set("requester", args.requester.clone());
    set("assignee", args.assignee.clone());
    set("team", args.team.clone());
    set("category", args.category.clone());
    set("channel", args.channel.clone());
    set("risk", args.risk.map(|risk| risk.to_string()));
    set("planned_start", args.start.clone());
    set("planned_end", args.end.clone());
    set("description", args.description.clone());
    if !patches.is_empty() {
        let action = Action::Edit { name: "edit", patches };
        return context.perform(None, &args.targets.ids, &action, mode);
    }
    if args.targets.are_piped() {
        return Err(CommandError::usage("nothing to change was given")
            .hint("gitsm edit - --set FIELD=VALUE"));
    }
    let [text] = &args.targets.ids[..] else {
        return Err(CommandError::usage("only one record at a time can be opened in the editor")
            .hint("change many with `--set FIELD=VALUE`"));
    };
    let session = context.session()?;
    let id = session.find(text)?;
    if !context.is_interactive() && context.environment.editor.is_none() {
        return Err(CommandError::usage("nothing to change was given")
            .hint(format!("gitsm edit {} --set FIELD=VALUE", id.short())));
    }
    let before = app::source(session, id)?;
    let Some(text) = context.edit_text(&before, ".yaml")? else {
        return Ok(Outcome::Written(Written::nothing("nothing was changed")));
    };
    app::rewrite(session, id, &before, &text, mode.dry_run)
        .map(Outcome::Written)
        .map_err(|error| context.keep_text(error, &text))
}
