//! gitsm
pub mod error;
pub mod exit;
pub mod model;
pub mod outcome;
pub mod query;
pub mod store;
