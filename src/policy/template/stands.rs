//! Whether a standard change is authorised beforehand.

use super::bounds::Extent;
use super::{ModelFile, Models};
use crate::model::{Change, ChangeModel, RecordId, Risk, RiskAssessment, TemplateName, Timestamp};

/// Why a standard change is not authorised beforehand, and so treated as normal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    /// It is authorised one by one.
    #[error("it is a {0} change, and only standard ones are authorised beforehand")]
    NotStandard(ChangeModel),
    /// The desk has standard models, and it was made from none of them.
    #[error("it was made from no standard model of this desk; there are {0}")]
    NoModel(String),
    /// The desk does not have the model.
    #[error("the desk has no change model `{0}`")]
    UnknownModel(String),
    /// The model's file is broken.
    #[error("the change model `{name}` cannot be read: {message}")]
    Unreadable { name: String, message: String },
    /// The model authorises nothing beforehand.
    #[error("the change model `{name}` is for {model} changes")]
    OtherModel { name: String, model: ChangeModel },
    /// The model has run out.
    #[error("the change model `{name}` was valid until {until}")]
    Expired { name: String, until: String },
    /// The model, as it reads now, is not approved.
    #[error("the change model `{name}` has {votes} of {quorum} votes as it reads now")]
    NotApproved { name: String, votes: usize, quorum: usize },
    /// It is not what was approved.
    #[error("`{field}` is not as the change model `{name}` has it")]
    Differs { name: String, field: &'static str },
    /// Its window is longer than what was approved.
    #[error("its window of {minutes} minutes is longer than the {most} of the change model")]
    TooLong { minutes: i64, most: String },
    /// Its risk is too high.
    #[error("its risk is {risk}, and the change model allows {most} at most")]
    TooRisky { risk: Risk, most: Risk },
    /// It is outside of what is allowed.
    #[error("the {what} `{value}` is not among those of the change model: {allowed}")]
    Outside { what: &'static str, value: String, allowed: String },
    /// There is too much of it.
    #[error("it has {count} {what}, and the change model allows {most} at most")]
    TooMany { what: &'static str, count: u64, most: u64 },
    /// What a bound is set for is not known.
    #[error("nothing is known of its {what}, and the change model sets a bound for it")]
    NotKnown { what: &'static str },
}

/// Whether a standard change is authorised beforehand at `now`: it was made from
/// a model that is approved as it reads and has not run out, it differs from the
/// model only where that leaves it open, and it stays within the bounds.
///
/// After ServiceNow's standard change template and control C12 of ITGC audits:
/// whatever else calls itself a standard change is treated as a normal one.
/// A desk without any standard model is asked for none: there, calling a change
/// a standard one is enough, as [`Models::of`] tells whoever wants more.
///
/// # Errors
///
/// Everything that speaks against it.
pub fn stands(change: &Change, models: &Models, now: Timestamp) -> Result<(), Vec<Exceeded>> {
    stands_with(change, &Extent::of(change), models, now)
}

/// As [`stands`], for a change that is known to deploy `extent`.
///
/// # Errors
///
/// As [`stands`].
pub fn stands_with(
    change: &Change,
    extent: &Extent<'_>,
    models: &Models,
    now: Timestamp,
) -> Result<(), Vec<Exceeded>> {
    if change.model != ChangeModel::Standard {
        return Err(vec![Exceeded::NotStandard(change.model)]);
    }
    let Some(name) = models.name_of(change) else {
        let names: Vec<&str> = models.standard().map(TemplateName::as_str).collect();
        return match names.is_empty() {
            true => Ok(()),
            false => Err(vec![Exceeded::NoModel(names.join(", "))]),
        };
    };
    let file = match models.get(name) {
        None => return Err(vec![Exceeded::UnknownModel(name.to_owned())]),
        Some(Err(message)) => {
            let (name, message) = (name.to_owned(), message.to_owned());
            return Err(vec![Exceeded::Unreadable { name, message }]);
        }
        Some(Ok(file)) => file,
    };
    if file.model != ChangeModel::Standard {
        let (name, model) = (name.to_owned(), file.model);
        return Err(vec![Exceeded::OtherModel { name, model }]);
    }
    let mut found = of_model(name, file, models.zone(), now);
    found.extend(differences(change, name, file));
    found.extend(too_long(change, file));
    if let Some(bounds) = &file.bounds {
        if let Some(most) = bounds.risk {
            match risk_of(change) {
                None => found.push(Exceeded::NotKnown { what: "risk" }),
                Some(risk) if risk > most => found.push(Exceeded::TooRisky { risk, most }),
                Some(_) => {}
            }
        }
        found.extend(bounds.exceeded_by(extent));
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// What keeps the model `name` from authorising anything beforehand at `now`.
pub fn against(models: &Models, name: &str, now: Timestamp) -> Vec<Exceeded> {
    match models.get(name) {
        Some(Ok(file)) => of_model(name, file, models.zone(), now),
        Some(Err(message)) => {
            let (name, message) = (name.to_owned(), message.to_owned());
            vec![Exceeded::Unreadable { name, message }]
        }
        None => vec![Exceeded::UnknownModel(name.to_owned())],
    }
}

/// What speaks against the model itself.
fn of_model(name: &str, file: &ModelFile, zone: &str, now: Timestamp) -> Vec<Exceeded> {
    let mut found = Vec::new();
    if let Some(until) = file.valid_until.filter(|until| until.end(zone) <= now) {
        found.push(Exceeded::Expired { name: name.to_owned(), until: until.to_string() });
    }
    if !file.is_approved() {
        let (votes, quorum) = (file.approved_by().len(), file.quorum().max(1));
        found.push(Exceeded::NotApproved { name: name.to_owned(), votes, quorum });
    }
    found
}

/// The risk that counts: nobody votes on a standard change, so a risk that was
/// found counts even where somebody lowered it.
fn risk_of(change: &Change) -> Option<Risk> {
    let found = change.risk_assessment.as_deref().and_then(RiskAssessment::found);
    change.risk.max(found)
}

/// The fields in which the change is not what was approved. What is done and to
/// what must be as the model has it even where it has nothing; words about it
/// only where it has some.
fn differences(change: &Change, name: &str, file: &ModelFile) -> Vec<Exceeded> {
    let same = |own: Option<&str>, of: Option<&String>| {
        own.map(str::trim).unwrap_or_default() == of.map(|text| text.trim()).unwrap_or_default()
    };
    let said = |own: Option<&str>, of: Option<&String>| of.is_none() || same(own, of);
    let are_same = || {
        let has = |ci: &RecordId| file.cis.contains(ci);
        change.cis.iter().all(has) && file.cis.iter().all(|ci| change.cis.contains(ci))
    };
    let fields = [
        ("title", said(Some(&change.title), file.title.as_ref())),
        ("description", said(change.description.as_deref(), file.description.as_ref())),
        ("category", said(change.category.as_deref(), file.category.as_ref())),
        ("service", same(change.service.as_deref(), file.service.as_ref())),
        ("cis", are_same()),
        (
            "implementation_plan",
            same(change.implementation_plan.as_deref(), file.implementation_plan.as_ref()),
        ),
        ("test_plan", same(change.test_plan.as_deref(), file.test_plan.as_ref())),
        ("backout_plan", same(change.backout_plan.as_deref(), file.backout_plan.as_ref())),
    ];
    fields
        .into_iter()
        .filter(|(field, same)| !same && !file.leaves_open(field))
        .map(|(field, _)| Exceeded::Differs { name: name.to_owned(), field })
        .collect()
}

fn too_long(change: &Change, file: &ModelFile) -> Option<Exceeded> {
    let (duration, start, end) = (file.duration?, change.planned_start?, change.planned_end?);
    let is_long = end > duration.after(start) && !file.leaves_open("planned_end");
    let minutes = (end.seconds() - start.seconds()) / 60;
    is_long.then(|| Exceeded::TooLong { minutes, most: duration.to_string() })
}
