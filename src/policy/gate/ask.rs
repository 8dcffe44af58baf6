//! What is asked of the gate.

/// What is to go where. What is left out is taken from the change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// How the change was named, if it was.
    pub change: Option<String>,
    /// Where it is to go.
    pub environment: String,
    /// The name of the code repository.
    pub repository: Option<String>,
    /// The commit, 40 hexadecimal digits.
    pub commit: Option<String>,
    /// The digest of the artefact.
    pub artefact: Option<String>,
}

impl Ask {
    /// What is to go, in words: "commit 1234567 of crm".
    pub fn what(&self) -> String {
        let version = match (&self.artefact, &self.commit) {
            (Some(artefact), _) => Some(format!("artefact {}", short(artefact))),
            (None, Some(commit)) => Some(format!("commit {}", short(commit))),
            (None, None) => None,
        };
        match (version, &self.repository) {
            (Some(version), Some(repository)) => format!("{version} of {repository}"),
            (Some(version), None) => version,
            (None, Some(repository)) => repository.clone(),
            (None, None) => "it".to_owned(),
        }
    }
}

/// A digest or commit as people read it.
pub(super) fn short(name: &str) -> String {
    match name.split_once(':') {
        Some((kind, digits)) => format!("{kind}:{}", digits.get(..12).unwrap_or(digits)),
        None => name.get(..7).unwrap_or(name).to_owned(),
    }
}
