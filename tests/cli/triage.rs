//! `gitsm triage`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::common::Env;

/// A CRM on its database, an older incident, its problem, and a change shortly
/// before the new incident, whose id is given.
fn crm() -> (Env, String) {
    let env = Env::desk();
    env.ok(&["ci", "new", "crm-db", "--class", "database", "--criticality", "high"]);
    env.ok(&["ci", "new", "crm-app", "--class", "application"]);
    env.ok(&["ci", "new", "crm-portal", "--class", "application"]);
    env.ok(&["link", "crm-app", "depends_on", "crm-db"]);
    env.ok(&["link", "crm-portal", "depends_on", "crm-app"]);
    let bob = env.as_person("bob");
    let first = env.new_record(&[
        "incident",
        "new",
        "CRM crashes when the quarterly report runs",
        "--ci",
        "crm-app",
        "--category",
        "application/crm",
        "-m",
        "The report aborts after a minute.",
    ]);
    bob.ok(&["incident", "take", &first]);
    env.ok(&["assign", &first, "--team", "apps"]);
    let problem = env.new_record(&[
        "problem",
        "new",
        "CRM report exhausts the connection pool",
        "--from",
        &first,
        "--ci",
        "crm-app",
    ]);
    env.ok(&["problem", "investigate", &problem]);
    env.ok(&["problem", "cause", &problem, "-m", "The new release leaks connections."]);
    env.ok(&["problem", "workaround", &problem, "-m", "Restart the pool."]);
    env.ok(&["problem", "known-error", &problem]);
    bob.ok(&["incident", "resolve", &first, "-m", "Restarted the pool.", "--code", "workaround"]);
    let change = env.new_record(&[
        "change",
        "new",
        "Deploy CRM 4.2",
        "--ci",
        "crm-db",
        "--model",
        "standard",
        "--start",
        "2026-11-22T09:30:00Z",
        "--end",
        "2026-11-22T10:30:00Z",
    ]);
    for verb in ["submit", "implement", "complete"] {
        env.ok(&["change", verb, &change]);
    }
    let new = env.new_record(&[
        "incident",
        "new",
        "Quarterly CRM report crashes",
        "--ci",
        "crm-app",
        "-m",
        "Aborts, and so does crm-portal.",
    ]);
    (env, new)
}

fn json(env: &Env, args: &[&str]) -> Value {
    env.ok(&[args, &["--json"]].concat()).json()
}

#[test]
fn answers_the_three_questions() {
    let (env, new) = crm();
    assert_snapshot!(env.run(&["triage", &new]), @"
    INC-BBBBBB Quarterly CRM report crashes
    incident · new · P3 · opened 2026-11-22 09:19 (1m ago)

    1. Has this been seen before? Yes, a problem is known.
       problems and known errors
        61%  PRB-AAAAAA CRM report exhausts the connection pool (root_cause_analysis, 11m ago) [known error]
             text 5/30 (report, crm) · CI 20/20 (also crm-app) · links 24/30 (a ticket 81% like it)
             workaround: Restart the pool.
             > gitsm link INC-BBBBBB caused_by PRB-AAAAAA
       similar tickets
        81%  INC-AAAAAA CRM crashes when the quarterly report runs (resolved, 14m ago)
             text 34/50 (crashes, quarterly, report, aborts, crm) · CI 20/20 (also crm-app) · requester
             4/4 (alice) · time 10/10 (within a day)
             workaround: Restarted the pool.

    2. Does it need a change? Likely.
       - CHG-AAAAAA (Deploy CRM 4.2) was implemented 1 minute before on crm-db, which its items depend
         on
         > gitsm link INC-BBBBBB caused_by CHG-AAAAAA
       - PRB-AAAAAA may be behind it: its cause is known, and no change removes it yet
         > gitsm change new 'Fix PRB-AAAAAA' --fixes PRB-AAAAAA

    3. What does it concern? 2 configuration items; nothing else fails with them.
       crm-app (application)
       named in the text: crm-portal (application)
         > gitsm edit INC-BBBBBB --set cis+=crm-portal
       possible causes (1)
         crm-db (database, criticality high), by depends_on with crm-app
       open on the way
         PRB-AAAAAA CRM report exhausts the connection pool (root_cause_analysis) on crm-app

    Proposed from similar tickets
       team apps, 40% sure: the only similar ticket with this field says apps
         > gitsm assign INC-BBBBBB --team apps
       assignee bob, 40% sure: the only similar ticket with this field says bob
         > gitsm assign INC-BBBBBB bob
       category application/crm, 40% sure: the only similar ticket with this field says application/crm
         > gitsm edit INC-BBBBBB --set category=application/crm
    ");
}

#[test]
fn what_contributes_to_a_problem_counts() {
    let env = Env::desk();
    for (name, class) in [("mail-gw", "server"), ("san-1", "storage"), ("fax", "server")] {
        env.ok(&["ci", "new", name, "--class", class]);
    }
    env.ok(&["link", "mail-gw", "depends_on", "san-1"]);
    let problem = env.new_record(&["problem", "new", "Queue stalls", "--ci", "fax"]);
    env.ok(&["link", &problem, "caused_by", "mail-gw"]);
    let change = env.new_record(&[
        "change",
        "new",
        "New firmware",
        "--ci",
        "san-1",
        "--model",
        "standard",
        "--start",
        "2026-11-22T09:00:00Z",
        "--end",
        "2026-11-22T09:30:00Z",
    ]);
    for verb in ["submit", "implement", "complete"] {
        env.ok(&["change", verb, &change]);
    }
    // A ticket on the contributing item leads to the problem.
    let on_item = env.new_record(&["incident", "new", "Letters are late", "--ci", "mail-gw"]);
    assert_snapshot!(env.run(&["triage", &on_item]), @"
    INC-AAAAAA Letters are late
    incident · new · P3 · opened 2026-11-22 09:11 (1m ago)

    1. Has this been seen before? Hardly.
       problems and known errors
        25%  PRB-AAAAAA Queue stalls (new, 7m ago)
             text 0/30 (no word in common) · CI 20/20 (mail-gw, which contributes to it) · links 0/30
             (none)

    2. Does it need a change? Likely.
       - CHG-AAAAAA (New firmware) was implemented 1 minute before on san-1, which its items depend on
         > gitsm link INC-AAAAAA caused_by CHG-AAAAAA

    3. What does it concern? 1 configuration item; nothing else fails with it.
       mail-gw (server)
       possible causes (1)
         san-1 (storage), by depends_on with mail-gw
       open on the way
         PRB-AAAAAA Queue stalls (new) on mail-gw
    ");
    // A ticket that is linked to the problem, with no item of its own.
    let linked = env.incident("Nothing arrives on paper");
    env.ok(&["link", &linked, "caused_by", &problem]);
    assert_snapshot!(env.run(&["triage", &linked]), @"
    INC-BBBBBB Nothing arrives on paper
    incident · new · P3 · opened 2026-11-22 09:13 (2m ago)

    1. Has this been seen before? Yes, a problem is known.
       problems and known errors
        13%  PRB-AAAAAA Queue stalls (new, 10m ago) [linked: caused_by]
             text 0/30 (no word in common) · CI 10/20 (mail-gw, which contributes to it, one relation
             away) · links 0/30 (none)
       similar tickets
        29%  INC-AAAAAA Letters are late (new, 4m ago)
             text 0/50 (no word in common) · CI 10/20 (mail-gw, one relation away) · requester 4/4
             (alice) · time 10/10 (within a day)

    2. Does it need a change? Likely.
       - CHG-AAAAAA (New firmware) was implemented 3 minutes before on san-1, which is behind the
         problem
         > gitsm link INC-BBBBBB caused_by CHG-AAAAAA

    3. What does it concern? No configuration item is named.
       possible causes (2)
         mail-gw (server), by caused_by with PRB-AAAAAA
           san-1 (storage), by depends_on with mail-gw
       open on the way
         INC-AAAAAA Letters are late (new) on mail-gw, a possible cause
         PRB-AAAAAA Queue stalls (new) on mail-gw, a possible cause
    ");
    // The problem itself.
    let view = json(&env, &["triage", &problem]);
    let causes = view["concern"]["causes"].as_array().unwrap();
    let told: Vec<(&str, u64)> = causes
        .iter()
        .map(|one| (one["record"]["title"].as_str().unwrap(), one["depth"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [("mail-gw", 1), ("san-1", 2)]);
    let tickets = view["seen"]["tickets"].as_array().unwrap();
    let on = tickets.iter().find(|one| one["record"]["id"] == env.full_id(&on_item)).unwrap();
    let parts = on["parts"].as_array().unwrap();
    let item = parts.iter().find(|part| part["part"] == "ci").unwrap();
    assert_eq!(item["why"], "also mail-gw");
    // An item out of use causes nothing any more.
    env.ok(&["ci", "retire", "mail-gw"]);
    let view = json(&env, &["triage", &linked]);
    assert_eq!(view["concern"]["causes"], Value::Array(Vec::new()));
}

#[test]
fn changes_nothing_unless_told_to() {
    let (env, new) = crm();
    let before = env.commits();
    env.ok(&["triage", &new]);
    assert_snapshot!(env.run(&["triage", &new, "--apply", "--above", "90", "--dry-run"]), @"
    INC-BBBBBB edit: Quarterly CRM report crashes
      cis: - -> CI-CCCCCCCCCCCCCCCCCCCCCCCCCC
    commit: INC-BBBBBB edit: Quarterly CRM report crashes
    [stderr]
    dry run: nothing was written
    ");
    // Nobody is there to confirm.
    assert_snapshot!(env.run(&["triage", &new, "--apply", "--above", "40"]), @"
    [stderr]
    error: a confirmation is missing, and there is no terminal to ask for it

    hint: give it with `--yes`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["triage", &new, "--apply", "--above", "40", "--dry-run"]), @"
    INC-BBBBBB edit: Quarterly CRM report crashes
      cis: - -> CI-CCCCCCCCCCCCCCCCCCCCCCCCCC
      assignee: - -> bob
      team: - -> apps
      category: - -> application/crm
    commit: INC-BBBBBB edit: Quarterly CRM report crashes
    [stderr]
    dry run: nothing was written
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(env.run(&["triage", &new, "--apply", "--above", "40", "--yes"]), @"
    [stderr]
    INC-BBBBBB edit: cis: - -> CI-CCCCCCCCCCCCCCCCCCCCCCCCCC; assignee: - -> bob; team: - -> apps; 1 more
    ");
    assert_eq!(env.commits(), before + 1);
}

#[test]
fn duplicates_and_recurrences_are_told() {
    let env = Env::desk();
    let first = env.incident("Printer on floor 3 is offline");
    env.incident("VPN drops every hour");
    for _ in 0..2 {
        let past = env.incident("Floor 3 printer is offline");
        env.ok(&["incident", "resolve", &past, "-m", "Switched it on."]);
    }
    let second = env.incident("Printer offline on floor 3");
    let third = env.incident("Floor 3 printer is offline");
    assert_snapshot!(env.run(&["triage", &third]), @"
    INC-FFFFFF Floor 3 printer is offline
    incident · new · P3 · opened 2026-11-22 09:08 (1m ago)

    1. Has this been seen before? Yes, it is likely to be a duplicate.
       It recurs: 3 tickets much alike within 30 days.
       > gitsm problem new 'Floor 3 printer is offline' --from INC-FFFFFF --from INC-DDDDDD --from INC-CCCCCC
       similar tickets
       100%  INC-DDDDDD Floor 3 printer is offline (resolved, 4m ago)
             text 50/50 (is, floor, offline, printer) · requester 4/4 (alice) · time 10/10 (within
             a day)
             fixed: Switched it on.
       100%  INC-CCCCCC Floor 3 printer is offline (resolved, 6m ago)
             text 50/50 (is, floor, offline, printer) · requester 4/4 (alice) · time 10/10 (within
             a day)
             fixed: Switched it on.
       100%  INC-AAAAAA Printer on floor 3 is offline (new, 8m ago) [duplicate?]
             text 50/50 (is, floor, offline, printer) · requester 4/4 (alice) · time 10/10 (within
             a day)
             > gitsm incident merge INC-FFFFFF --into INC-AAAAAA
        70%  INC-EEEEEE Printer offline on floor 3 (new, 2m ago) [duplicate?]
             text 31/50 (floor, offline, printer) · requester 4/4 (alice) · time 10/10 (within a day)
             > gitsm incident merge INC-FFFFFF --into INC-EEEEEE

    2. Does it need a change? Nothing says so.

    3. What does it concern? No configuration item is named.

    Proposed from similar tickets
       assignee alice, 67% sure: 2 of 2 similar tickets were worked on by alice
         > gitsm assign INC-FFFFFF alice
    ");
    // The younger one repeats the older one, whichever is looked at.
    assert_snapshot!(env.run(&["triage", &first, "--limit", "1"]), @"
    INC-AAAAAA Printer on floor 3 is offline
    incident · new · P3 · opened 2026-11-22 09:01 (9m ago)

    1. Has this been seen before? Yes, it is likely to be a duplicate.
       similar tickets
        84%  INC-EEEEEE Printer offline on floor 3 (new, 3m ago) [duplicate?]
             text 40/50 (on, floor, offline, printer) · requester 4/4 (alice) · time 10/10 (within
             a day)
             > gitsm incident merge INC-EEEEEE --into INC-AAAAAA
       and 3 more similar tickets

    2. Does it need a change? Nothing says so.

    3. What does it concern? No configuration item is named.

    Proposed from similar tickets
       assignee alice, 44% sure: 2 of 2 similar tickets were worked on by alice
         > gitsm assign INC-AAAAAA alice
    ");
    env.ok(&["link", &third, "duplicate_of", &second]);
    let view = json(&env, &["triage", &third]);
    assert_eq!(view["seen"]["answer"], "duplicate");
    let linked: Vec<&Value> =
        view["seen"]["tickets"].as_array().unwrap().iter().map(|one| &one["linked"]).collect();
    assert!(linked.contains(&&Value::from("duplicate_of")), "{linked:?}");
}

#[test]
fn lists_what_is_new_and_nobody_has() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["incident", "triage"]), @"
    [stderr]
    no records match
    ");
    env.incident("Printer");
    env.new_record(&["incident", "new", "CRM down", "--impact", "high", "--urgency", "high"]);
    let taken = env.incident("VPN");
    env.ok(&["incident", "take", &taken]);
    env.new_record(&["request", "new", "A chair"]);
    assert_snapshot!(env.run(&["incident", "triage"]), @"
    ID          PRIORITY  AGE  TEAM  TITLE
    INC-BBBBBB  P1         4m  -     CRM down
    INC-AAAAAA  P3         5m  -     Printer
    ");
    assert_snapshot!(env.run(&["triage"]), @"
    ID          TYPE      PRIORITY  AGE  TEAM  TITLE
    INC-BBBBBB  incident  P1         5m  -     CRM down
    INC-AAAAAA  incident  P3         6m  -     Printer
    REQ-AAAAAA  request   P3         2m  -     A chair
    ");
}

#[test]
fn refuses_what_is_no_ticket() {
    let (env, _) = crm();
    assert_snapshot!(env.run(&["triage", "crm-db"]), @"
    [stderr]
    error: crm-db is no ticket but a configuration item

    hint: gitsm list 'ci:crm-db' lists the tickets about it
    [exit 2]
    ");
    assert_snapshot!(env.run(&["triage", "--apply"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID>

    Usage: gitsm triage --apply <ID>

    For more information, try '--help'.
    [exit 2]
    ");
    let request = env.new_record(&["request", "new", "A chair"]);
    assert_snapshot!(env.run(&["incident", "triage", &request]), @"
    [stderr]
    error: REQ-AAAAAA is no incident but a request

    hint: gitsm triage REQ-AAAAAA
    [exit 2]
    ");
    assert_snapshot!(env.run(&["triage", &request]), @"
    REQ-AAAAAA A chair
    request · new · P3 · opened 2026-11-22 09:22 (2m ago)

    1. Has this been seen before? No.
       compared with 3 records

    2. Does it need a change? Nothing says so.

    3. What does it concern? No configuration item is named.
    ");
}

#[test]
fn circles_and_items_out_of_use_do_no_harm() {
    let env = Env::desk();
    for name in ["a1", "b1", "c1", "old"] {
        env.ok(&["ci", "new", name, "--class", "server"]);
    }
    for (from, to) in [("a1", "b1"), ("b1", "c1"), ("c1", "a1"), ("old", "a1"), ("a1", "old")] {
        env.ok(&["link", from, "depends_on", to]);
    }
    env.ok(&["ci", "retire", "old"]);
    let id = env.new_record(&["incident", "new", "It is slow", "--ci", "a1"]);
    let view = json(&env, &["triage", &id]);
    let names = |part: &str| -> Vec<String> {
        let nodes = view["concern"][part].as_array().unwrap();
        nodes.iter().map(|node| node["record"]["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("affected"), ["c1", "b1"]);
    assert_eq!(names("causes"), ["b1", "c1"]);
}

#[test]
fn hostile_texts_are_compared_like_others() {
    let env = Env::desk();
    let words: Vec<String> = (0..60_000).map(|n| format!("w{n}")).collect();
    env.write("huge.txt", format!("{}\n{}", words.join(" "), "x".repeat(100_000)));
    let huge = env.new_record(&["incident", "new", "Log", "-F", "huge.txt"]);
    let again = env.new_record(&["incident", "new", "Log", "-F", "huge.txt"]);
    let view = json(&env, &["triage", &again]);
    assert_eq!(view["seen"]["tickets"][0]["score"], 100);
    assert_eq!(view["seen"]["tickets"][0]["record"]["id"], env.full_id(&huge));
    for title in ["?!", "\" OR title : *", "'; DROP TABLE rec; --", "NEAR( é", "東京 東京"] {
        let id = env.incident(title);
        let view = json(&env, &["triage", &id]);
        assert_eq!(view["ticket"]["title"], title);
        env.ok(&["triage", &id]);
    }
}

#[test]
fn answers_are_the_same_without_a_place_for_the_index() {
    let (env, new) = crm();
    let with = json(&env, &["triage", &new]);
    let state = env.cwd().join(".git/gitsm");
    std::fs::remove_file(state.join("index.sqlite")).unwrap();
    std::fs::create_dir(state.join("index.sqlite")).unwrap();
    let without = json(&env, &["triage", &new]);
    let timeless = |mut view: Value| {
        view.as_object_mut().unwrap().remove("now");
        view
    };
    assert_eq!(timeless(with), timeless(without));
}

#[test]
fn who_asked_and_when_propose_nothing() {
    let env = Env::desk();
    for title in ["CRM crashes", "CRM is slow", "CRM hangs"] {
        let id = env.new_record(&["incident", "new", title, "--category", "app/crm"]);
        env.ok(&["assign", &id, "--team", "apps"]);
    }
    for title in ["🔥🔥", "!!!"] {
        let id = env.incident(title);
        let view = json(&env, &["triage", &id]);
        assert_eq!(view["proposals"], serde_json::json!([]), "{view}");
        assert_eq!(view["seen"]["answer"], "no", "{view}");
    }
}

#[test]
fn no_limit_is_all() {
    let env = Env::desk();
    for _ in 0..7 {
        env.incident("CRM crashes at night");
    }
    let id = env.incident("CRM crashes at night");
    let of = |limit: &str| {
        let view = json(&env, &["triage", &id, "--limit", limit]);
        (view["seen"]["answer"].clone(), view["seen"]["tickets"].as_array().map(Vec::len))
    };
    let (answer, all) = of("0");
    assert_eq!((answer, all), (of("3").0, Some(7)));
    assert_eq!(of("3").1, Some(3));
}
