//! Which lines two versions of a text have in common.

/// Where the comparison would cost more cells than this, nothing between the
/// common beginning and the common end counts as kept.
const MOST: usize = 4_000_000;

/// One line of two compared texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Only the old text has it.
    Removed(&'a str),
    /// Only the new text has it.
    Added(&'a str),
    /// Both have it; this is its number in the old text, from 0.
    Kept(&'a str, usize),
}

/// The lines of both texts in order, by a longest common subsequence.
pub fn compare_lines<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (left, right) = (old.get(start..).unwrap_or(&[]), new.get(start..).unwrap_or(&[]));
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let left = left.get(..left.len() - end).unwrap_or(&[]);
    let right = right.get(..right.len() - end).unwrap_or(&[]);

    let kept = |lines: &[&'a str], from: usize| -> Vec<Line<'a>> {
        lines.iter().enumerate().map(|(at, line)| Line::Kept(line, from + at)).collect()
    };
    let mut lines = kept(old.get(..start).unwrap_or(&[]), 0);
    lines.extend(between(left, right, start));
    lines.extend(kept(old.get(old.len() - end..).unwrap_or(&[]), old.len() - end));
    lines
}

/// Compares what lies between the common ends; `offset` lines lie before it.
fn between<'a>(old: &[&'a str], new: &[&'a str], offset: usize) -> Vec<Line<'a>> {
    let mut lines = Vec::with_capacity(old.len() + new.len());
    let width = new.len() + 1;
    let cells = (old.len() + 1).saturating_mul(width);
    // How long the longest common subsequence from here to the end is.
    let longest = if cells > MOST { Vec::new() } else { table(old, new) };
    let at = |i: usize, j: usize| longest.get(i * width + j).copied().unwrap_or(0);
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (old.get(i), new.get(j)) {
        if a == b && !longest.is_empty() {
            lines.push(Line::Kept(a, offset + i));
            i += 1;
            j += 1;
        } else if at(i + 1, j) >= at(i, j + 1) {
            lines.push(Line::Removed(a));
            i += 1;
        } else {
            lines.push(Line::Added(b));
            j += 1;
        }
    }
    lines.extend(old.iter().skip(i).map(|line| Line::Removed(line)));
    lines.extend(new.iter().skip(j).map(|line| Line::Added(line)));
    lines
}

fn table(old: &[&str], new: &[&str]) -> Vec<u32> {
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let value = if a == b {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
            longest[i * width + j] = value;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let line = |line: Line<'_>| match line {
            Line::Removed(text) => format!("-{text}"),
            Line::Added(text) => format!("+{text}"),
            Line::Kept(text, at) => format!("{at}{text}"),
        };
        compare_lines(old, new).into_iter().map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_common_is_kept() {
        assert_eq!(shown("a\nb\nc", "a\nx\nc"), "0a -b +x 2c");
        assert_eq!(shown("a\nb\nc\nd", "b\nd\ne"), "-a 1b -c 3d +e");
        assert_eq!(shown("", "a"), "+a");
        assert_eq!(shown("a", ""), "-a");
        assert_eq!(shown("a\na", "a"), "0a -a");
    }

    #[test]
    fn huge_texts_end_in_time() {
        let old = "old\n".repeat(3000);
        let new = "new\n".repeat(3000);
        assert_eq!(compare_lines(&old, &new).len(), 6000);
    }

    proptest! {
        #[test]
        fn each_side_is_whole(old in "[ab\n]{0,30}", new in "[ab\n]{0,30}") {
            let lines = compare_lines(&old, &new);
            let left: Vec<&str> = lines.iter().filter_map(|line| match line {
                Line::Removed(text) | Line::Kept(text, _) => Some(*text),
                Line::Added(_) => None,
            }).collect();
            let right: Vec<&str> = lines.iter().filter_map(|line| match line {
                Line::Added(text) | Line::Kept(text, _) => Some(*text),
                Line::Removed(_) => None,
            }).collect();
            prop_assert_eq!(left, old.lines().collect::<Vec<_>>());
            prop_assert_eq!(right, new.lines().collect::<Vec<_>>());
            let old: Vec<&str> = old.lines().collect();
            for line in lines {
                if let Line::Kept(text, at) = line {
                    prop_assert_eq!(text, old[at]);
                }
            }
        }
    }
}
