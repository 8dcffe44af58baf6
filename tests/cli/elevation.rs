//! ITGC control C5: nobody gives themselves rights, nor takes away what is asked
//! for before their own changes go on; by `gitsm commit` and with plain git.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com], roles: [admin]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [admin]}
- {id: carol, name: Carol, emails: [carol@example.com], roles: [agent, cab]}
- {id: dora, name: Dora, emails: [dora@example.com], roles: [agent, cab]}
- {id: erin, name: Erin, emails: [erin@example.com], roles: [agent]}
";

const APPROVALS: &str = "\
definitions:
  board:
    when: type:change
    steps:
    - {name: cab, approvers: {roles: [cab]}, quorum: 2}
";

fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/approvals.yaml", APPROVALS);
    env.ok(&["commit"]);
    env
}

fn head(env: &Env) -> String {
    env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned()
}

/// A change of Alice's that waits for votes.
fn waiting(env: &Env) -> String {
    let id = env.new_record(&["change", "new", "Patch", "--start", "in 1h", "--end", "in 2h"]);
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "assess", &id, "--risk", "low"]);
    id
}

#[test]
fn nobody_takes_a_seat_on_the_board() {
    let env = desk();
    let start = head(&env);
    env.replace(
        ".gitsm/people.yaml",
        "roles: [admin]}\n- {id: bob",
        "roles: [admin, cab]}\n- {id: bob",
    );
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: alice would give themselves a vote in board/cab [self-elevation]

    hint: somebody else must do that: bob
    [exit 4]
    ");
    // A colleague may.
    env.as_person("bob").ok(&["commit"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    [stderr]
    1 commit checked: nothing wrong
    ");
}

#[test]
fn plain_git_is_judged_in_the_same_way() {
    let env = desk();
    let start = head(&env);
    let bob = env.as_person("bob");
    bob.replace(
        ".gitsm/people.yaml",
        "roles: [admin]}\n- {id: carol",
        "roles: [admin, cab]}\n- {id: carol",
    );
    bob.git(&["commit", "-qam", "More people"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    .gitsm/people.yaml: error[self-elevation]: c2----- by Bob: bob would give themselves a vote in board/cab
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
}

#[test]
fn every_way_to_more_rights_is_found() {
    for (path, from, to) in [
        (".gitsm/approvals.yaml", "roles: [cab]", "roles: [cab], people: [alice]"),
        (
            ".gitsm/approvals.yaml",
            "definitions:",
            "delegations: [{from: dora, to: alice}]\ndefinitions:",
        ),
        (".gitsm/approvals.yaml", "roles: [cab]", "roles: [admin]"),
    ] {
        let env = desk();
        env.replace(path, from, to);
        let refused = env.run(&["commit"]).to_string();
        assert!(refused.contains("[self-elevation]") && refused.contains("[exit 4]"), "{refused}");
        env.as_person("bob").run(&["commit"]);
    }
    let env = desk();
    env.write(".gitsm/people.yaml", "[]\n");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: alice would give themselves every right, as nobody would be listed [self-elevation]

    hint: somebody else must do that: bob
    [exit 4]
    ");
    std::fs::remove_file(env.cwd().join(".gitsm/people.yaml")).unwrap();
    let refused = env.run(&["commit"]).to_string();
    assert!(refused.contains("[self-elevation]"), "{refused}");
    let env = desk();
    env.write(".gitsm/roles.yaml", "roles:\n  agent:\n    may:\n    - {do: [create, edit, note, move, vote]}\n  admin:\n    includes: [agent]\n    may:\n    - {do: [settings]}\n");
    env.ok(&["commit"]);
    env.replace(".gitsm/roles.yaml", "do: [settings]", "do: [settings, assign, link, attach]");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: alice would give themselves the right to assign records, the right to attach files to records, the right to link records [self-elevation]

    hint: somebody else must do that: bob
    [exit 4]
    ");
}

/// ITGC control C5.
#[test]
fn the_quorum_of_ones_own_change_stays() {
    let env = desk();
    let id = waiting(&env);
    env.replace(".gitsm/approvals.yaml", "quorum: 2", "quorum: 1");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: CHG-AAAAAA is a matter of alice, and board/cab would need 1 instead of 2 votes [self-elevation]

    hint: have somebody else change that, or wait until it is over
    [exit 4]
    ");
    env.git(&["checkout", "-q", ".gitsm/approvals.yaml"]);
    env.replace(".gitsm/approvals.yaml", "type:change", "type:change risk:high");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: CHG-AAAAAA is a matter of alice, and board/cab would no longer be asked for [self-elevation]

    hint: have somebody else change that, or wait until it is over
    [exit 4]
    ");
    env.git(&["checkout", "-q", ".gitsm/approvals.yaml"]);
    // Nor does she say who votes on it; who has nothing to do with it does.
    env.replace(".gitsm/people.yaml", "roles: [agent]}\n", "roles: [agent, cab]}\n");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: CHG-AAAAAA is a matter of alice, and erin would get a vote in board/cab [self-elevation]

    hint: have somebody else change that, or wait until it is over
    [exit 4]
    ");
    let bob = env.as_person("bob");
    bob.ok(&["commit"]);
    // Whoever voted does not make their vote enough.
    env.as_person("carol").ok(&["change", "approve", &id]);
    bob.replace(
        ".gitsm/people.yaml",
        "name: Carol, emails: [carol@example.com], roles: [agent, cab]",
        "name: Carol, emails: [carol@example.com], roles: [admin, cab]",
    );
    bob.ok(&["commit"]);
    let start = head(&env);
    let carol = env.as_person("carol");
    carol.replace(".gitsm/approvals.yaml", "quorum: 2", "quorum: 1");
    carol.git(&["commit", "-qam", "Faster"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    .gitsm/approvals.yaml: error[self-elevation]: c2----- by Carol: CHG-AAAAAA is a matter of carol, and it would be approved by that
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
}

#[test]
fn whoever_is_alone_has_nobody_to_ask() {
    let env = Env::desk();
    let one = "- {id: alice, name: Alice, emails: [alice@example.com], roles: [agent]}\n";
    env.write(".gitsm/people.yaml", one);
    env.ok(&["commit"]);
    env.replace(".gitsm/people.yaml", "[agent]", "[admin]");
    env.ok(&["commit"]);
}

#[test]
fn fewer_rights_and_those_of_others_are_no_matter() {
    let env = desk();
    env.replace(".gitsm/people.yaml", "roles: [agent]}\n", "roles: [manager, cab]}\n");
    env.ok(&["commit"]);
    env.replace(
        ".gitsm/people.yaml",
        "roles: [admin]}\n- {id: bob",
        "roles: [manager]}\n- {id: bob",
    );
    env.ok(&["commit"]);
}
