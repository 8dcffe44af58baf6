//! Figures over records: pure aggregation, wherever the records come from.

mod summary;

pub use summary::{SummaryItem, summarise};
