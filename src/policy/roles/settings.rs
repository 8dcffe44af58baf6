//! `.gitsm/roles.yaml`: roles and what they may do.

use std::cell::OnceCell;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Kind, Person, PrincipalKind, Record, StateName, unique};

/// The names of the built-in roles. Whoever has one of them makes roles count
/// on a desk without a file of its own.
const BUILT_IN: &[&str] =
    &["requester", "agent", "approver", "manager", "admin", "auditor", "machine"];

/// Roles and what they may do, `.gitsm/roles.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleSettings {
    /// The roles of people who have none of those below; who has none at all
    /// only reads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<StateName>,
    /// The same for machine principals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub machines: Vec<StateName>,
    /// Every role, by name. People may have other roles too, which then only
    /// say who approves what.
    #[serde(default, deserialize_with = "unique::map")]
    pub roles: IndexMap<StateName, Role>,
}

/// A role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What it is for, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Roles whose rights it has too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<StateName>,
    /// What it may do. Nothing else is allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<Grant>,
}

/// Something that a role may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What.
    #[serde(rename = "do")]
    pub rights: Vec<Right>,
    /// To records of these types; of all types, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Kind>,
    /// In these domains; in all, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<StateName>,
    /// For `move`: by these actions; by all, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<StateName>,
    /// Only to records that they asked for, opened, or work on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// What can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Make a record.
    Create,
    /// Change its fields.
    Edit,
    /// Say something about it.
    Note,
    /// Give it to a person or a team.
    Assign,
    /// Relate it to another record.
    Link,
    /// Keep files with it.
    Attach,
    /// Carry out an action of its workflow.
    Move,
    /// Vote where an approval names nobody.
    Vote,
    /// Take over records from another system.
    Import,
    /// Change what lies in `.gitsm/`.
    Settings,
}

impl Right {
    /// The word that files use.
    pub const fn name(self) -> &'static str {
        match self {
            Right::Create => "create",
            Right::Edit => "edit",
            Right::Note => "note",
            Right::Assign => "assign",
            Right::Link => "link",
            Right::Attach => "attach",
            Right::Move => "move",
            Right::Vote => "vote",
            Right::Import => "import",
            Right::Settings => "settings",
        }
    }
}

impl Grant {
    /// Whether it is for records like this one, whoever asks.
    pub(super) fn is_for(&self, record: &Record) -> bool {
        let in_domain =
            || record.domain().is_some_and(|domain| self.domains.iter().any(|d| d == domain));
        (self.types.is_empty() || self.types.contains(&record.kind()))
            && (self.domains.is_empty() || in_domain())
    }
}

/// Something in the roles that cannot work, or does not say what it seems to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleMistake {
    /// A stable name, for example `role-unknown`.
    pub rule: &'static str,
    /// A text that stands on the line.
    pub mark: String,
    pub message: String,
}

impl RoleSettings {
    /// The grants of `person`, with the role each is from.
    pub(super) fn grants<'a>(&'a self, person: &'a Person) -> Vec<&'a Grant> {
        let mut names = self.names(person);
        let mut at = 0;
        let mut grants = Vec::new();
        while let Some(role) = names.get(at).and_then(|name| self.roles.get(*name)) {
            grants.extend(&role.may);
            for name in &role.includes {
                if !names.contains(&name.as_str()) && self.roles.contains_key(name.as_str()) {
                    names.push(name.as_str());
                }
            }
            at += 1;
        }
        grants
    }

    /// The known roles of `person`; the usual ones, if they have none.
    pub(super) fn names<'a>(&'a self, person: &'a Person) -> Vec<&'a str> {
        let own = person.roles.iter().map(String::as_str);
        let own: Vec<&str> = own.filter(|name| self.roles.contains_key(*name)).collect();
        if !own.is_empty() {
            return own;
        }
        let usual = match person.kind {
            PrincipalKind::Person => &self.otherwise,
            PrincipalKind::Machine => &self.machines,
        };
        let usual = usual.iter().map(StateName::as_str);
        usual.filter(|name| self.roles.contains_key(*name)).collect()
    }

    /// What cannot work as written, given the domains and the actions there are.
    pub fn mistakes(
        &self,
        has_domain: &dyn Fn(&StateName) -> bool,
        has_action: &dyn Fn(Kind, &StateName) -> bool,
    ) -> Vec<RoleMistake> {
        let mut found = Vec::new();
        let mut add = |rule, mark: &StateName, message| {
            found.push(RoleMistake { rule, mark: mark.to_string(), message });
        };
        let usual = self.otherwise.iter().chain(&self.machines);
        let included = self.roles.values().flat_map(|role| &role.includes);
        for name in usual.chain(included) {
            if !self.roles.contains_key(name) {
                add("role-unknown", name, format!("there is no role `{name}` in this file"));
            }
        }
        for (name, role) in &self.roles {
            for grant in &role.may {
                for domain in grant.domains.iter().filter(|domain| !has_domain(domain)) {
                    let message = format!("{name}: there is no domain `{domain}`");
                    add("role-domain", domain, message);
                }
                let kinds = if grant.types.is_empty() { &Kind::ALL[..] } else { &grant.types };
                for action in &grant.actions {
                    if !kinds.iter().any(|kind| has_action(*kind, action)) {
                        let message = format!("{name}: no workflow has an action `{action}`");
                        add("role-action", action, message);
                    }
                    if !grant.rights.contains(&Right::Move) {
                        let message = format!("{name}: `actions` limit `move`, which is not given");
                        add("role-action", action, message);
                    }
                }
            }
        }
        found
    }
}

/// The roles of one desk: its own, or the built-in ones, which are read only
/// when somebody asks for them.
#[derive(Clone, Debug)]
pub struct Roles {
    settings: OnceCell<RoleSettings>,
    is_own: bool,
    built_in: fn() -> RoleSettings,
}

impl Roles {
    /// The roles of a desk with the file `own`, if it has one.
    pub fn new(own: Option<RoleSettings>, built_in: fn() -> RoleSettings) -> Self {
        let is_own = own.is_some();
        let settings = own.map_or_else(OnceCell::new, OnceCell::from);
        Self { settings, is_own, built_in }
    }

    /// What the roles are.
    pub fn settings(&self) -> &RoleSettings {
        self.settings.get_or_init(self.built_in)
    }

    /// Whether the desk has a file of its own.
    pub const fn is_own(&self) -> bool {
        self.is_own
    }

    /// Whether roles decide what `people` may do: the desk says so, or somebody
    /// has a built-in role. On an open desk they never do.
    pub fn count_for(&self, people: &[Person]) -> bool {
        let has_role =
            |person: &Person| person.roles.iter().any(|role| BUILT_IN.contains(&role.as_str()));
        !people.is_empty() && (self.is_own || people.iter().any(has_role))
    }
}
