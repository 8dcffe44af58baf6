//! Who may do what, by which roles.

use ulid::Ulid;

use super::*;
use crate::format;
use crate::policy::fixture;
use crate::policy::roles::{RoleSettings, Roles};

const PEOPLE: &str = "\
- {id: rob, name: Rob, roles: [requester]}
- {id: alice, name: Alice, roles: [agent]}
- {id: mona, name: Mona, roles: [manager]}
- {id: adam, name: Adam, roles: [admin]}
- {id: otto, name: Otto, roles: [auditor]}
- {id: bot, name: Pipeline, kind: machine}
- {id: cab, name: Board, roles: [board]}
";

fn policy(people: &str, own: Option<&str>) -> Policy {
    let own = own.map(fixture::settings);
    Policy { roles: Roles::new(own, fixture::built_in_roles), ..fixture::desk(people) }
}

fn who(name: &str) -> PersonId {
    PersonId::new(name).expect("a name")
}

fn incident(rest: &str) -> Record {
    let text = format!(
        "id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\ntitle: t\nstatus: new\nimpact: low\nurgency: low\n\
             priority: P5\n{rest}opened_at: 2026-11-22T09:12:04Z\nopened_by: alice\n\
             updated_at: 2026-11-22T09:12:04Z\n"
    );
    format::read_record_any(Kind::Incident, text.as_bytes()).expect("a record")
}

fn may(policy: &Policy, actor: &str, before: Option<&Record>, after: &Record) -> Option<String> {
    let change = RecordChange { before, after };
    let now = Timestamp::from_seconds(1_764_000_000);
    may_change(policy, &who(actor), now, &change).err().map(|denied| denied.to_string())
}

#[test]
fn roles_count_once_somebody_has_one() {
    let after = incident("");
    let without =
        policy("- {id: otto, name: Otto}\n- {id: cab, name: Cab, roles: [board]}\n", None);
    assert_eq!(may(&without, "otto", None, &after), None);
    let open = policy("[]", None);
    assert_eq!(may(&open, "anybody", None, &after), None);
    let with = policy(PEOPLE, None);
    let denied = may(&with, "otto", None, &after);
    assert_eq!(denied.as_deref(), Some("otto (auditor) may not create an incident [role]"));
    assert_eq!(may(&with, "cab", None, &after), None, "a role of approvals only works as an agent");
    assert_eq!(may(&with, "bot", None, &after), None);
    let own = policy("- {id: otto, name: Otto}\n", Some("roles: {}\n"));
    let denied = may(&own, "otto", None, &after);
    assert_eq!(denied.as_deref(), Some("otto (no role) may not create an incident [role]"));
}

#[test]
fn what_a_change_does_decides_which_rights_it_needs() {
    let policy = policy(PEOPLE, None);
    let before = incident("requester: rob\n");
    let noted = {
        let mut after = before.clone();
        let text = "Hello.\n".to_owned();
        let (id, at, by) = (Ulid::from(1u128), Timestamp::from_seconds(1_764_000_000), who("rob"));
        let kind = crate::model::NoteKind::Public;
        after.notes_mut().push(crate::model::Note { id, at, by, kind, text });
        after
    };
    assert_eq!(may(&policy, "rob", Some(&before), &noted), None, "their own");
    let others = incident("requester: mona\n");
    let mut noted_others = others.clone();
    noted_others.notes_mut().extend(noted.notes().to_vec());
    assert!(may(&policy, "rob", Some(&others), &noted_others).is_some());
    let mut given = before.clone();
    given.set_assignee(Some(who("alice")));
    let denied = may(&policy, "rob", Some(&before), &given);
    assert_eq!(denied.as_deref(), Some("rob (requester) may not assign INC-7K3F9Q [role]"));
    assert_eq!(may(&policy, "alice", Some(&before), &given), None);
    // An edit that rides along with a move is an edit nevertheless.
    let cancelled = incident("requester: rob\n");
    let mut cancelled = cancelled;
    cancelled.set_status(crate::model::StateName::new("cancelled").expect("a state"));
    cancelled.set_resolution(Some(crate::model::Resolution {
        code: crate::model::StateName::new("cancelled").expect("a code"),
        by: who("rob"),
        text: None,
    }));
    assert_eq!(may(&policy, "rob", Some(&before), &cancelled), None);
    cancelled.patch(&crate::model::Patch::Set("impact".into(), "high".into())).expect("a level");
    let denied = may(&policy, "rob", Some(&before), &cancelled);
    assert_eq!(denied.as_deref(), Some("rob (requester) may not edit INC-7K3F9Q [role]"));
}

#[test]
fn a_new_record_says_no_more_than_whoever_makes_it_may_change() {
    let policy = policy(PEOPLE, None);
    let denied = |rest: &str| may(&policy, "rob", None, &incident(rest));
    assert_eq!(denied("requester: rob\n"), None);
    let assigned = denied("requester: rob\nassignee: alice\n");
    assert_eq!(assigned.as_deref(), Some("rob (requester) may not assign a new incident [role]"));
    assert!(denied("team: apps\n").is_some());
    let mut urgent = incident("requester: rob\n");
    urgent.patch(&crate::model::Patch::Set("priority".into(), "P1".into())).expect("a priority");
    assert_eq!(
        may(&policy, "rob", None, &urgent).as_deref(),
        Some("rob (requester) may not set the priority of a new incident [role]")
    );
    assert_eq!(may(&policy, "alice", None, &urgent), None);
    assert!(denied("links:\n- rel: child_of\n  to: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R\n").is_some());
    // A pipeline works on what it made itself, and relates tickets to it.
    let linked = incident("links:\n- rel: child_of\n  to: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R\n");
    assert_eq!(may(&policy, "bot", None, &linked), None);
    let mut own = incident("");
    own.patch(&crate::model::Patch::Set("priority".into(), "P1".into())).expect("a priority");
    assert!(may(&policy, "bot", None, &own).is_some(), "alice has opened it");
    own.patch(&crate::model::Patch::Set("requester".into(), "bot".into())).expect("a person");
    assert_eq!(may(&policy, "bot", None, &own), None);
}

#[test]
fn settings_are_for_admins_where_there_are_any() {
    let now = Timestamp::from_seconds(1_764_000_000);
    let with = policy(PEOPLE, None);
    assert!(may_change_settings(&with, &who("adam"), now).is_ok());
    let denied = may_change_settings(&with, &who("alice"), now).expect_err("an agent");
    assert_eq!(denied.to_string(), "alice (agent) may not change the settings of this desk [role]");
    assert_eq!(denied.hint(), "who may: adam");
    let alone = policy("- {id: alice, name: Alice, roles: [agent]}\n", None);
    assert!(may_change_settings(&alone, &who("alice"), now).is_ok(), "nobody is locked out");
    assert!(may_import(&with, &who("mona"), now).is_ok());
    assert!(may_import(&with, &who("alice"), now).is_err());
}

#[test]
fn grants_can_be_limited_to_domains_and_actions() {
    let own = "\
otherwise: [clerk]
roles:
  clerk:
    may:
    - {do: [create, edit], types: [incident], domains: [customers]}
    - {do: [move], types: [incident], actions: [resolve]}
";
    let policy = policy("- {id: eve, name: Eve}\n", Some(own));
    let inside = incident("domain: customers\n");
    assert_eq!(may(&policy, "eve", None, &inside), None);
    let outside = incident("domain: internal\n");
    assert!(may(&policy, "eve", None, &outside).is_some());
    assert!(may(&policy, "eve", Some(&inside), &outside).is_some(), "it would leave their domain");
    let now = Timestamp::from_seconds(1_764_000_000);
    assert!(may_move(&policy, &who("eve"), now, &outside, "resolve").is_ok());
    assert!(may_move(&policy, &who("eve"), now, &outside, "cancel").is_err());
}

#[test]
fn mistakes_in_roles_are_named() {
    let own = "\
otherwise: [ghost]
roles:
  clerk:
    includes: [spirit]
    may:
    - {do: [move], actions: [fly], domains: [mars]}
    - {do: [edit], actions: [resolve]}
";
    let settings: RoleSettings = format::read_built_in(own).expect("roles");
    let found = settings.mistakes(&|_| false, &|kind, action| {
        fixture::workflow(kind).transitions.contains_key(action)
    });
    let rules: Vec<(&str, &str)> = found.iter().map(|m| (m.rule, m.mark.as_str())).collect();
    let expected = [
        ("role-unknown", "ghost"),
        ("role-unknown", "spirit"),
        ("role-domain", "mars"),
        ("role-action", "fly"),
        ("role-action", "resolve"),
    ];
    assert_eq!(rules, expected);
    assert!(
        fixture::built_in_roles()
            .mistakes(&|_| true, &|kind, action| {
                fixture::workflow(kind).transitions.contains_key(action)
            })
            .is_empty()
    );
}
