//! Filling in a form: which questions are asked, what is missing, what is wrong.

use indexmap::IndexMap;

use super::{Lookup, Order, Question, VariableType, answer};
use crate::model::{Check, Custom, PersonId, Task, TaskState, one_line, paragraph};

/// A form as far as it is filled in.
#[derive(Clone, Debug, Default)]
pub struct Filled<'a> {
    /// The answers by the keys of their questions, in the order of the form.
    pub answers: Custom,
    /// Questions that must be answered and are not.
    pub missing: Vec<&'a Question>,
    /// Answers that are none.
    pub wrong: Vec<Wrong>,
}

/// An answer that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The name under which it was given.
    pub name: String,
    pub reason: String,
}

/// Fills in the form of `order` with what was given, by names or keys.
///
/// Conditions look at earlier questions only, so one pass in order is enough.
pub fn fill<'a>(
    order: &'a Order,
    given: &IndexMap<String, String>,
    lookup: &dyn Lookup,
) -> Filled<'a> {
    let mut filled = Filled::default();
    let mut by_key: IndexMap<&str, (&str, &str)> = IndexMap::new();
    for (name, text) in given {
        let wrong = |reason: String| Wrong { name: name.clone(), reason };
        match order.question(name) {
            None => filled.wrong.push(wrong(no_question(order, name))),
            Some(question) => {
                if by_key.insert(&question.key, (name, text)).is_some() {
                    filled.wrong.push(wrong("it is answered twice".to_owned()));
                }
            }
        }
    }
    for question in order.questions.iter().filter(|q| q.variable.of != VariableType::Label) {
        let given = by_key.get(question.key.as_str()).copied();
        let mut wrong = |name: &str, reason: String| {
            filled.wrong.push(Wrong { name: name.to_owned(), reason });
        };
        if !order.is_asked(question, &filled.answers) {
            if let Some((name, _)) = given {
                wrong(name, "it is not asked with these answers".to_owned());
            }
            continue;
        }
        let default = || order.default_of(question, &filled.answers);
        let (name, text) = match given {
            Some((name, text)) => (name, Some(text.to_owned())),
            None => (question.key.as_str(), default()),
        };
        match text.map_or(Ok(None), |text| answer::read(&question.variable, &text, lookup)) {
            Ok(Some(answer)) => {
                filled.answers.insert(question.key.clone(), answer);
            }
            Ok(None) if question.variable.required => filled.missing.push(question),
            Ok(None) => {}
            Err(reason) => wrong(name, reason),
        }
    }
    filled
}

/// Why no question is called `name`.
fn no_question(order: &Order, name: &str) -> String {
    let keys = || order.questions.iter().filter(|q| q.variable.of != VariableType::Label);
    let tail = format!(".{name}");
    let alike: Vec<&str> =
        keys().map(|q| q.key.as_str()).filter(|key| key.ends_with(&tail)).collect();
    if alike.len() > 1 {
        return format!("several questions end so: {}", alike.join(", "));
    }
    let near = keys()
        .map(|q| (strsim::jaro_winkler(name, &q.key), q.key.as_str()))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, near)) => format!("there is no such question; did you mean `{near}`?"),
        None => "there is no such question".to_owned(),
    }
}

/// The next question to put to a person: the first that must be answered and is
/// not, or with `all` the first that was not answered at all.
pub fn next<'a>(
    order: &'a Order,
    given: &IndexMap<String, String>,
    lookup: &dyn Lookup,
    all: bool,
) -> Option<&'a Question> {
    let filled = fill(order, given, lookup);
    if !all {
        return filled.missing.first().copied();
    }
    let was_given = |question: &Question| {
        given.keys().any(|name| order.question(name).is_some_and(|q| q.key == question.key))
    };
    order.questions.iter().find(|question| {
        question.variable.of != VariableType::Label
            && order.is_asked(question, &filled.answers)
            && !was_given(question)
    })
}

/// Whom the request is for, if the form asks.
pub fn requested_for(order: &Order, answers: &Custom) -> Option<PersonId> {
    let asks = order.questions.iter().find(|q| q.variable.of == VariableType::RequestedFor)?;
    answers.get(&asks.key).and_then(|person| PersonId::new(person.as_str()).ok())
}

/// The plan with these answers: tasks that wait, and those that nobody wants
/// skipped, so that the record tells what was left out.
pub fn plan(order: &Order, answers: &Custom) -> Vec<Task> {
    let line = |text: String| {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = flat.chars().take(300).collect();
        one_line(&cut).unwrap_or_else(|_| cut.chars().filter(|c| !c.is_control()).collect())
    };
    let task = |step: &super::Step| {
        let planned = &step.planned;
        let fill = |text: &str| order.text_of(step, text, answers);
        let mut task = Task::new(step.id.clone(), line(fill(&planned.title)));
        task.needs.clone_from(&step.needs);
        task.approvals.clone_from(&step.approvals);
        task.team.clone_from(&planned.team);
        task.assignee.clone_from(&planned.assignee);
        task.description = planned.description.as_deref().and_then(|text| paragraph(&fill(text)));
        task.checks = planned
            .checks
            .iter()
            .map(|text| Check { text: line(fill(text)), done_at: None, by: None })
            .collect();
        task.requires.clone_from(&planned.requires);
        task.evidence = planned.evidence.as_deref().map(|text| line(fill(text)));
        if !order.is_wanted(step, answers) {
            task.state = TaskState::Skipped;
        }
        task
    };
    order.steps.iter().map(task).collect()
}
