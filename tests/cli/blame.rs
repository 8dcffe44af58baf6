//! `gitsm blame`.

use insta::assert_snapshot;

use crate::common::Env;

fn worked() -> (Env, String) {
    let env = Env::desk();
    let id = env.new_record(&["incident", "new", "CRM crashes", "-m", "It aborts.\nEvery time.\n"]);
    let bob = env.as_person("bob");
    bob.ok(&["incident", "take", &id]);
    bob.ok(&["note", &id, "-m", "Looking.\nStill."]);
    env.ok(&["edit", &id, "--set", "service=crm"]);
    bob.ok(&["edit", &id, "--set", "description=It aborts.\nOnly on Mondays.\nEvery time."]);
    bob.ok(&["incident", "resolve", &id, "-m", "Done."]);
    env.ok(&["edit", &id, "--set", "service="]);
    (env, id)
}

#[test]
fn of_a_record() {
    let (env, id) = worked();
    assert_snapshot!(env.run(&["blame", &id]), @"
    INC-AAAAAA CRM crashes (resolved)

    COMMIT   TIME              WHO    ACTION   FIELD            VALUE
    c1-----  2026-11-22 09:01  alice  new      title            CRM crashes
    c2-----  2026-11-22 09:06  bob    resolve  status           resolved
    c1-----  2026-11-22 09:01  alice  new      impact           medium
    c1-----  2026-11-22 09:01  alice  new      urgency          medium
    c1-----  2026-11-22 09:01  alice  new      priority         P3
    c1-----  2026-11-22 09:01  alice  new      requester        alice
    c3-----  2026-11-22 09:02  bob    start    assignee         bob
    c1-----  2026-11-22 09:01  alice  new      channel          cli
    c1-----  2026-11-22 09:01  alice  new      opened_at        2026-11-22T09:01:04Z
    c1-----  2026-11-22 09:01  alice  new      opened_by        alice
    c3-----  2026-11-22 09:02  bob    start    started_at       2026-11-22T09:02:04Z
    c2-----  2026-11-22 09:06  bob    resolve  resolved_at      2026-11-22T09:06:04Z
    c2-----  2026-11-22 09:06  bob    resolve  resolution.code  fixed
    c2-----  2026-11-22 09:06  bob    resolve  resolution.by    bob
    c2-----  2026-11-22 09:06  bob    resolve  resolution.text  Done.
    c1-----  2026-11-22 09:01  alice  new      description      It aborts.
    c4-----  2026-11-22 09:05  bob    edit                      Only on Mondays.
    c1-----  2026-11-22 09:01  alice  new                       Every time.
    c5-----  2026-11-22 09:03  bob    note     notes            (work) Looking.…
    ");
}

#[test]
fn of_some_fields() {
    let (env, id) = worked();
    assert_snapshot!(env.run(&["blame", &id, "status", "resolution"]), @"
    INC-AAAAAA CRM crashes (resolved)

    COMMIT   TIME              WHO  ACTION   FIELD            VALUE
    c1-----  2026-11-22 09:06  bob  resolve  status           resolved
    c1-----  2026-11-22 09:06  bob  resolve  resolution.code  fixed
    c1-----  2026-11-22 09:06  bob  resolve  resolution.by    bob
    c1-----  2026-11-22 09:06  bob  resolve  resolution.text  Done.
    ");
    // Who took a value away.
    assert_snapshot!(env.run(&["blame", &id, "service"]), @"
    INC-AAAAAA CRM crashes (resolved)

    COMMIT   TIME              WHO    ACTION  FIELD    VALUE
    c2-----  2026-11-22 09:07  alice  edit    service  -
    ");
    assert_snapshot!(env.run(&["blame", &id, "colour"]), @"
    [stderr]
    error: INC-AAAAAA never had a field `colour`

    hint: it has title, status, impact, urgency, priority, requester, assignee, channel, opened_at, opened_by, started_at, resolved_at, resolution.code, resolution.by, resolution.text, description, notes
    [exit 3]
    ");
    assert_snapshot!(env.run(&["blame", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
}

#[test]
fn for_programs() {
    let (env, id) = worked();
    assert_snapshot!(env.run(&["blame", &id, "status", "description", "--json"]), @r#"
    {
      "schema": "gitsm.blame/1",
      "record": {
        "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "short": "INC-AAAAAA",
        "title": "CRM crashes",
        "status": "resolved"
      },
      "fields": [
        {
          "field": "status",
          "value": "resolved",
          "event": {
            "commit": "c1--------------------------------------",
            "at": "2026-11-22T09:06:04Z",
            "actor": "bob",
            "action": "resolve"
          }
        },
        {
          "field": "description",
          "value": "It aborts.\nOnly on Mondays.\nEvery time.\n",
          "event": {
            "commit": "c2--------------------------------------",
            "at": "2026-11-22T09:05:04Z",
            "actor": "bob",
            "action": "edit"
          },
          "lines": [
            {
              "text": "It aborts.",
              "event": {
                "commit": "c3--------------------------------------",
                "at": "2026-11-22T09:01:04Z",
                "actor": "alice",
                "action": "new"
              }
            },
            {
              "text": "Only on Mondays.",
              "event": {
                "commit": "c2--------------------------------------",
                "at": "2026-11-22T09:05:04Z",
                "actor": "bob",
                "action": "edit"
              }
            },
            {
              "text": "Every time.",
              "event": {
                "commit": "c3--------------------------------------",
                "at": "2026-11-22T09:01:04Z",
                "actor": "alice",
                "action": "new"
              }
            }
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(env.run(&["blame", &id, "status", "notes", "-f", "csv"]), @r#"
    commit,at,actor,action,field,value
    c1--------------------------------------,2026-11-22T09:06:04Z,bob,resolve,status,resolved
    c4--------------------------------------,2026-11-22T09:03:04Z,bob,note,notes,"{""id"":""<ulid>"",""at"":""2026-11-22T09:03:04Z"",""by"":""bob"",""kind"":""work"",""text"":""Looking.\nStill.\n""}"
    "#);
    assert_snapshot!(env.run(&["blame", &id, "assignee", "-f", "jsonl"]), @r#"{"field":"assignee","value":"bob","event":{"commit":"c5--------------------------------------","at":"2026-11-22T09:02:04Z","actor":"bob","action":"start"}}"#);
}

/// What is told comes from the files, whatever the message claims or hides.
#[test]
fn of_a_commit_whose_message_hides_it() {
    let env = Env::desk();
    let (id, other) = (env.incident("CRM crashes"), env.incident("Printer jams"));
    env.ok(&["edit", &id, "--set", "service=crm"]);
    env.replace(&env.path(&other), "title: Printer jams", "title: Printer burns");
    let then = env
        .with("GIT_AUTHOR_DATE", "2026-11-22T09:40:00Z")
        .with("GIT_COMMITTER_DATE", "2026-11-22T09:40:00Z");
    then.git(&["commit", "-q", "-a", "--amend", "--no-edit"]);
    assert_snapshot!(env.run(&["blame", &other, "title", "status"]), @"
    INC-BBBBBB Printer burns (new)

    COMMIT   TIME              WHO    ACTION  FIELD   VALUE
    c1-----  2026-11-22 09:03  alice  edit    title   Printer burns
    c2-----  2026-11-22 09:02  alice  new     status  new
    ");
}

#[test]
fn fields_go_by_the_names_of_queries_too() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    assert_snapshot!(env.run(&["blame", &id, "created", "STATUS", "--no-header"]), @"
    INC-AAAAAA CRM crashes (new)

    COMMIT   TIME              WHO    ACTION  FIELD      VALUE
    c1-----  2026-11-22 09:01  alice  new     status     new
    c1-----  2026-11-22 09:01  alice  new     opened_at  2026-11-22T09:01:04Z
    ");
    assert_snapshot!(env.run(&["blame", &id, "statsu"]), @"
    [stderr]
    error: INC-AAAAAA never had a field `statsu`

    hint: did you mean `status`?
    [exit 3]
    ");
}
