//! Random desks and random questions about them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ulid::Ulid;

use crate::index::write::Entry;
use crate::model::{
    ChangeModel, ChangeOutcome, Criticality, Kind, Level, Link, Major, PersonId, Priority,
    RecordId, Relation, Risk, StateCategory, StateName, TaskState, TeamId, Timestamp, Verdict,
};
use crate::query::{
    ANSWER, Bounds, CountField, Filter, LengthField, LengthTest, LinkTest, Number, Order, OwnField,
    OwnType, Phrase, Promise, PromiseStanding, RankField, RankTest, Row, SearchText, Selection,
    SlaTest, SortField, Test, TextField, TextPart, TextTest, TimeField, TimeTest, Way, tokens,
};
use crate::store::BlobId;

pub(super) fn word() -> impl Strategy<Value = String> {
    prop_oneof![Just("crash"), Just("CRM"), Just("report"), Just("Ünïcode"), Just("web-01")]
        .prop_map(str::to_owned)
}

pub(super) fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 1..5).prop_map(|words| words.join(" "))
}

/// A value of a small set, in a case of its own now and then.
pub(super) fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("apps"), Just("Apps"), Just("db"), Just("app"), Just("a")]
        .prop_map(str::to_owned)
}

/// The same of free text, where letters are not all ASCII. The last but one is
/// one letter, and no `k`.
pub(super) fn value() -> impl Strategy<Value = String> {
    let foreign = proptest::sample::select(FOREIGN.to_vec()).prop_map(str::to_owned);
    prop_oneof![name(), foreign, Just("k".to_owned())]
}

const FOREIGN: [&str; 9] =
    ["Büro", "BÜRO", "bu\u{308}ro", "Bürokratie", "ΟΔΟΣ", "οδος", "œuvre", "\u{212A}", "é"];

pub(super) fn time() -> impl Strategy<Value = Timestamp> {
    (0i64..6).prop_map(|day| Timestamp::from_seconds(day * 86_400))
}

pub(super) fn id() -> impl Strategy<Value = RecordId> {
    // Few times and few endings, so that numbers and short ids collide.
    (0usize..5, 0u64..3, 0u128..3, 0u128..4).prop_map(|(kind, ms, high, low)| {
        let ulid = Ulid::from((u128::from(ms) << 80) | (high << 62) | (low << 30) | 5);
        RecordId::new(Kind::ALL[kind], ulid)
    })
}

pub(super) fn person() -> impl Strategy<Value = PersonId> {
    name().prop_map(|name| PersonId::new(name).expect("a person id"))
}

pub(super) fn code() -> impl Strategy<Value = StateName> {
    prop_oneof![Just("apps"), Just("db"), Just("a")]
        .prop_map(|name| StateName::new(name).expect("a code"))
}

/// Values of the desk's own fields: texts, numbers, times and what only looks
/// like such.
pub(super) fn own() -> impl Strategy<Value = String> {
    prop_oneof![
        value(),
        prop_oneof![Just("1"), Just("1.0"), Just("-2.5"), Just("10"), Just("1e3"), Just("inf")]
            .prop_map(str::to_owned),
        time().prop_map(|time| time.to_string()),
    ]
}

pub(super) fn relation() -> impl Strategy<Value = Relation> {
    prop_oneof![Just(Relation::RelatesTo), Just(Relation::CausedBy), Just(Relation::DependsOn)]
}

pub(super) fn parts() -> impl Strategy<Value = SearchText> {
    let texts =
        proptest::collection::vec(proptest::option::weighted(0.3, text()), TextPart::ALL.len());
    texts.prop_map(|texts| {
        let texts = TextPart::ALL.into_iter().zip(texts);
        texts.fold(SearchText::default(), |all, (part, text)| match text {
            Some(text) => all.with(part, &text),
            None => all,
        })
    })
}

pub(super) fn promise() -> impl Strategy<Value = Promise> {
    use proptest::option::of;
    let standing = proptest::sample::select(PromiseStanding::ALL.to_vec());
    (name(), standing, of(time()), of(time()), of(time()))
        .prop_map(|(name, standing, due, warn, ended)| Promise { name, standing, due, warn, ended })
}

fn sla_test() -> impl Strategy<Value = SlaTest> {
    prop_oneof![
        Just(SlaTest::None),
        name().prop_map(SlaTest::Named),
        Just(SlaTest::Running),
        Just(SlaTest::Paused),
        Just(SlaTest::Met),
        time().prop_map(SlaTest::Breached),
        time().prop_map(SlaTest::AtRisk),
    ]
}

pub(super) fn entry() -> impl Strategy<Value = Entry> {
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::option::of;
    let people = (
        person(),
        of(person()),
        of(person()),
        of(person()),
        vec(person(), 0..3),
        vec(person(), 0..3),
    );
    let names = (
        of(value()),
        of(name()),
        of(value()),
        of(value()),
        of(value()),
        of(value()),
        of(value()),
        of(value()),
    );
    let codes = (of(code()), of(code()), of(code()));
    let times =
        (time(), time(), of(time()), of(time()), of(time()), of(time()), of(time()), of(time()));
    let ranks = (0usize..4, 0usize..3, vec(of(0usize..8), 8));
    let counts = (vec(0u32..3, 8), prop_oneof![Just(0u64), 0u64..200_000], any::<bool>());
    let lists = (
        vec(id(), 0..3),
        btree_set(value(), 0..3),
        btree_map(name(), own(), 0..3),
        vec((relation(), id()), 0..3),
        (
            vec(person(), 0..2),
            vec(name(), 0..2),
            vec(0usize..7, 0..2),
            btree_map(name(), own(), 0..2),
        ),
    );
    let lists = (lists, vec(promise(), 0..3));
    let all = (id(), text(), parts(), people, names, codes, times, ranks, counts, lists);
    all.prop_map(|(id, title, text, people, names, codes, times, ranks, counts, lists)| {
        let (lists, promised) = lists;
        let kind = id.kind();
        let states = ["new", "in_progress", "resolved"];
        let rank = |at: usize| ranks.2[at];
        fn value<T: Copy>(all: &[T], at: Option<usize>) -> Option<T> {
            all.get(at?).copied()
        }
        let only = |wanted: Kind| kind == wanted;
        let row = Row {
            id,
            kind,
            title: title.clone(),
            status: StateName::new(states[ranks.1]).expect("a state"),
            state: StateCategory::ALL[ranks.0],
            domain: codes.0,
            impact: value(&Level::ALL, rank(0)),
            urgency: value(&Level::ALL, rank(1)),
            priority: value(&Priority::ALL, rank(2)),
            service: names.0,
            cis: lists.0.into_iter().filter(|id| id.kind() == Kind::Ci).collect(),
            requester: people.1,
            assignee: people.2,
            team: names.1.and_then(|name| TeamId::new(name).ok()),
            category: names.2,
            tags: lists.1.into_iter().collect(),
            channel: names.3,
            external_id: names.4,
            opened_at: times.0,
            opened_by: people.0,
            updated_at: times.1,
            started_at: times.2,
            resolved_at: times.3,
            closed_at: times.4,
            resolution: codes.1,
            resolved_by: people.3,
            hold: codes.2,
            hold_since: times.5,
            held: counts.1,
            reopen_count: counts.0[0],
            escalation: if only(Kind::Incident) { counts.0[1] } else { 0 },
            notes: counts.0[2],
            noted_by: people.4,
            attachments: counts.0[3],
            votes: counts.0[4],
            approval: value(&Verdict::VOTES, rank(3)),
            approvers: people.5,
            template: names.5.clone().filter(|_| only(Kind::Change)),
            offering: names.5.clone().filter(|_| only(Kind::Request)),
            known_error: counts.2 && only(Kind::Problem),
            major: value(Major::ALL, rank(7)).filter(|_| only(Kind::Incident)),
            model: value(ChangeModel::ALL, rank(4)).filter(|_| only(Kind::Change)),
            risk: value(Risk::ALL, rank(5)).filter(|_| only(Kind::Change)),
            planned_start: times.6.filter(|_| only(Kind::Change)),
            planned_end: times.7.filter(|_| only(Kind::Change)),
            outcome: value(ChangeOutcome::ALL, rank(6)).filter(|_| only(Kind::Change)),
            criticality: value(&Criticality::ALL, rank(5)).filter(|_| only(Kind::Ci)),
            environment: names.6.clone().filter(|_| only(Kind::Ci) || only(Kind::Change)),
            location: names.7.clone().filter(|_| only(Kind::Ci)),
            version: names.7.filter(|_| only(Kind::Ci) || only(Kind::Change)),
            repository: names.6.clone().filter(|_| only(Kind::Change)),
            commit: names.5.clone().filter(|_| only(Kind::Change)),
            deployed_at: times.5.filter(|_| only(Kind::Change)),
            tasks: counts.0[5],
            open_tasks: counts.0[6],
            task_assignees: lists.4.0.into_iter().filter(|_| !lists.4.2.is_empty()).collect(),
            task_teams: lists
                .4
                .1
                .into_iter()
                .filter(|_| !lists.4.2.is_empty())
                .filter_map(|name| TeamId::new(name).ok())
                .collect(),
            task_states: lists.4.2.iter().map(|at| TaskState::ALL[*at]).collect(),
            csat: counts.0[7],
            answers: lists.4.3.into_iter().collect(),
            links: lists.3.into_iter().map(|(rel, to)| Link { rel, to }).collect(),
            texts: TextPart::ALL
                .into_iter()
                .filter(|part| !text.part(*part).is_empty())
                .fold(0, |bits, part| bits | part.bit()),
            custom: lists.2.into_iter().collect(),
            promises: promised,
            due: None,
            sla: None,
        };
        Entry { row, text: text.with(TextPart::Title, &title), blob: BlobId::of(b"") }
    })
}

pub(super) fn desk() -> impl Strategy<Value = Vec<Entry>> {
    proptest::collection::vec(entry(), 0..25).prop_map(|entries| {
        let unique: BTreeMap<RecordId, Entry> =
            entries.into_iter().map(|entry| (entry.row.id, entry)).collect();
        unique.into_values().collect()
    })
}

pub(super) fn text_field() -> impl Strategy<Value = TextField> {
    let own = name().prop_map(TextField::Custom);
    let answer = name().prop_map(|name| TextField::Custom(format!("{ANSWER}{name}")));
    prop_oneof![6 => proptest::sample::select(TextField::ALL.to_vec()), 1 => own, 1 => answer]
}

pub(super) fn rank_field() -> impl Strategy<Value = RankField> {
    proptest::sample::select(RankField::ALL.to_vec())
}

pub(super) fn time_field() -> impl Strategy<Value = TimeField> {
    proptest::sample::select(TimeField::ALL.to_vec())
}

pub(super) fn count_field() -> impl Strategy<Value = CountField> {
    proptest::sample::select(CountField::ALL.to_vec())
}

pub(super) fn length_field() -> impl Strategy<Value = LengthField> {
    prop_oneof![
        Just(LengthField::ToStart),
        Just(LengthField::ToResolve),
        time().prop_map(LengthField::OnHold),
    ]
}

pub(super) fn own_field() -> impl Strategy<Value = OwnField> {
    let of = prop_oneof![Just(OwnType::Number), Just(OwnType::Time)];
    (name(), of).prop_map(|(name, of)| OwnField { name, of })
}

pub(super) fn bounds() -> impl Strategy<Value = Bounds> {
    let number = prop_oneof![
        prop_oneof![Just(-2.5), Just(0.0), Just(1.0), Just(10.0)],
        time().prop_map(|time| time.seconds() as f64),
    ];
    let number = number.prop_map(|number| Number::new(number).expect("a number"));
    let end = proptest::option::of((number, any::<bool>()));
    (end.clone(), end).prop_map(|(from, to)| Bounds { from, to })
}

pub(super) fn part() -> impl Strategy<Value = TextPart> {
    proptest::sample::select(TextPart::ALL.to_vec())
}

pub(super) fn link_test() -> impl Strategy<Value = LinkTest> {
    let way = prop_oneof![Just(Way::From), Just(Way::To), Just(Way::Either)];
    (proptest::option::of(relation()), way, proptest::option::of(id()))
        .prop_map(|(relation, way, other)| LinkTest { relation, way, other })
}

pub(super) fn test() -> impl Strategy<Value = Test> {
    let text_test = prop_oneof![
        Just(TextTest::None),
        value().prop_map(TextTest::Is),
        proptest::sample::select(vec![
            "", "ap", "A", "zz", "bÜ", "ΟΔΟς", "B", "\u{212A}", "K", "É"
        ])
        .prop_map(|start| TextTest::StartsWith(start.to_owned())),
    ];
    let rank_test = prop_oneof![
        Just(RankTest::None),
        (0u8..6, 0u8..6).prop_map(|(low, high)| RankTest::Between(low, high)),
    ];
    let time_test = prop_oneof![
        Just(TimeTest::None),
        (proptest::option::of(time()), proptest::option::of(time()))
            .prop_map(|(from, before)| TimeTest::Within { from, before }),
    ];
    let due_test = time_test.clone();
    let length_test = prop_oneof![
        Just(LengthTest::None),
        (-200_000i64..200_000, -200_000i64..400_000)
            .prop_map(|(low, high)| LengthTest::Between(low, high)),
        Just(LengthTest::Between(i64::MIN, 0)),
    ];
    let phrase = (
        proptest::collection::vec(word(), 1..3),
        any::<bool>(),
        0usize..2,
        proptest::option::of(part()),
    );
    prop_oneof![
        1 => Just(Test::Any),
        1 => (0usize..5).prop_map(|at| Test::Kind(Kind::ALL[at])),
        1 => prop_oneof![Just("new"), Just("resolved"), Just("other")]
            .prop_map(|name| Test::Status(StateName::new(name).expect("a state"))),
        1 => (0usize..4).prop_map(|at| Test::State(StateCategory::ALL[at])),
        1 => id().prop_map(Test::Id),
        1 => proptest::option::of(id()).prop_map(Test::Ci),
        2 => (rank_field(), rank_test).prop_map(|(field, test)| Test::Rank(field, test)),
        3 => (text_field(), text_test).prop_map(|(field, test)| Test::Text(field, test)),
        2 => (time_field(), time_test).prop_map(|(field, test)| Test::Time(field, test)),
        1 => (count_field(), 0u32..4, 0u32..4)
            .prop_map(|(field, low, high)| Test::Count(field, low, high)),
        1 => (length_field(), length_test).prop_map(|(field, test)| Test::Length(field, test)),
        1 => (own_field(), bounds()).prop_map(|(field, bounds)| Test::Own(field, bounds)),
        2 => link_test().prop_map(Test::Link),
        1 => Just(Test::KnownError),
        2 => sla_test().prop_map(Test::Sla),
        1 => due_test.prop_map(Test::Due),
        1 => part().prop_map(Test::Has),
        2 => phrase.prop_map(|(words, prefix, cut, part)| {
            let mut tokens = tokens(&words.join(" "));
            if prefix && let Some(last) = tokens.last_mut() {
                *last = last.chars().take(3 - cut).collect();
            }
            Test::Phrase(Phrase { tokens, prefix, part })
        }),
    ]
}

pub(super) fn filter() -> impl Strategy<Value = Filter> {
    test().prop_map(Filter::Test).prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::And),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::Or),
            Just(Filter::Or(
                [StateCategory::Open, StateCategory::Hold]
                    .map(|state| Filter::Test(Test::State(state)))
                    .into()
            )),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

pub(super) fn selection() -> impl Strategy<Value = Selection> {
    let field = prop_oneof![
        Just(SortField::Id),
        Just(SortField::Kind),
        Just(SortField::Title),
        Just(SortField::Status),
        rank_field().prop_map(SortField::Rank),
        text_field().prop_map(SortField::Text),
        time_field().prop_map(SortField::Time),
        count_field().prop_map(SortField::Count),
        length_field().prop_map(SortField::Length),
        own_field().prop_map(SortField::Own),
        Just(SortField::Due),
    ];
    let key = (field, any::<bool>()).prop_map(|(field, descending)| Order { field, descending });
    (
        proptest::option::of(filter()),
        proptest::collection::vec(key, 0..3),
        proptest::option::of(1usize..8),
    )
        .prop_map(|(filter, sort, limit)| Selection { filter, sort, limit, warnings: vec![] })
}

/// Questions about open records with conditions on words or commitments, in the
/// default order.
pub(super) fn open_question() -> impl Strategy<Value = Selection> {
    let told = || {
        let is_told = |test: &Test| matches!(test, Test::Sla(_) | Test::Due(_) | Test::Phrase(_));
        test().prop_filter("words and commitments", is_told).prop_map(Filter::Test)
    };
    let part = prop_oneof![
        3 => told(),
        2 => told().prop_map(|inner| Filter::Not(Box::new(inner))),
        1 => proptest::collection::vec(told(), 1..3).prop_map(Filter::Or),
    ];
    let open = [StateCategory::Open, StateCategory::Hold].map(Test::State).map(Filter::Test);
    let rank = prop_oneof![
        Just(RankTest::None),
        (0u8..7, 0u8..=255).prop_map(|(low, high)| RankTest::Between(low, high)),
    ];
    let priority = rank.prop_map(|test| Filter::Test(Test::Rank(RankField::Priority, test)));
    let rest = prop_oneof![
        priority.clone(),
        priority.prop_map(|inner| Filter::Not(Box::new(inner))),
        filter(),
    ];
    let parts = (proptest::collection::vec(part, 1..4), proptest::option::of(rest));
    (parts, proptest::option::of(1usize..8)).prop_map(move |((mut parts, rest), limit)| {
        parts.push(Filter::Or(open.to_vec()));
        parts.extend(rest);
        let filter = Some(Filter::And(parts));
        Selection { filter, limit, ..Selection::default() }
    })
}
