//! What the systems that run pipelines say of a run, by variables of their own.
//!
//! They are defaults for options that were not given, and nothing else: no
//! decision depends on them.

use super::text;

/// What is known of the run of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// The commit: `GITHUB_SHA`, `CI_COMMIT_SHA`, `KAMAL_VERSION`.
    pub commit: Option<String>,
    /// The branch or tag: `GITHUB_REF`, `CI_COMMIT_TAG`, `CI_COMMIT_REF_NAME`.
    pub reference: Option<String>,
    /// The URL of the code repository: `GITHUB_SERVER_URL` with
    /// `GITHUB_REPOSITORY`, `CI_PROJECT_URL`.
    pub repository: Option<String>,
    /// The environment: `CI_ENVIRONMENT_NAME`, `KAMAL_DESTINATION`.
    pub environment: Option<String>,
    /// Who started it, name and e-mail address: `GITHUB_ACTOR`,
    /// `GITLAB_USER_NAME` with `GITLAB_USER_EMAIL`, `KAMAL_PERFORMER`.
    pub by: Option<(String, String)>,
    /// Where the run can be read about: `GITHUB_RUN_ID`, `CI_PIPELINE_URL`.
    pub url: Option<String>,
}

impl Pipeline {
    /// Reads the variables of the system that runs this process; nothing outside
    /// of a pipeline.
    pub(super) fn read() -> Self {
        if text("GITHUB_ACTIONS").is_some() {
            github()
        } else if text("GITLAB_CI").is_some() {
            gitlab()
        } else if text("KAMAL_VERSION").is_some() {
            kamal()
        } else {
            Self::default()
        }
    }
}

fn github() -> Pipeline {
    let server = text("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
    let repository = text("GITHUB_REPOSITORY").map(|name| format!("{server}/{name}"));
    let url = repository
        .as_ref()
        .zip(text("GITHUB_RUN_ID"))
        .map(|(repository, run)| format!("{repository}/actions/runs/{run}"));
    Pipeline {
        commit: text("GITHUB_SHA"),
        reference: text("GITHUB_REF"),
        repository,
        environment: None,
        by: text("GITHUB_ACTOR").map(|name| (name, String::new())),
        url,
    }
}

fn gitlab() -> Pipeline {
    let tag = text("CI_COMMIT_TAG").map(|tag| format!("refs/tags/{tag}"));
    let branch = || text("CI_COMMIT_REF_NAME").map(|branch| format!("refs/heads/{branch}"));
    let name = text("GITLAB_USER_NAME").or_else(|| text("GITLAB_USER_LOGIN"));
    let email = text("GITLAB_USER_EMAIL");
    let by = (name.is_some() || email.is_some())
        .then(|| (name.unwrap_or_default(), email.unwrap_or_default()));
    Pipeline {
        commit: text("CI_COMMIT_SHA"),
        reference: tag.or_else(branch),
        repository: text("CI_PROJECT_URL"),
        environment: text("CI_ENVIRONMENT_NAME"),
        by,
        url: text("CI_PIPELINE_URL"),
    }
}

fn kamal() -> Pipeline {
    let by = text("KAMAL_PERFORMER").map(|who| match who.contains('@') {
        true => (String::new(), who),
        false => (who, String::new()),
    });
    Pipeline {
        // Kamal adds `_uncommitted_` and more where the work tree had changes that
        // were not committed: what it deploys then is no commit that anybody could
        // have approved, and must not pass for one.
        commit: text("KAMAL_VERSION"),
        reference: None,
        repository: None,
        environment: text("KAMAL_DESTINATION"),
        by,
        url: None,
    }
}
