//! Deployments against changes.

use serde_json::Value;

use super::ShowError;
use super::style::{self, paint};
use super::table::{Cell, Table};
use super::time;
use super::view::{Look, Rendered, short_commit};
use crate::outcome::{DeploysView, TicketlessLine};

/// What was deployed, and after it what is not as it should be.
pub(crate) fn render(view: &DeploysView, look: &Look) -> Rendered {
    let mut text = format!(
        "{}  {} from {} to {} UTC\n",
        paint(style::STRONG, "DEPLOYMENTS"),
        match &view.environments[..] {
            [] => "all environments".to_owned(),
            names => super::escape::line(&names.join(", ")).into_owned(),
        },
        time::absolute(view.from),
        time::absolute(view.to),
    );
    if !view.deploys.is_empty() {
        let headings = ["AT", "CHANGE", "WHAT", "ENVIRONMENT", "RESULT", "BY", "STANDING"];
        let mut table = Table::new(headings).with_header(look.header);
        for line in &view.deploys {
            let what = version(line.repository.as_deref(), &line.commit, &line.artefact);
            let is_bad = line.standing.is_exception();
            let standing = if is_bad { style::WARNING } else { style::PLAIN };
            table.row(vec![
                Cell::plain(&time::absolute(line.at)),
                Cell::new(&line.short, style::ID),
                Cell::plain(&what),
                Cell::plain(&line.environment),
                Cell::plain(&line.result.name().replace('_', " ")),
                Cell::plain(line.by.as_str()),
                Cell::new(line.standing.name(), standing),
            ]);
        }
        text.push('\n');
        text.push_str(&table.render(look.width));
    }
    let unlisted = match view.left_out {
        0 if view.deploys.is_empty() => "nothing was deployed".to_owned(),
        0 => String::new(),
        1 => "1 authorised deployment is not listed".to_owned(),
        more => format!("{more} authorised deployments are not listed"),
    };
    if !unlisted.is_empty() {
        text.push_str(&format!("\n{}\n", paint(style::DIM, &unlisted)));
    }
    if !view.ticketless.is_empty() {
        text.push_str("\ndeployed without a change\n");
        for line in &view.ticketless {
            text.push_str(&format!("  {}\n", super::escape::line(&seen(line))));
        }
    }
    if !view.undeployed.is_empty() {
        text.push_str("\ncarried out without a deployment\n");
        for line in &view.undeployed {
            let title = super::escape::line(&line.title);
            let (at, status) = (time::absolute(line.at), super::escape::line(line.status.as_str()));
            let short = paint(style::ID, &super::escape::line(&line.short));
            text.push_str(&format!("  {at}  {short}  {title} ({status})\n"));
        }
    }
    if let Some(name) = &view.compared {
        let (name, lines) = (super::escape::line(name), view.compared_lines);
        let many = if lines == 1 { "line" } else { "lines" };
        text.push_str(&format!("\n{lines} {many} of {name} compared\n"));
    }
    text.push_str(&match view.exceptions {
        0 => "\nno exceptions\n".to_owned(),
        1 => "\n1 exception\n".to_owned(),
        many => format!("\n{many} exceptions\n"),
    });
    Rendered::paged(text)
}

fn version(repository: Option<&str>, commit: &Option<String>, artefact: &Option<String>) -> String {
    let version = match (artefact, commit) {
        (Some(artefact), _) => artefact.chars().take(20).collect(),
        (None, Some(commit)) => short_commit(commit).to_owned(),
        (None, None) => String::new(),
    };
    let parts = [repository.unwrap_or_default(), version.as_str()];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

fn seen(line: &TicketlessLine) -> String {
    let what = version(line.repository.as_deref(), &line.commit, &line.artefact);
    let by = line.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    let at = time::absolute(line.at);
    format!("{at}  {what} to {}{by}: {} (line {})", line.environment, line.why, line.line)
}

/// What an item says about the sort of its line.
pub(crate) const FINDING: &str = "finding";

/// All lines as items of one list; [`FINDING`] says which sort each is of.
///
/// # Errors
///
/// Something cannot be written as JSON.
pub(crate) fn items(view: &DeploysView) -> Result<Vec<Value>, ShowError> {
    let mut items = Vec::new();
    let mut add = |finding: &str, value: serde_json::Result<Value>| {
        let mut value = value?;
        if let Some(object) = value.as_object_mut() {
            object.insert(FINDING.to_owned(), finding.into());
        }
        items.push(value);
        Ok::<(), ShowError>(())
    };
    for line in &view.deploys {
        let finding = if line.standing.is_exception() { line.standing.name() } else { "none" };
        add(finding, serde_json::to_value(line))?;
    }
    for line in &view.ticketless {
        add("ticketless", serde_json::to_value(line))?;
    }
    for line in &view.undeployed {
        add("undeployed", serde_json::to_value(line))?;
    }
    Ok(items)
}
