//! What is wrong with windows and freezes.

use super::{WindowsFile, of_freeze, of_window};

/// Something that cannot work, or does not say what it seems to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The keys that lead to the place.
    pub keys: Vec<String>,
    /// A stable name of the rule.
    pub rule: &'static str,
    pub message: String,
}

const MAINTENANCE: &str = "maintenance";
const FREEZES: &str = "freezes";

/// What is wrong with `file` on a desk whose time zone is `zone`, and on which
/// nothing is called by the names in `unknown`.
pub fn mistakes(file: &WindowsFile, zone: &str, unknown: &[String]) -> Vec<Mistake> {
    let mut found = Vec::new();
    let mut add = |keys: [&str; 3], rule, message| {
        found.push(Mistake { keys: keys.map(str::to_owned).to_vec(), rule, message });
    };
    let nothing = |ci: &str| format!("there is no configuration item `{ci}`");
    let told = |error: &super::WindowsError| match error.hint() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    };
    for (name, window) in &file.maintenance {
        let keys = |key| [MAINTENANCE, name.as_str(), key];
        if let Err(error) = of_window(name, window, zone) {
            add(keys(error.key()), "window-invalid", told(&error));
        }
        if window.cis.is_empty() {
            let message = format!("{name} is for nothing: it names no configuration item");
            add(keys("cis"), "window-for-nothing", message);
        }
        for ci in window.cis.iter().filter(|ci| unknown.contains(ci)) {
            add(keys("cis"), "window-ci", format!("{name}: {}", nothing(ci)));
        }
    }
    for (name, freeze) in &file.freezes {
        let keys = |key| [FREEZES, name.as_str(), key];
        if let Err(error) = of_freeze(name, freeze, zone) {
            add(keys(error.key()), "window-invalid", told(&error));
        }
        if freeze.cis.as_ref().is_some_and(Vec::is_empty) {
            let message = format!("{name} is for nothing; leave `cis` out to freeze everything");
            add(keys("cis"), "window-for-nothing", message);
        }
        for ci in freeze.cis.iter().flatten().filter(|ci| unknown.contains(ci)) {
            add(keys("cis"), "window-ci", format!("{name}: {}", nothing(ci)));
        }
        if file.maintenance.contains_key(name) {
            let message = format!("{name} is the name of a maintenance window too");
            add(keys("from"), "window-name-twice", message);
        }
    }
    found
}
