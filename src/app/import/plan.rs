//! A mapping made ready for one source: columns found, values checked.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::alike::Alike;
use super::builder::{Builder, column};
use super::dates::Dates;
use super::links::LinkPlan;
use super::mapping::{Mapping, Rows, Source as Given};
use super::mistake::Mistake;
use super::notes::NotesPlan;
use super::shown::{decoded, ungrouped};
use super::slug::slug;
use super::source::{Row, Source, Wanted};
use super::template::Template;
use crate::error::CommandError;
use crate::model::{
    FieldKind, FieldSpec, Kind, PersonId, StateName, TeamId, Timestamp, one_line, paragraph,
};
use crate::policy::Policy;

/// A mapping made ready for one source.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    /// What the source calls the ticket's number.
    pub(super) number: String,
    /// What is put before each number.
    prefix: String,
    pub(super) rows: Rows,
    /// What makes an event of a row, for `rows: events`.
    pub(super) event: Option<EventPlan>,
    /// Why a ticket waits, for tickets as they stand.
    pub(super) hold_reason: Option<Filler>,
    /// The record's fields and then the desk's own.
    pub(super) fillers: Vec<Filler>,
    /// Where notes come from.
    pub(super) notes: Vec<NotesPlan>,
    /// Where relations come from.
    pub(super) links: Vec<LinkPlan>,
    /// Columns that hardly any export has, of which it is not worth saying that
    /// they are missing.
    pub(super) seldom: Vec<String>,
    /// The names of people and teams, by the ids that are made of them.
    pub(super) alike: Alike,
    /// What makes a row none of a ticket.
    skip: Option<Filler>,
    missing: Vec<String>,
    /// Whether texts hold HTML entities.
    entities: bool,
    /// The columns that are used, in the order of the slots of a row. The first
    /// one holds the ticket's number.
    columns: Vec<usize>,
    pub(super) dates: Dates,
}

/// What makes an event of a row.
#[derive(Debug)]
pub(super) struct EventPlan {
    pub(super) time: Filler,
    pub(super) by: Option<Filler>,
    pub(super) hold_reason: Option<Filler>,
}

/// How one field is filled.
#[derive(Debug)]
pub(super) struct Filler {
    /// The field's name, without `custom.`.
    pub(super) name: String,
    /// `None` for one of the desk's own fields.
    pub(super) spec: Option<&'static FieldSpec>,
    pub(super) kind: FieldKind,
    pub(super) origin: Origin,
    /// What the source's words mean; empty if they stand for themselves.
    pub(super) values: HashMap<String, Option<Value>>,
    pub(super) other: Option<Option<Value>>,
    /// Where the value comes from for other words.
    pub(super) otherwise: Option<Box<Filler>>,
    pub(super) default: Option<Value>,
    pub(super) prefix: String,
    pub(super) slug: bool,
    pub(super) required: bool,
    /// Whether it is one of the desk's own fields.
    pub(super) custom: bool,
    /// What it tells about the ticket's life.
    pub(super) mark: Mark,
}

/// What a field tells about a ticket's life. Logs often carry the end of the
/// story in every row; it counts only from when it had happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    /// The state itself.
    Status,
    /// A time or count that follows from the states, where nobody says it.
    Derived,
    /// As [`Derived`](Mark::Derived); only where the work is done.
    Resolved,
    /// As [`Derived`](Mark::Derived); only where it has ended for good.
    Closed,
    /// How it ended; only where the work is done.
    Resolution,
}

impl Mark {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "status" => Mark::Status,
            "started_at" | "reopen_count" => Mark::Derived,
            "resolved_at" => Mark::Resolved,
            "closed_at" | "retired_at" => Mark::Closed,
            "resolution.code" | "resolution.by" | "resolution.text" => Mark::Resolution,
            _ => Mark::None,
        }
    }

    /// Whether the record says it by itself where the source does not.
    pub(super) fn is_derived(self) -> bool {
        matches!(self, Mark::Derived | Mark::Resolved | Mark::Closed)
    }
}

/// Where the text for a field comes from.
#[derive(Debug)]
pub(super) enum Origin {
    Slot(usize),
    Template(Template<usize>),
    Fixed,
}

impl Plan {
    /// Makes `mapping` ready for `source`. `name` and `text` are the mapping's,
    /// for messages.
    ///
    /// # Errors
    ///
    /// The mapping asks for a column or field that does not exist, or gives a
    /// value that its field does not take.
    pub(super) fn new(
        mapping: &Mapping,
        source: &mut dyn Source,
        policy: &Policy,
        name: &str,
        text: &str,
    ) -> Result<Self, CommandError> {
        Self::checked(mapping, source, policy).map_err(|mistake| {
            let place = match line_of(text, &mistake.words) {
                Some(line) => format!("{name}:{line}"),
                None => name.to_owned(),
            };
            let error = CommandError::invalid(format!("{place}: {}", mistake.reason));
            match mistake.hint {
                Some(hint) => error.hint(hint),
                None => error,
            }
        })
    }

    fn checked(
        mapping: &Mapping,
        source: &mut dyn Source,
        policy: &Policy,
    ) -> Result<Self, Mistake> {
        let dates = Dates::new(&mapping.dates, &mapping.time_zone)
            .map_err(|reason| Mistake::new(&[date_words(mapping, &reason)], reason))?;
        let kind = mapping.kind;
        let columns = vec![column(source, "key", &mapping.key, false)?];
        let partial = mapping.partial;
        let mut builder = Builder { source, dates: &dates, policy, kind, columns, partial };
        let mut fillers = Vec::with_capacity(mapping.fields.len() + mapping.custom.len());
        for (name, given) in &mapping.fields {
            fillers.push(builder.field(name, given)?);
        }
        let name = if kind.is_ticket() { "title" } else { "name" };
        if !mapping.fields.contains_key(name) {
            return Err(Mistake::new(&["fields"], format!("`{name}` is missing under `fields`")));
        }
        for (name, given) in &mapping.custom {
            fillers.push(builder.custom(name, given)?);
        }
        let event = match (&mapping.event, mapping.rows) {
            (Some(event), Rows::Events) => {
                let mut filler =
                    |name: &str, kind, given: &Given| builder.filler(name, None, kind, &given.0);
                let mut maybe = |name: &str, kind, given: &Option<Given>| {
                    given.as_ref().map(|given| filler(name, kind, given)).transpose()
                };
                let by = maybe("by", FieldKind::Person, &event.by)?;
                let hold_reason = maybe("hold_reason", FieldKind::Word, &event.hold_reason)?;
                Some(EventPlan {
                    time: filler("time", FieldKind::Time, &event.time)?,
                    by,
                    hold_reason,
                })
            }
            (None, Rows::Events) => {
                let reason = "`rows: events` needs `event:`, which says when each happened";
                let mut mistake = Mistake::new(&["rows"], reason);
                mistake.hint = Some("for example `event: {time: sys_updated_at}`".to_owned());
                return Err(mistake);
            }
            (Some(_), _) => {
                return Err(Mistake::new(&["event"], "`event:` goes with `rows: events`"));
            }
            (None, _) => None,
        };
        let hold_reason = match &mapping.hold_reason {
            Some(_) if mapping.rows == Rows::Events => {
                let mut mistake = Mistake::new(&["hold_reason"], "each event says why it waits");
                mistake.hint = Some("put `hold_reason` under `event`".to_owned());
                return Err(mistake);
            }
            Some(given) => Some(builder.filler("hold_reason", None, FieldKind::Word, &given.0)?),
            None => None,
        };
        let notes: Vec<NotesPlan> =
            mapping.notes.iter().map(|notes| builder.notes(notes)).collect::<Result<_, _>>()?;
        let links: Vec<LinkPlan> =
            mapping.links.iter().map(|link| builder.link(link)).collect::<Result<_, _>>()?;
        let journals = mapping.notes.iter().filter(|notes| notes.journal);
        let mut seldom: Vec<String> = journals.map(|notes| notes.from.trim().to_owned()).collect();
        for link in &mapping.links {
            seldom.extend(link.from.clone().or_else(|| link.to.0.column.clone()));
        }
        let skip = mapping.skip.as_ref();
        let skip = skip.map(|given| builder.filler("skip", None, FieldKind::Line, &given.0));
        let skip = skip.transpose()?;
        let missing = mapping.missing.iter().map(|text| text.trim().to_owned()).collect();
        let columns = builder.columns;
        let number = mapping.key.trim().to_owned();
        let prefix = match mapping.key_prefix.trim() {
            "" => String::new(),
            text => one_line(text)
                .map_err(|error| Mistake::new(&["key_prefix"], format!("`key_prefix`: {error}")))?,
        };
        let (rows, entities) = (mapping.rows, mapping.entities);
        let alike = Alike::default();
        Ok(Self {
            kind,
            number,
            prefix,
            rows,
            event,
            hold_reason,
            fillers,
            notes,
            links,
            seldom,
            alike,
            skip,
            missing,
            entities,
            columns,
            dates,
        })
    }

    /// Which cells a source is to give.
    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted { columns: &self.columns, key: self.columns.first().copied().unwrap_or_default() }
    }

    /// The number of a row's ticket, as the desk keeps it.
    pub(super) fn key(&self, row: &Row) -> Option<String> {
        self.key_in(row.cell(0))
    }

    /// As [`key`](Self::key), of the cell that holds it.
    pub(super) fn key_in(&self, cell: &str) -> Option<String> {
        self.says(cell).map(|number| self.numbered(&self.read(number.into())))
    }

    /// When the row's ticket was opened, if the row says so.
    pub(super) fn opened(&self, row: &Row) -> Option<Timestamp> {
        let is_meant = |filler: &&Filler| filler.name == "opened_at" && !filler.custom;
        let filler = self.fillers.iter().find(is_meant)?;
        let text = self.text(Some(filler), row, &mut |text| Ok(text.to_owned())).ok()??;
        text.parse().ok()
    }

    /// As [`value`](Self::value), for a text; `None` without a filler, too.
    ///
    /// # Errors
    ///
    /// As [`value`](Self::value).
    pub(super) fn text(
        &self,
        filler: Option<&Filler>,
        row: &Row,
        find: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Option<String>, String> {
        let Some(filler) = filler else { return Ok(None) };
        let value = self.value(filler, row, find)?;
        Ok(value.as_ref().and_then(Value::as_str).map(str::to_owned))
    }

    /// A number of the source as the desk keeps it.
    pub(super) fn numbered(&self, number: &str) -> String {
        format!("{}{}", self.prefix, ungrouped(number.trim()))
    }

    /// A text of the source as it is meant.
    fn read<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        if self.entities { decoded(text) } else { text }
    }

    /// Whether the mapping leaves a row out.
    ///
    /// # Errors
    ///
    /// Why nobody can tell, in words.
    pub(super) fn skips(&self, row: &Row) -> Result<bool, String> {
        let Some(filler) = &self.skip else { return Ok(false) };
        let text = self.value(filler, row, &mut |text| Ok(text.to_owned()))?;
        Ok(text.is_some())
    }

    /// The text of a cell, if it says something.
    pub(super) fn says<'a>(&self, cell: &'a str) -> Option<&'a str> {
        let says = !cell.is_empty() && !self.missing.iter().any(|missing| missing == cell);
        says.then_some(cell)
    }

    /// What `filler` makes of a row; `None` where the source says nothing.
    ///
    /// # Errors
    ///
    /// Why the row cannot be used, in words.
    pub(super) fn value(
        &self,
        filler: &Filler,
        row: &Row,
        find: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Option<Value>, String> {
        let cell = |slot: usize| self.says(row.cell(slot));
        let text = match &filler.origin {
            Origin::Slot(slot) => cell(*slot).map(Cow::Borrowed),
            Origin::Template(template) => template.expand(&cell).map(Cow::Owned),
            Origin::Fixed => None,
        };
        let text = text.map(|text| self.read(text));
        let name = &filler.name;
        let value = match &text {
            None => None,
            Some(text) if !filler.values.is_empty() => match filler.values.get(text.as_ref()) {
                Some(value) => value.clone(),
                None => match &filler.otherwise {
                    Some(otherwise) => self.value(otherwise, row, find)?,
                    None => filler.other.clone().ok_or_else(|| {
                        format!("`{text}` is not among the values of `{name}` in the mapping")
                    })?,
                },
            },
            Some(text) => {
                filler.convert(text, self, find).map_err(|why| format!("`{name}`: {why}"))?
            }
        };
        let value = value.or_else(|| filler.default.clone());
        if value.is_none() && filler.required {
            return Err(format!("`{name}` is missing"));
        }
        Ok(value)
    }
}

/// The first of several names in one cell, which some systems part by line
/// breaks. A field that holds one person or team cannot hold them all.
fn first_of_several(text: &str) -> &str {
    let text = text.trim();
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let end = text.find("<br").map_or(end, |at| at.min(end));
    text.get(..end).unwrap_or(text)
}

impl Filler {
    /// Whether a record cannot be without it, so that the last value stays
    /// where the source says nothing.
    pub(super) fn is_kept(&self) -> bool {
        const KEPT: [&str; 3] = ["opened_at", "opened_by", "updated_at"];
        self.spec.is_some_and(|spec| spec.required || KEPT.contains(&spec.name))
    }

    /// What the source's own text becomes.
    fn convert(
        &self,
        text: &str,
        plan: &Plan,
        find: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Option<Value>, String> {
        if self.kind == FieldKind::Time {
            return plan.dates.parse(text).map(|time| Some(time.to_string().into()));
        }
        if self.kind == FieldKind::Text {
            let text = format!("{}{text}", self.prefix);
            return self.parse(&text);
        }
        let of_one = matches!(self.kind, FieldKind::Person | FieldKind::Team);
        let text = if of_one { first_of_several(text) } else { text };
        let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.slug {
            let word = |text: &str| {
                slug(text, self.kind)
                    .ok_or_else(|| format!("no id can be made of `{text}`; use `values`"))
            };
            text = match self.kind {
                FieldKind::Words => {
                    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                    parts.map(word).collect::<Result<Vec<_>, _>>()?.join(",")
                }
                _ => {
                    let id = word(&text)?;
                    if of_one {
                        plan.alike.note(self.kind, &id, &text);
                    }
                    id
                }
            };
        }
        text.insert_str(0, &self.prefix);
        if self.kind == FieldKind::Records {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            text = parts.map(&mut *find).collect::<Result<Vec<_>, _>>()?.join(",");
        }
        self.parse(&text)
    }

    /// What gitsm's own words for a value become.
    pub(super) fn parse(&self, text: &str) -> Result<Option<Value>, String> {
        let hint = |error: String| {
            if self.slug { error } else { format!("{error} (`slug: true` makes one)") }
        };
        match self.kind {
            FieldKind::Person => drop(PersonId::new(text).map_err(|e| hint(e.to_string()))?),
            FieldKind::Team => drop(TeamId::new(text).map_err(|e| hint(e.to_string()))?),
            _ => {}
        }
        let Some(spec) = self.spec else {
            return match self.kind {
                FieldKind::Time => {
                    let time = text.parse::<Timestamp>().map_err(|error| error.to_string())?;
                    Ok(Some(time.to_string().into()))
                }
                FieldKind::Word => {
                    let word = StateName::new(text).map_err(|error| hint(error.to_string()))?;
                    Ok(Some(word.as_str().into()))
                }
                FieldKind::Text => Ok(paragraph(text).map(Value::from)),
                _ => one_line(text).map(|line| Some(line.into())).map_err(|e| e.to_string()),
            };
        };
        let value = spec.value_of(text).map_err(|error| match error {
            crate::model::PatchError::Value { reason, .. } => reason,
            error => error.to_string(),
        })?;
        if matches!(spec.name, "status" | "domain" | "resolution.code")
            && let Some(Value::String(name)) = &value
        {
            StateName::new(name.as_str()).map_err(|error| hint(error.to_string()))?;
        }
        Ok(value)
    }
}

/// The part of the mapping that a complaint about times is about.
fn date_words<'a>(mapping: &'a Mapping, reason: &str) -> &'a str {
    if reason.contains("no time zone") { &mapping.time_zone } else { "dates" }
}

/// The first line of a mapping in which all of `words` stand, else the first
/// with the last of them.
fn line_of(text: &str, words: &[String]) -> Option<usize> {
    let has = |line: &str, word: &str| {
        let code = line.split(" #").next().unwrap_or_default();
        !line.trim_start().starts_with('#')
            && code.match_indices(word).any(|(at, _)| {
                let part = |c: char| c.is_alphanumeric() || c == '_';
                let before = code.get(..at).and_then(|before| before.chars().next_back());
                let after = code.get(at + word.len()..).and_then(|after| after.chars().next());
                !before.is_some_and(part) && !after.is_some_and(part)
            })
    };
    let all = |line: &str| words.iter().all(|word| has(line, word));
    let last = |line: &str| words.last().is_some_and(|word| has(line, word));
    let at = text.lines().position(all).or_else(|| text.lines().position(last));
    at.map(|at| at + 1)
}
