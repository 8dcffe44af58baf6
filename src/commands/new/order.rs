//! `request new --offering`: answers from options, a file and the terminal.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};

use super::{Patches, TicketArgs};
use crate::app::{self, OrderRequest};
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::format;
use crate::model::unique;
use crate::outcome::{Outcome, QuestionView};

/// What is given besides the fields of every ticket.
#[derive(Debug)]
pub struct Given<'a> {
    pub offering: &'a str,
    pub requested_for: Option<&'a str>,
    pub form: Option<&'a PathBuf>,
    pub ask_all: bool,
}

/// Answers in a file: names and texts.
struct Answers(IndexMap<String, String>);

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        unique::map(deserializer).map(Self)
    }
}

/// Asks for an offering of the catalogue. On a terminal it asks for what is
/// missing; elsewhere the error names it.
pub fn run(
    context: &Context,
    args: &TicketArgs,
    given: &Given<'_>,
) -> Result<Outcome, CommandError> {
    let mut request = OrderRequest {
        offering: given.offering.to_owned(),
        requested_for: given.requested_for.map(str::to_owned),
        title: args.title.clone(),
        description: args.description(context)?,
        links: args.links()?,
        ..OrderRequest::default()
    };
    let mut patches = Patches::default();
    args.fields(&mut patches);
    request.patches = patches.0;
    if let Some(path) = given.form {
        let text = args::read_text(context, path)?;
        let path = path.display().to_string();
        let answers: Answers = format::read_settings(&path, text.as_bytes()).map_err(|error| {
            CommandError::usage(format!("{error}"))
                .hint("a form is a map of names and answers, as YAML or JSON")
        })?;
        request.given.extend(answers.0);
    }
    for text in &args.sets {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            CommandError::usage(format!("`{text}` is not of the form name=value"))
        })?;
        request.given.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    let session = context.session()?;
    if context.is_interactive() {
        while let Some(question) = app::next_question(session, &request, given.ask_all)? {
            let answer = ask(context, &request, &question)?;
            request.given.insert(question.key, answer);
        }
    }
    Ok(Outcome::Written(app::order(session, &request, args.preview.dry_run)?))
}

/// Puts one question to the person, until the answer is one.
fn ask(
    context: &Context,
    request: &OrderRequest,
    question: &QuestionView,
) -> Result<String, CommandError> {
    let session = context.session()?;
    if let Some(help) = &question.help {
        context.ui.message(help);
    }
    let default = question.default.as_deref();
    let choices: Vec<&str> = match question.of {
        "boolean" => vec!["yes", "no"],
        "select" => question.choices.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    if !choices.is_empty() {
        let usual = default.and_then(|default| choices.iter().position(|one| *one == default));
        let chosen = context.choose(&question.question, &choices, usual.unwrap_or(0))?;
        return Ok(choices.get(chosen).copied().unwrap_or_default().to_owned());
    }
    let prompt = format!("{} ({})", question.question, question.wanted);
    loop {
        let answer = match question.of {
            "masked" => context.ask_secret(&prompt)?,
            _ => context.ask_with(
                &prompt,
                if question.required { default } else { default.or(Some("")) },
            )?,
        };
        match app::check_answer(session, request, &question.key, &answer) {
            Ok(()) => return Ok(answer),
            Err(error) => context.ui.warn(&error.message),
        }
    }
}
