//! The hours of each day on the wall, from the week, holidays and exceptions.

use chrono::{Datelike, Days, NaiveDate};

use super::CalendarError;
use super::file::{CalendarFile, DAYS, HolidayDate, Window};

/// A calendar's rules, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    /// By day of the week, Monday first; each list in order.
    week: [Vec<Window>; 7],
    holidays: Vec<(HolidayDate, Vec<Window>, Option<String>)>,
    exceptions: Vec<(HolidayDate, Vec<Window>, Option<String>)>,
}

impl Rules {
    /// Every hour of every day.
    pub(super) fn always() -> Self {
        let day = || vec![Window { from: 0, to: 1440 }];
        Self { week: std::array::from_fn(|_| day()), ..Self::default() }
    }

    pub(super) fn of(file: &CalendarFile) -> Result<Self, CalendarError> {
        let mut rules = Self::default();
        let mut named: [Option<String>; 7] = Default::default();
        for (range, hours) in &file.hours {
            let windows = in_order(range.to_string(), &hours.0)?;
            for day in range.days() {
                if let Some(first) = &named[day] {
                    let (day, second) = (DAYS[day], range.to_string());
                    return Err(CalendarError::DayTwice { day, first: first.clone(), second });
                }
                named[day] = Some(range.to_string());
                rules.week[day].clone_from(&windows);
            }
        }
        for day in &file.holidays {
            let hours = in_order(format!("the holiday {}", day.date), &day.hours.0)?;
            rules.holidays.push((day.date, hours, day.name.clone()));
        }
        for day in &file.exceptions {
            let hours = in_order(format!("the exception {}", day.date), &day.hours.0)?;
            rules.exceptions.push((day.date, hours, day.name.clone()));
        }
        Ok(rules)
    }

    /// Whether no day can have hours.
    pub(super) fn never_open(&self) -> bool {
        let special = self.holidays.iter().chain(&self.exceptions);
        self.week.iter().all(Vec::is_empty)
            && special.into_iter().all(|(_, hours, _)| hours.is_empty())
    }

    /// The hours of a day, in order and apart. Of several holidays on a day the
    /// first in the file counts.
    pub(super) fn windows(&self, date: NaiveDate) -> Vec<Window> {
        let holiday = self.holidays.iter().find(|(day, ..)| falls_on(*day, date));
        let week = &self.week[date.weekday().num_days_from_monday() as usize];
        let mut windows = holiday.map_or(week, |(_, hours, _)| hours).clone();
        let more = self.exceptions.iter().filter(|(day, ..)| falls_on(*day, date));
        for (_, hours, _) in more {
            windows.extend(hours);
        }
        windows.sort();
        let mut merged: Vec<Window> = Vec::with_capacity(windows.len());
        for window in windows {
            match merged.last_mut() {
                Some(last) if window.from <= last.to => last.to = last.to.max(window.to),
                _ => merged.push(window),
            }
        }
        merged
    }

    /// What makes a day unlike others of the week, in words.
    pub(super) fn remark(&self, date: NaiveDate) -> Option<String> {
        let named = |(_, _, name): &(HolidayDate, Vec<Window>, Option<String>), usual: &str| {
            name.clone().unwrap_or_else(|| usual.to_owned())
        };
        let holiday = self.holidays.iter().find(|(day, ..)| falls_on(*day, date));
        let mut words: Vec<String> = holiday.iter().map(|day| named(day, "holiday")).collect();
        let more = self.exceptions.iter().filter(|(day, ..)| falls_on(*day, date));
        words.extend(more.map(|day| named(day, "extra opening")));
        (!words.is_empty()).then(|| words.join(", "))
    }
}

impl CalendarFile {
    /// Whether its hours can be used, as far as can be seen without working out
    /// years.
    ///
    /// # Errors
    ///
    /// They contradict each other, or there are none.
    pub fn check(&self) -> Result<(), CalendarError> {
        if Rules::of(self)?.never_open() { Err(CalendarError::NeverOpen) } else { Ok(()) }
    }
}

/// The windows in order.
fn in_order(place: String, hours: &[Window]) -> Result<Vec<Window>, CalendarError> {
    let mut windows = hours.to_vec();
    windows.sort();
    match windows.windows(2).find(|pair| pair[1].from < pair[0].to) {
        Some(pair) => Err(CalendarError::Overlap { place, first: pair[0], second: pair[1] }),
        None => Ok(windows),
    }
}

fn falls_on(day: HolidayDate, date: NaiveDate) -> bool {
    match day {
        HolidayDate::Once(once) => once == date,
        HolidayDate::Yearly { month, day } => {
            date.month() == u32::from(month) && date.day() == u32::from(day)
        }
        HolidayDate::Easter(offset) => {
            let feast = easter(date.year());
            let days = Days::new(u64::from(offset.unsigned_abs()));
            let shifted = feast.and_then(|feast| match offset < 0 {
                true => feast.checked_sub_days(days),
                false => feast.checked_add_days(days),
            });
            shifted == Some(date)
        }
    }
}

/// Easter Sunday of the western churches, by the Gregorian computus (the
/// anonymous algorithm, as Meeus gives it).
pub fn easter(year: i32) -> Option<NaiveDate> {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (8 * b + 13).div_euclid(25);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c.div_euclid(4), c.rem_euclid(4));
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 19 * l).div_euclid(433);
    let month = (h + l - 7 * m + 90).div_euclid(25);
    let day = (h + l - 7 * m + 33 * month + 19).rem_euclid(32);
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_sundays() {
        for (year, month, day) in [
            (1961, 4, 2),
            (1818, 3, 22),
            (2000, 4, 23),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2038, 4, 25),
            (2076, 4, 19),
            (2285, 3, 22),
        ] {
            assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day), "{year}");
        }
    }
}
