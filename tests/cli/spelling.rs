//! Upper and lower case of letters beyond A to Z.

use crate::common::Env;

#[track_caller]
fn titles(env: &Env, query: &[&str]) -> String {
    let mut all = vec!["list", "--template", "{{ title }}"];
    all.extend(query);
    env.ok(&all).stdout.lines().collect::<Vec<_>>().join(" | ")
}

fn filled() -> Env {
    let env = Env::desk();
    let desk = env.read(".gitsm/desk.yaml");
    env.write(".gitsm/desk.yaml", format!("{desk}custom_fields:\n  ort: {{type: text}}\n"));
    env.ok(&["commit"]);
    env.ok(&["ci", "new", "Öffnungsanzeige", "--class", "schild"]);
    env.ok(&[
        "incident",
        "new",
        "Drucker",
        "-c",
        "büro/drucker",
        "-s",
        "Ämter",
        "--tag",
        "ümlaut",
        "--set",
        "custom.ort=Köln",
    ]);
    env.ok(&["incident", "new", "Принтер", "-c", "печать", "--tag", "плоттер"]);
    env
}

#[test]
fn values_are_found_in_any_case() {
    let env = filled();
    assert_eq!(titles(&env, &["tag:ÜMLAUT"]), "Drucker");
    assert_eq!(titles(&env, &["tag:Ümlaut,ПЛОТТЕР"]), "Drucker | Принтер");
    assert_eq!(titles(&env, &["type:incident -tag:ÜMLAUT"]), "Принтер");
    assert_eq!(titles(&env, &["service:ämter"]), "Drucker");
    assert_eq!(titles(&env, &["category:BÜRO/*"]), "Drucker");
    assert_eq!(titles(&env, &["category:ПЕЧАТЬ"]), "Принтер");
    assert_eq!(titles(&env, &["custom.ort:KÖLN"]), "Drucker");
    assert_eq!(titles(&env, &["custom.ort:kÖ*"]), "Drucker");
    // An accent is no matter of case, however it is put together.
    assert_eq!(titles(&env, &["tag:umlaut"]), "");
    assert_eq!(titles(&env, &["tag:U\u{308}mlaut"]), "Drucker");
    // The past goes by the same rules.
    assert_eq!(titles(&env, &["tag:ÜMLAUT", "--at", "HEAD~1"]), "Drucker");
}

#[test]
fn names_lead_to_records_in_any_case() {
    let env = filled();
    assert!(env.ok(&["show", "öffnungsanzeige"]).stdout.contains("Öffnungsanzeige"));
    env.ok(&["incident", "new", "Dunkel", "--ci", "ÖFFNUNGSANZEIGE"]);
    assert_eq!(titles(&env, &["ci:öffnungsanzeige"]), "Dunkel");
    let refused = env.run(&["ci", "new", "öFFNUNGSANZEIGE", "--class", "schild"]);
    assert!(refused.stderr.contains("is called `öFFNUNGSANZEIGE` already"), "{refused}");
}

#[test]
fn the_history_knows_values_in_any_case() {
    let env = filled();
    let found = env.ok(&["log", "--field", "category", "--to", "BÜRO/DRUCKER", "--oneline"]);
    assert_eq!(found.stdout.lines().count(), 2, "{found}");
    let found = env.ok(&["log", "--field", "category", "--from", "ПЕЧАТЬ", "--oneline"]);
    assert_eq!(found.stdout, "");
}
