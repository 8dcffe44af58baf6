//! Journals: fields in which every entry stands below a line that says when it
//! was written, by whom, and of which kind it is.

/// One entry of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// When it was written, as the source writes times.
    pub(super) at: &'a str,
    pub(super) by: &'a str,
    /// What the system calls entries of its kind, for example `Work notes`.
    pub(super) label: &'a str,
    pub(super) text: &'a str,
}

/// The entries of a journal field as ServiceNow exports it, in its order (the
/// newest first); `None` if the text does not begin with one:
///
/// ```text
/// 2016-02-29 01:16:00 - Beth Anglin (Work notes)
/// The cable was loose.
/// ```
pub(super) fn entries<'a>(text: &'a str, is_time: &dyn Fn(&str) -> bool) -> Option<Vec<Entry<'a>>> {
    let mut entries: Vec<(Entry<'a>, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if let Some(entry) = head(line, is_time) {
            if let Some((before, from)) = entries.last_mut() {
                before.text = text.get(*from..start).unwrap_or_default().trim();
            }
            entries.push((entry, at));
        } else if entries.is_empty() && !line.trim().is_empty() {
            return None;
        }
    }
    let (last, from) = entries.last_mut()?;
    last.text = text.get(*from..).unwrap_or_default().trim();
    Some(entries.into_iter().map(|(entry, _)| entry).collect())
}

/// The entry that begins with `line`, still without its text.
fn head<'a>(line: &'a str, is_time: &dyn Fn(&str) -> bool) -> Option<Entry<'a>> {
    let line = line.trim();
    let (at, rest) = line.split_once(" - ")?;
    if !rest.ends_with(')') || !is_time(at.trim()) {
        return None;
    }
    // The label itself may hold brackets: `(Comments (visible to customers))`.
    let mut depth = 0usize;
    let open = rest.char_indices().rev().find_map(|(place, character)| {
        match character {
            ')' => depth += 1,
            '(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(place)
    })?;
    let by = rest.get(..open)?.trim();
    let label = rest.get(open + 1..rest.len() - 1)?.trim();
    (!by.is_empty()).then_some(Entry { at: at.trim(), by, label, text: "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<(&str, &str, &str, &str)>> {
        let is_time = |text: &str| text.starts_with("2016-");
        let entries = entries(text, &is_time)?;
        Some(entries.iter().map(|e| (e.at, e.by, e.label, e.text)).collect())
    }

    #[test]
    fn entries_stand_below_their_heads() {
        let text = "2016-02-29 01:16:00 - Beth Anglin (Work notes)\nThe cable\n\nwas loose.\n\n\
                    2016-02-28 23:00:00 - Joe (ext) (Additional comments (customers see them))\r\nHelp!\n";
        assert_eq!(
            read(text),
            Some(vec![
                ("2016-02-29 01:16:00", "Beth Anglin", "Work notes", "The cable\n\nwas loose."),
                (
                    "2016-02-28 23:00:00",
                    "Joe (ext)",
                    "Additional comments (customers see them)",
                    "Help!"
                ),
            ])
        );
        // What only looks like a head belongs to the text.
        let text = "2016-02-29 - Beth (Work notes)\nsoon - maybe (or not)\n- a (b)\n";
        assert_eq!(read(text).map(|entries| entries.len()), Some(1));
    }

    #[test]
    fn other_texts_are_no_journals() {
        for text in
            ["", "Help!", "Help!\n2016-02-29 - Beth (Work notes)\nx", "2016-1 - (x)", "2016-1 - x)"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
