//! The desk under test beside the model of it, and what can be done to both.

use std::collections::{BTreeSet, HashMap};

use gitsm::format;
use gitsm::model::{
    DeskSettings, FORMAT_VERSION, Kind, Link, Note, NoteKind, Patch, Person, PersonId, Profile,
    Record, RecordId, Relation, StateName, Timestamp,
};
use gitsm::policy::approval::{self, ApprovalSettings};
use gitsm::policy::event::{RecordChange, action};
use gitsm::policy::roles::{self, Roles};
use gitsm::policy::{
    Inputs, Policy, PriorityMatrix, Scene, Workflow, Workflows, after_note, apply, defaults, graph,
    validate,
};
use ulid::Ulid;

use crate::dice::Dice;
use crate::shadow::Shadow;
use crate::telling::{allowed, flow_entry, leads, meaning};

/// Who acts: somebody of each role.
pub const PEOPLE: &str = "\
- {id: rita, name: Rita, roles: [requester]}
- {id: alan, name: Alan, roles: [agent]}
- {id: bea, name: Bea, roles: [agent]}
- {id: mona, name: Mona, roles: [manager]}
- {id: otto, name: Otto, roles: [auditor]}
";
pub const ACTORS: &[&str] = &["rita", "alan", "bea", "mona", "otto"];
pub const ACTIONS: &[&str] = &[
    "start",
    "hold",
    "resume",
    "resolve",
    "close",
    "reopen",
    "cancel",
    "submit",
    "approve",
    "reject",
    "fulfil",
    "assess",
    "investigate",
    "known_error",
    "fix",
    "accept_risk",
    "revise",
    "implement",
    "complete",
    "fail",
    "rollback",
    "regularise",
    "activate",
    "maintain",
    "retire",
];

/// The desk under test, and the model of it.
pub struct World {
    pub policy: Policy,
    pub records: Vec<Record>,
    pub shadows: HashMap<RecordId, Shadow>,
    pub models: HashMap<RecordId, &'static str>,
    /// The votes since they were last asked for: who, and whether for it.
    pub rounds: HashMap<RecordId, Vec<(String, bool)>>,
    pub now: i64,
    pub parts: u128,
}

pub fn flow(kind: Kind) -> Workflow {
    format::read_built_in(defaults::workflow(kind)).expect("a workflow")
}

pub fn policy() -> Policy {
    let people: Vec<Person> = format::read_built_in(PEOPLE).expect("people");
    Policy {
        settings: DeskSettings {
            format: FORMAT_VERSION,
            id: Ulid::nil(),
            name: "model".into(),
            trunk: "main".into(),
            time_zone: "UTC".into(),
            profile: Profile::Itsm,
            practices: Profile::Itsm.practices(),
            domains: indexmap::IndexMap::new(),
            custom_fields: indexmap::IndexMap::new(),
        },
        people,
        teams: Vec::new(),
        priorities: PriorityMatrix::default(),
        workflows: Workflows::new([], flow),
        roles: Roles::new(None, || format::read_built_in(defaults::ROLES).expect("roles")),
        models: gitsm::policy::template::Models::default(),
    }
}

impl World {
    pub fn new() -> Self {
        Self {
            policy: policy(),
            records: Vec::new(),
            shadows: HashMap::new(),
            models: HashMap::new(),
            rounds: HashMap::new(),
            now: 1_764_000_000,
            parts: 0,
        }
    }

    pub fn part(&mut self) -> Ulid {
        self.parts += 1;
        Ulid::from_parts(1_764_000_000_000, self.parts)
    }

    pub fn at(&self) -> Timestamp {
        Timestamp::from_seconds(self.now)
    }

    pub fn create(&mut self, dice: &mut Dice, actor: &PersonId) {
        let kind = *dice.pick(&Kind::ALL);
        let model = *dice.pick(&["normal", "standard", "emergency"]);
        let id = RecordId::new(kind, self.part());
        let entry = flow_entry(kind);
        let mut tree = serde_json::json!({
            "id": id, "status": entry, "opened_at": self.at(), "opened_by": actor,
            "updated_at": self.at(),
        });
        if kind == Kind::Ci {
            tree["name"] = format!("ci-{}", self.parts).into();
            tree["class"] = "server".into();
        } else {
            tree["title"] = "It does not work".into();
            tree["requester"] = "rita".into();
            for (field, value) in [("impact", "low"), ("urgency", "low"), ("priority", "P5")] {
                tree[field] = value.into();
            }
        }
        if kind == Kind::Change {
            tree["model"] = model.into();
            tree["risk"] = if dice.roll(3) == 0 { "high" } else { "low" }.into();
            if dice.roll(2) == 0 {
                tree["review"] = "It was too much at once.\n".into();
            }
            tree["planned_start"] = "2026-11-22T22:00:00Z".into();
            tree["planned_end"] = "2026-11-22T23:00:00Z".into();
        }
        if kind == Kind::Problem {
            tree["cause"] = "A bug.\n".into();
        }
        let record = Record::from_value(kind, tree).expect("a whole record");
        let may = self.judge(actor, None, &record);
        assert_eq!(may, allowed(actor.as_str(), "create", true, kind), "create by {actor}");
        if may {
            self.shadows.insert(id, Shadow::of(&record));
            self.models.insert(id, model);
            self.rounds.insert(id, Vec::new());
            self.records.push(record);
        }
    }

    /// What the roles say to a change that was made.
    pub fn judge(&self, actor: &PersonId, before: Option<&Record>, after: &Record) -> bool {
        let change = RecordChange { before, after };
        roles::may_change(&self.policy, actor, self.at(), &change).is_ok()
    }

    pub fn step(&mut self, dice: &mut Dice, actor: &PersonId, at: usize) {
        let name = *dice.pick(ACTIONS);
        let before = self.records[at].clone();
        let (id, kind) = (before.id(), before.kind());
        let said = dice.roll(4) > 0;
        let reason = (name == "hold" && dice.roll(5) > 0).then(|| {
            StateName::new(*dice.pick(&["awaiting_requester", "awaiting_vendor"])).expect("a word")
        });
        let inputs = Inputs {
            hold_reason: reason.clone(),
            comment: said.then(|| "Because.".to_owned()),
            ..Inputs::default()
        };
        let mut record = before.clone();
        let now = self.at();
        let mut parts = self.parts;
        let done = {
            let policy = &self.policy;
            let state = |record: &Record| {
                approval::state(record, &ApprovalSettings::default(), &[], policy, now)
            };
            let scene = Scene { actor, now, approvals: &state, policy: Some(policy) };
            let mut fresh = || {
                parts += 1;
                Ulid::from_parts(1_764_000_000_000, parts)
            };
            apply(policy.workflow_of(&before), &mut record, name, &inputs, &scene, &mut fresh)
        };
        self.parts = parts;
        let expected = self.expect(&before, name, actor, said, reason.as_ref());
        match (done, expected) {
            (Ok(()), Some(shadow)) => {
                assert_eq!(Shadow::of(&record), shadow, "{name} of {before:?}");
                if before.status() != record.status() {
                    let change = RecordChange { before: Some(&before), after: &record };
                    assert_eq!(action(&self.policy, &change), name);
                }
                assert!(self.judge(actor, Some(&before), &record), "{name} by {actor}");
                self.remember_votes(&before, name, actor, &shadow);
                self.shadows.insert(id, shadow);
                self.records[at] = record;
            }
            (Err(_), None) => assert_eq!(before, record, "a refusal changes nothing"),
            (Ok(()), None) => panic!("{name} by {actor} should be refused: {kind} {before:?}"),
            (Err(refusal), Some(_)) => panic!("{name} by {actor}: {refusal}\n{before:?}"),
        }
    }

    /// How the votes decide: the first that counts does. On changes the votes of
    /// those whose own matter it is do not count.
    pub fn verdict(&self, record: &Record) -> Option<bool> {
        let is_own = |name: &String| is_own_matter(record, name);
        let round = &self.rounds[&record.id()];
        round.iter().find(|(name, _)| !is_own(name)).map(|(_, verdict)| *verdict)
    }

    /// Keeps the vote that was cast, or begins anew where votes are asked for.
    pub fn remember_votes(
        &mut self,
        before: &Record,
        name: &str,
        actor: &PersonId,
        after: &Shadow,
    ) {
        let (id, kind) = (before.id(), before.kind());
        let model = self.models[&id];
        let waits = |state: &str| match kind {
            Kind::Request => matches!(state, "new" | "waiting_for_approval"),
            Kind::Change => model != "standard" && state == "authorize",
            _ => false,
        };
        let was = before.status().as_str();
        let over = self.verdict(before) == Some(false);
        let round = self.rounds.get_mut(&id).expect("known");
        if matches!(name, "approve" | "reject") {
            round.push((actor.to_string(), name == "approve"));
        } else if was != after.state && waits(&after.state) && (!waits(was) || over) {
            round.clear();
        }
    }

    /// The model's answer: the state after the action, or nothing if it is
    /// refused.
    pub fn expect(
        &self,
        before: &Record,
        name: &str,
        actor: &PersonId,
        said: bool,
        reason: Option<&StateName>,
    ) -> Option<Shadow> {
        let kind = before.kind();
        let mut shadow = self.shadows[&before.id()].clone();
        let mut to = leads(kind, self.models[&before.id()], &shadow.state, name)?;
        let votes = matches!(name, "approve" | "reject");
        // A change on hold stays where it is, or ends, or goes back.
        let is_held = kind == Kind::Change && shadow.held_for.is_some();
        let fits = match name {
            "hold" => !is_held,
            "resume" => is_held || kind != Kind::Change,
            "revise" | "cancel" => true,
            "reject" => !is_held || to == "new",
            _ => !is_held,
        };
        if !fits {
            return None;
        }
        let involved = [before.requester(), before.assignee()].contains(&Some(actor));
        if votes {
            // Whoever may vote, and on changes nobody whose own matter it is.
            if !matches!(actor.as_str(), "alan" | "bea" | "mona") {
                return None;
            }
            if is_own_matter(before, actor.as_str()) || self.verdict(before).is_some() {
                return None;
            }
        } else {
            let own = involved || before.opened_by() == actor;
            if !allowed(actor.as_str(), name, own, kind) {
                return None;
            }
        }
        let is_over = matches!(shadow.state.as_str(), "closed" | "cancelled");
        if kind == Kind::Problem && name == "reopen" && is_over && actor.as_str() != "mona" {
            return None;
        }
        if (kind, name) == (Kind::Change, "close") && !may_close(before, actor) {
            return None;
        }
        let waits_for_approval = match (kind, name) {
            (Kind::Request, "start" | "fulfil") => true,
            (Kind::Change, "implement") => self.models[&before.id()] != "standard",
            _ => false,
        };
        let is_unapproved = self.is_unapproved(before);
        if waits_for_approval && is_unapproved {
            return None;
        }
        // Work that is not approved does not go on; it is asked for anew.
        let goes_on = name == "resume" || name == "reopen" && shadow.state == "fulfilled";
        if kind == Kind::Request && goes_on && is_unapproved {
            to = "new";
        }
        let needs_words = matches!(
            name,
            "resolve"
                | "reopen"
                | "cancel"
                | "reject"
                | "revise"
                | "fail"
                | "rollback"
                | "regularise"
                | "accept_risk"
        );
        let asks = reason.is_some_and(|reason| reason.as_str() == "awaiting_requester");
        if (!said && (needs_words || asks)) || (name == "hold" && reason.is_none()) {
            return None;
        }
        if votes {
            shadow.votes += 1;
        }
        // What is said stands in the vote, in the resolution, or in a note.
        let to = if to.is_empty() { shadow.state.clone() } else { to.to_owned() };
        let (was, is) = (meaning(kind, &shadow.state), meaning(kind, &to));
        // What is said at the closing of what was resolved is no resolution.
        let ends = is != was && (is == 'r' || is == 'c' && was != 'r');
        let resolves = kind != Kind::Ci
            && (ends || matches!(name, "complete" | "fail" | "rollback" | "regularise"));
        if said && !votes && !resolves {
            shadow.notes += 1;
        }
        shadow.enter(kind, &to, reason.map(StateName::as_str));
        match name {
            "hold" if kind == Kind::Change => {
                shadow.holds += 1;
                shadow.held_for = reason.map(ToString::to_string);
            }
            "resume" => shadow.held_for = None,
            _ => {}
        }
        Some(shadow)
    }

    /// Whether votes were cast that do not come to an approval.
    fn is_unapproved(&self, record: &Record) -> bool {
        self.verdict(record) != Some(true) && !self.rounds[&record.id()].is_empty()
    }

    pub fn note(&mut self, dice: &mut Dice, actor: &PersonId, at: usize) {
        let before = self.records[at].clone();
        let kind = if dice.roll(2) == 0 { NoteKind::Public } else { NoteKind::Work };
        let (id, now) = (self.part(), self.at());
        let note = Note { id, at: now, by: actor.clone(), kind, text: "Something.\n".to_owned() };
        let mut record = before.clone();
        record.notes_mut().push(note.clone());
        let is_own = [before.requester(), before.assignee(), Some(before.opened_by())]
            .contains(&Some(actor));
        let may = self.judge(actor, Some(&before), &record);
        assert_eq!(may, allowed(actor.as_str(), "note", is_own, before.kind()), "note by {actor}");
        if !may {
            return;
        }
        let shadow = self.shadows.get_mut(&before.id()).expect("known");
        shadow.notes += 1;
        // Changes wait for nobody's answer but that of whoever took them off.
        let answers = shadow.held_for.as_deref() == Some("awaiting_requester")
            && before.kind() != Kind::Change
            && kind == NoteKind::Public
            && before.requester() == Some(actor);
        let workflow = self.policy.workflow_of(&before);
        let follows = after_note(workflow, &before, &note);
        assert_eq!(follows, answers.then_some("resume"));
        if let Some(follows) = follows {
            let to = if self.is_unapproved(&before) { "new" } else { "in_progress" };
            let shadow = self.shadows.get_mut(&before.id()).expect("known");
            shadow.enter(before.kind(), to, None);
            let shadow = shadow.clone();
            let follows = follows.to_owned();
            self.remember_votes(&before, &follows, actor, &shadow);
            let policy = &self.policy;
            let state = |record: &Record| {
                approval::state(record, &ApprovalSettings::default(), &[], policy, now)
            };
            let scene = Scene { actor, now, approvals: &state, policy: None };
            let mut fresh = || Ulid::nil();
            let workflow = policy.workflow_of(&before);
            apply(workflow, &mut record, &follows, &Inputs::default(), &scene, &mut fresh)
                .expect("the workflow offers it");
        }
        assert_eq!(Shadow::of(&record), self.shadows[&before.id()]);
        self.records[at] = record;
    }

    pub fn edit(&mut self, dice: &mut Dice, actor: &PersonId, at: usize) {
        let before = self.records[at].clone();
        if before.kind() == Kind::Ci {
            return;
        }
        let level = *dice.pick(&["low", "medium", "high"]);
        let mut record = before.clone();
        record.patch(&Patch::Set("impact".into(), level.into())).expect("a level");
        let same = before.impact() == record.impact();
        let may = self.judge(actor, Some(&before), &record);
        assert_eq!(may, same || allowed(actor.as_str(), "edit", true, before.kind()));
        assert!(validate::change(&self.policy, &before, &record).is_empty());
        if may {
            self.shadows.get_mut(&before.id()).expect("known").impact = level.to_owned();
            self.records[at] = record;
        }
    }

    pub fn assign(&mut self, dice: &mut Dice, actor: &PersonId, at: usize) {
        let before = self.records[at].clone();
        let person = (dice.roll(3) > 0).then(|| *dice.pick(ACTORS));
        let mut record = before.clone();
        record.set_assignee(person.map(|name| PersonId::new(name).expect("a name")));
        let same = before.assignee() == record.assignee();
        let may = self.judge(actor, Some(&before), &record);
        assert_eq!(may, same || allowed(actor.as_str(), "assign", true, before.kind()));
        if may {
            let shadow = self.shadows.get_mut(&before.id()).expect("known");
            shadow.assignee = person.map(str::to_owned);
            self.records[at] = record;
        }
    }

    pub fn link(&mut self, dice: &mut Dice, actor: &PersonId, at: usize) {
        let to = self.records[dice.roll(self.records.len())].id();
        let rel = *dice.pick(&[Relation::ChildOf, Relation::CausedBy, Relation::DuplicateOf]);
        let before = self.records[at].clone();
        if !rel.allows(before.kind(), to.kind()) || before.id() == to {
            return;
        }
        let look = |id: RecordId| {
            let shadow = self.shadows.get(&id);
            let links = shadow.into_iter().flat_map(|shadow| &shadow.links);
            let links: Vec<Link> = links.map(|(rel, to)| Link { rel: *rel, to: *to }).collect();
            Ok::<_, std::convert::Infallible>(links)
        };
        let Ok(checked) = graph::check(before.id(), rel, to, look);
        let circle = self.leads_back(rel, to, before.id());
        let full = rel.is_single()
            && self.shadows[&before.id()].links.iter().any(|(r, other)| *r == rel && *other != to);
        if checked.is_ok() {
            assert!(!(full || circle && rel.is_acyclic()), "{rel} from {} to {to}", before.id());
            let mut record = before.clone();
            let links = record.links_mut();
            let link = Link { rel, to };
            if links.contains(&link) {
                return;
            }
            links.push(link);
            links.sort();
            let may = self.judge(actor, Some(&before), &record);
            assert_eq!(may, allowed(actor.as_str(), "link", true, before.kind()));
            if may {
                self.shadows.get_mut(&before.id()).expect("known").links.insert((rel, to));
                self.records[at] = record;
            }
        } else {
            assert!(circle || full, "{rel} from {} to {to} was refused", before.id());
        }
    }

    /// Whether `rel` leads from `from` to `wanted`, over any number of records.
    pub fn leads_back(&self, rel: Relation, from: RecordId, wanted: RecordId) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![from];
        while let Some(id) = waiting.pop() {
            if id == wanted {
                return true;
            }
            if seen.insert(id) {
                let links = self.shadows.get(&id).into_iter().flat_map(|shadow| &shadow.links);
                waiting.extend(links.filter(|(r, _)| *r == rel).map(|(_, to)| *to));
            }
        }
        false
    }
}

/// Whether what is voted on is the person's own matter: they asked for it, carry it
/// out, or opened the change.
fn is_own_matter(record: &Record, person: &str) -> bool {
    let opener = (record.kind() == Kind::Change).then(|| record.opened_by());
    let mut people = [record.requester(), record.assignee(), opener].into_iter().flatten();
    matches!(record.kind(), Kind::Change | Kind::Request)
        && people.any(|one| one.as_str() == person)
}

/// Whether `actor` may close the change: one has learnt from it what there was
/// to learn, and what was risky is closed by somebody else than who did it.
fn may_close(before: &Record, actor: &PersonId) -> bool {
    let tree = before.to_value();
    let is = |field: &str, value: &str| tree.pointer(field).is_some_and(|found| *found == value);
    let is_risky = is("/risk", "high");
    let wants_review = is_risky
        || is("/outcome", "failed")
        || is("/outcome", "rolled_back")
        || is("/resolution/code", "unauthorised")
        || is("/model", "emergency");
    let did_it = is("/assignee", actor.as_str()) || is("/resolution/by", actor.as_str());
    !(wants_review && tree.get("review").is_none() || is_risky && did_it)
}
