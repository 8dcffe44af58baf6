//! Approvals at random against a small model.

use proptest::prelude::*;

use super::*;

/// What happens to a record in the model, at random.
#[derive(Clone, Debug)]
enum Event {
    Vote(usize, bool),
    Edit(u8),
    Ask,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        8 => (0usize..6, any::<bool>()).prop_map(|(who, yes)| Event::Vote(who, yes)),
        1 => (0u8..3).prop_map(Event::Edit),
        1 => Just(Event::Ask),
    ];
    prop::collection::vec(event, 0..24)
}

const NAMES: [&str; 6] = ["ann", "bob", "cid", "eve", "mia", "bot"];

/// The model: one step, listed voters, no time. It keeps what each person said
/// last about the present content, and thinks of nothing else.
struct Model {
    voters: Vec<&'static str>,
    needed: usize,
    veto: bool,
    /// By content: who said what, and what that came to.
    said: std::collections::HashMap<u8, Vec<(&'static str, bool)>>,
    content: u8,
}

impl Model {
    fn decision(&self) -> Decision {
        let none = Vec::new();
        let mut last: Vec<(&str, bool)> = Vec::new();
        for (who, yes) in self.said.get(&self.content).unwrap_or(&none) {
            last.retain(|(other, _)| other != who);
            last.push((who, *yes));
            let yes = last.iter().filter(|(_, yes)| *yes).count();
            let no = last.len() - yes;
            let left = self.voters.len() - yes - no;
            if no > 0 && (self.veto || yes + left < self.needed) {
                return Decision::Rejected;
            }
            if yes >= self.needed {
                return Decision::Approved;
            }
        }
        Decision::Pending
    }

    fn vote(&mut self, who: &'static str, yes: bool) -> bool {
        let said = self.said.get(&self.content).cloned().unwrap_or_default();
        let same = said.iter().rev().find(|(other, _)| *other == who).is_some_and(|v| v.1 == yes);
        let may = self.voters.contains(&who) && !same && self.decision() == Decision::Pending;
        if may {
            self.said.entry(self.content).or_default().push((who, yes));
        }
        may
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is voted and edited, in whatever order, the engine and the
    /// model agree on who may vote and on what it comes to.
    #[test]
    fn the_engine_does_what_the_model_does(
        events in events(),
        voters in prop::sample::subsequence(NAMES.to_vec(), 1..=6),
        quorum in prop_oneof![Just("any"), Just("all"), Just("2"), Just("3"), Just("50%"), Just("34%")],
        nearest in any::<bool>(),
        veto in any::<bool>(),
        segregation in any::<bool>(),
    ) {
        let rounding = if nearest { "nearest" } else { "ceil" };
        let text = format!(
            "rounding: {rounding}\ndefinitions:\n  d:\n    when: type:change\n    segregation: {segregation}\n    \
             steps:\n    - {{approvers: {{people: [{}]}}, quorum: {quorum}, veto: {veto}}}\n",
            voters.join(", ")
        );
        let mut case = Case::new(&text);
        let seats: Vec<&'static str> = voters
            .iter()
            .copied()
            .filter(|who| !segregation || !matches!(*who, "ann" | "eve"))
            .collect();
        let share: f64 = match quorum { "50%" => 0.5, "34%" => 0.34, _ => 0.0 };
        let part = share * seats.len() as f64;
        let needed = match quorum {
            "any" => 1,
            "all" => seats.len(),
            "2" => 2,
            "3" => 3,
            _ if nearest => (part + 0.5).floor() as usize,
            _ => part.ceil() as usize,
        };
        let needed = needed.max(1);
        let mut model =
            Model { voters: seats, needed, veto, said: Default::default(), content: 0 };
        for event in events {
            match event {
                Event::Vote(who, yes) => {
                    let verdict = if yes { Verdict::Approved } else { Verdict::Rejected };
                    let before = case.record.clone();
                    let done = case.vote(NAMES[who], verdict).is_ok();
                    prop_assert_eq!(done, model.vote(NAMES[who], yes), "{} {}", NAMES[who], yes);
                    prop_assert!(done || before == case.record);
                }
                Event::Edit(content) => {
                    case.edit("test_plan", &format!("Plan {content}."));
                    // Nothing stands for the first content, which had no plan.
                    model.content = content + 1;
                }
                Event::Ask => {
                    case.minute += 1;
                    let asked = Approval {
                        id: Ulid::from_parts(1, case.record.approvals().len() as u128),
                        at: minute(case.minute),
                        by: person("ann"),
                        on_behalf_of: None,
                        verdict: Verdict::Asked,
                        step: None,
                        digest: None,
                        text: None,
                    };
                    case.record.approvals_mut().expect("a ticket").push(asked);
                    model.said.clear();
                }
            }
            let state = case.state();
            prop_assert_eq!(state.decision, model.decision());
            prop_assert_eq!(state.counted + state.uncounted.len(), case.record.votes().count());
            let last = state.steps.last().expect("a step");
            prop_assert_eq!(last.decision == Decision::Pending, !matches!(state.decision, Decision::Approved | Decision::Rejected));
        }
    }

    /// No settings, however odd, make the engine panic or approve by silence.
    #[test]
    fn silence_is_no_consent(
        quorum in "(any|all|[1-9][0-9]{0,9}|-?[0-9]{1,6}([.][0-9]{1,3})?%)",
        nearest in any::<bool>(),
        people in prop::sample::subsequence(vec!["zed", "ann", "bob", "nobody"], 0..4),
        roles in prop::sample::subsequence(vec!["cab", "none"], 0..2),
        open in any::<bool>(),
    ) {
        let rounding = if nearest { "nearest" } else { "ceil" };
        let text = format!(
            "rounding: {rounding}\ndefinitions: {{d: {{when: 'type:change', steps: [{{approvers: {{people: [{}], roles: [{}]}}, quorum: '{quorum}'}}]}}}}\n",
            people.join(", "), roles.join(", ")
        );
        let Ok(settings) = format::read_settings("approvals", text.as_bytes()) else {
            return Ok(());
        };
        let mut case = Case::new("{}");
        case.settings = settings;
        if open {
            case.policy = policy("[]");
        }
        prop_assert_eq!(case.decision(), Decision::Pending);
        prop_assert!(!case.state().is_satisfied());
        let _ = case.settings.mistakes(&case.policy);
        let _ = case.state().in_words();
    }
}
