//! JSON Schemas of what gitsm answers, generated from the views.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::outcome::{
    ActionsView, AppliedView, ApprovalView, AttachmentsView, BlameView, CalendarView,
    CalendarsView, CatalogView, CheckView, ComplianceView, ConflictsView, CsatView, DeployedView,
    DeploysView, DiffView, DoraView, ExportView, GateView, HookDrainView, HookInstallView,
    HookRunView, HookStatusView, HoursView, ImportView, LogView, MessageView, ModelView,
    ModelsView, NamesView, OfferingView, PathView, PlanView, RaiseView, RecordView, RiskView,
    RowsView, ScheduleView, SlaListView, SlaView, SlotsView, StatusView, Summary, TasksView,
    TriageView, ViewsView, WorkflowsView, Written,
};

/// The schema of every answer in JSON, by name; `schemas/output/<name>.schema.json`
/// in the source holds the same.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("written", schema::<Written>()),
        ("applied", schema::<AppliedView>()),
        ("approval", schema::<ApprovalView>()),
        ("workflow-list", schema::<WorkflowsView>()),
        ("actions", schema::<ActionsView>()),
        ("gate", schema::<GateView>()),
        ("raise", schema::<RaiseView>()),
        ("deployed", schema::<DeployedView>()),
        ("attachments", schema::<AttachmentsView>()),
        ("record", schema::<RecordView>()),
        ("rows", schema::<RowsView>()),
        ("log", schema::<LogView>()),
        ("diff", schema::<DiffView>()),
        ("blame", schema::<BlameView>()),
        ("summary", schema::<Summary>()),
        ("status", schema::<StatusView>()),
        ("check", schema::<CheckView>()),
        ("import", schema::<ImportView>()),
        ("triage", schema::<TriageView>()),
        ("view-list", schema::<ViewsView>()),
        ("catalog", schema::<CatalogView>()),
        ("offering-view", schema::<OfferingView>()),
        ("plan", schema::<PlanView>()),
        ("tasks", schema::<TasksView>()),
        ("csat", schema::<CsatView>()),
        ("dora", schema::<DoraView>()),
        ("deploys", schema::<DeploysView>()),
        ("sla-view", schema::<SlaView>()),
        ("sla-list", schema::<SlaListView>()),
        ("calendar-view", schema::<CalendarView>()),
        ("calendar-list", schema::<CalendarsView>()),
        ("hours", schema::<HoursView>()),
        ("compliance", schema::<ComplianceView>()),
        ("conflicts", schema::<ConflictsView>()),
        ("slots", schema::<SlotsView>()),
        ("schedule", schema::<ScheduleView>()),
        ("risk-view", schema::<RiskView>()),
        ("model-list", schema::<ModelsView>()),
        ("model-view", schema::<ModelView>()),
        ("message", schema::<MessageView>()),
        ("export", schema::<ExportView>()),
        ("path", schema::<PathView>()),
        ("name-list", schema::<NamesView>()),
        ("hook-install", schema::<HookInstallView>()),
        ("hook-status", schema::<HookStatusView>()),
        ("hook-run", schema::<HookRunView>()),
        ("hook-drain", schema::<HookDrainView>()),
    ]
}

/// What gitsm writes is stricter than what it would read: a field without a
/// value is there and null.
fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut generated = settings.into_generator().into_root_schema_for::<T>().to_value();
    // What a reader wants to know first stands first.
    if let Value::Object(object) = &mut generated {
        for key in ["description", "title", "$schema"] {
            if let Some(value) = object.shift_remove(key) {
                object.shift_insert(0, key.to_owned(), value);
            }
        }
    }
    generated
}
