//! Workflows as data: shown, drawn, checked; guards and roles that keep people
//! from acting, by verbs and by hand alike.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com], roles: [agent], teams: [apps]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [requester]}
- {id: carol, name: Carol, emails: [carol@example.com], roles: [manager]}
- {id: dora, name: Dora, emails: [dora@example.com], roles: [admin]}
- {id: otto, name: Otto, emails: [otto@example.com], roles: [auditor]}
- {id: bot, name: Bot, kind: machine, emails: [bot@example.com]}
";

/// Who closes a change must not be who carried it out; tests are run by apps.
const CHANGE: &str = "\
kind: change
entry: [new]
states:
  new: {category: open}
  doing: {category: open, work: true}
  review: {category: resolved}
  closed: {category: closed}
resolution_codes: [successful, unsuccessful]
only_in:
  cis: [new]
transitions:
  implement:
  - {from: [new], to: doing, by: {teams: [apps], from: [assignee]}, set: {assignee: me}}
  complete:
  - {from: [doing], to: review, by: {from: [assignee]}, set: {outcome: successful, resolution.code: successful}}
  close:
  - {from: [review], to: closed, not_by: [resolver]}
  revise:
  - {from: [doing], to: new, needs: [comment], by: {roles: [manager]}, clear: [assignee]}
";

/// A desk that knows its people and their roles.
fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/teams.yaml", "- {id: apps, name: Applications}\n");
    env.write(".gitsm/people.yaml", PEOPLE);
    env.ok(&["commit"]);
    env
}

#[test]
fn a_workflow_in_words_and_as_a_drawing() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["workflow", "show", "problem"]), @"
    problem workflow · .gitsm/workflows/problem.yaml

    states
      new                  open · begins here
      assess               open
      root_cause_analysis  open · somebody works on it
      fix_in_progress      open · somebody works on it
      resolved             resolved
      closed               closed
      cancelled            closed

    actions
      assess       new -> assess
      investigate  new, assess -> root_cause_analysis
      known-error  root_cause_analysis, fix_in_progress, which stays  needs cause · sets known_error=true
      fix          root_cause_analysis -> fix_in_progress  needs cause
      resolve      fix_in_progress -> resolved  needs resolution.text · sets resolution.code=fix_applied, known_error=false
      accept-risk  root_cause_analysis, fix_in_progress -> closed  needs comment · sets resolution.code=risk_accepted
      close        resolved -> closed
      reopen       resolved -> root_cause_analysis  needs comment
                   closed, cancelled -> root_cause_analysis  by the roles manager, admin · needs comment
      cancel       new, assess, root_cause_analysis, fix_in_progress -> cancelled  needs comment · sets resolution.code=cancelled

    codes         fix_applied, risk_accepted, duplicate, cancelled
    ");
    assert_snapshot!(env.run(&["workflow", "graph", "incident"]), @"
    incident workflow

    ╭───────────────╮
    │ ▸ new         │
    │               ├─ start ──────────╮
    │               ├─ hold ───────╮   │
    │               ├─ resolve ────┼─╮ │
    │               ├─ cancel ─────┼─┼─┼─╮
    ╰───────────────╯              │ │ │ │
    ╭───────────────╮              │ │ │ │
    │   in_progress │◀─────────────┼─┼─┤ │
    │               ├─ hold ───────┤ │ │ │
    │               ├─ resolve ────┼─┤ │ │
    │               ├─ cancel ─────┼─┼─┼─┤
    ╰───────────────╯              │ │ │ │
    ╭───────────────╮              │ │ │ │
    │   on_hold     │◀─────────────╯ │ │ │
    │               ├─ resume ───────┼─┤ │
    │               ├─ resolve ──────┤ │ │
    │               ├─ cancel ───────┼─┼─┤
    ╰───────────────╯                │ │ │
    ╭───────────────╮                │ │ │
    │   resolved    │◀───────────────╯ │ │
    │               ├─ reopen ─────────╯ │
    │               ├─ close ────╮       │
    ╰───────────────╯            │       │
    ╭───────────────╮            │       │
    │   closed      │◀───────────╯       │
    ╰───────────────╯                    │
    ╭───────────────╮                    │
    │   cancelled   │◀───────────────────╯
    ╰───────────────╯
    ");
    let svg = env.ok(&["workflow", "graph", "change", "--format", "svg"]).raw_stdout().to_owned();
    assert!(svg.starts_with("<svg ") && svg.contains("regularise (emergency)"), "{svg}");
    let dot = env.ok(&["workflow", "graph", "ci", "--format", "dot"]).raw_stdout().to_owned();
    assert!(dot.starts_with("digraph \"ci workflow\" {\n"), "{dot}");
    let json = env.ok(&["workflow", "show", "--json"]).raw_stdout().to_owned();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["schema"], "gitsm.workflow-list/1");
    assert_eq!(json["workflows"].as_array().map(Vec::len), Some(5));
    // Nothing is done before it is known that it could be shown.
    assert_snapshot!(env.run(&["incident", "new", "T", "--format", "svg"]), @"
    [stderr]
    error: there is nothing to draw here as svg

    hint: for example `gitsm workflow graph change --format svg`
    [exit 2]
    ");
    assert_eq!(env.ok(&["list", "-f", "ids", "status:any"]).raw_stdout(), "");
    assert_snapshot!(env.run(&["workflow", "show", "change", "--domain", "mars"]), @"
    [stderr]
    error: there is no domain `mars`

    hint: domains are listed in .gitsm/desk.yaml
    [exit 3]
    ");
}

#[test]
fn guards_by_team_assignee_and_duty() {
    let env = desk();
    let admin = env.as_person("dora");
    env.write(".gitsm/workflows/change.yaml", CHANGE);
    admin.ok(&["commit"]);
    env.new_record(&["ci", "new", "web-01"]);
    let id = env.new_record(&["change", "new", "Patch CRM"]);
    let (bob, carol) = (env.as_person("bob"), env.as_person("carol"));
    assert_snapshot!(carol.run(&["change", "implement", &id]), @"
    [stderr]
    error: `implement` of CHG-AAAAAA is for the team apps or the assignee [workflow-by]

    hint: who may: alice
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "implement", &id]), @"
    [stderr]
    CHG-AAAAAA implement: new -> doing
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "cis=web-01"]), @"
    [stderr]
    error: CHG-AAAAAA: cis: it is fixed while the change is doing; it can be changed in new [field-fixed]
    [exit 4]
    ");
    assert_snapshot!(carol.run(&["change", "complete", &id]), @"
    [stderr]
    error: `complete` of CHG-AAAAAA is for the assignee [workflow-by]

    hint: who may: alice
    [exit 4]
    ");
    env.ok(&["change", "complete", &id]);
    assert_snapshot!(env.run(&["change", "close", &id]), @"
    [stderr]
    error: `close` of CHG-AAAAAA must be done by somebody else than whoever carried it out, who is alice [workflow-not-by]

    hint: ask a colleague to do it
    [exit 4]
    ");
    assert_snapshot!(bob.run(&["change", "close", &id]), @"
    [stderr]
    error: bob (requester) may not close CHG-AAAAAA [role]

    hint: who may: alice, carol, dora
    [exit 4]
    ");
    assert_snapshot!(env.run(&["actions", &id]), @"
    CHG-AAAAAA Patch CRM
    change · review

    open to alice, by `gitsm change ACTION CHG-AAAAAA`
      review     needs comment

    not open to alice
      close      `close` of CHG-AAAAAA must be done by somebody else than whoever carried it out, who is alice [workflow-not-by]
                 ask a colleague to do it

    not while it is review
      implement  CHG-AAAAAA is review; `implement` is possible from new
      complete   CHG-AAAAAA is review; `complete` is possible from doing
      revise     CHG-AAAAAA is review; `revise` is possible from doing
    ");
    carol.ok(&["change", "close", &id]);
    let other = env.new_record(&["change", "new", "Patch it again"]);
    env.ok(&["change", "implement", &other]);
    assert_snapshot!(env.run(&["show", &other]), @"
    CHG-BBBBBB Patch it again
    change · doing (open) · P3 · impact medium · urgency medium

      model      normal
      requester  alice
      assignee   alice
      channel    cli
      opened     2026-11-22 09:14 (2m ago) by alice
      updated    2026-11-22 09:15 (1m ago)
      started    2026-11-22 09:15 (1m ago)
      id         CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB

    next: complete
    not yours: revise (`gitsm actions CHG-BBBBBB` says why)
    ");
    carol.ok(&["change", "revise", &other, "-m", "Not today"]);
    let shown = env.ok(&["show", "--json", &other]).raw_stdout().to_owned();
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    assert!(shown["record"].get("assignee").is_none(), "the way back empties it");
}

#[test]
fn roles_decide_who_may_do_what() {
    let env = desk();
    let (bob, otto, bot) = (env.as_person("bob"), env.as_person("otto"), env.as_person("bot"));
    let own = bob.incident("My screen is dark");
    let others = env.incident("Server room is warm");
    assert_snapshot!(bob.run(&["note", &others, "-m", "And dark"]), @"
    [stderr]
    error: bob (requester) may not add notes to INC-BBBBBB [role]

    hint: who may: alice, carol, dora
    [exit 4]
    ");
    bob.ok(&["note", &own, "-m", "Since today"]);
    assert_snapshot!(bob.run(&["incident", "take", &own]), @"
    [stderr]
    error: bob (requester) may not assign INC-AAAAAA [role]

    hint: who may: alice, carol, dora
    [exit 4]
    ");
    assert_snapshot!(bob.run(&["incident", "start", &own]), @"
    [stderr]
    error: bob (requester) may not start INC-AAAAAA [role]

    hint: who may: alice, carol, dora
    [exit 4]
    ");
    assert_snapshot!(bob.run(&["change", "new", "Replace all screens"]), @"
    [stderr]
    error: bob (requester) may not create a change [role]

    hint: who may: alice, carol, dora, bot
    [exit 4]
    ");
    assert_snapshot!(otto.run(&["note", &others, "-m", "I was here"]), @"
    [stderr]
    error: otto (auditor) may not add notes to INC-BBBBBB [role]

    hint: who may: alice, carol, dora
    [exit 4]
    ");
    assert_snapshot!(bot.run(&["assign", &others, "bot"]), @"
    [stderr]
    error: bot (machine) may not assign INC-BBBBBB [role]

    hint: who may: alice, carol, dora
    [exit 4]
    ");
    let deploy = bot.new_record(&["change", "new", "Deploy 7.2", "--model", "standard"]);
    bot.ok(&["edit", &deploy, "--set", "risk=low"]);
    assert_snapshot!(bot.run(&["change", "cancel", &deploy, "-m", "no"]), @"
    [stderr]
    error: bot (machine) may not cancel CHG-AAAAAA [role]

    hint: who may: alice, carol, dora
    [exit 4]
    ");
    bob.ok(&["incident", "cancel", &own, "-m", "It was unplugged"]);
    assert_snapshot!(bob.run(&["list", "--columns", "title,status", "status:any"]), @"
    TITLE                STATUS
    My screen is dark    cancelled
    Server room is warm  new
    Deploy 7.2           new
    ");
    // Settings are for admins, whoever edits the file.
    env.write(".gitsm/teams.yaml", "- {id: apps, name: Apps}\n");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: alice (agent) may not change the settings of this desk [role]

    hint: who may: dora
    [exit 4]
    ");
    env.as_person("dora").ok(&["commit"]);
}

#[test]
fn edits_by_hand_meet_the_same_rules() {
    let env = desk();
    let id = env.incident("Printer");
    let path = env.path(&id);
    let file = env.read(&path);
    env.write(&path, file.replace("status: new", "status: in_progress"));
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: bob (requester) may not start INC-AAAAAA [role]
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.ok(&["commit"]);
    let request = env.new_record(&["request", "new", "A laptop", "--requester", "bob"]);
    env.write(
        ".gitsm/approvals.yaml",
        "definitions:\n  any: {when: 'type:request', steps: [{approvers: {people: [carol]}}]}\n",
    );
    env.as_person("dora").ok(&["commit"]);
    let path = env.path(&request);
    let file = env.read(&path);
    let started = file.replace("status: new", "status: in_progress");
    env.write(&path, &started);
    assert_snapshot!(env.run(&["commit"]), @"
    requests/-/-/REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: `start` of REQ-AAAAAA needs approval, which waits for 1 vote of carol (any/1) [approved]
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.write(&path, file.replace("status: new", "status: fulfilled"));
    assert_snapshot!(env.run(&["commit"]), @"
    requests/-/-/REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: `fulfil` of REQ-AAAAAA needs approval, which waits for 1 vote of carol (any/1) [approved]
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
}

#[test]
fn commits_made_with_plain_git_are_judged_by_their_author() {
    let env = desk();
    let start = env.git(&["rev-parse", "HEAD"]).raw_stdout().to_owned();
    let start = start.trim();
    let id = env.incident("Printer");
    let change = env.new_record(&["change", "new", "Patch CRM", "--model", "emergency"]);
    env.ok(&["change", "submit", &change]);
    env.as_person("carol").ok(&["change", "approve", &change]);
    env.ok(&["change", "implement", &change]);
    assert_snapshot!(env.run(&["check", "--range", start]), @"
    [stderr]
    5 commits checked: nothing wrong
    ");
    // Rob starts what he may not, and Otto gives himself a role.
    let path = env.path(&id);
    let file = env.read(&path);
    env.write(&path, file.replace("status: new", "status: in_progress"));
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["check"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: bob (requester) may not start INC-AAAAAA [role]
    [stderr]
    2 records checked: 1 error
    [exit 6]
    ");
    bob.git(&["commit", "-qam", "start"]);
    env.write(".gitsm/people.yaml", PEOPLE.replace("roles: [auditor]", "roles: [admin]"));
    env.as_person("otto").git(&["commit", "-qam", "me"]);
    assert_snapshot!(env.run(&["check", "--range", start]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: c2----- by Bob: status: bob (requester) may not start INC-AAAAAA [role]
    .gitsm/people.yaml: error[role]: c3----- by Otto: otto (auditor) may not change the settings of this desk [role]
    [stderr]
    7 commits checked: 2 errors
    [exit 6]
    ");
}

#[test]
fn an_answer_of_the_requester_ends_the_hold() {
    let env = desk();
    let bob = env.as_person("bob");
    let id = bob.incident("It is slow");
    assert_snapshot!(env.run(&["incident", "hold", &id, "-r", "awaiting_requester"]), @"
    [stderr]
    error: `hold` of INC-AAAAAA needs comment with the reason awaiting_requester

    hint: say it with `-m TEXT`
    [exit 4]
    ");
    env.ok(&["incident", "hold", &id, "-r", "awaiting_requester", "-m", "Since when?"]);
    env.ok(&["note", &id, "--public", "-m", "Hello?"]);
    assert_snapshot!(bob.run(&["note", &id, "--public", "-m", "Since Monday"]), @"
    [stderr]
    INC-AAAAAA resume: on_hold -> in_progress
    INC-AAAAAA is in_progress: the requester has answered
    ");
    env.ok(&["incident", "hold", &id, "-r", "awaiting_vendor"]);
    assert_snapshot!(bob.run(&["note", &id, "--public", "-m", "And?"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (public) And?
    ");
}

#[test]
fn mistakes_in_workflows_and_roles_are_found() {
    let env = desk();
    assert_snapshot!(env.run(&["workflow", "check"]), @"
    [stderr]
    5 files of workflows and roles checked: nothing wrong
    ");
    let broken = "\
kind: incident
entry: [new]
states:
  new: {category: open}
  limbo: {category: open}
  lost: {category: open}
  closed: {category: closed}
hold_reasons: [awaiting_vendor]
on_reply: {hold_reasons: [awaiting_godot], action: close}
transitions:
  sink:
  - {from: [new], to: limbo}
  # The way out is for nobody.
  close:
  - {from: [new], to: closed, by: {roles: [wizard]}}
  - {from: [lost], to: closed, by: {from: [assignee]}, not_by: [assignee]}
";
    env.write(".gitsm/workflows/incident.yaml", broken);
    env.write(".gitsm/workflows/customers/incident.yaml", broken);
    env.write(
        ".gitsm/roles.yaml",
        "otherwise: [ghost]\nroles:\n  agent:\n    may:\n    - {do: [move], actions: [fly]}\n",
    );
    assert_snapshot!(env.run(&["workflow", "check"]), @"
    .gitsm/roles.yaml:1: error[role-unknown]: there is no role `ghost` in this file
    .gitsm/roles.yaml:5: error[role-action]: agent: no workflow has an action `fly`
    .gitsm/workflows/customers/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `customers`; this desk has none; they are listed in .gitsm/desk.yaml
    .gitsm/workflows/incident.yaml:5: warning[state-dead-end]: an incident that is `limbo` can never leave it
    .gitsm/workflows/incident.yaml:6: warning[state-unreachable]: no way leads from the start to `lost`
    .gitsm/workflows/incident.yaml:9: error[hold-reason-unknown]: `awaiting_godot` is not among hold_reasons
    .gitsm/workflows/incident.yaml:15: error[guard-nobody]: it is for the role wizard, and there is nobody
    .gitsm/workflows/incident.yaml:15: warning[role-unknown]: there is no role `wizard`
    .gitsm/workflows/incident.yaml:16: error[guard-nobody]: it is for the assignee and not for them, so nobody can do it
    [stderr]
    7 files of workflows and roles checked: 5 errors, 4 warnings
    [exit 6]
    ");
    env.write(".gitsm/workflows/incident.yaml", broken.replace("to: limbo", "to: nowhere"));
    assert_snapshot!(env.as_person("dora").run(&["commit"]), @"
    .gitsm/roles.yaml:1: error[role-unknown]: there is no role `ghost` in this file
    .gitsm/roles.yaml:5: error[role-action]: agent: no workflow has an action `fly`
    .gitsm/workflows/customers/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `customers`; this desk has none; they are listed in .gitsm/desk.yaml
    .gitsm/workflows/incident.yaml:12: error[workflow-invalid]: transition `sink` names the state `nowhere`, which is not among `states` (there are new, limbo, lost, closed)
    [stderr]
    3 records checked: 3 errors, 1 warning
    [exit 6]
    ");
    env.write(".gitsm/workflows/incident.yaml", broken.replace("category: closed", "category: x"));
    assert_snapshot!(env.run(&["workflow", "check"]), @"
    .gitsm/roles.yaml:1: error[role-unknown]: there is no role `ghost` in this file
    .gitsm/roles.yaml:5: error[role-action]: agent: no workflow has an action `fly`
    .gitsm/workflows/customers/incident.yaml: warning[workflow-stray]: no records have this workflow: there is no domain `customers`; this desk has none; they are listed in .gitsm/desk.yaml
    .gitsm/workflows/incident.yaml:7: error[settings-unreadable]: states.closed.category: `x` is not possible here (possible are open, hold, resolved and closed)
    [stderr]
    7 files of workflows and roles checked: 3 errors, 1 warning
    [exit 6]
    ");
}

#[test]
fn domains_have_workflows_of_their_own() {
    let env = desk();
    let desk = env.read(".gitsm/desk.yaml");
    let domains = "domains:\n  customers: {name: Customers, profile: help-desk}\n";
    env.write(".gitsm/desk.yaml", format!("{desk}{domains}"));
    env.write(
        ".gitsm/workflows/customers/incident.yaml",
        "kind: incident\nentry: [open]\nstates:\n  open: {category: open, work: true}\n  done: \
         {category: closed}\ntransitions:\n  close:\n  - {from: [open], to: done, needs: \
         [comment]}\n  reopen:\n  - {from: [done], to: open}\n",
    );
    env.as_person("dora").ok(&["commit"]);
    let inside = env.new_record(&["incident", "new", "Cannot log in", "--set", "domain=customers"]);
    let outside = env.incident("Disk is full");
    assert_snapshot!(env.run(&["list", "--columns", "title,status,state"]), @"
    TITLE          STATUS  STATE
    Cannot log in  open    open
    Disk is full   new     open
    ");
    assert_snapshot!(env.run(&["incident", "resolve", &inside, "-m", "x"]), @"
    [stderr]
    error: an incident has no action `resolve`

    hint: possible now: close
    [exit 2]
    ");
    env.ok(&["incident", "close", &inside, "-m", "Password was reset"]);
    assert_snapshot!(env.run(&["incident", "close", &outside]), @"
    [stderr]
    error: INC-BBBBBB is new; `close` is possible from resolved

    hint: possible now: start, hold, resolve, cancel
    [exit 4]
    ");
    assert_snapshot!(env.run(&["list", "--columns", "title,status", "status:closed"]), @"
    TITLE          STATUS
    Cannot log in  done
    ");
    assert_snapshot!(env.run(&["workflow", "show", "incident", "-d", "customers"]), @"
    incident workflow of customers · .gitsm/workflows/customers/incident.yaml

    states
      open  open · begins here · somebody works on it
      done  closed

    actions
      close   open -> done  needs comment
      reopen  done -> open
    ");
    env.ok(&["check"]);
    env.ok(&["incident", "reopen", &inside, "-m", "Again"]);
    assert_snapshot!(env.run(&["edit", &inside, "--set", "domain="]), @"
    [stderr]
    error: INC-AAAAAA: status: `open` is no state of an incident; the states are new, in_progress, on_hold, resolved, closed, cancelled [status-unknown]
    [exit 6]
    ");
}

#[test]
fn a_drawing_in_a_form_that_it_has_not() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["workflow", "graph", "change", "--format", "pdf"]), @"
    [stderr]
    error: invalid value 'pdf' for '--format <FORMAT>': `pdf` is no format; the formats are table, json, jsonl, yaml, csv and ids, svg and dot for drawings, and ics for schedules

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["workflow", "graph", "change", "--format", "csv"]), @"
    [stderr]
    error: a drawing has no rows to give as csv

    hint: draw it as table, svg or dot, or take json or yaml
    [exit 2]
    ");
}
