//! Doing something for a limited time only: nobody's push may hang because a
//! desk does.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::store::hooks::CodeRepository;

/// When to say that it takes long.
pub const SOFT: Duration = Duration::from_secs(2);
/// When nobody can be asked to give up.
pub const LEAST: Duration = Duration::from_secs(1);
/// When to give up.
pub const HARD: Duration = Duration::from_secs(10);

/// When to give up: `git config gitsm.hookTimeout SECONDS`, else ten seconds.
pub fn hard(repository: &CodeRepository) -> Duration {
    let set = repository.config("gitsm.hookTimeout").and_then(|text| text.parse::<u64>().ok());
    set.map_or(HARD, |seconds| Duration::from_secs(seconds.clamp(LEAST.as_secs(), 600)))
}

/// Does `work`; calls `slow` when it takes longer than a person likes to wait,
/// and gives none when it takes longer than `hard`. The work then ends with the
/// process.
pub fn within<T: Send + 'static>(
    hard: Duration,
    slow: impl FnOnce(),
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(work());
    });
    let soft = SOFT.min(hard);
    match receiver.recv_timeout(soft) {
        Ok(answer) => return Some(answer),
        // Without an answer: the work has met a defect.
        Err(RecvTimeoutError::Disconnected) => return None,
        Err(RecvTimeoutError::Timeout) => {}
    }
    if hard > soft {
        slow();
    }
    receiver.recv_timeout(hard - soft).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_given_up_in_time() {
        assert_eq!(within(HARD, || panic!("not slow"), || 1), Some(1));
        let sleep = |millis| move || thread::sleep(Duration::from_millis(millis));
        assert_eq!(within(Duration::from_millis(20), || {}, sleep(60_000)), None);
        assert_eq!(within(HARD, || {}, || -> u8 { panic!("a defect") }), None);
    }
}
