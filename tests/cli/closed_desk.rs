//! A desk that knows its people: who may act, and whom one may name.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- id: alice
  name: Alice Example
  emails: [alice@example.com]
  roles: [agent]
  teams: [apps]
- id: robert
  name: Robert Example
  emails: [bob@example.com]
- id: carol
  name: Carol Example
  emails: [carol@example.com]
  active_until: 2026-11-01T00:00:00Z
";

fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/teams.yaml", "- id: apps\n  name: Applications\n  lead: alice\n");
    env.ok(&["commit"]);
    env
}

#[test]
fn who_may_act() {
    let env = desk();
    let id = env.incident("T");
    assert_snapshot!(env.as_person("bob").run(&["incident", "take", &id]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    ");
    assert_snapshot!(env.as_person("mallory").run(&["incident", "take", &id]), @"
    [stderr]
    error: Mallory <mallory@example.com> is not listed in .gitsm/people.yaml

    hint: have your address added to .gitsm/people.yaml, or set git's user.email to a listed one
    [exit 4]
    ");
    assert_snapshot!(env.as_person("carol").run(&["incident", "take", &id]), @"
    [stderr]
    error: carol is not active on this desk

    hint: see active_from and active_until in .gitsm/people.yaml
    [exit 4]
    ");
    assert_snapshot!(env.as_person("mallory").run(&["list", "--columns", "title,assignee"]), @"
    TITLE  ASSIGNEE
    T      robert
    ");
    assert_snapshot!(env.as_person("mallory").run(&["list", "--mine"]), @"
    [stderr]
    error: --mine: nobody is known to be asking

    hint: name the person instead of `me`
    [exit 2]
    ");
    assert_snapshot!(env.as_person("mallory").run(&["status"]), @"
    desk (itsm), work tree at $HOME/src/desk
    trunk main at c1-----, acting as nobody

      open        incident 1
      mine        0
      unassigned  0
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%an <%ae>%n%B"]), @"
    Bob <bob@example.com>
    INC-AAAAAA start: T

    status: new -> in_progress
    assignee: - -> robert
    started_at: - -> 2026-11-22T09:03:04Z

    Gitsm-Action: start
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: robert
    ");
}

#[test]
fn whom_one_may_name() {
    let env = desk();
    let id = env.incident("T");
    let before = env.commits();
    assert_snapshot!(env.run(&["assign", &id, "robrt"]), @"
    [stderr]
    error: there is no person `robrt` on this desk

    hint: did you mean `robert`?
    [exit 3]
    ");
    assert_snapshot!(env.run(&["assign", &id, "xyz"]), @"
    [stderr]
    error: there is no person `xyz` on this desk

    hint: add them to .gitsm/people.yaml and run `gitsm commit`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["assign", &id, "carol"]), @"
    [stderr]
    error: carol is not active on this desk

    hint: see active_from and active_until in .gitsm/people.yaml
    [exit 4]
    ");
    assert_snapshot!(env.run(&["assign", &id, "--team", "app"]), @"
    [stderr]
    error: there is no team `app` on this desk

    hint: did you mean `apps`?
    [exit 3]
    ");
    assert_snapshot!(env.run(&["incident", "escalate", &id, "--team", "nett", "-m", "x"]), @"
    [stderr]
    error: there is no team `nett` on this desk

    hint: add it to .gitsm/teams.yaml and run `gitsm commit`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "-r", "zed"]), @"
    [stderr]
    error: there is no person `zed` on this desk

    hint: add them to .gitsm/people.yaml and run `gitsm commit`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["list", "--assignee", "robrt"]), @"
    [stderr]
    warning: the desk lists no person `robrt`; did you mean `robert`?
    no records match
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(env.run(&["assign", &id, "bob@example.com"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: - -> robert
    ");
    assert_snapshot!(env.run(&["assign", &id, "robert", "-t", "apps"]), @"
    [stderr]
    INC-AAAAAA assign: team: - -> apps
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "-r", "customer@example.org"]), @"
    INC-BBBBBB
    [stderr]
    created INC-BBBBBB: T (P3, new)
    ");
    assert_snapshot!(env.run(&["log", "--by", "me", "-n", "1", "--template", "{{ actor }} {{ action }}"]), @"alice new");
}

/// Only those who are listed may list others.
#[test]
fn strangers_cannot_let_themselves_in() {
    let env = desk();
    let mallory = "- id: mallory\n  name: M\n  emails: [mallory@example.com]\n";
    env.write(".gitsm/people.yaml", format!("{PEOPLE}{mallory}"));
    assert_snapshot!(env.as_person("mallory").run(&["commit"]), @"
    [stderr]
    error: Mallory <mallory@example.com> is not listed in .gitsm/people.yaml

    hint: have your address added to .gitsm/people.yaml, or set git's user.email to a listed one
    [exit 4]
    ");
    assert_snapshot!(env.as_person("bob").run(&["commit"]), @"
    [stderr]
    committed .gitsm/people.yaml
    ");
    assert_snapshot!(env.as_person("mallory").run(&["incident", "new", "T"]), @"
    INC-AAAAAA
    [stderr]
    created INC-AAAAAA: T (P3, new)
    ");
}

/// A desk whose alice is an agent and whose bob only asks.
fn with_a_requester() -> Env {
    let env = desk();
    env.replace(
        ".gitsm/people.yaml",
        "emails: [bob@example.com]",
        "emails: [bob@example.com]\n  roles: [requester]",
    );
    env.ok(&["commit"]);
    env
}

#[test]
fn whoever_asks_does_not_say_who_does_it() {
    let env = with_a_requester();
    let bob = env.as_person("bob");
    let urgent = ["--priority", "P1", "--reason", "The board waits"];
    for extra in [&["--assignee", "alice"][..], &["--team", "apps"], &urgent] {
        let output = bob.run(&[&["incident", "new", "CRM crashes"], extra].concat());
        assert_eq!(output.code, 4, "{extra:?}: {output}");
        assert!(output.stderr.contains("robert (requester) may not"), "{output}");
        env.ok(&[&["incident", "new", "CRM crashes"], extra].concat());
    }
    bob.ok(&["incident", "new", "CRM crashes", "--impact", "high", "--category", "crm"]);
    env.ok(&["catalog", "add", "laptop"]);
    bob.ok(&[
        "request",
        "new",
        "--offering",
        "laptop",
        "--set",
        "person=alice",
        "--set",
        "model=light",
    ]);
    assert_snapshot!(bob.run(&["incident", "new", "Now!", "-p", "P1", "--reason", "Now."]), @"
    [stderr]
    error: robert (requester) may not set the priority of a new incident [role]

    hint: who may: alice
    [exit 4]
    ");
}

#[test]
fn what_whoever_asks_says_is_for_all() {
    let env = with_a_requester();
    let bob = env.as_person("bob");
    let id = bob.incident("CRM crashes");
    env.ok(&["incident", "hold", &id, "--reason", "awaiting_requester", "-m", "Which browser?"]);
    assert_snapshot!(bob.run(&["note", &id, "-m", "Firefox."]), @"
    [stderr]
    INC-AAAAAA resume: on_hold -> in_progress
    INC-AAAAAA is in_progress: the requester has answered
    ");
    assert_snapshot!(env.run(&["note", &id, "-m", "As I thought."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) As I thought.
    ");
    assert_snapshot!(bob.run(&["incident", "cancel", &id, "-m", "It is gone.", "--dry-run"]), @"
    INC-AAAAAA cancel: CRM crashes
      status: in_progress -> cancelled
      closed_at: - -> 2026-11-22T09:07:04Z
      resolution.code: - -> cancelled
      resolution.by: - -> robert
      resolution.text: - -> It is gone.
    commit: INC-AAAAAA cancel: CRM crashes
    [stderr]
    dry run: nothing was written
    ");
}
