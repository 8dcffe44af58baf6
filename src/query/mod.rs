//! The query language: text to checked filter, and its meaning on rows.
//!
//! [`parse`] makes a [`Query`] from text; command line flags add to it through
//! the builders of [`Expr`]. [`check`] resolves names and dates and gives a
//! [`Selection`], which [`eval`] applies to rows and the index turns into SQL.
//! Both must agree, order included.
//!
//! ```text
//! type:incident status:open priority:<=P2 assignee:me -tag:noise "report crashes"
//! @my-queue (team:apps or team:db) opened:>=2026-11-01 age:>4h sort:-priority limit:20
//! ```

mod ast;
mod check;
mod error;
pub mod eval;
mod field;
mod filter;
mod foreign;
mod lexer;
mod moment;
mod order;
mod parser;
mod print;
mod promise;
mod row;
mod text;
mod typed;
mod values;
mod views;
mod vocabulary;

pub use ast::{Expr, Op, Piece, Query, SortKey, Source, Span, Term, Value};
pub use check::{NOBODY, check};
pub use error::QueryError;
pub(crate) use error::nearest;
pub use field::{Field, FieldInfo};
pub use filter::{
    Bounds, Filter, LengthTest, LinkTest, Order, Phrase, RankTest, Selection, SortField, Test,
    TextTest, TimeTest, Way,
};
pub use moment::{Lean, Moment, can_be_english, dated, duration, moment, unknown_word};
pub use parser::parse;
pub use promise::{Promise, PromiseStanding, SlaTest, first_due, in_a_word};
pub use row::{Row, Usual};
pub use text::{SearchText, excerpt, found_at, texts, tokens};
pub use typed::{
    ANSWER, CountField, LengthField, Number, OwnField, OwnType, RankField, TextField, TextPart,
    TimeField,
};
pub use views::{BUILT_IN_VIEWS, Manner, manner};
pub use vocabulary::{Context, NoVocabulary, Vocabulary};

#[cfg(test)]
mod tests;
