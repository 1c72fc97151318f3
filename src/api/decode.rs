//! Reads a tree as an object of the API: types, unknown fields, and errors in the words of the API server's decoder.
//!
//! The result is the object as the API server would write it again: amounts in canonical form, empty values left out
//! or spelled out as the field's type wants it. Empty lists and maps stay until [`super::tidy`], because validation
//! can tell them from absent ones.

use super::json_error::type_error;
use super::older_version::kept_version;
use crate::kubernetes::Kubernetes;
use crate::model::json::go_float;
use crate::model::{Kind, Map, Object, Quantity, Text, Value, to_json};
use crate::schema::{self, Field, Struct, Type};
use std::fmt;

/// An object that was read, and what in the source has no place in it.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The object.
    pub object: Object,
    /// Fields that the API does not know, in the order of strict decoding: `spec.replica`.
    pub unknown_fields: Vec<String>,
}

impl Decoded {
    /// The error of strict field validation, if any: `strict decoding error: unknown field "spec.replica"`.
    pub fn strict_error(&self) -> Option<String> {
        let list: Vec<String> = self.unknown_fields.iter().map(|path| format!("unknown field \"{path}\"")).collect();
        if list.is_empty() { None } else { Some(format!("strict decoding error: {}", list.join(", "))) }
    }

    /// The warnings of lenient field validation: `unknown field "spec.replica"`.
    pub fn strict_warnings(&self) -> Vec<String> {
        self.unknown_fields.iter().map(|path| format!("unknown field \"{path}\"")).collect()
    }
}

/// Why a tree is not an object. `Display` gives the API server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// `kind` or `apiVersion` is not a string.
    NoVersionOrKind(String),
    /// `apiVersion` has more than one slash.
    GroupVersion(String),
    /// `apiVersion` or `kind` is missing; which one, and the document as JSON.
    Missing(&'static str, String),
    /// Nobody knows such a kind: its name and the `apiVersion`.
    NotRegistered(String, String),
    /// A value has another type than its field. The path is ours, for finding the place in the source.
    Type {
        /// Path of the value: `spec.template.spec.containers[0].image`.
        path: String,
        /// Go's words.
        message: String,
    },
}

impl DecodeError {
    /// The path of the value at fault.
    pub fn path(&self) -> &str {
        match self {
            DecodeError::NoVersionOrKind(_) | DecodeError::Missing(..) => "",
            DecodeError::GroupVersion(_) => "apiVersion",
            DecodeError::NotRegistered(..) => "kind",
            DecodeError::Type { path, .. } => path,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::NoVersionOrKind(why) => write!(f, "couldn't get version/kind; json parse error: {why}"),
            DecodeError::GroupVersion(text) => write!(f, "unexpected GroupVersion string: {text}"),
            DecodeError::Missing(what, json) => write!(f, "Object '{what}' is missing in '{json}'"),
            DecodeError::NotRegistered(kind, version) => write!(
                f,
                "no kind \"{kind}\" is registered for version \"{version}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\""
            ),
            DecodeError::Type { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Reads `value` as an object of the kind that it names, as that Kubernetes would.
///
/// # Errors
/// The first thing that keeps it from being one.
pub fn decode(value: &Value, kubernetes: Kubernetes) -> Result<Decoded, DecodeError> {
    let kept = kept_version(value);
    let value = kept.as_ref().unwrap_or(value);
    let kind = kind_of(value)?;
    decode_as(kind, value, kubernetes)
}

/// Reads `value` as an object of `kind`, whatever it says itself.
///
/// # Errors
/// The first value of a wrong type.
pub fn decode_as(kind: Kind, value: &Value, kubernetes: Kubernetes) -> Result<Decoded, DecodeError> {
    let names = kind.names();
    let root = schema::root(kind.api_version(), names.kind)
        .ok_or_else(|| DecodeError::NotRegistered(names.kind.into(), kind.api_version().into()))?;
    let mut walk = Walk {
        kubernetes,
        error: None,
        is_final: false,
        unknown_fields: Vec::new(),
        go_path: Vec::new(),
        path: Vec::new(),
        owner: root,
    };
    let body = match value {
        Value::Map(map) => walk.structure(root, map),
        other => {
            walk.fail(type_error(other, &format!("v1.{}", root.go_name())), true);
            Map::new()
        }
    };
    if let Some(error) = walk.error {
        return Err(error);
    }
    let mut body = body;
    let meta = body.remove("metadata").unwrap_or_default();
    body.remove("apiVersion");
    body.remove("kind");
    let meta = crate::model::Meta::from_value(&meta);
    Ok(Decoded { object: Object { kind, meta, body }, unknown_fields: walk.unknown_fields })
}

/// The kind that a tree names.
fn kind_of(value: &Value) -> Result<Kind, DecodeError> {
    let read = |key: &'static str| match value.get(key) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::Str(text)) => Ok(text.as_str()),
        Some(other) => Err(DecodeError::NoVersionOrKind(format!(
            "json: cannot unmarshal {} into Go struct field .{key} of type string",
            other.json_type()
        ))),
    };
    let (api_version, kind) = (read("apiVersion")?, read("kind")?);
    let version = match api_version.split('/').count() {
        _ if api_version == "/" => "",
        1 => api_version,
        2 => api_version.rsplit('/').next().unwrap_or(""),
        _ => return Err(DecodeError::GroupVersion(api_version.into())),
    };
    if kind.is_empty() {
        return Err(DecodeError::Missing("Kind", to_json(value)));
    }
    if version.is_empty() {
        return Err(DecodeError::Missing("apiVersion", to_json(value)));
    }
    Kind::of(api_version, kind).ok_or_else(|| DecodeError::NotRegistered(kind.into(), api_version.into()))
}

/// A step of a path to a value in the source.
enum Step {
    Field(Text),
    Index(usize),
}

/// The walk over a tree, beside the schema. The first error is kept and the walk goes on, as Go's does; but what a type
/// with a reader of its own (amounts, times, numbers or strings) says is final.
struct Walk {
    kubernetes: Kubernetes,
    error: Option<DecodeError>,
    is_final: bool,
    unknown_fields: Vec<String>,
    /// Field names as Go's errors show them: without indices and map keys, with embedded structs.
    go_path: Vec<&'static str>,
    path: Vec<Step>,
    owner: &'static Struct,
}

impl Walk {
    fn structure(&mut self, of: &'static Struct, map: &Map) -> Map {
        let mut out = Map::new();
        let outer = std::mem::replace(&mut self.owner, of);
        for (key, value) in map.iter() {
            self.path.push(Step::Field(key.clone()));
            if let Some(field) = of.field(key).filter(|field| field.is_in(self.kubernetes)) {
                self.owner = of;
                let depth = self.go_path.len();
                if !field.embedded_in.is_empty() {
                    self.go_path.push(field.embedded_in);
                }
                self.go_path.push(field.name);
                if let Some(value) = self.field(field, value) {
                    out.insert(field.name, value);
                }
                self.go_path.truncate(depth);
            } else {
                let path = self.shown_path();
                self.unknown_fields.push(path);
            }
            self.path.pop();
        }
        self.owner = outer;
        for field in &of.fields {
            if !out.contains_key(field.name)
                && let Some(value) = spelled_out(field)
            {
                out.insert(field.name, value);
            }
        }
        out
    }

    /// The value of a field as it is stored, or `None` where it counts as absent.
    fn field(&mut self, field: &'static Field, value: &Value) -> Option<Value> {
        if value.is_null() && (field.is_pointer || !matches!(field.kind, Type::IntOrString | Type::Quantity)) {
            return None;
        }
        let value = self.value(&field.kind, value)?;
        let is_zero = match &value {
            Value::Null => true,
            Value::Bool(flag) => !flag,
            Value::Int(number) => *number == 0 && field.kind != Type::IntOrString,
            Value::Str(text) => text.is_empty() && field.kind != Type::IntOrString,
            _ => false,
        };
        if is_zero && !field.is_pointer { None } else { Some(value) }
    }

    fn value(&mut self, kind: &'static Type, value: &Value) -> Option<Value> {
        match (kind, value) {
            (Type::Any, _) => Some(value.clone()),
            (Type::Text(_), Value::Str(_)) | (Type::Bool, Value::Bool(_)) => Some(value.clone()),
            (Type::Text(_), Value::Null) => Some("".into()),
            (Type::Bool, Value::Null) => Some(false.into()),
            (Type::Int32 | Type::Int64 | Type::IntOrString, Value::Int(_) | Value::Float(_)) => {
                self.number(kind, value)
            }
            (Type::Int32 | Type::Int64 | Type::IntOrString, Value::Null) => Some(0.into()),
            (Type::IntOrString, Value::Str(_)) => Some(value.clone()),
            (Type::Quantity, _) => self.quantity(value),
            (Type::Time | Type::MicroTime, Value::Str(text)) => self.time(text, value),
            (Type::Time | Type::MicroTime | Type::Bytes | Type::List(_) | Type::Map(_), Value::Null) => {
                Some(Value::Null)
            }
            (Type::Bytes, Value::Str(text)) => self.bytes(text, value),
            (Type::Struct(name), Value::Map(map)) => Some(self.structure(schema::structure(name)?, map).into()),
            (Type::Struct(name), Value::Null) => Some(self.structure(schema::structure(name)?, &Map::new()).into()),
            (Type::List(of), Value::List(list)) => {
                let mut out = Vec::with_capacity(list.len());
                for (at, element) in list.iter().enumerate() {
                    self.path.push(Step::Index(at));
                    out.extend(self.value(of, element));
                    self.path.pop();
                }
                Some(out.into())
            }
            (Type::Map(of), Value::Map(map)) => {
                let mut out = Map::new();
                for (key, element) in map.iter() {
                    self.path.push(Step::Field(key.clone()));
                    if let Some(element) = self.value(of, element) {
                        out.insert(key.clone(), element);
                    }
                    self.path.pop();
                }
                Some(out.into())
            }
            _ => {
                self.wrong(value.json_type(), kind);
                None
            }
        }
    }

    fn number(&mut self, kind: &Type, value: &Value) -> Option<Value> {
        let number = match value {
            Value::Int(number) => Some(*number),
            Value::Float(number) if number.fract() == 0.0 && number.abs() < 9.0e18 => Some(*number as i64),
            _ => None,
        };
        let is_in_range = number.is_some_and(|n| *kind == Type::Int64 || i32::try_from(n).is_ok());
        if !is_in_range {
            self.wrong(&format!("number {}", to_json(value)), kind);
            return None;
        }
        number.map(Value::Int)
    }

    fn quantity(&mut self, value: &Value) -> Option<Value> {
        let text = match value {
            Value::Null => return Some("0".into()),
            Value::Str(text) => text.trim().to_string(),
            Value::Float(number) => go_float(*number),
            other => to_json(other),
        };
        match Quantity::parse(&text) {
            Ok(quantity) => Some(quantity.to_string().into()),
            Err(error) => {
                self.fail(error.to_string(), true);
                None
            }
        }
    }

    fn time(&mut self, text: &Text, value: &Value) -> Option<Value> {
        if crate::model::Millis::parse_rfc3339(text).is_some() {
            return Some(value.clone());
        }
        self.fail(
            format!(
                "parsing time {0:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {0:?} as \"2006\"",
                text.as_str()
            ),
            true,
        );
        None
    }

    fn bytes(&mut self, text: &Text, value: &Value) -> Option<Value> {
        match base64_fault(text) {
            None => Some(value.clone()),
            Some(at) => {
                self.fail(format!("illegal base64 data at input byte {at}"), false);
                None
            }
        }
    }

    fn wrong(&mut self, what: &str, kind: &Type) {
        let place = format!("Go struct field {}.{}", self.owner.go_name(), self.go_path.join("."));
        let message = format!("json: cannot unmarshal {what} into {place} of type {}", kind.go_type());
        self.fail(message, matches!(kind, Type::IntOrString | Type::Time | Type::MicroTime));
    }

    fn fail(&mut self, message: String, is_final: bool) {
        if self.error.is_none() || is_final && !self.is_final {
            self.error = Some(DecodeError::Type { path: self.shown_path(), message });
            self.is_final |= is_final;
        }
    }

    fn shown_path(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) if out.is_empty() => out.push_str(name),
                Step::Field(name) => {
                    out.push('.');
                    out.push_str(name);
                }
                Step::Index(at) => out.push_str(&format!("[{at}]")),
            }
        }
        out
    }
}

/// What the API writes for an absent field: structs in full, and empty values that are not left out.
fn spelled_out(field: &'static Field) -> Option<Value> {
    match &field.kind {
        Type::Struct(name) if !field.is_pointer => Some(empty_struct(name)),
        _ if field.omits_empty => None,
        _ if field.is_pointer => Some(Value::Null),
        Type::Text(_) => Some("".into()),
        Type::Bool => Some(false.into()),
        Type::Int32 | Type::Int64 | Type::IntOrString => Some(0.into()),
        Type::Quantity => Some("0".into()),
        _ => Some(Value::Null),
    }
}

fn empty_struct(name: &str) -> Value {
    let fields = schema::structure(name).map(|structure| structure.fields.as_slice()).unwrap_or_default();
    fields.iter().filter_map(|field| Some((field.name, spelled_out(field)?))).collect::<Map>().into()
}

/// Leaves out the empty lists and maps that the API does not write.
pub fn tidy(object: &mut Object) {
    let Some(root) = object.kind.structure() else { return };
    let names: Vec<Text> = object.body.keys().cloned().collect();
    for name in names {
        if let (Some(field), Some(value)) = (root.field(&name), object.body.get_mut(&name)) {
            if is_dropped(field, value) {
                object.body.remove(&name);
            } else if needs_tidying(&field.kind, value) {
                tidy_value(&field.kind, value);
            }
        }
    }
}

fn is_dropped(field: &Field, value: &Value) -> bool {
    field.omits_empty
        && !field.is_pointer
        && match (&field.kind, value) {
            (Type::List(_), Value::List(list)) => list.is_empty(),
            (Type::Map(_), Value::Map(map)) => map.is_empty(),
            _ => false,
        }
}

/// Whether anything below has to go; looked up first so that shared trees stay shared.
fn needs_tidying(kind: &Type, value: &Value) -> bool {
    match (kind, value) {
        (Type::Struct(name), Value::Map(map)) => schema::structure(name).is_some_and(|of| {
            map.iter().any(|(key, value)| {
                of.field(key).is_some_and(|field| is_dropped(field, value) || needs_tidying(&field.kind, value))
            })
        }),
        (Type::List(of), Value::List(list)) => list.iter().any(|element| needs_tidying(of, element)),
        (Type::Map(of), Value::Map(map)) => map.iter().any(|(_, element)| needs_tidying(of, element)),
        _ => false,
    }
}

fn tidy_value(kind: &Type, value: &mut Value) {
    match (kind, value) {
        (Type::Struct(name), Value::Map(map)) => {
            let Some(of) = schema::structure(name) else { return };
            map.retain(|key, value| !of.field(key).is_some_and(|field| is_dropped(field, value)));
            for field in &of.fields {
                if map.get(field.name).is_some_and(|value| needs_tidying(&field.kind, value))
                    && let Some(value) = map.get_mut(field.name)
                {
                    tidy_value(&field.kind, value);
                }
            }
        }
        (Type::List(of), value @ Value::List(_)) => {
            for element in value.list_mut() {
                tidy_value(of, element);
            }
        }
        (Type::Map(of), Value::Map(map)) => {
            let keys: Vec<Text> = map.keys().cloned().collect();
            for key in keys {
                if let Some(element) = map.get_mut(&key) {
                    tidy_value(of, element);
                }
            }
        }
        _ => {}
    }
}

/// Where a text stops being base64, as Go's decoder counts; line breaks are skipped.
pub fn base64_fault(text: &str) -> Option<usize> {
    let mut digits = 0usize;
    let mut padding = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' if digits % 4 >= 2 && padding + digits % 4 < 4 => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => digits += 1,
            _ => return Some(at),
        }
    }
    // What is not whole is told where its group begins; where one sign of two is missing, at the end.
    let begun = if padding == 0 { digits % 4 } else { 0 };
    if (digits + padding).is_multiple_of(4) { None } else { Some(text.len() - begun) }
}
