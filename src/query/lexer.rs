//! Text to tokens.

use super::{Op, Piece, QueryError, Span};

/// A token of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// A `-` directly before something.
    Minus,
    And,
    Or,
    Not,
    /// A bare word or a quoted phrase.
    Words(Piece),
    /// A view's name, which stood behind an `@`.
    View(Piece),
    /// A field name with its colon, and the operator.
    Field(String, Op),
    /// A value of the field before.
    Value(Piece),
    /// `,` between values.
    Comma,
    /// `..` between values.
    Range,
}

/// The tokens of `text`, each with its place.
pub(super) fn lex(text: &str) -> Result<Vec<(Token, Span)>, QueryError> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    lexer.run()?;
    Ok(lexer.tokens)
}

/// Whether `text` can stand after a colon without quotes.
pub(super) fn is_plain_value(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(['<', '>', '=', '.'])
        && !text.ends_with('.')
        && !text.contains("..")
        && !text.chars().any(ends_value)
}

/// Whether `text` can stand as a word to search for without quotes.
pub(super) fn is_plain_word(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.chars().any(ends_word)
        && keyword(text).is_none()
        && field_prefix(text).is_none()
        && view_name(text).is_none()
}

/// The name of a view, if `word` is one behind an `@`.
fn view_name(word: &str) -> Option<&str> {
    let name = word.strip_prefix('@')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then_some(name)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

fn ends_value(c: char) -> bool {
    ends_word(c) || c == ','
}

fn keyword(word: &str) -> Option<Token> {
    match word.to_ascii_lowercase().as_str() {
        "and" => Some(Token::And),
        "or" => Some(Token::Or),
        "not" => Some(Token::Not),
        _ => None,
    }
}

/// The length of a field name at the start of `text`, if a colon follows it.
fn field_prefix(text: &str) -> Option<usize> {
    let length = text.find(':')?;
    let name = text.get(..length)?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    is_name.then_some(length)
}

/// Names are read in any case, but the desk's own fields have their own.
fn field_name(text: &str) -> String {
    match text.split_once('.') {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("custom") => format!("custom.{rest}"),
        _ => text.to_ascii_lowercase(),
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<(Token, Span)>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes `length` bytes as `token`.
    fn push(&mut self, token: Token, length: usize) {
        let start = self.at;
        self.at += length;
        self.tokens.push((token, Span::new(start, self.at)));
    }

    fn run(&mut self) -> Result<(), QueryError> {
        while let Some(first) = self.rest().chars().next() {
            match first {
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '(' => self.push(Token::Open, 1),
                ')' => self.push(Token::Close, 1),
                '"' => {
                    let (piece, length) = self.quoted_or_begun()?;
                    self.push(Token::Words(piece), length);
                }
                '-' => self.push(Token::Minus, 1),
                _ => self.word()?,
            }
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), QueryError> {
        let rest = self.rest();
        let word = rest.get(..rest.find(ends_word).unwrap_or(rest.len())).unwrap_or_default();
        if let Some(length) = field_prefix(word) {
            let name = field_name(word.get(..length).unwrap_or_default());
            let after = rest.get(length + 1..).unwrap_or_default();
            let op = [Op::AtMost, Op::AtLeast, Op::Less, Op::Greater, Op::Equal]
                .into_iter()
                .find(|op| after.starts_with(op.symbol()))
                .unwrap_or(Op::Is);
            self.push(Token::Field(name, op), length + 1 + op.symbol().len());
            return self.values();
        }
        if let Some(name) = view_name(word) {
            let mut piece = self.piece(word, false);
            piece.text = name.to_ascii_lowercase();
            self.push(Token::View(piece), word.len());
            return Ok(());
        }
        let token = keyword(word).unwrap_or_else(|| Token::Words(self.piece(word, false)));
        self.push(token, word.len());
        Ok(())
    }

    fn values(&mut self) -> Result<(), QueryError> {
        loop {
            let rest = self.rest();
            if rest.starts_with('"') {
                let (piece, length) = self.quoted_or_begun()?;
                self.push(Token::Value(piece), length);
            } else if rest.starts_with("..") {
                self.push(Token::Range, 2);
            } else if rest.starts_with(',') {
                self.push(Token::Comma, 1);
            } else {
                let end = rest.find(ends_value).unwrap_or(rest.len());
                let bare = rest.get(..end).unwrap_or_default();
                let bare = bare.get(..bare.find("..").unwrap_or(end)).unwrap_or_default();
                if bare.is_empty() {
                    return Ok(());
                }
                // What would need quotes when it is printed counts as quoted.
                let piece = self.piece(bare, !is_plain_value(bare));
                self.push(Token::Value(piece), bare.len());
            }
        }
    }

    fn piece(&self, text: &str, quoted: bool) -> Piece {
        let span = Span::new(self.at, self.at + text.len());
        Piece { text: text.to_owned(), quoted, span }
    }

    /// As [`quoted`](Self::quoted), and with the star that may stand behind it.
    fn quoted_or_begun(&self) -> Result<(Piece, usize), QueryError> {
        let (mut piece, mut length) = self.quoted()?;
        if self.rest().get(length..).is_some_and(|after| after.starts_with('*')) {
            // The star stands outside the quotes and so has its meaning.
            piece.text.push('*');
            piece.quoted = false;
            piece.span.end += 1;
            length += 1;
        }
        Ok((piece, length))
    }

    /// The quoted text here, and how many bytes it takes with its quotes.
    fn quoted(&self) -> Result<(Piece, usize), QueryError> {
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    let span = Span::new(self.at, self.at + at + 1);
                    return Ok((Piece { text, quoted: true, span }, at + 1));
                }
                '\\' => match characters.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        let span = Span::new(self.at, self.text.len());
        Err(QueryError::new(span, "a quotation mark is never closed")
            .with_hint("close it, or write \\\" for a quotation mark inside quotes"))
    }
}
