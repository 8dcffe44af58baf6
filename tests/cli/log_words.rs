//! `gitsm log --field` and `--action`: which words find what.

use insta::assert_snapshot;

use crate::common::Env;

/// An incident that was tagged and resolved.
fn worked() -> Env {
    let env = Env::desk();
    let id = env.new_record(&["incident", "new", "CRM crashes", "--tag", "vip"]);
    env.ok(&["edit", &id, "--set", "tags+=urgent"]);
    env.ok(&["incident", "resolve", &id, "-m", "Done."]);
    env
}

#[test]
fn fields_go_by_any_of_their_names() {
    let env = worked();
    let log = |field: &str| env.ok(&["log", "--oneline", "--field", field]).stdout;
    assert_eq!(log("tag"), log("tags"));
    assert_eq!(log("tag").lines().count(), 3);
    assert_eq!(log("state"), log("status"));
    assert_eq!(log("Resolved-By"), log("resolution.by"));
    assert!(log("resolved").contains("resolve"));
    // Of the deployments of a help desk there is just nothing to tell.
    assert_eq!(log("deploys"), "");
}

#[test]
fn what_is_worked_out_has_no_history() {
    let env = worked();
    assert_snapshot!(env.run(&["log", "--field", "sla"]), @"
    [stderr]
    error: changes of `sla` are not recorded

    hint: it follows from other fields and the clock; `gitsm sla show ID --at TIME` tells how it stood
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "--field", "status,age"]), @"
    [stderr]
    error: changes of `age` are not recorded

    hint: ask for a field that is set, for example `--field status,assignee`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "--field", "updated"]), @"
    [stderr]
    error: changes of `updated` are not recorded

    hint: ask for a field that is set, for example `--field status,assignee`
    [exit 2]
    ");
}

#[test]
fn what_is_no_field_is_a_mistake() {
    let env = worked();
    assert_snapshot!(env.run(&["log", "--field", "nonsense"]), @"
    [stderr]
    error: there is no field `nonsense`

    hint: name a field, for example `--field status`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "--field", "custom.stie"]), @"
    [stderr]
    error: there is no field `custom.stie`

    hint: the desk's own fields are in .gitsm/desk.yaml
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "--field", "relates-too"]), @"
    [stderr]
    error: there is no field `relates-too`

    hint: did you mean `relates_to`?
    [exit 2]
    ");
}

#[test]
fn every_action_of_a_batch_is_found() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let lines = format!(
        r#"{{"do":"resolve","id":"{a}","message":"Done."}}
{{"do":"close","id":"{a}"}}
"#
    );
    env.typing(&lines).ok(&["apply"]);
    let lines = format!(
        r#"{{"do":"note","id":"{a}","message":"So."}}
{{"do":"start","id":"{b}"}}
{{"do":"resolve","id":"{b}","message":"Done."}}"#
    );
    env.typing(&lines).ok(&["apply"]);
    let log = |action: &str| env.ok(&["log", "--oneline", "--action", action]).to_string();
    assert_snapshot!(log("close"), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c1-----  2026-11-22 09:03  alice  apply   INC-AAAAAA A
    ");
    assert_snapshot!(log("resolve"), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c2-----  2026-11-22 09:04  alice  apply   2 records
    c1-----  2026-11-22 09:03  alice  apply   INC-AAAAAA A
    ");
    assert_snapshot!(log("note,close"), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c2-----  2026-11-22 09:04  alice  apply   2 records
    c1-----  2026-11-22 09:03  alice  apply   INC-AAAAAA A
    ");
    assert_snapshot!(log("apply"), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c2-----  2026-11-22 09:04  alice  apply   2 records
    c1-----  2026-11-22 09:03  alice  apply   INC-AAAAAA A
    ");
    assert_snapshot!(log("cancel"), @"
    [stderr]
    nothing happened
    ");
    // One action of the workflow beside others, and a record that is more than new.
    let lines = format!(
        r#"{{"do":"assign","id":"{b}","person":"bob"}}
{{"do":"note","id":"{b}","message":"Paid."}}
{{"do":"close","id":"{b}"}}"#
    );
    env.typing(&lines).ok(&["apply"]);
    let lines = r#"{"do":"new","type":"problem","title":"Leak","ref":"p"}
{"do":"note","id":"@p","message":"A dump."}"#;
    env.typing(lines).ok(&["apply"]);
    assert_snapshot!(log("note"), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c3-----  2026-11-22 09:11  alice  apply   PRB-AAAAAA Leak
    c4-----  2026-11-22 09:10  alice  apply   INC-BBBBBB B
    c2-----  2026-11-22 09:04  alice  apply   2 records
    ");
    assert_snapshot!(log("assign"), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c4-----  2026-11-22 09:10  alice  apply   INC-BBBBBB B
    ");
    assert_snapshot!(log("new"), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c3-----  2026-11-22 09:11  alice  apply   PRB-AAAAAA Leak
    c5-----  2026-11-22 09:02  alice  new     INC-BBBBBB B
    c6-----  2026-11-22 09:01  alice  new     INC-AAAAAA A
    ");
    // Once more the same is no batch of several.
    let lines = format!(
        r#"{{"do":"note","id":"{a}","message":"One."}}
{{"do":"note","id":"{a}","message":"Two."}}"#
    );
    env.typing(&lines).ok(&["apply"]);
    assert_snapshot!(env.git(&["log", "-3", "--format=%s%n%(trailers:key=Gitsm-Steps)"]), @"
    INC-AAAAAA note: A

    PRB-AAAAAA apply: Leak
    Gitsm-Steps: new, note

    INC-BBBBBB apply: B
    Gitsm-Steps: assign, close, note
    ");
    assert_snapshot!(env.git(&["log", "-2", "--skip=3", "--format=%(trailers:key=Gitsm-Steps)"]), @"
    Gitsm-Steps: note, resolve, start

    Gitsm-Steps: close, resolve
    ");
}
