//! Signing commits with the programs and keys of git's configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use git2::Config;

use super::error::StoreError;
use super::identity::Identity;
use super::plan::Signing;
use super::program;

/// Signs a commit's bytes if `signing` and the configuration ask for it.
///
/// `scratch` is a folder for the files that `ssh-keygen` wants.
pub(super) fn sign(
    config: &Config,
    signing: Signing,
    committer: &Identity,
    content: &str,
    scratch: &Path,
) -> Result<Option<String>, StoreError> {
    let wanted = match signing {
        Signing::Always => true,
        Signing::Never => false,
        Signing::AsConfigured => config.get_bool("commit.gpgsign").unwrap_or(false),
    };
    if !wanted {
        return Ok(None);
    }
    let text = |key: &str| config.get_string(key).ok().filter(|value| !value.is_empty());
    let format = text("gpg.format").unwrap_or_else(|| "openpgp".to_owned());
    let key = text("user.signingkey");
    match format.as_str() {
        "ssh" => {
            let program = text("gpg.ssh.program").unwrap_or_else(|| "ssh-keygen".to_owned());
            let key = match key {
                Some(key) => key,
                None => default_ssh_key(text("gpg.ssh.defaultkeycommand").as_deref(), &program)?,
            };
            ssh(&program, &key, content, scratch).map(Some)
        }
        "openpgp" | "x509" => {
            let (own, usual) = match format.as_str() {
                "x509" => ("gpg.x509.program", "gpgsm"),
                _ => ("gpg.openpgp.program", "gpg"),
            };
            let fallback = if format == "x509" { None } else { text("gpg.program") };
            let program = text(own).or(fallback).unwrap_or_else(|| usual.to_owned());
            let key = key.unwrap_or_else(|| format!("{} <{}>", committer.name, committer.email));
            gpg(&program, &key, content).map(Some)
        }
        other => Err(failed("git", format!("`{other}` is no gpg.format"))),
    }
}

fn gpg(program: &str, key: &str, content: &str) -> Result<String, StoreError> {
    let mut command = Command::new(program);
    program::scrub(&mut command);
    command.args(["--status-fd=2", "-bsau", key]);
    let finished = program::feed(&mut command, content.as_bytes())
        .map_err(|error| failed(program, error.to_string()))?;
    if !finished.success || !finished.message.contains("[GNUPG:] SIG_CREATED ") {
        let message: Vec<&str> =
            finished.message.lines().filter(|line| !line.starts_with("[GNUPG:]")).collect();
        let message = if message.is_empty() { finished.message } else { message.join("; ") };
        return Err(failed(program, message));
    }
    signature(program, finished.output)
}

fn ssh(program: &str, key: &str, content: &str, scratch: &Path) -> Result<String, StoreError> {
    let buffer = scratch.join("sign");
    let output = scratch.join("sign.sig");
    let literal = scratch.join("sign.pub");
    let cleanup = || {
        for path in [&buffer, &output, &literal] {
            // What is left over is overwritten next time.
            let _ = fs::remove_file(path);
        }
    };
    cleanup();
    let result = (|| {
        fs::write(&buffer, content).map_err(StoreError::write(&buffer))?;
        let mut command = Command::new(program);
        program::scrub(&mut command);
        command.args(["-Y", "sign", "-n", "git", "-f"]);
        // A key given as text is a public key: the agent has the private one.
        match literal_key(key) {
            Some(text) => {
                fs::write(&literal, format!("{text}\n")).map_err(StoreError::write(&literal))?;
                command.arg(&literal).arg("-U");
            }
            None => {
                command.arg(expand(key));
            }
        }
        command.arg(&buffer);
        let finished =
            program::feed(&mut command, b"").map_err(|error| failed(program, error.to_string()))?;
        if !finished.success {
            return Err(failed(program, finished.message));
        }
        let bytes = fs::read(&output).map_err(|error| failed(program, error.to_string()))?;
        signature(program, bytes)
    })();
    cleanup();
    result
}

fn literal_key(key: &str) -> Option<&str> {
    key.strip_prefix("key::").or_else(|| key.starts_with("ssh-").then_some(key))
}

/// A key file's path with `~/` spelled out, as git does for this setting.
fn expand(key: &str) -> PathBuf {
    match (key.strip_prefix("~/"), Config::find_global()) {
        (Some(rest), Ok(global)) => match global.parent() {
            Some(home) => home.join(rest),
            None => PathBuf::from(key),
        },
        _ => PathBuf::from(key),
    }
}

fn default_ssh_key(command: Option<&str>, program: &str) -> Result<String, StoreError> {
    let Some(line) = command else {
        return Err(failed(program, "no user.signingkey is configured".to_owned()));
    };
    let mut shell = Command::new("sh");
    program::scrub(&mut shell);
    shell.args(["-c", line]);
    let finished =
        program::feed(&mut shell, b"").map_err(|error| failed(line, error.to_string()))?;
    if !finished.success {
        return Err(failed(line, finished.message));
    }
    let output = String::from_utf8_lossy(&finished.output);
    let key = output.lines().find(|line| literal_key(line).is_some());
    key.map(str::to_owned).ok_or_else(|| failed(line, "it printed no key".to_owned()))
}

fn signature(program: &str, bytes: Vec<u8>) -> Result<String, StoreError> {
    let text = String::from_utf8(bytes)
        .map_err(|_| failed(program, "the signature is not text".to_owned()))?;
    let text = text.replace('\r', "");
    match text.trim_end() {
        "" => Err(failed(program, "it wrote no signature".to_owned())),
        text => Ok(text.to_owned()),
    }
}

fn failed(program: &str, message: String) -> StoreError {
    StoreError::Signing { program: program.to_owned(), message }
}
