//! What a change brings from a code repository into an environment, and what
//! became of it there.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::change::words;
use super::{PersonId, RecordId, Timestamp, UnknownLevel};

/// What a change deploys: which commit or artefact, from where, to where.
///
/// Votes are about repository, environment, commit and artefact. The rest tells
/// people what is in it, and may be completed later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// SHA-256 of repository, environment, service and commit or artefact, 64
    /// lower-case hexadecimal digits: one change for each.
    pub key: String,
    /// The code repository, by its name in the desk's settings.
    pub repository: String,
    /// Where it goes, for example `production`.
    pub environment: String,
    /// The branch or tag that was pushed, by its full name.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// How the commit follows the one that was deployed before.
    pub range: DeployRange,
    /// The commit that was deployed there before, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The commit to deploy, 40 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The digest of the artefact to deploy, for example `sha256:` and 64
    /// hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artefact: Option<String>,
    /// The newest of the commits that come in, the newest first; where there are
    /// more than are kept, the newest of each author is among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<CodeCommit>,
    /// How many commits come in, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit_count: Option<u32>,
    /// How many files differ, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_changed: Option<u32>,
    /// The change whose deployment this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolls_back: Option<RecordId>,
    /// Who pushed, or started the pipeline, as the code repository knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Where the run of the pipeline can be read about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
}

impl Deployment {
    /// How many commits a deployment names; the others are only counted.
    pub const COMMITS: usize = 200;
    /// How many commits are counted, and looked through for their authors.
    pub const COUNTED: u32 = 10_000;

    /// What goes out: the artefact where there is one, else the commit.
    pub fn version(&self) -> Option<&str> {
        self.artefact.as_deref().or(self.commit.as_deref())
    }
}

/// How a commit follows the one that was deployed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeployRange {
    /// Nothing was deployed there before.
    First,
    /// It contains everything that was deployed before.
    Forward,
    /// History was rewritten: something that was deployed is no part of it.
    Forced,
    /// It was part of what is deployed already: back to an earlier state.
    Rollback,
    /// The repository does not have all of the history (a shallow clone).
    Unknown,
}

words!(
    DeployRange,
    "range of a deployment",
    "the ranges are first, forward, forced, rollback and unknown",
    First = "first",
    Forward = "forward",
    Forced = "forced",
    Rollback = "rollback",
    Unknown = "unknown"
);

/// A commit of a code repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeCommit {
    /// Its name, 40 hexadecimal digits.
    pub id: String,
    /// When it was committed, as it says itself.
    pub at: Timestamp,
    /// Its author: `Name <email>`.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
}

/// One attempt at a deployment, after it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    #[schemars(with = "String")]
    pub id: Ulid,
    /// When it ended.
    pub at: Timestamp,
    /// Who recorded it.
    pub by: PersonId,
    pub environment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artefact: Option<String>,
    pub result: DeployResult,
    /// What there is to say about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Deploy {
    /// Whether this commit or artefact was deployed; an artefact tells more.
    pub fn is_of(&self, commit: Option<&str>, artefact: Option<&str>) -> bool {
        match (artefact, self.artefact.as_deref()) {
            (Some(wanted), Some(artefact)) => wanted == artefact,
            _ => commit.is_some() && commit == self.commit.as_deref(),
        }
    }
}

/// A decision to deploy without waiting for what the gate asks for, because of an
/// incident: it must be approved afterwards (ITGC control C11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    #[schemars(with = "String")]
    pub id: Ulid,
    pub at: Timestamp,
    /// Who answers for it.
    pub by: PersonId,
    /// Where it goes to without leave, and nowhere else.
    pub environment: String,
    /// The commit that it is for, 40 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The digest of the artefact that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artefact: Option<String>,
    pub reason: String,
    /// The incident that made it necessary.
    pub incident: RecordId,
    /// When it must have been approved; until then it lets the deployment through.
    pub due: Timestamp,
    /// Whether the time of it was given, and is not that of the machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_given: bool,
}

impl Override {
    /// For how long it counts, and within what time it is to be approved: 24
    /// hours, in seconds.
    pub const TERM: i64 = 24 * 3600;

    /// Whether it is what let `deploy` through: it went where this is for, with
    /// what this is for, while this counted.
    pub fn lets(&self, deploy: &Deploy) -> bool {
        let is_it = |own: &Option<String>, other: &Option<String>| {
            own.as_ref().zip(other.as_ref()).is_none_or(|(own, other)| own == other)
        };
        self.environment == deploy.environment
            && self.is_live(deploy.at)
            && is_it(&self.commit, &deploy.commit)
            && is_it(&self.artefact, &deploy.artefact)
    }

    /// Whether it still lets something through at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        let most = self.at.seconds().saturating_add(Self::TERM);
        self.at <= now && now < self.due && self.due.seconds() <= most
    }
}

/// How a deployment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeployResult {
    /// It is there.
    Ok,
    /// It did not go in, or does not work.
    Failed,
    /// It was there, and was taken back.
    RolledBack,
}

words!(
    DeployResult,
    "result of a deployment",
    "the results are ok, failed and rolled_back",
    Ok = "ok",
    Failed = "failed",
    RolledBack = "rolled_back"
);
