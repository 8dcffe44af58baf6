//! A desk, a code repository and the people around them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::Env;

const DEPLOYMENTS: &str = "\
environments:
  production: {tier: production}
repositories:
  shop:
    remotes:
    - https://github.example.com/example/shop
    - https://gitlab.example.com/example/shop
    service: shop
    paths:
    - {match: \"db/**\", cis: [db-01]}
    - {match: \"**\", cis: [shop]}
";

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com], roles: [admin]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [agent]}
- {id: carol, name: Carol, emails: [carol@example.com], roles: [approver]}
- {id: dave, name: Dave, emails: [dave@example.com], roles: [approver]}
- {id: deploy-bot, name: deploy-bot, emails: [deploy-bot@example.com], kind: machine, roles: [machine]}
";

const APPROVALS: &str = "\
definitions:
  production:
    when: type:change environment:production
    steps:
    - {name: two, approvers: {people: [alice, carol, dave]}, quorum: 2}
";

/// What `deploy.sh` of the code repository does: it leaves a line where the
/// commit went out, unless it is to fail.
const DEPLOY: &str = "\
#!/bin/sh
set -eu
if [ -e broken ]; then echo 'the deployment broke' >&2; exit 1; fi
git rev-parse HEAD >> \"$DEPLOYED\"
";

/// The desk's repository and the code's, as servers have them, and clones of
/// both.
pub struct World {
    pub env: Env,
    pub desk: Env,
    pub code: Env,
}

impl World {
    pub fn new() -> Self {
        let env = Env::empty();
        env.ok(&["init", "desk", "--profile", "service-desk"]);
        let desk = env.at("desk");
        desk.write(".gitsm/people.yaml", PEOPLE);
        desk.write(".gitsm/approvals.yaml", APPROVALS);
        desk.ok(&["commit"]);
        desk.ok(&["ci", "new", "shop", "--class", "application", "--service", "shop"]);
        desk.ok(&["ci", "new", "db-01", "--class", "database"]);
        desk.write(".gitsm/deployments.yaml", DEPLOYMENTS);
        desk.ok(&["commit"]);
        env.git(&["clone", "-q", "--bare", "desk", "desk.git"]);
        desk.git(&["remote", "add", "origin", "../desk.git"]);
        desk.git(&["fetch", "-q", "origin"]);
        let trunk = desk.git(&["branch", "--show-current"]).raw_stdout().trim().to_owned();
        desk.git(&["branch", "-q", "-u", &format!("origin/{trunk}")]);
        env.git(&["init", "-q", "-b", "main", "--bare", "shop.git"]);
        env.git(&["clone", "-q", "shop.git", "shop"]);
        let code = env.at("shop").as_person("bob");
        code.write("deploy.sh", DEPLOY);
        executable(&code.cwd().join("deploy.sh"));
        let world = Self { env, desk, code };
        world.push("README", "A shop.\n", "Open the shop");
        world
    }

    /// A commit of the code, pushed by bob.
    pub fn push(&self, path: &str, content: &str, message: &str) -> String {
        self.code.write(path, content);
        self.code.git(&["add", "-A"]);
        self.code.git(&["commit", "-q", "-m", message]);
        self.code.git(&["push", "-q", "origin", "HEAD:main"]);
        self.code.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned()
    }

    /// What somebody does on the desk in their own clone, and pushes.
    pub fn on_desk(&self, person: &str, args: &[&str]) -> String {
        // After the first run of a pipeline, and before the second.
        let desk = self.desk.as_person(person).with("GITSM_NOW", "2026-11-22T12:30:00Z");
        desk.git(&["pull", "-q", "--ff-only"]);
        let said = desk.ok(args).raw_stdout().trim().to_owned();
        desk.git(&["push", "-q"]);
        said
    }

    /// The one change there is, after a look at what the servers have.
    pub fn change(&self) -> String {
        let ids = self.on_desk("alice", &["list", "type:change status:any", "-f", "ids"]);
        assert_eq!(ids.lines().count(), 1, "{ids}");
        ids
    }

    /// Lets a change go out from now on: planned, assessed and approved by two.
    pub fn approve(&self, change: &str) {
        self.on_desk(
            "alice",
            &[
                "change",
                "schedule",
                change,
                "--start",
                "2026-11-22T08:00Z",
                "--end",
                "2026-11-23T08:00Z",
            ],
        );
        for person in ["carol", "dave"] {
            self.on_desk(person, &["change", "approve", change]);
        }
    }

    /// The commits that went out.
    pub fn deployed(&self) -> Vec<String> {
        let text = fs::read_to_string(self.deployed_file()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub fn deployed_file(&self) -> PathBuf {
        self.env.cwd().join("deployed.log")
    }

    /// An environment as a runner gives it: nothing of ours but PATH with gitsm,
    /// a home of its own, the time, and where deployments leave their line.
    pub fn shell(&self, program: &str, now: &str) -> Command {
        let home = self.env.home().join("runner");
        fs::create_dir_all(&home).unwrap();
        let gitsm = Path::new(env!("CARGO_BIN_EXE_gitsm")).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(gitsm).chain(std::env::split_paths(&path)))
            .unwrap();
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", &home)
            .env("CI", "true")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GITSM_NOW", now)
            .env("DEPLOYED", self.deployed_file());
        command
    }

    /// An example, as text; only that nobody waits half an hour here.
    pub fn example(name: &str) -> String {
        let text = fs::read_to_string(Self::example_path(name)).unwrap();
        assert!(text.contains("--wait 30m"), "{name}");
        text.replace("--wait 30m", "--wait 1s")
    }

    pub fn example_path(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pipelines").join(name)
    }
}

pub fn executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What a program said, for messages of failed tests.
pub fn said(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
