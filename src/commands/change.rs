//! `gitsm change`: the verbs of changes.

use clap::Subcommand;

use super::new::change as new;
use super::{Context, list, own, verb};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Plan, approve and carry out changes
#[derive(Debug, Subcommand)]
#[command(allow_external_subcommands = true, after_help = own::NOTE)]
pub enum ChangeCommand {
    New(new::NewChangeArgs),
    List(list::ListArgs),
    Submit(verb::submit::SubmitArgs),
    Assess(verb::assess::AssessChangeArgs),
    Schedule(verb::schedule::ScheduleArgs),
    Approve(verb::approve::ApproveArgs),
    Reject(verb::reject::RejectArgs),
    Revise(verb::revise::ReviseArgs),
    Hold(verb::hold::HoldArgs),
    Resume(verb::resume::ResumeArgs),
    Implement(verb::implement::ImplementArgs),
    Complete(verb::complete::CompleteArgs),
    Fail(verb::fail::FailArgs),
    Rollback(verb::rollback::RollbackArgs),
    Review(verb::review::ReviewArgs),
    Regularise(verb::regularise::RegulariseArgs),
    Close(verb::close::CloseArgs),
    Cancel(verb::cancel::CancelArgs),
}

pub fn run(context: &Context, command: &ChangeCommand) -> Result<Outcome, CommandError> {
    let kind = Kind::Change;
    match command {
        ChangeCommand::New(args) => new::run(context, args),
        ChangeCommand::List(args) => list::run(context, Some(kind), args),
        ChangeCommand::Submit(args) => verb::submit::run(context, kind, args),
        ChangeCommand::Assess(args) => verb::assess::change(context, args),
        ChangeCommand::Schedule(args) => verb::schedule::run(context, args),
        ChangeCommand::Approve(args) => verb::approve::run(context, kind, args),
        ChangeCommand::Reject(args) => verb::reject::run(context, kind, args),
        ChangeCommand::Revise(args) => verb::revise::run(context, kind, args),
        ChangeCommand::Hold(args) => verb::hold::run(context, kind, args),
        ChangeCommand::Resume(args) => verb::resume::run(context, kind, args),
        ChangeCommand::Implement(args) => verb::implement::run(context, kind, args),
        ChangeCommand::Complete(args) => verb::complete::run(context, kind, args),
        ChangeCommand::Fail(args) => verb::fail::run(context, kind, args),
        ChangeCommand::Rollback(args) => verb::rollback::run(context, kind, args),
        ChangeCommand::Review(args) => verb::review::run(context, kind, args),
        ChangeCommand::Regularise(args) => verb::regularise::run(context, kind, args),
        ChangeCommand::Close(args) => verb::close::run(context, kind, args),
        ChangeCommand::Cancel(args) => verb::cancel::run(context, kind, args),
    }
}
