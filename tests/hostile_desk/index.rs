//! The derived index damaged, foreign, old or gone: the answers stay the same.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::world::{Answer, Kept, World, is_root};

fn answers(world: &World) -> Vec<String> {
    let run = |arguments: &[&str]| {
        let answer = world.gitsm(arguments);
        assert_eq!(answer.err, "", "{arguments:?}");
        answer.ok()
    };
    vec![
        run(&["list", "--all", "-n", "0", "--format", "csv", "--columns", "id,title,status,tags"]),
        run(&["list", "tag:odd", "--format", "ids"]),
        run(&["search", "printer", "--format", "ids"]),
        run(&["log", "-n", "0", "--format", "ids"]),
        run(&["report", "summary"]),
        run(&["path", "web-01"]),
    ]
}

#[test]
fn whatever_lies_in_its_place() {
    let world = World::new(Kept::Bare);
    for n in 0..12 {
        let title = format!("printer {n}");
        let tag = if n % 2 == 0 { "even" } else { "odd" };
        world.gitsm(&["incident", "new", &title, "--tag", tag]).ok();
    }
    let named = world.gitsm(&["ci", "new", "web-01"]);
    assert_eq!(named.code, Some(0), "{named:?}");
    let good = answers(&world);
    let file = world.state_dir().join("index.sqlite");
    let old = fs::read(&file).expect("read");
    world.gitsm(&["incident", "new", "printer late"]).ok();
    let late = answers(&world);
    assert_ne!(good, late);
    type Spoil<'a> = (&'a str, &'a dyn Fn(&Path));
    let write = |bytes: &[u8], path: &Path| fs::write(path, bytes).expect("written");
    let zero = |from: usize, to: usize, path: &Path| {
        let mut bytes = fs::read(path).expect("read");
        let length = bytes.len();
        bytes[from.min(length)..to.min(length)].fill(0);
        fs::write(path, bytes).expect("written");
    };
    let cut = |path: &Path, part: usize| {
        let bytes = fs::read(path).expect("read");
        fs::write(path, &bytes[..bytes.len() / part + part]).expect("written");
    };
    let cases: [Spoil<'_>; 13] = [
        ("deleted", &|path| fs::remove_file(path).expect("removed")),
        ("empty", &|path| write(b"", path)),
        ("truncated", &|path| cut(path, 2)),
        ("truncated within a page", &|path| cut(path, 3)),
        ("old, as a backup brings it", &|path| write(&old, path)),
        ("header zeroed", &|path| zero(0, 100, path)),
        ("first pages zeroed", &|path| zero(4096, 5 * 4096, path)),
        ("last pages zeroed", &|path| zero(5 * 4096, usize::MAX, path)),
        ("text", &|path| write(b"not a database, but long enough to look like a file\n", path)),
        ("another version", &|path| {
            let mut bytes = fs::read(path).expect("read");
            // The user version in the header of an SQLite file.
            bytes[60..64].copy_from_slice(&9_999_u32.to_be_bytes());
            write(&bytes, path);
        }),
        ("a folder", &|path| {
            fs::remove_file(path).expect("removed");
            fs::create_dir(path).expect("made");
            fs::write(path.join("x"), "x").expect("written");
        }),
        ("a link to nowhere", &|path| {
            fs::remove_file(path).expect("removed");
            std::os::unix::fs::symlink("/nonexistent/index", path).expect("linked");
        }),
        ("the whole folder gone", &|_| fs::remove_dir_all(world.state_dir()).expect("removed")),
    ];
    for (name, spoil) in cases {
        // With and without the write-ahead log of the index that was there.
        for keep_log in [true, false] {
            // SQLite cannot tell an old database beside a newer log, and says
            // that nobody must put one there: a backup brings both or neither.
            if keep_log && name.starts_with("old") {
                continue;
            }
            answers(&world);
            spoil(&file);
            if !keep_log {
                let _ = fs::remove_file(world.state_dir().join("index.sqlite-wal"));
                let _ = fs::remove_file(world.state_dir().join("index.sqlite-shm"));
            }
            assert_eq!(answers(&world), late, "{name}, log kept: {keep_log}");
            if file.is_dir() {
                fs::remove_dir_all(&file).expect("removed");
            }
        }
    }
    // And a write while it is spoilt.
    fs::write(&file, "spoilt").expect("written");
    let id = world.incident("printer last");
    assert!(world.ids().contains(&id));
    world.check();
}

#[test]
fn an_index_that_may_not_be_read() {
    if is_root() && !can_drop_rights() {
        eprintln!("as root, and without `setpriv`: unreadable files were not tested");
        return;
    }
    let world = World::new(Kept::Bare);
    let id = world.incident("a");
    assert_eq!(world.ids(), [id.as_str()]);
    let file = world.state_dir().join("index.sqlite");
    let mut mode = fs::metadata(&file).expect("there").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o000);
    fs::set_permissions(&file, mode).expect("forbidden");
    let run = |arguments: &[&str]| {
        let command = world.command(arguments);
        let output = if is_root() {
            // Permissions do not stop root, unless it gives up that right.
            let mut dropped = Command::new("setpriv");
            world.dress(&mut dropped);
            dropped
                .current_dir(&world.root)
                .args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"])
                .arg("--")
                .arg(command.get_program())
                .args(arguments)
                .output()
        } else {
            { command }.output()
        };
        Answer::of(&output.expect("gitsm runs"))
    };
    assert_eq!(run(&["list", "--format", "ids"]).ok(), format!("{id}\n"));
    run(&["show", &id]).ok();
    run(&["log"]).ok();
    run(&["incident", "new", "b"]).ok();
    assert_eq!(run(&["list", "--format", "ids"]).ok().lines().count(), 2);
}

fn can_drop_rights() -> bool {
    let arguments =
        ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--", "true"];
    Command::new("setpriv").args(arguments).output().is_ok_and(|output| output.status.success())
}
