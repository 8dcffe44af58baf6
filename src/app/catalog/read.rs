//! Answers about the catalogue.

use super::Loaded;
use crate::app::{Session, approval};
use crate::error::CommandError;
use crate::model::Task;
use crate::outcome::{
    CatalogView, CheckView, OfferingLine, OfferingView, PlannedView, QuestionView,
};
use crate::policy::catalog::{Order, Question, Step, VariableType};

/// What can be asked for; with `all` also what no longer can.
///
/// # Errors
///
/// The repository cannot be read.
pub fn catalog(session: &Session, all: bool) -> Result<CatalogView, CommandError> {
    Ok(lines(&Loaded::of(&session.snapshot()?)?, all))
}

pub(super) fn lines(loaded: &Loaded, all: bool) -> CatalogView {
    let mut offerings = Vec::new();
    for (name, offering) in &loaded.catalog.offerings {
        if offering.retired && !all {
            continue;
        }
        let order = Order::of(&loaded.catalog, name).ok();
        let asked = |order: &Order| {
            order.questions.iter().filter(|q| q.variable.of != VariableType::Label).count()
        };
        offerings.push(OfferingLine {
            offering: name.clone(),
            name: offering.name.clone(),
            category: offering.category.clone(),
            team: offering.team.clone(),
            questions: order.as_ref().map_or(0, asked),
            tasks: order.as_ref().map_or(0, |order| order.steps.len()),
            approvals: offering.approvals.clone(),
            retired: offering.retired,
        });
    }
    let unreadable = loaded.broken.len();
    CatalogView { schema: CatalogView::SCHEMA, offerings, unreadable }
}

/// One offering, with its form and its plan.
///
/// # Errors
///
/// There is none of this name, or its files are broken.
pub fn offering(session: &Session, name: &str) -> Result<OfferingView, CommandError> {
    let loaded = Loaded::of(&session.snapshot()?)?;
    Ok(view(&loaded.order(name)?))
}

fn view(order: &Order) -> OfferingView {
    let offering = &order.offering;
    OfferingView {
        schema: OfferingView::SCHEMA,
        offering: order.name.clone(),
        name: offering.name.clone(),
        description: offering.description.clone(),
        title: offering.title.clone().unwrap_or_else(|| offering.name.clone()),
        category: offering.category.clone(),
        service: offering.service.clone(),
        team: offering.team.clone(),
        impact: offering.impact,
        urgency: offering.urgency,
        retired: offering.retired,
        approvals: offering.approvals.clone(),
        form: order.questions.iter().map(question_view).collect(),
        plan: order.steps.iter().map(|step| planned(order, step)).collect(),
    }
}

pub(super) fn question_view(question: &Question) -> QuestionView {
    let variable = &question.variable;
    QuestionView {
        key: question.key.clone(),
        question: variable.question(),
        of: variable.of.name(),
        wanted: variable.wanted(),
        choices: variable.choices.clone(),
        required: variable.required,
        default: variable.default.clone(),
        when: variable.when.as_ref().map(ToString::to_string),
        help: variable.help.clone(),
    }
}

/// A task before any question is answered.
fn planned(order: &Order, step: &Step) -> PlannedView {
    let planned = &step.planned;
    let check = |text: &String| crate::model::Check { text: text.clone(), done_at: None, by: None };
    let mut task = Task::new(step.id.clone(), planned.title.clone());
    task.needs.clone_from(&step.needs);
    task.approvals.clone_from(&step.approvals);
    task.team.clone_from(&planned.team);
    task.assignee.clone_from(&planned.assignee);
    task.description.clone_from(&planned.description);
    task.checks = planned.checks.iter().map(check).collect();
    task.requires.clone_from(&planned.requires);
    task.evidence.clone_from(&planned.evidence);
    PlannedView { when: order.when_of(step), task }
}

/// Checks the catalogue alone.
///
/// # Errors
///
/// The desk's settings cannot be read.
pub fn check_catalog(session: &Session) -> Result<CheckView, CommandError> {
    let snapshot = session.snapshot()?;
    let loaded = Loaded::of(&snapshot)?;
    let names = approval::names(&snapshot)?;
    let mut findings = super::findings(session.policy()?, &loaded, names.as_deref());
    findings.sort();
    let (checked, what) = (loaded.files.len(), CheckView::RECORDS);
    Ok(CheckView { schema: CheckView::SCHEMA, checked, what, findings })
}

/// Offerings whose names begin with what was typed, with what people call them.
pub fn complete_offerings(session: &Session, typed: &str) -> Vec<(String, String)> {
    let Ok(view) = catalog(session, false) else { return Vec::new() };
    view.offerings
        .into_iter()
        .map(|line| (line.offering.to_string(), line.name))
        .filter(|(name, _)| name.starts_with(typed))
        .collect()
}
