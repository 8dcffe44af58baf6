//! Figures over records: pure aggregation, wherever the records come from.

mod csat;
mod dora;
mod summary;
pub mod triage;

pub use csat::csat;
pub use dora::{Delivery, Deployment, deployments, dora, grouped};
pub use summary::{SummaryItem, summarise};
