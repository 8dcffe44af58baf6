//! Repositories in states that other tools and people leave them in.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::world::{Answer, Kept, World};

#[test]
fn detached_heads_and_other_branches() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("a");
    world.git(&["checkout", "-q", "--detach"]);
    assert_eq!(world.ids(), [id.as_str()]);
    world.gitsm(&["show", &id]).ok();
    world.gitsm(&["incident", "new", "b"]).fails(7, &["HEAD is detached", "git switch main"]);
    assert_eq!(world.git(&["status", "--porcelain"]), "");
    world.git(&["switch", "-q", "main"]);
    // With another branch checked out the desk goes on without the files.
    world.git(&["switch", "-qc", "other"]);
    let other = world.git(&["rev-parse", "other"]);
    let second = world.incident("b");
    assert_eq!(world.ids().len(), 2);
    assert_eq!(world.git(&["rev-parse", "other"]), other);
    assert_eq!(world.git(&["status", "--porcelain"]), "");
    assert!(!world.root.join(World::path(&second)).exists());
    world.git(&["switch", "-q", "main"]);
    assert!(world.root.join(World::path(&second)).exists());
    world.check();
}

#[test]
fn shallow_clones_work_but_for_history() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("a");
    world.incident("b");
    let url = format!("file://{}", world.root.display());
    world.git_at(world.folder.path(), &["clone", "-q", "--depth", "1", &url, "shallow"]);
    let clone = world.folder.path().join("shallow");
    assert_eq!(world.at(&clone, &["list", "--format", "ids"]).ok().lines().count(), 2);
    world.at(&clone, &["show", &id]).ok();
    world.at(&clone, &["incident", "start", &id]).ok();
    world.at(&clone, &["log"]).fails(7, &["shallow", "git fetch --unshallow"]);
    assert_eq!(world.git_at(&clone, &["status", "--porcelain"]), "");
    world.git_at(&clone, &["fetch", "-q", "--unshallow"]);
    assert!(world.at(&clone, &["log"]).ok().contains("start"));
}

#[test]
fn formats_that_cannot_be_served_are_named() {
    let world = World::new(Kept::WorkTree);
    for (option, says, next) in [
        ("--ref-format=reftable", "reftable", "git refs migrate"),
        ("--object-format=sha256", "SHA-256", "sha1"),
    ] {
        let name = format!("other{option}");
        if world.try_git(&["init", "-q", option, &format!("../{name}")]).code != Some(0) {
            eprintln!("this git does not know `{option}`: that case was not tested");
            continue;
        }
        let other = world.folder.path().join(name);
        for arguments in [&["list"][..], &["init"], &["incident", "new", "a"]] {
            world.at(&other, arguments).fails(7, &[says, next]);
        }
    }
}

#[test]
fn every_kind_of_git_index() {
    let world = World::new(Kept::WorkTree);
    for arguments in [
        &["update-index", "--split-index"][..],
        &["update-index", "--no-split-index", "--index-version", "4"],
        &[
            "-c",
            "index.skipHash=true",
            "update-index",
            "--force-write-index",
            "--index-version",
            "2",
        ],
        &["sparse-checkout", "set", "--sparse-index", ".gitsm"],
        &["sparse-checkout", "disable"],
    ] {
        world.git(arguments);
        let id = world.incident("a");
        world.gitsm(&["edit", &id, "--set", "title=b"]).ok();
        assert_eq!(world.git(&["status", "--porcelain"]), "", "{arguments:?}");
        assert_eq!(world.git(&["diff", "--cached"]), "", "{arguments:?}");
    }
    assert_eq!(world.ids().len(), 5);
    world.check();
}

#[test]
fn other_files_are_left_alone() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("a");
    let write = |name: &str, text: &str| fs::write(world.root.join(name), text).expect("written");
    write("committed", "1\n");
    write("both", "1\n");
    world.commit_by_hand();
    write("staged", "1\n");
    world.git(&["add", "staged"]);
    write("committed", "2\n");
    write("both", "2\n");
    world.git(&["add", "both"]);
    write("both", "3\n");
    write("untracked", "1\n");
    write(".gitignore", "ignored\n");
    write("ignored", "1\n");
    world.git(&["rm", "-q", "--cached", ".gitattributes"]);
    let status = world.git(&["status", "--porcelain", "--ignored"]);
    let staged = world.git(&["diff", "--cached"]);
    let other = world.incident("b");
    world.gitsm(&["edit", &id, "--set", "title=x"]).ok();
    world.gitsm(&["incident", "start", &other]).ok();
    assert_eq!(world.git(&["status", "--porcelain", "--ignored"]), status);
    assert_eq!(world.git(&["diff", "--cached"]), staged);
    let changed = world.git(&["diff", "--name-only", "HEAD~3", "HEAD"]);
    assert_eq!(changed.lines().count(), 2, "{changed}");
}

#[test]
fn locks_of_git_and_of_gitsm() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("a");
    // Git's own lock on its index.
    let lock = world.root.join(".git/index.lock");
    fs::write(&lock, "another's").expect("written");
    let before = world.commits();
    world.gitsm(&["incident", "new", "b"]).fails(5, &["index.lock exists", "remove"]);
    assert_eq!(world.commits(), before);
    assert_eq!(fs::read_to_string(&lock).expect("read"), "another's");
    world.gitsm(&["show", &id]).ok();
    fs::remove_file(&lock).expect("removed");
    world.check();
    // A living gitsm that takes its time, here because its signing program
    // does: others wait, and say for whom if that lasts too long.
    let slow = world.folder.path().join("slow");
    fs::write(&slow, "#!/bin/sh\ntouch \"$0.started\"\nsleep 1\nexit 1\n").expect("written");
    let mut mode = fs::metadata(&slow).expect("there").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(&slow, mode).expect("allowed");
    world.git(&["config", "commit.gpgsign", "true"]);
    world.git(&["config", "gpg.program", &slow.display().to_string()]);
    let holder = world.command(&["incident", "new", "slow"]).spawn().expect("started");
    let start = Instant::now();
    while !slow.with_extension("started").exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "the signing program never started");
        std::thread::sleep(Duration::from_millis(5));
    }
    world.git(&["config", "commit.gpgsign", "false"]);
    let noted = fs::read_to_string(world.state_dir().join("lock")).expect("read");
    assert!(noted.contains(&format!("process {}", holder.id())), "{noted}");
    world.gitsm(&["show", &id]).ok();
    let waited = world.incident("waited");
    assert!(start.elapsed() > Duration::from_millis(500));
    Answer::of(&holder.wait_with_output().expect("ended")).fails(7, &["did not sign"]);
    assert!(world.ids().contains(&waited) && world.ids().len() == 2);
    world.check();
}

#[test]
fn the_holder_of_the_lock_is_named() {
    let world = World::new(Kept::Bare);
    world.incident("a");
    let lock = world.state_dir().join("lock");
    let file = fs::OpenOptions::new().write(true).open(&lock).expect("opened");
    file.lock().expect("locked");
    fs::write(&lock, "process 4711: gitsm import\n").expect("written");
    let mut command = world.command(&["incident", "new", "b"]);
    let waiting = command.stdin(Stdio::null()).spawn().expect("started");
    let answer = Answer::of(&waiting.wait_with_output().expect("ended"));
    answer.fails(5, &["another gitsm is writing", "process 4711: gitsm import", "try again"]);
    file.unlock().expect("unlocked");
    world.incident("b");
}

#[test]
fn a_hooks_environment_misleads_nobody() {
    for kept in crate::world::EVERYWHERE {
        let world = World::new(kept);
        let id = world.incident("a");
        let other = world.folder.path().join("other");
        fs::create_dir(&other).expect("made");
        world.git_at(&other, &["init", "-q"]);
        let before = World::files_below(&other);
        let run = |arguments: &[&str]| {
            let mut command = world.command(arguments);
            command
                .env("GIT_DIR", other.join(".git"))
                .env("GIT_WORK_TREE", &other)
                .env("GIT_INDEX_FILE", other.join(".git/index"))
                .env("GIT_OBJECT_DIRECTORY", other.join(".git/objects"))
                .env("GIT_QUARANTINE_PATH", other.join(".git/objects"))
                .env("GIT_NAMESPACE", "elsewhere")
                .env("GIT_PREFIX", "sub/");
            Answer::of(&command.output().expect("gitsm runs"))
        };
        let new = run(&["incident", "new", "b"]).ok();
        run(&["edit", &id, "--set", "title=x"]).ok();
        assert!(
            run(&["list", "--format", "ids"]).ok().contains(new.trim().trim_start_matches("INC-"))
        );
        run(&["check"]).ok();
        assert_eq!(World::files_below(&other), before, "{kept:?}");
        assert_eq!(world.record_paths().len(), 2);
        // The git program, which some indexes need, is not misled either.
        if kept == Kept::WorkTree {
            world.git(&["update-index", "--index-version", "4"]);
            run(&["edit", &id, "--set", "title=y"]).ok();
            assert_eq!(World::files_below(&other), before);
        }
        world.check();
    }
}

#[test]
fn damaged_objects_hide_only_themselves() {
    let world = World::new(Kept::WorkTree);
    let ids = ["alpha", "beta", "gamma"].map(|title| world.incident(title));
    let blob = world.git(&["rev-parse", &format!("HEAD:{}", World::path(&ids[0]))]);
    let object = world.root.join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    let good = fs::read(&object).expect("read");
    for content in [Some(&b"garbage"[..]), Some(&b""[..]), good.get(..good.len() / 2), None] {
        fs::remove_file(&object).expect("removed");
        if let Some(content) = content {
            fs::write(&object, content).expect("written");
        }
        // Anew, since what was read before the damage is still known.
        fs::remove_dir_all(world.state_dir()).expect("removed");
        let list = world.gitsm(&["list", "--format", "ids"]);
        assert_eq!((list.code, list.out.lines().count()), (Some(0), 2), "{list:?}");
        assert!(list.err.contains("warning: 1 file cannot be read"), "{list:?}");
        world.gitsm(&["search", "beta"]).ok();
        world.gitsm(&["show", &ids[1]]).ok();
        world.gitsm(&["show", &ids[0]]).fails(6, &[&blob, "git fsck"]);
        world.gitsm(&["edit", &ids[0], "--set", "title=x"]).fails(6, &[&blob, "git fsck"]);
        let check = world.gitsm(&["check"]);
        assert!(check.code == Some(6) && check.out.contains(&World::path(&ids[0])), "{check:?}");
        assert_eq!(check.out.lines().count(), 1, "{check:?}");
        world.gitsm(&["edit", &ids[1], "--set", "title=x"]).ok();
        world.gitsm(&["edit", &ids[1], "--set", "title=beta"]).ok();
        fs::write(&object, &good).expect("written");
    }
    fs::remove_dir_all(world.state_dir()).expect("removed");
    assert_eq!(world.ids().len(), 3);
    // A tree is more than one record: an error that says what to do.
    let tree = world.git(&["rev-parse", "HEAD:incidents"]);
    let object = world.root.join(".git/objects").join(&tree[..2]).join(&tree[2..]);
    let aside = world.folder.path().join("aside");
    fs::rename(&object, &aside).expect("moved");
    fs::remove_dir_all(world.state_dir()).expect("removed");
    for arguments in [&["list"][..], &["show", &ids[1]], &["check"], &["incident", "new", "x"]] {
        world.gitsm(arguments).fails(6, &[&tree, "git fsck"]);
    }
    fs::rename(&aside, &object).expect("moved");
    world.incident("delta");
    world.check();
}
