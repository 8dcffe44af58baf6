//! Figures over records: pure aggregation, wherever the records come from.

mod csat;
mod deploys;
mod dora;
mod summary;
pub mod triage;

pub use csat::csat;
pub use deploys::{
    KnownChange, Sighting, deploy_lines, deploy_standing, ticketless_line, undeployed_line,
};
pub use dora::{Delivery, Deployment, deployments, dora, grouped};
pub use summary::{SummaryItem, summarise};
