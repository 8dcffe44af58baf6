//! `gitsm incident`: the verbs of incidents.

use clap::Subcommand;

use super::new::incident as new;
use super::{Context, list, own, triage, verb};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Report, work on and resolve incidents
#[derive(Debug, Subcommand)]
#[command(allow_external_subcommands = true, after_help = own::NOTE)]
pub enum IncidentCommand {
    New(new::NewIncidentArgs),
    List(list::ListArgs),
    Triage(triage::TriageArgs),
    Take(verb::take::TakeArgs),
    Start(verb::start::StartArgs),
    Hold(verb::hold::HoldArgs),
    Resume(verb::resume::ResumeArgs),
    Escalate(verb::escalate::EscalateArgs),
    Propose(verb::propose::ProposeArgs),
    Promote(verb::promote::PromoteArgs),
    Decline(verb::decline::DeclineArgs),
    Communicate(verb::communicate::CommunicateArgs),
    Resolve(verb::resolve::ResolveArgs),
    Review(verb::review::ReviewArgs),
    Close(verb::close::CloseArgs),
    Reopen(verb::reopen::ReopenArgs),
    Cancel(verb::cancel::CancelArgs),
    #[command(visible_alias = "duplicate")]
    Merge(verb::merge::MergeArgs),
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
