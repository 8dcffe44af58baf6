//! Record identity: `<PREFIX>-<ULID>`, its short form and its path.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

use super::{Kind, Timestamp};

/// How many trailing characters of the ULID the short form shows.
const SHORT: usize = 6;
/// The fewest trailing characters that may stand for an id.
const SHORTEST: usize = 4;
const ULID_LENGTH: usize = 26;

/// A record's id. It never changes, and two clones never mint the same one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    kind: Kind,
    ulid: Ulid,
}

/// The text is not a full record id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a record id such as INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q")]
pub struct ParseIdError(pub String);

impl RecordId {
    /// An id of `kind` with the given unique part.
    pub const fn new(kind: Kind, ulid: Ulid) -> Self {
        Self { kind, ulid }
    }

    /// The record type that the prefix names.
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// The unique, time-ordered part.
    pub const fn ulid(self) -> Ulid {
        self.ulid
    }

    /// When the id was minted (for an import: when the ticket was opened).
    pub fn minted_at(self) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.ulid.timestamp_ms()).unwrap_or(i64::MAX))
    }

    /// The form people read and type: the prefix and the last six characters.
    pub fn short(self) -> String {
        self.shortened(SHORT)
    }

    /// The prefix and the last `length` characters of the ULID.
    pub fn shortened(self, length: usize) -> String {
        let text = self.ulid.to_string();
        let tail = &text[ULID_LENGTH - length.clamp(SHORTEST, ULID_LENGTH)..];
        format!("{}-{tail}", self.kind.prefix())
    }

    /// The record's path in the desk, a pure function of its id.
    ///
    /// Two levels by the last two characters keep every folder small (what a
    /// commit costs is the width of the folders it rewrites), and let a short
    /// id lead to its folder without an index.
    pub fn path(self) -> String {
        let text = self.ulid.to_string();
        let (a, b) = (&text[ULID_LENGTH - 2..ULID_LENGTH - 1], &text[ULID_LENGTH - 1..]);
        format!("{}/{a}/{b}/{}-{text}.yaml", self.kind.folder(), self.kind.prefix())
    }

    /// The id whose [`path`](Self::path) is `path`, if it is a record's path.
    pub fn from_path(path: &str) -> Option<Self> {
        let (folders, file) = path.rsplit_once('/')?;
        let name = file.strip_suffix(".yaml")?;
        let id: RecordId = name.parse().ok()?;
        // Compared piece by piece: a desk has very many paths.
        let last_two = folders.strip_prefix(id.kind.folder())?.as_bytes();
        match (last_two, name.as_bytes()) {
            ([b'/', a, b'/', b], [.., c, d]) if (a, b) == (c, d) => Some(id),
            _ => None,
        }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kind.prefix(), self.ulid)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RecordId {
    type Err = ParseIdError;

    /// Parses the canonical full form only; see [`IdPattern`] for what people type.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || ParseIdError(text.chars().take(64).collect());
        let (prefix, rest) = text.split_once('-').ok_or_else(bad)?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.prefix() == prefix).ok_or_else(bad)?;
        let ulid = Ulid::from_string(rest).map_err(|_| bad())?;
        // `from_string` folds case; only one spelling may name a record.
        if ulid.array_to_str(&mut [0; ULID_LENGTH]) == rest {
            Ok(Self { kind, ulid })
        } else {
            Err(bad())
        }
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for RecordId {
    fn schema_name() -> Cow<'static, str> {
        "RecordId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A record's id: type prefix and ULID.",
            "pattern": "^(INC|REQ|PRB|CHG|CI)-[0-7][0-9A-HJKMNP-TV-Z]{25}$",
        })
    }
}

/// What a person typed to name a record: any ending of four or more characters
/// of its ULID, in any case, with or without the prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdPattern {
    kind: Option<Kind>,
    /// The ending in the ULID's own alphabet, upper case.
    tail: String,
}

impl IdPattern {
    /// Reads `text` as the ending of an id, or says that it cannot be one.
    ///
    /// `O`, `I` and `L`, which the ULID alphabet does not have, are read as
    /// `0`, `1` and `1`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, tail) = match text.rsplit_once('-') {
            Some((prefix, tail)) => {
                let kind = Kind::ALL
                    .into_iter()
                    .find(|kind| kind.prefix().eq_ignore_ascii_case(prefix))?;
                (Some(kind), tail)
            }
            None => (None, text),
        };
        if !(SHORTEST..=ULID_LENGTH).contains(&tail.len()) {
            return None;
        }
        let tail: Option<String> = tail
            .chars()
            .map(|character| match character.to_ascii_uppercase() {
                'O' => Some('0'),
                'I' | 'L' => Some('1'),
                'U' => None,
                upper if upper.is_ascii_alphanumeric() => Some(upper),
                _ => None,
            })
            .collect();
        Some(Self { kind, tail: tail? })
    }

    /// The record type, if the text named one.
    pub const fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// The ending, in the ULID's alphabet.
    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// Whether `id` is one that this pattern names.
    pub fn matches(&self, id: RecordId) -> bool {
        self.kind.is_none_or(|kind| kind == id.kind) && id.ulid.to_string().ends_with(&self.tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> RecordId {
        "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".parse().expect("a valid id")
    }

    #[test]
    fn path_is_a_function_of_the_id() {
        assert_eq!(id().path(), "incidents/9/Q/INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q.yaml");
        assert_eq!(RecordId::from_path(&id().path()), Some(id()));
        for folders in [
            "problems/9/Q",
            "incidents/Q/9",
            "incidents/9",
            "incidents",
            "incidents/9/Q/9",
            "incidents/9Q/",
            "a/incidents/9/Q",
        ] {
            let path = format!("{folders}/INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q.yaml");
            assert_eq!(RecordId::from_path(&path), None, "{path}");
        }
    }

    #[test]
    fn only_the_canonical_spelling_parses() {
        for text in [
            "inc-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
            "INC-01kam2v0t8q4zj6d3n0r7k3f9q",
            "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9",
            "XYZ-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
            "INC-../../../../etc/passwdxxxx",
            "",
        ] {
            assert!(text.parse::<RecordId>().is_err(), "{text}");
        }
    }

    #[test]
    fn endings_match_in_any_case_and_read_look_alikes() {
        for text in ["7K3F9Q", "inc-7k3f9q", "3f9q", "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", "or7k3f9q"] {
            assert!(IdPattern::parse(text).expect(text).matches(id()), "{text}");
        }
        assert!(!IdPattern::parse("PRB-7K3F9Q").expect("a pattern").matches(id()));
        for text in ["F9Q", "INC-F9Q", "web-01", "7K3F9Q!", "7k3u9q", "INC0000045x"] {
            assert!(IdPattern::parse(text).is_none_or(|pattern| !pattern.matches(id())), "{text}");
        }
    }

    #[test]
    fn short_form() {
        assert_eq!(id().short(), "INC-7K3F9Q");
        assert_eq!(id().shortened(8), "INC-0R7K3F9Q");
    }
}
