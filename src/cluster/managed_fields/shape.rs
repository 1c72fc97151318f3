//! How values fall into parts that somebody can own: by the API's types, by a definition's schema, or by what they are.
//!
//! Follows kube-openapi's `pkg/schemaconv`, which reads the same from the API's description.

use crate::model::{Map, Text, Value};
use crate::schema::{Field, Merge, Struct, Type};

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

/// Lists with more than one key: the struct, the field, the keys.
const KEYS: &[(&str, &str, &[&str])] = &[
    ("Container", "ports", &["containerPort", "protocol"]),
    ("EphemeralContainerCommon", "ports", &["containerPort", "protocol"]),
    ("PodSpec", "topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("ServiceSpec", "ports", &["port", "protocol"]),
];

/// A field that tells a list's elements apart.
#[derive(Clone)]
pub(in crate::cluster) struct ListKey {
    /// Its name.
    pub name: Text,
    /// What it is where it is absent.
    pub default: Option<Value>,
}

impl ListKey {
    fn of_type(name: &'static str) -> ListKey {
        ListKey { name: name.into(), default: (name == "protocol").then(|| "TCP".into()) }
    }
}

/// How a value falls into parts.
#[derive(Clone)]
pub(in crate::cluster) enum Shape {
    /// It does not.
    Whole,
    /// Into fields: a struct, or a map if no struct is known.
    Fields(Option<&'static Struct>),
    /// Into fields by a definition's schema; with the struct that has the metadata, if it is a whole object.
    Schema(Value, Option<&'static Struct>),
    /// Into elements by these keys, each of this shape.
    Elements(Vec<ListKey>, Box<Shape>),
    /// Into elements by their value.
    Set,
    /// Nobody says: objects into fields, everything else not.
    Deduced,
}

impl Shape {
    /// That of the objects of a type.
    pub(in crate::cluster) fn of_type(of: &'static Struct) -> Shape {
        Shape::Fields(Some(of))
    }

    /// That of a value by its schema.
    fn of_schema(schema: &Value) -> Shape {
        let says = |name: &str| schema.get(name).and_then(Value::as_bool) == Some(true);
        let names = |name: &str| schema.get(name).and_then(Value::as_map).is_some();
        match schema.str_at(&["type"]) {
            _ if says("x-kubernetes-int-or-string") => Shape::Whole,
            "object" if schema.str_at(&["x-kubernetes-map-type"]) == "atomic" => Shape::Whole,
            "object" if names("properties") || names("additionalProperties") => Shape::Schema(schema.clone(), None),
            "" | "object" => Shape::Deduced,
            "array" => match schema.str_at(&["x-kubernetes-list-type"]) {
                "set" => Shape::Set,
                "map" => {
                    let items = schema.get("items").unwrap_or(&Value::Null);
                    let names = schema.list_at(&["x-kubernetes-list-map-keys"]).iter().filter_map(Value::as_text);
                    let default = |name: &Text| items.at(&["properties", name, "default"]).cloned();
                    let keys = names.map(|name| ListKey { name: name.clone(), default: default(name) }).collect();
                    Shape::Elements(keys, Box::new(Shape::of_schema(items)))
                }
                _ => Shape::Whole,
            },
            _ => Shape::Whole,
        }
    }

    /// How a field falls into parts, and whether its name is one of a type's and not chosen by the user.
    pub(super) fn of_field(&self, name: &str) -> (bool, Shape) {
        match self {
            Shape::Fields(of) => {
                let field = of.and_then(|of| of.field(name));
                (field.is_some(), shape(*of, field))
            }
            Shape::Schema(_, Some(of)) if of.field(name).is_some() => (true, shape(Some(of), of.field(name))),
            Shape::Schema(schema, _) => {
                let own = schema.get("properties").and_then(|properties| properties.get(name));
                let other = || schema.get("additionalProperties").filter(|it| it.as_map().is_some());
                (own.is_some(), own.or_else(other).map_or(Shape::Deduced, Shape::of_schema))
            }
            Shape::Deduced => (false, Shape::Deduced),
            Shape::Whole | Shape::Elements(..) | Shape::Set => (false, Shape::Whole),
        }
    }

    /// How an element of a list falls into parts.
    pub(super) fn of_elements(&self) -> Shape {
        match self {
            Shape::Elements(_, of) => Shape::clone(of),
            _ => Shape::Whole,
        }
    }

    /// Whether a change from one value to another is one of the whole.
    pub(super) fn is_whole(&self, old: &Value, new: &Value) -> bool {
        let is_object = |value: &Value| value.as_map().is_some();
        match self {
            Shape::Whole => true,
            Shape::Deduced => !(is_object(old) && is_object(new)),
            _ => false,
        }
    }
}

/// How a field of a type falls into parts.
pub(super) fn shape(of: Option<&'static Struct>, field: Option<&'static Field>) -> Shape {
    let (Some(of), Some(field)) = (of, field) else { return Shape::Whole };
    let owner = of.go_name();
    let is_atomic = |of: &Struct| ATOMIC.contains(&of.go_name());
    match (&field.kind, field.merge) {
        (Type::Struct(_), _) => match field.kind.structure() {
            Some(inner) if !is_atomic(inner) => Shape::Fields(Some(inner)),
            _ => Shape::Whole,
        },
        (Type::Map(_), _) if !ATOMIC_MAPS.contains(&(owner, field.name)) => Shape::Fields(None),
        (Type::List(_), Merge::ByKey(key)) => {
            let known = KEYS.iter().find(|(name, list, _)| (*name, *list) == (owner, field.name));
            let keys = known.map_or_else(|| vec![key], |(.., keys)| keys.to_vec());
            let element = field.kind.structure();
            let inner = if element.is_some_and(is_atomic) { Shape::Whole } else { Shape::Fields(element) };
            Shape::Elements(keys.into_iter().map(ListKey::of_type).collect(), Box::new(inner))
        }
        (Type::List(_), Merge::AsSet) => Shape::Set,
        _ => Shape::Whole,
    }
}

/// What objects of a kind are made of: their type, and how they fall into parts.
#[derive(Clone)]
pub(in crate::cluster) struct Root {
    /// The type; of custom kinds only the metadata stands there.
    pub of: &'static Struct,
    /// How the whole object falls into parts.
    pub shape: Shape,
}

impl Root {
    /// Objects of a type.
    pub(in crate::cluster) fn of_type(of: &'static Struct) -> Root {
        Root { of, shape: Shape::of_type(of) }
    }

    /// Objects of a custom kind, whose metadata is that of `of`.
    pub(in crate::cluster) fn of_schema(of: &'static Struct, schema: &Value) -> Root {
        let schema = if schema.is_null() { Value::from(Map::new()) } else { schema.clone() };
        Root { of, shape: Shape::Schema(schema, Some(of)) }
    }
}
