//! Questions to the person at the terminal. Each has a flag that answers it
//! beforehand, and where nobody can be asked the error names that flag.

use std::io;

use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, Select};

use super::{Ui, escape};
use crate::error::{CommandError, ErrorKind};

/// A question stays without an answer.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// Nobody can be asked.
    #[error("{what} is missing, and there is no terminal to ask for it")]
    NotInteractive {
        /// What was to be asked for, for example `a title`.
        what: String,
        /// What answers it on the command line, for example `--impact`.
        flag: String,
    },
    /// The person broke off.
    #[error("broken off; nothing was changed")]
    Cancelled,
    /// The terminal failed.
    #[error("cannot ask: {0}")]
    Io(#[from] io::Error),
}

impl From<dialoguer::Error> for PromptError {
    fn from(error: dialoguer::Error) -> Self {
        match io::Error::from(error) {
            error if error.kind() == io::ErrorKind::Interrupted => PromptError::Cancelled,
            error => PromptError::Io(error),
        }
    }
}

impl From<PromptError> for CommandError {
    fn from(error: PromptError) -> Self {
        let command = |kind| CommandError::new(kind, &error);
        match &error {
            PromptError::NotInteractive { flag, .. } => {
                command(ErrorKind::Usage).hint(format!("give it with `{flag}`"))
            }
            PromptError::Cancelled => command(ErrorKind::Refused),
            PromptError::Io(_) => command(ErrorKind::Internal),
        }
    }
}

impl Ui {
    /// Asks for one line of text; `what` is for example `title`, `flag` is
    /// what gives it on the command line.
    pub fn ask_text(
        &self,
        what: &str,
        flag: &str,
        default: Option<&str>,
    ) -> Result<String, PromptError> {
        self.may_ask(what, flag)?;
        let theme = self.theme();
        let mut input = Input::<String>::with_theme(&*theme).with_prompt(escape::line(what));
        if let Some(default) = default {
            input = input.default(default.to_owned());
        }
        Ok(input.interact_text()?)
    }

    /// Asks for one line that is not shown while it is typed.
    pub fn ask_secret(&self, what: &str, flag: &str) -> Result<String, PromptError> {
        self.may_ask(what, flag)?;
        let terminal = Term::stderr();
        terminal.write_str(&format!("{}: ", escape::line(what)))?;
        Ok(terminal.read_secure_line()?)
    }

    /// Asks for one of `choices` and gives its position; `default` is marked
    /// at the start.
    pub fn ask_choice<T: AsRef<str>>(
        &self,
        what: &str,
        flag: &str,
        choices: &[T],
        default: usize,
    ) -> Result<usize, PromptError> {
        self.may_ask(what, flag)?;
        let theme = self.theme();
        Select::with_theme(&*theme)
            .with_prompt(escape::line(what))
            .items(choices.iter().map(|choice| escape::line(choice.as_ref())))
            .default(default.min(choices.len().saturating_sub(1)))
            .interact_opt()?
            .ok_or(PromptError::Cancelled)
    }

    /// Asks for yes or no; `flag` is what says yes on the command line.
    pub fn confirm(&self, question: &str, flag: &str, default: bool) -> Result<bool, PromptError> {
        self.may_ask("a confirmation", flag)?;
        let theme = self.theme();
        Confirm::with_theme(&*theme)
            .with_prompt(escape::line(question))
            .default(default)
            .interact_opt()?
            .ok_or(PromptError::Cancelled)
    }

    fn may_ask(&self, what: &str, flag: &str) -> Result<(), PromptError> {
        if self.is_interactive() {
            Ok(())
        } else {
            Err(PromptError::NotInteractive { what: what.to_owned(), flag: flag.to_owned() })
        }
    }

    fn theme(&self) -> Box<dyn Theme> {
        if self.colours_messages() {
            Box::new(ColorfulTheme::default())
        } else {
            Box::new(SimpleTheme)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::render::UiOptions;

    #[test]
    fn without_a_person_the_flag_is_told() {
        let options =
            UiOptions { interactive: false, ..UiOptions::new(Timestamp::from_seconds(0)) };
        let ui = Ui::new(options);
        let error = ui.ask_text("a title", "TITLE", None).expect_err("nobody there");
        let command = CommandError::from(error);
        assert_eq!(command.kind, ErrorKind::Usage);
        assert_eq!(command.message, "a title is missing, and there is no terminal to ask for it");
        assert_eq!(command.hints, ["give it with `TITLE`"]);
        assert!(ui.ask_choice("impact", "--impact", &["high"], 0).is_err());
        assert!(ui.confirm("Close 3 records?", "--yes", false).is_err());
    }
}
