//! Which questions the smaller tables and indexes can answer by themselves.

use crate::model::StateCategory;
use crate::query::{Filter, RankField, Test, TextField, TextTest, TimeField};

/// Whether the table `totals` has all columns that the filter asks for.
pub(super) fn totals_suffice(filter: &Filter) -> bool {
    tests_are(filter, &|test| {
        matches!(
            test,
            Test::Any
                | Test::Kind(_)
                | Test::Status(_)
                | Test::State(_)
                | Test::Rank(RankField::Priority, _)
        )
    })
}

/// Whether the table `counts` has all columns that the filter asks for.
pub(super) fn counts_suffice(filter: &Filter) -> bool {
    tests_are(filter, &|test| {
        matches!(test, Test::Text(TextField::Assignee | TextField::Team, _))
            || totals_suffice(&Filter::Test(test.clone()))
    })
}

/// Whether the indexes of what is open, `rec_open` and `rec_held`, have all columns
/// that the filter asks for; the priority is there as the place in the queue.
pub(super) fn held_suffices(filter: &Filter) -> bool {
    match filter {
        Filter::Or(parts) if is_open(parts) => true,
        Filter::And(parts) | Filter::Or(parts) => parts.iter().all(held_suffices),
        Filter::Not(inner) => held_suffices(inner),
        Filter::Test(test) => {
            matches!(
                test,
                Test::Any
                    | Test::Kind(_)
                    | Test::Time(TimeField::Opened, _)
                    | Test::Rank(RankField::Priority, _)
            )
        }
    }
}

/// Whether the filter asks for one person's or team's records, of which there is an
/// index in the default order.
pub(super) fn is_queue(filter: &Filter) -> bool {
    let Filter::Test(Test::Text(field, TextTest::Is(_))) = filter else { return false };
    matches!(field, TextField::Assignee | TextField::Team)
}

fn tests_are(filter: &Filter, wanted: &dyn Fn(&Test) -> bool) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().all(|part| tests_are(part, wanted)),
        Filter::Not(inner) => tests_are(inner, wanted),
        Filter::Test(test) => wanted(test),
    }
}

/// Whether all matches must be open.
pub(super) fn asks_for_open(filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().any(asks_for_open),
        Filter::Or(parts) => is_open(parts),
        _ => false,
    }
}

/// Whether these alternatives together mean: open.
pub(super) fn is_open(parts: &[Filter]) -> bool {
    let state = |filter: &Filter| match filter {
        Filter::Test(Test::State(state)) => Some(*state),
        _ => None,
    };
    matches!(
        parts,
        [a, b] if state(a) == Some(StateCategory::Open) && state(b) == Some(StateCategory::Hold)
    )
}
