//! The JSON Schemas in `schemas/output/`, and answers that must keep to them.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test output_schemas` writes the schemas anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail")]

use std::fs;
use std::path::{Path, PathBuf};

use gitsm::format::read_record_any;
use gitsm::model::{
    Check, Kind, Level, OfferingName, PersonId, Record, RecordId, Relation, StateCategory,
    StateName, Task, TaskId, TaskState, TeamId, Timestamp, View, ViewOrigin, diff,
};
use gitsm::outcome::{
    ActionView, ActionsView, AppliedLine, AppliedView, ApprovalDefinition, ApprovalSeat,
    ApprovalStep, ApprovalView, AttachmentView, AttachmentsView, BlameEvent, BlameField, BlameLine,
    BlameView, CalendarDay, CalendarLine, CalendarView, CalendarsView, CatalogView, ChangeAnswer,
    ChangeNeed, ChangeReason, ChangeRule, CheckView, CiNode, ClockLine, ClosedAction, Column,
    CommitmentView, Compliance, ComplianceView, ConcernView, Count, CsatView, DiffCount,
    DiffRecord, DiffView, EventRecord, EventView, Finding, Highlights, HoursView, ImportView,
    LineResult, LinkView, ListedRow, LogView, NamedCi, OfferingLine, OfferingView, OnTheWay, Part,
    PartName, Place, PlanView, PlannedView, PointView, PromiseLine, Proposal, QuestionView,
    RecordRef, RecordView, Recurring, Refused, RefusedLine, RejectedRow, RowsView, SavedView,
    SeenAnswer, SeenView, Severity, Similar, SlaListView, SlaRow, SlaView, StatusView,
    StorySubject, Summary, TaskLine, TasksView, TellingWord, TriageView, TriagedTicket,
    UncountedVote, ViewsView, WorkflowState, WorkflowView, WorkflowWay, WorkflowsView, Written,
    WrittenRecord,
};
use gitsm::query::Row;
use gitsm::render::schemas;
use gitsm::report::{CsatItem, SummaryItem, summarise};
use serde::Serialize;
use serde_json::{Value, json};

const COMMIT: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema_path(name: &str) -> PathBuf {
    root().join("schemas/output").join(format!("{name}.schema.json"))
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// One record of each type, as the examples have it.
fn records() -> Vec<Record> {
    let read = |kind: Kind| {
        let path = root().join("examples/records").join(format!("{kind}.yaml"));
        read_record_any(kind, &fs::read(path).unwrap()).unwrap()
    };
    Kind::ALL.into_iter().map(read).collect()
}

/// A record with nothing in it that can be left out.
fn bare() -> Record {
    let text = "\
id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
title: Printer
status: new
impact: low
urgency: low
priority: P5
opened_at: 2026-11-22T09:12:04Z
opened_by: alice
updated_at: 2026-11-22T09:12:04Z
";
    read_record_any(Kind::Incident, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn row(record: &Record) -> Row {
    Row::new(record, StateCategory::Open)
}

fn written() -> Written {
    let one = |record: &Record| WrittenRecord {
        id: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        title: record.title().to_owned(),
        status: record.status().clone(),
        priority: record.priority(),
        action: "new".to_owned(),
        changes: diff(None, Some(record)),
    };
    let records = records().iter().map(one).collect();
    let refused = |id: Option<RecordId>| Refused {
        given: "7K3F9Q".to_owned(),
        id,
        short: id.map(RecordId::short),
        reason: "there is no record `7K3F9Q`".to_owned(),
        hints: vec!["list what there is".to_owned()],
        exit_code: 3,
    };
    Written {
        schema: Written::SCHEMA,
        dry_run: false,
        commit: Some(COMMIT.to_owned()),
        subject: Some("edit: 5 records".to_owned()),
        records,
        files: vec![".gitsm/people.yaml".to_owned()],
        refused: vec![refused(None), refused(Some(bare().id()))],
        notices: vec!["the vote of carol no longer counts".to_owned()],
    }
}

fn applied() -> AppliedView {
    let line = |result| AppliedLine {
        line: 3,
        action: Some("new".to_owned()),
        reference: Some("a".to_owned()),
        result,
        commit: Some(COMMIT.to_owned()),
        records: written().records,
        refused: None,
    };
    let refused = |result| AppliedLine {
        action: None,
        reference: None,
        commit: None,
        records: Vec::new(),
        refused: Some(RefusedLine {
            reason: "not JSON".to_owned(),
            hints: vec!["write it as JSON".to_owned()],
            exit_code: 6,
        }),
        ..line(result)
    };
    AppliedView {
        schema: AppliedView::SCHEMA,
        dry_run: false,
        commits: 1,
        subject: Some("apply: 5 records".to_owned()),
        lines: vec![
            line(LineResult::Done),
            line(LineResult::Unchanged),
            refused(LineResult::Refused),
            refused(LineResult::LeftOut),
        ],
    }
}

fn attachments() -> AttachmentsView {
    let record = bare();
    let file = |saved_as: Option<&str>| AttachmentView {
        name: "log.txt".to_owned(),
        size: 5,
        sha256: "5775e775a009a883570f8738b2efba72ebd889bebd792398088abf4b78a55133".to_owned(),
        at: now(),
        by: record.opened_by().clone(),
        saved_as: saved_as.map(str::to_owned),
    };
    AttachmentsView {
        schema: AttachmentsView::SCHEMA,
        id: record.id(),
        short: record.id().short(),
        now: now(),
        attachments: vec![file(None), file(Some("files/log.txt"))],
    }
}

fn reference(id: RecordId, found: bool) -> RecordRef {
    RecordRef {
        id,
        short: id.short(),
        title: found.then(|| "web-01".to_owned()),
        status: found.then(|| StateName::new("in_use").unwrap()),
        state: found.then_some(StateCategory::Open),
    }
}

fn record(record: &Record) -> RecordView {
    let link = |relation: Relation, found| LinkView {
        rel: relation.name(),
        relation,
        other: reference(record.id(), found),
    };
    RecordView {
        schema: RecordView::SCHEMA,
        id: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        state: StateCategory::Hold,
        path: record.id().path(),
        edited_by_hand: true,
        record: record.to_value(),
        links: vec![link(Relation::CausedBy, true), link(Relation::DuplicateOf, false)],
        cis: vec![reference(record.id(), true)],
        approval: Some(approval()),
        actions: vec!["resolve".to_owned()],
        blocked: vec![ClosedAction { action: "approve".to_owned(), why: "x".to_owned() }],
        promises: vec![promise(Some(now())), promise(None)],
    }
}

fn promise(due: Option<Timestamp>) -> PromiseLine {
    PromiseLine {
        name: "fix".to_owned(),
        kind: "sla",
        metric: "resolution",
        standing: "running",
        breached: false,
        at_risk: true,
        due,
        ended: due,
        left_seconds: -60,
    }
}

fn sla() -> SlaView {
    let clock = |full: bool| ClockLine {
        at: now(),
        what: "paused",
        until: full.then(now),
        business_seconds: full.then_some(60),
        actual_seconds: full.then_some(120),
        percent: full.then_some(75),
        status: full.then(|| StateName::new("on_hold").unwrap()),
        why: full.then(|| "awaiting vendor".to_owned()),
    };
    let one = |full: bool| CommitmentView {
        name: "fix".to_owned(),
        description: full.then(|| "Fixed".to_owned()),
        kind: "sla",
        metric: "resolution",
        target: "4h".to_owned(),
        calendar: full.then(|| "office".to_owned()),
        time_zone: "UTC".to_owned(),
        standing: "running",
        breached: false,
        at_risk: false,
        start: now(),
        attached: now(),
        ended: full.then(now),
        due: full.then(now),
        target_seconds: 14_400,
        business_seconds: 60,
        actual_seconds: 120,
        left_seconds: 14_340,
        percent: 0.42,
        actual_percent: 0.83,
        timeline: vec![clock(true), clock(false)],
    };
    SlaView {
        schema: SlaView::SCHEMA,
        record: subject(true),
        now: now(),
        commitments: vec![one(true), one(false)],
    }
}

fn sla_list() -> SlaListView {
    let row = |full: bool| SlaRow {
        id: bare().id(),
        short: "INC-7K3F9Q".to_owned(),
        title: "Printer".to_owned(),
        status: StateName::new("new").unwrap(),
        priority: full.then_some(gitsm::model::Priority::P1),
        name: "fix".to_owned(),
        kind: "sla",
        metric: "resolution",
        standing: "running",
        breached: true,
        at_risk: false,
        due: full.then(now),
    };
    let commitments = vec![row(true), row(false)];
    SlaListView { schema: SlaListView::SCHEMA, now: now(), total: 2, commitments }
}

fn calendar() -> CalendarView {
    let day = |full: bool| CalendarDay {
        date: "2026-11-22".to_owned(),
        weekday: "sun",
        hours: if full { vec!["09:00-17:00".to_owned()] } else { Vec::new() },
        open_seconds: 0,
        remark: full.then(|| "holiday".to_owned()),
    };
    CalendarView {
        schema: CalendarView::SCHEMA,
        name: "office".to_owned(),
        description: Some("Office hours".to_owned()),
        time_zone: "UTC".to_owned(),
        now: now(),
        open: false,
        opens: Some(now()),
        closes: None,
        days: vec![day(true), day(false)],
        open_seconds: 28_800,
    }
}

fn calendars() -> CalendarsView {
    let line = |description| CalendarLine {
        name: "office".to_owned(),
        description,
        time_zone: "UTC".to_owned(),
        open: true,
    };
    let calendars = vec![line(None), line(Some("Office hours".to_owned()))];
    CalendarsView { schema: CalendarsView::SCHEMA, calendars }
}

fn hours() -> HoursView {
    HoursView {
        schema: HoursView::SCHEMA,
        calendar: "office".to_owned(),
        time_zone: "UTC".to_owned(),
        from: now(),
        to: now(),
        open_seconds: 0,
        actual_seconds: 0,
    }
}

fn compliance() -> ComplianceView {
    let one = Compliance {
        name: Some("fix".to_owned()),
        kind: Some("sla"),
        metric: Some("resolution"),
        calendar: Some("office".to_owned()),
        met: 1,
        completed: 2,
        percent: Some(50.0),
        open_breached: 1,
        open: 3,
    };
    ComplianceView {
        schema: ComplianceView::SCHEMA,
        from: Some(now()),
        to: now(),
        time_zone: "UTC".to_owned(),
        commitments: vec![one],
        total: Compliance::default(),
    }
}

fn workflows() -> WorkflowsView {
    let name = |text: &str| StateName::new(text).unwrap();
    let way = WorkflowWay {
        action: name("close"),
        from: vec![name("review")],
        to: Some(name("closed")),
        models: vec!["normal"],
        needs: vec!["comment".to_owned()],
        explain: vec![name("awaiting_requester")],
        by: Some("the role manager".to_owned()),
        not_by: vec!["the assignee"],
        set: [("outcome".to_owned(), "failed".to_owned())].into_iter().collect(),
        clear: vec!["team".to_owned()],
        vote: Some("approve"),
        approved: true,
    };
    WorkflowsView {
        schema: WorkflowsView::SCHEMA,
        workflows: vec![WorkflowView {
            kind: Kind::Change,
            domain: Some(name("internal")),
            path: None,
            entry: vec![name("review")],
            states: vec![WorkflowState {
                name: name("review"),
                category: StateCategory::Resolved,
                work: true,
            }],
            transitions: vec![way],
            hold_reasons: vec![name("awaiting_vendor")],
            resolution_codes: vec![name("successful")],
            only_in: [("cis".to_owned(), vec![name("review")])].into_iter().collect(),
            on_reply: Some(name("resume")),
        }],
    }
}

fn actions() -> ActionsView {
    let action = |open| ActionView {
        action: "known-error".to_owned(),
        open,
        offered: true,
        to: None,
        vote: false,
        needs: vec!["cause".to_owned()],
        why: (!open).then(|| "it is for others".to_owned()),
        hint: None,
    };
    ActionsView {
        schema: ActionsView::SCHEMA,
        id: bare().id(),
        short: bare().id().short(),
        title: "Printer".to_owned(),
        kind: Kind::Incident,
        status: StateName::new("new").unwrap(),
        actor: PersonId::new("alice").ok(),
        actions: vec![action(true), action(false)],
    }
}

fn approval() -> ApprovalView {
    let carol = || PersonId::new("carol").unwrap();
    let seat = |standing| ApprovalSeat {
        person: carol(),
        standing,
        at: Some(now()),
        by: Some(carol()),
        delegates: vec![carol()],
    };
    let step = |decision| ApprovalStep {
        step: Some("cab/board".to_owned()),
        decision,
        decided_at: Some(now()),
        quorum: "50%".to_owned(),
        veto: false,
        needed: Some(2),
        approved: 1,
        rejected: 0,
        open_to_all: false,
        too_few: false,
        expires_at: None,
        voters: ["approved", "rejected", "pending", "expired", "not_required"].map(seat).to_vec(),
        excluded: vec![carol()],
    };
    ApprovalView {
        schema: ApprovalView::SCHEMA,
        id: bare().id(),
        short: bare().id().short(),
        title: "Printer".to_owned(),
        now: now(),
        decision: "pending",
        digest: "00".repeat(32),
        asked_at: Some(now()),
        definitions: vec![ApprovalDefinition {
            name: "cab".to_owned(),
            description: None,
            when: Some("type:change".to_owned()),
            tasks: Vec::new(),
        }],
        steps: ["waiting", "pending", "approved", "rejected", "expired", "not_required"]
            .map(step)
            .to_vec(),
        uncounted: vec![UncountedVote {
            by: carol(),
            at: now(),
            verdict: "approved",
            step: None,
            why: "what it approved has changed since",
        }],
        waits_for: vec!["1 vote of carol".to_owned()],
    }
}

fn rows() -> RowsView {
    let listed = |record: &Record, excerpt: Option<&str>| ListedRow {
        short: record.id().short(),
        row: row(record),
        highlights: excerpt.map(|_| Highlights { title: vec![(0, 3)], excerpt: Vec::new() }),
        excerpt: excerpt.map(str::to_owned),
    };
    let mut rows: Vec<ListedRow> = records().iter().map(|record| listed(record, None)).collect();
    rows.push(listed(&bare(), Some("the report aborts")));
    RowsView {
        schema: RowsView::SCHEMA,
        total: 340,
        more: false,
        order: "priority".to_owned(),
        columns: vec![Column::Id],
        now: now(),
        rows: rows.into(),
        warnings: Vec::new(),
    }
}

fn log() -> LogView {
    let before = bare();
    let records = records();
    let all = records.iter().map(|record| EventRecord {
        id: record.id(),
        short: record.id().short(),
        title: (record.kind() != Kind::Ci).then(|| record.title().to_owned()),
        relation: (record.kind() == Kind::Problem).then_some("caused_by"),
        changes: diff(Some(&before), Some(record)),
    });
    let event = |records: Vec<EventRecord>| EventView {
        commit: COMMIT.to_owned(),
        at: now(),
        recorded: now(),
        actor: "alice".to_owned(),
        action: "edit".to_owned(),
        subject: "edit 5 records".to_owned(),
        imported: records.first().map(|_| "ServiceNow 17".to_owned()),
        disputed: !records.is_empty(),
        after_seconds: records.first().map(|_| 60),
        touched: records.len(),
        records,
    };
    let events = vec![event(all.collect()), event(Vec::new())];
    LogView { schema: LogView::SCHEMA, subject: Some(subject(true)), brief: false, events }
}

fn subject(found: bool) -> StorySubject {
    let RecordRef { id, short, title, status, .. } = reference(bare().id(), found);
    StorySubject { id, short, title, status }
}

fn difference() -> DiffView {
    let before = bare();
    let one = |record: &Record| DiffRecord {
        id: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        title: Some(record.title().to_owned()),
        status: Some(record.status().clone()),
        what: vec!["created", "resolved"],
        changes: diff(Some(&before), Some(record)),
    };
    let point = || PointView { commit: COMMIT.to_owned(), at: now() };
    DiffView {
        schema: DiffView::SCHEMA,
        from: Some(point()),
        to: point(),
        total: 5,
        counts: vec![DiffCount { what: "created", count: 5 }],
        records: records().iter().map(one).collect(),
    }
}

fn blame() -> BlameView {
    let event = || BlameEvent {
        commit: COMMIT.to_owned(),
        at: now(),
        actor: "alice".to_owned(),
        action: "edit".to_owned(),
    };
    let field = |change: gitsm::model::FieldChange| BlameField {
        field: change.field,
        value: change.to,
        event: Some(event()),
        lines: vec![BlameLine { text: "One".to_owned(), event: event() }],
    };
    let mut fields: Vec<BlameField> = diff(None, Some(&bare())).into_iter().map(field).collect();
    fields[0].event = None;
    fields[1].lines = Vec::new();
    fields[2].value = None;
    BlameView { schema: BlameView::SCHEMA, record: subject(true), fields }
}

fn triage() -> TriageView {
    let node = |via| CiNode {
        record: reference(bare().id(), true),
        class: Some("server".to_owned()),
        criticality: None,
        environment: None,
        depth: 1,
        via,
        relation: via.map(|_| Relation::DependsOn),
    };
    let similar = |known: bool| Similar {
        record: reference(bare().id(), known),
        score: 80,
        parts: vec![Part { part: PartName::Ci, points: 10, of: 20, why: "web-01".to_owned() }],
        opened_at: now(),
        resolution: known.then(|| StateName::new("fixed").unwrap()),
        remedy: known.then(|| "Restart it.".to_owned()),
        known_error: known,
        linked: known.then_some("caused_by"),
        duplicate: !known,
        next: known.then(|| "gitsm".to_owned()),
    };
    let bare = bare();
    TriageView {
        schema: TriageView::SCHEMA,
        now: now(),
        ticket: TriagedTicket {
            record: reference(bare.id(), true),
            kind: Kind::Incident,
            priority: bare.priority(),
            impact: bare.impact(),
            urgency: bare.urgency(),
            opened_at: now(),
        },
        seen: SeenView {
            answer: SeenAnswer::KnownProblem,
            compared: 2,
            words: vec![TellingWord { word: "crm".to_owned(), records: None }],
            tickets: vec![similar(false)],
            more: 1,
            problems: vec![similar(true)],
            recurring: Some(Recurring { tickets: 3, days: 30, next: None }),
        },
        change: ChangeNeed {
            answer: ChangeAnswer::Possible,
            reasons: vec![ChangeReason {
                rule: ChangeRule::KnownErrorWithoutFix,
                strong: false,
                text: "why".to_owned(),
                records: vec![bare.id()],
                next: None,
            }],
        },
        concern: ConcernView {
            cis: vec![node(None)],
            named: vec![NamedCi { ci: node(None), next: "gitsm".to_owned() }],
            affected: vec![node(Some(bare.id()))],
            causes: vec![node(Some(bare.id()))],
            open: vec![OnTheWay {
                record: reference(bare.id(), false),
                priority: None,
                opened_at: now(),
                ci: reference(bare.id(), true),
                place: Place::Affected,
            }],
            ..ConcernView::default()
        },
        proposals: vec![Proposal {
            field: "team".to_owned(),
            value: "apps".to_owned(),
            now: None,
            confidence: 70,
            agree: 3,
            asked: 4,
            why: "3 of 4".to_owned(),
            next: "gitsm assign".to_owned(),
        }],
    }
}

fn summary() -> Summary {
    let rows: Vec<Row> = records().iter().chain([&bare()]).map(row).collect();
    summarise(now(), rows.iter().map(SummaryItem::from), rows.iter().map(|row| row.opened_at))
}

fn status(mode: &'static str) -> StatusView {
    StatusView {
        schema: StatusView::SCHEMA,
        name: "Acme IT".to_owned(),
        desk: "01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".to_owned(),
        profile: "help-desk".to_owned(),
        location: "/srv/desk".to_owned(),
        mode,
        trunk: "main".to_owned(),
        commit: COMMIT.to_owned(),
        actor: "alice".to_owned(),
        open: vec![
            Count { value: Some("incident".to_owned()), open: 3, total: 12 },
            Count { value: None, open: 0, total: 1 },
        ],
        mine: 2,
        unassigned: 1,
        edited: vec!["incidents/9/Q/x.yaml".to_owned()],
        unreadable: 1,
    }
}

fn check() -> CheckView {
    let finding = |line, severity| Finding {
        path: ".gitsm/desk.yaml".to_owned(),
        line,
        severity,
        rule: "unused-team",
        message: "nobody is in `net`".to_owned(),
    };
    CheckView {
        schema: CheckView::SCHEMA,
        what: CheckView::RECORDS,
        checked: 340,
        findings: vec![finding(Some(7), Severity::Error), finding(None, Severity::Warning)],
    }
}

fn import() -> ImportView {
    let rejected = |external_id: Option<&str>| RejectedRow {
        line: 7,
        external_id: external_id.map(str::to_owned),
        reason: "no such date".to_owned(),
    };
    ImportView {
        schema: ImportView::SCHEMA,
        dry_run: true,
        numbered_by: "line",
        rows: 10,
        skipped: 0,
        tickets: 4,
        created: 3,
        updated: 0,
        present: 1,
        events: 0,
        commits: 1,
        commit: None,
        rejected: vec![rejected(Some("INC0000045")), rejected(None)],
        absent: vec!["Site".to_owned()],
    }
}

fn views() -> ViewsView {
    let full = View {
        query: "assignee:me".to_owned(),
        description: Some("Mine".to_owned()),
        columns: vec!["id".to_owned()],
        limit: Some(7),
    };
    let bare = View { query: "tag:vip".to_owned(), ..View::default() };
    let saved = |view, origin| SavedView { name: "a".to_owned(), origin, view };
    let views = vec![saved(full, ViewOrigin::Personal), saved(bare, ViewOrigin::BuiltIn)];
    ViewsView { schema: ViewsView::SCHEMA, views, in_full: false }
}

fn catalog() -> CatalogView {
    let line = |retired: bool| OfferingLine {
        offering: OfferingName::new("laptop").unwrap(),
        name: "Laptop".to_owned(),
        category: (!retired).then(|| "hardware".to_owned()),
        team: None,
        questions: 3,
        tasks: 2,
        approvals: vec![StateName::new("budget").unwrap()],
        retired,
    };
    let offerings = vec![line(false), line(true)];
    CatalogView { schema: CatalogView::SCHEMA, offerings, unreadable: 1 }
}

/// A task in each state, the last with all that a task can have.
fn some_tasks() -> Vec<Task> {
    let task = |state: TaskState| {
        let id = TaskId::new(state.name()).unwrap();
        Task { state, ..Task::new(id, "Order it".to_owned()) }
    };
    let mut tasks = TaskState::ALL.map(task).to_vec();
    let alice = || PersonId::new("alice").unwrap();
    tasks.push(Task {
        needs: vec![TaskId::new("done").unwrap()],
        approvals: vec![StateName::new("budget").unwrap()],
        team: Some(TeamId::new("apps").unwrap()),
        assignee: Some(alice()),
        description: Some("As usual.\n".to_owned()),
        checks: vec![Check {
            text: "Encrypted".to_owned(),
            done_at: Some(now()),
            by: Some(alice()),
        }],
        requires: vec!["cis".to_owned()],
        evidence: Some("asset tag".to_owned()),
        opened_at: Some(now()),
        started_at: Some(now()),
        done_at: Some(now()),
        by: Some(alice()),
        text: Some("LT-0042\n".to_owned()),
        ..Task::new(TaskId::new("laptop.order").unwrap(), "Order it".to_owned())
    });
    tasks
}

fn offering() -> OfferingView {
    let question = |full: bool| QuestionView {
        key: "owner".to_owned(),
        question: "For whom".to_owned(),
        of: "requested_for",
        wanted: "a person".to_owned(),
        choices: Vec::new(),
        required: full,
        default: full.then(|| "me".to_owned()),
        when: full.then(|| "laptop = yes".to_owned()),
        help: full.then(|| "Whoever will use it.".to_owned()),
    };
    let planned = |task: Task| PlannedView { when: task.text.clone(), task };
    OfferingView {
        schema: OfferingView::SCHEMA,
        offering: OfferingName::new("laptop").unwrap(),
        name: "Laptop".to_owned(),
        description: None,
        title: "Laptop for {owner}".to_owned(),
        category: None,
        service: None,
        team: None,
        impact: Some(Level::Low),
        urgency: None,
        retired: false,
        approvals: Vec::new(),
        form: vec![question(true), question(false)],
        plan: some_tasks().into_iter().map(planned).collect(),
    }
}

fn plan() -> PlanView {
    let record = bare();
    PlanView {
        schema: PlanView::SCHEMA,
        id: record.id(),
        short: record.id().short(),
        title: record.title().to_owned(),
        status: record.status().clone(),
        now: now(),
        tasks: some_tasks(),
    }
}

fn tasks() -> TasksView {
    let record = bare();
    let line = |task: Task| TaskLine {
        record: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        record_title: record.title().to_owned(),
        waits_for: task.needs.clone(),
        with: task.assignee.clone(),
        task,
    };
    let tasks = some_tasks().into_iter().map(line).collect();
    TasksView { schema: TasksView::SCHEMA, now: now(), tasks }
}

fn csat(points: u32) -> CsatView {
    let item = CsatItem { kind: Kind::Incident, state: StateCategory::Closed, points };
    gitsm::report::csat(now(), "team:apps", [item])
}

/// Answers as they are printed, with the name of their schema.
fn answers() -> Vec<(&'static str, Value)> {
    fn value(view: impl Serialize) -> Value {
        serde_json::to_value(view).unwrap()
    }
    let mut answers = vec![
        ("written", value(written())),
        (
            "written",
            value(Written { commit: None, subject: None, records: Vec::new(), ..written() }),
        ),
        ("applied", value(applied())),
        ("applied", value(AppliedView { subject: None, ..applied() })),
        ("attachments", value(attachments())),
        ("rows", value(rows())),
        ("log", value(log())),
        ("log", value(LogView { subject: Some(subject(false)), ..log() })),
        ("log", value(LogView { subject: None, ..log() })),
        ("diff", value(difference())),
        ("diff", value(DiffView { from: None, ..difference() })),
        ("blame", value(blame())),
        ("summary", value(summary())),
        ("check", value(check())),
        ("import", value(import())),
        ("import", value(ImportView { commit: Some(COMMIT.to_owned()), ..import() })),
        ("triage", value(triage())),
        ("view-list", value(views())),
        ("approval", value(approval())),
        ("catalog", value(catalog())),
        ("offering-view", value(offering())),
        ("plan", value(plan())),
        ("tasks", value(tasks())),
        ("csat", value(csat(5))),
        ("csat", value(csat(0))),
        ("sla-view", value(sla())),
        ("sla-list", value(sla_list())),
        ("calendar-view", value(calendar())),
        ("calendar-list", value(calendars())),
        ("hours", value(hours())),
        ("compliance", value(compliance())),
        ("workflow-list", value(workflows())),
        ("actions", value(actions())),
    ];
    answers.extend(["work tree", "bare", "branch"].map(|mode| ("status", value(status(mode)))));
    answers.extend(records().iter().chain([&bare()]).map(|one| ("record", value(record(one)))));
    answers
}

fn validator(name: &str) -> jsonschema::Validator {
    let found = schemas().into_iter().find(|(other, _)| *other == name);
    jsonschema::validator_for(&found.unwrap_or_else(|| panic!("{name}")).1).unwrap()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a switch for people, not for gitsm")]
fn the_schemas_on_disk_are_the_generated_ones() {
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    for (name, schema) in schemas() {
        let generated = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if update {
            fs::create_dir_all(root().join("schemas/output")).unwrap();
            fs::write(schema_path(name), &generated).unwrap();
        }
        let kept = fs::read_to_string(schema_path(name)).unwrap_or_default();
        assert!(
            kept == generated,
            "schemas/output/{name}.schema.json is out of date; \
             run UPDATE_SCHEMAS=1 cargo test --test output_schemas"
        );
    }
    let mut files: Vec<_> = fs::read_dir(root().join("schemas/output"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut wanted: Vec<_> = schemas().iter().map(|(name, _)| schema_path(name)).collect();
    wanted.sort();
    assert_eq!(files, wanted, "a schema without a view");
}

#[test]
fn answers_are_valid_by_their_schema() {
    for (name, answer) in answers() {
        let errors: Vec<String> = validator(name)
            .iter_errors(&answer)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(answer["schema"], format!("gitsm.{name}/1"));
    }
    for (name, _) in schemas() {
        assert!(answers().iter().any(|(other, _)| *other == name), "no answer for {name}");
    }
}

/// Unknown fields are valid, so that answers can grow; ours must be known.
#[test]
fn schemas_name_every_field() {
    fn names(value: &Value) -> Vec<&String> {
        let mut names: Vec<_> = value.as_object().unwrap().keys().collect();
        names.sort();
        names
    }
    let schemas: std::collections::HashMap<_, _> = schemas().into_iter().collect();
    for (name, answer) in answers() {
        assert_eq!(names(&schemas[name]["properties"]), names(&answer), "{name}");
    }
    // The last row has the excerpt and highlights too; what is sparse need not be there.
    let rows = serde_json::to_value(rows()).unwrap();
    let mut last = rows["rows"].as_array().unwrap().last().unwrap().clone();
    for (name, usual) in Row::SPARSE {
        last.as_object_mut().unwrap().entry(*name).or_insert_with(|| usual.value());
    }
    let listed = &schemas["rows"]["$defs"]["ListedRow"];
    assert_eq!(names(&listed["properties"]), names(&last));
    let required = listed["required"].as_array().unwrap();
    for (name, _) in Row::SPARSE {
        assert!(!required.iter().any(|other| other == name), "{name} is not always there");
    }
    assert_eq!(names(&last).len(), required.len() + Row::SPARSE.len() + 2);
}

#[test]
fn schemas_refuse_what_is_no_answer() {
    for (name, answer) in answers() {
        let validator = validator(name);
        for field in answer.as_object().unwrap().keys() {
            let mut less = answer.clone();
            less.as_object_mut().unwrap().shift_remove(field);
            assert!(!validator.is_valid(&less), "{name} without {field}");
        }
        let mut other = answer.clone();
        other["schema"] = json!("gitsm.other/1");
        assert!(!validator.is_valid(&other), "{name} by another name");
    }
    let refused = [
        ("written", "/records/0/id", json!("INC-7K3F9Q")),
        ("written", "/records/0/changes/0/field", json!(1)),
        ("applied", "/lines/0/result", json!("gone")),
        ("applied", "/lines/2/refused/exit_code", json!("6")),
        ("attachments", "/attachments/0/size", json!(-1)),
        ("record", "/state", json!("unknown")),
        ("rows", "/rows/0/opened_at", json!("2026-11-22 09:12")),
        ("rows", "/rows/0/priority", json!("P9")),
        ("rows", "/total", json!(-1)),
        ("log", "/events/0/records/0/title", json!(7)),
        ("summary", "/by_team/0/open", json!("3")),
        ("status", "/mode", json!("elsewhere")),
        ("check", "/findings/0/severity", json!("fatal")),
        ("import", "/rejected/0/line", json!(null)),
        ("approval", "/steps/0/decision", json!("perhaps")),
        ("workflow-list", "/workflows/0/states/0/category", json!("perhaps")),
        ("actions", "/actions/0/open", json!("yes")),
    ];
    for (name, pointer, wrong) in refused {
        let mut answer = answers().into_iter().find(|(other, _)| *other == name).unwrap().1;
        *answer.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator(name).is_valid(&answer), "{name}{pointer}");
    }
}
