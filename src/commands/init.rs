//! `gitsm init`: start a desk.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Context;
use crate::app::{self, InitOptions};
use crate::error::CommandError;
use crate::model::Profile;
use crate::outcome::{MessageView, Outcome};

/// Start a desk
///
/// In a new or empty folder the desk is a git repository of its own. With
/// --branch it is a branch of the code repository around the folder, and your
/// checkout is not touched.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where; the present folder, if none is given
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// How much of ITSM to begin with: help-desk, service-desk, itsm or hybrid
    #[arg(short, long, default_value_t = Profile::ServiceDesk, value_name = "PROFILE")]
    profile: Profile,
    /// What people call the desk; the folder's name, if none is given
    #[arg(short, long, value_name = "NAME")]
    name: Option<String>,
    /// The IANA time zone of opening hours and of days in settings; times are shown in UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// Keep no work tree, as on a server
    #[arg(long, conflicts_with = "branch")]
    bare: bool,
    /// Keep the desk on this branch of a code repository
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
}

pub fn run(context: &Context, args: &InitArgs) -> Result<Outcome, CommandError> {
    let here = &context.environment.cwd;
    let options = InitOptions {
        dir: args.dir.as_ref().map_or_else(|| here.clone(), |dir| here.join(dir)),
        profile: args.profile,
        name: args.name.clone(),
        time_zone: args.time_zone.clone(),
        bare: args.bare,
        branch: args.branch.clone(),
    };
    let message = app::init(&context.environment, &options)?;
    Ok(Outcome::Message(MessageView::about(&options.dir.display(), message)))
}
