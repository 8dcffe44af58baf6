//! Filters and orders as SQL. Values travel as parameters only.

use rusqlite::types::Value;

use super::rows::reversed;
use super::suffice::is_open;
use super::write::NO_PRIORITY;
use super::{columns, promise, spelling, words};
use crate::model::{Kind, RecordId, Timestamp, folded};
use crate::query::{
    Filter, LengthField, LengthTest, LinkTest, Order, RankField, RankTest, SortField, Test,
    TextField, TextTest, TimeField, TimeTest, Way,
};

/// A piece of SQL with its parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) params: Vec<Value>,
}

/// Lists longer than this travel as one JSON parameter.
const LONG: usize = 32;

/// What every record meets, and what none does. Where a condition comes down to a
/// plain `0`, SQLite refuses to use the index that was named to it.
const ALWAYS: &str = "rec.kind >= 0";
const NEVER: &str = "rec.kind < 0";

/// The default order: by priority, then the oldest first; CIs by name.
pub(super) const DEFAULT_ORDER: &str = "rec.queue, rec.ci_name, rec.opened, rec.kind, rec.ulid";

/// The condition of a `WHERE` on the table `rec`.
pub(super) fn condition(filter: Option<&Filter>) -> Sql {
    written(Writer::default(), filter)
}

/// As [`condition`], for what indexes in the default order are to answer.
pub(super) fn condition_of_queue(filter: Option<&Filter>) -> Sql {
    written(Writer { by_queue: true, ..Writer::default() }, filter)
}

fn written(mut sql: Writer, filter: Option<&Filter>) -> Sql {
    match filter {
        Some(filter) => sql.filter(filter, false),
        None => sql.put("1"),
    }
    sql.sql
}

/// What follows `ORDER BY`.
pub(super) fn order(sort: &[Order]) -> Sql {
    let mut sql = Writer::default();
    if sort.is_empty() {
        sql.put(DEFAULT_ORDER);
        return sql.sql;
    }
    for key in sort {
        sql.key(key);
    }
    // Ties go the way of the first key, so that an index serves both ways.
    let down = if sort.first().is_some_and(|key| key.descending) { " DESC" } else { "" };
    sql.put(&format!("rec.kind{down}, rec.ulid{down}"));
    sql.sql
}

/// Conditions on the same thing, of which one is enough.
struct Group {
    before: &'static str,
    column: Option<Value>,
    after: &'static str,
    nullable: Option<&'static str>,
    /// Whether the values are folded, since not all of their letters are ASCII.
    is_folded: bool,
    values: Vec<Value>,
}

impl Group {
    /// Whether both can be one list.
    fn is_like(&self, other: &Self) -> bool {
        (self.before, &self.column, self.is_folded)
            == (other.before, &other.column, other.is_folded)
    }
}

#[derive(Default)]
struct Writer {
    sql: Sql,
    /// Whether the priority is asked for as the place in the queue, which stands in
    /// the indexes that are in the default order.
    by_queue: bool,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.sql.text.push_str(text);
    }

    fn bind(&mut self, value: impl Into<Value>) {
        self.sql.text.push('?');
        self.sql.params.push(value.into());
    }

    /// Writes a condition. Within a negation (`strict`) it must be true or
    /// false, never null, since `NOT NULL` is not true.
    fn filter(&mut self, filter: &Filter, strict: bool) {
        match filter {
            Filter::And(_) => {
                let (words, rest) = words::split(filter);
                let rest = match &rest {
                    Some(Filter::And(parts)) => parts.as_slice(),
                    Some(other) => std::slice::from_ref(other),
                    None => &[],
                };
                if words.is_empty() {
                    return self.joined(rest, " AND ", strict);
                }
                self.put("(");
                self.words(words.join(" AND "));
                if !rest.is_empty() {
                    self.put(" AND ");
                    self.joined(rest, " AND ", strict);
                }
                self.put(")");
            }
            Filter::Or(parts) if is_open(parts) => self.put("rec.open = 1"),
            Filter::Or(parts) => match words::expression(filter) {
                Some(words) => self.words(words),
                None => self.either(parts, strict),
            },
            Filter::Not(inner) => {
                self.put("NOT ");
                self.filter(inner, true);
            }
            Filter::Test(test) => self.test(test, strict),
        }
    }

    /// Halves the list again and again, so that long ones stay shallow.
    fn joined(&mut self, parts: &[Filter], between: &str, strict: bool) {
        match parts {
            [] => self.put(if between == " AND " { ALWAYS } else { NEVER }),
            [one] => self.filter(one, strict),
            several => {
                let (left, right) = several.split_at(several.len() / 2);
                self.put("(");
                self.joined(left, between, strict);
                self.put(between);
                self.joined(right, between, strict);
                self.put(")");
            }
        }
    }

    /// Alternatives; values of the same field become one list.
    fn either(&mut self, parts: &[Filter], strict: bool) {
        let mut groups: Vec<Group> = Vec::new();
        let mut others = Vec::new();
        for part in parts {
            let Filter::Test(test) = part else {
                others.push(part.clone());
                continue;
            };
            match group_of(test) {
                Some(mut group) => match groups.iter_mut().find(|known| known.is_like(&group)) {
                    Some(known) => known.values.append(&mut group.values),
                    None => groups.push(group),
                },
                None => others.push(part.clone()),
            }
        }
        self.put("(");
        let mut between = "";
        for group in groups {
            self.put(between);
            self.group(group, strict);
            between = " OR ";
        }
        if !others.is_empty() || between.is_empty() {
            self.put(between);
            self.joined(&others, " OR ", strict);
        }
        self.put(")");
    }

    fn group(&mut self, group: Group, strict: bool) {
        let guard = group.nullable.filter(|_| strict);
        if let Some(column) = guard {
            self.put("(");
            self.put(column);
            self.put(" IS NOT NULL AND ");
        }
        self.put(group.before);
        if let Some(column) = group.column {
            self.bind(column);
            self.put(" AND value");
        }
        if group.is_folded {
            self.put(spelling::WITHIN.0);
        }
        let mut values = group.values;
        match values.len() {
            1 => {
                self.put(" = ");
                self.bind(values.swap_remove(0));
            }
            count if count <= LONG => {
                self.put(" IN (");
                for (at, value) in values.into_iter().enumerate() {
                    if at > 0 {
                        self.put(", ");
                    }
                    self.bind(value);
                }
                self.put(")");
            }
            _ => {
                let json: Vec<serde_json::Value> = values
                    .into_iter()
                    .map(|value| match value {
                        Value::Integer(number) => number.into(),
                        Value::Text(text) => text.into(),
                        _ => serde_json::Value::Null,
                    })
                    .collect();
                self.put(" IN (SELECT value FROM json_each(");
                self.bind(serde_json::Value::from(json).to_string());
                self.put("))");
            }
        }
        if group.is_folded {
            self.put(spelling::WITHIN.1);
        }
        self.put(group.after);
        if guard.is_some() {
            self.put(")");
        }
    }

    fn test(&mut self, test: &Test, strict: bool) {
        if let Some(group) = group_of(test) {
            return self.group(group, strict);
        }
        match test {
            Test::Any => self.put(ALWAYS),
            Test::Ci(_) => self.put("rec.n NOT IN (SELECT n FROM concern)"),
            Test::Rank(RankField::Priority, test) if self.by_queue => self.queue(*test),
            Test::Rank(field, RankTest::None) => self.is_null(columns::rank(*field)),
            Test::Rank(field, RankTest::Between(low, high)) => {
                let column = columns::rank(*field);
                self.guarded(column, strict, |sql| {
                    sql.put(column);
                    sql.put(" BETWEEN ");
                    sql.bind(i64::from(*low));
                    sql.put(" AND ");
                    sql.bind(i64::from(*high));
                });
            }
            Test::Text(field, test) => self.text(field, test, strict),
            Test::Time(field, TimeTest::None) => self.is_null(columns::time(*field)),
            Test::Time(field, TimeTest::Within { from, before }) => {
                let column = columns::time(*field);
                self.guarded(column, true, |sql| sql.within(column, *from, *before));
            }
            Test::Count(field, low, high) => {
                self.put(columns::count(*field));
                self.put(" BETWEEN ");
                self.bind(i64::from(*low));
                self.put(" AND ");
                self.bind(i64::from(*high));
            }
            Test::Length(field, LengthTest::None) => {
                self.length(*field);
                self.put(" IS NULL");
            }
            Test::Length(field, LengthTest::Between(low, high)) => {
                self.put("coalesce(");
                self.length(*field);
                self.put(" BETWEEN ");
                self.bind(*low);
                self.put(" AND ");
                self.bind(*high);
                self.put(", 0)");
            }
            Test::Own(field, bounds) => {
                let column = columns::own(field.of);
                self.put("rec.n IN (SELECT n FROM custom WHERE name = ");
                self.bind(field.name.clone());
                let ends = [(" > ", " >= ", bounds.from), (" < ", " <= ", bounds.to)];
                for (beyond, also, end) in ends {
                    if let Some((number, included)) = end {
                        self.put(" AND ");
                        self.put(column);
                        self.put(if included { also } else { beyond });
                        self.bind(number.value());
                    }
                }
                self.put(" AND ");
                self.put(column);
                self.put(" IS NOT NULL)");
            }
            Test::Link(test) => self.link(test),
            Test::Sla(test) => {
                let condition = promise::condition(test);
                self.put(&condition.text);
                self.sql.params.extend(condition.params);
            }
            Test::Due(TimeTest::None) => {
                self.put(promise::FIRST_DUE);
                self.put(" IS NULL");
            }
            Test::Due(TimeTest::Within { from, before }) => {
                let condition = promise::due_within(*from, *before);
                self.put("(");
                self.put(&condition.text);
                self.put(")");
                self.sql.params.extend(condition.params);
            }
            Test::KnownError => self.put("rec.known_error = 1"),
            Test::Has(part) => {
                self.put("(rec.texts & ");
                self.bind(i64::from(part.bit()));
                self.put(") <> 0");
            }
            Test::Phrase(found) => self.words(words::phrase(found)),
            // The rest is grouped.
            Test::Kind(_) | Test::Status(_) | Test::State(_) | Test::Id(_) => self.put(NEVER),
        }
    }

    /// The priority, as the place in the queue says it; for none there is one too.
    fn queue(&mut self, test: RankTest) {
        let (low, high) = match test {
            RankTest::None => (NO_PRIORITY, NO_PRIORITY),
            RankTest::Between(low, high) => (low, high.min(NO_PRIORITY - 1)),
        };
        self.put("rec.queue BETWEEN ");
        self.bind(i64::from(low));
        self.put(" AND ");
        self.bind(i64::from(high));
    }

    fn within(&mut self, column: &str, from: Option<Timestamp>, before: Option<Timestamp>) {
        let mut between = "";
        for (op, end) in [(" >= ", from), (" < ", before)] {
            if let Some(end) = end {
                self.put(between);
                self.put(column);
                self.put(op);
                self.bind(end.seconds());
                between = " AND ";
            }
        }
        if between.is_empty() {
            self.put(ALWAYS);
        }
    }

    fn text(&mut self, field: &TextField, test: &TextTest, strict: bool) {
        if let Some((table, column)) = columns::list(field) {
            let table = table.strip_suffix(column).unwrap_or(table);
            match test {
                TextTest::None => {
                    self.put("NOT ");
                    self.put(table);
                    self.put("1)");
                }
                TextTest::StartsWith(start) => {
                    self.put(table);
                    self.starts(column, start);
                    self.put(")");
                }
                // Equality is grouped.
                TextTest::Is(_) => self.put(NEVER),
            }
            return;
        }
        match (field, test) {
            (TextField::Custom(name), TextTest::None) => {
                self.put("rec.n NOT IN (SELECT n FROM custom WHERE name = ");
                self.bind(name.clone());
                self.put(")");
            }
            (TextField::Custom(name), TextTest::StartsWith(start)) => {
                self.put("rec.n IN (SELECT n FROM custom WHERE name = ");
                self.bind(name.clone());
                self.put(" AND ");
                self.starts("value", start);
                self.put(")");
            }
            (field, TextTest::None) => self.is_null(columns::text(field)),
            (field, TextTest::StartsWith(start)) => {
                let column = columns::text(field);
                self.guarded(column, strict, |sql| sql.starts(column, start));
            }
            // Equality is grouped.
            (_, TextTest::Is(_)) => self.put(NEVER),
        }
    }

    fn length(&mut self, field: LengthField) {
        self.put(columns::length(field));
        if let LengthField::OnHold(now) = field {
            self.sql.params.push(now.seconds().into());
        }
    }

    /// A relation, from either end.
    fn link(&mut self, test: &LinkTest) {
        let whole = |id: RecordId| (reversed(&id.ulid().to_string()), i64::from(id.kind() as u8));
        self.put("(");
        if test.way != Way::To {
            self.put("rec.n IN (SELECT src FROM link WHERE 1");
            if let Some((rid, kind)) = test.other.map(whole) {
                self.put(" AND dst = ");
                self.bind(rid);
                self.put(" AND dkind = ");
                self.bind(kind);
            }
            self.relation(test);
            self.put(")");
        }
        if test.way == Way::Either {
            self.put(" OR ");
        }
        if test.way != Way::From {
            self.put("(rec.rid, rec.kind) IN (SELECT dst, dkind FROM link WHERE 1");
            if let Some((rid, kind)) = test.other.map(whole) {
                self.put(" AND src = (SELECT other.n FROM rec AS other WHERE other.rid = ");
                self.bind(rid);
                self.put(" AND other.kind = ");
                self.bind(kind);
                self.put(")");
            }
            self.relation(test);
            self.put(")");
        }
        self.put(")");
    }

    fn relation(&mut self, test: &LinkTest) {
        if let Some(relation) = test.relation {
            self.put(" AND rel = ");
            self.bind(relation.name().to_owned());
        }
    }

    fn starts(&mut self, column: &str, start: &str) {
        let (condition, length, start) = spelling::starting(column, ("?", "?"), start);
        self.put(&condition);
        self.sql.params.extend([Value::Integer(length), Value::Text(start)]);
    }

    fn is_null(&mut self, column: &str) {
        self.put(column);
        self.put(" IS NULL");
    }

    fn guarded(&mut self, column: &str, strict: bool, inner: impl FnOnce(&mut Self)) {
        self.put("(");
        if strict {
            self.put(column);
            self.put(" IS NOT NULL AND ");
        }
        inner(self);
        self.put(")");
    }

    fn words(&mut self, expression: String) {
        self.put("rec.n IN (SELECT rowid FROM fts WHERE fts MATCH ");
        self.bind(expression);
        self.put(")");
    }

    /// One sort key with its comma. What has no value comes last either way.
    fn key(&mut self, order: &Order) {
        let down = if order.descending { " DESC" } else { "" };
        let (column, nullable) = match &order.field {
            SortField::Id => ("rec.ulid", false),
            SortField::Kind => ("rec.kind", false),
            SortField::Title => ("rec.title", false),
            SortField::Status => {
                self.put("rec.state");
                self.put(down);
                self.put(", ");
                ("rec.status", false)
            }
            SortField::Rank(field) => (columns::rank(*field), true),
            SortField::Count(field) => (columns::count(*field), false),
            SortField::Length(field) => {
                self.length(*field);
                self.put(" IS NULL, ");
                self.length(*field);
                self.put(down);
                self.put(", ");
                return;
            }
            SortField::Due => {
                self.put(promise::FIRST_DUE);
                self.put(down);
                self.put(" NULLS LAST, ");
                return;
            }
            SortField::Own(field) => {
                for (at, after) in [" IS NULL, ", down].into_iter().enumerate() {
                    self.put("(SELECT ");
                    self.put(columns::own(field.of));
                    self.put(" FROM custom WHERE custom.n = rec.n AND name = ");
                    self.bind(field.name.clone());
                    self.put(")");
                    self.put(after);
                    if at == 1 {
                        self.put(", ");
                    }
                }
                return;
            }
            SortField::Time(field) => {
                let column = columns::time(*field);
                (column, !matches!(field, TimeField::Opened | TimeField::Updated))
            }
            SortField::Text(field) if field.is_list() => return,
            SortField::Text(TextField::Custom(name)) => {
                let own = "(SELECT value FROM custom WHERE custom.n = rec.n AND name = ";
                self.put(own);
                self.bind(name.clone());
                self.put(") IS NULL, ");
                self.put(own);
                self.bind(name.clone());
                self.put(") COLLATE NOCASE");
                self.put(down);
                self.put(", ");
                return;
            }
            SortField::Text(field) => (columns::text(field), true),
        };
        if nullable {
            self.is_null(column);
            self.put(", ");
        }
        self.put(column);
        self.put(down);
        self.put(", ");
    }
}

/// The tests for equality, of which several with the same `before` and
/// `column` can be one list.
fn group_of(test: &Test) -> Option<Group> {
    let group = |before, column, after, nullable, value: Value| {
        let folded = match &value {
            Value::Text(text) if !text.is_ascii() => Some(folded(text).into_owned()),
            _ => None,
        };
        let (is_folded, value) = (folded.is_some(), folded.map_or(value, Value::Text));
        Some(Group { before, column, after, nullable, is_folded, values: vec![value] })
    };
    let of = |before, nullable, value: Value| group(before, None, "", nullable, value);
    let within = |before, column, value: Value| group(before, column, ")", None, value);
    let number = |number: u8| Value::Integer(number.into());
    match test {
        Test::Kind(kind) => of("rec.kind", None, number(*kind as u8)),
        Test::State(state) => of("rec.state", None, number(*state as u8)),
        Test::Status(status) => of("rec.status", None, status.to_string().into()),
        Test::Id(id) => {
            let before = match id.kind() {
                Kind::Incident => "(rec.kind = 0 AND rec.rid",
                Kind::Request => "(rec.kind = 1 AND rec.rid",
                Kind::Problem => "(rec.kind = 2 AND rec.rid",
                Kind::Change => "(rec.kind = 3 AND rec.rid",
                Kind::Ci => "(rec.kind = 4 AND rec.rid",
            };
            within(before, None, reversed(&id.ulid().to_string()).into())
        }
        Test::Ci(Some(ci)) => {
            within("rec.n IN (SELECT n FROM concern WHERE ci", None, ci.to_string().into())
        }
        Test::Text(field, TextTest::Is(text)) if field.is_list() => {
            within(columns::list(field)?.0, None, text.clone().into())
        }
        Test::Text(TextField::Custom(name), TextTest::Is(value)) => within(
            "rec.n IN (SELECT n FROM custom WHERE name = ",
            Some(name.clone().into()),
            value.clone().into(),
        ),
        Test::Text(field, TextTest::Is(text)) => {
            let column = columns::text(field);
            of(column, Some(column), text.clone().into())
        }
        _ => None,
    }
}
