//! Use cases that read: lists, single records, counts.

use super::listed::Wanted;
use super::views::Known;
use super::workflow::{hides_votes, open_and_closed};
use super::{Session, approval, conflicts, listed, sla, tasks};
use crate::error::CommandError;
use crate::index::Index;
use crate::model::{CustomType, IdPattern, Kind, PersonId, Record, RecordId, View, ViewOrigin};
use crate::outcome::{
    ClosedAction, Column, Count, LinkView, RecordRef, RecordView, RowsView, StatusView, Summary,
};
use crate::policy::{self, Policy, Scene};
use crate::query::{self, Expr, Manner, Query, TextField, Vocabulary};
use crate::report;
use crate::store::Mode;

/// Reads a query.
///
/// # Errors
///
/// The text is no query; the error points at the place.
pub fn parse_query(text: &str) -> Result<Query, CommandError> {
    Ok(query::parse(text)?)
}

/// `field:value` from the command line option that is called like the field. A
/// comparison such as `<=P2` and a span such as `P1..P3` keep their meaning.
pub fn condition(field: &'static str, value: &str) -> Expr {
    query::Expr::given(field, value).of_option(field)
}

/// How the answer to a query is to be listed, as its views say, and whether it
/// says something about the state, so that it need not be narrowed to what is
/// open.
///
/// # Errors
///
/// The desk's settings cannot be read.
pub fn manner(session: &Session, query: &Query) -> Result<Manner, CommandError> {
    Ok(query::manner(query, &DeskVocabulary::for_query(session, query)?))
}

/// What exists on the desk, for checking queries.
pub(super) struct DeskVocabulary<'a> {
    session: &'a Session,
    /// If it is at hand; else read only when somebody asks for any of it.
    policy: Option<&'a Policy>,
    /// Loaded only for a query that names a view.
    views: Option<Known>,
    /// Whether it is for a condition in the settings of approvals, which cannot
    /// ask for approvals itself.
    is_condition: bool,
}

impl<'a> DeskVocabulary<'a> {
    pub(super) const fn new(
        session: &'a Session,
        policy: &'a Policy,
        views: Option<Known>,
    ) -> Self {
        Self { session, policy: Some(policy), views, is_condition: false }
    }

    /// For a condition in the desk's settings.
    pub(super) const fn for_settings(
        session: &'a Session,
        policy: &'a Policy,
        views: Option<Known>,
    ) -> Self {
        Self { session, policy: Some(policy), views, is_condition: true }
    }

    /// What `query` needs to know.
    fn for_query(session: &'a Session, query: &Query) -> Result<Self, CommandError> {
        let views = if query.names_views() { Some(Known::load(session)?) } else { None };
        session.look_at_settings()?;
        Ok(Self { session, policy: None, views, is_condition: false })
    }

    /// What `get` takes from the settings.
    fn known<T: Default>(&self, get: impl FnOnce(&Policy) -> T) -> T {
        self.policy.or_else(|| self.session.policy().ok()).map(get).unwrap_or_default()
    }
}

impl Vocabulary for DeskVocabulary<'_> {
    fn states(&self) -> Vec<String> {
        self.known(Vocabulary::states)
    }

    fn people(&self) -> Vec<String> {
        self.known(Vocabulary::people)
    }

    fn teams(&self) -> Vec<String> {
        self.known(Vocabulary::teams)
    }

    fn custom_fields(&self) -> Vec<String> {
        self.known(Vocabulary::custom_fields)
    }

    fn custom_type(&self, name: &str) -> Option<CustomType> {
        self.known(|policy| policy.custom_type(name))
    }

    fn teams_of(&self, person: &PersonId) -> Vec<String> {
        self.known(|policy| policy.teams_of(person))
    }

    fn words(&self, field: &TextField) -> Vec<String> {
        self.known(|policy| policy.words(field))
    }

    fn commitments(&self) -> Vec<String> {
        self.session.snapshot().map(|snapshot| sla::names(&snapshot)).unwrap_or_default()
    }

    fn views(&self) -> Vec<String> {
        self.views.as_ref().map(Known::names).unwrap_or_default()
    }

    fn view(&self, name: &str, shared: bool) -> Option<(View, ViewOrigin)> {
        self.views.as_ref()?.find(name, shared)
    }

    fn waiting_for_votes(&self, person: Option<&PersonId>) -> Result<Vec<RecordId>, String> {
        if self.is_condition {
            return Err("a condition for approvals cannot ask for approvals".to_owned());
        }
        approval::awaiting(self.session, person).map_err(|error| error.message)
    }

    fn records(&self, text: &str) -> Vec<RecordId> {
        let by_id = || {
            let pattern = IdPattern::parse(text)?;
            self.session.snapshot().ok()?.matching(&pattern).ok()
        };
        let found = by_id().unwrap_or_default();
        if !found.is_empty() {
            return found;
        }
        let index = self.session.index().ok();
        let rows = index.and_then(|index| index.resolve(text).ok()).unwrap_or_default();
        rows.into_iter().map(|row| row.id).collect()
    }
}

pub(super) fn checked(session: &Session, query: &Query) -> Result<query::Selection, CommandError> {
    let vocabulary = DeskVocabulary::for_query(session, query)?;
    // Who asks stands in the settings, and hardly a query wants to know.
    let context = query::Context { now: session.now(), me: None };
    let mut selection = query::check(query, &context, &vocabulary).or_else(|_| {
        query::check(query, &query::Context { me: session.me(), ..context }, &vocabulary)
    })?;
    if selection.asks_for_commitments() {
        sla::ensure_for(session, &selection)?;
        if session.past().is_some() && sla::names(&session.snapshot()?).is_empty() {
            let warning = "nothing was promised at that time: there was no .gitsm/sla.yaml yet";
            selection.warnings.push(warning.to_owned());
        }
    }
    Ok(selection)
}

/// The records that match, in the wanted order.
pub fn list(
    session: &Session,
    query: &Query,
    columns: Vec<Column>,
    wanted: Wanted,
) -> Result<RowsView, CommandError> {
    listed::rows(session, checked(session, query)?, columns, wanted, false)
}

/// The records that hold the words, the best or newest first.
pub fn search(
    session: &Session,
    query: &Query,
    columns: Vec<Column>,
    wanted: Wanted,
) -> Result<RowsView, CommandError> {
    listed::rows(session, checked(session, query)?, columns, wanted, true)
}

/// Enough of each of `ids` to recognise it, in the same order.
pub(super) fn references(index: &Index, ids: &[RecordId]) -> Result<Vec<RecordRef>, CommandError> {
    let shorts = index.shorten(ids)?;
    let known = index.refs(ids)?;
    Ok(ids
        .iter()
        .zip(shorts)
        .zip(known)
        .map(|((id, short), known)| {
            let (title, status, state) = match known {
                Some(known) => (Some(known.title), Some(known.status), Some(known.state)),
                None => (None, None, None),
            };
            RecordRef { id: *id, short, title, status, state }
        })
        .collect())
}

/// One record in full.
pub fn show(session: &Session, id: RecordId) -> Result<RecordView, CommandError> {
    let record = session.record(id)?;
    let policy = session.policy()?;
    let index = session.index()?;
    let incoming = index.links_to(id)?;
    let mut wanted: Vec<RecordId> = record.links().iter().map(|link| link.to).collect();
    wanted.extend(incoming.iter().map(|(from, _)| *from));
    wanted.extend(record.cis());
    let mut refs = references(index, &wanted)?.into_iter();
    let mut links = Vec::with_capacity(wanted.len());
    for (link, other) in record.links().iter().zip(refs.by_ref()) {
        links.push(LinkView { rel: link.rel.name(), relation: link.rel, other });
    }
    for ((_, relation), other) in incoming.iter().zip(refs.by_ref()) {
        links.push(LinkView { rel: relation.inverse(), relation: *relation, other });
    }
    // Nothing can be done with what was.
    let (actions, blocked) = match session.past() {
        Some(_) => (Vec::new(), Vec::new()),
        None => open_to_me(session, policy, &record),
    };
    Ok(RecordView {
        schema: RecordView::SCHEMA,
        id,
        short: index.shorten(&[id])?.pop().unwrap_or_else(|| id.short()),
        kind: id.kind(),
        state: policy.category_of(&record),
        now: session.now(),
        path: id.path(),
        edited_by_hand: session.past().is_none() && session.store.edited(&id.path())?,
        record: record.to_value(),
        usual_priority: policy.priorities.usual(&record).filter(|p| record.priority() != Some(*p)),
        links,
        cis: refs.collect(),
        // Settings that are broken do not hide a record; `check` names them.
        approval: approval::told(session, &record).unwrap_or_default(),
        approved: tasks::approved(session, &record).unwrap_or_default(),
        // Settings that are wrong are the business of `gitsm check`.
        promises: sla::lines(session, id).unwrap_or_default(),
        conflicts: conflicts::standing(session, policy, &record).ok().filter(|count| *count > 0),
        actions,
        blocked,
    })
}

/// The actions that are open to whoever asks, and those that are open to others
/// only; all that the state offers, if nobody knows who asks.
fn open_to_me(
    session: &Session,
    policy: &Policy,
    record: &Record,
) -> (Vec<String>, Vec<ClosedAction>) {
    let workflow = policy.workflow_of(record);
    let unasked = hides_votes(session, policy, record).unwrap_or_default();
    let is_told = |action: &str| !unasked || !workflow.is_about_votes(action);
    let (Some(me), Ok(approvals)) = (session.me(), session.approvals_of(record)) else {
        let offered = policy::offered(workflow, record).into_iter();
        let offered = offered.filter(|action| is_told(action));
        return (offered.map(|action| action.replace('_', "-")).collect(), Vec::new());
    };
    let state = |record: &Record| approvals.state(session, policy, record);
    let now = session.now();
    let scene = Scene { actor: &me, now, approvals: &state, policy: Some(policy) };
    let (mut open, mut closed) = open_and_closed(workflow, record, &scene);
    open.retain(|action| is_told(&action.replace('-', "_")));
    closed.retain(|closed| is_told(&closed.action.replace('-', "_")));
    (open, closed)
}

/// How many files in record folders cannot be read as records, and are missing
/// from every list.
pub fn unreadable_files(session: &Session) -> Result<usize, CommandError> {
    Ok(session.index()?.bad_count()?)
}

/// Counts over the records that match; order and limit do not matter.
pub fn summary(session: &Session, query: &Query) -> Result<Summary, CommandError> {
    let selection = checked(session, query)?;
    let (items, open_since) = session.index()?.summary(selection.filter.as_ref())?;
    Ok(report::summarise(session.now(), items, open_since))
}

/// How the desk stands.
pub fn status(session: &Session) -> Result<StatusView, CommandError> {
    let policy = session.policy()?;
    let index = session.index()?;
    let store = &session.store;
    let me = session.me();
    let count = |query: &str| -> Result<usize, CommandError> {
        let selection = checked(session, &query::parse(query)?)?;
        Ok(index.count(selection.filter.as_ref())?)
    };
    let mut open = Vec::new();
    for kind in Kind::ALL {
        let total = count(&format!("type:{kind}"))?;
        if total > 0 {
            let open_now = count(&format!("type:{kind} status:open"))?;
            open.push(Count { value: Some(kind.to_string()), open: open_now, total });
        }
    }
    let location = store.work_dir().unwrap_or_else(|| store.git_dir());
    Ok(StatusView {
        schema: StatusView::SCHEMA,
        name: policy.settings.name.clone(),
        desk: policy.settings.id.to_string(),
        profile: policy.settings.profile.to_string(),
        location: location.display().to_string(),
        mode: match store.mode() {
            Mode::WorkTree => "work tree",
            Mode::Bare => "bare",
            Mode::Branch => "branch",
        },
        trunk: store.trunk().unwrap_or("(detached)").to_owned(),
        commit: store.head()?.to_string(),
        actor: me.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string),
        open,
        mine: if me.is_some() { count("status:open assignee:me -type:ci")? } else { 0 },
        unassigned: count("status:open assignee:none -type:ci")?,
        edited: store.hand_edits()?.into_iter().map(|edit| edit.path).collect(),
        unreadable: index.bad_count()?,
    })
}
