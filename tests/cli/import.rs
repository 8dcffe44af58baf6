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
    error: nothing says which column fills which field

    hint: give your own with `--map MAPPING.yaml`, or one that comes with gitsm with `--from servicenow|servicenow-log|jira|jira-csv|glpi|github|gitsm`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import", "csv", "none.csv", "--map", "none.yaml"]), @"
    [stderr]
    error: cannot read $HOME/src/desk/none.yaml: No such file or directory (os error 2)
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
      <FILE>

    Usage: gitsm import <FILE>

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
    not in the source: body, stateReason | state_reason, author.login | user.login, assignees[0].login, milestone.title, labels[].name, createdAt | created_at, updatedAt | updated_at, closedAt | closed_at, html_url | url, pull_request.url
    3 rows read, 1 ticket, 0 created, 0 present already, 2 rows rejected; nothing was written
    [exit 6]
    ");
    let array = env.home().join("issues.json");
    std::fs::write(&array, "[{\"number\": 7, \"state\": \"open\"}]").unwrap();
    assert_snapshot!(env.run(&["import", array.to_str().unwrap(), "--from", "github"]), @"
    element 1: 7: `title` is missing
    [stderr]
    not in the source: title, body, stateReason | state_reason, author.login | user.login, assignees[0].login, milestone.title, labels[].name, createdAt | created_at, updatedAt | updated_at, closedAt | closed_at, html_url | url, pull_request.url
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

#[test]
fn what_was_meant_is_told() {
    let env = desk();
    env.write("ev.csv", "num;title;when\n1;a;2026-01-01\n");
    env.write("ev.yaml", "type: incident\nkey: num\nfields: {title: title}\n");
    assert_snapshot!(env.run(&["import", "ev.csv", "--map", "ev.yaml"]), @r#"
    [stderr]
    error: $HOME/src/desk/ev.yaml:2: the source has no column `num`

    hint: its columns may be separated otherwise: put `delimiter: ";"` into the mapping
    [exit 6]
    "#);
    assert_snapshot!(env.run(&["import", "ev.csv"]), @"
    [stderr]
    error: nothing says which column fills which field

    hint: give your own with `--map MAPPING.yaml`, or one that comes with gitsm with `--from servicenow|servicenow-log|jira|jira-csv|glpi|github|gitsm`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import", "all.yaml", "--from", "gitsm"]), @"
    [stderr]
    error: `all.yaml` is YAML, which is not read back

    hint: export as csv, json or jsonl to import it into another desk
    [exit 2]
    ");
    env.write(
        "bad.yaml",
        "type: incident\nkey: num\nfields: {title: title}\ncustom: {Bad Name: x}\n",
    );
    assert_snapshot!(env.run(&["import", "ev.csv", "--map", "bad.yaml"]), @"
    [stderr]
    error: $HOME/src/desk/bad.yaml: line 4, column 20: custom: `Bad Name` is no name for a state, a code or a field; lower-case letters, digits and _ make one
    [exit 6]
    ");
}

#[test]
fn an_export_comes_back_from_a_spreadsheet() {
    let env = desk();
    env.incident("CRM, slow; or down");
    let table = env.ok(&[
        "export",
        "csv",
        "--columns",
        "id,title,status,impact,urgency,priority,opened_at,opened_by,updated_at",
    ]);
    let table = table.raw_stdout().to_owned();
    let other = Env::desk();
    let import = |name: &str, text: String| {
        other.write(name, text);
        other.run(&["import", name, "--from", "gitsm", "--dry-run"])
    };
    let row = |text: &str| text.replacen("\"CRM, slow; or down\"", "CRM", 1);
    assert_snapshot!(import("a.csv", row(&table).replace(',', ";")), @"
    [stderr]
    1 row read, 1 ticket, 1 would be created, 0 present already; dry run, nothing was written
    ");
    assert_snapshot!(import("a.tsv", row(&table).replace(',', "\t")), @"
    [stderr]
    1 row read, 1 ticket, 1 would be created, 0 present already; dry run, nothing was written
    ");
    assert_snapshot!(import("b.csv", table.replacen("title", "titel", 1)), @"
    [stderr]
    error: the first line of $HOME/src/desk/b.csv: there is no column `titel`

    hint: did you mean `title`?
    [exit 6]
    ");
    assert_snapshot!(import("c.csv", table.replacen(",P3,", ",high,", 1).replacen(",P4,", ",high,", 1)), @"
    line 2: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA: `priority`: `high` is not possible here; possible are P1, P2, P3, P4 and P5
    [stderr]
    1 row read, 0 tickets, 0 would be created, 0 present already, 1 row rejected; dry run, and nothing would be written
    [exit 6]
    ");
}
