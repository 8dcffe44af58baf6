//! Text to records and settings, and back.
//!
//! Bytes in, `String` out: no files, no git. This is the only module that
//! knows YAML. Reading and writing use two libraries on purpose: `yaml_serde`
//! reads scalars as the types ask (`no` and `1.10` stay text), `serde_saphyr`
//! writes scalars that YAML 1.1 tools read as the same text. A file that is
//! just as gitsm wrote it is read by a small reader of our own, twenty times as
//! quick, that leaves everything else to the library.
//!
//! # Canonical form
//!
//! A record has one spelling: [`write_record`] of the record that
//! [`read_record`] gives. Keys stand in the order of the struct, list items at
//! the indentation of their key, text of several lines as a block literal, and
//! nothing is folded. A string stands in double quotes where another reader
//! could take it for something else: `"no"`, `"22:30"`, `"1.10"`, `"~"`.
//!
//! Timestamps are such strings, and so are always quoted:
//! `opened_at: "2026-11-22T09:12:04Z"`. Left plain, YAML 1.1 tools would make
//! date objects of them, which the JSON Schemas (`type: string`) refuse. Plain
//! ones are read as well.
//!
//! # Limits
//!
//! Before anything is parsed, [`limits`] refuses what no record needs and an
//! attacker may want: size, depth, anchors, aliases, tags, merge keys, several
//! documents.

mod canonical;
mod error;
pub mod limits;
mod place;
mod quick;
mod read;
mod scan;
mod schema;
mod value;
mod words;
mod write;

pub use canonical::{NotCanonical, comment_line, has_comments, is_canonical};
pub use error::{FormatError, FormatErrorKind};
pub use place::line_at;
pub use read::{read_built_in, read_record, read_record_any, read_settings};
pub use schema::{schema_of, schemas};
pub use value::read_value;
pub use write::{write_data, write_record, write_settings};
