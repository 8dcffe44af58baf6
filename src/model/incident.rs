//! Incidents.

use super::record::ticket;

ticket! {
    /// An unplanned interruption or loss of quality of a service.
    Incident {
        /// How many times the incident went up a support level.
        #[serde(default, skip_serializing_if = "is_zero")]
        escalation: u32,
    }
}
