//! Answers about records, and about the desk as a whole.

use gitsm::model::{Record, RecordId, Relation, StateCategory, View, ViewOrigin, diff};
use gitsm::outcome::{
    AppliedLine, AppliedView, AttachmentView, AttachmentsView, CheckView, ClosedAction, Column,
    Count, Finding, Highlights, ImportView, LineResult, LinkView, ListedRow, RecordView, Refused,
    RefusedLine, RejectedRow, RowsView, SavedView, Severity, StatusView, Summary, ViewsView,
    Written, WrittenRecord,
};
use gitsm::query::Row;
use gitsm::report::{SummaryItem, summarise};

use crate::common::{COMMIT, bare, now, records, reference, row};
use crate::process::approval;
use crate::service::promise;

pub fn written() -> Written {
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

pub fn applied() -> AppliedView {
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

pub fn attachments() -> AttachmentsView {
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

pub fn record(record: &Record) -> RecordView {
    let link = |relation: Relation, found| LinkView {
        rel: relation.name(),
        relation,
        other: reference(record.id(), found),
    };
    RecordView {
        usual_priority: None,
        conflicts: Some(1),
        schema: RecordView::SCHEMA,
        id: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        state: StateCategory::Hold,
        now: now(),
        path: record.id().path(),
        edited_by_hand: true,
        record: record.to_value(),
        links: vec![link(Relation::CausedBy, true), link(Relation::DuplicateOf, false)],
        cis: vec![reference(record.id(), true)],
        approval: Some(approval()),
        approved: vec![gitsm::model::StateName::new("manager").unwrap()],
        actions: vec!["resolve".to_owned()],
        blocked: vec![ClosedAction { action: "approve".to_owned(), why: "x".to_owned() }],
        promises: vec![promise(Some(now())), promise(None)],
    }
}

pub fn rows() -> RowsView {
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

pub fn summary() -> Summary {
    let rows: Vec<Row> = records().iter().chain([&bare()]).map(row).collect();
    summarise(now(), rows.iter().map(SummaryItem::from), rows.iter().map(|row| row.opened_at))
}

pub fn status(mode: &'static str) -> StatusView {
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

pub fn check() -> CheckView {
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

pub fn import() -> ImportView {
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
        links: 1,
        rejected: vec![rejected(Some("INC0000045")), rejected(None)],
        absent: vec!["Site".to_owned()],
        warnings: vec!["A is not related to B: it is nowhere".to_owned()],
        stopped: true,
        ids: Vec::new(),
    }
}

pub fn views() -> ViewsView {
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
