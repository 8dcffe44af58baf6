//! Measures gitsm against git on the same work, side by side in one run:
//! `cargo bench --bench compare -- --sizes 0,1000`. See docs/performance.md.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program of its own")]

mod cases;
#[path = "../desk/mod.rs"]
mod desk;
mod machine;
mod measure;
mod slow;
mod stores;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use cases::Bench;
use desk::Fallible;
use desk::sandbox::Sandbox;
use stores::Stores;
use table::Table;

/// Measure gitsm against git on the same work
#[derive(Debug, Parser)]
#[command(name = "compare")]
struct Args {
    /// How many records the desks hold
    #[arg(long, value_delimiter = ',', default_values_t = [0, 1000, 10_000, 100_000])]
    sizes: Vec<u64>,
    /// Medians are of so many runs, after two to warm up
    #[arg(long, default_value_t = 21)]
    runs: usize,
    /// Commits for the history of one record, on the largest desk; 0 for none
    #[arg(long, default_value_t = 20_000)]
    history: u64,
    /// Leave out what takes long: the index, the history, many writers
    #[arg(long)]
    quick: bool,
    /// The same seed makes the same records
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The day of the run, to be printed with the figures
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Where to keep the desks while measuring
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// The gitsm to measure
    #[arg(long, value_name = "FILE", default_value = env!("CARGO_BIN_EXE_gitsm"))]
    gitsm: PathBuf,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    if let Some(command) = measure::asked_for_peak() {
        return measure::tell_peak(&command);
    }
    let args = Args::parse();
    if !args.bench {
        println!("compare: run it with `cargo bench --bench compare`; nothing was measured");
        return ExitCode::SUCCESS;
    }
    match compare(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(args: &Args) -> Fallible<()> {
    let sandbox = Sandbox::new(args.temp.as_deref())?;
    let gitsm = installed(&sandbox, &args.gitsm)?;
    machine::print(&sandbox, &gitsm, args.date.as_deref())?;
    let mut table = Table::new();
    let largest = args.sizes.iter().max().copied().unwrap_or_default();
    for &size in &args.sizes {
        let stores = Stores::make(&sandbox, &gitsm, size, args.seed)?;
        let bench = Bench { sandbox: &sandbox, gitsm: &gitsm, stores: &stores, runs: args.runs };
        cases::read(&bench, &mut table)?;
        cases::write(&bench, &mut table)?;
        slow::memory(&bench, &mut table)?;
        if !args.quick {
            slow::index(&bench, &mut table)?;
            slow::catch_up(&bench, &mut table)?;
            slow::writers(&bench, &mut table)?;
        }
        stores.remove()?;
        if !args.quick && args.history > 0 && size == largest && size > 0 {
            eprintln!("desk of {size} records and {} commits ...", args.history);
            slow::history(
                &sandbox,
                &gitsm,
                (size, args.history, args.seed),
                args.runs,
                &mut table,
            )?;
        }
    }
    table.end();
    machine::print_load();
    Ok(())
}

/// A copy of the program, as everybody has who installed it, git's included. A
/// linker writes its file piece by piece, and so it lies in the disk cache: each
/// start of it takes a tenth longer.
fn installed(sandbox: &Sandbox, built: &Path) -> Fallible<PathBuf> {
    let copy = sandbox.path().join("bin").join("gitsm");
    fs::create_dir_all(sandbox.path().join("bin"))?;
    fs::copy(built, &copy)?;
    Ok(copy)
}
