//! Field management: what a write changes, who owns it from then on, and what server-side apply makes of an object.
//!
//! Follows sigs.k8s.io/structured-merge-diff (`typed`, `fieldpath`, `merge`) and apimachinery's `managedfields`.
//! A set of fields is kept as the API spells it (`fieldsV1`): an empty object is a field that belongs to the set, an
//! object with `.` is one that does so together with fields inside.

use super::error::ApiError;
use super::last_applied::last_applied;
use crate::model::{Manager, Map, Millis, Object, Text, Value, parse_json, to_json};
use crate::ordering::Order;
use crate::schema::{Field, Merge, Struct, Type};
use std::rc::Rc;

/// Structs that change as a whole.
const ATOMIC: &[&str] = &[
    "ConfigMapKeySelector",
    "FileKeySelector",
    "LabelSelector",
    "LocalObjectReference",
    "NodeSelector",
    "NodeSelectorTerm",
    "ObjectFieldSelector",
    "ResourceFieldSelector",
    "SecretKeySelector",
    "SecretReference",
    "TopologySelectorTerm",
    "TypedLocalObjectReference",
];

/// Maps that change as a whole: the struct and the field.
const ATOMIC_MAPS: &[(&str, &str)] = &[("PodSpec", "nodeSelector"), ("ServiceSpec", "selector")];

/// Lists with more than one key: the struct, the field, the keys. A key that is absent has the API's default.
const KEYS: &[(&str, &str, &[&str])] = &[
    ("Container", "ports", &["containerPort", "protocol"]),
    ("EphemeralContainerCommon", "ports", &["containerPort", "protocol"]),
    ("PodSpec", "topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("ServiceSpec", "ports", &["port", "protocol"]),
];

/// Fields of the metadata that nobody owns.
const UNOWNED: &[&str] = &[
    "f:creationTimestamp",
    "f:deletionGracePeriodSeconds",
    "f:deletionTimestamp",
    "f:generation",
    "f:managedFields",
    "f:name",
    "f:namespace",
    "f:resourceVersion",
    "f:uid",
];

/// How a value falls into parts.
#[derive(Clone)]
enum Shape {
    /// It does not.
    Whole,
    /// Into fields: a struct, or a map if no struct is known.
    Fields(Option<&'static Struct>),
    /// Into elements by these keys.
    Elements(Vec<&'static str>, Option<&'static Struct>),
    /// Into elements by their value.
    Set,
}

fn shape(of: Option<&'static Struct>, field: Option<&'static Field>) -> Shape {
    let (Some(of), Some(field)) = (of, field) else { return Shape::Whole };
    let owner = of.go_name();
    match (&field.kind, field.merge) {
        (Type::Struct(_), _) => match field.kind.structure() {
            Some(inner) if !ATOMIC.contains(&inner.go_name()) => Shape::Fields(Some(inner)),
            _ => Shape::Whole,
        },
        (Type::Map(_), _) if !ATOMIC_MAPS.contains(&(owner, field.name)) => Shape::Fields(None),
        (Type::List(_), Merge::ByKey(key)) => {
            let known = KEYS.iter().find(|(name, list, _)| (*name, *list) == (owner, field.name));
            let keys = known.map_or_else(|| vec![key], |(.., keys)| keys.to_vec());
            Shape::Elements(keys, field.kind.structure())
        }
        (Type::List(_), Merge::AsSet) => Shape::Set,
        _ => Shape::Whole,
    }
}

/// The key of a list's element as `fieldsV1` spells it.
fn element_key(element: &Value, keys: &[&'static str]) -> Option<Text> {
    let mut key = Map::new();
    for name in keys {
        let value = match element.get(name) {
            Some(value) => value.clone(),
            None if *name == "protocol" => "TCP".into(),
            None => return None,
        };
        key.insert(*name, value);
    }
    Some(format!("k:{}", to_json(&key.into())).into())
}

/// The parts of a value, by their names in `fieldsV1`.
fn parts<'v>(value: &'v Value, shape: &Shape) -> Vec<(Text, &'v Value, Shape)> {
    let elements = |name: &dyn Fn(&Value) -> Option<Text>, inner: Shape| {
        let all = value.as_list().unwrap_or(&[]).iter();
        all.filter_map(|element| Some((name(element)?, element, inner.clone()))).collect()
    };
    match shape {
        Shape::Whole => Vec::new(),
        Shape::Fields(of) => {
            let entries = value.as_map().into_iter().flat_map(Map::iter);
            let part = |(name, value): (&'v Text, &'v Value)| {
                let field = of.and_then(|of: &'static Struct| of.field(name));
                (Text::from(format!("f:{name}")), value, self::shape(*of, field))
            };
            entries.map(part).collect()
        }
        Shape::Elements(keys, of) => elements(&|element| element_key(element, keys), Shape::Fields(*of)),
        Shape::Set => elements(&|element| Some(format!("v:{}", to_json(element)).into()), Shape::Whole),
    }
}

fn is_member(set: &Value) -> bool {
    set.as_map().is_some_and(|map| map.is_empty() || map.contains_key("."))
}

/// A set of the fields inside, with the field itself or not; `Null` is the empty set.
fn set_of(is_member: bool, mut inside: Map) -> Value {
    match (is_member, inside.is_empty()) {
        (false, true) => return Value::Null,
        (true, false) => _ = inside.insert(".", Value::map()),
        _ => {}
    }
    inside.into()
}

/// The fields for which `keeps` holds, given whether they are in `a` and in `b`.
fn combine(a: &Value, b: &Value, keeps: fn(bool, bool) -> bool) -> Value {
    let mut inside = Map::new();
    for key in [a, b].into_iter().filter_map(Value::as_map).flat_map(Map::keys).filter(|key| *key != ".") {
        let part = combine(a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), keeps);
        if !part.is_null() {
            inside.insert(key.clone(), part);
        }
    }
    set_of(keeps(is_member(a), is_member(b)), inside)
}

fn union(a: &Value, b: &Value) -> Value {
    combine(a, b, |a, b| a || b)
}

fn minus(a: &Value, b: &Value) -> Value {
    combine(a, b, |a, b| a && !b)
}

fn both(a: &Value, b: &Value) -> Value {
    combine(a, b, |a, b| a && b)
}

/// All fields of a value. With `marks` the fields that hold others belong to it as well.
fn all_of(value: &Value, shape: &Shape, marks: bool) -> Value {
    let is_list = matches!(shape, Shape::Elements(..));
    let mut inside = Map::new();
    for (name, part, inner) in parts(value, shape) {
        let set = all_of(part, &inner, marks);
        // An element belongs to whoever says it, together with its fields.
        let set = if is_list { union(&set, &Value::map()) } else { set };
        inside.insert(name, set);
    }
    set_of(marks || inside.is_empty(), inside)
}

/// What differs between two values: the fields that are new or changed, and those that are gone.
fn compare(old: Option<&Value>, new: Option<&Value>, shape: &Shape) -> (Value, Value) {
    let (old, new) = match (old, new) {
        (None, None) => return (Value::Null, Value::Null),
        (None, Some(new)) => return (all_of(new, shape, true), Value::Null),
        (Some(old), None) => return (Value::Null, all_of(old, shape, true)),
        (Some(old), Some(new)) => (old, new),
    };
    if old == new {
        return (Value::Null, Value::Null);
    }
    if matches!(shape, Shape::Whole) {
        return (Value::map(), Value::Null);
    }
    let (before, after) = (parts(old, shape), parts(new, shape));
    let (mut written, mut gone) = (Map::new(), Map::new());
    for (name, part, inner) in
        after.iter().chain(before.iter().filter(|(name, ..)| !after.iter().any(|it| it.0 == *name)))
    {
        let old = before.iter().find(|it| it.0 == *name).map(|it| it.1);
        let is_left = after.iter().any(|it| it.0 == *name);
        let (new_part, gone_part) = compare(old, is_left.then_some(*part), inner);
        for (all, part) in [(&mut written, new_part), (&mut gone, gone_part)] {
            if !part.is_null() {
                all.insert(name.clone(), part);
            }
        }
    }
    (set_of(false, written), set_of(false, gone))
}

/// Without what nobody owns: the object's identity, and its status unless that is what was written.
fn owned(set: Value) -> Value {
    let Value::Map(mut set) = set else { return set };
    let is_member = set.remove(".").is_some();
    for name in ["f:apiVersion", "f:kind", "f:status"] {
        set.remove(name);
    }
    if let Some(Value::Map(metadata)) = set.remove("f:metadata") {
        let mut metadata = metadata;
        metadata.remove(".");
        metadata.retain(|name, _| !UNOWNED.contains(&name.as_str()));
        if !metadata.is_empty() {
            set.insert("f:metadata", metadata.into());
        }
    }
    set_of(is_member && !set.is_empty(), set)
}

/// An object of a type as it is before anybody wrote it: structs are there, whatever may be absent is not.
fn blank(of: &'static Struct) -> Value {
    let mut value = Map::new();
    for field in &of.fields {
        match field.kind {
            Type::Struct(_) if !field.is_pointer => {
                _ = value.insert(field.name, field.kind.structure().map_or(Value::Null, blank));
            }
            _ if field.omits_empty => {}
            Type::Text(_) if !field.is_pointer => _ = value.insert(field.name, "".into()),
            Type::Int32 | Type::Int64 if !field.is_pointer => _ = value.insert(field.name, 0.into()),
            Type::Bool if !field.is_pointer => _ = value.insert(field.name, false.into()),
            _ => _ = value.insert(field.name, Value::Null),
        }
    }
    value.into()
}

/// The owners of an object's fields. What no client wrote is the work of the controllers.
fn managers_of(object: &Object, root: &'static Struct) -> Vec<Manager> {
    if let Some(managers) = &object.meta.managers {
        return managers.to_vec();
    }
    let (fields, _) = compare(Some(&blank(root)), Some(&object.to_value()), &Shape::Fields(Some(root)));
    vec![Manager {
        name: "kube-controller-manager".into(),
        applies: false,
        subresource: Text::default(),
        at: object.meta.created,
        fields: owned(fields),
    }]
}

/// The entries of an object's `metadata.managedFields`.
pub fn managed_fields(object: &Object, root: &'static Struct) -> Value {
    let managers = managers_of(object, root);
    managers.iter().map(|manager| manager.to_value(object.kind.api_version())).collect::<Vec<_>>().into()
}

fn put(mut managers: Vec<Manager>, object: &mut Object) {
    managers.retain(|manager| !manager.fields.is_null());
    managers.order_by(Manager::order);
    object.meta.managers = Some(Rc::new(managers));
}

/// Notes that `name` wrote what differs between `old` and `new`.
pub(super) fn note_update(
    old: Option<&Object>,
    new: &mut Object,
    root: &'static Struct,
    name: &str,
    subresource: &str,
    now: Millis,
) {
    let before = old.map_or_else(|| blank(root), Object::to_value);
    let (written, gone) = compare(Some(&before), Some(&new.to_value()), &Shape::Fields(Some(root)));
    let (written, gone) = (owned(written), owned(gone));
    if written.is_null() && gone.is_null() {
        return;
    }
    let mut managers = old.map_or_else(Vec::new, |old| managers_of(old, root));
    for manager in &mut managers {
        manager.fields = minus(&minus(&manager.fields, &written), &gone);
    }
    let mine = |it: &&mut Manager| !it.applies && it.name == name && it.subresource == subresource;
    match managers.iter_mut().find(mine) {
        Some(own) => {
            own.fields = union(&own.fields, &written);
            own.at = now;
        }
        None => managers.push(Manager {
            name: Text::new(name),
            applies: false,
            subresource: Text::new(subresource),
            at: now,
            fields: written,
        }),
    }
    put(managers, new);
}

/// What `apply --server-side` of `config` makes of an object: the tree, without defaults and rules.
pub(super) fn merge_applied(live: &Object, config: &Value, root: &'static Struct, name: &str) -> Value {
    let shape = Shape::Fields(Some(root));
    let mut merged = merge(&live.to_value(), config, &shape);
    let set = owned(all_of(config, &shape, false));
    let managers = managers_of(live, root);
    let (mine, others): (Vec<_>, Vec<_>) = managers.iter().partition(|it| it.applies && it.name == name);
    let last = mine.first().map_or(&Value::Null, |it| &it.fields);
    let kept = others.iter().fold(set, |kept, it| union(&kept, &it.fields));
    prune(&mut merged, &minus(last, &kept), &kept, &shape);
    merged
}

/// Notes that `name` applied `config`, which made `merged` of `old` and then, with defaults, `new`. As upstream it is
/// the tree without defaults that is compared: a list that changes as a whole counts as changed where it lacks them.
///
/// # Errors
/// `ApplyConflict` if others own what it changes, unless `is_forced`.
pub(super) fn note_apply(
    old: Option<(&Object, &Value)>,
    new: &mut Object,
    config: &Value,
    root: &'static Struct,
    name: &str,
    now: Millis,
    is_forced: bool,
) -> Result<(), ApiError> {
    let shape = Shape::Fields(Some(root));
    let set = owned(all_of(config, &shape, false));
    let mut managers = old.map_or_else(Vec::new, |(old, _)| managers_of(old, root));
    if let Some((old, merged)) = old {
        let (written, gone) = compare(Some(&old.to_value()), Some(merged), &shape);
        let (written, gone) = (owned(written), owned(gone));
        let allowed = if name == "kubectl" { applied_by_client(old, &shape) } else { Value::Null };
        let mut conflicts = Vec::new();
        for manager in managers.iter_mut().filter(|it| !it.applies || it.name != name) {
            let taken = both(&manager.fields, &written);
            let refused = minus(&taken, &allowed);
            if !refused.is_null() {
                conflicts.push((manager.clone(), paths(&refused)));
            }
            manager.fields = minus(&minus(&manager.fields, &taken), &gone);
        }
        if !conflicts.is_empty() && !is_forced {
            return Err(ApiError::ApplyConflict(conflict_text(conflicts, old.kind.api_version())));
        }
    }
    match managers.iter_mut().find(|it| it.applies && it.name == name) {
        Some(own) if own.fields == set => {}
        Some(own) => (own.fields, own.at) = (set, now),
        None => managers.push(Manager {
            name: Text::new(name),
            applies: true,
            subresource: Text::default(),
            at: now,
            fields: set,
        }),
    }
    put(managers, new);
    Ok(())
}

/// The fields that a client-side apply left as they are today, which the same user's server-side apply may take from
/// whoever owns them (`structured-merge-diff`'s caller, `managedfields/internal/lastappliedmanager.go`).
fn applied_by_client(live: &Object, shape: &Shape) -> Value {
    let Some(config) = last_applied(live) else { return Value::Null };
    let (other, gone) = compare(Some(&config), Some(&live.to_value()), shape);
    minus(&minus(&owned(all_of(&config, shape, false)), &owned(other)), &owned(gone))
}

/// Gives what `from` wrote to what `to` applied: kubectl does so when a user goes over to server-side apply.
pub(super) fn hand_over(object: &mut Object, from: &str, to: &str) {
    let Some(managers) = &object.meta.managers else { return };
    let mut managers = managers.to_vec();
    let Some(at) = managers.iter().position(|it| !it.applies && it.name == from) else { return };
    let old = managers.remove(at);
    if let Some(own) = managers.iter_mut().find(|it| it.applies && it.name == to) {
        own.fields = union(&own.fields, &old.fields);
    }
    put(managers, object);
}

fn merge(live: &Value, config: &Value, shape: &Shape) -> Value {
    match shape {
        Shape::Whole => config.clone(),
        Shape::Fields(of) => {
            let mut out = live.as_map().cloned().unwrap_or_default();
            for (name, value) in config.as_map().into_iter().flat_map(Map::iter) {
                let inner = self::shape(*of, of.and_then(|of| of.field(name)));
                let merged = merge(out.get(name).unwrap_or(&Value::Null), value, &inner);
                out.insert(name.clone(), merged);
            }
            out.into()
        }
        Shape::Elements(..) | Shape::Set => {
            let mut out = live.as_list().unwrap_or(&[]).to_vec();
            let names: Vec<Text> = parts(live, shape).into_iter().map(|part| part.0).collect();
            for (name, element, inner) in parts(config, shape) {
                match names.iter().position(|known| *known == name).and_then(|at| out.get_mut(at)) {
                    Some(slot) => *slot = merge(slot, element, &inner),
                    None => out.push(element.clone()),
                }
            }
            out.into()
        }
    }
}

/// Takes out the fields of `gone` unless something of `kept` stands inside.
fn prune(value: &mut Value, gone: &Value, kept: &Value, shape: &Shape) {
    if gone.is_null() {
        return;
    }
    let names: Vec<(Text, Shape)> = parts(value, shape).into_iter().map(|(name, _, inner)| (name, inner)).collect();
    for (at, (name, inner)) in names.iter().enumerate().rev() {
        let Some(part) = gone.get(name) else { continue };
        let kept = kept.get(name).unwrap_or(&Value::Null);
        match (shape, name.strip_prefix("f:")) {
            (Shape::Fields(_), Some(field)) if is_member(part) && kept.is_null() => _ = value.map_mut().remove(field),
            (Shape::Fields(_), Some(field)) => {
                if let Some(inside) = value.map_mut().get_mut(field) {
                    prune(inside, part, kept, inner);
                }
            }
            _ if is_member(part) && kept.is_null() => _ = value.list_mut().remove(at),
            _ => {
                if let Some(inside) = value.list_mut().get_mut(at) {
                    prune(inside, part, kept, inner);
                }
            }
        }
    }
}

/// The fields of a set as paths: `.spec.template.spec.containers[name="nginx"].image`.
fn paths(set: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_paths(set, "", &mut found);
    found
}

fn collect_paths(set: &Value, before: &str, found: &mut Vec<String>) {
    let inside = || set.as_map().into_iter().flat_map(Map::iter).filter(|(name, _)| *name != ".");
    let path = |name: &str| match name.split_at(name.len().min(2)) {
        ("f:", field) => format!("{before}.{field}"),
        ("k:", json) => {
            let key = parse_json(json).unwrap_or_default();
            let pairs = key.as_map().into_iter().flat_map(Map::iter);
            let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", to_json(value))).collect();
            format!("{before}[{}]", pairs.join(","))
        }
        (_, json) => format!("{before}[={json}]"),
    };
    found.extend(inside().filter(|(_, part)| is_member(part)).map(|(name, _)| path(name)));
    inside().for_each(|(name, part)| collect_paths(part, &path(name), found));
}

fn conflict_text(conflicts: Vec<(Manager, Vec<String>)>, api_version: &str) -> String {
    let who = |manager: &Manager| {
        let mut text = format!("{:?}", manager.name.as_str());
        if !manager.subresource.is_empty() {
            text.push_str(&format!(" with subresource {:?}", manager.subresource.as_str()));
        }
        if !manager.applies {
            text.push_str(&format!(" using {api_version}"));
        }
        text
    };
    let count: usize = conflicts.iter().map(|(_, paths)| paths.len()).sum();
    if let ([(manager, paths)], 1) = (conflicts.as_slice(), count) {
        return format!("Apply failed with 1 conflict: conflict with {}: {}", who(manager), paths.join(""));
    }
    let mut texts: Vec<String> = conflicts
        .iter()
        .map(|(manager, paths)| format!("conflicts with {}:\n- {}", who(manager), paths.join("\n- ")))
        .collect();
    texts.order();
    format!("Apply failed with {count} conflicts: {}", texts.join("\n"))
}

/// What does not fit the types in a tree that is to be applied, in the words of the typed parser.
pub(super) fn misfits(value: &Value, root: &'static Struct) -> Vec<String> {
    let mut found = Vec::new();
    find_misfits(value, &Type::Struct(root.name), None, "", &mut found);
    found
}

fn find_misfits(value: &Value, kind: &Type, keys: Option<&[&'static str]>, at: &str, found: &mut Vec<String>) {
    match (kind, value) {
        (_, Value::Null) => {}
        (Type::Struct(_), Value::Map(map)) => {
            let Some(of) = kind.structure() else { return };
            for (name, inner) in map.iter() {
                match of.field(name) {
                    None => found.push(format!("{at}.{name}: field not declared in schema")),
                    Some(field) => {
                        let keys = match shape(Some(of), Some(field)) {
                            Shape::Elements(keys, _) => Some(keys),
                            _ => None,
                        };
                        find_misfits(inner, &field.kind, keys.as_deref(), &format!("{at}.{name}"), found);
                    }
                }
            }
        }
        (Type::List(of), Value::List(list)) => {
            let mut seen: Vec<String> = Vec::new();
            for (number, element) in list.iter().enumerate() {
                let key = keys.and_then(|keys| element_key(element, keys));
                let is_keyed = key.is_some();
                let name = match key {
                    Some(key) => {
                        let mut path = Vec::new();
                        let inside: Map = [(key, Value::map())].into_iter().collect();
                        collect_paths(&inside.into(), "", &mut path);
                        path.concat()
                    }
                    None => format!("[{number}]"),
                };
                if is_keyed && seen.contains(&name) {
                    found.push(format!("{at}: duplicate entries for key {name}"));
                }
                seen.push(name.clone());
                find_misfits(element, of, None, &format!("{at}{name}"), found);
            }
        }
        (Type::Map(of), Value::Map(map)) => {
            map.iter().for_each(|(name, inner)| find_misfits(inner, of, None, &format!("{at}.{name}"), found));
        }
        (Type::Struct(_) | Type::Map(_), _) => {
            found.push(format!("{at}: expected map, got {}", shown(value)));
        }
        (Type::List(_), _) => found.push(format!("{at}: expected list, got {}", shown(value))),
        (Type::Int32 | Type::Int64, value) if value.as_i64().is_none() && !matches!(value, Value::Float(_)) => {
            let what = match value {
                Value::Str(_) => "string",
                Value::Bool(_) => "bool",
                Value::List(_) => "[]interface {}",
                _ => "map[string]interface {}",
            };
            found.push(format!("{at}: expected numeric (int or float), got {what}"));
        }
        (Type::Bool, value) if value.as_bool().is_none() => {
            found.push(format!("{at}: expected boolean, got {}", shown(value)));
        }
        (Type::Text(_) | Type::Time | Type::MicroTime | Type::Bytes, value) if value.as_str().is_none() => {
            found.push(format!("{at}: expected string, got {}", shown(value)));
        }
        _ => {}
    }
}

/// A value as Go prints the typed parser's own.
fn shown(value: &Value) -> String {
    let go = match value {
        Value::Str(text) => format!("{:?}", text.as_str()),
        other => to_json(other),
    };
    format!("&value.valueUnstructured{{Value:{go}}}")
}

#[cfg(test)]
mod tests {
    use super::super::{Client, Cluster, FieldValidation, PatchType};
    use super::*;
    use crate::manifest::parse;
    use crate::model::{Key, Kind};
    use crate::schema;

    const WEB: &str = "apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, labels: {tier: db}}
spec:
  serviceName: nginx
  replicas: 1
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{containerPort: 80}]
";

    fn key() -> Key {
        Key::new(Kind::StatefulSet, "default", "web")
    }

    fn client(manager: &str) -> Client<'_> {
        Client { manager, validation: FieldValidation::Strict }
    }

    fn value(text: &str) -> Value {
        parse(text).remove(0).value.unwrap()
    }

    fn apply(cluster: &mut Cluster, text: &str, manager: &str, is_forced: bool) -> Result<(), String> {
        let applied = cluster.apply_from(&value(text), &key(), client(manager), is_forced);
        applied.map(|_| ()).map_err(|error| error.to_string())
    }

    /// The managers with their fields as paths.
    fn owners(cluster: &Cluster) -> Vec<(String, Vec<String>)> {
        let object = cluster.get(&key()).unwrap();
        let managers = managers_of(object, schema::root("apps/v1", "StatefulSet").unwrap());
        let name = |it: &Manager| format!("{} {} {}", it.name, it.operation(), it.subresource).trim_end().to_string();
        managers.iter().map(|it| (name(it), paths(&it.fields))).collect()
    }

    #[test]
    fn a_created_object_belongs_to_its_creator_with_its_defaults() {
        let mut cluster = Cluster::new(1);
        cluster.create_from(&value(WEB), "default", client("kubectl-create")).unwrap();
        let owners = owners(&cluster);
        let [(name, fields)] = owners.as_slice() else { panic!("{owners:?}") };
        assert_eq!(name, "kubectl-create Update");
        for path in [
            ".metadata.labels",
            ".spec.podManagementPolicy",
            ".spec.selector",
            ".spec.updateStrategy.rollingUpdate.partition",
            ".spec.template.spec.containers[name=\"nginx\"]",
            ".spec.template.spec.containers[name=\"nginx\"].ports[containerPort=80,protocol=\"TCP\"].protocol",
        ] {
            assert!(fields.iter().any(|known| known == path), "{path}: {fields:#?}");
        }
        // Structs that are always there belong to nobody.
        for path in [".spec", ".spec.template", ".spec.updateStrategy", ".spec.template.spec.containers"] {
            assert!(!fields.iter().any(|known| known == path), "{path}");
        }
    }

    #[test]
    fn who_writes_a_field_takes_it_from_the_others() {
        let mut cluster = Cluster::new(1);
        cluster.create_from(&value(WEB), "default", client("kubectl-create")).unwrap();
        cluster.scale(&key(), 3, client("kubectl")).unwrap();
        let patch = r#"{"metadata":{"labels":{"tier":null,"zone":"a"}}}"#;
        cluster.patch(&key(), PatchType::Merge, patch, client("kubectl-label")).unwrap();
        let owners = owners(&cluster);
        let fields = |name: &str| owners.iter().find(|owner| owner.0 == name).map(|owner| owner.1.join(" "));
        assert_eq!(fields("kubectl Update scale").as_deref(), Some(".spec.replicas"));
        assert_eq!(fields("kubectl-label Update").as_deref(), Some(".metadata.labels.zone"));
        let left = fields("kubectl-create Update").unwrap();
        assert!(!left.contains(".spec.replicas") && !left.contains("tier"), "{left}");
    }

    #[test]
    fn conflicts_are_named_and_forced() {
        let mut cluster = Cluster::new(1);
        apply(&mut cluster, WEB, "kubectl", false).unwrap();
        assert_eq!(apply(&mut cluster, WEB, "other", false), Ok(()), "equal values are owned together");
        let more = WEB.replace("replicas: 1", "replicas: 2");
        let error = apply(&mut cluster, &more, "other", false).unwrap_err();
        assert_eq!(error, "Apply failed with 1 conflict: conflict with \"kubectl\": .spec.replicas");
        cluster.scale(&key(), 4, client("kubectl")).unwrap();
        let error = apply(&mut cluster, &more, "other", false).unwrap_err();
        let expected = "Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using \
                        apps/v1: .spec.replicas";
        assert_eq!(error, expected);
        apply(&mut cluster, &more, "other", true).unwrap();
        assert_eq!(cluster.get(&key()).unwrap().i64_at(&["spec", "replicas"]), Some(2));
    }

    #[test]
    fn what_is_no_longer_applied_goes_unless_another_owns_it() {
        let mut cluster = Cluster::new(1);
        let with = WEB.replace("image: nginx:1.27", "image: nginx:1.27\n        env: [{name: A, value: a}, {name: B}]");
        apply(&mut cluster, &with, "kubectl", false).unwrap();
        apply(&mut cluster, &with.replace(", {name: B}", ""), "other", false).unwrap();
        apply(&mut cluster, WEB, "kubectl", false).unwrap();
        let object = cluster.get(&key()).unwrap();
        let containers = object.list_at(&["spec", "template", "spec", "containers"]);
        assert_eq!(to_json(&containers[0].list_at(&["env"]).to_vec().into()), r#"[{"name":"A","value":"a"}]"#);
        assert_eq!(object.meta.label("tier"), "db");
    }

    #[test]
    fn fields_that_no_type_has_are_refused_with_their_path() {
        let mut cluster = Cluster::new(1);
        let cases = [
            ("replicas: 1", "replica: 1", ".spec.replica: field not declared in schema"),
            ("replicas: 1", "replicas: x", ".spec.replicas: expected numeric (int or float), got string"),
            (
                "image: nginx:1.27",
                "imag: x",
                ".spec.template.spec.containers[name=\"nginx\"].imag: field not declared in schema",
            ),
            (
                "name: nginx\n        image: nginx:1.27",
                "name: nginx\n        image: 1",
                ".spec.template.spec.containers[name=\"nginx\"].image: expected string, got \
                 &value.valueUnstructured{Value:1}",
            ),
        ];
        for (from, to, expected) in cases {
            let error = apply(&mut cluster, &WEB.replace(from, to), "kubectl", false).unwrap_err();
            let head = "failed to create typed patch object (default/web; apps/v1, Kind=StatefulSet): ";
            assert_eq!(error, format!("{head}{expected}"));
        }
    }
}
