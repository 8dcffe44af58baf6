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
fn batches_land_whole_beside_single_writers() {
    const BATCHES: usize = 4;
    const LINES: usize = 30;
    for kept in EVERYWHERE {
        let world = World::new(kept);
        let shared = world.incident("shared");
        let pool: Vec<String> = (0..10).map(|n| world.incident(&format!("pool {n}"))).collect();
        let start = world.commits();
        let file = |name: &str, lines: String| {
            let path = world.folder.path().join(name);
            std::fs::write(&path, lines).expect("written");
            path.to_str().expect("a path").to_owned()
        };
        let batches: Vec<String> = (0..BATCHES)
            .map(|batch| {
                let mut lines = String::new();
                for line in 0..LINES {
                    let title = format!("batch {batch} line {line}");
                    lines.push_str(&format!(
                        "{{\"do\":\"new\",\"type\":\"incident\",\"title\":\"{title}\",\"ref\":\"r{line}\"}}\n\
                         {{\"do\":\"link\",\"id\":\"@r{line}\",\"rel\":\"relates_to\",\"to\":\"{shared}\"}}\n"
                    ));
                }
                lines.push_str(&format!(
                    "{{\"do\":\"note\",\"id\":\"{shared}\",\"message\":\"batch {batch}\"}}\n"
                ));
                file(&format!("batch-{batch}.jsonl"), lines)
            })
            .collect();
        let each = file(
            "each.jsonl",
            (0..10)
                .map(|n| {
                    format!("{{\"do\":\"note\",\"id\":\"{shared}\",\"message\":\"each {n}\"}}\n")
                })
                .collect(),
        );
        std::thread::scope(|scope| {
            for batch in &batches {
                scope.spawn(|| world.gitsm(&["apply", batch]).ok());
            }
            scope.spawn(|| world.gitsm(&["apply", "--each", &each]).ok());
            // All of the pool at once, again and again.
            scope.spawn(|| {
                for n in 0..5 {
                    let note = format!("all {n}");
                    let mut args = vec!["note", "-m", &note];
                    args.extend(pool.iter().map(String::as_str));
                    world.gitsm(&args).ok();
                }
            });
            for writer in 0..2 {
                let (world, shared) = (&world, &shared);
                scope.spawn(move || {
                    for n in 0..10 {
                        world.gitsm(&["incident", "new", &format!("single {writer} {n}")]).ok();
                        let note = format!("single {writer} {n}");
                        world.gitsm(&["note", shared, "-m", &note]).ok();
                    }
                });
            }
        });
        // One commit for each batch, each line of its own, each single write.
        assert_eq!(world.commits() - start, BATCHES + 10 + 5 + 2 * 10 * 2, "{kept:?}");
        assert_eq!(world.ids().len(), 11 + BATCHES * LINES + 20, "{kept:?}");
        let notes = |id: &str| {
            let shown = world.gitsm(&["show", id, "--json"]).ok();
            let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
            let notes = shown["record"]["notes"].as_array().expect("notes").clone();
            let text = |note: &serde_json::Value| note["text"].as_str().expect("text").to_owned();
            notes.iter().map(text).collect::<HashSet<_>>().len()
        };
        assert_eq!(notes(&shared), BATCHES + 10 + 20, "{kept:?}");
        assert!(pool.iter().all(|id| notes(id) == 5), "{kept:?}");
        assert_eq!(world.git(&["rev-list", "--merges", world.trunk()]), "");
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
