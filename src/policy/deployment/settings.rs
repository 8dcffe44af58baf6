//! What `.gitsm/deployments.yaml` says.

use glob::{MatchOptions, Pattern};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::unique;

/// Which code repositories deploy to which environments,
/// `.gitsm/deployments.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeploymentSettings {
    /// Where things are deployed to; `production`, `staging`, `testing` and
    /// `development` are known without being listed.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub environments: IndexMap<String, Environment>,
    /// The code repositories, by the names that changes call them.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub repositories: IndexMap<String, Repository>,
}

/// Where something is deployed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// How much depends on it.
    #[serde(default)]
    pub tier: Tier,
    /// The environment in which the same commit or artefact must have been
    /// deployed well before (PCI DSS 6.5.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What the gate answers where it cannot tell; production always stays
    /// closed.
    #[serde(default, skip_serializing_if = "WhenUnknown::is_closed")]
    pub fails: WhenUnknown,
}

/// How much depends on an environment.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The real thing. What nobody has described counts as this.
    #[default]
    Production,
    Staging,
    Testing,
    Development,
}

/// What the gate answers where it cannot tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenUnknown {
    /// No: nothing goes out.
    #[default]
    Closed,
    /// Yes, and that it was so is recorded.
    Open,
}

impl WhenUnknown {
    /// Whether nothing goes out.
    pub const fn is_closed(&self) -> bool {
        matches!(self, WhenUnknown::Closed)
    }
}

/// A code repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Where it lies: paths and URLs, any of which tells that it is this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remotes: Vec<String>,
    /// The business service that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The change model of what is raised for it, where `deploys` names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// What a push of a branch or tag deploys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deploys: Vec<DeployRule>,
    /// Which configuration items its files concern; all that match count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathRule>,
}

/// What a push deploys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeployRule {
    /// The full name of a branch or tag, such as `refs/heads/main`; `*` stands for
    /// anything between slashes, `**` for anything.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The environment.
    pub to: String,
    /// The change model of what is raised for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Where the gate stands.
    #[serde(default, skip_serializing_if = "GateAt::is_deploy")]
    pub gate: GateAt,
}

/// Where the gate stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateAt {
    /// Whatever deploys asks for itself.
    #[default]
    Deploy,
    /// The push is the deployment: the hook asks before it lets it in.
    Push,
}

impl GateAt {
    /// Whether whatever deploys asks for itself.
    pub const fn is_deploy(&self) -> bool {
        matches!(self, GateAt::Deploy)
    }
}

/// Which configuration items files concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// The files: `*` stands for anything between slashes, `**` for anything.
    #[serde(rename = "match")]
    pub pattern: String,
    /// The items, by name or id.
    pub cis: Vec<String>,
}

/// What is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    #[error("`{pattern}` is no pattern: {why}")]
    Pattern { pattern: String, why: String },
    #[error("the environment `{name}` is production and can only fail closed")]
    OpenProduction { name: String },
    #[error("there is no environment `{name}`, which {by} names")]
    UnknownEnvironment { name: String, by: String },
    #[error("the environment `{name}` comes after itself")]
    Circle { name: String },
    #[error("both {first} and {second} lie at {remote}")]
    SharedRemote { remote: String, first: String, second: String },
}

impl SettingsFault {
    /// The text in the file that is at fault.
    pub fn mark(&self) -> &str {
        match self {
            SettingsFault::Pattern { pattern, .. } => pattern,
            SettingsFault::OpenProduction { name }
            | SettingsFault::UnknownEnvironment { name, .. }
            | SettingsFault::Circle { name } => name,
            SettingsFault::SharedRemote { remote, .. } => remote,
        }
    }

    /// What to do next.
    pub const fn hint(&self) -> &'static str {
        match self {
            SettingsFault::Pattern { .. } => "for example `refs/tags/v*` or `db/**`",
            SettingsFault::OpenProduction { .. } => {
                "take `fails: open` away, or give it another `tier`"
            }
            SettingsFault::UnknownEnvironment { .. } => "list it under `environments`",
            SettingsFault::Circle { .. } => "let the first one come after none",
            SettingsFault::SharedRemote { .. } => "name it in one of them only",
        }
    }
}

/// The environments that need not be listed.
const KNOWN: [(&str, Tier); 4] = [
    ("production", Tier::Production),
    ("staging", Tier::Staging),
    ("testing", Tier::Testing),
    ("development", Tier::Development),
];

impl DeploymentSettings {
    /// The environment called `name`. One that nobody has described counts as
    /// production, so that a typing mistake opens nothing.
    pub fn environment(&self, name: &str) -> Environment {
        if let Some(listed) = self.environments.get(name) {
            return listed.clone();
        }
        let known = KNOWN.iter().find(|(known, _)| *known == name);
        let tier = known.map(|(_, tier)| *tier).unwrap_or_default();
        Environment { tier, ..Environment::default() }
    }

    /// Whether an environment of this name is listed, or known without.
    pub fn knows(&self, name: &str) -> bool {
        self.environments.contains_key(name) || KNOWN.iter().any(|(known, _)| *known == name)
    }

    /// The names of all environments.
    pub fn environment_names(&self) -> Vec<&str> {
        let listed = self.environments.keys().map(String::as_str);
        let mut names: Vec<&str> = listed.collect();
        for (name, _) in KNOWN {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The repository that lies at any of `places` (paths and URLs).
    pub fn repository_at<'a>(&self, places: impl IntoIterator<Item = &'a str>) -> Option<&str> {
        places.into_iter().find_map(|place| {
            let place = normal(place);
            let here = |remote: &String| normal(remote) == place;
            let found = self.repositories.iter().find(|(_, entry)| entry.remotes.iter().any(here));
            found.map(|(name, _)| name.as_str())
        })
    }

    /// What is wrong, the first fault of each kind and place.
    pub fn faults(&self) -> Vec<SettingsFault> {
        let mut faults = Vec::new();
        for (name, environment) in &self.environments {
            if environment.tier == Tier::Production && !environment.fails.is_closed() {
                faults.push(SettingsFault::OpenProduction { name: name.clone() });
            }
            if let Some(after) = &environment.after
                && !self.knows(after)
            {
                let by = format!("`after` of {name}");
                faults.push(SettingsFault::UnknownEnvironment { name: after.clone(), by });
            }
            if self.comes_after_itself(name) {
                faults.push(SettingsFault::Circle { name: name.clone() });
            }
        }
        let mut seen: Vec<(String, &str)> = Vec::new();
        for (name, repository) in &self.repositories {
            for remote in &repository.remotes {
                let place = normal(remote);
                match seen.iter().find(|(known, first)| *known == place && *first != name) {
                    Some((_, first)) => faults.push(SettingsFault::SharedRemote {
                        remote: remote.clone(),
                        first: (*first).to_owned(),
                        second: name.clone(),
                    }),
                    None => seen.push((place, name)),
                }
            }
            for rule in &repository.deploys {
                if !self.knows(&rule.to) {
                    let by = format!("`deploys` of {name}");
                    faults.push(SettingsFault::UnknownEnvironment { name: rule.to.clone(), by });
                }
            }
            let references = repository.deploys.iter().map(|rule| &rule.reference);
            let patterns = references.chain(repository.paths.iter().map(|rule| &rule.pattern));
            for pattern in patterns {
                if let Err(error) = Pattern::new(pattern) {
                    let (pattern, why) = (pattern.clone(), error.msg.to_owned());
                    faults.push(SettingsFault::Pattern { pattern, why });
                }
            }
        }
        faults
    }

    fn comes_after_itself(&self, name: &str) -> bool {
        let mut at = name;
        for _ in 0..=self.environments.len() {
            match self.environments.get(at).and_then(|environment| environment.after.as_deref()) {
                Some(before) if before == name => return true,
                Some(before) => at = before,
                None => return false,
            }
        }
        false
    }
}

impl Repository {
    /// What a push of `reference` deploys: one rule for each environment, the
    /// first that matches.
    pub fn deploys_of(&self, reference: &str) -> Vec<&DeployRule> {
        let mut found: Vec<&DeployRule> = Vec::new();
        for rule in self.deploys.iter().filter(|rule| matches(&rule.reference, reference)) {
            if !found.iter().any(|other| other.to == rule.to) {
                found.push(rule);
            }
        }
        found
    }

    /// The configuration items that `paths` concern, as the settings name them,
    /// each once and in their order.
    pub fn items_of<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Vec<&str> {
        let paths: Vec<&str> = paths.into_iter().collect();
        let mut found: Vec<&str> = Vec::new();
        for rule in &self.paths {
            let Ok(pattern) = Pattern::new(&rule.pattern) else { continue };
            if paths.iter().any(|path| pattern.matches_with(path, OPTIONS)) {
                for item in &rule.cis {
                    if !found.contains(&item.as_str()) {
                        found.push(item);
                    }
                }
            }
        }
        found
    }
}

/// As git matches references and `.gitignore` paths: `*` stops at slashes.
const OPTIONS: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Whether a reference or path is as `pattern` has it.
pub(in crate::policy) fn matches(pattern: &str, text: &str) -> bool {
    Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_with(text, OPTIONS))
}

/// A path or URL without what does not matter: scheme, user, a final `.git` or
/// slash. `git@host:team/crm.git` and `https://host/team/crm` lie at one place.
fn normal(place: &str) -> String {
    let place = place.trim();
    let (is_url, rest) = match place.split_once("://") {
        Some(("file", rest)) => (false, rest),
        Some((_, rest)) => (true, rest),
        None => (false, place),
    };
    let is_scp = !is_url
        && !rest.starts_with(['/', '.'])
        && rest.split_once(':').is_some_and(|(host, _)| !host.contains('/'));
    let rest = if is_url || is_scp {
        let rest = match rest.split_once('@') {
            Some((user, host)) if !user.contains('/') => host,
            _ => rest,
        };
        let (host, path) = rest.split_once(if is_scp { ':' } else { '/' }).unwrap_or((rest, ""));
        format!("{}/{}", host.to_ascii_lowercase(), path.trim_start_matches('/'))
    } else {
        rest.to_owned()
    };
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git").unwrap_or(rest).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(value: serde_json::Value) -> DeploymentSettings {
        serde_json::from_value(value).expect("settings")
    }

    #[test]
    fn what_nobody_described_is_production() {
        let none = DeploymentSettings::default();
        assert_eq!(none.environment("prodution").tier, Tier::Production);
        assert_eq!(none.environment("staging").tier, Tier::Staging);
        assert!(none.environment("production").fails.is_closed());
        assert!(none.knows("testing") && !none.knows("prodution"));
    }

    #[test]
    fn a_push_deploys_once_to_each_environment() {
        let settings = settings(serde_json::json!({"repositories": {"crm": {
            "deploys": [
                {"ref": "refs/heads/main", "to": "staging"},
                {"ref": "refs/heads/**", "to": "staging"},
                {"ref": "refs/heads/main", "to": "production", "gate": "push"},
                {"ref": "refs/tags/v*", "to": "production"}
            ],
            "paths": [
                {"match": "db/**", "cis": ["db-01", "db-02"]},
                {"match": "**/*.sql", "cis": ["db-01"]},
                {"match": "*", "cis": ["root"]},
                {"match": "**", "cis": ["crm"]}
            ]
        }}}));
        let crm = &settings.repositories["crm"];
        let to = |reference: &str| -> Vec<&str> {
            crm.deploys_of(reference).iter().map(|rule| rule.to.as_str()).collect()
        };
        assert_eq!(to("refs/heads/main"), ["staging", "production"]);
        assert_eq!(to("refs/heads/a/b"), ["staging"]);
        assert_eq!(to("refs/tags/v1.2"), ["production"]);
        assert!(to("refs/tags/v1/2").is_empty() && to("refs/notes/v1").is_empty());
        assert_eq!(crm.items_of(["db/x/y.sql"]), ["db-01", "db-02", "crm"]);
        assert_eq!(crm.items_of(["README"]), ["root", "crm"]);
        assert!(crm.items_of([]).is_empty());
    }

    #[test]
    fn a_repository_is_known_by_where_it_lies() {
        let settings = settings(serde_json::json!({"repositories": {
            "crm": {"remotes": ["git@example.com:team/crm.git", "/srv/git/crm.git"]},
            "shop": {"remotes": ["https://example.com/team/shop"]}
        }}));
        for place in ["https://Example.com/team/crm", "ssh://git@example.com/team/crm.git/"] {
            assert_eq!(settings.repository_at([place]), Some("crm"), "{place}");
        }
        assert_eq!(settings.repository_at(["/x", "/srv/git/crm.git/"]), Some("crm"));
        assert_eq!(settings.repository_at(["file:///srv/git/crm"]), Some("crm"));
        assert_eq!(settings.repository_at(["me@example.com:team/shop.git"]), Some("shop"));
        assert_eq!(settings.repository_at(["https://example.com/team/crm2"]), None);
    }

    #[test]
    fn faults_are_found() {
        let settings = settings(serde_json::json!({
            "environments": {
                "live": {"fails": "open"},
                "a": {"tier": "testing", "after": "b"},
                "b": {"tier": "testing", "after": "a"},
                "c": {"tier": "testing", "after": "nowhere"}
            },
            "repositories": {
                "one": {"remotes": ["h:x.git"], "deploys": [{"ref": "refs/[", "to": "lab"}]},
                "two": {"remotes": ["https://h/x"]}
            }
        }));
        let marks: Vec<String> =
            settings.faults().iter().map(|fault| fault.mark().to_owned()).collect();
        assert_eq!(marks, ["live", "a", "b", "nowhere", "lab", "refs/[", "https://h/x"]);
    }
}
