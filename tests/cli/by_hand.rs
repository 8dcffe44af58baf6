//! What files may not say: by hand nothing is possible that commands refuse.

use insta::assert_snapshot;

use crate::catalog::refused;
use crate::common::Env;

/// A desk on which changes need the votes of two people.
fn desk() -> Env {
    let env = Env::desk();
    env.write(
        ".gitsm/approvals.yaml",
        "definitions:\n  cab:\n    when: \"type:change\"\n    steps:\n    \
         - {name: cab, approvers: {people: [bob]}}\n",
    );
    env.run(&["commit"]);
    env
}

/// A file of a change, as somebody might write it who wants no questions.
#[test]
fn a_change_that_was_approved_before_it_was_born() {
    let env = desk();
    let id = env.new_record(&["change", "new", "Switch the router"]);
    let path = env.path(&id);
    let text = env
        .read(&path)
        .replace("status: new", "status: scheduled")
        .replace("opened_by: alice", "opened_by: bob\nresolved_at: 2026-11-22T09:00:00Z")
        + "approvals:\n- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9A\n  at: 2026-11-22T09:00:00Z\n  by: bob\n  \
         verdict: approved\n  step: cab/cab\nnotes:\n- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9B\n  \
         at: 2026-11-22T09:00:00Z\n  by: bob\n  kind: work\n  text: |\n    Fine with me.\n";
    let forged = "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q";
    let path = format!("changes/9/Q/{forged}.yaml");
    env.write(&path, text.replace(&env.full_id(&id), forged));
    assert_snapshot!(env.run(&["commit"]), @"
    changes/-/-/CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:12: warning[time-order]: resolved_at: it lies before opened_at
    changes/-/-/CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:3: error[transition-illegal]: status: a change cannot begin as scheduled; it begins as new
    changes/-/-/CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:11: error[origin-forged]: opened_by: it is bob, but alice wrote the file
    changes/-/-/CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:20: error[note-forged]: notes: a note of bob that alice wrote
    changes/-/-/CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:14: error[vote-changed]: approvals: votes are cast with approve and reject only
    changes/-/-/CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB.yaml:12: error[field-kept]: resolved_at: it is kept by commands and not set by hand
    [stderr]
    1 record checked: 5 errors, 1 warning
    [exit 6]
    ");
}

#[test]
fn what_only_commands_write() {
    let env = desk();
    let id = env.incident("CRM crashes");
    let path = env.path(&id);
    let good = env.read(&path);
    for (from, to) in [
        ("status: new", "status: new\nmajor: promoted\nescalation: 3"),
        ("updated_at:", "reopen_count: 7\nresolved_at: 2020-01-01T00:00:00Z\nupdated_at:"),
    ] {
        env.write(&path, good.replace(from, to));
        let told = env.run(&["commit"]);
        assert!(told.to_string().contains("[exit 6]"), "{told}");
    }
    let note = "notes:\n- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9B\n  at: 2026-11-22T09:03:00Z\n  by: bob\n  \
                kind: work\n  text: |\n    I did it.\n";
    env.write(&path, good.clone() + note);
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: error[note-forged]: notes: a note of bob that alice wrote
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.write(&path, good.clone() + &note.replace("by: bob", "by: alice"));
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (work) I did it.
    ");
}

/// A state that is typed leaves what a command leaves, also with the children.
#[test]
fn a_move_by_hand_leaves_its_marks() {
    let env = Env::desk();
    let parent = env.incident("CRM crashes");
    let child = env.incident("CRM is gone");
    env.run(&["link", &child, "child_of", &parent]);
    let path = env.path(&parent);
    env.replace(&path, "status: new", "status: resolved");
    env.replace(
        &path,
        "updated_at:",
        "resolution: {code: fixed, by: alice, text: \"Restarted.\\n\"}\nupdated_at:",
    );
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA resolve: new -> resolved
    INC-BBBBBB resolve: new -> resolved
    ");
    assert!(env.read(&path).contains("resolved_at: "));
    assert_snapshot!(env.run(&["list", "-A", "--columns", "title,status"]), @"
    TITLE        STATUS
    CRM crashes  resolved
    CRM is gone  resolved
    ");
}

/// Whose settings lie about uncommitted is not whose rules count.
#[test]
fn rules_that_are_not_in_force() {
    let env = desk();
    let id = env.new_record(&["change", "new", "Switch the router"]);
    let path = env.path(&id);
    env.replace(&path, "status: new", "status: implement");
    env.write(
        ".gitsm/workflows/change.yaml",
        "kind: change\nentry: [new]\nstates:\n  new: {category: open}\n  implement: {category: open}\n  \
         closed: {category: closed}\ntransitions:\n  go: [{from: [new], to: implement}]\n  \
         close: [{from: [implement], to: closed}]\n",
    );
    assert_snapshot!(env.run(&["commit", "changes"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-illegal]: status: no transition leads from new to implement
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
}

/// Links in a circle, and to what is not there.
#[test]
fn relations_by_hand() {
    let env = Env::desk();
    let (one, two) = (env.incident("CRM crashes"), env.incident("CRM is gone"));
    env.run(&["link", &one, "child_of", &two]);
    let path = env.path(&two);
    let good = env.read(&path);
    env.write(&path, format!("{good}links:\n- {{rel: child_of, to: {}}}\n", env.full_id(&one)));
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: INC-BBBBBB child_of INC-AAAAAA would close a circle: INC-AAAAAA -> INC-BBBBBB
    [exit 4]
    ");
    env.write(
        &path,
        format!("{good}links:\n- {{rel: relates_to, to: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q}}\n"),
    );
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: there is no record INC-CCCCCCCCCCCCCCCCCCCCCCCCCC
    [exit 3]
    ");
    env.write(&path, &good);
    env.run(&["ci", "new", "web-01"]);
    let ci = env.new_record(&["ci", "new", "web-02"]);
    env.replace(&env.path(&ci), "name: web-02", "name: web-01");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    error: CI-AAAAAA is called `web-01` already

    hint: gitsm show CI-AAAAAA
    [exit 4]
    ");
}

/// What the catalogue demands is demanded on every road.
#[test]
fn an_order_keeps_its_approvals() {
    let env = Env::desk_with(&["--profile", "service-desk"]);
    env.ok(&["catalog", "add", "laptop"]);
    let line = r#"{"do":"new","type":"request","title":"A laptop","offering":"laptop"}"#;
    refused(&env.typing(line), &["apply", "-"], 2, &["`laptop` needs", "--set"]);
    refused(&env, &["request", "new", "A laptop", "--set", "offering=laptop"], 2, &["needs"]);
    let answered = r#"{"do":"new","type":"request","title":"A laptop","offering":"laptop","answers":{"person":"alice","model":"light"}}"#;
    let made = env.typing(answered).new_record(&["apply", "-", "-f", "ids"]);
    let text = env.read(&env.path(&made));
    assert!(text.contains("required_approvals:") && text.contains("model: light"), "{text}");
    let answers = ["--set", "person=alice", "--set", "model=light"];
    let new = ["request", "new", "A laptop", "--set", "offering=laptop"];
    let id = env.new_record(&[&new[..], &answers[..]].concat());
    let text = env.read(&env.path(&id));
    assert!(text.contains("required_approvals:") && text.contains("tasks:"), "{text}");
    refused(&env, &["edit", &id, "--set", "offering=phone"], 4, &["what was ordered stays"]);
    // Nor can they be taken out of the file.
    let path = env.path(&id);
    let at = text.find("required_approvals:").expect("approvals");
    let rest = &text[at..];
    let end = rest.match_indices('\n').map(|(end, _)| end + 1);
    let end = end.into_iter().find(|end| !rest[*end..].starts_with('-')).expect("an end");
    env.write(&path, format!("{}{}", &text[..at], &rest[end..]));
    refused(&env, &["commit"], 6, &["error[field-kept]: required_approvals"]);
}

/// What became of a record because another one changed opens it to nobody.
#[test]
fn following_gives_no_rights() {
    let env = Env::desk();
    env.write(
        ".gitsm/people.yaml",
        "- {id: alice, name: alice, emails: [alice@example.com], roles: [admin]}\n\
         - {id: bob, name: bob, emails: [bob@example.com], roles: [own]}\n",
    );
    env.write(
        ".gitsm/roles.yaml",
        "roles:\n  admin: {may: [{do: [create, edit, move, note, assign, link, settings]}]}\n  own:\n    may:\n    - {do: [create, edit, move, note, assign, link], own: true}\n",
    );
    env.ok(&["commit"]);
    let bob = env.as_person("bob");
    let parent = bob.incident("CRM crashes");
    let child = env.incident("CRM is gone");
    env.ok(&["link", &child, "child_of", &parent]);
    refused(&bob, &["edit", &child, "--title", "hacked"], 4, &["may not edit"]);
    let lines = format!(
        "{{\"do\":\"start\",\"id\":\"{parent}\"}}\n{{\"do\":\"edit\",\"id\":\"{child}\",\"set\":{{\"title\":\"hacked\"}}}}\n"
    );
    refused(&bob.typing(&lines), &["apply", "-"], 4, &["may not edit"]);
    env.ok(&["show", &child]);
    bob.ok(&["incident", "start", &parent]);
    let list = env.ok(&["list", "--columns", "title,status"]).to_string();
    assert!(list.contains("CRM is gone  in_progress"), "{list}");
}

/// Who may not fulfil a request does not do so with its last task either.
#[test]
fn tasks_are_no_way_round_a_guard() {
    let env = Env::desk();
    let default = include_str!("../../src/policy/defaults/request.yaml");
    let guarded = default.replace("  fulfil:\n  - {", "  fulfil:\n  - {not_by: [requester], ");
    assert_ne!(default, guarded);
    env.write(".gitsm/workflows/request.yaml", guarded);
    env.ok(&["commit"]);
    let id = env.new_record(&["request", "new", "A badge"]);
    refused(&env, &["request", "fulfil", &id, "-m", "Done."], 4, &["requester"]);
    env.ok(&["task", "add", &id, "Print it"]);
    env.ok(&["task", "done", &id, "1"]);
    let shown = env.ok(&["list", "-A", "--columns", "status"]).to_string();
    assert!(!shown.contains("fulfilled"), "{shown}");
    let bob = env.as_person("bob");
    bob.ok(&["request", "fulfil", &id, "-m", "Done."]);
}
