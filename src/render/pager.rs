//! Shows long output through the user's pager, as git does.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a shell answers when there is no such command.
const NOT_FOUND: i32 = 127;

/// Shows `text` through `command`. `false` if there is no such pager, so that
/// the text is still to be printed.
///
/// `less` quits at once if the text fits the screen (`LESS=FRX`, unless the
/// user set `LESS`), so the length is the pager's concern.
pub(crate) fn page(command: &str, text: &str) -> bool {
    let command = command.trim();
    if command.is_empty() || command == "cat" {
        return false;
    }
    let started = Command::new("sh").arg("-c").arg(script(command)).stdin(Stdio::piped()).spawn();
    let Ok(mut pager) = started else { return false };
    if let Some(mut stdin) = pager.stdin.take() {
        // The reader may leave before the end; that is no error.
        let _ = stdin.write_all(text.as_bytes());
    }
    !matches!(pager.wait().map(|status| status.code()), Ok(Some(NOT_FOUND)))
}

/// The shell script that runs the pager: sets what the user has not set, and
/// looks first whether the program exists, so that its absence makes no noise.
fn script(command: &str) -> String {
    let program = command.split_ascii_whitespace().next().unwrap_or_default();
    let is_plain = !program.is_empty()
        && program.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let look = if is_plain {
        format!("command -v {program} >/dev/null 2>&1 || exit {NOT_FOUND}; ")
    } else {
        String::new()
    };
    format!("{look}: \"${{LESS=FRX}}\" \"${{LV=-c}}\"; export LESS LV; {command}")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_pager_is_noticed_in_silence() {
        assert!(!page("gitsm-test-no-such-pager -x", "text"));
        let output = Command::new("sh").arg("-c").arg(script("gitsm-test-no-such-pager")).output();
        let output = output.expect("sh runs");
        assert_eq!(output.status.code(), Some(NOT_FOUND));
        assert!(output.stderr.is_empty());
        assert!(!page("", "text"));
    }

    #[test]
    fn the_pager_gets_the_text_and_its_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("out");
        let path = file.to_str().expect("a plain path");
        let command = format!("sh -c 'cat > \"$1\"; echo \"$LV\" >> \"$1\"' pager {path}");
        assert!(page(&command, "one\ntwo\n"));
        let text = std::fs::read_to_string(&file).expect("written");
        assert!(text.starts_with("one\ntwo\n-"), "{text}");
    }

    #[test]
    fn a_pager_that_leaves_early_is_no_error() {
        assert!(page("true", &"x".repeat(1 << 20)));
    }
}
