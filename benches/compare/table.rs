//! The figures as a Markdown table, a row as soon as it is known.

/// What a figure is to be: at most this.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// What must be reached first.
    pub(crate) first: f64,
    /// Where we mean to end.
    pub(crate) goal: f64,
}

impl Target {
    pub(crate) const fn new(first: f64, goal: f64) -> Option<Self> {
        Some(Self { first, goal })
    }

    fn verdict(self, figure: f64) -> &'static str {
        if figure <= self.goal {
            "goal"
        } else if figure <= self.first {
            "pass"
        } else {
            "FAIL"
        }
    }
}

/// Counts how many targets were reached while it prints.
#[derive(Debug)]
pub(crate) struct Table {
    verdicts: Vec<&'static str>,
}

impl Table {
    pub(crate) fn new() -> Self {
        println!(
            "| operation | records | gitsm | git | yardstick | ratio | target | goal | verdict |"
        );
        println!("|---|--:|--:|--:|---|--:|--:|--:|---|");
        Self { verdicts: Vec::new() }
    }

    /// Processor time, in milliseconds, of gitsm and of git.
    pub(crate) fn ratio(
        &mut self,
        operation: &str,
        records: u64,
        (ours, theirs): (f64, f64),
        yardstick: &str,
        target: Option<Target>,
    ) {
        let ratio = ours / theirs.max(0.001);
        let ours = format!("{ours:.2} ms");
        let theirs = format!("{theirs:.2} ms");
        self.row(operation, records, &ours, (&theirs, yardstick), ratio, "", target);
    }

    /// A figure that stands for itself, such as seconds or MB.
    pub(crate) fn figure(
        &mut self,
        operation: &str,
        records: u64,
        (figure, unit): (f64, &str),
        remark: &str,
        target: Option<Target>,
    ) {
        let ours = format!("{figure:.2} {unit}");
        self.row(operation, records, &ours, ("", remark), figure, unit, target);
    }

    #[allow(clippy::too_many_arguments, reason = "as many as the table has columns")]
    fn row(
        &mut self,
        operation: &str,
        records: u64,
        ours: &str,
        (theirs, yardstick): (&str, &str),
        figure: f64,
        unit: &str,
        target: Option<Target>,
    ) {
        let limit = |limit: Option<f64>| match limit {
            Some(limit) if unit.is_empty() => format!("{limit:.3}"),
            Some(limit) => format!("{limit} {unit}"),
            None => String::new(),
        };
        let first = limit(target.map(|target| target.first));
        let goal = limit(target.map(|target| target.goal));
        let ratio = if unit.is_empty() { format!("{figure:.3}") } else { String::new() };
        let verdict = target.map_or("", |target| target.verdict(figure));
        if !verdict.is_empty() {
            self.verdicts.push(verdict);
        }
        println!(
            "| {operation} | {records} | {ours} | {theirs} | {yardstick} | {ratio} | {first} | {goal} | {verdict} |"
        );
    }

    /// Ends the table with the count of verdicts.
    pub(crate) fn end(&self) {
        let count = |wanted| self.verdicts.iter().filter(|verdict| **verdict == wanted).count();
        println!(
            "\nat the goal: {}, target met: {}, missed: {}",
            count("goal"),
            count("pass"),
            count("FAIL")
        );
    }
}
