//! Any text as a query: reading, printing, checking and answering never fail
//! in any other way than by an error, print and text mean the same, and the
//! index answers as brute force does.

#![no_main]

use std::borrow::Cow;

use gitsm::index::MemoryIndex;
use gitsm::model::{
    CustomType, PersonId, Record, RecordId, StateCategory, Timestamp, View, ViewOrigin,
};
use gitsm::query::{
    Context, NoVocabulary, QueryError, Row, SearchText, TextField, Vocabulary, check, eval,
    manner, parse,
};
use libfuzzer_sys::fuzz_target;

struct Desk {
    records: Vec<(Record, StateCategory)>,
    index: MemoryIndex,
}

impl Desk {
    fn new() -> Self {
        let lines = include_str!("../records.jsonl").lines();
        let records: Vec<(Record, StateCategory)> = lines
            .map(|line| {
                let tree: serde_json::Value = serde_json::from_str(line).expect("JSON");
                let id = tree["id"].as_str().expect("an id").parse::<RecordId>();
                let record = Record::from_value(id.expect("an id").kind(), tree);
                let record = record.expect("a record");
                let state = match record.status().as_str() {
                    "resolved" | "implemented" => StateCategory::Resolved,
                    "closed" | "retired" => StateCategory::Closed,
                    "on_hold" => StateCategory::Hold,
                    _ => StateCategory::Open,
                };
                (record, state)
            })
            .collect();
        let index = MemoryIndex::of(records.iter().map(|(record, state)| (record, *state)));
        Self { index: index.expect("an index"), records }
    }

    fn agrees(&self, query: &gitsm::query::Query, context: &Context) {
        for vocabulary in [&NoVocabulary as &dyn Vocabulary, &Words] {
            let _ = manner(query, vocabulary);
            let selection = match check(query, context, vocabulary) {
                Ok(selection) => selection,
                Err(error) => {
                    told(&error);
                    continue;
                }
            };
            let rows = self.records.iter().map(|(record, state)| {
                (Row::new(record, *state), Cow::Owned(SearchText::of(record)))
            });
            let (rows, total) = eval::select(&selection, rows);
            let found = self.index.select(&selection).expect("an answer");
            assert_eq!(found.rows, rows, "{selection:?}");
            assert_eq!(found.total, total, "{selection:?}");
            let count = self.index.count(selection.filter.as_ref()).expect("a count");
            assert_eq!(count, total, "{selection:?}");
            let searched = self.index.search(&selection).expect("an answer");
            assert_eq!((searched.total, searched.rows.len()), (total, rows.len()));
        }
    }
}

/// Views, some of which are of no use.
const VIEWS: &[(&str, &str, ViewOrigin)] = &[
    ("mine", "assignee:me status:open", ViewOrigin::BuiltIn),
    ("either", "(@mine or tag:vip) sort:-opened limit:3", ViewOrigin::Desk),
    ("not", "-@either note:crash", ViewOrigin::Personal),
    ("all", "", ViewOrigin::Personal),
    ("circle", "@circle or @mine", ViewOrigin::Desk),
    ("leak", "@not", ViewOrigin::Desk),
    ("bad", "prioritty:P1", ViewOrigin::Desk),
];

/// A desk with names for everything.
struct Words;

impl Vocabulary for Words {
    fn states(&self) -> Vec<String> {
        ["new", "in_progress", "on_hold", "resolved", "closed"].map(str::to_owned).to_vec()
    }

    fn people(&self) -> Vec<String> {
        ["alice", "bob"].map(str::to_owned).to_vec()
    }

    fn teams(&self) -> Vec<String> {
        ["apps", "db"].map(str::to_owned).to_vec()
    }

    fn teams_of(&self, _: &PersonId) -> Vec<String> {
        vec!["apps".to_owned()]
    }

    fn words(&self, field: &TextField) -> Vec<String> {
        match field {
            TextField::Hold => vec!["awaiting_vendor".to_owned()],
            TextField::Resolution => vec!["fixed".to_owned()],
            _ => Vec::new(),
        }
    }

    fn views(&self) -> Vec<String> {
        VIEWS.iter().map(|(name, ..)| (*name).to_owned()).collect()
    }

    fn view(&self, name: &str, shared: bool) -> Option<(View, ViewOrigin)> {
        let usable = |origin| !shared || origin != ViewOrigin::Personal;
        let (_, query, origin) = VIEWS.iter().find(|view| view.0 == name && usable(view.2))?;
        Some((View { query: (*query).to_owned(), ..View::default() }, *origin))
    }

    fn custom_fields(&self) -> Vec<String> {
        ["floor", "due", "vip", "colour"].map(str::to_owned).to_vec()
    }

    fn custom_type(&self, name: &str) -> Option<CustomType> {
        match name {
            "floor" => Some(CustomType::Number),
            "due" => Some(CustomType::Time),
            "vip" => Some(CustomType::Boolean),
            "colour" => Some(CustomType::Choice),
            _ => None,
        }
    }
}

/// An error can be told, whatever the text.
fn told(error: &QueryError) {
    let _ = (error.to_string(), error.picture(), error.hint(), error.column());
}

fuzz_target!(|text: &str| {
    thread_local! {
        static DESK: Desk = Desk::new();
    }
    // Longer texts only make it slower.
    if text.len() > 2_000 {
        return;
    }
    let query = match parse(text) {
        Ok(query) => query,
        Err(error) => return told(&error),
    };
    let printed = query.to_string();
    let again = parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(again, query, "{printed}");
    assert_eq!(again.to_string(), printed);
    let now = "2026-11-22T12:00:00Z".parse::<Timestamp>().expect("a time");
    let context = Context { now, me: PersonId::new("alice").ok() };
    DESK.with(|desk| desk.agrees(&query, &context));
});
