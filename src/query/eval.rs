//! The meaning of a filter and an order on one row, without the index.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{
    Filter, Order, RankField, RankTest, Row, SearchText, Selection, SortField, Test, TextField,
    TextTest, TimeField, TimeTest,
};
use crate::model::{Kind, PersonId, Priority, StateName, TeamId, Timestamp};

/// Whether `row`, whose words `text` gives when they are needed, satisfies
/// `filter`.
pub fn matches<'a>(filter: &Filter, row: &Row, text: &dyn Fn() -> Cow<'a, SearchText>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| matches(part, row, text)),
        Filter::Or(parts) => parts.iter().any(|part| matches(part, row, text)),
        Filter::Not(inner) => !matches(inner, row, text),
        Filter::Test(Test::Phrase(phrase)) => text().contains(phrase),
        Filter::Test(test) => holds(test, row),
    }
}

fn holds(test: &Test, row: &Row) -> bool {
    match test {
        // Phrases need the text; `matches` sees to them.
        Test::Any | Test::Phrase(_) => true,
        Test::Kind(kind) => row.kind == *kind,
        Test::Status(status) => row.status == *status,
        Test::State(state) => row.state == *state,
        Test::Id(id) => row.id == *id,
        Test::Ci(None) => row.cis.is_empty(),
        Test::Ci(Some(id)) => row.cis.contains(id),
        Test::Rank(field, RankTest::None) => rank(row, *field).is_none(),
        Test::Rank(field, RankTest::Between(low, high)) => {
            rank(row, *field).is_some_and(|rank| (*low..=*high).contains(&rank))
        }
        Test::Text(TextField::Tag, TextTest::None) => row.tags.is_empty(),
        Test::Text(TextField::Tag, test) => row.tags.iter().any(|tag| text_is(tag, test)),
        Test::Text(field, TextTest::None) => text(row, field).is_none(),
        Test::Text(field, test) => text(row, field).is_some_and(|text| text_is(text, test)),
        Test::Time(field, TimeTest::None) => time(row, *field).is_none(),
        Test::Time(field, TimeTest::Within { from, before }) => {
            time(row, *field).is_some_and(|at| {
                from.is_none_or(|from| from <= at) && before.is_none_or(|before| at < before)
            })
        }
    }
}

fn text_is(text: &str, test: &TextTest) -> bool {
    match test {
        TextTest::None => false,
        TextTest::Is(wanted) => text.eq_ignore_ascii_case(wanted),
        TextTest::StartsWith(start) => {
            text.get(..start.len()).is_some_and(|lead| lead.eq_ignore_ascii_case(start))
        }
    }
}

fn rank(row: &Row, field: RankField) -> Option<u8> {
    match field {
        RankField::Priority => row.priority.map(Priority::number),
        RankField::Impact => row.impact.map(|level| level as u8 + 1),
        RankField::Urgency => row.urgency.map(|level| level as u8 + 1),
    }
}

fn time(row: &Row, field: TimeField) -> Option<Timestamp> {
    match field {
        TimeField::Opened => Some(row.opened_at),
        TimeField::Updated => Some(row.updated_at),
        TimeField::Started => row.started_at,
        TimeField::Resolved => row.resolved_at,
        TimeField::Closed => row.closed_at,
    }
}

fn text<'a>(row: &'a Row, field: &TextField) -> Option<&'a str> {
    match field {
        TextField::Assignee => row.assignee.as_ref().map(PersonId::as_str),
        TextField::Requester => row.requester.as_ref().map(PersonId::as_str),
        TextField::Team => row.team.as_ref().map(TeamId::as_str),
        TextField::Service => row.service.as_deref(),
        TextField::Category => row.category.as_deref(),
        TextField::Channel => row.channel.as_deref(),
        TextField::Domain => row.domain.as_ref().map(StateName::as_str),
        TextField::External => row.external_id.as_deref(),
        TextField::Custom(name) => row.custom.get(name).map(String::as_str),
        TextField::Tag => None,
    }
}

/// How `a` and `b` are ordered by `sort`; by the default order where it is
/// empty, and by id, in the direction of the first key, where all keys are
/// equal.
pub fn compare(sort: &[Order], a: &Row, b: &Row) -> Ordering {
    let by_keys = if sort.is_empty() {
        by_default(a, b)
    } else {
        sort.iter()
            .map(|order| by_key(order, a, b))
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let down = sort.first().is_some_and(|order| order.descending);
    by_keys.then_with(|| if down { b.id.cmp(&a.id) } else { a.id.cmp(&b.id) })
}

/// Priority, then the oldest first; configuration items last, by name.
fn by_default(a: &Row, b: &Row) -> Ordering {
    let name = |row: &Row| {
        if row.kind == Kind::Ci { row.title.to_ascii_lowercase() } else { String::new() }
    };
    last_if_none(a.priority, b.priority, false)
        .then_with(|| name(a).cmp(&name(b)))
        .then_with(|| a.opened_at.cmp(&b.opened_at))
}

fn by_key(order: &Order, a: &Row, b: &Row) -> Ordering {
    let down = order.descending;
    let turned = |ordering: Ordering| if down { ordering.reverse() } else { ordering };
    match &order.field {
        SortField::Id => turned(a.id.ulid().cmp(&b.id.ulid())),
        SortField::Kind => turned(a.kind.cmp(&b.kind)),
        SortField::Title => turned(a.title.to_ascii_lowercase().cmp(&b.title.to_ascii_lowercase())),
        SortField::Status => turned(a.state.cmp(&b.state).then_with(|| a.status.cmp(&b.status))),
        SortField::Rank(field) => last_if_none(rank(a, *field), rank(b, *field), down),
        SortField::Text(field) => {
            let lower = |row| text(row, field).map(str::to_ascii_lowercase);
            last_if_none(lower(a), lower(b), down)
        }
        SortField::Time(field) => last_if_none(time(a, *field), time(b, *field), down),
    }
}

fn last_if_none<T: Ord>(a: Option<T>, b: Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Selects from `rows` without an index: the matching ones in order, cut to
/// the limit, and how many match in all.
pub fn select<'a>(
    selection: &Selection,
    rows: impl IntoIterator<Item = (Row, Cow<'a, SearchText>)>,
) -> (Vec<Row>, usize) {
    let mut found: Vec<Row> = rows
        .into_iter()
        .filter(|(row, text)| {
            let words = || Cow::Borrowed(text.as_ref());
            selection.filter.as_ref().is_none_or(|filter| matches(filter, row, &words))
        })
        .map(|(row, _)| row)
        .collect();
    found.sort_by(|a, b| compare(&selection.sort, a, b));
    let total = found.len();
    found.truncate(selection.limit.unwrap_or(usize::MAX));
    (found, total)
}
