//! Pushes that are themselves the deployment: the gate is asked before they are
//! let in.

use crate::world::World;

#[test]
fn a_push_without_an_approved_change_is_denied_with_the_reason() {
    let world = World::new();
    world.code();
    world.settings(&format!(
        "repositories:\n  crm:\n    remotes: [{0}/crm.git, {0}/code]\n    deploys:\n    \
         - {{ref: refs/heads/main, to: staging}}\n    \
         - {{ref: \"refs/tags/v*\", to: production, gate: push}}\n",
        world.path("").display()
    ));
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world.commit("code", "second").ends(0);
    world.git("code", &["tag", "-a", "-m", "one", "v1"]).ends(0);
    let commits = world.commits("desk");
    // What is pushed lies in git's quarantine, and the tag is none of its commits.
    let denied = world.git("code", &["push", "origin", "v1"]).ends(1);
    assert!(denied.err.contains("refs/tags/v1 to production"), "{denied}");
    assert!(denied.err.lines().filter(|line| line.contains("gitsm:")).count() <= 10, "{denied}");
    assert_eq!(world.commits("desk"), commits, "nothing is written in quarantine");
    assert_eq!(world.git("crm.git", &["tag"]).out, "");
    // A branch that is deployed later by something else, or not at all, passes.
    world.git("code", &["push", "-q", "origin", "main", "main:topic"]).ends(0);
    // Seen from the clone it is the same.
    world.gitsm("code", &["--desk", &desk, "hook", "install"]).ends(0);
    let denied = world.git("code", &["push", "origin", "v1"]).ends(1);
    assert!(denied.err.contains("refs/tags/v1 to production"), "{denied}");
    assert!(!denied.err.contains("remote:"), "it is not even sent: {denied}");
}
