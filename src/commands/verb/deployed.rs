//! `gitsm change deployed`: what became of a deployment.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::deploy::{self, DeployedOptions, Pusher};
use crate::app::{hook, parse_point};
use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::{DeployResult, Timestamp};
use crate::outcome::Outcome;

/// Record what became of a deployment
///
/// The change that allowed it moves on: what is deployed goes to its review. A
/// deployment that no change had allowed is recorded all the same, on an emergency
/// change that is marked `unauthorised` and has to be regularised. The same again
/// changes nothing.
///
/// In GitHub Actions, GitLab CI and Kamal hooks the options have the values that
/// these give; see docs/deploy.md.
#[derive(Debug, Args)]
pub struct DeployedArgs {
    /// The change [default: the one that stands for what was deployed]
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: Option<String>,
    /// How it ended: ok, failed or rolled-back
    #[arg(long, value_name = "RESULT", value_parser = result)]
    result: DeployResult,
    /// The code repository: a folder in it [default: the present one]
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,
    /// What the desk calls the code repository
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where it was deployed
    #[arg(short, long, value_name = "NAME")]
    environment: Option<String>,
    /// The commit that was deployed [default: HEAD]
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// The digest of the artefact that was deployed
    #[arg(long, value_name = "DIGEST")]
    artefact: Option<String>,
    /// An incident that it caused; may be repeated
    #[arg(long = "incident", value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    incidents: Vec<String>,
    /// When it ended, in UTC unless it says otherwise: 2026-11-22T22:10, "2 hours
    /// ago" [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    #[command(flatten)]
    comment: args::Comment,
    #[command(flatten)]
    preview: args::Preview,
}

/// Reads a result as people type it.
fn result(text: &str) -> Result<DeployResult, String> {
    text.replace('-', "_").parse().map_err(|_| "the results are ok, failed and rolled-back".into())
}

pub fn run(context: &Context, args: &DeployedArgs) -> Result<Outcome, CommandError> {
    let environment = &context.environment;
    // What happened before is told before.
    hook::catch_up(environment);
    let options = options(context, args)?;
    let done = context.session().and_then(|session| deploy::deployed(session, &options));
    let done = hook::or_note(environment, context.named_desk(), &options, done);
    Ok(Outcome::Deployed(Box::new(done?)))
}

fn options(context: &Context, args: &DeployedArgs) -> Result<DeployedOptions, CommandError> {
    let pipeline = &context.environment.pipeline;
    let cwd = &context.environment.cwd;
    // Who names a change means what it says.
    let unnamed = |given: &Option<String>| given.clone().filter(|_| args.id.is_none());
    Ok(DeployedOptions {
        change: args.id.clone(),
        repository: args.repository.as_ref().map_or_else(|| cwd.clone(), |path| cwd.join(path)),
        name: args.name.clone(),
        known_as: pipeline.repository.clone().into_iter().collect(),
        environment: args.environment.clone().or_else(|| unnamed(&pipeline.environment)),
        reference: pipeline.reference.clone(),
        commit: args.commit.clone().or_else(|| unnamed(&pipeline.commit)),
        artefact: args.artefact.clone(),
        result: args.result,
        incidents: args.incidents.clone(),
        text: args.comment.given(context)?,
        at: args.at.as_deref().map(|text| past(context, text)).transpose()?,
        pipeline: pipeline.url.clone(),
        by: pipeline.by.clone().map(|(name, email)| Pusher { name, email }),
        dry_run: args.preview.dry_run,
        id: None,
    })
}

/// A time as people type it; only one in full needs no desk to be understood.
fn past(context: &Context, text: &str) -> Result<Timestamp, CommandError> {
    match text.parse() {
        Ok(at) => Ok(at),
        Err(_) => parse_point(context.session()?, text),
    }
}
