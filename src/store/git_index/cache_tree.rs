//! The trees that the index remembers (extension `TREE`), so that git need not
//! hash every folder again after our commit.
//!
//! A node says which tree a folder's entries make. It is carried over only
//! where it was valid and named the trunk's tree: where something else is
//! staged, the folder's nodes are marked as unknown, as git itself does.

use git2::Oid;

use crate::store::database::Database;
use crate::store::tree::{self, Entries, FOLDER};

struct Node<'a> {
    name: &'a [u8],
    /// How many entries it covers; negative if it is unknown.
    count: i64,
    id: Option<Oid>,
    children: Vec<Node<'a>>,
}

/// The root's tree, if the index knows it.
pub(super) fn root(data: &[u8]) -> Option<[u8; 20]> {
    let mut rest = data;
    let (_, count, _) = head(&mut rest)?;
    if count < 0 { None } else { rest.get(..20)?.try_into().ok() }
}

/// The extension for the index after the commit; `None` leaves it out, which
/// is always right and only costs git time.
///
/// `trees` are the trunk's roots before and after; `deltas` the sorted paths
/// with how many entries each gained.
pub(super) fn patch(
    old: Option<&[u8]>,
    was_empty: bool,
    database: &Database<'_>,
    trees: (Option<Oid>, Oid),
    deltas: &[(&str, i64)],
) -> Option<Vec<u8>> {
    let mut root = match old {
        Some(mut data) => parse(&mut data, 0)?,
        None if was_empty && trees.0.is_none() => empty(b""),
        None => return None,
    };
    Patcher { database }.folder(&mut root, trees.0, Some(trees.1), deltas, 0)?;
    let mut out = Vec::with_capacity(old.map_or(0, <[u8]>::len) + 256);
    write(&root, &mut out);
    Some(out)
}

fn empty(name: &[u8]) -> Node<'_> {
    Node { name, count: 0, id: None, children: Vec::new() }
}

/// A node's name, count and number of children.
fn head<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], i64, usize)> {
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (name, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    let line = after.iter().position(|byte| *byte == b'\n')?;
    let (count, children) = std::str::from_utf8(after.get(..line)?).ok()?.split_once(' ')?;
    *rest = after.get(line + 1..)?;
    Some((name, count.parse().ok()?, children.parse().ok()?))
}

fn parse<'a>(rest: &mut &'a [u8], depth: u32) -> Option<Node<'a>> {
    // No path of git's is deeper; a damaged file must not exhaust the stack.
    if depth > 2048 {
        return None;
    }
    let (name, count, number) = head(rest)?;
    let mut id = None;
    if count >= 0 {
        id = Some(Oid::from_bytes(rest.get(..20)?).ok()?);
        *rest = rest.get(20..)?;
    }
    let mut children = Vec::with_capacity(number.min(1024));
    for _ in 0..number {
        children.push(parse(rest, depth + 1)?);
    }
    Some(Node { name, count, id, children })
}

fn write(node: &Node<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(node.name);
    out.push(0);
    let id = node.id.filter(|_| node.count >= 0);
    let count = if id.is_some() { node.count } else { -1 };
    out.extend_from_slice(format!("{count} {}\n", node.children.len()).as_bytes());
    if let Some(id) = id {
        out.extend_from_slice(id.as_bytes());
    }
    for child in &node.children {
        write(child, out);
    }
}

struct Patcher<'a, 'b> {
    database: &'a Database<'b>,
}

impl Patcher<'_, '_> {
    fn folder<'a>(
        &self,
        node: &mut Node<'a>,
        old: Option<Oid>,
        new: Option<Oid>,
        deltas: &[(&'a str, i64)],
        depth: usize,
    ) -> Option<()> {
        let matches = node.count >= 0 && node.id == old;
        if matches {
            node.count += deltas.iter().map(|(_, delta)| delta).sum::<i64>();
            node.id = new;
        } else {
            node.count = -1;
        }
        let mut rest = deltas;
        while let Some((path, _)) = rest.first() {
            let Some((name, _)) = path.get(depth..)?.split_once('/') else {
                rest = rest.get(1..)?;
                continue;
            };
            let inner = depth + name.len() + 1;
            let prefix = path.get(..inner)?;
            let below = rest.iter().take_while(|(path, _)| path.starts_with(prefix)).count();
            let (here, others) = rest.split_at_checked(below)?;
            rest = others;
            let (before, after) = (self.child(old, name)?, self.child(new, name)?);
            let position = node.children.iter().position(|child| child.name == name.as_bytes());
            match position {
                Some(at) if matches && after.is_none() => {
                    node.children.remove(at);
                }
                Some(at) => {
                    self.folder(node.children.get_mut(at)?, before, after, here, inner)?;
                }
                None if matches && before.is_none() && after.is_some() => {
                    let mut child = empty(name.as_bytes());
                    self.folder(&mut child, None, after, here, inner)?;
                    // Git keeps short names before long ones here.
                    let key = |name: &'a [u8]| (name.len(), name);
                    let at = node.children.partition_point(|c| key(c.name) < key(child.name));
                    node.children.insert(at, child);
                }
                // A valid folder without a node for a folder in it cannot be
                // carried over.
                None if matches => node.count = -1,
                None => {}
            }
        }
        Some(())
    }

    /// The folder `name` in a tree; the outer `None` if it cannot be read.
    fn child(&self, tree: Option<Oid>, name: &str) -> Option<Option<Oid>> {
        let Some(id) = tree else { return Some(None) };
        let tree = tree::read(self.database, id).ok()?;
        for entry in Entries::of(tree.data()) {
            let entry = entry.ok()?;
            if entry.name == name.as_bytes() && entry.mode == FOLDER {
                return Some(Some(entry.id));
            }
        }
        Some(None)
    }
}
