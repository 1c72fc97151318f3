//! The rules of a schema in the Common Expression Language, applied to objects; and which of a schema's rules nobody
//! checks here.
//!
//! Follows apiextensions-apiserver's `pkg/apiserver/schema/cel/validation.go`.

use super::cel::{Rule, Verdict};
use super::custom_text::{FORMATS, FREE_FORMATS, read_pattern};
use super::field_error::{Errors, FieldError, FieldErrorKind, Path, go_quoted, shown};
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::{Object, Value};
use crate::obj;

/// What the path of a whole object is called.
const WHOLE: &str = "<nil>";

/// What the rules of a schema find.
pub(super) struct Rules<'a> {
    pub(super) kubernetes: Kubernetes,
    /// What keeps the object from being stored.
    pub(super) errors: &'a mut Errors,
    /// What was so before already, and is only said.
    pub(super) warnings: Vec<String>,
    /// What the rules may still cost; `None` once that is too much, and no more are looked at.
    pub(super) budget: Option<usize>,
}

/// Checks the rules of an object that is new, or takes the place of `old`. Where its form is wrong already, the rules
/// are left out, and that is said.
pub(super) fn check(rules: &mut Rules<'_>, before: &[FieldError], object: &Object, old: Option<&Object>, root: &Value) {
    if !has_rules(root) {
        return;
    }
    let errors = &mut *rules.errors;
    let blocks = |error: &FieldError| {
        use FieldErrorKind::{NotSupported, Required, TooLong, TooMany};
        matches!(error.kind, NotSupported | Required | TooLong | TooMany) || error.detail.contains("must be of type")
    };
    if errors.0.iter().chain(before).any(blocks) {
        let detail = "some validation rules were not checked because the object was invalid; correct the existing \
                      errors to complete validation";
        return errors.invalid(&Path::new(WHOLE), &Value::Null, detail);
    }
    let whole = |object: &Object| {
        let mut value = Value::from(object.body.clone());
        value.set_at(&["apiVersion"], object.kind.api_version());
        value.set_at(&["kind"], object.kind.names().kind);
        value.set_at(&["metadata"], obj! { "name" => &object.meta.name });
        value
    };
    let old = old.map(whole);
    check_value(rules, "", &whole(object), old.as_ref(), root);
}

fn has_rules(schema: &Value) -> bool {
    !schema.list_at(&["x-kubernetes-validations"]).is_empty() || below(schema).any(|(_, inner)| has_rules(inner))
}

/// The schemas of what is inside: of fields by their names, of the items of lists and of other fields without.
fn below(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let fields = schema.get("properties").and_then(Value::as_map).into_iter().flat_map(|map| map.iter());
    let others = ["items", "additionalProperties"].into_iter().filter_map(|name| schema.get(name));
    let others = others.filter(|it| it.as_map().is_some()).map(|it| ("", it));
    fields.map(|(name, inner)| (name.as_str(), inner)).chain(others)
}

fn check_value(rules: &mut Rules<'_>, path: &str, value: &Value, old: Option<&Value>, schema: &Value) {
    for rule in schema.list_at(&["x-kubernetes-validations"]) {
        rules.check_rule(rule, path, value, old, schema.str_at(&["type"]));
    }
    let join = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
    match value {
        Value::Map(map) => {
            for (name, inner) in map.iter() {
                let own = schema.get("properties").and_then(|it| it.get(name));
                let other = || schema.get("additionalProperties").filter(|it| it.as_map().is_some());
                if let Some(schema) = own.or_else(other) {
                    check_value(rules, &join(name), inner, old.and_then(|old| old.get(name)), schema);
                }
            }
        }
        Value::List(list) => {
            if let Some(items) = schema.get("items").filter(|it| it.as_map().is_some()) {
                for (at, item) in list.iter().enumerate() {
                    check_value(rules, &format!("{path}[{at}]"), item, None, items);
                }
            }
        }
        _ => {}
    }
}

impl Rules<'_> {
    fn check_rule(&mut self, rule: &Value, path: &str, value: &Value, old: Option<&Value>, kind: &str) {
        let text = rule.str_at(&["rule"]).trim();
        let is_about_change = |read: &Rule| read.is_about_change();
        let Some(read) = Rule::read(text).filter(|read| old.is_some() || !is_about_change(read)) else { return };
        let said = rule.str_at(&["message"]).trim();
        let place = |field: &str| match (path, field) {
            ("", "") => Path::new(WHOLE),
            ("", field) => Path::new(field.trim_start_matches('.')),
            (path, field) => Path::new(&format!("{path}{field}")),
        };
        let Some(budget) = self.budget else { return };
        let (verdict, cost) = read.verdict(value, old);
        self.budget = budget.checked_sub(cost);
        if budget == 0 || self.budget.is_none() {
            self.budget = None;
            let detail = "validation failed due to running out of cost budget, no further validation rules will be run";
            return self.errors.invalid_text(&place(""), kind, detail);
        }
        match verdict {
            Verdict::Kept | Verdict::Unknown => {}
            Verdict::TooCostly => {
                self.budget = None;
                let what = if said.is_empty() { text } else { said };
                let detail = format!(
                    "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to \
                     call cost exceeds limit for rule: {what}"
                );
                self.errors.invalid_text(&place(""), kind, detail);
            }
            Verdict::Fails(why) => {
                let what = if said.is_empty() { text } else { said };
                self.errors.invalid_text(&place(""), kind, format!("{why} evaluating rule: {what}"));
            }
            Verdict::Broken => {
                let own = Rule::read(rule.str_at(&["messageExpression"]).trim()).and_then(|it| it.text(value, old));
                let usual = || if said.is_empty() { format!("failed rule: {text}") } else { said.to_string() };
                let detail = own.unwrap_or_else(usual);
                let mut found = Errors::default();
                let shown = self.shown(value, kind);
                let place = place(rule.str_at(&["fieldPath"]));
                match rule.str_at(&["reason"]) {
                    "FieldValueForbidden" => found.forbidden(&place, detail),
                    "FieldValueRequired" => found.required(&place, &detail),
                    "FieldValueDuplicate" => found.duplicate_shown(&place, shown, ""),
                    _ => found.invalid_shown(&place, shown, detail),
                }
                // What was there already may stay.
                match old == Some(value) && !is_about_change(&read) {
                    true => self.warnings.extend(found.0.iter().map(ToString::to_string)),
                    false => self.errors.0.append(&mut found.0),
                }
            }
        }
    }

    /// A value that breaks a rule, as it is told: not at all if it has parts; before 1.35 its type.
    fn shown(&self, value: &Value, kind: &str) -> String {
        match kind {
            _ if !self.kubernetes.has(Difference::RulesShowValues) => go_quoted(kind),
            "object" | "array" => String::new(),
            _ => shown(value),
        }
    }
}

/// What a definition's schemas ask for and nobody checks here, each with its place: rules, patterns and
/// formats that are not known.
pub fn unchecked_rules(definition: &Object) -> Vec<String> {
    let mut found = Vec::new();
    for version in definition.list_at(&["spec", "versions"]) {
        if let Some(root) = version.at(&["schema", "openAPIV3Schema"]) {
            walk(root, "", &mut found);
        }
    }
    found.dedup();
    found
}

fn walk(schema: &Value, path: &str, found: &mut Vec<String>) {
    let place = |what: &str| if path.is_empty() { what.to_string() } else { format!("{path}: {what}") };
    for rule in schema.list_at(&["x-kubernetes-validations"]) {
        let rule = rule.str_at(&["rule"]);
        if Rule::read(rule).is_none() {
            found.push(place(rule));
        }
    }
    let pattern = schema.str_at(&["pattern"]);
    if !pattern.is_empty() && read_pattern(pattern).is_none() {
        found.push(place(&format!("pattern {pattern}")));
    }
    let format = schema.str_at(&["format"]);
    if !format.is_empty() && !FORMATS.contains(&format) && !FREE_FORMATS.contains(&format) {
        found.push(place(&format!("format {format}")));
    }
    let below = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
    for (name, inner) in schema.get("properties").and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
        walk(inner, &below(name), found);
    }
    for (name, mark) in [("items", "[]"), ("additionalProperties", ".*")] {
        if let Some(inner) = schema.get(name).filter(|it| it.as_map().is_some()) {
            walk(inner, &format!("{path}{mark}"), found);
        }
    }
}
