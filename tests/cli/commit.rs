//! `gitsm commit`: edits made by hand.

use insta::assert_snapshot;

use crate::common::Env;

fn desk() -> (Env, String, String) {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let path = env.path(&id);
    (env, id, path)
}

#[test]
fn nothing_to_do() {
    assert_snapshot!(Env::desk().run(&["commit"]), @"
    [stderr]
    nothing was edited by hand
    ");
}

#[test]
fn the_priority_follows_an_edit_of_the_impact() {
    let (env, _, path) = desk();
    env.replace(&path, "impact: medium", "impact: high");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA edit: impact: medium -> high; priority: P3 -> P2
    ");
}

#[test]
fn an_edit() {
    let (env, id, path) = desk();
    env.replace(&path, "title: CRM crashes", "title:   'CRM stops'");
    env.replace(&path, "urgency: medium", "urgency: high\npriority: P2");
    env.replace(&path, "priority: P2\npriority: P3", "priority: P2");
    assert_snapshot!(env.run(&["commit", "--dry-run"]), @"
    INC-AAAAAA edit: CRM stops
      title: CRM crashes -> CRM stops
      urgency: medium -> high
      priority: P3 -> P2
    commit: INC-AAAAAA edit: CRM stops
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA edit: title: CRM crashes -> CRM stops; urgency: medium -> high; priority: P3 -> P2
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    INC-AAAAAA edit: CRM stops

    title: CRM crashes -> CRM stops
    urgency: medium -> high
    priority: P3 -> P2

    Gitsm-Action: edit
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
    assert_snapshot!(env.git(&["status", "--short"]), @"");
    assert!(env.read(&path).contains("title: CRM stops\n"));
    assert_snapshot!(env.run(&["log", &id, "-n", "1"]), @"
    INC-AAAAAA CRM stops (new)

    c1----- 2026-11-22 09:04 alice edit, 3 minutes later
        title: CRM crashes -> CRM stops
        urgency: medium -> high
        priority: P3 -> P2
    ");
}

/// Only the form changed; it is put right all the same.
#[test]
fn another_form() {
    let (env, _, path) = desk();
    let before = env.read(&path);
    env.replace(&path, "title: CRM crashes", "title:   'CRM crashes'");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA edit: done
    ");
    assert_snapshot!(env.git(&["status", "--short"]), @"");
    assert_eq!(env.read(&path).lines().nth(1), before.lines().nth(1));
}

#[test]
fn a_lifecycle_step_by_hand() {
    let (env, _, path) = desk();
    env.replace(&path, "status: new", "status: in_progress\nassignee: bob");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA start: new -> in_progress
    ");
    env.replace(&path, "status: in_progress", "status: closed");
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-illegal]: status: no transition leads from in_progress to closed
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(env.git(&["status", "--short"]), @" M incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml");
}

#[test]
fn what_cannot_be_committed() {
    let (env, _, path) = desk();
    let good = env.read(&path);
    let before = env.commits();
    env.replace(&path, "title:", "# why?\ntitle:");
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:2: error[comment]: records hold no comments; put it into the description or a note
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.write(&path, good.replace("impact: medium", "impact: huge"));
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:4: error[file-unreadable]: impact: `huge` is not possible here (did you mean `high`? possible are high, medium and low)
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.write(&path, good.replace("opened_by: alice", "opened_by: bob"));
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:9: error[origin-changed]: opened_at: when and by whom it was opened never changes
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    std::fs::remove_file(env.cwd().join(&path)).unwrap();
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[record-deleted]: records are never deleted; cancel or retire it, or bring the file back with `git restore`
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(env.run(&["commit", "--dry-run"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[record-deleted]: records are never deleted; cancel or retire it, or bring the file back with `git restore`
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.write(&path, &good);
    env.write("incidents/notes.txt", "stray");
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/notes.txt: error[file-stray]: this is no record's place; records lie where their id says
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    assert_eq!(env.commits(), before);
}

#[test]
fn a_preview() {
    let (env, _, path) = desk();
    env.write(".gitsm/teams.yaml", "- id: apps\n  name: Applications\n");
    env.write("attachments/x", "x");
    let before = env.commits();
    assert_snapshot!(env.run(&["commit", "-n"]), @"
    .gitsm/teams.yaml
    attachments/x
    commit: desk settings: 2 files
    [stderr]
    dry run: nothing was written
    ");
    env.replace(&path, "title: CRM crashes", "title: CRM stops");
    assert_snapshot!(env.run(&["commit", "-n"]), @"
    INC-AAAAAA edit: CRM stops
      title: CRM crashes -> CRM stops
    .gitsm/teams.yaml
    attachments/x
    commit: INC-AAAAAA edit: CRM stops
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["commit", "--dry-run", "incidents", "--json"]), @r#"
    {
      "schema": "gitsm.written/1",
      "dry_run": true,
      "commit": null,
      "subject": "INC-AAAAAA edit: CRM stops",
      "records": [
        {
          "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "short": "INC-AAAAAA",
          "type": "incident",
          "title": "CRM stops",
          "status": "new",
          "priority": "P3",
          "action": "edit",
          "changes": [
            {
              "field": "title",
              "from": "CRM crashes",
              "to": "CRM stops"
            }
          ]
        }
      ],
      "files": [],
      "refused": [],
      "notices": []
    }
    "#);
    assert_eq!(env.commits(), before);
}

#[test]
fn settings() {
    let (env, id, _) = desk();
    env.write(".gitsm/teams.yaml", "- id: apps\n  name: Applications\n");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    committed .gitsm/teams.yaml
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    desk settings: .gitsm/teams.yaml

    .gitsm/teams.yaml

    Gitsm-Action: settings
    Gitsm-Actor: alice
    ");
    assert_snapshot!(env.run(&["assign", &id, "--team", "aps"]), @"
    [stderr]
    error: there is no team `aps` on this desk

    hint: did you mean `apps`?
    [exit 3]
    ");
    assert_snapshot!(env.run(&["assign", &id, "--team", "apps"]), @"
    [stderr]
    INC-AAAAAA assign: team: - -> apps
    ");
    env.write(".gitsm/teams.yaml", "- id: apps\n  nmae: Applications\n");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/teams.yaml:2: error[settings-unreadable]: there is no field `nmae` here (did you mean `name`?)
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.write(".gitsm/teams.yaml", "- id: apps\n  name: Apps\n");
    env.replace(&env.path(&id), "CRM crashes", "CRM stops");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA edit: title: CRM crashes -> CRM stops
    ");
    env.replace(".gitsm/workflows/incident.yaml", "to: closed", "to: clsoed");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/workflows/incident.yaml:27: error[workflow-invalid]: transition `close` names the state `clsoed`, which is not among `states` (did you mean `closed`?)
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
}

#[test]
fn a_new_file() {
    let (env, id, path) = desk();
    let full = env.full_id(&id);
    let twin = format!("{}ZZZZ{}", &full[..22], &full[26..]);
    let text = env.read(&path).replace(&full, &twin).replace("CRM crashes", "By hand");
    env.write(&path.replace(&full, &twin), text);
    assert_snapshot!(env.run(&["commit"]), @"
    INC-BBBBBB
    [stderr]
    created INC-BBBBBB: By hand (P3, new)
    ");
}

#[test]
fn a_bare_desk_has_no_files() {
    let env = Env::desk_with(&["--bare"]);
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: this desk has no work tree, so there is nothing edited by hand

    hint: edit a record with `gitsm edit ID`
    [exit 2]
    ");
}
