//! Deltas: how packs tell what is different about an object.

/// What `delta` makes of `base`; `None` if it was not made for that, or makes more
/// than `most` bytes.
///
/// It begins with both sizes. Then each command copies a piece of the base, or
/// brings bytes of its own (git's documentation, `gitformat-pack`).
pub(super) fn apply(base: &[u8], delta: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut bytes = delta;
    let (before, after) = (size(&mut bytes)?, size(&mut bytes)?);
    if before != base.len() || after > most {
        return None;
    }
    let mut made = Vec::with_capacity(after);
    while let Some((command, rest)) = bytes.split_first() {
        bytes = rest;
        let piece = if command & 0x80 != 0 {
            // One bit for each byte of the place and of the length that follows.
            let mut part = |bits: std::ops::Range<u32>| {
                let start = bits.start;
                bits.filter(|bit| command >> bit & 1 != 0).try_fold(0, |number, bit| {
                    let (byte, rest) = bytes.split_first()?;
                    bytes = rest;
                    Some(number | usize::from(*byte) << (8 * (bit - start)))
                })
            };
            let (from, length) = (part(0..4)?, part(4..7)?);
            let length = if length == 0 { 0x10000 } else { length };
            base.get(from..from.checked_add(length)?)?
        } else {
            // Nothing is said by zero.
            let length = usize::from(*command);
            let (piece, rest) = bytes.split_at_checked(length).filter(|_| length > 0)?;
            bytes = rest;
            piece
        };
        if made.len() + piece.len() > after {
            return None;
        }
        made.extend_from_slice(piece);
    }
    (made.len() == after).then_some(made)
}

/// A size, seven bits in each byte, the last ones first.
fn size(bytes: &mut &[u8]) -> Option<usize> {
    let (mut size, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        size |= usize::from(byte & 0x7f).checked_shl(shift).filter(|_| shift < 40)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::apply;

    #[test]
    fn pieces_are_copied_and_brought() {
        let base = b"the quick brown fox";
        // 19 bytes become 14: copy 4 at 0, bring "slow", copy 6 at 9.
        let delta = [19, 14, 0x90, 4, 4, b's', b'l', b'o', b'w', 0x91, 9, 6];
        assert_eq!(apply(base, &delta, 100).as_deref(), Some(&b"the slow brown"[..]));
        assert_eq!(apply(base, &delta, 13), None, "too large");
        assert_eq!(apply(b"the quick brown fo", &delta, 100), None, "made for something else");
        for length in 0..delta.len() {
            assert_eq!(apply(base, &delta[..length], 100), None, "cut off");
        }
        let beyond = [19, 6, 0x91, 15, 6];
        assert_eq!(apply(base, &beyond, 100), None, "beyond the end");
        let nothing = [19, 1, 0];
        assert_eq!(apply(base, &nothing, 100), None, "no command");
        // No length means 64 KiB.
        let base = vec![7; 0x10000];
        let all = [0x80, 0x80, 4, 0x80, 0x80, 4, 0x80];
        assert_eq!(apply(&base, &all, 1 << 20), Some(base));
    }

    proptest! {
        #[test]
        fn no_delta_makes_more_than_it_may(
            base in proptest::collection::vec(any::<u8>(), 0..60),
            delta in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let mut delta = delta;
            if let Some(first) = delta.first_mut() {
                *first = base.len() as u8;
            }
            if let Some(made) = apply(&base, &delta, 40) {
                prop_assert!(made.len() <= 40);
            }
        }
    }
}
