//! The examples in `examples/pipelines/`, run as the systems they are for would
//! run them, with real repositories, real shells and the real program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail, and need the PATH"
)]

#[path = "../cli/common/mod.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod common;
mod github;
mod gitlab;
mod kamal;
mod world;
