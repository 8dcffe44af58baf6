//! What queries can name, as far as the settings say it.

use super::{Policy, Workflow};
use crate::model::{CustomType, PersonId, StateName};
use crate::query::{TextField, Vocabulary};

/// Of records this knows only full ids, and it knows no views.
impl Vocabulary for Policy {
    fn states(&self) -> Vec<String> {
        let states = self.workflows.iter().flat_map(|workflow| workflow.states.keys());
        let mut names: Vec<String> = states.map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        names
    }

    fn people(&self) -> Vec<String> {
        self.people.iter().map(|person| person.id.to_string()).collect()
    }

    fn teams(&self) -> Vec<String> {
        self.teams.iter().map(|team| team.id.to_string()).collect()
    }

    fn custom_fields(&self) -> Vec<String> {
        self.settings.custom_fields.keys().map(ToString::to_string).collect()
    }

    fn custom_type(&self, name: &str) -> Option<CustomType> {
        self.settings.custom_fields.get(name).map(|field| field.custom_type)
    }

    fn teams_of(&self, person: &PersonId) -> Vec<String> {
        let person = self.person(person);
        person.iter().flat_map(|person| &person.teams).map(ToString::to_string).collect()
    }

    fn words(&self, field: &TextField) -> Vec<String> {
        let words = |of: fn(&Workflow) -> &[StateName]| {
            let words = self.workflows.iter().flat_map(of);
            words.map(ToString::to_string).collect()
        };
        match field {
            TextField::Hold => words(|workflow| &workflow.hold_reasons),
            TextField::Resolution => words(|workflow| &workflow.resolution_codes),
            TextField::Domain => self.settings.domains.keys().map(ToString::to_string).collect(),
            TextField::Custom(name) => {
                let field = self.settings.custom_fields.get(name.as_str());
                field.map(|field| field.choices.clone()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}
