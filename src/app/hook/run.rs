//! `gitsm hook run`: what happens when git runs one of our hooks.
//!
//! What git has told is read once, at the beginning, and kept as data. The desk
//! is opened by its absolute path, and nothing that git has set for the hooked
//! repository reaches it or any program that is started for it. Nothing is
//! written before git has let a push in: until then what is pushed may still
//! vanish, and git forbids it.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::desk::{self, Desk};
use super::event::Event;
use super::gate;
use super::input::{Input, read_whole};
use super::later;
use super::limit;
use super::lines::Lines;
use super::message;
use super::spool::{self, Entry, Pusher, Spool};
use super::worker::{self, Said};
use crate::config::Environment;
use crate::config::hook::HookEnvironment;
use crate::error::ErrorKind;
use crate::outcome::HookRunView;
use crate::store::hooks::CodeRepository;
use crate::store::{StoreError, forget_variables};

/// git may go on.
pub(super) const DONE: u8 = 0;
/// git may not go on.
pub(super) const REFUSED: u8 = ErrorKind::Refused.exit_code();
/// A hook that was there before has ended in a way that says nothing.
const FAILED: u8 = 1;

/// What a hook answers to the question who it is. No other answer has this
/// code, so that asking never lets anything pass.
pub const PROBED: u8 = 79;
/// What the answer begins with.
pub const PROBE_ANSWER: &str = "gitsm-hook-probe";

/// How long whoever pushes may wait to hear which change was raised.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// What to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    pub event: Event,
    /// What git has given to the hook.
    pub arguments: Vec<OsString>,
    /// A hook that was there before, to be run first.
    pub after: Option<PathBuf>,
    /// The desk that was named, for repositories that name none.
    pub desk: Option<PathBuf>,
}

/// What one run knows.
pub(super) struct Hook<'a> {
    pub environment: &'a Environment,
    pub told: HookEnvironment,
    pub options: &'a RunOptions,
    /// Called when it takes long.
    pub slow: &'a dyn Fn(),
}

/// Runs the hook; `slow` is called when it takes long.
pub fn run(
    environment: &Environment,
    told: HookEnvironment,
    options: &RunOptions,
    slow: &dyn Fn(),
) -> HookRunView {
    if let Some(question) = &told.probe {
        let question: String = question.chars().filter(char::is_ascii_alphanumeric).collect();
        let version = env!("CARGO_PKG_VERSION");
        let line = format!("{PROBE_ANSWER} {question} {} {version}", options.event);
        return answer(options.event, PROBED, vec![line]);
    }
    forget_variables(told.variables.clone());
    let event = options.event;
    if event == Event::ReferenceTransaction && options.after.is_none() {
        return answer(event, DONE, Vec::new());
    }
    let mut lines = Lines::default();
    let mut before = None;
    if let Some(path) = options.after.as_deref().filter(|path| runs(path)) {
        match start(path, &options.arguments) {
            Ok(child) => before = Some(child),
            // As git: what was to be asked and cannot be is no yes.
            Err(error) => {
                lines.say(&format!("cannot run {}: {error}", path.display()));
                if !event.is_after() {
                    return answer(event, FAILED, lines.take());
                }
            }
        }
    }
    let hook = Hook { environment, told, options, slow };
    let (bytes, is_cut) = match hook.read(before.as_mut()) {
        Ok(read) => read,
        Err(error) => {
            lines.say(&format!("cannot read what git says: {error}"));
            let code = if event.is_gate() { REFUSED } else { DONE };
            return answer(event, code, lines.take());
        }
    };
    let code = before.map_or(DONE, ended);
    // Where it says no there is nothing left to ask.
    let stops = code != DONE && !event.is_after();
    // What gitsm itself has started is none of a person's doing; what moved is
    // told, whoever did it.
    let own = hook.told.inside && !event.is_gate() && event != Event::PostReceive;
    if stops || own || event == Event::ReferenceTransaction {
        return answer(event, code, lines.take());
    }
    let input = match event {
        Event::Update => Input::of_arguments(&options.arguments),
        Event::PrePush if bytes.is_empty() && hook.told.push_is_kept => {
            Input { is_kept: true, ..Input::default() }
        }
        _ if event.reads_input() => Input::parse(event, &bytes, is_cut),
        _ => Input::default(),
    };
    let own = match event {
        Event::CommitMsg => hook.commit_msg(&mut lines),
        Event::PrePush | Event::PreReceive | Event::Update => gate::run(&hook, input, &mut lines),
        Event::PostReceive => hook.post_receive(input, &mut lines),
        _ => DONE,
    };
    if matches!(event, Event::PostCommit | Event::PostMerge | Event::PrePush) {
        later::catch_up_quietly(hook.environment);
    }
    answer(event, if own == DONE { code } else { own }, lines.take())
}

fn answer(event: Event, code: u8, lines: Vec<String>) -> HookRunView {
    let allowed = code == DONE;
    HookRunView { schema: HookRunView::SCHEMA, event: event.name(), allowed, code, lines }
}

/// Whether git would run this file as a hook: what it would not run is not run by
/// us.
fn runs(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let runs = |data: std::fs::Metadata| data.is_file() && data.permissions().mode() & 0o111 != 0;
    std::fs::metadata(path).is_ok_and(runs)
}

/// Starts the hook that was there before, with everything that git has set for it.
fn start(path: &Path, arguments: &[OsString]) -> io::Result<Child> {
    let command = |mut command: Command| command.args(arguments).stdin(Stdio::piped()).spawn();
    match command(Command::new(path)) {
        // A script without a first line that says what reads it.
        Err(error) if error.raw_os_error() == Some(8) => {
            let mut shell = Command::new("sh");
            shell.arg(path);
            command(shell)
        }
        started => started,
    }
}

/// The exit code with which the hook has ended that was there before.
fn ended(mut child: Child) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let Ok(status) = child.wait() else { return FAILED };
    let signal = || status.signal().map_or(1, |signal| 128 + signal);
    u8::try_from(status.code().unwrap_or_else(signal)).unwrap_or(FAILED)
}

impl Hook<'_> {
    /// Reads what git says, and passes it on. A hook that was there before may take
    /// its time to read; otherwise only whoever has started us, and has left the
    /// input open, can make it last.
    fn read(&self, before: Option<&mut Child>) -> io::Result<(Vec<u8>, bool)> {
        if !self.options.event.reads_input() || io::stdin().is_terminal() {
            drop(before.and_then(|child| child.stdin.take()));
            return Ok((Vec::new(), false));
        }
        if let Some(child) = before {
            let copy = child.stdin.take();
            return read_whole(io::stdin().lock(), copy);
        }
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let _ = sender.send(read_whole(io::stdin().lock(), None::<ChildStdin>));
        });
        if let Ok(read) = receiver.recv_timeout(limit::LEAST) {
            return read;
        }
        let repository = self.repository().ok().flatten();
        let hard = repository.map_or(limit::HARD, |repository| limit::hard(&repository));
        receiver.recv_timeout(hard - limit::LEAST).unwrap_or_else(|_| {
            let wait = hard.as_secs();
            Err(io::Error::other(format!("the input has not ended in {wait} seconds")))
        })
    }

    /// The repository whose hook this is; none, where there is none.
    ///
    /// # Errors
    ///
    /// There is one, and it cannot be used.
    pub fn repository(&self) -> Result<Option<CodeRepository>, StoreError> {
        let mut failure = None;
        if let Some(named) = &self.told.git_dir {
            match CodeRepository::at(named) {
                Ok(repository) => return Ok(Some(repository)),
                Err(StoreError::NotARepository { .. }) => {}
                Err(error) => failure = Some(error),
            }
        }
        match (CodeRepository::around(&self.environment.cwd), failure) {
            (Ok(repository), None) => Ok(Some(repository)),
            (Err(StoreError::NotARepository { .. }), None) => Ok(None),
            (Err(error), None) | (_, Some(error)) => Err(error),
        }
    }

    /// The folder of gitsm's in a repository that cannot be used.
    pub fn state_dir(&self) -> Option<PathBuf> {
        let around = self.told.git_dir.as_ref().unwrap_or(&self.environment.cwd);
        CodeRepository::state_dir_around(around)
    }

    /// The desk's folder, if the repository has a desk.
    pub fn desk_folder(&self, repository: &CodeRepository) -> Option<PathBuf> {
        let named = self.options.desk.as_ref().map(|path| self.environment.cwd.join(path));
        desk::folder(repository, named.as_deref())
    }

    /// Who pushes.
    pub fn by(&self) -> Option<Pusher> {
        let claim = self.told.by.clone()?;
        Some(Pusher { name: claim.name, email: claim.email })
    }

    fn spool(&self) -> Option<Spool> {
        later::spool(self.environment)
    }

    /// Tells which tickets that the message names do not exist.
    fn commit_msg(&self, lines: &mut Lines) -> u8 {
        let Ok(Some(repository)) = self.repository() else { return DONE };
        let manner = repository.config("gitsm.commitmsg").unwrap_or_default();
        let Some(file) = self.options.arguments.first().filter(|_| manner != "off") else {
            return DONE;
        };
        // As git itself, which keeps any bytes in a message.
        let Ok(bytes) = std::fs::read(self.environment.cwd.join(file)) else { return DONE };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // The later name of the same setting comes first.
        let setting = ["core.commentString", "core.commentChar"];
        let setting = setting.iter().find_map(|key| repository.config(key));
        let comment = message::comment(setting.as_deref(), &text).to_owned();
        if message::tickets(&text, &comment).is_empty() {
            return DONE;
        }
        let Some(folder) = self.desk_folder(&repository) else { return DONE };
        let (environment, hard) = (self.environment.clone(), limit::hard(&repository));
        let doubts = limit::within(hard, self.slow, move || {
            let desk = Desk::open(&environment, &folder, &repository, &[], None)?;
            message::doubts(&desk.session, &text, &comment)
        });
        match doubts {
            Some(Ok(doubts)) if doubts.is_empty() => DONE,
            Some(Ok(doubts)) => {
                doubts.iter().for_each(|doubt| lines.say(doubt));
                if manner == "refuse" {
                    lines.say("mend the message; it is kept in .git/COMMIT_EDITMSG");
                    REFUSED
                } else {
                    lines.say("committed all the same; mend it with: git commit --amend");
                    DONE
                }
            }
            Some(Err(error)) => {
                lines.say(&format!("the tickets were not looked up: {}", error.message));
                DONE
            }
            None => {
                lines.say("the tickets were not looked up: the desk did not answer in time");
                DONE
            }
        }
    }

    /// Notes what was pushed, and has it told to the desk.
    fn post_receive(&self, input: Input, lines: &mut Lines) -> u8 {
        let repository = match self.repository() {
            Ok(Some(repository)) => repository,
            Ok(None) => return DONE,
            Err(error) => {
                lines.say(&format!("no change is raised: {error}"));
                return DONE;
            }
        };
        let Some(folder) = self.desk_folder(&repository) else { return DONE };
        if input.is_cut {
            lines.say("more references than gitsm looks at; raise the rest by hand:");
            lines.say("gitsm change raise --ref REF --from-git OLD..NEW");
        }
        let mut updates = input.updates;
        updates.retain(|update| update.new.is_some());
        if updates.is_empty() {
            return DONE;
        }
        for update in &mut updates {
            update.reference = repository.moved_by(&update.reference);
        }
        let common = repository.common_dir().to_owned();
        let desk = folder.canonicalize().unwrap_or(folder);
        // A desk that says at once that none of it matters spares the rest.
        let (environment, place) = (self.environment.clone(), desk.clone());
        let asked = updates.clone();
        let matters = limit::within(
            limit::SOFT,
            || {},
            move || {
                let open = Desk::open(&environment, &place, &repository, &[], None);
                open.is_ok_and(|desk| !desk.watches(&asked))
            },
        );
        if matters == Some(true) {
            later::catch_up_quietly(self.environment);
            return DONE;
        }
        let at = self.environment.clock.now();
        let references: Vec<String> =
            updates.iter().map(|update| update.reference.clone()).collect();
        let event = spool::Event::Push { repository: common, updates, by: self.by() };
        let entry = Entry::new(desk, at, event);
        let id = self.environment.clock.fresh_id(at);
        let added = self.spool().map(|spool| spool.add(&entry, id));
        match added {
            Some(Ok(name)) => {
                match worker::ask(name.as_str(), PATIENCE) {
                    Some(Said::Done(said)) => said.iter().for_each(|line| lines.say(line)),
                    Some(Said::Kept(said)) => {
                        said.iter().for_each(|line| lines.say(line));
                        lines.say(
                            "the push is noted, and the desk is told later; see: gitsm hook status",
                        );
                    }
                    Some(Said::SetAside(said)) => {
                        said.iter().for_each(|line| lines.say(line));
                        lines.say("no change was raised; mend it, then: gitsm hook drain --retry");
                    }
                    None => {
                        lines.say("the push is noted; the desk is being told in the background");
                    }
                }
                DONE
            }
            // Without a place to keep it there is only now.
            failed => match super::drain::carry_out_now(self.environment, &entry) {
                Ok(said) => {
                    said.iter().for_each(|line| lines.say(line));
                    DONE
                }
                Err(reason) => {
                    match failed {
                        Some(Err(error)) => lines.say(&error.message),
                        _ => lines.say(&format!("{}; {}", later::NOWHERE, later::SOMEWHERE)),
                    }
                    lines.say(&format!("no change was raised: {reason}"));
                    for reference in references {
                        lines.say(&format!("by hand: gitsm change raise --ref {reference}"));
                    }
                    ErrorKind::CannotWrite.exit_code()
                }
            },
        }
    }
}
