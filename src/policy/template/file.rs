//! What the file of a change model says.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::{
    ChangeModel, Kind, PersonId, RecordId, Risk, TeamId, Timestamp, field_named, one_line,
};
use crate::policy::approval::{Edge, Span};

/// A change model, `.gitsm/models/<name>.yaml`: what changes made from it begin
/// with, and what they are held to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelFile {
    /// How changes made from it are authorised: `normal`, `standard` or
    /// `emergency`.
    pub model: ChangeModel,
    /// What it is for, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The title of changes made from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Their description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How risky they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// How long they take: the planned end follows from a planned start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Span>,
    /// How they are carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implementation_plan: Option<String>,
    /// How their success is tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_plan: Option<String>,
    /// How they are taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backout_plan: Option<String>,
    /// The business service concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The configuration items concerned, by full id: what was approved does not
    /// become something else when an item gets another name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cis: Vec<RecordId>,
    /// What they are about, levels separated by `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The team that carries them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Fields that must say something, and not hold a placeholder, when such a
    /// change is handed in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Whether there must be evidence of a test that passed before such a change is
    /// carried out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test_evidence: bool,
    /// For a standard model: within what such a change is authorised beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// For a standard model: the fields in which such a change may differ from
    /// it; `title` and `description`, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_change: Option<Vec<String>>,
    /// For a standard model: until when it authorises anything, the day
    /// included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Edge>,
    /// For a standard model: how many people must have approved it; 1, if
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub quorum: Option<u32>,
    /// For a standard model: the votes in its favour, cast with `gitsm change
    /// model approve`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ModelVote>,
}

/// Within what a standard change is authorised beforehand. What a bound is set
/// for must be known of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The highest risk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// The code repositories, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<String>,
    /// The environments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// The only paths in a code repository that may be touched: `*` stands for
    /// anything but `/`, `**` for anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// The most commits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u64>,
    /// The most files changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
}

/// A vote in favour of a change model as it read then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelVote {
    /// Who approved it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What exactly: SHA-256 of what the file says but for its votes, 64
    /// lower-case hexadecimal digits.
    pub digest: String,
}

/// What cannot work in the file of a change model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelMistake {
    /// A stable name, for example `model-field`.
    pub rule: &'static str,
    pub is_error: bool,
    /// Where, as a path of keys and places with `/` between.
    pub place: String,
    pub message: String,
}

/// The fields of a change that a model can ask for.
const ASKABLE: &[&str] = &[
    "title",
    "description",
    "risk",
    "planned_start",
    "planned_end",
    "implementation_plan",
    "test_plan",
    "backout_plan",
    "service",
    "cis",
    "category",
    "requester",
    "assignee",
    "team",
];

/// The fields in which a change may differ from its model where that says
/// nothing about it.
const USUAL: &[&str] = &["title", "description"];

impl ModelFile {
    /// How many must have approved it.
    pub fn quorum(&self) -> usize {
        self.quorum.map_or(1, |quorum| usize::try_from(quorum).unwrap_or(usize::MAX))
    }

    /// Whether a change may differ from it in `field`.
    pub fn leaves_open(&self, field: &str) -> bool {
        match &self.may_change {
            Some(fields) => fields.iter().any(|open| open == field),
            None => USUAL.contains(&field),
        }
    }

    /// The fields in which a change may differ from it.
    pub fn open_fields(&self) -> Vec<String> {
        let usual = || USUAL.iter().map(|field| (*field).to_owned()).collect();
        self.may_change.clone().unwrap_or_else(usual)
    }

    /// SHA-256 of what it says but for its votes, as 64 lower-case hexadecimal
    /// digits. It is taken of JSON without blanks with all keys sorted, so that
    /// spelling, order and comments do not matter, and a key that is added to
    /// the format later changes nothing for files without it.
    pub fn digest(&self) -> String {
        let bare = Self { approvals: Vec::new(), ..self.clone() };
        let mut tree = serde_json::to_value(&bare).unwrap_or_default();
        tree.sort_all_objects();
        let mut hash = Sha256::new();
        hash.update(tree.to_string());
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The votes for it as it reads now.
    pub fn votes_for_it(&self) -> impl Iterator<Item = &ModelVote> {
        let digest = self.digest();
        self.approvals.iter().filter(move |vote| vote.digest == digest)
    }

    /// Those who approved it as it reads now, each once.
    pub fn approved_by(&self) -> Vec<&PersonId> {
        let mut seen = HashSet::new();
        self.votes_for_it().map(|vote| &vote.by).filter(|by| seen.insert(by.as_str())).collect()
    }

    /// Whether as many have approved it, as it reads now, as must have.
    pub fn is_approved(&self) -> bool {
        self.approved_by().len() >= self.quorum().max(1)
    }

    /// What cannot work as written. `knows` says whether the desk has a custom
    /// field of that name.
    pub fn mistakes(&self, knows: &dyn Fn(&str) -> bool) -> Vec<ModelMistake> {
        let mut found = Vec::new();
        let mut add = |rule, is_error, place: String, message: String| {
            found.push(ModelMistake { rule, is_error, place, message });
        };
        for (at, field) in self.requires.iter().enumerate() {
            let own = field.strip_prefix("custom.");
            if !own.map_or_else(|| ASKABLE.contains(&field.as_str()), knows) {
                let message = format!("`{field}` is no field that a change can be asked for");
                add("model-field", true, format!("requires/{at}"), message);
            }
        }
        for (at, field) in self.may_change.iter().flatten().enumerate() {
            if field_named(field).is_none_or(|spec| !spec.on.contains(&Kind::Change)) {
                let message = format!("`{field}` is no field of a change");
                add("model-field", true, format!("may_change/{at}"), message);
            }
        }
        for (at, ci) in self.cis.iter().enumerate().filter(|(_, ci)| ci.kind() != Kind::Ci) {
            let message = format!("{} is no configuration item", ci.short());
            add("model-ci", true, format!("cis/{at}"), message);
        }
        for (at, glob) in self.bounds.iter().flat_map(|bounds| &bounds.paths).enumerate() {
            if let Err(error) = glob::Pattern::new(glob) {
                let message = format!("`{glob}` is no pattern of paths: {error}");
                add("model-path", true, format!("bounds/paths/{at}"), message);
            }
        }
        if let Some(title) = &self.title
            && let Err(error) = one_line(title)
        {
            add("model-title", true, "title".into(), error.to_string());
        }
        if self.quorum == Some(0) {
            let message = "at least one must approve it".to_owned();
            add("model-quorum", true, "quorum".into(), message);
        }
        if self.model != ChangeModel::Standard {
            for (place, given) in [
                ("bounds", self.bounds.is_some()),
                ("may_change", self.may_change.is_some()),
                ("valid_until", self.valid_until.is_some()),
                ("quorum", self.quorum.is_some()),
                ("approvals", !self.approvals.is_empty()),
            ] {
                if given {
                    let message = format!(
                        "`{place}` is for standard models; {} changes are authorised one by one",
                        self.model
                    );
                    add("model-standard-only", false, place.to_owned(), message);
                }
            }
        } else if self.approvals.is_empty() {
            let message = "nobody has approved it, so changes made from it are treated as normal; \
                           `gitsm change model approve NAME`";
            add("model-unapproved", false, "model".into(), message.to_owned());
        } else if !self.is_approved() {
            let message = format!(
                "{} of {} have approved it as it reads now, so changes made from it are treated \
                 as normal",
                self.approved_by().len(),
                self.quorum()
            );
            add("model-unapproved", false, "approvals".into(), message);
        }
        found
    }
}
