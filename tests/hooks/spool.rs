//! The spool: no event is lost, none is told twice, none is in the way.

use std::fs;
use std::path::PathBuf;

use crate::world::World;

fn ready() -> World {
    let world = World::deploying();
    world.code();
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world
}

/// The files of the spool, or of what was set aside.
fn entries(world: &World, folder: &str) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(world.path(folder)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    found.sort();
    found
}

const SPOOL: &str = ".local/state/gitsm/spool";
const ASIDE: &str = ".local/state/gitsm/spool/aside";

#[test]
fn a_desk_that_is_away_is_told_later() {
    let world = ready();
    fs::rename(world.path("desk"), world.path("away")).unwrap();
    world.commit("code", "second").ends(0);
    let out = world.git("code", &["push", "origin", "main"]).ends(0);
    assert!(out.err.contains("gitsm hook status"), "{out}");
    assert_eq!(entries(&world, SPOOL).len(), 1);
    world.commit("code", "third").ends(0);
    world.git("code", &["push", "-q", "origin", "main"]).ends(0);
    assert_eq!(entries(&world, SPOOL).len(), 2);
    let view = world.gitsm("crm.git", &["hook", "status", "--json"]).ends(1).json();
    assert_eq!(view["spool"]["waiting"], 2, "{view}");
    assert!(view["spool"]["oldest"].is_string(), "{view}");
}

#[test]
fn what_cannot_be_read_is_set_aside_and_in_nobodys_way() {
    let world = ready();
    world.write(&format!("{SPOOL}/000000000001-X.json"), "{ not JSON");
    world.write(&format!("{SPOOL}/000000000002-Y.json"), "{\"version\": 1}");
    let view = world.gitsm("crm.git", &["hook", "drain", "--json"]).ends(0).json();
    assert_eq!(view["set_aside"].as_array().unwrap().len(), 2, "{view}");
    assert_eq!((entries(&world, SPOOL).len(), entries(&world, ASIDE).len()), (0, 2));
    let status = world.gitsm("crm.git", &["hook", "status"]).ends(1);
    assert!(status.out.contains("set aside 000000000001-X.json: it cannot be read"), "{status}");
    let again = world.gitsm("crm.git", &["hook", "drain", "--retry", "--json"]).ends(0).json();
    assert_eq!(again["set_aside"].as_array().unwrap().len(), 2, "tried again: {again}");
    assert_eq!(world.read(&format!("{ASIDE}/000000000001-X.json")), "{ not JSON");
}

#[test]
fn what_a_newer_gitsm_wrote_is_left_to_it() {
    let world = ready();
    let entry = format!(
        "{{\"version\": 99, \"desk\": \"{}\", \"at\": \"2026-01-01T00:00:00Z\", \"event\": \
         {{\"push\": {{\"repository\": \"/x\", \"updates\": [], \"by\": null}}}}}}",
        world.path("desk").display()
    );
    world.write(&format!("{SPOOL}/000000000001-X.json"), &entry);
    let view = world.gitsm("crm.git", &["hook", "drain", "--json"]).ends(0).json();
    assert_eq!(view["kept"].as_array().unwrap().len(), 1, "{view}");
    assert_eq!(world.read(&format!("{SPOOL}/000000000001-X.json")), entry);
}

#[test]
fn an_entry_that_ends_the_process_again_and_again_is_set_aside() {
    let world = ready();
    let entry = format!(
        "{{\"version\": 1, \"desk\": \"{}\", \"at\": \"2026-01-01T00:00:00Z\", \"begun\": 5, \
         \"event\": {{\"push\": {{\"repository\": \"/x\", \"updates\": [], \"by\": null}}}}}}",
        world.path("desk").display()
    );
    world.write(&format!("{SPOOL}/000000000001-X.json"), entry);
    let view = world.gitsm("crm.git", &["hook", "drain", "--json"]).ends(0).json();
    let reason = view["set_aside"][0]["lines"][0].as_str().unwrap();
    assert!(reason.contains("ended 5 times"), "{view}");
}
