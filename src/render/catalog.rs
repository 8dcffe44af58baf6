//! The service catalogue: a list, and one offering in full.

use super::escape;
use super::plan::tree;
use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered, count};
use crate::model::{StateName, Task, TeamId};
use crate::outcome::{CatalogView, OfferingView, QuestionView};

/// A line for each offering.
pub(crate) fn list(view: &CatalogView, look: &Look) -> Rendered {
    let headings = ["OFFERING", "NAME", "CATEGORY", "TEAM", "APPROVALS", "QUESTIONS", "TASKS"];
    let mut table = Table::new(headings).right(5).right(6).shrink(1, 16).with_header(look.header);
    for line in &view.offerings {
        let name =
            if line.retired { format!("{} (retired)", line.name) } else { line.name.clone() };
        table.row(vec![
            Cell::new(line.offering.as_str(), style::ID),
            Cell::plain(&name),
            Cell::plain(line.category.as_deref().unwrap_or_default()),
            Cell::plain(line.team.as_ref().map_or("", TeamId::as_str)),
            Cell::plain(&names(&line.approvals)),
            Cell::plain(&line.questions.to_string()),
            Cell::plain(&line.tasks.to_string()),
        ]);
    }
    let mut rendered = Rendered::paged(table.render(look.width));
    if view.offerings.is_empty() {
        rendered.out.clear();
        rendered.err =
            "the catalogue has no offerings; `gitsm catalog add` shows examples\n".into();
    }
    if view.unreadable > 0 {
        let files = count(view.unreadable, "file", "files");
        rendered.errors = format!("{files} cannot be read; see `gitsm catalog check`\n");
    }
    rendered
}

fn names(approvals: &[StateName]) -> String {
    approvals.iter().map(StateName::as_str).collect::<Vec<_>>().join(", ")
}

/// An offering: what it is, what it asks, and how it is carried out.
pub(crate) fn offering(view: &OfferingView, _: &Look) -> Rendered {
    let mut text = format!(
        "{} {}\n",
        paint(style::ID, view.offering.as_str()),
        paint(style::STRONG, &escape::line(&view.name))
    );
    let level = |level: Option<crate::model::Level>| level.map(|level| level.to_string());
    let rows = [
        ("category", view.category.clone()),
        ("service", view.service.clone()),
        ("team", view.team.as_ref().map(ToString::to_string)),
        ("impact", level(view.impact)),
        ("urgency", level(view.urgency)),
        ("approvals", Some(names(&view.approvals)).filter(|names| !names.is_empty())),
        ("title", Some(view.title.clone())),
        ("retired", view.retired.then(|| "yes".to_owned())),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            let name = paint(style::DIM, &format!("{name:<9}"));
            text.push_str(&format!("  {name}  {}\n", escape::line(&value)));
        }
    }
    if let Some(description) = &view.description {
        text.push('\n');
        for line in escape::paragraph(description.trim_end()).lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    if !view.form.is_empty() {
        text.push_str(&format!("\n{}\n", paint(style::STRONG, "form")));
        let width = view.form.iter().map(|question| question.key.len()).max().unwrap_or(0);
        for question in &view.form {
            text.push_str(&asked(question, width));
        }
    }
    if !view.plan.is_empty() {
        text.push_str(&format!("\n{}\n", paint(style::STRONG, "plan")));
        let tasks: Vec<Task> = view.plan.iter().map(|planned| planned.task.clone()).collect();
        let when = |task: &Task| {
            let planned = view.plan.iter().find(|planned| planned.task.id == task.id);
            let when = planned.and_then(|planned| planned.when.as_ref());
            when.map(|when| format!("if {}", escape::line(when))).unwrap_or_default()
        };
        for line in tree(&tasks, &[], &when) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    Rendered::paged(text)
}

/// A question on a line: its name, what it wants, and when.
fn asked(question: &QuestionView, width: usize) -> String {
    if question.of == "label" {
        return format!("  {}\n", escape::line(&question.question));
    }
    let mut about = escape::line(&question.wanted).into_owned();
    if question.required {
        about.push_str(", required");
    }
    if let Some(default) = &question.default {
        about.push_str(&format!(", default {}", escape::line(default)));
    }
    if let Some(when) = &question.when {
        about.push_str(&format!(", if {}", escape::line(when)));
    }
    let key = escape::line(&question.key).into_owned();
    let mut text = format!(
        "  {}  {} ({about})\n",
        paint(style::ID, &format!("{key:<width$}")),
        escape::line(&question.question)
    );
    if let Some(help) = &question.help {
        text.push_str(&format!("  {:width$}  {}\n", "", paint(style::DIM, &escape::line(help))));
    }
    text
}
