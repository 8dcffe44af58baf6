//! Plans under random actions, compared with a small reference model.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::format;
use crate::model::{Check, Kind, PersonId, StateName, TaskId, tiers};
use crate::policy::approval::{self, ApprovalSettings};
use crate::policy::fixture::{self, workflow};
use crate::policy::{Inputs, Policy, Refusal, apply};

fn record(kind: Kind, status: &str) -> Record {
    let id = format!("{}-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", kind.prefix());
    let text = format!(
        "id: {id}\ntitle: t\nstatus: {status}\nimpact: low\nurgency: low\npriority: P5\n\
         opened_at: 2026-11-22T09:12:04Z\nopened_by: alice\nupdated_at: 2026-11-22T09:12:04Z\n"
    );
    format::read_record_any(kind, text.as_bytes()).expect("a record")
}

fn alice() -> PersonId {
    PersonId::new("alice").expect("a name")
}

/// A time after the records were opened.
fn at(seconds: i64) -> Timestamp {
    let opened: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
    Timestamp::from_seconds(opened.seconds() + seconds)
}

fn id(number: usize) -> TaskId {
    TaskId::new(format!("t{number}")).expect("a name")
}

/// A record whose tasks need those of smaller numbers that `needs` says.
fn planned(kind: Kind, status: &str, needs: &[Vec<usize>]) -> Record {
    let mut record = record(kind, status);
    let tasks = record.tasks_mut().expect("a ticket");
    for (number, needs) in needs.iter().enumerate() {
        let mut task = Task::new(id(number), format!("Task {number}"));
        task.needs = needs.iter().map(|need| id(*need)).collect();
        tasks.push(task);
    }
    record
}

fn states(record: &Record) -> Vec<&'static str> {
    record.tasks().iter().map(|task| task.state.name()).collect()
}

fn policy() -> Policy {
    fixture::desk("")
}

/// Does something as alice at a time, on a desk without approval definitions.
fn on_scene<T>(seconds: i64, act: impl FnOnce(&Scene<'_>) -> T) -> T {
    let (alice, policy) = (alice(), policy());
    let state = |record: &Record| {
        approval::state(record, &ApprovalSettings::default(), &[], &policy, at(seconds))
    };
    act(&Scene { actor: &alice, now: at(seconds), approvals: &state, policy: None })
}

fn settled(workflow: &Workflow, record: &mut Record) {
    let open = on_scene(0, |scene| gate(workflow, record, scene));
    settle(record.tasks_mut().expect("a ticket"), &|_| open.clone(), at(0));
}

fn said(text: &str) -> TaskInputs {
    TaskInputs { comment: Some(text.to_owned()), ..TaskInputs::default() }
}

#[test]
fn tasks_open_as_their_needs_end() {
    let workflow = workflow(Kind::Request);
    let mut record = planned(Kind::Request, "new", &[vec![], vec![0], vec![0], vec![1, 2]]);
    settled(&workflow, &mut record);
    assert_eq!(states(&record), ["open", "waiting", "waiting", "waiting"]);
    let mut go = |task, action, inputs: &TaskInputs| {
        let done =
            on_scene(9, |scene| act(&workflow, &mut record, &id(task), action, inputs, scene));
        (done, states(&record))
    };
    let (early, _) = go(1, TaskAction::Done, &TaskInputs::default());
    assert!(matches!(early, Err(TaskRefusal::Waits { .. })), "{early:?}");
    let (_, now) = go(0, TaskAction::Done, &TaskInputs::default());
    assert_eq!(now, ["done", "open", "open", "waiting"]);
    let (silent, _) = go(1, TaskAction::Skip, &TaskInputs::default());
    assert!(matches!(silent, Err(TaskRefusal::Silent { .. })), "{silent:?}");
    go(1, TaskAction::Skip, &said("not wanted")).0.expect("skipped");
    let (_, now) = go(2, TaskAction::Start, &TaskInputs::default());
    assert_eq!(now, ["done", "skipped", "in_progress", "waiting"]);
    let (_, now) = go(2, TaskAction::Done, &TaskInputs::default());
    assert_eq!(now, ["done", "skipped", "done", "open"], "a skipped need is met");
    // Nothing is done before what it needs: not backwards either.
    let (refused, _) = go(0, TaskAction::Reopen, &TaskInputs::default());
    assert!(matches!(refused, Err(TaskRefusal::Done { .. })), "{refused:?}");
    let (_, now) = go(2, TaskAction::Reopen, &TaskInputs::default());
    assert_eq!(now, ["done", "skipped", "open", "waiting"]);
}

#[test]
fn a_task_is_done_when_all_it_demands_is_there() {
    let workflow = workflow(Kind::Request);
    let mut record = planned(Kind::Request, "new", &[vec![]]);
    {
        let task = &mut record.tasks_mut().expect("a ticket")[0];
        let check = |text: &str| Check { text: text.to_owned(), done_at: None, by: None };
        task.checks = vec![check("Encrypted"), check("Labelled")];
        task.evidence = Some("asset tag".to_owned());
        task.requires = vec!["category".to_owned()];
    }
    settled(&workflow, &mut record);
    let done = |record: &mut Record, inputs: &TaskInputs| {
        on_scene(9, |scene| act(&workflow, record, &id(0), TaskAction::Done, inputs, scene))
    };
    let mut inputs = TaskInputs { checks: vec![3], ..TaskInputs::default() };
    assert!(matches!(done(&mut record, &inputs), Err(TaskRefusal::NoCheck { line: 3, .. })));
    inputs.checks = vec![1];
    let refused = done(&mut record, &inputs).expect_err("one line is open");
    assert_eq!(
        refused.to_string(),
        "task `t0` of REQ-7K3F9Q is not done before its check list is: 2 Labelled"
    );
    inputs.all_checks = true;
    assert!(matches!(done(&mut record, &inputs), Err(TaskRefusal::NoField { .. })));
    let category = crate::model::Patch::Set("category".into(), "hardware".into());
    record.patch(&category).expect("a category");
    let refused = done(&mut record, &inputs).expect_err("nothing is said");
    assert_eq!(refused.to_string(), "`done` of task `t0` of REQ-7K3F9Q needs asset tag");
    inputs.comment = Some("LT-0042".to_owned());
    done(&mut record, &inputs).expect("all is there");
    let task = &record.tasks()[0];
    assert_eq!((task.text.as_deref(), task.by.as_ref()), (Some("LT-0042\n"), Some(&alice())));
    assert!(task.checks.iter().all(|check| check.done_at == Some(at(9))));
}

#[test]
fn nothing_opens_before_approval_nor_after_a_refusal() {
    let workflow = workflow(Kind::Request);
    let mut record = planned(Kind::Request, "waiting_for_approval", &[vec![], vec![0]]);
    settled(&workflow, &mut record);
    assert_eq!(states(&record), ["waiting", "waiting"]);
    let inputs = TaskInputs::default();
    let early =
        on_scene(1, |scene| act(&workflow, &mut record, &id(0), TaskAction::Start, &inputs, scene));
    assert!(matches!(early, Err(TaskRefusal::NotApproved { .. })), "{early:?}");
    let own = StateName::new("budget").expect("a name");
    record.tasks_mut().expect("a ticket")[0].approvals = vec![own];
    let shut = |task: &Task| match task.approvals.is_empty() {
        true => Gate::Open,
        false => Gate::Refused("budget was refused".to_owned()),
    };
    assert!(settle(record.tasks_mut().expect("a ticket"), &shut, at(2)));
    assert_eq!(states(&record), ["skipped", "open"]);
    assert!(!settle(record.tasks_mut().expect("a ticket"), &shut, at(3)), "once is enough");
}

fn step(workflow: &Workflow, record: &mut Record, action: &str) -> Result<(), Refusal> {
    let inputs = Inputs { comment: Some("so".to_owned()), ..Inputs::default() };
    let mut number = 0;
    let mut fresh = || {
        number += 1;
        ulid::Ulid::from(number)
    };
    on_scene(50, |scene| apply(workflow, record, action, &inputs, scene, &mut fresh))
}

#[test]
fn a_ticket_that_ends_takes_its_tasks_along() {
    // Resolved and closed: what was begun is incomplete.
    let incidents = workflow(Kind::Incident);
    let mut incident = planned(Kind::Incident, "in_progress", &[vec![], vec![0], vec![]]);
    settled(&incidents, &mut incident);
    step(&incidents, &mut incident, "resolve").expect("incidents may be resolved before");
    assert_eq!(states(&incident), ["open", "waiting", "open"]);
    step(&incidents, &mut incident, "close").expect("closed");
    assert_eq!(states(&incident), ["incomplete", "skipped", "incomplete"]);
    // Cancelled: skipped.
    let mut cancelled = planned(Kind::Incident, "new", &[vec![], vec![0]]);
    settled(&incidents, &mut cancelled);
    step(&incidents, &mut cancelled, "cancel").expect("cancelled");
    assert_eq!(states(&cancelled), ["skipped", "skipped"]);

    let requests = workflow(Kind::Request);
    let mut request = planned(Kind::Request, "new", &[vec![], vec![0]]);
    settled(&requests, &mut request);
    let refused = step(&requests, &mut request, "fulfil").expect_err("tasks are open");
    assert_eq!(
        refused.to_string(),
        "`fulfil` of REQ-7K3F9Q comes after its tasks: t0, t1 are not over"
    );
    // A rejected request keeps its plan, since it may be reopened.
    step(&requests, &mut request, "reject").expect("rejected");
    assert_eq!(states(&request), ["open", "waiting"]);
    step(&requests, &mut request, "close").expect("closed");
    assert_eq!(states(&request), ["incomplete", "skipped"]);
    assert_eq!(flaws(&requests, &request), []);
}

#[test]
fn the_last_task_fulfils_the_request() {
    let workflow = workflow(Kind::Request);
    let mut record = planned(Kind::Request, "new", &[vec![], vec![]]);
    settled(&workflow, &mut record);
    let mut fresh = || ulid::Ulid::from(1_u128);
    let mut go = |record: &mut Record, task, action| {
        on_scene(9, |scene| {
            act(&workflow, record, &id(task), action, &said("x"), scene).expect("done");
            advance(&workflow, record, scene, &mut fresh);
        });
        record.status().to_string()
    };
    assert_eq!(go(&mut record, 0, TaskAction::Start), "in_progress");
    assert_eq!(go(&mut record, 0, TaskAction::Done), "in_progress");
    assert_eq!(go(&mut record, 1, TaskAction::Skip), "fulfilled");
    let mut nothing = planned(Kind::Request, "new", &[vec![]]);
    settled(&workflow, &mut nothing);
    assert_eq!(go(&mut nothing, 0, TaskAction::Skip), "new", "nothing was done: people decide");
}

#[test]
fn tasks_are_added_by_hand() {
    let workflow = workflow(Kind::Incident);
    let mut record = record(Kind::Incident, "in_progress");
    let mut new = NewTask { title: "Call the vendor (today)!".to_owned(), ..NewTask::default() };
    let first = on_scene(1, |scene| add(&workflow, &mut record, &new, scene)).expect("added");
    assert_eq!(first.as_str(), "call-the-vendor-today");
    let second = on_scene(2, |scene| add(&workflow, &mut record, &new, scene)).expect("added");
    assert_eq!(second.as_str(), "call-the-vendor-today-2");
    new.needs = vec![first.clone()];
    new.title = "***".to_owned();
    let third = on_scene(3, |scene| add(&workflow, &mut record, &new, scene)).expect("added");
    assert_eq!(third.as_str(), "task");
    assert_eq!(states(&record), ["open", "open", "waiting"]);
    new.needs = vec![id(7)];
    assert!(matches!(
        on_scene(4, |scene| add(&workflow, &mut record, &new, scene)),
        Err(TaskRefusal::NoTask { .. })
    ));
    new = NewTask { id: Some(first), title: "x".to_owned(), ..NewTask::default() };
    assert!(matches!(
        on_scene(4, |scene| add(&workflow, &mut record, &new, scene)),
        Err(TaskRefusal::Taken { .. })
    ));
    let closed = &mut self::record(Kind::Incident, "closed");
    assert!(matches!(
        on_scene(4, |scene| add(&workflow, closed, &new, scene)),
        Err(TaskRefusal::Ended { .. })
    ));
}

#[test]
fn circles_are_found_and_trees_are_not_taken_for_one() {
    let plan = |needs: &[Vec<usize>]| planned(Kind::Request, "new", needs);
    let ring = |record: &Record| {
        circle(record.tasks().iter().map(|task| (&task.id, task.needs.as_slice())))
    };
    assert_eq!(ring(&plan(&[vec![], vec![0], vec![0], vec![1, 2]])), None);
    let path = ring(&plan(&[vec![1], vec![2], vec![1]])).expect("a circle");
    assert_eq!(path, ["t1", "t2", "t1"]);
    let long: Vec<Vec<usize>> = (0..5_000).map(|n| vec![n + 1]).chain([vec![]]).collect();
    assert_eq!(ring(&plan(&long)), None, "a chain of any length");
    let tree = tiers(plan(&[vec![], vec![0], vec![0, 1], vec![], vec![2, 3]]).tasks());
    let below: Vec<Option<usize>> = tree.iter().map(|tier| tier.below).collect();
    assert_eq!(below, [None, Some(0), Some(1), None, Some(2)]);
    assert_eq!(tree[4].also, [3]);
    assert!(tree[2].also.is_empty(), "what comes before anyway is not named again");
}

/// The rules once more, as simple as they can be told: which tasks are over, and
/// which can be worked on.
#[derive(Debug, Default)]
struct Reference {
    needs: BTreeMap<usize, Vec<usize>>,
    done: BTreeSet<usize>,
    skipped: BTreeSet<usize>,
    /// Begun or pending.
    begun: BTreeSet<usize>,
    /// Open ones: once open, a task stays open while the gate closes.
    open: BTreeSet<usize>,
}

impl Reference {
    fn is_over(&self, task: usize) -> bool {
        self.done.contains(&task) || self.skipped.contains(&task)
    }

    fn settle(&mut self, gate: bool) {
        for (task, needs) in &self.needs {
            let met = needs.iter().all(|need| self.is_over(*need));
            if gate && met && !self.is_over(*task) && !self.begun.contains(task) {
                self.open.insert(*task);
            }
        }
    }

    fn is_active(&self, task: usize) -> bool {
        self.open.contains(&task) || self.begun.contains(&task)
    }

    /// Whether the action can be done; does it.
    fn act(&mut self, task: usize, action: TaskAction) -> bool {
        let clear = |reference: &mut Self, task: usize| {
            reference.open.remove(&task);
            reference.begun.remove(&task);
        };
        match action {
            TaskAction::Start | TaskAction::Pend if self.is_active(task) => {
                clear(self, task);
                self.begun.insert(task);
            }
            TaskAction::Done if self.is_active(task) => {
                clear(self, task);
                self.done.insert(task);
            }
            TaskAction::Skip if !self.is_over(task) => {
                clear(self, task);
                self.skipped.insert(task);
            }
            TaskAction::Reopen if self.is_over(task) => {
                let after: Vec<usize> = self
                    .needs
                    .iter()
                    .filter(|(_, needs)| needs.contains(&task))
                    .map(|(after, _)| *after)
                    .collect();
                if after.iter().any(|after| self.done.contains(after)) {
                    return false;
                }
                self.done.remove(&task);
                self.skipped.remove(&task);
                for after in after {
                    clear(self, after);
                }
            }
            _ => return false,
        }
        true
    }

    fn state(&self, task: usize) -> &'static str {
        match () {
            () if self.done.contains(&task) => "done",
            () if self.skipped.contains(&task) => "skipped",
            () if self.begun.contains(&task) => "begun",
            () if self.open.contains(&task) => "open",
            () => "waiting",
        }
    }
}

fn any_plan() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1..12)
        .prop_map(|tasks| {
            let mut plan: Vec<Vec<usize>> = Vec::new();
            for (at, needs) in tasks.into_iter().enumerate() {
                let mut needs: Vec<usize> =
                    if at == 0 { Vec::new() } else { needs.iter().map(|n| n.index(at)).collect() };
                needs.sort_unstable();
                needs.dedup();
                plan.push(needs);
            }
            plan
        })
}

const DONE_WITH: [TaskAction; 5] =
    [TaskAction::Start, TaskAction::Done, TaskAction::Skip, TaskAction::Pend, TaskAction::Reopen];

/// What is not told apart by the reference.
fn roughly(state: TaskState) -> &'static str {
    match state {
        TaskState::InProgress | TaskState::Pending => "begun",
        other => other.name(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any actions in any order leave the plan as the reference has it, and never
    /// is a task worked on before what it needs is over.
    #[test]
    fn plans_follow_the_reference(
        plan in any_plan(),
        actions in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize), 0..60),
    ) {
        let workflow = workflow(Kind::Incident);
        let mut record = planned(Kind::Incident, "new", &plan);
        let mut reference = Reference::default();
        reference.needs.extend(plan.iter().cloned().enumerate());
        settled(&workflow, &mut record);
        reference.settle(true);
        for (index, action) in actions {
            let task = index.index(plan.len());
            let Some(action) = DONE_WITH.get(action).copied() else {
                // Nothing changes by settling again.
                let before = record.clone();
                settled(&workflow, &mut record);
                prop_assert_eq!(&before, &record);
                continue;
            };
            // Twice the same is refused here and harmless there.
            let state = record.tasks()[task].state;
            let again = (action == TaskAction::Start && state == TaskState::InProgress)
                || (action == TaskAction::Pend && state == TaskState::Pending);
            let before = record.clone();
            let name = id(task);
            let done = on_scene(5, |scene| {
                act(&workflow, &mut record, &name, action, &said("x"), scene)
            });
            if again {
                prop_assert!(done.is_err());
                continue;
            }
            prop_assert_eq!(done.is_ok(), reference.act(task, action), "{:?} {}", action, task);
            if done.is_err() {
                prop_assert_eq!(&before, &record, "a refusal changes nothing");
            }
            reference.settle(true);
            for (at, task) in record.tasks().iter().enumerate() {
                prop_assert_eq!(roughly(task.state), reference.state(at), "task {}", at);
            }
            prop_assert_eq!(flaws(&workflow, &record), vec![]);
        }
    }

    /// However it is worked on, a plan never gets stuck, and the request ends
    /// fulfilled.
    #[test]
    fn every_order_ends_fulfilled(
        plan in any_plan(),
        choices in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize), 64),
    ) {
        let workflow = workflow(Kind::Request);
        let mut record = planned(Kind::Request, "waiting_for_approval", &plan);
        settled(&workflow, &mut record);
        prop_assert!(record.tasks().iter().all(|task| task.state == TaskState::Waiting));
        step(&workflow, &mut record, "approve").expect("approved");
        settled(&workflow, &mut record);
        let mut number = 0;
        let mut fresh = || { number += 1; ulid::Ulid::from(number) };
        for (index, action) in choices {
            let active: Vec<TaskId> = record
                .tasks()
                .iter()
                .filter(|task| task.state.is_active())
                .map(|task| task.id.clone())
                .collect();
            if active.is_empty() {
                break;
            }
            let task = &active[index.index(active.len())];
            // The first is always done, so that there is something to fulfil.
            let action = match action {
                0 if task.as_str() != "t0" => TaskAction::Skip,
                1 => TaskAction::Start,
                _ => TaskAction::Done,
            };
            on_scene(5, |scene| {
                let _ = act(&workflow, &mut record, task, action, &said("x"), scene);
                advance(&workflow, &mut record, scene, &mut fresh);
            });
        }
        while let Some(task) = record.tasks().iter().find(|task| task.state.is_active()) {
            let task = task.id.clone();
            on_scene(5, |scene| {
                act(&workflow, &mut record, &task, TaskAction::Done, &said("x"), scene)
                    .expect("an active task can be done");
                advance(&workflow, &mut record, scene, &mut fresh);
            });
        }
        prop_assert!(unfinished(&record).next().is_none(), "{:?}", states(&record));
        prop_assert_eq!(record.status().as_str(), "fulfilled");
        prop_assert_eq!(flaws(&workflow, &record), vec![]);
    }
}
