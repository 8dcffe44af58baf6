//! Service requests.

use super::record::ticket;

ticket! {
    /// A user's request for something agreed as normal service delivery.
    Request {
        /// What was ordered from the service catalogue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offering: Option<String>,
        /// What the requester answered to the offering's form, as text.
        #[serde(
            default,
            deserialize_with = "crate::model::unique::map",
            skip_serializing_if = "indexmap::IndexMap::is_empty"
        )]
        answers: crate::model::Custom,
        /// The approvals that the offering demanded when it was ordered, by the
        /// names of their definitions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        required_approvals: Vec<crate::model::StateName>,
    }
}
