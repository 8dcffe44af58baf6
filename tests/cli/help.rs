//! Help texts.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn at_the_top() {
    let env = Env::empty();
    assert_snapshot!(env.run(&["--help"]), @r#"
    IT service management whose database is a git repository

    Every incident, request, problem, change and configuration item is one YAML file; every action is
    one commit; the history is the audit trail.

    Usage: gitsm [OPTIONS] <COMMAND>

    Commands:
      init         Start a desk
      demo         Build a desk and play the CRM story on it, with the commands printed
      status       Show how the desk stands: what is open, what is yours, what was edited by hand
      incident     Report, work on and resolve incidents [alias: inc]
      request      Ask for something, approve and fulfil it [alias: req]
      problem      Find and remove the causes of incidents [alias: prb]
      change       Plan, approve and carry out changes [alias: chg]
      ci           Record what services are made of
      approval     See who must approve what, and what waits for votes
      task         Work on the tasks of tickets
      csat         Record how satisfied the requester was, once per ticket
      catalog      See what can be asked for, and what a request for it takes
      workflow     See the workflows that records live by, draw them, and check your own
      show         Show a record in full, with its relations and what can be done with it
      actions      Show what you can do with a record now, and why the rest is not open to you
      list         List records
      triage       Say whether a ticket was seen before, needs a change, and what it concerns
      view         Save queries under a name, and use them as `@name`
      search       Search titles, descriptions, notes and resolutions
      log          Show who did what and when, and what changed from what to what
      diff         Show what is different between two dates or commits
      blame        Show who set each field of a record, when, and by which action
      sla          Show what was promised, and how it stands
      calendar     Show when the desk is open
      edit         Change a record
      note         Add a note
      assign       Give records to a person or a team
      take         Assign it to yourself, and begin if nobody has
      start        Begin to work on it
      hold         Put it on hold; its clocks stop
      resume       Take it off hold and go on
      resolve      Say how it was solved
      close        End it for good
      reopen       Take it up again
      cancel       End it without having done it
      approve      Vote for it
      reject       Vote against it
      link         Relate two records
      unlink       Take a relation between two records back
      attach       Keep files with a record
      attachment   List the files that are kept with a record, and get them back
      apply        Carry out many actions, one on each line of JSON, in one commit
      path         Print the path of a record's file, relative to the desk's root
      tick         Do what is due by now: for cron
      commit       Check and commit files edited by hand
      check        Check every record, and files edited by hand, against the desk's rules
      report       Count what there is
      export       Write whole records, for other programs or another desk
      import       Take over tickets from another system
      hook         Let git tell the desk what is pushed, and ask it before
      schema       Print the JSON Schema of a file type or of an answer, or list them
      completions  Print the shell's completion script
      man          Write the manual pages into a folder, one per command
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Global options:
          --desk <PATH>
              The desk to work on: its folder, or its bare repository

          --json
              Answer in JSON; the same as --format json

      -f, --format <FORMAT>
              How to answer: table, json, jsonl, yaml, csv or ids; drawings: svg, dot; schedules: ics

          --template <TEMPLATE>
              Print each record through a template, such as "{{ short }} {{ title }}"; `@FILE` takes it
              from a file

          --no-header
              Leave out the line of headings

          --color <WHEN>
              When to use colour: auto, always or never

              [default: auto]
              [possible values: auto, always, never]

          --no-pager
              Do not use a pager

      -q, --quiet
              Say nothing but data, warnings and errors

      -v, --verbose
              Say more
    "#);
    let bare = env.run(&[]);
    assert_eq!(bare.code, 2);
    assert!(bare.stderr.contains("Usage: gitsm"), "{bare}");
    assert_snapshot!(env.run(&["--version"]), @"gitsm 0.1.0");
}

#[test]
fn of_nouns() {
    let env = Env::empty();
    for noun in ["incident", "request", "problem", "change", "ci"] {
        let help = env.ok(&[noun, "--help"]);
        let commands: String = help
            .stdout
            .lines()
            .skip_while(|line| *line != "Commands:")
            .take_while(|line| !line.is_empty())
            .map(|line| format!("{line}\n"))
            .collect();
        assert!(commands.contains("new ") && commands.contains("list "), "{help}");
    }
    assert_snapshot!(env.run(&["incident", "-h"]), @r#"
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
    "#);
    assert_snapshot!(env.run(&["change", "-h"]), @r#"
    Plan, approve and carry out changes

    Usage: gitsm change [OPTIONS] <COMMAND>

    Commands:
      new              Propose a change
      raise            Raise the change that stands for a deployment, from a code repository
      deployed         Record what became of a deployment
      list             List records
      submit           Hand it in for assessment or approval
      assess           Assess the risk of a change and pass it on for approval
      schedule         Set the planned window
      approve          Vote for it
      reject           Vote against it
      revise           Take it back to new, to change it; votes are asked for anew afterwards
      hold             Put it on hold; its clocks stop
      resume           Take it off hold and go on
      gate             Ask whether a change may go to its environment now
      implement        Begin to carry it out
      complete         Say that it went in as planned
      fail             Say that it failed
      rollback         Say that it was taken back
      risk             Explain how risky a change is: by the desk's questions, by what it is done to,
                       and by how changes like it went
      review           Record what was learnt from it afterwards
      regularise       Record that it was made without approval; it goes straight to its review
      close            End it for good
      cancel           End it without having done it
      conflicts        Show what is in the way of a change when it is planned
      accept-conflict  Say that a change can live with a conflict, as long as neither time moves
      evidence         Record that what a change brings was tested, with the report
      slots            Find the next times at which a change would have no conflict
      forward          List the changes that are planned, by their start (the forward schedule)
      calendar         Draw the weeks with their changes, freezes and maintenance windows
      model            See what changes are made from, and approve what is authorised beforehand
      help             Print this message or the help of the given subcommand(s)

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
    "#);
}

#[test]
fn of_verbs() {
    let env = Env::empty();
    assert_snapshot!(env.run(&["incident", "new", "-h"]), @r#"
    Report an incident

    Usage: gitsm incident new [OPTIONS] [TITLE]

    Arguments:
      [TITLE]  The matter in one line; asked for on a terminal

    Options:
      -m, --message <TEXT>       The matter at length
      -F, --file <FILE>          Take the description from a file, or from standard input with `-`
      -e, --edit                 Write the whole in your editor
      -i, --impact <LEVEL>       How far it reaches: high, medium or low
      -u, --urgency <LEVEL>      How soon it must be dealt with: high, medium or low
      -p, --priority <PRIORITY>  P1 to P5, instead of what impact and urgency give
          --reason <TEXT>        Why the priority is not what impact and urgency give
      -s, --service <SERVICE>    The business service concerned
          --ci <CI>              A configuration item concerned, by name or id; may be repeated
      -r, --requester <PERSON>   Who asked or is affected; you, unless given
      -a, --assignee <PERSON>    Who is to work on it; `me` for yourself
      -t, --team <TEAM>          The team it is for
      -c, --category <CATEGORY>  What it is about, levels separated by `/`
          --tag <TAG>            A label; may be repeated
          --channel <CHANNEL>    How it reached you, for example phone, email or chat
          --link <REL ID>        A relation to another record, such as "caused_by CHG-AAAAAA"; may be
                                 repeated
          --set <FIELD=VALUE>    Any other field, as field=value; may be repeated
      -n, --dry-run              Show what would change, and write nothing
      -h, --help                 Print help (see more with '--help')

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
    assert_snapshot!(env.run(&["incident", "resolve", "--help"]), @r#"
    Say how it was solved

    Usage: gitsm incident resolve [OPTIONS] <ID>...

    Arguments:
      <ID>...  Records: a full id, any unambiguous ending of one, a CI's name, or a number from the
               system it was imported from; `-` reads them from standard input

    Options:
      -c, --code <CODE>     The way it was solved, for example fixed or workaround
      -m, --message <TEXT>  What to say
      -F, --file <FILE>     Take what to say from a file, or from standard input with `-`
      -n, --dry-run         Show what would change, and write nothing
      -k, --keep-going      Change what can be changed, even if other records are refused; the exit code
                            is then 4 all the same
      -h, --help            Print help

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
    assert_snapshot!(env.run(&["list", "--help"]), @r#"
    List records

    Without a condition on the state, only what is open is listed.

    Conditions stand side by side, and all must hold: `type:incident status:open assignee:me tag:a,b
    ci:web-01 age:>4h opened:>=2026-11-01 "report crashes"`. `-` or `not` before one turns it round,
    `or` and parentheses join others: `(team:apps or team:db) -tag:noise`. `none` and `any` ask whether
    there is a value, `a..b` for a span, `x*` for what begins with x. `@mine` and other views stand for
    queries (`gitsm view list`). `sort:-opened` and `limit:20` belong to it too.

    Usage: gitsm list [OPTIONS] [QUERY]...

    Arguments:
      [QUERY]...
              Conditions in the query language, and views as `@name`; all must hold

    Options:
      -T, --type <TYPE>
              Only this type: incident, request, problem, change or ci

      -S, --status <STATE>
              Only this state, or: open, hold, resolved, closed, any

      -A, --all
              Whatever the state

      -p, --priority <PRIORITY>
              Only this priority; `<=P2` for P1 and P2

      -a, --assignee <PERSON>
              Only what this person works on; `me`, `none`

      -m, --mine
              Only what you work on

      -u, --unassigned
              Only what nobody works on

      -t, --team <TEAM>
              Only what is with this team

      -r, --requester <PERSON>
              Only what this person asked for

      -s, --service <SERVICE>
              Only what concerns this service

          --ci <CI>
              Only what concerns this configuration item

      -c, --category <CATEGORY>
              Only this category; `network/*` for all below

          --tag <TAG>
              Only with this label; may be repeated

          --sort <FIELD>
              In this order; `-` before a field turns it round; may be repeated

      -n, --limit <N>
              At most this many; 0 for all

          --columns <COLUMNS>
              These columns, such as id,priority,title,age

          --at <WHEN>
              As of then: a date, "2 days ago", a commit or a tag

      -h, --help
              Print help (see a summary with '-h')

    Global options:
          --desk <PATH>
              The desk to work on: its folder, or its bare repository

          --json
              Answer in JSON; the same as --format json

      -f, --format <FORMAT>
              How to answer: table, json, jsonl, yaml, csv or ids; drawings: svg, dot; schedules: ics

          --template <TEMPLATE>
              Print each record through a template, such as "{{ short }} {{ title }}"; `@FILE` takes it
              from a file

          --no-header
              Leave out the line of headings

          --color <WHEN>
              When to use colour: auto, always or never

              [default: auto]
              [possible values: auto, always, never]

          --no-pager
              Do not use a pager

      -q, --quiet
              Say nothing but data, warnings and errors

      -v, --verbose
              Say more
    "#);
    assert_snapshot!(env.run(&["edit", "-h"]), @r#"
    Change a record

    Usage: gitsm edit [OPTIONS] <ID>...

    Arguments:
      <ID>...  Records: a full id, any unambiguous ending of one, a CI's name, or a number from the
               system it was imported from; `-` reads them from standard input

    Options:
          --set <FIELD=VALUE>    A field: field=value, field+=value and field-=value for lists, field=
                                 to empty it; may be repeated
          --title <TITLE>        Another title, or the name of a CI
      -i, --impact <LEVEL>       How far it reaches: high, medium or low
      -u, --urgency <LEVEL>      How soon it must be dealt with: high, medium or low
      -p, --priority <PRIORITY>  P1 to P5, instead of what impact and urgency give
          --reason <TEXT>        Why the priority is not what impact and urgency give
      -s, --service <SERVICE>    The business service concerned
      -r, --requester <PERSON>   Who asked or is affected
      -a, --assignee <PERSON>    Who is to work on it; `me` for yourself, `none` for nobody
      -t, --team <TEAM>          The team it is for; `none` for no team
      -c, --category <CATEGORY>  What it is about, levels separated by `/`
          --channel <CHANNEL>    How it reached you, for example phone, email or chat
          --risk <RISK>          The risk of a change: low, moderate or high
          --start <TIME>         When a change is to begin: 2026-11-22T22:00Z, "tomorrow 22:00"
          --end <TIME>           When a change is to be finished
      -d, --description <TEXT>   Another description
      -n, --dry-run              Show what would change, and write nothing
      -k, --keep-going           Change what can be changed, even if other records are refused; the exit
                                 code is then 4 all the same
      -h, --help                 Print help (see more with '--help')

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
    assert_snapshot!(env.run(&["link", "--help"]), @r#"
    Relate two records

    The relation may be typed from either end: `gitsm link INC caused_by PRB` is the same as `gitsm link
    PRB causes INC`.

    Usage: gitsm link [OPTIONS] <ID> <RELATION> <ID>...

    Arguments:
      <ID>
              The record, or `-` for those that standard input names

      <RELATION>
              duplicate_of, child_of, caused_by, fixed_by, implemented_by, blocked_by, follow_up_of,
              relates_to, depends_on, runs_on, part_of, connects_to, or one of these seen from the other
              end

      <ID>...
              The other records

    Options:
      -n, --dry-run
              Show what would change, and write nothing

      -k, --keep-going
              Change what can be changed, even if other records are refused; the exit code is then 4 all
              the same

      -h, --help
              Print help (see a summary with '-h')

    Global options:
          --desk <PATH>
              The desk to work on: its folder, or its bare repository

          --json
              Answer in JSON; the same as --format json

      -f, --format <FORMAT>
              How to answer: table, json, jsonl, yaml, csv or ids; drawings: svg, dot; schedules: ics

          --template <TEMPLATE>
              Print each record through a template, such as "{{ short }} {{ title }}"; `@FILE` takes it
              from a file

          --no-header
              Leave out the line of headings

          --color <WHEN>
              When to use colour: auto, always or never

              [default: auto]
              [possible values: auto, always, never]

          --no-pager
              Do not use a pager

      -q, --quiet
              Say nothing but data, warnings and errors

      -v, --verbose
              Say more
    "#);
}

/// Each command, at whatever depth, says in one line what it is for.
#[test]
fn every_command_has_a_line() {
    fn visit(env: &Env, path: &[&str], seen: &mut usize) {
        let mut args = path.to_vec();
        args.push("-h");
        let help = env.ok(&args).stdout;
        let about = help.lines().next().unwrap_or_default();
        assert!(about.len() > 5 && !about.ends_with('.'), "{path:?}: {about}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
        *seen += 1;
        let commands = help
            .lines()
            .skip_while(|line| *line != "Commands:")
            .skip(1)
            .take_while(|line| !line.is_empty());
        for line in commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().unwrap();
            if name != "help" {
                visit(env, &[path, &[name]].concat(), seen);
            }
        }
    }
    let mut seen = 0;
    visit(&Env::empty(), &[], &mut seen);
    assert!(seen > 70, "only {seen} commands");
}

/// A help desk is not told of what it has not asked for.
#[test]
fn on_a_help_desk() {
    let env = Env::desk_with(&["--profile", "help-desk"]);
    let major = ["propose", "promote", "decline", "communicate", "review", "major"];
    let approval = ["submit", "approv", "reject", "revise"];
    let says = |env: &Env, args: &[&str], words: &[&str]| {
        let help = env.run(args).to_string();
        words.iter().filter(|word| help.contains(**word)).count()
    };
    for args in [
        &["incident", "--help"][..],
        &["inc", "-h"],
        &["help", "incident"],
        &["incident"],
        &["--desk", ".", "incident", "--help"],
    ] {
        let help = env.run(args).to_string();
        assert!(help.contains("resolve"), "{args:?}\n{help}");
        assert_eq!(says(&env, args, &major), 0, "{args:?}\n{help}");
        let itsm = Env::desk();
        assert_eq!(says(&itsm, args, &major), major.len(), "{args:?}");
    }
    let request = ["request", "--help"];
    assert_eq!(says(&env, &request, &["submit", "reject", "revise"]), 0, "{}", env.run(&request));
    env.write(".gitsm/approvals.yaml", "definitions: {}\n");
    env.ok(&["commit"]);
    assert_eq!(says(&env, &request, &approval), approval.len());
    // They work all the same.
    let id = env.incident("Everything is down");
    env.ok(&["incident", "promote", &id]);
}
