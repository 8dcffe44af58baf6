//! The gate where somebody wrote into files what others are to have said.

use insta::assert_snapshot;

use crate::common::{Env, Output};
use crate::gate::{approved, at, desk, standard, waiting};

/// Commits everything with plain git, as `who`.
fn by_hand(env: &Env, who: &str, path: &str, text: &str) {
    env.write(path, text);
    env.git(&["add", "-A"]);
    let date = "2026-11-22T10:00:00Z";
    let env = env.as_person(who).with("GIT_AUTHOR_DATE", date).with("GIT_COMMITTER_DATE", date);
    env.git(&["commit", "-qm", "Tidy up"]);
}

/// What the gate says, without the name of a commit that is never the same.
fn told(output: &Output) -> String {
    let commit = regex::Regex::new("[0-9a-f]{7} that brought").expect("a pattern");
    commit.replace_all(&output.to_string(), "COMMIT that brought").into_owned()
}

/// A vote as it stands in a file.
fn vote(number: u8, who: &str, digest: &str) -> String {
    format!(
        "- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F0{number}\n  at: \"2026-11-22T10:00:00Z\"\n  by: {who}\n  \
         verdict: approved\n  step: cab/1\n  digest: {digest}\n"
    )
}

fn digest(env: &Env, id: &str) -> String {
    let shown = env.ok(&["approval", "show", id, "--json"]);
    let shown: serde_json::Value = serde_json::from_str(shown.raw_stdout()).expect("JSON");
    shown["digest"].as_str().expect("a digest").to_owned()
}

#[test]
fn votes_that_others_wrote_open_nothing() {
    let env = desk();
    let id = waiting(&env, &[]);
    let (path, digest) = (env.path(&id), digest(&env, &id));
    let votes = vote(0, "dora", &digest) + &vote(1, "erin", &digest);
    let text = env.read(&path).replace("status: authorize", "status: scheduled") + &votes;
    by_hand(&env, "bob", &path, &text);
    assert_snapshot!(told(&at(&env, "11:00", &[&id])), @"
    deny CHG-AAAAAA Patch CRM -> production
      the vote of dora does not count: COMMIT that brought it is by Bob [approval-forged]
        -> `gitsm check --range` tells more of that commit; votes are cast with `gitsm change approve CHG-AAAAAA`
    decided on commit c1----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
    // The same file with the same votes, one of them from the voter's own hand.
    let text = env.read(&path);
    let one = text.replace(&vote(1, "erin", &digest), "");
    by_hand(&env, "bob", &path, &one);
    by_hand(&env, "erin", &path, &text);
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 10, "{output}");
    assert!(output.raw_stdout().contains("the vote of dora does not count"), "{output}");
}

#[test]
fn a_vote_that_was_bent_to_another_text_opens_nothing() {
    let env = desk();
    let id = approved(&env);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    let old = digest(&env, &id);
    env.ok(&["edit", &id, "--set", "backout_plan=Leave it as it is"]);
    assert_eq!(at(&env, "11:00", &[&id]).code, 10, "votes are void");
    let (path, new) = (env.path(&id), digest(&env, &id));
    let bent = env.read(&path).replace(&old, &new);
    by_hand(&env, "bob", &path, &bent);
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 10, "{output}");
    assert!(output.raw_stdout().contains("[approval-forged]"), "{output}");
}

#[test]
fn a_vote_by_hand_counts_if_it_is_the_voters() {
    let env = desk();
    let id = waiting(&env, &[]);
    env.as_person("dora").ok(&["change", "approve", &id]);
    let (path, digest) = (env.path(&id), digest(&env, &id));
    let text = env.read(&path).replace("status: authorize", "status: scheduled");
    by_hand(&env, "erin", &path, &(text + &vote(1, "erin", &digest)));
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 0, "{output}");
    // Not if they had no vote then.
    let id = waiting(&env, &[]);
    env.as_person("dora").ok(&["change", "approve", &id]);
    let (path, digest) = (env.path(&id), self::digest(&env, &id));
    let text = env.read(&path).replace("status: authorize", "status: scheduled");
    by_hand(&env, "bob", &path, &(text + &vote(1, "bob", &digest)));
    let output = at(&env, "11:00", &[&id]);
    assert_ne!(output.code, 0, "{output}");
    env.replace(".gitsm/approvals.yaml", "[alice, dora, erin]", "[alice, bob, dora, erin]");
    env.ok(&["commit"]);
    env.replace(&path, "requester: bob", "requester: alice");
    let output = at(&env, "11:00", &[&id]);
    assert_ne!(output.code, 0, "{output}");
}

#[test]
fn votes_of_both_sides_of_a_merge_count() {
    let env = desk();
    let id = waiting(&env, &[]);
    env.git(&["clone", "-q", ".", "../other"]);
    let other = env.at("../other");
    other.as_person("erin").ok(&["change", "approve", &id]);
    env.as_person("dora").ok(&["change", "approve", &id]);
    env.git(&["remote", "add", "other", "../other"]);
    env.git(&["fetch", "-q", "other"]);
    let theirs = env.git(&["show", &format!("other/main:{}", env.path(&id))]);
    let ours = env.read(&env.path(&id));
    // As a person who merges does: both votes, and the state that follows.
    let tail = theirs.raw_stdout().split("- id:").last().expect("a vote").to_owned();
    env.git(&["merge", "-q", "-s", "ours", "--no-commit", "other/main"]);
    let merged = ours.replace("status: authorize", "status: scheduled");
    by_hand(&env, "alice", &env.path(&id), &format!("{}\n- id:{tail}", merged.trim_end()));
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 0, "{output}");
}

#[test]
fn a_model_that_others_approved_authorises_nothing() {
    let env = desk();
    let id = standard(&env);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    let path = ".gitsm/models/index.yaml";
    env.replace(path, "risk: low", "risk: moderate");
    env.ok(&["commit"]);
    let shown = env.ok(&["change", "model", "show", "index", "--json"]);
    let shown: serde_json::Value = serde_json::from_str(shown.raw_stdout()).expect("JSON");
    let new = shown["digest"].as_str().expect("a digest");
    let text = env.read(path);
    let head = text.split("approvals:").next().expect("a head");
    let forged =
        format!("{head}approvals:\n- by: dora\n  at: \"2026-11-22T10:00:00Z\"\n  digest: {new}\n");
    by_hand(&env, "bob", path, &forged);
    assert_snapshot!(told(&at(&env, "11:00", &[&id])), @"
    deny CHG-AAAAAA Rebuild the orders -> production
      it calls itself a standard change, and is treated as a normal one: the change model `index` is not approved: the vote of dora does not count: COMMIT that brought it is by Bob [standard-model]
        -> take it back with `gitsm change revise CHG-AAAAAA`, and have it approved as a normal change; or have the model approved
    decided on commit c2----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
}

#[test]
fn an_override_that_others_wrote_opens_nothing() {
    let env = desk();
    let id = waiting(&env, &[]);
    let incident = env.new_record(&["incident", "new", "It is down"]);
    let full = env.path(&incident);
    let full = full.rsplit('/').next().and_then(|name| name.strip_suffix(".yaml")).expect("an id");
    let path = env.path(&id);
    let text = env.read(&path).replace("model: normal", "model: emergency");
    let at_opened = text.find("opened_at:").expect("a place");
    let (before, after) = text.split_at(at_opened);
    let forged = format!(
        "{before}overrides:\n- id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\n  at: \"2026-11-22T10:00:00Z\"\n  by: dora\n  environment: production\n  reason: It has to be\n  incident: {full}\n  due: \"2026-11-23T10:00:00Z\"\n{after}"
    );
    by_hand(&env, "bob", &path, &forged);
    assert_snapshot!(told(&at(&env, "11:00", &[&id, "-e", "production"])), @"
    pending CHG-AAAAAA Patch CRM -> production
      it waits for 2 votes of alice or erin (cab/1) [approval]
        -> `gitsm change approve CHG-AAAAAA` votes, `gitsm approval show CHG-AAAAAA` tells who may
    decided on commit c1----- at 2026-11-22T11:00:00Z
    [stderr]
    note: the override of dora does not count: COMMIT that brought it is by Bob
    [exit 11]
    ");
}

#[test]
fn a_conflict_that_others_accepted_stays() {
    let env = desk();
    env.write(
        ".gitsm/change-windows.yaml",
        "freezes:\n  day: {from: 2026-11-22T10:00:00Z, until: 2026-11-22T12:00:00Z}\n",
    );
    env.ok(&["commit"]);
    let bob = env.as_person("bob");
    let id = bob.new_record(&["change", "new", "Patch CRM", "--model", "emergency"]);
    let (start, end) = ("2026-11-22T10:30Z", "2026-11-22T11:30Z");
    env.ok(&["change", "schedule", &id, "--start", start, "--end", end]);
    env.ok(&["change", "submit", &id]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    env.ok(&["change", "accept-conflict", &id, "day", "--reason", "It leaks"]);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    let path = env.path(&id);
    let by = regex::Regex::new(r"by: alice(\s+start:)").expect("a pattern");
    let text = env.read(&path);
    by_hand(&env, "bob", &path, &by.replace(&text, "by: dora$1"));
    assert_snapshot!(told(&at(&env, "11:00", &[&id])), @"
    deny CHG-AAAAAA Patch CRM -> production
      that dora accepted day does not count: COMMIT that brought it is by Bob [approval-forged]
        -> `gitsm check --range` tells more of that commit; whoever may accepts it: `gitsm change accept-conflict CHG-AAAAAA day --reason TEXT`
    decided on commit c3----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
}

/// ITGC control C4: whoever took their name off a change still asked for it.
#[test]
fn who_asked_for_it_does_not_vote_under_another_name() {
    let env = desk();
    let id = waiting(&env, &[]);
    env.replace(".gitsm/approvals.yaml", "[alice, dora, erin]", "[alice, bob, dora, erin]");
    env.ok(&["commit"]);
    // Opened by bob for erin, who has no vote, and neither has bob.
    let other =
        env.as_person("bob").new_record(&["change", "new", "Move it", "--requester", "erin"]);
    env.ok(&["change", "submit", &other]);
    env.ok(&["change", "assess", &other, "--risk", "low"]);
    for who in ["bob", "erin"] {
        assert_eq!(env.as_person(who).run(&["change", "approve", &other]).code, 4, "{who}");
    }
    // Dora asks, and takes her name off it.
    let path = env.path(&id);
    env.replace(&path, "requester: bob", "requester: dora");
    assert_snapshot!(env.run(&["commit"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:11: error[requester-changed]: requester: who asked for a change stays while it is on its way, as they have no vote on it; take it back with `gitsm change revise` first
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.git(&["commit", "-qam", "For dora"]);
    assert_snapshot!(env.run(&["edit", &id, "--set", "requester=alice"]), @"
    [stderr]
    error: CHG-AAAAAA: requester: who asked for a change stays while it is on its way, as they have no vote on it; take it back with `gitsm change revise` first [requester-changed]
    [exit 4]
    ");
    by_hand(&env, "bob", &path, &env.read(&path).replace("requester: dora", "requester: bob"));
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    assert_snapshot!(told(&at(&env, "11:00", &[&id])), @"
    deny CHG-AAAAAA Patch CRM -> production
      the vote of dora does not count: they asked for it [approval-forged]
        -> `gitsm check --range` tells more of that commit; votes are cast with `gitsm change approve CHG-AAAAAA`
    decided on commit c1----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
}
