//! commit-msg: tickets that a message names and that are not there.

use crate::world::World;

fn ready() -> World {
    let world = World::deploying();
    world.code();
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("code", &["--desk", &desk, "hook", "install"]).ends(0);
    world
}

#[test]
fn a_ticket_that_does_not_exist_is_told_and_stops_nothing() {
    let world = ready();
    let id = world.gitsm("desk", &["incident", "new", "It is broken"]).ends(0).out;
    let good = world.commit("code", &format!("Mend it; fixes {}", id.trim())).ends(0);
    assert_eq!(good.err, "", "{good}");
    let bad = world.commit("code", "Mend more; fixes INC-000000").ends(0);
    assert_eq!(
        bad.err,
        "gitsm: there is no record `INC-000000`\n\
         gitsm: committed all the same; mend it with: git commit --amend\n"
    );
}

#[test]
fn it_may_be_configured_to_stop_the_commit() {
    let world = ready();
    world.git("code", &["config", "gitsm.commitmsg", "refuse"]).ends(0);
    let commits = world.commits("code");
    let bad = world.commit("code", "Mend more; fixes INC-000000").ends(1);
    assert!(bad.err.contains("there is no record `INC-000000`"), "{bad}");
    assert_eq!(world.commits("code"), commits);
    world.git("code", &["commit", "-q", "-m", "No ticket here"]).ends(0);
    world.git("code", &["config", "gitsm.commitmsg", "off"]).ends(0);
    let out = world.commit("code", "Mend more; fixes INC-000000").ends(0);
    assert_eq!(out.err, "");
}

#[test]
fn a_desk_that_cannot_be_asked_stops_nothing() {
    let world = ready();
    world.git("code", &["config", "gitsm.commitmsg", "refuse"]).ends(0);
    world.git("code", &["config", "gitsm.desk", "/gone"]).ends(0);
    let out = world.commit("code", "Fixes INC-000000").ends(0);
    assert!(out.err.contains("the tickets were not looked up"), "{out}");
}

/// As git has it: another beginning of comments, of any length, or one of its own
/// choice.
#[test]
fn comments_are_what_git_is_configured_for() {
    let world = ready();
    world.script(
        "editor",
        "printf '%s\\n' \"$TEXT\" > \"$1.new\"; cat \"$1\" >> \"$1.new\"; mv \"$1.new\" \"$1\"",
    );
    let editor = world.path("editor").to_string_lossy().into_owned();
    let commit = |text: &str, comment: &str| {
        world.git("code", &["config", "core.commentChar", comment]).ends(0);
        let world = world.with("GIT_EDITOR", &editor).with("TEXT", text);
        world.git("code", &["commit", "-q", "--allow-empty", "-e"]).ends(0).err
    };
    let told = "gitsm: there is no record `INC-000000`";
    assert!(!commit("Mend it\n# INC-000000", "#").contains(told));
    assert!(commit("Mend it\n# INC-000000", ";").contains(told));
    assert!(!commit("Mend it\n; INC-000000", ";").contains(told));
    // The message begins with what git would take, so that it takes another.
    let old = world.with("GIT_EDITOR", "true");
    old.git("code", &["commit", "-q", "--allow-empty", "-m", "#12 INC-000000"]).ends(0);
    world.git("code", &["config", "core.commentChar", "auto"]).ends(0);
    for verbose in ["false", "true"] {
        world.git("code", &["config", "commit.verbose", verbose]).ends(0);
        let out = old.git("code", &["commit", "-q", "--allow-empty", "--amend", "-e"]).ends(0);
        assert!(out.err.contains(told), "{out}");
    }
}
