//! `gitsm TYPE new`, as far as it is the same for all types.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn the_id_is_all_there_is_on_standard_output() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["incident", "new", "CRM crashes"]), @"
    INC-AAAAAA
    [stderr]
    created INC-AAAAAA: CRM crashes (P3, new)
    ");
    assert_snapshot!(env.run(&["req", "new", "A laptop", "-q"]), @"REQ-AAAAAA");
    assert_snapshot!(env.run(&["prb", "new", "Memory leak", "-v"]), @"
    PRB-AAAAAA
    [stderr]
    created PRB-AAAAAA: Memory leak (P3, new)
    commit c1-----
    ");
    assert_snapshot!(env.run(&["chg", "new", "Patch CRM", "--json"]), @r#"
    {
      "schema": "gitsm.written/1",
      "dry_run": false,
      "commit": "c2--------------------------------------",
      "subject": "CHG-AAAAAA new: Patch CRM",
      "records": [
        {
          "id": "CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "short": "CHG-AAAAAA",
          "type": "change",
          "title": "Patch CRM",
          "status": "new",
          "priority": "P3",
          "action": "new",
          "changes": [
            {
              "field": "status",
              "from": null,
              "to": "new"
            },
            {
              "field": "impact",
              "from": null,
              "to": "medium"
            },
            {
              "field": "urgency",
              "from": null,
              "to": "medium"
            },
            {
              "field": "priority",
              "from": null,
              "to": "P3"
            },
            {
              "field": "model",
              "from": null,
              "to": "normal"
            },
            {
              "field": "requester",
              "from": null,
              "to": "alice"
            },
            {
              "field": "channel",
              "from": null,
              "to": "cli"
            }
          ]
        }
      ],
      "files": [],
      "refused": [],
      "notices": []
    }
    "#);
    assert_snapshot!(env.run(&["ci", "new", "web-01", "-f", "ids"]), @"CI-AAAAAAAAAAAAAAAAAAAAAAAAAA");
}

#[test]
fn every_option_of_a_ticket() {
    let env = Env::desk();
    env.ok(&["ci", "new", "web-01"]);
    env.ok(&["ci", "new", "db-01"]);
    let id = env.new_record(&[
        "incident",
        "new",
        "CRM crashes on save",
        "-m",
        "Since noon.\n\nEvery time.",
        "--impact",
        "high",
        "--urgency",
        "low",
        "--service",
        "crm",
        "--ci",
        "web-01",
        "--ci",
        "DB-01",
        "--requester",
        "bob",
        "--assignee",
        "me",
        "--team",
        "apps",
        "--category",
        "application/crm",
        "--tag",
        "crash",
        "--tag",
        "crm",
        "--channel",
        "phone",
        "--set",
        "custom.floor=3",
        "--set",
        "external_id=T-100",
    ]);
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes on save
    incident · new (open) · P3 · impact high · urgency low

      service       crm
      requester     bob
      assignee      alice
      team          apps
      category      application/crm
      tags          crash, crm
      channel       phone
      external id   T-100
      opened        2026-11-22 09:03 (1m ago) by alice
      updated       2026-11-22 09:03 (1m ago)
      custom.floor  3
      id            INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    description
      Since noon.

      Every time.

    configuration items
      CI-AAAAAA  web-01 (live)
      CI-BBBBBB  db-01 (live)

    next: start, hold, resolve, cancel
    ");
    let path = env.path(&id);
    assert_snapshot!(env.git(&["show", &format!("HEAD:{path}")]), @r#"
    id: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    title: CRM crashes on save
    status: new
    impact: high
    urgency: low
    priority: P3
    service: crm
    cis:
    - CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
    - CI-BBBBBBBBBBBBBBBBBBBBBBBBBB
    requester: bob
    assignee: alice
    team: apps
    category: application/crm
    tags:
    - crash
    - crm
    channel: phone
    external_id: T-100
    opened_at: "2026-11-22T09:03:04Z"
    opened_by: alice
    updated_at: "2026-11-22T09:03:04Z"
    description: |
      Since noon.

      Every time.
    custom:
      floor: "3"
    "#);
    assert_snapshot!(env.git(&["log", "-1", "--format=%an%n%B"]), @"
    Alice
    INC-AAAAAA new: CRM crashes on save

    status: - -> new
    impact: - -> high
    urgency: - -> low
    priority: - -> P3
    service: - -> crm
    cis: - -> CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
    cis: - -> CI-BBBBBBBBBBBBBBBBBBBBBBBBBB
    requester: - -> bob
    assignee: - -> alice
    team: - -> apps
    category: - -> application/crm
    tags: - -> crash
    tags: - -> crm
    channel: - -> phone
    external_id: - -> T-100
    description: - -> Since noon.…
    custom.floor: - -> 3

    Gitsm-Action: new
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
}

#[test]
fn the_short_options() {
    let env = Env::desk();
    let id = env.new_record(&[
        "incident", "new", "T", "-m", "D", "-i", "high", "-u", "high", "-p", "P3", "--reason", "Q",
        "-s", "S", "-r", "bob", "-a", "carol", "-t", "net", "-c", "hardware",
    ]);
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA T
    incident · new (open) · P3 (instead of P1: Q) · impact high · urgency high

      service    S
      requester  bob
      assignee   carol
      team       net
      category   hardware
      channel    cli
      opened     2026-11-22 09:01 (1m ago) by alice
      updated    2026-11-22 09:01 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    description
      D

    next: start, hold, resolve, cancel
    ");
}

#[test]
fn impact_and_urgency_give_the_priority() {
    let env = Env::desk();
    for impact in ["high", "medium", "low"] {
        for urgency in ["high", "medium", "low"] {
            env.ok(&["incident", "new", "T", "-i", impact, "-u", urgency]);
        }
    }
    assert_snapshot!(
        env.run(&["list", "--columns", "impact,urgency,priority", "--sort", "opened", "-f", "csv"]),
        @"
        impact,urgency,priority
        high,high,P1
        high,medium,P2
        high,low,P3
        medium,high,P2
        medium,medium,P3
        medium,low,P4
        low,high,P3
        low,medium,P4
        low,low,P5
        "
    );
}

#[test]
fn a_description_from_a_file_or_a_pipe() {
    let env = Env::desk();
    env.write("text.md", "From a file.\r\nTwo lines.");
    let id = env.new_record(&["incident", "new", "T", "-F", "text.md"]);
    assert_snapshot!(env.run(&["show", &id, "--template", "{{ record.description }}"]), @"
    From a file.
    Two lines.
    ");
    let id = env.typing("From a pipe.\n").new_record(&["incident", "new", "T", "-F", "-"]);
    assert_snapshot!(env.run(&["show", &id, "--template", "{{ record.description }}"]), @"From a pipe.");
    assert_snapshot!(env.run(&["incident", "new", "T", "-F", "none.md"]), @"
    [stderr]
    error: cannot read none.md: No such file or directory (os error 2)
    [exit 3]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "-F", "text.md", "-m", "too"]), @"
    [stderr]
    error: the argument '--file <FILE>' cannot be used with '--message <TEXT>'

    Usage: gitsm incident new --file <FILE> <TITLE>

    For more information, try '--help'.
    [exit 2]
    ");
    env.write("bytes", [b'a', 0xff]);
    assert_snapshot!(env.run(&["incident", "new", "T", "-F", "bytes"]), @"
    [stderr]
    error: bytes is not UTF-8 (byte 1)

    hint: convert it, or keep it with `gitsm attach ID FILE`
    [exit 6]
    ");
    env.write("large", vec![b'a'; 1024 * 1024 + 1]);
    assert_snapshot!(env.run(&["incident", "new", "T", "-F", "large"]), @"
    [stderr]
    error: large is larger than 1 MiB

    hint: keep the whole as a file with `gitsm attach ID FILE`
    [exit 6]
    ");
}

#[test]
fn a_form_in_the_editor() {
    let env = Env::desk();
    let show = env.editing("cat \"$1\" >&2");
    assert_snapshot!(show.run(&["incident", "new", "--edit"]), @"
    [stderr]
    title:
    impact: medium
    urgency: medium
    priority:
    priority_reason:
    service:
    cis:
    requester:
    assignee:
    team:
    category:
    tags:
    channel:


    # Above: one field per line; an empty one is left out. Here: the description.
    # Lines that begin with # are dropped. Leave the title empty to give up.
    error: nothing was written, so no record was made
    [exit 2]
    ");
    assert_snapshot!(show.run(&["change", "new", "Patch", "--edit", "-m", "Text", "--tag", "a"]), @"
    [stderr]
    title: Patch
    impact: medium
    urgency: medium
    priority:
    priority_reason:
    model: normal
    template:
    risk:
    planned_start:
    planned_end:
    service:
    cis:
    requester:
    assignee:
    team:
    category:
    tags: a
    channel:

    Text
    # Above: one field per line; an empty one is left out. Here: the description.
    # Lines that begin with # are dropped. Leave the title empty to give up.
    error: nothing was written, so no record was made
    [exit 2]
    ");
    let fill = env.editing(
        "sed -i -e 's/^title:.*/title: CRM crashes/' -e 's/^impact:.*/impact: high/' \
         -e 's/^requester:.*/requester: bob/' \"$1\"; echo 'At noon.' >> \"$1\"",
    );
    let id = fill.new_record(&["incident", "new", "--edit", "--tag", "crash"]);
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · new (open) · P2 · impact high · urgency medium

      requester  bob
      tags       crash
      channel    cli
      opened     2026-11-22 09:03 (1m ago) by alice
      updated    2026-11-22 09:03 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    description
      At noon.

    next: start, hold, resolve, cancel
    ");
}

#[test]
fn what_was_typed_is_kept_when_the_form_cannot_be_used() {
    let env = Env::desk();
    let bad =
        env.editing("sed -i -e 's/^title:.*/title: T/' -e 's/^impact:.*/impact: huge/' \"$1\"");
    assert_snapshot!(bad.run(&["incident", "new", "--edit"]), @"
    [stderr]
    error: `impact`: `huge` is no level; the levels are high, medium and low

    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list"]), @"
    [stderr]
    no records match
    ");
    let untitled = env.editing("sed -i 's/^service:.*/service: crm/' \"$1\"");
    assert_snapshot!(untitled.run(&["incident", "new", "--edit"]), @"
    [stderr]
    error: the title is empty, so no record was made

    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 2]
    ");
    let failing = env.editing("echo typed >> \"$1\"; exit 3");
    assert_snapshot!(failing.run(&["incident", "new", "--edit"]), @"
    [stderr]
    error: the editor `sh $HOME/tmp/editor.sh` failed (exit status: 3)

    hint: your text is kept in $HOME/tmp/gitsm-######.gitsm.txt
    [exit 2]
    ");
}

/// Without a terminal no editor opens by itself, so that no script hangs.
#[test]
fn no_editor_without_a_terminal() {
    assert_snapshot!(Env::desk().run(&["incident", "new", "T", "--edit"]), @"
    [stderr]
    error: there is no terminal to open an editor on

    hint: give the values as options, or name an editor in GITSM_EDITOR
    [exit 2]
    ");
}

#[test]
fn in_a_part_of_the_organisation() {
    let env = Env::desk_with(&["--profile", "hybrid"]);
    let id = env.new_record(&["incident", "new", "Shop is down", "--domain", "customers"]);
    assert_eq!(env.ok(&["show", &id, "--json"]).json()["record"]["domain"], "customers");
    assert_snapshot!(env.run(&["ci", "new", "web-01", "--domain", "custmers"]), @"
    [stderr]
    error: there is no domain `custmers`

    hint: did you mean `customers`?
    [exit 3]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "domain=outer"]), @"
    [stderr]
    error: there is no domain `outer`

    hint: the domains are customers, internal
    [exit 3]
    ");
    for kind in ["request", "problem", "change"] {
        let id = env.new_record(&[kind, "new", "Something", "--domain", "internal"]);
        assert_eq!(env.ok(&["show", &id, "--json"]).json()["record"]["domain"], "internal");
    }
}
