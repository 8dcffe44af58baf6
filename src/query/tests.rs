//! Tests of the whole way from text to meaning.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::model::{
    CustomType, Kind, Link, PersonId, Record, RecordId, Relation, StateCategory, Timestamp,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn context() -> Context {
    Context { now: at("2026-11-22T12:00:00Z"), me: PersonId::new("alice").ok() }
}

struct Desk;

impl Vocabulary for Desk {
    fn states(&self) -> Vec<String> {
        ["new", "in_progress", "resolved", "closed"].map(str::to_owned).to_vec()
    }

    fn people(&self) -> Vec<String> {
        ["alice", "bob", "carol", "dora"].map(str::to_owned).to_vec()
    }

    fn teams_of(&self, person: &PersonId) -> Vec<String> {
        if person.as_str() == "alice" { vec!["apps".into(), "db".into()] } else { vec![] }
    }

    fn words(&self, field: &TextField) -> Vec<String> {
        match field {
            TextField::Hold => vec!["awaiting_vendor".into(), "awaiting_requester".into()],
            _ => vec![],
        }
    }

    fn custom_fields(&self) -> Vec<String> {
        ["floor", "due", "vip", "cost"].map(str::to_owned).to_vec()
    }

    fn custom_type(&self, name: &str) -> Option<CustomType> {
        match name {
            "floor" | "cost" => Some(CustomType::Number),
            "due" => Some(CustomType::Time),
            "vip" => Some(CustomType::Boolean),
            _ => None,
        }
    }

    fn records(&self, text: &str) -> Vec<RecordId> {
        match text {
            "web-01" => vec![ci()],
            text => text.parse().into_iter().collect(),
        }
    }
}

fn ci() -> RecordId {
    "CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".parse().expect("an id")
}

fn row() -> Row {
    let record = serde_json::json!({
        "id": "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
        "title": "CRM crashes",
        "status": "in_progress",
        "impact": "high",
        "urgency": "medium",
        "priority": "P2",
        "service": "crm",
        "cis": [ci()],
        "requester": "bob",
        "assignee": "alice",
        "team": "apps",
        "category": "application/crm",
        "tags": ["crash", "q4"],
        "channel": "cli",
        "external_id": "INC0000045",
        "opened_at": "2026-11-22T09:12:04Z",
        "opened_by": "carol",
        "updated_at": "2026-11-22T09:20:41Z",
        "started_at": "2026-11-22T09:42:04Z",
        "reopen_count": 2,
        "holds": [
            {
                "reason": "awaiting_requester",
                "from": "2026-11-22T09:30:00Z",
                "until": "2026-11-22T10:00:00Z",
            },
            { "reason": "awaiting_vendor", "from": "2026-11-22T11:00:00Z" },
        ],
        "description": "the report aborts",
        "links": [{ "rel": "caused_by", "to": PROBLEM }],
        "notes": [{
            "id": "01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
            "at": "2026-11-22T09:20:41Z",
            "by": "dora",
            "kind": "work",
            "text": "the vendor looks",
        }],
        "custom": { "floor": "1.10", "due": "2026-11-23T00:00:00Z", "vip": "true" },
    });
    let record = Record::from_value(Kind::Incident, record).expect("a record");
    Row::new(&record, StateCategory::Open)
}

const PROBLEM: &str = "PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q";
const CHANGE: &str = "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q";

/// What the record is asked, with a change that mends it.
fn answer(query: &str) -> Result<bool, QueryError> {
    let selection = check(&parse(query)?, &context(), &Desk)?;
    let text = SearchText::default()
        .with(TextPart::Title, "CRM crashes")
        .with(TextPart::Description, "the report aborts")
        .with(TextPart::Notes, "the vendor looks");
    let words = || Cow::Borrowed(&text);
    let incoming = [Link { rel: Relation::BlockedBy, to: CHANGE.parse().expect("an id") }];
    let row = row();
    let subject = eval::Subject { row: &row, text: &words, incoming: &incoming };
    Ok(selection.filter.is_none_or(|filter| eval::matches(&filter, &subject)))
}

#[test]
fn what_matches() {
    for query in [
        "",
        "type:incident",
        "type:INC,chg",
        "status:open",
        "is:open is:mine",
        "status:in-progress",
        "status:any",
        "priority:<=P2",
        "priority:p1..p3",
        "impact:>=medium",
        "impact:high urgency:<high",
        "assignee:me",
        "assignee:alice,bob",
        "domain:none",
        "category:application/*",
        "Team:APPS",
        "tag:q4",
        "ci:web-01",
        "external:INC0000045",
        "opened:2026-11-22",
        "opened:today",
        "opened:>yesterday",
        "opened:2026-11-20..2026-11-22",
        "opened:\"2 days ago\"..",
        "opened:>\"2 days ago\"",
        "opened:<2026-12-01",
        "resolved:none",
        "age:>2h age:<3h",
        "age:2h..1d",
        "custom.floor:1.10",
        "crm",
        "\"report aborts\"",
        "crash*",
        "\"crm crash\"* \"report\"* text:\"the rep\"*",
        "crash",
        "-\"crash\"",
        "-crush",
        "-tag:noise",
        "not team:db",
        "team:db or (team:apps and crashes)",
        "team:db,apps sort:-priority limit:3",
        "id:INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
        "opened_by:carol",
        "involves:dora -involves:erik",
        "team:mine",
        "assignee:any team:any",
        "reopened:>0 reopened:2 reopened:1..3 is:reopened",
        "hold:awaiting_vendor hold:awaiting-vendor hold:any",
        "hold_since:today",
        "on_hold:>1h29m on_hold:<=1h30m",
        "time_to_start:30m..1h",
        "time_to_resolve:none",
        "Time-To-Start:<1h",
        "idle:>2h39m idle:<3h",
        "notes:1 notes:<2 attachments:none",
        "csat:none -csat:<=3 -csat:..3 -csat:5",
        "\"status = new\"* or \"!bang bang\"* or crm",
        "noted_by:dora",
        "has:notes has:ci has:links has:description has:custom.floor",
        "-has:attachments -has:cause -has:risk",
        "title:crash title:\"CRM crashes\" title:=crm",
        "note:vendor -title:vendor -note:crm",
        "text:vendor text:crm",
        "description:\"report aborts\"",
        "caused_by:any links:any",
        "caused_by:PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
        "links:PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q link:CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
        "blocks:CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
        "causes:none fixed_by:none",
        "custom.floor:>1.05 custom.floor:1.1 custom.floor:1..2",
        "custom.due:tomorrow custom.due:>today",
        "custom.vip:yes",
        "risk:none model:none approval:none",
        "opened:>-3h opened:<-2h",
        "opened:2026-W47 opened:2026-Q4 opened:>last-monday",
        "opened:this-week",
        "state:open state:any",
    ] {
        assert_eq!(answer(query), Ok(true), "{query}");
    }
}

#[test]
fn what_is_about_open_records_alone() {
    let wants_open = |query: &str| {
        let selection = check(&parse(query).expect("a query"), &context(), &Desk);
        selection.expect("a selection").wants_open()
    };
    for query in
        ["status:open", "is:open priority:P1", "status:open (tag:a or tag:b)", "state:hold"]
    {
        assert!(wants_open(query), "{query}");
    }
    for query in ["", "priority:P1", "-status:closed", "status:open or tag:a", "-status:open"] {
        assert!(!wants_open(query), "{query}");
    }
}

#[test]
fn what_does_not_match() {
    for query in [
        "type:change",
        "status:closed",
        "status:=resolved",
        "priority:>P2",
        "impact:>high",
        "is:unassigned",
        "assignee:none",
        "assignee:\"me\"",
        "category:application",
        "category:\"application/*\"",
        "ci:none",
        "opened:<2026-11-22",
        "opened:>2026-11-22",
        "resolved:>2020",
        "age:>1d",
        "custom.floor:1.2",
        "custom.cost:<9",
        "custom.other:1.1",
        "custom.other:>1",
        "custom.due:<today",
        "custom.vip:no",
        "reopened:none",
        "reopened:<0",
        "hold:none",
        "hold:awaiting_requester",
        "on_hold:none",
        "time_to_start:none",
        "time_to_resolve:<9w",
        "caused_by:none",
        "links:none",
        "caused_by:CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
        "causes:PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q",
        "blocked_by:any",
        "title:aborts",
        "note:aborts",
        "title:=cr",
        "has:risk",
        "known_error:true",
        "planned:any",
        "planned:today",
        "state:closed",
        "\"aborts report\"",
        "\"crash*\"",
        "\"crm crash\"",
        "\"rm crash\"*",
        "\"crashes the\"",
        "-crm",
        "team:apps -(type:incident or type:change)",
    ] {
        assert_eq!(answer(query), Ok(false), "{query}");
    }
}

#[test]
fn errors_say_where_and_what_instead() {
    for (query, column, message, hint) in [
        ("asignee:me", 1, "there is no field `asignee`", Some("did you mean `assignee`?")),
        ("type:incidnt", 6, "`incidnt` is no record type", Some("did you mean `incident`?")),
        ("a status:in_progres", 10, "no workflow has a state", Some("did you mean `in_progress`?")),
        ("priority:P9", 10, "`P9` is no priority", None),
        (
            "team:",
            1,
            "`team:` has no value",
            Some("write the value directly after the colon, or team:none"),
        ),
        (
            "is:",
            1,
            "`is:` has no value",
            Some("write the value directly after the colon, for example is:open"),
        ),
        (
            "has:",
            1,
            "`has:` has no value",
            Some("write the value directly after the colon, for example has:team"),
        ),
        (
            "id:",
            1,
            "`id:` has no value",
            Some("write the value directly after the colon, without a blank between"),
        ),
        (
            "nosuch:",
            1,
            "`nosuch:` has no value",
            Some("write the value directly after the colon, without a blank between"),
        ),
        ("assignee:@me", 10, "`@me` is no person", Some("leave out the `@`: `me` is you")),
        ("(a or b", 1, "`(` is never closed", None),
        ("a b)", 4, "nothing was opened", None),
        ("a or", 3, "missing beside `or`", None),
        ("or a", 1, "missing beside `or`", None),
        ("a and", 3, "missing beside `and`", None),
        ("()", 1, "nothing in the parentheses", None),
        ("a - b", 3, "missing beside `-`", None),
        ("\"abc", 1, "never closed", None),
        ("opened:>=2026-11..", 1, "a comparison takes one value", None),
        ("priority:>P1,P2", 1, "a comparison takes one value", None),
        ("opened:..", 8, "a range needs", None),
        ("stauts:open", 1, "there is no field", Some("did you mean `status`?")),
        ("caussed_by:any", 1, "there is no field", Some("did you mean `caused_by`?")),
        ("has:atachments", 5, "nothing to have", Some("did you mean `attachments`?")),
        ("state:holt", 7, "no state means", Some("did you mean `hold`?")),
        ("impact:hihg", 8, "is no level", Some("did you mean `high`?")),
        ("model:>normal", 1, "no order to compare by", None),
        ("reopened:often", 10, "is no whole number", None),
        ("on_hold:>4", 10, "is no duration", None),
        ("custom.floor:>high", 15, "is no number", None),
        ("custom.vip:maybe", 12, "neither true nor false", None),
        ("sort:tag", 6, "cannot be sorted by", None),
        ("team:>apps", 1, "no order to compare by", None),
        ("opened:soonish", 8, "is no date or time", None),
        ("age:4h", 5, "hardly ever", Some("write age:>4h or age:<4h")),
        ("age:>4", 6, "is no duration", None),
        ("limit:0", 7, "is no number of records", None),
        ("limit:1 limit:2", 9, "more than one limit", None),
        ("(sort:age)", 2, "cannot stand inside parentheses", None),
        ("-limit:3", 2, "cannot stand inside parentheses", None),
        (
            "sort:oppened",
            6,
            "there is no field `oppened` to sort by",
            Some("did you mean `opened`?"),
        ),
        ("ci:nothing", 4, "there is no configuration item", None),
        ("ü !!!", 3, "no letter or digit", None),
        ("\"\"*", 1, "no letter or digit", None),
        ("is:lost", 4, "nothing is `lost`", None),
        (
            "crm @mine@team",
            5,
            "`@mine@team` is the name of no view",
            Some(
                "write @mine @team, with blanks between; to search for the text itself, put it \
                 in quotation marks",
            ),
        ),
        (
            "csat:6",
            6,
            "`6` is not on the scale",
            Some("write 1 (very dissatisfied) to 5 (very satisfied), or csat:none"),
        ),
        ("status:new, type:ci", 11, "a value is missing behind the comma", None),
        ("team:,a", 1, "`team:` has no value", None),
        ("title:\"\"", 7, "there is nothing to search for", None),
        (
            "crm - printer",
            5,
            "something is missing beside `-`",
            Some("write it directly before what is to be left out, for example -tag:noise"),
        ),
        ("csat:>=0", 8, "`0` is not on the scale", None),
        ("csat:3..7", 9, "`7` is not on the scale", None),
    ] {
        let error = answer(query).expect_err(query);
        assert_eq!(error.column(), column, "{query}: {error}");
        assert!(error.message.contains(message), "{query}: {error}");
        if hint.is_some() {
            assert_eq!(error.hint(), hint, "{query}");
        }
    }
    assert!(parse(&"(".repeat(10_000)).is_err());
    assert!(parse(&format!("{}a", "-".repeat(10_000))).is_err());
}

#[test]
fn errors_point_at_the_place() {
    let picture = |query: &str| answer(query).expect_err(query).picture().expect("a picture");
    assert_eq!(picture("team:apps status:opne"), "team:apps status:opne\n                 ^^^^");
    assert_eq!(picture("東 asignee:me"), "東 asignee:me\n   ^^^^^^^");
    assert_eq!(picture("a or"), "a or\n  ^^");
    assert_eq!(picture("(a"), "(a\n^");
    assert_eq!(picture("a\nimpact:x\ty"), "a impact:x y\n         ^");
    let long = format!("{} limit:x {}", "a ".repeat(50), "b ".repeat(50));
    let shown = picture(&long);
    let (line, mark) = shown.split_once('\n').expect("two lines");
    assert!(line.starts_with('…') && line.ends_with('…') && line.chars().count() < 112, "{line}");
    assert_eq!(line.chars().nth(mark.chars().count() - 1), Some('x'));
}

#[test]
fn errors_of_options_name_the_option() {
    let query = parse("crash").expect("a query");
    let wrong = query.clone().and(Expr::given("status", "opne").of_option("status"));
    let error = check(&wrong, &context(), &Desk).expect_err("no such state");
    assert_eq!(error.to_string(), "--status: no workflow has a state `opne`");
    assert_eq!((error.picture(), error.hint()), (None, Some("did you mean `open`?")));
    let error = check(&query.sorted_by("oppened"), &context(), &Desk).expect_err("no such field");
    assert_eq!(error.to_string(), "--sort: there is no field `oppened` to sort by");
    let spans = Expr::given("priority", "P1..P3,P5").to_string();
    assert_eq!(spans, "priority:P1..P3,P5");
    assert_eq!(Expr::given("category", "a..b, c").to_string(), "category:\"a..b\",c");
}

#[test]
fn unknown_people_are_a_warning_only() {
    let query = parse("assignee:alcie").expect("a query");
    let selection = check(&query, &context(), &Desk).expect("a selection");
    assert_eq!(selection.warnings, ["the desk lists no person `alcie`; did you mean `alice`?"]);
}

#[test]
fn quotation_marks_come_off() {
    let bare = |text: &str| parse(text).expect(text).without_quotes();
    let (query, texts) = bare("\"crm crash\" (a or \"b c\") -\"d e\" type:incident sort:title")
        .expect("quoted words");
    assert_eq!(query.to_string(), "crm crash (a or b c) -\"d e\" type:incident sort:title");
    assert_eq!(texts, ["crm crash", "b c"]);
    assert_eq!(bare("crm \"crash\"* title:\"a b\""), None);
    assert_eq!(bare(""), None);
}

#[test]
fn flags_become_the_same_tree() {
    let query = parse("crash").expect("a query").and(Expr::any_of("team", ["apps", "db"]));
    let query =
        query.and(Expr::compare("age", Op::Greater, "4h")).sorted_by("-opened").limited_to(5);
    assert_eq!(query.to_string(), "crash team:apps,db age:>4h sort:-opened limit:5");
    assert_eq!(parse(&query.to_string()), Ok(query));
    let either = parse("a or b").expect("a query").and(Expr::field("team", "apps"));
    assert_eq!(either.to_string(), "(a or b) team:apps");
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        "[a-z0-9._*/-]{1,6}".prop_map(Piece::bare),
        "[ -~ü東\\t]{1,8}".prop_map(Piece::quoted),
    ]
    // What cannot stand bare comes back quoted.
    .prop_map(|piece| {
        let quoted = piece.quoted || !lexer::is_plain_value(&piece.text);
        Piece { quoted, ..piece }
    })
}

fn words() -> impl Strategy<Value = Expr> {
    prop_oneof![
        "[a-z0-9._*/:,<>=ü-]{1,6}".prop_map(Piece::bare),
        Just(Piece::bare("OR")),
        "[ -~]{0,8}".prop_map(Piece::quoted),
    ]
    .prop_map(|piece| {
        let quoted = piece.quoted || !lexer::is_plain_word(&piece.text);
        Expr::Words(Piece { quoted, ..piece })
    })
}

fn term() -> impl Strategy<Value = Expr> {
    let field = prop_oneof![Just("team"), Just("opened"), Just("x-y"), Just("custom.Big.One")];
    let op = prop_oneof![Just(Op::Less), Just(Op::AtMost), Just(Op::Greater), Just(Op::AtLeast)];
    let value = prop_oneof![
        piece().prop_map(Value::One),
        (piece(), piece()).prop_map(|(a, b)| Value::Range(Some(a), Some(b))),
        piece().prop_map(|a| Value::Range(Some(a), None)),
        piece().prop_map(|a| Value::Range(None, Some(a))),
    ];
    let equal = prop_oneof![Just(Op::Is), Just(Op::Equal)];
    let several = (equal, proptest::collection::vec(value, 1..4));
    let one = (op, piece().prop_map(|piece| vec![Value::One(piece)]));
    (field, prop_oneof![several, one]).prop_map(|(field, (op, values))| {
        Expr::Term(Term { field: field.to_owned(), op, values, span: Span::default() })
    })
}

fn expr() -> impl Strategy<Value = Expr> {
    prop_oneof![words(), term()].prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4)
                .prop_map(|parts| Expr::all(parts).expect("at least one")),
            proptest::collection::vec(inner.clone(), 1..4)
                .prop_map(|parts| Expr::any(parts).expect("at least one")),
            inner.prop_map(Expr::negated),
        ]
    })
}

fn query() -> impl Strategy<Value = Query> {
    let key = ("[a-z]{1,6}", any::<bool>()).prop_map(|(field, descending)| SortKey {
        field,
        descending,
        span: Span::default(),
    });
    let sort = proptest::collection::vec(key, 0..3);
    (proptest::option::of(expr()), sort, proptest::option::of(1usize..100))
        .prop_map(|(filter, sort, limit)| Query { filter, sort, limit, source: Source::default() })
}

#[test]
fn odd_values_print_as_they_are_read() {
    for text in [
        "a:.",
        "a:x.",
        "a:=<b",
        "a:<.5",
        "a:.x..y.",
        "a:>>",
        "a:\"b c\"*",
        "a:\"\"*,\"b,\"*",
        "a:\"b*\"*",
        "\"b c\"*",
        "\"b c*\"*",
        "\"\"*",
        "\"or\"* -\"-a\"*",
        "\"a:b\"* \"@b\"* \"a\\\"b\"*",
        "\"b\"*c",
    ] {
        let query = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(parse(&query.to_string()), Ok(query), "{text}");
    }
}

proptest! {
    #[test]
    fn printed_queries_parse_to_the_same_tree(query in query()) {
        let text = query.to_string();
        prop_assert_eq!(parse(&text), Ok(query), "{}", text);
    }

    #[test]
    fn no_text_panics(text in "[a-z:<>=.,\"\\\\()ü -]{0,40}") {
        if let Ok(query) = parse(&text) {
            let _ = check(&query, &context(), &Desk);
            prop_assert_eq!(parse(&query.to_string()), Ok(query));
        }
    }
}
