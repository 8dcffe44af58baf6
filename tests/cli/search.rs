//! `gitsm search`.

use insta::assert_snapshot;

use crate::common::Env;

fn filled() -> Env {
    let env = Env::desk();
    let crash = env.new_record(&[
        "incident",
        "new",
        "CRM crashes",
        "-m",
        "The quarterly report aborts on save.",
    ]);
    env.ok(&["note", &crash, "-m", "Restarted the application pool."]);
    env.ok(&["incident", "resolve", &crash, "-m", "The vendor's hotfix helped."]);
    env.ok(&["incident", "new", "Printer jams", "-m", "Whenever a report is printed."]);
    env.ok(&["problem", "new", "Memory leak"]);
    env
}

#[test]
fn finds_words_everywhere() {
    let env = filled();
    assert_snapshot!(env.run(&["search", "report"]), @"
    ID          STATUS    AGE  TITLE
    INC-BBBBBB  new        2m  Printer jams
        Whenever a report is printed.
    INC-AAAAAA  resolved   5m  CRM crashes
        The quarterly report aborts on save.
    ");
    assert_snapshot!(env.run(&["search", "pool"]), @"
    ID          STATUS    AGE  TITLE
    INC-AAAAAA  resolved   6m  CRM crashes
        …the application pool.
    ");
    assert_snapshot!(env.run(&["search", "hotfix"]), @"
    ID          STATUS    AGE  TITLE
    INC-AAAAAA  resolved   7m  CRM crashes
        The vendor's hotfix helped.
    ");
    assert_snapshot!(env.run(&["search", "crash"]), @"
    ID          STATUS    AGE  TITLE
    INC-AAAAAA  resolved   8m  CRM crashes
    ");
    assert_snapshot!(env.run(&["search", "REPORT", "save"]), @"
    ID          STATUS    AGE  TITLE
    INC-AAAAAA  resolved   9m  CRM crashes
        The quarterly report aborts on save.
    ");
    assert_snapshot!(env.run(&["search", "nothing-like-it"]), @"
    [stderr]
    no records match
    ");
}

#[test]
fn a_title_with_all_the_words_speaks_for_itself() {
    let env = filled();
    env.ok(&["incident", "new", "Report is empty", "-m", "The report has no rows."]);
    assert_snapshot!(env.run(&["search", "report", "-n", "2"]), @"
    ID          STATUS  AGE  TITLE
    INC-CCCCCC  new      1m  Report is empty
    INC-BBBBBB  new      3m  Printer jams
        Whenever a report is printed.
    [stderr]
    2 of 3 records
    ");
    assert_snapshot!(env.run(&["search", "report", "rows"]), @"
    ID          STATUS  AGE  TITLE
    INC-CCCCCC  new      2m  Report is empty
        The report has no rows.
    ");
}

#[test]
fn phrases_and_conditions() {
    let env = filled();
    assert_snapshot!(env.run(&["search", "quarterly report"]), @"
    ID          STATUS    AGE  TITLE
    INC-AAAAAA  resolved   5m  CRM crashes
        The quarterly report aborts on save.
    ");
    assert_snapshot!(env.run(&["search", "report quarterly"]), @r#"
    [stderr]
    warning: nothing matches "report quarterly" word for word; without the quotation marks 1 record matches
    no records match
    "#);
    assert_snapshot!(env.run(&["search", "report", "status:open"]), @"
    ID          STATUS  AGE  TITLE
    INC-BBBBBB  new      4m  Printer jams
        Whenever a report is printed.
    ");
    assert_snapshot!(env.run(&["search", "report", "-status:open"]), @"
    ID          STATUS    AGE  TITLE
    INC-AAAAAA  resolved   8m  CRM crashes
        The quarterly report aborts on save.
    ");
    assert_snapshot!(env.run(&["search", "--type", "problem", "leak"]), @"
    ID          STATUS  AGE  TITLE
    PRB-AAAAAA  new      5m  Memory leak
    ");
}

/// In a shell, quotation marks are often there only to keep words together.
#[test]
fn a_phrase_that_is_nowhere_is_told() {
    let env = filled();
    env.incident("The CRM crashes again");
    assert_snapshot!(env.run(&["search", "crm crash"]), @r#"
    [stderr]
    warning: nothing matches "crm crash" word for word; without the quotation marks 2 records match
    no records match
    "#);
    assert_snapshot!(env.run(&["search", "again crashes", "-T", "incident"]), @r#"
    [stderr]
    warning: nothing matches "again crashes" word for word; without the quotation marks 1 record matches
    no records match
    "#);
    assert_snapshot!(env.run(&["list", "\"crm crash\" status:any"]), @r#"
    [stderr]
    warning: nothing matches "crm crash" word for word; without the quotation marks 2 records match
    no records match
    "#);
    assert_snapshot!(env.run(&["search", "crm crush"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(env.run(&["search", "\"crm crash\"*"]), @"
    ID          STATUS    AGE  TITLE
    INC-CCCCCC  new        5m  The CRM crashes again
    INC-AAAAAA  resolved  10m  CRM crashes
    ");
    assert_snapshot!(env.run(&["search", "crm crash*"]), @"
    ID          STATUS    AGE  TITLE
    INC-CCCCCC  new        6m  The CRM crashes again
    INC-AAAAAA  resolved  11m  CRM crashes
    ");
    assert_snapshot!(env.run(&["search", "crm", "--all"]), @"
    [stderr]
    error: closed records are searched anyway, without `--all`

    hint: leave it out; `status:open` beside the words leaves closed records out
    [exit 2]
    ");
}

#[test]
fn options_may_follow_the_words() {
    let env = filled();
    assert_snapshot!(env.run(&["search", "report", "-n", "1", "-f", "csv"]), @"
    id,status,age,title
    INC-BBBBBB,new,120,Printer jams
    ");
    assert_snapshot!(env.run(&["search", "leak", "-T", "incident"]), @"
    [stderr]
    no records match
    ");
}

#[test]
fn for_programs() {
    let env = filled();
    assert_snapshot!(env.run(&["search", "pool", "--json"]), @r#"
    {
      "schema": "gitsm.rows/1",
      "total": 1,
      "more": false,
      "order": "relevance",
      "now": "2026-11-22T09:06:04Z",
      "rows": [
        {
          "short": "INC-AAAAAA",
          "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "type": "incident",
          "title": "CRM crashes",
          "status": "resolved",
          "state": "resolved",
          "domain": null,
          "impact": "medium",
          "urgency": "medium",
          "priority": "P3",
          "service": null,
          "cis": [],
          "requester": "alice",
          "assignee": null,
          "team": null,
          "category": null,
          "tags": [],
          "channel": "cli",
          "external_id": null,
          "opened_at": "2026-11-22T09:01:04Z",
          "opened_by": "alice",
          "updated_at": "2026-11-22T09:03:04Z",
          "started_at": null,
          "resolved_at": "2026-11-22T09:03:04Z",
          "closed_at": null,
          "resolution": "fixed",
          "resolved_by": "alice",
          "notes": 1,
          "noted_by": [
            "alice"
          ],
          "custom": {},
          "excerpt": "…the application pool.",
          "highlights": {
            "title": [],
            "excerpt": [
              [
                17,
                21
              ]
            ]
          }
        }
      ]
    }
    "#);
}

#[test]
fn refusals() {
    let env = filled();
    assert_snapshot!(env.run(&["search"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <WORDS>...

    Usage: gitsm search <WORDS>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["search", "statsu:open"]), @"
    [stderr]
    error: there is no field `statsu` (column 1)
      statsu:open
      ^^^^^^

    hint: did you mean `status`?
    [exit 2]
    ");
}

/// An id is no word of a text, but a record all the same.
#[test]
fn ids_are_told() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.ok(&["edit", &id, "--set", "external_id=INC0000045"]);
    assert_snapshot!(env.run(&["search", &id]), @"
    [stderr]
    warning: INC-AAAAAA is a record: `gitsm show INC-AAAAAA`; texts do not hold it
    no records match
    ");
    assert_snapshot!(env.run(&["search", "INC0000045"]), @"
    [stderr]
    warning: INC-AAAAAA is a record: `gitsm show INC-AAAAAA`; texts do not hold it
    no records match
    ");
    assert_snapshot!(env.run(&["list", "type:incident", &id]), @"
    [stderr]
    warning: INC-AAAAAA is a record: `gitsm show INC-AAAAAA`; texts do not hold it
    no records match
    ");
    assert_snapshot!(env.run(&["search", "INC0000046"]), @"
    [stderr]
    no records match
    ");
}

#[test]
fn nothing_is_no_word() {
    let env = Env::desk();
    env.incident("CRM crashes");
    for words in [&[""][..], &[" "], &["", "\t"]] {
        let told = env.run(&[&["search"], words].concat());
        assert_eq!(told.code, 2, "{told}");
        assert!(told.to_string().contains("nothing says what to look for"), "{told}");
    }
}
