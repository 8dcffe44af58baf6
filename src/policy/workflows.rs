//! The state machines of one desk.

use std::cell::OnceCell;

use super::Workflow;
use crate::model::Kind;

const KINDS: usize = Kind::ALL.len();

/// One state machine per record type: the desk's own, or the built-in one,
/// which is read only when somebody asks for it. Most commands need one or none.
#[derive(Clone, Debug)]
pub struct Workflows {
    each: [OnceCell<Workflow>; KINDS],
    built_in: fn(Kind) -> Workflow,
}

impl Workflows {
    /// The state machines of a desk that has `own` for some types; `built_in`
    /// gives the rest.
    pub fn new(own: impl IntoIterator<Item = Workflow>, built_in: fn(Kind) -> Workflow) -> Self {
        let each: [OnceCell<Workflow>; KINDS] = std::array::from_fn(|_| OnceCell::new());
        for workflow in own {
            if let Some(cell) = each.get(position(workflow.kind)) {
                let _ = cell.set(workflow);
            }
        }
        Self { each, built_in }
    }

    /// The state machine of records of type `kind`.
    pub fn of(&self, kind: Kind) -> &Workflow {
        self.each[position(kind)].get_or_init(|| (self.built_in)(kind))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Workflow> {
        Kind::ALL.into_iter().map(|kind| self.of(kind))
    }
}

/// The place of `kind` in [`Kind::ALL`].
const fn position(kind: Kind) -> usize {
    kind as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_place() {
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(position(kind), at);
        }
    }
}
