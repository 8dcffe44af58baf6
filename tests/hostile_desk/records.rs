//! Files that are no records, committed by plain git: each is named by `check`
//! and hides no other.

use std::fs;
use std::os::unix::fs::symlink;

use crate::world::{Kept, World};

/// A desk with three records, of which the first is to be spoilt.
fn desk() -> (World, [String; 3]) {
    let world = World::new(Kept::WorkTree);
    let ids = ["alpha", "beta", "gamma"].map(|title| world.incident(title));
    (world, ids)
}

/// Everything but the first record still works, and mentions it.
#[track_caller]
fn others_work(world: &World, ids: &[String; 3]) {
    let warning = "warning: 1 file cannot be read as a record; see `gitsm check`\n";
    // Once as the index follows the commit, and once as it is made anew.
    for anew in [false, true] {
        if anew {
            fs::remove_dir_all(world.state_dir()).expect("removed");
        }
        let mut expected = ids[1..].to_vec();
        expected.sort();
        let list = world.gitsm(&["list", "--all", "--format", "ids"]);
        let mut listed: Vec<&str> = list.out.lines().collect();
        listed.sort_unstable();
        assert_eq!((list.code, listed), (Some(0), expected.iter().map(String::as_str).collect()));
        assert_eq!(list.err, warning);
        for (arguments, says) in [
            (&["search", "beta"][..], "beta"),
            (&["report", "summary"], "2 records, 2 open"),
            (&["list", "--quiet"], "gamma"),
        ] {
            let answer = world.gitsm(arguments);
            assert!(answer.code == Some(0) && answer.out.contains(says), "{answer:?}");
            assert!(answer.err.contains(warning), "{arguments:?} {answer:?}");
        }
        let status = world.gitsm(&["status"]).ok();
        assert!(
            status.contains("1 file is no readable record; `gitsm check` says why"),
            "{status}"
        );
        world.gitsm(&["log"]).ok();
        world.gitsm(&["show", &ids[1]]).ok();
    }
    world.gitsm(&["edit", &ids[1], "--set", "impact=high"]).ok();
    assert!(world.gitsm(&["search", "beta"]).ok().contains("beta"));
    world.incident("another");
}

/// `check` names the file once, with the line and the reason.
#[track_caller]
fn is_reported(world: &World, path: &str, line: Option<usize>, rule: &str, reason: &str) {
    let check = world.gitsm(&["check"]);
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    let wanted = format!("{path}{line}: error[{rule}]: ");
    let found: Vec<&str> = check.out.lines().filter(|said| said.starts_with(&wanted)).collect();
    assert!(check.code == Some(6) && found.len() == 1, "`{wanted}` in {check:?}");
    assert!(found[0].contains(reason), "{found:?}");
    assert_eq!(found[0].matches(path).count(), 1, "the path is said once: {found:?}");
}

#[test]
fn bad_texts() {
    let (world, ids) = desk();
    let (id, path) = (&ids[0], World::path(&ids[0]));
    let good = fs::read_to_string(world.root.join(&path)).expect("read");
    let last = good.lines().count();
    let with = |more: &str| format!("{good}{more}").into_bytes();
    let huge = with(&format!("description: {}\n", "x".repeat(2 << 20)));
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 'b'..='i' {
        let above = char::from(n as u8 - 1);
        bomb.push_str(&format!("{n}: &{n} [{}]\n", vec![format!("*{above}"); 9].join(", ")));
    }
    let deep = format!("custom: {}1{}\n", "[".repeat(500), "]".repeat(500));
    let cases: [(&str, Vec<u8>, Option<usize>, &str); 13] = [
        ("malformed", b"id: [\n".to_vec(), Some(1), "unclosed"),
        ("oversized", huge, None, "1 MiB"),
        ("duplicate key", with("title: other\n"), Some(last + 1), "given twice"),
        ("alias bomb", bomb.into_bytes(), Some(1), "anchors"),
        ("too deep", with(&deep), Some(last + 1), "deep"),
        ("unknown field", with("colour: red\n"), Some(last + 1), "no field `colour`"),
        ("tag", with("tags: !!python/object:os.system [x]\n"), Some(last + 1), "tag"),
        ("not text", b"title: \xff\xfe\n".to_vec(), Some(1), "UTF-8"),
        ("empty", Vec::new(), Some(1), "empty"),
        ("nul", b"title: a\0b\n".to_vec(), Some(1), "control"),
        ("another's id", good.replace(id, &ids[1]).into_bytes(), Some(1), "id"),
        (
            "conflict",
            with("<<<<<<< ours\na: 1\n=======\n>>>>>>> theirs\n"),
            Some(last + 1),
            "conflict",
        ),
        (
            "bad status",
            good.replace("status: new", "status: [new]").into_bytes(),
            Some(3),
            "status",
        ),
    ];
    for (name, content, line, reason) in cases {
        world.spoil(id, content);
        is_reported(&world, &path, line, "file-unreadable", reason);
        for verb in [&["show", id][..], &["edit", id, "--set", "title=x"], &["note", id, "-m", "x"]]
        {
            let answer = world.gitsm(verb).fails(6, &[path.as_str(), reason, "gitsm check"]);
            assert_eq!(
                answer.err.lines().next().unwrap_or_default().matches(&path).count(),
                1,
                "{name}"
            );
        }
        let list = world.gitsm(&["list", "--format", "ids"]);
        assert_eq!(list.out.lines().count(), 2, "{name} {list:?}");
        assert!(list.err.contains("warning: 1 file cannot"), "{name} {list:?}");
    }
    others_work(&world, &ids);
    // Mended by hand, as the hint says.
    fs::write(world.root.join(&path), good).expect("written");
    world.gitsm(&["commit"]).ok();
    world.gitsm(&["show", id]).ok();
    assert_eq!(world.ids().len(), 4);
    assert_eq!(world.gitsm(&["list"]).err, "");
    world.check();
}

#[test]
fn links_in_the_place_of_records() {
    let (world, ids) = desk();
    let path = World::path(&ids[0]);
    let file = world.root.join(&path);
    let secret = world.folder.path().join("secret");
    fs::write(&secret, "SECRET\n").expect("written");
    let good = fs::read(&file).expect("read");
    // In the work tree only: the committed state is shown, and nothing is
    // written through the link or read from behind it.
    fs::remove_file(&file).expect("removed");
    symlink(&secret, &file).expect("linked");
    let shown = world.gitsm(&["show", &ids[0]]).ok();
    assert!(shown.contains("alpha") && shown.contains("edited by hand"), "{shown}");
    world.gitsm(&["edit", &ids[0], "--set", "title=x"]).fails(6, &[&path, "symbolic link"]);
    is_reported(&world, &path, None, "file-unreadable", "symbolic link");
    let commit = world.gitsm(&["commit"]);
    assert!(commit.code == Some(6) && commit.out.contains("symbolic link"), "{commit:?}");
    assert_eq!(world.ids().len(), 3);
    // Committed.
    world.commit_by_hand();
    assert!(world.git(&["ls-tree", "HEAD", "--", &path]).starts_with("120000"));
    is_reported(&world, &path, None, "file-stray", "no record's place");
    for verb in [&["show", &ids[0]][..], &["edit", &ids[0], "--set", "title=x"]] {
        let answer = world.gitsm(verb).fails(6, &[&path, "symbolic link"]);
        assert!(!answer.err.contains("SECRET"), "{answer:?}");
    }
    others_work(&world, &ids);
    assert_eq!(fs::read_to_string(&secret).expect("read"), "SECRET\n");
    // A folder on the way that leads out of the desk.
    fs::remove_file(&file).expect("removed");
    fs::write(&file, good).expect("written");
    world.commit_by_hand();
    let folder = file.parent().expect("a folder");
    let outside = world.folder.path().join("outside");
    fs::rename(folder, &outside).expect("moved");
    symlink(&outside, folder).expect("linked");
    world.gitsm(&["edit", &ids[0], "--set", "title=x"]).fails(6, &["symbolic link"]);
    assert_eq!(fs::read_dir(&outside).expect("read").count(), 1);
}

#[test]
fn files_where_no_record_belongs() {
    let (world, ids) = desk();
    let path = World::path(&ids[0]);
    for place in ["incidents/0/0", "changes/0/0", "incidents"] {
        let moved = format!("{place}/{}.yaml", ids[0]);
        fs::create_dir_all(world.root.join(place)).expect("made");
        fs::rename(world.root.join(&path), world.root.join(&moved)).expect("moved");
        world.commit_by_hand();
        is_reported(&world, &moved, None, "file-stray", "no record's place");
        world.gitsm(&["show", &ids[0]]).fails(3, &["is no longer there"]);
        let list = world.gitsm(&["list"]);
        assert!(list.err.contains("warning: 1 file cannot"), "{list:?}");
        fs::create_dir_all(world.root.join(&path).parent().expect("a folder")).expect("made");
        fs::rename(world.root.join(&moved), world.root.join(&path)).expect("moved");
        world.commit_by_hand();
        world.gitsm(&["show", &ids[0]]).ok();
    }
    world.check();
    // Names that nobody would choose.
    for name in
        ["\u{1b}[2J.yaml", "a\nb.yaml", "-rf", "INC-.yaml", "INC-01m80mxdgvm31zy3mkxv9m82yj.yaml"]
    {
        fs::write(world.root.join("incidents").join(name), "x").expect("written");
    }
    world.commit_by_hand();
    let check = world.gitsm(&["check"]);
    assert!(check.code == Some(6) && check.out.lines().count() == 5, "{check:?}");
    assert!(!check.out.contains('\u{1b}'), "{check:?}");
    let list = world.gitsm(&["list"]);
    assert!(list.err.contains("warning: 5 files cannot be read as records"), "{list:?}");
    assert_eq!(world.ids().len(), 3);
}

#[test]
fn a_record_that_is_being_edited_is_not_overwritten() {
    let (world, ids) = desk();
    let path = World::path(&ids[0]);
    let file = world.root.join(&path);
    let text = fs::read_to_string(&file).expect("read");
    let edited = text.replace("title: alpha", "title: by hand");
    fs::write(&file, &edited).expect("written");
    let before = world.commits();
    for verb in [
        &["edit", &ids[0], "--set", "title=x"][..],
        &["incident", "start", &ids[0]],
        &["note", &ids[0], "-m", "x"],
    ] {
        world.gitsm(verb).fails(5, &[&path, "not committed", "gitsm commit", "git restore"]);
    }
    // Staged, which plain git would commit.
    world.git(&["add", &path]);
    fs::write(&file, &text).expect("written");
    world.gitsm(&["edit", &ids[0], "--set", "title=x"]).fails(5, &[&path]);
    assert_eq!(world.commits(), before);
    // Other records are not held up.
    world.gitsm(&["edit", &ids[1], "--set", "title=x"]).ok();
    assert_eq!(world.git(&["diff", "--cached", "--name-only"]), path);
    fs::write(&file, &edited).expect("written");
    world.gitsm(&["commit"]).ok();
    assert!(world.gitsm(&["show", &ids[0]]).ok().contains("by hand"));
    world.check();
}

#[test]
fn settings_that_cannot_be_read_are_named() {
    let (world, ids) = desk();
    let settings = world.root.join(".gitsm/desk.yaml");
    let good = fs::read_to_string(&settings).expect("read");
    let newer = good.replace("format: 1", "format: 99");
    assert_ne!(newer, good);
    let everything = [
        &["list"][..],
        &["show", &ids[0]],
        &["search", "alpha"],
        &["show", "no-such-thing"],
        &["incident", "new", "x"],
        &["edit", &ids[0], "--set", "title=x"],
        &["status"],
        &["check"],
    ];
    for (content, says) in [
        (newer.as_str(), "format 99"),
        ("format: [\n", ".gitsm/desk.yaml:1"),
        ("", ".gitsm/desk.yaml"),
    ] {
        fs::write(&settings, content).expect("written");
        world.commit_by_hand();
        for arguments in everything {
            world.gitsm(arguments).fails(6, &[says]);
        }
    }
    fs::write(&settings, &good).expect("written");
    for file in ["people.yaml", "priorities.yaml", "workflows/incident.yaml"] {
        let path = world.root.join(".gitsm").join(file);
        let before = fs::read(&path).ok();
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, "a: [\n").expect("written");
        world.commit_by_hand();
        for arguments in everything {
            // An answer that needs no rules is as good as an error.
            let answer = world.gitsm(arguments);
            let is_unknown = arguments.contains(&"no-such-thing") && answer.code == Some(3);
            if answer.code != Some(0) && !is_unknown {
                let told = format!("{}{}", answer.out, answer.err);
                assert_eq!(answer.code, Some(6), "{told}");
                assert!(told.contains(&format!(".gitsm/{file}")), "{told}");
            }
        }
        match before {
            Some(before) => fs::write(&path, before),
            None => fs::remove_file(&path),
        }
        .expect("put back");
        world.commit_by_hand();
    }
    world.check();
}
