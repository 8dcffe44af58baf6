//! `gitsm check`: a desk in order, and each rule.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn all_is_well() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    0 records checked: nothing wrong
    ");
    env.incident("A");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
}

/// What `check` says, in an order that does not hang on chance: files lie where
/// their ids say, and those are random.
fn checked(env: &Env) -> String {
    let output = env.run(&["check"]);
    let mut lines: Vec<&str> = output.stdout.lines().collect();
    lines.sort_unstable();
    format!("{}\n{}[exit {}]", lines.join("\n"), output.stderr, output.code)
}

/// Commits an edit of a new incident with plain git, past all rules; gives
/// what `check` says.
fn after(edit: impl FnOnce(&Env, &str)) -> String {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    edit(&env, &env.path(&id));
    env.git(&["add", "-A"]);
    env.git(&["commit", "-q", "-m", "By hand"]);
    env.run(&["check"]).to_string()
}

#[test]
fn files() {
    assert_snapshot!(after(|env, path| env.replace(path, "title:", "titel:")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:2: error[file-unreadable]: there is no field `titel` here (did you mean `title`?)
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(after(|env, path| env.replace(path, "impact: medium", "impact: [")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:6: error[file-unreadable]: while parsing a flow mapping, did not find expected ',' or '}'
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(after(|env, path| env.replace(path, "CRM crashes", "'CRM crashes'")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:2: warning[file-not-canonical]: it is not written the way gitsm writes it; `gitsm commit` does that
    [stderr]
    1 record checked: 1 warning
    ");
    assert_snapshot!(after(|env, path| env.replace(path, "title:", "# hm\ntitle:")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:2: warning[file-not-canonical]: it is not written the way gitsm writes it; `gitsm commit` does that
    [stderr]
    1 record checked: 1 warning
    ");
    assert_snapshot!(after(|env, _| env.write("incidents/readme.txt", "hello")), @"
    incidents/readme.txt: error[file-stray]: this is no record's place; records lie where their id says
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(after(|env, path| {
        let text = env.read(path);
        std::fs::remove_file(env.cwd().join(path)).unwrap();
        env.write("incidents/Z/Z/INC-01M80MTJ797BZ098F7VTDEEEZZ.yaml", text);
    }), @"
    incidents/-/-/INC-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:1: error[file-unreadable]: the id is INC-AAAAAAAAAAAAAAAAAAAAAAAAAA, but the path says INC-BBBBBBBBBBBBBBBBBBBBBBBBBB (an id never changes; put it back, or move the file to the path of its id)
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
}

#[test]
fn values() {
    assert_snapshot!(after(|env, path| env.replace(path, "status: new", "status: gone")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[status-unknown]: status: `gone` is no state of an incident; the states are new, in_progress, on_hold, resolved, closed, cancelled
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(after(|env, path| env.replace(path, "status: new", "status: closed")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: warning[time-missing]: closed_at: it is closed, but not since when
    [stderr]
    1 record checked: 1 warning
    ");
    assert_snapshot!(after(|env, path| env.replace(path, "status: new", "status: on_hold")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: warning[hold-mismatch]: holds: 0 spans on hold are running while it is on_hold
    [stderr]
    1 record checked: 1 warning
    ");
    assert_snapshot!(after(|env, path| env.replace(path, "title: CRM crashes", "title: ''")), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:2: error[title-invalid]: title: it is empty
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:2: warning[file-not-canonical]: it is not written the way gitsm writes it; `gitsm commit` does that
    [stderr]
    1 record checked: 1 error, 1 warning
    [exit 6]
    ");
    assert_snapshot!(
        after(|env, path| env.replace(path, "opened_at: \"2026", "opened_at: \"2027")),
        @"
        incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:9: warning[time-ahead]: opened_at: it lies in the future
        incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:11: warning[time-order]: updated_at: it lies before opened_at
        [stderr]
        1 record checked: 2 warnings
        "
    );
}

#[test]
fn people_and_teams() {
    let known = |env: &Env| {
        env.write(
            ".gitsm/people.yaml",
            "- id: alice\n  name: Alice\n  emails: [alice@example.com]\n",
        );
        env.write(".gitsm/teams.yaml", "- id: apps\n  name: Applications\n");
    };
    assert_snapshot!(after(|env, path| {
        known(env);
        env.replace(path, "channel: cli", "assignee: alcie\nteam: app\nchannel: cli");
    }), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:8: error[person-unknown]: assignee: there is no person `alcie` on this desk
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:9: error[team-unknown]: team: there is no team `app` on this desk
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
    assert_snapshot!(after(|env, path| {
        known(env);
        env.replace(path, "requester: alice", "requester: zed");
    }), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:7: error[person-unknown]: requester: there is no person `zed` on this desk
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
}

#[test]
fn links() {
    let incident = "INC-01M80MTJ797BZ098F7VTDEEEVG";
    let ci = "CI-01M80MTJ797BZ098F7VTDEEEVG";
    let with_link = |rel: &str, to: &str| {
        let line = format!("links:\n- rel: {rel}\n  to: {to}\n");
        after(|env, path| env.write(path, env.read(path) + &line))
    };
    assert_snapshot!(with_link("relates_to", incident), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[link-dangling]: it is relates_to INC-BBBBBBBBBBBBBBBBBBBBBBBBBB, which does not exist
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(with_link("caused_by", ci), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[link-dangling]: it is caused_by CI-AAAAAAAAAAAAAAAAAAAAAAAAAA, which does not exist
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: error[link-type]: links: an incident cannot be caused_by a ci
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
    assert_snapshot!(
        after(|env, path| env.replace(path, "requester:", &format!("cis: [{ci}]\nrequester:"))),
        @"
        incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[ci-dangling]: it concerns CI-AAAAAAAAAAAAAAAAAAAAAAAAAA, which does not exist
        incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:7: warning[file-not-canonical]: it is not written the way gitsm writes it; `gitsm commit` does that
        [stderr]
        1 record checked: 1 error, 1 warning
        [exit 6]
        "
    );
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    env.ok(&["link", &a, "child_of", &b]);
    let back = format!("links:\n- rel: child_of\n  to: {}\n", env.full_id(&a));
    let path = env.path(&b);
    env.write(&path, env.read(&path) + &back);
    env.git(&["commit", "-q", "-a", "-m", "A circle"]);
    assert_snapshot!(checked(&env), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[link-circle]: INC-AAAAAA child_of INC-BBBBBB would close a circle: INC-BBBBBB -> INC-AAAAAA
    incidents/-/-/INC-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml: error[link-circle]: INC-BBBBBB child_of INC-AAAAAA would close a circle: INC-AAAAAA -> INC-BBBBBB
    2 records checked: 2 errors
    [exit 6]
    ");
}

#[test]
fn what_must_be_unique() {
    let env = Env::desk();
    env.ok(&["ci", "new", "web-01"]);
    let twin = env.new_record(&["ci", "new", "web-02"]);
    env.replace(&env.path(&twin), "name: web-02", "name: WEB-01");
    env.git(&["commit", "-q", "-a", "-m", "Same name"]);
    for title in ["A", "B"] {
        env.ok(&["incident", "new", title, "--set", "external_id=INC0000045"]);
    }
    assert_snapshot!(checked(&env), @"
    cis/-/-/CI-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[ci-name-duplicate]: another CI in use has the same name
    cis/-/-/CI-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml: error[ci-name-duplicate]: another CI in use has the same name
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: warning[external-id-duplicate]: another record has the same external_id
    incidents/-/-/INC-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml: warning[external-id-duplicate]: another record has the same external_id
    4 records checked: 2 errors, 2 warnings
    [exit 6]
    ");
}

#[test]
fn own_fields() {
    let env = Env::desk();
    let id = env.new_record(&[
        "incident",
        "new",
        "T",
        "--set",
        "custom.floor=three",
        "--set",
        "custom.colour=red",
    ]);
    let settings = env.read(".gitsm/desk.yaml");
    env.write(
        ".gitsm/desk.yaml",
        format!("{settings}custom_fields:\n  floor:\n    type: number\n"),
    );
    env.ok(&["commit"]);
    assert_snapshot!(env.run(&["check"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:13: error[custom-value]: floor: `three` is not a number
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:14: error[custom-unknown]: colour: `colour` is not among custom_fields in .gitsm/desk.yaml
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "custom.floor=four"]), @"
    [stderr]
    error: INC-AAAAAA: floor: `four` is not a number [custom-value]
    [exit 6]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "custom.floor=4"]), @"
    [stderr]
    INC-AAAAAA edit: custom.floor: three -> 4
    ");
}

#[test]
fn edits_that_are_not_committed() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.replace(&env.path(&id), "status: new", "status: gone");
    assert_snapshot!(env.run(&["check"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[status-unknown]: status: `gone` is no state of an incident; the states are new, in_progress, on_hold, resolved, closed, cancelled
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-illegal]: status: no transition leads from new to gone
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
}

#[test]
fn settings() {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", "- id: alice\n  nmae: Alice\n");
    env.git(&["commit", "-q", "-a", "-m", "By hand"]);
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/people.yaml:2: error[settings-unreadable]: there is no field `nmae` here (did you mean `name`?)
    [stderr]
    0 records checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(env.run(&["list"]), @"
    [stderr]
    warning: .gitsm/people.yaml:2: there is no field `nmae` here (did you mean `name`?); until it is mended nobody is listed, see `gitsm check`
    no records match
    ");
}

#[test]
fn for_programs() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.replace(&env.path(&id), "status: new", "status: gone");
    env.git(&["commit", "-q", "-a", "-m", "By hand"]);
    assert_snapshot!(env.run(&["check", "--json"]), @r#"
    {
      "schema": "gitsm.check/1",
      "checked": 1,
      "findings": [
        {
          "path": "incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml",
          "line": 3,
          "severity": "error",
          "rule": "status-unknown",
          "message": "status: `gone` is no state of an incident; the states are new, in_progress, on_hold, resolved, closed, cancelled"
        }
      ]
    }
    [exit 6]
    "#);
    assert_snapshot!(env.run(&["check", "-f", "csv"]), @r#"
    path,line,severity,rule,message
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml,3,error,status-unknown,"status: `gone` is no state of an incident; the states are new, in_progress, on_hold, resolved, closed, cancelled"
    [exit 6]
    "#);
    // One bad record hides nothing else.
    env.incident("Another");
    assert_snapshot!(env.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        gone     6m  -         CRM crashes
    INC-BBBBBB  P3        new      1m  -         Another
    ");
}

#[test]
fn settings_are_looked_at_before_they_are_committed() {
    let env = Env::desk();
    env.write(".gitsm/workflows/incident.yaml", "kind: [\n");
    env.write(".gitsm/teams.yaml", "teams: 3\n");
    env.write(".gitsm/sla.yaml", "commitments:\n  fix:\n    metric: respons\n");
    env.write(".gitsm/catalog/a.yaml", "title: A\nincludes: [b]\n");
    let said = env.run(&["check"]);
    assert_snapshot!(said, @r#"
    .gitsm/catalog/a.yaml:2: error[settings-unreadable]: includes[0]: here stands the text "b", but it must be a map, with lines such as `key: value`
    .gitsm/sla.yaml:3: error[settings-unreadable]: commitments.fix.metric: `respons` is not possible here (did you mean `response`? possible are response, resolution and update)
    .gitsm/teams.yaml:1: error[settings-unreadable]: here stands a map, but it must be a list, each item on a line that begins with `- `
    .gitsm/workflows/incident.yaml:1: error[settings-unreadable]: unclosed bracket '['
    [stderr]
    0 records checked: 4 errors
    [exit 6]
    "#);
    // Whoever may not act may still ask.
    env.write(".gitsm/people.yaml", "- {id: bob, name: Bob, emails: [bob@example.com]}\n");
    env.git(&["add", ".gitsm/people.yaml"]);
    env.git(&["commit", "-qm", "People"]);
    assert_snapshot!(env.run(&["check"]).code, @"6");
}

#[test]
fn settings_that_nothing_reads() {
    let env = Env::desk();
    env.replace(
        ".gitsm/desk.yaml",
        "name:",
        "domains: {internal: {name: IT, profile: itsm}}\nname:",
    );
    let flow = "kind: incident\n";
    for path in [
        "workflows/incidnt.yaml",
        "workflows/incident.yml",
        "workflows/xyz.yaml",
        "workflows/intrenal/incident.yaml",
        "workflows/customers/incident.yaml",
        "workflow/incident.yaml",
        "role.yaml",
        "people.yml",
        "xyz.yaml",
    ] {
        env.write(&format!(".gitsm/{path}"), flow);
    }
    env.write(".gitsm/README.md", "About our settings.\n");
    assert_snapshot!(env.run(&["workflow", "check"]), @"
    .gitsm/workflows/customers/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `customers`; the domains are internal
    .gitsm/workflows/incident.yml: warning[workflow-stray]: no records have this workflow: the file must be called .gitsm/workflows/incident.yaml
    .gitsm/workflows/incidnt.yaml: warning[workflow-stray]: no records have this workflow: there is no record type `incidnt`; did you mean `incident`?
    .gitsm/workflows/intrenal/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `intrenal`; did you mean `internal`?
    .gitsm/workflows/xyz.yaml: warning[workflow-stray]: no records have this workflow: there is no record type `xyz`; the types are incident, request, problem, change, ci
    [stderr]
    10 files of workflows and roles checked: 5 warnings
    ");
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/people.yml: warning[settings-stray]: no settings are read from this file; did you mean `.gitsm/people.yaml`?
    .gitsm/role.yaml: warning[settings-stray]: no settings are read from this file; did you mean `.gitsm/roles.yaml`?
    .gitsm/workflow/incident.yaml: warning[settings-stray]: no settings are read from this folder; did you mean `.gitsm/workflows`?
    .gitsm/workflows/customers/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `customers`; the domains are internal
    .gitsm/workflows/incident.yml: warning[workflow-stray]: no records have this workflow: the file must be called .gitsm/workflows/incident.yaml
    .gitsm/workflows/incidnt.yaml: warning[workflow-stray]: no records have this workflow: there is no record type `incidnt`; did you mean `incident`?
    .gitsm/workflows/intrenal/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `intrenal`; did you mean `internal`?
    .gitsm/workflows/xyz.yaml: warning[workflow-stray]: no records have this workflow: there is no record type `xyz`; the types are incident, request, problem, change, ci
    .gitsm/xyz.yaml: warning[settings-stray]: no settings are read from this file
    [stderr]
    0 records checked: 9 warnings
    ");
    env.git(&["add", "-A"]);
    env.git(&["commit", "-qm", "Settings"]);
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/people.yml: warning[settings-stray]: no settings are read from this file; did you mean `.gitsm/people.yaml`?
    .gitsm/role.yaml: warning[settings-stray]: no settings are read from this file; did you mean `.gitsm/roles.yaml`?
    .gitsm/workflow/incident.yaml: warning[settings-stray]: no settings are read from this folder; did you mean `.gitsm/workflows`?
    .gitsm/workflows/customers/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `customers`; the domains are internal
    .gitsm/workflows/incident.yml: warning[workflow-stray]: no records have this workflow: the file must be called .gitsm/workflows/incident.yaml
    .gitsm/workflows/incidnt.yaml: warning[workflow-stray]: no records have this workflow: there is no record type `incidnt`; did you mean `incident`?
    .gitsm/workflows/intrenal/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `intrenal`; did you mean `internal`?
    .gitsm/workflows/xyz.yaml: warning[workflow-stray]: no records have this workflow: there is no record type `xyz`; the types are incident, request, problem, change, ci
    .gitsm/xyz.yaml: warning[settings-stray]: no settings are read from this file
    [stderr]
    0 records checked: 9 warnings
    ");
}
