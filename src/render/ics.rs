//! The schedule for other calendars, as RFC 5545 has it: an event for each change
//! and each freeze, in UTC. The id of an event never changes, so that a calendar
//! that reads it again knows what moved.

use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use super::escape;
use crate::model::{PersonId, Timestamp};
use crate::outcome::{FrozenTime, ScheduleView, ScheduledChange};

/// What follows an id to make it unique in the world.
const DOMAIN: &str = "gitsm";

/// The whole file.
pub(crate) fn calendar(view: &ScheduleView) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in
        [("VERSION", "2.0"), ("PRODID", "-//gitsm//gitsm//EN"), ("CALSCALE", "GREGORIAN")]
    {
        calendar.append_property(Property::new(key, value));
    }
    calendar.name(&escape::line(&format!("Changes of {}", view.desk)));
    for change in &view.changes {
        calendar.push(planned(change));
    }
    for freeze in &view.freezes {
        calendar.push(frozen(freeze, view.now));
    }
    calendar.to_string()
}

fn planned(change: &ScheduledChange) -> Event {
    let status = match (change.cancelled, change.confirmed) {
        (true, _) => EventStatus::Cancelled,
        (false, true) => EventStatus::Confirmed,
        (false, false) => EventStatus::Tentative,
    };
    let mut said = vec![format!("{}, {}", change.id, change.status)];
    said.extend(change.model.map(|model| format!("model: {model}")));
    said.extend(change.risk.map(|risk| format!("risk: {risk}")));
    let who = change.assignee.as_ref().map(PersonId::as_str);
    said.extend(who.map(|who| format!("assignee: {who}")));
    said.extend(change.team.as_ref().map(|team| format!("team: {team}")));
    said.extend(change.service.as_ref().map(|service| format!("service: {service}")));
    if !change.cis.is_empty() {
        said.push(format!("items: {}", change.cis.join(", ")));
    }
    if change.conflicts > 0 {
        said.push(format!("conflicts: {}", change.conflicts));
    }
    let said: Vec<String> = said.iter().map(|line| escape::line(line).into_owned()).collect();
    Event::new()
        .uid(&format!("{}@{DOMAIN}", change.id))
        .timestamp(change.updated_at.to_utc())
        .starts(change.start.to_utc())
        .ends(change.end.to_utc())
        .status(status)
        .summary(&escape::line(&format!("{} {}", change.short, change.title)))
        .description(&said.join("\n"))
        .done()
}

fn frozen(freeze: &FrozenTime, now: Timestamp) -> Event {
    let mut event = Event::new();
    event
        .uid(&format!("freeze-{}@{DOMAIN}", freeze.name))
        .timestamp(now.to_utc())
        .starts(freeze.start.to_utc())
        .ends(freeze.end.to_utc())
        .status(EventStatus::Confirmed)
        .summary(&escape::line(&format!("Freeze {}", freeze.name)))
        .add_property("TRANSP", "TRANSPARENT");
    let items = freeze.cis.as_ref().map(|cis| format!("items: {}", cis.join(", ")));
    let said: Vec<String> = freeze.description.iter().cloned().chain(items).collect();
    if !said.is_empty() {
        let said: Vec<String> = said.iter().map(|line| escape::line(line).into_owned()).collect();
        event.description(&said.join("\n"));
    }
    event.done()
}
