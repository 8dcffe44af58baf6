//! `gitsm ci`: the verbs of configuration items.

use clap::Subcommand;

use super::lazy::Lazy;
use super::new::ci as new;
use super::{Context, list, own, verb};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Record what services are made of
#[derive(Debug, Subcommand)]
#[command(allow_external_subcommands = true, after_help = own::NOTE)]
pub enum CiCommand {
    New(Lazy<new::NewCiArgs>),
    List(Lazy<list::ListArgs>),
    Activate(Lazy<verb::activate::ActivateArgs>),
    Maintain(Lazy<verb::maintain::MaintainArgs>),
    Retire(Lazy<verb::retire::RetireArgs>),
}

pub fn run(context: &Context, command: &CiCommand) -> Result<Outcome, CommandError> {
    let kind = Kind::Ci;
    match command {
        CiCommand::New(args) => new::run(context, args),
        CiCommand::List(args) => list::run(context, Some(kind), args),
        CiCommand::Activate(args) => verb::activate::run(context, kind, args),
        CiCommand::Maintain(args) => verb::maintain::run(context, kind, args),
        CiCommand::Retire(args) => verb::retire::run(context, kind, args),
    }
}
