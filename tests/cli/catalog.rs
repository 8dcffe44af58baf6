//! The catalogue: examples, forms, what is refused.

use crate::common::Env;

/// A desk with the examples of onboarding.
pub fn desk() -> Env {
    let env = Env::desk_with(&["--profile", "service-desk"]);
    env.ok(&["catalog", "add", "onboarding"]);
    env
}

/// Asserts that a command is refused with this code and these words.
#[track_caller]
pub fn refused(env: &Env, args: &[&str], code: i32, words: &[&str]) {
    let output = env.run(args);
    let text = output.to_string();
    assert_eq!(output.code, code, "{args:?}\n{text}");
    for word in words {
        assert!(text.contains(word), "no `{word}` from {args:?}\n{text}");
    }
}

#[test]
fn examples_come_in_one_commit() {
    let env = Env::desk_with(&["--profile", "service-desk"]);
    let none = env.ok(&["catalog", "list"]).to_string();
    assert!(none.contains("`gitsm catalog add` shows examples"), "{none}");
    let list = env.ok(&["catalog", "add", "--list"]).to_string();
    assert_eq!(list, env.ok(&["catalog", "add"]).to_string());
    assert!(list.contains("onboarding") && list.contains("software-access"), "{list}");

    let before = env.commits();
    let dry = env.ok(&["catalog", "add", "onboarding", "-n"]).to_string();
    assert!(dry.contains(".gitsm/catalog/laptop.yaml") && env.commits() == before, "{dry}");
    let added = env.ok(&["catalog", "add", "onboarding"]).to_string();
    assert!(added.contains("who approves (hr, budget, manager)"), "{added}");
    assert_eq!(env.commits(), before + 1);
    env.ok(&["check"]);
    env.ok(&["catalog", "check"]);
    // Nothing twice, and nothing of the desk's own is replaced.
    env.ok(&["catalog", "add", "onboarding", "laptop"]);
    assert_eq!(env.commits(), before + 1);
    env.replace(".gitsm/catalog/laptop.yaml", "name: Laptop", "name: Notebook");
    env.ok(&["commit"]);
    refused(&env, &["catalog", "add", "laptop"], 4, &["offering `laptop` of its own"]);
    refused(&env, &["catalog", "add", "onboardin"], 3, &["no example `onboardin`", "`onboarding`"]);
}

#[test]
fn examples_keep_the_approvals_that_are_there() {
    let env = Env::desk_with(&["--profile", "service-desk"]);
    let ours = "# ours\ndefinitions:\n  budget:\n    steps:\n    - quorum: 2\n";
    env.write(".gitsm/approvals.yaml", ours);
    env.ok(&["commit"]);
    env.ok(&["catalog", "add", "laptop"]);
    assert_eq!(env.read(".gitsm/approvals.yaml"), ours);
    env.ok(&["catalog", "add", "software-access"]);
    let both = env.read(".gitsm/approvals.yaml");
    assert!(both.starts_with("# ours\ndefinitions:\n  manager:\n"), "{both}");
    assert!(both.ends_with(&ours["# ours\ndefinitions:\n".len()..]), "{both}");
    env.ok(&["check"]);
}

#[test]
fn forms_name_what_is_missing_and_wrong() {
    let env = desk();
    let new = ["request", "new", "--offering", "onboarding"];
    let with = |more: &[&'static str]| -> Vec<&'static str> { [&new, more].concat() };
    refused(&env, &new, 2, &["needs 2 answers", "--set employee=...", "--set starts=..."]);
    let wrong = with(&["--set", "employee=Nina", "--set", "starts=soon", "--set", "software=CAD"]);
    refused(&env, &wrong, 2, &["2 answers cannot be taken", "`CAD` is not any of CRM, ERP"]);
    let unknown = with(&["--set", "employe=Nina", "--set", "starts=2026-12-01"]);
    refused(&env, &unknown, 2, &["did you mean `employee`?"]);
    refused(
        &env,
        &["request", "new", "--offering", "onbording"],
        3,
        &["did you mean `onboarding`"],
    );
    refused(&env, &["catalog", "show", "printer"], 3, &["there is no offering `printer`"]);
    // What the bundle has settled is not asked.
    let form = env.ok(&["catalog", "show", "onboarding", "--json"]).json();
    let keys: Vec<&str> =
        form["form"].as_array().unwrap().iter().filter_map(|q| q["key"].as_str()).collect();
    let expected = ["employee", "starts", "laptop", "software", "laptop.model", "laptop.reason"];
    assert_eq!(keys, expected);
    let list = env.ok(&["catalog", "list", "--json"]).json();
    assert_eq!(list["offerings"].as_array().unwrap().len(), 3);
}

#[test]
fn circles_and_unknown_names_are_found() {
    let env = desk();
    env.write(
        ".gitsm/catalog/bad.yaml",
        "name: Bad\ntasks:\n- {id: a, title: A, needs: [b]}\n- {id: b, title: B, needs: [a]}\n",
    );
    refused(&env, &["commit"], 6, &[".gitsm/catalog/bad.yaml:3", "task-circle"]);
    env.git(&["add", "-A"]);
    env.git(&["commit", "-qm", "A circle"]);
    refused(&env, &["catalog", "check"], 6, &[".gitsm/catalog/bad.yaml:3", "task-circle"]);
    refused(&env, &["request", "new", "--offering", "bad"], 6, &["bad.yaml:3"]);
}

#[test]
fn a_help_desk_meets_no_catalogue() {
    let env = Env::desk_with(&["--profile", "help-desk"]);
    let id = env.incident("Printer jams");
    for args in [vec!["show", &id], vec!["status"], vec!["list"], vec!["incident", "--help"]] {
        let text = env.ok(&args).to_string().to_lowercase();
        for word in ["catalog", "offering", "approval", "csat", "satisf"] {
            assert!(!text.contains(word), "`{word}` in {args:?}\n{text}");
        }
    }
}
