//! `gitsm attachment`: files come back as they were, and nowhere else.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn files_come_back() {
    let env = Env::desk();
    let id = env.incident("CRM crashes");
    let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
    env.write("in/crash log.txt", "boom\n");
    env.write("in/core.bin", &bytes);
    assert_snapshot!(env.run(&["attachment", "list", &id]), @"
    [stderr]
    nothing is kept with INC-AAAAAA
    ");
    env.ok(&["attach", &id, "in/crash log.txt", "in/core.bin"]);
    assert_snapshot!(env.run(&["attachment", "list", &id]), @"
    NAME              SIZE  ADDED  BY     SHA256
    crash log.txt      5 B  1m     alice  8d7a531d714c
    core.bin       2.9 KiB  1m     alice  8238f003ad1a
    ");
    assert_snapshot!(env.run(&["attachment", "list", &id, "--json"]), @r#"
    {
      "schema": "gitsm.attachments/1",
      "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
      "short": "INC-AAAAAA",
      "now": "2026-11-22T09:05:04Z",
      "attachments": [
        {
          "name": "crash log.txt",
          "size": 5,
          "sha256": "8d7a531d714c4bd7121bf7d639c6191ff6495a4f1132c9ae3cdd672be0168954",
          "at": "2026-11-22T09:03:04Z",
          "by": "alice",
          "saved_as": null
        },
        {
          "name": "core.bin",
          "size": 3000,
          "sha256": "8238f003ad1a7f56965542e097622333a1e90eb52301496c34fe39ab34c2e9e6",
          "at": "2026-11-22T09:03:04Z",
          "by": "alice",
          "saved_as": null
        }
      ]
    }
    "#);
    assert_snapshot!(env.run(&["attachment", "get", &id, "-D", "out/new"]), @"
    out/new/crash log.txt
    out/new/core.bin
    [stderr]
    saved crash log.txt (5 B), digest checked
    saved core.bin (2.9 KiB), digest checked
    ");
    assert_eq!(env.read("out/new/crash log.txt"), "boom\n");
    assert_eq!(std::fs::read(env.cwd().join("out/new/core.bin")).unwrap(), bytes);
    // By name, by digest; to a place, to standard output.
    assert_snapshot!(env.run(&["attachment", "get", &id, "crash log.txt"]), @"
    crash log.txt
    [stderr]
    saved crash log.txt (5 B), digest checked
    ");
    assert_snapshot!(env.run(&["attachment", "get", &id, "8D7A531D", "-o", "other.txt"]), @"
    other.txt
    [stderr]
    saved crash log.txt (5 B), digest checked
    ");
    assert_eq!(env.read("other.txt"), "boom\n");
    assert_snapshot!(env.run(&["attachment", "get", &id, "crash log.txt", "-o", "-"]), @"boom");
    assert_snapshot!(env.run(&["attachment", "get", &id, "crash log.txt", "-o", "/dev/null"]), @"
    /dev/null
    [stderr]
    saved crash log.txt (5 B), digest checked
    ");
    assert_snapshot!(env.run(&["attachment", "get", &id, "core.bin", "--json"]), @r#"
    {
      "schema": "gitsm.attachments/1",
      "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
      "short": "INC-AAAAAA",
      "now": "2026-11-22T09:11:04Z",
      "attachments": [
        {
          "name": "core.bin",
          "size": 3000,
          "sha256": "8238f003ad1a7f56965542e097622333a1e90eb52301496c34fe39ab34c2e9e6",
          "at": "2026-11-22T09:03:04Z",
          "by": "alice",
          "saved_as": "core.bin"
        }
      ]
    }
    "#);
}

#[test]
fn what_is_there_stays() {
    let env = Env::desk();
    let id = env.incident("A");
    env.write("in/a.txt", "one\n");
    env.write("in/b.txt", "two\n");
    env.ok(&["attach", &id, "in/a.txt", "in/b.txt"]);
    env.write("b.txt", "mine\n");
    assert_snapshot!(env.run(&["attachment", "get", &id]), @"
    [stderr]
    error: b.txt is there already

    hint: replace it with `--force`, or write elsewhere with `-o FILE`
    [exit 8]
    ");
    assert!(!env.cwd().join("a.txt").exists(), "all or none");
    assert_snapshot!(env.run(&["attachment", "get", &id, "a.txt", "-o", "b.txt"]), @"
    [stderr]
    error: b.txt is there already

    hint: replace it with `--force`, or write elsewhere with `-o FILE`
    [exit 8]
    ");
    assert_eq!(env.read("b.txt"), "mine\n");
    assert_snapshot!(env.run(&["attachment", "get", &id, "--force"]), @"
    a.txt
    b.txt
    [stderr]
    saved a.txt (4 B), digest checked
    saved b.txt (4 B), digest checked
    ");
    assert_eq!(env.read("b.txt"), "two\n");
    // A link that lies in the way is not followed.
    std::fs::remove_file(env.cwd().join("a.txt")).unwrap();
    env.write("precious", "mine\n");
    std::os::unix::fs::symlink("precious", env.cwd().join("a.txt")).unwrap();
    assert_eq!(env.run(&["attachment", "get", &id, "a.txt"]).code, 8);
    assert_eq!(env.run(&["attachment", "get", &id, "a.txt", "--force"]).code, 0);
    assert_eq!((env.read("precious"), env.read("a.txt")), ("mine\n".into(), "one\n".into()));
}

#[test]
fn what_cannot_be_fetched() {
    let env = Env::desk();
    let id = env.incident("A");
    env.write("in/a.txt", "one\n");
    env.write("in/b.txt", "two\n");
    assert_snapshot!(env.run(&["attachment", "get", &id]), @"
    [stderr]
    nothing is kept with INC-AAAAAA
    ");
    assert_snapshot!(env.run(&["attachment", "get", &id, "a.txt"]), @"
    [stderr]
    error: INC-AAAAAA has no file `a.txt`

    hint: nothing is kept with INC-AAAAAA
    [exit 3]
    ");
    env.ok(&["attach", &id, "in/a.txt", "in/b.txt"]);
    assert_snapshot!(env.run(&["attachment", "get", &id, "c.txt"]), @"
    [stderr]
    error: INC-AAAAAA has no file `c.txt`

    hint: it has a.txt, b.txt
    [exit 3]
    ");
    assert_snapshot!(env.run(&["attachment", "get", &id, "-o", "-"]), @"
    [stderr]
    error: 2 files cannot be written as one

    hint: name one of them, or a folder for all with `--dir DIR`
    [exit 2]
    ");
    assert_snapshot!(env.run(&["attachment", "get", "ZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_snapshot!(env.run(&["attachment", "get", &id, "a.txt", "-o", "no/such/folder"]), @"
    [stderr]
    error: cannot write $HOME/src/desk/no/such/folder: there is no such folder

    hint: make $HOME/src/desk/no/such first
    [exit 8]
    ");
    // The same name, twice.
    env.write("in/a.txt", "another\n");
    env.ok(&["attach", &id, "in/a.txt"]);
    assert_snapshot!(env.run(&["attachment", "get", &id, "a.txt"]), @"
    [stderr]
    error: `a.txt` names 2 files

    hint: 2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806  4 bytes
    hint: 33a7b215065f2ee8635efb72620bc269a1efb889ba3026560334da7366742374  8 bytes
    [exit 3]
    ");
    assert_snapshot!(env.run(&["attachment", "get", &id, "-D", "out"]), @"
    out/a.txt
    out/b.txt
    out/a-2.txt
    [stderr]
    saved a.txt (4 B), digest checked
    saved b.txt (4 B), digest checked
    saved a.txt (8 B), digest checked
    ");
    assert_eq!(env.read("out/a-2.txt"), "another\n");
}

/// A record may come from somebody with bad intentions, by a pull or an import.
#[test]
fn a_stored_name_cannot_lead_elsewhere() {
    let env = Env::desk();
    let id = env.incident("A");
    env.write("in/a.txt", "one\n");
    env.ok(&["attach", &id, "in/a.txt"]);
    let path = env.path(&id);
    for (name, saved) in [
        ("../../../escaped", "_.._.._.._escaped"),
        ("/tmp/escaped", "_tmp_escaped"),
        (".git/hooks/post-commit", "_.git_hooks_post-commit"),
        ("-rf", "_-rf"),
        ("..", "_.."),
    ] {
        let text = env.read(&path);
        let line = text.lines().find(|line| line.contains("name: ")).unwrap();
        env.replace(&path, line, &format!("  name: {name:?}"));
        env.git(&["commit", "-qam", "By hand"]);
        let output = env.run(&["attachment", "get", &id, "-D", "out"]);
        assert_eq!(output.raw_stdout().trim_end(), format!("out/{saved}"), "{name}");
        assert_eq!(env.read(&format!("out/{saved}")), "one\n");
    }
    assert_eq!(std::fs::read_dir(env.cwd().join("out")).unwrap().count(), 5);
}

#[test]
fn content_is_checked() {
    let env = Env::desk();
    let id = env.incident("A");
    env.write("in/a.txt", "one\n");
    env.ok(&["attach", &id, "in/a.txt"]);
    let stored = env.git(&["ls-files", "attachments"]).raw_stdout().trim().to_owned();
    env.write(&stored, "two\n");
    env.git(&["commit", "-qam", "By hand"]);
    assert_snapshot!(env.run(&["attachment", "get", &id]), @"
    [stderr]
    error: attachments/2c/2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806 does not hold what its name says

    hint: see who changed it with `git log -- attachments/2c/2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806`
    [exit 6]
    ");
    env.git(&["rm", "-q", &stored]);
    env.git(&["commit", "-qm", "By hand"]);
    assert_snapshot!(env.run(&["attachment", "get", &id]), @"
    [stderr]
    error: the content is missing: there is no attachments/2c/2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806

    hint: find out where it went with `git log --stat -- attachments`
    [exit 6]
    ");
    assert!(!env.cwd().join("a.txt").exists());
}

#[test]
fn from_a_bare_desk() {
    let env = Env::empty();
    env.ok(&["init", "desk", "--bare"]);
    let env = env.at("desk");
    let id = env.incident("A");
    env.write("a.txt", "one\n");
    env.ok(&["attach", &id, "a.txt"]);
    assert_snapshot!(env.run(&["attachment", "get", &id, "-o", "-"]), @"one");
}
