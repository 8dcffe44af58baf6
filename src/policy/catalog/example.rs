//! Offerings to begin a catalogue with.

/// The file of an offering, ready to be put into a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// The name of the offering.
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

/// Every example. What one includes is an example too.
pub const EXAMPLES: [Example; 3] = [
    Example { name: "onboarding", text: include_str!("examples/onboarding.yaml") },
    Example { name: "laptop", text: include_str!("examples/laptop.yaml") },
    Example { name: "software-access", text: include_str!("examples/software-access.yaml") },
];

/// The definitions of the approvals that examples name, as they stand in
/// `.gitsm/approvals.yaml`. Who approves is the desk's business; until it says
/// so, anybody may whose own matter it is not.
const APPROVALS: [(&str, &str); 3] = [
    (
        "hr",
        "hr:\n  description: Human resources confirm the employment\n  segregation: true\n  \
         steps:\n  - name: hr\n    # approvers: {teams: [hr]}\n",
    ),
    (
        "budget",
        "budget:\n  description: Whoever has the budget agrees\n  segregation: true\n  \
         steps:\n  - name: owner\n    # approvers: {roles: [budget_owner]}\n",
    ),
    (
        "manager",
        "manager:\n  description: The manager agrees\n  segregation: true\n  \
         steps:\n  - name: manager\n    # approvers: {from: [requester_manager]}\n",
    ),
];

/// The example called `name`.
pub fn example(name: &str) -> Option<Example> {
    EXAMPLES.into_iter().find(|example| example.name == name)
}

/// The definition of the approval `name` as text, if examples use it.
pub fn example_approval(name: &str) -> Option<&'static str> {
    APPROVALS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
