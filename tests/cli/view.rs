//! Saved views: of the desk, of one's own, and built in.

use insta::assert_snapshot;

use crate::common::Env;

/// Three incidents: Alice's with a label, Bob's, and nobody's.
fn filled() -> Env {
    let env = Env::desk();
    env.ok(&["incident", "new", "CRM crashes", "-a", "alice", "--tag", "vip", "-i", "high"]);
    env.ok(&["incident", "new", "Printer jams", "-a", "bob"]);
    env.ok(&["incident", "new", "No sound"]);
    env
}

#[track_caller]
fn titles(env: &Env, args: &[&str]) -> String {
    let mut all = vec!["list", "--template", "{{ title }}"];
    all.extend(args);
    env.ok(&all).stdout.lines().collect::<Vec<_>>().join(" | ")
}

#[test]
fn views_that_every_desk_has() {
    let env = filled();
    assert_snapshot!(env.run(&["view", "list"]), @"
    VIEW         FROM      QUERY                                        DESCRIPTION
    @mine        built-in  assignee:me status:open                      what you work on
    @reported    built-in  (requester:me or opened_by:me) sort:-opened  what you asked for or wrote down
    @stale       built-in  status:open idle:>14d -type:ci sort:updated  what nobody touched for two wee…
    @team        built-in  team:mine status:open                        what is with your teams
    @unassigned  built-in  assignee:none status:open -type:ci           what nobody works on
    @urgent      built-in  priority:<=P2 status:open                    what cannot wait
    @waiting     built-in  status:hold sort:updated                     what is on hold, the longest un…
    ");
    assert_snapshot!(titles(&env, &["@mine"]), @"CRM crashes");
    assert_snapshot!(titles(&env.as_person("bob"), &["@mine"]), @"Printer jams");
    assert_snapshot!(titles(&env, &["-@mine", "type:incident"]), @"Printer jams | No sound");
    assert_snapshot!(titles(&env, &["@unassigned or @mine", "sort:title"]), @"CRM crashes | No sound");
    assert_snapshot!(titles(&env, &["@urgent"]), @"CRM crashes");
    assert_snapshot!(titles(&env, &["@waiting"]), @"");
}

#[test]
fn a_view_of_the_desk_is_a_commit() {
    let env = filled();
    let before = env.commits();
    let save = [
        "view",
        "save",
        "vips",
        "tag:vip sort:-opened",
        "--description",
        "Important people",
        "--columns",
        "id,title,tags",
    ];
    assert_snapshot!(env.run(&save), @"
    [stderr]
    committed .gitsm/views.yaml
    saved @vips
    ");
    assert_snapshot!(env.run(&save), @"
    [stderr]
    @vips is like that already
    ");
    assert_eq!(env.commits(), before + 1);
    assert_snapshot!(env.git(&["log", "-1", "--format=%an%n%B"]), @"
    Alice
    desk settings: view vips

    .gitsm/views.yaml

    Gitsm-Action: settings
    Gitsm-Actor: alice
    ");
    assert_snapshot!(env.read(".gitsm/views.yaml"), @"
    vips:
      query: tag:vip sort:-opened
      description: Important people
      columns:
      - id
      - title
      - tags
    ");
    assert_snapshot!(env.run(&["list", "@vips"]), @"
    ID          TITLE        TAGS
    INC-AAAAAA  CRM crashes  vip
    ");
    assert_snapshot!(env.run(&["list", "@VIPS", "--columns", "priority,title"]), @"
    PRIORITY  TITLE
    P2        CRM crashes
    ");
    assert_snapshot!(env.run(&["search", "crash", "@vips"]), @"
    ID          TITLE        TAGS
    INC-AAAAAA  CRM crashes  vip
    ");
    assert_snapshot!(env.run(&["report", "summary", "@vips"]), @"
    1 record, 1 open

    TYPE      OPEN  TOTAL
    incident     1      1

    STATUS  OPEN  TOTAL
    new        1      1

    PRIORITY  OPEN  TOTAL
    P2           1      1

    TEAM    OPEN  TOTAL
    (none)     1      1

    ASSIGNEE  OPEN  TOTAL
    alice        1      1

    OPEN AGE  OPEN  TOTAL
    < 1 h        1      1
    < 4 h        0      0
    < 1 d        0      0
    < 3 d        0      0
    < 7 d        0      0
    < 30 d       0      0
    < 90 d       0      0
    older        0      0
    ");
    assert_snapshot!(env.run(&["view", "show", "vips"]), @"
    @vips
      from         desk
      query        tag:vip sort:-opened
      description  Important people
      columns      id,title,tags
    ");
    assert_snapshot!(env.run(&["view", "show", "@vips", "--json"]), @r#"
    {
      "schema": "gitsm.view-list/1",
      "views": [
        {
          "name": "vips",
          "origin": "desk",
          "query": "tag:vip sort:-opened",
          "description": "Important people",
          "columns": [
            "id",
            "title",
            "tags"
          ]
        }
      ]
    }
    "#);
    env.ok(&["view", "save", "others", "-@vips", "type:incident", "limit:1"]);
    assert_snapshot!(titles(&env, &["@others"]), @"Printer jams");
    assert_snapshot!(titles(&env, &["@others", "-n", "0"]), @"Printer jams | No sound");
    assert_snapshot!(env.run(&["view", "delete", "vips"]), @"
    [stderr]
    committed .gitsm/views.yaml
    deleted @vips
    @others is made with it, and cannot be used any more
    ");
    assert_snapshot!(env.run(&["list", "@others"]), @"
    [stderr]
    error: in the view `@others`: there is no view `@vips` (column 2)
      -@vips type:incident limit:1
       ^^^^^

    hint: `gitsm view list` shows them; to search for the text itself, put it in quotation marks
    [exit 2]
    ");
    assert_snapshot!(env.run(&["view", "delete", "vips"]), @"
    [stderr]
    error: there is no view of the desk `@vips`

    hint: see what there is with `gitsm view list`
    [exit 3]
    ");
    env.ok(&["view", "delete", "others"]);
    assert!(!env.cwd().join(".gitsm/views.yaml").exists());
    assert_snapshot!(env.git(&["status", "--porcelain"]), @"");
}

#[test]
fn a_view_of_ones_own_is_configuration() {
    let env = filled();
    let before = env.commits();
    assert_snapshot!(env.run(&["view", "save", "later", "@unassigned", "--mine", "--columns", "title"]), @"
    [stderr]
    saved @later for you
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(env.git(&["config", "--get-regexp", "^gitsm"]), @"
    gitsm.view.later.query @unassigned
    gitsm.view.later.columns title
    ");
    assert_snapshot!(env.run(&["list", "@later"]), @"
    TITLE
    No sound
    ");
    // What git's own command keeps serves as well.
    env.git(&["config", "gitsm.view.quick.query", "title:printer"]);
    assert_snapshot!(titles(&env, &["@quick"]), @"Printer jams");
    // One's own goes before the desk's, but means nothing in the desk's.
    env.ok(&["view", "save", "quick", "title:sound"]);
    assert_snapshot!(titles(&env, &["@quick"]), @"Printer jams");
    env.ok(&["view", "save", "all-quick", "@quick or @quick"]);
    assert_snapshot!(titles(&env, &["@all-quick"]), @"No sound");
    assert_snapshot!(env.run(&["view", "save", "shared", "@later"]), @"
    [stderr]
    error: in the view `@shared`: there is no view `@later` (column 1)
      @later
      ^^^^^^

    hint: did you mean `@team`?
    [exit 2]
    ");
    // What it stands for is deleted, and no commit made that hits everybody else.
    let commits = env.commits();
    assert_snapshot!(env.run(&["view", "delete", "quick"]), @"
    [stderr]
    deleted your @quick; it stands for the desk's now
    ");
    assert_eq!(env.commits(), commits);
    assert_snapshot!(titles(&env, &["@quick"]), @"No sound");
    assert_snapshot!(env.run(&["view", "delete", "quick", "--mine"]), @"
    [stderr]
    error: there is no view of yours `@quick`

    hint: see what there is with `gitsm view list`
    [exit 3]
    ");
    let home = env.with("GIT_CONFIG_GLOBAL", env.home().join(".gitconfig").to_str().unwrap());
    assert_snapshot!(home.run(&["view", "save", "everywhere", "tag:vip", "--global"]), @"
    [stderr]
    saved @everywhere for you
    ");
    assert_snapshot!(titles(&home, &["@everywhere"]), @"CRM crashes");
}

#[test]
fn a_limit_in_gits_configuration_that_is_none_is_told() {
    let env = filled();
    env.git(&["config", "gitsm.view.quick.query", "status:open"]);
    env.git(&["config", "gitsm.view.quick.limit", "abc"]);
    assert_snapshot!(env.run(&["list", "@quick"]), @"
    [stderr]
    error: your view `@quick` cannot be used: `abc` is no number of records

    hint: set it with `git config gitsm.view.quick.limit 20`; `git config --show-origin gitsm.view.quick.limit` tells where it is kept
    [exit 6]
    ");
    assert_snapshot!(env.run(&["view", "show", "quick"]), @"
    [stderr]
    error: your view `@quick` cannot be used: `abc` is no number of records

    hint: set it with `git config gitsm.view.quick.limit 20`; `git config --show-origin gitsm.view.quick.limit` tells where it is kept
    [exit 6]
    ");
    assert_snapshot!(env.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P2        new      7m  alice     CRM crashes
    INC-BBBBBB  P3        new      6m  bob       Printer jams
    INC-CCCCCC  P3        new      5m  -         No sound
    ");
    // Saved anew, it can be used.
    env.ok(&["view", "save", "quick", "status:open limit:1", "--mine"]);
    assert_snapshot!(titles(&env, &["@quick"]), @"CRM crashes");
}

#[test]
fn what_other_views_are_made_with_is_not_deleted_without_a_word() {
    let env = filled();
    env.ok(&["view", "save", "noise", "tag:noise"]);
    env.ok(&["view", "save", "quiet", "-@noise"]);
    env.ok(&["view", "save", "own", "@noise or @quiet", "--mine"]);
    assert_snapshot!(env.run(&["view", "delete", "noise"]), @"
    [stderr]
    committed .gitsm/views.yaml
    deleted @noise
    @own, @quiet are made with it, and cannot be used any more
    ");
    env.git(&["config", "gitsm.view.own.query", "@quick"]);
    env.ok(&["view", "save", "quick", "tag:noise", "--mine"]);
    assert_snapshot!(env.run(&["view", "delete", "quick"]), @"
    [stderr]
    deleted your @quick; @own is made with it, and cannot be used any more
    ");
    env.git(&["config", "gitsm.view.wide.query", "tag:vip"]);
    env.git(&["config", "gitsm.view.wide.columns", "id,titel"]);
    assert_snapshot!(env.run(&["list", "@wide"]), @"
    [stderr]
    error: a view of the query cannot be shown: there is no column `titel`

    hint: did you mean `title`?
    [exit 2]
    ");
}

#[test]
fn what_cannot_be_saved_or_asked() {
    let env = filled();
    let before = env.commits();
    assert_snapshot!(env.run(&["list", "tag:x @mone"]), @"
    [stderr]
    error: there is no view `@mone` (column 7)
      tag:x @mone
            ^^^^^

    hint: did you mean `@mine`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["view", "save", "My view", "tag:x"]), @"
    [stderr]
    error: `My view` is no name of a view; lower-case letters, digits, _ and - make one, starting with a letter or digit
    [exit 2]
    ");
    assert_snapshot!(env.run(&["view", "save", "bad", "prioritty:P1"]), @"
    [stderr]
    error: in the view `@bad`: there is no field `prioritty` (column 1)
      prioritty:P1
      ^^^^^^^^^

    hint: did you mean `priority`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["view", "save", "bad", "tag:(", "--mine"]), @"
    [stderr]
    error: `tag:` has no value (column 1)
      tag:(
      ^^^^

    hint: write the value directly after the colon, or tag:none
    [exit 2]
    ");
    assert_snapshot!(env.run(&["view", "save", "self", "tag:x @self"]), @"
    [stderr]
    error: in the view `@self`: the view `@self` uses itself: @self uses @self (column 7)
      tag:x @self
            ^^^^^

    hint: break the circle
    [exit 2]
    ");
    assert_snapshot!(env.run(&["view", "save", "bad", "tag:x", "--columns", "titel"]), @"
    [stderr]
    error: there is no column `titel`

    hint: did you mean `title`?
    [exit 2]
    ");
    assert_snapshot!(env.run(&["view", "show", "nothing"]), @"
    [stderr]
    error: there is no view `@nothing`

    hint: see what there is with `gitsm view list`
    [exit 3]
    ");
    assert_eq!(env.commits(), before);
    env.write(".gitsm/views.yaml", "# Ours.\nvips: {query: tag:vip}\n");
    env.ok(&["commit"]);
    assert_snapshot!(titles(&env, &["@vips"]), @"CRM crashes");
    assert_snapshot!(env.run(&["view", "save", "more", "tag:x"]), @"
    [stderr]
    error: .gitsm/views.yaml holds comments, which would be lost

    hint: change .gitsm/views.yaml by hand, then `gitsm commit`
    [exit 4]
    ");
}

#[test]
fn check_looks_at_views() {
    let env = filled();
    let views = "a: {query: '@b'}\nb: {query: '@a'}\nc:\n  query: tag:x\n  columns: [titel]\nd: {query: team:nobody}\n";
    env.write(".gitsm/views.yaml", views);
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/views.yaml:1: error[view-invalid]: @a: in the view `@b`: the view `@a` uses itself: @a uses @b uses @a (column 1)
    .gitsm/views.yaml:2: error[view-invalid]: @b: in the view `@a`: the view `@b` uses itself: @b uses @a uses @b (column 1)
    .gitsm/views.yaml:3: error[view-invalid]: @c: there is no column `titel`
    [stderr]
    1 record checked: 3 errors
    [exit 6]
    ");
    env.git(&["add", "-A"]);
    env.git(&["commit", "-q", "-m", "By hand"]);
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/views.yaml:1: error[view-invalid]: @a: in the view `@b`: the view `@a` uses itself: @a uses @b uses @a (column 1)
    .gitsm/views.yaml:2: error[view-invalid]: @b: in the view `@a`: the view `@b` uses itself: @b uses @a uses @b (column 1)
    .gitsm/views.yaml:3: error[view-invalid]: @c: there is no column `titel`
    [stderr]
    3 records checked: 3 errors
    [exit 6]
    ");
    assert_snapshot!(env.run(&["list", "@a"]), @"
    [stderr]
    error: in the view `@b`: the view `@a` uses itself: @a uses @b uses @a (column 1)
      @a
      ^^

    hint: break the circle
    [exit 2]
    ");
    env.write(".gitsm/views.yaml", "a: {query: x, colums: [id]}\n");
    env.git(&["commit", "-q", "-a", "-m", "By hand"]);
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/views.yaml:1: error[settings-unreadable]: there is no field `colums` here (did you mean `columns`?)
    [stderr]
    3 records checked: 1 error
    [exit 6]
    ");
    assert_snapshot!(env.run(&["list", "@a"]), @"
    [stderr]
    error: .gitsm/views.yaml:1: there is no field `colums` here

    hint: did you mean `columns`?
    hint: mend the file and run `gitsm commit`; `gitsm check` lists all such files
    [exit 6]
    ");
    assert_snapshot!(titles(&env, &["tag:vip"]), @"CRM crashes");
}
