//! Hooks: what was installed, whether they run, what they say.

use super::escape;
use super::style::{self, paint};
use super::time;
use super::view::{Rendered, count};
use crate::outcome::{
    HookDrainView, HookInstallView, HookRunView, HookStatusView, HookStep, HookStepState,
};

/// A path as people know it who stand in the repository.
fn place(path: Option<&str>, repository: &str) -> String {
    let path = path.unwrap_or_default();
    let inside = path.strip_prefix(repository).and_then(|path| path.strip_prefix('/'));
    escape::line(inside.unwrap_or(path)).into_owned()
}

/// A line for each hook; what is to be done by hand below it.
pub(crate) fn install(view: &HookInstallView) -> Rendered {
    let mut out = String::new();
    for hook in &view.hooks {
        out.push_str(&step(hook, view));
    }
    for setting in &view.config {
        let key = escape::line(&setting.key);
        out.push_str(&match &setting.value {
            Some(value) => format!("config        {key} = {}\n", escape::line(value)),
            None => format!("config        {key} taken away\n"),
        });
    }
    let mut rendered = Rendered::short(out);
    for notice in &view.notices {
        rendered.errors.push_str(&format!("{}\n", escape::paragraph(notice)));
    }
    rendered.err = match (view.changed, view.dry_run, view.uninstall) {
        _ if view.refused => String::new(),
        (false, _, true) => "nothing was installed here\n".to_owned(),
        (false, _, false) => "nothing to change\n".to_owned(),
        (true, true, _) => "dry run, nothing was written\n".to_owned(),
        (true, false, true) => "taken back\n".to_owned(),
        (true, false, false) => "see that they run with `gitsm hook status`\n".to_owned(),
    };
    rendered
}

fn step(hook: &HookStep, view: &HookInstallView) -> String {
    let word = match (hook.state, view.dry_run) {
        (HookStepState::New, false) => paint(style::GOOD, "installed"),
        (HookStepState::New, true) => paint(style::GOOD, "to install"),
        (HookStepState::Kept, _) => "as it was".to_owned(),
        (HookStepState::Renewed, false) => paint(style::GOOD, "renewed"),
        (HookStepState::Renewed, true) => paint(style::GOOD, "to renew"),
        (HookStepState::Removed, false) => paint(style::REMOVED, "taken away"),
        (HookStepState::Removed, true) => paint(style::REMOVED, "to take away"),
        (HookStepState::Refused, _) => paint(style::WARNING, "by hand"),
    };
    let method = hook.method.map(|method| format!(" ({method})")).unwrap_or_default();
    let path = place(hook.path.as_deref(), &view.repository);
    let mut text = format!("{:<14}{word}{method}: {path}\n", hook.event);
    if let Some(reason) = &hook.reason {
        text.push_str(&format!("  {}\n", escape::line(reason)));
    }
    if let Some(add) = &hook.add {
        text.push_str("  add:\n");
        for line in add.lines() {
            text.push_str(&format!("    {}\n", escape::line(line)));
        }
    }
    text
}

/// A line for each hook, then the desk and what waits.
pub(crate) fn status(view: &HookStatusView) -> Rendered {
    let mut out = String::new();
    for hook in &view.hooks {
        let word = if hook.runs {
            paint(style::GOOD, "runs")
        } else {
            paint(style::ERROR, "does not run")
        };
        let path = place(hook.path.as_deref(), &view.repository);
        out.push_str(&format!("{:<14}{word} ({}): {path}\n", hook.event, hook.method));
        for problem in &hook.problems {
            out.push_str(&format!("  {}\n", escape::line(problem)));
        }
    }
    let desk = view.desk.as_deref().map_or_else(|| "none".into(), escape::line);
    match &view.desk_problem {
        Some(problem) => {
            let problem = escape::line(problem);
            out.push_str(&format!("desk          {desk}: {}\n", paint(style::ERROR, &problem)));
        }
        None => {
            let name = escape::line(&view.name);
            out.push_str(&format!("desk          {desk}, which calls this `{name}`\n"));
        }
    }
    let oldest = view.spool.oldest.map(|at| format!(", since {}", time::relative(at, view.now)));
    let waiting = match view.spool.waiting {
        _ if view.spool.folder.is_none() => {
            paint(style::WARNING, "none: there is no folder for it")
        }
        0 => "nothing waits".to_owned(),
        n => format!("{n} waiting{}", oldest.unwrap_or_default()),
    };
    out.push_str(&format!("spool         {waiting}\n"));
    for entry in &view.spool.set_aside {
        let reason = escape::line(&entry.reason);
        let (word, name) = (paint(style::ERROR, "set aside"), escape::line(&entry.name));
        out.push_str(&format!("  {word} {name}: {reason}\n"));
    }
    let mut rendered = Rendered::short(out);
    for warning in &view.warnings {
        rendered.errors.push_str(&super::error::labelled("warning", style::WARNING, warning));
    }
    rendered
}

/// What the hook says, on standard error: standard output may be git's.
pub(crate) fn run(view: &HookRunView) -> Rendered {
    let errors = view.lines.iter().map(|line| format!("{}\n", escape::line(line))).collect();
    Rendered { errors, ..Rendered::default() }
}

/// What was told to desks.
pub(crate) fn drain(view: &HookDrainView) -> Rendered {
    let mut rendered = Rendered::default();
    for entry in &view.done {
        for line in &entry.lines {
            rendered.out.push_str(&format!("{}\n", escape::line(line)));
        }
    }
    let put = |word: &str, lines: &[String]| {
        let lines: Vec<_> = lines.iter().map(|line| escape::line(line)).collect();
        format!("{word}: {}\n", lines.join("; "))
    };
    for entry in &view.kept {
        rendered.errors.push_str(&put("kept for later", &entry.lines));
    }
    for entry in &view.set_aside {
        rendered.errors.push_str(&put("set aside", &entry.lines));
    }
    rendered.err = match (view.busy, view.done.len()) {
        (true, _) => "another gitsm is at it\n".to_owned(),
        (false, done) => format!("{} told to the desk\n", count(done, "event", "events")),
    };
    rendered
}
