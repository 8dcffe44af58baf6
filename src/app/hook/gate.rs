//! The hooks that ask the gate: may this be pushed at all?
//!
//! Only references whose push itself is the deployment (`gate: push` in
//! `.gitsm/deployments.yaml`) are asked about. Which these are is noted in the
//! repository each time, so that a desk that cannot be reached closes the gate
//! for them, and for nothing else.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use glob::Pattern;

use super::desk::Desk;
use super::event::Event as Hooked;
use super::input::{Input, RefUpdate};
use super::later;
use super::limit;
use super::lines::Lines;
use super::run::{DONE, Hook, REFUSED};
use super::spool::{Event, Pusher};
use super::stub::GATED;
use crate::app::gate::WentOn;
use crate::config::Environment;
use crate::error::CommandError;
use crate::store::hooks::CodeRepository;

/// What the gate says to all of it.
struct Said {
    allowed: bool,
    lines: Vec<String>,
    went_on: Vec<WentOn>,
    /// The desk, and who acts there.
    desk: PathBuf,
    author: Option<Pusher>,
}

/// What there is to ask.
struct Question {
    environment: Environment,
    folder: PathBuf,
    repository: CodeRepository,
    places: Vec<String>,
    objects: Vec<PathBuf>,
    input: Input,
}

/// Asks about what is being pushed; gives the hook's exit code.
pub(super) fn run(hook: &Hook<'_>, mut input: Input, lines: &mut Lines) -> u8 {
    input.updates.retain(|update| update.new.is_some());
    let is_whole = input.is_whole();
    if input.updates.is_empty() && is_whole {
        return DONE;
    }
    let repository = match hook.repository() {
        Ok(Some(repository)) => repository,
        Ok(None) => return DONE,
        Err(error) => {
            let known = hook.state_dir().map(|folder| Known::of(&folder)).unwrap_or_default();
            let concerns = !is_whole || known.matches(&input.updates);
            return cannot_tell(&error.to_string(), &known, concerns, lines);
        }
    };
    let known = Known::of(&repository.state_dir());
    // What is pushed to may be another name of what moves.
    if hook.options.event != Hooked::PrePush {
        for update in &mut input.updates {
            update.reference = repository.moved_by(&update.reference);
        }
    }
    let concerns = !is_whole || known.matches(&input.updates);
    let Some(folder) = hook.desk_folder(&repository) else {
        if known.0.is_empty() {
            return DONE;
        }
        return cannot_tell("git config gitsm.desk names no desk", &known, concerns, lines);
    };
    // A push names where it goes to, which says more than where it comes from.
    let is_push = hook.options.event == Hooked::PrePush;
    let places = hook.options.arguments.get(1).filter(|_| is_push);
    let places = places.and_then(|place| place.to_str()).map(str::to_owned);
    let hard = limit::hard(&repository);
    let question = Question {
        environment: hook.environment.clone(),
        folder,
        repository,
        places: places.into_iter().collect(),
        objects: hook.told.objects.clone(),
        input,
    };
    match limit::within(hard, hook.slow, move || question.ask()) {
        Some(Ok(said)) => {
            said.lines.iter().for_each(|line| lines.say(line));
            if !said.allowed {
                return REFUSED;
            }
            note(hook.environment, said, lines);
            DONE
        }
        Some(Err(error)) => {
            let why = [error.message].into_iter().chain(error.hints).collect::<Vec<_>>();
            cannot_tell(&why.join("\n"), &known, concerns, lines)
        }
        None => {
            let why = format!("the desk did not answer in {} seconds", hard.as_secs());
            cannot_tell(&why, &known, concerns, lines)
        }
    }
}

/// Nobody knows whether it may pass: it may not, where it is known that the
/// gate must be asked.
fn cannot_tell(why: &str, known: &Known, concerns: bool, lines: &mut Lines) -> u8 {
    lines.say(why);
    if !known.0.is_empty() && concerns {
        lines.say("denied: the gate must be asked about this push, and cannot tell");
        REFUSED
    } else {
        lines.say("let through: no push to these references was known to need the gate");
        DONE
    }
}

/// Has the desk told later what goes on though nobody can tell whether it may:
/// nothing is written before git has let the push in.
fn note(environment: &Environment, said: Said, lines: &mut Lines) {
    let Said { went_on, desk, author, .. } = said;
    for what in went_on {
        let event = Event::WentOn { what, author: author.clone() };
        match later::note(environment, desk.clone(), event) {
            Ok(()) => lines.say("that it goes on is kept, and noted on the change later"),
            Err(error) => {
                lines.say(&format!("that it goes on could not be recorded: {}", error.message));
            }
        }
    }
}

impl Question {
    fn ask(self) -> Result<Said, CommandError> {
        let Self { environment, folder, repository, places, objects, input } = self;
        let desk = Desk::open(&environment, &folder, &repository, &places, None)?;
        let gated = desk.gated();
        Known::write(&repository, &gated);
        let author = desk.session.identity().ok();
        let author = author.map(|who| Pusher { name: who.name, email: Some(who.email) });
        let mut said = Said {
            allowed: true,
            lines: Vec::new(),
            went_on: Vec::new(),
            desk: desk.session.folder(),
            author,
        };
        if gated.is_empty() {
            return Ok(said);
        }
        if input.is_kept {
            let why = "denied: pre-commit tells no hook that its file names what is pushed; take \
                       this one out of the file, and run: gitsm hook install";
            return Ok(Said { allowed: false, lines: vec![why.to_owned()], ..said });
        }
        if !input.is_whole() {
            let why = "denied: git named more references than gitsm looks at, or in a way that \
                       it does not understand; push fewer at once";
            return Ok(Said { allowed: false, lines: vec![why.to_owned()], ..said });
        }
        for update in &input.updates {
            if desk.rules(&update.reference).iter().all(|rule| rule.gate.is_deploy()) {
                continue;
            }
            let verdict = desk.ask(&repository, &objects, update)?;
            said.allowed &= verdict.allowed;
            said.lines.extend(verdict.lines);
            said.went_on.extend(verdict.went_on);
        }
        Ok(said)
    }
}

/// The patterns of references that are known to need the gate.
#[derive(Default)]
struct Known(Vec<String>);

impl Known {
    /// What is noted in gitsm's folder of a repository.
    fn of(folder: &Path) -> Self {
        let text = match fs::read_to_string(folder.join(GATED)) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            // What is there and cannot be read may name any.
            Err(_) => "*".to_owned(),
        };
        Self(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// Notes what the desk says, for when it cannot be asked. Only in a
    /// repository into which hooks were installed; a failure is none of the push.
    fn write(repository: &CodeRepository, patterns: &[&str]) {
        let folder = repository.state_dir();
        let path = folder.join(GATED);
        if patterns.is_empty() {
            let _ = fs::remove_file(path);
            return;
        }
        let text: String = patterns.iter().map(|pattern| format!("{pattern}\n")).collect();
        let is_known = fs::read_to_string(&path).is_ok_and(|known| known == text);
        if folder.is_dir() && !is_known {
            let draft = folder.join(format!("gated.{}", std::process::id()));
            let _ = fs::write(&draft, text).and_then(|()| fs::rename(&draft, path));
        }
    }

    fn matches(&self, updates: &[RefUpdate]) -> bool {
        let matches = |pattern: &String, update: &RefUpdate| {
            Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(&update.reference))
        };
        updates.iter().any(|update| self.0.iter().any(|pattern| matches(pattern, update)))
    }
}

/// Notes which references need the gate, at the time of installing.
pub(super) fn know(repository: &CodeRepository, desk: &Desk) {
    Known::write(repository, &desk.gated());
}
