//! What commands answer: plain data, before anyone decides how it looks.
//!
//! Commands build these; `render` turns them into tables, JSON or text. The
//! JSON form of each carries its schema name and is stable.

mod approval;
mod catalog;
mod column;
mod delivery;
mod deploy;
mod done;
mod gate;
mod history;
mod hook;
mod risk;
mod rows;
mod schedule;
mod service;
mod triage;
mod views;
mod workflow;
mod written;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{
    Kind, PersonId, Priority, RecordId, Relation, StateCategory, StateName, Timestamp,
};

pub use approval::{ApprovalDefinition, ApprovalSeat, ApprovalStep, ApprovalView, UncountedVote};
pub use catalog::{
    CatalogView, CsatCount, CsatView, OfferingLine, OfferingView, PlanView, PlannedView,
    QuestionView, TaskLine, TasksView,
};
pub use column::{Column, UnknownColumn};
pub use delivery::{
    DeployLine, DeployStanding, DeploysView, DoraLine, DoraView, TicketlessLine, UndeployedLine,
};
pub use deploy::{DeployedView, RaiseResult, RaiseView, RaisedChange, RaisedLink};
pub use done::{Document, ExportView, MessageView, NamedThing, NamesView, PathView};
pub use gate::{GateOverride, GateReason, GateView};
pub use history::{
    BlameEvent, BlameField, BlameLine, BlameView, DiffCount, DiffRecord, DiffView, EventRecord,
    EventView, LogView, PointView, StorySubject,
};
pub use hook::{
    DrainedEntry, HookDrainView, HookHealth, HookInstallView, HookRunView, HookSetting,
    HookStatusView, HookStep, HookStepState, SetAside, SpoolView,
};
pub use risk::{
    KeptRisk, ModelField, ModelLine, ModelView, ModelVoteView, ModelsView, RiskChoice,
    RiskPartView, RiskQuestion, RiskView,
};
pub use rows::{Highlights, ListedRow, PAGE, PageError, Pages, Rows, RowsView};
pub use schedule::{
    AcceptanceView, ConflictLine, ConflictsView, FrozenTime, MaintenanceTimes, ScheduleView,
    ScheduledChange, SlotView, SlotsView, TimeSpan,
};
pub use service::{
    CalendarDay, CalendarLine, CalendarView, CalendarsView, ClockLine, CommitmentView, Compliance,
    ComplianceView, HoursView, PromiseLine, SlaListView, SlaRow, SlaView,
};
pub use triage::{
    ChangeAnswer, ChangeNeed, ChangeReason, ChangeRule, CiNode, ConcernView, NamedCi, OnTheWay,
    Part, PartName, Place, Proposal, Recurring, SeenAnswer, SeenView, Similar, TellingWord,
    TriageView, TriagedTicket,
};
pub use views::{SavedView, ViewsView};
pub use workflow::{
    ActionView, ActionsView, ClosedAction, WorkflowState, WorkflowView, WorkflowWay, WorkflowsView,
};
pub use written::{
    AppliedLine, AppliedView, LineResult, Refused, RefusedLine, Written, WrittenRecord,
};

/// The answer of a command.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing to say.
    Nothing,
    /// Text for standard output, as it stands.
    Text(String),
    /// What was done, in words.
    Message(MessageView),
    /// What an export wrote into a file.
    Exported(ExportView),
    /// Where a record's file lies.
    Path(PathView),
    /// What can be printed.
    Names(NamesView),
    /// A file that comes with gitsm.
    Document(Box<Document>),
    /// Records were written.
    Written(Written),
    /// Lines of actions were carried out.
    Applied(AppliedView),
    /// One record in full.
    Record(Box<RecordView>),
    /// A list of records.
    Rows(RowsView),
    /// What happened, newest first.
    Log(LogView),
    /// What is different between two points in time.
    Diff(DiffView),
    /// Who set what in a record.
    Blame(BlameView),
    /// Counts over the desk.
    Summary(Summary),
    /// How the desk stands.
    Status(Box<StatusView>),
    /// What is wrong in the desk.
    Check(CheckView),
    /// What an import did.
    Import(ImportView),
    /// The files that are kept with a record.
    Attachments(AttachmentsView),
    /// What there is to say about a new ticket.
    Triage(Box<TriageView>),
    /// Saved views.
    Views(ViewsView),
    /// Where the approval of a record stands.
    Approval(Box<ApprovalView>),
    /// What can be asked for.
    Catalog(CatalogView),
    /// One offering in full.
    Offering(Box<OfferingView>),
    /// The plan of a record.
    Plan(PlanView),
    /// Tasks of several records.
    Tasks(TasksView),
    /// How satisfied requesters were.
    Csat(CsatView),
    /// DORA's figures.
    Dora(DoraView),
    /// Deployments against changes.
    Deploys(Box<DeploysView>),
    /// The commitments on one record.
    Sla(SlaView),
    /// Open commitments.
    SlaList(SlaListView),
    /// Days of a calendar.
    Calendar(CalendarView),
    /// The desk's calendars.
    Calendars(CalendarsView),
    /// Open time between two points in time.
    Hours(HoursView),
    /// How many commitments were kept.
    Compliance(ComplianceView),
    /// State machines.
    Workflows(Box<WorkflowsView>),
    /// One of them, to be drawn.
    Graph(Box<WorkflowsView>),
    /// The risk of a change.
    Risk(Box<RiskView>),
    /// The change models of the desk.
    Models(ModelsView),
    /// One change model.
    Model(Box<ModelView>),
    /// What can be done with a record.
    Actions(Box<ActionsView>),
    /// Whether something may go to an environment.
    Gate(Box<GateView>),
    /// The changes that stand for a deployment.
    Raised(Box<RaiseView>),
    /// What became of a deployment.
    Deployed(Box<DeployedView>),
    /// What is wrong with the time of a change.
    Conflicts(Box<ConflictsView>),
    /// When a change would have no conflict.
    Slots(SlotsView),
    /// The changes that are planned, one on a line.
    Schedule(Box<ScheduleView>),
    /// The same as a calendar of weeks.
    Weeks(Box<ScheduleView>),
    /// What was installed into a code repository, or taken away.
    HookInstall(Box<HookInstallView>),
    /// Whether hooks run.
    HookStatus(Box<HookStatusView>),
    /// What a hook says.
    HookRun(HookRunView),
    /// What has become of the spool.
    HookDrain(HookDrainView),
}

/// Gives each view the value of its `schema`: its name in `schemas/output/`,
/// and a version that counts up when a field goes away or changes its meaning.
macro_rules! named {
    ($($view:ident $name:literal),* $(,)?) => {$(
        impl $view {
            /// The name and version of the JSON form.
            pub const SCHEMA: &'static str = concat!("gitsm.", $name, "/1");
        }
    )*};
}

named! {
    Written "written",
    AppliedView "applied",
    AttachmentsView "attachments",
    RecordView "record",
    RowsView "rows",
    LogView "log",
    DiffView "diff",
    BlameView "blame",
    Summary "summary",
    StatusView "status",
    CheckView "check",
    ImportView "import",
    TriageView "triage",
    ViewsView "view-list",
    ApprovalView "approval",
    CatalogView "catalog",
    OfferingView "offering-view",
    PlanView "plan",
    TasksView "tasks",
    CsatView "csat",
    DoraView "dora",
    DeploysView "deploys",
    SlaView "sla-view",
    SlaListView "sla-list",
    CalendarView "calendar-view",
    CalendarsView "calendar-list",
    HoursView "hours",
    ComplianceView "compliance",
    WorkflowsView "workflow-list",
    ActionsView "actions",
    GateView "gate",
    ConflictsView "conflicts",
    SlotsView "slots",
    ScheduleView "schedule",
    RaiseView "raise",
    DeployedView "deployed",
    RiskView "risk-view",
    ModelsView "model-list",
    ModelView "model-view",
    MessageView "message",
    ExportView "export",
    PathView "path",
    NamesView "name-list",
    HookInstallView "hook-install",
    HookStatusView "hook-status",
    HookRunView "hook-run",
    HookDrainView "hook-drain",
}

/// The files that are kept with a record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AttachmentsView {
    /// The name and version of this form.
    #[schemars(extend("const" = AttachmentsView::SCHEMA))]
    pub schema: &'static str,
    pub id: RecordId,
    pub short: String,
    /// For ages.
    pub now: Timestamp,
    pub attachments: Vec<AttachmentView>,
}

/// A file that is kept with a record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AttachmentView {
    /// The file's name where it came from.
    pub name: String,
    /// Length of the content in bytes.
    pub size: u64,
    /// SHA-256 of the content, 64 lower-case hexadecimal digits.
    pub sha256: String,
    pub at: Timestamp,
    pub by: PersonId,
    /// Where it was written, if it was fetched.
    pub saved_as: Option<String>,
}

/// One record in full, with what a reader wants to know around it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordView {
    /// The name and version of this form.
    #[schemars(extend("const" = RecordView::SCHEMA))]
    pub schema: &'static str,
    pub id: RecordId,
    pub short: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What the status means in its workflow.
    pub state: StateCategory,
    /// For ages: the time that is looked at.
    pub now: Timestamp,
    /// The file, relative to the desk's root.
    pub path: String,
    /// Whether the file in the work tree differs from what is shown.
    pub edited_by_hand: bool,
    /// The fields as they stand in the file, by the schema of the record's type.
    pub record: serde_json::Value,
    /// The priority that impact and urgency give, where it has another.
    pub usual_priority: Option<Priority>,
    /// Relations in both directions.
    pub links: Vec<LinkView>,
    /// The configuration items concerned.
    pub cis: Vec<RecordRef>,
    /// Where its approval stands, where there is something to say.
    pub approval: Option<ApprovalView>,
    /// The approvals of tasks that have been given.
    pub approved: Vec<StateName>,
    /// What was promised, on a desk that promises something.
    #[serde(rename = "commitments")]
    pub promises: Vec<PromiseLine>,
    /// How many conflicts of a planned change nobody has accepted, if there are
    /// any.
    pub conflicts: Option<usize>,
    /// The actions that are open to whoever asks, now.
    pub actions: Vec<String>,
    /// Those that the state offers, but to others.
    pub blocked: Vec<ClosedAction>,
}

/// A relation seen from the record shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LinkView {
    /// The relation's name in the direction seen from here.
    pub rel: &'static str,
    /// The stored relation.
    #[serde(skip)]
    pub relation: Relation,
    pub other: RecordRef,
}

/// Enough of a record to recognise it. Title and status are missing when the
/// record is (a dangling link).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordRef {
    pub id: RecordId,
    pub short: String,
    pub title: Option<String>,
    pub status: Option<StateName>,
    pub state: Option<StateCategory>,
}

/// Counts over the desk, for `report summary`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// The name and version of this form.
    #[schemars(extend("const" = Summary::SCHEMA))]
    pub schema: &'static str,
    pub now: Timestamp,
    pub total: usize,
    pub open: usize,
    pub by_type: Vec<Count>,
    pub by_status: Vec<Count>,
    pub by_priority: Vec<Count>,
    pub by_team: Vec<Count>,
    pub by_assignee: Vec<Count>,
    /// The age of what is open.
    pub open_age: Vec<Count>,
}

/// How many records share a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// The value; none for records without one.
    pub value: Option<String>,
    pub open: usize,
    pub total: usize,
}

/// How the desk stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatusView {
    /// The name and version of this form.
    #[schemars(extend("const" = StatusView::SCHEMA))]
    pub schema: &'static str,
    pub name: String,
    pub desk: String,
    pub profile: String,
    /// Where the desk lies: the work tree, or the git directory.
    pub location: String,
    /// `work tree`, `bare` or `branch`.
    #[schemars(extend("enum" = ["work tree", "bare", "branch"]))]
    pub mode: &'static str,
    pub trunk: String,
    /// The trunk's commit.
    pub commit: String,
    /// Who the acting person is.
    pub actor: String,
    /// Open records by type.
    pub open: Vec<Count>,
    /// Open records given to the acting person.
    pub mine: usize,
    /// Open tickets given to nobody.
    pub unassigned: usize,
    /// Files edited by hand and not yet committed.
    pub edited: Vec<String>,
    /// Files that could not be read as records.
    pub unreadable: usize,
}

/// What is wrong in the desk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckView {
    /// The name and version of this form.
    #[schemars(extend("const" = CheckView::SCHEMA))]
    pub schema: &'static str,
    /// How many records, or files of settings, were read.
    pub checked: usize,
    /// One of what was read, and several, in words.
    #[serde(skip)]
    pub what: (&'static str, &'static str),
    pub findings: Vec<Finding>,
}

impl CheckView {
    /// What is usually read.
    pub const RECORDS: (&'static str, &'static str) = ("record", "records");

    /// Whether nothing worse than a warning was found.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity == Severity::Warning)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Finding {
    /// The file, relative to the desk's root.
    pub path: String,
    /// The line, counted from 1, if known.
    pub line: Option<usize>,
    pub severity: Severity,
    /// A stable name of the rule, for example `link-dangling`.
    pub rule: &'static str,
    pub message: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImportView {
    /// The name and version of this form.
    #[schemars(extend("const" = ImportView::SCHEMA))]
    pub schema: &'static str,
    pub dry_run: bool,
    /// What `line` counts in rejected rows: `line`, or `element` of an array.
    pub numbered_by: &'static str,
    /// Rows read from the source.
    pub rows: usize,
    /// How many of them the mapping leaves out.
    pub skipped: usize,
    /// Tickets the rows describe.
    pub tickets: usize,
    /// Records made.
    pub created: usize,
    /// Tickets that were in the desk already and got further events.
    pub updated: usize,
    /// Tickets that were in the desk already, with nothing new.
    pub present: usize,
    /// Rows that became events of their own, where the source is an event log.
    pub events: usize,
    /// How many commits were made.
    pub commits: usize,
    /// The last commit, 40 hexadecimal digits, if one was made.
    pub commit: Option<String>,
    /// Relations between records that were made, or would be.
    pub links: usize,
    /// Rows that could not be read.
    pub rejected: Vec<RejectedRow>,
    /// Columns that the mapping names and that no row has.
    pub absent: Vec<String>,
    /// What may be a mistake: tickets that could not be related, names of which
    /// the same id was made; one sentence each.
    pub warnings: Vec<String>,
    /// Whether the rows that can be read are not imported either, because others
    /// cannot be.
    pub stopped: bool,
    /// The records that were made.
    #[serde(skip)]
    pub ids: Vec<RecordId>,
}

impl ImportView {
    /// Whether it came to nothing because of rows that cannot be read.
    pub const fn has_failed(&self) -> bool {
        let nothing = self.created + self.updated + self.present == 0;
        !self.rejected.is_empty() && (self.stopped || nothing)
    }
}

/// A row that could not be imported.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RejectedRow {
    /// The line in the source on which the row starts, or the element of the
    /// array, counted from 1.
    pub line: u64,
    /// The source's own number of the ticket, if it could be read.
    pub external_id: Option<String>,
    pub reason: String,
}
