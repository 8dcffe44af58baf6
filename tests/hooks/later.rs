//! What the desk cannot be told now lands later, once: leave that was taken though
//! nobody could tell, and deployments that ended.

use std::fs;

use serde_json::Value;

use crate::spool::{SPOOL, changes, entries};
use crate::world::{Out, World};

/// A desk with an environment that is left open, and a change that goes there.
fn ready() -> (World, String) {
    let world = World::new();
    world.code();
    world.settings(&format!(
        "environments:\n  lab: {{tier: development, fails: open}}\n\
         repositories:\n  crm:\n    remotes: [{0}/crm.git, {0}/code]\n    deploys:\n    \
         - {{ref: refs/heads/lab, to: lab, gate: push}}\n",
        world.path("").display()
    ));
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world.commit("code", "second").ends(0);
    let args = ["--desk", &desk, "change", "raise", "--environment", "lab", "--name", "crm"];
    let id = world.gitsm("code", &args).ends(0).out.trim().to_owned();
    (world, id)
}

const APPROVALS: &str = "desk/.gitsm/approvals.yaml";

/// Makes the rules of approval unreadable, as somebody does who has never heard of
/// gitsm.
fn spoil(world: &World) {
    world.write(APPROVALS, "definitions: 3\n");
    by_hand(world);
}

fn mend(world: &World) {
    fs::remove_file(world.path(APPROVALS)).unwrap();
    by_hand(world);
}

fn by_hand(world: &World) {
    world.git("desk", &["add", "-A"]).ends(0);
    // Not in 2001: the clock would be in doubt.
    let mut command = world.command("git", "desk");
    command.args(["commit", "-qm", "By hand"]).env_remove("GIT_AUTHOR_DATE");
    world.run(command, b"").ends(0);
}

fn drain(world: &World) -> Value {
    world.gitsm("crm.git", &["hook", "drain", "--json"]).ends(0).json()
}

/// What is noted on a record.
fn notes(world: &World, id: &str) -> Vec<String> {
    let shown = world.gitsm("desk", &["show", id, "--json"]).ends(0).json();
    let notes = shown["record"]["notes"].as_array().cloned().unwrap_or_default();
    notes.iter().map(|note| note["text"].as_str().expect("a text").to_owned()).collect()
}

fn went_on(world: &World, id: &str) -> usize {
    notes(world, id).iter().filter(|text| text.starts_with("Went on to lab")).count()
}

#[test]
fn leave_that_was_taken_lands_on_the_change() {
    let (world, id) = ready();
    spoil(&world);
    let gate = |world: &World| {
        world.gitsm("desk", &["change", "gate", &id, "--environment", "lab"]).ends(0)
    };
    let lock = fs::File::create(world.path("desk/.git/gitsm/lock")).unwrap();
    lock.lock().unwrap();
    let out = gate(&world);
    assert!(out.out.starts_with("bypass "), "{out}");
    assert!(out.err.contains("is kept, and noted on the change later"), "{out}");
    drop(lock);
    let copies: Vec<_> = entries(&world, SPOOL)
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    mend(&world);
    drain(&world);
    assert!(entries(&world, SPOOL).is_empty());
    assert_eq!(went_on(&world, &id), 1, "{:?}", notes(&world, &id));
    // Told again, as after a crash between the desk and the spool: once.
    assert_eq!(copies.len(), 1);
    for (path, bytes) in copies {
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(drain(&world)["done"].as_array().unwrap().len(), 1);
    assert_eq!(went_on(&world, &id), 1);
    // Where it can be written at once it is.
    spoil(&world);
    let out = gate(&world);
    let told = out.err.contains("is noted on") || out.err.contains("is kept, and noted");
    assert!(told, "{out}");
}

#[test]
fn a_push_that_goes_on_writes_nothing_before_git_has_let_it_in() {
    let (world, id) = ready();
    spoil(&world);
    let commits = world.commits("desk");
    // The desk is held fast, so that nobody tells it in the background.
    let lock = fs::File::create(world.path("desk/.git/gitsm/lock")).unwrap();
    lock.lock().unwrap();
    let pushed = world.git("code", &["push", "origin", "main:lab"]).ends(0);
    assert!(pushed.err.contains("is kept, and noted on the change later"), "{pushed}");
    assert_eq!(world.commits("desk"), commits);
    drop(lock);
    mend(&world);
    drain(&world);
    assert_eq!(went_on(&world, &id), 1, "{:?}", notes(&world, &id));
    // A push that is refused for another of its references took no leave.
    spoil(&world);
    world.script("crm.git/hooks/update", "exit 1");
    world.git("code", &["push", "-f", "origin", "main~1:lab", "main:other"]).ends(1);
}

/// Records how a deployment of the code's HEAD ended.
fn deployed(world: &World, result: &str) -> Out {
    let desk = world.path("desk").to_string_lossy().into_owned();
    let args = ["--desk", &desk, "change", "deployed", "--result", result, "--environment", "lab"];
    world.gitsm("code", &args)
}

fn deploys(world: &World) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for change in changes(world) {
        let id = change["id"].as_str().unwrap();
        let shown = world.gitsm("desk", &["show", id, "--json"]).ends(0).json();
        for deploy in shown["record"]["deploys"].as_array().into_iter().flatten() {
            let text = |field: &str| deploy[field].as_str().unwrap().to_owned();
            found.push((text("result"), text("commit")));
        }
    }
    found
}

#[test]
fn a_deployment_that_the_desk_cannot_take_lands_later() {
    let (world, _) = ready();
    fs::rename(world.path("desk"), world.path("away")).unwrap();
    let head = world.git("code", &["rev-parse", "HEAD"]).out.trim().to_owned();
    let out = deployed(&world, "ok");
    assert_ne!(out.code, 0, "it is not in the desk: {out}");
    assert!(out.err.contains("it is noted, and told to the desk later"), "{out}");
    // What is deployed now is what was deployed, whatever HEAD is by then.
    world.commit("code", "third").ends(0);
    assert_eq!(entries(&world, SPOOL).len(), 1);
    let copy =
        (entries(&world, SPOOL).remove(0), fs::read(entries(&world, SPOOL).remove(0)).unwrap());
    fs::rename(world.path("away"), world.path("desk")).unwrap();
    let view = drain(&world);
    assert_eq!(view["done"].as_array().unwrap().len(), 1, "{view}");
    assert_eq!(deploys(&world), [("ok".to_owned(), head.clone())]);
    let count = changes(&world).len();
    fs::write(copy.0, copy.1).unwrap();
    drain(&world);
    assert_eq!((deploys(&world).len(), changes(&world).len()), (1, count));
}

#[test]
fn what_waits_is_told_before_what_comes_after() {
    let (world, _) = ready();
    let lock = fs::File::create(world.path("desk/.git/gitsm/lock")).unwrap();
    lock.lock().unwrap();
    let out = deployed(&world, "failed");
    assert!(out.err.contains("it is noted"), "{out}");
    drop(lock);
    // The next one tells both, in order.
    deployed(&world, "ok").ends(0);
    let results: Vec<String> = deploys(&world).into_iter().map(|(result, _)| result).collect();
    assert_eq!(results, ["failed", "ok"]);
    assert!(entries(&world, SPOOL).is_empty());
}

#[test]
fn what_is_told_after_something_newer_moves_nothing_back() {
    let (world, _) = ready();
    let out = {
        let lock = fs::File::create(world.path("desk/.git/gitsm/lock")).unwrap();
        lock.lock().unwrap();
        deployed(&world, "failed")
    };
    assert!(out.err.contains("it is noted"), "{out}");
    // Another host, with another spool, has tried again.
    let other = world.with("XDG_STATE_HOME", &world.path("elsewhere").to_string_lossy());
    deployed(&other, "ok").ends(0);
    let status = changes(&world)[0]["status"].clone();
    drain(&world);
    let results: Vec<String> = deploys(&world).into_iter().map(|(result, _)| result).collect();
    assert_eq!(results.len(), 2, "{results:?}");
    assert_eq!(changes(&world)[0]["status"], status, "what is newer counts");
}

#[test]
fn what_makes_no_sense_is_not_kept_for_later() {
    let (world, _) = ready();
    let desk = world.path("desk").to_string_lossy().into_owned();
    let args = ["--desk", &desk, "change", "deployed", "CHG-0000000", "--result", "ok"];
    let out = world.gitsm("code", &args);
    assert!(out.code != 0 && !out.err.contains("noted"), "{out}");
    fs::rename(world.path("desk"), world.path("away")).unwrap();
    let args = ["--desk", &desk, "change", "deployed", "--commit", "nosuch", "--result", "ok"];
    let out = world.gitsm("code", &args);
    assert!(out.code != 0 && !out.err.contains("noted"), "{out}");
    assert!(entries(&world, SPOOL).is_empty());
}

#[test]
fn a_push_that_is_told_after_its_change_has_ended_raises_no_other() {
    let world = World::deploying();
    world.code();
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    fs::rename(world.path("desk"), world.path("away")).unwrap();
    world.commit("code", "second").ends(0);
    world.git("code", &["push", "-q", "origin", "main"]).ends(0);
    fs::rename(world.path("away"), world.path("desk")).unwrap();
    // In the meantime, from elsewhere, somebody has raised it and called it off.
    let other = world.with("XDG_STATE_HOME", &world.path("elsewhere").to_string_lossy());
    let args = ["--desk", &desk, "change", "raise", "--environment", "production", "--name", "crm"];
    let id = other.gitsm("code", &args).ends(0).out;
    other.gitsm("desk", &["change", "cancel", id.trim(), "-m", "Not today"]).ends(0);
    let view = drain(&world);
    assert_eq!(view["done"].as_array().unwrap().len(), 1, "{view}");
    assert_eq!(changes(&world).len(), 1, "{view}");
    // A push that comes after that is another one; records keep whole seconds.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    world.git("code", &["push", "-q", "origin", "main~1:refs/heads/side"]).ends(0);
    world.git("code", &["push", "-qf", "origin", "main~1:main"]).ends(0);
    let pushed = world.git("code", &["push", "origin", "main"]).ends(0);
    assert!(pushed.err.contains("raised CHG-"), "{pushed}");
}
