//! `new`: what the record types share; each type has its own file.

pub mod change;
pub mod ci;
pub mod incident;
mod order;
pub mod problem;
pub mod request;

mod template;

use template::Form;

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::{self, NewRecord};
use crate::error::CommandError;
use crate::model::{Kind, Level, Patch, PersonId, Priority, StateName, TeamId};
use crate::outcome::Outcome;

/// The fields that a new ticket of any type may be given.
#[derive(Debug, Args)]
pub struct TicketArgs {
    /// The matter in one line; asked for on a terminal
    #[arg(value_name = "TITLE")]
    title: Option<String>,
    /// The matter at length
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Take the description from a file, or from standard input with `-`
    #[arg(short = 'F', long, value_name = "FILE", conflicts_with = "message")]
    file: Option<PathBuf>,
    /// Write the whole in your editor
    #[arg(short, long)]
    edit: bool,
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
    /// A configuration item concerned, by name or id; may be repeated
    #[arg(long = "ci", value_name = "CI", add = ArgValueCompleter::new(complete::cis))]
    cis: Vec<String>,
    /// Who asked or is affected; you, unless given
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    requester: Option<PersonId>,
    /// Who is to work on it; `me` for yourself
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    assignee: Option<PersonId>,
    /// The team it is for
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<TeamId>,
    /// What it is about, levels separated by `/`
    #[arg(short, long, value_name = "CATEGORY", add = ArgValueCompleter::new(complete::categories))]
    category: Option<String>,
    /// A label; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// The part of the organisation that it belongs to
    #[arg(long, value_name = "DOMAIN", hide_short_help = true,
          add = ArgValueCompleter::new(complete::domains))]
    domain: Option<StateName>,
    /// How it reached you, for example phone, email or chat
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// A relation to another record, such as "caused_by CHG-7K3F9Q"; may be repeated
    #[arg(long = "link", value_name = "REL ID")]
    links: Vec<String>,
    /// Any other field, as field=value; may be repeated
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    sets: Vec<String>,
    #[command(flatten)]
    preview: args::Preview,
}

/// Collects `field=value` patches from options that were given.
#[derive(Debug, Default)]
struct Patches(Vec<Patch>);

impl Patches {
    fn set(&mut self, field: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.push(Patch::Set(field.to_owned(), value.to_string()));
        }
    }
}

impl TicketArgs {
    /// The fields that were given as options of their own.
    fn fields(&self, patches: &mut Patches) {
        patches.set("impact", self.impact);
        patches.set("urgency", self.urgency);
        patches.set("priority", self.priority);
        patches.set("priority_reason", self.reason.as_ref());
        patches.set("service", self.service.as_ref());
        patches.set("requester", self.requester.as_ref());
        patches.set("assignee", self.assignee.as_ref());
        patches.set("team", self.team.as_ref());
        patches.set("category", self.category.as_ref());
        patches.set("domain", self.domain.as_ref());
        patches.set("channel", self.channel.as_ref());
        let list = |values: &[String]| (!values.is_empty()).then(|| values.join(","));
        patches.set("cis", list(&self.cis));
        patches.set("tags", list(&self.tags));
    }

    /// The relations that were given.
    fn links(&self) -> Result<Vec<(String, String)>, CommandError> {
        let pair = |text: &String| {
            let pair = text.split_once([' ', ':', '=']).ok_or_else(|| {
                CommandError::usage(format!("`{text}` is not of the form \"RELATION ID\""))
            })?;
            Ok((pair.0.trim().to_owned(), pair.1.trim().to_owned()))
        };
        self.links.iter().map(pair).collect()
    }

    /// The matter at length, if it was given.
    fn description(&self, context: &Context) -> Result<Option<String>, CommandError> {
        match (&self.message, &self.file) {
            (Some(message), _) => Ok(Some(message.clone())),
            (None, Some(path)) => args::read_text(context, path).map(Some),
            (None, None) => Ok(None),
        }
    }
}

/// Makes a ticket from its arguments, with `usual_title` if they give none; what is missing is asked for on a
/// terminal.
fn ticket(
    context: &Context,
    kind: Kind,
    args: &TicketArgs,
    usual_title: Option<String>,
    more: Patches,
    more_links: Vec<(String, String)>,
) -> Result<Outcome, CommandError> {
    let mut patches = Patches::default();
    args.fields(&mut patches);
    patches.0.extend(more.0);
    for text in &args.sets {
        patches.0.push(Patch::parse(text).map_err(|error| CommandError::usage(&error))?);
    }
    let mut links = more_links;
    links.extend(args.links()?);
    let mut description = args.description(context)?;
    let mut title = args.title.clone().or(usual_title);
    if args.edit {
        let (title, text) = (title.as_deref(), description.as_deref());
        let form = Form { kind, title, text, patches: patches.0, links };
        return template::edit(context, form, args.preview.dry_run);
    }
    if title.is_none() && context.is_interactive() {
        title = Some(context.ask("Title")?);
        if args.impact.is_none() {
            let level = context.choose("Impact", &Level::ALL.map(Level::name), 1)?;
            patches.set("impact", Level::ALL.get(level).copied());
        }
        if args.urgency.is_none() {
            let level = context.choose("Urgency", &Level::ALL.map(Level::name), 1)?;
            patches.set("urgency", Level::ALL.get(level).copied());
        }
        if description.is_none() {
            let text = context.ask_optional("Description (one line; empty for none)")?;
            description = (!text.is_empty()).then_some(text);
        }
    }
    let title = title.ok_or_else(|| {
        CommandError::usage(format!("a new {kind} needs a title"))
            .hint(format!("gitsm {kind} new \"TITLE\""))
    })?;
    let session = context.session()?;
    let record = NewRecord { kind, title, description, status: None, patches: patches.0, links };
    Ok(Outcome::Written(app::create(session, &record, args.preview.dry_run)?))
}
