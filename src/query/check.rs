//! Syntax tree to checked filter: fields and values against what exists.

use super::error::nearest;
use super::foreign;
use super::{
    ANSWER, Context, CountField, Expr, Field, Filter, LengthField, LengthTest, LinkTest, Op, Order,
    OwnType, Phrase, Piece, Query, QueryError, RankField, RankTest, Selection, SlaTest, SortKey,
    Span, Term, Test, TextField, TextPart, TextTest, TimeField, TimeTest, Value, Vocabulary, Way,
    manner, order, tokens, values,
};
use crate::model::{
    CustomType, IdPattern, Kind, PersonId, RecordId, Relation, StateCategory, StateName, TaskState,
    Timestamp, same_but_case,
};

/// Resolves what `query` says.
///
/// # Errors
///
/// A field or value does not exist, or does not fit its field.
pub fn check(
    query: &Query,
    context: &Context,
    vocabulary: &dyn Vocabulary,
) -> Result<Selection, QueryError> {
    let mut checker = Checker::new(context, vocabulary);
    checker.selection(query).map_err(|error| error.in_text(&query.source.0))
}

/// What is wrong with `me` where git's configuration names nobody.
pub const NOBODY: &str = "nobody is known to be asking";

pub(super) struct Checker<'a> {
    context: &'a Context,
    pub(super) vocabulary: &'a dyn Vocabulary,
    warnings: Vec<String>,
    /// The views that are being looked into, the outermost first.
    pub(super) inside: Vec<String>,
    /// Whether one of them is everybody's.
    pub(super) shared: bool,
    /// How many views were looked into so far.
    pub(super) looked_into: usize,
}

impl<'a> Checker<'a> {
    fn new(context: &'a Context, vocabulary: &'a dyn Vocabulary) -> Self {
        let (warnings, inside) = (Vec::new(), Vec::new());
        Self { context, vocabulary, warnings, inside, shared: false, looked_into: 0 }
    }

    fn selection(&mut self, query: &Query) -> Result<Selection, QueryError> {
        let filter = query.filter.as_ref().map(|expr| self.expr(expr)).transpose()?;
        let sort = if query.sort.is_empty() {
            self.order(&manner(query, self.vocabulary).sort)?
        } else {
            self.order(&query.sort)?
        };
        Ok(Selection { filter, sort, limit: query.limit, warnings: self.warnings.clone() })
    }

    pub(super) fn order(&self, keys: &[SortKey]) -> Result<Vec<Order>, QueryError> {
        keys.iter().map(|key| order::checked(key, self.context, self.vocabulary)).collect()
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Filter, QueryError> {
        Ok(match expr {
            Expr::And(parts) => Filter::And(self.exprs(parts)?),
            Expr::Or(parts) => Filter::Or(self.exprs(parts)?),
            Expr::Not(inner) => Filter::Not(Box::new(self.expr(inner)?)),
            Expr::Words(piece) => {
                foreign::refuse(piece)?;
                Filter::Test(Test::Phrase(phrase(piece, None)?))
            }
            Expr::Term(term) => self.term(term)?,
            Expr::View(piece) => self.view(piece)?,
        })
    }

    fn exprs(&mut self, parts: &[Expr]) -> Result<Vec<Filter>, QueryError> {
        parts.iter().map(|part| self.expr(part)).collect()
    }

    fn term(&mut self, term: &Term) -> Result<Filter, QueryError> {
        let Some(field) = Field::named(&term.field) else {
            let error = QueryError::new(
                Span { end: term.span.start + term.field.len(), ..term.span },
                format!("there is no field `{}`", term.field),
            );
            let own = self.vocabulary.custom_fields();
            let own: Vec<String> = own.iter().map(|name| format!("custom.{name}")).collect();
            let mut names: Vec<&str> = Field::names().collect::<Vec<_>>();
            names.extend(own.iter().map(String::as_str));
            let quote = "to search for the text itself, put it in quotation marks";
            return Err(error.suggest(&term.field, names, quote));
        };
        let mut filters = Vec::with_capacity(term.values.len());
        for value in &term.values {
            filters.push(self.value(&field, term, value)?);
        }
        Ok(match filters.len() {
            1 => filters.swap_remove(0),
            _ => Filter::Or(filters),
        })
    }

    fn value(&mut self, field: &Field, term: &Term, value: &Value) -> Result<Filter, QueryError> {
        if let Value::One(piece) = value
            && let Some(absent) = absence(field, self.context.now)
        {
            if is_word(term, piece, "none") {
                return Ok(absent);
            }
            if is_word(term, piece, "any") {
                return Ok(turned_round(absent));
            }
        }
        let now = self.context.now;
        let test = match field {
            Field::Rank(RankField::Approval) => return self.approval(term, value),
            Field::Rank(field) => Test::Rank(*field, values::rank(*field, term, value)?),
            Field::Time(field) => Test::Time(*field, values::time(term, value, now)?),
            Field::Planned => return values::planned(term, value, now),
            Field::Due => Test::Due(values::due(term, value, now)?),
            Field::Age => Test::Time(TimeField::Opened, values::age(term, value, now)?),
            Field::Idle => Test::Time(TimeField::Updated, values::age(term, value, now)?),
            Field::ToStart => Test::Length(LengthField::ToStart, values::length(term, value)?),
            Field::ToResolve => Test::Length(LengthField::ToResolve, values::length(term, value)?),
            Field::OnHold => Test::Length(LengthField::OnHold(now), values::length(term, value)?),
            Field::Count(field) => {
                let (low, high) = values::count(*field, term, value)?;
                Test::Count(*field, low, high)
            }
            Field::Text(TextField::Custom(name)) => return self.custom(name, term, value),
            _ => {
                let piece = match value {
                    Value::One(piece) if !term.op.is_comparison() => piece,
                    _ => return Err(values::no_order(term)),
                };
                return self.plain(field, term, piece);
            }
        };
        Ok(Filter::Test(test))
    }

    /// A value of a field without an order.
    fn plain(&mut self, field: &Field, term: &Term, piece: &Piece) -> Result<Filter, QueryError> {
        let test = match field {
            Field::Type => Test::Kind(piece.text.parse::<Kind>().map_err(|error| {
                QueryError::new(piece.span, error.to_string()).suggest(
                    &piece.text,
                    Kind::ALL.map(Kind::name),
                    "",
                )
            })?),
            Field::Status => return self.status(term, piece),
            Field::State => return state(piece),
            Field::Is => return self.is(piece),
            Field::Has => return self.has(piece),
            Field::Ci => {
                let ids = self.records(piece, Some(Kind::Ci))?;
                return Ok(any(ids.into_iter().map(|id| Test::Ci(Some(id)))));
            }
            Field::Id => {
                let ids = self.records(piece, None)?;
                return Ok(any(ids.into_iter().map(Test::Id)));
            }
            Field::Link(relation) => {
                let ids = self.records(piece, None)?;
                let link = |id| Test::Link(link(*relation, Some(id)));
                return Ok(any(ids.into_iter().map(link)));
            }
            Field::Sla => Test::Sla(self.commitment(term, piece)?),
            Field::KnownError => {
                let known = Filter::Test(Test::KnownError);
                return Ok(if values::flag(piece)? { known } else { turned_round(known) });
            }
            Field::Approver => {
                let TextTest::Is(person) = self.text(&TextField::Approver, term, piece)? else {
                    return Err(values::no_order(term));
                };
                let person = PersonId::new(person)
                    .map_err(|error| QueryError::new(piece.span, error.to_string()))?;
                return self.waiting_for_votes(Some(&person), piece.span);
            }
            Field::Involves => {
                let test = self.text(&TextField::Assignee, term, piece)?;
                let people = TextField::ALL.into_iter().filter(TextField::is_person);
                return Ok(any(people.map(|field| Test::Text(field, test.clone()))));
            }
            Field::Text(field @ (TextField::Team | TextField::TaskTeam))
                if is_word(term, piece, "mine") =>
            {
                let me = self.me(piece.span)?;
                let teams = self.context.me.as_ref().map(|me| self.vocabulary.teams_of(me));
                let teams = teams.unwrap_or_default();
                if teams.is_empty() {
                    self.warn(format!("the desk lists no team of {me}"));
                }
                let is = |team| Test::Text(field.clone(), TextTest::Is(team));
                return Ok(any(teams.into_iter().map(is)));
            }
            Field::Text(field) => Test::Text(field.clone(), self.text(field, term, piece)?),
            Field::Words => Test::Phrase(phrase_of(term, piece, None)?),
            Field::Part(part) => Test::Phrase(phrase_of(term, piece, Some(*part))?),
            // `value` sees to the rest.
            _ => return Err(values::no_order(term)),
        };
        Ok(Filter::Test(test))
    }

    /// What waits for votes, which no row says, or the last vote of the rest.
    fn approval(&self, term: &Term, value: &Value) -> Result<Filter, QueryError> {
        let span = value.span();
        if let Value::One(piece) = value
            && is_word(term, piece, "pending")
        {
            return self.waiting_for_votes(None, span);
        }
        let said = Test::Rank(RankField::Approval, values::rank(RankField::Approval, term, value)?);
        let waits = self.waiting_for_votes(None, span)?;
        Ok(match waits {
            Filter::Or(none) if none.is_empty() => Filter::Test(said),
            waits => Filter::And(vec![Filter::Test(said), turned_round(waits)]),
        })
    }

    fn waiting_for_votes(
        &self,
        person: Option<&PersonId>,
        span: Span,
    ) -> Result<Filter, QueryError> {
        let ids = self.vocabulary.waiting_for_votes(person);
        let ids = ids.map_err(|message| QueryError::new(span, message))?;
        Ok(any(ids.into_iter().map(Test::Id)))
    }

    fn status(&mut self, term: &Term, piece: &Piece) -> Result<Filter, QueryError> {
        let text = piece.text.to_ascii_lowercase().replace('-', "_");
        if term.op == Op::Is && !piece.quoted {
            if text == "any" {
                return Ok(Filter::Test(Test::Any));
            }
            if let Some(filter) = category(&text) {
                return Ok(filter);
            }
        }
        let states = self.vocabulary.states();
        let unknown = !states.is_empty() && !states.contains(&text);
        match StateName::new(text) {
            Ok(state) if !unknown => Ok(Filter::Test(Test::Status(state))),
            _ => {
                let choices = states
                    .iter()
                    .map(String::as_str)
                    .chain(StateCategory::ALL.map(StateCategory::name))
                    .chain(["any"]);
                let message = format!("no workflow has a state `{}`", piece.text);
                Err(QueryError::new(piece.span, message).suggest(
                    &piece.text,
                    choices,
                    "besides states there are open, hold, resolved, closed and any",
                ))
            }
        }
    }

    /// How commitments stand, or the name of one.
    fn commitment(&mut self, term: &Term, piece: &Piece) -> Result<SlaTest, QueryError> {
        if !piece.quoted
            && term.op == Op::Is
            && let Some(test) = SlaTest::of(&piece.text, self.context.now)
        {
            return Ok(test);
        }
        let names = self.vocabulary.commitments();
        if names.is_empty() {
            let near = nearest(&piece.text, SlaTest::WORDS);
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            self.warn(format!("the desk promises nothing called `{}`{hint}", piece.text));
            return Ok(SlaTest::Named(piece.text.clone()));
        }
        if names.iter().any(|name| name.eq_ignore_ascii_case(&piece.text)) {
            return Ok(SlaTest::Named(piece.text.clone()));
        }
        let message = format!("nothing promised is or is called `{}`", piece.text);
        let choices = names.iter().map(String::as_str).chain(SlaTest::WORDS);
        let usual = names.iter().map(String::as_str).chain(SlaTest::WORDS);
        let usual = format!("there are {}", usual.collect::<Vec<_>>().join(", "));
        Err(QueryError::new(piece.span, message).suggest(&piece.text, choices, &usual))
    }

    fn is(&mut self, piece: &Piece) -> Result<Filter, QueryError> {
        const WORDS: [&str; 9] = [
            "open",
            "hold",
            "resolved",
            "closed",
            "mine",
            "unassigned",
            "reopened",
            "escalated",
            "known_error",
        ];
        let text = piece.text.to_ascii_lowercase().replace('-', "_");
        if let Some(filter) = category(&text) {
            return Ok(filter);
        }
        let assignee = |test| Filter::Test(Test::Text(TextField::Assignee, test));
        match text.as_str() {
            "mine" => Ok(assignee(TextTest::Is(self.me(piece.span)?))),
            // A configuration item without an owner waits for nobody.
            "unassigned" => Ok(Filter::And(vec![
                assignee(TextTest::None),
                Filter::Not(Box::new(Filter::Test(Test::Kind(Kind::Ci)))),
            ])),
            "reopened" => Ok(Filter::Test(Test::Count(CountField::Reopened, 1, u32::MAX))),
            "escalated" => Ok(Filter::Test(Test::Count(CountField::Escalation, 1, u32::MAX))),
            "known_error" => Ok(Filter::Test(Test::KnownError)),
            _ => {
                let error = QueryError::new(piece.span, format!("nothing is `{}`", piece.text));
                Err(error.suggest(&text, WORDS, &format!("there are is:{}", WORDS.join(", is:"))))
            }
        }
    }

    fn has(&self, piece: &Piece) -> Result<Filter, QueryError> {
        let absent = |field: &Field| absence(field, self.context.now);
        let missing = Field::named(&piece.text).as_ref().and_then(absent);
        missing.map(turned_round).ok_or_else(|| {
            let names = Field::names()
                .filter(|name| Field::named(name).as_ref().and_then(absent).is_some());
            QueryError::new(piece.span, format!("`{}` is nothing to have", piece.text)).suggest(
                &piece.text,
                names,
                "name a field, for example has:attachments",
            )
        })
    }

    fn me(&self, span: Span) -> Result<String, QueryError> {
        self.context.me.as_ref().map(ToString::to_string).ok_or_else(|| {
            QueryError::new(span, NOBODY).with_hint("name the person instead of `me`")
        })
    }

    fn text(
        &mut self,
        field: &TextField,
        term: &Term,
        piece: &Piece,
    ) -> Result<TextTest, QueryError> {
        if !piece.quoted && term.op == Op::Is {
            if field.is_person() && piece.text.eq_ignore_ascii_case("me") {
                return Ok(TextTest::Is(self.me(piece.span)?));
            }
            if field.is_person() && piece.text.starts_with('@') {
                let error = QueryError::new(piece.span, format!("`{}` is no person", piece.text));
                return Err(error.with_hint("leave out the `@`: `me` is you"));
            }
            if let Some(start) = piece.text.strip_suffix('*') {
                return Ok(TextTest::StartsWith(start.to_owned()));
            }
        }
        let (what, mut known) = match field {
            field if field.is_person() => ("person", self.vocabulary.people()),
            TextField::Team | TextField::TaskTeam => ("team", self.vocabulary.teams()),
            TextField::TaskState => {
                ("state of a task", TaskState::ALL.map(|state| state.name().to_owned()).to_vec())
            }
            TextField::Hold => ("reason of a hold", self.vocabulary.words(field)),
            TextField::Resolution => ("resolution code", self.vocabulary.words(field)),
            field => ("value", self.vocabulary.words(field)),
        };
        known.retain(|name| !name.is_empty());
        let codes = matches!(
            field,
            TextField::Hold | TextField::Resolution | TextField::Domain | TextField::TaskState
        );
        let text = if codes { piece.text.replace('-', "_") } else { piece.text.clone() };
        if !known.is_empty() && !known.iter().any(|name| same_but_case(name, &text)) {
            if *field == TextField::TaskState {
                let error = QueryError::new(piece.span, format!("no task is `{}`", piece.text));
                let usual = format!("there are {}", known.join(", "));
                return Err(error.suggest(&text, known.iter().map(String::as_str), &usual));
            }
            let near = nearest(&text, known.iter().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            self.warn(format!("the desk lists no {what} `{text}`{hint}"));
        }
        Ok(TextTest::Is(text))
    }

    /// One of the desk's own fields, by the type that the desk gives it; a
    /// field that it does not know is compared as its values look like.
    fn custom(&mut self, name: &str, term: &Term, value: &Value) -> Result<Filter, QueryError> {
        let names = self.vocabulary.custom_fields();
        let is_answer = name.starts_with(ANSWER);
        if !is_answer && !names.is_empty() && !names.iter().any(|known| known == name) {
            let near = nearest(name, names.iter().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean `custom.{near}`?"));
            self.warn(format!("the desk has no field `{name}`{}", hint.unwrap_or_default()));
        }
        let ordered = term.op.is_comparison() || matches!(value, Value::Range(..));
        let of = match self.vocabulary.custom_type(name) {
            Some(CustomType::Number) => Some(OwnType::Number),
            Some(CustomType::Time) => Some(OwnType::Time),
            Some(CustomType::Boolean) if !ordered => {
                let Value::One(piece) = value else { return Err(values::no_order(term)) };
                let wanted = TextTest::Is(values::flag(piece)?.to_string());
                return Ok(Filter::Test(Test::Text(TextField::Custom(name.to_owned()), wanted)));
            }
            None if ordered => Some(values::looks_like(value)),
            _ => None,
        };
        if let Some(of) = of {
            return Ok(Filter::Test(values::own(name, of, term, value, self.context.now)?));
        }
        let Value::One(piece) = value else { return Err(values::no_order(term)) };
        if ordered {
            return Err(values::no_order(term));
        }
        let field = TextField::Custom(name.to_owned());
        let test = self.text(&field, term, piece)?;
        Ok(Filter::Test(Test::Text(field, test)))
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The records that a piece names: of type `kind`, if one is wanted.
    fn records(&self, piece: &Piece, kind: Option<Kind>) -> Result<Vec<RecordId>, QueryError> {
        let mut ids = self.vocabulary.records(&piece.text);
        ids.retain(|id| kind.is_none_or(|kind| id.kind() == kind));
        // A full id is a fair question even when the record does not exist.
        if ids.is_empty() {
            ids.extend(
                piece
                    .text
                    .parse()
                    .ok()
                    .filter(|id: &RecordId| kind.is_none_or(|kind| id.kind() == kind)),
            );
        }
        if ids.is_empty() {
            let what = if kind.is_some() { "configuration item" } else { "record" };
            let error = QueryError::new(piece.span, format!("there is no {what} `{}`", piece.text));
            let hint = match IdPattern::parse(&piece.text) {
                Some(_) => "give more of the id, or search for a word of the title",
                None => "give a short id such as INC-7K3F9Q, or the name of a configuration item",
            };
            return Err(error.with_hint(hint));
        }
        Ok(ids)
    }
}

/// Whether the piece is a word of the language, and not literally meant.
fn is_word(term: &Term, piece: &Piece, word: &str) -> bool {
    !piece.quoted && term.op == Op::Is && piece.text.eq_ignore_ascii_case(word)
}

/// Whether the field called `name` can be asked for records without a value.
pub(super) fn may_be_absent(name: &str) -> bool {
    Field::named(name).is_some_and(|field| absence(&field, Timestamp::from_seconds(0)).is_some())
}

/// What holds where the field has no value; `None` if it always has one, or is
/// nothing that could be missing.
fn absence(field: &Field, now: Timestamp) -> Option<Filter> {
    let test = match field {
        Field::Ci => Test::Ci(None),
        Field::Rank(field) => Test::Rank(*field, RankTest::None),
        Field::Text(field) => Test::Text(field.clone(), TextTest::None),
        Field::Time(field) => Test::Time(*field, TimeTest::None),
        Field::Planned => Test::Time(TimeField::PlannedStart, TimeTest::None),
        Field::Count(field) => Test::Count(*field, 0, 0),
        Field::ToStart => Test::Length(LengthField::ToStart, LengthTest::None),
        Field::ToResolve => Test::Length(LengthField::ToResolve, LengthTest::None),
        Field::OnHold => Test::Length(LengthField::OnHold(now), LengthTest::None),
        Field::Part(part) if *part != TextPart::Title => {
            return Some(turned_round(Filter::Test(Test::Has(*part))));
        }
        Field::Link(relation) => {
            return Some(turned_round(Filter::Test(Test::Link(link(*relation, None)))));
        }
        Field::KnownError => return Some(turned_round(Filter::Test(Test::KnownError))),
        Field::Sla => Test::Sla(SlaTest::None),
        Field::Due => Test::Due(TimeTest::None),
        _ => return None,
    };
    Some(Filter::Test(test))
}

/// The opposite.
fn turned_round(filter: Filter) -> Filter {
    match filter {
        Filter::Not(inner) => *inner,
        other => Filter::Not(Box::new(other)),
    }
}

const fn link(relation: Option<(Relation, Way)>, other: Option<RecordId>) -> LinkTest {
    match relation {
        Some((relation, way)) => LinkTest { relation: Some(relation), way, other },
        None => LinkTest { relation: None, way: Way::Either, other },
    }
}

/// A state category and nothing else.
fn state(piece: &Piece) -> Result<Filter, QueryError> {
    let text = piece.text.to_ascii_lowercase();
    if text == "any" {
        return Ok(Filter::Test(Test::Any));
    }
    category(&text).ok_or_else(|| {
        let names = StateCategory::ALL.map(StateCategory::name);
        QueryError::new(piece.span, format!("no state means `{}`", piece.text)).suggest(
            &text,
            names,
            "there are open, hold, resolved, closed and any",
        )
    })
}

/// The states that the words open, hold, resolved and closed take in. What is
/// on hold still has work to do, and so is open too.
fn category(word: &str) -> Option<Filter> {
    let state = StateCategory::ALL.into_iter().find(|state| state.name() == word)?;
    Some(if state == StateCategory::Open {
        any([StateCategory::Open, StateCategory::Hold].map(Test::State))
    } else {
        Filter::Test(Test::State(state))
    })
}

fn any(tests: impl IntoIterator<Item = Test>) -> Filter {
    let mut filters: Vec<Filter> = tests.into_iter().map(Filter::Test).collect();
    if filters.len() == 1 { filters.swap_remove(0) } else { Filter::Or(filters) }
}

/// A bare word finds every word that begins with it (`crash` finds `crashes`);
/// in quotation marks it stands for itself.
fn phrase(piece: &Piece, part: Option<TextPart>) -> Result<Phrase, QueryError> {
    let text = if piece.quoted { &piece.text } else { piece.text.trim_end_matches('*') };
    let prefix = !piece.quoted && text.ends_with(char::is_alphanumeric);
    let tokens = tokens(text);
    if tokens.is_empty() {
        let message = match piece.text.trim() {
            "" => "there is nothing to search for".to_owned(),
            text => format!("`{text}` has no letter or digit to search for"),
        };
        return Err(QueryError::new(piece.span, message));
    }
    Ok(Phrase { tokens, prefix, part })
}

/// As [`phrase`], after a colon: `=` has the effect of quotation marks.
fn phrase_of(term: &Term, piece: &Piece, part: Option<TextPart>) -> Result<Phrase, QueryError> {
    if term.op == Op::Equal {
        return phrase(&Piece { quoted: true, ..piece.clone() }, part);
    }
    phrase(piece, part)
}
