//! Signed commits, as git itself verifies them.

use std::fs;
use std::process::Command;

use crate::desk::{Desk, EVERYWHERE, git, record, try_git};
use gitsm::store::{Signing, StoreError, WriteOptions};

#[test]
fn commits_are_signed_with_an_ssh_key() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let key = desk.folder.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f"])
            .arg(&key)
            .status()
            .expect("ssh-keygen runs");
        assert!(made.success());
        let public = fs::read_to_string(key.with_extension("pub")).expect("a key");
        let signers = desk.folder.path().join("signers");
        fs::write(&signers, format!("alice@example.org {public}")).expect("written");
        git(&desk.root, &["config", "gpg.format", "ssh"]);
        git(&desk.root, &["config", "user.signingkey", key.to_str().expect("a name")]);
        let signers = signers.to_str().expect("a name");
        git(&desk.root, &["config", "gpg.ssh.allowedSignersFile", signers]);
        let path = record(1).path();
        let always = WriteOptions { signing: Signing::Always, ..WriteOptions::default() };
        let done = desk.write_with(&always, &[(&path, Some("one\n"))]).expect("written");
        git(&desk.root, &["verify-commit", &done.commit.to_string()]);
        git(&desk.root, &["config", "commit.gpgsign", "true"]);
        let done = desk.write(&[(&path, Some("two\n"))]).expect("written");
        git(&desk.root, &["verify-commit", &done.commit.to_string()]);
        let never = WriteOptions { signing: Signing::Never, ..WriteOptions::default() };
        let done = desk.write_with(&never, &[(&path, Some("three\n"))]).expect("written");
        let verified = try_git(&desk.root, &["verify-commit", &done.commit.to_string()]);
        assert!(!verified.status.success());
        desk.check();
        for name in ["sign", "sign.sig", "sign.pub"] {
            assert!(!desk.store.state_dir().join(name).exists(), "{name}");
        }
    }
}

#[test]
fn a_commit_that_cannot_be_signed_is_not_made() {
    for kept in EVERYWHERE {
        let desk = Desk::new(kept);
        let before = desk.store.head().expect("a head");
        let path = record(1).path();
        let always = WriteOptions { signing: Signing::Always, ..WriteOptions::default() };
        let nowhere = desk.folder.path().join("no-such-key");
        git(&desk.root, &["config", "user.signingkey", nowhere.to_str().expect("a name")]);
        for (format, program) in
            [("ssh", None), ("openpgp", Some("false")), ("openpgp", Some("no-such-program"))]
        {
            git(&desk.root, &["config", "gpg.format", format]);
            if let Some(program) = program {
                git(&desk.root, &["config", "gpg.program", program]);
            }
            let error = desk.write_with(&always, &[(&path, Some("x\n"))]).expect_err("refused");
            assert!(matches!(error, StoreError::Signing { .. }), "{error:?}");
            assert!(error.hint().is_some());
        }
        assert_eq!(desk.store.head().expect("a head"), before);
        desk.check();
    }
}
