//! `gitsm check --range`: what commits did, by who made them; what followed
//! from it by itself; what merges made of it.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com], roles: [agent]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [care]}
- {id: dora, name: Dora, emails: [dora@example.com], roles: [admin]}
";

/// Care works on its own incidents alone.
const ROLES: &str = "\
roles:
  care:
    may:
    - {do: [note, move], types: [incident], own: true}
  agent:
    may:
    - {do: [create, edit, note, assign, link, attach, move, vote]}
  admin:
    includes: [agent]
    may:
    - {do: [settings, import]}
";

/// A parent that is Bob's, with two children that are not, and where the range
/// begins.
fn desk() -> (Env, String, [String; 2], String) {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/roles.yaml", ROLES);
    env.ok(&["commit"]);
    let parent = env.incident("Network down");
    env.ok(&["assign", &parent, "bob"]);
    let children = ["No mail", "No files"].map(|title| env.incident(title));
    for child in &children {
        env.ok(&["link", child, "child_of", &parent]);
    }
    let start = head(&env);
    (env, parent, children, start)
}

fn head(env: &Env) -> String {
    env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned()
}

/// Puts the last commit another way, as whoever made it could have.
fn amend(env: &Env, path: &str, from: &str, to: &str) {
    env.replace(path, from, to);
    env.git(&["commit", "-qa", "--amend", "--no-edit"]);
}

#[test]
fn what_follows_needs_no_rights_of_its_own() {
    let (env, parent, children, start) = desk();
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["incident", "start", &children[0]]), @"
    [stderr]
    error: bob (care) may not start INC-BBBBBB [role]

    hint: who may: alice, dora
    [exit 4]
    ");
    bob.ok(&["incident", "start", &parent]);
    bob.ok(&["incident", "hold", &parent, "-r", "awaiting_vendor"]);
    bob.ok(&["incident", "resolve", &parent, "-m", "The switch was replaced."]);
    env.ok(&["incident", "reopen", &parent, "-m", "It is back."]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    [stderr]
    4 commits checked: nothing wrong
    ");
}

#[test]
fn what_follows_from_a_problem_and_grandchildren() {
    let (env, parent, children, start) = desk();
    let top = env.incident("Power cut");
    env.ok(&["assign", &top, "bob"]);
    env.ok(&["assign", &parent, "alice"]);
    env.ok(&["link", &parent, "child_of", &top]);
    let problem = env.new_record(&["problem", "new", "Old switch"]);
    env.ok(&["link", &children[0], "caused_by", &problem]);
    env.ok(&["problem", "workaround", &problem, "-m", "Use the phone."]);
    env.as_person("bob").ok(&["incident", "resolve", &top, "-m", "Light."]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    [stderr]
    8 commits checked: nothing wrong
    ");
}

/// It is no way around the rules to say that something follows.
#[test]
fn what_does_not_follow_is_judged() {
    let (env, parent, children, start) = desk();
    let bob = env.as_person("bob");
    bob.ok(&["incident", "start", &parent]);
    let path = env.path(&children[0]);
    amend(&bob, &path, "urgency: medium", "urgency: high");
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:3: error[transition-refused]: c2----- by Bob: status: bob (care) may not start INC-BBBBBB [role]
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
    // Nor to move the children alone under the parent's name.
    let start = head(&env);
    bob.ok(&["incident", "resolve", &parent, "-m", "The switch was replaced."]);
    let parents = env.path(&parent);
    bob.git(&["checkout", "-q", &start, "--", &parents]);
    bob.git(&["commit", "-q", "--amend", "--no-edit"]);
    let said = env.run(&["check", "--range", &start]);
    let refused = "error[transition-refused]: c3----- by Bob: status: bob (care) may not resolve";
    assert_eq!((said.code, said.stdout.matches(refused).count()), (6, 2), "{said}");
}

/// Whoever leads must be allowed to.
#[test]
fn what_follows_from_what_was_refused() {
    let (env, parent, _, start) = desk();
    env.ok(&["assign", &parent, "alice"]);
    env.ok(&["incident", "start", &parent]);
    env.as_person("bob").git(&["commit", "-q", "--amend", "--no-edit", "--reset-author"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: c2----- by Bob: status: bob (care) may not start INC-AAAAAA [role]
    [stderr]
    2 commits checked: 1 error
    [exit 6]
    ");
}

#[test]
fn an_answer_of_the_requester_needs_no_right_to_resume() {
    let (env, _, _, _) = desk();
    env.write(".gitsm/workflows/incident.yaml", FLOW);
    env.as_person("dora").ok(&["commit"]);
    let id = env.new_record(&["incident", "new", "Slow", "-r", "bob"]);
    let start = head(&env);
    let wait = ["incident", "hold", &id, "-r", "awaiting_requester", "-m", "Since when?"];
    env.ok(&wait);
    let bob = env.as_person("bob");
    bob.ok(&["note", &id, "--public", "-m", "Since Monday."]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    [stderr]
    2 commits checked: nothing wrong
    ");
    env.ok(&wait);
    let path = env.path(&id);
    env.replace(&path, "status: on_hold", "status: in_progress");
    bob.git(&["commit", "-qam", "resume"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-DDDDDDDDDDDDDDDDDDDDDDDDDD.yaml:3: error[transition-refused]: c3----- by Bob: status: `resume` of INC-DDDDDD is for alice [workflow-by]
    [stderr]
    4 commits checked: 1 error
    [exit 6]
    ");
}

/// Only Alice resumes.
const FLOW: &str = "\
kind: incident
entry: [new]
states:
  new: {category: open}
  in_progress: {category: open, work: true}
  on_hold: {category: hold}
  resolved: {category: resolved}
  closed: {category: closed}
hold_reasons: [awaiting_requester]
resolution_codes: [fixed]
on_reply: {hold_reasons: [awaiting_requester], action: resume}
transitions:
  start:
  - {from: [new], to: in_progress}
  hold:
  - {from: [new, in_progress], to: on_hold, needs: [hold_reason]}
  resume:
  - {from: [on_hold], to: in_progress, by: {people: [alice]}}
  resolve:
  - {from: [new, in_progress, on_hold], to: resolved}
  close:
  - {from: [resolved], to: closed}
";

#[test]
fn a_merge_is_judged_by_what_no_side_had() {
    let (env, parent, children, start) = desk();
    let path = env.path(&parent);
    env.git(&["checkout", "-qb", "side"]);
    env.replace(&path, "title: Network down", "title: Network is down");
    env.git(&["commit", "-qam", "title"]);
    env.git(&["checkout", "-q", "main"]);
    env.ok(&["edit", &parent, "--set", "service=net"]);
    env.ok(&["incident", "start", &children[0]]);
    // Whoever brings sides together need not be allowed what they did.
    let bob = env.as_person("bob");
    bob.git(&["merge", "-q", "--no-edit", "side"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    [stderr]
    4 commits checked: nothing wrong
    ");
    let merged = head(&env);
    amend(&bob, &path, "impact: medium", "impact: low");
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[role]: c3----- by Bob: bob (care) may not edit INC-AAAAAA [role]
    [stderr]
    4 commits checked: 1 error
    [exit 6]
    ");
    bob.git(&["reset", "-q", "--hard", &merged]);
    amend(&bob, &path, "service: net\n", "");
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[role]: c4----- by Bob: bob (care) may not edit INC-AAAAAA [role]
    [stderr]
    4 commits checked: 1 error
    [exit 6]
    ");
    // A file that is as one side had it can hide what the other did.
    bob.git(&["reset", "-q", "--hard", &format!("{merged}^1")]);
    bob.git(&["merge", "-q", "--no-edit", "-s", "ours", "side"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[role]: c5----- by Bob: bob (care) may not edit INC-AAAAAA [role]
    [stderr]
    4 commits checked: 1 error
    [exit 6]
    ");
}

#[test]
fn what_a_merge_brings_in_is_judged_commit_by_commit() {
    let (env, _, children, start) = desk();
    let bob = env.as_person("bob");
    env.git(&["checkout", "-qb", "side"]);
    let path = env.path(&children[0]);
    env.replace(&path, "urgency: medium", "urgency: high");
    bob.git(&["commit", "-qam", "mine"]);
    env.git(&["checkout", "-q", "main"]);
    env.ok(&["incident", "start", &children[1]]);
    env.git(&["merge", "-q", "--no-edit", "side"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml: error[role]: c2----- by Bob: bob (care) may not edit INC-BBBBBB [role]
    [stderr]
    3 commits checked: 1 error
    [exit 6]
    ");
}

/// To call a commit an import is no way round: what was there before and came
/// from nowhere else is judged like anybody's doing.
#[test]
fn what_calls_itself_an_import() {
    let (env, _, children, start) = desk();
    let dora = env.as_person("dora");
    let path = env.path(&children[0]);
    let text = env.read(&path)
        + "notes:\n- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9B\n  at: 2026-11-22T09:03:00Z\n  by: bob\n  \
           kind: work\n  text: |\n    I allow it.\n";
    env.write(&path, text);
    dora.git(&["commit", "-qam", "import\n\nGitsm-Action: import\nGitsm-Import: elsewhere 1"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    incidents/-/-/INC-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:15: error[note-forged]: c2----- by Dora: notes: a note of bob that dora wrote
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
}

/// Settings that could not be read then leave commits unjudged, and those alone.
#[test]
fn a_commit_that_cannot_be_judged_is_told_and_the_others_are_judged() {
    let (env, _, children, start) = desk();
    let path = ".gitsm/approvals.yaml";
    env.write(path, "definitions: [this is no mapping\n");
    env.git(&["add", "-A"]);
    env.as_person("dora").git(&["commit", "-qm", "Break it"]);
    env.replace(&env.path(&children[0]), "title: No mail", "title: No mail at all");
    env.git(&["commit", "-qam", "While it is broken"]);
    env.write(path, "definitions: {}\n");
    env.as_person("dora").git(&["commit", "-qam", "Mend it"]);
    env.replace(&env.path(&children[1]), "title: No files", "title: No files at all");
    env.as_person("bob").git(&["commit", "-qam", "Not his to edit"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    .gitsm/approvals.yaml: error[not-judged]: c2----- by Alice: it cannot be judged by the settings before it: .gitsm/approvals.yaml:1: unclosed bracket '['
    .gitsm/approvals.yaml: error[not-judged]: c3----- by Dora: it cannot be judged by the settings before it: .gitsm/approvals.yaml:1: unclosed bracket '['
    incidents/-/-/INC-CCCCCCCCCCCCCCCCCCCCCCCCCC.yaml: error[role]: c4----- by Bob: bob (care) may not edit INC-CCCCCC [role]
    [stderr]
    4 commits checked: 3 errors
    [exit 6]
    ");
}
