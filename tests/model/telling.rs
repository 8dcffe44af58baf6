//! What workflows and roles mean, told a second time, by hand.

use gitsm::model::Kind;

/// Where `action` leads from `state`, as the state models of ServiceNow and
/// iTop have it; `Some("")` where the state stays. A second telling of
/// `src/policy/defaults`.
pub fn leads(kind: Kind, model: &str, state: &str, action: &str) -> Option<&'static str> {
    let one = |from: &[&str], to: &'static str| from.contains(&state).then_some(to);
    match (kind, action) {
        (Kind::Incident, "start") => one(&["new"], "in_progress"),
        (Kind::Incident, "hold") => one(&["new", "in_progress"], "on_hold"),
        (Kind::Incident | Kind::Request, "resume") => one(&["on_hold"], "in_progress"),
        (Kind::Incident, "resolve") => one(&["new", "in_progress", "on_hold"], "resolved"),
        (Kind::Incident | Kind::Problem, "close") => one(&["resolved"], "closed"),
        (Kind::Incident, "reopen") => one(&["resolved"], "in_progress"),
        (Kind::Incident, "cancel") => one(&["new", "in_progress", "on_hold"], "cancelled"),
        (Kind::Request, "submit") => {
            one(&["new", "approved", "in_progress", "on_hold"], "waiting_for_approval")
        }
        (Kind::Request, "approve") => one(&["new", "waiting_for_approval"], "approved"),
        (Kind::Request, "reject") => one(&["new", "waiting_for_approval"], "rejected"),
        (Kind::Request, "revise") => one(&["waiting_for_approval"], "new"),
        (Kind::Request, "start") => one(&["new", "approved"], "in_progress"),
        (Kind::Request, "hold") => one(&["new", "approved", "in_progress"], "on_hold"),
        (Kind::Request, "fulfil") => {
            one(&["new", "approved", "in_progress", "on_hold"], "fulfilled")
        }
        (Kind::Request, "close") => one(&["fulfilled", "rejected"], "closed"),
        (Kind::Request, "reopen") if state == "rejected" => Some("new"),
        (Kind::Request, "reopen") => one(&["fulfilled"], "in_progress"),
        (Kind::Request, "cancel") => {
            one(&["new", "waiting_for_approval", "approved", "in_progress", "on_hold"], "cancelled")
        }
        (Kind::Problem, "assess") => one(&["new"], "assess"),
        (Kind::Problem, "investigate") => one(&["new", "assess"], "root_cause_analysis"),
        (Kind::Problem, "known_error") => one(&["root_cause_analysis", "fix_in_progress"], ""),
        (Kind::Problem, "fix") => one(&["root_cause_analysis"], "fix_in_progress"),
        (Kind::Problem, "resolve") => one(&["fix_in_progress"], "resolved"),
        (Kind::Problem, "accept_risk") => {
            one(&["root_cause_analysis", "fix_in_progress"], "closed")
        }
        (Kind::Problem, "reopen") => {
            one(&["resolved", "closed", "cancelled"], "root_cause_analysis")
        }
        (Kind::Problem, "cancel") => {
            one(&["new", "assess", "root_cause_analysis", "fix_in_progress"], "cancelled")
        }
        (Kind::Change, "submit") if state == "new" => Some(match model {
            "normal" => "assess",
            "standard" => "scheduled",
            _ => "authorize",
        }),
        (Kind::Change, "assess") => one(&["assess"], "authorize"),
        (Kind::Change, "approve") if model != "standard" => match state {
            "authorize" => Some("scheduled"),
            "scheduled" => Some(""),
            _ => None,
        },
        (Kind::Change, "reject") => match state {
            "assess" | "authorize" => Some("new"),
            "scheduled" if model != "standard" => Some("new"),
            _ => None,
        },
        (Kind::Change, "hold" | "resume") => {
            one(&["new", "assess", "authorize", "scheduled", "implement"], "")
        }
        (Kind::Change, "revise") => one(&["assess", "authorize", "scheduled"], "new"),
        (Kind::Change, "implement") => one(&["scheduled"], "implement"),
        (Kind::Change, "complete" | "fail") => one(&["implement"], "review"),
        (Kind::Change, "rollback") => one(&["implement", "review"], "review"),
        (Kind::Change, "regularise") if model == "emergency" => one(&["authorize"], "review"),
        (Kind::Change, "close") => one(&["review"], "closed"),
        (Kind::Change, "cancel") => {
            one(&["new", "assess", "authorize", "scheduled", "implement"], "cancelled")
        }
        (Kind::Ci, "activate") => one(&["planned", "maintenance"], "live"),
        (Kind::Ci, "maintain") => one(&["live"], "maintenance"),
        (Kind::Ci, "retire") => one(&["planned", "live", "maintenance"], "retired"),
        _ => None,
    }
}

/// What a state means.
pub fn meaning(kind: Kind, state: &str) -> char {
    match state {
        "on_hold" | "waiting_for_approval" | "maintenance" => 'h',
        "resolved" | "fulfilled" | "rejected" => 'r',
        "review" if kind == Kind::Change => 'r',
        "closed" | "cancelled" | "retired" => 'c',
        _ => 'o',
    }
}

/// Whether a role may do what it wants, told a second time.
pub fn allowed(actor: &str, what: &str, own: bool, kind: Kind) -> bool {
    match actor {
        "otto" => false,
        "rita" => match what {
            "create" => matches!(kind, Kind::Incident | Kind::Request),
            "note" => own,
            "submit" | "revise" | "cancel" | "close" | "reopen" | "resume" => {
                own && matches!(kind, Kind::Incident | Kind::Request)
            }
            _ => false,
        },
        _ => true,
    }
}

pub fn flow_entry(kind: Kind) -> &'static str {
    if kind == Kind::Ci { "live" } else { "new" }
}
