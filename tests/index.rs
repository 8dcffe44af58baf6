//! The index over a real repository: always current, whatever happens to it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail")]

use std::borrow::Cow;
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use gitsm::format::{read_record, write_record};
use gitsm::index::{EventFilter, Index, IndexError, Meaning};
use gitsm::model::{Kind, Link, Record, RecordId, Relation, StateCategory, Timestamp};
use gitsm::query::{Context, NoVocabulary, Row, SearchText, Selection, check, eval, parse};
use gitsm::store::{
    CommitId, FileChange, Identity, InitPlan, Plan, Snapshot, Store, StoreError, WriteOptions, init,
};
use proptest::prelude::*;
use tempfile::TempDir;
use ulid::Ulid;

struct Desk {
    dir: TempDir,
    store: Rc<Store>,
}

fn identity() -> Identity {
    Identity {
        name: "Alice".into(),
        email: "alice@example.com".into(),
        at: 1_795_000_000,
        offset_minutes: 0,
    }
}

impl Desk {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let store = init(&InitPlan {
            dir: dir.path().join("desk"),
            branch: None,
            bare: true,
            initial_branch: Some("main".into()),
            files: vec![(".gitsm/desk.yaml".into(), b"format: 1\n".to_vec())],
            message: "Start the desk\n".into(),
            author: identity(),
        })
        .unwrap();
        Self { dir, store: Rc::new(store) }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("desk")
    }

    /// Commits files, and gives the commits before and after.
    fn commit(&self, files: &[(String, Option<String>)], message: &str) -> (CommitId, CommitId) {
        let plan = |_: &Snapshot<'_>| {
            let changes = files
                .iter()
                .map(|(path, content)| FileChange {
                    path: path.clone(),
                    content: content.clone().map(String::into_bytes),
                })
                .collect();
            Ok::<_, StoreError>(Plan {
                changes,
                message: message.to_owned(),
                author: identity(),
                committer: identity(),
                adopt: vec![],
                value: (),
            })
        };
        let done = self.store.transact(&WriteOptions::default(), plan).unwrap();
        (done.before, done.commit)
    }

    fn put(&self, records: &[Record]) -> (CommitId, CommitId) {
        let files: Vec<_> = records
            .iter()
            .map(|record| (record.id().path(), Some(write_record(record).unwrap())))
            .collect();
        self.commit(&files, "Put records\n")
    }

    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git").current_dir(self.path()).args(arguments).status().unwrap();
        assert!(done.success(), "git {arguments:?}");
    }

    fn database(&self) -> PathBuf {
        self.store.state_dir().join("index.sqlite")
    }
}

/// `new` and `in_progress` are open, unless the desk's workflow says hold.
fn states(snapshot: &Snapshot<'_>) -> Result<Meaning, IndexError> {
    let workflow = snapshot.file(".gitsm/workflows/incident.yaml")?.unwrap_or_default();
    let hold = workflow.starts_with(b"hold");
    let state_of = Box::new(move |record: &Record| match record.status().as_str() {
        "in_progress" if hold => StateCategory::Hold,
        "new" | "in_progress" => StateCategory::Open,
        "resolved" => StateCategory::Resolved,
        _ => StateCategory::Closed,
    });
    Ok(Meaning { state_of, sound: !hold })
}

fn quiet(_: usize, _: usize) {}

fn open(store: &Rc<Store>) -> Index {
    Index::open(Rc::clone(store), None, Rc::new(states), Rc::new(quiet)).unwrap()
}

fn id(number: u64) -> RecordId {
    let random = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) & ((1 << 80) - 1);
    RecordId::new(Kind::Incident, Ulid::from((u128::from(number + 1) << 80) | random))
}

fn incident(number: u64, status: &str, title: &str) -> Record {
    let text = format!(
        "id: {}\ntitle: {title}\nstatus: {status}\nimpact: high\nurgency: medium\npriority: P{}\n\
         team: apps\ntags: [t{}]\nopened_at: \"2026-11-22T09:12:04Z\"\nopened_by: alice\n\
         updated_at: \"2026-11-22T09:12:04Z\"\ndescription: |\n  The report aborts.\n",
        id(number),
        number % 5 + 1,
        number % 3,
    );
    read_record(id(number), text.as_bytes()).unwrap()
}

fn selection(query: &str) -> Selection {
    let now = "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap();
    check(&parse(query).unwrap(), &Context { now, me: None }, &NoVocabulary).unwrap()
}

/// The answer without any index.
fn by_hand(store: &Store, selection: &Selection) -> Vec<Row> {
    let snapshot = store.snapshot().unwrap();
    let state_of = states(&snapshot).unwrap().state_of;
    let list = snapshot.record_ids().unwrap();
    let rows = list.records.iter().filter_map(|(id, _)| {
        let bytes = snapshot.record_bytes(*id).unwrap().unwrap();
        let record = read_record(*id, &bytes).ok()?;
        Some((Row::new(&record, state_of(&record)), Cow::Owned(SearchText::of(&record))))
    });
    eval::select(selection, rows).0
}

const QUERIES: &[&str] = &[
    "",
    "status:open",
    "status:hold",
    "priority:<=P2 tag:t1",
    "crash sort:-opened",
    "\"report aborts\" -tag:t0",
    "status:closed or team:db",
];

fn assert_current(index: &Index, store: &Store) {
    for query in QUERIES {
        let selection = selection(query);
        let found = index.select(&selection).unwrap();
        let expected = by_hand(store, &selection);
        assert_eq!(found.rows, expected, "{query}");
        assert_eq!(found.total, expected.len(), "{query}");
        assert_eq!(index.count(selection.filter.as_ref()).unwrap(), expected.len(), "{query}");
    }
}

#[test]
fn every_opening_is_current() {
    let desk = Desk::new();
    assert_current(&open(&desk.store), &desk.store);
    desk.put(&[incident(1, "new", "Crash one"), incident(2, "closed", "Crash two")]);
    assert_current(&open(&desk.store), &desk.store);
    desk.put(&[incident(1, "closed", "Crash one"), incident(3, "new", "Three")]);
    let index = open(&desk.store);
    assert_current(&index, &desk.store);
    assert!(!index.is_in_memory());
    // An open index keeps answering for its commit.
    desk.commit(&[(id(2).path(), None)], "Remove\n");
    assert_eq!(index.count(None).unwrap(), 3);
    assert_eq!(open(&desk.store).count(None).unwrap(), 2);
}

#[test]
fn a_noted_commit_needs_no_catching_up() {
    let desk = Desk::new();
    desk.put(&[incident(1, "new", "Crash one")]);
    let index = open(&desk.store);
    let two = incident(2, "new", "Crash two");
    let (before, after) = desk.put(std::slice::from_ref(&two));
    index.note_commit(before, after, &[(two.id(), Some(&two))]).unwrap();
    assert_eq!(index.head(), after);
    assert_current(&index, &desk.store);
    drop(index);
    // Opening again must not have to read anything.
    let refuse = |_: &Snapshot<'_>| -> Result<Meaning, IndexError> { panic!("not current") };
    let store = Rc::clone(&desk.store);
    let index = Index::open(store, None, Rc::new(refuse), Rc::new(quiet)).unwrap();
    assert_current(&index, &desk.store);
    // A note about another commit than the index's does nothing.
    let index = open(&desk.store);
    let (_, middle) = desk.put(&[incident(3, "new", "Three")]);
    let four = incident(4, "new", "Four");
    let (_, last) = desk.put(std::slice::from_ref(&four));
    index.note_commit(middle, last, &[(four.id(), Some(&four))]).unwrap();
    assert_eq!(index.head(), after);
    assert_current(&open(&desk.store), &desk.store);
}

#[test]
fn a_changed_workflow_changes_what_states_mean() {
    let desk = Desk::new();
    desk.put(&[incident(1, "in_progress", "Crash one")]);
    assert_eq!(open(&desk.store).count(selection("status:hold").filter.as_ref()).unwrap(), 0);
    desk.commit(&[(".gitsm/workflows/incident.yaml".into(), Some("hold\n".into()))], "Flow\n");
    let index = open(&desk.store);
    assert_eq!(index.count(selection("status:hold").filter.as_ref()).unwrap(), 1);
    assert_current(&index, &desk.store);
    // What was found about the settings is kept with them.
    assert!(!index.are_settings_sound());
    assert!(!open(&desk.store).are_settings_sound());
    desk.put(&[incident(9, "new", "Nine")]);
    assert!(!open(&desk.store).are_settings_sound());
    desk.commit(&[(".gitsm/workflows/incident.yaml".into(), None)], "No flow\n");
    assert!(open(&desk.store).are_settings_sound());
}

#[test]
fn one_bad_record_hides_no_other() {
    let desk = Desk::new();
    desk.put(&[incident(1, "new", "Crash one"), incident(2, "new", "Crash two")]);
    open(&desk.store);
    let stray = "incidents/1/1/notes.txt".to_owned();
    let files = [
        (id(2).path(), Some("id: nonsense\nboo: [\n".to_owned())),
        (stray.clone(), Some("x\n".to_owned())),
    ];
    desk.commit(&files, "Break\n");
    let check = |index: &Index| {
        assert_current(index, &desk.store);
        assert_eq!(index.count(None).unwrap(), 1);
        let bad = index.bad().unwrap();
        assert_eq!(index.bad_count().unwrap(), 2);
        assert!(bad.iter().any(|file| file.path == stray));
        let broken = bad.iter().find(|file| file.path == id(2).path()).unwrap();
        assert!(!broken.reason.is_empty());
    };
    let index = open(&desk.store);
    check(&index);
    index.rebuild().unwrap();
    check(&index);
    drop(index);
    desk.put(&[incident(2, "new", "Crash two")]);
    desk.commit(&[(stray, None)], "Mend\n");
    let index = open(&desk.store);
    assert_eq!(index.bad().unwrap(), []);
    assert_eq!(index.count(None).unwrap(), 2);
}

#[test]
fn a_damaged_index_is_made_anew() {
    let desk = Desk::new();
    let many: Vec<Record> = (0..200).map(|n| incident(n, "new", "Crash")).collect();
    desk.put(&many);
    open(&desk.store);
    let path = desk.database();
    let whole = fs::read(&path).unwrap();
    let mut garbled = whole.clone();
    garbled[4096..].fill(0x5a);
    let cases: [(&str, Vec<u8>); 5] = [
        ("empty", vec![]),
        ("text", b"hello, this is no database at all\n".repeat(500)),
        ("cut", whole[..5000].to_vec()),
        ("garbled", garbled),
        ("header", [&[0u8; 100][..], &whole[100..]].concat()),
    ];
    for (what, bytes) in cases {
        fs::write(&path, bytes).unwrap();
        let index = open(&desk.store);
        assert_current(&index, &desk.store);
        assert!(!index.is_in_memory(), "{what}");
    }
    fs::remove_file(&path).unwrap();
    assert_current(&open(&desk.store), &desk.store);
}

#[test]
fn damage_that_shows_later_is_repaired_too() {
    let desk = Desk::new();
    let many: Vec<Record> = (0..200).map(|n| incident(n, "new", "Crash")).collect();
    desk.put(&many);
    drop(open(&desk.store));
    // The tables' names stay whole; the pages with the rows do not.
    let path = desk.database();
    let mut bytes = fs::read(&path).unwrap();
    let mut garbled = 0;
    for page in bytes.chunks_mut(4096) {
        if page.windows(5).filter(|window| window == b"Crash").count() > 2 {
            page.fill(0x5a);
            garbled += 1;
        }
    }
    assert!(garbled > 0);
    fs::write(&path, bytes).unwrap();
    let builds = Rc::new(Cell::new(0));
    let counted = Rc::clone(&builds);
    let counting = move |snapshot: &Snapshot<'_>| {
        counted.set(counted.get() + 1);
        states(snapshot)
    };
    let store = Rc::clone(&desk.store);
    let index = Index::open(store, None, Rc::new(counting), Rc::new(quiet)).unwrap();
    assert_eq!(builds.get(), 0);
    assert_current(&index, &desk.store);
    assert_eq!(builds.get(), 1);
    assert!(!index.is_in_memory());
    index.select(&selection("crash")).unwrap();
    assert_eq!(builds.get(), 1);
}

#[test]
fn a_foreign_database_is_replaced_with_its_log() {
    let desk = Desk::new();
    desk.put(&[incident(1, "new", "Crash one")]);
    drop(open(&desk.store));
    let path = desk.database();
    let other = foreign_database();
    fs::write(&path, other).unwrap();
    fs::write(format!("{}-wal", path.display()), b"a log of something else").unwrap();
    assert_current(&open(&desk.store), &desk.store);
}

#[test]
fn an_index_that_lacks_a_table_is_made_anew() {
    let desk = Desk::new();
    desk.put(&[incident(1, "new", "Crash one")]);
    drop(open(&desk.store));
    let database = rusqlite::Connection::open(desk.database()).unwrap();
    database.execute_batch("DROP TABLE totals").unwrap();
    drop(database);
    assert_current(&open(&desk.store), &desk.store);
}

/// An empty database of another program: the 100 bytes of the header say so.
fn foreign_database() -> Vec<u8> {
    let mut page = vec![0u8; 4096];
    page[..16].copy_from_slice(b"SQLite format 3\0");
    page[16..18].copy_from_slice(&[0x10, 0x00]);
    page[18..24].copy_from_slice(&[1, 1, 0, 64, 32, 32]);
    page[28..32].copy_from_slice(&[0, 0, 0, 1]);
    page[47] = 4;
    page[56..60].copy_from_slice(&[0, 0, 0, 1]);
    page[60..64].copy_from_slice(&[0, 0, 0, 99]);
    page[100] = 13;
    page[105..107].copy_from_slice(&[0x10, 0x00]);
    page
}

#[test]
fn where_nothing_can_be_kept_the_answer_is_the_same() {
    let desk = Desk::new();
    desk.put(&[incident(1, "new", "Crash one"), incident(2, "closed", "Two")]);
    let state = desk.store.state_dir().to_owned();
    fs::remove_dir_all(&state).unwrap();
    fs::write(&state, b"in the way").unwrap();
    let index = open(&desk.store);
    assert!(index.is_in_memory());
    assert_current(&index, &desk.store);
    assert_eq!(index.events(&EventFilter::default()).unwrap().len(), 2);
    let cache = desk.dir.path().join("cache/desk");
    let store = Rc::clone(&desk.store);
    let index = Index::open(store, Some(&cache), Rc::new(states), Rc::new(quiet)).unwrap();
    assert!(!index.is_in_memory());
    assert_current(&index, &desk.store);
    assert!(cache.join("index.sqlite").exists());
}

#[test]
fn rewritten_history_is_followed() {
    let desk = Desk::new();
    let (before, _) = desk.put(&[incident(1, "new", "Crash one")]);
    desk.put(&[incident(2, "new", "Crash two")]);
    let index = open(&desk.store);
    assert_eq!(index.events(&EventFilter::default()).unwrap().len(), 3);
    drop(index);
    desk.git(&["update-ref", "refs/heads/main", &before.to_string()]);
    desk.put(&[incident(3, "new", "Three")]);
    desk.git(&["reflog", "expire", "--expire=now", "--all"]);
    desk.git(&["gc", "-q", "--prune=now"]);
    let store = Rc::new(Store::open_at(&desk.path(), None).unwrap());
    let index = open(&store);
    assert_current(&index, &store);
    let events = index.events(&EventFilter::default()).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].records, [id(3)]);
}

#[test]
fn events_tell_who_did_what_to_which_record() {
    let desk = Desk::new();
    desk.put(&[incident(1, "new", "Crash one")]);
    let index = open(&desk.store);
    assert_eq!(index.events(&EventFilter::default()).unwrap().len(), 2);
    drop(index);
    let text = |record: &Record| Some(write_record(record).unwrap());
    desk.commit(
        &[
            (id(1).path(), text(&incident(1, "resolved", "Crash one"))),
            (id(2).path(), text(&incident(2, "new", "Crash two"))),
        ],
        "INC resolve: Crash one\n\nGitsm-Action: resolve\nGitsm-Actor: bob\n",
    );
    desk.commit(&[(id(2).path(), None)], "Remove by hand\n");
    let index = open(&desk.store);
    let events = index.events(&EventFilter::default()).unwrap();
    let done: Vec<&str> = events.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(done, ["commit", "resolve", "commit", "commit"]);
    assert_eq!(events[1].actor, "bob");
    assert_eq!(events[0].actor, "Alice <alice@example.com>");
    assert_eq!(events[1].records.len(), 2);
    assert_eq!((&events[0].records[..], events[0].touched), (&[id(2)][..], 1));
    assert_eq!(events[1].commit, desk.store.commit_info(events[0].commit).unwrap().parents[0]);
    let of = |filter: EventFilter| index.events(&filter).unwrap();
    let one = of(EventFilter { records: Some(vec![id(1)]), ..EventFilter::default() });
    assert_eq!(one.len(), 2);
    assert_eq!((&one[0].records[..], one[0].touched), (&[id(1)][..], 2));
    let bob = Some(vec!["bob".to_owned()]);
    assert_eq!(of(EventFilter { actors: bob, ..EventFilter::default() }).len(), 1);
    let to = |value: Option<&str>| EventFilter {
        fields: vec!["status".to_owned()],
        to: Some(value.map(str::to_owned)),
        ..EventFilter::default()
    };
    assert_eq!(of(to(Some("Resolved")))[0].records, [id(1)]);
    assert_eq!(of(to(Some("new"))).len(), 2);
    assert_eq!(of(to(None))[0].commit, events[0].commit);
    assert_eq!(of(to(Some("closed"))), []);
    assert_eq!(of(EventFilter { limit: Some(2), ..EventFilter::default() }).len(), 2);
    let later = Some(Timestamp::from_seconds(identity().at + 1));
    assert_eq!(of(EventFilter { since: later, ..EventFilter::default() }).len(), 0);
    assert_eq!(of(EventFilter { until: later, ..EventFilter::default() }).len(), 4);
}

#[test]
fn names_links_and_short_ids() {
    let desk = Desk::new();
    let mut two = incident(2, "new", "Crash two");
    two.links_mut().push(Link { rel: Relation::RelatesTo, to: id(1) });
    desk.put(&[incident(1, "new", "Crash one"), two]);
    let index = open(&desk.store);
    assert_eq!(index.links_to(id(1)).unwrap(), [(id(2), Relation::RelatesTo)]);
    let short = index.shorten(&[id(1), id(2)]).unwrap();
    assert_eq!(short, [id(1).short(), id(2).short()]);
    let found = index.resolve(&short[1].to_ascii_lowercase()).unwrap();
    assert_eq!(found.iter().map(|candidate| candidate.id).collect::<Vec<_>>(), [id(2)]);
    let refs = index.refs(&[id(2), id(9)]).unwrap();
    assert_eq!(refs[0].as_ref().unwrap().title, "Crash two");
    assert_eq!(refs[1], None);
    let row = index.row(id(2)).unwrap().unwrap();
    assert_eq!(row.title, "Crash two");
    assert_eq!(index.complete_ids("INC-", 10).unwrap().len(), 2);
    let search = index.search(&selection("two")).unwrap();
    assert_eq!((search.total, search.order.as_str()), (1, "relevance"));
}

#[test]
fn many_processes_at_once_all_answer_truly() {
    let desk = Desk::new();
    desk.put(&(0..50).map(|n| incident(n, "new", "Crash")).collect::<Vec<_>>());
    let path = desk.path();
    let reader = |path: &Path| {
        for _ in 0..10 {
            let store = Rc::new(Store::open_at(path, None).unwrap());
            let index = open(&store);
            let wanted = selection("status:open");
            let snapshot = store.snapshot_at(index.head()).unwrap();
            let expected = snapshot.record_ids().unwrap().records.len();
            assert_eq!(index.select(&wanted).unwrap().rows.len(), expected);
            assert!(!index.is_in_memory());
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| reader(&path));
        }
        scope.spawn(|| {
            let store = Rc::new(Store::open_at(&path, None).unwrap());
            for number in 50..70 {
                let record = incident(number, "new", "Crash");
                let other = Rc::new(Store::open_at(&path, None).unwrap());
                let index = open(&other);
                let plan = |_: &Snapshot<'_>| {
                    let content = Some(write_record(&record).unwrap().into_bytes());
                    Ok::<_, StoreError>(Plan {
                        changes: vec![FileChange { path: record.id().path(), content }],
                        message: "Put\n".into(),
                        author: identity(),
                        committer: identity(),
                        adopt: vec![],
                        value: (),
                    })
                };
                let done = store.transact(&WriteOptions::default(), plan).unwrap();
                index
                    .note_commit(done.before, done.commit, &[(record.id(), Some(&record))])
                    .unwrap();
                if number % 5 == 0 {
                    drop(index);
                    open(&store).rebuild().unwrap();
                }
            }
        });
    });
    assert_current(&open(&desk.store), &desk.store);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn catching_up_leads_where_building_leads(
        commits in proptest::collection::vec(
            proptest::collection::vec((0u64..8, 0usize..5), 1..4), 1..8),
        openings in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let desk = Desk::new();
        for (commit, look) in commits.iter().zip(&openings) {
            let files: std::collections::BTreeMap<String, Option<String>> = commit
                .iter()
                .map(|(number, what)| {
                    let content = match what {
                        0 => None,
                        1 => Some("not: a record\n".to_owned()),
                        2 => Some(write_record(&incident(*number, "closed", "Over")).unwrap()),
                        3 => Some(write_record(&incident(*number, "new", "A crash")).unwrap()),
                        _ => Some(write_record(&incident(*number, "resolved", "Hm")).unwrap()),
                    };
                    (id(*number).path(), content)
                })
                .collect();
            desk.commit(&files.into_iter().collect::<Vec<_>>(), "Change\n");
            if *look {
                open(&desk.store).events(&EventFilter::default()).unwrap();
            }
        }
        let index = open(&desk.store);
        assert_current(&index, &desk.store);
        let (bad, events) = (index.bad().unwrap(), index.events(&EventFilter::default()).unwrap());
        index.rebuild().unwrap();
        assert_current(&index, &desk.store);
        prop_assert_eq!(index.bad().unwrap(), bad);
        prop_assert_eq!(index.events(&EventFilter::default()).unwrap(), events);
    }
}

#[test]
fn building_reports_how_far_it_is() {
    let desk = Desk::new();
    desk.put(&(0..600).map(|n| incident(n, "new", "Crash")).collect::<Vec<_>>());
    let last = Rc::new(Cell::new((0, 0)));
    let told = Rc::clone(&last);
    let progress = move |done, total| told.set((done, total));
    Index::open(Rc::clone(&desk.store), None, Rc::new(states), Rc::new(progress)).unwrap();
    assert_eq!(last.get(), (600, 600));
}

#[test]
fn a_large_update_leaves_a_short_log() {
    let desk = Desk::new();
    desk.put(&[incident(0, "new", "Crash")]);
    drop(open(&desk.store));
    desk.put(&(1..3_000).map(|n| incident(n, "new", "Crash")).collect::<Vec<_>>());
    let index = open(&desk.store);
    assert_eq!(index.count(None).unwrap(), 3_000);
    drop(index);
    let log = desk.database().with_extension("sqlite-wal");
    let length = fs::metadata(log).map_or(0, |log| log.len());
    assert!(length <= 256 * 1024, "the next reader has to read {length} bytes");
}
