//! Figures over records: pure aggregation, wherever the records come from.

mod csat;
mod summary;
pub mod triage;

pub use csat::csat;
pub use summary::{SummaryItem, summarise};
