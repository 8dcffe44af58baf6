//! Who acted and when, and git's configuration.

use git2::{Config, Signature, Time};
use memchr::memrchr;

use super::error::StoreError;

/// A person or machine as git records it, with the moment of acting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The display name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// Seconds since 1970-01-01 00:00 UTC.
    pub at: i64,
    /// The local time's distance from UTC, in minutes, positive to the east.
    pub offset_minutes: i32,
}

impl Identity {
    pub(super) fn signature(&self) -> Result<Signature<'static>, StoreError> {
        let time = Time::new(self.at, self.offset_minutes);
        Signature::new(&self.name, &self.email, &time).map_err(StoreError::git("use the identity"))
    }

    /// Reads `Name <address> seconds +hhmm`, as commits have it; `None` where it is
    /// something else.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let (start, end) = (memrchr(b'<', line)?, memrchr(b'>', line)?);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        let when = text(line.get(end + 1..)?);
        let mut when = when.split(' ');
        let at = when.next()?.parse().ok()?;
        let zone: i32 = when.next().map_or(Some(0), |zone| zone.parse().ok())?;
        Some(Self {
            name: text(line.get(..start)?),
            email: text(line.get(start + 1..end)?),
            at,
            offset_minutes: zone / 100 * 60 + zone % 100,
        })
    }

    pub(super) fn of(signature: &Signature<'_>) -> Self {
        let time = signature.when();
        Self {
            name: String::from_utf8_lossy(signature.name_bytes()).into_owned(),
            email: String::from_utf8_lossy(signature.email_bytes()).into_owned(),
            at: time.seconds(),
            offset_minutes: time.offset_minutes(),
        }
    }
}

/// A value of the user's and the system's git configuration, outside of any
/// repository; `None` where it is not set or cannot be read.
pub fn global_config(key: &str) -> Option<String> {
    value(Config::open_default().ok()?, key)
}

/// A value of `config`; an empty value counts as set.
pub(super) fn value(mut config: Config, key: &str) -> Option<String> {
    config.snapshot().ok()?.get_string(key).ok()
}

/// A boolean of `config`, as git reads one.
pub(super) fn flag(config: &Config, key: &str) -> Option<bool> {
    config.get_bool(key).ok()
}

/// What stands between `prefix` and the last part, `variable`, of the keys of
/// `config`.
pub(super) fn sections(config: &Config, prefix: &str, variable: &str) -> Vec<String> {
    let mut found = std::collections::BTreeSet::new();
    let Ok(entries) = config.entries(None) else { return Vec::new() };
    let _ = entries.for_each(|entry| {
        let name = std::str::from_utf8(entry.name_bytes()).ok();
        let rest = name.and_then(|name| name.strip_prefix(prefix));
        let section = rest.and_then(|rest| rest.strip_suffix(variable)?.strip_suffix('.'));
        found.extend(section.map(str::to_owned));
    });
    found.into_iter().collect()
}
