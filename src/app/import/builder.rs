//! Making a mapping ready: its columns are found in the source, its values
//! checked.

use std::collections::HashMap;

use serde_json::Value;

use super::csv::separator;
use super::dates::Dates;
use super::links::{LinkPlan, ListPlan};
use super::mapping::{Detail, LinkSource, NotesSource, Source as Given};
use super::mistake::Mistake;
use super::notes::{Comment, NotesPlan};
use super::plan::{Filler, Mark, Origin};
use super::source::{Missing, Source};
use super::template::Template;
use crate::model::{FieldKind, FieldSpec, Kind, Relation, StateName, fields_of};
use crate::policy::Policy;

/// What a mapping is made ready with.
pub(super) struct Builder<'a> {
    pub(super) source: &'a mut dyn Source,
    pub(super) dates: &'a Dates,
    pub(super) policy: &'a Policy,
    pub(super) kind: Kind,
    pub(super) columns: Vec<usize>,
    /// Whether the source may lack columns.
    pub(super) partial: bool,
}

impl Builder<'_> {
    pub(super) fn notes(&mut self, given: &NotesSource) -> Result<NotesPlan, Mistake> {
        let list = self.list("notes", &given.from)?;
        if given.journal && given.split.is_some() {
            let reason = "`notes`: `split` does not go with `journal`";
            return Err(Mistake::new(&["split"], reason));
        }
        let mut comment = Comment::default();
        let mut inner = self.inner(&mut comment);
        let mut filler = |name: &str, kind, given: &Given| inner.filler(name, None, kind, &given.0);
        let each = &given.each;
        let mut at = filler("at", FieldKind::Time, &each.at)?;
        at.required = true;
        let text = filler("text", FieldKind::Text, &each.text)?;
        let by = each.by.as_ref().map(|by| filler("by", FieldKind::Person, by)).transpose()?;
        let kind = each.kind.as_ref();
        let kind = kind.map(|kind| filler("kind", FieldKind::Word, kind)).transpose()?;
        let columns = inner.columns;
        let split = given.split.clone().filter(|split| !split.is_empty());
        let journal = given.journal;
        Ok(NotesPlan { list, split, journal, comment, columns, at, by, text, kind })
    }

    /// Where the relations of a row come from.
    pub(super) fn link(&mut self, given: &LinkSource) -> Result<LinkPlan, Mistake> {
        let Some(from) = &given.from else {
            let relation = self.relation(given)?;
            let to = self.filler("to", None, FieldKind::Text, &given.to.0)?;
            return Ok(LinkPlan { list: None, relation, to, marked: given.marked.clone() });
        };
        let slot = self.list("links", from)?;
        let mut element = Comment::default();
        let mut inner = self.inner(&mut element);
        let relation = inner.relation(given)?;
        let to = inner.filler("to", None, FieldKind::Text, &given.to.0)?;
        let columns = inner.columns;
        let list = Some(ListPlan { slot, element, columns });
        Ok(LinkPlan { list, relation, to, marked: given.marked.clone() })
    }

    /// What names a relation; every word that it can give must be one.
    fn relation(&mut self, given: &LinkSource) -> Result<Filler, Mistake> {
        let detail = &given.relation.0;
        let given = detail.values.values();
        let given = given.chain(&detail.other).chain(&detail.default).chain(&detail.value);
        for word in given.map(|word| word.trim()).filter(|word| !word.is_empty()) {
            if let Err(error) = Relation::parse_directed(word) {
                let names = Relation::ALL.into_iter().flat_map(|rel| [rel.name(), rel.inverse()]);
                return Err(Mistake::new(&[word], error.to_string()).nearest(word, names));
            }
        }
        self.filler("relation", None, FieldKind::Word, detail)
    }

    /// The slot of a list.
    fn list(&mut self, field: &str, from: &str) -> Result<usize, Mistake> {
        let from = from.trim();
        let list = match self.source.list(from) {
            Err(Missing::Unknown(_)) if self.partial => Ok(self.source.lacking(from)),
            found => found,
        };
        Ok(self.keep(list.map_err(|missing| missing.mistake(field, from))?))
    }

    /// A builder for what the elements of a list hold.
    fn inner<'b>(&'b self, element: &'b mut Comment) -> Builder<'b> {
        Builder {
            source: element,
            dates: self.dates,
            policy: self.policy,
            kind: self.kind,
            columns: Vec::new(),
            partial: false,
        }
    }

    pub(super) fn field(&mut self, name: &str, given: &Given) -> Result<Filler, Mistake> {
        let Some(spec) = fields_of(self.kind).find(|field| field.name == name) else {
            let reason = format!("a record of type {} has no field `{name}`", self.kind);
            let names = fields_of(self.kind).map(|field| field.name);
            return Err(Mistake::new(&[name], reason).nearest(name, names));
        };
        if name == "external_id" {
            return Err(Mistake::new(&[name], "`external_id` is filled from the column of `key`"));
        }
        self.filler(name, Some(spec), spec.kind, &given.0)
    }

    pub(super) fn custom(&mut self, name: &StateName, given: &Given) -> Result<Filler, Mistake> {
        let defined = &self.policy.settings.custom_fields;
        if !defined.is_empty() && !defined.contains_key(name) {
            let reason = format!("the desk has no field `{name}` of its own");
            let names = defined.keys().map(StateName::as_str);
            return Err(Mistake::new(&[name.as_str()], reason).nearest(name.as_str(), names));
        }
        let kind = if given.0.date { FieldKind::Time } else { FieldKind::Line };
        let mut filler = self.filler(name.as_str(), None, kind, &given.0)?;
        filler.custom = true;
        Ok(filler)
    }

    pub(super) fn filler(
        &mut self,
        name: &str,
        spec: Option<&'static FieldSpec>,
        kind: FieldKind,
        detail: &Detail,
    ) -> Result<Filler, Mistake> {
        let wrong = |reason: &str| Mistake::new(&[name], format!("`{name}`: {reason}"));
        let origins = [&detail.column, &detail.template, &detail.value];
        if origins.iter().filter(|origin| origin.is_some()).count() != 1 {
            return Err(wrong("give one of `column`, `template` and `value`"));
        }
        let worded = !detail.values.is_empty();
        let shaped = detail.prefix.is_some() || detail.slug;
        if detail.value.is_some() && (worded || shaped || detail.default.is_some()) {
            return Err(wrong("`value` stands for itself; nothing else can be made of it"));
        }
        if detail.other.is_some() && !worded {
            return Err(wrong("`other` goes with `values`"));
        }
        if detail.otherwise.is_some() && (!worded || detail.other.is_some()) {
            return Err(wrong("`otherwise` goes with `values`, in place of `other`"));
        }
        if worded && shaped {
            return Err(wrong("`values` are final; `slug` and `prefix` do not go with them"));
        }
        if shaped && !is_worded(kind) {
            return Err(wrong("`slug` and `prefix` are for words and lines of text"));
        }
        if detail.date && spec.is_some() {
            return Err(wrong("`date` is for fields of your own"));
        }
        let origin = match (&detail.column, &detail.template) {
            (Some(text), _) => Origin::Slot(self.slot(name, text)?),
            (_, Some(text)) => {
                let template = Template::parse(text).map_err(|reason| wrong(&reason))?;
                Origin::Template(template.resolve(&mut |column| self.slot(name, column))?)
            }
            _ => Origin::Fixed,
        };
        let mut filler = Filler {
            name: name.to_owned(),
            spec,
            kind,
            origin,
            values: HashMap::with_capacity(detail.values.len()),
            other: None,
            otherwise: None,
            default: None,
            prefix: detail.prefix.clone().unwrap_or_default(),
            slug: detail.slug,
            required: detail.required
                || spec.is_some_and(|spec| spec.name == "title" || spec.name == "name"),
            custom: false,
            mark: spec.map_or(Mark::None, |spec| Mark::of(spec.name)),
        };
        for (word, text) in &detail.values {
            let value = self.word(&filler, text)?;
            filler.values.insert(word.trim().to_owned(), value);
        }
        filler.other = detail.other.as_ref().map(|text| self.word(&filler, text)).transpose()?;
        if let Some(given) = &detail.otherwise {
            let otherwise = self.filler(name, spec, kind, &given.0)?;
            filler.otherwise = Some(Box::new(otherwise));
        }
        let fallback = detail.default.as_ref().or(detail.value.as_ref());
        filler.default = match fallback {
            Some(text) => self.word(&filler, text)?,
            None => None,
        };
        Ok(filler)
    }

    /// A value that the mapping itself gives, in gitsm's words.
    fn word(&self, filler: &Filler, text: &str) -> Result<Option<Value>, Mistake> {
        let name = filler.name.as_str();
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = |reason: String| Mistake::new(&[name, text], format!("`{name}`: {reason}"));
        if filler.kind == FieldKind::Time
            && let Ok(time) = self.dates.parse(text)
        {
            return Ok(Some(time.to_string().into()));
        }
        let value = filler.parse(text).map_err(wrong)?;
        if name == "status" && filler.spec.is_some() {
            let states = self.policy.workflows.states_of(self.kind);
            let known = |state: &str| StateName::new(state).is_ok_and(|s| states.contains(&&s));
            if !value.as_ref().and_then(Value::as_str).is_some_and(known) {
                let reason = format!("`{text}` is no state in the workflow of type {}", self.kind);
                return Err(wrong(reason).nearest(text, states.iter().map(|state| state.as_str())));
            }
        }
        Ok(value)
    }

    /// The slot of a row in which the column's cell is kept.
    fn slot(&mut self, field: &str, name: &str) -> Result<usize, Mistake> {
        let may_lack = self.partial && !matches!(field, "title" | "name" | "time");
        let at = column(self.source, field, name, may_lack)?;
        Ok(self.keep(at))
    }

    fn keep(&mut self, at: usize) -> usize {
        let known = self.columns.iter().position(|column| *column == at);
        known.unwrap_or_else(|| {
            self.columns.push(at);
            self.columns.len() - 1
        })
    }
}

fn is_worded(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Line
            | FieldKind::Text
            | FieldKind::Word
            | FieldKind::Person
            | FieldKind::Team
            | FieldKind::Words
            | FieldKind::Records
    )
}

/// Where the source has the column `name`.
pub(super) fn column(
    source: &mut dyn Source,
    field: &str,
    name: &str,
    may_lack: bool,
) -> Result<usize, Mistake> {
    let name = name.trim();
    match source.column(name) {
        Ok(at) => Ok(at),
        Err(Missing::Unknown(_)) if may_lack => Ok(source.lacking(name)),
        Err(missing) => Err(missing.mistake(field, name)),
    }
}

impl Missing {
    fn mistake(self, field: &str, name: &str) -> Mistake {
        match self {
            Missing::Several => {
                let reason = format!("the source has several columns `{name}`");
                let mut mistake = Mistake::new(&[field, name], reason);
                mistake.hint = Some(format!("`{name}[]` takes them all, as a list"));
                mistake
            }
            Missing::Unknown(names) => {
                let reason = format!("the source has no column `{name}`");
                let mut mistake = Mistake::new(&[field, name], reason);
                if let [only] = &names[..]
                    && let Some(separator) = separator(only)
                {
                    let separator =
                        if separator == '\t' { "tab".into() } else { separator.to_string() };
                    mistake.hint = Some(format!(
                        "its columns may be separated otherwise: put `delimiter: \"{separator}\"` \
                         into the mapping"
                    ));
                    return mistake;
                }
                mistake.nearest(name, names.iter().map(String::as_str))
            }
            Missing::Malformed(reason) => Mistake::new(&[field, name], reason),
        }
    }
}
