//! Records of an invented office, each a pure function of the seed and its place.

use std::error::Error;

use gitsm::model::{
    Change, ChangeModel, ChangeOutcome, Ci, Criticality, Custom, Hold, Incident, Kind, Level, Link,
    Note, NoteKind, PersonId, Problem, Record, RecordId, Relation, Request, Resolution, Risk,
    StateName, TeamId, Timestamp,
};
use gitsm::policy::PriorityMatrix;
use ulid::Ulid;

use super::random::Random;
use super::text;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// 2025-11-01T00:00:00Z: when the invented office moved to gitsm.
pub(crate) const MOVED_AT: i64 = 1_761_955_200;
/// How far back its records reach.
const SPAN: i64 = 3 * 365 * DAY;
/// Of this many records, 20 are incidents, 2 requests, and one each is a
/// problem, a change and a configuration item.
const GROUP: u64 = 25;

pub(crate) type Fallible<T> = Result<T, Box<dyn Error>>;

/// The records of a desk, to be made one at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records {
    seed: u64,
    count: u64,
}

/// What all tickets have.
struct Common {
    id: RecordId,
    status: StateName,
    impact: Level,
    urgency: Level,
    service: Option<String>,
    cis: Vec<RecordId>,
    requester: Option<PersonId>,
    assignee: Option<PersonId>,
    team: Option<TeamId>,
    category: Option<String>,
    tags: Vec<String>,
    channel: Option<String>,
    opened_by: PersonId,
    span: Span,
    holds: Vec<Hold>,
    resolution: Option<Resolution>,
    description: Option<String>,
    links: Vec<Link>,
    notes: Vec<Note>,
    custom: Custom,
}

/// The points in time of a ticket's life.
#[derive(Clone, Copy)]
struct Span {
    opened: i64,
    updated: i64,
    started: Option<i64>,
    resolved: Option<i64>,
    closed: Option<i64>,
}

/// How far a ticket has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    New,
    Work,
    Hold,
    Resolved,
    Closed,
}

macro_rules! ticket {
    ($name:ident, $common:expr, $title:expr, { $($field:ident: $value:expr),* $(,)? }) => {{
        let common = $common;
        $name {
            id: common.id,
            title: $title,
            status: common.status,
            domain: None,
            impact: common.impact,
            urgency: common.urgency,
            priority: PriorityMatrix::default().priority(common.impact, common.urgency),
            priority_reason: None,
            $($field: $value,)*
            service: common.service,
            cis: common.cis,
            requester: common.requester,
            assignee: common.assignee,
            team: common.team,
            category: common.category,
            tags: common.tags,
            channel: common.channel,
            external_id: None,
            opened_at: Timestamp::from_seconds(common.span.opened),
            opened_by: common.opened_by,
            updated_at: Timestamp::from_seconds(common.span.updated),
            started_at: common.span.started.map(Timestamp::from_seconds),
            resolved_at: common.span.resolved.map(Timestamp::from_seconds),
            closed_at: common.span.closed.map(Timestamp::from_seconds),
            reopen_count: 0,
            holds: common.holds,
            resolution: common.resolution,
            description: common.description,
            approvals: Vec::new(),
            csat: None,
            tasks: Vec::new(),
            links: common.links,
            notes: common.notes,
            attachments: Vec::new(),
            custom: common.custom,
        }
    }};
}

impl Records {
    pub(crate) const fn new(seed: u64, count: u64) -> Self {
        Self { seed, count }
    }

    pub(crate) const fn count(self) -> u64 {
        self.count
    }

    /// The type of the record at `place`.
    pub(crate) const fn kind(place: u64) -> Kind {
        match place % GROUP {
            0 => Kind::Ci,
            4 | 20 => Kind::Request,
            8 => Kind::Problem,
            16 => Kind::Change,
            _ => Kind::Incident,
        }
    }

    /// The id of the record at `place`.
    pub(crate) fn id(self, place: u64) -> RecordId {
        self.born(place).0
    }

    /// The id, when it was opened, and the numbers for what else there is.
    fn born(self, place: u64) -> (RecordId, i64, Random) {
        let mut random = Random::of(self.seed, place);
        let slot = SPAN / i64::try_from(self.count.max(1)).unwrap_or(i64::MAX);
        let within = random.below(u64::try_from(slot.max(1)).unwrap_or(1));
        let opened = MOVED_AT - SPAN + slot * i64::try_from(place).unwrap_or_default();
        let opened = opened + i64::try_from(within).unwrap_or_default();
        let id = RecordId::new(Self::kind(place), part(opened, &mut random));
        (id, opened, random)
    }

    /// The record at `place`, which is below the desk's count.
    pub(crate) fn record(self, place: u64) -> Fallible<Record> {
        let (id, opened, mut random) = self.born(place);
        let mut record = match id.kind() {
            Kind::Ci => Record::Ci(self.ci(place, id, opened, &mut random)?),
            kind => self.ticket(kind, place, opened, &mut random)?,
        };
        record.normalise();
        Ok(record)
    }

    fn ticket(self, kind: Kind, place: u64, opened: i64, random: &mut Random) -> Fallible<Record> {
        let common = self.common(kind, place, opened, random)?;
        let ended = common.span.resolved.is_some();
        Ok(match kind {
            Kind::Request => {
                let offering = random.chance(60).then(|| random.usual(&text::TAGS).to_owned());
                Record::Request(ticket!(Request, common, text::wish(random), {
                    offering: offering,
                    answers: indexmap::IndexMap::new(),
                    required_approvals: Vec::new(),
                }))
            }
            Kind::Problem => {
                let cause = ended.then(|| text::paragraph(random, 2));
                let workaround = random.chance(50).then(|| text::paragraph(random, 1));
                let title = text::fault(random);
                Record::Problem(ticket!(Problem, common, title, {
                    known_error: false,
                    whys: Vec::new(),
                    cause: cause,
                    workaround: workaround,
                }))
            }
            Kind::Change => {
                let start = opened + DAY;
                let title = text::work(random);
                Record::Change(ticket!(Change, common, title, {
                    model: ChangeModel::Normal,
                    template: None,
                    risk_assessment: None,
                    risk: Some(if random.chance(80) { Risk::Low } else { Risk::Moderate }),
                    planned_start: Some(Timestamp::from_seconds(start)),
                    planned_end: Some(Timestamp::from_seconds(start + 2 * HOUR)),
                    accepted_conflicts: Vec::new(),
                    outcome: ended.then_some(ChangeOutcome::Successful),
                    implementation_plan: Some(text::paragraph(random, 3)),
                    test_plan: Some(text::paragraph(random, 1)),
                    backout_plan: Some(text::paragraph(random, 1)),
                    review: None,
                    deployment: None,
                    deploys: Vec::new(),
                    overrides: Vec::new(),
                    test_evidence: Vec::new(),
                }))
            }
            _ => {
                let escalation = u32::from(random.chance(5));
                let title = text::fault(random);
                Record::Incident(ticket!(Incident, common, title, {
                    escalation: escalation,
                    major: None,
                    review: None,
                }))
            }
        })
    }

    fn common(self, kind: Kind, place: u64, opened: i64, random: &mut Random) -> Fallible<Common> {
        let stage = stage(opened, random);
        let span = span(stage, opened, random);
        let requester = PersonId::new(text::requester(random))?;
        let worked = stage > Stage::New || random.chance(30);
        let assignee = worked.then(|| PersonId::new(random.usual(&text::AGENTS))).transpose()?;
        let agent = assignee.clone().unwrap_or_else(|| requester.clone());
        let resolution = match span.resolved {
            Some(_) => Some(Resolution {
                code: StateName::new(resolution_code(kind, random))?,
                by: agent.clone(),
                text: Some(text::paragraph(random, 2)),
            }),
            None => None,
        };
        Ok(Common {
            id: self.id(place),
            status: StateName::new(state(kind, stage))?,
            impact: level(random),
            urgency: level(random),
            service: Some(random.usual(&text::SERVICES).to_owned()),
            cis: if random.chance(40) { vec![self.nearby_ci(place, random)] } else { Vec::new() },
            requester: Some(requester.clone()),
            team: random.chance(90).then(|| TeamId::new(random.usual(&text::TEAMS))).transpose()?,
            category: Some(random.usual(&text::CATEGORIES).to_owned()),
            tags: (0..random.below(3)).map(|_| random.usual(&text::TAGS).to_owned()).collect(),
            channel: Some(random.usual(&text::CHANNELS).to_owned()),
            opened_by: requester,
            holds: holds(kind, stage, span, random)?,
            links: self.links(kind, place, random),
            notes: notes(&agent, span, random),
            description: Some(text::paragraph(random, 2 + place % 4)),
            custom: Custom::new(),
            assignee,
            resolution,
            span,
        })
    }

    fn ci(self, place: u64, id: RecordId, opened: i64, random: &mut Random) -> Fallible<Ci> {
        let class = random.usual(&["server", "workstation", "switch", "printer", "database"]);
        let retired = random.chance(10).then_some(opened + 30 * DAY).filter(|at| *at < MOVED_AT);
        let links = if place >= GROUP && random.chance(70) {
            vec![Link { rel: Relation::DependsOn, to: self.id(self.ci_before(place, random)) }]
        } else {
            Vec::new()
        };
        let lines = 1 + random.below(3);
        Ok(Ci {
            id,
            name: format!("{class}-{:05}", place / GROUP),
            class: class.to_owned(),
            status: StateName::new(if retired.is_some() { "retired" } else { "live" })?,
            domain: None,
            criticality: Some(match random.below(3) {
                0 => Criticality::High,
                1 => Criticality::Medium,
                _ => Criticality::Low,
            }),
            environment: Some(random.usual(&["production", "test", "development"]).to_owned()),
            service: Some(random.usual(&text::SERVICES).to_owned()),
            owner: Some(PersonId::new(random.usual(&text::AGENTS))?),
            team: Some(TeamId::new(random.usual(&text::TEAMS))?),
            location: Some(format!("room {}, rack {}", random.below(40), random.below(12))),
            version: Some(format!("{}.{}", 1 + random.below(12), random.below(10))),
            tags: (0..random.below(3)).map(|_| random.usual(&text::TAGS).to_owned()).collect(),
            external_id: None,
            opened_at: Timestamp::from_seconds(opened),
            opened_by: PersonId::new(random.usual(&text::AGENTS))?,
            updated_at: Timestamp::from_seconds(retired.unwrap_or(opened)),
            retired_at: retired.map(Timestamp::from_seconds),
            description: Some(text::paragraph(random, lines)),
            links,
            notes: Vec::new(),
            attachments: Vec::new(),
            custom: Custom::new(),
        })
    }

    /// The place of a configuration item before the one at `place`.
    fn ci_before(self, place: u64, random: &mut Random) -> u64 {
        random.below(place / GROUP) * GROUP
    }

    /// A configuration item that was there when the ticket at `place` came.
    fn nearby_ci(self, place: u64, random: &mut Random) -> RecordId {
        self.id(random.below(place / GROUP + 1) * GROUP)
    }

    /// What a ticket has to do with the problem or change before it.
    fn links(self, kind: Kind, place: u64, random: &mut Random) -> Vec<Link> {
        let group = place - place % GROUP;
        let (rel, to, percent) = match kind {
            Kind::Incident if place % GROUP > 8 => (Relation::CausedBy, group + 8, 10),
            Kind::Problem if group >= GROUP => (Relation::FixedBy, group + 16 - GROUP, 60),
            Kind::Request if place % GROUP > 16 => (Relation::ImplementedBy, group + 16, 20),
            _ => return Vec::new(),
        };
        match random.chance(percent) {
            true => vec![Link { rel, to: self.id(to) }],
            false => Vec::new(),
        }
    }
}

/// A ULID of this time, with fresh numbers.
pub(crate) fn part(seconds: i64, random: &mut Random) -> Ulid {
    let millis = u64::try_from(seconds).unwrap_or_default() * 1000 + random.below(1000);
    let bits = (u128::from(random.next()) << 64 | u128::from(random.next())) >> 48;
    Ulid::from_parts(millis, bits)
}

/// Old tickets are closed, all but a few; of the last month's, many are open.
fn stage(opened: i64, random: &mut Random) -> Stage {
    let recent = MOVED_AT - opened < 30 * DAY;
    let open = random.chance(if recent { 45 } else { 2 });
    match (open, random.below(10)) {
        (true, 0..3) => Stage::New,
        (true, 3..8) => Stage::Work,
        (true, _) => Stage::Hold,
        (false, 0..2) => Stage::Resolved,
        (false, _) => Stage::Closed,
    }
}

fn span(stage: Stage, opened: i64, random: &mut Random) -> Span {
    let mut after = |from: i64, longest: i64| {
        let wait = random.below(u64::try_from(longest).unwrap_or_default());
        (from + MINUTE + i64::try_from(wait).unwrap_or_default()).min(MOVED_AT)
    };
    let start = after(opened, 4 * HOUR);
    let resolve = after(start, 5 * DAY);
    let close = after(resolve, 7 * DAY);
    let started = (stage > Stage::New).then_some(start);
    let resolved = (stage >= Stage::Resolved).then_some(resolve);
    let closed = (stage == Stage::Closed).then_some(close);
    let updated = closed.or(resolved).or(started).unwrap_or(opened);
    Span { opened, updated, started, resolved, closed }
}

/// The state of a default workflow that fits the stage.
const fn state(kind: Kind, stage: Stage) -> &'static str {
    match (kind, stage) {
        (Kind::Change, Stage::Work) => "implement",
        (Kind::Change, Stage::Hold) => "scheduled",
        (Kind::Change, Stage::Resolved) => "review",
        (Kind::Problem, Stage::Work | Stage::Hold) => "root_cause_analysis",
        (Kind::Request, Stage::Resolved) => "fulfilled",
        (_, Stage::New) => "new",
        (_, Stage::Work) => "in_progress",
        (_, Stage::Hold) => "on_hold",
        (_, Stage::Resolved) => "resolved",
        (_, Stage::Closed) => "closed",
    }
}

fn resolution_code(kind: Kind, random: &mut Random) -> &'static str {
    match kind {
        Kind::Change => "successful",
        Kind::Problem => "fix_applied",
        Kind::Request => "fulfilled",
        _ => random.usual(&["fixed", "workaround", "no_fault_found", "duplicate"]),
    }
}

fn level(random: &mut Random) -> Level {
    match random.below(10) {
        0 => Level::High,
        1..4 => Level::Medium,
        _ => Level::Low,
    }
}

fn holds(kind: Kind, stage: Stage, span: Span, random: &mut Random) -> Fallible<Vec<Hold>> {
    if !matches!(kind, Kind::Incident | Kind::Request) {
        return Ok(Vec::new());
    }
    let from = span.started.unwrap_or(span.opened);
    let reason = StateName::new("awaiting_requester")?;
    let until = span.resolved.filter(|at| *at > from).map(Timestamp::from_seconds);
    let from = Timestamp::from_seconds(from);
    Ok(match stage {
        Stage::Hold => vec![Hold { reason, from, until: None }],
        Stage::Resolved | Stage::Closed if until.is_some() && random.chance(15) => {
            vec![Hold { reason, from, until }]
        }
        _ => Vec::new(),
    })
}

fn notes(agent: &PersonId, span: Span, random: &mut Random) -> Vec<Note> {
    let from = span.started.unwrap_or(span.opened);
    let count = i64::try_from(random.below(4)).unwrap_or_default();
    (0..count)
        .map(|nth| {
            let at = from + (span.updated - from) * nth / count;
            note(agent, at, random)
        })
        .collect()
}

/// A note by `by` at `at`.
pub(crate) fn note(by: &PersonId, at: i64, random: &mut Random) -> Note {
    let lines = 1 + random.below(2);
    Note {
        id: part(at, random),
        at: Timestamp::from_seconds(at),
        by: by.clone(),
        kind: if random.chance(70) { NoteKind::Work } else { NoteKind::Public },
        text: text::paragraph(random, lines),
    }
}
