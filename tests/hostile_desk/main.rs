//! The program against everything that goes wrong around it: many writers,
//! kills at any moment, bad files, strange repositories, full and read-only
//! disks. Each case runs the real program, as a person would.
//!
//! Two are longer on request: `GITSM_KILLS=500 cargo test --release --test
//! hostile_desk kill` and `GITSM_SYSCALLS=all cargo test --release --test
//! hostile_desk syscall` (see `docs/hostile.md`).

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test ends where its ground breaks away, and takes its length from the environment"
)]

mod concurrency;
mod disk;
mod escapes;
mod index;
mod kill;
mod records;
mod repository;
mod syscalls;
mod usage;
mod world;
