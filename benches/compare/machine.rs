//! On what the figures were taken.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::available_parallelism;

use crate::desk::Fallible;
use crate::desk::sandbox::Sandbox;

/// Prints machine, programs and date.
pub(crate) fn print(sandbox: &Sandbox, gitsm: &Path, date: Option<&str>) -> Fallible<()> {
    let version = |program: &Path| -> Fallible<String> {
        let output = sandbox.command(program).arg("--version").stdout(Stdio::piped()).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let cores = available_parallelism()?;
    println!("machine: {}, {cores} cores, {} {}", processor(), std::env::consts::OS, kernel());
    println!("programs: {}, {}", version(gitsm)?, version(Path::new("git"))?);
    if let Some(date) = date {
        println!("date: {date}");
    }
    print_load();
    println!();
    Ok(())
}

/// Prints how busy the machine is with other work, where the system tells.
pub(crate) fn print_load() {
    if let Ok(load) = fs::read_to_string("/proc/loadavg") {
        let averages: Vec<&str> = load.split_whitespace().take(3).collect();
        println!("load: {}", averages.join(" "));
    }
}

fn processor() -> String {
    let told = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = told.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

fn kernel() -> String {
    let told = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    told.trim().to_owned()
}
