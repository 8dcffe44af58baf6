//! That a change was tested, and how that went.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::change::words;
use super::{PersonId, Timestamp, UnknownLevel};

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestResult {
    Passed,
    Failed,
}

words!(
    TestResult,
    "result of a test",
    "the results are passed and failed",
    Passed = "passed",
    Failed = "failed"
);

/// Evidence that what a change brings was tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestEvidence {
    #[schemars(with = "String")]
    pub id: Ulid,
    pub result: TestResult,
    /// SHA-256 of the report, 64 lower-case hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub sha256: String,
    /// What was tested, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The commit that was tested, where the change deploys one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The artefact that was tested, where the change deploys one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artefact: Option<String>,
    pub at: Timestamp,
    /// Who, or which pipeline, tested it.
    pub by: PersonId,
}
