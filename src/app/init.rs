//! Starting a desk.

use std::path::PathBuf;

use super::settings::{DESK, PEOPLE, PRIORITIES, TEAMS};
use crate::config::Environment;
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{
    DeskSettings, Domain, FORMAT_VERSION, Kind, PersonId, Profile, StateName, Zone, one_line,
};
use crate::policy::{defaults, event};
use crate::store::{self, Identity, InitPlan, global_config};

/// How to start a desk.
#[derive(Clone, Debug)]
pub struct InitOptions {
    pub dir: PathBuf,
    pub profile: Profile,
    pub name: Option<String>,
    pub time_zone: String,
    pub bare: bool,
    pub branch: Option<String>,
}

/// Starts a desk and says where.
///
/// The binary carries complete defaults; a profile writes the settings that its
/// users will want to read and change, no more.
///
/// # Errors
///
/// The folder is in use, git has no identity, or nothing can be written there.
pub fn init(environment: &Environment, options: &InitOptions) -> Result<String, CommandError> {
    let now = environment.clock.now();
    let setting = |given: &Option<String>, key: &str| given.clone().or_else(|| global_config(key));
    let name = setting(&environment.author.0, "user.name");
    let email = setting(&environment.author.1, "user.email");
    let (Some(user), Some(email)) = (name, email) else {
        return Err(crate::policy::access::AccessError::NoIdentity.into());
    };
    let offset_minutes = environment.clock.local_offset(now).local_minus_utc() / 60;
    let author = Identity { name: user, email, at: now.seconds(), offset_minutes };

    if Zone::named(&options.time_zone).is_none() {
        return Err(CommandError::usage(format!("`{}` is no time zone", options.time_zone))
            .hint("use an IANA name such as Europe/Berlin or UTC"));
    }
    let folder = options.dir.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = options.name.clone().or(folder).unwrap_or_else(|| "desk".to_owned());
    let name = one_line(&name)
        .map_err(|error| CommandError::usage(format!("the name cannot be used: {error}")))?;
    let usual_branch = || global_config("init.defaultBranch").unwrap_or_else(|| "main".to_owned());
    let trunk = options.branch.clone().unwrap_or_else(usual_branch);
    let domains = match options.profile {
        Profile::Hybrid => [
            ("customers", "Customer support", Profile::HelpDesk),
            ("internal", "Internal IT", Profile::ServiceDesk),
        ]
        .into_iter()
        .filter_map(|(id, name, profile)| {
            Some((StateName::new(id).ok()?, Domain { name: name.to_owned(), profile }))
        })
        .collect(),
        _ => indexmap::IndexMap::new(),
    };
    let settings = DeskSettings {
        format: FORMAT_VERSION,
        id: environment.clock.fresh_id(now),
        name: name.clone(),
        trunk: trunk.clone(),
        time_zone: options.time_zone.clone(),
        profile: options.profile,
        practices: options.profile.practices(),
        domains,
        custom_fields: indexmap::IndexMap::new(),
    };
    let mut files = vec![(DESK.to_owned(), yaml(&settings)?)];
    files.extend(profile_files(options.profile));
    files.push((".gitattributes".to_owned(), ATTRIBUTES.as_bytes().to_vec()));
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let actor = PersonId::new(author.email.split('@').next().unwrap_or("unknown"))
        .or_else(|_| PersonId::new("unknown"))?;
    let message = event::settings_message("init", &name, &paths, &actor);
    let plan = InitPlan {
        dir: options.dir.clone(),
        branch: options.branch.clone(),
        bare: options.bare,
        initial_branch: options.branch.is_none().then(|| trunk.clone()),
        files,
        message,
        author,
    };
    store::init(&plan)?;
    let place = options.dir.strip_prefix(&environment.cwd).unwrap_or(&options.dir);
    let place = if place.as_os_str().is_empty() { ".".into() } else { place.display().to_string() };
    Ok(match &options.branch {
        Some(branch) => format!("started desk `{name}` on branch {branch} of {place}"),
        None => format!("started desk `{name}` ({}) in {place}", options.profile),
    })
}

/// Records and attachments must reach the disk as they are in the repository,
/// whatever line ends a machine prefers.
const ATTRIBUTES: &str = "*.yaml -text\n/attachments/** -text -diff\n";

const PEOPLE_FILE: &str = "\
# People and machine principals. While this list is empty the desk is open: you
# are who git says you are. Once somebody is listed, only listed people act.
#
# - id: alice
#   name: Alice Example
#   emails: [alice@example.com]
#   roles: [agent]
#   teams: [apps]
[]
";

const TEAMS_FILE: &str = "\
# Teams that tickets can be given to. While this list is empty any name will do.
#
# - id: apps
#   name: Application support
#   lead: alice
[]
";

const PRIORITIES_FILE: &str = "\
# Priority by impact (rows) and urgency (columns).
high: {high: P1, medium: P2, low: P3}
medium: {high: P2, medium: P3, low: P4}
low: {high: P3, medium: P4, low: P5}
";

fn profile_files(profile: Profile) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![(PEOPLE.to_owned(), PEOPLE_FILE.as_bytes().to_vec())];
    if profile == Profile::HelpDesk {
        return files;
    }
    files.push((TEAMS.to_owned(), TEAMS_FILE.as_bytes().to_vec()));
    files.push((PRIORITIES.to_owned(), PRIORITIES_FILE.as_bytes().to_vec()));
    if profile == Profile::Itsm {
        for kind in Kind::ALL {
            let text = defaults::workflow(kind).as_bytes().to_vec();
            files.push((super::settings::workflow_path(kind), text));
        }
    }
    files
}

fn yaml(settings: &DeskSettings) -> Result<Vec<u8>, CommandError> {
    let text = format::write_settings(settings)
        .map_err(|error| CommandError::new(ErrorKind::Internal, error))?;
    Ok(text.into_bytes())
}
