//! Many actions of different sorts, one on each line of JSON.

use insta::assert_snapshot;

use crate::common::Env;

/// Applies these lines.
pub fn apply(env: &Env, lines: &str, options: &[&str]) -> crate::common::Output {
    env.typing(lines).run(&[&["apply"], options].concat())
}

#[test]
fn lines_of_different_sorts_make_one_commit() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let before = env.commits();
    let lines = format!(
        r#"{{"do":"new","type":"problem","title":"Pool leaks","impact":"high","ref":"p","tags":["pool","db"],"custom":{{}}}}
{{"do":"link","id":"{a}","rel":"caused_by","to":"@p"}}

{{"do":"note","id":"@p","message":"Seen on web-01."}}
{{"do":"investigate","id":"@p"}}
{{"do":"resolve","id":"{b}","code":"workaround","message":"Restarted."}}
{{"do":"close","id":"{b}"}}
"#
    );
    assert_snapshot!(apply(&env, &lines, &[]), @"
    PRB-AAAAAA
    [stderr]
    created PRB-AAAAAA: Pool leaks (P2, new)
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    PRB-AAAAAA note: notes: - -> (work) Seen on web-01.
    PRB-AAAAAA investigate: new -> root_cause_analysis
    INC-BBBBBB resolve: new -> resolved
    INC-BBBBBB close: resolved -> closed
    6 lines carried out in 1 commit
    ");
    assert_eq!(env.commits(), before + 1);
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    apply: 3 records

    PRB-AAAAAA Pool leaks
      status: - -> root_cause_analysis
      impact: - -> high
      urgency: - -> medium
      priority: - -> P2
      requester: - -> alice
      tags: - -> db
      tags: - -> pool
      channel: - -> cli
      started_at: - -> 2026-11-22T09:04:04Z
      notes: - -> (work) Seen on web-01.
    INC-AAAAAA A
      links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    INC-BBBBBB B
      status: new -> closed
      resolved_at: - -> 2026-11-22T09:04:04Z
      closed_at: - -> 2026-11-22T09:04:04Z
      resolution.code: - -> workaround
      resolution.by: - -> alice
      resolution.text: - -> Restarted.

    Gitsm-Action: apply
    Gitsm-Record: PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    Gitsm-Actor: alice
    Gitsm-Steps: close, investigate, link, new, note, resolve
    ");
    assert_snapshot!(env.run(&["log", "-n", "1"]), @"
    c1----- 2026-11-22 09:04 alice apply 3 records
        PRB-AAAAAA Pool leaks
            status: root_cause_analysis
            impact: high
            urgency: medium
            priority: P2
            requester: alice
            tags: db
            tags: pool
            channel: cli
            notes: (work) Seen on web-01.
        INC-AAAAAA A
            links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
        INC-BBBBBB B
            status: new -> closed
            resolution.code: workaround
            resolution.by: alice
            resolution.text: Restarted.
    ");
    assert_eq!(env.run(&["check"]).code, 0);
    assert_snapshot!(env.git(&["status", "--short"]), @"");
}

/// Every action of the built-in workflows, and of one that a desk wrote itself.
#[test]
fn every_action_there_is() {
    let env = Env::desk();
    env.write(
        ".gitsm/workflows/request.yaml",
        "kind: request\nentry: [new]\nstates:\n  new: {category: open}\n  packed: {category: open}\n  done: {category: closed}\ntransitions:\n  pack:\n  - {from: [new], to: packed, needs: [comment]}\n  review:\n  - {from: [packed], to: done}\n",
    );
    env.ok(&["commit"]);
    let lines = r#"
{"do":"new","type":"ci","name":"web-01","class":"server","ref":"web","status":"planned"}
{"do":"activate","id":"web-01"}
{"do":"maintain","id":"@web","message":"Patching."}
{"do":"activate","id":"@web"}
{"do":"new","type":"incident","title":"I","ref":"i","cis":["@web"],"description":"Two\nlines.","requester":"bob"}
{"do":"take","id":"@i","message":"Mine."}
{"do":"escalate","id":"@i","team":"net","message":"Help."}
{"do":"hold","id":"@i","reason":"awaiting-vendor"}
{"do":"resume","id":"@i"}
{"do":"assign","id":"@i","person":"bob","team":null}
{"do":"assign","id":"@i","person":null,"team":"apps","message":"Yours."}
{"do":"edit","id":"@i","set":{"impact":"high","category":"app/web"},"add":{"tags":["x","y"]},"remove":{"tags":"y"}}
{"do":"resolve","id":"@i","message":"Done.","set":{"channel":"phone"}}
{"do":"reopen","id":"@i","message":"Not done.","public":true}
{"do":"cancel","id":"@i","message":"Enough."}
{"do":"new","type":"problem","title":"P","ref":"p","links":[{"rel":"causes","to":["@i"]}]}
{"do":"investigate","id":"@p"}
{"do":"cause","id":"@p","message":"A leak."}
{"do":"known-error","id":"@p"}
{"do":"workaround","id":"@p","message":"Restart."}
{"do":"fix","id":"@p"}
{"do":"new","type":"change","title":"C","ref":"c","model":"emergency","links":[{"rel":"fixes","to":"@p"}]}
{"do":"schedule","id":"@c","start":"tomorrow 22:00","end":"tomorrow 23:00"}
{"do":"submit","id":"@c"}
{"do":"approve","id":"@c","message":"Go."}
{"do":"implement","id":"@c"}
{"do":"complete","id":"@c"}
{"do":"review","id":"@c","message":"Went well."}
{"do":"close","id":"@c"}
{"do":"resolve","id":"@p","message":"Patched."}
{"do":"unlink","id":"@p","rel":"causes","to":"@i"}
{"do":"new","type":"request","title":"R","ref":"r","offering":"laptop"}
{"do":"pack","id":"@r","message":"In the box."}
{"do":"review","id":"@r"}
"#;
    assert_snapshot!(apply(&env, lines, &[]), @"
    CI-AAAAAA
    INC-AAAAAA
    PRB-AAAAAA
    CHG-AAAAAA
    REQ-AAAAAA
    [stderr]
    created CI-AAAAAA: web-01 (planned)
    CI-AAAAAA activate: planned -> live
    CI-AAAAAA maintain: live -> maintenance
    CI-AAAAAA activate: maintenance -> live
    created INC-AAAAAA: I (P3, new)
    INC-AAAAAA start: new -> in_progress
    INC-AAAAAA escalate: escalation: - -> 1; team: - -> net; notes: - -> (work) Help.; 1 more
    INC-AAAAAA hold: in_progress -> on_hold
    INC-AAAAAA resume: on_hold -> in_progress
    INC-AAAAAA assign: assignee: - -> bob; team: net -> -
    INC-AAAAAA assign: team: - -> apps; notes: - -> (work) Yours.; assignee: bob -> -
    INC-AAAAAA edit: impact: medium -> high; priority: P3 -> P2; category: - -> app/web; 1 more
    INC-AAAAAA resolve: in_progress -> resolved
    INC-AAAAAA reopen: resolved -> in_progress
    INC-AAAAAA cancel: in_progress -> cancelled
    created PRB-AAAAAA: P (P3, new)
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    PRB-AAAAAA investigate: new -> root_cause_analysis
    PRB-AAAAAA cause: cause: - -> A leak.
    PRB-AAAAAA known_error: known_error: - -> true
    PRB-AAAAAA workaround: workaround: - -> Restart.
    PRB-AAAAAA fix: root_cause_analysis -> fix_in_progress
    created CHG-AAAAAA: C (P3, new)
    PRB-AAAAAA link: links: - -> fixed_by CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
    CHG-AAAAAA schedule: planned_start: - -> 2026-11-23T22:00:00Z; planned_end: - -> 2026-11-23T23:00:00Z
    CHG-AAAAAA submit: new -> authorize
    CHG-AAAAAA approve: authorize -> scheduled
    CHG-AAAAAA implement: scheduled -> implement
    CHG-AAAAAA complete: implement -> review
    CHG-AAAAAA review: review: - -> Went well.
    CHG-AAAAAA close: review -> closed
    PRB-AAAAAA resolve: fix_in_progress -> resolved
    INC-AAAAAA unlink: links: caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA -> -
    created REQ-AAAAAA: R (P3, new)
    REQ-AAAAAA pack: new -> packed
    REQ-AAAAAA review: packed -> done
    34 lines carried out in 1 commit
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    5 records checked: nothing wrong
    ");
    let shown = |id: &str| env.run(&["list", "--all", "-f", "csv", "--columns", id]);
    assert_snapshot!(shown("type,title,status,team,assignee,tags,impact"), @"
    type,title,status,team,assignee,tags,impact
    incident,I,cancelled,apps,,x,high
    request,R,done,,,,medium
    problem,P,resolved,,,,medium
    change,C,closed,,,,medium
    ci,web-01,live,,,,
    ");
}

#[test]
fn a_preview_of_lines() {
    let env = Env::desk();
    let a = env.incident("A");
    let before = env.commits();
    let lines = format!(
        r#"{{"do":"new","type":"incident","title":"C","ref":"c"}}
{{"do":"link","id":"{a}","rel":"duplicate_of","to":"@c"}}
{{"do":"note","id":"{a}","message":"x"}}
{{"do":"edit","id":"{a}","set":{{"impact":"medium"}}}}
"#
    );
    assert_snapshot!(apply(&env, &lines, &["-n"]), @"
    new incident: C (new)
      status: - -> new
      impact: - -> medium
      urgency: - -> medium
      priority: - -> P3
      requester: - -> alice
      channel: - -> cli
    INC-AAAAAA link: A
      links: - -> duplicate_of INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    INC-AAAAAA note: A
      notes: - -> (work) x
    commit: apply: 2 records
    [stderr]
    line 4: nothing to do
    dry run: nothing was written
    ");
    assert_snapshot!(apply(&env, &lines, &["-n", "--each"]), @"
    new incident: C (new)
      status: - -> new
      impact: - -> medium
      urgency: - -> medium
      priority: - -> P3
      requester: - -> alice
      channel: - -> cli
    INC-AAAAAA link: A
      links: - -> duplicate_of INC-CCCCCCCCCCCCCCCCCCCCCCCCCC
    INC-AAAAAA note: A
      notes: - -> (work) x
    [stderr]
    line 4: nothing to do
    dry run: nothing was written
    ");
    assert_snapshot!(apply(&env, "{\"do\":\"new\",\"type\":\"incident\",\"title\":\"C\"}", &["-n"]), @"
    new incident: C (new)
      status: - -> new
      impact: - -> medium
      urgency: - -> medium
      priority: - -> P3
      requester: - -> alice
      channel: - -> cli
    commit: INC new: C
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(apply(&env, "{\"do\":\"close\",\"id\":\"ZZZZ\"}", &["-n"]), @"
    [stderr]
    error: line 1: there is no record `ZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    1 line was refused; nothing was written
    [exit 3]
    ");
    assert_eq!(env.commits(), before);
}

#[test]
fn a_commit_for_each_line() {
    let env = Env::desk();
    let a = env.incident("A");
    let before = env.commits();
    let lines = format!(
        r#"{{"do":"new","type":"problem","title":"P","ref":"p"}}
{{"do":"link","id":"{a}","rel":"caused_by","to":"@p"}}
{{"do":"edit","id":"{a}","set":{{"impact":"medium"}}}}
{{"do":"note","id":"@p","message":"x"}}
"#
    );
    assert_snapshot!(apply(&env, &lines, &["--each", "-v"]), @"
    PRB-AAAAAA
    [stderr]
    created PRB-AAAAAA: P (P3, new)
    line 1: commit c1-----
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    line 2: commit c2-----
    line 3: nothing to do
    PRB-AAAAAA note: notes: - -> (work) x
    line 4: commit c3-----
    3 lines carried out in 3 commits
    ");
    assert_snapshot!(env.git(&["log", "--format=%s", "-4"]), @"
    PRB-AAAAAA note: P
    INC-AAAAAA link: A
    PRB-AAAAAA new: P
    INC-AAAAAA new: A
    ");
    assert_eq!(env.commits(), before + 3);
    // One that is refused keeps all from being done; or only those after it.
    let lines = format!(
        "{{\"do\":\"note\",\"id\":\"{a}\",\"message\":\"x\"}}\n{{\"do\":\"close\",\"id\":\"{a}\"}}\n"
    );
    assert_snapshot!(apply(&env, &lines, &["--each"]), @"
    [stderr]
    error: line 2: INC-AAAAAA is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    1 line was refused; nothing was written
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 3);
    assert_snapshot!(apply(&env, &lines, &["--each", "-k"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) x
    error: line 2: INC-AAAAAA is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    1 line was refused; the others were carried out
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 4);
}

#[test]
fn answers_for_programs() {
    let env = Env::desk();
    let a = env.incident("A");
    let lines = format!(
        r#"{{"do":"new","type":"problem","title":"P","ref":"p"}}
{{"do":"link","id":"{a}","rel":"caused_by","to":"@p"}}
{{"do":"close","id":"{a}"}}
"#
    );
    assert_snapshot!(apply(&env, &lines, &["-k", "--json"]), @r#"
    {
      "schema": "gitsm.applied/1",
      "dry_run": false,
      "commits": 1,
      "subject": "apply: 2 records",
      "lines": [
        {
          "line": 1,
          "do": "new",
          "ref": "p",
          "result": "done",
          "commit": "c1--------------------------------------",
          "records": [
            {
              "id": "PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA",
              "short": "PRB-AAAAAA",
              "type": "problem",
              "title": "P",
              "status": "new",
              "priority": "P3",
              "action": "new",
              "changes": [
                {
                  "field": "status",
                  "from": null,
                  "to": "new"
                },
                {
                  "field": "impact",
                  "from": null,
                  "to": "medium"
                },
                {
                  "field": "urgency",
                  "from": null,
                  "to": "medium"
                },
                {
                  "field": "priority",
                  "from": null,
                  "to": "P3"
                },
                {
                  "field": "requester",
                  "from": null,
                  "to": "alice"
                },
                {
                  "field": "channel",
                  "from": null,
                  "to": "cli"
                }
              ]
            }
          ],
          "refused": null
        },
        {
          "line": 2,
          "do": "link",
          "ref": null,
          "result": "done",
          "commit": "c1--------------------------------------",
          "records": [
            {
              "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
              "short": "INC-AAAAAA",
              "type": "incident",
              "title": "A",
              "status": "new",
              "priority": "P3",
              "action": "link",
              "changes": [
                {
                  "field": "links",
                  "from": null,
                  "to": {
                    "rel": "caused_by",
                    "to": "PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA"
                  }
                }
              ]
            }
          ],
          "refused": null
        },
        {
          "line": 3,
          "do": "close",
          "ref": null,
          "result": "refused",
          "commit": null,
          "records": [],
          "refused": {
            "reason": "INC-AAAAAA is new; `close` is possible from resolved",
            "hints": [
              "possible now: start, hold, resolve, cancel"
            ],
            "exit_code": 4
          }
        }
      ]
    }
    [stderr]
    error: line 3: INC-AAAAAA is new; `close` is possible from resolved
      possible now: start, hold, resolve, cancel
    1 line was refused; the others were carried out
    [exit 4]
    "#);
    let good = format!(
        "{{\"do\":\"note\",\"id\":\"{a}\",\"message\":\"x\"}}\n{{\"do\":\"take\",\"id\":\"{a}\"}}\n"
    );
    assert_snapshot!(apply(&env, &good, &["-f", "ids"]), @"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_snapshot!(apply(&env, &good, &["-f", "jsonl"]), @r#"
    {"line":1,"do":"note","ref":null,"result":"done","commit":"c2--------------------------------------","records":[{"id":"INC-AAAAAAAAAAAAAAAAAAAAAAAAAA","short":"INC-AAAAAA","type":"incident","title":"A","status":"in_progress","priority":"P3","action":"note","changes":[{"field":"notes","from":null,"to":{"id":"<ulid>","at":"2026-11-22T09:04:04Z","by":"alice","kind":"work","text":"x\n"}}]}],"refused":null}
    {"line":2,"do":"take","ref":null,"result":"unchanged","commit":null,"records":[],"refused":null}
    "#);
    assert_snapshot!(apply(&env, "\n\n", &["-f", "jsonl"]), @"");
    assert_snapshot!(apply(&env, "", &[]), @"
    [stderr]
    nothing to do
    ");
}

/// Lines and verbs are the same actions: same rules, same records.
#[test]
fn lines_do_what_verbs_do() {
    let by_verb = Env::desk().with("GITSM_NOW", "2026-11-22T12:00:04Z");
    let by_line = Env::desk().with("GITSM_NOW", "2026-11-22T12:00:04Z");
    let (v, l) = (by_verb.incident("A"), by_line.incident("A"));
    let ulids = regex::Regex::new("01[0-9A-Z]{24}").expect("a pattern");
    for (verb, line) in [
        (vec!["incident", "take", "ID", "-m", "Mine."], r#""do":"take","message":"Mine.""#),
        (
            vec!["edit", "ID", "--set", "tags+=b,a", "--impact", "high"],
            r#""do":"edit","add":{"tags":["b","a"]},"set":{"impact":"high"}"#,
        ),
        (
            vec!["incident", "hold", "ID", "-r", "awaiting_vendor"],
            r#""do":"hold","reason":"awaiting_vendor""#,
        ),
        (
            vec!["note", "ID", "--public", "-m", "Soon."],
            r#""do":"note","public":true,"message":"Soon.""#,
        ),
        (
            vec!["incident", "resolve", "ID", "-c", "workaround", "-m", "Done."],
            r#""do":"resolve","code":"workaround","message":"Done.""#,
        ),
        (vec!["incident", "close", "ID"], r#""do":"close""#),
        (vec!["incident", "close", "ID"], r#""do":"close""#),
    ] {
        let verb: Vec<&str> =
            verb.iter().map(|word| if *word == "ID" { v.as_str() } else { *word }).collect();
        let one = by_verb.run(&verb);
        let two = apply(&by_line, &format!("{{{line},\"id\":\"{l}\"}}"), &[]);
        assert_eq!(one.code, two.code, "{verb:?}\n{one}\n{two}");
        let words = |env: &Env, id: &str| {
            let text = env.read(&env.path(id));
            ulids.replace_all(&text, "<ulid>").into_owned()
        };
        assert_eq!(words(&by_verb, &v), words(&by_line, &l), "{verb:?}");
    }
    assert_eq!(
        by_verb.git(&["log", "--format=%s"]).stdout,
        by_line.git(&["log", "--format=%s"]).stdout
    );
}

#[test]
fn the_schema_of_a_line() {
    let env = Env::empty();
    let schema = env.ok(&["schema", "action"]).json();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for good in [
        r#"{"do":"new","type":"incident","title":"x","tags":["a"],"custom":{"site":"x"},"custom.a":1}"#,
        r#"{"do":"new","type":"ci","name":"x","links":[{"rel":"runs_on","to":"host"}],"ref":"a"}"#,
        r#"{"do":"edit","id":"x","set":{"impact":"high","tags":["a"],"team":null,"custom":{"a":"b"}}}"#,
        r#"{"do":"assign","id":"x","person":null}"#,
        r#"{"do":"link","id":"x","rel":"causes","to":["a","b"]}"#,
        r#"{"do":"resolve","id":"x","code":"fixed","message":"y"}"#,
        r#"{"do":"our_own-step","id":"x","set":{"cause":"y"}}"#,
        r#"{"do":"schedule","id":"x","start":"tomorrow"}"#,
    ] {
        let line = serde_json::from_str(good).expect("JSON");
        assert!(validator.is_valid(&line), "{good}");
    }
    for bad in [
        r#"{"do":"new","type":"incident"}"#,
        r#"{"do":"new","type":"incident","title":"x","titel":"y"}"#,
        r#"{"do":"new","type":"incident","title":"x","opened_at":"2026-11-22T00:00:00Z"}"#,
        r#"{"do":"new","type":"incident","title":"x","impact":"huge"}"#,
        r#"{"do":"note","id":"x"}"#,
        r#"{"do":"note","message":"x"}"#,
        r#"{"do":"link","id":"x","rel":"eats","to":"a"}"#,
        r#"{"do":"edit","id":"x","set":{"version":1.1}}"#,
        r#"{"do":"close","id":"x","mesage":"y"}"#,
        r#"{"id":"x"}"#,
        "[]",
    ] {
        let line = serde_json::from_str(bad).expect("JSON");
        assert!(!validator.is_valid(&line), "{bad}");
    }
}

/// Steps of one record that no single action makes are an `apply`, not a `move`,
/// which is what no action did.
#[test]
fn several_actions_on_one_record() {
    let env = Env::desk();
    let (one, other) = (env.incident("CRM crashes"), env.incident("Printer jams"));
    let done = |id: &str| {
        format!(
            "{{\"do\":\"resolve\",\"id\":\"{id}\",\"message\":\"x\"}}\n{{\"do\":\"close\",\"id\":\"{id}\"}}\n"
        )
    };
    env.typing(&done(&one)).ok(&["apply"]);
    assert_snapshot!(env.git(&["log", "-1", "--format=%s%n%(trailers:key=Gitsm-Action)"]), @"
    INC-AAAAAA apply: CRM crashes
    Gitsm-Action: apply
    ");
    let note = format!("{{\"do\":\"note\",\"id\":\"{one}\",\"message\":\"y\"}}\n");
    env.typing(&(done(&other) + &note)).ok(&["apply"]);
    for id in [&one, &other] {
        let log = env.ok(&["log", id, "--template", "{{ action }}"]);
        assert!(!log.raw_stdout().contains("move"), "{}", log.raw_stdout());
        assert!(log.raw_stdout().contains("apply"), "{}", log.raw_stdout());
    }
}
