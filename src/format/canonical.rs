//! Whether a text is the canonical spelling, and whether it has comments.

use super::{scan, write_record};
use crate::model::Record;

/// The text says the same as the canonical one, in another spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: not in canonical form")]
pub struct NotCanonical {
    /// The first line that differs, from 1.
    pub line: usize,
}

/// Whether `bytes` are exactly what [`write_record`] gives for `record`, which
/// was read from them.
pub fn is_canonical(bytes: &[u8], record: &Record) -> Result<(), NotCanonical> {
    let Ok(canonical) = write_record(record) else {
        return Err(NotCanonical { line: 1 });
    };
    if canonical.as_bytes() == bytes {
        return Ok(());
    }
    let same = canonical
        .as_bytes()
        .split_inclusive(|byte| *byte == b'\n')
        .zip(bytes.split_inclusive(|byte| *byte == b'\n'))
        .take_while(|(wanted, given)| wanted == given)
        .count();
    Err(NotCanonical { line: same + 1 })
}

/// Whether the YAML text has comments, which writing it again would drop.
pub fn has_comments(bytes: &[u8]) -> bool {
    comment_line(bytes).is_some()
}

/// The line of the first comment, from 1.
pub fn comment_line(bytes: &[u8]) -> Option<usize> {
    if !bytes.contains(&b'#') {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    scan::first_comment(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}
