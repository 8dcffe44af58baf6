//! Many commits published as one step of the trunk.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::desk::{Desk, EVERYWHERE, Kept, alice, git, record};
use gitsm::store::{
    Appended, FileChange, Identity, Observer, SeriesCommit, Step, Store, StoreError, WriteOptions,
};

fn options(observer: impl Fn(Step) -> io::Result<()> + Send + Sync + 'static) -> WriteOptions {
    let observer: Observer = Arc::new(observer);
    WriteOptions { observer: Some(observer), ..WriteOptions::default() }
}

/// The `n`th commit, by somebody of the past.
fn commit(n: i64, files: &[(&str, Option<&str>)]) -> SeriesCommit {
    let change = |(path, content): &(&str, Option<&str>)| FileChange {
        path: (*path).to_owned(),
        content: content.map(|text| text.as_bytes().to_vec()),
    };
    SeriesCommit {
        changes: files.iter().map(change).collect(),
        message: format!("event {n}"),
        author: Identity {
            name: format!("Person {n}"),
            email: format!("p{n}@past.invalid"),
            at: 1_456_000_000 + n,
            offset_minutes: -90,
        },
        committer: alice(),
    }
}

fn append(store: &Store, options: &WriteOptions) -> Result<Appended<usize>, StoreError> {
    store.append(options, |snapshot, series| {
        assert_eq!(snapshot.file("incidents/a")?.as_deref(), Some(&b"a\n"[..]));
        series.commit(commit(1, &[("incidents/a", Some("1\n")), ("incidents/n", Some("n\n"))]))?;
        assert_eq!(series.file("incidents/a")?.as_deref(), Some(&b"1\n"[..]));
        assert_eq!(series.file("incidents/b")?.as_deref(), Some(&b"b\n"[..]));
        // Something happened that changed nothing.
        series.commit(commit(2, &[]))?;
        series.commit(commit(3, &[("incidents/n", None), ("problems/x/y", Some("y\n"))]))?;
        series.commit(commit(4, &[("incidents/a", Some("4\n")), ("incidents/b", Some("b\n"))]))?;
        Ok::<_, StoreError>(series.len())
    })
}

const OLD: [(&str, Option<&str>); 2] = [("incidents/a", Some("a\n")), ("incidents/b", Some("b\n"))];

fn assert_state(desk: &Desk, new: bool) {
    let a = if new { "4\n" } else { "a\n" };
    assert_eq!(desk.read("incidents/a").as_deref(), Some(a));
    assert_eq!(desk.read("incidents/b").as_deref(), Some("b\n"));
    assert_eq!(desk.read("incidents/n"), None);
    assert_eq!(desk.read("problems/x/y").as_deref(), new.then_some("y\n"));
    if desk.kept == Kept::WorkTree {
        let here = std::fs::read_to_string(desk.root.join("incidents/a")).expect("a file");
        assert_eq!(here, a);
    }
}

#[test]
fn a_series_is_history() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        desk.write(&OLD).expect("written");
        let done = append(&desk.store, &WriteOptions::default()).expect("written");
        assert_eq!((done.commits, done.value), (4, 4));
        assert_eq!(desk.store.head().expect("a head"), done.commit);
        desk.check();
        assert_state(&desk, true);
        let log = git(
            &desk.root,
            &["log", "--reverse", "--format=%an <%ae> %ad, %cn, %s", "--date=iso", desk.trunk()],
        );
        let lines: Vec<&str> = log.lines().skip(2).collect();
        let expected: Vec<String> = (1..=4)
            .map(|n| {
                format!(
                    "Person {n} <p{n}@past.invalid> 2016-02-20 18:56:4{n} -0130, Alice Example, \
                     event {n}"
                )
            })
            .collect();
        assert_eq!(lines, expected);
        let changed = git(&desk.root, &["show", "--format=", "--name-only", desk.trunk()]);
        assert_eq!(changed, "incidents/a");
        assert_eq!(git(&desk.root, &["for-each-ref", "refs/gitsm"]), "");
        let nothing = desk.store.append(&WriteOptions::default(), |_, _| Ok::<_, StoreError>(()));
        assert_eq!(nothing.expect("nothing to do").commit, done.commit);
        desk.check();
    }
}

#[test]
fn only_events_that_changed_nothing() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let done = desk.store.append(&WriteOptions::default(), |_, series| {
            series.commit(commit(1, &[]))?;
            series.commit(commit(2, &[]))
        });
        let done = done.expect("written");
        assert_ne!(done.commit, done.before);
        desk.check();
        assert_eq!(git(&desk.root, &["log", "-1", "--format=%s", desk.trunk()]), "event 2");
    }
}

#[test]
fn killed_at_every_step_it_counts_wholly_or_not_at_all() {
    for kept in EVERYWHERE {
        for step in Step::ALL {
            let desk = Desk::new(kept);
            desk.write(&OLD).expect("written");
            let kill = options(move |now| {
                if now == step {
                    std::panic::resume_unwind(Box::new("killed"));
                }
                Ok(())
            });
            let killed = catch_unwind(AssertUnwindSafe(|| append(&desk.store, &kill)));
            let new = killed.is_ok() || step >= Step::Committed;
            let path = record(9).path();
            desk.write(&[(&path, Some("next\n"))]).expect("the next write works");
            desk.check();
            assert_state(&desk, new);
            let count = if new { "7" } else { "3" };
            assert_eq!(git(&desk.root, &["rev-list", "--count", desk.trunk()]), count, "{step:?}");
            let left: Vec<_> = std::fs::read_dir(desk.store.git_dir())
                .expect("a folder")
                .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
                .filter(|name| name.contains("crash"))
                .collect();
            assert!(left.is_empty(), "{left:?}");
        }
    }
}

#[test]
fn a_failure_at_every_step_leaves_everything_as_it_was() {
    for kept in EVERYWHERE {
        for step in Step::ALL {
            let desk = Desk::new(kept);
            desk.write(&OLD).expect("written");
            let fail =
                options(
                    move |now| {
                        if now == step { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
                    },
                );
            let result = append(&desk.store, &fail);
            if result.is_err() {
                assert!(step < Step::Committed, "{step:?}");
            }
            assert_state(&desk, result.is_ok());
            desk.check();
            append_again(&desk, result.is_ok());
        }
    }
}

/// What failed once works the next time.
fn append_again(desk: &Desk, done: bool) {
    if !done {
        append(&desk.store, &WriteOptions::default()).expect("written");
    }
    assert_state(desk, true);
    desk.check();
}

#[test]
fn a_series_that_loses_the_race_is_made_again() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        desk.write(&OLD).expect("written");
        let (root, trunk) = (desk.root.clone(), desk.trunk());
        let moved = AtomicU32::new(0);
        let options = options(move |step| {
            if step == Step::Stored && moved.fetch_add(1, Ordering::SeqCst) < 2 {
                let tree = git(&root, &["rev-parse", &format!("{trunk}^{{tree}}")]);
                let new = git(&root, &["commit-tree", &tree, "-p", trunk, "-m", "other"]);
                git(&root, &["update-ref", &format!("refs/heads/{trunk}"), &new]);
            }
            Ok(())
        });
        append(&desk.store, &options).expect("written");
        desk.check();
        assert_state(&desk, true);
        assert_eq!(git(&desk.root, &["rev-list", "--count", desk.trunk()]), "8");
    }
}

#[test]
fn edits_by_hand_are_not_run_over() {
    let desk = Desk::new(Kept::WorkTree);
    desk.write(&OLD).expect("written");
    let before = desk.store.head().expect("a head");
    std::fs::write(desk.root.join("incidents/a"), "mine\n").expect("written");
    let refused = append(&desk.store, &WriteOptions::default());
    assert!(matches!(refused, Err(StoreError::HandEdited { .. })), "{refused:?}");
    assert_eq!(desk.store.head().expect("a head"), before);
    desk.check_status(" M incidents/a");
}

#[test]
fn what_git_cannot_hold_is_refused() {
    let desk = Desk::new(Kept::Bare);
    desk.write(&OLD).expect("written");
    let before = desk.store.head().expect("a head");
    for path in ["incidents", "../x", "a//b", ".git/config"] {
        let refused = desk.store.append(&WriteOptions::default(), |_, series| {
            series.commit(commit(1, &[("incidents/a", Some("fine\n"))]))?;
            series.commit(commit(2, &[(path, Some("x\n"))]))
        });
        assert!(refused.is_err(), "{path}");
    }
    let nameless = desk.store.append(&WriteOptions::default(), |_, series| {
        let author = Identity { name: "  ".into(), ..alice() };
        series.commit(SeriesCommit { author, ..commit(1, &[]) })
    });
    assert!(nameless.is_err());
    assert_eq!(desk.store.head().expect("a head"), before);
    desk.check();
}
