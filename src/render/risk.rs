//! The risk of a change, and change models.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered};
use super::{escape, time};
use crate::model::Risk;
use crate::outcome::{ModelView, ModelsView, RiskView};

fn colour(risk: Option<Risk>) -> anstyle::Style {
    match risk {
        Some(Risk::High) => style::ERROR,
        Some(Risk::Moderate) => style::WARNING,
        Some(Risk::Low) => style::GOOD,
        None => style::DIM,
    }
}

fn word(risk: Option<Risk>) -> &'static str {
    risk.map_or("unknown", Risk::name)
}

/// The risk with each part of it, and the desk's questions.
pub(crate) fn risk(view: &RiskView, look: &Look) -> Rendered {
    let mut text = format!(
        "{} {}\nrisk {}",
        paint(style::ID, &escape::line(&view.short)),
        paint(style::STRONG, &escape::line(&view.title)),
        paint(colour(view.risk), word(view.risk)),
    );
    if view.found != view.risk {
        let found = paint(colour(view.found), word(view.found));
        text.push_str(&format!(", {found} is found now"));
    }
    text.push('\n');
    if !view.parts.is_empty() {
        let mut table =
            Table::new(["SOURCE", "RISK", "WHY"]).shrink(2, 30).with_header(look.header);
        for part in &view.parts {
            let mark = if part.decides { style::STRONG } else { style::PLAIN };
            table.row(vec![
                Cell::new(part.source.name(), mark),
                Cell::new(part.risk.name(), colour(Some(part.risk))),
                Cell::plain(&part.why),
            ]);
        }
        text.push('\n');
        text.push_str(&table.render(None));
    }
    let answered = view.questions.iter().any(|question| question.answer.is_some());
    if answered || view.wants_answers {
        let headings = ["QUESTION", "ANSWER", "POINTS", "ASKS"];
        let mut table = Table::new(headings).right(2).shrink(3, 20).with_header(look.header);
        for question in &view.questions {
            let points = question.points.map(|points| points.to_string()).unwrap_or_default();
            table.row(vec![
                Cell::new(&question.name, style::ID),
                Cell::plain(question.answer.as_deref().unwrap_or("-")),
                Cell::plain(&points),
                Cell::plain(&question.text),
            ]);
        }
        text.push('\n');
        text.push_str(&table.render(look.width));
    }
    if let Some(kept) = &view.kept {
        let at = time::absolute(kept.at);
        let found = word(kept.found);
        text.push_str(&format!("\nassessed {at} by {}: {found}\n", escape::line(kept.by.as_str())));
        if let Some(reason) = &kept.reason {
            text.push_str(&format!("  lowered: {}\n", escape::line(reason)));
        }
        for difference in &kept.differs {
            text.push_str(&format!("  {}\n", escape::line(difference)));
        }
    }
    Rendered::paged(text)
}

/// A line for each change model.
pub(crate) fn models(view: &ModelsView, look: &Look) -> Rendered {
    let headings = ["MODEL", "CHANGES", "STANDING", "VALID UNTIL", "VOTES", "FOR"];
    let mut table = Table::new(headings).shrink(5, 20).with_header(look.header);
    for line in &view.models {
        let is_standard = matches!(line.standing, "approved" | "unapproved" | "expired");
        let votes =
            if is_standard { format!("{} of {}", line.votes, line.quorum) } else { String::new() };
        let mark = match line.standing {
            "approved" => style::GOOD,
            "unapproved" | "expired" => style::WARNING,
            "unreadable" => style::ERROR,
            _ => style::PLAIN,
        };
        table.row(vec![
            Cell::new(line.name.as_str(), style::ID),
            Cell::plain(line.model.map_or("", |model| model.name())),
            Cell::new(line.standing, mark),
            Cell::plain(line.valid_until.as_deref().unwrap_or_default()),
            Cell::plain(&votes),
            Cell::plain(line.about.as_deref().unwrap_or_default()),
        ]);
    }
    let mut rendered = Rendered::paged(table.render(look.width));
    if view.models.is_empty() {
        rendered.out.clear();
        rendered.err = "the desk has no change models of its own; normal, standard and emergency \
                        are built in\n"
            .into();
    }
    rendered
}

/// One change model in full.
pub(crate) fn model(view: &ModelView) -> Rendered {
    let about = view.about.as_deref().unwrap_or_default();
    let mut text = format!(
        "{} {}\n",
        paint(style::ID, view.name.as_str()),
        paint(style::STRONG, &escape::line(about)),
    );
    let votes = view.votes.iter().filter(|vote| vote.counts).count();
    let is_standard = view.model == crate::model::ChangeModel::Standard;
    let standing = match is_standard {
        true => format!("{}, {votes} of {} votes", view.standing, view.quorum),
        false => view.standing.to_owned(),
    };
    let list = |items: &[String]| (!items.is_empty()).then(|| items.join(", "));
    let rows = [
        ("file", Some(view.path.clone())),
        ("changes", Some(view.model.name().to_owned())),
        ("standing", Some(standing)),
        ("until", view.valid_until.clone()),
        ("requires", list(&view.requires)),
        ("bounds", list(&view.bounds)),
        ("may differ", list(&view.may_change)),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            let name = paint(style::DIM, &format!("{name:<10}"));
            text.push_str(&format!("  {name}  {}\n", escape::line(&value)));
        }
    }
    for against in &view.against {
        text.push_str(&format!("  {}\n", paint(style::WARNING, &escape::line(against))));
    }
    for vote in &view.votes {
        let by = escape::line(vote.by.as_str());
        let stale = if vote.counts { "" } else { ", for what it said before" };
        text.push_str(&format!("  approved by {by} {}{stale}\n", time::absolute(vote.at)));
    }
    if !view.fills.is_empty() {
        text.push_str(&format!("\n{}\n", paint(style::STRONG, "fills in")));
        for field in &view.fills {
            let value = escape::paragraph(field.value.trim_end()).into_owned();
            let mut lines = value.lines();
            let name = paint(style::DIM, &format!("{:<19}", field.field));
            text.push_str(&format!("  {name}  {}\n", lines.next().unwrap_or_default()));
            for line in lines {
                text.push_str(&format!("  {:19}  {line}\n", ""));
            }
        }
    }
    Rendered::paged(text)
}
