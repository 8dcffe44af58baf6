//! The desk's `.gitsm/deployments.yaml`: reading it, and what is wrong with it.

use super::Session;
use super::error::unreadable;
use super::nearest::nearest;
use super::settings::Broken;
use super::workflow::line_with;
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::Kind;
use crate::outcome::{Finding, Severity};
use crate::policy::deployment::{DeploymentSettings, SettingsFault};
use crate::store::Snapshot;

/// Where they lie.
pub(super) const DEPLOYMENTS: &str = ".gitsm/deployments.yaml";

/// What the desk says of deployments; nothing, where it has no such file.
///
/// # Errors
///
/// The file cannot be used: whoever asks must not go on as if there were none.
pub(super) fn settings(snapshot: &Snapshot<'_>) -> Result<DeploymentSettings, CommandError> {
    let Some(bytes) = snapshot.file(DEPLOYMENTS)? else {
        return Ok(DeploymentSettings::default());
    };
    let settings: DeploymentSettings = format::read_settings(DEPLOYMENTS, &bytes)
        .map_err(|error| unreadable(DEPLOYMENTS, &error))?;
    match settings.faults().first() {
        None => Ok(settings),
        Some(fault) => Err(broken(&settings, &bytes, fault).error()),
    }
}

/// What is wrong with the file: it cannot be used, or it names configuration
/// items that the desk does not have.
pub(super) fn findings(session: &Session, bytes: &[u8]) -> Result<Vec<Finding>, CommandError> {
    let settings = match format::read_settings::<DeploymentSettings>(DEPLOYMENTS, bytes) {
        Ok(settings) => settings,
        Err(error) => return Ok(vec![Broken::unreadable(DEPLOYMENTS, &error).finding()]),
    };
    let faults = settings.faults();
    let mut findings: Vec<Finding> =
        faults.iter().map(|fault| broken(&settings, bytes, fault).finding()).collect();
    let mut seen: Vec<&str> = Vec::new();
    let rules = settings.repositories.values().flat_map(|repository| &repository.paths);
    for item in rules.flat_map(|rule| &rule.cis) {
        if seen.contains(&item.as_str()) {
            continue;
        }
        seen.push(item);
        match session.find(item) {
            Ok(id) if id.kind() == Kind::Ci => continue,
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let message =
            format!("there is no configuration item `{item}`; record it with `gitsm ci new`");
        findings.push(Finding {
            path: DEPLOYMENTS.to_owned(),
            line: line_with(bytes, item),
            severity: Severity::Warning,
            rule: "deployment-ci",
            message,
        });
    }
    Ok(findings)
}

fn broken(settings: &DeploymentSettings, bytes: &[u8], fault: &SettingsFault) -> Broken {
    let near = match fault {
        SettingsFault::UnknownEnvironment { name, .. } => {
            nearest(name, settings.environment_names())
        }
        _ => None,
    };
    Broken {
        path: DEPLOYMENTS.to_owned(),
        line: line_with(bytes, fault.mark()),
        rule: "deployments-invalid",
        message: fault.to_string(),
        hint: Some(match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => fault.hint().to_owned(),
        }),
    }
}
