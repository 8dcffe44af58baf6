//! Workflows of a desk's own: their actions as commands, and what one sees while
//! one writes them.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn actions_of_an_own_workflow_are_commands() {
    let env = Env::desk();
    env.write(
        ".gitsm/workflows/incident.yaml",
        "kind: incident\nentry: [new]\nstates:\n  new: {category: open}\n  out: {category: hold}\n  \
         done: {category: closed}\nhold_reasons: [rain, snow]\ntransitions:\n  \
         park_it:\n  - {from: [new], to: out, needs: [hold_reason]}\n  \
         unpark:\n  - {from: [out], to: new}\n  finish:\n  - {from: [new], to: done}\n",
    );
    env.ok(&["commit"]);
    let (first, second) = (env.incident("A"), env.incident("B"));
    assert_snapshot!(env.run(&["actions", &first]), @"
    INC-AAAAAA A
    incident · new

    open to alice, by `gitsm incident ACTION INC-AAAAAA`
      park-it   -> out · needs hold_reason
      finish    -> done
      propose   needs comment
      promote
      escalate  needs team, comment
      merge     needs into

    not while it is new
      unpark    INC-AAAAAA is new; `unpark` is possible from out
    ");
    assert_snapshot!(env.run(&["inc", "park-it", &first, "-r", "rain", "-m", "Wet.", "-n", "--json"]), @r#"
    {
      "schema": "gitsm.written/1",
      "dry_run": true,
      "commit": null,
      "subject": "INC-AAAAAA park_it: A",
      "records": [
        {
          "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "short": "INC-AAAAAA",
          "type": "incident",
          "title": "A",
          "status": "out",
          "priority": "P3",
          "action": "park_it",
          "changes": [
            {
              "field": "status",
              "from": "new",
              "to": "out"
            },
            {
              "field": "holds",
              "from": null,
              "to": {
                "reason": "rain",
                "from": "2026-11-22T09:05:04Z"
              }
            },
            {
              "field": "notes",
              "from": null,
              "to": {
                "id": "<ulid>",
                "at": "2026-11-22T09:05:04Z",
                "by": "alice",
                "kind": "work",
                "text": "Wet.\n"
              }
            }
          ]
        }
      ],
      "files": [],
      "refused": [],
      "notices": []
    }
    "#);
    assert_snapshot!(env.run(&["incident", "park-it", &first]), @"
    [stderr]
    error: `park-it` of INC-AAAAAA needs hold_reason

    hint: give it with `--reason`
    [exit 4]
    ");
    let both = env.typing(&format!("{first}\n{second}\n"));
    assert_snapshot!(both.run(&["incident", "park_it", "-", "--reason", "snow"]), @"
    [stderr]
    INC-AAAAAA park_it: new -> out
    INC-BBBBBB park_it: new -> out
    ");
    assert_snapshot!(env.run(&["incident", "unpark", &first, "--set", "impact=low", "--quiet"]), @"");
    assert_snapshot!(env.run(&["incident", "finish", &second]), @"
    [stderr]
    error: INC-BBBBBB is out; `finish` is possible from new

    hint: possible now: unpark
    [exit 4]
    ");
    // What is no action of the desk, and what its workflow has done away with.
    assert_snapshot!(env.run(&["incident", "unprk", &first]), @"
    [stderr]
    error: an incident has no action `unprk`

    hint: did you mean `gitsm incident unpark`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "take-off", &first]), @"
    [stderr]
    error: an incident has no action `take-off`

    hint: did you mean `gitsm incident take`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "start", &first]), @"
    [stderr]
    error: an incident has no action `start`

    hint: possible now: park-it, finish
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "nw", "Title", "--impact", "high"]), @"
    [stderr]
    error: unrecognized subcommand 'nw'

    Usage: gitsm incident [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "park-it", &first, "--impact", "high"]), @"
    [stderr]
    error: unexpected argument '--impact' found

      tip: a similar argument exists: '--template'

    Usage: gitsm incident park-it --template <TEMPLATE> <ID>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "park-it", "--help"]), @r#"
    Carry out `park-it`, an action of the desk's own workflow

    Usage: gitsm incident park-it [OPTIONS] <ID>...

    Arguments:
      <ID>...  Records: a full id, any unambiguous ending of one, a CI's name, or a number from the
               system it was imported from; `-` reads them from standard input

    Options:
      -r, --reason <REASON>    What it waits for, where it is put on hold
      -c, --code <CODE>        The way it ended, where it ends
          --set <FIELD=VALUE>  A field to set along with it: field=value, field+=value and field-=value
                               for lists; may be repeated
          --step <STEP>        Where it is a vote: only in this step of the approval
      -m, --message <TEXT>     What to say
      -F, --file <FILE>        Take what to say from a file, or from standard input with `-`
          --public             Let the requester read what is said
      -n, --dry-run            Show what would change, and write nothing
      -k, --keep-going         Change what can be changed, even if other records are refused; the exit
                               code is then 4 all the same
      -h, --help               Print help

    Global options:
          --desk <PATH>          The desk to work on: its folder, or its bare repository
          --json                 Answer in JSON; the same as --format json
      -f, --format <FORMAT>      How to answer: table, json, jsonl, yaml, csv or ids; drawings: svg,
                                 dot; schedules: ics
          --template <TEMPLATE>  Print each record through a template, such as "{{ short }} {{ title
                                 }}"; `@FILE` takes it from a file
          --no-header            Leave out the line of headings
          --color <WHEN>         When to use colour: auto, always or never [default: auto] [possible
                                 values: auto, always, never]
          --no-pager             Do not use a pager
      -q, --quiet                Say nothing but data, warnings and errors
      -v, --verbose              Say more
    "#);
}

#[test]
fn an_action_must_not_be_called_like_another_command() {
    let env = Env::desk();
    env.write(
        ".gitsm/workflows/change.yaml",
        "kind: change\nentry: [new]\nstates:\n  new: {category: open}\n  \
         done: {category: closed}\ntransitions:\n  review:\n  - {from: [new], to: done}\n",
    );
    assert_snapshot!(env.run(&["workflow", "check"]), @"
    .gitsm/workflows/change.yaml:8: warning[action-taken]: `gitsm change review` is a command of its own, so that `review` can be carried out by `gitsm apply` only; call it something else
    [stderr]
    5 files of workflows and roles checked: 1 warning
    ");
}

#[test]
fn what_is_being_written_is_shown_and_what_it_leaves_behind_told() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.ok(&["incident", "start", &id]);
    let flow = "kind: incident\nentry: [new]\nstates:\n  new: {category: open}\n  \
                done: {category: closed}\ntransitions:\n  finish:\n  - {from: [new], to: done}\n";
    env.write(".gitsm/workflows/incident.yaml", flow);
    assert_snapshot!(env.run(&["workflow", "show", "incident"]), @"
    incident workflow · .gitsm/workflows/incident.yaml, not committed yet

    states
      new   open · begins here
      done  closed

    actions
      finish  new -> done
    ");
    assert_snapshot!(env.run(&["workflow", "graph", "incident"]), @"
    incident workflow · .gitsm/workflows/incident.yaml, not committed yet

    ╭────────╮
    │ ▸ new  │
    │        ├─ finish ──╮
    ╰────────╯           │
    ╭────────╮           │
    │   done │◀──────────╯
    ╰────────╯
    ");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    committed .gitsm/workflows/incident.yaml
    1 of type incident in the state `in_progress`, which the workflow has no more: nothing can be done with them until it has; see `gitsm list 'type:incident status:in_progress'`
    ");
    assert_snapshot!(env.run(&["actions", &id]), @"
    INC-AAAAAA CRM crashes
    incident · in_progress
    no state `in_progress` in its workflow, so nothing leads out of it: add it to `states`, with a way out, and see `gitsm workflow show incident`

    open to alice, by `gitsm incident ACTION INC-AAAAAA`
      propose   needs comment
      promote
      escalate  needs team, comment
      merge     needs into

    not while it is in_progress
      finish    INC-AAAAAA is in_progress; `finish` is possible from new
    ");
    assert_snapshot!(env.run(&["incident", "finish", &id]), @"
    [stderr]
    error: INC-AAAAAA is in_progress; `finish` is possible from new

    hint: `gitsm actions INC-AAAAAA` says what stands in the way
    [exit 4]
    ");
    env.write(".gitsm/workflows/incident.yaml", "kind: [");
    assert_snapshot!(env.run(&["workflow", "show", "incident"]), @"
    [stderr]
    error: .gitsm/workflows/incident.yaml:1: unclosed bracket '['

    hint: mend the file and run `gitsm commit`; `gitsm check` lists all such files
    hint: `gitsm workflow check` lists all that is wrong
    [exit 6]
    ");
}

#[test]
fn drawings_keep_to_the_terminal() {
    let env = Env::desk().with("COLUMNS", "80");
    for kind in ["incident", "request", "problem", "change", "ci"] {
        let drawn = env.ok(&["workflow", "graph", kind]).to_string();
        let widest = drawn.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{kind}: {widest:?}\n{drawn}");
    }
}
