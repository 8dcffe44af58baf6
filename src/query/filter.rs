//! A checked query: names resolved, dates fixed, values typed.

use super::{
    CountField, LengthField, Number, OwnField, RankField, SlaTest, TextField, TextPart, TimeField,
};
use crate::model::{Kind, Link, RecordId, Relation, StateCategory, StateName, Timestamp};

/// What to select, in which order, and how much of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// What records must satisfy; `None` takes all.
    pub filter: Option<Filter>,
    /// The wanted order, the most important key first. Empty stands for the
    /// default: priority, then the oldest first; configuration items by name.
    pub sort: Vec<Order>,
    /// How many records at most.
    pub limit: Option<usize>,
    /// What may be a mistake, though it can be answered; one sentence each.
    pub warnings: Vec<String>,
}

/// One key to sort by. Records without a value come last either way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub field: SortField,
    pub descending: bool,
}

/// What a list can be sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortField {
    Id,
    Kind,
    Title,
    /// By what the status means, then by its name.
    Status,
    Rank(RankField),
    Text(TextField),
    Time(TimeField),
    Count(CountField),
    Length(LengthField),
    Own(OwnField),
    /// By when the first open commitment is due.
    Due,
}

/// What records must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Test(Test),
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Always true.
    Any,
    Kind(Kind),
    Status(StateName),
    State(StateCategory),
    Id(RecordId),
    /// Concerns the configuration item, or none at all.
    Ci(Option<RecordId>),
    Rank(RankField, RankTest),
    Text(TextField, TextTest),
    Time(TimeField, TimeTest),
    /// The count lies between these; both ends belong to it.
    Count(CountField, u32, u32),
    Length(LengthField, LengthTest),
    /// The value lies between these, and what has none does not.
    Own(OwnField, Bounds),
    Link(LinkTest),
    Sla(SlaTest),
    /// When the first open commitment is due.
    Due(TimeTest),
    /// A problem whose cause is known.
    KnownError,
    /// There is such a text.
    Has(TextPart),
    /// The text holds these words next to each other.
    Phrase(Phrase),
}

/// A condition on a field with a fixed list of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankTest {
    /// Has no value.
    None,
    /// Lies between these ranks; both ends belong to it.
    Between(u8, u8),
}

/// A condition on a text. Upper and lower case are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// Has no value.
    None,
    Is(String),
    StartsWith(String),
}

/// A condition on a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeTest {
    /// Has no value.
    None,
    /// At or after `from`, and before `before`, where they are given.
    Within { from: Option<Timestamp>, before: Option<Timestamp> },
}

impl TimeTest {
    /// Whether it holds for this time, or for none.
    pub fn holds(&self, at: Option<Timestamp>) -> bool {
        match self {
            TimeTest::None => at.is_none(),
            TimeTest::Within { from, before } => at.is_some_and(|at| {
                from.is_none_or(|from| from <= at) && before.is_none_or(|before| at < before)
            }),
        }
    }
}

/// A condition on a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthTest {
    /// Has no value.
    None,
    /// Lies between these numbers of seconds; both ends belong to it.
    Between(i64, i64),
}

/// A span of numbers that may be open at either end. The flags say whether the
/// ends belong to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    pub from: Option<(Number, bool)>,
    pub to: Option<(Number, bool)>,
}

impl Bounds {
    /// Whether `number` lies within.
    pub fn hold(&self, number: Number) -> bool {
        self.from.is_none_or(|(from, also)| from < number || (also && from == number))
            && self.to.is_none_or(|(to, also)| number < to || (also && number == to))
    }
}

/// A condition on the relations of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkTest {
    /// Only this relation.
    pub relation: Option<Relation>,
    pub way: Way,
    /// Only with this record.
    pub other: Option<RecordId>,
}

/// Which end of a relation a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The one in which it is kept.
    From,
    /// The one it leads to.
    To,
    Either,
}

impl LinkTest {
    /// Whether `link`, seen from the end that `way` names, is as wanted.
    pub fn wants(&self, way: Way, link: &Link) -> bool {
        (self.way == Way::Either || self.way == way)
            && self.relation.is_none_or(|relation| relation == link.rel)
            && self.other.is_none_or(|other| other == link.to)
    }
}

/// Words that stand next to each other, as [`tokens`](super::tokens) makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// At least one.
    pub tokens: Vec<String>,
    /// Whether the last one may be only the beginning of a word.
    pub prefix: bool,
    /// Only in this text.
    pub part: Option<TextPart>,
}

impl Filter {
    /// Whether it asks for something about commitments.
    pub fn asks_for_commitments(&self) -> bool {
        match self {
            Filter::And(parts) | Filter::Or(parts) => {
                parts.iter().any(Filter::asks_for_commitments)
            }
            Filter::Not(inner) => inner.asks_for_commitments(),
            Filter::Test(test) => matches!(test, Test::Sla(_) | Test::Due(_)),
        }
    }
}

impl Filter {
    /// Whether it lets nothing pass but records that are open or on hold; where
    /// that is not plain to see, it says no.
    pub fn wants_open(&self) -> bool {
        match self {
            Filter::And(parts) => parts.iter().any(Filter::wants_open),
            Filter::Or(parts) => !parts.is_empty() && parts.iter().all(Filter::wants_open),
            Filter::Test(Test::State(state)) => state.is_open(),
            Filter::Not(_) | Filter::Test(_) => false,
        }
    }
}

impl Selection {
    /// Whether nothing but records that are open or on hold is wanted.
    pub fn wants_open(&self) -> bool {
        self.filter.as_ref().is_some_and(Filter::wants_open)
    }

    /// Whether filter or order ask for something about commitments.
    pub fn asks_for_commitments(&self) -> bool {
        self.filter.as_ref().is_some_and(Filter::asks_for_commitments)
            || self.sort.iter().any(|order| order.field == SortField::Due)
    }

    /// The phrases that matching records hold, for ranking and excerpts; those
    /// under a negation are left out.
    pub fn phrases(&self) -> Vec<&Phrase> {
        fn collect<'a>(filter: &'a Filter, found: &mut Vec<&'a Phrase>) {
            match filter {
                Filter::And(parts) | Filter::Or(parts) => {
                    parts.iter().for_each(|part| collect(part, found));
                }
                Filter::Test(Test::Phrase(phrase)) => found.push(phrase),
                Filter::Not(_) | Filter::Test(_) => {}
            }
        }
        let mut found = Vec::new();
        if let Some(filter) = &self.filter {
            collect(filter, &mut found);
        }
        found
    }
}
