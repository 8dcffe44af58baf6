//! Files that are clearly something else than text.

use crate::error::CommandError;

/// Refuses a file that begins like this, if it is clearly no text in UTF-8.
/// `name` is what it is called, `wanted` what it should be.
pub(super) fn undisguised(start: &[u8], name: &str, wanted: &str) -> Result<(), CommandError> {
    const UTF_16: &str = "UTF-16 text";
    const KNOWN: [(&[u8], &str, &str); 6] = [
        (b"\xfd7zXZ", "an xz archive", "xz -dc FILE"),
        (b"\x1f\x8b", "a gzip archive", "gzip -dc FILE"),
        (b"\x28\xb5\x2f\xfd", "a zstd archive", "zstd -dc FILE"),
        (b"PK\x03\x04", "a zip archive or spreadsheet", ""),
        (b"\xff\xfe", UTF_16, "iconv -f UTF-16 -t UTF-8 FILE"),
        (b"\xfe\xff", UTF_16, "iconv -f UTF-16 -t UTF-8 FILE"),
    ];
    let Some((_, what, way)) = KNOWN.iter().find(|(magic, ..)| start.starts_with(magic)) else {
        return Ok(());
    };
    let format = wanted.to_ascii_lowercase().replace(" lines", "l");
    let hint = match *way {
        "" => format!("unpack it first, or save it as {wanted}"),
        way => format!("`{way} | gitsm import {format} - ...`"),
    };
    Err(CommandError::invalid(format!("{name} is {what}, not {wanted}")).hint(hint))
}
