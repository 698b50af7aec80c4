//! Redesigns of JSON answers.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// One way to change an answer; `None` where it does not apply.
pub struct Mutation {
    pub name: &'static str,
    pub change: fn(&mut Value, &[String], &mut Rng) -> Option<Vec<String>>,
}

pub const ALL: &[Mutation] = &[
    Mutation { name: "keys in another order", change: reordered },
    Mutation { name: "keys added", change: added },
    Mutation { name: "numbers become texts", change: texts },
    Mutation { name: "texts padded with blanks", change: padded },
    Mutation { name: "a used key renamed", change: renamed },
    Mutation { name: "a used key removed", change: removed },
    Mutation { name: "a used value becomes an object", change: nested },
    Mutation { name: "everything in an envelope", change: envelope },
    Mutation { name: "another list beside it", change: beside },
];

fn objects(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| objects(item, change)),
        Value::Object(object) => {
            object.values_mut().for_each(|inner| objects(inner, change));
            change(object);
        }
        _ => {}
    }
}

fn leaves(value: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leaves(item, change)),
        Value::Object(object) => object.values_mut().for_each(|inner| leaves(inner, change)),
        leaf => change(leaf),
    }
}

fn reordered(value: &mut Value, _: &[String], rng: &mut Rng) -> Option<Vec<String>> {
    objects(value, &mut |object| {
        let mut pairs: Vec<_> = std::mem::take(object).into_iter().collect();
        rng.shuffle(&mut pairs);
        *object = pairs.into_iter().collect();
    });
    Some(Vec::new())
}

fn added(value: &mut Value, _: &[String], rng: &mut Rng) -> Option<Vec<String>> {
    objects(value, &mut |object| {
        let key = format!("extra{}", rng.u8(..));
        object.insert(key, json!({ "status": "x", "rows": [1, 2], "total": 3 }));
    });
    Some(Vec::new())
}

fn texts(value: &mut Value, _: &[String], _: &mut Rng) -> Option<Vec<String>> {
    leaves(value, &mut |leaf| {
        if leaf.is_number() {
            *leaf = Value::String(leaf.to_string());
        }
    });
    Some(Vec::new())
}

fn padded(value: &mut Value, _: &[String], _: &mut Rng) -> Option<Vec<String>> {
    leaves(value, &mut |leaf| {
        if let Value::String(text) = leaf {
            *text = format!(" {text} ");
        }
    });
    Some(Vec::new())
}

/// One of the keys that are asked for, and the change of every object that has it.
fn at_key(
    value: &mut Value,
    keys: &[String],
    rng: &mut Rng,
    change: &mut dyn FnMut(&mut Map<String, Value>, &str),
) -> Option<Vec<String>> {
    let key = keys.get(rng.usize(..keys.len().max(1)))?;
    let mut changed = false;
    objects(value, &mut |object| {
        if object.contains_key(key) {
            change(object, key);
            changed = true;
        }
    });
    changed.then(|| vec![key.clone()])
}

fn renamed(value: &mut Value, keys: &[String], rng: &mut Rng) -> Option<Vec<String>> {
    at_key(value, keys, rng, &mut |object, key| {
        let old = object.shift_remove(key).unwrap_or_default();
        object.insert(format!("{key}Name"), old);
    })
}

fn removed(value: &mut Value, keys: &[String], rng: &mut Rng) -> Option<Vec<String>> {
    at_key(value, keys, rng, &mut |object, key| drop(object.shift_remove(key)))
}

fn nested(value: &mut Value, keys: &[String], rng: &mut Rng) -> Option<Vec<String>> {
    at_key(value, keys, rng, &mut |object, key| {
        let old = object[key].take();
        object[key] = json!({ "value": old, "label": "x" });
    })
}

fn envelope(value: &mut Value, _: &[String], _: &mut Rng) -> Option<Vec<String>> {
    *value = json!({ "result": value.take(), "success": true });
    Some(Vec::new())
}

fn beside(value: &mut Value, _: &[String], _: &mut Rng) -> Option<Vec<String>> {
    let object = value.as_object_mut()?;
    object.insert("notices".to_owned(), json!([{ "caseNo": "x", "title": "停机通知" }]));
    Some(Vec::new())
}
