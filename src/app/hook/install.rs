//! Installing hooks into a code repository.

use std::path::{Path, PathBuf};

use super::desk::Desk;
use super::event::Event;
use super::gate;
use super::plan::{Ground, Step, before, method_name};
use super::stub::quoted;
use crate::app::{Session, SessionOptions};
use crate::config::{self, Environment};
use crate::error::{CommandError, ErrorKind};
use crate::outcome::{HookInstallView, HookSetting, HookStep, HookStepState};
use crate::store::Mode;
use crate::store::hooks::{
    CodeRepository, ConfigKey, Installed, Manifest, Method, keep, make_folder, place, take_away,
};

/// What to install.
#[derive(Clone, Debug, Default)]
pub struct InstallOptions {
    /// The hooks; none for those that are usual.
    pub events: Vec<Event>,
    /// The name under which the desk knows the repository.
    pub repository: Option<String>,
    /// Whether to run what is there before, and then gitsm.
    pub chain: bool,
    pub dry_run: bool,
    /// The desk that was named.
    pub desk: Option<PathBuf>,
}

/// Installs hooks into the repository around the present folder: all that are
/// asked for, or none.
///
/// # Errors
///
/// There is no repository, or no desk; a file cannot be written.
pub fn install(
    environment: &Environment,
    options: &InstallOptions,
) -> Result<HookInstallView, CommandError> {
    let repository = CodeRepository::around(&environment.cwd)?;
    let desk = desk_of(environment, options, &repository)?;
    let program = config::program().ok_or_else(|| {
        CommandError::new(ErrorKind::Internal, "gitsm does not know where its program lies")
    })?;
    let ground = Ground::survey(&repository)?;
    let usual = Event::usual(repository.is_bare()).to_vec();
    let mut events = if options.events.is_empty() { usual } else { options.events.clone() };
    events.sort_unstable();
    events.dedup();
    let mut steps = Vec::new();
    for event in events {
        steps.push((event, ground.step(event, &program, options.chain)?));
    }
    let mut wanted = vec![("gitsm.desk".to_owned(), desk.to_string_lossy().into_owned())];
    wanted.extend(options.repository.clone().map(|name| ("gitsm.repository".to_owned(), name)));
    for (event, step) in &steps {
        let (Step::Write { method: Method::Config, path, .. }
        | Step::Kept { method: "config", path }) = step
        else {
            continue;
        };
        wanted.push((format!("hook.gitsm-{event}.event"), event.to_string()));
        wanted.push((format!("hook.gitsm-{event}.command"), quoted(path)));
    }
    let keys = changes(&repository, wanted)?;
    let by_hand = steps.iter().any(|(_, step)| matches!(step, Step::ByHand { .. }));
    let writes = steps.iter().any(|(_, step)| matches!(step, Step::Write { .. }));
    let changed = !by_hand && (writes || !keys.is_empty());
    let mut notices = Vec::new();
    if by_hand {
        notices.push(format!(
            "nothing was installed; add what stands above, then `gitsm hook install` again. \
             It notes the desk: git config gitsm.desk {}",
            quoted(&desk)
        ));
    }
    let mut view = HookInstallView {
        schema: HookInstallView::SCHEMA,
        dry_run: options.dry_run,
        uninstall: false,
        repository: repository.root().display().to_string(),
        desk: Some(desk.display().to_string()),
        git: ground.git.to_string(),
        hooks: steps.iter().map(|(event, step)| told(*event, step)).collect(),
        config: keys
            .iter()
            .map(|key| HookSetting { key: key.key.clone(), value: Some(key.value.clone()) })
            .collect(),
        changed,
        refused: by_hand,
        notices,
    };
    if changed && !options.dry_run {
        write(&ground, &steps, &keys)?;
    }
    if !by_hand && !options.dry_run {
        tell_of_desk(environment, &desk, &repository, &mut view.notices);
    }
    Ok(view)
}

/// Notes which pushes need the gate, and tells what the desk does not know.
fn tell_of_desk(
    environment: &Environment,
    folder: &Path,
    repository: &CodeRepository,
    notices: &mut Vec<String>,
) {
    match Desk::open(environment, folder, repository, &[], None) {
        Ok(desk) => {
            gate::know(repository, &desk);
            if desk.entry().is_none() {
                notices.push(format!(
                    "the desk's .gitsm/deployments.yaml has no repository `{}` yet; \
                     until it has, pushes raise no changes",
                    desk.name
                ));
            }
        }
        Err(error) => notices.push(error.message),
    }
}

/// The desk's folder, absolute.
fn desk_of(
    environment: &Environment,
    options: &InstallOptions,
    repository: &CodeRepository,
) -> Result<PathBuf, CommandError> {
    let session = Session::open(environment, &SessionOptions { desk: options.desk.clone() });
    let session = session.map_err(|error| match error.kind {
        ErrorKind::NotFound => error.hint("name the desk: gitsm --desk PATH hook install"),
        _ => error,
    })?;
    let store = &session.store;
    let git_dir = store.git_dir().canonicalize().unwrap_or_else(|_| store.git_dir().to_owned());
    if git_dir == repository.common_dir() && store.mode() != Mode::Branch {
        let message = "this repository is the desk itself; hooks go into repositories of code";
        return Err(CommandError::refused(message)
            .hint("go into the code repository and run: gitsm --desk PATH hook install"));
    }
    let folder = session.folder();
    if folder.to_str().is_none() {
        let message = format!("git's configuration cannot keep the path {}", folder.display());
        return Err(CommandError::refused(message).hint("put the desk where the path is UTF-8"));
    }
    Ok(folder)
}

/// What has to be set in the repository's configuration.
fn changes(
    repository: &CodeRepository,
    wanted: Vec<(String, String)>,
) -> Result<Vec<ConfigKey>, CommandError> {
    let mut changes = Vec::new();
    for (key, value) in wanted {
        let mut values = repository.own_values(&key)?;
        if values.len() > 1 {
            let message = format!("`{key}` has {} values in this repository", values.len());
            return Err(CommandError::invalid(message)
                .hint(format!("leave one of them: git config --unset {key} VALUE")));
        }
        let before = values.pop();
        if before.as_ref() != Some(&value) {
            changes.push(ConfigKey { key, value, before });
        }
    }
    Ok(changes)
}

/// Writes what was planned, or nothing of it.
fn write(
    ground: &Ground<'_>,
    steps: &[(Event, Step)],
    keys: &[ConfigKey],
) -> Result<(), CommandError> {
    let mut placed = Vec::new();
    write_all(ground, steps, keys, &mut placed).inspect_err(|_| take_all_back(ground, &placed))
}

/// Takes back what was written before something failed, as far as that is possible:
/// the files that are new, each with what it had taken the place of.
fn take_all_back(ground: &Ground<'_>, placed: &[(PathBuf, Option<PathBuf>)]) {
    for (path, kept) in placed.iter().rev() {
        let _ = take_away(path, kept.as_deref());
    }
    let repository = ground.repository;
    let now = Manifest::read(repository).unwrap_or_default();
    for folder in now.folders.iter().filter(|folder| !ground.manifest.folders.contains(folder)) {
        let _ = std::fs::remove_dir(repository.common_dir().join(folder));
    }
    let _ = match ground.manifest == Manifest::default() {
        true => Manifest::forget(repository),
        false => ground.manifest.write(repository),
    };
}

/// Writes what was planned. What is written down first is what is to be taken
/// back, so that no crash leaves anything that nobody knows of.
fn write_all(
    ground: &Ground<'_>,
    steps: &[(Event, Step)],
    keys: &[ConfigKey],
    placed: &mut Vec<(PathBuf, Option<PathBuf>)>,
) -> Result<(), CommandError> {
    let repository = ground.repository;
    let common = repository.common_dir();
    let mut manifest = ground.manifest.clone();
    for (event, step) in steps {
        let Step::Write { method, path, .. } = step else { continue };
        manifest.hooks.retain(|hook| hook.event != event.name());
        // A copied repository keeps what belongs to it.
        let path = path.strip_prefix(common).unwrap_or(path).to_owned();
        manifest.hooks.push(Installed { event: event.to_string(), method: *method, path });
    }
    let was = repository.config_bytes()?;
    // Taking back byte for byte is possible while nobody else has changed it.
    let original = match manifest.config.take() {
        Some((before, after)) if after.as_bytes() == was => Some(before),
        Some(_) => None,
        None if manifest.keys.is_empty() => String::from_utf8(was.clone()).ok(),
        None => None,
    };
    if keys.is_empty() {
        let now = String::from_utf8(was).ok();
        manifest.config = original.clone().zip(now);
        manifest.write(repository)?;
    } else {
        for key in keys {
            match manifest.keys.iter_mut().find(|known| known.key == key.key) {
                Some(known) => known.value.clone_from(&key.value),
                None => manifest.keys.push(key.clone()),
            }
        }
        manifest.write(repository)?;
    }
    for (_, step) in steps {
        let Step::Write { method, path, text, replaces } = step else { continue };
        if let Some(folder) = path.parent()
            && !folder.exists()
        {
            manifest.folders.push(folder.strip_prefix(common).unwrap_or(folder).to_owned());
            manifest.write(repository)?;
            make_folder(folder)?;
        }
        let kept = before(path);
        if *method == Method::Chain && std::fs::symlink_metadata(&kept).is_err() {
            keep(path, &kept)?;
            placed.push((path.clone(), Some(kept)));
        }
        place(path, text, *replaces, &repository.state_dir())?;
        if !replaces {
            placed.push((path.clone(), None));
        }
    }
    if !keys.is_empty() {
        let wanted: Vec<_> =
            keys.iter().map(|key| (key.key.as_str(), Some(key.value.as_str()))).collect();
        repository.edit_config(&wanted)?;
        let now = String::from_utf8(repository.config_bytes()?).ok();
        manifest.config = original.zip(now);
        manifest.write(repository)?;
    }
    Ok(())
}

fn told(event: Event, step: &Step) -> HookStep {
    let (state, method, path, reason, add) = match step {
        Step::Write { method, path, replaces, .. } => {
            let new = !*replaces || *method == Method::Chain;
            let state = if new { HookStepState::New } else { HookStepState::Renewed };
            (state, Some(method_name(*method)), path, None, None)
        }
        Step::Kept { method, path } => (HookStepState::Kept, Some(*method), path, None, None),
        Step::ByHand { path, reason, add } => {
            (HookStepState::Refused, None, path, Some(reason.clone()), Some(add.clone()))
        }
    };
    let path = Some(path.display().to_string());
    HookStep { event: event.name(), state, method, path, reason, add }
}

/// Takes back what was installed into the repository around the present folder.
///
/// # Errors
///
/// There is no repository; a file cannot be written.
pub fn uninstall(
    environment: &Environment,
    dry_run: bool,
) -> Result<HookInstallView, CommandError> {
    let repository = CodeRepository::around(&environment.cwd)?;
    let ground = Ground::survey(&repository)?;
    let common = repository.common_dir();
    let mut notices = Vec::new();
    let mut hooks = Vec::new();
    for (event, method, path) in super::found::installed(&ground)? {
        let kept = before(&path);
        let is_ours = super::found::is_ours(&path)?;
        let restores = is_ours && std::fs::symlink_metadata(&kept).is_ok();
        if !dry_run && is_ours {
            take_away(&path, restores.then_some(kept.as_path()))?;
        }
        if !is_ours && path.exists() {
            notices.push(format!("{} is not gitsm's any more and stays", path.display()));
        }
        hooks.push(HookStep {
            event: event.name(),
            state: HookStepState::Removed,
            method: Some(method_name(method)),
            path: Some(path.display().to_string()),
            reason: None,
            add: None,
        });
    }
    let manifest = &ground.manifest;
    let config = manifest
        .keys
        .iter()
        .map(|key| HookSetting { key: key.key.clone(), value: key.before.clone() });
    let config: Vec<HookSetting> = config.collect();
    let changed = !hooks.is_empty() || *manifest != Manifest::default();
    if !dry_run && changed {
        let was = repository.config_bytes()?;
        match &manifest.config {
            Some((before, after)) if after.as_bytes() == was => {
                if before.as_bytes() != was {
                    repository.restore_config(before.as_bytes())?;
                }
            }
            _ => repository.take_back(&manifest.keys)?,
        }
        Manifest::forget(&repository)?;
        for folder in manifest.folders.iter().rev() {
            // Fails where somebody has put something into it, and that is right.
            let _ = std::fs::remove_dir(common.join(folder));
        }
    }
    Ok(HookInstallView {
        schema: HookInstallView::SCHEMA,
        dry_run,
        uninstall: true,
        repository: repository.root().display().to_string(),
        desk: repository.config("gitsm.desk"),
        git: ground.git.to_string(),
        hooks,
        config,
        changed,
        refused: false,
        notices,
    })
}
