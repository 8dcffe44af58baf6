//! `gitsm import`.

use std::path::Path;

use insta::assert_snapshot;

use crate::common::Env;

/// A desk with the example's table and mapping beside its records.
fn desk() -> Env {
    let env = Env::desk();
    for name in ["simple.csv", "simple.yaml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/import").join(name);
        std::fs::copy(path, env.home().join(name)).unwrap();
    }
    env
}

fn import(env: &Env, more: &[&str]) -> crate::common::Output {
    let home = env.home();
    let (table, map) = (home.join("simple.csv"), home.join("simple.yaml"));
    let mut args = vec!["import", "csv", table.to_str().unwrap(), "--map", map.to_str().unwrap()];
    args.extend(more);
    env.run(&args)
}

#[test]
fn tickets_are_found_by_their_old_numbers() {
    let env = desk();
    assert_snapshot!(import(&env, &["--dry-run"]), @"
    [stderr]
    10 rows read, 10 tickets, 10 would be created, 0 present already; dry run, nothing was written
    ");
    assert_snapshot!(env.run(&["list", "--all"]), @"
    [stderr]
    no records match
    ");
    assert_snapshot!(import(&env, &[]), @"
    [stderr]
    10 rows read, 10 tickets, 10 created, 0 present already (commit c1-----)
    ");
    let numbers = env.ok(&["list", "--all", "--template", "{{ external_id }}"]).stdout;
    let number = numbers.lines().next().unwrap();
    let path = env.ok(&["path", number]);
    assert!(path.stdout.ends_with(".yaml\n"), "{path}");
    let before = env.commits();
    assert_snapshot!(import(&env, &[]), @"
    [stderr]
    10 rows read, 10 tickets, 0 created, 10 present already; nothing was written
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(
        env.run(&["list", "--all", "--columns", "external_id,status,title", "--sort", "external_id"]),
        @r#"
        EXTERNAL ID  STATUS       TITLE
        T-1001       resolved     Printer on floor 3 prints blank pages
        T-1002       in_progress  VPN drops every hour, then reconnects
        T-1003       new          Login page says "session expired" at once
        T-1004       resolved     Laptop does not charge
        T-1005       new          Shared mailbox is missing
        T-1006       on_hold      Payroll report shows last month's figures
        T-1007       closed       Door badge is refused at the side entrance
        T-1008       in_progress  Video calls freeze when sharing the screen
        T-1009       closed       Password reset mail never arrives
        T-1010       new          New starter has no e-mail address
        "#
    );
}

#[test]
fn refusals() {
    let env = desk();
    let table = env.home().join("simple.csv");
    assert_snapshot!(env.run(&["import", "csv", table.to_str().unwrap()]), @"
    [stderr]
    error: the following required arguments were not provided:
      --map <MAPPING.yaml>

    Usage: gitsm import csv --map <MAPPING.yaml> <FILE>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(env.run(&["import", "csv", "none.csv", "--map", "none.yaml"]), @"
    [stderr]
    error: cannot read $HOME/work/desk/none.yaml: No such file or directory (os error 2)
    [exit 3]
    ");
    assert_snapshot!(env.run(&["import", "xlsx", "a"]), @"
    [stderr]
    error: unrecognized subcommand 'xlsx'

    Usage: gitsm import [OPTIONS] <COMMAND>

    For more information, try '--help'.
    [exit 2]
    ");
}
