//! `new` with relations to other records, and what it refuses.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn links() {
    let env = Env::desk();
    let incident = env.incident("CRM crashes");
    let problem = env.new_record(&["problem", "new", "Memory leak", "--from", &incident]);
    assert_snapshot!(env.run(&["show", &problem]), @"
    PRB-AAAAAA Memory leak
    problem · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (1m ago) by alice
      updated    2026-11-22 09:02 (1m ago)
      id         PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      causes  INC-AAAAAA  CRM crashes (new)

    next: assess, investigate, cancel
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    PRB-AAAAAA new: Memory leak

    PRB-AAAAAA Memory leak
      status: - -> new
      impact: - -> medium
      urgency: - -> medium
      priority: - -> P3
      requester: - -> alice
      channel: - -> cli
    INC-AAAAAA CRM crashes
      links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    Gitsm-Action: new
    Gitsm-Record: PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
    let change = env.new_record(&["change", "new", "Patch", "--fixes", &problem]);
    assert_snapshot!(env.run(&["show", &problem, "-f", "table"]), @"
    PRB-AAAAAA Memory leak
    problem · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (4m ago) by alice
      updated    2026-11-22 09:05 (1m ago)
      id         PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      fixed_by  CHG-AAAAAA  Patch (new)
      causes    INC-AAAAAA  CRM crashes (new)

    next: assess, investigate, cancel
    ");
    let other = env.new_record(&[
        "incident",
        "new",
        "Again",
        "--link",
        &format!("caused_by {problem}"),
        "--link",
        &format!("relates_to:{change}"),
    ]);
    assert_snapshot!(env.run(&["show", &other]), @"
    INC-BBBBBB Again
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:07 (1m ago) by alice
      updated    2026-11-22 09:07 (1m ago)
      id         INC-BBBBBBBBBBBBBBBBBBBBBBBBBB

    links
      caused_by   PRB-AAAAAA  Memory leak (new)
      relates_to  CHG-AAAAAA  Patch (new)

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--link", "caused_by"]), @r#"
    [stderr]
    error: `caused_by` is not of the form "RELATION ID"
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["incident", "new", "T", "--link", &format!("causd_by {problem}")]), @"
    [stderr]
    error: `causd_by` is no relation

    hint: did you mean `caused_by`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--link", &format!("fixes {problem}")]), @"
    [stderr]
    error: a problem cannot be fixed_by an incident

    hint: possible here: causes, blocked_by, blocks, follow_up_of, followed_by, relates_to
    [exit 4]
    ");
    assert_snapshot!(env.run(&["problem", "new", "T", "--from", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
}

#[test]
fn refusals() {
    let env = Env::desk();
    let before = env.commits();
    assert_snapshot!(env.run(&["incident", "new"]), @r#"
    [stderr]
    error: a new incident needs a title

    hint: gitsm incident new "TITLE"
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["ci", "new"]), @"
    [stderr]
    error: a new ci needs a name

    hint: gitsm ci new NAME --class server
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "  "]), @"
    [stderr]
    error: the title cannot be used: it is empty

    hint: one plain line; longer text goes into the description: `-m TEXT`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "two\nlines"]), @"
    [stderr]
    error: the title cannot be used: it holds a line break or control character (U+000A); one plain line is needed

    hint: one plain line; longer text goes into the description: `-m TEXT`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--impact", "huge"]), @"
    [stderr]
    error: invalid value 'huge' for '--impact <LEVEL>': `huge` is no level; the levels are high, medium and low

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--priority", "P6"]), @"
    [stderr]
    error: invalid value 'P6' for '--priority <PRIORITY>': `P6` is no priority; the priorities are P1 to P5

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--ci", "web-99"]), @"
    [stderr]
    error: there is no record `web-99`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--set", "status=closed"]), @"
    [stderr]
    error: `status` cannot be set by hand

    hint: states change by verbs such as `gitsm incident resolve ID`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--set", "servce=crm"]), @"
    [stderr]
    error: there is no field `servce`

    hint: did you mean `service`? your own fields are `custom.NAME`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--set", "service"]), @"
    [stderr]
    error: `service` is not of the form field=value
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--set", "risk=low"]), @"
    [stderr]
    error: a record of type incident has no field `risk`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--assignee", "Bob Smith"]), @"
    [stderr]
    error: invalid value 'Bob Smith' for '--assignee <PERSON>': `Bob Smith` is no person id; letters, digits and . _ @ + - make one, starting with a letter or digit

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "U"]), @"
    [stderr]
    error: unexpected argument 'U' found

      tip: put a title of several words into quotation marks

    Usage: gitsm incident new [OPTIONS] [TITLE]

    For more information, try '--help'.
    [exit 2]
    ");
    assert_eq!(env.commits(), before);
}
