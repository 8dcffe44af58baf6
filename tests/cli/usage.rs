//! Wrong command lines, and what holds for every command.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn slips() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["lst"]), @"
    [stderr]
    error: unrecognized subcommand 'lst'

      tip: some similar subcommands exist: 'csat', 'list'

    Usage: gitsm [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit 2]
    ");
    // A help is only for what there is.
    for help in [&["ci", "set", "--help"][..], &["incident", "reslove", "-h"]] {
        let told = env.run(help);
        assert!(told.code == 2 && told.to_string().contains("unrecognized subcommand"), "{told}");
    }
    assert_snapshot!(env.run(&["incident", "reslove", "X"]), @"
    [stderr]
    error: an incident has no action `reslove`

    hint: did you mean `gitsm incident resolve`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident", "new", "T", "--impct", "high"]), @"
    [stderr]
    error: unexpected argument '--impct' found

      tip: a similar argument exists: '--impact'

    Usage: gitsm incident new --impact <LEVEL> <TITLE>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["show", "X", "--color", "red"]), @"
    [stderr]
    error: invalid value 'red' for '--color <WHEN>'
      [possible values: auto, always, never]

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["incident"]), @r#"
    [stderr]
    Report, work on and resolve incidents

    Usage: gitsm incident [OPTIONS] <COMMAND>

    Commands:
      new          Report an incident
      list         List records
      triage       Say whether a ticket was seen before, needs a change, and what it concerns
      take         Assign it to yourself, and begin if nobody has
      start        Begin to work on it
      hold         Put it on hold; its clocks stop
      resume       Take it off hold and go on
      escalate     Hand it to the next support level
      propose      Propose it as a major incident
      promote      Make it a major incident, which is closed with a review only
      decline      Decide that it is no major incident
      communicate  Tell everybody who is affected, and keep it in the communication log
      resolve      Say how it was solved
      review       Record what was learnt from it afterwards
      close        End it for good
      reopen       Take it up again
      cancel       End it without having done it
      merge        End it as a duplicate of another one, which takes over its relations [alias:
                   duplicate]
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help  Print help

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

    An action that your own workflow adds is a command as well: `gitsm workflow show` lists them, and
    `gitsm actions ID` what is open to you.
    [exit 2]
    "#);
}

/// A pipe that nobody reads any more is no failure.
#[test]
fn a_closed_pipe() {
    let env = Env::desk();
    for title in ["A", "B"] {
        env.incident(title);
    }
    let gitsm = env!("CARGO_BIN_EXE_gitsm");
    let desk = env.cwd().display();
    let script = format!("{{ {gitsm} --desk {desk} list -f jsonl; echo $? >&2; }} | true");
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "0\n");
}

#[test]
fn quiet_and_verbose() {
    let env = Env::desk();
    assert_snapshot!(env.run(&["incident", "new", "T", "--quiet"]), @"INC-AAAAAA");
    assert_snapshot!(env.run(&["incident", "new", "T", "--verbose"]), @"
    INC-BBBBBB
    [stderr]
    created INC-BBBBBB: T (P3, new)
    commit c1-----
    ");
    assert_snapshot!(env.run(&["list", "--quiet", "--status", "closed"]), @"");
    assert_snapshot!(env.run(&["list", "--quiet", "--verbose"]), @"
    [stderr]
    error: the argument '--quiet' cannot be used with '--verbose'

    Usage: gitsm list --quiet [QUERY]...

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn colour_only_when_it_is_wanted() {
    let env = Env::desk();
    env.incident("T");
    let has = |env: &Env, args: &[&str]| env.ok(args).stdout.contains('\u{1b}');
    assert!(!has(&env, &["list"]));
    assert!(has(&env, &["list", "--color", "always"]));
    assert!(!has(&env, &["list", "--color", "never"]));
    assert!(has(&env.with("NO_COLOR", "").with("CLICOLOR_FORCE", "1"), &["list"]));
}
