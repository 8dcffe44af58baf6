//! What a deployment brings, read from the code repository.

use std::collections::HashSet;

use super::{Place, RaiseOptions};
use crate::error::{CommandError, ErrorKind};
use crate::model::{CodeCommit, DeployRange, Deployment, Timestamp, summary};
use crate::policy::deployment::{self, Lie, Mention, Standing};
use crate::store::code::{Ancestry, Between};
use crate::store::{CommitId, CommitInfo, StoreError};

/// How long a name or subject of a commit is kept.
const LINE: usize = 200;
/// How many tickets are linked at most.
const MENTIONS: usize = 100;

/// What a deployment brings.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    /// The first line of the commit's message.
    pub subject: String,
    pub range: DeployRange,
    /// What stands there now.
    pub from: Option<String>,
    /// The newest commits that come in.
    pub commits: Vec<CodeCommit>,
    /// How many there are; the most that are counted, where there are more.
    pub count: Option<usize>,
    /// The files that differ; `None` where that is not known.
    pub paths: Option<Vec<String>>,
    /// Whether commits and files are all that comes in after what the desk says
    /// was deployed, whatever anybody claims.
    pub is_all: bool,
    /// The tickets that the commits mention.
    pub mentions: Vec<Mention>,
    /// Whether a push took commits from the branch or tag.
    pub is_rewritten: bool,
    /// What one should know, in words.
    pub notices: Vec<String>,
}

/// Which commit is to be deployed, and where the commits that come in begin if
/// somebody says so.
pub(super) fn ends(
    place: &Place,
    options: &RaiseOptions,
) -> Result<(CommitId, Option<CommitId>), CommandError> {
    let code = &place.code;
    let resolve = |text: &str| -> Result<CommitId, CommandError> {
        code.resolve(text).map_err(|error| {
            let error = CommandError::from(error);
            let name = &place.name;
            match error.kind {
                ErrorKind::NotFound if code.is_shallow() => error.hint(format!(
                    "{name} is a shallow clone; `git fetch --unshallow` fetches the rest"
                )),
                _ => error,
            }
        })
    };
    if let Some(range) = &options.range {
        let Some((old, new)) = range.split_once("..") else {
            return Err(CommandError::usage(format!("`{range}` is no range of commits"))
                .hint("for example `--from-git v1.2..HEAD`; one commit is given with `--commit`"));
        };
        let or_head =
            |text: &str| if text.is_empty() { "HEAD".to_owned() } else { text.to_owned() };
        let new = resolve(&or_head(new.trim_start_matches('.')))?;
        return Ok((new, Some(resolve(&or_head(old))?)));
    }
    let commit = match (&options.commit, &options.reference) {
        (Some(commit), _) => resolve(commit)?,
        (None, Some(reference)) => resolve(reference)?,
        (None, None) => resolve("HEAD")?,
    };
    Ok((commit, None))
}

/// What comes in with `commit`, after what stands there.
pub(super) fn read(
    place: &Place,
    options: &RaiseOptions,
    (commit, since): (CommitId, Option<CommitId>),
    standing: &Standing,
) -> Result<Incoming, CommandError> {
    let code = &place.code;
    let now = standing.now();
    let previous: Option<CommitId> =
        now.and_then(|now| now.commit.as_deref()).and_then(|id| id.parse().ok());
    let had = previous.filter(|id| code.has(*id));
    let from_previous = had.map(|id| code.between(Some(id), commit)).transpose()?;
    let lie = now.map(|_| match (&from_previous, previous) {
        (Some(between), _) => lie(between.ancestry),
        (None, Some(_)) => Lie::Missing,
        (None, None) => Lie::Unclear,
    });
    let text = commit.to_string();
    let was_there = standing.had(Some(&text), options.artefact.as_deref());
    let range = deployment::range(lie, was_there, code.is_shallow());
    let mut notices = Vec::new();

    let pushed: Option<CommitId> = options.old.as_deref().and_then(|old| old.parse().ok());
    let pushed = pushed.filter(|id| code.has(*id));
    let from_pushed = pushed.map(|id| code.between(Some(id), commit)).transpose()?;
    let is_rewritten = from_pushed
        .as_ref()
        .is_some_and(|between| matches!(between.ancestry, Ancestry::Apart | Ancestry::Descendant));
    let from_since = since.map(|id| code.between(Some(id), commit)).transpose()?;

    // What comes in, and what people are asked about. What somebody claims comes
    // in may add to what the records say, and takes nothing away from it.
    let all =
        if lie.is_none() && since.is_none() { Some(code.between(None, commit)?) } else { None };
    let known = from_previous.as_ref().or(all.as_ref());
    let mut is_all = known.is_some_and(|between| between.is_whole);
    let (ids, count) = match (known, from_since.as_ref().or(from_pushed.as_ref())) {
        (Some(known), _) => match &from_since {
            Some(claimed) => together(known, claimed),
            None => (known.commits.clone(), counted(known)),
        },
        (None, Some(claimed)) => (claimed.commits.clone(), counted(claimed)),
        (None, None) => (vec![commit], None),
    };
    if let Some(claimed) = &from_since {
        let more = ids.len().saturating_sub(claimed.commits.len());
        let stands = now.and_then(|now| now.commit.as_deref()).map(super::words::short);
        match stands {
            Some(stands) if more > 0 => notices.push(format!(
                "{stands} stands there, so that all since then comes in, and not only the range"
            )),
            Some(_) => {}
            None => notices.push(
                "no deployment there is recorded, so that the range is taken as it is given"
                    .to_owned(),
            ),
        }
    }
    if count == Some(Between::LIMIT) {
        notices.push(format!("{} commits or more come in; no more are counted", Between::LIMIT));
    }
    let said = match (&all, &from_pushed) {
        (Some(_), Some(pushed)) => &pushed.commits,
        (Some(all), None) => &all.commits[..all.commits.len().min(Deployment::COMMITS)].to_vec(),
        _ => &ids,
    };
    let commits = kept(place, &ids)?;
    let mut mentions = Vec::new();
    for id in said {
        collect(&mut mentions, deployment::mentions(&code.commit(*id)?.message));
        if mentions.len() >= MENTIONS {
            break;
        }
    }

    let mut bases: Vec<Option<CommitId>> = match range {
        DeployRange::First if since.is_none() => vec![None],
        _ => [since, had].into_iter().flatten().map(Some).collect(),
    };
    if bases.is_empty() {
        bases.extend(pushed.map(Some));
    }
    let mut paths: Option<Vec<String>> = None;
    for base in bases {
        let files = code.files_between(base, commit)?;
        if files.more {
            notices.push(format!("{} files or more differ", files.changed.len()));
            is_all = false;
        }
        let found = paths.get_or_insert_default();
        found.extend(files.changed.into_iter().map(|file| file.path));
        found.sort();
        found.dedup();
    }
    let head = code.commit(commit)?;
    Ok(Incoming {
        subject: subject(&head.message),
        range,
        from: now.and_then(|now| now.commit.clone()),
        commits,
        count,
        paths,
        is_all,
        mentions,
        is_rewritten,
        notices,
    })
}

/// What either of the two has, the newest first as far as one follows the other,
/// and how many that are.
fn together(one: &Between, other: &Between) -> (Vec<CommitId>, Option<usize>) {
    let (long, short) = match one.commits.len() >= other.commits.len() {
        true => (one, other),
        false => (other, one),
    };
    let mut ids = long.commits.clone();
    let known: HashSet<CommitId> = ids.iter().copied().collect();
    ids.extend(short.commits.iter().filter(|id| !known.contains(id)));
    let count = counted(one).and(counted(other)).map(|_| ids.len());
    (ids, count)
}

/// Those of the commits that the change keeps: the newest, and the newest of each
/// author, since authors have no vote.
fn kept(place: &Place, ids: &[CommitId]) -> Result<Vec<CodeCommit>, StoreError> {
    let mut authors: HashSet<String> = HashSet::new();
    let mut all = Vec::with_capacity(ids.len());
    let mut firsts = 0;
    for id in ids {
        let commit = one(&place.code.commit(*id)?);
        let is_first = authors.insert(commit.author.clone());
        firsts += usize::from(is_first);
        all.push((is_first, commit));
    }
    let mut others = Deployment::COMMITS.saturating_sub(firsts);
    all.retain(|(is_first, _)| {
        let is_kept = *is_first || others > 0;
        others = others.saturating_sub(usize::from(!is_first));
        is_kept
    });
    Ok(all.into_iter().map(|(_, commit)| commit).take(Deployment::COMMITS).collect())
}

/// The tickets of one more message.
fn collect(mentions: &mut Vec<Mention>, more: Vec<Mention>) {
    for mention in more {
        match mentions.iter_mut().find(|known| known.text.eq_ignore_ascii_case(&mention.text)) {
            Some(known) => {
                known.mends |= mention.mends;
                known.is_named |= mention.is_named;
            }
            None => mentions.push(mention),
        }
    }
}

const fn lie(ancestry: Ancestry) -> Lie {
    match ancestry {
        Ancestry::Same => Lie::Same,
        Ancestry::Ancestor => Lie::Before,
        Ancestry::Descendant => Lie::After,
        Ancestry::Apart => Lie::Apart,
        Ancestry::Unknown => Lie::Unclear,
    }
}

/// How many commits there are, where that is known; the most that are counted,
/// where there are more.
fn counted(between: &Between) -> Option<usize> {
    let is_full = between.commits.len() >= Between::LIMIT;
    (between.is_whole || is_full).then_some(between.commits.len())
}

/// A commit as changes keep it.
fn one(info: &CommitInfo) -> CodeCommit {
    let person = format!("{} <{}>", info.author.name.trim(), info.author.email.trim());
    CodeCommit {
        id: info.id.to_string(),
        at: Timestamp::from_seconds(info.at.clamp(0, LATEST)),
        author: summary(&person, LINE),
        subject: subject(&info.message),
    }
}

/// The first line of a message.
fn subject(message: &str) -> String {
    summary(message.trim().lines().next().unwrap_or_default(), LINE)
}

/// The end of the year 9999: later times have no spelling.
const LATEST: i64 = 253_402_300_799;

/// The commits of a change that are among those of another one, by what they do
/// and not by their names: what a rebase makes of them.
///
/// # Errors
///
/// The code repository is damaged.
pub(super) fn patches(
    place: &Place,
    commits: &[CodeCommit],
    known: &HashSet<String>,
) -> Result<HashSet<String>, StoreError> {
    let mut found = HashSet::new();
    for commit in commits.iter().take(Deployment::COMMITS) {
        let Ok(id) = commit.id.parse::<CommitId>() else { continue };
        // What a push took from all branches may be gone.
        if known.contains(&commit.id) || !place.code.has(id) {
            continue;
        }
        found.extend(place.code.patch_id(id)?);
    }
    Ok(found)
}
