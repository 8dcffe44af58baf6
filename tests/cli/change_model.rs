//! Change models: what changes are made from, and what standard ones are held to.

use insta::assert_snapshot;

use crate::common::Env;

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com], roles: [admin]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [approver]}
- {id: carol, name: Carol, emails: [carol@example.com], roles: [requester]}
";

const MODEL: &str = "\
# What we do every week.
model: standard
title: Rebuild an index
service: shop
team: apps
category: database
duration: 1h
risk: low
backout_plan: |
  The old index is still there.
requires: [description]
bounds: {risk: moderate}
valid_until: 2026-12-31
";

fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/teams.yaml", "- {id: apps, name: Apps}\n");
    env.write(".gitsm/models/index.yaml", MODEL);
    env.ok(&["commit"]);
    env
}

fn head(env: &Env) -> String {
    env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned()
}

#[test]
fn a_model_fills_in_what_nobody_says() {
    let env = desk();
    let args = ["change", "new", "Another title", "--model", "index", "--start", "tomorrow 22:00"];
    let id = env.new_record(&args);
    let shown = env.ok(&["show", &id]).to_string();
    for line in [
        "Another title",
        "model          standard",
        "template       index",
        "risk           low",
        "planned end    2026-11-23 23:00",
        "team           apps",
        "category       database",
        "The old index is still there.",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    let args = ["change", "new", "--model", "index", "--backout-plan", "None", "--set", "team="];
    let shown = env.ok(&["show", &env.new_record(&args)]).to_string();
    assert!(shown.contains("Rebuild an index") && shown.contains("  None"), "{shown}");
    assert!(!shown.contains("apps"), "{shown}");
    assert_snapshot!(env.run(&["change", "new", "x", "--model", "indx"]), @"
    [stderr]
    error: there is no change model `indx`

    hint: did you mean `index`?
    [exit 3]
    ");
    let listed = env.ok(&["list", "template:index", "--format", "ids"]);
    assert_eq!(listed.raw_stdout().lines().count(), 2);
}

/// ITGC control C15.
#[test]
fn models_are_approved_by_somebody_else_and_as_they_read() {
    let env = desk();
    assert_snapshot!(env.run(&["change", "model", "approve", "index"]), @"
    [stderr]
    error: alice wrote what it says, and somebody else must approve that

    hint: ask a colleague
    [exit 4]
    ");
    assert_snapshot!(env.as_person("carol").run(&["change", "model", "approve", "index"]), @"
    [stderr]
    error: carol has no vote on changes [role]

    hint: who may: bob
    [exit 4]
    ");
    assert_snapshot!(env.as_person("bob").run(&["change", "model", "approve", "index"]), @"
    [stderr]
    committed .gitsm/models/index.yaml
    index is approved: changes made from it are authorised beforehand
    ");
    assert_snapshot!(env.as_person("bob").run(&["change", "model", "approve", "index"]), @"
    [stderr]
    error: bob has approved it as it reads now
    [exit 4]
    ");
    let file = env.read(".gitsm/models/index.yaml");
    assert!(file.starts_with("# What we do every week.\n"), "{file}");
    assert_snapshot!(env.run(&["change", "model", "list"]), @"
    MODEL  CHANGES   STANDING  VALID UNTIL  VOTES   FOR
    index  standard  approved  2026-12-31   1 of 1  Rebuild an index
    ");
    env.replace(".gitsm/models/index.yaml", "risk: low", "risk: moderate");
    env.ok(&["commit"]);
    assert_snapshot!(env.run(&["change", "model", "show", "index"]), @"
    index
      file        .gitsm/models/index.yaml
      changes     standard
      standing    unapproved, 0 of 1 votes
      until       2026-12-31
      requires    description
      bounds      risk moderate at most
      may differ  title, description
      the change model `index` has 0 of 1 votes as it reads now
      approved by bob 2026-11-22 09:04, for what it said before

    fills in
      title                Rebuild an index
      risk                 moderate
      duration             1h
      service              shop
      category             database
      team                 apps
      backout_plan         The old index is still there.
    ");
    assert_snapshot!(env.run(&["change", "model", "show", "indx"]), @"
    [stderr]
    error: there is no change model `indx`

    hint: did you mean `index`?
    [exit 3]
    ");
    assert_snapshot!(env.run(&["change", "model", "approve", "normal"]), @"
    [stderr]
    error: there is no change model `normal`

    hint: it is built in and says nothing more, as long as the desk has no file for it
    [exit 3]
    ");
}

/// ITGC control C12.
#[test]
fn a_standard_change_is_held_to_its_model() {
    let env = desk();
    let new = |args: &[&str]| {
        let mut all = vec!["change", "new", "--model", "index", "--start", "tomorrow 22:00"];
        all.extend(["-m", "orders_by_day is too large"]);
        all.extend(args);
        env.new_record(&all)
    };
    let early = new(&[]);
    assert_snapshot!(env.run(&["change", "submit", &early]), @"
    [stderr]
    CHG-AAAAAA submit: new -> assess
    CHG-AAAAAA is treated as a normal change: the change model `index` has 0 of 1 votes as it reads now
    ");
    env.as_person("bob").ok(&["change", "model", "approve", "index"]);
    let good = new(&[]);
    assert_snapshot!(env.run(&["change", "submit", &good]), @"
    [stderr]
    CHG-BBBBBB submit: new -> scheduled
    ");
    let other = new(&["--plan", "Drop it first", "--end", "tomorrow 23:30"]);
    assert_snapshot!(env.run(&["actions", &other]), @"
    CHG-CCCCCC Rebuild an index
    change · new

    open to alice, by `gitsm change ACTION CHG-CCCCCC`
      submit      -> assess
      hold        needs hold_reason
      cancel      -> cancelled · needs comment
      schedule    needs start, end

    not while it is new
      assess      CHG-CCCCCC is new; `assess` is possible from assess
      approve     CHG-CCCCCC is new; `approve` is possible from authorize, scheduled
      reject      CHG-CCCCCC is new; `reject` is possible from assess, authorize, scheduled
      revise      CHG-CCCCCC is new; `revise` is possible from assess, authorize, scheduled
      resume      CHG-CCCCCC is not on hold
      implement   CHG-CCCCCC is new; `implement` is possible from scheduled
      complete    CHG-CCCCCC is new; `complete` is possible from implement
      fail        CHG-CCCCCC is new; `fail` is possible from implement
      rollback    CHG-CCCCCC is new; `rollback` is possible from implement, review
      regularise  CHG-CCCCCC is new; `regularise` is possible from authorize
      close       CHG-CCCCCC is new; `close` is possible from review
    ");
    assert_snapshot!(env.run(&["change", "submit", &other]), @"
    [stderr]
    CHG-CCCCCC submit: new -> assess
    CHG-CCCCCC is treated as a normal change: `implementation_plan` is not as the change model `index` has it; its window of 90 minutes is longer than the 1h of the change model
    ");
    // A plain standard change is none where the desk has standard models.
    let plain = ["change", "new", "x", "--model", "standard"];
    let plain = env.new_record(&plain);
    assert_snapshot!(env.run(&["change", "submit", &plain]), @"
    [stderr]
    CHG-DDDDDD submit: new -> assess
    CHG-DDDDDD is treated as a normal change: it was made from no standard model of this desk; there are index
    ");
    // What was authorised and is something else now does not go on.
    env.ok(&["edit", &good, "--set", "implementation_plan=Drop it first"]);
    assert_snapshot!(env.run(&["change", "implement", &good]), @"
    [stderr]
    error: `implement` of CHG-BBBBBB is not authorised beforehand: `implementation_plan` is not as the change model `index` has it [standard-change]

    hint: take it back with `gitsm change revise CHG-BBBBBB -m TEXT` and hand it in again: it is then assessed like a normal change; or make it what was approved again
    [exit 4]
    ");
    env.ok(&["edit", &good, "--set", "implementation_plan="]);
    env.ok(&["change", "implement", &good]);
}

/// ITGC control C8.
#[test]
fn what_a_model_asks_for_is_there_when_it_is_handed_in() {
    let env = Env::desk();
    env.write(".gitsm/models/normal.yaml", "model: normal\nrequires: [test_plan, custom.cost]\n");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/models/normal.yaml:2: error[model-field]: `custom.cost` is no field that a change can be asked for
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.write(".gitsm/models/normal.yaml", "model: normal\nrequires: [test_plan]\n");
    env.ok(&["commit"]);
    let id = env.new_record(&["change", "new", "Replace the switch"]);
    assert_snapshot!(env.run(&["change", "submit", &id]), @"
    [stderr]
    error: `submit` of CHG-AAAAAA needs more in test_plan (it is empty): its change model asks for that [model-requires]

    hint: set it with `gitsm edit CHG-AAAAAA --set test_plan=VALUE`
    [exit 4]
    ");
    env.ok(&["edit", &id, "--set", "test_plan=Replace the switch"]);
    assert_snapshot!(env.run(&["change", "submit", &id]), @"
    [stderr]
    error: `submit` of CHG-AAAAAA needs more in test_plan (it says what the title says): its change model asks for that [model-requires]

    hint: set it with `gitsm edit CHG-AAAAAA --set test_plan=VALUE`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["actions", &id]), @"
    CHG-AAAAAA Replace the switch
    change · new

    open to alice, by `gitsm change ACTION CHG-AAAAAA`
      submit      -> assess · needs test_plan
      hold        needs hold_reason
      cancel      -> cancelled · needs comment
      schedule    needs start, end

    not while it is new
      assess      CHG-AAAAAA is new; `assess` is possible from assess
      approve     CHG-AAAAAA is new; `approve` is possible from authorize, scheduled
      reject      CHG-AAAAAA is new; `reject` is possible from assess, authorize, scheduled
      revise      CHG-AAAAAA is new; `revise` is possible from assess, authorize, scheduled
      resume      CHG-AAAAAA is not on hold
      implement   CHG-AAAAAA is new; `implement` is possible from scheduled
      complete    CHG-AAAAAA is new; `complete` is possible from implement
      fail        CHG-AAAAAA is new; `fail` is possible from implement
      rollback    CHG-AAAAAA is new; `rollback` is possible from implement, review
      regularise  CHG-AAAAAA is new; `regularise` is possible from authorize
      close       CHG-AAAAAA is new; `close` is possible from review
    ");
    // Nor does it help to write the state into the file.
    let path = env.path(&id);
    env.replace(&path, "status: new", "status: assess");
    assert_snapshot!(env.run(&["commit"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: status: `submit` of CHG-AAAAAA needs more in test_plan (it says what the title says): its change model asks for that [model-requires]
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.git(&["commit", "-qam", "by hand"]);
    assert_snapshot!(env.run(&["check", "--range", "HEAD~1"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:3: error[transition-refused]: c1----- by Alice: status: `submit` of CHG-AAAAAA needs more in test_plan (it says what the title says): its change model asks for that [model-requires]
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
}

#[test]
fn commits_are_held_to_models_too() {
    let env = desk();
    let start = head(&env);
    let bob = env.as_person("bob");
    bob.ok(&["change", "model", "approve", "index"]);
    let id = env.new_record(&[
        "change",
        "new",
        "--model",
        "index",
        "--start",
        "tomorrow 22:00",
        "-m",
        "orders_by_day is too large",
    ]);
    env.ok(&["change", "submit", &id]);
    let other = env.new_record(&[
        "change",
        "new",
        "--model",
        "index",
        "--plan",
        "Drop it",
        "-m",
        "orders_by_day is too large",
    ]);
    env.ok(&["change", "submit", &other]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    [stderr]
    5 commits checked: nothing wrong
    ");
    // A change that is none is called one all the same.
    let start = head(&env);
    let third = env.new_record(&[
        "change",
        "new",
        "--model",
        "index",
        "--plan",
        "Drop it",
        "--start",
        "tomorrow 22:00",
        "-m",
        "orders_by_day is too large",
    ]);
    env.replace(&env.path(&third), "status: new", "status: scheduled");
    assert_snapshot!(env.run(&["commit"]), @"
    changes/-/-/CHG-CCCCCCCCCCCCCCCCCCCCCCCCCC.yaml:3: error[transition-refused]: status: `submit` of CHG-CCCCCC is not authorised beforehand: `implementation_plan` is not as the change model `index` has it [standard-change]
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.git(&["commit", "-qam", "by hand"]);
    // A vote that nobody cast.
    let file = env.read(".gitsm/models/index.yaml");
    let forged =
        file.replace("risk: low", "risk: moderate").replace("by: \"bob\"", "by: \"carol\"");
    env.write(".gitsm/models/index.yaml", &forged);
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/models/index.yaml:14: warning[model-unapproved]: 0 of 1 have approved it as it reads now, so changes made from it are treated as normal
    .gitsm/models/index.yaml:14: error[model-vote-forged]: votes are cast with `gitsm change model approve`, not written into the file
    [stderr]
    1 record checked: 1 error, 1 warning
    [exit 6]
    ");
    env.git(&["commit", "-qam", "by hand"]);
    assert_snapshot!(env.run(&["check", "--range", &start]), @"
    changes/-/-/CHG-CCCCCCCCCCCCCCCCCCCCCCCCCC.yaml:3: error[transition-refused]: c3----- by Alice: status: `submit` of CHG-CCCCCC is not authorised beforehand: `implementation_plan` is not as the change model `index` has it [standard-change]
    .gitsm/models/index.yaml:14: error[model-vote-forged]: c4----- by Alice: votes on a change model are cast by whoever they are of, for what its file says, and with nothing else
    [stderr]
    3 commits checked: 2 errors
    [exit 6]
    ");
}

#[test]
fn mistakes_in_a_model_have_their_line() {
    let env = Env::desk();
    env.write(
        ".gitsm/models/bad.yaml",
        "model: normal\nrequires:\n- description\n- discription\nquorum: 0\nbounds: {paths: [\"a[\"]}\n",
    );
    env.write(".gitsm/models/worse.yaml", "model: standrad\n");
    env.write(".gitsm/models/Sub Folder.yaml", "model: normal\n");
    env.write(".gitsm/risk.yaml", "questions:\n  a: {text: A?, answers: {\"no\": {score: 1}}}\n");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/models/Sub Folder.yaml: warning[model-stray]: this is no place for a change model; they are called NAME.yaml, of lower-case letters, digits, _ and -
    .gitsm/models/bad.yaml:4: error[model-field]: `discription` is no field that a change can be asked for
    .gitsm/models/bad.yaml:6: error[model-path]: `a[` is no pattern of paths: Pattern syntax error near position 1: invalid range pattern
    .gitsm/models/bad.yaml:5: error[model-quorum]: at least one must approve it
    .gitsm/models/bad.yaml:6: warning[model-standard-only]: `bounds` is for standard models; normal changes are authorised one by one
    .gitsm/models/bad.yaml:5: warning[model-standard-only]: `quorum` is for standard models; normal changes are authorised one by one
    .gitsm/models/worse.yaml:1: error[settings-unreadable]: model: `standrad` is not possible here (did you mean `standard`? possible are normal, standard and emergency)
    .gitsm/risk.yaml:2: error[risk-answers]: `a` has fewer than two answers to choose from
    .gitsm/risk.yaml:1: error[risk-thresholds]: questions of your own need `thresholds` for the sum of their answers
    [stderr]
    4 records checked: 6 errors, 3 warnings
    [exit 6]
    ");
}
