//! The text of our hooks.
//!
//! A stub only starts gitsm. Where gitsm has gone it says so, and lets git go
//! on, except where the desk has told that pushes must pass the gate: then a
//! file says so beside the repository's configuration, and the stub of a hook
//! that asks the gate refuses. A gate that has gone must not look like one that
//! passes.

use std::path::Path;

use super::event::Event;

/// The version of the stubs. Whatever changes in their text counts it up.
const VERSION: u32 = 1;

/// What the second line of every stub begins with.
pub const MARKER: &str = "# gitsm-hook ";

/// What is added to the name of a hook that was there before.
pub const BEFORE: &str = ".gitsm-prev";

/// What pre-commit and prek add to the name of a hook that was there before
/// theirs, and that they run.
pub const LEGACY: &str = ".legacy";

/// The file, in gitsm's folder of the repository, that says that pushes to some
/// references must pass the gate, and which: one pattern on each line.
pub const GATED: &str = "gated";

/// The stub of `event` that starts `program`.
pub fn plain(event: Event, program: &Path) -> String {
    let program = quoted(program);
    format!(
        "#!/bin/sh\n\
         {MARKER}{VERSION} {event}: `gitsm hook uninstall` takes it away\n\
         [ -x {program} ] && exec {program} hook run {event} -- \"$@\"\n\
         echo \"gitsm: \"{program}\" is gone; make its hooks anew: gitsm hook install\" >&2\n\
         {}\n",
        without(event, ""),
    )
}

/// The stub of `event` that runs what was there before, and then gitsm, both
/// with the same arguments and the same input.
pub fn chain(event: Event, program: &Path) -> String {
    let program = quoted(program);
    format!(
        "#!/bin/sh\n\
         {MARKER}{VERSION} {event} chain: `gitsm hook uninstall` puts back what was here\n\
         before=\"${{0%/*}}/{event}{BEFORE}\"\n\
         [ -x {program} ] && exec {program} hook run {event} --after \"$before\" -- \"$@\"\n\
         echo \"gitsm: \"{program}\" is gone; make its hooks anew: gitsm hook install\" >&2\n\
         {}\n\
         [ ! -x \"$before\" ] || exec \"$before\" \"$@\"\n",
        without(event, " || exit 1"),
    )
}

/// What the stub does without gitsm.
fn without(event: Event, or: &str) -> String {
    match (event.is_gate(), or.is_empty()) {
        (true, _) => {
            format!("[ ! -e \"$(git rev-parse --git-common-dir)/gitsm-hooks/{GATED}\" ]{or}")
        }
        (false, true) => "exit 0".to_owned(),
        (false, false) => ":".to_owned(),
    }
}

/// A path as a word of the shell.
pub fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_is_five_lines_of_shell() {
        let text = plain(Event::PreReceive, Path::new("/opt/it's here/gitsm"));
        assert_eq!(
            text,
            r##"#!/bin/sh
# gitsm-hook 1 pre-receive: `gitsm hook uninstall` takes it away
[ -x '/opt/it'\''s here/gitsm' ] && exec '/opt/it'\''s here/gitsm' hook run pre-receive -- "$@"
echo "gitsm: "'/opt/it'\''s here/gitsm'" is gone; make its hooks anew: gitsm hook install" >&2
[ ! -e "$(git rev-parse --git-common-dir)/gitsm-hooks/gated" ]
"##
        );
        assert!(plain(Event::CommitMsg, Path::new("/gitsm")).ends_with("\nexit 0\n"));
    }

    #[test]
    fn a_chain_runs_what_was_there_before() {
        assert_eq!(
            chain(Event::PostReceive, Path::new("/gitsm")),
            r##"#!/bin/sh
# gitsm-hook 1 post-receive chain: `gitsm hook uninstall` puts back what was here
before="${0%/*}/post-receive.gitsm-prev"
[ -x '/gitsm' ] && exec '/gitsm' hook run post-receive --after "$before" -- "$@"
echo "gitsm: "'/gitsm'" is gone; make its hooks anew: gitsm hook install" >&2
:
[ ! -x "$before" ] || exec "$before" "$@"
"##
        );
        let gate = chain(Event::PrePush, Path::new("/gitsm"));
        assert!(gate.contains("/gitsm-hooks/gated\" ] || exit 1\n"), "{gate}");
    }
}
