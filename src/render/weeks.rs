//! The schedule as a calendar of weeks: a column for each day, a bar for each
//! change, freeze and maintenance window, and the exact times below.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::escape;
use super::style::{self, paint};
use super::table::cut;
use super::time;
use super::view::{Look, Rendered, count};
use crate::model::{Timestamp, Zone};
use crate::outcome::{ScheduleView, ScheduledChange};

/// What a bar is drawn with: told apart without colour.
const PLANNED: char = '█';
const TENTATIVE: char = '▒';
const FROZEN: char = '×';
const SET_APART: char = '=';

/// The columns of a line's name.
const NAME: usize = 11;
/// How many parts a day can have, the finest first.
const PARTS: [usize; 7] = [24, 12, 8, 6, 4, 3, 2];
/// How many columns of a title are shown at least.
const LEAST: usize = 16;
/// The width that is kept to where there is none.
const USUAL: usize = 80;

/// A bar: a name, its times, and what they are drawn with.
struct Bar<'a> {
    name: &'a str,
    times: Vec<(Timestamp, Timestamp)>,
    ink: char,
    style: anstyle::Style,
}

/// Week after week; those in which there is nothing on one line each.
pub(crate) fn render(view: &ScheduleView, look: &Look) -> Rendered {
    let Some(zone) = Zone::named(&view.time_zone).or_else(|| Zone::named("UTC")) else {
        return Rendered::default();
    };
    let page = Page { view, zone: &zone, parts: parts(look.width.unwrap_or(USUAL)) };
    let mut text = String::new();
    let mut drawn = false;
    let mut monday = page.day(view.from);
    while let Some(first) = monday
        && page.midnight(first).is_some_and(|start| start < view.to)
    {
        drawn |= page.week(first, look, &mut text);
        monday = first.checked_add_days(Days::new(7));
    }
    let mut rendered = Rendered::paged(text);
    if drawn {
        rendered.err = format!(
            "{PLANNED} change, {TENTATIVE} not approved yet, {FROZEN} freeze, {SET_APART} maintenance window; \
             times in {}\n",
            escape::line(&view.time_zone)
        );
    }
    rendered
}

/// As many parts of a day as there is room for.
fn parts(width: usize) -> usize {
    let room = |parts: &&usize| NAME + 1 + 7 * (**parts + 1) < width.max(1);
    PARTS.iter().find(room).copied().unwrap_or(2)
}

struct Page<'a> {
    view: &'a ScheduleView,
    zone: &'a Zone,
    /// How many characters a day has.
    parts: usize,
}

impl Page<'_> {
    fn wall(&self, at: Timestamp) -> Option<NaiveDateTime> {
        self.zone.wall(at.to_utc())
    }

    fn day(&self, at: Timestamp) -> Option<NaiveDate> {
        self.wall(at).map(|wall| wall.date())
    }

    fn midnight(&self, day: NaiveDate) -> Option<Timestamp> {
        self.zone.first_instant(day.and_time(NaiveTime::MIN)).map(Timestamp::new)
    }

    /// One week; says whether there is anything in it.
    fn week(&self, first: NaiveDate, look: &Look, text: &mut String) -> bool {
        let days: Vec<NaiveDate> =
            (0..7).filter_map(|day| first.checked_add_days(Days::new(day))).collect();
        let edges = first.checked_add_days(Days::new(7));
        let span = self.midnight(first).zip(edges.and_then(|day| self.midnight(day)));
        let Some((start, end)) = span else { return false };
        let last = days.last().copied().unwrap_or(first);
        let title = format!("Week {}, {}", first.iso_week().week(), between(first, last));
        text.push_str(&paint(style::STRONG, &title));
        let bars: Vec<Bar<'_>> = self
            .bars()
            .into_iter()
            .filter(|bar| bar.times.iter().any(|(from, to)| *from < end && *to > start))
            .collect();
        if bars.is_empty() {
            text.push_str(": nothing\n");
            return false;
        }
        text.push('\n');
        let today = self.day(self.view.now);
        let mut head = " ".repeat(NAME);
        for day in &days {
            let mark = if Some(*day) == today { "*" } else { "" };
            let long = format!("{} {}{mark}", day.format("%a"), day.day());
            let name = if long.len() <= self.parts { long } else { format!("{}{mark}", day.day()) };
            head.push_str(&format!(" {name:<width$}", width = self.parts));
        }
        text.push_str(&paint(style::DIM, head.trim_end()));
        text.push('\n');
        for bar in &bars {
            self.bar(bar, &days, text);
        }
        let here = |change: &&ScheduledChange| change.start < end && change.end > start;
        for change in self.view.changes.iter().filter(here) {
            text.push_str(&self.told(change, look));
        }
        text.push('\n');
        true
    }

    fn bars(&self) -> Vec<Bar<'_>> {
        let freezes = self.view.freezes.iter().map(|freeze| Bar {
            name: &freeze.name,
            times: vec![(freeze.start, freeze.end)],
            ink: FROZEN,
            style: style::WARNING,
        });
        let windows = self.view.maintenance.iter().map(|window| Bar {
            name: &window.name,
            times: window.times.iter().map(|time| (time.start, time.end)).collect(),
            ink: SET_APART,
            style: style::GOOD,
        });
        let changes = self.view.changes.iter().map(|change| Bar {
            name: &change.short,
            times: vec![(change.start, change.end)],
            ink: if change.confirmed { PLANNED } else { TENTATIVE },
            style: if change.conflicts > 0 { style::ERROR } else { style::ID },
        });
        freezes.chain(windows).chain(changes).collect()
    }

    /// A part of a day is inked if the bar has any of its time.
    fn bar(&self, bar: &Bar<'_>, days: &[NaiveDate], text: &mut String) {
        let safe = escape::line(bar.name);
        let name = cut(&safe, NAME);
        let blank = NAME.saturating_sub(textwrap::core::display_width(&name));
        text.push_str(&format!("{}{}", paint(style::ID, &name), " ".repeat(blank)));
        for day in days {
            text.push('│');
            let mut drawn = String::new();
            for part in 0..self.parts {
                let edge = |part: usize| self.edge(*day, part);
                let is_inked = edge(part).zip(edge(part + 1)).is_some_and(|(from, to)| {
                    bar.times.iter().any(|(start, end)| *start < to && *end > from)
                });
                drawn.push(if is_inked { bar.ink } else { ' ' });
            }
            match drawn.trim().is_empty() {
                true => text.push_str(&drawn),
                false => text.push_str(&paint(bar.style, &drawn)),
            }
        }
        text.push_str("│\n");
    }

    /// Where a part of a day begins.
    fn edge(&self, day: NaiveDate, part: usize) -> Option<Timestamp> {
        if part == self.parts {
            return self.midnight(day.succ_opt()?);
        }
        let minutes = u32::try_from(part * 24 * 60 / self.parts).ok()?;
        let time = NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0)?;
        self.zone.first_instant(day.and_time(time)).map(Timestamp::new)
    }

    /// A change in words: when by the clocks of the desk, how it stands, what it
    /// is.
    fn told(&self, change: &ScheduledChange, look: &Look) -> String {
        let (start, end) = (self.wall(change.start), self.wall(change.end));
        let when = match start.zip(end) {
            Some((start, end)) if start.date() == end.date() => {
                format!("{} to {}", start.format("%a %-d %H:%M"), end.format("%H:%M"))
            }
            Some((start, end)) => {
                format!("{} to {}", start.format("%a %-d %H:%M"), end.format("%a %-d %H:%M"))
            }
            None => time::absolute(change.start),
        };
        let clash = match change.conflicts {
            0 => String::new(),
            number => format!(", {}", count(number, "conflict", "conflicts")),
        };
        let (short, status) = (escape::line(&change.short), escape::line(change.status.as_str()));
        let title = escape::line(&change.title);
        let before = format!("  {short} {when}, {status}{clash}: ");
        let left = look
            .width
            .map(|width| width.saturating_sub(textwrap::core::display_width(&before)).max(LEAST));
        let title = left.map_or(title.clone(), |left| cut(&title, left).into_owned().into());
        let clash =
            clash.strip_prefix(", ").map(|clash| format!(", {}", paint(style::ERROR, clash)));
        format!(
            "  {} {when}, {}{}: {title}\n",
            paint(style::ID, &short),
            paint(style::state(change.state), &status),
            clash.unwrap_or_default(),
        )
    }
}

/// `23 to 29 November 2026`.
fn between(first: NaiveDate, last: NaiveDate) -> String {
    let to = last.format("%-d %B %Y");
    match (first.year() == last.year(), first.month() == last.month()) {
        (true, true) => format!("{} to {to}", first.day()),
        (true, false) => format!("{} to {to}", first.format("%-d %B")),
        (false, _) => format!("{} to {to}", first.format("%-d %B %Y")),
    }
}
