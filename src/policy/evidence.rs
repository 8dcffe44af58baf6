//! Whether a change was tested before it is carried out.
//!
//! Control C9 of ITGC audits: there is evidence of a test that passed, with the
//! digest of its report, of somebody who tests (a person with the role `tester`,
//! or a machine) and not of one who approves. As control C13 has it, it is about
//! what is deployed and nothing else.

use super::Policy;
use crate::model::{Change, PersonId, PrincipalKind, TestEvidence, TestResult, Verdict};

/// The role of people who test. It need not stand in `.gitsm/roles.yaml`.
pub const TESTER: &str = "tester";

/// Why a change does not count as tested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untested {
    /// Nothing says so.
    #[error("nothing says that it was tested")]
    Nothing,
    /// Only something else was tested.
    #[error("what was tested is not what it deploys")]
    Other,
    /// Whoever tested it is not there for that.
    #[error("{by} tested it, who is neither a machine nor a `tester`")]
    NoTester { by: PersonId },
    /// Whoever tested it approved it as well.
    #[error("{by} tested it and approved it as well")]
    Approver { by: PersonId },
    /// It did not pass.
    #[error("its last test failed ({by})")]
    Failed { by: PersonId },
}

/// Whether the models of `change` ask for evidence of a test.
pub fn is_asked_for(policy: &Policy, change: &Change) -> bool {
    policy.models.held_to(change).any(|file| file.test_evidence)
}

/// Whether the change was tested, as far as its models ask for that: the last test
/// that counts passed. Gives that one, or nothing where no test is asked for.
///
/// # Errors
///
/// Why it does not count as tested.
pub fn tested<'a>(
    policy: &Policy,
    change: &'a Change,
) -> Result<Option<&'a TestEvidence>, Untested> {
    if !is_asked_for(policy, change) {
        return Ok(None);
    }
    let mut why = Untested::Nothing;
    for each in change.test_evidence.iter().rev() {
        match counts(policy, change, each) {
            Ok(()) if each.result == TestResult::Passed => return Ok(Some(each)),
            Ok(()) => return Err(Untested::Failed { by: each.by.clone() }),
            // The newest says most.
            Err(uncounted) if why == Untested::Nothing => why = uncounted,
            Err(_) => {}
        }
    }
    Err(why)
}

/// Whether a piece of evidence counts.
fn counts(policy: &Policy, change: &Change, each: &TestEvidence) -> Result<(), Untested> {
    let by = || each.by.clone();
    if let Some(deployment) = &change.deployment {
        let is_same = match &deployment.artefact {
            Some(artefact) => each.artefact.as_ref() == Some(artefact),
            None => each.commit == deployment.commit,
        };
        if !is_same {
            return Err(Untested::Other);
        }
    }
    let tests = |person: &crate::model::Person| {
        person.kind == PrincipalKind::Machine || person.roles.iter().any(|role| role == TESTER)
    };
    if !policy.is_open_desk() && !policy.person(&each.by).is_some_and(tests) {
        return Err(Untested::NoTester { by: by() });
    }
    let approved =
        |vote: &crate::model::Approval| vote.verdict == Verdict::Approved && vote.by == each.by;
    if change.approvals.iter().any(approved) {
        return Err(Untested::Approver { by: by() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;
    use crate::model::{Kind, Record};
    use crate::policy::fixture;
    use crate::policy::template::Models;

    const PEOPLE: &str = "\
- {id: ann, name: Ann}
- {id: tess, name: Tess, roles: [tester]}
- {id: bot, name: Bot, kind: machine}
";

    fn policy(people: &str) -> Policy {
        let name = crate::model::TemplateName::new("normal").expect("a name");
        let text = b"model: normal\ntest_evidence: true\n".to_vec();
        let read = |path: &str, bytes: &[u8]| {
            format::read_settings(path, bytes).map_err(|error| error.told())
        };
        let models = Models::new([(name, "normal.yaml".to_owned(), text)], "UTC", read);
        Policy { models, ..fixture::desk(people) }
    }

    fn change(evidence: &str, rest: &str) -> Change {
        let text = format!(
            "id: CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\ntitle: Patch\nstatus: scheduled\nimpact: low\n\
             urgency: low\npriority: P5\nmodel: normal\ntest_evidence:\n{evidence}{rest}\
             opened_at: 2026-11-22T09:00:00Z\nopened_by: ann\nupdated_at: 2026-11-22T09:00:00Z\n"
        );
        match format::read_record_any(Kind::Change, text.as_bytes()).expect("a change") {
            Record::Change(change) => change,
            _ => unreachable!("it is a change"),
        }
    }

    fn test(by: &str, result: &str, more: &str) -> String {
        format!(
            "- {{id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9Q, result: {result}, sha256: {}, {more}at: \
             2026-11-22T09:00:00Z, by: {by}}}\n",
            "a".repeat(64)
        )
    }

    /// ITGC control C9.
    #[test]
    fn who_tests_and_what_counts() {
        let policy = policy(PEOPLE);
        let who = |name: &str| PersonId::new(name).expect("a name");
        let judge = |evidence: &str, rest: &str| tested(&policy, &change(evidence, rest)).map(drop);
        assert_eq!(judge("  []\n", ""), Err(Untested::Nothing));
        assert_eq!(judge(&test("tess", "passed", ""), ""), Ok(()));
        assert_eq!(judge(&test("bot", "passed", ""), ""), Ok(()));
        let ann = Err(Untested::NoTester { by: who("ann") });
        assert_eq!(judge(&test("ann", "passed", ""), ""), ann);
        let failed = Err(Untested::Failed { by: who("tess") });
        let twice = test("bot", "passed", "") + &test("tess", "failed", "");
        assert_eq!(judge(&twice, ""), failed);
        assert_eq!(judge(&(twice + &test("bot", "passed", "")), ""), Ok(()));
        // What somebody says who does not test takes nothing back either.
        let ann = test("bot", "passed", "") + &test("ann", "failed", "");
        assert_eq!(judge(&ann, ""), Ok(()));
        let vote = "approvals:\n- {id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9Q, at: 2026-11-22T09:00:00Z, \
                    by: tess, verdict: approved}\n";
        let approver = Err(Untested::Approver { by: who("tess") });
        assert_eq!(judge(&test("tess", "passed", ""), vote), approver);
    }

    /// ITGC controls C9 and C13: tested is what is deployed.
    #[test]
    fn something_else_that_was_tested_counts_for_nothing() {
        let policy = policy(PEOPLE);
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let deploys = format!(
            "deployment:\n  key: {}\n  repository: crm\n  environment: production\n  range: \
             first\n  commit: '{one}'\n",
            "3".repeat(64)
        );
        let of = |commit: &str| test("bot", "passed", &format!("commit: '{commit}', "));
        assert_eq!(tested(&policy, &change(&of(&one), &deploys)).map(drop), Ok(()));
        assert_eq!(tested(&policy, &change(&of(&two), &deploys)), Err(Untested::Other));
        let none = test("bot", "passed", "");
        assert_eq!(tested(&policy, &change(&none, &deploys)), Err(Untested::Other));
    }

    #[test]
    fn nobody_is_asked_where_no_model_asks() {
        let bare = change("  []\n", "");
        assert_eq!(tested(&fixture::desk(PEOPLE), &bare), Ok(None));
        // On an open desk there is no telling who tests.
        assert!(tested(&policy(""), &change(&test("ann", "passed", ""), "")).is_ok());
    }
}
