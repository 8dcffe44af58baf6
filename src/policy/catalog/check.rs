//! What is wrong in the service catalogue, with the place in the file.

use std::collections::{HashMap, HashSet};

use super::condition::is_reserved;
use super::{
    Catalog, Condition, ExpandError, Include, Lookup, Offering, Operator, Order, Variable,
    VariableType, answer, template,
};
use crate::model::{
    Kind, OfferingName, StateName, TaskId, Timestamp, VariableName, field_named, same_but_case,
};
use crate::policy::plan::circle;
use crate::policy::{Policy, access};

/// A step from the root of a file to the place of a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Key(String),
    At(usize),
}

/// Something wrong in the file of an offering or of a variable set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub name: OfferingName,
    /// Whether it is in a variable set.
    pub in_set: bool,
    /// The way to the place in the file.
    pub place: Vec<Place>,
    /// A stable name, for example `task-circle`.
    pub rule: &'static str,
    pub message: String,
}

/// What one file has wrong.
struct Finder<'a> {
    name: &'a OfferingName,
    in_set: bool,
    mistakes: Vec<Mistake>,
}

impl Finder<'_> {
    fn add(&mut self, place: &[&dyn ToPlace], rule: &'static str, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            name: self.name.clone(),
            in_set: self.in_set,
            place: place.iter().map(|step| step.to_place()).collect(),
            rule,
            message: message.into(),
        });
    }
}

trait ToPlace {
    fn to_place(&self) -> Place;
}

impl ToPlace for &str {
    fn to_place(&self) -> Place {
        Place::Key((*self).to_owned())
    }
}

impl ToPlace for String {
    fn to_place(&self) -> Place {
        Place::Key(self.clone())
    }
}

impl ToPlace for usize {
    fn to_place(&self) -> Place {
        Place::At(*self)
    }
}

/// Everything that is wrong in `catalog`. `approvals` are the names of the
/// desk's approval definitions, where they are known.
pub fn check(policy: &Policy, catalog: &Catalog, approvals: Option<&[StateName]>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (name, set) in &catalog.sets {
        let mut finder = Finder { name, in_set: true, mistakes: Vec::new() };
        variables(&mut finder, &mut HashMap::new(), set.form.iter().enumerate());
        mistakes.append(&mut finder.mistakes);
    }
    for (name, offering) in &catalog.offerings {
        let mut finder = Finder { name, in_set: false, mistakes: Vec::new() };
        one(policy, catalog, approvals, offering, &mut finder);
        mistakes.append(&mut finder.mistakes);
    }
    mistakes
}

fn one(
    policy: &Policy,
    catalog: &Catalog,
    approvals: Option<&[StateName]>,
    offering: &Offering,
    found: &mut Finder<'_>,
) {
    let mut known: HashMap<VariableName, Variable> = HashMap::new();
    for (at, name) in offering.sets.iter().enumerate() {
        let Some(set) = catalog.sets.get(name) else {
            let near = nearest(name.as_str(), catalog.sets.keys().map(OfferingName::as_str));
            let message = format!("there is no variable set `{name}`{near}");
            found.add(&[&"sets", &at], "set-unknown", message);
            continue;
        };
        for variable in &set.form {
            if known.insert(variable.name.clone(), variable.clone()).is_some() {
                let message = format!("`{}` is asked by an earlier set too", variable.name);
                found.add(&[&"sets", &at], "variable-duplicate", message);
            }
        }
    }
    variables(found, &mut known, offering.form.iter().enumerate());
    if let Some(team) = &offering.team
        && let Err(error) = access::known_team(policy, team)
    {
        found.add(&[&"team"], "team-unknown", error.to_string());
    }
    if let Some(title) = &offering.title {
        names(found, &[&"title"], title, &known);
    }
    votes(found, approvals, &[&"approvals"], &offering.approvals);
    includes(catalog, offering, &known, found);
    tasks(policy, approvals, offering, &known, found);
    if found.mistakes.is_empty() {
        whole(catalog, found);
    }
}

/// The offering with all that comes with it.
fn whole(catalog: &Catalog, found: &mut Finder<'_>) {
    match Order::of(catalog, found.name) {
        Ok(order) => {
            let needs = order.steps.iter().map(|step| (&step.id, step.needs.as_slice()));
            if let Some(path) = circle(needs) {
                let path = path.join(" -> ");
                let message = format!("parts of the bundle wait for each other: {path}");
                found.add(&[&"includes"], "task-circle", message);
            }
        }
        // The part that lacks something says so in its own file.
        Err(ExpandError::NoOffering { .. } | ExpandError::NoSet { .. }) => {}
        Err(error @ ExpandError::Circle { .. }) => {
            found.add(&[&"includes"], "bundle-circle", error.to_string());
        }
        Err(error @ ExpandError::TooLarge { .. }) => {
            found.add(&[&"name"], "offering-too-large", error.to_string());
        }
    }
}

fn variables<'a>(
    found: &mut Finder<'_>,
    known: &mut HashMap<VariableName, Variable>,
    form: impl Iterator<Item = (usize, &'a Variable)>,
) {
    for (at, variable) in form {
        let mut wrong = |key: &str, rule, message: String| {
            found.add(&[&"form", &at, &key], rule, message);
        };
        let name = &variable.name;
        if is_reserved(name.as_str()) {
            wrong("name", "variable-name", format!("`{name}` means something in conditions"));
        }
        if known.contains_key(name) {
            wrong("name", "variable-duplicate", format!("`{name}` is asked twice"));
        }
        if variable.of.has_choices() == variable.choices.is_empty() {
            let message = match variable.of.has_choices() {
                true => format!("`{name}` gives nothing to choose from; it needs `choices`"),
                false => "`choices` are for the types select and multiple".to_owned(),
            };
            wrong("choices", "variable-choices", message);
        }
        let odd = |choice: &&String| {
            choice.contains(',') || choice.trim() != **choice || choice.is_empty()
        };
        if let Some(choice) = variable.choices.iter().find(odd) {
            wrong(
                "choices",
                "variable-choices",
                format!("`{choice}` has a comma or white space around"),
            );
        }
        if (variable.min.is_some() || variable.max.is_some()) && !variable.of.has_bounds() {
            let key = if variable.min.is_some() { "min" } else { "max" };
            wrong(
                key,
                "variable-bounds",
                "`min` and `max` are for numbers, durations, dates and times".to_owned(),
            );
        }
        if matches!(variable.of, VariableType::Label | VariableType::Masked)
            && variable.default.is_some()
        {
            wrong(
                "default",
                "variable-default",
                "there can be no default for this type".to_owned(),
            );
        }
        if variable.of == VariableType::Label && variable.required {
            wrong("required", "variable-required", "a label takes no answer".to_owned());
        }
        bounds(variable, &mut wrong);
        if let Some(default) = &variable.default {
            if template::names(default).next().is_none()
                && let Err(reason) = answer::read(variable, default, &Anything)
            {
                wrong("default", "variable-default", reason);
            }
            names(found, &[&"form", &at, &"default"], default, known);
        }
        if let Some(when) = &variable.when {
            condition(found, &[&"form", &at, &"when"], when, known);
        }
        known.insert(name.clone(), variable.clone());
    }
}

fn bounds(variable: &Variable, wrong: &mut dyn FnMut(&str, &'static str, String)) {
    if !variable.of.has_bounds() {
        return;
    }
    let unbounded = Variable { min: None, max: None, ..variable.clone() };
    for (key, bound) in [("min", &variable.min), ("max", &variable.max)] {
        if let Some(bound) = bound
            && let Err(reason) = answer::read(&unbounded, bound, &Anything)
        {
            wrong(key, "variable-bounds", reason);
        }
    }
    if let (Some(_), Some(max)) = (&variable.min, &variable.max) {
        let above = Variable { max: None, ..variable.clone() };
        if answer::read(&unbounded, max, &Anything).is_ok()
            && answer::read(&above, max, &Anything).is_err()
        {
            wrong("max", "variable-bounds", "`max` is less than `min`".to_owned());
        }
    }
}

/// Takes every name and time for granted: what they mean is known only when
/// somebody asks.
struct Anything;

impl Lookup for Anything {
    fn ci(&self, text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }

    fn person(&self, text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }

    fn date(&self, text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn time(&self, _: &str) -> Option<Timestamp> {
        Some(Timestamp::from_seconds(0))
    }
}

/// The names in braces must be those of questions.
fn names(
    found: &mut Finder<'_>,
    place: &[&dyn ToPlace],
    text: &str,
    known: &HashMap<VariableName, Variable>,
) {
    for name in template::names(text).filter(|name| !known.contains_key(*name)) {
        let near = nearest(name, known.keys().map(VariableName::as_str));
        found.add(place, "variable-unknown", format!("`{{{name}}}` names no question{near}"));
    }
}

fn condition(
    found: &mut Finder<'_>,
    place: &[&dyn ToPlace],
    when: &Condition,
    known: &HashMap<VariableName, Variable>,
) {
    when.each(&mut |name, compared| {
        let Some(variable) = known.get(name) else {
            let near = nearest(name.as_str(), known.keys().map(VariableName::as_str));
            let message = format!("`{name}` names no question that is asked before{near}");
            found.add(place, "variable-unknown", message);
            return;
        };
        if let Some((operator, values)) = compared
            && let Some(message) = unfit(variable, operator, values)
        {
            found.add(place, "condition-value", message);
        }
    });
}

/// Why answers to `variable` cannot be compared so.
fn unfit(variable: &Variable, operator: Operator, values: &[String]) -> Option<String> {
    let name = &variable.name;
    if matches!(variable.of, VariableType::Label | VariableType::Masked) {
        return Some(format!("the answer to `{name}` cannot be compared"));
    }
    if operator.is_ordering() && !variable.of.is_ordered() {
        return Some(format!("answers to `{name}` have no order"));
    }
    let canonical = |value: &String| match variable.of {
        VariableType::Boolean => matches!(value.as_str(), "yes" | "no"),
        VariableType::Select | VariableType::Multiple => {
            variable.choices.iter().any(|choice| same_but_case(choice, value))
        }
        VariableType::Number | VariableType::Integer => value.parse::<f64>().is_ok(),
        _ => true,
    };
    let odd = values.iter().find(|value| !canonical(value))?;
    Some(format!("`{name}` is never `{odd}`; it is {}", variable.wanted()))
}

fn votes(
    found: &mut Finder<'_>,
    known: Option<&[StateName]>,
    place: &[&dyn ToPlace],
    names: &[StateName],
) {
    let Some(known) = known else { return };
    for (at, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(name)) {
        let near = nearest(name.as_str(), known.iter().map(StateName::as_str));
        let message = format!("there is no approval `{name}` in .gitsm/approvals.yaml{near}");
        let place: Vec<&dyn ToPlace> = place.iter().copied().chain([&at as &dyn ToPlace]).collect();
        found.add(&place, "approval-unknown", message);
    }
}

fn includes(
    catalog: &Catalog,
    offering: &Offering,
    known: &HashMap<VariableName, Variable>,
    found: &mut Finder<'_>,
) {
    let targets = needed(offering);
    let mut parts = HashSet::new();
    for (at, include) in offering.includes.iter().enumerate() {
        if !parts.insert(include.name())
            || offering.tasks.iter().any(|t| t.id.as_str() == include.name())
        {
            let message = format!(
                "something else is called `{}` too; give it a name with `part:`",
                include.name()
            );
            found.add(&[&"includes", &at], "part-duplicate", message);
        }
        if let Some(when) = &include.when {
            condition(found, &[&"includes", &at, &"when"], when, known);
        }
        if include.needs.iter().any(|need| need.as_str() == include.name()) {
            let message = format!("`{}` needs itself", include.name());
            found.add(&[&"includes", &at, &"needs"], "task-circle", message);
        }
        need(found, &[&"includes", &at, &"needs"], &include.needs, &targets);
        let Some(inner) = catalog.offerings.get(&include.offering) else {
            let near = nearest(
                include.offering.as_str(),
                catalog.offerings.keys().map(OfferingName::as_str),
            );
            let message = format!("there is no offering `{}`{near}", include.offering);
            found.add(&[&"includes", &at, &"offering"], "offering-unknown", message);
            continue;
        };
        let Ok(form) = catalog.form(inner) else { continue };
        let asked: HashMap<&VariableName, &Variable> = form.map(|v| (&v.name, v)).collect();
        for (name, text) in &include.set {
            let place: [&dyn ToPlace; 4] = [&"includes", &at, &"set", &name.as_str()];
            let Some(variable) = asked.get(name) else {
                let near = nearest(name.as_str(), asked.keys().map(|name| name.as_str()));
                let message = format!("`{}` does not ask `{name}`{near}", include.offering);
                found.add(&place, "variable-unknown", message);
                continue;
            };
            names(found, &place, text, known);
            if template::names(text).next().is_none()
                && let Err(reason) = answer::read(variable, text, &Anything)
            {
                found.add(&place, "variable-value", reason);
            }
        }
    }
}

/// What tasks and parts may name as a need.
fn needed(offering: &Offering) -> Vec<&str> {
    let tasks = offering.tasks.iter().map(|task| task.id.as_str());
    tasks.chain(offering.includes.iter().map(Include::name)).collect()
}

fn need(found: &mut Finder<'_>, place: &[&dyn ToPlace], needs: &[TaskId], targets: &[&str]) {
    for (at, need) in needs.iter().enumerate() {
        let place: Vec<&dyn ToPlace> = place.iter().copied().chain([&at as &dyn ToPlace]).collect();
        // A task inside a part is looked for when all is put together.
        let first = need.as_str().split('.').next().unwrap_or_default();
        if !targets.contains(&need.as_str()) && !targets.contains(&first) {
            let near = nearest(need.as_str(), targets.iter().copied());
            let message = format!("`{need}` is no task or part{near}");
            found.add(&place, "task-unknown", message);
        }
    }
}

fn tasks(
    policy: &Policy,
    approvals: Option<&[StateName]>,
    offering: &Offering,
    known: &HashMap<VariableName, Variable>,
    found: &mut Finder<'_>,
) {
    let targets = needed(offering);
    let mut ids = HashSet::new();
    for (at, task) in offering.tasks.iter().enumerate() {
        let id = &task.id;
        if !ids.insert(id) {
            found.add(
                &[&"tasks", &at, &"id"],
                "task-duplicate",
                format!("two tasks are called `{id}`"),
            );
        }
        if id.as_str().contains('.') {
            let message = format!("`{id}`: the dot is for tasks of parts");
            found.add(&[&"tasks", &at, &"id"], "task-name", message);
        }
        if task.title.trim().is_empty() || task.title.contains('\n') {
            let message = "the title must be one line".to_owned();
            found.add(&[&"tasks", &at, &"title"], "task-title", message);
        }
        names(found, &[&"tasks", &at, &"title"], &task.title, known);
        let texts = [("description", &task.description), ("evidence", &task.evidence)];
        for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))) {
            names(found, &[&"tasks", &at, &key], text, known);
        }
        for text in &task.checks {
            names(found, &[&"tasks", &at, &"checks"], text, known);
        }
        if let Some(when) = &task.when {
            condition(found, &[&"tasks", &at, &"when"], when, known);
        }
        need(found, &[&"tasks", &at, &"needs"], &task.needs, &targets);
        votes(found, approvals, &[&"tasks", &at, &"approvals"], &task.approvals);
        if let Some(team) = &task.team
            && let Err(error) = access::known_team(policy, team)
        {
            found.add(&[&"tasks", &at, &"team"], "team-unknown", error.to_string());
        }
        if let Some(person) = &task.assignee
            && !policy.is_open_desk()
            && policy.person(person).is_none()
        {
            let message = format!("there is no person `{person}` on this desk");
            found.add(&[&"tasks", &at, &"assignee"], "person-unknown", message);
        }
        for field in task.requires.iter().filter(|field| !is_field(policy, field)) {
            let message = format!("a request has no field `{field}`");
            found.add(&[&"tasks", &at, &"requires"], "field-unknown", message);
        }
    }
    let needs = offering.tasks.iter().map(|task| (&task.id, task.needs.as_slice()));
    if let Some(path) = circle(needs) {
        let at = offering
            .tasks
            .iter()
            .position(|task| path.first().is_some_and(|id| task.id.as_str() == id));
        let message = format!("tasks wait for each other: {}", path.join(" -> "));
        found.add(&[&"tasks", &at.unwrap_or(0), &"needs"], "task-circle", message);
    }
}

/// Whether requests have the field.
fn is_field(policy: &Policy, name: &str) -> bool {
    if let Some(own) = name.strip_prefix("custom.") {
        let defined = &policy.settings.custom_fields;
        return defined.is_empty() || defined.contains_key(own);
    }
    field_named(name).is_some_and(|field| field.on.contains(&Kind::Request))
}

/// `; did you mean ...?`, where something is like what was written.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}
