//! What a command costs: processor time and memory of whole processes, as the
//! kernel counts them.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use crate::desk::Fallible;
use crate::desk::sandbox::{Sandbox, run};

/// Runs that only warm the caches.
const WARM_UP: usize = 2;
/// Tells this program to be the parent of one measured process.
const PEAK: &str = "--peak-of";

/// What all children so far took: processor time, user and system, in
/// milliseconds, and the most memory that one of them held, in kB.
#[cfg(unix)]
fn children() -> Fallible<(f64, f64)> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Kilobytes, but bytes on Apple's systems.
    let unit = if cfg!(target_vendor = "apple") { 1024.0 } else { 1.0 };
    Ok((micros as f64 / 1000.0, usage.max_rss() as f64 / unit))
}

#[cfg(not(unix))]
fn children() -> Fallible<(f64, f64)> {
    Err("this system does not tell what child processes took".into())
}

/// The processor time of these commands, one after the other, with whatever
/// they start and wait for, in milliseconds.
pub(crate) fn cost(commands: &mut [Command]) -> Fallible<f64> {
    let before = children()?.0;
    for command in commands {
        run(command)?;
    }
    Ok(children()?.0 - before)
}

/// The median cost of each side, in milliseconds, by turns, so that a change of
/// the machine's mood hits both. What a side does to prepare its commands
/// is not counted.
pub(crate) fn duel(
    runs: usize,
    mut ours: impl FnMut() -> Fallible<Vec<Command>>,
    mut theirs: impl FnMut() -> Fallible<Vec<Command>>,
) -> Fallible<(f64, f64)> {
    let (mut a, mut b) = (Vec::with_capacity(runs), Vec::with_capacity(runs));
    for turn in 0..runs + WARM_UP {
        let (left, right) = (cost(&mut ours()?)?, cost(&mut theirs()?)?);
        if turn >= WARM_UP {
            a.push(left);
            b.push(right);
        }
    }
    Ok((median(a), median(b)))
}

/// The middle one; 0 of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (Some(upper), 0) => f64::midpoint(*upper, values[middle - 1]),
        (Some(value), _) => *value,
        (None, _) => 0.0,
    }
}

/// The most memory that `command` holds at a time, in MB.
///
/// The kernel tells the peak of the largest child only, and counts in what the
/// parent held when it started the child; so a fresh and small process
/// of this program starts the command and tells.
pub(crate) fn peak(sandbox: &Sandbox, command: &Command) -> Fallible<f64> {
    let mut parent = sandbox.command(&env::current_exe()?);
    parent.arg(PEAK).arg(command.get_program()).args(command.get_args());
    let output = parent.stdout(std::process::Stdio::piped()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed").into());
    }
    let kilobytes: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(kilobytes / 1000.0)
}

/// The command whose peak this process is to tell, if that is its job.
pub(crate) fn asked_for_peak() -> Option<Vec<OsString>> {
    let mut args = env::args_os().skip(1);
    (args.next()? == PEAK).then(|| args.collect())
}

/// Runs the command and prints its peak in kB.
pub(crate) fn tell_peak(command: &[OsString]) -> ExitCode {
    let peak = || -> Fallible<f64> {
        let (program, args) = command.split_first().ok_or("no command")?;
        run(Command::new(program).args(args).stdout(std::process::Stdio::null()))?;
        Ok(children()?.1)
    };
    match peak() {
        Ok(kilobytes) => {
            println!("{kilobytes}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
