//! `gitsm log`.

use insta::assert_snapshot;

use crate::common::Env;

fn worked() -> (Env, String) {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let bob = env.as_person("bob");
    bob.ok(&["incident", "take", &id]);
    bob.ok(&["note", &id, "-m", "Looking."]);
    env.ok(&["edit", &id, "--set", "service=crm"]);
    let other = env.incident("Printer jams");
    bob.ok(&["incident", "resolve", &id, &other, "-m", "Done."]);
    (env, id)
}

#[test]
fn of_one_record() {
    let (env, id) = worked();
    assert_snapshot!(env.run(&["log", &id]), @"
    c1----- 2026-11-22 09:06 bob resolve INC-AAAAAA CRM crashes
        status: in_progress -> resolved
        resolved_at: - -> 2026-11-22T09:06:04Z
        resolution.code: - -> fixed
        resolution.by: - -> bob
        resolution.text: - -> Done.
    c2----- 2026-11-22 09:04 alice edit INC-AAAAAA CRM crashes
        service: - -> crm
    c3----- 2026-11-22 09:03 bob note INC-AAAAAA CRM crashes
        notes: - -> (work) Looking.
    c4----- 2026-11-22 09:02 bob start INC-AAAAAA CRM crashes
        status: new -> in_progress
        assignee: - -> bob
        started_at: - -> 2026-11-22T09:02:04Z
    c5----- 2026-11-22 09:01 alice new INC-AAAAAA CRM crashes
        status: - -> new
        impact: - -> medium
        urgency: - -> medium
        priority: - -> P3
        requester: - -> alice
        channel: - -> cli
    ");
}

#[test]
fn of_the_desk() {
    let (env, _) = worked();
    assert_snapshot!(env.run(&["log"]), @"
    c1----- 2026-11-22 09:06 bob resolve resolve: 2 records
        INC-AAAAAA CRM crashes
            status: in_progress -> resolved
            resolved_at: - -> 2026-11-22T09:06:04Z
            resolution.code: - -> fixed
            resolution.by: - -> bob
            resolution.text: - -> Done.
        INC-BBBBBB Printer jams
            status: new -> resolved
            resolved_at: - -> 2026-11-22T09:06:04Z
            resolution.code: - -> fixed
            resolution.by: - -> bob
            resolution.text: - -> Done.
    c2----- 2026-11-22 09:05 alice new INC-BBBBBB Printer jams
        status: - -> new
        impact: - -> medium
        urgency: - -> medium
        priority: - -> P3
        requester: - -> alice
        channel: - -> cli
    c3----- 2026-11-22 09:04 alice edit INC-AAAAAA CRM crashes
        service: - -> crm
    c4----- 2026-11-22 09:03 bob note INC-AAAAAA CRM crashes
        notes: - -> (work) Looking.
    c5----- 2026-11-22 09:02 bob start INC-AAAAAA CRM crashes
        status: new -> in_progress
        assignee: - -> bob
        started_at: - -> 2026-11-22T09:02:04Z
    c6----- 2026-11-22 09:01 alice new INC-AAAAAA CRM crashes
        status: - -> new
        impact: - -> medium
        urgency: - -> medium
        priority: - -> P3
        requester: - -> alice
        channel: - -> cli
    c7----- 2026-11-22 09:00 alice init desk init: desk
    ");
    assert_snapshot!(env.run(&["log", "-n", "1"]), @"
    c1----- 2026-11-22 09:06 bob resolve resolve: 2 records
        INC-AAAAAA CRM crashes
            status: in_progress -> resolved
            resolved_at: - -> 2026-11-22T09:06:04Z
            resolution.code: - -> fixed
            resolution.by: - -> bob
            resolution.text: - -> Done.
        INC-BBBBBB Printer jams
            status: new -> resolved
            resolved_at: - -> 2026-11-22T09:06:04Z
            resolution.code: - -> fixed
            resolution.by: - -> bob
            resolution.text: - -> Done.
    ");
    assert_snapshot!(env.run(&["log", "-n", "0", "--template", "{{ actor }} {{ action }}"]), @"
    bob resolve
    alice new
    alice edit
    bob note
    bob start
    alice new
    alice init
    ");
}

#[test]
fn filters() {
    let (env, id) = worked();
    let actions = |args: &[&str]| {
        let mut all = vec!["log", "--template", "{{ actor }} {{ action }}"];
        all.extend(args);
        env.run(&all).to_string()
    };
    assert_snapshot!(actions(&["--by", "me"]), @"
    alice new
    alice edit
    alice new
    alice init
    ");
    assert_snapshot!(actions(&["--by", "bob"]), @"
    bob resolve
    bob note
    bob start
    ");
    assert_snapshot!(actions(&["--by", "nobody"]), @"");
    assert_snapshot!(actions(&["--since", "2026-11-22T09:04:04Z"]), @"
    bob resolve
    alice new
    alice edit
    ");
    assert_snapshot!(actions(&["--since", "5 minutes ago", &id]), @"bob resolve");
    assert_snapshot!(actions(&["--since", "tomorrow"]), @"");
    assert_snapshot!(actions(&["--since", "whenever"]), @r#"
    [stderr]
    error: `whenever` is no time

    hint: 2026-11-22T22:00Z, "2026-11-22 22:00", "tomorrow 22:00", "in 2 hours" and "2 days ago" are
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["log", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
}

#[test]
fn for_programs() {
    let (env, id) = worked();
    assert_snapshot!(env.run(&["log", &id, "-n", "1", "--json"]), @r#"
    {
      "schema": "gitsm.log/1",
      "events": [
        {
          "commit": "c1--------------------------------------",
          "at": "2026-11-22T09:06:04Z",
          "actor": "bob",
          "action": "resolve",
          "subject": "resolve: 2 records",
          "records": [
            {
              "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
              "short": "INC-AAAAAA",
              "title": "CRM crashes",
              "changes": [
                {
                  "field": "status",
                  "from": "in_progress",
                  "to": "resolved"
                },
                {
                  "field": "resolved_at",
                  "from": null,
                  "to": "2026-11-22T09:06:04Z"
                },
                {
                  "field": "resolution.code",
                  "from": null,
                  "to": "fixed"
                },
                {
                  "field": "resolution.by",
                  "from": null,
                  "to": "bob"
                },
                {
                  "field": "resolution.text",
                  "from": null,
                  "to": "Done.\n"
                }
              ]
            }
          ]
        }
      ]
    }
    "#);
    assert_snapshot!(env.run(&["log", &id, "-n", "2", "--format", "csv"]), @r#"
    commit,at,actor,action,subject,records
    c1--------------------------------------,2026-11-22T09:06:04Z,bob,resolve,resolve: 2 records,"[{""id"":""INC-AAAAAAAAAAAAAAAAAAAAAAAAAA"",""short"":""INC-AAAAAA"",""title"":""CRM crashes"",""changes"":[{""field"":""status"",""from"":""in_progress"",""to"":""resolved""},{""field"":""resolved_at"",""from"":null,""to"":""2026-11-22T09:06:04Z""},{""field"":""resolution.code"",""from"":null,""to"":""fixed""},{""field"":""resolution.by"",""from"":null,""to"":""bob""},{""field"":""resolution.text"",""from"":null,""to"":""Done.\n""}]}]"
    c2--------------------------------------,2026-11-22T09:04:04Z,alice,edit,INC-AAAAAA edit: CRM crashes,"[{""id"":""INC-AAAAAAAAAAAAAAAAAAAAAAAAAA"",""short"":""INC-AAAAAA"",""title"":""CRM crashes"",""changes"":[{""field"":""service"",""from"":null,""to"":""crm""}]}]"
    "#);
    assert_snapshot!(env.run(&["log", &id, "-n", "2", "--format", "ids"]), @"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA");
}

/// Each action has its name, whoever wrote the message.
#[test]
fn actions_are_named_by_what_they_did() {
    let env = Env::desk();
    let id = env.incident("T");
    let problem = env.new_record(&["problem", "new", "P"]);
    env.ok(&["assign", &id, "bob"]);
    env.ok(&["assign", &id, "--team", "apps"]);
    env.ok(&["link", &id, "caused_by", &problem]);
    env.ok(&["unlink", &id, "caused_by", &problem]);
    env.write("log.txt", "boom\n");
    env.ok(&["attach", &id, "log.txt"]);
    env.ok(&["incident", "escalate", &id, "-t", "net", "-m", "Yours."]);
    env.ok(&["incident", "hold", &id, "-r", "awaiting_vendor"]);
    env.ok(&["incident", "resume", &id]);
    env.replace(&env.path(&id), "title: T", "title: U");
    env.ok(&["commit"]);
    env.replace(&env.path(&id), "title: U", "title: V");
    env.git(&["commit", "-q", "-a", "-m", "By plain git"]);
    assert_snapshot!(env.run(&["log", &id, "--template", "{{ action }}: {{ subject }}"]), @"
    edit: By plain git
    edit: INC-AAAAAA edit: U
    resume: INC-AAAAAA resume: T
    hold: INC-AAAAAA hold: T
    escalate: INC-AAAAAA escalate: T
    attach: INC-AAAAAA attach: T
    unlink: INC-AAAAAA unlink: T
    link: INC-AAAAAA link: T
    assign: INC-AAAAAA assign: T
    assign: INC-AAAAAA assign: T
    new: INC-AAAAAA new: T
    ");
}
