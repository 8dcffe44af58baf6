//! The answer to a triage.

use gitsm::model::{Kind, Practice, Relation, StateName};
use gitsm::outcome::{
    ChangeAnswer, ChangeNeed, ChangeReason, ChangeRule, CiNode, ConcernView, NamedCi, OnTheWay,
    Part, PartName, Place, Proposal, Recurring, SeenAnswer, SeenView, Similar, TellingWord,
    TriageView, TriagedTicket,
};

use crate::common::{bare, now, reference};

pub fn triage() -> TriageView {
    let node = |via| CiNode {
        record: reference(bare().id(), true),
        class: Some("server".to_owned()),
        criticality: None,
        environment: None,
        depth: 1,
        via,
        relation: via.map(|_| Relation::DependsOn),
    };
    let similar = |known: bool| Similar {
        record: reference(bare().id(), known),
        score: 80,
        parts: vec![Part { part: PartName::Ci, points: 10, of: 20, why: "web-01".to_owned() }],
        opened_at: now(),
        resolution: known.then(|| StateName::new("fixed").unwrap()),
        remedy: known.then(|| "Restart it.".to_owned()),
        known_error: known,
        linked: known.then_some("caused_by"),
        duplicate: !known,
        next: known.then(|| "gitsm".to_owned()),
    };
    let bare = bare();
    TriageView {
        schema: TriageView::SCHEMA,
        practices: Practice::ALL.to_vec(),
        now: now(),
        ticket: TriagedTicket {
            record: reference(bare.id(), true),
            kind: Kind::Incident,
            priority: bare.priority(),
            impact: bare.impact(),
            urgency: bare.urgency(),
            opened_at: now(),
        },
        seen: SeenView {
            answer: SeenAnswer::KnownProblem,
            compared: 2,
            words: vec![TellingWord { word: "crm".to_owned(), records: None }],
            tickets: vec![similar(false)],
            more: 1,
            problems: vec![similar(true)],
            recurring: Some(Recurring { tickets: 3, days: 30, next: None }),
        },
        change: ChangeNeed {
            answer: ChangeAnswer::Possible,
            reasons: vec![ChangeReason {
                rule: ChangeRule::KnownErrorWithoutFix,
                strong: false,
                text: "why".to_owned(),
                records: vec![bare.id()],
                next: None,
            }],
        },
        concern: ConcernView {
            cis: vec![node(None)],
            named: vec![NamedCi { ci: node(None), next: "gitsm".to_owned() }],
            affected: vec![node(Some(bare.id()))],
            causes: vec![node(Some(bare.id()))],
            open: vec![OnTheWay {
                record: reference(bare.id(), false),
                priority: None,
                opened_at: now(),
                ci: reference(bare.id(), true),
                place: Place::Affected,
            }],
            ..ConcernView::default()
        },
        proposals: vec![Proposal {
            field: "team".to_owned(),
            value: "apps".to_owned(),
            now: None,
            confidence: 70,
            agree: 3,
            asked: 4,
            why: "3 of 4".to_owned(),
            next: "gitsm assign".to_owned(),
        }],
    }
}
