//! The clock against what vendors document, and against a clock that counts
//! minute by minute.

mod properties;
mod retelling;
mod rules;
mod vectors;
mod world;
