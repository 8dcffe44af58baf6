//! What the caller decides about output.

use std::fmt;
use std::str::FromStr;

use crate::model::Timestamp;
use crate::outcome::Column;

/// The form in which data is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: tables, paragraphs, colour.
    #[default]
    Table,
    /// The whole answer as one indented JSON value.
    Json,
    /// One JSON value for each row, record, event or finding, on a line each.
    Jsonl,
    /// As JSON, in YAML.
    Yaml,
    /// Comma-separated values with a header line; times in full, ages in seconds.
    Csv,
    /// The full id of each record, on a line each, as other commands take it.
    Ids,
    /// A drawing, as a file of its own.
    Svg,
    /// A drawing, for Graphviz.
    Dot,
    /// A schedule, for calendars (RFC 5545).
    Ics,
}

/// The text names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no format; the formats are table, json, jsonl, yaml, csv and ids, svg and dot for \
     drawings, and ics for schedules"
)]
pub struct UnknownFormat(pub String);

impl Format {
    /// Every format.
    pub const ALL: [Format; 9] = [
        Format::Table,
        Format::Json,
        Format::Jsonl,
        Format::Yaml,
        Format::Csv,
        Format::Ids,
        Format::Svg,
        Format::Dot,
        Format::Ics,
    ];

    /// Whether it is for what can be drawn only.
    pub const fn is_drawing(self) -> bool {
        matches!(self, Format::Svg | Format::Dot)
    }

    /// The name that commands use.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Yaml => "yaml",
            Format::Csv => "csv",
            Format::Ids => "ids",
            Format::Svg => "svg",
            Format::Dot => "dot",
            Format::Ics => "ics",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Format::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// Whether to use colour. `NO_COLOR` and its like are resolved before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal only.
    #[default]
    Auto,
    Always,
    Never,
}

impl ColorChoice {
    /// Whether a stream that is, or is not, a terminal gets colour.
    pub(crate) const fn on(self, terminal: bool) -> bool {
        match self {
            ColorChoice::Auto => terminal,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        }
    }
}

/// Writes a value as YAML, or says why it cannot be written.
pub type WriteYaml = fn(&serde_json::Value) -> Result<String, String>;

/// What the caller decides about output.
#[derive(Clone, Debug)]
pub struct UiOptions {
    pub format: Format,
    pub color: ColorChoice,
    /// The width in columns that tables and paragraphs must keep to; the
    /// terminal's if absent, no limit if there is no terminal either.
    pub width: Option<usize>,
    /// The command, for a shell, that shows long output; none if absent.
    pub pager: Option<String>,
    /// Whether questions may be asked; without a terminal none is asked anyway.
    pub interactive: bool,
    /// The columns of lists, in place of those that the command chose.
    pub columns: Option<Vec<Column>>,
    /// Whether lists and CSV begin with a line of headings.
    pub header: bool,
    /// Writes data as YAML.
    pub yaml: WriteYaml,
    /// A template that prints each row, record, event or finding.
    pub template: Option<String>,
    /// Whether to keep back messages; warnings and errors still show.
    pub quiet: bool,
    /// Whether to say more.
    pub verbose: bool,
    /// For ages.
    pub now: Timestamp,
}

impl UiOptions {
    /// Plain defaults: tables, colour and questions on a terminal only, no pager.
    pub const fn new(now: Timestamp) -> Self {
        Self {
            format: Format::Table,
            color: ColorChoice::Auto,
            width: None,
            pager: None,
            interactive: true,
            columns: None,
            header: true,
            yaml: |_| Err("there is no YAML here".to_owned()),
            template: None,
            quiet: false,
            verbose: false,
            now,
        }
    }
}
