//! `gitsm attach`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn a_file() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    env.write("crash.log", "boom\n");
    assert_snapshot!(env.run(&["attach", &id, "crash.log"]), @"
    [stderr]
    INC-AAAAAA attach: attachments: - -> crash.log (sha256 8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954)
    ");
    assert_snapshot!(env.run(&["show", &id]), @"
    INC-AAAAAA CRM crashes
    incident · new (open) · P3 · impact medium · urgency medium

      requester  alice
      channel    cli
      opened     2026-11-22 09:01 (2m ago) by alice
      updated    2026-11-22 09:02 (1m ago)
      id         INC-AAAAAAAAAAAAAAAAAAAAAAAAAA

    attachments
      crash.log  5 B  2026-11-22 09:02 (1m ago) by alice

    next: start, hold, resolve, cancel
    ");
    assert_snapshot!(env.git(&["show", "--stat=100", "--format=%B"]), @"
    INC-AAAAAA attach: CRM crashes

    attachments: - -> crash.log (sha256 8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954)

    Gitsm-Action: attach
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice


     attachments/8d/8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954 | Bin 0 -> 5 bytes
     incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml                               |   9 ++++++++-
     2 files changed, 8 insertions(+), 1 deletion(-)
    ");
    let kept = env.git(&["ls-files", "attachments"]);
    assert_eq!(env.read(kept.stdout.trim()), "boom\n");
}

#[test]
fn the_same_content_is_kept_once() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    env.write("x.log", "boom\n");
    env.write("y.log", "boom\n");
    env.ok(&["attach", &a, "x.log"]);
    assert_snapshot!(env.run(&["attach", &a, "x.log"]), @"
    [stderr]
    nothing to do
    ");
    assert_snapshot!(env.run(&["attach", &a, "y.log"]), @"
    [stderr]
    INC-AAAAAA attach: attachments: - -> y.log (sha256 8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954)
    ");
    assert_snapshot!(env.run(&["attach", &b, "x.log", "y.log"]), @"
    [stderr]
    INC-BBBBBB attach: attachments: - -> x.log (sha256 8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954); attachments: - -> y.log (sha256 8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954)
    ");
    assert_eq!(env.git(&["ls-files", "attachments"]).stdout.lines().count(), 1);
}

#[test]
fn refusals() {
    let env = Env::desk();
    let id = env.incident("A");
    let before = env.commits();
    env.write("good.log", "boom\n");
    assert_snapshot!(env.run(&["attach", &id]), @"
    [stderr]
    error: the following required arguments were not provided:
      <FILE>...

    Usage: gitsm attach <ID> <FILE>...

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["attach", &id, "good.log", "none.log"]), @"
    [stderr]
    error: cannot read $HOME/src/desk/none.log: No such file or directory (os error 2)
    [exit 3]
    ");
    assert_snapshot!(env.run(&["attach", &id, "."]), @"
    [stderr]
    error: $HOME/src/desk/. is a folder

    hint: pack it into one file first
    [exit 2]
    ");
    assert_snapshot!(env.run(&["attach", &id, "cis/.."]), @"
    [stderr]
    error: $HOME/src/desk/cis/.. has no name that is UTF-8

    hint: rename a copy
    [exit 6]
    ");
    let large = std::fs::File::create(env.cwd().join("large.bin")).unwrap();
    large.set_len(25 * 1024 * 1024 + 1).unwrap();
    assert_snapshot!(env.run(&["attach", &id, "large.bin"]), @"
    [stderr]
    error: $HOME/src/desk/large.bin is larger than 25 MiB

    hint: keep it elsewhere and note where: `gitsm note ID -m URL`
    [exit 6]
    ");
    assert_snapshot!(env.run(&["attach", "ZZZZZZ", "good.log"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_eq!(env.commits(), before);
}
