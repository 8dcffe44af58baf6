//! Previews: what a verb would do, and that it does nothing.

use insta::assert_snapshot;

use crate::common::{Env, Output};

/// Everything below `.git` and around it, but for the derived index.
fn files(env: &Env) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    fn visit(folder: &std::path::Path, found: &mut Vec<(std::path::PathBuf, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let derived = path.ends_with("gitsm/index.lock")
                || path.ends_with("gitsm/index.desk")
                || name.starts_with("index.sqlite");
            if path.is_dir() {
                visit(&path, found);
            } else if !derived {
                found.push((path.clone(), std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    visit(env.cwd(), &mut found);
    found.sort();
    found
}

#[test]
fn a_preview_writes_nothing() {
    let env = Env::desk();
    let (a, b) = (env.incident("A"), env.incident("B"));
    let problem = env.new_record(&["problem", "new", "P"]);
    env.write("log.txt", "a log");
    // The index is derived; readers may bring it up to date.
    env.ok(&["list"]);
    let before = files(&env);
    assert_snapshot!(env.run(&["incident", "resolve", &a, &b, "-m", "Done.", "--dry-run"]), @"
    INC-AAAAAA resolve: A
      status: new -> resolved
      resolved_at: - -> 2026-11-22T09:05:04Z
      resolution.code: - -> fixed
      resolution.by: - -> alice
      resolution.text: - -> Done.
    INC-BBBBBB resolve: B
      status: new -> resolved
      resolved_at: - -> 2026-11-22T09:05:04Z
      resolution.code: - -> fixed
      resolution.by: - -> alice
      resolution.text: - -> Done.
    commit: resolve: 2 records
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["incident", "take", &a, "-n"]), @"
    INC-AAAAAA start: A
      status: new -> in_progress
      assignee: - -> alice
      started_at: - -> 2026-11-22T09:06:04Z
    commit: INC-AAAAAA start: A
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["incident", "new", "C", "-i", "high", "--link", &format!("caused_by {problem}"), "-n"]), @"
    new incident: C (new)
      status: - -> new
      impact: - -> high
      urgency: - -> medium
      priority: - -> P2
      requester: - -> alice
      channel: - -> cli
      links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    commit: INC new: C
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["ci", "new", "web-01", "-n"]), @"
    new ci: web-01 (live)
      class: - -> item
      status: - -> live
    commit: CI new: web-01
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["link", &a, "caused_by", &problem, "-n"]), @"
    INC-AAAAAA link: A
      links: - -> caused_by PRB-AAAAAAAAAAAAAAAAAAAAAAAAAA
    commit: INC-AAAAAA link: A
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["attach", &a, "log.txt", "-n"]), @"
    INC-AAAAAA attach: A
      attachments: - -> log.txt (sha256 5775e775a009a883570f8738b2efba72ebd889bebd792398088abf4b78a55133)
    attachments/57/5775e775a009a883570f8738b2efba72ebd889bebd792398088abf4b78a55133
    commit: INC-AAAAAA attach: A
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["edit", &a, "--set", "impact=medium", "-n"]), @"
    [stderr]
    dry run: nothing to do
    ");
    assert_snapshot!(env.run(&["edit", &a, "--set", "impact=high", "-n", "--json"]), @r#"
    {
      "schema": "gitsm.written/1",
      "dry_run": true,
      "commit": null,
      "subject": "INC-AAAAAA edit: A",
      "records": [
        {
          "id": "INC-AAAAAAAAAAAAAAAAAAAAAAAAAA",
          "short": "INC-AAAAAA",
          "type": "incident",
          "title": "A",
          "status": "new",
          "priority": "P2",
          "action": "edit",
          "changes": [
            {
              "field": "impact",
              "from": "medium",
              "to": "high"
            },
            {
              "field": "priority",
              "from": "P3",
              "to": "P2"
            }
          ]
        }
      ],
      "files": [],
      "refused": [],
      "notices": []
    }
    "#);
    assert_snapshot!(env.run(&["incident", "close", &a, "-n"]), @"
    [stderr]
    error: INC-AAAAAA is new; `close` is possible from resolved

    hint: possible now: start, hold, resolve, cancel
    [exit 4]
    ");
    assert_snapshot!(env.editing("sed -i 's/title: A/title: Z/' \"$1\"").run(&["edit", &a, "-n"]), @"
    INC-AAAAAA edit: Z
      title: A -> Z
    commit: INC-AAAAAA edit: Z
    [stderr]
    dry run: nothing was written
    ");
    assert_snapshot!(env.run(&["incident", "new", "C", "-n", "-f", "ids"]), @"");
    assert!(files(&env) == before, "a preview left something");
}

/// A preview tells what then happens, and ends as it will end.
#[test]
fn a_preview_tells_the_truth() {
    for kept in [&[][..], &["--bare"]] {
        let env = Env::empty();
        env.ok(&[&["init", "desk"], kept].concat());
        let env = env.at("desk").with("GITSM_NOW", "2026-11-22T12:00:04Z");
        let (a, b) = (env.incident("A"), env.incident("B"));
        let problem = env.new_record(&["problem", "new", "P"]);
        let said = |output: &Output| {
            let text = output.stdout.replace("\"dry_run\": true", "\"dry_run\": false");
            let lines = text
                .lines()
                .filter(|line| !line.contains("\"commit\"") && !line.contains("<ulid>"));
            (lines.map(str::to_owned).collect::<Vec<_>>(), output.code)
        };
        for command in [
            &["incident", "take", &a, &b, "-m", "Mine."][..],
            &["incident", "resolve", &a, "-m", "Done."],
            &["incident", "close", &a, &b, "-k"],
            &["incident", "close", &a, &b],
            &["incident", "close", &a],
            &["link", &problem, "causes", &a, &b],
            &["edit", &a, &problem, "--set", "tags+=x", "--impact", "low"],
            &["edit", &a, "--set", "tags+=x"],
            &["edit", &a, "--set", "titel=x"],
        ] {
            let before = files(&env);
            let previewed = env.run(&[command, &["--dry-run", "--json"]].concat());
            assert!(files(&env) == before, "{command:?} left something");
            let done = env.run(&[command, &["--json"]].concat());
            assert_eq!(said(&previewed), said(&done), "{command:?}");
        }
    }
}
