//! A quick reader for text in canonical form.
//!
//! The desk's files are nearly all just as gitsm wrote them, and reading all of
//! YAML takes twenty times as long as reading that one spelling. What is
//! spelled in any other way, and whatever is wrong, is left to the full parser,
//! which also finds the words for it: this one only ever says "not quick".
//!
//! It must never read anything differently. So it knows little: block maps and
//! lists at the canonical indentation, plain scalars that no reader takes for
//! something else, double quotes without escapes, and block literals without
//! white space at their ends. `tests/format.rs` compares the two readers.

use std::borrow::Cow;
use std::fmt;

use memchr::{memchr, memchr2_iter, memchr3};
use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// The text is not in canonical form, or does not fit its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotQuick;

impl fmt::Display for NotQuick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not in canonical form")
    }
}

impl std::error::Error for NotQuick {}

impl de::Error for NotQuick {
    fn custom<T: fmt::Display>(_: T) -> Self {
        NotQuick
    }
}

/// Reads a map from text that [`limits`](super::limits) let pass.
pub(super) fn read<'de, T: de::Deserialize<'de>>(text: &'de str) -> Result<T, NotQuick> {
    // Line breaks of other kinds, and white space that readers see differently.
    if memchr3(b'\r', b'\t', ODD_MARK, text.as_bytes()).is_some()
        && text.contains(['\r', '\t', '\u{FEFF}', '\u{FFFE}', '\u{FFFF}'])
    {
        return Err(NotQuick);
    }
    let mut reader = Reader { rest: text };
    let value = T::deserialize(Root(&mut reader))?;
    if reader.rest.is_empty() { Ok(value) } else { Err(NotQuick) }
}

/// What byte order marks and noncharacters begin with, which parsers treat in
/// ways of their own.
const ODD_MARK: u8 = 0xEF;

/// What most block literals have room in, in bytes.
const USUAL_LENGTH: usize = 256;

/// What is left to read.
struct Reader<'de> {
    rest: &'de str,
}

impl<'de> Reader<'de> {
    /// Takes the line up to its end, which must be there.
    fn line(&mut self) -> Result<&'de str, NotQuick> {
        let end = memchr(b'\n', self.rest.as_bytes()).ok_or(NotQuick)?;
        let (line, rest) = self.rest.split_at(end);
        self.rest = &rest[1..];
        Ok(line)
    }

    /// Takes `start` if the text begins with it.
    fn take(&mut self, start: &str) -> bool {
        match self.rest.strip_prefix(start) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// How far the next line is indented.
    fn indent(&self) -> usize {
        self.rest.bytes().take_while(|byte| *byte == b' ').count()
    }

    /// A scalar at the end of a line, or a block literal below a line whose map
    /// is indented by `indent`.
    fn scalar(&mut self, indent: usize) -> Result<Cow<'de, str>, NotQuick> {
        let line = self.line()?;
        match line.as_bytes().first() {
            Some(b'"') => {
                let text = line.get(1..).and_then(|rest| rest.strip_suffix('"'));
                let text = text.filter(|text| !text.contains(['"', '\\']));
                text.map(Cow::Borrowed).ok_or(NotQuick)
            }
            Some(b'|') => match line {
                "|" => self.literal(indent + 2, true),
                "|-" => self.literal(indent + 2, false),
                _ => Err(NotQuick),
            },
            _ if is_plain(line) => Ok(Cow::Borrowed(line)),
            _ => Err(NotQuick),
        }
    }

    /// The lines of a block literal, with or without the break after the last.
    fn literal(&mut self, indent: usize, ends: bool) -> Result<Cow<'de, str>, NotQuick> {
        let mut text = String::with_capacity(self.rest.len().min(USUAL_LENGTH));
        loop {
            if self.indent() >= indent {
                let line = self.line()?.get(indent..).ok_or(NotQuick)?;
                // The first line says where the text begins; white space at the
                // ends is written in other ways.
                if line.is_empty()
                    || line.ends_with(' ')
                    || (text.is_empty() && line.starts_with(' '))
                {
                    return Err(NotQuick);
                }
                text.push_str(line);
                text.push('\n');
            } else if self.rest.starts_with('\n') && !text.is_empty() {
                self.line()?;
                text.push('\n');
            } else {
                break;
            }
        }
        if text.is_empty() || text.ends_with("\n\n") {
            return Err(NotQuick);
        }
        if !ends {
            text.pop();
        }
        Ok(Cow::Owned(text))
    }
}

/// Whether every YAML reader takes `text` for itself, as a plain scalar in a
/// block map.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(|byte| !matches!(byte, b' ' | b':'))
        && memchr2_iter(b':', b'#', bytes).all(|at| match bytes[at] {
            b':' => bytes.get(at + 1) != Some(&b' '),
            _ => at == 0 || bytes[at - 1] != b' ',
        })
        && !is_special(text)
}

/// Whether some reader takes the word for something else than text.
fn is_special(word: &str) -> bool {
    const SPECIAL: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    word.len() <= 5 && SPECIAL.iter().any(|special| word.eq_ignore_ascii_case(special))
}

/// How long the key is that `text` begins with, up to the colon behind it.
fn key_length(text: &str) -> Option<usize> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let length = text.bytes().position(|byte| !is_part(&byte))?;
    let (key, rest) = text.split_at(length);
    let is_key = key.starts_with(|first: char| first.is_ascii_alphabetic())
        && rest.starts_with(':')
        && !is_special(key);
    is_key.then_some(length)
}

/// Answers every question about a type with the same method.
macro_rules! not_quick {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NotQuick> {
            Err(NotQuick)
        }
    )*};
}

/// The whole text, which is a map.
struct Root<'r, 'de>(&'r mut Reader<'de>);

impl<'de> Deserializer<'de> for Root<'_, 'de> {
    type Error = NotQuick;

    not_quick!(deserialize_any);

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        visitor.visit_map(Map { reader: self.0, indent: 0, first: false })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotQuick> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct enum identifier ignored_any
    }
}

/// The entries of a block map.
struct Map<'r, 'de> {
    reader: &'r mut Reader<'de>,
    indent: usize,
    /// Whether the first key stands behind the dash of a list.
    first: bool,
}

impl<'de> de::MapAccess<'de> for Map<'_, 'de> {
    type Error = NotQuick;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, NotQuick> {
        if !std::mem::take(&mut self.first) {
            let indent = self.reader.indent();
            if self.reader.rest.is_empty() || indent < self.indent {
                return Ok(None);
            }
            let line = self.reader.rest.get(self.indent..).ok_or(NotQuick)?;
            if indent > self.indent || line.starts_with('-') {
                return Err(NotQuick);
            }
            self.reader.rest = line;
        }
        let length = key_length(self.reader.rest).ok_or(NotQuick)?;
        let (key, rest) = self.reader.rest.split_at(length);
        self.reader.rest = &rest[1..];
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NotQuick> {
        let value = Value { reader: &mut *self.reader, indent: self.indent, in_list: false };
        seed.deserialize(value)
    }
}

/// The items of a block list, whose dashes are indented by `indent`.
struct List<'r, 'de> {
    reader: &'r mut Reader<'de>,
    indent: usize,
}

impl<'de> de::SeqAccess<'de> for List<'_, 'de> {
    type Error = NotQuick;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NotQuick> {
        if self.reader.indent() != self.indent {
            return Ok(None);
        }
        let line = self.reader.rest.get(self.indent..).ok_or(NotQuick)?;
        let Some(rest) = line.strip_prefix("- ") else { return Ok(None) };
        self.reader.rest = rest;
        let value = Value { reader: &mut *self.reader, indent: self.indent, in_list: true };
        seed.deserialize(value).map(Some)
    }
}

/// What stands after the colon of a key, or after the dash of a list.
struct Value<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// How far the map or list around is indented.
    indent: usize,
    in_list: bool,
}

impl<'de> Value<'_, 'de> {
    fn scalar(self) -> Result<Cow<'de, str>, NotQuick> {
        if !self.in_list && !self.reader.take(" ") {
            return Err(NotQuick);
        }
        if self.in_list && self.reader.rest.starts_with('|') {
            return Err(NotQuick);
        }
        self.reader.scalar(self.indent)
    }

    fn number<T: std::str::FromStr>(self) -> Result<T, NotQuick> {
        // In quotes it would be text.
        let quoted = self.reader.rest.trim_start_matches(' ').starts_with('"');
        let text = self.scalar()?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit())
            && (text.len() == 1 || !text.starts_with('0'));
        if is_number && !quoted { text.parse().map_err(|_| NotQuick) } else { Err(NotQuick) }
    }
}

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = NotQuick;

    not_quick! {
        deserialize_any deserialize_i8 deserialize_i16 deserialize_i32
        deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_char deserialize_bytes deserialize_byte_buf
        deserialize_unit deserialize_ignored_any
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        match self.scalar()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        if self.in_list {
            return Err(NotQuick);
        }
        match self.reader.line()? {
            " true" => visitor.visit_bool(true),
            " false" => visitor.visit_bool(false),
            _ => Err(NotQuick),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        visitor.visit_u32(self.number()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, NotQuick> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotQuick> {
        let name: CowStrDeserializer<'de, NotQuick> = self.scalar()?.into_deserializer();
        visitor.visit_enum(name)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        if self.in_list || !self.reader.take("\n") {
            return Err(NotQuick);
        }
        visitor.visit_seq(List { reader: self.reader, indent: self.indent })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotQuick> {
        let indent = self.indent + 2;
        let begins = self.in_list || (self.reader.take("\n") && self.reader.indent() == indent);
        if !begins {
            return Err(NotQuick);
        }
        visitor.visit_map(Map { reader: self.reader, indent, first: self.in_list })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotQuick> {
        self.deserialize_map(visitor)
    }

    forward_to_deserialize_any! { unit_struct tuple tuple_struct }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::{limits, read, write_record};
    use crate::model::{Change, Ci, Incident, Kind, Problem, Request};

    const RECORDS: [(Kind, &str); 5] = [
        (Kind::Incident, include_str!("../../examples/records/incident.yaml")),
        (Kind::Request, include_str!("../../examples/records/request.yaml")),
        (Kind::Problem, include_str!("../../examples/records/problem.yaml")),
        (Kind::Change, include_str!("../../examples/records/change.yaml")),
        (Kind::Ci, include_str!("../../examples/records/ci.yaml")),
    ];

    /// Nothing where it is not quick, else whether both readers agree.
    fn agrees(kind: Kind, text: &str) -> Option<bool> {
        fn both<T: de::DeserializeOwned + PartialEq>(text: &str) -> Option<bool> {
            let quick: T = super::read(text).ok()?;
            Some(serde_yaml::from_str::<T>(text).is_ok_and(|full| full == quick))
        }
        let text = limits::check(text.as_bytes()).ok()?;
        match kind {
            Kind::Incident => both::<Incident>(text),
            Kind::Request => both::<Request>(text),
            Kind::Problem => both::<Problem>(text),
            Kind::Change => both::<Change>(text),
            Kind::Ci => both::<Ci>(text),
        }
    }

    #[test]
    fn what_gitsm_writes_is_quick() {
        for (kind, text) in RECORDS {
            let record = read::read_record_any(kind, text.as_bytes()).expect("an example");
            let written = write_record(&record).expect("canonical text");
            assert_eq!(agrees(kind, &written), Some(true), "{kind}");
        }
    }

    /// What YAML gives a meaning of its own, or gave one of the readers trouble.
    const ODD: &[&str] = &[
        "",
        " ",
        "  ",
        "\n",
        "\n\n",
        "- ",
        "-",
        ": ",
        ":",
        " #",
        "#",
        "\"",
        "'",
        "|",
        "|-",
        "|+",
        "|2",
        ">",
        "null",
        "~",
        "true",
        "no",
        "1.10",
        "0x1F",
        "017",
        "1e3",
        "22:30",
        "2026-01-01",
        "&a ",
        "*a",
        "!!str ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\\",
        "\u{FEFF}",
        "\u{85}",
        "é",
        "東",
        "\t",
        "\r",
        "%",
        "@",
        "`",
        "---",
        "...",
        "<<: ",
        "a",
        "  a: b\n",
        "- a\n",
        "  - a\n",
        "custom:\n  a: b\n",
        "tags:\n- a\n- b\n",
        "tags:\n",
        "tags: a\n",
        "tags: []\n",
        "description: |\n  a\n\n  b\n",
        "description: |-\n  a\n",
        "description: |\n   a\n",
        "description: |\n\n  a\n",
        "\"\n",
        "a b: c",
        "size: 1\n",
        "reopen_count: 1\n",
        "reopen_count: \"1\"\n",
        "reopen_count: 01\n",
        "\n# a\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 4000,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// However a record is changed by hand, what is read quickly is what
        /// the full parser reads.
        #[test]
        fn it_reads_nothing_differently(
            which in 0..RECORDS.len(),
            edits in prop::collection::vec(
                (any::<prop::sample::Index>(), 0_usize..40, prop::sample::select(ODD)),
                1..4,
            ),
        ) {
            let (kind, text) = RECORDS[which];
            let mut text = text.to_owned();
            for (place, gone, odd) in edits {
                // At the seams of lines and words more often than elsewhere.
                let seams: Vec<usize> = text
                    .char_indices()
                    .filter(|(at, c)| gone % 4 == 0 || *at == 0 || c.is_whitespace())
                    .map(|(at, c)| if gone % 2 == 0 { at } else { at + c.len_utf8() })
                    .collect();
                let at = *place.get(&seams);
                let mut end = (at + gone / 4).min(text.len());
                while !text.is_char_boundary(end) {
                    end += 1;
                }
                text.replace_range(at..end, odd);
                if text.is_empty() {
                    text.push('a');
                }
            }
            prop_assert_ne!(agrees(kind, &text), Some(false), "{}", text);
        }
    }

    /// Settings have types of their own, which are read from the same text.
    #[test]
    fn settings_read_alike() {
        let text = "format: 1\nid: 01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\nname: Ours\ntrunk: main\n\
                    time_zone: UTC\nprofile: itsm\npractices:\n- incident\n- change\n\
                    custom_fields:\n  floor:\n    type: choice\n    choices:\n    - \"1\"\n    - \"2\"\n";
        let mut read = 0;
        let lines: Vec<&str> = text.lines().collect();
        for left_out in 0..=lines.len() {
            let rest = lines.iter().enumerate().filter(|(at, _)| *at != left_out);
            let text: String = rest.map(|(_, line)| format!("{line}\n")).collect();
            let full = serde_yaml::from_str::<crate::model::DeskSettings>(&text);
            if let Ok(quick) = super::read::<crate::model::DeskSettings>(&text) {
                assert_eq!(full.expect("settings"), quick, "{text}");
                read += 1;
            }
        }
        assert!(read > 0);
    }

    #[test]
    fn what_it_does_not_know_is_left_to_others() {
        let text = RECORDS[0].1;
        for (from, to) in [
            ("impact: high", "impact: 'high'"),
            ("impact: high", "impact: high # really"),
            ("impact: high", "impact:  high"),
            ("impact: high", "impact: high\nimpact: high"),
            ("impact: high", "impact: hgih"),
            ("impact: high", "impakt: high"),
            ("escalation: 1", "escalation: \"1\""),
            ("escalation: 1", "escalation: 01"),
            ("service: crm", "service: \"no\\n\""),
            ("service: crm", "service: crm: a"),
            ("service: crm", "service: null"),
            ("tags:\n- crash\n", "tags: [crash]\n"),
            ("tags:\n- crash\n", "tags:\n  - crash\n"),
            ("description: |\n", "description: |\n\n"),
            ("description: |\n", "description: >\n"),
            ("\n", "\r\n"),
        ] {
            assert!(text.contains(from), "{from}");
            assert_eq!(agrees(Kind::Incident, &text.replacen(from, to, 1)), None, "{to:?}");
        }
        assert_eq!(agrees(Kind::Incident, text.trim_end()), None);
    }
}
