//! The lifecycle of an incident.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_walk() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["incident", "take", &id, "-m", "Mine."]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    ");
    assert_snapshot!(bob.run(&["incident", "hold", &id, "-r", "awaiting_requester", "-m", "Which version?"]), @"
    [stderr]
    INC-AAAAAA hold: in_progress -> on_hold
    ");
    assert_snapshot!(bob.run(&["incident", "resume", &id]), @"
    [stderr]
    INC-AAAAAA resume: on_hold -> in_progress
    ");
    assert_snapshot!(bob.run(&["incident", "escalate", &id, "-t", "apps", "-m", "Too deep for me."]), @"
    [stderr]
    INC-AAAAAA escalate: escalation: - -> 1; team: - -> apps; notes: - -> (work) Too deep for me.; 1 more
    ");
    let carol = env.as_person("carol");
    assert_snapshot!(carol.run(&["incident", "take", &id]), @"
    [stderr]
    INC-AAAAAA assign: assignee: - -> carol
    ");
    assert_snapshot!(carol.run(&["incident", "resolve", &id, "-c", "workaround", "-m", "Use the web client."]), @"
    [stderr]
    INC-AAAAAA resolve: in_progress -> resolved
    ");
    assert_snapshot!(env.run(&["incident", "reopen", &id, "-m", "It came back."]), @"
    [stderr]
    INC-AAAAAA reopen: resolved -> in_progress
    ");
    assert_snapshot!(carol.run(&["incident", "resolve", &id, "-m", "Patched."]), @"
    [stderr]
    INC-AAAAAA resolve: in_progress -> resolved
    ");
    assert_snapshot!(env.run(&["incident", "close", &id]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · closed · P3 · impact medium · urgency medium

      escalation    1
      requester     alice
      assignee      carol
      team          apps
      channel       cli
      opened        2026-11-22 09:01 (10m ago) by alice
      updated       2026-11-22 09:10 (1m ago)
      started       2026-11-22 09:02 (9m ago)
      resolved      2026-11-22 09:09 (2m ago)
      closed        2026-11-22 09:10 (1m ago)
      reopen count  1
      id            INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    on hold
      awaiting_requester  2026-11-22 09:03 to 2026-11-22 09:04 (1m)

    resolution
      fixed by carol
      Patched.

    notes
      2026-11-22 09:02 (9m ago) bob, work
        Mine.

      2026-11-22 09:03 (8m ago) bob, work
        Which version?

      2026-11-22 09:05 (6m ago) bob, work
        Too deep for me.

      2026-11-22 09:08 (3m ago) alice, work
        It came back.
    ");
    assert_snapshot!(env.git(&["log", "--format=%an: %s"]), @"
    Alice: INC-AAAAAA close: CRM crashes
    Carol: INC-AAAAAA resolve: CRM crashes
    Alice: INC-AAAAAA reopen: CRM crashes
    Carol: INC-AAAAAA resolve: CRM crashes
    Carol: INC-AAAAAA assign: CRM crashes
    Bob: INC-AAAAAA escalate: CRM crashes
    Bob: INC-AAAAAA resume: CRM crashes
    Bob: INC-AAAAAA hold: CRM crashes
    Bob: INC-AAAAAA start: CRM crashes
    Alice: INC-AAAAAA new: CRM crashes
    Alice: desk init: desk
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
}

#[test]
fn start_without_taking() {
    let env = Env::desk();
    let id = env.incident("T");
    assert_snapshot!(env.run(&["inc", "start", &id, "-m", "Looking."]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    ");
    assert_snapshot!(env.run(&["inc", "take", &id]), @"
    [stderr]
    INC-AAAAAA assign: assignee: - -> alice
    ");
    assert_snapshot!(env.run(&["inc", "take", &id]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["inc", "cancel", &id, "-c", "duplicate", "-m", "Filed twice."]), @"
    [stderr]
    INC-AAAAAA cancel: in_progress -> cancelled
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA T
    incident · cancelled (closed) · P3 · impact medium · urgency medium

      requester  alice
      assignee   alice
      channel    cli
      opened     2026-11-22 09:01 (5m ago) by alice
      updated    2026-11-22 09:05 (1m ago)
      started    2026-11-22 09:02 (4m ago)
      closed     2026-11-22 09:05 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    resolution
      duplicate by alice
      Filed twice.

    notes
      2026-11-22 09:02 (4m ago) alice, work
        Looking.
    ");
}

#[test]
fn refusals() {
    let env = Env::desk();
    let id = env.incident("T");
    let before = env.commits();
    assert_snapshot!(env.run(&["incident", "close", &id]), @"
    [stderr]
    error: INC-AAAAAA is new; `close` is possible from resolved

    hint: possible now: start, hold, resolve, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "resume", &id]), @"
    [stderr]
    error: INC-AAAAAA is new; `resume` is possible from on_hold

    hint: possible now: start, hold, resolve, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "reopen", &id, "-m", "x"]), @"
    [stderr]
    error: INC-AAAAAA is new; `reopen` is possible from resolved

    hint: possible now: start, hold, resolve, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "hold", &id]), @"
    [stderr]
    error: the following required arguments were not provided:
      --reason <REASON>

    Usage: gitsm incident hold --reason <REASON> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "hold", &id, "-r", "awaiting_godot"]), @"
    [stderr]
    error: `awaiting_godot` is no hold reason of this desk

    hint: choose awaiting_requester, awaiting_change, awaiting_problem, awaiting_vendor
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "resolve", &id]), @"
    [stderr]
    error: how it was solved is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "resolve", &id, "-m", ""]), @"
    [stderr]
    error: what is said with `-m` is empty

    hint: say something, or leave `-m` out where it is not asked for
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "resolve", &id, "-m", "x", "-c", "magic"]), @"
    [stderr]
    error: `magic` is no resolution code of this desk

    hint: choose fixed, workaround, resolved_by_problem, resolved_by_change, no_fault_found, duplicate, not_reproducible, cancelled
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "cancel", &id]), @"
    [stderr]
    error: why it is cancelled is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "escalate", &id, "-m", "x"]), @"
    [stderr]
    error: the following required arguments were not provided:
      --team <TEAM>

    Usage: gitsm incident escalate --team <TEAM> --message <TEXT> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "close", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["incident", "close"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID>...

    Usage: gitsm incident close <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "solve", &id]), @"
    [stderr]
    error: an incident has no action `solve`

    hint: did you mean `gitsm incident resolve`?
    [exit 2]
    ");
    assert_eq!(env.commits(), before);
}

#[test]
fn what_is_closed_stays_closed() {
    let env = Env::desk();
    let id = env.incident("T");
    env.ok(&["incident", "resolve", &id, "-m", "Done."]);
    env.ok(&["incident", "close", &id]);
    assert_snapshot!(env.run(&["incident", "reopen", &id, "-m", "No."]), @"
    [stderr]
    error: INC-AAAAAA is closed; `reopen` is possible from resolved

    hint: nothing can be done with it; open a new incident instead
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "escalate", &id, "-t", "apps", "-m", "No."]), @"
    [stderr]
    error: INC-AAAAAA is closed; only what is open can be escalated
    [exit 4]
    ");
}

#[test]
fn a_verb_is_for_its_type() {
    let env = Env::desk();
    let problem = env.new_record(&["problem", "new", "P"]);
    let incident = env.incident("I");
    assert_snapshot!(env.run(&["incident", "take", &problem]), @"
    [stderr]
    error: PRB-AAAAAA is no incident but a problem

    hint: see `gitsm problem --help` for what can be done
    [exit 2]
    ");
    assert_snapshot!(env.run(&["problem", "investigate", &incident]), @"
    [stderr]
    error: INC-AAAAAA is no problem but an incident

    hint: see `gitsm incident --help` for what can be done
    [exit 2]
    ");
}

#[test]
fn several_are_one_commit_or_none() {
    let env = Env::desk();
    let (a, b, c) = (env.incident("A"), env.incident("B"), env.incident("C"));
    let before = env.commits();
    assert_snapshot!(env.run(&["incident", "resolve", &a, &b, "-m", "Restarted."]), @"
    [stderr]
    INC-AAAAAA resolve: new -> resolved
    INC-BBBBBB resolve: new -> resolved
    ");
    assert_eq!(env.commits(), before + 1);
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    resolve: 2 records

    INC-AAAAAA A
      status: new -> resolved
      resolved_at: - -> 2026-11-22T09:05:04Z
      resolution.code: - -> fixed
      resolution.by: - -> alice
      resolution.text: - -> Restarted.
    INC-BBBBBB B
      status: new -> resolved
      resolved_at: - -> 2026-11-22T09:05:04Z
      resolution.code: - -> fixed
      resolution.by: - -> alice
      resolution.text: - -> Restarted.

    Gitsm-Action: resolve
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    Gitsm-Actor: alice
    ");
    assert_snapshot!(env.run(&["incident", "close", &a, &c]), @"
    [stderr]
    error: INC-CCCCCC is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    1 record was refused; nothing was written
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 1);
    assert_snapshot!(env.run(&["list", "--all", "--columns", "title,status", "--sort", "title"]), @"
    TITLE  STATUS
    A      resolved
    B      resolved
    C      new
    ");
}

#[test]
fn closing_keeps_the_resolution() {
    let env = Env::desk();
    let id = env.incident("No mail");
    env.ok(&["incident", "resolve", &id, "-m", "Restarted the server."]);
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["incident", "close", &id, "-m", "Confirmed.", "--code", "workaround"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA No mail
    incident · closed · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (3m ago) by alice
      updated    2026-11-22 09:03 (1m ago)
      resolved   2026-11-22 09:02 (2m ago)
      closed     2026-11-22 09:03 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    resolution
      workaround by alice
      Restarted the server.

    notes
      2026-11-22 09:03 (1m ago) bob, work
        Confirmed.
    ");
}

#[test]
fn an_empty_text_is_none() {
    let env = Env::desk();
    let id = env.incident("No mail");
    let problem = env.new_record(&["problem", "new", "Relay"]);
    assert_snapshot!(env.run(&["incident", "resolve", &id, "-m", " "]), @"
    [stderr]
    error: what is said with `-m` is empty

    hint: say something, or leave `-m` out where it is not asked for
    [exit 2]
    ");
    assert_snapshot!(env.run(&["problem", "workaround", &problem, "-m", ""]), @"
    [stderr]
    error: what is said with `-m` is empty

    hint: say something, or leave `-m` out where it is not asked for
    [exit 2]
    ");
    assert_snapshot!(env.typing("\n").run(&["incident", "review", &id, "-F", "-"]), @"
    [stderr]
    error: standard input is empty

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
}
