//! The `gitsm` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    gitsm::run(std::env::args_os())
}
