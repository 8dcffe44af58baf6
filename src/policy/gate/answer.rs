//! The answers of the gate.

use super::Authorised;
use crate::model::{Override, Timestamp};
use crate::policy::deployment::{Environment, Tier, WhenUnknown};

/// What the gate answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Go.
    Allow,
    /// Not as it stands, be it only because a time has not come.
    Deny,
    /// People have still to do something.
    Pending,
    /// Go, by an override that is recorded.
    Override,
    /// It cannot be told.
    Unknown,
}

impl Verdict {
    /// The word that answers use.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Deny => "deny",
            Verdict::Pending => "pending",
            Verdict::Override => "override",
            Verdict::Unknown => "unknown",
        }
    }
}

/// Which rule says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// No change covers it.
    NoChange,
    /// The change is for another environment.
    OtherEnvironment,
    /// The change is for another code repository.
    OtherRepository,
    /// Another commit or artefact was approved.
    OtherVersion,
    /// The change is over.
    Over,
    /// The change is on hold.
    OnHold,
    /// It has not been handed in.
    NotSubmitted,
    /// It has not come so far that votes are taken.
    NotAssessed,
    /// Votes are missing.
    Approval,
    /// It was rejected.
    Rejected,
    /// Nobody voted in time.
    Expired,
    /// What was voted on has changed.
    Changed,
    /// The votes are not about what goes out.
    Digest,
    /// Votes, tests or acceptances are not those of who is said to have given them.
    Forged,
    /// A standard change that no model authorises.
    Model,
    /// It has no window.
    NoWindow,
    /// Its window has not opened yet.
    Early,
    /// Its window is over.
    Late,
    /// There is a freeze.
    Freeze,
    /// Something else is in the way of its time.
    Conflict,
    /// It was not deployed well where it has to be before.
    Staged,
    /// It was not tested.
    Untested,
    /// The clock cannot be right.
    Clock,
    /// Something that has to be known is not.
    Cannot,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 24] = [
        Rule::NoChange,
        Rule::OtherEnvironment,
        Rule::OtherRepository,
        Rule::OtherVersion,
        Rule::Over,
        Rule::OnHold,
        Rule::NotSubmitted,
        Rule::NotAssessed,
        Rule::Approval,
        Rule::Rejected,
        Rule::Expired,
        Rule::Changed,
        Rule::Digest,
        Rule::Forged,
        Rule::Model,
        Rule::NoWindow,
        Rule::Early,
        Rule::Late,
        Rule::Freeze,
        Rule::Conflict,
        Rule::Staged,
        Rule::Untested,
        Rule::Clock,
        Rule::Cannot,
    ];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Rule::NoChange => "no-change",
            Rule::OtherEnvironment => "other-environment",
            Rule::OtherRepository => "other-repository",
            Rule::OtherVersion => "other-version",
            Rule::Over => "over",
            Rule::OnHold => "on-hold",
            Rule::NotSubmitted => "not-submitted",
            Rule::NotAssessed => "not-assessed",
            Rule::Approval => "approval",
            Rule::Rejected => "rejected",
            Rule::Expired => "approval-expired",
            Rule::Changed => "approval-void",
            Rule::Digest => "approval-digest",
            Rule::Forged => "approval-forged",
            Rule::Model => "standard-model",
            Rule::NoWindow => "no-window",
            Rule::Early => "window-early",
            Rule::Late => "window-over",
            Rule::Freeze => "freeze",
            Rule::Conflict => "conflict",
            Rule::Staged => "not-staged",
            Rule::Untested => "not-tested",
            Rule::Clock => "clock",
            Rule::Cannot => "cannot-tell",
        }
    }

    /// Whether it is about when, and so comes after the question whether at all.
    const fn is_of_time(self) -> bool {
        matches!(self, Rule::NoWindow | Rule::Early | Rule::Freeze | Rule::Conflict)
    }
}

/// What could make a reason go away while somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heals {
    /// Nothing: something has to be done, and then asked anew.
    Never,
    /// People, who may do something any time.
    ByPeople,
    /// Time alone.
    At(Timestamp),
}

/// One reason for an answer that is not "allow".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub rule: Rule,
    /// Deny, pending or unknown.
    pub verdict: Verdict,
    /// Why, one sentence without its full stop.
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
    pub heals: Heals,
}

/// What rules have found so far.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub(super) reasons: Vec<Reason>,
    pub(super) warnings: Vec<String>,
}

impl Findings {
    pub(super) fn deny(
        &mut self,
        rule: Rule,
        text: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(rule, Verdict::Deny, text.into(), hint.into(), Heals::Never);
    }

    pub(super) fn deny_until(&mut self, rule: Rule, text: String, hint: String, at: Timestamp) {
        self.add(rule, Verdict::Deny, text, Some(hint), Heals::At(at));
    }

    pub(super) fn pending(
        &mut self,
        rule: Rule,
        text: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(rule, Verdict::Pending, text.into(), hint.into(), Heals::ByPeople);
    }

    pub(super) fn unknown(
        &mut self,
        rule: Rule,
        text: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(rule, Verdict::Unknown, text.into(), hint.into(), Heals::Never);
    }

    /// Whether a rule has said no.
    pub(super) fn has(&self, rule: Rule) -> bool {
        self.reasons.iter().any(|reason| reason.rule == rule)
    }

    /// Of several reasons by one rule keeps the last, which says most.
    pub(super) fn tell_once(&mut self, rule: Rule) {
        let last = self.reasons.iter().rposition(|reason| reason.rule == rule);
        let mut at = 0;
        self.reasons.retain(|reason| {
            at += 1;
            reason.rule != rule || last == Some(at - 1)
        });
    }

    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    fn add(
        &mut self,
        rule: Rule,
        verdict: Verdict,
        text: String,
        hint: Option<String>,
        heals: Heals,
    ) {
        self.reasons.push(Reason { rule, verdict, text, hint, heals });
    }
}

/// What the gate answers, and why.
///
/// Its parts can be read but not set: an answer that lets something through is
/// made from a proof and in no other way.
#[derive(Clone, Debug)]
pub struct Answer {
    verdict: Verdict,
    reasons: Vec<Reason>,
    warnings: Vec<String>,
    proof: Option<Authorised>,
    bypass: Option<Bypass>,
    overridden: Option<Override>,
}

/// Leave to go on where it cannot be told: an environment that is not
/// production and that its settings leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bypass(());

impl Bypass {
    /// The leave that `environment` gives; none in production, whatever its
    /// settings say.
    pub fn of(environment: &Environment) -> Option<Self> {
        let is_open = environment.fails == WhenUnknown::Open;
        (is_open && environment.tier != Tier::Production).then_some(Self(()))
    }
}

impl Answer {
    /// Go: the only way to this answer.
    pub(super) fn allow(proof: Authorised, found: Findings) -> Self {
        debug_assert!(found.reasons.is_empty(), "nothing may speak against it");
        let Findings { warnings, .. } = found;
        Self {
            verdict: Verdict::Allow,
            reasons: Vec::new(),
            warnings,
            proof: Some(proof),
            bypass: None,
            overridden: None,
        }
    }

    /// Go without leave: by an override that is recorded and counts. What speaks
    /// against it is told as a warning.
    pub(super) fn overridden(by: &Override, found: Findings) -> Self {
        let Findings { reasons, mut warnings } = found;
        let told = |reason: Reason| format!("{} [{}]", reason.text, reason.rule.name());
        warnings.extend(reasons.into_iter().map(told));
        Self {
            verdict: Verdict::Override,
            reasons: Vec::new(),
            warnings,
            proof: None,
            bypass: None,
            overridden: Some(by.clone()),
        }
    }

    /// Everything else. What cannot be told counts most, then what waiting does
    /// not mend, then what people have still to do, then the time of it.
    pub(super) fn refuse(found: Findings) -> Self {
        let Findings { mut reasons, warnings } = found;
        reasons.sort_by_key(weight);
        let verdict = reasons.first().map_or(Verdict::Unknown, |reason| reason.verdict);
        Self { verdict, reasons, warnings, proof: None, bypass: None, overridden: None }
    }

    /// It cannot be told.
    pub fn cannot_tell(text: String, hint: Option<String>, heals: Heals) -> Self {
        let reason = Reason { rule: Rule::Cannot, verdict: Verdict::Unknown, text, hint, heals };
        Self::refuse(Findings { reasons: vec![reason], warnings: Vec::new() })
    }

    /// The same answer for an environment that is left open where it cannot be
    /// told; every other answer stays as it is.
    #[must_use]
    pub fn or_bypass(self, leave: Option<Bypass>) -> Self {
        match self.verdict {
            Verdict::Unknown => Self { bypass: leave, ..self },
            _ => self,
        }
    }

    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why not, the weightiest first.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// What one should know besides.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What it is allowed by.
    pub const fn proof(&self) -> Option<&Authorised> {
        self.proof.as_ref()
    }

    /// The override by which it goes without leave.
    pub const fn by_override(&self) -> Option<&Override> {
        self.overridden.as_ref()
    }

    /// Whether somebody who may could let it go without leave, for a reason.
    pub fn can_be_overridden(&self) -> bool {
        matches!(self.verdict, Verdict::Deny | Verdict::Pending) && can_be_overridden(&self.reasons)
    }

    /// Whether one may go on though it cannot be told.
    pub const fn is_bypass(&self) -> bool {
        self.bypass.is_some()
    }

    /// Whether waiting until `deadline` could make it another answer.
    pub fn may_heal_by(&self, deadline: Timestamp) -> bool {
        !self.reasons.is_empty()
            && self.reasons.iter().all(|reason| match reason.heals {
                Heals::Never => false,
                Heals::ByPeople => true,
                Heals::At(at) => at <= deadline,
            })
    }
}

/// Whether all that speaks against it is what an override is for: approval, and the
/// time. What nobody asked for, is over, was rejected or cannot be told stays out.
pub(super) fn can_be_overridden(reasons: &[Reason]) -> bool {
    let bars = |reason: &Reason| {
        use Rule::{
            Cannot, Clock, NoChange, OnHold, OtherEnvironment, OtherRepository, OtherVersion, Over,
            Rejected,
        };
        reason.verdict == Verdict::Unknown
            || matches!(
                reason.rule,
                NoChange
                    | OtherEnvironment
                    | OtherRepository
                    | OtherVersion
                    | Over
                    | OnHold
                    | Rejected
                    | Clock
                    | Cannot
            )
    };
    !reasons.iter().any(bars)
}

/// What counts more comes first.
fn weight(reason: &Reason) -> u8 {
    match reason.verdict {
        Verdict::Unknown => 0,
        Verdict::Deny if !reason.rule.is_of_time() => 1,
        Verdict::Pending => 2,
        _ => 3,
    }
}
