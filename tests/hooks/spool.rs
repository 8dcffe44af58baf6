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
pub fn entries(world: &World, folder: &str) -> Vec<PathBuf> {
    let Ok(found) = fs::read_dir(world.path(folder)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    found.sort();
    found
}

pub const SPOOL: &str = ".local/state/gitsm/spool";
pub const ASIDE: &str = ".local/state/gitsm/spool/aside";

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

/// The changes of the desk, newest first.
pub fn changes(world: &World) -> Vec<serde_json::Value> {
    let rows = world.gitsm("desk", &["list", "--all", "type:change", "--json"]).ends(0).json();
    rows["rows"].as_array().expect("rows").clone()
}

#[test]
fn a_push_raises_a_change_that_names_what_was_pushed() {
    let world = ready();
    let incident = world.gitsm("desk", &["incident", "new", "It is broken"]).ends(0).out;
    world.commit("code", &format!("Mend it\n\nFixes {}", incident.trim())).ends(0);
    let pushed = world.git("code", &["push", "origin", "main"]).ends(0);
    assert!(pushed.err.contains("gitsm: raised CHG-"), "{pushed}");
    let change = changes(&world).remove(0);
    let id = change["id"].as_str().unwrap().to_owned();
    let record = world.gitsm("desk", &["show", &id, "--json"]).ends(0).json();
    let deployment = &record["record"]["deployment"];
    let head = world.git("code", &["rev-parse", "HEAD"]).out;
    assert_eq!(deployment["commit"], head.trim(), "{record}");
    assert_eq!(deployment["repository"], "crm");
    assert_eq!(deployment["environment"], "production");
    let links = record["links"].to_string();
    assert!(links.contains(incident.trim()), "{links}");
    assert!(entries(&world, SPOOL).is_empty());
    // The desk's own identity has made every commit, and none is of 2001.
    for person in world.desk_people() {
        let by_desk = person.starts_with("Desk <desk@example.com> Desk <desk@example.com> ");
        let by_test = person.contains("Cora Coder") && !person.contains("raise");
        assert!(by_desk || by_test, "{person}");
    }
    let log = world.git("desk", &["log", "-1", "--format=%an %cn %as"]).ends(0).out;
    assert!(log.starts_with("Desk Desk ") && !log.contains("2001"), "{log}");
    // Nothing that needs no change raises one.
    let before = changes(&world).len();
    world.git("code", &["push", "-q", "origin", "main:topic"]).ends(0);
    world.git("code", &["push", "-q", "origin", ":topic"]).ends(0);
    assert_eq!(changes(&world).len(), before);
}

#[test]
fn what_waited_is_told_in_order_and_once() {
    let world = ready();
    fs::rename(world.path("desk"), world.path("away")).unwrap();
    for n in 0..3 {
        world.commit("code", &format!("change {n}")).ends(0);
        world.git("code", &["push", "-q", "origin", "main"]).ends(0);
    }
    assert_eq!(entries(&world, SPOOL).len(), 3);
    let copies: Vec<_> = entries(&world, SPOOL)
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    fs::rename(world.path("away"), world.path("desk")).unwrap();
    // Two at once: one of them does it, the other waits and finds nothing.
    let drain = || {
        let mut command = world.command(env!("CARGO_BIN_EXE_gitsm"), "crm.git");
        command.args(["hook", "drain", "--json"]).stdout(std::process::Stdio::piped());
        command.spawn().expect("started")
    };
    let both = [drain(), drain()].map(|child| child.wait_with_output().expect("ended"));
    let done: usize = both
        .iter()
        .map(|out| serde_json::from_slice::<serde_json::Value>(&out.stdout).expect("JSON"))
        .map(|view| view["done"].as_array().expect("entries").len())
        .sum();
    assert_eq!(done, 3);
    assert_eq!(changes(&world).len(), 3);
    let subjects = world.git("desk", &["log", "--reverse", "--format=%s"]).ends(0).out;
    let raised: Vec<&str> = subjects.lines().filter(|line| line.contains("change ")).collect();
    assert!(
        raised.iter().position(|line| line.contains("change 0"))
            < raised.iter().position(|line| line.contains("change 2")),
        "{subjects}"
    );
    // Told again, as after a crash between the desk and the spool: the same.
    for (path, bytes) in copies {
        fs::write(path, bytes).unwrap();
    }
    world.gitsm("crm.git", &["hook", "drain"]).ends(0);
    assert_eq!(changes(&world).len(), 3);
}

#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let world = ready();
    fs::rename(world.path("desk"), world.path("away")).unwrap();
    for n in 0..4 {
        world.commit("code", &format!("change {n}")).ends(0);
        world.git("code", &["push", "-q", "origin", "main"]).ends(0);
    }
    fs::rename(world.path("away"), world.path("desk")).unwrap();
    for round in 0..12u64 {
        let mut command = world.command(env!("CARGO_BIN_EXE_gitsm"), "crm.git");
        command.args(["hook", "drain"]).stdout(std::process::Stdio::null());
        let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("started");
        std::thread::sleep(std::time::Duration::from_millis(round * 9));
        // The process that was started, and no other.
        let _ = child.kill();
        child.wait().expect("ended");
    }
    world.gitsm("crm.git", &["hook", "drain", "--retry"]).ends(0);
    assert!(entries(&world, SPOOL).is_empty() && entries(&world, ASIDE).is_empty());
    assert_eq!(changes(&world).len(), 4, "each once");
    world.gitsm("desk", &["check"]).ends(0);
}

#[test]
fn a_desk_that_is_locked_holds_nobody_up() {
    let world = ready();
    fs::create_dir_all(world.path("desk/.git/gitsm")).unwrap();
    let lock = fs::File::create(world.path("desk/.git/gitsm/lock")).unwrap();
    lock.lock().unwrap();
    world.commit("code", "second").ends(0);
    let start = std::time::Instant::now();
    let out = world.git("code", &["push", "origin", "main"]).ends(0);
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(8), "{took:?}: {out}");
    assert!(out.err.contains("in the background"), "{out}");
    drop(lock);
    let since = std::time::Instant::now();
    while changes(&world).is_empty() {
        assert!(since.elapsed() < std::time::Duration::from_secs(60), "nobody tells the desk");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Without a folder nothing can be kept for later, and that is said.
#[test]
fn where_nothing_can_be_kept_it_is_said() {
    let world = ready();
    let homeless = |cwd: &str, args: &[&str]| {
        let mut command = world.command("env", cwd);
        command.args(["-u", "HOME", "-u", "XDG_STATE_HOME", env!("CARGO_BIN_EXE_gitsm")]);
        command.args(args);
        world.run(command, b"")
    };
    let told = "there is no folder to note it in";
    let status = homeless("crm.git", &["hook", "status"]);
    assert!(status.err.contains(told) && status.err.contains("set HOME"), "{status}");
    let drained = homeless("crm.git", &["hook", "drain"]);
    assert!(drained.code != 0 && drained.err.contains(told), "{drained}");
    std::fs::rename(world.path("desk"), world.path("away")).expect("away");
    let zero = "0".repeat(40);
    let head = world.git("code", &["rev-parse", "HEAD"]).ends(0).out;
    let line = format!("{zero} {} refs/heads/main\n", head.trim());
    let mut command = world.command("env", "crm.git");
    command.args(["-u", "HOME", env!("CARGO_BIN_EXE_gitsm"), "hook", "run", "post-receive", "--"]);
    let out = world.run(command, line.as_bytes());
    assert!(out.err.contains("no change was raised") && out.err.contains(told), "{out}");
    let mut command = world.command("env", "code");
    let desk = world.path("desk").to_string_lossy().into_owned();
    command.args(["-u", "HOME", env!("CARGO_BIN_EXE_gitsm"), "--desk", &desk, "change"]);
    command.args(["deployed", "--environment", "production", "--result", "ok"]);
    let out = world.run(command, b"");
    assert!(out.code != 0 && out.err.contains("nor could it be noted for later"), "{out}");
}
