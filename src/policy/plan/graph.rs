//! The shape of a plan: whether tasks wait for each other in a circle.

use std::collections::HashMap;

use crate::model::TaskId;

/// A way from a task along its needs back to itself, the first task at both
/// ends; nothing, if there is none. Needs that are no tasks are passed over.
pub fn circle<'a>(
    tasks: impl IntoIterator<Item = (&'a TaskId, &'a [TaskId])>,
) -> Option<Vec<String>> {
    let needs: Vec<(&str, &[TaskId])> =
        tasks.into_iter().map(|(id, needs)| (id.as_str(), needs)).collect();
    let place: HashMap<&str, usize> =
        needs.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    // 0: not seen, 1: on the way, 2: leads to no circle.
    let mut seen = vec![0_u8; needs.len()];
    for start in 0..needs.len() {
        // The way so far: each task, and which of its needs is next.
        let mut way: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((at, next)) = way.last_mut() {
            let here = *at;
            if *next == 0 && seen[here] == 2 {
                way.pop();
                continue;
            }
            seen[here] = 1;
            let (_, of_here) = needs[here];
            let Some(need) = of_here.get(*next) else {
                seen[here] = 2;
                way.pop();
                continue;
            };
            *next += 1;
            let Some(&to) = place.get(need.as_str()) else { continue };
            if seen[to] == 1 {
                let from = way.iter().position(|(at, _)| *at == to).unwrap_or(0);
                let ring = way[from..].iter().map(|(at, _)| *at).chain([to]);
                return Some(ring.map(|at| needs[at].0.to_owned()).collect());
            }
            if seen[to] == 0 {
                way.push((to, 0));
            }
        }
    }
    None
}
