//! The rules of the clock, one by one.

use super::super::{SlaFile, Standing, Terms, Why, traps};
use super::world::{CALENDARS, Story, at, calendars, file, person, policy, terms};
use crate::format;
use crate::model::{NoteKind, Priority, TeamId};

const RESOLUTION: &str = "\
commitments:
  fix:
    metric: resolution
    when: type:incident
    target: {P1: 2h, P2: 4h, P3: 8h, P4: 8h, P5: 8h}
";

const RESPONSE: &str = "\
commitments:
  answer:
    metric: response
    when: type:incident
    target: 1h
";

fn standings(story: &Story, text: &str, now: &str) -> Vec<Standing> {
    let found = story.reckon(&terms(text), now);
    found.iter().map(|each| each.standing(at(now))).collect()
}

#[test]
fn completed_whether_or_not_it_was_broken() {
    let mut story = Story::begin("2026-03-02 10:00");
    story.moved("2026-03-02 17:59", "resolved");
    assert_eq!(standings(&story, RESOLUTION, "2026-03-03 10:00"), [Standing::Met]);
    let mut story = Story::begin("2026-03-02 10:00");
    story.moved("2026-03-02 18:01", "resolved").moved("2026-03-03 09:00", "closed");
    assert_eq!(standings(&story, RESOLUTION, "2026-03-03 10:00"), [Standing::Missed]);
}

#[test]
fn a_cancelled_ticket_cancels_and_a_breach_does_not_vanish() {
    let mut story = Story::begin("2026-03-02 10:00");
    story.moved("2026-03-02 12:00", "cancelled");
    assert_eq!(standings(&story, RESOLUTION, "2026-03-03 10:00"), [Standing::Cancelled]);
    let mut story = Story::begin("2026-03-02 10:00");
    story.moved("2026-03-02 19:00", "cancelled");
    assert_eq!(standings(&story, RESOLUTION, "2026-03-03 10:00"), [Standing::Missed]);
    let mut story = Story::begin("2026-03-02 10:00");
    story.priority("2026-03-02 19:00", Priority::P1);
    assert_eq!(
        standings(&story, RESOLUTION, "2026-03-02 19:00"),
        [Standing::Missed, Standing::Running]
    );
}

#[test]
fn pauses_are_carried_to_another_priority() {
    // Two hours used, three on hold, then another priority.
    let mut story = Story::begin("2026-03-02 10:00");
    story
        .moved("2026-03-02 12:00", "on_hold")
        .moved("2026-03-02 15:00", "in_progress")
        .priority("2026-03-02 15:30", Priority::P2);
    let now = "2026-03-02 15:30";
    let found = story.reckon(&terms(RESOLUTION), now);
    assert_eq!(found[1].due, Some(at("2026-03-02 17:00")));
    assert_eq!(found[1].attached, at(now));
    let off = RESOLUTION.replace("    target", "    retroactive_pause: false\n    target");
    assert_eq!(story.reckon(&terms(&off), now)[1].due, Some(at("2026-03-02 14:00")));
    let off = RESOLUTION.replace("    target", "    retroactive_start: false\n    target");
    assert_eq!(story.reckon(&terms(&off), now)[1].due, Some(at("2026-03-02 19:30")));
}

#[test]
fn an_ola_starts_when_it_comes_to_the_team() {
    let text = "\
commitments:
  network:
    kind: ola
    metric: resolution
    when: team:network
    target: 2h
  all:
    metric: resolution
    when: type:incident
    target: 8h
";
    let mut story = Story::begin("2026-03-02 10:00");
    story.team("2026-03-02 11:00", "desk").team("2026-03-02 13:00", "network");
    story.priority("2026-03-02 13:30", Priority::P1);
    let now = "2026-03-02 14:00";
    let found = story.reckon(&terms(text), now);
    let told: Vec<_> = found.iter().map(|each| (each.name.as_str(), each.start)).collect();
    assert_eq!(told, [("all", at("2026-03-02 10:00")), ("network", at("2026-03-02 13:00"))]);
    story.team("2026-03-02 14:00", "desk").team("2026-03-02 15:00", "network");
    let found = story.reckon(&terms(text), "2026-03-02 15:00");
    let told: Vec<_> = found.iter().map(|each| (each.start, each.is_open())).collect();
    assert_eq!(
        told,
        [
            (at("2026-03-02 10:00"), true),
            (at("2026-03-02 13:00"), false),
            (at("2026-03-02 15:00"), true)
        ]
    );
    assert_eq!(found[1].end.as_ref().map(|end| &end.why), Some(&Why::StartNotMet));
}

#[test]
fn a_contract_runs_while_the_supplier_works() {
    let text = "\
commitments:
  vendor:
    kind: contract
    metric: resolution
    when: hold:awaiting_vendor
    target: 4h
";
    let mut story = Story::begin("2026-03-02 10:00");
    story.moved("2026-03-02 12:00", "on_hold").moved("2026-03-02 15:00", "in_progress");
    let found = story.reckon(&terms(text), "2026-03-02 16:00");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].start, found[0].due),
        (at("2026-03-02 12:00"), Some(at("2026-03-02 16:00")))
    );
    assert_eq!(found[0].standing(at("2026-03-02 18:00")), Standing::Met);
}

#[test]
fn the_first_response_is_a_public_answer_or_an_assignment() {
    let answered = |tell: &dyn Fn(&mut Story)| {
        let mut story = Story::begin("2026-03-02 10:00");
        tell(&mut story);
        standings(&story, RESPONSE, "2026-03-02 10:45")[0]
    };
    let note = |by: &'static str, kind| {
        answered(&move |story: &mut Story| {
            story.note("2026-03-02 10:30", by, kind);
        })
    };
    assert_eq!(note("alice", NoteKind::Public), Standing::Met);
    assert_eq!(note("alice", NoteKind::Work), Standing::Running);
    assert_eq!(note("alice", NoteKind::System), Standing::Running);
    assert_eq!(note("bob", NoteKind::Public), Standing::Running, "the requester");
    let assigned = |story: &mut Story| {
        story.then("2026-03-02 10:30", |record| record.set_assignee(Some(person("carol"))));
    };
    assert_eq!(answered(&assigned), Standing::Met);
    let moved = |story: &mut Story| {
        story.team("2026-03-02 10:30", "network");
    };
    assert_eq!(answered(&moved), Standing::Running);
    let solved = |story: &mut Story| {
        story.moved("2026-03-02 10:30", "resolved");
    };
    assert_eq!(answered(&solved), Standing::Met);
}

#[test]
fn machines_answer_nobody() {
    let mut story = Story::begin("2026-03-02 10:00");
    for (id, kind) in [("alice", "person"), ("robot", "machine")] {
        let text = format!("- {{id: {id}, name: x, kind: {kind}}}\n");
        let mut people: Vec<crate::model::Person> =
            format::read_settings("people", text.as_bytes()).expect("people");
        story.policy.people.append(&mut people);
    }
    story.note("2026-03-02 10:10", "robot", NoteKind::Public);
    story.note("2026-03-02 10:15", "stranger", NoteKind::Public);
    story.then("2026-03-02 10:20", |record| record.set_assignee(Some(person("robot"))));
    assert_eq!(standings(&story, RESPONSE, "2026-03-02 10:45"), [Standing::Running]);
    story.note("2026-03-02 10:40", "alice", NoteKind::Public);
    assert_eq!(standings(&story, RESPONSE, "2026-03-02 10:45"), [Standing::Met]);
}

#[test]
fn a_response_is_given_once() {
    let mut story = Story::begin("2026-03-02 10:00");
    story
        .note("2026-03-02 10:30", "alice", NoteKind::Public)
        .priority("2026-03-02 11:00", Priority::P1)
        .moved("2026-03-02 11:30", "resolved")
        .moved("2026-03-02 12:00", "in_progress")
        .note("2026-03-02 12:30", "bob", NoteKind::Public);
    let text = RESPONSE.replace("target: 1h", "target: {P1: 15m, P3: 1h}");
    assert_eq!(standings(&story, &text, "2026-03-02 13:00"), [Standing::Met]);
}

#[test]
fn a_reopened_ticket_goes_on_or_begins_anew() {
    let mut story = Story::begin("2026-03-02 10:00");
    story.moved("2026-03-02 13:00", "resolved").moved("2026-03-02 20:00", "in_progress");
    let found = story.reckon(&terms(RESOLUTION), "2026-03-02 20:00");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].due, Some(at("2026-03-03 01:00")), "five hours were left");
    let text = RESOLUTION.replace("    target", "    reopen: restart\n    target");
    let found = story.reckon(&terms(&text), "2026-03-02 20:00");
    let told: Vec<_> =
        found.iter().map(|each| (each.standing(at("2026-03-02 20:00")), each.due)).collect();
    assert_eq!(
        told,
        [
            (Standing::Met, Some(at("2026-03-02 18:00"))),
            (Standing::Running, Some(at("2026-03-03 04:00")))
        ]
    );
}

#[test]
fn of_several_the_shortest_counts() {
    let text = "\
commitments:
  usual:
    metric: resolution
    when: type:incident
    target: 8h
  network:
    metric: resolution
    when: team:network
    target: 4h
";
    let mut story = Story::begin("2026-03-02 10:00");
    story.team("2026-03-02 11:00", "network");
    let found = story.reckon(&terms(text), "2026-03-02 11:00");
    assert_eq!(found[1].name.as_str(), "network");
    assert_eq!(found[1].due, Some(at("2026-03-02 14:00")));
    let why = found[0].end.as_ref().map(|end| end.why.clone());
    assert!(matches!(why, Some(Why::Replaced(name)) if name.as_str() == "network"));
}

#[test]
fn a_commitment_keeps_the_definition_it_was_attached_by() {
    let text = "\
commitments:
  old:
    metric: resolution
    when: type:incident
    target: {P1: 4h, P3: 8h}
    valid_until: 2026-03-03
  new:
    metric: resolution
    when: type:incident
    target: {P1: 1h, P3: 2h}
    valid_from: 2026-03-03
";
    let mut story = Story::begin("2026-03-02 22:00");
    story.note("2026-03-03 00:30", "alice", NoteKind::Work);
    let found = story.reckon(&terms(text), "2026-03-03 01:00");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].due), ("old", Some(at("2026-03-03 06:00"))));
    story.priority("2026-03-03 01:00", Priority::P1);
    let found = story.reckon(&terms(text), "2026-03-03 01:00");
    assert_eq!(found[1].name.as_str(), "new");
    assert_eq!(found[1].due, Some(at("2026-03-02 23:00")));
    // Its warnings cannot have come before it was there.
    assert!(found[1].thresholds.iter().all(|each| each.at == Some(at("2026-03-03 01:00"))));
}

#[test]
fn updates_are_promised_again_and_again() {
    let text = "\
commitments:
  word:
    metric: update
    when: type:incident
    target: 2h
";
    let mut story = Story::begin("2026-03-02 10:00");
    story
        .note("2026-03-02 11:00", "alice", NoteKind::Public)
        .note("2026-03-02 11:30", "bob", NoteKind::Public)
        .note("2026-03-02 14:00", "alice", NoteKind::Public);
    let now = "2026-03-02 14:30";
    let found = story.reckon(&terms(text), now);
    let told: Vec<_> = found.iter().map(|each| (each.start, each.standing(at(now)))).collect();
    assert_eq!(
        told,
        [
            (at("2026-03-02 10:00"), Standing::Met),
            (at("2026-03-02 11:00"), Standing::Missed),
            (at("2026-03-02 14:00"), Standing::Running)
        ]
    );
    let text = text.replace("    target", "    updates: to_reply\n    target");
    let found = story.reckon(&terms(&text), now);
    let told: Vec<_> = found.iter().map(|each| (each.start, each.standing(at(now)))).collect();
    assert_eq!(told, [(at("2026-03-02 11:30"), Standing::Missed)]);
    assert_eq!(found[0].due, Some(at("2026-03-02 13:30")));
}

#[test]
fn conditions_of_ones_own() {
    let text = "\
commitments:
  fix:
    metric: resolution
    when: type:incident
    target: 8h
    pause: hold:awaiting_requester or status:new
    resume: priority:P1
    stop: status:closed
    reset: tag:again
    cancel: tag:never
    cancel_on: cancel_met
";
    let mut story = Story::begin("2026-03-02 10:00");
    story
        .moved("2026-03-02 11:00", "on_hold")
        .moved("2026-03-02 12:00", "resolved")
        .then("2026-03-02 13:00", |record| {
            if let crate::model::Record::Incident(incident) = record {
                incident.tags = vec!["again".into()];
            }
        })
        .moved("2026-03-02 14:00", "closed");
    let now = "2026-03-02 15:00";
    let found = story.reckon(&terms(text), now);
    let told: Vec<_> = found
        .iter()
        .map(|each| {
            let end = each.end.as_ref().expect("an end");
            (each.start, end.at, end.why.clone(), each.elapsed(at(now)).business / 60)
        })
        .collect();
    assert_eq!(
        told,
        [
            // Paused while new; on hold for another reason it runs.
            (at("2026-03-02 10:00"), at("2026-03-02 13:00"), Why::Reset, 120),
            (at("2026-03-02 13:00"), at("2026-03-02 14:00"), Why::Fulfilled, 60),
        ]
    );
}

#[test]
fn the_zone_may_be_the_requesters_or_the_teams() {
    let text = "\
commitments:
  answer:
    metric: response
    when: type:incident
    target: 1h
    calendar: nine-five
    time_zone: team
";
    let mut story = Story::begin("2026-03-02 10:00");
    let teams = "- {id: ny, name: New York, time_zone: America/New_York}\n";
    story.policy.teams = format::read_settings("teams", teams.as_bytes()).expect("teams");
    story.record.set_team(Some(TeamId::new("ny").expect("a team")));
    story.events.clear();
    story.tell(at("2026-03-02 10:00"), "alice");
    let terms = Terms::new(&file(text), calendars(CALENDARS), &story.policy).expect("terms");
    let found = story.reckon(&terms, "2026-03-02 10:00");
    assert_eq!(found[0].due, Some(at("2026-03-02 15:00")), "ten o'clock in New York");
}

#[test]
fn an_imported_record_tells_its_own_past() {
    let mut story = Story::begin("2026-03-02 10:00");
    story
        .note("2026-03-02 10:30", "alice", NoteKind::Public)
        .moved("2026-03-02 11:00", "on_hold")
        .moved("2026-03-02 15:00", "in_progress")
        .moved("2026-03-02 16:00", "resolved")
        .moved("2026-03-09 16:00", "closed");
    let now = "2026-03-20 10:00";
    let both = format!("{RESOLUTION}{}", RESPONSE.trim_start_matches("commitments:\n"));
    let told = |story: &Story| -> Vec<_> {
        let found = story.reckon(&terms(&both), now);
        found.iter().map(|each| (each.standing(at(now)), each.elapsed(at(now)))).collect()
    };
    let watched = told(&story);
    story.events.clear();
    story.tell(at("2026-03-20 09:00"), "importer");
    assert_eq!(told(&story), watched);
    assert_eq!(watched[1].1.business, 2 * 3_600);
}

fn wrong(text: &str) -> Vec<String> {
    let errors = Terms::new(&file(text), calendars(CALENDARS), &policy()).expect_err("errors");
    errors.into_iter().map(|error| error.to_string()).collect()
}

#[test]
fn mistakes_name_the_place() {
    let with = |line: &str| {
        wrong(&RESOLUTION.replace("    target", &format!("    {line}\n    target"))).join("; ")
    };
    for (line, told) in [
        ("pause: statuss:new", "fix: pause: `statuss:new`: there is no field `statuss`"),
        ("stop: age:>4h", "times that depend on now"),
        ("stop: on_hold:>4h", "times that depend on now"),
        ("stop: opened:today", "times that depend on now"),
        ("stop: '\"crash report\"'", "words of the text"),
        ("stop: '@mine'", "views cannot be used"),
        ("stop: assignee:me", "nobody is known"),
        ("stop: 'sort:opened'", "an order"),
        ("stop: ''", "empty"),
        ("calendar: nine-fife", "fix: calendar: there is no calendar `nine-fife`"),
        ("time_zone: Mars/Base", "fix: time_zone: there is no time zone `Mars/Base`"),
        ("thresholds: [100, 75]", "go upwards"),
        ("thresholds: [0]", "go upwards"),
        ("thresholds: [1001]", "go upwards"),
    ] {
        assert!(with(line).contains(told), "{line}: {}", with(line));
    }
    let text = RESOLUTION.replace("{P1: 2h, P2: 4h, P3: 8h, P4: 8h, P5: 8h}", "until custom.due");
    assert!(wrong(&text)[0].contains("no own field `due`"));
    let text = RESOLUTION.replace("P1: 2h", "P1: 1d");
    let error = format::read_settings::<SlaFile>("sla", text.as_bytes()).expect_err("refused");
    assert!(error.to_string().contains("write `24h` or `1bd`"), "{error}");
}

#[test]
fn traps_are_found() {
    let found = |lines: &str| {
        let text = RESOLUTION.replace("    when: type:incident\n", lines);
        let terms = terms(&text);
        let traps = traps(&terms, &policy());
        traps.into_iter().map(|trap| format!("{}: {}", trap.key, trap.message)).collect::<Vec<_>>()
    };
    assert_eq!(found("    when: type:incident\n"), Vec::<String>::new());
    for (lines, told) in [
        ("    when: type:incident status:in_progress\n    pause: status:on_hold\n", "never pauses"),
        ("    when: type:incident -state:hold\n", "a hold cancels the commitment"),
        ("    when: type:incident\n    pause: type:incident\n", "the clock never runs"),
        ("    when: type:incident state:resolved\n    stop: state:resolved\n", "never attached"),
        ("    when: type:incident\n    cancel: type:incident\n", "never attached"),
        ("    when: type:ci\n", "no record can ever meet this"),
        ("    when: type:incident\n    stop: status:fulfilled type:incident\n", "never stops"),
        (
            "    when: type:incident -hold:awaiting_vendor\n    pause: state:hold\n",
            "there the commitment is cancelled",
        ),
    ] {
        let traps = found(lines);
        assert!(traps.iter().any(|trap| trap.contains(told)), "{lines}: {traps:?}");
    }
    let text = RESOLUTION.replace("P5: 8h", "P5: 9h").replace("P1: 2h, ", "");
    let traps = traps(&terms(&text), &policy());
    assert_eq!(traps[0].message, "records of priority P1 have no target");
}

#[test]
fn what_may_outlive_the_work() {
    assert!(terms(RESOLUTION).end_with_records() && terms(RESPONSE).end_with_records());
    for more in ["cancel_on: never", "stop: tag:done", "cancel: tag:dropped"] {
        assert!(!terms(&format!("{RESOLUTION}    {more}\n")).end_with_records(), "{more}");
    }
}
