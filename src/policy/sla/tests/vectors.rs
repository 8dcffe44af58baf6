//! The examples that vendors give for their clocks.

use super::super::Standing;
use super::world::{CALENDARS, Story, at, calendars, terms};
use crate::model::{CalendarName, Priority, Timestamp};
use crate::policy::calendar::Calendar;

const HOUR: i64 = 3_600;

fn calendar(name: &str) -> std::rc::Rc<Calendar> {
    let name = CalendarName::new(name).expect("a name");
    calendars(CALENDARS).get(Some(&name), None).expect("a calendar")
}

fn incident(target: &str, calendar: &str) -> String {
    let calendar = match calendar {
        "" => String::new(),
        name => format!("    calendar: {name}\n"),
    };
    format!(
        "commitments:\n  fix:\n    metric: resolution\n    when: type:incident\n    \
         target: {target}\n{calendar}    thresholds: [50, 75, 100]\n"
    )
}

#[test]
fn a_business_and_actual_time_part_at_night() {
    // Mon-Fri 9-17, start 14:00: at 09:00 the next weekday 3 h, actual 19 h.
    let story = Story::begin("2025-12-10 14:00");
    let now = "2025-12-11 09:00";
    let found = story.reckon(&terms(&incident("8h", "nine-five")), now);
    let elapsed = found[0].elapsed(at(now));
    assert_eq!((elapsed.business, elapsed.actual), (3 * HOUR, 19 * HOUR));
}

#[test]
fn b_percentages_of_both_times() {
    let story = Story::begin("2025-12-12 21:00");
    let now = "2025-12-15 09:30";
    let found = story.reckon(&terms(&incident("8h", "eight-five")), now);
    let elapsed = found[0].elapsed(at(now));
    assert_eq!((elapsed.business, elapsed.actual), (HOUR * 3 / 2, 60 * HOUR + HOUR / 2));
    assert!((found[0].percent(at(now)) - 18.75).abs() < 1e-9);
    assert!((found[0].actual_percent(at(now)) - 756.25).abs() < 1e-9);
    assert!(!found[0].is_breached(at(now)), "business time decides");
}

#[test]
fn c_thresholds_and_breach() {
    let story = Story::begin("2026-03-02 07:00");
    let found = story.reckon(&terms(&incident("8h", "not-at-seven")), "2026-03-02 07:00");
    let passed: Vec<_> = found[0].thresholds.iter().map(|each| (each.percent, each.at)).collect();
    let time = |text| Some(at(text));
    assert_eq!(
        passed,
        [
            (50, time("2026-03-02 12:00")),
            (75, time("2026-03-02 14:00")),
            (100, time("2026-03-02 16:00"))
        ]
    );
    assert_eq!(found[0].due, time("2026-03-02 16:00"));
    let just_before = Timestamp::from_seconds(at("2026-03-02 16:00").seconds() - 1);
    assert!(!found[0].is_breached(just_before));
    assert!(found[0].is_breached(at("2026-03-02 16:00")));
}

#[test]
fn d_a_due_date_outside_the_schedule_moves_to_the_next_opening() {
    let mut story = Story::begin("2017-01-11 09:00");
    let text = "commitments:\n  fix:\n    metric: resolution\n    when: type:incident\n    \
                target: until custom.due\n    calendar: eight-four\n";
    story.policy.settings.custom_fields.insert(
        super::world::state("due"),
        serde_json::from_str(r#"{"type": "time"}"#).expect("a field"),
    );
    let terms =
        super::super::Terms::new(&super::world::file(text), calendars(CALENDARS), &story.policy)
            .expect("terms");
    let mut tree = story.record.to_value();
    tree["custom"] = serde_json::json!({"due": "2017-01-11T20:30:00Z"});
    story.record = serde_json::from_value(tree["custom"].clone())
        .map(|custom| with_custom(&story.record, custom))
        .expect("a record");
    story.events.clear();
    story.tell(at("2017-01-11 09:00"), "alice");
    let found = story.reckon(&terms, "2017-01-11 09:00");
    assert_eq!(found[0].due, Some(at("2017-01-12 08:00")));
}

fn with_custom(
    record: &crate::model::Record,
    custom: crate::model::Custom,
) -> crate::model::Record {
    match record.clone() {
        crate::model::Record::Incident(mut incident) => {
            incident.custom = custom;
            crate::model::Record::Incident(incident)
        }
        other => other,
    }
}

#[test]
fn e_without_a_schedule() {
    let story = Story::begin("2015-01-01 10:30");
    let found = story.reckon(&terms(&incident("10h", "")), "2015-01-01 10:30");
    assert_eq!(found[0].due, Some(at("2015-01-01 20:30")));
}

#[test]
fn f_another_priority_counts_from_the_start() {
    let mut story = Story::begin("2026-03-02 10:00");
    story.priority("2026-03-02 11:00", Priority::P2);
    let text = incident("{P2: 2h, P3: 3h}", "");
    let found = story.reckon(&terms(&text), "2026-03-02 11:30");
    let told: Vec<_> =
        found.iter().map(|each| (each.standing(at("2026-03-02 11:30")), each.due)).collect();
    assert_eq!(
        told,
        [
            (Standing::Cancelled, Some(at("2026-03-02 13:00"))),
            (Standing::Running, Some(at("2026-03-02 12:00")))
        ]
    );
}

#[test]
fn g_sixteen_hours_are_two_days_of_eight() {
    let calendar = calendar("nine-five");
    let start = at("2026-03-02 09:00");
    assert_eq!(calendar.after(start, 16 * HOUR), Some(at("2026-03-03 17:00")));
    let later = at("2026-03-05 11:00");
    assert_eq!(calendar.after(later, 16 * HOUR), Some(at("2026-03-09 11:00")));
    // One business day is eight hours there, 24 hours are three of them.
    let story = Story::begin("2026-03-02 11:00");
    let due = |target: &str| {
        story.reckon(&terms(&incident(target, "nine-five")), "2026-03-02 11:00")[0].due
    };
    assert_eq!(due("1bd"), Some(at("2026-03-03 11:00")));
    assert_eq!(due("24h"), Some(at("2026-03-05 11:00")));
    assert_eq!(due("1bd end"), Some(at("2026-03-03 17:00")));
    assert_eq!(due("1bd 16:00"), Some(at("2026-03-03 16:00")));
    assert_eq!(due("1bd 20:00"), Some(at("2026-03-04 09:00")));
}

#[test]
fn h_a_pause_over_the_weekend_moves_nothing() {
    let text = incident("10h", "eight-five");
    let mut story = Story::begin("2026-03-06 15:00");
    let without = story.reckon(&terms(&text), "2026-03-06 15:00")[0].due;
    story.moved("2026-03-06 17:00", "on_hold").moved("2026-03-09 08:00", "in_progress");
    let found = story.reckon(&terms(&text), "2026-03-09 08:00");
    assert_eq!(found[0].due, without);
    assert_eq!(found[0].due, Some(at("2026-03-09 16:00")));
    // An hour of business inside the pause moves it by that hour.
    let mut story = Story::begin("2026-03-06 15:00");
    story.moved("2026-03-06 16:00", "on_hold").moved("2026-03-09 08:00", "in_progress");
    let found = story.reckon(&terms(&text), "2026-03-09 08:00");
    assert_eq!(found[0].due, Some(at("2026-03-09 17:00")));
}
