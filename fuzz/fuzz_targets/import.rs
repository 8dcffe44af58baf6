//! Any bytes as a source and its mapping: an import answers with records or
//! with an error, and each record it makes can be written and read back.
//!
//! The first line of the input is `-` if a mapping follows, up to a line
//! `===`; or the number of one of the ready mappings. A `j` or `l` after that
//! says that the rest, the source, is JSON or JSON lines; else it is CSV.

#![no_main]

use gitsm::app::import::{Dry, Format, dry};
use gitsm::format::{read_record, write_record};
use libfuzzer_sys::fuzz_target;

const READY: [&[u8]; 6] = [
    include_bytes!("../../examples/import/simple.yaml"),
    include_bytes!("../../examples/import/servicenow-uci.yaml"),
    include_bytes!("../seeds/mapping.yaml"),
    include_bytes!("../../examples/import/github.yaml"),
    include_bytes!("../../examples/import/jira.yaml"),
    include_bytes!("../../examples/import/servicenow.yaml"),
];

/// The source's format, the mapping and the source.
fn parts(input: &[u8]) -> Option<(Format, &[u8], &[u8])> {
    let end = input.iter().take(3).position(|byte| *byte == b'\n')?;
    let (first, rest) = (input.get(..end)?, input.get(end + 1..)?);
    let (mapping, format) = match first {
        [mapping] => (mapping, Format::Csv),
        [mapping, b'j'] => (mapping, Format::Json),
        [mapping, b'l'] => (mapping, Format::Jsonl),
        _ => return None,
    };
    if *mapping == b'-' {
        let mark = b"\n===\n";
        let at = rest.windows(mark.len()).position(|window| window == mark)?;
        return Some((format, rest.get(..at + 1)?, rest.get(at + mark.len()..)?));
    }
    let ready = READY.get(usize::from(mapping.checked_sub(b'0')?))?;
    Some((format, ready, rest))
}

fn sound(found: &Dry) {
    assert!(found.records.len() <= found.rows);
    for row in &found.rejected {
        assert!(row.line > 0 && !row.reason.is_empty(), "{row:?}");
    }
    for record in &found.records {
        assert!(record.external_id().is_some_and(|id| !id.is_empty()), "{record:?}");
        let text = match write_record(record) {
            Ok(text) => text,
            Err(error) => panic!("{error}: {record:?}"),
        };
        let again = read_record(record.id(), text.as_bytes());
        assert_eq!(again.as_ref().ok(), Some(record), "{text}: {again:?}");
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((format, mapping, source)) = parts(input) else { return };
    match dry(format, source, mapping) {
        Ok(found) => sound(&found),
        Err(error) => assert!(!error.message.is_empty()),
    }
});
