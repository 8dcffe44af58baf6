//! Carrying out an action on a record.

use ulid::Ulid;

use super::approval::{self, ApprovalState, Decision};
use super::choices::obstacle;
use super::guard::{self, GuardRefusal};
use super::held::{as_normal, check_model, closed_by};
use super::workflow::{HoldFlag, Vote, is_input};
use super::{Policy, Refusal, Transition, Workflow, closure, major, overriding, plan};
use crate::model::{
    Approval, DeskSettings, Hold, Kind, Note, NoteKind, Patch, PersonId, Practice, Record,
    Resolution, StateCategory, StateName, TeamId, Timestamp, Verdict, field_named, paragraph,
};

/// The field that a transition may fix and a person may give.
const CODE: &str = "resolution.code";

/// What a person gives with an action.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Why it is put on hold.
    pub hold_reason: Option<StateName>,
    /// How it ended.
    pub code: Option<StateName>,
    /// What is said: the resolution's text where the record ends, a note elsewhere.
    pub comment: Option<String>,
    /// Whether what is said may be read by the requester.
    pub public: bool,
    /// The step of the approval that a vote is for; all that are open, if none.
    pub step: Option<String>,
    /// Fields set along with the action.
    pub patches: Vec<Patch>,
}

/// Who acts, when, and what else the rules need to know.
pub struct Scene<'a> {
    pub actor: &'a PersonId,
    pub now: Timestamp,
    /// Where the approval of a record stands; see [`approval::state`].
    pub approvals: &'a dyn Fn(&Record) -> ApprovalState,
    /// Whose rules say who may act; none where it follows from something else
    /// that was allowed.
    pub policy: Option<&'a Policy>,
}

impl std::fmt::Debug for Scene<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scene").field("actor", &self.actor).finish_non_exhaustive()
    }
}

/// The actions that the workflow offers for `record` as it stands, by name.
pub fn offered<'a>(workflow: &'a Workflow, record: &'a Record) -> Vec<&'a str> {
    workflow
        .transitions
        .keys()
        .map(StateName::as_str)
        .filter(|action| workflow.ways(action, record).next().is_some())
        .collect()
}

/// Those of the [`offered`] actions that are open to whoever acts: they may,
/// where a vote is to be cast they have one, and no approval is missing.
pub fn open_to<'a>(workflow: &'a Workflow, record: &'a Record, scene: &Scene<'_>) -> Vec<&'a str> {
    let is_open =
        |action: &str, way: &Transition| obstacle(workflow, way, action, record, scene).is_none();
    let mut actions = offered(workflow, record);
    actions.retain(|action| workflow.ways(action, record).any(|way| is_open(action, way)));
    actions
}

/// Carries out `action` on `record`.
///
/// Besides what the transition says, its target's category decides (ITIL 4 and
/// the state models of ServiceNow and iTop agree on these): entering a hold
/// opens a span and leaving it ends the span; reaching a resolved or closed
/// state stamps the time; coming back from one counts as a reopening and clears
/// how it ended and was rated; the first state with work in it stamps the start.
///
/// A vote moves the state only when it decides; until then it is recorded and
/// the record stays where it is.
///
/// `fresh` yields ids for notes and votes.
///
/// # Errors
///
/// The workflow does not offer the action here, something is missing, or the
/// person has no vote. The record is then unchanged.
pub fn apply(
    workflow: &Workflow,
    record: &mut Record,
    action: &str,
    inputs: &Inputs,
    scene: &Scene<'_>,
    fresh: &mut dyn FnMut() -> Ulid,
) -> Result<(), Refusal> {
    let (actor, now) = (scene.actor, scene.now);
    let mut way = choose(workflow, record, action, scene)?;
    let mut next = record.clone();
    for patch in &inputs.patches {
        next.patch(patch)?;
    }
    // A standard change that is none is handed in as a normal one.
    let normal = as_normal(workflow, way, &next, scene);
    if let Some(normal) = &normal {
        way = choose(workflow, normal, action, scene)?;
        next = normal.clone();
    }
    let comment = inputs.comment.as_deref().and_then(paragraph);
    let decides = match way.vote {
        Some(vote) => cast(vote, &mut next, inputs, comment.as_ref(), scene, fresh)?,
        None => true,
    };
    let patches = way.patches(actor, now).into_iter();
    for patch in patches.filter(|patch| decides && patch.field() != CODE) {
        next.force(&patch)?;
    }
    let fixed_code = way.set.get(CODE).filter(|_| decides);
    let fixed_code = fixed_code.and_then(|code| StateName::new(code.as_str()).ok());
    let was = workflow.category(record.status());
    let target = way.to.as_ref().filter(|_| decides).unwrap_or(record.status());
    let will_be = workflow.category(target);
    let ends = was.is_open() && !will_be.is_open();

    let resolves = (ends && way.vote.is_none()) || fixed_code.is_some();
    if resolves {
        let code = inputs.code.as_ref().or(fixed_code.as_ref());
        resolve(workflow, &mut next, code, comment.clone(), scene)?;
    } else if let Some(code) = inputs.code.as_ref().filter(|_| !will_be.is_open()) {
        // Closing keeps who resolved it, and how in their words.
        known("resolution code", code, &workflow.resolution_codes, scene)?;
        let earlier = next.resolution().cloned();
        let unknown = || Resolution { code: code.clone(), by: actor.clone(), text: None };
        let resolution = earlier.map_or_else(unknown, |r| Resolution { code: code.clone(), ..r });
        next.set_resolution(Some(resolution));
    }
    let said_already = resolves && next.resolution().is_some_and(|r| r.text == comment);
    if let Some(text) = &comment
        && way.vote.is_none()
        && !said_already
    {
        let kind = if inputs.public { NoteKind::Public } else { NoteKind::Work };
        let note = Note { id: fresh(), at: now, by: actor.clone(), kind, text: text.clone() };
        next.notes_mut().push(note);
    }
    if let Some(reason) = &inputs.hold_reason {
        known("hold reason", reason, &workflow.hold_reasons, scene)?;
    }
    check_review(workflow, action, &next, was, will_be)?;
    closed_by(action, &next, was, will_be, scene)?;
    overriding::may_end(&next, action, was, will_be, scene.approvals)?;
    overriding::may_go(way.overridden, way.vote.is_some(), &next, action, now)?;
    check_needs(way, action, &next, comment.is_some(), inputs)?;
    if way.approved {
        check_approved(workflow, action, &next, scene)?;
    }
    check_model(workflow, action, record.status(), &next, target, scene)?;
    if way.vote.is_none() {
        tasks_over(&next, action, will_be)?;
    }
    let before = next.clone();
    enter(workflow, &mut next, target, inputs.hold_reason.as_ref(), now);
    if let Some(flag) = way.hold {
        hold(&mut next, flag, inputs.hold_reason.as_ref().unwrap_or(target), now);
    }
    if way.vote.is_none() {
        ask(workflow, &before, &mut next, scene, fresh);
    }
    closure::ask_for_review(&mut next, will_be, scene.policy, now);
    plan::ended(&mut next, was, will_be, actor, now);
    next.touch(now);
    *record = next;
    Ok(())
}

/// Records the vote of the acting person; says whether it decides as it says.
fn cast(
    vote: Vote,
    next: &mut Record,
    inputs: &Inputs,
    comment: Option<&String>,
    scene: &Scene<'_>,
    fresh: &mut dyn FnMut() -> Ulid,
) -> Result<bool, Refusal> {
    let state = (scene.approvals)(next);
    let (id, verdict) = (next.id(), vote.verdict());
    let ballots = approval::ballots(&state, id, scene.actor, verdict, inputs.step.as_deref())
        .map_err(|refusal| Refusal::Vote(Box::new(refusal)))?;
    for ballot in ballots {
        let text = comment.cloned();
        let approval = ballot.cast(&state, fresh(), scene.now, scene.actor, verdict, text);
        if let Some(approvals) = next.approvals_mut() {
            approvals.push(approval);
        }
    }
    let decision = (scene.approvals)(next).decision;
    Ok(match vote {
        Vote::Approve => decision == Decision::Approved,
        Vote::Reject => decision == Decision::Rejected,
    })
}

/// Whether a major incident, or a change of which one has to learn, has its
/// review, before it is closed.
pub(super) fn check_review(
    workflow: &Workflow,
    action: &str,
    next: &Record,
    was: StateCategory,
    will_be: StateCategory,
) -> Result<(), Refusal> {
    let (id, action) = (next.id(), action.to_owned());
    if let Some(why) = closure::unreviewed(next, was, will_be) {
        return Err(Refusal::Unreviewed { id, action, why });
    }
    match major::unreviewed(workflow, next, was, will_be) {
        None => Ok(()),
        Some(major::Unreviewed::Missing) => {
            Err(Refusal::Missing { id, action, what: "review".to_owned() })
        }
        Some(major::Unreviewed::Unresolved) => Err(Refusal::MajorIncident { id, action }),
    }
}

fn check_approved(
    workflow: &Workflow,
    action: &str,
    next: &Record,
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    let state = (scene.approvals)(next);
    if state.is_satisfied() { Ok(()) } else { Err(not_approved(workflow, action, next, &state)) }
}

/// The refusal of an action that approvals are missing for.
pub(super) fn not_approved(
    workflow: &Workflow,
    action: &str,
    record: &Record,
    state: &ApprovalState,
) -> Refusal {
    let (id, action) = (record.id(), action.to_owned());
    let ask_by = workflow.asks_by(record).cloned();
    Refusal::NotApproved { id, action, reason: state.in_words(), ask_by }
}

/// Notes from when on votes are asked for, where the record begins to wait for
/// votes and that matters: because definitions apply, or because it has votes
/// already, which are spent now (ServiceNow: "revert to new" restarts the
/// approvals of a change).
pub(super) fn ask(
    workflow: &Workflow,
    before: &Record,
    next: &mut Record,
    scene: &Scene<'_>,
    fresh: &mut dyn FnMut() -> Ulid,
) {
    if before.status() == next.status() || !workflow.waits_for_votes(next) {
        return;
    }
    let state = (scene.approvals)(before);
    let has_votes = state.counted + state.uncounted.len() > 0;
    let began = !workflow.waits_for_votes(before);
    let over = matches!(state.decision, Decision::Rejected | Decision::Expired);
    let first = state.is_defined && state.counted == 0;
    if !(first || has_votes && (began || over)) {
        return;
    }
    let asked = Approval {
        id: fresh(),
        at: scene.now,
        by: scene.actor.clone(),
        on_behalf_of: None,
        verdict: Verdict::Asked,
        step: None,
        digest: None,
        text: None,
    };
    if let Some(approvals) = next.approvals_mut() {
        approvals.push(asked);
    }
}

/// Hands a record to the next support level: another team, with nobody assigned
/// yet; an incident counts how often. The state stays.
///
/// # Errors
///
/// Work on it has ended. The record is then unchanged.
pub fn escalate(workflow: &Workflow, record: &mut Record, team: &TeamId) -> Result<(), Refusal> {
    if !workflow.category(record.status()).is_open() {
        let (id, status) = (record.id(), record.status().clone());
        return Err(Refusal::NotOpen { id, status });
    }
    if let Record::Incident(incident) = record {
        incident.escalation = incident.escalation.saturating_add(1);
    }
    record.set_team(Some(team.clone()));
    record.set_assignee(None);
    Ok(())
}

/// Whether the guards of `way` let the acting person through.
pub(super) fn guarded(
    way: &Transition,
    action: &str,
    record: &Record,
    scene: &Scene<'_>,
) -> Result<(), GuardRefusal> {
    scene
        .policy
        .map_or(Ok(()), |policy| guard::check(policy, way, action, record, scene.actor, scene.now))
}

/// Whether `before` may have become `after` by `way`, as somebody who edits the
/// file by hand has it: the guards hold, what is needed is there, and so is the
/// approval.
pub(super) fn retold(
    workflow: &Workflow,
    way: &Transition,
    action: &str,
    before: &Record,
    after: &Record,
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    guarded(way, action, before, scene)?;
    let resolution = |record: &Record| record.resolution().and_then(|r| r.text.clone());
    let said = after.notes().len() > before.notes().len()
        || after.approvals().len() > before.approvals().len()
        || (resolution(after).is_some() && resolution(after) != resolution(before));
    let hold_reason = after.holds().last().filter(|hold| hold.until.is_none());
    let inputs =
        Inputs { hold_reason: hold_reason.map(|hold| hold.reason.clone()), ..Inputs::default() };
    // A state that is a hold by itself is its own reason.
    if after.holds() != before.holds()
        && let Some(reason) = &inputs.hold_reason
        && reason != after.status()
    {
        known("hold reason", reason, &workflow.hold_reasons, scene)?;
    }
    check_needs(way, action, after, said, &inputs)?;
    let category = |record: &Record| workflow.category(record.status());
    // It does not help to call it something else at the same time.
    let judged =
        if major::is_promoted(before) && !major::is_promoted(after) { before } else { after };
    check_review(workflow, action, judged, category(before), category(after))?;
    closed_by(action, before, category(before), category(after), scene)?;
    overriding::may_end(after, action, category(before), category(after), scene.approvals)?;
    overriding::may_go(way.overridden, way.vote.is_some(), before, action, scene.now)?;
    check_model(workflow, action, before.status(), after, after.status(), scene)?;
    if way.approved { check_approved(workflow, action, after, scene) } else { Ok(()) }
}

/// Picks the transition, or explains why there is none.
fn choose<'a>(
    workflow: &'a Workflow,
    record: &'a Record,
    action: &str,
    scene: &Scene<'_>,
) -> Result<&'a Transition, Refusal> {
    let mut refused = None;
    let mut open = Vec::new();
    for way in workflow.ways(action, record) {
        match guarded(way, action, record, scene) {
            Ok(()) => open.push(way),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    match &open[..] {
        [] => Err(refused.map_or_else(|| not_offered(workflow, record, action), Refusal::from)),
        [way] => Ok(way),
        // What is not approved may have a way of its own.
        [first, ..] => {
            let is_approved = std::cell::LazyCell::new(|| (scene.approvals)(record).is_satisfied());
            Ok(open.iter().copied().find(|way| !way.approved || *is_approved).unwrap_or(first))
        }
    }
}

/// Why the workflow does not offer `action` for the record as it stands.
pub(super) fn not_offered(workflow: &Workflow, record: &Record, action: &str) -> Refusal {
    let Some(ways) = workflow.transitions.get(action) else {
        return Refusal::NoSuchAction { kind: record.kind(), action: action.to_owned() };
    };
    // What an override alone would open is no way for others.
    let is_overridden = overriding::of(record).is_some();
    let ways: Vec<&Transition> =
        ways.iter().filter(|way| !way.overridden || is_overridden).collect();
    let mut here = ways.iter().filter(|way| way.from.contains(record.status()));
    if let Some(way) = here.find(|way| way.is_for(record)) {
        let hold = record.holds().last().filter(|_| workflow.is_held(record));
        if let Some(Hold { reason, .. }) = hold {
            let (id, reason) = (record.id(), reason.clone());
            return Refusal::OnHold { id, action: action.to_owned(), reason };
        }
        if way.hold == Some(HoldFlag::End) {
            return Refusal::NotOnHold { id: record.id() };
        }
    }
    if let Record::Change(change) = record
        && ways.iter().any(|way| way.from.contains(record.status()))
    {
        let (id, model) = (record.id(), change.model.to_string());
        return Refusal::WrongModel { id, action: action.to_owned(), model };
    }
    let mut from: Vec<&str> = Vec::new();
    for state in ways.iter().flat_map(|way| &way.from) {
        if !from.contains(&state.as_str()) {
            from.push(state.as_str());
        }
    }
    Refusal::WrongState {
        id: record.id(),
        action: action.to_owned(),
        status: record.status().clone(),
        from: from.join(", "),
    }
}

fn known(
    what: &'static str,
    given: &StateName,
    choices: &[StateName],
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    if choices.is_empty() || choices.contains(given) {
        return Ok(());
    }
    let is_used =
        |choice: &&StateName| scene.policy.is_none_or(|policy| is_of_use(&policy.settings, choice));
    let choices = choices.iter().filter(is_used).cloned().collect();
    Err(Refusal::UnknownWord { what, given: given.clone(), choices })
}

/// Whether a hold reason or resolution code means something on the desk:
/// `awaiting_change` does only where there are changes.
pub fn is_of_use(settings: &DeskSettings, word: &StateName) -> bool {
    let about = word.as_str().rsplit('_').next().unwrap_or_default();
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == about);
    kind.is_none_or(|kind| settings.uses(Practice::of(kind)))
}

/// Notes how the record ended, where there is something to note.
fn resolve(
    workflow: &Workflow,
    record: &mut Record,
    given: Option<&StateName>,
    text: Option<String>,
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    let actor = scene.actor;
    if let Some(code) = given {
        known("resolution code", code, &workflow.resolution_codes, scene)?;
    }
    let earlier = record.resolution().cloned();
    let code = given
        .cloned()
        .or_else(|| earlier.as_ref().map(|resolution| resolution.code.clone()))
        .or_else(|| workflow.resolution_codes.first().cloned());
    let Some(code) = code else { return Ok(()) };
    let nothing_new = given.is_none() && text.is_none();
    let resolution = match earlier {
        // Closing what was resolved keeps who resolved it and how.
        Some(earlier) if nothing_new => earlier,
        Some(earlier) => Resolution { code, by: actor.clone(), text: text.or(earlier.text) },
        None => Resolution { code, by: actor.clone(), text },
    };
    record.set_resolution(Some(resolution));
    Ok(())
}

fn check_needs(
    way: &Transition,
    action: &str,
    next: &Record,
    has_comment: bool,
    inputs: &Inputs,
) -> Result<(), Refusal> {
    let reason = inputs.hold_reason.as_ref().filter(|reason| way.explain.contains(reason));
    if let Some(reason) = reason
        && !has_comment
    {
        let what = format!("comment with the reason {reason}");
        return Err(Refusal::Missing { id: next.id(), action: action.to_owned(), what });
    }
    let tree = next.to_value();
    for need in &way.needs {
        let given = match need.as_str() {
            "comment" => has_comment,
            "hold_reason" => inputs.hold_reason.is_some(),
            field => tree
                .pointer(&format!("/{}", field.replace('.', "/")))
                .is_some_and(|value| !value.is_null()),
        };
        if !given {
            debug_assert!(is_input(need) || field_named(need).is_some());
            return Err(Refusal::Missing {
                id: next.id(),
                action: action.to_owned(),
                what: need.clone(),
            });
        }
    }
    Ok(())
}

/// A request is not fulfilled while tasks of it are open.
fn tasks_over(record: &Record, action: &str, will_be: StateCategory) -> Result<(), Refusal> {
    if record.kind() != Kind::Request || will_be != StateCategory::Resolved {
        return Ok(());
    }
    let tasks: Vec<String> = plan::unfinished(record).map(|task| task.id.to_string()).collect();
    if tasks.is_empty() {
        return Ok(());
    }
    Err(Refusal::OpenTasks { id: record.id(), action: action.to_owned(), tasks })
}

/// Begins or ends a hold that leaves the state as it is.
fn hold(record: &mut Record, flag: HoldFlag, reason: &StateName, now: Timestamp) {
    let Some(holds) = record.holds_mut() else { return };
    match (flag, holds.last_mut()) {
        (HoldFlag::Begin, _) => {
            holds.push(Hold { reason: reason.clone(), from: now, until: None });
        }
        (HoldFlag::End, Some(hold)) => hold.until = Some(now),
        (HoldFlag::End, None) => {}
    }
}

/// Moves the record to `target` and keeps the times of its life.
pub(super) fn enter(
    workflow: &Workflow,
    record: &mut Record,
    target: &StateName,
    hold_reason: Option<&StateName>,
    now: Timestamp,
) {
    let was = workflow.category(record.status());
    let moved = record.status() != target;
    record.set_status(target.clone());
    if !moved {
        return;
    }
    let is = workflow.category(target);
    if let Some(holds) = record.holds_mut() {
        if let Some(hold) = holds.last_mut()
            && hold.until.is_none()
        {
            hold.until = Some(now);
        }
        if is == StateCategory::Hold {
            let reason = hold_reason.unwrap_or(target).clone();
            holds.push(Hold { reason, from: now, until: None });
        }
    }
    if is.is_open() && !was.is_open() {
        record.count_reopening();
        record.set_resolved_at(None);
        record.set_closed_at(None);
        record.set_resolution(None);
        // The next resolution is rated anew; history keeps this answer.
        record.set_csat(None);
        if let Record::Incident(incident) = record {
            incident.review = None;
        }
    }
    if workflow.states.get(target).is_some_and(|state| state.work) && record.started_at().is_none()
    {
        record.set_started_at(Some(now));
    }
    match is {
        StateCategory::Resolved => {
            record.set_resolved_at(Some(now));
            record.set_closed_at(None);
        }
        StateCategory::Closed => record.set_closed_at(Some(now)),
        StateCategory::Open | StateCategory::Hold => {}
    }
}
