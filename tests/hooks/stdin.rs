//! What git says to a hook, whatever it is.

use crate::world::World;

fn gated() -> World {
    let world = World::new();
    world.code();
    world.settings(&format!(
        "repositories:\n  crm:\n    remotes: [{}]\n    deploys:\n    \
         - {{ref: refs/heads/main, to: production, gate: push}}\n    \
         - {{ref: refs/heads/beta, to: staging}}\n",
        world.path("crm.git").display()
    ));
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world
}

const ZERO: &str = "0000000000000000000000000000000000000000";
const A: &str = "1111111111111111111111111111111111111111";

#[test]
fn what_needs_no_gate_passes_without_a_word() {
    let world = gated();
    let pass = |input: &str| {
        let out = world.gitsm_with("crm.git", &["hook", "run", "pre-receive"], input.as_bytes());
        assert_eq!((out.code, out.err.as_str()), (0, ""), "{input}: {out}");
    };
    pass("");
    pass(&format!("{A} {ZERO} refs/heads/main\n"));
    pass(&format!("{A} {A} refs/heads/topic\n{ZERO} {A} refs/tags/v1\n"));
    pass(&format!("{A} {A} refs/heads/beta\n"));
}

#[test]
fn more_than_can_be_looked_at_is_denied_where_there_is_a_gate() {
    let world = gated();
    let run =
        |event: &str, input: &[u8]| world.gitsm_with("crm.git", &["hook", "run", event], input);
    let many = format!("{ZERO} {A} refs/tags/t\n").repeat(100_001);
    let long = vec![b'x'; (10 << 20) + 1];
    for input in [many.as_bytes(), &long[..], b"nonsense\n", b"\xff\xfe\n"] {
        let out = run("pre-receive", input);
        assert_eq!(out.code, 4, "{out}");
        assert!(out.err.contains("denied"), "{out}");
        // Nothing is said about what is no gate.
        assert_eq!(run("post-receive", input).code, 0);
        assert_eq!(run("reference-transaction", input).code, 0);
    }
    assert_eq!(run("update", b"").code, 4, "no arguments");
    let free = World::deploying();
    free.code();
    let desk = free.path("desk").to_string_lossy().into_owned();
    free.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    let out = free.gitsm_with("crm.git", &["hook", "run", "pre-receive"], many.as_bytes());
    assert_eq!(out.code, 0, "there is no gate: {out}");
}

#[test]
fn a_desk_that_cannot_be_asked_closes_its_gate_and_nothing_else() {
    let world = gated();
    let moved = world.path("moved");
    std::fs::rename(world.path("desk"), moved).expect("moved");
    let run = |reference: &str| {
        let line = format!("{ZERO} {A} {reference}\n");
        world.gitsm_with("crm.git", &["hook", "run", "pre-receive"], line.as_bytes())
    };
    let closed = run("refs/heads/main");
    assert_eq!(closed.code, 4, "{closed}");
    assert!(closed.err.contains("denied: the gate must be asked"), "{closed}");
    let open = run("refs/heads/topic");
    assert_eq!(open.code, 0, "{open}");
    assert!(open.err.contains("let through"), "{open}");
    let args = ["hook", "run", "update", "--", "refs/heads/main", ZERO, A];
    assert_eq!(world.gitsm("crm.git", &args).code, 4);
    // The configuration alone does not open it either.
    world.git("crm.git", &["config", "--unset", "gitsm.desk"]).ends(0);
    assert_eq!(run("refs/heads/main").code, 4);
}

#[test]
fn a_repository_without_a_desk_is_left_alone() {
    let world = World::new();
    world.code();
    for event in ["pre-receive", "post-receive", "pre-push", "commit-msg", "post-commit"] {
        let line = format!("{ZERO} {A} refs/heads/main\n");
        let out = world.gitsm_with("crm.git", &["hook", "run", event], line.as_bytes());
        assert_eq!((out.code, out.err.as_str()), (0, ""), "{event}: {out}");
    }
}

#[test]
fn what_a_hook_says_is_short_and_plain() {
    let world = gated();
    let strange: String =
        (0..50).map(|n| format!("{ZERO} {A} refs/heads/\u{1b}[31m{n}\n")).collect();
    for event in ["pre-receive", "post-receive"] {
        let out = world.gitsm_with("crm.git", &["hook", "run", event], strange.as_bytes());
        assert!(out.err.lines().count() <= 10, "{out}");
        assert!(out.err.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{out}");
    }
}
