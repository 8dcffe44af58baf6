//! What an action on one record does to those that hang on it.

use insta::assert_snapshot;

use crate::common::Env;

/// A desk with a parent incident and three children, one of them resolved.
fn family() -> (Env, String, [String; 3]) {
    let env = Env::desk();
    let parent = env.incident("Network down");
    let children = ["No mail", "No files", "No phone"].map(|title| env.incident(title));
    for child in &children {
        env.ok(&["link", child, "child_of", &parent]);
    }
    env.ok(&["incident", "resolve", &children[2], "-m", "Plugged in."]);
    (env, parent, children)
}

#[test]
fn children_follow_their_parent() {
    let (env, parent, children) = family();
    assert_snapshot!(env.run(&["incident", "start", &parent]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    INC-BBBBBB start: new -> in_progress
    INC-CCCCCC start: new -> in_progress
    ");
    assert_snapshot!(env.run(&["incident", "hold", &parent, "--reason", "awaiting_vendor"]), @"
    [stderr]
    INC-AAAAAA hold: in_progress -> on_hold
    INC-BBBBBB hold: in_progress -> on_hold
    INC-CCCCCC hold: in_progress -> on_hold
    ");
    assert_snapshot!(env.run(&["incident", "resume", &parent]), @"
    [stderr]
    INC-AAAAAA resume: on_hold -> in_progress
    INC-BBBBBB resume: on_hold -> in_progress
    INC-CCCCCC resume: on_hold -> in_progress
    ");
    let resolve = ["incident", "resolve", &parent, "-m", "The switch was replaced."];
    assert_snapshot!(env.run(&resolve), @"
    [stderr]
    INC-AAAAAA resolve: in_progress -> resolved
    INC-BBBBBB resolve: in_progress -> resolved
    INC-CCCCCC resolve: in_progress -> resolved
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    INC-AAAAAA resolve: Network down

    INC-AAAAAA Network down
      status: in_progress -> resolved
      resolved_at: - -> 2026-11-22T09:12:04Z
      resolution.code: - -> fixed
      resolution.by: - -> alice
      resolution.text: - -> The switch was replaced.
    INC-BBBBBB No mail
      status: in_progress -> resolved
      resolved_at: - -> 2026-11-22T09:12:04Z
      resolution.code: - -> fixed
      resolution.by: - -> alice
      resolution.text: - -> The switch was replaced.
    INC-CCCCCC No files
      status: in_progress -> resolved
      resolved_at: - -> 2026-11-22T09:12:04Z
      resolution.code: - -> fixed
      resolution.by: - -> alice
      resolution.text: - -> The switch was replaced.

    Gitsm-Action: resolve
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    Gitsm-Record: INC-CCCCCCCCCCCCCCCCCCCCCCCCCC
    Gitsm-Actor: alice
    ");
    assert_snapshot!(env.run(&["show", &children[0]]), @"
    INC-BBBBBB No mail
    incident · resolved · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (12m ago) by alice
      updated    2026-11-22 09:12 (2m ago)
      started    2026-11-22 09:09 (5m ago)
      resolved   2026-11-22 09:12 (2m ago)
      id         INC-BBBBBBBBBBBBBBBBBBBBBBBBBB

    links
      child_of  INC-AAAAAA  Network down (resolved)

    on hold
      awaiting_vendor  2026-11-22 09:10 to 2026-11-22 09:11 (1m)

    resolution
      fixed by alice
      The switch was replaced.

    next: close, reopen
    ");
    assert_snapshot!(env.run(&["incident", "close", &parent]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    ");
    assert_snapshot!(env.run(&["list", "--columns", "id,title,status"]), @"
    [stderr]
    no records match
    ");
}

#[test]
fn a_hold_for_the_requester_and_a_cancellation_stay_with_the_parent() {
    let (env, parent, _) = family();
    let hold = ["incident", "hold", &parent, "--reason", "awaiting_requester", "-m", "Where?"];
    assert_snapshot!(env.run(&hold), @"
    [stderr]
    INC-AAAAAA hold: new -> on_hold
    ");
    assert_snapshot!(env.run(&["incident", "cancel", &parent, "-m", "A drill."]), @"
    [stderr]
    INC-AAAAAA cancel: on_hold -> cancelled
    ");
}

#[test]
fn a_reopened_parent_reopens_its_children_unless_its_requester_did_it() {
    let (env, parent, _) = family();
    env.ok(&["edit", &parent, "--set", "requester=bob"]);
    env.ok(&["incident", "resolve", &parent, "-m", "The switch was replaced."]);
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["incident", "reopen", &parent, "-m", "Not for me."]), @"
    [stderr]
    INC-AAAAAA reopen: resolved -> in_progress
    ");
    env.ok(&["incident", "resolve", &parent, "-m", "Now."]);
    assert_snapshot!(env.run(&["incident", "reopen", &parent, "-m", "It is back."]), @"
    [stderr]
    INC-AAAAAA reopen: resolved -> in_progress
    INC-BBBBBB reopen: resolved -> in_progress
    INC-CCCCCC reopen: resolved -> in_progress
    INC-DDDDDD reopen: resolved -> in_progress
    ");
}

#[test]
fn grandchildren_and_batches() {
    let (env, parent, children) = family();
    let grandchild = env.incident("No mail for the boss");
    env.ok(&["link", &grandchild, "child_of", &children[0]]);
    let other = env.incident("Printer jams");
    let resolve = ["incident", "resolve", &parent, &other, &children[1], "-m", "Done."];
    assert_snapshot!(env.run(&resolve), @"
    [stderr]
    INC-AAAAAA resolve: new -> resolved
    INC-BBBBBB resolve: new -> resolved
    INC-EEEEEE resolve: new -> resolved
    INC-FFFFFF resolve: new -> resolved
    INC-CCCCCC resolve: new -> resolved
    ");
}

#[test]
fn a_problem_tells_and_resolves_its_incidents() {
    let env = Env::desk();
    let waiting = env.incident("CRM crashes");
    let working = env.incident("CRM is slow");
    let problem =
        env.new_record(&["problem", "new", "Memory leak", "--from", &waiting, "--from", &working]);
    env.ok(&["incident", "hold", &waiting, "--reason", "awaiting_problem"]);
    env.ok(&["problem", "investigate", &problem]);
    env.ok(&["problem", "cause", &problem, "-m", "The cache never empties."]);
    let workaround = ["problem", "workaround", &problem, "-m", "Restart at night."];
    assert_snapshot!(env.run(&workaround), @"
    [stderr]
    PRB-AAAAAA workaround: workaround: - -> Restart at night.
    INC-AAAAAA note: notes: - -> (public) Workaround from PRB-AAAAAA (Memory leak):…
    INC-BBBBBB note: notes: - -> (public) Workaround from PRB-AAAAAA (Memory leak):…
    ");
    env.ok(&["problem", "fix", &problem]);
    let resolve = ["problem", "resolve", &problem, "-m", "Release 4 empties it."];
    assert_snapshot!(env.run(&resolve), @"
    [stderr]
    PRB-AAAAAA resolve: fix_in_progress -> resolved
    INC-AAAAAA resolve: on_hold -> resolved
    ");
    assert_snapshot!(env.run(&["show", &waiting]), @"
    INC-AAAAAA CRM crashes
    incident · resolved · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (9m ago) by alice
      updated    2026-11-22 09:09 (1m ago)
      resolved   2026-11-22 09:09 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      caused_by  PRB-AAAAAA  Memory leak (resolved)

    on hold
      awaiting_problem  2026-11-22 09:04 to 2026-11-22 09:09 (5m)

    resolution
      resolved_by_problem by alice
      Fixed by PRB-AAAAAA (Memory leak).

      Release 4 empties it.

    notes
      2026-11-22 09:07 (3m ago) alice, public
        Workaround from PRB-AAAAAA (Memory leak):

        Restart at night.

    next: close, reopen
    ");
    assert_snapshot!(env.run(&["list", "--columns", "id,title,status"]), @"
    ID          TITLE        STATUS
    INC-BBBBBB  CRM is slow  new
    ");
}

#[test]
fn an_accepted_risk_is_told() {
    let env = Env::desk();
    let waiting = env.incident("CRM crashes");
    let problem = env.new_record(&["problem", "new", "Memory leak", "--from", &waiting]);
    env.ok(&["incident", "hold", &waiting, "--reason", "awaiting_problem"]);
    env.ok(&["problem", "investigate", &problem]);
    let accept = ["problem", "accept-risk", &problem, "-m", "Retired next month."];
    assert_snapshot!(env.run(&accept), @"
    [stderr]
    PRB-AAAAAA accept_risk: root_cause_analysis -> closed
    INC-AAAAAA note: notes: - -> (work) The risk of PRB-AAAAAA (Memory leak) was accepted; it will not be fixed…
    ");
    assert_snapshot!(env.run(&["show", &waiting]), @"
    INC-AAAAAA CRM crashes
    incident · on_hold (hold) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (5m ago) by alice
      updated    2026-11-22 09:05 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      caused_by  PRB-AAAAAA  Memory leak (closed)

    on hold
      awaiting_problem  since 2026-11-22 09:03 (3m)

    notes
      2026-11-22 09:05 (1m ago) alice, work
        The risk of PRB-AAAAAA (Memory leak) was accepted; it will not be fixed.

        Retired next month.

    next: resume, resolve, cancel
    ");
}

#[test]
fn a_child_that_came_while_its_parent_was_on_hold_starts_with_it() {
    let env = Env::desk();
    let parent = env.incident("Network down");
    env.ok(&["incident", "start", &parent]);
    env.ok(&["incident", "hold", &parent, "--reason", "awaiting_vendor"]);
    let child = env.incident("No mail");
    env.ok(&["link", &child, "child_of", &parent]);
    assert_snapshot!(env.run(&["incident", "resume", &parent]), @"
    [stderr]
    INC-AAAAAA resume: on_hold -> in_progress
    INC-BBBBBB start: new -> in_progress
    ");
}

#[test]
fn a_child_whose_workflow_cannot_follow_says_so() {
    let env = Env::desk();
    let desk = env.read(".gitsm/desk.yaml");
    let domain = "domains:\n  customers: {name: Customers, profile: help-desk}\n";
    env.write(".gitsm/desk.yaml", format!("{desk}{domain}"));
    env.write(
        ".gitsm/workflows/customers/incident.yaml",
        "kind: incident\nentry: [open]\nstates:\n  open: {category: open, work: true}\n  \
         done: {category: closed}\ntransitions:\n  close:\n  - {from: [open], to: done}\n",
    );
    env.ok(&["commit"]);
    let parent = env.incident("Network down");
    let child = env.new_record(&["incident", "new", "No shop", "--set", "domain=customers"]);
    env.ok(&["link", &child, "child_of", &parent]);
    // Somebody works on it already.
    assert_snapshot!(env.run(&["incident", "start", &parent]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    ");
    assert_snapshot!(env.run(&["incident", "resolve", &parent, "-m", "Replaced."]), @"
    [stderr]
    INC-AAAAAA resolve: in_progress -> resolved
    INC-BBBBBB note: notes: - -> (system) It did not follow INC-AAAAAA: its workflow has no action `resolve`.
    ");
    env.ok(&["check", "--range", "HEAD~2..HEAD"]);
}
