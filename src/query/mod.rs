//! The query language: text to checked syntax tree, and its meaning on rows.

mod row;

pub use row::Row;
