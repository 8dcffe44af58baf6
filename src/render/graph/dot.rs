//! The drawing as a graph for Graphviz.

use crate::model::StateCategory;
use crate::outcome::WorkflowsView;

/// One digraph per workflow.
pub(crate) fn dot(view: &WorkflowsView) -> String {
    let mut text = String::new();
    for flow in &view.workflows {
        let name = super::super::workflow::heading(flow);
        text.push_str(&format!("digraph {} {{\n", quoted(&name)));
        text.push_str("  node [shape=box, style=rounded];\n");
        for state in &flow.states {
            let mut style = match state.category {
                StateCategory::Open => "rounded",
                StateCategory::Hold => "rounded,dashed",
                StateCategory::Resolved => "rounded,filled",
                StateCategory::Closed => "filled",
            }
            .to_owned();
            if flow.entry.contains(&state.name) {
                style.push_str(",bold");
            }
            let style = quoted(&style);
            text.push_str(&format!("  {} [style={style}];\n", quoted(state.name.as_str())));
        }
        for way in &flow.transitions {
            for from in &way.from {
                let to = way.to.as_ref().unwrap_or(from);
                let mut label = way.action.as_str().replace('_', "-");
                if !way.models.is_empty() {
                    label.push_str(&format!(" ({})", way.models.join(", ")));
                }
                let (from, to) = (quoted(from.as_str()), quoted(to.as_str()));
                text.push_str(&format!("  {from} -> {to} [label={}];\n", quoted(&label)));
            }
        }
        text.push_str("}\n");
    }
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
