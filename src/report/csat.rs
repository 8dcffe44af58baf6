//! Customer satisfaction: the share of satisfied among all answers.

use crate::model::Timestamp;
use crate::outcome::{CsatCount, CsatView};

/// Sums up the answers: `rated` has the points of each ticket whose requester
/// was asked, 1 to 5, or 0 where there is no answer. Satisfied are 4 and 5
/// points ("top-2 box"). A share of nothing is no number, and never 0 or 100 %.
pub fn csat(now: Timestamp, query: &str, rated: impl IntoIterator<Item = u32>) -> CsatView {
    let mut asked = 0;
    let mut points = [0_usize; 5];
    for answer in rated {
        asked += 1;
        let at = usize::try_from(answer).ok().and_then(|points| points.checked_sub(1));
        if let Some(count) = at.and_then(|at| points.get_mut(at)) {
            *count += 1;
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
        let view = csat(Timestamp::from_seconds(0), "", [5, 4, 3, 0]);
        assert_eq!((view.asked, view.answers, view.satisfied), (4, 3, 2));
        assert_eq!(view.response_rate, Some(0.75));
        assert_eq!(view.mean, Some(4.0));
        assert!(view.csat.is_some_and(|share| (share - 2.0 / 3.0).abs() < 1e-9));
        let nothing = csat(Timestamp::from_seconds(0), "", []);
        assert_eq!((nothing.csat, nothing.mean, nothing.response_rate), (None, None, None));
    }
}
