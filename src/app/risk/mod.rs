//! The risk of changes: what is known of where they are made, and assessing them.

mod around;
mod assess;
mod load;
mod view;

pub use assess::{AssessRequest, questions};
pub(super) use assess::{before_handing_in, by_itself, carry_out, step, to_type};
pub(super) use load::{RISK, findings};
pub use view::risk;
