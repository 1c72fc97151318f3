//! What a kustomization may say: its fields and their types, held against a file as Go's JSON decoder does; builds
//! nothing.
//!
//! Follows `api/types` of kustomize. Where a value does not fit, the words are those of `encoding/json`.

use crate::model::{Map, Text, Value};
use crate::ordering::Order;

/// A type of Go.
enum Type {
    Text,
    Bool,
    Number,
    Texts,
    Pairs,
    /// Whatever it holds.
    Any,
    One(&'static Struct),
    Many(&'static Struct),
}

struct Struct {
    /// Its name in messages.
    name: &'static str,
    /// Its name as a list's element.
    element: &'static str,
    fields: &'static [(&'static str, Type)],
}

use Type::{Any, Bool, Many, Number, One, Pairs, Texts};

const TEXT: Type = Type::Text;

static KUSTOMIZATION: Struct = Struct {
    name: "Kustomization",
    element: "",
    fields: &[
        ("apiVersion", TEXT),
        ("kind", TEXT),
        ("metadata", One(&META)),
        ("openapi", Pairs),
        ("namePrefix", TEXT),
        ("nameSuffix", TEXT),
        ("namespace", TEXT),
        ("commonLabels", Pairs),
        ("labels", Many(&LABEL)),
        ("commonAnnotations", Pairs),
        ("patchesStrategicMerge", Texts),
        ("patchesJson6902", Many(&PATCH)),
        ("patches", Many(&PATCH)),
        ("images", Many(&IMAGE)),
        ("imageTags", Many(&IMAGE)),
        ("replacements", Many(&REPLACEMENT)),
        ("replicas", Many(&REPLICA)),
        ("vars", Any),
        ("sortOptions", One(&SORT)),
        ("resources", Texts),
        ("components", Texts),
        ("bases", Texts),
        ("crds", Texts),
        ("configMapGenerator", Many(&CONFIG_MAP)),
        ("secretGenerator", Many(&SECRET)),
        ("helmGlobals", Any),
        ("helmCharts", Any),
        ("helmChartInflationGenerator", Any),
        ("generatorOptions", One(&OPTIONS)),
        ("configurations", Texts),
        ("generators", Texts),
        ("transformers", Texts),
        ("validators", Texts),
        ("buildMetadata", Texts),
    ],
};

static META: Struct = Struct {
    name: "ObjectMeta",
    element: "",
    fields: &[("name", TEXT), ("namespace", TEXT), ("labels", Pairs), ("annotations", Pairs)],
};

static LABEL: Struct = Struct {
    name: "Label",
    element: "types.Label",
    fields: &[("pairs", Pairs), ("includeSelectors", Bool), ("includeTemplates", Bool), ("fields", Any)],
};

static PATCH: Struct = Struct {
    name: "Patch",
    element: "types.Patch",
    fields: &[("path", TEXT), ("patch", TEXT), ("target", One(&SELECTOR)), ("options", Any)],
};

static SELECTOR: Struct = Struct {
    name: "Selector",
    element: "",
    fields: &[
        ("group", TEXT),
        ("version", TEXT),
        ("kind", TEXT),
        ("name", TEXT),
        ("namespace", TEXT),
        ("annotationSelector", TEXT),
        ("labelSelector", TEXT),
    ],
};

static IMAGE: Struct = Struct {
    name: "Image",
    element: "types.Image",
    fields: &[("name", TEXT), ("newName", TEXT), ("tagSuffix", TEXT), ("newTag", TEXT), ("digest", TEXT)],
};

static REPLACEMENT: Struct = Struct {
    name: "ReplacementField",
    element: "types.ReplacementField",
    fields: &[("path", TEXT), ("source", Any), ("sourceValue", TEXT), ("targets", Any)],
};

static REPLICA: Struct =
    Struct { name: "Replica", element: "types.Replica", fields: &[("name", TEXT), ("count", Number)] };

static SORT: Struct =
    Struct { name: "SortOptions", element: "", fields: &[("order", TEXT), ("legacySortOptions", One(&LEGACY))] };

static LEGACY: Struct =
    Struct { name: "LegacySortOptions", element: "", fields: &[("orderFirst", Texts), ("orderLast", Texts)] };

/// The struct of a generator, with the fields of its own that stand behind those that all generators have.
macro_rules! generator {
    ($name:literal, $element:literal $(, $own:expr)*) => {
        Struct {
            name: $name,
            element: $element,
            fields: &[
                ("namespace", TEXT),
                ("name", TEXT),
                ("behavior", TEXT),
                ("literals", Texts),
                ("files", Texts),
                ("envs", Texts),
                ("env", TEXT),
                ("options", One(&OPTIONS)),
                $($own,)*
            ],
        }
    };
}

static CONFIG_MAP: Struct = generator!("ConfigMapArgs", "types.ConfigMapArgs");

static SECRET: Struct = generator!("SecretArgs", "types.SecretArgs", ("type", TEXT));

static OPTIONS: Struct = Struct {
    name: "GeneratorOptions",
    element: "",
    fields: &[("labels", Pairs), ("annotations", Pairs), ("disableNameSuffixHash", Bool), ("immutable", Bool)],
};

/// Holds a kustomization against its types.
///
/// # Errors
/// The first field, by the names in order, that is unknown or of another type.
pub fn check(kustomization: &Map) -> Result<(), String> {
    check_struct(kustomization, &KUSTOMIZATION, "")
}

fn check_struct(map: &Map, of: &'static Struct, path: &str) -> Result<(), String> {
    let mut entries: Vec<(&Text, &Value)> = map.iter().collect();
    entries.order_by_key(|entry| entry.0.to_string());
    for (name, value) in entries {
        let Some((_, kind)) = of.fields.iter().find(|(known, _)| name.as_str() == *known) else {
            return Err(format!("json: unknown field {:?}", name.as_str()));
        };
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        check_value(value, kind, of, &path)?;
    }
    Ok(())
}

fn check_value(value: &Value, kind: &Type, of: &Struct, path: &str) -> Result<(), String> {
    let misfit = |value: &Value, wanted: &str| {
        let found = value.json_type();
        Err(format!("json: cannot unmarshal {found} into Go struct field {}.{path} of type {wanted}", of.name))
    };
    let text = |value: &Value| match value {
        Value::Str(_) | Value::Null => Ok(()),
        other => misfit(other, "string"),
    };
    match (kind, value) {
        (Any, _)
        | (_, Value::Null)
        | (Type::Text, Value::Str(_))
        | (Bool, Value::Bool(_))
        | (Number, Value::Int(_)) => Ok(()),
        (Texts, Value::List(list)) => list.iter().try_for_each(text),
        (Pairs, Value::Map(map)) => map.iter().try_for_each(|(_, value)| text(value)),
        (One(inner), Value::Map(map)) => check_struct(map, inner, path),
        (Many(inner), Value::List(list)) => list.iter().try_for_each(|element| match element {
            Value::Map(map) => check_struct(map, inner, path),
            Value::Null => Ok(()),
            other => misfit(other, inner.element),
        }),
        (Type::Text, _) => misfit(value, "string"),
        (Bool, _) => misfit(value, "bool"),
        (Number, _) => misfit(value, "int64"),
        (Texts, _) => misfit(value, "[]string"),
        (Pairs, _) => misfit(value, "map[string]string"),
        (One(inner), _) => misfit(value, &format!("types.{}", inner.name)),
        (Many(inner), _) => misfit(value, &format!("[]{}", inner.element)),
    }
}
