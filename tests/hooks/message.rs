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
