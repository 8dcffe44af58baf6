//! One kill at every system call of a write that can leave a trace on disk.
//!
//! `strace` injects the kill before the call is carried out. An ordinary run
//! takes a sample of the calls; `GITSM_SYSCALLS=all` takes every one.

use std::collections::HashMap;
use std::fs;
use std::process::Command;

use crate::world::{Answer, Kept, World};

/// The calls by which the disk changes, or is made to remember.
const CALLS: &str = "open,openat,creat,write,pwrite64,writev,pwritev,fsync,fdatasync,sync_file_range,\
                     rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,\
                     mkdirat,rmdir,ftruncate,truncate,fallocate,chmod,fchmod,fchmodat,flock,fcntl,\
                     execve,clone,clone3";

/// How many calls a sample takes of each kind of write.
const SAMPLE: usize = 30;

fn traced(world: &World, options: &[&str], arguments: &[&str]) -> Answer {
    let mut command = Command::new("strace");
    world.dress(&mut command);
    command.current_dir(&world.root).args(["-f", "-qq", "-o", "../trace"]).args(options);
    command.arg(env!("CARGO_BIN_EXE_gitsm")).args(arguments);
    Answer::of(&command.output().expect("strace runs"))
}

/// The calls of the last trace in their order, each with its number among
/// those of its name: `strace` counts each name for itself, in each thread.
fn calls(world: &World) -> Vec<(String, usize)> {
    let trace = fs::read_to_string(world.folder.path().join("trace")).expect("a trace");
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        let number = counts.entry((thread, name)).or_default();
        *number += 1;
        let call = (name.to_owned(), *number);
        if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !calls.contains(&call) {
            calls.push(call);
        }
    }
    calls
}

/// How many calls to go on by, for a sample of about `sample` of them.
fn step(calls: usize, sample: usize) -> usize {
    let all = std::env::var("GITSM_SYSCALLS").is_ok_and(|value| value == "all");
    if all { 1 } else { calls.div_ceil(sample) }
}

fn copy(from: &World, to: &World) {
    let _ = fs::remove_dir_all(&to.root);
    let done = Command::new("cp").arg("-a").args([&from.root, &to.root]).status();
    assert!(done.expect("cp runs").success());
}

/// Kills `arguments` at one call after the other, each time on a fresh copy of
/// the desk, and checks what is left. `state` tells the old from the new.
fn walk(original: &World, arguments: &[&str], state: &dyn Fn(&World) -> String) {
    let world = World::new(original.kept);
    copy(original, &world);
    let old = state(&world);
    traced(&world, &["-e", &format!("trace={CALLS}")], arguments).ok();
    let new = state(&world);
    assert_ne!(old, new);
    let calls = calls(&world);
    let step = step(calls.len(), SAMPLE);
    let (mut killed, mut finished, mut undone) = (0, 0, 0);
    for (name, number) in calls.iter().step_by(step) {
        copy(original, &world);
        let inject = format!("inject={name}:signal=KILL:when={number}");
        let answer = traced(&world, &["-e", &format!("trace={CALLS}"), "-e", &inject], arguments);
        if answer.code == Some(0) {
            // Threads may make their calls in another order and number.
            continue;
        }
        killed += 1;
        let what = format!("{arguments:?} killed at {name} number {number}");
        // A reader sees the old or the new, and nothing else.
        let seen = state(&world);
        assert!(seen == old || seen == new, "{what}: {seen}");
        assert!(answer.out.is_empty() || seen == new, "{what}: acknowledged and gone");
        // The next writer needs no repair, and decides nothing anew.
        world.gitsm(&["ci", "new", "after"]).ok();
        assert_eq!(state(&world), seen, "{what}");
        world.check();
        let left = [
            ".git/index.lock",
            ".git/gitsm/journal",
            ".git/HEAD.lock",
            ".git/refs/heads/main.lock",
        ];
        for name in left {
            assert!(!world.root.join(name).exists(), "{what}: {name} is left over");
        }
        if seen == new { finished += 1 } else { undone += 1 }
    }
    eprintln!(
        "{arguments:?}: killed at {killed} of {} calls, old {undone}, new {finished}",
        calls.len()
    );
    assert!(undone > 0 && finished > 0 && killed > calls.len() / step / 2, "{undone} {finished}");
}

fn has_strace() -> bool {
    let found = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("strace is absent or may not trace here: kills at system calls were NOT tested");
    }
    found
}

#[test]
fn killed_at_the_system_calls_of_a_create() {
    if !has_strace() {
        return;
    }
    for kept in [Kept::WorkTree, Kept::Bare] {
        let world = World::new(kept);
        world.incident("first");
        let new = ["incident", "new", "second", "-m", "text"];
        walk(&world, &new, &|world| {
            world.gitsm(&["incident", "list", "--template", "{{ title }}"]).ok()
        });
    }
}

#[test]
fn killed_at_the_system_calls_of_an_edit() {
    if !has_strace() {
        return;
    }
    let world = World::new(Kept::WorkTree);
    let id = world.incident("first");
    walk(&world, &["edit", &id, "--set", "title=changed"], &|world| {
        world.gitsm(&["incident", "list", "--template", "{{ title }}"]).ok()
    });
}

#[test]
fn killed_at_the_system_calls_of_a_hand_edit() {
    if !has_strace() {
        return;
    }
    let world = World::new(Kept::WorkTree);
    let id = world.incident("first");
    let path = world.root.join(World::path(&id));
    let text = fs::read_to_string(&path).expect("read").replace("first", "by hand");
    fs::write(&path, &text).expect("written");
    let inner =
        |world: &World| world.gitsm(&["incident", "list", "--template", "{{ title }}"]).ok();
    // The edit itself must survive, committed or not.
    walk_hand_edit(&world, &World::path(&id), &text, &inner);
}

fn walk_hand_edit(original: &World, path: &str, text: &str, state: &dyn Fn(&World) -> String) {
    let world = World::new(Kept::WorkTree);
    let trace = format!("trace={CALLS}");
    copy(original, &world);
    traced(&world, &["-e", &trace], &["commit"]).ok();
    let new = state(&world);
    let calls = calls(&world);
    let step = step(calls.len(), SAMPLE / 2);
    for (name, number) in calls.iter().step_by(step) {
        copy(original, &world);
        let inject = format!("inject={name}:signal=KILL:when={number}");
        traced(&world, &["-e", &trace, "-e", &inject], &["commit"]);
        let seen = state(&world);
        world.gitsm(&["ci", "new", "after"]).ok();
        assert_eq!(state(&world), seen, "killed at {name} number {number}");
        let here = fs::read_to_string(world.root.join(path)).expect("read");
        if seen == new {
            assert!(here.contains("title: by hand"), "killed at {name} number {number}");
            world.check();
        } else {
            assert_eq!(here, text, "killed at {name} number {number}: the edit is lost");
            assert_eq!(
                world.git(&["status", "--porcelain"]),
                format!(" M {path}"),
                "{name} {number}"
            );
            world.gitsm(&["commit"]).ok();
            world.check();
        }
    }
}
