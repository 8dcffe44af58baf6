//! The service catalogue of a desk: read when somebody asks for it, and only
//! then.

mod add;
mod findings;
mod load;
mod order;
mod read;

pub use add::{add_examples, complete_examples, examples};
pub(super) use findings::findings;
pub(super) use load::{FOLDER, Loaded};
pub use order::{OrderRequest, check_answer, has_catalog, next_question, order};
pub(super) use order::{create, is_kept, keeps_order, offering_of};
pub use read::{catalog, check_catalog, complete_offerings, offering};
