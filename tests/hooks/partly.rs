//! Clones that have only a part of the history, or of the files.

use crate::spool::{ASIDE, SPOOL, changes, entries};
use crate::world::World;

/// A bare repository with three commits, whose hooks are installed.
fn ready() -> World {
    let world = World::deploying();
    world.code();
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.commit("code", "second").ends(0);
    world.commit("code", "third").ends(0);
    world.git("code", &["push", "-q", "origin", "main"]).ends(0);
    world.git("crm.git", &["config", "uploadpack.allowFilter", "true"]).ends(0);
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world
}

fn deployment(world: &World) -> serde_json::Value {
    let change = changes(world).remove(0);
    let id = change["id"].as_str().expect("an id").to_owned();
    let shown = world.gitsm("desk", &["show", &id, "--json"]).ends(0).json();
    shown["record"]["deployment"].clone()
}

#[test]
fn a_push_from_a_clone_that_has_only_a_part_is_a_push() {
    let world = ready();
    let url = format!("file://{}", world.path("crm.git").display());
    let desk = world.path("desk").to_string_lossy().into_owned();
    let kinds = ["--depth=1", "--filter=blob:none", "--filter=tree:0"];
    for (number, kind) in kinds.into_iter().enumerate() {
        let clone = format!("clone{number}");
        world.git(".", &["clone", "-q", kind, &url, &clone]).ends(0);
        world.gitsm(&clone, &["--desk", &desk, "hook", "install", "--repository", "crm"]).ends(0);
        world.commit(&clone, &format!("from {clone}")).ends(0);
        let pushed = world.git(&clone, &["push", "origin", "main"]).ends(0);
        assert!(pushed.err.contains("raised CHG-"), "{kind}: {pushed}");
        assert_eq!(changes(&world).len(), number + 1, "{kind}");
        assert_eq!(deployment(&world)["range"], "first", "{kind}");
    }
    assert!(entries(&world, SPOOL).is_empty() && entries(&world, ASIDE).is_empty());
}

#[test]
fn a_push_into_a_repository_that_has_only_a_part_is_raised_all_the_same() {
    let world = ready();
    let url = format!("file://{}", world.path("crm.git").display());
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.git("crm.git", &["config", "receive.shallowUpdate", "true"]).ends(0);
    // Git itself takes no push where trees are missing as well.
    for kind in ["--depth=1", "--filter=blob:none"] {
        let name = format!("part{}.git", kind.trim_start_matches('-').replace(['=', ':'], "-"));
        world.git(".", &["clone", "-q", "--bare", kind, &url, &name]).ends(0);
        let args = ["--desk", &desk, "hook", "install", "--repository", "crm"];
        world.gitsm(&name, &args).ends(0);
        world.commit("code", &format!("to {name}")).ends(0);
        let before = changes(&world).len();
        let target = world.path(&name).to_string_lossy().into_owned();
        let pushed = world.git("code", &["push", &target, "main"]).ends(0);
        assert!(pushed.err.contains("raised CHG-"), "{kind}: {pushed}");
        assert_eq!(changes(&world).len(), before + 1, "{kind}");
    }
    assert!(entries(&world, ASIDE).is_empty());
}
