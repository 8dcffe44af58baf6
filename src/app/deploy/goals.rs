//! Where something goes, and by which change model.

use super::words::word;
use super::{Place, RaiseOptions};
use crate::error::CommandError;
use crate::policy::deployment::DeployRule;

/// The branch or tag by its full name, if one is meant.
pub(super) fn reference(place: &Place, options: &RaiseOptions) -> Option<String> {
    match &options.reference {
        Some(name) => Some(place.code.full_name(name)),
        // Another commit than HEAD may be on any branch.
        None if options.commit.is_none() && options.range.is_none() => place.code.head_reference(),
        None => None,
    }
}

/// Where something goes, and by which change model.
pub(super) struct Goal {
    pub environment: String,
    pub template: Option<String>,
}

/// Where what is asked for goes: where somebody says, else where the desk's
/// settings say of `reference`.
///
/// # Errors
///
/// Nobody says where it goes, or a name cannot be used.
pub(super) fn targets(
    place: &Place,
    options: &RaiseOptions,
    reference: Option<&str>,
) -> Result<Vec<Goal>, CommandError> {
    let rules: Vec<&DeployRule> = match (place.entry(), reference) {
        (Some(entry), Some(reference)) => entry.deploys_of(reference),
        _ => Vec::new(),
    };
    let usual = place.entry().and_then(|entry| entry.template.as_ref());
    let template = |rule: Option<&&DeployRule>| {
        let own = rule.and_then(|rule| rule.template.as_ref());
        options.template.as_ref().or(own).or(usual).cloned()
    };
    if options.environments.is_empty() {
        let is_pushed = options.reference.is_some();
        if rules.is_empty() && !is_pushed {
            let (name, what) = (&place.name, reference.unwrap_or("this commit"));
            return Err(CommandError::usage(format!("nobody says where {what} of {name} goes"))
                .hint("say it with `--environment NAME`, or under `deploys` in .gitsm/deployments.yaml"));
        }
        let goal = |rule: &&DeployRule| Goal {
            environment: rule.to.clone(),
            template: template(Some(rule)),
        };
        return Ok(rules.iter().map(goal).collect());
    }
    let mut goals: Vec<Goal> = Vec::new();
    for environment in &options.environments {
        let environment = word(environment, "environment")?;
        if goals.iter().any(|goal| goal.environment == environment) {
            continue;
        }
        let rule = rules.iter().find(|rule| rule.to == environment);
        goals.push(Goal { template: template(rule), environment });
    }
    Ok(goals)
}
