//! The catalogue as a desk writes it.

use indexmap::IndexMap;

use super::answer::tests::Desk;
use super::*;
use crate::format;
use crate::model::{Custom, StateName, TaskState};
use crate::policy::Policy;

fn name(text: &str) -> OfferingName {
    OfferingName::new(text).expect("a name")
}

fn catalog(files: &[(&str, &str)]) -> Catalog {
    let mut catalog = Catalog::default();
    for (path, text) in files {
        let bytes = text.as_bytes();
        match path.strip_prefix("sets/") {
            Some(set) => {
                let read = format::read_settings(path, bytes).expect("a set");
                catalog.sets.insert(name(set), read);
            }
            None => {
                let read = format::read_settings(path, bytes).expect("an offering");
                catalog.offerings.insert(name(path), read);
            }
        }
    }
    catalog
}

const ONBOARDING: &str = "\
name: New employee
title: 'Onboarding of {person}'
sets: [where]
form:
- {name: person, type: text, required: true}
- {name: laptop, type: boolean, required: true}
- {name: tools, type: multiple, choices: [CRM, ERP]}
includes:
- {offering: laptop, when: laptop, needs: [account], set: {owner: '{person} ({site})'}}
- {offering: access, part: crm, when: tools = CRM, needs: [account], set: {software: CRM}}
- {offering: access, part: erp, when: tools = ERP, needs: [account], set: {software: ERP}}
tasks:
- {id: account, title: 'Create the account of {person}', team: directory}
- {id: welcome, title: 'Welcome {person}', needs: [account, laptop, crm, erp]}
";
const LAPTOP: &str = "\
name: Laptop
form:
- {name: owner, type: text, required: true}
- {name: model, type: select, choices: [Mac, ThinkPad], default: ThinkPad}
- {name: keyboard, type: text, when: model != Mac}
approvals: [budget]
tasks:
- {id: order, title: 'Order a {model} for {owner}', evidence: asset tag}
- {id: stand, title: Order a stand, when: model = Mac}
- {id: install, title: Install it, needs: [order, stand], checks: [Disk encrypted, 'Name {owner} on it']}
";
const ACCESS: &str = "\
name: Access
form:
- {name: person, type: text, required: true}
- {name: software, type: select, choices: [CRM, ERP], required: true}
tasks:
- {id: licence, title: 'Check the licences of {software}'}
- {id: grant, title: 'Grant {software} to {person}', needs: [licence]}
";
const WHERE: &str = "form:\n- {name: site, type: select, choices: [Lyon, Kiel], default: Kiel}\n";

fn example() -> Catalog {
    catalog(&[
        ("onboarding", ONBOARDING),
        ("laptop", LAPTOP),
        ("access", ACCESS),
        ("sets/where", WHERE),
    ])
}

fn given(pairs: &[(&str, &str)]) -> IndexMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn policy() -> Policy {
    crate::policy::fixture::desk("")
}

#[test]
fn a_bundle_is_one_form_and_one_plan() {
    let catalog = example();
    let order = Order::of(&catalog, &name("onboarding")).expect("an order");
    let keys: Vec<&str> = order.questions.iter().map(|q| q.key.as_str()).collect();
    // What the bundle knows is not asked again.
    assert_eq!(keys, ["site", "person", "laptop", "tools", "laptop.model", "laptop.keyboard"]);

    let nothing = fill(&order, &given(&[]), &Desk);
    let missing: Vec<&str> = nothing.missing.iter().map(|q| q.key.as_str()).collect();
    assert_eq!((missing, nothing.wrong), (vec!["person", "laptop"], Vec::new()));

    let answers = given(&[
        ("person", "Ann Lee"),
        ("laptop", "y"),
        ("tools", "erp"),
        ("model", "mac"),
        ("site", "lyon"),
    ]);
    let filled = fill(&order, &answers, &Desk);
    assert!(filled.missing.is_empty() && filled.wrong.is_empty(), "{:?}", filled.wrong);
    let kept: Vec<(&str, &str)> =
        filled.answers.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
    let expected = [
        ("site", "Lyon"),
        ("person", "Ann Lee"),
        ("laptop", "yes"),
        ("tools", "ERP"),
        ("laptop.model", "Mac"),
    ];
    assert_eq!(kept, expected);
    assert_eq!(order.title(&filled.answers), "Onboarding of Ann Lee");

    let tasks = plan(&order, &filled.answers);
    let told: Vec<String> = tasks
        .iter()
        .map(|task| {
            let needs: Vec<&str> = task.needs.iter().map(crate::model::TaskId::as_str).collect();
            format!("{} {}: {} <- {}", task.id, task.state, task.title, needs.join(" "))
        })
        .collect();
    let expected = [
        "account waiting: Create the account of Ann Lee <- ",
        "welcome waiting: Welcome Ann Lee <- account laptop.order laptop.stand laptop.install \
         crm.licence crm.grant erp.licence erp.grant",
        "laptop.order waiting: Order a Mac for Ann Lee (Lyon) <- account",
        "laptop.stand waiting: Order a stand <- account",
        "laptop.install waiting: Install it <- laptop.order laptop.stand account",
        "crm.licence skipped: Check the licences of CRM <- account",
        "crm.grant skipped: Grant CRM to Ann Lee <- crm.licence account",
        "erp.licence waiting: Check the licences of ERP <- account",
        "erp.grant waiting: Grant ERP to Ann Lee <- erp.licence account",
    ];
    assert_eq!(told, expected);
    assert_eq!(tasks[2].evidence.as_deref(), Some("asset tag"));
    assert_eq!(tasks[4].checks[1].text, "Name Ann Lee (Lyon) on it");
    let budget = [StateName::new("budget").expect("a name")];
    assert!(tasks[2].approvals == budget && tasks[7].approvals.is_empty());
    assert_eq!(check(&policy(), &catalog, None), []);
}

#[test]
fn wrong_answers_are_told_together() {
    let catalog = example();
    let order = Order::of(&catalog, &name("onboarding")).expect("an order");
    let answers = given(&[
        ("person", "Ann"),
        ("laptop", "maybe"),
        ("model", "Mac"),
        ("tolls", "CRM"),
        ("site", "Paris"),
    ]);
    let filled = fill(&order, &answers, &Desk);
    let told: Vec<(&str, &str)> =
        filled.wrong.iter().map(|w| (w.name.as_str(), w.reason.as_str())).collect();
    let expected = [
        ("tolls", "there is no such question; did you mean `tools`?"),
        ("site", "`Paris` is not one of Lyon, Kiel"),
        ("laptop", "`maybe` is not yes or no"),
        ("model", "it is not asked with these answers"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn questions_are_put_one_after_another() {
    let catalog = example();
    let order = Order::of(&catalog, &name("onboarding")).expect("an order");
    let mut answers = given(&[("person", "Ann")]);
    let key = |answers: &IndexMap<String, String>, all| {
        next(&order, answers, &Desk, all).map(|question| question.key.clone())
    };
    assert_eq!(key(&answers, false).as_deref(), Some("laptop"));
    answers.insert("laptop".into(), "yes".into());
    assert_eq!(key(&answers, false), None, "what has a default is not asked");
    let mut asked = Vec::new();
    while let Some(key) = key(&answers, true) {
        asked.push(key.clone());
        answers.insert(key, String::new());
    }
    assert_eq!(asked, ["site", "tools", "laptop.model", "laptop.keyboard"]);
}

/// The rules that `text` breaks as the file of an offering, with the places.
fn mistakes(text: &str) -> Vec<String> {
    let mut files = example();
    let offering = format::read_settings("bad", text.as_bytes()).expect("an offering");
    files.offerings.insert(name("bad"), offering);
    let known = [StateName::new("budget").expect("a name")];
    check(&policy(), &files, Some(&known))
        .into_iter()
        .map(|mistake| {
            assert_eq!(mistake.name, name("bad"), "{mistake:?}");
            let place: Vec<String> = mistake
                .place
                .iter()
                .map(|step| match step {
                    Place::Key(key) => key.clone(),
                    Place::At(at) => at.to_string(),
                })
                .collect();
            format!("{} {}", mistake.rule, place.join("."))
        })
        .collect()
}

#[test]
fn mistakes_are_found_at_their_place() {
    for (text, expected) in [
        (
            "tasks:\n- {id: a, title: A, needs: [b]}\n- {id: b, title: B, needs: [a]}",
            "task-circle tasks.0.needs",
        ),
        ("tasks:\n- {id: a, title: A, needs: [a]}", "task-circle tasks.0.needs"),
        ("tasks:\n- {id: a, title: A, needs: [z]}", "task-unknown tasks.0.needs.0"),
        ("tasks:\n- {id: a, title: A}\n- {id: a, title: B}", "task-duplicate tasks.1.id"),
        ("tasks:\n- {id: a, title: 'For {who}'}", "variable-unknown tasks.0.title"),
        ("tasks:\n- {id: a, title: A, when: who}", "variable-unknown tasks.0.when"),
        ("tasks:\n- {id: a, title: A, requires: [colour]}", "field-unknown tasks.0.requires"),
        ("tasks:\n- {id: a, title: A, approvals: [cab]}", "approval-unknown tasks.0.approvals.0"),
        ("approvals: [bugdet]", "approval-unknown approvals.0"),
        ("sets: [there]", "set-unknown sets.0"),
        ("sets: [where]\nform:\n- {name: site, type: text}", "variable-duplicate form.0.name"),
        ("form:\n- {name: a, type: select}", "variable-choices form.0.choices"),
        ("form:\n- {name: a, type: text, choices: [b]}", "variable-choices form.0.choices"),
        ("form:\n- {name: a, type: select, choices: ['b, c']}", "variable-choices form.0.choices"),
        ("form:\n- {name: a, type: text, min: 1}", "variable-bounds form.0.min"),
        ("form:\n- {name: a, type: number, min: 2, max: 1}", "variable-bounds form.0.max"),
        ("form:\n- {name: a, type: number, min: x}", "variable-bounds form.0.min"),
        ("form:\n- {name: a, type: boolean, default: perhaps}", "variable-default form.0.default"),
        ("form:\n- {name: a, type: masked, default: b}", "variable-default form.0.default"),
        ("form:\n- {name: and, type: text}", "variable-name form.0.name"),
        (
            "form:\n- {name: a, type: text, when: b}\n- {name: b, type: text}",
            "variable-unknown form.0.when",
        ),
        (
            "form:\n- {name: a, type: boolean}\n- {name: b, type: text, when: a = true}",
            "condition-value form.1.when",
        ),
        (
            "form:\n- {name: a, type: text}\n- {name: b, type: text, when: a > 1}",
            "condition-value form.1.when",
        ),
        ("includes:\n- {offering: printer}", "offering-unknown includes.0.offering"),
        ("includes:\n- {offering: laptop}\n- {offering: laptop}", "part-duplicate includes.1"),
        (
            "includes:\n- {offering: laptop, set: {colour: red}}",
            "variable-unknown includes.0.set.colour",
        ),
        (
            "includes:\n- {offering: laptop, set: {model: Amiga}}",
            "variable-value includes.0.set.model",
        ),
        ("includes:\n- {offering: bad}", "bundle-circle includes"),
        (
            "includes:\n- {offering: laptop, needs: [a]}\ntasks:\n- {id: a, title: A, needs: [laptop]}",
            "task-circle includes",
        ),
        ("includes:\n- {offering: laptop, needs: [laptop]}", "task-circle includes.0.needs"),
        ("title: '{x}'", "variable-unknown title"),
    ] {
        let found = mistakes(&format!("name: Bad\n{text}\n"));
        assert_eq!(found, [expected], "{text}");
    }
    assert_eq!(mistakes("name: Good\napprovals: [budget]\n"), Vec::<String>::new());
}

#[test]
fn huge_offerings_are_refused() {
    let mut text = "name: Huge\ntasks:\n".to_owned();
    for number in 0..=MAX_PARTS {
        text.push_str(&format!("- {{id: t{number}, title: T}}\n"));
    }
    assert_eq!(mistakes(&text), ["offering-too-large name"]);
    // Each contains the one before twice: 2^20 parts would be too many.
    let mut files = Catalog::default();
    let leaf = "name: L\ntasks:\n- {id: a, title: A}\n";
    files.offerings.insert(name("o0"), format::read_settings("o", leaf.as_bytes()).expect("o"));
    for level in 1..=20 {
        let inner = level - 1;
        let text = format!(
            "name: O\nincludes:\n- {{offering: o{inner}, part: a}}\n- {{offering: o{inner}, part: b}}\n"
        );
        let offering = format::read_settings("o", text.as_bytes()).expect("an offering");
        files.offerings.insert(name(&format!("o{level}")), offering);
    }
    let refused = Order::of(&files, &name("o20"));
    assert!(matches!(refused, Err(ExpandError::TooLarge { .. })), "{refused:?}");
    // Parts count though there is nothing in them: 25^7 would never end.
    let mut files = Catalog::default();
    files.offerings.insert(name("o0"), format::read_settings("o", b"name: L\n").expect("o"));
    for level in 1..=7 {
        let mut text = "name: O\nincludes:\n".to_owned();
        for part in 0..25 {
            text.push_str(&format!("- {{offering: o{}, part: p{part}}}\n", level - 1));
        }
        let offering = format::read_settings("o", text.as_bytes()).expect("an offering");
        files.offerings.insert(name(&format!("o{level}")), offering);
    }
    let refused = Order::of(&files, &name("o7"));
    assert!(matches!(refused, Err(ExpandError::TooLarge { .. })), "{refused:?}");
}

#[test]
fn what_is_masked_is_nowhere() {
    let text = "name: Vault\nform:\n- {name: pin, type: masked, required: true}\n\
                tasks:\n- {id: a, title: 'Keep {pin}'}\n";
    let mut files = Catalog::default();
    let vault = format::read_settings("v", text.as_bytes()).expect("an offering");
    files.offerings.insert(name("vault"), vault);
    let order = Order::of(&files, &name("vault")).expect("an order");
    let filled = fill(&order, &given(&[("pin", "4711")]), &Desk);
    let whole = format!("{:?}{:?}", filled.answers, plan(&order, &filled.answers));
    assert!(whole.contains(WITHHELD) && !whole.contains("4711"), "{whole}");
}

#[test]
fn a_skipped_task_says_so_from_the_start() {
    let catalog = example();
    let order = Order::of(&catalog, &name("laptop")).expect("an order");
    let states = |model: &str| -> Vec<TaskState> {
        let answers: Custom = given(&[("owner", "Ann"), ("model", model)]);
        plan(&order, &answers).iter().map(|task| task.state).collect()
    };
    use TaskState::{Skipped, Waiting};
    assert_eq!(states("Mac"), [Waiting, Waiting, Waiting]);
    assert_eq!(states("ThinkPad"), [Waiting, Skipped, Waiting]);
}
