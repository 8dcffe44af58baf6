//! The syntax tree of a query, before names and dates are resolved.

use std::ops::Range;

/// The bytes of the query that a part was read from. Trees that differ only
/// in position are equal: parts made by builders have none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
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
}

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
            Value::Range(Some(from), Some(to)) => Span { start: from.span.start, end: to.span.end },
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
    /// The same query, narrowed by `expr`.
    #[must_use]
    pub fn and(mut self, expr: Expr) -> Self {
        self.filter = Expr::all(self.filter.take().into_iter().chain([expr]));
        self
    }

    /// The same query, narrowed by another; the other's order and limit count
    /// if it has them.
    #[must_use]
    pub fn and_query(mut self, other: Query) -> Self {
        self.filter = Expr::all(self.filter.take().into_iter().chain(other.filter));
        if !other.sort.is_empty() {
            self.sort = other.sort;
        }
        self.limit = other.limit.or(self.limit);
        self
    }

    /// The same query with one more, less important sort key. A leading `-`
    /// turns its order round.
    #[must_use]
    pub fn sorted_by(mut self, key: &str) -> Self {
        let field = key.strip_prefix('-');
        self.sort.push(SortKey {
            field: field.unwrap_or(key).to_ascii_lowercase(),
            descending: field.is_some(),
            span: Span::default(),
        });
        self
    }

    /// The same query with at most `limit` answers.
    #[must_use]
    pub fn limited_to(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }
}
