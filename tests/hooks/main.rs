//! Hooks with real git: what is installed, what runs, what the desk is told.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod adverse;
mod gate;
mod identity;
mod install;
mod later;
mod managers;
mod matrix;
mod message;
mod partly;
mod spool;
mod status;
mod stdin;
mod world;
