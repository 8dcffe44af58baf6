//! Going on without leave: `change gate --override`, and what is owed afterwards.

use insta::assert_snapshot;

use crate::common::{Env, Output};
use crate::gate::{at, desk, waiting};

const WHY: &str = "The shop is down and this mends it";

/// Asks to go on without leave, at a time of the day.
fn overrides(env: &Env, time: &str, id: &str, incident: &str, more: &[&str]) -> Output {
    let args = [id, "--override", "--reason", WHY, "--incident", incident];
    at(env, time, &[&args, more].concat())
}

/// ITGC control C11.
#[test]
fn an_emergency_goes_on_and_is_approved_afterwards() {
    let env = desk();
    let id = waiting(&env, &[]);
    let incident = env.incident("Shop is down");
    assert_snapshot!(overrides(&env, "12:00", &id, &incident, &[]), @"
    override CHG-AAAAAA Patch CRM -> production
      overridden by alice for INC-AAAAAA: The shop is down and this mends it
      must be approved by 2026-11-23 12:00 (in 24h)
    decided on commit c1----- at 2026-11-22T12:00:00Z
    [stderr]
    note: it waits for 2 votes of dora or erin (cab/1) [approval]
    note: its window ended 2026-11-22 11:30 UTC [window-over]
    [exit 12]
    ");
    // It stands for a day, here and nowhere else.
    assert_eq!(at(&env, "12:30", &[&id]).code, 12);
    assert_eq!(overrides(&env, "12:30", &id, &incident, &[]).code, 12);
    assert_eq!(at(&env, "12:30", &[&id, "--environment", "staging"]).code, 10);
    let next_day = env.with("GITSM_NOW", "2026-11-23T12:00:00Z");
    assert_eq!(next_day.run(&["change", "gate", &id]).code, 10);
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    CHG-AAAAAA override: Patch CRM

    CHG-AAAAAA Patch CRM
      model: normal -> emergency
      overrides: - -> to production for INC-AAAAAAAAAAAAAAAAAAAAAAAAAA, to be approved until 2026-11-23T12:00:00Z: The shop is down and this mends it
    INC-AAAAAA Shop is down
      links: - -> relates_to CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    Gitsm-Action: override
    Gitsm-Record: CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
    let env = env.with("GITSM_NOW", "2026-11-22T12:45:00Z");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    2 records checked: nothing wrong
    ");
    let args = ["change", "deployed", &id, "-e", "production", "--result", "ok"];
    assert_snapshot!(env.run(&args), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in production; it is review
    ");
    let page = env.run(&["show", &id]).stdout;
    assert!(page.contains(WHY) && page.contains("to be approved until"), "{page}");
    // It does not end without approval.
    env.ok(&["change", "review", &id, "-m", "The pool was too small."]);
    assert_snapshot!(env.run(&["change", "close", &id]), @"
    [stderr]
    error: `close` of CHG-AAAAAA comes after its approval: it went on by an override, to be approved until 2026-11-23T12:00:00Z [override]

    hint: have it approved with `gitsm change approve CHG-AAAAAA`; `gitsm approval show CHG-AAAAAA` tells who may
    [exit 4]
    ");
    // Whoever let it go has no vote on that.
    assert_eq!(env.run(&["change", "approve", &id]).code, 4);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    env.ok(&["change", "close", &id]);
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    2 records checked: nothing wrong
    ");
}

#[test]
fn only_for_a_reason_and_an_open_incident() {
    let env = desk();
    let id = waiting(&env, &[]);
    let incident = env.incident("Shop is down");
    let ask = |reason: &str, incident: &str| {
        let args = [&id, "--override", "--reason", reason, "--incident", incident];
        at(&env, "12:00", &args)
    };
    assert_snapshot!(ask("n/a", &incident), @"
    [stderr]
    error: `n/a` is no reason

    hint: say in a sentence why it cannot wait
    [exit 2]
    ");
    assert_snapshot!(ask(WHY, &id), @"
    [stderr]
    error: CHG-AAAAAA is no incident but a change

    hint: name the incident that makes it necessary
    [exit 2]
    ");
    assert_eq!(ask(WHY, "INC-ZZZZZZ").code, 3);
    for args in [
        &[&*id, "--override"][..],
        &[&id, "--override", "--reason", WHY],
        &[&id, "--override", "--incident", &incident],
        &[&id, "--reason", WHY],
    ] {
        assert_eq!(at(&env, "12:00", args).code, 2, "{args:?}");
    }
    env.ok(&["incident", "resolve", &incident, "-m", "Restarted."]);
    assert_snapshot!(ask(WHY, &incident), @"
    [stderr]
    error: INC-AAAAAA is resolved, so nothing is urgent any more

    hint: reopen it, or have the change approved
    [exit 4]
    ");
    assert_eq!(at(&env, "11:00", &[&id]).code, 11, "nothing was recorded");
}

#[test]
fn what_was_never_asked_for_or_is_over_stays_out() {
    let env = desk();
    let incident = env.incident("Shop is down");
    assert_eq!(overrides(&env, "12:00", "CHG-ZZZZZZ", &incident, &[]).code, 10);
    let id = waiting(&env, &[]);
    let commit = "1234567812345678123456781234567812345678";
    assert_eq!(overrides(&env, "12:00", &id, &incident, &["--commit", commit]).code, 10);
    env.ok(&["change", "cancel", &id, "-m", "No."]);
    assert_eq!(overrides(&env, "12:00", &id, &incident, &[]).code, 10);
    let id = waiting(&env, &[]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "reject", &id, "-m", "Not now."]);
    }
    assert_eq!(overrides(&env, "12:00", &id, &incident, &[]).code, 10);
    // Where nothing stands in the way, nothing is overridden.
    let id = crate::gate::approved(&env);
    let output = overrides(&env, "11:00", &id, &incident, &[]);
    assert_eq!(output.code, 0, "{output}");
    assert!(output.stderr.contains("nothing had to be overridden"), "{output}");
}

#[test]
fn a_machine_decides_that_only_where_its_role_says_so() {
    let env = desk();
    let id = waiting(&env, &[]);
    let incident = env.incident("Shop is down");
    let people = env.read(".gitsm/people.yaml");
    let robot = "- {id: robot, name: Robot, kind: machine, emails: [robot@example.com]}\n";
    env.write(".gitsm/people.yaml", people + robot);
    env.ok(&["commit"]);
    assert_snapshot!(overrides(&env.as_person("robot"), "12:00", &id, &incident, &[]), @"
    [stderr]
    error: robot (machine) may not override the gate for CHG-AAAAAA [role]

    hint: who may: alice, bob, dora, erin
    [exit 4]
    ");
    let roles = "otherwise: [agent]\nmachines: [releaser]\nroles:\n  agent:\n    may:\n    - {do: [create, edit, note, assign, link, attach, move, vote, settings]}\n  releaser:\n    may:\n    - {do: [move], types: [change], actions: [override]}\n    - {do: [link]}\n";
    env.write(".gitsm/roles.yaml", roles);
    env.ok(&["commit"]);
    let output = overrides(&env.as_person("robot"), "12:00", &id, &incident, &[]);
    assert_eq!(output.code, 12, "{output}");
    let checked = env.run(&["check"]);
    assert!(!checked.to_string().contains("override"), "{checked}");
}

#[test]
fn an_override_written_by_hand_is_told_and_opens_nothing() {
    let env = desk();
    let id = waiting(&env, &[]);
    let path = env.path(&id);
    let text = env.read(&path).replace("model: normal", "model: emergency");
    let forged = format!(
        "{text}overrides:\n- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\n  at: 2026-11-22T10:00:00Z\n  by: dora\n  environment: production\n  reason: I want it\n  incident: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R\n  due: 2026-11-30T10:00:00Z\n"
    );
    env.write(&path, forged);
    let output = env.run(&["commit"]);
    assert_ne!(output.code, 0, "{output}");
    assert!(output.to_string().contains("override-forged"), "{output}");
}

#[test]
fn the_desk_tells_once_that_the_time_ran_out() {
    let env = desk();
    let id = waiting(&env, &[]);
    let incident = env.incident("Shop is down");
    assert_eq!(overrides(&env, "12:00", &id, &incident, &[]).code, 12);
    let later = env.with("GITSM_NOW", "2026-11-23T12:00:00Z");
    later.ok(&["tick"]);
    later.ok(&["tick"]);
    let page = later.run(&["show", &id]).stdout;
    assert_eq!(page.matches("The time to approve the override of").count(), 1, "{page}");
    assert_snapshot!(later.run(&["change", "implement", &id]), @"
    [stderr]
    error: `implement` of CHG-AAAAAA is open no longer: its override has run out [override]

    hint: have it approved with `gitsm change approve CHG-AAAAAA`, or decide anew: `gitsm change gate CHG-AAAAAA --override`
    [exit 4]
    ");
}

#[test]
fn what_goes_on_though_nobody_can_tell_is_noted() {
    let env = desk();
    let settings = "environments:\n  lab: {tier: development, fails: open}\n";
    env.write(".gitsm/deployments.yaml", settings);
    env.ok(&["commit"]);
    let id = waiting(&env, &[]);
    let good = env.read(".gitsm/approvals.yaml");
    by_hand(&env, ".gitsm/approvals.yaml", "definitions: 3\n");
    let output = at(&env, "11:00", &[&id, "--environment", "lab"]);
    assert_eq!(output.code, 0, "{output}");
    assert!(output.raw_stdout().starts_with("bypass "), "{output}");
    let told = ["is noted on CHG-", "is kept, and noted on the change later"];
    assert!(told.iter().any(|told| output.stderr.contains(told)), "{output}");
    // Production stays closed.
    assert_eq!(at(&env, "11:00", &[&id]).code, 20);
    by_hand(&env, ".gitsm/approvals.yaml", &good);
    // A note at a wrong time would hide that the time is wrong.
    let early = env.with("GITSM_NOW", "2026-11-22T08:00:00Z");
    let output = early.run(&["change", "gate", &id, "--environment", "lab"]);
    assert_eq!(output.code, 0, "{output}");
    let kept = "that it goes on is kept, and noted on the change later: the clock cannot be right";
    assert!(output.stderr.contains(kept), "{output}");
    assert_eq!(early.run(&["change", "gate", &id]).code, 20);
}

fn by_hand(env: &Env, path: &str, text: &str) {
    env.write(path, text);
    env.git(&["add", "-A"]);
    let date = "2026-11-22T10:00:00Z";
    let env = env.with("GIT_AUTHOR_DATE", date).with("GIT_COMMITTER_DATE", date);
    env.git(&["commit", "-qm", "By hand"]);
}
