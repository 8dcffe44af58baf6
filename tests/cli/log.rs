//! `gitsm log`.

use insta::assert_snapshot;

use crate::common::Env;

pub(crate) fn worked() -> (Env, String) {
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
    INC-AAAAAA CRM crashes (resolved)

    c1----- 2026-11-22 09:06 bob resolve, 2 minutes later
        status: in_progress -> resolved
        resolution.code: fixed
        resolution.by: bob
        resolution.text: Done.

    c2----- 2026-11-22 09:04 alice edit, 1 minute later
        service: crm

    c3----- 2026-11-22 09:03 bob note, 1 minute later
        notes (work):
            Looking.

    c4----- 2026-11-22 09:02 bob start, 1 minute later
        status: new -> in_progress
        assignee: bob

    c5----- 2026-11-22 09:01 alice new
        status: new
        impact: medium
        urgency: medium
        priority: P3
        requester: alice
        channel: cli
    ");
}

#[test]
fn of_the_desk() {
    let (env, _) = worked();
    assert_snapshot!(env.run(&["log"]), @"
    c1----- 2026-11-22 09:06 bob resolve 2 records
        INC-AAAAAA CRM crashes
            status: in_progress -> resolved
            resolution.code: fixed
            resolution.by: bob
            resolution.text: Done.
        INC-BBBBBB Printer jams
            status: new -> resolved
            resolution.code: fixed
            resolution.by: bob
            resolution.text: Done.
    c2----- 2026-11-22 09:05 alice new INC-BBBBBB Printer jams
        status: new
        impact: medium
        urgency: medium
        priority: P3
        requester: alice
        channel: cli
    c3----- 2026-11-22 09:04 alice edit INC-AAAAAA CRM crashes
        service: crm
    c4----- 2026-11-22 09:03 bob note INC-AAAAAA CRM crashes
        notes: (work) Looking.
    c5----- 2026-11-22 09:02 bob start INC-AAAAAA CRM crashes
        status: new -> in_progress
        assignee: bob
    c6----- 2026-11-22 09:01 alice new INC-AAAAAA CRM crashes
        status: new
        impact: medium
        urgency: medium
        priority: P3
        requester: alice
        channel: cli
    c7----- 2026-11-22 09:00 alice init desk
    ");
    assert_snapshot!(env.run(&["log", "-n", "1"]), @"
    c1----- 2026-11-22 09:06 bob resolve 2 records
        INC-AAAAAA CRM crashes
            status: in_progress -> resolved
            resolution.code: fixed
            resolution.by: bob
            resolution.text: Done.
        INC-BBBBBB Printer jams
            status: new -> resolved
            resolution.code: fixed
            resolution.by: bob
            resolution.text: Done.
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
    assert_snapshot!(actions(&["--by", "nobody"]), @"
    [stderr]
    warning: nobody has acted as `nobody`
    ");
    assert_snapshot!(actions(&["--since", "2026-11-22T09:04:04Z"]), @"
    bob resolve
    alice new
    alice edit
    ");
    assert_snapshot!(actions(&["--since", "5 minutes ago", &id]), @"bob resolve");
    assert_snapshot!(actions(&["--since", "tomorrow"]), @r#"
    [stderr]
    error: `tomorrow` lies in the future

    hint: `--since "2 days ago"` and `--since -2d` lie in the past
    [exit 2]
    "#);
    assert_snapshot!(actions(&["--since", "whenever"]), @r#"
    [stderr]
    error: `whenever` is no time

    hint: 2026-11-22, 2026-W47, "2026-11-22 22:00", last-monday, "2 days ago" and -4h are
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
      "subject": {
        "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "short": "INC-AAAAAA",
        "title": "CRM crashes",
        "status": "resolved"
      },
      "events": [
        {
          "commit": "c1--------------------------------------",
          "at": "2026-11-22T09:06:04Z",
          "recorded": "2026-11-22T09:06:04Z",
          "actor": "bob",
          "action": "resolve",
          "subject": "resolve: 2 records",
          "imported": null,
          "disputed": false,
          "after_seconds": 120,
          "touched": 2,
          "records": [
            {
              "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
              "short": "INC-AAAAAA",
              "title": "CRM crashes",
              "relation": null,
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
    commit,at,actor,action,imported,id,title,field,from,to
    c1--------------------------------------,2026-11-22T09:06:04Z,bob,resolve,,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,status,in_progress,resolved
    c1--------------------------------------,2026-11-22T09:06:04Z,bob,resolve,,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,resolved_at,,2026-11-22T09:06:04Z
    c1--------------------------------------,2026-11-22T09:06:04Z,bob,resolve,,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,resolution.code,,fixed
    c1--------------------------------------,2026-11-22T09:06:04Z,bob,resolve,,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,resolution.by,,bob
    c1--------------------------------------,2026-11-22T09:06:04Z,bob,resolve,,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,resolution.text,,"Done.
    "
    c2--------------------------------------,2026-11-22T09:04:04Z,alice,edit,,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,service,,crm
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

/// What is shown is what the files say, whatever the message claims.
#[test]
fn of_commits_whose_messages_lie() {
    let env = Env::desk();
    let (id, other) = (env.incident("CRM crashes"), env.incident("Printer jams"));
    env.ok(&["edit", &id, "--set", "service=crm"]);
    env.replace(&env.path(&id), "service: crm", "service: payroll");
    let then = env
        .with("GIT_AUTHOR_DATE", "2026-11-22T09:40:00Z")
        .with("GIT_COMMITTER_DATE", "2026-11-22T09:40:00Z");
    then.git(&["commit", "-q", "-a", "--amend", "--no-edit", "--date", "2026-11-22T09:40:00Z"]);
    assert_snapshot!(env.run(&["log", "-n", "1"]), @"
    c1----- 2026-11-22 09:40 alice edit INC-AAAAAA CRM crashes
        warning: the commit's message says something else
        service: payroll
    ");
    env.replace(&env.path(&other), "title: Printer jams", "title: Printer burns");
    then.git(&["commit", "-q", "-a", "--amend", "--no-edit"]);
    assert_snapshot!(env.run(&["log", "-n", "1"]), @"
    c2----- 2026-11-22 09:40 alice edit CRM crashes
        warning: the commit's message says something else
        INC-AAAAAA CRM crashes
            service: payroll
        INC-BBBBBB Printer burns
            title: Printer jams -> Printer burns
    ");
    env.replace(&env.path(&id), "service: payroll\n", "");
    then.git(&["commit", "-q", "-a", "--amend", "--no-edit"]);
    assert_snapshot!(env.run(&["log", "-n", "1", &id]), @"
    INC-AAAAAA CRM crashes (new)

    c3----- 2026-11-22 09:40 alice edit, 38 minutes later
        warning: the commit's message says something else
    ");
    let disputed = env.run(&["log", "--template", "{{ disputed }} {{ subject }}"]);
    assert_snapshot!(disputed, @"
    True INC-AAAAAA edit: CRM crashes
    False INC-BBBBBB new: Printer jams
    False INC-AAAAAA new: CRM crashes
    False desk init: desk
    ");
}

#[test]
fn of_another_systems_history() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.replace(&env.path(&id), "status: new", "status: in_progress");
    let full = env.full_id(&id);
    env.write(
        "message",
        format!(
            "{id} start: CRM crashes\n\nstatus: new -> in_progress\n\nGitsm-Action: start\n\
             Gitsm-Record: {full}\nGitsm-Actor: eve\nGitsm-Import: ServiceNow 17\n"
        ),
    );
    env.with("GIT_AUTHOR_DATE", "2016-03-01T10:00:00Z")
        .with("GIT_COMMITTER_DATE", "2026-11-22T09:40:00Z")
        .git(&["commit", "-q", "-a", "-F", "message"]);
    assert_snapshot!(env.run(&["log", "-n", "1"]), @"
    c1----- 2016-03-01 10:00 eve start INC-AAAAAA CRM crashes
        imported from ServiceNow 17, recorded 2026-11-22 09:40
        status: new -> in_progress
    ");
    let event = env.run(&["log", "-n1", "--template", "{{ at }} {{ recorded }} {{ imported }}"]);
    assert_snapshot!(event, @"2016-03-01T10:00:00Z 2026-11-22T09:40:00Z ServiceNow 17");
}

#[test]
fn the_story_of_a_record() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let bob = env.as_person("bob");
    bob.ok(&["incident", "take", &id]);
    bob.ok(&["note", &id, "-m", "Restarted the pool.\nIt holds for now."]);
    env.ok(&["edit", &id, "--set", "description=It aborts.\nEvery time.\nSince Monday."]);
    env.ok(&["edit", &id, "--set", "description=It aborts.\nEvery second time.\nSince Monday."]);
    env.ok(&["edit", &id, "--set", "description="]);
    assert_snapshot!(env.run(&["log", &id]), @"
    INC-AAAAAA CRM crashes (in_progress)

    c1----- 2026-11-22 09:06 alice edit, 1 minute later
        description: It aborts.… -> -

    c2----- 2026-11-22 09:05 alice edit, 1 minute later
        description:
              It aborts.
            - Every time.
            + Every second time.
              Since Monday.

    c3----- 2026-11-22 09:04 alice edit, 1 minute later
        description:
            It aborts.
            Every time.
            Since Monday.

    c4----- 2026-11-22 09:03 bob note, 1 minute later
        notes (work):
            Restarted the pool.
            It holds for now.

    c5----- 2026-11-22 09:02 bob start, 1 minute later
        status: new -> in_progress
        assignee: bob

    c6----- 2026-11-22 09:01 alice new
        status: new
        impact: medium
        urgency: medium
        priority: P3
        requester: alice
        channel: cli
    ");
    assert_snapshot!(env.run(&["log", &id, "--reverse", "-n", "2"]), @"
    INC-AAAAAA CRM crashes (in_progress)

    c2----- 2026-11-22 09:05 alice edit, 1 minute later
        description:
              It aborts.
            - Every time.
            + Every second time.
              Since Monday.

    c1----- 2026-11-22 09:06 alice edit, 1 minute later
        description: It aborts.… -> -
    ");
    assert_snapshot!(env.run(&["log", &id, "--oneline"]), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c1-----  2026-11-22 09:06  alice  edit    INC-AAAAAA CRM crashes
    c2-----  2026-11-22 09:05  alice  edit    INC-AAAAAA CRM crashes
    c3-----  2026-11-22 09:04  alice  edit    INC-AAAAAA CRM crashes
    c4-----  2026-11-22 09:03  bob    note    INC-AAAAAA CRM crashes
    c5-----  2026-11-22 09:02  bob    start   INC-AAAAAA CRM crashes
    c6-----  2026-11-22 09:01  alice  new     INC-AAAAAA CRM crashes
    ");
}

#[test]
fn of_a_record_and_what_it_is_linked_to() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let problem = env.new_record(&["problem", "new", "Pool leaks", "--from", &id]);
    env.ok(&["note", &problem, "-m", "Nothing to see."]);
    env.ok(&["problem", "workaround", &problem, "-m", "Restart the pool."]);
    env.incident("Printer jams");
    env.ok(&["incident", "resolve", &id, "-m", "Restarted."]);
    assert_snapshot!(env.run(&["log", &id, "--follow"]), @"
    INC-AAAAAA CRM crashes (resolved)

    c1----- 2026-11-22 09:06 alice resolve, 2 minutes later
        status: new -> resolved
        resolution.code: fixed
        resolution.by: alice
        resolution.text: Restarted.

    c2----- 2026-11-22 09:04 alice workaround Pool leaks, 2 minutes later
        PRB-AAAAAA Pool leaks (caused by)
            workaround: Restart the pool.
        INC-AAAAAA CRM crashes
            notes (public):
                Workaround from PRB-AAAAAA (Pool leaks):

                Restart the pool.

    c3----- 2026-11-22 09:02 alice new Pool leaks, 1 minute later
        PRB-AAAAAA Pool leaks (caused by)
            status: new
            priority: P3
        INC-AAAAAA CRM crashes
            links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    c4----- 2026-11-22 09:01 alice new
        status: new
        impact: medium
        urgency: medium
        priority: P3
        requester: alice
        channel: cli
    ");
    assert_snapshot!(env.run(&["log", &id, "--follow", "--oneline"]), @"
    COMMIT   TIME              WHO    ACTION      WHAT
    c1-----  2026-11-22 09:06  alice  resolve     INC-AAAAAA CRM crashes
    c2-----  2026-11-22 09:04  alice  workaround  Pool leaks
    c3-----  2026-11-22 09:02  alice  new         Pool leaks
    c4-----  2026-11-22 09:01  alice  new         INC-AAAAAA CRM crashes
    ");
    assert_snapshot!(env.run(&["log", "--follow"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID|QUERY>...

    Usage: gitsm log --follow <ID|QUERY>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "status:open", "--follow"]), @"
    [stderr]
    error: `--follow` follows the links of one record

    hint: name the record, as in `gitsm log INC-CCCCCC --follow`
    [exit 2]
    ");
}

#[test]
fn of_records_that_a_query_finds() {
    let (env, id) = worked();
    let vpn = env.incident("VPN is slow");
    let actions = |args: &[&str]| {
        let mut all = vec![
            "log",
            "--template",
            "{{ action }} {{ records | map(attribute='short') | join(' ') }}",
        ];
        all.extend(args);
        env.run(&all).to_string()
    };
    assert_snapshot!(actions(&["status:resolved"]), @"
    resolve INC-AAAAAA INC-BBBBBB
    new INC-BBBBBB
    edit INC-AAAAAA
    note INC-AAAAAA
    start INC-AAAAAA
    new INC-AAAAAA
    ");
    assert_snapshot!(actions(&["service:crm or vpn", "--action", "new,edit"]), @"
    new INC-CCCCCC
    edit INC-AAAAAA
    new INC-AAAAAA
    ");
    assert_snapshot!(actions(&[&id, &vpn, "--action", "new"]), @"
    new INC-CCCCCC
    new INC-AAAAAA
    ");
    assert_snapshot!(actions(&["priority:P1"]), @"
    [stderr]
    warning: no record matches the query `priority:P1`
    ");
    assert_snapshot!(env.run(&["log", "-f", "ids", "status:open"]), @"INC-CCCCCCCCCCCCCCCCCCCCCCCCCC");
    assert_snapshot!(env.run(&["log", "status:opne or age:3"]), @"
    [stderr]
    error: no workflow has a state `opne` (column 8)
      status:opne or age:3
             ^^^^

    hint: did you mean `open`?
    [exit 2]
    ");
}

#[test]
fn of_fields_and_values() {
    let (env, _) = worked();
    let found = |args: &[&str]| {
        let mut all = vec!["log", "--oneline"];
        all.extend(args);
        env.run(&all).to_string()
    };
    assert_snapshot!(found(&["--field", "status", "--to", "resolved"]), @"
    COMMIT   TIME              WHO  ACTION   WHAT
    c1-----  2026-11-22 09:06  bob  resolve  2 records
    ");
    assert_snapshot!(found(&["--field", "status", "--from", "new", "--to", "in_progress"]), @"
    COMMIT   TIME              WHO  ACTION  WHAT
    c2-----  2026-11-22 09:02  bob  start   INC-AAAAAA CRM crashes
    ");
    assert_snapshot!(found(&["--field", "assignee,service", "--from", "none"]), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c3-----  2026-11-22 09:04  alice  edit    INC-AAAAAA CRM crashes
    c2-----  2026-11-22 09:02  bob    start   INC-AAAAAA CRM crashes
    ");
    assert_snapshot!(found(&["--field", "resolution", "--by", "alice,bob"]), @"
    COMMIT   TIME              WHO  ACTION   WHAT
    c1-----  2026-11-22 09:06  bob  resolve  2 records
    ");
    assert_snapshot!(found(&["--since", "2026-11-22T09:03:00Z", "--until", "2026-11-22T09:05:00Z"]), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c3-----  2026-11-22 09:04  alice  edit    INC-AAAAAA CRM crashes
    c4-----  2026-11-22 09:03  bob    note    INC-AAAAAA CRM crashes
    ");
    assert_snapshot!(found(&["--to", "resolved"]), @"
    [stderr]
    error: the following required arguments were not provided:
      --field <FIELD>

    Usage: gitsm log --field <FIELD> --oneline --to <VALUE> [ID|QUERY]...

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn words_that_nothing_can_match_are_told() {
    let (env, _) = worked();
    assert_snapshot!(env.run(&["log", "--field", "statsu", "--oneline"]), @"
    [stderr]
    error: there is no field `statsu`

    hint: did you mean `status`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "--action", "resolv", "--oneline"]), @"
    [stderr]
    error: there is no action `resolv`

    hint: did you mean `resolve`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "--action", "known-error", "--oneline"]), @"
    [stderr]
    nothing happened
    ");
    env.ok(&["log", "--by", "bob", "--field", "resolution", "--oneline"]);
    assert_snapshot!(env.run(&["log", "--by", "bbo", "--field", "resolution", "--oneline"]), @"
    [stderr]
    warning: nobody has acted as `bbo`
    nothing happened
    ");
}
