//! Approvals by definitions: steps, quorum, delegation, votes that are void.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com], teams: [apps]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [cab]}
- {id: carol, name: Carol, emails: [carol@example.com], roles: [cab]}
- {id: dora, name: Dora, emails: [dora@example.com]}
- {id: erin, name: Erin, emails: [erin@example.com]}
";

const APPROVALS: &str = "\
delegations:
- {from: carol, to: erin, until: 2026-12-01T00:00:00Z}
definitions:
  cab:
    when: type:change risk:>=moderate
    description: The board decides on risky changes
    steps:
    - name: lead
      approvers: {from: [team_lead]}
      expires: 48h
    - name: board
      approvers: {roles: [cab]}
      quorum: all
";

fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/teams.yaml", "- {id: apps, name: Applications, lead: dora}\n");
    env.write(".gitsm/approvals.yaml", APPROVALS);
    env.ok(&["commit"]);
    env
}

/// A change that waits for its approval.
fn change(env: &Env) -> String {
    let window = ["--start", "2026-11-23T22:00Z", "--end", "2026-11-23T23:00Z"];
    let mut args = vec!["change", "new", "Patch CRM", "-t", "apps"];
    args.extend(window);
    let id = env.new_record(&args);
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "assess", &id, "--risk", "high"]);
    id
}

#[test]
fn steps_and_quorum() {
    let env = desk();
    let id = change(&env);
    let (bob, carol, dora) = (env.as_person("bob"), env.as_person("carol"), env.as_person("dora"));
    assert_snapshot!(env.run(&["approval", "show", &id]), @"
    CHG-AAAAAA Patch CRM
    pending · asked 2026-11-22 09:04 (1m ago)

    cab: The board decides on risky changes
      lead pending · 0 of 1 · quorum any · expires 2026-11-24 09:04 (in 47h)
        pending       dora
        no vote       alice: their own matter
      board waiting · 0 of 2 · quorum all
        pending       bob
        pending       carol (or erin)
        no vote       alice: their own matter

    waits for: 1 vote of dora (cab/lead)
    ");
    assert_snapshot!(env.run(&["change", "approve", &id]), @"
    [stderr]
    error: alice asked for CHG-AAAAAA or carries it out, and so has no vote on it [segregation-of-duties]

    hint: somebody else must vote; `gitsm approval show CHG-AAAAAA` says who may
    [exit 4]
    ");
    assert_snapshot!(bob.run(&["change", "approve", &id]), @"
    [stderr]
    error: bob has no vote on CHG-AAAAAA in step cab/lead [approver]

    hint: who may: dora
    [exit 4]
    ");
    assert_snapshot!(bob.run(&["change", "approve", &id, "--step", "board"]), @"
    [stderr]
    error: step cab/board of CHG-AAAAAA is not open yet [step-order]

    hint: cab/lead comes first
    [exit 4]
    ");
    assert_snapshot!(bob.run(&["change", "approve", &id, "--step", "bord"]), @"
    [stderr]
    error: CHG-AAAAAA has no approval step `bord`

    hint: there are cab/lead, cab/board
    [exit 2]
    ");
    assert_snapshot!(dora.run(&["change", "approve", &id, "-m", "Go."]), @"
    [stderr]
    CHG-AAAAAA approve: approvals: - -> approved by dora
    CHG-AAAAAA waits for 2 votes of bob or carol (cab/board)
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    CHG-AAAAAA approve: Patch CRM

    approvals: - -> approved by dora

    Gitsm-Action: approve
    Gitsm-Record: CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: dora
    ");
    assert_snapshot!(bob.run(&["change", "approve", &id]), @"
    [stderr]
    CHG-AAAAAA approve: approvals: - -> approved by bob
    CHG-AAAAAA waits for 1 vote of carol (cab/board)
    ");
    assert_snapshot!(bob.run(&["change", "approve", &id]), @"
    [stderr]
    error: bob has approved CHG-AAAAAA in step cab/board already [one-vote]

    hint: possible now: reject, revise, hold, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    error: CHG-AAAAAA is authorize; `implement` is possible from scheduled

    hint: possible now: revise, hold, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    CHG-AAAAAA Patch CRM
    change · authorize (open) · P3 · impact medium · urgency medium

      model          normal
      risk           high
      planned start  2026-11-23 22:00 (in 36h)
      planned end    2026-11-23 23:00 (in 37h)
      requester      alice
      team           apps
      channel        cli
      opened         2026-11-22 09:02 (13m ago) by alice
      updated        2026-11-22 09:12 (3m ago)
      id             CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    approvals
      asked by alice, 2026-11-22 09:04 (11m ago)
      approved by dora, 2026-11-22 09:10 (5m ago) (cab/lead)
        Go.
      approved by bob, 2026-11-22 09:12 (3m ago) (cab/board)
      waits for 1 vote of carol (cab/board)

    next: revise, hold, cancel
    not yours: approve, reject (`gitsm actions CHG-AAAAAA` says why)
    ");
    assert_snapshot!(env.as_person("erin").run(&["change", "approve", &id]), @"
    [stderr]
    CHG-AAAAAA approve: authorize -> scheduled
    ");
    assert_snapshot!(carol.run(&["change", "approve", &id]), @"
    [stderr]
    error: CHG-AAAAAA is approved already [decided]

    hint: possible now: revise, hold, implement, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["approval", "show", &id]), @"
    CHG-AAAAAA Patch CRM
    approved · asked 2026-11-22 09:04 (14m ago)

    cab: The board decides on risky changes
      lead approved · 1 of 1 · quorum any · 2026-11-22 09:10 (8m ago)
        approved      dora, 2026-11-22 09:10 (8m ago)
        no vote       alice: their own matter
      board approved · 2 of 2 · quorum all · 2026-11-22 09:16 (2m ago)
        approved      bob, 2026-11-22 09:12 (6m ago)
        approved      carol (by erin), 2026-11-22 09:16 (2m ago)
        no vote       alice: their own matter
    ");
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    CHG-AAAAAA implement: scheduled -> implement
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
}

#[test]
fn what_waits_for_whom() {
    let env = desk();
    let id = change(&env);
    let (bob, dora) = (env.as_person("bob"), env.as_person("dora"));
    assert_snapshot!(env.run(&["approval", "list"]), @"
    ID          TYPE    STATUS     PRIORITY  REQUESTER  TITLE
    CHG-AAAAAA  change  authorize  P3        alice      Patch CRM
    ");
    assert_snapshot!(bob.run(&["approval", "list", "--mine"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(dora.run(&["list", "approver:me", "--columns", "id,title"]), @"
    ID          TITLE
    CHG-AAAAAA  Patch CRM
    ");
    dora.ok(&["change", "approve", &id]);
    assert_snapshot!(dora.run(&["list", "approver:me"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(bob.run(&["list", "approver:me", "--columns", "id,title"]), @"
    ID          TITLE
    CHG-AAAAAA  Patch CRM
    ");
    assert_snapshot!(bob.run(&["list", "approver:erin", "--columns", "id,title"]), @"
    ID          TITLE
    CHG-AAAAAA  Patch CRM
    ");
    assert_snapshot!(env.run(&["list", "approval:approved"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(env.run(&["list", "approval:pending,approved", "--columns", "id,title"]), @"
    ID          TITLE
    CHG-AAAAAA  Patch CRM
    ");
    assert_snapshot!(env.run(&["list", "voter:dora", "--columns", "id,title"]), @"
    ID          TITLE
    CHG-AAAAAA  Patch CRM
    ");
    bob.ok(&["change", "approve", &id]);
    env.as_person("carol").ok(&["change", "approve", &id]);
    assert_snapshot!(env.run(&["approval", "list"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(env.run(&["list", "approval:approved", "--columns", "id,title"]), @"
    ID          TITLE
    CHG-AAAAAA  Patch CRM
    ");
}

#[test]
fn an_edit_voids_votes() {
    let env = desk();
    let id = change(&env);
    for person in ["dora", "bob", "carol"] {
        env.as_person(person).ok(&["change", "approve", &id]);
    }
    assert_snapshot!(env.run(&["edit", &id, "--set", "tags=crm"]), @"
    [stderr]
    CHG-AAAAAA edit: tags: - -> crm
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "backout_plan=None.", "-n"]), @"
    CHG-AAAAAA edit: Patch CRM
      backout_plan: - -> None.
    commit: CHG-AAAAAA edit: Patch CRM
    [stderr]
    the votes of dora, bob, carol on CHG-AAAAAA no longer count: what was voted on has changed
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "backout_plan=None."]), @"
    [stderr]
    CHG-AAAAAA edit: backout_plan: - -> None.
    the votes of dora, bob, carol on CHG-AAAAAA no longer count: what was voted on has changed
    ");
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    error: `implement` of CHG-AAAAAA needs approval, and what dora, bob, carol voted on has changed; it waits for 1 vote of dora (cab/lead) [approved]

    hint: gitsm approval show CHG-AAAAAA
    [exit 4]
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    CHG-AAAAAA Patch CRM
    change · scheduled (open) · P3 · impact medium · urgency medium

      model          normal
      risk           high
      planned start  2026-11-23 22:00 (in 36h)
      planned end    2026-11-23 23:00 (in 37h)
      requester      alice
      team           apps
      tags           crm
      channel        cli
      opened         2026-11-22 09:02 (10m ago) by alice
      updated        2026-11-22 09:10 (2m ago)
      id             CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    backout plan
      None.

    approvals
      asked by alice, 2026-11-22 09:04 (8m ago)
      approved by dora, 2026-11-22 09:05 (7m ago) (cab/lead)
      approved by bob, 2026-11-22 09:06 (6m ago) (cab/board)
      approved by carol, 2026-11-22 09:07 (5m ago) (cab/board)
      not counted: approved by dora, 2026-11-22 09:05 (7m ago) (cab/lead): what it approved has changed since
      not counted: approved by bob, 2026-11-22 09:06 (6m ago) (cab/board): what it approved has changed since
      not counted: approved by carol, 2026-11-22 09:07 (5m ago) (cab/board): what it approved has changed since
      waits for 1 vote of dora (cab/lead)

    next: revise, hold, cancel
    not yours: approve, reject, implement (`gitsm actions CHG-AAAAAA` says why)
    ");
    assert_snapshot!(env.as_person("dora").run(&["change", "approve", &id]), @"
    [stderr]
    CHG-AAAAAA approve: approvals: - -> approved by dora
    CHG-AAAAAA waits for 2 votes of bob or carol (cab/board)
    ");
    for person in ["bob", "carol"] {
        env.as_person(person).ok(&["change", "approve", &id]);
    }
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    CHG-AAAAAA implement: scheduled -> implement
    ");
}

#[test]
fn rejected_revised_and_asked_for_anew() {
    let env = desk();
    let id = change(&env);
    let dora = env.as_person("dora");
    assert_snapshot!(dora.run(&["change", "reject", &id, "-m", "No plan."]), @"
    [stderr]
    CHG-AAAAAA reject: authorize -> new
    ");
    env.ok(&["change", "submit", &id]);
    assert_snapshot!(env.run(&["change", "assess", &id]), @"
    [stderr]
    CHG-AAAAAA assess: assess -> authorize
    CHG-AAAAAA waits for 1 vote of dora (cab/lead)
    ");
    assert_snapshot!(env.run(&["approval", "show", &id]), @"
    CHG-AAAAAA Patch CRM
    pending · asked 2026-11-22 09:07 (1m ago)

    cab: The board decides on risky changes
      lead pending · 0 of 1 · quorum any · expires 2026-11-24 09:07 (in 47h)
        pending       dora
        no vote       alice: their own matter
      board waiting · 0 of 2 · quorum all
        pending       bob
        pending       carol (or erin)
        no vote       alice: their own matter

    not counted
      rejected by dora, 2026-11-22 09:05 (3m ago) (cab/lead): votes were asked for anew since

    waits for: 1 vote of dora (cab/lead)
    ");
    dora.ok(&["change", "approve", &id]);
    assert_snapshot!(env.run(&["change", "revise", &id, "-m", "Another window."]), @"
    [stderr]
    CHG-AAAAAA revise: authorize -> new
    ");
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "assess", &id]);
    let late = env.with("GITSM_NOW", "2026-11-26T12:00:00Z").as_person("dora");
    assert_snapshot!(late.run(&["change", "approve", &id]), @"
    [stderr]
    error: CHG-AAAAAA is expired already [decided]

    hint: ask for votes anew: take it back and submit it again
    [exit 4]
    ");
    let shown = env.ok(&["approval", "show", &id, "--json"]).json();
    assert_eq!(shown["schema"], "gitsm.approval/1");
    assert_eq!(shown["decision"], "pending");
    assert_eq!(shown["digest"].as_str().map(str::len), Some(64));
    assert_eq!(shown["steps"][0]["voters"][0]["person"], "dora");
    assert_eq!(shown["steps"][1]["voters"][1]["delegates"][0], "erin");
    assert_eq!(shown["uncounted"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_request_is_approved_before_it_is_fulfilled() {
    let env = desk();
    let definition = "
  laptop:
    when: type:request offering:laptop
    steps:
    - approvers: {from: [requester_manager]}
";
    env.write(".gitsm/approvals.yaml", format!("{APPROVALS}{definition}"));
    let people = PEOPLE.replace("teams: [apps]", "teams: [apps], manager: bob");
    env.write(".gitsm/people.yaml", people);
    env.ok(&["commit"]);
    let id = env.new_record(&["request", "new", "A laptop", "--offering", "laptop"]);
    assert_snapshot!(env.run(&["request", "start", &id]), @"
    [stderr]
    error: `start` of REQ-AAAAAA needs approval, which waits for 1 vote of bob (laptop/1) [approved]

    hint: gitsm approval show REQ-AAAAAA
    [exit 4]
    ");
    assert_snapshot!(env.as_person("carol").run(&["request", "approve", &id]), @"
    [stderr]
    error: carol has no vote on REQ-AAAAAA in step laptop/1 [approver]

    hint: who may: bob
    [exit 4]
    ");
    env.as_person("bob").ok(&["request", "approve", &id]);
    env.ok(&["request", "start", &id]);
    let id = env.new_record(&["request", "new", "A pencil", "--offering", "pencil"]);
    assert_snapshot!(env.run(&["request", "fulfil", &id, "-m", "Here."]), @"
    [stderr]
    REQ-BBBBBB fulfil: new -> fulfilled
    ");
}

#[test]
fn bad_settings() {
    let env = desk();
    let id = change(&env);
    let broken = APPROVALS.replace("roles: [cab]", "roles: [board]");
    env.write(".gitsm/approvals.yaml", broken.replace("risk:>=moderate", "risk:>=modrate"));
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/approvals.yaml:5: error[approval-condition]: cab: `modrate` is no risk; the risks are low, moderate and high (column 20); did you mean `moderate`?
    .gitsm/approvals.yaml:11: error[approval-nobody]: cab: nobody has the role `board`
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
    let own = APPROVALS.replace("risk:>=moderate", "assignee:me");
    env.write(".gitsm/approvals.yaml", own.replace("quorum: all", "quorum: most"));
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/approvals.yaml:13: error[settings-unreadable]: definitions.cab.steps[1].quorum: `most` is no quorum; there are any, all, a number such as 2, and a share such as 50%
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    for condition in ["assignee:me", "approval:pending", "approver:bob", "@mine", "("] {
        let text = APPROVALS.replace("type:change risk:>=moderate", &format!("'{condition}'"));
        env.write(".gitsm/approvals.yaml", text);
        let output = env.run(&["check"]);
        assert_eq!(output.code, 6, "{condition}: {output}");
        assert_eq!(env.run(&["commit"]).code, 6, "{condition}");
    }
    // Nobody asked gitsm before this was committed.
    env.write(".gitsm/approvals.yaml", APPROVALS.replace("expires: 48h", "expires: 2d"));
    env.git(&["commit", "-qam", "Two days"]);
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/approvals.yaml:10: error[settings-unreadable]: definitions.cab.steps[0]: `2d` is no length of time; write hours and minutes, such as 48h, 30m or 1h30m
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(env.as_person("dora").run(&["change", "approve", &id]), @"
    [stderr]
    error: .gitsm/approvals.yaml:10: definitions.cab.steps[0]: `2d` is no length of time; write hours and minutes, such as 48h, 30m or 1h30m

    hint: mend the file and run `gitsm commit`; `gitsm check` lists all such files
    [exit 6]
    ");
    assert_eq!(env.run(&["list"]).code, 0, "lists do not need it");
    assert_eq!(env.run(&["show", &id]).code, 0, "nor must it hide the record");
    env.write(".gitsm/approvals.yaml", APPROVALS.replace("risk:>=moderate", "approval:pending"));
    env.git(&["commit", "-qam", "A circle"]);
    assert_snapshot!(env.as_person("dora").run(&["change", "approve", &id]), @"
    [stderr]
    error: .gitsm/approvals.yaml:5: cab: a condition for approvals cannot ask for approvals (column 22)

    hint: `gitsm list --help` describes the query language
    [exit 6]
    ");
    assert_snapshot!(env.run(&["list", "approver:dora"]), @"
    [stderr]
    error: .gitsm/approvals.yaml:5: cab: a condition for approvals cannot ask for approvals (column 22) (column 10)
      approver:dora
               ^^^^

    hint: `gitsm list --help` describes the query language
    [exit 2]
    ");
}

/// A desk that lists nobody cannot put its quorum out of reach.
#[test]
fn a_refusal_decides_where_nobody_is_named() {
    let env = Env::desk();
    let definition = |step: &str| {
        env.write(
            ".gitsm/approvals.yaml",
            format!("definitions:\n  any: {{when: 'type:request', steps: [{step}]}}\n"),
        );
        env.ok(&["commit"]);
    };
    definition("{name: owner}");
    let id = env.new_record(&["request", "new", "A laptop", "-r", "bob"]);
    env.ok(&["request", "submit", &id]);
    assert_snapshot!(env.run(&["approval", "show", &id]), @"
    REQ-AAAAAA A laptop
    pending · asked 2026-11-22 09:03 (1m ago)

    any: type:request
      owner pending · 0 of 1 · quorum any · one veto rejects
        pending       anybody

    waits for: 1 vote (any/owner)
    ");
    assert_snapshot!(env.run(&["request", "reject", &id, "-m", "Not now."]), @"
    [stderr]
    REQ-AAAAAA reject: waiting_for_approval -> rejected
    ");
    definition("{name: owner, quorum: any}");
    let id = env.new_record(&["request", "new", "A desk", "-r", "bob"]);
    env.ok(&["request", "submit", &id]);
    assert_snapshot!(env.run(&["request", "reject", &id, "-m", "Not now."]), @"
    [stderr]
    REQ-BBBBBB reject: approvals: - -> rejected by alice
    REQ-BBBBBB waits for 1 vote (any/owner)
    ");
    assert_snapshot!(env.as_person("carol").run(&["request", "approve", &id]), @"
    [stderr]
    REQ-BBBBBB approve: waiting_for_approval -> approved
    ");
}
