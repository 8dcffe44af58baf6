//! The lifecycle of a problem.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_walk() {
    let env = Env::desk();
    let incident = env.incident("CRM crashes");
    let id = env.new_record(&["problem", "new", "Memory leak", "--from", &incident]);
    assert_snapshot!(env.run(&["problem", "assess", &id, "-m", "Worth it."]), @"
    [stderr]
    PRB-AAAAAA assess: new -> assess
    ");
    assert_snapshot!(env.run(&["problem", "investigate", &id]), @"
    [stderr]
    PRB-AAAAAA investigate: assess -> root_cause_analysis
    ");
    assert_snapshot!(env.run(&["problem", "known-error", &id]), @"
    [stderr]
    error: `known-error` of PRB-AAAAAA needs cause

    hint: record it with `gitsm problem cause PRB-AAAAAA -m TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["problem", "fix", &id]), @"
    [stderr]
    error: `fix` of PRB-AAAAAA needs cause

    hint: record it with `gitsm problem cause PRB-AAAAAA -m TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["problem", "cause", &id, "-m", "The cache never empties."]), @"
    [stderr]
    PRB-AAAAAA cause: cause: - -> The cache never empties.
    ");
    assert_snapshot!(env.run(&["problem", "workaround", &id, "-m", "Restart at night."]), @"
    [stderr]
    PRB-AAAAAA workaround: workaround: - -> Restart at night.
    INC-AAAAAA note: notes: - -> (public) Workaround from PRB-AAAAAA (Memory leak):…
    ");
    assert_snapshot!(env.run(&["problem", "known-error", &id]), @"
    [stderr]
    PRB-AAAAAA known_error: known_error: - -> true
    ");
    assert_snapshot!(env.run(&["problem", "known-error", &id]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["problem", "fix", &id]), @"
    [stderr]
    PRB-AAAAAA fix: root_cause_analysis -> fix_in_progress
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    PRB-AAAAAA Memory leak
    problem · fix_in_progress (open) · P3 · impact medium · urgency medium

      known error  true
      requester    alice
      channel      cli
      opened       2026-11-22 09:02 (10m ago) by alice
      updated      2026-11-22 09:11 (1m ago)
      started      2026-11-22 09:04 (8m ago)
      id           PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    cause
      The cache never empties.

    workaround
      Restart at night.

    links
      causes  INC-AAAAAA  CRM crashes (new)

    notes
      2026-11-22 09:03 (9m ago) alice, work
        Worth it.

    next: resolve, accept-risk, cancel
    not yours: known-error (`gitsm actions PRB-AAAAAA` says why)
    ");
    assert_snapshot!(env.run(&["problem", "resolve", &id, "-m", "Patched."]), @"
    [stderr]
    PRB-AAAAAA resolve: fix_in_progress -> resolved
    ");
    assert_snapshot!(env.run(&["problem", "close", &id]), @"
    [stderr]
    PRB-AAAAAA close: resolved -> closed
    ");
    assert_snapshot!(env.run(&["problem", "reopen", &id, "-m", "Again."]), @"
    [stderr]
    PRB-AAAAAA reopen: closed -> root_cause_analysis
    ");
    assert_snapshot!(env.run(&["problem", "accept-risk", &id, "-m", "It goes away in May."]), @"
    [stderr]
    PRB-AAAAAA accept_risk: root_cause_analysis -> closed
    INC-AAAAAA note: notes: - -> (work) The risk of PRB-AAAAAA (Memory leak) was accepted; it will not be fixed…
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    PRB-AAAAAA Memory leak
    problem · closed · P3 · impact medium · urgency medium

      requester     alice
      channel       cli
      opened        2026-11-22 09:02 (15m ago) by alice
      updated       2026-11-22 09:16 (1m ago)
      started       2026-11-22 09:04 (13m ago)
      closed        2026-11-22 09:16 (1m ago)
      reopen count  1
      id            PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    cause
      The cache never empties.

    workaround
      Restart at night.

    links
      causes  INC-AAAAAA  CRM crashes (new)

    resolution
      risk_accepted by alice
      It goes away in May.

    notes
      2026-11-22 09:03 (14m ago) alice, work
        Worth it.

      2026-11-22 09:15 (2m ago) alice, work
        Again.

    next: reopen
    ");
    assert_snapshot!(env.git(&["log", "--format=%s"]), @"
    PRB-AAAAAA accept_risk: Memory leak
    PRB-AAAAAA reopen: Memory leak
    PRB-AAAAAA close: Memory leak
    PRB-AAAAAA resolve: Memory leak
    PRB-AAAAAA fix: Memory leak
    PRB-AAAAAA known_error: Memory leak
    PRB-AAAAAA workaround: Memory leak
    PRB-AAAAAA cause: Memory leak
    PRB-AAAAAA investigate: Memory leak
    PRB-AAAAAA assess: Memory leak
    PRB-AAAAAA new: Memory leak
    INC-AAAAAA new: CRM crashes
    desk init: desk
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    2 records checked: nothing wrong
    ");
}

#[test]
fn refusals() {
    let env = Env::desk();
    let id = env.new_record(&["problem", "new", "P"]);
    assert_snapshot!(env.run(&["problem", "fix", &id]), @"
    [stderr]
    error: PRB-AAAAAA is new; `fix` is possible from root_cause_analysis

    hint: possible now: assess, investigate, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["problem", "resolve", &id, "-m", "x"]), @"
    [stderr]
    error: PRB-AAAAAA is new; `resolve` is possible from fix_in_progress

    hint: possible now: assess, investigate, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["problem", "accept-risk", &id]), @"
    [stderr]
    error: why the risk is accepted is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["problem", "cause", &id]), @"
    [stderr]
    error: the root cause is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["problem", "cancel", &id, "-m", "Never mind."]), @"
    [stderr]
    PRB-AAAAAA cancel: new -> cancelled
    ");
}

#[test]
fn what_can_be_done_beside_the_workflow() {
    let env = Env::desk();
    let id = env.new_record(&["problem", "new", "Relay"]);
    let ci = env.new_record(&["ci", "new", "relay-1"]);
    env.ok(&["problem", "investigate", &id]);
    env.ok(&["problem", "cause", &id, "-m", "Old."]);
    env.ok(&["problem", "known_error", &id]);
    assert_snapshot!(env.run(&["actions", &id]), @"
    PRB-AAAAAA Relay
    problem · root_cause_analysis

    open to alice, by `gitsm problem ACTION PRB-AAAAAA`
      fix          -> fix_in_progress
      accept-risk  -> closed · needs comment
      cancel       -> cancelled · needs comment
      cause        needs comment
      workaround   needs comment
      why          needs comment
      merge        needs into

    not open to alice
      known-error  `known-error` of PRB-AAAAAA would change nothing: it is so already

    not while it is root_cause_analysis
      assess       PRB-AAAAAA is root_cause_analysis; `assess` is possible from new
      investigate  PRB-AAAAAA is root_cause_analysis; `investigate` is possible from new, assess
      resolve      PRB-AAAAAA is root_cause_analysis; `resolve` is possible from fix_in_progress
      close        PRB-AAAAAA is root_cause_analysis; `close` is possible from resolved
      reopen       PRB-AAAAAA is root_cause_analysis; `reopen` is possible from resolved, closed, cancelled
    ");
    assert_snapshot!(env.run(&["problem", "accept-risk", &ci, "-m", "So be it."]), @"
    [stderr]
    error: CI-AAAAAA is no problem but a ci

    hint: see `gitsm ci --help` for what can be done
    [exit 2]
    ");
    assert_snapshot!(env.run(&["link", &id, "causes", &ci]), @"
    [stderr]
    error: a ci cannot be caused_by a problem

    hint: a ticket names the configuration items it is about: `gitsm edit ID --set cis+=CI`; possible here: `gitsm link CI-AAAAAA causes PRB-AAAAAA`
    [exit 4]
    ");
    let incident = env.incident("No mail");
    assert_snapshot!(env.run(&["actions", &incident]), @"
    INC-AAAAAA No mail
    incident · new

    open to alice, by `gitsm incident ACTION INC-AAAAAA`
      start     -> in_progress
      hold      -> on_hold · needs hold_reason
      resolve   -> resolved · needs resolution.text
      cancel    -> cancelled · needs comment
      propose   needs comment
      promote
      escalate  needs team, comment
      merge     needs into

    not while it is new
      resume    INC-AAAAAA is new; `resume` is possible from on_hold
      close     INC-AAAAAA is new; `close` is possible from resolved
      reopen    INC-AAAAAA is new; `reopen` is possible from resolved
    ");
}
