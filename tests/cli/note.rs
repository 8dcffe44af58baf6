//! `gitsm note`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn for_colleagues_and_for_the_requester() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    assert_snapshot!(env.run(&["note", &id, "-m", "Pool is full."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) Pool is full.
    ");
    assert_snapshot!(env.as_person("bob").run(&["note", &id, "--public", "-m", "We are on it.\n\nBob"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (public) We are on it.…
    ");
    assert_snapshot!(env.typing("Piped.\n").run(&["note", &id, "-F", "-"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) Piped.
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (4m ago) by alice
      updated    2026-11-22 09:04 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    notes
      2026-11-22 09:02 (3m ago) alice, work
        Pool is full.

      2026-11-22 09:03 (2m ago) bob, public
        We are on it.

        Bob

      2026-11-22 09:04 (1m ago) alice, work
        Piped.

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.git(&["log", "-2", "--format=%an: %B"]), @"
    Alice: INC-AAAAAA note: CRM crashes

    notes: - -> (work) Piped.

    Gitsm-Action: note
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice

    Bob: INC-AAAAAA note: CRM crashes

    notes: - -> (public) We are on it.…

    Gitsm-Action: note
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: bob
    ");
}

#[test]
fn on_several_records() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let before = env.commits();
    assert_snapshot!(env.run(&["note", &a, &b, &a, "-m", "Same cause."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) Same cause.
    INC-BBBBBB note: notes: - -> (work) Same cause.
    ");
    assert_eq!(env.commits(), before + 1);
}

#[test]
fn refusals() {
    let env = Env::desk();
    let id = env.incident("A");
    assert_snapshot!(env.run(&["note", &id]), @"
    [stderr]
    error: what to note is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", &id, "-m", "  "]), @"
    [stderr]
    error: the note is empty

    hint: say something with `-m TEXT`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", &id, "-m", "a", "-F", "b"]), @"
    [stderr]
    error: the argument '--message <TEXT>' cannot be used with '--file <FILE>'

    Usage: gitsm note --message <TEXT> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", "-m", "a"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID>...

    Usage: gitsm note --message <TEXT> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", &id, "ZZZZZZ", "-m", "a"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    1 record was refused; nothing was written
    [exit 3]
    ");
}
