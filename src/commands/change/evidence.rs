//! `change evidence`: that a change was tested.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::ArgValueCompleter;

use crate::app::{Action, Content, EvidenceRequest};
use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::{Kind, TestResult};
use crate::outcome::Outcome;

/// Record that what a change brings was tested, with the report
#[derive(Debug, Args)]
pub struct EvidenceArgs {
    /// The change
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// The report, which is kept with the change
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "sha256")]
    report: Option<PathBuf>,
    /// passed or failed
    #[arg(long, value_name = "RESULT")]
    result: TestResult,
    /// SHA-256 of a report that is kept elsewhere
    #[arg(long, value_name = "DIGEST")]
    sha256: Option<String>,
    /// What was tested, in one line
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    #[command(flatten)]
    batch: args::Batch,
}

pub fn run(context: &Context, args: &EvidenceArgs) -> Result<Outcome, CommandError> {
    let cwd = &context.environment.cwd;
    let report = args.report.as_ref().map(|file| Content::read(&cwd.join(file))).transpose()?;
    let action = Action::Evidence(EvidenceRequest {
        result: args.result,
        report,
        sha256: args.sha256.clone(),
        text: args.message.clone(),
    });
    let ids = std::slice::from_ref(&args.id);
    context.perform(Some(Kind::Change), ids, &action, args.batch.mode())
}
