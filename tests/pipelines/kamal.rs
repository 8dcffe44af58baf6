//! Kamal: the hooks in `examples/pipelines/kamal/`, called as `kamal deploy` and
//! `kamal rollback` call them.

use std::fs;
use std::path::Path;

use crate::world::{World, executable, said};

/// Runs a hook as Kamal does: from the project's folder, with what it deploys
/// in the environment.
fn hook(
    world: &World,
    folder: &Path,
    name: &str,
    version: &str,
    now: &str,
    sub: &str,
) -> (bool, String) {
    let mut hook = world.shell(folder.join(".kamal/hooks").join(name).to_str().unwrap(), now);
    hook.current_dir(folder)
        .env("KAMAL_RECORDED_AT", now)
        .env("KAMAL_PERFORMER", "bob@example.com")
        .env("KAMAL_VERSION", version)
        .env("KAMAL_SERVICE_VERSION", format!("shop@{}", &version[..7]))
        .env("KAMAL_HOSTS", "192.0.2.1,192.0.2.2")
        .env("KAMAL_COMMAND", "deploy")
        .env("KAMAL_SUBCOMMAND", sub)
        .env("KAMAL_DESTINATION", "production")
        .env("KAMAL_RUNTIME", "12")
        .env("GIT_AUTHOR_NAME", "deploy-bot")
        .env("GIT_AUTHOR_EMAIL", "deploy-bot@example.com")
        .env("GIT_COMMITTER_NAME", "deploy-bot")
        .env("GIT_COMMITTER_EMAIL", "deploy-bot@example.com");
    let output = hook.output().unwrap();
    (output.status.success(), said(&output))
}

/// `kamal deploy`: what a hook refuses is not deployed.
fn deploy(world: &World, folder: &Path, version: &str, now: &str) -> (bool, String) {
    let (may, log) = hook(world, folder, "pre-deploy", version, now, "");
    if !may {
        return (false, log);
    }
    let mut script = world.shell(folder.join("deploy.sh").to_str().unwrap(), now);
    assert!(script.current_dir(folder).status().unwrap().success());
    let (recorded, more) = hook(world, folder, "post-deploy", version, now, "");
    assert!(recorded, "{more}");
    (true, log + &more)
}

#[test]
fn kamal_deploys_what_is_approved_and_nothing_else() {
    let world = World::new();
    let commit = world.push("index.html", "Welcome\n", "Say welcome");
    let folder = world.code.cwd().to_owned();
    fs::create_dir_all(folder.join(".kamal/hooks")).unwrap();
    for name in ["pre-deploy", "post-deploy"] {
        let path = folder.join(".kamal/hooks").join(name);
        fs::copy(World::example_path("kamal").join(name), &path).unwrap();
        executable(&path);
    }
    // Kamal runs where somebody works, with the desk's clone beside it.
    let desk = world.desk.cwd().to_str().unwrap().to_owned();
    world.code.git(&["config", "gitsm.desk", &desk]);
    let (done, log) = deploy(&world, &folder, &commit, "2026-11-22T12:00:00Z");
    assert!(!done, "{log}");
    assert!(world.deployed().is_empty());
    world.desk.git(&["push", "-q"]);
    let change = world.change();
    world.approve(&change);
    let (done, log) = deploy(&world, &folder, &commit, "2026-11-22T13:00:00Z");
    assert!(done, "{log}");
    assert_eq!(world.deployed(), [commit]);
    let shown = world.desk.ok(&["show", &change]).to_string();
    assert!(shown.contains("successful"), "{shown}");
}
