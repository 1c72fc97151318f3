//! Selectors as they are typed: `-l app=web,tier!=db` and `--field-selector status.phase=Running`.

use crate::model::{Kind, Labels, Object, Text, Value};
use std::fmt;

/// One requirement of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Missing,
    Above(i64),
    Below(i64),
}

/// A label selector; the empty one takes everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<(String, Requirement)>,
    text: String,
}

/// A selector that cannot be read; `Display` is kubectl's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorError {
    found: String,
    expected: &'static str,
}

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unable to parse requirement: found '{}', expected: {}", self.found, self.expected)
    }
}

impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl LabelSelector {
    /// It as objects keep it: a lone value in `matchLabels`, everything else in `matchExpressions`.
    pub fn to_value(&self) -> Value {
        let mut out = Value::map();
        let mut expressions = Vec::new();
        for (key, requirement) in &self.requirements {
            let (operator, values) = match requirement {
                Requirement::In(values) => match values.as_slice() {
                    [only] => {
                        out.at_mut(&["matchLabels"]).map_mut().insert(Text::new(key), Value::text(only));
                        continue;
                    }
                    several => ("In", several.to_vec()),
                },
                Requirement::NotIn(values) => ("NotIn", values.clone()),
                Requirement::Exists => ("Exists", Vec::new()),
                Requirement::Missing => ("DoesNotExist", Vec::new()),
                // Nothing that keeps a selector knows these two.
                Requirement::Above(_) | Requirement::Below(_) => continue,
            };
            let mut expression = crate::obj! { "key" => Text::new(key), "operator" => operator };
            if !values.is_empty() {
                expression.set_at(&["values"], values.iter().map(|value| Value::text(value)).collect::<Vec<_>>());
            }
            expressions.push(expression);
        }
        if !expressions.is_empty() {
            out.set_at(&["matchExpressions"], expressions);
        }
        out
    }

    /// Reads `a=b,c!=d,e in (f,g),!h,i`.
    ///
    /// # Errors
    /// What was found in the place of what.
    pub fn parse(text: &str) -> Result<LabelSelector, SelectorError> {
        let tokens = tokens(text);
        let mut at = 0;
        let mut requirements = Vec::new();
        let token = |at: usize| tokens.get(at).map_or("", String::as_str);
        while at < tokens.len() {
            if token(at) == "," && at > 0 {
                at += 1;
                continue;
            }
            let is_missing = token(at) == "!";
            at += usize::from(is_missing);
            let key = token(at).to_string();
            if !is_word(&key) {
                return Err(SelectorError { found: key, expected: "!, identifier, or 'end of string'" });
            }
            at += 1;
            if is_missing {
                requirements.push((key, Requirement::Missing));
                continue;
            }
            let operator = token(at);
            let requirement = match operator {
                "" | "," => Requirement::Exists,
                "=" | "==" | "!=" => {
                    at += 1;
                    let value = if is_word(token(at)) { token(at).to_string() } else { String::new() };
                    at += usize::from(is_word(token(at)));
                    if operator == "!=" { Requirement::NotIn(vec![value]) } else { Requirement::In(vec![value]) }
                }
                "in" | "notin" => {
                    let (values, next) = read_values(&tokens, at + 1)?;
                    at = next;
                    if operator == "in" { Requirement::In(values) } else { Requirement::NotIn(values) }
                }
                ">" | "<" => {
                    let number = token(at + 1).parse().unwrap_or(0);
                    at += 2;
                    if operator == ">" { Requirement::Above(number) } else { Requirement::Below(number) }
                }
                found => {
                    let expected = "in, notin, =, ==, !=, gt, lt";
                    return Err(SelectorError { found: found.into(), expected });
                }
            };
            requirements.push((key, requirement));
        }
        Ok(LabelSelector { requirements, text: text.to_string() })
    }

    /// Whether the selector takes everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether labels fit.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.requirements.iter().all(|(key, requirement)| {
            let found = labels.get(key).map(Text::as_str);
            let number = || found.and_then(|found| found.parse::<i64>().ok());
            match requirement {
                Requirement::In(values) => found.is_some_and(|found| values.iter().any(|value| value == found)),
                Requirement::NotIn(values) => !found.is_some_and(|found| values.iter().any(|value| value == found)),
                Requirement::Exists => found.is_some(),
                Requirement::Missing => found.is_none(),
                Requirement::Above(bound) => number().is_some_and(|number| number > *bound),
                Requirement::Below(bound) => number().is_some_and(|number| number < *bound),
            }
        })
    }
}

fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.starts_with(['(', ')', ',', '!', '=', '<', '>'])
}

fn read_values(tokens: &[String], mut at: usize) -> Result<(Vec<String>, usize), SelectorError> {
    let token = |at: usize| tokens.get(at).map_or("", String::as_str);
    if token(at) != "(" {
        return Err(SelectorError { found: token(at).into(), expected: "'('" });
    }
    at += 1;
    let mut values = Vec::new();
    loop {
        match token(at) {
            ")" => return Ok((values, at + 1)),
            "," => at += 1,
            word if is_word(word) => {
                values.push(word.to_string());
                at += 1;
            }
            found => return Err(SelectorError { found: found.into(), expected: "',', or identifier" }),
        }
    }
}

fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if matches!(c, ' ' | '\t' | '(' | ')' | ',' | '!' | '=' | '<' | '>') {
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            if !c.is_whitespace() {
                let mut token = c.to_string();
                if matches!(c, '!' | '=') && chars.next_if_eq(&'=').is_some() {
                    token.push('=');
                }
                tokens.push(token);
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// A field selector; the empty one takes everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector {
    terms: Vec<(String, bool, String)>,
}

impl FieldSelector {
    /// Reads `status.phase=Running,spec.nodeName!=node-1`.
    ///
    /// # Errors
    /// kubectl's text.
    pub fn parse(text: &str) -> Result<FieldSelector, String> {
        let mut terms = Vec::new();
        for term in text.split(',').filter(|term| !term.is_empty()) {
            let (path, equals, value) = if let Some((path, value)) = term.split_once("!=") {
                (path, false, value)
            } else if let Some((path, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
                (path, true, value)
            } else {
                return Err(format!("invalid selector: '{term}'; can't understand '{term}'"));
            };
            terms.push((path.to_string(), equals, value.to_string()));
        }
        Ok(FieldSelector { terms })
    }

    /// Says which field objects of a kind cannot be selected by, in the API's words.
    ///
    /// # Errors
    /// That field.
    pub fn check(&self, kind: Kind) -> Result<(), String> {
        let (known, has_own) = known_fields(kind);
        let is_known = |path: &str| matches!(path, "metadata.name" | "metadata.namespace") || known.contains(&path);
        match self.terms.iter().map(|(path, ..)| path).find(|path| !is_known(path)) {
            None => Ok(()),
            Some(path) if has_own => Err(format!("field label not supported: {path}")),
            Some(path) => {
                Err(format!("{path:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""))
            }
        }
    }

    /// Whether an object fits.
    pub fn matches(&self, object: &Object) -> bool {
        self.terms.iter().all(|(path, equals, value)| (field(object, path) == *value) == *equals)
    }
}

impl fmt::Display for FieldSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (path, equals, value)) in self.terms.iter().enumerate() {
            let comma = if number > 0 { "," } else { "" };
            write!(f, "{comma}{path}{}{value}", if *equals { "=" } else { "!=" })?;
        }
        Ok(())
    }
}

/// The fields beside the name that objects of a kind can be selected by, and whether the kind has rules of its own.
///
/// Follows `AddFieldLabelConversionFunc` in `pkg/apis/core/v1/conversion.go`.
fn known_fields(kind: Kind) -> (&'static [&'static str], bool) {
    match kind {
        Kind::Pod => (
            &[
                "spec.nodeName",
                "spec.restartPolicy",
                "spec.schedulerName",
                "spec.serviceAccountName",
                "spec.hostNetwork",
                "status.phase",
                "status.podIP",
                "status.podIPs",
                "status.nominatedNodeName",
            ],
            true,
        ),
        Kind::Event => (
            &[
                "involvedObject.kind",
                "involvedObject.namespace",
                "involvedObject.name",
                "involvedObject.uid",
                "involvedObject.apiVersion",
                "involvedObject.resourceVersion",
                "involvedObject.fieldPath",
                "reason",
                "reportingComponent",
                "source",
                "type",
            ],
            true,
        ),
        Kind::Node => (&["spec.unschedulable"], true),
        Kind::Namespace => (&["status.phase"], true),
        Kind::Secret => (&["type"], true),
        Kind::Service => (&["spec.clusterIP", "spec.type"], true),
        _ => (&[], false),
    }
}

fn field(object: &Object, path: &str) -> String {
    match path {
        "metadata.name" => return object.meta.name.to_string(),
        "metadata.namespace" => return object.meta.namespace.to_string(),
        "source" | "reportingComponent" if object.kind == Kind::Event => {
            let source = object.str_at(&["source", "component"]);
            return if source.is_empty() { object.str_at(&["reportingComponent"]) } else { source }.to_string();
        }
        _ => {}
    }
    let parts: Vec<&str> = path.split('.').collect();
    match object.at(&parts) {
        Some(Value::Str(text)) => text.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Int(number)) => number.to_string(),
        _ if matches!(path, "spec.unschedulable" | "spec.hostNetwork") => "false".into(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_selectors_take_what_they_say() {
        let labels: Labels = [("app", Text::from("web")), ("tier", Text::from("2"))].into_iter().collect();
        let cases = [
            ("", true),
            ("app=web", true),
            ("app==web,tier!=3", true),
            ("app in (db, web)", true),
            ("app notin (web)", false),
            ("!zone", true),
            ("tier", true),
            ("tier>1", true),
            ("app=", false),
        ];
        for (text, expected) in cases {
            assert_eq!(LabelSelector::parse(text).unwrap().matches(&labels), expected, "{text}");
        }
        assert!(LabelSelector::parse("app in web").is_err());
        assert!(LabelSelector::parse("=web").is_err());
    }
}
