//! `gitsm list` and `gitsm TYPE list`.

use insta::assert_snapshot;

use crate::common::Env;

/// Two incidents, a request, a problem, a change and a CI.
pub fn filled() -> Env {
    let env = Env::desk();
    env.ok(&["ci", "new", "web-01", "--class", "server", "--service", "crm", "--owner", "carol"]);
    env.ok(&[
        "incident",
        "new",
        "CRM crashes",
        "-i",
        "high",
        "-u",
        "high",
        "-s",
        "crm",
        "--ci",
        "web-01",
        "-a",
        "alice",
        "-t",
        "apps",
        "-c",
        "application/crm",
        "--tag",
        "crash",
        "--tag",
        "crm",
    ]);
    let printer = env.new_record(&[
        "incident",
        "new",
        "Printer jams",
        "-i",
        "low",
        "-r",
        "bob",
        "-c",
        "hardware/printer",
    ]);
    env.ok(&["incident", "resolve", &printer, "-m", "Took the paper out."]);
    env.ok(&["request", "new", "A new laptop", "-r", "bob", "-t", "it"]);
    env.ok(&["problem", "new", "Memory leak in CRM", "-a", "carol", "-t", "apps"]);
    env.ok(&["change", "new", "Patch the CRM", "--risk", "low"]);
    env
}

#[track_caller]
fn titles(env: &Env, args: &[&str]) -> String {
    let mut all = vec!["list", "--template", "{{ title }}"];
    all.extend(args);
    env.ok(&all).stdout.lines().collect::<Vec<_>>().join(" | ")
}

#[test]
fn what_is_open() {
    let env = filled();
    assert_snapshot!(env.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P1        new      6m  alice     CRM crashes
    REQ-AAAAAA  P3        new      3m  -         A new laptop
    PRB-AAAAAA  P3        new      2m  carol     Memory leak in CRM
    CHG-AAAAAA  P3        new      1m  -         Patch the CRM
    CI-AAAAAA   -         live     7m  carol     web-01
    ");
    assert_snapshot!(env.run(&["list", "--all"]), @"
    ID          PRIORITY  STATUS    AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P1        new        7m  alice     CRM crashes
    REQ-AAAAAA  P3        new        4m  -         A new laptop
    PRB-AAAAAA  P3        new        3m  carol     Memory leak in CRM
    CHG-AAAAAA  P3        new        2m  -         Patch the CRM
    INC-BBBBBB  P4        resolved   6m  -         Printer jams
    CI-AAAAAA   -         live       8m  carol     web-01
    ");
    assert_snapshot!(env.run(&["incident", "list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P1        new      8m  alice     CRM crashes
    ");
    assert_snapshot!(env.run(&["inc", "list", "-A"]), @"
    ID          PRIORITY  STATUS    AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P1        new        9m  alice     CRM crashes
    INC-BBBBBB  P4        resolved   8m  -         Printer jams
    ");
    assert_snapshot!(env.run(&["ci", "list"]), @"
    ID         TITLE   CATEGORY  STATUS  SERVICE  ASSIGNEE  TEAM
    CI-AAAAAA  web-01  server    live    crm      carol     -
    ");
    assert_snapshot!(env.run(&["change", "list", "--mine"]), @"
    [stderr]
    no records match
    ");
}

#[test]
fn nothing_yet() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["list"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(env.run(&["list", "--format", "csv"]), @"id,priority,status,age,assignee,title");
    assert_snapshot!(env.run(&["list", "-f", "ids"]), @"");
    assert_snapshot!(env.run(&["list", "--json"]), @r#"
    {
      "schema": "gitsm.rows/1",
      "total": 0,
      "more": false,
      "order": "priority",
      "now": "2026-11-22T09:04:04Z",
      "rows": []
    }
    "#);
}

#[test]
fn each_filter() {
    let env = filled();
    let titles = |args: &[&str]| titles(&env, args);
    assert_snapshot!(titles(&["--type", "problem"]), @"Memory leak in CRM");
    assert_snapshot!(titles(&["-T", "CHG"]), @"Patch the CRM");
    assert_snapshot!(titles(&["--status", "resolved"]), @"Printer jams");
    assert_snapshot!(titles(&["-S", "any", "-T", "incident"]), @"CRM crashes | Printer jams");
    assert_snapshot!(titles(&["--status", "live"]), @"web-01");
    assert_snapshot!(titles(&["--priority", "P1"]), @"CRM crashes");
    assert_snapshot!(titles(&["-p", "<=P2"]), @"CRM crashes");
    assert_snapshot!(titles(&["-p", ">P2", "-A", "-T", "incident"]), @"Printer jams");
    assert_snapshot!(titles(&["--assignee", "carol"]), @"Memory leak in CRM | web-01");
    assert_snapshot!(titles(&["-a", "alice,carol", "-T", "incident"]), @"CRM crashes");
    assert_snapshot!(titles(&["--mine"]), @"CRM crashes");
    assert_snapshot!(titles(&["--unassigned"]), @"A new laptop | Patch the CRM");
    assert_snapshot!(titles(&["--team", "apps"]), @"CRM crashes | Memory leak in CRM");
    assert_snapshot!(titles(&["--requester", "bob", "--all"]), @"A new laptop | Printer jams");
    assert_snapshot!(titles(&["--service", "crm"]), @"CRM crashes | web-01");
    assert_snapshot!(titles(&["--ci", "web-01"]), @"CRM crashes");
    assert_snapshot!(titles(&["--category", "application/crm"]), @"CRM crashes");
    assert_snapshot!(titles(&["-c", "hardware/*", "-A"]), @"Printer jams");
    assert_snapshot!(titles(&["--tag", "crash", "--tag", "crm"]), @"CRM crashes");
    assert_snapshot!(titles(&["--tag", "noise"]), @"");
    let mine = env.as_person("carol");
    assert_snapshot!(mine.run(&["list", "-m", "--template", "{{ title }}"]), @"
    Memory leak in CRM
    web-01
    ");
}

#[test]
fn queries() {
    let env = filled();
    let titles = |args: &[&str]| titles(&env, args);
    assert_snapshot!(titles(&["crm"]), @"CRM crashes | Memory leak in CRM | Patch the CRM");
    assert_snapshot!(titles(&["crm", "type:problem"]), @"Memory leak in CRM");
    assert_snapshot!(titles(&["crm type:problem or printer status:any"]), @"Memory leak in CRM | Printer jams");
    assert_snapshot!(titles(&["(team:apps or team:it) sort:title"]), @"A new laptop | CRM crashes | Memory leak in CRM");
    assert_snapshot!(titles(&["\"new laptop\""]), @"A new laptop");
    assert_snapshot!(titles(&["not", "crm", "-T", "request"]), @"A new laptop");
    assert_snapshot!(titles(&["age:<1h", "type:incident"]), @"CRM crashes");
    assert_snapshot!(titles(&["opened:>=2026-11-23"]), @"");
    assert_snapshot!(titles(&["status:any sort:-opened limit:2"]), @"Patch the CRM | Memory leak in CRM");
    assert_snapshot!(titles(&["assignee:none", "type:request"]), @"A new laptop");
}

/// Options were once taken for words of the query after its first word.
#[test]
fn options_may_follow_the_query() {
    let env = filled();
    assert_snapshot!(env.run(&["list", "crm", "--format", "csv", "--columns", "title,status"]), @"
    title,status
    CRM crashes,new
    Memory leak in CRM,new
    Patch the CRM,new
    ");
    assert_snapshot!(env.run(&["list", "status:any", "-n1", "-fcsv", "--columns", "title"]), @"
    title
    CRM crashes
    ");
    assert_snapshot!(env.run(&["incident", "list", "crm", "-pP1", "--template", "{{ title }}"]), @"CRM crashes");
    assert_snapshot!(env.run(&["list", "crm", "--stats", "open"]), @"
    [stderr]
    error: unexpected argument '--stats' found

      tip: a similar argument exists: '--status'

    Usage: gitsm list --status <STATE> <QUERY>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "-z"]), @"
    [stderr]
    error: unexpected argument '-z' found

      tip: to pass '-z' as a value, use '-- -z'

    Usage: gitsm list [OPTIONS] [QUERY]...

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn a_condition_may_be_turned_round() {
    let env = filled();
    let titles = |args: &[&str]| titles(&env, args);
    assert_snapshot!(titles(&["-tag:crash", "type:incident", "status:any"]), @"Printer jams");
    assert_snapshot!(titles(&["type:incident", "-status:open"]), @"Printer jams");
    assert_snapshot!(titles(&["type:incident -tag:crash", "-A"]), @"Printer jams");
    assert_snapshot!(titles(&["-T", "incident", "-A", "-custom.floor:3"]), @"CRM crashes | Printer jams");
    assert_snapshot!(titles(&["-A", "-T", "incident", "--", "-crm"]), @"Printer jams");
}

#[test]
fn order_and_number() {
    let env = filled();
    let titles = |args: &[&str]| titles(&env, args);
    assert_snapshot!(titles(&["--sort", "title"]), @"A new laptop | CRM crashes | Memory leak in CRM | Patch the CRM | web-01");
    assert_snapshot!(titles(&["--sort", "-opened"]), @"Patch the CRM | Memory leak in CRM | A new laptop | CRM crashes | web-01");
    assert_snapshot!(titles(&["--sort=type", "--sort=-title"]), @"CRM crashes | A new laptop | Memory leak in CRM | Patch the CRM | web-01");
    assert_snapshot!(titles(&["--sort", "opened", "--limit", "2"]), @"web-01 | CRM crashes");
    assert_snapshot!(env.run(&["list", "-n", "2"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P1        new     10m  alice     CRM crashes
    REQ-AAAAAA  P3        new      7m  -         A new laptop
    [stderr]
    2 of 5 records
    ");
    assert_snapshot!(env.run(&["list", "-n", "0", "-f", "ids"]), @"
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA
    PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
    CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
}

#[test]
fn formats() {
    let env = filled();
    let run = |args: &[&str]| {
        let mut all = vec!["list", "-T", "incident", "-A", "--sort", "opened"];
        all.extend(args);
        env.run(&all)
    };
    assert_snapshot!(run(&["--json", "-n", "1"]), @r#"
    {
      "schema": "gitsm.rows/1",
      "total": 2,
      "more": false,
      "order": "opened",
      "now": "2026-11-22T09:08:04Z",
      "rows": [
        {
          "short": "INC-AAAAAA",
          "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "type": "incident",
          "title": "CRM crashes",
          "status": "new",
          "state": "open",
          "domain": null,
          "impact": "high",
          "urgency": "high",
          "priority": "P1",
          "service": "crm",
          "cis": [
            "CI-AAAAAAAAAAAAAAAAAAAAAAAAAA"
          ],
          "requester": "alice",
          "assignee": "alice",
          "team": "apps",
          "category": "application/crm",
          "tags": [
            "crash",
            "crm"
          ],
          "channel": "cli",
          "external_id": null,
          "opened_at": "2026-11-22T09:02:04Z",
          "opened_by": "alice",
          "updated_at": "2026-11-22T09:02:04Z",
          "started_at": null,
          "resolved_at": null,
          "closed_at": null,
          "custom": {}
        }
      ]
    }
    "#);
    assert_snapshot!(run(&["--format", "jsonl", "-n", "1"]), @r#"{"short":"INC-AAAAAA","id":"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA","type":"incident","title":"CRM crashes","status":"new","state":"open","domain":null,"impact":"high","urgency":"high","priority":"P1","service":"crm","cis":["CI-AAAAAAAAAAAAAAAAAAAAAAAAAA"],"requester":"alice","assignee":"alice","team":"apps","category":"application/crm","tags":["crash","crm"],"channel":"cli","external_id":null,"opened_at":"2026-11-22T09:02:04Z","opened_by":"alice","updated_at":"2026-11-22T09:02:04Z","started_at":null,"resolved_at":null,"closed_at":null,"custom":{}}"#);
    assert_snapshot!(run(&["--format", "csv"]), @"
    id,priority,status,age,assignee,title
    INC-AAAAAA,P1,new,480,alice,CRM crashes
    INC-BBBBBB,P4,resolved,420,,Printer jams
    ");
    assert_snapshot!(run(&["--format", "ids"]), @"
    INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    ");
    assert_snapshot!(run(&["--template", "{{ short }}\t{{ title|upper }}{{ assignee }}"]), @"
    INC-AAAAAA	CRM CRASHESalice
    INC-BBBBBB	PRINTER JAMS
    ");
    assert_snapshot!(
        run(&["--columns", "id,full_id,type,state,impact,urgency,team,requester,service", "-f", "csv"]),
        @"
        id,full_id,type,state,impact,urgency,team,requester,service
        INC-AAAAAA,INC-AAAAAAAAAAAAAAAAAAAAAAAAAA,incident,open,high,high,apps,alice,crm
        INC-BBBBBB,INC-BBBBBBBBBBBBBBBBBBBBBBBBBB,incident,resolved,low,medium,,bob,
        "
    );
    assert_snapshot!(
        run(&["--columns", "category,tags,channel,external_id,domain,opened,updated,started,resolved,closed,custom.floor", "-f", "csv"]),
        @r#"
        category,tags,channel,external_id,domain,opened,updated,started,resolved,closed,custom.floor
        application/crm,"crash,crm",cli,,,2026-11-22T09:02:04Z,2026-11-22T09:02:04Z,,,,
        hardware/printer,,cli,,,2026-11-22T09:03:04Z,2026-11-22T09:04:04Z,,2026-11-22T09:04:04Z,,
        "#
    );
    assert_snapshot!(run(&["--columns", "title,age"]), @"
    TITLE         AGE
    CRM crashes   13m
    Printer jams  12m
    ");
}

#[test]
fn every_kind_of_question() {
    let env = filled();
    let titles = |args: &[&str]| titles(&env, args);
    let id = |query| env.ok(&["list", query, "-f", "ids"]).raw_stdout().trim().to_owned();
    let (crash, leak) = (id("title:crashes"), id("title:leak"));
    let (crash, leak) = (crash.as_str(), leak.as_str());
    env.ok(&["link", leak, "causes", crash]);
    env.ok(&["note", crash, "-m", "The vendor looks into it."]);
    assert_snapshot!(titles(&["caused_by:any"]), @"CRM crashes");
    assert_snapshot!(titles(&[&format!("causes:{crash}")]), @"Memory leak in CRM");
    assert_snapshot!(titles(&[&format!("links:{leak}")]), @"CRM crashes");
    assert_snapshot!(titles(&["links:none", "type:incident,change", "-A"]), @"Patch the CRM | Printer jams");
    assert_snapshot!(titles(&["note:vendor", "noted_by:alice", "has:notes", "notes:1"]), @"CRM crashes");
    assert_snapshot!(titles(&["title:vendor"]), @"");
    assert_snapshot!(titles(&["resolution:any", "time_to_resolve:<1h"]), @"Printer jams");
    assert_snapshot!(titles(&["risk:low", "model:normal", "-has:approval"]), @"Patch the CRM");
    assert_snapshot!(titles(&["class:server", "owner:carol"]), @"web-01");
    assert_snapshot!(titles(&["involves:carol", "sort:type,-title"]), @"Memory leak in CRM | web-01");
    assert_snapshot!(titles(&["type:incident", "-A", "--sort", "state,-opened"]), @"CRM crashes | Printer jams");
    assert_snapshot!(titles(&["idle:<1h", "opened:today", "opened:>-2h", "-T", "incident"]), @"CRM crashes");
}

#[test]
fn as_it_was() {
    let env = Env::desk();
    let first = env.incident("Printer jams");
    env.ok(&["incident", "take", &first]);
    env.ok(&["incident", "resolve", &first, "-m", "Cleaned the rollers."]);
    env.incident("Scanner hums");
    assert_snapshot!(env.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-BBBBBB  P3        new      1m  -         Scanner hums
    ");
    assert_snapshot!(env.run(&["list", "--at", "HEAD~2"]), @"
    ID          PRIORITY  STATUS       AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        in_progress   1m  alice     Printer jams
    ");
    // A time means what had happened by then.
    assert_snapshot!(env.run(&["list", "--at", "2026-11-22T09:02:30Z"]), @"
    ID          PRIORITY  STATUS       AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        in_progress   1m  alice     Printer jams
    [stderr]
    as of commit c1-----, 2026-11-22 09:02 UTC
    ");
    assert_snapshot!(env.run(&["show", &first, "--at", "HEAD~3"]), @"
    INC-AAAAAA Printer jams
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (now) by alice
      updated    2026-11-22 09:01 (now)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(env.run(&["search", "rollers", "--at", "HEAD~1", "-f", "ids"]), @"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_snapshot!(env.run(&["search", "rollers", "--at", "HEAD~2", "-f", "ids"]), @"");
    assert_snapshot!(env.run(&["show", &first, "--at", "HEAD~4"]), @"
    [stderr]
    error: there was no record `INC-AAAAAA` then

    hint: `gitsm list --all --at WHEN` lists what there was
    [exit 3]
    ");
    assert_snapshot!(env.run(&["list", "--at", "tomorrow"]), @"
    [stderr]
    error: `tomorrow` lies in the future

    hint: only what has happened can be looked at
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--at", "nonsense"]), @r#"
    [stderr]
    error: `nonsense` is neither a commit nor a time

    hint: a commit's name from `gitsm log`, HEAD~3, a tag, 2026-11-22, "2026-11-22 22:00" and "2 days ago" are
    [exit 3]
    "#);
    assert_snapshot!(env.run(&["list", "--at", "2020-01-01"]), @"
    [stderr]
    error: nothing had happened yet at 2020-01-01T00:00:00Z

    hint: the desk begins at 2026-11-22T09:00:04Z
    [exit 3]
    ");
}

#[test]
fn headings_columns_and_templates() {
    let env = filled();
    assert_snapshot!(env.run(&["list", "type:incident", "--no-header"]), @"INC-AAAAAA  P1  new  6m  alice  CRM crashes");
    let csv = ["list", "type:incident", "-f", "csv", "--columns", "title", "--no-header"];
    assert_snapshot!(env.run(&csv), @"CRM crashes");
    for form in ["json", "jsonl", "yaml", "ids"] {
        let refused = env.run(&["list", "--columns", "title", "-f", form]);
        assert_eq!(refused.code, 2, "{refused}");
    }
    assert_snapshot!(env.run(&["list", "--columns", "title", "--json"]), @"
    [stderr]
    error: `--columns` is for tables and CSV; in this form a record is whole

    hint: leave it out, or print what you want with `--template`
    hint: only `--columns due,sla` adds what a record does not hold
    [exit 2]
    ");
    env.write("wide.txt", "{{ title|pad(14) }}|{{ priority|pad(-3) }} {{ opened_at|date('%H:%M') }} {{ opened_at|age }}\n");
    assert_snapshot!(env.run(&["list", "sort:title", "--template", "@wide.txt"]), @"
    A new laptop  | P3 09:05 10m
    CRM crashes   | P1 09:02 13m
    Memory leak in CRM| P3 09:06 9m
    Patch the CRM | P3 09:07 8m
    web-01        |    09:01 14m
    ");
    assert_snapshot!(env.run(&["list", "--template", "@nothing.txt"]), @"
    [stderr]
    error: invalid value '@nothing.txt' for '--template <TEMPLATE>': cannot read nothing.txt: No such file or directory (os error 2)

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--template", "{{ opened_at|date('%Q') }}"]), @"
    [stderr]
    error: the template cannot be used: invalid operation: `%Q` is no notation of times for strftime (line 1)

    hint: `--format jsonl` shows the names that a template can use
    [exit 2]
    ");
}

/// More than are read at a time: each form has all of them, in order.
#[test]
fn long_lists_are_whole() {
    let env = Env::desk();
    let count = 2_050;
    let mut source = "n,t,tag\n".to_owned();
    for number in 0..count {
        source.push_str(&format!("{number},Ticket {number:04},x\n"));
    }
    env.write("in.csv", source);
    env.write("map.yaml", "type: incident\nkey: n\nfields: {title: t, tags: tag}\n");
    env.ok(&["import", "csv", "in.csv", "--map", "map.yaml"]);
    let titles: Vec<String> = (0..count).map(|number| format!("Ticket {number:04}")).collect();
    let lines = |args: &[&str]| -> Vec<String> {
        let mut all = vec!["list", "sort:title", "-n", "0"];
        all.extend(args);
        env.ok(&all).raw_stdout().lines().map(str::to_owned).collect()
    };
    assert_eq!(lines(&["--template", "{{ title }}"]), titles);
    assert_eq!(lines(&["-f", "csv", "--columns", "title"])[1..], titles);
    let table = lines(&["--columns", "title", "--no-header"]);
    assert_eq!(table, titles);
    assert_eq!(lines(&["-f", "ids"]).len(), count);
    let found = env.ok(&["list", "sort:title", "--json"]).json();
    assert_eq!(
        (found["total"].as_u64(), found["rows"].as_array().map(Vec::len)),
        (Some(2_050), Some(count))
    );
    for (row, title) in found["rows"].as_array().unwrap().iter().zip(&titles) {
        assert_eq!(row["title"], title.as_str());
    }
    let jsonl = lines(&["-f", "jsonl"]);
    for (line, title) in jsonl.iter().zip(&titles) {
        assert!(line.contains(&format!("\"title\":\"{title}\"")), "{line}");
    }
    let yaml = env.ok(&["list", "sort:title", "-f", "yaml"]);
    let read: serde_json::Value =
        gitsm::format::read_built_in(yaml.raw_stdout().to_owned().leak()).unwrap();
    let json = env.ok(&["list", "sort:title", "--json"]);
    let json: serde_json::Value = serde_json::from_str(json.raw_stdout()).unwrap();
    assert_eq!(read["rows"], json["rows"]);
    let found = env.ok(&["search", "ticket", "-n", "0", "--json"]).json();
    assert_eq!(found["rows"].as_array().map(Vec::len), Some(count));
    assert_eq!(found["rows"][count - 1]["highlights"]["title"], serde_json::json!([[0, 6]]));
}

/// What can be asked or sorted by can be shown.
#[test]
fn every_field_can_be_a_column() {
    let env = Env::desk();
    env.new_record(&["ci", "new", "web-01", "--set", "location=Oslo"]);
    let id = env.new_record(&["incident", "new", "CRM crashes", "--ci", "web-01"]);
    env.ok(&["incident", "hold", &id, "-r", "awaiting_vendor"]);
    env.new_record(&["change", "new", "Patch", "--fixes", &id, "--set", "risk=low"]);
    let columns = "id,ci,hold,hold_since,on_hold,idle,time_to_start,risk,location,opened_by,links";
    assert_snapshot!(env.run(&["list", "-A", "--columns", "id,ci,hold,on_hold,idle,risk,location"]), @"
    ID          CI         HOLD             ON HOLD  IDLE  RISK  LOCATION
    INC-AAAAAA  CI-AAAAAA  awaiting_vendor       2m    1m  -     -
    CHG-AAAAAA  -          -                      -    1m  low   -
    CI-AAAAAA   -          -                      -    4m  -     Oslo
    ");
    assert_snapshot!(env.run(&["list", "-A", "-f", "csv", "--columns", columns]), @"
    id,ci,hold,hold_since,on_hold,idle,time_to_start,risk,location,opened_by,links
    INC-AAAAAA,CI-AAAAAA,awaiting_vendor,2026-11-22T09:03:04Z,180,120,,,,alice,fixed_by CHG-AAAAAA
    CHG-AAAAAA,,,,,120,,low,,alice,
    CI-AAAAAA,,,,,300,,,Oslo,alice,
    ");
    assert_snapshot!(env.run(&["list", "--columns", "resolution.code,cis,external,answer.site"]), @"
    RESOLUTION  CI         EXTERNAL ID  SITE
    -           CI-AAAAAA  -            -
    -           -          -            -
    -           -          -            -
    ");
    assert_snapshot!(env.run(&["list", "--columns", ""]), @"
    [stderr]
    error: no column is named

    hint: for example `--columns id,priority,title`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "list", "-T", "change"]), @"
    [stderr]
    error: `gitsm incident list` lists nothing but that

    hint: gitsm list --type change
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "--columns", "title", "--json"]), @"
    [stderr]
    error: `--columns` is for tables and CSV; in this form a record is whole

    hint: leave it out, or print what you want with `--template`
    hint: only `--columns due,sla` adds what a record does not hold
    [exit 2]
    ");
}

/// Templates and JSON tell of promises where they are asked to.
#[test]
fn promises_in_every_form() {
    let env = Env::desk();
    env.write(
        ".gitsm/sla.yaml",
        "commitments:\n  repair:\n    metric: resolution\n    when: type:incident\n    target: 4h\n",
    );
    env.ok(&["commit"]);
    env.incident("CRM crashes");
    let rows = env.ok(&["list", "--json", "--columns", "due,sla"]).json();
    let table = env.ok(&["list", "--columns", "sla,due", "--no-header"]).stdout;
    let template = env.ok(&["list", "--template", "{{ sla }} {{ due|date }}"]).stdout;
    let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(tidy(&table).starts_with("running 2026-"), "{table}");
    assert_eq!(tidy(&template), tidy(&table));
    assert_eq!(rows["rows"][0]["sla"], "running");
}
