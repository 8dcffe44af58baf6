//! Relations between imported tickets, and the journals of ServiceNow.

use std::fs;

use serde_json::{Value, json};

use crate::desk::{Desk, text};

const MAP: &str = "\
type: incident
key: n
missing: ['-']
fields: {title: t, opened_at: {value: 2026-03-01T00:00:00Z}}
links:
  - {relation: child_of, to: parent}
  - {relation: caused_by, to: problem}
  - {relation: blocks, to: blocks}
";

/// The relations of an incident, with the numbers of the other ones.
fn links(desk: &Desk, number: &str) -> Vec<(String, String)> {
    let incidents = desk.incidents();
    let number_of = |id: &str| -> String {
        let found = incidents.iter().find(|(_, record)| text(&record["id"]) == id);
        found.map(|(number, _)| number.clone()).unwrap_or_default()
    };
    let links = incidents[number]["links"].as_array().cloned().unwrap_or_default();
    let link = |link: &Value| (text(&link["rel"]).to_owned(), number_of(text(&link["to"])));
    links.iter().map(link).collect()
}

fn pair(relation: &str, number: &str) -> (String, String) {
    (relation.to_owned(), number.to_owned())
}

#[test]
fn tickets_are_related_by_their_numbers() {
    let desk = Desk::new();
    let problem =
        desk.texts("n,t\nPRB7,Cable\n", "type: problem\nkey: n\nfields: {title: t}\n", &[]);
    assert_eq!(problem.code, 0, "{}", problem.err);
    // One names another that comes later, one a problem, one what is nowhere.
    let table = "n,t,parent,problem,blocks\nA,a,B,PRB7,-\nB,b,-,-,\"C;A\"\nC,c,Z9,A,-\n";
    let dry = desk.texts(table, MAP, &["--dry-run"]);
    assert_eq!((dry.code, &dry.json["links"]), (0, &json!(4)), "{}", dry.json);
    let before = desk.commits();
    let done = desk.texts(table, MAP, &[]);
    assert_eq!((done.code, &done.json["links"]), (0, &json!(4)), "{}{}", done.err, done.json);
    assert_eq!(desk.commits(), before + 1, "all in one commit");
    assert_eq!(
        links(&desk, "A"),
        [pair("child_of", "B"), pair("caused_by", "PRB7"), pair("blocked_by", "B")]
    );
    assert_eq!(links(&desk, "C"), [pair("blocked_by", "B")]);
    let warnings = done.json["warnings"].as_array().expect("a list");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(text(&warnings[0]).starts_with("C is not related to Z9: "), "{warnings:?}");
    assert!(
        text(&warnings[1]).contains("an incident cannot be caused_by an incident"),
        "{warnings:?}"
    );
    assert!(done.err.contains("warning: C is not related to Z9"), "{}", done.err);
    // Nothing comes in twice; what was nowhere is found once it is there.
    let again = desk.texts(table, MAP, &[]);
    assert_eq!((again.json["links"].as_u64(), desk.commits()), (Some(0), before + 1));
    let more = desk.texts(format!("{table}Z9,z,-,-,-\n"), MAP, &[]);
    assert_eq!((more.code, more.json["links"].as_u64()), (0, Some(1)), "{}", more.json);
    assert_eq!(links(&desk, "C"), [pair("child_of", "Z9"), pair("blocked_by", "B")]);
    let checked = desk.gitsm(&["--desk", "desk", "check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn what_may_not_be_is_told() {
    let desk = Desk::new();
    let table = "n,t,parent,problem,blocks\nA,a,B,-,-\nB,b,A,-,-\nC,c,C,-,-\n";
    let done = desk.texts(table, MAP, &[]);
    assert_eq!((done.code, done.json["links"].as_u64()), (0, Some(1)), "{}", done.json);
    let warnings = done.json["warnings"].as_array().expect("a list");
    assert!(text(&warnings[0]).contains("would close a circle"), "{warnings:?}");
    assert!(text(&warnings[1]).contains("cannot be linked to itself"), "{warnings:?}");
    let bad = MAP.replace("relation: blocks", "relation: bloks");
    let refused = desk.texts(table, &bad, &[]);
    assert_eq!(refused.code, 6);
    assert!(refused.err.contains("map.yaml:8: `bloks` is no relation"), "{}", refused.err);
    assert!(refused.err.contains("did you mean `blocks`?"), "{}", refused.err);
}

#[test]
fn logs_are_related_by_their_last_rows() {
    let desk = Desk::new();
    let map = "type: incident\nkey: n\nrows: events\nevent: {time: at}\nfields: {title: t}\n\
               links: [{relation: child_of, to: parent}]\n";
    let table = "n,at,t,parent\nA,2026-03-01,a,\nB,2026-03-02,b,\nA,2026-03-03,a,B\n";
    let done = desk.texts(table, map, &[]);
    assert_eq!((done.code, done.json["links"].as_u64()), (0, Some(1)), "{}{}", done.err, done.json);
    assert_eq!(links(&desk, "A"), [pair("child_of", "B")]);
    let commits = desk.commits();
    let again = desk.texts(table, map, &[]);
    assert_eq!((again.json["links"].as_u64(), desk.commits()), (Some(0), commits));
}

/// Imports a file by a mapping that comes with gitsm.
fn ready(desk: &Desk, system: &str, name: &str, source: &str) -> Value {
    fs::write(desk.path(name), source).expect("a source");
    let done = desk.from(system, &desk.path(name), &[]);
    assert_eq!(done.code, 0, "{}{}", done.err, done.json);
    done.json
}

#[test]
fn ready_mappings_relate() {
    let desk = Desk::new();
    let issue = |key: &str, more: &str| {
        format!(
            r#"{{"key":"{key}","fields":{{"summary":"x","created":"2026-03-02T09:00:00.000+0000"{more}}}}}"#
        )
    };
    let duplicate = r#","issuelinks":[{"type":{"name":"Duplicate","inward":"is duplicated by","outward":"duplicates"},"OTHER":{"key":"KEY"}}]"#;
    let of = |side: &str, key: &str| duplicate.replace("OTHER", side).replace("KEY", key);
    let source = format!(
        r#"{{"issues":[{},{},{}]}}"#,
        issue("HD-1", &of("inwardIssue", "HD-2")),
        issue("HD-2", &of("outwardIssue", "HD-1")),
        issue("HD-3", r#","parent":{"key":"HD-1"}"#),
    );
    let done = ready(&desk, "jira", "search.json", &source);
    assert_eq!(done["links"], 2, "{done}");
    assert_eq!(links(&desk, "HD-2"), [pair("duplicate_of", "HD-1")]);
    assert_eq!(links(&desk, "HD-3"), [pair("child_of", "HD-1")]);

    let desk = Desk::new();
    let source = "Issue key,Summary,Created,Parent key,Outward issue link (Blocks),Outward issue link (Blocks)\n\
                  HD-1,x,02/Mar/26 9:02 AM,,HD-2,HD-3\nHD-2,x,02/Mar/26 9:02 AM,HD-1,,\nHD-3,x,02/Mar/26 9:02 AM,,,\n";
    let done = ready(&desk, "jira-csv", "jira.csv", source);
    assert_eq!(links(&desk, "HD-2"), [pair("child_of", "HD-1"), pair("blocked_by", "HD-1")]);
    let absent = done["absent"].to_string();
    assert!(!absent.contains("issue link"), "what hardly any export has is not missed: {absent}");

    let desk = Desk::new();
    let source = r#"[{"number":7,"title":"x","state":"OPEN","createdAt":"2026-03-02T08:15:00Z","comments":[]},
        {"number":9,"title":"x","state":"OPEN","createdAt":"2026-03-02T08:15:00Z","comments":[
            {"body":"Duplicate of #7","createdAt":"2026-03-02T09:00:00Z","author":{"login":"hubot"}}]}]"#;
    ready(&desk, "github", "issues.json", source);
    assert_eq!(links(&desk, "9"), [pair("duplicate_of", "7")]);

    let desk = Desk::new();
    let source = "\"ID\";\"Title\";\"Opening date\";\"Linked tickets - Child tickets\"\n\
                  \"1\";\"x\";\"2026-03-02 08:15\";\"2<br>3\"\n\"2\";\"x\";\"2026-03-02 08:15\";\"\"\n\
                  \"3\";\"x\";\"2026-03-02 08:15\";\"\"\n";
    ready(&desk, "glpi", "glpi.csv", source);
    assert_eq!(links(&desk, "3"), [pair("child_of", "1")]);
}

const JOURNAL: &str = "\
number,short_description,opened_at,sys_updated_on,parent_incident,problem_id,comments,work_notes
INC1,No mail,2016-02-28 20:00:00,2016-02-29 02:00:00,,PRB1,\"2016-02-29 01:00:00 - Joe Employee (Additional comments)
Still nothing.

I wait.

2016-02-28 23:00:00 - Beth Anglin (Additional comments)
Which client?
\",\"2016-02-29 01:16:00 - Bèth Anglin (Work notes)
The cable was loose.\"
INC2,No mail either,2016-02-28 21:00:00,2016-02-29 02:00:00,INC1,,Called twice.,
";

#[test]
fn journals_become_notes() {
    let desk = Desk::new();
    let problem =
        desk.texts("n,t\nPRB1,Cable\n", "type: problem\nkey: n\nfields: {title: t}\n", &[]);
    assert_eq!(problem.code, 0, "{}", problem.err);
    let done = ready(&desk, "servicenow", "incident.csv", JOURNAL);
    assert_eq!(done["links"], 2, "{done}");
    assert_eq!(links(&desk, "INC2"), [pair("child_of", "INC1")]);
    assert_eq!(links(&desk, "INC1"), [pair("caused_by", "PRB1")]);
    let notes = |number: &str| -> Vec<[String; 4]> {
        let notes = desk.incidents()[number]["notes"].clone();
        let notes = notes.as_array().cloned().unwrap_or_default();
        let part =
            |note: &Value| ["at", "by", "kind", "text"].map(|name| text(&note[name]).to_owned());
        notes.iter().map(part).collect()
    };
    assert_eq!(
        notes("INC1"),
        [
            ["2016-02-28T23:00:00Z", "beth-anglin", "public", "Which client?\n"],
            ["2016-02-29T01:00:00Z", "joe-employee", "public", "Still nothing.\n\nI wait.\n"],
            ["2016-02-29T01:16:00Z", "beth-anglin", "work", "The cable was loose.\n"],
        ]
    );
    assert_eq!(notes("INC2"), [["2016-02-29T02:00:00Z", "alice", "public", "Called twice.\n"]]);
    let warnings = done["warnings"].to_string();
    assert!(warnings.contains("are all the person `beth-anglin`"), "{warnings}");
    // As the table API has them.
    let desk = Desk::new();
    let source = json!({"result": [{
        "number": "INC1", "short_description": "No mail", "opened_at": "2016-02-28 20:00:00",
        "comments_and_work_notes": {"display_value":
            "2016-02-29 01:16:00 - Иван Петров (Work notes)\nLoose.\n\n", "value": ""},
    }]});
    ready(&desk, "servicenow", "incident.json", &source.to_string());
    let note = desk.incidents()["INC1"]["notes"][0].clone();
    assert_eq!([text(&note["by"]), text(&note["kind"])], ["ivan-petrov", "work"]);
}
