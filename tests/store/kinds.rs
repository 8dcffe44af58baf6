//! Kinds of repository and index that people really have.

use std::fs;

use crate::desk::{Desk, EVERYWHERE, Kept, git, isolate, record, try_git, write};
use gitsm::store::{Mode, Store, StoreError, UnsupportedFormat, WriteOptions};

fn exercise(desk: &Desk) {
    let (a, b) = (record(1).path(), record(2).path());
    desk.write(&[(&a, Some("a\n")), (&b, Some("b\n"))]).expect("created");
    desk.check();
    desk.write(&[(&a, Some("A\n"))]).expect("edited");
    desk.check();
    fs::write(desk.root.join("mine"), "x\n").expect("written");
    git(&desk.root, &["add", "mine"]);
    desk.write(&[(&b, None)]).expect("deleted");
    desk.check_status("A  mine");
    fs::write(desk.root.join(&a), "edited\n").expect("written");
    let result = desk.write(&[(&a, Some("x\n"))]);
    assert!(matches!(result, Err(StoreError::HandEdited { .. })), "{result:?}");
    assert_eq!(desk.store.hand_edits().expect("edits").len(), 1);
    git(&desk.root, &["reset", "-q", "--hard"]);
    git(&desk.root, &["gc", "-q"]);
    desk.write(&[(&a, Some("after gc\n"))]).expect("edited");
    desk.check();
}

#[test]
fn index_version_4() {
    let desk = Desk::new(Kept::WorkTree);
    git(&desk.root, &["update-index", "--index-version", "4"]);
    exercise(&desk);
    assert_eq!(git(&desk.root, &["update-index", "--show-index-version"]), "4");
}

#[test]
fn split_index() {
    let desk = Desk::new(Kept::WorkTree);
    git(&desk.root, &["config", "core.splitIndex", "true"]);
    git(&desk.root, &["update-index", "--split-index"]);
    exercise(&desk);
}

#[test]
fn untracked_cache_and_no_checksum() {
    let desk = Desk::new(Kept::WorkTree);
    git(&desk.root, &["config", "feature.manyFiles", "true"]);
    git(&desk.root, &["config", "index.version", "2"]);
    git(&desk.root, &["config", "core.untrackedCache", "true"]);
    git(&desk.root, &["update-index", "--force-write-index"]);
    exercise(&desk);
}

#[test]
fn sparse_checkouts_with_a_full_and_a_sparse_index() {
    for kind in ["--no-sparse-index", "--sparse-index"] {
        let desk = Desk::new(Kept::WorkTree);
        let paths: Vec<String> = (0..40).map(|n| record(n).path()).collect();
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), Some("x\n"))).collect();
        desk.write(&files).expect("written");
        git(&desk.root, &["sparse-checkout", "set", "--cone", kind, ".gitsm"]);
        assert!(!desk.root.join(&paths[0]).exists());
        assert!(!desk.store.edited(&paths[0]).expect("known"), "{kind}");
        assert_eq!(desk.store.hand_edits().expect("edits"), [], "{kind}");
        desk.write(&[(&paths[0], Some("y\n"))]).expect("edited");
        desk.check();
        assert_eq!(desk.read(&paths[0]).as_deref(), Some("y\n"));
        desk.write(&[(&paths[1], None), (".gitsm/x", Some("x\n"))]).expect("deleted");
        desk.check();
        desk.write(&[(&record(100).path(), Some("new\n"))]).expect("created");
        desk.check();
        desk.write(&[(&record(100).path(), Some("newer\n"))]).expect("edited");
        desk.check();
        git(&desk.root, &["sparse-checkout", "disable"]);
        desk.check();
        assert_eq!(fs::read_to_string(desk.root.join(&paths[0])).expect("read"), "y\n");
    }
}

#[test]
fn a_linked_work_tree_has_the_trunk() {
    let desk = Desk::new(Kept::Bare);
    let linked = desk.folder.path().join("linked");
    git(&desk.root, &["worktree", "add", "-q", linked.to_str().expect("a name"), "main"]);
    let path = record(1).path();
    for from in [&desk.root, &linked] {
        let store = Store::open_at(from, None).expect("a desk");
        assert_eq!(store.mode(), Mode::WorkTree);
        assert_eq!(
            store.work_dir().map(|d| d.canonicalize().expect("a folder")),
            Some(linked.canonicalize().expect("a folder"))
        );
        let content = from.display().to_string();
        write(&store, &WriteOptions::default(), &[(&path, Some(&content))]).expect("written");
        assert_eq!(git(&linked, &["status", "--porcelain"]), "");
        assert_eq!(fs::read_to_string(linked.join(&path)).expect("read"), content);
    }
    assert_eq!(git(&desk.root, &["fsck", "--strict", "--no-dangling"]), "");
}

#[test]
fn the_main_checkout_follows_a_write_from_a_linked_one() {
    let desk = Desk::new(Kept::WorkTree);
    let linked = desk.folder.path().join("linked");
    git(&desk.root, &["worktree", "add", "-q", "-b", "side", linked.to_str().expect("a name")]);
    let store = Store::open_at(&linked, None).expect("a desk");
    assert_eq!(store.trunk(), Some("side"));
    let store = store.with_trunk("main").expect("a desk");
    assert_eq!(store.trunk(), Some("main"));
    let path = record(1).path();
    write(&store, &WriteOptions::default(), &[(&path, Some("x\n"))]).expect("written");
    desk.check();
    assert_eq!(fs::read_to_string(desk.root.join(&path)).expect("read"), "x\n");
    assert_eq!(git(&linked, &["status", "--porcelain"]), "");
    let same = store.with_trunk("no-such-branch").expect("a desk");
    assert_eq!(same.trunk(), Some("main"));
}

#[test]
fn a_trunk_that_is_not_checked_out_is_written_like_a_bare_one() {
    let desk = Desk::new(Kept::WorkTree);
    git(&desk.root, &["switch", "-q", "-c", "side"]);
    let store =
        Store::open_at(&desk.root, None).and_then(|s| s.with_trunk("main")).expect("a desk");
    assert_eq!(store.mode(), Mode::Bare);
    let path = record(1).path();
    write(&store, &WriteOptions::default(), &[(&path, Some("x\n"))]).expect("written");
    assert_eq!(git(&desk.root, &["status", "--porcelain"]), "");
    assert!(!desk.root.join(&path).exists());
    git(&desk.root, &["switch", "-q", "main"]);
    desk.check();
}

#[test]
fn a_detached_head_reads_and_does_not_write() {
    let desk = Desk::new(Kept::WorkTree);
    let path = record(1).path();
    desk.write(&[(&path, Some("x\n"))]).expect("written");
    git(&desk.root, &["checkout", "-q", "--detach"]);
    let store = Store::open_at(&desk.root, None).expect("a desk");
    assert_eq!(store.trunk(), None);
    assert!(store.settings_bytes().is_ok());
    let result = write(&store, &WriteOptions::default(), &[(&path, None)]);
    assert!(matches!(result, Err(StoreError::Detached { trunk: None })), "{result:?}");
    let store = store.with_trunk("main").expect("a desk");
    assert!(store.snapshot().and_then(|s| s.file(&path)).expect("read").is_some());
    let error = write(&store, &WriteOptions::default(), &[(&path, None)]).expect_err("refused");
    assert!(error.hint().is_some_and(|hint| hint.contains("git switch main")), "{error:?}");
    // A linked work tree that has the trunk makes it writable again.
    let linked = desk.folder.path().join("linked");
    git(&desk.root, &["worktree", "add", "-q", linked.to_str().expect("a name"), "main"]);
    write(&store, &WriteOptions::default(), &[(&path, None)]).expect("written");
    assert_eq!(git(&linked, &["status", "--porcelain"]), "");
    assert!(!linked.join(&path).exists());
}

#[test]
fn a_desk_branch_that_is_checked_out_somewhere_is_kept_in_step() {
    let desk = Desk::new(Kept::Branch);
    let linked = desk.folder.path().join("linked");
    git(&desk.root, &["worktree", "add", "-q", linked.to_str().expect("a name"), "desk"]);
    let path = record(1).path();
    desk.write(&[(&path, Some("x\n"))]).expect("written");
    desk.check();
    assert_eq!(git(&linked, &["status", "--porcelain"]), "");
    assert_eq!(fs::read_to_string(linked.join(&path)).expect("read"), "x\n");
}

#[test]
fn a_clone_without_a_checkout_is_written_like_a_bare_one() {
    let desk = Desk::new(Kept::WorkTree);
    let path = record(1).path();
    desk.write(&[(&path, Some("x\n"))]).expect("written");
    let clone = desk.folder.path().join("clone");
    let (from, to) = (desk.root.to_str().expect("a name"), clone.to_str().expect("a name"));
    git(desk.folder.path(), &["clone", "-q", "--no-checkout", from, to]);
    isolate(&clone);
    let store = Store::open_at(&clone, None).expect("a desk");
    assert_eq!(store.mode(), Mode::Bare);
    assert_eq!(store.hand_edits().expect("edits"), []);
    write(&store, &WriteOptions::default(), &[(&path, Some("y\n"))]).expect("written");
    assert_eq!(git(&clone, &["show", &format!("main:{path}")]), "y");
    assert!(!clone.join(".git/index").exists());
}

#[test]
fn a_shallow_clone_reads_and_writes_and_has_no_history() {
    let desk = Desk::new(Kept::WorkTree);
    let path = record(1).path();
    desk.write(&[(&path, Some("x\n"))]).expect("written");
    let clone = desk.folder.path().join("clone");
    let from = format!("file://{}", desk.root.display());
    let to = clone.to_str().expect("a name");
    git(desk.folder.path(), &["clone", "-q", "--depth=1", &from, to]);
    isolate(&clone);
    let store = Store::open_at(&clone, None).expect("a desk");
    assert!(store.is_shallow());
    write(&store, &WriteOptions::default(), &[(&path, Some("y\n"))]).expect("written");
    assert_eq!(git(&clone, &["status", "--porcelain"]), "");
    let result = store.history(None, store.head().expect("a head"));
    assert!(matches!(result, Err(StoreError::Shallow)));
}

#[test]
fn reftable_and_sha256_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for (option, format) in [
        ("--ref-format=reftable", UnsupportedFormat::Reftable),
        ("--object-format=sha256", UnsupportedFormat::Sha256),
    ] {
        for bare in [true, false] {
            let root = folder.path().join(format!("{option}{bare}"));
            let name = root.to_str().expect("a name");
            let mut arguments = vec!["init", "-q", option, name];
            if bare {
                arguments.push("--bare");
            }
            assert!(try_git(folder.path(), &arguments).status.success(), "git is too old");
            let error = Store::open_at(&root, None).expect_err("refused");
            match &error {
                StoreError::Unsupported { format: seen, .. } => assert_eq!(*seen, format),
                other => panic!("{other:?}"),
            }
            assert!(error.hint().is_some());
            if !bare {
                fs::create_dir(root.join("below")).expect("made");
                let locator =
                    gitsm::store::Locator { cwd: root.join("below"), ..Default::default() };
                let error = Store::discover(&locator).expect_err("refused");
                assert!(matches!(error, StoreError::Unsupported { .. }), "{error:?}");
            }
        }
    }
}

#[test]
fn git_holding_its_index_is_waited_for_and_then_named() {
    let desk = Desk::new(Kept::WorkTree);
    let lock = desk.root.join(".git/index.lock");
    fs::write(&lock, "").expect("written");
    let path = record(1).path();
    let error = desk.write(&[(&path, Some("x\n"))]).expect_err("refused");
    assert!(matches!(error, StoreError::IndexLocked { .. }), "{error:?}");
    assert!(error.hint().is_some_and(|hint| hint.contains("index.lock")));
    assert!(lock.exists(), "another's lock stays");
    assert_eq!(desk.read(&path), None);
    fs::remove_file(&lock).expect("removed");
    desk.check();
    fs::write(&lock, "").expect("written");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(200));
            fs::remove_file(&lock).expect("removed");
        });
        write(
            &Store::open_at(&desk.root, None).expect("a desk"),
            &WriteOptions::default(),
            &[(&path, Some("x\n"))],
        )
        .expect("written");
    });
    desk.check();
}

#[test]
fn a_lock_on_the_trunk_goes_if_it_is_ours_and_stays_if_it_is_not() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let path = record(1).path();
        let trunk = format!("refs/heads/{}", desk.trunk());
        let lock = desk.store.git_dir().join(format!("{trunk}.lock"));
        // As a writer leaves it that is killed at that very moment.
        let draft = desk.store.state_dir().join(format!("{}.new", trunk.replace('/', "%")));
        fs::write(&draft, "0").expect("written");
        fs::hard_link(&draft, &lock).expect("linked");
        desk.write(&[(&path, Some("x\n"))]).expect("written");
        desk.check();
        assert!(!draft.exists() && !lock.exists());
        fs::write(&lock, "").expect("written");
        let error = desk.write(&[(&path, Some("y\n"))]).expect_err("refused");
        assert!(matches!(error, StoreError::TrunkLocked { .. }), "{error:?}");
        assert!(error.hint().is_some());
        assert!(lock.exists());
        fs::remove_file(&lock).expect("removed");
        assert_eq!(desk.read(&path).as_deref(), Some("x\n"));
        desk.check();
        // A trunk that is only in the packed references.
        git(&desk.root, &["pack-refs", "--all", "--prune"]);
        desk.write(&[(&path, Some("y\n"))]).expect("written");
        desk.check();
    }
}
