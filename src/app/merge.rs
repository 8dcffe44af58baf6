//! Merging a duplicate into the ticket that reports the same thing.

use super::cascade;
use super::link::add_link;
use super::update;
use super::write::Work;
use crate::error::CommandError;
use crate::model::{Link, NoteKind, PersonId, Record, RecordId, Relation, StateName, summary};
use crate::policy::graph::{self, LinkRefusal};
use crate::policy::{Inputs, duplicate};

/// Ends `merged` as a duplicate of the ticket that `into` names, which takes
/// over its relations and configuration items. Both keep their histories.
///
/// # Errors
///
/// They are of different types, the other one is closed, or the workflow does
/// not let the duplicate end.
pub(super) fn merge(
    work: &mut Work<'_>,
    merged: RecordId,
    into: &str,
    comment: Option<&str>,
) -> Result<(), CommandError> {
    let original = work.find(into)?;
    let before = work.peek(merged)?;
    let first = work.peek(original)?;
    duplicate::may_merge(work.policy, &before, &first)?;
    add_link(work, merged, Relation::DuplicateOf, false, original)?;
    hand_over(work, &before, original)?;

    let named = |id: RecordId, title: &str| format!("{} ({})", id.short(), summary(title, 60));
    let said = comment.map(|text| format!("\n\n{}", text.trim_end())).unwrap_or_default();
    let comment = format!("Duplicate of {}.{said}", named(original, first.title()));
    let code = StateName::new(duplicate::CODE).ok();
    let inputs = Inputs { code, comment: Some(comment), ..Inputs::default() };
    let ends_by = duplicate::ends_by(work.policy.workflow_of(&before), &before);
    update::act(work, merged, ends_by, &inputs)?;
    let requester = before.requester().map_or("nobody", PersonId::as_str);
    let text =
        format!("{} was merged into this; {requester} reported it.", named(merged, before.title()));
    update::note(work, original, NoteKind::System, &text)?;
    cascade::spread(work, merged, &before)
}

/// Lets `original` take the place of the duplicate, which read `before`. What
/// cannot be handed over is told.
fn hand_over(work: &mut Work<'_>, before: &Record, original: RecordId) -> Result<(), CommandError> {
    let duplicate = before.id();
    // What leads to the duplicate leads to the original from now on.
    for (other, rel) in work.session.index()?.links_to(duplicate)? {
        let old = Link { rel, to: duplicate };
        if !work.peek(other)?.links().contains(&old) {
            continue;
        }
        work.record(other)?.links_mut().retain(|link| *link != old);
        let gone = format!("{} is no longer {rel} {}", other.short(), duplicate.short());
        let new = Link { rel, to: original };
        if other == original {
            work.notices.push(format!("{gone}, whose place it takes"));
        } else if !work.peek(other)?.links().contains(&new) {
            match may_link(work, other, new)? {
                Ok(()) => work.record(other)?.links_mut().push(new),
                Err(refusal) => work.notices.push(format!("{gone}: {refusal}")),
            }
        }
        work.record(other)?.normalise();
    }
    // What it leads to, the original leads to as well.
    for link in before.links().to_vec() {
        let Link { rel, to } = link;
        if to == original {
            if rel != Relation::DuplicateOf {
                work.record(duplicate)?.links_mut().retain(|own| *own != link);
                let gone = format!("{} is no longer {rel} {}", duplicate.short(), to.short());
                work.notices.push(format!("{gone}, which takes its place"));
            }
        } else if !work.peek(original)?.links().contains(&link) {
            let (old, new, to) = (duplicate.short(), original.short(), to.short());
            match may_link(work, original, link)? {
                // What has one parent, host or original only is not given another
                // one in passing.
                Ok(()) if rel.is_single() => work.notices.push(format!(
                    "{old} is {rel} {to}, but {new} is not; if it should be: gitsm link {new} {rel} {to}"
                )),
                Ok(()) => work.record(original)?.links_mut().push(link),
                Err(refusal) => {
                    work.notices.push(format!("{old} is {rel} {to}, but {new} is not: {refusal}"));
                }
            }
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

fn may_link(
    work: &Work<'_>,
    from: RecordId,
    link: Link,
) -> Result<Result<(), LinkRefusal>, CommandError> {
    let links = |id| work.peek(id).map(|record| record.links().to_vec());
    graph::check(from, link.rel, link.to, links)
}
