//! `gitsm report dora`: figures over deployments.

use insta::assert_snapshot;

use crate::catalog::refused;
use crate::common::Env;

/// A change whose file says that it was deployed.
fn deployed(env: &Env, title: &str, range: &str, commits: &[&str], deploys: &[(&str, &str, &str)]) {
    let id = env.new_record(&["change", "new", title, "--service", "crm"]);
    let path = env.path(&id);
    let ulid = env.full_id(&id).replace("CHG-", "");
    let commit = "1".repeat(40);
    let mut text = format!(
        "deployment:\n  key: {}\n  repository: crm\n  environment: production\n  range: {range}\n  \
         commit: \"{commit}\"\n",
        "0".repeat(64)
    );
    if !commits.is_empty() {
        text.push_str("  commits:\n");
    }
    for at in commits {
        text.push_str(&format!(
            "  - id: \"{commit}\"\n    at: \"{at}\"\n    author: Bob <bob@example.com>\n    \
             subject: Fix\n"
        ));
    }
    text.push_str("deploys:\n");
    for (at, environment, result) in deploys {
        text.push_str(&format!(
            "- id: {ulid}\n  at: \"{at}\"\n  by: alice\n  environment: {environment}\n  result: \
             {result}\n"
        ));
    }
    env.replace(&path, "service: crm\n", &format!("{text}service: crm\n"));
    env.git(&["commit", "-qam", "Told by hand"]);
}

fn desk() -> Env {
    let env = Env::desk();
    deployed(
        &env,
        "First release",
        "first",
        &["2026-10-01T00:00:00Z"],
        &[("2026-11-02T10:00:00Z", "production", "ok")],
    );
    deployed(
        &env,
        "Second release",
        "forward",
        &["2026-11-10T08:00:00Z", "2026-11-09T10:00:00Z", "2026-11-10T09:00:00Z"],
        &[
            ("2026-11-10T10:00:00Z", "production", "ok"),
            ("2026-11-10T10:30:00Z", "production", "rolled_back"),
        ],
    );
    deployed(&env, "Only tried out", "forward", &[], &[("2026-11-11T10:00:00Z", "staging", "ok")]);
    env
}

#[test]
fn four_figures_each_with_what_it_is_made_of() {
    let env = desk();
    assert_snapshot!(env.ok(&["report", "dora"]), @"
    DORA  production from 2026-10-23 09:13 to 2026-11-22 09:13 UTC

    deployment frequency   2.0/month  2 in 30 days
    lead time for changes        2h  median of 3 commits
    change fail rate         50.0 %  1 of 2 deployments
    time to restore             30m  median of 1
    ");
    assert_snapshot!(env.ok(&["report", "dora", "--by", "week", "--from", "2026-11-01"]), @"
    DORA  production from 2026-11-01 00:00 to 2026-11-22 09:14 UTC

    deployment frequency   2.8/month  2 in 21.4 days
    lead time for changes        2h  median of 3 commits
    change fail rate         50.0 %  1 of 2 deployments
    time to restore             30m  median of 1

    WEEK      DEPLOYMENTS  PER DAY  LEAD TIME   FAILED  RESTORED
    2026-W44            0     0.00        n/a      n/a       n/a
    2026-W45            1     0.14        n/a    0.0 %       n/a
    2026-W46            1     0.14         2h  100.0 %       30m
    2026-W47            0     0.00        n/a      n/a       n/a
    ");
    assert_snapshot!(env.ok(&["report", "dora", "--environment", "staging"]), @"
    DORA  staging from 2026-10-23 09:15 to 2026-11-22 09:15 UTC

    deployment frequency   1.0/month  1 in 30 days
    lead time for changes       n/a  median of 0 commits
    change fail rate          0.0 %  0 of 1 deployments
    time to restore             n/a  median of 0
    ");
    let json = env.ok(&["report", "dora", "--by", "service", "--json"]).to_string();
    assert!(json.contains("\"change_fail_rate\": 0.5"), "{json}");
}

#[test]
fn incidents_that_a_change_caused_count() {
    let env = desk();
    let change = env.ok(&["list", "--all", "-f", "ids", "First"]).raw_stdout().trim().to_owned();
    let incident = env.incident("The CRM is down");
    env.ok(&["link", &incident, "caused_by", &change]);
    let report = env.ok(&["report", "dora"]).to_string();
    assert!(report.contains("2 of 2 deployments"), "{report}");
    assert!(report.contains("median of 1, 1 not restored yet"), "{report}");
    env.ok(&["incident", "resolve", &incident, "-m", "Restarted."]);
    let report = env.ok(&["report", "dora"]).to_string();
    assert!(report.contains("median of 2"), "{report}");
}

#[test]
fn a_desk_without_deployments_has_no_figures() {
    let env = Env::desk();
    assert_snapshot!(env.ok(&["report", "dora"]), @"
    DORA  production from 2026-10-23 09:01 to 2026-11-22 09:01 UTC

    deployment frequency    0.0/day  0 in 30 days
    lead time for changes       n/a  median of 0 commits
    change fail rate            n/a  0 of 0 deployments
    time to restore             n/a  median of 0
    ");
    refused(
        &env,
        &["report", "dora", "--from", "2026-11-02", "--to", "2026-11-01"],
        2,
        &["ends before"],
    );
    refused(&env, &["report", "dora", "--environment", "stagin"], 3, &["did you mean `staging`?"]);
    refused(&env, &["report", "dora", "--by", "planet"], 2, &["month", "service"]);
    refused(&env, &["report", "dora", "prioirty:P1"], 2, &["priority"]);
}
