//! What the lines of a batch call the records that they make.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::app::nearest::nearest;
use crate::error::CommandError;
use crate::model::RecordId;

/// Names of new records, good for the lines that follow.
#[derive(Debug, Default)]
pub struct Names(RefCell<HashMap<String, Made>>);

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
enum Made {
    Record(RecordId),
    /// The line with this number should have made it and was refused.
    Refused(usize),
}

impl Names {
    /// Forgets everything, since the lines are carried out anew.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Notes that a line has made the record `id`.
    pub(super) fn made(&self, name: &str, id: RecordId) {
        self.0.borrow_mut().insert(name.to_owned(), Made::Record(id));
    }

    /// Whether a record may be called `name`.
    ///
    /// # Errors
    ///
    /// It is no plain name, or another record is called so.
    pub(super) fn free(&self, name: &str) -> Result<(), CommandError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if name.is_empty() || name.len() > 100 || !name.chars().all(plain) {
            return Err(CommandError::usage(format!("\"ref\": `{name}` is no name"))
                .hint("letters, digits and . _ - make one"));
        }
        match self.0.borrow().get(name) {
            Some(Made::Record(id)) => {
                Err(CommandError::usage(format!("`@{name}` is {} already", id.kind().one())))
            }
            Some(Made::Refused(_)) | None => Ok(()),
        }
    }

    /// Notes that a line should have made a record, unless another one has.
    pub(super) fn refused(&self, name: &str, line: usize) {
        self.0.borrow_mut().entry(name.to_owned()).or_insert(Made::Refused(line));
    }

    /// The record called `name`, without the `@`.
    ///
    /// # Errors
    ///
    /// No line before has given the name, or it was refused.
    pub(in crate::app) fn get(&self, name: &str) -> Result<RecordId, CommandError> {
        let names = self.0.borrow();
        match names.get(name) {
            Some(Made::Record(id)) => Ok(*id),
            Some(Made::Refused(line)) => Err(CommandError::not_found(format!(
                "`@{name}` was not made, since line {line} was refused"
            ))),
            None => {
                let error = CommandError::not_found(format!("no line before this one is `{name}`"));
                Err(match nearest(name, names.keys().map(String::as_str)) {
                    Some(near) => error.hint(format!("did you mean `@{near}`?")),
                    None => error.hint(format!(
                        "name a new record with \"ref\": \"{name}\", and then use \"@{name}\""
                    )),
                })
            }
        }
    }
}
