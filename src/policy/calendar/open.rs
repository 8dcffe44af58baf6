//! Open time: how much of it lies between two points in time, and when so much
//! of it is used up.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::CalendarError;
use super::days::Rules;
use super::file::{CalendarFile, Window};
use crate::model::{Timestamp, Zone};

/// Calendars are worked out for these years only, the last one excluded, so that
/// no question takes for ever.
pub const YEARS: std::ops::Range<i32> = 1900..2200;

/// A time of opening without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSpan {
    pub from: Timestamp,
    /// The first second in which it is closed.
    pub to: Timestamp,
}

/// A calendar in a zone, ready to be asked.
///
/// What a year looks like is worked out once, when it is first asked about.
#[derive(Clone)]
pub struct Calendar {
    rules: Rules,
    zone: Zone,
    is_always: bool,
    years: RefCell<HashMap<i32, Rc<Year>>>,
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calendar")
            .field("rules", &self.rules)
            .field("zone", &self.zone.name())
            .finish()
    }
}

/// The spans of one year by the zone's clocks, in seconds since 1970.
#[derive(Debug, Default)]
struct Year {
    /// From, to, and the open time of the year before it.
    spans: Vec<(i64, i64, i64)>,
    open: i64,
}

impl Year {
    /// The open time of the year up to `at`.
    fn open_until(&self, at: i64) -> i64 {
        let next = self.spans.partition_point(|(from, ..)| *from < at);
        match next.checked_sub(1).and_then(|last| self.spans.get(last)) {
            Some((from, to, before)) => before + at.min(*to) - from,
            None => 0,
        }
    }
}

impl Calendar {
    /// The calendar that `file` describes, in `zone`.
    ///
    /// # Errors
    ///
    /// Its rules contradict each other, or it is never open.
    pub fn new(file: &CalendarFile, zone: Zone) -> Result<Self, CalendarError> {
        let rules = Rules::of(file)?;
        if rules.never_open() {
            return Err(CalendarError::NeverOpen);
        }
        let calendar = Self { rules, zone, is_always: false, years: RefCell::default() };
        // Hours may all be ones that a clock change skips.
        let mut years = YEARS;
        if !years.any(|year| calendar.year(year).open > 0) {
            return Err(CalendarError::NeverOpen);
        }
        Ok(calendar)
    }

    /// Open at any time; days are those of `zone`.
    pub fn always(zone: Zone) -> Self {
        Self { rules: Rules::always(), zone, is_always: true, years: RefCell::default() }
    }

    /// Whether it is open at any time.
    pub const fn is_always(&self) -> bool {
        self.is_always
    }

    /// The zone whose clocks show the hours.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The hours of a day on the wall, in order.
    pub fn windows(&self, date: NaiveDate) -> Vec<Window> {
        self.rules.windows(date)
    }

    /// What makes a day unlike others of the week, in words.
    pub fn remark(&self, date: NaiveDate) -> Option<String> {
        self.rules.remark(date)
    }

    /// Whether it is worked out for the time of `at`.
    pub fn knows(&self, at: Timestamp) -> bool {
        self.is_always || self.date(at).is_some_and(|date| YEARS.contains(&date.year()))
    }

    /// The day on which `at` lies.
    pub fn date(&self, at: Timestamp) -> Option<NaiveDate> {
        self.zone.wall(at.to_utc()).map(|wall| wall.date())
    }

    /// The seconds of open time from `from` to `to`; 0 where it ends before it
    /// begins.
    pub fn open_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let (from, to) = (from.seconds(), to.seconds());
        if to <= from {
            return 0;
        }
        if self.is_always {
            return to - from;
        }
        let (Some(first), Some(last)) = (self.year_of(from), self.year_of(to)) else { return 0 };
        let mut sum = 0;
        for year in first..=last {
            let open = self.year(year);
            let start = if year == first { open.open_until(from) } else { 0 };
            let end = if year == last { open.open_until(to) } else { open.open };
            sum += end - start;
        }
        sum
    }

    /// The first instant at which `seconds` of open time have passed since
    /// `from`; `None` if that never comes.
    pub fn after(&self, from: Timestamp, seconds: i64) -> Option<Timestamp> {
        if seconds <= 0 {
            return Some(from);
        }
        if self.is_always {
            return at(from.seconds().checked_add(seconds)?);
        }
        let mut left = seconds;
        let first = self.year_of(from.seconds())?;
        for number in first..YEARS.end {
            let year = self.year(number);
            let done = if number == first { year.open_until(from.seconds()) } else { 0 };
            if left > year.open - done {
                left -= year.open - done;
                continue;
            }
            let wanted = done + left;
            let next = year.spans.partition_point(|(.., before)| *before < wanted);
            let (start, _, before) = year.spans.get(next.checked_sub(1)?)?;
            return at(start + wanted - before);
        }
        None
    }

    /// `at` if it is open then, else the next time it opens.
    pub fn next_opening(&self, from: Timestamp) -> Option<Timestamp> {
        if self.is_always {
            return Some(from);
        }
        let seconds = from.seconds();
        for number in self.year_of(seconds)?..YEARS.end {
            let year = self.year(number);
            let next = year.spans.partition_point(|(_, to, _)| *to <= seconds);
            if let Some((start, ..)) = year.spans.get(next) {
                return at(seconds.max(*start));
            }
        }
        None
    }

    /// Whether it is open at `at`.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.next_opening(at) == Some(at)
    }

    /// The business day, a day with hours, that is `count` after the one on
    /// which `from` lies; where that is none, after the next one.
    pub fn business_day(&self, from: Timestamp, count: u32) -> Option<NaiveDate> {
        let mut date = self.date(self.next_opening(from)?)?;
        let mut left = count;
        while left > 0 {
            date = date.succ_opt()?;
            if date.year() >= YEARS.end {
                return None;
            }
            if self.is_always || !self.windows(date).is_empty() {
                left -= 1;
            }
        }
        Some(date)
    }

    /// The first instant at which the zone's clocks show `time` on `date`, or
    /// the first after it that there is.
    pub fn instant(&self, date: NaiveDate, time: NaiveTime) -> Option<Timestamp> {
        self.zone.first_instant(date.and_time(time)).map(Timestamp::new)
    }

    /// The time that the zone's clocks show.
    pub fn wall(&self, at: Timestamp) -> Option<NaiveDateTime> {
        self.zone.wall(at.to_utc())
    }

    /// When it closes for the day on `date`.
    pub fn closing(&self, date: NaiveDate) -> Option<Timestamp> {
        let last = self.windows(date).pop()?;
        self.edge(date, last.to, true).and_then(at)
    }

    /// The spans of opening that lie between `from` and `to`, cut to them.
    pub fn spans(&self, from: Timestamp, to: Timestamp) -> Vec<OpenSpan> {
        if self.is_always {
            return if from < to { vec![OpenSpan { from, to }] } else { Vec::new() };
        }
        let (start, end) = (from.seconds(), to.seconds());
        let (Some(first), Some(last)) = (self.year_of(start), self.year_of(end)) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for year in first..=last {
            for (from, to, _) in &self.year(year).spans {
                let (from, to) = (start.max(*from), end.min(*to));
                if from < to {
                    let span = |seconds| Timestamp::from_seconds(seconds);
                    found.push(OpenSpan { from: span(from), to: span(to) });
                }
            }
        }
        found
    }

    /// The year of the zone's clocks in which `seconds` lies, as near as there
    /// is one.
    fn year_of(&self, seconds: i64) -> Option<i32> {
        let utc = DateTime::from_timestamp(seconds, 0)?;
        let year = self.zone.wall(utc).map_or_else(|| utc.year(), |wall| wall.year());
        Some(year.clamp(YEARS.start, YEARS.end - 1))
    }

    fn year(&self, number: i32) -> Rc<Year> {
        if let Some(year) = self.years.borrow().get(&number) {
            return Rc::clone(year);
        }
        let year = Rc::new(self.worked_out(number).unwrap_or_default());
        self.years.borrow_mut().insert(number, Rc::clone(&year));
        year
    }

    fn worked_out(&self, number: i32) -> Option<Year> {
        let new_year = |year| NaiveDate::from_ymd_opt(year, 1, 1);
        let (begin, end) = (new_year(number)?, new_year(number + 1)?);
        // A span belongs to the year in which it lies by the clocks; what lies
        // on both sides of New Year is cut there.
        let cut = |date| self.edge(date, 0, false);
        let (lowest, highest) = (cut(begin)?, cut(end)?);
        let mut spans: Vec<(i64, i64)> = Vec::new();
        let mut date = begin.checked_sub_days(Days::new(1))?;
        while date <= end {
            for window in self.windows(date) {
                let from = self.edge(date, window.from, false)?.max(lowest);
                let to = self.edge(date, window.to, true)?.min(highest);
                match spans.last_mut() {
                    _ if from >= to => {}
                    // Where midnight comes twice, days overlap.
                    Some(last) if from <= last.1 => last.1 = last.1.max(to),
                    _ => spans.push((from, to)),
                }
            }
            date = date.succ_opt()?;
        }
        let mut year = Year::default();
        for (from, to) in spans {
            year.spans.push((from, to, year.open));
            year.open += to - from;
        }
        Some(year)
    }

    /// The instant of the edge of a window. One that a clock change skips is
    /// the first instant after it; of two, a start is the first and an end the
    /// last.
    fn edge(&self, date: NaiveDate, minutes: u16, is_end: bool) -> Option<i64> {
        let wall = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
        let instant = match is_end {
            true => self.zone.last_instant(wall)?,
            false => self.zone.first_instant(wall)?,
        };
        Some(instant.timestamp())
    }
}

fn at(seconds: i64) -> Option<Timestamp> {
    DateTime::from_timestamp(seconds, 0).map(Timestamp::new)
}
