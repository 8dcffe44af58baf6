//! What the desk does by itself as time passes: closing what was resolved long
//! ago, telling of service levels and approvals that run out, and its rules.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::error::unreadable;
use super::read::checked;
use super::write::{Describe, Work};
use super::{Session, approval, link, resolve, sla, update};
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{
    FieldKind, FieldSpec, Kind, Link, NoteKind, Patch, PersonId, Record, RecordId, StateCategory,
    TeamId, field_named, one_line, paragraph,
};
use crate::outcome::{Finding, Refused, Severity, Written};
use crate::policy::access::known_team;
use crate::policy::approval::Decision;
use crate::policy::rules::{Rule, RulesFile};
use crate::policy::{self, Inputs, Policy, closure, overriding};
use crate::query::{self, Filter, Row, SearchText, Selection, Test, eval};
use crate::store::Snapshot;

/// Where the desk's rules lie.
pub(super) const RULES: &str = ".gitsm/rules.yaml";
/// The action that ends what was resolved.
const CLOSE: &str = "close";

/// Does what is due, in one commit; nothing where nothing is.
///
/// What cannot be done to a record is told, and stops nothing else. Doing it
/// again changes nothing more: what was told is told once.
///
/// # Errors
///
/// The rules cannot be read, or the store cannot write.
pub fn tick(session: &Session, dry_run: bool) -> Result<Written, CommandError> {
    let rules = load(&session.snapshot()?)?;
    let describe = Describe { batch: Some("tick"), dry_run, ..Describe::default() };
    let mut unusable = Vec::new();
    let written = session.write(describe, |work| {
        unusable.clear();
        let mut tick = Tick { work, unusable: &mut unusable };
        tick.part(|tick| tick.close_resolved(&rules))?;
        tick.part(Tick::tell_of_commitments)?;
        tick.part(Tick::tell_of_approvals)?;
        tick.part(Tick::tell_of_overrides)?;
        tick.part(Tick::tell_of_reviews)?;
        for rule in &rules.rules {
            tick.part(|tick| tick.follow(rule))?;
        }
        Ok(())
    })?;
    Ok(Written { refused: unusable, ..written })
}

/// The rules of `snapshot`, or the usual ones.
fn load(snapshot: &Snapshot<'_>) -> Result<RulesFile, CommandError> {
    let Some(bytes) = snapshot.file(RULES)? else { return Ok(RulesFile::default()) };
    format::read_settings(RULES, &bytes).map_err(|error| unreadable(RULES, &error))
}

/// One run of [`tick`].
struct Tick<'t, 'a> {
    work: &'t mut Work<'a>,
    /// The settings that say nothing that could be done.
    unusable: &'t mut Vec<Refused>,
}

impl Tick<'_, '_> {
    /// Does one part of what is due. Settings that cannot be used stop this part
    /// alone.
    fn part(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        part(self).or_else(|error| self.told("", error))
    }

    /// Does the share of one record, wholly or not at all.
    fn share(
        &mut self,
        what: &str,
        id: RecordId,
        share: impl FnOnce(&mut Work<'_>) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        match self.work.step(share) {
            Ok(_) => Ok(()),
            Err(error) => {
                let named = error.message.contains(&id.short());
                let id = if named { String::new() } else { format!("{}: ", id.short()) };
                self.told(&format!("{what}{id}"), error)
            }
        }
    }

    /// Tells why something was not done, unless nothing at all can be.
    fn told(&mut self, before: &str, error: CommandError) -> Result<(), CommandError> {
        let CommandError { kind, message, hints } = error;
        match kind {
            ErrorKind::CannotWrite | ErrorKind::Git | ErrorKind::Internal => {
                return Err(CommandError { kind, message, hints });
            }
            ErrorKind::Invalid if message.starts_with(".gitsm/") => {
                // One bad file may be in the way of many records.
                if self.unusable.iter().all(|known| known.reason != message) {
                    let given = message.split(": ").next().unwrap_or_default().to_owned();
                    let (id, short, exit_code) = (None, None, kind.exit_code());
                    self.unusable.push(Refused {
                        given,
                        id,
                        short,
                        reason: message,
                        hints,
                        exit_code,
                    });
                }
            }
            _ => self.work.notices.push(format!("{before}{message}")),
        }
        Ok(())
    }

    /// Closes what was resolved so long ago that nobody will dispute it.
    fn close_resolved(&mut self, rules: &RulesFile) -> Result<(), CommandError> {
        let now = self.work.session.now();
        for kind in Kind::ALL.into_iter().filter(|kind| rules.closes_after(*kind).is_some()) {
            let is = Filter::Test(Test::State(StateCategory::Resolved));
            let filter = Filter::And(vec![Filter::Test(Test::Kind(kind)), is]);
            for id in found(self.work, &filter)? {
                self.share("", id, |work| {
                    let record = work.peek(id)?;
                    if rules.is_to_close(&record, work.policy.category_of(&record), now) {
                        act(work, id, CLOSE, &Inputs::default())?;
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// Notes, once, that a threshold of a service level was passed, and hands the
    /// record to the team that the service level names for it.
    fn tell_of_commitments(&mut self) -> Result<(), CommandError> {
        let session = self.work.session;
        let Some(terms) = sla::terms(self.work.snapshot, self.work.policy)? else { return Ok(()) };
        let query = query::parse("status:open (sla:at_risk or sla:breached)")?;
        let selection = checked(session, &query)?;
        let rows = session.index()?.select(&selection)?.rows;
        let ids: Vec<RecordId> = rows.into_iter().map(|row| row.id).collect();
        let mut all = sla::passed(session, &terms, &ids)?;
        for id in ids {
            let all = all.remove(&id).unwrap_or_default();
            self.share("", id, |work| tell_of_passed(work, id, all))?;
        }
        Ok(())
    }

    /// Notes, once, that nobody voted in time.
    fn tell_of_approvals(&mut self) -> Result<(), CommandError> {
        let session = self.work.session;
        let approvals = session.approvals()?;
        if !approvals.is_defined() {
            return Ok(());
        }
        for (id, _) in approval::votable(session)? {
            self.share("", id, |work| {
                let record = work.peek(id)?;
                let state = approvals.state(session, work.policy, &record);
                if state.decision == Decision::Expired {
                    // A new round of votes may run out as well.
                    let asked = state.asked_at.unwrap_or(record.opened_at());
                    let start =
                        format!("The time to approve it, asked for at {asked}, has run out");
                    once(work, id, &start, &format!("{start}."))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Notes, once, that what went on without leave was not approved in time.
    fn tell_of_overrides(&mut self) -> Result<(), CommandError> {
        let session = self.work.session;
        let query = query::parse("type:change model:emergency")?;
        let rows = session.index()?.select(&checked(session, &query)?)?.rows;
        let is_over = |row: &Row| row.state == StateCategory::Closed;
        for id in rows.into_iter().filter(|row| !is_over(row)).map(|row| row.id) {
            self.share("", id, |work| {
                let record = work.peek(id)?;
                let Record::Change(change) = &record else { return Ok(()) };
                let Some(last) = change.overrides.last() else { return Ok(()) };
                let approvals = work.approvals_of(&record)?;
                let state = approvals.state(session, work.policy, &record);
                if last.due <= session.now() && overriding::is_owed(change, &state) {
                    let start = format!(
                        "The time to approve the override of {}, until {}, has run out",
                        last.at, last.due
                    );
                    once(work, id, &start, &format!("{start}."))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Notes, once, that the time to write a review is over.
    fn tell_of_reviews(&mut self) -> Result<(), CommandError> {
        let session = self.work.session;
        let query = query::parse("type:change open_tasks:>0")?;
        let rows = session.index()?.select(&checked(session, &query)?)?.rows;
        let is_over = |row: &Row| row.state == StateCategory::Closed;
        for id in rows.into_iter().filter(|row| !is_over(row)).map(|row| row.id) {
            self.share("", id, |work| {
                let record = work.peek(id)?;
                let due = closure::review_task(&record).and_then(|task| task.due_at);
                if let Some(due) = due.filter(|due| *due <= session.now()) {
                    let text = format!("The review of this change was due {due}.");
                    once(work, id, &text, &text)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Carries a rule out on the records that it is for.
    fn follow(&mut self, rule: &Rule) -> Result<(), CommandError> {
        let filter = condition(self.work.session, self.work.policy, rule)?;
        let what = format!("rule {}: ", rule.name);
        for id in found(self.work, &filter)? {
            self.share(&what, id, |work| carry_out(work, rule, id))?;
        }
        Ok(())
    }
}

/// Notes, once, the thresholds that the record's commitments have passed.
fn tell_of_passed(
    work: &mut Work<'_>,
    id: RecordId,
    all: Vec<sla::Passed>,
) -> Result<(), CommandError> {
    let mut team = None;
    for passed in all {
        let start = format!(
            "Service level {} since {}: {} %",
            passed.name, passed.attached, passed.percent
        );
        let due = passed.due.map(|due| format!(", due {due}")).unwrap_or_default();
        let to = passed.team.as_ref().map(|team| format!(" It goes to {team}."));
        let to = to.unwrap_or_default();
        let text = format!("{start} used up at {}{due}.{to}", passed.at);
        if once(work, id, &start, &text)? {
            team = passed.team.or(team);
        }
    }
    // Of several at once the last one says where it goes.
    match team {
        Some(team) => escalate(work, id, &team),
        None => Ok(()),
    }
}

/// Hands an open record to a team, unless it is there already.
fn escalate(work: &mut Work<'_>, id: RecordId, team: &TeamId) -> Result<(), CommandError> {
    let record = work.peek(id)?;
    if record.team() != Some(team) && work.policy.category_of(&record).is_open() {
        let workflow = work.policy.workflow_of(&record);
        policy::escalate(workflow, work.record(id)?, team)?;
    }
    Ok(())
}

/// The records that match by now: what was committed, and what the work under
/// way has made of it.
fn found(work: &Work<'_>, filter: &Filter) -> Result<Vec<RecordId>, CommandError> {
    let session = work.session;
    let selection = Selection { filter: Some(filter.clone()), ..Selection::default() };
    let of_commitments = selection.asks_for_commitments();
    if of_commitments {
        sla::ensure_for(session, &selection)?;
    }
    let index = session.index()?;
    let changed: HashMap<RecordId, &Record> =
        work.changed().map(|record| (record.id(), record)).collect();
    let mut ids: Vec<RecordId> =
        index.contents(&selection)?.into_iter().map(|(id, _)| id).collect();
    ids.retain(|id| !changed.contains_key(id));
    for (id, record) in changed {
        let mut row = Row::new(record, work.policy.category_of(record));
        if of_commitments {
            // How these stand now is known when the work is done.
            row.promises = index.promises(&[id])?.pop().unwrap_or_default();
        }
        let text = || Cow::Owned(SearchText::of(record));
        let incoming: Vec<Link> =
            index.links_to(id)?.into_iter().map(|(to, rel)| Link { rel, to }).collect();
        if eval::matches(filter, &eval::Subject { row: &row, text: &text, incoming: &incoming }) {
            ids.push(id);
        }
    }
    ids.sort();
    Ok(ids)
}

/// Does to a record what `rule` says.
fn carry_out(work: &mut Work<'_>, rule: &Rule, id: RecordId) -> Result<(), CommandError> {
    let mut patches: Vec<Patch> =
        rule.set.iter().map(|(name, text)| Patch::Set(name.clone(), text.clone())).collect();
    if rule.set.contains_key("priority") && !rule.set.contains_key("priority_reason") {
        let reason = format!("rule {}", rule.name);
        patches.push(Patch::Set("priority_reason".to_owned(), reason));
    }
    if !patches.is_empty() {
        let mut record = work.peek(id)?;
        resolve::apply(work, &mut record, &patches)?;
        *work.record(id)? = record;
    }
    if rule.assign.is_some() || rule.team.is_some() {
        let person = rule.assign.as_ref().map(ToString::to_string);
        update::assign(work, id, person.as_deref(), rule.team.as_ref(), None)?;
    }
    for wanted in &rule.link {
        let (rel, inverse) = link::directed(&wanted.rel)?;
        let other = work.find(&wanted.to)?;
        let known = work.peek(id)?.links().contains(&Link { rel, to: other });
        let known = known || (inverse && has(work, other, Link { rel, to: id })?);
        if !known && other != id {
            link::add_link(work, id, rel, inverse, other)?;
        }
    }
    if let Some(action) = &rule.action {
        let inputs = Inputs { comment: rule.say.clone(), ..Inputs::default() };
        act(work, id, action.as_str(), &inputs)?;
    } else if let Some(text) = &rule.say {
        let start = format!("Rule {}:", rule.name);
        once(work, id, &start, &format!("{start} {text}"))?;
    }
    if !rule.notify.is_empty() {
        let people: Vec<&str> = rule.notify.iter().map(PersonId::as_str).collect();
        let start = format!("Rule {} tells {}", rule.name, people.join(", "));
        if once(work, id, &start, &format!("{start}."))? {
            let title = one_line(work.peek(id)?.title()).unwrap_or_default();
            work.notices.push(format!("{}: {}: {title}", people.join(", "), id.short()));
        }
    }
    Ok(())
}

fn has(work: &Work<'_>, id: RecordId, link: Link) -> Result<bool, CommandError> {
    Ok(work.peek(id)?.links().contains(&link))
}

/// Carries out a lifecycle action where the record's state offers it.
fn act(
    work: &mut Work<'_>,
    id: RecordId,
    action: &str,
    inputs: &Inputs,
) -> Result<(), CommandError> {
    let record = work.peek(id)?;
    if work.policy.workflow_of(&record).ways(action, &record).next().is_none() {
        return Ok(());
    }
    update::act(work, id, action, inputs)?;
    super::cascade::spread(work, id, &record)
}

/// Adds a system note unless there is one that begins with `start`; says whether
/// it did.
fn once(work: &mut Work<'_>, id: RecordId, start: &str, text: &str) -> Result<bool, CommandError> {
    let record: Record = work.peek(id)?;
    let start = paragraph(start).unwrap_or_default();
    let is_told = |text: &str| text.starts_with(start.trim_end());
    let system = record.notes().iter().filter(|note| note.kind == NoteKind::System);
    if system.map(|note| note.text.as_str()).any(is_told) {
        return Ok(false);
    }
    update::note(work, id, NoteKind::System, text)?;
    Ok(true)
}

fn condition(session: &Session, policy: &Policy, rule: &Rule) -> Result<Filter, CommandError> {
    approval::condition_of_settings(session, policy, &rule.when).map_err(|error| {
        let first = error.message.lines().next().unwrap_or_default();
        CommandError::invalid(format!("{RULES}: {}: {first}", rule.name))
            .hint("`gitsm check` names the line; mend it and run `gitsm commit`")
    })
}

/// Whether a field takes the text that a rule sets it to. What depends on the
/// time or on records is left to the tick.
fn fits(policy: &Policy, field: &FieldSpec, text: &str) -> Result<(), String> {
    match field.kind {
        FieldKind::Time | FieldKind::Records | FieldKind::Person => Ok(()),
        FieldKind::Team => TeamId::new(text)
            .map_err(|error| error.to_string())
            .and_then(|team| known_team(policy, &team).map_err(|error| error.to_string())),
        _ => field.value_of(text).map(drop).map_err(|error| error.to_string()),
    }
}

/// What is wrong with the desk's rules, given the bytes of their file.
pub(super) fn findings(
    session: &Session,
    policy: &Policy,
    bytes: &[u8],
) -> Result<Vec<Finding>, CommandError> {
    let finding = |line, rule, message| Finding {
        path: RULES.to_owned(),
        line,
        severity: Severity::Error,
        rule,
        message,
    };
    let file: RulesFile = match format::read_settings(RULES, bytes) {
        Ok(file) => file,
        Err(error) => {
            let message = error.told();
            return Ok(vec![finding(error.line, "settings-unreadable", message)]);
        }
    };
    let mut findings = Vec::new();
    let mut names = HashSet::new();
    for (at, rule) in file.rules.iter().enumerate() {
        let line = |part: &str| format::line_at(bytes, &format!("rules/{at}/{part}"));
        let mut say = |line, name, message: String| {
            findings.push(finding(line, name, format!("{}: {message}", rule.name)));
        };
        if !names.insert(&rule.name) {
            say(line("name"), "rule-twice", "there are two rules of this name".to_owned());
        }
        if rule.is_empty() {
            say(line("name"), "rule-empty", "it does nothing".to_owned());
        }
        if let Err(error) = approval::condition_of_settings(session, policy, &rule.when) {
            let first = error.message.lines().next().unwrap_or_default().to_owned();
            say(line("when"), "rule-condition", first);
        }
        for (name, text) in &rule.set {
            let place = line(&format!("set/{name}"));
            match field_named(name).filter(|field| field.editable) {
                Some(field) => {
                    if let Err(message) = fits(policy, field, text) {
                        say(place, "rule-value", message);
                    }
                }
                None if name.starts_with("custom.") => {}
                None => {
                    let message = format!("`{name}` is no field that can be set");
                    say(place, "rule-field", message);
                }
            }
        }
        if let Some(team) = &rule.team
            && let Err(error) = known_team(policy, team)
        {
            say(line("team"), "rule-team", error.to_string());
        }
        if let Some(action) = &rule.action {
            let offers = |workflow: &crate::policy::Workflow| {
                workflow.transitions.keys().any(|name| name == action)
            };
            if !policy.workflows.iter().any(offers) {
                say(line("do"), "rule-action", format!("no workflow has an action `{action}`"));
            }
        }
        for link in &rule.link {
            if let Err(error) = super::link::directed(&link.rel) {
                say(line("link"), "rule-link", error.message);
            }
            if let Err(error) = session.find(&link.to) {
                say(line("link"), "rule-link", error.message);
            }
        }
        for person in rule.notify.iter().chain(&rule.assign) {
            if !policy.is_open_desk() && policy.person(person).is_none() {
                let message = format!("there is no person `{person}` on this desk");
                say(line("notify").or(line("assign")), "rule-person", message);
            }
        }
    }
    Ok(findings)
}
