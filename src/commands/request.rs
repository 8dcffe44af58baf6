//! `gitsm request`: the verbs of requests.

use clap::Subcommand;

use super::lazy::Lazy;
use super::new::request as new;
use super::{Context, list, own, task, verb};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Ask for something, approve and fulfil it
#[derive(Debug, Subcommand)]
#[command(allow_external_subcommands = true, after_help = own::NOTE)]
pub enum RequestCommand {
    New(Lazy<new::NewRequestArgs>),
    List(Lazy<list::ListArgs>),
    Submit(Lazy<verb::submit::SubmitArgs>),
    Revise(Lazy<verb::revise::ReviseArgs>),
    Approve(Lazy<verb::approve::ApproveArgs>),
    Reject(Lazy<verb::reject::RejectArgs>),
    Take(Lazy<verb::take::TakeArgs>),
    Start(Lazy<verb::start::StartArgs>),
    Hold(Lazy<verb::hold::HoldArgs>),
    Resume(Lazy<verb::resume::ResumeArgs>),
    Fulfil(Lazy<verb::fulfil::FulfilArgs>),
    Close(Lazy<verb::close::CloseArgs>),
    Reopen(Lazy<verb::reopen::ReopenArgs>),
    Cancel(Lazy<verb::cancel::CancelArgs>),
    #[command(subcommand, hide = true)]
    Task(Lazy<task::TaskCommand>),
    #[command(hide = true)]
    Plan(Lazy<task::PlanArgs>),
}

pub fn run(context: &Context, command: &RequestCommand) -> Result<Outcome, CommandError> {
    let kind = Kind::Request;
    match command {
        RequestCommand::New(args) => new::run(context, args),
        RequestCommand::List(args) => list::run(context, Some(kind), args),
        RequestCommand::Submit(args) => verb::submit::run(context, kind, args),
        RequestCommand::Revise(args) => verb::revise::run(context, kind, args),
        RequestCommand::Approve(args) => verb::approve::run(context, kind, args),
        RequestCommand::Reject(args) => verb::reject::run(context, kind, args),
        RequestCommand::Take(args) => verb::take::run(context, kind, args),
        RequestCommand::Start(args) => verb::start::run(context, kind, args),
        RequestCommand::Hold(args) => verb::hold::run(context, kind, args),
        RequestCommand::Resume(args) => verb::resume::run(context, kind, args),
        RequestCommand::Fulfil(args) => verb::fulfil::run(context, kind, args),
        RequestCommand::Close(args) => verb::close::run(context, kind, args),
        RequestCommand::Reopen(args) => verb::reopen::run(context, kind, args),
        RequestCommand::Cancel(args) => verb::cancel::run(context, kind, args),
        RequestCommand::Task(command) => task::run(context, command),
        RequestCommand::Plan(args) => task::run_plan(context, args),
    }
}
