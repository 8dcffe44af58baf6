//! Progress of long work, on standard error, and only on a terminal.

use std::fmt;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::escape;

/// A bar that vanishes when it is dropped. Nothing is drawn if standard error
/// is no terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("done", &self.bar.position()).finish()
    }
}

impl Progress {
    pub(crate) fn new(label: &str, hidden: bool) -> Self {
        let target =
            if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(0), target)
            .with_style(style)
            .with_message(escape::line(label).into_owned());
        Self { bar }
    }

    /// Shows that `done` of `total` steps are done.
    pub fn set(&self, done: u64, total: u64) {
        set(&self.bar, done, total);
    }

    /// The same as a function, for layers that know nothing of bars.
    pub fn as_fn(&self) -> impl Fn(u64, u64) + Send + Sync + 'static {
        let bar = self.bar.clone();
        move |done, total| set(&bar, done, total)
    }

    /// Takes the bar off the screen.
    pub fn finish(self) {}
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn set(bar: &ProgressBar, done: u64, total: u64) {
    if bar.length() != Some(total) {
        bar.set_length(total);
    }
    bar.set_position(done.min(total));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_without_a_terminal() {
        let progress = Progress::new("reading", true);
        progress.set(3, 10);
        let step = progress.as_fn();
        step(20, 10);
        assert_eq!((progress.bar.position(), progress.bar.length()), (10, Some(10)));
        assert!(!progress.bar.is_finished());
        progress.finish();
    }
}
