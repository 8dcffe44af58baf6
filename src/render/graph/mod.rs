//! A workflow as a drawing: boxes in a column, and for every state that can be
//! reached a lane beside them, into which actions lead and which leads there.

mod dot;
mod plan;
mod svg;
mod terminal;

pub(crate) use dot::dot;
pub(crate) use svg::svg;
pub(crate) use terminal::render;

#[cfg(test)]
mod tests;
