//! One record in full, for people. Only what has a value is shown, and
//! everything that has a value is.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::style::{self, paint};
use super::table::cut;
use super::view::{Look, Rendered, count};
use super::{deployment, escape, plan, time};
use crate::model::{FieldKind, Level, Priority, RecordId, StateName, Task, Timestamp, field_named};
use crate::outcome::{ApprovalView, LinkView, PromiseLine, RecordRef, RecordView};

/// What the head line or a part of its own shows.
const ELSEWHERE: &[&str] = &[
    "id",
    "title",
    "name",
    "status",
    "priority",
    "priority_reason",
    "impact",
    "urgency",
    "opened_by",
    "cis",
    "holds",
    "whys",
    "resolution",
    "approvals",
    "links",
    "notes",
    "attachments",
    "custom",
    "answers",
    "tasks",
    "csat",
    "deployment",
    "deploys",
    "overrides",
    "accepted_conflicts",
    "risk_assessment",
    "test_evidence",
];

/// The record, its surroundings, and what can be done with it now.
pub(crate) fn render(view: &RecordView, look: &Look) -> Rendered {
    let look = &Look { now: view.now, ..look.clone() };
    let empty = Map::new();
    let record = view.record.as_object().unwrap_or(&empty);
    let mut page = Page { look, text: String::new() };
    page.head(view, record);
    page.fields(view, record);
    page.risk(record.get("risk_assessment"));
    page.tests(record);
    page.conflicts(view, record);
    page.promises(&view.promises);
    page.whys(list(record, "whys"));
    page.texts(record);
    page.deployment(record.get("deployment"), list(record, "deploys"));
    page.overrides(record);
    page.answers(record.get("answers"));
    page.plan(record.get("tasks"), &view.approved);
    page.links(&view.links);
    page.refs("configuration items", &view.cis);
    page.holds(list(record, "holds"));
    page.approvals(list(record, "approvals"), view.approval.as_ref());
    page.resolution(record.get("resolution"));
    page.survey(record.get("csat"));
    page.attachments(list(record, "attachments"));
    page.notes(list(record, "notes"));
    page.foot(view);
    Rendered::paged(page.text)
}

fn list<'a>(record: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    record.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A value as one piece of text.
fn scalar(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            Cow::Owned(items.iter().map(scalar).collect::<Vec<_>>().join(", "))
        }
        other => Cow::Owned(other.to_string()),
    }
}

/// Whether a field is read as a paragraph.
fn is_long(name: &str, value: &Value) -> bool {
    field_named(name).is_some_and(|field| field.kind == FieldKind::Text)
        || value.as_str().is_some_and(|text| text.contains('\n'))
}

struct Page<'a> {
    look: &'a Look,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn heading(&mut self, name: &str) {
        self.line("");
        self.line(&paint(style::STRONG, &escape::line(name)));
    }

    /// Free text, indented, folded to the width if there is one.
    fn paragraph(&mut self, text: &str, indent: &str) {
        let safe = escape::paragraph(text.trim_end());
        let width = self.look.width.map(|width| width.saturating_sub(indent.len()).max(20));
        for line in safe.lines() {
            let folded = match width {
                Some(width) => textwrap::wrap(line, width),
                None => vec![Cow::Borrowed(line)],
            };
            for part in folded {
                self.line(format!("{indent}{part}").trim_end());
            }
        }
    }

    /// A time with its age, or the text as it stands if it is no time.
    fn moment(&self, text: &str) -> String {
        match text.parse::<Timestamp>() {
            Ok(at) => {
                let age = format!("({})", time::relative(at, self.look.now));
                format!("{} {}", time::absolute(at), paint(style::DIM, &age))
            }
            Err(_) => escape::line(text).into_owned(),
        }
    }

    fn head(&mut self, view: &RecordView, record: &Map<String, Value>) {
        let title = record.get("title").or_else(|| record.get("name"));
        let title = title.and_then(Value::as_str).unwrap_or_default();
        let head = format!(
            "{} {}",
            paint(style::ID, &escape::line(&view.short)),
            paint(style::STRONG, &escape::line(title))
        );
        self.line(&head);
        let field = |name: &str| record.get(name).and_then(Value::as_str);
        let status = field("status").unwrap_or_default();
        let mut state = escape::line(status).into_owned();
        if status != view.state.name() {
            state = format!("{state} ({})", view.state);
        }
        let mut parts = vec![view.kind.to_string(), paint(style::state(view.state), &state)];
        if let Some(name) = field("priority") {
            let style = style::priority(name.parse::<Priority>().ok());
            let reason = field("priority_reason").map(|text| format!(": {}", escape::line(text)));
            let own = view
                .usual_priority
                .map(|usual| format!(" (instead of {usual}{})", reason.unwrap_or_default()));
            parts.push(paint(style, &escape::line(name)) + &own.unwrap_or_default());
        }
        for name in ["impact", "urgency"] {
            if let Some(level) = field(name).and_then(|level| level.parse::<Level>().ok()) {
                parts.push(format!("{name} {level}"));
            }
        }
        self.line(&parts.join(" · "));
        self.line("");
    }

    /// The short fields, aligned.
    fn fields(&mut self, view: &RecordView, record: &Map<String, Value>) {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in record {
            if ELSEWHERE.contains(&name.as_str()) || is_long(name, value) {
                continue;
            }
            let shown = match (name.as_str(), value) {
                (_, Value::String(text))
                    if name.ends_with("_at") || name.starts_with("planned_") =>
                {
                    let by = record.get("opened_by").and_then(Value::as_str);
                    let by = by.filter(|_| name == "opened_at");
                    let by = by.map(|by| format!(" by {}", escape::line(by))).unwrap_or_default();
                    self.moment(text) + &by
                }
                _ => escape::line(&scalar(value)).into_owned(),
            };
            fields.push((name.strip_suffix("_at").unwrap_or(name).replace('_', " "), shown));
        }
        let custom = record.get("custom").and_then(Value::as_object);
        for (name, value) in custom.into_iter().flatten() {
            let shown = escape::line(&scalar(value)).into_owned();
            fields.push((format!("custom.{name}"), shown));
        }
        fields.push(("id".to_owned(), paint(style::DIM, &view.id.to_string())));
        let width = fields.iter().map(|(name, _)| escape::line(name).chars().count()).max();
        for (name, value) in &fields {
            let name = format!("{:width$}", escape::line(name), width = width.unwrap_or(0));
            self.line(&format!("  {}  {value}", paint(style::DIM, &name)));
        }
    }

    /// What the risk of a change was found from.
    fn risk(&mut self, kept: Option<&Value>) {
        let Some(kept) = kept else { return };
        self.heading("risk");
        for part in kept.get("parts").and_then(Value::as_array).into_iter().flatten() {
            let said =
                format!("{} ({}): {}", text(part, "risk"), text(part, "source"), text(part, "why"));
            self.paragraph(&said, "  ");
        }
        if let Some(reason) = kept.get("reason").and_then(Value::as_str) {
            self.paragraph(&format!("set by {}: {reason}", text(kept, "by")), "  ");
        }
    }

    /// What a change deploys, and what became of it.
    fn deployment(&mut self, deployment: Option<&Value>, deploys: &[Value]) {
        let lines = deployment::lines(deployment, deploys, &|text| self.moment(text));
        if !lines.is_empty() {
            self.heading("deployment");
        }
        for line in lines {
            self.line(&line);
        }
    }

    /// When it went on without leave, and until when that is to be approved.
    fn overrides(&mut self, record: &Map<String, Value>) {
        let overrides = list(record, "overrides");
        let said = deployment::overrides(overrides, &|text| self.moment(text));
        if !said.is_empty() {
            self.heading("overrides");
        }
        for line in said {
            self.line(&line);
        }
    }

    /// The tests of what a change brings.
    fn tests(&mut self, change: &Map<String, Value>) {
        let tests = list(change, "test_evidence");
        if tests.is_empty() {
            return;
        }
        self.heading("tests");
        for test in tests {
            let digest = text(test, "sha256").get(..12).unwrap_or_default();
            let about = text(test, "text");
            let about = if about.is_empty() { String::new() } else { format!(": {about}") };
            let (result, by, at) = (text(test, "result"), text(test, "by"), text(test, "at"));
            let line = format!("  {result} by {by} {at} (report {digest}){about}");
            self.line(&escape::line(&line));
        }
    }

    /// How many conflicts stand in the way of a change, and which do no longer.
    fn conflicts(&mut self, view: &RecordView, planned: &Map<String, Value>) {
        let accepted = list(planned, "accepted_conflicts");
        if view.conflicts.is_none() && accepted.is_empty() {
            return;
        }
        self.heading("conflicts");
        if let Some(number) = view.conflicts {
            let said = paint(style::WARNING, &count(number, "conflict", "conflicts"));
            let next = format!("(`gitsm change conflicts {}`)", escape::line(&view.short));
            self.line(&format!("  {said} {}", paint(style::DIM, &next)));
        }
        for one in accepted {
            let with = text(one, "with");
            // A change by its short id, as everywhere.
            let with = with.parse::<RecordId>().map_or_else(|_| with.to_owned(), RecordId::short);
            let is_moved = |own: &str, of: &str| {
                planned.get(own).and_then(Value::as_str) != Some(text(one, of))
            };
            let void = is_moved("planned_start", "start") || is_moved("planned_end", "end");
            let said = format!(
                "{} with {with} accepted by {}{}: {}",
                text(one, "rule"),
                text(one, "by"),
                if void { " for another time" } else { "" },
                text(one, "reason")
            );
            self.paragraph(&said, "  ");
        }
    }

    /// The answers to "why?", one below the other.
    fn whys(&mut self, whys: &[Value]) {
        if !whys.is_empty() {
            self.heading("why");
        }
        for (at, why) in whys.iter().enumerate() {
            let start = self.text.len();
            self.paragraph(&scalar(why), "     ");
            let number = format!("  {}. ", at + 1);
            if self.text.get(start..start + number.len()).is_some_and(|gap| gap.trim().is_empty()) {
                self.text.replace_range(start..start + number.len(), &number);
            }
        }
    }

    /// What was promised, a line each.
    fn promises(&mut self, promises: &[PromiseLine]) {
        if !promises.is_empty() {
            self.heading("service levels");
        }
        let width = promises.iter().map(|each| each.name.chars().count()).max().unwrap_or(0);
        for promise in promises {
            let name = format!("{:width$}", escape::line(&promise.name));
            let (standing, style) = match promise.standing {
                "met" => ("met", style::GOOD),
                "missed" => ("missed", style::ERROR),
                _ if promise.breached => ("breached", style::ERROR),
                "paused" => ("paused", style::WARNING),
                _ if promise.at_risk => ("at risk", style::WARNING),
                other => (other, style::STRONG),
            };
            let rest = match (promise.ended, promise.due) {
                (Some(ended), _) => format!("at {}", time::absolute(ended)),
                (None, Some(due)) => {
                    format!("due {}", self.moment(&due.to_string()))
                }
                (None, None) => {
                    format!("{} left when it goes on", time::hours(promise.left_seconds))
                }
            };
            self.line(&format!("  {name}  {}  {rest}", paint(style, standing)));
        }
    }

    /// The long fields: description, cause, plans.
    fn texts(&mut self, record: &Map<String, Value>) {
        for (name, value) in record {
            if !ELSEWHERE.contains(&name.as_str()) && is_long(name, value) {
                self.heading(&name.replace('_', " "));
                self.paragraph(&scalar(value), "  ");
            }
        }
    }

    fn links(&mut self, links: &[LinkView]) {
        if links.is_empty() {
            return;
        }
        self.heading("links");
        let width = links.iter().map(|link| link.rel.len()).max().unwrap_or(0);
        for link in links {
            let start = format!("  {:width$}  ", link.rel);
            self.reference(&start, &link.other);
        }
    }

    fn refs(&mut self, heading: &str, refs: &[RecordRef]) {
        if !refs.is_empty() {
            self.heading(heading);
        }
        for other in refs {
            self.reference("  ", other);
        }
    }

    /// `INC-7K3F9Q  Title (status)`, the title cut to the width.
    fn reference(&mut self, start: &str, other: &RecordRef) {
        let short = escape::line(&other.short).into_owned();
        let status = other.status.as_ref().map(|status| format!(" ({status})")).unwrap_or_default();
        let title = match &other.title {
            Some(title) => escape::line(title).into_owned(),
            None => "missing".to_owned(),
        };
        let taken = start.len() + short.len() + 2 + status.len();
        let title = match self.look.width {
            Some(width) => cut(&title, width.saturating_sub(taken).max(16)).into_owned(),
            None => title,
        };
        let title = if other.title.is_some() { title } else { paint(style::ERROR, &title) };
        let status =
            other.state.map_or(status.clone(), |state| paint(style::state(state), &status));
        self.line(&format!("{start}{}  {title}{status}", paint(style::ID, &short)));
    }

    fn holds(&mut self, holds: &[Value]) {
        if !holds.is_empty() {
            self.heading("on hold");
        }
        for hold in holds {
            let reason = escape::line(text(hold, "reason")).into_owned();
            let from = text(hold, "from").parse::<Timestamp>();
            let until = text(hold, "until").parse::<Timestamp>();
            let line = match (from, until) {
                (Ok(from), Ok(until)) => format!(
                    "  {reason}  {} to {} ({})",
                    time::absolute(from),
                    time::absolute(until),
                    time::age(from, until)
                ),
                (Ok(from), Err(_)) => format!(
                    "  {}  since {} ({})",
                    paint(style::WARNING, &reason),
                    time::absolute(from),
                    time::age(from, self.look.now)
                ),
                _ => format!("  {}", escape::line(&hold.to_string())),
            };
            self.line(&line);
        }
    }

    fn approvals(&mut self, approvals: &[Value], state: Option<&ApprovalView>) {
        let waits = state.map(|state| &state.waits_for[..]).unwrap_or_default();
        if !approvals.is_empty() || !waits.is_empty() {
            self.heading("approvals");
        }
        for vote in approvals {
            let verdict = text(vote, "verdict");
            let style = if verdict == "approved" { style::GOOD } else { style::ERROR };
            let style = if verdict == "asked" { style::DIM } else { style };
            let place = text(vote, "on_behalf_of");
            let place = if place.is_empty() {
                String::new()
            } else {
                format!(" in the place of {}", escape::line(place))
            };
            let step = text(vote, "step");
            let step =
                if step.is_empty() { String::new() } else { format!(" ({})", escape::line(step)) };
            let line = format!(
                "  {} by {}{place}, {}{step}",
                paint(style, &escape::line(verdict)),
                escape::line(text(vote, "by")),
                self.moment(text(vote, "at"))
            );
            self.line(&line);
            self.paragraph(text(vote, "text"), "    ");
        }
        for vote in state.map(|state| &state.uncounted[..]).unwrap_or_default() {
            let line = format!("  not counted: {}", super::approval::not_counted(vote, self.look));
            self.line(&line);
        }
        for missing in waits {
            self.line(&format!("  waits for {}", escape::line(missing)));
        }
    }

    fn resolution(&mut self, resolution: Option<&Value>) {
        let Some(resolution) = resolution else { return };
        self.heading("resolution");
        let code = escape::line(text(resolution, "code")).into_owned();
        let by = escape::line(text(resolution, "by")).into_owned();
        self.line(&format!("  {} by {by}", paint(style::GOOD, &code)));
        self.paragraph(text(resolution, "text"), "  ");
    }

    /// What was answered to the form of the offering.
    fn answers(&mut self, answers: Option<&Value>) {
        let Some(answers) = answers.and_then(Value::as_object) else { return };
        self.heading("answers");
        let names: Vec<Cow<'_, str>> = answers.keys().map(|name| escape::line(name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for (name, value) in names.iter().zip(answers.values()) {
            let text = scalar(value);
            let name = paint(style::DIM, &format!("{name:width$}"));
            if text.trim_end().contains('\n') {
                self.line(&format!("  {name}"));
                self.paragraph(&text, "    ");
            } else {
                self.line(&format!("  {name}  {}", escape::line(text.trim_end())));
            }
        }
    }

    /// The tasks as a tree.
    fn plan(&mut self, tasks: Option<&Value>, approved: &[StateName]) {
        let tasks = tasks.cloned().and_then(|tasks| serde_json::from_value(tasks).ok());
        let tasks: Vec<Task> = tasks.unwrap_or_default();
        if tasks.is_empty() {
            return;
        }
        self.heading("plan");
        for line in plan::states(&tasks, approved) {
            self.line(&format!("  {line}"));
        }
    }

    fn survey(&mut self, survey: Option<&Value>) {
        let Some(survey) = survey else { return };
        self.heading("satisfaction");
        let points = survey.get("points").and_then(Value::as_u64).unwrap_or(0);
        let by = escape::line(text(survey, "by")).into_owned();
        let at = self.moment(text(survey, "at"));
        self.line(&format!("  {points} of 5 by {by}, {at}"));
        self.paragraph(text(survey, "text"), "  ");
    }

    fn attachments(&mut self, attachments: &[Value]) {
        if !attachments.is_empty() {
            self.heading("attachments");
        }
        for file in attachments {
            let line = format!(
                "  {}  {}  {} by {}",
                escape::line(text(file, "name")),
                bytes(file.get("size").and_then(Value::as_u64).unwrap_or(0)),
                self.moment(text(file, "at")),
                escape::line(text(file, "by"))
            );
            self.line(&line);
        }
    }

    /// The notes, the newest last.
    fn notes(&mut self, notes: &[Value]) {
        if !notes.is_empty() {
            self.heading("notes");
        }
        for (index, note) in notes.iter().enumerate() {
            if index > 0 {
                self.line("");
            }
            let line = format!(
                "  {} {}, {}",
                self.moment(text(note, "at")),
                paint(style::STRONG, &escape::line(text(note, "by"))),
                escape::line(text(note, "kind"))
            );
            self.line(&line);
            self.paragraph(text(note, "text"), "    ");
        }
    }

    fn foot(&mut self, view: &RecordView) {
        if view.edited_by_hand {
            self.line("");
            let path = escape::line(&view.path);
            self.line(&paint(
                style::WARNING,
                &format!("{path} was edited by hand; this is the committed state"),
            ));
        }
        if !view.actions.is_empty() {
            self.line("");
            let actions = escape::line(&view.actions.join(", ")).into_owned();
            self.line(&format!("{} {actions}", paint(style::DIM, "next:")));
        }
        if !view.blocked.is_empty() {
            if view.actions.is_empty() {
                self.line("");
            }
            let names: Vec<&str> = view.blocked.iter().map(|each| each.action.as_str()).collect();
            let names = escape::line(&names.join(", ")).into_owned();
            let more = format!("(`gitsm actions {}` says why)", escape::line(&view.short));
            let label = paint(style::DIM, "not yours:");
            self.line(&format!("{label} {names} {}", paint(style::DIM, &more)));
        }
    }
}

/// A number of bytes as people read it: `512 B`, `12.3 KiB`.
pub(crate) fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if size < 1024 {
        return format!("{size} B");
    }
    // Tenths of the unit, in whole numbers.
    let mut tenths = u128::from(size) * 10 / 1024;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if tenths < 10_240 {
            break;
        }
        tenths /= 1024;
        unit = next;
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes() {
        let shown: Vec<String> =
            [0, 1023, 1024, 12_595, 5 << 20, u64::MAX].into_iter().map(bytes).collect();
        assert_eq!(shown, ["0 B", "1023 B", "1.0 KiB", "12.2 KiB", "5.0 MiB", "16777215.9 TiB"]);
    }
}
