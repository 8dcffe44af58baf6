//! An exact walk over the structure of a YAML text, without building values.
//!
//! Slower than [`limits`](super::limits)' first look, so used where that look
//! is in doubt, and to find the place of an error.

use std::collections::HashSet;

use serde_saphyr::granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, options};

use super::limits::MAX_DEPTH;
use super::{FormatError, FormatErrorKind as Kind};

fn strict(comments: bool) -> Options {
    let mut strict = options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        // One more than the limit, so that the error is ours.
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
        max_buffered_comment_events: usize::MAX,
    };
    strict.set_emit_comments(comments);
    strict
}

/// Refuses all that [`limits`](super::limits) names, and what is not YAML.
pub(super) fn check(text: &str) -> Result<(), FormatError> {
    let mut depth = 0_usize;
    let mut documents = 0_usize;
    for item in Parser::new_from_str_with_options(text, strict(false)) {
        let (event, span) = item.map_err(|error| {
            let kind = match error.kind() {
                ErrorKind::RecursionLimitExceeded => return too_deep(text, error.marker().line()),
                ErrorKind::DirectiveDisallowed => Kind::Forbidden,
                _ => Kind::Syntax,
            };
            let mark = error.marker();
            FormatError::new(kind, error.info()).at(text, mark.line(), mark.col() + 1)
        })?;
        let (line, column) = (span.start.line(), span.start.col() + 1);
        let refuse = |what: &str| {
            Err(FormatError::new(Kind::Forbidden, format!("{what} not allowed here"))
                .at(text, line, column)
                .hinted("write the value out, or put text that only looks like this in quotes"))
        };
        let (anchor, tag) = match &event {
            Event::Scalar(value, style, anchor, tag) => {
                if *style == ScalarStyle::Plain && value == "<<" {
                    return refuse("merge keys (`<<`) are");
                }
                (*anchor, tag.is_some())
            }
            Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(too_deep(text, line));
                }
                (*anchor, tag.is_some())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                depth = depth.saturating_sub(1);
                continue;
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => return refuse("aliases (`*name`) are"),
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    let message = "a second document starts here; one file holds one";
                    return Err(
                        FormatError::new(Kind::SeveralDocuments, message).at(text, line, column)
                    );
                }
                continue;
            }
            _ => continue,
        };
        if tag {
            return refuse("tags (`!name`) are");
        }
        if anchor != 0 {
            return refuse("anchors (`&name`) are");
        }
    }
    Ok(())
}

fn too_deep(text: &str, line: usize) -> FormatError {
    FormatError::new(Kind::TooDeep, format!("nested deeper than {MAX_DEPTH} levels"))
        .on_line(text, line)
}

/// The line of the first comment.
///
/// A text that is no YAML has none beyond the point where it goes wrong.
pub(super) fn first_comment(text: &str) -> Option<usize> {
    Parser::new_from_str_with_options(text, strict(true))
        .map_while(Result::ok)
        .find(|(event, _)| matches!(event, Event::Comment(..)))
        .map(|(_, span)| span.start.line())
}

/// Line and column of a node, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// One step from a collection to a node in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

/// A node met on a [`walk`].
struct Node<'a> {
    place: Place,
    /// Where its key stands, if it is the value of a key.
    key_place: Option<Place>,
    /// How to get here; the last step leads to this node.
    path: &'a [Step],
    /// Which collection it lies in, by a number.
    parent: usize,
}

/// Calls `visit` for each value and list item, until it gives something.
fn walk<T>(text: &str, mut visit: impl FnMut(&Node<'_>) -> Option<T>) -> Option<T> {
    enum Next {
        Key,
        Value(Place),
        Item(usize),
    }
    let mut open: Vec<(Next, usize)> = Vec::new();
    let mut path: Vec<Step> = Vec::new();
    let mut opened = 0_usize;
    for (event, span) in
        Parser::new_from_str_with_options(text, strict(false)).map_while(Result::ok)
    {
        let opens = match &event {
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                path.pop();
                continue;
            }
            Event::MappingStart(..) => Some(Next::Key),
            Event::SequenceStart(..) => Some(Next::Item(0)),
            Event::Scalar(..) | Event::Alias(_) | Event::UnresolvedAlias(_) => None,
            _ => continue,
        };
        let place = Place { line: span.start.line(), column: span.start.col() + 1 };
        let is_key = match open.last_mut() {
            Some((next @ Next::Key, _)) => {
                *next = Next::Value(place);
                true
            }
            Some((next @ Next::Value(_), parent)) => {
                let key_place = match std::mem::replace(next, Next::Key) {
                    Next::Value(place) => Some(place),
                    Next::Key | Next::Item(_) => None,
                };
                if let found @ Some(_) =
                    visit(&Node { place, key_place, path: &path, parent: *parent })
                {
                    return found;
                }
                false
            }
            Some((Next::Item(index), parent)) => {
                path.push(Step::Item(*index));
                *index += 1;
                if let found @ Some(_) =
                    visit(&Node { place, key_place: None, path: &path, parent: *parent })
                {
                    return found;
                }
                false
            }
            None => false,
        };
        if is_key {
            path.push(Step::Key(match &event {
                Event::Scalar(value, ..) => value.to_string(),
                _ => String::new(),
            }));
        }
        match opens {
            Some(next) => {
                opened += 1;
                // The pop at a collection's end takes its own step away; a
                // collection that is a key has none of its own.
                if is_key {
                    path.push(Step::Item(0));
                }
                open.push((next, opened));
            }
            None if !is_key => {
                path.pop();
            }
            None => {}
        }
    }
    None
}

/// Where the key and the value stand that `path` leads to, or the innermost
/// node on the way there.
pub(super) fn place_of(text: &str, path: &[Step]) -> Option<(Option<Place>, Place)> {
    let mut best = None;
    let mut depth = 0;
    let found = walk(text, |node| {
        if node.path == path {
            return Some((node.key_place, node.place));
        }
        if node.path.len() > depth && path.starts_with(node.path) {
            depth = node.path.len();
            best = Some((node.key_place, node.place));
        }
        None
    });
    found.or(best)
}

/// Where `key` stands for the second time in one map.
pub(super) fn second_key(text: &str, key: &str) -> Option<Place> {
    let mut maps = HashSet::new();
    walk(text, |node| match node.path.last() {
        Some(Step::Key(name)) if name == key && !maps.insert(node.parent) => node.key_place,
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(text: &str, path: &[Step]) -> Option<(usize, usize)> {
        place_of(text, path).map(|(_, value)| (value.line, value.column))
    }

    #[test]
    fn paths_lead_to_values() {
        let key = |name: &str| Step::Key(name.to_owned());
        let text = "a: b\nb:\n- a: 1\n  c: a\n- text: |\n    a: no\n  d: [x, {a: 2}]\n? [k, l]\n: e\na2: 2\n";
        assert_eq!(line_of(text, &[key("a")]), Some((1, 4)));
        assert_eq!(line_of(text, &[key("b"), Step::Item(0), key("c")]), Some((4, 6)));
        assert_eq!(
            line_of(text, &[key("b"), Step::Item(1), key("d"), Step::Item(1), key("a")]),
            Some((7, 14))
        );
        assert_eq!(line_of(text, &[key("a2")]), Some((10, 5)));
        // What is not there is looked for in what is.
        assert_eq!(line_of(text, &[key("b"), Step::Item(0), key("zz")]), Some((3, 3)));
        assert_eq!(line_of(text, &[key("zz")]), None);
    }

    #[test]
    fn second_keys_are_of_the_same_map() {
        let text = "a: b\nb:\n- a: 1\n- a: 2\n  c: a\n  \"a\": 3\n";
        assert_eq!(second_key(text, "a"), Some(Place { line: 6, column: 3 }));
        assert_eq!(second_key(text, "c"), None);
    }

    #[test]
    fn comments_are_told_from_text() {
        assert_eq!(first_comment("a: 'x # y'\nb: |\n  # text\nc: x#y\n"), None);
        assert_eq!(first_comment("a: 1\nb: 2 # why\n"), Some(2));
        assert_eq!(first_comment("# head\na: 1\n"), Some(1));
    }
}
