//! What calendars say.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime};

use super::calendars;
use crate::app::{Session, parse_when};
use crate::error::CommandError;
use crate::model::{CalendarName, Timestamp};
use crate::outcome::{CalendarDay, CalendarLine, CalendarView, CalendarsView, HoursView};
use crate::policy::calendar::{Calendar, Calendars, YEARS};

/// How many days are shown unless a month is asked for.
const WEEKS: u64 = 2;

/// The desk's calendars.
///
/// # Errors
///
/// One cannot be read.
pub fn list(session: &Session) -> Result<CalendarsView, CommandError> {
    let all = calendars(&session.snapshot()?, session.policy()?)?;
    let mut lines = Vec::new();
    for name in all.names() {
        let calendar = ready(&all, name)?;
        lines.push(CalendarLine {
            name: name.to_string(),
            description: all.file(name).and_then(|file| file.description.clone()),
            time_zone: calendar.zone().name().to_owned(),
            open: calendar.is_open(session.now()),
        });
    }
    Ok(CalendarsView { schema: CalendarsView::SCHEMA, calendars: lines })
}

/// The days of a calendar: of the month (`2026-12`), or two weeks from now on.
///
/// # Errors
///
/// There is no such calendar or month.
pub fn days(
    session: &Session,
    name: Option<&str>,
    month: Option<&str>,
) -> Result<CalendarView, CommandError> {
    let all = calendars(&session.snapshot()?, session.policy()?)?;
    let name = chosen(&all, name)?;
    let calendar = ready(&all, &name)?;
    let now = session.now();
    let today = calendar.date(now).ok_or_else(|| CommandError::usage("now is out of range"))?;
    let (first, end) = match month {
        Some(text) => month_of(text, today)?,
        None => (today, today + Days::new(7 * WEEKS)),
    };
    for date in [first, end.pred_opt().unwrap_or(end)] {
        match calendar.instant(date, NaiveTime::MIN) {
            Some(at) => known(&calendar, at)?,
            None => return Err(CommandError::usage(format!("{date} is out of range"))),
        }
    }
    let mut days = Vec::new();
    let mut date = first;
    while date < end {
        days.push(day(&calendar, date));
        date = date.succ_opt().unwrap_or(end);
    }
    let open = calendar.is_open(now);
    let closes = calendar
        .spans(now, Timestamp::from_seconds(now.seconds().saturating_add(400 * 86_400)))
        .first()
        .map(|span| span.to)
        .filter(|_| open);
    Ok(CalendarView {
        schema: CalendarView::SCHEMA,
        description: all.file(&name).and_then(|file| file.description.clone()),
        name: name.to_string(),
        time_zone: calendar.zone().name().to_owned(),
        now,
        open,
        opens: if open { None } else { calendar.next_opening(now) },
        closes,
        open_seconds: days.iter().map(|day| day.open_seconds).sum(),
        days,
    })
}

/// The open time between two points in time, by the calendar's clocks.
///
/// # Errors
///
/// There is no such calendar, or a text is no time.
pub fn hours(
    session: &Session,
    name: Option<&str>,
    from: &str,
    to: &str,
) -> Result<HoursView, CommandError> {
    let all = calendars(&session.snapshot()?, session.policy()?)?;
    let name = chosen(&all, name)?;
    let calendar = ready(&all, &name)?;
    let (from, to) = (instant(session, &calendar, from)?, instant(session, &calendar, to)?);
    known(&calendar, from)?;
    known(&calendar, to)?;
    if to < from {
        return Err(CommandError::usage(format!("{to} lies before {from}"))
            .hint("give the earlier time first"));
    }
    Ok(HoursView {
        schema: HoursView::SCHEMA,
        calendar: name.to_string(),
        time_zone: calendar.zone().name().to_owned(),
        from,
        to,
        open_seconds: calendar.open_between(from, to),
        actual_seconds: to.seconds() - from.seconds(),
    })
}

/// Whether the calendar is worked out for `at`.
fn known(calendar: &Calendar, at: Timestamp) -> Result<(), CommandError> {
    if calendar.knows(at) {
        return Ok(());
    }
    let message = format!("{at} is too far away");
    let (first, last) = (YEARS.start, YEARS.end - 1);
    Err(CommandError::usage(message)
        .hint(format!("calendars are worked out for the years {first} to {last}")))
}

/// A time on the calendar's clocks, or any other as people type them.
fn instant(session: &Session, calendar: &Calendar, text: &str) -> Result<Timestamp, CommandError> {
    let plain = text.trim().replace('T', " ");
    let wall = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&plain, form).ok())
        .or_else(|| Some(plain.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN)));
    match wall.and_then(|wall| calendar.instant(wall.date(), wall.time())) {
        Some(instant) => Ok(instant),
        None => parse_when(session, text),
    }
}

fn day(calendar: &Calendar, date: NaiveDate) -> CalendarDay {
    let midnight = |date: NaiveDate| calendar.instant(date, NaiveTime::MIN);
    let bounds = date.succ_opt().and_then(|next| Some((midnight(date)?, midnight(next)?)));
    let (open_seconds, length) = bounds.map_or((0, 86_400), |(from, to)| {
        (calendar.open_between(from, to), to.seconds() - from.seconds())
    });
    let hours: Vec<String> = calendar.windows(date).iter().map(ToString::to_string).collect();
    let clocks = (length != 86_400)
        .then(|| format!("clocks change: the day has {} hours", length as f64 / 3_600.0));
    let remarks: Vec<String> = calendar.remark(date).into_iter().chain(clocks).collect();
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    CalendarDay {
        date: date.format("%Y-%m-%d").to_string(),
        weekday: names[date.weekday().num_days_from_monday() as usize],
        hours,
        open_seconds,
        remark: (!remarks.is_empty()).then(|| remarks.join(", ")),
    }
}

fn month_of(text: &str, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), CommandError> {
    let first = match text {
        "" => today.with_day(1),
        _ => format!("{text}-01").parse::<NaiveDate>().ok().filter(|_| text.len() == 7),
    };
    first.and_then(|first| Some((first, first.checked_add_months(Months::new(1))?))).ok_or_else(
        || CommandError::usage(format!("`{text}` is no month")).hint("write it as 2026-12"),
    )
}

/// The calendar that is meant: the one there is, if none is named.
fn chosen(all: &Calendars, name: Option<&str>) -> Result<CalendarName, CommandError> {
    if let Some(name) = name {
        return CalendarName::new(name).map_err(CommandError::from);
    }
    let names: Vec<&CalendarName> = all.names().collect();
    match names[..] {
        [one] => Ok(one.clone()),
        [] => Err(CommandError::not_found("this desk has no calendars").hint(
            "describe one in .gitsm/calendars/NAME.yaml; `gitsm schema calendar` prints its form",
        )),
        _ => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            Err(CommandError::usage("this desk has several calendars")
                .hint(format!("name one of {}", names.join(", "))))
        }
    }
}

fn ready(all: &Calendars, name: &CalendarName) -> Result<std::rc::Rc<Calendar>, CommandError> {
    all.get(Some(name), None).map_err(|error| CommandError::from(&error))
}
