//! The form that `new --edit` opens in the editor.

use std::fmt::Write as _;

use crate::app::{self, NewRecord};
use crate::commands::Context;
use crate::error::CommandError;
use crate::model::{FieldKind, Kind, Patch, fields_of};
use crate::outcome::Outcome;

/// What the form shows at first, and what it does not show.
#[derive(Debug)]
pub struct Form<'a> {
    pub kind: Kind,
    pub title: Option<&'a str>,
    pub text: Option<&'a str>,
    pub patches: Vec<Patch>,
    pub links: Vec<(String, String)>,
}

/// Opens a form with one `field: value` line per field and room for the
/// description, and makes the record that comes back.
///
/// What was typed is never lost: if the record cannot be made, the text is kept
/// in a file whose name the error tells.
pub fn edit(context: &Context, given: Form<'_>, dry_run: bool) -> Result<Outcome, CommandError> {
    let Form { kind, title, text, patches, links } = given;
    let form = form(kind, title, text, &patches);
    let Some(text) = context.edit_text(&form, ".gitsm.txt")? else {
        return Err(CommandError::new(
            crate::error::ErrorKind::Usage,
            "nothing was written, so no record was made",
        ));
    };
    let made = parse(kind, &text).and_then(|(title, description, mut patches_typed)| {
        // Lists and fields that the form does not show were given as options.
        patches_typed.extend(
            patches.into_iter().filter(|patch| !shown(kind).any(|name| name == patch.field())),
        );
        let record =
            NewRecord { kind, title, description, status: None, patches: patches_typed, links };
        app::create(context.session()?, &record, dry_run)
    });
    made.map(Outcome::Written).map_err(|error| context.keep_text(error, &text))
}

/// The fields that the form shows: those of one line.
fn shown(kind: Kind) -> impl Iterator<Item = &'static str> {
    fields_of(kind)
        .filter(|field| field.editable && field.kind != FieldKind::Text)
        .filter(|field| !matches!(field.name, "title" | "name" | "domain" | "external_id"))
        .map(|field| field.name)
}

fn form(kind: Kind, title: Option<&str>, description: Option<&str>, patches: &[Patch]) -> String {
    let mut form = String::new();
    let first = if kind.is_ticket() { "title" } else { "name" };
    let _ = writeln!(form, "{first}: {}", title.unwrap_or_default());
    for name in shown(kind) {
        let given = patches.iter().rev().find(|patch| patch.field() == name);
        let usual = match name {
            "impact" | "urgency" => "medium",
            "model" => "normal",
            _ => "",
        };
        let value = given.and_then(Patch::value).unwrap_or(usual);
        let _ = writeln!(form, "{name}: {value}");
    }
    let _ = write!(
        form,
        "\n{}\n# Above: one field per line; an empty one is left out. Here: the description.\n\
         # Lines that begin with # are dropped. Leave the {first} empty to give up.\n",
        description.unwrap_or_default()
    );
    form
}

type Typed = (String, Option<String>, Vec<Patch>);

fn parse(kind: Kind, text: &str) -> Result<Typed, CommandError> {
    let first = if kind.is_ticket() { "title" } else { "name" };
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut title = String::new();
    let mut patches = Vec::new();
    for line in lines.by_ref() {
        if line.trim().is_empty() {
            break;
        }
        let (field, value) = line.split_once(':').ok_or_else(|| {
            CommandError::usage(format!("`{line}` is not of the form field: value"))
                .hint("an empty line ends the fields")
        })?;
        let (field, value) = (field.trim(), value.trim());
        if field == first {
            value.clone_into(&mut title);
        } else if !value.is_empty() {
            patches.push(Patch::Set(field.to_owned(), value.to_owned()));
        }
    }
    let description = lines.collect::<Vec<_>>().join("\n");
    if title.is_empty() {
        return Err(CommandError::usage(format!("the {first} is empty, so no record was made")));
    }
    Ok((title, (!description.trim().is_empty()).then_some(description), patches))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_back() {
        let patches = vec![Patch::Set("team".into(), "apps".into())];
        let form = form(Kind::Incident, Some("CRM crashes"), Some("At noon.\n"), &patches);
        let (title, description, patches) = parse(Kind::Incident, &form).expect("a good form");
        assert_eq!(title, "CRM crashes");
        assert_eq!(description.as_deref().map(str::trim), Some("At noon."));
        assert!(patches.contains(&Patch::Set("team".into(), "apps".into())));
        assert!(patches.contains(&Patch::Set("impact".into(), "medium".into())));
    }

    #[test]
    fn an_empty_title_gives_up() {
        assert!(parse(Kind::Ci, "name: \nclass: server\n").is_err());
    }
}
