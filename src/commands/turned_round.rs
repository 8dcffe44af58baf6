//! Conditions turned round, such as `-tag:noise`, on the command line.
//!
//! They begin like options. If the query's argument were simply allowed to
//! begin with a hyphen, every option after its first word would be taken for a
//! word to leave out, and `gitsm list crm --json` would quietly find nothing.

use std::ffi::OsString;

use crate::query::Field;

/// The verbs that take a query.
const QUERIES: [&str; 7] = ["list", "search", "report", "export", "save", "log", "diff"];

/// Puts conditions turned round into brackets, which mean the same in the query
/// language and look like no option, and for `diff` times such as `-4h` too. The
/// `-5` of git's `log` becomes `-n5`. Everything else is left as it is.
pub fn in_brackets(args: Vec<OsString>) -> Vec<OsString> {
    let mut queries = false;
    let (mut differs, mut tells, mut ended) = (false, false, false);
    args.into_iter()
        .map(|arg| {
            ended |= arg == "--";
            if (queries && is_turned_round(&arg) || differs && is_ago(&arg)) && !ended {
                let mut text = OsString::from("(");
                text.push(arg);
                text.push(")");
                return text;
            }
            if tells
                && !ended
                && let Some(count) = counts(&arg)
            {
                return OsString::from(format!("-n{count}"));
            }
            differs |= arg == "diff";
            tells |= arg == "log";
            queries |= QUERIES.iter().any(|verb| arg == *verb);
            arg
        })
        .collect()
}

/// The digits of an `arg` that is nothing else behind its hyphen.
fn counts(arg: &OsString) -> Option<&str> {
    let digits = arg.to_str()?.strip_prefix('-').filter(|digits| !digits.is_empty())?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(digits)
}

/// Whether `arg` begins as a length of time before now does, which no option does.
fn is_ago(arg: &OsString) -> bool {
    let rest = arg.to_str().and_then(|text| text.strip_prefix('-'));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A time of `diff` without the brackets that [`in_brackets`] put it into.
pub fn out_of_brackets(word: &str) -> &str {
    let inner = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.filter(|inner| is_ago(&OsString::from(inner))).unwrap_or(word)
}

/// Whether `arg` is a hyphen and then a view, brackets, a phrase, or a field of
/// the query language and a colon. A list of conditions in one argument begins
/// with one.
fn is_turned_round(arg: &OsString) -> bool {
    let begins = |text: &str| ["-@", "-(", "-\""].iter().any(|begin| text.starts_with(begin));
    if arg.to_str().is_some_and(begins) {
        return true;
    }
    let field = || arg.to_str()?.strip_prefix('-')?.split_once(':');
    field().is_some_and(|(name, value)| !value.is_empty() && Field::named(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stay_options() {
        let shown = |args: &[&str]| {
            let args = in_brackets(args.iter().map(OsString::from).collect());
            args.join(" ".as_ref()).into_string().unwrap_or_default()
        };
        assert_eq!(shown(&["gitsm", "list", "-tag:a", "-n5"]), "gitsm list (-tag:a) -n5");
        assert_eq!(shown(&["gitsm", "search", "-@mine"]), "gitsm search (-@mine)");
        assert_eq!(shown(&["gitsm", "list", "-(a or b)"]), "gitsm list (-(a or b))");
        assert_eq!(shown(&["gitsm", "list", "-\"a b\""]), "gitsm list (-\"a b\")");
        assert_eq!(shown(&["gitsm", "export", "csv", "-tag:a"]), "gitsm export csv (-tag:a)");
        assert_eq!(shown(&["gitsm", "report", "sla", "-tag:a"]), "gitsm report sla (-tag:a)");
        assert_eq!(shown(&["gitsm", "search", "-custom.x:1"]), "gitsm search (-custom.x:1)");
        assert_eq!(shown(&["gitsm", "diff", "-4h", "-n5"]), "gitsm diff (-4h) -n5");
        assert_eq!(shown(&["gitsm", "log", "-5", "--since", "-2d"]), "gitsm log -n5 --since -2d");
        assert_eq!(shown(&["gitsm", "log", "--", "-5"]), "gitsm log -- -5");
        assert_eq!(shown(&["gitsm", "list", "-5"]), "gitsm list -5");
        assert_eq!(out_of_brackets("(-4h..-2h)"), "-4h..-2h");
        assert_eq!(out_of_brackets("(-tag:a)"), "(-tag:a)");
        for same in
            ["gitsm list --json -x:1 -tag: tag:a", "gitsm note -tag:a", "gitsm list -- -tag:a"]
        {
            assert_eq!(shown(&same.split(' ').collect::<Vec<_>>()), same);
        }
    }
}
