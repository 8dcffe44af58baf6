//! Merging a duplicate into the ticket that reports the same thing.

use super::cascade;
use super::link::add_link;
use super::update;
use super::write::Work;
use crate::error::CommandError;
use crate::model::{
    Link, NoteKind, PersonId, Record, RecordId, Relation, StateCategory, StateName, summary,
};
use crate::policy::{Inputs, graph, major};

/// Ends `duplicate` as a duplicate of the ticket that `into` names, which takes
/// over its relations and configuration items. Both keep their histories.
///
/// # Errors
///
/// They are of different types, the other one is closed, or the workflow does
/// not let the duplicate end.
pub(super) fn merge(
    work: &mut Work<'_>,
    duplicate: RecordId,
    into: &str,
    comment: Option<&str>,
) -> Result<(), CommandError> {
    let original = work.find(into)?;
    let before = work.peek(duplicate)?;
    let first = work.peek(original)?;
    let workflow = work.policy.workflow_of(&first);
    if original.kind() == duplicate.kind()
        && workflow.category(first.status()) == StateCategory::Closed
    {
        let message = format!("{} is {} already", original.short(), first.status());
        return Err(CommandError::refused(message).hint(format!(
            "gitsm link {} duplicate_of {}, and close it by itself",
            duplicate.short(),
            original.short()
        )));
    }
    if major::is_promoted(&before) {
        let message =
            format!("{} is a major incident, which does not end as a duplicate", duplicate.short());
        return Err(CommandError::refused(message).hint(format!(
            "gitsm incident merge {} --into {}",
            original.short(),
            duplicate.short()
        )));
    }
    add_link(work, duplicate, Relation::DuplicateOf, false, original)?;
    hand_over(work, &before, original)?;

    let named = |id: RecordId, title: &str| format!("{} ({})", id.short(), summary(title, 60));
    let said = comment.map(|text| format!("\n\n{}", text.trim_end())).unwrap_or_default();
    let comment = format!("Duplicate of {}.{said}", named(original, first.title()));
    let code = StateName::new("duplicate").ok();
    let inputs = Inputs { code, comment: Some(comment), ..Inputs::default() };
    let own = work.policy.workflow_of(&before);
    let ends = ["duplicate", "cancel"].into_iter();
    let mut ends = ends.filter(|name| own.ways(name, &before).next().is_some());
    update::act(work, duplicate, ends.next().unwrap_or("cancel"), &inputs)?;
    let requester = before.requester().map_or("nobody", PersonId::as_str);
    let text = format!(
        "{} was merged into this; {requester} reported it.",
        named(duplicate, before.title())
    );
    update::note(work, original, NoteKind::System, &text)?;
    cascade::spread(work, duplicate, &before)
}

/// Lets `original` take the place of the duplicate, which read `before`.
fn hand_over(work: &mut Work<'_>, before: &Record, original: RecordId) -> Result<(), CommandError> {
    let duplicate = before.id();
    // What leads to the duplicate leads to the original from now on.
    for (other, rel) in work.session.index()?.links_to(duplicate)? {
        let old = Link { rel, to: duplicate };
        if other == original || !work.peek(other)?.links().contains(&old) {
            continue;
        }
        work.record(other)?.links_mut().retain(|link| *link != old);
        let new = Link { rel, to: original };
        if !work.peek(other)?.links().contains(&new) && may_link(work, other, new)? {
            work.record(other)?.links_mut().push(new);
        }
        work.record(other)?.normalise();
    }
    // What it leads to, the original leads to as well.
    for link in before.links().to_vec() {
        let known = work.peek(original)?.links().contains(&link);
        if !link.rel.is_single() && !known && may_link(work, original, link)? {
            work.record(original)?.links_mut().push(link);
        }
    }
    let cis = before.cis().to_vec();
    let record = work.record(original)?;
    // What it was to the duplicate, it would be to itself.
    record.links_mut().retain(|link| link.to != duplicate);
    if let Some(known) = record.cis_mut() {
        known.extend(cis);
    }
    record.normalise();
    Ok(())
}

fn may_link(work: &Work<'_>, from: RecordId, link: Link) -> Result<bool, CommandError> {
    let links = |id| work.peek(id).map(|record| record.links().to_vec());
    Ok(graph::check(from, link.rel, link.to, links)?.is_ok())
}
