//! The risk of a change: what was answered about it, what it is done to, and how
//! changes like it went. The highest of these is what was found.

mod assess;
mod lowered;
mod settings;

pub use assess::{
    AnswerError, CiSeen, Past, Surroundings, answers, assess, is_like, missing, of_cis, of_history,
    of_questions,
};
pub use lowered::{breach, lowered};
pub use settings::{
    Answer, CiRisk, HistoryPoints, HistoryRisk, Limits, Question, RiskMistake, RiskSettings,
    Thresholds,
};
