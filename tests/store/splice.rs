//! Random histories of gitsm and git on one index: it always holds what both
//! have put there, and the trees that it remembers are right.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::desk::{Desk, Kept, git};

/// Paths that gitsm writes; git's names are the same with `.mine` at the end,
/// so that both meet in the same folders.
const PATHS: [&str; 9] = ["a", "a.b", "b/a", "b/b", "b/c/a", "b/c/b", "b-/x", "c/d/e/f", "c/d/e.f"];

#[derive(Clone, Debug)]
enum Act {
    Write(Vec<(usize, Option<u8>)>),
    Stage(usize, u8),
    Unstage(usize),
    Commit,
    Status,
    WriteTree,
    Gc,
}

fn act() -> impl Strategy<Value = Act> {
    let path = 0..PATHS.len();
    prop_oneof![
        6 => prop::collection::vec((path.clone(), prop::option::of(any::<u8>())), 1..4)
            .prop_map(Act::Write),
        2 => (path.clone(), any::<u8>()).prop_map(|(path, content)| Act::Stage(path, content)),
        1 => path.prop_map(Act::Unstage),
        1 => Just(Act::Commit),
        1 => Just(Act::Status),
        2 => Just(Act::WriteTree),
        1 => Just(Act::Gc),
    ]
}

fn run(acts: &[Act]) {
    let desk = Desk::new(Kept::WorkTree);
    let mut expected: BTreeMap<String, String> = desk
        .store
        .snapshot()
        .and_then(|snapshot| snapshot.entries(""))
        .expect("entries")
        .into_iter()
        .map(|entry| (entry.path, entry.blob.to_string()))
        .collect();
    let blob = |text: &str| gitsm::store::BlobId::of(text.as_bytes()).to_string();
    for act in acts {
        match act {
            Act::Write(files) => {
                let files: BTreeMap<usize, Option<u8>> = files.iter().copied().collect();
                let texts: Vec<_> = files
                    .iter()
                    .map(|(path, content)| (PATHS[*path], content.map(|n| format!("{n}\n"))))
                    .collect();
                let list: Vec<_> =
                    texts.iter().map(|(path, content)| (*path, content.as_deref())).collect();
                desk.write(&list).expect("written");
                for (path, content) in list {
                    match content {
                        Some(content) => expected.insert(path.to_owned(), blob(content)),
                        None => expected.remove(path),
                    };
                }
            }
            Act::Stage(path, content) => {
                let path = format!("{}.mine", PATHS[*path]);
                let text = format!("{content}\n");
                let file = desk.root.join(&path);
                fs::create_dir_all(file.parent().expect("a folder")).expect("made");
                fs::write(file, &text).expect("written");
                git(&desk.root, &["add", &path]);
                expected.insert(path, blob(&text));
            }
            Act::Unstage(path) => {
                let path = format!("{}.mine", PATHS[*path]);
                git(&desk.root, &["rm", "-q", "-f", "--ignore-unmatch", &path]);
                expected.remove(&path);
            }
            Act::Commit => {
                git(&desk.root, &["commit", "-q", "--allow-empty", "-m", "by hand"]);
            }
            Act::Status => drop(git(&desk.root, &["status"])),
            Act::WriteTree => drop(git(&desk.root, &["write-tree"])),
            Act::Gc => drop(git(&desk.root, &["gc", "-q"])),
        }
        let staged: BTreeMap<String, String> = git(&desk.root, &["ls-files", "--stage"])
            .lines()
            .map(|line| {
                let (entry, path) = line.split_once('\t').expect("an entry");
                let fields: Vec<&str> = entry.split(' ').collect();
                assert_eq!((fields[0], fields[2]), ("100644", "0"), "{line}");
                (path.to_owned(), fields[1].to_owned())
            })
            .collect();
        assert_eq!(staged, expected, "{act:?}");
        assert_eq!(git(&desk.root, &["diff-files"]), "", "the time stamps are right");
        desk.check_index();
    }
    git(&desk.root, &["commit", "-q", "--allow-empty", "-m", "by hand"]);
    desk.check();
}

#[test]
fn any_history_of_gitsm_and_git() {
    let config = Config { cases: 16, failure_persistence: None, ..Config::default() };
    let acts = prop::collection::vec(act(), 1..14);
    TestRunner::new(config)
        .run(&acts, |acts| {
            run(&acts);
            Ok(())
        })
        .expect("no history breaks the index");
}
