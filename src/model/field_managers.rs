//! Who owns which fields of an object: the entries of `metadata.managedFields`; compares nothing.

use super::text::Text;
use super::time::Millis;
use super::value::Value;
use crate::obj;
use std::cmp::Ordering;
use std::rc::Rc;

/// The fields that one client owns.
#[derive(Clone, Debug, PartialEq)]
pub struct Manager {
    /// The client's name: `kubectl-client-side-apply`.
    pub name: Text,
    /// Whether it said the fields with `apply --server-side` (`Apply`), or wrote them in another way (`Update`).
    pub applies: bool,
    /// The subresource that it wrote, such as `scale`; empty for the object itself.
    pub subresource: Text,
    /// When its fields changed last.
    pub at: Millis,
    /// The fields, as `fieldsV1` spells them: `{"f:spec":{"f:replicas":{}}}`.
    pub fields: Value,
}

impl Manager {
    /// The entry as the API writes it; `api_version` is the object's.
    pub fn to_value(&self, api_version: &'static str) -> Value {
        let mut value = obj! {
            "apiVersion" => api_version, "fieldsType" => "FieldsV1", "fieldsV1" => self.fields.clone(),
            "manager" => &self.name, "operation" => self.operation(), "time" => self.at.rfc3339(),
        };
        if !self.subresource.is_empty() {
            value.set_at(&["subresource"], &self.subresource);
        }
        value
    }

    /// Reads what [`Manager::to_value`] writes.
    fn from_value(value: &Value) -> Manager {
        let text = |key: &str| value.get(key).and_then(Value::as_text).cloned().unwrap_or_default();
        Manager {
            name: text("manager"),
            applies: value.str_at(&["operation"]) == "Apply",
            subresource: text("subresource"),
            at: Millis::parse_rfc3339(value.str_at(&["time"])).unwrap_or_default(),
            fields: value.get("fieldsV1").cloned().unwrap_or_else(Value::map),
        }
    }

    /// The entries that a client sends, if it sends any; a list without one, or with an empty one, asks to forget them all.
    ///
    /// Follows `isResetManagedFields` in apimachinery's util/managedfields/internal.
    pub fn sent(value: Option<&Value>) -> Option<Rc<Vec<Manager>>> {
        let entries = value.and_then(Value::as_list)?;
        let is_reset = matches!(entries, [only] if *only == Value::map());
        let entries = if is_reset { &[] } else { entries };
        Some(Rc::new(entries.iter().map(Manager::from_value).collect()))
    }

    /// `Apply` or `Update`.
    pub fn operation(&self) -> &'static str {
        if self.applies { "Apply" } else { "Update" }
    }

    /// The order of the entries: what was applied first, then by time, in seconds, and name.
    pub fn order(&self, other: &Manager) -> Ordering {
        let key = |it: &Manager| (!it.applies, it.at.0 / 1000, it.name.clone(), it.subresource.clone());
        key(self).cmp(&key(other))
    }
}
