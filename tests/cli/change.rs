//! The lifecycle of a change.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_normal_change() {
    let env = Env::desk();
    let id = env.new_record(&[
        "change",
        "new",
        "Patch CRM",
        "--plan",
        "Install it.",
        "--test-plan",
        "Save a record.",
        "--backout-plan",
        "Restore the image.",
    ]);
    assert_snapshot!(env.run(&["change", "submit", &id]), @"
    [stderr]
    CHG-AAAAAA submit: new -> assess
    ");
    assert_snapshot!(env.run(&["change", "assess", &id]), @"
    [stderr]
    error: `assess` of CHG-AAAAAA needs risk

    hint: give it with `--risk`: low, moderate or high
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "assess", &id, "--risk", "moderate", "-m", "Tested twice."]), @"
    [stderr]
    CHG-AAAAAA assess: assess -> authorize
    ");
    let dora = env.as_person("dora");
    assert_snapshot!(dora.run(&["change", "approve", &id]), @"
    [stderr]
    error: `approve` of CHG-AAAAAA needs planned_start

    hint: set the window with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "schedule", &id, "--start", "tomorrow 22:00", "--end", "2026-11-23T23:00Z"]), @"
    [stderr]
    CHG-AAAAAA schedule: planned_start: - -> 2026-11-23T22:00:00Z; planned_end: - -> 2026-11-23T23:00:00Z
    ");
    assert_snapshot!(dora.run(&["change", "approve", &id, "-m", "Go."]), @"
    [stderr]
    CHG-AAAAAA approve: authorize -> scheduled
    ");
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    CHG-AAAAAA implement: scheduled -> implement
    ");
    assert_snapshot!(env.run(&["change", "complete", &id, "-m", "In."]), @"
    [stderr]
    CHG-AAAAAA complete: implement -> review
    ");
    assert_snapshot!(env.run(&["change", "review", &id, "-m", "Went well."]), @"
    [stderr]
    CHG-AAAAAA review: review: - -> Went well.
    ");
    assert_snapshot!(env.run(&["change", "close", &id, "-c", "successful_with_issues"]), @"
    [stderr]
    CHG-AAAAAA close: review -> closed
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    CHG-AAAAAA Patch CRM
    change · closed · P3 · impact medium · urgency medium

      model          normal
      risk           moderate
      planned start  2026-11-23 22:00 (in 36h)
      planned end    2026-11-23 23:00 (in 37h)
      outcome        successful
      requester      alice
      channel        cli
      opened         2026-11-22 09:01 (11m ago) by alice
      updated        2026-11-22 09:11 (1m ago)
      started        2026-11-22 09:08 (4m ago)
      resolved       2026-11-22 09:09 (3m ago)
      closed         2026-11-22 09:11 (1m ago)
      id             CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    implementation plan
      Install it.

    test plan
      Save a record.

    backout plan
      Restore the image.

    review
      Went well.

    approvals
      approved by dora, 2026-11-22 09:07 (5m ago)
        Go.

    resolution
      successful_with_issues by alice
      In.

    notes
      2026-11-22 09:04 (8m ago) alice, work
        Tested twice.
    ");
    assert_snapshot!(env.git(&["log", "--format=%an: %s"]), @"
    Alice: CHG-AAAAAA close: Patch CRM
    Alice: CHG-AAAAAA review: Patch CRM
    Alice: CHG-AAAAAA complete: Patch CRM
    Alice: CHG-AAAAAA implement: Patch CRM
    Dora: CHG-AAAAAA approve: Patch CRM
    Alice: CHG-AAAAAA schedule: Patch CRM
    Alice: CHG-AAAAAA assess: Patch CRM
    Alice: CHG-AAAAAA submit: Patch CRM
    Alice: CHG-AAAAAA new: Patch CRM
    Alice: desk init: desk
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
}

#[test]
fn a_standard_change_needs_a_window() {
    let env = Env::desk();
    let id = env.new_record(&["change", "new", "Reboot", "--model", "standard"]);
    assert_snapshot!(env.run(&["change", "submit", &id]), @"
    [stderr]
    error: `submit` of CHG-AAAAAA needs planned_start

    hint: set the window with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "schedule", &id]), @r#"
    [stderr]
    error: neither --start nor --end was given

    hint: gitsm change schedule ID --start "tomorrow 22:00" --end "tomorrow 23:00"
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["change", "schedule", &id, "--start", "in 2 hours", "--end", "in 1 hour"]), @"
    [stderr]
    error: CHG-AAAAAA: planned_end: it does not lie after planned_start [window-empty]
    [exit 6]
    ");
    assert_snapshot!(env.run(&["change", "schedule", &id, "--start", "soonish"]), @r#"
    [stderr]
    error: `soonish` is no time

    hint: 2026-11-22T22:00Z, "2026-11-22 22:00", "tomorrow 22:00", "in 2 hours" and "2 days ago" are
    [exit 2]
    "#);
    env.ok(&["change", "schedule", &id, "--start", "in 1 hour", "--end", "in 2 hours"]);
    assert_snapshot!(env.run(&["change", "submit", &id]), @"
    [stderr]
    CHG-AAAAAA submit: new -> scheduled
    ");
    assert_snapshot!(env.run(&["change", "approve", &id]), @"
    [stderr]
    error: CHG-AAAAAA is a standard change, for which `approve` is not possible

    hint: possible now: revise, hold, implement, cancel
    [exit 4]
    ");
}

#[test]
fn an_emergency_that_fails() {
    let env = Env::desk();
    let id = env.new_record(&["change", "new", "Stop the leak", "--model", "emergency"]);
    env.ok(&["change", "submit", &id]);
    assert_snapshot!(env.run(&["change", "assess", &id]), @"
    [stderr]
    error: CHG-AAAAAA is authorize; `assess` is possible from assess

    hint: possible now: approve, reject, revise, hold, regularise, cancel
    [exit 4]
    ");
    env.as_person("dora").ok(&["change", "approve", &id]);
    env.ok(&["change", "implement", &id]);
    assert_snapshot!(env.run(&["change", "fail", &id]), @"
    [stderr]
    error: how it failed is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "fail", &id, "-m", "Disk full."]), @"
    [stderr]
    CHG-AAAAAA fail: implement -> review
    ");
    assert_snapshot!(env.run(&["change", "rollback", &id, "-m", "Restored."]), @"
    [stderr]
    CHG-AAAAAA rollback: outcome: failed -> rolled_back; resolution.text: Disk full. -> Restored.
    ");
    env.ok(&["change", "review", &id, "-m", "The pool had no limit."]);
    assert_snapshot!(env.run(&["change", "close", &id]), @"
    [stderr]
    CHG-AAAAAA close: review -> closed
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    CHG-AAAAAA Stop the leak
    change · closed · P3 · impact medium · urgency medium

      model      emergency
      outcome    rolled_back
      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (10m ago) by alice
      updated    2026-11-22 09:10 (1m ago)
      started    2026-11-22 09:05 (6m ago)
      resolved   2026-11-22 09:07 (4m ago)
      closed     2026-11-22 09:10 (1m ago)
      id         CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    review
      The pool had no limit.

    plan
      review  done  alice  Write the post-implementation review: it failed

    approvals
      approved by dora, 2026-11-22 09:04 (7m ago)

    resolution
      unsuccessful by alice
      Restored.
    ");
    assert_snapshot!(env.git(&["log", "-3", "--format=%s"]), @"
    CHG-AAAAAA close: Stop the leak
    CHG-AAAAAA review: Stop the leak
    CHG-AAAAAA rollback: Stop the leak
    ");
}

#[test]
fn rejected_and_cancelled() {
    let env = Env::desk();
    let id = env.new_record(&["change", "new", "Patch"]);
    env.ok(&["change", "submit", &id]);
    assert_snapshot!(env.as_person("dora").run(&["change", "reject", &id, "-m", "No plan."]), @"
    [stderr]
    CHG-AAAAAA reject: assess -> new
    ");
    assert_snapshot!(env.run(&["change", "cancel", &id, "-m", "Not worth it."]), @"
    [stderr]
    CHG-AAAAAA cancel: new -> cancelled
    ");
    assert_snapshot!(env.run(&["change", "submit", &id]), @"
    [stderr]
    error: CHG-AAAAAA is cancelled; `submit` is possible from new

    hint: nothing can be done with it; open a new change instead
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "new", "T", "--model", "huge"]), @"
    [stderr]
    error: there is no change model `huge`

    hint: a desk's own lie in .gitsm/models/; built in are normal, standard and emergency
    [exit 3]
    ");
    assert_snapshot!(env.run(&["change", "new", "T", "--risk", "huge"]), @"
    [stderr]
    error: invalid value 'huge' for '--risk <RISK>': `huge` is no risk; the risks are low, moderate and high

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "new", "T", "--start", "2026-11-23", "--end", "2026-11-22"]), @"
    [stderr]
    error: the new change: planned_end: it does not lie after planned_start [window-empty]
    [exit 2]
    ");
}

/// A hold of a change is no state (ServiceNow).
#[test]
fn a_change_on_hold_stays_where_it_is() {
    let env = Env::desk();
    let id = env.new_record(&["change", "new", "Patch CRM", "--model", "emergency"]);
    env.ok(&["change", "submit", &id]);
    assert_snapshot!(env.run(&["change", "resume", &id]), @"
    [stderr]
    error: CHG-AAAAAA is not on hold

    hint: possible now: approve, reject, revise, hold, regularise, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "hold", &id, "-r", "awaiting_vendor", "-m", "No patch."]), @"
    [stderr]
    CHG-AAAAAA hold: holds: - -> awaiting_vendor from 2026-11-22T09:04:04Z until now; notes: - -> (work) No patch.
    ");
    assert_snapshot!(env.run(&["change", "approve", &id]), @"
    [stderr]
    error: CHG-AAAAAA is on hold (awaiting_vendor); `approve` is not possible meanwhile

    hint: gitsm change resume CHG-AAAAAA
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "hold", &id, "-r", "awaiting_vendor"]), @"
    [stderr]
    error: CHG-AAAAAA is on hold (awaiting_vendor); `hold` is not possible meanwhile

    hint: gitsm change resume CHG-AAAAAA
    [exit 4]
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    CHG-AAAAAA Patch CRM
    change · authorize (open) · P3 · impact medium · urgency medium

      model      emergency
      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (6m ago) by alice
      updated    2026-11-22 09:04 (3m ago)
      id         CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    on hold
      awaiting_vendor  since 2026-11-22 09:04 (3m)

    notes
      2026-11-22 09:04 (3m ago) alice, work
        No patch.

    next: reject, revise, resume, cancel
    ");
    assert_snapshot!(env.run(&["list", "hold:any", "--columns", "id,title,status"]), @"
    ID          TITLE      STATUS
    CHG-AAAAAA  Patch CRM  authorize
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
    assert_snapshot!(env.run(&["change", "resume", &id]), @"
    [stderr]
    CHG-AAAAAA resume: holds: awaiting_vendor from 2026-11-22T09:04:04Z until now -> awaiting_vendor from 2026-11-22T09:04:04Z until 2026-11-22T09:10:04Z
    ");
    assert_snapshot!(env.git(&["log", "-2", "--format=%s"]), @"
    CHG-AAAAAA resume: Patch CRM
    CHG-AAAAAA hold: Patch CRM
    ");
    env.ok(&["change", "approve", &id]);
    env.ok(&["change", "hold", &id, "-r", "awaiting_change"]);
    // Taking it back, or ending it, ends the hold.
    env.ok(&["change", "revise", &id, "-m", "Another patch."]);
    let shown = env.ok(&["show", &id, "--json"]).json();
    assert!(shown["record"]["holds"][1]["until"].is_string(), "{shown}");
}
