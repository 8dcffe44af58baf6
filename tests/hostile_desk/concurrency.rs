//! Many processes write at once, and nothing is lost.

use std::collections::HashSet;
use std::process::Stdio;

use crate::world::{Answer, EVERYWHERE, Kept, World};

const WRITERS: usize = 8;
const EACH: usize = 25;

/// What the code checkout around a branch desk looks like.
fn code_status(world: &World) -> String {
    world.git(&["status", "--porcelain=v2", "--branch"])
}

#[test]
fn two_hundred_records_from_eight_processes() {
    for kept in EVERYWHERE {
        let world = World::new(kept);
        let before = (kept == Kept::Branch).then(|| code_status(&world));
        let printed: Vec<String> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let world = &world;
                    scope.spawn(move || {
                        let title = |n| format!("writer {writer} record {n}");
                        let new = |n| world.gitsm(&["incident", "new", &title(n)]).ok();
                        (0..EACH).map(new).collect::<Vec<_>>()
                    })
                })
                .collect();
            writers.into_iter().flat_map(|writer| writer.join().expect("all written")).collect()
        });
        let all = WRITERS * EACH;
        assert_eq!(printed.iter().collect::<HashSet<_>>().len(), all, "{kept:?}");
        // The very next reader sees everything.
        let ids = world.gitsm(&["list", "-n", "0", "--format", "ids"]).ok();
        let ids: Vec<&str> = ids.lines().collect();
        assert_eq!(ids.len(), all, "{kept:?}");
        let log = world.gitsm(&["log", "-n", "0", "--json"]).ok();
        let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
        let events = log["events"].as_array().expect("events");
        let new = events.iter().filter(|event| event["action"] == "new").count();
        assert_eq!((new, events.len()), (all, all + 1), "{kept:?}");
        for short in &printed {
            let tail = short.trim().trim_start_matches("INC-");
            assert!(ids.iter().any(|id| id.ends_with(tail)), "{short} is lost");
        }
        assert_eq!(world.record_paths().len(), all, "{kept:?}");
        assert_eq!(world.commits(), all + 1, "{kept:?}");
        assert_eq!(world.git(&["rev-list", "--merges", world.trunk()]), "");
        if let Some(before) = before {
            assert_eq!(code_status(&world), before, "the code checkout was touched");
        }
        world.check();
    }
}

#[test]
fn writers_of_one_record_all_land() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("shared");
    let notes: Vec<String> = (0..12).map(|n| format!("note number {n}")).collect();
    let mut running = Vec::new();
    for note in &notes {
        let mut command = world.command(&["note", &id, "-m", note]);
        running.push(command.stdout(Stdio::piped()).spawn().expect("started"));
    }
    // Readers in between see whole states only.
    for _ in 0..5 {
        world.gitsm(&["show", &id]).ok();
        assert_eq!(world.ids(), [id.as_str()]);
    }
    for child in running {
        Answer::of(&child.wait_with_output().expect("ended")).ok();
    }
    let shown = world.gitsm(&["show", &id, "--json"]).ok();
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let kept = shown["record"]["notes"].as_array().expect("notes");
    let mut texts: Vec<_> = kept.iter().filter_map(|note| note["text"].as_str()).collect();
    texts.sort_unstable();
    let mut expected: Vec<_> = notes.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(texts.iter().map(|text| text.trim_end()).collect::<Vec<_>>(), expected);
    assert_eq!(world.commits(), notes.len() + 2);
    world.check();
}

#[test]
fn gitsm_and_git_write_at_once() {
    // A person commits files of their own by hand, quicker than people are,
    // while records are reported: neither takes the other's work back.
    let world = World::new(Kept::WorkTree);
    let (mut by_hand, mut refused) = (0, 0);
    let report = |n: i32| {
        loop {
            let answer = world.gitsm(&["incident", "new", &format!("record {n}")]);
            // Where git is always first, gitsm says so in the end.
            if answer.code != Some(5) {
                return answer.ok();
            }
        }
    };
    let printed: Vec<String> = std::thread::scope(|scope| {
        let writer = scope.spawn(|| (0..20).map(report).collect::<Vec<_>>());
        while !writer.is_finished() {
            let name = format!("notes-{by_hand}.txt");
            std::fs::write(world.root.join(&name), "x").expect("written");
            // Git does not wait for locks; a person would try again.
            let done = |answer: Answer| answer.code == Some(0);
            if done(world.try_git(&["add", &name]))
                && done(world.try_git(&["commit", "-qm", "By hand", &name]))
            {
                by_hand += 1;
            } else {
                refused += 1;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        writer.join().expect("all written")
    });
    world.git(&["add", "-A"]);
    let staged = world.git(&["status", "--porcelain"]);
    assert!(staged.lines().all(|line| line.starts_with("A  notes-")), "{staged}");
    assert_eq!(world.ids().len(), printed.len());
    assert_eq!(world.commits(), printed.len() + by_hand + 1, "{refused} were refused");
    world.git(&["commit", "-qm", "By hand", "--allow-empty"]);
    assert_eq!(world.record_paths().len(), printed.len());
    world.check();
}
