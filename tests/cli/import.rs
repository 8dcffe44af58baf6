//! `gitsm import`.

use std::path::Path;

use insta::assert_snapshot;

use crate::common::Env;

/// A desk with the example's table and mapping beside its records.
fn desk() -> Env {
    let env = Env::desk();
    for name in ["simple.csv", "simple.yaml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/import").join(name);
        std::fs::copy(path, env.home().join(name)).unwrap();
    }
    env
}

fn import(env: &Env, more: &[&str]) -> crate::common::Output {
    let home = env.home();
    let (table, map) = (home.join("simple.csv"), home.join("simple.yaml"));
    let mut args = vec!["import", "csv", table.to_str().unwrap(), "--map", map.to_str().unwrap()];
    args.extend(more);
    env.run(&args)
}

#[test]
fn tickets_are_found_by_their_old_numbers() {
    let env = desk();
    assert_snapshot!(import(&env, &["--dry-run"]), @"
    [stderr]
    10 rows read, 10 tickets, 10 would be created, 0 present already; dry run, nothing was written
    ");
    assert_snapshot!(env.run(&["list", "--all"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(import(&env, &[]), @"
    [stderr]
    10 rows read, 10 tickets, 10 created, 0 present already (commit c1-----)
    ");
    let numbers = env.ok(&["list", "--all", "--template", "{{ external_id }}"]).stdout;
    let number = numbers.lines().next().unwrap();
    let path = env.ok(&["path", number]);
    assert!(path.stdout.ends_with(".yaml\n"), "{path}");
    let before = env.commits();
    assert_snapshot!(import(&env, &[]), @"
    [stderr]
    10 rows read, 10 tickets, 0 created, 10 present already; nothing was written
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(
        env.run(&["list", "--all", "--columns", "external_id,status,title", "--sort", "external_id"]),
        @r#"
        EXTERNAL ID  STATUS       TITLE
        T-1001       resolved     Printer on floor 3 prints blank pages
        T-1002       in_progress  VPN drops every hour, then reconnects
        T-1003       new          Login page says "session expired" at once
        T-1004       resolved     Laptop does not charge
        T-1005       new          Shared mailbox is missing
        T-1006       on_hold      Payroll report shows last month's figures
        T-1007       closed       Door badge is refused at the side entrance
        T-1008       in_progress  Video calls freeze when sharing the screen
        T-1009       closed       Password reset mail never arrives
        T-1010       new          New starter has no e-mail address
        "#
    );
}

#[test]
fn refusals() {
    let env = desk();
    let table = env.home().join("simple.csv");
    assert_snapshot!(env.run(&["import", "csv", table.to_str().unwrap()]), @"
    [stderr]
    error: the following required arguments were not provided:
      --map <MAPPING.yaml>

    Usage: gitsm import csv --map <MAPPING.yaml> <FILE>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import", "csv", "none.csv", "--map", "none.yaml"]), @"
    [stderr]
    error: cannot read $HOME/work/desk/none.yaml: No such file or directory (os error 2)
    [exit 3]
    ");
    assert_snapshot!(env.run(&["import", "table.xlsx", "--map", "none.yaml"]), @"
    [stderr]
    error: the name `table.xlsx` does not tell the format

    hint: gitsm import csv FILE ..., or json, or jsonl
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import", "xlsx", "a"]), @"
    [stderr]
    error: the subcommand 'a' cannot be used with '<FILE>'

    Usage: gitsm import [OPTIONS] <FILE>
           gitsm import <COMMAND>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import"]), @"
    [stderr]
    error: the following required arguments were not provided:
      --map <MAPPING.yaml>
      <FILE>

    Usage: gitsm import --map <MAPPING.yaml> <FILE>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import", "a.json", "--from", "remedy"]), @"
    [stderr]
    error: invalid value 'remedy' for '--from <SYSTEM>'
      [possible values: servicenow, servicenow-log, jira, jira-csv, glpi, github, gitsm]

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn the_format_follows_from_the_name() {
    let env = desk();
    let map = env.home().join("simple.yaml");
    let table = env.home().join("simple.csv");
    let args = ["import", table.to_str().unwrap(), "--map", map.to_str().unwrap(), "--dry-run"];
    assert_snapshot!(env.run(&args), @"
    [stderr]
    10 rows read, 10 tickets, 10 would be created, 0 present already; dry run, nothing was written
    ");
    let lines = env.home().join("issues.ndjson");
    std::fs::write(
        &lines,
        "{\"number\": 7, \"title\": \"x\", \"state\": \"open\"}\n{\"number\": [[]]}\nno\n",
    )
    .unwrap();
    assert_snapshot!(env.run(&["import", lines.to_str().unwrap(), "--from", "github"]), @"
    line 2: `number` is a list of lists
    line 3: it is no JSON: expected ident in column 2
    [stderr]
    not in the source: body, stateReason | state_reason, author.login | user.login, assignees[0].login, milestone.title, labels[].name, createdAt | created_at, updatedAt | updated_at, closedAt | closed_at, html_url | url, comments, pull_request.url
    3 rows read, 1 ticket, 0 created, 0 present already, 2 rows rejected; nothing was written
    [exit 6]
    ");
    let array = env.home().join("issues.json");
    std::fs::write(&array, "[{\"number\": 7, \"state\": \"open\"}]").unwrap();
    assert_snapshot!(env.run(&["import", array.to_str().unwrap(), "--from", "github"]), @"
    element 1: 7: `title` is missing
    [stderr]
    not in the source: title, body, stateReason | state_reason, author.login | user.login, assignees[0].login, milestone.title, labels[].name, createdAt | created_at, updatedAt | updated_at, closedAt | closed_at, html_url | url, comments, pull_request.url
    1 row read, 1 ticket, 0 created, 0 present already, 1 row rejected; nothing was written
    [exit 6]
    ");
    assert_snapshot!(env.run(&["import", "mappings"]), @"
    servicenow      incidents of ServiceNow: list export (CSV) or table API (JSON)
    servicenow-log  audit log of ServiceNow as history (CSV)
    jira            issues of Jira: REST search (JSON)
    jira-csv        issues of Jira: CSV export
    glpi            tickets of GLPI: CSV export
    github          issues of GitHub: gh issue list --json, or REST (JSON)
    ");
}

#[test]
fn importing_takes_a_right_of_its_own() {
    let env = desk();
    let person = |name: &str, role: &str| {
        format!("- {{id: {name}, name: {name}, emails: [{name}@example.com], roles: [{role}]}}\n")
    };
    env.write(".gitsm/people.yaml", person("alice", "agent") + &person("mona", "manager"));
    env.ok(&["commit"]);
    assert_snapshot!(import(&env, &["--dry-run"]), @"
    [stderr]
    error: alice (agent) may not import [role]

    hint: who may: mona
    [exit 4]
    ");
    env.write("records.jsonl", "");
    let native = ["import", "jsonl", "records.jsonl", "--from", "gitsm"];
    assert_snapshot!(env.run(&native), @"
    [stderr]
    error: alice (agent) may not import [role]

    hint: who may: mona
    [exit 4]
    ");
    let mona = env.as_person("mona");
    mona.ok(&native);
    let said = import(&mona, &["--dry-run"]).to_string();
    assert!(!said.contains("[role]"), "{said}");
}
