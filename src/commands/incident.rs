//! `gitsm incident`: the verbs of incidents.

use clap::Subcommand;

use super::lazy::Lazy;
use super::new::incident as new;
use super::{Context, list, own, triage, verb};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Report, work on and resolve incidents
#[derive(Debug, Subcommand)]
#[command(allow_external_subcommands = true, after_help = own::NOTE)]
pub enum IncidentCommand {
    New(Lazy<new::NewIncidentArgs>),
    List(Lazy<list::ListArgs>),
    Triage(Lazy<triage::TriageArgs>),
    Take(Lazy<verb::take::TakeArgs>),
    Start(Lazy<verb::start::StartArgs>),
    Hold(Lazy<verb::hold::HoldArgs>),
    Resume(Lazy<verb::resume::ResumeArgs>),
    Escalate(Lazy<verb::escalate::EscalateArgs>),
    Propose(Lazy<verb::propose::ProposeArgs>),
    Promote(Lazy<verb::promote::PromoteArgs>),
    Decline(Lazy<verb::decline::DeclineArgs>),
    Communicate(Lazy<verb::communicate::CommunicateArgs>),
    Resolve(Lazy<verb::resolve::ResolveArgs>),
    Review(Lazy<verb::review::ReviewArgs>),
    Close(Lazy<verb::close::CloseArgs>),
    Reopen(Lazy<verb::reopen::ReopenArgs>),
    Cancel(Lazy<verb::cancel::CancelArgs>),
    #[command(visible_alias = "duplicate")]
    Merge(Lazy<verb::merge::MergeArgs>),
}

pub fn run(context: &Context, command: &IncidentCommand) -> Result<Outcome, CommandError> {
    let kind = Kind::Incident;
    match command {
        IncidentCommand::New(args) => new::run(context, args),
        IncidentCommand::List(args) => list::run(context, Some(kind), args),
        IncidentCommand::Triage(args) => triage::run(context, Some(kind), args),
        IncidentCommand::Take(args) => verb::take::run(context, kind, args),
        IncidentCommand::Start(args) => verb::start::run(context, kind, args),
        IncidentCommand::Hold(args) => verb::hold::run(context, kind, args),
        IncidentCommand::Resume(args) => verb::resume::run(context, kind, args),
        IncidentCommand::Escalate(args) => verb::escalate::run(context, kind, args),
        IncidentCommand::Propose(args) => verb::propose::run(context, kind, args),
        IncidentCommand::Promote(args) => verb::promote::run(context, kind, args),
        IncidentCommand::Decline(args) => verb::decline::run(context, kind, args),
        IncidentCommand::Communicate(args) => verb::communicate::run(context, kind, args),
        IncidentCommand::Review(args) => verb::review::run(context, kind, args),
        IncidentCommand::Merge(args) => verb::merge::run(context, kind, args),
        IncidentCommand::Resolve(args) => verb::resolve::run(context, kind, args),
        IncidentCommand::Close(args) => verb::close::run(context, kind, args),
        IncidentCommand::Reopen(args) => verb::reopen::run(context, kind, args),
        IncidentCommand::Cancel(args) => verb::cancel::run(context, kind, args),
    }
}
