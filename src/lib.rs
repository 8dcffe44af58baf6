//! gitsm
pub mod error;
pub mod exit;
pub mod format;
pub mod index;
pub mod model;
pub mod outcome;
pub mod policy;
pub mod query;
pub mod render;
pub mod report;
pub mod store;
