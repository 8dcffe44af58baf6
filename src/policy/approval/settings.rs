//! Who must approve what: `.gitsm/approvals.yaml`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Edge, MATERIAL, Quorum, Rounding, Span};
use crate::model::{Kind, PersonId, Record, StateName, TeamId, Timestamp, unique};
use crate::policy::Policy;

/// The desk's approvals, `.gitsm/approvals.yaml`.
///
/// Where no definition is for a record, one vote decides, as on a desk without
/// the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalSettings {
    /// The record types whose requester and assignee may not vote, nor whoever
    /// wrote or pushed what a change deploys; if absent, changes and requests on a
    /// desk that lists its people, and changes that deploy something on any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segregation: Option<Vec<Kind>>,
    /// What becomes of a percentage that is no whole number of votes.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub rounding: Rounding,
    /// By record type, the fields whose change voids the votes; what is to be
    /// done, to what, when, how, at which risk and for whom, if absent.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub material: IndexMap<Kind, Vec<String>>,
    /// Who votes in whose place, and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<Delegation>,
    /// What must be approved by whom. All definitions whose condition holds
    /// apply, each once.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub definitions: IndexMap<StateName, Definition>,
}

fn is_usual(rounding: &Rounding) -> bool {
    *rounding == Rounding::default()
}

/// One approval that records may need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The records that need it, as a query: `type:change risk:>=moderate`. If
    /// absent, those whose offering in the catalogue names it, and no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What it is for, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether requester and assignee may not vote; as for the record type, if
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segregation: Option<bool>,
    /// The steps, each of which opens when the one before is approved.
    pub steps: Vec<Step>,
}

/// One step of an approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What the step is called; its number, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StateName>,
    /// Who may vote; everybody, if absent.
    #[serde(default, skip_serializing_if = "Approvers::is_everybody")]
    pub approvers: Approvers,
    /// How many must approve; one, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Quorum>,
    /// Whether one vote against decides. Where a step names neither approvers nor
    /// a quorum, it always does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub veto: bool,
    /// How long it waits for votes, such as `48h`; for ever, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Span>,
}

/// Who may vote or act: all of those named in any of the ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approvers {
    /// These people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
    /// The members of these teams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// Everybody who has one of these roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Those whom the record leads to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Source>,
}

impl Approvers {
    /// Whether nobody is named, so that everybody may vote.
    pub fn is_everybody(&self) -> bool {
        self.people.is_empty()
            && self.teams.is_empty()
            && self.roles.is_empty()
            && self.from.is_empty()
    }
}

/// How a record leads to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Who asked.
    Requester,
    /// The manager of whoever asked, as `.gitsm/people.yaml` says.
    RequesterManager,
    /// Who wrote it down.
    Opener,
    /// Who works on it.
    Assignee,
    /// Who carried it out: whoever said how it ended.
    Resolver,
    /// The members of the team it is with.
    Team,
    /// Who leads the team it is with, as `.gitsm/teams.yaml` says.
    TeamLead,
}

impl Source {
    /// The word that files use.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Requester => "requester",
            Source::RequesterManager => "requester_manager",
            Source::Opener => "opener",
            Source::Assignee => "assignee",
            Source::Resolver => "resolver",
            Source::Team => "team",
            Source::TeamLead => "team_lead",
        }
    }

    /// The person, as a sentence names them.
    pub const fn words(self) -> &'static str {
        match self {
            Source::Requester => "the requester",
            Source::RequesterManager => "the requester's manager",
            Source::Opener => "whoever opened it",
            Source::Assignee => "the assignee",
            Source::Resolver => "whoever carried it out",
            Source::Team => "the team it is with",
            Source::TeamLead => "the lead of the team it is with",
        }
    }
}

/// Somebody votes in the place of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// In whose place.
    pub from: PersonId,
    /// Who votes.
    pub to: PersonId,
    /// From when on, a day or a time; always, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Edge>,
    /// Until when: through that day, or to that time; without end, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Edge>,
}

impl Delegation {
    /// Whether it holds at `at`, by the desk's days.
    pub fn is_active(&self, at: Timestamp, policy: &Policy) -> bool {
        let zone = &policy.settings.time_zone;
        self.since.is_none_or(|since| since.start(zone) <= at)
            && self.until.is_none_or(|until| at < until.end(zone))
    }
}

/// Something in the settings that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// A stable name, for example `approval-nobody`.
    pub rule: &'static str,
    /// Whether it must be mended; else it is only worth knowing.
    pub is_error: bool,
    /// The definition it is in.
    pub definition: Option<StateName>,
    /// A text that stands on the line, the more telling the better.
    pub mark: String,
    pub message: String,
}

impl ApprovalSettings {
    /// The fields whose change voids the votes on records of type `kind`.
    pub fn material(&self, kind: Kind) -> Vec<&str> {
        match self.material.get(&kind) {
            Some(fields) => fields.iter().map(String::as_str).collect(),
            None => MATERIAL.to_vec(),
        }
    }

    /// Whether requester and assignee may not vote on `record`. Where the desk
    /// does not say so, they may not where it lists its people, and never on what
    /// is deployed from a code repository.
    pub(super) fn segregates(&self, record: &Record, policy: &Policy) -> bool {
        match &self.segregation {
            Some(kinds) => kinds.contains(&record.kind()),
            None => match record {
                Record::Change(change) => change.deployment.is_some() || !policy.is_open_desk(),
                Record::Request(_) => !policy.is_open_desk(),
                _ => false,
            },
        }
    }

    /// What cannot work as written, conditions apart.
    pub fn mistakes(&self, policy: &Policy) -> Vec<Mistake> {
        let mut found = Vec::new();
        for (kind, fields) in &self.material {
            for field in fields {
                let known = (field == "answers" && *kind == Kind::Request)
                    || field.starts_with("custom.")
                    || crate::model::field_named(field).is_some_and(|spec| spec.on.contains(kind));
                if !known {
                    let message = format!("{} has no field `{field}`", kind.one());
                    found.push(mistake("approval-field", None, field, message));
                }
            }
        }
        let unknown = |person: &PersonId| !policy.is_open_desk() && policy.person(person).is_none();
        for delegation in &self.delegations {
            for person in [&delegation.from, &delegation.to] {
                if unknown(person) {
                    let message = format!("there is no person `{person}` on this desk");
                    found.push(mistake("approval-person", None, person.as_str(), message));
                }
            }
            if delegation.from == delegation.to {
                let message = format!("{} cannot stand in for themselves", delegation.from);
                found.push(mistake("approval-delegation", None, delegation.from.as_str(), message));
            }
            let zone = &policy.settings.time_zone;
            let span =
                (delegation.since.map(|e| e.start(zone)), delegation.until.map(|e| e.end(zone)));
            if let (Some(since), Some(until)) = span
                && until <= since
            {
                let message = "it ends before it begins".to_owned();
                found.push(mistake("approval-delegation", None, delegation.from.as_str(), message));
            }
        }
        for (name, definition) in &self.definitions {
            definition.mistakes(name, policy, &mut found);
        }
        found
    }
}

impl Definition {
    fn mistakes(&self, name: &StateName, policy: &Policy, found: &mut Vec<Mistake>) {
        if self.steps.is_empty() {
            let message = "it has no steps, so nobody could ever approve it".to_owned();
            found.push(mistake("approval-steps", Some(name), "steps", message));
        }
        let mut names = std::collections::HashSet::new();
        for (at, step) in self.steps.iter().enumerate() {
            let step_name = step.label(at);
            if !names.insert(step_name.clone()) {
                let message = format!("two steps are called `{step_name}`");
                found.push(mistake("approval-steps", Some(name), &step_name, message));
            }
            step.mistakes(name, &step_name, policy, found);
        }
    }
}

impl Step {
    /// How many must approve.
    pub fn quorum(&self) -> Quorum {
        self.quorum.unwrap_or_default()
    }

    /// Whether one vote against decides.
    ///
    /// Of everybody there is always one more who could approve, so that a
    /// refusal would never put the quorum out of reach. Where nobody is named
    /// and nothing is counted, one vote decides, either way.
    pub fn one_refusal_decides(&self) -> bool {
        self.veto || (self.approvers.is_everybody() && self.quorum.is_none())
    }

    /// The step's name, or its number counted from 1.
    pub fn label(&self, at: usize) -> String {
        self.name.as_ref().map_or_else(|| (at + 1).to_string(), ToString::to_string)
    }

    fn mistakes(&self, of: &StateName, label: &str, policy: &Policy, found: &mut Vec<Mistake>) {
        let mut add =
            |rule, mark: &str, message| found.push(mistake(rule, Some(of), mark, message));
        let approvers = &self.approvers;
        for team in &approvers.teams {
            let is_empty = !policy.people.iter().any(|person| person.teams.contains(team));
            if !policy.teams.is_empty() && policy.team(team).is_none() {
                add("approval-team", team.as_str(), format!("there is no team `{team}`"));
            } else if is_empty {
                let message = format!("nobody belongs to the team `{team}`");
                add("approval-nobody", team.as_str(), message);
            }
        }
        for role in &approvers.roles {
            if !policy.people.iter().any(|person| person.roles.contains(role)) {
                add("approval-nobody", role, format!("nobody has the role `{role}`"));
            }
        }
        for person in &approvers.people {
            if !policy.is_open_desk() && policy.person(person).is_none() {
                let message = format!("there is no person `{person}` on this desk");
                add("approval-person", person.as_str(), message);
            }
        }
        if approvers.is_everybody() && policy.is_open_desk() && self.quorum().counts_voters() {
            let message =
                format!("step {label}: `{}` of everybody cannot be counted here", self.quorum());
            add("approval-quorum", "quorum", message);
        }
        let listed = approvers.from.is_empty() && !approvers.is_everybody();
        if let (true, Quorum::Count(count)) = (listed, self.quorum()) {
            let voters = super::seats::named(approvers, policy).len();
            if voters > 0 && usize::try_from(count).is_ok_and(|count| count > voters) {
                let message = format!("step {label} needs {count} votes, and {voters} may vote");
                add("approval-quorum", "quorum", message);
            }
        }
    }
}

fn mistake(
    rule: &'static str,
    definition: Option<&StateName>,
    mark: &str,
    message: String,
) -> Mistake {
    Mistake {
        rule,
        is_error: true,
        definition: definition.cloned(),
        mark: mark.to_owned(),
        message,
    }
}
