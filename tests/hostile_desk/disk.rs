//! Disks that are full or read-only.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::world::{Answer, EVERYWHERE, Kept, Numbers, World, is_root};

/// A file system of a test's own, mounted in a name space of its own: what
/// `unshare` runs sees it, and nobody else.
fn can_mount() -> bool {
    let script = "mount -t tmpfs -o size=64k tmpfs /mnt && mount -o remount,ro /mnt";
    is_root()
        && Command::new("unshare")
            .args(["--mount", "--propagation", "private", "sh", "-c", script])
            .output()
            .is_ok_and(|output| output.status.success())
}

/// Runs a shell script where it may mount.
fn with_mounts(world: &World, script: &str) -> Answer {
    let mut command = Command::new("unshare");
    world.dress(&mut command);
    command.current_dir(world.folder.path()).env("GITSM", env!("CARGO_BIN_EXE_gitsm")).args([
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        script,
    ]);
    Answer::of(&command.output().expect("unshare runs"))
}

/// The program under a limit on the size of files, which fails as a full disk
/// does. The shell ignores the signal that comes with it.
fn with_file_limit(world: &World, blocks: u32, arguments: &str) -> Answer {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec $GITSM {arguments}");
    Answer::of(&world.shell(&script).output().expect("sh runs"))
}

#[test]
fn a_full_disk_changes_nothing() {
    let world = World::new(Kept::WorkTree);
    if !can_mount() {
        eprintln!("no right to mount: a limit on file sizes stands for a full disk");
        return;
    }
    eprintln!("a small tmpfs is the full disk");
    // The disk is filled but for some kilobytes, fewer each time, so that
    // different steps of the write are the first to fail.
    let script = "
        set -e
        mkdir disk
        mount -t tmpfs -o size=3m tmpfs disk
        cd disk
        $GITSM init desk 2>/dev/null
        cd desk
        first=$($GITSM incident new first 2>/dev/null)
        failed=0
        for free in 0 4 8 12 16 20 24 28 32 40 48 56 64; do
            before=$(git rev-parse main)
            head -c $((free * 1024)) /dev/zero > ../room
            cat /dev/zero > ../fill 2>/dev/null || true
            rm ../room
            code=0
            said=$($GITSM incident new \"with $free\" 2>&1) || code=$?
            listed=$($GITSM list -n 0 --format ids 2>/dev/null | wc -l)
            $GITSM show $first >/dev/null
            $GITSM search first >/dev/null
            rm ../fill
            if [ $code = 0 ]; then
                test $(git rev-parse main~) = $before
            else
                test $code = 8 || { echo \"exit $code: $said\"; exit 1; }
                case $said in *'hint: '*) ;; *) echo \"no hint: $said\"; exit 1;; esac
                test $(git rev-parse main) = $before
                failed=$((failed + 1))
            fi
            test $listed = $(git ls-tree -r --name-only main incidents/ | wc -l)
            $GITSM edit $first --set title=again$free >/dev/null 2>&1
            test -z \"$(git status --porcelain)\" || { git status --porcelain; exit 1; }
            git fsck --strict 2>&1 | grep -i error && exit 1
            $GITSM check 2>/dev/null
        done
        echo failed $failed
    ";
    let out = with_mounts(&world, script).ok();
    let failed: u32 = out.trim().rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number");
    assert!((2..13).contains(&failed), "{out}");
}

#[test]
fn writes_that_fail_half_way_are_undone() {
    // Works for anybody: no file may grow beyond a few kilobytes.
    for kept in EVERYWHERE {
        let world = World::new(kept);
        let id = world.incident("first");
        // A description that does not compress, larger than the limit.
        let mut numbers = Numbers(7);
        let letter = |n: u64| char::from(b'0' + u8::try_from(n).unwrap_or(0));
        let text: String = (0..80_000).map(|_| letter(numbers.below(75))).collect();
        fs::write(world.folder.path().join("text"), text).expect("written");
        let before = world.git(&["rev-parse", world.trunk()]);
        let new = "incident new second -F ../text";
        for blocks in [0, 1, 4, 16] {
            let answer = with_file_limit(&world, blocks, new);
            answer.fails(8, &["cannot write"]);
            assert_eq!(world.git(&["rev-parse", world.trunk()]), before, "{kept:?} {blocks}");
            // Reading needs no room.
            let list = with_file_limit(&world, 0, "list --format ids").ok();
            assert_eq!(list, format!("{id}\n"));
            with_file_limit(&world, 0, &format!("show {id}")).ok();
            with_file_limit(&world, 0, "log").ok();
            world.check();
        }
        world.gitsm(&["incident", "new", "second", "-F", "../text"]).ok();
        assert_eq!(world.ids().len(), 2);
        world.check();
    }
}

/// What reading answers, and how writing fails, without the right to write.
fn read_only(world: &World, id: &str, run: &dyn Fn(&str) -> Answer) {
    assert_eq!(run("list --format ids").ok(), format!("{id}\n"));
    for reading in
        ["status", "search first", "log", "log --json", "report summary", "check", "list"]
    {
        run(reading).ok();
    }
    assert!(run(&format!("show {id}")).ok().contains("first"));
    let before = world.git(&["rev-parse", world.trunk()]);
    for writing in [
        "incident new second".to_owned(),
        format!("edit {id} --set title=x"),
        format!("incident start {id}"),
    ] {
        run(&writing).fails(8, &["cannot write"]);
    }
    assert_eq!(world.git(&["rev-parse", world.trunk()]), before);
}

#[test]
fn a_read_only_disk_can_be_read() {
    if !can_mount() {
        eprintln!("no right to mount: see the test of read-only folders");
        return;
    }
    for kept in EVERYWHERE {
        // With an index that is current, one that is behind, and none.
        for state in ["current", "behind", "none"] {
            for cache in [true, false] {
                let world = World::new(kept);
                let id = world.incident("first");
                match state {
                    "current" => drop(world.ids()),
                    "behind" => {}
                    _ => fs::remove_dir_all(world.state_dir()).expect("removed"),
                }
                let place = if cache { "desk" } else { "." };
                read_only(&world, &id, &|arguments| {
                    with_mounts(
                        &world,
                        &format!(
                            "mount --bind {place} {place} && mount -o remount,bind,ro {place} \
                             && cd \"$PWD/desk\" && exec $GITSM {arguments}"
                        ),
                    )
                });
                world.check();
            }
        }
    }
}

#[test]
fn read_only_folders_can_be_read() {
    let allowed = |path: &Path, mode: u32| {
        let all = World::files_below(path);
        for path in all {
            let mut rights = fs::metadata(&path).expect("there").permissions();
            let old = std::os::unix::fs::PermissionsExt::mode(&rights);
            std::os::unix::fs::PermissionsExt::set_mode(&mut rights, (old & !0o222) | mode);
            fs::set_permissions(&path, rights).expect("set");
        }
    };
    let drop_rights = ["--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"];
    if is_root() {
        let tried = Command::new("setpriv").args(drop_rights).args(["--", "true"]).output();
        if !tried.is_ok_and(|output| output.status.success()) {
            eprintln!("as root, and without `setpriv`: read-only folders were not tested");
            return;
        }
    }
    for kept in EVERYWHERE {
        let world = World::new(kept);
        let id = world.incident("first");
        allowed(&world.root, 0);
        let prefix = if is_root() {
            format!("setpriv {} -- ", drop_rights.join(" "))
        } else {
            String::new()
        };
        read_only(&world, &id, &|arguments| {
            let script = format!("exec {prefix}$GITSM {arguments}");
            Answer::of(&world.shell(&script).output().expect("sh runs"))
        });
        allowed(&world.root, 0o200);
        world.check();
    }
}
