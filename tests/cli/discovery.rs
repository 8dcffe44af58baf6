//! How the desk is found.

use std::fs;

use insta::assert_snapshot;

use crate::common::Env;

/// A desk with one incident, seen from the folder that holds it.
fn outside() -> Env {
    let env = Env::empty();
    env.ok(&["init", "desk"]);
    env.at("desk").incident("Printer jams");
    env
}

#[test]
fn none() {
    assert_snapshot!(Env::empty().run(&["list"]), @"
    [stderr]
    error: no desk found; looked in $HOME/src and its parents

    hint: start one with `gitsm init`, or name one with `--desk`, GITSM_DESK or `git config gitsm.desk PATH`
    [exit 3]
    ");
}

#[test]
fn by_option() {
    let env = outside();
    assert_snapshot!(env.run(&["--desk", "desk", "list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      1m  -         Printer jams
    ");
    assert_snapshot!(env.run(&["list", "--desk", "desk", "-f", "ids"]), @"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_snapshot!(env.run(&["list", "--desk", "nowhere"]), @"
    [stderr]
    error: $HOME/src/nowhere is not a git repository

    hint: name a repository's folder, or make one: `gitsm init` for a desk, `git init` for code
    [exit 3]
    ");
    fs::create_dir(env.cwd().join("plain")).unwrap();
    assert_snapshot!(env.run(&["list", "--desk", "plain"]), @"
    [stderr]
    error: $HOME/src/plain is not a git repository

    hint: name a repository's folder, or make one: `gitsm init` for a desk, `git init` for code
    [exit 3]
    ");
}

#[test]
fn by_environment() {
    let env = outside();
    let desk = env.cwd().join("desk").display().to_string();
    let env = env.with("GITSM_DESK", &desk).at("..");
    assert_snapshot!(env.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      1m  -         Printer jams
    ");
    assert_snapshot!(env.run(&["incident", "take", "none"]), @"
    [stderr]
    error: there is no record `none`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.with("GITSM_DESK", "/nowhere").run(&["list"]), @"
    [stderr]
    error: /nowhere is not a git repository

    hint: name a repository's folder, or make one: `gitsm init` for a desk, `git init` for code
    [exit 3]
    ");
}

#[test]
fn the_option_wins() {
    let env = outside();
    env.ok(&["init", "other", "--name", "Other"]);
    let env = env.with("GITSM_DESK", &env.cwd().join("desk").display().to_string());
    assert_snapshot!(env.run(&["status", "--desk", "other"]), @"
    Other (service-desk), work tree at $HOME/src/other
    trunk main at c1-----, acting as alice

      open        nothing
      mine        0
      unassigned  0
    ");
}

#[test]
fn from_a_folder_below() {
    let env = outside().at("desk");
    fs::create_dir_all(env.cwd().join("deep/down")).unwrap();
    let below = env.at("deep/down");
    assert_snapshot!(below.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      1m  -         Printer jams
    ");
    below.incident("From below");
    assert_snapshot!(env.git(&["status", "--short"]), @"");
}

#[test]
fn by_git_configuration() {
    let env = outside();
    env.git(&["init", "-q", "code"]);
    let code = env.at("code");
    assert_snapshot!(code.run(&["list"]), @"
    [stderr]
    error: no desk found; looked in the repository $HOME/src/code

    hint: start one with `gitsm init`, or name one with `--desk`, GITSM_DESK or `git config gitsm.desk PATH`
    [exit 3]
    ");
    code.git(&["config", "gitsm.desk", "../desk"]);
    assert_snapshot!(code.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      4m  -         Printer jams
    ");
    fs::create_dir(code.cwd().join("src")).unwrap();
    assert_snapshot!(code.at("src").run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      5m  -         Printer jams
    ");
    code.git(&["config", "gitsm.desk", "../gone"]);
    assert_snapshot!(code.run(&["list"]), @"
    [stderr]
    error: $HOME/src/code/../gone is not a git repository

    hint: name a repository's folder, or make one: `gitsm init` for a desk, `git init` for code
    [exit 3]
    ");
}

#[test]
fn by_a_branch_that_git_configuration_names() {
    let env = Env::empty();
    env.git(&["init", "-q", "-b", "main", "code"]);
    let code = env.at("code");
    code.git(&["commit", "-q", "--allow-empty", "-m", "Begin"]);
    code.ok(&["init", "--branch", "helpdesk"]);
    assert_snapshot!(code.git(&["config", "--get-regexp", "gitsm"]), @"gitsm.branch helpdesk");
    code.incident("Build is red");
    assert_snapshot!(code.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      1m  -         Build is red
    ");
    code.git(&["config", "gitsm.branch", "gone"]);
    assert_snapshot!(code.run(&["list"]), @"
    [stderr]
    error: no desk found; looked in branch `gone` of the repository $HOME/src/code

    hint: start one with `gitsm init`, or name one with `--desk`, GITSM_DESK or `git config gitsm.desk PATH`
    [exit 3]
    ");
}
