//! What is wrong in the desk, in the form that compilers use and editors jump by.

use super::escape;
use super::style::{self, paint};
use super::view::{Rendered, count};
use crate::outcome::{CheckView, Severity};

/// `path:line: error[rule]: message` for each finding; the sum on standard error.
pub(crate) fn render(view: &CheckView) -> Rendered {
    let mut text = String::new();
    for finding in &view.findings {
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let tag = format!("{word}[{}]", finding.rule);
        text.push_str(&format!(
            "{}{line}: {}: {}\n",
            escape::line(&finding.path),
            paint(style::severity(finding.severity), &tag),
            escape::line(&finding.message),
        ));
    }
    let of = |severity| view.findings.iter().filter(|it| it.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let sum = match (errors, warnings) {
        (0, 0) => paint(style::GOOD, "nothing wrong"),
        (0, n) => count(n, "warning", "warnings"),
        (n, 0) => count(n, "error", "errors"),
        (n, m) => {
            format!("{}, {}", count(n, "error", "errors"), count(m, "warning", "warnings"))
        }
    };
    let mut rendered = Rendered::short(text);
    rendered.err = format!("{} checked: {sum}\n", count(view.checked, view.what.0, view.what.1));
    rendered
}
