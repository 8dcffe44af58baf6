//! Who votes, in whose place, and what a bad definition stops.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com]}
- {id: bob, name: Bob, emails: [bob@example.com]}
- {id: dora, name: Dora, emails: [dora@example.com]}
- {id: erin, name: Erin, emails: [erin@example.com]}
";

fn desk(approvals: &str) -> Env {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/approvals.yaml", approvals);
    env.ok(&["commit"]);
    env
}

#[test]
fn a_delegate_votes_between_two_dates() {
    let env = desk(
        "\
delegations:
- {from: dora, to: erin, since: 2026-11-01, until: 2026-11-22}
- {from: dora, to: bob, until: 2026-11-21}
definitions:
  boss:
    when: type:request
    steps: [{approvers: {people: [dora]}}]
",
    );
    let id = env.new_record(&["request", "new", "A mouse"]);
    assert_snapshot!(env.as_person("bob").run(&["request", "approve", &id]), @"
    [stderr]
    error: bob has no vote on REQ-AAAAAA in step boss/1 [approver]

    hint: who may: dora (or erin)
    [exit 4]
    ");
    assert_snapshot!(env.as_person("erin").run(&["request", "approve", &id]), @"
    [stderr]
    REQ-AAAAAA approve: new -> approved
    ");
    env.write(
        ".gitsm/approvals.yaml",
        "delegations:\n- {from: dora, to: erin, since: 2026-11-23, until: 2026-11-22}\n- {from: dora, to: bob, since: 22.11.2026}\n",
    );
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/approvals.yaml:3: error[settings-unreadable]: delegations[1]: `22.11.2026` is no day such as 2026-11-30, and no UTC time such as 2026-11-30T09:00:00Z
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.replace(".gitsm/approvals.yaml", "22.11.2026", "2026-11-22");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/approvals.yaml:2: error[approval-delegation]: it ends before it begins
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
}

#[test]
fn who_takes_it_need_not_begin() {
    let env = desk(
        "definitions:\n  boss:\n    when: type:request\n    steps: [{approvers: {people: [dora]}}]\n",
    );
    let id = env.new_record(&["request", "new", "A mouse"]);
    assert_snapshot!(env.run(&["request", "take", &id]), @"
    [stderr]
    REQ-AAAAAA assign: assignee: - -> alice
    it has not begun: `start` of REQ-AAAAAA needs approval, which waits for 1 vote of dora (boss/1) [approved]
    ");
    env.as_person("dora").ok(&["request", "approve", &id]);
    assert_snapshot!(env.run(&["request", "take", &id]), @"
    [stderr]
    REQ-AAAAAA start: approved -> in_progress
    ");
}

#[test]
fn a_bad_definition_stops_nothing_that_needs_no_approval() {
    let env = desk(
        "definitions:\n  boss:\n    when: type:request\n    steps: [{approvers: {people: [dora]}}]\n",
    );
    let (incident, request) =
        (env.incident("No mail"), env.new_record(&["request", "new", "A mouse"]));
    env.replace(".gitsm/approvals.yaml", "type:request", "typ:request");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/approvals.yaml:3: error[approval-condition]: boss: there is no field `typ` (column 1); did you mean `type`?
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.git(&["commit", "-qam", "A bad merge"]);
    assert_snapshot!(env.run(&["incident", "start", &incident]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    ");
    env.ok(&["task", "add", &incident, "Look at it"]);
    assert_snapshot!(env.run(&["task", "done", &incident, "1"]), @"
    [stderr]
    INC-AAAAAA task done: look-at-it done
    ");
    assert_snapshot!(env.run(&["incident", "resolve", &incident, "-m", "Done."]), @"
    [stderr]
    INC-AAAAAA resolve: in_progress -> resolved
    ");
    assert_snapshot!(env.run(&["show", &incident]), @"
    INC-AAAAAA No mail
    incident · resolved · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (8m ago) by alice
      updated    2026-11-22 09:09 (1m ago)
      started    2026-11-22 09:06 (4m ago)
      resolved   2026-11-22 09:09 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    plan
      look-at-it  done  alice  Look at it

    resolution
      fixed by alice
      Done.

    next: close, reopen
    ");
    env.ok(&["actions", &incident]);
    assert_snapshot!(env.run(&["request", "start", &request]), @"
    [stderr]
    error: .gitsm/approvals.yaml:3: boss: there is no field `typ` (column 1)

    hint: did you mean `type`?
    [exit 6]
    ");
}

#[test]
fn what_nobody_approves_says_so_and_no_more() {
    let env = desk("definitions: {}\n");
    let id = env.incident("No mail");
    assert_snapshot!(env.run(&["approval", "show", &id]), @"
    INC-AAAAAA No mail
    nobody needs to approve it
    ");
}

#[test]
fn a_vote_on_a_task_is_told() {
    let env =
        desk("definitions:\n  hr:\n    steps: [{approvers: {people: [bob, dora]}, quorum: all}]\n");
    env.write(
        ".gitsm/catalog/badge.yaml",
        "name: Badge\ntasks:\n- {id: print, title: Print it, approvals: [hr]}\n",
    );
    env.ok(&["commit"]);
    let id = env.new_record(&["request", "new", "--offering", "badge"]);
    assert_snapshot!(env.as_person("bob").run(&["task", "approve", &id, "print"]), @"
    [stderr]
    REQ-AAAAAA task approve: approved by bob
    REQ-AAAAAA waits for 1 vote of dora (hr/1)
    ");
    assert_snapshot!(env.as_person("dora").run(&["task", "approve", &id, "print"]), @"
    [stderr]
    REQ-AAAAAA task approve: print open
    ");
}
