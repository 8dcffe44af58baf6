//! What a deployment brings, and whether a model's bounds allow it.

use super::Bounds;
use super::stands::Exceeded;
use crate::model::{Change, ChangeModel, Record};
use crate::policy::deployment::matches;

/// What is known of what a change deploys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent<'a> {
    pub repository: Option<&'a str>,
    pub environment: Option<&'a str>,
    /// How many commits.
    pub commits: Option<u64>,
    /// How many files they change.
    pub files: Option<u64>,
    pub paths: Paths<'a>,
}

/// What is known of the paths that a change touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paths<'a> {
    /// Nothing.
    #[default]
    Unknown,
    /// They were looked at when the change was raised, and are fixed since.
    Checked,
    /// All of them.
    These(&'a [String]),
}

impl<'a> Extent<'a> {
    /// What the record of a change says about it. Only raising a change writes
    /// what it deploys, and has looked at its paths.
    pub fn of(change: &'a Change) -> Self {
        let Some(deployment) = change.deployment.as_deref() else { return Self::default() };
        Self {
            repository: Some(&deployment.repository),
            environment: Some(&deployment.environment),
            commits: deployment.commit_count.map(u64::from),
            files: deployment.files_changed.map(u64::from),
            paths: Paths::Checked,
        }
    }
}

/// Whether an edit makes what is deployed authorised beforehand: the paths that it
/// touches are looked at when it is raised, and by nobody later.
pub(in crate::policy) fn breach(before: &Record, after: &Record) -> Option<&'static str> {
    let (Record::Change(before), Record::Change(after)) = (before, after) else { return None };
    let is_other = before.model != after.model || before.template != after.template;
    (before.deployment.is_some() && after.model == ChangeModel::Standard && is_other)
        .then_some("what is deployed is a standard change only as it was raised; raise it anew")
}

impl Bounds {
    /// In what a deployment goes beyond them.
    pub(super) fn exceeded_by(&self, extent: &Extent<'_>) -> Vec<Exceeded> {
        let mut found = Vec::new();
        let places = [
            ("repository", &self.repositories, extent.repository),
            ("environment", &self.environments, extent.environment),
        ];
        for (what, allowed, is) in places {
            match is {
                _ if allowed.is_empty() => {}
                Some(is) if allowed.iter().any(|name| name == is) => {}
                Some(is) => {
                    let (value, allowed) = (is.to_owned(), allowed.join(", "));
                    found.push(Exceeded::Outside { what, value, allowed });
                }
                None => found.push(Exceeded::NotKnown { what }),
            }
        }
        let counts = [
            ("commits", self.commits, extent.commits),
            ("changed files", self.files, extent.files),
        ];
        for (what, most, is) in counts {
            let Some(most) = most else { continue };
            match is {
                Some(is) if is <= most => {}
                Some(count) => found.push(Exceeded::TooMany { what, count, most }),
                None => found.push(Exceeded::NotKnown { what }),
            }
        }
        if !self.paths.is_empty() {
            match extent.paths {
                Paths::Checked => {}
                Paths::Unknown => found.push(Exceeded::NotKnown { what: "paths" }),
                Paths::These(paths) => {
                    let inside =
                        |path: &&String| !self.paths.iter().any(|glob| matches(glob, path));
                    if let Some(path) = paths.iter().find(inside) {
                        let (value, allowed) = (path.clone(), self.paths.join(", "));
                        found.push(Exceeded::Outside { what: "path", value, allowed });
                    }
                }
            }
        }
        found
    }
}
