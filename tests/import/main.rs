//! `gitsm import`, from the command line.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test ends where its ground breaks away, and takes its length from the environment"
)]

mod desk;
mod dry;
mod events;
mod json;
mod kill;
mod links;
mod propose;
mod ready;
mod real;
mod states;
