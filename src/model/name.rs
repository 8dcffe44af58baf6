//! Names of people, teams and workflow states.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text cannot serve as the kind of name that was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}; {rule}")]
pub struct BadName {
    /// The refused text, cut to a printable length.
    pub text: String,
    /// What it should have named, for example "person id".
    pub what: &'static str,
    /// What such a name looks like.
    pub rule: &'static str,
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $pattern:literal, $rule:literal, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks `text` and takes it as a name.
            pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
                let text = text.into();
                let allowed: fn(char) -> bool = $allowed;
                let starts = text.chars().next().is_some_and(|first| first.is_ascii_alphanumeric());
                if starts && text.len() <= 100 && text.chars().all(allowed) {
                    Ok(Self(text))
                } else {
                    let text = text.chars().take(64).collect();
                    Err(BadName { text, what: $what, rule: $rule })
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "maxLength": 100, "pattern": $pattern })
            }
        }
    };
}

name_type!(
    /// A person or machine principal, as listed in `.gitsm/people.yaml`; for
    /// requesters from outside the desk, an e-mail address serves as well.
    PersonId,
    "person id",
    "^[A-Za-z0-9][A-Za-z0-9._@+-]*$",
    "letters, digits and . _ @ + - make one, starting with a letter or digit",
    |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '@' | '+' | '-')
);

name_type!(
    /// A team, as listed in `.gitsm/teams.yaml`.
    TeamId,
    "team id",
    "^[A-Za-z0-9][A-Za-z0-9._-]*$",
    "letters, digits and . _ - make one, starting with a letter or digit",
    |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
);

name_type!(
    /// A state of a workflow, for example `in_progress`.
    StateName,
    "name for a state, a code or a field",
    "^[a-z0-9][a-z0-9_]*$",
    "lower-case letters, digits and _ make one",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
);

name_type!(
    /// A saved view, for example `my-queue`.
    ViewName,
    "name of a view",
    "^[a-z0-9][a-z0-9_-]*$",
    "lower-case letters, digits, _ and - make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')
);

name_type!(
    /// A task of a record, for example `account`; `laptop.order` for one that
    /// came with a part of a bundle.
    TaskId,
    "task id",
    "^[a-z0-9][a-z0-9_.-]*$",
    "lower-case letters, digits and _ - . make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.')
);

name_type!(
    /// A calendar of opening hours, `.gitsm/calendars/<name>.yaml`.
    CalendarName,
    "name of a calendar",
    "^[a-z0-9][a-z0-9_-]*$",
    "lower-case letters, digits, _ and - make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')
);

name_type!(
    /// An offering of the service catalogue, for example `new-employee`.
    OfferingName,
    "name of an offering",
    "^[a-z0-9][a-z0-9_-]*$",
    "lower-case letters, digits, _ and - make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')
);

name_type!(
    /// A question of a form, for example `start_date`.
    VariableName,
    "name of a variable",
    "^[a-z0-9][a-z0-9_]*$",
    "lower-case letters, digits and _ make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
);

name_type!(
    /// A commitment of `.gitsm/sla.yaml`, for example `first-response`.
    CommitmentName,
    "name of a commitment",
    "^[a-z0-9][a-z0-9_-]*$",
    "lower-case letters, digits, _ and - make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')
);

name_type!(
    /// A maintenance window or freeze of `.gitsm/change-windows.yaml`, for
    /// example `year-end`.
    WindowName,
    "name of a window",
    "^[a-z0-9][a-z0-9_-]*$",
    "lower-case letters, digits, _ and - make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')
);

name_type!(
    /// A change model, `.gitsm/models/<name>.yaml`, for example `web-release`.
    TemplateName,
    "name of a change model",
    "^[a-z0-9][a-z0-9_-]*$",
    "lower-case letters, digits, _ and - make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-')
);

name_type!(
    /// A question about the risk of a change, or one of its answers.
    QuestionName,
    "name of a question or answer",
    "^[a-z0-9][a-z0-9_]*$",
    "lower-case letters, digits and _ make one, starting with a letter or digit",
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_on_reading() {
        assert!(PersonId::new("alice").is_ok());
        assert!(PersonId::new("bob@example.com").is_ok());
        for text in ["", "-x", "a b", "a\nb", "\u{1b}[31m", "../x"] {
            assert!(PersonId::new(text).is_err(), "{text:?}");
        }
        assert!(StateName::new("in_progress").is_ok());
        assert!(StateName::new("In Progress").is_err());
    }
}
