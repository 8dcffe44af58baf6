//! The gate: may this go to this environment now?
//!
//! Gathers the facts, asks [`gate::decide`], and says on which state of the desk
//! that was decided. Whatever goes wrong on the way is an answer as well:
//! "cannot tell", which lets nothing into production.

mod bypass;
mod facts;
mod find;
mod overriding;
mod remote;
mod replay;
mod view;
mod wait;
mod witness;

pub use bypass::WentOn;
pub(super) use bypass::went_on;
pub use overriding::{OverrideRequest, gate_override};

use std::path::PathBuf;
use std::time::Duration;

use super::Session;
use super::deploy::Place;
use super::deployments;
use crate::clock::Clock;
use crate::error::CommandError;
use crate::model::{Kind, Record, Timestamp};
use crate::outcome::GateView;
use crate::policy::deployment::{DeploymentSettings, Environment};
use crate::policy::gate::{Answer, Ask, Bypass, Heals, decide};
use crate::store::StoreError;

/// What is asked of the gate.
#[derive(Clone, Debug, Default)]
pub struct GateRequest {
    /// The change, as it was named.
    pub id: Option<String>,
    /// Where it is to go; where the change says, if absent; else production.
    pub environment: Option<String>,
    /// The name of the code repository.
    pub repository: Option<String>,
    /// The commit, 40 hexadecimal digits.
    pub commit: Option<String>,
    /// The digest of the artefact.
    pub artefact: Option<String>,
    /// The state of the desk that is asked, if not the present one.
    pub at: Option<String>,
    /// The time for which it is asked, of an earlier state.
    pub time: Option<Timestamp>,
    /// Whether the trunk of the remote is asked, as it is there now.
    pub remote: bool,
    /// The code repository that says its name and commit, where they are not
    /// named.
    pub beside: Option<Beside>,
}

/// A code repository that is at hand.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// A folder in it.
    pub folder: PathBuf,
    /// What else it is known as, such as its address at a forge.
    pub known_as: Vec<String>,
}

/// The environment that is meant where nobody says one.
const USUAL: &str = "production";

/// What is known by the time something goes wrong.
#[derive(Debug)]
struct Known {
    /// The time for which it is decided.
    now: Option<Timestamp>,
    /// Its name, and what the desk's settings say of it.
    environment: Option<(String, Environment)>,
    record: Option<Record>,
    ask: Ask,
    /// The commit of the desk that is asked.
    desk: Option<String>,
    /// The remote whose trunk that is.
    remote: Option<String>,
    /// What one should know besides.
    warnings: Vec<String>,
    /// Whether what went wrong may go right the next time.
    heals: Heals,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            now: None,
            environment: None,
            record: None,
            ask: Ask::default(),
            desk: None,
            remote: None,
            warnings: Vec::new(),
            heals: Heals::Never,
        }
    }
}

/// An answer, and what it looks like.
struct Asked {
    view: GateView,
    answer: Answer,
}

/// Whether something may go to an environment now. Never fails: what cannot be
/// told is an answer.
///
/// `open` gives the desk as it is then; where there is time to `wait`, it is
/// asked again and again until it may go, or until waiting mends nothing. That it
/// goes on though nobody can tell is noted on the change; where the desk cannot be
/// written now, `keep` is to keep it.
pub fn gate(
    request: &GateRequest,
    wait: Option<Duration>,
    clock: Clock,
    mut open: impl FnMut() -> Result<Session, CommandError>,
    keep: impl FnOnce(WentOn) -> Result<(), CommandError>,
) -> GateView {
    let mut view = gate_unnoted(request, wait, clock, &mut open);
    if let Some(what) = WentOn::of(&view, request) {
        view.warnings.push(bypass::record(what, clock, open, keep));
    }
    view
}

/// The same for whoever notes themselves that something went on.
pub(super) fn gate_unnoted(
    request: &GateRequest,
    wait: Option<Duration>,
    clock: Clock,
    mut open: impl FnMut() -> Result<Session, CommandError>,
) -> GateView {
    let mut ask = || match open() {
        Ok(session) => once(&session, request),
        Err(error) => told(clock.now(), request, &Known::default(), cannot(&error, Heals::Never)),
    };
    let view = match wait {
        None => ask().view,
        Some(wait) => wait::until(wait, ask),
    };
    dated(view, clock)
}

/// What is said where the time is not that of the machine.
const GIVEN: &str = "the time is the one that GITSM_NOW gives, not that of this machine's clock";

/// The answer, which says so where it was decided for a time that was given: a
/// window that is open only by such a time must not look like any other.
fn dated(mut view: GateView, clock: Clock) -> GateView {
    if clock.is_given() && !view.replayed {
        view.clock_given = true;
        view.warnings.push(GIVEN.to_owned());
    }
    view
}

/// The request with the name and the commit that the code repository at hand
/// has, where none are named.
fn completed(session: &Session, request: &GateRequest) -> Result<GateRequest, CommandError> {
    let mut request = request.clone();
    let Some(beside) = request.beside.take().filter(|_| request.id.is_none()) else {
        return Ok(request);
    };
    let name = request.repository.as_deref();
    let place = Place::of(session, &beside.folder, &[], name, &beside.known_as)?;
    let has_version = request.commit.is_some() || request.artefact.is_some();
    let commit = request.commit.take().or_else(|| (!has_version).then(|| "HEAD".to_owned()));
    request.commit =
        commit.map(|text| place.code.resolve(&text)).transpose()?.map(|id| id.to_string());
    request.repository = Some(place.name);
    Ok(request)
}

/// One look at the desk.
fn once(session: &Session, request: &GateRequest) -> Asked {
    let mut known = Known::default();
    let request = &match completed(session, request) {
        Ok(request) => request,
        Err(error) => {
            return told(session.now(), request, &known, cannot(&error, Heals::Never));
        }
    };
    let asked = if request.remote {
        remote::ask(session, request, &mut known)
    } else {
        locally(session, request, &mut known)
    };
    let answer = asked.unwrap_or_else(|error| cannot(&error, known.heals));
    told(known.now.unwrap_or_else(|| session.now()), request, &known, answer)
}

fn locally(
    session: &Session,
    request: &GateRequest,
    known: &mut Known,
) -> Result<Answer, CommandError> {
    let Some(at) = &request.at else { return answer(session, request, known) };
    let past = session.as_of(at)?;
    // The answer of then, unless another time is named.
    let now = request.time.unwrap_or_else(|| past.now());
    known.warnings.extend(replay::doubt(session, &past, now)?);
    answer(&past.dated(now), request, known)
}

fn told(now: Timestamp, request: &GateRequest, known: &Known, answer: Answer) -> Asked {
    let leave = known.environment.as_ref().and_then(|(_, settings)| Bypass::of(settings));
    let answer = answer.or_bypass(leave);
    Asked { view: view::of(now, request, known, &answer), answer }
}

/// The answer where something went wrong.
fn cannot(error: &CommandError, heals: Heals) -> Answer {
    let text = error.message.lines().next().unwrap_or_default().to_owned();
    let hint = (!error.hints.is_empty()).then(|| error.hints.join("; "));
    Answer::cannot_tell(text, hint, heals)
}

fn answer(
    session: &Session,
    request: &GateRequest,
    known: &mut Known,
) -> Result<Answer, CommandError> {
    known.now = Some(session.now());
    // Every byte that decides is to be what its name says.
    session.store.verify_objects();
    let snapshot = session.snapshot()?;
    known.desk = snapshot.commit().map(|commit| commit.to_string());
    let settings = deployments::settings(&snapshot)?;
    name_environment(request.environment.as_deref(), &settings, known);
    is_whole(session)?;
    let policy = session.policy_to_judge(Kind::Change)?;
    if let Some(id) = find::change(session, request)? {
        let record = facts::whole_record(session, id)?;
        if let (None, Record::Change(change)) = (&request.environment, &record) {
            let named = change.deployment.as_ref().map(|deployment| &*deployment.environment);
            name_environment(named, &settings, known);
        }
        known.record = Some(record);
    }
    if known.environment.is_none() {
        name_environment(Some(USUAL), &settings, known);
    }
    let (name, environment) = known.environment.clone().unwrap_or_default();
    known.ask = Ask {
        change: request.id.clone(),
        environment: name,
        repository: request.repository.clone(),
        commit: request.commit.clone(),
        artefact: request.artefact.clone(),
    };
    let gathered = facts::Gathered::of(session, &known.ask, &environment, known.record.as_ref())?;
    Ok(decide(&gathered.facts(
        session.now(),
        &known.ask,
        &environment,
        policy,
        known.record.as_ref(),
    )))
}

fn name_environment(name: Option<&str>, settings: &DeploymentSettings, known: &mut Known) {
    if let Some(name) = name {
        known.environment = Some((name.to_owned(), settings.environment(name)));
    }
}

/// Whether this is all of the desk, on the branch that is the desk's own.
fn is_whole(session: &Session) -> Result<(), CommandError> {
    let store = &session.store;
    if store.is_shallow() {
        return Err(StoreError::Shallow.into());
    }
    let wanted = &session.policy()?.settings.trunk;
    let chosen = store.config("gitsm.branch");
    let is_trunk =
        store.trunk().is_some_and(|trunk| trunk == wanted || chosen.as_deref() == Some(trunk));
    if is_trunk {
        return Ok(());
    }
    let found = store.trunk().unwrap_or("no branch");
    Err(CommandError::invalid(format!("the desk's trunk `{wanted}` is not here, only {found}"))
        .hint(format!("bring it back with `git fetch` or `git branch {wanted} COMMIT`")))
}
