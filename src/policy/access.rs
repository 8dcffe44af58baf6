//! Who acts, and whom a record may name.

use super::Policy;
use crate::model::{Person, PersonId, TeamId, Timestamp};

/// Why somebody cannot act, or cannot be named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Git knows no name and address to act under.
    #[error("git does not know who you are")]
    NoIdentity,
    /// The desk lists its people, and this address is not among them.
    #[error("{name} <{email}> is not listed in .gitsm/people.yaml")]
    Stranger { name: String, email: String },
    /// Listed, but not active at this time.
    #[error("{id} is not active on this desk")]
    Inactive { id: PersonId },
    /// The desk lists its people, and this id is not among them.
    #[error("there is no person `{id}` on this desk")]
    UnknownPerson { id: PersonId, nearest: Option<PersonId> },
    /// The desk lists its teams, and this id is not among them.
    #[error("there is no team `{id}` on this desk")]
    UnknownTeam { id: TeamId, nearest: Option<TeamId> },
}

impl AccessError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            AccessError::NoIdentity => Some(
                "git config --global user.name \"Your Name\"; git config --global user.email you@example.com"
                    .to_owned(),
            ),
            AccessError::Stranger { .. } => Some(
                "have your address added to .gitsm/people.yaml, or set git's user.email to a listed one"
                    .to_owned(),
            ),
            AccessError::Inactive { .. } => {
                Some("see active_from and active_until in .gitsm/people.yaml".to_owned())
            }
            AccessError::UnknownPerson { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            AccessError::UnknownPerson { nearest: None, .. } => {
                Some("add them to .gitsm/people.yaml and run `gitsm commit`".to_owned())
            }
            AccessError::UnknownTeam { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            AccessError::UnknownTeam { nearest: None, .. } => {
                Some("add it to .gitsm/teams.yaml and run `gitsm commit`".to_owned())
            }
        }
    }
}

/// The principal that acts when git's identity is `name <email>`.
///
/// On a desk that lists its people the address decides. On an open desk you are
/// who git says you are: the local part of the address is your id.
///
/// # Errors
///
/// Git has no identity, or the desk does not list it, or not now.
pub fn actor(
    policy: &Policy,
    name: &str,
    email: &str,
    now: Timestamp,
) -> Result<PersonId, AccessError> {
    if policy.is_open_desk() {
        return on_open_desk(name, email).ok_or(AccessError::NoIdentity);
    }
    let person =
        policy.people.iter().find(|person| has_address(person, email)).ok_or_else(|| {
            AccessError::Stranger { name: name.to_owned(), email: email.to_owned() }
        })?;
    if person.is_active(now) {
        Ok(person.id.clone())
    } else {
        Err(AccessError::Inactive { id: person.id.clone() })
    }
}

/// The principal whom a code repository calls `Name <email>`, whether or not they
/// are active; nobody, where the desk lists its people and not this address.
pub fn known_as(policy: &Policy, text: &str) -> Option<PersonId> {
    let (name, rest) = text.split_once('<').unwrap_or((text, text));
    let email = rest.trim_end().trim_end_matches('>');
    if policy.is_open_desk() {
        return on_open_desk(name, email);
    }
    policy.people.iter().find(|person| has_address(person, email)).map(|person| person.id.clone())
}

/// Who somebody is on a desk that lists nobody.
fn on_open_desk(name: &str, email: &str) -> Option<PersonId> {
    let local = email.split('@').next().unwrap_or_default();
    let plain = |text: &str| -> String {
        text.trim()
            .to_ascii_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "._+-".contains(c) { c } else { '-' })
            .collect::<String>()
            .trim_matches(|c: char| !c.is_ascii_alphanumeric())
            .to_owned()
    };
    [plain(local), plain(name)].into_iter().find_map(|text| PersonId::new(text).ok())
}

fn has_address(person: &Person, email: &str) -> bool {
    person.emails.iter().any(|address| address.trim().eq_ignore_ascii_case(email.trim()))
}

/// Whether a record may name `id` as somebody who works on it.
///
/// # Errors
///
/// The desk lists its people and `id` is not one of them, or not active.
pub fn assignable(policy: &Policy, id: &PersonId, now: Timestamp) -> Result<(), AccessError> {
    if policy.is_open_desk() {
        return Ok(());
    }
    match policy.person(id) {
        Some(person) if person.is_active(now) => Ok(()),
        Some(person) => Err(AccessError::Inactive { id: person.id.clone() }),
        None => Err(unknown_person(policy, id)),
    }
}

/// Whether a record may name `id` as its requester: somebody listed, or anyone
/// from outside by e-mail address.
///
/// # Errors
///
/// The desk lists its people, and `id` is neither one of them nor an address.
pub fn requestable(policy: &Policy, id: &PersonId) -> Result<(), AccessError> {
    if policy.is_open_desk() || policy.person(id).is_some() || id.as_str().contains('@') {
        Ok(())
    } else {
        Err(unknown_person(policy, id))
    }
}

/// Whether a record may be given to the team `id`.
///
/// # Errors
///
/// The desk lists its teams and `id` is not one of them.
pub fn known_team(policy: &Policy, id: &TeamId) -> Result<(), AccessError> {
    if policy.teams.is_empty() || policy.team(id).is_some() {
        return Ok(());
    }
    let names = policy.teams.iter().map(|team| &team.id);
    let nearest = nearest(id.as_str(), names.map(|name| (name.as_str(), name))).cloned();
    Err(AccessError::UnknownTeam { id: id.clone(), nearest })
}

fn unknown_person(policy: &Policy, id: &PersonId) -> AccessError {
    let names = policy.people.iter().map(|person| &person.id);
    let nearest = nearest(id.as_str(), names.map(|name| (name.as_str(), name))).cloned();
    AccessError::UnknownPerson { id: id.clone(), nearest }
}

/// The candidate whose text is most like `wanted`, if any is like it at all.
fn nearest<'a, T>(wanted: &str, candidates: impl Iterator<Item = (&'a str, T)>) -> Option<T> {
    const ALIKE: f64 = 0.7;
    candidates
        .map(|(text, value)| (strsim::jaro_winkler(wanted, text), value))
        .filter(|(score, _)| *score > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, value)| value)
}
