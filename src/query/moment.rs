//! Dates, times and durations as people write them.

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday,
};
use interim::{Dialect, Interval, parse_date_string, parse_duration};

use crate::model::Timestamp;

/// What a text says about time: a span, from `from` until before `before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub from: Timestamp,
    /// The first second that no longer belongs to it.
    pub before: Timestamp,
    /// For what is counted from now, as "2 days ago": the exact point, which
    /// comparisons go by.
    pub instant: Option<Timestamp>,
}

/// Where a day without a date, such as `monday`, is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// It is the last one, today included: of what has happened.
    Past,
    /// It is the coming one, today included: of what is planned or due.
    Future,
}

impl Moment {
    /// The point in time that the text means where one is needed: that of
    /// "2 days ago", and the beginning of a day or month.
    pub fn point(&self) -> Timestamp {
        self.instant.unwrap_or(self.from)
    }

    /// Whether it is a mere second that is counted from now, such as "4 hours
    /// ago".
    pub fn is_instant(&self) -> bool {
        self.instant == Some(self.from) && self.before.seconds() - self.from.seconds() <= 1
    }

    fn days(from: NaiveDate, to: Option<NaiveDate>) -> Option<Self> {
        Some(Self { from: midnight(from), before: midnight(to?), instant: None })
    }

    fn long(time: DateTime<Utc>, length: TimeDelta) -> Option<Self> {
        let before = time.checked_add_signed(length)?;
        Some(Self { from: time.into(), before: before.into(), instant: None })
    }

    fn second(time: DateTime<Utc>) -> Option<Self> {
        let second = Self::long(time, TimeDelta::seconds(1))?;
        Some(Self { instant: Some(second.from), ..second })
    }
}

/// The start of a day. The only place that decides whose day it is: UTC's.
fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc().into()
}

/// Reads a date or time: `2026`, `2026-Q4`, `2026-11`, `2026-W47`, `2026-11-22`,
/// `2026-11-22T09:12` (UTC unless it says otherwise), `yesterday`, `2 days ago`,
/// `last monday`, `-4h`. Hyphens may stand for the blanks between words. `lean`
/// says where a bare `monday` and a date without a year are looked for; no
/// length of time alone is a time of the past.
pub fn moment(text: &str, now: Timestamp, lean: Lean) -> Option<Moment> {
    let text = text.trim();
    let words = text.to_lowercase();
    iso(text).or_else(|| signed(text, now)).or_else(|| worded(&words, now, lean)).or_else(|| {
        // In a shell, `last-monday` saves the quotation marks.
        let blanks = words.replace(['-', '_'], " ");
        if blanks == words { None } else { worded(&blanks, now, lean) }
    })
}

fn worded(text: &str, now: Timestamp, lean: Lean) -> Option<Moment> {
    if let Some(dated) = dated(text, now.to_utc().date_naive(), lean) {
        return iso(&dated).or_else(|| english(&dated, now, lean));
    }
    named(text, now).or_else(|| english(text, now, lean))
}

/// `text` with the date in place of a weekday, or of a day and month, that it
/// begins with; `None` if it begins with neither, or says the year.
pub fn dated(text: &str, today: NaiveDate, lean: Lean) -> Option<String> {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let first = words.next()?;
    let (date, rest): (_, Vec<&str>) = match named_after(first, DAYS) {
        Some(day) => {
            let ahead = (day + 7 - today.weekday().num_days_from_monday()) % 7;
            let date = match lean {
                Lean::Past => today.checked_sub_days(Days::new(((7 - ahead) % 7).into())),
                Lean::Future => today.checked_add_days(Days::new(ahead.into())),
            };
            (date?, words.collect())
        }
        None => {
            let second = words.next()?;
            let day_of = |word: &str| word.parse::<u32>().ok().filter(|_| word.len() <= 2);
            let (day, month) = match named_after(first, MONTHS) {
                Some(month) => (day_of(second)?, month),
                None => (day_of(first)?, named_after(second, MONTHS)?),
            };
            let rest: Vec<&str> = words.collect();
            if rest.first().is_some_and(|word| !word.contains(':') && word.parse::<u32>().is_ok()) {
                return None;
            }
            let on = |year| NaiveDate::from_ymd_opt(year, month + 1, day);
            // No 29 February is further away than eight years.
            let date = (0..=8).find_map(|years| match lean {
                Lean::Past => on(today.year() - years).filter(|date| *date <= today),
                Lean::Future => on(today.year() + years).filter(|date| *date >= today),
            });
            (date?, rest)
        }
    };
    Some(format!("{date} {}", rest.join(" ")).trim_end().to_owned())
}

/// The place among `names` of the one that `word` is, or begins with at least
/// three letters of.
fn named_after(word: &str, names: &[&str]) -> Option<u32> {
    let word = word.to_lowercase();
    let found = names.iter().position(|name| word.len() >= 3 && name.starts_with(&word))?;
    u32::try_from(found).ok()
}

/// `-2d` and `+4h`: so long before or after now.
fn signed(text: &str, now: Timestamp) -> Option<Moment> {
    let (sign, length) = match text.strip_prefix('-') {
        Some(rest) => (-1, duration(rest)?),
        None => (1, duration(text.strip_prefix('+')?)?),
    };
    let time = now.to_utc().checked_add_signed(TimeDelta::try_seconds(sign * length)?)?;
    if length % 86_400 == 0 { around(time) } else { Moment::second(time) }
}

fn iso(text: &str) -> Option<Moment> {
    let digits = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let months =
        |first: NaiveDate, count| Moment::days(first, first.checked_add_months(Months::new(count)));
    if digits(text) {
        return months(NaiveDate::from_ymd_opt(text.parse().ok()?, 1, 1)?, 12);
    }
    if let Some((year, part)) = text.split_once('-')
        && digits(year)
        && let Some((unit, number)) = part.split_at_checked(1)
        && number.bytes().all(|b| b.is_ascii_digit())
        && matches!(unit, "w" | "W" | "q" | "Q")
    {
        let (year, number) = (year.parse().ok()?, number.parse::<u32>().ok()?);
        if unit.eq_ignore_ascii_case("w") {
            let monday = NaiveDate::from_isoywd_opt(year, number, Weekday::Mon)?;
            return Moment::days(monday, monday.checked_add_days(Days::new(7)));
        }
        let month = number.checked_mul(3)?.checked_sub(2)?;
        return months(NaiveDate::from_ymd_opt(year, month, 1)?, 3);
    }
    if let Some((year, month)) = text.split_once('-')
        && digits(year)
        && month.len() == 2
    {
        return months(NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?, 1);
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Moment::days(day, day.succ_opt());
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Moment::long(time.with_timezone(&Utc), TimeDelta::seconds(1));
    }
    let text = text.trim_end_matches(['Z', 'z']).replace('T', " ");
    for (format, seconds) in [("%Y-%m-%d %H:%M:%S", 1), ("%Y-%m-%d %H:%M", 60)] {
        let length = TimeDelta::seconds(seconds);
        if let Ok(time) = NaiveDateTime::parse_from_str(&text, format) {
            return Moment::long(time.and_utc(), length);
        }
        if let Ok(time) = DateTime::parse_from_str(&text, &format!("{format}%#z")) {
            return Moment::long(time.with_timezone(&Utc), length);
        }
    }
    None
}

fn named(text: &str, now: Timestamp) -> Option<Moment> {
    let today = now.to_utc().date_naive();
    let week = |monday: NaiveDate| Moment::days(monday, monday.checked_add_days(Days::new(7)));
    let month = |first: NaiveDate| Moment::days(first, first.checked_add_months(Months::new(1)));
    let year = |first: NaiveDate| Moment::days(first, first.checked_add_months(Months::new(12)));
    let quarter = |first: NaiveDate| Moment::days(first, first.checked_add_months(Months::new(3)));
    let monday = today.week(Weekday::Mon).first_day();
    let first_of_month = today.with_day(1)?;
    let first_of_year = first_of_month.with_month(1)?;
    let first_of_quarter = first_of_month.with_month(today.month0() / 3 * 3 + 1)?;
    match text {
        "now" => Moment::second(now.to_utc()),
        "today" => Moment::days(today, today.succ_opt()),
        "yesterday" => Moment::days(today.pred_opt()?, Some(today)),
        "tomorrow" => Moment::days(today.succ_opt()?, today.succ_opt()?.succ_opt()),
        "this week" => week(monday),
        "last week" => week(monday.checked_sub_days(Days::new(7))?),
        "next week" => week(monday.checked_add_days(Days::new(7))?),
        "this quarter" => quarter(first_of_quarter),
        "last quarter" => quarter(first_of_quarter.checked_sub_months(Months::new(3))?),
        "next quarter" => quarter(first_of_quarter.checked_add_months(Months::new(3))?),
        "this month" => month(first_of_month),
        "last month" => month(first_of_month.checked_sub_months(Months::new(1))?),
        "next month" => month(first_of_month.checked_add_months(Months::new(1))?),
        "this year" => year(first_of_year),
        "last year" => year(first_of_year.checked_sub_months(Months::new(12))?),
        "next year" => year(first_of_year.checked_add_months(Months::new(12))?),
        _ => None,
    }
}

/// Whether `text` can be given to interim. It multiplies the numbers that it
/// reads, and longer ones would overflow there; and it takes for granted that a
/// word has less than 16 letters, all of them ASCII. Of words it looks at the
/// beginning only, and takes `yesterdayish` for a year; of a number alone it
/// makes a time as well.
pub fn can_be_english(text: &str) -> bool {
    let longest =
        |is: fn(&char) -> bool| text.split(|c| !is(&c)).map(str::len).max().unwrap_or_default();
    text.is_ascii()
        && !text.is_empty()
        && longest(char::is_ascii_digit) <= 4
        && longest(char::is_ascii_alphabetic) < 16
        && text.contains(|c: char| c.is_ascii_alphabetic() || c == ':')
        && unknown_word(text).is_none()
}

/// The words of dates and times, and of spans.
const WORDS: &[&str] = &[
    "now",
    "today",
    "yesterday",
    "tomorrow",
    "next",
    "last",
    "this",
    "ago",
    "am",
    "pm",
    "s",
    "sec",
    "secs",
    "second",
    "seconds",
    "m",
    "min",
    "mins",
    "minute",
    "minutes",
    "h",
    "hour",
    "hours",
    "d",
    "day",
    "days",
    "w",
    "week",
    "weeks",
    "mo",
    "mos",
    "month",
    "months",
    "y",
    "year",
    "years",
    "t",
    "z",
];

/// The days of the week; three letters are enough for one.
const DAYS: &[&str] =
    &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The months; three letters are enough for one.
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The first word of `text` that says nothing about time, and the word that may
/// be meant, if one is like it.
pub fn unknown_word(text: &str) -> Option<(&str, Option<&'static str>)> {
    let is_known = |word: &&str| {
        let word = word.to_ascii_lowercase();
        let is_name = |names| named_after(&word, names).is_some();
        WORDS.contains(&word.as_str()) || is_name(DAYS) || is_name(MONTHS)
    };
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let unknown = words.into_iter().find(|word| !is_known(word))?;
    let known = WORDS.iter().chain(DAYS).chain(MONTHS).copied().filter(|word| word.len() > 2);
    let like = known
        .map(|word| (strsim::jaro_winkler(&unknown.to_lowercase(), word), word))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Some((unknown, like.map(|(_, word)| word)))
}

fn english(text: &str, now: Timestamp, lean: Lean) -> Option<Moment> {
    if !can_be_english(text) {
        return None;
    }
    let now = now.to_utc();
    let length = parse_duration(text);
    let lies_ahead = match &length {
        Ok(Interval::Seconds(length) | Interval::Days(length) | Interval::Months(length)) => {
            *length > 0
        }
        Err(_) => false,
    };
    if lies_ahead && lean == Lean::Past {
        return None;
    }
    match length {
        Ok(Interval::Seconds(_)) => Moment::second(parse_date_string(text, now, Dialect::Uk).ok()?),
        Ok(Interval::Days(days)) => {
            around(now.checked_add_signed(TimeDelta::try_days(days.into())?)?)
        }
        Ok(Interval::Months(months)) => {
            let count = Months::new(months.unsigned_abs());
            around(if months < 0 {
                now.checked_sub_months(count)?
            } else {
                now.checked_add_months(count)?
            })
        }
        Err(_) => {
            let time = parse_date_string(text, now, Dialect::Uk).ok()?;
            if time.time() == NaiveTime::MIN {
                let day = time.date_naive();
                Moment::days(day, day.succ_opt())
            } else {
                Moment::long(time, TimeDelta::seconds(60))
            }
        }
    }
}

/// The day of `time`, and that very point for comparisons.
fn around(time: DateTime<Utc>) -> Option<Moment> {
    let day = time.date_naive();
    let span = Moment::days(day, day.succ_opt())?;
    Some(Moment { instant: Some(time.into()), ..span })
}

/// Reads a duration of calendar time in seconds: `90m`, `4h`, `3d`, `2w`,
/// `1d12h`.
pub fn duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut total: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let mut characters = after.chars();
        let unit = match characters.next()?.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        rest = characters.as_str();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn span(text: &str) -> String {
        // A Sunday.
        match moment(text, at("2026-11-22T09:12:04Z"), Lean::Future) {
            Some(moment) => format!("{} {}", moment.from, moment.before),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn moments() {
        for (text, expected) in [
            ("2026-11-22", "2026-11-22T00:00:00Z 2026-11-23T00:00:00Z"),
            ("2026-02", "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z"),
            ("2026", "2026-01-01T00:00:00Z 2027-01-01T00:00:00Z"),
            ("2026-11-22T09:12", "2026-11-22T09:12:00Z 2026-11-22T09:13:00Z"),
            ("2026-11-22T09:12:04Z", "2026-11-22T09:12:04Z 2026-11-22T09:12:05Z"),
            ("2026-11-22T10:12:04+01:00", "2026-11-22T09:12:04Z 2026-11-22T09:12:05Z"),
            ("2026-11-22T10:12+01:00", "2026-11-22T09:12:00Z 2026-11-22T09:13:00Z"),
            ("2026-11-22T10:12+0100", "2026-11-22T09:12:00Z 2026-11-22T09:13:00Z"),
            ("2026-11-22 10:12:04+01", "2026-11-22T09:12:04Z 2026-11-22T09:12:05Z"),
            ("2026-11-22T09:12Z", "2026-11-22T09:12:00Z 2026-11-22T09:13:00Z"),
            ("yesterday", "2026-11-21T00:00:00Z 2026-11-22T00:00:00Z"),
            ("2 days ago", "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z"),
            ("3 hours ago", "2026-11-22T06:12:04Z 2026-11-22T06:12:05Z"),
            ("last monday", "2026-11-16T00:00:00Z 2026-11-17T00:00:00Z"),
            ("last week", "2026-11-09T00:00:00Z 2026-11-16T00:00:00Z"),
            ("this month", "2026-11-01T00:00:00Z 2026-12-01T00:00:00Z"),
            ("1 april 2026", "2026-04-01T00:00:00Z 2026-04-02T00:00:00Z"),
            ("1 sept 2026", "2026-09-01T00:00:00Z 2026-09-02T00:00:00Z"),
            ("last thurs", "2026-11-19T00:00:00Z 2026-11-20T00:00:00Z"),
            ("rubbish", "none"),
            ("yesterdayish", "none"),
            ("2 daylights ago", "none"),
            ("weather", "none"),
            ("2026-w;42restimecommenter", "none"),
            ("3 abcdefghijklmnop ago", "none"),
            ("2 tåge ago", "none"),
            ("99999999999 weeks ago", "none"),
            ("", "none"),
            ("2026-13-01", "none"),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
        let ago = moment("2 days ago", at("2026-11-22T09:12:04Z"), Lean::Past).expect("a moment");
        assert_eq!(ago.instant, Some(at("2026-11-20T09:12:04Z")));
    }

    #[test]
    fn words_that_are_no_time() {
        let unknown = |text| unknown_word(text);
        assert_eq!(unknown("2 days ago"), None);
        assert_eq!(unknown("last Thurs 5pm"), None);
        assert_eq!(unknown("yesterdayish"), Some(("yesterdayish", Some("yesterday"))));
        assert_eq!(unknown("next tuseday"), Some(("tuseday", Some("tuesday"))));
        assert_eq!(unknown("2 tåge ago"), Some(("tåge", None)));
        assert_eq!(unknown("xyzzy"), Some(("xyzzy", None)));
    }

    #[test]
    fn days_without_a_date_are_the_last_or_the_coming_ones() {
        let day = |text: &str, lean| {
            let moment = moment(text, at("2026-11-22T09:12:04Z"), lean)?;
            Some(moment.from.to_string()[..16].to_owned())
        };
        for (text, past, future) in [
            ("monday", "2026-11-16T00:00", "2026-11-23T00:00"),
            ("Sun", "2026-11-22T00:00", "2026-11-22T00:00"),
            ("monday 9:30", "2026-11-16T09:30", "2026-11-23T09:30"),
            ("24 december", "2025-12-24T00:00", "2026-12-24T00:00"),
            ("dec 24", "2025-12-24T00:00", "2026-12-24T00:00"),
            ("1-april", "2026-04-01T00:00", "2027-04-01T00:00"),
            ("29 february", "2024-02-29T00:00", "2028-02-29T00:00"),
            ("24 december 2024", "2024-12-24T00:00", "2024-12-24T00:00"),
            ("last monday", "2026-11-16T00:00", "2026-11-16T00:00"),
        ] {
            assert_eq!(day(text, Lean::Past).as_deref(), Some(past), "{text}");
            assert_eq!(day(text, Lean::Future).as_deref(), Some(future), "{text}");
        }
        for text in ["2 days", "3h", "5 minutes"] {
            assert_eq!(day(text, Lean::Past), None, "{text}");
            assert!(day(text, Lean::Future).is_some(), "{text}");
        }
        for text in ["yesteday", "last-weak", "1", "12", "yesxyz", "12/11/2026", "31 june", "5 5"] {
            assert_eq!(day(text, Lean::Past), None, "{text}");
            assert_eq!(day(text, Lean::Future), None, "{text}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("4h"), Some(14_400));
        assert_eq!(duration("1d12h"), Some(129_600));
        for text in ["", "4", "h", "4x", "99999999999999999999d", "-4h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "([a-zé0-9 :;,./-]|[0-9]{2}|[a-z]{14,17}){0,12}") {
            for lean in [Lean::Past, Lean::Future] {
                let _ = moment(&text, at("2026-11-22T09:12:04Z"), lean);
            }
            let _ = duration(&text);
        }
    }
}
