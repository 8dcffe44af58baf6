//! Syntax tree to checked filter: fields and values against what exists.

use super::error::nearest;
use super::{
    Expr, Field, Filter, Op, Order, Phrase, Piece, Query, QueryError, RankField, RankTest,
    Selection, SortField, Span, Term, Test, TextField, TextTest, TimeField, TimeTest, Value,
    duration, moment, tokens,
};
use crate::model::{
    IdPattern, Kind, Level, PersonId, Priority, RecordId, StateCategory, StateName, Timestamp,
};

/// What a query is about, apart from its text.
#[derive(Clone, Debug)]
pub struct Context {
    /// For ages and relative dates.
    pub now: Timestamp,
    /// Who `me` is.
    pub me: Option<PersonId>,
}

/// What exists on the desk. An empty list means that anything may exist.
pub trait Vocabulary {
    /// Every state of every workflow.
    fn states(&self) -> Vec<String> {
        Vec::new()
    }

    /// The people's ids.
    fn people(&self) -> Vec<String> {
        Vec::new()
    }

    /// The teams' ids.
    fn teams(&self) -> Vec<String> {
        Vec::new()
    }

    /// The names of the desk's own fields.
    fn custom_fields(&self) -> Vec<String> {
        Vec::new()
    }

    /// The records that `text` may name: by id, by an ending of it, by a
    /// configuration item's name or by an external id.
    fn records(&self, text: &str) -> Vec<RecordId> {
        text.parse().into_iter().collect()
    }
}

/// Knows nothing, and so lets any name pass; of records only full ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoVocabulary;

impl Vocabulary for NoVocabulary {}

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
    let mut checker = Checker { context, vocabulary, warnings: Vec::new() };
    let filter = query.filter.as_ref().map(|expr| checker.expr(expr)).transpose()?;
    let sort = query.sort.iter().map(sort_key).collect::<Result<_, _>>()?;
    Ok(Selection { filter, sort, limit: query.limit, warnings: checker.warnings })
}

fn sort_key(key: &super::SortKey) -> Result<Order, QueryError> {
    let name = match key.field.split_once('.') {
        Some(_) => key.field.clone(),
        None => key.field.to_ascii_lowercase(),
    };
    if name == "age" {
        // The greatest age belongs to the earliest opening.
        let field = SortField::Time(TimeField::Opened);
        return Ok(Order { field, descending: !key.descending });
    }
    match SortField::named(&name) {
        Some(field) => Ok(Order { field, descending: key.descending }),
        None => Err(QueryError::new(key.span, format!("nothing can be sorted by `{}`", key.field))
            .suggest(&name, SortField::names(), "sort by a field, for example sort:opened")),
    }
}

struct Checker<'a> {
    context: &'a Context,
    vocabulary: &'a dyn Vocabulary,
    warnings: Vec<String>,
}

impl Checker<'_> {
    fn expr(&mut self, expr: &Expr) -> Result<Filter, QueryError> {
        Ok(match expr {
            Expr::And(parts) => Filter::And(self.exprs(parts)?),
            Expr::Or(parts) => Filter::Or(self.exprs(parts)?),
            Expr::Not(inner) => Filter::Not(Box::new(self.expr(inner)?)),
            Expr::Words(piece) => Filter::Test(Test::Phrase(phrase(piece)?)),
            Expr::Term(term) => self.term(term)?,
        })
    }

    fn exprs(&mut self, parts: &[Expr]) -> Result<Vec<Filter>, QueryError> {
        parts.iter().map(|part| self.expr(part)).collect()
    }

    fn term(&mut self, term: &Term) -> Result<Filter, QueryError> {
        let Some(field) = Field::named(&term.field) else {
            let error = QueryError::new(term.span, format!("there is no field `{}`", term.field));
            let quote = "to search for the text itself, put it in quotation marks";
            return Err(error.suggest(&term.field, Field::names(), quote));
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
        let test = match field {
            Field::Rank(field) => rank(*field, term, value)?,
            Field::Time(field) => Test::Time(*field, self.time(term, value)?),
            Field::Age => Test::Time(TimeField::Opened, self.age(term, value)?),
            _ => {
                let piece = match value {
                    Value::One(piece) if !term.op.is_comparison() => piece,
                    _ => {
                        let message = format!("`{}` has no order to compare by", term.field);
                        return Err(QueryError::new(term.span, message));
                    }
                };
                return self.plain(field, term, piece);
            }
        };
        Ok(Filter::Test(test))
    }

    /// A value of a field without an order.
    fn plain(&mut self, field: &Field, term: &Term, piece: &Piece) -> Result<Filter, QueryError> {
        let special = |word: &str| {
            !piece.quoted && term.op == Op::Is && piece.text.eq_ignore_ascii_case(word)
        };
        let test = match field {
            Field::Type => Test::Kind(piece.text.parse::<Kind>().map_err(|error| {
                QueryError::new(piece.span, error.to_string()).suggest(
                    &piece.text,
                    Kind::ALL.map(Kind::name),
                    "",
                )
            })?),
            Field::Status => return self.status(term, piece),
            Field::Is => return self.is(piece),
            Field::Ci if special("none") => Test::Ci(None),
            Field::Ci => {
                let ids = self.records(piece, Some(Kind::Ci))?;
                return Ok(any(ids.into_iter().map(|id| Test::Ci(Some(id)))));
            }
            Field::Id => {
                let ids = self.records(piece, None)?;
                return Ok(any(ids.into_iter().map(Test::Id)));
            }
            Field::Text(field) => Test::Text(field.clone(), self.text(field, term, piece)?),
            Field::Rank(_) | Field::Time(_) | Field::Age => Test::Any,
        };
        Ok(Filter::Test(test))
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

    fn is(&mut self, piece: &Piece) -> Result<Filter, QueryError> {
        const WORDS: [&str; 6] = ["open", "hold", "resolved", "closed", "mine", "unassigned"];
        let text = piece.text.to_ascii_lowercase();
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
            _ => {
                let error = QueryError::new(piece.span, format!("nothing is `{}`", piece.text));
                Err(error.suggest(&text, WORDS, &format!("there are is:{}", WORDS.join(", is:"))))
            }
        }
    }

    fn me(&self, span: Span) -> Result<String, QueryError> {
        self.context.me.as_ref().map(ToString::to_string).ok_or_else(|| {
            QueryError::new(span, "nobody is known to be asking")
                .with_hint("name the person instead of `me`")
        })
    }

    fn text(
        &mut self,
        field: &TextField,
        term: &Term,
        piece: &Piece,
    ) -> Result<TextTest, QueryError> {
        let literal = piece.quoted || term.op == Op::Equal;
        let is_person = matches!(field, TextField::Assignee | TextField::Requester);
        let mut known = match field {
            TextField::Assignee | TextField::Requester => self.vocabulary.people(),
            TextField::Team => self.vocabulary.teams(),
            _ => Vec::new(),
        };
        if let TextField::Custom(name) = field {
            let names = self.vocabulary.custom_fields();
            if !names.is_empty() && !names.contains(name) {
                let near = nearest(name, names.iter().map(String::as_str));
                let hint = near.map(|near| format!("; did you mean `custom.{near}`?"));
                self.warn(format!("the desk has no field `{name}`{}", hint.unwrap_or_default()));
            }
        }
        if !literal {
            if piece.text.eq_ignore_ascii_case("none") {
                return Ok(TextTest::None);
            }
            if is_person && piece.text.eq_ignore_ascii_case("me") {
                return Ok(TextTest::Is(self.me(piece.span)?));
            }
            if let Some(start) = piece.text.strip_suffix('*') {
                return Ok(TextTest::StartsWith(start.to_owned()));
            }
        }
        known.retain(|name| !name.is_empty());
        if !known.is_empty() && !known.iter().any(|name| name.eq_ignore_ascii_case(&piece.text)) {
            let what = if is_person { "person" } else { "team" };
            let near = nearest(&piece.text, known.iter().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            self.warn(format!("the desk lists no {what} `{}`{hint}", piece.text));
        }
        Ok(TextTest::Is(piece.text.clone()))
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

    fn time(&self, term: &Term, value: &Value) -> Result<TimeTest, QueryError> {
        let now = self.context.now;
        let read = |piece: &Piece| {
            moment(&piece.text, now).ok_or_else(|| {
                QueryError::new(piece.span, format!("`{}` is no date or time", piece.text))
                    .with_hint("write 2026-11-22, 2026-11-22T09:12, yesterday or \"2 days ago\"")
            })
        };
        let within = |from, before| TimeTest::Within { from, before };
        let next = |time: Timestamp| Timestamp::from_seconds(time.seconds().saturating_add(1));
        let piece = match value {
            Value::Range(from, to) => {
                let from = from.as_ref().map(read).transpose()?.map(|moment| moment.from);
                let before = to.as_ref().map(read).transpose()?.map(|moment| moment.before);
                return Ok(within(from, before));
            }
            Value::One(piece) => piece,
        };
        if !piece.quoted && term.op == Op::Is && piece.text.eq_ignore_ascii_case("none") {
            return Ok(TimeTest::None);
        }
        let moment = read(piece)?;
        // A day is later than another only when it is a later day; a point in
        // time is compared to the second.
        let (from, before) =
            moment.instant.map_or((moment.from, moment.before), |instant| (instant, next(instant)));
        Ok(match term.op {
            Op::Is | Op::Equal => within(Some(moment.from), Some(moment.before)),
            Op::Less => within(None, Some(from)),
            Op::AtMost => within(None, Some(before)),
            Op::Greater => within(Some(before), None),
            Op::AtLeast => within(Some(from), None),
        })
    }

    /// An age is a condition on when a record was opened.
    fn age(&self, term: &Term, value: &Value) -> Result<TimeTest, QueryError> {
        let ago = |piece: &Piece, later: i64| {
            duration(&piece.text)
                .map(|length| {
                    let now = self.context.now.seconds();
                    Timestamp::from_seconds(now.saturating_sub(length).saturating_add(later))
                })
                .ok_or_else(|| {
                    QueryError::new(piece.span, format!("`{}` is no duration", piece.text))
                        .with_hint("write a number and s, m, h, d or w, for example age:>4h")
                })
        };
        let (from, before) = match (value, term.op) {
            (Value::Range(youngest, oldest), _) => (
                oldest.as_ref().map(|piece| ago(piece, 0)).transpose()?,
                youngest.as_ref().map(|piece| ago(piece, 1)).transpose()?,
            ),
            (Value::One(piece), Op::Greater) => (None, Some(ago(piece, 0)?)),
            (Value::One(piece), Op::AtLeast) => (None, Some(ago(piece, 1)?)),
            (Value::One(piece), Op::Less) => (Some(ago(piece, 1)?), None),
            (Value::One(piece), Op::AtMost) => (Some(ago(piece, 0)?), None),
            (Value::One(piece), Op::Is | Op::Equal) => {
                return Err(QueryError::new(piece.span, "an age is hardly ever met exactly")
                    .with_hint(format!("write age:>{0} or age:<{0}", piece.text)));
            }
        };
        Ok(TimeTest::Within { from, before })
    }
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
fn phrase(piece: &Piece) -> Result<Phrase, QueryError> {
    let text = if piece.quoted { &piece.text } else { piece.text.trim_end_matches('*') };
    let prefix = !piece.quoted && text.ends_with(char::is_alphanumeric);
    let tokens = tokens(text);
    if tokens.is_empty() {
        let message = format!("`{}` has no letter or digit to search for", piece.text);
        return Err(QueryError::new(piece.span, message));
    }
    Ok(Phrase { tokens, prefix })
}

fn rank(field: RankField, term: &Term, value: &Value) -> Result<Test, QueryError> {
    let number = |piece: &Piece| -> Result<u8, QueryError> {
        let rank = match field {
            RankField::Priority => piece.text.parse().map(Priority::number),
            _ => piece.text.parse().map(|level: Level| level as u8 + 1),
        };
        rank.map_err(|error| QueryError::new(piece.span, error.to_string()))
    };
    let (low, high) = match value {
        Value::One(piece)
            if !piece.quoted && term.op == Op::Is && piece.text.eq_ignore_ascii_case("none") =>
        {
            return Ok(Test::Rank(field, RankTest::None));
        }
        Value::One(piece) => {
            let rank = number(piece)?;
            // P1 comes before P2, but a high impact is more than a medium one.
            let more = |op| matches!(op, Op::Greater | Op::AtLeast);
            let later = more(term.op) == (field == RankField::Priority);
            match term.op {
                Op::Is | Op::Equal => (rank, rank),
                Op::AtLeast | Op::AtMost if later => (rank, u8::MAX),
                Op::AtLeast | Op::AtMost => (0, rank),
                Op::Greater | Op::Less if later => (rank.saturating_add(1), u8::MAX),
                Op::Greater | Op::Less => (0, rank.saturating_sub(1)),
            }
        }
        Value::Range(from, to) => {
            let from = from.as_ref().map(number).transpose()?;
            let to = to.as_ref().map(number).transpose()?;
            match (from, to) {
                (Some(from), Some(to)) => (from.min(to), from.max(to)),
                (Some(from), None) if field == RankField::Priority => (from, u8::MAX),
                (None, Some(to)) if field == RankField::Priority => (0, to),
                (Some(from), None) => (0, from),
                (None, Some(to)) => (to, u8::MAX),
                (None, None) => (0, u8::MAX),
            }
        }
    };
    Ok(Test::Rank(field, RankTest::Between(low, high)))
}
