//! `gitsm status`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn an_empty_desk() {
    assert_snapshot!(Env::desk_with(&["--name", "IT help"]).run(&["status"]), @"
    IT help (service-desk), work tree at $HOME/src/desk
    trunk main at c1-----, acting as alice

      open        nothing
      mine        0
      unassigned  0
    ");
}

#[test]
fn with_work() {
    let env = Env::desk();
    let id = env.incident("A");
    env.incident("B");
    env.ok(&["problem", "new", "P", "-a", "me"]);
    env.ok(&["incident", "take", &id]);
    let done = env.incident("C");
    env.ok(&["incident", "resolve", &done, "-m", "Done."]);
    env.replace(&env.path(&id), "title: A", "title: AA");
    env.write("incidents/notes.txt", "stray\n");
    assert_snapshot!(env.run(&["status"]), @"
    desk (itsm), work tree at $HOME/src/desk
    trunk main at c1-----, acting as alice

      open        incident 2, problem 1
      mine        2
      unassigned  1

    edited by hand, not committed:
      incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml
      incidents/notes.txt
    ");
    assert_snapshot!(env.run(&["status", "--json"]), @r#"
    {
      "schema": "gitsm.status/1",
      "name": "desk",
      "desk": "<ulid>",
      "profile": "itsm",
      "location": "$HOME/src/desk",
      "mode": "work tree",
      "trunk": "main",
      "commit": "c1--------------------------------------",
      "actor": "alice",
      "open": [
        {
          "value": "incident",
          "open": 2,
          "total": 3
        },
        {
          "value": "problem",
          "open": 1,
          "total": 1
        }
      ],
      "mine": 2,
      "unassigned": 1,
      "edited": [
        "incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml",
        "incidents/notes.txt"
      ],
      "unreadable": 0
    }
    "#);
    assert_snapshot!(env.as_person("bob").run(&["status"]), @"
    desk (itsm), work tree at $HOME/src/desk
    trunk main at c1-----, acting as bob

      open        incident 2, problem 1
      mine        0
      unassigned  1

    edited by hand, not committed:
      incidents/-/-/INC-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml
      incidents/notes.txt
    ");
}

#[test]
fn without_an_identity() {
    let env = Env::desk();
    let nobody = env.with("GIT_AUTHOR_NAME", "").with("GIT_AUTHOR_EMAIL", "");
    assert_snapshot!(nobody.run(&["status"]), @"
    desk (itsm), work tree at $HOME/src/desk
    trunk main at c1-----, acting as nobody

      open        nothing
      mine        0
      unassigned  0
    ");
    assert_snapshot!(nobody.run(&["list", "--mine"]), @"
    [stderr]
    error: --mine: nobody is known to be asking

    hint: name the person instead of `me`
    [exit 2]
    ");
    assert_snapshot!(nobody.run(&["incident", "new", "T"]), @r#"
    [stderr]
    error: git does not know who you are

    hint: git config --global user.name "Your Name"; git config --global user.email you@example.com
    [exit 2]
    "#);
}
