//! `assess`: how bad a problem is, or how risky a change.

use clap::Args;

use crate::app::{self, Action, AssessRequest};
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Risk};
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Assess a problem
#[derive(Debug, Args)]
pub struct AssessProblemArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

/// Assess the risk of a change and pass it on for approval
#[derive(Debug, Args)]
pub struct AssessChangeArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// low, moderate or high; else what is found
    #[arg(short, long, value_name = "RISK")]
    risk: Option<Risk>,
    /// An answer to one of the desk's questions about risk; may be repeated
    #[arg(long = "answer", value_name = "QUESTION=ANSWER")]
    answers: Vec<String>,
    /// Why the risk is lower than what is found
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn problem(context: &Context, args: &AssessProblemArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs { comment: args.comment.given(context)?, ..Inputs::default() };
    context.act(Kind::Problem, &args.targets, "assess", inputs)
}

pub fn change(context: &Context, args: &AssessChangeArgs) -> Result<Outcome, CommandError> {
    let answer = |text: &String| {
        let pair = text.split_once('=').map(|(question, answer)| (question.trim(), answer.trim()));
        let said = pair.filter(|(question, answer)| !question.is_empty() && !answer.is_empty());
        let (question, answer) = said.ok_or_else(|| {
            CommandError::usage(format!("`{text}` is not of the form QUESTION=ANSWER"))
        })?;
        Ok::<_, CommandError>((question.to_owned(), answer.to_owned()))
    };
    let mut request = AssessRequest {
        answers: args.answers.iter().map(answer).collect::<Result<_, _>>()?,
        risk: args.risk,
        reason: args.reason.clone(),
        comment: args.comment.given(context)?,
    };
    if let ([id], true) = (&args.targets.ids[..], context.is_interactive()) {
        for question in app::risk_questions(context.session()?, id, &request)? {
            let texts: Vec<&str> = question.choices.iter().map(|each| each.text.as_str()).collect();
            let chosen = context.choose(&question.text, &texts, 0)?;
            if let Some(choice) = question.choices.get(chosen) {
                request.answers.push((question.name.clone(), choice.name.clone()));
            }
        }
    }
    let action = Action::Assess(request);
    context.perform(Some(Kind::Change), &args.targets.ids, &action, args.targets.batch.mode())
}
