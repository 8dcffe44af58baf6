//! What stands in an environment, by the attempts at deployments.

use ulid::Ulid;

use crate::model::{Change, Deploy, DeployResult, RecordId, Timestamp};

/// Something that was deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The change that it was deployed by.
    pub change: RecordId,
    pub at: Timestamp,
    pub commit: Option<String>,
    pub artefact: Option<String>,
}

impl Deployed {
    /// Whether it is this commit or artefact; an artefact tells more.
    pub fn is(&self, commit: Option<&str>, artefact: Option<&str>) -> bool {
        match (artefact, self.artefact.as_deref()) {
            (Some(wanted), Some(artefact)) => wanted == artefact,
            _ => commit.is_some() && commit == self.commit.as_deref(),
        }
    }
}

/// What was deployed to one environment from one code repository and not taken
/// back, the last of which stands there now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing(Vec<Deployed>);

impl Standing {
    /// By the attempts of `changes` in `environment`.
    ///
    /// What failed changed nothing; what was rolled back is what its change had
    /// deployed last, and what stood there before stands there again.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>, environment: &str) -> Self {
        let mut attempts: Vec<(Timestamp, Ulid, DeployResult, Deployed)> = Vec::new();
        for change in changes {
            for deploy in change.deploys.iter().filter(|each| each.environment == environment) {
                let deployment = change.deployment.as_ref();
                let deployed =
                    Deployed {
                        change: change.id,
                        at: deploy.at,
                        commit: deploy.commit.clone().or_else(|| {
                            deployment.and_then(|deployment| deployment.commit.clone())
                        }),
                        artefact: deploy.artefact.clone().or_else(|| {
                            deployment.and_then(|deployment| deployment.artefact.clone())
                        }),
                    };
                attempts.push((deploy.at, deploy.id, deploy.result, deployed));
            }
        }
        attempts.sort_by_key(|(at, id, ..)| (*at, *id));
        let mut standing: Vec<Deployed> = Vec::new();
        for (_, _, result, deployed) in attempts {
            match result {
                DeployResult::Ok => standing.push(deployed),
                DeployResult::Failed => {}
                DeployResult::RolledBack => {
                    let own = |each: &Deployed| each.change == deployed.change;
                    if let Some(at) = standing.iter().rposition(own) {
                        standing.remove(at);
                    }
                }
            }
        }
        Self(standing)
    }

    /// What stands there now.
    pub fn now(&self) -> Option<&Deployed> {
        self.0.last()
    }

    /// Whether this commit or artefact was deployed there before what stands
    /// there now.
    pub fn had(&self, commit: Option<&str>, artefact: Option<&str>) -> bool {
        let before = self.0.split_last().map(|(_, before)| before).unwrap_or_default();
        before.iter().any(|each| each.is(commit, artefact))
    }
}

/// Whether the last attempt at this commit or artefact in `environment`, on
/// whatever change it is recorded, went well.
pub fn went_well<'a>(
    deploys: impl IntoIterator<Item = &'a Deploy>,
    environment: &str,
    (commit, artefact): (Option<&str>, Option<&str>),
) -> bool {
    let same = |deploy: &&Deploy| match artefact {
        // What was built once more is not what was tried there.
        Some(artefact) => deploy.artefact.as_deref() == Some(artefact),
        None => deploy.is_of(commit, None),
    };
    let there = deploys.into_iter().filter(|deploy| deploy.environment == environment);
    let last = there.filter(same).max_by_key(|deploy| (deploy.at, deploy.id));
    last.is_some_and(|last| last.result == DeployResult::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;
    use crate::model::{Kind, Record};

    fn change(tail: &str, deploys: &[(&str, &str, &str, &str)]) -> Change {
        let mut text = format!(
            "id: CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F{tail}\ntitle: t\nstatus: review\nimpact: low\n\
             urgency: low\npriority: P5\nmodel: normal\ndeploys:\n"
        );
        for (at, commit, environment, result) in deploys {
            text.push_str(&format!(
                "- id: 01KAM2V0T8Q4ZJ6D3N0R7K{at}{tail}\n  at: 2026-11-22T{at}:00:00Z\n  by: bot\n  \
                 environment: {environment}\n  commit: {commit}\n  result: {result}\n"
            ));
        }
        text.push_str(
            "opened_at: 2026-11-22T09:12:04Z\nopened_by: alice\nupdated_at: 2026-11-22T09:12:04Z\n",
        );
        match format::read_record_any(Kind::Change, text.as_bytes()).expect("a record") {
            Record::Change(change) => change,
            other => panic!("{other:?}"),
        }
    }

    fn now(changes: &[Change]) -> Option<String> {
        Standing::of(changes, "production").now()?.commit.clone()
    }

    #[test]
    fn what_is_taken_back_uncovers_what_was_there() {
        let one = change("01", &[("10", "aa", "production", "ok")]);
        let two = change("02", &[("11", "bb", "production", "ok")]);
        assert_eq!(now(&[two.clone(), one.clone()]).as_deref(), Some("bb"));
        let failed = change("03", &[("12", "cc", "production", "failed")]);
        assert_eq!(now(&[one.clone(), two.clone(), failed]).as_deref(), Some("bb"));
        let elsewhere = change("04", &[("12", "cc", "staging", "ok")]);
        assert_eq!(now(&[one.clone(), two, elsewhere]).as_deref(), Some("bb"));
        let taken_back = change(
            "02",
            &[("11", "bb", "production", "ok"), ("12", "bb", "production", "rolled_back")],
        );
        assert_eq!(now(&[one.clone(), taken_back.clone()]).as_deref(), Some("aa"));
        let again = change("05", &[("13", "bb", "production", "ok")]);
        let all = [again, taken_back, one];
        assert_eq!(now(&all).as_deref(), Some("bb"));
        let standing = Standing::of(&all, "production");
        assert!(standing.had(Some("aa"), None) && !standing.had(Some("bb"), None));
        assert_eq!(Standing::of(&[], "production").now(), None);
    }

    #[test]
    fn the_last_attempt_says_whether_it_went_well() {
        let one = change("01", &[("10", "aa", "staging", "ok")]);
        let two = change("02", &[("11", "aa", "staging", "rolled_back")]);
        let well = |changes: &[&Change], commit: Option<&str>, artefact: Option<&str>| {
            let deploys = changes.iter().flat_map(|change| &change.deploys);
            went_well(deploys, "staging", (commit, artefact))
        };
        assert!(well(&[&one], Some("aa"), None));
        // Taken back by another change.
        assert!(!well(&[&one, &two], Some("aa"), None) && !well(&[&two, &one], Some("aa"), None));
        let again = change("03", &[("12", "aa", "staging", "ok")]);
        assert!(well(&[&one, &two, &again], Some("aa"), None));
        let elsewhere = change("04", &[("13", "aa", "production", "rolled_back")]);
        assert!(well(&[&one, &elsewhere], Some("aa"), None));
        assert!(!well(&[&one], Some("bb"), None) && !well(&[&one], None, None));
        assert!(!well(&[&one], Some("aa"), Some("sha256:1")), "nobody tried this artefact");
    }

    #[test]
    fn an_artefact_tells_more_than_a_commit() {
        let deployed = Deployed {
            change: "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F01".parse().expect("an id"),
            at: Timestamp::from_seconds(0),
            commit: Some("aa".into()),
            artefact: Some("sha256:1".into()),
        };
        assert!(deployed.is(Some("aa"), None) && deployed.is(None, Some("sha256:1")));
        assert!(deployed.is(Some("bb"), Some("sha256:1")));
        assert!(!deployed.is(Some("aa"), Some("sha256:2")) && !deployed.is(None, None));
    }
}
