//! How often `gitsm triage` proposes what was right, on the audit log of a real
//! ServiceNow instance, which is not part of this repository.
//!
//! Of some incidents, team, assignee and resolution are hidden (or the category
//! and all that tells it); all others stay as they are. What is then proposed
//! for the hidden ones is compared with what the log says.
//!
//! By default few are hidden. `GITSM_REAL=all` hides 500 at a time, for which an
//! optimised build is advised:
//!
//! ```text
//! GITSM_REAL=all cargo test --release --test import propose -- --nocapture
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};

use csv::StringRecord;
use serde_json::Value;

use crate::desk::Desk;
use crate::real::{log, mapping, seconds};

/// What is hidden, and what is asked for.
#[derive(Clone, Copy)]
struct Hidden {
    field: &'static str,
    /// The columns of the log that are emptied.
    columns: &'static [&'static str],
    /// The column that says what is right; if it is empty, the next one.
    right: &'static [&'static str],
    /// The columns that the simple guess goes by.
    by: &'static [&'static str],
}

const ENDS: &[&str] = &["assignment_group", "assigned_to", "resolved_by", "closed_code"];
const TEAM: Hidden = Hidden {
    field: "team",
    columns: ENDS,
    right: &["assignment_group"],
    by: &["category", "subcategory"],
};
const ASSIGNEE: Hidden = Hidden {
    field: "assignee",
    columns: ENDS,
    right: &["assigned_to", "resolved_by"],
    by: &["category", "subcategory"],
};
/// The title is made of the category, so that all titles become the symptom.
const CATEGORY: Hidden = Hidden {
    field: "category",
    columns: &["category", "subcategory"],
    right: &["category"],
    by: &["u_symptom"],
};

/// The last row of each incident, the oldest incident first.
struct Incidents {
    columns: HashMap<String, usize>,
    header: StringRecord,
    rows: Vec<StringRecord>,
}

impl Incidents {
    fn of(log: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(log);
        let header = reader.headers().expect("a header").clone();
        let columns: HashMap<String, usize> =
            header.iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect();
        let mut last: BTreeMap<String, (i64, StringRecord)> = BTreeMap::new();
        for row in reader.records() {
            let row = row.expect("a row");
            let at = seconds(&row[columns["sys_updated_at"]]);
            let known = last.entry(row[0].to_owned()).or_insert_with(|| (at, row.clone()));
            if at >= known.0 {
                *known = (at, row);
            }
        }
        let mut rows: Vec<StringRecord> = last.into_values().map(|(_, row)| row).collect();
        rows.sort_by_key(|row| seconds(&row[columns["opened_at"]]));
        Self { columns, header, rows }
    }

    fn says<'a>(&self, row: &'a StringRecord, column: &str) -> Option<&'a str> {
        Some(row[self.columns[column]].trim()).filter(|cell| *cell != "?")
    }

    fn right(&self, row: &StringRecord, hidden: Hidden) -> Option<String> {
        let cell = hidden.right.iter().find_map(|column| self.says(row, column))?;
        Some(if hidden.field == "category" {
            let sub = self.says(row, "subcategory").map(|sub| format!("/{sub}"));
            format!("{cell}{}", sub.unwrap_or_default())
        } else {
            cell.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase()
        })
    }

    /// The log with nothing in the columns of the rows `at` that are hidden.
    fn without(&self, at: &BTreeSet<usize>, columns: &[&str]) -> Vec<u8> {
        let columns: BTreeSet<usize> = columns.iter().map(|name| self.columns[*name]).collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).expect("written");
        for (row, cells) in self.rows.iter().enumerate() {
            let hide = at.contains(&row);
            let cells = cells.iter().enumerate();
            let cells =
                cells.map(|(at, cell)| if hide && columns.contains(&at) { "?" } else { cell });
            writer.write_record(cells).expect("written");
        }
        writer.into_inner().expect("written")
    }

    /// What most others have that are the same in some columns.
    fn usual(&self, hidden: Hidden, at: &BTreeSet<usize>) -> HashMap<Vec<String>, String> {
        let mut seen: HashMap<Vec<String>, BTreeMap<String, usize>> = HashMap::new();
        for (_, row) in self.rows.iter().enumerate().filter(|(row, _)| !at.contains(row)) {
            if let Some(value) = self.right(row, hidden) {
                *seen.entry(self.key(row, hidden)).or_default().entry(value).or_default() += 1;
            }
        }
        let most = |values: BTreeMap<String, usize>| {
            values.into_iter().max_by_key(|(_, count)| *count).map(|(value, _)| value)
        };
        seen.into_iter().filter_map(|(key, values)| Some((key, most(values)?))).collect()
    }

    fn key(&self, row: &StringRecord, hidden: Hidden) -> Vec<String> {
        hidden.by.iter().map(|column| row[self.columns[*column]].to_owned()).collect()
    }
}

/// How often a proposal was made and how often it was right.
#[derive(Debug, Default)]
struct Tally {
    asked: usize,
    made: usize,
    right: usize,
    /// Those of at least 70 percent.
    sure: usize,
    sure_right: usize,
    /// How often the simple guess was right.
    usual: usize,
}

impl Tally {
    fn share(part: usize, whole: usize) -> usize {
        (part * 100 + whole / 2).checked_div(whole).unwrap_or_default()
    }
}

/// Imports the log with these rows hidden, and asks about each of them.
fn tally(incidents: &Incidents, at: &BTreeSet<usize>, all: &[Hidden]) -> Vec<Tally> {
    let desk = Desk::new();
    let map = mapping().replace("rows: events", "rows: last");
    let (start, rest) = map.split_once("\nevent:\n").expect("an event");
    let (_, rest) = rest.split_once("\nmissing:").expect("what is missing");
    let mut map = format!("{start}\nmissing:{rest}");
    if all.iter().any(|hidden| hidden.field == "category") {
        let title = "{category}[ / {subcategory}][: {u_symptom}]";
        assert!(map.contains(title), "{map}");
        map = map.replace(title, "{u_symptom}");
    }
    let done = desk.texts(incidents.without(at, all[0].columns), &map, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let listed = desk.gitsm(&["--json", "--desk", "desk", "list", "--all", "-n", "100000"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let ids: HashMap<&str, &str> = listed["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            (row["external_id"].as_str().expect("a number"), row["id"].as_str().expect("an id"))
        })
        .collect();
    let usual: Vec<_> = all.iter().map(|hidden| incidents.usual(*hidden, at)).collect();
    let mut tallies: Vec<Tally> = all.iter().map(|_| Tally::default()).collect();
    for row in at.iter().map(|at| &incidents.rows[*at]) {
        let told = desk.gitsm(&["--json", "--desk", "desk", "triage", ids[&row[0]]]);
        let told: Value = serde_json::from_slice(&told.stdout).expect("JSON");
        let proposals = told["proposals"].as_array().expect("proposals");
        for ((hidden, tally), usual) in all.iter().zip(&mut tallies).zip(&usual) {
            let Some(right) = incidents.right(row, *hidden) else { continue };
            tally.asked += 1;
            tally.usual += usize::from(usual.get(&incidents.key(row, *hidden)) == Some(&right));
            let Some(made) = proposals.iter().find(|one| one["field"] == hidden.field) else {
                continue;
            };
            let is_right = made["value"] == right.as_str();
            let is_sure = made["confidence"].as_u64() >= Some(70);
            tally.made += 1;
            tally.right += usize::from(is_right);
            tally.sure += usize::from(is_sure);
            tally.sure_right += usize::from(is_sure && is_right);
        }
    }
    tallies
}

/// `count` rows spread over all of them, always the same.
fn spread(rows: usize, count: usize) -> BTreeSet<usize> {
    // A step that shares no factor with the number of rows visits them all.
    (0..count).map(|n| (n * 7_919 + 1_234) % rows).collect()
}

#[test]
fn proposals_are_mostly_right_where_they_are_sure() {
    let Some(log) = log() else { return };
    let incidents = Incidents::of(&log);
    assert_eq!(incidents.rows.len(), 24_918);
    let all = std::env::var("GITSM_REAL").is_ok_and(|real| real == "all");
    let count = if all { 500 } else { 40 };
    let rows = incidents.rows.len();
    let any = spread(rows, count);
    let newest: BTreeSet<usize> = (rows - count..rows).collect();
    let runs: [(&str, &BTreeSet<usize>, &[Hidden]); 3] = [
        ("any", &any, &[TEAM, ASSIGNEE]),
        ("newest", &newest, &[TEAM, ASSIGNEE]),
        ("any", &any, &[CATEGORY]),
    ];
    eprintln!(
        "incidents | field | asked | proposed | right of these | of all | 70 % sure | right of these | usual value"
    );
    let mut sure = (0, 0);
    for (name, at, hidden) in runs.iter().take(if all { 3 } else { 1 }) {
        for (hidden, tally) in hidden.iter().zip(tally(&incidents, at, hidden)) {
            eprintln!(
                "{name} | {} | {} | {} | {} % | {} % | {} | {} % | {} %",
                hidden.field,
                tally.asked,
                tally.made,
                Tally::share(tally.right, tally.made),
                Tally::share(tally.right, tally.asked),
                tally.sure,
                Tally::share(tally.sure_right, tally.sure),
                Tally::share(tally.usual, tally.asked),
            );
            sure = (sure.0 + tally.sure, sure.1 + tally.sure_right);
        }
    }
    // Whoever lets proposals be applied without a look is right most of the time.
    assert!(sure.0 > 0 && sure.1 * 100 >= sure.0 * 70, "{sure:?}");
}
