//! The drawing as one SVG file that needs nothing else: no script, no style
//! sheet, no font of its own.

use super::plan::Plan;
use crate::model::StateCategory;
use crate::outcome::WorkflowsView;

/// Sizes in pixels: a character, a row, a lane, the margin.
const CHAR: usize = 8;
const ROW: usize = 20;
const LANE: usize = 16;
const MARGIN: usize = 16;
/// How round corners are.
const ROUND: usize = 6;

/// The first workflow as a picture.
pub(crate) fn svg(view: &WorkflowsView) -> Option<String> {
    let flow = view.workflows.first()?;
    let plan = Plan::new(flow, None);
    let title = super::super::workflow::heading(flow);
    let edge = MARGIN + (plan.name_width + 6) * CHAR;
    let first_lane = edge + (plan.label_width + 4) * CHAR;
    let lane = |at: usize| first_lane + at * LANE;
    let width = lane(plan.lanes.len()) + MARGIN;
    let height = plan.rows * ROW + 2 * MARGIN + ROW;
    let y = |row: usize| MARGIN + ROW + row * ROW + ROW / 2;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}\" \
         font-family=\"ui-monospace, monospace\" font-size=\"13\">\n\
         <title>{label}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{MARGIN}\" y=\"{top}\" font-weight=\"bold\" fill=\"#1f2933\">{label}</text>\n",
        label = escaped(&title),
        top = MARGIN + 4,
    );
    text.push_str("<g fill=\"none\" stroke=\"#7b8794\" stroke-width=\"1.5\">\n");
    for out in &plan.outs {
        let way = &plan.lanes[out.lane];
        let (x, from, to) = (lane(out.lane), y(out.row), y(way.target));
        // Down or up the lane, with round corners.
        let (after, before) =
            if to > from { (from + ROUND, to - ROUND) } else { (from - ROUND, to + ROUND) };
        text.push_str(&format!(
            "<path d=\"M{edge} {from} H{} Q{x} {from} {x} {after} V{before} Q{x} {to} {} {to} H{}\"/>\n",
            x - ROUND,
            x - ROUND,
            edge + 8,
        ));
    }
    text.push_str("</g>\n<g fill=\"#7b8794\">\n");
    for way in &plan.lanes {
        let to = y(way.target);
        text.push_str(&format!("<path d=\"M{edge} {to} l9 -4.5 v9 z\"/>\n"));
    }
    text.push_str("</g>\n");
    for each in &plan.boxes {
        let (fill, line) = colours(each.category);
        let top = y(each.top);
        let tall = y(each.bottom) - top;
        let weight = if each.is_entry { "3" } else { "1.5" };
        text.push_str(&format!(
            "<rect x=\"{MARGIN}\" y=\"{top}\" width=\"{}\" height=\"{tall}\" rx=\"{ROUND}\" \
             fill=\"{fill}\" stroke=\"{line}\" stroke-width=\"{weight}\"/>\n\
             <text x=\"{}\" y=\"{}\" font-weight=\"bold\" fill=\"#1f2933\">{}</text>\n",
            edge - MARGIN,
            MARGIN + 2 * CHAR,
            y(each.top + 1) + 4,
            escaped(each.name.as_str()),
        ));
        for (row, label) in &each.loops {
            text.push_str(&words(edge + 2 * CHAR, y(*row) + 4, &format!("↺ {label}")));
        }
    }
    for out in &plan.outs {
        text.push_str(&words(edge + 2 * CHAR, y(out.row) + 4, &out.label));
    }
    text.push_str("</svg>\n");
    Some(text)
}

/// A label, with the paper's colour around it so that lines do not cross it.
fn words(x: usize, y: usize, text: &str) -> String {
    format!(
        "<text x=\"{x}\" y=\"{y}\" fill=\"#1f2933\" stroke=\"#ffffff\" stroke-width=\"5\" \
         paint-order=\"stroke\">{}</text>\n",
        escaped(text)
    )
}

/// The colours of a box, inside and around. They differ in lightness too.
const fn colours(category: StateCategory) -> (&'static str, &'static str) {
    match category {
        StateCategory::Open => ("#e3f2fd", "#1565c0"),
        StateCategory::Hold => ("#fff3e0", "#ef6c00"),
        StateCategory::Resolved => ("#e8f5e9", "#2e7d32"),
        StateCategory::Closed => ("#eceff1", "#546e7a"),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
