//! The one error type at the edge: what happened, and what to type next.

use std::fmt;

use crate::exit;

/// Which sort of failure a command met; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    Usage,
    NotFound,
    Refused,
    Conflict,
    Invalid,
    Git,
    CannotWrite,
    Internal,
}

impl ErrorKind {
    /// The documented exit code; see [`exit`].
    pub const fn exit_code(self) -> u8 {
        match self {
            ErrorKind::Usage => exit::USAGE,
            ErrorKind::NotFound => exit::NOT_FOUND,
            ErrorKind::Refused => exit::REFUSED,
            ErrorKind::Conflict => exit::CONFLICT,
            ErrorKind::Invalid => exit::INVALID,
            ErrorKind::Git => exit::GIT,
            ErrorKind::CannotWrite => exit::CANNOT_WRITE,
            ErrorKind::Internal => exit::INTERNAL,
        }
    }
}

/// A failed command.
#[derive(Debug)]
pub struct CommandError {
    /// Decides the exit code.
    pub kind: ErrorKind,
    /// What happened, to which record, file or line; no full stop at the end.
    pub message: String,
    /// What to do next, one sentence each.
    pub hints: Vec<String>,
}

impl CommandError {
    /// A failure of the given kind.
    pub fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string(), hints: Vec::new() }
    }

    /// A wrong command line.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Something named was not found, or the name is ambiguous.
    pub fn not_found(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// The policy said no.
    pub fn refused(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Refused, message)
    }

    /// Data is not valid.
    pub fn invalid(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CommandError {}
