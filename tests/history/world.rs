//! A desk with a made-up history, and what is known of each of its commits.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::rc::Rc;

use gitsm::format::{read_record, write_record};
use gitsm::index::{EventFilter, Index, IndexError, Meaning};
use gitsm::model::{
    DeskSettings, Kind, Patch, PersonId, Record, RecordId, StateCategory, Timestamp, diff,
};
use gitsm::policy::event::{self, RecordChange};
use gitsm::policy::{Policy, PriorityMatrix, Workflow, Workflows};
use gitsm::store::{
    BlobId, CommitId, FileChange, Identity, InitPlan, Plan, Snapshot, Store, StoreError,
    WriteOptions, init,
};
use tempfile::TempDir;
use ulid::Ulid;

pub const START: i64 = 1_795_000_000;

/// What one commit of a made-up history does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sets titles and states, and says so.
    Told(Vec<(u64, Edit)>),
    /// Says so as a batch of several sorts, whose actions it names.
    Applied(Vec<(u64, Edit)>),
    /// Does so without saying it.
    ByHand(Vec<(u64, Edit)>),
    /// Does one thing and says another.
    Lie(u64, u64),
    /// Two lines of history that come together.
    Merge(u64, u64),
    /// Takes over an old event of another system.
    Import(u64),
    /// More records than a message shows in full.
    Batch(u64),
    Remove(u64),
    Spoil(u64),
    Settings,
    /// Reads the history so far, with or without fields; or makes the index anew.
    Look(bool),
    Rebuild,
}

#[derive(Clone, Copy, Debug)]
pub enum Edit {
    Title(u8),
    Status(bool),
    Note(u8),
}

/// What is known of a commit: who, what, when, and which fields of which records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    actor: String,
    action: String,
    at: i64,
    recorded: i64,
    imported: bool,
    /// What a batch of several sorts is made of.
    steps: BTreeSet<String>,
    records: BTreeSet<RecordId>,
    fields: BTreeSet<Change>,
}

pub struct World {
    dir: TempDir,
    pub store: Rc<Store>,
    policy: Policy,
    minute: i64,
    expected: BTreeMap<CommitId, Expected>,
}

pub fn id(number: u64) -> RecordId {
    let random = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) & ((1 << 80) - 1);
    RecordId::new(Kind::Incident, Ulid::from((u128::from(number + 1) << 80) | random))
}

pub fn fresh(number: u64) -> Record {
    let text = format!(
        "id: {}\ntitle: Crash\nstatus: new\nimpact: high\nurgency: medium\npriority: P2\n\
         opened_at: \"2026-11-22T09:12:04Z\"\nopened_by: alice\nupdated_at: \"2026-11-22T09:12:04Z\"\n",
        id(number),
    );
    read_record(id(number), text.as_bytes()).unwrap()
}

pub fn states(_: &Snapshot<'_>) -> Result<Meaning, IndexError> {
    Ok(Meaning { state_of: Box::new(|_| StateCategory::Open), sound: true })
}

pub fn policy() -> Policy {
    let settings = format!(
        "format: 1\nid: {}\nname: d\ntrunk: main\ntime_zone: UTC\nprofile: itsm\npractices: []\n",
        Ulid::nil()
    );
    let settings: DeskSettings =
        gitsm::format::read_settings("desk.yaml", settings.as_bytes()).unwrap();
    Policy {
        settings,
        people: Vec::new(),
        teams: Vec::new(),
        priorities: PriorityMatrix::default(),
        workflows: Workflows::new(Vec::new(), Workflow::empty),
        roles: gitsm::policy::roles::Roles::new(None, gitsm::policy::roles::RoleSettings::default),
        models: gitsm::policy::template::Models::default(),
    }
}

impl World {
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let author = identity("carol", START);
        let store = init(&InitPlan {
            dir: dir.path().join("desk"),
            branch: None,
            bare: true,
            initial_branch: Some("main".into()),
            files: vec![(".gitsm/desk.yaml".into(), b"format: 1\n".to_vec())],
            message: event::settings_message("init", "desk", &[], &PersonId::new("alice").unwrap()),
            author,
        })
        .unwrap();
        let mut world = Self {
            dir,
            store: Rc::new(store),
            policy: policy(),
            minute: 0,
            expected: BTreeMap::new(),
        };
        let first = Expected {
            actor: "alice".into(),
            action: "init".into(),
            at: START,
            recorded: START,
            ..Expected::default()
        };
        world.expected.insert(world.store.head().unwrap(), first);
        world
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        let done = Command::new("git")
            .current_dir(self.dir.path().join("desk"))
            .args(["-c", "user.name=Carol", "-c", "user.email=carol@example.com"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "git {arguments:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    pub fn index(&self) -> Index {
        let quiet = Rc::new(|_: usize, _: usize| ());
        Index::open(Rc::clone(&self.store), None, Rc::new(states), quiet).unwrap()
    }

    pub fn record(&self, number: u64) -> Option<Record> {
        let bytes = self.store.snapshot().unwrap().record_bytes(id(number)).unwrap()?;
        read_record(id(number), &bytes).ok()
    }

    pub fn edited(&self, number: u64, edit: Edit) -> (Option<Record>, Record) {
        let before = self.record(number);
        let mut after = before.clone().unwrap_or_else(|| fresh(number));
        let (field, value) = match edit {
            Edit::Title(odd) => {
                let titles =
                    ["Crash -> boom", "Überlauf", "-", "\"Jam\"", "Gitsm-Actor: mallory", "x: y"];
                ("title", titles[usize::from(odd) % titles.len()])
            }
            Edit::Status(true) => ("status", "closed"),
            Edit::Status(false) => ("status", "new"),
            Edit::Note(odd) => ("custom.note", ["a", "b -> c", "and 4 more"][usize::from(odd) % 3]),
        };
        after.force(&Patch::Set(field.into(), value.into())).unwrap();
        (before, after)
    }

    /// Commits files; gives the commit if anything differed.
    pub fn commit(
        &mut self,
        files: &[FileChange],
        message: &str,
        happened: Option<i64>,
    ) -> Option<CommitId> {
        self.minute += 60;
        let recorded = START + self.minute;
        let author = identity("carol", happened.unwrap_or(recorded));
        let committer = identity("carol", recorded);
        let done = self
            .store
            .transact(&WriteOptions::default(), |_: &Snapshot<'_>| {
                Ok::<_, StoreError>(Plan {
                    changes: files.to_vec(),
                    message: message.to_owned(),
                    author: author.clone(),
                    committer: committer.clone(),
                    adopt: vec![],
                    value: (),
                })
            })
            .unwrap();
        (done.commit != done.before).then_some(done.commit)
    }

    /// What a commit did by its files, said by nobody.
    pub fn by_files(&self, commit: CommitId) -> Expected {
        let info = self.store.commit_info(commit).unwrap();
        let mut changes =
            self.store.changes_between(info.parents.first().copied(), commit).unwrap();
        for parent in info.parents.iter().skip(1) {
            let other = self.store.changes_between(Some(*parent), commit).unwrap();
            changes.retain(|change| other.iter().any(|other| other.path == change.path));
        }
        let mut expected = Expected {
            actor: "Carol <carol@example.com>".into(),
            action: if info.parents.len() > 1 { "merge" } else { "commit" }.into(),
            at: info.author.at,
            recorded: info.committer.at,
            ..Expected::default()
        };
        for change in changes {
            let Some(id) = RecordId::from_path(&change.path) else { continue };
            let read = |blob: Option<_>| read_record(id, &self.store.blob(blob?).unwrap()).ok();
            let (before, after) = (read(change.before), read(change.after));
            expected.take(id, before.as_ref(), after.as_ref());
        }
        expected
    }

    /// Writes these records under a message about `said`.
    pub fn write(
        &mut self,
        done: &[(Option<Record>, Record)],
        said: &[(Option<Record>, Record)],
        batch: Option<&str>,
        import: Option<i64>,
    ) {
        let actor = PersonId::new("bob").unwrap();
        let changes: Vec<RecordChange<'_>> = said
            .iter()
            .map(|(before, after)| RecordChange { before: before.as_ref(), after })
            .collect();
        let mut message = event::message(&self.policy, &changes, batch, &actor);
        let steps = ["close", "edit"].map(str::to_owned);
        let steps = BTreeSet::from_iter(steps.into_iter().filter(|_| batch == Some(event::APPLY)));
        event::tell_steps(&mut message, batch, &steps);
        if import.is_some() {
            message.push_str("Gitsm-Import: ServiceNow 17\n");
        }
        let Some(commit) = self.commit(&files(done), &message, import) else { return };
        let by_files = self.by_files(commit);
        let mut expected = Expected {
            actor: "bob".into(),
            action: batch.map_or_else(|| event::action(&self.policy, &changes[0]), str::to_owned),
            imported: import.is_some(),
            steps,
            ..by_files
        };
        if said.len() <= 20 {
            expected.records.clear();
            expected.fields.clear();
            for (before, after) in said {
                expected.take(after.id(), before.as_ref(), Some(after));
            }
        }
        self.expected.insert(commit, expected);
    }

    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Told(edits) => {
                let done = self.all_edited(edits);
                self.write(&done, &done, None, None);
            }
            Step::Applied(edits) => {
                let done = self.all_edited(edits);
                self.write(&done, &done, Some(event::APPLY), None);
            }
            Step::ByHand(edits) => {
                let done = self.all_edited(edits);
                if let Some(commit) = self.commit(&files(&done), "By hand\n\nNot ours: x", None) {
                    self.expected.insert(commit, self.by_files(commit));
                }
            }
            Step::Lie(done, said) => {
                let done = [self.edited(*done, Edit::Note(0))];
                let said = [self.edited(*said, Edit::Status(true))];
                self.write(&done, &said, None, None);
            }
            Step::Import(number) => {
                let done = [self.edited(*number, Edit::Title(0))];
                self.write(&done, &done, None, Some(START - 1_000_000 + self.minute));
            }
            Step::Batch(count) => {
                let numbers = 1_000..1_000 + count;
                let turn = self.minute % 120 == 0;
                let done: Vec<_> =
                    numbers.map(|number| self.edited(number, Edit::Status(turn))).collect();
                self.write(&done, &done, Some("close"), None);
            }
            Step::Merge(ours, theirs) => self.merge(*ours, 500 + theirs),
            Step::Remove(number) => self.replace(*number, None),
            Step::Spoil(number) => self.replace(*number, Some(b"not: a record\n".to_vec())),
            Step::Settings => {
                let path = ".gitsm/teams.yaml".to_owned();
                let content = Some(format!("# {}\n", self.minute).into_bytes());
                let actor = PersonId::new("bob").unwrap();
                let text = event::settings_message("settings", "x", &[], &actor);
                if let Some(commit) = self.commit(&[FileChange { path, content }], &text, None) {
                    let expected = self.by_files(commit);
                    let (actor, action) = ("bob".to_owned(), "settings".to_owned());
                    self.expected.insert(commit, Expected { actor, action, ..expected });
                }
            }
            Step::Look(false) => drop(self.index().events(&EventFilter::default()).unwrap()),
            Step::Look(true) => drop(self.index().historic_changes().unwrap()),
            Step::Rebuild => self.index().rebuild().unwrap(),
        }
    }

    /// The life stories of all records: every commit that changed their files,
    /// whatever messages say.
    pub fn check_stories(&self, index: &Index) {
        let head = self.store.head().unwrap();
        let mut stories: BTreeMap<RecordId, BTreeSet<CommitId>> = BTreeMap::new();
        for commit in self.store.history(None, head).unwrap() {
            let commit = commit.unwrap().id;
            for change in self.store.changes_of(commit).unwrap() {
                if let Some(id) = RecordId::from_path(&change.path) {
                    stories.entry(id).or_default().insert(commit);
                }
            }
        }
        for (id, expected) in stories {
            let steps = index.story(id).unwrap();
            let found: BTreeSet<CommitId> = steps.iter().map(|step| step.commit).collect();
            assert_eq!(found, expected, "{id}");
            assert_eq!(index.story(id).unwrap(), steps, "{id}");
        }
    }

    pub fn all_edited(&self, edits: &[(u64, Edit)]) -> Vec<(Option<Record>, Record)> {
        let edits: BTreeMap<u64, Edit> = edits.iter().copied().collect();
        let all = edits.into_iter().map(|(number, edit)| self.edited(number, edit));
        all.filter(|(before, after)| before.as_ref() != Some(after)).collect()
    }

    pub fn replace(&mut self, number: u64, content: Option<Vec<u8>>) {
        let files = [FileChange { path: id(number).path(), content }];
        if let Some(commit) = self.commit(&files, "By hand\n", None) {
            self.expected.insert(commit, self.by_files(commit));
        }
    }

    /// Two commits from the same state, and a merge of both.
    pub fn merge(&mut self, ours: u64, theirs: u64) {
        let base = self.store.head().unwrap().to_string();
        let done = [self.edited(ours, Edit::Note(1))];
        self.write(&done, &done, None, None);
        let one = self.store.head().unwrap().to_string();
        self.git(&["update-ref", "refs/heads/main", &base]);
        let done = [self.edited(theirs, Edit::Note(self.minute as u8))];
        self.write(&done, &done, None, None);
        let two = self.store.head().unwrap().to_string();
        if one == base || two == base {
            self.git(&["update-ref", "refs/heads/main", if one == base { &two } else { &one }]);
            return;
        }
        let tree = self.git(&["merge-tree", "--write-tree", &two, &one]);
        let tree = tree.lines().next().unwrap();
        let merge = self.git(&["commit-tree", tree, "-p", &two, "-p", &one, "-m", "Merge"]);
        self.git(&["update-ref", "refs/heads/main", &merge]);
        let merge = self.store.head().unwrap();
        self.expected.insert(merge, self.by_files(merge));
    }

    /// Compares the index with what is known of each commit.
    pub fn check(&self, index: &Index) {
        let mut fields: BTreeMap<CommitId, BTreeSet<_>> = BTreeMap::new();
        for (commit, id, field, from, to) in index.historic_changes().unwrap() {
            let new = fields.entry(commit).or_default().insert((id, field, from, to));
            assert!(new, "{commit} tells something twice");
        }
        let mut seen = BTreeSet::new();
        for event in index.events(&EventFilter::default()).unwrap() {
            let info = self.store.commit_info(event.commit).unwrap();
            assert!(info.parents.iter().all(|parent| !seen.contains(parent)), "order");
            assert!(seen.insert(event.commit), "{} twice", event.commit);
            assert_eq!(event.touched, event.records.len());
            let found = Expected {
                actor: event.actor,
                action: event.action,
                at: event.at.seconds(),
                recorded: event.recorded.seconds(),
                imported: event.imported,
                steps: self.expected[&event.commit].steps.clone(),
                records: event.records.into_iter().collect(),
                fields: fields.remove(&event.commit).unwrap_or_default(),
            };
            assert_eq!(found, self.expected[&event.commit], "{}", info.message);
        }
        let all = self.store.history(None, self.store.head().unwrap()).unwrap();
        assert_eq!(seen, all.map(|info| info.unwrap().id).collect());
    }

    /// Compares the desk as it was with the last state of each record by then.
    pub fn check_past(&self, time: Timestamp) {
        let index = self.index();
        let Some((commit, _)) = index.commit_at(time).unwrap() else { return };
        let mut wanted: BTreeMap<RecordId, Option<BlobId>> = BTreeMap::new();
        for info in self.store.history(None, self.store.head().unwrap()).unwrap() {
            let info = info.unwrap();
            if info.author.at > time.seconds() {
                continue;
            }
            let snapshot = self.store.snapshot_at(info.id).unwrap();
            for id in &self.expected[&info.id].records {
                wanted.entry(*id).or_insert_with(|| snapshot.blob_of(&id.path()).unwrap());
            }
        }
        wanted.retain(|id, blob| {
            blob.is_some_and(|blob| read_record(*id, &self.store.blob(blob).unwrap()).is_ok())
        });
        let ids: Vec<RecordId> = (0..6).chain(1_000..1_102).map(id).collect();
        // Made, found again, and made anew.
        for anew in [false, false, true] {
            let past = index.past(commit, Some(time)).unwrap();
            let then = index.as_of(past).unwrap();
            if anew {
                then.rebuild().unwrap();
            }
            assert_eq!(then.head(), commit);
            assert_eq!(then.count(None).unwrap(), wanted.len());
            let found = ids.iter().zip(then.blobs(&ids).unwrap());
            for (id, blob) in found {
                assert_eq!(blob, wanted.get(id).copied().flatten(), "{id} at {time}");
            }
        }
    }

    /// Compares a filtered answer with the unfiltered one.
    pub fn check_filter(&self, index: &Index, filter: &EventFilter) {
        let all = index.events(&EventFilter::default()).unwrap();
        let wanted = all.iter().filter(|event| {
            let expected = &self.expected[&event.commit];
            let among = |id: &RecordId| filter.records.as_ref().is_none_or(|ids| ids.contains(id));
            let one_of = |words: &Option<Vec<String>>, word: &String| {
                words.as_ref().is_none_or(|words| words.contains(word))
            };
            let step = |word: &String| one_of(&filter.actions, word);
            let records = match filter.fields.is_empty() {
                true => expected.records.iter().any(among) || filter.records.is_none(),
                false => {
                    expected.fields.iter().any(|change| among(&change.0) && is(change, filter))
                }
            };
            records
                && one_of(&filter.actors, &event.actor)
                && (step(&event.action) || expected.steps.iter().any(step))
                && filter.since.is_none_or(|since| event.at >= since)
                && filter.until.is_none_or(|until| event.at < until)
        });
        let wanted: Vec<CommitId> = wanted.map(|event| event.commit).collect();
        let found = index.events(filter).unwrap();
        let commits: Vec<CommitId> = found.iter().map(|event| event.commit).collect();
        assert_eq!(commits, wanted[..wanted.len().min(filter.limit.unwrap_or(99))], "{filter:?}");
        for event in found {
            let expected = &self.expected[&event.commit];
            assert!(event.records.len() <= filter.listed.unwrap_or(999), "{filter:?}");
            assert!(event.records.iter().all(|id| expected.records.contains(id)), "{filter:?}");
            if let Some(records) = &filter.records {
                assert!(event.records.iter().all(|id| records.contains(id)), "{filter:?}");
            }
        }
    }
}

pub type Change = (RecordId, String, Option<String>, Option<String>);

/// Whether the filter's conditions on fields hold for this change.
pub fn is(change: &Change, filter: &EventFilter) -> bool {
    let (_, field, from, to) = change;
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
    let value = |wanted: &Option<Option<String>>, value: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| lower(wanted) == lower(value))
    };
    let named = |name: &String| field == name || field.starts_with(&format!("{name}."));
    filter.fields.iter().any(named) && value(&filter.from, from) && value(&filter.to, to)
}

impl Expected {
    pub fn take(&mut self, id: RecordId, before: Option<&Record>, after: Option<&Record>) {
        self.records.insert(id);
        let changes = match after {
            Some(after) => RecordChange { before, after }.fields(),
            None => diff(before, None),
        };
        for change in changes {
            let (from, to) = (change.brief_from(), change.brief_to());
            self.fields.insert((id, change.field, from, to));
        }
    }
}

pub fn files(records: &[(Option<Record>, Record)]) -> Vec<FileChange> {
    let content = |record: &Record| Some(write_record(record).unwrap().into_bytes());
    let file = |record: &Record| FileChange { path: record.id().path(), content: content(record) };
    records.iter().map(|(_, after)| file(after)).collect()
}

pub fn identity(name: &str, at: i64) -> Identity {
    let (name, email) = ("Carol".to_owned(), format!("{name}@example.com"));
    Identity { name, email, at, offset_minutes: 60 }
}
