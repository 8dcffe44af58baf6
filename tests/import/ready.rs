//! The mappings that come with gitsm, each with an export of its system.

use std::fs;

use serde_json::{Value, json};

use crate::desk::{Desk, example, text};

/// A desk with the tickets of an export, all of which must come in.
fn imported(system: &str, file: &str, counts: [u64; 5]) -> (Desk, Value) {
    let desk = Desk::new();
    let done = desk.from(system, &example(file), &[]);
    assert_eq!((done.code, done.counts()), (0, counts), "{}{}", done.err, done.json);
    let checked = desk.gitsm(&["--desk", "desk", "check"]);
    let told = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && told.is_empty(), "{told}");
    let again = desk.from(system, &example(file), &[]);
    assert_eq!(again.counts()[2], 0, "nothing comes in twice");
    (desk, done.json)
}

/// The fields of a record, each as text.
fn fields<'a, const N: usize>(record: &'a Value, names: [&str; N]) -> [&'a str; N] {
    names.map(|name| text(record.pointer(&format!("/{name}")).unwrap_or(&Value::Null)))
}

#[test]
fn servicenow() {
    let (desk, done) = imported("servicenow", "servicenow.csv", [3, 3, 3, 0, 0]);
    let absent = done["absent"].as_array().expect("names");
    assert!(absent.contains(&json!("closed_at.value | closed_at")), "{absent:?}");
    let incidents = desk.incidents();
    let names =
        ["title", "status", "priority", "requester", "assignee", "team", "category", "opened_at"];
    assert_eq!(
        fields(&incidents["INC0010001"], names),
        [
            "Email does not arrive",
            "in_progress",
            "P2",
            "joe-employee",
            "beth-anglin",
            "service-desk",
            "Email",
            "2026-03-02T08:15:00Z"
        ]
    );
    assert_eq!(
        fields(
            &incidents["INC0010002"],
            ["status", "resolution/code", "resolution/text", "resolved_at"]
        ),
        ["resolved", "fixed", "New password sent\nby post.\n", "2026-03-01T10:20:00Z"]
    );
    assert_eq!(
        fields(&incidents["INC0010003"], ["status", "requester"]),
        ["in_progress", "zoe-muller"]
    );

    let (desk, done) = imported("servicenow", "servicenow.json", [2, 2, 2, 0, 0]);
    assert_eq!(done["numbered_by"], "element");
    let incidents = desk.incidents();
    let names = ["title", "status", "impact", "priority", "requester", "assignee", "opened_at"];
    assert_eq!(
        fields(&incidents["INC0010001"], names),
        [
            "Email does not arrive",
            "in_progress",
            "high",
            "P2",
            "joe-employee",
            "",
            "2026-03-02T08:15:00Z"
        ]
    );
    assert_eq!(
        fields(&incidents["INC0010002"], ["status", "priority", "requester", "resolution/text"]),
        ["resolved", "P5", "ann-otieno", "New password sent.\n"]
    );
    assert_eq!(incidents["INC0010002"]["tags"], json!(["post", "vip"]));
}

#[test]
fn servicenow_log() {
    let desk = Desk::new();
    let mapping = gitsm::app::import::Ready::named("servicenow-log").expect("a mapping");
    let columns = [
        "number",
        "incident_state",
        "sys_updated_at",
        "sys_updated_by",
        "category",
        "subcategory",
        "u_symptom",
        "impact",
        "urgency",
        "priority",
        "caller_id",
        "assigned_to",
        "assignment_group",
        "contact_type",
        "opened_at",
        "opened_by",
        "resolved_at",
        "closed_at",
        "reopen_count",
        "closed_code",
        "resolved_by",
        "cmdb_ci",
        "knowledge",
        "location",
        "made_sla",
        "notify",
        "u_priority_confirmation",
        "problem_id",
        "reassignment_count",
        "rfc",
        "sys_mod_count",
        "caused_by",
        "vendor",
    ];
    let row = |state: &str, at: &str| {
        let cell = |name: &&str| match *name {
            "number" => "INC1".to_owned(),
            "incident_state" => state.to_owned(),
            "sys_updated_at" => at.to_owned(),
            "sys_updated_by" => "Updated by 7".to_owned(),
            "category" => "Category 5".to_owned(),
            "impact" | "urgency" => "2 - Medium".to_owned(),
            "priority" => "3 - Moderate".to_owned(),
            _ => "?".to_owned(),
        };
        columns.iter().map(cell).collect::<Vec<_>>().join(",")
    };
    assert!(mapping.text.contains("rows: events"));
    let log =
        [columns.join(","), row("New", "1/3/2016 08:00"), row("Awaiting Vendor", "1/3/2016 09:00")];
    std::fs::write(desk.path("log.csv"), log.join("\n")).expect("a log");
    let done = desk.from("servicenow-log", &desk.path("log.csv"), &[]);
    assert_eq!((done.code, done.events()), (0, [1, 0, 0, 2, 2]), "{}", done.err);
    let daily = Desk::new();
    std::fs::write(daily.path("log.csv"), log.join("\n")).expect("a log");
    let done = daily.from("servicenow-log", &daily.path("log.csv"), &["--commits", "day"]);
    assert_eq!((done.code, done.events()), (0, [1, 0, 0, 2, 1]), "{}", done.err);
}

#[test]
fn jira() {
    for (system, file) in [("jira", "jira.json"), ("jira-csv", "jira.csv")] {
        let (desk, _) = imported(system, file, [2, 2, 2, 0, 0]);
        let incidents = desk.incidents();
        let one = &incidents["HD-12"];
        let names = ["title", "status", "priority", "description"];
        let [title, status, priority, description] = fields(one, names);
        assert_eq!((title, status, priority), ("VPN drops every hour", "on_hold", "P1"), "{file}");
        let waits = json!([{"reason": "awaiting_requester", "from": one["updated_at"]}]);
        assert_eq!(one["holds"], waits, "{file}: it waits, if only since it was changed last");
        assert_eq!(description.replace('\n', " "), "It drops, then reconnects. ", "{file}");
        assert_eq!(one["tags"], json!(["remote work", "vpn"]), "{file}");
        let notes = one["notes"].as_array().expect("notes");
        assert_eq!(notes.len(), 2, "{file}");
        let two = &incidents["HD-13"];
        assert_eq!(
            fields(two, ["status", "resolution/code", "resolved_at"]),
            ["closed", "cancelled", "2026-01-04T09:00:00Z"],
            "{file}: an unknown state goes by its category"
        );
        if system == "jira" {
            assert_eq!(
                fields(one, ["requester", "opened_at", "category"]),
                ["mia@example.com", "2026-03-02T08:02:11Z", "Network"]
            );
            assert_eq!(
                fields(&notes[0], ["by", "kind", "text"]),
                ["kim-berg", "public", "Which client?\n"]
            );
            assert_eq!(fields(&notes[1], ["kind", "text"]), ["work", "Looks like the old one.\n"]);
        } else {
            assert_eq!(
                fields(one, ["requester", "opened_at"]),
                ["mia-krystof", "2026-03-02T09:02:00Z"]
            );
            assert_eq!(
                fields(&notes[0], ["at", "by", "text"]),
                [
                    "2026-03-02T10:00:00Z",
                    "5b10ac8d82e05b22cc7d4ef5",
                    "Which client; the old one?\n"
                ]
            );
        }
    }
}

#[test]
fn glpi() {
    let (desk, done) = imported("glpi", "glpi.csv", [3, 2, 2, 0, 0]);
    assert_eq!(done["skipped"], 1, "a request is no incident");
    let incidents = desk.incidents();
    let names = ["title", "status", "priority", "requester", "assignee", "category", "opened_at"];
    assert_eq!(
        fields(&incidents["42"], names),
        [
            "Printer prints blank pages",
            "in_progress",
            "P2",
            "reyes-dana",
            "novak-ali",
            "Hardware > Printer",
            "2026-03-02T08:15:00Z"
        ]
    );
    assert_eq!(
        fields(&incidents["44"], ["status", "resolved_at"]),
        ["resolved", "2026-03-02T11:00:00Z"]
    );
}

/// GLPI exports what its pages show: numbers with blanks in them, and signs of HTML
/// as entities.
#[test]
fn glpi_as_its_pages_show_it() {
    let desk = Desk::new();
    let source = "\"ID\";\"Title\";\"Status\";\"Opening date\";\"Linked tickets - Child tickets\"\n\
                  \"2 145\";\"R&#38;D: caf&#233; &lt;b&gt;\";\"New\";\"2026-03-02 08:15\";\"12&nbsp;146<br>3\"\n\
                  \"12\u{a0}146\";\"x\";\"New\";\"2026-03-02 08:15\";\"\"\n\
                  \"3\";\"x\";\"New\";\"2026-03-02 08:15\";\"\"\n";
    fs::write(desk.path("glpi.csv"), source).expect("a source");
    let done = desk.from("glpi", &desk.path("glpi.csv"), &[]);
    assert_eq!((done.code, done.counts()), (0, [3, 3, 3, 0, 0]), "{}{}", done.err, done.json);
    assert_eq!(done.json["links"], 2, "{}", done.json);
    let incidents = desk.incidents();
    assert_eq!(fields(&incidents["2145"], ["title"]), ["R&D: café <b>"]);
    assert!(incidents.contains_key("12146"));
}

#[test]
fn github() {
    let (desk, _) = imported("github", "github.json", [2, 2, 2, 0, 0]);
    let incidents = desk.incidents();
    let one = &incidents["7"];
    assert_eq!(
        fields(one, ["title", "status", "requester", "assignee", "description", "custom/url"]),
        [
            "Cannot log in",
            "new",
            "octocat",
            "hubot",
            "Since **today**.\n\nSteps: none.\n",
            "https://github.com/octocat/desk/issues/7"
        ]
    );
    assert_eq!(one["tags"], json!(["area: a b", "bug", "good first issue"]));
    let notes = one["notes"].as_array().expect("notes");
    assert_eq!(
        fields(&notes[0], ["by", "at", "text"]),
        ["hubot", "2026-03-02T09:00:00Z", "On it.\n"]
    );
    assert_eq!(fields(&notes[1], ["by"]), ["alice"], "an account that is gone: whoever imports");
    let two = &incidents["6"];
    assert_eq!(
        fields(two, ["status", "requester", "category", "closed_at", "resolution/code"]),
        ["cancelled", "app-dependabot", "v2", "2026-02-02T00:00:00Z", "cancelled"]
    );

    // Two pages of the REST API, one after the other, with a pull request.
    let (desk, done) = imported("github", "github-rest.json", [3, 2, 2, 0, 0]);
    assert_eq!(done["skipped"], 1);
    let incidents = desk.incidents();
    assert_eq!(fields(&incidents["7"], ["status", "requester"]), ["new", "octocat"]);
    assert_eq!(
        fields(&incidents["4"], ["status", "resolution/code", "custom/url"]),
        ["closed", "fixed", "https://github.com/octocat/desk/issues/4"]
    );
}

#[test]
fn mappings_are_listed_and_printed() {
    let desk = Desk::new();
    let list = desk.gitsm(&["import", "mappings"]);
    let list = String::from_utf8(list.stdout).expect("text");
    for ready in gitsm::app::import::READY {
        assert!(list.lines().any(|line| line.starts_with(ready.name)), "{list}");
        let printed = desk.gitsm(&["import", "mappings", ready.name]);
        assert_eq!(String::from_utf8(printed.stdout).expect("text"), ready.text);
    }
    assert_eq!(desk.gitsm(&["import", "mappings", "remedy"]).status.code(), Some(2));
}

#[test]
fn why_a_ticket_waits_is_taken_over() {
    let desk = Desk::new();
    let table = "number,short_description,state,hold_reason,sys_updated_on\n\
                 1,a,On Hold,Awaiting Vendor,2026-03-02 09:00:00\n\
                 2,b,On Hold,,2026-03-02 09:00:00\n\
                 3,c,In Progress,Awaiting Caller,2026-03-02 09:00:00\n";
    std::fs::write(desk.path("sn.csv"), table).expect("written");
    let done = desk.from("servicenow", &desk.path("sn.csv"), &[]);
    assert_eq!(done.counts(), [3, 3, 3, 0, 0], "{}", done.err);
    let jira =
        r#"[{"key":"A-1","fields":{"summary":"x","status":{"name":"Waiting for customer"}}}]"#;
    std::fs::write(desk.path("j.json"), format!("{{\"issues\":{jira}}}")).expect("written");
    assert_eq!(desk.from("jira", &desk.path("j.json"), &[]).counts()[2], 1);
    let incidents = desk.incidents();
    let why = |number: &str| incidents[number].pointer("/holds/0/reason").cloned();
    assert_eq!(
        ["1", "2", "3", "A-1"].map(why),
        [
            Some("awaiting_vendor".into()),
            Some("on_hold".into()),
            None,
            Some("awaiting_requester".into())
        ]
    );
    let map = "type: incident\nkey: n\nrows: events\nevent: {time: at}\nhold_reason: w\nfields: {title: n}\n";
    let refused = desk.texts("n,at,w\nA,2026-03-01,x\n", map, &[]);
    assert!(refused.err.contains("map.yaml:5: each event says why it waits"), "{}", refused.err);
}
