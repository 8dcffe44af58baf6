//! What the views have in common: what they may know, and what they give.

use super::UiOptions;
use crate::model::Timestamp;
use crate::outcome::{Column, Outcome};

/// What a view may know about where it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// The width to keep to, in columns; no limit if absent.
    pub(crate) width: Option<usize>,
    /// Whether a person looks at standard output.
    pub(crate) terminal: bool,
    /// For ages.
    pub(crate) now: Timestamp,
    /// The columns of lists, in place of the view's own.
    pub(crate) columns: Option<Vec<Column>>,
    /// Whether a list has headings.
    pub(crate) header: bool,
    /// Whether to say more.
    pub(crate) verbose: bool,
}

impl Look {
    /// What `options` say, for a standard output that is a terminal or not.
    pub(crate) fn new(options: &UiOptions, terminal: bool, width: Option<usize>) -> Self {
        Self {
            width,
            terminal,
            now: options.now,
            columns: options.columns.clone(),
            header: options.header,
            verbose: options.verbose,
        }
    }
}

/// Text with styles, for the two streams.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    /// Data.
    pub(crate) out: String,
    /// Messages around it, which `quiet` keeps back.
    pub(crate) err: String,
    /// What went wrong, quiet or not.
    pub(crate) errors: String,
    /// Whether the data goes through the pager.
    pub(crate) page: bool,
    /// Whether the data is for programs: it holds no styles of ours and must
    /// pass as it stands.
    pub(crate) raw: bool,
}

impl Rendered {
    /// Data that people read at length.
    pub(crate) fn paged(out: String) -> Self {
        Self { out, page: true, ..Self::default() }
    }

    /// Data that stays on the screen.
    pub(crate) fn short(out: String) -> Self {
        Self { out, ..Self::default() }
    }

    /// Data for programs.
    pub(crate) fn raw(out: String) -> Self {
        Self { out, page: true, raw: true, ..Self::default() }
    }
}

/// The outcome for people.
pub(crate) fn render(outcome: &Outcome, look: &Look) -> Rendered {
    match outcome {
        Outcome::Nothing => Rendered::default(),
        Outcome::Text(text) => Rendered::raw(text.clone()),
        Outcome::Message(view) => super::done::message(view),
        Outcome::Exported(view) => super::done::exported(view),
        Outcome::Path(view) => super::done::path(view),
        Outcome::Names(view) => super::done::names(view),
        Outcome::Document(document) => Rendered::raw(document.text.clone()),
        Outcome::Written(view) => super::written::render(view, look),
        Outcome::Applied(view) => super::applied::render(view, look),
        Outcome::Attachments(view) => super::attachments::render(view, look),
        Outcome::Record(view) => super::record::render(view, look),
        Outcome::Rows(view) => super::rows::render(view, look),
        Outcome::Log(view) => super::log::render(view, look),
        Outcome::Diff(view) => super::diff::render(view, look),
        Outcome::Blame(view) => super::blame::render(view, look),
        Outcome::Summary(view) => super::summary::render(view, look),
        Outcome::Status(view) => super::status::render(view),
        Outcome::Check(view) => super::check::render(view),
        Outcome::Import(view) => super::import::render(view),
        Outcome::Triage(view) => super::triage::render(view, look),
        Outcome::Views(view) => super::views::render(view, look),
        Outcome::Approval(view) => super::approval::render(view, look),
        Outcome::Catalog(view) => super::catalog::list(view, look),
        Outcome::Offering(view) => super::catalog::offering(view, look),
        Outcome::Plan(view) => super::plan::plan(view, look),
        Outcome::Tasks(view) => super::plan::list(view, look),
        Outcome::Csat(view) => super::csat::render(view, look),
        Outcome::Dora(view) => super::dora::render(view, look),
        Outcome::Deploys(view) => super::deploys::render(view, look),
        Outcome::Sla(view) => super::sla::render(view),
        Outcome::SlaList(view) => super::sla_list::render(view, look),
        Outcome::Calendar(view) => super::calendar::render(view, look),
        Outcome::Calendars(view) => super::calendar::list(view, look),
        Outcome::Hours(view) => super::calendar::hours(view),
        Outcome::Compliance(view) => super::compliance::render(view, look),
        Outcome::Workflows(view) => super::workflow::render(view, look),
        Outcome::Graph(view) => super::graph::render(view, look),
        Outcome::Risk(view) => super::risk::risk(view, look),
        Outcome::Models(view) => super::risk::models(view, look),
        Outcome::Model(view) => super::risk::model(view),
        Outcome::Actions(view) => super::workflow::actions(view),
        Outcome::Gate(view) => super::gate::render(view, look),
        Outcome::Raised(view) => super::raise::render(view, look),
        Outcome::Deployed(view) => super::raise::deployed(view, look),
        Outcome::Conflicts(view) => super::conflicts::render(view, look),
        Outcome::Slots(view) => super::conflicts::slots(view, look),
        Outcome::Schedule(view) => super::schedule::render(view, look),
        Outcome::Weeks(view) => super::weeks::render(view, look),
        Outcome::HookInstall(view) => super::hook::install(view),
        Outcome::HookStatus(view) => super::hook::status(view),
        Outcome::HookRun(view) => super::hook::run(view),
        Outcome::HookDrain(view) => super::hook::drain(view),
    }
}

/// `1 record`, `2 records`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The form of a commit that people read.
pub(crate) fn short_commit(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}
