//! What happened: commits as events, with what changed in each record.

use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;

use super::Session;
use super::blame::is_part;
use super::doubt;
use super::nearest::nearest;
use super::read::checked;
use crate::error::CommandError;
use crate::format;
use crate::index::{Event, EventFilter, Index, Step};
use crate::model::{FieldChange, IdPattern, Record, RecordId, StateName, Timestamp, diff, folded};
use crate::outcome::{EventRecord, EventView, LogView, StorySubject};
use crate::policy::event::{self, RecordChange, Told};
use crate::query;
use crate::store::{BlobId, CommitId, PathChange};

/// Records of one commit whose changes are shown; a larger batch is counted.
const DETAILED: usize = 20;
/// What happened to the records that a record is linked to matters to it where
/// it changed one of these.
const IMPORTANT: &[&str] = &[
    "status",
    "priority",
    "cause",
    "workaround",
    "outcome",
    "approvals",
    "planned_start",
    "planned_end",
    "resolution.code",
    "resolution.text",
];

/// The records that somebody asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// The whole desk.
    #[default]
    Desk,
    /// One record, by its name: its life story.
    Record(RecordId),
    /// These records, by their names or by a query.
    Records(Vec<RecordId>),
}

impl Subject {
    /// Reads what a person types: nothing, names of records, or a query, which
    /// finds the records that match it now.
    ///
    /// # Errors
    ///
    /// One word names no record, or several; the words are no query.
    pub fn parse(session: &Session, words: &[String]) -> Result<Self, CommandError> {
        Self::doubted(session, words).map(|(subject, _)| subject)
    }

    /// As [`parse`](Self::parse), with what may be a mistake in the query.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn doubted(
        session: &Session,
        words: &[String],
    ) -> Result<(Self, Vec<String>), CommandError> {
        let is_name = |word: &String| {
            let joins = ["and", "or", "not"].iter().any(|each| word.eq_ignore_ascii_case(each));
            !joins && !word.starts_with('-') && !word.contains([':', ' ', '"', '(', '@'])
        };
        match words {
            [] => return Ok((Subject::Desk, Vec::new())),
            [word] if is_name(word) => {
                return Ok((Subject::Record(once(session, word)?), Vec::new()));
            }
            _ => {}
        }
        // Where one word is the name of a record, the others are meant as names too.
        if words.iter().all(is_name) {
            let (found, missing): (Vec<_>, Vec<_>) =
                words.iter().map(|word| once(session, word)).partition(Result::is_ok);
            let is_meant = !found.is_empty() || words.iter().any(|word| says_its_type(word));
            if is_meant {
                let ids = found.into_iter().chain(missing).collect::<Result<_, _>>()?;
                return Ok((Subject::Records(ids), Vec::new()));
            }
        }
        let mut selection = checked(session, &query::parse(&words.join(" "))?)?;
        let selected = session.index()?.select(&selection)?;
        if selected.rows.is_empty() {
            doubt::of_nothing(session, &mut selection)?;
        }
        let ids = selected.rows.into_iter().map(|row| row.id).collect();
        Ok((Subject::Records(ids), selection.warnings))
    }

    /// The records; `None` for all.
    pub fn ids(&self) -> Option<Vec<RecordId>> {
        match self {
            Subject::Desk => None,
            Subject::Record(id) => Some(vec![*id]),
            Subject::Records(ids) => Some(ids.clone()),
        }
    }
}

/// The record that `text` names, even if its file was removed: the full id of
/// such a one leads to its history.
fn once(session: &Session, text: &str) -> Result<RecordId, CommandError> {
    session.find(text).or_else(|error| match text.parse::<RecordId>() {
        Ok(id) if !session.index()?.story(id)?.is_empty() => Ok(id),
        _ => Err(error),
    })
}

/// Whether `word` begins as the ids of a type do.
fn says_its_type(word: &str) -> bool {
    IdPattern::parse(word).is_some_and(|pattern| pattern.kind().is_some())
}

/// Which events are wanted. The default wants all.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// Of these records.
    pub subject: Subject,
    /// Whose; `me` for the acting person. All people's, if there are none.
    pub by: Vec<String>,
    /// Only these actions; all, if there are none.
    pub actions: Vec<String>,
    /// Only changes of these fields, by the names that
    /// [`recorded_fields`](super::recorded_fields) gives; all, if there are none.
    pub fields: Vec<String>,
    /// Only changes from this value, `none` for no value.
    pub from: Option<String>,
    /// Only changes to this value.
    pub to: Option<String>,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// The newest so many.
    pub limit: Option<usize>,
    /// The oldest first.
    pub reverse: bool,
    /// Without what changed, which then is not read.
    pub brief: bool,
    /// Of one record: also the important events of those it is linked to.
    pub follow: bool,
}

/// What happened, newest first.
///
/// Which commits touched which record comes from the index, which reads their
/// messages; what changed is computed from the files before and after.
///
/// # Errors
///
/// The history is cut off (a shallow clone), or cannot be read.
pub fn log(session: &Session, filter: &LogFilter) -> Result<LogView, CommandError> {
    let index = session.index()?;
    let mut reader = Reader::new(session, filter)?;
    let mut ids = filter.subject.ids();
    if let (true, Some(ids)) = (filter.follow, &mut ids) {
        ids.extend(reader.linked.keys().copied());
    }
    let wanted = EventFilter {
        records: ids,
        // What matters of linked records is known only when it has been read.
        limit: filter.limit.filter(|_| reader.linked.is_empty()),
        ..wanted(session, filter)?
    };
    let mut events = Vec::new();
    for event in index.events(&wanted)? {
        if filter.limit.is_some_and(|limit| events.len() >= limit) {
            break;
        }
        events.extend(reader.view(event)?);
    }
    if filter.reverse {
        events.reverse();
    }
    let subject = match filter.subject {
        Subject::Record(id) => Some(reader.subject(id)?),
        _ => None,
    };
    Ok(LogView { schema: LogView::SCHEMA, subject, brief: filter.brief, events })
}

/// What is odd about a filter: people and values that neither the desk nor the
/// history knows, so that nothing can match them.
///
/// # Errors
///
/// Neither knows an action; the history cannot be read.
pub fn doubts(session: &Session, filter: &LogFilter) -> Result<Vec<String>, CommandError> {
    if filter.actions.is_empty() && filter.fields.is_empty() && filter.by.is_empty() {
        return Ok(Vec::new());
    }
    let (policy, index) = (session.policy()?, session.index()?);
    let steps = policy.workflows.iter().flat_map(|workflow| workflow.transitions.keys());
    let mut actions: Vec<&str> = event::ACTIONS.to_vec();
    actions.extend(steps.map(StateName::as_str));
    for word in filter.actions.iter().map(|word| word.replace('-', "_")) {
        if !actions.contains(&word.as_str()) && !index.is_word_of_history(&word)? {
            let error = CommandError::usage(format!("there is no action `{word}`"));
            return Err(match nearest(&word, actions) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("name an action, for example `--action resolve`"),
            });
        }
    }
    let mut doubts = Vec::new();
    let mut doubt = |what: &str, word: &str, known: &[&str]| {
        let is_known = known.iter().any(|name| folded(name) == folded(word));
        if is_known || index.is_word_of_history(word)? {
            return Ok::<(), CommandError>(());
        }
        let near = nearest(word, known.iter().copied());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        doubts.push(format!("{what} `{word}`{near}"));
        Ok(())
    };
    let people: Vec<&str> = policy.people.iter().map(|person| person.id.as_str()).collect();
    for word in filter.by.iter().filter(|word| word.as_str() != "me") {
        doubt("nobody has acted as", word, &people)?;
    }
    if let [field] = &filter.fields[..] {
        let values = match field.as_str() {
            "status" => query::Vocabulary::states(policy),
            "assignee" | "requester" => query::Vocabulary::people(policy),
            "team" => query::Vocabulary::teams(policy),
            name => match query::Field::named(name) {
                Some(query::Field::Rank(rank)) => {
                    rank.words().into_iter().map(str::to_owned).collect()
                }
                _ => Vec::new(),
            },
        };
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let given = filter.from.iter().chain(&filter.to).filter(|word| *word != "none");
        for word in given.filter(|_| !values.is_empty()) {
            doubt(&format!("`{field}` has never been"), word, &values)?;
        }
    }
    Ok(doubts)
}

/// The filter in the index's terms, without the records.
fn wanted(session: &Session, filter: &LogFilter) -> Result<EventFilter, CommandError> {
    let mut actors = Vec::with_capacity(filter.by.len());
    for name in &filter.by {
        actors.push(match name.as_str() {
            "me" => session.actor(session.policy()?)?.to_string(),
            other => other.to_owned(),
        });
    }
    let some = |words: Vec<String>| (!words.is_empty()).then_some(words);
    let value = |text: &String| (text != "none").then(|| text.clone());
    Ok(EventFilter {
        actors: some(actors),
        actions: some(filter.actions.iter().map(|name| name.replace('-', "_")).collect()),
        fields: filter.fields.clone(),
        from: filter.from.as_ref().map(value),
        to: filter.to.as_ref().map(value),
        since: filter.since,
        until: filter.until,
        listed: Some(DETAILED),
        ..EventFilter::default()
    })
}

/// Turns events into what is shown of them.
struct Reader<'a> {
    session: &'a Session,
    index: &'a Index,
    /// Whether only some records of an event were asked about.
    narrowed: bool,
    brief: bool,
    /// The fields whose changes were asked for; all, if there are none.
    fields: &'a [String],
    /// The record whose life story is told.
    story: Option<RecordId>,
    /// What happened to its file in each commit, and how long after the event
    /// before.
    steps: HashMap<CommitId, (Step, Option<i64>)>,
    /// The records that it is linked to, and how.
    linked: IndexMap<RecordId, &'static str>,
    /// Its states: what one event left behind is what the next one found.
    states: HashMap<BlobId, Option<Rc<Record>>>,
}

impl<'a> Reader<'a> {
    fn new(session: &'a Session, filter: &'a LogFilter) -> Result<Self, CommandError> {
        let index = session.index()?;
        let story = match filter.subject {
            Subject::Record(id) => Some(id),
            _ => None,
        };
        let mut reader = Self {
            session,
            index,
            narrowed: filter.subject != Subject::Desk || !filter.fields.is_empty(),
            brief: filter.brief,
            fields: &filter.fields,
            story,
            steps: HashMap::new(),
            linked: IndexMap::new(),
            states: HashMap::new(),
        };
        if let Some(id) = story {
            let steps = index.story(id)?;
            for (at, step) in steps.iter().enumerate() {
                let before = steps.get(at + 1);
                let since = before.map(|before| step.at.seconds() - before.at.seconds());
                reader.steps.insert(step.commit, (*step, since));
            }
            if filter.follow {
                reader.linked = linked(session, id)?;
            }
        }
        Ok(reader)
    }

    /// The record that the story is about, as it stands now.
    fn subject(&self, id: RecordId) -> Result<StorySubject, CommandError> {
        let short = self.index.shorten(&[id])?.pop().unwrap_or_else(|| id.short());
        let row = self.index.row(id)?;
        let title = row.as_ref().map(|row| row.title.clone());
        Ok(StorySubject { id, short, title, status: row.map(|row| row.status) })
    }

    /// What is shown of an event; nothing, if it only did what does not matter
    /// to the record that was asked about.
    fn view(&mut self, event: Event) -> Result<Option<EventView>, CommandError> {
        let info = self.session.store.commit_info(event.commit)?;
        let told = event::parse(&info.message);
        let whole = !self.narrowed && event.touched <= DETAILED;
        let mut view = EventView {
            commit: event.commit.to_string(),
            at: event.at,
            recorded: event.recorded,
            actor: event.actor.clone(),
            action: event.action.clone(),
            subject: info.message.lines().next().unwrap_or_default().to_owned(),
            imported: told.import.map(str::to_owned),
            disputed: false,
            after_seconds: self.steps.get(&event.commit).and_then(|(_, since)| *since),
            touched: event.touched,
            records: Vec::new(),
        };
        // What matters of other records shows only in what changed.
        if self.brief && self.linked.is_empty() {
            view.records = self.named(&event.records)?;
            return Ok(Some(view));
        }
        let mut changes = self.changes(&event, whole)?;
        // In the order of the message, whose first record is the one it is about.
        let mut ids = event.records;
        let unnamed: Vec<RecordId> =
            changes.keys().filter(|id| !ids.contains(id)).copied().collect();
        // A message that does not name what it touched lies, as does one that
        // names what it did not touch.
        let lies = |id: &RecordId| !changes.contains_key(id) && !is_told_again(&told, *id);
        view.disputed = !unnamed.is_empty() || ids.iter().any(lies);
        ids.extend(unnamed);
        ids.retain(|id| self.narrowed || changes.contains_key(id));
        let alone = self.narrowed && ids.len() == 1;
        for (id, short) in ids.iter().zip(self.index.shorten(&ids)?) {
            let change = changes.swap_remove(id);
            let before = self.state(*id, change.as_ref().and_then(|change| change.before))?;
            let after = self.state(*id, change.as_ref().and_then(|change| change.after))?;
            let mut changes = match &after {
                Some(after) => {
                    let change = RecordChange { before: before.as_deref(), after };
                    if alone && (event.touched > 1 || view.action == "commit") {
                        // What was done to it, where others had other things done.
                        let action = event::action(self.session.policy()?, &change);
                        if action != "move" || view.action != "apply" {
                            view.action = action;
                        }
                    }
                    change.fields()
                }
                None => diff(before.as_deref(), None),
            };
            view.disputed |= info.parents.len() < 2 && differs(&told, *id, &changes);
            let relation = self.linked.get(id).copied().filter(|_| self.story != Some(*id));
            if relation.is_some() {
                changes.retain(|change| IMPORTANT.contains(&change.field.as_str()));
                if changes.is_empty() {
                    continue;
                }
            }
            if !self.fields.is_empty() {
                let asked = |name: &String, change: &FieldChange| is_part(&change.field, name);
                changes.retain(|change| self.fields.iter().any(|name| asked(name, change)));
            }
            let title = after.or(before).map(|record| record.title().to_owned());
            view.records.push(EventRecord { id: *id, short, title, relation, changes });
        }
        if whole {
            view.touched = view.records.len();
        }
        Ok((!view.records.is_empty() || self.linked.is_empty()).then_some(view))
    }

    /// The files that the event changed, as far as they were asked about.
    fn changes(
        &self,
        event: &Event,
        whole: bool,
    ) -> Result<IndexMap<RecordId, PathChange>, CommandError> {
        let store = &self.session.store;
        let step = self.steps.get(&event.commit).map(|(step, _)| step);
        let changes = match (step, self.story) {
            (Some(step), Some(id)) if event.records == [id] => {
                vec![PathChange { path: id.path(), before: step.before, after: step.after }]
            }
            _ if whole => store.changes_of(event.commit)?,
            _ => {
                let paths: Vec<String> = event.records.iter().map(|id| id.path()).collect();
                store.changes_at(event.commit, &paths)?
            }
        };
        Ok(changes
            .into_iter()
            .filter_map(|change| Some((RecordId::from_path(&change.path)?, change)))
            .collect())
    }

    /// The record that a file held; nothing where it was none.
    fn state(
        &mut self,
        id: RecordId,
        blob: Option<BlobId>,
    ) -> Result<Option<Rc<Record>>, CommandError> {
        let Some(blob) = blob else { return Ok(None) };
        if let Some(known) = self.states.get(&blob) {
            return Ok(known.clone());
        }
        let bytes = self.session.store.blob(blob)?;
        let record = format::read_record(id, &bytes).ok().map(Rc::new);
        if self.story == Some(id) {
            self.states.insert(blob, record.clone());
        }
        Ok(record)
    }

    /// The records by their names, with the titles that they have now.
    fn named(&self, ids: &[RecordId]) -> Result<Vec<EventRecord>, CommandError> {
        let shorts = self.index.shorten(ids)?;
        let known = self.index.refs(ids)?;
        let named = ids.iter().zip(shorts).zip(known).map(|((id, short), known)| EventRecord {
            id: *id,
            short,
            title: known.map(|known| known.title),
            relation: self.linked.get(id).copied(),
            changes: Vec::new(),
        });
        Ok(named.collect())
    }
}

/// The records that `id` is linked to, in either direction, with what they are
/// to it: `caused_by`, `problem_of`.
fn linked(
    session: &Session,
    id: RecordId,
) -> Result<IndexMap<RecordId, &'static str>, CommandError> {
    let mut linked = IndexMap::new();
    if let Ok(record) = super::write::load(&session.snapshot()?, id) {
        linked.extend(record.links().iter().map(|link| (link.to, link.rel.name())));
    }
    for (from, relation) in session.index()?.links_to(id)? {
        linked.entry(from).or_insert(relation.inverse());
    }
    linked.shift_remove(&id);
    Ok(linked)
}

/// Whether a message names a record without saying that anything in it changed,
/// because the row it was imported from says the same as the one before.
fn is_told_again(told: &Told<'_>, id: RecordId) -> bool {
    let record = told.records.iter().flatten().find(|record| record.id == id);
    let fields = record.and_then(|record| record.fields.as_ref());
    told.import.is_some() && fields.is_none_or(Vec::is_empty)
}

/// Whether a message that tells all tells something else of the record than
/// these changes.
fn differs(told: &Told<'_>, id: RecordId, changes: &[FieldChange]) -> bool {
    let record = told.records.iter().flatten().find(|record| record.id == id);
    let Some(fields) = record.and_then(|record| record.fields.as_ref()) else { return false };
    let same = |(told, change): (&event::ToldField<'_>, &FieldChange)| {
        told.field == change.field
            && told.from.as_deref() == change.brief_from().as_deref()
            && told.to.as_deref() == change.brief_to().as_deref()
    };
    fields.len() != changes.len() || !fields.iter().zip(changes).all(same)
}
