//! Commands that cannot be carried out as they were typed.

use std::fs;
use std::process::Stdio;

use crate::world::{Answer, Kept, World};

#[test]
fn names_that_lead_nowhere_or_everywhere() {
    let world = World::new(Kept::Bare);
    let ids: Vec<String> = (0..40).map(|n| world.incident(&format!("title {n}"))).collect();
    let commits = world.commits();
    for id in
        ["INC-ZZZZZZ", "nope", "INC-01M80MXDGVM31ZY3MKXV9M82YJ", "CHG-123456", "", "\u{1b}[31m"]
    {
        for verb in [&["show", id][..], &["edit", id, "--set", "impact=high"], &["path", id]] {
            let answer = world.gitsm(verb).fails(3, &["there is no record"]);
            assert!(!answer.err.contains('\u{1b}'), "{answer:?}");
        }
    }
    assert_eq!((world.commits(), world.ids().len()), (commits, ids.len()));
    world.check();
}

#[test]
fn an_ambiguous_ending_lists_the_candidates_and_changes_nothing() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("the first");
    // Another record whose id ends alike, as a clone might bring.
    let twin = format!("INC-01M80MXDGV{}", &id[id.len() - 16..]);
    assert_ne!(twin, id);
    let text = fs::read_to_string(world.root.join(World::path(&id))).expect("read");
    let text = text.replace(&id, &twin).replace("the first", "the second");
    fs::write(world.root.join(World::path(&twin)), text).expect("written");
    world.commit_by_hand();
    let before = world.commits();
    let short = &id[id.len() - 6..];
    for verb in [&["show", short][..], &["incident", "resolve", short, "-m", "done"]] {
        world.gitsm(verb).fails(3, &["names 2 records", &id, &twin, "the first", "the second"]);
    }
    assert_eq!(world.commits(), before);
    assert_eq!(world.gitsm(&["path", &id]).ok().trim(), World::path(&id));
}

#[test]
fn wrong_states_and_unknown_people_are_refused() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("a");
    world.gitsm(&["incident", "close", &id]).fails(4, &["is new", "possible now: "]);
    world.gitsm(&["change", "approve", &id]).fails(2, &["is no change but an incident"]);
    world.gitsm(&["edit", &id, "--set", "status=closed"]).fails(2, &["cannot be set by hand"]);
    world
        .gitsm(&["edit", &id, "--set", "impact=dire"])
        .fails_plainly(2, &["dire", "high, medium and low"]);
    world.gitsm(&["edit", &id, "--set", "colour=red"]).fails(2, &["there is no field `colour`"]);
    world.gitsm(&["list", "colour:red"]).fails(2, &["there is no field `colour`"]);
    world.gitsm(&["list", "(status:open"]).fails(2, &["column"]);
    world.gitsm(&["incident", "resolve"]).fails(2, &["ID"]);
    world.gitsm(&["frobnicate"]).fails(2, &["frobnicate"]);
    let people =
        "- id: alice\n  name: Alice Example\n  emails: [alice@example.org]\n  roles: [agent]\n";
    fs::write(world.root.join(".gitsm/people.yaml"), people).expect("written");
    world.commit_by_hand();
    let before = world.commits();
    world.gitsm(&["assign", &id, "alcie"]).fails(3, &["alcie"]);
    world.gitsm(&["incident", "new", "b", "--assignee", "alcie"]).fails(3, &["alcie"]);
    let mut stranger = world.command(&["incident", "new", "c"]);
    stranger.env("GIT_AUTHOR_NAME", "Mallory").env("GIT_AUTHOR_EMAIL", "mallory@example.org");
    Answer::of(&stranger.output().expect("gitsm runs")).fails(4, &["mallory@example.org"]);
    assert_eq!(world.commits(), before);
    world.gitsm(&["assign", &id, "alice"]).ok();
    world.check();
}

#[test]
fn titles_are_one_plain_line() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("plain");
    let before = world.commits();
    for title in ["two\nlines", "a\u{1b}[31mb", "bell\u{7}", "del\u{7f}", "c1\u{9b}x", "", "   "] {
        let new = world.gitsm(&["incident", "new", title]).fails(2, &["title"]);
        let edit = world.gitsm(&["edit", &id, "--set", &format!("title={title}")]);
        assert_eq!(edit.code, Some(2), "{title:?} {edit:?}");
        assert!(!new.err.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{new:?}");
        assert!(!edit.err.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{edit:?}");
    }
    assert_eq!(world.commits(), before);
    world.check();
}

#[test]
fn options_work_before_and_behind_the_words_of_a_query() {
    let world = World::new(Kept::Bare);
    let id = world.incident("printer on fire");
    let quiet = world.gitsm(&["incident", "new", "printer out of paper", "--tag", "noise"]).ok();
    let quiet = world.full(quiet.trim());
    let both = format!("{id}\n{quiet}\n");
    for command in ["list", "search"] {
        assert_eq!(world.gitsm(&[command, "-fids", "printer"]).ok().len(), both.len());
        assert_eq!(world.gitsm(&[command, "printer", "-f", "ids", "-n0"]).ok().len(), both.len());
        assert_eq!(world.gitsm(&[command, "printer", "-n1", "-fids"]).ok().lines().count(), 1);
        for not in [&["-tag:noise"][..], &["not", "tag:noise"], &["--", "-tag:noise"]] {
            let arguments = [&[command, "-f", "ids", "printer"], not].concat();
            assert_eq!(world.gitsm(&arguments).ok(), format!("{id}\n"), "{arguments:?}");
        }
        world.gitsm(&[command, "printer", "--frmat", "ids"]).fails(2, &["--frmat"]);
    }
}

#[test]
fn no_desk_is_said_with_the_places_looked_in() {
    let world = World::new(Kept::WorkTree);
    let nowhere = world.folder.path().join("nowhere");
    fs::create_dir(&nowhere).expect("made");
    for arguments in [&["list"][..], &["incident", "new", "a"], &["show", "INC-7K3F9Q"], &["check"]]
    {
        world.at(&nowhere, arguments).fails(3, &["no desk found", "nowhere", "gitsm init"]);
    }
    world.at(&nowhere, &["list", "--desk", "missing"]).fails(3, &["missing"]);
    // A code repository without a desk.
    world.git_at(&nowhere, &["init", "-q"]);
    world.at(&nowhere, &["list"]).fails(3, &["no desk found"]);
    assert_eq!(fs::read_dir(&nowhere).expect("read").count(), 1, "nothing was made there");
}

#[test]
fn git_must_know_who_you_are() {
    let world = World::new(Kept::WorkTree);
    let id = world.incident("a");
    fs::remove_file(world.folder.path().join("home/.gitconfig")).expect("removed");
    world.gitsm(&["incident", "new", "b"]).fails(2, &["who you are", "user.name", "user.email"]);
    world.gitsm(&["incident", "take", &id]).fails(2, &["who you are"]);
    let other = world.folder.path().join("other");
    world.at(world.folder.path(), &["init", "other"]).fails(2, &["who you are"]);
    assert!(!other.exists());
    // Reading needs no name.
    assert_eq!(world.ids(), [id.as_str()]);
    world.gitsm(&["show", &id]).ok();
    world.gitsm(&["status"]).ok();
    world.check();
}

#[test]
fn readers_that_leave_early_are_no_error() {
    let world = World::new(Kept::Bare);
    let id = world.incident("a");
    // More than a pipe holds.
    let text = "long ".repeat(20_000);
    for _ in 0..3 {
        world.gitsm(&["note", &id, "-m", &text]).ok();
    }
    let scripts = [
        "$GITSM show $ID; echo $? >&3",
        "$GITSM show $ID --json; echo $? >&3",
        "$GITSM log --json; echo $? >&3",
        "$GITSM list --all; echo $? >&3",
    ];
    for script in scripts {
        let piped = format!("{{ {script}; }} 3>../code | head -c 1 >/dev/null");
        let answer = world.shell(&piped).env("ID", &id).output().expect("sh runs");
        assert_eq!(String::from_utf8_lossy(&answer.stderr), "", "{script}");
        let code = fs::read_to_string(world.folder.path().join("code")).expect("read");
        assert_eq!(code.trim(), "0", "{script}");
    }
    // Standard output and standard error that are closed from the start.
    let closed = world.shell("$GITSM list >&- 2>&-; $GITSM show nope 2>&-; echo $?");
    let answer = { closed }.stdout(Stdio::piped()).output().expect("sh runs");
    assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "3");
    // A full disk behind standard output is one.
    let full = world.shell("$GITSM show $ID --json >/dev/full").env("ID", &id).output();
    Answer::of(&full.expect("sh runs")).fails_plainly(8, &["standard output"]);
}
