//! From what a person typed to the record they mean.

use super::Session;
use crate::error::CommandError;
use crate::model::{IdPattern, Kind, RecordId};
use crate::policy::Workflow;

/// How many candidates an ambiguous name lists.
const LISTED: usize = 10;
/// How many values a completion offers.
const OFFERED: usize = 100;

impl Session {
    /// The record that `text` names: a full id, an unambiguous ending of one, a
    /// CI's name, or an external id.
    ///
    /// Ids need no index: their endings lead to the folder.
    ///
    /// # Errors
    ///
    /// Nothing has that name, or several things have.
    pub fn find(&self, text: &str) -> Result<RecordId, CommandError> {
        let text = text.trim();
        let found = self.candidates(text)?;
        self.only(text, &found)
    }

    /// All records that `text` may mean.
    ///
    /// # Errors
    ///
    /// The desk cannot be read, or something else lies in the record's place.
    pub(super) fn candidates(&self, text: &str) -> Result<Vec<RecordId>, CommandError> {
        let text = text.trim();
        let resolved = || -> Result<Vec<RecordId>, CommandError> {
            Ok(self.index()?.resolve(text)?.into_iter().map(|row| row.id).collect())
        };
        if self.past().is_some() {
            return resolved();
        }
        let snapshot = self.snapshot()?;
        if let Ok(id) = text.parse::<RecordId>()
            && snapshot.blob_of(&id.path())?.is_some()
        {
            return Ok(vec![id]);
        }
        let mut found = match IdPattern::parse(text) {
            Some(pattern) => snapshot.matching(&pattern)?,
            None => Vec::new(),
        };
        if found.is_empty() {
            found = resolved()?;
        }
        if found.is_empty()
            && let Ok(id) = text.parse::<RecordId>()
        {
            // Says what lies in the record's place, if anything does.
            snapshot.record_bytes(id)?;
        }
        Ok(found)
    }

    /// The one record that was found.
    fn only(&self, text: &str, found: &[RecordId]) -> Result<RecordId, CommandError> {
        match found {
            [id] => Ok(*id),
            [] if self.past().is_some() => {
                Err(CommandError::not_found(format!("there was no record `{text}` then"))
                    .hint("`gitsm list --all --at WHEN` lists what there was"))
            }
            [] => Err(CommandError::not_found(format!("there is no record `{text}`"))
                .hint("list what there is with `gitsm list --all`, or search with `gitsm search`")),
            _ => Err(self.ambiguous(text, found)),
        }
    }

    fn ambiguous(&self, text: &str, found: &[RecordId]) -> CommandError {
        let listed = &found[..found.len().min(LISTED)];
        let refs = self.index().ok().and_then(|index| index.refs(listed).ok()).unwrap_or_default();
        let mut error = CommandError::not_found(format!("`{text}` names {} records", found.len()));
        for (at, id) in listed.iter().enumerate() {
            let known = refs.get(at).and_then(Option::as_ref);
            let title = known.map(|known| known.title.as_str()).unwrap_or_default();
            error = error.hint(format!("{id}  {title}"));
        }
        error
    }

    /// Short ids of open records (or names of CIs) that begin with what was
    /// typed, with their titles.
    pub fn complete_ids(
        &self,
        typed: &str,
        kind: Option<Kind>,
        limit: usize,
    ) -> Vec<(String, String)> {
        let Ok(index) = self.index() else { return Vec::new() };
        let mut found = index.complete_ids(typed, limit).unwrap_or_default();
        if let Some(kind) = kind {
            let is_id = |text: &str| {
                Kind::ALL.iter().any(|each| text.starts_with(&format!("{}-", each.prefix())))
            };
            found.retain(|(id, _)| !is_id(id) || id.starts_with(kind.prefix()));
        }
        found
    }

    /// People that records or the desk's settings name.
    pub fn complete_people(&self, typed: &str) -> Vec<(String, String)> {
        let Ok(policy) = self.policy() else { return Vec::new() };
        let mut people: Vec<(String, String)> = policy
            .people
            .iter()
            .map(|person| (person.id.to_string(), person.name.clone()))
            .filter(|(id, _)| id.starts_with(typed))
            .collect();
        if policy.is_open_desk() {
            people = self.complete_values("assignee", typed);
        }
        for word in ["me", "none"] {
            if word.starts_with(typed) {
                people.push((word.to_owned(), String::new()));
            }
        }
        people
    }

    /// Teams of the desk, or those that records name.
    pub fn complete_teams(&self, typed: &str) -> Vec<(String, String)> {
        let Ok(policy) = self.policy() else { return Vec::new() };
        if policy.teams.is_empty() {
            return self.complete_values("team", typed);
        }
        policy
            .teams
            .iter()
            .map(|team| (team.id.to_string(), team.name.clone()))
            .filter(|(id, _)| id.starts_with(typed))
            .collect()
    }

    /// The parts of the organisation.
    pub fn complete_domains(&self, typed: &str) -> Vec<(String, String)> {
        let Ok(policy) = self.policy() else { return Vec::new() };
        let domains = policy.settings.domains.iter();
        let named = domains.map(|(id, domain)| (id.to_string(), domain.name.clone()));
        named.filter(|(id, _)| id.starts_with(typed)).collect()
    }

    /// Values of a field that records have.
    pub fn complete_values(&self, field: &str, typed: &str) -> Vec<(String, String)> {
        let Ok(index) = self.index() else { return Vec::new() };
        let values = index.values(field, typed, OFFERED).unwrap_or_default();
        values.into_iter().map(|value| (value, String::new())).collect()
    }

    /// Words that the workflows define.
    pub fn complete_words(
        &self,
        typed: &str,
        words: impl Fn(&Workflow) -> &Vec<crate::model::StateName>,
    ) -> Vec<(String, String)> {
        let Ok(policy) = self.policy() else { return Vec::new() };
        let mut all: Vec<String> = policy
            .workflows
            .iter()
            .flat_map(words)
            .filter(|word| crate::policy::is_of_use(&policy.settings, word))
            .map(ToString::to_string)
            .filter(|word| word.starts_with(typed))
            .collect();
        all.sort();
        all.dedup();
        all.into_iter().map(|word| (word, String::new())).collect()
    }
}
