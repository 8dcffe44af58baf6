//! `gitsm log` of some fields, and of records that are no longer there.

use insta::assert_snapshot;

use crate::common::Env;
use crate::log::worked;

#[test]
fn only_changes_of_the_fields_asked_for_are_told() {
    let (env, id) = worked();
    assert_snapshot!(env.run(&["log", &id, "--field", "status", "--to", "RESOLVED"]), @"
    INC-AAAAAA CRM crashes (resolved)

    c1----- 2026-11-22 09:06 bob resolve, 2 minutes later
        status: in_progress -> resolved
    ");
    assert_snapshot!(
        env.ok(&["log", "--field", "resolution.code", "-f", "csv"]).stdout.lines().count(), @"3");
    assert_snapshot!(
        env.run(&["log", &id, "--field", "status,urgency", "--template", "{{ action }}{% for r in records %}{% for c in r.changes %} {{ c.field }}{% endfor %}{% endfor %}"]), @"
    resolve status
    start status
    new status urgency
    ");
}

#[test]
fn the_history_of_a_removed_record_is_still_told() {
    let (env, id) = worked();
    let (full, path) = (env.full_id(&id), env.path(&id));
    let then = env
        .with("GIT_AUTHOR_DATE", "2026-11-22T09:40:00Z")
        .with("GIT_COMMITTER_DATE", "2026-11-22T09:40:00Z");
    then.git(&["rm", "-q", &path]);
    then.git(&["commit", "-qm", "Away with it"]);
    assert_snapshot!(env.run(&["log", &full, "--oneline"]), @"
    COMMIT   TIME              WHO                        ACTION   WHAT
    c1-----  2026-11-22 09:40  Alice <alice@example.com>  commit   INC-AAAAAA
    c2-----  2026-11-22 09:06  bob                        resolve  INC-AAAAAA
    c3-----  2026-11-22 09:04  alice                      edit     INC-AAAAAA
    c4-----  2026-11-22 09:03  bob                        note     INC-AAAAAA
    c5-----  2026-11-22 09:02  bob                        start    INC-AAAAAA
    c6-----  2026-11-22 09:01  alice                      new      INC-AAAAAA
    ");
    assert_snapshot!(env.run(&["log", &full, "-n", "2"]), @"
    INC-AAAAAA (no longer there)

    c1----- 2026-11-22 09:40 Alice <alice@example.com> commit, 33 minutes later
        title: CRM crashes -> -
        status: resolved -> -
        impact: medium -> -
        urgency: medium -> -
        priority: P3 -> -
        service: crm -> -
        requester: alice -> -
        assignee: bob -> -
        channel: cli -> -
        opened_at: 2026-11-22T09:01:04Z -> -
        opened_by: alice -> -
        started_at: 2026-11-22T09:02:04Z -> -
        resolved_at: 2026-11-22T09:06:04Z -> -
        resolution.code: fixed -> -
        resolution.by: bob -> -
        resolution.text: Done. -> -
        notes: (work) Looking. -> -

    c2----- 2026-11-22 09:06 bob resolve, 2 minutes later
        status: in_progress -> resolved
        resolution.code: fixed
        resolution.by: bob
        resolution.text: Done.
    ");
    assert_snapshot!(env.run(&["diff", "HEAD~1", "HEAD", &full, "--stat"]), @"
    1 record: 1 removed
    [stderr]
    from commit c2-----, 2026-11-22 09:06 UTC
    to commit c1-----, 2026-11-22 09:40 UTC
    ");
    for verb in ["blame", "show"] {
        let told = env.run(&[verb, &full]).to_string();
        assert!(
            told.contains("INC-AAAAAA is no longer there: commit c1----- took its file away"),
            "{told}"
        );
        assert!(told.contains("~1` shows it") && told.contains("[exit 3]"), "{told}");
    }
    assert!(env.ok(&["show", &full, "--at", "HEAD~1"]).to_string().contains("CRM crashes"));
    assert_snapshot!(env.run(&["log", &id]), @"
    [stderr]
    error: there is no record `INC-AAAAAA`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
}

/// What the shell's quotes keep together is no list of names.
#[test]
fn several_records_in_one_argument() {
    let env = Env::desk();
    let (one, other) = (env.incident("CRM crashes"), env.incident("Printer jams"));
    let both = format!("{one} {other}");
    assert_snapshot!(env.run(&["log", &both]), @"
    [stderr]
    warning: no record matches the query `INC-AAAAAA INC-BBBBBB`; for several records write `gitsm log INC-AAAAAA INC-BBBBBB`
    nothing happened
    ");
    assert_snapshot!(env.run(&["log", "crm prints"]), @"
    [stderr]
    warning: no record matches the query `crm prints`
    nothing happened
    ");
    assert_snapshot!(env.run(&["blame", &both]), @"
    [stderr]
    error: there is no record `INC-AAAAAA INC-BBBBBB`

    hint: `INC-AAAAAA` and `INC-BBBBBB` are records; name each by itself
    [exit 3]
    ");
    assert_snapshot!(env.run(&["show", &format!("{one} x")]), @"
    [stderr]
    error: there is no record `INC-AAAAAA x`

    hint: `INC-AAAAAA` is one; name it alone
    [exit 3]
    ");
    assert_snapshot!(env.run(&["log", &format!("{one},{other}")]), @r"
    [stderr]
    error: there is no record `INC-AAAAAA,INC-BBBBBB`

    hint: `INC-AAAAAA` and `INC-BBBBBB` are records; name each by itself
    [exit 3]
    ");
    assert_snapshot!(env.run(&["show", "a b"]), @"
    [stderr]
    error: there is no record `a b`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
}
