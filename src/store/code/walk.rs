//! How two commits of a code repository lie to each other, and what is between
//! them.

use std::collections::{BinaryHeap, HashMap, HashSet};

use super::Code;
use crate::model::Deployment;
use crate::store::error::StoreError;
use crate::store::ids::CommitId;

/// How an older commit lies to a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ancestry {
    /// They are one and the same.
    Same,
    /// The older one is part of the newer one's history.
    Ancestor,
    /// The newer one is part of the older one's history.
    Descendant,
    /// Neither is part of the other.
    Apart,
    /// The history is cut off, or too long, for an answer.
    Unknown,
}

/// What a commit has that another one has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Between {
    /// How the other one lies to it.
    pub ancestry: Ancestry,
    /// The commits, the newest first, at most [`Between::LIMIT`].
    pub commits: Vec<CommitId>,
    /// Whether these are all.
    pub is_whole: bool,
}

impl Between {
    /// How many commits are listed at most.
    pub const LIMIT: usize = Deployment::COUNTED as usize;

    /// How many commits are looked at beyond those from which on both sides have
    /// everything: what was committed by a clock that was wrong comes late.
    const SLACK: usize = 1_000;
}

/// Which of the two has a commit.
const NEW: u8 = 1;
const OLD: u8 = 2;
const BOTH: u8 = NEW | OLD;

/// A walk from two commits back to where they meet.
struct Walk<'a> {
    code: &'a Code,
    sides: HashMap<CommitId, u8>,
    /// By time, the newest first; again when another side turns out to have it.
    waiting: BinaryHeap<(i64, CommitId)>,
    /// Those of `waiting` that only one side has.
    open: HashSet<CommitId>,
}

impl Walk<'_> {
    fn side(&self, id: CommitId) -> u8 {
        self.sides.get(&id).copied().unwrap_or_default()
    }

    /// Notes that `side` has the commit.
    fn reach(&mut self, id: CommitId, side: u8) -> Result<(), StoreError> {
        let was = self.side(id);
        let is = was | side;
        if is == was {
            return Ok(());
        }
        let at = self.code.find(id)?.time().seconds();
        self.sides.insert(id, is);
        self.waiting.push((at, id));
        if is == BOTH {
            self.open.remove(&id);
        } else {
            self.open.insert(id);
        }
        Ok(())
    }

    /// Whether history is cut off at a commit that these sides alone have.
    fn is_cut(&self, sides: &[u8]) -> bool {
        self.code.shallow.iter().any(|id| sides.contains(&self.side(*id)))
    }
}

impl Code {
    /// What `new` has and `old` has not, and how `old` lies to `new`; everything
    /// that `new` has, without an `old`.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] where a commit is missing or damaged.
    pub fn between(&self, old: Option<CommitId>, new: CommitId) -> Result<Between, StoreError> {
        if old == Some(new) {
            return Ok(Between { ancestry: Ancestry::Same, commits: Vec::new(), is_whole: true });
        }
        let mut walk = Walk {
            code: self,
            sides: HashMap::new(),
            waiting: BinaryHeap::new(),
            open: HashSet::new(),
        };
        walk.reach(new, NEW)?;
        if let Some(old) = old {
            walk.reach(old, OLD)?;
        }
        let mut order = Vec::new();
        let (mut steps, mut slack, mut is_done) = (0, 0, true);
        while let Some((_, id)) = walk.waiting.pop() {
            let side = walk.side(id);
            steps += 1;
            slack = if walk.open.is_empty() { slack + 1 } else { 0 };
            walk.open.remove(&id);
            if slack > Between::SLACK {
                break;
            }
            if order.len() > Between::LIMIT || steps > 2 * Between::LIMIT {
                is_done = false;
                break;
            }
            if side == NEW {
                order.push(id);
            }
            if self.shallow.contains(&id) {
                continue;
            }
            let parents: Vec<CommitId> = self.find(id)?.parent_ids().map(Into::into).collect();
            for parent in parents {
                walk.reach(parent, side)?;
            }
        }
        let ancestry = match old {
            Some(old) if walk.side(old) & NEW != 0 => Ancestry::Ancestor,
            Some(_) if walk.side(new) & OLD != 0 => Ancestry::Descendant,
            Some(_) if is_done && !walk.is_cut(&[NEW, OLD]) => Ancestry::Apart,
            None => Ancestry::Apart,
            Some(_) => Ancestry::Unknown,
        };
        // What both turned out to have.
        order.retain(|id| walk.side(*id) == NEW);
        let is_whole = is_done && order.len() <= Between::LIMIT && !walk.is_cut(&[NEW]);
        order.truncate(Between::LIMIT);
        Ok(Between { ancestry, commits: order, is_whole })
    }
}
