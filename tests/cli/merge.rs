//! Merging duplicates.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_duplicate_hands_over_its_relations() {
    let env = Env::desk();
    let ci = env.new_record(&["ci", "new", "web-01", "--class", "server"]);
    let (first, second) = (env.incident("Web shop down"), env.incident("Cannot buy anything"));
    let child = env.incident("Cannot pay");
    env.ok(&["edit", &second, "--set", &format!("cis+={ci}"), "--set", "requester=bob"]);
    env.ok(&["link", &child, "child_of", &second]);
    let problem = env.new_record(&["problem", "new", "Pool leaks", "--from", &second]);
    let merge = ["incident", "merge", &second, "--into", &first, "-m", "The same outage."];
    assert_snapshot!(env.run(&merge), @"
    [stderr]
    INC-BBBBBB duplicate: new -> cancelled
    INC-CCCCCC link: links: - -> child_of INC-AAAAAAAAAAAAAAAAAAAAAAAAAA; links: child_of INC-BBBBBBBBBBBBBBBBBBBBBBBBBB -> -
    INC-AAAAAA edit: cis: - -> CI-AAAAAAAAAAAAAAAAAAAAAAAAAA; links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA; notes: - -> (system) INC-BBBBBB (Cannot buy anything) was merged into this; bob reported it.
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%s"]), @"INC-BBBBBB duplicate: Cannot buy anything");
    assert_snapshot!(env.run(&["show", &first]), @"
    INC-AAAAAA Web shop down
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (8m ago) by alice
      updated    2026-11-22 09:08 (2m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      caused_by      PRB-AAAAAA  Pool leaks (new)
      duplicated_by  INC-BBBBBB  Cannot buy anything (cancelled)
      parent_of      INC-CCCCCC  Cannot pay (new)

    configuration items
      CI-AAAAAA  web-01 (live)

    notes
      2026-11-22 09:08 (2m ago) alice, system
        INC-BBBBBB (Cannot buy anything) was merged into this; bob reported it.

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.run(&["show", &second]), @"
    INC-BBBBBB Cannot buy anything
    incident · cancelled (closed) · P3 · impact medium · urgency medium

      requester  bob
      channel    cli
      opened     2026-11-22 09:03 (8m ago) by alice
      updated    2026-11-22 09:08 (3m ago)
      closed     2026-11-22 09:08 (3m ago)
      id         INC-BBBBBBBBBBBBBBBBBBBBBBBBBB

    links
      duplicate_of  INC-AAAAAA  Web shop down (new)
      caused_by     PRB-AAAAAA  Pool leaks (new)

    configuration items
      CI-AAAAAA  web-01 (live)

    resolution
      duplicate by alice
      Duplicate of INC-AAAAAA (Web shop down).

      The same outage.
    ");
    assert_snapshot!(env.run(&["show", &child]), @"
    INC-CCCCCC Cannot pay
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:04 (8m ago) by alice
      updated    2026-11-22 09:08 (4m ago)
      id         INC-CCCCCCCCCCCCCCCCCCCCCCCCCC

    links
      child_of  INC-AAAAAA  Web shop down (new)

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.run(&["list", &format!("caused_by:{problem}")]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new     11m  -         Web shop down
    ");
    assert_snapshot!(env.run(&["log", &second, "--oneline"]), @"
    COMMIT   TIME              WHO    ACTION     WHAT
    c1-----  2026-11-22 09:08  alice  duplicate  INC-BBBBBB Cannot buy anything
    c2-----  2026-11-22 09:07  alice  new        INC-BBBBBB Cannot buy anything
    c3-----  2026-11-22 09:05  alice  edit       INC-BBBBBB Cannot buy anything
    c4-----  2026-11-22 09:03  alice  new        INC-BBBBBB Cannot buy anything
    ");
    assert_snapshot!(env.run(&["check"]), @"
    [stderr]
    5 records checked: nothing wrong
    ");
}

#[test]
fn problems_merge_too() {
    let env = Env::desk();
    let incident = env.incident("CRM crashes");
    let first = env.new_record(&["problem", "new", "Memory leak"]);
    let second = env.new_record(&["problem", "new", "CRM leaks", "--from", &incident]);
    assert_snapshot!(env.run(&["problem", "duplicate", &second, "--into", &first]), @"
    [stderr]
    PRB-BBBBBB duplicate: new -> cancelled
    INC-AAAAAA link: links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA; links: caused_by PRB-BBBBBBBBBBBBBBBBBBBBBBBBBB -> -
    PRB-AAAAAA note: notes: - -> (system) PRB-BBBBBB (CRM leaks) was merged into this; alice reported it.
    ");
    assert_snapshot!(env.run(&["show", &incident]), @"
    INC-AAAAAA CRM crashes
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (4m ago) by alice
      updated    2026-11-22 09:04 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    links
      caused_by  PRB-AAAAAA  Memory leak (new)

    next: start, hold, resolve, cancel
    ");
}

#[test]
fn what_cannot_be_merged() {
    let env = Env::desk();
    let (first, second) = (env.incident("A"), env.incident("B"));
    let problem = env.new_record(&["problem", "new", "P"]);
    assert_snapshot!(env.run(&["incident", "merge", &first, "--into", &first]), @"
    [stderr]
    error: INC-AAAAAA cannot be linked to itself
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "merge", &first, "--into", &problem]), @"
    [stderr]
    error: an incident cannot be duplicate_of a problem

    hint: possible here: caused_by, blocked_by, blocks, follow_up_of, followed_by, relates_to
    [exit 4]
    ");
    env.ok(&["incident", "resolve", &second, "-m", "Done."]);
    env.ok(&["incident", "close", &second]);
    assert_snapshot!(env.run(&["incident", "merge", &first, "--into", &second]), @"
    [stderr]
    error: INC-BBBBBB is closed already

    hint: gitsm link INC-AAAAAA duplicate_of INC-BBBBBB, and close it by itself
    [exit 4]
    ");
    assert_snapshot!(env.run(&["incident", "merge", &second, "--into", &first]), @"
    [stderr]
    error: INC-BBBBBB is closed; `cancel` is possible from new, in_progress, on_hold

    hint: nothing can be done with it; open a new incident instead
    [exit 4]
    ");
    assert!(env.git(&["status", "--porcelain"]).stdout.is_empty());
}

#[test]
fn what_the_two_were_to_each_other_goes_and_what_cannot_be_handed_over_is_told() {
    let env = Env::desk();
    let (first, second) = (env.incident("Web shop down"), env.incident("Cannot buy anything"));
    let (kid, above) = (env.incident("Cannot pay"), env.incident("Network down"));
    env.ok(&["link", &second, "relates_to", &first]);
    env.ok(&["link", &first, "follow_up_of", &second]);
    // The survivor hangs on what hangs on the duplicate.
    env.ok(&["link", &first, "child_of", &kid]);
    env.ok(&["link", &kid, "child_of", &second]);
    env.ok(&["link", &second, "child_of", &above]);
    assert_snapshot!(env.run(&["incident", "merge", &second, "--into", &first]), @"
    [stderr]
    INC-BBBBBB duplicate: new -> cancelled
    INC-AAAAAA edit: links: follow_up_of INC-BBBBBBBBBBBBBBBBBBBBBBBBBB -> -; notes: - -> (system) INC-BBBBBB (Cannot buy anything) was merged into this; alice reported i…
    INC-CCCCCC unlink: links: child_of INC-BBBBBBBBBBBBBBBBBBBBBBBBBB -> -
    INC-AAAAAA is no longer follow_up_of INC-BBBBBB, whose place it takes
    INC-CCCCCC is no longer child_of INC-BBBBBB: INC-CCCCCC child_of INC-AAAAAA would close a circle: INC-AAAAAA -> INC-CCCCCC
    INC-BBBBBB is child_of INC-DDDDDD, but INC-AAAAAA is not: INC-AAAAAA is child_of INC-CCCCCC already; it can be so of one record only
    INC-BBBBBB is no longer relates_to INC-AAAAAA, which takes its place
    ");
    let links = |id: &str| {
        let shown = env.ok(&["show", id]).to_string();
        let links = shown.split("links\n").nth(1).unwrap_or_default();
        links.split("\n\n").next().unwrap_or_default().to_owned()
    };
    assert_snapshot!(links(&kid), @"  parent_of  INC-AAAAAA  Web shop down (new)");
    assert_snapshot!(links(&first), @"
    child_of       INC-CCCCCC  Cannot pay (new)
    duplicated_by  INC-BBBBBB  Cannot buy anything (cancelled)
    ");
    assert_snapshot!(links(&second), @"
    duplicate_of  INC-AAAAAA  Web shop down (new)
    child_of      INC-DDDDDD  Network down (new)
    ");
    env.ok(&["check"]);
}

#[test]
fn five_whys() {
    let env = Env::desk();
    let ci = env.new_record(&["ci", "new", "web-01", "--class", "server"]);
    let id = env.new_record(&["problem", "new", "Pool leaks"]);
    for answer in ["Connections stay open.", "The pool forgets them after an error."] {
        env.ok(&["problem", "why", &id, "-m", answer]);
    }
    env.ok(&["link", &id, "caused_by", &ci]);
    assert_snapshot!(env.run(&["show", &id]), @"
    PRB-AAAAAA Pool leaks
    problem · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:02 (4m ago) by alice
      updated    2026-11-22 09:05 (1m ago)
      id         PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA

    why
      1. Connections stay open.
      2. The pool forgets them after an error.

    links
      caused_by  CI-AAAAAA  web-01 (live)

    next: assess, investigate, cancel
    ");
    assert_snapshot!(env.run(&["list", "caused_by:web-01"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    PRB-AAAAAA  P3        new      5m  -         Pool leaks
    ");
    assert_snapshot!(env.run(&["list", "cause:forgets"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    PRB-AAAAAA  P3        new      6m  -         Pool leaks
    ");
    assert_snapshot!(env.run(&["incident", "propose", &id, "-m", "x"]), @"
    [stderr]
    error: PRB-AAAAAA is no incident but a problem

    hint: see `gitsm problem --help` for what can be done
    [exit 2]
    ");
}

#[test]
fn a_parent_that_ends_as_its_childs_duplicate_has_no_child() {
    let env = Env::desk();
    let (parent, child) = (env.incident("Network down"), env.incident("No mail"));
    env.ok(&["link", &child, "child_of", &parent]);
    assert_snapshot!(env.run(&["incident", "merge", &parent, "--into", &child]), @"
    [stderr]
    INC-AAAAAA duplicate: new -> cancelled
    INC-BBBBBB edit: notes: - -> (system) INC-AAAAAA (Network down) was merged into this; alice reported it.; links: child_of INC-AAAAAAAAAAAAAAAAAAAAAAAAAA -> -
    INC-BBBBBB is no longer child_of INC-AAAAAA, whose place it takes
    ");
    assert_snapshot!(env.run(&["note", &parent, "--public", "-m", "Any news?"]), @"
    [stderr]
    INC-AAAAAA note: notes: - -> (public) Any news?
    INC-AAAAAA ended as a duplicate; work goes on with INC-BBBBBB
    ");
}
