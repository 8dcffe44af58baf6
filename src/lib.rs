//! IT service management whose database is a git repository.
//!
//! Every incident, request, problem, change and configuration item is one YAML
//! file, every action is one commit, and the history is the audit trail. The
//! `gitsm` program is a thin shell around [`run`].
//!
//! # Layers
//!
//! Imports point downwards only; `tests/architecture.rs` checks it.
//!
//! ```text
//! main        a few lines: gitsm::run(args) -> ExitCode
//!  commands   one file per verb: clap arguments, then a use case
//!  app        use cases: load, ask the policy, write in one transaction, answer
//!  render     answers to terminal, table, JSON, CSV; colour, pager, prompts
//!  index      the derived SQLite index: disposable, never a source of truth
//!  store      git: finding a desk, snapshots, transactions, history
//!  format     text to model and back: the only user of YAML
//!  policy     workflows, priority, access, service levels      (pure)
//!  report     figures over records                             (pure)
//!  outcome    what commands answer, before it is shown         (pure)
//!  query      the query language                               (pure)
//!  model      records, ids, fields, people, settings           (pure)
//! ```
//!
//! `config` reads the environment and `clock` the time; nothing else does.
//! `error` is the one error type at the edge and `exit` its codes.

pub mod app;
pub mod clock;
pub mod commands;
pub mod config;
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
mod run;
pub mod store;

pub use run::run;
