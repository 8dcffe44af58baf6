//! `gitsm report`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn summary() {
    let env = Env::desk();
    env.ok(&["incident", "new", "A", "-i", "high", "-t", "apps", "-a", "bob"]);
    env.ok(&["request", "new", "B"]);
    let done = env.incident("C");
    env.ok(&["incident", "resolve", &done, "-m", "Done."]);
    env.ok(&["ci", "new", "web-01"]);
    assert_snapshot!(env.run(&["report", "summary"]), @"
    4 records, 3 open

    TYPE      OPEN  TOTAL
    incident     1      2
    request      1      1
    ci           1      1

    STATUS    OPEN  TOTAL
    live         1      1
    new          2      2
    resolved     0      1

    PRIORITY  OPEN  TOTAL
    P2           1      1
    P3           1      2
    (none)       1      1

    TEAM    OPEN  TOTAL
    apps       1      1
    (none)     2      3

    ASSIGNEE  OPEN  TOTAL
    bob          1      1
    (none)       2      3

    OPEN AGE  OPEN  TOTAL
    < 1 h        3      3
    < 4 h        0      0
    < 1 d        0      0
    < 3 d        0      0
    < 7 d        0      0
    < 30 d       0      0
    < 90 d       0      0
    older        0      0
    ");
    assert_snapshot!(env.run(&["report", "summary", "--format", "csv"]), @"
    group,value,open,total
    type,incident,1,2
    type,request,1,1
    type,ci,1,1
    status,live,1,1
    status,new,2,2
    status,resolved,0,1
    priority,P2,1,1
    priority,P3,1,2
    priority,,1,1
    team,apps,1,1
    team,,2,3
    assignee,bob,1,1
    assignee,,2,3
    open_age,< 1 h,3,3
    open_age,< 4 h,0,0
    open_age,< 1 d,0,0
    open_age,< 3 d,0,0
    open_age,< 7 d,0,0
    open_age,< 30 d,0,0
    open_age,< 90 d,0,0
    open_age,older,0,0
    ");
    assert_snapshot!(env.run(&["report", "summary", "--json"]), @r#"
    {
      "schema": "gitsm.summary/1",
      "now": "2026-11-22T09:08:04Z",
      "total": 4,
      "open": 3,
      "by_type": [
        {
          "value": "incident",
          "open": 1,
          "total": 2
        },
        {
          "value": "request",
          "open": 1,
          "total": 1
        },
        {
          "value": "ci",
          "open": 1,
          "total": 1
        }
      ],
      "by_status": [
        {
          "value": "live",
          "open": 1,
          "total": 1
        },
        {
          "value": "new",
          "open": 2,
          "total": 2
        },
        {
          "value": "resolved",
          "open": 0,
          "total": 1
        }
      ],
      "by_priority": [
        {
          "value": "P2",
          "open": 1,
          "total": 1
        },
        {
          "value": "P3",
          "open": 1,
          "total": 2
        },
        {
          "value": null,
          "open": 1,
          "total": 1
        }
      ],
      "by_team": [
        {
          "value": "apps",
          "open": 1,
          "total": 1
        },
        {
          "value": null,
          "open": 2,
          "total": 3
        }
      ],
      "by_assignee": [
        {
          "value": "bob",
          "open": 1,
          "total": 1
        },
        {
          "value": null,
          "open": 2,
          "total": 3
        }
      ],
      "open_age": [
        {
          "value": "< 1 h",
          "open": 3,
          "total": 3
        },
        {
          "value": "< 4 h",
          "open": 0,
          "total": 0
        },
        {
          "value": "< 1 d",
          "open": 0,
          "total": 0
        },
        {
          "value": "< 3 d",
          "open": 0,
          "total": 0
        },
        {
          "value": "< 7 d",
          "open": 0,
          "total": 0
        },
        {
          "value": "< 30 d",
          "open": 0,
          "total": 0
        },
        {
          "value": "< 90 d",
          "open": 0,
          "total": 0
        },
        {
          "value": "older",
          "open": 0,
          "total": 0
        }
      ]
    }
    "#);
}

#[test]
fn of_nothing() {
    assert_snapshot!(Env::desk().run(&["report", "summary"]), @"
    0 records, 0 open

    OPEN AGE  OPEN  TOTAL
    < 1 h        0      0
    < 4 h        0      0
    < 1 d        0      0
    < 3 d        0      0
    < 7 d        0      0
    < 30 d       0      0
    < 90 d       0      0
    older        0      0
    ");
}

#[test]
fn unknown() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["report", "sumary"]), @"
    [stderr]
    error: unrecognized subcommand 'sumary'

      tip: a similar subcommand exists: 'summary'

    Usage: gitsm report [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["report", "summary", "--format", "ids"]), @"
    [stderr]
    error: this answer cannot be shown as ids

    hint: `--format json` works for every answer
    [exit 2]
    ");
}

#[test]
fn as_of_then() {
    let env = Env::desk();
    let first = env.incident("First");
    let commit = env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
    env.ok(&["incident", "resolve", &first, "-m", "Done."]);
    env.incident("Second");
    let open = |at: &str| {
        let summary = env.run(&["report", "summary", "--json", "--at", at]).json();
        (summary["open"].as_u64(), summary["total"].as_u64())
    };
    assert_eq!(open(&commit), (Some(1), Some(1)));
    assert_eq!(open("HEAD~1"), (Some(0), Some(1)));
    assert_eq!(open("HEAD"), (Some(1), Some(2)));
}
