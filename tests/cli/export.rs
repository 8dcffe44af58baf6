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
    env.ok(&["incident", "hold", &a, "-r", "awaiting_requester", "-m", "Which one?"]);
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
    assert_snapshot!(env.run(&["export", "csv", "--columns", columns]), @r#"
    id,type,title,tags,description,custom.site,resolution.code
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,incident,"'=1+1, ""x""","a, b","One
    two
    ",'-5,
    "#);
    assert_snapshot!(env.run(&["export", "csv", "--columns", "title,custom.site", "--no-guard"]), @r#"
    title,custom.site
    "=1+1, ""x""",-5
    "#);
    assert_snapshot!(env.run(&["export", "json"]), @r#"
    [
    {"id":"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA","title":"=1+1, \"x\"","status":"new","impact":"medium","urgency":"medium","priority":"P3","requester":"alice","tags":["a","b"],"channel":"cli","opened_at":"2026-11-22T09:01:04Z","opened_by":"alice","updated_at":"2026-11-22T09:01:04Z","description":"One\ntwo\n","custom":{"site":"-5"}}
    ]
    "#);
    assert_snapshot!(env.run(&["export", "jsonl"]), @r#"{"id":"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA","title":"=1+1, \"x\"","status":"new","impact":"medium","urgency":"medium","priority":"P3","requester":"alice","tags":["a","b"],"channel":"cli","opened_at":"2026-11-22T09:01:04Z","opened_by":"alice","updated_at":"2026-11-22T09:01:04Z","description":"One\ntwo\n","custom":{"site":"-5"}}"#);
    assert_snapshot!(env.run(&["export", "yaml"]), @r#"
    ---
    id: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    title: =1+1, "x"
    status: new
    impact: medium
    urgency: medium
    priority: P3
    requester: alice
    tags:
    - a
    - b
    channel: cli
    opened_at: "2026-11-22T09:01:04Z"
    opened_by: alice
    updated_at: "2026-11-22T09:01:04Z"
    description: |
      One
      two
    custom:
      site: "-5"
    "#);
    assert_snapshot!(env.run(&["export", "json", "type:problem"]), @"[]");
    assert_snapshot!(env.run(&["export", "jsonl", "type:problem"]), @"");
}

#[test]
fn columns_follow_the_types_asked_for() {
    let env = desk();
    let header = |query: &str| {
        let table = export(&env, &["csv", query]);
        table.lines().next().unwrap_or_default().to_owned()
    };
    assert_snapshot!(header("type:ci"), @"id,type,name,class,status,domain,criticality,environment,service,owner,team,location,version,tags,external_id,opened_at,opened_by,updated_at,retired_at,description,links,notes,attachments");
    assert_snapshot!(header("kind:incident status:closed"), @"id,type,title,status,domain,impact,urgency,priority,priority_reason,escalation,major,review,service,cis,requester,assignee,team,category,tags,channel,external_id,opened_at,opened_by,updated_at,started_at,resolved_at,closed_at,reopen_count,resolution.code,resolution.by,resolution.text,description,links,holds,approvals,notes,attachments,tasks,csat");
    assert_snapshot!(header("type:incident"), @"id,type,title,status,domain,impact,urgency,priority,priority_reason,escalation,major,review,service,cis,requester,assignee,team,category,tags,channel,external_id,opened_at,opened_by,updated_at,started_at,resolved_at,closed_at,reopen_count,resolution.code,resolution.by,resolution.text,description,links,holds,approvals,notes,attachments,tasks,csat,custom.room,custom.site");
    let all = header("");
    assert!(all.contains(",escalation,major,offering,known_error,") && all.contains(",location,"));
    // What a query does not narrow to one type has the columns of all.
    assert_eq!(header("type:ci or tag:a"), all);
    assert_eq!(header("tag:none"), all.replace(",custom.room,custom.site", ""));
}

#[test]
fn queries_narrow_and_order() {
    let env = desk();
    let titles = |query: &str| export(&env, &["csv", "--columns", "title,name", query]);
    assert_snapshot!(titles(""), @r#"
    title,name
    '=cmd|' /C calc'!A0,
    "CRM, ""the"" server",
    A chair,
    Pool leaks,
    Mend the pool,
    ,web-01
    ,web-00
    "#);
    assert_snapshot!(titles("type:incident status:open"), @"
    title,name
    '=cmd|' /C calc'!A0,
    ");
    assert_snapshot!(titles("type:ci sort:title limit:1"), @"
    title,name
    ,web-00
    ");
    assert_snapshot!(titles("pool sort:-title"), @"
    title,name
    Pool leaks,
    Mend the pool,
    ");
    let then = ["export", "csv", "--columns", "title,status", "tag:a or the", "--at", "HEAD~4"];
    assert_snapshot!(env.run(&then), @r#"
    title,status
    '=cmd|' /C calc'!A0,in_progress
    "CRM, ""the"" server",new
    Mend the pool,new
    "#);
    assert_snapshot!(env.run(&["export", "csv", "--columns", "id,titel"]), @"
    [stderr]
    error: there is no column `titel`

    hint: did you mean `title`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["export", "jsonl", "statsu:open"]), @"
    [stderr]
    error: there is no field `statsu` (column 1)
      statsu:open
      ^^^^^^

    hint: did you mean `status`?
    [exit 2]
    ");
}

#[test]
fn files_are_replaced_when_they_are_whole() {
    let env = desk();
    assert_snapshot!(env.run(&["export", "jsonl", "-o", "out.jsonl"]), @"
    [stderr]
    exported 7 records to out.jsonl
    ");
    assert_eq!(env.read("out.jsonl"), export(&env, &["jsonl"]));
    assert_snapshot!(env.run(&["export", "csv", "type:problem", "-o", "out.jsonl"]), @"
    [stderr]
    exported 1 record to out.jsonl
    ");
    assert_eq!(env.read("out.jsonl"), export(&env, &["csv", "type:problem"]));
    assert_snapshot!(env.run(&["export", "csv", "--columns", "x", "-o", "out.jsonl"]), @"
    [stderr]
    error: there is no column `x`

    hint: there are id, type, title, name, class, status, domain, impact, urgency, priority, priority_reason, escalation, major, offering, known_error, cause, workaround, model, template, risk, planned_start, planned_end, outcome, implementation_plan, test_plan, backout_plan, review, criticality, environment, service, cis, requester, assignee, owner, team, category, location, version, tags, channel, external_id, opened_at, opened_by, updated_at, started_at, resolved_at, closed_at, retired_at, reopen_count, resolution.code, resolution.by, resolution.text, description, links, holds, whys, approvals, notes, attachments, tasks, csat, answers, required_approvals, deployment, deploys, overrides, accepted_conflicts, risk_assessment, test_evidence and custom.NAME
    [exit 2]
    ");
    assert_eq!(env.read("out.jsonl"), export(&env, &["csv", "type:problem"]));
    assert_snapshot!(env.run(&["export", "csv", "-o", "none/out.csv"]), @"
    [stderr]
    error: cannot write $HOME/src/desk/none/out.csv: there is no such folder

    hint: make $HOME/src/desk/none first
    [exit 8]
    ");
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
    assert_snapshot!(output, @"
    name
    web-01
    [stderr]
    warning: 1 file cannot be read as a record; see `gitsm check`
    ");
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
    assert_snapshot!(other.typing(&incidents).run(&["import", "jsonl", "-", "--from", "gitsm"]), @"
    line 1: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA: it names CI-AAAAAAAAAAAAAAAAAAAAAAAAAA, which neither the desk has nor the source
    [stderr]
    2 rows read, 2 tickets, 0 created, 0 present already, 1 row rejected; nothing was written
    [exit 6]
    ");
    assert_eq!(export(&other, &["jsonl"]), "");
    let import = ["import", "jsonl", "-", "--from", "gitsm", "--skip-bad"];
    assert_snapshot!(other.typing(&incidents).run(&import), @"
    line 1: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA: it names CI-AAAAAAAAAAAAAAAAAAAAAAAAAA, which neither the desk has nor the source
    [stderr]
    2 rows read, 2 tickets, 1 created, 0 present already, 1 row rejected (commit c1-----)
    ");
    // A name that is taken.
    other.ok(&["ci", "new", "WEB-01"]);
    let cis = export(&env, &["jsonl", "type:ci"]);
    assert_snapshot!(other.typing(&cis).run(&import), @"
    line 1: CI-AAAAAAAAAAAAAAAAAAAAAAAAAA: `name`: CI-CCCCCCCCCCCCCCCCCCCCCCCCCC is called `web-01` already
    [stderr]
    2 rows read, 2 tickets, 1 created, 0 present already, 1 row rejected (commit c2-----)
    ");
    // What is no record, breaks a rule, or comes twice.
    let chair = export(&env, &["jsonl", "type:request"]);
    let lines = [
        "{}".to_owned(),
        chair.trim_end().replace("\"status\":\"", "\"status\":\"un"),
        chair.trim_end().to_owned(),
        chair.trim_end().to_owned(),
        "what?".to_owned(),
    ];
    assert_snapshot!(other.typing(&lines.join("\n")).run(&import), @"
    line 1: it has no `id`
    line 2: REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA: `status`: `unwaiting_for_approval` is no state of a request; the states are new, waiting_for_approval, approved, rejected, in_progress, on_hold, fulfilled, closed, cancelled [status-unknown]
    line 3: REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA: the same id stands on line 2 already
    line 4: REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA: the same id stands on line 2 already
    line 5: not JSON: expected value (column 1)
    [stderr]
    5 rows read, 1 ticket, 0 created, 0 present already, 5 rows rejected; nothing was written
    [exit 6]
    ");
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
    assert_snapshot!(third.typing(&text).run(&import), @"
    line 1: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA: `links`: INC-AAAAAA blocked_by INC-BBBBBB would close a circle: INC-BBBBBB -> INC-AAAAAA
    line 2: INC-BBBBBBBBBBBBBBBBBBBBBBBBBB: `links`: INC-BBBBBB blocked_by INC-AAAAAA would close a circle: INC-AAAAAA -> INC-BBBBBB
    [stderr]
    2 rows read, 2 tickets, 0 created, 0 present already, 2 rows rejected; nothing was written
    [exit 6]
    ");
}

#[test]
fn attached_files_do_not_come_along() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.write("crash.log", "boom\n");
    env.ok(&["attach", &id, "crash.log"]);
    let text = export(&env, &["jsonl"]);
    let other = other(&env);
    assert_snapshot!(other.typing(&text).run(&["import", "jsonl", "-", "--from", "gitsm"]), @"
    [stderr]
    warning: 1 attached file is not on this desk: an export names them and does not hold them; copy the folder `attachments` of the other desk and commit it
    1 row read, 1 ticket, 1 created, 0 present already (commit c1-----)
    ");
    assert_eq!(export(&other, &["jsonl"]), text);
    assert_snapshot!(other.run(&["check"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: warning[attachment-missing]: the attached file attachments/8d/8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954 is not on this desk
    [stderr]
    1 record checked: 1 warning
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
}

#[test]
fn wrong_sources() {
    let env = Env::desk();
    env.write("tickets.csv", "Number,Title\nT-1,Printer\n");
    assert_snapshot!(env.run(&["import", "csv", "tickets.csv", "--from", "gitsm"]), @"
    [stderr]
    error: the first line of $HOME/src/desk/tickets.csv: there is no column `Number`

    hint: a table of another system needs `--map MAPPING.yaml`
    [exit 6]
    ");
    assert_snapshot!(env.run(&["import", "json", "tickets.csv", "--from", "gitsm"]), @"
    [stderr]
    error: cannot read $HOME/src/desk/tickets.csv: expected value at line 1 column 1

    hint: `import jsonl` reads a record on each line
    [exit 6]
    ");
    assert_snapshot!(env.run(&["import", "jsonl", "tickets.csv", "--from", "gitsm"]), @"
    line 1: not JSON: expected value (column 1)
    line 2: not JSON: expected value (column 1)
    [stderr]
    2 rows read, 0 tickets, 0 created, 0 present already, 2 rows rejected; nothing was written
    [exit 6]
    ");
}
