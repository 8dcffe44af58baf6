//! Answers about the risk of changes and what they are made from.

use gitsm::model::{
    ChangeModel, Kind, PersonId, QuestionName, RecordId, Risk, RiskSource, TemplateName,
};
use gitsm::outcome::{
    KeptRisk, ModelField, ModelLine, ModelView, ModelVoteView, ModelsView, RiskChoice,
    RiskPartView, RiskQuestion, RiskView,
};

use crate::common::now;

fn alice() -> PersonId {
    PersonId::new("alice").unwrap()
}

pub fn risk(full: bool) -> RiskView {
    let choice = |name: &str, score| RiskChoice { name: name.into(), text: name.into(), score };
    let question = |answer| {
        let name = QuestionName::new("tested").unwrap();
        let choices = vec![choice("no", 5), choice("in_part", 2)];
        RiskQuestion::of(&name, ("Was it tried out?", 3), choices, answer)
    };
    let part = |source, risk| RiskPartView {
        source,
        risk,
        why: "crm is of high criticality".to_owned(),
        decides: risk == Risk::High,
    };
    let kept = KeptRisk {
        found: Some(Risk::Low),
        at: now(),
        by: alice(),
        reason: Some("as every week".to_owned()),
        differs: vec!["cis: high now, and low then".to_owned()],
    };
    let id = RecordId::new(Kind::Change, ulid::Ulid::from_parts(1, 2));
    RiskView {
        schema: RiskView::SCHEMA,
        id,
        short: id.short(),
        title: "Release".to_owned(),
        risk: full.then_some(Risk::Low),
        found: full.then_some(Risk::High),
        score: full.then_some(15),
        parts: match full {
            true => vec![
                part(RiskSource::Questionnaire, Risk::Low),
                part(RiskSource::Cis, Risk::High),
                part(RiskSource::History, Risk::Moderate),
            ],
            false => Vec::new(),
        },
        questions: vec![question(full.then_some("no"))],
        wants_answers: full,
        is_lower: full,
        kept: full.then_some(kept),
        now: now(),
    }
}

fn name() -> TemplateName {
    TemplateName::new("web-release").unwrap()
}

pub fn models() -> ModelsView {
    let line = |standing, model: Option<ChangeModel>| ModelLine {
        name: name(),
        model,
        about: model.map(|_| "A release".to_owned()),
        standing,
        valid_until: model.map(|_| "2027-06-30".to_owned()),
        votes: 1,
        quorum: 2,
    };
    let models = vec![
        line("unapproved", Some(ChangeModel::Standard)),
        line("one by one", Some(ChangeModel::Normal)),
        line("unreadable", None),
    ];
    ModelsView { schema: ModelsView::SCHEMA, models }
}

pub fn model(full: bool) -> ModelView {
    ModelView {
        schema: ModelView::SCHEMA,
        name: name(),
        path: ".gitsm/models/web-release.yaml".to_owned(),
        model: if full { ChangeModel::Standard } else { ChangeModel::Normal },
        about: full.then(|| "A release".to_owned()),
        standing: if full { "expired" } else { "one by one" },
        against: full.then(|| "it ran out".to_owned()).into_iter().collect(),
        fills: vec![ModelField { field: "title", value: "Release".to_owned() }],
        requires: vec!["description".to_owned()],
        bounds: vec!["risk low at most".to_owned()],
        may_change: vec!["title".to_owned()],
        valid_until: full.then(|| "2026-01-01".to_owned()),
        quorum: 1,
        digest: "0".repeat(64),
        votes: vec![ModelVoteView { by: alice(), at: now(), counts: full }],
    }
}
