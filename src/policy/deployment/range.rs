//! How a commit follows the one that was deployed before.

use crate::model::DeployRange;

/// How the commit that was deployed before lies to the one to be deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// It is the same one.
    Same,
    /// It is part of its history.
    Before,
    /// It came after it.
    After,
    /// Neither is part of the other's history.
    Apart,
    /// The code repository does not have it.
    Missing,
    /// The code repository does not have enough of the history to tell.
    Unclear,
}

/// How a commit follows the one that was deployed before, which lies to it as
/// `lie` says; nothing was deployed before, without one.
///
/// `was_there` says that the commit itself was deployed there earlier, and
/// `is_shallow` that the repository's history is cut off. A commit that a whole
/// repository does not have is no part of anything in it.
pub const fn range(lie: Option<Lie>, was_there: bool, is_shallow: bool) -> DeployRange {
    match lie {
        None => DeployRange::First,
        Some(Lie::Same | Lie::Before) => DeployRange::Forward,
        Some(Lie::After) => DeployRange::Rollback,
        Some(_) if was_there => DeployRange::Rollback,
        Some(Lie::Apart) => DeployRange::Forced,
        Some(Lie::Missing) if !is_shallow => DeployRange::Forced,
        Some(Lie::Missing | Lie::Unclear) => DeployRange::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Lie; 6] =
        [Lie::Same, Lie::Before, Lie::After, Lie::Apart, Lie::Missing, Lie::Unclear];

    /// A history in which each commit has one or two of those before it as
    /// parents, or none, and how two of them lie to each other.
    fn reaches(parents: &[Vec<usize>], from: usize, to: usize) -> bool {
        from == to || parents[from].iter().any(|parent| reaches(parents, *parent, to))
    }

    proptest! {
        #[test]
        fn nothing_that_was_deployed_is_left_out_unseen(
            choices in proptest::collection::vec((0usize..20, 0usize..20, 0u8..4), 2..14),
            old in 0usize..14,
            new in 0usize..14,
            was_there: bool,
            is_shallow: bool,
        ) {
            let parents: Vec<Vec<usize>> = choices
                .iter()
                .enumerate()
                .map(|(at, (one, two, count))| match (at, count) {
                    (0, _) | (_, 0) => Vec::new(),
                    (_, 1 | 2) => vec![one % at],
                    _ => vec![one % at, two % at],
                })
                .collect();
            let (old, new) = (old % parents.len(), new % parents.len());
            let contains = reaches(&parents, new, old);
            let lie = match (old == new, contains, reaches(&parents, old, new)) {
                (true, ..) => Lie::Same,
                (_, true, _) => Lie::Before,
                (_, _, true) => Lie::After,
                _ => Lie::Apart,
            };
            let range = range(Some(lie), was_there, is_shallow);
            // Forward means that everything that was deployed is in it, and only that.
            prop_assert_eq!(range == DeployRange::Forward, contains);
            prop_assert!(range != DeployRange::First && range != DeployRange::Unknown);
        }
    }

    #[test]
    fn what_cannot_be_known_is_not_guessed() {
        for (was_there, is_shallow) in [(false, false), (false, true), (true, false), (true, true)]
        {
            assert_eq!(range(None, was_there, is_shallow), DeployRange::First);
        }
        for lie in ALL {
            let unknown = range(Some(lie), false, true) == DeployRange::Unknown;
            assert_eq!(unknown, matches!(lie, Lie::Missing | Lie::Unclear), "{lie:?}");
        }
        assert_eq!(range(Some(Lie::Missing), false, false), DeployRange::Forced);
        assert_eq!(range(Some(Lie::Unclear), false, false), DeployRange::Unknown);
        assert_eq!(range(Some(Lie::Apart), true, false), DeployRange::Rollback);
        assert_eq!(range(Some(Lie::Missing), true, true), DeployRange::Rollback);
    }
}
