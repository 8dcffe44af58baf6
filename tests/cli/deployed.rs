//! `change deployed`: what became of deployments.

use insta::assert_snapshot;

use crate::common::Env;
use crate::raise::{approve, commit, deploy, world};

fn raised(code: &Env) -> String {
    let id = code.new_record(&["change", "raise", "-e", "staging"]);
    approve(code, &id);
    id
}

#[test]
fn a_deployment_moves_its_change_on() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    let id = raised(&code);
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok", "-n"]), @"
    [stderr]
    it ok in staging; it is review
    dry run: nothing was written
    ");
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in staging; it is review
    ");
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~4"]), @"
    [stderr]
    4 commits checked: nothing wrong
    ");
    assert_snapshot!(desk.git(&["log", "-1", "--format=%an%n%B"]), @"
    Alice
    CHG-AAAAAA deployed: Deploy crm 6a726d8b to staging: Begin

    status: scheduled -> review
    outcome: - -> successful
    deploys: - -> ok in staging of 6a726d8b016f73261dbef39…
    started_at: - -> 2026-11-22T09:13:04Z
    resolved_at: - -> 2026-11-22T09:13:04Z
    resolution.code: - -> successful
    resolution.by: - -> alice

    Gitsm-Action: deployed
    Gitsm-Record: CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
    let commits = desk.commits();
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in staging: recorded already
    ");
    assert_snapshot!(desk.run(&["change", "deployed", &id, "--result", "ok"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in staging: recorded already
    ");
    assert_eq!(desk.commits(), commits);
    let incident = desk.incident("CRM is slow");
    assert_snapshot!(desk.run(&["change", "deployed", &id, "--result", "rolled-back", "--incident", &incident, "-m", "Too slow"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA rolled back in staging; it is review
    ");
    assert_snapshot!(desk.run(&["show", &id]), @"
    CHG-AAAAAA Deploy crm 6a726d8b to staging: Begin
    change · review (resolved) · P3 · impact medium · urgency medium

      model          normal
      risk           low
      planned start  2026-11-22 09:00 (22m ago)
      planned end    2026-11-23 00:00 (in 14h)
      outcome        rolled_back
      service        crm
      requester      alice
      channel        pipeline
      opened         2026-11-22 09:09 (13m ago) by alice
      updated        2026-11-22 09:21 (1m ago)
      started        2026-11-22 09:13 (9m ago)
      resolved       2026-11-22 09:13 (9m ago)
      id             CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    risk
      low (cis): nothing is known of how critical it is; 0 items depend on it, not more than 5

    description
      The first deployment of crm to staging that is recorded: 6a726d8b.
      1 commit, 1 file changed.

      - 6a726d8b Begin (Alice)

    deployment
      what    crm 6a726d8b to staging
      ref     refs/heads/main
      range   first
      brings  1 commit, 1 file
        6a726d8b Begin (Alice)
      ok           2026-11-22 09:13 (9m ago) by alice, staging 6a726d8b
      rolled back  2026-11-22 09:21 (1m ago) by alice, staging 6a726d8b: Too slow

    plan
      review  open  -  Write the post-implementation review: it was rolled back (due 2026-11-27 09:21)

    links
      causes  INC-AAAAAA  CRM is slow (new)

    configuration items
      CI-AAAAAA  crm-web (live)

    approvals
      approved by bob, 2026-11-22 09:11 (11m ago)

    resolution
      unsuccessful by alice
      Too slow

    next: rollback
    not yours: close (`gitsm actions CHG-AAAAAA` says why)
    ");
    assert_snapshot!(desk.run(&["log", &id]), @"
    CHG-AAAAAA Deploy crm 6a726d8b to staging: Begin (review)

    c2----- 2026-11-22 09:21 alice rollback, 8 minutes later
        outcome: successful -> rolled_back
        deploys: rolled_back in staging of 6a726d8b016f73261dbef39…
        resolution.code: successful -> unsuccessful
        resolution.text: Too slow
        tasks: review open

    c3----- 2026-11-22 09:13 alice deployed, 2 minutes later
        status: scheduled -> review
        outcome: successful
        deploys: ok in staging of 6a726d8b016f73261dbef39…
        resolution.code: successful
        resolution.by: alice

    c4----- 2026-11-22 09:11 bob approve, 1 minute later
        status: authorize -> scheduled
        approvals: approved by bob

    c5----- 2026-11-22 09:10 alice schedule, 1 minute later
        planned_start: 2026-11-22T09:00:00Z
        planned_end: 2026-11-23T00:00:00Z

    c6----- 2026-11-22 09:09 alice raise
        status: authorize
        impact: medium
        urgency: medium
        priority: P3
        model: normal
        risk: low
        risk_assessment.parts: cis low: nothing is known of how critical it is; 0 items depend on it, not more …
        risk_assessment.at: 2026-11-22T09:09:04Z
        risk_assessment.by: alice
        deployment.key: d739c2f1bd3e9619b436d3bffd8df97b1cc6b8ac63d823f34a24dab515a5cd78
        deployment.repository: crm
        deployment.environment: staging
        deployment.ref: refs/heads/main
        deployment.range: first
        deployment.commit: c1--------------------------------------
        deployment.commits: 6a726d8b01 Begin
        deployment.commit_count: 1
        deployment.files_changed: 1
        service: crm
        cis: CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
        requester: alice
        channel: pipeline
        description:
            The first deployment of crm to staging that is recorded: 6a726d8b.
            1 commit, 1 file changed.

            - 6a726d8b Begin (Alice)
    ");
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~6"]), @"
    [stderr]
    6 commits checked: nothing wrong
    ");
}

#[test]
fn what_failed_can_be_tried_again() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    let id = raised(&code);
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "failed"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA failed in staging; it is review
    ");
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "failed"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA failed in staging: recorded already
    ");
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in staging; it is review
    CHG-AAAAAA stays review; the deployment is recorded
    ");
    let json = desk.run(&["show", &id, "--json"]).json();
    assert_eq!(json["record"]["deploys"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_nobody_allowed_is_recorded_and_told() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in staging; it is authorize
    nobody had allowed this deployment: no change was raised for it
    it is recorded as CHG-AAAAAA; say how it came about with `gitsm change regularise CHG-AAAAAA -m TEXT`
    ");
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in staging: recorded already
    ");
    commit(&code, "a", "One");
    code.ok(&["change", "raise", "-e", "staging"]);
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-CCCCCC
    [stderr]
    CHG-CCCCCC ok in staging; it is authorize
    nobody had allowed this deployment: CHG-BBBBBB is authorize; `implement` is possible from scheduled
    it is recorded as CHG-CCCCCC; say how it came about with `gitsm change regularise CHG-CCCCCC -m TEXT`
    ");
    let id = desk.ok(&["list", "tag:unauthorised", "-f", "ids"]);
    let id = id.raw_stdout().lines().next().expect("a change").to_owned();
    assert_snapshot!(desk.run(&["edit", &id, "--set", "tags="]), @"
    [stderr]
    error: CHG-AAAAAA: tags: nobody had allowed what it deployed, and `unauthorised` says so [unauthorised-cleared]
    [exit 4]
    ");
    assert_snapshot!(desk.run(&["change", "regularise", &id, "-m", "The gate was not asked"]), @"
    [stderr]
    CHG-AAAAAA regularise: authorize -> review
    ");
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~4"]), @"
    [stderr]
    4 commits checked: nothing wrong
    ");
}

#[test]
fn votes_that_are_void_allow_nothing() {
    let (_, code) = world();
    commit(&code, "README", "Begin");
    let id = raised(&code);
    code.ok(&["edit", &id, "-d", "Something else"]);
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-BBBBBB
    [stderr]
    CHG-BBBBBB ok in staging; it is authorize
    nobody had allowed this deployment: `implement` of CHG-AAAAAA needs approval, and what bob voted on has changed; it waits for 1 vote [approved]
    it is recorded as CHG-BBBBBB; say how it came about with `gitsm change regularise CHG-BBBBBB -m TEXT`
    ");
}

#[test]
fn what_was_deployed_is_said() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    let id = deploy(&code, "staging");
    let beside = code.at("..");
    let to = beside.with("GITSM_DESK", &desk.cwd().display().to_string());
    let head = code.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
    assert_snapshot!(to.run(&["change", "deployed", "--result", "ok"]), @"
    [stderr]
    error: $HOME/src is not a git repository

    hint: name a repository's folder, or make one: `gitsm init` for a desk, `git init` for code
    [exit 3]
    ");
    assert_snapshot!(to.run(&["change", "deployed", "--name", "crm", "--result", "ok"]), @"
    [stderr]
    error: nobody says where it was deployed

    hint: say it with `--environment NAME`
    [exit 2]
    ");
    assert_snapshot!(to.run(&["change", "deployed", "--name", "crm", "-e", "staging", "--commit", &head, "--result", "ok"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA ok in staging: recorded already
    ");
    assert_snapshot!(to.run(&["change", "deployed", &id, "--result", "fine"]), @"
    [stderr]
    error: invalid value 'fine' for '--result <RESULT>': the results are ok, failed and rolled-back

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(to.run(&["change", "deployed", &id, "--result", "ok", "--at", "tomorrow"]), @"
    [stderr]
    error: 2026-11-23T00:00:00Z has not come yet

    hint: record a deployment when it is over
    [exit 2]
    ");
    assert_snapshot!(to.run(&["change", "deployed", &id, "--result", "failed", "--incident", "INC-ZZZZZZ"]), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA failed in staging; it is review
    CHG-AAAAAA stays review; the deployment is recorded
    INC-AAAAAA is not linked: there is no record `INC-AAAAAA`
    ");
}

#[test]
fn a_deployment_is_recorded_by_who_commits_it() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    let id = deploy(&code, "staging");
    desk.replace(
        &desk.path(&id),
        "  by: alice\n  environment: staging",
        "  by: bob\n  environment: staging",
    );
    desk.git(&["commit", "-qam", "It was bob"]);
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~1"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:33: error[deploy-changed]: c2----- by Alice: deploys: they are added, never changed or removed
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:33: error[deploy-forged]: c2----- by Alice: deploys: a deployment by bob that alice recorded
    [stderr]
    1 commit checked: 2 errors
    [exit 6]
    ");
    desk.replace(
        &desk.path(&id),
        "  environment: staging\n  ref",
        "  environment: production\n  ref",
    );
    desk.git(&["commit", "-qam", "It went elsewhere"]);
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~1"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:19: error[deployment-changed]: c3----- by Alice: deployment: what is deployed to where never changes; raise another change
    [stderr]
    1 commit checked: 1 error
    [exit 6]
    ");
    // Nor by hand.
    desk.replace(
        &desk.path(&id),
        "  environment: production\n  ref",
        "  environment: testing\n  ref",
    );
    assert_snapshot!(desk.run(&["commit"]), @"
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml:19: error[deployment-changed]: deployment: what is deployed to where never changes; raise another change
    changes/-/-/CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA.yaml: error[field-kept]: deployment.environment: it is kept by commands and not set by hand
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
}

#[test]
fn machines_raise_and_record_within_their_role() {
    let (desk, code) = world();
    desk.write(
        ".gitsm/people.yaml",
        "- {id: alice, name: Alice, emails: [alice@example.com], roles: [agent]}\n\
         - {id: bob, name: Bob, emails: [bob@example.com], roles: [agent]}\n\
         - {id: adam, name: Adam, emails: [adam@example.com], roles: [admin]}\n\
         - {id: bot, name: Pipeline, kind: machine, emails: [bot@example.com]}\n",
    );
    desk.ok(&["commit"]);
    let incident = desk.incident("CRM crashes on save");
    commit(&code, "README", "Begin");
    let bot = code.as_person("bot");
    bot.ok(&["change", "raise", "-e", "production"]);
    code.write("a", "b");
    let message = format!("Mend it\n\nFixes {incident}");
    commit(&code, "b", &message);
    let id = bot.new_record(&["change", "raise", "-e", "staging"]);
    approve(&code, &id);
    assert_snapshot!(bot.run(&["change", "deployed", "-e", "staging", "--result", "ok"]), @"
    CHG-BBBBBB
    [stderr]
    CHG-BBBBBB ok in staging; it is review
    ");
    let template = "{% for link in links %}{{ link.rel }} {{ link.other.short }}{% endfor %}";
    assert_snapshot!(desk.run(&["show", &incident, "--template", template]), @"fixed_by CHG-BBBBBB");
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~6"]), @"
    [stderr]
    6 commits checked: nothing wrong
    ");
}
