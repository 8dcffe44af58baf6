//! Nothing that git, or whoever runs it, has set reaches the desk.

use crate::world::{CODER, World};

#[test]
fn a_hook_of_the_desk_is_none_of_ours() {
    // Hooks in the desk's own repository, as other tools put them there, are not
    // run by our commits; ours refuse to write into the repository they hook.
    let world = World::deploying();
    world.git("desk", &["config", "gitsm.desk", "."]).ends(0);
    let zero = "0".repeat(40);
    let id = world.git("desk", &["rev-parse", "HEAD"]).ends(0).out;
    let line = format!("{zero} {} refs/heads/main\n", id.trim());
    let commits = world.commits("desk");
    let out = world.gitsm_with("desk", &["hook", "run", "post-receive"], line.as_bytes());
    assert_eq!(world.commits("desk"), commits, "{out}");
}

#[test]
fn what_gitsm_starts_runs_no_hook_of_ours() {
    let world = World::deploying();
    world.code();
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("code", &["--desk", &desk, "hook", "install", "--event", "commit-msg"]).ends(0);
    world.write("code/a.txt", "a");
    world.git("code", &["add", "."]).ends(0);
    let inside = world.with("GITSM_INSIDE", "1");
    let out = inside.git("code", &["commit", "-q", "-m", "See INC-000001"]).ends(0);
    assert_eq!(out.err, "", "{out}");
    // A hook that asks the gate cannot be told to look away.
    let line = "not a reference\n";
    world.write("code/.git/gitsm-hooks/gated", "refs/heads/main\n");
    world.git("code", &["config", "gitsm.desk", "/gone"]).ends(0);
    let out = inside.gitsm_with("code", &["hook", "run", "pre-receive"], line.as_bytes());
    assert_eq!(out.code, 4, "{out}");
}

#[test]
fn a_question_lets_nothing_pass() {
    let world = World::deploying();
    world.code();
    let asked = world.with("GITSM_HOOK_PROBE", "1");
    for event in ["pre-receive", "update", "pre-push", "commit-msg", "post-receive"] {
        let out = asked.gitsm("code", &["hook", "run", event]);
        assert_eq!(out.code, 79, "{out}");
    }
}

#[test]
fn the_coder_is_not_the_desk() {
    let world = World::deploying();
    assert!(world.desk_people().is_empty(), "{:?}", world.desk_people());
    assert_ne!(CODER, crate::world::DESK);
}
