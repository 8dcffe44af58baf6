//! What the desk does by itself when `gitsm tick` runs: `.gitsm/rules.yaml`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{
    Kind, Major, PersonId, Record, StateCategory, StateName, TeamId, Timestamp, unique,
};

/// How many days after its resolution an incident or request is closed, unless
/// the desk says otherwise (ServiceNow's default for incidents).
const AUTO_CLOSE: u32 = 7;
const DAY: i64 = 86_400;

/// What `.gitsm/rules.yaml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    /// Days after its resolution after which a record of this type is closed;
    /// 0 for never. Incidents and requests are closed after 7 days if nothing is
    /// said.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub auto_close: IndexMap<Kind, u32>,
    /// What is done to records that match, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How notes and answers call it.
    pub name: StateName,
    /// The records it is for, in the query language.
    pub when: String,
    /// Fields to set, by name.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub set: IndexMap<String, String>,
    /// Whom to give it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign: Option<PersonId>,
    /// Which team to give it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// A lifecycle action, where the record's state offers it.
    #[serde(default, rename = "do", skip_serializing_if = "Option::is_none")]
    pub action: Option<StateName>,
    /// What is said with the action, or else in a note, once for each record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// Relations to add.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub link: Vec<RuleLink>,
    /// Whom the answer names, once for each record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<PersonId>,
}

/// A relation that a rule adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleLink {
    /// What the record has to do with the other one, named from either end.
    pub rel: String,
    /// The other record.
    pub to: String,
}

impl Rule {
    /// Whether it does anything.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
            && self.assign.is_none()
            && self.team.is_none()
            && self.action.is_none()
            && self.say.is_none()
            && self.link.is_empty()
            && self.notify.is_empty()
    }
}

impl RulesFile {
    /// After how many seconds a resolved record of type `kind` is closed;
    /// `None` for never.
    pub fn closes_after(&self, kind: Kind) -> Option<i64> {
        let usual = matches!(kind, Kind::Incident | Kind::Request).then_some(AUTO_CLOSE);
        let days = self.auto_close.get(&kind).copied().or(usual)?;
        (days > 0).then(|| i64::from(days).saturating_mul(DAY))
    }

    /// Whether the record, which is in a state of category `is`, is to be closed
    /// at `now`: so long after its resolution, whatever happened to it since. A
    /// major incident is closed by hand only (both ServiceNow).
    pub fn is_to_close(&self, record: &Record, is: StateCategory, now: Timestamp) -> bool {
        if is == StateCategory::Resolved
            && let Some(resolved) = record.resolved_at()
            && let Some(after) = self.closes_after(record.kind())
        {
            let major = matches!(record, Record::Incident(incident)
                if incident.major == Some(Major::Promoted));
            return !major && resolved.seconds().saturating_add(after) <= now.seconds();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incidents_and_requests_close_after_a_week_unless_the_desk_says_otherwise() {
        let usual = RulesFile::default();
        assert_eq!(usual.closes_after(Kind::Incident), Some(7 * DAY));
        assert_eq!(usual.closes_after(Kind::Request), Some(7 * DAY));
        assert_eq!(usual.closes_after(Kind::Problem), None);
        let own = [(Kind::Incident, 0), (Kind::Problem, 30)];
        let own = RulesFile { auto_close: own.into(), rules: Vec::new() };
        assert_eq!(own.closes_after(Kind::Incident), None);
        assert_eq!(own.closes_after(Kind::Request), Some(7 * DAY));
        assert_eq!(own.closes_after(Kind::Problem), Some(30 * DAY));
    }
}
