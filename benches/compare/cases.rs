//! What people do all day: look at records, and write them.

use std::cell::Cell;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::desk::sandbox::{Sandbox, run};
use crate::desk::stream::{self, Author};
use crate::desk::{self, Fallible};
use crate::measure::duel;
use crate::stores::Stores;
use crate::table::{Table, Target};

/// What all measurements need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bench<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) gitsm: &'a Path,
    pub(crate) stores: &'a Stores,
    pub(crate) runs: usize,
}

impl Bench<'_> {
    /// Gitsm on the desk at `dir`.
    pub(crate) fn gitsm(&self, dir: &Path, args: &[&str]) -> Command {
        let mut command = self.sandbox.command(self.gitsm);
        command.arg("--quiet").arg("--desk").arg(dir).args(args);
        command
    }

    pub(crate) fn size(&self) -> u64 {
        self.stores.records.count()
    }

    /// The id of an incident in the middle of the desk at `dir`; one is made
    /// where it has none.
    pub(crate) fn subject(&self, dir: &Path) -> Fallible<String> {
        if self.size() > 0 {
            return Ok(self.stores.records.id(self.size() / 2 + 1).short());
        }
        run(&mut self.create(dir, 0))?;
        let output = self.gitsm(dir, &["list", "-f", "ids"]).stdout(Stdio::piped()).output()?;
        let ids = String::from_utf8(output.stdout)?;
        Ok(ids.lines().next().ok_or("a new record is not listed")?.to_owned())
    }

    /// A new incident, as somebody at the desk would write it down.
    pub(crate) fn create(&self, dir: &Path, number: u64) -> Command {
        let title = format!("Printer {number} shows an error after the update");
        let mut command = self.gitsm(dir, &["incident", "new", &title]);
        command.args(["--impact", "medium", "--urgency", "high", "--service", "printing"]);
        command.args(["--category", "hardware/printer", "--assignee", "alice", "--team", "apps"]);
        command.args(["-m", "Paper and toner are fine.\nIt began this morning.\n"]);
        command
    }
}

/// The commands that only read, in the work tree.
pub(crate) fn read(bench: &Bench<'_>, table: &mut Table) -> Fallible<()> {
    let (tree, size) = (&bench.stores.ours.tree, bench.size());
    let id = bench.subject(tree)?;
    // The index is made beforehand: it is measured apart.
    run(&mut bench.gitsm(tree, &["view", "save", "alices", "assignee:alice status:open"]))?;
    run(&mut bench.gitsm(tree, &["list"]))?;
    let reads: [(&str, &[&str]); 11] = [
        ("show", &["show", &id]),
        ("list", &["list"]),
        ("list, newest 50 of all", &["list", "--all", "-n", "50", "--sort", "-opened"]),
        ("list by assignee and state", &["list", "-a", "alice", "-S", "open"]),
        ("list of a saved view", &["list", "@alices"]),
        ("list as of a commit", &["list", "--at", "HEAD~1"]),
        ("list by words and age", &["list", "certificate", "age:>30d"]),
        ("count", &["list", "status:open", "priority:<=P2", "-n", "1", "--json"]),
        ("report summary", &["report", "summary"]),
        ("search for two words", &["search", "certificate", "expired"]),
        ("search for two frequent words", &["search", "printer", "update"]),
    ];
    for (name, args) in reads {
        let (yardstick, git, target): (&str, &[&str], _) = match name {
            "show" => ("git rev-parse HEAD", &["rev-parse", "HEAD"], Target::new(3.0, 1.5)),
            "list as of a commit" if size == 100_000 => {
                ("git ls-tree -r", &["ls-tree", "-r", "HEAD~1"], Target::new(2.0, 1.0))
            }
            // Of a small desk, git reads the whole index in no time. A report has
            // its own target, in seconds.
            _ if size < 100_000 || name == "report summary" => {
                ("git ls-files", &["ls-files"], None)
            }
            _ => ("git ls-files", &["ls-files"], Target::new(0.2, 0.1)),
        };
        let ours = || Ok(vec![bench.gitsm(tree, args)]);
        let theirs = || {
            let mut command = bench.sandbox.git(tree);
            command.args(git);
            Ok(vec![command])
        };
        table.ratio(name, size, duel(bench.runs, ours, theirs)?, yardstick, target);
    }
    Ok(())
}

/// The commands that write, without a work tree and with one.
pub(crate) fn write(bench: &Bench<'_>, table: &mut Table) -> Fallible<()> {
    let size = bench.size();
    let number = Cell::new(0);
    let count = || {
        number.set(number.get() + 1);
        number.get()
    };
    let edit = |dir: &Path, id: &str| {
        let value = format!("team=team-{}", count());
        Ok(vec![bench.gitsm(dir, &["edit", id, "--set", &value])])
    };

    let bare = &bench.stores.ours.bare;
    let target = Target::new(0.6, 0.35);
    let id = bench.subject(bare)?;
    let yardstick = "git fast-import";
    let ours = || Ok(vec![bench.create(bare, count())]);
    let pair = duel(bench.runs, ours, || import(bench, None))?;
    table.ratio("create, bare", size, pair, yardstick, target);
    let (path, text) = bench.stores.fresh()?;
    cost_nothing(import(bench, Some((&path, &text)))?)?;
    let changed = || import(bench, Some((&path, &format!("{text}# {}\n", count()))));
    let pair = duel(bench.runs, || edit(bare, &id), changed)?;
    table.ratio("edit, bare", size, pair, yardstick, target);

    let tree = &bench.stores.ours.tree;
    let target = match size {
        100_000.. => Target::new(1.0 / 2.0, 1.0 / 18.0),
        10_000.. => Target::new(1.0 / 3.0, 1.0 / 10.0),
        _ => Target::new(1.0 / 3.0, 1.0 / 6.0),
    };
    let id = bench.subject(tree)?;
    let yardstick = "git add, git commit";
    let ours = || Ok(vec![bench.create(tree, count())]);
    let pair = duel(bench.runs, ours, || commit(bench, None))?;
    table.ratio("create, work tree", size, pair, yardstick, target);
    let (path, text) = bench.stores.fresh()?;
    cost_nothing(commit(bench, Some((&path, &text)))?)?;
    let changed = || commit(bench, Some((&path, &format!("{text}# {}\n", count()))));
    let pair = duel(bench.runs, || edit(tree, &id), changed)?;
    table.ratio("edit, work tree", size, pair, yardstick, target);
    Ok(())
}

/// Runs what only prepares.
fn cost_nothing(commands: Vec<Command>) -> Fallible<()> {
    commands.into_iter().try_for_each(|mut command| run(&mut command))
}

const MESSAGE: &str = "INC-7K3F9Q edit: Printer shows an error\n\nGitsm-Action: edit\n";

/// One commit of this file, or of a new one, by `git fast-import`, bare.
fn import(bench: &Bench<'_>, file: Option<(&str, &str)>) -> Fallible<Vec<Command>> {
    let stores = bench.stores;
    let (path, content) = match file {
        Some((path, content)) => (path.to_owned(), content.to_owned()),
        None => stores.fresh()?,
    };
    let tip = format!("refs/heads/{}^0", stores.branch);
    let author = Author { id: "alice", at: 1_763_800_000 };
    let mut text = stream::commit(&stores.branch, Some(&tip), author, MESSAGE);
    text.push_str(&stream::file(&path, &content));
    let input = stores.dir().join("stream");
    fs::write(&input, text)?;
    let mut command = bench.sandbox.git(&stores.theirs.bare);
    command.args(["fast-import", "--quiet"]).stdin(File::open(&input)?);
    Ok(vec![command])
}

/// One commit of this file, or of a new one, as a person would do it by hand.
fn commit(bench: &Bench<'_>, file: Option<(&str, &str)>) -> Fallible<Vec<Command>> {
    let (path, content) = match file {
        Some((path, content)) => (path.to_owned(), content.to_owned()),
        None => bench.stores.fresh()?,
    };
    let tree = &bench.stores.theirs.tree;
    let place = tree.join(&path);
    fs::create_dir_all(place.parent().ok_or("a record has no folder")?)?;
    fs::write(place, content)?;
    let (mut add, mut commit) = (bench.sandbox.git(tree), bench.sandbox.git(tree));
    add.args(["add", "--", &path]);
    commit.args(["commit", "-q", "-m", MESSAGE]);
    Ok(vec![add, commit])
}

/// So many actions on the desk at `dir` that gitsm did not do itself.
pub(crate) fn actions(bench: &Bench<'_>, dir: &Path, first: u64, count: u64) -> Fallible<()> {
    let stores = bench.stores;
    let mut history = desk::history(bench.sandbox, dir, stores.records, stores.seed, 1 << 20)?;
    let tip = format!("refs/heads/{}^0", stores.branch);
    let mut import = stream::Stream::open(bench.sandbox, dir)?;
    for place in 0..count {
        let from = (place == 0).then_some(tip.as_str());
        import.write(&history.commit(first + place, &stores.branch, from)?)?;
    }
    import.finish()
}
