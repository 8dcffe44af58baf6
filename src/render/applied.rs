//! What became of lines of actions.

use super::escape;
use super::view::{Look, Rendered, count, short_commit};
use super::written::{preview_record, refusal, said, unborn};
use crate::outcome::{AppliedView, LineResult};

/// What each line did, as the verbs say it; refusals name the line.
pub(crate) fn render(view: &AppliedView, look: &Look) -> Rendered {
    let mut rendered = Rendered { errors: refusals(view), ..Rendered::default() };
    let mut subject = view.subject.clone();
    for line in &view.lines {
        for record in &line.records {
            if view.dry_run {
                preview_record(record, &mut rendered.out);
                subject = subject.map(|subject| unborn(record, &subject));
            } else {
                said(record, &mut rendered);
            }
        }
        match &line.commit {
            Some(commit) if look.verbose => {
                let commit = escape::line(short_commit(commit));
                rendered.err.push_str(&format!("line {}: commit {commit}\n", line.line));
            }
            None if line.result == LineResult::Unchanged => {
                rendered.err.push_str(&format!("line {}: nothing to do\n", line.line));
            }
            _ => {}
        }
    }
    if let Some(subject) = subject.filter(|_| view.dry_run) {
        rendered.out.push_str(&format!("commit: {}\n", escape::line(&subject)));
    }
    let done = view.lines.iter().filter(|line| line.result == LineResult::Done).count();
    if view.lines.is_empty() {
        rendered.err.push_str("nothing to do\n");
    } else if view.dry_run && done > 0 {
        rendered.err.push_str("dry run: nothing was written\n");
    } else if done > 1 {
        let lines = count(done, "line", "lines");
        let commits = count(view.commits, "commit", "commits");
        rendered.err.push_str(&format!("{lines} carried out in {commits}\n"));
    }
    rendered
}

/// Why lines were refused, and what that means for the rest.
pub(crate) fn refusals(view: &AppliedView) -> String {
    let mut text = String::new();
    let mut before: &[String] = &[];
    let mut total = 0;
    for line in &view.lines {
        let Some(refused) = &line.refused else { continue };
        total += 1;
        // The same hint on and on would only hide the reasons.
        let hints = if refused.hints == before { &[] } else { &refused.hints[..] };
        let name = format!("line {}: ", line.line);
        text.push_str(&refusal(&name, &format!("{name}{}", refused.reason), hints));
        before = &refused.hints;
    }
    if total > 0 {
        let refused = count(total, "line was", "lines were");
        let done = view.lines.iter().any(|line| line.result == LineResult::Done);
        let left = view.lines.iter().any(|line| line.result == LineResult::LeftOut);
        let rest = match (done, left, view.dry_run) {
            (false, _, _) => "nothing was written",
            (true, true, _) => "those before were carried out, those after were not",
            (true, false, false) => "the others were carried out",
            (true, false, true) => "the others would be carried out",
        };
        text.push_str(&format!("{refused} refused; {rest}\n"));
    }
    text
}
