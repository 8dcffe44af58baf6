//! `kill -9` at random moments of an event log: whole chunks stay, and the same
//! command goes on where it stopped.
//!
//! `GITSM_KILLS` sets the number of kills, `GITSM_SEED` the moments.

use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::desk::{Desk, answer};

const MAP: &str = "\
type: incident
key: n
rows: events
event: {time: at, by: who}
fields:
  title: t
  status: state
";

const ROWS: usize = 360;
const CHUNK: usize = 20;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Every ticket has many rows, several of them in the same second.
fn log() -> String {
    let states = ["new", "in_progress", "on_hold", "in_progress", "resolved", "closed"];
    let mut text = "n,at,who,t,state\n".to_owned();
    for n in 0..ROWS {
        let (ticket, second) = (n % 37, n / 3);
        let state = states[(n / 37).min(5)];
        let _ = writeln!(
            text,
            "T{ticket},2016-01-01 {:02}:{:02}:{:02},p{},row {n},{state}",
            second / 3600,
            second / 60 % 60,
            second % 60,
            n % 5
        );
    }
    text
}

fn start(desk: &Desk) -> Child {
    let mut command = desk.command();
    command.args(["--json", "--desk", "desk", "import", "csv", "in.csv", "--map", "map.yaml"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("gitsm starts")
}

#[test]
fn an_import_that_is_killed_goes_on() {
    let kills = setting("GITSM_KILLS", 12);
    let mut numbers = setting("GITSM_SEED", 1);
    let mut below = |limit: u64| {
        numbers =
            numbers.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (numbers >> 33) % limit
    };
    let (mut hit, mut in_between) = (0, 0);
    while hit < kills {
        let desk = Desk::new();
        desk.command_git(&["config", "gitsm.importChunk", &CHUNK.to_string()]);
        std::fs::write(desk.path("in.csv"), log()).expect("a source");
        std::fs::write(desk.path("map.yaml"), MAP).expect("a mapping");
        let before = desk.commits();
        let began = Instant::now();
        let mut span = 600_000;
        loop {
            let mut child = start(&desk);
            sleep(Duration::from_micros(below(span)));
            let alive = child.try_wait().expect("asked").is_none();
            // The process that was started, and no other.
            let _ = child.kill();
            let output = child.wait_with_output().expect("ended");
            if !alive || output.status.success() {
                let done = answer(&output);
                assert_eq!(done.code, 0, "{}", done.err);
                break;
            }
            hit += 1;
            span += span / 8;
            let commits = desk.commits() - before;
            assert!(commits.is_multiple_of(CHUNK) && commits <= ROWS, "{commits} commits");
            in_between += u64::from(commits > 0 && commits < ROWS);
            // What is left over is the next writer's, not a reader's.
            let listed = desk.gitsm(&["--desk", "desk", "list", "--all"]);
            assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
            assert!(began.elapsed() < Duration::from_secs(120), "it never ends");
        }
        let last = answer(&start(&desk).wait_with_output().expect("ended"));
        assert_eq!(last.events(), [0, 0, 37, 0, 0], "{}", last.err);
        assert_eq!(desk.commits() - before, ROWS);
        assert_eq!(desk.command_git(&["status", "--porcelain"]), "");
        let format = "--format=%(trailers:key=Gitsm-Import,valueonly,separator=)";
        let mut lines: Vec<String> = desk
            .command_git(&["log", format])
            .lines()
            .filter_map(|line| Some(line.strip_prefix("in.csv ")?.to_owned()))
            .collect();
        lines.sort();
        lines.dedup();
        assert_eq!(lines.len(), ROWS, "every row once");
        // The file behind the lock on git's index may stay until the next write.
        let new = desk.gitsm(&["--desk", "desk", "incident", "new", "next"]);
        assert!(new.status.success(), "{}", String::from_utf8_lossy(&new.stderr));
        desk.sound();
        assert_eq!(desk.incidents().len(), 37 + 1);
    }
    eprintln!("{hit} imports killed, {in_between} of them between chunks");
    assert!(in_between > 0, "no kill came between the first chunk and the last");
}

#[test]
fn people_may_work_while_an_import_runs() {
    let desk = Desk::new();
    desk.command_git(&["config", "gitsm.importChunk", "20"]);
    std::fs::write(desk.path("in.csv"), log()).expect("a source");
    std::fs::write(desk.path("map.yaml"), MAP).expect("a mapping");
    let mut imports = [start(&desk), start(&desk)];
    let mut made = 0;
    while imports.iter_mut().any(|child| child.try_wait().expect("asked").is_none()) {
        let new = desk.gitsm(&["--desk", "desk", "incident", "new", "in between"]);
        assert!(new.status.success(), "{}", String::from_utf8_lossy(&new.stderr));
        made += 1;
    }
    let mut events = 0;
    for child in imports {
        let done = answer(&child.wait_with_output().expect("ended"));
        assert_eq!(done.code, 0, "{}", done.err);
        events += done.json["events"].as_u64().expect("a number");
    }
    assert!(made > 0);
    assert_eq!(events, ROWS as u64, "each row by one of them");
    assert_eq!(desk.commits(), 1 + ROWS + made, "each row once, whoever brought it in");
    desk.sound();
    let listed = desk.gitsm(&["--json", "--desk", "desk", "list", "--all", "--limit", "1"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!(listed["total"], 37 + made);
}

/// What a killed import leaves may be the name of its objects and the lock of
/// that name at once.
#[test]
fn what_a_killed_import_left_is_in_nobodys_way() {
    let desk = Desk::new();
    std::fs::write(desk.path("in.csv"), log()).expect("a source");
    std::fs::write(desk.path("map.yaml"), MAP).expect("a mapping");
    let names = desk.path("desk/.git/refs/gitsm");
    std::fs::create_dir_all(&names).expect("a folder");
    let head = desk.command_git(&["rev-parse", "HEAD"]);
    for pid in 1..20 {
        std::fs::write(names.join(format!("import-{pid}")), format!("{}\n", head.trim()))
            .expect("a name");
        std::fs::write(names.join(format!("import-{pid}.lock")), "").expect("a lock");
    }
    let done = answer(&start(&desk).wait_with_output().expect("ended"));
    assert_eq!(done.code, 0, "{}", done.err);
    let left = std::fs::read_dir(&names).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing of it is left");
}
