//! A life told from what events say they changed is the life that the files
//! tell, or it is not told.

use proptest::prelude::*;

use super::super::{Altered, Clue, Life, Origin, Reach, Told};
use super::world::{Story, at, go, person, terms};
use crate::model::{Note, NoteKind, Priority, Record, TeamId, Timestamp};
use crate::policy::event::RecordChange;

#[derive(Clone, Debug)]
enum Step {
    Move(&'static str),
    Priority(Priority),
    Team(Option<&'static str>),
    Assignee(Option<&'static str>),
    Note(&'static str, NoteKind),
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let states = ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"];
    let people = proptest::sample::select(vec!["alice", "bob", "carol"]);
    let kinds = vec![NoteKind::Public, NoteKind::Work, NoteKind::System];
    let step = prop_oneof![
        4 => proptest::sample::select(states.to_vec()).prop_map(Step::Move),
        1 => proptest::sample::select(Priority::ALL.to_vec()).prop_map(Step::Priority),
        1 => proptest::sample::select(vec![None, Some("apps"), Some("network")])
            .prop_map(Step::Team),
        1 => proptest::option::of(people.clone()).prop_map(Step::Assignee),
        2 => (people, proptest::sample::select(kinds)).prop_map(|(by, kind)| Step::Note(by, kind)),
    ];
    proptest::collection::vec((0_i64..900, step), 0..10)
}

fn act(record: &mut Record, step: &Step, now: Timestamp) {
    match step {
        Step::Move(status) => go(record, status, now),
        Step::Priority(priority) => record.set_priority(*priority),
        Step::Team(team) => {
            record.set_team(team.map(|team| TeamId::new(team).expect("a team")));
        }
        Step::Assignee(name) => record.set_assignee(name.map(person)),
        Step::Note(by, kind) => {
            let id = ulid::Ulid::from(record.notes().len() as u128 + 1);
            let note = Note { id, at: now, by: person(by), kind: *kind, text: "x -> y".into() };
            record.notes_mut().push(note);
        }
    }
}

fn told(steps: &[(i64, Step)]) -> Story {
    let mut now = at("2026-03-06 14:00");
    let mut story = Story::begin_at(now);
    for (later, step) in steps {
        now = Timestamp::from_seconds(now.seconds() + later * 60);
        story.then_at(now, |record| act(record, step, now));
    }
    // What changes nothing makes no commit.
    story.events.dedup_by(|next, before| next.record == before.record);
    story
}

/// The life by what the events say, of which the one at `quiet` says nothing.
fn retold(story: &Story, quiet: Option<usize>, first: Option<&Record>) -> Option<Life> {
    retold_for(Reach::Near, story, quiet, first)
}

fn retold_for(
    reach: Reach,
    story: &Story,
    quiet: Option<usize>,
    first: Option<&Record>,
) -> Option<Life> {
    let mut lines = Vec::new();
    let mut before: Option<&Record> = None;
    for Told { record, .. } in &story.events {
        let fields = RecordChange { before, after: record }.fields();
        let line = |change: &crate::model::FieldChange| {
            (change.field.clone(), change.brief_from(), change.brief_to())
        };
        lines.push(fields.iter().map(line).collect::<Vec<_>>());
        before = Some(record);
    }
    let clue = |(number, event): (usize, &Told)| Clue {
        at: event.at,
        actor: event.actor.clone(),
        changes: lines[number]
            .iter()
            .rev()
            .map(|(field, old, new)| Altered { field, old: old.as_deref(), new: new.as_deref() })
            .collect(),
    };
    let mut clues: Vec<Clue<'_>> = story.events.iter().enumerate().map(clue).collect();
    if let Some(quiet) = quiet {
        clues.remove(quiet);
    }
    clues.reverse();
    let last = &story.events.last().expect("events").record;
    let origin = first.map_or(Origin::Told, Origin::Read);
    Life::retell(&story.policy, reach, last, &clues, origin)
}

/// All that definitions see of a life which look at nothing but work.
fn near(life: &Life) -> String {
    let mut life = life.clone();
    for moment in &mut life.moments {
        let row = std::rc::Rc::make_mut(&mut moment.row);
        (row.notes, row.texts) = (0, 0);
        row.title.clear();
        row.noted_by.clear();
        row.tags.clear();
    }
    format!("{life:#?}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn retold_is_as_told(steps in steps()) {
        let story = told(&steps);
        let life = story.life(Timestamp::from_seconds(i64::MAX));
        let first = story.events.first().map(|event| &event.record);
        let again = retold(&story, None, None);
        prop_assert_eq!(again.map(|life| near(&life)), Some(near(&life)));
        let read = retold(&story, None, first);
        prop_assert_eq!(read.map(|life| near(&life)), Some(near(&life)));
        prop_assert!(retold_for(Reach::Far, &story, None, None).is_none());
        let all = retold_for(Reach::Far, &story, None, first);
        prop_assert_eq!(all.map(|life| format!("{life:#?}")), Some(format!("{life:#?}")));
    }

    #[test]
    fn silence_is_noticed(steps in steps(), quiet in 1_usize..10) {
        let story = told(&steps);
        prop_assume!(quiet < story.events.len());
        let (before, after) = (&story.events[quiet - 1].record, &story.events[quiet].record);
        let only_text = before.status() == after.status()
            && before.notes().len() == after.notes().len()
            && before.priority() == after.priority()
            && before.team() == after.team()
            && before.assignee() == after.assignee()
            && before.holds() == after.holds();
        prop_assume!(!only_text);
        prop_assert!(retold(&story, Some(quiet), None).is_none());
    }
}

#[test]
fn who_looks_at_other_fields_notices_silence_about_them() {
    let mut story = told(&[(5, Step::Note("carol", NoteKind::Public))]);
    let mut last = story.events.pop().expect("the note");
    let first = story.events.pop().expect("the beginning");
    let note = Altered { field: "notes", old: None, new: Some("(public)") };
    let told = |reach, last: &Told| {
        let clue = |event: &Told, changes| Clue { at: event.at, actor: None, changes };
        let clues = [clue(last, vec![note.clone()]), clue(&first, Vec::new())];
        Life::retell(&story.policy, reach, &last.record, &clues, Origin::Read(&first.record))
            .is_some()
    };
    assert!(told(Reach::Near, &last) && told(Reach::Far, &last));
    if let Record::Incident(incident) = &mut last.record {
        incident.tags.push("vip".into());
    }
    assert!(told(Reach::Near, &last) && !told(Reach::Far, &last));
}

#[test]
fn how_far_definitions_look() {
    let reach = |when: &str| {
        let text =
            format!("commitments:\n  a:\n    metric: response\n    when: {when}\n    target: 1h\n");
        terms(&text).reach()
    };
    assert_eq!(reach("type:incident priority:P1 -team:apps"), Reach::Near);
    assert_eq!(reach("type:incident (tag:vip or status:new)"), Reach::Far);
    assert_eq!(reach("tag:vip updated:>2026-01-01"), Reach::Everywhere);
    assert_eq!(reach("updated:>2026-01-01 tag:vip"), Reach::Everywhere);
}

#[test]
fn types_that_nothing_is_promised_for() {
    use crate::model::Kind;
    let concerned = |when: &str| {
        let text =
            format!("commitments:\n  a:\n    metric: response\n    when: {when}\n    target: 1h\n");
        let terms = terms(&text);
        [Kind::Incident, Kind::Request, Kind::Problem].map(|kind| terms.concerns(kind))
    };
    assert_eq!(concerned("type:incident tag:vip"), [true, false, false]);
    assert_eq!(concerned("-type:incident"), [false, true, true]);
    assert_eq!(concerned("type:request or priority:P1"), [true, true, true]);
    assert_eq!(concerned("-(type:request or type:problem)"), [true, false, false]);
}
