//! Approvals of requests: no way leads round them, and none ends before them.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com]}
- {id: bob, name: Bob, emails: [bob@example.com]}
- {id: dora, name: Dora, emails: [dora@example.com]}
";

const APPROVALS: &str = "\
definitions:
  boss:
    when: type:request tag:buy
    steps:
    - approvers: {people: [bob, dora]}
";

fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/approvals.yaml", APPROVALS);
    env.ok(&["commit"]);
    env
}

fn request(env: &Env) -> String {
    env.new_record(&["request", "new", "A mouse", "--tag", "buy"])
}

#[test]
fn a_hold_is_no_way_round() {
    let env = desk();
    let id = request(&env);
    assert_snapshot!(env.run(&["request", "start", &id]), @"
    [stderr]
    error: `start` of REQ-AAAAAA needs approval, which waits for 1 vote of bob or dora (boss/1) [approved]

    hint: gitsm approval show REQ-AAAAAA
    [exit 4]
    ");
    env.ok(&["request", "hold", &id, "-r", "awaiting_vendor"]);
    assert_snapshot!(env.run(&["request", "resume", &id]), @"
    [stderr]
    REQ-AAAAAA resume: on_hold -> new
    REQ-AAAAAA waits for 1 vote of bob or dora (boss/1)
    ");
    env.ok(&["request", "hold", &id, "-r", "awaiting_vendor"]);
    assert_snapshot!(env.run(&["approval", "show", &id]), @"
    REQ-AAAAAA A mouse
    pending · asked 2026-11-22 09:05 (2m ago)

    boss: type:request tag:buy
      1 pending · 0 of 1 · quorum any
        pending       bob
        pending       dora
        no vote       alice: their own matter

    waits for: somebody to ask for votes with `gitsm request submit REQ-AAAAAA`
    ");
    assert_snapshot!(env.run(&["request", "fulfil", &id]), @"
    [stderr]
    error: `fulfil` of REQ-AAAAAA needs approval, which waits for 1 vote of bob or dora (boss/1) [approved]

    hint: ask for votes with `gitsm request submit REQ-AAAAAA`
    [exit 4]
    ");
    // Nor is the file.
    env.replace(&env.path(&id), "status: on_hold", "status: in_progress");
    assert_snapshot!(env.run(&["commit"]), @"
    requests/-/-/REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: `resume` of REQ-AAAAAA needs approval, which waits for 1 vote of bob or dora (boss/1) [approved]
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.git(&["checkout", "-q", "."]);
    env.ok(&["request", "submit", &id]);
    env.as_person("bob").ok(&["request", "approve", &id]);
    env.ok(&["request", "hold", &id, "-r", "awaiting_vendor"]);
    assert_snapshot!(env.run(&["request", "resume", &id]), @"
    [stderr]
    REQ-AAAAAA resume: on_hold -> in_progress
    ");
}

#[test]
fn an_answer_is_taken_whatever_is_approved() {
    let env = desk();
    let id = env.new_record(&["request", "new", "A mouse", "--tag", "buy", "-r", "dora"]);
    env.ok(&["request", "hold", &id, "-r", "awaiting_requester", "-m", "Which one?"]);
    assert_snapshot!(env.as_person("dora").run(&["note", &id, "--public", "-m", "Red."]), @"
    [stderr]
    REQ-AAAAAA resume: on_hold -> new
    REQ-AAAAAA is new: the requester has answered
    ");
}

#[test]
fn votes_that_are_void_can_be_cast_anew() {
    let env = desk();
    let bob = env.as_person("bob");
    let id = request(&env);
    bob.ok(&["request", "approve", &id]);
    assert_snapshot!(env.run(&["edit", &id, "-d", "A thousand of them"]), @"
    [stderr]
    REQ-AAAAAA edit: description: - -> A thousand of them
    the vote of bob on REQ-AAAAAA no longer counts: what was voted on has changed
    ask for votes with `gitsm request submit REQ-AAAAAA`
    ");
    assert_snapshot!(env.run(&["request", "start", &id]), @"
    [stderr]
    error: `start` of REQ-AAAAAA needs approval, and what bob voted on has changed; it waits for 1 vote of bob or dora (boss/1) [approved]

    hint: ask for votes with `gitsm request submit REQ-AAAAAA`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["approval", "show", &id]), @"
    REQ-AAAAAA A mouse
    pending

    boss: type:request tag:buy
      1 pending · 0 of 1 · quorum any
        pending       bob
        pending       dora
        no vote       alice: their own matter

    not counted
      approved by bob, 2026-11-22 09:03 (3m ago) (boss/1): what it approved has changed since

    waits for: somebody to ask for votes with `gitsm request submit REQ-AAAAAA`
    ");
    assert_snapshot!(env.run(&["request", "submit", &id]), @"
    [stderr]
    REQ-AAAAAA submit: approved -> waiting_for_approval
    REQ-AAAAAA waits for 1 vote of bob or dora (boss/1)
    ");
    assert_snapshot!(bob.run(&["approval", "list", "--mine"]), @"
    ID          TYPE     STATUS                PRIORITY  REQUESTER  TITLE
    REQ-AAAAAA  request  waiting_for_approval  P3        alice      A mouse
    ");
    bob.ok(&["request", "approve", &id]);
    env.ok(&["request", "start", &id]);
    // Work has begun; what is done is not what was approved.
    env.ok(&["edit", &id, "-d", "Two thousand of them"]);
    assert_snapshot!(env.run(&["actions", &id]), @"
    REQ-AAAAAA A mouse
    request · in_progress

    open to alice, by `gitsm request ACTION REQ-AAAAAA`
      submit   -> waiting_for_approval
      hold     -> on_hold · needs hold_reason
      cancel   -> cancelled · needs comment

    not open to alice
      fulfil   `fulfil` of REQ-AAAAAA needs approval, and what bob voted on has changed; it waits for 1 vote of bob or dora (boss/1) [approved]
               ask for votes with `gitsm request submit REQ-AAAAAA`

    not while it is in_progress
      revise   REQ-AAAAAA is in_progress; `revise` is possible from waiting_for_approval
      approve  REQ-AAAAAA is in_progress; `approve` is possible from new, waiting_for_approval
      reject   REQ-AAAAAA is in_progress; `reject` is possible from new, waiting_for_approval
      start    REQ-AAAAAA is in_progress; `start` is possible from new, approved
      resume   REQ-AAAAAA is in_progress; `resume` is possible from on_hold
      close    REQ-AAAAAA is in_progress; `close` is possible from fulfilled, rejected
      reopen   REQ-AAAAAA is in_progress; `reopen` is possible from fulfilled, rejected
    ");
    env.ok(&["request", "submit", &id]);
    bob.ok(&["request", "approve", &id]);
    env.ok(&["request", "fulfil", &id]);
    env.ok(&["edit", &id, "-d", "Three thousand of them"]);
    assert_snapshot!(env.run(&["request", "reopen", &id, "-m", "More"]), @"
    [stderr]
    REQ-AAAAAA reopen: fulfilled -> new
    REQ-AAAAAA waits for 1 vote of bob or dora (boss/1)
    ");
    assert_snapshot!(env.run(&["check", "--range", "HEAD~9"]), @"
    [stderr]
    9 commits checked: nothing wrong
    ");
}

#[test]
fn a_request_is_taken_back_to_be_changed() {
    let env = desk();
    let id = request(&env);
    env.ok(&["request", "submit", &id]);
    assert_snapshot!(env.run(&["request", "revise", &id, "-m", "A smaller one"]), @"
    [stderr]
    REQ-AAAAAA revise: waiting_for_approval -> new
    REQ-AAAAAA waits for 1 vote of bob or dora (boss/1)
    ");
}

#[test]
fn nobody_approves_their_own_request() {
    let env = desk();
    let id = env.new_record(&["request", "new", "A mouse", "--tag", "buy", "-r", "dora"]);
    assert_snapshot!(env.as_person("dora").run(&["request", "approve", &id]), @"
    [stderr]
    error: dora asked for REQ-AAAAAA or carries it out, and so has no vote on it [segregation-of-duties]

    hint: somebody else must vote; `gitsm approval show REQ-AAAAAA` says who may
    [exit 4]
    ");
    // Whoever takes it over has no vote any more.
    let other = request(&env);
    env.as_person("bob").ok(&["request", "approve", &other]);
    assert_snapshot!(env.run(&["assign", &other, "bob"]), @"
    [stderr]
    REQ-BBBBBB assign: assignee: - -> bob
    the vote of bob on REQ-BBBBBB no longer counts: nobody votes on what they asked for or carry out
    ask for votes with `gitsm request submit REQ-BBBBBB`
    ");
}

#[test]
fn ways_round_an_approval_are_found() {
    let env = Env::desk();
    env.write(
        ".gitsm/workflows/request.yaml",
        "\
kind: request
entry: [new]
states:
  new: {category: open}
  doing: {category: open, work: true}
  on_hold: {category: hold}
  done: {category: resolved}
  closed: {category: closed}
transitions:
  approve:
  - {from: [new], to: new, vote: approve}
  start:
  - {from: [new], to: doing, approved: true}
  hold:
  - {from: [new, doing], to: on_hold}
  resume:
  - {from: [on_hold], to: doing}
  fulfil:
  - {from: [doing], to: done, approved: true}
  close:
  - {from: [doing, done], to: closed}
",
    );
    assert_snapshot!(env.run(&["workflow", "check"]), @"
    .gitsm/workflows/request.yaml:5: warning[approval-dead-end]: an approval that is missing in `doing` can no longer be given
    .gitsm/workflows/request.yaml:6: warning[approval-dead-end]: an approval that is missing in `on_hold` can no longer be given
    .gitsm/workflows/request.yaml:13: warning[approval-bypass]: other ways lead from `new` to `doing` without the approval that `start` needs
    [stderr]
    5 files of workflows and roles checked: 3 warnings
    ");
}

/// An edit that changes which definitions apply is told, and work stops where
/// votes are void.
#[test]
fn edits_change_no_approval_in_silence() {
    let env = Env::desk();
    env.write(
        ".gitsm/approvals.yaml",
        "definitions:\n  boss:\n    when: 'type:request -tag:buy'\n    steps:\n    \
         - {name: boss, approvers: {people: [bob]}}\n  buy:\n    when: 'type:request tag:buy'\n    \
         steps:\n    - {name: buy, approvers: {people: [bob, carol]}, quorum: 2}\n",
    );
    env.ok(&["commit"]);
    let id = env.new_record(&["request", "new", "Mice", "--tag", "buy"]);
    env.ok(&["request", "submit", &id]);
    assert_snapshot!(env.run(&["edit", &id, "--set", "tags-=buy"]), @"
    [stderr]
    REQ-AAAAAA edit: tags: buy -> -
    who must approve REQ-AAAAAA has changed: boss instead of buy
    ");
    env.as_person("bob").ok(&["request", "approve", &id]);
    env.ok(&["task", "add", &id, "Order them"]);
    env.ok(&["task", "start", &id, "1"]);
    env.ok(&["edit", &id, "--title", "A thousand mice"]);
    assert_snapshot!(env.run(&["task", "done", &id, "1"]), @"
    [stderr]
    error: task `order-them` of REQ-AAAAAA waits for approval

    hint: see `gitsm task plan REQ-AAAAAA`
    [exit 4]
    ");
    env.ok(&["task", "pend", &id, "1", "-m", "For the approval."]);
}
