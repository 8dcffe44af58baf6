//! What is wrong around a hook: repositories that cannot be opened, other names,
//! other people's hooks that cannot run, paths that are no text, input that never
//! ends.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::world::World;

const ZERO: &str = "0000000000000000000000000000000000000000";
const A: &str = "1111111111111111111111111111111111111111";

/// A desk whose gate is asked about pushes to main of `crm.git`.
fn gated() -> World {
    let world = World::new();
    world.code();
    world.settings(&format!(
        "repositories:\n  crm:\n    remotes: [{}]\n    deploys:\n    \
         - {{ref: refs/heads/main, to: production, gate: push}}\n",
        world.path("crm.git").display()
    ));
    install(&world, "crm.git", &[]).ends(0);
    world
}

fn install(world: &World, cwd: &str, more: &[&str]) -> crate::world::Out {
    let desk = world.path("desk").to_string_lossy().into_owned();
    let args = [&["--desk", &desk, "hook", "install"], more].concat();
    world.gitsm(cwd, &args)
}

#[test]
fn a_repository_that_cannot_be_opened_closes_its_gate_and_nothing_else() {
    let world = gated();
    // As one that belongs to somebody else: git has let it pass, we cannot.
    world.git("crm.git", &["config", "core.repositoryformatversion", "99"]).ends(0);
    let run = |event: &str, reference: &str| {
        let line = format!("{ZERO} {A} {reference}\n");
        world.gitsm_with("crm.git", &["hook", "run", event], line.as_bytes())
    };
    let closed = run("pre-receive", "refs/heads/main").ends(4);
    assert!(closed.err.contains("denied: the gate must be asked"), "{closed}");
    let open = run("pre-receive", "refs/heads/topic").ends(0);
    assert!(open.err.contains("let through"), "{open}");
    let args = ["hook", "run", "update", "--", "refs/heads/main", ZERO, A];
    world.gitsm("crm.git", &args).ends(4);
    let told = run("post-receive", "refs/heads/main").ends(0);
    assert!(told.err.contains("no change is raised"), "an event is not lost silently: {told}");
}

#[test]
fn another_name_of_what_is_gated_is_gated() {
    let world = gated();
    world.git("crm.git", &["symbolic-ref", "refs/heads/old", "refs/heads/trunk"]).ends(0);
    world.git("crm.git", &["symbolic-ref", "refs/heads/trunk", "refs/heads/main"]).ends(0);
    let main = world.git("crm.git", &["rev-parse", "main"]).out;
    world.commit("code", "second").ends(0);
    for events in [&[][..], &["--event", "update"]] {
        world.gitsm("crm.git", &["hook", "uninstall"]).ends(0);
        install(&world, "crm.git", events).ends(0);
        let denied = world.git("code", &["push", "origin", "main:old"]).ends(1);
        assert!(denied.err.contains("refs/heads/main to production"), "{denied}");
        assert_eq!(world.git("crm.git", &["rev-parse", "main"]).out, main);
    }
    // Where the push is no deployment, what moved is what is raised.
    let world = World::deploying();
    world.code();
    install(&world, "crm.git", &[]).ends(0);
    world.git("crm.git", &["symbolic-ref", "refs/heads/old", "refs/heads/main"]).ends(0);
    world.commit("code", "second").ends(0);
    let pushed = world.git("code", &["push", "origin", "main:old"]).ends(0);
    assert!(pushed.err.contains("raised CHG-"), "{pushed}");
}

#[test]
fn a_hook_that_is_there_and_cannot_run_is_no_yes() {
    let world = World::deploying();
    world.code();
    for text in ["#!/bin/sh\r\nexit 0\r\n", "#!/no/such/program\n"] {
        world.script("crm.git/hooks/pre-receive", "");
        world.write("crm.git/hooks/pre-receive", text);
        install(&world, "crm.git", &["--chain"]).ends(0);
        world.commit("code", "another").ends(0);
        let out = world.git("code", &["push", "origin", "main"]).ends(1);
        assert!(out.err.contains("cannot run"), "{out}");
        world.gitsm("crm.git", &["hook", "uninstall"]).ends(0);
        assert_eq!(world.read("crm.git/hooks/pre-receive"), text);
    }
    // What has happened is told all the same.
    fs::remove_file(world.path("crm.git/hooks/pre-receive")).unwrap();
    world.script("crm.git/hooks/post-receive", "");
    world.write("crm.git/hooks/post-receive", "#!/no/such/program\n");
    install(&world, "crm.git", &["--chain"]).ends(0);
    let out = world.git("code", &["push", "origin", "main"]).ends(0);
    assert!(out.err.contains("cannot run") && out.err.contains("raised CHG-"), "{out}");
}

#[test]
fn a_hook_that_reads_nothing_harms_nobody() {
    let world = World::deploying();
    world.code();
    world.script("crm.git/hooks/pre-receive", "exit 0");
    install(&world, "crm.git", &["--chain"]).ends(0);
    let many: String = (0..20_000).map(|n| format!("{ZERO} {A} refs/tags/t{n}\n")).collect();
    let after = world.path("crm.git/hooks/pre-receive.gitsm-prev");
    let args = ["hook", "run", "pre-receive", "--after", &after.to_string_lossy()];
    world.gitsm_with("crm.git", &args, many.as_bytes()).ends(0);
}

#[test]
fn what_is_no_text_stops_nothing_that_needs_no_gate() {
    let world = World::deploying();
    world.code();
    let remote = world.path("").join(OsStr::from_bytes(b"odd\xff.git"));
    let mut command = world.command("git", ".");
    command.args(["init", "-q", "--bare"]).arg(&remote);
    world.run(command, b"").ends(0);
    install(&world, "code", &[]).ends(0);
    let push = |place: &OsStr, reference: &[u8]| {
        let mut command = world.command("git", "code");
        command.args(["push"]).arg(place);
        command.arg(OsString::from_vec([b"HEAD:refs/heads/", reference].concat()));
        world.run(command, b"")
    };
    push(remote.as_os_str(), b"main").ends(0);
    install(&world, "crm.git", &["--event", "update", "--event", "pre-receive"]).ends(0);
    push(world.path("crm.git").as_os_str(), b"odd\xff").ends(0);
    // Where there is a gate, nobody knows what such a name would move.
    let world = gated();
    let mut command = world.command("git", "code");
    command.args(["push", "origin"]).arg(OsStr::from_bytes(b"HEAD:refs/heads/odd\xff"));
    world.run(command, b"").ends(1);
}

#[test]
fn a_repository_whose_path_is_no_text_is_served() {
    let world = World::deploying();
    let folder = world.path("").join(OsStr::from_bytes(b"odd\xff"));
    let run = |program: &str, args: &[&str]| {
        fs::create_dir_all(&folder).unwrap();
        let mut command = world.command(program, ".");
        command.current_dir(&folder).args(args);
        world.run(command, b"")
    };
    run("git", &["init", "-q", "-b", "main"]).ends(0);
    let before = fs::read(folder.join(".git/config")).unwrap();
    let gitsm = env!("CARGO_BIN_EXE_gitsm");
    run(gitsm, &["--desk", "../desk", "hook", "install"]).ends(0);
    run(gitsm, &["hook", "status"]).ends(0);
    run("git", &["commit", "-q", "--allow-empty", "-m", "See INC-000000"]).ends(0);
    run(gitsm, &["hook", "uninstall"]).ends(0);
    assert_eq!(fs::read(folder.join(".git/config")).unwrap(), before);
    let lossy = world.path("").join(folder.file_name().unwrap().to_string_lossy().into_owned());
    assert!(!lossy.exists(), "nothing is written beside it");
}

#[test]
fn input_that_never_ends_holds_nobody_up() {
    let world = gated();
    world.git("crm.git", &["config", "gitsm.hookTimeout", "1"]).ends(0);
    for (event, code) in [("pre-receive", 4), ("post-receive", 0)] {
        let mut command = world.command(env!("CARGO_BIN_EXE_gitsm"), "crm.git");
        command.args(["hook", "run", event]).stdin(Stdio::piped()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().unwrap();
        let open = child.stdin.take();
        let out = child.wait_with_output().unwrap();
        assert!(start.elapsed() < Duration::from_secs(8), "{event}");
        assert_eq!(out.status.code(), Some(code), "{event}");
        assert!(String::from_utf8_lossy(&out.stderr).contains("has not ended in 1 second"));
        drop(open);
    }
}

#[test]
fn what_moved_is_told_whoever_moved_it() {
    let world = World::deploying();
    world.code();
    install(&world, "crm.git", &[]).ends(0);
    world.commit("code", "second").ends(0);
    let pushed = world.with("GITSM_INSIDE", "1").git("code", &["push", "origin", "main"]);
    assert!(pushed.err.contains("raised CHG-"), "{pushed}");
}

#[test]
fn what_fails_half_way_leaves_nothing() {
    let world = World::deploying();
    world.code();
    let events = ["--chain", "--event", "pre-receive", "--event", "post-checkout"];
    world.script("crm.git/hooks/pre-receive", "exit 0");
    // The configuration is locked when the hooks are written.
    let before = world.files("crm.git");
    fs::write(world.path("crm.git/config.lock"), "").unwrap();
    let out = install(&world, "crm.git", &events).ends(8);
    assert!(out.err.contains("nothing was changed"), "{out}");
    fs::remove_file(world.path("crm.git/config.lock")).unwrap();
    assert_eq!(world.files("crm.git"), before);
    // There can be no hooks at all.
    fs::rename(world.path("crm.git/hooks"), world.path("crm.git/other")).unwrap();
    world.write("crm.git/hooks", "no folder");
    let before = world.files("crm.git");
    install(&world, "crm.git", &events).ends(8);
    assert_eq!(world.files("crm.git"), before);
}

#[test]
fn a_hooks_folder_that_others_share_is_not_written_into() {
    let world = World::deploying();
    world.code();
    fs::remove_dir_all(world.path("code/.git/hooks")).unwrap();
    fs::create_dir(world.path("shared")).unwrap();
    std::os::unix::fs::symlink("../../shared", world.path("code/.git/hooks")).unwrap();
    let out = install(&world, "code", &[]).ends(4);
    assert!(out.out.contains("the hooks folder is a link to"), "{out}");
    assert_eq!(fs::read_dir(world.path("shared")).unwrap().count(), 0);
}
