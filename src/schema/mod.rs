//! The API's types as data: one table of structs and fields; knows no objects.
//!
//! The table (`types.txt`) holds the groups (`group WORD VERSION`), then one struct a line: its name, then its fields
//! in the order of the API's source.
//! A field is `name:type` and marks: `?` left out when empty, `+key` a list merged by that key (`+` alone: a list of
//! plain values merged as a set), `=` replaced as a whole by patches, `&` patches name the keys to keep, `^Name` the
//! field sits in an embedded struct of that name. A type is `*` (may be absent as a whole), `[]` (list), `{}` (map from
//! strings) or nothing before `string`, `bool`, `int32`, … or the name of a struct; `string/Name` is a string type of
//! its own name. `overlays.txt` names what only some versions of Kubernetes have: a difference, then the field or the
//! value of an enumeration that comes with it. Decoding, unknown fields, type errors, defaults, merge keys, `explain` and completion read it.

use crate::kubernetes::{DIFFERENCES, Difference, Kubernetes};
use std::sync::OnceLock;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A string; the name of its Go type, `string` if it has none of its own.
    Text(&'static str),
    /// `true` or `false`.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// An amount: `500m`, `1Gi`.
    Quantity,
    /// A time of whole seconds.
    Time,
    /// A time with microseconds.
    MicroTime,
    /// A number or a string such as `50%`.
    IntOrString,
    /// Bytes in base64.
    Bytes,
    /// Anything.
    Any,
    /// A struct of this name: see [`structure`].
    Struct(&'static str),
    /// A list.
    List(Box<Type>),
    /// A map from strings.
    Map(Box<Type>),
}

/// How a strategic merge patch treats a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Structs and maps field by field, lists and values as a whole.
    Plain,
    /// A list of structs by this key.
    ByKey(&'static str),
    /// A list of plain values as a set.
    AsSet,
    /// As a whole.
    Replace,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
    /// Whether it is a pointer in Go: absent and empty are then different things.
    pub is_pointer: bool,
    /// Whether it is left out when empty.
    pub omits_empty: bool,
    /// How patches treat it.
    pub merge: Merge,
    /// Whether a patch names the keys of the elements to keep.
    pub retains_keys: bool,
    /// The embedded struct that it sits in; empty if none.
    pub embedded_in: &'static str,
    /// What has to be so for the field to exist; `None` if every version has it.
    pub comes_with: Option<Difference>,
}

impl Field {
    /// Whether a version of Kubernetes has the field.
    pub fn is_in(&self, kubernetes: Kubernetes) -> bool {
        self.comes_with.is_none_or(|difference| kubernetes.has(difference))
    }
}

/// A struct of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// `core.PodSpec`: the group's word and the Go name.
    pub name: &'static str,
    /// Its fields in the order of the API's source.
    pub fields: Vec<Field>,
}

impl Struct {
    /// `PodSpec`.
    pub fn go_name(&self) -> &'static str {
        go_name(self.name)
    }

    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Type {
    /// The Go type as Go's JSON decoder names it: `int32`, `v1.PodSpec`, `[]v1.Container`.
    pub fn go_type(&self) -> String {
        match self {
            Type::Text(name) if *name == "string" || name.contains('.') => (*name).to_string(),
            Type::Text(name) => format!("v1.{name}"),
            Type::Bool => "bool".into(),
            Type::Int32 | Type::IntOrString => "int32".into(),
            Type::Int64 => "int64".into(),
            Type::Quantity => "resource.Quantity".into(),
            Type::Time | Type::MicroTime => "string".into(),
            Type::Bytes => "[]uint8".into(),
            Type::Any => "interface {}".into(),
            Type::Struct(name) => format!("v1.{}", go_name(name)),
            Type::List(of) => format!("[]{}", of.go_type()),
            Type::Map(of) if **of == Type::Quantity => "v1.ResourceList".into(),
            Type::Map(of) => format!("map[string]{}", of.go_type()),
        }
    }

    /// The type as `kubectl explain` names it: `<[]Container>` without the brackets.
    pub fn explain_type(&self) -> String {
        match self {
            Type::Text(_) | Type::Bytes => "string".into(),
            Type::Bool => "boolean".into(),
            Type::Int32 | Type::Int64 => "integer".into(),
            Type::Quantity => "Quantity".into(),
            Type::Time => "Time".into(),
            Type::MicroTime => "MicroTime".into(),
            Type::IntOrString => "IntOrString".into(),
            Type::Any => "Object".into(),
            Type::Struct(name) => go_name(name).into(),
            Type::List(of) => format!("[]{}", of.explain_type()),
            Type::Map(of) => format!("map[string]{}", of.explain_type()),
        }
    }

    /// The values that the API names for it, in order; empty for what is not an enumeration. As the API's
    /// description has them: `enums.txt` holds one type a line.
    pub fn values(&self, kubernetes: Kubernetes) -> Vec<&'static str> {
        let Type::Text(name) = self else { return Vec::new() };
        let lines = include_str!("enums.txt").lines();
        let found = lines.filter_map(|line| line.split_once(' ')).find(|(known, _)| known == name);
        let values = found.map_or(Vec::new(), |(_, values)| values.split(' ').collect());
        let is_in = |value: &&str| overlay(&format!("{name}={value}")).is_none_or(|it| kubernetes.has(it));
        values.into_iter().filter(is_in).collect()
    }

    /// The struct behind lists and maps of it.
    pub fn structure(&self) -> Option<&'static Struct> {
        match self {
            Type::Struct(name) => structure(name),
            Type::List(of) | Type::Map(of) => of.structure(),
            _ => None,
        }
    }
}

fn go_name(name: &'static str) -> &'static str {
    name.split_once('.').map_or(name, |(_, go)| go)
}

/// The struct called `name`, such as `core.PodSpec`.
pub fn structure(name: &str) -> Option<&'static Struct> {
    let table = table();
    table.binary_search_by(|it| it.name.cmp(name)).ok().map(|at| &table[at])
}

/// The struct of an object's kind, such as `v1` and `Pod`.
pub fn root(api_version: &str, kind: &str) -> Option<&'static Struct> {
    let (group, _) = groups().iter().find(|(_, version)| *version == api_version)?;
    structure(&format!("{group}.{kind}"))
}

/// The field at the end of `path`, from `root`; lists and maps are passed through.
pub fn field_at(root: &'static Struct, path: &[&str]) -> Option<&'static Field> {
    let (last, parents) = path.split_last()?;
    let parent = parents.iter().try_fold(root, |place, name| place.field(name)?.kind.structure())?;
    parent.field(last)
}

/// Whether anything in this lab acts on a field, or at least shows it. What the API takes without effect here stands in
/// `without_effect.txt`, and the editor says so.
pub fn has_effect(of: &Struct, field: &Field) -> bool {
    !without_effect().any(|(name, known)| name == of.name && known == field.name)
}

/// The fields without effect: struct and field.
pub fn without_effect() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("without_effect.txt").split_whitespace().filter_map(|word| word.rsplit_once('.'))
}

/// All structs in the order of their names, as they stand in the file.
fn table() -> &'static [Struct] {
    static TABLE: OnceLock<Vec<Struct>> = OnceLock::new();
    TABLE.get_or_init(|| lines().filter(|line| !line.starts_with(GROUP)).map(read_struct).collect())
}

/// How the lines of the groups begin.
const GROUP: &str = "group ";

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("types.txt").lines()
}

/// The groups: the word before the dot of their structs' names, and their version in the API.
fn groups() -> &'static [(&'static str, &'static str)] {
    static GROUPS: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    GROUPS.get_or_init(|| lines().filter_map(|line| line.strip_prefix(GROUP)?.split_once(' ')).collect())
}

fn read_struct(line: &'static str) -> Struct {
    let mut words = line.split(' ');
    let name = words.next().unwrap_or("");
    let read = |word| {
        let field = read_field(word);
        Field { comes_with: overlay(&format!("{name}.{}", field.name)), ..field }
    };
    Struct { name, fields: words.filter(|word| !word.is_empty()).map(read).collect() }
}

/// What has to be so for a field or a value to exist, if that depends on the version.
fn overlay(what: &str) -> Option<Difference> {
    let lines = include_str!("overlays.txt").lines();
    let (key, _) = lines.filter_map(|line| line.split_once(' ')).find(|(_, known)| *known == what)?;
    DIFFERENCES.iter().find(|row| row.key == key).map(|row| row.difference)
}

fn read_field(word: &'static str) -> Field {
    let (word, embedded_in) = word.split_once('^').unwrap_or((word, ""));
    let (word, retains_keys) = word.strip_suffix('&').map_or((word, false), |word| (word, true));
    let (word, merge) = match word.split_once('+') {
        Some((word, "")) => (word, Merge::AsSet),
        Some((word, key)) => (word, Merge::ByKey(key)),
        None => word.strip_suffix('=').map_or((word, Merge::Plain), |word| (word, Merge::Replace)),
    };
    let (word, omits_empty) = word.strip_suffix('?').map_or((word, false), |word| (word, true));
    let (name, kind) = word.split_once(':').unwrap_or((word, "any"));
    let (kind, is_pointer) = kind.strip_prefix('*').map_or((kind, false), |kind| (kind, true));
    Field { name, kind: read_type(kind), is_pointer, omits_empty, merge, retains_keys, embedded_in, comes_with: None }
}

fn read_type(word: &'static str) -> Type {
    if let Some(of) = word.strip_prefix("[]") {
        return Type::List(Box::new(read_type(of)));
    }
    if let Some(of) = word.strip_prefix("{}") {
        return Type::Map(Box::new(read_type(of)));
    }
    match word {
        "string" => Type::Text("string"),
        "bool" => Type::Bool,
        "int32" => Type::Int32,
        "int64" => Type::Int64,
        "Quantity" => Type::Quantity,
        "Time" => Type::Time,
        "MicroTime" => Type::MicroTime,
        "IntOrString" => Type::IntOrString,
        "bytes" => Type::Bytes,
        "any" => Type::Any,
        _ => word.strip_prefix("string/").map_or(Type::Struct(word), Type::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_struct_that_a_field_names_is_in_the_table() {
        assert!(table().is_sorted_by_key(|structure| structure.name));
        for structure in table() {
            for field in &structure.fields {
                let mut kind = &field.kind;
                while let Type::List(of) | Type::Map(of) = kind {
                    kind = of;
                }
                if let Type::Struct(name) = kind {
                    assert!(super::structure(name).is_some(), "{}.{}: {name}", structure.name, field.name);
                }
            }
        }
    }

    #[test]
    fn every_overlay_names_a_difference_and_a_thing_that_comes_with_it() {
        for line in include_str!("overlays.txt").lines() {
            let (key, what) = line.split_once(' ').unwrap();
            assert!(DIFFERENCES.iter().any(|row| row.key == key), "{line}: no such row in the table of differences");
            let is_known = match what.rsplit_once('=') {
                Some((kind, value)) => {
                    let mut types = include_str!("enums.txt").lines().filter_map(|line| line.split_once(' '));
                    types.any(|(name, values)| name == kind && values.split(' ').any(|known| known == value))
                }
                None => what.rsplit_once('.').and_then(|(of, field)| structure(of)?.field(field)).is_some(),
            };
            assert!(is_known, "{line}: the table has no such thing");
        }
    }

    #[test]
    fn every_field_without_effect_is_in_the_table() {
        for (name, field) in without_effect() {
            let of = structure(name).unwrap_or_else(|| panic!("{name}"));
            assert!(of.field(field).is_some_and(|field| !has_effect(of, field)), "{name}.{field}");
        }
    }

    #[test]
    fn every_enumeration_is_the_type_of_a_field() {
        let fields = || table().iter().flat_map(|of| &of.fields);
        for line in include_str!("enums.txt").lines() {
            let name = line.split(' ').next().unwrap();
            let is_used = fields().any(|field| matches!(field.kind, Type::Text(known) if known == name));
            assert!(is_used, "{name}: no field has this type; take it out of enums.txt");
        }
    }

    #[test]
    fn fields_say_how_they_are_merged() {
        let set = root("apps/v1", "StatefulSet").unwrap();
        let containers = field_at(set, &["spec", "template", "spec", "containers"]).unwrap();
        assert_eq!(containers.merge, Merge::ByKey("name"));
        assert_eq!(containers.kind.go_type(), "[]v1.Container");
        let replicas = field_at(set, &["spec", "replicas"]).unwrap();
        assert!(replicas.is_pointer && replicas.omits_empty);
    }
}
