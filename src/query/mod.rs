//! The query language: text to checked filter, and its meaning on rows.
//!
//! [`parse`] makes a [`Query`] from text; command line flags add to it through
//! the builders of [`Expr`]. [`check`] resolves names and dates and gives a
//! [`Selection`], which [`eval`] applies to rows and the index turns into SQL.
//! Both must agree, order included.
//!
//! ```text
//! type:incident status:open priority:<=P2 assignee:me -tag:noise "report crashes"
//! (team:apps or team:db) opened:>=2026-11-01 age:>4h sort:-priority limit:20
//! ```

mod ast;
mod check;
mod error;
pub mod eval;
mod field;
mod filter;
mod lexer;
mod moment;
mod parser;
mod print;
mod row;
mod text;

pub use ast::{Expr, Op, Piece, Query, SortKey, Span, Term, Value};
pub use check::{Context, NoVocabulary, Vocabulary, check};
pub use error::QueryError;
pub use field::Field;
pub use filter::{
    Filter, Order, Phrase, RankField, RankTest, Selection, SortField, Test, TextField, TextTest,
    TimeField, TimeTest,
};
pub use moment::{Moment, duration, moment};
pub use parser::parse;
pub use row::Row;
pub use text::{SearchText, excerpt, tokens};

#[cfg(test)]
mod tests;
