//! The mapping file: which column of the source fills which field.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::model::{Kind, StateName, unique};

/// How a table of tickets from another system becomes records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The type of the records to be made.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The column with the ticket's number in the other system; it becomes the
    /// record's `external_id`.
    pub key: String,
    /// Put before every number of the source, so that two systems that count
    /// alike keep apart. For example `GLPI-`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key_prefix: String,
    /// How many rows describe a ticket.
    #[serde(default)]
    pub rows: Rows,
    /// How many rows go into one commit, if each row is an event.
    #[serde(default)]
    pub commits: Commits,
    /// What makes an event of a row; needed for `rows: events`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventSource>,
    /// Why a ticket that is on hold waits, for tickets as they stand; in an
    /// event log each event says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<Source>,
    /// The array with the tickets, where JSON has it in a wrapper; a dot leads
    /// further in. For example `issues`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
    /// Rows for which this says something are no tickets and are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<Source>,
    /// Whether the source may lack columns. The fields then stay empty; the
    /// columns are listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// What a cell holds when it says nothing. An empty cell always says nothing.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Whether texts hold HTML entities such as `&amp;`, to be read as what they
    /// stand for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub entities: bool,
    /// How times are written, in the notation of `strftime`; the first that
    /// fits is used. ISO 8601, if absent.
    #[serde(default)]
    pub dates: Vec<String>,
    /// The IANA time zone of times that name none, `UTC` if absent.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// What separates the columns: one character, or `tab`. A comma, if absent.
    #[serde(default = "comma")]
    pub delimiter: String,
    /// Where each field of the record comes from. A dot leads into a part, for
    /// example `resolution.code`.
    #[serde(deserialize_with = "unique::map")]
    pub fields: IndexMap<String, Source>,
    /// Where each of the desk's own fields comes from.
    #[serde(default, deserialize_with = "unique::map")]
    pub custom: IndexMap<StateName, Source>,
    /// Where notes come from: a list of comments, or several.
    #[serde(default, deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "notes_schema")]
    pub notes: Vec<NotesSource>,
    /// Where relations to other tickets come from, which are named by their
    /// numbers in the other system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkSource>,
}

/// Where relations come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSource {
    /// A list whose elements name the other tickets; the row itself, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What the ticket has to do with the other one, such as `child_of` or
    /// `causes`; or where that comes from.
    pub relation: RelationSource,
    /// The number of the other one, or several with commas between.
    pub to: Source,
    /// Words with which a text must begin, and behind which the number stands,
    /// for example `Duplicate of #`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<String>,
}

/// What a ticket has to do with another one: the name of a relation, or where
/// that comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelationSource(pub Detail);

/// Where notes come from: a list of comments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotesSource {
    /// The list; in CSV the name of one column or of several.
    pub from: String,
    /// What separates the parts of a comment that is one text. The parts are
    /// then called 1, 2, 3, ...; the last one goes to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Whether each text is a journal, whose entries stand below lines such as
    /// `2016-02-29 01:16:00 - Beth Anglin (Work notes)`. Their parts are then
    /// called 1 (when), 2 (who), 3 (what stands in brackets) and 4 (the text).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub journal: bool,
    /// Where the parts of each note come from, within a comment.
    pub each: NoteSource,
}

/// Where the parts of a note come from, within a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteSource {
    /// When it was said.
    pub at: Source,
    /// Who said it; whoever imports, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Source>,
    /// What was said. A comment without is left out.
    pub text: Source,
    /// `public` (the default) or `work`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Source>,
}

/// One, or a list.
fn one_or_several<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<NotesSource>, D::Error> {
    struct Either;

    impl<'de> Visitor<'de> for Either {
        type Value = Vec<NotesSource>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map, or a list of such")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            NotesSource::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }
    }

    from.deserialize_any(Either)
}

fn notes_schema(generator: &mut SchemaGenerator) -> Schema {
    let one = generator.subschema_for::<NotesSource>();
    json_schema!({
        "description": "Where notes come from: a list of comments, or several.",
        "anyOf": [one, { "type": "array", "items": one }],
    })
}

fn utc() -> String {
    "UTC".to_owned()
}

fn comma() -> String {
    ",".to_owned()
}

/// How many rows describe a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// One. A second row with the same number is an error.
    #[default]
    One,
    /// One for each state the ticket was in. The last one in the file counts,
    /// whatever times the rows name.
    Last,
    /// One for each event in the ticket's life: the first one makes the record,
    /// each later one changes it.
    Events,
}

/// How many rows go into one commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Commits {
    /// One.
    #[default]
    Event,
    /// All of the same hour.
    Hour,
    /// All of the same day.
    Day,
    /// All of the same week, which begins on Monday.
    Week,
    /// All of the same month.
    Month,
}

impl Commits {
    /// Every choice, with the name that mappings and commands use.
    pub const ALL: [(&'static str, Commits); 5] = [
        ("event", Commits::Event),
        ("hour", Commits::Hour),
        ("day", Commits::Day),
        ("week", Commits::Week),
        ("month", Commits::Month),
    ];
}

impl FromStr for Commits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Commits::ALL.into_iter().find(|(name, _)| *name == text);
        let known = || "the choices are event, hour, day, week and month".to_owned();
        found.map(|(_, commits)| commits).ok_or_else(known)
    }
}

/// What a row that is an event says about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventSource {
    /// When it happened.
    pub time: Source,
    /// Who did it; whoever imports, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Source>,
    /// Why the ticket is on hold, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<Source>,
}

/// Where a value comes from: the name of a column, or more words about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source(pub Detail);

/// Where a value comes from, and what is made of it. One of `column`,
/// `template` and `value` must be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// The column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Text with columns in braces, such as `{category} / {subcategory}`. What
    /// stands in square brackets is left out where one of its columns says
    /// nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The same value for every ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What the words of the other system mean. A word that is not among them
    /// is an error, unless `other` is given.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub values: IndexMap<String, String>,
    /// The value for words that are not among `values`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// Where the value comes from for words that are not among `values`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Box<Source>>,
    /// The value where the source says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Put before what the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Whether to make an id or a code of the words: `Group 56` becomes
    /// `group-56` as a team and `group_56` as a code.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub slug: bool,
    /// Whether one of the desk's own fields holds a time; fields such as
    /// `opened_at` are known to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub date: bool,
    /// Whether a ticket without it is an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

impl<'de> Deserialize<'de> for RelationSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = RelationSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a relation, or a map")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<RelationSource, E> {
                Ok(RelationSource(Detail { value: Some(name.to_owned()), ..Detail::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RelationSource, A::Error> {
                Detail::deserialize(MapAccessDeserializer::new(map)).map(RelationSource)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RelationSource {
    fn schema_name() -> Cow<'static, str> {
        "RelationSource".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The name of a relation, such as `child_of`, or where it comes from.",
            "anyOf": [{ "type": "string" }, generator.subschema_for::<Detail>()],
        })
    }
}

/// Not `#[serde(untagged)]`, which reads scalars by their looks: the value
/// `1.10` under `values:` would become `1.1`.
impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Source;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column (in quotes if it looks like a number), or a map")
            }

            fn visit_str<E: Error>(self, column: &str) -> Result<Source, E> {
                Ok(Source(Detail { column: Some(column.to_owned()), ..Detail::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
                Detail::deserialize(MapAccessDeserializer::new(map)).map(Source)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Source {
    fn schema_name() -> Cow<'static, str> {
        "Source".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Where a value comes from: the name of a column, or more words about it.",
            "anyOf": [{ "type": "string" }, generator.subschema_for::<Detail>()],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    fn read(text: &str) -> Result<Mapping, String> {
        format::read_settings("map.yaml", text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_source_is_a_column_or_a_map() {
        let mapping = read(
            "type: incident\nkey: n\nfields:\n  title: short\n  custom_thing:\n    column: x\n    values: {1.10: yes, no: 1.20}\n",
        )
        .expect("a mapping");
        assert_eq!(mapping.rows, Rows::One);
        assert_eq!(mapping.time_zone, "UTC");
        assert_eq!(mapping.fields["title"].0.column.as_deref(), Some("short"));
        let values = &mapping.fields["custom_thing"].0.values;
        let values: Vec<_> = values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(values, [("1.10", "yes"), ("no", "1.20")], "scalars stay as they are written");
    }

    #[test]
    fn mistakes_are_refused_with_their_line() {
        for (text, says) in [
            ("type: incident\nkey: n\nfields: {title: t}\nrow: last\n", "line 4"),
            ("type: incident\nkey: n\nfields:\n  title: {colum: t}\n", "line 4"),
            ("type: incident\nkey: n\nfields:\n  title: a\n  title: b\n", "line 5"),
            ("type: incident\nkey: n\nfields:\n  title: [a]\n", "line 4"),
            ("type: incident\nfields: {title: t}\n", "key"),
            ("type: ticket\nkey: n\nfields: {title: t}\n", "line 1"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
