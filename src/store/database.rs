//! The objects of a repository, to be read.

use std::rc::Rc;

use git2::{ObjectType, Odb, OdbObject, Oid};

use super::packs::{Packed, Packs};

/// Reads objects out of the packs, and by libgit2 what is not there.
pub(super) struct Database<'store> {
    pub(super) odb: Odb<'store>,
    packs: Option<&'store Packs>,
}

/// An object's content.
pub(super) enum Content<'a> {
    Packed(Rc<Packed>),
    Other(OdbObject<'a>),
}

impl Content<'_> {
    pub(super) fn kind(&self) -> ObjectType {
        match self {
            Content::Packed(packed) => packed.kind,
            Content::Other(object) => object.kind(),
        }
    }

    pub(super) fn data(&self) -> &[u8] {
        match self {
            Content::Packed(packed) => &packed.data,
            Content::Other(object) => object.data(),
        }
    }
}

impl<'store> Database<'store> {
    pub(super) const fn new(odb: Odb<'store>, packs: Option<&'store Packs>) -> Self {
        Self { odb, packs }
    }

    /// Reads an object.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub(super) fn read(&self, id: Oid) -> Result<Content<'_>, git2::Error> {
        match self.packed(id) {
            Some(packed) => Ok(Content::Packed(packed)),
            None => self.odb.read(id).map(Content::Other),
        }
    }

    /// An object out of a pack, if it is small and nothing odd about it.
    pub(super) fn packed(&self, id: Oid) -> Option<Rc<Packed>> {
        self.packs?.read(id)
    }
}
