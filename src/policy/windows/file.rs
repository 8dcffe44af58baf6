//! `.gitsm/change-windows.yaml`: when what may be changed.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{WindowName, unique};
use crate::policy::approval::Edge;
use crate::policy::calendar::{CalendarFile, DayRange, Hours};

/// When what may be changed, `.gitsm/change-windows.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowsFile {
    /// Which configuration items of changes are compared.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub detection: Detection,
    /// Times that are set apart for changes of some items.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub maintenance: IndexMap<WindowName, MaintenanceFile>,
    /// Times in which nothing, or some items, may not be changed.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub freezes: IndexMap<WindowName, FreezeFile>,
}

fn is_usual(detection: &Detection) -> bool {
    *detection == Detection::default()
}

/// Which configuration items of changes are compared (ServiceNow conflict
/// detection: basic and advanced mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Detection {
    /// The first one of each change.
    Basic,
    /// All of them.
    #[default]
    Advanced,
}

/// A time that is set apart, week by week, for changes of some items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceFile {
    /// What it is for, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The IANA name of the zone whose clocks show the hours; the desk's, if
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The hours of each day of the week, for example `sun: [02:00-06:00]`.
    #[serde(deserialize_with = "unique::map")]
    pub hours: IndexMap<DayRange, Hours>,
    /// The configuration items that it is for, by names or ids. Where an item has
    /// such windows, changes of it lie in one of them.
    pub cis: Vec<String>,
}

impl MaintenanceFile {
    /// The hours as a calendar has them.
    pub fn calendar(&self) -> CalendarFile {
        CalendarFile {
            time_zone: self.time_zone.clone(),
            hours: self.hours.clone(),
            ..CalendarFile::default()
        }
    }
}

/// A time in which nothing, or some items, may not be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeFile {
    /// What it is for, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The first day, or the time at which it begins.
    pub from: Edge,
    /// The last day, or the time at which it ends.
    pub until: Edge,
    /// The configuration items that it is for, by names or ids; everything, if
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cis: Option<Vec<String>>,
}

impl WindowsFile {
    /// Whether it says nothing about any time.
    pub fn is_empty(&self) -> bool {
        self.maintenance.is_empty() && self.freezes.is_empty()
    }

    /// The configuration items as they are called, each once.
    pub fn cis(&self) -> Vec<&str> {
        let set_apart = self.maintenance.values().flat_map(|window| &window.cis);
        let frozen = self.freezes.values().flat_map(|freeze| freeze.cis.iter().flatten());
        let mut names: Vec<&str> = set_apart.chain(frozen).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
