//! `gitsm link` and `gitsm unlink`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn from_either_end() {
    let env = Env::desk();
    let incident = env.incident("CRM crashes");
    let problem = env.new_record(&["problem", "new", "Memory leak"]);
    assert_snapshot!(env.run(&["link", &incident, "caused_by", &problem]), @"
    [stderr]
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(env.run(&["show", &problem]), @"
    PRB-AAAAAA Memory leak
    problem · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (2m ago) by alice
      updated    2026-11-22 09:02 (2m ago)
      id         PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      causes  INC-AAAAAA  CRM crashes (new)

    next: assess, investigate, cancel
    ");
    assert_snapshot!(env.run(&["link", &problem, "causes", &incident]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["unlink", &problem, "causes", &incident]), @"
    [stderr]
    INC-AAAAAA unlink: links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA -> -
    ");
    assert_snapshot!(env.run(&["unlink", &problem, "causes", &incident]), @"
    [stderr]
    error: INC-AAAAAA is not caused_by PRB-AAAAAA

    hint: gitsm show INC-AAAAAA
    [exit 3]
    ");
    assert_snapshot!(env.run(&["link", &problem, "CAUSES", &incident]), @"
    [stderr]
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(env.run(&["link", &problem, "relates-to", &incident]), @"
    [stderr]
    PRB-AAAAAA link: links: - -> relates_to INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(env.run(&["link", &incident, "relates_to", &problem]), @"
    [stderr]
    nothing to do
    ");
}

#[test]
fn to_several() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let problem = env.new_record(&["problem", "new", "Memory leak"]);
    let before = env.commits();
    assert_snapshot!(env.run(&["link", &problem, "causes", &a, &b]), @"
    [stderr]
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    INC-BBBBBB link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_eq!(env.commits(), before + 1);
    assert_snapshot!(env.run(&["unlink", &problem, "causes", &a, &b]), @"
    [stderr]
    INC-AAAAAA unlink: links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA -> -
    INC-BBBBBB unlink: links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA -> -
    ");
    let ci = env.new_record(&["ci", "new", "web-01"]);
    assert_snapshot!(env.run(&["link", &problem, "causes", &a, &ci]), @"
    [stderr]
    error: a ci cannot be caused_by a problem

    hint: a ticket names the configuration items it is about: `gitsm edit ID --set cis+=CI`; possible here: `gitsm link CI-AAAAAA causes PRB-AAAAAA`
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 3);
}

#[test]
fn refusals() {
    let env = Env::desk();
    let (a, b, c) = (env.incident("A"), env.incident("B"), env.incident("C"));
    let change = env.new_record(&["change", "new", "Patch"]);
    let ci = env.new_record(&["ci", "new", "web-01"]);
    env.ok(&["link", &a, "child_of", &b]);
    let before = env.commits();
    assert_snapshot!(env.run(&["link", &a, "relates_to", &a]), @"
    [stderr]
    error: INC-AAAAAA cannot be linked to itself
    [exit 4]
    ");
    assert_snapshot!(env.run(&["link", &b, "child_of", &a]), @"
    [stderr]
    error: INC-BBBBBB child_of INC-AAAAAA would close a circle: INC-AAAAAA -> INC-BBBBBB
    [exit 4]
    ");
    assert_snapshot!(env.run(&["link", &a, "child_of", &c]), @"
    [stderr]
    error: INC-AAAAAA is child_of INC-BBBBBB already; it can be so of one record only

    hint: gitsm unlink INC-AAAAAA child_of INC-BBBBBB
    [exit 4]
    ");
    assert_snapshot!(env.run(&["link", &a, "depends_on", &ci]), @"
    [stderr]
    error: an incident cannot be depends_on a ci

    hint: a ticket names the configuration items it is about: `gitsm edit ID --set cis+=CI`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["link", &a, "child_of", &change]), @"
    [stderr]
    error: an incident cannot be child_of a change

    hint: possible here: caused_by, fixed_by, blocked_by, blocks, follow_up_of, followed_by, relates_to
    [exit 4]
    ");
    assert_snapshot!(env.run(&["link", &a, "cuased_by", &b]), @"
    [stderr]
    error: `cuased_by` is no relation

    hint: did you mean `caused_by`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["link", &a, "xyz", &b]), @"
    [stderr]
    error: `xyz` is no relation

    hint: there are duplicate_of, duplicated_by, child_of, parent_of, caused_by, causes, fixed_by, fixes, implemented_by, implements, blocked_by, blocks, follow_up_of, followed_by, relates_to, relates_to, depends_on, used_by, runs_on, hosts, part_of, contains, connects_to, connects_to
    [exit 2]
    ");
    assert_snapshot!(env.run(&["link", &a, "relates_to", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["link", &a, "relates_to"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID>...

    Usage: gitsm link <ID> <RELATION> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["unlink", &a, "blocked_by", &b]), @"
    [stderr]
    error: INC-AAAAAA is not blocked_by INC-BBBBBB

    hint: gitsm show INC-AAAAAA
    [exit 3]
    ");
    assert_eq!(env.commits(), before);
}

#[test]
fn a_longer_circle() {
    let env = Env::desk();
    let (a, b, c) = (env.incident("A"), env.incident("B"), env.incident("C"));
    env.ok(&["link", &a, "blocked_by", &b]);
    env.ok(&["link", &b, "blocked_by", &c]);
    assert_snapshot!(env.run(&["link", &c, "blocked_by", &a]), @"
    [stderr]
    error: INC-CCCCCC blocked_by INC-AAAAAA would close a circle: INC-AAAAAA -> INC-BBBBBB -> INC-CCCCCC
    [exit 4]
    ");
    assert_snapshot!(env.run(&["link", &a, "blocks", &c]), @"
    [stderr]
    error: INC-CCCCCC blocked_by INC-AAAAAA would close a circle: INC-AAAAAA -> INC-BBBBBB -> INC-CCCCCC
    [exit 4]
    ");
}

#[test]
fn configuration_items() {
    let env = Env::desk();
    for name in ["app", "vm", "host"] {
        env.ok(&["ci", "new", name]);
    }
    assert_snapshot!(env.run(&["link", "app", "runs_on", "vm"]), @"
    [stderr]
    CI-AAAAAA link: links: - -> runs_on CI-BBBBBBBBBBBBBBBBBBBBBBBBBB
    ");
    assert_snapshot!(env.run(&["link", "host", "hosts", "vm"]), @"
    [stderr]
    CI-BBBBBB link: links: - -> runs_on CI-CCCCCCCCCCCCCCCCCCCCCCCCCC
    ");
    assert_snapshot!(env.run(&["link", "app", "runs_on", "host"]), @"
    [stderr]
    error: CI-AAAAAA is runs_on CI-BBBBBB already; it can be so of one record only

    hint: gitsm unlink CI-AAAAAA runs_on CI-BBBBBB
    [exit 4]
    ");
    assert_snapshot!(env.run(&["show", "vm"]), @"
    CI-BBBBBB vm
    ci · live (open)

      class    item
      opened   2026-11-22 09:02 (5m ago) by alice
      updated  2026-11-22 09:05 (2m ago)
      id       CI-BBBBBBBBBBBBBBBBBBBBBBBBBB

    links
      runs_on  CI-CCCCCC  host (live)
      hosts    CI-AAAAAA  app (live)

    next: maintain, retire
    ");
    assert_snapshot!(env.run(&["show", "vm", "--json"]), @r#"
    {
      "schema": "gitsm.record/1",
      "id": "CI-BBBBBBBBBBBBBBBBBBBBBBBBBB",
      "short": "CI-BBBBBB",
      "type": "ci",
      "state": "open",
      "now": "2026-11-22T09:08:04Z",
      "path": "cis/-/-/CI-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml",
      "edited_by_hand": false,
      "record": {
        "id": "CI-BBBBBBBBBBBBBBBBBBBBBBBBBB",
        "name": "vm",
        "class": "item",
        "status": "live",
        "opened_at": "2026-11-22T09:02:04Z",
        "opened_by": "alice",
        "updated_at": "2026-11-22T09:05:04Z",
        "links": [
          {
            "rel": "runs_on",
            "to": "CI-CCCCCCCCCCCCCCCCCCCCCCCCCC"
          }
        ]
      },
      "usual_priority": null,
      "links": [
        {
          "rel": "runs_on",
          "other": {
            "id": "CI-CCCCCCCCCCCCCCCCCCCCCCCCCC",
            "short": "CI-CCCCCC",
            "title": "host",
            "status": "live",
            "state": "open"
          }
        },
        {
          "rel": "hosts",
          "other": {
            "id": "CI-AAAAAAAAAAAAAAAAAAAAAAAAAA",
            "short": "CI-AAAAAA",
            "title": "app",
            "status": "live",
            "state": "open"
          }
        }
      ],
      "cis": [],
      "approval": null,
      "approved": [],
      "commitments": [],
      "conflicts": null,
      "actions": [
        "maintain",
        "retire"
      ],
      "blocked": []
    }
    "#);
}
