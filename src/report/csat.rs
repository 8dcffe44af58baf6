//! Customer satisfaction: the share of satisfied among all answers.

use crate::model::{Kind, StateCategory, Timestamp};
use crate::outcome::{CsatCount, CsatView};
use crate::query::Row;

/// One ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsatItem {
    pub kind: Kind,
    pub state: StateCategory,
    /// 1 to 5; 0 for no answer.
    pub points: u32,
}

impl From<&Row> for CsatItem {
    fn from(row: &Row) -> Self {
        Self { kind: row.kind, state: row.state, points: row.csat }
    }
}

/// Sums up the answers. Satisfied are 4 and 5 points ("top-2 box"); asked is
/// everybody whose ticket is resolved or closed. A share of nothing is no
/// number, and never 0 or 100 %.
pub fn csat(now: Timestamp, query: &str, items: impl IntoIterator<Item = CsatItem>) -> CsatView {
    let mut asked = 0;
    let mut points = [0_usize; 5];
    for item in items {
        let ended = matches!(item.state, StateCategory::Resolved | StateCategory::Closed);
        if item.kind.is_ticket() && ended {
            asked += 1;
            let at = usize::try_from(item.points).ok().and_then(|points| points.checked_sub(1));
            if let Some(count) = at.and_then(|at| points.get_mut(at)) {
                *count += 1;
            }
        }
    }
    let answers: usize = points.iter().sum();
    let satisfied = points[3] + points[4];
    let total: usize = points.iter().zip(1..).map(|(count, points)| count * points).sum();
    let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
    CsatView {
        schema: CsatView::SCHEMA,
        now,
        query: query.to_owned(),
        asked,
        answers,
        satisfied,
        response_rate: share(answers, asked),
        csat: share(satisfied, answers),
        mean: share(total, answers),
        by_points: (1..=5)
            .rev()
            .zip(points.iter().rev())
            .map(|(points, count)| CsatCount { points, answers: *count })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn satisfied_are_the_upper_two() {
        let item = |state, points| CsatItem { kind: Kind::Incident, state, points };
        let items = [
            item(StateCategory::Closed, 5),
            item(StateCategory::Closed, 4),
            item(StateCategory::Resolved, 3),
            item(StateCategory::Resolved, 0),
            item(StateCategory::Open, 5),
            CsatItem { kind: Kind::Ci, ..item(StateCategory::Closed, 1) },
        ];
        let view = csat(Timestamp::from_seconds(0), "", items);
        assert_eq!((view.asked, view.answers, view.satisfied), (4, 3, 2));
        assert_eq!(view.response_rate, Some(0.75));
        assert_eq!(view.mean, Some(4.0));
        assert!(view.csat.is_some_and(|share| (share - 2.0 / 3.0).abs() < 1e-9));
        let nothing = csat(Timestamp::from_seconds(0), "", []);
        assert_eq!((nothing.csat, nothing.mean, nothing.response_rate), (None, None, None));
    }
}
