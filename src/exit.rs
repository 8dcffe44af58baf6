//! Exit codes. Scripts and hooks may rely on them.

/// Done.
pub const DONE: u8 = 0;
/// The answer to a question is no.
pub const NO: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// A record, person, file or desk was not found, or a name is ambiguous.
pub const NOT_FOUND: u8 = 3;
/// The desk's policy refuses the action.
pub const REFUSED: u8 = 4;
/// Somebody else changed the same thing at the same time.
pub const CONFLICT: u8 = 5;
/// Data in the desk, or data given to gitsm, is not valid.
pub const INVALID: u8 = 6;
/// Git or a remote failed, or the repository is of a kind gitsm cannot serve.
pub const GIT: u8 = 7;
/// The disk is full or read-only, or a permission is missing.
pub const CANNOT_WRITE: u8 = 8;
/// A defect in gitsm.
pub const INTERNAL: u8 = 70;

/// `change gate`: no, not as it stands.
pub const GATE_DENY: u8 = 10;
/// `change gate`: people have still to do something.
pub const GATE_PENDING: u8 = 11;
/// `change gate`: go, by an override that is recorded.
pub const GATE_OVERRIDE: u8 = 12;
/// `change gate`: it cannot be told, and nothing goes.
pub const GATE_UNKNOWN: u8 = 20;
