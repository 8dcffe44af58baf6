//! The form in which a command answers, and what that means for what it does.

use insta::assert_snapshot;

use crate::common::Env;

/// Whoever reads exit 2 will do it again.
#[test]
fn a_template_that_does_not_fit_is_refused_before_anything_is_written() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.write(
        "lines.jsonl",
        format!("{{\"do\": \"note\", \"id\": \"{id}\", \"message\": \"x\"}}\n"),
    );
    let before = env.commits();
    assert_snapshot!(env.run(&["note", &id, "-m", "x", "--template", "{{ titel }}"]), @"
    [stderr]
    error: the template cannot be used: there is no `titel` in this answer

    hint: did you mean `title`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "Y", "--template", "{{ foo }}"]), @"
    [stderr]
    error: the template cannot be used: there is no `foo` in this answer

    hint: `--format jsonl` shows the names that a template can use
    [exit 2]
    ");
    assert_snapshot!(env.run(&["apply", "lines.jsonl", "--template", "{{ short }}"]), @"
    [stderr]
    error: the template cannot be used: there is no `short` in this answer

    hint: `--format jsonl` shows the names that a template can use
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", &id, "-m", "x", "--template", "{{ short"]), @"
    [stderr]
    error: the template cannot be used: syntax error: unexpected end of input, expected end of variable block (line 1)
    [exit 2]
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(env.run(&["note", &id, "-m", "x", "--template", "{{ short }} {{ range(3)|join }}"]), @"INC-AAAAAA 012");
    assert_snapshot!(env.run(&["apply", "lines.jsonl", "--template", "{{ line }} {{ records[0].short }}"]), @"1 INC-AAAAAA");
}

/// What only shows when the answer is there must not look like a failure.
#[test]
fn what_is_done_is_told_even_if_the_template_fails() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let before = env.commits();
    assert_snapshot!(env.run(&["note", &id, "-m", "x", "--template", "{{ short.x.y }}"]), @"
    [stderr]
    warning: it is done, but not shown as you asked: the template cannot be used: there is no `short.x` in this answer
    INC-AAAAAA note: notes: - -> (work) x
    ");
    assert_snapshot!(env.run(&["incident", "new", "Y", "--template", "{{ short|date }}"]), @"
    INC-BBBBBB
    [stderr]
    warning: it is done, but not shown as you asked: the template cannot be used: invalid operation: `INC-BBBBBB` is no time (line 1)
    created INC-BBBBBB: Y (P3, new)
    ");
    assert_eq!(env.commits(), before + 2);
}

#[test]
fn an_import_can_answer_with_ids() {
    let env = Env::desk();
    env.write("t.csv", "n,title\nT1,One\nT2,Two\n");
    env.write("m.yaml", "type: incident\nkey: n\nfields: {title: title}\n");
    assert_snapshot!(env.run(&["import", "t.csv", "-m", "m.yaml", "--template", "{{ title }}"]), @"
    [stderr]
    error: the template cannot be used: there is no `title` in this answer

    hint: `--format jsonl` shows the names that a template can use
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import", "t.csv", "-m", "m.yaml", "-f", "ids"]), @"
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    ");
    assert_snapshot!(env.run(&["import", "t.csv", "-m", "m.yaml", "-f", "ids"]), @"");
}

const TABLE: &str = "n,title,state\nT1,One,new\nT2,Two,odd\n";
const MAP: &str = "type: incident\nkey: n\nfields:\n  title: title\n  status: {column: state, values: {new: new}}\n";

/// A script that tries first is told what will become of it.
#[test]
fn a_dry_import_says_what_the_import_will_do() {
    let env = Env::desk();
    env.write("t.csv", TABLE);
    env.write("m.yaml", MAP);
    let import = |more: &[&str]| env.run(&[&["import", "t.csv", "-m", "m.yaml"], more].concat());
    assert_snapshot!(import(&["--dry-run"]), @"
    line 3: T2: `odd` is not among the values of `status` in the mapping
    [stderr]
    2 rows read, 2 tickets, 0 would be created, 0 present already, 1 row rejected; dry run, and nothing would be written
    [exit 6]
    ");
    assert_snapshot!(import(&[]), @"
    line 3: T2: `odd` is not among the values of `status` in the mapping
    [stderr]
    2 rows read, 2 tickets, 0 created, 0 present already, 1 row rejected; nothing was written
    [exit 6]
    ");
    assert_snapshot!(import(&["--skip-bad", "--dry-run"]), @"
    line 3: T2: `odd` is not among the values of `status` in the mapping
    [stderr]
    2 rows read, 2 tickets, 1 would be created, 0 present already, 1 row rejected; dry run, nothing was written
    ");
    assert_snapshot!(import(&["--skip-bad"]), @"
    line 3: T2: `odd` is not among the values of `status` in the mapping
    [stderr]
    2 rows read, 2 tickets, 1 created, 0 present already, 1 row rejected (commit c1-----)
    ");
    assert_snapshot!(import(&["--skip-bad"]), @"
    line 3: T2: `odd` is not among the values of `status` in the mapping
    [stderr]
    2 rows read, 2 tickets, 0 created, 1 present already, 1 row rejected; nothing was written
    ");
    env.write("t.csv", "n,title,state\nT2,Two,odd\n");
    assert_snapshot!(import(&["--skip-bad"]), @"
    line 2: T2: `odd` is not among the values of `status` in the mapping
    [stderr]
    1 row read, 1 ticket, 0 created, 0 present already, 1 row rejected; nothing was written
    [exit 6]
    ");
}

#[test]
fn what_has_no_other_form_says_so() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["completions", "bash", "--json"]), @"
    [stderr]
    error: this answer is plain text and has no other form

    hint: leave out --json, --format and --template
    [exit 2]
    ");
    assert_snapshot!(env.run(&["export", "csv", "--json"]), @"
    [stderr]
    error: the form of an export is what stands after `export`

    hint: `gitsm export json` writes JSON
    hint: with `--output FILE`, `--json` says what was written
    [exit 2]
    ");
    assert_snapshot!(env.run(&["export", "jsonl", "-f", "csv"]), @"
    [stderr]
    error: the form of an export is what stands after `export`

    hint: `gitsm export json` writes JSON
    hint: with `--output FILE`, `--json` says what was written
    [exit 2]
    ");
    assert_snapshot!(env.run(&["export", "json", "--template", "{{ id }}"]), @"
    [stderr]
    error: the form of an export is what stands after `export`

    hint: `gitsm export json` writes JSON
    hint: with `--output FILE`, `--json` says what was written
    [exit 2]
    ");
    assert_snapshot!(env.run(&["export", "csv", "-o", "none/all.csv"]), @"
    [stderr]
    error: cannot write $HOME/src/desk/none/all.csv: there is no such folder

    hint: make $HOME/src/desk/none first
    [exit 8]
    ");
    env.incident("CRM crashes");
    assert_snapshot!(env.run(&["export", "csv", "--columns", "title", "--no-header"]), @"CRM crashes");
    assert_snapshot!(env.run(&["path", "CRM", "--json"]), @"
    [stderr]
    error: there is no record `CRM`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
}

/// A reader that leaves is no failure, and no story is left half told.
#[test]
fn a_demo_that_nobody_reads_to_its_end() {
    let env = Env::empty();
    let demo = format!("{} demo d | head -1; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_gitsm"));
    let ended = std::process::Command::new("bash")
        .args(["-c", &demo])
        .current_dir(env.cwd())
        .env("HOME", env.home())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{errors}");
}

/// A shell's quotes make a phrase of words, and of nothing else.
#[test]
fn a_search_in_one_argument_is_still_a_query() {
    let env = Env::desk();
    env.incident("Mail server is down");
    env.incident("mailing list broken");
    let titles = |words: &str| {
        let found = env.ok(&["search", words, "sort:title", "--template", "{{ title }}"]).stdout;
        found.lines().collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(titles("mail -server"), "mailing list broken");
    assert_eq!(titles("mail not server"), "mailing list broken");
    assert_eq!(titles("broken or down"), "Mail server is down | mailing list broken");
    assert_eq!(titles("mail server"), "Mail server is down");
    assert_eq!(titles("server mail"), "");
}

/// What was old then is as old as it was then.
#[test]
fn ages_of_the_past_are_those_of_then() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let later = env.with("GITSM_NOW", "2026-12-24T09:00:00Z");
    let shown = later.ok(&["show", &id, "--at", "2026-11-22 11:01:04"]).stdout;
    assert!(shown.contains("(2h ago)") || shown.contains("(1h ago)"), "{shown}");
    assert_eq!(
        later.ok(&["show", &id, "--at", "2026-11-22 11:01:04", "--json"]).json()["now"],
        "2026-11-22T11:01:04Z"
    );
}

/// An import must not make what `check` calls wrong afterwards.
#[test]
fn an_import_gives_no_name_twice() {
    let env = Env::desk();
    env.ok(&["ci", "new", "gap"]);
    env.write("ci.csv", "num,title\nC9,Gap\nC10,gap\nC11,other\nC12,other\n");
    env.write("m.yaml", "type: ci\nkey: num\nfields: {name: title}\n");
    assert_snapshot!(env.run(&["import", "ci.csv", "-m", "m.yaml", "--skip-bad"]), @"
    line 2: C9: `name`: CI-AAAAAAAAAAAAAAAAAAAAAAAAAA is called `Gap` already
    line 3: C10: `name`: CI-AAAAAAAAAAAAAAAAAAAAAAAAAA is called `gap` already
    line 5: C12: `name`: CI-BBBBBBBBBBBBBBBBBBBBBBBBBB is called `other` already
    [stderr]
    4 rows read, 4 tickets, 1 created, 0 present already, 3 rows rejected (commit c1-----)
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    2 records checked: nothing wrong
    ");
}

/// Git tells no such date, and the next import would not know it again.
#[test]
fn an_event_of_a_far_future_is_rejected() {
    let env = Env::desk();
    env.write("e.csv", "n,at,title\nE1,2026-11-01T08:00:00Z,One\nE2,9999-12-31T23:59:59Z,Two\n");
    env.write(
        "m.yaml",
        "type: incident\nkey: n\nrows: events\nevent: {time: at}\nfields: {title: title}\n",
    );
    assert_snapshot!(env.run(&["import", "e.csv", "-m", "m.yaml", "--skip-bad"]), @"
    line 3: E2: it happened at 9999-12-31T23:59:59Z, and git tells no time after 2105
    [stderr]
    2 rows read, 1 ticket, 1 created, 0 updated, 0 present already, 1 event in 1 commit, 1 row rejected (commit c1-----)
    ");
}

#[test]
fn letters_that_no_accent_makes_become_ids() {
    let env = Env::desk();
    env.write("t.csv", "n,title,who\nT1,One,Łukasz Żółć\nT2,Two,Øst Weiß\n");
    env.write(
        "m.yaml",
        "type: incident\nkey: n\nfields:\n  title: title\n  requester: {column: who, slug: true}\n",
    );
    env.ok(&["import", "t.csv", "-m", "m.yaml"]);
    assert_snapshot!(env.run(&["list", "sort:title", "--template", "{{ requester }}"]), @"
    lukasz-zolc
    ost-weiss
    ");
}
