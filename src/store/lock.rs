//! One writer at a time, across processes and threads.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::error::StoreError;

/// Holds the desk's lock; the system lets go of it when the process ends,
/// however it ends.
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock in `state_dir`, waiting at most `wait`.
    pub(super) fn take(
        state_dir: &Path,
        command: &str,
        wait: Duration,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(state_dir).map_err(StoreError::write(state_dir))?;
        let path = state_dir.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(StoreError::write(&path))?;
        let start = Instant::now();
        let mut pause = Pause::new();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < wait => pause.sleep(),
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    // The holder may be rewriting it; a missing name is no failure.
                    let _ = file.read_to_string(&mut holder);
                    let holder = match holder.trim() {
                        "" => "unknown process".to_owned(),
                        name => name.to_owned(),
                    };
                    return Err(StoreError::LockTimeout { holder });
                }
                Err(TryLockError::Error(error)) => return Err(StoreError::write(&path)(error)),
            }
        }
        // Only for people who wait: on a full disk the lock still counts.
        let _ = file.set_len(0);
        let _ = file.rewind();
        let _ = writeln!(file, "process {}: {command}", std::process::id());
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

/// Growing pauses, different in each process, so that waiters do not march in
/// step.
pub(super) struct Pause {
    state: u64,
    round: u32,
}

impl Pause {
    pub(super) fn new() -> Self {
        // No randomness is needed, only that neighbours differ.
        let address = std::ptr::from_ref(&0u8).addr() as u64;
        let id = u64::from(std::process::id());
        Self { state: (id << 20 ^ address).wrapping_mul(0x9E37_79B9_7F4A_7C15), round: 0 }
    }

    pub(super) fn sleep(&mut self) {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let ceiling = 500u64 << self.round.min(5);
        thread::sleep(Duration::from_micros(ceiling / 2 + (self.state >> 33) % ceiling));
        self.round += 1;
    }
}
