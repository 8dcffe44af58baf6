//! What is installed where, and that it can be taken back byte for byte.

use std::fs;

use crate::world::{EVENTS, World};

/// Where hooks are installed, and the git folder that they are kept in.
const PLACES: [(&str, &str); 3] =
    [("code", "code/.git"), ("crm.git", "crm.git"), ("tree", "code/.git")];

fn events(events: &[&'static str]) -> Vec<&'static str> {
    let mut args = vec!["--desk", "DESK", "hook", "install"];
    args.extend(events.iter().flat_map(|event| ["--event", *event]));
    args
}

/// `gitsm --desk DESK hook install`, with these hooks or the usual ones.
fn install(world: &World, cwd: &str, which: &[&'static str], more: &[&str]) -> crate::world::Out {
    let desk = world.path("desk").to_string_lossy().into_owned();
    let mut args: Vec<&str> = events(which);
    args[1] = &desk;
    args.extend(more);
    world.gitsm(cwd, &args)
}

#[test]
fn what_was_installed_is_taken_back_byte_for_byte() {
    for version in [None, Some("2.54.0"), Some("2.30.1")] {
        for (cwd, folder) in PLACES {
            for which in [&[][..], &EVENTS[..]] {
                let world = World::deploying();
                world.code();
                if let Some(version) = version {
                    world.pretend(version);
                }
                let before = world.files(folder);
                install(&world, cwd, which, &["--dry-run"]).ends(0);
                assert_eq!(world.files(folder), before, "a dry run writes");
                let first = install(&world, cwd, which, &["--repository", "crm"]).ends(0);
                let installed = world.files(folder);
                assert_ne!(installed, before, "{first}");
                let method = if version == Some("2.54.0") { "(config)" } else { "(stub)" };
                assert!(first.out.contains(method), "{first}");
                let second = install(&world, cwd, which, &["--repository", "crm"]).ends(0);
                assert!(second.err.contains("nothing to change"), "{second}");
                assert_eq!(world.files(folder), installed, "a second time: {cwd}");
                world.gitsm(cwd, &["hook", "uninstall"]).ends(0);
                assert_eq!(world.files(folder), before, "{cwd} {version:?}");
                let again = world.gitsm(cwd, &["hook", "uninstall"]).ends(0);
                assert!(again.err.contains("nothing was installed"), "{again}");
            }
        }
    }
}

#[test]
fn the_usual_hooks_fit_the_repository() {
    let world = World::deploying();
    world.code();
    let names = |cwd: &str| -> Vec<String> {
        let view = install(&world, cwd, &[], &["--dry-run", "--json"]).ends(0).json();
        let hooks = view["hooks"].as_array().unwrap().iter();
        hooks.map(|hook| hook["event"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("code"), ["commit-msg", "pre-push"]);
    assert_eq!(names("tree"), ["commit-msg", "pre-push"]);
    assert_eq!(names("crm.git"), ["pre-receive", "post-receive"]);
}

#[test]
fn the_desk_is_noted_by_its_absolute_path() {
    let world = World::deploying();
    world.code();
    world.gitsm("code", &["--desk", "../desk", "hook", "install"]).ends(0);
    let noted = world.git("code", &["config", "gitsm.desk"]).ends(0).out;
    assert_eq!(noted.trim_end(), world.path("desk").to_string_lossy());
    // From now on it need not be named.
    let again = world.gitsm("code", &["hook", "install"]).ends(0);
    assert!(again.err.contains("nothing to change"), "{again}");
    let other = world.gitsm("crm.git", &["hook", "install"]).ends(3);
    assert!(other.err.contains("--desk PATH hook install"), "{other}");
}

#[test]
fn what_somebody_set_since_stays() {
    let world = World::deploying();
    world.code();
    world.git("code", &["config", "gitsm.repository", "old"]).ends(0);
    install(&world, "code", &[], &["--repository", "new"]).ends(0);
    world.git("code", &["config", "gitsm.commitmsg", "refuse"]).ends(0);
    world.git("code", &["config", "user.nickname", "c"]).ends(0);
    world.gitsm("code", &["hook", "uninstall"]).ends(0);
    let value = |key: &str| world.git("code", &["config", "--local", key]).out;
    assert_eq!(value("gitsm.repository"), "old\n");
    assert_eq!(value("gitsm.commitmsg"), "refuse\n");
    assert_eq!(value("user.nickname"), "c\n");
    assert_eq!(value("gitsm.desk"), "");
    assert!(!world.path("code/.git/gitsm-hooks").exists());
}

#[test]
fn what_somebody_changed_since_is_theirs() {
    let world = World::deploying();
    world.code();
    install(&world, "code", &[], &[]).ends(0);
    world.script("code/.git/hooks/pre-push", "echo mine");
    world.git("code", &["config", "gitsm.desk", "/elsewhere"]).ends(0);
    let out = world.gitsm("code", &["hook", "uninstall"]).ends(0);
    assert!(out.err.contains("not gitsm's any more"), "{out}");
    assert!(world.read("code/.git/hooks/pre-push").contains("echo mine"));
    assert_eq!(world.git("code", &["config", "gitsm.desk"]).out, "/elsewhere\n");
    assert!(!world.path("code/.git/hooks/commit-msg").exists());
}

#[test]
fn nobody_elses_hook_is_written_over() {
    let world = World::deploying();
    world.code();
    world.script("code/.git/hooks/pre-push", "cat > ../seen; exit 0");
    let before = world.files("code/.git");
    let out = install(&world, "code", &[], &[]).ends(4);
    assert!(out.out.contains("gitsm hook run pre-push -- \"$@\" || exit $?"), "{out}");
    assert!(out.out.contains("--chain"), "{out}");
    assert_eq!(world.files("code/.git"), before, "all or nothing");
    let view = install(&world, "code", &[], &["--json"]).ends(4).json();
    assert_eq!((&view["refused"], &view["changed"]), (&true.into(), &false.into()));
    // A link that leads nowhere is somebody's as well.
    fs::remove_file(world.path("code/.git/hooks/pre-push")).unwrap();
    std::os::unix::fs::symlink("../../gone", world.path("code/.git/hooks/pre-push")).unwrap();
    install(&world, "code", &[], &[]).ends(4);
}

#[test]
fn a_hook_that_is_there_runs_first_with_the_same_input() {
    let world = World::deploying();
    world.code();
    world.script("code/.git/hooks/pre-push", "echo \"$@\" > ../args; cat > ../stdin");
    let before = world.files("code/.git");
    install(&world, "code", &[], &["--chain"]).ends(0);
    let installed = world.files("code/.git");
    install(&world, "code", &[], &["--chain"]).ends(0);
    assert_eq!(world.files("code/.git"), installed, "a second time");
    let status = world.gitsm("code", &["hook", "status"]).ends(0);
    assert!(status.out.contains("pre-push      runs (chain)"), "{status}");
    assert!(!world.path("stdin").exists(), "asking who it is runs nothing else");
    world.commit("code", "second").ends(0);
    world.git("code", &["push", "-q", "origin", "main"]).ends(0);
    assert!(world.read("stdin").starts_with("refs/heads/main "), "{}", world.read("stdin"));
    assert!(world.read("args").starts_with("origin "), "{}", world.read("args"));
    world.gitsm("code", &["hook", "uninstall"]).ends(0);
    let after = world.files("code/.git");
    let hooks = |files: &crate::world::Files| -> Vec<_> {
        files
            .iter()
            .filter(|(path, _)| path.starts_with("hooks"))
            .map(|e| format!("{e:?}"))
            .collect()
    };
    assert_eq!(hooks(&after), hooks(&before));
    let config = std::path::Path::new("config");
    assert_eq!(after.get(config), before.get(config));
}

#[test]
fn the_exit_code_of_a_hook_that_is_there_counts() {
    let world = World::deploying();
    world.code();
    world.script("crm.git/hooks/pre-receive", "cat > seen; echo no-go >&2; exit 7");
    install(&world, "crm.git", &[], &["--chain"]).ends(0);
    world.commit("code", "second").ends(0);
    let out = world.git("code", &["push", "origin", "main"]).ends(1);
    assert!(out.err.contains("no-go"), "{out}");
    assert!(world.read("crm.git/seen").ends_with(" refs/heads/main\n"));
    let zero = "0".repeat(40);
    let line = format!("{zero} {zero} refs/heads/x\n");
    let hook = world.path("crm.git/hooks/pre-receive");
    let direct = world.run(world.command(&hook.to_string_lossy(), "crm.git"), line.as_bytes());
    assert_eq!(direct.code, 7, "{direct}");
    // One that git would not run is not run by us.
    let kept = world.path("crm.git/hooks/pre-receive.gitsm-prev");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(kept, mode).unwrap();
    world.git("code", &["push", "-q", "origin", "main"]).ends(0);
}

#[test]
fn a_stub_without_gitsm_says_so() {
    let world = World::deploying();
    world.code();
    install(&world, "code", &EVENTS, &[]).ends(0);
    for event in EVENTS {
        let path = format!("code/.git/hooks/{event}");
        let text = world.read(&path).replace(env!("CARGO_BIN_EXE_gitsm"), "/gone/gitsm");
        world.write(&path, text);
    }
    let run = |event: &str| {
        let hook = world.path(&format!("code/.git/hooks/{event}"));
        world.run(world.command(&hook.to_string_lossy(), "code"), b"")
    };
    for event in EVENTS {
        let out = run(event).ends(0);
        assert!(out.err.contains("/gone/gitsm"), "{out}");
        assert!(out.err.contains("gitsm hook install"), "{out}");
    }
    // Where the desk has said that pushes need the gate, no gate is a closed one.
    world.write("code/.git/gitsm-hooks/gated", "refs/heads/main\n");
    for event in EVENTS {
        let gates = ["pre-push", "pre-receive", "update"].contains(&event);
        run(event).ends(i32::from(gates));
    }
    let status = world.gitsm("code", &["hook", "status"]).ends(1);
    assert!(status.out.contains("does not run"), "{status}");
    world.gitsm("code", &["hook", "install"]).ends(0);
    let out = world.gitsm("code", &["hook", "status"]).ends(1);
    assert!(out.out.contains("pre-push      runs (stub)"), "{out}");
    assert!(out.out.contains("update        does not run"), "only the usual ones: {out}");
}

#[test]
fn the_desk_itself_gets_no_hooks() {
    let world = World::deploying();
    let before = world.files("desk/.git");
    let out = world.gitsm("desk", &["hook", "install"]).ends(4);
    assert!(out.err.contains("this repository is the desk itself"), "{out}");
    assert_eq!(world.files("desk/.git/hooks").len(), {
        let hooks = before.keys().filter(|path| path.starts_with("hooks")).count();
        hooks - 1
    });
}

#[test]
fn hooks_that_git_does_not_know_are_named() {
    let world = World::deploying();
    world.code();
    let out = world.gitsm("code", &["hook", "install", "--event", "pre-psuh"]).ends(2);
    assert!(out.err.contains("pre-psuh") && out.err.contains("post-receive"), "{out}");
    world.gitsm(".", &["hook", "install"]).ends(3);
}

#[test]
fn an_older_installation_goes_on_when_git_is_renewed() {
    let world = World::deploying();
    world.code();
    install(&world, "code", &[], &[]).ends(0);
    world.pretend("2.54.1");
    let out = install(&world, "code", &[], &[]).ends(0);
    assert!(out.err.contains("nothing to change"), "hooks would run twice: {out}");
}
