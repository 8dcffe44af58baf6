//! What lists can be sorted by: fields to sort keys, and back to their names.

use super::field::FIELDS;
use super::{
    ANSWER, Context, Field, LengthField, OwnField, OwnType, QueryError, SortField, SortKey,
};
use super::{Order, TextField, TextPart, TimeField, Vocabulary};
use crate::model::{CustomType, Timestamp};

/// The sort key of a field and whether it runs the other way; `None` if lists
/// cannot be sorted by the field. What depends on now, does so on the epoch.
pub(super) fn key(field: &Field) -> Option<(SortField, bool)> {
    let key = match field {
        Field::Type => SortField::Kind,
        Field::Status | Field::State => SortField::Status,
        Field::Id => SortField::Id,
        // The greatest age belongs to the earliest time.
        Field::Age => return Some((SortField::Time(TimeField::Opened), true)),
        Field::Idle => return Some((SortField::Time(TimeField::Updated), true)),
        Field::ToStart => SortField::Length(LengthField::ToStart),
        Field::ToResolve => SortField::Length(LengthField::ToResolve),
        Field::OnHold => SortField::Length(LengthField::OnHold(Timestamp::from_seconds(0))),
        Field::Due => SortField::Due,
        Field::Rank(field) => SortField::Rank(*field),
        Field::Text(field) if !field.is_list() => SortField::Text(field.clone()),
        Field::Time(field) => SortField::Time(*field),
        Field::Count(field) => SortField::Count(*field),
        Field::Part(TextPart::Title) => SortField::Title,
        _ => return None,
    };
    Some((key, false))
}

/// The checked form of what stands after `sort:`.
pub(super) fn checked(
    key_: &SortKey,
    context: &Context,
    vocabulary: &dyn Vocabulary,
) -> Result<Order, QueryError> {
    let Some((found, turned)) = Field::named(&key_.field).as_ref().and_then(key) else {
        let message = match Field::named(&key_.field) {
            Some(_) => format!("lists cannot be sorted by `{}`", key_.field),
            None => format!("there is no field `{}` to sort by", key_.field),
        };
        let usual = "sort by a field, for example sort:opened";
        return Err(QueryError::new(key_.span, message).suggest(
            &key_.field,
            SortField::names(),
            usual,
        ));
    };
    let field = match found {
        SortField::Length(LengthField::OnHold(_)) => {
            SortField::Length(LengthField::OnHold(context.now))
        }
        SortField::Text(TextField::Custom(name)) => match vocabulary.custom_type(&name) {
            Some(CustomType::Number) => SortField::Own(OwnField { name, of: OwnType::Number }),
            Some(CustomType::Time) => SortField::Own(OwnField { name, of: OwnType::Time }),
            _ => SortField::Text(TextField::Custom(name)),
        },
        found => found,
    };
    Ok(Order { field, descending: key_.descending != turned })
}

impl SortField {
    /// The proper name.
    pub fn name(&self) -> String {
        let own = match self {
            SortField::Text(TextField::Custom(name)) => Some(name),
            SortField::Own(field) => Some(&field.name),
            _ => None,
        };
        if let Some(name) = own {
            if let Some(answer) = name.strip_prefix(ANSWER) {
                return format!("answer.{answer}");
            }
            return format!("custom.{name}");
        }
        let same = |key: &SortField| match (key, self) {
            (
                SortField::Length(LengthField::OnHold(_)),
                SortField::Length(LengthField::OnHold(_)),
            ) => true,
            (key, wanted) => key == wanted,
        };
        let found = FIELDS
            .iter()
            .find(|info| key(&info.field).is_some_and(|(key, turned)| !turned && same(&key)));
        found.map_or_else(String::new, |info| info.name.to_owned())
    }

    /// The names that can stand after `sort:`, without the desk's own fields.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FIELDS
            .iter()
            .filter(|info| info.sorts())
            .flat_map(|info| [info.name].into_iter().chain(info.aliases.iter().copied()))
    }
}
