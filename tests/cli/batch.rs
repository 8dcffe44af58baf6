//! One action on many records: ids from standard input, previews, and what
//! happens when some are refused.

use insta::assert_snapshot;
use serde_json::json;

use crate::common::Env;

#[test]
fn ids_come_from_standard_input() {
    let env = Env::desk();
    let (a, b, c) = (env.incident("A"), env.incident("B"), env.incident("C"));
    let before = env.commits();
    let list = env.ok(&["list", "-f", "ids", "type:incident"]).raw_stdout().to_owned();
    assert_eq!(list.lines().count(), 3);
    assert_snapshot!(env.typing(&list).run(&["incident", "resolve", "-", "-m", "Restarted."]), @"
    [stderr]
    INC-AAAAAA resolve: new -> resolved
    INC-BBBBBB resolve: new -> resolved
    INC-CCCCCC resolve: new -> resolved
    ");
    assert_eq!(env.commits(), before + 1);
    // Short ids, ids in one line, blank lines, comments, the same one twice.
    let typed = format!("# what was solved today\n\n {a}\t{b} # two\r\n{}\n{a}\n", &c[4..]);
    assert_snapshot!(env.typing(&typed).run(&["incident", "close", "-"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    INC-BBBBBB close: resolved -> closed
    INC-CCCCCC close: resolved -> closed
    ");
    assert_snapshot!(env.typing(&a).run(&["incident", "reopen", "-", &b, "-m", "Again."]), @"
    [stderr]
    error: INC-AAAAAA is closed; `reopen` is possible from resolved
      nothing can be done with it; open a new incident instead
    error: INC-BBBBBB is closed; `reopen` is possible from resolved
    2 records were refused; nothing was written
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 2);
}

#[test]
fn every_verb_takes_ids_from_standard_input() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let web = env.new_record(&["ci", "new", "web-01"]);
    let problem = env.new_record(&["problem", "new", "P"]);
    env.write("log.txt", "a log");
    let both = env.typing(&format!("{a}\n{b}\n"));
    assert_snapshot!(both.run(&["edit", "-", "--set", "cis+=web-01"]), @"
    [stderr]
    INC-AAAAAA edit: cis: - -> CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
    INC-BBBBBB edit: cis: - -> CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(both.run(&["note", "-", "-m", "Looking."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) Looking.
    INC-BBBBBB note: notes: - -> (work) Looking.
    ");
    assert_snapshot!(both.run(&["assign", "-", "bob"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: - -> bob
    INC-BBBBBB assign: assignee: - -> bob
    ");
    assert_snapshot!(both.run(&["assign", "-", "--team", "apps", "-m", "Yours."]), @"
    [stderr]
    INC-AAAAAA assign: team: - -> apps; notes: - -> (work) Yours.
    INC-BBBBBB assign: team: - -> apps; notes: - -> (work) Yours.
    ");
    assert_snapshot!(both.run(&["link", "-", "caused_by", &problem]), @"
    [stderr]
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    INC-BBBBBB link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(both.run(&["unlink", "-", "caused_by", &problem]), @"
    [stderr]
    INC-AAAAAA unlink: links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA -> -
    INC-BBBBBB unlink: links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA -> -
    ");
    assert_snapshot!(both.run(&["attach", "-", "log.txt"]), @"
    [stderr]
    INC-AAAAAA attach: attachments: - -> log.txt (sha256 5775e775a009a883570f8738b2efba72ebd889bebd792398088abf4b78a55133)
    INC-BBBBBB attach: attachments: - -> log.txt (sha256 5775e775a009a883570f8738b2efba72ebd889bebd792398088abf4b78a55133)
    ");
    assert_snapshot!(both.run(&["incident", "take", "-"]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    INC-BBBBBB start: new -> in_progress
    ");
    assert_eq!(env.ok(&["log", "--action", "start", "-f", "ids"]).raw_stdout().lines().count(), 2);
    assert_snapshot!(both.run(&["incident", "escalate", "-", "-t", "net", "-m", "Help."]), @"
    [stderr]
    INC-AAAAAA escalate: escalation: - -> 1; team: apps -> net; notes: - -> (work) Help.; 1 more
    INC-BBBBBB escalate: escalation: - -> 1; team: apps -> net; notes: - -> (work) Help.; 1 more
    ");
    // Names of configuration items, and a title that is a name there.
    let mixed = env.typing(&format!("web-01 {a}"));
    assert_snapshot!(mixed.run(&["edit", "-", "--title", "Web"]), @"
    [stderr]
    CI-AAAAAA edit: name: web-01 -> Web
    INC-AAAAAA edit: title: A -> Web
    ");
    assert_snapshot!(env.typing(&web).run(&["ci", "maintain", "-"]), @"
    [stderr]
    CI-AAAAAA maintain: live -> maintenance
    ");
    assert_snapshot!(env.typing(&problem).run(&["problem", "cause", "-", "-m", "A leak."]), @"
    [stderr]
    PRB-AAAAAA cause: cause: - -> A leak.
    ");
    assert_eq!(env.run(&["check"]).code, 0);
}

#[test]
fn nothing_on_standard_input_is_nothing_to_do() {
    let env = Env::desk();
    let before = env.commits();
    assert_snapshot!(env.run(&["incident", "close", "-"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.typing("\n# none\n").run(&["note", "-", "-m", "x", "--json"]), @r#"
    {
      "schema": "gitsm.written/1",
      "dry_run": false,
      "commit": null,
      "subject": null,
      "records": [],
      "files": [],
      "refused": [],
      "notices": []
    }
    "#);
    assert_eq!(env.commits(), before);
}

/// Standard input is one thing only.
#[test]
fn what_standard_input_cannot_be() {
    let env = Env::desk();
    let id = env.incident("A");
    let piped = env.typing(&id);
    assert_snapshot!(piped.run(&["incident", "resolve", "-"]), @"
    [stderr]
    error: how it was solved is missing, and standard input is taken by the ids

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(piped.run(&["note", "-", "-F", "-"]), @"
    [stderr]
    error: standard input cannot hold both the text and the ids

    hint: give the text with `-m TEXT`
    [exit 2]
    ");
    assert_snapshot!(piped.editing("echo changed >> \"$1\"").run(&["edit", "-"]), @"
    [stderr]
    error: nothing to change was given

    hint: gitsm edit - --set FIELD=VALUE
    [exit 2]
    ");
    assert_snapshot!(env.typing("INC-\u{0}\n").run(&["note", "-", "-m", "x"]), @r"
    [stderr]
    error: there is no record `INC-\u{0}`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    env.write("text", "From a file.");
    assert_snapshot!(piped.run(&["note", "-", "-F", "text"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) From a file.
    ");
}

#[test]
fn all_refusals_are_listed() {
    let env = Env::desk();
    let (a, b, c) = (env.incident("A"), env.incident("B"), env.incident("C"));
    let request = env.new_record(&["request", "new", "R"]);
    env.ok(&["incident", "resolve", &a, "-m", "Done."]);
    let before = env.commits();
    let all = [a.as_str(), &b, &c, "ZZZZZZ", &request];
    let close = |more: &[&str]| {
        let mut args = vec!["incident", "close"];
        args.extend(all);
        args.extend(more);
        env.run(&args)
    };
    assert_snapshot!(close(&[]), @"
    [stderr]
    error: INC-BBBBBB is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    error: INC-CCCCCC is new; `close` is possible from resolved
    error: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    error: REQ-AAAAAA is no incident but a request
      see `gitsm request --help` for what can be done
    4 records were refused; nothing was written
    [exit 4]
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(close(&["--dry-run", "--keep-going"]), @"
    INC-AAAAAA close: A
      status: resolved -> closed
      closed_at: - -> 2026-11-22T09:09:04Z
    commit: INC-AAAAAA close: A
    [stderr]
    dry run: nothing was written
    error: INC-BBBBBB is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    error: INC-CCCCCC is new; `close` is possible from resolved
    error: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    error: REQ-AAAAAA is no incident but a request
      see `gitsm request --help` for what can be done
    4 records were refused; the others would be changed
    [exit 4]
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(close(&["--keep-going", "--json"]), @r#"
    {
      "schema": "gitsm.written/1",
      "dry_run": false,
      "commit": "c1--------------------------------------",
      "subject": "INC-AAAAAA close: A",
      "records": [
        {
          "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "short": "INC-AAAAAA",
          "type": "incident",
          "title": "A",
          "status": "closed",
          "priority": "P3",
          "action": "close",
          "changes": [
            {
              "field": "status",
              "from": "resolved",
              "to": "closed"
            },
            {
              "field": "closed_at",
              "from": null,
              "to": "2026-11-22T09:11:04Z"
            }
          ]
        }
      ],
      "files": [],
      "refused": [
        {
          "given": "INC-BBBBBB",
          "id": "INC-BBBBBBBBBBBBBBBBBBBBBBBBBB",
          "short": "INC-BBBBBB",
          "reason": "INC-BBBBBB is new; `close` is possible from resolved",
          "hints": [
            "possible now: start, hold, resolve, cancel"
          ],
          "exit_code": 4
        },
        {
          "given": "INC-CCCCCC",
          "id": "INC-CCCCCCCCCCCCCCCCCCCCCCCCCC",
          "short": "INC-CCCCCC",
          "reason": "INC-CCCCCC is new; `close` is possible from resolved",
          "hints": [
            "possible now: start, hold, resolve, cancel"
          ],
          "exit_code": 4
        },
        {
          "given": "ZZZZZZ",
          "id": null,
          "short": null,
          "reason": "there is no record `ZZZZZZ`",
          "hints": [
            "list what there is with `gitsm list --all`, or search with `gitsm search`"
          ],
          "exit_code": 3
        },
        {
          "given": "REQ-AAAAAA",
          "id": null,
          "short": null,
          "reason": "REQ-AAAAAA is no incident but a request",
          "hints": [
            "see `gitsm request --help` for what can be done"
          ],
          "exit_code": 2
        }
      ],
      "notices": []
    }
    [stderr]
    error: INC-BBBBBB is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    error: INC-CCCCCC is new; `close` is possible from resolved
    error: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    error: REQ-AAAAAA is no incident but a request
      see `gitsm request --help` for what can be done
    4 records were refused; the others were changed
    [exit 4]
    "#);
    assert_eq!(env.commits(), before + 1);
    // Quiet keeps the reasons; nothing was left to do.
    assert_snapshot!(close(&["-k", "-q"]), @"
    [stderr]
    error: INC-AAAAAA is closed; `close` is possible from resolved
      nothing can be done with it; open a new incident instead
    error: INC-BBBBBB is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    error: INC-CCCCCC is new; `close` is possible from resolved
    error: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    error: REQ-AAAAAA is no incident but a request
      see `gitsm request --help` for what can be done
    5 records were refused; nothing was written
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "close", &b, &c, "-k"]), @"
    [stderr]
    error: INC-BBBBBB is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    error: INC-CCCCCC is new; `close` is possible from resolved
    2 records were refused; nothing was written
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 1);
}

/// What a refused part of a batch did before it was refused is not kept.
#[test]
fn no_half_of_a_refused_part_is_kept() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let ci = env.new_record(&["ci", "new", "web-01"]);
    assert_snapshot!(
        env.run(&["edit", &a, &ci, &b, "-k", "--set", "service=crm", "--set", "impact=high"]), @"
    [stderr]
    INC-AAAAAA edit: impact: medium -> high; priority: P3 -> P2; service: - -> crm
    INC-BBBBBB edit: impact: medium -> high; priority: P3 -> P2; service: - -> crm
    error: CI-AAAAAA: a record of type ci has no field `impact`
    1 record was refused; the others were changed
    [exit 4]
    "
    );
    assert_snapshot!(env.git(&["show", "--shortstat", "--format=%s", "HEAD"]), @"
    edit: 2 records

     2 files changed, 8 insertions(+), 6 deletions(-)
    ");
    assert_eq!(env.run(&["show", &ci, "--json"]).json()["record"]["service"], json!(null));
    // A link to a record of the wrong type, after a good one.
    let problem = env.new_record(&["problem", "new", "P"]);
    let request = env.new_record(&["request", "new", "R"]);
    assert_snapshot!(
        env.run(&["link", &a, "duplicate_of", &b, &request, "-k"]), @"
    [stderr]
    error: INC-AAAAAA: an incident cannot be duplicate_of a request
      possible here: blocked_by, blocks, follow_up_of, followed_by, relates_to
    1 record was refused; nothing was written
    [exit 4]
    "
    );
    assert_snapshot!(env.run(&["link", &a, "caused_by", &problem, "-k"]), @"
    [stderr]
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_eq!(env.run(&["check"]).code, 0);
}

/// Somebody edits one of the files: the others are changed all the same.
#[test]
fn a_file_that_is_being_edited_refuses_alone() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    env.replace(&env.path(&a), "title: A", "title: Better");
    assert_snapshot!(env.run(&["note", &a, &b, "-m", "x"]), @"
    [stderr]
    error: INC-AAAAAA: `incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml` has changes that are not committed
      commit the edit with `gitsm commit`, or drop it with `git restore --staged --worktree incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml`
    1 record was refused; nothing was written
    [exit 5]
    ");
    assert_snapshot!(env.run(&["note", &a, &b, "-m", "x", "--dry-run"]), @"
    [stderr]
    error: INC-AAAAAA: `incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml` has changes that are not committed
      commit the edit with `gitsm commit`, or drop it with `git restore --staged --worktree incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml`
    1 record was refused; nothing was written
    [exit 5]
    ");
    assert_snapshot!(env.run(&["note", &a, "-m", "x", "--dry-run"]), @"
    [stderr]
    error: `incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml` has changes that are not committed

    hint: commit the edit with `gitsm commit`, or drop it with `git restore --staged --worktree incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml`
    [exit 5]
    ");
    assert_snapshot!(env.run(&["note", &a, &b, "-m", "x", "--keep-going"]), @"
    [stderr]
    INC-BBBBBB note: notes: - -> (work) x
    error: INC-AAAAAA: `incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml` has changes that are not committed
      commit the edit with `gitsm commit`, or drop it with `git restore --staged --worktree incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml`
    1 record was refused; the others were changed
    [exit 4]
    ");
    assert!(env.read(&env.path(&a)).contains("title: Better"));
}

/// An edit that lies in git's index alone, whatever form the index has.
#[test]
fn a_staged_edit_refuses_alone() {
    for form in ["2", "4"] {
        let env = Env::desk();
        let (a, b, c) = (env.incident("A"), env.incident("B"), env.incident("C"));
        let (path, gone) = (env.path(&a), env.path(&c));
        env.git(&["update-index", "--index-version", form]);
        let whole = env.read(&path);
        env.replace(&path, "title: A", "title: Better");
        env.git(&["add", &path]);
        env.write(&path, whole);
        env.git(&["rm", "-q", "--cached", &gone]);
        let staged = env.git(&["diff", "--cached", "--name-status"]).raw_stdout().to_owned();
        let before = env.commits();
        for more in [&["--dry-run"][..], &[]] {
            let note = ["note", &a, &b, &c, "-m", "x", "--keep-going", "--json"];
            let answer = env.run(&[&note, more].concat());
            assert_eq!(answer.code, 4, "{answer}");
            let answer = answer.json();
            assert_eq!(answer["records"].as_array().unwrap().len(), 1, "{answer}");
            assert_eq!(answer["records"][0]["short"], b.as_str());
            let refused = |at: usize| &answer["refused"][at];
            assert_eq!((&refused(0)["short"], &refused(1)["short"]), (&json!(a), &json!(c)));
            assert_eq!(
                (&refused(0)["exit_code"], &refused(1)["exit_code"]),
                (&json!(5), &json!(5))
            );
        }
        assert_eq!(env.commits(), before + 1);
        // Without it, all or nothing.
        assert_eq!(env.run(&["note", &a, &b, "-m", "x"]).code, 5);
        assert_eq!(env.commits(), before + 1);
        assert_eq!(env.git(&["diff", "--cached", "--name-status"]).raw_stdout(), staged);
    }
}
