//! Answers about the catalogue, tasks and satisfaction.

use gitsm::model::{
    Check, Level, OfferingName, PersonId, StateName, Task, TaskId, TaskState, TeamId,
};
use gitsm::outcome::{
    CatalogView, CsatView, OfferingLine, OfferingView, PlanView, PlannedView, QuestionView,
    TaskLine, TasksView,
};

use crate::common::{bare, now};

pub fn catalog() -> CatalogView {
    let line = |retired: bool| OfferingLine {
        offering: OfferingName::new("laptop").unwrap(),
        name: "Laptop".to_owned(),
        category: (!retired).then(|| "hardware".to_owned()),
        team: None,
        questions: 3,
        tasks: 2,
        approvals: vec![StateName::new("budget").unwrap()],
        retired,
    };
    let offerings = vec![line(false), line(true)];
    CatalogView { schema: CatalogView::SCHEMA, offerings, unreadable: 1 }
}

/// A task in each state, the last with all that a task can have.
pub fn some_tasks() -> Vec<Task> {
    let task = |state: TaskState| {
        let id = TaskId::new(state.name()).unwrap();
        Task { state, ..Task::new(id, "Order it".to_owned()) }
    };
    let mut tasks = TaskState::ALL.map(task).to_vec();
    let alice = || PersonId::new("alice").unwrap();
    tasks.push(Task {
        needs: vec![TaskId::new("done").unwrap()],
        approvals: vec![StateName::new("budget").unwrap()],
        team: Some(TeamId::new("apps").unwrap()),
        assignee: Some(alice()),
        description: Some("As usual.\n".to_owned()),
        checks: vec![Check {
            text: "Encrypted".to_owned(),
            done_at: Some(now()),
            by: Some(alice()),
        }],
        requires: vec!["cis".to_owned()],
        evidence: Some("asset tag".to_owned()),
        opened_at: Some(now()),
        started_at: Some(now()),
        done_at: Some(now()),
        by: Some(alice()),
        text: Some("LT-0042\n".to_owned()),
        ..Task::new(TaskId::new("laptop.order").unwrap(), "Order it".to_owned())
    });
    tasks
}

pub fn offering() -> OfferingView {
    let question = |full: bool| QuestionView {
        key: "owner".to_owned(),
        question: "For whom".to_owned(),
        of: "requested_for",
        wanted: "a person".to_owned(),
        choices: Vec::new(),
        required: full,
        default: full.then(|| "me".to_owned()),
        when: full.then(|| "laptop = yes".to_owned()),
        help: full.then(|| "Whoever will use it.".to_owned()),
    };
    let planned = |task: Task| PlannedView { when: task.text.clone(), task };
    OfferingView {
        schema: OfferingView::SCHEMA,
        offering: OfferingName::new("laptop").unwrap(),
        name: "Laptop".to_owned(),
        description: None,
        title: "Laptop for {owner}".to_owned(),
        category: None,
        service: None,
        team: None,
        impact: Some(Level::Low),
        urgency: None,
        retired: false,
        approvals: Vec::new(),
        form: vec![question(true), question(false)],
        plan: some_tasks().into_iter().map(planned).collect(),
    }
}

pub fn plan() -> PlanView {
    let record = bare();
    PlanView {
        schema: PlanView::SCHEMA,
        id: record.id(),
        short: record.id().short(),
        title: record.title().to_owned(),
        status: record.status().clone(),
        now: now(),
        tasks: some_tasks(),
        approved: vec![StateName::new("budget").unwrap()],
    }
}

pub fn tasks() -> TasksView {
    let record = bare();
    let line = |task: Task| TaskLine {
        record: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        record_title: record.title().to_owned(),
        waits_for: task.needs.clone(),
        with: task.assignee.clone(),
        task,
    };
    let tasks = some_tasks().into_iter().map(line).collect();
    TasksView { schema: TasksView::SCHEMA, now: now(), tasks }
}

pub fn csat(points: u32) -> CsatView {
    gitsm::report::csat(now(), "team:apps", [points])
}
