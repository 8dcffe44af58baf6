//! The calendars of one desk, each made ready once per zone.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::{Calendar, CalendarError, CalendarFile};
use crate::model::{CalendarName, Zone};

/// A calendar, or the one that is always open, and its zone.
type Key = (Option<CalendarName>, String);

/// The calendars of one desk.
#[derive(Clone, Debug)]
pub struct Calendars {
    files: BTreeMap<CalendarName, CalendarFile>,
    desk_zone: Zone,
    ready: RefCell<HashMap<Key, Rc<Calendar>>>,
}

impl Calendars {
    /// The calendars in `files`, and the zone of those that name none.
    ///
    /// # Errors
    ///
    /// There is no zone `desk_zone`.
    pub fn new(
        files: BTreeMap<CalendarName, CalendarFile>,
        desk_zone: &str,
    ) -> Result<Self, CalendarError> {
        Ok(Self { files, desk_zone: zone(desk_zone)?, ready: RefCell::default() })
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &CalendarName> {
        self.files.keys()
    }

    /// What the file of a calendar says.
    pub fn file(&self, name: &CalendarName) -> Option<&CalendarFile> {
        self.files.get(name)
    }

    /// The zone of the desk.
    pub const fn desk_zone(&self) -> &Zone {
        &self.desk_zone
    }

    /// The calendar called `name`, or the one that is always open; in the zone
    /// called `zone_name` in place of its own, if one is given.
    ///
    /// # Errors
    ///
    /// There is no such calendar or zone, or the calendar is no use.
    pub fn get(
        &self,
        name: Option<&CalendarName>,
        zone_name: Option<&str>,
    ) -> Result<Rc<Calendar>, CalendarError> {
        let file = match name {
            Some(name) => Some(self.files.get(name).ok_or_else(|| self.unknown(name))?),
            None => None,
        };
        let own = file.and_then(|file| file.time_zone.as_deref());
        let zone_name = zone_name.or(own).unwrap_or_else(|| self.desk_zone.name());
        let key = (name.cloned(), zone_name.to_owned());
        if let Some(calendar) = self.ready.borrow().get(&key) {
            return Ok(Rc::clone(calendar));
        }
        let zone = zone(zone_name)?;
        let calendar = Rc::new(match file {
            Some(file) => Calendar::new(file, zone)?,
            None => Calendar::always(zone),
        });
        self.ready.borrow_mut().insert(key, Rc::clone(&calendar));
        Ok(calendar)
    }

    fn unknown(&self, name: &CalendarName) -> CalendarError {
        let nearest = self
            .files
            .keys()
            .map(|known| (strsim::jaro_winkler(name.as_str(), known.as_str()), known))
            .filter(|(likeness, _)| *likeness > 0.7)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, known)| known.clone());
        CalendarError::Unknown { name: name.clone(), nearest }
    }
}

fn zone(name: &str) -> Result<Zone, CalendarError> {
    let unknown = || CalendarError::UnknownZone { zone: name.chars().take(64).collect() };
    Zone::named(name).ok_or_else(unknown)
}
