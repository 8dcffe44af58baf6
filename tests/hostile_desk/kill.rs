//! `kill -9` at random moments: what was acknowledged is there, and the next
//! command works as if nothing had happened.
//!
//! `GITSM_KILLS` sets the number of kills, `GITSM_SEED` the moments.

use std::collections::BTreeMap;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::world::{Answer, EVERYWHERE, Kept, Numbers, World};

/// Kills of each kind of desk in an ordinary test run.
const KILLS: u64 = 40;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Lets a process run for `delay` and kills it; gives what it answered, and
/// whether it was still running.
fn kill_after(mut child: Child, delay: Duration) -> (Answer, bool) {
    sleep(delay);
    let alive = child.try_wait().expect("asked").is_none();
    // The process that was started, and no other.
    let _ = child.kill();
    let output = child.wait_with_output().expect("ended");
    let killed = alive && !output.status.success();
    (Answer::of(&output), killed)
}

/// What a record is known to be, from what was acknowledged.
#[derive(Debug, Default)]
struct Known {
    title: String,
    /// A title that a killed process may or may not have set.
    perhaps: Vec<String>,
}

fn campaign(kept: Kept, kills: u64, seed: u64) {
    let world = World::new(kept);
    let mut numbers = Numbers(seed);
    let (mut killed, mut rounds, mut unacknowledged) = (0, 0, 0_usize);
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let start = Instant::now();
    let first = world.gitsm(&["incident", "new", "first"]).ok();
    // In microseconds; follows how long a whole command takes here, so that
    // two of three are hit, anywhere between their first and last moment.
    let mut span = u64::try_from(start.elapsed().as_micros()).unwrap_or(20_000);
    let first = world.full(first.trim());
    known.insert(first, Known { title: "first".into(), ..Known::default() });
    while killed < kills {
        rounds += 1;
        assert!(rounds < kills * 20, "{killed} of {rounds} processes were hit");
        let delay = Duration::from_micros(numbers.below(span));
        let title = format!("round {rounds}");
        let target =
            known.keys().nth(usize::try_from(numbers.below(known.len() as u64)).unwrap_or(0));
        let target = target.cloned().unwrap_or_default();
        let choice = numbers.below(4);
        let set = format!("title={title}");
        let arguments = match choice {
            0 | 1 => vec!["incident", "new", &title],
            2 => vec!["edit", &target, "--set", &set],
            _ => vec!["note", &target, "-m", &title],
        };
        let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let child = world.command(&words).spawn().expect("started");
        let (answer, was_killed) = kill_after(child, delay);
        killed += u64::from(was_killed);
        span = if was_killed { span + span / 16 } else { span - span / 8 }.clamp(1_000, 500_000);
        match (choice, answer.code) {
            (0 | 1, _) if answer.out.ends_with('\n') => {
                let id = world.full(answer.out.trim());
                known.insert(id, Known { title, ..Known::default() });
            }
            (0 | 1, _) => unacknowledged += 1,
            (2, Some(0)) => {
                known.insert(target, Known { title, ..Known::default() });
            }
            (2, _) => known.entry(target).or_default().perhaps.push(title),
            _ => {}
        }
        assert!(was_killed || answer.code == Some(0), "{arguments:?} {answer:?}");
        // Now and then somebody looks at the desk as the kill left it.
        if numbers.below(5) == 0 {
            let listed = world.ids();
            assert!(known.keys().all(|id| listed.contains(id)), "{kept:?} round {rounds}");
        }
    }
    // The next writer needs no repair.
    let last = world.incident("last");
    known.insert(last, Known { title: "last".into(), ..Known::default() });
    world.check();
    let records = world.record_paths();
    for (id, known) in &known {
        assert!(records.contains(&World::path(id)), "{id} was acknowledged and is lost");
        let shown = world.gitsm(&["show", id, "--json"]).ok();
        let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        let title = shown["record"]["title"].as_str().expect("a title");
        let expected = title == known.title || known.perhaps.iter().any(|one| one == title);
        assert!(expected, "{id} is `{title}`, not {known:?}");
    }
    let extra = records.len() - known.len();
    assert!(extra <= unacknowledged, "{extra} records that nobody asked for");
    assert_eq!(world.ids().len(), records.len());
    let subjects =
        world.git(&["log", "--format=%(trailers:key=Gitsm-Action,valueonly)", world.trunk()]);
    let new = subjects.lines().filter(|line| *line == "new").count();
    assert_eq!(new, records.len(), "one commit for each record");
    let left: Vec<_> = std::fs::read_dir(world.state_dir())
        .expect("read")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("index.") && name != "lock")
        .collect();
    assert!(left.is_empty(), "left over: {left:?}");
    eprintln!("{kept:?}: {killed} of {rounds} processes killed, {} records", records.len());
}

#[test]
fn killed_at_random_in_a_work_tree() {
    campaign(Kept::WorkTree, setting("GITSM_KILLS", KILLS), setting("GITSM_SEED", 1));
}

#[test]
fn killed_at_random_without_a_work_tree() {
    for kept in EVERYWHERE.into_iter().filter(|kept| *kept != Kept::WorkTree) {
        campaign(kept, setting("GITSM_KILLS", KILLS) / 4, setting("GITSM_SEED", 2));
    }
}

#[test]
fn killed_among_other_writers() {
    // Some processes are killed while others, which are not, must all succeed.
    let world = World::new(Kept::WorkTree);
    let kills = setting("GITSM_KILLS", KILLS) / 4;
    let survivors = std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            let mut numbers = Numbers(setting("GITSM_SEED", 3));
            for n in 0..kills {
                let child = world.command(&["incident", "new", &format!("victim {n}")]).spawn();
                kill_after(child.expect("started"), Duration::from_micros(numbers.below(40_000)));
            }
        });
        let mut survivors = Vec::new();
        while !killer.is_finished() {
            survivors.push(world.gitsm(&["incident", "new", "survivor"]).ok());
        }
        killer.join().expect("killed");
        survivors
    });
    let last = world.incident("last");
    let titles = world.gitsm(&["list", "-n", "0", "--template", "{{ title }}"]).ok();
    let alive = titles.lines().filter(|title| *title == "survivor").count();
    assert_eq!(alive, survivors.len());
    assert!(world.ids().contains(&last));
    assert_eq!(world.commits(), world.record_paths().len() + 1);
    world.check();
}
