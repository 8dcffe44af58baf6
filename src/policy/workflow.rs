//! State machines as data.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::approval::{Approvers, Source};
use super::{overriding, template};
use crate::model::{
    Approval, ChangeModel, FieldKind, Kind, Patch, PersonId, Record, StateCategory, StateName,
    Timestamp, Verdict, field_named, unique,
};

/// The state machine of one record type, `.gitsm/workflows/<type>.yaml`; of the
/// records of one domain, `.gitsm/workflows/<domain>/<type>.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workflow {
    /// The record type it is for.
    pub kind: Kind,
    /// The states in which a record may begin; the first is the usual one.
    pub entry: Vec<StateName>,
    /// Every state and what it means.
    #[serde(deserialize_with = "unique::map")]
    pub states: IndexMap<StateName, State>,
    /// The reasons for a hold; any word, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hold_reasons: Vec<StateName>,
    /// The ways a record may end; the first is the usual one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolution_codes: Vec<StateName>,
    /// Fields that may be changed in these states only, by name.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub only_in: IndexMap<String, Vec<StateName>>,
    /// What an answer of the requester sets going.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_reply: Option<Reply>,
    /// What can be done, by name.
    #[serde(deserialize_with = "unique::map")]
    pub transitions: IndexMap<StateName, Vec<Transition>>,
}

/// What follows when the requester says something for all to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The reasons for a hold that the answer ends.
    pub hold_reasons: Vec<StateName>,
    /// The action that is then carried out.
    pub action: StateName,
    /// What becomes of it where the record is closed: incidents are followed up,
    /// elsewhere it is noted, if this does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<OnClosed>,
}

/// What becomes of an answer to something closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnClosed {
    /// A new record that is a follow-up of the closed one.
    FollowUp,
    /// A note on the closed one, which stays closed.
    Note,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// What the state means to lists, counts and clocks.
    pub category: StateCategory,
    /// Whether being here means that somebody works on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub work: bool,
}

/// One way to carry out an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The states in which it is open.
    pub from: Vec<StateName>,
    /// Where it leads; absent, if the state stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<StateName>,
    /// The change models it is for; all, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ChangeModel>,
    /// Fields that must have a value afterwards, by name; besides those of a
    /// record `comment` (something said) and `hold_reason`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The reasons for a hold with which something must be said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explain: Vec<StateName>,
    /// Who may carry it out; everybody, if absent.
    #[serde(default, skip_serializing_if = "Approvers::is_everybody")]
    pub by: Approvers,
    /// Who must not, whatever else they are (segregation of duties).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_by: Vec<Source>,
    /// Fields it sets, by name; `me` in a field for a person is whoever acts,
    /// and `now` in a field for a time is the present.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub set: IndexMap<String, String>,
    /// Fields it empties, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clear: Vec<String>,
    /// The vote it casts. The state moves once the votes decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote: Option<Vote>,
    /// Whether every approval that the desk asks for must have been given, for
    /// what the record says now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approved: bool,
    /// Whether it is only open to a change that went on without leave; see
    /// `gitsm change gate --override`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overridden: bool,
    /// Whether it puts a record on hold or takes it off, in whatever state it is
    /// (ServiceNow's "on hold" of a change). The state stays; meanwhile the
    /// record can only be taken off hold, taken back to where it began, or ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldFlag>,
}

/// What a transition does to the hold of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldFlag {
    Begin,
    End,
}

/// In a field for a person: whoever acts.
const ME: &str = "me";
/// In a field for a time: the present.
const NOW: &str = "now";

/// The vote that a transition casts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    Approve,
    Reject,
}

impl Vote {
    /// How the vote stands in the record.
    pub const fn verdict(self) -> Verdict {
        match self {
            Vote::Approve => Verdict::Approved,
            Vote::Reject => Verdict::Rejected,
        }
    }
}

/// What is wrong with a workflow file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    #[error("the workflow is for type {found}, its file for type {wanted}")]
    WrongKind { found: Kind, wanted: Kind },
    #[error("`entry` names no state in which a record may begin")]
    NoEntry,
    #[error("{place} names the state `{state}`, which is not among `states`")]
    UnknownState { place: String, state: StateName },
    #[error("{place} names the field `{field}`, which {} does not have", kind.one())]
    UnknownField { place: String, field: String, kind: Kind },
    #[error("`on_reply` names the action `{action}`, which is not among `transitions`")]
    UnknownAction { action: StateName },
    #[error("a workflow needs at least one state of category closed")]
    NoEnd,
}

impl Workflow {
    /// A workflow in which nothing can begin or be done.
    pub fn empty(kind: Kind) -> Self {
        Self {
            kind,
            entry: Vec::new(),
            states: IndexMap::new(),
            hold_reasons: Vec::new(),
            resolution_codes: Vec::new(),
            only_in: IndexMap::new(),
            on_reply: None,
            transitions: IndexMap::new(),
        }
    }

    /// Whether the action is there for the sake of votes: it is one, or leads to
    /// where votes are waited for, or from nowhere else.
    pub fn is_about_votes(&self, action: &str) -> bool {
        let waits = |state: &StateName| {
            let mut ways = self.transitions.values().flatten();
            !self.entry.contains(state)
                && ways.any(|way| way.vote.is_some() && !way.overridden && way.from.contains(state))
        };
        let mut ways = self.transitions.iter().filter(|(name, _)| name.as_str() == action);
        ways.any(|(_, ways)| {
            ways.iter().any(|way| way.vote.is_some() || way.to.as_ref().is_some_and(waits))
                || ways.iter().all(|way| way.from.iter().all(waits))
        })
    }

    /// Whether the record waits in a state that is there for votes alone.
    pub fn is_at_votes(&self, record: &Record) -> bool {
        let mut ways = self.transitions.values().flatten();
        !self.entry.contains(record.status())
            && ways.any(|way| {
                way.vote.is_some() && !way.overridden && way.from.contains(record.status())
            })
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    ///
    /// The first thing that does not fit.
    pub fn validate(&self, wanted: Kind) -> Result<(), WorkflowError> {
        if self.kind != wanted {
            return Err(WorkflowError::WrongKind { found: self.kind, wanted });
        }
        if self.entry.is_empty() {
            return Err(WorkflowError::NoEntry);
        }
        let known = |place: String, state: &StateName| {
            if self.states.contains_key(state) {
                Ok(())
            } else {
                Err(WorkflowError::UnknownState { place, state: state.clone() })
            }
        };
        for state in &self.entry {
            known("`entry`".into(), state)?;
        }
        if !self.states.values().any(|state| state.category == StateCategory::Closed) {
            return Err(WorkflowError::NoEnd);
        }
        for (field, states) in &self.only_in {
            for state in states {
                known(format!("`only_in` of {field}"), state)?;
            }
            if !field_named(field).is_some_and(|spec| spec.on.contains(&self.kind)) {
                let (place, kind) = ("`only_in`".to_owned(), self.kind);
                return Err(WorkflowError::UnknownField { place, field: field.clone(), kind });
            }
        }
        if let Some(reply) = &self.on_reply
            && !self.transitions.contains_key(&reply.action)
        {
            return Err(WorkflowError::UnknownAction { action: reply.action.clone() });
        }
        for (name, ways) in &self.transitions {
            for way in ways {
                for state in way.from.iter().chain(&way.to) {
                    known(format!("transition `{name}`"), state)?;
                }
                let fields = way.set.keys().chain(&way.needs).chain(&way.clear);
                for field in fields.filter(|field| !is_input(field)) {
                    if !field_named(field).is_some_and(|spec| spec.on.contains(&self.kind)) {
                        return Err(WorkflowError::UnknownField {
                            place: format!("transition `{name}`"),
                            field: field.clone(),
                            kind: self.kind,
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// What `status` means; a state that is not known counts as open.
    pub fn category(&self, status: &StateName) -> StateCategory {
        self.states.get(status).map_or(StateCategory::Open, |state| state.category)
    }

    /// The ways in which `action` can be carried out on `record` as it stands.
    pub fn ways<'a>(
        &'a self,
        action: &str,
        record: &'a Record,
    ) -> impl Iterator<Item = &'a Transition> {
        self.transitions.get(action).into_iter().flatten().filter(|way| self.fits(way, record))
    }

    /// Whether a way is open to `record` as it stands.
    pub(super) fn fits(&self, way: &Transition, record: &Record) -> bool {
        let is_held = self.is_held(record);
        let ends =
            |to: &StateName| self.category(to) == StateCategory::Closed || self.entry.contains(to);
        let by_hold = match way.hold {
            Some(HoldFlag::Begin) => !is_held,
            Some(HoldFlag::End) => is_held,
            None => !is_held || way.to.as_ref().is_some_and(ends),
        };
        let is_overridden = || overriding::of(record).is_some();
        by_hold
            && way.is_for(record)
            && way.from.contains(record.status())
            && (!way.overridden || is_overridden())
    }

    /// Whether `record` is on hold in a state that is none of waiting.
    pub fn is_held(&self, record: &Record) -> bool {
        self.holds_anywhere()
            && self.category(record.status()) != StateCategory::Hold
            && record.holds().last().is_some_and(|hold| hold.until.is_none())
    }

    /// Whether records can be on hold whatever their state.
    pub fn holds_anywhere(&self) -> bool {
        self.transitions.values().flatten().any(|way| way.hold == Some(HoldFlag::Begin))
    }

    /// Whether votes can be cast for the record as it stands, and move it.
    pub fn waits_for_votes(&self, record: &Record) -> bool {
        self.transitions.values().flatten().any(|way| {
            way.vote == Some(Vote::Approve)
                && way.to.is_some()
                && way.is_for(record)
                && way.from.contains(record.status())
        })
    }

    /// Whether anything that can be done casts a vote or asks for approval.
    pub fn has_approvals(&self) -> bool {
        self.transitions.values().flatten().any(|way| way.vote.is_some() || way.approved)
    }

    /// The action that asks for votes on the record, where it takes none as it
    /// stands: it leads to a state that takes them.
    pub fn asks_by(&self, record: &Record) -> Option<&StateName> {
        if self.takes_votes(record.status(), record) {
            return None;
        }
        let asks = |way: &Transition| {
            way.vote.is_none()
                && !way.approved
                && way.is_for(record)
                && way.from.contains(record.status())
                && way.to.as_ref().is_some_and(|to| self.takes_votes(to, record))
        };
        let mut actions = self.transitions.iter();
        actions.find(|(_, ways)| ways.iter().any(asks)).map(|(name, _)| name)
    }

    /// Whether votes in favour can be cast on a record like this one in `state`.
    pub fn takes_votes(&self, state: &StateName, record: &Record) -> bool {
        let takes = |way: &Transition| {
            way.vote == Some(Vote::Approve)
                && way.is_for(record)
                && way.from.contains(state)
                && (!way.overridden || overriding::of(record).is_some())
        };
        self.transitions.values().flatten().any(takes)
    }

    /// Whether there is no way on but by votes: everything else that can be
    /// done ends the record, or takes it back to where it began.
    pub fn needs_votes(&self, record: &Record) -> bool {
        let goes_on = |way: &Transition| {
            way.vote.is_none()
                && way.is_for(record)
                && way.from.contains(record.status())
                && way.to.as_ref().is_some_and(|to| {
                    self.category(to) != StateCategory::Closed && !self.entry.contains(to)
                })
        };
        self.waits_for_votes(record) && !self.transitions.values().flatten().any(goes_on)
    }

    /// The action that leads from `before` to `after`, if the state moved or a
    /// field was set that a transition sets.
    pub fn action_between(&self, before: &Record, after: &Record) -> Option<&StateName> {
        self.ways_between(before, after).map(|(name, _)| name)
    }

    /// As [`action_between`](Self::action_between), with the ways in which it
    /// may have been carried out.
    pub fn ways_between<'a>(
        &'a self,
        before: &Record,
        after: &Record,
    ) -> Option<(&'a StateName, Vec<&'a Transition>)> {
        let moved = before.status() != after.status();
        let stayed_for_more_votes = |way: &Transition| !moved && way.vote.is_some();
        let find = |any_code: bool| {
            let fits = |way: &&Transition| {
                let target = way.to.as_ref().unwrap_or(before.status());
                let held = (self.is_held(before), self.is_held(after));
                let by_hold = match way.hold {
                    Some(HoldFlag::Begin) => held == (false, true),
                    Some(HoldFlag::End) => held == (true, false),
                    None => !held.0 || self.fits(way, before),
                };
                by_hold
                    && way.from.contains(before.status())
                    && (target == after.status() || stayed_for_more_votes(way))
                    && (moved || !way.set.is_empty() || way.vote.is_some() || way.hold.is_some())
                    && (way.is_for(before)
                        || template::is_demoted(before, after) && way.is_for(after))
                    && way.leaves_marks(before, after, moved, any_code)
            };
            self.transitions.iter().find_map(|(name, ways)| {
                let ways: Vec<&Transition> = ways.iter().filter(fits).collect();
                (!ways.is_empty()).then_some((name, ways))
            })
        };
        // A person may give another code than the one that the workflow sets.
        find(false).or_else(|| if moved { find(true) } else { None })
    }
}

impl Transition {
    /// Whether it is for records like this one.
    pub(super) fn is_for(&self, record: &Record) -> bool {
        match record {
            Record::Change(change) => self.models.is_empty() || self.models.contains(&change.model),
            _ => true,
        }
    }

    /// Whether what it sets is what `after` has, the resolution code aside if
    /// `any_code`; where no state moved, one of the fields must also have been
    /// different before.
    fn leaves_marks(&self, before: &Record, after: &Record, moved: bool, any_code: bool) -> bool {
        let said = new_votes(before, after);
        match self.vote {
            Some(vote) if !said.contains(&vote.verdict()) => return false,
            None if !said.is_empty() => return false,
            // A vote that did not decide sets nothing.
            Some(_) if !moved => return true,
            _ => {}
        }
        let old = before.to_value();
        let new = after.to_value();
        let at = |tree: &serde_json::Value, name: &str| {
            tree.pointer(&format!("/{}", name.replace('.', "/"))).cloned()
        };
        let mut left = moved || self.set.is_empty();
        let marked = self.set.iter().all(|(name, text)| {
            if any_code && name == "resolution.code" {
                return true;
            }
            let value = at(&new, name);
            let kind = field_named(name).map(|field| field.kind);
            let is_set = match kind {
                Some(FieldKind::Person) if text == ME => value.is_some(),
                Some(FieldKind::Time) if text == NOW => value.is_some(),
                // A flag that is off is not written at all.
                Some(FieldKind::Flag) => {
                    let flag = value.as_ref().and_then(serde_json::Value::as_bool);
                    flag.unwrap_or_default().to_string() == *text
                }
                Some(FieldKind::Count) => {
                    let count = value.as_ref().and_then(serde_json::Value::as_u64);
                    count.is_some() && count == text.parse().ok()
                }
                _ => value.as_ref().and_then(serde_json::Value::as_str) == Some(text),
            };
            left |= at(&old, name) != value;
            is_set
        });
        marked && left
    }

    /// What it sets and empties, as patches, when `actor` acts at `now`.
    pub(super) fn patches(&self, actor: &PersonId, now: Timestamp) -> Vec<Patch> {
        let value = |name: &str, text: &String| match field_named(name).map(|field| field.kind) {
            Some(FieldKind::Person) if text == ME => actor.to_string(),
            Some(FieldKind::Time) if text == NOW => now.to_string(),
            _ => text.clone(),
        };
        let set = self.set.iter().map(|(name, text)| Patch::Set(name.clone(), value(name, text)));
        set.chain(self.clear.iter().cloned().map(Patch::Clear)).collect()
    }
}

/// What the votes say that `after` has and `before` has not.
fn new_votes(before: &Record, after: &Record) -> Vec<Verdict> {
    let is_new = |vote: &&Approval| !before.approvals().iter().any(|old| old.id == vote.id);
    after.votes().filter(is_new).map(|vote| vote.verdict).collect()
}

/// Whether `needs` means something typed rather than a field of the record.
pub(super) fn is_input(name: &str) -> bool {
    matches!(name, "comment" | "hold_reason")
}
