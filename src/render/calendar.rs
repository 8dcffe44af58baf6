//! Calendars: the days, the list, and counted hours.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered};
use super::{escape, time};
use crate::outcome::{CalendarView, CalendarsView, HoursView};

/// A line for each day.
pub(crate) fn render(view: &CalendarView, look: &Look) -> Rendered {
    let mut text = format!(
        "{} ({})",
        paint(style::STRONG, &escape::line(&view.name)),
        escape::line(&view.time_zone)
    );
    if let Some(description) = &view.description {
        text.push_str(&format!(" {}", escape::line(description)));
    }
    let state = match (view.open, view.opens, view.closes) {
        (true, _, Some(closes)) => format!("open until {} UTC", time::absolute(closes)),
        (true, _, None) => "open".to_owned(),
        (false, Some(opens), _) => format!("closed until {} UTC", time::absolute(opens)),
        (false, None, _) => "closed for good".to_owned(),
    };
    text.push_str(&format!("\n{state}\n\n"));
    let mut table = Table::new(["DATE", "DAY", "OPEN", "HOURS", "REMARK"])
        .shrink(4, 16)
        .with_header(look.header);
    for day in &view.days {
        let is_closed = day.hours.is_empty();
        let style = if is_closed { style::DIM } else { style::PLAIN };
        let hours = if is_closed { "closed".to_owned() } else { day.hours.join(" ") };
        table.row(vec![
            Cell::new(&day.date, style),
            Cell::new(day.weekday, style),
            Cell::bare(&if is_closed { String::new() } else { time::hours(day.open_seconds) }),
            Cell::new(&hours, style),
            Cell::bare(day.remark.as_deref().unwrap_or_default()),
        ]);
    }
    text.push_str(&table.render(look.width));
    text.push_str(&format!("{} in {} days\n", time::hours(view.open_seconds), view.days.len()));
    Rendered::paged(text)
}

/// A line for each calendar.
pub(crate) fn list(view: &CalendarsView, look: &Look) -> Rendered {
    let mut rendered = Rendered::default();
    if view.calendars.is_empty() {
        "no calendars; describe one in .gitsm/calendars/NAME.yaml\n".clone_into(&mut rendered.err);
        return rendered;
    }
    let headings = ["CALENDAR", "ZONE", "NOW", "DESCRIPTION"];
    let mut table = Table::new(headings).shrink(3, 16).with_header(look.header);
    for calendar in &view.calendars {
        let (now, style) =
            if calendar.open { ("open", style::GOOD) } else { ("closed", style::DIM) };
        table.row(vec![
            Cell::new(&calendar.name, style::ID),
            Cell::plain(&calendar.time_zone),
            Cell::new(now, style),
            Cell::plain(calendar.description.as_deref().unwrap_or_default()),
        ]);
    }
    Rendered::paged(table.render(look.width))
}

/// Open time and all time.
pub(crate) fn hours(view: &HoursView) -> Rendered {
    Rendered::short(format!(
        "{} open of {} by the calendar {} ({}), from {} to {} UTC\n",
        paint(style::STRONG, &time::hours(view.open_seconds)),
        time::hours(view.actual_seconds),
        escape::line(&view.calendar),
        escape::line(&view.time_zone),
        time::absolute(view.from),
        time::absolute(view.to),
    ))
}
