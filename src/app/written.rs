//! What is told of records that were written.

use std::collections::{HashMap, HashSet};

use super::Session;
use crate::model::RecordId;
use crate::outcome::WrittenRecord;
use crate::policy::{Policy, event};

impl Session {
    /// Gives records short ids that tell them from each other and, if the index
    /// is at hand, from all others.
    pub(super) fn shorten<'r>(&self, records: impl IntoIterator<Item = &'r mut WrittenRecord>) {
        let records: Vec<_> = records.into_iter().collect();
        let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
        let known = self.opened_index().and_then(|index| index.shorten(&ids).ok());
        let shorts = known.unwrap_or_else(|| apart(&ids));
        for (record, short) in records.into_iter().zip(shorts) {
            record.short = short;
        }
    }
}

/// The short forms of `ids`, longer where two would be the same.
fn apart(ids: &[RecordId]) -> Vec<String> {
    let mut named: HashMap<String, RecordId> = HashMap::new();
    let mut alike: HashSet<RecordId> = HashSet::new();
    for id in ids {
        let first = *named.entry(id.short()).or_insert(*id);
        if first != *id {
            alike.extend([first, *id]);
        }
    }
    let whole = |id: &RecordId| if alike.contains(id) { id.to_string() } else { id.short() };
    ids.iter().map(whole).collect()
}

/// What a change made of a record.
pub(super) fn describe_change(policy: &Policy, change: &event::RecordChange<'_>) -> WrittenRecord {
    let record = change.after;
    WrittenRecord {
        id: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        title: record.title().to_owned(),
        status: record.status().clone(),
        priority: record.priority(),
        action: event::action(policy, change),
        changes: change.fields(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_one_batch_have_short_ids_of_their_own() {
        let id = |text: &str| text.parse().expect("an id");
        let (a, b, c) = (
            id("INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q"),
            id("INC-01KAM2V0T8Q4ZJ6D3N0S7K3F9Q"),
            id("PRB-01KAM2V0T8Q4ZJ6D3N0S7K3F9Q"),
        );
        assert_eq!(apart(&[a, c, a]), ["INC-7K3F9Q", "PRB-7K3F9Q", "INC-7K3F9Q"]);
        assert_eq!(apart(&[a, b, c]), [a.to_string(), b.to_string(), "PRB-7K3F9Q".to_owned()]);
    }
}
