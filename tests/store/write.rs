//! The same writes in all three modes.

use crate::desk::{Desk, EVERYWHERE, Kept, alice, git, plan, record, write};
use gitsm::model::IdPattern;
use gitsm::store::{FileChange, Mode, Plan, Snapshot, Store, StoreError, WriteOptions};

#[test]
fn create_edit_and_delete() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        desk.check();
        let mode = match kept {
            Kept::WorkTree => Mode::WorkTree,
            Kept::Bare => Mode::Bare,
            Kept::Branch => Mode::Branch,
        };
        assert_eq!(desk.store.mode(), mode);
        assert_eq!(desk.store.trunk(), Some(desk.trunk()));
        let (id, path) = (record(1), record(1).path());
        let created = desk.write(&[(&path, Some("title: one\n"))]).expect("created");
        desk.check();
        assert_eq!(desk.read(&path).as_deref(), Some("title: one\n"));
        let snapshot = desk.store.snapshot().expect("a snapshot");
        let tail = id.short();
        let pattern = IdPattern::parse(&tail).expect("a pattern");
        assert_eq!(snapshot.matching(&pattern).expect("records"), [id]);
        let list = snapshot.record_ids().expect("records");
        assert_eq!((list.records.len(), list.strays.len()), (1, 0));

        let edited = desk.write(&[(&path, Some("title: two\n"))]).expect("edited");
        desk.check();
        assert_eq!(edited.before, created.commit);
        let same = desk.write(&[(&path, Some("title: two\n"))]).expect("nothing to do");
        assert_eq!(same.commit, edited.commit);
        assert_eq!(same.before, edited.commit);

        desk.write(&[(&path, None)]).expect("deleted");
        desk.check();
        assert_eq!(desk.read(&path), None);
        if kept == Kept::WorkTree {
            assert!(!desk.root.join("incidents").exists(), "empty folders are removed");
        }
        let history: Result<Vec<_>, _> = desk
            .store
            .history(None, desk.store.head().expect("a head"))
            .expect("history")
            .collect();
        let history = history.expect("commits");
        assert_eq!(history.len(), 4);
        assert_eq!(history[0].author, alice());
        assert_eq!(history[3].message, "Start the desk\n");
        assert!(history[3].parents.is_empty());
        let log = git(
            &desk.root,
            &["log", "--format=%an <%ae> %ad %s", "--date=raw", desk.trunk(), "-1"],
        );
        assert_eq!(
            log,
            "Alice Example <alice@example.org> 1795000000 +0100 INC-7K3F9Q edit: a test"
        );
        if kept != Kept::Bare {
            let entry = git(&desk.root, &["reflog", "-1", "--format=%gs", desk.trunk()]);
            assert_eq!(entry, "gitsm: INC-7K3F9Q edit: a test");
        }
    }
}

#[test]
fn changes_are_what_differs() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let (a, b, c) = (record(1).path(), record(2).path(), record(3).path());
        let one = desk.write(&[(&a, Some("a\n")), (&b, Some("b\n"))]).expect("written");
        let two = desk.write(&[(&a, Some("A\n")), (&b, None), (&c, Some("c\n"))]).expect("written");
        let changes = desk.store.changes_between(Some(one.commit), two.commit).expect("changes");
        let mut expected = two.blobs.clone();
        expected.sort();
        let seen: Vec<_> =
            changes.iter().map(|change| (change.path.clone(), change.after)).collect();
        assert_eq!(seen, expected);
        assert_eq!(desk.store.changes_of(two.commit).expect("changes"), changes);
        let back = desk.store.changes_between(Some(two.commit), one.commit).expect("changes");
        assert!(back.iter().zip(&changes).all(|(x, y)| x.before == y.after && x.after == y.before));
        let all = desk.store.changes_between(None, two.commit).expect("changes");
        assert_eq!(all.len(), 4);
        let blob = all.iter().find(|change| change.path == a).and_then(|change| change.after);
        assert_eq!(desk.store.blob(blob.expect("a blob")).expect("bytes"), b"A\n");
        assert!(desk.store.resolve_commit("HEAD").is_ok());
        let before = desk.store.resolve_commit(&format!("{}~1", desk.trunk())).expect("a commit");
        assert_eq!(before, one.commit);
        assert!(matches!(
            desk.store.resolve_commit("nothing"),
            Err(StoreError::NoSuchCommit { .. })
        ));
    }
}

#[test]
fn a_lost_race_is_computed_again() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let path = record(1).path();
        let mut calls = 0;
        let reference = format!("refs/heads/{}", desk.trunk());
        let result = desk.store.transact(&WriteOptions::default(), |snapshot: &Snapshot<'_>| {
            calls += 1;
            if calls <= 2 && kept != Kept::WorkTree {
                let tree = git(&desk.root, &["rev-parse", &format!("{reference}^{{tree}}")]);
                let new = git(&desk.root, &["commit-tree", &tree, "-p", &reference, "-m", "other"]);
                git(&desk.root, &["update-ref", &reference, &new]);
            }
            let _ = snapshot;
            Ok::<_, StoreError>(plan(&[(&path, Some("x\n"))]))
        });
        let done = result.expect("written");
        assert_eq!(calls, if kept == Kept::WorkTree { 1 } else { 3 });
        assert_eq!(desk.store.head().expect("a head"), done.commit);
        desk.check();
    }
}

#[test]
fn bad_paths_and_things_that_are_no_file_are_refused() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let before = desk.store.head().expect("a head");
        for path in ["", "/a", "a//b", "../a", "a/./b", ".git/config", "a/.GIT/b", "a\\b", "a\nb"] {
            let result = desk.write(&[(path, Some("x"))]);
            assert!(matches!(result, Err(StoreError::BadPath { .. })), "{path}");
        }
        let result = desk.write(&[(".gitsm", Some("x"))]);
        assert!(matches!(result, Err(StoreError::NotAFile { .. })), "{result:?}");
        let result = desk.write(&[(".gitsm/desk.yaml/x", Some("x"))]);
        assert!(matches!(result, Err(StoreError::NotAFile { .. })), "{result:?}");
        let twice = Plan {
            changes: vec![
                FileChange { path: "a".into(), content: None },
                FileChange { path: "a".into(), content: None },
            ],
            ..plan(&[])
        };
        let result = desk.store.transact(&WriteOptions::default(), |_: &Snapshot<'_>| {
            Ok::<_, StoreError>(twice.clone())
        });
        assert!(matches!(result, Err(StoreError::BadPath { .. })), "{result:?}");
        assert_eq!(desk.store.head().expect("a head"), before);
        desk.check();
    }
}

#[test]
fn a_batch_of_a_thousand_is_one_commit() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let old = record(5000).path();
        desk.write(&[(&old, Some("old\n"))]).expect("written");
        let before = desk.store.head().expect("a head");
        let paths: Vec<String> = (0..1000).map(|n| record(n).path()).collect();
        let mut files: Vec<(&str, Option<&str>)> =
            paths.iter().map(|path| (path.as_str(), Some(path.as_str()))).collect();
        files.push((&old, None));
        files.push(("attachments/a \"quoted\" näme", Some("x")));
        let done = desk.write(&files).expect("written");
        assert_eq!(done.blobs.len(), 1002);
        desk.check();
        assert_eq!(desk.store.changes_between(Some(before), done.commit).expect("c").len(), 1002);
        let list = desk.store.snapshot().and_then(|s| s.record_ids()).expect("records");
        assert_eq!(list.records.len(), 1000);
        let mut read = 0;
        desk.store
            .each_blob(list.records.iter().map(|(_, blob)| *blob), |id, bytes| {
                read += 1;
                assert_eq!(gitsm::store::BlobId::of(bytes?), id);
                Ok::<_, StoreError>(())
            })
            .expect("blobs");
        assert_eq!(read, 1000);
        assert_eq!(git(&desk.root, &["for-each-ref", "refs/gitsm"]), "");
        assert_eq!(desk.store.hand_edits().expect("edits"), []);
        // Undeltified, so that a record is read in one step.
        let pack = git(&desk.root, &["rev-parse", "--git-path", "objects/pack"]);
        let folder = desk.root.join(pack);
        let index = std::fs::read_dir(folder)
            .expect("packs")
            .map(|entry| entry.expect("an entry").path())
            .find(|path| path.extension().is_some_and(|name| name == "idx"))
            .expect("a pack");
        let list = git(&desk.root, &["verify-pack", "-v", index.to_str().expect("a name")]);
        assert!(!list.contains("chain length"), "{list}");
        // Git's own maintenance changes nothing.
        git(&desk.root, &["gc", "-q"]);
        desk.write(&[(&paths[7], Some("again\n"))]).expect("written");
        desk.check();
    }
}

#[test]
fn writers_at_the_same_time_all_land() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let trunk = desk.trunk();
        std::thread::scope(|scope| {
            for thread in 0..6u128 {
                let root = desk.root.clone();
                scope.spawn(move || {
                    let store = Store::open_at(&root, None).expect("a desk");
                    for n in 0..8 {
                        let path = record(thread * 100 + n).path();
                        write(&store, &WriteOptions::default(), &[(&path, Some("x\n"))])
                            .expect("written");
                    }
                });
            }
        });
        desk.check();
        assert_eq!(git(&desk.root, &["rev-list", "--count", trunk]), "49");
        let list = desk.store.snapshot().and_then(|s| s.record_ids()).expect("records");
        assert_eq!(list.records.len(), 48);
    }
}

#[test]
fn a_writer_that_waits_too_long_learns_who_holds_the_lock() {
    let desk = Desk::new(Kept::Bare);
    let other = Store::open_at(&desk.root, None).expect("a desk");
    let path = record(1).path();
    let hasty = WriteOptions { wait: std::time::Duration::ZERO, ..WriteOptions::default() };
    let slow = WriteOptions { command: "slow work".into(), ..WriteOptions::default() };
    let mut seen = None;
    let result = desk.store.transact(&slow, |_: &Snapshot<'_>| {
        seen = Some(write(&other, &hasty, &[(&path, Some("x\n"))]));
        Ok::<_, StoreError>(plan(&[(&path, Some("y\n"))]))
    });
    result.expect("written");
    match seen {
        Some(Err(StoreError::LockTimeout { holder })) => {
            assert!(holder.contains("slow work"), "{holder}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.read(&path).as_deref(), Some("y\n"));
}

#[test]
fn what_a_plan_refuses_is_handed_through() {
    let desk = Desk::new(Kept::WorkTree);
    let before = desk.store.head().expect("a head");
    let result = desk.store.transact(&WriteOptions::default(), |_: &Snapshot<'_>| {
        Err::<Plan<()>, _>(StoreError::NotAFile { path: "mine".into(), what: "refused" })
    });
    assert!(matches!(result, Err(StoreError::NotAFile { what: "refused", .. })));
    assert_eq!(desk.store.head().expect("a head"), before);
    desk.check();
}

#[test]
fn a_disk_that_takes_nothing_is_an_error_and_changes_nothing() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let before = desk.store.head().expect("a head");
        // Works for the superuser as well: objects cannot be written where a
        // file is in the place of their folder.
        let path = record(1).path();
        let content = "no room for this\n";
        let id = gitsm::store::BlobId::of(content.as_bytes()).to_string();
        let folder = desk.store.git_dir().join("objects").join(&id[..2]);
        assert!(!folder.exists());
        std::fs::write(&folder, "in the way").expect("a file");
        let result = desk.write(&[(&path, Some(content))]);
        assert!(matches!(result, Err(StoreError::CannotWrite { .. })), "{result:?}");
        std::fs::remove_file(&folder).expect("removed");
        assert_eq!(desk.store.head().expect("a head"), before);
        desk.check();
        // Neither can the state folder.
        let state = desk.store.state_dir().to_owned();
        let aside = state.with_extension("aside");
        std::fs::rename(&state, &aside).expect("renamed");
        std::fs::write(&state, "in the way").expect("a file");
        let result = desk.write(&[(&path, Some(content))]);
        assert!(matches!(result, Err(StoreError::CannotWrite { .. })), "{result:?}");
        assert!(desk.read(".gitsm/desk.yaml").is_some(), "reading goes on");
        std::fs::remove_file(&state).expect("removed");
        desk.write(&[(&path, Some(content))]).expect("written");
        desk.check();
    }
}
