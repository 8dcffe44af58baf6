//! `gitsm ci new`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::Patches;
use super::template::{self, Form};
use crate::app::{self, NewRecord};
use crate::commands::{Context, args as shared, complete};
use crate::error::CommandError;
use crate::model::{Criticality, Kind, Patch, PersonId, StateName, TeamId};
use crate::outcome::Outcome;

/// Record a configuration item
///
/// Prints the new record's id.
#[derive(Debug, Args)]
pub struct NewCiArgs {
    /// What people call it; unique among CIs in use
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What it is, for example server, application or service
    #[arg(short, long, value_name = "CLASS", default_value = "item")]
    class: String,
    /// What there is to know about it
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// Write the whole in your editor
    #[arg(short, long)]
    edit: bool,
    /// Where it stands in its life: live or planned
    #[arg(long, value_name = "STATE")]
    status: Option<StateName>,
    /// How much the business depends on it: high, medium or low
    #[arg(long, value_name = "LEVEL")]
    criticality: Option<Criticality>,
    /// Where it is used, for example production or test
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// The business service it serves
    #[arg(short, long, value_name = "SERVICE", add = ArgValueCompleter::new(complete::services))]
    service: Option<String>,
    /// Who answers for it
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    owner: Option<PersonId>,
    /// The team that supports it
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<TeamId>,
    /// The part of the organisation that it belongs to
    #[arg(long, value_name = "DOMAIN", hide_short_help = true,
          add = ArgValueCompleter::new(complete::domains))]
    domain: Option<StateName>,
    /// Where it stands
    #[arg(short, long, value_name = "PLACE")]
    location: Option<String>,
    /// The release that is installed
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
    /// A label; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A CI that it does not work without, by name or id; may be repeated
    #[arg(long = "depends-on", value_name = "CI", add = ArgValueCompleter::new(complete::cis))]
    depends_on: Vec<String>,
    /// The CI that it runs on, by name or id
    #[arg(long = "runs-on", value_name = "CI", add = ArgValueCompleter::new(complete::cis))]
    runs_on: Option<String>,
    /// Any other field, as field=value; may be repeated
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    sets: Vec<String>,
    #[command(flatten)]
    preview: shared::Preview,
}

pub fn run(context: &Context, args: &NewCiArgs) -> Result<Outcome, CommandError> {
    let mut patches = Patches::default();
    patches.set("class", Some(&args.class));
    patches.set("criticality", args.criticality);
    patches.set("environment", args.environment.as_ref());
    patches.set("service", args.service.as_ref());
    patches.set("owner", args.owner.as_ref());
    patches.set("team", args.team.as_ref());
    patches.set("domain", args.domain.as_ref());
    patches.set("location", args.location.as_ref());
    patches.set("version", args.release.as_ref());
    patches.set("tags", (!args.tags.is_empty()).then(|| args.tags.join(",")));
    for text in &args.sets {
        patches.0.push(Patch::parse(text).map_err(|error| CommandError::usage(&error))?);
    }
    let needed = args.depends_on.iter().map(|ci| ("depends_on".to_owned(), ci.clone()));
    let host = args.runs_on.iter().map(|ci| ("runs_on".to_owned(), ci.clone()));
    let links: Vec<_> = needed.chain(host).collect();
    let kind = Kind::Ci;
    if args.edit {
        let (name, text) = (args.name.as_deref(), args.message.as_deref());
        let form = Form { kind, title: name, text, patches: patches.0, links };
        return template::edit(context, form, args.preview.dry_run);
    }
    let title = match &args.name {
        Some(name) => name.clone(),
        None if context.is_interactive() => context.ask("Name")?,
        None => {
            return Err(CommandError::usage("a new ci needs a name")
                .hint("gitsm ci new NAME --class server"));
        }
    };
    let session = context.session()?;
    let (description, status) = (args.message.clone(), args.status.clone());
    let record = NewRecord { kind, title, description, status, patches: patches.0, links };
    Ok(Outcome::Written(app::create(session, &record, args.preview.dry_run)?))
}
