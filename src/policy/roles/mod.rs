//! Roles: who may do what, as data.
//!
//! A desk says it in `.gitsm/roles.yaml`, and has complete defaults. Rights are
//! judged by what a change does to a record, not by the command that did it, so
//! that commands, edits by hand and pushed commits meet the same rule.

mod conflict;
mod elevation;
mod judge;
mod settings;

pub use conflict::{ACCEPT_CONFLICT, OVERRIDE, may_accept_conflict, may_override};
pub use elevation::{Elevation, Rules, may_change_rules};
pub use judge::{
    Denied, may_change, may_change_settings, may_import, may_move, may_save_views, only_asks,
};
pub(in crate::policy) use judge::{may_vote, may_vote_on_changes, people};
pub use settings::{Grant, Right, Role, RoleMistake, RoleSettings, Roles};
