//! From what people type as a field's value to what the record holds.

use super::nearest::nearest;
use super::write::Work;
use super::{Session, parse_when};
use crate::error::CommandError;
use crate::model::{FieldKind, Patch, PersonId, Record, StateName, TeamId, field_named};
use crate::policy::{OverrideRefusal, Policy, access};

/// Resolves `me`, `none`, short ids, names of CIs and human times in a patch.
///
/// # Errors
///
/// A person, team or record is not known, or a time cannot be read.
pub(super) fn patch(work: &Work<'_>, patch: &Patch) -> Result<Patch, CommandError> {
    let (session, policy, actor) = (work.session, work.policy, work.actor);
    let Some(value) = patch.value() else { return Ok(patch.clone()) };
    let Some(field) = field_named(patch.field()) else { return Ok(patch.clone()) };
    let none = matches!(patch, Patch::Set(..)) && value == "none";
    Ok(match field.kind {
        FieldKind::Person | FieldKind::Team if none => Patch::Clear(field.name.to_owned()),
        FieldKind::Person => {
            let person = person(policy, actor, value, field.name == "requester", session)?;
            patch.with_value(person.to_string())
        }
        FieldKind::Team => {
            let team = TeamId::new(value)?;
            access::known_team(policy, &team)?;
            patch.clone()
        }
        FieldKind::Time => patch.with_value(parse_when(session, value)?.to_string()),
        FieldKind::Records => {
            let mut ids = Vec::new();
            for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                ids.push(work.find(part)?.to_string());
            }
            patch.with_value(ids.join(","))
        }
        _ if field.name == "domain" => {
            known_domain(policy, value)?;
            patch.clone()
        }
        _ => patch.clone(),
    })
}

/// Whether the desk has a domain of this name.
pub(super) fn known_domain(policy: &Policy, name: &str) -> Result<(), CommandError> {
    let domains = &policy.settings.domains;
    if domains.contains_key(name) {
        return Ok(());
    }
    let names: Vec<&str> = domains.keys().map(StateName::as_str).collect();
    let error = CommandError::not_found(format!("there is no domain `{name}`"));
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if names.is_empty() => error.hint("domains are listed in .gitsm/desk.yaml"),
        None => error.hint(format!("the domains are {}", names.join(", "))),
    })
}

/// The person that `text` names: `me`, the address of somebody the desk knows,
/// or an id that the desk lets stand here.
pub(super) fn person(
    policy: &Policy,
    actor: &PersonId,
    text: &str,
    as_requester: bool,
    session: &Session,
) -> Result<PersonId, CommandError> {
    if text == "me" {
        return Ok(actor.clone());
    }
    let known = policy.people.iter().find(|person| {
        person.emails.iter().any(|address| address.trim().eq_ignore_ascii_case(text))
    });
    let person = match known {
        Some(person) => person.id.clone(),
        None => PersonId::new(text)?,
    };
    if as_requester {
        access::requestable(policy, &person)?;
    } else {
        access::assignable(policy, &person, session.now())?;
    }
    Ok(person)
}

/// Applies patches as a person typed them. The priority follows impact and
/// urgency by the desk's matrix, unless another one is given with a reason; one
/// that is emptied follows them again.
pub(super) fn apply(
    work: &Work<'_>,
    record: &mut Record,
    patches: &[Patch],
) -> Result<(), CommandError> {
    let before = record.clone();
    let mut named = (false, false);
    let mut follows = false;
    for typed in patches {
        let patch = patch(work, typed)?;
        if patch == Patch::Clear("priority".to_owned()) {
            follows = true;
            continue;
        }
        named.0 |= patch.field() == "priority";
        named.1 |= patch.field() == "priority_reason";
        record.patch(&patch)?;
    }
    if follows {
        work.policy.priorities.follow(record);
        return Ok(());
    }
    work.policy.priorities.settle(&before, record, named).map_err(|refusal| {
        let hint = match &refusal {
            OverrideRefusal::NoReason { .. } => "say why with `--reason TEXT`",
            OverrideRefusal::NothingToExplain { .. } => "give the other priority with `--priority`",
        };
        CommandError::refused(&refusal).hint(hint)
    })
}
