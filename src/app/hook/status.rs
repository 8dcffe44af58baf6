//! Whether the hooks of a repository run: a gate that has stopped running looks
//! exactly like one that passes, so each of them is run and must answer.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::desk::{self, Desk};
use super::event::Event;
use super::found;
use super::later;
use super::plan::{Ground, Step, is_legacy, method_name};
use super::run::PROBE_ANSWER;
use super::spool::{Name, Spool};
use crate::config::hook::PROBE;
use crate::config::{self, Environment};
use crate::error::CommandError;
use crate::outcome::{HookHealth, HookStatusView, SetAside, SpoolView};
use crate::store::hooks::{CodeRepository, GitVersion, Method};

/// How long a hook may take to say who it is.
const WAIT: Duration = Duration::from_secs(10);
/// An entry that has waited longer is not merely on its way.
const LATE: i64 = 10 * 60;

/// Says whether the hooks of the repository around the present folder run.
///
/// # Errors
///
/// There is no repository; git does not answer.
pub fn status(
    environment: &Environment,
    named: Option<&Path>,
) -> Result<HookStatusView, CommandError> {
    let repository = CodeRepository::around(&environment.cwd)?;
    let ground = Ground::survey(&repository)?;
    let now = environment.clock.now();
    let mut hooks = Vec::new();
    let program = config::program().unwrap_or_default();
    for (event, method, path) in found::installed(&ground)? {
        // Since it was installed, another program has taken over to run it.
        let step = ground.step(event, &program, false)?;
        if matches!(&step, Step::Kept { path: other, .. } if *other != path) {
            continue;
        }
        hooks.push(health(environment, &ground, event, method, &path)?);
    }
    let mut warnings = Vec::new();
    by_others(&ground, &mut hooks, &mut warnings)?;
    if hooks.is_empty() {
        warnings.push("no hooks are installed here; `gitsm hook install` does it".to_owned());
    }
    let named = named.map(|path| environment.cwd.join(path));
    let folder = desk::folder(&repository, named.as_deref());
    let opened =
        folder.as_deref().map(|folder| Desk::open(environment, folder, &repository, &[], None));
    let mut missing = false;
    let (mut name, mut desk_problem) = (String::new(), None);
    match opened {
        Some(Ok(desk)) => {
            missing = about(&desk, &hooks, &mut warnings);
            name = desk.name;
        }
        Some(Err(error)) => desk_problem = Some(error.message),
        None => desk_problem = Some("git config gitsm.desk names no desk".to_owned()),
    }
    let spool = spool_view(environment)?;
    if spool.folder.is_none() {
        warnings.push(format!(
            "what the desk cannot be told at once is lost: {}; {}",
            later::NOWHERE,
            later::SOMEWHERE
        ));
    }
    let late = spool.oldest.is_some_and(|oldest| now.seconds() - oldest.seconds() > LATE);
    let all_run = !hooks.is_empty() && hooks.iter().all(|hook| hook.runs);
    let sound =
        all_run && desk_problem.is_none() && !missing && !late && spool.set_aside.is_empty();
    Ok(HookStatusView {
        schema: HookStatusView::SCHEMA,
        now,
        repository: repository.root().display().to_string(),
        name,
        desk: folder.map(|folder| folder.display().to_string()),
        desk_problem,
        git: ground.git.to_string(),
        hooks_folder: ground.folder.display().to_string(),
        hooks,
        spool,
        warnings,
        sound,
    })
}

/// What the desk expects of the repository; whether a hook is missing.
fn about(desk: &Desk, hooks: &[HookHealth], warnings: &mut Vec<String>) -> bool {
    if desk.entry().is_none() {
        warnings.push(format!(
            "the desk's .gitsm/deployments.yaml has no repository `{}`: pushes raise no changes",
            desk.name
        ));
    }
    let has = |events: &[Event]| {
        hooks.iter().any(|hook| events.iter().any(|event| event.name() == hook.event))
    };
    let missing =
        !desk.gated().is_empty() && !has(&[Event::PreReceive, Event::Update, Event::PrePush]);
    if missing {
        warnings.push(format!(
            "no hook asks the gate about pushes to {}; `gitsm hook install` does it",
            desk.gated().join(", ")
        ));
    }
    missing
}

/// Whether one of our hooks runs, and if not, why.
fn health(
    environment: &Environment,
    ground: &Ground<'_>,
    event: Event,
    method: Method,
    path: &Path,
) -> Result<HookHealth, CommandError> {
    use std::os::unix::fs::PermissionsExt;
    let mut problems = Vec::new();
    let is_ours = found::is_ours(path)?;
    match std::fs::metadata(path) {
        Err(_) => problems.push("the file is gone".to_owned()),
        Ok(_) if !is_ours => problems.push("somebody has replaced it".to_owned()),
        Ok(data) if data.permissions().mode() & 0o111 == 0 => {
            problems.push("it is not executable, so git passes over it".to_owned());
        }
        Ok(_) => {}
    }
    let is_reached = match method {
        Method::Config => reached_by_config(ground, event)?,
        Method::Stub | Method::Chain => {
            let folder = path.parent().map(Path::canonicalize);
            matches!(folder, Some(Ok(folder)) if folder == ground.folder_of(event))
                && path.file_name() == ground.place(event)?.file_name()
        }
    };
    if !is_reached {
        let folder = ground.folder_of(event).display();
        problems.push(match method {
            Method::Config => format!("git {} does not run it from its configuration", ground.git),
            _ if is_legacy(path) => {
                "no hook of pre-commit or prek runs it; `gitsm hook install` mends it".to_owned()
            }
            _ => format!("git looks for hooks in {folder}, not there"),
        });
    }
    // What is known not to be ours is not run: it may do anything.
    if problems.is_empty()
        && let Err(problem) = probe(environment, ground, event, method, path)
    {
        problems.push(problem);
    }
    let runs = problems.is_empty();
    let program = config::program().unwrap_or_default();
    let is_old =
        matches!(ground.step(event, &program, method == Method::Chain), Ok(Step::Write { .. }));
    if runs && is_old {
        problems.push("it is of another gitsm; `gitsm hook install` renews it".to_owned());
    }
    let (method, path) = (method_name(method), Some(path.display().to_string()));
    Ok(HookHealth { event: event.name(), method, path, runs, problems })
}

fn reached_by_config(ground: &Ground<'_>, event: Event) -> Result<bool, CommandError> {
    let of = |key: &str| ground.repository.own_values(&format!("hook.gitsm-{event}.{key}"));
    let is_on = !of("enabled")?.iter().any(|value| matches!(value.as_str(), "false" | "no" | "0"));
    Ok(ground.git >= GitVersion::CONFIG_HOOKS
        && is_on
        && of("event")? == [event.name()]
        && !of("command")?.is_empty())
}

/// Runs the hook as git would and asks who it is. Where others run beside it
/// only its own file is run: theirs may do anything.
fn probe(
    environment: &Environment,
    ground: &Ground<'_>,
    event: Event,
    method: Method,
    path: &Path,
) -> Result<(), String> {
    let question = environment.clock.fresh_id(environment.clock.now()).to_string();
    let is_alone = method != Method::Config && !is_legacy(path);
    let mut command = if is_alone && ground.git >= GitVersion::HOOK_RUN {
        let mut command = ground.repository.git();
        command.args(["hook", "run", event.name()]);
        command
    } else {
        let mut command = Command::new(path);
        command.current_dir(ground.repository.root());
        command
    };
    if !event.is_of_clients() {
        command.current_dir(ground.repository.git_dir());
    }
    command.env(PROBE, &question).stdin(Stdio::null());
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("it cannot be run: {error}"))?;
    let mut stderr = child.stderr.take();
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(stderr) = &mut stderr {
            let _ = stderr.read_to_end(&mut said);
        }
        String::from_utf8_lossy(&said).into_owned()
    });
    let since = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if since.elapsed() > WAIT {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("it did not answer in {} seconds", WAIT.as_secs()));
        }
        thread::sleep(Duration::from_millis(2));
    }
    let said = reader.join().unwrap_or_default();
    let wanted = format!("{PROBE_ANSWER} {question} {event} ");
    if said.lines().any(|line| line.contains(&wanted)) {
        return Ok(());
    }
    let said = said.lines().next().unwrap_or("nothing").trim();
    Err(format!("it was run and did not answer as gitsm does; it said: {said}"))
}

/// Hooks that other programs, or other people's files, run. That they mention
/// ours can be seen; running them would run everything else that they do.
fn by_others(
    ground: &Ground<'_>,
    hooks: &mut Vec<HookHealth>,
    warnings: &mut Vec<String>,
) -> Result<(), CommandError> {
    let program = config::program().unwrap_or_default();
    for event in Event::ALL {
        if hooks.iter().any(|hook| hook.event == event.name()) {
            continue;
        }
        let Step::Kept { method, path } = ground.step(event, &program, false)? else { continue };
        let file = ground.folder_of(event).join(event.name());
        let hook = std::fs::read(&file).ok();
        let is_there = hook.is_some_and(|hook| {
            let hook = String::from_utf8_lossy(&hook);
            let by = ground.manager.zip(ground.repository.work_tree());
            by.is_none_or(|((manager, _), root)| {
                manager.name() != method || manager.leads_to(&root, &file, &hook)
            })
        });
        let mut problems = Vec::new();
        if !is_there {
            problems.push(format!(
                "git finds none of its at {}: let {method} install its hooks",
                file.display()
            ));
        }
        warnings.push(format!(
            "{event} runs with everything else in {}; only that it is named there was looked at",
            path.display()
        ));
        let path = Some(path.display().to_string());
        hooks.push(HookHealth { event: event.name(), method, path, runs: is_there, problems });
    }
    hooks.sort_by_key(|hook| Event::ALL.iter().position(|event| event.name() == hook.event));
    Ok(())
}

fn spool_view(environment: &Environment) -> Result<SpoolView, CommandError> {
    let Some(spool) = environment.state_dir.as_deref().map(Spool::new) else {
        return Ok(SpoolView { folder: None, waiting: 0, oldest: None, set_aside: Vec::new() });
    };
    let waiting = spool.names()?;
    let set_aside = spool.set_aside_names()?.into_iter().map(|name| SetAside {
        at: name.made_at(),
        reason: spool.reason(&name),
        name: name.as_str().to_owned(),
    });
    Ok(SpoolView {
        folder: Some(spool.folder().display().to_string()),
        waiting: waiting.len(),
        oldest: waiting.first().and_then(Name::made_at),
        set_aside: set_aside.collect(),
    })
}
