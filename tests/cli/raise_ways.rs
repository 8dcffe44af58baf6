//! `change raise`: by change models, from pipelines and hooks, several at once.

use insta::assert_snapshot;

use crate::catalog::refused;
use crate::common::Env;
use crate::raise::{commit, told, world};

const MODEL: &str = "\
model: standard
about: Small fixes of the web pages
service: crm
duration: 30m
backout_plan: Deploy what stood there before.
may_change: [title, description, cis]
bounds:
  risk: low
  repositories: [crm]
  environments: [staging]
  paths: [\"web/**\"]
  commits: 3
";

/// The desk and the code repository, with one change model for everything that
/// goes to staging.
fn modelled() -> (Env, Env) {
    let (desk, code) = world();
    desk.write(
        ".gitsm/people.yaml",
        "- {id: alice, name: Alice, emails: [alice@example.com], roles: [admin]}\n\
         - {id: bob, name: Bob, emails: [bob@example.com], roles: [approver]}\n",
    );
    desk.write(".gitsm/models/web.yaml", MODEL);
    desk.replace(".gitsm/deployments.yaml", "to: staging}", "to: staging, template: web}");
    desk.ok(&["commit"]);
    (desk, code)
}

#[test]
fn a_standard_change_within_its_bounds_approves_itself() {
    let (desk, code) = modelled();
    desk.as_person("bob").ok(&["change", "model", "approve", "web"]);
    commit(&code, "web/index.html", "Mend a link");
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging"]), @"
    CHG-AAAAAA
    [stderr]
    raised CHG-AAAAAA: Deploy crm 4ab91fc1 to staging: Mend a link
      standard, scheduled; first: 1 commit, 1 file
      next: deploy it, then `gitsm change deployed CHG-AAAAAA --result ok`
    the risk of CHG-AAAAAA is low (cis low); `gitsm change risk CHG-AAAAAA` says why
    ");
    let columns = "title,model,template,risk,status,planned_start,planned_end";
    assert_snapshot!(desk.run(&["list", "type:change", "--columns", columns]), @"
    TITLE                        MODEL     TEMPLATE  RISK  STATUS     PLANNED START     PLANNED END
    Deploy crm 4ab91fc1 to sta…  standard  web       low   scheduled  2026-11-22 09:11  2026-11-22 09:41
    ");
    let id = desk.ok(&["list", "type:change", "-f", "ids"]).raw_stdout().trim().to_owned();
    desk.ok(&["change", "gate", &id]);
    code.ok(&["change", "deployed", "-e", "staging", "--result", "ok"]);
    assert_snapshot!(desk.run(&["check", "--range", "HEAD~2"]), @"
    [stderr]
    2 commits checked: nothing wrong
    ");
    // Somebody says when.
    commit(&code, "web/other.html", "Mend another");
    let args = ["change", "raise", "-e", "staging", "--start", "2026-11-23T20:00Z"];
    code.ok(&args);
    assert_snapshot!(desk.run(&["list", "status:scheduled", "--columns", columns]), @"
    TITLE                        MODEL     TEMPLATE  RISK  STATUS     PLANNED START     PLANNED END
    Deploy crm a2f0b356 to sta…  standard  web       low   scheduled  2026-11-23 20:00  2026-11-23 20:30
    ");
}

#[test]
fn a_range_that_somebody_gives_takes_nothing_away() {
    let (desk, code) = modelled();
    desk.as_person("bob").ok(&["change", "model", "approve", "web"]);
    commit(&code, "web/index.html", "Mend a link");
    // Nothing is recorded, so that nobody can say what is left out.
    let output = code.run(&[
        "change",
        "raise",
        "-e",
        "staging",
        "--model",
        "web",
        "--from-git",
        "HEAD..HEAD",
    ]);
    assert_snapshot!(output, @"
    CHG-AAAAAA
    [stderr]
    raised CHG-AAAAAA: Deploy crm 4ab91fc1 to staging: Mend a link
      normal, assess; first: 0 commits, 0 files
      next: assess it with `gitsm change assess CHG-AAAAAA --risk low`
      next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    no deployment there is recorded, so that the range is taken as it is given
    CHG-AAAAAA is treated as a normal change: nothing is known of its commits, and the change model sets a bound for it; nothing is known of its paths, and the change model sets a bound for it
    ");
    let id = desk.ok(&["list", "type:change", "-f", "ids"]).raw_stdout().trim().to_owned();
    desk.ok(&["change", "cancel", &id, "-m", "Raised for a test"]);
    code.ok(&["change", "raise", "-e", "staging"]);
    code.ok(&["change", "deployed", "-e", "staging", "--result", "ok"]);
    let dora = code.with("GIT_AUTHOR_NAME", "Dora").with("GIT_AUTHOR_EMAIL", "dora@example.com");
    commit(&dora, "db/schema.sql", "Change a table");
    commit(&code, "web/index.html", "Mend another link");
    let output = code.run(&[
        "change",
        "raise",
        "-e",
        "staging",
        "--model",
        "web",
        "--from-git",
        "HEAD~1..HEAD",
    ]);
    assert_snapshot!(output, @"
    CHG-CCCCCC
    [stderr]
    raised CHG-CCCCCC: Deploy crm b0d44f6b to staging: Mend another link
      normal, authorize; forward: 2 commits, 2 files
      next: say when with `gitsm change schedule CHG-CCCCCC --start TIME --end TIME`
    4ab91fc1 stands there, so that all since then comes in, and not only the range
    CHG-CCCCCC is treated as a normal change: the path `db/schema.sql` is not among those of the change model: web/**
    the risk of CHG-CCCCCC is low (cis low, history low); `gitsm change risk CHG-CCCCCC` says why
    ");
    // Whoever wrote what the range leaves out has no vote either.
    let ids = desk.ok(&["list", "type:change", "status:open", "-f", "ids"]);
    let id = ids.raw_stdout().trim().to_owned();
    assert!(desk.read(&desk.path(&id)).contains("Dora <dora@example.com>"));
}

#[test]
fn everybody_who_wrote_what_comes_in_is_known() {
    let (desk, code) = modelled();
    let dora = code.with("GIT_AUTHOR_NAME", "Dora").with("GIT_AUTHOR_EMAIL", "dora@example.com");
    let date = "2026-11-20T08:00:00Z";
    let dora = dora.with("GIT_AUTHOR_DATE", date).with("GIT_COMMITTER_DATE", date);
    dora.git(&["commit", "-q", "--allow-empty", "-m", "The first of many"]);
    for _ in 0..210 {
        let date = "2026-11-21T08:00:00Z";
        let code = code.with("GIT_AUTHOR_DATE", date).with("GIT_COMMITTER_DATE", date);
        code.git(&["commit", "-q", "--allow-empty", "-m", "Pad"]);
    }
    let id = code.new_record(&["change", "raise", "-e", "staging"]);
    let record = desk.read(&desk.path(&id));
    assert!(record.contains("Dora <dora@example.com>"), "the first author is left out");
    assert_eq!(record.matches("subject: ").count(), 200);
}

#[test]
fn a_standard_change_out_of_bounds_is_a_normal_one() {
    let (desk, code) = modelled();
    commit(&code, "web/index.html", "Mend a link");
    // Nobody has approved the model.
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging"]), @"
    CHG-AAAAAA
    [stderr]
    raised CHG-AAAAAA: Deploy crm 4ab91fc1 to staging: Mend a link
      normal, authorize; first: 1 commit, 1 file
      next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    CHG-AAAAAA is treated as a normal change: the change model `web` has 0 of 1 votes as it reads now
    the risk of CHG-AAAAAA is low (cis low); `gitsm change risk CHG-AAAAAA` says why
    ");
    desk.as_person("bob").ok(&["change", "model", "approve", "web"]);
    let head = commit(&code, "db/schema.sql", "Change a table");
    let names = [(head.as_str(), "table")];
    assert_snapshot!(told(&code.run(&["change", "raise", "-e", "staging"]), &names), @"
    CHG-BBBBBB
    [stderr]
    raised CHG-BBBBBB: Deploy crm table--- to staging: Change a table
      normal, authorize; first: 2 commits, 2 files
      next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    CHG-BBBBBB is treated as a normal change: the path `db/schema.sql` is not among those of the change model: web/**
    the risk of CHG-BBBBBB is low (cis low); `gitsm change risk CHG-BBBBBB` says why
    ");
    for number in 0..3 {
        code.git(&["rm", "-q", "--ignore-unmatch", "db/schema.sql"]);
        commit(&code, &format!("web/{number}"), "More");
    }
    assert_snapshot!(code.run(&["change", "raise", "-e", "production", "--model", "web"]), @"
    CHG-CCCCCC
    [stderr]
    raised CHG-CCCCCC: Deploy crm 12967409 to production: More
      normal, authorize; first: 5 commits, 4 files
      next: say when with `gitsm change schedule CHG-CCCCCC --start TIME --end TIME`
    CHG-CCCCCC is treated as a normal change: the environment `production` is not among those of the change model: staging; it has 5 commits, and the change model allows 3 at most
    the risk of CHG-CCCCCC is low (cis low); `gitsm change risk CHG-CCCCCC` says why
    ");
    let columns = "model,template,status,planned_start";
    assert_snapshot!(desk.run(&["list", "type:change", "--columns", columns]), @"
    MODEL   TEMPLATE  STATUS     PLANNED START
    normal  web       authorize  -
    normal  web       authorize  -
    normal  web       authorize  -
    ");
    assert_snapshot!(desk.run(&["check"]), @"
    [stderr]
    5 records checked: nothing wrong
    ");
}

#[test]
fn a_model_that_nobody_knows_is_told() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    let commits = desk.commits();
    let args = ["change", "raise", "-e", "staging", "--model", "web"];
    assert_snapshot!(code.run(&args), @"
    [stderr]
    error: there is no change model `web`

    hint: a desk's own lie in .gitsm/models/; built in are normal, standard and emergency
    [exit 3]
    ");
    assert_eq!(desk.commits(), commits);
    // Who pushes cannot mend the settings.
    desk.replace(".gitsm/deployments.yaml", "to: staging}", "to: staging, template: web}");
    desk.ok(&["commit"]);
    let head = code.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
    desk.git(&["config", "user.name", "Alice"]);
    desk.git(&["config", "user.email", "alice@example.com"]);
    let zero = "0".repeat(40);
    let push = code.typing(&format!("{zero} {head} refs/heads/main\n"));
    assert_snapshot!(push.run(&["hook", "run", "post-receive"]), @"
    [stderr]
    gitsm: raised CHG-AAAAAA (staging, authorize): Deploy crm 6a726d8b to staging: Begin
    gitsm: next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    gitsm: raised CHG-BBBBBB (production, authorize): Deploy crm 6a726d8b to production: Begin
    gitsm: next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    gitsm: there is no change model `web`; it is a normal change
    gitsm: the risk of CHG-AAAAAA is low (cis low); `gitsm change risk CHG-AAAAAA` says why
    gitsm: the risk of CHG-BBBBBB is low (cis low); `gitsm change risk CHG-BBBBBB` says why
    ");
    // What is deleted goes nowhere.
    let push = code.typing(&format!("{head} {zero} refs/heads/main\n"));
    let commits = desk.commits();
    assert_snapshot!(push.run(&["hook", "run", "post-receive"]), @"");
    assert_eq!(desk.commits(), commits);
}

#[test]
fn a_desk_that_asks_questions_is_answered_by_people() {
    let (desk, code) = world();
    desk.write(
        ".gitsm/risk.yaml",
        "questions:\n  tested:\n    text: Was it tried out?\n    answers:\n      \
         \"yes\": {score: 0}\n      \"no\": {score: 5}\nthresholds: {moderate: 2, high: 4}\n",
    );
    desk.ok(&["commit"]);
    commit(&code, "README", "Begin");
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging"]), @"
    CHG-AAAAAA
    [stderr]
    raised CHG-AAAAAA: Deploy crm 6a726d8b to staging: Begin
      normal, assess; first: 1 commit, 1 file
      next: assess it with `gitsm change assess CHG-AAAAAA --answer tested=yes|no`
      next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    it stays assess: the assessment of CHG-AAAAAA has a question without an answer: tested
    --answer tested=yes|no (Was it tried out?)
    ");
}

#[test]
fn a_range_says_which_commits_come_in() {
    let (_, code) = world();
    let first = commit(&code, "README", "Begin");
    commit(&code, "a", "One");
    commit(&code, "b", "Two");
    let range = format!("{first}..HEAD");
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging", "--from-git", &range, "-n"]), @"
    [stderr]
    raised a change: Deploy crm 25e0ba6a to staging: Two
      normal, authorize; first: 2 commits, 2 files
      next: say when with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    no deployment there is recorded, so that the range is taken as it is given
    the risk of CHG-AAAAAA is low (cis low); `gitsm change risk CHG-AAAAAA` says why
    dry run: nothing was written
    ");
    for (range, code_of) in [("HEAD", 2), ("nothing..HEAD", 3)] {
        let output = code.run(&["change", "raise", "-e", "staging", "--from-git", range]);
        assert_eq!(output.code, code_of, "{range}\n{output}");
    }
}

#[test]
fn pipelines_say_what_they_deploy() {
    let (desk, code) = world();
    let head = commit(&code, "README", "Begin");
    commit(&code, "a", "Not yet");
    let with = |vars: &[(&str, &str)]| {
        vars.iter().fold(code.clone(), |env, (name, value)| env.with(name, value))
    };
    let github = with(&[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SHA", &head),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SERVER_URL", "https://git.example.com"),
        ("GITHUB_REPOSITORY", "team/crm"),
        ("GITHUB_RUN_ID", "7"),
        ("GITHUB_ACTOR", "bob"),
    ]);
    let gitlab = with(&[
        ("GITLAB_CI", "true"),
        ("CI_COMMIT_SHA", &head),
        ("CI_COMMIT_REF_NAME", "main"),
        ("CI_ENVIRONMENT_NAME", "qa"),
        ("CI_PIPELINE_URL", "https://gitlab.example.com/p/8"),
        ("GITLAB_USER_NAME", "Bob"),
        ("GITLAB_USER_EMAIL", "bob@example.com"),
    ]);
    let kamal = with(&[
        ("KAMAL_VERSION", head.as_str()),
        ("KAMAL_DESTINATION", "canary"),
        ("KAMAL_PERFORMER", "bob@example.com"),
    ]);
    let deployments = |env: &Env, args: &[&str]| {
        let view = env.ok(&[&["change", "raise", "--json"], args].concat()).json();
        let changes = view["changes"].as_array().cloned().unwrap_or_default();
        let mut lines = Vec::new();
        for change in changes {
            let deployment = &change["deployment"];
            assert_eq!(deployment["commit"], head.as_str(), "{deployment}");
            let part = |name: &str| deployment[name].as_str().unwrap_or("-").to_owned();
            let parts = ["environment", "ref", "by", "pipeline"].map(part);
            lines.push(parts.join(" | "));
        }
        lines.join("\n")
    };
    assert_snapshot!(deployments(&github, &[]), @"
    staging | refs/heads/main | bob | https://git.example.com/team/crm/actions/runs/7
    production | refs/heads/main | bob | https://git.example.com/team/crm/actions/runs/7
    ");
    assert_snapshot!(deployments(&gitlab, &[]), @"qa | refs/heads/main | Bob <bob@example.com> | https://gitlab.example.com/p/8");
    assert_snapshot!(deployments(&kamal, &[]), @"canary | - | <bob@example.com> | -");
    // What is said counts for more.
    assert_snapshot!(deployments(&kamal, &["-e", "testing"]), @"testing | - | <bob@example.com> | -");
    assert_eq!(desk.ok(&["list", "type:change", "-f", "ids"]).raw_stdout().lines().count(), 5);
    // What lay about in the work tree is in no commit, and passes for none.
    let version = format!("{head}_uncommitted_12ab");
    let dirty = kamal.with("KAMAL_VERSION", &version);
    let output = dirty.run(&["change", "raise", "-e", "testing"]);
    assert_eq!(output.code, 3, "{output}");
    let output = dirty.run(&["change", "gate", "-e", "testing"]);
    assert_eq!(output.code, 20, "{output}");
}

#[test]
fn raised_twice_at_once_it_is_one_change() {
    let (desk, code) = world();
    commit(&code, "README", "Begin");
    let raise = format!("'{}' change raise -e staging", env!("CARGO_BIN_EXE_gitsm"));
    let script = format!("alias.at-once=!{} wait", format!("{raise} & ").repeat(4));
    let told = code.git(&["-c", &script, "at-once"]);
    let ids: Vec<&str> = told.raw_stdout().lines().collect();
    let listed = desk.ok(&["list", "type:change", "-f", "ids"]).raw_stdout().trim().to_owned();
    assert_eq!(ids.len(), 4, "{told}");
    assert!(ids.iter().all(|id| *id == ids[0]), "{told}");
    assert_eq!(listed.lines().count(), 1, "{listed}");
}

#[test]
fn what_was_raised_out_of_bounds_cannot_be_made_standard_later() {
    let (desk, code) = modelled();
    desk.as_person("bob").ok(&["change", "model", "approve", "web"]);
    commit(&code, "db/schema.sql", "Change a table");
    let id = code.new_record(&["change", "raise", "-e", "staging"]);
    desk.ok(&["change", "revise", &id, "-m", "Another way"]);
    let told = ["only as it was raised"];
    refused(&desk, &["edit", &id, "--set", "model=standard"], 4, &told);
    let path = desk.path(&id);
    desk.replace(&path, "model: normal", "model: standard");
    let output = desk.run(&["commit"]);
    assert_eq!(output.code, 6, "{output}");
    assert!(output.to_string().contains(told[0]), "{output}");
    // Nor in a commit that git made.
    desk.git(&["commit", "-qam", "As standard"]);
    let output = desk.run(&["check", "--range", "HEAD~1"]);
    assert!(output.code != 0 && output.to_string().contains(told[0]), "{output}");
}

/// The commit that stands there is nowhere any more: what comes in instead is not
/// known, and nobody may take it for little.
#[test]
fn a_forced_push_that_lost_what_is_deployed_says_so() {
    let (desk, code) = modelled();
    desk.as_person("bob").ok(&["change", "model", "approve", "web"]);
    commit(&code, "web/index.html", "Mend a link");
    code.ok(&["change", "raise", "-e", "staging"]);
    code.ok(&["change", "deployed", "-e", "staging", "--result", "ok"]);
    code.git(&["checkout", "-q", "--orphan", "again"]);
    commit(&code, "web/index.html", "Begin anew");
    commit(&code, "web/other.html", "Go on");
    code.git(&["branch", "-q", "-D", "main"]);
    code.git(&["branch", "-q", "-m", "main"]);
    code.git(&["reflog", "expire", "--expire=now", "--all"]);
    code.git(&["gc", "-q", "--prune=now"]);
    assert_snapshot!(code.run(&["change", "raise", "-e", "staging"]), @"
    CHG-BBBBBB
    [stderr]
    raised CHG-BBBBBB: Deploy crm 1ecdfe22 to staging: Go on
      normal, assess; forced: an unknown number of commits, an unknown number of files
      next: assess it with `gitsm change assess CHG-BBBBBB --risk low`
      next: say when with `gitsm change schedule CHG-BBBBBB --start TIME --end TIME`
    CHG-BBBBBB is treated as a normal change: nothing is known of its paths, and the change model sets a bound for it
    what stands in staging is no part of what is to be deployed
    ");
    let id = desk.ok(&["list", "status:assess", "-f", "ids"]).raw_stdout().trim().to_owned();
    let shown = desk.ok(&["show", &id, "--json"]).json();
    let deployment = &shown["record"]["deployment"];
    assert_eq!(deployment["range"], "forced", "{deployment}");
    assert!(deployment["commit_count"].is_null(), "{deployment}");
}
