//! Which links may be made.

use std::collections::HashSet;

use crate::model::{Link, RecordId, Relation};

/// Why a link is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefusal {
    #[error("{} cannot be linked to itself", .0.short())]
    Itself(RecordId),
    #[error(
        "{from_kind} cannot be {rel} {to_kind}",
        from_kind = from.kind().one(),
        to_kind = to.kind().one()
    )]
    Types { from: RecordId, rel: Relation, to: RecordId },
    #[error("{} is {rel} {} already; it can be so of one record only", from.short(), other.short())]
    Single { from: RecordId, rel: Relation, other: RecordId },
    #[error("{} {rel} {} would close a circle: {path}", from.short(), to.short())]
    Cycle { from: RecordId, rel: Relation, to: RecordId, path: String },
}

impl LinkRefusal {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            LinkRefusal::Types { from, to, .. } => {
                let possible: Vec<String> = Relation::ALL
                    .into_iter()
                    .flat_map(|rel| {
                        let there = rel.allows(from.kind(), to.kind()).then(|| rel.name());
                        let back = rel.allows(to.kind(), from.kind()).then(|| rel.inverse());
                        [there, back]
                    })
                    .flatten()
                    .map(str::to_owned)
                    .fold(Vec::new(), |mut names, name| {
                        if !names.contains(&name) {
                            names.push(name);
                        }
                        names
                    });
                let ci = crate::model::Kind::Ci;
                let concern = "a ticket names the configuration items it is about: \
                               `gitsm edit ID --set cis+=CI`";
                let possible = possible.join(", ");
                Some(match (to.kind() == ci) == (from.kind() == ci) {
                    true => format!("possible here: {possible}"),
                    false if possible.is_empty() => concern.to_owned(),
                    // The relation may have been typed from the other end.
                    false => format!(
                        "{concern}; possible here: `gitsm link {} {possible} {}`",
                        from.short(),
                        to.short()
                    ),
                })
            }
            LinkRefusal::Single { from, rel, other } => {
                Some(format!("gitsm unlink {} {rel} {}", from.short(), other.short()))
            }
            LinkRefusal::Itself(_) | LinkRefusal::Cycle { .. } => None,
        }
    }
}

/// Whether `from` may be linked to `to`. `links_of` gives the stored links of a
/// record; it is asked for as many records as the circle check must visit.
///
/// # Errors
///
/// The types do not fit, the relation allows one link only, or a circle would
/// close; or whatever `links_of` fails with.
pub fn check<E>(
    from: RecordId,
    rel: Relation,
    to: RecordId,
    mut links_of: impl FnMut(RecordId) -> Result<Vec<Link>, E>,
) -> Result<Result<(), LinkRefusal>, E> {
    if from == to {
        return Ok(Err(LinkRefusal::Itself(from)));
    }
    if !rel.allows(from.kind(), to.kind()) {
        return Ok(Err(LinkRefusal::Types { from, rel, to }));
    }
    if rel.is_single() {
        let other = links_of(from)?.into_iter().find(|link| link.rel == rel && link.to != to);
        if let Some(link) = other {
            return Ok(Err(LinkRefusal::Single { from, rel, other: link.to }));
        }
    }
    if rel.is_acyclic()
        && let Some(path) = path_back(to, from, rel, &mut links_of)?
    {
        let path = path.iter().map(|id| id.short()).collect::<Vec<_>>().join(" -> ");
        return Ok(Err(LinkRefusal::Cycle { from, rel, to, path }));
    }
    Ok(Ok(()))
}

/// The way from `start` to `goal` along `rel`, if there is one.
fn path_back<E>(
    start: RecordId,
    goal: RecordId,
    rel: Relation,
    links_of: &mut impl FnMut(RecordId) -> Result<Vec<Link>, E>,
) -> Result<Option<Vec<RecordId>>, E> {
    let mut seen = HashSet::from([start]);
    let mut paths = vec![vec![start]];
    while let Some(path) = paths.pop() {
        let Some(&at) = path.last() else { continue };
        for link in links_of(at)?.into_iter().filter(|link| link.rel == rel) {
            let mut longer = path.clone();
            longer.push(link.to);
            if link.to == goal {
                return Ok(Some(longer));
            }
            if seen.insert(link.to) {
                paths.push(longer);
            }
        }
    }
    Ok(None)
}

/// Where a link is stored: the relation's own direction; for symmetric ones the
/// younger record holds it, so that the same link cannot be stored twice.
pub fn stored_direction(
    from: RecordId,
    rel: Relation,
    to: RecordId,
    typed_inverse: bool,
) -> (RecordId, RecordId) {
    let swap = if rel.is_symmetric() { from.ulid() < to.ulid() } else { typed_inverse };
    if swap { (to, from) } else { (from, to) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::convert::Infallible;

    use super::*;
    use crate::model::Kind;

    fn id(kind: Kind, n: u128) -> RecordId {
        RecordId::new(kind, ulid::Ulid::from(n))
    }

    fn checked(
        links: &HashMap<RecordId, Vec<Link>>,
        from: RecordId,
        rel: Relation,
        to: RecordId,
    ) -> Result<(), LinkRefusal> {
        let look = |id| Ok::<_, Infallible>(links.get(&id).cloned().unwrap_or_default());
        match check(from, rel, to, look) {
            Ok(answer) => answer,
            Err(never) => match never {},
        }
    }

    #[test]
    fn circles_are_found_through_others() {
        let [a, b, c] = [1, 2, 3].map(|n| id(Kind::Incident, n));
        let link = |to| vec![Link { rel: Relation::ChildOf, to }];
        let links = HashMap::from([(a, link(b)), (b, link(c))]);
        let refused = checked(&links, c, Relation::ChildOf, a);
        assert!(matches!(refused, Err(LinkRefusal::Cycle { .. })), "{refused:?}");
        let single = checked(&links, a, Relation::ChildOf, c);
        assert!(matches!(single, Err(LinkRefusal::Single { .. })), "{single:?}");
        assert!(checked(&links, c, Relation::RelatesTo, a).is_ok());
    }

    #[test]
    fn types_must_fit() {
        let (incident, ci) = (id(Kind::Incident, 1), id(Kind::Ci, 2));
        assert!(matches!(
            checked(&HashMap::new(), incident, Relation::DependsOn, ci),
            Err(LinkRefusal::Types { .. })
        ));
        assert!(matches!(
            checked(&HashMap::new(), ci, Relation::DependsOn, ci),
            Err(LinkRefusal::Itself(_))
        ));
    }

    #[test]
    fn a_symmetric_link_has_one_home() {
        let (old, young) = (id(Kind::Incident, 1), id(Kind::Incident, 2));
        let rel = Relation::RelatesTo;
        assert_eq!(stored_direction(old, rel, young, false), (young, old));
        assert_eq!(stored_direction(young, rel, old, false), (young, old));
        let caused = Relation::CausedBy;
        assert_eq!(stored_direction(old, caused, young, true), (young, old));
    }
}
