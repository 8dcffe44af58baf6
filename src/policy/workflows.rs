//! The state machines of one desk.

use std::cell::OnceCell;

use super::Workflow;
use crate::model::{Kind, StateName};

const KINDS: usize = Kind::ALL.len();

/// One state machine per record type: the desk's own, or the built-in one,
/// which is read only when somebody asks for it. Most commands need one or none.
/// A domain may have others for its records.
#[derive(Clone, Debug)]
pub struct Workflows {
    each: [OnceCell<Workflow>; KINDS],
    /// Few, if any: hardly a desk has more than two domains.
    domains: Vec<(StateName, Workflow)>,
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
        Self { each, domains: Vec::new(), built_in }
    }

    /// The same, with state machines for the records of domains.
    #[must_use]
    pub fn with_domains(self, domains: Vec<(StateName, Workflow)>) -> Self {
        Self { domains, ..self }
    }

    /// The state machine of records of type `kind` in `domain`, if they are in
    /// one.
    pub fn in_domain(&self, kind: Kind, domain: Option<&StateName>) -> &Workflow {
        let own = domain.and_then(|domain| {
            let mut own = self.domains.iter().filter(|(of, _)| of == domain);
            own.find(|(_, workflow)| workflow.kind == kind)
        });
        own.map_or_else(|| self.of(kind), |(_, workflow)| workflow)
    }

    /// Those of domains, with their domain.
    pub fn of_domains(&self) -> impl Iterator<Item = (&StateName, &Workflow)> {
        self.domains.iter().map(|(domain, workflow)| (domain, workflow))
    }

    /// All that records of type `kind` may have, the general one first.
    pub fn for_kind(&self, kind: Kind) -> impl Iterator<Item = &Workflow> {
        let own = self.domains.iter().map(|(_, workflow)| workflow);
        std::iter::once(self.of(kind)).chain(own.filter(move |own| own.kind == kind))
    }

    /// The states that records of type `kind` may be in, those of domains too.
    pub fn states_of(&self, kind: Kind) -> Vec<&StateName> {
        self.for_kind(kind).flat_map(|workflow| workflow.states.keys()).collect()
    }

    /// The state machine of records of type `kind`.
    pub fn of(&self, kind: Kind) -> &Workflow {
        self.each[position(kind)].get_or_init(|| (self.built_in)(kind))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Workflow> {
        Kind::ALL.into_iter().flat_map(|kind| self.for_kind(kind))
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
