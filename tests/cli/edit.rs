//! `gitsm edit`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn fields() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.ok(&["ci", "new", "web-01"]);
    assert_snapshot!(env.run(&["edit", &id, "--set", "service=crm"]), @"
    [stderr]
    INC-AAAAAA edit: service: - -> crm
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "service=crm"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "service="]), @"
    [stderr]
    INC-AAAAAA edit: service: crm -> -
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "tags+=b,a", "--set", "tags+=c"]), @"
    [stderr]
    INC-AAAAAA edit: tags: - -> a; tags: - -> b; tags: - -> c
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "tags-=a"]), @"
    [stderr]
    INC-AAAAAA edit: tags: a -> -
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "tags-=zz"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "cis+=web-01"]), @"
    [stderr]
    INC-AAAAAA edit: cis: - -> CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "custom.floor=3"]), @"
    [stderr]
    INC-AAAAAA edit: custom.floor: - -> 3
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "assignee=me", "--set", "requester=bob"]), @"
    [stderr]
    INC-AAAAAA edit: requester: alice -> bob; assignee: - -> alice
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "assignee=none"]), @"
    [stderr]
    INC-AAAAAA assign: assignee: alice -> -
    ");
    assert_snapshot!(env.run(&["edit", &id, "--title", "CRM stops", "--description", "At noon."]), @"
    [stderr]
    INC-AAAAAA edit: title: CRM crashes -> CRM stops; description: - -> At noon.
    ");
    assert_snapshot!(env.run(&["edit", "web-01", "--title", "web-02"]), @"
    [stderr]
    CI-AAAAAA edit: name: web-01 -> web-02
    ");
}

#[test]
fn the_priority_follows_unless_it_is_given() {
    let env = Env::desk();
    let id = env.incident("T");
    assert_snapshot!(env.run(&["edit", &id, "--impact", "high"]), @"
    [stderr]
    INC-AAAAAA edit: impact: medium -> high; priority: P3 -> P2
    ");
    assert_snapshot!(env.run(&["edit", &id, "-u", "high", "-p", "P4", "--reason", "nobody is there"]), @"
    [stderr]
    INC-AAAAAA edit: urgency: medium -> high; priority: P2 -> P4; priority_reason: - -> nobody is there
    ");
    assert_snapshot!(env.run(&["edit", &id, "--urgency", "low"]), @"
    [stderr]
    INC-AAAAAA edit: urgency: high -> low
    INC-AAAAAA stays P4 instead of P3: nobody is there; `gitsm edit INC-AAAAAA -p P3` takes that back
    ");
}

#[test]
fn many_records_are_one_commit_or_none() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.new_record(&["request", "new", "B"]));
    let before = env.commits();
    assert_snapshot!(env.run(&["edit", &a, &b, "--set", "team=apps"]), @"
    [stderr]
    INC-AAAAAA assign: team: - -> apps
    REQ-AAAAAA assign: team: - -> apps
    ");
    assert_eq!(env.commits(), before + 1);
    assert_snapshot!(env.git(&["log", "-1", "--format=%B"]), @"
    edit: 2 records

    INC-AAAAAA A
      team: - -> apps
    REQ-AAAAAA B
      team: - -> apps

    Gitsm-Action: edit
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: REQ-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
    let ci = env.new_record(&["ci", "new", "web-01"]);
    assert_snapshot!(env.run(&["edit", &a, &ci, "--set", "impact=high"]), @"
    [stderr]
    error: CI-AAAAAA: a record of type ci has no field `impact`
    1 record was refused; nothing was written
    [exit 2]
    ");
    assert_eq!(env.commits(), before + 2);
    assert_snapshot!(env.run(&["edit", &a, &b]), @"
    [stderr]
    error: only one record at a time can be opened in the editor

    hint: change many with `--set FIELD=VALUE`
    [exit 2]
    ");
}

#[test]
fn refusals() {
    let env = Env::desk();
    let id = env.incident("T");
    let ci = env.new_record(&["ci", "new", "web-01"]);
    env.ok(&["ci", "new", "web-02"]);
    let before = env.commits();
    assert_snapshot!(env.run(&["edit", &id]), @"
    [stderr]
    error: nothing to change was given

    hint: gitsm edit INC-AAAAAA --set FIELD=VALUE
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "status=closed"]), @"
    [stderr]
    error: `status` cannot be set by hand

    hint: states change by verbs such as `gitsm incident resolve ID`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "opened_at=now"]), @"
    [stderr]
    error: `opened_at` cannot be set by hand
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "titel=X"]), @"
    [stderr]
    error: there is no field `titel`

    hint: did you mean `title`? your own fields are `custom.NAME`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "title="]), @"
    [stderr]
    error: `title` cannot be empty

    hint: give it another value with `--set title=VALUE`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "impact+=high"]), @"
    [stderr]
    error: `impact` holds one value; use `impact=...`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "impact=huge"]), @"
    [stderr]
    error: `impact`: `huge` is no level; the levels are high, medium and low
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "risk=low"]), @"
    [stderr]
    error: a record of type incident has no field `risk`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "title"]), @"
    [stderr]
    error: `title` is not of the form field=value
    [exit 2]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "cis=web-09"]), @"
    [stderr]
    error: there is no record `web-09`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", &format!("cis={id}")]), @"
    [stderr]
    error: INC-AAAAAA: cis: INC-AAAAAA is no configuration item [ci-type]
    [exit 6]
    ");
    assert_snapshot!(env.run(&["edit", &ci, "--title", "web-02"]), @"
    [stderr]
    error: CI-BBBBBB is called `web-02` already

    hint: gitsm show CI-BBBBBB
    [exit 4]
    ");
    assert_snapshot!(env.run(&["edit", "ZZZZZZ", "--title", "X"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_eq!(env.commits(), before);
}

#[test]
fn in_the_editor() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    assert_snapshot!(env.editing("cat \"$1\" >&2").run(&["edit", &id]), @r#"
    [stderr]
    id: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    title: CRM crashes
    status: new
    impact: medium
    urgency: medium
    priority: P3
    requester: alice
    channel: cli
    opened_at: "2026-11-22T09:01:04Z"
    opened_by: alice
    updated_at: "2026-11-22T09:01:04Z"
    nothing was changed
    "#);
    let better = env.editing("sed -i 's/crashes/stops/; s/^impact: .*/impact: high/' \"$1\"");
    assert_snapshot!(better.run(&["edit", &id]), @"
    [stderr]
    INC-AAAAAA edit: title: CRM crashes -> CRM stops; impact: medium -> high; priority: P3 -> P2
    ");
    assert_snapshot!(env.git(&["status", "--short"]), @"");
}

#[test]
fn the_editor_loses_nothing() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let before = env.commits();
    let broken = env.editing("echo 'tags: [a' >> \"$1\"");
    let said = broken.run(&["edit", &id]);
    assert_snapshot!(said, @"
    [stderr]
    error: incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: line 12, column 7: unclosed bracket '['

    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 6]
    ");
    let kept = said.stderr.split("$HOME/").nth(1).unwrap().lines().next().unwrap().to_owned();
    assert!(kept.starts_with("tmp/gitsm-kept-"), "{kept}");
    let comment = env.editing("echo '# a thought' >> \"$1\"");
    assert_snapshot!(comment.run(&["edit", &id]), @"
    [stderr]
    error: incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:12: records hold no comments

    hint: put it into the description or a note
    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 6]
    ");
    let jump = env.editing("sed -i 's/^status: .*/status: closed/' \"$1\"");
    assert_snapshot!(jump.run(&["edit", &id]), @"
    [stderr]
    error: INC-AAAAAA: status: no transition leads from new to closed [transition-illegal]

    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 4]
    ");
    let other = env.editing("sed -i 's/^opened_at: .*/opened_at: 2020-01-01T00:00:00Z/' \"$1\"");
    assert_snapshot!(other.run(&["edit", &id]), @"
    [stderr]
    error: INC-AAAAAA: opened_at: when and by whom it was opened never changes [origin-changed]

    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 4]
    ");
    let unknown = env.editing("echo 'colour: red' >> \"$1\"");
    assert_snapshot!(unknown.run(&["edit", &id]), @"
    [stderr]
    error: incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: line 12, column 1: there is no field `colour` here

    hint: fields of your own go below `custom:`
    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 6]
    ");
    let failing = env.editing("echo more >> \"$1\"; exit 1");
    assert_snapshot!(failing.run(&["edit", &id]), @"
    [stderr]
    error: the editor `sh $HOME/tmp/editor.sh` failed (exit status: 1)

    hint: your text is kept in $HOME/tmp/gitsm-######.yaml
    [exit 2]
    ");
    assert_eq!(env.commits(), before);
}

/// Somebody else changes the record while it is open in the editor.
#[test]
fn meanwhile() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let gitsm = env!("CARGO_BIN_EXE_gitsm");
    let race = env
        .editing(&format!("sed -i 's/crashes/stops/' \"$1\"; {gitsm} note {id} -m Meanwhile -q"));
    assert_snapshot!(race.run(&["edit", &id]), @"
    [stderr]
    error: INC-AAAAAA was changed by somebody else meanwhile

    hint: gitsm edit INC-AAAAAA again
    hint: your text is kept in $HOME/tmp/gitsm-kept-######.txt
    [exit 5]
    ");
}

/// A file that is being edited by hand is not overwritten.
#[test]
fn a_dirty_file_is_left_alone() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.replace(&env.path(&id), "CRM crashes", "CRM stops");
    assert_snapshot!(env.run(&["edit", &id, "--set", "service=crm"]), @"
    [stderr]
    error: `incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml` has changes that are not committed

    hint: commit the edit with `gitsm commit`, or drop it with `git restore --staged --worktree incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml`
    [exit 5]
    ");
    assert!(env.read(&env.path(&id)).contains("CRM stops"));
}

#[test]
fn a_priority_of_its_own_has_a_reason() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["incident", "new", "T", "-p", "P1"]), @"
    [stderr]
    error: P1 needs a reason, since impact medium and urgency medium give P3

    hint: say why with `--reason TEXT`
    [exit 4]
    ");
    let id = env.new_record(&["incident", "new", "T", "-i", "high", "-u", "high"]);
    assert_snapshot!(env.run(&["edit", &id, "--set", "priority=P4"]), @"
    [stderr]
    error: P4 needs a reason, since impact high and urgency high give P1

    hint: say why with `--reason TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["edit", &id, "-p", "P4", "--reason", "The VIP is away"]), @"
    [stderr]
    INC-AAAAAA edit: priority: P1 -> P4; priority_reason: - -> The VIP is away
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA T
    incident · new (open) · P4 (instead of P1: The VIP is away) · impact high · urgency high

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (3m ago) by alice
      updated    2026-11-22 09:04 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.run(&["list", "priority_reason:away"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P4        new      4m  -         T
    ");
    // Impact and urgency may change; it stays until it is taken back.
    assert_snapshot!(env.run(&["edit", &id, "-i", "medium"]), @"
    [stderr]
    INC-AAAAAA edit: impact: high -> medium
    INC-AAAAAA stays P4 instead of P2: The VIP is away; `gitsm edit INC-AAAAAA -p P2` takes that back
    ");
    assert_snapshot!(env.run(&["edit", &id, "-p", "P5"]), @"
    [stderr]
    error: P5 needs a reason, since impact medium and urgency high give P2

    hint: say why with `--reason TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["edit", &id, "--set", "priority_reason="]), @"
    [stderr]
    error: P4 needs a reason, since impact medium and urgency high give P2

    hint: say why with `--reason TEXT`
    [exit 4]
    ");
    assert_snapshot!(env.run(&["edit", &id, "-p", "P2"]), @"
    [stderr]
    INC-AAAAAA edit: priority: P4 -> P2; priority_reason: The VIP is away -> -
    ");
    assert_snapshot!(env.run(&["edit", &id, "--reason", "None"]), @"
    [stderr]
    error: P2 is what impact and urgency give, which needs no reason

    hint: give the other priority with `--priority`
    [exit 4]
    ");
    env.ok(&["edit", &id, "-p", "P5", "--reason", "Nobody is there"]);
    assert_snapshot!(env.run(&["edit", &id, "-i", "low", "-u", "low"]), @"
    [stderr]
    INC-AAAAAA edit: impact: medium -> low; urgency: high -> low; priority_reason: Nobody is there -> -
    INC-AAAAAA is P5 by impact and urgency again
    ");
    env.ok(&["edit", &id, "-p", "P1", "--reason", "The board"]);
    assert_snapshot!(env.run(&["edit", &id, "--set", "priority=", "-u", "medium"]), @"
    [stderr]
    INC-AAAAAA edit: urgency: low -> medium; priority: P1 -> P4; priority_reason: The board -> -
    INC-AAAAAA is P4 by impact and urgency again
    ");
}

#[test]
fn a_priority_of_its_own_by_hand() {
    let env = Env::desk();
    let id = env.incident("T");
    env.replace(&env.path(&id), "priority: P3", "priority: P1");
    assert_snapshot!(env.run(&["commit"]), @"
    incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:6: error[priority-reason]: priority: it is not what impact and urgency give; say why in priority_reason
    [stderr]
    1 record checked: 1 error
    [exit 6]
    ");
    env.replace(&env.path(&id), "priority: P1", "priority: P1\npriority_reason: The board");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    INC-AAAAAA edit: priority: P3 -> P1; priority_reason: - -> The board
    ");
    // Records from before reasons were kept are as good as any.
    env.replace(&env.path(&id), "priority_reason: The board\n", "");
    env.git(&["commit", "-qam", "As of old"]);
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    1 record checked: nothing wrong
    ");
    assert_snapshot!(env.run(&["edit", &id, "--title", "U"]), @"
    [stderr]
    INC-AAAAAA edit: title: T -> U
    ");
    assert_snapshot!(env.run(&["edit", &id, "-i", "high"]), @"
    [stderr]
    INC-AAAAAA edit: impact: medium -> high; priority: P1 -> P2
    ");
}

#[test]
fn options_as_new_has_them() {
    let env = Env::desk();
    let id = env.new_record(&["change", "new", "Patch"]);
    let window = ["--start", "2026-11-23 22:00", "--end", "2026-11-23 23:00", "--risk", "low"];
    let fields =
        ["-s", "crm", "-t", "apps", "-a", "me", "-r", "bob", "-c", "app", "--channel", "phone"];
    assert_snapshot!(env.run(&[&["edit", &id, "-n"][..], &window, &fields].concat()), @"
    CHG-AAAAAA edit: Patch
      risk: - -> low
      planned_start: - -> 2026-11-23T22:00:00Z
      planned_end: - -> 2026-11-23T23:00:00Z
      service: - -> crm
      requester: alice -> bob
      assignee: - -> alice
      team: - -> apps
      category: - -> app
      channel: cli -> phone
    commit: CHG-AAAAAA edit: Patch
    [stderr]
    dry run: nothing was written
    ");
}
