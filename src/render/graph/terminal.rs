//! The drawing in box characters.

use super::plan::Plan;
use crate::outcome::WorkflowsView;
use crate::render::escape;
use crate::render::style::{self, paint};
use crate::render::view::{Look, Rendered};
use crate::render::workflow::{heading, title};

const UP: u8 = 1;
const DOWN: u8 = 2;
const LEFT: u8 = 4;
const RIGHT: u8 = 8;

/// The character whose strokes go to these sides.
const fn stroke(sides: u8) -> char {
    match sides {
        0 => ' ',
        1..=3 => '│',
        5 => '╯',
        6 => '╮',
        7 => '┤',
        9 => '╰',
        10 => '╭',
        11 => '├',
        13 => '┴',
        14 => '┬',
        15 => '┼',
        _ => '─',
    }
}

/// The boxes and the ways between them, in the width that there is if labels
/// can be put below each other.
pub(crate) fn render(view: &WorkflowsView, look: &Look) -> Rendered {
    let mut text = String::new();
    for flow in &view.workflows {
        let title = if flow.edited {
            title(flow)
        } else {
            paint(style::STRONG, &escape::line(&heading(flow)))
        };
        text.push_str(&format!("{title}\n\n"));
        let mut plan = Plan::new(flow, None);
        let over = look.width.map_or(0, |most| width(&plan).saturating_sub(most));
        if over > 0 {
            plan = Plan::new(flow, Some(plan.label_width.saturating_sub(over)));
        }
        text.push_str(&draw(&plan));
    }
    Rendered::paged(text)
}

/// The columns of boxes and of labels.
fn edges(plan: &Plan<'_>) -> (usize, usize) {
    let edge = plan.name_width + 5;
    (edge, edge + plan.label_width + 6)
}

/// How many columns a drawing takes.
fn width(plan: &Plan<'_>) -> usize {
    edges(plan).1 + 2 * plan.lanes.len().saturating_sub(1) + 1
}

fn draw(plan: &Plan<'_>) -> String {
    let (edge, first_lane) = edges(plan);
    let lane = |at: usize| first_lane + 2 * at;
    let width = lane(plan.lanes.len());
    let mut sides = vec![vec![0u8; width + 1]; plan.rows];
    let mut marks: Vec<Vec<Option<char>>> = vec![vec![None; width + 1]; plan.rows];
    let horizontal = |sides: &mut Vec<Vec<u8>>, row: usize, from: usize, to: usize| {
        for (x, cell) in sides[row].iter_mut().enumerate().take(to + 1).skip(from) {
            *cell |= if x < to { RIGHT } else { 0 } | if x > from { LEFT } else { 0 };
        }
    };
    for each in &plan.boxes {
        horizontal(&mut sides, each.top, 0, edge);
        horizontal(&mut sides, each.bottom, 0, edge);
        let rows = sides.iter_mut().enumerate().take(each.bottom + 1).skip(each.top);
        for (row, cells) in rows {
            for x in [0, edge] {
                cells[x] |= if row > each.top { UP } else { 0 };
                cells[x] |= if row < each.bottom { DOWN } else { 0 };
            }
        }
        for (row, label) in &each.loops {
            write(&mut marks[*row], edge + 2, &format!("↺ {label}"));
        }
    }
    for (at, way) in plan.lanes.iter().enumerate() {
        let rows = sides.iter_mut().enumerate().take(way.last + 1).skip(way.first);
        for (row, cells) in rows {
            cells[lane(at)] |= if row > way.first { UP } else { 0 };
            cells[lane(at)] |= if row < way.last { DOWN } else { 0 };
        }
        horizontal(&mut sides, way.target, edge + 1, lane(at));
        marks[way.target][edge + 1] = Some('◀');
    }
    for out in &plan.outs {
        horizontal(&mut sides, out.row, edge, lane(out.lane));
        write(&mut marks[out.row], edge + 2, &format!(" {} ", out.label));
    }
    let mut text = String::new();
    for row in 0..plan.rows {
        let cell = |x: usize| marks[row][x].unwrap_or_else(|| stroke(sides[row][x]));
        let name = plan.boxes.iter().find(|each| each.top + 1 == row);
        let line = match name {
            Some(each) => {
                let mark = if each.is_entry { "▸ " } else { "  " };
                let name = format!("{:width$}", each.name.as_str(), width = plan.name_width);
                let name = paint(style::state(each.category), &escape::line(&name));
                let rest: String = (edge..=width).map(cell).collect();
                format!("│ {mark}{name} {rest}")
            }
            None => (0..=width).map(cell).collect(),
        };
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Writes `text` into a row of characters from `x` on.
fn write(row: &mut [Option<char>], x: usize, text: &str) {
    for (cell, c) in row.iter_mut().skip(x).zip(escape::line(text).chars()) {
        *cell = Some(c);
    }
}
