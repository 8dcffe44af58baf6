//! What a hook says: few lines of plain ASCII, since a server passes them on to
//! terminals of every kind.

/// More lines than these are not said.
const MOST: usize = 10;
/// A line has no more characters than this.
const WIDTH: usize = 160;

/// Lines that begin with `gitsm: `.
#[derive(Clone, Debug, Default)]
pub struct Lines(Vec<String>);

impl Lines {
    /// Adds what is to be said, line by line.
    pub fn say(&mut self, text: &str) {
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            self.0.push(format!("gitsm: {}", plain(line)));
        }
    }

    /// The lines, at most ten of them.
    pub fn take(mut self) -> Vec<String> {
        let more = self.0.len().saturating_sub(MOST);
        if more > 0 {
            self.0.truncate(MOST - 1);
            self.0.push(format!("gitsm: and {} lines more", more + 1));
        }
        self.0
    }
}

fn plain(line: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() || c == ' ';
    let mut text: String =
        line.chars().take(WIDTH).map(|c| if is_plain(c) { c } else { '?' }).collect();
    if line.chars().nth(WIDTH).is_some() {
        text.truncate(WIDTH - 3);
        text.push_str("...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_says_little_and_plainly() {
        let mut lines = Lines::default();
        lines.say("a\u{1b}[2Jb \u{e9}\n\n  next\tline ");
        assert_eq!(lines.clone().take(), ["gitsm: a?[2Jb ?", "gitsm:   next?line"]);
        (0..20).for_each(|n| lines.say(&n.to_string()));
        let taken = lines.take();
        assert_eq!((taken.len(), taken[9].as_str()), (10, "gitsm: and 13 lines more"));
        let mut lines = Lines::default();
        lines.say(&"x".repeat(500));
        assert_eq!(lines.take()[0].len(), "gitsm: ".len() + WIDTH);
    }
}
