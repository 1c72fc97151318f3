//! What a set's controller worked out before and need not work out again; everything in it follows from objects.

use super::revisions::{revision_data, revision_hash};
use crate::model::{Object, Text, Value, to_json};

/// Results that depend on a template or a revision alone.
#[derive(Clone, Debug, Default)]
pub struct RevisionCache {
    proposal: Option<(Value, i64, Value, String)>,
    templates: Vec<(Text, u64, Value)>,
}

impl RevisionCache {
    /// The revision data of a template, and its hash.
    pub fn proposal(&mut self, template: &Value, collision_count: i64) -> (Value, String) {
        if let Some((of, count, data, hash)) = &self.proposal
            && *count == collision_count
            && of == template
        {
            return (data.clone(), hash.clone());
        }
        let data = revision_data(template);
        let hash = revision_hash(&to_json(&data), collision_count);
        self.proposal = Some((template.clone(), collision_count, data.clone(), hash.clone()));
        (data, hash)
    }

    /// The template that `read` finds in a revision.
    pub fn template(&mut self, revision: &Object, read: impl FnOnce(&Object) -> Value) -> Value {
        let (uid, version) = (&revision.meta.uid, revision.meta.resource_version);
        if let Some((_, _, template)) = self.templates.iter().find(|(u, v, _)| u == uid && *v == version) {
            return template.clone();
        }
        let template = read(revision);
        self.templates.truncate(3);
        self.templates.insert(0, (uid.clone(), version, template.clone()));
        template
    }
}
