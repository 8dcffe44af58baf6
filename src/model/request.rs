//! Service requests.

use super::record::ticket;

ticket! {
    /// A user's request for something agreed as normal service delivery.
    Request {
        /// What was ordered from the service catalogue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offering: Option<String>,
    }
}
