//! A record as a line of a table, and back.
//!
//! Each field has a column of its name. Lists of words stand in one cell
//! between commas, relations as `caused_by PRB-...` between semicolons; what has
//! parts of its own (notes, votes, spans on hold, attachments) stands in its
//! cell as JSON, which loses nothing.

use csv::WriterBuilder;
use serde_json::{Map, Value};

use crate::app::nearest::nearest;
use crate::error::{CommandError, ErrorKind};
use crate::format::read_value;
use crate::model::{
    DeskSettings, FIELDS, FieldKind, Kind, Link, Record, RecordId, field_named, guarded, unguarded,
};

/// Columns of what is no single field.
const LISTS: [&str; 16] = [
    "links",
    "holds",
    "whys",
    "approvals",
    "notes",
    "attachments",
    "tasks",
    "csat",
    "answers",
    "required_approvals",
    "deployment",
    "deploys",
    "overrides",
    "accepted_conflicts",
    "risk_assessment",
    "test_evidence",
];
/// Those of them whose elements stand as JSON.
const PARTS: [&str; 15] = [
    "holds",
    "whys",
    "approvals",
    "notes",
    "attachments",
    "tasks",
    "csat",
    "answers",
    "required_approvals",
    "deployment",
    "deploys",
    "overrides",
    "accepted_conflicts",
    "risk_assessment",
    "test_evidence",
];

/// The columns of a table.
#[derive(Clone, Debug)]
pub(in crate::app) struct Table {
    columns: Vec<String>,
}

impl Table {
    /// The columns for records of types `kinds`: `wanted`, or every field that
    /// such records may have. The desk's own fields are those that its settings
    /// define for them, and `own`, those that the records have.
    ///
    /// # Errors
    ///
    /// A wanted column is none.
    pub(in crate::app) fn new(
        kinds: &[Kind],
        settings: &DeskSettings,
        own: &[String],
        wanted: Option<&[String]>,
    ) -> Result<Self, CommandError> {
        if let Some(wanted) = wanted {
            let all: Vec<&str> = fields(&Kind::ALL).collect();
            for name in wanted {
                known(name, &all).map_err(|(error, hint)| CommandError::usage(error).hint(hint))?;
            }
            return Ok(Self { columns: wanted.to_vec() });
        }
        let mut columns: Vec<String> = fields(kinds).map(str::to_owned).collect();
        let defined = settings.custom_fields.iter().filter(|(_, field)| {
            field.on.is_empty() || field.on.iter().any(|kind| kinds.contains(kind))
        });
        for name in defined.map(|(name, _)| name.to_string()).chain(own.iter().cloned()) {
            let name = format!("custom.{name}");
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
        Ok(Self { columns })
    }

    /// The first line.
    pub(in crate::app) fn header(&self, guard: bool) -> Result<String, CommandError> {
        line(self.columns.iter().cloned(), guard)
    }

    /// The line of a record.
    pub(in crate::app) fn line(
        &self,
        record: &Record,
        guard: bool,
    ) -> Result<String, CommandError> {
        let tree = record.to_value();
        line(self.columns.iter().map(|column| cell(record, &tree, column)), guard)
    }
}

/// The columns that records of these types may have, without the desk's own.
fn fields(kinds: &[Kind]) -> impl Iterator<Item = &'static str> + '_ {
    let tickets = kinds.iter().any(|kind| kind.is_ticket());
    let requests = kinds.contains(&Kind::Request);
    let problems = kinds.contains(&Kind::Problem);
    let changes = kinds.contains(&Kind::Change);
    let has = move |name: &&str| match *name {
        "holds" | "approvals" | "tasks" | "csat" => tickets,
        "answers" | "required_approvals" => requests,
        "whys" => problems,
        "deployment" | "deploys" | "overrides" | "accepted_conflicts" | "risk_assessment"
        | "test_evidence" => changes,
        _ => true,
    };
    let fields = FIELDS.iter().filter(|field| field.on.iter().any(|kind| kinds.contains(kind)));
    let fields = fields.map(|field| field.name);
    ["id", "type"].into_iter().chain(fields).chain(LISTS.into_iter().filter(has))
}

/// Whether `name` is one of `columns`, or one of the desk's own fields; else
/// what is wrong, and what to do.
fn known(name: &str, columns: &[&str]) -> Result<(), (String, String)> {
    let own = name.strip_prefix("custom.").is_some_and(|own| !own.is_empty());
    if own || columns.contains(&name) {
        return Ok(());
    }
    let hint = match nearest(name, columns.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {} and custom.NAME", columns.join(", ")),
    };
    Err((format!("there is no column `{name}`"), hint))
}

/// Checks the header of a table that is to be read; gives the place of the id.
///
/// # Errors
///
/// In words, why it is no header of such a table, and what may have been meant.
pub(in crate::app) fn columns_of(header: &[String]) -> Result<usize, (String, Option<String>)> {
    let all: Vec<&str> = fields(&Kind::ALL).collect();
    let id = header.iter().position(|name| name == "id");
    for (at, name) in header.iter().enumerate() {
        // A table without ids is no export, however its columns are called.
        let near = || id.and_then(|_| nearest(name, all.iter().copied()));
        known(name, &all)
            .map_err(|(error, _)| (error, near().map(|near| format!("did you mean `{near}`?"))))?;
        if header.iter().take(at).any(|other| other == name) {
            return Err((format!("the column `{name}` stands there twice"), None));
        }
    }
    id.ok_or_else(|| ("there is no column `id`".to_owned(), None))
}

fn line(cells: impl Iterator<Item = String>, guard: bool) -> Result<String, CommandError> {
    let failed = |error: &dyn std::fmt::Display| CommandError::new(ErrorKind::Internal, error);
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let cells = cells.map(|cell| if guard { guarded(&cell).into_owned() } else { cell });
    writer.write_record(cells).map_err(|error| failed(&error))?;
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

/// What a record has in a column.
fn cell(record: &Record, tree: &Value, column: &str) -> String {
    if column == "type" {
        return record.kind().to_string();
    }
    if let Some(own) = column.strip_prefix("custom.") {
        return record.custom().get(own).cloned().unwrap_or_default();
    }
    let value = match column.split_once('.') {
        Some((part, field)) => tree.get(part).and_then(|part| part.get(field)),
        None => tree.get(column),
    };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if column == "links" => links(items),
        Some(Value::Array(items)) if !PARTS.contains(&column) => words(items),
        Some(other) => other.to_string(),
    }
}

fn links(items: &[Value]) -> String {
    let text = |link: &Value, key: &str| {
        link.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let links = items.iter().map(|link| format!("{} {}", text(link, "rel"), text(link, "to")));
    links.collect::<Vec<_>>().join("; ")
}

/// Words between commas; as JSON, if a word has a comma itself or looks like JSON.
fn words(items: &[Value]) -> String {
    let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    let plain =
        |word: &&str| !word.is_empty() && !word.contains([',', '\n']) && word.trim() == *word;
    if words.first().is_some_and(|first| !first.starts_with('[')) && words.iter().all(plain) {
        words.join(", ")
    } else {
        Value::from(items.to_vec()).to_string()
    }
}

/// Reads the record that a line of such a table holds, by the table's `header`.
///
/// # Errors
///
/// A column is none, or a cell does not fit it.
pub(in crate::app) fn record<'a>(
    header: &[String],
    cells: impl IntoIterator<Item = &'a str>,
) -> Result<Record, String> {
    let mut tree = Map::new();
    let mut custom = Map::new();
    let mut resolution = Map::new();
    for (column, cell) in header.iter().zip(cells) {
        let text = unguarded(cell);
        if text.is_empty() || column == "type" {
            continue;
        }
        let bad = |error: &dyn std::fmt::Display| format!("`{column}`: {error}");
        if let Some(own) = column.strip_prefix("custom.") {
            custom.insert(own.to_owned(), text.into());
        } else if let Some(key) = column.strip_prefix("resolution.") {
            resolution.insert(key.to_owned(), text.into());
        } else {
            let value = value(column, text).map_err(|error| bad(&error))?;
            tree.insert(column.clone(), value);
        }
    }
    for (key, part) in [("resolution", resolution), ("custom", custom)] {
        if !part.is_empty() {
            tree.insert(key.to_owned(), part.into());
        }
    }
    let id = tree.get("id").and_then(Value::as_str).ok_or("it has no `id`")?;
    let id: RecordId = id.parse().map_err(|error| format!("`id`: {error}"))?;
    read_value(id.kind(), &tree.into())
}

fn value(column: &str, text: &str) -> Result<Value, String> {
    let json = |text: &str| serde_json::from_str(text).map_err(|error| error.to_string());
    if PARTS.contains(&column) {
        return json(text);
    }
    if column == "links" {
        let links = text.split(';').map(|link| {
            let (rel, to) = link.trim().split_once(' ').ok_or("it is of the form REL ID")?;
            let rel = rel.parse().map_err(|error| format!("{error}"))?;
            let to = to.trim().parse().map_err(|error| format!("{error}"))?;
            serde_json::to_value(Link { rel, to }).map_err(|error| error.to_string())
        });
        return links.collect::<Result<Vec<_>, String>>().map(Value::from);
    }
    match field_named(column).map(|field| field.kind) {
        Some(FieldKind::Words | FieldKind::Records) if text.starts_with('[') => json(text),
        Some(FieldKind::Words | FieldKind::Records) => {
            Ok(text.split(',').map(str::trim).map(Value::from).collect())
        }
        Some(FieldKind::Flag | FieldKind::Count) => json(text),
        _ => Ok(text.into()),
    }
}
