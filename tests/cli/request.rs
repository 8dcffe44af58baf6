//! The lifecycle of a request.

use insta::assert_snapshot;

use crate::common::Env;

fn laptop(env: &Env) -> String {
    env.new_record(&["request", "new", "A laptop", "--offering", "laptop", "-r", "bob"])
}

#[test]
fn a_walk() {
    let env = Env::desk();
    let id = laptop(&env);
    assert_snapshot!(env.run(&["request", "submit", &id]), @"
    [stderr]
    REQ-AAAAAA submit: new -> waiting_for_approval
    ");
    assert_snapshot!(env.as_person("dora").run(&["request", "approve", &id, "-m", "In the budget."]), @"
    [stderr]
    REQ-AAAAAA approve: waiting_for_approval -> approved
    ");
    assert_snapshot!(env.run(&["request", "start", &id]), @"
    [stderr]
    REQ-AAAAAA start: approved -> in_progress
    ");
    assert_snapshot!(env.run(&["request", "hold", &id, "-r", "awaiting_delivery"]), @"
    [stderr]
    REQ-AAAAAA hold: in_progress -> on_hold
    ");
    assert_snapshot!(env.run(&["request", "resume", &id]), @"
    [stderr]
    REQ-AAAAAA resume: on_hold -> in_progress
    ");
    assert_snapshot!(env.run(&["request", "fulfil", &id, "-m", "On bob's desk."]), @"
    [stderr]
    REQ-AAAAAA fulfil: in_progress -> fulfilled
    ");
    assert_snapshot!(env.run(&["request", "reopen", &id, "-m", "Wrong keyboard."]), @"
    [stderr]
    REQ-AAAAAA reopen: fulfilled -> in_progress
    ");
    assert_snapshot!(env.run(&["request", "fulfil", &id, "-m", "Changed."]), @"
    [stderr]
    REQ-AAAAAA fulfil: in_progress -> fulfilled
    ");
    assert_snapshot!(env.run(&["request", "close", &id]), @"
    [stderr]
    REQ-AAAAAA close: fulfilled -> closed
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    REQ-AAAAAA A laptop
    request · closed · P3 · impact medium · urgency medium

      offering      laptop
      requester     bob
      channel       cli
      opened        2026-11-22 09:01 (10m ago) by alice
      updated       2026-11-22 09:10 (1m ago)
      started       2026-11-22 09:04 (7m ago)
      resolved      2026-11-22 09:09 (2m ago)
      closed        2026-11-22 09:10 (1m ago)
      reopen count  1
      id            REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA

    on hold
      waiting_for_approval  2026-11-22 09:02 to 2026-11-22 09:03 (1m)
      awaiting_delivery  2026-11-22 09:05 to 2026-11-22 09:06 (1m)

    approvals
      approved by dora, 2026-11-22 09:03 (8m ago)
        In the budget.

    resolution
      fulfilled by alice
      Changed.

    notes
      2026-11-22 09:08 (3m ago) alice, work
        Wrong keyboard.
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
}

#[test]
fn rejected() {
    let env = Env::desk();
    let id = laptop(&env);
    assert_snapshot!(env.run(&["request", "reject", &id]), @"
    [stderr]
    error: why it is rejected is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.as_person("dora").run(&["req", "reject", &id, "-m", "No budget."]), @"
    [stderr]
    REQ-AAAAAA reject: new -> rejected
    ");
    assert_snapshot!(env.run(&["request", "start", &id]), @"
    [stderr]
    error: REQ-AAAAAA is rejected; `start` is possible from new, approved

    hint: possible now: close, reopen
    [exit 4]
    ");
    assert_snapshot!(env.run(&["request", "reopen", &id, "-m", "New year."]), @"
    [stderr]
    REQ-AAAAAA reopen: rejected -> new
    ");
    assert_snapshot!(env.run(&["request", "take", &id]), @"
    [stderr]
    REQ-AAAAAA start: new -> in_progress
    ");
    assert_snapshot!(env.run(&["request", "cancel", &id, "-m", "Not needed."]), @"
    [stderr]
    REQ-AAAAAA cancel: in_progress -> cancelled
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    REQ-AAAAAA A laptop
    request · cancelled (closed) · P3 · impact medium · urgency medium

      offering      laptop
      requester     bob
      assignee      alice
      channel       cli
      opened        2026-11-22 09:01 (7m ago) by alice
      updated       2026-11-22 09:07 (1m ago)
      started       2026-11-22 09:06 (2m ago)
      closed        2026-11-22 09:07 (1m ago)
      reopen count  1
      id            REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA

    approvals
      rejected by dora, 2026-11-22 09:03 (5m ago)
        No budget.
      asked by alice, 2026-11-22 09:05 (3m ago)
      not counted: rejected by dora, 2026-11-22 09:03 (5m ago): votes were asked for anew since

    resolution
      cancelled by alice
      Not needed.

    notes
      2026-11-22 09:05 (3m ago) alice, work
        New year.
    ");
}
