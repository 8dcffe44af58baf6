//! Real processes, really killed.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::desk::{Desk, EVERYWHERE, Kept, git, record, write};
use gitsm::store::{Store, WriteOptions};

/// Where the writing process finds its desk.
const DESK: &str = "GITSM_TEST_DESK";

/// Writes records for ever when another test has started it as a process of
/// its own; a few when it is run by itself.
#[test]
fn writer() {
    let told = std::env::vars_os().find(|(name, _)| name == DESK);
    match told {
        Some((_, root)) => {
            let store = Store::open_at(root.as_ref(), None).expect("a desk");
            let start = u128::from(std::process::id()) << 32;
            for n in start.. {
                step(&store, n);
            }
        }
        None => {
            let desk = Desk::new(Kept::WorkTree);
            (0..3).for_each(|n| step(&desk.store, n));
            desk.check();
            let list = desk.store.snapshot().and_then(|s| s.record_ids()).expect("records");
            assert_eq!(list.records.len(), 2);
        }
    }
}

/// Creates, edits and deletes.
fn step(store: &Store, n: u128) {
    let (new, last) = (record(n).path(), record(n.wrapping_sub(1)).path());
    let content = n.to_string();
    let files = [(new.as_str(), Some(content.as_str())), ("count", Some(content.as_str()))];
    write(store, &WriteOptions::default(), &files).expect("written");
    if n % 3 == 1 {
        write(store, &WriteOptions::default(), &[(&last, None)]).expect("deleted");
    }
}

#[test]
fn killed_processes_leave_a_desk_that_works() {
    let program = std::env::current_exe().expect("this program");
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        for round in 0..12u64 {
            let start = || {
                Command::new(&program)
                    .args(["--exact", "kill::writer"])
                    .env(DESK, &desk.root)
                    // What a hook's environment would have.
                    .env("GIT_DIR", "/nonexistent")
                    .env("GIT_INDEX_FILE", "/nonexistent/index")
                    .env("GIT_WORK_TREE", "/nonexistent")
                    .env("GIT_OBJECT_DIRECTORY", "/nonexistent")
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .expect("started")
            };
            let before = desk.store.head().expect("a trunk");
            let mut children = [start(), start()];
            // On a busy machine it takes a while until they write.
            let since = Instant::now();
            while desk.store.head().expect("a trunk") == before {
                assert!(since.elapsed() < Duration::from_secs(60), "no writer writes");
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_millis(round * 7));
            for child in &mut children {
                assert!(child.try_wait().expect("known").is_none(), "a writer ended by itself");
                child.kill().expect("killed");
                child.wait().expect("ended");
            }
            desk.write(&[("after", Some(&round.to_string()))]).expect("the next write works");
            desk.check();
        }
        let count: u32 =
            git(&desk.root, &["rev-list", "--count", desk.trunk()]).parse().expect("a number");
        assert!(count > 24, "the writers wrote: {count}");
    }
}
