//! Where everything in a drawing stands, in rows and lanes.

use crate::model::{StateCategory, StateName};
use crate::outcome::{WorkflowView, WorkflowWay};

/// A state's box.
#[derive(Clone, Debug)]
pub(super) struct Box<'a> {
    pub(super) name: &'a StateName,
    pub(super) category: StateCategory,
    pub(super) is_entry: bool,
    /// Its upper edge; the name stands in the row below.
    pub(super) top: usize,
    /// Its lower edge.
    pub(super) bottom: usize,
    /// Actions that do not leave it, by row.
    pub(super) loops: Vec<(usize, String)>,
}

/// Actions that lead out of a box into a lane.
#[derive(Clone, Debug)]
pub(super) struct Out {
    pub(super) row: usize,
    pub(super) lane: usize,
    pub(super) label: String,
}

/// The way to one state.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// The row of the name of the state that it leads to.
    pub(super) target: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The drawing.
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    pub(super) boxes: Vec<Box<'a>>,
    pub(super) outs: Vec<Out>,
    /// From the boxes outwards.
    pub(super) lanes: Vec<Lane>,
    pub(super) rows: usize,
    /// The longest name and the longest label, in characters.
    pub(super) name_width: usize,
    pub(super) label_width: usize,
}

/// What an edge is called: the action, for whom it is, and what guards it.
fn label(way: &WorkflowWay) -> String {
    let mut text = way.action.as_str().replace('_', "-");
    if !way.models.is_empty() {
        text.push_str(&format!(" ({})", way.models.join(", ")));
    }
    if way.vote.is_some() {
        text.push_str(" [vote]");
    }
    if way.approved {
        text.push_str(" [approved]");
    }
    if way.by.is_some() || !way.not_by.is_empty() {
        text.push_str(" [guarded]");
    }
    text
}

/// As many labels on a line as `most` characters hold, one at least.
fn lines(labels: &[String], most: Option<usize>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for label in labels {
        let length = label.chars().count();
        match lines.last_mut() {
            Some(line) if most.is_none_or(|most| line.chars().count() + 2 + length <= most) => {
                line.push_str(&format!(", {label}"));
            }
            _ => lines.push(label.clone()),
        }
    }
    lines
}

impl<'a> Plan<'a> {
    /// The drawing with lines of labels of at most `most` characters, if it
    /// matters.
    pub(super) fn new(flow: &'a WorkflowView, most: Option<usize>) -> Self {
        let mut boxes = Vec::new();
        // From which state, to which, and by what.
        let mut edges: Vec<(usize, usize, String)> = Vec::new();
        let place = |name: &StateName| flow.states.iter().position(|state| state.name == *name);
        let mut row = 0;
        for (at, state) in flow.states.iter().enumerate() {
            let mut out: Vec<(usize, Vec<String>)> = Vec::new();
            let mut loops = Vec::new();
            for way in flow.transitions.iter().filter(|way| way.from.contains(&state.name)) {
                match way.to.as_ref().and_then(place) {
                    Some(to) if to != at => match out.iter_mut().find(|(there, _)| *there == to) {
                        Some((_, labels)) => labels.push(label(way)),
                        None => out.push((to, vec![label(way)])),
                    },
                    _ => loops.push(label(way)),
                }
            }
            out.sort_by_key(|(to, _)| *to);
            let top = row;
            row += 2;
            for (to, labels) in out {
                for line in lines(&labels, most) {
                    edges.push((row, to, line));
                    row += 1;
                }
            }
            let loops: Vec<(usize, String)> =
                lines(&loops, most).into_iter().zip(row..).map(|(line, row)| (row, line)).collect();
            row += loops.len();
            let is_entry = flow.entry.contains(&state.name);
            let (name, category) = (&state.name, state.category);
            boxes.push(Box { name, category, is_entry, top, bottom: row, loops });
            row += 1;
        }
        let mut lanes: Vec<(usize, Lane)> = Vec::new();
        for (to, target) in boxes.iter().map(|each| each.top + 1).enumerate() {
            let rows = edges.iter().filter(|(_, there, _)| *there == to).map(|(row, _, _)| *row);
            let rows: Vec<usize> = rows.chain([target]).collect();
            if rows.len() > 1 {
                let first = rows.iter().min().copied().unwrap_or(target);
                let last = rows.iter().max().copied().unwrap_or(target);
                lanes.push((to, Lane { target, first, last }));
            }
        }
        // Short ways lie inside long ones.
        lanes.sort_by_key(|(_, lane)| lane.last - lane.first);
        let lane_of = |to: usize| lanes.iter().position(|(there, _)| *there == to).unwrap_or(0);
        let outs: Vec<Out> = edges
            .into_iter()
            .map(|(row, to, label)| Out { row, lane: lane_of(to), label })
            .collect();
        let loops = boxes.iter().flat_map(|each| each.loops.iter().map(|(_, text)| text));
        let labels = outs.iter().map(|out| &out.label).chain(loops);
        let label_width = labels.map(|text| text.chars().count()).max().unwrap_or(0);
        let name_width = boxes.iter().map(|each| each.name.as_str().len()).max().unwrap_or(0);
        let lanes = lanes.into_iter().map(|(_, lane)| lane).collect();
        Self { boxes, outs, lanes, rows: row, name_width, label_width }
    }
}
