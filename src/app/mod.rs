//! Use cases: load, ask the policy, write in one transaction, answer.
//!
//! Nothing here parses a command line or prints.

mod action;
mod apply;
mod approval;
pub mod at;
mod attach;
mod batch;
mod blame;
mod cascade;
mod catalog;
mod check;
mod commit;
pub mod conflicts;
mod create;
pub mod deploy;
mod deployments;
mod deploys;
mod diff;
mod dora;
mod doubt;
mod elevation;
mod error;
mod evidence;
mod export;
mod find;
mod gate;
mod gone;
pub mod hook;
pub mod import;
mod init;
mod judge;
mod left_out;
mod link;
mod listed;
mod log;
mod log_field;
mod merge;
mod models;
mod nearest;
mod read;
mod resolve;
mod risk;
mod session;
mod settings;
pub mod sla;
mod stray;
mod survey;
mod tasks;
mod tick;
mod triage;
mod update;
mod views;
mod when;
mod workflow;
mod write;
mod written;

pub use action::Action;
pub use apply::{ApplyOptions, action_schema, apply};
pub use approval::approval;
pub use at::At;
pub use attach::{Content, attachments, content, file_name};
pub use batch::{Mode, Named, create, perform};
pub use blame::blame;
pub use catalog::{
    OrderRequest, add_examples, catalog, check_answer, check_catalog, complete_examples,
    complete_offerings, examples, has_catalog, next_question, offering, order,
};
pub use check::check;
pub use commit::commit;
pub use create::NewRecord;
pub use deploys::{DeploysOptions, deploys};
pub use diff::{DiffRange, compare};
pub use dora::{DoraBy, DoraOptions, dora};
pub use doubt::of_quotes;
pub use evidence::EvidenceRequest;
pub use export::{ExportFormat, Exported, Sink, export};
pub use gate::{Beside, GateRequest, OverrideRequest, gate, gate_override};
pub use gone::{find_or_tell, told_otherwise};
pub use init::{InitOptions, init};
pub use judge::check_range;
pub use left_out::left_out;
pub use listed::Wanted;
pub use log::{LogFilter, Subject, doubts as log_doubts, log};
pub use log_field::recorded_fields;
pub use models::{approve_model, complete_models, model, model_title, models};
pub use nearest::nearest;
pub use read::{
    condition, list, manner, parse_query, search, show, status, summary, unreadable_files,
};
pub use risk::{AssessRequest, questions as risk_questions, risk};
pub use session::{Session, SessionOptions};
pub use survey::csat;
pub use tasks::{TaskFilter, TaskStep, complete_tasks, plan, tasks};
pub use tick::tick;
pub use triage::{TriageOptions, apply_proposals, chosen, triage, untouched};
pub use update::{rewrite, source};
pub use views::{Place, complete_views, delete_view, save_view, unknown_column, view, views};
pub use when::{parse_point, parse_when};
pub use workflow::{actions, check_workflows, is_taken, own_action, workflows};
