//! What a standard change is held to.

use proptest::prelude::*;

use super::*;
use crate::format;
use crate::model::{Change, ChangeModel, Kind, PersonId, Record, TemplateName, Timestamp};

const CI: &str = "CI-01K9V6QH3M2T8RD5W0XA4YB7EN";
const FILE: &str = "\
model: standard
title: Rebuild an index
cis: [CI-01K9V6QH3M2T8RD5W0XA4YB7EN]
risk: low
duration: 1h
implementation_plan: One index after the other.
bounds: {risk: low}
valid_until: 2026-12-31
";

fn parse(path: &str, bytes: &[u8]) -> Result<ModelFile, String> {
    format::read_settings(path, bytes).map_err(|error| error.told())
}

fn file(text: &str) -> ModelFile {
    parse("model", text.as_bytes()).expect("a model")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    at("2026-11-22T10:00:00Z")
}

/// The text with as many votes for it as there are names.
fn voted(text: &str, voters: &[&str]) -> String {
    let digest = file(text).digest();
    let mut text = format!("{text}approvals:\n");
    for by in voters {
        text.push_str(&format!("- {{by: {by}, at: \"2026-11-01T00:00:00Z\", digest: {digest}}}\n"));
    }
    text
}

fn models(text: &str) -> Models {
    let name = TemplateName::new("index").expect("a name");
    Models::new([(name, "index.yaml".into(), text.as_bytes().to_vec())], "UTC", parse)
}

fn change(rest: &str) -> Change {
    let text = format!(
        "id: CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\ntitle: Rebuild an index\nstatus: new\nimpact: low\n\
         urgency: low\npriority: P5\nmodel: standard\n{rest}opened_at: 2026-11-22T09:12:04Z\n\
         opened_by: alice\nupdated_at: 2026-11-22T09:12:04Z\n"
    );
    match format::read_record_any(Kind::Change, text.as_bytes()).expect("a change") {
        Record::Change(change) => change,
        _ => unreachable!("it is a change"),
    }
}

fn good() -> Change {
    change(&format!(
        "template: index\nrisk: low\nplanned_start: 2026-11-23T22:00:00Z\n\
         planned_end: 2026-11-23T23:00:00Z\nimplementation_plan: One index after the other.\n\
         cis: [{CI}]\n"
    ))
}

/// What speaks against it, in words.
fn against(change: &Change, text: &str, now: Timestamp) -> Vec<String> {
    let why = stands(change, &models(text), now).err().unwrap_or_default();
    why.iter().map(ToString::to_string).collect()
}

#[test]
fn what_was_approved_stands_until_it_runs_out() {
    let text = voted(FILE, &["bob"]);
    assert_eq!(against(&good(), &text, now()), Vec::<String>::new());
    assert_eq!(against(&good(), &text, at("2026-12-31T23:59:59Z")), Vec::<String>::new());
    let expired = against(&good(), &text, at("2027-01-01T00:00:00Z"));
    assert_eq!(expired, ["the change model `index` was valid until 2026-12-31"]);
}

#[test]
fn votes_count_once_each_and_for_what_the_file_says() {
    let none = ["the change model `index` has 0 of 1 votes as it reads now"];
    assert_eq!(against(&good(), FILE, now()), none);
    // Somebody changed it after the vote, if only the date.
    let later = voted(FILE, &["bob"]).replace("2026-12-31", "2027-12-31");
    assert_eq!(against(&good(), &later, now()), none);
    let two = format!("{FILE}quorum: 2\n");
    let one_of_two = ["the change model `index` has 1 of 2 votes as it reads now"];
    assert_eq!(against(&good(), &voted(&two, &["bob", "bob"]), now()), one_of_two);
    assert_eq!(against(&good(), &voted(&two, &["bob", "eve"]), now()), Vec::<String>::new());
    // Comments and spelling are not what is voted on.
    let spelled = voted(FILE, &["bob"]).replace("risk: low\n", "# cheap\nrisk: \"low\"\n");
    assert_eq!(against(&good(), &spelled, now()), Vec::<String>::new());
}

#[test]
fn every_difference_and_every_bound_is_told() {
    let text = voted(FILE, &["bob"]);
    for (change, told) in [
        (Change { service: Some("crm".into()), ..good() }, "`service` is not as"),
        (Change { cis: Vec::new(), ..good() }, "`cis` is not as"),
        (Change { implementation_plan: None, ..good() }, "`implementation_plan` is not as"),
        (Change { test_plan: Some("None.".into()), ..good() }, "`test_plan` is not as"),
        (Change { backout_plan: Some("None.".into()), ..good() }, "`backout_plan` is not as"),
        (Change { risk: Some(crate::model::Risk::Moderate), ..good() }, "its risk is moderate"),
        (Change { risk: None, ..good() }, "nothing is known of its risk"),
        (
            Change { planned_end: Some(at("2026-11-23T23:01:00Z")), ..good() },
            "its window of 61 minutes",
        ),
        (Change { template: None, ..good() }, "it was made from no standard model"),
        (Change { template: Some("other".into()), ..good() }, "the desk has no change model"),
        (Change { model: ChangeModel::Normal, ..good() }, "it is a normal change"),
    ] {
        let found = against(&change, &text, now());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(told), "{found:?}");
    }
    // The title may differ unless the model says otherwise.
    let titled = Change { title: "Rebuild orders_by_day".into(), ..good() };
    assert_eq!(against(&titled, &text, now()), Vec::<String>::new());
    let fixed = voted(&format!("{FILE}may_change: [service]\n"), &["bob"]);
    assert_eq!(
        against(&Change { service: Some("crm".into()), ..titled }, &fixed, now()),
        ["`title` is not as the change model `index` has it"]
    );
}

/// Nobody votes on a standard change, so lowering its risk by hand does not help.
#[test]
fn a_risk_that_was_found_counts() {
    let assessed = format!(
        "template: index\nrisk: low\nrisk_assessment:\n  parts:\n  - source: cis\n    risk: high\n    \
         why: it is critical\n  at: 2026-11-22T09:12:04Z\n  by: alice\n  reason: Trust me\n\
         implementation_plan: One index after the other.\ncis: [{CI}]\n"
    );
    let found = against(&change(&assessed), &voted(FILE, &["bob"]), now());
    assert_eq!(found, ["its risk is high, and the change model allows low at most"]);
}

#[test]
fn a_desk_without_standard_models_asks_for_none() {
    assert_eq!(stands(&change(""), &Models::default(), now()), Ok(()));
    let normal = models("model: normal\nrequires: [description]\n");
    assert_eq!(stands(&change(""), &normal, now()), Ok(()));
    assert!(stands(&change("template: index\n"), &normal, now()).is_err());
    let broken = against(&good(), "model: [", now());
    assert!(broken[0].contains("cannot be read"), "{broken:?}");
}

#[test]
fn what_is_deployed_stays_within_the_bounds() {
    let text = "model: standard\nbounds:\n  repositories: [shop]\n  environments: [staging]\n  \
                commits: 2\n  files: 10\n  paths: [web/**, \"*.md\"]\n";
    let text = voted(text, &["bob"]);
    let models = models(&text);
    let paths = |list: &[&str]| list.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    let inside = paths(&["web/a/b.css", "README.md"]);
    let outside = paths(&["web/a/b.css", "db/a.sql"]);
    let small = Extent {
        repository: Some("shop"),
        environment: Some("staging"),
        commits: Some(2),
        files: Some(10),
        paths: Paths::These(&inside),
    };
    let change = change("template: index\n");
    let found = |extent: &Extent<'_>| -> Vec<String> {
        let why = stands_with(&change, extent, &models, now()).err().unwrap_or_default();
        why.iter().map(ToString::to_string).collect()
    };
    assert_eq!(found(&small), Vec::<String>::new());
    assert_eq!(found(&Extent { paths: Paths::Checked, ..small }), Vec::<String>::new());
    for (extent, told) in [
        (Extent { repository: Some("crm"), ..small }, "the repository `crm` is not among"),
        (Extent { environment: Some("production"), ..small }, "the environment `production`"),
        (Extent { commits: Some(3), ..small }, "it has 3 commits"),
        (Extent { files: Some(11), ..small }, "it has 11 changed files"),
        (Extent { paths: Paths::These(&outside), ..small }, "the path `db/a.sql` is not among"),
        (Extent { repository: None, ..small }, "nothing is known of its repository"),
        (Extent { environment: None, ..small }, "nothing is known of its environment"),
        (Extent { commits: None, ..small }, "nothing is known of its commits"),
        (Extent { files: None, ..small }, "nothing is known of its changed files"),
        (Extent { paths: Paths::Unknown, ..small }, "nothing is known of its paths"),
    ] {
        let found = found(&extent);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(told), "{found:?}");
    }
    // A change that deploys nothing is nowhere.
    assert_eq!(stands(&change, &models, now()).expect_err("bounds").len(), 5);
}

#[test]
fn what_is_asked_for_must_say_something() {
    let models = models("model: standard\nrequires: [description, cis, service, test_plan]\n");
    let unfilled = |rest: &str| -> Vec<String> {
        let record = Record::Change(change(&format!("template: index\n{rest}")));
        let found = unfilled(&record, &models).into_iter();
        found.map(|each| format!("{} {}", each.field, each.why)).collect()
    };
    assert_eq!(
        unfilled("test_plan: n/a\nservice: \"-\"\ndescription: Rebuild an index\n"),
        [
            "description it says what the title says",
            "cis it is empty",
            "service it holds a placeholder",
            "test_plan it holds a placeholder",
        ]
    );
    let rest = format!("test_plan: Look at it.\nservice: crm\ncis: [{CI}]\n");
    assert_eq!(
        unfilled(&rest),
        ["description it is empty", "test_plan it has fewer than 15 characters"]
    );
}

#[test]
fn another_model_is_no_way_round_what_the_usual_one_asks_for() {
    let named = |name: &str, text: &str| {
        let name = TemplateName::new(name).expect("a name");
        (name, "path".to_owned(), text.as_bytes().to_vec())
    };
    let files = [
        named("normal", "model: normal\nrequires: [test_plan]\n"),
        named("index", "model: standard\nrequires: [service]\n"),
    ];
    let models = Models::new(files, "UTC", parse);
    let fields = |change: Change| -> Vec<String> {
        unfilled(&Record::Change(change), &models).into_iter().map(|each| each.field).collect()
    };
    let normal = |rest: &str| Change { model: ChangeModel::Normal, ..change(rest) };
    assert_eq!(fields(normal("")), ["test_plan"]);
    assert_eq!(fields(normal("template: none-such\n")), ["test_plan"]);
    assert_eq!(fields(normal("template: index\n")), ["service", "test_plan"]);
    assert_eq!(fields(change("template: index\n")), ["service"]);
}

#[test]
fn votes_are_told_from_other_edits() {
    let (bob, eve) = (PersonId::new("bob").expect("bob"), PersonId::new("eve").expect("eve"));
    let before = file(FILE);
    let voted_by_bob = file(&voted(FILE, &["bob"]));
    assert!(is_vote_of(&before, &voted_by_bob, &bob));
    assert!(!is_vote_of(&before, &voted_by_bob, &eve), "it is somebody else's");
    let other = file(&voted(&FILE.replace("risk: low\n", ""), &["bob"]));
    assert_eq!(votes_change(Some(&before), &other), VotesChange::Forged);
    assert_eq!(votes_change(None, &voted_by_bob), VotesChange::Forged, "a file made with votes");
    assert_eq!(votes_change(Some(&voted_by_bob), &before), VotesChange::None);
    // Taking votes away that count is more than voting.
    let by_eve = file(&voted(FILE, &["eve"]));
    assert!(!is_vote_of(&voted_by_bob, &by_eve, &eve));
}

proptest! {
    /// Whatever else changes in the file, votes for what it said do not count.
    #[test]
    fn no_edit_keeps_the_votes(
        what in prop::sample::select(vec![
            "about: x\n", "description: x\n", "quorum: 2\n", "may_change: []\n", "team: apps\n",
            "category: a/b\n", "test_plan: x\n", "requires: [service]\n", "service: crm\n",
        ])
    ) {
        let text = voted(FILE, &["bob"]);
        let edited = format!("{what}{text}");
        prop_assert!(!file(&edited).is_approved());
        let why = against(&good(), &edited, now());
        prop_assert!(why.iter().any(|why| why.contains("votes as it reads now")), "{:?}", why);
    }
}
