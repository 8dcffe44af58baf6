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
        let mut when = when.split_whitespace();
        let at = when.next().map_or(Some(0), |at| at.parse().ok())?;
        Some(Self {
            name: text(line.get(..start)?),
            email: text(line.get(start + 1..end)?),
            at,
            offset_minutes: when.next().and_then(offset).unwrap_or_default(),
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

/// The minutes of `+hhmm`; `None` for what is no zone of this earth, which git takes
/// for none.
fn offset(zone: &str) -> Option<i32> {
    let signed = zone.starts_with(['+', '-']).then(|| zone.parse::<i32>().ok()).flatten()?;
    let (hours, minutes) = (signed / 100, signed % 100);
    (hours.abs() <= 14 && minutes.abs() <= 59).then_some(hours * 60 + minutes)
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

#[cfg(test)]
mod tests {
    use super::Identity;

    #[test]
    fn people_are_read_as_git_reads_them() {
        let read = |line: &str| {
            let who = Identity::parse(line.as_bytes())?;
            Some((who.name, who.email, who.at, who.offset_minutes))
        };
        let alice = |at, offset| Some(("Alice".to_owned(), "a@example.org".to_owned(), at, offset));
        for (line, expected) in [
            ("Alice <a@example.org> 12 +0130", alice(12, 90)),
            ("Alice <a@example.org> -5 -0930", alice(-5, -570)),
            ("Alice <a@example.org> 12", alice(12, 0)),
            ("Alice <a@example.org>", alice(0, 0)),
            // What is no zone is none, and nobody fails over it.
            ("Alice <a@example.org> 12 +9900", alice(12, 0)),
            ("Alice <a@example.org> 12 0100", alice(12, 0)),
            ("Alice <a@example.org> 12 +2147483647", alice(12, 0)),
            ("Alice <a@example.org> 12 UTC", alice(12, 0)),
            ("Alice <a@example.org> soon +0000", None),
            ("Alice", None),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
