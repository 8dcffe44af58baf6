//! `gitsm diff`.

use insta::assert_snapshot;

use crate::common::Env;

/// Work of an hour: one incident is resolved, one reopened, one new.
fn worked() -> (Env, String, String) {
    let env = Env::desk();
    let first = env.incident("CRM crashes");
    let second = env.incident("Printer jams");
    env.ok(&["incident", "resolve", &second, "-m", "Paper removed."]);
    let bob = env.as_person("bob");
    bob.ok(&["incident", "take", &first]);
    bob.ok(&["incident", "resolve", &first, "-m", "Restarted."]);
    env.ok(&["edit", &first, "--set", "service=crm"]);
    env.ok(&["incident", "reopen", &second, "-m", "It jams again."]);
    env.ok(&["edit", &second, "--set", "impact=high"]);
    env.incident("VPN is slow");
    (env, first, second)
}

#[test]
fn since_a_commit() {
    let (env, ..) = worked();
    assert_snapshot!(env.run(&["diff", "HEAD~6"]), @"
    3 records: 1 created, 1 reopened, 1 resolved, 1 reassigned, 1 reprioritised, 1 noted, 2 edited

    INC-CCCCCC VPN is slow: created
        status: new
        priority: P3

    INC-BBBBBB Printer jams: reopened, reprioritised, noted, edited
        status: resolved -> in_progress
        impact: medium -> high
        priority: P3 -> P2
        reopen_count: 1
        notes: (work) It jams again.
        resolution.code: fixed -> -
        resolution.by: alice -> -
        resolution.text: Paper removed. -> -

    INC-AAAAAA CRM crashes: resolved, reassigned, edited
        status: new -> resolved
        service: crm
        assignee: bob
        resolution.code: fixed
        resolution.by: bob
        resolution.text: Restarted.
    [stderr]
    from commit c1-----, 2026-11-22 09:03 UTC
    to commit c2-----, 2026-11-22 09:09 UTC
    ");
    assert_snapshot!(env.run(&["diff", "HEAD~6", "--stat"]), @"
    3 records: 1 created, 1 reopened, 1 resolved, 1 reassigned, 1 reprioritised, 1 noted, 2 edited
    [stderr]
    from commit c1-----, 2026-11-22 09:03 UTC
    to commit c2-----, 2026-11-22 09:09 UTC
    ");
    assert_snapshot!(env.run(&["diff", "HEAD~6", "-n", "1"]), @"
    3 records: 1 created, 1 reopened, 1 resolved, 1 reassigned, 1 reprioritised, 1 noted, 2 edited

    INC-CCCCCC VPN is slow: created
        status: new
        priority: P3

    and 2 more records
    [stderr]
    from commit c1-----, 2026-11-22 09:03 UTC
    to commit c2-----, 2026-11-22 09:09 UTC
    ");
    assert_snapshot!(env.run(&["diff", "HEAD"]), @"
    [stderr]
    from commit c2-----, 2026-11-22 09:09 UTC
    to commit c2-----, 2026-11-22 09:09 UTC
    nothing is different
    ");
    // Backwards, what came goes.
    assert_snapshot!(env.run(&["diff", "HEAD", "HEAD~6"]), @"
    3 records: 1 removed, 1 reopened, 1 resolved, 1 reassigned, 1 reprioritised, 1 noted, 2 edited

    INC-CCCCCC VPN is slow: removed

    INC-AAAAAA CRM crashes: reopened, reassigned, edited
        status: resolved -> new
        service: crm -> -
        assignee: bob -> -
        resolution.code: fixed -> -
        resolution.by: bob -> -
        resolution.text: Restarted. -> -

    INC-BBBBBB Printer jams: resolved, reprioritised, noted, edited
        status: in_progress -> resolved
        impact: high -> medium
        priority: P2 -> P3
        resolution.code: fixed
        resolution.by: alice
        resolution.text: Paper removed.
        reopen_count: 1 -> -
        notes: (work) It jams again. -> -
    [stderr]
    from commit c2-----, 2026-11-22 09:09 UTC
    to commit c1-----, 2026-11-22 09:03 UTC
    ");
}

#[test]
fn between_points() {
    let (env, ..) = worked();
    let both = env.run(&["diff", "2026-11-22T09:03:30Z", "2026-11-22T09:05:30Z"]).to_string();
    assert_snapshot!(both, @"
    1 record: 1 resolved, 1 reassigned

    INC-AAAAAA CRM crashes: resolved, reassigned
        status: new -> resolved
        assignee: bob
        resolution.code: fixed
        resolution.by: bob
        resolution.text: Restarted.
    [stderr]
    from commit c1-----, 2026-11-22 09:03 UTC
    to commit c2-----, 2026-11-22 09:05 UTC
    ");
    let range = env.run(&["diff", "2026-11-22T09:03:30Z..2026-11-22T09:05:30Z"]);
    assert_eq!(both, range.to_string());
    let open_end = env.run(&["diff", "HEAD~1.."]).to_string();
    assert_eq!(open_end, env.run(&["diff", "HEAD~1"]).to_string());
    assert_eq!(open_end, env.run(&["diff", "HEAD~1..now"]).to_string());
    // Before the desk began there was nothing.
    assert_snapshot!(env.run(&["diff", "2020-01-01", "2026-11-22T09:01:30Z"]), @"
    1 record: 1 created

    INC-AAAAAA CRM crashes: created
        status: new
        priority: P3
    [stderr]
    from the beginning
    to commit c5-----, 2026-11-22 09:01 UTC
    ");
}

#[test]
fn of_some_records() {
    let (env, first, second) = worked();
    assert_snapshot!(env.run(&["diff", "HEAD~6", &first]), @"
    1 record: 1 resolved, 1 reassigned, 1 edited

    INC-AAAAAA CRM crashes: resolved, reassigned, edited
        status: new -> resolved
        service: crm
        assignee: bob
        resolution.code: fixed
        resolution.by: bob
        resolution.text: Restarted.
    [stderr]
    from commit c1-----, 2026-11-22 09:03 UTC
    to commit c2-----, 2026-11-22 09:09 UTC
    ");
    assert_snapshot!(env.run(&["diff", "HEAD~6", "HEAD~1", "status:open"]), @"
    1 record: 1 reopened, 1 reprioritised, 1 noted, 1 edited

    INC-BBBBBB Printer jams: reopened, reprioritised, noted, edited
        status: resolved -> in_progress
        impact: medium -> high
        priority: P3 -> P2
        reopen_count: 1
        notes: (work) It jams again.
        resolution.code: fixed -> -
        resolution.by: alice -> -
        resolution.text: Paper removed. -> -
    [stderr]
    from commit c1-----, 2026-11-22 09:03 UTC
    to commit c3-----, 2026-11-22 09:08 UTC
    ");
    assert_snapshot!(env.run(&["diff", "HEAD~6..HEAD", &first, &second, "--stat"]), @"
    2 records: 1 reopened, 1 resolved, 1 reassigned, 1 reprioritised, 1 noted, 2 edited
    [stderr]
    from commit c1-----, 2026-11-22 09:03 UTC
    to commit c2-----, 2026-11-22 09:09 UTC
    ");
}

#[test]
fn for_programs() {
    let (env, first, _) = worked();
    assert_snapshot!(env.run(&["diff", "2026-11-22T09:03:30Z", "HEAD", &first, "--json"]), @r#"
    {
      "schema": "gitsm.diff/1",
      "from": {
        "commit": "c1--------------------------------------",
        "at": "2026-11-22T09:03:04Z"
      },
      "to": {
        "commit": "c2--------------------------------------",
        "at": "2026-11-22T09:09:04Z"
      },
      "total": 1,
      "counts": [
        {
          "what": "resolved",
          "count": 1
        },
        {
          "what": "reassigned",
          "count": 1
        },
        {
          "what": "edited",
          "count": 1
        }
      ],
      "records": [
        {
          "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "short": "INC-AAAAAA",
          "type": "incident",
          "title": "CRM crashes",
          "status": "resolved",
          "what": [
            "resolved",
            "reassigned",
            "edited"
          ],
          "changes": [
            {
              "field": "status",
              "from": "new",
              "to": "resolved"
            },
            {
              "field": "service",
              "from": null,
              "to": "crm"
            },
            {
              "field": "assignee",
              "from": null,
              "to": "bob"
            },
            {
              "field": "started_at",
              "from": null,
              "to": "2026-11-22T09:04:04Z"
            },
            {
              "field": "resolved_at",
              "from": null,
              "to": "2026-11-22T09:05:04Z"
            },
            {
              "field": "resolution.code",
              "from": null,
              "to": "fixed"
            },
            {
              "field": "resolution.by",
              "from": null,
              "to": "bob"
            },
            {
              "field": "resolution.text",
              "from": null,
              "to": "Restarted.\n"
            }
          ]
        }
      ]
    }
    [stderr]
    as of commit c1-----, 2026-11-22 09:03 UTC
    "#);
    assert_snapshot!(env.run(&["diff", "HEAD~6", &first, "-f", "csv"]), @r#"
    id,title,what,field,from,to
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",status,new,resolved
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",service,,crm
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",assignee,,bob
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",started_at,,2026-11-22T09:04:04Z
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",resolved_at,,2026-11-22T09:05:04Z
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",resolution.code,,fixed
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",resolution.by,,bob
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,CRM crashes,"resolved, reassigned, edited",resolution.text,,"Restarted.
    "
    "#);
    assert_snapshot!(env.run(&["diff", "HEAD~6", "-f", "ids"]), @"
    INC-CCCCCCCCCCCCCCCCCCCCCCCCCC
    INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(env.run(&["diff", "HEAD~6", "--template", "{{ short }} {{ what | join('+') }}"]), @"
    INC-CCCCCC created
    INC-BBBBBB reopened+reprioritised+noted+edited
    INC-AAAAAA resolved+reassigned+edited
    ");
}

#[test]
fn what_it_cannot_answer() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["diff", "whenever"]), @r#"
    [stderr]
    error: `whenever` is neither a commit nor a time

    hint: a commit's name from `gitsm log`, HEAD~3, a tag, 2026-11-22, "2026-11-22 22:00" and "2 days ago" are
    [exit 3]
    "#);
    assert_snapshot!(env.run(&["diff", "..HEAD"]), @"
    [stderr]
    error: `..HEAD` does not say since when

    hint: write it before the dots: `yesterday..now`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["diff", "HEAD", "whenever"]), @r#"
    [stderr]
    error: `whenever` is neither a commit nor a time

    hint: a commit's name from `gitsm log`, HEAD~3, a tag, 2026-11-22, "2026-11-22 22:00" and "2 days ago" are
    [exit 3]
    "#);
    assert_snapshot!(env.run(&["diff", "tomorrow"]), @"
    [stderr]
    error: `tomorrow` lies in the future

    hint: only what has happened can be looked at
    [exit 2]
    ");
}

/// History that was taken over later lies where it happened.
#[test]
fn of_a_past_that_was_recorded_later() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.incident("Printer jams");
    env.replace(&env.path(&id), "status: new", "status: in_progress");
    env.with("GIT_AUTHOR_DATE", "2016-03-01T10:00:00Z")
        .with("GIT_COMMITTER_DATE", "2026-11-22T09:40:00Z")
        .git(&["commit", "-q", "-a", "-m", "Old news"]);
    env.ok(&["edit", &id, "--set", "service=crm"]);
    assert_snapshot!(env.run(&["diff", "2016-02-01", "2017-01-01"]), @"
    1 record: 1 created

    INC-AAAAAA CRM crashes: created
        status: in_progress
        priority: P3
    [stderr]
    from the beginning
    to commit c1-----, 2016-03-01 10:00 UTC
    ");
    assert_snapshot!(env.run(&["diff", "2017-01-01", "2026-11-22T09:03:30Z"]), @"
    1 record: 1 created

    INC-BBBBBB Printer jams: created
        status: new
        priority: P3
    [stderr]
    from commit c1-----, 2016-03-01 10:00 UTC
    to commit c1-----, 2016-03-01 10:00 UTC
    ");
}

/// A record that somebody removed by plain git is told of, with its last title.
#[test]
fn of_what_was_removed() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let path = env.path(&id);
    env.git(&["rm", "-q", &path]);
    env.with("GIT_AUTHOR_DATE", "2026-11-22T09:40:00Z")
        .with("GIT_COMMITTER_DATE", "2026-11-22T09:40:00Z")
        .git(&["commit", "-q", "-m", "Remove it"]);
    assert_snapshot!(env.run(&["diff", "HEAD~1"]), @"
    1 record: 1 removed

    INC-AAAAAA CRM crashes: removed
    [stderr]
    from commit c1-----, 2026-11-22 09:01 UTC
    to commit c2-----, 2026-11-22 09:40 UTC
    ");
}
