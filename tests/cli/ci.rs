//! Configuration items.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_walk() {
    let env = Env::desk();
    env.ok(&["ci", "new", "host-01", "-c", "server"]);
    env.ok(&["ci", "new", "db-01", "-c", "database"]);
    let id = env.new_record(&[
        "ci",
        "new",
        "web-01",
        "--class",
        "application",
        "-m",
        "The shop.",
        "--status",
        "planned",
        "--criticality",
        "high",
        "--environment",
        "production",
        "--service",
        "shop",
        "--owner",
        "me",
        "--team",
        "apps",
        "--location",
        "Rack 7",
        "--release",
        "1.10",
        "--tag",
        "public",
        "--depends-on",
        "db-01",
        "--runs-on",
        "host-01",
        "--set",
        "custom.cost=12",
    ]);
    assert_snapshot!(env.run(&["show", "web-01"]), @"
    CI-CCCCCC web-01
    ci · planned (open)

      class        application
      criticality  high
      environment  production
      service      shop
      owner        alice
      team         apps
      location     Rack 7
      version      1.10
      tags         public
      opened       2026-11-22 09:03 (1m ago) by alice
      updated      2026-11-22 09:03 (1m ago)
      custom.cost  12
      id           CI-CCCCCCCCCCCCCCCCCCCCCCCCCC

    description
      The shop.

    links
      depends_on  CI-BBBBBB  db-01 (live)
      runs_on     CI-AAAAAA  host-01 (live)

    next: activate, retire
    ");
    assert_snapshot!(env.git(&["show", &format!("HEAD:{}", env.path(&id))]), @r#"
    id: CI-CCCCCCCCCCCCCCCCCCCCCCCCCC
    name: web-01
    class: application
    status: planned
    criticality: high
    environment: production
    service: shop
    owner: alice
    team: apps
    location: Rack 7
    version: "1.10"
    tags:
    - public
    opened_at: "2026-11-22T09:03:04Z"
    opened_by: alice
    updated_at: "2026-11-22T09:03:04Z"
    description: |
      The shop.
    links:
    - rel: depends_on
      to: CI-BBBBBBBBBBBBBBBBBBBBBBBBBB
    - rel: runs_on
      to: CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
    custom:
      cost: "12"
    "#);
    assert_snapshot!(env.run(&["ci", "activate", "web-01"]), @"
    [stderr]
    CI-CCCCCC activate: planned -> live
    ");
    assert_snapshot!(env.run(&["ci", "maintain", "web-01", "-m", "New disk."]), @"
    [stderr]
    CI-CCCCCC maintain: live -> maintenance
    ");
    assert_snapshot!(env.run(&["ci", "activate", "web-01"]), @"
    [stderr]
    CI-CCCCCC activate: maintenance -> live
    ");
    assert_snapshot!(env.run(&["ci", "retire", "web-01", "host-01"]), @"
    [stderr]
    CI-CCCCCC retire: live -> retired
    CI-AAAAAA retire: live -> retired
    ");
    assert_snapshot!(env.run(&["ci", "activate", "web-01"]), @"
    [stderr]
    error: CI-CCCCCC is retired; `activate` is possible from planned, maintenance

    hint: nothing can be done with it; open a new ci instead
    [exit 4]
    ");
    assert_snapshot!(env.run(&["ci", "list"]), @"
    ID         TITLE  CATEGORY  STATUS  SERVICE  ASSIGNEE  TEAM
    CI-BBBBBB  db-01  database  live    -        -         -
    ");
    assert_snapshot!(env.run(&["ci", "list", "--all"]), @"
    ID         TITLE    CATEGORY     STATUS   SERVICE  ASSIGNEE  TEAM
    CI-BBBBBB  db-01    database     live     -        -         -
    CI-AAAAAA  host-01  server       retired  -        -         -
    CI-CCCCCC  web-01   application  retired  shop     alice     apps
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    3 records checked: nothing wrong
    ");
}

#[test]
fn names_are_unique_among_what_is_in_use() {
    let env = Env::desk();
    env.ok(&["ci", "new", "web-01"]);
    assert_snapshot!(env.run(&["ci", "new", "Web-01"]), @"
    [stderr]
    error: CI-AAAAAA is called `Web-01` already

    hint: gitsm show CI-AAAAAA
    [exit 4]
    ");
    env.ok(&["ci", "retire", "web-01"]);
    assert_snapshot!(env.run(&["ci", "new", "web-01"]), @"
    CI-BBBBBB
    [stderr]
    created CI-BBBBBB: web-01 (live)
    ");
    assert_snapshot!(env.run(&["ci", "new", "x", "--status", "retired"]), @"
    [stderr]
    error: a ci cannot begin as retired

    hint: it can begin as live, planned
    [exit 2]
    ");
    assert_snapshot!(env.run(&["ci", "new", "x", "--runs-on", "nowhere"]), @"
    [stderr]
    error: there is no record `nowhere`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["ci", "new", "x", "--criticality", "very"]), @"
    [stderr]
    error: invalid value 'very' for '--criticality <LEVEL>': `very` is no criticality; the criticalities are high, medium and low

    For more information, try '--help'.
    [exit 2]
    ");
}
