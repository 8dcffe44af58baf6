//! Nothing that a record, a file name or a commit holds drives the terminal.

use std::fs;

use crate::world::{Answer, Kept, World};

/// Sets the window's title, clears the screen, moves the cursor, turns the
/// line round: written as YAML escapes, which plain git commits as they are.
const EVIL: &str = r"\e]0;owned\a\e[2J\e[1;1H\u009b31m\u202eevil\r\b";

/// What must never arrive: all controls but line ends and the colours that
/// gitsm itself uses.
fn assert_harmless(text: &str, what: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        let colour = rest[at..].strip_prefix("\u{1b}[").and_then(|tail| {
            let end = tail.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            tail[end..].starts_with('m').then(|| &tail[end..])
        });
        rest = colour.unwrap_or_else(|| panic!("{what}: an escape in {text:?}"));
    }
    // A terminal device itself ends lines with a carriage return.
    let text = text.replace("\r\n", "\n");
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\u{1b}'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(bad), "{what}: {text:?}");
}

fn desk() -> (World, String) {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("harmless");
    world.gitsm(&["note", &id, "-m", "harmless"]).ok();
    world.gitsm(&["incident", "resolve", &id, "-m", "harmless"]).ok();
    let path = world.root.join(World::path(&id));
    let mut text = fs::read_to_string(&path).expect("read");
    text = text.replace("harmless", &format!("\"{EVIL}\""));
    for field in ["service", "category", "external_id"] {
        text = text.replacen("opened_at:", &format!("{field}: \"{EVIL}\"\nopened_at:"), 1);
    }
    text = text.replace("channel: cli", &format!("channel: \"{EVIL}\""));
    text = text.replacen("opened_at:", &format!("tags: [\"{EVIL}\"]\nopened_at:"), 1);
    fs::write(&path, text).expect("written");
    (world, id)
}

#[test]
fn in_records_and_commits() {
    let (world, id) = desk();
    // Every field one after the other as well, since the first that is refused
    // would hide the rest.
    let whole = fs::read_to_string(world.root.join(World::path(&id))).expect("read");
    let good = world.git(&["show", &format!("HEAD:{}", World::path(&id))]);
    let mut texts = vec![whole];
    for (at, line) in good.lines().enumerate() {
        let Some((key, value)) = line.split_once(": ") else { continue };
        if value.is_empty() || value == "|" {
            continue;
        }
        let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
        lines[at] = format!("{key}: \"{EVIL}\"");
        texts.push(lines.join("\n") + "\n");
        lines[at] = format!("\"{EVIL}\": {value}");
        texts.push(lines.join("\n") + "\n");
    }
    // And as raw bytes, which YAML does not allow.
    texts.push(good.replace("harmless", "\u{1b}]0;owned\u{7}\u{1b}[2J"));
    for text in texts {
        fs::write(world.root.join(World::path(&id)), &text).expect("written");
        world.git(&["add", "-A"]);
        let evil = "evil \u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}\r subject";
        let mut commit = std::process::Command::new("git");
        world.dress(&mut commit);
        let author = "Evil \u{1b}[2J\u{7} <\u{1b}]0;x@example.org>";
        commit.current_dir(&world.root);
        commit.args(["commit", "-q", "--allow-empty", "--author", author, "-m", evil]);
        assert!(commit.output().expect("git runs").status.success());
        for arguments in [
            &["show", &id][..],
            &["list", "--all"],
            &["list", "--all", "--columns", "id,title,service,category,tags,channel,external_id"],
            &["log"],
            &["log", &id],
            &["search", "evil"],
            &["check"],
            &["status"],
            &["report", "summary"],
            &["edit", &id, "--set", "impact=high"],
            &["incident", "close", &id],
        ] {
            let mut command = world.command(&["--color", "always"]);
            let answer = Answer::of(&command.args(arguments).output().expect("gitsm runs"));
            assert_harmless(&answer.out, &format!("{arguments:?}"));
            assert_harmless(&answer.err, &format!("{arguments:?}"));
            assert_ne!(answer.code, Some(70), "{answer:?}");
        }
        // Whatever a write made of it.
        world.git(&["reset", "-q", "--hard"]);
    }
}

#[test]
fn in_what_is_typed() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("a");
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}";
    for arguments in [
        &["show", evil][..],
        &["list", evil],
        &["list", &format!("status:{evil}")],
        &["list", "--sort", evil],
        &["list", "--columns", evil],
        &["search", evil],
        &["log", evil],
        &["assign", &id, evil],
        &["edit", &id, "--set", evil],
        &["edit", &id, "--set", &format!("{evil}=x")],
        &["edit", &id, "--set", &format!("impact={evil}")],
        &["link", &id, evil, &id],
        &["attach", &id, evil],
        &["init", "sub", "--time-zone", evil],
        &["--desk", evil, "list"],
        &["list", "--template", &format!("{{{{ {evil} }}}}")],
    ] {
        let answer = world.gitsm(arguments);
        assert_harmless(&answer.out, &format!("{arguments:?}"));
        assert_harmless(&answer.err, &format!("{arguments:?}"));
        assert_ne!(answer.code, Some(70), "{answer:?}");
    }
    world.check();
}

#[test]
fn on_a_terminal_in_forms_for_programs_too() {
    let (world, id) = desk();
    world.commit_by_hand();
    // `script` gives the program a terminal.
    let known = world.shell("script --version").output().expect("sh runs");
    if !known.status.success() {
        eprintln!("there is no `script` here: answers on a terminal were not tested");
        return;
    }
    for arguments in [
        "list --all",
        "list --all --json",
        "list --all --format jsonl",
        "list --all --format csv",
        "list --all --template '{{ title }} {{ tags }}'",
        "log",
        "log --json",
        "check",
        "search evil",
        &format!("show {id}"),
        &format!("show {id} --json"),
    ] {
        let script = format!("script -qec \"$GITSM --no-pager {arguments}\" /dev/null");
        let answer = Answer::of(&world.shell(&script).output().expect("sh runs"));
        assert!(!answer.out.is_empty(), "{arguments}");
        assert_harmless(&answer.out, arguments);
    }
}
