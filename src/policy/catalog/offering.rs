//! What the files of the service catalogue say.

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::Condition;
use crate::model::{
    Level, OfferingName, PersonId, StateName, TaskId, TeamId, VariableName, unique,
};

/// One offering of the service catalogue, `.gitsm/catalog/<name>.yaml`: what can
/// be asked for, what must be known, who approves it, and how it is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// What people call it.
    pub name: String,
    /// What one gets, and for whom it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The title of a request for it; answers stand in braces, as in
    /// `Laptop for {employee}`. The offering's name, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Which team requests for it are given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Level>,
    /// Whether it can no longer be asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
    /// Variable sets, `.gitsm/catalog/sets/<name>.yaml`, whose questions come
    /// before its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<OfferingName>,
    /// The questions, in the order in which they are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<Variable>,
    /// The approvals that a request for it needs, by the names of their
    /// definitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<StateName>,
    /// Other offerings that come with it, which makes it a bundle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<Include>,
    /// The steps of carrying it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<PlannedTask>,
}

/// Questions that several offerings share, `.gitsm/catalog/sets/<name>.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariableSet {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub form: Vec<Variable>,
}

/// One question of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// What conditions, templates and the command line call it.
    pub name: VariableName,
    #[serde(rename = "type")]
    pub of: VariableType,
    /// The question, or the text of a label. The name, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What helps to answer it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether there must be an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The answer where none is given; may name earlier answers in braces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Plain>")]
    pub default: Option<String>,
    /// When it is asked, by earlier answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What can be chosen, for `select` and `multiple`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Plain>")]
    pub choices: Vec<String>,
    /// The least value, for numbers, durations, dates and times; `today` is a
    /// date too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Plain>")]
    pub min: Option<String>,
    /// The greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Plain>")]
    pub max: Option<String>,
}

/// A scalar of any sort, taken as its text.
struct Plain;

impl JsonSchema for Plain {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Plain".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

/// What an answer must be. After the variable types of the ServiceNow service
/// catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariableType {
    /// One line of text.
    Text,
    /// Paragraphs of text.
    MultiLine,
    /// One of `choices`.
    Select,
    /// Any of `choices`.
    Multiple,
    /// Yes or no.
    Boolean,
    /// A decimal number.
    Number,
    /// A whole number.
    Integer,
    Date,
    DateTime,
    /// A length of time, such as `2h 30m`.
    Duration,
    /// A configuration item.
    Ci,
    /// A person of the desk, or an e-mail address.
    Person,
    /// As `person`; the one the request is for becomes its requester.
    RequestedFor,
    Email,
    Url,
    Ip,
    /// A secret, which is never written down.
    Masked,
    /// No question; text between questions.
    Label,
}

impl VariableType {
    /// The word that files use.
    pub const fn name(self) -> &'static str {
        match self {
            VariableType::Text => "text",
            VariableType::MultiLine => "multi_line",
            VariableType::Select => "select",
            VariableType::Multiple => "multiple",
            VariableType::Boolean => "boolean",
            VariableType::Number => "number",
            VariableType::Integer => "integer",
            VariableType::Date => "date",
            VariableType::DateTime => "date_time",
            VariableType::Duration => "duration",
            VariableType::Ci => "ci",
            VariableType::Person => "person",
            VariableType::RequestedFor => "requested_for",
            VariableType::Email => "email",
            VariableType::Url => "url",
            VariableType::Ip => "ip",
            VariableType::Masked => "masked",
            VariableType::Label => "label",
        }
    }

    /// Whether answers can be compared by order.
    pub const fn is_ordered(self) -> bool {
        matches!(
            self,
            VariableType::Number
                | VariableType::Integer
                | VariableType::Date
                | VariableType::DateTime
        )
    }

    /// Whether one of `choices` is the answer.
    pub const fn has_choices(self) -> bool {
        matches!(self, VariableType::Select | VariableType::Multiple)
    }

    /// Whether `min` and `max` mean something.
    pub const fn has_bounds(self) -> bool {
        self.is_ordered() || matches!(self, VariableType::Duration)
    }
}

/// A part of a bundle: another offering that comes with it. Questions of the
/// part that have the name of an answered question are not asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Include {
    pub offering: OfferingName,
    /// What the part is called in the plan and the answers; the offering's
    /// name, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<StateName>,
    /// When it comes with the bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// The tasks or parts that must be over before it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<TaskId>,
    /// Answers to its questions; the bundle's answers stand in braces.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<VariableName, Plain>")]
    pub set: IndexMap<VariableName, String>,
}

/// A step of carrying out an offering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedTask {
    pub id: TaskId,
    /// What is to be done; answers stand in braces.
    pub title: String,
    /// How it is to be done; answers stand in braces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it is wanted; else it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// The tasks, or parts of the bundle, that must be over before it opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<TaskId>,
    /// Approvals of its own, by the names of their definitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<StateName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// A check list to tick off before it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<String>,
    /// Fields of the request that must have a value before it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// What must be said when it is done, for example `asset tag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl Include {
    /// What the part is called.
    pub fn name(&self) -> &str {
        self.part.as_ref().map_or(self.offering.as_str(), StateName::as_str)
    }
}

impl Variable {
    /// The question as people read it.
    pub fn question(&self) -> String {
        self.label.clone().unwrap_or_else(|| self.name.as_str().replace('_', " "))
    }

    /// What an answer may be, in a few words.
    pub fn wanted(&self) -> String {
        let text = match self.of {
            VariableType::Text => "a line of text",
            VariableType::MultiLine => "text",
            VariableType::Select => return format!("one of {}", self.choices.join(", ")),
            VariableType::Multiple => return format!("any of {}", self.choices.join(", ")),
            VariableType::Boolean => "yes or no",
            VariableType::Number => "a number",
            VariableType::Integer => "a whole number",
            VariableType::Date => "a date",
            VariableType::DateTime => "a date and time",
            VariableType::Duration => "a duration such as 2h 30m",
            VariableType::Ci => "a configuration item",
            VariableType::Person | VariableType::RequestedFor => "a person",
            VariableType::Email => "an e-mail address",
            VariableType::Url => "an address such as https://example.com",
            VariableType::Ip => "an IP address",
            VariableType::Masked => "a secret, which is not kept",
            VariableType::Label => "nothing",
        };
        match (&self.min, &self.max) {
            (Some(min), Some(max)) => format!("{text} from {min} to {max}"),
            (Some(min), None) => format!("{text} from {min} on"),
            (None, Some(max)) => format!("{text} up to {max}"),
            (None, None) => text.to_owned(),
        }
    }
}
