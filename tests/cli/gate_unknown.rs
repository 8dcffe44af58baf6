//! What the gate cannot tell: none of it lets anything into production.
//!
//! Which test proves which line of what a gate must not do (audit goal G14, and
//! the open paths of others that it is drawn from):
//!
//! | line | test |
//! | --- | --- |
//! | 1-13 people, teams, roles, priorities, approvals, a condition of theirs, deployments, a production left open, workflow (broken, of another type), windows, freezes, the desk's own file cannot be read | [`settings_that_cannot_be_read`] |
//! | 14 a desk of a newer format | [`settings_that_cannot_be_read`] |
//! | 15 a change model that may be meant cannot be read | [`a_model_that_cannot_be_read`] |
//! | 16 no desk, a path to nowhere, no commit, a format that is not served | [`no_desk_to_ask`] |
//! | 17 a record that cannot be read, of a newer version, in no known state, in conflict | [`a_record_that_cannot_be_read`] |
//! | 18 objects lost, damaged or forged; a damaged HEAD | [`objects_that_are_lost_or_damaged`] |
//! | 19 a shallow or partial desk, no trunk, another branch | [`not_all_of_the_desk`] |
//! | 20 a clock that is behind, no such commit, two changes of one name | [`a_question_with_several_answers_or_out_of_time`] |
//! | the remote cannot be reached, or lacks the votes | [`a_remote_that_is_away_and_votes_that_it_has_not`] |
//! | in a hook: the desk is away, does not answer, or the configuration no longer names it | `hooks: stdin::a_desk_that_cannot_be_asked_closes_its_gate_and_nothing_else` |
//! | in a hook: the code repository cannot be opened | `hooks: adverse::a_repository_that_cannot_be_opened_closes_its_gate_and_nothing_else` |
//! | in a hook: gitsm has gone | `hooks: install::a_stub_without_gitsm_says_so` |
//! | in a hook: more than is looked at, nonsense, input that never ends | `hooks: stdin::more_than_can_be_looked_at_is_denied_where_there_is_a_gate`, `adverse::input_that_never_ends_holds_nobody_up` |
//! | in a hook: a pushed reference is another name of a gated one | `hooks: adverse::another_name_of_what_is_gated_is_gated` |
//! | in a hook: a hook that was there before cannot be run | `hooks: adverse::a_hook_that_is_there_and_cannot_run_is_no_yes` |
//! | in a hook: a variable tells it to look away | `hooks: identity::what_gitsm_starts_runs_no_hook_of_ours`, `identity::a_question_lets_nothing_pass` |
//! | production cannot be left open | `policy: gate::tests::production_cannot_be_left_open` |
//! | what goes on elsewhere though nobody can tell is recorded, if not now then later, once | `hooks: later::leave_that_was_taken_lands_on_the_change`, `later::a_push_that_goes_on_writes_nothing_before_git_has_let_it_in` |
//! | nothing is allowed without a verified approval | `policy: gate::tests::random` (all of it); the type of an allowing answer has no other maker |
//! | a hundred times the same is one change | `hooks: gate::a_hundred_pushes_of_the_same_are_one_change` |
//! | the whole way: denied, approved, changed, denied, approved, allowed, deployed | `hooks: gate::a_push_goes_the_whole_way_from_denied_to_deployed` |

use std::fs;
use std::path::PathBuf;

use crate::common::{Env, Output};
use crate::gate::{approved, at, desk, standard};

/// Runs the gate in the window of the change; it must not be able to tell.
#[track_caller]
fn cannot(env: &Env, what: &str, args: &[&str], because: &str) -> Output {
    let output = at(env, "11:00", args);
    assert_eq!(output.code, 20, "{what}\n{output}");
    let told = output.raw_stdout();
    assert!(told.starts_with("unknown "), "{what}\n{output}");
    assert!(told.contains(because), "{what}: `{because}` is not in\n{output}");
    let json = at(env, "11:00", &[args, &["--json"]].concat());
    assert_eq!(json.code, 20, "{what}\n{json}");
    output
}

/// A desk whose change may go, after something happened to it.
fn after(harm: impl FnOnce(&Env, &str)) -> (Env, String) {
    let env = desk();
    let id = approved(&env);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0, "at first it may go");
    harm(&env, &id);
    (env, id)
}

/// Commits everything as somebody does who has never heard of gitsm.
fn by_hand(env: &Env) {
    env.git(&["add", "-A"]);
    // Not after the time for which the gate is asked: that is a reason by itself.
    let date = "2026-11-22T10:00:00Z";
    let env = env.with("GIT_AUTHOR_DATE", date).with("GIT_COMMITTER_DATE", date);
    env.git(&["commit", "-qm", "By hand"]);
}

fn put(env: &Env, path: &str, text: &str) {
    env.write(path, text);
    by_hand(env);
}

/// The file of an object that lies alone.
fn object(env: &Env, name: &str) -> PathBuf {
    let (folder, rest) = name.split_at(2);
    env.cwd().join(".git/objects").join(folder).join(rest)
}

fn blob(env: &Env, path: &str) -> String {
    env.git(&["rev-parse", &format!("HEAD:{path}")]).raw_stdout().trim().to_owned()
}

#[test]
fn settings_that_cannot_be_read() {
    let newer = |env: &Env| {
        let text = env.read(".gitsm/desk.yaml");
        let first = text.lines().find(|line| line.starts_with("format:")).expect("a format");
        text.replace(first, "format: 99")
    };
    let condition = "definitions:\n  cab:\n    when: risk:purple\n    steps: [{}]\n";
    let open = "environments:\n  production: {tier: production, fails: open}\n";
    let cases: &[(&str, &str, &str)] = &[
        ("people", ".gitsm/people.yaml", "- id: alice\n  active: true\n"),
        ("teams", ".gitsm/teams.yaml", "teams: 3\n"),
        ("roles", ".gitsm/roles.yaml", "roles:\n  agent:\n    may:\n    - do: [creat]\n"),
        ("priorities", ".gitsm/priorities.yaml", "high: {}\n"),
        ("approvals", ".gitsm/approvals.yaml", "definitions: 3\n"),
        ("a condition", ".gitsm/approvals.yaml", condition),
        ("deployments", ".gitsm/deployments.yaml", "environments: 3\n"),
        ("production left open", ".gitsm/deployments.yaml", open),
        ("the workflow", ".gitsm/workflows/change.yaml", "kind: change\nentry: [new]\n"),
        (
            "a workflow that does not fit",
            ".gitsm/workflows/change.yaml",
            "kind: incident\nentry: [new]\nstates: {new: {category: open}, closed: {category: closed}}\ntransitions: {}\n",
        ),
        ("windows", ".gitsm/change-windows.yaml", "freezes: 3\n"),
        (
            "a freeze that ends before it begins",
            ".gitsm/change-windows.yaml",
            "freezes:\n  day: {from: 2026-12-20, until: 2026-12-01}\n",
        ),
        ("the desk", ".gitsm/desk.yaml", "format: one\n"),
        ("an empty desk", ".gitsm/desk.yaml", ""),
    ];
    for (what, path, text) in cases {
        let (env, id) = after(|env, _| put(env, path, text));
        cannot(&env, what, &[&id], path);
        // Even where the environment is left open otherwise: nobody can know.
        if *path != ".gitsm/deployments.yaml" {
            cannot(&env, what, &[&id, "--environment", "prodution"], path);
        }
    }
    let (env, id) = after(|env, _| put(env, ".gitsm/desk.yaml", &newer(env)));
    cannot(&env, "a newer desk", &[&id], "format 99");
}

#[test]
fn a_model_that_cannot_be_read() {
    let path = ".gitsm/models/index.yaml";
    let env = desk();
    let id = standard(&env);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0, "at first it may go");
    put(&env, path, "model: standrad\n");
    cannot(&env, "a broken model", &[&id], path);
    // What is held to no model may be held to this one.
    let env = desk();
    let plain = env.new_record(&["change", "new", "x", "--model", "standard"]);
    put(&env, path, "model: standrad\n");
    cannot(&env, "one of the models", &[&plain, "--environment", "staging"], path);
    // Others are not in need of it.
    let (env, id) = after(|env, _| put(env, path, "model: standrad\n"));
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 0, "{output}");
}

#[test]
fn no_desk_to_ask() {
    let env = Env::empty();
    let id = "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q";
    cannot(&env, "no desk", &[id], "no desk found");
    cannot(&env, "a path to nowhere", &[id, "--desk", "nowhere"], "nowhere");
    fs::create_dir(env.cwd().join("plain")).expect("a folder");
    cannot(&env, "a plain folder", &[id, "--desk", "plain"], "plain");
    env.git(&["init", "-q", "unborn"]);
    cannot(&env, "no commit", &[id, "--desk", "unborn"], "");
    env.git(&["init", "-q", "code"]);
    let code = env.at("code");
    code.git(&["commit", "-q", "--allow-empty", "-m", "Code"]);
    cannot(&env, "a code repository", &[id, "--desk", "code"], "no desk");
    cannot(&code, "in a code repository", &[id], "no desk");
    env.git(&["init", "-q", "--object-format=sha256", "sha"]);
    env.at("sha").git(&["commit", "-q", "--allow-empty", "-m", "Code"]);
    cannot(&env, "SHA-256", &[id, "--desk", "sha"], "SHA-256");
    env.git(&["init", "-q", "--ref-format=reftable", "tables"]);
    cannot(&env, "reftable", &[id, "--desk", "tables"], "reftable");
}

#[test]
fn a_record_that_cannot_be_read() {
    let path = |env: &Env, id: &str| env.path(id);
    let (env, id) = after(|env, id| {
        let path = path(env, id);
        put(env, &path, "id: [\n");
    });
    cannot(&env, "broken YAML", &[&id], "changes/");
    let (env, id) = after(|env, id| {
        let path = path(env, id);
        let text = env.read(&path) + "blast_radius: wide\n";
        put(env, &path, &text);
    });
    cannot(&env, "a field of a newer version", &[&id], "blast_radius");
    let (env, id) = after(|env, id| {
        let path = path(env, id);
        let text = env.read(&path).replace("status: scheduled", "status: blessed");
        put(env, &path, &text);
    });
    cannot(&env, "a state that is none", &[&id], "blessed");
    let (env, id) = after(|env, id| {
        let path = env.cwd().join(path(env, id));
        fs::remove_file(&path).expect("a file");
        std::os::unix::fs::symlink("/etc/passwd", &path).expect("a link");
        by_hand(env);
    });
    // What is no file is no record either.
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 10, "{output}");
    assert!(output.raw_stdout().contains("[no-change]"), "{output}");
    let (env, id) = after(|env, id| {
        let path = path(env, id);
        let text = env.read(&path).replace("title: Patch CRM", "<<<<<<< ours\ntitle: Patch CRM");
        put(env, &path, &text);
    });
    cannot(&env, "conflict markers", &[&id], "changes/");
}

#[test]
fn objects_that_are_lost_or_damaged() {
    let (env, id) = after(|env, id| {
        let path = env.path(id);
        fs::remove_file(object(env, &blob(env, &path))).expect("an object");
    });
    cannot(&env, "a lost record", &[&id], "");
    let (env, id) = after(|env, id| {
        let path = env.path(id);
        damage(&object(env, &blob(env, &path)));
    });
    cannot(&env, "a damaged record", &[&id], "");
    let (env, id) = after(|env, _| {
        fs::remove_file(object(env, &blob(env, ".gitsm/approvals.yaml"))).expect("an object");
    });
    cannot(&env, "lost approvals", &[&id], "");
    let (env, id) = after(|env, id| {
        // Another content under the name of this one.
        let path = env.path(id);
        let forged = env.read(&path).replace("title: Patch CRM", "title: Patch CRS");
        env.write("forged", forged);
        let other = env.git(&["hash-object", "-w", "forged"]).raw_stdout().trim().to_owned();
        let place = object(env, &blob(env, &path));
        fs::remove_file(&place).expect("an object");
        fs::copy(object(env, &other), place).expect("a forgery");
    });
    cannot(&env, "a forged record", &[&id], "");
    let (env, id) = after(|env, _| {
        fs::remove_file(object(env, &blob(env, ""))).expect("a tree");
    });
    cannot(&env, "a lost tree", &[&id], "");
    let (env, id) = after(|env, _| {
        let commit = env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
        fs::remove_file(object(env, &commit)).expect("a commit");
    });
    cannot(&env, "a lost commit", &[&id], "");
    let (env, id) = after(|env, _| env.write(".git/HEAD", "nonsense\n"));
    cannot(&env, "a damaged HEAD", &[&id], "");
}

/// Cuts the file in two and keeps the first half.
fn damage(path: &PathBuf) {
    let bytes = fs::read(path).expect("a file");
    fs::remove_file(path).expect("a file");
    fs::write(path, &bytes[..bytes.len() / 2]).expect("half a file");
}

#[test]
fn not_all_of_the_desk() {
    let (env, id) = after(|_, _| {});
    let url = format!("file://{}", env.cwd().display());
    env.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    cannot(&env.at("../shallow"), "a shallow clone", &[&id], "shallow");
    env.git(&["config", "uploadpack.allowFilter", "true"]);
    env.git(&["clone", "-q", "--bare", "--filter=blob:none", &url, "../partial"]);
    cannot(&env.at("../partial"), "a partial clone", &[&id], "");
    let trunk = env.git(&["symbolic-ref", "--short", "HEAD"]).raw_stdout().trim().to_owned();
    let (env, id) = after(|env, _| {
        env.git(&["checkout", "-q", "--detach"]);
        env.git(&["branch", "-qD", &trunk]);
    });
    cannot(&env, "no trunk", &[&id], "trunk");
    let (env, id) = after(|env, _| drop(env.git(&["branch", "-m", "elsewhere"])));
    cannot(&env, "another branch", &[&id], "elsewhere");
}

#[test]
fn a_question_with_several_answers_or_out_of_time() {
    let (env, id) = after(|_, _| {});
    let early = env.with("GITSM_NOW", "2026-11-22T08:00:00Z").run(&["change", "gate", &id]);
    assert_eq!(early.code, 20, "{early}");
    assert!(early.raw_stdout().contains("[clock]"), "{early}");
    cannot(&env, "a commit that is none", &[&id, "--at", "feedfeedfeed"], "feedfeedfeed");
    let (env, id) = after(|env, id| {
        let (path, full) = (env.path(id), env.full_id(id));
        let other = if full.contains("CHG-01") {
            full.replacen("CHG-01", "CHG-00", 1)
        } else {
            full.clone()
        };
        let text = env.read(&path).replace(&full, &other);
        put(env, &path.replace(&full, &other), &text);
    });
    let end = id.trim_start_matches("CHG-").to_owned();
    cannot(&env, "two changes of one name", &[&end], "names 2 records");
}

#[test]
fn a_remote_that_is_away_and_votes_that_it_has_not() {
    let env = desk();
    let id = crate::gate::waiting(&env, &[]);
    env.git(&["clone", "-q", "--bare", ".", "../desk.git"]);
    env.git(&["remote", "add", "origin", "../desk.git"]);
    let trunk = env.git(&["symbolic-ref", "--short", "HEAD"]).raw_stdout().trim().to_owned();
    env.git(&["fetch", "-q", "origin"]);
    env.git(&["branch", "-q", "-u", &format!("origin/{trunk}")]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    assert_eq!(at(&env, "11:00", &[&id]).code, 0, "here they are");
    let waits = at(&env, "11:00", &[&id, "--remote"]);
    assert_eq!(waits.code, 11, "{waits}");
    env.git(&["push", "-q", "origin", &trunk]);
    assert_eq!(at(&env, "11:00", &[&id, "--remote"]).code, 0);
    fs::rename(env.cwd().join("../desk.git"), env.cwd().join("../away.git")).expect("moved");
    cannot(&env, "a remote that is away", &[&id, "--remote"], "");
}
