//! `change raise`: real code repositories, and a desk beside them.

use insta::assert_snapshot;

use crate::common::{Env, Output};

const SETTINGS: &str = "\
environments:
  production: {tier: production, after: staging}
repositories:
  crm:
    remotes: [git@example.com:team/crm.git]
    service: crm
    deploys:
    - {ref: refs/heads/main, to: staging}
    - {ref: refs/heads/main, to: production}
    - {ref: refs/tags/v*, to: production}
    paths:
    - {match: db/**, cis: [db-01]}
    - {match: '**', cis: [crm-web]}
";

/// A desk, and a code repository `crm` beside it that knows the desk.
pub fn world() -> (Env, Env) {
    let desk = Env::desk();
    for ci in ["crm-web", "db-01"] {
        desk.ok(&["ci", "new", ci]);
    }
    desk.write(".gitsm/deployments.yaml", SETTINGS);
    desk.ok(&["commit"]);
    let code = desk.at("..");
    code.git(&["init", "-q", "-b", "main", "crm"]);
    let code = code.at("crm");
    code.git(&["config", "gitsm.desk", "../desk"]);
    (desk, code)
}

/// A commit that writes one file; gives its name.
pub fn commit(code: &Env, path: &str, message: &str) -> String {
    let content = format!("{message}\n");
    code.write(path, content);
    code.git(&["add", "."]);
    let date = "2026-11-21T08:00:00Z";
    code.with("GIT_AUTHOR_DATE", date).with("GIT_COMMITTER_DATE", date).git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        message,
    ]);
    code.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned()
}

/// What a command said, with names for commits that are not the same each time.
pub fn told(output: &Output, names: &[(&str, &str)]) -> String {
    let mut text = output.to_string();
    let key = regex::Regex::new("[0-9a-f]{64}").expect("a pattern");
    text = key.replace_all(&text, "<key>").into_owned();
    for (commit, name) in names {
        text = text.replace(&commit[..10], &format!("{name:-<10}"));
        text = text.replace(&commit[..8], &format!("{name:-<8}"));
    }
    text
}

/// Raises the change for what HEAD is, has it approved, and deploys it.
pub fn deploy(code: &Env, environment: &str) -> String {
    let id = code.new_record(&["change", "raise", "-e", environment]);
    approve(code, &id);
    code.ok(&["change", "deployed", "-e", environment, "--result", "ok"]);
    id
}

/// Takes a change that was raised to where it may be deployed.
pub fn approve(code: &Env, id: &str) {
    code.ok(&["change", "schedule", id, "--start", "2026-11-22T09:00Z", "--end", "2026-11-23"]);
    code.as_person("bob").ok(&["change", "approve", id]);
}

#[test]
fn a_first_deployment_brings_everything() {
    let (desk, code) = world();
    let incident = desk.incident("CRM crashes on save");
    commit(&code, "README", "Begin");
    let message = format!("Keep the report open\n\nFixes {incident}");
    let head = commit(&code, "db/schema.sql", &message);
    let names = [(head.as_str(), "fix")];
    let raised = code.run(&["change", "raise", "-e", "production"]);
    assert_snapshot!(told(&raised, &names), @"
    CHG-AAAAAA
    [stderr]
    raised CHG-AAAAAA: Deploy crm fix----- to production: Keep the report open
      normal, authorize; first: 2 commits, 2 files
      fixes INC-AAAAAA CRM crashes on save
      next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    the risk of CHG-AAAAAA is low (cis low); `gitsm change risk CHG-AAAAAA` says why
    ");
    let id = raised.raw_stdout().trim().to_owned();
    assert_snapshot!(told(&desk.run(&["show", &id]), &names), @"
    CHG-AAAAAA Deploy crm fix----- to production: Keep the report open
    change · authorize (open) · P3 · impact medium · urgency medium

      model      normal
      risk       low
      service    crm
      requester  alice
      channel    pipeline
      opened     2026-11-22 09:13 (1m ago) by alice
      updated    2026-11-22 09:13 (1m ago)
      id         CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    risk
      low (cis): nothing is known of how critical it is; 0 items depend on it, not more than 5

    description
      The first deployment of crm to production that is recorded: fix-----.
      2 commits, 2 files changed.

      - fix----- Keep the report open (Alice)
      - 6a726d8b Begin (Alice)

    deployment
      what    crm fix----- to production
      ref     refs/heads/main
      range   first
      brings  2 commits, 2 files
        fix----- Keep the report open (Alice)
        6a726d8b Begin (Alice)

    links
      fixes  INC-AAAAAA  CRM crashes on save (new)

    configuration items
      CI-BBBBBB  db-01 (live)
      CI-AAAAAA  crm-web (live)

    next: revise, hold, cancel
    not yours: approve, reject (`gitsm actions CHG-AAAAAA` says why)
    ");
    assert_snapshot!(told(&desk.git(&["log", "-1", "--format=%an%n%B"]), &names), @"
    Alice
    CHG-AAAAAA raise: Deploy crm fix----- to production: Keep the report open

    CHG-AAAAAA Deploy crm fix----- to production: Keep the report open
      status: - -> authorize
      impact: - -> medium
      urgency: - -> medium
      priority: - -> P3
      model: - -> normal
      risk: - -> low
      risk_assessment.parts: - -> cis low: nothing is known of how critical it is; 0 items depend on it, not more …
      risk_assessment.at: - -> 2026-11-22T09:13:04Z
      risk_assessment.by: - -> alice
      deployment.key: - -> <key>
      deployment.repository: - -> crm
      deployment.environment: - -> production
      deployment.ref: - -> refs/heads/main
      deployment.range: - -> first
      deployment.commit: - -> c2--------------------------------------
      deployment.commits: - -> fix------- Keep the report open
      deployment.commits: - -> 6a726d8b01 Begin
      deployment.commit_count: - -> 2
      deployment.files_changed: - -> 2
      service: - -> crm
      cis: - -> CI-BBBBBBBBBBBBBBBBBBBBBBBBBB
      cis: - -> CI-AAAAAAAAAAAAAAAAAAAAAAAAAA
      requester: - -> alice
      channel: - -> pipeline
      description: - -> The first deployment of crm to production that is recorded: fix-----.…
    INC-AAAAAA CRM crashes on save
      links: - -> fixed_by CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA

    Gitsm-Action: raise
    Gitsm-Record: CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Record: INC-AAAAAAAAAAAAAAAAAAAAAAAAAA
    Gitsm-Actor: alice
    ");
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~1"]), @"
    [stderr]
    1 commit checked: nothing wrong
    ");
    // Once more: the same change.
    let commits = desk.commits();
    let again = code.run(&["change", "raise", "-e", "production"]);
    assert_snapshot!(told(&again, &names), @"
    CHG-AAAAAA
    [stderr]
    CHG-AAAAAA is there already: Deploy crm fix----- to production: Keep the report open
      normal, authorize; first: 2 commits, 2 files
      fixes INC-AAAAAA CRM crashes on save
      next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    ");
    assert_eq!(desk.commits(), commits);
}

#[test]
fn a_branch_goes_where_the_desk_says() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    assert_snapshot!(code.run(&["change", "raise"]), @"
    CHG-AAAAAA
    CHG-BBBBBB
    [stderr]
    raised CHG-AAAAAA: Deploy crm 6a726d8b to staging: Begin
      normal, authorize; first: 1 commit, 1 file
      next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    raised CHG-BBBBBB: Deploy crm 6a726d8b to production: Begin
      normal, authorize; first: 1 commit, 1 file
      next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    the risk of CHG-AAAAAA is low (cis low); `gitsm change risk CHG-AAAAAA` says why
    the risk of CHG-BBBBBB is low (cis low); `gitsm change risk CHG-BBBBBB` says why
    ");
    code.git(&["checkout", "-q", "-b", "feature"]);
    assert_snapshot!(code.run(&["change", "raise"]), @"
    [stderr]
    error: nobody says where refs/heads/feature of crm goes

    hint: say it with `--environment NAME`, or under `deploys` in .gitsm/deployments.yaml
    [exit 2]
    ");
    assert_snapshot!(code.run(&["change", "raise", "--ref", "feature"]), @"
    [stderr]
    refs/heads/feature of crm is not deployed anywhere by itself
    ");
    code.git(&["tag", "-a", "-m", "One", "v1.0"]);
    assert_snapshot!(code.run(&["change", "raise", "--ref", "refs/tags/v1.0"]), @"
    CHG-BBBBBB
    [stderr]
    CHG-BBBBBB is there already: Deploy crm 6a726d8b to production: Begin
      normal, authorize; first: 1 commit, 1 file
      next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    ");
    assert_eq!(desk.ok(&["list", "type:change", "-f", "ids"]).raw_stdout().lines().count(), 2);
}

#[test]
fn what_stands_there_is_where_a_deployment_begins() {
    let (_, code) = world();
    commit(&code, "README", "Begin");
    deploy(&code, "staging");
    commit(&code, "a", "One");
    commit(&code, "db/b", "Two");
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging"]), @"
    CHG-BBBBBB
    [stderr]
    raised CHG-BBBBBB: Deploy crm a24cf05d to staging: Two
      normal, authorize; forward: 2 commits, 2 files
      next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    the risk of CHG-BBBBBB is low (cis low, history low); `gitsm change risk CHG-BBBBBB` says why
    ");
    // Elsewhere nothing stands.
    assert_snapshot!(code.run(&["change", "raise", "-e", "production", "-n"]), @"
    [stderr]
    raised a change: Deploy crm a24cf05d to production: Two
      normal, authorize; first: 3 commits, 3 files
      next: say when with `gitsm change schedule CHG-CCCCCC --start TIME --end TIME`
    the risk of CHG-CCCCCC is low (cis low, history low); `gitsm change risk CHG-CCCCCC` says why
    dry run: nothing was written
    ");
}

#[test]
fn going_back_is_a_rollback() {
    let (desk, code) = world();
    let first = commit(&code, "README", "Begin");
    deploy(&code, "staging");
    commit(&code, "a", "One");
    deploy(&code, "staging");
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging", "--commit", &first]), @"
    CHG-CCCCCC
    [stderr]
    raised CHG-CCCCCC: Roll crm back to 6a726d8b in staging: Begin
      normal, authorize; rollback: 0 commits, 1 file
      caused by CHG-BBBBBB Deploy crm ebd5f15f to staging: One
      relates to CHG-AAAAAA Deploy crm 6a726d8b to staging: Begin
      next: say when with `gitsm change schedule CHG-CCCCCC --start TIME --end TIME`
    CHG-AAAAAA stood for the same before, and is over
    the risk of CHG-CCCCCC is low (cis low, history low); `gitsm change risk CHG-CCCCCC` says why
    ");
    let id = code.new_record(&["change", "raise", "-e", "staging", "--commit", &first]);
    approve(&code, &id);
    assert_snapshot!(code.run(&["change", "deployed", "-e", "staging", "--commit", &first, "--result", "ok"]), @"
    CHG-CCCCCC
    [stderr]
    CHG-CCCCCC ok in staging; it is review
      takes back CHG-BBBBBB Deploy crm ebd5f15f to staging: One
    ");
    assert_snapshot!(desk.run(&["list", "type:change", "--all", "--columns", "title,status,outcome"]), @"
    TITLE                                        STATUS  OUTCOME
    Deploy crm 6a726d8b to staging: Begin        review  successful
    Deploy crm ebd5f15f to staging: One          review  rolled_back
    Roll crm back to 6a726d8b in staging: Begin  review  successful
    ");
}

#[test]
fn a_rewritten_branch_is_told_from_a_longer_one() {
    let (_, code) = world();
    commit(&code, "README", "Begin");
    deploy(&code, "staging");
    commit(&code, "a", "One");
    deploy(&code, "staging");
    commit(&code, "b", "Two");
    code.ok(&["change", "raise", "-e", "staging"]);
    // One is taken out, Two comes again under another name.
    code.git(&["checkout", "-q", "-b", "other", "HEAD~2"]);
    commit(&code, "c", "Three");
    let date = "2026-11-21T09:00:00Z";
    code.with("GIT_COMMITTER_DATE", date).git(&["cherry-pick", "main"]);
    code.git(&["branch", "-f", "main"]);
    code.git(&["checkout", "-q", "main"]);
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging"]), @"
    CHG-DDDDDD
    [stderr]
    raised CHG-DDDDDD: Deploy crm 34a96f14 to staging: Two
      normal, authorize; forced: 2 commits, 3 files
      relates to CHG-CCCCCC Deploy crm 25e0ba6a to staging: Two
      next: say when with `gitsm change schedule CHG-DDDDDD --start TIME --end TIME`
    CHG-CCCCCC is about the same commits before they were rewritten; cancel it if it is not to be deployed any more
    what stands in staging is no part of what is to be deployed
    the risk of CHG-DDDDDD is low (cis low, history low); `gitsm change risk CHG-DDDDDD` says why
    ");
}

#[test]
fn a_shallow_clone_knows_too_little() {
    let (_, code) = world();
    commit(&code, "README", "Begin");
    deploy(&code, "staging");
    commit(&code, "a", "One");
    commit(&code, "b", "Two");
    let beside = code.at("..");
    let url = format!("file://{}", code.cwd().display());
    beside.git(&["clone", "-q", "--depth", "1", &url, "shallow"]);
    let shallow = beside.at("shallow");
    shallow.git(&["config", "gitsm.repository", "crm"]);
    shallow.git(&["config", "gitsm.desk", "../desk"]);
    assert_snapshot!(shallow.run(&["change", "raise", "-e", "staging"]), @"
    CHG-BBBBBB
    [stderr]
    raised CHG-BBBBBB: Deploy crm 25e0ba6a to staging: Two
      normal, assess; unknown: an unknown number of commits, an unknown number of files
      next: assess it with `gitsm change assess CHG-BBBBBB --risk low`
      next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    what comes in cannot be told: crm does not have enough of its history; `git fetch --unshallow` fetches it
    ");
    // Whoever knows more completes it.
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging"]), @"
    CHG-BBBBBB
    [stderr]
    completed CHG-BBBBBB: Deploy crm 25e0ba6a to staging: Two
      normal, assess; forward: 2 commits, 2 files
      next: assess it with `gitsm change assess CHG-BBBBBB --risk low`
      next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    ");
}
