//! One example of each view, and how tests look at it.

use anstream::adapter::strip_str;
use serde_json::{Value, json};

use crate::model::{
    FieldChange, Kind, PersonId, Priority, Record, RecordId, Relation, StateCategory, StateName,
    Timestamp,
};
use crate::outcome::*;
use crate::query::Row;
use crate::render::UiOptions;
use crate::render::ui::rendered;
use crate::render::view::{Look, Rendered};

pub(super) const FULL: &str = "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q";

pub(super) fn id(text: &str) -> RecordId {
    text.parse().expect("an id")
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(super) fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

pub(super) fn state(text: &str) -> StateName {
    StateName::new(text).expect("a state")
}

pub(super) fn change(field: &str, from: Value, to: Value) -> FieldChange {
    let side = |value: Value| if value.is_null() { None } else { Some(value) };
    FieldChange { field: field.into(), from: side(from), to: side(to) }
}

pub(super) fn options() -> UiOptions {
    UiOptions::new(now())
}

pub(super) fn show_with(outcome: &Outcome, options: &UiOptions, terminal: bool) -> Rendered {
    rendered(outcome, options, &Look::new(options, terminal, options.width)).expect("shown")
}

/// Standard output and standard error without styles, in a pipe.
pub(super) fn show(outcome: &Outcome, options: &UiOptions) -> (String, String) {
    let shown = show_with(outcome, options, false);
    (strip_str(&shown.out).to_string(), strip_str(&shown.err).to_string())
}

pub(super) fn listed(title: &str, full: &str, priority: Option<Priority>) -> ListedRow {
    let id = id(full);
    let record = json!({
        "id": id,
        "title": title,
        "status": "in_progress",
        "impact": "high",
        "urgency": "medium",
        "priority": priority.unwrap_or(Priority::P1),
        "service": "crm",
        "assignee": "alice",
        "tags": ["crash", "q4"],
        "opened_at": "2026-11-22T09:12:04Z",
        "opened_by": "bob",
        "updated_at": "2026-11-22T09:20:41Z",
        "custom": { "floor": "=2+3" },
    });
    let record = Record::from_value(Kind::Incident, record).expect("a record");
    let row = Row { priority, ..Row::new(&record, StateCategory::Open) };
    ListedRow { short: id.short(), row, excerpt: None, highlights: None }
}

pub(super) fn rows() -> RowsView {
    RowsView {
        schema: RowsView::SCHEMA,
        total: 340,
        more: false,
        order: "priority".into(),
        columns: Column::list("id,priority,status,title,assignee,team,age").expect("columns"),
        now: now(),
        rows: Rows::Few(vec![
            listed("CRM crashes when the quarterly report runs", FULL, Some(Priority::P2)),
            listed("Printer", "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R", None),
        ]),
        warnings: Vec::new(),
    }
}

pub(super) fn record() -> RecordView {
    RecordView {
        usual_priority: None,
        conflicts: None,
        schema: RecordView::SCHEMA,
        id: id(FULL),
        short: "INC-7K3F9Q".into(),
        kind: Kind::Incident,
        state: StateCategory::Open,
        now: options().now,
        path: id(FULL).path(),
        edited_by_hand: true,
        record: json!({
            "id": FULL,
            "title": "CRM crashes when the quarterly report runs",
            "status": "in_progress",
            "impact": "high",
            "urgency": "medium",
            "priority": "P2",
            "service": "crm",
            "cis": ["CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9S"],
            "requester": "bob",
            "assignee": "alice",
            "tags": ["crash", "q4"],
            "opened_at": "2026-11-22T09:12:04Z",
            "opened_by": "bob",
            "updated_at": "2026-11-19T09:20:41Z",
            "reopen_count": 1,
            "holds": [
                {"reason": "awaiting_requester", "from": "2026-11-22T09:30:00Z", "until": "2026-11-22T10:00:00Z"},
                {"reason": "awaiting_vendor", "from": "2026-11-22T11:00:00Z"},
            ],
            "resolution": {"code": "fixed", "by": "alice", "text": "Restarted.\n"},
            "description": "Since this morning's update the report aborts.\n\nEvery time.\n",
            "approvals": [{"id": "x", "at": "2026-11-22T10:00:00Z", "by": "carol", "verdict": "approved", "text": "Go."}],
            "notes": [
                {"id": "x", "at": "2026-11-22T09:20:41Z", "by": "alice", "kind": "work", "text": "Restarted the pool; it holds for now.\n"},
                {"id": "y", "at": "2026-11-22T09:40:00Z", "by": "bob", "kind": "public", "text": "Thanks.\n"},
            ],
            "attachments": [{"id": "z", "name": "trace.log", "sha256": "00", "size": 2048, "at": "2026-11-22T09:20:41Z", "by": "bob"}],
            "custom": {"floor": "3"},
        }),
        links: vec![
            LinkView {
                rel: "caused_by",
                relation: Relation::CausedBy,
                other: RecordRef {
                    id: id("CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9T"),
                    short: "CHG-7K3F9T".into(),
                    title: Some("Update the CRM".into()),
                    status: Some(state("closed")),
                    state: Some(StateCategory::Closed),
                },
            },
            LinkView {
                rel: "blocks",
                relation: Relation::BlockedBy,
                other: RecordRef {
                    id: id("PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9V"),
                    short: "PRB-7K3F9V".into(),
                    title: None,
                    status: None,
                    state: None,
                },
            },
        ],
        cis: vec![RecordRef {
            id: id("CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9S"),
            short: "CI-7K3F9S".into(),
            title: Some("web-01".into()),
            status: Some(state("in_use")),
            state: Some(StateCategory::Open),
        }],
        approved: Vec::new(),
        approval: None,
        promises: Vec::new(),
        actions: vec!["hold".into(), "resolve".into()],
        blocked: Vec::new(),
    }
}

/// An approval of two steps, with everything that one can hold.
pub(super) fn approval() -> ApprovalView {
    let at = |text: &str| text.parse().expect("a time");
    let who = |name: &str| PersonId::new(name).expect("an id");
    let seat = |name: &str, standing, by: Option<&str>| ApprovalSeat {
        person: who(name),
        standing,
        at: by.map(|_| at("2026-11-22T10:00:00Z")),
        by: by.map(who),
        delegates: if standing == "pending" { vec![who("frank")] } else { Vec::new() },
    };
    let step = |name: &str, decision, voters: Vec<ApprovalSeat>| ApprovalStep {
        step: Some(format!("cab/{name}")),
        decision,
        decided_at: (decision == "approved").then(|| at("2026-11-22T10:00:00Z")),
        quorum: "2".into(),
        veto: true,
        needed: Some(2),
        approved: 1,
        rejected: 0,
        open_to_all: false,
        too_few: false,
        expires_at: Some(at("2026-11-24T10:00:00Z")),
        voters,
        excluded: vec![who("alice")],
    };
    ApprovalView {
        schema: ApprovalView::SCHEMA,
        id: id("CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9T"),
        short: "CHG-7K3F9T".into(),
        title: "Update the CRM".into(),
        now: now(),
        decision: "pending",
        digest: "00".repeat(32),
        asked_at: Some(at("2026-11-22T09:30:00Z")),
        definitions: vec![ApprovalDefinition {
            name: "cab".into(),
            description: None,
            when: Some("type:change".into()),
            tasks: Vec::new(),
        }],
        steps: vec![
            step("lead", "approved", vec![seat("carol", "approved", Some("dora"))]),
            step("board", "pending", vec![seat("eve", "pending", None)]),
        ],
        uncounted: vec![UncountedVote {
            by: who("eve"),
            at: at("2026-11-22T09:40:00Z"),
            verdict: "approved",
            step: Some("cab/board".into()),
            why: "what it approved has changed since",
        }],
        waits_for: vec!["1 vote of eve (cab/board)".into()],
    }
}

pub(super) fn log() -> LogView {
    let one = |short: &str, changes| EventRecord {
        id: id(FULL),
        short: short.into(),
        title: Some("CRM crashes".into()),
        relation: None,
        changes,
    };
    let resolve = vec![
        change("status", json!("in_progress"), json!("resolved")),
        change("resolution.code", Value::Null, json!("fixed")),
    ];
    let event = |action: &str, subject: &str, records: Vec<EventRecord>| EventView {
        commit: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".into(),
        at: now(),
        recorded: now(),
        actor: "alice".into(),
        action: action.into(),
        subject: subject.into(),
        imported: None,
        disputed: false,
        after_seconds: None,
        touched: records.len(),
        records,
    };
    LogView {
        schema: LogView::SCHEMA,
        subject: None,
        brief: false,
        events: vec![
            event("resolve", "INC-7K3F9Q resolve: CRM crashes", vec![one("INC-7K3F9Q", resolve)]),
            event(
                "close",
                "close 2 records",
                vec![
                    one("INC-7K3F9Q", vec![change("status", json!("resolved"), json!("closed"))]),
                    one("INC-7K3F9R", Vec::new()),
                ],
            ),
            event("edit", "Change the settings", Vec::new()),
        ],
    }
}

/// The story of one record, with what happened to another one it is linked to.
pub(super) fn story() -> LogView {
    let mut story = log();
    story.subject = Some(subject());
    for (at, event) in story.events.iter_mut().enumerate() {
        event.after_seconds = Some(3600 * at as i64);
        for (at, record) in event.records.iter_mut().enumerate() {
            record.relation = (at > 0).then_some("caused_by");
            record.changes.push(change(
                "notes",
                Value::Null,
                json!({"kind": "work", "text": "One\nTwo\n"}),
            ));
            record.changes.push(change(
                "description",
                json!("a\nb\nc\nd\n"),
                json!("a\nx\nc\nd\n"),
            ));
        }
    }
    story
}

fn subject() -> StorySubject {
    StorySubject {
        id: id(FULL),
        short: "INC-7K3F9Q".into(),
        title: Some("CRM crashes".into()),
        status: Some(state("resolved")),
    }
}

pub(super) fn diff() -> DiffView {
    let commit = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";
    let record = |what: Vec<&'static str>| DiffRecord {
        id: id(FULL),
        short: "INC-7K3F9Q".into(),
        kind: Kind::Incident,
        title: Some("CRM crashes".into()),
        status: Some(state("resolved")),
        what,
        changes: vec![
            change("status", json!("new"), json!("resolved")),
            change("resolved_at", Value::Null, json!("2026-11-22T09:12:04Z")),
            change("tags", Value::Null, json!("crash")),
        ],
    };
    DiffView {
        schema: DiffView::SCHEMA,
        from: Some(PointView { commit: commit.into(), at: now() }),
        to: PointView { commit: commit.into(), at: now() },
        total: 3,
        counts: vec![
            DiffCount { what: "created", count: 1 },
            DiffCount { what: "resolved", count: 2 },
        ],
        records: vec![record(vec!["created", "resolved"]), record(vec!["resolved", "edited"])],
    }
}

pub(super) fn blame() -> BlameView {
    let event = |action: &str| BlameEvent {
        commit: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".into(),
        at: now(),
        actor: "alice".into(),
        action: action.into(),
    };
    let field =
        |field: &str, value, event, lines| BlameField { field: field.into(), value, event, lines };
    let line = |text: &str, action: &str| BlameLine { text: text.into(), event: event(action) };
    BlameView {
        schema: BlameView::SCHEMA,
        record: subject(),
        fields: vec![
            field("status", Some(json!("resolved")), Some(event("resolve")), Vec::new()),
            field(
                "description",
                Some(json!("a\nx\n")),
                Some(event("edit")),
                vec![line("a", "new"), line("x", "edit")],
            ),
            field("team", None, Some(event("assign")), Vec::new()),
            field("title", Some(json!("CRM")), None, Vec::new()),
        ],
    }
}

pub(super) fn counts() -> Vec<Count> {
    vec![
        Count { value: Some("apps".into()), open: 3, total: 12 },
        Count { value: None, open: 0, total: 1 },
    ]
}

pub(super) fn summary() -> Summary {
    Summary {
        schema: Summary::SCHEMA,
        now: now(),
        total: 13,
        open: 3,
        by_type: Vec::new(),
        by_status: Vec::new(),
        by_priority: Vec::new(),
        by_team: counts(),
        by_assignee: Vec::new(),
        open_age: Vec::new(),
    }
}

pub(super) fn status() -> StatusView {
    StatusView {
        schema: StatusView::SCHEMA,
        name: "Acme IT".into(),
        desk: "01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".into(),
        profile: "help-desk".into(),
        location: "/srv/desk".into(),
        mode: "work tree",
        trunk: "main".into(),
        commit: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".into(),
        actor: "alice".into(),
        open: counts(),
        mine: 2,
        unassigned: 1,
        edited: vec!["incidents/9/Q/x.yaml".into()],
        unreadable: 1,
    }
}

pub(super) fn check() -> CheckView {
    CheckView {
        schema: CheckView::SCHEMA,
        what: CheckView::RECORDS,
        checked: 340,
        findings: vec![
            Finding {
                path: "incidents/9/Q/x.yaml".into(),
                line: Some(7),
                severity: Severity::Error,
                rule: "link-dangling",
                message: "CHG-1 does not exist".into(),
            },
            Finding {
                path: ".gitsm/desk.yaml".into(),
                line: None,
                severity: Severity::Warning,
                rule: "unused-team",
                message: "nobody is in `net`".into(),
            },
        ],
    }
}

pub(super) fn import() -> ImportView {
    ImportView {
        schema: ImportView::SCHEMA,
        dry_run: false,
        numbered_by: "line",
        rows: 10,
        skipped: 0,
        tickets: 4,
        created: 3,
        updated: 0,
        present: 1,
        events: 0,
        commits: 1,
        commit: Some("a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".into()),
        rejected: vec![
            RejectedRow {
                line: 7,
                external_id: Some("INC0000045".into()),
                reason: "no such date".into(),
            },
            RejectedRow { line: 9, external_id: None, reason: "3 columns in place of 5".into() },
        ],
        links: 0,
        absent: Vec::new(),
        warnings: Vec::new(),
        stopped: false,
        ids: Vec::new(),
    }
}

pub(super) fn written(action: &str, commit: bool, changes: Vec<FieldChange>) -> Written {
    Written {
        schema: Written::SCHEMA,
        dry_run: false,
        commit: commit.then(|| "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".to_owned()),
        subject: commit.then(|| format!("INC-7K3F9Q {action}: CRM crashes")),
        files: Vec::new(),
        refused: Vec::new(),
        notices: Vec::new(),
        records: vec![WrittenRecord {
            id: id(FULL),
            short: "INC-7K3F9Q".into(),
            kind: Kind::Incident,
            title: "CRM crashes".into(),
            status: state("new"),
            priority: Some(Priority::P2),
            action: action.into(),
            changes,
        }],
    }
}

pub(super) fn applied() -> AppliedView {
    let commit = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";
    let line = |line, result| AppliedLine {
        line,
        action: Some("new".into()),
        reference: None,
        result,
        commit: None,
        records: Vec::new(),
        refused: None,
    };
    AppliedView {
        schema: AppliedView::SCHEMA,
        dry_run: false,
        commits: 1,
        subject: Some("apply: 2 records".into()),
        lines: vec![
            AppliedLine {
                commit: Some(commit.into()),
                records: written("new", true, Vec::new()).records,
                ..line(1, LineResult::Done)
            },
            line(2, LineResult::Unchanged),
            AppliedLine {
                refused: Some(RefusedLine {
                    reason: "there is no record `ZZZZ`".into(),
                    hints: vec!["list what there is".into()],
                    exit_code: 3,
                }),
                ..line(4, LineResult::Refused)
            },
        ],
    }
}

pub(super) fn attachments() -> AttachmentsView {
    let file = |name: &str, saved_as: Option<&str>| AttachmentView {
        name: name.into(),
        size: 2048,
        sha256: "5775e775a009a883570f8738b2efba72ebd889bebd792398088abf4b78a55133".into(),
        at: at("2026-11-22T09:00:00Z"),
        by: "alice".parse().expect("a person"),
        saved_as: saved_as.map(str::to_owned),
    };
    AttachmentsView {
        schema: AttachmentsView::SCHEMA,
        id: id(FULL),
        short: "INC-7K3F9Q".into(),
        now: now(),
        attachments: vec![file("log.txt", None), file("screen.png", None)],
    }
}

/// The row at this place of a short list.
pub(super) fn row_of(view: &mut RowsView, at: usize) -> &mut ListedRow {
    match &mut view.rows {
        Rows::Few(rows) => &mut rows[at],
        Rows::Many(_) => panic!("a long list"),
    }
}
