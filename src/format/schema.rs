//! JSON Schemas, generated from the types.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::model::{Change, Ci, DeskSettings, Incident, Person, Problem, Request, Team, Views};
use crate::policy::approval::ApprovalSettings;
use crate::policy::calendar::CalendarFile;
use crate::policy::catalog::{Offering, VariableSet};
use crate::policy::deployment::DeploymentSettings;
use crate::policy::risk::RiskSettings;
use crate::policy::roles::RoleSettings;
use crate::policy::rules::RulesFile;
use crate::policy::sla::SlaFile;
use crate::policy::template::ModelFile;
use crate::policy::windows::WindowsFile;
use crate::policy::{PriorityMatrix, Workflow};

/// The JSON Schema of `T`, the description first.
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut generated = schema_for!(T).to_value();
    // What a reader wants to know first stands first.
    if let Value::Object(object) = &mut generated {
        for key in ["description", "title", "$schema"] {
            if let Some(value) = object.shift_remove(key) {
                object.shift_insert(0, key.to_owned(), value);
            }
        }
    }
    generated
}

/// The schema of every file that gitsm reads, by name; `schemas/<name>.schema.json`
/// in the source holds the same.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("incident", schema_of::<Incident>()),
        ("request", schema_of::<Request>()),
        ("problem", schema_of::<Problem>()),
        ("change", schema_of::<Change>()),
        ("ci", schema_of::<Ci>()),
        ("desk", schema_of::<DeskSettings>()),
        ("people", schema_of::<Vec<Person>>()),
        ("teams", schema_of::<Vec<Team>>()),
        ("workflow", schema_of::<Workflow>()),
        ("priorities", schema_of::<PriorityMatrix>()),
        ("approvals", schema_of::<ApprovalSettings>()),
        ("roles", schema_of::<RoleSettings>()),
        ("views", schema_of::<Views>()),
        ("offering", schema_of::<Offering>()),
        ("variable-set", schema_of::<VariableSet>()),
        ("calendar", schema_of::<CalendarFile>()),
        ("sla", schema_of::<SlaFile>()),
        ("rules", schema_of::<RulesFile>()),
        ("deployments", schema_of::<DeploymentSettings>()),
        ("change-windows", schema_of::<WindowsFile>()),
        ("model", schema_of::<ModelFile>()),
        ("risk", schema_of::<RiskSettings>()),
    ]
}
