//! An import without a desk: bytes in, records out. For tests, above all those
//! with random input.

use std::cell::Cell;

use indexmap::IndexMap;
use ulid::Ulid;

use super::mapping::Rows;
use super::plan::Plan;
use super::ticket::Maker;
use super::{Format, parse_mapping, read, reader};
use crate::error::CommandError;
use crate::format;
use crate::model::{DeskSettings, FORMAT_VERSION, PersonId, Profile, Record, Timestamp};
use crate::outcome::RejectedRow;
use crate::policy::{Policy, PriorityMatrix, Workflows};

/// What an import of this source would make on an empty desk.
#[derive(Clone, Debug)]
pub struct Dry {
    /// Rows read.
    pub rows: usize,
    /// The records, as the last row leaves them.
    pub records: Vec<Record>,
    pub rejected: Vec<RejectedRow>,
}

/// Reads a source by a mapping, as an empty desk with the built-in rules would.
/// It answers for any input, and never panics.
///
/// # Errors
///
/// The source or the mapping cannot be read, or do not fit together.
pub fn dry(format: Format, source: &[u8], mapping: &[u8]) -> Result<Dry, CommandError> {
    let (mapping, text) = parse_mapping("mapping.yaml", mapping)?;
    let policy = policy();
    let mut source = reader(format, Box::new(source), &mapping, ("the source", "mapping.yaml"))?;
    let plan = Plan::new(&mapping, source.as_mut(), &policy, "mapping.yaml", &text)?;
    let actor = PersonId::new("importer")?;
    let now = Timestamp::from_seconds(1_795_000_000);
    let count = Cell::new(0_u128);
    let fresh = |at: Timestamp| {
        count.set(count.get() + 1);
        let millis = u64::try_from(at.seconds()).unwrap_or_default().saturating_mul(1000);
        Ulid::from_parts(millis, count.get())
    };
    let mut find = |text: &str| Err(format!("there is no record `{text}`"));
    let mut maker =
        Maker { plan: &plan, policy: &policy, actor: &actor, now, fresh: &fresh, find: &mut find };
    let mut found = read(source.as_mut(), &mut maker, &|_| {})?;
    let mut rejected = std::mem::take(&mut found.rejected);
    let mut records = IndexMap::new();
    if plan.rows == Rows::Events {
        for event in &found.events {
            let row = found.spool.get(event.row)?;
            let at = Timestamp::from_seconds(event.at);
            let number = found.tickets.get_index(event.ticket as usize);
            let key = number.map(|(key, _)| key.clone()).unwrap_or_default();
            let current = records.get(&event.ticket);
            let stepped = (|| {
                let told = maker.told(&row, at)?;
                let before = current.map(|(record, _): &(Record, _)| record.status().clone());
                let said = maker.said(&row, at, before.as_ref())?;
                let record = match current {
                    Some((record, earlier)) => maker.next(record, earlier, &said, &told)?,
                    None => maker.first(&key, &said, &told)?,
                };
                written(&record)?;
                Ok((record, said))
            })();
            match stepped {
                Ok(step) => drop(records.insert(event.ticket, step)),
                Err(reason) => {
                    let external_id = Some(key);
                    rejected.push(RejectedRow { line: row.line, external_id, reason });
                }
            }
        }
        let records = records.into_values().map(|(record, _)| record).collect();
        return Ok(Dry { rows: found.rows, records, rejected });
    }
    let mut records = Vec::new();
    for (key, ticket) in &found.tickets {
        let Some(row) = ticket.row else { continue };
        let row = found.spool.get(row)?;
        match maker.record(key, &row) {
            Ok(record) => records.push(record),
            Err(reason) => {
                let external_id = Some(key.clone());
                rejected.push(RejectedRow { line: row.line, external_id, reason });
            }
        }
    }
    Ok(Dry { rows: found.rows, records, rejected })
}

fn written(record: &Record) -> Result<(), String> {
    format::write_record(record).map(drop).map_err(|error| error.message.to_string())
}

/// The rules of a desk that has none of its own.
fn policy() -> Policy {
    let settings = DeskSettings {
        format: FORMAT_VERSION,
        id: Ulid::nil(),
        name: String::new(),
        trunk: "main".to_owned(),
        time_zone: "UTC".to_owned(),
        profile: Profile::Itsm,
        practices: Profile::Itsm.practices(),
        domains: IndexMap::new(),
        custom_fields: IndexMap::new(),
    };
    Policy {
        settings,
        people: Vec::new(),
        teams: Vec::new(),
        priorities: PriorityMatrix::default(),
        workflows: Workflows::new(Vec::new(), crate::app::settings::built_in),
        roles: crate::policy::roles::Roles::new(None, crate::app::settings::built_in_roles),
        models: crate::policy::template::Models::default(),
    }
}
