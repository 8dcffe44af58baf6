//! Tokens to syntax tree, by recursive descent.
//!
//! ```text
//! query = or
//! or    = and ("or" and)*
//! and   = not ("and"? not)*
//! not   = ("not" | "-") not | "(" or ")" | words | "@" view | field ":" op? values
//! ```
//!
//! `sort:` and `limit:` are no conditions; they may stand anywhere outside
//! parentheses.

use super::check::may_be_absent;
use super::lexer::{Token, lex};
use super::{Expr, Op, Piece, Query, QueryError, SortKey, Source, Span, Term, Value};

/// How deep parentheses and negations may be nested.
const DEEPEST: usize = 60;

/// Reads a query. Empty text is the query that takes everything.
///
/// # Errors
///
/// The text is no query; the error says where and what to write instead.
pub fn parse(text: &str) -> Result<Query, QueryError> {
    read(text).map_err(|error| error.in_text(text))
}

fn read(text: &str) -> Result<Query, QueryError> {
    let tokens = lex(text)?;
    let end = Span::new(text.len(), text.len());
    let mut parser = Parser { tokens, at: 0, end, depth: 0, query: Query::default() };
    let filter = parser.either()?;
    if let Some((Token::Close, span)) = parser.peek() {
        return Err(QueryError::new(*span, "nothing was opened that `)` could close"));
    }
    parser.query.filter = filter;
    parser.query.source = Source(text.to_owned());
    Ok(parser.query)
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    /// The place behind the text, for what is missing there.
    end: Span,
    depth: usize,
    /// Collects order and limit.
    query: Query,
}

impl Parser {
    fn peek(&self) -> Option<&(Token, Span)> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<(Token, Span)> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn next_is(&self, wanted: &Token) -> bool {
        self.peek().is_some_and(|(token, _)| token == wanted)
    }

    /// Alternatives. `None` if there was nothing but order and limit.
    fn either(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut alternatives = Vec::new();
        let mut place = self.here();
        let mut first = self.both()?;
        while self.next_is(&Token::Or) {
            let Some(done) = first else { return Err(missing(place, "or")) };
            alternatives.push(done);
            place = self.here();
            self.at += 1;
            first = self.both()?;
            if first.is_none() {
                return Err(missing(place, "or"));
            }
        }
        alternatives.extend(first);
        Ok(Expr::any(alternatives))
    }

    fn here(&self) -> Span {
        self.peek().map_or(self.end, |(_, span)| *span)
    }

    /// Conditions side by side.
    fn both(&mut self) -> Result<Option<Expr>, QueryError> {
        let mut parts = Vec::new();
        while let Some((token, span)) = self.peek().cloned() {
            match token {
                Token::Or | Token::Close => break,
                Token::And => {
                    self.at += 1;
                    let follows = self.peek().is_some_and(|(token, _)| {
                        !matches!(token, Token::Or | Token::And | Token::Close)
                    });
                    if parts.is_empty() || !follows {
                        return Err(missing(span, "and"));
                    }
                }
                _ => parts.extend(self.unary()?),
            }
        }
        Ok(Expr::all(parts))
    }

    /// One condition; `None` for order and limit.
    fn unary(&mut self) -> Result<Option<Expr>, QueryError> {
        let Some((token, span)) = self.next() else {
            return Err(QueryError::new(self.end, "something is missing at the end"));
        };
        match token {
            Token::Not | Token::Minus => {
                let adjacent = token == Token::Not || self.here().start == span.end;
                let word = if token == Token::Not { "not" } else { "-" };
                if self.tokens.len() == self.at || !adjacent {
                    return Err(missing(span, word));
                }
                self.deeper(span)?;
                let inner = match self.peek() {
                    Some((Token::Or | Token::And | Token::Close, _)) => None,
                    _ => self.unary()?,
                };
                self.depth -= 1;
                inner.map(|inner| Some(inner.negated())).ok_or_else(|| missing(span, word))
            }
            Token::Open => {
                self.deeper(span)?;
                let inner = self.either()?;
                self.depth -= 1;
                if !self.next_is(&Token::Close) {
                    return Err(QueryError::new(span, "`(` is never closed"));
                }
                self.at += 1;
                inner
                    .map(Some)
                    .ok_or_else(|| QueryError::new(span, "there is nothing in the parentheses"))
            }
            Token::Words(piece) => Ok(Some(Expr::Words(piece))),
            Token::View(piece) => Ok(Some(Expr::View(piece))),
            Token::Field(field, op) => {
                let term = self.term(field, op, span)?;
                if term.field == "sort" || term.field == "limit" {
                    self.clause(&term)?;
                    return Ok(None);
                }
                Ok(Some(Expr::Term(term)))
            }
            Token::And | Token::Or => Err(missing(span, "and` or `or")),
            Token::Close | Token::Value(_) | Token::Comma | Token::Range => {
                Err(QueryError::new(span, "this is not expected here"))
            }
        }
    }

    fn deeper(&mut self, span: Span) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(QueryError::new(span, format!("nested more than {DEEPEST} levels deep")));
        }
        Ok(())
    }

    fn term(&mut self, field: String, op: Op, span: Span) -> Result<Term, QueryError> {
        let mut values = Vec::new();
        loop {
            let value = match (self.value(), self.next_is(&Token::Range)) {
                (from, true) => {
                    let dots = self.here();
                    self.at += 1;
                    match (from, self.value()) {
                        (None, None) => {
                            return Err(QueryError::new(dots, "a range needs a start or an end"));
                        }
                        (from, to) => Value::Range(from, to),
                    }
                }
                (Some(piece), false) => Value::One(piece),
                (None, false) if !values.is_empty() => {
                    let comma = self.tokens.get(self.at.saturating_sub(1));
                    let comma = comma.map_or(span, |(_, span)| *span);
                    return Err(QueryError::new(comma, "a value is missing behind the comma")
                        .with_hint(
                            "write values without blanks between, for example team:apps,db",
                        ));
                }
                (None, false) => {
                    let instead = match field.as_str() {
                        "sort" => "for example sort:-opened",
                        "limit" => "for example limit:20",
                        "is" => "for example is:open",
                        "has" => "for example has:team",
                        _ if may_be_absent(&field) => &format!("or {field}:none"),
                        _ => "without a blank between",
                    };
                    return Err(QueryError::new(span, format!("`{field}:` has no value"))
                        .with_hint(format!(
                            "write the value directly after the colon, {instead}"
                        )));
                }
            };
            values.push(value);
            if !self.next_is(&Token::Comma) {
                break;
            }
            self.at += 1;
        }
        let end = values.last().map_or(span.end, |value| value.span().end.max(span.end));
        let span = Span::new(span.start, end);
        match self.peek() {
            Some((Token::Value(_) | Token::Range, at)) => {
                return Err(QueryError::new(*at, "a comma or blank is missing between two values"));
            }
            _ if op.is_comparison()
                && (values.len() > 1 || matches!(values.first(), Some(Value::Range(..)))) =>
            {
                return Err(QueryError::new(span, "a comparison takes one value"));
            }
            _ => {}
        }
        Ok(Term { field, op, values, span })
    }

    fn value(&mut self) -> Option<Piece> {
        match self.peek() {
            Some((Token::Value(piece), _)) => {
                let piece = piece.clone();
                self.at += 1;
                Some(piece)
            }
            _ => None,
        }
    }

    /// Takes `sort:` and `limit:` out of the conditions.
    fn clause(&mut self, term: &Term) -> Result<(), QueryError> {
        if self.depth > 0 {
            return Err(QueryError::new(
                term.span,
                format!("`{}:` cannot stand inside parentheses or be negated", term.field),
            ));
        }
        let wrong = || QueryError::new(term.span, format!("`{}:` takes no such value", term.field));
        if term.op != Op::Is {
            return Err(wrong());
        }
        for value in &term.values {
            let Value::One(piece) = value else { return Err(wrong()) };
            if term.field == "sort" {
                let field = piece.text.strip_prefix('-');
                self.query.sort.push(SortKey {
                    field: field.unwrap_or(&piece.text).to_owned(),
                    descending: field.is_some(),
                    span: piece.span,
                });
            } else if self.query.limit.is_some() {
                return Err(QueryError::new(term.span, "there is more than one limit"));
            } else {
                let limit = piece.text.parse().ok().filter(|limit| *limit > 0);
                self.query.limit = Some(limit.ok_or_else(|| {
                    QueryError::new(piece.span, format!("`{}` is no number of records", piece.text))
                        .with_hint("write a whole number from 1, for example limit:20")
                })?);
            }
        }
        Ok(())
    }
}

fn missing(span: Span, word: &str) -> QueryError {
    let hint = match word {
        "-" => "write it directly before what is to be left out, for example -tag:noise".to_owned(),
        _ => format!("to search for the word itself, write \"{word}\""),
    };
    QueryError::new(span, format!("something is missing beside `{word}`")).with_hint(hint)
}
