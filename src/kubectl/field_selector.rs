//! Field selectors as they are typed (`--field-selector status.phase=Running`), and which fields each kind lets be selected by.

use crate::api::names::path_segment;
use crate::model::{Kind, Object, Value};
use std::fmt;

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
            if value.contains('=') {
                return Err("invalid field selector: unescaped character in value: 61".into());
            }
            terms.push((path.to_string(), equals, value.to_string()));
        }
        Ok(FieldSelector { terms })
    }

    /// Says which field objects of a kind cannot be selected by, in the API's words; `own` are the fields that the
    /// definition of a custom kind names.
    ///
    /// # Errors
    /// That field.
    pub fn check(&self, kind: Kind, own: &[&str]) -> Result<(), String> {
        let (known, has_own) = known_fields(kind);
        let has_own = has_own || kind.is_custom();
        let is_known = |path: &str| {
            matches!(path, "metadata.name" | "metadata.namespace") || known.contains(&path) || own.contains(&path)
        };
        match self.terms.iter().map(|(path, ..)| path).find(|path| !is_known(path)) {
            None => Ok(()),
            Some(path) if kind == Kind::Job => Err(format!("field label {path:?} not supported for Job")),
            Some(path) if has_own => Err(format!("field label not supported: {path}")),
            Some(path) => {
                Err(format!("{path:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""))
            }
        }
    }

    /// The one name that is asked for by `metadata.name=`; empty without such a term, and for what no object
    /// can be called.
    ///
    /// Follows `NewRequestInfo` in apiserver's endpoints/request: that name counts as the request's.
    pub fn name(&self) -> &str {
        let mut named = self.terms.iter().filter(|(path, equals, _)| path == "metadata.name" && *equals);
        let name = named.next().map_or("", |(.., name)| name.as_str());
        if path_segment(name).is_empty() { name } else { "" }
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
        Kind::Job => (&["status.successful"], true),
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
    // A Job's count of what went well has another name there.
    let path = if path == "status.successful" { "status.succeeded" } else { path };
    let parts: Vec<&str> = path.split('.').collect();
    match object.at(&parts) {
        Some(Value::Str(text)) => text.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Int(number)) => number.to_string(),
        _ if matches!(path, "spec.unschedulable" | "spec.hostNetwork") => "false".into(),
        _ if path == "status.succeeded" => "0".into(),
        _ => String::new(),
    }
}
