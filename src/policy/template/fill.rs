//! What a new change takes from its model.

use super::ModelFile;
use crate::model::{Change, paragraph};

/// Gives a new change what its model says; what a person says comes after it.
pub fn fill(change: &mut Change, name: &str, file: &ModelFile) {
    let text = |text: &Option<String>| text.as_deref().and_then(paragraph);
    change.model = file.model;
    change.template = Some(name.to_owned());
    change.risk = file.risk;
    change.description = text(&file.description);
    change.implementation_plan = text(&file.implementation_plan);
    change.test_plan = text(&file.test_plan);
    change.backout_plan = text(&file.backout_plan);
    change.service.clone_from(&file.service);
    change.cis.clone_from(&file.cis);
    change.category.clone_from(&file.category);
    change.team.clone_from(&file.team);
}

/// The planned end that follows from a planned start.
pub fn end(change: &mut Change, file: &ModelFile) {
    if let (Some(start), None, Some(duration)) =
        (change.planned_start, change.planned_end, file.duration)
    {
        change.planned_end = Some(duration.after(start));
    }
}
