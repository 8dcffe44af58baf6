//! `gitsm completions`, `gitsm man`, `gitsm schema`: what other programs use.

use insta::assert_snapshot;

use crate::common::Env;

/// Presses the tab key after these words, as bash does; gives what is offered.
fn offered(env: &Env, words: &[&str]) -> String {
    // The last word is the one being typed.
    let asked = env
        .with("COMPLETE", "bash")
        .with("_CLAP_COMPLETE_INDEX", &words.len().to_string())
        .with("_CLAP_IFS", "\n")
        .with("_CLAP_COMPLETE_COMP_TYPE", "9")
        .with("_CLAP_COMPLETE_SPACE", "true");
    let mut args = vec!["--", "gitsm"];
    args.extend(words);
    asked.ok(&args).stdout
}

#[test]
fn live_ids() {
    let env = Env::desk();
    env.incident("CRM crashes");
    let done = env.incident("Printer jams");
    env.ok(&["incident", "resolve", &done, "-m", "Done."]);
    env.ok(&["incident", "close", &done]);
    env.ok(&["ci", "new", "web-01"]);
    assert_snapshot!(offered(&env, &["show", "INC"]), @"
    INC-AAAAAA
    INC-BBBBBB
    ");
    assert_snapshot!(offered(&env, &["show", "we"]), @"web-01");
    assert_snapshot!(offered(&env, &["incident", "new", "T", "--ci", ""]), @"
    CI-AAAAAA
    web-01
    ");
    assert_snapshot!(offered(&env, &["link", &done, "dup"]), @"
    duplicate_of
    duplicated_by
    ");
    assert_snapshot!(offered(&Env::empty(), &["show", "INC"]), @"");
}

#[test]
fn commands_and_words() {
    let env = Env::desk();
    env.ok(&["incident", "new", "T", "-t", "apps", "-a", "bob", "-s", "crm"]);
    assert_snapshot!(offered(&env, &["inc"]), @"inc");
    assert_snapshot!(offered(&env, &["incident", "re"]), @"
    resume
    resolve
    review
    reopen
    ");
    assert_snapshot!(offered(&env, &["incident", "hold", "--rea"]), @"--reason");
    assert_snapshot!(offered(&env, &["incident", "hold", "--reason", "awaiting_v"]), @"awaiting_vendor");
    assert_snapshot!(offered(&env, &["incident", "resolve", "--code", "res"]), @"
    resolved_by_change
    resolved_by_problem
    ");
    assert_snapshot!(offered(&env, &["list", "--assignee", ""]), @"
    bob
    me
    none
    ");
    assert_snapshot!(offered(&env, &["list", "--team", ""]), @"apps");
    assert_snapshot!(offered(&env, &["list", "--service", "c"]), @"crm");
}

#[test]
fn scripts() {
    let env = Env::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let live = env.ok(&["completions", shell]);
        assert!(live.stdout.contains("COMPLETE"), "{live}");
        let fixed = env.ok(&["completions", shell, "--static"]);
        assert!(fixed.stdout.contains("escalate"), "{fixed}");
        assert!(!fixed.stdout.contains("COMPLETE="), "{fixed}");
    }
    assert_snapshot!(env.run(&["completions", "tcsh"]), @"
    [stderr]
    error: invalid value 'tcsh' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    [exit 2]
    ");
}

/// The scripts for bash are ones that bash can read.
#[test]
fn bash_reads_them() {
    let env = Env::empty();
    for options in [&["completions", "bash"][..], &["completions", "bash", "--static"]] {
        env.write("script.bash", env.ok(options).raw_stdout());
        let read = std::process::Command::new("bash")
            .args(["-n", "script.bash"])
            .current_dir(env.cwd())
            .output();
        // Not every machine has bash.
        if let Ok(read) = read {
            assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        }
    }
}

#[test]
fn manual_pages() {
    let env = Env::empty();
    let said = env.ok(&["man", "man1"]);
    let pages: Vec<_> = std::fs::read_dir(env.cwd().join("man1")).unwrap().collect();
    assert_eq!(said.stderr, format!("wrote {} pages to man1\n", pages.len()));
    for name in ["gitsm", "gitsm-incident", "gitsm-incident-resolve", "gitsm-list"] {
        let page = env.read(&format!("man1/{name}.1"));
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{page}");
    }
    env.write("file", "");
    assert_snapshot!(env.run(&["man", "file"]), @"
    [stderr]
    error: cannot write to file: File exists (os error 17)
    [exit 8]
    ");
}

#[test]
fn schemas() {
    let env = Env::empty();
    let names = env.ok(&["schema"]);
    for name in names.stdout.lines() {
        let schema = env.ok(&["schema", name]).json();
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert_snapshot!(names, @"
    incident
    request
    problem
    change
    ci
    desk
    people
    teams
    workflow
    priorities
    approvals
    roles
    views
    offering
    variable-set
    calendar
    sla
    rules
    deployments
    change-windows
    model
    risk
    action
    import-mapping
    written
    applied
    approval
    workflow-list
    actions
    gate
    raise
    deployed
    attachments
    record
    rows
    log
    diff
    blame
    summary
    status
    check
    import
    triage
    view-list
    catalog
    offering-view
    plan
    tasks
    csat
    dora
    deploys
    sla-view
    sla-list
    calendar-view
    calendar-list
    hours
    compliance
    conflicts
    slots
    schedule
    risk-view
    model-list
    model-view
    message
    export
    path
    name-list
    hook-install
    hook-status
    hook-run
    hook-drain
    ");
    assert_snapshot!(env.run(&["schema", "incidnt"]), @"
    [stderr]
    error: there is no schema `incidnt`

    hint: there are incident, request, problem, change, ci, desk, people, teams, workflow, priorities, approvals, roles, views, offering, variable-set, calendar, sla, rules, deployments, change-windows, model, risk, action, import-mapping, written, applied, approval, workflow-list, actions, gate, raise, deployed, attachments, record, rows, log, diff, blame, summary, status, check, import, triage, view-list, catalog, offering-view, plan, tasks, csat, dora, deploys, sla-view, sla-list, calendar-view, calendar-list, hours, compliance, conflicts, slots, schedule, risk-view, model-list, model-view, message, export, path, name-list, hook-install, hook-status, hook-run, hook-drain
    [exit 3]
    ");
}
