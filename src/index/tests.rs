//! The database against brute force, on random desks and random queries.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use proptest::prelude::*;
use rusqlite::Connection;
use ulid::Ulid;

use super::write::{self, Entry};
use super::{resolve, rows, schema, search, select, sql, words};
use crate::model::{
    ChangeModel, ChangeOutcome, Criticality, Kind, Level, Link, PersonId, Priority, Record,
    RecordId, Relation, Risk, StateCategory, StateName, TeamId, Timestamp, Verdict,
};
use crate::query::{
    Bounds, Context, CountField, Filter, LengthField, LengthTest, LinkTest, Number, Order,
    OwnField, OwnType, Phrase, RankField, RankTest, Row, SearchText, Selection, SortField, Test,
    TextField, TextPart, TextTest, TimeField, TimeTest, Way, check, eval, parse, tokens,
};
use crate::store::{BlobId, CommitId};

fn database() -> Connection {
    let db = schema::open_new(None).expect("a database");
    schema::create(&db).expect("tables");
    schema::finish(&db, CommitId::from_bytes([7; 20])).expect("indexes");
    db
}

fn filled(entries: &[Entry]) -> Connection {
    let db = database();
    for entry in entries {
        write::upsert(&db, entry).expect("a row");
    }
    db
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![Just("crash"), Just("CRM"), Just("report"), Just("Ünïcode"), Just("web-01")]
        .prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 1..5).prop_map(|words| words.join(" "))
}

/// A value of a small set, in a case of its own now and then.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("apps"), Just("Apps"), Just("db"), Just("app"), Just("a")]
        .prop_map(str::to_owned)
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0i64..6).prop_map(|day| Timestamp::from_seconds(day * 86_400))
}

fn id() -> impl Strategy<Value = RecordId> {
    // Few times and few endings, so that numbers and short ids collide.
    (0usize..5, 0u64..3, 0u128..3, 0u128..4).prop_map(|(kind, ms, high, low)| {
        let ulid = Ulid::from((u128::from(ms) << 80) | (high << 62) | (low << 30) | 5);
        RecordId::new(Kind::ALL[kind], ulid)
    })
}

fn person() -> impl Strategy<Value = PersonId> {
    name().prop_map(|name| PersonId::new(name).expect("a person id"))
}

fn code() -> impl Strategy<Value = StateName> {
    prop_oneof![Just("apps"), Just("db"), Just("a")]
        .prop_map(|name| StateName::new(name).expect("a code"))
}

/// Values of the desk's own fields: texts, numbers, times and what only looks
/// like such.
fn own() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        prop_oneof![Just("1"), Just("1.0"), Just("-2.5"), Just("10"), Just("1e3"), Just("inf")]
            .prop_map(str::to_owned),
        time().prop_map(|time| time.to_string()),
    ]
}

fn relation() -> impl Strategy<Value = Relation> {
    prop_oneof![Just(Relation::RelatesTo), Just(Relation::CausedBy), Just(Relation::DependsOn)]
}

fn parts() -> impl Strategy<Value = SearchText> {
    let texts =
        proptest::collection::vec(proptest::option::weighted(0.3, text()), TextPart::ALL.len());
    texts.prop_map(|texts| {
        let texts = TextPart::ALL.into_iter().zip(texts);
        texts.fold(SearchText::default(), |all, (part, text)| match text {
            Some(text) => all.with(part, &text),
            None => all,
        })
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::option::of;
    let people = (
        person(),
        of(person()),
        of(person()),
        of(person()),
        vec(person(), 0..3),
        vec(person(), 0..3),
    );
    let names = (
        of(name()),
        of(name()),
        of(name()),
        of(name()),
        of(name()),
        of(name()),
        of(name()),
        of(name()),
    );
    let codes = (of(code()), of(code()), of(code()));
    let times =
        (time(), time(), of(time()), of(time()), of(time()), of(time()), of(time()), of(time()));
    let ranks = (0usize..4, 0usize..3, vec(of(0usize..8), 7));
    let counts = (vec(0u32..3, 5), prop_oneof![Just(0u64), 0u64..200_000], any::<bool>());
    let lists = (
        vec(id(), 0..3),
        btree_set(name(), 0..3),
        btree_map(name(), own(), 0..3),
        vec((relation(), id()), 0..3),
    );
    let all = (id(), text(), parts(), people, names, codes, times, ranks, counts, lists);
    all.prop_map(|(id, title, text, people, names, codes, times, ranks, counts, lists)| {
        let kind = id.kind();
        let states = ["new", "in_progress", "resolved"];
        let rank = |at: usize| ranks.2[at];
        fn value<T: Copy>(all: &[T], at: Option<usize>) -> Option<T> {
            all.get(at?).copied()
        }
        let only = |wanted: Kind| kind == wanted;
        let row = Row {
            id,
            kind,
            title: title.clone(),
            status: StateName::new(states[ranks.1]).expect("a state"),
            state: StateCategory::ALL[ranks.0],
            domain: codes.0,
            impact: value(&Level::ALL, rank(0)),
            urgency: value(&Level::ALL, rank(1)),
            priority: value(&Priority::ALL, rank(2)),
            service: names.0,
            cis: lists.0.into_iter().filter(|id| id.kind() == Kind::Ci).collect(),
            requester: people.1,
            assignee: people.2,
            team: names.1.and_then(|name| TeamId::new(name).ok()),
            category: names.2,
            tags: lists.1.into_iter().collect(),
            channel: names.3,
            external_id: names.4,
            opened_at: times.0,
            opened_by: people.0,
            updated_at: times.1,
            started_at: times.2,
            resolved_at: times.3,
            closed_at: times.4,
            resolution: codes.1,
            resolved_by: people.3,
            hold: codes.2,
            hold_since: times.5,
            held: counts.1,
            reopen_count: counts.0[0],
            escalation: if only(Kind::Incident) { counts.0[1] } else { 0 },
            notes: counts.0[2],
            noted_by: people.4,
            attachments: counts.0[3],
            votes: counts.0[4],
            approval: value(&Verdict::ALL, rank(3)),
            approvers: people.5,
            offering: names.5.filter(|_| only(Kind::Request)),
            known_error: counts.2 && only(Kind::Problem),
            model: value(ChangeModel::ALL, rank(4)).filter(|_| only(Kind::Change)),
            risk: value(Risk::ALL, rank(5)).filter(|_| only(Kind::Change)),
            planned_start: times.6.filter(|_| only(Kind::Change)),
            planned_end: times.7.filter(|_| only(Kind::Change)),
            outcome: value(ChangeOutcome::ALL, rank(6)).filter(|_| only(Kind::Change)),
            criticality: value(&Criticality::ALL, rank(5)).filter(|_| only(Kind::Ci)),
            environment: names.6.filter(|_| only(Kind::Ci)),
            location: names.7.clone().filter(|_| only(Kind::Ci)),
            version: names.7.filter(|_| only(Kind::Ci)),
            links: lists.3.into_iter().map(|(rel, to)| Link { rel, to }).collect(),
            texts: TextPart::ALL
                .into_iter()
                .filter(|part| !text.part(*part).is_empty())
                .fold(0, |bits, part| bits | part.bit()),
            custom: lists.2.into_iter().collect(),
        };
        Entry { row, text: text.with(TextPart::Title, &title), blob: BlobId::of(b"") }
    })
}

fn desk() -> impl Strategy<Value = Vec<Entry>> {
    proptest::collection::vec(entry(), 0..25).prop_map(|entries| {
        let unique: BTreeMap<RecordId, Entry> =
            entries.into_iter().map(|entry| (entry.row.id, entry)).collect();
        unique.into_values().collect()
    })
}

fn text_field() -> impl Strategy<Value = TextField> {
    let own = name().prop_map(TextField::Custom);
    prop_oneof![6 => proptest::sample::select(TextField::ALL.to_vec()), 1 => own]
}

fn rank_field() -> impl Strategy<Value = RankField> {
    proptest::sample::select(RankField::ALL.to_vec())
}

fn time_field() -> impl Strategy<Value = TimeField> {
    proptest::sample::select(TimeField::ALL.to_vec())
}

fn count_field() -> impl Strategy<Value = CountField> {
    proptest::sample::select(CountField::ALL.to_vec())
}

fn length_field() -> impl Strategy<Value = LengthField> {
    prop_oneof![
        Just(LengthField::ToStart),
        Just(LengthField::ToResolve),
        time().prop_map(LengthField::OnHold),
    ]
}

fn own_field() -> impl Strategy<Value = OwnField> {
    let of = prop_oneof![Just(OwnType::Number), Just(OwnType::Time)];
    (name(), of).prop_map(|(name, of)| OwnField { name, of })
}

fn bounds() -> impl Strategy<Value = Bounds> {
    let number = prop_oneof![
        prop_oneof![Just(-2.5), Just(0.0), Just(1.0), Just(10.0)],
        time().prop_map(|time| time.seconds() as f64),
    ];
    let number = number.prop_map(|number| Number::new(number).expect("a number"));
    let end = proptest::option::of((number, any::<bool>()));
    (end.clone(), end).prop_map(|(from, to)| Bounds { from, to })
}

fn part() -> impl Strategy<Value = TextPart> {
    proptest::sample::select(TextPart::ALL.to_vec())
}

fn link_test() -> impl Strategy<Value = LinkTest> {
    let way = prop_oneof![Just(Way::From), Just(Way::To), Just(Way::Either)];
    (proptest::option::of(relation()), way, proptest::option::of(id()))
        .prop_map(|(relation, way, other)| LinkTest { relation, way, other })
}

fn test() -> impl Strategy<Value = Test> {
    let text_test = prop_oneof![
        Just(TextTest::None),
        name().prop_map(TextTest::Is),
        prop_oneof![Just(""), Just("ap"), Just("A"), Just("zz")]
            .prop_map(|start| TextTest::StartsWith(start.to_owned())),
    ];
    let rank_test = prop_oneof![
        Just(RankTest::None),
        (0u8..6, 0u8..6).prop_map(|(low, high)| RankTest::Between(low, high)),
    ];
    let time_test = prop_oneof![
        Just(TimeTest::None),
        (proptest::option::of(time()), proptest::option::of(time()))
            .prop_map(|(from, before)| TimeTest::Within { from, before }),
    ];
    let length_test = prop_oneof![
        Just(LengthTest::None),
        (-200_000i64..200_000, -200_000i64..400_000)
            .prop_map(|(low, high)| LengthTest::Between(low, high)),
        Just(LengthTest::Between(i64::MIN, 0)),
    ];
    let phrase = (
        proptest::collection::vec(word(), 1..3),
        any::<bool>(),
        0usize..2,
        proptest::option::of(part()),
    );
    prop_oneof![
        1 => Just(Test::Any),
        1 => (0usize..5).prop_map(|at| Test::Kind(Kind::ALL[at])),
        1 => prop_oneof![Just("new"), Just("resolved"), Just("other")]
            .prop_map(|name| Test::Status(StateName::new(name).expect("a state"))),
        1 => (0usize..4).prop_map(|at| Test::State(StateCategory::ALL[at])),
        1 => id().prop_map(Test::Id),
        1 => proptest::option::of(id()).prop_map(Test::Ci),
        2 => (rank_field(), rank_test).prop_map(|(field, test)| Test::Rank(field, test)),
        3 => (text_field(), text_test).prop_map(|(field, test)| Test::Text(field, test)),
        2 => (time_field(), time_test).prop_map(|(field, test)| Test::Time(field, test)),
        1 => (count_field(), 0u32..4, 0u32..4)
            .prop_map(|(field, low, high)| Test::Count(field, low, high)),
        1 => (length_field(), length_test).prop_map(|(field, test)| Test::Length(field, test)),
        1 => (own_field(), bounds()).prop_map(|(field, bounds)| Test::Own(field, bounds)),
        2 => link_test().prop_map(Test::Link),
        1 => Just(Test::KnownError),
        1 => part().prop_map(Test::Has),
        2 => phrase.prop_map(|(words, prefix, cut, part)| {
            let mut tokens = tokens(&words.join(" "));
            if prefix && let Some(last) = tokens.last_mut() {
                *last = last.chars().take(3 - cut).collect();
            }
            Test::Phrase(Phrase { tokens, prefix, part })
        }),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    test().prop_map(Filter::Test).prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::And),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::Or),
            Just(Filter::Or(
                [StateCategory::Open, StateCategory::Hold]
                    .map(|state| Filter::Test(Test::State(state)))
                    .into()
            )),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn selection() -> impl Strategy<Value = Selection> {
    let field = prop_oneof![
        Just(SortField::Id),
        Just(SortField::Kind),
        Just(SortField::Title),
        Just(SortField::Status),
        rank_field().prop_map(SortField::Rank),
        text_field().prop_map(SortField::Text),
        time_field().prop_map(SortField::Time),
        count_field().prop_map(SortField::Count),
        length_field().prop_map(SortField::Length),
        own_field().prop_map(SortField::Own),
    ];
    let key = (field, any::<bool>()).prop_map(|(field, descending)| Order { field, descending });
    (
        proptest::option::of(filter()),
        proptest::collection::vec(key, 0..3),
        proptest::option::of(1usize..8),
    )
        .prop_map(|(filter, sort, limit)| Selection { filter, sort, limit, warnings: vec![] })
}

fn by_hand(entries: &[Entry], selection: &Selection) -> (Vec<Row>, usize) {
    let rows = entries.iter().map(|entry| (entry.row.clone(), Cow::Borrowed(&entry.text)));
    eval::select(selection, rows)
}

/// Everything the database holds, for comparison: two that hold the same
/// records must answer the same, whatever way they came to it.
fn dump(db: &Connection) -> Vec<String> {
    let mut lines = Vec::new();
    let all = format!(
        "SELECT 'rec', {}, open, queue, rid, ci_name FROM rec ORDER BY kind, ulid",
        rows::COLUMNS
    );
    for sql in [
        all.as_str(),
        "SELECT 'tag', kind, ulid, tag FROM tag JOIN rec USING (n) ORDER BY 2, 3, 4",
        "SELECT 'concern', kind, ulid, ci FROM concern JOIN rec USING (n) ORDER BY 2, 3, 4",
        "SELECT 'involved', kind, ulid, role, person FROM involved JOIN rec USING (n) \
         ORDER BY 2, 3, 4, 5",
        "SELECT 'custom', kind, ulid, name, value, number, time FROM custom JOIN rec USING (n) ORDER BY 2, 3, 4",
        "SELECT 'link', kind, ulid, rel, dst, dkind FROM link JOIN rec ON src = n \
         ORDER BY 2, 3, 4, 5, 6",
        "SELECT 'totals', kind, status, state, open, priority, c FROM totals ORDER BY 2, 3, 4, 5, 6",
        "SELECT 'counts', kind, status, state, open, priority, team, assignee, c FROM counts \
         ORDER BY 2, 3, 4, 5, 6, team COLLATE BINARY, assignee COLLATE BINARY",
        "SELECT 'orphans', (SELECT count(*) FROM tag WHERE n NOT IN (SELECT n FROM rec)), \
         (SELECT count(*) FROM concern WHERE n NOT IN (SELECT n FROM rec)), \
         (SELECT count(*) FROM involved WHERE n NOT IN (SELECT n FROM rec)), \
         (SELECT count(*) FROM custom WHERE n NOT IN (SELECT n FROM rec)), \
         (SELECT count(*) FROM link WHERE src NOT IN (SELECT n FROM rec)), \
         (SELECT count(*) FROM fts WHERE rowid NOT IN (SELECT n FROM rec))",
        "SELECT 'fts', kind, ulid FROM fts JOIN rec ON n = fts.rowid WHERE fts MATCH 'crm' \
         ORDER BY 2, 3",
    ] {
        let mut statement = db.prepare(sql).expect(sql);
        let columns = statement.column_count();
        let mut found = statement.query([]).expect(sql);
        while let Some(row) = found.next().expect(sql) {
            let values: Vec<String> =
                (0..columns).map(|at| format!("{:?}", row.get_ref(at).expect("a value"))).collect();
            lines.push(values.join("|"));
        }
    }
    lines
}

/// Where a match belongs among the others: by how many of the words its title
/// holds, then the newest first.
fn place(entries: &[Entry], selection: &Selection, id: RecordId) -> (usize, Reverse<u128>) {
    fn holds(title: &SearchText, filter: &Filter) -> bool {
        match filter {
            Filter::And(parts) => parts.iter().all(|part| holds(title, part)),
            Filter::Or(parts) => parts.iter().any(|part| holds(title, part)),
            Filter::Test(Test::Phrase(phrase)) => title.contains(phrase),
            Filter::Test(_) | Filter::Not(_) => false,
        }
    }
    let entry = entries.iter().find(|entry| entry.row.id == id).expect("a match");
    let title = entry.text.part(TextPart::Title);
    let title = SearchText::default().with(TextPart::Title, title);
    let parts = match &selection.filter {
        Some(Filter::And(parts)) => parts.clone(),
        other => other.iter().cloned().collect(),
    };
    let words: Vec<bool> = parts
        .iter()
        .filter(|part| words::expression(part).is_some())
        .map(|part| holds(&title, part))
        .collect();
    let tier = match words.iter().filter(|holds| **holds).count() {
        all if all == words.len() => 0,
        0 => 2,
        _ => 1,
    };
    (tier, Reverse(u128::from(id.ulid()) >> 65))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn selections_are_those_of_brute_force(entries in desk(), selection in selection()) {
        let db = filled(&entries);
        let (rows, total) = by_hand(&entries, &selection);
        let selected = select::select(&db, &selection).expect("an answer");
        let sql = sql::condition(selection.filter.as_ref());
        prop_assert_eq!(&selected.rows, &rows, "{:?}", sql);
        prop_assert_eq!(selected.total, total, "{:?}", sql);
        let count = select::count(&db, selection.filter.as_ref()).expect("a count");
        prop_assert_eq!(count, total, "{:?}", sql);
    }

    #[test]
    fn searches_find_the_same_records(entries in desk(), selection in selection()) {
        let db = filled(&entries);
        let selection = Selection { sort: vec![], limit: None, ..selection };
        let (mut rows, _) = by_hand(&entries, &selection);
        let mut found = search::search(&db, &selection).expect("an answer").rows;
        let places: Vec<_> = found.iter().map(|row| place(&entries, &selection, row.id)).collect();
        prop_assert!(places.is_sorted(), "{:?}", places);
        let limited = Selection { limit: Some(2), ..selection.clone() };
        let first = search::search(&db, &limited).expect("an answer");
        prop_assert_eq!(&first.rows[..], &found[..found.len().min(2)]);
        prop_assert_eq!((first.total, first.more), (found.len(), false));
        found.sort_by_key(|row| row.id);
        rows.sort_by_key(|row| row.id);
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn summaries_are_those_of_brute_force(entries in desk(), filter in filter()) {
        let db = filled(&entries);
        let now = Timestamp::from_seconds(10 * 86_400);
        let selection = Selection { filter: Some(filter), ..Selection::default() };
        let (rows, _) = by_hand(&entries, &selection);
        let opened = rows.iter().filter(|row| row.state.is_open()).map(|row| row.opened_at);
        let expected = crate::report::summarise(now, rows.iter().map(Into::into), opened);
        let (items, opened) = select::summary(&db, selection.filter.as_ref()).expect("an answer");
        let found = crate::report::summarise(now, items, opened);
        prop_assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }

    #[test]
    fn updates_lead_where_a_build_leads(
        steps in proptest::collection::vec((entry(), any::<bool>()), 0..40),
    ) {
        let updated = database();
        let mut desk: BTreeMap<RecordId, Entry> = BTreeMap::new();
        for (entry, keep) in steps {
            let id = entry.row.id;
            if keep {
                write::upsert(&updated, &entry).expect("a row");
                desk.insert(id, entry);
            } else {
                write::remove(&updated, id).expect("no row");
                desk.remove(&id);
            }
        }
        let built = database();
        for entry in desk.values() {
            write::insert(&built, entry, None).expect("a row");
        }
        write::count_all(&built).expect("counts");
        prop_assert_eq!(dump(&updated), dump(&built));
    }

    #[test]
    fn short_ids_resolve_to_their_record(entries in desk()) {
        let db = filled(&entries);
        let ids: Vec<RecordId> = entries.iter().map(|entry| entry.row.id).collect();
        for (id, short) in ids.iter().zip(resolve::shorten(&db, &ids).expect("short ids")) {
            let found = resolve::resolve(&db, &short).expect("candidates");
            let found: Vec<RecordId> = found.iter().map(|candidate| candidate.id).collect();
            prop_assert_eq!(found, vec![*id], "{}", short);
        }
    }
}

/// A record that differs from others by number only.
fn incident(number: u32) -> Entry {
    let ulid = Ulid::from((u128::from(number) << 80) | u128::from(number));
    let title = format!("CRM crashes {number}");
    let id = RecordId::new(Kind::Incident, ulid);
    let at = Timestamp::from_seconds(i64::from(number));
    let record = serde_json::json!({
        "id": id, "title": title, "status": "new", "impact": "high", "urgency": "low",
        "priority": "P3", "external_id": format!("INC{number:07}"), "opened_at": at,
        "opened_by": "alice", "updated_at": at,
    });
    let record = Record::from_value(Kind::Incident, record).expect("a record");
    Entry::new(&record, StateCategory::Open, BlobId::of(b""))
}

fn selection_of(query: &str) -> Selection {
    let context = Context { now: Timestamp::from_seconds(1_000_000), me: None };
    let query = parse(query).expect("a query");
    check(&query, &context, &crate::query::NoVocabulary).expect("a selection")
}

#[test]
fn very_many_matches_come_newest_first() {
    let db = database();
    db.execute_batch("BEGIN").expect("a transaction");
    // Not in order of time, to show that numbers do not depend on it.
    for number in (1..=2_100).rev() {
        write::upsert(&db, &incident(number)).expect("a row");
    }
    let many = search::search(&db, &selection_of("crashes limit:2")).expect("an answer");
    assert_eq!((many.total, many.more, many.order.as_str()), (500, true, "relevance"));
    let titles: Vec<&str> = many.rows.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["CRM crashes 2100", "CRM crashes 2099"]);
    let few = search::search(&db, &selection_of("crashes \"77\"")).expect("an answer");
    assert_eq!((few.total, few.more, few.order.as_str()), (1, false, "relevance"));
}

#[test]
fn lists_of_many_ids_are_no_burden() {
    let db = database();
    let entries: Vec<Entry> = (1..=500).map(incident).collect();
    for entry in &entries {
        write::upsert(&db, entry).expect("a row");
    }
    let ids: Vec<String> = entries.iter().map(|entry| entry.row.id.to_string()).collect();
    let all = select::select(&db, &selection_of(&format!("id:{}", ids.join(",")))).expect("rows");
    assert_eq!(all.rows.len(), 500);
    let words: Vec<String> = (0..3_000).map(|n| format!("-external:x{n}")).collect();
    let all = select::select(&db, &selection_of(&words.join(" "))).expect("rows");
    assert_eq!(all.rows.len(), 500);
}

#[test]
fn lists_go_by_indexes() {
    let db = database();
    let plan = |query: &str| {
        let selection = selection_of(query);
        let condition = sql::condition(selection.filter.as_ref());
        let order = sql::order(&selection.sort);
        let text = format!(
            "EXPLAIN QUERY PLAN SELECT {} FROM rec WHERE {} ORDER BY {} LIMIT 50",
            rows::COLUMNS,
            condition.text,
            order.text
        );
        let mut statement = db.prepare(&text).expect("a plan");
        let mut found = statement
            .query(rusqlite::params_from_iter(condition.params.iter().chain(&order.params)))
            .expect("a plan");
        let mut plan = String::new();
        while let Some(row) = found.next().expect("a line") {
            plan += &row.get::<_, String>(3).expect("text");
            plan.push('\n');
        }
        plan
    };
    for (query, index) in [
        ("", "rec_queue"),
        ("status:open", "rec_open"),
        ("status:open type:incident", "rec_open"),
        ("status:open assignee:alice", "rec_assignee"),
        ("is:open team:apps", "rec_team"),
        ("status:=new", "rec_status"),
        ("sort:-opened", "rec_opened"),
        ("sort:opened", "rec_opened"),
        ("sort:-updated", "rec_updated"),
    ] {
        let plan = plan(query);
        assert!(plan.contains(index), "{query}: {plan}");
        assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{query} is sorted by hand: {plan}");
    }
    for query in ["id:INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", "external:INC0000045", "tag:x", "crash"] {
        assert!(plan(query).contains("SEARCH"), "{query}: {}", plan(query));
    }
}

#[test]
fn names_and_numbers_resolve() {
    let db = database();
    write::upsert(&db, &incident(45)).expect("a row");
    let mut ci = incident(7);
    ci.row.id = RecordId::new(Kind::Ci, ci.row.id.ulid());
    ci.row.kind = Kind::Ci;
    ci.row.title = "web-01".into();
    ci.row.external_id = None;
    write::upsert(&db, &ci).expect("a row");
    let resolved = |text: &str| {
        let found = resolve::resolve(&db, text).expect("candidates");
        found.into_iter().map(|candidate| candidate.id).collect::<Vec<_>>()
    };
    assert_eq!(resolved("WEB-01"), [ci.row.id]);
    assert_eq!(resolved("inc0000045"), [incident(45).row.id]);
    assert_eq!(resolved("nothing"), []);
    // Retired: still found, but a successor of the same name comes first.
    ci.row.state = StateCategory::Closed;
    write::upsert(&db, &ci).expect("a row");
    assert_eq!(resolved("web-01"), [ci.row.id]);
    let mut successor = ci.clone();
    successor.row.id = RecordId::new(Kind::Ci, Ulid::from(9u128 << 80));
    successor.row.state = StateCategory::Open;
    write::upsert(&db, &successor).expect("a row");
    assert_eq!(resolved("web-01"), [successor.row.id]);
    let completed = |start: &str| resolve::complete(&db, start, 10).expect("completions");
    assert_eq!(completed("we").len(), 1);
    assert_eq!(completed("INC-").len(), 1);
    assert_eq!(completed("in").len(), 1);
    assert_eq!(completed("INC-0000").len(), 1);
    assert_eq!(completed("INC-Z"), []);
    assert_eq!(completed("").len(), 4);
}
