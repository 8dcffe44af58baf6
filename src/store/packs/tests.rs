//! What is read of packs, against libgit2; damaged packs.

use std::process::Command;

use git2::{Odb, Repository, Signature};
use proptest::prelude::*;

use super::*;

/// A repository with one pack, which git makes as `way` says; some objects are
/// large. With it the names of all objects.
fn packed(way: &[&str]) -> (tempfile::TempDir, Vec<Oid>) {
    let folder = tempfile::tempdir().expect("a folder");
    let repository = Repository::init_bare(folder.path()).expect("a repository");
    let odb = repository.odb().expect("objects");
    let person = Signature::now("Alice", "alice@example.org").expect("a person");
    let mut text: Vec<String> = (0..400).map(|line| format!("line {}", line * line)).collect();
    let noise = |n: usize| (0..n).map(|at| (at * at % 251) as u8).collect::<Vec<_>>();
    let mut parent = None;
    for round in 0..60 {
        text[round * 5] = format!("changed in round {round}");
        let blob = odb.write(ObjectType::Blob, text.join("\n").as_bytes()).expect("a blob");
        let large = noise(LARGEST + 1 + round / 15);
        let large = odb.write(ObjectType::Blob, &large).expect("a blob");
        let mut tree = repository.treebuilder(None).expect("a tree");
        for at in 0..100 {
            let which = if at == round { blob } else { large };
            tree.insert(format!("file-{at}"), which, 0o100_644).expect("an entry");
        }
        let tree = repository.find_tree(tree.write().expect("a tree")).expect("a tree");
        let before: Vec<_> = parent.iter().collect();
        let made = repository
            .commit(Some("refs/heads/main"), &person, &person, "a round", &tree, &before)
            .expect("a commit");
        parent = Some(repository.find_commit(made).expect("the commit"));
    }
    let mut command = Command::new("git");
    command.arg("-C").arg(folder.path()).args(["repack", "-q", "-adf"]).args(way);
    assert!(command.status().expect("git").success());
    let mut ids = Vec::new();
    let odb = self::odb(folder.path());
    odb.foreach(|id| {
        ids.push(*id);
        true
    })
    .expect("names");
    (folder, ids)
}

/// The objects by libgit2, which has read none of them yet.
fn odb(folder: &Path) -> Odb<'static> {
    let odb = Odb::new().expect("objects");
    let path = folder.join("objects");
    odb.add_disk_alternate(path.to_str().expect("a path")).expect("objects");
    odb
}

#[test]
fn objects_are_those_that_libgit2_reads() {
    for way in [&["--depth=50"][..], &["--depth=0"], &["--depth=3"]] {
        let (folder, ids) = packed(way);
        let (packs, odb) = (Packs::of(&folder.path().join("objects")), odb(folder.path()));
        let (mut read, mut left) = (0, 0);
        for id in &ids {
            let expected = odb.read(*id).expect("an object");
            match packs.read(*id) {
                Some(packed) => {
                    assert_eq!((packed.kind, &packed.data[..]), (expected.kind(), expected.data()));
                    read += 1;
                }
                None => {
                    assert!(expected.len() > LARGEST, "{id} was left out");
                    left += 1;
                }
            }
        }
        assert!(read > 170 && left == 4, "{read} were read and {left} left");
        let missing = Oid::from_bytes(&[0xa5; 20]).expect("a name");
        assert!(packs.read(missing).is_none());
    }
}

/// In a pack of more than two gigabytes, the index holds places of eight bytes; git
/// writes them for others, too, if asked to.
#[test]
fn places_may_be_far() {
    let (folder, ids) = packed(&["--depth=50"]);
    let pack = folder.path().join("objects/pack");
    let find = |end: &str| {
        let mut files = fs::read_dir(&pack).expect("packs").flatten().map(|entry| entry.path());
        files.find(|path| path.extension().is_some_and(|found| found == end)).expect("a file")
    };
    let near = fs::read(find("idx")).expect("an index");
    fs::remove_file(find("idx")).expect("removed");
    let mut command = Command::new("git");
    command.args(["index-pack", "--index-version=2,64"]).arg(find("pack"));
    assert!(command.output().expect("git").status.success());
    let far = fs::read(find("idx")).expect("an index");
    assert!(far.len() > near.len(), "git wrote the same index");
    let (packs, odb) = (Packs::of(&folder.path().join("objects")), odb(folder.path()));
    let read = ids.iter().filter(|id| {
        let expected = odb.read(**id).expect("an object");
        packs.read(**id).is_some_and(|packed| packed.data == expected.data())
    });
    assert!(read.count() > 170);
}

/// libgit2 writes deltas that name what they were made for.
#[test]
fn deltas_may_name_their_bases() {
    let (folder, ids) = packed(&["--depth=50"]);
    let repository = Repository::open_bare(folder.path()).expect("a repository");
    let mut builder = repository.packbuilder().expect("a builder");
    ids.iter().for_each(|id| builder.insert_object(*id, None).expect("an object"));
    let other = tempfile::tempdir().expect("a folder");
    let pack = other.path().join("objects/pack");
    fs::create_dir_all(&pack).expect("a folder");
    builder.write(&pack, 0o644).expect("a pack");
    let (packs, odb) = (Packs::of(&other.path().join("objects")), odb(folder.path()));
    let read = ids.iter().filter(|id| {
        let expected = odb.read(**id).expect("an object");
        packs.read(**id).is_some_and(|packed| packed.data == expected.data())
    });
    assert!(read.count() > 170);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn damage_is_left_to_libgit2(
        places in proptest::collection::vec(any::<(u16, u8)>(), 1..20),
    ) {
        thread_local! {
            static PACKED: (tempfile::TempDir, Vec<Oid>) = packed(&["--depth=50"]);
        }
        PACKED.with(|(whole, ids)| {
            let folder = tempfile::tempdir().expect("a folder");
            let (from, to) = (whole.path().join("objects/pack"), folder.path().join("pack"));
            fs::create_dir(&to).expect("a folder");
            for entry in fs::read_dir(from).expect("packs").flatten() {
                let mut bytes = fs::read(entry.path()).expect("a file");
                for (at, byte) in &places {
                    // All over the file, or at its start, where all headers are.
                    let end = if at % 3 == 0 { bytes.len() } else { bytes.len().min(2_000) };
                    let at = usize::from(*at) * end / (1 << 16);
                    bytes[at] ^= byte;
                }
                fs::write(to.join(entry.file_name()), bytes).expect("written");
            }
            let packs = Packs::of(folder.path());
            for id in ids {
                // Whatever comes of it: it comes to an end, and takes no more memory
                // than it may.
                if let Some(packed) = packs.read(*id) {
                    assert!(packed.data.len() <= LARGEST);
                }
            }
        });
    }
}
