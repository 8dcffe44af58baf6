//! The store on real repositories, compared with the git program.

mod desk;
mod write;
