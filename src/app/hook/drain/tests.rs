//! Ended at any moment, and by several at once: no event is lost and none is told
//! twice.
//!
//! A process is ended here by ending its thread, without a word, at each of the
//! moments between two steps of the spool (among them the one between the sync of
//! a draft and its renaming): one run for each. Nothing is cleaned up on the way,
//! as nothing is by a kill. What has been acknowledged (`add` has returned) must
//! reach the desk once, whatever comes after.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::spool::moments;
use super::*;
use crate::error::ErrorKind;
use crate::model::Timestamp;

/// A desk that takes each event once, by its id, as the real one does.
#[derive(Default)]
struct Desk {
    events: Mutex<Vec<Ulid>>,
    /// Whether somebody is telling it something.
    busy: AtomicBool,
}

impl Desk {
    fn take(&self, id: Ulid) {
        assert!(!self.busy.swap(true, Ordering::SeqCst), "two at once");
        let mut events = self.events.lock().unwrap();
        if !events.contains(&id) {
            events.push(id);
        }
        drop(events);
        self.busy.store(false, Ordering::SeqCst);
    }

    fn events(&self) -> Vec<Ulid> {
        self.events.lock().unwrap().clone()
    }
}

fn entry() -> Entry {
    let event = Event::Push { repository: "/code".into(), updates: Vec::new(), by: None };
    Entry::new("/desk".into(), Timestamp::from_seconds(1_000_000), event)
}

fn id(number: u64) -> Ulid {
    Ulid::from_parts(1_000_000 + number, u128::from(number))
}

/// Runs `work` as a process that is ended after so many moments; whether it came to
/// its end by itself.
fn process(moments: Option<usize>, work: impl FnOnce()) -> bool {
    moments::end_after(moments);
    let ended = catch_unwind(AssertUnwindSafe(work));
    moments::end_after(None);
    match ended {
        Ok(()) => true,
        Err(cause) if cause.is::<moments::Ended>() => false,
        Err(cause) => std::panic::resume_unwind(cause),
    }
}

/// What tells everything there is, as often as it takes.
fn tell_all(spool: &Spool, desk: &Desk) {
    let tell = |name: &Name, _: &Entry| {
        desk.take(name.id().expect("an id"));
        Ok(Vec::new())
    };
    let mut view = nothing();
    empty(spool, true, &mut view, &tell).expect("the spool can be used");
    assert!(view.kept.is_empty() && view.set_aside.is_empty(), "{view:?}");
}

fn is_clean(spool: &Spool) -> bool {
    spool.names().unwrap().is_empty() && spool.set_aside_names().unwrap().is_empty()
}

#[test]
fn ended_at_each_moment_nothing_is_lost_and_nothing_told_twice() {
    let mut ends = 0;
    for moments in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path());
        let desk = Desk::default();
        let acknowledged = Mutex::new(Vec::new());
        let add = |number| {
            spool.add(&entry(), id(number)).unwrap();
            acknowledged.lock().unwrap().push(id(number));
        };
        let away = AtomicBool::new(true);
        let tell = |name: &Name, _: &Entry| {
            let event = name.id().expect("an id");
            match () {
                // At first the desk is away, and one of them it never takes.
                () if event == id(1) && away.swap(false, Ordering::SeqCst) => {
                    Err(Failure::Later(CommandError::new(ErrorKind::Conflict, "locked")))
                }
                () if event == id(2) => Err(Failure::Never("no such thing".to_owned())),
                () => {
                    desk.take(event);
                    Ok(Vec::new())
                }
            }
        };
        let drain = |retry| empty(&spool, retry, &mut nothing(), &tell).unwrap();
        let came_to_its_end = process(Some(moments), || {
            (0..3).for_each(add);
            drain(false);
            add(3);
            drain(false);
            drain(true);
            add(4);
        });
        // Whoever comes next knows nothing of it.
        tell_all(&Spool::new(folder.path()), &desk);
        let told = desk.events();
        for event in acknowledged.into_inner().unwrap() {
            assert_eq!(told.iter().filter(|each| **each == event).count(), 1, "at {moments}");
        }
        assert!(told.len() <= 5 && is_clean(&spool), "at {moments}: {told:?}");
        ends += 1;
        if came_to_its_end {
            break;
        }
    }
    assert!(ends > 60, "only {ends} moments");
}

#[test]
fn what_waits_for_a_desk_is_told_in_order_at_whatever_moment_one_ends() {
    for moments in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path());
        for number in 0..3 {
            spool.add(&entry(), id(number)).unwrap();
        }
        let desk = Desk::default();
        let came_to_its_end = process(Some(moments), || tell_all(&spool, &desk));
        tell_all(&spool, &desk);
        assert_eq!(desk.events(), [id(0), id(1), id(2)], "at {moments}");
        if came_to_its_end {
            break;
        }
    }
}

#[test]
fn several_that_are_ended_at_once_lose_nothing() {
    for round in 0..40usize {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path());
        let desk = Desk::default();
        let acknowledged = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..2u64 {
                let (spool, acknowledged) = (&spool, &acknowledged);
                scope.spawn(move || {
                    // Another moment for each of them in each round.
                    process(Some(20 + round * 3 + usize::try_from(worker).unwrap()), || {
                        for number in 0..8 {
                            let id = id(worker * 100 + number);
                            spool.add(&entry(), id).unwrap();
                            acknowledged.lock().unwrap().push(id);
                        }
                    });
                });
            }
            for worker in 0..3 {
                let (spool, desk) = (&spool, &desk);
                scope.spawn(move || {
                    for turn in 0..4 {
                        process(Some((round * 7 + worker * 5 + turn * 3) % 60), || {
                            tell_all(spool, desk);
                        });
                    }
                });
            }
        });
        tell_all(&spool, &desk);
        let told = desk.events();
        for event in acknowledged.into_inner().unwrap() {
            assert_eq!(told.iter().filter(|each| **each == event).count(), 1, "round {round}");
        }
        assert!(is_clean(&spool), "round {round}");
    }
}
