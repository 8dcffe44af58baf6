//! Lifecycle verbs without a type: each record by the rules of its own.

use insta::assert_snapshot;

use crate::common::Env;

/// An incident and a request, worked on, and a problem.
fn three(env: &Env) -> [String; 3] {
    let incident = env.incident("No mail");
    let request = env.new_record(&["request", "new", "A laptop"]);
    let problem = env.new_record(&["problem", "new", "Mails get lost"]);
    [incident, request, problem]
}

#[test]
fn a_verb_works_on_records_of_several_types_at_once() {
    let env = Env::desk_with(&["--profile", "help-desk"]);
    let [incident, request, _] = three(&env);
    let before = env.commits();
    env.ok(&["start", &incident, &request]);
    env.ok(&["hold", &incident, &request, "-r", "awaiting_requester", "-m", "Which one?"]);
    env.ok(&["resume", &incident, &request]);
    assert_eq!(env.commits(), before + 3);
    env.ok(&["resolve", &incident, "-c", "fixed", "-m", "Restarted."]);
    env.ok(&["request", "fulfil", &request, "-m", "Here it is."]);
    let ids = env.ok(&["list", "-f", "ids", "status:resolved or status:fulfilled"]);
    let piped = env.typing(ids.raw_stdout());
    assert_snapshot!(piped.run(&["close", "-", "-n"]), @"
    INC-AAAAAA close: No mail
      status: resolved -> closed
      closed_at: - -> 2026-11-22T09:12:04Z
    REQ-AAAAAA close: A laptop
      status: fulfilled -> closed
      closed_at: - -> 2026-11-22T09:12:04Z
    commit: close: 2 records
    [stderr]
    dry run: nothing was written
    ");
    assert_eq!(env.commits(), before + 5);
    assert_snapshot!(piped.run(&["close", "-"]), @"
    [stderr]
    INC-AAAAAA close: resolved -> closed
    REQ-AAAAAA close: fulfilled -> closed
    ");
    assert_snapshot!(env.git(&["log", "-1", "--format=%s%n%(trailers:key=Gitsm-Action)"]), @"
    close: 2 records
    Gitsm-Action: close
    ");
}

#[test]
fn what_a_type_has_no_action_for_is_refused_by_name() {
    let env = Env::desk();
    let [incident, request, problem] = three(&env);
    let ci = env.new_record(&["ci", "new", "web-01"]);
    let before = env.commits();
    assert_snapshot!(env.run(&["hold", &incident, &problem, &ci, "-r", "awaiting_vendor"]), @"
    [stderr]
    error: PRB-AAAAAA: a problem has no action `hold`
      possible now: assess, investigate, cancel
    error: CI-AAAAAA: a ci has no action `hold`
      possible now: maintain, retire
    2 records were refused; nothing was written
    [exit 2]
    ");
    assert_snapshot!(env.run(&["take", &problem]), @"
    [stderr]
    error: a problem has no action `take`

    hint: possible now: assess, investigate, cancel
    [exit 2]
    ");
    assert_snapshot!(env.run(&["take", &ci]), @"
    [stderr]
    error: a ci has no action `take`

    hint: possible now: maintain, retire
    [exit 2]
    ");
    assert_snapshot!(env.run(&["approve", &incident, "-m", "Yes."]), @"
    [stderr]
    error: an incident has no action `approve`

    hint: possible now: start, hold, resolve, cancel
    [exit 2]
    ");
    assert_snapshot!(env.run(&["close", "ZZZZZZ"]), @"
    [stderr]
    error: there is no record `ZZZZZZ`

    hint: list what there is with `gitsm list --all`, or search with `gitsm search`
    [exit 3]
    ");
    assert_eq!(env.commits(), before);
    assert_snapshot!(env.run(&["resolve", &incident, &request, "-m", "Done.", "--keep-going"]), @"
    [stderr]
    INC-AAAAAA resolve: new -> resolved
    error: REQ-AAAAAA: a request has no action `resolve`
      possible now: submit, approve, reject, start, hold, fulfil, cancel
    1 record was refused; the others were changed
    [exit 4]
    ");
    assert_eq!(env.commits(), before + 1);
}

#[test]
fn it_does_what_the_verb_of_the_type_does() {
    let (typed, any) = (Env::desk(), Env::desk());
    for (env, prefix) in [(&typed, Some("incident")), (&any, None)] {
        let id = env.incident("No mail");
        for args in [
            &["take", &id, "-m", "Looking."][..],
            &["hold", &id, "-r", "awaiting_vendor"],
            &["resume", &id],
            &["resolve", &id, "-c", "workaround", "-m", "Restarted."],
            &["reopen", &id, "-m", "Again."],
            &["cancel", &id, "-c", "duplicate", "-m", "Reported twice."],
        ] {
            let args: Vec<&str> = prefix.into_iter().chain(args.iter().copied()).collect();
            env.ok(&args);
        }
    }
    let told = |env: &Env| env.git(&["log", "-6", "--format=%B"]).to_string();
    assert_eq!(told(&typed), told(&any));
}

#[test]
fn what_must_be_said_is_asked_for_as_the_types_do() {
    let env = Env::desk();
    let id = env.incident("No mail");
    for verb in ["resolve", "reopen", "cancel", "reject"] {
        let said = env.run(&[verb, &id]).to_string();
        assert!(said.contains("is missing") && said.contains("[exit 2]"), "{verb}: {said}");
    }
    let piped = env.typing(&id).run(&["cancel", "-"]).to_string();
    assert!(piped.contains("standard input is taken by the ids"), "{piped}");
}

#[test]
fn a_help_desk_is_told_of_no_votes() {
    let listed = |profile: &str| {
        let env = Env::desk_with(&["--profile", profile]);
        [&["--help"][..], &[]].map(|args| {
            let help = env.run(args).to_string();
            assert!(help.contains("\n  close "), "{help}");
            help.contains("\n  approve ") || help.contains("\n  reject ")
        })
    };
    assert_eq!(listed("help-desk"), [false, false]);
    assert_eq!(listed("service-desk"), [true, true]);
}
