//! `gitsm assign`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn to_people_and_teams() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    assert_snapshot!(env.run(&["assign", &id, "me"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: - -> alice
    ");
    assert_snapshot!(env.run(&["assign", &id, "me"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["assign", &id, "bob", "-m", "Yours?"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: alice -> bob; notes: - -> (work) Yours?
    ");
    assert_snapshot!(env.run(&["assign", &id, "none"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: bob -> -
    ");
    assert_snapshot!(env.run(&["assign", &id, "--team", "apps"]), @"
    [stderr]
    INC-AAAAAA assign: team: - -> apps
    ");
    assert_snapshot!(env.run(&["assign", &id, "bob", "--team", "net"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: - -> bob; team: apps -> net
    ");
    assert_snapshot!(env.run(&["assign", &id, "--team", "none"]), @"
    [stderr]
    INC-AAAAAA assign: team: net -> -
    ");
}

#[test]
fn several_at_once() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let before = env.commits();
    assert_snapshot!(env.run(&["assign", &a, &b, "bob"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: - -> bob
    INC-BBBBBB assign: assignee: - -> bob
    ");
    assert_snapshot!(env.run(&["assign", &a, &b, "--team", "apps"]), @"
    [stderr]
    INC-AAAAAA assign: team: - -> apps
    INC-BBBBBB assign: team: - -> apps
    ");
    assert_eq!(env.commits(), before + 2);
    assert_snapshot!(env.run(&["assign", &a, "ZZZZZZ", "carol"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    1 record was refused; nothing was written
    [exit 3]
    ");
    assert_eq!(env.commits(), before + 2);
}

/// The last argument was once taken for a person whatever it was.
#[test]
fn a_record_is_nobody_to_assign_to() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    assert_snapshot!(env.run(&["assign", &a, &b]), @"
    [stderr]
    error: to whom?

    hint: gitsm assign ID PERSON, or --team TEAM
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--columns", "title,assignee"]), @"
    TITLE  ASSIGNEE
    A      -
    B      -
    ");
}

#[test]
fn refusals() {
    let env = Env::desk();
    let id = env.incident("A");
    assert_snapshot!(env.run(&["assign", &id]), @"
    [stderr]
    error: to whom?

    hint: gitsm assign ID PERSON, or --team TEAM
    [exit 2]
    ");
    assert_snapshot!(env.run(&["assign", "bob"]), @"
    [stderr]
    error: to whom?

    hint: gitsm assign ID PERSON, or --team TEAM
    [exit 2]
    ");
    assert_snapshot!(env.run(&["assign"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID... [WHO]>...

    Usage: gitsm assign <ID... [WHO]>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["assign", &id, "Bob Smith"]), @"
    [stderr]
    error: `Bob Smith` is no person id; letters, digits and . _ @ + - make one, starting with a letter or digit
    [exit 2]
    ");
    assert_snapshot!(env.run(&["assign", &id, "--team", "the team"]), @"
    [stderr]
    error: invalid value 'the team' for '--team <TEAM>': `the team` is no team id; letters, digits and . _ - make one, starting with a letter or digit

    For more information, try '--help'.
    [exit 2]
    ");
}
