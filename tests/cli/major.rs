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

    hint: record it with `gitsm incident review ID -m TEXT`
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
