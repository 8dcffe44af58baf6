//! The answers to the analyst's three questions.

use super::sample::*;
use crate::model::{
    Criticality, Kind, Level, Practice, Priority, RecordId, Relation, StateCategory,
};
use crate::outcome::*;
use crate::render::UiOptions;

const CI: &str = "CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9S";

fn reference(full: &str, title: &str, status: &str) -> RecordRef {
    RecordRef {
        id: id(full),
        short: id(full).short(),
        title: Some(title.into()),
        status: Some(state(status)),
        state: Some(StateCategory::Open),
    }
}

fn node(title: &str, depth: usize, via: Option<RecordId>) -> CiNode {
    CiNode {
        record: reference(CI, title, "live"),
        class: Some("server".into()),
        criticality: Some(Criticality::High),
        environment: Some("production".into()),
        depth,
        via,
        relation: via.map(|_| Relation::RunsOn),
    }
}

pub(super) fn triage() -> TriageView {
    let part = |part, points, of, why: &str| Part { part, points, of, why: why.into() };
    let similar = Similar {
        record: reference("INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R", "CRM aborts", "in_progress"),
        score: 86,
        parts: vec![
            part(PartName::Text, 41, 50, "crm, report and 2 more"),
            part(PartName::Ci, 20, 20, "also web-01"),
        ],
        opened_at: at("2026-11-20T09:00:00Z"),
        resolution: Some(state("fixed")),
        remedy: Some("Restarted the pool.\nAgain.".into()),
        known_error: false,
        linked: None,
        duplicate: true,
        next: Some("gitsm link INC-7K3F9Q duplicate_of INC-7K3F9R".into()),
    };
    let problem = Similar {
        record: reference("PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9T", "Pool leaks", "assess"),
        resolution: None,
        remedy: Some("Restart the pool.".into()),
        known_error: true,
        linked: Some("caused_by"),
        duplicate: false,
        next: None,
        ..similar.clone()
    };
    TriageView {
        schema: TriageView::SCHEMA,
        practices: Practice::ALL.to_vec(),
        now: now(),
        ticket: TriagedTicket {
            record: reference(FULL, "CRM crashes", "new"),
            kind: Kind::Incident,
            priority: Some(Priority::P2),
            impact: Some(Level::High),
            urgency: Some(Level::Medium),
            opened_at: at("2026-11-22T09:12:04Z"),
        },
        seen: SeenView {
            answer: SeenAnswer::Duplicate,
            compared: 12,
            words: vec![TellingWord { word: "crm".into(), records: Some(3) }],
            tickets: vec![similar],
            more: 2,
            problems: vec![problem],
            recurring: Some(Recurring {
                tickets: 4,
                days: 30,
                next: Some("gitsm problem new 'CRM crashes' --from INC-7K3F9Q".into()),
            }),
        },
        change: ChangeNeed {
            answer: ChangeAnswer::Likely,
            reasons: vec![ChangeReason {
                rule: ChangeRule::RecentChange,
                strong: true,
                text: "CHG-7K3F9V (Deploy) was implemented 2 hours before on web-01".into(),
                records: vec![id("CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9V")],
                next: Some("gitsm link INC-7K3F9Q caused_by CHG-7K3F9V".into()),
            }],
        },
        concern: ConcernView {
            cis: vec![node("web-01", 0, None)],
            named: vec![NamedCi {
                ci: node("web-02", 0, None),
                next: "gitsm edit INC-7K3F9Q --set cis+=web-02".into(),
            }],
            affected: (1..=14).map(|n| node(&format!("app-{n}"), n.min(2), Some(id(CI)))).collect(),
            more_affected: true,
            causes: vec![node("host", 1, Some(id(CI)))],
            more_causes: false,
            open: vec![OnTheWay {
                record: reference("INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9W", "Host is down", "new"),
                priority: Some(Priority::P1),
                opened_at: now(),
                ci: reference(CI, "host", "live"),
                place: Place::Cause,
            }],
            more_open: 3,
        },
        proposals: vec![Proposal {
            field: "team".into(),
            value: "apps".into(),
            now: Some("infra".into()),
            confidence: 82,
            agree: 12,
            asked: 15,
            why: "12 of 15 similar tickets went to apps".into(),
            next: "gitsm assign INC-7K3F9Q --team apps".into(),
        }],
    }
}

/// The view with `text` wherever text can stand.
pub(super) fn poisoned(text: &str) -> TriageView {
    let text = || text.to_owned();
    let mut view = triage();
    let poison = |record: &mut RecordRef| {
        record.short = text();
        record.title = Some(text());
    };
    poison(&mut view.ticket.record);
    for similar in view.seen.tickets.iter_mut().chain(&mut view.seen.problems) {
        poison(&mut similar.record);
        similar.parts[0].why = text();
        similar.remedy = Some(format!("{}\n{}", text(), text()));
        similar.next = Some(text());
    }
    view.seen.words[0].word = text();
    if let Some(recurring) = &mut view.seen.recurring {
        recurring.next = Some(text());
    }
    for reason in &mut view.change.reasons {
        reason.text = text();
        reason.next = Some(text());
    }
    let concern = &mut view.concern;
    let named = concern.named.iter_mut().map(|named| {
        named.next = text();
        &mut named.ci
    });
    for node in
        named.chain(&mut concern.cis).chain(&mut concern.affected).chain(&mut concern.causes)
    {
        poison(&mut node.record);
        node.class = Some(text());
        node.environment = Some(text());
    }
    for open in &mut concern.open {
        poison(&mut open.record);
        poison(&mut open.ci);
    }
    for proposal in &mut view.proposals {
        proposal.field = text();
        proposal.value = text();
        proposal.now = Some(text());
        proposal.why = text();
        proposal.next = text();
    }
    view
}

#[test]
fn three_questions_and_what_is_proposed() {
    let options = UiOptions { width: Some(72), ..options() };
    let (out, _) = show(&Outcome::Triage(Box::new(triage())), &options);
    insta::assert_snapshot!(out, @"
    INC-7K3F9Q CRM crashes
    incident · new · P2 · opened 2026-11-22 09:12 (2h ago)

    1. Has this been seen before? Yes, it is likely to be a duplicate.
       It recurs: 4 tickets much alike within 30 days.
       > gitsm problem new 'CRM crashes' --from INC-7K3F9Q
       problems and known errors
        86%  PRB-7K3F9T Pool leaks (assess, 2d ago) [known error, linked: caused_by]
             text 41/50 (crm, report and 2 more) · CI 20/20 (also web-01)
             workaround: Restart the pool.
       similar tickets
        86%  INC-7K3F9R CRM aborts (in_progress, 2d ago) [duplicate?]
             text 41/50 (crm, report and 2 more) · CI 20/20 (also web-01)
             fixed: Restarted the pool. …
             > gitsm link INC-7K3F9Q duplicate_of INC-7K3F9R
       and 2 more similar tickets

    2. Does it need a change? Likely.
       - CHG-7K3F9V (Deploy) was implemented 2 hours before on web-01
         > gitsm link INC-7K3F9Q caused_by CHG-7K3F9V

    3. What does it concern? 2 configuration items; 14+ others fail with them.
       web-01 (server, production, criticality high)
       named in the text: web-02 (server, production, criticality high)
         > gitsm edit INC-7K3F9Q --set cis+=web-02
       fails with it (14+)
         app-1 (server, production, criticality high), by runs_on with host
           app-2 (server, production, criticality high), by runs_on with host
           app-3 (server, production, criticality high), by runs_on with host
           app-4 (server, production, criticality high), by runs_on with host
           app-5 (server, production, criticality high), by runs_on with host
           app-6 (server, production, criticality high), by runs_on with host
           app-7 (server, production, criticality high), by runs_on with host
           app-8 (server, production, criticality high), by runs_on with host
           app-9 (server, production, criticality high), by runs_on with host
           app-10 (server, production, criticality high), by runs_on with host
           app-11 (server, production, criticality high), by runs_on with host
           app-12 (server, production, criticality high), by runs_on with host
         and 2 more
       possible causes (1)
         host (server, production, criticality high), by runs_on with host
       open on the way
         INC-7K3F9W Host is down (new) on host, a possible cause
         and 3 more

    Proposed from similar tickets
       team apps (now infra), 82% sure: 12 of 15 similar tickets went to
         apps
         > gitsm assign INC-7K3F9Q --team apps
    ");
}

#[test]
fn nothing_known_is_said_in_words() {
    let mut view = triage();
    view.seen = SeenView {
        answer: SeenAnswer::No,
        tickets: Vec::new(),
        more: 0,
        problems: Vec::new(),
        recurring: None,
        ..view.seen
    };
    view.change = ChangeNeed { answer: ChangeAnswer::NoSign, reasons: Vec::new() };
    view.concern = ConcernView::default();
    view.proposals = Vec::new();
    let (out, _) = show(&Outcome::Triage(Box::new(view)), &options());
    assert_eq!(
        out,
        "\
INC-7K3F9Q CRM crashes
incident · new · P2 · opened 2026-11-22 09:12 (2h ago)

1. Has this been seen before? No.
   compared with 12 records

2. Does it need a change? Nothing says so.

3. What does it concern? No configuration item is named.
"
    );
}
