//! The outcome as data: JSON, JSON lines, and the items that templates, CSV
//! and JSON lines go through one by one.

use serde::Serialize;
use serde_json::{Value, json};

use super::ShowError;
use super::summary::groups;
use crate::model::RecordId;
use crate::outcome::{ListedRow, Outcome, WrittenRecord};
use crate::query::Row;

/// The whole outcome as one value, indented by two blanks.
pub(crate) fn whole(outcome: &Outcome) -> Result<String, ShowError> {
    fn pretty(view: &impl Serialize) -> Result<String, ShowError> {
        Ok(serde_json::to_string_pretty(view)? + "\n")
    }
    match outcome {
        Outcome::Nothing => Ok(String::new()),
        Outcome::Text(_) => Err(ShowError::Text),
        Outcome::Message(view) => pretty(view),
        Outcome::Exported(view) => pretty(view),
        Outcome::Path(view) => pretty(view),
        Outcome::Names(view) => pretty(view),
        Outcome::Document(document) => pretty(&document.data),
        Outcome::Written(view) => pretty(view),
        Outcome::Applied(view) => pretty(view),
        Outcome::Attachments(view) => pretty(view),
        Outcome::Record(view) => pretty(view),
        Outcome::Rows(view) => pretty(view),
        Outcome::Log(view) => pretty(view),
        Outcome::Diff(view) => pretty(view),
        Outcome::Blame(view) => pretty(view),
        Outcome::Summary(view) => pretty(view),
        Outcome::Status(view) => pretty(view),
        Outcome::Check(view) => pretty(view),
        Outcome::Import(view) => pretty(view),
        Outcome::Triage(view) => pretty(view),
        Outcome::Views(view) => pretty(view),
        Outcome::Approval(view) => pretty(view),
        Outcome::Catalog(view) => pretty(view),
        Outcome::Offering(view) => pretty(view),
        Outcome::Plan(view) => pretty(view),
        Outcome::Tasks(view) => pretty(view),
        Outcome::Csat(view) => pretty(view),
        Outcome::Dora(view) => pretty(view),
        Outcome::Deploys(view) => pretty(view),
        Outcome::Sla(view) => pretty(view),
        Outcome::SlaList(view) => pretty(view),
        Outcome::Calendar(view) => pretty(view),
        Outcome::Calendars(view) => pretty(view),
        Outcome::Hours(view) => pretty(view),
        Outcome::Compliance(view) => pretty(view),
        Outcome::Workflows(view) | Outcome::Graph(view) => pretty(view),
        Outcome::Risk(view) => pretty(view),
        Outcome::Models(view) => pretty(view),
        Outcome::Model(view) => pretty(view),
        Outcome::Actions(view) => pretty(view),
        Outcome::Gate(view) => pretty(view),
        Outcome::Raised(view) => pretty(view),
        Outcome::Deployed(view) => pretty(view),
        Outcome::Conflicts(view) => pretty(view),
        Outcome::Slots(view) => pretty(view),
        Outcome::Schedule(view) | Outcome::Weeks(view) => pretty(view),
        Outcome::HookInstall(view) => pretty(view),
        Outcome::HookStatus(view) => pretty(view),
        Outcome::HookRun(view) => pretty(view),
        Outcome::HookDrain(view) => pretty(view),
    }
}

/// One value on each line.
pub(crate) fn lines(outcome: &Outcome) -> Result<String, ShowError> {
    let mut text = String::new();
    for item in items(outcome)? {
        text.push_str(&serde_json::to_string(&item)?);
        text.push('\n');
    }
    Ok(text)
}

/// What the outcome consists of: rows, written records, events, counts,
/// findings, refused rows; a record or status is one item.
pub(crate) fn items(outcome: &Outcome) -> Result<Vec<Value>, ShowError> {
    fn each<T: Serialize>(items: &[T]) -> Result<Vec<Value>, ShowError> {
        Ok(items.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
    }
    match outcome {
        Outcome::Nothing => Ok(Vec::new()),
        Outcome::Text(_) => Err(ShowError::Text),
        Outcome::Message(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Exported(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Path(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Names(view) => each(&view.names),
        Outcome::Document(document) => Ok(vec![document.data.clone()]),
        Outcome::Written(view) => each(&view.records),
        Outcome::Applied(view) => each(&view.lines),
        Outcome::Attachments(view) => each(&view.attachments),
        Outcome::Record(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Rows(view) => {
            let mut items = Vec::new();
            view.rows.each(|row| {
                items.push(serde_json::to_value(row)?);
                Ok::<(), ShowError>(())
            })?;
            Ok(items)
        }
        Outcome::Log(view) => each(&view.events),
        Outcome::Diff(view) => each(&view.records),
        Outcome::Blame(view) => each(&view.fields),
        Outcome::Summary(view) => Ok(groups(view)
            .into_iter()
            .flat_map(|(name, counts)| {
                counts.iter().map(move |count| {
                    json!({
                        "group": name.replace(' ', "_"),
                        "value": count.value,
                        "open": count.open,
                        "total": count.total,
                    })
                })
            })
            .collect()),
        Outcome::Status(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Check(view) => each(&view.findings),
        Outcome::Import(view) => each(&view.rejected),
        Outcome::Triage(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Views(view) => each(&view.views),
        Outcome::Approval(view) => each(&view.steps),
        Outcome::Catalog(view) => each(&view.offerings),
        Outcome::Offering(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Plan(view) => each(&view.tasks),
        Outcome::Tasks(view) => each(&view.tasks),
        Outcome::Csat(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Dora(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Deploys(view) => super::deploys::items(view),
        Outcome::Sla(view) => each(&view.commitments),
        Outcome::SlaList(view) => each(&view.commitments),
        Outcome::Calendar(view) => each(&view.days),
        Outcome::Calendars(view) => each(&view.calendars),
        Outcome::Hours(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Compliance(view) => each(&view.commitments),
        Outcome::Workflows(view) | Outcome::Graph(view) => each(&view.workflows),
        Outcome::Risk(view) => each(&view.parts),
        Outcome::Models(view) => each(&view.models),
        Outcome::Model(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Actions(view) => each(&view.actions),
        Outcome::Gate(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Raised(view) => each(&view.changes),
        Outcome::Deployed(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::Conflicts(view) => each(&view.conflicts),
        Outcome::Slots(view) => each(&view.slots),
        Outcome::Schedule(view) | Outcome::Weeks(view) => each(&view.changes),
        Outcome::HookInstall(view) => each(&view.hooks),
        Outcome::HookStatus(view) => each(&view.hooks),
        Outcome::HookRun(view) => Ok(vec![serde_json::to_value(view)?]),
        Outcome::HookDrain(view) => each(&view.done),
    }
}

/// A row with the fields that it leaves out where they have their usual value:
/// a template may name any of them.
pub(crate) fn whole_row(row: &ListedRow) -> Result<Value, ShowError> {
    let mut item = serde_json::to_value(row)?;
    if let Some(item) = item.as_object_mut() {
        for (name, usual) in Row::SPARSE {
            if !item.contains_key(*name) {
                item.insert((*name).to_owned(), usual.value());
            }
        }
    }
    Ok(item)
}

/// The full id of each record in the outcome, once each, in order.
pub(crate) fn ids(outcome: &Outcome) -> Option<String> {
    let ids: Vec<_> = match outcome {
        Outcome::Written(view) => born(view.dry_run, &view.records).collect(),
        Outcome::Applied(view) => {
            view.lines.iter().flat_map(|line| born(view.dry_run, &line.records)).collect()
        }
        Outcome::Attachments(view) => vec![view.id],
        Outcome::Record(view) => vec![view.id],
        Outcome::Approval(view) => vec![view.id],
        Outcome::Plan(view) => vec![view.id],
        Outcome::Tasks(view) => view.tasks.iter().map(|line| line.record).collect(),
        Outcome::Actions(view) => vec![view.id],
        Outcome::Gate(view) => view.id.into_iter().collect(),
        Outcome::Deployed(view) => vec![view.id],
        Outcome::Raised(view) => view.changes.iter().map(|change| change.id).collect(),
        Outcome::Risk(view) => vec![view.id],
        Outcome::Check(view) => {
            view.findings.iter().filter_map(|found| RecordId::from_path(&found.path)).collect()
        }
        Outcome::Log(view) => {
            view.events.iter().flat_map(|event| &event.records).map(|record| record.id).collect()
        }
        Outcome::Diff(view) => view.records.iter().map(|record| record.id).collect(),
        Outcome::Blame(view) => vec![view.record.id],
        Outcome::Triage(view) => {
            let similar = view.seen.tickets.iter().chain(&view.seen.problems);
            similar.map(|similar| similar.record.id).collect()
        }
        Outcome::Sla(view) => vec![view.record.id],
        Outcome::SlaList(view) => view.commitments.iter().map(|row| row.id).collect(),
        Outcome::Import(view) => view.ids.clone(),
        Outcome::Path(view) => vec![view.id],
        Outcome::Conflicts(view) => vec![view.change.id],
        Outcome::Slots(view) => vec![view.change.id],
        Outcome::Schedule(view) | Outcome::Weeks(view) => {
            view.changes.iter().map(|change| change.id).collect()
        }
        Outcome::Nothing | Outcome::Message(_) => Vec::new(),
        _ => return None,
    };
    let unique: indexmap::IndexSet<_> = ids.into_iter().collect();
    Some(unique.into_iter().map(|id| format!("{id}\n")).collect())
}

/// The ids of records, but for new ones in a preview, which have none yet.
fn born(dry_run: bool, records: &[WrittenRecord]) -> impl Iterator<Item = RecordId> {
    let there = records.iter().filter(move |record| !dry_run || record.action != "new");
    there.map(|record| record.id)
}
