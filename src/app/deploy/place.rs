//! A code repository, and what the desk says of it.

use std::path::{Path, PathBuf};

use super::super::deployments;
use super::super::nearest::nearest;
use crate::app::Session;
use crate::error::CommandError;
use crate::model::one_line;
use crate::policy::deployment::{DeploymentSettings, Repository};
use crate::store::code::Code;

/// A code repository, and what the desk says of it.
#[derive(Debug)]
pub struct Place {
    pub code: Code,
    /// What changes call it.
    pub name: String,
    /// Everything that the desk says of deployments.
    pub settings: DeploymentSettings,
}

impl Place {
    /// The repository that `folder` lies in, with objects from `objects` too.
    ///
    /// It is called as `name` says, else as `git config gitsm.repository` does,
    /// else as the entry of the desk's settings whose `remotes` have its path, one
    /// of its remotes or one of `known_as`, else as its folder.
    ///
    /// # Errors
    ///
    /// It cannot be read, or the desk's settings cannot.
    pub fn of(
        session: &Session,
        folder: &Path,
        objects: &[PathBuf],
        name: Option<&str>,
        known_as: &[String],
    ) -> Result<Self, CommandError> {
        let settings = deployments::settings(&session.snapshot()?)?;
        let code = Code::open(folder, objects)?;
        let name = match name.map(str::to_owned).or_else(|| code.configured_name()) {
            Some(name) => name,
            None => {
                let places = code.places();
                let places = places.iter().chain(known_as).map(String::as_str);
                let known = settings.repository_at(places).map(str::to_owned);
                known.unwrap_or_else(|| code.folder_name())
            }
        };
        let name = one_line(&name).map_err(|error| {
            CommandError::usage(format!("the code repository's name cannot be used: {error}"))
                .hint("name it with `git config gitsm.repository NAME` in it")
        })?;
        Ok(Self { code, name, settings })
    }

    /// What the desk says of this repository.
    pub fn entry(&self) -> Option<&Repository> {
        self.settings.repositories.get(&self.name)
    }

    /// What one should know of an environment of this name, if nobody described it.
    pub(super) fn doubt(&self, environment: &str) -> Option<String> {
        if self.settings.knows(environment) {
            return None;
        }
        let near = nearest(environment, self.settings.environment_names());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Some(format!(
            "nobody has described the environment `{environment}`, so that it counts as \
             production{near}"
        ))
    }
}
