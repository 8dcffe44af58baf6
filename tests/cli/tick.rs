//! What the desk does by itself.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn nothing_is_due() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.ok(&["incident", "resolve", &id, "-m", "Restarted."]);
    let before = env.commits();
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    assert_eq!(env.commits(), before);
}

#[test]
fn what_was_resolved_a_week_ago_is_closed() {
    let env = Env::desk();
    let (old, major, open) = (env.incident("A"), env.incident("B"), env.incident("C"));
    env.ok(&["incident", "promote", &major]);
    env.ok(&["incident", "resolve", &old, &major, "-m", "Restarted."]);
    env.ok(&["note", &old, "-m", "Thanks."]);
    let later = env.with("GITSM_NOW", "2026-11-29T10:00:00Z");
    assert_snapshot!(later.run(&["tick", "--dry-run"]), @"
    INC-AAAAAA close: A
      status: resolved -> closed
      closed_at: - -> 2026-11-29T10:00:00Z
    commit: INC-AAAAAA tick: A
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    ");
    assert_snapshot!(later.git(&["log", "-1", "--format=%B"]), @"
    INC-AAAAAA tick: A

    status: resolved -> closed
    closed_at: - -> 2026-11-29T10:00:00Z

    Gitsm-Action: tick
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(later.run(&["list", "type:incident status:any", "--columns", "id,status"]), @"
    ID          STATUS
    INC-AAAAAA  closed
    INC-BBBBBB  resolved
    INC-CCCCCC  new
    ");
    later.ok(&["show", &open]);
}

#[test]
fn the_desk_says_when() {
    let env = Env::desk();
    let id = env.incident("A");
    env.ok(&["incident", "resolve", &id, "-m", "Restarted."]);
    env.write(".gitsm/rules.yaml", "auto_close: {incident: 0}\n");
    env.ok(&["commit"]);
    let later = env.with("GITSM_NOW", "2027-11-29T10:00:00Z");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    env.write(".gitsm/rules.yaml", "auto_close: {incident: 2}\n");
    later.ok(&["commit"]);
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    ");
}

#[test]
fn rules_route_say_and_tell_once() {
    let env = Env::desk();
    let printer = env.new_record(&["incident", "new", "Printer jams", "--category", "hardware"]);
    env.incident("CRM crashes");
    env.write(
        ".gitsm/rules.yaml",
        "rules:\n\
         - name: printers\n  when: 'category:hardware team:none'\n  team: hardware\n  \
         set: {impact: low}\n  say: Look at the tray first.\n  notify: [bob]\n\
         - name: started\n  when: 'team:hardware status:new'\n  do: start\n",
    );
    env.ok(&["commit"]);
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    bob: INC-AAAAAA: Printer jams
    ");
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["show", &printer]), @"
    INC-AAAAAA Printer jams
    incident · in_progress (open) · P4 · impact low · urgency medium

      requester  alice
      team       hardware
      category   hardware
      channel    cli
      opened     2026-11-22 09:01 (6m ago) by alice
      updated    2026-11-22 09:04 (3m ago)
      started    2026-11-22 09:04 (3m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    notes
      2026-11-22 09:04 (3m ago) alice, system
        Rule printers: Look at the tray first.

      2026-11-22 09:04 (3m ago) alice, system
        Rule printers tells bob.

    next: hold, resolve, cancel
    ");
}

#[test]
fn service_levels_that_run_out_are_told_once() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.write(
        ".gitsm/sla.yaml",
        "commitments:\n  fix:\n    metric: resolution\n    when: 'type:incident'\n    target: 4h\n",
    );
    env.ok(&["commit"]);
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    let later = env.with("GITSM_NOW", "2026-11-22T12:30:00Z");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (system) Service level fix since 2026-11-22T09:01:04Z: 75 % used up at 2026-11-2…
    ");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    let late = env.with("GITSM_NOW", "2026-11-22T14:00:00Z");
    assert_snapshot!(late.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (system) Service level fix since 2026-11-22T09:01:04Z: 100 % used up at 2026-11-…
    ");
    assert_snapshot!(late.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (4h ago) by alice
      updated    2026-11-22 14:00 (now)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    service levels
      fix  breached  due 2026-11-22 13:01 (58m ago)

    notes
      2026-11-22 12:30 (1h ago) alice, system
        Service level fix since 2026-11-22T09:01:04Z: 75 % used up at 2026-11-22T12:01:04Z, due 2026-
        11-22T13:01:04Z.

      2026-11-22 14:00 (now) alice, system
        Service level fix since 2026-11-22T09:01:04Z: 100 % used up at 2026-11-22T13:01:04Z, due 2026-
        11-22T13:01:04Z.

    next: start, hold, resolve, cancel
    ");
}

#[test]
fn service_levels_that_run_out_go_to_another_team() {
    let env = Env::desk();
    env.write(".gitsm/teams.yaml", "- {id: apps, name: Apps}\n- {id: duty, name: On duty}\n");
    let fix = "commitments:\n  fix:\n    metric: resolution\n    when: 'type:incident'\n\
               \x20   target: 4h\n    thresholds: [50, 75, 100]\n\
               \x20   escalate:\n    - {at: 75, team: dtuy}\n    - {at: 90, team: duty}\n";
    env.write(".gitsm/sla.yaml", fix);
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/sla.yaml:7: error[sla-invalid]: fix: escalate: there is no team `dtuy` on this desk (did you mean `duty`?)
    .gitsm/sla.yaml:7: error[sla-invalid]: fix: escalate: 90 is not among the thresholds (add it there)
    [stderr]
    2 records checked: 2 errors
    [exit 6]
    ");
    env.replace(".gitsm/sla.yaml", "dtuy", "apps");
    env.replace(".gitsm/sla.yaml", "at: 90", "at: 100");
    env.ok(&["commit"]);
    let id = env.new_record(&["incident", "new", "CRM crashes", "--team", "apps"]);
    env.ok(&["incident", "take", &id]);
    // With the team that it would go to it stays, and whoever works on it too.
    let later = env.with("GITSM_NOW", "2026-11-22T12:30:00Z");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (system) Service level fix since 2026-11-22T09:03:04Z: 50 % used up at 2026-11-2…; notes: - -> (system) Service level fix since 2026-11-22T09:03:04Z: 75 % used up at 2026-11-2…
    ");
    let late = env.with("GITSM_NOW", "2026-11-22T14:00:00Z");
    assert_snapshot!(late.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA escalate: escalation: - -> 1; team: apps -> duty; notes: - -> (system) Service level fix since 2026-11-22T09:03:04Z: 100 % used up at 2026-11-…; 1 more
    ");
    assert_snapshot!(late.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    let shown = late.ok(&["show", &id, "--json"]).json();
    assert_eq!(
        (&shown["record"]["team"], &shown["record"]["escalation"]),
        (&"duty".into(), &1.into())
    );
    // Whoever gives it back is not overruled.
    late.ok(&["assign", &id, "--team", "apps"]);
    assert_snapshot!(late.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    // What was never looked at in between goes where the last threshold says.
    let other = env.incident("Mail stops");
    late.ok(&["tick"]);
    let shown = late.ok(&["show", &other, "--json"]).json();
    assert_eq!(
        (&shown["record"]["team"], &shown["record"]["escalation"]),
        (&"duty".into(), &1.into())
    );
}

#[test]
fn approvals_that_run_out_are_told_once() {
    let env = Env::desk();
    env.write(
        ".gitsm/approvals.yaml",
        "definitions:\n  owner:\n    when: 'type:request'\n    steps:\n\
         \x20   - {approvers: {people: [bob]}, expires: 24h}\n",
    );
    env.ok(&["commit"]);
    let id = env.new_record(&["request", "new", "A laptop"]);
    env.ok(&["request", "submit", &id]);
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    let later = env.with("GITSM_NOW", "2026-11-23T10:00:00Z");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    REQ-AAAAAA note: notes: - -> (system) The time to approve it, asked for at 2026-11-22T09:03:04Z, has run out.
    ");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(later.run(&["approval", "show", &id]), @"
    REQ-AAAAAA A laptop
    expired · asked 2026-11-22 09:03 (24h ago)

    owner: type:request
      1 expired · 0 of 1 · quorum any · 2026-11-23 09:03 (56m ago)
        expired       bob
    ");
    assert_snapshot!(later.as_person("bob").run(&["request", "approve", &id]), @"
    [stderr]
    error: REQ-AAAAAA is expired already [decided]

    hint: ask for votes anew: take it back and submit it again
    [exit 4]
    ");
    // Taken back and submitted again it is voted on anew, and may run out anew.
    later.ok(&["request", "revise", &id, "-m", "Bob was away."]);
    later.ok(&["request", "submit", &id]);
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
    let late = env.with("GITSM_NOW", "2026-11-24T10:00:00Z");
    assert_snapshot!(late.run(&["tick"]), @"
    [stderr]
    REQ-AAAAAA note: notes: - -> (system) The time to approve it, asked for at 2026-11-23T10:00:00Z, has run out.
    ");
}

#[test]
fn rules_that_cannot_work() {
    let env = Env::desk();
    env.write(
        ".gitsm/rules.yaml",
        "rules:\n- name: a\n  when: 'statsu:open'\n  do: fly\n- name: a\n  when: ''\n\
         - name: b\n  when: 'type:ci'\n  set: {status: live}\n  link:\n  - {rel: likes, to: x}\n",
    );
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/rules.yaml:3: error[rule-condition]: a: there is no field `statsu` (column 1)
    .gitsm/rules.yaml:4: error[rule-action]: a: no workflow has an action `fly`
    .gitsm/rules.yaml:5: error[rule-twice]: a: there are two rules of this name
    .gitsm/rules.yaml:5: error[rule-empty]: a: it does nothing
    .gitsm/rules.yaml:9: error[rule-field]: b: `status` is no field that can be set
    .gitsm/rules.yaml:10: error[rule-link]: b: `likes` is no relation
    .gitsm/rules.yaml:10: error[rule-link]: b: there is no record `x`
    [stderr]
    1 record checked: 7 errors
    [exit 6]
    ");
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/rules.yaml:3: error[rule-condition]: a: there is no field `statsu` (column 1)
    .gitsm/rules.yaml:4: error[rule-action]: a: no workflow has an action `fly`
    .gitsm/rules.yaml:5: error[rule-empty]: a: it does nothing
    .gitsm/rules.yaml:5: error[rule-twice]: a: there are two rules of this name
    .gitsm/rules.yaml:9: error[rule-field]: b: `status` is no field that can be set
    .gitsm/rules.yaml:10: error[rule-link]: b: `likes` is no relation
    .gitsm/rules.yaml:10: error[rule-link]: b: there is no record `x`
    [stderr]
    0 records checked: 7 errors
    [exit 6]
    ");
    env.git(&["add", "-A"]);
    env.git(&["commit", "-qm", "Rules"]);
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/rules.yaml:3: error[rule-condition]: a: there is no field `statsu` (column 1)
    .gitsm/rules.yaml:4: error[rule-action]: a: no workflow has an action `fly`
    .gitsm/rules.yaml:5: error[rule-empty]: a: it does nothing
    .gitsm/rules.yaml:5: error[rule-twice]: a: there are two rules of this name
    .gitsm/rules.yaml:9: error[rule-field]: b: `status` is no field that can be set
    .gitsm/rules.yaml:10: error[rule-link]: b: `likes` is no relation
    .gitsm/rules.yaml:10: error[rule-link]: b: there is no record `x`
    [stderr]
    0 records checked: 7 errors
    [exit 6]
    ");
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    error: .gitsm/rules.yaml: a: there is no field `statsu` (column 1)
      `gitsm check` names the line; mend it and run `gitsm commit`
    1 setting could not be followed; nothing was written
    [exit 6]
    ");
}

#[test]
fn a_rule_that_cannot_be_carried_out_stops_nothing_else() {
    let env = Env::desk();
    let old = env.incident("A");
    env.ok(&["incident", "resolve", &old, "-m", "Restarted."]);
    let change = env.new_record(&["change", "new", "Patch the CRM"]);
    env.ok(&["change", "submit", &change]);
    env.incident("Printer jams");
    env.write(
        ".gitsm/rules.yaml",
        "rules:\n\
         - name: fixmodel\n  when: 'type:change'\n  set: {model: standard}\n  assign: bob\n\
         - name: printers\n  when: 'printer'\n  team: hardware\n",
    );
    env.ok(&["commit"]);
    let later = env.with("GITSM_NOW", "2026-11-29T10:00:00Z");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    INC-BBBBBB assign: team: - -> hardware
    rule fixmodel: CHG-AAAAAA: model: it is fixed while the change is assess; it can be changed in new [field-fixed]
    ");
    assert_snapshot!(later.run(&["show", &change]), @"
    CHG-AAAAAA Patch the CRM
    change · assess (open) · P3 · impact medium · urgency medium

      model      normal
      requester  alice
      channel    cli
      opened     2026-11-22 09:03 (7d ago) by alice
      updated    2026-11-22 09:04 (7d ago)
      id         CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    next: assess, reject, revise, hold, cancel
    ");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    rule fixmodel: CHG-AAAAAA: model: it is fixed while the change is assess; it can be changed in new [field-fixed]
    ");
}

#[test]
fn what_one_may_not_change_is_left_alone() {
    let env = Env::desk();
    env.incident("Theirs");
    let own = env.incident("Own");
    env.ok(&["assign", &own, "bob"]);
    env.write(
        ".gitsm/people.yaml",
        "- id: alice\n  name: Alice Example\n  emails: [alice@example.com]\n  roles: [admin]\n\
         - id: bob\n  name: Bob Example\n  emails: [bob@example.com]\n  roles: [worker]\n",
    );
    env.write(
        ".gitsm/roles.yaml",
        "roles:\n  admin:\n    may:\n    - do: [create, edit, note, assign, move, settings]\n  \
         worker:\n    may:\n    - {do: [note], own: true}\n",
    );
    env.write(".gitsm/rules.yaml", "rules:\n- name: hello\n  when: 'status:new'\n  say: Hello.\n");
    env.ok(&["commit"]);
    assert_snapshot!(env.as_person("bob").run(&["tick"]), @"
    [stderr]
    INC-BBBBBB note: notes: - -> (system) Rule hello: Hello.
    rule hello: bob (worker) may not add notes to INC-AAAAAA [role]
    ");
}

#[test]
fn rules_judge_what_earlier_ones_left() {
    let env = Env::desk();
    env.incident("CRM crashes");
    env.write(
        ".gitsm/rules.yaml",
        "rules:\n\
         - name: drop\n  when: 'status:new crm'\n  do: cancel\n  say: A duplicate.\n\
         - name: route\n  when: 'status:new'\n  assign: dan\n  set: {urgency: high}\n\
         - name: dropped\n  when: 'status:cancelled'\n  set: {tags: dropped}\n",
    );
    env.ok(&["commit"]);
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA cancel: new -> cancelled
    ");
    assert_snapshot!(env.run(&["list", "-A", "--columns", "id,status,assignee,urgency,tags"]), @"
    ID          STATUS     ASSIGNEE  URGENCY  TAGS
    INC-AAAAAA  cancelled  -         medium   dropped
    ");
    assert_snapshot!(env.run(&["tick"]), @"
    [stderr]
    nothing to do
    ");
}

#[test]
fn a_broken_file_stops_only_what_needs_it() {
    let env = Env::desk();
    let old = env.incident("A");
    env.ok(&["incident", "resolve", &old, "-m", "Restarted."]);
    env.write(".gitsm/sla.yaml", "commitments:\n  fix:\n    metric: respons\n");
    env.write(".gitsm/rules.yaml", "rules:\n- name: a\n  when: 'statsu:open'\n  say: Hello.\n");
    env.git(&["add", "-A"]);
    env.git(&["commit", "-qm", "Promises"]);
    let later = env.with("GITSM_NOW", "2026-11-29T10:00:00Z");
    assert_snapshot!(later.run(&["tick"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    error: .gitsm/sla.yaml:3: commitments.fix.metric: `respons` is not possible here
      did you mean `response`? possible are response, resolution and update
      mend the file and run `gitsm commit`; `gitsm check` lists all such files
    error: .gitsm/rules.yaml: a: there is no field `statsu` (column 1)
      `gitsm check` names the line; mend it and run `gitsm commit`
    2 settings could not be followed; the rest was done
    [exit 6]
    ");
}

/// What no tick could set is found before it is committed.
#[test]
fn values_that_no_field_takes() {
    let env = Env::desk();
    env.write(
        ".gitsm/rules.yaml",
        "rules:\n- name: loud\n  when: tag:vip\n  set: {urgency: nonsense, priority: P9, team: ghosts}\n\
         - name: far\n  when: tag:vip\n  team: ghosts\n  link:\n  - {rel: relates_to, to: INC-NOBODY}\n",
    );
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/rules.yaml:4: error[rule-value]: loud: `urgency`: `nonsense` is no level; the levels are high, medium and low
    .gitsm/rules.yaml:4: error[rule-value]: loud: `priority`: `P9` is no priority; the priorities are P1 to P5
    .gitsm/rules.yaml:8: error[rule-link]: far: there is no record `INC-NOBODY`
    [stderr]
    1 record checked: 3 errors
    [exit 6]
    ");
    env.write(
        ".gitsm/rules.yaml",
        "rules:\n- {name: loud, when: 'tag:vip', set: {urgency: high}}\n",
    );
    env.ok(&["commit"]);
}
