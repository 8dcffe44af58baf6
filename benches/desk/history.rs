//! What happened to the records after the move: they move on through their
//! workflow, are written about, handed over and corrected.

use std::collections::HashMap;

use gitsm::format;
use gitsm::model::{DeskSettings, Kind, Level, PersonId, Record, StateName, TeamId, Timestamp};
use gitsm::policy::approval::{self, ApprovalSettings};
use gitsm::policy::event::{self, RecordChange};
use gitsm::policy::{self, Inputs, Policy, PriorityMatrix, Scene, Workflow, Workflows, defaults};

use super::random::Random;
use super::record::{MOVED_AT, Records, note, part};
use super::stream::{self, Author};
use super::{Fallible, text};

/// All of history lies in this many seconds after the move.
const SPAN: i64 = 365 * 24 * 3600;
/// Numbers for actions, apart from those of the records.
const ACTIONS: u64 = 1 << 40;

/// One action after another, each on the state that those before it left.
#[derive(Debug)]
pub(crate) struct History {
    records: Records,
    seed: u64,
    count: u64,
    policy: Policy,
    /// Where a record has changed since the move.
    changed: HashMap<u64, Record>,
}

impl History {
    /// `count` actions on `records`, under the rules of the desk at hand.
    pub(crate) fn new(records: Records, seed: u64, count: u64, desk: &str) -> Fallible<Self> {
        let settings: DeskSettings = format::read_settings("desk.yaml", desk.as_bytes())?;
        Ok(Self { records, seed, count, policy: policy(settings)?, changed: HashMap::new() })
    }

    /// The rules under which people act.
    pub(crate) fn into_policy(self) -> Policy {
        self.policy
    }

    /// The action at `place`, as a commit for fast-import.
    pub(crate) fn commit(
        &mut self,
        place: u64,
        branch: &str,
        from: Option<&str>,
    ) -> Fallible<String> {
        let mut random = Random::of(self.seed, ACTIONS + place);
        let at = SPAN / i64::try_from(self.count.max(1))? * i64::try_from(place)?;
        let at = MOVED_AT + 1 + at;
        let which = random.below(self.records.count());
        let before = match self.changed.remove(&which) {
            Some(record) => record,
            None => self.records.record(which)?,
        };
        let actor = PersonId::new(random.usual(&text::AGENTS))?;
        let mut after = before.clone();
        act(&self.policy, &mut after, &actor, at, &mut random)?;
        after.touch(Timestamp::from_seconds(at));
        let change = RecordChange { before: Some(&before), after: &after };
        let message = event::message(&self.policy, &[change], None, &actor);
        let author = Author { id: actor.as_str(), at };
        let mut text = stream::commit(branch, from, author, &message);
        text.push_str(&stream::file(&after.id().path(), &format::write_record(&after)?));
        self.changed.insert(which, after);
        Ok(text)
    }
}

/// Does what people do most: they move it on, write a note, give the ticket on,
/// or correct it.
fn act(
    policy: &Policy,
    record: &mut Record,
    actor: &PersonId,
    at: i64,
    random: &mut Random,
) -> Fallible<()> {
    // A record that is written about for years would outgrow what records are.
    let written_enough = record.notes().len() >= 12;
    match random.below(8) {
        0..3 if move_on(policy, record, actor, at, random) => {}
        3..5 if !written_enough => record.notes_mut().push(note(actor, at, random)),
        5 | 6 => {
            let next = PersonId::new(random.usual(&text::AGENTS))?;
            record.set_assignee(Some(next));
            record.set_team(Some(TeamId::new(random.usual(&text::TEAMS))?));
        }
        _ => correct(record, at),
    }
    Ok(())
}

/// Carries out one of the actions that its workflow offers; says whether there
/// was one that needs no more than words.
fn move_on(
    policy: &Policy,
    record: &mut Record,
    actor: &PersonId,
    at: i64,
    random: &mut Random,
) -> bool {
    let workflow = policy.workflow(record.kind());
    let offered: Vec<String> =
        policy::offered(workflow, record).into_iter().map(str::to_owned).collect();
    let Some(action) = offered.get(random.below(offered.len() as u64) as usize) else {
        return false;
    };
    let inputs = Inputs {
        hold_reason: StateName::new("awaiting_vendor").ok(),
        comment: (action != "close").then(|| text::work(random)),
        ..Inputs::default()
    };
    let now = Timestamp::from_seconds(at);
    let settings = ApprovalSettings::default();
    let approvals = |record: &Record| approval::state(record, &settings, &[], policy, now);
    let scene = Scene { actor, now, approvals: &approvals, policy: None };
    policy::apply(workflow, record, action, &inputs, &scene, &mut || part(at, random)).is_ok()
}

/// Makes a ticket the most or the least urgent; a configuration item has its
/// release put up.
fn correct(record: &mut Record, at: i64) {
    let urgency = match record.urgency() {
        Some(Level::Low) => Level::High,
        _ => Level::Low,
    };
    match record {
        Record::Incident(ticket) => ticket.urgency = urgency,
        Record::Request(ticket) => ticket.urgency = urgency,
        Record::Problem(ticket) => ticket.urgency = urgency,
        Record::Change(ticket) => ticket.urgency = urgency,
        Record::Ci(ci) => ci.version = Some(format!("{}.{}", at % 97, at % 89)),
    }
    if let Some(impact) = record.impact() {
        record.set_priority(PriorityMatrix::default().priority(impact, urgency));
    }
}

fn policy(settings: DeskSettings) -> Fallible<Policy> {
    let workflows = Kind::ALL
        .into_iter()
        .map(|kind| format::read_built_in(defaults::workflow(kind)))
        .collect::<Result<Vec<_>, _>>()?;
    let workflows = Workflows::new(workflows, Workflow::empty);
    Ok(Policy {
        settings,
        people: Vec::new(),
        teams: Vec::new(),
        priorities: PriorityMatrix::default(),
        workflows,
        roles: gitsm::policy::roles::Roles::new(None, gitsm::policy::roles::RoleSettings::default),
        models: gitsm::policy::template::Models::default(),
    })
}
