//! Makes a desk to try things on or to measure with:
//! `cargo bench --bench generate -- --records 100000 --out desk`.
#![allow(clippy::print_stdout, reason = "a program of its own that tells what it made")]

mod desk;

use std::path::{Path, PathBuf};

use clap::Parser;

use desk::sandbox::Sandbox;
use desk::{Fallible, Plan};

/// Make a desk full of invented records
#[derive(Debug, Parser)]
#[command(name = "generate")]
struct Args {
    /// How many records
    #[arg(long, default_value_t = 1000)]
    records: u64,
    /// How many commits after the one that brings the records
    #[arg(long, default_value_t = 0)]
    history: u64,
    /// The same seed makes the same records
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Make no work tree
    #[arg(long)]
    bare: bool,
    /// Where; a new or empty folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The gitsm that starts the desk
    #[arg(long, value_name = "FILE", default_value = env!("CARGO_BIN_EXE_gitsm"))]
    gitsm: PathBuf,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Fallible<()> {
    let args = Args::parse();
    let Some(out) = &args.out else {
        println!("generate: say where with --out DIR; nothing was made");
        return Ok(());
    };
    let sandbox = Sandbox::new(None)?;
    let plan = Plan {
        gitsm: &std::path::absolute(&args.gitsm)?,
        dir: &std::path::absolute(out)?,
        records: args.records,
        history: args.history,
        seed: args.seed,
        bare: args.bare,
    };
    let made = desk::generate(&sandbox, &plan)?;
    let average = made.bytes / made.records.count().max(1);
    println!("{}: {} records of {average} bytes", show(out), made.records.count());
    Ok(())
}

fn show(path: &Path) -> String {
    path.display().to_string()
}
