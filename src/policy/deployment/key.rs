//! What makes two deployments the same.

use sha2::{Digest, Sha256};

/// The key of a deployment: SHA-256 of repository, environment, service and what
/// is deployed (commit or artefact), as 64 lower-case hexadecimal digits.
///
/// Each part is preceded by its length, so that no two different ones run
/// together to the same text.
pub fn key(repository: &str, environment: &str, service: Option<&str>, version: &str) -> String {
    let mut hash = Sha256::new();
    for part in [repository, environment, service.unwrap_or_default(), version] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_counts_for_itself() {
        let all = [
            key("crm", "production", None, "1"),
            key("crm", "production", Some("crm"), "1"),
            key("crmp", "roduction", None, "1"),
            key("crm", "production", Some("c"), "rm1"),
            key("crm", "staging", None, "1"),
            key("crm", "production", None, "2"),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(all.iter().skip(at + 1).all(|other| other != one), "{at}");
        }
        assert_eq!(key("a", "b", None, "c"), key("a", "b", Some(""), "c"));
    }
}
