//! The gate: may this go to this environment now?
//!
//! [`decide`] answers from [`Facts`] alone, so that the same facts give the same
//! answer whenever somebody asks again. It follows the change controls of ITGC
//! audits (C1 to C13): approved before it is carried out, as it reads now, by
//! people who may and who did not make it themselves, within its window, what
//! was approved and nothing else. A fact that is missing never opens the gate,
//! and there is one way only to the answer "allow": with [`Authorised`], which
//! cannot be made but from votes that count or from a standing change model, each
//! of which the history says was given by whoever it is of.

mod answer;
mod ask;
mod facts;
mod proof;
mod rules;
#[cfg(test)]
mod tests;
mod witness;

pub use answer::{Answer, Bypass, Heals, Reason, Rule, Verdict};
pub use ask::Ask;
pub use facts::{Facts, Hindrance, Standing};
pub use proof::{Authorised, How};
pub use witness::{Testimony, Witness};

use crate::model::Record;
use answer::Findings;

/// How far the desk's last commit may lie ahead of the clock before the clock
/// is not to be trusted, in seconds.
pub const SKEW: i64 = 300;

/// May it go there now?
pub fn decide(facts: &Facts<'_>) -> Answer {
    let mut found = Findings::default();
    rules::clock(facts, &mut found);
    let Some(record) = facts.record else {
        rules::nothing(facts, &mut found);
        return Answer::refuse(found);
    };
    let Record::Change(change) = record else {
        rules::no_change(record, &mut found);
        return Answer::refuse(found);
    };
    rules::asked(facts.ask, change, &mut found);
    rules::state(facts.policy, record, &mut found);
    let proof = proof::authorised(facts, change, &mut found);
    found.tell_once(Rule::Approval);
    rules::window(facts, change, &mut found);
    rules::freezes(facts, change, &mut found);
    rules::conflicts(facts, &mut found);
    rules::accepted(facts, &mut found);
    rules::staged(facts, change, &mut found);
    rules::tested(facts, change, &mut found);
    rules::told(facts, change, &mut found);
    let by = rules::overridden(facts, change, &mut found);
    if let Some(by) = by.filter(|_| !found.reasons.is_empty())
        && answer::can_be_overridden(&found.reasons)
    {
        return Answer::overridden(by, found);
    }
    match proof {
        Some(proof) if found.reasons.is_empty() => Answer::allow(proof, found),
        Some(_) => Answer::refuse(found),
        None => {
            if found.reasons.is_empty() {
                found.unknown(Rule::Approval, "nothing says whether it is approved", None);
            }
            Answer::refuse(found)
        }
    }
}
