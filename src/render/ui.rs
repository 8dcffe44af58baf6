//! The one place that writes to standard output and standard error.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};

use anstream::AutoStream;
use dialoguer::console::Term;

use super::view::{self, Look, Rendered};
use super::{
    Format, Progress, ShowError, TemplateError, UiOptions, applied, csv, error, escape, import,
    json, pager, stream, style, template, written,
};
use crate::error::{CommandError, ErrorKind as Failure};
use crate::outcome::{AppliedLine, Outcome, RejectedRow, WrittenRecord};

/// How much is written at once, in bytes.
const AT_ONCE: usize = 64 * 1024;

/// What a command that writes will answer, item by item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Items {
    /// Records that were written.
    #[default]
    Records,
    /// Lines of actions.
    Lines,
    /// Rows that could not be imported.
    Rows,
}

/// Shows outcomes, errors and messages, and asks questions.
#[derive(Debug)]
pub struct Ui {
    options: UiOptions,
    look: Look,
    colour_out: bool,
    colour_err: bool,
}

impl Ui {
    /// A user interface on this process's standard streams.
    pub fn new(options: UiOptions) -> Self {
        let terminal = io::stdout().is_terminal();
        let own = || Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        let width = options.width.or_else(|| if terminal { own() } else { None });
        Self {
            look: Look::new(&options, terminal, width),
            colour_out: options.color.on(terminal),
            colour_err: options.color.on(io::stderr().is_terminal()),
            options,
        }
    }

    /// Checks what can be checked of the options before a command runs: a
    /// template that cannot be read should not show only after a write.
    pub fn check_options(&self) -> Result<(), TemplateError> {
        self.options.template.as_deref().map_or(Ok(()), template::check)
    }

    /// Checks whether the template fits what a command that writes will answer,
    /// before it writes.
    pub fn check_items(&self, items: Items) -> Result<(), TemplateError> {
        let Some(source) = &self.options.template else { return Ok(()) };
        match items {
            Items::Records => template::check_for::<WrittenRecord>(source),
            Items::Lines => template::check_for::<AppliedLine>(source),
            Items::Rows => template::check_for::<RejectedRow>(source),
        }
    }

    /// Whether the template uses one of `names`.
    pub fn template_uses(&self, names: &[&str]) -> bool {
        self.options.template.as_deref().is_some_and(|source| template::uses(source, names))
    }

    /// As [`outcome`](Self::outcome), for what a command has done and nobody
    /// takes back: if the form that was asked for turns out not to fit, the
    /// usual one says what was done, with a warning.
    pub fn done(&self, outcome: &Outcome) -> Result<(), ShowError> {
        match self.outcome(outcome) {
            Err(error @ (ShowError::Template(_) | ShowError::Format(_))) => {
                self.warn(&format!("it is done, but not shown as you asked: {error}"));
                self.show(&view::render(outcome, &self.look))
            }
            other => other,
        }
    }

    /// Whether questions may be asked: the caller allows it, and there is a
    /// terminal to ask on and to answer from.
    pub fn is_interactive(&self) -> bool {
        self.options.interactive && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Shows what a command answers, data on standard output and what is said
    /// about it on standard error. A reader who closes the pipe is no error.
    pub fn outcome(&self, outcome: &Outcome) -> Result<(), ShowError> {
        if let Outcome::Rows(view) = outcome
            && !self.look.terminal
        {
            let mut out = BufWriter::new(io::stdout().lock());
            let written = stream::rows(view, &self.options, &self.look, &mut out);
            let flushed = written.and_then(|for_programs| {
                out.flush()?;
                Ok(for_programs)
            });
            match flushed {
                Ok(false) => {}
                Ok(true) => return Ok(()),
                Err(error) => return stream::unless_closed(Err(error)),
            }
        }
        self.show(&rendered(outcome, &self.options, &self.look)?)
    }

    fn show(&self, rendered: &Rendered) -> Result<(), ShowError> {
        self.out(rendered)?;
        if !self.options.quiet {
            self.err(&rendered.err);
        }
        self.err(&rendered.errors);
        Ok(())
    }

    /// Tells why a command failed, and what to do next.
    pub fn error(&self, error: &CommandError) {
        self.err(&error::render(error));
    }

    /// Says something, unless the user wants quiet.
    pub fn message(&self, text: &str) {
        if !self.options.quiet {
            self.err(&(escape::paragraph(text.trim_end()).into_owned() + "\n"));
        }
    }

    /// Says something that only those want to know who asked for more.
    pub fn detail(&self, text: &str) {
        if self.options.verbose {
            self.message(text);
        }
    }

    /// Warns; quiet or not.
    pub fn warn(&self, text: &str) {
        self.err(&error::labelled("warning", style::WARNING, text));
    }

    /// A bar for long work that is called `label`.
    pub fn progress(&self, label: &str) -> Progress {
        Progress::new(label, self.options.quiet)
    }

    /// Writes bytes to standard output as they are; on a terminal as harmless
    /// text.
    ///
    /// # Errors
    ///
    /// Standard output cannot be written. That its reader left is no error.
    pub fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stream = io::stdout().lock();
        let done = if self.look.terminal {
            stream.write_all(escape::layout(&String::from_utf8_lossy(bytes)).as_bytes())
        } else {
            stream.write_all(bytes)
        };
        unless_closed(done.and_then(|()| stream.flush()))
    }

    /// Writes pieces of text to standard output while they are made; on a
    /// terminal as harmless text. `None` if the reader left before the end.
    ///
    /// # Errors
    ///
    /// `fill` fails, or standard output cannot be written.
    pub fn stream<T>(
        &self,
        fill: impl FnOnce(&mut dyn FnMut(&str) -> Result<(), CommandError>) -> Result<T, CommandError>,
    ) -> Result<Option<T>, CommandError> {
        let mut stream = BufWriter::new(io::stdout().lock());
        let closed = Cell::new(false);
        let failed = |error: io::Error| {
            closed.set(error.kind() == ErrorKind::BrokenPipe);
            let message = format!("cannot write to standard output: {error}");
            CommandError::new(Failure::CannotWrite, message)
        };
        let done = fill(&mut |text| {
            let text = if self.look.terminal { escape::layout(text) } else { Cow::Borrowed(text) };
            stream.write_all(text.as_bytes()).map_err(failed)
        });
        let done = done.and_then(|done| stream.flush().map_err(failed).map(|()| done));
        if closed.get() { Ok(None) } else { done.map(Some) }
    }

    /// Whether messages are coloured.
    pub(crate) const fn colours_messages(&self) -> bool {
        self.colour_err
    }

    fn out(&self, rendered: &Rendered) -> io::Result<()> {
        if rendered.out.is_empty() {
            return Ok(());
        }
        let is_bare = self.colour_out || rendered.raw;
        if let Some(pager) = self.options.pager.as_deref()
            && rendered.page
            && self.look.terminal
        {
            let bare = || anstream::adapter::strip_str(&rendered.out).to_string();
            let text = if is_bare { Cow::Borrowed(&*rendered.out) } else { Cow::Owned(bare()) };
            if pager::page(pager, &text) {
                return Ok(());
            }
        }
        // Many lines at once: a stream that looks for colours writes line by line,
        // and all of a long list without its colours would need as much memory.
        let mut stream = BufWriter::with_capacity(AT_ONCE, io::stdout().lock());
        let written = if is_bare {
            stream.write_all(rendered.out.as_bytes())
        } else {
            let mut parts = anstream::adapter::strip_str(&rendered.out);
            parts.try_for_each(|part| stream.write_all(part.as_bytes()))
        };
        unless_closed(written.and_then(|()| stream.flush()))
    }

    fn err(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), choice(self.colour_err));
        // There is nowhere left to complain.
        let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    }
}

const fn choice(colour: bool) -> anstream::ColorChoice {
    if colour { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never }
}

/// A reader that left early (`| head`) has seen enough.
fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Text as it stands; on a terminal, harmless to it.
fn raw_text(text: &str, look: &Look) -> Rendered {
    Rendered::raw(if look.terminal { escape::layout(text).into_owned() } else { text.to_owned() })
}

/// The outcome in the form that the options ask for.
///
/// Forms for programs carry data as it is into a pipe, and harmless to a terminal.
pub(crate) fn rendered(
    outcome: &Outcome,
    options: &UiOptions,
    look: &Look,
) -> Result<Rendered, ShowError> {
    let for_people = options.format == Format::Table && options.template.is_none();
    match outcome {
        Outcome::Nothing => return Ok(Rendered::default()),
        Outcome::Text(text) if for_people => return Ok(raw_text(text, look)),
        Outcome::Document(document) if for_people => return Ok(raw_text(&document.text, look)),
        _ => {}
    }
    let errors = match outcome {
        Outcome::Written(view) => written::refusals(view),
        Outcome::Applied(view) => applied::refusals(view),
        Outcome::Import(view) if options.format == Format::Ids => import::refusals(view),
        _ => String::new(),
    };
    let raw = |text| Rendered { errors: errors.clone(), ..Rendered::raw(text) };
    let harmless = |text: String| {
        if look.terminal { escape::layout(&text).into_owned() } else { text }
    };
    let harmless_json = |text: String| {
        if look.terminal { escape::json(&text).into_owned() } else { text }
    };
    if let Outcome::Rows(view) = outcome {
        let mut bytes = Vec::new();
        if !stream::rows(view, options, look, &mut bytes)? {
            return Ok(view::render(outcome, look));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let is_json = matches!(options.format, Format::Json | Format::Jsonl);
        let is_json = is_json && options.template.is_none();
        return Ok(raw(if is_json { harmless_json(text) } else { harmless(text) }));
    }
    if let Some(source) = &options.template {
        let text = template::render(source, &json::items(outcome)?, look.now)?;
        return Ok(raw(harmless(text)));
    }
    let text = match options.format {
        Format::Table => return Ok(view::render(outcome, look)),
        Format::Json => harmless_json(json::whole(outcome)?),
        Format::Jsonl => harmless_json(json::lines(outcome)?),
        Format::Yaml => {
            let value = serde_json::from_str(&json::whole(outcome)?)?;
            harmless((options.yaml)(&value).map_err(ShowError::Yaml)?)
        }
        Format::Csv => harmless(csv::render(outcome, look)?),
        Format::Ids => json::ids(outcome).ok_or(ShowError::Format(Format::Ids))?,
        Format::Svg | Format::Dot => {
            let drawn = match (outcome, options.format) {
                (Outcome::Graph(view), Format::Svg) => super::graph::svg(view),
                (Outcome::Graph(view), _) => Some(super::graph::dot(view)),
                _ => None,
            };
            drawn.ok_or(ShowError::Format(options.format))?
        }
        Format::Ics => match outcome {
            Outcome::Schedule(view) | Outcome::Weeks(view) => super::ics::calendar(view),
            _ => return Err(ShowError::Format(Format::Ics)),
        },
    };
    Ok(raw(text))
}
