//! What a merge made of a record beyond what its sides had made of it.

use serde_json::{Map, Value};

use crate::model::Record;

/// The record as the sides of a merge left it: `merged`, but for what it has
/// from none of them, and for what it lost of theirs.
///
/// Each field by itself: where one side changed it since `base`, that counts;
/// where several did, each of their values may stand. Lists have what any side
/// added, and what none took out. `sides` holds the record of each side that has
/// it, one at least; where their fields do not go together, it is the first.
pub fn from_its_sides(base: Option<&Record>, sides: &[Record], merged: &Record) -> Record {
    let base = base.map_or(Value::Null, Record::to_value);
    let trees: Vec<Value> = sides.iter().map(Record::to_value).collect();
    let trees: Vec<&Value> = trees.iter().collect();
    let mut tree = object(&base, &trees, &merged.to_value());
    // The time of the last change says when, not what.
    if let (Value::Object(tree), Value::Object(own)) = (&mut tree, merged.to_value())
        && let Some(at) = own.get("updated_at")
    {
        tree.insert("updated_at".to_owned(), at.clone());
    }
    let told = Record::from_value(merged.kind(), tree).ok();
    told.or_else(|| sides.first().cloned()).unwrap_or_else(|| merged.clone())
}

fn object(base: &Value, sides: &[&Value], merged: &Value) -> Value {
    let mut names: Vec<&String> = Vec::new();
    for tree in std::iter::once(merged).chain(sides.iter().copied()) {
        for name in tree.as_object().into_iter().flat_map(Map::keys) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut told = Map::new();
    for name in names {
        let of = |tree: &Value| tree.get(name).cloned().unwrap_or_default();
        let values: Vec<Value> = sides.iter().map(|side| of(side)).collect();
        let value = value(&of(base), &values, &of(merged));
        if !value.is_null() {
            told.insert(name.clone(), value);
        }
    }
    Value::Object(told)
}

fn value(base: &Value, sides: &[Value], merged: &Value) -> Value {
    let all = || sides.iter().chain([base, merged]);
    let fits = |is: fn(&Value) -> bool| all().all(|value| value.is_null() || is(value));
    if all().any(Value::is_array) && fits(Value::is_array) {
        return list(base, sides, merged);
    }
    if all().any(Value::is_object) && fits(Value::is_object) {
        let sides: Vec<&Value> = sides.iter().collect();
        let told = object(base, &sides, merged);
        return if told.as_object().is_some_and(Map::is_empty) { Value::Null } else { told };
    }
    let changed: Vec<&Value> = sides.iter().filter(|value| *value != base).collect();
    match changed.first() {
        None => base.clone(),
        Some(_) if changed.contains(&merged) => merged.clone(),
        Some(first) => (*first).clone(),
    }
}

fn list(base: &Value, sides: &[Value], merged: &Value) -> Value {
    let items = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let (base, merged) = (items(base), items(merged));
    let sides: Vec<Vec<Value>> = sides.iter().map(items).collect();
    let somewhere = |item: &Value| sides.iter().any(|side| side.contains(item));
    // What one side took out may be gone; what one added may not.
    let must = |item: &Value| !base.contains(item) || sides.iter().all(|side| side.contains(item));
    let mut told: Vec<Value> = merged.into_iter().filter(|item| somewhere(item)).collect();
    for item in sides.iter().flatten() {
        if must(item) && !told.contains(item) {
            told.push(item.clone());
        }
    }
    if told.is_empty() { Value::Null } else { Value::Array(told) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_one_side_changed_counts() {
        let (old, new) = (json!("new"), json!("held"));
        for merged in [json!("new"), json!("held"), json!("lost")] {
            assert_eq!(value(&old, &[old.clone(), new.clone()], &merged), new);
        }
        let both = [json!("a"), json!("b")];
        assert_eq!(value(&old, &both, &json!("b")), json!("b"), "either may stand");
        assert_eq!(value(&old, &both, &json!("new")), json!("a"), "but nothing else");
        assert_eq!(value(&old, &[old.clone(), old.clone()], &new), old);
        assert_eq!(value(&old, &[old.clone(), Value::Null], &old), Value::Null, "taken out");
    }

    #[test]
    fn lists_have_what_any_side_added() {
        let (base, sides) = (json!([1, 2]), [json!([1, 2, 3]), json!([2, 4])]);
        assert_eq!(value(&base, &sides, &json!([2, 3, 4])), json!([2, 3, 4]));
        assert_eq!(value(&base, &sides, &json!([1, 2, 3, 4])), json!([1, 2, 3, 4]));
        assert_eq!(value(&base, &sides, &json!([2, 3, 5])), json!([2, 3, 4]));
        assert_eq!(value(&base, &sides, &json!([3, 4])), json!([3, 4, 2]));
        assert_eq!(value(&Value::Null, &[Value::Null, json!([1])], &Value::Null), json!([1]));
    }

    #[test]
    fn parts_are_told_one_by_one() {
        let sides = [json!({"code": "fixed"}), json!({"code": "fixed", "text": "Done."})];
        let merged = json!({"code": "lost", "text": "Done."});
        let expected = json!({"code": "fixed", "text": "Done."});
        assert_eq!(value(&Value::Null, &sides, &merged), expected);
    }
}
