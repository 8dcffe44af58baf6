//! A plan drawn as a tree.

use std::collections::HashMap;

use super::{Task, TaskId, TaskState};

/// Where a task hangs when the plan is drawn as a tree: below the last of the
/// tasks that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The place of the task in the plan.
    pub at: usize,
    /// The place of the task below which it hangs.
    pub below: Option<usize>,
    /// The places of the other tasks that it needs and that nothing between
    /// says already.
    pub also: Vec<usize>,
}

/// The plan as a tree, in the order of the plan. Each task hangs below the one
/// of its needs that comes last, so that a chain reads as a chain.
pub fn tiers(tasks: &[Task]) -> Vec<Tier> {
    let place: HashMap<&TaskId, usize> =
        tasks.iter().enumerate().map(|(at, task)| (&task.id, at)).collect();
    let needs: Vec<Vec<usize>> = tasks
        .iter()
        .map(|task| task.needs.iter().filter_map(|need| place.get(need).copied()).collect())
        .collect();
    let depths = depths(&needs);
    let direct = |at: usize| -> Vec<usize> {
        // What nobody wanted says nothing about the order.
        let wanted = |need: &usize| tasks[*need].state != TaskState::Skipped;
        let all: Vec<usize> = needs[at].iter().copied().filter(wanted).collect();
        let all = if all.is_empty() { needs[at].clone() } else { all };
        let implied =
            |need: usize| all.iter().any(|other| *other != need && leads(&needs, *other, need));
        all.iter().copied().filter(|need| !implied(*need)).collect()
    };
    (0..tasks.len())
        .map(|at| {
            let mut also = direct(at);
            let below = also.iter().copied().max_by_key(|need| (depths[*need], *need));
            also.retain(|need| Some(*need) != below);
            Tier { at, below, also }
        })
        .collect()
}

/// How many tasks come before each one at least. A circle, which only an edit by
/// hand can make, ends the count.
fn depths(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut depths = vec![0; needs.len()];
    for _ in 0..needs.len() {
        let mut moved = false;
        for at in 0..needs.len() {
            let depth = needs[at].iter().map(|need| depths[*need] + 1).max().unwrap_or(0);
            if depth > depths[at] && depth <= needs.len() {
                depths[at] = depth;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    depths
}

/// Whether `from` needs `to`, through others too.
fn leads(needs: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; needs.len()];
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        if std::mem::replace(&mut seen[at], true) {
            continue;
        }
        if needs[at].contains(&to) {
            return true;
        }
        next.extend(&needs[at]);
    }
    false
}
