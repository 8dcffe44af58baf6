//! A process that ends at any moment leaves the old state or the new one, and
//! the next write finishes or undoes it.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::desk::{Desk, EVERYWHERE, Kept, git, plan, record, try_git};
use gitsm::store::{Observer, Plan, Snapshot, Step, Store, StoreError, WriteOptions};

fn options(observer: impl Fn(Step) -> io::Result<()> + Send + Sync + 'static) -> WriteOptions {
    let observer: Observer = Arc::new(observer);
    WriteOptions { observer: Some(observer), ..WriteOptions::default() }
}

/// Ends the write at `step` without any clean-up, as a kill does: nothing in
/// the store tidies up while a panic unwinds, but the lock is let go of.
fn kill_at(step: Step) -> WriteOptions {
    options(move |now| {
        if now == step {
            std::panic::resume_unwind(Box::new("killed"));
        }
        Ok(())
    })
}

fn fail_at(step: Step) -> WriteOptions {
    options(
        move |now| {
            if now == step { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
        },
    )
}

const OLD: [(&str, Option<&str>); 3] =
    [("incidents/a", Some("a\n")), ("incidents/b", Some("b\n")), ("incidents/x/c", Some("c\n"))];
const NEW: [(&str, Option<&str>); 4] = [
    ("incidents/a", Some("changed\n")),
    ("incidents/b", None),
    ("incidents/x/c", None),
    ("problems/y/d", Some("new\n")),
];

fn assert_state(desk: &Desk, new: bool, step: Step) {
    let expected = |path: &str| {
        let of = |files: &[(&str, Option<&str>)]| {
            files
                .iter()
                .find(|(name, _)| *name == path)
                .and_then(|(_, content)| *content)
                .map(str::to_owned)
        };
        if new { of(&NEW) } else { of(&OLD) }
    };
    for path in ["incidents/a", "incidents/b", "incidents/x/c", "problems/y/d"] {
        assert_eq!(desk.read(path), expected(path), "{step:?} {path}");
        if desk.kept == Kept::WorkTree {
            let here = fs::read_to_string(desk.root.join(path)).ok();
            assert_eq!(here, expected(path), "{step:?} {path} in the work tree");
        }
    }
}

#[test]
fn killed_at_every_step() {
    for kept in EVERYWHERE {
        for step in Step::ALL {
            let desk = Desk::new(kept);
            desk.write(&OLD).expect("written");
            let killed = catch_unwind(AssertUnwindSafe(|| desk.write_with(&kill_at(step), &NEW)));
            let reached = killed.is_err();
            let in_work_tree = (Step::Journalled..=Step::IndexWritten).contains(&step)
                || step >= Step::IndexPublished;
            assert_eq!(reached, kept == Kept::WorkTree || !in_work_tree, "{step:?}");
            let new = !reached || step >= Step::Committed;
            // Readers answer at once, without repairing anything.
            let store = Store::open_at(&desk.root, None).expect("a desk");
            let a = store.snapshot().and_then(|s| s.file("incidents/a")).expect("read");
            let content: &[u8] = if new { b"changed\n" } else { b"a\n" };
            assert_eq!(a.as_deref(), Some(content), "{step:?}");
            if kept == Kept::WorkTree
                && reached
                && (Step::IndexLocked..=Step::Committed).contains(&step)
            {
                let commit = try_git(&desk.root, &["commit", "-qam", "by hand"]);
                assert!(!commit.status.success(), "{step:?}: git must not commit in between");
            }
            let path = record(9).path();
            desk.write(&[(&path, Some("next\n"))]).expect("the next write works");
            desk.check();
            assert_state(&desk, new, step);
            let count = if new { "4" } else { "3" };
            assert_eq!(git(&desk.root, &["rev-list", "--count", desk.trunk()]), count, "{step:?}");
        }
    }
}

#[test]
fn a_recovery_that_fails_is_taken_up_again() {
    for step in [Step::Files, Step::IndexWritten, Step::Committed] {
        let desk = Desk::new(Kept::WorkTree);
        desk.write(&OLD).expect("written");
        let killed = catch_unwind(AssertUnwindSafe(|| desk.write_with(&kill_at(step), &NEW)));
        assert!(killed.is_err());
        // A file of the write is to be put in place, and its content is gone.
        let committed = step == Step::Committed;
        let (path, content) =
            if committed { ("incidents/a", "changed\n") } else { ("incidents/b", "b\n") };
        if committed {
            fs::write(desk.root.join(path), "a\n").expect("written");
        }
        let id = gitsm::store::BlobId::of(content.as_bytes()).to_string();
        let object = desk.store.git_dir().join("objects").join(&id[..2]).join(&id[2..]);
        let aside = desk.folder.path().join("aside");
        fs::rename(&object, &aside).expect("moved");
        for _ in 0..2 {
            let store = Store::open_at(&desk.root, None).expect("a desk");
            let result = crate::desk::write(&store, &WriteOptions::default(), &[("z", Some("z"))]);
            assert!(matches!(result, Err(StoreError::BadObject { .. })), "{step:?} {result:?}");
            assert!(desk.root.join(".git/index.lock").exists(), "git stays locked out");
        }
        fs::rename(&aside, &object).expect("moved");
        desk.write(&[("requests/z", Some("z\n"))]).expect("the next write works");
        desk.check();
        assert_state(&desk, committed, step);
    }
}

#[test]
fn a_failure_at_every_step_leaves_everything_as_it_was() {
    for kept in EVERYWHERE {
        for step in Step::ALL {
            let desk = Desk::new(kept);
            desk.write(&OLD).expect("written");
            let before = desk.store.head().expect("a head");
            let result = desk.write_with(&fail_at(step), &NEW);
            let failed = result.is_err();
            if failed {
                assert!(matches!(result, Err(StoreError::CannotWrite { .. })), "{step:?}");
                assert_eq!(desk.store.head().expect("a head"), before);
                assert!(step < Step::Committed, "{step:?}");
            } else {
                assert!(step >= Step::Committed || kept != Kept::WorkTree, "{step:?}");
            }
            assert_state(&desk, !failed, step);
            desk.check();
        }
    }
}

#[test]
fn a_write_that_loses_the_race_in_a_checkout_is_undone_and_done_again() {
    let desk = Desk::new(Kept::WorkTree);
    desk.write(&OLD).expect("written");
    let root = desk.root.clone();
    let moved = std::sync::atomic::AtomicU32::new(0);
    let options = options(move |step| {
        // A push, or plumbing, that knows nothing of the lock.
        if step == Step::IndexWritten && moved.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 2
        {
            let tree = git(&root, &["rev-parse", "main^{tree}"]);
            let new = git(&root, &["commit-tree", &tree, "-p", "main", "-m", "other"]);
            git(&root, &["update-ref", "refs/heads/main", &new]);
        }
        Ok(())
    });
    desk.write_with(&options, &NEW).expect("written");
    desk.check();
    assert_state(&desk, true, Step::Cleared);
    assert_eq!(git(&desk.root, &["rev-list", "--count", "main"]), "5");
}

#[test]
fn a_trunk_that_never_holds_still_is_given_up() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        desk.write(&OLD).expect("written");
        let (root, trunk) = (desk.root.clone(), desk.trunk());
        let options = options(move |step| {
            if step == Step::Stored {
                let tree = git(&root, &["rev-parse", &format!("{trunk}^{{tree}}")]);
                let new = git(&root, &["commit-tree", &tree, "-p", trunk, "-m", "other"]);
                git(&root, &["update-ref", &format!("refs/heads/{trunk}"), &new]);
            }
            Ok(())
        });
        let result = desk.write_with(&options, &NEW);
        assert!(matches!(result, Err(StoreError::LostRace { attempts: 10 })), "{result:?}");
        assert_state(&desk, false, Step::Stored);
        desk.check();
    }
}

#[test]
fn an_edit_that_was_taken_over_comes_back() {
    for step in Step::ALL {
        for kill in [true, false] {
            let desk = Desk::new(Kept::WorkTree);
            desk.write(&OLD).expect("written");
            let file = desk.root.join("incidents/a");
            fs::write(&file, "by hand\n").expect("written");
            let options = if kill { kill_at(step) } else { fail_at(step) };
            let attempt = || {
                desk.store.transact(&options, |_: &Snapshot<'_>| {
                    let plan = plan(&[("incidents/a", Some("tidied\n"))]);
                    Ok::<_, StoreError>(Plan { adopt: vec!["incidents/a".into()], ..plan })
                })
            };
            let done = catch_unwind(AssertUnwindSafe(attempt)).is_ok_and(|done| done.is_ok());
            let new = done || step >= Step::Committed;
            desk.write(&[("requests/z", Some("z\n"))]).expect("the next write works");
            let here = fs::read_to_string(&file).expect("read");
            assert_eq!(here, if new { "tidied\n" } else { "by hand\n" }, "{step:?} {kill}");
            desk.check_status(if new { "" } else { " M incidents/a" });
        }
    }
}

#[test]
fn what_people_do_after_a_crash_is_respected() {
    // Killed after the trunk moved; the person edits the file, removes git's
    // lock as git suggests, and writes the next record with gitsm.
    let desk = Desk::new(Kept::WorkTree);
    desk.write(&OLD).expect("written");
    let killed =
        catch_unwind(AssertUnwindSafe(|| desk.write_with(&kill_at(Step::Committed), &NEW)));
    assert!(killed.is_err());
    fs::remove_file(desk.root.join(".git/index.lock")).expect("removed");
    fs::write(desk.root.join("incidents/a"), "edited since\n").expect("written");
    desk.write(&[("requests/z", Some("z\n"))]).expect("the next write works");
    desk.check_status(" M incidents/a");
    assert_eq!(fs::read_to_string(desk.root.join("incidents/a")).expect("read"), "edited since\n");

    // Killed before: the person's lock is another's, and stays.
    let desk = Desk::new(Kept::WorkTree);
    desk.write(&OLD).expect("written");
    let killed = catch_unwind(AssertUnwindSafe(|| desk.write_with(&kill_at(Step::Files), &NEW)));
    assert!(killed.is_err());
    let lock = desk.root.join(".git/index.lock");
    fs::remove_file(&lock).expect("removed");
    git(&desk.root, &["restore", "--staged", "--worktree", "."]);
    fs::write(&lock, "another's").expect("written");
    let result = desk.write(&[("requests/z", Some("z\n"))]);
    assert!(matches!(result, Err(StoreError::IndexLocked { .. })), "{result:?}");
    assert_eq!(fs::read_to_string(&lock).expect("read"), "another's");
    fs::remove_file(&lock).expect("removed");
    desk.write(&[("requests/z", Some("z\n"))]).expect("the next write works");
    assert!(!desk.root.join("problems").exists());
    desk.check();
}

#[test]
fn crashes_with_an_index_that_only_git_can_write() {
    for step in [Step::IndexLocked, Step::Files, Step::IndexWritten, Step::Committed] {
        let desk = Desk::new(Kept::WorkTree);
        git(&desk.root, &["update-index", "--index-version", "4"]);
        desk.write(&OLD).expect("written");
        let killed = catch_unwind(AssertUnwindSafe(|| desk.write_with(&kill_at(step), &NEW)));
        assert!(killed.is_err());
        desk.write(&[("requests/z", Some("z\n"))]).expect("the next write works");
        desk.check();
        assert_state(&desk, step == Step::Committed, step);
    }
}

#[test]
fn a_journal_that_cannot_be_read_stops_writers_and_not_readers() {
    let desk = Desk::new(Kept::WorkTree);
    fs::write(desk.store.state_dir().join("journal"), "{}").expect("written");
    let error = desk.write(&OLD).expect_err("refused");
    assert!(matches!(error, StoreError::BadJournal { .. }), "{error:?}");
    assert!(error.hint().is_some());
    assert!(desk.read(".gitsm/desk.yaml").is_some());
}
