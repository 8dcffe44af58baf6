//! `gitsm change raise`: the change that stands for a deployment.

use std::path::PathBuf;

use clap::Args;

use crate::app::deploy::{self, Pusher, RaiseOptions};
use crate::app::{hook, parse_when};
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Raise the change that stands for a deployment, from a code repository
///
/// What comes in is everything since the commit that was deployed there before.
/// Tickets that its messages mention are linked (`Fixes INC-7K3F9Q`, `Refs`,
/// `Ticket:`). Raised again, the same commit for the same environment is the same
/// change. Prints its id.
///
/// In GitHub Actions, GitLab CI and Kamal hooks the options have the values that
/// these give; see docs/deploy.md.
#[derive(Debug, Args)]
pub struct RaiseArgs {
    /// The code repository: a folder in it [default: the present one]
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,
    /// What the desk calls the code repository
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The commits that come in: OLD..NEW
    #[arg(long, value_name = "RANGE", conflicts_with = "commit")]
    from_git: Option<String>,
    /// The commit to deploy [default: HEAD]
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// The digest of what was built from it, such as sha256:2c26b4...
    #[arg(long, value_name = "DIGEST")]
    artefact: Option<String>,
    /// Where it goes; may be repeated [default: by the branch or tag]
    #[arg(short, long = "environment", value_name = "NAME")]
    environments: Vec<String>,
    /// The branch or tag that the commit was pushed to
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// The change model: normal, standard, emergency, or one of the desk's
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Where the run of the pipeline can be read about
    #[arg(long, value_name = "URL")]
    pipeline: Option<String>,
    /// When it is to be deployed: 2026-11-22T22:00Z, "tomorrow 22:00", "in 2 hours"
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// When it is to be finished
    #[arg(long, value_name = "TIME")]
    end: Option<String>,
    #[command(flatten)]
    preview: args::Preview,
}

pub fn run(context: &Context, args: &RaiseArgs) -> Result<Outcome, CommandError> {
    // What happened before is told before.
    hook::catch_up(&context.environment);
    let session = context.session()?;
    let time =
        |text: &Option<String>| text.as_deref().map(|text| parse_when(session, text)).transpose();
    let pipeline = &context.environment.pipeline;
    let is_named = args.commit.is_some() || args.from_git.is_some();
    let cwd = &context.environment.cwd;
    let environments = match &args.environments[..] {
        [] => pipeline.environment.clone().into_iter().collect(),
        given => given.to_vec(),
    };
    let options = RaiseOptions {
        repository: args.repository.as_ref().map_or_else(|| cwd.clone(), |path| cwd.join(path)),
        name: args.name.clone(),
        known_as: pipeline.repository.clone().into_iter().collect(),
        range: args.from_git.clone(),
        commit: args.commit.clone().or_else(|| pipeline.commit.clone().filter(|_| !is_named)),
        artefact: args.artefact.clone(),
        environments,
        reference: args.reference.clone().or_else(|| pipeline.reference.clone()),
        template: args.model.clone(),
        pipeline: args.pipeline.clone().or_else(|| pipeline.url.clone()),
        start: time(&args.start)?,
        end: time(&args.end)?,
        by: pipeline.by.clone().map(|(name, email)| Pusher { name, email }),
        dry_run: args.preview.dry_run,
        ..RaiseOptions::default()
    };
    Ok(Outcome::Raised(Box::new(deploy::raise(session, &options)?)))
}
