//! The words of a definition's schemas: which are known, which go together, and the rules that they have to compile to.
//!
//! Follows `ValidateCustomResourceDefinitionOpenAPISchema` in pkg/apis/apiextensions/validation/validation.go.

use super::{is_set, sub_schema};
use crate::api::cel;
use crate::api::custom_values::says;
use crate::api::field_error::{Errors, Path};
use crate::api::validate::{at, entries, list, text};
use crate::model::{Value, to_json};

/// What values may be.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
/// Words of JSON Schema that definitions do not take.
const UNKNOWN: [&str; 6] = ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"];
/// The reasons that a broken rule may give.
const REASONS: [&str; 4] = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
const LIST_TYPE: &str = "x-kubernetes-list-type";
const LIST_KEYS: &str = "x-kubernetes-list-map-keys";
const MAP_TYPE: &str = "x-kubernetes-map-type";

/// Whether a schema has words, somewhere, for which it is not looked at as a whole.
pub(super) fn has_unknown(schema: &Value) -> bool {
    let own = UNKNOWN.iter().any(|word| is_set(schema, word)) || at(schema, "items").as_list().is_some();
    let listed = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|name| schema.list_at(&[name]));
    let single = ["items", "additionalProperties", "not"].into_iter().filter_map(|name| sub_schema(schema, name));
    own || listed.chain(single).any(has_unknown) || entries(schema.get("properties")).any(|(_, it)| has_unknown(it))
}

/// Where a schema stands.
#[derive(Clone, Copy, Default)]
pub(super) struct Place<'a> {
    /// It is the root's.
    is_root: bool,
    /// What it says of metadata is not its affair.
    is_in_metadata: bool,
    /// Why there may be no default.
    no_default: Option<&'a str>,
    /// Rules do not count there: it stands in `anyOf` or its like.
    is_nested: bool,
}

impl Place<'_> {
    /// The root of a schema.
    pub(super) fn root() -> Self {
        Place { is_root: true, ..Place::default() }
    }
}

/// What was found in schemas.
#[derive(Default)]
pub(super) struct Found {
    pub(super) words: Errors,
    /// What does not compile; asked for only where everything else is right.
    pub(super) rules: Errors,
    /// Whether rules are looked at.
    pub(super) compiles: bool,
}

impl Found {
    /// Looks at a schema and what lies below it.
    pub(super) fn look_at(&mut self, path: &Path, schema: &Value, place: Place<'_>) {
        let before = self.words.0.len();
        let errors = &mut self.words;
        check_known(errors, path, schema, place);
        if says(schema, "uniqueItems") {
            let detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
            errors.forbidden(&path.child("uniqueItems"), detail);
        }
        let others = at(schema, "additionalProperties");
        let says_others = others.as_map().is_some() || others.as_bool() == Some(false);
        if says_others && entries(schema.get("properties")).next().is_some() {
            let detail = "additionalProperties and properties are mutual exclusive";
            errors.forbidden(&path.child("additionalProperties"), detail);
        }
        self.look_below(path, schema, place);
        let errors = &mut self.words;
        let open = "x-kubernetes-preserve-unknown-fields";
        if at(schema, open).as_bool() == Some(false) {
            errors.invalid(&path.child(open), &false.into(), "must be true or undefined");
        }
        check_map(errors, path, schema);
        check_list(errors, path, schema);
        check_keys(errors, path, schema);
        let rules = list(schema, "x-kubernetes-validations");
        for (number, rule) in rules.iter().enumerate() {
            check_rule(errors, &path.child("x-kubernetes-validations").index(number), rule);
        }
        if self.compiles && !place.is_nested && self.words.0.len() == before {
            self.compile(path, schema, place.is_root);
        }
    }

    fn look_below(&mut self, path: &Path, schema: &Value, place: Place<'_>) {
        let below = Place { is_root: false, ..place };
        if let Some(inner) = sub_schema(schema, "additionalProperties") {
            let mut below = below;
            if place.is_in_metadata {
                below.no_default = Some("inside additionalProperties applying to object metadata");
            }
            self.look_at(&path.child("additionalProperties"), inner, below);
        }
        for (name, inner) in entries(schema.get("properties")) {
            let mut below = below;
            let reason = format!("in top-level {name}");
            if matches!(name.as_str(), "apiVersion" | "kind" | "metadata")
                && (place.is_root || says(schema, "x-kubernetes-embedded-resource"))
            {
                below.is_in_metadata = true;
                below.no_default = if place.is_root { Some(reason.as_str()) } else { below.no_default };
            }
            self.look_at(&path.child("properties").key(name), inner, below);
        }
        let nested = Place { is_nested: true, ..below };
        if let Some(inner) = sub_schema(schema, "not") {
            self.look_at(&path.child("not"), inner, nested);
        }
        for name in ["allOf", "oneOf", "anyOf"] {
            for (number, inner) in schema.list_at(&[name]).iter().enumerate() {
                self.look_at(&path.child(name).index(number), inner, nested);
            }
        }
        if let Some(inner) = sub_schema(schema, "items") {
            self.look_at(&path.child("items"), inner, below);
        }
    }

    fn compile(&mut self, path: &Path, schema: &Value, is_root: bool) {
        for (number, rule) in list(schema, "x-kubernetes-validations").iter().enumerate() {
            let own = path.child("x-kubernetes-validations").index(number);
            if let Some(why) = cel::fault(text(rule, "rule").trim(), schema, is_root, cel::Wanted::Verdict) {
                self.rules.invalid_shown(&own.child("rule"), as_go(rule), why);
            }
            let message = text(rule, "messageExpression").trim();
            if let Some(why) = cel::fault(message, schema, is_root, cel::Wanted::Text).filter(|_| !message.is_empty()) {
                self.rules.invalid_shown(&own.child("messageExpression"), as_go(rule), why);
            }
        }
    }
}

/// Follows `specStandardValidatorV3.validate`.
fn check_known(errors: &mut Errors, path: &Path, schema: &Value, place: Place<'_>) {
    let kind = text(schema, "type");
    if !kind.is_empty() {
        errors.check_one_of(&path.child("type"), kind, &TYPES);
    }
    if let Some(reason) = place.no_default.filter(|_| is_set(schema, "default")) {
        errors.forbidden(&path.child("default"), format!("must not be set {reason}"));
    }
    for word in UNKNOWN.into_iter().filter(|word| is_set(schema, word)) {
        errors.forbidden(&path.child(word), format!("{word} is not supported"));
    }
    if kind == "null" {
        errors.forbidden(&path.child("type"), "type cannot be set to null, use nullable as an alternative");
    }
    if at(schema, "items").as_list().is_some_and(|items| !items.is_empty()) {
        errors.forbidden(&path.child("items"), "items must be a schema object and not an array");
    }
    let embedded = "x-kubernetes-embedded-resource";
    if place.is_in_metadata && says(schema, embedded) {
        errors.forbidden(&path.child(embedded), "must not be used inside of resource meta");
    }
}

/// A word that only counts for one type of values.
fn check_type_for(errors: &mut Errors, path: &Path, schema: &Value, word: &str, wanted: &str) -> bool {
    let detail = format!("must be {wanted} if {word} is specified");
    match text(schema, "type") {
        kind if kind == wanted => return true,
        "" => errors.required(&path.child("type"), &detail),
        kind => errors.invalid_text(&path.child("type"), kind, detail),
    }
    false
}

fn check_map(errors: &mut Errors, path: &Path, schema: &Value) {
    let Some(word) = schema.get(MAP_TYPE).and_then(Value::as_str) else { return };
    check_type_for(errors, path, schema, MAP_TYPE, "object");
    errors.check_one_of(&path.child(MAP_TYPE), word, &["atomic", "granular"]);
}

fn check_list(errors: &mut Errors, path: &Path, schema: &Value) {
    let Some(word) = schema.get(LIST_TYPE).and_then(Value::as_str) else { return };
    let is_list = check_type_for(errors, path, schema, LIST_TYPE, "array");
    if let Some(items) = sub_schema(schema, "items").filter(|_| is_list && word == "set") {
        let own = match text(items, "type") {
            "array" => (!matches!(text(items, LIST_TYPE), "" | "atomic")).then_some(LIST_TYPE),
            "object" => (text(items, MAP_TYPE) != "atomic").then_some(MAP_TYPE),
            _ => None,
        };
        if let Some(own) = own {
            // For maps as well the server shows how lists of them are taken.
            let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
            errors.invalid(&path.child("items").child(own), at(items, LIST_TYPE), detail);
        }
    }
    errors.check_one_of(&path.child(LIST_TYPE), word, &["atomic", "set", "map"]);
}

/// By which fields the elements of a list are told apart.
fn check_keys(errors: &mut Errors, path: &Path, schema: &Value) {
    let (keys, word) = (list(schema, LIST_KEYS), text(schema, LIST_TYPE));
    if !keys.is_empty() && word != "map" {
        let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
        match word {
            "" => errors.required(&path.child(LIST_TYPE), detail),
            word => errors.invalid_text(&path.child(LIST_TYPE), word, detail),
        }
    }
    let items = sub_schema(schema, "items");
    let place = path.child("items");
    if word == "map" {
        if keys.is_empty() {
            errors.required(&path.child(LIST_KEYS), "must not be empty if x-kubernetes-list-type is map");
        }
        match items {
            None => errors.required(&place, "must have a schema if x-kubernetes-list-type is map"),
            Some(items) if text(items, "type") == "object" => check_key_fields(errors, path, keys, items),
            Some(items) => {
                let detail = "must be object if parent array's x-kubernetes-list-type is map";
                errors.invalid_text(&place.child("type"), text(items, "type"), detail);
            }
        }
    }
    let Some(items) = items.filter(|_| matches!(word, "map" | "set")) else { return };
    if says(items, "nullable") {
        let detail = format!("cannot be nullable when x-kubernetes-list-type is {word}");
        errors.forbidden(&place.child("nullable"), detail);
    }
    for key in keys.iter().filter_map(Value::as_str).filter(|_| word == "map") {
        let Some(field) = items.at(&["properties", key]) else { continue };
        let place = place.child("properties").key(key);
        let is_required = list(items, "required").iter().any(|it| it.as_str() == Some(key));
        let listed = "this property is in x-kubernetes-list-map-keys, so it";
        if !is_required && !is_set(field, "default") {
            errors
                .required(&place.child("default"), &format!("{listed} must have a default or be a required property"));
        }
        if says(field, "nullable") {
            errors.forbidden(&place.child("nullable"), format!("{listed} cannot be nullable"));
        }
    }
}

fn check_key_fields(errors: &mut Errors, path: &Path, keys: &[Value], items: &Value) {
    let (own, all) = (path.child(LIST_KEYS), Value::from(keys.to_vec()));
    for (number, key) in keys.iter().enumerate() {
        let key_text = key.as_str().unwrap_or("");
        match items.at(&["properties", key_text]).map(|field| text(field, "type")) {
            None => errors.invalid(&own, &all, "entries must all be names of item properties"),
            Some("array" | "object") => {
                let place = path.child("items").child("properties").key(key_text).child("type");
                let detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
                errors.invalid_text(&place, "object", detail);
            }
            Some(_) => {}
        }
        if keys[..number].contains(key) {
            errors.invalid(&own, &all, "must not contain duplicate entries");
        }
    }
}

fn check_rule(errors: &mut Errors, own: &Path, rule: &Value) {
    let (words, message) = (text(rule, "rule").trim(), text(rule, "message"));
    let has_lines = |text: &str| text.contains(['\n', '\r']);
    if words.is_empty() {
        errors.required(&own.child("rule"), "rule is not specified");
    } else if !message.is_empty() && message.trim().is_empty() {
        errors.invalid_text(&own.child("message"), message, "must be non-empty if specified");
    } else if has_lines(message.trim()) {
        errors.invalid_text(&own.child("message"), message, "must not contain line breaks");
    } else if has_lines(words) && message.trim().is_empty() {
        errors.required(&own.child("message"), "message must be specified if rule contains line breaks");
    }
    let expression = text(rule, "messageExpression");
    if !expression.is_empty() && expression.trim().is_empty() {
        errors.required(&own.child("messageExpression"), "messageExpression must be non-empty if specified");
    }
    if let Some(reason) = rule.get("reason").and_then(Value::as_str) {
        errors.check_one_of(&own.child("reason"), reason, &REASONS);
    }
}

/// A rule as the server's own type of it is written, whose fields have no names of the API's.
fn as_go(rule: &Value) -> String {
    let written = |name: &str| to_json(&Value::text(text(rule, name)));
    let pointer = |name: &str| rule.get(name).map_or("null".to_string(), to_json);
    format!(
        "{{\"Rule\":{},\"Message\":{},\"MessageExpression\":{},\"Reason\":{},\"FieldPath\":{},\"OptionalOldSelf\":{}}}",
        written("rule"),
        written("message"),
        written("messageExpression"),
        pointer("reason"),
        written("fieldPath"),
        pointer("optionalOldSelf")
    )
}
