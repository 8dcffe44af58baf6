//! What a command works with: the environment, the user's terminal, the desk.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::GlobalArgs;
use crate::app::{self, Session, SessionOptions};
use crate::config::Environment;
use crate::error::CommandError;
use crate::model::{Kind, Patch, RecordId};
use crate::outcome::Outcome;
use crate::policy::Inputs;
use crate::render::{Format, Progress, Ui, editor};

/// What a command works with. The desk is opened when it is first asked for.
#[derive(Debug)]
pub struct Context {
    pub environment: Environment,
    pub ui: Rc<Ui>,
    /// Whether the answer is for people to read, rather than for a program.
    pub for_people: bool,
    desk: Option<std::path::PathBuf>,
    session: OnceCell<Session>,
}

impl Context {
    /// The context of one run.
    pub fn new(environment: Environment, ui: Rc<Ui>, global: &GlobalArgs) -> Self {
        let desk = global.desk.clone().or_else(|| environment.desk.clone());
        let table = global.format.is_none_or(|format| format == Format::Table);
        let for_people = table && !global.json && global.template.is_none();
        Self { environment, ui, for_people, desk, session: OnceCell::new() }
    }

    /// The desk's session.
    pub fn session(&self) -> Result<&Session, CommandError> {
        if let Some(session) = self.session.get() {
            return Ok(session);
        }
        let options = SessionOptions { desk: self.desk.clone() };
        let session = Session::open(&self.environment, &options)?;
        let bar = RefCell::new(None);
        let ui = Rc::clone(&self.ui);
        session.on_progress(move |what, done, total| {
            let mut bar = bar.borrow_mut();
            match &*bar {
                Some((label, shown)) if *label == what => Progress::set(shown, done, total),
                _ => *bar = Some((what.to_owned(), ui.progress(what))),
            }
        });
        Ok(self.session.get_or_init(|| session))
    }

    /// The records that `texts` name, all of type `kind` where one is given.
    pub fn find_all(
        &self,
        session: &Session,
        kind: Option<Kind>,
        texts: &[String],
    ) -> Result<Vec<RecordId>, CommandError> {
        let mut ids = Vec::with_capacity(texts.len());
        for text in texts {
            let id = session.find(text)?;
            if let Some(kind) = kind
                && id.kind() != kind
            {
                let message = format!("{} is no {kind} but {}", id.short(), id.kind().one());
                return Err(CommandError::usage(message)
                    .hint(format!("see `gitsm {} --help` for what can be done", id.kind())));
            }
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// Warns of files that no list shows since they cannot be read: one bad
    /// record hides no other, but must not go unnoticed either.
    pub fn warn_of_unreadable(&self, session: &Session) {
        match app::unreadable_files(session) {
            Ok(0) | Err(_) => {}
            Ok(1) => self.ui.warn("1 file cannot be read as a record; see `gitsm check`"),
            Ok(n) => {
                self.ui.warn(&format!("{n} files cannot be read as records; see `gitsm check`"));
            }
        }
    }

    /// Carries out a lifecycle action on the records that `texts` name.
    pub fn act(
        &self,
        kind: Kind,
        texts: &[String],
        action: &str,
        inputs: &Inputs,
    ) -> Result<Outcome, CommandError> {
        let session = self.session()?;
        let ids = self.find_all(session, Some(kind), texts)?;
        Ok(Outcome::Written(app::act(session, &ids, action, inputs)?))
    }

    /// Sets fields of the records that `texts` name.
    pub fn set(
        &self,
        kind: Kind,
        texts: &[String],
        patches: &[Patch],
    ) -> Result<Outcome, CommandError> {
        let session = self.session()?;
        let ids = self.find_all(session, Some(kind), texts)?;
        Ok(Outcome::Written(app::edit(session, &ids, patches)?))
    }

    /// Whether questions may be asked.
    pub fn is_interactive(&self) -> bool {
        self.environment.is_interactive() && self.ui.is_interactive()
    }

    /// Asks for one line that cannot be empty.
    pub fn ask(&self, question: &str) -> Result<String, CommandError> {
        Ok(self.ui.ask_text(question, "as an argument", None)?)
    }

    /// Asks for one line that may be empty.
    pub fn ask_optional(&self, question: &str) -> Result<String, CommandError> {
        Ok(self.ui.ask_text(question, "as an option", Some(""))?)
    }

    /// Asks to choose; gives the index of the choice.
    pub fn choose(
        &self,
        question: &str,
        choices: &[&str],
        usual: usize,
    ) -> Result<usize, CommandError> {
        Ok(self.ui.ask_choice(question, "as an option", choices, usual)?)
    }

    /// Lets the user write some text in the editor; without a terminal says how
    /// to give it.
    pub fn compose(&self, what: &str) -> Result<String, CommandError> {
        let missing = || {
            CommandError::usage(format!("{what} is missing"))
                .hint("say it with `-m TEXT`, or `-F FILE`")
        };
        if !self.is_interactive() {
            return Err(missing());
        }
        let form = format!("\n# Say {what}. Lines that begin with # are dropped.\n");
        let text = self.edit_text(&form, ".gitsm.txt")?.unwrap_or_default();
        let said: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let said = said.join("\n");
        if said.trim().is_empty() { Err(missing()) } else { Ok(said) }
    }

    /// Opens the editor on `initial`; `None` if nothing was changed.
    pub fn edit_text(&self, initial: &str, suffix: &str) -> Result<Option<String>, CommandError> {
        if !self.is_interactive() && self.environment.editor.is_none() {
            return Err(CommandError::usage("there is no terminal to open an editor on")
                .hint("give the values as options, or name an editor in GITSM_EDITOR"));
        }
        let command = self.editor();
        Ok(editor::edit_text(&command, initial, suffix)?)
    }

    /// Keeps what the user typed in a file, and says so in the error.
    pub fn keep_text(&self, error: CommandError, text: &str) -> CommandError {
        match editor::keep(text) {
            Ok(path) => error.hint(editor::kept_hint(&path)),
            Err(_) => error.hint(format!("what you typed:\n{text}")),
        }
    }

    /// The user's editor, chosen as git does.
    fn editor(&self) -> String {
        let configured =
            || self.session.get().and_then(|session| session.store.config("core.editor"));
        self.environment.editor.clone().or_else(configured).unwrap_or_else(|| "vi".to_owned())
    }
}
