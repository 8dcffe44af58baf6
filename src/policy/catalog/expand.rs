//! One offering with all that comes with it: its variable sets, and the parts
//! of a bundle, as one list of questions and one list of tasks.

use indexmap::IndexMap;

use super::{Catalog, Condition, Include, Offering, PlannedTask, Variable, VariableType, template};
use crate::model::{Custom, OfferingName, StateName, TaskId, VariableName};

/// How deep bundles may contain bundles.
pub const MAX_DEPTH: usize = 8;
/// How many questions, tasks or parts one request may have.
pub const MAX_PARTS: usize = 500;

/// A question with its place.
#[derive(Clone, Debug)]
pub struct Question {
    /// The key of its answer: the name, behind the name of the part.
    pub key: String,
    pub variable: Variable,
    /// The scope in which its conditions are read.
    scope: usize,
}

/// A task with its place.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: TaskId,
    pub planned: PlannedTask,
    /// The full ids of the tasks that it needs.
    pub needs: Vec<TaskId>,
    /// The approvals of the task and of its part.
    pub approvals: Vec<StateName>,
    scope: usize,
}

/// Where names of questions mean something: the offering, or one of its parts.
#[derive(Clone, Debug)]
struct Scope {
    outer: Option<usize>,
    /// When the part comes at all, read in the outer scope.
    when: Option<Condition>,
    names: IndexMap<VariableName, Binding>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
enum Binding {
    /// The answer with this key.
    Answer { key: String, is_list: bool },
    /// A text in the words of the outer scope.
    Fixed(String),
}

/// One offering with all that comes with it.
#[derive(Clone, Debug)]
pub struct Order {
    pub name: OfferingName,
    pub offering: Offering,
    pub questions: Vec<Question>,
    pub steps: Vec<Step>,
    scopes: Vec<Scope>,
}

/// Why an offering cannot be ordered. `check` names the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    #[error("there is no offering `{name}`")]
    NoOffering { name: OfferingName },
    #[error("there is no variable set `{name}`")]
    NoSet { name: OfferingName },
    #[error("`{name}` contains itself: {path}")]
    Circle { name: OfferingName, path: String },
    #[error(
        "`{name}` has more than {MAX_PARTS} questions, tasks or parts, or bundles too deep within bundles"
    )]
    TooLarge { name: OfferingName },
}

impl Order {
    /// Puts the offering `name` of `catalog` together.
    ///
    /// # Errors
    ///
    /// Something that it names is not there, or it contains itself.
    pub fn of(catalog: &Catalog, name: &OfferingName) -> Result<Self, ExpandError> {
        let offering = catalog.offering(name)?.clone();
        let mut order = Self {
            name: name.clone(),
            offering,
            questions: Vec::new(),
            steps: Vec::new(),
            scopes: Vec::new(),
        };
        let root = Part { prefix: String::new(), include: None, outer: None, approvals: &[] };
        order.add(catalog, name, &root, &mut Vec::new())?;
        let questions = std::mem::take(&mut order.questions);
        order.questions = questions.into_iter().filter(|asked| !order.is_never(asked)).collect();
        Ok(order)
    }

    fn add(
        &mut self,
        catalog: &Catalog,
        name: &OfferingName,
        part: &Part<'_>,
        path: &mut Vec<OfferingName>,
    ) -> Result<(), ExpandError> {
        if path.contains(name) {
            path.push(name.clone());
            let path = path.iter().map(OfferingName::as_str).collect::<Vec<_>>().join(" -> ");
            return Err(ExpandError::Circle { name: name.clone(), path });
        }
        let whole = self.name.clone();
        let too_large = || ExpandError::TooLarge { name: whole.clone() };
        // Parts without questions and tasks count too: bundles of bundles would
        // multiply them beyond all that can be put together.
        if path.len() >= MAX_DEPTH || self.scopes.len() >= MAX_PARTS {
            return Err(too_large());
        }
        path.push(name.clone());
        let offering = catalog.offering(name)?;
        let scope = self.scopes.len();
        let when = part.include.and_then(|include| include.when.clone());
        self.scopes.push(Scope { outer: part.outer, when, names: IndexMap::new() });
        for variable in catalog.form(offering)? {
            self.ask(variable, part, scope);
        }
        let parts: Vec<(&Include, String)> = offering
            .includes
            .iter()
            .map(|include| (include, format!("{}{}.", part.prefix, include.name())))
            .collect();
        for planned in &offering.tasks {
            let needs = self.needs(&planned.needs, &part.prefix, &parts);
            // Only a name that is too long cannot be put behind that of its part.
            let id = id(&part.prefix, planned.id.as_str()).ok_or_else(too_large)?;
            let mut approvals = part.approvals.to_vec();
            approvals.extend(planned.approvals.iter().cloned());
            approvals.dedup();
            self.steps.push(Step { id, planned: planned.clone(), needs, approvals, scope });
        }
        for (include, prefix) in &parts {
            let inner = catalog.offering(&include.offering)?;
            let mut approvals = part.approvals.to_vec();
            approvals.extend(inner.approvals.iter().cloned());
            let first = self.steps.len();
            let inner = Part {
                prefix: prefix.clone(),
                include: Some(include),
                outer: Some(scope),
                approvals: &approvals,
            };
            self.add(catalog, &include.offering, &inner, path)?;
            let needs = self.needs(&include.needs, &part.prefix, &parts);
            for step in self.steps.iter_mut().skip(first) {
                step.needs.extend(needs.iter().cloned());
            }
        }
        // A part as a need means all its tasks, which are known only now.
        self.parts_to_tasks(&parts);
        path.pop();
        if self.questions.len() > MAX_PARTS || self.steps.len() > MAX_PARTS {
            return Err(too_large());
        }
        Ok(())
    }

    /// Takes over a question, unless the bundle around has its answer.
    fn ask(&mut self, variable: &Variable, part: &Part<'_>, scope: usize) {
        let cascaded = part.outer.and_then(|outer| {
            let fixed = part.include.and_then(|include| include.set.get(&variable.name));
            let same = || {
                let names = &self.scopes.get(outer)?.names;
                names.get(&variable.name).map(|_| format!("{{{}}}", variable.name))
            };
            fixed.cloned().or_else(same)
        });
        let binding = match cascaded {
            Some(text) => Binding::Fixed(text),
            None => {
                let key = format!("{}{}", part.prefix, variable.name);
                let is_list = variable.of == VariableType::Multiple;
                let question = Question { key: key.clone(), variable: variable.clone(), scope };
                self.questions.push(question);
                Binding::Answer { key, is_list }
            }
        };
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.names.insert(variable.name.clone(), binding);
        }
    }

    /// Whether what the bundle around has fixed rules the question out.
    fn is_never(&self, question: &Question) -> bool {
        let (Some(when), Some(scope)) = (&question.variable.when, self.scopes.get(question.scope))
        else {
            return false;
        };
        let mut all_fixed = true;
        when.each(&mut |name, _| {
            let binding = scope.names.get(name);
            all_fixed &=
                matches!(binding, Some(Binding::Fixed(text)) if template::names(text).count() == 0);
        });
        let nothing = Custom::default();
        all_fixed && !when.holds(&|name| self.values(question.scope, name, &nothing))
    }

    /// The full ids of what is needed; parts by their name for now.
    fn needs(&self, needs: &[TaskId], prefix: &str, parts: &[(&Include, String)]) -> Vec<TaskId> {
        let full = |need: &TaskId| {
            let part = parts.iter().find(|(include, _)| include.name() == need.as_str());
            match part {
                Some((_, prefix)) => TaskId::new(prefix.trim_end_matches('.')).ok(),
                None => id(prefix, need.as_str()),
            }
        };
        needs.iter().filter_map(full).collect()
    }

    fn parts_to_tasks(&mut self, parts: &[(&Include, String)]) {
        for (_, prefix) in parts {
            let name = prefix.trim_end_matches('.').to_owned();
            let of_part = |id: &TaskId| id.as_str().starts_with(prefix);
            let inside: Vec<TaskId> =
                self.steps.iter().map(|step| &step.id).filter(|id| of_part(id)).cloned().collect();
            for step in &mut self.steps {
                if let Some(at) = step.needs.iter().position(|need| need.as_str() == name)
                    && !of_part(&step.id)
                {
                    step.needs.splice(at..=at, inside.iter().cloned());
                }
            }
        }
    }

    /// What the name `name` stands for in a scope: nothing, one value, several.
    fn values(&self, scope: usize, name: &VariableName, answers: &Custom) -> Vec<String> {
        let Some(place) = self.scopes.get(scope) else { return Vec::new() };
        match place.names.get(name) {
            None => Vec::new(),
            Some(Binding::Answer { key, is_list }) => match answers.get(key) {
                Some(text) if *is_list => text.split(", ").map(str::to_owned).collect(),
                Some(text) => vec![text.trim_end().to_owned()],
                None => Vec::new(),
            },
            Some(Binding::Fixed(text)) => {
                let Some(outer) = place.outer else { return Vec::new() };
                // A name alone keeps its several values.
                let alone = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                if let Some(name) = alone.and_then(|name| VariableName::new(name).ok()) {
                    return self.values(outer, &name, answers);
                }
                vec![self.fill(outer, text, answers)]
            }
        }
    }

    /// Whether `when` holds in a scope that itself is wanted.
    fn wanted(&self, scope: usize, when: Option<&Condition>, answers: &Custom) -> bool {
        let Some(place) = self.scopes.get(scope) else { return false };
        let here = when.is_none_or(|when| when.holds(&|name| self.values(scope, name, answers)));
        here && place.outer.is_none_or(|outer| self.wanted(outer, place.when.as_ref(), answers))
    }

    fn fill(&self, scope: usize, text: &str, answers: &Custom) -> String {
        template::fill(text, &|name| {
            let name = VariableName::new(name).ok()?;
            let values = self.values(scope, &name, answers);
            (!values.is_empty()).then(|| values.join(", "))
        })
    }

    /// Whether the question is asked, with the answers so far.
    pub fn is_asked(&self, question: &Question, answers: &Custom) -> bool {
        self.wanted(question.scope, question.variable.when.as_ref(), answers)
    }

    /// The default of a question, with earlier answers in it.
    pub fn default_of(&self, question: &Question, answers: &Custom) -> Option<String> {
        let default = question.variable.default.as_ref()?;
        Some(self.fill(question.scope, default, answers))
    }

    /// Whether a task is wanted, with these answers.
    pub fn is_wanted(&self, step: &Step, answers: &Custom) -> bool {
        self.wanted(step.scope, step.planned.when.as_ref(), answers)
    }

    /// When a task is wanted, in words: the conditions of its part and its own.
    pub fn when_of(&self, step: &Step) -> Option<String> {
        let mut conditions: Vec<String> = Vec::new();
        let mut scope = self.scopes.get(step.scope);
        while let Some(place) = scope {
            conditions.extend(place.when.as_ref().map(ToString::to_string));
            scope = place.outer.and_then(|outer| self.scopes.get(outer));
        }
        conditions.reverse();
        conditions.extend(step.planned.when.as_ref().map(ToString::to_string));
        (!conditions.is_empty()).then(|| conditions.join(" and "))
    }

    /// A text of a task, with the answers in it.
    pub fn text_of(&self, step: &Step, text: &str, answers: &Custom) -> String {
        self.fill(step.scope, text, answers)
    }

    /// The files it is made of: names of offerings, and of variable sets (`true`).
    pub fn files(&self, catalog: &Catalog) -> Vec<(OfferingName, bool)> {
        let mut files = vec![(self.name.clone(), false)];
        let mut at = 0;
        while let Some((name, is_set)) = files.get(at).cloned() {
            at += 1;
            let Some(offering) = catalog.offerings.get(&name).filter(|_| !is_set) else { continue };
            let parts = offering.includes.iter().map(|part| (part.offering.clone(), false));
            let sets = offering.sets.iter().map(|set| (set.clone(), true));
            for file in parts.chain(sets) {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
        }
        files
    }

    /// The title of a request for it.
    pub fn title(&self, answers: &Custom) -> String {
        let template = self.offering.title.as_ref().unwrap_or(&self.offering.name);
        self.fill(0, template, answers)
    }

    /// The question that `name` means: its key, or the end of one key only.
    pub fn question(&self, name: &str) -> Option<&Question> {
        let asked = || self.questions.iter().filter(|q| q.variable.of != VariableType::Label);
        if let Some(exact) = asked().find(|question| question.key == name) {
            return Some(exact);
        }
        let end = format!(".{name}");
        let mut alike = asked().filter(|question| question.key.ends_with(&end));
        alike.next().filter(|_| alike.next().is_none())
    }
}

/// How a part of a bundle stands in it.
struct Part<'a> {
    prefix: String,
    include: Option<&'a Include>,
    outer: Option<usize>,
    approvals: &'a [StateName],
}

fn id(prefix: &str, name: &str) -> Option<TaskId> {
    TaskId::new(format!("{prefix}{name}")).ok()
}
