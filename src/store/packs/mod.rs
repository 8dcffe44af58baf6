//! Packs, read piece by piece.
//!
//! libgit2 maps packs and their indexes into memory. Each page that is touched for
//! the first time costs a fault, and to find a name among millions touches some
//! four: whoever wants fifty objects waits longer for these than for all the rest.
//! Here the place of a name is guessed, since names are spread evenly, and so one
//! call reads what is needed of the index, and mostly another one the object.
//!
//! What is out of the ordinary is left to libgit2: nothing here says that an object
//! is missing or damaged.

mod blocks;
mod delta;
mod pack;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use flate2::Decompress;
use git2::{ObjectType, Oid};

use blocks::{Blocks, Room};
use pack::{Base, Pack, Piece};

/// A larger object is left to libgit2, in bytes.
const LARGEST: usize = 1 << 20;
/// As is one that is made of more deltas than git chains by itself.
const DEEPEST: usize = 64;
/// So much is kept of what others are made of, in bytes.
const KEPT: usize = 8 << 20;
/// So many packs are looked into, the largest: what is in a small one is soon found.
const MOST: usize = 8;

/// The packs of a repository.
pub(in crate::store) struct Packs {
    packs: Vec<Pack>,
    state: RefCell<State>,
}

/// What is used again from one object to the next.
struct State {
    inflate: Decompress,
    room: Room,
    blocks: Blocks,
    /// What was read, by its pack's place and its own.
    kept: HashMap<(usize, u64), Rc<Packed>>,
    size: usize,
    /// The pack in which the last object was found.
    last: usize,
}

/// An object that was in a pack.
#[derive(Debug)]
pub(in crate::store) struct Packed {
    pub(in crate::store) kind: ObjectType,
    pub(in crate::store) data: Vec<u8>,
}

impl Packs {
    /// The packs in the folder of objects.
    pub(in crate::store) fn of(objects: &Path) -> Self {
        let entries = fs::read_dir(objects.join("pack")).into_iter().flatten().flatten();
        let indexes = entries.map(|entry| entry.path());
        let indexes = indexes.filter(|path| path.extension().is_some_and(|end| end == "idx"));
        let mut packs: Vec<Pack> = indexes.filter_map(|path| Pack::open(&path).ok()?).collect();
        packs.sort_by_key(|pack| std::cmp::Reverse(pack.count()));
        packs.truncate(MOST);
        let inflate = Decompress::new(true);
        let kept = HashMap::new();
        let (room, blocks) = (Room::default(), Blocks::default());
        let state = State { inflate, room, blocks, kept, size: 0, last: 0 };
        Self { packs, state: RefCell::new(state) }
    }

    /// The object of this name, if it is here and nothing odd about it.
    pub(in crate::store) fn read(&self, id: Oid) -> Option<Rc<Packed>> {
        let mut state = self.state.borrow_mut();
        let last = state.last;
        let places = (0..self.packs.len()).filter(|place| *place != last);
        for place in [last].into_iter().chain(places) {
            let Some(pack) = self.packs.get(place) else { continue };
            if let Some(offset) = pack.find(&mut state.room, id.as_bytes()).ok()? {
                state.last = place;
                return state.object(pack, place, offset);
            }
        }
        None
    }
}

impl State {
    fn object(&mut self, pack: &Pack, place: usize, offset: u64) -> Option<Rc<Packed>> {
        let mut deltas = Vec::new();
        let mut at = offset;
        let mut object = loop {
            if let Some(known) = self.kept.get(&(place, at)) {
                break Rc::clone(known);
            }
            match pack.piece(&mut self.inflate, (&mut self.blocks, place), at).ok()?? {
                Piece::Whole(packed) => break self.keep((place, at), packed),
                Piece::Delta { base, data } => {
                    deltas.push((at, data));
                    at = match base {
                        Base::At(offset) => offset,
                        Base::Named(name) => pack.find(&mut self.room, &name).ok()??,
                    };
                }
            }
            if deltas.len() > DEEPEST {
                return None;
            }
        };
        for (at, delta) in deltas.iter().rev() {
            let data = delta::apply(&object.data, delta, LARGEST)?;
            object = self.keep((place, *at), Packed { kind: object.kind, data });
        }
        Some(object)
    }

    /// Remembers an object, since the one that is wanted next may be made of it.
    fn keep(&mut self, place: (usize, u64), packed: Packed) -> Rc<Packed> {
        if self.size > KEPT {
            self.kept.clear();
            self.size = 0;
        }
        self.size += packed.data.len();
        let packed = Rc::new(packed);
        self.kept.insert(place, Rc::clone(&packed));
        packed
    }
}

#[cfg(test)]
mod tests;
