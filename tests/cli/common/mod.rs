//! What the tests of the command line share.

mod env;
mod output;

pub use env::Env;
pub use output::Output;
