//! The analyst's three questions, answered on a screen.

use std::borrow::Cow;
use std::collections::HashMap;

use super::style::{self, paint};
use super::view::{Look, Rendered, count};
use super::{escape, time};
use crate::model::{Practice, RecordId, StateCategory};
use crate::outcome::{
    ChangeAnswer, ChangeNeed, CiNode, Part, Place, Proposal, RecordRef, SeenAnswer, SeenView,
    Similar, TriageView,
};

/// How many items of one sort are shown in full.
const NODES: usize = 12;

/// Numbered sections, as many as the desk asks questions, and what is proposed.
pub(crate) fn render(view: &TriageView, look: &Look) -> Rendered {
    let mut page = Page { look, text: String::new(), asked: 0 };
    page.head(view);
    page.seen(&view.seen);
    // What the desk does not deal in is told only where there is something to
    // tell.
    let uses = |practice| view.practices.contains(&practice);
    if uses(Practice::Change) || view.change.answer != ChangeAnswer::NoSign {
        page.change(&view.change);
    }
    if uses(Practice::Configuration)
        || !view.concern.cis.is_empty()
        || !view.concern.named.is_empty()
    {
        page.concern(view);
    }
    page.proposals(&view.proposals);
    Rendered::paged(page.text)
}

struct Page<'a> {
    look: &'a Look,
    text: String,
    /// How many questions there were so far.
    asked: usize,
}

/// The title of a record, or that there is none.
fn title(record: &RecordRef) -> Cow<'_, str> {
    record.title.as_deref().map_or(Cow::Borrowed("(no longer there)"), escape::line)
}

fn id(record: &RecordRef) -> String {
    paint(style::ID, &escape::line(&record.short))
}

fn status(record: &RecordRef) -> String {
    let name = record.status.as_ref().map_or("", |status| status.as_str());
    paint(style::state(record.state.unwrap_or(StateCategory::Open)), &escape::line(name))
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// A question with its answer.
    fn question(&mut self, question: &str, answer: &str) {
        self.line("");
        self.asked += 1;
        let question = format!("{}. {question}", self.asked);
        self.line(&format!("{} {answer}", paint(style::STRONG, &question)));
    }

    /// Words that are folded to the width, further lines under the first.
    fn folded(&mut self, text: &str, first: &str, further: &str) {
        let safe = escape::line(text);
        let width = self.look.width.map(|width| width.max(40));
        let Some(width) = width else { return self.line(&format!("{first}{safe}")) };
        let options =
            textwrap::Options::new(width).initial_indent(first).subsequent_indent(further);
        for line in textwrap::wrap(&safe, options) {
            self.line(&line);
        }
    }

    fn command(&mut self, command: &str, indent: &str) {
        let text = format!("{indent}{}", paint(style::HINT, "> "));
        self.line(&format!("{text}{}", escape::line(command)));
    }

    fn head(&mut self, view: &TriageView) {
        let ticket = &view.ticket;
        let record = &ticket.record;
        self.line(&format!("{} {}", id(record), paint(style::STRONG, &title(record))));
        let mut parts = vec![ticket.kind.to_string(), status(record)];
        parts.extend(
            ticket.priority.map(|found| paint(style::priority(Some(found)), &found.to_string())),
        );
        let age = time::relative(ticket.opened_at, self.look.now);
        parts.push(format!("opened {} ({age})", time::absolute(ticket.opened_at)));
        self.line(&parts.join(" · "));
    }

    fn seen(&mut self, seen: &SeenView) {
        let answer = match seen.answer {
            SeenAnswer::Duplicate => paint(style::WARNING, "Yes, it is likely to be a duplicate."),
            SeenAnswer::KnownProblem => paint(style::WARNING, "Yes, a problem is known."),
            SeenAnswer::Similar => "Yes, much like it.".to_owned(),
            SeenAnswer::Hardly => "Hardly.".to_owned(),
            SeenAnswer::No => "No.".to_owned(),
        };
        self.question("Has this been seen before?", &answer);
        if let Some(found) = &seen.recurring {
            let text = format!(
                "It recurs: {} much alike within {} days.",
                count(found.tickets, "ticket", "tickets"),
                found.days
            );
            self.folded(&text, "   ", "   ");
            if let Some(next) = &found.next {
                self.command(next, "   ");
            }
        }
        if !seen.problems.is_empty() {
            self.line(&paint(style::DIM, "   problems and known errors"));
            seen.problems.iter().for_each(|one| self.similar(one));
        }
        if !seen.tickets.is_empty() {
            self.line(&paint(style::DIM, "   similar tickets"));
            seen.tickets.iter().for_each(|one| self.similar(one));
        }
        if seen.more > 0 {
            let more = count(seen.more, "more similar ticket", "more similar tickets");
            self.line(&paint(style::DIM, &format!("   and {more}")));
        }
        if seen.tickets.is_empty() && seen.problems.is_empty() {
            let compared = count(seen.compared, "record", "records");
            self.line(&paint(style::DIM, &format!("   compared with {compared}")));
        }
    }

    fn similar(&mut self, one: &Similar) {
        let mut marks = Vec::new();
        if one.known_error {
            marks.push("known error".to_owned());
        }
        if one.duplicate {
            marks.push("duplicate?".to_owned());
        }
        marks.extend(one.linked.map(|rel| format!("linked: {rel}")));
        let marks =
            if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
        let age = time::relative(one.opened_at, self.look.now);
        let head = format!(
            "   {:>3}%  {} {} ({}, {age}){}",
            one.score,
            id(&one.record),
            paint(style::STRONG, &title(&one.record)),
            status(&one.record),
            paint(style::WARNING, &marks)
        );
        self.line(&head);
        let parts: Vec<String> = one.parts.iter().map(part).collect();
        self.folded(&parts.join(" · "), "         ", "         ");
        if let Some(remedy) = &one.remedy {
            let name = match &one.resolution {
                Some(code) => code.to_string(),
                None => "workaround".to_owned(),
            };
            let first = remedy.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let more = if remedy.trim().lines().count() > 1 { " …" } else { "" };
            self.folded(&format!("{name}: {first}{more}"), "         ", "           ");
        }
        if let Some(next) = &one.next {
            self.command(next, "         ");
        }
    }

    fn change(&mut self, need: &ChangeNeed) {
        let answer = match need.answer {
            ChangeAnswer::Likely => paint(style::WARNING, "Likely."),
            ChangeAnswer::Possible => "Possibly.".to_owned(),
            ChangeAnswer::NoSign => "Nothing says so.".to_owned(),
        };
        self.question("Does it need a change?", &answer);
        for reason in &need.reasons {
            self.folded(&reason.text, "   - ", "     ");
            if let Some(next) = &reason.next {
                self.command(next, "     ");
            }
        }
    }

    fn concern(&mut self, view: &TriageView) {
        let concern = &view.concern;
        let items = concern.cis.len() + concern.named.len();
        let answer = match items {
            0 => "No configuration item is named.".to_owned(),
            _ => format!(
                "{}; {} with {}.",
                count(items, "configuration item", "configuration items"),
                match concern.affected.len() {
                    0 => "nothing else fails".to_owned(),
                    1 => "1 other fails".to_owned(),
                    n => format!("{n}{} others fail", if concern.more_affected { "+" } else { "" }),
                },
                if items == 1 { "it" } else { "them" }
            ),
        };
        self.question("What does it concern?", &answer);
        let problems = view.seen.problems.iter().map(|one| &one.record);
        let records = problems.chain([&view.ticket.record]);
        let tickets = records.map(|one| (one.id, escape::line(&one.short).into_owned()));
        let nodes = concern
            .cis
            .iter()
            .chain(concern.named.iter().map(|one| &one.ci))
            .chain(&concern.affected)
            .chain(&concern.causes)
            .map(|node| (node.record.id, title(&node.record).into_owned()));
        let names: HashMap<RecordId, String> = nodes.chain(tickets).collect();
        for ci in &concern.cis {
            self.node("   ", ci, &names);
        }
        for named in &concern.named {
            self.node("   named in the text: ", &named.ci, &names);
            self.command(&named.next, "     ");
        }
        self.nodes("fails with it", &concern.affected, concern.more_affected, &names);
        self.nodes("possible causes", &concern.causes, concern.more_causes, &names);
        if !concern.open.is_empty() {
            self.line(&paint(style::DIM, "   open on the way"));
        }
        for one in &concern.open {
            let place = match one.place {
                Place::Own => "",
                Place::Contributing | Place::Cause => ", a possible cause",
                Place::Affected => ", which fails with it",
            };
            let text = format!(
                "     {} {} ({}) on {}{place}",
                id(&one.record),
                title(&one.record),
                status(&one.record),
                title(&one.ci)
            );
            self.line(&text);
        }
        if concern.more_open > 0 {
            self.line(&paint(style::DIM, &format!("     and {} more", concern.more_open)));
        }
    }

    /// Items that were reached, with the way to them.
    fn nodes(
        &mut self,
        heading: &str,
        nodes: &[CiNode],
        more: bool,
        names: &HashMap<RecordId, String>,
    ) {
        if nodes.is_empty() {
            return;
        }
        let number = format!("{}{}", nodes.len(), if more { "+" } else { "" });
        self.line(&paint(style::DIM, &format!("   {heading} ({number})")));
        for node in nodes.iter().take(NODES) {
            let indent = "  ".repeat(node.depth.saturating_sub(1).min(10));
            self.node(&format!("     {indent}"), node, names);
        }
        let left = nodes.len().saturating_sub(NODES);
        if left > 0 {
            self.line(&paint(style::DIM, &format!("     and {left} more")));
        }
    }

    fn node(&mut self, lead: &str, node: &CiNode, names: &HashMap<RecordId, String>) {
        let mut about: Vec<String> = Vec::new();
        about.extend(node.class.as_deref().map(|class| escape::line(class).into_owned()));
        about.extend(node.environment.as_deref().map(|text| escape::line(text).into_owned()));
        about.extend(node.criticality.map(|level| format!("criticality {level}")));
        if node.record.state == Some(StateCategory::Hold) {
            about.push(status(&node.record));
        }
        let about =
            if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
        let way = match (node.via, node.relation) {
            (Some(via), Some(relation)) => {
                let via = names.get(&via).cloned().unwrap_or_else(|| via.short());
                format!(", by {relation} with {via}")
            }
            _ => String::new(),
        };
        let way = paint(style::DIM, &way);
        self.line(&format!("{lead}{}{about}{way}", paint(style::ID, &title(&node.record))));
    }

    fn proposals(&mut self, proposals: &[Proposal]) {
        if proposals.is_empty() {
            return;
        }
        self.line("");
        self.line(&paint(style::STRONG, "Proposed from similar tickets"));
        for one in proposals {
            let now = one.now.as_ref().map_or_else(String::new, |now| format!(" (now {now})"));
            let text =
                format!("{} {}{now}, {}% sure: {}", one.field, one.value, one.confidence, one.why);
            self.folded(&text, "   ", "     ");
            self.command(&one.next, "     ");
        }
    }
}

fn part(part: &Part) -> String {
    format!("{} {}/{} ({})", part.part.name(), part.points, part.of, part.why)
}
