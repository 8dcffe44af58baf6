//! Lists that are refused: every mistake is shown with its place.

use insta::assert_snapshot;

use crate::common::Env;
use crate::list::filled;

#[test]
fn mistakes_are_explained() {
    let env = filled();
    assert_snapshot!(env.run(&["list", "prioriti:P1"]), @"
    [stderr]
    error: there is no field `prioriti` (column 1)
      prioriti:P1
      ^^^^^^^^

    hint: did you mean `priority`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "status:opne"]), @"
    [stderr]
    error: no workflow has a state `opne` (column 8)
      status:opne
             ^^^^

    hint: did you mean `open`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "crm", "priority:P9"]), @"
    [stderr]
    error: `P9` is no priority; the priorities are P1 to P5 (column 14)
      crm priority:P9
                   ^^

    hint: `gitsm list --help` describes the query language
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "(crm or"]), @r#"
    [stderr]
    error: something is missing beside `or` (column 6)
      (crm or
           ^^

    hint: to search for the word itself, write "or"
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["list", "\"crm"]), @r#"
    [stderr]
    error: a quotation mark is never closed (column 1)
      "crm
      ^^^^

    hint: close it, or write \" for a quotation mark inside quotes
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["list", "age:>4x"]), @"
    [stderr]
    error: `4x` is no duration (column 6)
      age:>4x
           ^^

    hint: write numbers with s, m, h, d or w, for example age:>1h30m
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "opened:>lastweek"]), @r#"
    [stderr]
    error: `lastweek` is no date or time (column 9)
      opened:>lastweek
              ^^^^^^^^

    hint: write 2026-11-22, 2026-W47, 2026-11-22T09:12, yesterday, "2 days ago" or -4h
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["list", "ci:web-99"]), @"
    [stderr]
    error: there is no configuration item `web-99` (column 4)
      ci:web-99
         ^^^^^^

    hint: give a short id such as INC-CCCCCC, or the name of a configuration item
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--status", "opne"]), @"
    [stderr]
    error: --status: no workflow has a state `opne`

    hint: did you mean `open`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--sort", "oppened"]), @"
    [stderr]
    error: --sort: there is no field `oppened` to sort by

    hint: did you mean `opened`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "type:incident", "-has:atachments"]), @"
    [stderr]
    error: `atachments` is nothing to have (column 21)
      type:incident (-has:atachments)
                          ^^^^^^^^^^

    hint: did you mean `attachments`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--priority", "urgent"]), @"
    [stderr]
    error: --priority: `urgent` is no priority; the priorities are P1 to P5

    hint: `gitsm list --help` describes the query language
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--sort", "prio"]), @"
    [stderr]
    error: --sort: there is no field `prio` to sort by

    hint: did you mean `priority`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--columns", "id,titel"]), @"
    [stderr]
    error: there is no column `titel`

    hint: did you mean `title`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--type", "incidnt"]), @"
    [stderr]
    error: invalid value 'incidnt' for '--type <TYPE>': `incidnt` is no record type; the types are incident, request, problem, change and ci

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--format", "yaml"]), @r#"
    schema: gitsm.rows/1
    total: 5
    more: false
    order: priority
    now: "2026-11-22T09:23:04Z"
    rows:
    - short: INC-AAAAAA
      id: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
      type: incident
      title: CRM crashes
      status: new
      state: open
      domain: null
      impact: high
      urgency: high
      priority: P1
      service: crm
      cis:
      - CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
      requester: alice
      assignee: alice
      team: apps
      category: application/crm
      tags:
      - crash
      - crm
      channel: cli
      external_id: null
      opened_at: "2026-11-22T09:02:04Z"
      opened_by: alice
      updated_at: "2026-11-22T09:02:04Z"
      started_at: null
      resolved_at: null
      closed_at: null
      custom: {}
    - short: REQ-AAAAAA
      id: REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA
      type: request
      title: A new laptop
      status: new
      state: open
      domain: null
      impact: medium
      urgency: medium
      priority: P3
      service: null
      cis: []
      requester: bob
      assignee: null
      team: it
      category: null
      tags: []
      channel: cli
      external_id: null
      opened_at: "2026-11-22T09:05:04Z"
      opened_by: alice
      updated_at: "2026-11-22T09:05:04Z"
      started_at: null
      resolved_at: null
      closed_at: null
      custom: {}
    - short: PRB-AAAAAA
      id: PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
      type: problem
      title: Memory leak in CRM
      status: new
      state: open
      domain: null
      impact: medium
      urgency: medium
      priority: P3
      service: null
      cis: []
      requester: alice
      assignee: carol
      team: apps
      category: null
      tags: []
      channel: cli
      external_id: null
      opened_at: "2026-11-22T09:06:04Z"
      opened_by: alice
      updated_at: "2026-11-22T09:06:04Z"
      started_at: null
      resolved_at: null
      closed_at: null
      custom: {}
    - short: CHG-AAAAAA
      id: CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
      type: change
      title: Patch the CRM
      status: new
      state: open
      domain: null
      impact: medium
      urgency: medium
      priority: P3
      service: null
      cis: []
      requester: alice
      assignee: null
      team: null
      category: null
      tags: []
      channel: cli
      external_id: null
      opened_at: "2026-11-22T09:07:04Z"
      opened_by: alice
      updated_at: "2026-11-22T09:07:04Z"
      started_at: null
      resolved_at: null
      closed_at: null
      model: normal
      risk: low
      custom: {}
    - short: CI-AAAAAA
      id: CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
      type: ci
      title: web-01
      status: live
      state: open
      domain: null
      impact: null
      urgency: null
      priority: null
      service: crm
      cis: []
      requester: null
      assignee: carol
      team: null
      category: server
      tags: []
      channel: null
      external_id: null
      opened_at: "2026-11-22T09:01:04Z"
      opened_by: alice
      updated_at: "2026-11-22T09:01:04Z"
      started_at: null
      resolved_at: null
      closed_at: null
      custom: {}
    "#);
    assert_snapshot!(env.run(&["list", "--json", "--format", "csv"]), @"
    [stderr]
    error: the argument '--json' cannot be used with '--format <FORMAT>'

    Usage: gitsm list --json [QUERY]...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--mine", "--unassigned"]), @"
    [stderr]
    error: the argument '--mine' cannot be used with '--unassigned'

    Usage: gitsm list --mine [QUERY]...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--all", "--status", "new"]), @"
    [stderr]
    error: the argument '--all' cannot be used with '--status <STATE>'

    Usage: gitsm list --all [QUERY]...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--template", "{{ titel }}"]), @"
    [stderr]
    error: the template cannot be used: there is no `titel` in this answer

    hint: did you mean `title`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--template", "{{ title"]), @"
    [stderr]
    error: the template cannot be used: syntax error: unexpected end of input, expected end of variable block (line 1)
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--limit", "few"]), @"
    [stderr]
    error: invalid value 'few' for '--limit <N>': invalid digit found in string

    For more information, try '--help'.
    [exit 2]
    ");
}

/// A slip in a time must not pass for another time.
#[test]
fn times_that_are_none() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["list", "opened:yesteday"]), @"
    [stderr]
    error: `yesteday` is no date or time (column 8)
      opened:yesteday
             ^^^^^^^^

    hint: did you mean `yesterday`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "opened:<=last-weak"]), @"
    [stderr]
    error: `last-weak` is no date or time (column 10)
      opened:<=last-weak
               ^^^^^^^^^

    hint: did you mean `last-week`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "planned_start:tomorow"]), @"
    [stderr]
    error: `tomorow` is no date or time (column 15)
      planned_start:tomorow
                    ^^^^^^^

    hint: did you mean `tomorrow`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "opened:12"]), @r#"
    [stderr]
    error: `12` is no date or time (column 8)
      opened:12
             ^^

    hint: write 2026-11-22, 2026-W47, 2026-11-22T09:12, yesterday, "2 days ago" or -4h
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["list", "opened:3d"]), @"
    [stderr]
    error: `3d` is no time but a length of time (column 8)
      opened:3d
             ^^

    hint: write opened:>=-3d for since then, opened:<-3d for before
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "age:4"]), @"
    [stderr]
    error: `4` is no duration (column 5)
      age:4
          ^

    hint: write numbers with s, m, h, d or w, for example age:>1h30m
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "age:\">5 days\""]), @r#"
    [stderr]
    error: `>5 days` is no duration (column 5)
      age:">5 days"
          ^^^^^^^^^

    hint: write numbers with s, m, h, d or w, for example age:>1h30m
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["list", "approval:zzz"]), @"
    [stderr]
    error: `zzz` is no vote; ask for pending, approved or rejected (column 10)
      approval:zzz
               ^^^

    hint: `gitsm list --help` describes the query language
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "task_state:opne"]), @"
    [stderr]
    error: no task is `opne` (column 12)
      task_state:opne
                 ^^^^

    hint: did you mean `open`?
    [exit 2]
    ");
    for text in ["-4h", "now", "3 hours ago"] {
        let failed = env.run(&["list", &format!("opened:\"{text}\"")]);
        assert!(failed.to_string().contains("a point in time is hardly ever met"), "{failed}");
    }
    assert_snapshot!(env.run(&["list", "updated:\"3 hours ago\""]), @r#"
    [stderr]
    error: a point in time is hardly ever met exactly (column 9)
      updated:"3 hours ago"
              ^^^^^^^^^^^^^

    hint: write updated:>="3 hours ago" for since then, updated:<"3 hours ago" for before
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["list", "planned:now"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(env.run(&["list", "sort:"]), @"
    [stderr]
    error: `sort:` has no value (column 1)
      sort:
      ^^^^^

    hint: write the value directly after the colon, for example sort:-opened
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "limit:"]), @"
    [stderr]
    error: `limit:` has no value (column 1)
      limit:
      ^^^^^^

    hint: write the value directly after the colon, for example limit:20
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "--since", "tomorrow"]), @r#"
    [stderr]
    error: `tomorrow` lies in the future

    hint: `--since "2 days ago"` and `--since -2d` lie in the past
    [exit 2]
    "#);
}

#[test]
fn days_and_spans_of_the_past() {
    let env = Env::desk();
    env.incident("CRM crashes");
    let at = |time: &str| env.with("GITSM_NOW", time);
    // A Tuesday; the incident is of Sunday.
    let tuesday = at("2026-11-24T12:00:00Z");
    for query in ["opened:>=sunday", "opened:sunday", "opened:2026-11-25..2026-11-20", "age:3d..1d"]
    {
        assert_eq!(tuesday.ok(&["list", query, "-f", "ids"]).stdout.lines().count(), 1, "{query}");
    }
    assert_eq!(tuesday.ok(&["log", "--since", "sunday", "-f", "ids"]).stdout.lines().count(), 1);
    assert_eq!(tuesday.ok(&["log", "--since", "-4d", "-f", "ids"]).stdout.lines().count(), 1);
    let change = env.new_record(&["change", "new", "Patch"]);
    tuesday.ok(&["edit", &change, "--set", "planned_start=sunday 9:00"]);
    assert!(env.read(&env.path(&change)).contains("2026-11-29T09:00:00Z"));
    assert_eq!(
        tuesday.ok(&["list", "planned_start:sunday", "-f", "ids"]).stdout.lines().count(),
        1
    );
}

#[test]
fn values_that_no_record_has_are_told() {
    let env = filled();
    let id = env.new_record(&[
        "incident",
        "new",
        "Pump leaks",
        "--service",
        "pumps",
        "-c",
        "plant/hall 53/pump",
    ]);
    env.ok(&["edit", &id, "--set", "tags+=urgent"]);
    env.ok(&["edit", &id, "--set", "custom.site=Oslo"]);
    assert_snapshot!(env.run(&["list", "service:pmups"]), @"
    [stderr]
    warning: no record has the service `pmups`; did you mean `pumps`?
    no records match
    ");
    assert_snapshot!(env.run(&["list", "tag:urgnt"]), @"
    [stderr]
    warning: no record has the tag `urgnt`; did you mean `urgent`?
    no records match
    ");
    assert_snapshot!(env.run(&["list", "custom.stie:Oslo"]), @"
    [stderr]
    warning: no record has a field `stie` of its own; did you mean `custom.site`?
    no records match
    ");
    assert_snapshot!(env.run(&["list", "custom.site:Olso"]), @"
    [stderr]
    warning: no record has the site `Olso`; did you mean `Oslo`?
    no records match
    ");
    assert_snapshot!(env.run(&["search", "category:network"]), @"
    [stderr]
    warning: no record has the category `network`
    no records match
    ");
    // What is only not open, or not asked for, is no mistake.
    assert_snapshot!(env.run(&["list", "service:pumps", "status:closed", "-tag:bluk"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(env.run(&["log", "tag:urgnt"]), @"
    [stderr]
    warning: no record has the tag `urgnt`; did you mean `urgent`?
    nothing happened
    ");
    assert_snapshot!(env.run(&["log", "--field", "status", "--to", "resolvd"]), @"
    [stderr]
    warning: `status` has never been `resolvd`; did you mean `resolved`?
    nothing happened
    ");
}

#[test]
fn beginnings_may_have_blanks() {
    let env = filled();
    env.new_record(&["incident", "new", "Pump leaks", "-c", "plant/hall 53/pump"]);
    let titles =
        |query: &[&str]| env.ok(&[&["list", "--template", "{{ title }}"], query].concat()).stdout;
    assert_eq!(titles(&["category:\"plant/hall 53\"*"]), "Pump leaks\n");
    assert_eq!(titles(&["-c", "plant/hall 53/*"]), "Pump leaks\n");
    assert_eq!(titles(&["category:x,\"plant/hall 5\"*"]), "Pump leaks\n");
    assert_eq!(titles(&["category:\"plant/hall 53*\""]), "");
}

/// What other languages write is no text to look for.
#[test]
fn conditions_of_other_languages() {
    let env = Env::desk();
    env.incident("CRM crashes");
    assert_snapshot!(env.run(&["list", "status:open priority=P1"]), @"
    [stderr]
    error: `priority=P1` is no condition: a colon stands behind a field (column 13)
      status:open priority=P1
                  ^^^^^^^^^^^

    hint: write priority:P1; to search for the text itself, put it in quotation marks
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "age>4h"]), @"
    [stderr]
    error: `age>4h` is no condition: a colon stands behind a field (column 1)
      age>4h
      ^^^^^^

    hint: write age:>4h; to search for the text itself, put it in quotation marks
    [exit 2]
    ");
    assert_snapshot!(env.run(&["search", "!crashes"]), @"
    [stderr]
    error: `!` turns nothing round (column 1)
      !crashes
      ^^^^^^^^

    hint: write not crashes; to search for the text itself, put it in quotation marks
    [exit 2]
    ");
    assert_snapshot!(env.run(&["search", "\"priority=P1\""]), @"
    [stderr]
    no records match
    ");
}
