//! The risk of changes, and closing what was risky or went wrong.

use insta::assert_snapshot;

use crate::common::Env;

/// A database on which a shop depends.
fn desk() -> Env {
    let env = Env::desk();
    env.ok(&["ci", "new", "db-01"]);
    env.ok(&["ci", "new", "shop", "--criticality", "medium"]);
    env.ok(&["link", "shop", "depends_on", "db-01"]);
    env
}

fn change(env: &Env, args: &[&str]) -> String {
    let mut all = vec!["change", "new", "Enlarge the pool", "--ci", "db-01"];
    all.extend(args);
    env.new_record(&all)
}

/// Carries a change out; `how` says how it went.
fn carried_out(env: &Env, how: &[&str]) -> String {
    let id = change(env, &["--model", "standard", "--start", "in 1 hour", "--end", "in 2 hours"]);
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "implement", &id]);
    let mut args = vec!["change"];
    args.extend(how);
    args.push(&id);
    env.ok(&args);
    if how[0] != "complete" {
        env.ok(&["change", "review", &id, "-m", "It was too much at once."]);
    }
    env.ok(&["change", "close", &id]);
    id
}

#[test]
fn the_highest_part_counts() {
    let env = desk();
    let first = carried_out(&env, &["complete"]);
    carried_out(&env, &["rollback", "-m", "It did not start."]);
    let incident = env.new_record(&["incident", "new", "Shop down", "-i", "high", "-u", "high"]);
    env.ok(&["link", &incident, "caused_by", &first]);
    let id = change(&env, &["--model", "standard"]);
    assert_snapshot!(env.run(&["change", "risk", &id]), @"
    CHG-CCCCCC Enlarge the pool
    risk unknown, high is found now

    SOURCE   RISK      WHY
    cis      moderate  shop, which depends on it, is of medium criticality; 1 item depends on it, not more than 5
    history  high      2 changes like it, 0 without trouble, -12 points: CHG-BBBBBB did not succeed, CHG-AAAAAA caused P1
    ");
    assert_snapshot!(env.run(&["change", "risk", &incident]), @"
    [stderr]
    error: INC-AAAAAA is no change but an incident
    [exit 2]
    ");
    let json: serde_json::Value =
        serde_json::from_str(env.ok(&["change", "risk", &id, "--json"]).raw_stdout()).unwrap();
    assert_eq!(json["found"], "high");
    assert_eq!(json["risk"], serde_json::Value::Null);
}

#[test]
fn answers_are_asked_for_where_the_desk_asks() {
    let env = desk();
    let id = change(&env, &[]);
    env.ok(&["change", "submit", &id]);
    // Without questions of its own, saying the risk is enough.
    let plain = change(&env, &[]);
    env.ok(&["change", "submit", &plain]);
    assert_snapshot!(env.run(&["change", "assess", &plain, "--risk", "low"]), @"
    [stderr]
    error: low is less than the moderate that was found [risk-lowered]

    hint: cis: shop, which depends on it, is of medium criticality; 1 item depends on it, not more than 5
    hint: say why it is lower all the same with `--reason TEXT`
    [exit 4]
    ");
    env.write(
        ".gitsm/risk.yaml",
        "questions:\n  tested:\n    text: Was it tried out?\n    weight: 3\n    answers: {\"yes\": \
         {score: 0}, \"no\": {score: 5}}\nthresholds: {moderate: 5, high: 14}\n",
    );
    env.ok(&["commit"]);
    assert_snapshot!(env.run(&["change", "assess", &id, "--risk", "low"]), @"
    [stderr]
    error: the assessment of CHG-AAAAAA has a question without an answer: tested

    hint: --answer tested=yes|no (Was it tried out?)
    [exit 2]
    ");
    let line = format!("{{\"do\":\"assess\",\"id\":\"{id}\",\"set\":{{\"risk\":\"low\"}}}}\n");
    let applied = env.typing(&line).run(&["apply"]).to_string();
    assert!(applied.contains("question without an answer: tested"), "{applied}");
    assert_snapshot!(env.run(&["change", "assess", &id, "--answer", "tested=maybe"]), @"
    [stderr]
    error: `maybe` is no answer to `tested`: Was it tried out?

    hint: choose yes, no
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "assess", &id, "--answer", "tried=no"]), @"
    [stderr]
    error: there is no question `tried` about the risk of changes

    hint: the questions are tested
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "assess", &id, "--answer", "tested"]), @"
    [stderr]
    error: `tested` is not of the form QUESTION=ANSWER
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "assess", &id, "--answer", "tested=no", "--risk", "low"]), @"
    [stderr]
    error: low is less than the high that was found [risk-lowered]

    hint: questionnaire: the answers make 15 points, more than 14: tested no (15)
    hint: say why it is lower all the same with `--reason TEXT`
    [exit 4]
    ");
    let args = [
        "change",
        "assess",
        &id,
        "--answer",
        "tested=no",
        "--risk",
        "low",
        "--reason",
        "It is only the test shop",
    ];
    assert_snapshot!(env.run(&args), @"
    [stderr]
    CHG-AAAAAA assess: assess -> authorize
    the risk of CHG-AAAAAA is low instead of high: It is only the test shop (questionnaire high, cis moderate); `gitsm change risk CHG-AAAAAA` says why
    ");
    assert_snapshot!(env.run(&["change", "risk", &id]), @"
    CHG-AAAAAA Enlarge the pool
    risk low, high is found now

    SOURCE         RISK      WHY
    questionnaire  high      the answers make 15 points, more than 14: tested no (15)
    cis            moderate  shop, which depends on it, is of medium criticality; 1 item depends on it, not more than 5

    QUESTION  ANSWER  POINTS  ASKS
    tested    no          15  Was it tried out?

    assessed 2026-11-22 09:16 by alice: high
      lowered: It is only the test shop
    ");
    // It can be assessed again without going on, and more is worth a look.
    env.ok(&["edit", "shop", "--set", "criticality=high"]);
    assert_snapshot!(env.run(&["change", "assess", &id, "--answer", "tested=yes"]), @"
    [stderr]
    CHG-AAAAAA assess: risk: low -> high; risk_assessment.answers.tested: no -> yes; risk_assessment.score: 15 -> 0; 6 more
    the risk of CHG-AAAAAA is high (questionnaire low, cis high); `gitsm change risk CHG-AAAAAA` says why
    ");
    assert_snapshot!(env.run(&["log", &id, "-n1"]), @"
    CHG-AAAAAA Enlarge the pool (authorize)

    c1----- 2026-11-22 09:19 alice assess, 3 minutes later
        risk: low -> high
        risk_assessment.answers.tested: no -> yes
        risk_assessment.score: 15 -> 0
        risk_assessment.parts: questionnaire low: the answers make 0 points, not more than 5
        risk_assessment.parts: cis high: shop, which depends on it, is of high criticality; 1 item depends on it…
        risk_assessment.parts: questionnaire high: the answers make 15 points, more than 14: tested no (15) -> -
        risk_assessment.parts: cis moderate: shop, which depends on it, is of medium criticality; 1 item depends on … -> -
        risk_assessment.at: 2026-11-22T09:16:04Z -> 2026-11-22T09:19:04Z
        risk_assessment.reason: It is only the test shop -> -
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "risk=low"]), @"
    [stderr]
    error: CHG-AAAAAA: risk: high was found, and low is less; say why with `gitsm change assess CHG-AAAAAA --risk low --reason TEXT` [risk-lowered]
    [exit 4]
    ");
    let path = env.path(&id);
    env.replace(&path, "risk: high\n    why", "risk: low\n    why");
    assert_snapshot!(env.run(&["commit"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[field-kept]: risk_assessment.parts: it is kept by commands and not set by hand
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[field-kept]: risk_assessment.parts: it is kept by commands and not set by hand
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
}

/// ITGC control C10.
#[test]
fn what_went_wrong_is_reviewed_before_it_is_closed() {
    let env = desk();
    let begun = || {
        let args = ["--model", "standard", "--start", "in 1 hour", "--end", "in 2 hours"];
        let id = change(&env, &args);
        env.ok(&["change", "submit", &id]);
        env.ok(&["change", "implement", &id]);
        id
    };
    let failed = begun();
    env.ok(&["change", "fail", &failed, "-m", "No space left"]);
    assert_snapshot!(env.run(&["change", "close", &failed]), @"
    [stderr]
    error: `close` of CHG-AAAAAA needs a review: it failed [review]

    hint: record it with `gitsm change review CHG-AAAAAA -m TEXT`
    [exit 4]
    ");
    env.ok(&["change", "review", &failed, "-m", "Look at the disks first."]);
    assert_snapshot!(env.run(&["change", "close", &failed, "-c", "successful_with_issues"]), @"
    [stderr]
    error: CHG-AAAAAA: code: the change failed, so it cannot have ended as successful_with_issues [closure-code]
    [exit 4]
    ");
    env.ok(&["change", "close", &failed]);
    let back = begun();
    env.ok(&["change", "complete", &back]);
    env.ok(&["change", "rollback", &back, "-m", "Slow"]);
    env.ok(&["change", "review", &back, "-m", "Measure first."]);
    assert_snapshot!(env.run(&["change", "close", &back, "-c", "successful"]), @"
    [stderr]
    error: CHG-BBBBBB: code: the change was rolled back, so it cannot have ended as successful [closure-code]
    [exit 4]
    ");
    env.ok(&["change", "close", &back, "-c", "successful_with_issues"]);
    let fine = begun();
    env.ok(&["change", "complete", &fine]);
    env.ok(&["change", "close", &fine, "-c", "successful_with_issues"]);
}

/// ITGC control C14.
#[test]
fn what_was_risky_is_closed_by_somebody_else() {
    let env = desk();
    env.write(
        ".gitsm/people.yaml",
        "- {id: alice, name: Alice, emails: [alice@example.com]}\n- {id: bob, name: Bob, emails: \
         [bob@example.com]}\n",
    );
    env.ok(&["commit"]);
    let id = change(&env, &["--start", "in 1 hour", "--end", "in 2 hours", "--risk", "high"]);
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "assess", &id]);
    env.as_person("bob").ok(&["change", "approve", &id]);
    env.ok(&["change", "implement", &id]);
    env.ok(&["change", "complete", &id]);
    assert_snapshot!(env.run(&["change", "close", &id]), @"
    [stderr]
    error: `close` of CHG-AAAAAA needs a review: its risk is high [review]

    hint: record it with `gitsm change review CHG-AAAAAA -m TEXT`
    [exit 4]
    ");
    env.ok(&["change", "review", &id, "-m", "It went as it should."]);
    assert_snapshot!(env.run(&["change", "close", &id]), @"
    [stderr]
    error: `close` of CHG-AAAAAA is for somebody else than alice, who carried it out: its risk is high [closure-by]

    hint: ask a colleague to do it
    [exit 4]
    ");
    let path = env.path(&id);
    env.replace(&path, "status: review", "status: closed");
    assert_snapshot!(env.run(&["commit"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: `close` of CHG-AAAAAA is for somebody else than alice, who carried it out: its risk is high [closure-by]
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.git(&["checkout", "-q", "--", "."]);
    env.as_person("bob").ok(&["change", "close", &id]);
    assert_snapshot!(env.run(&["check", "--range", "HEAD~8"]), @"
    [stderr]
    8 commits checked: nothing wrong
    ");
}

/// What is known counts on desks too that ask no questions of their own.
#[test]
fn a_risk_below_what_is_known_needs_a_reason() {
    let env = Env::desk();
    env.ok(&["ci", "new", "db-01", "--criticality", "high"]);
    let id = change(&env, &["--start", "in 1h", "--end", "in 2h"]);
    env.ok(&["change", "submit", &id]);
    assert_snapshot!(env.run(&["change", "assess", &id, "--risk", "low"]), @"
    [stderr]
    error: low is less than the high that was found [risk-lowered]

    hint: cis: db-01 is of high criticality; 0 items depend on it, not more than 5
    hint: say why it is lower all the same with `--reason TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "assess", &id, "--risk", "low", "--reason", "It is a spare"]), @"
    [stderr]
    CHG-AAAAAA assess: assess -> authorize
    the risk of CHG-AAAAAA is low instead of high: It is a spare (cis high); `gitsm change risk CHG-AAAAAA` says why
    ");
    let other = change(&env, &["--set", "risk=moderate"]);
    env.ok(&["change", "submit", &other]);
    assert_snapshot!(env.run(&["change", "assess", &other]), @"
    [stderr]
    error: moderate is less than the high that was found [risk-lowered]

    hint: cis: db-01 is of high criticality; 0 items depend on it, not more than 5
    hint: say why it is lower all the same with `--reason TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "assess", &other, "--risk", "high"]), @"
    [stderr]
    CHG-BBBBBB assess: assess -> authorize
    ");
}

#[test]
fn a_question_has_one_answer() {
    let env = desk();
    let id = change(&env, &[]);
    env.ok(&["change", "submit", &id]);
    assert_snapshot!(env.run(&["change", "assess", &id, "--answer", "users=some", "--answer", "users=all"]), @"
    [stderr]
    error: `users` is answered twice: `some` and `all`

    hint: say which of them it is
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "assess", &id, "--answer", "=all"]), @"
    [stderr]
    error: `=all` is not of the form QUESTION=ANSWER
    [exit 2]
    ");
}

/// ITGC controls C11 and C14: a review is somebody's task, and it falls due.
#[test]
fn the_review_is_a_task_that_falls_due() {
    let env = desk();
    let id = change(&env, &["--model", "standard", "--start", "in 1 hour", "--end", "in 2 hours"]);
    for args in [&["change", "submit", &id][..], &["change", "implement", &id]] {
        env.ok(args);
    }
    assert_snapshot!(env.run(&["change", "fail", &id, "-m", "The disk was full."]), @"
    [stderr]
    CHG-AAAAAA fail: implement -> review
    ");
    assert_snapshot!(env.run(&["task", "plan", &id]), @"
    CHG-AAAAAA Enlarge the pool (review), 0 of 1 task over

    review  open  -  Write the post-implementation review: it failed (due 2026-11-27 09:07)

    review
      fields that need a value: review
    ");
    env.ok(&["task", "assign", &id, "review", "--to", "bob"]);
    assert_snapshot!(env.run(&["task", "list"]), @"
    RECORD      TASK    STATE  WITH  SINCE  TITLE
    CHG-AAAAAA  review  open   bob      3m  due 2026-11-27 09:07: Write the post-implementation review:…
    ");
    assert_snapshot!(env.run(&["task", "done", &id, "review"]), @"
    [stderr]
    error: task `review` of CHG-AAAAAA is not done before `review` has a value

    hint: set it with `gitsm edit CHG-AAAAAA --set review=VALUE`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    let later = env.with("GITSM_NOW", "2026-12-01T12:00:00Z");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    CHG-AAAAAA note: notes: - -> (system) The review of this change was due 2026-11-27T09:07:04Z.
    ");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(later.run(&["change", "review", &id, "-m", "Look at the disk before."]), @"
    [stderr]
    CHG-AAAAAA review: review: - -> Look at the disk before.; tasks: review open, bob -> review done, bob
    ");
    assert_snapshot!(later.run(&["task", "plan", &id]), @"
    CHG-AAAAAA Enlarge the pool (review), 1 of 1 task over

    review  done  alice  Write the post-implementation review: it failed
    ");
    env.ok(&["change", "close", &id]);
    // A task that somebody calls the same is another one.
    let other = change(&env, &["--model", "emergency"]);
    env.ok(&["task", "add", &other, "Look again", "--id", "review"]);
    env.ok(&["change", "submit", &other]);
    env.ok(&["change", "regularise", &other, "-m", "Nobody was there."]);
    let plan = env.ok(&["task", "plan", &other]).to_string();
    assert!(plan.contains("review-2") && plan.contains("nobody had authorised it"), "{plan}");
    let good = carried_out(&env, &["complete"]);
    assert!(!env.read(&env.path(&good)).contains("tasks:"));
}
