//! Making desks and finding them.

use std::fs;
use std::path::Path;

use crate::desk::{Desk, Kept, alice, git, init_plan, isolate, settings};
use gitsm::store::{InitPlan, Locator, Store, StoreError, init};

fn from(cwd: &Path) -> Result<Store, StoreError> {
    Store::discover(&Locator { cwd: cwd.to_owned(), ..Locator::default() })
}

fn same(store: &Store, desk: &Desk) {
    let found = store.git_dir().canonicalize().expect("a folder");
    assert_eq!(found, desk.store.git_dir().canonicalize().expect("a folder"));
}

#[test]
fn found_by_walking_up() {
    let desk = Desk::new(Kept::WorkTree);
    let below = desk.root.join("incidents/9/Q");
    fs::create_dir_all(&below).expect("made");
    same(&from(&below).expect("a desk"), &desk);
    // Through a code repository inside the desk's work tree.
    let code = desk.root.join("code");
    fs::create_dir(&code).expect("made");
    git(&code, &["init", "-q"]);
    same(&from(&code).expect("a desk"), &desk);
    let path =
        Locator { desk: Some("desk".into()), cwd: desk.folder.path().to_owned(), branch: None };
    same(&Store::discover(&path).expect("a desk"), &desk);
}

#[test]
fn found_through_the_configuration_of_a_code_repository() {
    for kept in [Kept::WorkTree, Kept::Bare] {
        let desk = Desk::new(kept);
        let code = desk.folder.path().join("code");
        fs::create_dir_all(code.join("src")).expect("made");
        git(&code, &["init", "-q"]);
        isolate(&code);
        let absolute = desk.root.to_str().expect("a name").to_owned();
        for value in ["../desk", absolute.as_str()] {
            git(&code, &["config", "gitsm.desk", value]);
            same(&from(&code.join("src")).expect("a desk"), &desk);
        }
    }
    let desk = Desk::new(Kept::Branch);
    assert_eq!(git(&desk.root, &["config", "--local", "gitsm.branch"]), "desk");
    fs::create_dir(desk.root.join("src")).expect("made");
    let store = from(&desk.root.join("src")).expect("a desk");
    same(&store, &desk);
    assert_eq!(store.trunk(), Some("desk"));
    // A given branch wins over the configured one.
    git(&desk.root, &["branch", "other", "desk"]);
    let locator = Locator { cwd: desk.root.clone(), branch: Some("other".into()), desk: None };
    assert_eq!(Store::discover(&locator).expect("a desk").trunk(), Some("other"));
}

#[test]
fn not_found_says_where_it_looked() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = from(folder.path()).expect_err("no desk");
    match &error {
        StoreError::NoDesk { looked } => assert!(!looked.is_empty()),
        other => panic!("{other:?}"),
    }
    assert!(error.hint().is_some_and(|hint| hint.contains("gitsm init")));
    let code = folder.path().join("code");
    fs::create_dir(&code).expect("made");
    git(&code, &["init", "-q"]);
    let error = from(&code).expect_err("no desk in a repository without commits");
    assert!(matches!(&error, StoreError::NoDesk { looked } if looked[0].contains("code")));
    fs::write(code.join("x"), "x").expect("written");
    git(&code, &["add", "."]);
    git(&code, &["commit", "-qm", "x"]);
    assert!(matches!(from(&code), Err(StoreError::NoDesk { .. })));
    git(&code, &["config", "gitsm.branch", "desk"]);
    let error = from(&code).expect_err("no such branch");
    assert!(error.to_string().contains("`desk`"), "{error}");
    let nowhere = Store::open_at(&folder.path().join("nowhere"), None);
    assert!(matches!(nowhere, Err(StoreError::NotARepository { .. })));
}

#[test]
fn init_refuses_what_is_there() {
    for kept in [Kept::WorkTree, Kept::Bare, Kept::Branch] {
        let desk = Desk::new(kept);
        let branch = (kept == Kept::Branch).then(|| "desk".to_owned());
        let again = InitPlan { branch, bare: kept == Kept::Bare, ..init_plan(&desk.root) };
        assert!(matches!(init(&again), Err(StoreError::DeskExists { .. })), "{kept:?}");
        desk.check();
    }
    let desk = Desk::new(Kept::Branch);
    let other = InitPlan { branch: Some("second".into()), ..init_plan(&desk.root) };
    assert!(matches!(init(&other), Err(StoreError::DeskExists { .. })));
    git(&desk.root, &["config", "--unset", "gitsm.branch"]);
    let error = init(&init_plan(&desk.root)).expect_err("in use");
    assert!(matches!(error, StoreError::RepositoryInUse { .. }), "{error:?}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--branch")));
    for name in ["main", "bad..name", ""] {
        let plan = InitPlan { branch: Some(name.into()), ..init_plan(&desk.root) };
        assert!(matches!(init(&plan), Err(StoreError::BadBranch { .. })), "{name}");
    }
}

#[test]
fn init_uses_an_empty_repository_and_spares_what_lies_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("desk");
    fs::create_dir_all(root.join(".gitsm")).expect("made");
    git(&root, &["init", "-q", "-b", "own"]);
    fs::write(root.join("notes"), "mine\n").expect("written");
    git(&root, &["add", "notes"]);
    fs::write(root.join(".gitsm/desk.yaml"), "mine\n").expect("written");
    let result = init(&init_plan(&root));
    assert!(matches!(result, Err(StoreError::HandEdited { .. })), "{result:?}");
    assert_eq!(fs::read_to_string(root.join(".gitsm/desk.yaml")).expect("read"), "mine\n");
    fs::remove_file(root.join(".gitsm/desk.yaml")).expect("removed");
    let store = init(&init_plan(&root)).expect("a desk");
    assert_eq!(store.trunk(), Some("own"));
    assert_eq!(git(&root, &["status", "--porcelain"]), "A  notes");
    assert_eq!(store.settings_bytes().expect("settings"), settings()[1].1);
    let history: Vec<_> = store.history(None, store.head().expect("a head")).expect("h").collect();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].as_ref().expect("a commit").committer, alice());
    assert_eq!(git(&root, &["fsck", "--strict"]), "");
}

#[test]
fn a_desk_on_a_branch_never_touches_the_checkout() {
    let desk = Desk::new(Kept::Branch);
    assert_eq!(git(&desk.root, &["rev-parse", "--abbrev-ref", "HEAD"]), "main");
    let files = git(&desk.root, &["ls-tree", "-r", "--name-only", "desk"]);
    assert_eq!(files, ".gitattributes\n.gitsm/desk.yaml");
    let shared = git(&desk.root, &["rev-list", "--count", "main..desk"]);
    assert_eq!(
        (shared.as_str(), git(&desk.root, &["rev-list", "--count", "desk"]).as_str()),
        ("1", "1")
    );
    assert!(!desk.root.join(".gitsm").exists());
    assert_eq!(desk.store.work_dir(), None);
}

#[test]
fn settings_are_kept_and_never_taken_for_those_of_another_commit() {
    let desk = Desk::new(Kept::WorkTree);
    let root = desk.root.as_path();
    let read = || from(root).and_then(|store| store.settings_bytes());
    let kept = desk.store.state_dir().join("index.desk");
    fs::create_dir_all(desk.store.state_dir()).expect("made");
    let first = read().expect("settings");
    assert!(fs::read(&kept).expect("a file").ends_with(&first));
    assert_eq!(read().expect("settings"), first);

    // Half written, changed, of another commit, not there.
    let whole = fs::read(&kept).expect("a file");
    let half = whole.get(..whole.len() - 3).expect("more").to_vec();
    let mut changed = whole.clone();
    changed.push(b'#');
    for wrong in [half, changed, Vec::new(), b"\xff\n".to_vec()] {
        fs::write(&kept, wrong).expect("written");
        assert_eq!(read().expect("settings"), first);
        assert_eq!(fs::read(&kept).expect("a file"), whole);
    }
    // A link is replaced, and not followed.
    let elsewhere = desk.folder.path().join("elsewhere");
    fs::write(&elsewhere, "mine").expect("written");
    fs::remove_file(&kept).expect("removed");
    std::os::unix::fs::symlink(&elsewhere, &kept).expect("a link");
    assert_eq!(read().expect("settings"), first);
    assert_eq!(fs::read(&elsewhere).expect("a file"), b"mine");
    assert_eq!(fs::read(&kept).expect("a file"), whole);
    fs::write(root.join(".gitsm/desk.yaml"), "version: 1\nname: Other\n").expect("written");
    git(root, &["commit", "-qam", "Another name"]);
    assert_eq!(read().expect("settings"), b"version: 1\nname: Other\n");
    git(root, &["rm", "-q", ".gitsm/desk.yaml"]);
    git(root, &["commit", "-qm", "No desk any more"]);
    assert!(matches!(read(), Err(StoreError::NoDesk { .. })));
    git(root, &["reset", "-q", "--hard", "HEAD~2"]);
    assert_eq!(read().expect("settings"), first);
}
