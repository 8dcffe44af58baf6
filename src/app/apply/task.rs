//! Lines about the tasks of a ticket: `{"do": "task_done", "id": ..., "task": ...}`.

use serde_json::{Value, json};

use super::line::{self, Line};
use super::schema::action as schema_of;
use crate::app::action::Action;
use crate::app::tasks::TaskStep;
use crate::error::CommandError;
use crate::model::{TaskId, TeamId, Verdict};
use crate::policy::plan::{NewTask, TaskAction, TaskVote};

/// What the line does with tasks of its record.
///
/// # Errors
///
/// Something that is given does not fit.
pub(super) fn action(line: &Line) -> Result<Action, CommandError> {
    let comment = line.text("message")?.map(str::to_owned);
    let step = match line.action.as_str() {
        "task_add" => add(line)?,
        "task_approve" | "task_reject" => {
            line.only(&["do", "id", "task", "message", "step"])?;
            let verdict = match line.action.as_str() {
                "task_approve" => Verdict::Approved,
                _ => Verdict::Rejected,
            };
            let step = line.text("step")?.map(str::to_owned);
            TaskStep::Vote { tasks: tasks(line)?, vote: TaskVote { verdict, comment, step } }
        }
        "task_assign" => {
            line.only(&["do", "id", "task", "person", "team"])?;
            let person = line.text_or_none("person")?.map(str::to_owned);
            let team = line.text_or_none("team")?.map(TeamId::new).transpose()?;
            if person.is_none() && team.is_none() {
                return Err(CommandError::usage("`task_assign` needs \"person\" or \"team\""));
            }
            act(TaskAction::Assign, tasks(line)?, None, (Vec::new(), false), (person, team))
        }
        "task_done" => {
            line.only(&["do", "id", "task", "message", "check"])?;
            act(TaskAction::Done, tasks(line)?, comment, checks(line)?, (None, None))
        }
        other => {
            line.only(&["do", "id", "task", "message"])?;
            let word = other.trim_start_matches("task_");
            let known = TaskAction::ALL.into_iter().find(|action| action.name() == word);
            let known = known
                .ok_or_else(|| CommandError::usage(format!("there is no action `{other}`")))?;
            act(known, tasks(line)?, comment, (Vec::new(), false), (None, None))
        }
    };
    Ok(Action::Task(step))
}

fn act(
    action: TaskAction,
    tasks: Vec<String>,
    comment: Option<String>,
    (checks, all_checks): (Vec<usize>, bool),
    (person, team): (Option<String>, Option<TeamId>),
) -> TaskStep {
    TaskStep::Act { tasks, action, comment, checks, all_checks, person, team }
}

/// The tasks that are named, at least one.
fn tasks(line: &Line) -> Result<Vec<String>, CommandError> {
    let tasks = line.texts("task")?;
    if tasks.is_empty() {
        return Err(CommandError::usage(format!("`{}` needs \"task\"", line.action)));
    }
    Ok(tasks)
}

/// The lines of the check list to tick off: numbers, or "all".
fn checks(line: &Line) -> Result<(Vec<usize>, bool), CommandError> {
    let number = |value: &Value| {
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| line::wrong("check", "\"all\", a number or a list of numbers", value))
    };
    match line.keys.get("check") {
        None | Some(Value::Null) => Ok((Vec::new(), false)),
        Some(Value::String(all)) if all == "all" => Ok((Vec::new(), true)),
        Some(Value::Array(items)) => {
            Ok((items.iter().map(number).collect::<Result<_, _>>()?, false))
        }
        Some(other) => Ok((vec![number(other)?], false)),
    }
}

fn add(line: &Line) -> Result<TaskStep, CommandError> {
    line.only(&[
        "do", "id", "title", "name", "needs", "person", "team", "message", "checks", "evidence",
    ])?;
    let needs = line.texts("needs")?.into_iter().map(TaskId::new);
    let new = NewTask {
        title: line.must("title")?.to_owned(),
        id: line.text("name")?.map(TaskId::new).transpose()?,
        needs: needs.collect::<Result<_, _>>()?,
        assignee: None,
        team: line.text("team")?.map(TeamId::new).transpose()?,
        description: line.text("message")?.map(str::to_owned),
        checks: line.texts("checks")?,
        requires: Vec::new(),
        evidence: line.text("evidence")?.map(str::to_owned),
    };
    Ok(TaskStep::Add { new, person: line.text("person")?.map(str::to_owned) })
}

/// The JSON Schemas of these lines.
pub(super) fn schemas(id: &Value) -> Vec<Value> {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let texts = |description: &str| json!({ "$ref": "#/$defs/texts", "description": description });
    let nullable =
        |description: &str| json!({ "type": ["string", "null"], "description": description });
    let tasks = texts("The tasks: their names, or the ends of names after a dot.");
    let said = text("What is said along with it.");
    let plain = |name: &str, description: &str| {
        let keys = vec![("id", id.clone()), ("task", tasks.clone()), ("message", said.clone())];
        schema_of(name, description, &["id", "task"], keys)
    };
    let voted = |name: &str, description: &str| {
        let mut schema = plain(name, description);
        schema["properties"]["step"] = text("The step of the approval that the vote is for.");
        schema
    };
    let mut done = plain("task_done", "Says that tasks of a ticket are done.");
    done["properties"]["check"] = json!({
        "description": "Lines of the check list to tick off, by their numbers.",
        "anyOf": [
            { "const": "all" },
            { "type": "integer", "minimum": 1 },
            { "type": "array", "items": { "type": "integer", "minimum": 1 } },
        ],
    });
    vec![
        schema_of(
            "task_add",
            "Adds a task to a ticket.",
            &["id", "title"],
            vec![
                ("id", id.clone()),
                ("title", text("What is to be done.")),
                ("name", text("What to call the task; made from the title, if absent.")),
                ("needs", texts("The tasks that come first.")),
                ("person", text("Who is to do it.")),
                ("team", text("The team it is for.")),
                ("message", text("How it is to be done.")),
                ("checks", texts("Lines to tick off before it is done.")),
                ("evidence", text("What must be said when it is done.")),
            ],
        ),
        plain("task_start", "Begins tasks of a ticket, or goes on with them."),
        done,
        plain("task_skip", "Says that tasks are not wanted."),
        plain("task_pend", "Says that tasks wait for somebody or something outside."),
        plain("task_reopen", "Takes back that tasks are over."),
        schema_of(
            "task_assign",
            "Gives tasks to a person or a team.",
            &["id", "task"],
            vec![
                ("id", id.clone()),
                ("task", tasks.clone()),
                ("person", nullable("The person: an id, `me`, or `none` (null) for nobody.")),
                ("team", nullable("The team: an id, or `none` (null) for no team.")),
            ],
        ),
        voted("task_approve", "Approves tasks that need approval of their own."),
        voted("task_reject", "Refuses tasks that need approval of their own."),
    ]
}
