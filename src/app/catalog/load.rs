//! Reading the files of the catalogue.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::app::error::unreadable;
use crate::app::nearest::nearest;
use crate::error::CommandError;
use crate::format::{self, FormatError};
use crate::model::OfferingName;
use crate::policy::catalog::{Catalog, ExpandError, Order};
use crate::store::Snapshot;

/// Where the offerings lie.
pub(in crate::app) const FOLDER: &str = ".gitsm/catalog";
/// Where the variable sets lie, below it.
const SETS: &str = "sets";

/// The catalogue, with what cannot be read of it.
#[derive(Debug, Default)]
pub(in crate::app) struct Loaded {
    pub catalog: Catalog,
    /// The content of each file, by its path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Files that are no offerings or sets, and why.
    pub broken: Vec<(String, FormatError)>,
    /// Files that are in no place for one.
    pub strays: Vec<String>,
}

/// What a path in the folder is for.
enum Place {
    Offering(OfferingName),
    Set(OfferingName),
    Stray,
}

fn place(path: &str) -> Place {
    let inside = path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/'));
    let name = inside.and_then(|rest| rest.strip_suffix(".yaml")).unwrap_or_default();
    match name.split_once('/') {
        Some((SETS, name)) => OfferingName::new(name).map_or(Place::Stray, Place::Set),
        Some(_) => Place::Stray,
        None => OfferingName::new(name).map_or(Place::Stray, Place::Offering),
    }
}

impl Loaded {
    /// The catalogue as it is committed.
    ///
    /// # Errors
    ///
    /// The repository cannot be read.
    pub fn of(snapshot: &Snapshot<'_>) -> Result<Self, CommandError> {
        Self::with_edits(snapshot, &[])
    }

    /// As [`of`](Self::of), with files that are to be other than committed.
    pub fn with_edits(
        snapshot: &Snapshot<'_>,
        edits: &[(String, Option<Vec<u8>>)],
    ) -> Result<Self, CommandError> {
        let mut files = BTreeMap::new();
        for entry in snapshot.entries(FOLDER)? {
            if edits.iter().any(|(path, _)| *path == entry.path) {
                continue;
            }
            if let Some(bytes) = snapshot.file(&entry.path)? {
                files.insert(entry.path, bytes);
            }
        }
        let inside = |path: &str| path.strip_prefix(FOLDER).is_some_and(|l| l.starts_with('/'));
        for (path, content) in edits.iter().filter(|(path, _)| inside(path)) {
            if let Some(bytes) = content {
                files.insert(path.clone(), bytes.clone());
            }
        }
        Ok(Self::parse(files))
    }

    /// The catalogue that these files are.
    pub(super) fn parse(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut loaded = Self::default();
        for (path, bytes) in &files {
            match place(path) {
                Place::Offering(name) => {
                    if let Some(offering) = parsed(path, bytes, &mut loaded.broken) {
                        loaded.catalog.offerings.insert(name, offering);
                    }
                }
                Place::Set(name) => {
                    if let Some(set) = parsed(path, bytes, &mut loaded.broken) {
                        loaded.catalog.sets.insert(name, set);
                    }
                }
                // Words about the catalogue may lie beside it.
                Place::Stray if path.ends_with(".md") => {}
                Place::Stray => loaded.strays.push(path.clone()),
            }
        }
        loaded.files = files;
        loaded
    }

    /// The offering called `name`, with all that comes with it.
    ///
    /// # Errors
    ///
    /// There is none, or its files are broken.
    pub fn order(&self, name: &str) -> Result<Order, CommandError> {
        let missing = || {
            let error = CommandError::not_found(format!("there is no offering `{name}`"));
            let names = self.catalog.offerings.keys().map(OfferingName::as_str);
            match nearest(name, names) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("see what there is with `gitsm catalog list`"),
            }
        };
        let wanted = OfferingName::new(name).map_err(|_| missing())?;
        let broken = |name: &OfferingName, folder: &str| {
            let path = format!("{folder}/{name}.yaml");
            let found = self.broken.iter().find(|(of, _)| *of == path);
            found.map(|(path, error)| unreadable(path, error))
        };
        Order::of(&self.catalog, &wanted).map_err(|error| {
            let of_file = match &error {
                ExpandError::NoOffering { name } => broken(name, FOLDER),
                ExpandError::NoSet { name } => broken(name, &format!("{FOLDER}/{SETS}")),
                _ => None,
            };
            of_file.unwrap_or_else(|| match &error {
                ExpandError::NoOffering { name } if *name == wanted => missing(),
                error => CommandError::invalid(format!("{}: {error}", path_of(&wanted)))
                    .hint("`gitsm catalog check` says what is wrong in the catalogue"),
            })
        })
    }
}

/// Where the file of an offering lies.
pub(in crate::app) fn path_of(name: &OfferingName) -> String {
    format!("{FOLDER}/{name}.yaml")
}

/// Where the file of a variable set lies.
pub(in crate::app) fn set_path(name: &OfferingName) -> String {
    format!("{FOLDER}/{SETS}/{name}.yaml")
}

fn parsed<T: DeserializeOwned>(
    path: &str,
    bytes: &[u8],
    broken: &mut Vec<(String, FormatError)>,
) -> Option<T> {
    match format::read_settings(path, bytes) {
        Ok(read) => Some(read),
        Err(error) => {
            broken.push((path.to_owned(), error));
            None
        }
    }
}
