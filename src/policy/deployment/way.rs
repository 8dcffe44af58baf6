//! How a change that was raised goes on by itself: what its change model makes of
//! it, and what waits for people.

use crate::model::{Change, ChangeModel, Timestamp};
use crate::policy::Policy;
use crate::policy::template::{Extent, ModelFile, Paths, stands, stands_with};

/// How long a standard change takes, in seconds, where nobody says it.
const USUAL: i64 = 3_600;

/// When something is to begin and to end, as far as that is said.
pub type Planned = (Option<Timestamp>, Option<Timestamp>);

/// What a change that is raised is made from.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// The change model, as a new change names it.
    pub name: &'a str,
    pub model: ChangeModel,
    /// What the desk's file of it says; one that is built in has none.
    pub file: Option<&'a ModelFile>,
}

impl Way<'_> {
    /// When it is to be deployed. What is authorised beforehand goes out at once
    /// unless somebody says otherwise.
    pub fn window(&self, (start, end): Planned, now: Timestamp) -> Planned {
        if self.model != ChangeModel::Standard {
            return (start, end);
        }
        let start = start.unwrap_or(now);
        let usual = || match self.file.and_then(|file| file.duration) {
            Some(duration) => duration.after(start),
            None => Timestamp::from_seconds(start.seconds().saturating_add(USUAL)),
        };
        (Some(start), Some(end.unwrap_or_else(usual)))
    }

    /// The title: that of the model where it must not be another one.
    pub fn title(&self, own: String) -> String {
        self.fixed("title", |file| file.title.clone()).unwrap_or(own)
    }

    /// The description: that of the model, and after it what is deployed, unless
    /// nothing may be added.
    pub fn description(&self, own: String) -> String {
        let of_model = self.file.and_then(|file| file.description.as_deref());
        match (self.fixed("description", |file| file.description.clone()), of_model) {
            (Some(fixed), _) => fixed,
            (None, Some(text)) => format!("{}\n\n{own}", text.trim_end()),
            (None, None) => own,
        }
    }

    /// In what `change` goes beyond the bounds of the model, by the paths that it
    /// touches; without them nobody knows all of what comes in. Only when it is
    /// raised they are at hand: nobody can look at them later.
    pub fn leaves_bounds(
        &self,
        policy: &Policy,
        change: &Change,
        paths: Option<&[String]>,
        now: Timestamp,
    ) -> Option<String> {
        if self.model != ChangeModel::Standard {
            return None;
        }
        let of_change = Extent::of(change);
        let extent = match paths {
            Some(paths) => Extent { paths: Paths::These(paths), ..of_change },
            None => Extent { paths: Paths::Unknown, commits: None, files: None, ..of_change },
        };
        let found = stands_with(change, &extent, &policy.models, now).err()?;
        // The rest is looked at when it is handed in.
        let known = stands(change, &policy.models, now).err().unwrap_or_default();
        let more: Vec<String> =
            found.iter().filter(|each| !known.contains(each)).map(ToString::to_string).collect();
        (!more.is_empty()).then(|| more.join("; "))
    }

    fn fixed(&self, field: &str, value: fn(&ModelFile) -> Option<String>) -> Option<String> {
        let file = self.file.filter(|_| self.model == ChangeModel::Standard)?;
        value(file).filter(|_| !file.leaves_open(field))
    }
}

/// The window of a change that was handed in: what turned out to be a normal one
/// was to go out at once, and waits for votes now, unless somebody planned it.
pub fn planned_after(change: &Change, is_planned: bool) -> Planned {
    match change.model == ChangeModel::Normal && !is_planned {
        true => (None, None),
        false => (change.planned_start, change.planned_end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn file(text: &str) -> ModelFile {
        format::read_settings("a model", text.as_bytes()).expect("a model")
    }

    #[test]
    fn what_is_authorised_beforehand_goes_out_at_once() {
        let way = |model, file| Way { name: "x", model, file };
        let half_an_hour = file("model: standard\nduration: 30m\n");
        let (none, now) = ((None, None), at(1_000));
        let standard = way(ChangeModel::Standard, None);
        assert_eq!(standard.window(none, now), (Some(now), Some(at(4_600))));
        let with_file = way(ChangeModel::Standard, Some(&half_an_hour));
        assert_eq!(with_file.window(none, now), (Some(now), Some(at(2_800))));
        // Whoever says when is heard.
        let start = (Some(at(5_000)), None);
        assert_eq!(with_file.window(start, now), (Some(at(5_000)), Some(at(6_800))));
        let both = (Some(at(5_000)), Some(at(5_060)));
        assert_eq!(with_file.window(both, now), both);
        for model in [ChangeModel::Normal, ChangeModel::Emergency] {
            assert_eq!(way(model, None).window(none, now), none);
            assert_eq!(way(model, None).window(both, now), both);
        }
    }

    #[test]
    fn a_standard_model_says_what_must_not_be_another() {
        let text = "title: Release\ndescription: The pages\nmay_change: []\n";
        let (fixed, open) =
            (file(&format!("model: standard\n{text}")), file("model: standard\ntitle: Release\n"));
        let normal = file("model: normal\ntitle: Release\ndescription: The pages\n");
        let said = |file: &ModelFile| {
            let way = Way { name: "x", model: file.model, file: Some(file) };
            (way.title("Deploy".to_owned()), way.description("1 commit".to_owned()))
        };
        assert_eq!(said(&fixed), ("Release".to_owned(), "The pages".to_owned()));
        assert_eq!(said(&open), ("Deploy".to_owned(), "1 commit".to_owned()));
        let added = "The pages\n\n1 commit".to_owned();
        assert_eq!(said(&normal), ("Deploy".to_owned(), added));
    }
}
