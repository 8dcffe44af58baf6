//! Reads the sources and fails on an import that the layer map forbids.
//!
//! The map stands in the crate's documentation; this is its enforcement.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// A layer, the modules of this crate that it may name, and the crates that it
/// alone (with the others that list them) may name.
struct Layer {
    name: &'static str,
    modules: &'static [&'static str],
    crates: &'static [&'static str],
}

/// Crates that only the layers which list them may name.
const GUARDED: &[&str] = &[
    "git2",
    "rusqlite",
    "serde_yaml",
    "serde_saphyr",
    "clap",
    "clap_complete",
    "clap_mangen",
    "dialoguer",
    "indicatif",
    "anstream",
    "anstyle",
    "minijinja",
    "csv",
    "icalendar",
    "tempfile",
];

/// What a pure layer must not name: the outside world.
const IMPURE: &[&str] =
    &["std::fs", "std::env", "std::process", "std::net", "SystemTime", "Utc::now", "Local::now"];

const PURE: &[&str] = &["model", "policy", "query", "report", "outcome", "format"];

const LAYERS: &[Layer] = &[
    Layer { name: "model", modules: &["model"], crates: &[] },
    Layer { name: "query", modules: &["model", "query"], crates: &[] },
    Layer { name: "policy", modules: &["model", "query", "policy"], crates: &[] },
    Layer { name: "outcome", modules: &["model", "query", "outcome"], crates: &[] },
    Layer { name: "report", modules: &["model", "query", "outcome", "report"], crates: &[] },
    Layer {
        name: "format",
        modules: &["model", "policy", "format"],
        crates: &["serde_yaml", "serde_saphyr"],
    },
    Layer { name: "store", modules: &["model", "format", "store"], crates: &["git2", "tempfile"] },
    Layer {
        name: "index",
        modules: &["model", "query", "policy", "outcome", "report", "format", "store", "index"],
        crates: &["rusqlite", "tempfile"],
    },
    Layer { name: "clock", modules: &["model"], crates: &[] },
    Layer { name: "config", modules: &["model", "clock"], crates: &[] },
    Layer { name: "exit", modules: &[], crates: &[] },
    Layer { name: "error", modules: &["exit"], crates: &[] },
    Layer {
        name: "app",
        modules: &[
            "model", "query", "policy", "outcome", "report", "format", "store", "index", "clock",
            "config", "error", "exit", "app",
        ],
        crates: &["csv", "tempfile"],
    },
    Layer {
        name: "render",
        modules: &["model", "query", "outcome", "report", "error", "render"],
        crates: &[
            "comfy_table",
            "dialoguer",
            "indicatif",
            "anstream",
            "anstyle",
            "minijinja",
            "csv",
            "icalendar",
            "tempfile",
        ],
    },
    Layer {
        name: "commands",
        modules: &[
            "model", "query", "policy", "outcome", "format", "app", "render", "config", "error",
            "exit", "commands",
        ],
        crates: &["clap", "clap_complete", "clap_mangen"],
    },
    Layer {
        name: "run",
        modules: &["commands", "config", "error", "exit", "format", "outcome", "render", "store"],
        crates: &["clap", "clap_complete"],
    },
];

fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(path).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without comments and without its tests.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("#[cfg(test)]") || line.trim_start().starts_with("mod tests {") {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        lines.push((number + 1, code.to_owned()));
    }
    lines
}

/// The first path segments that follow `crate::` on the line.
fn modules_named(line: &str) -> Vec<String> {
    line.match_indices("crate::")
        .filter(|(at, _)| !line[..*at].ends_with('$'))
        .map(|(at, found)| {
            line[at + found.len()..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

fn layer_of(path: &Path, root: &Path) -> String {
    let inside = path.strip_prefix(root).expect("below src");
    let first = inside.components().next().expect("a name");
    let name = first.as_os_str().to_string_lossy();
    name.trim_end_matches(".rs").to_owned()
}

#[test]
fn imports_point_downwards_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 60, "only {} sources found", files.len());
    let mut wrong = Vec::new();
    for file in &files {
        let name = layer_of(file, &root);
        let is_test = file.iter().any(|part| part == "tests" || part == "tests.rs");
        if is_test || matches!(name.as_str(), "lib" | "main") {
            continue;
        }
        let layer = LAYERS
            .iter()
            .find(|layer| layer.name == name)
            .unwrap_or_else(|| panic!("{} belongs to no layer of the map", file.display()));
        // Tests in a file of their own may use whatever they need.
        if file.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(file).expect("a readable source");
        for (number, line) in code(&text) {
            let place = || format!("{}:{number}", file.display());
            for module in modules_named(&line) {
                if !layer.modules.contains(&module.as_str()) {
                    wrong.push(format!("{}: {name} names {module}", place()));
                }
            }
            for guarded in GUARDED.iter().filter(|guarded| !layer.crates.contains(guarded)) {
                let names = line.contains(&format!("{guarded}::"))
                    || line.trim_start().starts_with(&format!("use {guarded};"));
                let own = line.contains(&format!("::{guarded}::"))
                    || line.contains(&format!("_{guarded}::"));
                if names && !own {
                    wrong.push(format!("{}: {name} names the crate {guarded}", place()));
                }
            }
            if PURE.contains(&name.as_str()) {
                for impure in IMPURE.iter().filter(|impure| line.contains(*impure)) {
                    wrong.push(format!("{}: {name} is pure and names {impure}", place()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_readable() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable source");
        let lines = text.lines().count();
        assert!(
            lines <= 600,
            "{} has {lines} lines; split it by what a reader looks for",
            file.display()
        );
        assert!(text.starts_with("//!"), "{} does not say what it is for", file.display());
    }
}
