//! Definitions made ready: conditions checked, calendars found.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use super::file::{Cancel, CommitmentKind, DefinitionFile, SlaFile, ZoneSource};
use super::life::Moment;
use super::target::{DueField, Target};
use crate::model::{CommitmentName, CustomType, PersonId, Priority, TeamId, Timestamp, Zone};
use crate::policy::calendar::{Calendar, CalendarError, Calendars};
use crate::policy::{Policy, access};
use crate::query::{self, Context, Filter, LengthField, SearchText, Test, eval};

/// What is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {key}: {message}")]
pub struct SlaError {
    pub name: CommitmentName,
    /// The key of the definition that is at fault.
    pub key: &'static str,
    pub message: String,
    pub hint: Option<String>,
}

/// A condition on a record as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(pub(super) Filter);

impl Condition {
    /// Whether it holds at `moment`.
    pub fn holds(&self, moment: &Moment) -> bool {
        let text = || Cow::Owned(SearchText::default());
        let subject = eval::Subject { row: &moment.row, text: &text, incoming: &[] };
        eval::matches(&self.0, &subject)
    }
}

/// One definition, ready to be used.
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: CommitmentName,
    pub file: DefinitionFile,
    pub when: Condition,
    pub pause: Option<Condition>,
    pub resume: Option<Condition>,
    pub stop: Option<Condition>,
    pub reset: Option<Condition>,
    pub cancel: Option<Condition>,
    /// When it begins and ends to be attached.
    pub(super) valid: (Option<Timestamp>, Option<Timestamp>),
    /// The calendar in its own zone.
    pub(super) calendar: Rc<Calendar>,
}

/// All definitions of a desk, ready to be used.
#[derive(Clone, Debug)]
pub struct Terms {
    pub definitions: Vec<Definition>,
    pub calendars: Calendars,
    people: HashMap<PersonId, String>,
    teams: HashMap<TeamId, String>,
}

impl Terms {
    /// The definitions of `file` with the desk's calendars and people.
    ///
    /// # Errors
    ///
    /// All that is wrong, in the order of the file.
    pub fn new(
        file: &SlaFile,
        calendars: Calendars,
        policy: &Policy,
    ) -> Result<Self, Vec<SlaError>> {
        let mut definitions = Vec::with_capacity(file.commitments.len());
        let mut errors = Vec::new();
        for (name, file) in &file.commitments {
            match definition(name, file, &calendars, policy) {
                Ok(definition) => definitions.push(definition),
                Err(mut wrong) => errors.append(&mut wrong),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        // A zone that does not exist is the business of `gitsm check`.
        let known = |zone: &Option<String>| zone.clone().filter(|zone| Zone::named(zone).is_some());
        let people = policy.people.iter();
        let people = people.filter_map(|each| Some((each.id.clone(), known(&each.time_zone)?)));
        let teams = policy.teams.iter();
        let teams = teams.filter_map(|each| Some((each.id.clone(), known(&each.time_zone)?)));
        Ok(Self { definitions, calendars, people: people.collect(), teams: teams.collect() })
    }

    /// Whether no commitment stays open on a record that is done or dropped.
    pub fn end_with_records(&self) -> bool {
        let ends = |definition: &Definition| {
            let file = &definition.file;
            let usual = definition.stop.is_none() && definition.cancel.is_none();
            usual && file.cancel_on != Cancel::Never
        };
        self.definitions.iter().all(ends)
    }

    /// The calendar by which `definition` counts for a record.
    pub fn calendar(&self, definition: &Definition, moment: &Moment) -> Rc<Calendar> {
        let zone = match &definition.file.time_zone {
            ZoneSource::Calendar | ZoneSource::Named(_) => None,
            ZoneSource::Requester => {
                moment.row.requester.as_ref().and_then(|person| self.people.get(person))
            }
            ZoneSource::Team => moment.row.team.as_ref().and_then(|team| self.teams.get(team)),
        };
        let moved = zone.and_then(|zone| {
            self.calendars.get(definition.file.calendar.as_ref(), Some(zone)).ok()
        });
        moved.unwrap_or_else(|| Rc::clone(&definition.calendar))
    }
}

impl Definition {
    /// Whether it can be attached at `at`.
    pub(super) fn is_valid(&self, at: Timestamp) -> bool {
        let (from, until) = self.valid;
        from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
    }

    /// The team to which a record goes when `percent` of the target is used up.
    pub fn escalates_to(&self, percent: u16) -> Option<&TeamId> {
        self.file.escalate.iter().find(|each| each.at == percent).map(|each| &each.team)
    }

    /// The target of the record, with the time in the field it may wait for.
    pub(super) fn goal(&self, moment: &Moment) -> Option<(&Target, Option<Timestamp>)> {
        let priority: Option<Priority> = moment.row.priority;
        let target = self.file.target.of(priority)?;
        let field = match target {
            Target::Until(field) => field.of(&moment.row),
            _ => None,
        };
        Some((target, field))
    }

    /// Whether time counts from before it was attached.
    pub(super) fn counts_back(&self) -> bool {
        let usual = self.file.kind != CommitmentKind::Contract;
        self.file.retroactive_start.unwrap_or(usual)
    }
}

fn definition(
    name: &CommitmentName,
    file: &DefinitionFile,
    calendars: &Calendars,
    policy: &Policy,
) -> Result<Definition, Vec<SlaError>> {
    let mut errors = Vec::new();
    let mut wrong = |key, message: String, hint: Option<String>| {
        errors.push(SlaError { name: name.clone(), key, message, hint });
    };
    let mut read = |key, text: Option<&String>| match condition(text?, policy) {
        Ok(condition) => Some(condition),
        Err((message, hint)) => {
            wrong(key, message, hint);
            None
        }
    };
    let when = read("when", Some(&file.when));
    let pause = read("pause", file.pause.as_ref());
    let resume = read("resume", file.resume.as_ref());
    let stop = read("stop", file.stop.as_ref());
    let reset = read("reset", file.reset.as_ref());
    let cancel = read("cancel", file.cancel.as_ref());
    for target in file.target.all() {
        let Target::Until(DueField::Custom(field)) = target else { continue };
        let custom = policy.settings.custom_fields.get(field.as_str());
        if custom.is_none_or(|custom| custom.custom_type != CustomType::Time) {
            let message = format!("the desk has no own field `{field}` that holds a time");
            let hint = "name one with `type: time` under custom_fields in .gitsm/desk.yaml";
            wrong("target", message, Some(hint.to_owned()));
        }
    }
    if file.target.all().is_empty() {
        wrong("target", "the table has no target".to_owned(), None);
    }
    let in_order = file.thresholds.windows(2).all(|pair| pair[0] < pair[1]);
    let in_range = file.thresholds.iter().all(|percent| (1..=1_000).contains(percent));
    if !in_order || !in_range {
        let message = "the percentages go upwards, from 1 to 1000 at most".to_owned();
        wrong("thresholds", message, Some("for example `[75, 100]`".to_owned()));
    }
    for (at, escalation) in file.escalate.iter().enumerate() {
        let percent = escalation.at;
        if !file.thresholds.contains(&percent) {
            let message = format!("{percent} is not among the thresholds");
            wrong("escalate", message, Some("add it there".to_owned()));
        }
        if file.escalate.iter().take(at).any(|other| other.at == percent) {
            wrong("escalate", format!("there are two for {percent} percent"), None);
        }
        if let Err(error) = access::known_team(policy, &escalation.team) {
            wrong("escalate", error.to_string(), error.hint());
        }
    }
    let zone = match &file.time_zone {
        ZoneSource::Named(zone) => Some(zone.as_str()),
        _ => None,
    };
    let calendar = match calendars.get(file.calendar.as_ref(), zone) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            let is_zone = matches!(error, CalendarError::UnknownZone { .. }) && zone.is_some();
            let hint = error.hint();
            wrong(if is_zone { "time_zone" } else { "calendar" }, error.to_string(), hint);
            None
        }
    };
    if let (Some(from), Some(until)) = (file.valid_from, file.valid_until)
        && until <= from
    {
        wrong("valid_until", "it ends before it begins".to_owned(), None);
    }
    match (when, calendar) {
        (Some(when), Some(calendar)) if errors.is_empty() => {
            let day = |day: Option<super::file::Day>| {
                day.and_then(|day| calendar.instant(day.0, chrono::NaiveTime::MIN))
            };
            let valid = (day(file.valid_from), day(file.valid_until));
            let (name, file) = (name.clone(), file.clone());
            Ok(Definition { name, file, when, pause, resume, stop, reset, cancel, valid, calendar })
        }
        _ => Err(errors),
    }
}

/// Reads a condition: a query about the record alone, which means the same to
/// everybody at any time.
fn condition(text: &str, policy: &Policy) -> Result<Condition, (String, Option<String>)> {
    let told = |error: query::QueryError| {
        let hint = error.hint().map(str::to_owned);
        (format!("`{text}`: {error}"), hint)
    };
    let query = query::parse(text).map_err(told)?;
    let no = |what: &str| {
        let hint = "a condition is about the record as it stands, whoever asks and whenever";
        Err((format!("`{text}`: {what} here"), Some(hint.to_owned())))
    };
    if query.names_views() {
        return no("views cannot be used");
    }
    if !query.sort.is_empty() || query.limit.is_some() {
        return no("an order or a limit means nothing");
    }
    let at = |seconds| Context { now: Timestamp::from_seconds(seconds), me: None };
    let early = query::check(&query, &at(1_000_000_000), policy).map_err(told)?;
    let late = query::check(&query, &at(2_000_000_000), policy).map_err(told)?;
    if early.filter != late.filter {
        return no("times that depend on now cannot be used");
    }
    match early.filter {
        None => no("an empty condition cannot be used"),
        Some(filter) => match refused(&filter) {
            Some(what) => no(what),
            None => Ok(Condition(filter)),
        },
    }
}

/// What a condition cannot be about.
fn refused(filter: &Filter) -> Option<&'static str> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().find_map(refused),
        Filter::Not(inner) => refused(inner),
        Filter::Test(test) => match test {
            Test::Phrase(_) => Some("words of the text cannot be looked for"),
            Test::Sla(_) | Test::Due(_) => Some("what other commitments do cannot be used"),
            Test::Link(_) => Some("relations cannot be used"),
            Test::Length(LengthField::OnHold(_), _) => {
                Some("times that depend on now cannot be used")
            }
            _ => None,
        },
    }
}
