//! The meaning of a filter and an order on one row, without the index.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::{
    Filter, LengthTest, Order, RankTest, Row, SearchText, Selection, SortField, Test, TextTest,
    Way, first_due,
};
use crate::model::{Kind, Link, RecordId, same_but_case, starts_but_case};

/// What a filter is asked about.
pub struct Subject<'a> {
    pub row: &'a Row,
    /// Gives its words when they are needed.
    pub text: &'a dyn Fn() -> Cow<'a, SearchText>,
    /// The relations that lead to it, each with the record it starts from.
    pub incoming: &'a [Link],
}

impl std::fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("row", &self.row).finish_non_exhaustive()
    }
}

/// Whether `subject` satisfies `filter`.
pub fn matches(filter: &Filter, subject: &Subject<'_>) -> bool {
    match filter {
        Filter::And(parts) => parts.iter().all(|part| matches(part, subject)),
        Filter::Or(parts) => parts.iter().any(|part| matches(part, subject)),
        Filter::Not(inner) => !matches(inner, subject),
        Filter::Test(test) => holds(test, subject),
    }
}

fn holds(test: &Test, subject: &Subject<'_>) -> bool {
    let row = subject.row;
    match test {
        Test::Any => true,
        Test::Kind(kind) => row.kind == *kind,
        Test::Status(status) => row.status == *status,
        Test::State(state) => row.state == *state,
        Test::Id(id) => row.id == *id,
        Test::Ci(None) => row.cis.is_empty(),
        Test::Ci(Some(id)) => row.cis.contains(id),
        Test::Rank(field, RankTest::None) => row.rank(*field).is_none(),
        Test::Rank(field, RankTest::Between(low, high)) => {
            row.rank(*field).is_some_and(|rank| (*low..=*high).contains(&rank))
        }
        Test::Text(field, TextTest::None) if field.is_list() => row.list(field).is_empty(),
        Test::Text(field, test) if field.is_list() => {
            row.list(field).into_iter().any(|text| text_is(text, test))
        }
        Test::Text(field, TextTest::None) => row.text(field).is_none(),
        Test::Text(field, test) => row.text(field).is_some_and(|text| text_is(text, test)),
        Test::Time(field, test) => test.holds(row.time(*field)),
        Test::Count(field, low, high) => (*low..=*high).contains(&row.count(*field)),
        Test::Length(field, LengthTest::None) => row.length(*field).is_none(),
        Test::Length(field, LengthTest::Between(low, high)) => {
            row.length(*field).is_some_and(|length| (*low..=*high).contains(&length))
        }
        Test::Own(field, bounds) => row.own(field).is_some_and(|number| bounds.hold(number)),
        Test::Link(test) => {
            row.links.iter().any(|link| test.wants(Way::From, link))
                || subject.incoming.iter().any(|link| test.wants(Way::To, link))
        }
        Test::Sla(test) => test.holds(&row.promises),
        Test::Due(test) => test.holds(first_due(&row.promises)),
        Test::KnownError => row.known_error,
        Test::Has(part) => row.has(*part),
        Test::Phrase(phrase) => (subject.text)().contains(phrase),
    }
}

fn text_is(text: &str, test: &TextTest) -> bool {
    match test {
        TextTest::None => false,
        TextTest::Is(wanted) => same_but_case(text, wanted),
        TextTest::StartsWith(start) => starts_but_case(text, start),
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
        SortField::Rank(field) => last_if_none(a.rank(*field), b.rank(*field), down),
        SortField::Text(field) => {
            let lower = |row: &Row| row.text(field).map(str::to_ascii_lowercase);
            last_if_none(lower(a), lower(b), down)
        }
        SortField::Time(field) => last_if_none(a.time(*field), b.time(*field), down),
        SortField::Count(field) => turned(a.count(*field).cmp(&b.count(*field))),
        SortField::Length(field) => last_if_none(a.length(*field), b.length(*field), down),
        SortField::Due => last_if_none(first_due(&a.promises), first_due(&b.promises), down),
        SortField::Own(field) => last_if_none(a.own(field), b.own(field), down),
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

/// Selects from `rows`, which must be all there are, without an index: the
/// matching ones in order, cut to the limit, and how many match in all.
pub fn select<'a>(
    selection: &Selection,
    rows: impl IntoIterator<Item = (Row, Cow<'a, SearchText>)>,
) -> (Vec<Row>, usize) {
    let rows: Vec<(Row, Cow<'a, SearchText>)> = rows.into_iter().collect();
    let mut incoming: HashMap<RecordId, Vec<Link>> = HashMap::new();
    for (row, _) in &rows {
        for link in &row.links {
            incoming.entry(link.to).or_default().push(Link { rel: link.rel, to: row.id });
        }
    }
    let mut found: Vec<Row> = rows
        .iter()
        .filter(|(row, text)| {
            let text = || Cow::Borrowed(text.as_ref());
            let incoming = incoming.get(&row.id).map_or(&[][..], Vec::as_slice);
            let subject = Subject { row, text: &text, incoming };
            selection.filter.as_ref().is_none_or(|filter| matches(filter, &subject))
        })
        .map(|(row, _)| row.clone())
        .collect();
    found.sort_by(|a, b| compare(&selection.sort, a, b));
    let total = found.len();
    found.truncate(selection.limit.unwrap_or(usize::MAX));
    (found, total)
}
