//! How many records there are of which sort, and how old the open ones are.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::{Kind, Priority, StateCategory, Timestamp};
use crate::outcome::{Count, Summary};
use crate::query::Row;

/// What `Summary.schema` says.
const SCHEMA: &str = "gitsm.summary/1";

/// One record, or `count` records that are alike in what a summary shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryItem {
    pub kind: Kind,
    pub status: String,
    pub state: StateCategory,
    pub priority: Option<Priority>,
    pub team: Option<String>,
    pub assignee: Option<String>,
    /// How many records this stands for.
    pub count: usize,
}

impl From<&Row> for SummaryItem {
    fn from(row: &Row) -> Self {
        Self {
            kind: row.kind,
            status: row.status.to_string(),
            state: row.state,
            priority: row.priority,
            team: row.team.as_ref().map(ToString::to_string),
            assignee: row.assignee.as_ref().map(ToString::to_string),
            count: 1,
        }
    }
}

/// Open and all.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    open: usize,
    total: usize,
}

impl Tally {
    fn add(&mut self, state: StateCategory, count: usize) {
        self.total += count;
        if state.is_open() {
            self.open += count;
        }
    }
}

/// Sums up `items`, and the ages at `now` of the open records, given by when
/// they were opened.
pub fn summarise(
    now: Timestamp,
    items: impl IntoIterator<Item = SummaryItem>,
    open_since: impl IntoIterator<Item = Timestamp>,
) -> Summary {
    let mut all = Tally::default();
    let mut kinds: HashMap<Kind, Tally> = HashMap::new();
    let mut statuses: HashMap<String, (StateCategory, Tally)> = HashMap::new();
    let mut priorities: HashMap<Option<Priority>, Tally> = HashMap::new();
    let mut teams: HashMap<Option<String>, Tally> = HashMap::new();
    let mut assignees: HashMap<Option<String>, Tally> = HashMap::new();
    for item in items {
        let (state, count) = (item.state, item.count);
        all.add(state, count);
        kinds.entry(item.kind).or_default().add(state, count);
        let status = statuses.entry(item.status).or_insert((state, Tally::default()));
        // Workflows may give one name different meanings; the liveliest counts.
        status.0 = status.0.min(state);
        status.1.add(state, count);
        priorities.entry(item.priority).or_default().add(state, count);
        teams.entry(item.team).or_default().add(state, count);
        assignees.entry(item.assignee).or_default().add(state, count);
    }
    Summary {
        schema: SCHEMA,
        now,
        total: all.total,
        open: all.open,
        by_type: in_order(kinds, |kind| *kind, |kind| Some(kind.to_string())),
        by_status: in_order(
            statuses.into_iter().map(|(name, (state, tally))| ((state, name), tally)),
            Clone::clone,
            |(_, name)| Some(name),
        ),
        // `None` orders before any priority, but belongs at the end.
        by_priority: in_order(
            priorities,
            |priority| (priority.is_none(), *priority),
            |priority| priority.map(|priority| priority.to_string()),
        ),
        by_team: by_size(teams),
        by_assignee: by_size(assignees),
        open_age: ages(now, open_since),
    }
}

fn in_order<K, O: Ord>(
    tallies: impl IntoIterator<Item = (K, Tally)>,
    order: impl Fn(&K) -> O,
    name: impl Fn(K) -> Option<String>,
) -> Vec<Count> {
    let mut sorted: Vec<(K, Tally)> = tallies.into_iter().collect();
    sorted.sort_by_key(|(key, _)| order(key));
    sorted
        .into_iter()
        .map(|(key, tally)| Count { value: name(key), open: tally.open, total: tally.total })
        .collect()
}

/// The busiest first; records without a value last.
fn by_size(tallies: HashMap<Option<String>, Tally>) -> Vec<Count> {
    let mut counts: Vec<Count> = tallies
        .into_iter()
        .map(|(value, tally)| Count { value, open: tally.open, total: tally.total })
        .collect();
    counts.sort_by(|a, b| {
        let key =
            |count: &Count| (count.value.is_none(), Reverse(count.open), Reverse(count.total));
        key(a).cmp(&key(b)).then_with(|| a.value.cmp(&b.value))
    });
    counts
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Age classes: the label, and the seconds that an age must be under.
const AGES: [(&str, i64); 8] = [
    ("< 1 h", HOUR),
    ("< 4 h", 4 * HOUR),
    ("< 1 d", DAY),
    ("< 3 d", 3 * DAY),
    ("< 7 d", 7 * DAY),
    ("< 30 d", 30 * DAY),
    ("< 90 d", 90 * DAY),
    ("older", i64::MAX),
];

fn ages(now: Timestamp, open_since: impl IntoIterator<Item = Timestamp>) -> Vec<Count> {
    let mut counts =
        AGES.map(|(label, _)| Count { value: Some(label.to_owned()), open: 0, total: 0 });
    for opened in open_since {
        let age = now.seconds().saturating_sub(opened.seconds());
        let class = AGES.iter().position(|(_, under)| age < *under).unwrap_or(AGES.len() - 1);
        if let Some(count) = counts.get_mut(class) {
            count.open += 1;
            count.total += 1;
        }
    }
    counts.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(
        status: &str,
        state: StateCategory,
        priority: Option<Priority>,
        team: Option<&str>,
    ) -> SummaryItem {
        SummaryItem {
            kind: if priority.is_some() { Kind::Incident } else { Kind::Ci },
            status: status.into(),
            state,
            priority,
            team: team.map(str::to_owned),
            assignee: None,
            count: 2,
        }
    }

    fn line(counts: &[Count]) -> String {
        let name = |count: &Count| count.value.clone().unwrap_or_else(|| "-".into());
        let shown: Vec<String> = counts
            .iter()
            .filter(|count| count.total > 0)
            .map(|count| format!("{} {}/{}", name(count), count.open, count.total))
            .collect();
        shown.join(", ")
    }

    #[test]
    fn counts_are_sorted_sensibly() {
        let now = Timestamp::from_seconds(100 * DAY);
        let items = [
            item("closed", StateCategory::Closed, Some(Priority::P1), Some("db")),
            item("in_use", StateCategory::Open, None, None),
            item("new", StateCategory::Open, Some(Priority::P3), Some("apps")),
            item("pending", StateCategory::Hold, Some(Priority::P1), Some("apps")),
            item("closed", StateCategory::Closed, Some(Priority::P2), Some("app")),
        ];
        let ages = [0, 1, HOUR, DAY - 1, DAY, 99 * DAY, -5];
        let opened = ages.map(|age| Timestamp::from_seconds(100 * DAY - age));
        let summary = summarise(now, items, opened);
        assert_eq!((summary.open, summary.total), (6, 10));
        assert_eq!(line(&summary.by_type), "incident 4/8, ci 2/2");
        assert_eq!(line(&summary.by_status), "in_use 2/2, new 2/2, pending 2/2, closed 0/4");
        assert_eq!(line(&summary.by_priority), "P1 2/4, P2 0/2, P3 2/2, - 2/2");
        assert_eq!(line(&summary.by_team), "apps 4/4, app 0/2, db 0/2, - 2/2");
        assert_eq!(line(&summary.by_assignee), "- 6/10");
        assert_eq!(
            line(&summary.open_age),
            "< 1 h 3/3, < 4 h 1/1, < 1 d 1/1, < 3 d 1/1, older 1/1"
        );
        assert_eq!(summary.open_age.len(), AGES.len());
    }
}
