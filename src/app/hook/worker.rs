//! A process of its own that tells the desk what the spool holds, so that
//! nobody who pushes waits for it.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use crate::config::{self, hook};

/// What the worker has said about one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Done(Vec<String>),
    Kept(Vec<String>),
    SetAside(Vec<String>),
}

#[derive(Deserialize)]
struct Report {
    done: Vec<Line>,
    kept: Vec<Line>,
    set_aside: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    name: String,
    lines: Vec<String>,
}

/// Starts the worker and does not wait for it. It holds on to nothing of the
/// hook's: git waits until everybody has closed what it listens to.
fn start(output: Stdio) -> Option<std::process::Child> {
    let mut command = Command::new(config::program()?);
    command.args(["hook", "drain", "--json"]);
    for name in hook::git_variables() {
        command.env_remove(name);
    }
    command.env_remove(hook::PROBE).env_remove("GITSM_DESK").current_dir("/");
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).spawn().ok()
}

/// Starts the worker.
pub fn start_quietly() {
    let _ = start(Stdio::null());
}

/// Starts the worker and gives it `wait` to say what has become of the entry
/// `name`; none if it takes longer.
pub fn ask(name: &str, wait: Duration) -> Option<Said> {
    let mut child = start(Stdio::piped())?;
    let mut output = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        if output.read_to_string(&mut text).is_ok() {
            let _ = sender.send(text);
        }
    });
    let report: Report = serde_json::from_str(&receiver.recv_timeout(wait).ok()?).ok()?;
    let find = |lines: Vec<Line>| lines.into_iter().find(|line| line.name == name);
    find(report.done)
        .map(|line| Said::Done(line.lines))
        .or_else(|| find(report.kept).map(|line| Said::Kept(line.lines)))
        .or_else(|| find(report.set_aside).map(|line| Said::SetAside(line.lines)))
}
