//! Plans as trees, and lists of tasks.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered, count};
use super::{escape, time};
use crate::model::{PersonId, StateName, Task, TaskId, TaskState, TeamId, Tier, tiers};
use crate::outcome::{PlanView, TaskLine, TasksView};

/// The plan of a record, with what its tasks still demand.
pub(crate) fn plan(view: &PlanView, look: &Look) -> Rendered {
    let over = view.tasks.iter().filter(|task| task.state.is_over()).count();
    let mut text = format!(
        "{} {} ({}), {over} of {} over\n",
        paint(style::ID, &escape::line(&view.short)),
        paint(style::STRONG, &escape::line(&view.title)),
        view.status,
        count(view.tasks.len(), "task", "tasks"),
    );
    if view.tasks.is_empty() {
        return Rendered::paged(text);
    }
    text.push('\n');
    for line in states(&view.tasks, &view.approved) {
        text.push_str(&line);
        text.push('\n');
    }
    for task in view.tasks.iter().filter(|task| !task.state.is_over()) {
        text.push_str(&demands(task));
    }
    if look.verbose {
        for task in &view.tasks {
            text.push_str(&story(task));
        }
    }
    Rendered::paged(text)
}

/// The plan as a tree that says where each task stands. `approved` are the
/// approvals that have been given.
pub(crate) fn states(tasks: &[Task], approved: &[StateName]) -> Vec<String> {
    tree(tasks, approved, &state_of)
}

/// A word for where a task stands.
fn state_of(task: &Task) -> String {
    paint(state_style(task.state), task.state.name())
}

fn state_style(state: TaskState) -> anstyle::Style {
    match state {
        TaskState::Done => style::GOOD,
        TaskState::Pending => style::state(crate::model::StateCategory::Hold),
        TaskState::Incomplete => style::WARNING,
        TaskState::Waiting | TaskState::Skipped => style::DIM,
        TaskState::Open | TaskState::InProgress => style::PLAIN,
    }
}

/// A line for each task, below the task that it comes after: name, what `about`
/// says, with whom it is, title.
pub(crate) fn tree(
    tasks: &[Task],
    approved: &[StateName],
    about: &dyn Fn(&Task) -> String,
) -> Vec<String> {
    let tiers = tiers(tasks);
    let mut order: Vec<(usize, String)> = Vec::with_capacity(tasks.len());
    let below = |parent: Option<usize>| -> Vec<usize> {
        tiers.iter().filter(|tier| tier.below == parent).map(|tier| tier.at).collect()
    };
    // What is left to draw, the next last: the task, what stands before it and
    // before what hangs below it.
    let mut left: Vec<(usize, String, String)> =
        below(None).into_iter().rev().map(|at| (at, String::new(), String::new())).collect();
    while let Some((at, lead, inside)) = left.pop() {
        order.push((at, lead));
        if order.len() > tasks.len() {
            break;
        }
        let children = below(Some(at));
        let last = children.last().copied();
        for child in children.into_iter().rev() {
            let (branch, trunk) =
                if Some(child) == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            left.push((child, format!("{inside}{branch}"), format!("{inside}{trunk}")));
        }
    }
    let lines: Vec<Line<'_>> = order
        .into_iter()
        .filter_map(|(at, lead)| {
            let task = tasks.get(at)?;
            let name = format!("{lead}{}", escape::line(task.id.as_str()));
            Some(Line { name, about: about(task), with: with(task), task, tier: tiers.get(at)? })
        })
        .collect();
    let most = |of: fn(&Line<'_>) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let names = most(|line| width(&line.name));
    let abouts = most(|line| width(&line.about));
    let people = most(|line| width(&line.with));
    lines
        .iter()
        .map(|line| {
            let parts = [
                padded(&line.name, names),
                padded(&line.about, abouts),
                padded(&line.with, people),
                line.end(tasks, approved),
            ];
            parts.join("  ").trim_end().to_owned()
        })
        .collect()
}

/// One task of a tree.
struct Line<'a> {
    /// The branch and the name.
    name: String,
    about: String,
    with: String,
    task: &'a Task,
    tier: &'a Tier,
}

impl Line<'_> {
    /// The title, and what the tree itself does not show.
    fn end(&self, tasks: &[Task], approved: &[StateName]) -> String {
        let mut end = escape::line(&self.task.title).into_owned();
        let also = self.tier.also.iter().filter_map(|at| tasks.get(*at));
        let also: Vec<&str> = also.map(|task| task.id.as_str()).collect();
        if !also.is_empty() {
            let after = format!(" (also after {})", escape::line(&also.join(", ")));
            end.push_str(&paint(style::DIM, &after));
        }
        if let Some(due) = self.task.due_at.filter(|_| !self.task.state.is_over()) {
            end.push_str(&paint(style::DIM, &format!(" (due {})", time::absolute(due))));
        }
        let missing = self.task.approvals.iter().filter(|name| !approved.contains(name));
        let approvals: Vec<&str> = missing.map(StateName::as_str).collect();
        if self.task.state == TaskState::Waiting && !approvals.is_empty() {
            let names = format!(" [approval: {}]", approvals.join(", "));
            end.push_str(&paint(style::DIM, &names));
        }
        end
    }
}

fn width(text: &str) -> usize {
    dialoguer::console::measure_text_width(text)
}

fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// Who has the task: a person, a team, or both.
fn with(task: &Task) -> String {
    // Of what is over, whoever did it.
    let person = task.by.as_ref().or(task.assignee.as_ref()).map(PersonId::as_str);
    let team = task.team.as_ref().map(TeamId::as_str);
    let with = match (person, team) {
        (Some(person), Some(team)) => format!("{person} ({team})"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "-".to_owned(),
    };
    escape::line(&with).into_owned()
}

/// What must be there before the task is done.
fn demands(task: &Task) -> String {
    let mut text = String::new();
    for (at, check) in task.checks.iter().enumerate() {
        let mark = if check.done_at.is_some() { 'x' } else { ' ' };
        text.push_str(&format!("  [{mark}] {} {}\n", at + 1, escape::line(&check.text)));
    }
    if let Some(evidence) = &task.evidence {
        text.push_str(&format!("  to be told when it is done: {}\n", escape::line(evidence)));
    }
    if !task.requires.is_empty() {
        let fields = escape::line(&task.requires.join(", ")).into_owned();
        text.push_str(&format!("  fields that need a value: {fields}\n"));
    }
    if text.is_empty() {
        return text;
    }
    format!("\n{}\n{text}", paint(style::STRONG, &escape::line(task.id.as_str())))
}

/// All that is known of a task beyond its line in the tree.
fn story(task: &Task) -> String {
    let mut text = String::new();
    let moments =
        [("opened", task.opened_at), ("started", task.started_at), ("over", task.done_at)];
    for (name, at) in moments {
        if let Some(at) = at {
            let by = task.by.as_ref().filter(|_| name == "over");
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            text.push_str(&format!("  {name} {}{by}\n", time::absolute(at)));
        }
    }
    for said in [&task.description, &task.text].into_iter().flatten() {
        for line in escape::paragraph(said.trim_end()).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    if text.is_empty() {
        return text;
    }
    format!("\n{} {}\n{text}", paint(style::STRONG, task.id.as_str()), escape::line(&task.title))
}

/// What a task is about, and when it is due.
fn title(line: &TaskLine) -> String {
    let TaskLine { task, record_title, .. } = line;
    match task.due_at.filter(|_| !task.state.is_over()) {
        Some(due) => format!("due {}: {} ({record_title})", time::absolute(due), task.title),
        None => format!("{} ({record_title})", task.title),
    }
}

/// A line for each task of any record.
pub(crate) fn list(view: &TasksView, look: &Look) -> Rendered {
    if view.tasks.is_empty() {
        return Rendered { err: "no tasks match\n".to_owned(), ..Rendered::default() };
    }
    let headings = ["RECORD", "TASK", "STATE", "WITH", "SINCE", "TITLE"];
    let mut table = Table::new(headings).right(4).shrink(5, 20).with_header(look.header);
    for line in &view.tasks {
        let task = &line.task;
        let since = task.started_at.or(task.opened_at);
        let since = since.map(|at| time::age(at, view.now)).unwrap_or_default();
        let waits: Vec<&str> = line.waits_for.iter().map(TaskId::as_str).collect();
        let state = match waits.is_empty() {
            true => task.state.name().to_owned(),
            false => format!("waiting for {}", waits.join(", ")),
        };
        let with = match (&line.with, &task.team) {
            (Some(person), _) => person.to_string(),
            (None, Some(team)) => team.to_string(),
            (None, None) => String::new(),
        };
        table.row(vec![
            Cell::new(&line.short, style::ID),
            Cell::plain(task.id.as_str()),
            Cell::new(&state, state_style(task.state)),
            Cell::plain(&with),
            Cell::plain(&since),
            Cell::plain(&title(line)),
        ]);
    }
    Rendered::paged(table.render(look.width))
}
