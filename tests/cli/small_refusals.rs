//! Small mistakes, each told in the words of whoever made it.

use insta::assert_snapshot;

use crate::catalog::refused;
use crate::common::Env;

#[test]
fn words_that_are_no_values() {
    let env = Env::desk();
    let change = ["change", "new", "Patch CRM"];
    let id = env.new_record(&change);
    let set = |value: &str| env.run(&["edit", &id, "--set", value]);
    assert_snapshot!(set("model=weird"), @"
    [stderr]
    error: `model`: `weird` is no change model; the models are normal, standard and emergency
    [exit 2]
    ");
    assert_snapshot!(set("risk=huge"), @"
    [stderr]
    error: `risk`: `huge` is no risk; the risks are low, moderate and high
    [exit 2]
    ");
    assert_snapshot!(set("domain=nix"), @"
    [stderr]
    error: there is no domain `nix`

    hint: domains are listed in .gitsm/desk.yaml
    [exit 3]
    ");
    assert_snapshot!(env.run(&["list", "approval:foo"]), @"
    [stderr]
    error: `foo` is no vote; ask for pending, approved or rejected (column 10)
      approval:foo
               ^^^

    hint: `gitsm list --help` describes the query language
    [exit 2]
    ");
    assert_snapshot!(env.run(&["workflow", "show", "change", "--domain", ""]), @"
    [stderr]
    error: invalid value '' for '--domain <DOMAIN>': name a domain of .gitsm/desk.yaml; lower-case letters, digits and _ make its name

    For more information, try '--help'.
    [exit 2]
    ");
    // A record that was never made has no id to speak of.
    let window = ["--start", "2027-01-02", "--end", "2027-01-01"];
    assert_snapshot!(env.run(&[&change[..], &window[..]].concat()), @"
    [stderr]
    error: the new change: planned_end: it does not lie after planned_start [window-empty]
    [exit 2]
    ");
    let ci = env.new_record(&["ci", "new", "web-01"]);
    refused(&env, &["edit", &ci, "--set", "criticality=urgent"], 2, &["no criticality"]);
    env.write(
        ".gitsm/workflows/incident.yaml",
        "kind: incident\nentry: [new]\nstates:\n  new: {category: open}\n  done: {category: closed}\n\
         transitions:\n  end:\n  - {from: [new], to: done, set: {known_error: 'true'}}\n",
    );
    assert_snapshot!(env.run(&["workflow", "check"]), @"
    .gitsm/workflows/incident.yaml:8: error[workflow-invalid]: transition `end` names the field `known_error`, which an incident does not have (did you mean `known_error`?)
    [stderr]
    5 files of workflows and roles checked: 1 error
    [exit 6]
    ");
}

#[test]
fn what_others_can_do_is_not_over() {
    let env = Env::desk();
    env.write(
        ".gitsm/people.yaml",
        "- {id: alice, name: Alice, emails: [alice@example.com], roles: [agent]}\n\
         - {id: bot, name: Bot, kind: machine, emails: [bot@example.com]}\n",
    );
    env.ok(&["commit"]);
    let id = env.incident("CRM crashes");
    let bot = env.as_person("bot").run(&["incident", "close", &id]);
    assert_snapshot!(bot, @"
    [stderr]
    error: INC-AAAAAA is new; `close` is possible from resolved

    hint: `gitsm actions INC-AAAAAA` says what stands in the way
    [exit 4]
    ");
}

#[test]
fn an_offering_where_there_is_no_catalogue() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["request", "new", "--offering", "x"]), @"
    [stderr]
    error: this desk has no catalogue, so that `x` says too little: a title is needed

    hint: gitsm request new TITLE --offering NAME; `gitsm catalog add` brings examples of a catalogue
    [exit 2]
    ");
    env.ok(&["request", "new", "A new screen", "--offering", "x"]);
}

#[test]
fn calendars_end_somewhere() {
    let env = Env::desk();
    env.write(".gitsm/calendars/office.yaml", "time_zone: UTC\nhours:\n  mon-fri: 09:00-17:00\n");
    env.write(".gitsm/calendars/always.yaml", "time_zone: UTC\nhours:\n  mon-sun: 00:00-24:00\n");
    env.ok(&["commit"]);
    let office =
        |from: &str, to: &str| env.run(&["calendar", "hours", from, to, "--calendar", "office"]);
    assert_snapshot!(office("2200-01-01", "2201-01-01"), @"
    [stderr]
    error: 2200-01-01T00:00:00Z is too far away

    hint: calendars are worked out for the years 1900 to 2199
    [exit 2]
    ");
    assert_snapshot!(office("1899-12-31", "1900-01-02"), @"
    [stderr]
    error: 1899-12-31T00:00:00Z is too far away

    hint: calendars are worked out for the years 1900 to 2199
    [exit 2]
    ");
    assert_snapshot!(office("2199-12-30", "2199-12-31"), @"8h open of 24h by the calendar office (UTC), from 2199-12-30 00:00 to 2199-12-31 00:00 UTC");
    assert_snapshot!(office("yesterdayish", "now"), @r#"
    [stderr]
    error: `yesterdayish` is no time

    hint: did you mean `yesterday`?
    hint: 2026-11-22T22:00Z, "2026-11-22 22:00", "tomorrow 22:00", "in 2 hours" and "2 days ago" are
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["calendar", "show", "office", "--month", "2250-01"]), @"
    [stderr]
    error: 2250-01-01T00:00:00Z is too far away

    hint: calendars are worked out for the years 1900 to 2199
    [exit 2]
    ");
    env.ok(&["calendar", "show", "office", "--month", "2199-12"]);
}

#[test]
fn views_of_the_desk_are_for_those_who_work_there() {
    let env = Env::desk();
    env.write(
        ".gitsm/people.yaml",
        "- {id: alice, name: Alice, emails: [alice@example.com], roles: [agent]}\n\
         - {id: bob, name: Bob, emails: [bob@example.com], roles: [requester]}\n\
         - {id: dora, name: Dora, emails: [dora@example.com], roles: [admin]}\n",
    );
    env.ok(&["commit"]);
    let bob = env.as_person("bob");
    assert_snapshot!(bob.run(&["view", "save", "vip", "tag:vip"]), @"
    [stderr]
    error: bob (requester) may not change the settings of this desk [role]

    hint: who may: dora
    hint: --mine keeps a view for you
    [exit 4]
    ");
    bob.ok(&["view", "save", "vip", "tag:vip", "--mine"]);
    env.ok(&["view", "save", "vip", "tag:vip"]);
}

#[test]
fn answers_that_nobody_gave_are_told() {
    let env = Env::desk_with(&["--profile", "service-desk"]);
    env.ok(&["catalog", "add", "software-access"]);
    let ask = ["request", "new", "--offering", "software-access", "--set", "software=CRM"];
    let ask = [&ask[..], &["--set", "person=paula", "--set", "reason=Sales"]].concat();
    let told = env.run(&ask).to_string();
    assert!(told.contains("by default: rights="), "{told}");
    let id = env.new_record(&ask);
    assert_snapshot!(env.run(&["edit", &id, "--set", "answers.rights=admin"]), @"
    [stderr]
    error: `answers.rights` cannot be set by hand

    hint: the plan was made from the answers; cancel the request and ask anew: `gitsm request new --offering NAME --set rights=...`
    [exit 2]
    ");
    let told = env.run(&[&ask[..], &["--set", "rights=read"]].concat()).to_string();
    assert!(!told.contains("by default"), "{told}");
}

/// A desk that lists nobody cannot say who there is; its records can.
#[test]
fn people_teams_and_promises_that_are_nowhere_are_told() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.ok(&["assign", &id, "bob", "--team", "apps"]);
    assert_snapshot!(env.run(&["list", "assignee:bbo", "team:asps", "sla:breched"]), @"
    [stderr]
    warning: the desk promises nothing called `breched`; did you mean `breached`?
    warning: no record has the assignee `bbo`
    warning: no record has the team `asps`; did you mean `apps`?
    no records match
    ");
    // Nothing of mine is no mistake.
    assert_snapshot!(env.run(&["list", "@mine"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(env.run(&["list", "assignee:@me"]), @"
    [stderr]
    error: `@me` is no person (column 10)
      assignee:@me
               ^^^

    hint: leave out the `@`: `me` is you
    [exit 2]
    ");
}

/// What would find nothing, and says so.
#[test]
fn values_and_views_that_are_none() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["list", "@mine@team"]), @"
    [stderr]
    error: `@mine@team` is the name of no view (column 1)
      @mine@team
      ^^^^^^^^^^

    hint: write @mine @team, with blanks between; to search for the text itself, put it in quotation marks
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "csat:6"]), @"
    [stderr]
    error: `6` is not on the scale (column 6)
      csat:6
           ^

    hint: write 1 (very dissatisfied) to 5 (very satisfied), or csat:none
    [exit 2]
    ");
}

/// Habits of git and of other trackers.
#[test]
fn words_of_other_programs() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    assert_snapshot!(env.run(&["incident", "show", &id]), @"
    [stderr]
    error: an incident has no action `show`

    hint: `gitsm show` works on records of every type, without `incident`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "comment", &id]), @"
    [stderr]
    error: an incident has no action `comment`

    hint: `gitsm note` works on records of every type, without `incident`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "view", &id, "--at", "HEAD"]), @"
    [stderr]
    error: unrecognized subcommand 'view'

      tip: it needs no type: 'gitsm show'

    Usage: gitsm incident [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "-1", "--oneline"]), @"
    COMMIT   TIME              WHO    ACTION  WHAT
    c1-----  2026-11-22 09:01  alice  new     INC-AAAAAA CRM crashes
    ");
    assert_snapshot!(env.run(&["incident", "new", "CRM", "crashes"]), @"
    [stderr]
    error: unexpected argument 'crashes' found

      tip: put a title of several words into quotation marks

    Usage: gitsm incident new [OPTIONS] [TITLE]

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["log", "HEAD"]), @"
    [stderr]
    error: `HEAD` is a commit, and no record

    hint: `gitsm diff HEAD~1 HEAD` tells what it changed
    [exit 3]
    ");
    assert_snapshot!(env.run(&["show", "HEAD~1.."]), @"
    [stderr]
    error: `HEAD~1..` is a commit, and no record

    hint: `gitsm diff HEAD~1` tells what has changed since
    [exit 3]
    ");
    assert_snapshot!(env.run(&["log", "--since", "2d"]), @r#"
    [stderr]
    error: `2d` is no time

    hint: did you mean `-2d`?
    hint: 2026-11-22, 2026-W47, "2026-11-22 22:00", last-monday, "2 days ago" and -4h are
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["show", &id, "--at", "2d"]), @r#"
    [stderr]
    error: `2d` is neither a commit nor a time

    hint: did you mean `-2d`?
    hint: a commit's name from `gitsm log`, HEAD~3, a tag, 2026-11-22, "2026-11-22 22:00" and "2 days ago" are
    [exit 3]
    "#);
    assert_snapshot!(env.run(&["log", "--since", "2026-11-22", "--until", "2026-11-21"]), @"
    [stderr]
    error: nothing lies between 2026-11-22T00:00:00Z and 2026-11-21T00:00:00Z

    hint: `--since` takes the earlier time, and `--until` the later one
    [exit 2]
    ");
    assert_snapshot!(env.run(&["list", "id,title"]), @"
    [stderr]
    warning: `id,title` is looked for in texts; `--columns id,title` chooses columns of tables and CSV
    no records match
    ");
}
