//! `gitsm change`: the verbs of changes.

mod accept_conflict;
mod calendar;
mod conflicts;
mod evidence;
mod forward;
mod gate;
mod slots;

use clap::Subcommand;

use super::lazy::Lazy;
use super::new::change as new;
use super::{Context, change_model, list, own, verb};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Plan, approve and carry out changes
#[derive(Debug, Subcommand)]
#[command(allow_external_subcommands = true, after_help = own::NOTE)]
pub enum ChangeCommand {
    New(Box<Lazy<new::NewChangeArgs>>),
    Raise(Box<Lazy<verb::raise::RaiseArgs>>),
    Deployed(Lazy<verb::deployed::DeployedArgs>),
    List(Lazy<list::ListArgs>),
    Submit(Lazy<verb::submit::SubmitArgs>),
    Assess(Lazy<verb::assess::AssessChangeArgs>),
    Schedule(Lazy<verb::schedule::ScheduleArgs>),
    Approve(Lazy<verb::approve::ApproveArgs>),
    Reject(Lazy<verb::reject::RejectArgs>),
    Revise(Lazy<verb::revise::ReviseArgs>),
    Hold(Lazy<verb::hold::HoldArgs>),
    Resume(Lazy<verb::resume::ResumeArgs>),
    Gate(Lazy<gate::GateArgs>),
    Implement(Lazy<verb::implement::ImplementArgs>),
    Complete(Lazy<verb::complete::CompleteArgs>),
    Fail(Lazy<verb::fail::FailArgs>),
    Rollback(Lazy<verb::rollback::RollbackArgs>),
    Risk(Lazy<verb::risk::RiskArgs>),
    Review(Lazy<verb::review::ReviewArgs>),
    Regularise(Lazy<verb::regularise::RegulariseArgs>),
    Close(Lazy<verb::close::CloseArgs>),
    Cancel(Lazy<verb::cancel::CancelArgs>),
    Conflicts(Lazy<conflicts::ConflictsArgs>),
    AcceptConflict(Lazy<accept_conflict::AcceptConflictArgs>),
    Evidence(Lazy<evidence::EvidenceArgs>),
    Slots(Lazy<slots::SlotsArgs>),
    Forward(Lazy<forward::ForwardArgs>),
    Calendar(Lazy<calendar::CalendarArgs>),
    #[command(subcommand)]
    Model(Lazy<change_model::ModelCommand>),
}

impl ChangeCommand {
    /// Whether the answer is a schedule.
    pub const fn is_schedule(&self) -> bool {
        matches!(self, ChangeCommand::Forward(_) | ChangeCommand::Calendar(_))
    }
}

pub fn run(context: &Context, command: &ChangeCommand) -> Result<Outcome, CommandError> {
    let kind = Kind::Change;
    match command {
        ChangeCommand::New(args) => new::run(context, args),
        ChangeCommand::Raise(args) => verb::raise::run(context, args),
        ChangeCommand::Deployed(args) => verb::deployed::run(context, args),
        ChangeCommand::List(args) => list::run(context, Some(kind), args),
        ChangeCommand::Submit(args) => verb::submit::run(context, kind, args),
        ChangeCommand::Assess(args) => verb::assess::change(context, args),
        ChangeCommand::Schedule(args) => verb::schedule::run(context, args),
        ChangeCommand::Approve(args) => verb::approve::run(context, kind, args),
        ChangeCommand::Reject(args) => verb::reject::run(context, kind, args),
        ChangeCommand::Revise(args) => verb::revise::run(context, kind, args),
        ChangeCommand::Hold(args) => verb::hold::run(context, kind, args),
        ChangeCommand::Resume(args) => verb::resume::run(context, kind, args),
        ChangeCommand::Gate(args) => gate::run(context, args),
        ChangeCommand::Implement(args) => verb::implement::run(context, kind, args),
        ChangeCommand::Complete(args) => verb::complete::run(context, kind, args),
        ChangeCommand::Fail(args) => verb::fail::run(context, kind, args),
        ChangeCommand::Rollback(args) => verb::rollback::run(context, kind, args),
        ChangeCommand::Risk(args) => verb::risk::run(context, args),
        ChangeCommand::Model(command) => change_model::run(context, command),
        ChangeCommand::Review(args) => verb::review::run(context, kind, args),
        ChangeCommand::Regularise(args) => verb::regularise::run(context, kind, args),
        ChangeCommand::Close(args) => verb::close::run(context, kind, args),
        ChangeCommand::Cancel(args) => verb::cancel::run(context, kind, args),
        ChangeCommand::Conflicts(args) => conflicts::run(context, args),
        ChangeCommand::AcceptConflict(args) => accept_conflict::run(context, args),
        ChangeCommand::Evidence(args) => evidence::run(context, args),
        ChangeCommand::Slots(args) => slots::run(context, args),
        ChangeCommand::Forward(args) => forward::run(context, args),
        ChangeCommand::Calendar(args) => calendar::run(context, args),
    }
}
