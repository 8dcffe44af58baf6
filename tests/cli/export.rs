//! `gitsm export`, and records that come back from it.

use insta::assert_snapshot;

use crate::common::Env;

/// A desk with a record of every type, relations, notes and odd texts.
fn desk() -> Env {
    let env = Env::desk();
    let web = env.new_record(&["ci", "new", "web-01", "--set", "class=server"]);
    let old = env.new_record(&["ci", "new", "web-00", "--set", "class=server"]);
    env.ok(&["link", &web, "depends-on", &old]);
    let a = env.new_record(&[
        "incident",
        "new",
        "=cmd|' /C calc'!A0",
        "--ci",
        "web-01",
        "--tag",
        "a",
        "--tag",
        "b",
        "--set",
        "custom.room=1.10",
        "--set",
        "custom.site=-5",
        "-m",
        "First line\n\nThird \"line\"",
    ]);
    let b = env.incident("CRM, \"the\" server");
    let leak = env.new_record(&["problem", "new", "Pool leaks"]);
    let fix = env.new_record(&["change", "new", "Mend the pool"]);
    let chair = env.new_record(&["request", "new", "A chair"]);
    env.ok(&["link", &a, "caused-by", &leak]);
    env.ok(&["link", &leak, "fixed-by", &fix]);
    env.ok(&["note", &a, "-m", "+49 30 1234\nis the number"]);
    env.ok(&["incident", "take", &a]);
    env.ok(&["incident", "hold", &a, "-r", "awaiting_requester"]);
    env.ok(&["incident", "resolve", &b, "-c", "workaround", "-m", "Restarted."]);
    env.ok(&["incident", "close", &b]);
    env.ok(&["request", "submit", &chair]);
    env
}

fn export(env: &Env, args: &[&str]) -> String {
    env.ok(&[&["export"], args].concat()).raw_stdout().to_owned()
}

/// Another desk in the same home.
fn other(env: &Env) -> Env {
    let above = env.at("..");
    above.ok(&["init", "other", "--profile", "itsm"]);
    above.at("other")
}

#[test]
fn forms() {
    let env = Env::desk();
    env.new_record(&[
        "incident",
        "new",
        "=1+1, \"x\"",
        "--tag",
        "b",
        "--tag",
        "a",
        "--set",
        "custom.site=-5",
        "-m",
        "One\ntwo",
    ]);
    let columns = "id,type,title,tags,description,custom.site,resolution.code";
    assert_snapshot!(env.run(&["export", "csv", "--columns", columns]), @"");
    assert_snapshot!(env.run(&["export", "csv", "--columns", "title,custom.site", "--no-guard"]), @"");
    assert_snapshot!(env.run(&["export", "json"]), @"");
    assert_snapshot!(env.run(&["export", "jsonl"]), @"");
    assert_snapshot!(env.run(&["export", "yaml"]), @"");
    assert_snapshot!(env.run(&["export", "json", "type:problem"]), @"");
    assert_snapshot!(env.run(&["export", "jsonl", "type:problem"]), @"");
}

#[test]
fn columns_follow_the_types_asked_for() {
    let env = desk();
    let header = |query: &str| {
        let table = export(&env, &["csv", query]);
        table.lines().next().unwrap_or_default().to_owned()
    };
    assert_snapshot!(header("type:ci"), @"");
    assert_snapshot!(header("kind:incident status:closed"), @"");
    assert_snapshot!(header("type:incident"), @"");
    let all = header("");
    assert!(all.contains(",escalation,offering,known_error,") && all.contains(",location,"));
    // What a query does not narrow to one type has the columns of all.
    assert_eq!(header("type:ci or tag:a"), all);
    assert_eq!(header("tag:none"), all.replace(",custom.room,custom.site", ""));
}

#[test]
fn queries_narrow_and_order() {
    let env = desk();
    let titles = |query: &str| export(&env, &["csv", "--columns", "title,name", query]);
    assert_snapshot!(titles(""), @"");
    assert_snapshot!(titles("type:incident status:open"), @"");
    assert_snapshot!(titles("type:ci sort:title limit:1"), @"");
    assert_snapshot!(titles("pool sort:-title"), @"");
    assert_snapshot!(env.run(&["export", "csv", "--columns", "id,titel"]), @"");
    assert_snapshot!(env.run(&["export", "jsonl", "statsu:open"]), @"");
}

#[test]
fn files_are_replaced_when_they_are_whole() {
    let env = desk();
    assert_snapshot!(env.run(&["export", "jsonl", "-o", "out.jsonl"]), @"");
    assert_eq!(env.read("out.jsonl"), export(&env, &["jsonl"]));
    assert_snapshot!(env.run(&["export", "csv", "type:problem", "-o", "out.jsonl"]), @"");
    assert_eq!(env.read("out.jsonl"), export(&env, &["csv", "type:problem"]));
    assert_snapshot!(env.run(&["export", "csv", "--columns", "x", "-o", "out.jsonl"]), @"");
    assert_eq!(env.read("out.jsonl"), export(&env, &["csv", "type:problem"]));
    assert_snapshot!(env.run(&["export", "csv", "-o", "none/out.csv"]), @"");
    assert_eq!(env.run(&["export", "csv", "-o", "/dev/null"]).code, 0);
    assert_eq!(env.ok(&["export", "csv", "-o", "-"]).raw_stdout(), export(&env, &["csv"]));
}

#[test]
fn what_cannot_be_read_is_told() {
    let env = desk();
    let path = env.path("web-00");
    env.write(&path, "name: broken\n");
    env.git(&["commit", "-qam", "break"]);
    let output = env.ok(&["export", "csv", "type:ci", "--columns", "name"]);
    assert_snapshot!(output, @"");
}

#[test]
fn records_come_back_on_another_desk() {
    let env = desk();
    let (lines, files) = (export(&env, &["jsonl"]), export(&env, &["yaml"]));
    assert_eq!(lines.lines().count(), 7);
    for format in ["jsonl", "json", "csv"] {
        let other = other(&env);
        let source = export(&env, &[format]);
        let import = other.typing(&source);
        let dry = import.ok(&["import", format, "-", "--from", "gitsm", "--dry-run"]);
        assert!(dry.stderr.contains("7 would be created"), "{dry}");
        assert_eq!(export(&other, &["jsonl"]), "");
        import.ok(&["import", format, "-", "--from", "gitsm"]);
        assert_eq!(export(&other, &["jsonl"]), lines, "{format}");
        assert_eq!(export(&other, &["yaml"]), files, "{format}");
        assert_eq!(other.ok(&["check"]).raw_stdout(), env.ok(&["check"]).raw_stdout());
        assert_eq!(other.git(&["log", "-1", "--format=%s"]).raw_stdout(), "import: 7 records\n");
        // Again: what is there is left alone.
        let commits = other.commits();
        let again = import.ok(&["import", format, "-", "--from", "gitsm"]);
        assert!(again.stderr.contains("0 created, 7 present already"), "{again}");
        assert_eq!(other.commits(), commits);
        std::fs::remove_dir_all(other.cwd()).unwrap();
    }
}

#[test]
fn what_does_not_fit_is_rejected() {
    let env = desk();
    let other = other(&env);
    // Incidents name a problem and a configuration item.
    let incidents = export(&env, &["jsonl", "type:incident"]);
    assert_snapshot!(other.typing(&incidents).run(&["import", "jsonl", "-", "--from", "gitsm"]), @"");
    assert_eq!(export(&other, &["jsonl"]), "");
    let import = ["import", "jsonl", "-", "--from", "gitsm", "--skip-bad"];
    assert_snapshot!(other.typing(&incidents).run(&import), @"");
    // A name that is taken.
    other.ok(&["ci", "new", "WEB-01"]);
    let cis = export(&env, &["jsonl", "type:ci"]);
    assert_snapshot!(other.typing(&cis).run(&import), @"");
    // What is no record, breaks a rule, or comes twice.
    let chair = export(&env, &["jsonl", "type:request"]);
    let lines = [
        "{}".to_owned(),
        chair.trim_end().replace("\"status\":\"", "\"status\":\"un"),
        chair.trim_end().to_owned(),
        chair.trim_end().to_owned(),
        "what?".to_owned(),
    ];
    assert_snapshot!(other.typing(&lines.join("\n")).run(&import), @"");
    // A circle.
    let more = Env::desk();
    let (a, b) = (more.incident("A"), more.incident("B"));
    more.ok(&["link", &a, "blocked-by", &b]);
    let text = export(&more, &["jsonl"]);
    let (a, b) = (more.full_id(&a), more.full_id(&b));
    let last = text.trim_end().strip_suffix('}').unwrap();
    let text = format!("{last},\"links\":[{{\"rel\":\"blocked_by\",\"to\":\"{a}\"}}]}}\n");
    assert!(text.contains(&b));
    more.at("..").ok(&["init", "third"]);
    let third = more.at("../third");
    assert_snapshot!(third.typing(&text).run(&import), @"");
}

#[test]
fn attached_files_do_not_come_along() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.write("crash.log", "boom\n");
    env.ok(&["attach", &id, "crash.log"]);
    let text = export(&env, &["jsonl"]);
    let other = other(&env);
    assert_snapshot!(other.typing(&text).run(&["import", "jsonl", "-", "--from", "gitsm"]), @"");
    assert_eq!(export(&other, &["jsonl"]), text);
}

#[test]
fn wrong_sources() {
    let env = Env::desk();
    env.write("tickets.csv", "Number,Title\nT-1,Printer\n");
    assert_snapshot!(env.run(&["import", "csv", "tickets.csv", "--from", "gitsm"]), @"");
    assert_snapshot!(env.run(&["import", "json", "tickets.csv", "--from", "gitsm"]), @"");
    assert_snapshot!(env.run(&["import", "jsonl", "tickets.csv", "--from", "gitsm"]), @"");
}
