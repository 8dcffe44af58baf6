//! A settings file that was broken with plain git stops only what needs it.

use insta::assert_snapshot;

use crate::common::Env;

/// The files that rules depend on, each broken in its own way.
const BROKEN: &[(&str, &str)] = &[
    (".gitsm/workflows/incident.yaml", "kind: incident\nentry: [new]\n"),
    (".gitsm/roles.yaml", "roles:\n  agent:\n    may:\n    - do: [creat]\n"),
    (".gitsm/people.yaml", "- id: alice\n  active: true\n"),
    (".gitsm/teams.yaml", "teams: 3\n"),
    (".gitsm/priorities.yaml", "high: {}\n"),
];

const PEOPLE: &str = "\
- {id: alice, name: Alice Example, emails: [alice@example.com], roles: [admin]}
- {id: bob, name: Bob Example, emails: [bob@example.com], roles: [requester]}
";

/// Commits a file as somebody does who has never heard of `gitsm commit`.
fn push(env: &Env, path: &str, text: &str) {
    env.write(path, text);
    env.git(&["add", "-A"]);
    env.git(&["commit", "-qm", "By hand"]);
}

/// Deletes a file.
fn remove(env: &Env, path: &str) {
    std::fs::remove_file(env.cwd().join(path)).expect("a file");
}

#[test]
fn reading_goes_on() {
    for (path, text) in BROKEN {
        let env = Env::desk();
        let id = env.incident("CRM crashes");
        push(&env, path, text);
        for command in [
            &["list", "--columns", "id,title,status"][..],
            &["show", &id],
            &["status"],
            &["search", "crm"],
            &["log", &id],
            &["workflow", "show", "problem"],
            &["actions", &id],
            &["problem", "list"],
            &["report", "summary"],
        ] {
            let output = env.run(command);
            // What happened is told without any settings.
            let told = output.stderr.contains(&format!("warning: {path}:")) || command[0] == "log";
            assert!(output.code == 0 && told, "{path}: {command:?}: {output}");
        }
    }
}

#[test]
fn what_is_said_of_it() {
    let env = Env::desk();
    env.incident("CRM crashes");
    for (path, text) in BROKEN {
        push(&env, path, text);
    }
    assert_snapshot!(env.run(&["list", "--columns", "title,status"]), @"
    TITLE        STATUS
    CRM crashes  new
    [stderr]
    warning: .gitsm/people.yaml:2: there is no field `active` here (the fields here are id, name, kind, emails, roles, teams, manager, active_from, active_until, time_zone); until it is mended nobody is listed, see `gitsm check`
    warning: .gitsm/teams.yaml:1: here stands a map, but it must be a list, each item on a line that begins with `- `; until it is mended there are no teams, see `gitsm check`
    warning: .gitsm/priorities.yaml:1: the field `high` is missing here; until it is mended the built-in one counts, see `gitsm check`
    warning: .gitsm/workflows/incident.yaml:1: the field `states` is missing here; until it is mended the built-in one counts, see `gitsm check`
    warning: .gitsm/roles.yaml:4: roles.agent.may[0].do[0]: `creat` is not possible here (did you mean `create`? possible are create, edit, note, assign, link, attach, move, vote, import and settings); until it is mended the built-in one counts, see `gitsm check`
    ");
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/people.yaml:2: error[settings-unreadable]: there is no field `active` here (the fields here are id, name, kind, emails, roles, teams, manager, active_from, active_until, time_zone)
    .gitsm/priorities.yaml:1: error[settings-unreadable]: the field `high` is missing here
    .gitsm/roles.yaml:4: error[settings-unreadable]: roles.agent.may[0].do[0]: `creat` is not possible here (did you mean `create`? possible are create, edit, note, assign, link, attach, move, vote, import and settings)
    .gitsm/teams.yaml:1: error[settings-unreadable]: here stands a map, but it must be a list, each item on a line that begins with `- `
    .gitsm/workflows/incident.yaml:1: error[settings-unreadable]: the field `states` is missing here
    [stderr]
    1 record checked: 5 errors
    [exit 6]
    ");
}

#[test]
fn writing_that_needs_it_is_refused() {
    for (path, text) in BROKEN {
        let env = Env::desk();
        let id = env.incident("CRM crashes");
        let commits = env.commits();
        push(&env, path, text);
        for command in [
            &["incident", "take", &id][..],
            &["edit", &id, "--set", "urgency=high"],
            &["note", &id, "-m", "Hello."],
            &["incident", "new", "Printer jams"],
        ] {
            let output = env.run(command);
            let told = output.stderr.contains(&format!("error: {path}:"));
            assert!(output.code == 6 && told, "{path}: {command:?}: {output}");
            assert!(!output.stderr.contains("warning"), "{path}: {command:?}: {output}");
        }
        assert_eq!(env.commits(), commits + 1, "{path}");
    }
}

#[test]
fn other_types_are_not_concerned() {
    let env = Env::desk();
    push(&env, BROKEN[0].0, BROKEN[0].1);
    assert_snapshot!(env.run(&["problem", "new", "Leak"]), @"
    PRB-AAAAAA
    [stderr]
    created PRB-AAAAAA: Leak (P3, new)
    ");
    assert_snapshot!(env.run(&["incident", "new", "Crash"]), @"
    [stderr]
    error: .gitsm/workflows/incident.yaml:1: the field `states` is missing here

    hint: mend the file and run `gitsm commit`; `gitsm check` lists all such files
    [exit 6]
    ");
}

#[test]
fn who_could_mend_it_before_can() {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.ok(&["commit"]);
    env.incident("CRM crashes");
    for (path, text) in BROKEN {
        push(&env, path, text);
        match *path {
            ".gitsm/people.yaml" => env.write(path, PEOPLE),
            ".gitsm/teams.yaml" => env.write(path, "[]\n"),
            path => remove(&env, path),
        }
        let refused = env.as_person("bob").run(&["commit"]);
        assert_eq!(refused.code, 4, "{path}: {refused}");
        assert!(refused.stderr.contains("may not change"), "{path}: {refused}");
        let done = env.ok(&["commit"]);
        assert_eq!(done.stderr, format!("committed {path}\n"), "{path}: {done}");
        assert_eq!(env.ok(&["list"]).stderr, "", "{path}");
    }
}

#[test]
fn one_of_two_can_be_mended() {
    let env = Env::desk();
    let (people, teams) = (BROKEN[2], BROKEN[3]);
    push(&env, people.0, people.1);
    push(&env, teams.0, teams.1);
    env.write(people.0, PEOPLE);
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    warning: .gitsm/teams.yaml:1: here stands a map, but it must be a list, each item on a line that begins with `- `; until it is mended there are no teams, see `gitsm check`
    committed .gitsm/people.yaml
    ");
    env.write(teams.0, "[]\n");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    committed .gitsm/teams.yaml
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    0 records checked: nothing wrong
    ");
}

#[test]
fn a_desk_of_a_newer_format_is_named() {
    let env = Env::desk();
    push(&env, ".gitsm/desk.yaml", "format: 9\nwhat: else\n");
    assert_snapshot!(env.run(&["list"]), @"
    [stderr]
    error: this desk has format 9, and this gitsm knows formats up to 1

    hint: install a newer gitsm
    [exit 6]
    ");
}

#[test]
fn commits_on_top_are_judged_by_what_counted_before() {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.ok(&["commit"]);
    push(&env, ".gitsm/roles.yaml", BROKEN[1].1);
    let bob = env.as_person("bob");
    remove(&bob, ".gitsm/roles.yaml");
    bob.git(&["commit", "-qam", "Mended"]);
    assert_snapshot!(env.run(&["check", "--range", "HEAD~1"]), @"
    .gitsm/roles.yaml: error[role]: c1----- by Bob: bob (requester) may not change the settings of this desk [role]
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
}

#[test]
fn approvals_can_be_mended_too() {
    let env = Env::desk();
    env.incident("CRM crashes");
    push(&env, ".gitsm/approvals.yaml", "x: [\n");
    env.ok(&["list"]);
    env.write(".gitsm/approvals.yaml", "definitions: {}\n");
    env.ok(&["commit"]);
    env.ok(&["approval", "list"]);
}

#[test]
fn mistakes_are_told_in_plain_words() {
    let env = Env::desk();
    let flow = "kind: incident\nentry: [new]\nstates:\n  new: {category: open}\n  \
                done: {category: closed}\ntransitions:\n  finish: [{from: [new], to: done}]\n";
    let mut all = String::new();
    for (path, text) in [
        ("workflows/incident.yaml", flow.replace("to: done", "too: done")),
        ("workflows/incident.yaml", flow.replace("category: open", "category: opn")),
        ("workflows/incident.yaml", flow.replace("to: done", "to: donne")),
        ("workflows/incident.yaml", flow.replace("kind: incident", "kind: problem")),
        ("workflows/incident.yaml", flow.replace("category: closed", "category: open")),
        ("workflows/incident.yaml", flow.replace("entry: [new]", "entry: []")),
        ("workflows/incident.yaml", String::new()),
        ("workflows/incident.yaml", "- kind: incident\n".to_owned()),
        ("people.yaml", "alice: {name: Alice}\n".to_owned()),
        ("teams.yaml", "- apps\n".to_owned()),
        ("roles.yaml", "roles:\n  agent:\n    may: all\n".to_owned()),
        ("rules.yaml", "- when: status:new\n".to_owned()),
        ("approvals.yaml", "definitions:\n- cab\n".to_owned()),
        ("catalog/a.yaml", "title: A\nincludes: [b]\n".to_owned()),
        ("desk.yaml", "format: one\n".to_owned()),
    ] {
        let before = std::fs::read(env.cwd().join(".gitsm").join(path)).ok();
        env.write(&format!(".gitsm/{path}"), text);
        let said = env.run(&["commit"]);
        assert_eq!(said.code, 6, "{path}: {said}");
        all.push_str(&said.stdout);
        match before {
            Some(before) => env.write(&format!(".gitsm/{path}"), before),
            None => remove(&env, &format!(".gitsm/{path}")),
        }
    }
    assert_snapshot!(all, @r#"
    .gitsm/workflows/incident.yaml:7: error[settings-unreadable]: there is no field `too` here (did you mean `to`?)
    .gitsm/workflows/incident.yaml:4: error[settings-unreadable]: states.new.category: `opn` is not possible here (did you mean `open`? possible are open, hold, resolved and closed)
    .gitsm/workflows/incident.yaml:7: error[workflow-invalid]: transition `finish` names the state `donne`, which is not among `states` (did you mean `done`?)
    .gitsm/workflows/incident.yaml:1: error[workflow-invalid]: the workflow is for type problem, its file for type incident (write `kind: incident`, or call the file .gitsm/workflows/problem.yaml)
    .gitsm/workflows/incident.yaml:3: error[workflow-invalid]: a workflow needs at least one state of category closed (for example `closed: {category: closed}`)
    .gitsm/workflows/incident.yaml:2: error[workflow-invalid]: `entry` names no state in which a record may begin (for example `entry: [new]`)
    .gitsm/workflows/incident.yaml:1: error[settings-unreadable]: the file is empty (fill it, or bring it back or delete it with git)
    .gitsm/workflows/incident.yaml:1: error[settings-unreadable]: here stands a list, but it must be a map, with lines such as `key: value`
    .gitsm/people.yaml:1: error[settings-unreadable]: here stands a map, but it must be a list, each item on a line that begins with `- `
    .gitsm/teams.yaml:1: error[settings-unreadable]: [0]: here stands the text "apps", but it must be a map, with lines such as `key: value`
    .gitsm/roles.yaml:3: error[settings-unreadable]: roles.agent.may: here stands the text "all", but it must be a list, each item on a line that begins with `- `
    .gitsm/rules.yaml:1: error[settings-unreadable]: here stands a list, but it must be a map, with lines such as `key: value`
    .gitsm/approvals.yaml:2: error[settings-unreadable]: definitions: here stands a list, but it must be a map, with lines such as `key: value`
    .gitsm/catalog/a.yaml:2: error[settings-unreadable]: includes[0]: here stands the text "b", but it must be a map, with lines such as `key: value`
    .gitsm/desk.yaml:1: error[settings-unreadable]: format: here stands the text "one", but it must be a whole number, 0 or more
    "#);
}
