//! Major incidents.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn from_the_proposal_to_the_review() {
    let env = Env::desk();
    let id = env.incident("No mail anywhere");
    assert_snapshot!(env.run(&["incident", "decline", &id, "-m", "No."]), @r#"
    [stderr]
    error: INC-AAAAAA is not proposed as a major incident

    hint: gitsm incident propose INC-AAAAAA -m "why"
    [exit 4]
    "#);
    assert_snapshot!(env.run(&["incident", "propose", &id, "-m", "Three sites."]), @"
    [stderr]
    INC-AAAAAA propose: major: - -> proposed; notes: - -> (work) Three sites.
    ");
    assert_snapshot!(env.run(&["incident", "propose", &id, "-m", "Four sites."]), @"
    [stderr]
    error: INC-AAAAAA is proposed already
    [exit 4]
    ");
    assert_snapshot!(env.run(&["list", "major:proposed"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      4m  -         No mail anywhere
    ");
    assert_snapshot!(env.run(&["incident", "promote", &id]), @"
    [stderr]
    INC-AAAAAA promote: major: proposed -> promoted
    ");
    let told = ["incident", "communicate", &id, "-m", "Mail is down everywhere. News at noon."];
    assert_snapshot!(env.run(&told), @"
    [stderr]
    INC-AAAAAA communicate: notes: - -> (communication) Mail is down everywhere. News at noon.
    ");
    env.ok(&["incident", "resolve", &id, "-m", "The relay was replaced."]);
    assert_snapshot!(env.run(&["incident", "close", &id]), @"
    [stderr]
    error: `close` of INC-AAAAAA needs review

    hint: record it with `gitsm incident review INC-AAAAAA -m TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "review", &id, "-m", "Two relays from now on."]), @"
    [stderr]
    INC-AAAAAA review: review: - -> Two relays from now on.
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA No mail anywhere
    incident · resolved · P3 · impact medium · urgency medium

      major      promoted
      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (10m ago) by alice
      updated    2026-11-22 09:10 (1m ago)
      resolved   2026-11-22 09:08 (3m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    review
      Two relays from now on.

    resolution
      fixed by alice
      The relay was replaced.

    notes
      2026-11-22 09:03 (8m ago) alice, work
        Three sites.

      2026-11-22 09:07 (4m ago) alice, communication
        Mail is down everywhere. News at noon.

    next: close, reopen
    ");
    assert_snapshot!(env.run(&["incident", "close", &id]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    ");
    assert_snapshot!(env.run(&["incident", "propose", &id, "-m", "Late."]), @"
    [stderr]
    error: INC-AAAAAA is promoted already
    [exit 4]
    ");
    assert_snapshot!(env.run(&["log", &id, "--oneline"]), @"
    COMMIT   TIME              WHO    ACTION       WHAT
    c1-----  2026-11-22 09:12  alice  close        INC-AAAAAA No mail anywhere
    c2-----  2026-11-22 09:10  alice  review       INC-AAAAAA No mail anywhere
    c3-----  2026-11-22 09:08  alice  resolve      INC-AAAAAA No mail anywhere
    c4-----  2026-11-22 09:07  alice  communicate  INC-AAAAAA No mail anywhere
    c5-----  2026-11-22 09:06  alice  promote      INC-AAAAAA No mail anywhere
    c6-----  2026-11-22 09:03  alice  propose      INC-AAAAAA No mail anywhere
    c7-----  2026-11-22 09:01  alice  new          INC-AAAAAA No mail anywhere
    ");
}

#[test]
fn what_is_no_major_incident_closes_as_any_other() {
    let env = Env::desk();
    let id = env.incident("No mail for me");
    env.ok(&["incident", "propose", &id, "-m", "Perhaps."]);
    assert_snapshot!(env.run(&["incident", "decline", &id, "-m", "One mailbox."]), @"
    [stderr]
    INC-AAAAAA decline: major: proposed -> declined; notes: - -> (work) One mailbox.
    ");
    env.ok(&["incident", "resolve", &id, "-m", "Quota raised."]);
    env.ok(&["incident", "close", &id]);
    assert_snapshot!(env.run(&["incident", "promote", &id]), @"
    [stderr]
    error: INC-AAAAAA is closed; only an open incident can become a major one
    [exit 4]
    ");
}

#[test]
fn a_child_cannot_be_one() {
    let env = Env::desk();
    let (parent, child) = (env.incident("Network down"), env.incident("No mail"));
    env.ok(&["link", &child, "child_of", &parent]);
    assert_snapshot!(env.run(&["incident", "promote", &child]), @"
    [stderr]
    error: INC-BBBBBB is a child of INC-AAAAAA

    hint: gitsm incident promote INC-AAAAAA
    [exit 4]
    ");
}

#[test]
fn from_a_batch() {
    let env = Env::desk();
    let id = env.incident("No mail anywhere");
    let problem = env.new_record(&["problem", "new", "Relay"]);
    let lines = format!(
        "{{\"do\":\"promote\",\"id\":\"{id}\"}}\n\
         {{\"do\":\"communicate\",\"id\":\"{id}\",\"message\":\"Down.\"}}\n\
         {{\"do\":\"why\",\"id\":\"{problem}\",\"message\":\"The relay stopped.\"}}\n\
         {{\"do\":\"propose\",\"id\":\"{id}\"}}\n"
    );
    assert_snapshot!(env.typing(&lines).run(&["apply", "-", "--keep-going"]), @r#"
    [stderr]
    INC-AAAAAA promote: major: - -> promoted
    INC-AAAAAA communicate: notes: - -> (communication) Down.
    PRB-AAAAAA why: whys: - -> The relay stopped.
    3 lines carried out in 1 commit
    error: line 4: `propose` needs "message"
    1 line was refused; the others were carried out
    [exit 4]
    "#);
}

/// A major incident that was resolved.
fn resolved(env: &Env) -> String {
    let id = env.incident("No mail anywhere");
    env.ok(&["incident", "promote", &id]);
    env.ok(&["incident", "resolve", &id, "-m", "The relay was replaced."]);
    id
}

#[test]
fn no_way_leads_round_the_review() {
    let env = Env::desk();
    let id = resolved(&env);
    assert_snapshot!(env.run(&["actions", &id]), @"
    INC-AAAAAA No mail anywhere
    incident · resolved

    open to alice, by `gitsm incident ACTION INC-AAAAAA`
      reopen   -> in_progress · needs comment
      review   needs comment

    not open to alice
      close    `close` of INC-AAAAAA needs review
               record it with `gitsm incident review INC-AAAAAA -m TEXT`

    not while it is resolved
      start    INC-AAAAAA is resolved; `start` is possible from new
      hold     INC-AAAAAA is resolved; `hold` is possible from new, in_progress
      resume   INC-AAAAAA is resolved; `resume` is possible from on_hold
      resolve  INC-AAAAAA is resolved; `resolve` is possible from new, in_progress, on_hold
      cancel   INC-AAAAAA is resolved; `cancel` is possible from new, in_progress, on_hold
    ");
    assert_snapshot!(env.run(&["incident", "decline", &id, "-m", "Well."]), @"
    [stderr]
    error: INC-AAAAAA is resolved; a major incident is declined while it is open

    hint: record the review with `gitsm incident review INC-AAAAAA -m TEXT`, or take it up again with `gitsm incident reopen INC-AAAAAA -m TEXT`
    [exit 4]
    ");
    let path = env.path(&id);
    let typed = |from: &str, to: &str| {
        env.replace(&path, from, to);
        let output = env.run(&["commit"]);
        env.git(&["checkout", "-q", "."]);
        output
    };
    assert_snapshot!(typed("status: resolved", "status: closed"), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: `close` of INC-AAAAAA needs review
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(typed("major: promoted", "major: declined"), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:7: error[major-incident]: major: it cannot change while the incident is resolved
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:7: error[field-kept]: major: it is kept by commands and not set by hand
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
    assert_snapshot!(typed("major: promoted\n", ""), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[major-incident]: major: it can be declined, but not forgotten
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[field-kept]: major: it is kept by commands and not set by hand
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
    // With the review, the file may say so too; blanks are none.
    env.replace(&path, "status: resolved", "status: closed");
    env.replace(&path, "major: promoted\n", "major: promoted\nreview: ' '\n");
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: `close` of INC-AAAAAA needs review
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.replace(&path, "review: ' '\n", "review: |\n  Two relays.\n");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    ");
}

#[test]
fn a_commit_by_plain_git_needs_the_review_too() {
    let env = Env::desk();
    let id = resolved(&env);
    env.replace(&env.path(&id), "status: resolved", "status: closed");
    env.git(&["commit", "-qam", "Close it"]);
    assert_snapshot!(env.run(&["check", "--range", "HEAD~1"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: c1----- by Alice: status: `close` of INC-AAAAAA needs review
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
}

#[test]
fn the_review_comes_after_the_resolution() {
    let env = Env::desk();
    let id = env.incident("No mail anywhere");
    assert_snapshot!(env.run(&["incident", "review", &id, "-m", "Early."]), @"
    [stderr]
    error: INC-AAAAAA: review: it is written once the incident is resolved; it is new [major-incident]
    [exit 4]
    ");
    let id = resolved(&env);
    env.ok(&["incident", "review", &id, "-m", "Two relays from now on."]);
    assert_snapshot!(env.run(&["incident", "reopen", &id, "-m", "Again."]), @"
    [stderr]
    INC-BBBBBB reopen: resolved -> in_progress
    ");
    env.ok(&["incident", "resolve", &id, "-m", "The other relay, too."]);
    assert_snapshot!(env.run(&["incident", "close", &id]), @"
    [stderr]
    error: `close` of INC-BBBBBB needs review

    hint: record it with `gitsm incident review INC-BBBBBB -m TEXT`
    [exit 4]
    ");
}

#[test]
fn what_was_written_before_the_promotion_is_no_review() {
    let env = Env::desk();
    let id = env.new_record(&["incident", "new", "No mail", "--set", "review=Nothing."]);
    assert_snapshot!(env.run(&["incident", "promote", &id]), @"
    [stderr]
    INC-AAAAAA promote: major: - -> promoted; review: Nothing. -> -
    ");
}

#[test]
fn a_major_incident_is_neither_cancelled_nor_a_duplicate() {
    let env = Env::desk();
    let (id, other) = (env.incident("No mail anywhere"), env.incident("No mail"));
    env.ok(&["incident", "promote", &id]);
    assert_snapshot!(env.run(&["incident", "cancel", &id, "-m", "Oh."]), @"
    [stderr]
    error: `cancel` of INC-AAAAAA is not for a major incident: it is resolved, reviewed and closed

    hint: if it is none, say so first: `gitsm incident decline INC-AAAAAA -m TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "merge", &id, "--into", &other]), @"
    [stderr]
    error: INC-AAAAAA is a major incident, which does not end as a duplicate

    hint: gitsm incident merge INC-BBBBBB --into INC-AAAAAA
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "merge", &other, "--into", &id]), @"
    [stderr]
    INC-BBBBBB duplicate: new -> cancelled
    INC-AAAAAA note: notes: - -> (system) INC-BBBBBB (No mail) was merged into this; alice reported it.
    ");
}
