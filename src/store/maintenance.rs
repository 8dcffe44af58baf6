//! Keeping the number of loose objects down without making anyone wait.

use std::process::Stdio;

use super::{Store, identity, program};

/// Loose objects above which git's own maintenance is started.
const MANY: usize = 2_000;

impl Store {
    /// Starts git's maintenance in the background if many loose objects have
    /// gathered. `git config gitsm.maintenance false` turns it off. Its failure
    /// is not the command's.
    pub(super) fn maintain(&self) {
        // Objects spread evenly: one folder of 256 tells how many there are.
        let sample = std::fs::read_dir(self.git_dir.join("objects/17"));
        if sample.map_or(0, Iterator::count) * 256 <= MANY {
            return;
        }
        let Ok(config) = self.repository.config() else { return };
        if identity::flag(&config, "gitsm.maintenance") == Some(false) {
            return;
        }
        let mut command = program::git(&self.git_dir, None);
        if config.get_i64("gc.auto").is_err() {
            command.arg("-c").arg(format!("gc.auto={MANY}"));
        }
        command.args(["maintenance", "run", "--auto", "--quiet"]);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let null = Stdio::null;
        let _ = command.stdin(null()).stdout(null()).stderr(null()).spawn();
    }
}
