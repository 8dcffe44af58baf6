//! Points in time for people: ages, and minutes in UTC.

use crate::model::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// The minute of `at` in UTC, `2026-11-22 09:12`.
pub(crate) fn absolute(at: Timestamp) -> String {
    at.to_utc().format("%Y-%m-%d %H:%M").to_string()
}

/// How long `seconds` are, in the largest unit that still tells something:
/// `40s`, `12m`, `4h`, `3d`, `2y`.
pub(crate) fn span(seconds: i64) -> String {
    let seconds = seconds.saturating_abs();
    match seconds {
        s if s < MINUTE => format!("{s}s"),
        s if s < HOUR => format!("{}m", s / MINUTE),
        s if s < 2 * DAY => format!("{}h", s / HOUR),
        s if s < 2 * YEAR => format!("{}d", s / DAY),
        s => format!("{}y", s / YEAR),
    }
}

/// How long `seconds` are, in words: `40 seconds`, `3 days`.
pub(crate) fn in_words(seconds: i64) -> String {
    let seconds = seconds.saturating_abs();
    let (number, unit) = match seconds {
        s if s < MINUTE => (s, "second"),
        s if s < HOUR => (s / MINUTE, "minute"),
        s if s < 2 * DAY => (s / HOUR, "hour"),
        s if s < 60 * DAY => (s / DAY, "day"),
        s if s < 2 * YEAR => (s / (YEAR / 12), "month"),
        s => (s / YEAR, "year"),
    };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// How much time `seconds` are, to the minute: `3h20m`, `45m`; below a minute
/// `30s`.
pub(crate) fn hours(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.saturating_abs();
    let (hours, minutes) = (seconds / HOUR, seconds / MINUTE % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{seconds}s"),
        (0, minutes) => format!("{sign}{minutes}m"),
        (hours, 0) => format!("{sign}{hours}h"),
        (hours, minutes) => format!("{sign}{hours}h{minutes:02}m"),
    }
}

/// The age at `now` of what began at `since`; negative before it began.
pub(crate) fn age(since: Timestamp, now: Timestamp) -> String {
    let seconds = now.seconds().saturating_sub(since.seconds());
    let sign = if seconds < 0 { "-" } else { "" };
    format!("{sign}{}", span(seconds))
}

/// `3d ago`, `in 4h` or `now`.
pub(crate) fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.seconds().saturating_sub(at.seconds());
    match seconds {
        0 => "now".to_owned(),
        s if s < 0 => format!("in {}", span(s)),
        s => format!("{} ago", span(s)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_use_the_largest_telling_unit() {
        let shown: Vec<String> = [0, 59, 60, 3599, 3600, 2 * DAY - 1, 2 * DAY, 730 * DAY]
            .into_iter()
            .map(span)
            .collect();
        assert_eq!(shown, ["0s", "59s", "1m", "59m", "1h", "47h", "2d", "2y"]);
    }

    #[test]
    fn hours_go_to_the_minute() {
        let shown: Vec<String> = [0, 59, 60, 3_599, 3_600, 3_900, -5_400, 100 * HOUR, i64::MIN]
            .into_iter()
            .map(hours)
            .collect();
        assert_eq!(shown[..8], ["0s", "59s", "1m", "59m", "1h", "1h05m", "-1h30m", "100h"]);
        assert!(shown[8].starts_with("-25"));
    }

    #[test]
    fn times_before_and_after_now() {
        let now = Timestamp::from_seconds(1_000_000);
        let at = |seconds| Timestamp::from_seconds(1_000_000 + seconds);
        assert_eq!(relative(now, now), "now");
        assert_eq!(relative(at(-120), now), "2m ago");
        assert_eq!(relative(at(7200), now), "in 2h");
        assert_eq!(age(at(-3 * DAY), now), "3d");
        assert_eq!(age(at(90), now), "-1m");
        assert_eq!(absolute(now), "1970-01-12 13:46");
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let ends = [Timestamp::from_seconds(i64::MIN), Timestamp::from_seconds(i64::MAX)];
        for (a, b) in [(ends[0], ends[1]), (ends[1], ends[0])] {
            assert!(!age(a, b).is_empty());
            assert!(!relative(a, b).is_empty());
            assert!(!absolute(a).is_empty());
        }
    }
}
