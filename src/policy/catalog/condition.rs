//! Conditions on answers: `laptop = yes and department != sales, hr`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{VariableName, same_but_case};

/// How deep parentheses and `not` may nest.
const DEPTH: usize = 16;

/// A condition on the answers of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// The question has an answer, and it is not "no".
    Given(VariableName),
    Compare(VariableName, Operator, Vec<String>),
}

/// How an answer is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// It is one of the values.
    Is,
    /// It is none of the values, or there is no answer.
    IsNot,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Operator {
    /// The sign that stands for it.
    pub const fn sign(self) -> &'static str {
        match self {
            Operator::Is => "=",
            Operator::IsNot => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
        }
    }

    /// Whether it needs values with an order.
    pub const fn is_ordering(self) -> bool {
        !matches!(self, Operator::Is | Operator::IsNot)
    }
}

/// Is told of a question, and of what its answer is compared with, if with
/// anything.
type See<'a> = dyn FnMut(&VariableName, Option<(Operator, &[String])>) + 'a;

/// The text is no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no condition: {reason}; write for example `laptop = yes and seats > 5`")]
pub struct BadCondition {
    text: String,
    reason: String,
}

impl Condition {
    /// Whether it holds, where `answer` gives what a question was answered
    /// with: nothing, one value, or several.
    pub fn holds(&self, answer: &dyn Fn(&VariableName) -> Vec<String>) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(|part| part.holds(answer)),
            Condition::Any(parts) => parts.iter().any(|part| part.holds(answer)),
            Condition::Not(inner) => !inner.holds(answer),
            Condition::Given(name) => answer(name).iter().any(|value| value != "no"),
            Condition::Compare(name, operator, wanted) => {
                let values = answer(name);
                let is = |value: &String| wanted.iter().any(|w| same_but_case(w, value));
                match operator {
                    Operator::Is => values.iter().any(is),
                    Operator::IsNot => !values.iter().any(is),
                    _ => values
                        .iter()
                        .any(|value| wanted.iter().any(|wanted| ordered(*operator, value, wanted))),
                }
            }
        }
    }

    /// Calls `see` with every comparison in it.
    pub fn each(&self, see: &mut See<'_>) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| part.each(see));
            }
            Condition::Not(inner) => inner.each(see),
            Condition::Given(name) => see(name, None),
            Condition::Compare(name, operator, values) => see(name, Some((*operator, values))),
        }
    }
}

/// Numbers are compared as numbers; dates and times, which stand in ISO form,
/// as text.
fn ordered(operator: Operator, value: &str, wanted: &str) -> bool {
    let order = match (value.parse::<f64>(), wanted.parse::<f64>()) {
        (Ok(value), Ok(wanted)) => value.partial_cmp(&wanted),
        _ => Some(value.cmp(wanted)),
    };
    order.is_some_and(|order| match operator {
        Operator::Less => order.is_lt(),
        Operator::AtMost => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::AtLeast => order.is_ge(),
        Operator::Is => order.is_eq(),
        Operator::IsNot => order.is_ne(),
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(Operator),
    Open,
    Close,
    Comma,
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let equals = rest.peek() == Some(&'=');
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '=' => Token::Sign(Operator::Is),
            '!' if equals => Token::Sign(Operator::IsNot),
            '<' if equals => Token::Sign(Operator::AtMost),
            '>' if equals => Token::Sign(Operator::AtLeast),
            '<' => Token::Sign(Operator::Less),
            '>' => Token::Sign(Operator::Greater),
            '"' => {
                let mut word = String::new();
                loop {
                    match rest.next() {
                        Some('"') => break,
                        Some(c) => word.push(c),
                        None => return Err("a quotation mark is not closed".to_owned()),
                    }
                }
                Token::Quoted(word)
            }
            '!' => return Err("`!` stands before `=` only; write `not`".to_owned()),
            c => {
                let mut word = c.to_string();
                while let Some(&c) = rest.peek() {
                    if c.is_whitespace() || "()=!<>,\"".contains(c) {
                        break;
                    }
                    word.push(c);
                    rest.next();
                }
                Token::Word(word)
            }
        };
        if equals && matches!(c, '!' | '<' | '>') {
            rest.next();
        }
        tokens.push(token);
    }
    Ok(tokens)
}

/// Whether `word` means something in conditions, so that no question can have
/// that name.
pub(super) fn is_reserved(word: &str) -> bool {
    ["and", "or", "not"].iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

/// What is left to read, the last first.
struct Reader {
    rest: Vec<Token>,
    depth: usize,
}

impl Reader {
    fn take_word(&mut self, word: &str) -> bool {
        let is =
            matches!(self.rest.last(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        if is {
            self.rest.pop();
        }
        is
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.one()?];
        while self.take_word("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        let condition = self.inner();
        self.depth -= 1;
        condition
    }

    fn inner(&mut self) -> Result<Condition, String> {
        if self.take_word("not") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        let name = match self.rest.pop() {
            Some(Token::Open) => {
                let inner = self.any()?;
                return match self.rest.pop() {
                    Some(Token::Close) => Ok(inner),
                    _ => Err("a parenthesis is not closed".to_owned()),
                };
            }
            Some(Token::Word(word)) if is_reserved(&word) => {
                return Err(format!("`{word}` stands where the name of a question is missing"));
            }
            Some(Token::Word(word)) => {
                VariableName::new(word).map_err(|error| error.to_string())?
            }
            Some(_) => return Err("the name of a question is missing".to_owned()),
            None => return Err("something is missing at its end".to_owned()),
        };
        let Some(Token::Sign(operator)) = self.rest.last() else {
            return Ok(Condition::Given(name));
        };
        let operator = *operator;
        self.rest.pop();
        let mut values = vec![self.value()?];
        while self.rest.last() == Some(&Token::Comma) {
            self.rest.pop();
            values.push(self.value()?);
        }
        Ok(Condition::Compare(name, operator, values))
    }

    fn value(&mut self) -> Result<String, String> {
        match self.rest.pop() {
            Some(Token::Word(word) | Token::Quoted(word)) => Ok(word),
            _ => Err("a value is missing; several words stand in quotation marks".to_owned()),
        }
    }
}

impl FromStr for Condition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |reason| BadCondition { text: text.chars().take(100).collect(), reason };
        let mut rest = tokens(text).map_err(bad)?;
        rest.reverse();
        let mut reader = Reader { rest, depth: 0 };
        let condition = reader.any().map_err(bad)?;
        if reader.rest.is_empty() {
            Ok(condition)
        } else {
            Err(bad("`and` or `or` is missing between two parts".to_owned()))
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str| {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Condition::All(_) | Condition::Any(_) => write!(f, "({part})")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Condition::All(parts) => joined(f, parts, "and"),
            Condition::Any(parts) => joined(f, parts, "or"),
            Condition::Not(inner) if matches!(**inner, Condition::All(_) | Condition::Any(_)) => {
                write!(f, "not ({inner})")
            }
            Condition::Not(inner) => write!(f, "not {inner}"),
            Condition::Given(name) => write!(f, "{name}"),
            Condition::Compare(name, operator, values) => {
                write!(f, "{name} {} ", operator.sign())?;
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    let odd = |c: char| c.is_whitespace() || "()=!<>,\"".contains(c);
                    if value.is_empty() || value.contains(odd) {
                        write!(f, "\"{value}\"")?;
                    } else {
                        f.write_str(value)?;
                    }
                }
                Ok(())
            }
        }
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A condition on answers, such as `laptop = yes and seats > 5`.",
            "type": "string",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(condition: &str, answers: &[(&str, &str)]) -> bool {
        let condition: Condition = condition.parse().expect("a condition");
        condition.holds(&|name| {
            let of = answers.iter().filter(|(key, _)| *key == name.as_str());
            of.map(|(_, value)| (*value).to_owned()).collect()
        })
    }

    #[test]
    fn conditions_hold_or_not() {
        let answers = [("laptop", "yes"), ("phone", "no"), ("dept", "Sales"), ("seats", "12")];
        for (condition, expected) in [
            ("laptop", true),
            ("phone", false),
            ("tablet", false),
            ("not phone", true),
            ("laptop = yes and dept = sales, hr", true),
            ("dept != sales", false),
            ("tablet != yes", true),
            ("seats > 9", true),
            ("seats <= 9", false),
            ("phone or (laptop and seats >= 12)", true),
            ("not (phone or laptop)", false),
            ("dept=\"Sales\"", true),
        ] {
            assert_eq!(holds(condition, &answers), expected, "{condition}");
        }
        let several = [("tool", "crm"), ("tool", "erp")];
        assert!(holds("tool = erp", &several) && !holds("tool != erp", &several));
        assert!(holds("start < 2026-12-01", &[("start", "2026-11-30")]));
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in ["", "and", "a =", "a b", "(a", "a = b c", "A", "!a", "\"a", "a)", "a = ,"] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
        let deep = "(".repeat(1000) + "a" + &")".repeat(1000);
        assert!(deep.parse::<Condition>().is_err());
    }

    fn any_condition() -> impl Strategy<Value = Condition> {
        let name = "[b-m][a-z0-9_]{2,5}".prop_map(|name| VariableName::new(name).expect("a name"));
        let operator = prop::sample::select(vec![
            Operator::Is,
            Operator::IsNot,
            Operator::Less,
            Operator::AtMost,
            Operator::Greater,
            Operator::AtLeast,
        ]);
        let test = prop_oneof![
            name.clone().prop_map(Condition::Given),
            (name, operator, prop::collection::vec("[a-zA-Z0-9 ,.=-]{0,6}", 1..3))
                .prop_map(|(name, operator, values)| Condition::Compare(name, operator, values)),
        ];
        test.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Any),
                inner.prop_map(|inner| Condition::Not(Box::new(inner))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(condition in any_condition()) {
            let text = condition.to_string();
            prop_assert_eq!(text.parse::<Condition>(), Ok(condition), "{}", text);
        }

        #[test]
        fn nothing_makes_it_fall_over(text in "\\PC{0,40}") {
            let _ = text.parse::<Condition>();
        }
    }
}
