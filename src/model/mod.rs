//! Records, ids, people and desk settings: pure data.
//!
//! Nothing here reads a file, a clock or the environment. Everything else in
//! gitsm is built on these types.

mod assessment;
mod cell;
mod change;
mod ci;
mod conflict;
mod deployment;
mod desk;
mod diff;
mod evidence;
mod field;
mod id;
mod incident;
mod kind;
mod letters;
mod level;
mod lines;
mod link;
mod name;
mod parts;
mod person;
mod problem;
mod record;
mod request;
mod state;
mod task;
mod text;
mod tiers;
mod time;
pub mod unique;
mod view;
mod zone;

pub use assessment::{RiskAssessment, RiskPart, RiskSource};
pub use cell::{guarded, unguarded};
pub use change::{Change, ChangeModel, Outcome as ChangeOutcome, Risk};
pub use ci::{Ci, Criticality};
pub use conflict::{AcceptedConflict, ConflictRule};
pub use deployment::{CodeCommit, Deploy, DeployRange, DeployResult, Deployment, Override};
pub use desk::{CustomField, CustomType, DeskSettings, Domain, FORMAT_VERSION, Practice, Profile};
pub use diff::{ARROW, FieldChange, diff};
pub use evidence::{TestEvidence, TestResult};
pub use field::{FIELDS, FieldKind, FieldSpec, Patch, PatchError, field_named, fields_of};
pub use id::{IdPattern, ParseIdError, RecordId};
pub use incident::{Incident, Major};
pub use kind::{Kind, UnknownKind};
pub use letters::{folded, same_but_case, starts_but_case};
pub use level::{Level, Priority, UnknownLevel};
pub use lines::{Line, compare_lines};
pub use link::{Link, Relation, UnknownRelation};
pub use name::{
    BadName, CalendarName, CommitmentName, OfferingName, PersonId, QuestionName, StateName, TaskId,
    TeamId, TemplateName, VariableName, ViewName, WindowName,
};
pub use parts::{Approval, Attachment, Hold, Note, NoteKind, Resolution, Verdict};
pub use person::{Person, PrincipalKind, Team};
pub use problem::Problem;
pub use record::{Custom, Record};
pub use request::Request;
pub use state::StateCategory;
pub use task::{Check, Survey, Task, TaskState};
pub use text::{BadLine, one_line, paragraph, summary};
pub use tiers::{Tier, tiers};
pub use time::{BadTimestamp, Timestamp};
pub use view::{View, ViewOrigin, Views};
pub use zone::Zone;
