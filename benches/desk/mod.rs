//! Desks of any size, the same from the same seed (all but the desk's own id).
//!
//! `gitsm init` makes the desk, so that its settings are the real ones; the
//! records are written by gitsm's own library, so that they are canonical, and
//! go in as one commit through `git fast-import`.

mod history;
mod random;
mod record;
pub(crate) mod sandbox;
pub(crate) mod stream;
mod text;

use std::path::Path;

use gitsm::format;
use gitsm::model::PersonId;
use gitsm::policy::event::{self, RecordChange};

pub(crate) use history::History;
pub(crate) use record::{Fallible, Records};
use sandbox::{Sandbox, run};
use stream::{Author, Stream};

/// The desk to make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    /// The program that starts the desk.
    pub(crate) gitsm: &'a Path,
    /// A folder that does not exist yet, or is empty.
    pub(crate) dir: &'a Path,
    pub(crate) records: u64,
    /// Commits after the one that brings the records.
    pub(crate) history: u64,
    pub(crate) seed: u64,
    pub(crate) bare: bool,
}

/// What was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) records: Records,
    /// The bytes of all records' YAML.
    pub(crate) bytes: u64,
}

/// From this many commits on, the desk is packed as git's own housekeeping
/// would have packed it in the meantime.
const PACK_FROM: u64 = 5_000;

/// Makes the desk.
pub(crate) fn generate(sandbox: &Sandbox, plan: &Plan<'_>) -> Fallible<Made> {
    let mut init = sandbox.command(plan.gitsm);
    init.args(["--quiet", "init"]).arg(plan.dir).args([
        "--profile",
        "service-desk",
        "--name",
        "Benchmark",
    ]);
    if plan.bare {
        init.arg("--bare");
    }
    run(&mut init)?;
    let branch = sandbox.ask(plan.dir, &["symbolic-ref", "--short", "HEAD"])?;
    let records = Records::new(plan.seed, plan.records);
    let bytes = match plan.records {
        0 => 0,
        _ => import(sandbox, plan.dir, &branch, records)?,
    };
    if plan.history > 0 && plan.records > 0 {
        let mut history = history(sandbox, plan.dir, records, plan.seed, plan.history)?;
        let tip = format!("refs/heads/{branch}^0");
        let mut stream = Stream::open(sandbox, plan.dir)?;
        for place in 0..plan.history {
            let from = (place == 0).then_some(tip.as_str());
            stream.write(&history.commit(place, &branch, from)?)?;
        }
        stream.finish()?;
    }
    if plan.history >= PACK_FROM {
        run(sandbox.git(plan.dir).args(["repack", "-a", "-d", "-f", "-q"]))?;
    }
    if !plan.bare {
        run(sandbox.git(plan.dir).args(["reset", "-q", "--hard"]))?;
    }
    Ok(Made { records, bytes })
}

/// Actions on the records of the desk at `dir`.
pub(crate) fn history(
    sandbox: &Sandbox,
    dir: &Path,
    records: Records,
    seed: u64,
    count: u64,
) -> Fallible<History> {
    let desk = sandbox.ask(dir, &["show", "HEAD:.gitsm/desk.yaml"])?;
    History::new(records, seed, count, &format!("{desk}\n"))
}

fn import(sandbox: &Sandbox, dir: &Path, branch: &str, records: Records) -> Fallible<u64> {
    let count = records.count();
    let tip = format!("refs/heads/{branch}^0");
    let author = Author { id: "alice", at: record::MOVED_AT };
    let message = import_message(sandbox, dir, records)?;
    let mut stream = Stream::open(sandbox, dir)?;
    stream.write(&stream::commit(branch, Some(&tip), author, &message))?;
    let mut bytes = 0;
    for place in 0..count {
        let record = records.record(place)?;
        let text = format::write_record(&record)?;
        bytes += text.len() as u64;
        stream.write(&stream::file(&record.id().path(), &text))?;
    }
    stream.finish()?;
    Ok(bytes)
}

/// What gitsm says of an import: the names of the first hundred records.
fn import_message(sandbox: &Sandbox, dir: &Path, records: Records) -> Fallible<String> {
    let named = (0..records.count().min(101)).map(|place| records.record(place));
    let named = named.collect::<Fallible<Vec<_>>>()?;
    let count = usize::try_from(records.count())?;
    let changes: Vec<RecordChange<'_>> = (0..count)
        .filter_map(|place| named.get(place).or(named.last()))
        .map(|after| RecordChange { before: None, after })
        .collect();
    let policy = history(sandbox, dir, records, 0, 0)?.into_policy();
    Ok(event::message(&policy, &changes, Some("import"), &PersonId::new("alice")?))
}
