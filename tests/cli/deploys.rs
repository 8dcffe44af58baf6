//! `gitsm report deploys`: deployments against changes.

use insta::assert_snapshot;

use crate::catalog::refused;
use crate::common::Env;
use crate::raise::{approve, commit, deploy, told, world};

/// One deployment that was allowed, and one that was not.
fn deployed() -> (Env, Env, [String; 2]) {
    let (desk, code) = world();
    let first = commit(&code, "README", "Begin");
    deploy(&code, "production");
    let second = commit(&code, "a", "Nobody was asked");
    code.ok(&["change", "deployed", "-e", "production", "--result", "ok"]);
    (desk, code, [first, second])
}

#[test]
fn what_nobody_allowed_is_an_exception() {
    let (desk, _, [first, second]) = deployed();
    let names = [(first.as_str(), "first"), (second.as_str(), "second")];
    assert_snapshot!(told(&desk.run(&["report", "deploys"]), &names), @"
    DEPLOYMENTS  all environments from 2026-10-23 09:17 to 2026-11-22 09:17 UTC

    AT                CHANGE      WHAT         ENVIRONMENT  RESULT  BY     STANDING
    2026-11-22 09:16  CHG-BBBBBB  crm e57876e  production   ok      alice  unauthorised
    2026-11-22 09:12  CHG-AAAAAA  crm 6a726d8  production   ok      alice  authorised

    1 exception
    [exit 1]
    ");
    assert_snapshot!(told(&desk.run(&["report", "deploys", "--unauthorised"]), &names), @"
    DEPLOYMENTS  all environments from 2026-10-23 09:18 to 2026-11-22 09:18 UTC

    AT                CHANGE      WHAT         ENVIRONMENT  RESULT  BY     STANDING
    2026-11-22 09:16  CHG-BBBBBB  crm e57876e  production   ok      alice  unauthorised

    1 authorised deployment is not listed

    1 exception
    [exit 1]
    ");
    assert_snapshot!(desk.run(&["report", "deploys", "--environment", "staging"]), @"
    DEPLOYMENTS  staging from 2026-10-23 09:19 to 2026-11-22 09:19 UTC

    nothing was deployed

    no exceptions
    ");
    let tagged = desk.ok(&["list", "tag:unauthorised", "--all", "-f", "ids"]);
    let id = tagged.raw_stdout().trim().to_owned();
    desk.ok(&["change", "regularise", &id, "-m", "The pipeline did not ask"]);
    let report = desk.run(&["report", "deploys", "--json"]);
    assert_eq!(report.code, 0, "{report}");
    assert_eq!(report.json()["deploys"][0]["standing"], "regularised");
    let csv = desk.ok(&["report", "deploys", "-f", "csv"]).to_string();
    assert!(csv.contains("standing") && csv.contains("regularised"), "{csv}");
}

#[test]
fn what_another_system_saw_needs_a_change() {
    let (desk, code, [first, second]) = deployed();
    let names = [(first.as_str(), "first"), (second.as_str(), "second")];
    let third = commit(&code, "b", "Raised, and deployed without being told");
    code.ok(&["change", "raise", "-e", "production"]);
    desk.write(
        "../seen.csv",
        format!(
            "Environment,repository,sha,time,actor\n\
             production,crm,{first},2026-11-22T09:15:00Z,bot\n\
             production,crm,{},2026-11-22T09:05:00Z,bot\n\
             staging,crm,{first},2026-11-22T09:00:00Z,bot\n\
             production,shop,{first},2026-11-22T09:00:00Z,root\n\
             production,,{third},2026-11-22T09:20:00Z,root\n\
             production,crm,ffffffff,2020-01-01T00:00:00Z,root\n",
            &second[..8]
        ),
    );
    let report = desk.run(&["report", "deploys", "--unauthorised", "--compare", "../seen.csv"]);
    let report = told(&report, &names).replace(&third[..10], "third-----");
    assert_snapshot!(report, @"
    DEPLOYMENTS  all environments from 2026-10-23 09:21 to 2026-11-22 09:21 UTC

    AT                CHANGE      WHAT         ENVIRONMENT  RESULT  BY     STANDING
    2026-11-22 09:16  CHG-BBBBBB  crm e57876e  production   ok      alice  unauthorised

    1 authorised deployment is not listed

    deployed without a change
      2026-11-22 09:00  crm 6a726d8 to staging by bot: no change is about it (line 4)
      2026-11-22 09:00  shop 6a726d8 to production by root: no change is about it (line 5)
      2026-11-22 09:20  8313c58 to production by root: CHG-CCCCCC is about it, and was never carried out (line 6)

    5 lines of seen.csv compared

    4 exceptions
    [exit 1]
    ");
    assert_snapshot!(desk.run(&["report", "deploys", "--compare", "../seen.csv", "-f", "csv", "--environment", "staging"]), @"
    at,change,short,title,repository,environment,commit,artefact,result,by,standing,finding,line,why,status,outcome
    2026-11-22T09:00:00Z,,,,crm,staging,c1--------------------------------------,,,bot,,ticketless,4,no change is about it,,
    [exit 1]
    ");
    // Without a zone a time is UTC, wherever the asker's clocks stand.
    let there = desk.with("TZ", "Pacific/Auckland");
    let compared =
        || there.run(&["report", "deploys", "--compare", "../seen.csv", "-f", "csv"]).to_string();
    let in_full = compared();
    let bare = desk.read("../seen.csv").replace('T', " ").replace('Z', "");
    desk.write("../seen.csv", bare);
    assert_eq!(compared(), in_full);
    // A day stands for all of it, however it is written.
    let until = |day| there.run(&["report", "deploys", "--to", day, "--json"]).json()["to"].clone();
    assert_eq!(until("yesterday"), "2026-11-22T00:00:00Z");
    assert_eq!(until("2026-W46"), "2026-11-16T00:00:00Z");
}

#[test]
fn a_change_that_was_carried_out_was_deployed() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    let id = code.new_record(&["change", "raise", "-e", "production"]);
    approve(&code, &id);
    desk.ok(&["change", "implement", &id]);
    desk.ok(&["report", "deploys"]);
    desk.ok(&["change", "complete", &id]);
    assert_snapshot!(desk.run(&["report", "deploys"]), @"
    DEPLOYMENTS  all environments from 2026-10-23 09:15 to 2026-11-22 09:15 UTC

    nothing was deployed

    carried out without a deployment
      2026-11-22 09:14  CHG-AAAAAA  Deploy crm 6a726d8b to production: Begin (review)

    1 exception
    [exit 1]
    ");
}

#[test]
fn a_listing_that_cannot_be_used_is_refused() {
    let env = Env::desk();
    let compare = |content: &str, parts: &[&str]| {
        env.write("seen.csv", content);
        refused(&env, &["report", "deploys", "--compare", "seen.csv"], 6, parts);
    };
    compare("a,b\n1,2\n", &["seen.csv:1", "environment, time"]);
    compare("environment,time\nx,today\n", &["commit or artefact"]);
    compare("environment,commit,time\nx,1234567,nonsense\n", &["seen.csv:2", "nonsense"]);
    compare("environment,commit,time\nx,,today\n", &["seen.csv:2", "neither commit nor artefact"]);
    compare("environment,commit,time\n\"x\n", &["seen.csv:2"]);
    refused(&env, &["report", "deploys", "--compare", "none.csv"], 3, &["none.csv"]);
    refused(
        &env,
        &["report", "deploys", "--from", "2026-02-02", "--to", "2026-02-01"],
        2,
        &["ends"],
    );
    assert_snapshot!(env.run(&["report", "deploys"]), @"
    DEPLOYMENTS  all environments from 2026-10-23 09:08 to 2026-11-22 09:08 UTC

    nothing was deployed

    no exceptions
    ");
}
