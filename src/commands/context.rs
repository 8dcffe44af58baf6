//! What a command works with: the environment, the user's terminal, the desk.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use super::GlobalArgs;
use super::args::{self, At, Targets};
use crate::app::{self, Action, Mode, Named, Session, SessionOptions, Wanted};
use crate::config::Environment;
use crate::error::CommandError;
use crate::model::{Kind, Patch};
use crate::outcome::{Column, Outcome};
use crate::policy::Inputs;
use crate::render::{Format, Items, Progress, Ui, editor};

/// What a command works with. The desk is opened when it is first asked for.
#[derive(Debug)]
pub struct Context {
    pub environment: Environment,
    pub ui: Rc<Ui>,
    /// Whether the answer is for people to read, rather than for a program.
    pub for_people: bool,
    /// Whether lists and CSV begin with a line of headings.
    pub header: bool,
    /// Whether the answer has columns: a table, or CSV.
    has_columns: bool,
    desk: Option<std::path::PathBuf>,
    session: OnceCell<Session>,
    /// The session of the past that is looked at.
    past: OnceCell<Session>,
    /// What standard input has been read for.
    stdin: Cell<Option<&'static str>>,
    /// What the answer to a write consists of.
    items: Rc<Cell<Items>>,
}

impl Context {
    /// The context of one run.
    pub fn new(environment: Environment, ui: Rc<Ui>, global: &GlobalArgs) -> Self {
        let desk = global.desk.clone().or_else(|| environment.desk.clone());
        let table = global.format.is_none_or(|format| format == Format::Table);
        let for_people = table && !global.json && global.template.is_none();
        let csv = global.format == Some(Format::Csv) && global.template.is_none();
        let has_columns = for_people || csv;
        Self {
            environment,
            ui,
            for_people,
            header: !global.no_header,
            has_columns,
            desk,
            session: OnceCell::new(),
            past: OnceCell::new(),
            stdin: Cell::new(None),
            items: Rc::default(),
        }
    }

    /// What is wanted of the rows of a list.
    pub const fn wanted(&self) -> Wanted {
        if self.for_people { Wanted::Shown } else { Wanted::Whole }
    }

    /// The desk that was named, on the command line or in the environment.
    pub fn named_desk(&self) -> Option<&std::path::Path> {
        self.desk.as_deref()
    }

    /// The desk's session.
    pub fn session(&self) -> Result<&Session, CommandError> {
        if let Some(session) = self.session.get() {
            return Ok(session);
        }
        let options = SessionOptions { desk: self.desk.clone() };
        let session = Session::open(&self.environment, &options)?;
        let (ui, items) = (Rc::clone(&self.ui), Rc::clone(&self.items));
        session.before_writing(move || Ok(ui.check_items(items.get())?));
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

    /// The desk as it is now, opened anew.
    pub fn open_anew(&self) -> Result<Session, CommandError> {
        let options = SessionOptions { desk: self.desk.clone() };
        Session::open(&self.environment, &options)
    }

    /// The desk's session, for a command that writes and answers with `items`.
    pub fn session_for(&self, items: Items) -> Result<&Session, CommandError> {
        self.items.set(items);
        self.session()
    }

    /// The desk's session for reading: as it is, or as it was at the point in
    /// history that `at` names.
    pub fn session_at(&self, at: &At) -> Result<&Session, CommandError> {
        let Some(text) = &at.at else { return self.session() };
        if let Some(past) = self.past.get() {
            return Ok(past);
        }
        let past = self.session()?.as_of(text)?;
        if let Some(at) = past.past().filter(|at| at.time.is_some()) {
            self.ui.message(&at.told());
        }
        Ok(self.past.get_or_init(|| past))
    }

    /// Takes bars of work that is done off the screen.
    pub fn end_progress(&self) {
        if let Some(session) = self.session.get() {
            session.end_progress();
        }
    }

    /// The columns that `--columns` chose.
    pub fn columns(&self, names: Option<&str>) -> Result<Option<Vec<Column>>, CommandError> {
        let Some(names) = names else { return Ok(None) };
        let columns = super::list::columns(names)?;
        let is_more = |column: &Column| matches!(column, Column::Due | Column::Sla);
        if !self.has_columns && !columns.iter().all(is_more) {
            let message = "`--columns` is for tables and CSV; in this form a record is whole";
            return Err(CommandError::usage(message)
                .hint("leave it out, or print what you want with `--template`")
                .hint("only `--columns due,sla` adds what a record does not hold"));
        }
        Ok(Some(columns))
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

    /// Warns of settings that cannot be read and were done without, unless the
    /// answer says it.
    pub fn warn_of_settings(&self, answer: &Result<Outcome, CommandError>) {
        let sessions = [self.past.get(), self.session.get()];
        let Some(session) = sessions.into_iter().flatten().next() else { return };
        for (path, warning) in session.done_without() {
            let is_told = match answer {
                Ok(Outcome::Check(_)) => true,
                Ok(Outcome::Written(written)) => written.files.iter().any(|file| file == path),
                Ok(_) => false,
                Err(error) => warning.starts_with(&error.message),
            };
            if !is_told {
                self.ui.warn(&warning);
            }
        }
    }

    /// Carries out an action on the records that are named.
    pub fn perform(
        &self,
        kind: Option<Kind>,
        ids: &[String],
        action: &Action,
        mode: Mode,
    ) -> Result<Outcome, CommandError> {
        let session = self.session()?;
        let texts = args::with_piped(self, ids)?;
        let named = Named { kind, texts: &texts };
        Ok(Outcome::Written(app::perform(session, named, action, mode)?))
    }

    /// Carries out a lifecycle action, on records of type `kind`, if one is given.
    pub fn act(
        &self,
        kind: impl Into<Option<Kind>>,
        targets: &Targets,
        name: &str,
        inputs: Inputs,
    ) -> Result<Outcome, CommandError> {
        let action = Action::Step { name: name.to_owned(), inputs };
        self.perform(kind.into(), &targets.ids, &action, targets.batch.mode())
    }

    /// Sets fields; `name` says what for.
    pub fn set(
        &self,
        kind: Kind,
        targets: &Targets,
        name: &'static str,
        patches: Vec<Patch>,
    ) -> Result<Outcome, CommandError> {
        let action = Action::Edit { name, patches };
        self.perform(Some(kind), &targets.ids, &action, targets.batch.mode())
    }

    /// Claims standard input for `what`; it can be read once only.
    pub fn take_stdin(&self, what: &'static str) -> Result<(), CommandError> {
        match self.stdin.replace(Some(what)) {
            None => Ok(()),
            Some(other) => {
                let message = format!("standard input cannot hold both {other} and {what}");
                Err(CommandError::usage(message).hint("give the text with `-m TEXT`"))
            }
        }
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

    /// Asks for one line, with an answer that is taken if none is typed.
    pub fn ask_with(&self, question: &str, usual: Option<&str>) -> Result<String, CommandError> {
        Ok(self.ui.ask_text(question, "--set", usual)?)
    }

    /// Asks for a line that is not shown while it is typed.
    pub fn ask_secret(&self, question: &str) -> Result<String, CommandError> {
        Ok(self.ui.ask_secret(question, "--form")?)
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
