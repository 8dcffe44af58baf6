//! `gitsm show`, `gitsm path`, and how records are named.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn one_record() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.as_person("bob").ok(&["note", &id, "-m", "I see it too.", "--public"]);
    env.ok(&["incident", "hold", &id, "--reason", "awaiting_vendor", "-m", "Ticket 4711"]);
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · on_hold (hold) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (3m ago) by alice
      updated    2026-11-22 09:03 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    on hold
      awaiting_vendor  since 2026-11-22 09:03 (1m)

    notes
      2026-11-22 09:02 (2m ago) bob, public
        I see it too.

      2026-11-22 09:03 (1m ago) alice, work
        Ticket 4711

    next: resume, resolve, cancel
    ");
    assert_snapshot!(env.run(&["show", &id, "--json"]), @r#"
    {
      "schema": "gitsm.record/1",
      "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
      "short": "INC-AAAAAA",
      "type": "incident",
      "state": "hold",
      "now": "2026-11-22T09:05:04Z",
      "path": "incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml",
      "edited_by_hand": false,
      "record": {
        "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "title": "CRM crashes",
        "status": "on_hold",
        "impact": "medium",
        "urgency": "medium",
        "priority": "P3",
        "requester": "alice",
        "channel": "cli",
        "opened_at": "2026-11-22T09:01:04Z",
        "opened_by": "alice",
        "updated_at": "2026-11-22T09:03:04Z",
        "holds": [
          {
            "reason": "awaiting_vendor",
            "from": "2026-11-22T09:03:04Z"
          }
        ],
        "notes": [
          {
            "id": "<ulid>",
            "at": "2026-11-22T09:02:04Z",
            "by": "bob",
            "kind": "public",
            "text": "I see it too.\n"
          },
          {
            "id": "<ulid>",
            "at": "2026-11-22T09:03:04Z",
            "by": "alice",
            "kind": "work",
            "text": "Ticket 4711\n"
          }
        ]
      },
      "usual_priority": null,
      "links": [],
      "cis": [],
      "approval": null,
      "approved": [],
      "commitments": [],
      "conflicts": null,
      "actions": [
        "resume",
        "resolve",
        "cancel"
      ],
      "blocked": []
    }
    "#);
    assert_snapshot!(env.run(&["show", &id, "--format", "ids"]), @"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_snapshot!(env.run(&["show", &id, "--format", "csv"]), @r#"
    schema,id,short,type,state,now,path,edited_by_hand,record,usual_priority,links,cis,approval,approved,commitments,conflicts,actions,blocked
    gitsm.record/1,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,INC-AAAAAA,incident,hold,2026-11-22T09:07:04Z,incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml,false,"{""id"":""INC-AAAAAAAAAAAAAAAAAAAAAAAAAA"",""title"":""CRM crashes"",""status"":""on_hold"",""impact"":""medium"",""urgency"":""medium"",""priority"":""P3"",""requester"":""alice"",""channel"":""cli"",""opened_at"":""2026-11-22T09:01:04Z"",""opened_by"":""alice"",""updated_at"":""2026-11-22T09:03:04Z"",""holds"":[{""reason"":""awaiting_vendor"",""from"":""2026-11-22T09:03:04Z""}],""notes"":[{""id"":""<ulid>"",""at"":""2026-11-22T09:02:04Z"",""by"":""bob"",""kind"":""public"",""text"":""I see it too.\n""},{""id"":""<ulid>"",""at"":""2026-11-22T09:03:04Z"",""by"":""alice"",""kind"":""work"",""text"":""Ticket 4711\n""}]}",,[],[],,[],[],,"[""resume"",""resolve"",""cancel""]",[]
    "#);
    assert_snapshot!(env.run(&["show", &id, "--template", "{{ short }}: {{ record.title }}"]), @"INC-AAAAAA: CRM crashes");
}

#[test]
fn by_any_name() {
    let env = Env::desk();
    let id = env.new_record(&["incident", "new", "CRM crashes", "--set", "external_id=INC0000045"]);
    let ci = env.new_record(&["ci", "new", "web-01"]);
    let full = env.full_id(&id);
    let tail = &full[full.len() - 5..];
    let typed = tail.replace('0', "O").replace('1', "l");
    for name in [&id, &full, &id.to_lowercase(), tail, &tail.to_lowercase(), &typed, "INC0000045"] {
        let shown = env.ok(&["path", name]);
        assert_eq!(shown.raw_stdout(), env.ok(&["path", &id]).raw_stdout(), "{name}");
    }
    for name in ["web-01", "WEB-01", &ci] {
        assert_eq!(env.ok(&["path", name]).raw_stdout(), env.ok(&["path", &ci]).raw_stdout());
    }
    assert_snapshot!(env.run(&["path", &id]), @"incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml");
}

#[test]
fn unknown() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["show", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["show", "INC-ZZZZZZ"]), @"
    [stderr]
    error: there is no record `INC-AAAAAA`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["show", "ZZ"]), @"
    [stderr]
    error: there is no record `ZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["show", ""]), @"
    [stderr]
    error: there is no record ``

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["show"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID>

    Usage: gitsm show <ID>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["path", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
}

/// Two records whose ids end alike, made by hand since chance would not.
#[test]
fn ambiguous() {
    let env = Env::desk();
    let id = env.incident("First");
    let path = env.path(&id);
    let full = env.full_id(&id);
    // Z is the last digit, so that the twin comes second.
    let at = (14..24).find(|at| &full[*at..at + 1] != "Z").expect("a digit to raise");
    let twin = format!("{}Z{}", &full[..at], &full[at + 1..]);
    let text = env.read(&path).replace(&full, &twin).replace("First", "Second");
    env.write(&path.replace(&full, &twin), text);
    env.ok(&["commit"]);
    let tail = &full[24..];
    assert_eq!(tail.len(), 6);
    let before = env.commits();
    let masked = |output: crate::common::Output| output.to_string().replace(tail, "<tail>");
    assert_snapshot!(masked(env.run(&["show", tail])), @"
    [stderr]
    error: `<tail>` names 2 records

    hint: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA  First
    hint: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA  Second
    [exit 3]
    ");
    assert_snapshot!(masked(env.run(&["incident", "take", tail])), @"
    [stderr]
    error: `<tail>` names 2 records

    hint: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA  First
    hint: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA  Second
    [exit 3]
    ");
    assert_eq!(env.commits(), before);
    // Both are listed by as much of the id as it takes to tell them apart.
    for short in env.ok(&["list", "--template", "{{ short }}"]).raw_stdout().lines() {
        assert!(short.len() > "INC-AAAAAA".len(), "{short}");
        env.ok(&["show", short]);
    }
}

#[test]
fn a_file_edited_by_hand_is_mentioned() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.replace(&env.path(&id), "title: CRM crashes", "title: CRM stops");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (2m ago) by alice
      updated    2026-11-22 09:01 (2m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml was edited by hand; this is the committed state

    next: start, hold, resolve, cancel
    ");
}

#[test]
fn text_of_others_does_no_harm() {
    let env = Env::desk();
    let id = env.new_record(&["incident", "new", "T", "-m", "red \u{1b}[31m and \u{202e} back"]);
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA T
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (1m ago) by alice
      updated    2026-11-22 09:01 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    description
      red [31m and  back

    next: start, hold, resolve, cancel
    ");
}
