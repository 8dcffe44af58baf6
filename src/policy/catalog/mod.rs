//! The service catalogue: what can be asked for, what must be known, and how it
//! is carried out.

mod answer;
mod check;
mod condition;
mod example;
mod expand;
mod form;
mod offering;
mod template;
#[cfg(test)]
mod tests;

use indexmap::IndexMap;

pub use answer::{Lookup, WITHHELD};
pub use check::{Mistake, Place, check};
pub use condition::{BadCondition, Condition, Operator};
pub use example::{EXAMPLES, Example, example, example_approval};
pub use expand::{ExpandError, MAX_PARTS, Order, Question, Step};
pub use form::{Filled, Wrong, fill, next, plan, requested_for};
pub use offering::{Include, Offering, PlannedTask, Variable, VariableSet, VariableType};

use crate::model::OfferingName;

/// The offerings and variable sets of a desk.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub offerings: IndexMap<OfferingName, Offering>,
    pub sets: IndexMap<OfferingName, VariableSet>,
}

impl Catalog {
    /// The offering called `name`.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn offering(&self, name: &OfferingName) -> Result<&Offering, ExpandError> {
        let offering = self.offerings.get(name);
        offering.ok_or_else(|| ExpandError::NoOffering { name: name.clone() })
    }

    /// The questions of an offering, those of its variable sets first.
    fn form<'a>(
        &'a self,
        offering: &'a Offering,
    ) -> Result<impl Iterator<Item = &'a Variable>, ExpandError> {
        let mut sets = Vec::new();
        for name in &offering.sets {
            let set = self.sets.get(name);
            sets.push(set.ok_or_else(|| ExpandError::NoSet { name: name.clone() })?);
        }
        Ok(sets.into_iter().flat_map(|set| &set.form).chain(&offering.form))
    }
}
