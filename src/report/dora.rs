//! DORA's four keys, from what was deployed and what came of it.
//!
//! After the research programme's definitions: deployment frequency, lead time
//! for changes, change failure rate and time to restore service. Bands such as
//! "elite" change from year to year, so there are only values, each with what it
//! is made of.

use std::collections::BTreeMap;

use crate::model::{DeployRange, DeployResult, Timestamp};
use crate::outcome::DoraLine;

/// A change that was deployed to one environment, once or several times.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// How its commits follow what was there before.
    pub range: DeployRange,
    /// When the commits that came in were made.
    pub commits: Vec<Timestamp>,
    /// The attempts, in order of time.
    pub attempts: Vec<(Timestamp, DeployResult)>,
    /// The incidents that it caused: opened, and resolved if they are.
    pub incidents: Vec<(Timestamp, Option<Timestamp>)>,
    /// The team, service or the like by which it is counted; none where time
    /// says it.
    pub group: Option<String>,
}

/// One deployment, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    pub at: Timestamp,
    /// Whether it failed, was taken back, or caused an incident.
    pub failed: bool,
    /// From commit to deployment, in seconds, for each commit that came in.
    pub lead_times: Vec<i64>,
    /// How long it took until what it broke worked again, in seconds.
    pub restored: Vec<i64>,
    /// Incidents that are not resolved yet.
    pub unrestored: usize,
    pub group: Option<String>,
}

/// The deployments that a delivery stands for.
///
/// One that failed counts as one that failed, whether or not anything of it went
/// in: it needed mending. Being taken back ends the one before it; incidents
/// count for the last one before they were opened. Service is restored when the
/// incident is resolved; where there is none, when it was taken back. Commits have a lead time
/// where it is known what came in: not on the first deployment, which brings the
/// whole history, and not on the way back.
pub fn deployments(delivery: &Delivery) -> Vec<Deployment> {
    let mut found: Vec<Deployment> = Vec::new();
    let mut stands: Option<usize> = None;
    let one = |at: Timestamp, failed: bool| Deployment {
        at,
        failed,
        lead_times: Vec::new(),
        restored: Vec::new(),
        unrestored: 0,
        group: delivery.group.clone(),
    };
    let mut is_delivered = false;
    // How long what was taken back had stood.
    let mut stood: Vec<(usize, i64)> = Vec::new();
    for (at, result) in &delivery.attempts {
        match result {
            DeployResult::Ok => {
                let mut deployment = one(*at, false);
                let is_known = matches!(delivery.range, DeployRange::Forward | DeployRange::Forced);
                if is_known && !is_delivered {
                    let since = |commit: &Timestamp| (at.seconds() - commit.seconds()).max(0);
                    deployment.lead_times = delivery.commits.iter().map(since).collect();
                }
                is_delivered = true;
                stands = Some(found.len());
                found.push(deployment);
            }
            DeployResult::Failed => {
                stands = None;
                found.push(one(*at, true));
            }
            DeployResult::RolledBack => {
                let taken = stands.take().and_then(|n| Some((n, found.get_mut(n)?)));
                if let Some((n, deployment)) = taken {
                    deployment.failed = true;
                    stood.push((n, (at.seconds() - deployment.at.seconds()).max(0)));
                } else if found.is_empty() {
                    found.push(one(*at, true));
                }
            }
        }
    }
    for (opened, resolved) in &delivery.incidents {
        let at = found.iter().rposition(|deployment| deployment.at <= *opened).unwrap_or(0);
        let Some(deployment) = found.get_mut(at) else { continue };
        deployment.failed = true;
        match resolved {
            Some(resolved) => {
                deployment.restored.push((resolved.seconds() - opened.seconds()).max(0));
            }
            None => deployment.unrestored += 1,
        }
    }
    for (n, seconds) in stood {
        // Where an incident says for how long something did not work, it counts.
        if let Some(deployment) = found.get_mut(n)
            && deployment.restored.is_empty()
            && deployment.unrestored == 0
        {
            deployment.restored.push(seconds);
        }
    }
    found
}

/// The figures of `deployments`, which belong to `days` days.
pub fn dora<'a>(
    name: Option<String>,
    days: f64,
    deployments: impl IntoIterator<Item = &'a Deployment>,
) -> DoraLine {
    let mut line = DoraLine { name, days, ..DoraLine::default() };
    let (mut lead_times, mut restored) = (Vec::new(), Vec::new());
    for deployment in deployments {
        line.deployments += 1;
        line.failed += usize::from(deployment.failed);
        line.unrestored += deployment.unrestored;
        lead_times.extend(&deployment.lead_times);
        restored.extend(&deployment.restored);
    }
    line.per_day = (days > 0.0).then(|| line.deployments as f64 / days);
    line.change_fail_rate =
        (line.deployments > 0).then(|| line.failed as f64 / line.deployments as f64);
    (line.lead_time_of, line.restored) = (lead_times.len(), restored.len());
    line.lead_time = median(lead_times);
    line.time_to_restore = median(restored);
    line
}

/// The deployments by the name that `label` gives each, names in order; those
/// without a name come last.
pub fn grouped<'a>(
    deployments: &'a [Deployment],
    label: &dyn Fn(&Deployment) -> Option<String>,
) -> Vec<(Option<String>, Vec<&'a Deployment>)> {
    let mut groups: BTreeMap<(bool, Option<String>), Vec<&'a Deployment>> = BTreeMap::new();
    for deployment in deployments {
        let name = label(deployment);
        groups.entry((name.is_none(), name)).or_default().push(deployment);
    }
    groups.into_iter().map(|((_, name), deployments)| (name, deployments)).collect()
}

/// The middle one; the mean of the two in the middle where their number is even.
fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    match values.len() % 2 {
        1 => Some(upper),
        _ => Some(values.get(middle - 1)?.midpoint(upper)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn delivery(attempts: &[(i64, DeployResult)]) -> Delivery {
        Delivery {
            range: DeployRange::Forward,
            commits: vec![at(0), at(60)],
            attempts: attempts.iter().map(|(time, result)| (at(*time), *result)).collect(),
            incidents: Vec::new(),
            group: None,
        }
    }

    #[test]
    fn the_middle_is_not_the_mean() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![9, 1, 2]), Some(2));
        assert_eq!(median(vec![1, 2, 4, 100]), Some(3));
    }

    #[test]
    fn a_deployment_taken_back_failed_once() {
        let found = deployments(&delivery(&[
            (100, DeployResult::Ok),
            (400, DeployResult::RolledBack),
            (900, DeployResult::Ok),
        ]));
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].failed, &found[0].restored[..]), (true, &[300][..]));
        assert_eq!(found[0].lead_times, [100, 40]);
        // The same commits come in once.
        assert!(!found[1].failed && found[1].lead_times.is_empty());
    }

    #[test]
    fn what_failed_counts_and_has_no_lead_time() {
        let found = deployments(&delivery(&[
            (50, DeployResult::Failed),
            (70, DeployResult::RolledBack),
            (100, DeployResult::Ok),
        ]));
        let failed: Vec<bool> = found.iter().map(|deployment| deployment.failed).collect();
        assert_eq!(failed, [true, false]);
        assert!(found[0].lead_times.is_empty());
        assert_eq!(found[1].lead_times, [100, 40]);
    }

    #[test]
    fn incidents_count_for_the_last_deployment_before_them() {
        let mut delivery = delivery(&[(100, DeployResult::Ok), (200, DeployResult::Ok)]);
        delivery.incidents = vec![(at(150), Some(at(210))), (at(250), None)];
        let found = deployments(&delivery);
        assert_eq!(found[0].restored, [60]);
        assert_eq!((found[1].failed, found[1].unrestored), (true, 1));
        let line = dora(None, 2.0, &found);
        assert_eq!((line.deployments, line.failed, line.unrestored), (2, 2, 1));
        assert_eq!(line.per_day, Some(1.0));
        assert_eq!(line.change_fail_rate, Some(1.0));
        assert_eq!(line.time_to_restore, Some(60));
        assert_eq!((line.lead_time, line.lead_time_of), (Some(70), 2));
    }

    /// Six deployments of a fortnight, counted by hand.
    #[test]
    fn the_four_keys_of_a_fortnight() {
        use DeployResult::{Failed, Ok, RolledBack};
        const HOUR: i64 = 3600;
        let one = |committed: &[i64], attempts: &[(i64, DeployResult)]| Delivery {
            commits: committed.iter().map(|hour| at(hour * HOUR)).collect(),
            attempts: attempts.iter().map(|(hour, end)| (at(hour * HOUR), *end)).collect(),
            ..delivery(&[])
        };
        let mut all = [
            // Lead times of 2 and 4 hours; well.
            one(&[8, 6], &[(10, Ok)]),
            // 1 hour; taken back after 3 hours, without an incident.
            one(&[29], &[(30, Ok), (33, RolledBack)]),
            // 10 hours; an incident of 5 hours, and taken back in the middle of it.
            one(&[50], &[(60, Ok), (63, RolledBack)]),
            // Failed first, then well: 24 hours.
            one(&[80], &[(100, Failed), (104, Ok)]),
            // 7 hours; an incident that is open still.
            one(&[193], &[(200, Ok)]),
        ];
        all[2].incidents = vec![(at(61 * HOUR), Some(at(66 * HOUR)))];
        all[4].incidents = vec![(at(201 * HOUR), None)];
        let found: Vec<Deployment> = all.iter().flat_map(deployments).collect();
        let line = dora(None, 14.0, &found);
        assert_eq!((line.deployments, line.failed, line.unrestored), (6, 4, 1));
        assert_eq!(line.per_day, Some(6.0 / 14.0));
        assert_eq!(line.change_fail_rate, Some(4.0 / 6.0));
        // 1, 2, 4, 7, 10, 24 hours: between the third and the fourth.
        assert_eq!((line.lead_time, line.lead_time_of), (Some(11 * HOUR / 2), 6));
        // 3 and 5 hours.
        assert_eq!((line.time_to_restore, line.restored), (Some(4 * HOUR), 2));
    }

    #[test]
    fn one_deployment_is_enough_for_figures() {
        let line = dora(None, 30.0, &deployments(&delivery(&[(100, DeployResult::Ok)])));
        assert_eq!((line.deployments, line.failed), (1, 0));
        assert_eq!((line.lead_time, line.lead_time_of), (Some(70), 2));
        assert_eq!((line.change_fail_rate, line.time_to_restore), (Some(0.0), None));
        assert_eq!((line.restored, line.unrestored), (0, 0));
        // One that failed, without an incident: nothing says for how long.
        let line = dora(None, 30.0, &deployments(&delivery(&[(100, DeployResult::Failed)])));
        assert_eq!((line.deployments, line.failed), (1, 1));
        assert_eq!((line.change_fail_rate, line.time_to_restore), (Some(1.0), None));
        assert_eq!((line.lead_time, line.lead_time_of), (None, 0));
    }

    #[test]
    fn clocks_that_differ_make_no_time_negative() {
        let mut delivery = delivery(&[(10, DeployResult::Ok), (30, DeployResult::RolledBack)]);
        delivery.incidents = vec![(at(40), Some(at(20)))];
        let found = deployments(&delivery);
        assert_eq!(found[0].lead_times, [10, 0]);
        assert_eq!(found[0].restored, [0]);
    }

    #[test]
    fn an_incident_tells_more_than_the_way_back() {
        let mut delivery = delivery(&[(100, DeployResult::Ok), (400, DeployResult::RolledBack)]);
        delivery.incidents = vec![(at(150), None)];
        let found = deployments(&delivery);
        assert_eq!((found[0].restored.len(), found[0].unrestored), (0, 1));
        delivery.incidents = vec![(at(150), Some(at(250))), (at(160), Some(at(170)))];
        assert_eq!(deployments(&delivery)[0].restored, [100, 10]);
    }

    #[test]
    fn the_first_deployment_has_no_lead_time() {
        for range in [DeployRange::First, DeployRange::Rollback, DeployRange::Unknown] {
            let delivery = Delivery { range, ..delivery(&[(100, DeployResult::Ok)]) };
            assert!(deployments(&delivery)[0].lead_times.is_empty(), "{range}");
        }
    }

    #[test]
    fn figures_of_nothing_are_none() {
        let line = dora(None, 30.0, &[]);
        assert_eq!(line.per_day, Some(0.0));
        assert_eq!(
            (line.lead_time, line.time_to_restore, line.change_fail_rate),
            (None, None, None)
        );
        assert_eq!(dora(None, 0.0, &[]).per_day, None);
    }

    #[test]
    fn groups_come_in_order() {
        let of = |name: Option<&str>| Deployment {
            group: name.map(str::to_owned),
            ..deployments(&delivery(&[(1, DeployResult::Ok)])).remove(0)
        };
        let all = [of(Some("b")), of(None), of(Some("a")), of(Some("b"))];
        let groups = grouped(&all, &|deployment| deployment.group.clone());
        let counts: Vec<(Option<&str>, usize)> =
            groups.iter().map(|(name, all)| (name.as_deref(), all.len())).collect();
        assert_eq!(counts, [(Some("a"), 1), (Some("b"), 2), (None, 1)]);
    }
}
