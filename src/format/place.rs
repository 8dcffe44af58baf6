//! Where something stands in a settings file, for rules that are checked after
//! it was read.

use super::scan::{self, Step};

/// The line, counted from 1, of what `pointer` leads to, such as
/// `tasks/2/needs`: keys and numbers of list items. Of what is around it, if it
/// is not there itself.
pub fn line_at(bytes: &[u8], pointer: &str) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    let step = |part: &str| match part.parse() {
        Ok(item) => Step::Item(item),
        Err(_) => Step::Key(part.to_owned()),
    };
    let path: Vec<Step> = pointer.split('/').filter(|part| !part.is_empty()).map(step).collect();
    let (key, value) = scan::place_of(&text, &path)?;
    Some(key.unwrap_or(value).line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_to_lines() {
        let text = b"name: x\ntasks:\n- id: a\n- id: b\n  needs:\n  - a\n";
        assert_eq!(line_at(text, "tasks/1/needs"), Some(5));
        assert_eq!(line_at(text, "tasks/1/needs/0"), Some(6));
        assert_eq!(line_at(text, "tasks/1/when"), Some(4));
        assert_eq!(line_at(text, "form"), None);
    }
}
