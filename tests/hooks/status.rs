//! `gitsm hook status`: a gate that has stopped running looks exactly like one
//! that passes.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::world::World;

fn ready() -> World {
    let world = World::deploying();
    world.code();
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    let out = world.gitsm("crm.git", &["hook", "status"]).ends(0);
    assert!(out.out.contains("which calls this `crm`"), "{out}");
    world
}

#[test]
fn nothing_installed_is_nothing_that_runs() {
    let world = World::deploying();
    world.code();
    let out = world.gitsm("code", &["hook", "status"]).ends(1);
    assert!(out.err.contains("no hooks are installed here"), "{out}");
}

#[test]
fn whatever_keeps_a_hook_from_running_is_seen() {
    let hook = "crm.git/hooks/pre-receive";
    type Spoil = fn(&World, &str);
    let cases: [(Spoil, &str); 8] = [
        (
            |world, hook| {
                let mode = fs::Permissions::from_mode(0o644);
                fs::set_permissions(world.path(hook), mode).unwrap();
            },
            "not executable",
        ),
        (|world, hook| fs::remove_file(world.path(hook)).unwrap(), "the file is gone"),
        (|world, hook| world.script(hook, "exit 0"), "somebody has replaced it"),
        (
            |world, _| {
                world.git("crm.git", &["config", "core.hooksPath", "elsewhere"]).ends(0);
            },
            "git looks for hooks in",
        ),
        (
            |world, _| {
                let folder = world.path("global").to_string_lossy().into_owned();
                world.git(".", &["config", "--global", "core.hooksPath", &folder]).ends(0);
            },
            "git looks for hooks in",
        ),
        (
            |world, hook| {
                let text = world.read(hook).replace("exec", "echo would");
                world.write(hook, text);
            },
            "did not answer",
        ),
        (
            |world, hook| {
                let text = world.read(hook).replace("# gitsm-hook 1", "# gitsm-hook 0");
                world.write(hook, text);
            },
            "of another gitsm",
        ),
        (
            |world, _| {
                world.git("crm.git", &["config", "gitsm.desk", "/gone"]).ends(0);
            },
            "/gone",
        ),
    ];
    for (spoil, told) in cases {
        let world = ready();
        spoil(&world, hook);
        let out = world.gitsm("crm.git", &["hook", "status"]);
        assert!(out.out.contains(told), "{told}: {out}");
        let renewable = told == "of another gitsm";
        assert_eq!(out.code, i32::from(!renewable), "{told}: {out}");
        let view = world.gitsm("crm.git", &["hook", "status", "--json"]).json();
        assert_eq!(view["sound"], renewable, "{view}");
    }
}

#[test]
fn a_missing_gate_is_seen() {
    let world = ready();
    world.settings(&format!(
        "repositories:\n  crm:\n    remotes: [{}]\n    deploys:\n    \
         - {{ref: refs/heads/main, to: production, gate: push}}\n",
        world.path("crm.git").display()
    ));
    world.gitsm("crm.git", &["hook", "status"]).ends(0);
    world.gitsm("crm.git", &["hook", "uninstall"]).ends(0);
    let desk = world.path("desk").to_string_lossy().into_owned();
    world
        .gitsm("crm.git", &["--desk", &desk, "hook", "install", "--event", "post-receive"])
        .ends(0);
    let out = world.gitsm("crm.git", &["hook", "status"]).ends(1);
    assert!(out.err.contains("no hook asks the gate about pushes to refs/heads/main"), "{out}");
}

#[test]
fn hooks_in_gits_configuration_are_run_by_their_file() {
    let world = World::deploying();
    world.code();
    world.pretend("2.54.0");
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("code", &["--desk", &desk, "hook", "install"]).ends(0);
    let out = world.gitsm("code", &["hook", "status"]).ends(0);
    assert!(out.out.contains("pre-push      runs (config)"), "{out}");
    assert!(world.read("code/.git/config").contains("[hook \"gitsm-pre-push\"]"));
    world.git("code", &["config", "hook.gitsm-pre-push.enabled", "false"]).ends(0);
    let out = world.gitsm("code", &["hook", "status"]).ends(1);
    assert!(out.out.contains("pre-push      does not run"), "{out}");
}
