//! What stands beside an object in a request: dry runs, who writes, how strictly it is read, how it is deleted. A value
//! that the API server does not know is refused.
//!
//! Follows `ValidateCreateOptions` and its neighbours in apimachinery's `pkg/apis/meta/v1/validation`.

use super::raw_url::Url;
use crate::cluster::{ApiError, DeleteOptions, FieldValidation, Propagation};
use crate::model::{Text, Value, to_json};

/// What a write says of itself behind the question mark.
pub(super) struct WriteOptions {
    /// Whether nothing is kept.
    pub is_dry: bool,
    /// What happens to fields that the API does not know.
    pub validation: FieldValidation,
    /// Who owns the fields; `None` is whoever sends it.
    pub manager: Option<String>,
    /// Whether fields of others are taken over.
    pub is_forced: bool,
}

impl WriteOptions {
    /// Reads them; `kind` is their name: `CreateOptions`.
    ///
    /// # Errors
    /// `Invalid` where a value is none that there is.
    pub fn of(url: &Url, kind: &str) -> Result<WriteOptions, ApiError> {
        let validation = match url.asked("fieldValidation") {
            "" | "Warn" => FieldValidation::Warn,
            "Ignore" => FieldValidation::Ignore,
            "Strict" => FieldValidation::Strict,
            other => {
                return Err(invalid(
                    kind,
                    &format!(
                        "fieldValidation: Unsupported value: {other:?}: supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""
                    ),
                ));
            }
        };
        let manager = Some(url.asked("fieldManager")).filter(|name| !name.is_empty()).map(str::to_string);
        let is_forced = matches!(url.asked("force"), "true" | "1");
        Ok(WriteOptions { is_dry: is_dry(&url.all("dryRun"), kind)?, validation, manager, is_forced })
    }
}

/// How something is deleted, and whether that is only tried.
pub(super) struct Deletion {
    /// What the store is asked.
    pub options: DeleteOptions,
    /// Whether nothing is kept.
    pub is_dry: bool,
}

impl Deletion {
    /// Reads the sent options, or those behind the question mark if nothing is sent.
    ///
    /// # Errors
    /// `BadRequest` for what cannot be read, `Invalid` for a value that there is not.
    pub fn of(url: &Url, sent: Option<Value>) -> Result<Deletion, ApiError> {
        let asked = match sent {
            Some(sent) => sent,
            None => from_url(url)?,
        };
        for (field, is_right) in [
            ("gracePeriodSeconds", asked.at(&["gracePeriodSeconds"]).is_none_or(|it| it.as_i64().is_some())),
            ("orphanDependents", asked.at(&["orphanDependents"]).is_none_or(|it| it.as_bool().is_some())),
        ] {
            if !is_right {
                return Err(ApiError::BadRequest(format!(
                    "json: cannot unmarshal into Go struct field DeleteOptions.{field}"
                )));
            }
        }
        let (policy, orphans) = (asked.str_at(&["propagationPolicy"]), asked.at(&["orphanDependents"]));
        let propagation = match (policy, orphans.and_then(Value::as_bool)) {
            ("", Some(true)) | ("Orphan", None) => Propagation::Orphan,
            ("Foreground", None) => Propagation::Foreground,
            ("" | "Background", None) | ("", Some(false)) => Propagation::Background,
            (policy, Some(_)) => {
                let why = "orphanDependents and deletionPropagation cannot be both set";
                return Err(invalid("DeleteOptions", &format!("propagationPolicy: Invalid value: {policy:?}: {why}")));
            }
            (policy, None) => {
                let known = "\"Foreground\", \"Background\", \"Orphan\", \"nil\"";
                let why = format!("propagationPolicy: Unsupported value: {policy:?}: supported values: {known}");
                return Err(invalid("DeleteOptions", &why));
            }
        };
        let dry: Vec<&str> = asked.list_at(&["dryRun"]).iter().filter_map(Value::as_str).collect();
        let text =
            |field: &str| Some(asked.str_at(&["preconditions", field])).filter(|it| !it.is_empty()).map(Text::new);
        let options = DeleteOptions {
            grace_period_seconds: asked.i64_at(&["gracePeriodSeconds"]),
            propagation,
            uid: text("uid"),
            resource_version: text("resourceVersion"),
        };
        Ok(Deletion { options, is_dry: is_dry(&dry, "DeleteOptions")? })
    }
}

/// The options of a deletion that stand behind the question mark, as they would stand in what is sent.
fn from_url(url: &Url) -> Result<Value, ApiError> {
    let mut asked = Value::map();
    match url.asked("gracePeriodSeconds") {
        "" => {}
        text => match text.parse::<i64>() {
            Ok(seconds) => asked.set_at(&["gracePeriodSeconds"], seconds),
            Err(_) => {
                let why = format!("strconv.ParseInt: parsing {text:?}: invalid syntax");
                return Err(ApiError::BadRequest(why));
            }
        },
    }
    match url.asked("orphanDependents") {
        "" => {}
        text => asked.set_at(&["orphanDependents"], !matches!(text, "false" | "0")),
    }
    match url.asked("propagationPolicy") {
        "" => {}
        text => asked.set_at(&["propagationPolicy"], Text::new(text)),
    }
    asked.set_at(&["dryRun"], url.all("dryRun").into_iter().map(Value::text).collect::<Vec<Value>>());
    Ok(asked)
}

/// Whether these values ask for a dry run.
fn is_dry(values: &[&str], kind: &str) -> Result<bool, ApiError> {
    let values: Vec<&str> = values.iter().copied().filter(|value| !value.is_empty()).collect();
    if values.iter().all(|value| *value == "All") {
        return Ok(!values.is_empty());
    }
    let said = to_json(&Value::from(values.into_iter().map(Value::text).collect::<Vec<Value>>()));
    Err(invalid(kind, &format!("dryRun: Unsupported value: {said}: supported values: \"All\"")))
}

/// The refusal of options of this name.
pub(super) fn invalid(kind: &str, why: &str) -> ApiError {
    ApiError::InvalidRequest(format!("{kind}.meta.k8s.io \"\" is invalid: {why}"))
}
