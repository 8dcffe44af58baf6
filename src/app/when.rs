//! Times as people type them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, Utc};
use interim::{Dialect, parse_date_string};

use super::Session;
use crate::error::CommandError;
use crate::model::{Timestamp, Zone};
use crate::query::{Lean, can_be_english, dated, duration, moment, unknown_word};

/// Reads a time as a person types it: a UTC timestamp, a date or time on this
/// machine's wall clock, or words such as "tomorrow 22:00" and "2 days ago". A
/// bare `monday` is the coming one.
///
/// # Errors
///
/// The text is no time, or does not exist on the wall clock.
pub fn parse_when(session: &Session, text: &str) -> Result<Timestamp, CommandError> {
    parsed(text, session.clock().local(session.now()), Lean::Future)
}

/// Reads a point of what has happened, where somebody asks about the past: any
/// time that a query takes, and in UTC as there, so that what the desk shows can
/// be asked for again. A day, week or month stands for its beginning.
///
/// # Errors
///
/// The text is no time of the past.
pub fn parse_point(session: &Session, text: &str) -> Result<Timestamp, CommandError> {
    moment(text, session.now(), Lean::Past).map(|moment| moment.point()).ok_or_else(|| {
        let error = match duration(text) {
            Some(_) => no_time(text).hint(format!("did you mean `-{text}`?")),
            None => no_time(text),
        };
        error.hint(
            "2026-11-22, 2026-W47, \"2026-11-22 22:00\", last-monday, \"2 days ago\" and -4h are",
        )
    })
}

/// An edge of a period by the clocks of `zone`: any time that a query takes. What
/// lasts a day or longer stands for its beginning, or for its end if `is_end`.
///
/// # Errors
///
/// As [`parse_when`].
pub(super) fn period_edge(
    session: &Session,
    zone: &Zone,
    text: &str,
    is_end: bool,
) -> Result<Timestamp, CommandError> {
    let now = session.now().to_utc();
    let there = || now.with_timezone(&zone.offset(now).unwrap_or_else(|| Utc.fix()));
    edge(text, now, zone, is_end).map_or_else(|| parsed(text, there(), Lean::Past), Ok)
}

fn edge(text: &str, now: DateTime<Utc>, zone: &Zone, is_end: bool) -> Option<Timestamp> {
    // Read as if the zone's clocks were those of UTC, and told in UTC afterwards.
    let there = moment(text, zone.wall(now)?.and_utc().into(), Lean::Past)?;
    let says_zone = |(_, rest): (&str, &str)| rest.contains(['Z', 'z', '+', '-']);
    if there.instant.is_some() || text.split_once(':').is_some_and(says_zone) {
        return moment(text, now.into(), Lean::Past).map(|here| here.point());
    }
    let is_short = there.before.seconds() - there.from.seconds() < 24 * 60 * 60;
    let at = if is_end && !is_short { there.before } else { there.from };
    zone.first_instant(at.to_utc().naive_utc()).map(Into::into)
}

fn parsed(text: &str, now: DateTime<FixedOffset>, lean: Lean) -> Result<Timestamp, CommandError> {
    parse(text, now, lean).ok_or_else(|| {
        no_time(text).hint("2026-11-22T22:00Z, \"2026-11-22 22:00\", \"tomorrow 22:00\", \"in 2 hours\" and \"2 days ago\" are")
    })
}

fn no_time(text: &str) -> CommandError {
    let words = text.trim().strip_prefix("in ").unwrap_or(text);
    let failed = match unknown_word(words) {
        Some((word, _)) if word != text => {
            CommandError::usage(format!("`{text}` is no time, for `{word}` is none"))
        }
        _ => CommandError::usage(format!("`{text}` is no time")),
    };
    match unknown_word(words) {
        Some((_, Some(near))) => failed.hint(format!("did you mean `{near}`?")),
        _ => failed,
    }
}

fn parse(text: &str, now: DateTime<FixedOffset>, lean: Lean) -> Option<Timestamp> {
    let dated = dated(text.trim(), now.date_naive(), lean);
    let text = dated.as_deref().unwrap_or(text.trim());
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return Some(exact.with_timezone(&Utc).into());
    }
    if let Some(minutes) = text.strip_suffix('Z')
        && let Ok(time) = NaiveDateTime::parse_from_str(minutes, "%Y-%m-%dT%H:%M")
    {
        return Some(time.and_utc().into());
    }
    let wall = |time: NaiveDateTime| {
        let local = time.and_local_timezone(*now.offset()).earliest()?;
        Some(Timestamp::from(local.with_timezone(&Utc)))
    };
    for form in ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
            return wall(time);
        }
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return wall(date.and_time(NaiveTime::MIN));
    }
    let words = text.strip_prefix("in ").unwrap_or(text);
    let words = words.strip_prefix('+').unwrap_or(words);
    if !can_be_english(words) {
        return None;
    }
    parse_date_string(words, now, Dialect::Uk).ok().map(|time| time.with_timezone(&Utc).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        let now = DateTime::parse_from_rfc3339("2026-11-22T10:00:00+01:00").expect("a time");
        parse(text, now, Lean::Future).map(|time| time.to_string())
    }

    #[test]
    fn periods_go_by_the_clocks_of_the_desk() {
        let zone = Zone::named("Europe/Berlin").expect("a zone");
        let now = DateTime::parse_from_rfc3339("2026-11-22T23:30:00Z").expect("a time").to_utc();
        let edges = |text| {
            [false, true].map(|is_end| edge(text, now, &zone, is_end).map(|at| at.to_string()))
        };
        for (text, from, to) in [
            ("2026-11-16", "2026-11-15T23:00:00Z", "2026-11-16T23:00:00Z"),
            ("friday", "2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z"),
            // There it is Monday already.
            ("today", "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"),
            ("2026-W47", "2026-11-15T23:00:00Z", "2026-11-22T23:00:00Z"),
            ("2026-10", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
            ("2026-11-16 09:00", "2026-11-16T08:00:00Z", "2026-11-16T08:00:00Z"),
            ("2026-11-16T09:00Z", "2026-11-16T09:00:00Z", "2026-11-16T09:00:00Z"),
            ("-4h", "2026-11-22T19:30:00Z", "2026-11-22T19:30:00Z"),
            ("2 days ago", "2026-11-20T23:30:00Z", "2026-11-20T23:30:00Z"),
        ] {
            assert_eq!(edges(text), [Some(from.to_owned()), Some(to.to_owned())], "{text}");
        }
        assert_eq!(edges("soonish"), [None, None]);
    }

    #[test]
    fn people_type_times_in_many_ways() {
        for (text, time) in [
            ("2026-11-22T22:00:00Z", "2026-11-22T22:00:00Z"),
            ("2026-11-22T22:00Z", "2026-11-22T22:00:00Z"),
            ("2026-11-22T22:00:00+02:00", "2026-11-22T20:00:00Z"),
            ("2026-11-22 22:00", "2026-11-22T21:00:00Z"),
            ("2026-11-22", "2026-11-21T23:00:00Z"),
            ("tomorrow 22:00", "2026-11-23T21:00:00Z"),
            ("in 2 hours", "2026-11-22T11:00:00Z"),
            ("2 days ago", "2026-11-20T09:00:00Z"),
            ("now", "2026-11-22T09:00:00Z"),
        ] {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
        let past = |text| {
            let now = DateTime::parse_from_rfc3339("2026-11-22T10:00:00+01:00").expect("a time");
            parse(text, now, Lean::Past).map(|time| time.to_string())
        };
        assert_eq!(at("monday 9:00").as_deref(), Some("2026-11-23T08:00:00Z"));
        assert_eq!(past("monday 9:00").as_deref(), Some("2026-11-16T08:00:00Z"));
        assert_eq!(past("last monday").as_deref(), Some("2026-11-15T23:00:00Z"));
        assert_eq!(at("12"), None);
        assert_eq!(at("soonish"), None);
        assert_eq!(at("yesterdayish"), None);
        assert_eq!(at("in 2 hourglasses"), None);
        assert_eq!(at("3 abcdefghijklmnop ago"), None);
        assert_eq!(at(""), None);
    }
}
