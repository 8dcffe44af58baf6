//! Answers about hooks.

use gitsm::model::Timestamp;
use gitsm::outcome::{
    DrainedEntry, HookDrainView, HookHealth, HookInstallView, HookRunView, HookSetting,
    HookStatusView, HookStep, HookStepState, SetAside, SpoolView,
};

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn install(refused: bool) -> HookInstallView {
    let state = if refused { HookStepState::Refused } else { HookStepState::New };
    let step = HookStep {
        event: "pre-push",
        state,
        method: (!refused).then_some("stub"),
        path: text("/srv/crm/.git/hooks/pre-push"),
        reason: refused.then(|| "there is a hook already".to_owned()),
        add: refused.then(|| "gitsm hook run pre-push -- \"$@\"".to_owned()),
    };
    HookInstallView {
        schema: HookInstallView::SCHEMA,
        dry_run: false,
        uninstall: false,
        repository: "/srv/crm".to_owned(),
        desk: text("/srv/desk"),
        git: "2.47".to_owned(),
        hooks: vec![step],
        config: vec![HookSetting { key: "gitsm.desk".to_owned(), value: text("/srv/desk") }],
        changed: !refused,
        refused,
        notices: Vec::new(),
    }
}

pub fn status(now: Timestamp) -> HookStatusView {
    HookStatusView {
        schema: HookStatusView::SCHEMA,
        now,
        repository: "/srv/crm".to_owned(),
        name: "crm".to_owned(),
        desk: text("/srv/desk"),
        desk_problem: None,
        git: "2.47".to_owned(),
        hooks_folder: "/srv/crm/.git/hooks".to_owned(),
        hooks: vec![HookHealth {
            event: "pre-push",
            method: "stub",
            path: text("/srv/crm/.git/hooks/pre-push"),
            runs: false,
            problems: vec!["it is not executable, so git passes over it".to_owned()],
        }],
        spool: SpoolView {
            folder: text("/home/ann/.local/state/gitsm/spool"),
            waiting: 1,
            oldest: Some(now),
            set_aside: vec![SetAside {
                name: "000000000001-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q.json".to_owned(),
                at: None,
                reason: "it cannot be read".to_owned(),
            }],
        },
        warnings: vec!["pushes raise no changes".to_owned()],
        sound: false,
    }
}

pub fn run() -> HookRunView {
    HookRunView {
        schema: HookRunView::SCHEMA,
        event: "commit-msg",
        allowed: true,
        code: 0,
        lines: vec!["gitsm: there is no record `INC-7K3F9Q`".to_owned()],
    }
}

pub fn drain() -> HookDrainView {
    let entry = |line: &str| DrainedEntry {
        name: "000000000001-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q.json".to_owned(),
        lines: vec![line.to_owned()],
    };
    HookDrainView {
        schema: HookDrainView::SCHEMA,
        done: vec![entry("raised CHG-7K3F9Q")],
        kept: vec![entry("no desk found")],
        set_aside: vec![entry("it cannot be read")],
        busy: false,
    }
}
