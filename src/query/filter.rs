//! A checked query: names resolved, dates fixed, values typed.

use crate::model::{Kind, RecordId, StateCategory, StateName, Timestamp};

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
    /// The text holds these words next to each other.
    Phrase(Phrase),
}

/// Fields with a fixed order: 1 is the most pressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankField {
    Priority,
    Impact,
    Urgency,
}

/// A condition on a field with a fixed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankTest {
    /// Has no value.
    None,
    /// Lies between these ranks; both ends belong to it.
    Between(u8, u8),
}

/// Fields that hold text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextField {
    Assignee,
    Requester,
    Team,
    Service,
    Category,
    Channel,
    Domain,
    External,
    /// Any of the tags.
    Tag,
    /// One of the desk's own fields.
    Custom(String),
}

/// A condition on a text. Upper and lower case ASCII letters are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// Has no value.
    None,
    Is(String),
    StartsWith(String),
}

/// Fields that hold a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeField {
    Opened,
    Updated,
    Started,
    Resolved,
    Closed,
}

/// A condition on a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeTest {
    /// Has no value.
    None,
    /// At or after `from`, and before `before`, where they are given.
    Within { from: Option<Timestamp>, before: Option<Timestamp> },
}

/// Words that stand next to each other, as [`tokens`](super::tokens) makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// At least one.
    pub tokens: Vec<String>,
    /// Whether the last one may be only the beginning of a word.
    pub prefix: bool,
}

impl Selection {
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
