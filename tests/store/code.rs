//! Reading code repositories, made by the git program.

use std::fs;
use std::path::{Path, PathBuf};

use gitsm::store::code::{Ancestry, Between, Code};
use gitsm::store::{CommitId, StoreError};
use tempfile::TempDir;

use crate::desk::{git, git_command};

/// A code repository in a temporary folder.
struct Repository {
    _folder: TempDir,
    root: PathBuf,
    clock: u32,
}

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a folder").join("crm");
        fs::create_dir(&root).expect("a folder");
        git(&root, &["init", "-q", "-b", "main"]);
        Self { _folder: folder, root, clock: 0 }
    }

    /// A commit of one file.
    fn commit(&mut self, path: &str, text: &str) -> CommitId {
        let file = self.root.join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
        git(&self.root, &["add", "."]);
        self.clock += 60;
        let date = format!("{} +0000", 1_795_000_000 + self.clock);
        let mut command = git_command(&self.root, &["commit", "-q", "-m", text]);
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        assert!(command.status().expect("git runs").success());
        self.head()
    }

    fn head(&self) -> CommitId {
        git(&self.root, &["rev-parse", "HEAD"]).trim().parse().expect("a commit")
    }

    fn code(&self) -> Code {
        Code::open(&self.root, &[]).expect("a repository")
    }
}

fn between(code: &Code, old: Option<CommitId>, new: CommitId) -> Between {
    code.between(old, new).expect("a walk")
}

#[test]
fn it_is_found_however_it_lies() {
    let mut repository = Repository::new();
    let head = repository.commit("src/main.rs", "One");
    let root = &repository.root;
    git(root, &["worktree", "add", "-q", "../linked", "-b", "linked"]);
    git(root, &["clone", "-q", "--bare", ".", "../bare.git"]);
    git(root, &["remote", "add", "origin", "git@example.com:team/crm.git"]);
    let places: [(&Path, &str); 5] = [
        (root, "crm"),
        (&root.join("src"), "crm"),
        (&root.join(".git"), "crm"),
        (&root.join("../linked"), "crm"),
        (&root.join("../bare.git"), "bare"),
    ];
    for (place, name) in places {
        let code = Code::open(place, &[]).expect("a repository");
        assert_eq!(code.folder_name(), name, "{}", place.display());
        assert!(code.has(head) && !code.is_shallow());
        assert_eq!(code.resolve("HEAD").expect("a commit"), head);
    }
    let code = repository.code();
    let own = root.display().to_string();
    let git_dir = root.join(".git").display().to_string();
    assert_eq!(code.places(), [git_dir, own, "git@example.com:team/crm.git".to_owned()]);
    assert_eq!(code.configured_name(), None);
    git(root, &["config", "gitsm.repository", "shop"]);
    assert_eq!(repository.code().configured_name().as_deref(), Some("shop"));
    assert_eq!(code.head_reference().as_deref(), Some("refs/heads/main"));
    git(root, &["tag", "-a", "-m", "One", "v1"]);
    assert_eq!(code.full_name("v1"), "refs/tags/v1");
    assert_eq!(code.full_name("main"), "refs/heads/main");
    assert_eq!(code.resolve("v1").expect("a commit"), head);
    let nowhere = root.parent().expect("a folder");
    assert!(matches!(Code::open(nowhere, &[]), Err(StoreError::NotARepository { .. })));
}

#[test]
fn what_comes_in_is_what_git_says() {
    let mut repository = Repository::new();
    let first = repository.commit("a", "One");
    let second = repository.commit("a", "Two");
    git(&repository.root, &["checkout", "-q", "-b", "side", &first.to_string()]);
    let side = repository.commit("b", "Side");
    git(&repository.root, &["checkout", "-q", "main"]);
    git(&repository.root, &["merge", "-q", "--no-edit", "side"]);
    let merge = repository.head();
    let code = repository.code();
    for (old, new, ancestry) in [
        (first, merge, Ancestry::Ancestor),
        (merge, first, Ancestry::Descendant),
        (second, side, Ancestry::Apart),
        (side, second, Ancestry::Apart),
        (second, merge, Ancestry::Ancestor),
        (merge, merge, Ancestry::Same),
    ] {
        let found = between(&code, Some(old), new);
        assert_eq!(found.ancestry, ancestry, "{old} {new}");
        assert!(found.is_whole);
        let range = format!("{old}..{new}");
        let listed = git(&repository.root, &["rev-list", &range]);
        let mut listed: Vec<String> = listed.lines().map(str::to_owned).collect();
        let mut ours: Vec<String> = found.commits.iter().map(ToString::to_string).collect();
        listed.sort();
        ours.sort();
        assert_eq!(ours, listed, "{range}");
    }
    assert_eq!(between(&code, None, merge).commits.len(), 4);
    assert_eq!(between(&code, None, merge).commits.first(), Some(&merge));
    let info = code.commit(side).expect("a commit");
    assert_eq!((info.message.as_str(), info.author.name.as_str()), ("Side\n", "Bob"));
}

#[test]
fn clocks_that_were_wrong_mislead_nobody() {
    let mut repository = Repository::new();
    let first = repository.commit("a", "One");
    // Committed by a clock that was two years behind.
    repository.clock = 0;
    let date = "1700000000 +0000";
    fs::write(repository.root.join("b"), "b").expect("a file");
    git(&repository.root, &["add", "."]);
    let mut command = git_command(&repository.root, &["commit", "-q", "-m", "Late"]);
    command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date);
    assert!(command.status().expect("git runs").success());
    let late = repository.head();
    repository.clock = 600;
    let last = repository.commit("c", "Last");
    let code = repository.code();
    let found = between(&code, Some(late), last);
    assert_eq!((found.ancestry, found.commits), (Ancestry::Ancestor, vec![last]));
    let found = between(&code, Some(first), last);
    assert_eq!((found.ancestry, found.commits), (Ancestry::Ancestor, vec![last, late]));
}

#[test]
fn files_that_differ_are_named() {
    let mut repository = Repository::new();
    let first = repository.commit("a/b/c.txt", "One");
    repository.commit("a/d.txt", "Two");
    git(&repository.root, &["rm", "-q", "-r", "a/b"]);
    let last = repository.commit("a/b", "a file in the place of a folder");
    let code = repository.code();
    let paths = |old, new| -> Vec<String> {
        let files = code.files_between(old, new).expect("files");
        assert!(!files.more);
        files.changed.into_iter().map(|file| file.path).collect()
    };
    assert_eq!(paths(None, first), ["a/b/c.txt"]);
    assert_eq!(paths(Some(first), last), ["a/b", "a/b/c.txt", "a/d.txt"]);
    assert!(paths(Some(last), last).is_empty());
}

#[test]
fn a_rebase_leaves_the_patch_what_it_is() {
    let mut repository = Repository::new();
    repository.commit("a", "1\n2\n3\n");
    git(&repository.root, &["checkout", "-q", "-b", "work"]);
    let old = repository.commit("a", "1\n2\n3\n4\n");
    git(&repository.root, &["checkout", "-q", "main"]);
    repository.commit("b", "Something else");
    git(&repository.root, &["checkout", "-q", "work"]);
    git(&repository.root, &["rebase", "-q", "main"]);
    let new = repository.head();
    let code = repository.code();
    assert_ne!(old, new);
    let patch = |id| code.patch_id(id).expect("a patch");
    assert!(patch(old).is_some());
    assert_eq!(patch(old), patch(new));
    let other = repository.commit("a", "1\n2\n3\n5\n");
    assert_ne!(patch(other), patch(new));
}

#[test]
fn a_shallow_clone_says_that_it_does_not_know() {
    let mut repository = Repository::new();
    let first = repository.commit("a", "One");
    let second = repository.commit("a", "Two");
    let third = repository.commit("a", "Three");
    let url = format!("file://{}", repository.root.display());
    git(&repository.root, &["clone", "-q", "--depth", "2", &url, "../shallow"]);
    let code = Code::open(&repository.root.join("../shallow"), &[]).expect("a repository");
    assert!(code.is_shallow() && code.has(second) && !code.has(first));
    let found = between(&code, Some(second), third);
    assert_eq!((found.ancestry, found.is_whole), (Ancestry::Ancestor, true));
    let found = between(&code, None, third);
    assert!(!found.is_whole && found.commits == [third, second]);
    assert!(code.between(Some(first), third).is_err());
}

#[test]
fn what_is_being_pushed_is_read_from_the_quarantine() {
    let mut repository = Repository::new();
    let first = repository.commit("a", "One");
    git(&repository.root, &["clone", "-q", "--bare", ".", "../bare.git"]);
    let second = repository.commit("a", "Two");
    let bare = repository.root.join("../bare.git");
    assert!(!Code::open(&bare, &[]).expect("a repository").has(second));
    let quarantine = repository.root.join(".git/objects");
    let code = Code::open(&bare, &[quarantine]).expect("a repository");
    assert_eq!(between(&code, Some(first), second).commits, [second]);
    assert_eq!(code.files_between(Some(first), second).expect("files").changed.len(), 1);
}

#[test]
fn the_environment_of_a_hook_leads_nowhere() {
    let mut repository = Repository::new();
    let head = repository.commit("a", "One");
    let elsewhere = Repository::new();
    let program = env!("CARGO_BIN_EXE_gitsm");
    git(&repository.root, &["config", "gitsm.desk", "../desk"]);
    let desk = repository.root.join("../desk");
    let who = [("GIT_AUTHOR_NAME", "Bob"), ("GIT_AUTHOR_EMAIL", "bob@example.org")];
    let mut init = std::process::Command::new(program);
    init.args(["init", "--profile", "itsm"]).arg(&desk).envs(who);
    assert!(init.output().expect("gitsm runs").status.success());
    let mut raise = std::process::Command::new(program);
    raise.args(["change", "raise", "-e", "production", "--json"]).current_dir(&repository.root);
    raise.envs(who).env("GIT_DIR", elsewhere.root.join(".git"));
    raise.env("GIT_OBJECT_DIRECTORY", "/nonexistent").env("GIT_INDEX_FILE", "/nonexistent");
    let output = raise.output().expect("gitsm runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains(&head.to_string()), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn damaged_repositories_are_errors_and_end() {
    let mut repository = Repository::new();
    let first = repository.commit("a", "One");
    let second = repository.commit("a", "Two");
    let tree = git(&repository.root, &["rev-parse", "HEAD^{tree}"]).trim().to_owned();
    let blob = git(&repository.root, &["rev-parse", "HEAD:a"]).trim().to_owned();
    let file = |id: &str| repository.root.join(".git/objects").join(&id[..2]).join(&id[2..]);
    let ask = || -> Vec<bool> {
        let code = repository.code();
        vec![
            code.between(Some(first), second).is_ok(),
            code.files_between(Some(first), second).is_ok(),
            code.patch_id(second).is_ok(),
            code.resolve(&second.to_string()).is_ok(),
        ]
    };
    assert_eq!(ask(), [true; 4]);
    let sound = [
        (second.to_string(), [false, false, false, false]),
        (tree, [true, false, false, true]),
        (blob, [true, true, false, true]),
    ];
    for (id, wanted) in sound {
        let path = file(&id);
        let whole = fs::read(&path).expect("an object");
        for content in [whole.get(..whole.len() / 2).expect("half"), b"", b"garbage"] {
            fs::remove_file(&path).expect("removed");
            fs::write(&path, content).expect("written");
            assert_eq!(ask(), wanted, "{id} {} bytes", content.len());
        }
        fs::remove_file(&path).expect("removed");
        // A blob that is not there may be a submodule's, and is compared by name.
        assert_eq!(ask(), if wanted[1] { [true; 4] } else { wanted }, "{id} is missing");
        fs::write(&path, whole).expect("written");
    }
}
