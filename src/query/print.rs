//! Queries as text: `parse(query.to_string()) == query`.

use std::fmt::{self, Display, Formatter, Write};

use super::lexer::{is_plain_value, is_plain_word};
use super::{Expr, Piece, Query, SortKey, Term, Value};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        if let Some(filter) = &self.filter {
            // An order after `a or b` would look like a part of `b`.
            let apart = matches!(filter, Expr::Or(_)) && self.has_tail();
            if apart {
                write!(f, "({filter})")?;
            } else {
                write!(f, "{filter}")?;
            }
            gap = " ";
        }
        for key in &self.sort {
            write!(f, "{gap}{key}")?;
            gap = " ";
        }
        if let Some(limit) = self.limit {
            write!(f, "{gap}limit:{limit}")?;
        }
        Ok(())
    }
}

impl Query {
    fn has_tail(&self) -> bool {
        !self.sort.is_empty() || self.limit.is_some()
    }
}

impl Display for SortKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = format!("{}{}", if self.descending { "-" } else { "" }, self.field);
        f.write_str("sort:")?;
        if is_plain_value(&text) { f.write_str(&text) } else { quote(f, &text) }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::And(parts) => {
                list(f, parts, " ", |part| matches!(part, Expr::Or(_) | Expr::And(_)))
            }
            Expr::Or(parts) => list(f, parts, " or ", |part| matches!(part, Expr::Or(_))),
            Expr::Not(inner) => {
                f.write_char('-')?;
                wrapped(f, inner, matches!(**inner, Expr::And(_) | Expr::Or(_)))
            }
            Expr::Words(words) => piece(f, words, is_plain_word),
            Expr::Term(term) => write!(f, "{term}"),
            Expr::View(piece) => write!(f, "@{}", piece.text),
        }
    }
}

fn list(
    f: &mut Formatter<'_>,
    parts: &[Expr],
    between: &str,
    needs_parens: fn(&Expr) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        wrapped(f, part, needs_parens(part))?;
    }
    Ok(())
}

fn wrapped(f: &mut Formatter<'_>, expr: &Expr, parens: bool) -> fmt::Result {
    if parens { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.field, self.op.symbol())?;
        for (at, value) in self.values.iter().enumerate() {
            if at > 0 {
                f.write_char(',')?;
            }
            match value {
                Value::One(one) => piece(f, one, is_plain_value)?,
                Value::Range(from, to) => {
                    if let Some(from) = from {
                        piece(f, from, is_plain_value)?;
                    }
                    f.write_str("..")?;
                    if let Some(to) = to {
                        piece(f, to, is_plain_value)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Text that stands without quotes only where it `is_plain`.
fn piece(f: &mut Formatter<'_>, piece: &Piece, is_plain: fn(&str) -> bool) -> fmt::Result {
    match piece.text.strip_suffix('*') {
        _ if !piece.quoted && is_plain(&piece.text) => f.write_str(&piece.text),
        Some(start) if !piece.quoted => {
            quote(f, start)?;
            f.write_char('*')
        }
        _ => quote(f, &piece.text),
    }
}

fn quote(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
