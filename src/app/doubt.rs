//! What may be misspelt or meant otherwise in a query that found nothing.

use super::Session;
use super::nearest::nearest;
use super::read::checked;
use crate::error::CommandError;
use crate::index::Index;
use crate::policy::Policy;
use crate::query::{Filter, Query, Selection, Test, TextField, TextTest};

/// How many values of a field are looked at for one that is alike.
const LOOKED_AT: usize = 10_000;
/// How many conditions are looked into.
const CONDITIONS: usize = 8;

/// Adds warnings of values that no record has, to a selection that found
/// nothing: nobody lists the tags, services and categories of a desk, and not
/// every desk its people and teams, so that only the records can tell.
///
/// # Errors
///
/// The index cannot be read.
pub(super) fn of_nothing(session: &Session, selection: &mut Selection) -> Result<(), CommandError> {
    let index = session.index()?;
    let mut asked = Vec::new();
    if let Some(filter) = &selection.filter {
        collect(filter, &mut asked);
    }
    let mut warnings = Vec::new();
    let policy = session.policy()?;
    let me = session.actor(policy).ok();
    let is_me = |field: &TextField, value: &str| {
        field.is_person() && me.as_ref().is_some_and(|me| me.as_str() == value)
    };
    asked.retain(|(field, value)| !is_me(field, value));
    for (field, value) in asked.into_iter().take(CONDITIONS) {
        warnings.extend(doubt(index, policy, field, value)?);
    }
    for phrase in selection.phrases().into_iter().filter(|phrase| phrase.part.is_none()) {
        // Texts seldom say the ids of their records.
        if let Ok(id) = session.find(&phrase.tokens.join("-")) {
            let short = index.shorten(&[id])?.pop().unwrap_or_else(|| id.short());
            warnings
                .push(format!("{short} is a record: `gitsm show {short}`; texts do not hold it"));
        }
    }
    for warning in warnings {
        if !selection.warnings.contains(&warning) {
            selection.warnings.push(warning);
        }
    }
    Ok(())
}

/// What to say of a query that found nothing, if it finds something without the
/// quotation marks in it: in a shell they are often there to keep words together
/// that need not stand together.
pub fn of_quotes(session: &Session, query: &Query) -> Option<String> {
    let (bare, texts) = query.without_quotes()?;
    // Without quotation marks, words may be a mistake.
    let filter = checked(session, &bare).ok()?.filter;
    let found = session.index().ok()?.count(filter.as_ref()).ok().filter(|found| *found > 0)?;
    let texts: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    let records = if found == 1 { "1 record matches" } else { &format!("{found} records match") };
    let texts = texts.join(" and ");
    Some(format!("nothing matches {texts} word for word; without the quotation marks {records}"))
}

/// The values that records must have.
fn collect<'a>(filter: &'a Filter, found: &mut Vec<(&'a TextField, &'a str)>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter().for_each(|part| collect(part, found));
        }
        Filter::Test(Test::Text(field, TextTest::Is(value))) => found.push((field, value)),
        Filter::Not(_) | Filter::Test(_) => {}
    }
}

fn doubt(
    index: &Index,
    policy: &Policy,
    field: &TextField,
    value: &str,
) -> Result<Option<String>, CommandError> {
    let any = |field: &TextField, test: TextTest| Filter::Test(Test::Text(field.clone(), test));
    let none =
        |filter: Filter| -> Result<bool, CommandError> { Ok(index.count(Some(&filter))? == 0) };
    let (name, key) = match field {
        TextField::Custom(name) => {
            let named = Filter::Not(Box::new(any(field, TextTest::None)));
            if none(named)? {
                let names = index.values("custom", "", LOOKED_AT)?;
                let alike = nearest(name, names.iter().map(String::as_str));
                let alike = alike.map(|near| format!("; did you mean `custom.{near}`?"));
                let alike = alike.unwrap_or_default();
                return Ok(Some(format!("no record has a field `{name}` of its own{alike}")));
            }
            (name.as_str(), format!("custom.{name}"))
        }
        TextField::Service => ("service", "service".to_owned()),
        TextField::Category => ("category", "category".to_owned()),
        TextField::Tag => ("tag", "tag".to_owned()),
        TextField::Channel => ("channel", "channel".to_owned()),
        TextField::Location => ("location", "location".to_owned()),
        TextField::Environment => ("environment", "environment".to_owned()),
        TextField::Offering => ("offering", "offering".to_owned()),
        TextField::Assignee if policy.is_open_desk() => ("assignee", "assignee".to_owned()),
        TextField::Requester if policy.is_open_desk() => ("requester", "requester".to_owned()),
        TextField::Team if policy.teams.is_empty() => ("team", "team".to_owned()),
        // Others, and codes, are listed by the desk.
        _ => return Ok(None),
    };
    if !none(any(field, TextTest::Is(value.to_owned())))? {
        return Ok(None);
    }
    let values = index.values(&key, "", LOOKED_AT)?;
    let alike = nearest(value, values.iter().map(String::as_str));
    let alike = alike.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Ok(Some(format!("no record has the {name} `{value}`{alike}")))
}
