//! Views: queries with a name, used in others as `@name`.
//!
//! A view stands for its conditions, wherever it is used. Its order, columns
//! and limit count where a query names it as one of the conditions that must
//! all hold, and says nothing else itself.

use std::collections::HashSet;

use super::check::Checker;
use super::{Expr, Field, Filter, Piece, Query, QueryError, SortKey, Test, Vocabulary, parse};
use crate::model::ViewOrigin;

/// How deep views may use one another.
const DEEPEST: usize = 8;

/// How many views one query may stand for, all told.
const MOST: usize = 200;

/// The views that every desk has: name, query, and what it is for.
#[rustfmt::skip]
pub const BUILT_IN_VIEWS: &[(&str, &str, &str)] = &[
    ("mine", "assignee:me status:open", "what you work on"),
    ("team", "team:mine status:open", "what is with your teams"),
    ("unassigned", "assignee:none status:open -type:ci", "what nobody works on"),
    ("reported", "(requester:me or opened_by:me) sort:-opened", "what you asked for or wrote down"),
    ("urgent", "priority:<=P2 status:open", "what cannot wait"),
    ("waiting", "status:hold sort:updated", "what is on hold, the longest untouched first"),
    ("stale", "status:open idle:>14d -type:ci sort:updated", "what nobody touched for two weeks"),
];

impl Checker<'_> {
    /// The conditions of the view that `piece` names.
    pub(super) fn view(&mut self, piece: &Piece) -> Result<Filter, QueryError> {
        let name = piece.text.as_str();
        let Some((view, origin)) = self.vocabulary.view(name, self.shared) else {
            let error = QueryError::new(piece.span, format!("there is no view `@{name}`"));
            let names = self.vocabulary.views();
            let names: Vec<String> = names.iter().map(|name| format!("@{name}")).collect();
            let usual = "`gitsm view list` shows them; to search for the text itself, put it in \
                         quotation marks";
            let names = names.iter().map(String::as_str);
            return Err(error.suggest(&format!("@{name}"), names, usual));
        };
        if self.inside.iter().any(|outer| outer == name) {
            let way = self.inside.iter().map(String::as_str).chain([name]);
            let way: Vec<String> = way.map(|name| format!("@{name}")).collect();
            let message = format!("the view `@{name}` uses itself: {}", way.join(" uses "));
            return Err(QueryError::new(piece.span, message).with_hint("break the circle"));
        }
        self.looked_into += 1;
        if self.inside.len() >= DEEPEST || self.looked_into > MOST {
            let message = format!(
                "views that use views go no further than {DEEPEST} levels and {MOST} views"
            );
            return Err(QueryError::new(piece.span, message));
        }
        let shared = self.shared;
        self.inside.push(name.to_owned());
        self.shared = shared || origin != ViewOrigin::Personal;
        let filter = self.conditions(&view.query);
        self.inside.pop();
        self.shared = shared;
        filter.map_err(|error| error.in_view(name, &view.query))
    }

    fn conditions(&mut self, text: &str) -> Result<Filter, QueryError> {
        let query = parse(text)?;
        self.order(&query.sort)?;
        match &query.filter {
            Some(expr) => self.expr(expr),
            None => Ok(Filter::Test(Test::Any)),
        }
    }
}

/// How the answer to a query is to be listed, as its views say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// The order; empty where the views say nothing.
    pub sort: Vec<SortKey>,
    /// The columns; empty where the views say nothing.
    pub columns: Vec<String>,
    /// The most records.
    pub limit: Option<usize>,
    /// Whether the query or a view of it says something about the state.
    pub about_the_state: bool,
}

/// What the views of `query` say about how to list the answer. Views that
/// cannot be used say nothing; [`check`](super::check) tells why.
pub fn manner(query: &Query, vocabulary: &dyn Vocabulary) -> Manner {
    let mut reader = Reader { vocabulary, manner: Manner::default(), seen: HashSet::new() };
    if let Some(filter) = &query.filter {
        reader.read(filter, true, false);
    }
    reader.manner
}

struct Reader<'a> {
    vocabulary: &'a dyn Vocabulary,
    manner: Manner,
    seen: HashSet<(String, bool)>,
}

impl Reader<'_> {
    /// `counts` says whether all that is in `expr` must hold.
    fn read(&mut self, expr: &Expr, counts: bool, shared: bool) {
        match expr {
            Expr::And(parts) => parts.iter().for_each(|part| self.read(part, counts, shared)),
            Expr::Or(parts) => parts.iter().for_each(|part| self.read(part, false, shared)),
            Expr::Not(inner) => self.read(inner, false, shared),
            Expr::Words(_) => {}
            Expr::Term(term) => {
                let about = |field: Field| field.is_about_the_state();
                self.manner.about_the_state |= Field::named(&term.field).is_some_and(about);
            }
            Expr::View(piece) => {
                let fresh = self.seen.insert((piece.text.clone(), counts));
                if !fresh || self.seen.len() > 2 * MOST {
                    return;
                }
                let Some((view, origin)) = self.vocabulary.view(&piece.text, shared) else {
                    return;
                };
                let Ok(query) = parse(&view.query) else { return };
                if counts {
                    if self.manner.sort.is_empty() {
                        self.manner.sort.clone_from(&query.sort);
                    }
                    if self.manner.columns.is_empty() {
                        self.manner.columns = view.columns;
                    }
                    self.manner.limit = self.manner.limit.or(query.limit).or(view.limit);
                }
                if let Some(filter) = &query.filter {
                    self.read(filter, counts, shared || origin != ViewOrigin::Personal);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Selection, check};
    use super::*;
    use crate::model::{PersonId, Timestamp, View};

    struct Kept(Vec<(&'static str, &'static str, ViewOrigin)>);

    impl Vocabulary for Kept {
        fn views(&self) -> Vec<String> {
            self.0.iter().map(|(name, ..)| (*name).to_owned()).collect()
        }

        fn view(&self, name: &str, shared: bool) -> Option<(View, ViewOrigin)> {
            let usable = |origin| !shared || origin != ViewOrigin::Personal;
            let mut views = self.0.iter();
            let (_, query, origin) = views.find(|view| view.0 == name && usable(view.2))?;
            let columns = vec!["id".to_owned(), (*name).to_owned()];
            let limit = Some(query.len());
            let view = View { query: (*query).to_owned(), description: None, columns, limit };
            Some((view, *origin))
        }
    }

    use ViewOrigin::{Desk, Personal};

    fn ask(text: &str, views: &Kept) -> Result<Selection, QueryError> {
        let now = Timestamp::from_seconds(1_795_000_000);
        let context = Context { now, me: PersonId::new("alice").ok() };
        check(&parse(text)?, &context, views)
    }

    fn same(text: &str, plain: &str, views: &Kept) {
        let plain = ask(plain, &Kept(Vec::new())).expect(plain);
        let found = ask(text, views).expect(text);
        assert_eq!((&found.filter, &found.sort), (&plain.filter, &plain.sort), "{text}");
    }

    #[test]
    fn a_view_stands_for_its_conditions() {
        let views = Kept(vec![
            ("mine", "assignee:me sort:-opened", Desk),
            ("vip", "tag:vip", Desk),
            ("both", "@mine @vip", Desk),
            ("all", "", Desk),
        ]);
        same("@mine", "assignee:me sort:-opened", &views);
        same("@MINE team:apps", "assignee:me team:apps sort:-opened", &views);
        same("@mine sort:title", "assignee:me sort:title", &views);
        same("-@mine", "-assignee:me", &views);
        same("@vip or @mine", "tag:vip or assignee:me", &views);
        same("not (@mine or crm)", "-(assignee:me or crm)", &views);
        let found = ask("@both", &views).expect("a selection");
        assert_eq!(found.sort.len(), 1, "the order of an inner view");
        let any = ask("@all", &views).expect("a selection");
        assert_eq!(any.filter, Some(Filter::Test(Test::Any)));
    }

    #[test]
    fn mistakes_name_the_view() {
        let views = Kept(vec![
            ("a", "@b tag:x", Desk),
            ("b", "@a", Desk),
            ("bad", "tag:x prioritty:P1", Desk),
            ("open", "((", Desk),
            ("order", "sort:nothing", Desk),
            ("outer", "x @bad", Desk),
        ]);
        let told = |text: &str| {
            let error = ask(text, &views).expect_err(text);
            format!("{error}\n{}", error.picture().unwrap_or_default())
        };
        assert!(told("@a").contains("the view `@a` uses itself: @a uses @b uses @a"));
        assert!(
            told("@bad")
                .starts_with("in the view `@bad`: there is no field `prioritty` (column 7)")
        );
        assert!(told("@bad").ends_with("tag:x prioritty:P1\n      ^^^^^^^^^"));
        assert!(told("@outer").starts_with("in the view `@bad`: "));
        assert!(told("@open").starts_with("in the view `@open`: "));
        assert!(told("@order").starts_with("in the view `@order`: there is no field `nothing`"));
        let error = ask("tag:x @oute", &views).expect_err("no such view");
        assert_eq!(error.to_string(), "there is no view `@oute` (column 7)");
        assert_eq!(error.hint(), Some("did you mean `@outer`?"));
    }

    #[test]
    fn views_of_the_desk_mean_the_same_to_everybody() {
        let views = Kept(vec![
            ("hot", "tag:mine", Personal),
            ("hot", "tag:desk", Desk),
            ("list", "@hot", Desk),
            ("own", "@hot", Personal),
            ("secret", "tag:x", Personal),
            ("leak", "@secret", Desk),
        ]);
        same("@hot", "tag:mine", &views);
        same("@own", "tag:mine", &views);
        same("@list", "tag:desk", &views);
        assert!(ask("@leak", &views).is_err());
    }

    #[test]
    fn views_that_swell_are_refused() {
        let names: Vec<String> = (0..7).map(|at| format!("v{at}")).collect();
        let mut views = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let text = format!("@v{0} @v{0} @v{0} @v{0} @v{0} @v{0}", at + 1);
            views.push((&*name.clone().leak(), &*text.leak(), Desk));
        }
        views.push(("v7", "tag:x", Desk));
        let error = ask("@v0", &Kept(views)).expect_err("too many");
        assert!(error.message.contains("go no further than"), "{error}");
    }

    #[test]
    fn the_manner_is_that_of_the_first_view_that_counts() {
        let views = Kept(vec![
            ("mine", "assignee:me sort:-opened limit:7", Desk),
            ("vip", "tag:vip", Desk),
            ("inner", "@mine", Desk),
            ("state", "-(tag:x or resolution:fixed)", Desk),
            ("circle", "@circle", Desk),
        ]);
        let read = |text: &str| manner(&parse(text).expect(text), &views);
        let found = read("@mine @vip");
        assert_eq!((found.sort.len(), found.limit), (1, Some(7)));
        assert_eq!(found.columns, ["id", "mine"]);
        assert_eq!(read("@vip @mine").columns, ["id", "vip"]);
        assert_eq!(read("@inner").sort.len(), 1);
        assert_eq!(read("@inner").columns, ["id", "inner"]);
        assert_eq!(read("-@mine or @vip"), Manner::default());
        assert!(read("crm -@state").about_the_state);
        assert!(!read("@circle @mine").about_the_state);
    }

    #[test]
    fn the_built_in_views_are_sound() {
        for (name, query, _) in BUILT_IN_VIEWS {
            let views = Kept(vec![(name, query, ViewOrigin::BuiltIn)]);
            let found = ask(&format!("@{name}"), &views).expect(name);
            assert!(found.filter.is_some(), "{name}");
            assert_eq!(parse(query).expect(name).to_string(), *query, "{name}");
        }
    }
}
