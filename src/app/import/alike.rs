//! Names of which the same id was made, though they are written otherwise.

use std::cell::RefCell;
use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::model::FieldKind;

/// The names of people and of teams, by the ids that were made of them.
#[derive(Debug, Default)]
pub(super) struct Alike {
    people: RefCell<HashMap<String, Names>>,
    teams: RefCell<HashMap<String, Names>>,
}

#[derive(Debug)]
struct Names {
    first: String,
    /// Other names that have to do with another person, by the looks of them.
    others: Vec<String>,
}

impl Alike {
    /// Takes note that `id` was made of `name`.
    pub(super) fn note(&self, kind: FieldKind, id: &str, name: &str) {
        let mut names = match kind {
            FieldKind::Team => self.teams.borrow_mut(),
            _ => self.people.borrow_mut(),
        };
        let Some(known) = names.get_mut(id) else {
            names.insert(id.to_owned(), Names { first: name.to_owned(), others: Vec::new() });
            return;
        };
        // Blanks and case aside, only letters that ids cannot hold make the
        // same of two names.
        let same = known.first == name || (known.first.is_ascii() && name.is_ascii());
        if !same
            && letters(&known.first) != letters(name)
            && !known.others.iter().any(|n| n == name)
        {
            known.others.push(name.to_owned());
        }
    }

    /// What is to be told of it, one sentence each.
    pub(super) fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for (what, names) in [("person", &self.people), ("team", &self.teams)] {
            for (id, Names { first, others }) in names.borrow().iter() {
                if !others.is_empty() {
                    let others = others.join("` and `");
                    told.push(format!("`{first}` and `{others}` are all the {what} `{id}`"));
                }
            }
        }
        told.sort();
        told
    }
}

fn letters(name: &str) -> String {
    name.nfc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_letters_are_told() {
        let alike = Alike::default();
        for name in ["Dana Reyes", "dana reyes", "Dana  Reyes", "DANA-REYES"] {
            alike.note(FieldKind::Person, "dana-reyes", name);
        }
        alike.note(FieldKind::Person, "lukasz", "Łukasz");
        alike.note(FieldKind::Person, "lukasz", "łukasz");
        alike.note(FieldKind::Team, "dana-reyes", "Dåna Reyes");
        assert_eq!(alike.told(), Vec::<String>::new());
        alike.note(FieldKind::Person, "dana-reyes", "Dåna Reyes");
        alike.note(FieldKind::Person, "dana-reyes", "Dåna Reyes");
        alike.note(FieldKind::Person, "li-ming", "李明");
        alike.note(FieldKind::Person, "li-ming", "黎明");
        assert_eq!(
            alike.told(),
            [
                "`Dana Reyes` and `Dåna Reyes` are all the person `dana-reyes`",
                "`李明` and `黎明` are all the person `li-ming`",
            ]
        );
    }
}
