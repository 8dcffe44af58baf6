//! The store on real repositories, compared with the git program.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends where its ground breaks away"
)]

mod code;
mod crash;
mod desk;
mod discover;
mod foreign;
mod kill;
mod kinds;
mod series;
mod signing;
mod splice;
mod write;
