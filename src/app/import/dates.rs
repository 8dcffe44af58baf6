//! Times as other systems write them.

use std::fmt::Write as _;

use chrono::format::{Item, Parsed, StrftimeItems, parse};
use chrono::{DateTime, Datelike, NaiveTime, Utc};

use crate::model::{Timestamp, Zone};

/// How the source writes times.
#[derive(Clone, Debug)]
pub(super) struct Dates {
    formats: Vec<Vec<Item<'static>>>,
    spelled: Vec<String>,
    /// Whether the usual formats are meant.
    iso: bool,
    zone: Zone,
}

/// ISO 8601 as people and programs write it, besides the full form.
const USUAL: [&str; 5] =
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"];

impl Dates {
    /// Times in any of `formats` (ISO 8601, if there are none), in `zone`
    /// where they name no offset.
    ///
    /// # Errors
    ///
    /// What is wrong with a format or the zone, in words.
    pub(super) fn new(formats: &[String], zone: &str) -> Result<Self, String> {
        let zone = Zone::named(zone).ok_or_else(|| {
            format!("`{zone}` is no time zone; they have names such as UTC and Europe/Paris")
        })?;
        let iso = formats.is_empty();
        let spelled: Vec<String> = if iso {
            USUAL.iter().map(|format| (*format).to_owned()).collect()
        } else {
            formats.to_vec()
        };
        let mut dates = Self { formats: Vec::with_capacity(spelled.len()), iso, spelled, zone };
        for format in &dates.spelled {
            let items = StrftimeItems::new(format).parse_to_owned().map_err(|_| {
                format!("`{format}` is no date format; `%d/%m/%Y %H:%M` would be one")
            })?;
            dates.formats.push(items);
        }
        for (items, format) in dates.formats.iter().zip(&dates.spelled) {
            dates.try_out(items).ok_or_else(|| {
                format!("`{format}` does not name a day, or names a part of a time only")
            })?;
        }
        Ok(dates)
    }

    /// Whether a format gives back the time it was used to write.
    fn try_out(&self, items: &[Item<'static>]) -> Option<()> {
        let sample = DateTime::from_timestamp(1_456_751_655, 0)?;
        let sample = sample.with_timezone(&self.zone.offset(sample)?);
        let mut text = String::new();
        write!(text, "{}", sample.format_with_items(items.iter())).ok()?;
        let read = self.read(items, &text)?.ok()?;
        let read = read.with_timezone(&self.zone.offset(read)?);
        (read.date_naive() == sample.date_naive()).then_some(())
    }

    /// The point in time that `text` names. A day alone means its beginning;
    /// of an hour that a clock change repeats, the first one is meant.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub(super) fn parse(&self, text: &str) -> Result<Timestamp, String> {
        let full = || DateTime::parse_from_rfc3339(text).ok().filter(|_| self.iso);
        let time = match self.formats.iter().find_map(|format| self.read(format, text)) {
            Some(time) => time?,
            None => match full() {
                Some(time) => time.with_timezone(&Utc),
                None if self.iso => return Err(format!("`{text}` is no time written as ISO 8601")),
                None => {
                    let formats = self.spelled.join("` or `");
                    return Err(format!("`{text}` is no time written as `{formats}`"));
                }
            },
        };
        // Ids hold no time before 1970, and a year such as 16 is a wrong format.
        if (1970..=9999).contains(&time.year()) {
            Ok(Timestamp::new(time))
        } else {
            Err(format!("`{text}` lies in the year {}", time.year()))
        }
    }

    /// `None` if `text` is not of this form.
    fn read(&self, format: &[Item<'static>], text: &str) -> Option<Result<DateTime<Utc>, String>> {
        let mut parsed = Parsed::new();
        parse(&mut parsed, text, format.iter()).ok()?;
        if let Ok(time) = parsed.to_datetime() {
            return Some(Ok(time.with_timezone(&Utc)));
        }
        let day = parsed.to_naive_date().ok()?;
        let local = match parsed.to_naive_time() {
            Ok(time) => day.and_time(time),
            Err(_) if parsed.hour_mod_12().is_none() => day.and_time(NaiveTime::MIN),
            Err(_) => return None,
        };
        Some(self.zone.instant(local).ok_or_else(|| {
            format!("`{text}` was skipped by a clock change in {}", self.zone.name())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(formats: &[&str], zone: &str, text: &str) -> Result<String, String> {
        let formats: Vec<String> = formats.iter().map(|format| (*format).to_owned()).collect();
        Dates::new(&formats, zone)?.parse(text).map(|time| time.to_string())
    }

    fn is(formats: &[&str], zone: &str, text: &str, time: &str) {
        assert_eq!(read(formats, zone, text).as_deref(), Ok(time), "{text}");
    }

    #[test]
    fn formats_are_tried_in_order() {
        let formats = ["%d/%m/%Y %H:%M", "%d %b %y"];
        is(&formats, "UTC", "29/2/2016 01:16", "2016-02-29T01:16:00Z");
        is(&formats, "UTC", "01 Mar 16", "2016-03-01T00:00:00Z");
        is(&["%m/%d/%Y %I:%M %p"], "UTC", "02/29/2016 01:16 PM", "2016-02-29T13:16:00Z");
        is(&["%s"], "Asia/Tokyo", "1456751655", "2016-02-29T13:14:15Z");
        for text in ["30/2/2016 01:16", "29/2/2016", "2/29/2016 01:16", "", "29/2/2016 01:16 x"] {
            assert!(read(&formats, "UTC", text).is_err(), "{text}");
        }
        assert!(read(&["%d/%m/%Y"], "UTC", "1/2/16").is_err(), "the year 16 is a mistake");
    }

    #[test]
    fn iso_needs_no_format() {
        for text in ["2016-02-29T01:16:00Z", "2016-02-29 01:16", "2016-02-29T02:16:00+01:00"] {
            is(&[], "UTC", text, "2016-02-29T01:16:00Z");
        }
        is(&[], "UTC", "2016-02-29", "2016-02-29T00:00:00Z");
    }

    #[test]
    fn zones_are_applied() {
        let formats = ["%Y-%m-%d %H:%M"];
        is(&formats, "America/Sao_Paulo", "2016-03-01 00:00", "2016-03-01T03:00:00Z");
        is(&formats, "Europe/Berlin", "2016-10-30 02:30", "2016-10-30T00:30:00Z");
        let skipped = read(&formats, "Europe/Berlin", "2016-03-27 02:30").expect_err("skipped");
        assert!(skipped.contains("clock change"), "{skipped}");
        is(&["%Y-%m-%d %H:%M %z"], "Asia/Tokyo", "2016-03-01 00:00 +0100", "2016-02-29T23:00:00Z");
    }

    #[test]
    fn bad_formats_are_refused() {
        for format in ["%d/%m", "%Q", "%H:%M", "%Y-%m-%d %H", "noon", ""] {
            assert!(Dates::new(&[format.to_owned()], "UTC").is_err(), "{format}");
        }
        assert!(Dates::new(&[], "Mars/Base").is_err());
    }
}
