//! Mappings that come with gitsm, for what well-known systems export.

/// A mapping that comes with gitsm.
#[derive(Debug)]
pub struct Ready {
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// The mapping file.
    pub text: &'static str,
}

macro_rules! ready {
    ($($name:literal $file:literal $about:literal)*) => {
        &[$(Ready {
            name: $name,
            about: $about,
            text: include_str!(concat!("../../../examples/import/", $file)),
        }),*]
    };
}

/// All of them.
pub const READY: &[Ready] = ready! {
    "servicenow" "servicenow.yaml" "incidents of ServiceNow: list export (CSV) or table API (JSON)"
    "servicenow-log" "servicenow-uci.yaml" "audit log of ServiceNow as history (CSV)"
    "jira" "jira.yaml" "issues of Jira: REST search (JSON)"
    "jira-csv" "jira-csv.yaml" "issues of Jira: CSV export"
    "glpi" "glpi.yaml" "tickets of GLPI: CSV export"
    "github" "github.yaml" "issues of GitHub: gh issue list --json, or REST (JSON)"
};

impl Ready {
    /// The mapping called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        READY.iter().find(|ready| ready.name == name)
    }
}
