//! `gitsm problem`: the verbs of problems.

use clap::Subcommand;

use super::lazy::Lazy;
use super::new::problem as new;
use super::{Context, list, own, verb};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Find and remove the causes of incidents
#[derive(Debug, Subcommand)]
#[command(allow_external_subcommands = true, after_help = own::NOTE)]
pub enum ProblemCommand {
    New(Lazy<new::NewProblemArgs>),
    List(Lazy<list::ListArgs>),
    Assess(Lazy<verb::assess::AssessProblemArgs>),
    Investigate(Lazy<verb::investigate::InvestigateArgs>),
    Why(Lazy<verb::why::WhyArgs>),
    Cause(Lazy<verb::cause::CauseArgs>),
    Workaround(Lazy<verb::workaround::WorkaroundArgs>),
    #[command(alias = "known_error")]
    KnownError(Lazy<verb::known_error::KnownErrorArgs>),
    Fix(Lazy<verb::fix::FixArgs>),
    Resolve(Lazy<verb::resolve::ResolveArgs>),
    #[command(alias = "accept_risk")]
    AcceptRisk(Lazy<verb::accept_risk::AcceptRiskArgs>),
    Close(Lazy<verb::close::CloseArgs>),
    Reopen(Lazy<verb::reopen::ReopenArgs>),
    Cancel(Lazy<verb::cancel::CancelArgs>),
    #[command(visible_alias = "duplicate")]
    Merge(Lazy<verb::merge::MergeArgs>),
}

pub fn run(context: &Context, command: &ProblemCommand) -> Result<Outcome, CommandError> {
    let kind = Kind::Problem;
    match command {
        ProblemCommand::New(args) => new::run(context, args),
        ProblemCommand::List(args) => list::run(context, Some(kind), args),
        ProblemCommand::Assess(args) => verb::assess::problem(context, args),
        ProblemCommand::Investigate(args) => verb::investigate::run(context, kind, args),
        ProblemCommand::Why(args) => verb::why::run(context, kind, args),
        ProblemCommand::Merge(args) => verb::merge::run(context, kind, args),
        ProblemCommand::Cause(args) => verb::cause::run(context, kind, args),
        ProblemCommand::Workaround(args) => verb::workaround::run(context, kind, args),
        ProblemCommand::KnownError(args) => verb::known_error::run(context, kind, args),
        ProblemCommand::Fix(args) => verb::fix::run(context, kind, args),
        ProblemCommand::Resolve(args) => verb::resolve::run(context, kind, args),
        ProblemCommand::AcceptRisk(args) => verb::accept_risk::run(context, kind, args),
        ProblemCommand::Close(args) => verb::close::run(context, kind, args),
        ProblemCommand::Reopen(args) => verb::reopen::run(context, kind, args),
        ProblemCommand::Cancel(args) => verb::cancel::run(context, kind, args),
    }
}
