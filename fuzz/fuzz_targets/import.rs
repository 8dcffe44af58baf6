//! Any bytes as a source and its mapping: an import answers with records or
//! with an error, and each record it makes can be written and read back.
//!
//! The first line of the input is `-` if a mapping follows, up to a line
//! `===`; or the number of one of the ready mappings. The rest is the source.

#![no_main]

use gitsm::app::import::{Dry, Format, dry};
use gitsm::format::{read_record, write_record};
use libfuzzer_sys::fuzz_target;

const READY: [&[u8]; 3] = [
    include_bytes!("../../examples/import/simple.yaml"),
    include_bytes!("../../examples/import/servicenow-uci.yaml"),
    include_bytes!("../seeds/mapping.yaml"),
];

/// The mapping and the source.
fn parts(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = input.split_at_checked(2)?;
    match first {
        [b'-', b'\n'] => {
            let mark = b"\n===\n";
            let at = rest.windows(mark.len()).position(|window| window == mark)?;
            Some((rest.get(..at + 1)?, rest.get(at + mark.len()..)?))
        }
        [number, b'\n'] => {
            let ready = READY.get(usize::from(number.checked_sub(b'0')?))?;
            Some((ready, rest))
        }
        _ => None,
    }
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
    let Some((mapping, source)) = parts(input) else { return };
    match dry(Format::Csv, source, mapping) {
        Ok(found) => sound(&found),
        Err(error) => assert!(!error.message.is_empty()),
    }
});
