//! What people do in the work tree next to gitsm.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::desk::{Desk, Kept, git, plan, record, try_git};
use gitsm::store::{EditState, HandEdit, Plan, Snapshot, StoreError, WriteOptions};

fn edit(path: &str, state: EditState) -> HandEdit {
    HandEdit { path: path.to_owned(), state }
}

#[test]
fn staged_and_edited_files_of_others_stay_as_they_are() {
    let desk = Desk::new(Kept::WorkTree);
    let (a, b, c) = (record(1).path(), record(2).path(), record(3).path());
    desk.write(&[(&a, Some("a\n")), (&b, Some("b\n")), ("README", Some("readme\n"))])
        .expect("written");
    fs::write(desk.root.join(&a), "edited\n").expect("written");
    fs::write(desk.root.join("README"), "staged\n").expect("written");
    fs::write(desk.root.join("new"), "staged too\n").expect("written");
    git(&desk.root, &["add", "README", "new"]);
    fs::write(desk.root.join("README"), "edited after\n").expect("written");
    fs::write(desk.root.join("untracked"), "x\n").expect("written");
    git(&desk.root, &["rm", "-q", "--cached", &b]);
    let status = || git(&desk.root, &["status", "--porcelain", "--untracked-files=all"]);
    let before = status();
    let staged = git(&desk.root, &["diff", "--cached"]);
    desk.write(&[(&c, Some("c\n")), (".gitsm/teams.yaml", Some("x\n"))]).expect("written");
    assert_eq!(status(), before);
    assert_eq!(git(&desk.root, &["diff", "--cached"]), staged);
    desk.write(&[(&c, None)]).expect("deleted");
    assert_eq!(status(), before);
    let changed = git(&desk.root, &["diff-tree", "-r", "--name-only", "--no-commit-id", "HEAD"]);
    assert_eq!(changed, c);
    git(&desk.root, &["commit", "-qm", "by hand"]);
    assert_eq!(git(&desk.root, &["show", "HEAD:README"]), "staged");
    let tree = git(&desk.root, &["write-tree"]);
    assert_eq!(tree, git(&desk.root, &["rev-parse", "HEAD^{tree}"]));
    assert_eq!(git(&desk.root, &["fsck", "--strict", "--no-dangling"]), "");
}

#[test]
fn a_record_edited_by_hand_is_not_overwritten() {
    let desk = Desk::new(Kept::WorkTree);
    let path = record(1).path();
    let file = desk.root.join(&path);
    desk.write(&[(&path, Some("one\n"))]).expect("written");
    let before = desk.store.head().expect("a head");
    let refused = |what: &str| {
        for content in [Some("three\n"), None] {
            let result = desk.write(&[(&path, content), ("other", Some("x\n"))]);
            assert!(
                matches!(&result, Err(StoreError::HandEdited { path: p }) if *p == path),
                "{what}: {result:?}"
            );
        }
        assert_eq!(desk.store.head().expect("a head"), before);
        assert!(!desk.root.join("other").exists());
    };
    fs::write(&file, "two\n").expect("written");
    refused("edited");
    assert!(desk.store.edited(&path).expect("known"));
    assert_eq!(fs::read_to_string(&file).expect("read"), "two\n");
    git(&desk.root, &["add", "."]);
    refused("staged");
    fs::write(&file, "one\n").expect("written");
    refused("staged and put back");
    git(&desk.root, &["reset", "-q", "--hard"]);
    fs::remove_file(&file).expect("removed");
    let result = desk.write(&[(&path, Some("three\n"))]);
    assert!(matches!(result, Err(StoreError::HandEdited { .. })), "removed: {result:?}");
    git(&desk.root, &["reset", "-q", "--hard"]);
    git(&desk.root, &["rm", "-q", "--cached", &path]);
    refused("removed from the index");
    git(&desk.root, &["reset", "-q", "--hard"]);
    desk.check();
    let new = record(2).path();
    fs::create_dir_all(desk.root.join(&new).parent().expect("a folder")).expect("made");
    fs::write(desk.root.join(&new), "mine\n").expect("written");
    let result = desk.write(&[(&new, Some("ours\n"))]);
    assert!(matches!(result, Err(StoreError::HandEdited { .. })), "untracked: {result:?}");
    assert_eq!(fs::read_to_string(desk.root.join(&new)).expect("read"), "mine\n");
    desk.write(&[(&new, Some("mine\n"))]).expect("the same content is no edit");
    desk.check();
}

#[test]
fn an_edit_that_keeps_size_and_time_stamp_is_seen() {
    let desk = Desk::new(Kept::WorkTree);
    let path = record(1).path();
    let file = desk.root.join(&path);
    // Written, edited in the same tick, and the index rewritten after that.
    desk.write(&[(&path, Some("one\n"))]).expect("written");
    fs::write(&file, "two\n").expect("written");
    for n in 10..13 {
        desk.write(&[(&record(n).path(), Some("x\n"))]).expect("written");
    }
    assert_eq!(git(&desk.root, &["status", "--porcelain"]), format!(" M {path}"));
    assert_eq!(desk.store.hand_edits().expect("edits"), [edit(&path, EditState::Modified)]);
}

#[test]
fn an_edit_in_the_second_of_the_write_is_seen_in_the_next() {
    let desk = Desk::new(Kept::WorkTree);
    let path = record(1).path();
    let file = desk.root.join(&path);
    let second = |file: &Path| fs::metadata(file).expect("a file").mtime();
    loop {
        desk.write(&[(&path, Some("one\n"))]).expect("written");
        let written = second(&file);
        // Nanoseconds tell the two apart, which git does not look at.
        thread::sleep(Duration::from_millis(20));
        fs::write(&file, "two\n").expect("written");
        if second(&file) == written {
            break;
        }
        // The second was over.
        fs::write(&file, "one\n").expect("written");
        desk.write(&[(&path, None)]).expect("written");
    }
    thread::sleep(Duration::from_millis(1_050));
    desk.write(&[(&record(10).path(), Some("x\n"))]).expect("written");
    assert_eq!(git(&desk.root, &["status", "--porcelain"]), format!(" M {path}"));
}

#[test]
fn a_commit_can_take_an_edit_over() {
    let desk = Desk::new(Kept::WorkTree);
    let (path, new) = (record(1).path(), record(2).path());
    desk.write(&[(&path, Some("one\n"))]).expect("written");
    fs::write(desk.root.join(&path), "edited  \n").expect("written");
    fs::create_dir_all(desk.root.join(&new).parent().expect("a folder")).expect("made");
    fs::write(desk.root.join(&new), "new\n").expect("written");
    git(&desk.root, &["add", &new]);
    assert_eq!(desk.store.hand_edits().expect("edits").len(), 2);
    let result = desk.store.transact(&WriteOptions::default(), |_: &Snapshot<'_>| {
        let plan = plan(&[(&path, Some("edited\n")), (&new, Some("new\n"))]);
        Ok::<_, StoreError>(Plan { adopt: vec![path.clone(), new.clone()], ..plan })
    });
    result.expect("written");
    desk.check();
    assert_eq!(fs::read_to_string(desk.root.join(&path)).expect("read"), "edited\n");
    assert_eq!(desk.store.work_file(&path).expect("read").as_deref(), Some(&b"edited\n"[..]));
}

#[test]
fn hand_edits_are_listed_as_git_lists_them() {
    for setting in [None, Some(["index.version", "4"]), Some(["core.splitIndex", "true"])] {
        let desk = Desk::new(Kept::WorkTree);
        if let Some([key, value]) = setting {
            git(&desk.root, &["config", key, value]);
            git(&desk.root, &["update-index", "--force-write-index"]);
            if value == "4" {
                git(&desk.root, &["update-index", "--index-version", "4"]);
            }
        }
        let paths: Vec<String> = (0..6).map(|n| record(n).path()).collect();
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), Some("x\n"))).collect();
        desk.write(&files).expect("written");
        assert_eq!(desk.store.hand_edits().expect("edits"), []);
        let put = |path: &str, content: &str| {
            let file = desk.root.join(path);
            fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            fs::write(file, content).expect("written");
        };
        put(&paths[0], "y\n");
        put(&paths[1], "staged\n");
        git(&desk.root, &["add", "."]);
        put(&paths[1], "x\n");
        fs::remove_file(desk.root.join(&paths[2])).expect("removed");
        git(&desk.root, &["rm", "-q", &paths[3]]);
        git(&desk.root, &["rm", "-q", "--cached", &paths[4]]);
        put("attachments/new", "n\n");
        put("elsewhere", "n\n");
        put(".gitignore", "*.swp\n");
        put("incidents/.x.swp", "n\n");
        put(".gitsm/people.yaml", "n\n");
        git(&desk.root, &["add", ".gitsm/people.yaml"]);
        let mut expected = vec![
            edit(&paths[0], EditState::Modified),
            edit(&paths[2], EditState::Deleted),
            edit(&paths[3], EditState::Deleted),
            edit("attachments/new", EditState::Added),
            edit(".gitsm/people.yaml", EditState::Added),
        ];
        expected.sort_by(|a, b| a.path.cmp(&b.path));
        let mut seen = desk.store.hand_edits().expect("edits");
        // Git alone reports a file that is staged and put back, or removed
        // from the index only, as changed; the trunk has the same content.
        if setting.is_some() {
            seen.retain(|edit| edit.path != paths[1] && edit.path != paths[4]);
        }
        assert_eq!(seen, expected, "{setting:?}");
    }
}

#[test]
fn a_link_is_no_record() {
    let desk = Desk::new(Kept::WorkTree);
    let (path, other) = (record(1).path(), record(2).path());
    desk.write(&[(&path, Some("one\n"))]).expect("written");
    let secret = desk.folder.path().join("secret");
    fs::write(&secret, "secret\n").expect("written");
    let file = desk.root.join(&path);
    fs::remove_file(&file).expect("removed");
    symlink(&secret, &file).expect("a link");
    let result = desk.write(&[(&path, Some("two\n"))]);
    assert!(matches!(result, Err(StoreError::NotAFile { .. })), "{result:?}");
    assert!(matches!(desk.store.work_file(&path), Err(StoreError::NotAFile { .. })));
    assert!(desk.store.edited(&path).expect("known"));
    assert_eq!(desk.store.hand_edits().expect("edits"), [edit(&path, EditState::Modified)]);
    assert_eq!(fs::read_to_string(&secret).expect("read"), "secret\n");
    git(&desk.root, &["commit", "-qam", "A link"]);
    let snapshot = desk.store.snapshot().expect("a snapshot");
    assert!(matches!(snapshot.file(&path), Err(StoreError::NotAFile { .. })));
    assert_eq!(snapshot.blob_of(&path).expect("known"), None);
    let list = snapshot.record_ids().expect("records");
    assert_eq!((list.records.len(), list.strays), (0, vec![path.clone()]));
    let result = desk.write(&[(&path, Some("two\n"))]);
    assert!(matches!(result, Err(StoreError::NotAFile { .. })), "{result:?}");
    // Nor does a link in the place of a folder lead out of the desk.
    git(&desk.root, &["rm", "-q", &path]);
    git(&desk.root, &["commit", "-qm", "No link"]);
    let outside = desk.folder.path().join("outside");
    fs::create_dir(&outside).expect("made");
    symlink(&outside, desk.root.join("incidents")).expect("a link");
    let result = desk.write(&[(&other, Some("two\n"))]);
    assert!(matches!(result, Err(StoreError::NotAFile { .. })), "{result:?}");
    assert_eq!(fs::read_dir(&outside).expect("listed").count(), 0);
}

#[test]
fn a_conflict_elsewhere_does_not_stop_a_write() {
    let desk = Desk::new(Kept::WorkTree);
    let (path, other) = (record(1).path(), record(2).path());
    desk.write(&[(&path, Some("base\n"))]).expect("written");
    git(&desk.root, &["branch", "side"]);
    desk.write(&[(&path, Some("ours\n"))]).expect("written");
    git(&desk.root, &["switch", "-q", "side"]);
    fs::write(desk.root.join(&path), "theirs\n").expect("written");
    git(&desk.root, &["commit", "-qam", "Theirs"]);
    git(&desk.root, &["switch", "-q", "main"]);
    assert!(!try_git(&desk.root, &["merge", "side"]).status.success());
    let unmerged = git(&desk.root, &["ls-files", "-u"]);
    assert_eq!(unmerged.lines().count(), 3);
    let result = desk.write(&[(&path, Some("x\n"))]);
    assert!(matches!(result, Err(StoreError::HandEdited { .. })), "{result:?}");
    desk.write(&[(&other, Some("x\n"))]).expect("written");
    assert_eq!(git(&desk.root, &["ls-files", "-u"]), unmerged);
    fs::write(desk.root.join(&path), "merged\n").expect("written");
    git(&desk.root, &["add", &path]);
    git(&desk.root, &["commit", "-qm", "Merged"]);
    desk.check();
    assert_eq!(desk.read(&other).as_deref(), Some("x\n"));
    let info = desk.store.commit_info(desk.store.head().expect("a head")).expect("a commit");
    assert_eq!(info.parents.len(), 2);
}
