//! `gitsm init`.

use insta::assert_snapshot;

use crate::common::Env;

fn started(options: &[&str]) -> String {
    let env = Env::empty();
    let mut args = vec!["init", "desk"];
    args.extend(options);
    let said = env.run(&args);
    let tree = env.at("desk").git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    format!("{said}---\n{tree}")
}

#[test]
fn a_help_desk() {
    assert_snapshot!(started(&["--profile", "help-desk"]), @"
    [stderr]
    started desk `desk` (help-desk) in desk
    ---
    .gitattributes
    .gitsm/desk.yaml
    .gitsm/people.yaml
    ");
}

#[test]
fn a_service_desk_is_the_usual() {
    assert_snapshot!(started(&[]), @"
    [stderr]
    started desk `desk` (service-desk) in desk
    ---
    .gitattributes
    .gitsm/desk.yaml
    .gitsm/people.yaml
    .gitsm/priorities.yaml
    .gitsm/teams.yaml
    ");
    assert_eq!(started(&[]), started(&["--profile", "service-desk"]));
}

#[test]
fn full_itsm_shows_the_workflows() {
    assert_snapshot!(started(&["--profile", "itsm"]), @"
    [stderr]
    started desk `desk` (itsm) in desk
    ---
    .gitattributes
    .gitsm/desk.yaml
    .gitsm/people.yaml
    .gitsm/priorities.yaml
    .gitsm/teams.yaml
    .gitsm/workflows/change.yaml
    .gitsm/workflows/ci.yaml
    .gitsm/workflows/incident.yaml
    .gitsm/workflows/problem.yaml
    .gitsm/workflows/request.yaml
    ");
}

#[test]
fn a_hybrid_desk_has_two_domains() {
    let env = Env::desk_with(&["-p", "hybrid", "-n", "Both", "--time-zone", "Europe/Berlin"]);
    assert_snapshot!(env.git(&["show", "HEAD:.gitsm/desk.yaml"]), @"
    format: 1
    id: <ulid>
    name: Both
    trunk: main
    time_zone: Europe/Berlin
    profile: hybrid
    practices:
    - incident
    - request
    - problem
    - change
    - configuration
    domains:
      customers:
        name: Customer support
        profile: help-desk
      internal:
        name: Internal IT
        profile: service-desk
    ");
}

#[test]
fn the_first_commit_is_the_acting_persons() {
    let env = Env::desk();
    assert_snapshot!(env.git(&["log", "--format=%an <%ae> %cI%n%B"]), @"
    Alice <alice@example.com> 2026-11-22T09:00:04Z
    desk init: desk

    .gitsm/desk.yaml
    .gitsm/people.yaml
    .gitsm/teams.yaml
    .gitsm/priorities.yaml
    .gitsm/workflows/incident.yaml
    .gitsm/workflows/request.yaml
    .gitsm/workflows/problem.yaml
    .gitsm/workflows/change.yaml
    .gitsm/workflows/ci.yaml
    .gitattributes

    Gitsm-Action: init
    Gitsm-Actor: alice
    ");
    assert_snapshot!(env.git(&["status", "--short", "--branch"]), @"## main");
}

#[test]
fn here() {
    let env = Env::empty();
    assert_snapshot!(env.run(&["init"]), @"
    [stderr]
    started desk `src` (service-desk) in .
    ");
    assert_snapshot!(env.run(&["list"]), @"
    [stderr]
    no records match
    ");
}

#[test]
fn bare() {
    let env = Env::empty();
    assert_snapshot!(env.run(&["init", "--bare", "desk.git"]), @"
    [stderr]
    started desk `desk.git` (service-desk) in desk.git
    ");
    let desk = env.at("desk.git");
    assert_snapshot!(desk.git(&["rev-parse", "--is-bare-repository"]), @"true");
    let id = desk.incident("Printer jams");
    assert_snapshot!(desk.run(&["incident", "take", &id]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    ");
    assert_snapshot!(desk.run(&["list"]), @"
    ID          PRIORITY  STATUS       AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        in_progress   2m  alice     Printer jams
    ");
    assert_snapshot!(desk.git(&["log", "--format=%s"]), @"
    INC-AAAAAA start: Printer jams
    INC-AAAAAA new: Printer jams
    desk init: desk.git
    ");
}

/// A code repository with one file.
fn code() -> Env {
    let env = Env::empty().at("code");
    std::fs::create_dir(env.cwd()).unwrap();
    env.git(&["init", "-q", "-b", "main"]);
    env.write("main.c", "int main(void) { return 0; }\n");
    env.git(&["add", "."]);
    env.git(&["commit", "-q", "-m", "Begin"]);
    env
}

#[test]
fn a_branch_of_a_code_repository() {
    let env = code();
    env.write("main.c", "int main(void) { return 1; }\n");
    env.write("notes.txt", "not tracked\n");
    let before = env.git(&["status", "--short", "--branch"]).stdout;
    assert_snapshot!(env.run(&["init", "--branch", "desk"]), @"
    [stderr]
    started desk `code` on branch desk of .
    ");
    let id = env.incident("Build is red");
    assert_snapshot!(env.run(&["incident", "resolve", &id, "-m", "Reverted."]), @"
    [stderr]
    INC-AAAAAA resolve: new -> resolved
    ");
    assert_snapshot!(env.run(&["status"]), @"
    code (service-desk), branch at $HOME/src/code/.git
    trunk desk at c1-----, acting as alice

      open        nothing
      mine        0
      unassigned  0
    ");
    assert_eq!(env.git(&["status", "--short", "--branch"]).stdout, before);
    assert_eq!(env.read("main.c"), "int main(void) { return 1; }\n");
    assert_snapshot!(env.git(&["log", "--format=%s", "desk"]), @"
    INC-AAAAAA resolve: Build is red
    INC-AAAAAA new: Build is red
    desk init: code
    ");
    assert_snapshot!(env.git(&["log", "--format=%s", "main"]), @"Begin");
    assert_snapshot!(env.run(&["init", "--branch", "desk"]), @"
    [stderr]
    error: there is a desk in $HOME/src/code already
    [exit 2]
    ");
    assert_snapshot!(env.run(&["init", "--branch", "main"]), @"
    [stderr]
    error: there is a desk in $HOME/src/code already
    [exit 2]
    ");
}

#[test]
fn a_branch_needs_a_repository() {
    let env = Env::empty();
    assert_snapshot!(env.run(&["init", "--branch", "desk"]), @"
    [stderr]
    error: $HOME/src is not a git repository

    hint: name a repository's folder, or make one: `gitsm init` for a desk, `git init` for code
    [exit 3]
    ");
    let env = code();
    assert_snapshot!(env.run(&["init", "--branch", "a..b"]), @"
    [stderr]
    error: `a..b` cannot be the desk's branch: it is no name for a branch
    [exit 2]
    ");
}

#[test]
fn refusals() {
    let env = Env::empty();
    assert_snapshot!(env.run(&["init", "desk", "--time-zone", "Mars/Base"]), @"
    [stderr]
    error: `Mars/Base` is no time zone

    hint: use an IANA name such as Europe/Berlin or UTC
    [exit 2]
    ");
    assert_snapshot!(env.run(&["init", "desk", "--profile", "huge"]), @"
    [stderr]
    error: invalid value 'huge' for '--profile <PROFILE>': the profiles are help-desk, service-desk, itsm and hybrid

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["init", "desk", "--bare", "--branch", "x"]), @"
    [stderr]
    error: the argument '--bare' cannot be used with '--branch <BRANCH>'

    Usage: gitsm init --bare <DIR>

    For more information, try '--help'.
    [exit 2]
    ");
    assert!(!env.cwd().join("desk").exists());
    let desk = Env::desk();
    assert_snapshot!(desk.run(&["init"]), @"
    [stderr]
    error: there is a desk in $HOME/src/desk already
    [exit 2]
    ");
    assert_snapshot!(code().run(&["init"]), @"
    [stderr]
    error: the repository $HOME/src/code is in use: it has commits and no desk

    hint: keep the desk on a branch of its own with `gitsm init --branch desk`
    [exit 2]
    ");
    env.write("full/file", "something");
    assert_snapshot!(env.run(&["init", "full"]), @"
    [stderr]
    started desk `full` (service-desk) in full
    ");
    let nobody = env.with("GIT_AUTHOR_NAME", "").with("GIT_AUTHOR_EMAIL", "");
    assert_snapshot!(nobody.run(&["init", "mine"]), @r#"
    [stderr]
    error: git does not know who you are

    hint: git config --global user.name "Your Name"; git config --global user.email you@example.com
    [exit 2]
    "#);
}

#[test]
fn a_help_desk_meets_no_word_that_it_did_not_ask_for() {
    let env = Env::desk_with(&["--profile", "help-desk"]);
    let request = env.new_record(&["request", "new", "A mouse"]);
    let shown = env.ok(&["show", &request]).stdout;
    assert!(shown.contains("next: start, hold, fulfil, cancel\n"), "{shown}");
    let actions = env.ok(&["actions", &request]).stdout;
    assert!(!actions.contains("approve") && !actions.contains("submit"), "{actions}");
    let incident = env.incident("Mail is slow");
    assert_snapshot!(env.run(&["triage", &incident]), @"
    INC-AAAAAA Mail is slow
    incident · new · P3 · opened 2026-11-22 09:04 (1m ago)

    1. Has this been seen before? No.
       compared with 1 record
    ");
    assert_snapshot!(env.run(&["incident", "hold", &incident, "--reason", "foo"]), @"
    [stderr]
    error: `foo` is no hold reason of this desk

    hint: choose awaiting_requester, awaiting_vendor
    [exit 2]
    ");
    env.ok(&["incident", "start", &incident]);
    assert_snapshot!(env.run(&["incident", "resolve", &incident, "--code", "foo", "-m", "x"]), @"
    [stderr]
    error: `foo` is no resolution code of this desk

    hint: choose fixed, workaround, no_fault_found, duplicate, not_reproducible, cancelled
    [exit 2]
    ");
    let flows = env.ok(&["workflow", "show"]).stdout;
    for kind in ["problem", "change", "ci"] {
        assert!(!flows.lines().any(|line| line.starts_with(kind)), "{flows}");
    }
    assert_snapshot!(env.run(&["problem", "new", "Why is mail slow?"]), @"
    PRB-AAAAAA
    [stderr]
    created PRB-AAAAAA: Why is mail slow? (P3, new)
    this desk does not use problem management; add `problem` to practices in .gitsm/desk.yaml if it is to
    ");
    // As soon as somebody says who must approve what, votes are there.
    env.write(
        ".gitsm/approvals.yaml",
        "definitions:\n  boss:\n    when: type:request\n    steps:\n    - approvers: {people: [bob]}\n",
    );
    env.ok(&["commit"]);
    let shown = env.ok(&["show", &request]).stdout;
    assert!(shown.contains("submit"), "{shown}");
    // And on a desk that uses everything they always are.
    let itsm = Env::desk_with(&["--profile", "itsm"]);
    let request = itsm.new_record(&["request", "new", "A mouse"]);
    let shown = itsm.ok(&["show", &request]).stdout;
    assert!(shown.contains("submit"), "{shown}");
}
