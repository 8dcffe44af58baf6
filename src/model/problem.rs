//! Problems.

use super::record::ticket;

ticket! {
    /// The cause, or possible cause, of one or more incidents.
    Problem {
        /// Whether the cause is known while the fix is still to come.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        known_error: bool,
        /// The answers to "why?", each about the one before it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        whys: Vec<String>,
        /// What analysis found to be the root cause.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
        /// How the effects can be avoided until the fix.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        workaround: Option<String>,
    }
}
