//! Points of time, and commits, where somebody asks about the past.

use insta::assert_snapshot;

use crate::common::Env;

/// What the desk shows can be asked for again, wherever the asker's clocks stand.
#[test]
fn times_are_utc_as_they_are_shown() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.ok(&["edit", &id, "--set", "service=crm"]);
    for zone in ["Pacific/Auckland", "America/Los_Angeles", "UTC"] {
        let there = env.with("TZ", zone);
        let log = |args: &[&str]| {
            there
                .run(&[&["log", "--format", "csv", "--no-header"], args].concat())
                .raw_stdout()
                .lines()
                .count()
        };
        let all = log(&[]);
        assert_eq!(log(&["--since", "2026-11-22 09:00"]), all, "{zone}");
        assert_eq!(log(&["--since", "2026-11-22T09:00"]), all, "{zone}");
        assert_eq!(log(&["--since", "today"]), all, "{zone}");
        assert_eq!(log(&["--until", "today"]), 0, "{zone}");
        let then = there.ok(&["list", "--at", "2026-11-22 09:02", "--columns", "title,service"]);
        assert!(then.raw_stdout().contains("CRM crashes  -"), "{zone}: {}", then.raw_stdout());
        let diff = there.ok(&["diff", "2026-11-22 09:02", "--format", "csv", "--no-header"]);
        assert!(diff.raw_stdout().contains("service,,crm"), "{zone}: {}", diff.raw_stdout());
    }
}

#[test]
fn a_time_before_now_is_no_option() {
    let env = Env::desk();
    env.incident("CRM crashes");
    let told = |args: &[&str]| env.ok(args).raw_stdout().lines().count();
    let all = told(&["diff", "--stat", "--", "-4h"]);
    assert_eq!(told(&["diff", "-4h", "--stat"]), all);
    assert_eq!(told(&["diff", "-4h..now", "--stat"]), all);
    assert_eq!(told(&["diff", "-2d", "type:incident", "-tag:x", "--stat"]), all);
}

/// Whatever a query takes for a time, other questions about the past take too.
#[test]
fn all_times_of_queries() {
    let env = Env::desk();
    env.incident("CRM crashes");
    for text in [
        "2026",
        "2026-Q4",
        "2026-11",
        "2026-W47",
        "2026-11-22",
        "2026-11-22T00:00",
        "2026-11-22T00:00Z",
        "2026-11-22T01:00+01:00",
        "today",
        "yesterday",
        "last-monday",
        "last monday",
        "monday",
        "2 days ago",
        "2-days-ago",
        "this-week",
        "last-month",
        "-4h",
        "08:00",
    ] {
        let log = env.ok(&["log", "--action", "new", "--since", text, "--format", "ids"]);
        assert_eq!(log.raw_stdout().lines().count(), 1, "{text}");
        let query = format!("opened:>=\"{text}\"");
        assert_eq!(
            env.ok(&["list", &query, "--format", "ids"]).raw_stdout().lines().count(),
            1,
            "{text}"
        );
        let diff = env.ok(&["diff", "--format", "ids", "--", text, "now"]);
        assert_eq!(diff.raw_stdout().lines().count(), 1, "{text}");
        let before = env.run(&["list", "--at", text]);
        assert!(before.to_string().contains("nothing had happened yet"), "{text}: {before}");
    }
    assert_snapshot!(env.run(&["log", "--since", "last-weak"]), @r#"
    [stderr]
    error: `last-weak` is no time, for `weak` is none

    hint: did you mean `week`?
    hint: 2026-11-22, 2026-W47, "2026-11-22 22:00", last-monday, "2 days ago" and -4h are
    [exit 2]
    "#);
}

/// A letter names no commit: here it is a number of another system.
#[test]
fn short_names_are_of_records() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let head = env.git(&["rev-parse", "HEAD"]);
    let head = head.raw_stdout().trim();
    env.ok(&["edit", &id, "--set", &format!("external_id={}", &head[..1])]);
    env.ok(&["note", &id, "-m", "Looking."]);
    assert_snapshot!(env.run(&["diff", "HEAD~1", &head[..1], "--stat"]), @"
    1 record: 1 noted
    [stderr]
    from commit c2-----, 2026-11-22 09:03 UTC
    to commit c3-----, 2026-11-22 09:04 UTC
    ");
    for length in [1, 2, 3] {
        let at = env.run(&["list", "--at", &head[..length]]);
        assert!(at.to_string().contains("is neither a commit nor a time"), "{at}");
        let at = env.run(&["list", "--at", &format!("{}~1", &head[..length])]);
        assert!(at.to_string().contains("is neither a commit nor a time"), "{at}");
    }
    env.ok(&["list", "--at", &head[..7]]);
    env.git(&["branch", "abc"]);
    env.ok(&["list", "--at", "abc"]);
}

/// One name that is wrong must not make a search for words of the others.
#[test]
fn names_of_several_records() {
    let env = Env::desk();
    let first = env.incident("CRM crashes");
    let second = env.incident("Printer jams");
    assert_eq!(env.ok(&["log", &first, &second, "-f", "jsonl"]).raw_stdout().lines().count(), 2);
    assert_snapshot!(env.run(&["log", &first, "INC-ZZZZZZ"]), @"
    [stderr]
    error: there is no record `INC-CCCCCC`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["log", "INC-YYYYYY", "INC-ZZZZZZ"]), @"
    [stderr]
    error: there is no record `INC-DDDDDD`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["log", &first, "crashed"]), @"
    [stderr]
    error: there is no record `crashed`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_eq!(env.ok(&["log", "printer", "jams", "-f", "jsonl"]).raw_stdout().lines().count(), 1);
    assert_eq!(
        env.ok(&["log", "crm", "or", "jams", "-f", "jsonl"]).raw_stdout().lines().count(),
        2
    );
}
