//! What git gives to a hook: lines on standard input, and arguments.

use std::ffi::OsString;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use super::event::Event;

/// More bytes than this are not looked at.
pub const BYTES: usize = 10 << 20;
/// More lines than this are not looked at.
pub const LINES: usize = 100_000;

/// A reference that a push moves or has moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefUpdate {
    pub reference: String,
    /// None for a new one.
    pub old: Option<String>,
    /// None for one that is deleted.
    pub new: Option<String>,
}

/// What came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    pub updates: Vec<RefUpdate>,
    /// Lines that say something else than they should.
    pub unreadable: usize,
    /// Whether there was more than is looked at.
    pub is_cut: bool,
    /// Whether whoever runs the hook has kept it to itself.
    pub is_kept: bool,
}

impl Input {
    /// Whether all that git says is known.
    pub const fn is_whole(&self) -> bool {
        !self.is_cut && !self.is_kept && self.unreadable == 0
    }
}

/// Reads everything, however much it is, so that whoever writes is never left
/// with a broken pipe; gives what is within the limits, whole lines only, and
/// whether there was more. All of it goes to `copy` as well, which may have
/// heard enough before the end.
pub fn read_whole(
    mut from: impl Read,
    mut copy: Option<impl Write>,
) -> io::Result<(Vec<u8>, bool)> {
    let (mut kept, mut is_cut) = (Vec::new(), false);
    let mut chunk = vec![0; 64 << 10];
    loop {
        let length = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = &chunk[..length];
        if copy.as_mut().is_some_and(|copy| copy.write_all(bytes).is_err()) {
            copy = None;
        }
        let room = BYTES - kept.len();
        is_cut |= length > room;
        kept.extend_from_slice(&bytes[..length.min(room)]);
    }
    let mut ends =
        kept.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let last = ends.clone().next_back().unwrap_or(0);
    let end = match ends.nth(LINES - 1).filter(|end| *end < kept.len()) {
        Some(end) => {
            is_cut = true;
            end
        }
        // The last line may lack its end, but not one that was cut through.
        None if is_cut => last,
        None => kept.len(),
    };
    kept.truncate(end);
    Ok((kept, is_cut))
}

impl Input {
    /// Reads the lines of a hook that tells about references.
    pub fn parse(event: Event, bytes: &[u8], is_cut: bool) -> Self {
        let mut input = Self { is_cut, ..Self::default() };
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let update = std::str::from_utf8(line).ok().and_then(|line| update(event, line));
            match update {
                Some(update) => input.updates.push(update),
                None => input.unreadable += 1,
            }
        }
        input
    }

    /// The one reference that an update hook is asked about.
    pub fn of_arguments(arguments: &[OsString]) -> Self {
        let words: Option<Vec<&str>> = arguments.iter().map(|word| word.to_str()).collect();
        let update = match words.as_deref() {
            Some([reference, old, new]) => of(reference, old, new),
            _ => None,
        };
        let unreadable = usize::from(update.is_none());
        Self { updates: update.into_iter().collect(), unreadable, ..Self::default() }
    }
}

fn update(event: Event, line: &str) -> Option<RefUpdate> {
    let mut words = line.split(' ');
    let mut word = || words.next().filter(|word| !word.is_empty());
    let found = if event == Event::PrePush {
        let (_, new, reference, old) = (word()?, word()?, word()?, word()?);
        of(reference, old, new)
    } else {
        let (old, new, reference) = (word()?, word()?, word()?);
        of(reference, old, new)
    };
    found.filter(|_| word().is_none())
}

fn of(reference: &str, old: &str, new: &str) -> Option<RefUpdate> {
    let is_id =
        |id: &str| matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = |id: &str| id.bytes().any(|byte| byte != b'0').then(|| id.to_owned());
    let sound = !reference.contains(char::is_control) && reference.len() <= 4096;
    (sound && is_id(old) && is_id(new)).then(|| RefUpdate {
        reference: reference.to_owned(),
        old: id(old),
        new: id(new),
    })
}

#[cfg(test)]
mod tests {
    use std::io::sink;

    use proptest::prelude::*;

    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    fn whole(bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut copy = Vec::new();
        let read = read_whole(bytes, Some(&mut copy)).unwrap();
        assert_eq!(copy, bytes);
        read
    }

    #[test]
    fn references_are_read_from_either_form() {
        let text = format!("{ZERO} {A} refs/heads/new\n{A} {ZERO} refs/heads/gone\n");
        let input = Input::parse(Event::PreReceive, text.as_bytes(), false);
        assert_eq!(input.updates.len(), 2);
        assert_eq!((&input.updates[0].old, input.updates[0].new.as_deref()), (&None, Some(A)));
        assert_eq!((input.updates[1].old.as_deref(), &input.updates[1].new), (Some(A), &None));
        let text = format!("(delete) {ZERO} refs/heads/gone {A}");
        let input = Input::parse(Event::PrePush, text.as_bytes(), false);
        assert_eq!(input.updates[0].reference, "refs/heads/gone");
        assert_eq!(input.updates[0].new, None);
        let arguments = ["refs/heads/main", ZERO, A].map(OsString::from);
        assert_eq!(Input::of_arguments(&arguments).updates[0].new.as_deref(), Some(A));
        assert_eq!(Input::of_arguments(&arguments[..2]).unreadable, 1);
    }

    #[test]
    fn what_is_no_reference_is_counted() {
        for line in
            ["x", &format!("{A} {A}"), &format!("{A} {A} r s"), &format!("{A} zz r"), "\u{0}"]
        {
            let input = Input::parse(Event::PostReceive, line.as_bytes(), false);
            assert_eq!((input.updates.len(), input.unreadable), (0, 1), "{line}");
        }
    }

    #[test]
    fn no_more_is_looked_at_than_the_limits_allow() {
        assert_eq!(whole(b""), (Vec::new(), false));
        assert_eq!(whole(b"a\nb"), (b"a\nb".to_vec(), false));
        let lines = b"x\n".repeat(LINES);
        assert_eq!(whole(&lines), (lines.clone(), false));
        let (kept, is_cut) = whole(&b"x\n".repeat(LINES + 1));
        assert_eq!((kept.len(), is_cut), (lines.len(), true));
        let (kept, is_cut) = whole(&vec![b'x'; BYTES + 1]);
        assert_eq!((kept.len(), is_cut), (0, true));
        let mut long = b"first\n".to_vec();
        long.resize(BYTES + 100, b'x');
        assert_eq!(whole(&long), (b"first\n".to_vec(), true));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let (kept, is_cut) = read_whole(&*bytes, Some(sink())).unwrap();
            prop_assert!(!is_cut);
            for event in Event::ALL {
                let input = Input::parse(event, &kept, is_cut);
                let lines = kept.split(|b| *b == b'\n').filter(|line| !line.is_empty()).count();
                prop_assert_eq!(input.updates.len() + input.unreadable, lines);
            }
        }
    }
}
