//! The database against brute force, on random desks and random queries.

mod likeness;
mod random;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use proptest::prelude::*;
use rusqlite::Connection;
use ulid::Ulid;

use super::counts::Counts;
use super::sql::Sql;
use super::write::{self, Entry};
use super::{
    IndexError, Selected, held, promise, resolve, rows, schema, search, select, short, sql, words,
};
use crate::model::{Kind, Record, RecordId, StateCategory, Timestamp};
use crate::query::{
    Context, Filter, Row, SearchText, Selection, Test, TextPart, check, eval, parse,
};
use crate::store::{BlobId, CommitId};
use random::{desk, entry, filter, selection};

fn select_all(db: &Connection, selection: &Selection) -> Result<Selected, IndexError> {
    select::all(db, select::find(db, selection)?)
}

fn search_all(db: &Connection, selection: &Selection) -> Result<Selected, IndexError> {
    select::all(db, search::find(db, selection)?)
}

fn database() -> Connection {
    let db = schema::open_new(None).expect("a database");
    schema::create(&db).expect("tables");
    schema::finish(&db, CommitId::from_bytes([7; 20]), true).expect("indexes");
    db
}

fn put(db: &Connection, entry: &Entry) {
    let mut counts = Counts::default();
    write::upsert(db, entry, &mut counts).expect("a row");
    counts.write(db).expect("counts");
}

fn filled(entries: &[Entry]) -> Connection {
    let db = database();
    for entry in entries {
        put(&db, entry);
        promise::put(&db, &[(entry.row.id, entry.row.promises.clone())]).expect("commitments");
    }
    db
}

fn by_hand(entries: &[Entry], selection: &Selection) -> (Vec<Row>, usize) {
    let rows = entries.iter().map(|entry| (entry.row.clone(), Cow::Borrowed(&entry.text)));
    let (mut rows, total) = eval::select(selection, rows);
    // The index gives what was promised only where it is asked for.
    rows.iter_mut().for_each(|row| row.promises.clear());
    (rows, total)
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
         (SELECT count(*) FROM fts WHERE rowid NOT IN (SELECT n FROM rec)), \
         (SELECT count(*) FROM fts_open WHERE rowid NOT IN (SELECT n FROM rec WHERE open = 1)), \
         (SELECT count(*) FROM rec WHERE open = 1 AND n NOT IN (SELECT rowid FROM fts_open))",
        "SELECT 'fts', kind, ulid FROM fts JOIN rec ON n = fts.rowid WHERE fts MATCH 'crm' \
         ORDER BY 2, 3",
        "SELECT 'fts_open', kind, ulid FROM fts_open JOIN rec ON n = fts_open.rowid \
         WHERE fts_open MATCH 'crm' ORDER BY 2, 3",
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
        let selected = select_all(&db, &selection).expect("an answer");
        let sql = sql::condition(selection.filter.as_ref());
        prop_assert_eq!(&selected.rows, &rows, "{:?}", sql);
        prop_assert_eq!(selected.total, total, "{:?}", sql);
        let count = select::count(&db, selection.filter.as_ref()).expect("a count");
        prop_assert_eq!(count, total, "{:?}", sql);
    }

    #[test]
    fn questions_about_what_is_open_are_answered_as_by_brute_force(
        entries in desk(),
        selection in random::open_question(),
    ) {
        let db = filled(&entries);
        let (rows, total) = by_hand(&entries, &selection);
        let selected = select_all(&db, &selection).expect("an answer");
        prop_assert_eq!(&selected.rows, &rows);
        prop_assert_eq!(selected.total, total);
    }

    #[test]
    fn searches_find_the_same_records(entries in desk(), selection in selection()) {
        let db = filled(&entries);
        let selection = Selection { sort: vec![], limit: None, ..selection };
        let (mut rows, _) = by_hand(&entries, &selection);
        let mut found = search_all(&db, &selection).expect("an answer").rows;
        let places: Vec<_> = found.iter().map(|row| place(&entries, &selection, row.id)).collect();
        prop_assert!(places.is_sorted(), "{:?}", places);
        let limited = Selection { limit: Some(2), ..selection.clone() };
        let first = search_all(&db, &limited).expect("an answer");
        prop_assert_eq!(&first.rows[..], &found[..found.len().min(2)]);
        // Very many that hold words are not counted.
        let counted = if first.more { found.len().min(search::COUNTED) } else { found.len() };
        prop_assert_eq!((first.total, first.more), (counted, counted < found.len()));
        found.sort_by_key(|row| row.id);
        rows.sort_by_key(|row| row.id);
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn brief_rows_say_the_same_of_what_they_hold(entries in desk()) {
        let db = filled(&entries);
        let numbers = select::find(&db, &Selection::default()).expect("an answer").rows;
        let read = |whole| select::read_each(&db, &numbers, whole, |row, short, blob| {
            let Row { id, kind, title, status, state, priority, service, requester, .. } = row;
            let Row { assignee, team, category, opened_at, updated_at, .. } = row;
            let what = (id, kind, title, status, state, priority, service, requester);
            (what, (assignee, team, category, opened_at, updated_at), short, blob)
        });
        prop_assert_eq!(read(false).expect("rows"), read(true).expect("rows"));
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
                put(&updated, &entry);
                desk.insert(id, entry);
            } else {
                let mut counts = Counts::default();
                write::remove(&updated, id, &mut counts).expect("no row");
                counts.write(&updated).expect("counts");
                desk.remove(&id);
            }
        }
        let built = database();
        let mut counts = Counts::default();
        for entry in desk.values() {
            counts.add(&entry.row, 1);
            write::insert(&built, entry).expect("a row");
        }
        counts.write(&built).expect("counts");
        short::all(&built).expect("short ids");
        prop_assert_eq!(dump(&updated), dump(&built));
    }

    #[test]
    fn short_ids_resolve_to_their_record(entries in desk()) {
        let db = filled(&entries);
        let ids: Vec<RecordId> = entries.iter().map(|entry| entry.row.id).collect();
        for (id, short) in ids.iter().zip(short::shorten(&db, &ids).expect("short ids")) {
            let found = resolve::resolve(&db, &short).expect("candidates");
            let found: Vec<RecordId> = found.iter().map(|candidate| candidate.id).collect();
            prop_assert_eq!(found, vec![*id], "{}", short);
        }
    }

    #[test]
    fn rows_know_how_long_their_short_ids_are(entries in desk(), gone in 0..4usize) {
        let db = filled(&entries);
        for entry in entries.iter().take(gone) {
            write::remove(&db, entry.row.id, &mut Counts::default()).expect("no row");
        }
        let mut rows = db.prepare("SELECT n FROM rec").expect("a query");
        let rows = rows.query_map([], |row| row.get(0)).expect("rows");
        let rows: Vec<i64> = rows.collect::<Result<_, _>>().expect("rows");
        let known = select::read_each(&db, &rows, true, |row, short, _| (row.id, short)).expect("rows");
        let (ids, known): (Vec<RecordId>, Vec<String>) = known.into_iter().unzip();
        prop_assert_eq!(known, short::shorten(&db, &ids).expect("short ids"));
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
        put(&db, &incident(number));
    }
    let many = search_all(&db, &selection_of("crashes limit:2")).expect("an answer");
    assert_eq!((many.total, many.more, many.order.as_str()), (search::COUNTED, true, "relevance"));
    let titles: Vec<&str> = many.rows.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["CRM crashes 2100", "CRM crashes 2099"]);
    let few = search_all(&db, &selection_of("crashes \"77\"")).expect("an answer");
    assert_eq!((few.total, few.more, few.order.as_str()), (1, false, "relevance"));
}

#[test]
fn lists_of_many_ids_are_no_burden() {
    let db = database();
    let entries: Vec<Entry> = (1..=500).map(incident).collect();
    for entry in &entries {
        put(&db, entry);
    }
    let ids: Vec<String> = entries.iter().map(|entry| entry.row.id.to_string()).collect();
    let all = select_all(&db, &selection_of(&format!("id:{}", ids.join(",")))).expect("rows");
    assert_eq!(all.rows.len(), 500);
    let words: Vec<String> = (0..3_000).map(|n| format!("-external:x{n}")).collect();
    let all = select_all(&db, &selection_of(&words.join(" "))).expect("rows");
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
    for (query, indexes) in [
        ("status:open sla:breached", &["rec_open", "promise_open", "promise_missed"][..]),
        ("status:open sla:at_risk", &["rec_open", "promise_open"]),
        ("status:open sla:paused", &["rec_open", "promise_open"]),
        ("status:open due:<2026-12-01", &["rec_open", "promise_open"]),
        ("status:open due:none", &["rec_open", "promise_open"]),
        ("status:open sort:due", &["rec_open", "promise_open"]),
    ] {
        let plan = plan(query);
        assert!(indexes.iter().all(|index| plan.contains(index)), "{query}: {plan}");
    }
    for (query, index) in [
        ("service:Büro", "rec_service"),
        ("service:Büro,Netz", "rec_service"),
        ("tag:Büro", "tag_tag"),
        ("external:№7", "rec_external"),
        ("custom.site:Köln", "custom_value"),
    ] {
        let plan = plan(query);
        assert!(plan.contains(index) && !plan.contains("SCAN"), "{query}: {plan}");
    }
    for query in ["id:INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", "external:INC0000045", "tag:x", "crash"] {
        assert!(plan(query).contains("SEARCH"), "{query}: {}", plan(query));
    }
}

#[test]
fn open_records_with_words_are_looked_up_in_the_narrow_index() {
    let db = database();
    let selection = selection_of("crash age:>30d status:open");
    let (from, condition) = select::source(selection.filter.as_ref());
    let text = format!(
        "EXPLAIN QUERY PLAN SELECT {}, rec.n FROM {from} WHERE {}",
        sql::DEFAULT_ORDER,
        condition.text
    );
    let mut statement = db.prepare(&text).expect("a plan");
    let plan: Vec<String> = statement
        .query_map(rusqlite::params_from_iter(&condition.params), |row| row.get(3))
        .and_then(Iterator::collect)
        .expect("a plan");
    assert!(plan.iter().any(|step| step.contains("COVERING INDEX rec_held")), "{plan:?}");
}

#[test]
fn commitments_of_open_records_are_read_in_an_index_of_their_own() {
    let db = database();
    let plan = |Sql { text, params }: Sql| {
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {text}")).expect("a plan");
        let steps: Result<Vec<String>, _> = statement
            .query_map(rusqlite::params_from_iter(&params), |row| row.get(3))
            .expect("a plan")
            .collect();
        steps.expect("a plan")
    };
    let queries = ["sla:breached", "sla:at_risk", "sla:met", "sla:none", "due:none", "due:<1d"];
    for query in queries.into_iter().chain(["sla:breached team:apps", "sla:met -priority:<=P2"]) {
        let selection = selection_of(&format!("status:open {query}"));
        let filter = selection.filter.as_ref().expect("a filter");
        let question = held::Question::of(filter).expect(query);
        let steps = plan(question.in_order());
        let is_wanted = |step: &String| {
            let index = if query.contains("team") { "rec_team" } else { "rec_open" };
            step.contains(&format!("COVERING INDEX {index}"))
        };
        assert!(matches!(&steps[..], [step] if is_wanted(step)), "{query}: {steps:?}");
        let Filter::And(parts) = filter else { panic!("{filter:?}") };
        for (condition, _) in parts.iter().filter_map(promise::asked).flatten() {
            let steps = plan(promise::holding(&condition));
            let is_narrow = |step: &String| step.contains("COVERING INDEX promise_held");
            assert!(matches!(&steps[..], [step] if is_narrow(step)), "{query}: {steps:?}");
        }
    }
}

/// SQLite refuses to use an index that was named to it for what can never be.
#[test]
fn contradictions_find_nothing() {
    let db = filled(&[incident(45)]);
    let open = |state| Filter::Test(Test::State(state));
    let nothing = [Filter::Or(vec![]), Filter::Not(Box::new(Filter::Test(Test::Any)))];
    for nothing in nothing {
        for told in ["crash", "sla:met", "due:none"] {
            let told = selection_of(told).filter.expect("a filter");
            let open = Filter::Or([StateCategory::Open, StateCategory::Hold].map(open).into());
            let filter = Some(Filter::And(vec![told, open, nothing.clone()]));
            let selection = Selection { filter, ..Selection::default() };
            assert_eq!(select_all(&db, &selection).expect("an answer").total, 0);
        }
    }
}

#[test]
fn names_and_numbers_resolve() {
    let db = database();
    put(&db, &incident(45));
    let mut ci = incident(7);
    ci.row.id = RecordId::new(Kind::Ci, ci.row.id.ulid());
    ci.row.kind = Kind::Ci;
    ci.row.title = "web-01".into();
    ci.row.external_id = None;
    put(&db, &ci);
    let resolved = |text: &str| {
        let found = resolve::resolve(&db, text).expect("candidates");
        found.into_iter().map(|candidate| candidate.id).collect::<Vec<_>>()
    };
    assert_eq!(resolved("WEB-01"), [ci.row.id]);
    assert_eq!(resolved("inc0000045"), [incident(45).row.id]);
    assert_eq!(resolved("nothing"), []);
    // Retired: still found, but a successor of the same name comes first.
    ci.row.state = StateCategory::Closed;
    put(&db, &ci);
    assert_eq!(resolved("web-01"), [ci.row.id]);
    let mut successor = ci.clone();
    successor.row.id = RecordId::new(Kind::Ci, Ulid::from(9u128 << 80));
    successor.row.state = StateCategory::Open;
    put(&db, &successor);
    assert_eq!(resolved("web-01"), [successor.row.id]);
    ci.row.id = RecordId::new(Kind::Ci, Ulid::from(11u128 << 80));
    ci.row.state = StateCategory::Open;
    ci.row.title = "Öffnungszeiten".into();
    ci.row.external_id = Some("№7-Ä".into());
    put(&db, &ci);
    assert_eq!(resolved("öffnungszeiten"), [ci.row.id]);
    assert_eq!(resolved("№7-ä"), [ci.row.id]);
    assert_eq!(resolve::complete(&db, "öFF", 10).expect("completions").len(), 1);
    write::remove(&db, ci.row.id, &mut Counts::default()).expect("no row");
    let completed = |start: &str| resolve::complete(&db, start, 10).expect("completions");
    assert_eq!(completed("we").len(), 1);
    assert_eq!(completed("INC-").len(), 1);
    assert_eq!(completed("in").len(), 1);
    assert_eq!(completed("INC-0000").len(), 1);
    assert_eq!(completed("INC-Z"), []);
    assert_eq!(completed("").len(), 4);
}
