//! The syntax tree of a query, before names and dates are resolved.

use std::ops::Range;

use super::Field;

/// The bytes of the query that a part was read from. Trees that differ only
/// in position are equal: parts made by builders have none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// The command line option, without its hyphens, that it stems from in
    /// place of the query's text.
    pub option: Option<&'static str>,
}

impl Span {
    /// The bytes from `start` to before `end` of the query's text.
    pub(super) const fn new(start: usize, end: usize) -> Self {
        Self { start, end, option: None }
    }

    const fn option(name: &'static str) -> Self {
        Self { start: 0, end: 0, option: Some(name) }
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A whole query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What records must satisfy; `None` takes all.
    pub filter: Option<Expr>,
    /// The wanted order, the most important key first; empty for the default.
    pub sort: Vec<SortKey>,
    /// How many records at most.
    pub limit: Option<usize>,
    /// What it was read from, for errors to point at.
    pub source: Source,
}

/// The text of a query. Trees that were read from different texts can be equal.
#[derive(Clone, Debug, Default)]
pub struct Source(pub(super) String);

impl PartialEq for Source {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Source {}

/// One key to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    pub field: String,
    pub descending: bool,
    pub span: Span,
}

/// What records must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// All of two or more.
    And(Vec<Expr>),
    /// At least one of two or more.
    Or(Vec<Expr>),
    /// The opposite.
    Not(Box<Expr>),
    /// Words to be found in the text.
    Words(Piece),
    /// A condition on a field.
    Term(Term),
    /// What the view of this name asks for.
    View(Piece),
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The name as typed, in lower case.
    pub field: String,
    pub op: Op,
    /// At least one; one of them is enough.
    pub values: Vec<Value>,
    pub span: Span,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Op {
    /// `field:value`
    #[default]
    Is,
    /// `field:=value`: takes the value literally.
    Equal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Op {
    /// How the operator is written after the colon.
    pub const fn symbol(self) -> &'static str {
        match self {
            Op::Is => "",
            Op::Equal => "=",
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::Greater => ">",
            Op::AtLeast => ">=",
        }
    }

    /// Whether it needs an order among values.
    pub const fn is_comparison(self) -> bool {
        !matches!(self, Op::Is | Op::Equal)
    }
}

/// A value, or a range with at least one end. Both ends belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    One(Piece),
    Range(Option<Piece>, Option<Piece>),
}

/// A piece of text in a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// Quoted text has no special words and no stars.
    pub quoted: bool,
    pub span: Span,
}

impl Piece {
    /// Text that may hold special words such as `none`.
    pub fn bare(text: impl Into<String>) -> Self {
        Self { text: text.into(), quoted: false, span: Span::default() }
    }

    /// Text that stands for itself.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self { text: text.into(), quoted: true, span: Span::default() }
    }
}

impl Value {
    pub(super) fn span(&self) -> Span {
        match self {
            Value::One(piece)
            | Value::Range(Some(piece), None)
            | Value::Range(None, Some(piece)) => piece.span,
            Value::Range(Some(from), Some(to)) => Span { end: to.span.end, ..from.span },
            Value::Range(None, None) => Span::default(),
        }
    }
}

impl Expr {
    /// `field:value`, where the value may be a special word such as `none`.
    pub fn field(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self::any_of(field, [value])
    }

    /// `field:a,b`: one of the values is enough.
    pub fn any_of<T: Into<String>>(
        field: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        Expr::Term(Term {
            field: field.into(),
            op: Op::Is,
            values: values.into_iter().map(|value| Value::One(Piece::bare(value))).collect(),
            span: Span::default(),
        })
    }

    /// `field:>value` and its like.
    pub fn compare(field: impl Into<String>, op: Op, value: impl Into<String>) -> Self {
        Expr::Term(Term {
            field: field.into(),
            op,
            values: vec![Value::One(Piece::bare(value))],
            span: Span::default(),
        })
    }

    /// `field:value` where the value is given apart, as an option gives it:
    /// `<=P2`, `P1..P3` for fields with an order, else alternatives with commas
    /// between.
    pub fn given(field: &str, value: &str) -> Self {
        for op in [Op::AtMost, Op::AtLeast, Op::Less, Op::Greater] {
            if let Some(rest) = value.strip_prefix(op.symbol()) {
                return Expr::compare(field, op, rest.trim());
            }
        }
        let ordered = Field::named(field).is_some_and(|field| field.is_ordered());
        let one = |part: &str| match part.split_once("..") {
            Some((from, to)) if ordered && part != ".." => {
                let end = |text: &str| (!text.is_empty()).then(|| Piece::bare(text.trim()));
                Value::Range(end(from), end(to))
            }
            _ => Value::One(Piece::bare(part)),
        };
        let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
        let mut values: Vec<Value> = parts.map(one).collect();
        if values.is_empty() {
            values.push(Value::One(Piece::bare("")));
        }
        Expr::Term(Term { field: field.to_owned(), op: Op::Is, values, span: Span::default() })
    }

    /// The same, marked as what a command line option says, so that errors name
    /// the option in place of a column that nobody typed.
    #[must_use]
    pub fn of_option(mut self, name: &'static str) -> Self {
        let span = Span::option(name);
        match &mut self {
            Expr::And(parts) | Expr::Or(parts) => {
                let marked = parts.drain(..).map(|part| part.of_option(name)).collect();
                *parts = marked;
            }
            Expr::Not(inner) => {
                let marked = std::mem::replace(&mut **inner, Expr::Or(Vec::new()));
                **inner = marked.of_option(name);
            }
            Expr::Words(piece) | Expr::View(piece) => piece.span = span,
            Expr::Term(term) => {
                term.span = span;
                for value in &mut term.values {
                    let (first, second) = match value {
                        Value::One(piece) => (Some(piece), None),
                        Value::Range(from, to) => (from.as_mut(), to.as_mut()),
                    };
                    first.into_iter().chain(second).for_each(|piece| piece.span = span);
                }
            }
        }
        self
    }

    /// Words that must stand next to each other in the text.
    pub fn words(text: impl Into<String>) -> Self {
        Expr::Words(Piece::quoted(text))
    }

    /// All of `parts`; `None` if there are none.
    pub fn all(parts: impl IntoIterator<Item = Expr>) -> Option<Self> {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 { Some(Expr::And(flat)) } else { flat.pop() }
    }

    /// At least one of `parts`; `None` if there are none.
    pub fn any(parts: impl IntoIterator<Item = Expr>) -> Option<Self> {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Expr::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() > 1 { Some(Expr::Or(flat)) } else { flat.pop() }
    }

    /// The opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        Expr::Not(Box::new(self))
    }
}

impl Query {
    /// Whether it names a view.
    pub fn names_views(&self) -> bool {
        !self.views().is_empty()
    }

    /// The names of the views that it is made with.
    pub fn views(&self) -> Vec<&str> {
        fn collect<'a>(expr: &'a Expr, found: &mut Vec<&'a str>) {
            match expr {
                Expr::And(parts) | Expr::Or(parts) => {
                    parts.iter().for_each(|part| collect(part, found));
                }
                Expr::Not(inner) => collect(inner, found),
                Expr::Words(_) | Expr::Term(_) => {}
                Expr::View(piece) => found.push(&piece.text),
            }
        }
        let mut found = Vec::new();
        if let Some(filter) = &self.filter {
            collect(filter, &mut found);
        }
        found
    }

    /// The same query without the quotation marks around words that it looks for,
    /// and the texts that stood in them; `None` if there are none. What is turned
    /// round keeps them.
    pub fn without_quotes(&self) -> Option<(Self, Vec<String>)> {
        fn bare(expr: &Expr, texts: &mut Vec<String>) -> Expr {
            let mut all =
                |parts: &[Expr]| parts.iter().map(|part| bare(part, texts)).collect::<Vec<_>>();
            match expr {
                Expr::And(parts) => Expr::all(all(parts)).unwrap_or_else(|| expr.clone()),
                Expr::Or(parts) => Expr::any(all(parts)).unwrap_or_else(|| expr.clone()),
                Expr::Words(piece) if piece.quoted => {
                    texts.push(piece.text.clone());
                    let words = piece.text.split_whitespace();
                    let words = words.map(|word| Expr::Words(Piece::bare(word)));
                    Expr::all(words).unwrap_or_else(|| expr.clone())
                }
                _ => expr.clone(),
            }
        }
        let mut texts = Vec::new();
        let filter = bare(self.filter.as_ref()?, &mut texts);
        let query = Self { filter: Some(filter), ..self.clone() };
        (!texts.is_empty()).then_some((query, texts))
    }

    /// The same query, narrowed by `expr`.
    #[must_use]
    pub fn and(mut self, expr: Expr) -> Self {
        self.filter = Expr::all(self.filter.take().into_iter().chain([expr]));
        self
    }

    /// The same query with more, less important sort keys, separated by commas.
    /// A leading `-` turns a key's order round. For the option `--sort`.
    #[must_use]
    pub fn sorted_by(mut self, keys: &str) -> Self {
        for key in keys.split(',').map(str::trim) {
            let field = key.strip_prefix('-');
            self.sort.push(SortKey {
                field: field.unwrap_or(key).to_owned(),
                descending: field.is_some(),
                span: Span::option("sort"),
            });
        }
        self
    }

    /// The same query with at most `limit` answers.
    #[must_use]
    pub fn limited_to(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }
}
