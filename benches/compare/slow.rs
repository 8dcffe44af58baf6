//! What happens seldom or takes long: the index, history, memory, many writers.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use gitsm::model::RecordId;

use crate::cases::{Bench, actions};
use crate::desk::sandbox::{Sandbox, run};
use crate::desk::{self, Fallible, Plan};
use crate::measure::{cost, duel, median, peak};
use crate::table::{Table, Target};

/// Enough where one run takes seconds.
const FEW: usize = 3;
const WRITERS: u64 = 8;
const EACH: u64 = 25;

/// The most memory that reading takes.
pub(crate) fn memory(bench: &Bench<'_>, table: &mut Table) -> Fallible<()> {
    let tree = &bench.stores.ours.tree;
    for args in [&["list"][..], &["search", "printer", "update"], &["list", "--all", "-f", "csv"]] {
        let megabytes = peak(bench.sandbox, &bench.gitsm(tree, args))?;
        let name = format!("memory of {}", args.join(" "));
        let target = Target::new(100.0, 30.0);
        table.figure(&name, bench.size(), (megabytes, "MB"), "largest resident set", target);
    }
    Ok(())
}

/// The derived index, made from nothing.
pub(crate) fn index(bench: &Bench<'_>, table: &mut Table) -> Fallible<()> {
    let size = bench.size();
    if size == 0 {
        return Ok(());
    }
    let bare = &bench.stores.ours.bare;
    let names = bench.stores.dir().join("names");
    let objects = bench.sandbox.ask(bare, &["ls-tree", "-r", "--object-only", "HEAD"])?;
    fs::write(&names, objects + "\n")?;
    let ours = || {
        forget(bare)?;
        Ok(vec![bench.gitsm(bare, &["list"])])
    };
    let theirs = || {
        let mut command = bench.sandbox.git(bare);
        command.args(["cat-file", "--batch", "--buffer"]).stdin(File::open(&names)?);
        Ok(vec![command])
    };
    let target = if size < 100_000 { None } else { Target::new(4.0, 2.0) };
    let pair = duel(FEW, ours, theirs)?;
    table.ratio("index from nothing", size, pair, "git cat-file --batch", target);
    Ok(())
}

/// Removes the derived index of a bare desk.
fn forget(bare: &Path) -> Fallible<()> {
    for entry in fs::read_dir(bare.join("gitsm"))? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("index")) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// What others have written, taken in by the next command: what a list takes
/// longer than it does when nobody has written.
pub(crate) fn catch_up(bench: &Bench<'_>, table: &mut Table) -> Fallible<()> {
    if bench.size() == 0 {
        return Ok(());
    }
    let bare = &bench.stores.ours.bare;
    let list = || cost(&mut [bench.gitsm(bare, &["list"])]);
    list()?;
    let current = (0..9).map(|_| list()).collect::<Fallible<Vec<_>>>()?;
    let current = median(current);
    let mut first = 0;
    let wanted = [(1, 9, Target::new(3.0, 1.5)), (100, 5, Target::new(50.0, 25.0))];
    for (commits, runs, target) in wanted {
        let mut behind = Vec::new();
        for _ in 0..runs {
            actions(bench, bare, first, commits)?;
            first += commits;
            behind.push(list()?);
        }
        let longer = median(behind) - current;
        let name = format!("catch up after {commits} commits by others");
        table.figure(&name, bench.size(), (longer, "ms"), "without the list itself", target);
    }
    Ok(())
}

/// Several people who write at once.
pub(crate) fn writers(bench: &Bench<'_>, table: &mut Table) -> Fallible<()> {
    for (name, bare) in [("bare", true), ("work tree", false)] {
        let store = bench.stores.another(bench.sandbox, &format!("writers-{bare}"), bare)?;
        run(&mut bench.gitsm(&store, &["list"]))?;
        let before = commits(bench.sandbox, &store)?;
        let failed = AtomicU64::new(0);
        let began = Instant::now();
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (store, failed) = (&store, &failed);
                scope.spawn(move || {
                    for nth in 0..EACH {
                        if run(&mut bench.create(store, writer * EACH + nth)).is_err() {
                            failed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        let seconds = began.elapsed().as_secs_f64();
        let landed = commits(bench.sandbox, &store)? - before;
        let remark = format!("by the clock; {landed} of {} landed", WRITERS * EACH);
        let name = format!("{WRITERS} writers x {EACH} creates, {name}");
        if landed != WRITERS * EACH || failed.load(Ordering::Relaxed) > 0 {
            return Err(format!("{name}: only {landed} landed").into());
        }
        table.figure(&name, bench.size(), (seconds, "s"), &remark, None);
        fs::remove_dir_all(store)?;
    }
    Ok(())
}

fn commits(sandbox: &Sandbox, dir: &Path) -> Fallible<u64> {
    Ok(sandbox.ask(dir, &["rev-list", "--count", "HEAD"])?.parse()?)
}

/// The history of one record on a desk with many commits.
pub(crate) fn history(
    sandbox: &Sandbox,
    gitsm: &Path,
    (records, history, seed): (u64, u64, u64),
    runs: usize,
    table: &mut Table,
) -> Fallible<()> {
    let dir: PathBuf = sandbox.path().join("history.git");
    let plan = Plan { gitsm, dir: &dir, records, history, seed, bare: true };
    desk::generate(sandbox, &plan)?;
    run(sandbox.git(&dir).args(["commit-graph", "write", "--reachable", "--changed-paths"]))?;
    let path = sandbox.ask(&dir, &["log", "-1", "--format=", "--name-only", "HEAD~10"])?;
    let id = RecordId::from_path(&path).ok_or("the last commit but ten changed no record")?;
    let id = id.short();
    let command = |args: &[&str]| {
        let mut command = sandbox.command(gitsm);
        command.arg("--quiet").arg("--desk").arg(&dir).args(args);
        command
    };
    // The index of records comes first: what is left is the history.
    run(&mut command(&["list"]))?;
    let built = cost(&mut [command(&["log", "-n", "1"])])?;
    let read = cost(&mut [git(sandbox, &dir, &["log", "--raw", "--format=%H"])])?;
    let name = format!("{history} events from nothing");
    let target = Target::new(1.0 / 3.0, 1.0 / 6.0);
    table.ratio(&name, records, (built, read), "git log --raw", target);
    let ours = || Ok(vec![command(&["log", "-n", "50"])]);
    let theirs = || Ok(vec![git(sandbox, &dir, &["log", "-n", "50"])]);
    let name = format!("the last 50 of {history} events");
    table.ratio(&name, records, duel(runs, ours, theirs)?, "git log -n 50", None);
    past(sandbox, &dir, &command, (records, history, runs), table)?;
    let ours = || Ok(vec![command(&["log", &id])]);
    let theirs = || Ok(vec![git(sandbox, &dir, &["log", "--", &path])]);
    // The targets are for half a million commits; git's share grows with them.
    let target = (history >= 500_000).then(|| Target::new(0.01, 1.0 / 300.0)).flatten();
    let name = format!("log of a record, {history} commits");
    let pair = duel(runs, ours, theirs)?;
    table.ratio(&name, records, pair, "git log -- FILE, Bloom filters", target);
    Ok(fs::remove_dir_all(dir)?)
}

/// The desk as it was half its history ago: the first time, and again.
fn past(
    sandbox: &Sandbox,
    dir: &Path,
    command: &dyn Fn(&[&str]) -> Command,
    (records, history, runs): (u64, u64, usize),
    table: &mut Table,
) -> Fallible<()> {
    let middle = format!("HEAD~{}", history / 2);
    let date = sandbox.ask(dir, &["log", "-1", "--format=%aI", &middle])?;
    let list = || command(&["list", "--at", &date]);
    let first = cost(&mut [list()])?;
    let theirs = || Ok(vec![git(sandbox, dir, &["ls-tree", "-r", &middle])]);
    let (again, tree) = duel(runs, || Ok(vec![list()]), theirs)?;
    let yardstick = "git ls-tree -r";
    table.ratio("list as of a date, the first time", records, (first, tree), yardstick, None);
    let target = if records < 100_000 { None } else { Target::new(2.0, 1.0) };
    table.ratio("list as of a date, again", records, (again, tree), yardstick, target);
    Ok(())
}

fn git(sandbox: &Sandbox, dir: &Path, args: &[&str]) -> Command {
    let mut command = sandbox.git(dir);
    command.args(args).stdout(Stdio::null());
    command
}
