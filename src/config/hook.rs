//! What git, a server and a pipeline tell the hooks that they start.
//!
//! Read once and kept as data: after that no variable of git's may reach the
//! desk, or a ticket would be written by the wrong person into the wrong
//! repository.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{os, text};

/// Set for every program that gitsm starts: a hook that it meets is none of a
/// person's doing.
pub const INSIDE: &str = "GITSM_INSIDE";
/// Asks a hook to say who it is instead of doing anything.
pub const PROBE: &str = "GITSM_HOOK_PROBE";

/// Logins that belong to a server and not to a person.
const SHARED: [&str; 6] = ["git", "gitea", "gitlab", "gogs", "www-data", "nobody"];

/// What somebody, or something, says about who is acting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// A display name or a login.
    pub name: String,
    /// The mail address, if one was told.
    pub email: Option<String>,
}

impl Claim {
    /// Reads `Name <address>`, an address, or a login.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, email) = match text.split_once('<') {
            Some((name, rest)) => (name.trim(), rest.split('>').next().map(str::trim)),
            None if text.contains('@') => (text, Some(text)),
            None => (text, None),
        };
        let email = email.filter(|email| !email.is_empty()).map(str::to_owned);
        let name = if name.is_empty() { email.clone()? } else { name.to_owned() };
        let plain = |text: &str| !text.contains(|c: char| c.is_control() || c == '<' || c == '>');
        let sound = plain(&name) && email.as_deref().is_none_or(plain);
        sound.then_some(Self { name, email })
    }
}

/// The environment of a hook.
#[derive(Clone, Debug, Default)]
pub struct HookEnvironment {
    /// `GIT_DIR`, absolute.
    pub git_dir: Option<PathBuf>,
    /// Folders of objects that only the hook may read: git's quarantine, and
    /// what it builds on.
    pub objects: Vec<PathBuf>,
    /// `git push -o`, in order.
    pub push_options: Vec<String>,
    /// Who acts, as whoever knows best says it.
    pub by: Option<Claim>,
    /// The question of `gitsm hook status`.
    pub probe: Option<String>,
    /// Whether a program that gitsm started has run this hook.
    pub inside: bool,
    /// Whether pre-commit or prek runs a hook on a push, and has read the input
    /// itself: it passes on the first reference at most.
    pub push_is_kept: bool,
    /// The names of all of git's variables.
    pub variables: Vec<OsString>,
}

impl HookEnvironment {
    /// Reads the environment of this process, started in `cwd`.
    pub fn read(cwd: &Path) -> Self {
        let push_options = push_options();
        let objects = ["GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"].into_iter().filter_map(os);
        let mut objects: Vec<PathBuf> = objects.map(|path| cwd.join(path)).collect();
        if let Some(others) = os("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
            objects.extend(env::split_paths(&others).map(|path| cwd.join(path)));
        }
        objects.dedup();
        Self {
            git_dir: os("GIT_DIR").map(|path| cwd.join(path)),
            objects,
            by: by(&push_options),
            push_options,
            probe: text(PROBE),
            inside: os(INSIDE).is_some(),
            push_is_kept: os("PRE_COMMIT_REMOTE_NAME").is_some(),
            variables: git_variables(),
        }
    }
}

/// Where what must not be lost is kept: `XDG_STATE_HOME`, else `~/.local/state`.
pub fn state_dir() -> Option<PathBuf> {
    let named = os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(PathBuf::from(os("HOME")?).join(".local/state")))
}

/// The names of all of git's variables that are set.
pub fn git_variables() -> Vec<OsString> {
    let names = env::vars_os().map(|(name, _)| name);
    names.filter(|name| name.to_string_lossy().starts_with("GIT_")).collect()
}

fn push_options() -> Vec<String> {
    let count = text("GIT_PUSH_OPTION_COUNT").and_then(|count| count.parse::<usize>().ok());
    let all = 0..count.unwrap_or_default().min(100);
    all.filter_map(|at| text(&format!("GIT_PUSH_OPTION_{at}"))).collect()
}

/// What the server says comes before what the pusher says: whoever could choose
/// a name could approve their own change.
fn by(push_options: &[String]) -> Option<Claim> {
    let pair = |name: &str, email: &str| {
        let mut claim = Claim::parse(&text(name)?)?;
        claim.email = claim.email.or_else(|| text(email)).filter(|email| email.contains('@'));
        Some(claim)
    };
    let told = text("GITSM_PUSHER").and_then(|told| Claim::parse(&told));
    let login = || {
        let login = text("LOGNAME").or_else(|| text("USER"))?;
        Claim::parse(&login).filter(|claim| !SHARED.contains(&claim.name.as_str()))
    };
    let claimed = || push_options.iter().find_map(|option| option.strip_prefix("gitsm.by="));
    told.or_else(|| pair("GITEA_PUSHER_NAME", "GITEA_PUSHER_EMAIL"))
        .or_else(|| pair("GL_USERNAME", ""))
        .or_else(|| pair("GL_USER", ""))
        .or_else(|| pair("REMOTE_USER", ""))
        .or_else(|| pair("GITHUB_ACTOR", ""))
        .or_else(|| pair("GITLAB_USER_LOGIN", "GITLAB_USER_EMAIL"))
        .or_else(|| pair("KAMAL_PERFORMER", ""))
        .or_else(login)
        .or_else(|| Claim::parse(claimed()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_in_several_ways() {
        let claim = |name: &str, email: Option<&str>| {
            Some(Claim { name: name.to_owned(), email: email.map(str::to_owned) })
        };
        let ann = "ann@example.com";
        assert_eq!(Claim::parse("Ann Example <ann@example.com>"), claim("Ann Example", Some(ann)));
        assert_eq!(Claim::parse("<ann@example.com>"), claim(ann, Some(ann)));
        assert_eq!(Claim::parse(ann), claim(ann, Some(ann)));
        assert_eq!(Claim::parse(" ann "), claim("ann", None));
        assert_eq!(Claim::parse(""), None);
        assert_eq!(Claim::parse("ann\nTicket: CHG-1"), None);
        assert_eq!(Claim::parse("a <b<c>"), None);
    }
}
