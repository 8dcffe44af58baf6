//! `gitsm note`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn for_colleagues_and_for_the_requester() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    assert_snapshot!(env.run(&["note", &id, "-m", "Pool is full."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) Pool is full.
    ");
    assert_snapshot!(env.as_person("bob").run(&["note", &id, "--public", "-m", "We are on it.\n\nBob"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (public) We are on it.…
    ");
    assert_snapshot!(env.typing("Piped.\n").run(&["note", &id, "-F", "-"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) Piped.
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (4m ago) by alice
      updated    2026-11-22 09:04 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    notes
      2026-11-22 09:02 (3m ago) alice, work
        Pool is full.

      2026-11-22 09:03 (2m ago) bob, public
        We are on it.

        Bob

      2026-11-22 09:04 (1m ago) alice, work
        Piped.

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.git(&["log", "-2", "--format=%an: %B"]), @"
    Alice: INC-AAAAAA note: CRM crashes

    notes: - -> (work) Piped.

    Gitsm-Action: note
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice

    Bob: INC-AAAAAA note: CRM crashes

    notes: - -> (public) We are on it.…

    Gitsm-Action: note
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: bob
    ");
}

#[test]
fn on_several_records() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let before = env.commits();
    assert_snapshot!(env.run(&["note", &a, &b, &a, "-m", "Same cause."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) Same cause.
    INC-BBBBBB note: notes: - -> (work) Same cause.
    ");
    assert_eq!(env.commits(), before + 1);
}

#[test]
fn refusals() {
    let env = Env::desk();
    let id = env.incident("A");
    assert_snapshot!(env.run(&["note", &id]), @"
    [stderr]
    error: what to note is missing

    hint: say it with `-m TEXT`, or `-F FILE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", &id, "-m", "  "]), @"
    [stderr]
    error: what is said with `-m` is empty

    hint: say something, or leave `-m` out where it is not asked for
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", &id, "-m", "a", "-F", "b"]), @"
    [stderr]
    error: the argument '--message <TEXT>' cannot be used with '--file <FILE>'

    Usage: gitsm note --message <TEXT> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", "-m", "a"]), @"
    [stderr]
    error: the following required arguments were not provided:
      <ID>...

    Usage: gitsm note --message <TEXT> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["note", &id, "ZZZZZZ", "-m", "a"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`
      list what there is with `gitsm list --all`, or search with `gitsm search`
    1 record was refused; nothing was written
    [exit 3]
    ");
}

/// A closed incident, asked for by Bob.
fn closed() -> (Env, String) {
    let env = Env::desk();
    let new = ["incident", "new", "Mail is slow", "-i", "high", "-r", "bob", "--team", "apps"];
    let id = env.new_record(&new);
    env.ok(&["incident", "take", &id]);
    env.ok(&["incident", "resolve", &id, "-m", "Restarted."]);
    env.ok(&["incident", "close", &id]);
    (env, id)
}

#[test]
fn an_answer_to_a_closed_incident_opens_a_follow_up() {
    let (env, id) = closed();
    let bob = env.as_person("bob");
    assert_snapshot!(env.run(&["note", &id, "--public", "-m", "Tell us if it comes back."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (public) Tell us if it comes back.
    ");
    assert_snapshot!(bob.run(&["note", &id, "-m", "To myself."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) To myself.
    ");
    let answer = ["note", &id, "--public", "-m", "It is slow again."];
    assert_snapshot!(bob.run(&[&answer[..], &["--dry-run"]].concat()), @"
    new incident: Mail is slow (new)
      status: - -> new
      impact: - -> high
      urgency: - -> medium
      priority: - -> P2
      requester: - -> bob
      team: - -> apps
      channel: - -> cli
      description: - -> It is slow again.
      links: - -> follow_up_of INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    commit: INC new: Mail is slow
    [stderr]
    INC-AAAAAA is closed; the new incident follows it up
    dry run: nothing was written
    ");
    assert_snapshot!(bob.run(&answer), @"
    INC-BBBBBB
    [stderr]
    created INC-BBBBBB: Mail is slow (P2, new)
    INC-AAAAAA is closed; the new incident follows it up
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA Mail is slow
    incident · closed · P2 · impact high · urgency medium

      requester  bob
      assignee   alice
      team       apps
      channel    cli
      opened     2026-11-22 09:01 (8m ago) by alice
      updated    2026-11-22 09:06 (3m ago)
      started    2026-11-22 09:02 (7m ago)
      resolved   2026-11-22 09:03 (6m ago)
      closed     2026-11-22 09:04 (5m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      followed_by  INC-BBBBBB  Mail is slow (new)

    resolution
      fixed by alice
      Restarted.

    notes
      2026-11-22 09:05 (4m ago) alice, public
        Tell us if it comes back.

      2026-11-22 09:06 (3m ago) bob, work
        To myself.
    ");
    let ids = env.ok(&["list", "-f", "ids", "follow_up_of:any"]);
    assert_snapshot!(env.run(&["show", ids.raw_stdout().trim()]), @"
    INC-BBBBBB Mail is slow
    incident · new (open) · P2 · impact high · urgency medium

      requester  bob
      team       apps
      channel    cli
      opened     2026-11-22 09:08 (3m ago) by bob
      updated    2026-11-22 09:08 (3m ago)
      id         INC-BBBBBBBBBBBBBBBBBBBBBBBBBB

    description
      It is slow again.

    links
      follow_up_of  INC-AAAAAA  Mail is slow (closed)

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    INC-BBBBBB new: Mail is slow

    status: - -> new
    impact: - -> high
    urgency: - -> medium
    priority: - -> P2
    requester: - -> bob
    team: - -> apps
    channel: - -> cli
    description: - -> It is slow again.
    links: - -> follow_up_of INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    Gitsm-Action: new
    Gitsm-Record: INC-BBBBBBBBBBBBBBBBBBBBBBBBBB
    Gitsm-Actor: bob
    ");
}

#[test]
fn a_workflow_may_note_answers_to_what_is_closed() {
    let (env, id) = closed();
    env.replace(".gitsm/workflows/incident.yaml", "closed: follow_up", "closed: note");
    env.ok(&["commit"]);
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["note", &id, "--public", "-m", "It is slow again."]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (public) It is slow again.
    ");
    // A workflow that does not say it is as if it said so.
    env.replace(".gitsm/workflows/incident.yaml", ", closed: note", "");
    env.ok(&["commit"]);
    assert_snapshot!(bob.run(&["note", &id, "--public", "-m", "It is slow again."]), @"
    INC-BBBBBB
    [stderr]
    created INC-BBBBBB: Mail is slow (P2, new)
    INC-AAAAAA is closed; the new incident follows it up
    ");
}

/// What the desk has given up since does not stand in the way.
#[test]
fn a_follow_up_takes_over_what_the_desk_still_knows() {
    let (env, id) = closed();
    env.write(".gitsm/teams.yaml", "- {id: mail, name: Mail}\n");
    env.ok(&["commit"]);
    let bob = env.as_person("bob");
    let view = bob.ok(&["note", &id, "--public", "-m", "Again.", "--json"]).json();
    let new = view["records"][0]["short"].as_str().expect("an id").to_owned();
    let shown = env.ok(&["show", &new, "--json"]).json();
    assert_eq!(shown["record"]["team"], serde_json::Value::Null, "{shown}");
    assert_eq!(shown["record"]["impact"], "high");
    // What was reported twice goes on where it was merged into.
    env.ok(&["incident", "merge", &new, "--into", &env.new_record(&["incident", "new", "Mail"])]);
    let view = bob.ok(&["note", &new, "--public", "-m", "And?", "--json"]).json();
    assert_eq!(view["records"][0]["action"], "note", "{view}");
}
