//! Answers about what is no record.

use gitsm::outcome::{ExportView, MessageView, NamedThing, NamesView, PathView};

use crate::common::bare;

pub fn exported() -> ExportView {
    let path = "all.csv".to_owned();
    ExportView { schema: ExportView::SCHEMA, format: "csv", path, records: 3 }
}

pub fn path() -> PathView {
    let id = bare().id();
    PathView { schema: PathView::SCHEMA, id, path: id.path() }
}

pub fn names() -> NamesView {
    let name = |about| NamedThing { name: "jira", about };
    NamesView { schema: NamesView::SCHEMA, names: vec![name(None), name(Some("issues of Jira"))] }
}

pub fn messages() -> [MessageView; 2] {
    [MessageView::from("done".to_owned()), MessageView::about(&"desk", "started".to_owned())]
}
