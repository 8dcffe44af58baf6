//! ITGC control C9: what is to be tested is tested before it is carried out, by
//! somebody who tests; `gitsm change evidence`.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com], roles: [admin]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [agent, tester]}
- {id: carol, name: Carol, emails: [carol@example.com], roles: [agent]}
";

/// A change that is approved and waits for its test.
fn desk() -> (Env, String) {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/models/normal.yaml", "model: normal\ntest_evidence: true\n");
    env.ok(&["commit"]);
    let id = env.new_record(&[
        "change",
        "new",
        "Patch",
        "--start",
        "2026-11-22T09:00Z",
        "--end",
        "2026-11-22T18:00Z",
    ]);
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "assess", &id, "--risk", "low"]);
    env.as_person("carol").ok(&["change", "approve", &id]);
    env.write("report.txt", "12 of 12 passed\n");
    (env, id)
}

/// ITGC control C9.
#[test]
fn what_was_not_tested_is_not_carried_out() {
    let (env, id) = desk();
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    error: `implement` of CHG-AAAAAA comes after its test: nothing says that it was tested [test-evidence]

    hint: whoever tests it records that: `gitsm change evidence CHG-AAAAAA FILE --result passed`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "gate", &id]), @"
    pending CHG-AAAAAA Patch -> production
      nothing says that it was tested [not-tested]
        -> whoever tests it records that: `gitsm change evidence CHG-AAAAAA FILE --result passed`
    decided on commit c1----- at 2026-11-22T09:07:04Z
    [exit 11]
    ");
    // Not by who carries it out, nor by who approved it.
    env.ok(&["change", "evidence", &id, "report.txt", "--result", "passed"]);
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    error: `implement` of CHG-AAAAAA comes after its test: alice tested it, who is neither a machine nor a `tester` [test-evidence]

    hint: whoever tests it records that: `gitsm change evidence CHG-AAAAAA FILE --result passed`
    [exit 4]
    ");
    let bob = env.as_person("bob");
    bob.ok(&["change", "evidence", &id, "report.txt", "--result", "failed", "-m", "Smoke test"]);
    assert_snapshot!(env.run(&["change", "gate", &id]), @"
    deny CHG-AAAAAA Patch -> production
      its last test failed (bob) [not-tested]
        -> whoever tests it records that: `gitsm change evidence CHG-AAAAAA FILE --result passed`
    decided on commit c2----- at 2026-11-22T09:11:04Z
    [exit 10]
    ");
    assert_snapshot!(bob.run(&["change", "evidence", &id, "report.txt", "--result", "passed", "-m", "Smoke test"]), @"
    [stderr]
    CHG-AAAAAA evidence: test_evidence: - -> passed (report 1c900f2a5967): Smoke test
    ");
    let shown = env.ok(&["show", &id]).to_string();
    assert!(shown.contains("passed by bob") && shown.contains("Smoke test"), "{shown}");
    assert!(env.ok(&["change", "gate", &id]).to_string().contains("allow"));
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    CHG-AAAAAA implement: scheduled -> implement
    ");
}

#[test]
fn evidence_is_a_report_and_cannot_be_put_right_later() {
    let (env, id) = desk();
    let bob = env.as_person("bob");
    for args in [
        &["--result", "passed"][..],
        &["--result", "passed", "--sha256", "abc"],
        &["--result", "perhaps", "report.txt"],
        &["report.txt"],
        &["--result", "passed", "nowhere.txt"],
    ] {
        let mut all = vec!["change", "evidence", &id];
        all.extend(args);
        let refused = bob.run(&all).to_string();
        assert!(refused.contains("[exit 2]") || refused.contains("[exit 3]"), "{args:?} {refused}");
    }
    let digest = "a".repeat(64);
    bob.ok(&["change", "evidence", &id, "--result", "failed", "--sha256", &digest]);
    let start = env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
    let path = env.path(&id);
    env.replace(&path, "result: failed", "result: passed");
    assert_snapshot!(env.run(&["commit"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: error[evidence-changed]: test_evidence: it is added, never changed or removed
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: error[evidence-forged]: test_evidence: a test by bob that alice recorded
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: error[field-kept]: test_evidence: it is kept by commands and not set by hand
    [stderr]
    1 record checked: 3 errors
    [exit 6]
    ");
    env.git(&["commit", "-qam", "It was green"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: error[evidence-changed]: c2----- by Alice: test_evidence: it is added, never changed or removed
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: error[evidence-forged]: c2----- by Alice: test_evidence: a test by bob that alice recorded
    [stderr]
    1 commit checked: 2 errors
    [exit 6]
    ");
    // The file says that bob saw it pass; who committed that is another question.
    let output = env.run(&["change", "gate", &id]);
    assert_ne!(output.code, 0, "{output}");
    let told = output.raw_stdout();
    assert!(told.contains("the test by bob does not count") && told.contains("[approval-forged]"));
    bob.ok(&["change", "evidence", &id, "--result", "passed", "--sha256", &digest]);
    let output = env.run(&["change", "gate", &id]);
    assert_eq!(output.code, 0, "{output}");
}

#[test]
fn work_begun_with_plain_git_is_judged_too() {
    let (env, id) = desk();
    let start = env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
    env.replace(&env.path(&id), "status: scheduled", "status: implement");
    env.git(&["commit", "-qam", "Begun"]);
    let judged = env.run(&["check", "--range", &start]).to_string();
    assert!(judged.contains("[test-evidence]"), "{judged}");
}

#[test]
fn a_batch_says_it_too() {
    let (env, id) = desk();
    let digest = "a".repeat(64);
    let line = format!(
        "{{\"do\": \"evidence\", \"id\": \"{id}\", \"result\": \"passed\", \"sha256\": \"{digest}\"}}\n"
    );
    let bob = env.as_person("bob").typing(&line);
    assert_snapshot!(bob.run(&["apply", "-"]), @"
    [stderr]
    CHG-AAAAAA evidence: test_evidence: - -> passed (report aaaaaaaaaaaa)
    ");
    env.ok(&["change", "implement", &id]);
}
