//! The risk of a change, and the change models of a desk.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{
    ChangeModel, PersonId, QuestionName, RecordId, Risk, RiskSource, TemplateName, Timestamp,
};

/// The risk of a change, explained.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RiskView {
    /// The name and version of this form.
    #[schemars(extend("const" = RiskView::SCHEMA))]
    pub schema: &'static str,
    pub id: RecordId,
    pub short: String,
    pub title: String,
    /// The risk that the record has.
    pub risk: Option<Risk>,
    /// The risk that is found now: the highest of the parts.
    pub found: Option<Risk>,
    /// The sum of the answers, once all questions are answered.
    pub score: Option<u32>,
    /// What each source says now.
    pub parts: Vec<RiskPartView>,
    /// The desk's questions, with what was answered.
    pub questions: Vec<RiskQuestion>,
    /// Whether a change cannot be assessed without answers.
    pub wants_answers: bool,
    /// Whether the record's risk is lower than what is found now.
    pub is_lower: bool,
    /// What was found when it was assessed.
    pub kept: Option<KeptRisk>,
    /// For ages.
    pub now: Timestamp,
}

/// What one source says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RiskPartView {
    pub source: RiskSource,
    pub risk: Risk,
    /// Why, in words.
    pub why: String,
    /// Whether none of the others is higher.
    pub decides: bool,
}

/// A question about a change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RiskQuestion {
    pub name: String,
    pub text: String,
    pub weight: u32,
    pub choices: Vec<RiskChoice>,
    /// The name of the answer that was given.
    pub answer: Option<String>,
    /// What it adds to the sum.
    pub points: Option<u32>,
}

/// Something that can be answered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RiskChoice {
    pub name: String,
    pub text: String,
    pub score: u32,
}

/// What was found when a change was assessed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeptRisk {
    pub found: Option<Risk>,
    pub at: Timestamp,
    pub by: PersonId,
    /// Why the record's risk is lower.
    pub reason: Option<String>,
    /// In what it differs from what is found now, in words.
    pub differs: Vec<String>,
}

/// The change models of a desk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ModelsView {
    /// The name and version of this form.
    #[schemars(extend("const" = ModelsView::SCHEMA))]
    pub schema: &'static str,
    pub models: Vec<ModelLine>,
}

/// One change model on a line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ModelLine {
    pub name: TemplateName,
    /// How changes made from it are authorised; none where its file cannot be
    /// read.
    pub model: Option<ChangeModel>,
    pub about: Option<String>,
    /// Whether changes made from it are authorised beforehand, or why not, in a
    /// word: `approved`, `unapproved`, `expired`, `one by one`, `unreadable`.
    pub standing: &'static str,
    pub valid_until: Option<String>,
    pub votes: usize,
    pub quorum: usize,
}

/// One change model in full.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ModelView {
    /// The name and version of this form.
    #[schemars(extend("const" = ModelView::SCHEMA))]
    pub schema: &'static str,
    pub name: TemplateName,
    pub path: String,
    pub model: ChangeModel,
    pub about: Option<String>,
    pub standing: &'static str,
    /// What keeps it from authorising changes beforehand, in words.
    pub against: Vec<String>,
    /// What changes made from it begin with: field and value.
    pub fills: Vec<ModelField>,
    /// The fields that must be filled in before such a change is handed in.
    pub requires: Vec<String>,
    /// The bounds, in words.
    pub bounds: Vec<String>,
    /// The fields in which such a change may differ.
    pub may_change: Vec<String>,
    pub valid_until: Option<String>,
    pub quorum: usize,
    /// SHA-256 of what is voted on, 64 hexadecimal digits.
    pub digest: String,
    pub votes: Vec<ModelVoteView>,
}

/// A field that a change model fills.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ModelField {
    pub field: &'static str,
    pub value: String,
}

/// A vote in favour of a change model.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ModelVoteView {
    pub by: PersonId,
    pub at: Timestamp,
    /// Whether it is for what the file says now.
    pub counts: bool,
}

impl RiskQuestion {
    /// The question `name` with its choices.
    pub fn of(
        name: &QuestionName,
        (text, weight): (&str, u32),
        choices: Vec<RiskChoice>,
        answer: Option<&str>,
    ) -> Self {
        let given = choices.iter().find(|choice| Some(choice.name.as_str()) == answer);
        let points = given.map(|choice| choice.score.saturating_mul(weight));
        let answer = given.map(|choice| choice.name.clone());
        Self { name: name.to_string(), text: text.to_owned(), weight, choices, answer, points }
    }
}
